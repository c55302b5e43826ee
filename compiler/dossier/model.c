#include "dossier/dossier.h"
void dossier_model(Dossier *d)
{
    (void)d;
}
