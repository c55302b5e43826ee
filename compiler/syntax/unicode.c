/* Unicode checks, on utf8proc. The scripts and look-alikes are the ones met in practice (Latin, Greek, Cyrillic and a few more);
 * the letters of a look-alike pair are facts of the alphabets. Requires nothing. */
#include "syntax/unicode.h"

#include <utf8proc.h>

size_t unicode_width_bytes(Str text)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n = text.n ? utf8proc_iterate((const utf8proc_uint8_t *)text.s, (utf8proc_ssize_t)text.n, &c) : 0;
    return n > 0 ? (size_t)n : text.n > 0;
}

bool unicode_is_invisible(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F) || c == 0x2028 || c == 0x2029;
}

/* The next byte that is not printable ASCII: eight at a time, by the high bits of what is below a blank or above a tilde. */
static size_t skip_printable(Str text, size_t i)
{
    static const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    for (uint64_t w; i + sizeof w <= text.n; i += sizeof w) {
        memcpy(&w, text.s + i, sizeof w);
        if (((w - ones * 0x20) | (w + ones) | w) & high)
            break;
    }
    while (i < text.n && text.s[i] >= 0x20 && text.s[i] < 0x7F)
        i++;
    return i;
}

bool unicode_check_text(Diags *diags, Str path, Str text, FileId file)
{
    char *shown = str_z(&diags->arena, path);
    size_t i = text.n >= 3 && memcmp(text.s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    unsigned warned = 0;
    while ((i = skip_printable(text, i)) < text.n) {
        unsigned char b = (unsigned char)text.s[i];
        if (b == '\n' || b == '\t' || b == '\r') {
            i++;
            continue;
        }
        Span at = {(uint32_t)i, (uint32_t)i + 1, file};
        if (b == 0) {
            diag_add(diags, D_NUL_BYTE, at, shown);
            return false;
        }
        utf8proc_int32_t c = b;
        utf8proc_ssize_t n = 1;
        if (b >= 0x80)
            n = utf8proc_iterate((const utf8proc_uint8_t *)text.s + i, (utf8proc_ssize_t)(text.n - i), &c);
        if (n <= 0) {
            diag_add(diags, D_NOT_UTF8, at, shown);
            return false;
        }
        if (unicode_is_invisible((uint32_t)c) && warned++ < 20) {
            char code[16];
            snprintf(code, sizeof code, "U+%04X", (unsigned)c);
            at.hi = at.lo + (uint32_t)n;
            diag_add(diags, D_BIDI_CONTROL, at, code);
        }
        i += (size_t)n;
    }
    return true;
}

typedef enum Script {
    SCRIPT_COMMON,
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_ARMENIAN,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_INDIC,
    SCRIPT_THAI,
    SCRIPT_GEORGIAN,
    SCRIPT_HANGUL,
    SCRIPT_EAST_ASIAN,
    SCRIPT_OTHER
} Script;

static Script script_of(uint32_t c)
{
    static const struct {
        uint32_t lo, hi;
        Script script;
    } ranges[] = {
        {0x41, 0x5A, SCRIPT_LATIN},          {0x61, 0x7A, SCRIPT_LATIN},          {0xC0, 0x24F, SCRIPT_LATIN},
        {0x300, 0x36F, SCRIPT_COMMON},       {0x370, 0x3FF, SCRIPT_GREEK},        {0x400, 0x52F, SCRIPT_CYRILLIC},
        {0x531, 0x58F, SCRIPT_ARMENIAN},     {0x590, 0x5FF, SCRIPT_HEBREW},       {0x600, 0x77F, SCRIPT_ARABIC},
        {0x900, 0xDFF, SCRIPT_INDIC},        {0xE00, 0xE7F, SCRIPT_THAI},         {0x10A0, 0x10FF, SCRIPT_GEORGIAN},
        {0x1100, 0x11FF, SCRIPT_HANGUL},     {0x1E00, 0x1EFF, SCRIPT_LATIN},      {0x1F00, 0x1FFF, SCRIPT_GREEK},
        {0x3040, 0x30FF, SCRIPT_EAST_ASIAN}, {0x3400, 0x9FFF, SCRIPT_EAST_ASIAN}, {0xAC00, 0xD7AF, SCRIPT_HANGUL},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].lo && c <= ranges[i].hi)
            return ranges[i].script;
    return c < 0x80 ? SCRIPT_COMMON : SCRIPT_OTHER;
}

static bool may_stand_in_name(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND: return true;
    default: return c == '_' || c == '.';
    }
}

bool unicode_check_name(Diags *diags, Str name, Span at)
{
    Script seen = SCRIPT_COMMON;
    bool mixed = false;
    char *shown = str_z(&diags->arena, name);
    for (size_t i = 0; i < name.n;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)name.s + i, (utf8proc_ssize_t)(name.n - i), &c);
        if (n <= 0)
            return true; /* the text was refused already */
        if (!may_stand_in_name(c)) {
            char code[16];
            snprintf(code, sizeof code, "U+%04X", (unsigned)c);
            Span here = {at.lo + (uint32_t)i, at.lo + (uint32_t)i + (uint32_t)n, at.file};
            diag_add(diags, D_BAD_CHARACTER, here, code);
            return false;
        }
        Script s = script_of((uint32_t)c);
        if (c == '.')
            seen = SCRIPT_COMMON; /* each part by itself */
        else if (s != SCRIPT_COMMON && seen != SCRIPT_COMMON && s != seen)
            mixed = true;
        else if (s != SCRIPT_COMMON)
            seen = s;
        i += (size_t)n;
    }
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t m = utf8proc_map((const utf8proc_uint8_t *)name.s, (utf8proc_ssize_t)name.n, &composed,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    bool normal = m < 0 || str_eq(name, (Str){(const char *)composed, (size_t)m});
    free(composed);
    if (!normal)
        diag_add(diags, D_NOT_NORMALISED, at, shown);
    else if (mixed)
        diag_add(diags, D_MIXED_SCRIPT, at, shown);
    return normal;
}

void unicode_skeleton(Str name, StrBuf *out)
{
    static const struct {
        uint32_t c;
        char latin;
    } alike[] = {
        {0x391, 'A'}, {0x392, 'B'}, {0x395, 'E'}, {0x396, 'Z'}, {0x397, 'H'}, {0x399, 'I'}, {0x39A, 'K'}, {0x39C, 'M'},
        {0x39D, 'N'}, {0x39F, 'O'}, {0x3A1, 'P'}, {0x3A4, 'T'}, {0x3A5, 'Y'}, {0x3A7, 'X'}, {0x3BF, 'o'}, {0x3BD, 'v'},
        {0x405, 'S'}, {0x406, 'I'}, {0x408, 'J'}, {0x410, 'A'}, {0x412, 'B'}, {0x415, 'E'}, {0x41A, 'K'}, {0x41C, 'M'},
        {0x41D, 'H'}, {0x41E, 'O'}, {0x420, 'P'}, {0x421, 'C'}, {0x422, 'T'}, {0x425, 'X'}, {0x430, 'a'}, {0x435, 'e'},
        {0x43E, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'},
    };
    for (size_t i = 0; i < name.n;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)name.s + i, (utf8proc_ssize_t)(name.n - i), &c);
        if (n <= 0)
            return;
        char latin = 0;
        for (size_t k = 0; c >= 0x80 && k < sizeof alike / sizeof *alike; k++)
            if (alike[k].c == (uint32_t)c)
                latin = alike[k].latin;
        if (latin)
            strbuf_char(out, latin);
        else
            strbuf_add(out, (Str){name.s + i, (size_t)n});
        i += (size_t)n;
    }
}
