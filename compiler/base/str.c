/* Strings. Requires nothing. Every function is total on byte strings; none assumes UTF-8. */
#include "base/str.h"

#include "base/bug.h"

#include <stdlib.h>

Str str_from(const char *z)
{
    return (Str){z, strlen(z)};
}

bool str_eq(Str a, Str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

int str_cmp(Str a, Str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.s, b.s, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

int str_order(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

bool str_starts(Str s, Str prefix)
{
    return s.n >= prefix.n && str_eq((Str){s.s, prefix.n}, prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.n >= suffix.n && str_eq((Str){s.s + s.n - suffix.n, suffix.n}, suffix);
}

long str_rfind(Str s, char c)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.s[i - 1] == c)
            return (long)i - 1;
    return -1;
}

Str str_slice(Str s, size_t lo, size_t hi)
{
    if (lo > hi || hi > s.n)
        BUG("slice out of range");
    return (Str){s.s + lo, hi - lo};
}

char *str_z(Arena *a, Str s)
{
    char *z = arena_bytes(a, s.n + 1, 1);
    if (s.n)
        memcpy(z, s.s, s.n);
    z[s.n] = 0;
    return z;
}

Str str_copy(Arena *a, Str s)
{
    return (Str){str_z(a, s), s.n};
}

Str str_format(Arena *a, const char *format, ...)
{
    StrBuf b = {0};
    va_list args;
    va_start(args, format);
    strbuf_vformat(&b, format, args);
    va_end(args);
    Str r = str_copy(a, strbuf_str(&b));
    strbuf_free(&b);
    return r;
}

/* Three rows of the usual table; names are short, so a fixed bound keeps it on the stack. */
unsigned str_distance(Str a, Str b, unsigned most)
{
    enum { LONGEST = 64 };
    unsigned row[3][LONGEST + 1];
    size_t apart = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (a.n > LONGEST || b.n > LONGEST || apart > most)
        return most + 1;
    for (size_t j = 0; j <= b.n; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *now = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned d = up[j - 1] + (a.s[i - 1] != b.s[j - 1]);
            if (up[j] + 1 < d)
                d = up[j] + 1;
            if (now[j - 1] + 1 < d)
                d = now[j - 1] + 1;
            if (i > 1 && j > 1 && a.s[i - 1] == b.s[j - 2] && a.s[i - 2] == b.s[j - 1] && upup[j - 2] + 1 < d)
                d = upup[j - 2] + 1;
            now[j] = d;
        }
    }
    unsigned d = row[a.n % 3][b.n];
    return d > most ? most + 1 : d;
}

uint64_t str_hash(Str s)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ s.n, w;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        memcpy(&w, s.s + i, 8);
        h = (h ^ w) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    w = 0;
    if (i < s.n)
        memcpy(&w, s.s + i, s.n - i);
    /* Twice, because a product's low bits know nothing of its factors' high ones: names that differ at their ends would meet. */
    h = (h ^ w) * 0xC4CEB9FE1A85EC53u;
    h = (h ^ (h >> 32)) * 0xFF51AFD7ED558CCDu;
    return h ^ (h >> 32);
}

void strbuf_reserve(StrBuf *b, size_t more)
{
    if (b->cap - b->n > more)
        return;
    if (more > SIZE_MAX / 4 || b->cap > SIZE_MAX / 4)
        die_memory();
    size_t cap = b->cap * 2 + 64;
    if (cap < b->n + more + 1)
        cap = b->n + more + 1;
    b->s = mem_resize(b->s, cap, 1);
    b->cap = cap;
}

/* Most texts are short and fit at the first try. */
void strbuf_vformat(StrBuf *b, const char *format, va_list args)
{
    enum { SHORT = 63 };
    va_list again;
    va_copy(again, args);
    strbuf_reserve(b, SHORT);
    size_t room = b->cap - b->n;
    int n = vsnprintf(b->s + b->n, room, format, args);
    if (n < 0)
        BUG("bad format");
    if ((size_t)n >= room) {
        strbuf_reserve(b, (size_t)n);
        vsnprintf(b->s + b->n, (size_t)n + 1, format, again);
    }
    va_end(again);
    b->n += (size_t)n;
}

void strbuf_format(StrBuf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_vformat(b, format, args);
    va_end(args);
}

Str strbuf_str(const StrBuf *b)
{
    return (Str){b->s ? b->s : "", b->n};
}

void strbuf_free(StrBuf *b)
{
    free(b->s);
    *b = (StrBuf){0};
}
