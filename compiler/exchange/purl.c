/* Package URLs after the specification of their owners: which parts are compared without regard to case depends on the type. What
 * cannot be taken apart is no package URL. Requires nothing. */
#include "exchange/purl.h"

#include <stdlib.h>

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static Str decoded(Arena *a, Str s)
{
    char *out = arena_bytes(a, s.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.s[i] == '%' && i + 2 < s.n && hex(s.s[i + 1]) >= 0 && hex(s.s[i + 2]) >= 0;
        out[n++] = escape ? (char)(hex(s.s[i + 1]) * 16 + hex(s.s[i + 2])) : s.s[i];
        i += escape ? 2 : 0;
    }
    return (Str){out, n};
}

static Str in_lower(Arena *a, Str s)
{
    char *out = arena_bytes(a, s.n + 1, 1);
    for (size_t i = 0; i < s.n; i++)
        out[i] = lower(s.s[i]);
    return (Str){out, s.n};
}

static void put_encoded(StrBuf *out, Str s, const char *plain)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.s[i];
        bool keep = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr(plain, c));
        if (keep)
            strbuf_char(out, c);
        else
            strbuf_format(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

/* Takes what stands behind the last `mark`, if it is there. */
static Str cut_last(Str *s, char mark)
{
    long at = str_rfind(*s, mark);
    if (at < 0)
        return (Str){"", 0};
    Str tail = str_slice(*s, (size_t)at + 1, s->n);
    s->n = (size_t)at;
    return tail;
}

static Str cut_first(Str *s, char mark)
{
    const char *at = s->n ? memchr(s->s, mark, s->n) : NULL;
    if (!at)
        return (Str){"", 0};
    Str tail = str_slice(*s, (size_t)(at - s->s) + 1, s->n);
    s->n = (size_t)(at - s->s);
    return tail;
}

static void trim_slashes(Str *s)
{
    while (s->n && s->s[0] == '/')
        *s = str_slice(*s, 1, s->n);
    while (s->n && s->s[s->n - 1] == '/')
        s->n--;
}

/* Types whose names mean the same in any case. */
static bool any_case(Str type)
{
    static const char *const types[] = {"alpm", "apk", "bitbucket", "composer", "deb",      "git",    "github", "hex",
                                        "npm",  "oci", "pypi",      "bitnami",  "luarocks", "golang", "rpm"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(type, str_from(types[i])))
            return true;
    return false;
}

static void put_space(StrBuf *out, Str space)
{
    while (space.n) {
        Str rest = cut_first(&space, '/');
        if (space.n) {
            put_encoded(out, space, ".-_~:");
            strbuf_char(out, '/');
        }
        space = rest;
    }
}

/* Qualifiers sorted by their names, those without a value left out. */
static void put_qualifiers(StrBuf *out, Str text)
{
    enum { MOST = 32 };
    Str list[MOST];
    size_t n = 0;
    while (text.n && n < MOST) {
        Str rest = cut_first(&text, '&');
        if (memchr(text.s, '=', text.n) && text.s[text.n - 1] != '=')
            list[n++] = text;
        text = rest;
    }
    qsort(list, n, sizeof *list, str_order);
    for (size_t i = 0; i < n; i++) {
        strbuf_char(out, i ? '&' : '?');
        put_encoded(out, list[i], ".-_~:=%/,+");
    }
}

Purl purl_parse(Arena *a, Str text)
{
    Purl p = {0};
    StrBuf out = {0};
    if (text.n < 5 || !str_eq(in_lower(a, str_slice(text, 0, 4)), STR("pkg:")))
        return p;
    Str rest = str_slice(text, 4, text.n), subpath = cut_first(&rest, '#'), qualifiers = cut_first(&rest, '?');
    trim_slashes(&rest);
    /* An @ of a scope is escaped, or stands at the beginning of a part. */
    long at = str_rfind(rest, '@');
    Str version = {"", 0};
    if (at > 0 && rest.s[at - 1] != '/')
        version = cut_last(&rest, '@');
    Str path = cut_first(&rest, '/');
    p.type = in_lower(a, rest);
    trim_slashes(&path);
    long slash = str_rfind(path, '/');
    Str name = str_slice(path, (size_t)(slash + 1), path.n);
    Str space = slash > 0 ? str_slice(path, 0, (size_t)slash) : (Str){"", 0};
    if (!p.type.n || !name.n)
        return (Purl){0};
    p.name = decoded(a, name);
    p.space = decoded(a, space);
    p.version = decoded(a, version);
    if (any_case(p.type)) {
        p.name = in_lower(a, p.name);
        p.space = in_lower(a, p.space);
    }
    if (str_eq(p.type, STR("pypi")))
        for (size_t i = 0; i < p.name.n; i++)
            ((char *)(uintptr_t)p.name.s)[i] = p.name.s[i] == '_' ? '-' : p.name.s[i];
    strbuf_addz(&out, "pkg:");
    put_encoded(&out, p.type, ".-+");
    strbuf_char(&out, '/');
    put_space(&out, p.space);
    put_encoded(&out, p.name, ".-_~:");
    p.base = str_copy(a, strbuf_str(&out));
    if (p.version.n) {
        strbuf_char(&out, '@');
        put_encoded(&out, p.version, ".-_~:");
    }
    put_qualifiers(&out, qualifiers);
    trim_slashes(&subpath);
    if (subpath.n) {
        strbuf_char(&out, '#');
        put_encoded(&out, subpath, ".-_~:/%");
    }
    p.whole = str_copy(a, strbuf_str(&out));
    strbuf_free(&out);
    return p;
}
