/* What changed in the model, thing by thing. Requires pairs; leaves changes in their order, each pair with its range. */
#include "compare/compare.h"

const char *change_name(ChangeKind k)
{
    static const char *const names[] = {"added", "removed", "renamed", "identified", "moved",  "kind",
                                        "ends",  "title",   "doc",     "property",   "default"};
    return names[k];
}

typedef struct Changes {
    Comparison *c;
    uint32_t pair;
    Map presets; /* what tells a default for all things of a kind */
} Changes;

static void add(Changes *w, Change change)
{
    change.pair = w->pair;
    if (change.kind != CHANGE_PRESET || !change.first)
        w->c->model[change.kind]++;
    vec_push(&w->c->changes, change);
}

/* ---- properties ---- */

static uint64_t *keys_of(const Comparison *c, bool new, const SnapProp *p)
{
    uint64_t *keys = mem_resize(NULL, (size_t)p->n + 1, sizeof *keys);
    const Sym *at = snap_members(new ? &c->new : &c->old, p);
    for (uint32_t i = 0; i < p->n; i++)
        keys[i] = canonical(c, new, at[i]);
    if (p->n)
        qsort(keys, p->n, sizeof *keys, u64_order);
    return keys;
}

/* As sets: the order in which a list is written means nothing. What was renamed is the same. */
static bool same_members(const Comparison *c, const SnapProp *old, const SnapProp *new)
{
    if (old->n != new->n)
        return false;
    const Sym *a = snap_members(&c->old, old), *b = snap_members(&c->new, new);
    if (old->n == 0 || memcmp(a, b, old->n * sizeof *a) == 0)
        return true;
    uint64_t *x = keys_of(c, false, old), *y = keys_of(c, true, new);
    bool same = memcmp(x, y, old->n * sizeof *x) == 0;
    free(x);
    free(y);
    return same;
}

/* A default that is another is told once for a kind: the library or the kinds of the model changed, not the thing. */
static void add_preset(Changes *w, Change change, const SnapThing *t)
{
    uint64_t key = MAP_KEY(t->kind, change.prop);
    change.kind = CHANGE_PRESET;
    change.first = map_get(&w->presets, key);
    if (!change.first)
        map_put(&w->presets, key, w->c->changes.n + 1);
    add(w, change);
}

static void compare_prop(Changes *w, const SnapThing *t, uint32_t old, uint32_t new, bool same_kind)
{
    Comparison *c = w->c;
    const SnapProp *o = old ? &c->old.props.at[old - 1] : NULL, *n = new ? &c->new.props.at[new - 1] : NULL;
    bool written = (o && o->written) || (n && n->written);
    Change change = {.kind = CHANGE_PROPERTY, .old = old, .new = new, .prop = o ? o->name : n->name};
    if (o && n && o->unknown == n->unknown && same_members(c, o, n))
        return;
    if (written)
        add(w, change);
    else if (o && n && same_kind) /* else the property came or went with its kind */
        add_preset(w, change, t);
}

static void compare_props(Changes *w, const SnapThing *o, const SnapThing *n)
{
    const Comparison *c = w->c;
    uint32_t i = o->props.first, j = n->props.first, end_i = i + o->props.n, end_j = j + n->props.n;
    while (i < end_i || j < end_j) {
        Sym a = i < end_i ? c->old.props.at[i].name : UINT32_MAX, b = j < end_j ? c->new.props.at[j].name : UINT32_MAX;
        compare_prop(w, n, a <= b ? i + 1 : 0, b <= a ? j + 1 : 0, o->kind == n->kind);
        i += a <= b;
        j += b <= a;
    }
}

/* ---- one thing ---- */

static bool same_ref(const Comparison *c, Sym old, Sym new)
{
    return old == new || canonical(c, false, old) == canonical(c, true, new);
}

static bool same_ends(const Comparison *c, const SnapThing *o, const SnapThing *n)
{
    return o->two_way == n->two_way && same_ref(c, o->from, n->from) && same_ref(c, o->to, n->to) &&
           same_ref(c, o->from_port, n->from_port) && same_ref(c, o->to_port, n->to_port);
}

/* A thing without a title shows its name. */
static bool same_title(const Comparison *c, const SnapThing *o, const SnapThing *n)
{
    bool plain = str_eq(snap_str(&c->old, o->title), snap_name(&c->old, o)) &&
                 str_eq(snap_str(&c->new, n->title), snap_name(&c->new, n));
    return o->title == n->title || plain;
}

static void compare_things(Changes *w, const SnapThing *o, const SnapThing *n)
{
    const Comparison *c = w->c;
    bool old_id = o->id != o->path, new_id = n->id != n->path;
    if (!str_eq(snap_name(&c->old, o), snap_name(&c->new, n)))
        add(w, (Change){.kind = CHANGE_RENAMED});
    if ((old_id || new_id) && o->id != n->id)
        add(w, (Change){.kind = CHANGE_IDENTIFIED});
    if (!same_ref(c, o->parent, n->parent))
        add(w, (Change){.kind = CHANGE_MOVED});
    if (o->kind != n->kind)
        add(w, (Change){.kind = CHANGE_KIND});
    if (!same_ends(c, o, n))
        add(w, (Change){.kind = CHANGE_ENDS});
    if (!same_title(c, o, n))
        add(w, (Change){.kind = CHANGE_TITLE});
    if (o->doc != n->doc)
        add(w, (Change){.kind = CHANGE_DOC});
    compare_props(w, o, n);
}

/* ---- what looks like a rename ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0xFF51AFD7ED558CCDu;
    return h ^ (h >> 32);
}

/* Kind, place, ends and properties of a thing: all that a rename keeps. */
static uint64_t looks(const Comparison *c, bool new, const SnapThing *t)
{
    const Snapshot *s = new ? &c->new : &c->old;
    uint64_t h = mix(t->kind, canonical(c, new, t->parent));
    h = mix(mix(h, canonical(c, new, t->from)), canonical(c, new, t->to));
    for (uint32_t i = 0; i < t->props.n; i++) {
        const SnapProp *p = &s->props.at[t->props.first + i];
        if (!p->written)
            continue;
        h = mix(mix(h, p->name), p->unknown);
        uint64_t sum = 0; /* the order of members means nothing */
        const Sym *at = snap_members(s, p);
        for (uint32_t k = 0; k < p->n; k++)
            sum += mix(1, canonical(c, new, at[k]));
        h = mix(h, sum);
    }
    return h;
}

static bool structural(const Comparison *c, const Pair *p)
{
    static const char *const sections[] = {"elements", "ports",    "boundaries", "flows",  "data",
                                           "assets",   "software", "controls",   "hazards"};
    Str section = snap_str(&c->new, any_thing(c, p)->section);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (str_eq(section, str_from(sections[i])))
            return true;
    return false;
}

static void mark_alike(Comparison *c, uint32_t removed, uint32_t added)
{
    c->changes.at[c->pairs.at[removed].changes.first].like = added + 1;
    c->changes.at[c->pairs.at[added].changes.first].like = removed + 1;
}

/* One that went and one that came, alike in everything but the name. Two of a sort on either side say nothing. */
static void find_alike(Comparison *c)
{
    enum { MANY = 0x7FFFFFFF };
    Map went = {0}, came = {0}; /* what they look like -> 1 + index of the pair, or MANY */
    for (uint32_t i = 0; i < c->pairs.n; i++) {
        const Pair *p = &c->pairs.at[i];
        if ((p->old && p->new) || !structural(c, p))
            continue;
        Map *m = p->new ? &came : &went;
        uint64_t key = looks(c, p->new != 0, any_thing(c, p));
        map_put(m, key, map_get(m, key) ? MANY : i + 1);
    }
    for (uint32_t i = 0; i < c->pairs.n; i++) {
        const Pair *p = &c->pairs.at[i];
        if (p->new || !structural(c, p))
            continue;
        uint64_t key = looks(c, false, old_thing(c, p));
        uint32_t other = map_get(&came, key);
        if (map_get(&went, key) == i + 1 && other && other != MANY)
            mark_alike(c, i, other - 1);
    }
    map_free(&went);
    map_free(&came);
}

void compare_model(Comparison *c)
{
    Changes w = {.c = c};
    for (w.pair = 0; w.pair < c->pairs.n; w.pair++) {
        Pair *p = &c->pairs.at[w.pair];
        p->changes.first = c->changes.n;
        if (!p->old)
            add(&w, (Change){.kind = CHANGE_ADDED});
        else if (!p->new)
            add(&w, (Change){.kind = CHANGE_REMOVED});
        else
            compare_things(&w, old_thing(c, p), new_thing(c, p));
        p->changes.n = c->changes.n - p->changes.first;
    }
    find_alike(c);
    map_free(&w.presets);
}
