/* What the three risk lists share. Requires a Report; leaves nothing behind but its own buffers, freed by risks_end. */
#include "emit/risks.h"

const Risks *report_risks(const Report *r)
{
    return r->risks ? r->risks : risks_make(r->assessment, r->arena);
}

Str risk_of_record(const RiskWalk *k)
{
    const Risk *risk = risk_of_threat(k->risks, (uint32_t)(k->threat - k->r->assessment->threats.at));
    return risk ? risk->id : (Str){0};
}

static uint64_t evidence_key(const Program *p, ObjId o)
{
    return MAP_KEY(model_obj(&p->model, o)->parent, p->model.rank.at[o]);
}

static int by_first(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;
    return (a[0] > b[0]) - (a[0] < b[0]);
}

void risks_start(RiskWalk *k, const Report *r)
{
    *k = (RiskWalk){.r = r, .risks = report_risks(r), .estimator = estimator_new(r->assessment)};
    const Program *p = r->program;
    Arena scratch = {0};
    ObjList list = objs_of_role(p, ROLE_EVIDENCE, &scratch);
    uint64_t(*keys)[2] = mem_alloc((list.n + 1) * sizeof *keys);
    for (uint32_t i = 0; i < list.n; i++) {
        keys[i][0] = evidence_key(p, list.at[i]);
        keys[i][1] = list.at[i];
    }
    if (list.n)
        qsort(keys, list.n, sizeof *keys, by_first);
    for (uint32_t i = 0; i < list.n; i++)
        vec_push(&k->evidence, (ObjId)keys[i][1]);
    free(keys);
    arena_free(&scratch);
}

void risk_fill(RiskWalk *k, const Threat *t)
{
    k->threat = t;
    facts_of(k->r, t, &k->f);
    risk_record(k->r->assessment, t, k->f.explained ? &k->f.why : NULL, &k->record);
    estimate_make(k->estimator, t, &k->record, &k->estimate);
}

void risks_end(RiskWalk *k)
{
    facts_free(&k->f);
    risk_record_free(&k->record);
    estimate_free(&k->estimate);
    estimator_free(k->estimator);
    vec_free(&k->evidence);
}

uint32_t risks_count(const Report *r)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->assessment->threats.n; i++)
        n += risk_applies(r->assessment, &r->assessment->threats.at[i]);
    return n;
}

Range risk_evidence(const RiskWalk *k, ObjId control)
{
    const Model *m = &k->r->program->model;
    uint32_t lo = 0, hi = k->evidence.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (model_obj(m, k->evidence.at[mid])->parent < control)
            lo = mid + 1;
        else
            hi = mid;
    }
    Range found = {lo, 0};
    while (lo + found.n < k->evidence.n && model_obj(m, k->evidence.at[lo + found.n])->parent == control)
        found.n++;
    return found;
}
