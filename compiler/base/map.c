/* Linear probing, at most five eighths full. Requires nothing. */
#include "base/map.h"

#include "base/arena.h"
#include "base/bug.h"

#include <stdlib.h>
#include <string.h>

/* Moves everything into a table of `cap` slots, a power of two. */
static void resize(Map *m, uint64_t cap)
{
    if (cap > (uint64_t)1 << 31)
        die_memory();
    Map bigger = {.cap = (uint32_t)cap};
    bigger.slots = mem_resize(NULL, bigger.cap, sizeof(MapSlot));
    memset(bigger.slots, 0, bigger.cap * sizeof(MapSlot));
    for (uint32_t i = 0; i < m->cap; i++)
        if (m->slots[i].value)
            map_put(&bigger, m->slots[i].key, m->slots[i].value);
    free(m->slots);
    *m = bigger;
}

void map_reserve(Map *m, uint32_t more)
{
    uint64_t cap = m->cap ? m->cap : 16;
    while (((uint64_t)m->n + more) * 8 > cap * 5)
        cap *= 2;
    if (cap > m->cap)
        resize(m, cap);
}

void map_put(Map *m, uint64_t key, uint32_t value)
{
    if (!value)
        BUG("a map cannot hold 0");
    if ((uint64_t)(m->n + 1) * 8 > (uint64_t)m->cap * 5)
        resize(m, m->cap ? (uint64_t)m->cap * 2 : 16);
    uint32_t i = map_start(m, key);
    for (; m->slots[i].value; i = (i + 1) & (m->cap - 1))
        if (m->slots[i].key == key) {
            m->slots[i].value = value;
            return;
        }
    m->slots[i] = (MapSlot){key, value};
    m->n++;
}

void map_free(Map *m)
{
    free(m->slots);
    *m = (Map){0};
}
