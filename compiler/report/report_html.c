/* The review document as one HTML file: it needs no network and no script, fetches nothing (and a policy in it says
 * so to the browser), prints with each diagram whole on a page. Requires a Doc that report.c fills; every text passes
 * put_html. The table of contents comes before what it lists, so the body is held until it is complete. */
#include "emit/escape.h"
#include "report/report.h"
#include "report/report_style.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>

/* A line of the table of contents. */
typedef struct Heading {
    unsigned level;
    Str anchor, title;
} Heading;

typedef struct Html {
    Out *file, body; /* what is written goes to the body first */
    Vec(Heading) headings;
    Str title;
    bool numeric[32]; /* columns of the table being written */
    unsigned column;
    bool pictured; /* a picture with the shared style is there already */
} Html;

static Html *state(Doc *d)
{
    return d->state;
}

static void html_begin(Doc *d, Str title)
{
    Html *h = NEW(d->arena, Html);
    h->file = d->out;
    h->title = str_copy(d->arena, title);
    out_memory(&h->body);
    d->out = &h->body;
    d->state = h;
}

/* The policy: nothing is loaded from anywhere, and no script runs but the one written here, named by its hash. */
static void put_policy(Out *out)
{
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];
    sha256_init(&sha);
    sha256_update(&sha, sizeof report_script - 1, (const uint8_t *)report_script);
    sha256_digest(&sha, sizeof digest, digest);
    base64_encode_raw(text, sizeof digest, digest);
    out_z(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
               "script-src 'sha256-");
    out_str(out, (Str){text, sizeof text});
    out_z(out, "'; base-uri 'none'; form-action 'none'\">\n");
}

static void put_contents(Out *out, const Html *h)
{
    out_z(out, "<nav aria-label=\"Contents\"><ol>\n");
    for (uint32_t i = 0; i < h->headings.n; i++) {
        const Heading *e = &h->headings.at[i];
        out_format(out, "<li class=\"n%u\"><a href=\"#", e->level);
        put_fragment(out, e->anchor);
        out_z(out, "\">");
        put_html(out, e->title);
        out_z(out, "</a></li>\n");
    }
    out_z(out, "</ol></nav>\n");
}

static void html_end(Doc *d)
{
    Html *h = state(d);
    Out *out = h->file;
    out_z(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put_policy(out);
    out_z(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"generator\" "
               "content=\"cordon " CORDON_VERSION "\">\n<title>");
    put_html(out, h->title);
    out_z(out, "</title>\n<style>\n");
    out_z(out, report_css_page);
    out_z(out, report_css_parts);
    out_z(out, d->style ? d->style : "");
    out_z(out, "</style>\n</head>\n<body>\n");
    put_contents(out, h);
    out_z(out, "<main>\n<h1>");
    put_html(out, h->title);
    out_z(out, "</h1>\n");
    out_str(out, out_text(&h->body));
    out_z(out, "</main>\n<script>");
    out_z(out, report_script);
    out_z(out, "</script>\n</body>\n</html>\n");
    out_discard(&h->body);
    vec_free(&h->headings);
    d->out = out;
}

static void put_id(Doc *d, Str id)
{
    out_z(d->out, " id=\"");
    put_html(d->out, id);
    out_char(d->out, '"');
}

static void html_heading(Doc *d, unsigned level, Str anchor, Str title)
{
    Html *h = state(d);
    bool listed =
        str_starts(anchor, STR("threats.")) || str_starts(anchor, STR("rules.")); /* in a table of their own */
    if (level <= 3 && !listed)
        vec_push(&h->headings, (Heading){level, str_copy(d->arena, anchor), str_copy(d->arena, title)});
    bool first = level == 2 && h->headings.n == 1;
    out_format(d->out, first ? "<h%u class=\"first\"" : "<h%u", level);
    put_id(d, anchor);
    out_char(d->out, '>');
    put_html(d->out, title);
    out_format(d->out, "</h%u>\n", level);
}

static void html_open(Doc *d, DocBlock block)
{
    static const char *const tags[] = {
        [DOC_PARA] = "<p>", [DOC_LIST] = "<ul>\n", [DOC_ITEM] = "<li>", [DOC_FACTS] = "<dl>\n", [DOC_FACT] = "",
        [DOC_TABLE] = "",   [DOC_ROW] = "<tr>",    [DOC_CELL] = "<td>", [DOC_CARD] = "",
    };
    Html *h = state(d);
    if (block == DOC_ROW)
        h->column = 0;
    bool number = block == DOC_CELL && h->column < sizeof h->numeric && h->numeric[h->column];
    out_z(d->out, number ? "<td class=\"num\">" : tags[block]);
    h->column += block == DOC_CELL;
}

static void html_close(Doc *d, DocBlock block)
{
    static const char *const tags[] = {
        [DOC_PARA] = "</p>\n",   [DOC_LIST] = "</ul>\n", [DOC_ITEM] = "</li>\n",
        [DOC_FACTS] = "</dl>\n", [DOC_FACT] = "</dd>\n", [DOC_TABLE] = "</tbody></table></div>\n",
        [DOC_ROW] = "</tr>\n",   [DOC_CELL] = "</td>",   [DOC_CARD] = "</article>\n",
    };
    out_z(d->out, tags[block]);
}

static void html_table(Doc *d, const char *const *columns, unsigned n)
{
    Html *h = state(d);
    unsigned sum = 0;
    for (unsigned i = 0; d->widths && i < n; i++)
        sum += d->widths[i];
    out_z(d->out, sum ? "<div class=\"scroll\"><table class=\"set\">" : "<div class=\"scroll\"><table>");
    for (unsigned i = 0; i < n && sum; i++)
        out_format(d->out, "<col style=\"width:%u%%\">", (d->widths[i] * 100 + sum / 2) / sum);
    out_z(d->out, "<thead><tr>");
    for (unsigned i = 0; i < n; i++) {
        bool number = columns[i][0] == '#';
        if (i < sizeof h->numeric)
            h->numeric[i] = number;
        out_z(d->out, number ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">");
        put_html(d->out, str_from(columns[i] + number));
        out_z(d->out, "</th>");
    }
    out_z(d->out, "</tr></thead><tbody>\n");
}

static void html_fact(Doc *d, Str label)
{
    out_z(d->out, "<dt>");
    put_html(d->out, label);
    out_z(d->out, "</dt><dd>");
}

static void put_badge(Doc *d, const char *class, Str text)
{
    out_format(d->out, "<span class=\"badge %s\">", class);
    put_html(d->out, text);
    out_z(d->out, "</span>");
}

static void put_link(Doc *d, Str anchor, Str text)
{
    out_z(d->out, "<a href=\"#");
    put_fragment(d->out, anchor);
    out_z(d->out, "\">");
    put_html(d->out, text);
    out_z(d->out, "</a>");
}

static void html_file(Doc *d, Str path, Str text)
{
    out_z(d->out, "<a href=\"");
    put_path(d->out, path);
    out_z(d->out, "\">");
    put_html(d->out, text);
    out_z(d->out, "</a>");
}

static void html_more(Doc *d, unsigned columns)
{
    out_format(d->out, "</tr>\n<tr class=\"more\"><td colspan=\"%u\">", columns);
}

static void html_divide(Doc *d)
{
    out_z(d->out, " \xC2\xB7 ");
}

static void html_mark(Doc *d, Str anchor, Str sign, Str meaning)
{
    out_z(d->out, anchor.n ? "<a href=\"#" : "<span");
    if (anchor.n) {
        put_fragment(d->out, anchor);
        out_char(d->out, '"');
    }
    out_z(d->out, " class=\"mark\" title=\"");
    put_html(d->out, meaning);
    out_z(d->out, "\">");
    put_html(d->out, sign);
    out_z(d->out, anchor.n ? "</a>" : "</span>");
}

static void put_data(Doc *d, const char *name, Str value)
{
    out_format(d->out, " data-%s=\"", name);
    put_html(d->out, value);
    out_char(d->out, '"');
}

static void html_card(Doc *d, const DocCard *card)
{
    out_format(d->out, "<article class=\"%s %s\"", card->severity_class, card->verdict_class);
    put_id(d, card->id);
    put_data(d, "verdict", str_from(card->verdict_class));
    put_data(d, "severity", card->severity);
    put_data(d, "categories", card->categories);
    out_z(d->out, ">\n<header><h4>");
    put_html(d->out, card->title);
    out_z(d->out, "</h4><p>");
    if (card->severity.n)
        put_badge(d, card->severity_class, card->severity);
    out_char(d->out, ' ');
    put_badge(d, card->verdict_class, card->verdict);
    out_char(d->out, ' ');
    put_link(d, card->id, card->id);
    out_z(d->out, "</p></header>\n");
}

static void html_text(Doc *d, DocInline style, Str s)
{
    static const char *const before[] = {"", "<strong>", "<code>", "<span class=\"missing\">",
                                         "<span class=\"small\">"};
    static const char *const after[] = {"", "</strong>", "</code>", "</span>", "</span>"};
    if (!s.n)
        return;
    out_z(d->out, before[style]);
    put_html(d->out, s);
    out_z(d->out, after[style]);
}

static void html_anchor(Doc *d, Str id)
{
    out_z(d->out, "<span");
    put_id(d, id);
    out_z(d->out, "></span>");
}

static void html_prose(Doc *d, Str text)
{
    char *html = prose_html(text);
    out_z(d->out, "<blockquote class=\"people\">\n");
    out_z(d->out, html);
    out_z(d->out, "</blockquote>\n");
    free(html);
}

/* Whether a page is better turned for the picture: it says its size in its first line. */
static bool is_wide(Str svg)
{
    unsigned width = 0, height = 0;
    for (size_t i = 0; i < svg.n && svg.s[i] != '\n'; i++) {
        Str rest = str_slice(svg, i, svg.n);
        if (!width && str_starts(rest, STR(" width=\"")))
            width = (unsigned)strtoul(svg.s + i + 8, NULL, 10);
        if (!height && str_starts(rest, STR(" height=\"")))
            height = (unsigned)strtoul(svg.s + i + 9, NULL, 10);
    }
    return width > height * 5 / 4;
}

/* The picture itself, under its title. Its links lead within this document, and the style that all pictures share is
 * written once. */
static void html_picture(Doc *d, const Picture *picture)
{
    static const Str outside = {"href=\"../report.html#", 21};
    Html *h = state(d);
    Str svg = picture->svg;
    out_z(d->out, is_wide(svg) ? "<section class=\"diagram wide\">\n" : "<section class=\"diagram\">\n");
    html_heading(d, 4, str_format(d->arena, "diagram.%.*s", STR_FMT(picture->view->name)), picture->view->title);
    out_z(d->out, "<figure>\n");
    for (size_t i = 0, end; i < svg.n; i = end) {
        for (end = i; end < svg.n && svg.s[end] != '\n';)
            end++;
        end += end < svg.n;
        Str line = str_slice(svg, i, end);
        bool shared = str_starts(line, STR("<style>")) || str_starts(line, STR("<defs>"));
        if (shared && h->pictured)
            continue;
        size_t from = 0;
        for (size_t k = 0; k + outside.n <= line.n; k++) {
            if (line.s[k] != 'h' || !str_starts(str_slice(line, k, line.n), outside))
                continue;
            out_str(d->out, str_slice(line, from, k));
            out_z(d->out, "href=\"#");
            from = k + outside.n;
        }
        out_str(d->out, str_slice(line, from, line.n));
    }
    h->pictured = true;
    out_z(d->out, "</figure>\n</section>\n");
}

const DocFormat doc_html = {
    .begin = html_begin,
    .end = html_end,
    .heading = html_heading,
    .open = html_open,
    .close = html_close,
    .table = html_table,
    .fact = html_fact,
    .card = html_card,
    .text = html_text,
    .link = put_link,
    .file = html_file,
    .anchor = html_anchor,
    .divide = html_divide,
    .more = html_more,
    .badge = put_badge,
    .mark = html_mark,
    .prose = html_prose,
    .picture = html_picture,
};

void emit_report_html(const Report *r, const Pictures *pictures, Out *out)
{
    report_write(r, pictures, out, &doc_html);
}
