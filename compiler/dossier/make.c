/* Makes the security risk management file: the chapters one after the other, in the order of the process. Requires a Report whose
 * threats are assessed; leaves every table. */
#include "dossier/dossier.h"

void dossier_make(Dossier *d, const Report *r, const DossierPicture *pictures, uint32_t npictures)
{
    *d = (Dossier){.r = r,
                   .p = r->program,
                   .m = &r->program->model,
                   .a = r->assessment,
                   .pictures = pictures,
                   .npictures = npictures};
    d->tally = tally_make(r, &d->arena);
    risks_start(&d->walk, r);
    dossier_plan(d);
    dossier_model(d);
    dossier_controls(d);
    dossier_software(d);
    dossier_monitoring(d);
}

void dossier_free(Dossier *d)
{
    for (uint32_t i = 0; i < d->tables.n; i++) {
        Table *t = d->tables.at[i];
        vec_free(&t->rows);
        vec_free(&t->cells);
        vec_free(&t->items);
        vec_free(&t->clauses);
    }
    vec_free(&d->tables);
    vec_free(&d->homes);
    map_free(&d->rows);
    risks_end(&d->walk);
    arena_free(&d->arena);
}
