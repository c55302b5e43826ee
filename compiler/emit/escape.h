#ifndef CORDON_EMIT_ESCAPE_H
#define CORDON_EMIT_ESCAPE_H
/* What the escapers of all formats share: reading user text one character at a time, and the visible form of a
 * character that would hide or reorder text. Ownership: none; texts are borrowed. */
#include "base/out.h"

/* Bytes that may need more than a copy: controls, quotes, backslash, DEL, and what begins a character that hides or reorders. */
static inline bool escape_watched(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c >= 0x7F;
}
/* How many bytes from the start any format but those with marks of their own can copy as they are. Blocks are looked through without
 * branches and have a known length, so the loop becomes a few instructions on vectors; the last may overlap the one before. */
enum { ESCAPE_BLOCK = 16 };
static inline bool escape_block(const char *s)
{
    unsigned char watched = 0;
    for (int i = 0; i < ESCAPE_BLOCK; i++) {
        unsigned char c = (unsigned char)s[i];
        watched |= (unsigned char)((c < 0x20) | (c == '"') | (c == '\\') | (c >= 0x7F));
    }
    return watched != 0;
}
static inline size_t escape_plain(const char *s, size_t n)
{
    size_t i = 0;
    while (i + ESCAPE_BLOCK <= n && !escape_block(s + i))
        i += ESCAPE_BLOCK;
    if (n >= ESCAPE_BLOCK && i + ESCAPE_BLOCK > n && !escape_block(s + n - ESCAPE_BLOCK))
        return n;
    while (i < n && !escape_watched((unsigned char)s[i]))
        i++;
    return i;
}

/* Whether all of it can be copied, which most texts can: what was seen is gathered and looked at in the end. */
static inline void escape_look(unsigned char *restrict seen, const char *restrict s)
{
    for (int i = 0; i < ESCAPE_BLOCK; i++) {
        unsigned char c = (unsigned char)s[i];
        seen[i] |= (unsigned char)((c < 0x20) | (c == '"') | (c == '\\') | (c >= 0x7F));
    }
}
static inline bool escape_all_plain(const char *s, size_t n)
{
    unsigned char seen[ESCAPE_BLOCK] = {0};
    if (n < ESCAPE_BLOCK)
        return escape_plain(s, n) == n;
    for (size_t i = 0; i + ESCAPE_BLOCK <= n; i += ESCAPE_BLOCK)
        escape_look(seen, s + i);
    escape_look(seen, s + n - ESCAPE_BLOCK);
    uint64_t halves[ESCAPE_BLOCK / 8];
    memcpy(halves, seen, sizeof halves);
    return !(halves[0] | halves[1]);
}

/* Not 0 if any of eight bytes is watched: each sum and difference reaches the highest bit of the first byte that it is about, and of none
 * before one. */
static inline uint64_t escape_word(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
    return (w | (w + ones) | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & ones * 0x80;
}
static inline bool escape_copy_short(char *to, const char *s, size_t n)
{
    bool plain = true;
    if (n >= 8) { /* the two may overlap */
        uint64_t lo, hi;
        memcpy(&lo, s, 8);
        memcpy(&hi, s + n - 8, 8);
        memcpy(to, &lo, 8);
        memcpy(to + n - 8, &hi, 8);
        return !(escape_word(lo) | escape_word(hi));
    }
    for (size_t i = 0; i < n; i++) {
        to[i] = s[i];
        plain &= !escape_watched((unsigned char)s[i]);
    }
    return plain;
}
/* Copies and looks at once: whether all of it could be copied. If not, what was copied counts for nothing. */
static inline bool escape_copy(char *restrict to, const char *restrict s, size_t n)
{
    unsigned char seen[ESCAPE_BLOCK] = {0};
    if (n < ESCAPE_BLOCK)
        return escape_copy_short(to, s, n);
    for (size_t i = 0; i + ESCAPE_BLOCK <= n; i += ESCAPE_BLOCK) {
        memcpy(to + i, s + i, ESCAPE_BLOCK);
        escape_look(seen, s + i);
    }
    memcpy(to + n - ESCAPE_BLOCK, s + n - ESCAPE_BLOCK, ESCAPE_BLOCK);
    escape_look(seen, s + n - ESCAPE_BLOCK);
    uint64_t halves[ESCAPE_BLOCK / 8];
    memcpy(halves, seen, sizeof halves);
    return !(halves[0] | halves[1]);
}

/* A byte that is no UTF-8; it is shown as \x{9F}. */
enum { ESCAPE_BAD = 0x110000 };

/* Reads the character at `i` and returns its bytes (at least 1). A broken one is ESCAPE_BAD + its byte. */
size_t escape_next(Str s, size_t i, uint32_t *c);
/* Whether no output may hold the character as it is. Tab and newline are not hidden: each format has its own use for
 * them. */
bool escape_hidden(uint32_t c);
/* The visible form of a hidden character, terminated: "\u{202E}". */
void escape_show(uint32_t c, char out[16]);
/* A path of an output in a link: letters, digits and ._-/# as they are, everything else encoded. */
void put_path(Out *out, Str s);
/* Percent-encodes a text as the fragment of a link: "#" is not part of it. */
void put_fragment(Out *out, Str s);

#endif
