/* Growth of vectors, and the orders of plain numbers. Requires nothing; leaves behind an array with room for `more`. */
#include "base/vec.h"

#include <string.h>

void *vec_room(void *at, uint32_t *cap, uint32_t n, uint32_t more, size_t size)
{
    uint64_t want = (uint64_t)n + more, grown = (uint64_t)*cap + *cap / 2 + 8;
    if (want < grown)
        want = grown;
    if (want > UINT32_MAX)
        die_memory();
    *cap = (uint32_t)want;
    return mem_resize(at, want, size);
}

void *vec_zeroed(void *at, uint32_t *cap, uint32_t n, size_t size)
{
    if (*cap < n || !at)
        at = vec_room(at, cap, 0, n, size);
    return memset(at, 0, n * size);
}

int u64_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int u32_order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}
