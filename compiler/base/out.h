#ifndef CORDON_BASE_OUT_H
#define CORDON_BASE_OUT_H
/* Buffered output that remembers whether anything failed, and files that appear whole or not at all. Ownership: the caller owns
 * the Out; out_close or out_discard ends it. */
#include "base/str.h"

typedef struct Out {
    int fd;            /* -1: a memory buffer */
    StrBuf memory;     /* what was written, for memory outputs; else the pending bytes */
    char *path, *temp; /* of an atomic file; NULL else */
    int error;         /* errno of the first failure, 0 if none */
    const char *why;   /* of a failure that the system has no words for, else NULL: see out_why */
    bool direct;       /* the path is no regular file: written as it comes */
    bool changed;      /* set by out_close: a file was made or replaced */
    uint64_t bytes;    /* written so far */
} Out;

/* Writes to memory; read it with out_text. */
void out_memory(Out *o);
/* Writes to an open descriptor, which is not closed (standard output, /dev/null). */
void out_fd(Out *o, int fd);
/* Begins a file that replaces `path` on out_close: a temporary file beside it, flushed, checked and renamed. Where the path is
 * not a regular file (a pipe, /dev/null, /dev/full) it is written directly. */
void out_file(Out *o, const char *path);
/* Everything of out_close that can fail for want of space, without publishing: so that many files appear only when all are whole. */
bool out_ready(Out *o);
/* After out_ready: gives the descriptor back until out_close or out_discard, for those who hold very many files. */
void out_park(Out *o);
/* Ends the output. A file whose content is what `path` holds already is not touched (its time stays). True if all went well;
 * else o->error says why, nothing is left behind and an earlier file at `path` is as it was. */
bool out_close(Out *o);
/* Ends it without publishing. */
void out_discard(Out *o);

void out_str(Out *o, Str s);
/* Room for n bytes at the end of what is pending, for those who write very much; NULL if they have to go the long way. After
 * writing there, out_filled says up to where. */
enum { OUT_PENDING = 1 << 16 }; /* bytes that are enough to be handed to the system */
static inline char *out_room(Out *o, size_t n)
{
    StrBuf *b = &o->memory;
    return b->cap - b->n > n && b->n < OUT_PENDING && !o->error ? b->s + b->n : NULL;
}
static inline void out_filled(Out *o, char *end)
{
    size_t n = (size_t)(end - o->memory.s) - o->memory.n;
    o->memory.n += n;
    o->bytes += n;
    *end = 0;
}
/* Hands what is pending to the system, once it is enough. */
void out_relieve(Out *o);
/* As out_str, fast where there is room. */
static inline void out_put(Out *o, const char *s, size_t n)
{
    char *to = out_room(o, n);
    if (!to) {
        out_str(o, (Str){s, n});
        return;
    }
    memcpy(to, s, n);
    out_filled(o, to + n);
}
static inline void out_z(Out *o, const char *z)
{
    out_put(o, z, strlen(z));
}
static inline void out_char(Out *o, char c)
{
    out_put(o, &c, 1);
}
void out_u64(Out *o, uint64_t n);
void out_format(Out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str out_text(const Out *o);
/* Fails the output for a reason in words, which are borrowed; a failure before stays the first. */
void out_refuse(Out *o, const char *why);
/* Why it failed, in words. */
const char *out_why(const Out *o);
bool out_ok(const Out *o);

#endif
