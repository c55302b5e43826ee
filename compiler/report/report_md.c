/* The review document as Markdown: CommonMark with tables. Requires a Doc that report.c fills; every text passes
 * put_md. */
#include "emit/escape.h"
#include "report/report.h"

static void md_line(Doc *d)
{
    if (!d->fresh)
        out_char(d->out, '\n');
    d->fresh = true;
}

static void md_blank(Doc *d)
{
    md_line(d);
    out_char(d->out, '\n');
}

static void md_begin(Doc *d, Str title)
{
    out_z(d->out, "# ");
    put_md(d->out, title);
    out_z(d->out, "\n\n");
    d->fresh = true;
}

static void md_end(Doc *d)
{
    md_line(d);
}

/* put_md folds blanks at the ends of a text; parts of a line keep the one that joins them. */
static void md_part(Doc *d, Str s)
{
    if (!s.n)
        return;
    bool before = s.s[0] == ' ', after = s.n > 1 && s.s[s.n - 1] == ' ';
    if (before)
        out_char(d->out, ' ');
    put_md(d->out, s);
    if (after)
        out_char(d->out, ' ');
    d->fresh = false;
}

static void md_anchor(Doc *d, Str id)
{
    out_z(d->out, d->spans ? "<span id=\"" : "<a id=\"");
    put_html(d->out, id);
    out_z(d->out, d->spans ? "\"></span>" : "\"></a>");
    d->fresh = false;
}

static void md_heading(Doc *d, unsigned level, Str anchor, Str title)
{
    md_line(d);
    static const char marks[] = "######";
    out_format(d->out, "\n%.*s ", (int)level, marks);
    md_anchor(d, anchor);
    put_md(d->out, title);
    out_z(d->out, "\n\n");
    d->fresh = true;
}

static void md_open(Doc *d, DocBlock block)
{
    switch (block) {
    case DOC_ITEM:
        md_line(d);
        out_format(d->out, "%*s- ", (int)(d->depth - 1) * 2, "");
        d->fresh = false;
        return;
    case DOC_LIST:
        md_line(d);
        d->depth++;
        return;
    case DOC_FACTS:
        md_line(d);
        d->depth++;
        return;
    case DOC_ROW:
        out_char(d->out, '|');
        d->fresh = false;
        return;
    case DOC_CELL: out_char(d->out, ' '); return;
    case DOC_PARA:
    case DOC_FACT:
    case DOC_TABLE:
    case DOC_CARD: return;
    }
}

static void md_close(Doc *d, DocBlock block)
{
    switch (block) {
    case DOC_PARA: md_blank(d); return;
    case DOC_LIST:
    case DOC_FACTS:
        md_line(d);
        if (--d->depth == 0)
            out_char(d->out, '\n');
        return;
    case DOC_ROW:
        out_char(d->out, '\n');
        d->fresh = true;
        return;
    case DOC_CELL: out_z(d->out, " |"); return;
    case DOC_TABLE:
        out_char(d->out, '\n');
        d->fresh = true;
        return;
    case DOC_ITEM:
    case DOC_FACT: md_line(d); return;
    case DOC_CARD: return;
    }
}

static void md_table(Doc *d, const char *const *columns, unsigned n)
{
    md_line(d);
    out_char(d->out, '|');
    for (unsigned i = 0; i < n; i++) {
        out_char(d->out, ' ');
        put_md(d->out, str_from(columns[i] + (columns[i][0] == '#')));
        out_z(d->out, " |");
    }
    out_z(d->out, "\n|");
    for (unsigned i = 0; i < n; i++) {
        unsigned dashes = d->widths && d->widths[i] > 3 ? d->widths[i] : 3; /* pandoc takes them for widths */
        out_char(d->out, ' ');
        for (unsigned k = 0; k < dashes; k++)
            out_char(d->out, '-');
        out_z(d->out, columns[i][0] == '#' ? ": |" : " |");
    }
    out_char(d->out, '\n');
    d->fresh = true;
}

static void md_text(Doc *d, DocInline style, Str s)
{
    static const char *const marks[] = {"", "**", "", "*", ""};
    if (!s.n)
        return;
    if (style == DOC_PLAIN) {
        md_part(d, s);
        return;
    }
    if (style == DOC_SMALL)
        out_char(d->out, '(');
    out_z(d->out, marks[style]);
    put_md(d->out, s);
    out_z(d->out, marks[style]);
    if (style == DOC_SMALL)
        out_char(d->out, ')');
    d->fresh = false;
}

static void md_fact(Doc *d, Str label)
{
    md_line(d);
    out_format(d->out, "%*s- **", (int)(d->depth - 1) * 2, "");
    put_md(d->out, label);
    out_z(d->out, ":** ");
    d->fresh = false;
}

static void md_link(Doc *d, Str anchor, Str text)
{
    out_char(d->out, '[');
    put_md(d->out, text);
    out_z(d->out, "](#");
    put_fragment(d->out, anchor);
    out_char(d->out, ')');
    d->fresh = false;
}

/* Of a path as links have it: nothing that ends one, and no way out of the folder. */
static void md_file(Doc *d, Str path, Str text)
{
    out_char(d->out, '[');
    put_md(d->out, text);
    out_z(d->out, "](");
    put_path(d->out, path);
    out_char(d->out, ')');
    d->fresh = false;
}

static void md_divide(Doc *d)
{
    out_z(d->out, " \xC2\xB7 ");
}

static void md_badge(Doc *d, const char *class, Str text)
{
    (void)class;
    put_md(d->out, text);
    d->fresh = false;
}

static void md_mark(Doc *d, Str anchor, Str sign, Str meaning)
{
    (void)anchor;
    (void)meaning;
    md_part(d, sign);
}

static void md_card(Doc *d, const DocCard *card)
{
    md_heading(d, 4, card->id, card->title);
    out_z(d->out, "**");
    put_md(d->out, card->verdict);
    if (card->severity.n) {
        out_z(d->out, " \xC2\xB7 ");
        put_md(d->out, card->severity);
    }
    out_z(d->out, "** \xC2\xB7 ");
    put_md(d->out, card->id);
    out_z(d->out, "\n\n");
}

/* Set as a quotation, so that headings and rules in it stay its own. */
static void md_prose(Doc *d, Str text)
{
    md_line(d);
    char *harmless = prose_markdown(text), *at = harmless;
    while (*at) {
        size_t n = strcspn(at, "\n");
        out_str(d->out, (Str){n ? "> " : ">", n ? 2u : 1u});
        out_str(d->out, (Str){at, n});
        out_char(d->out, '\n');
        at += n + (at[n] == '\n');
    }
    out_char(d->out, '\n');
    free(harmless);
    d->fresh = true;
}

static void md_picture(Doc *d, const Picture *picture)
{
    md_heading(d, 4, str_format(d->arena, "diagram.%.*s", STR_FMT(picture->view->name)), picture->view->title);
    out_z(d->out, "![");
    put_md(d->out, picture->view->title);
    out_format(d->out, "](diagrams/%.*s.svg)\n\n", STR_FMT(picture->view->name));
    put_md(d->out, picture->view->scope);
    out_z(d->out, "\n\n");
    d->fresh = true;
}

const DocFormat doc_markdown = {
    .begin = md_begin,
    .end = md_end,
    .heading = md_heading,
    .open = md_open,
    .close = md_close,
    .table = md_table,
    .fact = md_fact,
    .card = md_card,
    .text = md_text,
    .link = md_link,
    .file = md_file,
    .anchor = md_anchor,
    .divide = md_divide,
    .badge = md_badge,
    .mark = md_mark,
    .prose = md_prose,
    .picture = md_picture,
};

void emit_report_md(const Report *r, const Pictures *pictures, Out *out)
{
    report_write(r, pictures, out, &doc_markdown);
}
