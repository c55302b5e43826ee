#ifndef CORDON_BASE_MAP_H
#define CORDON_BASE_MAP_H
/* Open-addressing hash map from a 64-bit key to a 32-bit value. Ownership: the map owns its table until map_free.
 * Never iterate it: its order is not stable. */
#include <stdbool.h>
#include <stdint.h>

typedef struct MapSlot {
    uint64_t key;
    uint32_t value; /* 0 = empty slot, so 0 is not a value */
} MapSlot;

/* Zero-initialised is a valid empty map. */
typedef struct Map {
    MapSlot *slots;
    uint32_t n, cap; /* cap is 0 or a power of two */
} Map;

#define MAP_KEY(hi, lo) ((uint64_t)(uint32_t)(hi) << 32 | (uint32_t)(lo))

/* Where a key's search begins. Sixteen neighbours in the low part of the key stay neighbours: names are numbered in order of
 * appearance, so what is declared together is found together. */
static inline uint32_t map_start(const Map *m, uint64_t key)
{
    uint64_t h = (key >> 4) * 0x9E3779B97F4A7C15u;
    return (uint32_t)((h ^ (h >> 32)) + (key & 15)) & (m->cap - 1);
}

/* The value, or 0. */
static inline uint32_t map_get(const Map *m, uint64_t key)
{
    if (!m->cap)
        return 0;
    for (uint32_t i = map_start(m, key); m->slots[i].value; i = (i + 1) & (m->cap - 1))
        if (m->slots[i].key == key)
            return m->slots[i].value;
    return 0;
}

/* Makes room for `more` further keys at once. */
void map_reserve(Map *m, uint32_t more);
/* Sets; `value` is not 0. */
void map_put(Map *m, uint64_t key, uint32_t value);
void map_free(Map *m);

#endif
