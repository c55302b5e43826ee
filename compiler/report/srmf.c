/* The security risk management file as a document: title page, contents, then chapter by chapter the tables that the dossier holds.
 * A page takes a few columns: what does not fit stands behind the last one, or below, each part with its name. What is long and stands in
 * another output as well is only counted. Requires a dossier; leaves the document in the format asked for. */
#include "report/srmf.h"

#include "report/doc.h"

enum {
    MOST_COLUMNS = 32,
    MARKDOWN_WIDTH = 92, /* characters side by side on A4 upright, as word processors set it */
    HTML_WIDTH = 184,    /* on A4 on its side, in small print */
    CELL_ITEMS = 8,      /* of one cell; programs read all of them in srmf.json */
    TABLE_ROWS = 150,    /* of one table */
    LONGEST_ID = 36,     /* in an anchor: word processors cut longer ones */
};

/* Tables that are read in an output of their own, or in the workbook: the document counts their rows. So it does with what is long. */
static const struct {
    const char *table, *file;
} elsewhere[] = {{"threats", "threats.md"},
                 {"tests", "srmf/tests.csv"},
                 {"fuzz_targets", "srmf/fuzz_targets.csv"},
                 {"pentest_scope", "srmf/pentest_scope.csv"},
                 {"trace", "srmf/trace.csv"},
                 {"trace_controls", "srmf/trace_controls.csv"}};

typedef struct Srmf {
    Doc d;
    const Dossier *dossier;
    const Pictures *pictures;
    unsigned characters; /* side by side in a table */
} Srmf;

/* Which columns of a table stand side by side, and which behind the last of them or below. */
typedef struct Layout {
    unsigned shown[MOST_COLUMNS], nshown, rest[MOST_COLUMNS], nrest;
    const char *titles[MOST_COLUMNS];
    unsigned widths[MOST_COLUMNS];
} Layout;

/* The output to read it in; empty if the document shows it. */
static Str elsewhere_of(const Srmf *w, const Table *t)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(elsewhere[i].table, t->key) == 0)
            return str_from(elsewhere[i].file);
    return t->rows.n > TABLE_ROWS ? str_format(w->d.arena, "srmf/%s.csv", t->key) : STR("");
}

/* ---- anchors ---- */

static Str table_anchor(const Srmf *w, const Table *t)
{
    return str_format(w->d.arena, "table.%s", t->key);
}

/* Word processors take letters, digits and a few signs for the name of a place; where an id has others, its row has a number. */
static Str row_anchor(const Srmf *w, const Table *t, uint32_t row)
{
    Str id = t->rows.at[row].id;
    bool plain = id.n > 0 && id.n <= LONGEST_ID;
    for (size_t i = 0; plain && i < id.n; i++) {
        unsigned char c = (unsigned char)id.s[i];
        plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
                c == '_';
    }
    if (plain)
        return str_format(w->d.arena, "%s.%.*s", t->key, STR_FMT(id));
    return str_format(w->d.arena, "%s.row.%u", t->key, row + 1);
}

static uint32_t rows_shown(const Srmf *w, const Table *t)
{
    return elsewhere_of(w, t).n ? 0 : t->rows.n;
}

/* ---- items ---- */

static void put_level(Srmf *w, const Item *item)
{
    static const char *const classes[] = {
        [TONE_PLAIN] = "s3", [TONE_GOOD] = "closed", [TONE_FAIR] = "s3", [TONE_POOR] = "s2", [TONE_BAD] = "s1"};
    if (item->tone == TONE_PLAIN)
        doc_str(&w->d, item_text(item));
    else
        w->d.f->badge(&w->d, classes[item->tone], item_text(item));
}

static void put_row_link(Srmf *w, const Item *item)
{
    const Table *t;
    uint32_t row;
    if (dossier_find(w->dossier, item->key, &t, &row) && row < rows_shown(w, t))
        w->d.f->link(&w->d, row_anchor(w, t, row), item_text(item));
    else
        doc_str(&w->d, item_text(item));
}

static void put_item(Srmf *w, const Item *item)
{
    switch ((ItemSort)item->sort) {
    case ITEM_TEXT:
    case ITEM_NUMBER:
    case ITEM_DATE: doc_str(&w->d, item_text(item)); return;
    case ITEM_LEVEL: put_level(w, item); return;
    case ITEM_ROW: put_row_link(w, item); return;
    case ITEM_TABLE: w->d.f->link(&w->d, str_format(w->d.arena, "table.%s", item->file), item_text(item)); return;
    case ITEM_FILE: w->d.f->file(&w->d, str_from(item->file), item_text(item)); return;
    case ITEM_MISSING: w->d.f->text(&w->d, DOC_MISSING, item_text(item)); return;
    }
}

static void put_items(Srmf *w, const Item *items, uint32_t n)
{
    uint32_t shown = n > CELL_ITEMS + 1 ? CELL_ITEMS : n;
    for (uint32_t i = 0; i < shown; i++) {
        doc_say(&w->d, i ? "; " : "");
        put_item(w, &items[i]);
    }
    if (shown < n)
        doc_format(&w->d, "; and %u more", n - shown);
}

/* ---- tables ---- */

static uint32_t cell_length(const Table *t, uint32_t row, unsigned column)
{
    enum { BADGE = 5 }; /* its frame */
    uint32_t n, length = 0;
    const Item *items = table_cell(t, row, column, &n);
    for (uint32_t i = 0; i < n && i < CELL_ITEMS; i++)
        length += items[i].n + (items[i].sort == ITEM_LEVEL ? BADGE : 2);
    return length;
}

static unsigned longest_word(const char *title)
{
    unsigned longest = 0, n = 0;
    for (const char *c = title; *c; c++) {
        n = *c == ' ' ? 0 : n + 1;
        longest = n > longest ? n : longest;
    }
    return longest;
}

/* What a column takes: characters side by side, no less than the words of its title and 0 if no cell holds anything; and how much its
 * cells hold on the average. */
typedef struct Need {
    unsigned width;
    uint64_t mean;
    bool levels;
} Need;

static Need column_need(const Srmf *w, const Table *t, unsigned column)
{
    enum { MARGIN = 4 };
    uint64_t sum = 0, longest = 0, filled = 0;
    bool levels = false;
    for (uint32_t r = 0; r < rows_shown(w, t); r++) {
        uint32_t n, length = cell_length(t, r, column);
        const Item *items = table_cell(t, r, column, &n);
        levels |= n > 0 && items[0].sort == ITEM_LEVEL;
        filled += length > 0;
        sum += length;
        longest = length > longest ? length : longest;
    }
    if (!filled)
        return (Need){0, 0, false};
    uint64_t width = (3 * sum / filled + longest) / 4 + MARGIN, widest = w->characters / 4,
             least = longest_word(t->columns[column].title) + MARGIN;
    width = width > widest ? widest : width;
    return (Need){(unsigned)(width > least ? width : least), sum / rows_shown(w, t), levels};
}

static void add_column(const Srmf *w, const Table *t, Layout *l, unsigned column, unsigned width)
{
    const Column *c = &t->columns[column];
    bool number = column_type(c) == COLUMN_NUMBER;
    l->titles[l->nshown] = number ? str_format(w->d.arena, "#%s", c->title).s : c->title;
    l->widths[l->nshown] = width;
    l->shown[l->nshown++] = column;
}

/* Takes the columns of one sort that still fit side by side. */
static unsigned take_columns(const Table *t, const Need *need, unsigned room,
                             bool (*wanted)(const Table *, const Need *, unsigned), bool *take)
{
    unsigned taken = 0;
    for (unsigned c = t->grouped; c < t->ncolumns && c < MOST_COLUMNS; c++) {
        if (take[c] || !need[c].width || !wanted(t, need, c) || taken + need[c].width > room)
            continue;
        take[c] = true;
        taken += need[c].width;
    }
    return taken;
}

/* What a row is known by: the first two columns. */
static bool names_row(const Table *t, const Need *need, unsigned c)
{
    (void)need;
    return c < t->grouped + 2u;
}

static bool has_levels(const Table *t, const Need *need, unsigned c)
{
    (void)t;
    return need[c].levels;
}

static bool is_short(const Table *t, const Need *need, unsigned c)
{
    enum { LONG = 60 };
    (void)t;
    return need[c].mean <= LONG;
}

/* Columns without those that say nothing; the one that rows are grouped by stands in headings. Where not all fit, what names a row
 * and levels come first, then what is short; the rest gets the more of the width the more it holds, or a line of its own. */
static Layout lay_out(const Srmf *w, const Table *t)
{
    enum { LEAST = 40, LINES = 4 };
    Layout l = {.nshown = 0};
    Need need[MOST_COLUMNS] = {{0}};
    bool take[MOST_COLUMNS] = {false}, below = w->d.f->more != NULL;
    unsigned total = 0, end = t->ncolumns < MOST_COLUMNS ? t->ncolumns : MOST_COLUMNS;
    uint64_t mean = 0;
    for (unsigned c = t->grouped; c < end; c++) {
        need[c] = column_need(w, t, c);
        total += need[c].width;
        mean += need[c].mean;
    }
    uint64_t further = mean / LINES < LEAST ? LEAST : mean / LINES, most = below ? 0 : w->characters * 2 / 5;
    bool fits = total <= w->characters + w->characters / 4; /* a little less for each */
    unsigned room = w->characters - (unsigned)(further < most ? further : most);
    room -= take_columns(t, need, room, names_row, take);
    room -= take_columns(t, need, room, has_levels, take);
    if (below || mean < 2 * w->characters) /* else what stands behind needs the room */
        take_columns(t, need, room, is_short, take);
    unsigned taken = 0;
    for (unsigned c = t->grouped; c < end; c++) {
        if (need[c].width && (fits || take[c])) {
            add_column(w, t, &l, c, need[c].width);
            taken += need[c].width;
        }
    }
    for (int levels = 1; levels >= 0; levels--) /* what somebody looks for first stands first */
        for (unsigned c = t->grouped; c < end && !fits; c++)
            if (need[c].width && !take[c] && need[c].levels == (levels == 1))
                l.rest[l.nrest++] = c;
    if (l.nrest && !below) {
        l.titles[l.nshown] = "Further";
        l.widths[l.nshown] = w->characters > taken + LEAST ? w->characters - taken : LEAST;
    }
    return l;
}

static void cell_of_rest(Srmf *w, const Table *t, const Layout *l, uint32_t row)
{
    bool first = true;
    if (w->d.f->more)
        w->d.f->more(&w->d, l->nshown);
    else
        doc_cell(&w->d);
    for (unsigned i = 0; i < l->nrest; i++) {
        uint32_t n;
        const Item *items = table_cell(t, row, l->rest[i], &n);
        if (!n)
            continue;
        if (!first)
            w->d.f->divide(&w->d);
        w->d.f->text(&w->d, DOC_STRONG, str_format(w->d.arena, "%s:", t->columns[l->rest[i]].title));
        doc_say(&w->d, " ");
        put_items(w, items, n);
        first = false;
    }
    doc_end_cell(&w->d);
}

static void put_row(Srmf *w, const Table *t, const Layout *l, uint32_t row)
{
    doc_row(&w->d);
    for (unsigned i = 0; i < l->nshown; i++) {
        uint32_t n;
        const Item *items = table_cell(t, row, l->shown[i], &n);
        doc_cell(&w->d);
        if (i == 0 && t->rows.at[row].key)
            w->d.f->anchor(&w->d, row_anchor(w, t, row));
        put_items(w, items, n);
        doc_end_cell(&w->d);
    }
    if (l->nrest)
        cell_of_rest(w, t, l, row);
    doc_end_row(&w->d);
}

static Str group_of(const Table *t, uint32_t row)
{
    uint32_t n;
    const Item *items = table_cell(t, row, 0, &n);
    return n ? item_text(&items[0]) : STR("");
}

static void put_rows(Srmf *w, const Table *t)
{
    Layout l = lay_out(w, t);
    uint32_t rows = rows_shown(w, t);
    for (uint32_t r = 0; r < rows;) {
        Str group = t->grouped ? group_of(t, r) : STR("");
        if (group.n)
            w->d.f->heading(&w->d, 4, str_format(w->d.arena, "table.%s.%u", t->key, r), group);
        doc_table(&w->d, l.titles, l.widths, l.nshown + (l.nrest > 0 && !w->d.f->more));
        do
            put_row(w, t, &l, r++);
        while (r < rows && (!t->grouped || str_eq(group, group_of(t, r))));
        doc_close(&w->d, DOC_TABLE);
    }
}

/* What the table is evidence for, and what it lacks. */
static void put_notes(Srmf *w, const Table *t)
{
    enum { CLAUSES = 8 };
    Doc *d = &w->d;
    if (!t->clauses.n && !t->missing)
        return;
    doc_open(d, DOC_PARA);
    for (uint32_t i = 0; i < t->clauses.n && i < CLAUSES; i++) {
        bool same = i > 0 && str_eq(t->clauses.at[i].standard, t->clauses.at[i - 1].standard);
        doc_say(d, i == 0 ? "Evidence for " : same ? ", " : "; ");
        doc_format(d, "%.*s%s%.*s", STR_FMT(same ? STR("") : t->clauses.at[i].standard), same ? "" : " ",
                   STR_FMT(t->clauses.at[i].clause));
    }
    if (t->clauses.n > CLAUSES)
        doc_format(d, " and %u more", t->clauses.n - CLAUSES);
    doc_say(d, t->clauses.n ? ". " : "");
    if (t->missing)
        d->f->text(d, DOC_MISSING,
                   str_format(d->arena, "%u fact%s missing.", t->missing, t->missing == 1 ? " is" : "s are"));
    doc_close(d, DOC_PARA);
}

static void put_table(Srmf *w, const Table *t)
{
    Doc *d = &w->d;
    Str file = elsewhere_of(w, t);
    d->f->heading(d, 3, table_anchor(w, t), str_from(t->title));
    doc_para(d, t->purpose);
    if (!t->rows.n) {
        doc_open(d, DOC_PARA);
        d->f->text(d, DOC_STRONG, str_from(t->none));
        doc_close(d, DOC_PARA);
        return;
    }
    put_notes(w, t);
    if (!file.n) {
        put_rows(w, t);
        return;
    }
    doc_open(d, DOC_PARA);
    doc_format(d, "%u row%s: see ", t->rows.n, t->rows.n == 1 ? "" : "s");
    d->f->file(d, file, file);
    doc_say(d, ", or the workbook ");
    d->f->file(d, STR("srmf.xlsx"), STR("srmf.xlsx"));
    doc_say(d, ".");
    doc_close(d, DOC_PARA);
}

/* ---- chapters ---- */

static bool has_tables(const Srmf *w, Chapter c)
{
    for (uint32_t i = 0; i < w->dossier->tables.n; i++)
        if (w->dossier->tables.at[i]->chapter == c)
            return true;
    return false;
}

/* The first diagram shows the system as a whole; the others stand beside the document. */
static void put_picture(Srmf *w)
{
    for (uint32_t i = 0; w->pictures && i < w->pictures->n; i++) {
        if (!w->pictures->at[i].svg.n)
            continue;
        w->d.f->picture(&w->d, &w->pictures->at[i]);
        return;
    }
}

static void put_chapter(Srmf *w, Chapter c)
{
    doc_heading(&w->d, 2, str_format(w->d.arena, "chapter.%s", chapter_keys[c]).s, chapter_titles[c]);
    if (c == CHAPTER_MODEL)
        put_picture(w);
    for (uint32_t i = 0; i < w->dossier->tables.n; i++)
        if (w->dossier->tables.at[i]->chapter == c)
            put_table(w, w->dossier->tables.at[i]);
}

static void put_contents(Srmf *w)
{
    Doc *d = &w->d;
    doc_heading(d, 2, "contents", "Contents");
    doc_open(d, DOC_LIST);
    for (Chapter c = 0; c < CHAPTER_COUNT; c++) {
        if (!has_tables(w, c))
            continue;
        doc_open(d, DOC_ITEM);
        d->f->link(d, str_format(d->arena, "chapter.%s", chapter_keys[c]), str_from(chapter_titles[c]));
        doc_open(d, DOC_LIST);
        for (uint32_t i = 0; i < w->dossier->tables.n; i++) {
            const Table *t = w->dossier->tables.at[i];
            if (t->chapter != c)
                continue;
            doc_open(d, DOC_ITEM);
            d->f->link(d, table_anchor(w, t), str_from(t->title));
            if (t->rows.n)
                doc_format(d, " (%u)", t->rows.n);
            doc_close(d, DOC_ITEM);
        }
        doc_close(d, DOC_LIST);
        doc_close(d, DOC_ITEM);
    }
    doc_close(d, DOC_LIST);
}

/* ---- the title page ---- */

static void fact_str(Doc *d, const char *label, DocInline style, Str text)
{
    if (!text.n)
        return;
    doc_fact(d, label);
    d->f->text(d, style, text);
    doc_end_fact(d);
}

static void put_made_from(Srmf *w)
{
    Doc *d = &w->d;
    const Report *r = w->dossier->r;
    StrBuf b = {0};
    if (r->clock >= 0)
        put_clock(r->clock, &b);
    fact_str(d, "Written", DOC_PLAIN, strbuf_str(&b));
    strbuf_free(&b);
    fact_str(d, "Written by", DOC_PLAIN, STR("cordon " CORDON_VERSION));
    fact_str(d, "Hash of the model", DOC_CODE, r->model_hash);
    fact_str(d, "Hash of the rules", DOC_CODE, r->rules_hash);
}

static void put_figures(Srmf *w)
{
    Doc *d = &w->d;
    const Assessment *a = w->dossier->a;
    const Table *gate = dossier_table(w->dossier, "gate");
    uint32_t pending = 0;
    for (uint32_t i = 0; i < a->threats.n; i++)
        pending += threat_pending(a, &a->threats.at[i]);
    doc_fact(d, "Threats");
    doc_format(d, "%u, of which %u need somebody; %u are decided", a->threats.n, pending, a->decided);
    doc_end_fact(d);
    doc_fact(d, "Missing in the model");
    doc_format(d, "%u", a->gaps_pending);
    doc_end_fact(d);
    if (!gate)
        return;
    doc_fact(d, "Completeness gate");
    d->f->badge(d, w->dossier->gate_failing ? "s1" : "closed",
                w->dossier->gate_failing ? STR("not complete") : STR("complete"));
    doc_format(d, " %u of %u items fail: ", w->dossier->gate_failing, gate->rows.n);
    d->f->link(d, table_anchor(w, gate), str_from(gate->title));
    doc_end_fact(d);
}

/* Lines to sign on, for those whom the model names. */
static void put_approval(Srmf *w)
{
    static const char *const columns[] = {"Responsibility", "Person", "Date", "Signature"};
    static const unsigned widths[] = {34, 26, 16, 34};
    Doc *d = &w->d;
    const Table *t = dossier_table(w->dossier, "responsibilities");
    doc_heading(d, 3, "approval", "Approval");
    if (!t || !t->rows.n) {
        doc_para(d, "The model names nobody who answers for the work.");
        return;
    }
    doc_table(d, columns, widths, 4);
    for (uint32_t r = 0; r < t->rows.n; r++) {
        doc_row(d);
        for (unsigned c = 1; c <= 2; c++) {
            uint32_t n;
            const Item *items = table_cell(t, r, c, &n);
            doc_cell(d);
            put_items(w, items, n);
            doc_end_cell(d);
        }
        doc_cell_str(d, STR(""));
        doc_cell_str(d, STR(""));
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

static void put_title_page(Srmf *w)
{
    static const char *const props[] = {"version",     "manufacturer", "intended_use",
                                        "risk_policy", "owner",        "next_review"};
    Doc *d = &w->d;
    ObjId whole = report_system(d->r);
    doc_open(d, DOC_FACTS);
    fact_str(d, "Product", DOC_STRONG, whole ? obj_title(d->p, whole) : STR(""));
    for (size_t i = 0; whole && i < sizeof props / sizeof *props; i++) {
        d->f->fact(d, doc_label(d, str_from(props[i])));
        doc_prop(d, whole, props[i]);
        doc_end_fact(d);
    }
    put_figures(w);
    put_made_from(w);
    doc_close(d, DOC_FACTS);
    put_approval(w);
}

/* ---- the whole ---- */

/* Beside what all documents share: pages on their side, and numbers on them. */
static const char style[] =
    "table.set{table-layout:fixed;width:100%}table.set td,table.set th{overflow-wrap:anywhere;min-width:0;"
    "padding-right:.5rem}table.set th{overflow-wrap:normal}table.set td.num,table.set th.num{padding-right:.7rem}table.set .badge{white-space:normal;overflow-wrap:normal}\n"
    "@page{size:A4 landscape;margin:13mm 12mm 15mm;@bottom-right{content:counter(page) \" / \" "
    "counter(pages);font:8pt sans-serif;color:#555}@bottom-left{content:\"Security risk management file\";font:8pt "
    "sans-serif;color:#555}}\n"
    "@media print{h2{break-before:auto;margin-top:11mm}h2.first{break-before:auto}[id=contents],[id='chapter.plan'],[id='chapter.evidence']{break-before:page;margin-top:0}.diagram,.diagram.wide{page:auto;break-before:auto}"
    "figure svg,.wide figure svg{max-height:150mm}h1{margin-top:6mm}table{font-size:7.4pt;line-height:1.3}"
    "th,td{padding-top:.9mm;padding-bottom:.9mm}.badge{font-size:7pt}a{text-decoration:none;color:inherit}"
    "h3{margin-top:6mm}p{margin:.2rem 0 .5rem}main>ul{columns:2;font-size:9pt}}\n"
    "main>ul{line-height:1.5}tr:has(+tr.more) td{border-bottom:0;padding-bottom:0}tr.more td{padding:.1rem .7rem .42rem 1.2rem}"
    "tr.more{break-before:avoid}tr.more .badge{padding:0 .3rem;line-height:1.25}\n";

static Str title_of(const Dossier *d, Arena *arena)
{
    ObjId whole = report_system(d->r);
    return whole ? str_format(arena, "Security risk management file: %.*s", STR_FMT(obj_title(d->p, whole)))
                 : STR("Security risk management file");
}

static void write_file(const Dossier *dossier, const Pictures *pictures, Out *out, const DocFormat *format,
                       unsigned characters)
{
    Arena arena = {0};
    Srmf w = {.dossier = dossier, .pictures = pictures, .characters = characters};
    w.d = (Doc){.f = format,
                .r = dossier->r,
                .p = dossier->p,
                .m = dossier->m,
                .pictures = pictures,
                .arena = &arena,
                .out = out,
                .fresh = true,
                .spans = true,
                .style = style};
    format->begin(&w.d, title_of(dossier, &arena));
    put_title_page(&w);
    put_contents(&w);
    for (Chapter c = 0; c < CHAPTER_COUNT; c++)
        if (has_tables(&w, c))
            put_chapter(&w, c);
    format->end(&w.d);
    arena_free(&arena);
}

void emit_srmf_md(const Dossier *d, const Pictures *pictures, Out *out)
{
    write_file(d, pictures, out, &doc_markdown, MARKDOWN_WIDTH);
}

void emit_srmf_html(const Dossier *d, const Pictures *pictures, Out *out)
{
    write_file(d, pictures, out, &doc_html, HTML_WIDTH);
}
