/* Snapshots: filled by their two makers, brought into the order of ids at the end. Requires one interner for both sides. Leaves arrays
 * in which each id stands once. */
#include "compare/snapshot.h"

void snap_value(Snapshot *s, SnapProp *p, Sym value)
{
    if (p->n == 0) {
        p->first = value;
    } else {
        if (p->n == 1) {
            Sym first = p->first;
            p->first = s->values.n;
            vec_push(&s->values, first);
        }
        vec_push(&s->values, value);
    }
    p->n++;
}

/* Kept in the order of the names' numbers: few, and mostly so already. */
void snap_prop(Snapshot *s, SnapThing *t, SnapProp p)
{
    if (!t->props.n)
        t->props.first = s->props.n;
    vec_push(&s->props, p);
    uint32_t i = t->props.first + t->props.n++;
    for (; i > t->props.first && s->props.at[i - 1].name > p.name; i--)
        s->props.at[i] = s->props.at[i - 1];
    s->props.at[i] = p;
}

/* In order of the numbers: it is a set. */
void snap_inside(Snapshot *s, SnapThing *t, Sym boundary)
{
    if (!t->inside.n)
        t->inside.first = s->syms.n;
    vec_push(&s->syms, boundary);
    uint32_t i = t->inside.first + t->inside.n++;
    for (; i > t->inside.first && s->syms.at[i - 1] > boundary; i--)
        s->syms.at[i] = s->syms.at[i - 1];
    s->syms.at[i] = boundary;
}

void snap_fact(Snapshot *s, SnapThreat *t, SnapFact f)
{
    if (!t->facts.n)
        t->facts.first = s->facts.n;
    vec_push(&s->facts, f);
    t->facts.n++;
}

void snap_involved(Snapshot *s, SnapThreat *t, Sym thing)
{
    if (!t->things.n)
        t->things.first = s->syms.n;
    for (uint32_t i = 0; i < t->things.n; i++)
        if (s->syms.at[t->things.first + i] == thing)
            return;
    vec_push(&s->syms, thing);
    t->things.n++;
}

/* ---- order ---- */

typedef struct Key {
    Str id;
    uint32_t at;
} Key;

static int by_id(const void *x, const void *y)
{
    const Key *a = x, *b = y;
    int c = str_cmp(a->id, b->id);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

/* The places of `n` records in order of their ids, which stand first in each of them. Ids that come again get a number: nothing is
 * lost, whoever wrote them. Freed by the caller. */
static uint32_t *order_of(Snapshot *s, char *records, uint32_t n, size_t size, Map *map)
{
    Key *keys = mem_resize(NULL, (size_t)n + 1, sizeof *keys);
    uint32_t *order = mem_resize(NULL, (size_t)n + 1, sizeof *order);
    map_reserve(map, n);
    for (uint32_t i = 0; i < n; i++) {
        Sym *id = (Sym *)(void *)(records + i * size);
        StrBuf other = {0};
        for (uint32_t k = 2; map_get(map, *id); k++) {
            other.n = 0;
            strbuf_format(&other, "%.*s (%u)", STR_FMT(snap_str(s, *id)), k);
            if (!map_get(map, intern(s->names, strbuf_str(&other))))
                *id = intern(s->names, strbuf_str(&other));
        }
        strbuf_free(&other);
        map_put(map, *id, i + 1);
        keys[i] = (Key){snap_str(s, *id), i};
    }
    if (n)
        qsort(keys, n, sizeof *keys, by_id);
    for (uint32_t i = 0; i < n; i++) {
        order[i] = keys[i].at;
        map_put(map, *(Sym *)(void *)(records + keys[i].at * size), i + 1);
    }
    free(keys);
    return order;
}

#define SORT(s, list, map)                                                                                   \
    do {                                                                                                     \
        uint32_t *order = order_of((s), (char *)(s)->list.at, (s)->list.n, sizeof *(s)->list.at, &(s)->map); \
        void *sorted = sort_records((char *)(s)->list.at, order, (s)->list.n, sizeof *(s)->list.at);         \
        free((s)->list.at);                                                                                  \
        (s)->list.at = sorted;                                                                               \
        (s)->list.cap = (s)->list.n + 1;                                                                     \
        free(order);                                                                                         \
    } while (0)

static void *sort_records(const char *records, const uint32_t *order, uint32_t n, size_t size)
{
    char *sorted = mem_resize(NULL, (size_t)n + 1, size);
    for (uint32_t i = 0; i < n; i++)
        memcpy(sorted + i * size, records + order[i] * size, size);
    return sorted;
}

void snapshot_finish(Snapshot *s)
{
    SORT(s, things, thing_by_id);
    SORT(s, threats, threat_by_id);
    SORT(s, decisions, decision_by_id);
    for (uint32_t i = 0; i < s->things.n; i++)
        s->things.at[i].up = s->things.at[i].parent ? map_get(&s->thing_by_id, s->things.at[i].parent) : 0;
}

void snapshot_free(Snapshot *s)
{
    vec_free(&s->things);
    vec_free(&s->threats);
    vec_free(&s->decisions);
    vec_free(&s->props);
    vec_free(&s->facts);
    vec_free(&s->syms);
    vec_free(&s->values);
    vec_free(&s->severities);
    map_free(&s->thing_by_id);
    map_free(&s->threat_by_id);
    map_free(&s->decision_by_id);
}

/* ---- reading ---- */

const SnapProp *snap_find_prop(const Snapshot *s, const SnapThing *t, Sym name)
{
    for (uint32_t i = 0; i < t->props.n; i++)
        if (s->props.at[t->props.first + i].name == name)
            return &s->props.at[t->props.first + i];
    return NULL;
}

unsigned snap_urgency(const Snapshot *s, const SnapThreat *t)
{
    static const char *const words[] = {"planned", "possible", "open"};
    Str verdict = snap_str(s, t->verdict);
    for (unsigned i = 0; i < 3 && !t->decision; i++)
        if (str_eq(verdict, str_from(words[i])))
            return i + 1;
    return 0;
}

bool snap_pending(const Snapshot *s, const SnapThreat *t)
{
    return snap_urgency(s, t) > 0;
}

uint32_t snap_severity(const Snapshot *s, const SnapThreat *t)
{
    for (uint32_t i = 0; i < s->severities.n; i++)
        if (s->severities.at[i] == t->severity)
            return i + 1;
    return t->severity ? 0 : s->severities.n + 1;
}

bool snap_stale(const Snapshot *s, const SnapDecision *d)
{
    Str standing = snap_str(s, d->standing);
    return !str_eq(standing, STR("counts")) && !str_eq(standing, STR("not_needed"));
}
