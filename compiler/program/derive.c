/* Derives what rules scan: lists by role, adjacency, boundary sets. Requires: bound. One pass over the objects each; sets are
 * hash-consed, so a million elements in a hundred zones share a hundred sets. */
#include "program/build.h"

/* ---- lists ---- */

/* The place in Model.ends of the first flow that is not before an object. */
static uint32_t first_end(const Model *m, ObjId first)
{
    uint32_t lo = 0, hi = m->ends.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (m->ends.at[mid].obj < first)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Tests come behind all else, so flows that are analysed together stand together. */
static void flows_from(Model *m, uint32_t at, unsigned background)
{
    m->flows.at = NULL;
    m->flows.n = 0;
    if (at == m->ends.n)
        return;
    m->flows.at = m->ends.at + at;
    for (; at + m->flows.n < m->ends.n; m->flows.n++) {
        Object *obj = &m->objects.at[m->flows.at[m->flows.n].obj];
        if ((obj->flags & OBJ_BACKGROUND) != background)
            break;
        obj->index = m->flows.n;
    }
}

/* What a test of rules declares is analysed only while that test runs, and then nothing else is. */
static void sort_into_lists(Program *p, ObjId first)
{
    Model *m = &p->model;
    unsigned background = first < m->objects.n ? model_obj(m, first)->flags & OBJ_BACKGROUND : 0u;
    m->elements.n = m->ports.n = m->boundaries.n = m->others.n = 0;
    for (ObjId o = first; o < m->objects.n; o++) {
        Object *obj = &m->objects.at[o];
        if (!obj->kind || (obj->flags & (OBJ_MODULE | OBJ_LIBRARY)) || (obj->flags & OBJ_BACKGROUND) != background)
            continue;
        if (obj_is(p, o, ROLE_PORT)) {
            obj->index = m->ports.n;
            vec_push(&m->ports, o);
        } else if (obj_is(p, o, ROLE_ELEMENT)) {
            obj->index = m->elements.n;
            vec_push(&m->elements, o);
        } else if (obj_is(p, o, ROLE_BOUNDARY)) {
            obj->index = m->boundaries.n;
            vec_push(&m->boundaries, o);
        } else if (!obj_is(p, o, ROLE_FLOW)) {
            obj->index = m->others.n;
            vec_push(&m->others, o);
        }
    }
    flows_from(m, first_end(m, first), background);
}

/* ---- adjacency ---- */

static bool analysed(const Program *p, ObjId element, ObjId first)
{
    return element >= first && obj_is(p, element, ROLE_ELEMENT) && !obj_is(p, element, ROLE_PORT);
}

static void adjacency(Program *p, ObjId first)
{
    Model *m = &p->model;
    uint32_t n = m->elements.n;
    m->out_start.n = m->in_start.n = m->out_half.n = m->in_half.n = 0;
    vec_reserve(&m->out_start, n + 2);
    vec_reserve(&m->in_start, n + 2);
    memset(m->out_start.at, 0, (n + 2) * sizeof(uint32_t));
    memset(m->in_start.at, 0, (n + 2) * sizeof(uint32_t));
    m->out_start.n = m->in_start.n = n + 1;
    uint32_t halves = m->flows.n * 2, outs = 0, ins = 0;
    /* Count, sum up, place: two starts further on, so that placing moves them back to where they belong. */
    for (uint32_t h = 0; h < halves; h++) {
        if ((h & 1) && !m->flows.at[h >> 1].two_way)
            continue;
        ObjId from = half_from(m, h), to = half_to(m, h);
        if (analysed(p, from, first))
            m->out_start.at[model_obj(m, from)->index + 1]++, outs++;
        if (analysed(p, to, first))
            m->in_start.at[model_obj(m, to)->index + 1]++, ins++;
    }
    for (uint32_t i = 0; i < n; i++) {
        m->out_start.at[i + 1] += m->out_start.at[i];
        m->in_start.at[i + 1] += m->in_start.at[i];
    }
    vec_reserve(&m->out_half, outs);
    vec_reserve(&m->in_half, ins);
    m->out_half.n = outs;
    m->in_half.n = ins;
    uint32_t *fill = mem_resize(NULL, 2 * (size_t)n + 1, sizeof *fill);
    memcpy(fill, m->out_start.at, n * sizeof *fill);
    memcpy(fill + n, m->in_start.at, n * sizeof *fill);
    for (uint32_t h = 0; h < halves; h++) {
        if ((h & 1) && !m->flows.at[h >> 1].two_way)
            continue;
        ObjId from = half_from(m, h), to = half_to(m, h);
        if (analysed(p, from, first))
            m->out_half.at[fill[model_obj(m, from)->index]++] = h;
        if (analysed(p, to, first))
            m->in_half.at[fill[n + model_obj(m, to)->index]++] = h;
    }
    free(fill);
}

/* ---- boundary sets ---- */

typedef struct Sets {
    Program *p;
    Map by_hash;        /* hash of the members -> 1 + set number; collisions are probed on */
    Vec(uint8_t) state; /* by ObjId: 1 = being computed, 2 = done */
    Vec(ObjId) members; /* stack of sets under construction */
    uint32_t depth;
} Sets;

static uint32_t intern_set(Sets *s, ObjId *at, uint32_t n)
{
    Model *m = &s->p->model;
    for (uint32_t i = 1; i < n; i++) { /* sorted already but for a few */
        ObjId o = at[i];
        uint32_t k = i;
        for (; k > 0 && at[k - 1] > o; k--)
            at[k] = at[k - 1];
        at[k] = o;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || at[i] != at[i - 1])
            at[kept++] = at[i];
    uint64_t hash = str_hash((Str){(const char *)at, kept * sizeof *at});
    for (;; hash++) {
        uint32_t found = map_get(&s->by_hash, hash);
        if (!found)
            break;
        Range r = m->boundary_sets.at[found - 1];
        if (r.n == kept && (kept == 0 || memcmp(m->boundary_pool.at + r.first, at, kept * sizeof *at) == 0))
            return found - 1;
    }
    uint32_t from = m->boundary_pool.n;
    for (uint32_t i = 0; i < kept; i++)
        vec_push(&m->boundary_pool, at[i]);
    vec_push(&m->boundary_sets, (Range){from, kept});
    map_put(&s->by_hash, hash, m->boundary_sets.n);
    return m->boundary_sets.n - 1;
}

static uint32_t set_for(Sets *s, ObjId o);

/* Adds the boundaries around o. The set is asked for first: computing it may move the arrays. */
static void add_set(Sets *s, ObjId o)
{
    const Model *m = &s->p->model;
    uint32_t set = set_for(s, o);
    Range r = m->boundary_sets.at[set];
    for (uint32_t i = 0; i < r.n; i++)
        vec_push(&s->members, m->boundary_pool.at[r.first + i]);
}

static void add_boundary(Sets *s, ObjId boundary)
{
    add_set(s, boundary);
    vec_push(&s->members, boundary);
}

static void report_cycle(Sets *s, ObjId o)
{
    Program *p = s->p;
    diag_add(p->diags, D_BOUNDARY_CYCLE, model_decl(&p->model, o)->span, str_z(&p->diags->arena, obj_title(p, o)));
}

/* The set of what encloses o. Recursion follows nesting and `also_inside`; a cycle is cut and reported. */
static uint32_t set_for(Sets *s, ObjId o)
{
    Program *p = s->p;
    Model *m = &p->model;
    if (s->state.at[o] == 2)
        return model_obj(m, o)->set;
    if (s->state.at[o] == 1) {
        report_cycle(s, o);
        return 0;
    }
    if (s->depth == LIMIT_BOUNDARY_DEPTH) {
        diag_add(p->diags, D_BOUNDARY_TOO_DEEP, model_decl(m, o)->span, str_z(&p->diags->arena, obj_title(p, o)),
                 (unsigned)LIMIT_BOUNDARY_DEPTH);
        s->state.at[o] = 2;
        return 0;
    }
    s->depth++;
    s->state.at[o] = 1;
    ObjId parent = model_obj(m, o)->parent;
    bool boundary = obj_is(p, o, ROLE_BOUNDARY);
    Value also = obj_is(p, o, ROLE_ELEMENT) ? obj_known(p, o, KNOWN_ALSO_INSIDE)
                 : boundary                 ? obj_known(p, o, KNOWN_BOUNDARY_ALSO_INSIDE)
                                            : (Value){V_ABSENT, 0};
    const Value *list;
    Range members = value_members(m, &also, &list);
    uint32_t set;
    if (!members.n && parent && !obj_is(p, parent, ROLE_BOUNDARY)) {
        set = set_for(s, parent); /* most things stand where their parent stands */
    } else {
        uint32_t from = s->members.n;
        if (parent && obj_is(p, parent, ROLE_BOUNDARY)) {
            add_boundary(s, parent);
        } else if (parent) {
            add_set(s, parent);
        }
        for (uint32_t i = 0; i < members.n; i++)
            if ((list[i].tag & VALUE_TAG) == V_REF && list[i].a)
                add_boundary(s, list[i].a);
        for (uint32_t i = from; i < s->members.n; i++)
            if (s->members.at[i] == o) { /* reached through `also_inside` of what encloses it */
                report_cycle(s, o);
                s->members.at[i] = s->members.at[--s->members.n];
            }
        uint32_t found = s->members.n - from;
        set = intern_set(s, found ? &s->members.at[from] : NULL, found);
        s->members.n = from;
    }
    s->depth--;
    s->state.at[o] = 2;
    m->objects.at[o].set = set;
    return set;
}

static void boundary_sets(Program *p, ObjId first)
{
    Model *m = &p->model;
    Sets s = {.p = p};
    m->boundary_sets.n = m->boundary_pool.n = 0;
    vec_push(&m->boundary_sets, (Range){0, 0});
    map_put(&s.by_hash, str_hash((Str){"", 0}), 1);
    vec_zeroes(&s.state, m->objects.n);
    for (ObjId o = 1; o < m->objects.n; o++)
        m->objects.at[o].set = 0;
    for (ObjId o = first; o < m->objects.n; o++)
        if (model_obj(m, o)->kind)
            set_for(&s, o);
    map_free(&s.by_hash);
    vec_free(&s.state);
    vec_free(&s.members);
}

Range model_boundaries(const Model *m, ObjId o, const ObjId **set)
{
    Range r = m->boundary_sets.at[model_obj(m, o)->set];
    *set = r.n ? &m->boundary_pool.at[r.first] : NULL;
    return r;
}

bool obj_inside(const Model *m, ObjId o, ObjId boundary)
{
    const ObjId *set;
    Range r = model_boundaries(m, o, &set);
    uint32_t lo = 0, hi = r.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (set[mid] < boundary)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < r.n && set[lo] == boundary;
}

/* B(a) \ B(b): both are sorted. */
static void difference(const Model *m, ObjId a, ObjId b, ObjVec *out)
{
    if (model_obj(m, a)->set == model_obj(m, b)->set)
        return;
    const ObjId *x, *y;
    Range rx = model_boundaries(m, a, &x), ry = model_boundaries(m, b, &y);
    for (uint32_t i = 0, j = 0; i < rx.n; i++) {
        while (j < ry.n && y[j] < x[i])
            j++;
        if (j == ry.n || y[j] != x[i])
            vec_push(out, x[i]);
    }
}

void half_leaves(const Model *m, uint32_t half, ObjVec *out)
{
    difference(m, half_from(m, half), half_to(m, half), out);
}

void half_enters(const Model *m, uint32_t half, ObjVec *out)
{
    difference(m, half_to(m, half), half_from(m, half), out);
}

uint32_t *model_crossings(const Model *m, Arena *a)
{
    uint32_t *crossings = NEWN(a, uint32_t, m->objects.n + 1);
    ObjVec crossed = {0};
    for (uint32_t i = 0; i < m->flows.n; i++) {
        crossed.n = 0;
        half_leaves(m, i * 2, &crossed);
        half_enters(m, i * 2, &crossed);
        for (uint32_t k = 0; k < crossed.n; k++)
            crossings[crossed.at[k]]++;
    }
    vec_free(&crossed);
    return crossings;
}

ObjId obj_primary_boundary(const Program *p, ObjId o)
{
    for (o = model_obj(&p->model, o)->parent; o; o = model_obj(&p->model, o)->parent)
        if (obj_is(p, o, ROLE_BOUNDARY))
            return o;
    return 0;
}

void model_derive(Program *p, ObjId first)
{
    sort_into_lists(p, first);
    adjacency(p, first);
    boundary_sets(p, first);
    caps_derive(p, first);
}
