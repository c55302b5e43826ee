/* What a source finds, one thing after the other, without allocation: a quantifier goes through it for every match.
 * Begins from the narrowest link that is bound (an end of flows, a boundary, an owner) and filters by the rest. */
#include "rules/plan.h"

typedef enum IterMode { ITER_NONE, ITER_OBJS, ITER_HALVES, ITER_VALUES, ITER_ALL_HALVES, ITER_LISTS } IterMode;

bool half_exists(const Model *m, uint32_t half)
{
    return !(half & 1) || m->flows.at[half >> 1].two_way;
}

static ObjId half_port(const Model *m, uint32_t half, bool to)
{
    const Flow *f = &m->flows.at[half >> 1];
    return ((half & 1) != 0) == to ? flow_ports(m, f)->from : flow_ports(m, f)->to;
}

ObjId half_end(const Model *m, const Anchor *a, uint32_t half, bool to)
{
    if (a->port)
        return half_port(m, half, to);
    return to ? half_to(m, half) : half_from(m, half);
}

bool anchor_fits(const Ev *ev, const Anchor *a, ObjId o)
{
    switch ((AnchorTag)a->tag) {
    case ANCHOR_NONE: return true;
    case ANCHOR_SLOT: return o && o == ev->env.obj[a->slot];
    case ANCHOR_OBJ: return o == a->obj;
    case ANCHOR_VAR:
    case ANCHOR_KIND: {
        KindId k = o ? ev->m->objects.at[o].kind : 0;
        return k >= a->lo && k <= a->hi && o;
    }
    }
    BUG("anchor");
}

/* The thing that an anchor names now, or 0 if it stands for many. */
static ObjId anchor_thing(const Ev *ev, const Anchor *a)
{
    if (a->tag == ANCHOR_SLOT)
        return ev->env.obj[a->slot];
    return a->tag == ANCHOR_OBJ ? a->obj : 0;
}

static bool boundary_fits(const Ev *ev, const Anchor *a, ObjId o)
{
    const ObjId *set;
    Range s = model_boundaries(ev->m, o, &set);
    for (uint32_t i = 0; i < s.n; i++)
        if (anchor_fits(ev, a, set[i]))
            return true;
    return false;
}

static bool crossing_fits(const Ev *ev, const Source *s, uint32_t half)
{
    const Model *m = ev->m;
    Crossed c;
    ObjId boundary;
    VerbKind verb = VERB_CROSSES;
    if (s->at_mod == MOD_INSIDE)
        return boundary_fits(ev, &s->at, half_from(m, half)) && boundary_fits(ev, &s->at, half_to(m, half));
    if (s->at_mod == MOD_ON || s->at_mod == MOD_IN)
        return anchor_fits(ev, &s->at, half_end(m, &s->at, half, false)) ||
               anchor_fits(ev, &s->at, half_end(m, &s->at, half, true));
    if (s->at_mod != MOD_CROSSING)
        verb = s->at_mod == MOD_ENTERING ? VERB_ENTERS : VERB_LEAVES;
    crossed_init(ev, &c, half, verb);
    while (crossed_next(&c, &boundary))
        if (anchor_fits(ev, &s->at, boundary))
            return true;
    return false;
}

static bool half_fits(const Ev *ev, const Source *s, uint32_t half)
{
    const Model *m = ev->m;
    KindId k = m->objects.at[m->flows.at[half >> 1].obj].kind;
    if (k < s->lo || k > s->hi)
        return false;
    if (s->from.tag && !anchor_fits(ev, &s->from, half_end(m, &s->from, half, false)))
        return false;
    if (s->to.tag && !anchor_fits(ev, &s->to, half_end(m, &s->to, half, true)))
        return false;
    return !s->at.tag || crossing_fits(ev, s, half);
}

static bool thing_fits(const Ev *ev, const Source *s, ObjId o)
{
    const Object *obj = &ev->m->objects.at[o];
    if (obj->kind < s->lo || obj->kind > s->hi)
        return false;
    if (!s->at.tag || s->family >= FAMILY_OTHER)
        return true;
    if (s->family != FAMILY_PORT)
        return boundary_fits(ev, &s->at, o);
    return s->at_mod == MOD_INSIDE ? boundary_fits(ev, &s->at, obj->parent) : anchor_fits(ev, &s->at, obj->parent);
}

/* ---- where to begin ---- */

static const uint32_t *element_row(const Ev *ev, ObjId o, bool out, uint32_t *n)
{
    const Model *m = ev->m;
    if (obj_is(ev->p, o, ROLE_PORT))
        o = m->objects.at[o].parent;
    const Object *obj = &m->objects.at[o];
    *n = 0;
    if (!obj_is(ev->p, o, ROLE_ELEMENT) || obj->index >= m->elements.n || m->elements.at[obj->index] != o)
        return NULL;
    const uint32_t *start = out ? m->out_start.at : m->in_start.at, *halves = out ? m->out_half.at : m->in_half.at;
    *n = start[obj->index + 1] - start[obj->index];
    return halves + start[obj->index];
}

static void start_flows(Ev *ev, Iter *it, const Source *s)
{
    ObjId from = anchor_thing(ev, &s->from), to = anchor_thing(ev, &s->to), at = anchor_thing(ev, &s->at);
    it->mode = ITER_HALVES;
    if (from) {
        it->ids = element_row(ev, from, true, &it->n);
    } else if (to) {
        it->ids = element_row(ev, to, false, &it->n);
    } else if (!at) {
        it->mode = ITER_ALL_HALVES;
        it->n = ev->m->flows.n * 2;
    } else if (s->at_mod == MOD_ON) {
        it->ids = element_row(ev, at, true, &it->n);
        it->more = element_row(ev, at, false, &it->nmore);
    } else if (s->at_mod == MOD_INSIDE) {
        it->ids = csr_row(cache_halves(ev, ROW_STAYS), at, &it->n);
    } else {
        it->ids = csr_row(cache_halves(ev, s->at_mod == MOD_LEAVING ? ROW_LEAVES : ROW_ENTERS), at, &it->n);
        if (s->at_mod == MOD_CROSSING)
            it->more = csr_row(cache_halves(ev, ROW_LEAVES), at, &it->nmore);
    }
}

static void start_values(Ev *ev, Iter *it, ObjId x, UseId use)
{
    Value v = ev_prop(ev, x, use);
    it->mode = ITER_VALUES;
    it->unknown = v.tag == V_UNKNOWN;
    it->n = ev_members(ev, v, &it->values).n;
}

UseId source_property(const Ev *ev, const Source *s, ObjId x)
{
    const RuleSet *r = ev->r;
    const Program *p = ev->p;
    if (kind_is(p, s->lo, role_kind(p, ROLE_DATA)))
        return obj_is(p, x, ROLE_FLOW) ? r->use_carries : r->use_holds;
    if (kind_is(p, s->lo, role_kind(p, ROLE_SOFTWARE)) && s->at_mod != MOD_ON)
        return r->use_made_of;
    return kind_is(p, s->lo, role_kind(p, ROLE_CONTROL)) ? r->use_controls : 0;
}

void iter_related(Ev *ev, Iter *it, const Source *s, ObjId x)
{
    UseId use = source_property(ev, s, x);
    *it = (Iter){.s = s};
    if (use) {
        start_values(ev, it, x, use);
    } else {
        it->mode = ITER_OBJS;
        it->ids = csr_row(cache_children(ev), x, &it->n);
        it->more = csr_row(cache_referrers(ev), x, &it->nmore);
    }
}

const ObjId *family_list(const Model *m, Family family, uint32_t part, uint32_t *n)
{
    const ObjId *const lists[] = {m->elements.at, m->ports.at, m->boundaries.at, m->others.at};
    const uint32_t sizes[] = {m->elements.n, m->ports.n, m->boundaries.n, m->others.n};
    static const uint8_t only[] = {4, 0, 1, 2, 3};
    uint32_t which = family == FAMILY_ANY ? part : only[family];
    bool done = which > 3 || (family != FAMILY_ANY && part > 0);
    *n = done ? 0 : sizes[which];
    return done ? NULL : lists[which];
}

static void next_list(const Ev *ev, Iter *it)
{
    Family family = (Family)it->s->family;
    uint32_t parts = family == FAMILY_ANY ? 4 : 1;
    it->i = it->n = 0;
    while (it->part < parts && !it->n)
        it->ids = family_list(ev->m, family, it->part++, &it->n);
}

void iter_start(Ev *ev, Iter *it, const Source *s)
{
    ObjId at = anchor_thing(ev, &s->at);
    *it = (Iter){.s = s, .mode = ITER_OBJS};
    if (s->family == FAMILY_FLOW) {
        start_flows(ev, it, s);
    } else if (at && s->family == FAMILY_OTHER) {
        iter_related(ev, it, s, at);
    } else if (at && s->family == FAMILY_PORT && s->at_mod != MOD_INSIDE) {
        it->ids = csr_row(cache_children(ev), at, &it->n);
    } else if (at) {
        it->ids = csr_row(cache_members(ev), at, &it->n);
    } else if (!s->at.tag) {
        const ObjVec *all = cache_of_kinds(ev, s);
        it->ids = all->at;
        it->n = all->n;
    } else {
        it->mode = ITER_LISTS;
        next_list(ev, it);
    }
}

/* `no flow where (carries d)`: who names d is looked up, where going through all would cost as much as the model has things, once
 * for each d. */
void iter_start_true(Ev *ev, Iter *it, const Source *s)
{
    bool flows = s->family == FAMILY_FLOW;
    if (!s->names || anchor_thing(ev, &s->at) || (flows && (anchor_thing(ev, &s->from) || anchor_thing(ev, &s->to)))) {
        iter_start(ev, it, s);
        return;
    }
    const Noun *noun = &ev->r->nouns.at[s->named];
    const Namers *namers = cache_namers(ev, s->names, flows);
    *it = (Iter){.s = s, .mode = flows ? ITER_HALVES : ITER_OBJS};
    it->ids = csr_row(&namers->of, noun->tag == NOUN_OBJ ? noun->obj : ev->env.obj[noun->slot], &it->n);
    it->more = namers->unknown.at;
    it->nmore = namers->unknown.n;
}

/* The next candidate's place, moving on to what follows when one row is done; false at the end. */
static bool next_place(Ev *ev, Iter *it, uint32_t *i)
{
    if (++*ev->work > LIMIT_PATH_VISITS)
        return false;
    if (it->i == it->n && it->mode == ITER_LISTS)
        next_list(ev, it);
    if (it->i == it->n && it->more) {
        it->ids = it->more;
        it->n = it->nmore;
        it->more = NULL;
        it->i = 0;
    }
    *i = it->i++;
    return *i < it->n;
}

static bool candidate(const Ev *ev, const Iter *it, uint32_t i, ObjId *o, uint32_t *half)
{
    const Model *m = ev->m;
    *half = 0;
    switch ((IterMode)it->mode) {
    case ITER_HALVES:
    case ITER_ALL_HALVES:
        *half = it->mode == ITER_HALVES ? it->ids[i] : i;
        *o = m->flows.at[*half >> 1].obj;
        return half_exists(m, *half) && half_fits(ev, it->s, *half);
    case ITER_VALUES:
        *o = it->values[i].a;
        return (it->values[i].tag & VALUE_TAG) == V_REF && thing_fits(ev, it->s, *o);
    case ITER_OBJS:
    case ITER_LISTS: *o = it->ids[i]; return (i == 0 || it->ids[i - 1] != *o) && thing_fits(ev, it->s, *o);
    case ITER_NONE: break;
    }
    return false;
}

bool iter_next(Ev *ev, Iter *it, ObjId *o, uint32_t *half)
{
    uint32_t i;
    while (next_place(ev, it, &i))
        if (candidate(ev, it, i, o, half))
            return true;
    return false;
}
