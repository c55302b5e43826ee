/* The security risk management file as a workbook: a sheet a table, with filters, a frozen header, links between sheets and to the
 * outputs, colours for levels and for what is missing. Requires a Dossier; leaves the bytes of the workbook, the same for the same
 * dossier. Texts of the model are only ever written as texts, never as formulas. */
#include "dossier/xlsx.h" /* first: the library's header uses functions that are banned here */

#include "dossier/cell.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

enum {
    SHEET_ROWS = 1048576 - 2, /* what a sheet holds besides its header and a note */
    SHEET_LINKS = 65000,      /* of 65,530 that a sheet may have */
    SHEET_NAME = 31,
    LINE_HEIGHT = 14,  /* points */
    PAGE = 240,        /* characters that can be read across a landscape page */
    MOST_LINES = 24,   /* that a row shows without being opened */
    LINK_BYTES = 2000, /* of 2,079 characters */
    NARROW = 6,
    WIDE = 70,
    DAY_ZERO = 25569,   /* 1970-01-01 in the days of a workbook */
    FIRST_DAY = -25508, /* 1900-03-01, from which on these count right */
};

typedef enum Style { STYLE_TEXT, STYLE_LINK, STYLE_DATE, STYLE_NUMBER, STYLE_COUNT } Style;
enum { TONE_MISSING = TONE_BAD + 1, TONE_COUNT };

typedef struct Book {
    const Dossier *d;
    const Xlsx *xlsx;
    lxw_workbook *book;
    lxw_format *cell[STYLE_COUNT][TONE_COUNT];
    lxw_format *header, *heading, *note;
    StrBuf words, text, link; /* at work */
} Book;

typedef struct Sheet {
    Book *b;
    const Xlsx *xlsx; /* of the book */
    lxw_worksheet *ws;
    const Column *columns;
    uint32_t links;
    unsigned lines; /* that the row at hand takes */
} Sheet;

/* ---- formats ---- */

static lxw_format *plain_format(Book *b)
{
    lxw_format *f = b->xlsx->workbook_add_format(b->book);
    b->xlsx->format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    b->xlsx->format_set_text_wrap(f);
    return f;
}

static void make_formats(Book *b)
{
    static const lxw_color_t fills[TONE_COUNT] = {0, 0xD9EAD3, 0xE8EEF7, 0xFCE8B2, 0xF4C7C3, 0xFFD9A8};
    for (int s = 0; s < STYLE_COUNT; s++) {
        for (int t = 0; t < TONE_COUNT; t++) {
            lxw_format *f = b->cell[s][t] = plain_format(b);
            if (t != TONE_PLAIN)
                b->xlsx->format_set_bg_color(f, fills[t]);
            if (t == TONE_MISSING)
                b->xlsx->format_set_italic(f);
            if (s == STYLE_LINK)
                b->xlsx->format_set_font_color(f, 0x0B5394);
            if (s == STYLE_LINK)
                b->xlsx->format_set_underline(f, LXW_UNDERLINE_SINGLE);
            if (s == STYLE_DATE)
                b->xlsx->format_set_num_format(f, "yyyy-mm-dd");
        }
    }
    b->header = plain_format(b);
    b->xlsx->format_set_bold(b->header);
    b->xlsx->format_set_bg_color(b->header, 0x1F3A5F);
    b->xlsx->format_set_font_color(b->header, LXW_COLOR_WHITE);
    b->xlsx->format_set_border(b->header, LXW_BORDER_THIN);
    b->heading = plain_format(b);
    b->xlsx->format_set_bold(b->heading);
    b->note = plain_format(b);
    b->xlsx->format_set_italic(b->note);
}

/* ---- cells ---- */

/* "Fuzz targets" for fuzz_targets: short, and without what a name of a sheet cannot hold. */
static void sheet_name(const Table *t, char out[SHEET_NAME + 1])
{
    snprintf(out, SHEET_NAME + 1, "%s", t->key);
    for (char *c = out; *c; c++)
        if (*c == '_')
            *c = ' ';
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
}

static unsigned width_of(const Column *c)
{
    return c->width < NARROW ? NARROW : c->width > WIDE ? WIDE : c->width;
}

/* Programs do not all find the height of a row with broken lines themselves: how many lines the text takes, about. */
static void count_lines(Sheet *s, unsigned column, Str text)
{
    unsigned width = width_of(&s->columns[column]), lines = 1, at = 0;
    if (text.n <= width && (!text.n || !memchr(text.s, '\n', text.n)))
        return;
    for (size_t i = 0; i < text.n && lines < MOST_LINES; i++) {
        bool starts = ((unsigned char)text.s[i] & 0xC0) != 0x80; /* of a character */
        if (text.s[i] == '\n' || (starts && at >= width)) {
            lines++;
            at = 0;
        }
        at += starts && text.s[i] != '\n';
    }
    if (lines > s->lines)
        s->lines = lines;
}

/* The height of the row whose cells were just written. */
static void end_row(Sheet *s, uint32_t row)
{
    if (s->lines > 1)
        s->xlsx->worksheet_set_row(s->ws, row, s->lines * LINE_HEIGHT + 2, NULL);
    s->lines = 1;
}

static void put_text(Sheet *s, uint32_t row, unsigned column, Str text, lxw_format *f)
{
    StrBuf *b = &s->b->text;
    b->n = 0;
    cell_text(text, b);
    count_lines(s, column, strbuf_str(b));
    if (b->n)
        s->xlsx->worksheet_write_string(s->ws, row, (lxw_col_t)column, b->s, f);
    else
        s->xlsx->worksheet_write_blank(s->ws, row, (lxw_col_t)column, f);
}

/* Where an item leads to, as a link of a workbook; false if nowhere. */
static bool make_link(Book *b, const Item *i)
{
    const Table *t = NULL;
    uint32_t row = 0;
    char name[SHEET_NAME + 1];
    b->link.n = 0;
    if (i->sort == ITEM_FILE) {
        strbuf_format(&b->link, "external:%s", i->file);
        return b->link.n < LINK_BYTES;
    }
    if (i->sort == ITEM_TABLE && !(t = dossier_table(b->d, i->file)))
        return false;
    if (i->sort != ITEM_TABLE && (i->sort != ITEM_ROW || !dossier_find(b->d, i->key, &t, &row) || row >= SHEET_ROWS))
        return false;
    sheet_name(t, name);
    strbuf_format(&b->link, "internal:'%s'!A%u", name, i->sort == ITEM_TABLE ? 1 : row + 2);
    return true;
}

static bool put_link(Sheet *s, uint32_t row, unsigned column, const Item *i)
{
    Book *b = s->b;
    if (s->links >= SHEET_LINKS || !i->n || !make_link(b, i))
        return false;
    b->text.n = 0;
    cell_text(item_text(i), &b->text);
    count_lines(s, column, strbuf_str(&b->text));
    s->links++;
    return s->xlsx->worksheet_write_url_opt(s->ws, row, (lxw_col_t)column, b->link.s, b->cell[STYLE_LINK][TONE_PLAIN],
                                            b->text.s, NULL) == LXW_NO_ERROR;
}

static void put_cell(Sheet *s, uint32_t row, unsigned column, const Item *items, uint32_t n)
{
    Book *b = s->b;
    int tone = cell_lacks(items, n) ? TONE_MISSING : (int)cell_tone(items, n);
    if (n == 1 && items->sort == ITEM_NUMBER && isfinite(items->number)) {
        s->xlsx->worksheet_write_number(s->ws, row, (lxw_col_t)column, items->number, b->cell[STYLE_NUMBER][tone]);
        return;
    }
    if (n == 1 && items->sort == ITEM_DATE && items->day >= FIRST_DAY) {
        s->xlsx->worksheet_write_number(s->ws, row, (lxw_col_t)column, (double)(items->day + DAY_ZERO),
                                        b->cell[STYLE_DATE][tone]);
        return;
    }
    if (n == 1 && put_link(s, row, column, items))
        return;
    b->words.n = 0;
    cell_words(items, n, "\n", true, &b->words);
    put_text(s, row, column, strbuf_str(&b->words), b->cell[STYLE_TEXT][tone]);
}

/* ---- sheets ---- */

static void put_header(Sheet *s, uint32_t row, const Column *columns, unsigned n)
{
    for (unsigned c = 0; c < n; c++)
        put_text(s, row, c, str_from(columns[c].title), s->b->header);
    end_row(s, row);
}

static void set_up(Sheet *s, const Column *columns, unsigned n, uint32_t header)
{
    unsigned width = 0;
    s->columns = columns;
    s->lines = 1;
    for (unsigned c = 0; c < n; c++)
        s->xlsx->worksheet_set_column(s->ws, (lxw_col_t)c, (lxw_col_t)c, width_of(&columns[c]) + 2, NULL);
    for (unsigned c = 0; c < n; c++)
        width += width_of(&columns[c]) + 2;
    s->xlsx->worksheet_set_landscape(s->ws);
    s->xlsx->worksheet_set_paper(s->ws, 9); /* A4 */
    s->xlsx->worksheet_fit_to_pages(s->ws, (uint16_t)(width / PAGE + 1), 0);
    s->xlsx->worksheet_repeat_rows(s->ws, header, header);
    s->xlsx->worksheet_set_footer(s->ws, "&L&A&RPage &P of &N");
    /* What a row of a wide table is about stays in sight, and on each page. */
    lxw_col_t kept = width <= PAGE ? 0 : width_of(&columns[0]) + width_of(&columns[1]) <= PAGE / 3 ? 2 : 1;
    s->xlsx->worksheet_freeze_panes(s->ws, header + 1, kept);
    if (kept)
        s->xlsx->worksheet_repeat_columns(s->ws, 0, (lxw_col_t)(kept - 1));
}

static void put_table(Book *b, const Table *t)
{
    char name[SHEET_NAME + 1];
    sheet_name(t, name);
    Sheet s = {.b = b, .xlsx = b->xlsx, .ws = b->xlsx->workbook_add_worksheet(b->book, name)};
    if (!s.ws)
        BUG("two tables have the same name");
    uint32_t rows = t->rows.n < SHEET_ROWS ? t->rows.n : SHEET_ROWS;
    set_up(&s, t->columns, t->ncolumns, 0);
    put_header(&s, 0, t->columns, t->ncolumns);
    for (uint32_t row = 0; row < rows; row++) {
        for (unsigned c = 0; c < t->ncolumns; c++) {
            uint32_t n;
            const Item *items = table_cell(t, row, c, &n);
            put_cell(&s, row + 1, c, items, n);
        }
        end_row(&s, row + 1);
    }
    if (rows)
        b->xlsx->worksheet_autofilter(s.ws, 0, 0, rows, (lxw_col_t)(t->ncolumns - 1));
    b->words.n = 0;
    if (!rows)
        strbuf_addz(&b->words, t->none);
    else if (rows < t->rows.n)
        strbuf_format(&b->words, "%u more rows: srmf/%s.csv holds all", t->rows.n - rows, t->key);
    if (b->words.n)
        put_text(&s, rows + 1, 0, strbuf_str(&b->words), b->note);
}

static const Column contents[] = {{"table", "Table", COLUMN_TEXT, 40},
                                  {"rows", "Rows", COLUMN_NUMBER, 8},
                                  {"missing", "Missing", COLUMN_NUMBER, 8},
                                  {"purpose", "What it is for", COLUMN_TEXT, 70},
                                  {"clauses", "Clauses it answers", COLUMN_TEXT, 40}};
enum { CONTENTS = sizeof contents / sizeof *contents, FACTS = 6 };

static void put_fact(Sheet *s, uint32_t row, const char *label, Str text)
{
    put_text(s, row, 0, str_from(label), s->b->heading);
    s->xlsx->worksheet_write_blank(s->ws, row, 1, s->b->cell[STYLE_TEXT][TONE_PLAIN]);
    s->xlsx->worksheet_write_blank(s->ws, row, 2, s->b->cell[STYLE_TEXT][TONE_PLAIN]);
    put_text(s, row, 3, text, s->b->cell[STYLE_TEXT][TONE_PLAIN]);
    end_row(s, row);
}

static Str system_title(const Dossier *d)
{
    ObjId whole = report_system(d->r);
    return whole ? obj_title(d->p, whole) : STR("A model without a system");
}

static void put_facts(Sheet *s)
{
    const Dossier *d = s->b->d;
    ObjId whole = report_system(d->r);
    StrBuf time = {0};
    if (d->r->clock >= 0)
        put_clock(d->r->clock, &time);
    put_fact(s, 0, "Security risk management file", system_title(d));
    put_fact(s, 1, "Version", prop_text(d->p, whole, "version"));
    put_fact(s, 2, "Written", time.n ? strbuf_str(&time) : STR("the time of writing is not part of this file"));
    put_fact(s, 3, "Written by", STR("cordon " CORDON_VERSION));
    put_fact(s, 4, "Hash of the model", d->r->model_hash);
    put_fact(s, 5, "Hash of the rules", d->r->rules_hash);
    strbuf_free(&time);
}

static void put_entry(Sheet *s, uint32_t row, const Table *t)
{
    Book *b = s->b;
    Item to = {.s = t->title, .n = (uint32_t)strlen(t->title), .sort = ITEM_TABLE, .file = t->key};
    put_cell(s, row, 0, &to, 1);
    s->xlsx->worksheet_write_number(s->ws, row, 1, t->rows.n, b->cell[STYLE_NUMBER][TONE_PLAIN]);
    s->xlsx->worksheet_write_number(s->ws, row, 2, t->missing,
                                    b->cell[STYLE_NUMBER][t->missing ? TONE_MISSING : TONE_PLAIN]);
    put_text(s, row, 3, str_from(t->purpose), b->cell[STYLE_TEXT][TONE_PLAIN]);
    b->words.n = 0;
    for (uint32_t i = 0; i < t->clauses.n; i++)
        strbuf_format(&b->words, "%s%.*s %.*s", i ? ", " : "", STR_FMT(t->clauses.at[i].standard),
                      STR_FMT(t->clauses.at[i].clause));
    put_text(s, row, 4, strbuf_str(&b->words), b->cell[STYLE_TEXT][TONE_PLAIN]);
    end_row(s, row);
}

static void put_contents(Book *b)
{
    Sheet s = {.b = b, .xlsx = b->xlsx, .ws = b->xlsx->workbook_add_worksheet(b->book, "Contents")};
    uint32_t row = FACTS + 2;
    set_up(&s, contents, CONTENTS, FACTS + 1);
    put_facts(&s);
    put_header(&s, FACTS + 1, contents, CONTENTS);
    for (Chapter c = 0; c < CHAPTER_COUNT; c++) {
        put_text(&s, row++, 0, str_from(chapter_titles[c]), b->heading);
        for (uint32_t i = 0; i < b->d->tables.n; i++)
            if (b->d->tables.at[i]->chapter == c)
                put_entry(&s, row++, b->d->tables.at[i]);
    }
    b->xlsx->worksheet_activate(s.ws);
}

/* ---- the file ---- */

/* No clock of this machine: a workbook made twice of the same is the same. */
static void put_properties(Book *b)
{
    enum { LONG_AGO = 315532800 }; /* 1980-01-01 */
    const Dossier *d = b->d;
    StrBuf title = {0}, comments = {0};
    cell_text(system_title(d), &title);
    strbuf_format(&comments, "Model %.*s, rules %.*s", STR_FMT(d->r->model_hash), STR_FMT(d->r->rules_hash));
    lxw_doc_properties p = {.title = title.s,
                            .subject = (char *)(uintptr_t) "Security risk management file",
                            .comments = comments.s,
                            .author = (char *)(uintptr_t)("cordon " CORDON_VERSION),
                            .created = d->r->clock > 0 ? (time_t)d->r->clock : LONG_AGO};
    b->xlsx->workbook_set_properties(b->book, &p);
    strbuf_free(&title);
    strbuf_free(&comments);
}

/* Writes the workbook to a file of its own; 0, or why not. */
static int write_book(const Dossier *d, const Xlsx *xlsx, const char *path)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .use_zip64 = LXW_FALSE};
    Book b = {.d = d, .xlsx = xlsx, .book = xlsx->workbook_new_opt(path, &options)};
    if (!b.book)
        die_memory();
    errno = 0;
    make_formats(&b);
    put_properties(&b);
    put_contents(&b);
    for (Chapter c = 0; c < CHAPTER_COUNT; c++)
        for (uint32_t i = 0; i < d->tables.n; i++)
            if (d->tables.at[i]->chapter == c)
                put_table(&b, d->tables.at[i]);
    bool ok = xlsx->workbook_close(b.book) == LXW_NO_ERROR;
    int why = errno;
    strbuf_free(&b.words);
    strbuf_free(&b.text);
    strbuf_free(&b.link);
    return ok ? 0 : why ? why : EIO;
}

static void copy_file(FILE *from, Out *out)
{
    char buffer[1 << 16];
    for (size_t n; out_ok(out) && (n = fread(buffer, 1, sizeof buffer, from)) > 0;)
        out_str(out, (Str){buffer, n});
    if (ferror(from) && out_ok(out))
        out->error = EIO;
}

void emit_srmf_xlsx(const Dossier *d, Out *out)
{
    Xlsx xlsx;
    if (!xlsx_open(&xlsx)) {
        out_refuse(out, "the library " XLSX_LIBRARY " cannot be loaded");
        return;
    }
    const char *dir = getenv("TMPDIR");
    Arena arena = {0};
    char *path = str_z(&arena, str_format(&arena, "%s/cordon-XXXXXX", dir && *dir ? dir : "/tmp"));
    int fd = mkstemp(path);
    if (fd >= 0)
        close(fd);
    int why = fd >= 0 ? write_book(d, &xlsx, path) : errno;
    FILE *made = why ? NULL : fopen(path, "rb");
    if (made) {
        copy_file(made, out);
        fclose(made);
    } else {
        out->error = why ? why : errno;
    }
    if (fd >= 0)
        unlink(path);
    arena_free(&arena);
    xlsx_close(&xlsx);
}
