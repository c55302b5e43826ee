/* Interning. Looks among the known names first, then among its own. Requires intern_init; leaves every name copied once. */
#include "base/intern.h"

#include "base/bug.h"

#include <stdlib.h>

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

static void rebuild(Interner *in, uint32_t cap)
{
    free(in->table);
    in->table = mem_resize(NULL, cap, sizeof *in->table);
    memset(in->table, 0, cap * sizeof *in->table);
    in->table_cap = cap;
    for (Sym s = in->first; s < in->n; s++) {
        uint32_t hash = in->entries[s - in->first].hash, i = hash & (cap - 1);
        while (in->table[i].sym)
            i = (i + stride(hash)) & (cap - 1);
        in->table[i] = (InternSlot){hash, s};
    }
}

void intern_init_known(Interner *in, const KnownNames *known)
{
    *in = (Interner){.known = known, .first = known->n, .n = known->n, .cap = 1024};
    in->entries = mem_resize(NULL, in->cap, sizeof *in->entries);
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
    arena_free(&in->chars);
    free(in->entries);
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

/* The slot that holds `name`, or the empty one where it would go. */
static inline uint32_t slot_of(const Interner *in, Str name, uint32_t hash)
{
    uint32_t mask = in->table_cap - 1, i = hash & mask;
    for (; in->table[i].sym; i = (i + stride(hash)) & mask) {
        if (in->table[i].hash != hash)
            continue;
        const InternEntry *e = &in->entries[in->table[i].sym - in->first];
        if (e->n == name.n && same(e->s, name.s, name.n))
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
    if (in->n == UINT32_MAX / 4)
        die_memory();
    if (in->n - in->first == in->cap) {
        in->cap += in->cap / 2;
        in->entries = mem_resize(in->entries, in->cap, sizeof *in->entries);
    }
    Sym sym = in->n++;
    in->entries[sym - in->first] = (InternEntry){str_z(&in->chars, name), (uint32_t)name.n, hash};
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
    const InternEntry *e = &in->entries[sym - in->first];
    return (Str){e->s, e->n};
}

void sym_foresee(const Interner *in, Sym sym)
{
    if (sym >= in->first && sym < in->n)
        __builtin_prefetch(&in->entries[sym - in->first]);
}
