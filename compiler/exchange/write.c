/* The module that an import writes: items that the model does not declare, what is new about those that it does, and vulnerabilities.
 * Everything is sorted by name. Written plainly first, then brought into the canonical layout by the formatter, which reads it again:
 * what cannot be read never leaves the program. Requires names. */
#include "exchange/write.h"

#include "exchange/known.h"

#include "syntax/format.h"

enum { NAME_BYTES = 200, TEXT_BYTES = 2000, DOC_BYTES = 400 };

typedef struct Writer {
    const Joined *j;
    const Program *p; /* NULL without a model */
    StrBuf *out;
    Written *counts;
    Map extended; /* what the model adds to items that are new */
    StrBuf line;
} Writer;

/* ---- properties ---- */

static void put_text(Writer *w, const char *name, Str text, size_t most, bool lines)
{
    if (!text.n)
        return;
    strbuf_format(w->out, "  %s: ", name);
    defused_string(w->out, text, most, lines);
    strbuf_char(w->out, '\n');
}

static void put_date(Writer *w, const char *name, int32_t day)
{
    if (day == BOM_NO_DATE)
        return;
    strbuf_format(w->out, "  %s: ", name);
    date_print(day, w->out);
    strbuf_char(w->out, '\n');
}

/* Whether the model adds the property to an item that it does not declare. */
static bool extended(const Writer *w, const Item *item, const char *name)
{
    Sym own = w->p ? intern_find(w->p->names, item->ident) : 0,
        prop = own ? intern_find(w->p->names, str_from(name)) : 0;
    return own && prop && map_get(&w->extended, MAP_KEY(own, prop));
}

/* What the item of the model states for a property, if it does: whoever wrote it has the word, since a property is set once. Says where
 * the documents say otherwise. */
static bool stated(Writer *w, const Item *item, const char *name, Str ours)
{
    if (!item->known)
        return extended(w, item, name);
    const KnownItem *k = &w->j->known[item->known - 1];
    PropId prop = kind_prop_z(w->p, model_obj(&w->p->model, k->obj)->kind, name);
    const PropVal *written = NULL;
    Value v = prop ? obj_value(w->p, k->obj, prop, &written) : (Value){0};
    if (!prop || !written)
        return !prop;
    StrBuf theirs = {0};
    value_print(w->p, v, &theirs);
    bool both_none = !theirs.n && str_eq(ours, STR("none"));
    if (ours.n && !both_none && !str_eq(ours, strbuf_str(&theirs))) {
        Arena *a = &w->j->bom->arena;
        w->counts->differences++;
        diag_add(w->j->bom->diags, D_ITEM_DIFFERS, value_place(w->p, k->obj, written), name, str_z(a, k->path),
                 theirs.n ? str_z(a, strbuf_str(&theirs)) : "empty", str_z(a, ours));
    }
    strbuf_free(&theirs);
    return true;
}

static void put_stated_text(Writer *w, const Item *item, const char *name, Str text)
{
    if (text.n && !stated(w, item, name, text))
        put_text(w, name, text, TEXT_BYTES, false);
}

/* The open vulnerabilities, as a list; counts them. */
static uint32_t open_list(Writer *w, const Item *item, const char *before, const char *after, bool quoted)
{
    uint32_t n = 0;
    w->line.n = 0;
    strbuf_addz(&w->line, before);
    Str last = {"", 0};
    for (uint32_t i = 0; i < item->nfound; i++) {
        const Finding *g = &w->j->findings.at[w->j->found.at[item->found + i]];
        if (!bom_state_open(g->state) || str_eq(g->id, last))
            continue;
        last = g->id;
        strbuf_addz(&w->line, n++ ? ", " : "");
        if (quoted)
            defused_string(&w->line, g->id, NAME_BYTES, false);
        else
            strbuf_add(&w->line, g->id);
    }
    strbuf_addz(&w->line, after);
    return n;
}

static void put_found(Writer *w, const Item *item)
{
    uint32_t n = open_list(w, item, "", "", false);
    bool known = n || item->looked_up;
    Str ours = n || !known ? strbuf_str(&w->line) : STR("none");
    if (known && !stated(w, item, "known_vulnerabilities", ours)) {
        open_list(w, item, "  known_vulnerabilities: [", "]\n", true);
        strbuf_add(w->out, strbuf_str(&w->line));
    }
    bool certain = item->exploited || (item->looked_up && (!n || w->j->bom->has_catalogue));
    ours = item->exploited ? STR("true") : STR("false");
    if (certain && !stated(w, item, "known_exploited", ours))
        strbuf_format(w->out, "  known_exploited: %.*s\n", STR_FMT(ours));
    w->counts->open += n > 0;
    w->counts->exploited += item->exploited;
    w->counts->unsearched += !known && item->listed;
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

/* Names of items in brackets, sorted; nothing if there is none. */
static void put_items(Writer *w, const char *name, const uint32_t *items, uint32_t n)
{
    Vec(Str) names = {0};
    for (uint32_t i = 0; i < n; i++)
        if (w->j->items.at[items[i]].ident.n)
            vec_push(&names, w->j->items.at[items[i]].ident);
    if (names.n)
        qsort(names.at, names.n, sizeof *names.at, by_text);
    for (uint32_t i = 0; i < names.n; i++) {
        if (i)
            strbuf_addz(w->out, ", ");
        else
            strbuf_format(w->out, "  %s: [", name);
        strbuf_add(w->out, names.at[i]);
    }
    strbuf_addz(w->out, names.n ? "]\n" : "");
    vec_free(&names);
}

static void put_needs(Writer *w, const Item *item)
{
    if (item->nneeds && !stated(w, item, "depends_on", (Str){"", 0}))
        put_items(w, "depends_on", w->j->needs.at + item->needs, item->nneeds);
}

static void put_properties(Writer *w, const Item *item)
{
    put_stated_text(w, item, "version", item->version);
    put_stated_text(w, item, "supplier", item->supplier);
    put_stated_text(w, item, "purl", item->purl);
    put_stated_text(w, item, "licence", item->licence);
    put_found(w, item);
    put_needs(w, item);
}

/* ---- declarations ---- */

static void put_item(Writer *w, const Item *item)
{
    strbuf_format(w->out, "software %.*s ", STR_FMT(item->ident));
    defused_string(w->out, item->name, NAME_BYTES, false);
    strbuf_addz(w->out, " {\n");
    put_properties(w, item);
    strbuf_addz(w->out, "}\n");
    w->counts->added++;
}

/* What is new; nothing at all if nothing is. */
static void put_extension(Writer *w, const Item *item)
{
    size_t start = w->out->n;
    strbuf_format(w->out, "extend %.*s {\n", STR_FMT(item->ident));
    size_t empty = w->out->n;
    Item own = *item;
    own.supplier = item->listed ? item->supplier : (Str){"", 0};
    own.version = item->listed ? item->version : (Str){"", 0};
    /* Two package URLs that differ in qualifiers alone are one. */
    PropId purl = kind_prop_z(w->p, model_obj(&w->p->model, w->j->known[item->known - 1].obj)->kind, "purl");
    if (purl && w->j->known[item->known - 1].purl.n)
        own.purl = (Str){"", 0};
    put_properties(w, &own);
    if (w->out->n == empty)
        w->out->n = start;
    else
        strbuf_addz(w->out, "}\n");
    w->counts->matched += item->listed || item->nfound;
}

/* A permanent id is one that the language allows as it stands. */
static bool safe_id(const Writer *w, Str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!((id.s[i] >= '0' && id.s[i] <= '9') || ((id.s[i] | 32) >= 'a' && (id.s[i] | 32) <= 'z') ||
              (i && id.s[i] == '-')))
            return false;
    Sym sym = w->p ? intern_find(w->p->names, id) : 0;
    return id.n && id.n <= 64 && id.s[id.n - 1] != '-' && !(sym && map_get(&w->p->hash_ids, sym));
}

/* The description as documentation: one line of what is visible. */
static void put_doc(Writer *w, Str text)
{
    if (!text.n)
        return;
    w->line.n = 0;
    defused_string(&w->line, text, DOC_BYTES, false);
    strbuf_addz(w->out, "/// ");
    for (size_t i = 1; i + 1 < w->line.n; i++) {
        i += w->line.s[i] == '\\'; /* escapes are for strings only */
        strbuf_char(w->out, w->line.s[i]);
    }
    strbuf_char(w->out, '\n');
}

static void put_cwes(Writer *w, const Finding *g)
{
    for (uint32_t i = 0; i < g->ncwes; i++)
        strbuf_format(w->out, "%s%u", i ? ", " : "  cwe: [", w->j->cwes.at[g->cwes + i]);
    strbuf_addz(w->out, g->ncwes ? "]\n" : "");
}

static void put_aliases(Writer *w, const Finding *g)
{
    for (uint32_t i = 0; i < g->naliases; i++) {
        strbuf_addz(w->out, i ? ", " : "  aliases: [");
        defused_string(w->out, w->j->aliases.at[g->aliases + i], NAME_BYTES, false);
    }
    strbuf_addz(w->out, g->naliases ? "]\n" : "");
}

static void put_finding(Writer *w, const Finding *g)
{
    put_doc(w, g->description);
    strbuf_format(w->out, "vulnerability %.*s ", STR_FMT(g->ident));
    defused_string(w->out, g->id, NAME_BYTES, false);
    if (g->first && safe_id(w, g->id))
        strbuf_format(w->out, " #%.*s", STR_FMT(g->id));
    strbuf_addz(w->out, " {\n");
    put_text(w, "ref", g->id, NAME_BYTES, false);
    put_aliases(w, g);
    put_items(w, "of", w->j->members.at + g->members, g->nmembers);
    if (g->state != BOM_NONE)
        strbuf_format(w->out, "  state: %s\n", bom_state_names[g->state]);
    put_text(w, "justification", g->justification, TEXT_BYTES, true);
    put_text(w, "response", g->response, TEXT_BYTES, true);
    put_text(w, "cvss", g->cvss, NAME_BYTES, false);
    put_cwes(w, g);
    if (g->exploited)
        strbuf_addz(w->out, "  exploited: true\n");
    put_date(w, "exploited_since", g->added);
    put_date(w, "remedy_due", g->due);
    put_date(w, "known_since", g->published);
    put_date(w, "updated", g->updated);
    put_text(w, "fixed_in", g->fixed_in, TEXT_BYTES, true);
    put_text(w, "source", g->source, TEXT_BYTES, false);
    strbuf_addz(w->out, "}\n");
    w->counts->vulnerabilities++;
}

/* ---- the whole ---- */

static void put_head(Writer *w, Str imports)
{
    const Bom *b = w->j->bom;
    Vec(Str) lines = {0};
    for (uint32_t i = 0; i < b->docs.n; i++) {
        const BomDoc *d = &b->docs.at[i];
        w->line.n = 0;
        defused_string(&w->line, str_format(&w->j->bom->arena, "%.*s (%.*s)", STR_FMT(d->name), STR_FMT(d->format)),
                       NAME_BYTES, false);
        Str shown = str_slice(strbuf_str(&w->line), 1, w->line.n - 1);
        vec_push(&lines, str_format(&w->j->bom->arena, "//   %.*s\n", STR_FMT(shown)));
    }
    if (lines.n)
        qsort(lines.at, lines.n, sizeof *lines.at, by_text);
    strbuf_addz(
        w->out,
        "// Software items and their known vulnerabilities. Made by `cordon import`; import again rather than edit "
        "it.\n// What people know besides belongs into the model: `extend NAME { ... }`. Read from:\n");
    for (uint32_t i = 0; i < lines.n; i++)
        strbuf_add(w->out, lines.at[i]);
    strbuf_addz(w->out, imports.n ? "\n" : "");
    strbuf_add(w->out, imports);
    vec_free(&lines);
}

typedef struct Ordered {
    Str name;
    uint32_t at;
} Ordered;

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const Ordered *)x)->name, ((const Ordered *)y)->name);
}

static void put_section(Writer *w, const char *title)
{
    strbuf_format(w->out, "\n// ---- %s ----\n\n", title);
}

static void put_all(Writer *w)
{
    const Joined *j = w->j;
    Vec(Ordered) order = {0};
    for (uint32_t i = 0; i < j->items.n; i++)
        if (j->items.at[i].ident.n)
            vec_push(&order, (Ordered){j->items.at[i].ident, i});
    if (order.n)
        qsort(order.at, order.n, sizeof *order.at, by_name);
    for (int known = 1; known >= 0; known--) {
        if (!known || j->nknown)
            put_section(w, known ? "What is new about software items of the model" : "Software items");
        for (uint32_t i = 0; i < order.n; i++) {
            const Item *item = &j->items.at[order.at[i].at];
            if (item->known && known)
                put_extension(w, item);
            else if (!item->known && !known)
                put_item(w, item);
        }
    }
    order.n = 0;
    for (uint32_t i = 0; i < j->findings.n; i++)
        vec_push(&order, (Ordered){j->findings.at[i].ident, i});
    if (order.n) {
        qsort(order.at, order.n, sizeof *order.at, by_name);
        put_section(w, "Known vulnerabilities");
    }
    for (uint32_t i = 0; i < order.n; i++)
        put_finding(w, &j->findings.at[order.at[i].at]);
    vec_free(&order);
}

void bom_write(const Joined *j, const Program *p, Str imports, StrBuf *out, Written *counts)
{
    StrBuf plain = {0};
    Writer w = {.j = j, .p = p, .out = &plain, .counts = counts};
    *counts = (Written){0};
    if (p)
        w.extended = known_extensions(p);
    put_head(&w, imports);
    put_all(&w);
    counts->items = counts->added + counts->matched;
    format_plain(STR("import"), &plain, out);
    strbuf_free(&plain);
    strbuf_free(&w.line);
    map_free(&w.extended);
}
