/* How far what closes a threat stands, derived again for the stages of an estimate. Requires verdicts of the model as it is. Leaves
 * out what is not certain: a capability that may be there, and a condition that may hold, close nothing. */
#include "rules/closing.h"
#include "rules/plan.h"

/* What of a source counts: the design as soon as it is there, a control as far as it has come. */
static CapLevel source_level(const Program *p, const CapSource *s)
{
    if (s->denies || s->level == CAP_UNKNOWN || s->level == CAP_NO)
        return CAP_NO;
    return s->by && obj_is(p, s->by, ROLE_CONTROL) ? s->level : CAP_VERIFIED;
}

/* The best source of a capability; of equals a property or protocol before controls, then the first in order of names. */
static void best_source(const Program *p, ObjId o, ObjId capability, CapSources *sources, Closer *best)
{
    sources->n = 0;
    cap_sources(p, o, capability, sources);
    for (uint32_t i = 0; i < sources->n; i++) {
        const CapSource *s = &sources->at[i];
        CapLevel level = source_level(p, s);
        bool first = level == best->level && level && best->by && (!s->by || obj_order(p, s->by, best->by) < 0);
        if (level > best->level || first)
            *best = (Closer){capability, o, s->by, s->prop, s->span, level};
    }
}

/* The best that a part of a line comes to. */
static Closer part_closer(Ev *ev, const MitPart *part, CapSources *sources)
{
    Closer best = {.capability = part->capability};
    if (!part->capability) {
        best.level = part->cond && cond_eval(ev, part->cond) == TRI_TRUE ? CAP_VERIFIED : CAP_NO;
        return best;
    }
    for (uint32_t i = 0; i < part->n; i++) {
        const MitAlternative *a = &ev->r->alternatives.at[part->first + i];
        bool unknown = false;
        ObjId o = term_thing(ev, &a->term, &unknown);
        if (!o || unknown)
            continue;
        ev->env.obj[a->term.slot] = a->where ? o : ev->env.obj[a->term.slot];
        if (!a->where || cond_eval(ev, a->where) == TRI_TRUE)
            best_source(ev->p, o, part->capability, sources, &best);
    }
    return best;
}

/* Adds a line that stands, and returns how far. `out` NULL: only the level is asked for. */
static CapLevel add_line(Ev *ev, const MitLine *line, CapSources *sources, Closing *out)
{
    uint32_t first = out ? out->closers.n : 0;
    CapLevel least = line->n ? CAP_VERIFIED : CAP_NO;
    for (uint32_t i = 0; i < line->n && least; i++) {
        Closer c = part_closer(ev, &ev->r->parts.at[line->first + i], sources);
        least = c.level < least ? c.level : least;
        if (out)
            vec_push(&out->closers, c);
    }
    if (!out)
        return least;
    if (!least)
        out->closers.n = first;
    for (uint32_t i = first; i < out->closers.n; i++)
        out->closers.at[i].level = least;
    return least;
}

static CapLevel best_line(Ev *ev, const Plan *plan, CapSources *sources, Closing *out)
{
    CapLevel best = CAP_NO;
    for (uint32_t i = 0; i < plan->nlines; i++) {
        CapLevel level = add_line(ev, &ev->r->lines.at[plan->lines + i], sources, out);
        best = level > best ? level : best;
    }
    return best;
}

void verdict_closing(const RuleSet *r, const Verdict *v, Closing *out)
{
    const Plan *plan = plan_at(r, v->rule);
    CapSources sources = {0};
    Ev ev;
    out->closers.n = 0;
    ev_init(&ev, r, v->rule);
    env_of_verdict(&ev, plan, v);
    out->level = best_line(&ev, plan, &sources, out);
    vec_free(&sources);
}

void closing_free(Closing *c)
{
    vec_free(&c->closers);
}

/* ---- several witnesses ---- */

typedef struct Witnesses {
    const Verdicts *all;
    uint32_t first, n; /* the rule's verdicts */
    Weakest *weakest;
    CapSources sources;
} Witnesses;

static int key_order(const Ev *ev, const Plan *plan, const Verdict *v)
{
    for (uint32_t i = 0; i < plan->info.nvars; i++) {
        uint32_t a = ev->m->rank.at[v->vars[i]], b = ev->m->rank.at[ev->env.obj[i]];
        if (plan->info.keys >> i & 1 && a != b)
            return a < b ? -1 : 1;
    }
    return 0;
}

/* Lowers the level of the threat that the match at hand is a witness of. */
static void witness_sink(Ev *ev, const Plan *plan)
{
    Witnesses *w = ev->self;
    uint32_t lo = w->first, hi = w->first + w->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (key_order(ev, plan, &w->all->all.at[mid]) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found = lo < w->first + w->n && key_order(ev, plan, &w->all->all.at[lo]) == 0;
    if (!found || w->all->all.at[lo].witnesses < 2 || plan_verdict(ev, plan) <= VERDICT_OUT_OF_SCOPE)
        return;
    uint8_t level = (uint8_t)(1 + best_line(ev, plan, &w->sources, NULL));
    uint8_t *least = &w->weakest->levels.at[lo];
    *least = !*least || level < *least ? level : *least;
}

CapLevel verdict_weakest(const RuleSet *r, const Verdicts *all, uint32_t verdict, Weakest *w)
{
    const Verdict *v = &all->all.at[verdict];
    if (!w->levels.n) {
        vec_reserve(&w->levels, all->all.n);
        vec_reserve(&w->done, r->nrules + 1);
        w->levels.n = all->all.n;
        w->done.n = r->nrules + 1;
        memset(w->levels.at, 0, w->levels.n);
        memset(w->done.at, 0, w->done.n);
    }
    if (!w->done.at[v->rule]) {
        Witnesses work = {.all = all, .first = verdict, .weakest = w};
        while (work.first > 0 && all->all.at[work.first - 1].rule == v->rule)
            work.first--;
        while (work.first + work.n < all->all.n && all->all.at[work.first + work.n].rule == v->rule)
            work.n++;
        Ev ev;
        ev_init(&ev, r, v->rule);
        ev.sink = witness_sink;
        ev.self = &work;
        program_rank(r->program);
        plan_matches(&ev, plan_at(r, v->rule));
        vec_free(&work.sources);
        w->done.at[v->rule] = 1;
    }
    return w->levels.at[verdict] ? (CapLevel)(w->levels.at[verdict] - 1) : CAP_NO;
}

void weakest_free(Weakest *w)
{
    vec_free(&w->done);
    vec_free(&w->levels);
}
