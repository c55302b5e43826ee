/* Lists of what there is to do. A rule is settled three times: for the model as a whole; for each value of each facet of a flow, to see
 * where it finds nothing; for each combination of facets that occurs, where the others leave it in. */
#include "rules/lists.h"

/* What lists of rules about flows are told apart by. */
typedef enum Facet { FACET_FLOW, FACET_FROM, FACET_TO, FACET_PROTOCOL, FACETS } Facet;

static bool is_false(const Asks *asks, AskId a)
{
    return ask_is(&asks->at[a], TRI_FALSE);
}

static Base base_of(Lists *l, RuleId rule)
{
    const Plan *plan = plan_at(l->ev->r, rule);
    Asks *asks = &l->settled->asks;
    Foreknown k;
    Base base = {0};
    Todo *t = &base.todo;
    if (plan->broken || !foreknown_pattern(&k, l->ev, plan))
        return base;
    bool split = plan_by_half(plan) || (plan_by_thing(plan) && plan->seed.family != FAMILY_ANY);
    t->early = settle_demands(&k, split ? plan->when : 0, true, asks);
    t->rest = split ? settle_demands(&k, plan->when, false, asks) : settle_cond(&k, plan->when, asks);
    t->rule = is_false(asks, t->early) || is_false(asks, t->rest) ? 0 : rule;
    for (AskId i = t->early; i < asks->n; i++) {
        if (asks->at[i].op != ASK_COND)
            continue;
        const Cond *n = cond_at(l->ev->r, asks->at[i].what);
        base.slots |= n->mask;
        base.protocol |= n->of_protocol;
    }
    return base;
}

/* What remains of it where more is known; rule 0 if it finds nothing then. */
static Todo todo_where(Lists *l, const Foreknown *k, const Todo *base, Asks *out)
{
    Todo t = {.rule = base->rule};
    AskId begin = out->n;
    t.early = settle_ask(k, &l->settled->asks.at[base->early], out);
    t.rest = is_false(out, t.early) ? t.early : settle_ask(k, &l->settled->asks.at[base->rest], out);
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
static void know_facet(Lists *l, Foreknown *k, const Source *s, Facet facet, uint32_t half, bool stays)
{
    const Model *m = l->ev->m;
    if (facet == FACET_FROM)
        bind_end(k, &s->from, half_from(m, half));
    else if (facet == FACET_TO)
        bind_end(k, &s->to, half_to(m, half));
    else
        l->ev->env.obj[0] = m->flows.at[half >> 1].obj;
    if (facet == FACET_FLOW) {
        foreknown_bind(k, 0, l->ev->env.obj[0]);
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

static bool finds_something(Lists *l, const Base *base, Facet facet, uint32_t half, bool stays)
{
    Foreknown k = {.ev = l->ev, .protocol_slot = SLOT_NONE};
    AskId begin = l->asks.n;
    know_facet(l, &k, &plan_at(l->ev->r, base->todo.rule)->seed, facet, half, stays);
    bool some = todo_where(l, &k, &base->todo, &l->asks).rule != 0;
    l->asks.n = begin;
    return some;
}

/* The rules that find nothing where a facet has the value that it has at this half. Their place in rows. */
static uint32_t facet_row(Lists *l, Facet facet, uint32_t value, uint32_t half, bool stays)
{
    uint32_t words = l->base.n / 64 + 1, at = map_get(&l->row_of, MAP_KEY(facet, value));
    const HalfKinds kinds = half_kinds(l->ev->m, half);
    if (at)
        return at - 1;
    at = l->rows.n;
    map_put(&l->row_of, MAP_KEY(facet, value), at + 1);
    for (uint32_t i = 0; i < words; i++)
        vec_push(&l->rows, 0);
    for (uint32_t i = 0; i < l->base.n; i++) {
        const Base *base = &l->base.at[i];
        const Plan *plan = plan_at(l->ev->r, l->lo + i);
        bool some = base->todo.rule && plan_by_half(plan) && seed_wants(&plan->seed, facet, &kinds, stays);
        if (some && asks_facet(base, &plan->seed, facet))
            some = finds_something(l, base, facet, half, stays);
        l->rows.at[at + i / 64] |= (uint64_t)!some << i % 64;
    }
    return at;
}

/* Appends what remains of a rule for all halves that are like this one. */
static void add_todo(Lists *l, uint32_t number, uint32_t half, bool stays)
{
    const Source *seed = &plan_at(l->ev->r, l->lo + number)->seed;
    Foreknown k = {.ev = l->ev, .protocol_slot = SLOT_NONE};
    for (int f = 0; f < FACETS; f++)
        know_facet(l, &k, seed, (Facet)f, half, stays);
    Todo t = todo_where(l, &k, &l->base.at[number].todo, &l->asks);
    if (t.rule)
        vec_push(&l->todos, t);
}

static Range make_list(Lists *l, uint32_t half, const HalfKinds *kinds, bool stays, uint32_t protocol)
{
    const uint32_t values[FACETS] = {kinds->flow * 2 + stays, kinds->from, kinds->to, protocol};
    uint32_t rows[FACETS];
    Range list = {l->todos.n, 0};
    for (int f = 0; f < FACETS; f++)
        rows[f] = facet_row(l, (Facet)f, values[f], half, stays);
    for (uint32_t i = 0; i < l->base.n; i += 64) {
        uint64_t none = 0;
        for (int f = 0; f < FACETS; f++)
            none |= l->rows.at[rows[f] + i / 64];
        uint64_t some = ~none;
        for (uint32_t number = i; some && number < l->base.n; number++, some >>= 1)
            if (some & 1)
                add_todo(l, number, half, stays);
    }
    list.n = l->todos.n - list.first;
    return list;
}

Range lists_half(Lists *l, uint32_t half)
{
    const Model *m = l->ev->m;
    HalfKinds kinds = half_kinds(m, half);
    bool stays = model_obj(m, half_from(m, half))->set == model_obj(m, half_to(m, half))->set;
    uint64_t n = l->ev->r->nkinds, key = ((kinds.flow * n + kinds.from) * n + kinds.to) * 2 + stays;
    uint32_t shape = map_get(&l->shapes, key), protocol = flow_protocol(l->ev->p, m->flows.at[half >> 1].obj);
    if (!shape)
        map_put(&l->shapes, key, shape = ++l->nshapes);
    uint32_t at = map_get(&l->list_of, MAP_KEY(shape, protocol));
    if (at)
        return l->lists.at[at - 1];
    l->ev->env.half[0] = half;
    Range list = make_list(l, half, &kinds, stays, protocol);
    vec_push(&l->lists, list);
    map_put(&l->list_of, MAP_KEY(shape, protocol), l->lists.n);
    return list;
}

Range lists_thing(Lists *l, Family family, ObjId thing)
{
    KindId kind = l->ev->m->objects.at[thing].kind;
    uint32_t at = map_get(&l->kinds, kind);
    if (at)
        return l->lists.at[at - 1];
    Range list = {l->todos.n, 0};
    Foreknown k = {.ev = l->ev, .protocol_slot = SLOT_NONE};
    foreknown_bind(&k, 0, thing);
    for (uint32_t i = 0; i < l->base.n; i++) {
        const Plan *plan = plan_at(l->ev->r, l->lo + i);
        bool concerns = l->base.at[i].todo.rule && plan_by_thing(plan) && plan->seed.family == family;
        if (!concerns || kind < plan->seed.lo || kind > plan->seed.hi)
            continue;
        Todo t = todo_where(l, &k, &l->base.at[i].todo, &l->asks);
        if (t.rule)
            vec_push(&l->todos, t);
    }
    list.n = l->todos.n - list.first;
    vec_push(&l->lists, list);
    map_put(&l->kinds, kind, l->lists.n);
    return list;
}

void lists_init(Lists *l, Ev *ev, Settled *settled, RuleId lo, RuleId hi)
{
    *l = (Lists){.ev = ev, .settled = settled, .lo = lo};
    for (RuleId i = lo; i <= hi; i++)
        vec_push(&l->base, base_of(l, i));
}

void lists_free(Lists *l)
{
    vec_free(&l->base);
    vec_free(&l->asks);
    vec_free(&l->todos);
    vec_free(&l->lists);
    vec_free(&l->rows);
    map_free(&l->kinds);
    map_free(&l->shapes);
    map_free(&l->list_of);
    map_free(&l->row_of);
}
