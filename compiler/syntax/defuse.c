/* Hostile text made harmless for the language. Requires nothing; what is no UTF-8 is replaced. Leaves behind: a string that ends where
 * it should, on one line, with nothing invisible in it. */
#include "syntax/format.h"

#include "syntax/unicode.h"

#include <utf8proc.h>

static const char replacement[] = "\xEF\xBF\xBD", cut_mark[] = " [...]";

static void put_character(StrBuf *out, int32_t c, Str bytes, bool lines)
{
    if (c == '"' || c == '\\')
        strbuf_char(out, '\\');
    if (c == '\n' && lines)
        strbuf_addz(out, "\\n");
    else if (c == '\n' || c == '\t' || c == '\r')
        strbuf_char(out, ' ');
    else if (unicode_is_invisible((uint32_t)c))
        strbuf_addz(out, replacement);
    else
        strbuf_add(out, bytes);
}

void defused_string(StrBuf *out, Str text, size_t most, bool lines)
{
    strbuf_char(out, '"');
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.s + i, (utf8proc_ssize_t)(text.n - i), &c);
        if (i > most) {
            strbuf_addz(out, cut_mark);
            break;
        }
        bool pair = lines && text.s[i] == '\r' && i + 1 < text.n && text.s[i + 1] == '\n';
        if (n <= 0)
            strbuf_addz(out, replacement);
        else if (!pair)
            put_character(out, c, str_slice(text, i, i + (size_t)n), lines);
        i += n > 0 ? (size_t)n : 1;
    }
    strbuf_char(out, '"');
}
