/* How decisions stand, read off the threats that they settled and off the diagnostics that lie inside them. Requires an assessment
 * whose diagnostics are still in the program's list; leaves the standings, in the order of printing. */
#include "risk/standing.h"

const char *standing_name(Standing s)
{
    static const char *const names[] = {"counts",   "not_needed", "expired", "lapsed",
                                        "orphaned", "incomplete", "refused"};
    return names[s];
}

/* A decision's text in its file. */
typedef struct Extent {
    Span span;
    ObjId obj;
} Extent;

static int by_place(const void *x, const void *y)
{
    const Extent *a = x, *b = y;
    if (a->span.file != b->span.file)
        return a->span.file < b->span.file ? -1 : 1;
    if (a->span.lo != b->span.lo)
        return a->span.lo < b->span.lo ? -1 : 1;
    return (a->obj > b->obj) - (a->obj < b->obj);
}

static Extent *extents_of(const Program *p, Arena *arena)
{
    Extent *at = NEWN(arena, Extent, p->decisions.n + 1);
    for (uint32_t i = 0; i < p->decisions.n; i++) {
        const Stanza *s = &p->decisions.at[i];
        at[i] = (Extent){node_span(&p->modules.at[s->module].tree, s->node), s->obj};
    }
    if (p->decisions.n)
        qsort(at, p->decisions.n, sizeof *at, by_place);
    return at;
}

/* What a diagnostic inside a decision says of it; STANDING_COUNTS for what takes nothing from it. */
static Standing standing_of(const Diag *d)
{
    if (d->severity == SEV_NOTE)
        return STANDING_COUNTS;
    switch ((int)d->id) {
    case D_NOT_NEEDED: return STANDING_COUNTS;
    case D_EXPIRED: return STANDING_EXPIRED;
    case D_LAPSED:
    case D_FACT_CHANGED:
    case D_COVERS_CHANGED:
    case D_DOWNGRADED: return STANDING_LAPSED;
    case D_ORPHAN_DECISION: return STANDING_ORPHANED;
    case D_NO_RATIONALE:
    case D_NO_OWNER:
    case D_COVERS_MISSING:
    case D_TRANSFER_INCOMPLETE: return STANDING_INCOMPLETE;
    default: return STANDING_REFUSED; /* if it counts for nothing */
    }
}

/* The first extent that begins at or before the place and holds it; several hold it where a template is used several times. */
static uint32_t extent_at(const Extent *at, uint32_t n, Span place)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const Span *s = &at[mid].span;
        if (s->file < place.file || (s->file == place.file && s->hi <= place.lo))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void note(DecisionStanding *s, const Diag *d, Arena *arena)
{
    Standing said = standing_of(d);
    bool counts = s->standing == STANDING_COUNTS;
    if (said == STANDING_COUNTS || (said == STANDING_REFUSED && (counts || s->why.n)))
        return;
    if (s->why.n && s->standing != STANDING_REFUSED)
        return; /* the first is enough */
    s->standing = said;
    s->why = str_copy(arena, d->message);
}

static void read_diags(const Program *p, const Map *place, Standings *all, Arena *arena)
{
    const Extent *extents = extents_of(p, arena);
    uint32_t n = p->decisions.n;
    for (uint32_t i = 0; i < p->diags->list.n; i++) {
        const Diag *d = p->diags->list.at[i];
        if (span_none(d->span))
            continue;
        for (uint32_t k = extent_at(extents, n, d->span); k < n; k++) {
            const Span *s = &extents[k].span;
            if (s->file != d->span.file || s->lo > d->span.lo)
                break;
            uint32_t at = map_get(place, extents[k].obj);
            if (at)
                note(&all->at[at - 1], d, arena);
        }
    }
}

/* So many are wrong that not all of it was kept: what can be seen without is. */
static void read_expiry(const Assessment *a, DecisionStanding *s, Arena *arena)
{
    const Program *p = a->program;
    Value v = obj_known(p, s->decision, KNOWN_DECISION_EXPIRES);
    if (s->standing != STANDING_NOT_NEEDED || (v.tag & VALUE_TAG) != V_DATE || (int32_t)v.a >= a->today)
        return;
    StrBuf b = {0};
    strbuf_addz(&b, "this decision expired on ");
    date_print((int32_t)v.a, &b);
    s->standing = STANDING_EXPIRED;
    s->why = str_copy(arena, strbuf_str(&b));
    strbuf_free(&b);
}

static void read_counting(const ThreatVec *threats, const Map *place, Standings *all)
{
    for (uint32_t i = 0; i < threats->n; i++) {
        uint32_t at = threats->at[i].decision ? map_get(place, threats->at[i].decision) : 0;
        if (at)
            all->at[at - 1].standing = STANDING_COUNTS;
    }
}

Standings decision_standings(const Assessment *a, Arena *arena)
{
    const Program *p = a->program;
    ObjList list = objs_of_role(p, ROLE_DECISION, arena);
    Standings all = {NEWN(arena, DecisionStanding, list.n + 1), list.n};
    Map place = {0}; /* ObjId -> 1 + where it is in `all` */
    for (uint32_t i = 0; i < list.n; i++) {
        all.at[i] = (DecisionStanding){list.at[i], STANDING_NOT_NEEDED, STR("")};
        map_put(&place, list.at[i], i + 1);
    }
    read_counting(&a->threats, &place, &all);
    read_counting(&a->gaps, &place, &all);
    read_diags(p, &place, &all, arena);
    for (uint32_t i = 0; i < all.n; i++)
        read_expiry(a, &all.at[i], arena);
    map_free(&place);
    return all;
}
