/* The catalogue of known exploited vulnerabilities that CISA publishes, as JSON and as CSV. Requires the tree or the text. */
#include "exchange/foreign.h"

static void begin(Foreign *f)
{
    foreign_begin(f, STR("known exploited vulnerabilities"), (Str){"", 0});
    f->bom->has_catalogue = true;
}

void kev_json_read(Foreign *f, const At *root)
{
    begin(f);
    At list = foreign_list(f, root, "vulnerabilities");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        BomExploited e = {.id = foreign_string(f, &one, "cveID")};
        if (!one.node)
            continue;
        if (!e.id.n) {
            foreign_wrong(f, &one, "an entry with a `cveID`");
            continue;
        }
        e.added = foreign_date(f, &one, "dateAdded");
        e.due = foreign_date(f, &one, "dueDate");
        vec_push(&f->bom->exploited, e);
    }
}

/* ---- CSV: quotes around fields that hold commas, quotes or line ends; quotes in them doubled ---- */

typedef struct Csv {
    Str text;
    size_t at;
    Vec(Str) fields; /* of the record at hand */
    Arena *arena;
    bool broken; /* a quote is not closed */
} Csv;

static Str quoted_field(Csv *c)
{
    StrBuf out = {0};
    for (c->at++; c->at < c->text.n; c->at++) {
        if (c->text.s[c->at] == '"' && (c->at + 1 >= c->text.n || c->text.s[c->at + 1] != '"'))
            break;
        c->at += c->text.s[c->at] == '"';
        strbuf_char(&out, c->text.s[c->at]);
    }
    c->broken = c->at >= c->text.n;
    c->at += !c->broken;
    Str r = str_copy(c->arena, strbuf_str(&out));
    strbuf_free(&out);
    return r;
}

static Str plain_field(Csv *c)
{
    size_t lo = c->at;
    while (c->at < c->text.n && !strchr(",\r\n", c->text.s[c->at]))
        c->at++;
    return str_slice(c->text, lo, c->at);
}

/* False at the end of the text. */
static bool next_record(Csv *c)
{
    while (c->at < c->text.n && strchr("\r\n", c->text.s[c->at]))
        c->at++;
    c->fields.n = 0;
    if (c->at >= c->text.n || c->broken)
        return false;
    for (;;) {
        vec_push(&c->fields, c->at < c->text.n && c->text.s[c->at] == '"' ? quoted_field(c) : plain_field(c));
        while (c->at < c->text.n && !strchr(",\r\n", c->text.s[c->at]))
            c->at++;
        if (c->at >= c->text.n || c->text.s[c->at] != ',')
            return true;
        c->at++;
    }
}

static uint32_t column(const Csv *c, const char *name)
{
    uint32_t i = 0;
    while (i < c->fields.n && !str_eq(c->fields.at[i], str_from(name)))
        i++;
    return i;
}

static Str field(const Csv *c, uint32_t i)
{
    return i < c->fields.n ? c->fields.at[i] : (Str){"", 0};
}

void kev_csv_read(Foreign *f)
{
    const SourceFile *source = source_file(f->bom->sources, f->file);
    Csv c = {.text = source->text, .arena = &f->bom->arena};
    begin(f);
    if (str_starts(c.text, STR("\xEF\xBB\xBF")))
        c.at = 3;
    next_record(&c);
    uint32_t id = column(&c, "cveID"), added = column(&c, "dateAdded"), due = column(&c, "dueDate");
    for (size_t from = c.at; next_record(&c); from = c.at) {
        BomExploited e = {str_copy(&f->bom->arena, field(&c, id)), foreign_day(field(&c, added)),
                          foreign_day(field(&c, due))};
        if (e.id.n && !c.broken) {
            vec_push(&f->bom->exploited, e);
            continue;
        }
        while (from < c.text.n && strchr("\r\n", c.text.s[from]))
            from++;
        diag_add(f->bom->diags, D_FOREIGN_SYNTAX, (Span){(uint32_t)from, (uint32_t)from + 1, f->file}, "CSV",
                 c.broken ? "a quote is not closed" : "the line has no cveID");
    }
    vec_free(&c.fields);
}
