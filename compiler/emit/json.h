#ifndef CORDON_EMIT_JSON_H
#define CORDON_EMIT_JSON_H
/* A streaming writer, and the only way to print JSON. jansson, which reads it, owns json_object, json_array and json_null for the
 * linker: nothing here may be called so. Ownership: a Json borrows the output it writes to. */
#include "base/out.h"

enum { JSON_DEEPEST = 32 };
typedef struct Json {
    Out *out;
    unsigned depth;
    bool first[JSON_DEEPEST];
    bool pretty; /* one member a line, two blanks a level */
} Json;

void json_start(Json *j, Out *out, bool pretty);

/* What stands before a value: comma, place, key. Inline, because keys are mostly literals whose lengths compilers know. */
void json_lead_any(Json *j, const char *key, size_t n);
/* The same where everything stands on one line, with room for a value of `more` bytes behind it: where to write that, before
 * out_filled says how far it went. NULL, and nothing is done, where there is no room at hand. */
static inline char *json_room(Json *j, const char *key, size_t more)
{
    size_t n = key ? strlen(key) : 0;
    char *to = j->pretty ? NULL : out_room(j->out, n + 4 + more);
    if (!to)
        return NULL;
    *to = ',';
    to += !j->first[j->depth];
    j->first[j->depth] = false;
    if (key) {
        *to++ = '"';
        memcpy(to, key, n);
        to += n;
        *to++ = '"';
        *to++ = ':';
    }
    return to;
}
static inline void json_lead(Json *j, const char *key)
{
    char *to = json_room(j, key, 0);
    if (to)
        out_filled(j->out, to);
    else
        json_lead_any(j, key, key ? strlen(key) : 0);
}

/* The value alone. */
void json_too_deep(void) __attribute__((noreturn));
static inline void json_open(Json *j, char bracket)
{
    out_char(j->out, bracket);
    if (++j->depth >= JSON_DEEPEST)
        json_too_deep();
    j->first[j->depth] = true;
}
void json_quote(Json *j, Str s);

/* Keys are NULL inside arrays and at the top, else words or names, which need no escape. */
static inline void json_begin_object(Json *j, const char *key)
{
    json_lead(j, key);
    json_open(j, '{');
}
static inline void json_begin_array(Json *j, const char *key)
{
    json_lead(j, key);
    json_open(j, '[');
}
void json_end_line(Json *j, char bracket);
static inline void json_end(Json *j, char bracket) /* '}' or ']' */
{
    if (j->pretty || j->depth == 1) {
        json_end_line(j, bracket);
        return;
    }
    j->depth--;
    out_char(j->out, bracket);
}
/* Escapes; invalid UTF-8 cannot occur. */
static inline void json_str(Json *j, const char *key, Str s)
{
    json_lead(j, key);
    json_quote(j, s);
}
static inline void json_z(Json *j, const char *key, const char *z)
{
    json_str(j, key, str_from(z));
}
static inline void json_put_null(Json *j, const char *key)
{
    json_lead(j, key);
    out_put(j->out, "null", 4);
}
static inline void json_str_or_null(Json *j, const char *key, Str s) /* null for an empty text */
{
    if (s.n)
        json_str(j, key, s);
    else
        json_put_null(j, key);
}
static inline void json_u64(Json *j, const char *key, uint64_t n)
{
    json_lead(j, key);
    out_u64(j->out, n);
}
static inline void json_bool(Json *j, const char *key, bool b)
{
    json_lead(j, key);
    out_z(j->out, b ? "true" : "false");
}
/* Text that is JSON already. */
static inline void json_raw(Json *j, const char *key, Str text)
{
    json_lead(j, key);
    out_put(j->out, text.s, text.n);
}
void json_number(Json *j, const char *key, double n); /* shortest exact, no locale */

/* A string written without a copy: what is appended to out->memory between the two calls, and nothing else, is its text. */
size_t json_direct(Json *j, const char *key);
void json_direct_end(Json *j, size_t from);

/* Of a JSON string, without its quotes. */
void put_json(Out *out, Str s);

#endif
