/* The text escapers, one a format, and the only way user text reaches Markdown, HTML, CSV, XML and the terminal.
 * Titles and names come from people who may be hostile: markup, formulas, terminal sequences and direction marks must
 * all come out as plain, visible text. Requires nothing; leaves every control and direction character in the form
 * \u{202E}. */
#include "emit/emit.h"
#include "emit/escape.h"
#include "syntax/unicode.h"

size_t escape_next(Str s, size_t i, uint32_t *c)
{
    unsigned char b = (unsigned char)s.s[i];
    *c = b;
    if (b < 0x80)
        return 1;
    size_t n = b >= 0xF0 && b < 0xF5 ? 4 : b >= 0xE0 && b < 0xF0 ? 3 : b >= 0xC2 && b < 0xE0 ? 2 : 0;
    *c = (uint32_t)ESCAPE_BAD + b;
    if (!n || s.n - i < n)
        return 1;
    uint32_t v = b & (0x7Fu >> n);
    for (size_t k = 1; k < n; k++) {
        unsigned char more = (unsigned char)s.s[i + k];
        if ((more & 0xC0) != 0x80)
            return 1;
        v = v << 6 | (more & 0x3F);
    }
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (v < least[n] || v > 0x10FFFF || (v >= 0xD800 && v < 0xE000))
        return 1;
    *c = v;
    return n;
}

bool escape_hidden(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return false;
    bool nobody = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); /* noncharacters, which XML refuses */
    return c == '\r' || c >= ESCAPE_BAD || nobody || unicode_is_invisible(c);
}

void escape_show(uint32_t c, char out[16])
{
    if (c >= ESCAPE_BAD)
        snprintf(out, 16, "\\x{%02X}", (unsigned)(c - ESCAPE_BAD));
    else
        snprintf(out, 16, "\\u{%X}", (unsigned)c);
}

/* Writes the character at `i` as it is, or its visible form. Returns its bytes. */
static size_t put_character(Out *out, Str s, size_t i)
{
    uint32_t c;
    size_t n = escape_next(s, i, &c);
    if (escape_hidden(c)) {
        char shown[16];
        escape_show(c, shown);
        out_z(out, shown);
    } else {
        out_put(out, s.s + i, n);
    }
    return n;
}

/* HTML and XML: what `markup` gives for an ASCII character replaces it. */
static void put_marked(Out *out, Str s, const char *(*markup)(char c))
{
    for (size_t i = 0; i < s.n;) {
        size_t plain = i;
        while (plain < s.n && (unsigned char)s.s[plain] >= 0x20 && (unsigned char)s.s[plain] < 0x7F &&
               !markup(s.s[plain]))
            plain++;
        out_put(out, s.s + i, plain - i);
        if ((i = plain) == s.n)
            return;
        const char *as = markup(s.s[i]);
        if (as)
            out_z(out, as);
        i += as ? 1 : put_character(out, s, i);
    }
}

static const char *html_markup(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '`': return "&#96;"; /* an attribute quote to some old browsers */
    default: return NULL;
    }
}

static const char *xml_markup(char c)
{
    switch (c) {
    case '\n': return "&#10;"; /* else attribute values lose it */
    case '\t': return "&#9;";
    case '\'': return "&apos;";
    case '`': return NULL;
    default: return html_markup(c);
    }
}

void put_html(Out *out, Str s)
{
    put_marked(out, s, html_markup);
}

void put_xml(Out *out, Str s)
{
    put_marked(out, s, xml_markup);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(Str s, size_t i)
{
    if (i >= s.n)
        return false;
    unsigned char c = (unsigned char)s.s[i];
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* What CommonMark needs before or instead of the character at `i`; NULL if it stands for itself. Pipes, angle
 * brackets and ampersands become references: no two readers of tables agree on a backslash before them. */
static const char *md_markup(Str s, size_t i, bool start)
{
    switch (s.s[i]) {
    case '|': return "&#124;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '\\': return "\\\\";
    case '`': return "\\`";
    case '*': return "\\*";
    case '[': return "\\[";
    case ']': return "\\]";
    case '~': return "\\~";
    case '^': return "\\^";
    case '$': return "\\$";
    case '_': return i > 0 && is_word(s, i - 1) && is_word(s, i + 1) ? NULL : "\\_";
    case '#': return start ? "\\#" : NULL;
    case '+': return start ? "\\+" : NULL;
    case '-': return start ? "\\-" : NULL;
    case '=': return start ? "\\=" : NULL;
    case ':': return i + 2 < s.n && s.s[i + 1] == '/' && s.s[i + 2] == '/' ? "\\:" : NULL; /* no bare links */
    default: return NULL;
    }
}

/* "3." or "3)" at the start of a line begins a list. */
static bool ends_list_number(Str s, size_t i)
{
    if (i == 0 || i > 9 || (s.s[i] != '.' && s.s[i] != ')') || (i + 1 < s.n && !is_blank(s.s[i + 1])))
        return false;
    for (size_t k = 0; k < i; k++)
        if (s.s[k] < '0' || s.s[k] > '9')
            return false;
    return true;
}

/* Whether the character stands for itself; not said of every one that does. At the start of a line many mean something. */
static bool is_md_plain(Str s, size_t i)
{
    enum { START = 10 };
    unsigned char c = (unsigned char)s.s[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    if (c == ' ')
        return i + 1 < s.n && !is_blank(s.s[i + 1]);
    if (i < START)
        return false;
    switch (c) {
    case '.':
    case ',':
    case ';':
    case '-':
    case '+':
    case '=':
    case '/':
    case '(':
    case ')':
    case '\'':
    case '"': return true;
    default: return false;
    }
}

void put_md(Out *out, Str s)
{
    while (s.n && is_blank(s.s[0]))
        s = str_slice(s, 1, s.n);
    while (s.n && is_blank(s.s[s.n - 1]))
        s = str_slice(s, 0, s.n - 1);
    for (size_t i = 0; i < s.n;) {
        size_t plain = i;
        while (plain < s.n && is_md_plain(s, plain))
            plain++;
        out_put(out, s.s + i, plain - i);
        if ((i = plain) == s.n)
            return;
        if (is_blank(s.s[i])) {
            out_char(out, ' ');
            while (is_blank(s.s[i]))
                i++;
            continue;
        }
        if (ends_list_number(s, i))
            out_char(out, '\\');
        const char *as = md_markup(s, i, i == 0);
        if (as)
            out_z(out, as);
        uint32_t c;
        escape_next(s, i, &c);
        if (!as && escape_hidden(c))
            out_char(out, '\\'); /* of \u{...} */
        i += as ? 1 : put_character(out, s, i);
    }
}

/* Spreadsheets take a cell that starts so for a formula, in full width too. */
static bool starts_formula(Str s)
{
    size_t i = 0;
    while (i < s.n && (is_blank(s.s[i]) || s.s[i] == '\'' || s.s[i] == '"'))
        i++;
    if (i == s.n)
        return false;
    uint32_t c;
    escape_next(s, i, &c);
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '|' || c == '%' || c == 0xFF1D || c == 0xFF0B ||
           c == 0xFF0D || c == 0xFF20 || (i > 0 && s.s[0] == '\t');
}

void put_csv(Out *out, Str s)
{
    out_char(out, '"');
    if (starts_formula(s))
        out_char(out, '\'');
    for (size_t i = 0; i < s.n;) {
        size_t plain = escape_plain(s.s + i, s.n - i);
        out_put(out, s.s + i, plain);
        if ((i += plain) == s.n)
            break;
        if (s.s[i] == '\n' || s.s[i] == '\t') { /* one record, one line */
            out_char(out, ' ');
            i++;
            continue;
        }
        if (s.s[i] == '"')
            out_char(out, '"');
        i += put_character(out, s, i);
    }
    out_char(out, '"');
}

void put_term(Out *out, Str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t plain = escape_plain(s.s + i, s.n - i);
        out_put(out, s.s + i, plain);
        if ((i += plain) == s.n)
            break;
        if (s.s[i] == '\n') { /* a title cannot pose as a line of the program's own */
            out_char(out, ' ');
            i++;
            continue;
        }
        i += put_character(out, s, i);
    }
}

static void put_encoded(Out *out, Str s, const char *plain_marks)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        bool plain =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr(plain_marks, c));
        if (plain)
            out_char(out, (char)c);
        else
            out_format(out, "%%%02X", c);
    }
}

void put_fragment(Out *out, Str s)
{
    put_encoded(out, s, ".-_@,");
}

void put_path(Out *out, Str s)
{
    put_encoded(out, s, ".-_/#");
}
