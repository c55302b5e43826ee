/* Interning. Entry 0 is the empty name. Requires intern_init; leaves every name copied once. */
#include "base/intern.h"

#include "base/bug.h"

#include <stdlib.h>

static void rebuild(Interner *in, uint32_t cap)
{
    free(in->table);
    in->table = mem_resize(NULL, cap, sizeof *in->table);
    memset(in->table, 0, cap * sizeof *in->table);
    in->table_cap = cap;
    for (Sym s = 1; s < in->n; s++) {
        uint32_t i = in->entries[s].hash & (cap - 1);
        while (in->table[i].sym)
            i = (i + 1) & (cap - 1);
        in->table[i] = (InternSlot){in->entries[s].hash, s};
    }
}

void intern_init(Interner *in)
{
    *in = (Interner){.n = 1, .cap = 1024};
    in->entries = mem_resize(NULL, in->cap, sizeof *in->entries);
    in->entries[0] = (InternEntry){"", 0, 0};
    rebuild(in, 2048);
}

void intern_reserve(Interner *in, uint32_t more)
{
    uint32_t cap = in->table_cap;
    while (cap < UINT32_MAX / 2 && ((uint64_t)in->n + more) * 2 > cap)
        cap *= 2;
    if (cap > in->table_cap)
        rebuild(in, cap);
}

void intern_free(Interner *in)
{
    arena_free(&in->chars);
    free(in->entries);
    free(in->table);
    *in = (Interner){0};
}

/* Names that differ in their last byte only, as numbered ones do, get neighbouring slots: one reach into memory for ten. */
static uint32_t name_hash(Str name)
{
    return (uint32_t)str_hash((Str){name.s, name.n - 1}) + (unsigned char)name.s[name.n - 1];
}

/* The slot that holds `name`, or the empty one where it would go. */
static uint32_t slot_of(const Interner *in, Str name, uint32_t hash)
{
    uint32_t mask = in->table_cap - 1, i = hash & mask;
    for (; in->table[i].sym; i = (i + 1) & mask) {
        if (in->table[i].hash != hash)
            continue;
        const InternEntry *e = &in->entries[in->table[i].sym];
        if (e->n == name.n && memcmp(e->s, name.s, name.n) == 0)
            break;
    }
    return i;
}

Sym intern_find(const Interner *in, Str name)
{
    return name.n ? in->table[slot_of(in, name, name_hash(name))].sym : 0;
}

Sym intern(Interner *in, Str name)
{
    if (!name.n)
        return 0;
    uint32_t hash = name_hash(name), i = slot_of(in, name, hash);
    if (in->table[i].sym)
        return in->table[i].sym;
    if (in->n == UINT32_MAX / 4)
        die_memory();
    if (in->n == in->cap) {
        in->cap += in->cap / 2;
        in->entries = mem_resize(in->entries, in->cap, sizeof *in->entries);
    }
    Sym sym = in->n++;
    in->entries[sym] = (InternEntry){str_z(&in->chars, name), (uint32_t)name.n, hash};
    in->table[i] = (InternSlot){hash, sym};
    if ((uint64_t)in->n * 2 > in->table_cap)
        rebuild(in, in->table_cap * 2);
    return sym;
}

Str sym_str(const Interner *in, Sym sym)
{
    if (sym >= in->n)
        BUG("no such name");
    return (Str){in->entries[sym].s, in->entries[sym].n};
}
