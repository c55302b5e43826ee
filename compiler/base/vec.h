#ifndef CORDON_BASE_VEC_H
#define CORDON_BASE_VEC_H
/* Growable typed array. Ownership: the vector owns its memory until vec_free; references across growth are indices. */
#include "base/arena.h"
#include "base/bug.h"

#include <stdint.h>

#define Vec(T)           \
    struct {             \
        T *at;           \
        uint32_t n, cap; \
    }

/* Appends one value (an expression or a compound literal). */
#define vec_push(v, ...) (vec_reserve((v), 1), (void)((v)->at[(v)->n++] = (__VA_ARGS__)))
/* Makes room for `more` further values. */
#define vec_reserve(v, more)                                                                         \
    ((v)->cap - (v)->n < (uint32_t)(more)                                                            \
         ? (void)((v)->at = vec_room((v)->at, &(v)->cap, (v)->n, (uint32_t)(more), sizeof *(v)->at)) \
         : (void)0)
#define vec_free(v) (free((v)->at), (v)->at = NULL, (v)->n = (v)->cap = 0)
#define vec_last(v) ((v)->at[(v)->n - 1])

/* The one out-of-line part: grows by half, checked against 32-bit counts. */
void *vec_room(void *at, uint32_t *cap, uint32_t n, uint32_t more, size_t size);

/* Makes it `count` zeroes, whatever was in it. */
#define vec_zeroes(v, count) \
    ((v)->n = (count), (void)((v)->at = vec_zeroed((v)->at, &(v)->cap, (v)->n, sizeof *(v)->at)))
void *vec_zeroed(void *at, uint32_t *cap, uint32_t n, size_t size);

/* For qsort: `a` and `b` point at a number of 64 bits each; 32 bits. */
int u64_order(const void *a, const void *b);
int u32_order(const void *a, const void *b);

#endif
