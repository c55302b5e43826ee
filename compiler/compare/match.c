/* Which things of two snapshots are the same: by permanent id, by name, by `was`, or because what encloses them was renamed. Requires
 * finished snapshots; leaves pairs in order of ids, and for each thing its pair. */
#include "compare/compare.h"

Str snap_name(const Snapshot *s, const SnapThing *t)
{
    Str path = snap_str(s, t->path);
    size_t before = t->up ? snap_str(s, s->things.at[t->up - 1].path).n + 1 : 0;
    return before < path.n ? str_slice(path, before, path.n) : path;
}

typedef struct Match {
    Comparison *c;
    Map old_paths;                /* Sym -> 1 + index */
    Vec(uint32_t) of_old, of_new; /* 1 + index of the other side */
} Match;

static void join(Match *w, uint32_t old, uint32_t new)
{
    w->of_old.at[old] = new + 1;
    w->of_new.at[new] = old + 1;
}

static void by_ids(Match *w)
{
    const Snapshot *old = &w->c->old, *new = &w->c->new;
    for (uint32_t i = 0; i < new->things.n; i++) {
        uint32_t at = map_get(&old->thing_by_id, new->things.at[i].id);
        if (at)
            join(w, at - 1, i);
    }
}

/* A thing by its old path. One that has another permanent id than the new thing is another thing. */
static bool join_path(Match *w, Sym path, uint32_t new)
{
    const SnapThing *n = &w->c->new.things.at[new];
    uint32_t at = path ? map_get(&w->old_paths, path) : 0;
    if (!at || w->of_old.at[at - 1])
        return false;
    const SnapThing *o = &w->c->old.things.at[at - 1];
    bool two_ids = o->id != o->path && n->id != n->path;
    if (o->section != n->section || two_ids)
        return false;
    join(w, at - 1, new);
    return true;
}

/* Where it stood if nothing but what encloses it was renamed; 0 if that is nowhere. */
static Sym former_path(Match *w, uint32_t new)
{
    const Snapshot *s = &w->c->new;
    const SnapThing *n = &s->things.at[new];
    uint32_t up = n->up ? w->of_new.at[n->up - 1] : 0;
    if (!up)
        return 0;
    StrBuf b = {0};
    strbuf_add(&b, snap_str(&w->c->old, w->c->old.things.at[up - 1].path));
    strbuf_char(&b, '.');
    strbuf_add(&b, snap_name(s, n));
    Sym path = intern_find(s->names, strbuf_str(&b));
    strbuf_free(&b);
    return path;
}

typedef struct ByPath {
    Str path;
    uint32_t at;
} ByPath;

static int by_path(const void *x, const void *y)
{
    const ByPath *a = x, *b = y;
    int c = str_cmp(a->path, b->path);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

/* In order of paths: what encloses comes before what is inside. */
static void by_paths(Match *w)
{
    const Snapshot *s = &w->c->new;
    Vec(ByPath) order = {0};
    for (uint32_t i = 0; i < s->things.n; i++)
        if (!w->of_new.at[i])
            vec_push(&order, (ByPath){snap_str(s, s->things.at[i].path), i});
    if (order.n)
        qsort(order.at, order.n, sizeof *order.at, by_path);
    for (uint32_t i = 0; i < order.n; i++) {
        uint32_t at = order.at[i].at;
        const SnapThing *n = &s->things.at[at];
        if (!join_path(w, n->path, at) && !join_path(w, n->was, at))
            join_path(w, former_path(w, at), at);
    }
    vec_free(&order);
}

/* Both sides are in order of ids: the new one with its pairs, and between them what is left of the old one. */
static void list_pairs(Match *w)
{
    Comparison *c = w->c;
    uint32_t o = 0;
    for (uint32_t n = 0; n <= c->new.things.n; n++) {
        Str id = n < c->new.things.n ? snap_str(&c->new, c->new.things.at[n].id) : STR("");
        for (; o < c->old.things.n; o++) {
            if (w->of_old.at[o])
                continue;
            if (n < c->new.things.n && str_cmp(snap_str(&c->old, c->old.things.at[o].id), id) > 0)
                break;
            c->old_pair.at[o] = c->pairs.n;
            vec_push(&c->pairs, (Pair){.old = o + 1});
        }
        if (n == c->new.things.n)
            break;
        c->new_pair.at[n] = c->pairs.n;
        if (w->of_new.at[n])
            c->old_pair.at[w->of_new.at[n] - 1] = c->pairs.n;
        vec_push(&c->pairs, (Pair){.old = w->of_new.at[n], .new = n + 1});
    }
}

void compare_match(Comparison *c)
{
    Match w = {.c = c};
    vec_zeroes(&w.of_old, c->old.things.n);
    vec_zeroes(&w.of_new, c->new.things.n);
    vec_zeroes(&c->old_pair, c->old.things.n);
    vec_zeroes(&c->new_pair, c->new.things.n);
    map_reserve(&w.old_paths, c->old.things.n);
    for (uint32_t i = 0; i < c->old.things.n; i++)
        map_put(&w.old_paths, c->old.things.at[i].path, i + 1);
    by_ids(&w);
    by_paths(&w);
    list_pairs(&w);
    map_free(&w.old_paths);
    vec_free(&w.of_old);
    vec_free(&w.of_new);
}
