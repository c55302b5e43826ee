/* Chooses the level of detail of a picture: opens boundaries, those with the fewest parts first, while the number of
 * nodes stays within what people read; the others stay closed boxes. Requires members in obj_order; the outcome
 * depends on ids alone. */
#include "draw/select.h"

/* A boundary or group that members stand in. */
typedef struct Container {
    ObjId obj;
    uint32_t parent; /* 1 + index, or 0 */
    uint32_t parts;  /* members and containers directly in it */
    bool open;
} Container;

enum { CONFLICTS = 64 };

typedef struct Chooser {
    const Program *p;
    const Map *fixed_open;
    ObjId root;
    Map index; /* ObjId -> 1 + index */
    Vec(Container) all;
    Vec(uint32_t) of_member; /* 1 + index of the innermost container, or 0 */
    uint32_t visible;
} Chooser;

void select_start(Select *s, const Program *p, const Tally *tally)
{
    *s = (Select){.p = p, .tally = tally};
}

void select_free(Select *s)
{
    vec_free(&s->elements);
    vec_free(&s->collapsed);
    map_free(&s->shown);
}

void select_element(Select *s, ObjId o)
{
    if (map_get(&s->shown, o))
        return;
    map_put(&s->shown, o, 1);
    vec_push(&s->elements, o);
}

void select_collapsed(Select *s, ObjId o)
{
    if (map_get(&s->shown, o))
        return;
    map_put(&s->shown, o, 1);
    vec_push(&s->collapsed, o);
}

/* The container around `o` that the choice may close: inside the root, and not one that must stay open. */
static ObjId closable_around(const Chooser *c, ObjId o)
{
    ObjId k = container_of(c->p, o);
    while (k && map_get(c->fixed_open, k))
        k = container_of(c->p, k);
    return k && c->root && !stands_in(c->p, k, c->root) ? 0 : k;
}

/* 1 + index of the container around `o`, added with those around it when it is new; 0 if there is none. */
static uint32_t container_index(Chooser *c, ObjId o)
{
    uint32_t innermost = 0, below = 0;
    for (ObjId k = closable_around(c, o); k; k = closable_around(c, k)) {
        uint32_t at = map_get(&c->index, k);
        bool known = at != 0;
        if (!known) {
            vec_push(&c->all, (Container){.obj = k});
            at = c->all.n;
            map_put(&c->index, k, at);
        }
        if (below) {
            c->all.at[below - 1].parent = at;
            c->all.at[at - 1].parts++;
        } else {
            innermost = at;
        }
        if (known)
            return innermost;
        below = at;
    }
    c->visible += 1; /* a new node at the top */
    return innermost;
}

/* The closed container on show with the fewest parts that the budget allows to open; UINT32_MAX if there is none. */
static uint32_t next_to_open(const Chooser *c, uint32_t budget)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < c->all.n; i++) {
        const Container *k = &c->all.at[i];
        bool on_show = !k->open && (!k->parent || c->all.at[k->parent - 1].open);
        bool allowed = c->visible - 1 + k->parts <= budget || c->visible == 1;
        if (on_show && allowed && (best == UINT32_MAX || k->parts < c->all.at[best].parts))
            best = i;
    }
    return best;
}

/* The box that stands for the container: the outermost closed one. */
static ObjId closed_around(const Chooser *c, uint32_t at)
{
    ObjId box = 0;
    for (; at; at = c->all.at[at - 1].parent)
        if (!c->all.at[at - 1].open)
            box = c->all.at[at - 1].obj;
    return box;
}

/* A closed box that holds something which is shown elsewhere, by itself or inside another box: no box may be closed
 * over what the picture shows outside it. 0 if there is none. */
static ObjId first_conflict(const Select *s, const ObjVec *members)
{
    Map closed = {0};
    ObjId conflict = 0;
    for (uint32_t i = 0; i < s->collapsed.n; i++)
        map_put(&closed, s->collapsed.at[i], 1);
    for (uint32_t i = 0; i < members->n + s->elements.n && !conflict; i++) {
        ObjId e = i < members->n ? members->at[i] : s->elements.at[i - members->n], shown = select_shown(s, e);
        const ObjId *set;
        Range range = model_boundaries(&s->p->model, e, &set);
        for (uint32_t k = 0; k < range.n && !conflict; k++)
            if (set[k] != shown && map_get(&closed, set[k]) && !stands_in(s->p, set[k], shown))
                conflict = set[k];
    }
    map_free(&closed);
    return conflict;
}

static void choose(Select *s, const ObjVec *members, ObjId root, const Map *open, uint32_t budget)
{
    Chooser c = {.p = s->p, .fixed_open = open, .root = root};
    for (uint32_t i = 0; i < members->n; i++) {
        uint32_t at = container_index(&c, members->at[i]);
        if (at)
            c.all.at[at - 1].parts++;
        vec_push(&c.of_member, at);
    }
    for (uint32_t opened = 0; opened < 4 * budget; opened++) {
        uint32_t k = next_to_open(&c, budget);
        if (k == UINT32_MAX)
            break;
        c.all.at[k].open = true;
        c.visible += c.all.at[k].parts - 1;
    }
    for (uint32_t i = 0; i < members->n; i++) {
        ObjId box = closed_around(&c, c.of_member.at[i]);
        if (box)
            select_collapsed(s, box);
        else
            select_element(s, members->at[i]);
    }
    map_free(&c.index);
    vec_free(&c.all);
    vec_free(&c.of_member);
}

void select_members(Select *s, const ObjVec *members, ObjId root, const ObjVec *open, uint32_t budget)
{
    Map fixed = {0};
    ObjVec elements = {0}, collapsed = {0}; /* what was on show before */
    for (uint32_t i = 0; i < s->elements.n; i++)
        vec_push(&elements, s->elements.at[i]);
    for (uint32_t i = 0; i < s->collapsed.n; i++)
        vec_push(&collapsed, s->collapsed.at[i]);
    for (uint32_t i = 0; open && i < open->n; i++)
        map_put(&fixed, open->at[i], 1);
    for (uint32_t tries = 0; tries < CONFLICTS; tries++) {
        choose(s, members, root, &fixed, budget);
        ObjId conflict = first_conflict(s, members);
        if (!conflict || map_get(&fixed, conflict))
            break;
        map_put(&fixed, conflict, 1);
        map_free(&s->shown);
        s->elements.n = s->collapsed.n = 0;
        for (uint32_t i = 0; i < elements.n; i++)
            select_element(s, elements.at[i]);
        for (uint32_t i = 0; i < collapsed.n; i++)
            select_collapsed(s, collapsed.at[i]);
    }
    map_free(&fixed);
    vec_free(&elements);
    vec_free(&collapsed);
}

typedef struct Ranked {
    ObjId obj;
    uint32_t weight, place; /* the place in the first order makes the sort total */
} Ranked;

static int ranked_cmp(const void *x, const void *y)
{
    const Ranked *a = x, *b = y;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

void select_cut(Select *s, uint32_t most)
{
    uint32_t n = s->elements.n + s->collapsed.n;
    if (n <= most)
        return;
    Ranked *ranked = mem_resize(NULL, n, sizeof *ranked);
    for (uint32_t i = 0; i < n; i++) {
        bool box = i < s->collapsed.n;
        ObjId o = box ? s->collapsed.at[i] : s->elements.at[i - s->collapsed.n];
        const Badge *b = box ? &s->tally->inside[o] : &s->tally->badge[o];
        ranked[i] = (Ranked){o, b->open * 4 + b->possible, i};
    }
    qsort(ranked, n, sizeof *ranked, ranked_cmp);
    map_free(&s->shown);
    s->elements.n = s->collapsed.n = 0;
    for (uint32_t i = 0; i < most; i++) {
        if (obj_is(s->p, ranked[i].obj, ROLE_BOUNDARY) || obj_is(s->p, ranked[i].obj, ROLE_GROUP))
            select_collapsed(s, ranked[i].obj);
        else
            select_element(s, ranked[i].obj);
    }
    free(ranked);
    s->cut = n - most;
}

ObjId select_shown(const Select *s, ObjId element)
{
    if (map_get(&s->shown, element))
        return element;
    for (ObjId c = container_of(s->p, element); c; c = container_of(s->p, c))
        if (map_get(&s->shown, c))
            return c;
    return 0;
}
