/* The escapers of Markdown, HTML, CSV, XML and the terminal, and prose: hostile text comes out as plain, visible
 * text. */
#include "report/doc.h"
#include "emit/escape.h"
#include "support.h"

typedef enum Format { MD, HTML, CSV, XML, TERM } Format;
static void (*const put[])(Out *, Str) = {put_md, put_html, put_csv, put_xml, put_term};

static const struct {
    Format format;
    const char *text, *wanted;
} rows[] = {
    {MD, "plain text", "plain text"},
    {MD, "a|b", "a&#124;b"},
    {MD, "<script>", "&lt;script&gt;"},
    {MD, "*bold* _em_ `code`", "\\*bold\\* \\_em\\_ \\`code\\`"},
    {MD, "snake_case_name", "snake_case_name"},
    {MD, "[x](y) ![p](q)", "\\[x\\](y) !\\[p\\](q)"},
    {MD, "# heading", "\\# heading"},
    {MD, "- item", "\\- item"},
    {MD, "1. first", "1\\. first"},
    {MD, "3.2", "3.2"},
    {MD, "two\nlines\tand  blanks ", "two lines and blanks"},
    {MD, "http://x", "http\\://x"},
    {MD,
     "\xE2\x80\xAE"
     "gnp",
     "\\\\u{202E}gnp"},
    {HTML, "<a href=\"x\" title='y'>&", "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;"},
    {HTML, "\x1b[31m", "\\u{1B}[31m"},
    {HTML, "\xE2\x80\xAE", "\\u{202E}"},
    {HTML,
     "\xEF\xBB\xBF"
     "a\xC2\xAD"
     "b",
     "\\u{FEFF}a\\u{AD}b"},
    {HTML, "gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
    {CSV, "plain", "\"plain\""},
    {CSV, "say \"hi\", now", "\"say \"\"hi\"\", now\""},
    {CSV, "=1+1", "\"'=1+1\""},
    {CSV, "+1", "\"'+1\""},
    {CSV, "-1", "\"'-1\""},
    {CSV, "@SUM(A1)", "\"'@SUM(A1)\""},
    {CSV, "\t=1", "\"' =1\""},
    {CSV, "  =1", "\"'  =1\""},
    {CSV,
     "\xEF\xBC\x9D"
     "1",
     "\"'\xEF\xBC\x9D"
     "1\""},
    {CSV, "a\nb", "\"a b\""},
    {CSV, "a=b", "\"a=b\""},
    {XML, "<a b='c'>&\"", "&lt;a b=&apos;c&apos;&gt;&amp;&quot;"},
    {XML, "a\nb\tc", "a&#10;b&#9;c"},
    {XML, "\xEF\xBF\xBE", "\\u{FFFE}"},
    {XML, "\x01", "\\u{1}"},
    {TERM, "\x1b]0;title\x07", "\\u{1B}]0;title\\u{7}"},
    {TERM, "a\r\nb", "a\\u{D} b"},
    {TERM,
     "\xC2\x9B"
     "31m",
     "\\u{9B}31m"},
    {TERM, "a\tb", "a\tb"},
    {TERM, "\x9B\xFF", "\\x{9B}\\x{FF}"},
    {TERM, "\xED\xA0\x80", "\\x{ED}\\x{A0}\\x{80}"},
};

ParameterizedTestParameters(escape, rows)
{
    static size_t index[sizeof rows / sizeof *rows];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        index[i] = i;
    return cr_make_param_array(size_t, index, sizeof rows / sizeof *rows);
}

ParameterizedTest(size_t *i, escape, rows)
{
    Out out;
    out_memory(&out);
    put[rows[*i].format](&out, str_from(rows[*i].text));
    cr_expect(str_eq(out_text(&out), str_from(rows[*i].wanted)), "row %zu: got |%.*s|, wanted |%s|", *i,
              STR_FMT(out_text(&out)), rows[*i].wanted);
    out_discard(&out);
}

/* Every byte and every character that can hide: none passes any escaper. */
Test(escape, nothing_hidden_passes)
{
    for (uint32_t c = 1; c < 0x10FFFF; c += c < 0x3000 ? 1 : 61) {
        if (!escape_hidden(c) || (c >= 0xD800 && c < 0xE000))
            continue;
        char text[5] = {0};
        if (c < 0x80)
            text[0] = (char)c;
        else if (c < 0x800)
            text[0] = (char)(0xC0 | c >> 6), text[1] = (char)(0x80 | (c & 63));
        else if (c < 0x10000)
            text[0] = (char)(0xE0 | c >> 12), text[1] = (char)(0x80 | (c >> 6 & 63)), text[2] = (char)(0x80 | (c & 63));
        else
            text[0] = (char)(0xF0 | c >> 18), text[1] = (char)(0x80 | (c >> 12 & 63)),
            text[2] = (char)(0x80 | (c >> 6 & 63)), text[3] = (char)(0x80 | (c & 63));
        for (size_t f = 0; f < sizeof put / sizeof *put; f++) {
            StrBuf around = {0};
            Out out;
            strbuf_format(&around, "a%sb", text);
            out_memory(&out);
            put[f](&out, strbuf_str(&around));
            strbuf_char((StrBuf *)&out.memory, 0);
            cr_expect(c == '\r' || !strstr(out.memory.s, text), "U+%04X passes format %zu", (unsigned)c, f);
            out_discard(&out);
            strbuf_free(&around);
        }
    }
}

Test(escape, fragments)
{
    Out out;
    out_memory(&out);
    put_fragment(&out, STR("stride.S03@FL-01,x y\"<\xC3\xBC"));
    cr_expect(str_eq(out_text(&out), STR("stride.S03@FL-01,x%20y%22%3C%C3%BC")), "%.*s", STR_FMT(out_text(&out)));
    out_discard(&out);
}

static const struct {
    const char *text, *html, *markdown;
} prose[] = {
    {"Rests on **AM-02**.", "<p>Rests on <strong>AM-02</strong>.</p>\n", "Rests on **AM-02**.\n"},
    {"a <script>alert(1)</script> b", "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>\n", NULL},
    {"<div onclick=x>\nhi\n</div>", "<p>&lt;div onclick=x&gt;\nhi\n&lt;/div&gt;\n</p>\n", NULL},
    {"![p](http://h/x.png)", "<p><a href=\"http://h/x.png\">p</a></p>\n", "[p](http://h/x.png)\n"},
    {"[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n", NULL},
    {"a\xE2\x80\xAE"
     "b",
     "<p>a\\u{202E}b</p>\n", NULL},
    {"", "", ""},
};

Test(escape, prose_of_people)
{
    for (size_t i = 0; i < sizeof prose / sizeof *prose; i++) {
        char *html = prose_html(str_from(prose[i].text)), *markdown = prose_markdown(str_from(prose[i].text));
        cr_expect_str_eq(html, prose[i].html, "row %zu", i);
        if (prose[i].markdown)
            cr_expect(str_starts(str_from(markdown), str_from(prose[i].markdown)) || !prose[i].markdown[0],
                      "row %zu: %s", i, markdown);
        for (const char *at = markdown; (at = strchr(at, '<')); at++)
            cr_expect(at > markdown && at[-1] == '\\', "row %zu: %s", i, markdown);
        free(html);
        free(markdown);
    }
}

/* Many pictures and much markup in one text: the time grows with the text, not with its square. */
Test(escape, much_prose, .timeout = 10)
{
    StrBuf b = {0};
    for (int i = 0; i < 60000; i++)
        strbuf_addz(&b, "![a](b)<i>\n");
    char *html = prose_html(strbuf_str(&b));
    cr_expect(!strstr(html, "<img") && !strstr(html, "<i>"));
    free(html);
    strbuf_free(&b);
}

/* Blocks are looked through at once, and the last may overlap the one before: a mark is found wherever it stands. */
Test(escape, whatever_stands_anywhere_is_found)
{
    char text[70];
    const char marks[] = {'"', '\\', '\n', 0x1F, 0x7F, (char)0x80, (char)0xFF};
    for (size_t n = 1; n < sizeof text; n++) {
        memset(text, 'a', n);
        cr_expect(escape_all_plain(text, n));
        for (size_t at = 0; at < n; at++)
            for (size_t m = 0; m < sizeof marks; m++) {
                text[at] = marks[m];
                cr_expect_not(escape_all_plain(text, n));
                cr_expect_eq(escape_plain(text, n), at);
                text[at] = 'a';
            }
    }
    cr_expect(escape_all_plain("", 0));
}
