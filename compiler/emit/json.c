/* The streaming JSON writer, and the only way to print JSON. Requires that opens and ends are paired; leaves ASCII-safe text in
 * which every control and direction character is escaped, so that no reader or terminal is led astray. */
#include "emit/emit.h"

#include "base/bug.h"
#include "emit/escape.h"

enum { DEEPEST = sizeof((Json *)0)->first / sizeof(bool) };

void json_start(Json *j, Out *out, bool pretty)
{
    *j = (Json){.out = out, .pretty = pretty};
    j->first[0] = true;
}

static void json_line(Json *j)
{
    static const char blanks[] = "                                                                ";
    out_char(j->out, '\n');
    out_str(j->out, (Str){blanks, j->depth * 2});
}

/* What stands before a value: comma, place, key. */
static void json_lead(Json *j, const char *key)
{
    if (!j->first[j->depth])
        out_char(j->out, ',');
    if (j->pretty && j->depth)
        json_line(j);
    j->first[j->depth] = false;
    if (!key)
        return;
    out_char(j->out, '"');
    put_json(j->out, str_from(key)); /* a key may be a name of the model */
    out_str(j->out, j->pretty ? STR("\": ") : STR("\":"));
}

static void json_open(Json *j, const char *key, char bracket)
{
    json_lead(j, key);
    out_char(j->out, bracket);
    if (++j->depth >= DEEPEST)
        BUG("JSON is nested too deep");
    j->first[j->depth] = true;
}

void json_object(Json *j, const char *key)
{
    json_open(j, key, '{');
}

void json_array(Json *j, const char *key)
{
    json_open(j, key, '[');
}

void json_end(Json *j, char bracket)
{
    bool empty = j->first[j->depth--];
    if (j->pretty && !empty)
        json_line(j);
    out_char(j->out, bracket);
    if (j->depth == 0)
        out_char(j->out, '\n');
}

/* Bytes that may need more than a copy: controls, quotes, backslash, DEL, and what begins a character that hides or reorders. */
static bool json_watch(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c >= 0x7F;
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
        out_str(out, STR("\\n"));
    else if (c == '\t')
        out_str(out, STR("\\t"));
    else if (c == '"')
        out_str(out, STR("\\\""));
    else if (c == '\\')
        out_str(out, STR("\\\\"));
    else if (c >= ESCAPE_BAD)
        out_str(out, STR("\\uFFFD"));
    else if (!escape_hidden(c))
        out_str(out, str_slice(s, i, i + n));
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
        size_t plain = i;
        while (plain < s.n && !json_watch((unsigned char)s.s[plain]))
            plain++;
        if (plain > i)
            out_str(out, (Str){s.s + i, plain - i});
        i = plain;
        if (i < s.n)
            i += json_char(out, s, i);
    }
}

void json_str(Json *j, const char *key, Str s)
{
    json_lead(j, key);
    out_char(j->out, '"');
    put_json(j->out, s);
    out_char(j->out, '"');
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
        json_null(j, key);
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

void json_null(Json *j, const char *key)
{
    json_lead(j, key);
    out_str(j->out, STR("null"));
}

void json_raw(Json *j, const char *key, Str text)
{
    json_lead(j, key);
    out_str(j->out, text);
}
