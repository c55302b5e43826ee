#include "dossier/dossier.h"
void dossier_monitoring(Dossier *d)
{
    (void)d;
}
