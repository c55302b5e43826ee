/* Reading a JSON document piece by piece. jansson reads each piece; only what stands between them is looked at here. Requires a text in
 * memory; leaves nothing behind. */
#include "compare/json_members.h"

typedef struct Reading {
    Str text;
    size_t at;
    const JsonMembers *to;
    StrBuf *problem;
} Reading;

static void skip_blanks(Reading *r)
{
    while (r->at < r->text.n && strchr(" \t\r\n", r->text.s[r->at]) && r->text.s[r->at])
        r->at++;
}

static bool complain(Reading *r, const char *what, size_t at)
{
    unsigned line = 1;
    for (size_t i = 0; i < at && i < r->text.n; i++)
        line += r->text.s[i] == '\n';
    strbuf_format(r->problem, "line %u: %s", line, what);
    return false;
}

/* Takes the character, if it comes next. */
static bool take(Reading *r, char c)
{
    skip_blanks(r);
    if (r->at == r->text.n || r->text.s[r->at] != c)
        return false;
    r->at++;
    return true;
}

/* The value that comes next, or NULL and a complaint. */
static json_t *value(Reading *r)
{
    json_error_t error = {0};
    skip_blanks(r);
    json_t *v = json_loadb(r->text.s + r->at, r->text.n - r->at,
                           JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!v) {
        complain(r, error.text, r->at + (error.position > 0 ? (size_t)error.position : 0));
        return NULL;
    }
    r->at += (size_t)error.position; /* how far it was read */
    return v;
}

static bool give(Reading *r, Str key)
{
    json_t *v = value(r);
    bool on = v && r->to->member(r->to->self, key, v);
    json_decref(v);
    return on;
}

static bool elements(Reading *r, Str key)
{
    if (take(r, ']'))
        return true;
    do
        if (!give(r, key))
            return false;
    while (take(r, ','));
    return take(r, ']') || complain(r, "a list does not end", r->at);
}

static bool one_member(Reading *r)
{
    json_t *key = value(r);
    bool ok = key && json_is_string(key);
    if (key && !ok)
        complain(r, "a member has no name", r->at);
    if (ok && !take(r, ':'))
        ok = complain(r, "`:` is missing", r->at);
    if (ok) {
        Str name = {json_string_value(key), json_string_length(key)};
        ok = take(r, '[') ? elements(r, name) : give(r, name);
    }
    json_decref(key);
    return ok;
}

bool json_members_read(Str text, const JsonMembers *to, StrBuf *problem)
{
    Reading r = {text, 0, to, problem};
    if (!take(&r, '{'))
        return complain(&r, "this is no JSON object", r.at);
    if (!take(&r, '}')) {
        do
            if (!one_member(&r))
                return false;
        while (take(&r, ','));
        if (!take(&r, '}'))
            return complain(&r, "the document does not end", r.at);
    }
    skip_blanks(&r);
    return r.at == text.n || complain(&r, "something follows the document", r.at);
}
