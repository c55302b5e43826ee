#ifndef CORDON_BASE_STR_H
#define CORDON_BASE_STR_H
/* Strings as pointer and length, and a builder. Ownership: a Str borrows; a StrBuf owns until strbuf_free. */
#include "base/arena.h"
#include "base/banned.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *s; /* not terminated */
    size_t n;      /* bytes */
} Str;

#define STR(lit) ((Str){(lit), sizeof(lit) - 1})
/* For printf's "%.*s". */
#define STR_FMT(x) (int)(x).n, (x).s

Str str_from(const char *z);
bool str_eq(Str a, Str b);
/* Byte order; a total order, the same on every machine. */
int str_cmp(Str a, Str b);
/* The same for qsort: `a` and `b` point at a Str each. */
int str_order(const void *a, const void *b);
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
/* Offset of the last `c`, or -1. */
long str_rfind(Str s, char c);
Str str_slice(Str s, size_t lo, size_t hi);
/* A terminated copy in the arena. */
Str str_copy(Arena *a, Str s);
char *str_z(Arena *a, Str s);
Str str_format(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Damerau-Levenshtein distance (optimal string alignment), or `most` + 1 when it is larger than `most`. */
unsigned str_distance(Str a, Str b, unsigned most);
uint64_t str_hash(Str s);

typedef struct StrBuf {
    char *s; /* always terminated once something was added */
    size_t n, cap;
} StrBuf;

/* Makes room for `more` further bytes and a terminator. */
void strbuf_reserve(StrBuf *b, size_t more);
static inline void strbuf_add(StrBuf *b, Str s)
{
    if (b->cap - b->n <= s.n)
        strbuf_reserve(b, s.n);
    if (s.n)
        memcpy(b->s + b->n, s.s, s.n);
    b->n += s.n;
    b->s[b->n] = 0;
}
static inline void strbuf_char(StrBuf *b, char c)
{
    if (b->cap - b->n <= 1)
        strbuf_reserve(b, 1);
    b->s[b->n++] = c;
    b->s[b->n] = 0;
}
static inline void strbuf_addz(StrBuf *b, const char *z)
{
    strbuf_add(b, (Str){z, strlen(z)});
}
void strbuf_format(StrBuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vformat(StrBuf *b, const char *format, va_list args);
Str strbuf_str(const StrBuf *b);
void strbuf_free(StrBuf *b);

#endif
