/* The streaming JSON writer. Requires that opens and ends are paired; leaves ASCII-safe text in
 * which every control and direction character is escaped, so that no reader or terminal is led astray. */
#include "emit/json.h"

#include "base/bug.h"
#include "emit/escape.h"

#include <math.h>

void json_start(Json *j, Out *out, bool pretty)
{
    *j = (Json){.out = out, .pretty = pretty};
    j->first[0] = true;
}

static void json_line(Json *j)
{
    static const char blanks[] = "                                                                ";
    out_char(j->out, '\n');
    out_put(j->out, blanks, j->depth * 2);
}

void json_lead_any(Json *j, const char *key, size_t n)
{
    if (!j->first[j->depth])
        out_char(j->out, ',');
    j->first[j->depth] = false;
    if (j->pretty && j->depth)
        json_line(j);
    if (!key)
        return;
    out_char(j->out, '"');
    out_put(j->out, key, n);
    out_put(j->out, "\": ", j->pretty ? 3 : 2);
}

void json_too_deep(void)
{
    BUG("JSON is nested too deep");
}

void json_end_line(Json *j, char bracket)
{
    bool empty = j->first[j->depth--];
    if (j->pretty && !empty)
        json_line(j);
    out_char(j->out, bracket);
    if (j->depth == 0)
        out_char(j->out, '\n');
}

static void json_unit(Out *out, uint32_t c)
{
    char text[8];
    snprintf(text, sizeof text, "\\u%04X", (unsigned)c & 0xFFFFu);
    out_z(out, text);
}

/* One character outside plain ASCII; returns its bytes. */
static size_t json_char(Out *out, Str s, size_t i)
{
    uint32_t c;
    size_t n = escape_next(s, i, &c);
    if (c == '\n')
        out_put(out, "\\n", 2);
    else if (c == '\t')
        out_put(out, "\\t", 2);
    else if (c == '"')
        out_put(out, "\\\"", 2);
    else if (c == '\\')
        out_put(out, "\\\\", 2);
    else if (c >= ESCAPE_BAD)
        out_put(out, "\\uFFFD", 6);
    else if (!escape_hidden(c))
        out_put(out, s.s + i, n);
    else if (c < 0x10000)
        json_unit(out, c);
    else {
        json_unit(out, 0xD800 + ((c - 0x10000) >> 10));
        json_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
    return n;
}

void put_json(Out *out, Str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t plain = escape_plain(s.s + i, s.n - i);
        if (plain)
            out_put(out, s.s + i, plain);
        i += plain;
        if (i < s.n)
            i += json_char(out, s, i);
    }
}

size_t json_direct(Json *j, const char *key)
{
    json_lead(j, key);
    out_char(j->out, '"');
    return j->out->memory.n;
}

void json_direct_end(Json *j, size_t from)
{
    StrBuf *b = &j->out->memory;
    size_t n = b->n - from;
    if (escape_all_plain(strbuf_str(b).s + from, n)) {
        j->out->bytes += n;
    } else { /* again, by way of a copy */
        StrBuf copy = {0};
        strbuf_add(&copy, (Str){b->s + from, n});
        b->n = from;
        put_json(j->out, strbuf_str(&copy));
        strbuf_free(&copy);
    }
    out_char(j->out, '"');
}

void json_quote(Json *j, Str s)
{
    char *to = out_room(j->out, s.n + 2);
    if (to && escape_copy(to + 1, s.s, s.n)) {
        to[0] = '"';
        to[s.n + 1] = '"';
        out_filled(j->out, to + s.n + 2);
        return;
    }
    out_char(j->out, '"');
    put_json(j->out, s);
    out_char(j->out, '"');
}

/* Scores and counts have one decimal at most: their shortest form needs no search. False for any other number. */
static bool put_tenths(Out *out, double n)
{
    enum { MOST = 1000000 };
    if (!(n >= 0 && n < MOST))
        return false;
    uint32_t tenths = (uint32_t)(n * 10 + 0.5);
    if (tenths / 10.0 != n || (tenths == 0 && signbit(n)))
        return false;
    out_u64(out, tenths / 10);
    if (tenths % 10) {
        out_char(out, '.');
        out_char(out, (char)('0' + tenths % 10));
    }
    return true;
}

void json_number(Json *j, const char *key, double n)
{
    if (n != n || n - n != 0) { /* JSON has neither NaN nor infinity */
        json_put_null(j, key);
        return;
    }
    json_lead(j, key);
    if (put_tenths(j->out, n))
        return;
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, n);
        if (strtod(text, NULL) == n)
            break;
    }
    out_z(j->out, text);
}
