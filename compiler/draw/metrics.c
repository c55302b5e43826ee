/* How wide a text is, and where to break it: pictures need boxes before anything can measure a real face. The widths
 * are those that common sans-serif faces share (Helvetica, Arial, Liberation Sans), in thousandths of the size.
 * Requires visible text. */
#include "draw/draw.h"
#include "emit/escape.h"

static const uint16_t ascii_widths[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};

static unsigned character_width(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return ascii_widths[c - 0x20];
    if (c >= 0x300 && c < 0x370)
        return 0; /* combining marks */
    return c < 0x1100 ? 620 : 1000;
}

double text_width(Str s, double size, bool bold)
{
    uint64_t sum = 0;
    uint32_t c;
    for (size_t i = 0; i < s.n;) {
        i += escape_next(s, i, &c);
        sum += character_width(c);
    }
    return (double)sum / 1000.0 * size * (bold ? 1.09 : 1.03);
}

/* Bytes of the longest start of `s` no wider than `width`; at least one character. */
static size_t fitting(Str s, double size, bool bold, double width)
{
    uint32_t c;
    size_t i = 0, fits = 0;
    double w = 0;
    while (i < s.n) {
        i += escape_next(s, i, &c);
        w += (double)character_width(c) / 1000.0 * size * (bold ? 1.09 : 1.03);
        if (w > width && fits)
            return fits;
        fits = i;
    }
    return s.n;
}

static Str without_blanks(Str s)
{
    while (s.n && s.s[0] == ' ')
        s = str_slice(s, 1, s.n);
    while (s.n && s.s[s.n - 1] == ' ')
        s = str_slice(s, 0, s.n - 1);
    return s;
}

uint32_t text_wrap(Arena *arena, Str s, double size, bool bold, double width, uint32_t most, Str *lines)
{
    uint32_t n = 0;
    s = without_blanks(s);
    while (s.n && n < most) {
        size_t cut = fitting(s, size, bold, width);
        if (cut < s.n && n + 1 == most) {
            cut = fitting(s, size, bold, width - size);
            lines[n++] = str_format(arena, "%.*s\xE2\x80\xA6", STR_FMT(without_blanks(str_slice(s, 0, cut))));
            return n;
        }
        if (cut < s.n && s.s[cut] != ' ') {
            long blank = str_rfind(str_slice(s, 0, cut), ' ');
            cut = blank > 0 ? (size_t)blank : cut;
        }
        lines[n++] = without_blanks(str_slice(s, 0, cut));
        s = without_blanks(str_slice(s, cut, s.n));
    }
    return n;
}
