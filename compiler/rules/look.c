/* What each rule looked at: its matches are gone through once more, flows and things in the outer loop as in an evaluation, and each
 * thing that they bind is told of, with the verdict or with the last step that the rule came to. Of rules nothing but `when` is
 * asked, and that only where kinds, boundaries and the protocol do not settle it. Requires: a model that was evaluated, and its
 * verdicts. */
#include "rules/look.h"

#include "rules/settle.h"

/* What often decides, before anything is asked of the things themselves, how far rules come with a half. Models have few shapes. */
typedef struct Shape {
    HalfKinds kinds;
    bool enters, leaves; /* some boundary */
    uint32_t example;    /* a half of this shape: all have the same protocol */
} Shape;

/* What is needed of a rule again and again. */
typedef struct Watched {
    const Plan *plan;
    RuleId rule;
    uint32_t slots;
    uint32_t first, nverdicts; /* its part of Verdicts.all */
    uint32_t demands, ndemands;
    uint8_t single; /* the one variable of its key, or SLOT_NONE */
} Watched;

struct Looker {
    Ev ev;
    const Verdicts *verdicts;
    Vec(Shape) shapes;
    uint32_t *shape_of; /* by half: index into shapes */
    /* Of the rules at hand: */
    Vec(Watched) rules;
    Vec(CondId) demands;
    Map keys;          /* (index into rules, the one thing of the key) -> 1 + index of the verdict */
    LookStep *settled; /* by shape, then rule: how far it comes with each half at least */
    Vec(Range) lists;  /* by shape: the rules that may come further with some of its halves */
    Vec(uint32_t) listed;
    Vec(uint32_t) near; /* shapes of the halves of the thing at hand: those that leave it, then those that come to it */
    uint32_t nout, stamp;
    bool flow;         /* it is a flow: all are its own */
    uint32_t *seen[2]; /* by shape: the last time that it was near, at flows from the thing and to it */
    uint32_t at;       /* the rule whose match is at hand */
    const LookSink *sink;
};

/* ---- telling ---- */

static Look look_at(const Looker *l, const Plan *plan, uint32_t slot, uint32_t verdict)
{
    bool flow = slot == 0 && plan_by_half(plan);
    uint8_t ways = !flow ? 3 : (l->ev.env.half[0] & 1 ? 2 : 1);
    return (Look){l->at, l->ev.env.obj[slot], verdict, ways, (uint8_t)slot};
}

static void tell_found(const Looker *l, const Plan *plan, uint32_t verdict)
{
    for (uint32_t i = 0; i < plan->info.nvars; i++) {
        Look look = look_at(l, plan, i, verdict);
        if (look.thing)
            l->sink->found(l->sink->self, &look);
    }
}

static void tell_missed(const Looker *l, const Plan *plan, uint32_t slots, LookStep step)
{
    for (uint32_t i = 0; i < plan->info.nvars; i++) {
        Look look = look_at(l, plan, i, 0);
        if (look.thing && slots >> i & 1)
            l->sink->missed(l->sink->self, &look, step);
    }
}

/* The variables whose things wait for a step. */
static uint32_t wanted(const Looker *l, const Plan *plan)
{
    uint32_t wanted = 0, slots = l->rules.at[l->at].slots;
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (slots >> i & 1 && l->ev.env.obj[i] && l->sink->wants(l->sink->self, l->at, l->ev.env.obj[i]))
            wanted |= 1u << i;
    return wanted;
}

/* ---- verdicts ---- */

/* Verdicts stand in order of their keys. */
static int key_cmp(const Looker *l, const Plan *plan, const Verdict *v)
{
    const uint32_t *rank = l->ev.m->rank.at;
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (plan->info.keys >> i & 1 && v->vars[i] != l->ev.env.obj[i])
            return rank[v->vars[i]] < rank[l->ev.env.obj[i]] ? -1 : 1;
    return 0;
}

/* 1 + index of the verdict whose key the match at hand has, or 0. */
static uint32_t verdict_here(const Looker *l, const Plan *plan)
{
    const Watched *w = &l->rules.at[l->at];
    uint32_t lo = w->first, hi = lo + w->nverdicts;
    if (w->single != SLOT_NONE)
        return map_get(&l->keys, MAP_KEY(l->at, l->ev.env.obj[w->single]));
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (key_cmp(l, plan, &l->verdicts->all.at[mid]) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool same = lo < w->first + w->nverdicts && key_cmp(l, plan, &l->verdicts->all.at[lo]) == 0;
    return same ? lo + 1 : 0;
}

static void find_verdicts(Looker *l, Watched *w)
{
    const Verdict *all = l->verdicts->all.at;
    uint32_t lo = 0, hi = l->verdicts->all.n, keys = w->plan->info.keys;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (all[mid].rule < w->rule)
            lo = mid + 1;
        else
            hi = mid;
    }
    w->first = lo;
    w->single = keys & (keys - 1) ? (uint8_t)SLOT_NONE : (uint8_t)rule_subject(l->ev.r, w->rule);
    while (lo + w->nverdicts < l->verdicts->all.n && all[lo + w->nverdicts].rule == w->rule)
        w->nverdicts++;
    for (uint32_t i = lo; i < lo + w->nverdicts && w->single != SLOT_NONE; i++)
        map_put(&l->keys, MAP_KEY(l->rules.n, all[i].vars[w->single]), i + 1);
}

/* ---- going through the model ---- */

/* Where a step is wanted the parts of `when` are asked in the order of the text, else as few as decide. */
static void look_match(Ev *ev, const Plan *plan)
{
    Looker *l = ev->self;
    const Watched *w = &l->rules.at[l->at];
    uint32_t slots = wanted(l, plan), failed = 0;
    if (slots)
        failed = demand_false(ev, l->demands.at + w->demands, w->ndemands);
    bool applies = slots ? failed == w->ndemands : !plan->when || cond_eval(ev, plan->when) != TRI_FALSE;
    uint32_t verdict = applies ? verdict_here(l, plan) : 0;
    if (verdict)
        tell_found(l, plan, verdict);
    else if (slots)
        tell_missed(l, plan, slots, (LookStep)(LOOK_WHEN + failed));
}

static void look_halves(Looker *l)
{
    const Model *m = l->ev.m;
    l->ev.memo = mem_resize(NULL, l->ev.r->nmemos + 1u, sizeof *l->ev.memo);
    memset(l->ev.memo, 0, (l->ev.r->nmemos + 1u) * sizeof *l->ev.memo);
    for (uint32_t half = 0; half < m->flows.n * 2; half++) {
        if (!half_exists(m, half))
            continue;
        Range list = l->lists.at[l->shape_of[half]];
        for (uint32_t i = list.first; i < list.first + list.n; i++) {
            l->at = l->listed.at[i];
            match_half(&l->ev, l->rules.at[l->at].plan, half);
        }
    }
    free(l->ev.memo);
    l->ev.memo = NULL;
}

/* Things in the outer loop, as flows are: what is noted about one lies together. */
static void look_things(Looker *l)
{
    for (uint32_t family = FAMILY_ELEMENT; family <= FAMILY_OTHER; family++) {
        uint32_t n;
        const ObjId *list = family_list(l->ev.m, (Family)family, 0, &n);
        l->listed.n = 0;
        for (uint32_t i = 0; i < l->rules.n; i++) {
            const Plan *plan = l->rules.at[i].plan;
            if (!plan->broken && plan_by_thing(plan) && plan->seed.family == family)
                vec_push(&l->listed, i);
        }
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t k = 0; k < l->listed.n; k++) {
                l->at = l->listed.at[k];
                match_thing(&l->ev, l->rules.at[l->at].plan, list[i]);
            }
    }
}

/* What may end a path: searches ask the parts of `when` about one end before they start, so no match shows them. */
static void look_ends(Looker *l, const Anchor *a)
{
    const Watched *w = &l->rules.at[l->at];
    const Model *m = l->ev.m;
    for (uint32_t i = 0; i < m->elements.n && w->slots >> a->slot & 1; i++) {
        uint32_t k = 0;
        l->ev.env.obj[a->slot] = m->elements.at[i];
        if (!anchor_fits(&l->ev, a, m->elements.at[i]))
            continue;
        for (; k < w->ndemands; k++) {
            CondId c = l->demands.at[w->demands + k];
            if (cond_at(l->ev.r, c)->mask == 1u << a->slot && cond_eval(&l->ev, c) == TRI_FALSE)
                break;
        }
        tell_missed(l, w->plan, 1u << a->slot, k < w->ndemands ? (LookStep)(LOOK_WHEN + k) : (LookStep)LOOK_PATH);
    }
}

/* Whether a rule finds a boundary to begin with. */
static bool shape_crosses(const Source *s, const Shape *shape)
{
    bool either = s->at_mod == MOD_CROSSING && (shape->enters || shape->leaves);
    return !s->at.tag || either ||
           (s->at_mod == MOD_ENTERING ? shape->enters : s->at_mod == MOD_LEAVING && shape->leaves);
}

/* The first part of `when` that is false for all halves of a shape, if all before it hold for all; else the number of parts. */
static uint32_t settled_demand(Looker *l, const Watched *w, const Shape *shape)
{
    Foreknown k = foreknown_kinds(&l->ev, &w->plan->seed, &shape->kinds);
    k.stays = !shape->enters && !shape->leaves;
    k.protocol_slot = 0;
    l->ev.env.obj[0] = l->ev.m->flows.at[shape->example >> 1].obj;
    l->ev.env.half[0] = shape->example;
    for (uint32_t i = 0; i < w->ndemands; i++) {
        Tri t = foreknown_eval(&k, l->demands.at[w->demands + i]);
        if (t != TRI_TRUE)
            return t == TRI_FALSE ? i : w->ndemands;
    }
    return w->ndemands;
}

/* An end that is met by every element of the kinds that shapes are told apart by. */
static bool end_is_plain(const Anchor *a)
{
    return !a->port && a->tag != ANCHOR_SLOT && a->tag != ANCHOR_OBJ;
}

/* How far a rule comes with every half of a shape; `more` if it may come further with some. */
static LookStep settle(Looker *l, const Watched *w, const Shape *shape, bool *more)
{
    const Source *s = &w->plan->seed;
    bool plain = end_is_plain(&s->from) && end_is_plain(&s->to);
    *more = false;
    if (w->plan->broken || !plan_by_half(w->plan) || !source_wants(s, &shape->kinds))
        return LOOK_NOWHERE;
    if (!shape_crosses(s, shape))
        return plain ? LOOK_BOUNDARY : LOOK_PATTERN;
    uint32_t failed = settled_demand(l, w, shape);
    *more = !plain || failed == w->ndemands;
    if (*more)
        return plain && s->at.tag ? LOOK_BOUNDARY : LOOK_PATTERN;
    return (LookStep)(LOOK_WHEN + failed);
}

static void settle_shapes(Looker *l)
{
    l->settled = mem_resize(l->settled, (size_t)l->rules.n * l->shapes.n + 1, sizeof *l->settled);
    l->lists.n = l->listed.n = 0;
    for (uint32_t s = 0; s < l->shapes.n; s++) {
        Range list = {l->listed.n, 0};
        for (uint32_t i = 0; i < l->rules.n; i++) {
            bool more;
            l->settled[(size_t)s * l->rules.n + i] = settle(l, &l->rules.at[i], &l->shapes.at[s], &more);
            if (more)
                vec_push(&l->listed, i);
        }
        list.n = l->listed.n - list.first;
        vec_push(&l->lists, list);
    }
}

static void watch(Looker *l, const LookRule *rule)
{
    CondId demands[LOOK_DEMANDS];
    Watched w = {
        .plan = plan_at(l->ev.r, rule->rule), .rule = rule->rule, .slots = rule->slots, .demands = l->demands.n};
    w.ndemands = plan_demands(l->ev.r, w.plan, demands);
    for (uint32_t i = 0; i < w.ndemands; i++)
        vec_push(&l->demands, demands[i]);
    find_verdicts(l, &w);
    vec_push(&l->rules, w);
}

void looker_run(Looker *l, const LookRule *rules, uint32_t n, const LookSink *sink)
{
    l->sink = sink;
    l->rules.n = l->demands.n = 0;
    map_free(&l->keys);
    for (uint32_t i = 0; i < n; i++)
        watch(l, &rules[i]);
    l->ev.answers = mem_zeroes(ANSWERS, sizeof *l->ev.answers);
    Settled settled;
    settled_make(&settled, &l->ev);
    settle_shapes(l);
    look_halves(l);
    look_things(l);
    for (l->at = 0; l->at < n; l->at++) {
        const Plan *plan = l->rules.at[l->at].plan;
        bool done = plan_by_half(plan) || (plan_by_thing(plan) && plan->seed.family != FAMILY_ANY);
        if (plan->broken || done)
            continue; /* one that the model has nothing for is left out by rules_compile, and finds nothing */
        l->ev.own_work = 0;
        plan_matches(&l->ev, plan);
        if (plan->info.path && l->ev.m->flows.n) {
            look_ends(l, &plan->seed.from);
            look_ends(l, &plan->seed.to);
        }
    }
    free(l->ev.answers);
    settled_free(&settled, &l->ev);
    l->ev.answers = NULL;
}

/* ---- what no match binds ---- */

static void near_half(Looker *l, uint32_t half, bool to)
{
    uint32_t shape = l->shape_of[half];
    if (l->seen[to][shape] == l->stamp)
        return;
    l->seen[to][shape] = l->stamp;
    vec_push(&l->near, shape);
}

void looker_thing(Looker *l, ObjId thing, unsigned ways)
{
    const Model *m = l->ev.m;
    uint32_t index = model_obj(m, thing)->index;
    l->stamp++;
    l->near.n = l->nout = 0;
    l->flow = index < m->flows.n && m->flows.at[index].obj == thing;
    for (uint32_t way = 0; l->flow && way < 2; way++)
        if (ways >> way & 1 && half_exists(m, index * 2 + way))
            near_half(l, index * 2 + way, false);
    if (l->flow || index >= m->elements.n || m->elements.at[index] != thing)
        return;
    for (uint32_t i = m->out_start.at[index]; i < m->out_start.at[index + 1]; i++)
        near_half(l, m->out_half.at[i], false);
    l->nout = l->near.n;
    for (uint32_t i = m->in_start.at[index]; i < m->in_start.at[index + 1]; i++)
        near_half(l, m->in_half.at[i], true);
}

static bool end_counts(const Anchor *a, uint32_t slots)
{
    return a->tag == ANCHOR_VAR && !a->port && slots >> a->slot & 1;
}

LookStep looker_missed(const Looker *l, uint32_t rule)
{
    const Watched *w = &l->rules.at[rule];
    bool out = l->flow ? w->slots & 1 : end_counts(&w->plan->seed.from, w->slots);
    bool in = !l->flow && end_counts(&w->plan->seed.to, w->slots);
    uint32_t lo = out ? 0 : l->nout, hi = in || l->flow ? l->near.n : l->nout;
    LookStep most = LOOK_PATTERN;
    if (l->flow && !out)
        return LOOK_PATTERN;
    for (uint32_t i = lo; i < hi; i++) {
        LookStep step = l->settled[(size_t)l->near.at[i] * l->rules.n + rule];
        most = step > most ? step : most;
    }
    return most;
}

/* ---- the looker ---- */

static Shape shape_at(const Looker *l, uint32_t half)
{
    const Model *m = l->ev.m;
    ObjId boundary;
    Shape shape = {.kinds = half_kinds(m, half), .example = half};
    Crossed c;
    crossed_init(&l->ev, &c, half, VERB_ENTERS);
    shape.enters = crossed_next(&c, &boundary);
    crossed_init(&l->ev, &c, half, VERB_LEAVES);
    shape.leaves = crossed_next(&c, &boundary);
    return shape;
}

static void find_shapes(Looker *l)
{
    const Model *m = l->ev.m;
    uint64_t n = l->ev.r->nkinds;
    Map known = {0}, with = {0}; /* kinds and boundaries -> 1 + a half; that half and the protocol -> 1 + index */
    l->shape_of = mem_resize(NULL, m->flows.n * 2 + 1u, sizeof *l->shape_of);
    for (uint32_t half = 0; half < m->flows.n * 2; half++) {
        Shape shape = shape_at(l, half);
        HalfKinds kinds = shape.kinds;
        uint64_t key = (((kinds.flow * n + kinds.from) * n + kinds.to) * 2 + shape.enters) * 2 + shape.leaves;
        uint32_t first = map_get(&known, key);
        if (!first)
            map_put(&known, key, first = half + 1);
        key = MAP_KEY(first, flow_protocol(l->ev.p, m->flows.at[half >> 1].obj));
        uint32_t at = map_get(&with, key);
        if (!at) {
            vec_push(&l->shapes, shape);
            map_put(&with, key, at = l->shapes.n);
        }
        l->shape_of[half] = at - 1;
    }
    map_free(&known);
    map_free(&with);
    for (int to = 0; to < 2; to++) {
        l->seen[to] = mem_resize(NULL, l->shapes.n + 1u, sizeof *l->seen[to]);
        memset(l->seen[to], 0, (l->shapes.n + 1u) * sizeof *l->seen[to]);
    }
}

Looker *looker_new(const RuleSet *r, const Verdicts *v)
{
    Looker *l = mem_alloc(sizeof *l);
    *l = (Looker){.verdicts = v};
    program_rank(r->program);
    ev_init(&l->ev, r, 0);
    l->ev.work = &l->ev.own_work;
    l->ev.sink = look_match;
    l->ev.self = l;
    find_shapes(l);
    return l;
}

void looker_free(Looker *l)
{
    vec_free(&l->shapes);
    vec_free(&l->rules);
    vec_free(&l->demands);
    vec_free(&l->lists);
    vec_free(&l->listed);
    map_free(&l->keys);
    free(l->shape_of);
    free(l->settled);
    vec_free(&l->near);
    free(l->seen[0]);
    free(l->seen[1]);
    free(l);
}

ObjId scope_excluder(const RuleSet *r, ObjId o)
{
    Ev ev;
    ev_init(&ev, r, 0);
    return excluded_by(&ev, o);
}
