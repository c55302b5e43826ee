/* One pass over the model for all rules: flows and things are the outer loop, so that what they say is read once. Which rules can
 * concern them, and what remains to be asked then, is worked out once for all that are alike: in kind, in the kinds of their
 * ends, in protocol. Each rule has its own bucket of verdicts, which is put in order at the end (merge.c). Requires: a derived
 * model. Leaves behind: verdicts in order of rules, then of the key things. */
#include "rules/merge.h"
#include "rules/settle.h"

/* A rule to look at, and what remains of its `when`: what is asked before anything is bound but slot 0, and the rest. */
typedef struct Todo {
    RuleId rule; /* 0: it finds nothing in this model */
    AskId early, rest;
} Todo;

/* What remains of a rule for the model as a whole. */
typedef struct Base {
    Todo todo;
    uint16_t slots; /* that it still asks, as bits */
    bool protocol;  /* it asks for that of a flow */
} Base;

/* What lists of rules about flows are told apart by. */
typedef enum Facet { FACET_FLOW, FACET_FROM, FACET_TO, FACET_PROTOCOL, FACETS } Facet;

typedef struct Run {
    const RuleSet *r;
    RuleId lo, hi;
    Ev ev;
    Bucket *buckets; /* by rule - lo */
    uint64_t *work;  /* by rule - lo */
    Settled settled; /* has the asks of `base` too */
    Vec(Base) base;  /* by rule - lo: by what is known of the model as a whole */
    Asks asks;       /* of `todos` */
    Vec(Todo) todos;
    Vec(Range) lists;   /* into todos */
    Map kinds;          /* kind of a thing -> 1 + place in lists */
    Map shapes;         /* kinds of a flow and its ends -> 1 + number */
    Map list_of;        /* that number and the protocol -> 1 + place in lists */
    Map row_of;         /* facet and its value -> 1 + place in rows */
    Vec(uint64_t) rows; /* bits by rule - lo: rules that find nothing where a facet has that value */
    uint32_t nshapes;
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

/* ---- what there is to do ---- */

static bool is_false(const Asks *asks, AskId a)
{
    return ask_is(&asks->at[a], TRI_FALSE);
}

static Base base_of(Run *run, RuleId rule)
{
    const Plan *plan = plan_at(run->r, rule);
    Asks *asks = &run->settled.asks;
    Foreknown k;
    Base base = {0};
    Todo *t = &base.todo;
    if (plan->broken || !foreknown_pattern(&k, &run->ev, plan))
        return base;
    bool split = plan_by_half(plan) || (plan_by_thing(plan) && plan->seed.family != FAMILY_ANY);
    t->early = settle_demands(&k, split ? plan->when : 0, true, asks);
    t->rest = split ? settle_demands(&k, plan->when, false, asks) : settle_cond(&k, plan->when, asks);
    t->rule = is_false(asks, t->early) || is_false(asks, t->rest) ? 0 : rule;
    for (AskId i = t->early; i < asks->n; i++) {
        if (asks->at[i].op != ASK_COND)
            continue;
        const Cond *n = cond_at(run->r, asks->at[i].what);
        base.slots |= n->mask;
        base.protocol |= n->of_protocol;
    }
    return base;
}

/* What remains of it where more is known; rule 0 if it finds nothing then. */
static Todo todo_where(Run *run, const Foreknown *k, const Todo *base, Asks *out)
{
    Todo t = {.rule = base->rule};
    AskId begin = out->n;
    t.early = settle_ask(k, &run->settled.asks.at[base->early], out);
    t.rest = is_false(out, t.early) ? t.early : settle_ask(k, &run->settled.asks.at[base->rest], out);
    if (is_false(out, t.rest)) {
        t.rule = 0;
        out->n = begin;
    }
    return t;
}

static bool seed_wants(const Source *s, Facet facet, const HalfKinds *kinds, bool stays)
{
    if (facet == FACET_FLOW)
        return kinds->flow >= s->lo && kinds->flow <= s->hi && !(stays && s->at.tag);
    if (facet == FACET_PROTOCOL)
        return true;
    return anchor_wants(facet == FACET_FROM ? &s->from : &s->to, facet == FACET_FROM ? kinds->from : kinds->to);
}

static void bind_end(Foreknown *k, const Anchor *a, ObjId o)
{
    if (a->tag == ANCHOR_VAR && !a->port)
        foreknown_bind(k, a->slot, o);
}

/* Makes known what a facet of a half says of the variables of a pattern. */
static void know_facet(Run *run, Foreknown *k, const Source *s, Facet facet, uint32_t half, bool stays)
{
    const Model *m = run->ev.m;
    if (facet == FACET_FROM)
        bind_end(k, &s->from, half_from(m, half));
    else if (facet == FACET_TO)
        bind_end(k, &s->to, half_to(m, half));
    else
        run->ev.env.obj[0] = m->flows.at[half >> 1].obj;
    if (facet == FACET_FLOW) {
        foreknown_bind(k, 0, run->ev.env.obj[0]);
        k->stays = stays;
    } else if (facet == FACET_PROTOCOL) {
        k->protocol_slot = 0;
    }
}

/* Whether what remains of a rule hangs on a facet. */
static bool asks_facet(const Base *base, const Source *s, Facet facet)
{
    if (facet == FACET_PROTOCOL)
        return base->protocol;
    const Anchor *end = facet == FACET_FROM ? &s->from : &s->to;
    return facet == FACET_FLOW ? base->slots & 1 : end->tag == ANCHOR_VAR && base->slots >> end->slot & 1;
}

static bool finds_something(Run *run, const Base *base, Facet facet, uint32_t half, bool stays)
{
    Foreknown k = {.ev = &run->ev, .protocol_slot = SLOT_NONE};
    AskId begin = run->asks.n;
    know_facet(run, &k, &plan_at(run->r, base->todo.rule)->seed, facet, half, stays);
    bool some = todo_where(run, &k, &base->todo, &run->asks).rule != 0;
    run->asks.n = begin;
    return some;
}

/* The rules that find nothing where a facet has the value that it has at this half. Their place in rows. */
static uint32_t facet_row(Run *run, Facet facet, uint32_t value, uint32_t half, bool stays)
{
    uint32_t words = run->base.n / 64 + 1, at = map_get(&run->row_of, MAP_KEY(facet, value));
    const HalfKinds kinds = half_kinds(run->ev.m, half);
    if (at)
        return at - 1;
    at = run->rows.n;
    map_put(&run->row_of, MAP_KEY(facet, value), at + 1);
    for (uint32_t i = 0; i < words; i++)
        vec_push(&run->rows, 0);
    for (uint32_t i = 0; i < run->base.n; i++) {
        const Base *base = &run->base.at[i];
        const Plan *plan = plan_at(run->r, run->lo + i);
        bool some = base->todo.rule && plan_by_half(plan) && seed_wants(&plan->seed, facet, &kinds, stays);
        if (some && asks_facet(base, &plan->seed, facet))
            some = finds_something(run, base, facet, half, stays);
        run->rows.at[at + i / 64] |= (uint64_t)!some << i % 64;
    }
    return at;
}

/* Appends what remains of a rule for all halves that are like this one. */
static void add_todo(Run *run, uint32_t number, uint32_t half, bool stays)
{
    const Source *seed = &plan_at(run->r, run->lo + number)->seed;
    Foreknown k = {.ev = &run->ev, .protocol_slot = SLOT_NONE};
    for (int f = 0; f < FACETS; f++)
        know_facet(run, &k, seed, (Facet)f, half, stays);
    Todo t = todo_where(run, &k, &run->base.at[number].todo, &run->asks);
    if (t.rule)
        vec_push(&run->todos, t);
}

static Range make_list(Run *run, uint32_t half, const HalfKinds *kinds, bool stays, uint32_t protocol)
{
    const uint32_t values[FACETS] = {kinds->flow * 2 + stays, kinds->from, kinds->to, protocol};
    uint32_t rows[FACETS];
    Range list = {run->todos.n, 0};
    for (int f = 0; f < FACETS; f++)
        rows[f] = facet_row(run, (Facet)f, values[f], half, stays);
    for (uint32_t i = 0; i < run->base.n; i += 64) {
        uint64_t none = 0;
        for (int f = 0; f < FACETS; f++)
            none |= run->rows.at[rows[f] + i / 64];
        uint64_t some = ~none;
        for (uint32_t number = i; some && number < run->base.n; number++, some >>= 1)
            if (some & 1)
                add_todo(run, number, half, stays);
    }
    list.n = run->todos.n - list.first;
    return list;
}

/* The rules that a half can concern. Models have few sorts of flows. */
static Range list_for(Run *run, uint32_t half)
{
    const Model *m = run->ev.m;
    HalfKinds kinds = half_kinds(m, half);
    bool stays = model_obj(m, half_from(m, half))->set == model_obj(m, half_to(m, half))->set;
    uint64_t n = run->r->nkinds, key = ((kinds.flow * n + kinds.from) * n + kinds.to) * 2 + stays;
    uint32_t shape = map_get(&run->shapes, key), protocol = flow_protocol(run->ev.p, m->flows.at[half >> 1].obj);
    if (!shape)
        map_put(&run->shapes, key, shape = ++run->nshapes);
    uint32_t at = map_get(&run->list_of, MAP_KEY(shape, protocol));
    if (at)
        return run->lists.at[at - 1];
    run->ev.env.half[0] = half;
    Range list = make_list(run, half, &kinds, stays, protocol);
    vec_push(&run->lists, list);
    map_put(&run->list_of, MAP_KEY(shape, protocol), run->lists.n);
    return list;
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
        Range list = list_for(run, half);
        ev->env.obj[0] = m->flows.at[half >> 1].obj;
        ev->env.half[0] = half;
        for (uint32_t i = list.first; i < list.first + list.n; i++)
            if (early_holds(run, &run->asks, &run->todos.at[i]))
                match_half(ev, plan_at(run->r, run->todos.at[i].rule), half);
    }
    free(ev->memo);
    ev->memo = NULL;
}

/* What there is to do for things of a kind in a list of its family. */
static Range list_of_kind(Run *run, Family family, ObjId thing)
{
    KindId kind = run->ev.m->objects.at[thing].kind;
    uint32_t at = map_get(&run->kinds, kind);
    if (at)
        return run->lists.at[at - 1];
    Range list = {run->todos.n, 0};
    Foreknown k = {.ev = &run->ev, .protocol_slot = SLOT_NONE};
    foreknown_bind(&k, 0, thing);
    for (uint32_t i = 0; i < run->base.n; i++) {
        const Plan *plan = plan_at(run->r, run->lo + i);
        bool concerns = run->base.at[i].todo.rule && plan_by_thing(plan) && plan->seed.family == family;
        if (!concerns || kind < plan->seed.lo || kind > plan->seed.hi)
            continue;
        Todo t = todo_where(run, &k, &run->base.at[i].todo, &run->asks);
        if (t.rule)
            vec_push(&run->todos, t);
    }
    list.n = run->todos.n - list.first;
    vec_push(&run->lists, list);
    map_put(&run->kinds, kind, run->lists.n);
    return list;
}

/* In the order of the lists, which is that of the text: what belongs together stands together in memory. */
static void run_things(Run *run)
{
    Ev *ev = &run->ev;
    for (uint32_t f = FAMILY_ELEMENT; f <= FAMILY_OTHER; f++) {
        uint32_t n;
        const ObjId *things = family_list(ev->m, (Family)f, 0, &n);
        for (uint32_t i = 0; i < n; i++) {
            Range list = list_of_kind(run, (Family)f, things[i]);
            ev->env.half[0] = 0;
            for (uint32_t at = list.first; at < list.first + list.n; at++) {
                ev->env.obj[0] = things[i];
                if (early_holds(run, &run->asks, &run->todos.at[at]))
                    match_thing(ev, plan_at(run->r, run->todos.at[at].rule), things[i]);
            }
        }
    }
}

/* Rules that go through neither flows nor things of one list. */
static void run_others(Run *run)
{
    for (uint32_t i = 0; i < run->base.n; i++) {
        const Todo *base = &run->base.at[i].todo;
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
    for (RuleId i = lo; i <= hi; i++)
        vec_push(&run->base, base_of(run, i));
}

static void run_free(Run *run)
{
    settled_free(&run->settled, &run->ev);
    free(run->ev.answers);
    free(run->buckets);
    free(run->work);
    vec_free(&run->base);
    vec_free(&run->asks);
    vec_free(&run->todos);
    vec_free(&run->lists);
    vec_free(&run->rows);
    map_free(&run->kinds);
    map_free(&run->shapes);
    map_free(&run->list_of);
    map_free(&run->row_of);
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
