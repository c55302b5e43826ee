#include "dossier/dossier.h"
void dossier_plan(Dossier *d)
{
    (void)d;
}
