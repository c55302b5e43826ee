#ifndef CORDON_BASE_ARENA_H
#define CORDON_BASE_ARENA_H
/* Chunked bump allocator. Ownership: what is allocated lives until its arena is freed; nothing is freed alone. */
#include <stddef.h>

typedef struct ArenaChunk ArenaChunk;

/* Zero-initialised is a valid empty arena. */
typedef struct Arena {
    char *next, *end;
    ArenaChunk *chunks;
    size_t total; /* bytes taken from the system */
} Arena;

/* Zeroed memory; `align` is a power of two. Never returns NULL (die_memory). */
void *arena_alloc(Arena *a, size_t size, size_t align);
/* As arena_alloc, but what is in the memory is left to chance. */
void *arena_bytes(Arena *a, size_t size, size_t align);
/* As arena_alloc for n * size bytes, the product checked. */
void *arena_array(Arena *a, size_t n, size_t size, size_t align);
/* Gives everything back; the arena is empty and usable again. */
void arena_free(Arena *a);
/* As arena_free, but keeps the last chunk for what comes next. */
void arena_reset(Arena *a);

#define NEW(a, T) ((T *)arena_alloc((a), sizeof(T), _Alignof(T)))
#define NEWN(a, T, n) ((T *)arena_array((a), (n), sizeof(T), _Alignof(T)))

/* malloc family that never returns NULL: sizes are checked, failure is die_memory. Free with free(). */
void *mem_alloc(size_t size);
void *mem_resize(void *p, size_t n, size_t size);
/* n * size bytes of zeroes; large ones are not touched. */
void *mem_zeroes(size_t n, size_t size);

#endif
