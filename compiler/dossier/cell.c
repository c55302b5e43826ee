/* The words of a cell, and texts as a workbook takes them. Requires finished tables; leaves texts. */
#include "dossier/cell.h"
#include "emit/escape.h"

#include <ctype.h>

void cell_words(const Item *items, uint32_t n, const char *between, bool how, StrBuf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        bool missing = items[i].sort == ITEM_MISSING;
        strbuf_addz(out, i ? between : "");
        strbuf_addz(out, missing ? "[missing: " : "");
        strbuf_add(out, item_text(&items[i]));
        if (missing && how && items[i].how)
            strbuf_format(out, "; %s", items[i].how);
        strbuf_addz(out, missing ? "]" : "");
    }
}

/* Workbooks read _x0041_ as a character: the first sign is written so itself. */
static bool is_escape(Str s, size_t i)
{
    if (s.n - i < 7 || s.s[i] != '_' || s.s[i + 1] != 'x' || s.s[i + 6] != '_')
        return false;
    for (size_t k = i + 2; k < i + 6; k++)
        if (!isxdigit((unsigned char)s.s[k]))
            return false;
    return true;
}

/* Bytes from `i` on that a workbook takes as they are. */
static size_t plain_bytes(Str s, size_t i)
{
    size_t n = escape_plain(s.s + i, s.n - i);
    const char *sign = n ? memchr(s.s + i, '_', n) : NULL;
    return sign ? (size_t)(sign - s.s) - i : n;
}

void cell_text(Str s, StrBuf *out)
{
    static const char note[] = " ... (cut; srmf.json holds all)";
    size_t units = 0, room = CELL_UNITS - sizeof note, start = out->n, cut = 0;
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t c;
        char shown[16];
        n = plain_bytes(s, i);
        if (n && units + n <= room) {
            strbuf_add(out, str_slice(s, i, i + n));
            units += n;
            cut = out->n - start;
            continue;
        }
        n = escape_next(s, i, &c);
        size_t before = out->n;
        if (c == '\t') {
            strbuf_char(out, ' ');
        } else if (c != '\n' && escape_hidden(c)) {
            escape_show(c, shown);
            strbuf_addz(out, shown);
        } else if (is_escape(s, i)) {
            strbuf_addz(out, "_x005F_");
        } else {
            strbuf_add(out, str_slice(s, i, i + n));
        }
        units += c >= 0x10000 && c < ESCAPE_BAD ? 2 : c < 0x80 ? out->n - before : 1;
        if (units <= room)
            cut = out->n - start;
        if (units > CELL_UNITS) {
            out->n = start + cut;
            strbuf_addz(out, note);
            return;
        }
    }
}

Tone cell_tone(const Item *items, uint32_t n)
{
    Tone worst = TONE_PLAIN;
    for (uint32_t i = 0; i < n; i++)
        if (items[i].sort == ITEM_LEVEL && items[i].tone > worst)
            worst = items[i].tone;
    return worst;
}

bool cell_lacks(const Item *items, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (items[i].sort == ITEM_MISSING)
            return true;
    return false;
}
