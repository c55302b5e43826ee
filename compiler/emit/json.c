/* The streaming JSON writer, and the only way to print JSON. Requires that opens and ends are paired; leaves ASCII-safe text in
 * which every control and direction character is escaped, so that no reader or terminal is led astray. */
#include "emit/emit.h"

#include "base/bug.h"
#include "emit/escape.h"

enum { DEEPEST = sizeof((Json *)0)->first / sizeof(bool) };

/* Room for n bytes in the buffer, or NULL when they have to take the long way through out_str. */
static inline char *room(Out *o, size_t n)
{
    enum { NEARLY_FULL = 60000 };
    StrBuf *b = &o->memory;
    return b->cap - b->n > n && b->n < NEARLY_FULL && !o->error ? b->s + b->n : NULL;
}

static inline void filled(Out *o, char *end)
{
    size_t n = (size_t)(end - o->memory.s) - o->memory.n;
    o->memory.n += n;
    o->bytes += n;
    *end = 0;
}

static inline void put(Out *o, const char *s, size_t n)
{
    char *to = room(o, n);
    if (n == 0)
        return;
    if (to) {
        memcpy(to, s, n);
        filled(o, to + n);
    } else {
        out_str(o, (Str){s, n});
    }
}

static inline void put_char(Out *o, char c)
{
    put(o, &c, 1);
}

void json_start(Json *j, Out *out, bool pretty)
{
    *j = (Json){.out = out, .pretty = pretty};
    j->first[0] = true;
}

static void json_line(Json *j)
{
    static const char blanks[] = "                                                                ";
    put_char(j->out, '\n');
    put(j->out, blanks, j->depth * 2);
}

/* What stands before a value: comma, place, key. */
static void json_lead(Json *j, const char *key)
{
    bool first = j->first[j->depth], line = j->pretty && j->depth;
    j->first[j->depth] = false;
    size_t n = key ? strlen(key) : 0;
    char *to = line ? NULL : room(j->out, n + 5);
    if (!to) {
        if (!first)
            put_char(j->out, ',');
        if (line)
            json_line(j);
        to = room(j->out, n + 5);
        first = true;
    }
    if (!to) {
        if (key) {
            put_char(j->out, '"');
            put(j->out, key, n);
            put(j->out, "\": ", j->pretty ? 3 : 2);
        }
        return;
    }
    if (!first)
        *to++ = ',';
    if (key) {
        *to++ = '"';
        memcpy(to, key, n);
        to += n;
        *to++ = '"';
        *to++ = ':';
        if (j->pretty)
            *to++ = ' ';
    }
    filled(j->out, to);
}

static void json_open(Json *j, const char *key, char bracket)
{
    json_lead(j, key);
    put_char(j->out, bracket);
    if (++j->depth >= DEEPEST)
        BUG("JSON is nested too deep");
    j->first[j->depth] = true;
}

void json_begin_object(Json *j, const char *key)
{
    json_open(j, key, '{');
}

void json_begin_array(Json *j, const char *key)
{
    json_open(j, key, '[');
}

void json_end(Json *j, char bracket)
{
    bool empty = j->first[j->depth--];
    if (j->pretty && !empty)
        json_line(j);
    put_char(j->out, bracket);
    if (j->depth == 0)
        put_char(j->out, '\n');
}

/* Bytes that may need more than a copy: controls, quotes, backslash, DEL, and what begins a character that hides or reorders. */
static inline bool json_watch(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c >= 0x7F;
}

/* Whether one of eight bytes is watched: the usual tricks with words. A borrow can only spoil bytes behind one that is watched, so
 * nothing is missed. */
static inline bool word_watched(const char *s)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t w;
    memcpy(&w, s, 8);
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\', del = w ^ ones * 0x7F;
    return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones) | (del - ones)) & ones * 0x80) != 0;
}

/* How many bytes from the start can be copied as they are. */
static size_t plain_bytes(const char *s, size_t n)
{
    size_t i = 0;
    while (i + 8 <= n && !word_watched(s + i))
        i += 8;
    if (n >= 8 && i + 8 > n && !word_watched(s + n - 8))
        return n;
    while (i < n && !json_watch((unsigned char)s[i]))
        i++;
    return i;
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
        put(out, "\\n", 2);
    else if (c == '\t')
        put(out, "\\t", 2);
    else if (c == '"')
        put(out, "\\\"", 2);
    else if (c == '\\')
        put(out, "\\\\", 2);
    else if (c >= ESCAPE_BAD)
        put(out, "\\uFFFD", 6);
    else if (!escape_hidden(c))
        put(out, s.s + i, n);
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
        size_t plain = plain_bytes(s.s + i, s.n - i);
        if (plain)
            put(out, s.s + i, plain);
        i += plain;
        if (i < s.n)
            i += json_char(out, s, i);
    }
}

size_t json_direct(Json *j, const char *key)
{
    json_lead(j, key);
    put_char(j->out, '"');
    return j->out->memory.n;
}

void json_direct_end(Json *j, size_t from)
{
    StrBuf *b = &j->out->memory;
    size_t n = b->n - from;
    if (plain_bytes(strbuf_str(b).s + from, n) == n) {
        j->out->bytes += n;
    } else { /* again, by way of a copy */
        StrBuf copy = {0};
        strbuf_add(&copy, (Str){b->s + from, n});
        b->n = from;
        put_json(j->out, strbuf_str(&copy));
        strbuf_free(&copy);
    }
    put_char(j->out, '"');
}

void json_str(Json *j, const char *key, Str s)
{
    json_lead(j, key);
    char *to = room(j->out, s.n + 2);
    if (to && s.n && plain_bytes(s.s, s.n) == s.n) {
        *to++ = '"';
        memcpy(to, s.s, s.n);
        to += s.n;
        *to++ = '"';
        filled(j->out, to);
        return;
    }
    put_char(j->out, '"');
    put_json(j->out, s);
    put_char(j->out, '"');
}

void json_z(Json *j, const char *key, const char *z)
{
    json_str(j, key, str_from(z));
}

void json_u64(Json *j, const char *key, uint64_t n)
{
    json_lead(j, key);
    out_u64(j->out, n);
}

void json_number(Json *j, const char *key, double n)
{
    if (n != n || n - n != 0) { /* JSON has neither NaN nor infinity */
        json_put_null(j, key);
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, n);
        if (strtod(text, NULL) == n)
            break;
    }
    json_lead(j, key);
    out_z(j->out, text);
}

void json_bool(Json *j, const char *key, bool b)
{
    json_lead(j, key);
    out_str(j->out, b ? STR("true") : STR("false"));
}

void json_put_null(Json *j, const char *key)
{
    json_lead(j, key);
    put(j->out, "null", 4);
}

void json_raw(Json *j, const char *key, Str text)
{
    json_lead(j, key);
    put(j->out, text.s, text.n);
}
