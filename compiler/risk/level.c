/* Accepting what the risk policy says cannot be accepted. A system that names its policy is held to it: the decision is refused. Where
 * nobody chose one and the library's stands in, the decision counts and the level is told. Requires matched decisions and estimates
 * of people; leaves a report. */
#include "risk/decisions.h"
#include "risk/estimate.h"

typedef struct Levels {
    Estimator *estimator;
    Provenance why;
    RiskRecord record;
    Estimate estimate;
} Levels;

/* The level that counts today, if only controls would help; else 0. */
static ConstId forbidden_level(Decisions *d, const Threat *t, Levels *l)
{
    const Assessment *a = d->a;
    if (!t->hand)
        verdict_explain(a->rules, threat_of_rule(a, t), &l->why);
    risk_record(a, t, t->hand ? NULL : &l->why, &l->record);
    estimate_make(l->estimator, t, &l->record, &l->estimate);
    const StageEstimate *now = estimate_now(&l->estimate);
    return now->acceptance == ACCEPT_UNACCEPTABLE ? now->level : 0;
}

static Str title_of(const Program *p, ConstId c)
{
    return p->consts.at[c].title.n ? p->consts.at[c].title : sym_str(p->names, p->consts.at[c].name);
}

/* Once a decision, with the first of its threats and the number of all. */
static void report_level(Decisions *d, const Hit *h, ConstId level, uint32_t n)
{
    const Program *p = d->p;
    const RiskPolicy *policy = d->a->policies.at;
    bool chosen = d->a->policies.by != 0;
    StrBuf id = {0};
    threat_id(d->a, hit_threat(d, h), &id);
    if (n > 1)
        strbuf_format(&id, "` (and of %u more)", n - 1);
    else
        strbuf_char(&id, '`');
    Diag *r = diag_add(p->diags, chosen ? D_ACCEPT_FORBIDDEN : D_ACCEPT_ABOVE, h->at, id.s,
                       str_z(&d->arena, title_of(p, level)), str_z(&d->arena, obj_name(p, policy->obj)),
                       str_z(&d->arena, title_of(p, policy->tolerable)));
    if (chosen)
        diag_label(p->diags, r, model_decl(&p->model, d->a->policies.by)->span, "the policy was chosen here");
    diag_help(
        p->diags, r,
        "close it with a control that is verified, or avoid or transfer it; if the level itself is wrong, an `estimate` "
        "with its rationale takes its place");
    strbuf_free(&id);
}

bool decision_level(Decisions *d, const Decision *x)
{
    const RiskPolicy *policy = d->a->policies.at;
    if (!policy || policy->broken || !policy->tolerable || !str_eq(x->word, STR("accept")))
        return true;
    Levels l = {.estimator = estimator_new(d->a)};
    const Hit *first = NULL;
    ConstId level = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->hits; i++) {
        const Hit *h = &d->hits.at[x->first + i];
        if (h->gap || !threat_due(d->a, hit_threat(d, h)))
            continue;
        ConstId forbidden = forbidden_level(d, hit_threat(d, h), &l);
        n += forbidden != 0;
        first = forbidden && !first ? h : first;
        level = level ? level : forbidden;
    }
    if (first)
        report_level(d, first, level, n);
    estimator_free(l.estimator);
    provenance_free(&l.why);
    risk_record_free(&l.record);
    estimate_free(&l.estimate);
    return !first || !d->a->policies.by;
}
