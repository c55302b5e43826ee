/* Indexes over the model that only some rules need, each built in time linear in what it holds when it is first asked
 * for. They live until the model is derived again. Requires: a derived model. */
#include "rules/plan.h"

typedef Vec(uint64_t) Pairs; /* key in the upper half, id in the lower */

static void csr_free(Csr *c)
{
    free(c->start);
    free(c->ids);
    *c = (Csr){0};
}

/* Rows keep the order in which their pairs were added. */
static void csr_build(Csr *c, Pairs *pairs, uint32_t nkeys)
{
    c->nkeys = nkeys;
    c->start = mem_resize(NULL, (size_t)nkeys + 2, sizeof *c->start);
    c->ids = mem_resize(NULL, (size_t)pairs->n + 1, sizeof *c->ids);
    memset(c->start, 0, ((size_t)nkeys + 2) * sizeof *c->start);
    for (uint32_t i = 0; i < pairs->n; i++)
        c->start[(pairs->at[i] >> 32) + 2]++;
    for (uint32_t k = 2; k < nkeys + 2; k++)
        c->start[k] += c->start[k - 1];
    for (uint32_t i = 0; i < pairs->n; i++)
        c->ids[c->start[(pairs->at[i] >> 32) + 1]++] = (uint32_t)pairs->at[i];
    vec_free(pairs);
}

const uint32_t *csr_row(const Csr *c, uint32_t key, uint32_t *n)
{
    *n = key < c->nkeys ? c->start[key + 1] - c->start[key] : 0;
    return *n ? c->ids + c->start[key] : NULL;
}

static void add_members(const Model *m, Pairs *pairs, ObjId o, ObjId placed)
{
    const ObjId *set;
    Range s = model_boundaries(m, placed, &set);
    for (uint32_t i = 0; i < s.n; i++)
        vec_push(pairs, MAP_KEY(set[i], o));
}

const Csr *cache_members(const Ev *ev)
{
    Csr *c = &ev->cache->members;
    const Model *m = ev->m;
    Pairs pairs = {0};
    if (c->start)
        return c;
    for (uint32_t i = 0; i < m->elements.n; i++)
        add_members(m, &pairs, m->elements.at[i], m->elements.at[i]);
    for (uint32_t i = 0; i < m->boundaries.n; i++)
        add_members(m, &pairs, m->boundaries.at[i], m->boundaries.at[i]);
    for (uint32_t i = 0; i < m->ports.n; i++)
        add_members(m, &pairs, m->ports.at[i], m->objects.at[m->ports.at[i]].parent);
    csr_build(c, &pairs, m->objects.n);
    return c;
}

const Csr *cache_children(const Ev *ev)
{
    Csr *c = &ev->cache->children;
    const Model *m = ev->m;
    Pairs pairs = {0};
    if (c->start)
        return c;
    for (uint32_t part = 0; part < 4; part++) {
        uint32_t n;
        const ObjId *list = family_list(m, FAMILY_ANY, part, &n);
        for (uint32_t i = 0; i < n; i++)
            vec_push(&pairs, MAP_KEY(m->objects.at[list[i]].parent, list[i]));
    }
    csr_build(c, &pairs, m->objects.n);
    return c;
}

const Csr *cache_referrers(const Ev *ev)
{
    Csr *c = &ev->cache->referrers;
    const Model *m = ev->m;
    Pairs pairs = {0};
    if (c->start)
        return c;
    for (uint32_t i = 0; i < m->others.n; i++) {
        const Object *o = obj_bound(ev->p, m->others.at[i]);
        for (uint32_t k = o->props; k < o->props + o->nprops; k++) {
            const Value *members;
            Value v = said_value(&m->props.at[k]);
            Range s = value_members(m, &v, &members);
            for (uint32_t j = 0; j < s.n; j++)
                if ((members[j].tag & VALUE_TAG) == V_REF)
                    vec_push(&pairs, MAP_KEY(members[j].a, m->others.at[i]));
        }
    }
    csr_build(c, &pairs, m->objects.n);
    return c;
}

static void add_stays(const Model *m, Pairs *pairs, uint32_t half)
{
    const ObjId *a, *b;
    Range ra = model_boundaries(m, half_from(m, half), &a), rb = model_boundaries(m, half_to(m, half), &b);
    for (uint32_t i = 0, j = 0; i < ra.n && j < rb.n;) {
        if (a[i] == b[j])
            vec_push(pairs, MAP_KEY(a[i], half));
        ObjId low = a[i] < b[j] ? a[i] : b[j];
        i += a[i] == low;
        j += b[j] == low;
    }
}

const Csr *cache_halves(const Ev *ev, Row row)
{
    Csr *c = &ev->cache->halves[row];
    const Model *m = ev->m;
    Pairs pairs = {0};
    if (c->start)
        return c;
    for (uint32_t half = 0; half < m->flows.n * 2; half++) {
        Crossed crossed;
        ObjId boundary;
        if (!half_exists(m, half))
            continue;
        if (row == ROW_STAYS) {
            add_stays(m, &pairs, half);
            continue;
        }
        crossed_init(ev, &crossed, half, row == ROW_ENTERS ? VERB_ENTERS : VERB_LEAVES);
        while (crossed_next(&crossed, &boundary))
            vec_push(&pairs, MAP_KEY(boundary, half));
    }
    csr_build(c, &pairs, m->objects.n);
    return c;
}

static void add_namers(const Ev *ev, Namers *n, Pairs *pairs, ObjId owner, uint32_t id)
{
    Value v = ev_prop(ev, owner, n->use);
    const Value *members;
    Range s = ev_members(ev, v, &members);
    if (v.tag == V_UNKNOWN)
        vec_push(&n->unknown, id);
    for (uint32_t i = 0; i < s.n; i++)
        if ((members[i].tag & VALUE_TAG) == V_REF)
            vec_push(pairs, MAP_KEY(members[i].a, id));
}

const Namers *cache_namers(const Ev *ev, UseId use, bool halves)
{
    const Model *m = ev->m;
    Cache *c = ev->cache;
    Pairs pairs = {0};
    for (uint32_t i = 0; i < c->namers.n; i++)
        if (c->namers.at[i].use == use && c->namers.at[i].halves == halves)
            return &c->namers.at[i];
    vec_push(&c->namers, (Namers){.use = use, .halves = halves});
    Namers *n = &vec_last(&c->namers);
    for (uint32_t half = 0; halves && half < m->flows.n * 2; half++)
        if (half_exists(m, half))
            add_namers(ev, n, &pairs, m->flows.at[half >> 1].obj, half);
    for (uint32_t part = 0, count; !halves && part < 4; part++) {
        const ObjId *list = family_list(m, FAMILY_ANY, part, &count);
        for (uint32_t i = 0; i < count; i++)
            add_namers(ev, n, &pairs, list[i], list[i]);
    }
    csr_build(&n->of, &pairs, m->objects.n);
    return n;
}

/* Few of a model's things are of the kind that a condition is about; each look at all of them would cost as much as the model has
 * things, once for each verdict. */
const ObjVec *cache_of_kinds(const Ev *ev, const Source *s)
{
    Cache *c = ev->cache;
    uint32_t at = map_get(&c->kinds, MAP_KEY(s->lo, s->hi)), n;
    if (at)
        return &c->of_kinds.at[at];
    if (!c->of_kinds.n)
        vec_push(&c->of_kinds, (ObjVec){0});
    ObjVec found = {0};
    for (uint32_t part = 0; part < 4; part++) {
        const ObjId *list = family_list(ev->m, (Family)s->family, part, &n);
        for (uint32_t i = 0; i < n; i++)
            if (ev->m->objects.at[list[i]].kind >= s->lo && ev->m->objects.at[list[i]].kind <= s->hi)
                vec_push(&found, list[i]);
    }
    vec_push(&c->of_kinds, found);
    map_put(&c->kinds, MAP_KEY(s->lo, s->hi), c->of_kinds.n - 1);
    return &vec_last(&c->of_kinds);
}

bool cache_set_has(const Ev *ev, uint32_t set, ObjId o)
{
    Map *has = &ev->cache->in_set;
    if (!map_get(has, MAP_KEY(set, 0))) {
        const Value *v;
        Range s = ev_members(ev, (Value){V_SET, set}, &v);
        map_reserve(has, s.n + 1);
        map_put(has, MAP_KEY(set, 0), 1);
        for (uint32_t i = 0; i < s.n; i++)
            if ((v[i].tag & VALUE_TAG) == V_REF)
                map_put(has, MAP_KEY(set, v[i].a), 1);
    }
    return o && map_get(has, MAP_KEY(set, o));
}

/* Insertion sort of a short row, heap-free; long rows go to qsort by rank and half in one word. */
static int word_cmp(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

const uint32_t *cache_out_halves(const Ev *ev)
{
    Cache *c = ev->cache;
    const Model *m = ev->m;
    if (c->out_half)
        return c->out_half;
    program_rank(ev->r->program);
    c->out_half = mem_resize(NULL, (size_t)m->out_half.n + 1, sizeof *c->out_half);
    uint64_t *words = mem_resize(NULL, (size_t)m->out_half.n + 1, sizeof *words);
    for (uint32_t e = 0; e < m->elements.n; e++) {
        uint32_t lo = m->out_start.at[e], n = m->out_start.at[e + 1] - lo;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t half = m->out_half.at[lo + i];
            words[i] = MAP_KEY(m->rank.at[m->flows.at[half >> 1].obj], half);
        }
        if (n > 1)
            qsort(words, n, sizeof *words, word_cmp);
        for (uint32_t i = 0; i < n; i++)
            c->out_half[lo + i] = (uint32_t)words[i];
    }
    free(words);
    return c->out_half;
}

void cache_reset(const RuleSet *r)
{
    Cache *c = r->cache;
    csr_free(&c->members);
    csr_free(&c->children);
    csr_free(&c->referrers);
    for (int i = 0; i < 3; i++)
        csr_free(&c->halves[i]);
    for (uint32_t i = 0; i < c->namers.n; i++) {
        csr_free(&c->namers.at[i].of);
        vec_free(&c->namers.at[i].unknown);
    }
    vec_free(&c->namers);
    for (CondId i = 0; c->reach && i < r->conds.n; i++)
        free(c->reach[i]);
    free(c->reach);
    free(c->quant);
    free(c->out_half);
    free(c->answers);
    rule_texts_free(c->texts, r->plans.n);
    map_free(&c->in_set);
    map_free(&c->kinds);
    for (uint32_t i = 0; i < c->of_kinds.n; i++)
        vec_free(&c->of_kinds.at[i]);
    vec_free(&c->of_kinds);
    vec_free(&c->asked);
    arena_free(&c->words);
    c->reach = NULL;
    c->quant = NULL;
    c->out_half = NULL;
    c->answers = NULL;
    c->texts = NULL;
}

void cache_free(RuleSet *r)
{
    cache_reset(r);
    vec_free(&r->cache->hops);
    free(r->cache);
    r->cache = NULL;
}
