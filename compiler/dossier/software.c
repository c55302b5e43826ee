#include "dossier/dossier.h"
void dossier_software(Dossier *d)
{
    (void)d;
}
