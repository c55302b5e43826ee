/* Binds the variables of a pattern: every match goes to ev->sink. Kinds are tested first, as intervals, because that
 * settles most candidates. Requires: a derived model. */
#include "rules/plan.h"

bool plan_by_half(const Plan *plan)
{
    return plan->seed.family == FAMILY_FLOW;
}

bool plan_by_thing(const Plan *plan)
{
    const Source *s = &plan->seed;
    return s->family != FAMILY_FLOW && s->family != FAMILY_PATH && !(s->family == FAMILY_OTHER && s->at.tag);
}

static void bind(Ev *ev, uint8_t slot, ObjId o)
{
    ev->env.obj[slot] = o;
}

/* Tests one end of a flow and binds its variable. */
static inline bool end_matches(Ev *ev, const Anchor *a, uint32_t half, bool to)
{
    if (!a->tag)
        return true;
    ObjId o = half_end(ev->m, a, half, to);
    if (a->tag != ANCHOR_VAR)
        return anchor_fits(ev, a, o);
    KindId k = o ? ev->m->objects.at[o].kind : 0;
    bind(ev, a->slot, o);
    return k >= a->lo && k <= a->hi;
}

/* One match for each boundary that fits; without a variable for it, one in all. */
static void match_boundary(Ev *ev, const Plan *plan, ObjId boundary, bool *done)
{
    const Anchor *a = &plan->seed.at;
    if (*done || !anchor_fits(ev, a, boundary))
        return;
    if (a->tag == ANCHOR_VAR)
        bind(ev, a->slot, boundary);
    else
        *done = true;
    ev->sink(ev, plan);
}

void match_half(Ev *ev, const Plan *plan, uint32_t half)
{
    const Source *s = &plan->seed;
    const Model *m = ev->m;
    ObjId flow = m->flows.at[half >> 1].obj, boundary;
    KindId k = m->objects.at[flow].kind;
    if (k < s->lo || k > s->hi)
        return;
    ev->env.obj[0] = flow;
    ev->env.half[0] = half;
    if (!end_matches(ev, &s->from, half, false) || !end_matches(ev, &s->to, half, true))
        return;
    if (!s->at.tag) {
        ev->sink(ev, plan);
        return;
    }
    Crossed c;
    bool done = false;
    VerbKind verb = s->at_mod == MOD_ENTERING ? VERB_ENTERS : VERB_LEAVES;
    crossed_init(ev, &c, half, s->at_mod == MOD_CROSSING ? VERB_CROSSES : verb);
    while (!done && crossed_next(&c, &boundary))
        match_boundary(ev, plan, boundary, &done);
}

static void match_inside(Ev *ev, const Plan *plan, ObjId o)
{
    const ObjId *set;
    Range r = model_boundaries(ev->m, o, &set);
    bool done = false;
    for (uint32_t i = 0; i < r.n && !done; i++)
        match_boundary(ev, plan, set[i], &done);
}

void match_thing(Ev *ev, const Plan *plan, ObjId o)
{
    const Source *s = &plan->seed;
    const Object *obj = &ev->m->objects.at[o];
    bool done = false;
    if (obj->kind < s->lo || obj->kind > s->hi)
        return;
    ev->env.obj[0] = o;
    ev->env.half[0] = 0;
    if (!s->at.tag)
        ev->sink(ev, plan);
    else if (s->family == FAMILY_PORT && s->at_mod != MOD_INSIDE)
        match_boundary(ev, plan, obj->parent, &done);
    else
        match_inside(ev, plan, s->family == FAMILY_PORT ? obj->parent : o);
}

/* ---- things that belong to another: data on a flow, software in an element ---- */

static void match_owner(Ev *ev, const Plan *plan, ObjId owner)
{
    const Source *s = &plan->seed;
    Iter it;
    ObjId o;
    uint32_t half;
    if (!anchor_fits(ev, &s->at, owner))
        return;
    if (s->at.tag == ANCHOR_VAR) {
        bind(ev, s->at.slot, owner);
        ev->env.half[s->at.slot] = ev->m->objects.at[owner].index * 2; /* read of flows only */
    }
    iter_related(ev, &it, s, owner);
    while (iter_next(ev, &it, &o, &half)) {
        ev->env.obj[0] = o;
        ev->sink(ev, plan);
    }
}

static void match_owners(Ev *ev, const Plan *plan)
{
    const Model *m = ev->m;
    const ObjId *list;
    uint32_t n;
    if (plan->seed.at.tag == ANCHOR_OBJ) {
        match_owner(ev, plan, plan->seed.at.obj);
        return;
    }
    for (uint32_t part = 0; (list = family_list(m, FAMILY_ANY, part, &n)) != NULL || part < 4; part++)
        for (uint32_t i = 0; i < n; i++)
            match_owner(ev, plan, list[i]);
    for (uint32_t i = 0; i < m->flows.n; i++)
        match_owner(ev, plan, m->flows.at[i].obj);
}

void plan_matches(Ev *ev, const Plan *plan)
{
    const Model *m = ev->m;
    const ObjId *list;
    uint32_t n;
    if (plan->info.path) {
        match_paths(ev, plan);
        return;
    }
    for (uint32_t half = 0; plan_by_half(plan) && half < m->flows.n * 2; half++)
        if (half_exists(m, half))
            match_half(ev, plan, half);
    if (plan_by_half(plan))
        return;
    if (!plan_by_thing(plan)) {
        match_owners(ev, plan);
        return;
    }
    for (uint32_t part = 0; part < 4; part++) {
        list = family_list(m, (Family)plan->seed.family, part, &n);
        for (uint32_t i = 0; i < n; i++)
            match_thing(ev, plan, list[i]);
    }
    for (uint32_t i = 0; plan->seed.family == FAMILY_ANY && i < m->flows.n; i++) {
        match_thing(ev, plan, m->flows.at[i].obj);
    }
}
