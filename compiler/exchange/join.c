/* Joins components to items. The key of an item is its package URL with its version, else name, version and supplier. Requires a list
 * that was read. Leaves behind: items with what they depend on; findings follow in join_found.c. */
#include "exchange/join_parts.h"

#include "exchange/purl.h"

#include <stdlib.h>

typedef struct Keyed {
    Str key;
    uint32_t part;
    Purl purl;
} Keyed;

static int by_key(const void *x, const void *y)
{
    const Keyed *a = x, *b = y;
    int c = str_cmp(a->key, b->key);
    return c ? c : (a->part > b->part) - (a->part < b->part);
}

bool item_is_written(const Item *i)
{
    return i->listed && (!i->product || i->nfound);
}

/* The one that comes first by bytes, so that the order of documents has no say; nothing counts least. */
static void prefer(Str *mine, Str other)
{
    if (!mine->n || (other.n && str_cmp(other, *mine) < 0))
        *mine = other;
}

static void take_part(Item *item, const BomPart *p, const Purl *purl)
{
    prefer(&item->group, p->group.n ? p->group : purl->space);
    prefer(&item->name, p->name);
    prefer(&item->version, p->version.n ? p->version : purl->version);
    prefer(&item->supplier, p->supplier);
    prefer(&item->licence, p->licence);
    prefer(&item->purl, purl->whole);
    item->listed = true;
    item->product &= p->product;
}

static Keyed key_of(Bom *b, uint32_t part)
{
    const BomPart *p = &b->parts.at[part];
    Keyed k = {.part = part, .purl = purl_parse(&b->arena, p->purl)};
    Str version = p->version.n ? p->version : k.purl.version;
    if (k.purl.base.n)
        k.key = str_format(&b->arena, "%.*s\n%.*s", STR_FMT(k.purl.base), STR_FMT(version));
    else
        k.key = str_format(&b->arena, "~%.*s\n%.*s\n%.*s\n%.*s", STR_FMT(p->name), STR_FMT(version), STR_FMT(p->group),
                           STR_FMT(p->supplier));
    return k;
}

static Str plain_key(Joiner *w, Str name, Str version)
{
    w->text.n = 0;
    strbuf_format(&w->text, "%.*s\n%.*s", STR_FMT(name), STR_FMT(version));
    return strbuf_str(&w->text);
}

/* Components without a package URL are one with the only item of the same name and version that has one, unless both name a supplier
 * and not the same. */
static uint32_t plain_partner(Joiner *w, const BomPart *p)
{
    Sym key = intern_find(&w->j->keys, plain_key(w, p->name, p->version));
    uint32_t item = key ? map_get(&w->by_name, key) : 0;
    if (!item || item == MANY || !p->version.n)
        return 0;
    const Item *other = &w->j->items.at[item - 1];
    return !other->supplier.n || !p->supplier.n || str_eq(other->supplier, p->supplier) ? item : 0;
}

static void note_name(Joiner *w, uint32_t item)
{
    const Item *i = &w->j->items.at[item - 1];
    Sym key = intern(&w->j->keys, plain_key(w, i->name, i->version));
    map_put(&w->by_name, key, map_get(&w->by_name, key) ? MANY : item);
}

static void note_ref(Joiner *w, uint32_t part, uint32_t item)
{
    const BomPart *p = &w->j->bom->parts.at[part];
    if (!p->ref.n)
        return;
    Sym ref = intern(&w->j->keys, p->ref);
    uint32_t known = map_get(&w->anywhere, ref);
    map_put(&w->by_ref, MAP_KEY(p->doc, ref), item);
    map_put(&w->anywhere, ref, known && known != item ? MANY : item);
}

void join_note_base(Joiner *w, uint32_t item)
{
    Item *i = &w->j->items.at[item - 1];
    if (!i->base.n)
        return;
    Sym base = intern(&w->j->keys, i->base);
    i->same_base = map_get(&w->by_base, base);
    map_put(&w->by_base, base, item);
    map_put(&w->by_full, intern(&w->j->keys, plain_key(w, i->base, i->version)), item);
}

uint32_t join_find_full(Joiner *w, Str base, Str version)
{
    Sym key = intern_find(&w->j->keys, plain_key(w, base, version));
    return key ? map_get(&w->by_full, key) : 0;
}

static void make_items(Joiner *w)
{
    Joined *j = w->j;
    Bom *b = j->bom;
    Vec(Keyed) list = {0};
    for (uint32_t i = 0; i < b->parts.n; i++)
        vec_push(&list, key_of(b, i));
    if (list.n)
        qsort(list.at, list.n, sizeof *list.at, by_key);
    bool plain = false; /* those without a package URL come last: ~ follows the letters */
    for (uint32_t i = 0; i < list.n; i++) {
        const Keyed *k = &list.at[i];
        const BomPart *p = &b->parts.at[k->part];
        if (!plain && !k->purl.base.n) {
            plain = true;
            for (uint32_t n = 1; n <= j->items.n; n++)
                note_name(w, n);
        }
        uint32_t item = plain ? plain_partner(w, p) : 0;
        if (!item && (!j->items.n || !str_eq(vec_last(&j->items).key, k->key)))
            vec_push(&j->items, (Item){.key = k->key, .base = k->purl.base, .type = k->purl.type, .product = true});
        item = item ? item : j->items.n;
        take_part(&j->items.at[item - 1], p, &k->purl);
        note_ref(w, k->part, item);
    }
    for (uint32_t n = 1; n <= j->items.n; n++)
        join_note_base(w, n);
    vec_free(&list);
}

/* ---- what depends on what ---- */

void pairs_sort(Pairs *p)
{
    uint32_t n = 0;
    if (p->n)
        qsort(p->at, p->n, sizeof *p->at, u64_order);
    for (uint32_t i = 0; i < p->n; i++)
        if (!i || p->at[i] != p->at[i - 1])
            p->at[n++] = p->at[i];
    p->n = n;
}

static void link_items(Joiner *w)
{
    Joined *j = w->j;
    Pairs pairs = {0};
    for (uint32_t i = 0; i < j->bom->links.n; i++) {
        const BomLink *l = &j->bom->links.at[i];
        Sym from = intern_find(&j->keys, l->from), to = intern_find(&j->keys, l->to);
        uint32_t a = from ? map_get(&w->by_ref, MAP_KEY(l->doc, from)) : 0;
        uint32_t b = to ? map_get(&w->by_ref, MAP_KEY(l->doc, to)) : 0;
        if (a && b && a != b)
            vec_push(&pairs, MAP_KEY(a - 1, b - 1));
    }
    pairs_sort(&pairs);
    for (uint32_t i = 0; i < pairs.n; i++) {
        Item *item = &j->items.at[pairs.at[i] >> 32];
        if (!item->nneeds++)
            item->needs = j->needs.n;
        vec_push(&j->needs, (uint32_t)pairs.at[i]);
    }
    vec_free(&pairs);
}

/* ---- what the model declares already ---- */

/* Of the items of one package URL: the one of that version, else the first that is not taken. */
static uint32_t match_base(const Joined *j, uint32_t first, Str version)
{
    uint32_t other = 0;
    for (uint32_t i = first; i; i = j->items.at[i - 1].same_base) {
        const Item *item = &j->items.at[i - 1];
        if (item->known)
            continue;
        if (str_eq(item->version, version))
            return i;
        if (!other || str_cmp(item->key, j->items.at[other - 1].key) < 0)
            other = i;
    }
    return other;
}

static uint32_t match_name(Joiner *w, const KnownItem *k, Str name)
{
    Sym key = intern_find(&w->j->keys, plain_key(w, name, k->version));
    uint32_t item = key ? map_get(&w->names, key) : 0;
    return item && item != MANY && !w->j->items.at[item - 1].known ? item : 0;
}

static uint32_t match_known(Joiner *w, const KnownItem *k, Str base)
{
    Sym sym = base.n ? intern_find(&w->j->keys, base) : 0;
    uint32_t item = sym ? match_base(w->j, map_get(&w->by_base, sym), k->version) : 0;
    if (!item && k->version.n)
        item = match_name(w, k, k->title);
    if (!item && k->version.n)
        item = match_name(w, k, k->name);
    return item;
}

static void match_model(Joiner *w)
{
    Joined *j = w->j;
    for (uint32_t i = 1; i <= j->items.n && j->nknown; i++) {
        Sym key = intern(&j->keys, plain_key(w, j->items.at[i - 1].name, j->items.at[i - 1].version));
        map_put(&w->names, key, map_get(&w->names, key) ? MANY : i);
    }
    for (uint32_t i = 0; i < j->nknown; i++) {
        const KnownItem *k = &j->known[i];
        Purl purl = purl_parse(&j->bom->arena, k->purl);
        uint32_t item = match_known(w, k, purl.base);
        if (!item) {
            vec_push(&j->items, (Item){.key = k->path,
                                       .base = purl.base,
                                       .name = k->name,
                                       .version = k->version.n ? k->version : purl.version});
            item = j->items.n;
            join_note_base(w, item);
        }
        j->items.at[item - 1].known = i + 1;
        j->items.at[item - 1].ident = k->path;
    }
}

void join_make(Joined *j, Bom *b, const KnownItem *known, uint32_t nknown, bool searched)
{
    *j = (Joined){.bom = b, .known = known, .nknown = nknown};
    Joiner w = {.j = j};
    intern_init(&j->keys);
    intern_reserve(&j->keys, b->parts.n * 3);
    make_items(&w);
    link_items(&w);
    match_model(&w);
    for (uint32_t i = 0; i < j->items.n && searched; i++)
        j->items.at[i].looked_up |= j->items.at[i].listed;
    join_findings(&w);
    map_free(&w.by_ref);
    map_free(&w.anywhere);
    map_free(&w.by_base);
    map_free(&w.by_full);
    map_free(&w.by_name);
    map_free(&w.names);
    strbuf_free(&w.text);
}

void join_free(Joined *j)
{
    intern_free(&j->keys);
    vec_free(&j->items);
    vec_free(&j->needs);
    vec_free(&j->found);
    vec_free(&j->members);
    vec_free(&j->cwes);
    vec_free(&j->aliases);
    vec_free(&j->findings);
}
