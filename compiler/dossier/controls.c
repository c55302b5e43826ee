#include "dossier/dossier.h"
void dossier_controls(Dossier *d)
{
    (void)d;
}
