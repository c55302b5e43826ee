/* The arena: chunks in a list, each twice the last up to a bound, so that small programs stay small and large ones make
 * few calls. Under AddressSanitizer fresh chunks are poisoned and allocations kept apart by a red zone, because an arena
 * would otherwise hide every overrun inside it. */
#include "base/arena.h"

#include "base/bug.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { REDZONE = 8 };
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
enum { REDZONE = 0 };
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#endif

enum { CHUNK_FIRST = 16 << 10, CHUNK_MOST = 4 << 20 };

struct ArenaChunk {
    ArenaChunk *before;
    size_t size;
    max_align_t data[];
};

static void grow(Arena *a, size_t need)
{
    size_t size = a->chunks ? a->chunks->size * 2 : CHUNK_FIRST;
    if (size > CHUNK_MOST)
        size = CHUNK_MOST;
    if (size < need)
        size = need;
    ArenaChunk *c = mem_alloc(sizeof *c + size);
    c->before = a->chunks;
    c->size = size;
    a->chunks = c;
    a->total += size;
    a->next = (char *)c->data;
    a->end = a->next + size;
    POISON(a->next, size);
}

void *arena_bytes(Arena *a, size_t size, size_t align)
{
    if (size > SIZE_MAX / 4)
        die_memory();
    size_t pad = -(uintptr_t)a->next & (align - 1);
    if (!a->next || (size_t)(a->end - a->next) < pad + size + REDZONE) {
        grow(a, size + align + REDZONE);
        pad = -(uintptr_t)a->next & (align - 1);
    }
    char *r = a->next + pad;
    a->next = r + size + REDZONE;
    UNPOISON(r, size);
    return r;
}

void *arena_alloc(Arena *a, size_t size, size_t align)
{
    return memset(arena_bytes(a, size, align), 0, size);
}

void *arena_array(Arena *a, size_t n, size_t size, size_t align)
{
    if (size && n > SIZE_MAX / 4 / size)
        die_memory();
    return arena_alloc(a, n * size, align);
}

static void free_chunks(ArenaChunk *c)
{
    for (ArenaChunk *before; c; c = before) {
        before = c->before;
        UNPOISON(c->data, c->size);
        free(c);
    }
}

void arena_free(Arena *a)
{
    free_chunks(a->chunks);
    *a = (Arena){0};
}

void arena_reset(Arena *a)
{
    ArenaChunk *last = a->chunks;
    if (!last)
        return;
    free_chunks(last->before);
    last->before = NULL;
    a->total = last->size;
    a->next = (char *)last->data;
    POISON(a->next, last->size);
}

void *mem_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        die_memory();
    return p;
}

void *mem_zeroes(size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 4 / size)
        die_memory();
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        die_memory();
    return p;
}

void *mem_resize(void *p, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 4 / size)
        die_memory();
    void *q = realloc(p, n * size > 0 ? n * size : 1);
    if (!q)
        die_memory();
    return q;
}
