/* Interning. Looks among the known names first, then among its own. Requires intern_init; leaves every name copied once. */
#include "base/intern.h"

#include "base/bug.h"

#include <stdlib.h>

enum { BLOCK = 1024 }; /* entries that are got at once */

/* The empty name alone. */
static const KnownNames nothing = {"", &(const KnownName){0, 0}, &(const InternSlot){0, 0}, 1, 1};

/* How far apart the places are where a name may be: the same for names that begin alike, so that they move along together. */
static inline uint32_t stride(uint32_t hash)
{
    return hash >> 16 | 1;
}

static bool is_full(uint64_t names, uint32_t cap)
{
    return names * 4 > (uint64_t)cap * 3;
}

/* Moves everything into a table of `cap` slots, a power of two. */
static void rebuild(Interner *in, uint32_t cap)
{
    InternSlot *table = mem_zeroes(cap, sizeof *table);
    for (uint32_t k = 0; k < in->table_cap; k++) {
        const InternSlot *slot = &in->table[k];
        uint32_t i = slot->hash & (cap - 1);
        while (slot->sym && table[i].sym)
            i = (i + stride(slot->hash)) & (cap - 1);
        if (slot->sym)
            table[i] = *slot;
    }
    free(in->table);
    in->table = table;
    in->table_cap = cap;
}

void intern_init_known(Interner *in, const KnownNames *known)
{
    *in = (Interner){.known = known, .first = known->n, .n = known->n};
    rebuild(in, 2048);
}

void intern_init(Interner *in)
{
    intern_init_known(in, &nothing);
}

void intern_reserve(Interner *in, uint32_t more)
{
    uint32_t cap = in->table_cap;
    while (cap < UINT32_MAX / 2 && is_full((uint64_t)in->n - in->first + more, cap))
        cap *= 2;
    if (cap > in->table_cap)
        rebuild(in, cap);
}

void intern_free(Interner *in)
{
    arena_free(&in->arena);
    free(in->blocks);
    free(in->table);
    *in = (Interner){0};
}

static inline uint64_t word(const char *s)
{
    uint64_t w;
    memcpy(&w, s, sizeof w);
    return w;
}

/* Fewer than eight bytes as a number, equal for equal bytes of one length. Names are short: this is most of what is read of them,
 * and a call to copy or compare a few bytes would cost more than they do. */
static inline uint64_t tail(const char *s, size_t n)
{
    uint32_t first, last;
    if (n >= sizeof first) {
        memcpy(&first, s, sizeof first);
        memcpy(&last, s + n - sizeof last, sizeof last);
        return (uint64_t)first << 32 | last;
    }
    return n ? (uint64_t)(unsigned char)s[0] << 16 | (uint64_t)(unsigned char)s[n / 2] << 8 | (unsigned char)s[n - 1]
             : 0;
}

static inline bool same(const char *a, const char *b, size_t n)
{
    for (; n >= 8; a += 8, b += 8, n -= 8)
        if (word(a) != word(b))
            return false;
    return tail(a, n) == tail(b, n);
}

/* Names that differ in their last two bytes only, as numbered ones do, get neighbouring slots, in the order of their numbers: one
 * reach into memory serves many, and large models have more names than caches hold. */
static inline uint32_t name_hash(Str name)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ name.n;
    const char *s = name.s, *end = s + name.n;
    uint32_t number = (unsigned char)end[-1] + (name.n > 1 ? 10u * (unsigned char)end[-2] : 0);
    size_t n = name.n > 1 ? name.n - 2 : 0;
    for (; n >= 8; s += 8, n -= 8) {
        h = (h ^ word(s)) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    /* Twice, because a product's low bits know nothing of its factors' high ones: names that differ at their ends would meet. */
    h = (h ^ tail(s, n)) * 0xC4CEB9FE1A85EC53u;
    h = (h ^ (h >> 32)) * 0xFF51AFD7ED558CCDu;
    return (uint32_t)(h ^ (h >> 32)) + number;
}

static inline Sym find_known(const KnownNames *k, Str name, uint32_t hash)
{
    uint32_t mask = k->table_cap - 1;
    for (uint32_t i = hash & mask; k->table[i].sym; i = (i + stride(hash)) & mask) {
        const KnownName *e = &k->names[k->table[i].sym];
        if (k->table[i].hash == hash && e->n == name.n && same(k->chars + e->at, name.s, name.n))
            return k->table[i].sym;
    }
    return 0;
}

static InternEntry *entry_at(const Interner *in, Sym sym)
{
    uint32_t i = sym - in->first;
    return &in->blocks[i / BLOCK][i % BLOCK];
}

static inline Str entry_str(const InternEntry *e)
{
    return e->near.n == INTERN_FAR ? (Str){e->far.s, e->far.n} : (Str){e->near.text, e->near.n};
}

/* The slot that holds `name`, or the empty one where it would go. */
static inline uint32_t slot_of(const Interner *in, Str name, uint32_t hash)
{
    uint32_t mask = in->table_cap - 1, i = hash & mask;
    for (; in->table[i].sym; i = (i + stride(hash)) & mask) {
        if (in->table[i].hash != hash)
            continue;
        Str known = entry_str(entry_at(in, in->table[i].sym));
        if (known.n == name.n && same(known.s, name.s, name.n))
            break;
    }
    return i;
}

Sym intern_find(const Interner *in, Str name)
{
    if (!name.n)
        return 0;
    uint32_t hash = name_hash(name);
    Sym known = find_known(in->known, name, hash);
    return known ? known : in->table[slot_of(in, name, hash)].sym;
}

static Sym add(Interner *in, Str name)
{
    uint32_t i = in->n - in->first;
    if (in->n == UINT32_MAX / 4)
        die_memory();
    if (i / BLOCK == in->cap) {
        in->cap = in->cap * 2 + 4;
        in->blocks = mem_resize(in->blocks, in->cap, sizeof *in->blocks);
    }
    if (i % BLOCK == 0)
        in->blocks[i / BLOCK] = arena_bytes(&in->arena, BLOCK * sizeof(InternEntry), _Alignof(InternEntry));
    Sym sym = in->n++;
    InternEntry *e = entry_at(in, sym);
    if (name.n <= INTERN_NEAR) {
        e->near.n = (uint8_t)name.n;
        memcpy(e->near.text, name.s, name.n);
        e->near.text[name.n] = '\0';
    } else {
        e->far.s = str_z(&in->arena, name);
        e->far.n = (uint32_t)name.n;
        e->near.n = INTERN_FAR;
    }
    return sym;
}

Sym intern(Interner *in, Str name)
{
    if (!name.n)
        return 0;
    uint32_t hash = name_hash(name);
    Sym known = find_known(in->known, name, hash);
    if (known)
        return known;
    uint32_t i = slot_of(in, name, hash);
    if (in->table[i].sym)
        return in->table[i].sym;
    Sym sym = add(in, name);
    in->table[i] = (InternSlot){hash, sym};
    if (is_full(in->n - in->first, in->table_cap))
        rebuild(in, in->table_cap * 2);
    return sym;
}

Str sym_str(const Interner *in, Sym sym)
{
    if (sym < in->first) {
        const KnownName *k = &in->known->names[sym];
        return (Str){in->known->chars + k->at, k->n};
    }
    if (sym >= in->n)
        BUG("no such name");
    return entry_str(entry_at(in, sym));
}

void sym_foresee(const Interner *in, Sym sym)
{
    if (sym >= in->first && sym < in->n)
        __builtin_prefetch(entry_at(in, sym));
}
