/* One pass over the model for all rules: flows and things are the outer loop, the rules that can concern them the inner one (lists.c),
 * so that what they say is read once. Each rule has its own bucket of verdicts, which is put in order at the end (merge.c).
 * Requires: a derived model. Leaves behind: verdicts in order of rules, then of the key things. */
#include "rules/lists.h"
#include "rules/merge.h"

typedef struct Run {
    const RuleSet *r;
    RuleId lo, hi;
    Ev ev;
    Bucket *buckets; /* by rule - lo */
    uint64_t *work;  /* by rule - lo */
    Settled settled;
    Lists lists;
    const Asks *from; /* asks of the rule at hand */
    const Todo *now;
    Tri early; /* what its early demands came to */
} Run;

static void keep_hops(Ev *ev, Verdict *v)
{
    Cache *c = ev->cache;
    if (!ev->nhops)
        return;
    v->path = c->hops.n;
    v->hops = (uint16_t)(ev->nhops > UINT16_MAX ? UINT16_MAX : ev->nhops);
    for (uint32_t i = 0; i < v->hops; i++)
        vec_push(&c->hops, ev->hops[ev->nhops - 1 - i]);
}

/* Merges a match into the threat before it where the key is the same, which is the usual case. */
static void keep_match(Ev *ev, const Plan *plan)
{
    Run *run = ev->self;
    VerdictKind kind = plan_verdict_when(ev, plan, tri_min(run->early, ask_eval(ev, &run->from->at[run->now->rest])));
    if (kind == VERDICT_NONE)
        return;
    Bucket *b = &run->buckets[ev->rule - run->lo];
    Verdict v = verdict_now(ev, plan, kind), *last = b->n ? &vec_last(b) : NULL;
    if (!last || !verdict_same_key(plan, last, &v)) {
        keep_hops(ev, &v);
        vec_push(b, v);
        return;
    }
    v.witnesses += last->witnesses;
    last->witnesses = v.witnesses;
    if (!verdict_stands_before(ev->r, plan, &v, last))
        return;
    keep_hops(ev, &v);
    *last = v;
}

/* ---- going through the model ---- */

/* Whether a rule's early demands leave in what stands in slot 0. */
static bool early_holds(Run *run, const Asks *from, const Todo *todo)
{
    run->from = from;
    run->now = todo;
    run->ev.rule = todo->rule;
    run->ev.work = &run->work[todo->rule - run->lo];
    run->early = ask_eval(&run->ev, &from->at[todo->early]);
    return run->early != TRI_FALSE;
}

static void run_halves(Run *run)
{
    const Model *m = run->ev.m;
    Ev *ev = &run->ev;
    ev->memo = mem_zeroes(run->r->nmemos + 1u, sizeof *ev->memo);
    for (uint32_t half = 0; half < m->flows.n * 2; half++) {
        if (!half_exists(m, half))
            continue;
        Range list = lists_half(&run->lists, half);
        ev->env.obj[0] = m->flows.at[half >> 1].obj;
        ev->env.half[0] = half;
        for (uint32_t i = list.first; i < list.first + list.n; i++)
            if (early_holds(run, &run->lists.asks, &run->lists.todos.at[i]))
                match_half(ev, plan_at(run->r, run->lists.todos.at[i].rule), half);
    }
    free(ev->memo);
    ev->memo = NULL;
}

/* In the order of the lists, which is that of the text: what belongs together stands together in memory. */
static void run_things(Run *run)
{
    Ev *ev = &run->ev;
    for (uint32_t f = FAMILY_ELEMENT; f <= FAMILY_OTHER; f++) {
        uint32_t n;
        const ObjId *things = family_list(ev->m, (Family)f, 0, &n);
        for (uint32_t i = 0; i < n; i++) {
            Range list = lists_thing(&run->lists, (Family)f, things[i]);
            ev->env.half[0] = 0;
            for (uint32_t at = list.first; at < list.first + list.n; at++) {
                ev->env.obj[0] = things[i];
                if (early_holds(run, &run->lists.asks, &run->lists.todos.at[at]))
                    match_thing(ev, plan_at(run->r, run->lists.todos.at[at].rule), things[i]);
            }
        }
    }
}

/* Rules that go through neither flows nor things of one list. */
static void run_others(Run *run)
{
    for (uint32_t i = 0; i < run->lists.base.n; i++) {
        const Todo *base = &run->lists.base.at[i].todo;
        const Plan *plan = plan_at(run->r, run->lo + i);
        bool rest = plan->info.path || plan->seed.family == FAMILY_ANY || (!plan_by_half(plan) && !plan_by_thing(plan));
        if (rest && base->rule && early_holds(run, &run->settled.asks, base))
            plan_matches(&run->ev, plan);
    }
}

static void report_large(const RuleSet *r, RuleId rule)
{
    Program *p = r->program;
    const RuleInfo *info = rule_info(r, rule);
    diag_add(p->diags, D_SEARCH_TOO_LARGE, model_decl(&p->model, info->obj)->span, str_z(&p->diags->arena, info->id));
}

static void run_init(Run *run, const RuleSet *r, RuleId lo, RuleId hi)
{
    uint32_t n = hi - lo + 1;
    *run = (Run){.r = r, .lo = lo, .hi = hi};
    ev_init(&run->ev, r, lo);
    run->ev.sink = keep_match;
    run->ev.self = run;
    run->ev.answers = mem_zeroes(ANSWERS, sizeof *run->ev.answers);
    run->buckets = mem_zeroes(n, sizeof *run->buckets);
    run->work = mem_zeroes(n, sizeof *run->work);
    settled_make(&run->settled, &run->ev);
    lists_init(&run->lists, &run->ev, &run->settled, lo, hi);
}

static void run_free(Run *run)
{
    settled_free(&run->settled, &run->ev);
    free(run->ev.answers);
    free(run->buckets);
    free(run->work);
    lists_free(&run->lists);
}

void plans_run(const RuleSet *r, RuleId lo, RuleId hi, Verdicts *out)
{
    Run run;
    *out = (Verdicts){0};
    cache_reset(r);
    if (lo > hi)
        return;
    run_init(&run, r, lo, hi);
    run_halves(&run);
    run_things(&run);
    run_others(&run);
    for (RuleId i = lo; i <= hi; i++) {
        bucket_merge(r, plan_at(r, i), &run.buckets[i - lo], out);
        if (run.work[i - lo] > LIMIT_PATH_VISITS)
            report_large(r, i);
    }
    vec_reserve(&out->hops, r->cache->hops.n);
    memcpy(out->hops.at, r->cache->hops.at, r->cache->hops.n * sizeof *out->hops.at);
    out->hops.n = r->cache->hops.n;
    run_free(&run);
}

/* ---- one rule on a small model ---- */

static void keep_small(Ev *ev, const Plan *plan)
{
    Verdicts *found = ev->self;
    VerdictKind kind = plan_verdict(ev, plan);
    if (kind == VERDICT_NONE)
        return;
    Verdict v = verdict_now(ev, plan, kind);
    for (uint32_t i = 0; i < found->all.n; i++) {
        Verdict *other = &found->all.at[i];
        if (!verdict_same_key(plan, other, &v))
            continue;
        v.witnesses = other->witnesses + 1;
        if (verdict_urgency(ev->r, plan, &v, other) > 0)
            *other = v;
        other->witnesses = v.witnesses;
        return;
    }
    vec_push(&found->all, v);
}

void plan_run(const RuleSet *r, RuleId rule, uint8_t *seen, Verdicts *out)
{
    Ev ev;
    out->all.n = 0;
    ev_init(&ev, r, rule);
    ev.sink = keep_small;
    ev.self = out;
    ev.seen = seen;
    ev.afresh = true;
    plan_matches(&ev, plan_at(r, rule));
    if (seen && ev.own_work > LIMIT_PATH_VISITS)
        report_large(r, rule);
}

void rules_eval(const RuleSet *r, Verdicts *out)
{
    plans_run(r, 1, r->nrules, out);
}

void rules_eval_one(const RuleSet *r, RuleId rule, Verdicts *out)
{
    plans_run(r, rule, rule, out);
}

void verdicts_free(Verdicts *v)
{
    vec_free(&v->all);
    vec_free(&v->hops);
}
