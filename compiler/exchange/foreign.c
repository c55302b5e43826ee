/* Trees of foreign documents: members by name and type, each mistake with its place. A place in JSON is found by walking the text
 * along the way to the node, since the tree keeps none; that happens only when something is wrong. Requires a tree that was parsed
 * from the text. */
#include "exchange/foreign.h"

#include "base/date.h"

/* Where the reader of XML notes the place of an element: no name of XML begins so. */
static const char place_key[] = "\x01";

At foreign_root(const json_t *root)
{
    return (At){.node = root};
}

static At member(const At *up, const char *key)
{
    return (At){.up = up, .node = up->node ? json_object_get(up->node, key) : NULL, .key = key};
}

At foreign_object(Foreign *f, const At *up, const char *key)
{
    At at = member(up, key);
    if (at.node && !json_is_object(at.node)) {
        /* An empty element of XML is an empty text. */
        if (!f->xml)
            foreign_wrong(f, &at, "an object");
        at.node = NULL;
    }
    return at;
}

At foreign_list(Foreign *f, const At *up, const char *key)
{
    At at = member(up, key);
    if (at.node && !json_is_array(at.node)) {
        foreign_wrong(f, &at, "a list");
        at.node = NULL;
    }
    return at;
}

size_t foreign_count(const At *list)
{
    return list->node ? json_array_size(list->node) : 0;
}

At foreign_item(Foreign *f, const At *list, size_t i)
{
    At at = {.up = list, .node = json_array_get(list->node, i), .index = i};
    if (!json_is_object(at.node)) {
        if (!f->xml)
            foreign_wrong(f, &at, "an object");
        at.node = NULL;
    }
    return at;
}

static Str trimmed(Str s)
{
    while (s.n && strchr(" \t\r\n", s.s[0]))
        s = str_slice(s, 1, s.n);
    while (s.n && strchr(" \t\r\n", s.s[s.n - 1]))
        s.n--;
    return s;
}

static Str text_of(Foreign *f, const At *at)
{
    if (!at->node || json_is_null(at->node))
        return (Str){"", 0};
    if (!json_is_string(at->node)) {
        /* An element that has attributes too is an object; nothing that is read here has. */
        if (!f->xml)
            foreign_wrong(f, at, "a text");
        return (Str){"", 0};
    }
    return str_copy(&f->bom->arena, trimmed((Str){json_string_value(at->node), json_string_length(at->node)}));
}

Str foreign_string(Foreign *f, const At *up, const char *key)
{
    At at = member(up, key);
    return text_of(f, &at);
}

Str foreign_string_at(Foreign *f, const At *list, size_t i)
{
    At at = {.up = list, .node = json_array_get(list->node, i), .index = i};
    return text_of(f, &at);
}

uint32_t foreign_number_at(Foreign *f, const At *list, size_t i)
{
    At at = {.up = list, .node = json_array_get(list->node, i), .index = i};
    uint64_t n = 0;
    if (json_is_integer(at.node)) {
        json_int_t value = json_integer_value(at.node);
        n = value > 0 && value <= UINT32_MAX ? (uint64_t)value : 0;
    } else if (json_is_string(at.node)) {
        Str text = trimmed((Str){json_string_value(at.node), json_string_length(at.node)});
        for (size_t k = 0; k < text.n && n <= UINT32_MAX; k++)
            n = text.s[k] >= '0' && text.s[k] <= '9' ? n * 10 + (uint64_t)(text.s[k] - '0') : UINT64_MAX;
        n = n > UINT32_MAX ? 0 : n;
    }
    if (!n)
        foreign_left_out(f, &at, "it is no number of a list");
    return (uint32_t)n;
}

int32_t foreign_day(Str text)
{
    char day[11];
    int32_t days;
    if (text.n < 10 || (text.n > 10 && text.s[10] != 'T' && text.s[10] != ' ' && text.s[10] != 'Z'))
        return BOM_NO_DATE;
    memcpy(day, text.s, 10);
    day[10] = 0;
    return date_parse(day, &days) && days >= 0 ? days : BOM_NO_DATE; /* as the language has them */
}

int32_t foreign_date(Foreign *f, const At *up, const char *key)
{
    At at = member(up, key);
    Str text = text_of(f, &at);
    int32_t day = foreign_day(text);
    if (text.n && day == BOM_NO_DATE)
        foreign_left_out(f, &at, "it is no date");
    return day;
}

/* ---- places ---- */

static size_t skip_blanks(Str t, size_t i)
{
    while (i < t.n && strchr(" \t\r\n", t.s[i]))
        i++;
    return i;
}

static size_t skip_string(Str t, size_t i)
{
    for (i++; i < t.n && t.s[i] != '"'; i++)
        i += t.s[i] == '\\';
    return i + 1;
}

/* Behind the value that begins at i. The text is known to be sound. */
static size_t skip_value(Str t, size_t i)
{
    unsigned depth = 0;
    do {
        i = skip_blanks(t, i);
        if (i >= t.n)
            return i;
        char c = t.s[i];
        if (c == '"') {
            i = skip_string(t, i);
        } else {
            depth += c == '{' || c == '[';
            depth -= (c == '}' || c == ']') && depth;
            i++;
            while (!strchr("{}[],:\"", c) && i < t.n && !strchr("{}[],:\" \t\r\n", t.s[i]))
                i++;
        }
    } while (depth);
    return i;
}

/* Where the member or element begins, for a value that begins at i. */
static size_t step_into(Str t, size_t i, const At *to)
{
    size_t nth = 0, key_n = to->key ? strlen(to->key) : 0;
    for (i = skip_blanks(t, i) + 1; i < t.n; i++, nth++) {
        i = skip_blanks(t, i);
        size_t key = i + 1;
        bool here = !to->key && nth == to->index;
        if (to->key) {
            i = skip_string(t, i);
            here = i <= t.n && i - key == key_n + 1 && memcmp(t.s + key, to->key, key_n) == 0;
            i = skip_blanks(t, i) + 1;
        }
        i = skip_blanks(t, i);
        if (here)
            return i;
        i = skip_blanks(t, skip_value(t, i));
        if (i >= t.n || t.s[i] != ',')
            break;
    }
    return t.n;
}

static size_t place_in_json(Str t, const At *at)
{
    if (!at->up)
        return 0;
    size_t i = place_in_json(t, at->up);
    return i < t.n ? step_into(t, i, at) : t.n;
}

Span foreign_place(const Foreign *f, const At *at)
{
    Str text = source_file(f->bom->sources, f->file)->text;
    if (f->xml) {
        for (; at; at = at->up) {
            const json_t *place = at->node ? json_object_get(at->node, place_key) : NULL;
            if (place) {
                uint32_t lo = (uint32_t)json_integer_value(place);
                return (Span){lo, lo + 1, f->file};
            }
        }
        return (Span){0, 0, f->file};
    }
    size_t lo = place_in_json(text, at), hi = lo < text.n ? skip_value(text, lo) : lo;
    const char *end = memchr(text.s + lo, '\n', hi - lo);
    return (Span){(uint32_t)lo, (uint32_t)(end ? (size_t)(end - text.s) : hi), f->file};
}

static void way_to(const At *at, StrBuf *out)
{
    if (!at->up)
        return;
    way_to(at->up, out);
    if (at->key)
        strbuf_format(out, "%s%s", out->n ? "." : "", at->key);
    else
        strbuf_format(out, "[%zu]", at->index);
}

static char *way(Foreign *f, const At *at)
{
    StrBuf out = {0};
    way_to(at, &out);
    char *z = str_z(&f->bom->arena, out.n ? strbuf_str(&out) : STR("the document"));
    strbuf_free(&out);
    return z;
}

void foreign_wrong(Foreign *f, const At *at, const char *wanted)
{
    diag_add(f->bom->diags, D_FOREIGN_TYPE, foreign_place(f, at), way(f, at), wanted);
}

void foreign_left_out(Foreign *f, const At *at, const char *why)
{
    diag_add(f->bom->diags, D_FOREIGN_LEFT_OUT, foreign_place(f, at), way(f, at), why);
}

/* ---- the list ---- */

void foreign_begin(Foreign *f, Str format, Str serial)
{
    Str path = source_file(f->bom->sources, f->file)->path;
    long slash = str_rfind(path, '/');
    f->doc = f->bom->docs.n;
    vec_push(&f->bom->docs, (BomDoc){.file = f->file,
                                     .name = str_slice(path, (size_t)(slash + 1), path.n),
                                     .format = str_copy(&f->bom->arena, format),
                                     .serial = serial});
}

BomVuln foreign_vuln(const Foreign *f)
{
    Bom *b = f->bom;
    return (BomVuln){.doc = f->doc,
                     .state = BOM_NONE,
                     .published = BOM_NO_DATE,
                     .updated = BOM_NO_DATE,
                     .aliases = b->aliases.n,
                     .cwes = b->cwes.n,
                     .affects = b->affects.n};
}

json_t *foreign_parse_json(Bom *b, FileId file)
{
    const SourceFile *source = source_file(b->sources, file);
    size_t mark = str_starts(source->text, STR("\xEF\xBB\xBF")) ? 3 : 0;
    json_error_t e;
    json_t *root = json_loadb(source->text.s + mark, source->text.n - mark, JSON_REJECT_DUPLICATES, &e);
    if (root && json_is_object(root))
        return root;
    Span at = {0, 0, file};
    if (!root && e.position >= 0) {
        size_t hi = mark + (size_t)e.position;
        hi = hi > source->text.n ? source->text.n : hi;
        at = (Span){(uint32_t)(hi ? hi - 1 : 0), (uint32_t)hi, file};
    }
    diag_add(b->diags, D_FOREIGN_SYNTAX, at, "JSON", root ? "it is no object" : e.text);
    json_decref(root);
    return NULL;
}
