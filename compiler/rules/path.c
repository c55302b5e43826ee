/* Paths: breadth-first from each source, shortest first, ties by the order of flows. Twice: on hops that are certain,
 * then on those that are unknown as well; what only the second finds is at most possible. Arrays are stamped by source
 * instead of cleared, hops are judged once, and a search backwards from all targets keeps the searches forwards away
 * from where no target is. */
#include "rules/plan.h"

#define FAR UINT32_MAX

typedef struct Search {
    Ev *ev;
    const Plan *plan;
    const uint32_t *out_half;
    uint8_t *hop;              /* by half: 0 not judged yet, else 1 + Tri */
    uint8_t *target;           /* by element */
    uint32_t *need;            /* by element: fewest steps to a target, or FAR */
    uint32_t *stamp, *certain; /* by element: the search that reached it; the source that reached it on certain hops */
    uint32_t *by, *depth;      /* by element: the half it was reached by, and how far that is */
    uint32_t *queue, *hops;
    uint32_t n, nqueue, now;
    bool unsure; /* the search at hand passed by an unknown hop */
} Search;

static Tri boundaries_avoided(Ev *ev, const Plan *plan, uint32_t half)
{
    Crossed c;
    ObjId boundary;
    Tri worst = TRI_FALSE;
    uint8_t slot = SLOT_HOP;
    crossed_init(ev, &c, half, VERB_ENTERS);
    while (worst != TRI_TRUE && crossed_next(&c, &boundary)) {
        ev->env.obj[slot] = boundary;
        worst = tri_max(worst, cond_eval(ev, plan->avoid_boundary));
    }
    return worst;
}

Tri hop_eval(Ev *ev, const Plan *plan, uint32_t half)
{
    uint8_t slot = SLOT_HOP;
    Tri t = TRI_TRUE;
    ev->env.obj[slot] = ev->m->flows.at[half >> 1].obj;
    ev->env.half[slot] = half;
    if (plan->along)
        t = cond_eval(ev, plan->along);
    if (t != TRI_FALSE && plan->avoid_flow)
        t = tri_min(t, tri_not(cond_eval(ev, plan->avoid_flow)));
    if (t != TRI_FALSE && plan->avoid_element) {
        ev->env.obj[slot] = half_to(ev->m, half);
        t = tri_min(t, tri_not(cond_eval(ev, plan->avoid_element)));
    }
    if (t != TRI_FALSE && plan->avoid_boundary)
        t = tri_min(t, tri_not(boundaries_avoided(ev, plan, half)));
    return t;
}

static Tri hop(Search *s, uint32_t half)
{
    if (!s->hop[half])
        s->hop[half] = (uint8_t)(1 + hop_eval(s->ev, s->plan, half));
    return (Tri)(s->hop[half] - 1);
}

/* Whether the parts of `when` that ask about one end only leave it in. */
static bool end_passes(Ev *ev, const Plan *plan, const Anchor *end, ObjId o)
{
    if (!anchor_fits(ev, end, o))
        return false;
    ev->env.obj[end->slot] = o;
    if (!plan->when)
        return true;
    const Cond *when = cond_at(ev->r, plan->when);
    uint16_t mask = (uint16_t)(1u << end->slot);
    if (when->op != COND_AND)
        return when->mask != mask || cond_eval(ev, plan->when) != TRI_FALSE;
    for (CondId c = when->child; c; c = cond_at(ev->r, c)->next)
        if (cond_at(ev->r, c)->mask == mask && cond_eval(ev, c) == TRI_FALSE)
            return false;
    return true;
}

static bool search_spent(Search *s)
{
    return ++*s->ev->work > LIMIT_PATH_VISITS;
}

static uint32_t element_index(const Model *m, ObjId o)
{
    return m->objects.at[o].index;
}

/* How far each element is from its nearest target. */
static void search_back(Search *s)
{
    const Model *m = s->ev->m;
    uint32_t most = s->plan->within ? s->plan->within : FAR - 1, head = 0;
    s->nqueue = 0;
    for (uint32_t e = 0; e < s->n; e++) {
        s->target[e] = end_passes(s->ev, s->plan, &s->plan->seed.to, m->elements.at[e]);
        s->need[e] = s->target[e] ? 0 : FAR;
        if (s->target[e])
            s->queue[s->nqueue++] = e;
    }
    while (head < s->nqueue) {
        uint32_t e = s->queue[head++];
        for (uint32_t i = m->in_start.at[e]; s->need[e] < most && i < m->in_start.at[e + 1]; i++) {
            uint32_t half = m->in_half.at[i], from = element_index(m, half_from(m, half));
            if (search_spent(s) || s->need[from] != FAR || hop(s, half) == TRI_FALSE)
                continue;
            s->need[from] = s->need[e] + 1;
            s->queue[s->nqueue++] = from;
        }
    }
}

/* Breadth first from one element over hops that are at least `least`. Leaves the elements reached in the queue, the
 * source first. */
static void search_from(Search *s, uint32_t source, Tri least)
{
    const Model *m = s->ev->m;
    uint32_t most = s->plan->within ? s->plan->within : FAR - 1, head = 0;
    s->now++;
    s->unsure = false;
    s->nqueue = 0;
    s->queue[s->nqueue++] = source;
    s->stamp[source] = s->now;
    s->depth[source] = 0;
    while (head < s->nqueue) {
        uint32_t e = s->queue[head++], left = most - s->depth[e];
        for (uint32_t i = m->out_start.at[e]; left > 0 && i < m->out_start.at[e + 1]; i++) {
            uint32_t half = s->out_half[i], to = element_index(m, half_to(m, half));
            if (search_spent(s))
                return;
            if (s->stamp[to] == s->now || s->need[to] > left - 1)
                continue;
            Tri t = hop(s, half);
            s->unsure |= t == TRI_UNKNOWN;
            if (t < least)
                continue;
            s->stamp[to] = s->now;
            s->depth[to] = s->depth[e] + 1;
            s->by[to] = half;
            s->queue[s->nqueue++] = to;
        }
    }
}

/* Hands over one path to a target that the search at hand reached. */
static void found(Search *s, ObjId from, uint32_t target)
{
    Ev *ev = s->ev;
    const Model *m = ev->m;
    uint32_t n = 0, steps = s->depth[target];
    for (uint32_t e = target; n < steps; e = element_index(m, half_from(m, s->by[e])))
        s->hops[n++] = s->by[e];
    ev->env.obj[0] = 0;
    ev->env.obj[s->plan->seed.from.slot] = from;
    ev->env.obj[s->plan->seed.to.slot] = m->elements.at[target];
    ev->hops = s->hops;
    ev->nhops = n;
    ev->sink(ev, s->plan);
}

static void search_source(Search *s, uint32_t source, uint32_t number)
{
    Ev *ev = s->ev;
    ObjId from = ev->m->elements.at[source];
    if (s->need[source] == FAR || !end_passes(ev, s->plan, &s->plan->seed.from, from))
        return;
    ev->at_most = TRI_TRUE;
    search_from(s, source, TRI_TRUE);
    s->certain[source] = number;
    for (uint32_t i = 1; i < s->nqueue; i++) {
        s->certain[s->queue[i]] = number;
        if (s->target[s->queue[i]])
            found(s, from, s->queue[i]);
    }
    if (!s->unsure)
        return;
    ev->at_most = TRI_UNKNOWN;
    search_from(s, source, TRI_UNKNOWN);
    for (uint32_t i = 1; i < s->nqueue; i++)
        if (s->target[s->queue[i]] && s->certain[s->queue[i]] != number)
            found(s, from, s->queue[i]);
    ev->at_most = TRI_TRUE;
}

static uint32_t *numbers(uint32_t n)
{
    return mem_zeroes((size_t)n + 1, sizeof(uint32_t));
}

static uint8_t *marks(size_t n)
{
    return mem_zeroes(n + 1, 1);
}

void match_paths(Ev *ev, const Plan *plan)
{
    const Model *m = ev->m;
    uint32_t n = m->elements.n;
    Search s = {.ev = ev, .plan = plan, .n = n, .out_half = cache_out_halves(ev)};
    uint32_t **arrays[] = {&s.need, &s.stamp, &s.certain, &s.by, &s.depth, &s.queue, &s.hops};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = numbers(n);
    s.hop = marks((size_t)m->flows.n * 2);
    s.target = marks(n);
    search_back(&s);
    for (uint32_t e = 0; e < n && *ev->work <= LIMIT_PATH_VISITS; e++)
        search_source(&s, e, e + 1);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(*arrays[i]);
    free(s.hop);
    free(s.target);
    ev->hops = NULL;
    ev->nhops = 0;
}

/* ---- reaches ---- */

/* Marks, backwards, whatever leads to the elements in the queue. Only elements of the queue that `mark` less than
 * `value` change. */
static void mark_back(Ev *ev, uint8_t *mark, uint32_t *queue, uint32_t n, uint8_t value)
{
    const Model *m = ev->m;
    for (uint32_t head = 0; head < n; head++) {
        uint32_t e = queue[head];
        for (uint32_t i = m->in_start.at[e]; i < m->in_start.at[e + 1]; i++) {
            uint32_t from = element_index(m, half_from(m, m->in_half.at[i]));
            ++*ev->work;
            if (mark[from])
                continue;
            mark[from] = value;
            queue[n++] = from;
        }
    }
}

/* For a noun that asks nothing of the variables: all answers at once. 1 + Tri by element; 0 stands for no. */
static uint8_t *reach_all(Ev *ev, const Cond *n)
{
    const Model *m = ev->m;
    uint32_t count = m->elements.n;
    uint8_t *mark = marks(count), *noun = marks(count);
    uint32_t *queue = numbers(count * 2);
    for (uint32_t e = 0; e < count; e++)
        noun[e] = (uint8_t)noun_eval(ev, n->a, m->elements.at[e], 0);
    for (int value = TRI_TRUE; value >= TRI_UNKNOWN; value--) {
        uint32_t found_n = 0;
        for (uint32_t e = 0; e < count; e++)
            if (noun[e] == value)
                queue[found_n++] = e;
        mark_back(ev, mark, queue, found_n, (uint8_t)(1 + value));
    }
    free(noun);
    free(queue);
    return mark;
}

static Tri reach_from(Ev *ev, const Cond *n, uint32_t source)
{
    const Model *m = ev->m;
    uint32_t *queue = numbers(m->elements.n), count = 0;
    uint8_t *seen = marks(m->elements.n);
    Tri best = TRI_FALSE;
    queue[count++] = source;
    for (uint32_t head = 0; head < count && best != TRI_TRUE; head++) {
        uint32_t e = queue[head];
        for (uint32_t i = m->out_start.at[e]; i < m->out_start.at[e + 1]; i++) {
            ObjId to = half_to(m, m->out_half.at[i]);
            uint32_t t = element_index(m, to);
            if (++*ev->work > LIMIT_PATH_VISITS || seen[t])
                continue;
            seen[t] = 1;
            queue[count++] = t;
            best = tri_max(best, noun_eval(ev, n->a, to, 0));
        }
    }
    free(queue);
    free(seen);
    return best;
}

Tri reaches_eval(Ev *ev, CondId c, ObjId from)
{
    const Cond *n = cond_at(ev->r, c);
    Cache *cache = ev->cache;
    if (obj_is(ev->p, from, ROLE_PORT))
        from = ev->m->objects.at[from].parent;
    uint32_t e = element_index(ev->m, from);
    if (e >= ev->m->elements.n || ev->m->elements.at[e] != from)
        return TRI_FALSE;
    if (ev->r->nouns.at[n->a].mask || ev->seen || ev->afresh)
        return reach_from(ev, n, e);
    if (!cache->reach) {
        cache->reach = mem_zeroes(ev->r->conds.n, sizeof *cache->reach);
    }
    if (!cache->reach[c])
        cache->reach[c] = reach_all(ev, n);
    return cache->reach[c][e] ? (Tri)(cache->reach[c][e] - 1) : TRI_FALSE;
}
