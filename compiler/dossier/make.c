/* Makes the security risk management file: the chapters one after the other, in the order of the process. Requires a Report whose
 * threats are assessed; leaves every table. */
#include "dossier/dossier.h"

/* Threats by their subject. */
static Counts *count_threats(Dossier *d)
{
    Counts *counts = NEWN(&d->arena, Counts, d->m->objects.n + 1);
    for (uint32_t i = 0; i < d->a->threats.n; i++)
        counts_add(d, &counts[threat_subject(d->a, &d->a->threats.at[i])], i);
    return counts;
}

void dossier_make(Dossier *d, const Report *r, const DossierPicture *pictures, uint32_t npictures)
{
    *d = (Dossier){.r = r,
                   .p = r->program,
                   .m = &r->program->model,
                   .a = r->assessment,
                   .pictures = pictures,
                   .npictures = npictures};
    d->tally = tally_make(r, &d->arena);
    d->counts = count_threats(d);
    d->risks = report_risks(r);
    d->worst = NEWN(&d->arena, WorstEstimate, (size_t)d->risks->n + 1);
    d->threat_levels = NEWN(&d->arena, ConstId, (size_t)d->a->threats.n * STAGE_COUNT + 1);
    links_make(d);
    dossier_plan(d);
    dossier_policy(d);
    dossier_model(d);
    dossier_interfaces(d);
    dossier_threats(d);
    dossier_risks(d);
    dossier_safety(d);
    dossier_controls(d);
    dossier_requirements(d);
    dossier_levels(d);
    dossier_residual(d);
    dossier_decisions(d);
    dossier_transfer(d);
    dossier_item_transfer(d);
    dossier_software(d);
    dossier_monitoring(d);
    dossier_metrics(d);
    dossier_tests(d);
    dossier_trace(d);
    dossier_evidence(d); /* last: it is held against all others */
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
    links_free(&d->links);
    vec_free(&d->tables);
    vec_free(&d->homes);
    map_free(&d->rows);
    arena_free(&d->arena);
}
