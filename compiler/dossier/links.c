/* What the threats have to do with controls, assets and things, and how high they are, found in one walk over all of them. Requires an
 * assessment and its risks; leaves sorted pairs, to be read in both directions, and levels. */
#include "dossier/dossier.h"

void counts_add(const Dossier *d, Counts *c, uint32_t threat)
{
    const Threat *t = &d->a->threats.at[threat];
    if (t->decision) {
        c->decided++;
        return;
    }
    switch (threat_kind(d->a, t)) {
    case VERDICT_OPEN: c->open++; break;
    case VERDICT_POSSIBLE: c->possible++; break;
    case VERDICT_PLANNED: c->planned++; break;
    case VERDICT_MITIGATED: c->mitigated++; break;
    case VERDICT_OUT_OF_SCOPE: c->outside++; break;
    case VERDICT_NONE: break;
    }
}

Counts counts_of(const Dossier *d, const BackRefs *b, uint32_t thing)
{
    Counts c = {0};
    uint32_t first, n = backrefs_of(b, thing, &first);
    for (uint32_t i = 0; i < n; i++)
        counts_add(d, &c, (uint32_t)b->at[first + i]);
    return c;
}

static void link_threat(Dossier *d, uint32_t i, const RiskRecord *record)
{
    Links *l = &d->links;
    for (uint32_t k = 0; k < record->controls.n; k++) {
        if (!obj_is(d->p, record->controls.at[k], ROLE_CONTROL))
            continue;
        vec_push(&l->controls, MAP_KEY(i, record->controls.at[k]));
        vec_push(&l->threats, MAP_KEY(record->controls.at[k], i));
    }
    for (uint32_t k = 0; k < record->assets.n; k++)
        vec_push(&l->assets, MAP_KEY(i, record->assets.at[k].asset));
    ObjId at[THREAT_OBJECTS];
    uint32_t n = threat_objects(d->a, &d->a->threats.at[i], at);
    for (uint32_t k = 0; k < n; k++)
        vec_push(&l->of_thing, MAP_KEY(at[k], i));
}

/* Everything that says which controls protect it: elements, flows, boundaries, data. */
static void link_attached(Dossier *d)
{
    for (ObjId o = 1; o < d->m->objects.n; o++)
        if (!(model_obj(d->m, o)->flags & (OBJ_LIBRARY | OBJ_BACKGROUND | OBJ_MODULE)))
            backrefs_add(d, (ObjList){&o, 1}, "controls", &d->links.attached);
}

void links_make(Dossier *d)
{
    Provenance why = {0};
    RiskRecord record = {0};
    Estimate estimate = {0};
    Estimator *estimator = estimator_new(d->a);
    for (uint32_t i = 0; i < d->a->threats.n; i++) {
        const Threat *t = &d->a->threats.at[i];
        const Verdict *v = threat_of_rule(d->a, t);
        if (v)
            verdict_explain(d->a->rules, v, &why);
        risk_record(d->a, t, v ? &why : NULL, &record);
        link_threat(d, i, &record);
        if (!risk_applies(d->a, t))
            continue;
        estimate_make(estimator, t, &record, &estimate);
        levels_note(d, i, &estimate);
    }
    estimate_free(&estimate);
    estimator_free(estimator);
    provenance_free(&why);
    risk_record_free(&record);
    link_attached(d);
    backrefs_sort(&d->links.controls);
    backrefs_sort(&d->links.threats);
    backrefs_sort(&d->links.assets);
    backrefs_sort(&d->links.of_thing);
    backrefs_sort(&d->links.attached);
}

void links_free(Links *l)
{
    vec_free(&l->controls);
    vec_free(&l->threats);
    vec_free(&l->assets);
    vec_free(&l->of_thing);
    vec_free(&l->attached);
}
