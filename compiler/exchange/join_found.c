/* What vulnerabilities affect: references are followed, several statements about one vulnerability and item are weighed, and what is
 * said alike of several items becomes one finding. Requires the items. Leaves behind: findings and, for each item, those about it. */
#include "exchange/join_parts.h"

#include "base/limits.h"
#include "exchange/purl.h"

#include <stdlib.h>

/* One statement: a vulnerability, by its number among the ids; an item; and who says so. */
typedef struct Said {
    uint32_t id, item, vuln;
} Said;

enum { NO_VULN = INT32_MAX };
typedef struct Finder {
    Joiner *w;
    Joined *j;
    Bom *b;
    Vec(Said) said;
    Map serials;   /* serial of a document -> 1 + its index */
    Map exploited; /* id -> 1 + place in the catalogue */
} Finder;

/* ---- references ---- */

static void say_item(Finder *f, const BomVuln *v, const BomAffect *a, uint32_t item)
{
    Item *i = &f->j->items.at[item - 1];
    if (a->safe.n && i->version.n) {
        StrBuf line = {0};
        strbuf_format(&line, "\n%.*s\n", STR_FMT(i->version));
        bool safe = strstr(str_z(&f->b->arena, a->safe), line.s) != NULL;
        strbuf_free(&line);
        if (safe)
            return;
    }
    vec_push(&f->said, (Said){intern(&f->j->keys, v->id), item - 1, (uint32_t)(v - f->b->vulns.at)});
}

/* urn:cdx:UUID/1#reference leads into another document. */
static uint32_t linked(Finder *f, Str ref)
{
    Str before = STR("urn:cdx:");
    const char *slash = memchr(ref.s, '/', ref.n), *hash = memchr(ref.s, '#', ref.n);
    if (!str_starts(ref, before) || !slash || !hash || hash < slash)
        return 0;
    StrBuf serial = {0};
    strbuf_format(&serial, "urn:uuid:%.*s", (int)((size_t)(slash - ref.s) - before.n), ref.s + before.n);
    Sym sym = intern_find(&f->j->keys, strbuf_str(&serial));
    Sym to = intern_find(&f->j->keys, str_slice(ref, (size_t)(hash - ref.s) + 1, ref.n));
    strbuf_free(&serial);
    uint32_t doc = sym ? map_get(&f->serials, sym) : 0;
    return doc && to ? map_get(&f->w->by_ref, MAP_KEY(doc - 1, to)) : 0;
}

/* All items of the package URL; with a version that one, and one that names none. */
static bool say_purl(Finder *f, const BomVuln *v, const BomAffect *a)
{
    Purl p = purl_parse(&f->b->arena, a->ref);
    if (p.version.n) {
        uint32_t exact = join_find_full(f->w, p.base, p.version), any = join_find_full(f->w, p.base, (Str){"", 0});
        if (exact)
            say_item(f, v, a, exact);
        if (any)
            say_item(f, v, a, any);
        return exact || any;
    }
    Sym base = p.base.n ? intern_find(&f->j->keys, p.base) : 0;
    uint32_t first = base ? map_get(&f->w->by_base, base) : 0;
    for (uint32_t i = first; i && f->said.n <= LIMIT_IMPORT_PAIRS; i = f->j->items.at[i - 1].same_base)
        say_item(f, v, a, i);
    return first != 0;
}

static void follow(Finder *f, const BomVuln *v, const BomAffect *a)
{
    Sym ref = intern_find(&f->j->keys, a->ref);
    uint32_t item = ref ? map_get(&f->w->by_ref, MAP_KEY(v->doc, ref)) : 0;
    if (!item)
        item = linked(f, a->ref);
    if (!item && say_purl(f, v, a))
        return;
    if (!item && ref)
        item = map_get(&f->w->anywhere, ref);
    if (item && item != MANY) {
        say_item(f, v, a, item);
        return;
    }
    f->j->unresolved++;
    diag_add(f->b->diags, D_AFFECTS_NOTHING, (Span){0, 0, f->b->docs.at[v->doc].file}, str_z(&f->b->arena, v->id),
             str_z(&f->b->arena, a->ref));
}

/* ---- weighing ---- */

/* Which of two statements counts: one with an analysis, then the later one, then the one that is more open; then by what it says, so that the
 * order of documents has no say. */
static int weigh(const BomVuln *a, const BomVuln *b)
{
    bool analysed_a = a->state != BOM_NONE, analysed_b = b->state != BOM_NONE;
    if (analysed_a != analysed_b)
        return analysed_a ? -1 : 1;
    if (a->updated != b->updated && a->updated != BOM_NO_DATE && b->updated != BOM_NO_DATE)
        return a->updated > b->updated ? -1 : 1;
    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    int c = str_cmp(b->justification, a->justification);
    return c ? c : str_cmp(b->response, a->response);
}

static bool same_words(const BomVuln *a, const BomVuln *b)
{
    return a->state == b->state && str_eq(a->justification, b->justification) && str_eq(a->response, b->response);
}

/* One order for all: ids and vulnerabilities by content. Ranks are prepared, so that sorting compares numbers. */
typedef struct Ranked {
    uint32_t index;
    Str id;
    const BomVuln *v;
} Ranked;

static int by_weight(const void *x, const void *y)
{
    const Ranked *a = x, *b = y;
    int c = str_cmp(a->id, b->id);
    return c ? c : weigh(a->v, b->v);
}

/* The place of each vulnerability in the order of id and weight; those that say the same of one id share a place. */
static uint32_t *rank_vulns(Finder *f)
{
    uint32_t n = f->b->vulns.n, *rank = NEWN(&f->b->arena, uint32_t, n + 1u);
    Vec(Ranked) list = {0};
    for (uint32_t i = 0; i < n; i++)
        vec_push(&list, (Ranked){i, f->b->vulns.at[i].id, &f->b->vulns.at[i]});
    if (n)
        qsort(list.at, n, sizeof *list.at, by_weight);
    for (uint32_t i = 0, at = 0; i < n; i++) {
        const Ranked *one = &list.at[i], *before = i ? one - 1 : NULL;
        at += before && !(str_eq(one->id, before->id) && same_words(one->v, before->v));
        rank[one->index] = at;
    }
    vec_free(&list);
    return rank;
}

/* ---- findings ---- */

static void prefer_least(Str *mine, Str other)
{
    if (!mine->n || (other.n && str_cmp(other, *mine) < 0))
        *mine = other;
}

static void sort_cwes(Joined *j, Finding *g)
{
    uint32_t n = g->cwes;
    if (j->cwes.n > n)
        qsort(j->cwes.at + g->cwes, j->cwes.n - g->cwes, sizeof *j->cwes.at, u32_order);
    for (uint32_t i = g->cwes; i < j->cwes.n; i++)
        if (n == g->cwes || j->cwes.at[i] != j->cwes.at[n - 1])
            j->cwes.at[n++] = j->cwes.at[i];
    j->cwes.n = n;
    g->ncwes = n - g->cwes;
}

static void sort_aliases(Joined *j, Finding *g)
{
    uint32_t n = g->aliases;
    if (j->aliases.n > n)
        qsort(j->aliases.at + n, j->aliases.n - n, sizeof *j->aliases.at, str_order);
    for (uint32_t i = g->aliases; i < j->aliases.n; i++)
        if (!str_eq(j->aliases.at[i], g->id) && (n == g->aliases || !str_eq(j->aliases.at[i], j->aliases.at[n - 1])))
            j->aliases.at[n++] = j->aliases.at[i];
    j->aliases.n = n;
    g->naliases = n - g->aliases;
}

static void note_exploited(Finder *f, Finding *g, Str id)
{
    Sym sym = intern_find(&f->j->keys, id);
    uint32_t at = sym ? map_get(&f->exploited, sym) : 0;
    if (!at)
        return;
    const BomExploited *e = &f->b->exploited.at[at - 1];
    g->exploited = true;
    g->added = e->added;
    g->due = e->due;
}

/* What documents say of a vulnerability as such, whatever they say of items. */
static void add_facts(Finder *f, Finding *g, const BomVuln *v)
{
    prefer_least(&g->description, v->description);
    prefer_least(&g->fixed_in, v->fixed_in);
    prefer_least(&g->source, v->source);
    /* Of two vectors the one of the newer edition. */
    if (!g->cvss.n || (v->cvss.n && str_cmp(v->cvss, g->cvss) > 0))
        g->cvss = v->cvss;
    if (v->published != BOM_NO_DATE && (g->published == BOM_NO_DATE || v->published < g->published))
        g->published = v->published;
    if (v->updated != BOM_NO_DATE && v->updated > g->updated)
        g->updated = v->updated;
    for (uint32_t i = 0; i < v->ncwes; i++)
        vec_push(&f->j->cwes, f->b->cwes.at[v->cwes + i]);
    for (uint32_t i = 0; i < v->naliases; i++) {
        note_exploited(f, g, f->b->aliases.at[v->aliases + i]);
        vec_push(&f->j->aliases, f->b->aliases.at[v->aliases + i]);
    }
}

/* The facts of one id, from every vulnerability that has it: `order` holds them by id, up to a place beyond all. */
static Finding facts_of(Finder *f, const uint32_t *order)
{
    Finding g = {.first = true,
                 .id = f->b->vulns.at[order[0]].id,
                 .published = BOM_NO_DATE,
                 .updated = BOM_NO_DATE,
                 .added = BOM_NO_DATE,
                 .due = BOM_NO_DATE,
                 .cwes = f->j->cwes.n,
                 .aliases = f->j->aliases.n};
    for (; *order != NO_VULN && str_eq(f->b->vulns.at[*order].id, g.id); order++)
        add_facts(f, &g, &f->b->vulns.at[*order]);
    note_exploited(f, &g, g.id);
    sort_cwes(f->j, &g);
    sort_aliases(f->j, &g);
    return g;
}

static void end_finding(Joined *j, Finding *g)
{
    g->nmembers = j->members.n - g->members;
    if (g->nmembers)
        vec_push(&j->findings, *g);
}

/* Pairs of (rank of what is said, item), sorted: from each run of one rank a finding is made. */
static void make_findings(Finder *f, const Pairs *pairs, const uint32_t *by_rank, const uint32_t *by_id,
                          const uint32_t *id_start)
{
    Joined *j = f->j;
    Finding g = {0};
    for (uint32_t i = 0; i < pairs->n;) {
        uint32_t rank = (uint32_t)(pairs->at[i] >> 32), vuln = by_rank[rank];
        const BomVuln *v = &f->b->vulns.at[vuln];
        g.first = !i || !str_eq(g.id, v->id);
        if (g.first)
            g = facts_of(f, by_id + id_start[vuln]);
        g.state = v->state;
        g.justification = v->justification;
        g.response = v->response;
        g.members = j->members.n;
        for (; i < pairs->n && pairs->at[i] >> 32 == rank; i++)
            vec_push(&j->members, (uint32_t)pairs->at[i]);
        end_finding(j, &g);
    }
}

static int by_place(const void *x, const void *y)
{
    const Said *a = x, *b = y;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    return (a->vuln > b->vuln) - (a->vuln < b->vuln); /* a rank by now */
}

static void report_quarrel(Finder *f, const Said *s, uint32_t best, uint32_t other)
{
    const BomVuln *a = &f->b->vulns.at[best], *b = &f->b->vulns.at[other];
    if (a->state == b->state || b->state == BOM_NONE)
        return;
    const Item *item = &f->j->items.at[s->item];
    Arena *arena = &f->b->arena;
    diag_add(f->b->diags, D_ANALYSES_DIFFER, (Span){0, 0, f->b->docs.at[b->doc].file}, str_z(arena, a->id),
             bom_state_names[a->state], bom_state_names[b->state],
             str_z(arena, str_format(arena, "%.*s %.*s", STR_FMT(item->name), STR_FMT(item->version))));
}

static void group(Finder *f)
{
    Bom *b = f->b;
    uint32_t *rank = rank_vulns(f), n = b->vulns.n;
    uint32_t *by_rank = NEWN(&b->arena, uint32_t, n + 1u), *by_id = NEWN(&b->arena, uint32_t, n + 1u);
    uint32_t *id_start = NEWN(&b->arena, uint32_t, n + 1u);
    Pairs pairs = {0}, order = {0};
    for (uint32_t i = 0; i < n; i++) {
        by_rank[rank[i]] = i;
        vec_push(&order, MAP_KEY(rank[i], i));
    }
    pairs_sort(&order);
    for (uint32_t i = 0, start = 0; i < n; i++) {
        by_id[i] = (uint32_t)order.at[i];
        if (i && !str_eq(b->vulns.at[by_id[i]].id, b->vulns.at[by_id[i - 1]].id))
            start = i;
        id_start[by_id[i]] = start;
    }
    by_id[n] = NO_VULN;
    for (uint32_t i = 0; i < f->said.n; i++)
        f->said.at[i].vuln = rank[f->said.at[i].vuln];
    if (f->said.n)
        qsort(f->said.at, f->said.n, sizeof *f->said.at, by_place);
    for (uint32_t i = 0, best = 0; i < f->said.n; i++) {
        const Said *s = &f->said.at[i];
        if (i && s->id == s[-1].id && s->item == s[-1].item) { /* the weightiest comes first */
            report_quarrel(f, s, by_rank[f->said.at[best].vuln], by_rank[s->vuln]);
            continue;
        }
        best = i;
        vec_push(&pairs, MAP_KEY(s->vuln, s->item));
    }
    pairs_sort(&pairs);
    make_findings(f, &pairs, by_rank, by_id, id_start);
    vec_free(&pairs);
    vec_free(&order);
}

/* ---- what that means for items ---- */

static void note_found(Joined *j)
{
    Pairs pairs = {0};
    for (uint32_t g = 0; g < j->findings.n; g++)
        for (uint32_t i = 0; i < j->findings.at[g].nmembers; i++)
            vec_push(&pairs, MAP_KEY(j->members.at[j->findings.at[g].members + i], g));
    pairs_sort(&pairs);
    for (uint32_t i = 0; i < pairs.n; i++) {
        Item *item = &j->items.at[pairs.at[i] >> 32];
        const Finding *g = &j->findings.at[(uint32_t)pairs.at[i]];
        if (!item->nfound++)
            item->found = j->found.n;
        item->exploited |= g->exploited && bom_state_open(g->state);
        vec_push(&j->found, (uint32_t)pairs.at[i]);
    }
    vec_free(&pairs);
}

/* The model may name vulnerabilities that no document does. */
static void note_stated(Finder *f)
{
    for (uint32_t i = 0; i < f->j->items.n; i++) {
        Item *item = &f->j->items.at[i];
        const KnownItem *k = item->known ? &f->j->known[item->known - 1] : NULL;
        for (uint32_t n = 0; k && n < k->nfound; n++) {
            Sym sym = intern_find(&f->j->keys, k->found[n]);
            item->exploited |= sym && map_get(&f->exploited, sym);
        }
    }
}

/* A vulnerability is called by its number in the one list that all others refer to, where it has one. */
static void call_by_cve(Bom *b, BomVuln *v)
{
    Str *best = NULL;
    for (uint32_t i = 0; i < v->naliases && !str_starts(v->id, STR("CVE-")); i++) {
        Str *one = &b->aliases.at[v->aliases + i];
        if (str_starts(*one, STR("CVE-")) && (!best || str_cmp(*one, *best) < 0))
            best = one;
    }
    if (!best)
        return;
    Str old = v->id;
    v->id = *best;
    *best = old;
}

void join_findings(Joiner *w)
{
    Finder f = {.w = w, .j = w->j, .b = w->j->bom};
    for (uint32_t i = 0; i < f.b->vulns.n; i++)
        call_by_cve(f.b, &f.b->vulns.at[i]);
    for (uint32_t i = 0; i < f.b->docs.n; i++)
        if (f.b->docs.at[i].serial.n)
            map_put(&f.serials, intern(&w->j->keys, f.b->docs.at[i].serial), i + 1);
    for (uint32_t i = 0; i < f.b->exploited.n; i++)
        map_put(&f.exploited, intern(&w->j->keys, f.b->exploited.at[i].id), i + 1);
    for (uint32_t i = 0; i < f.b->vulns.n; i++) {
        const BomVuln *v = &f.b->vulns.at[i];
        for (uint32_t k = 0; k < v->naffects && f.said.n <= LIMIT_IMPORT_PAIRS; k++)
            follow(&f, v, &f.b->affects.at[v->affects + k]);
    }
    if (f.said.n > LIMIT_IMPORT_PAIRS) {
        diag_add(f.b->diags, D_FOREIGN_TOO_MANY, (Span){0}, (unsigned)LIMIT_IMPORT_PAIRS);
        f.said.n = 0;
    }
    group(&f);
    note_found(w->j);
    note_stated(&f);
    vec_free(&f.said);
    map_free(&f.serials);
    map_free(&f.exploited);
}
