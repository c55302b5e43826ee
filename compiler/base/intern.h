#ifndef CORDON_BASE_INTERN_H
#define CORDON_BASE_INTERN_H
/* Names to small integers and back; equal names have equal ids. Ownership: the interner copies and keeps every name. */
#include "base/str.h"

typedef uint32_t Sym; /* 0 = no name */

typedef struct InternEntry {
    const char *s;
    uint32_t n, hash;
} InternEntry;

typedef struct InternSlot {
    uint32_t hash;
    Sym sym; /* 0 = empty */
} InternSlot;

typedef struct Interner {
    Arena chars;
    InternEntry *entries; /* by Sym */
    InternSlot *table;    /* open addressing */
    uint32_t n, cap, table_cap;
} Interner;

void intern_init(Interner *in);
void intern_free(Interner *in);
/* Makes room for about `more` further names at once. */
void intern_reserve(Interner *in, uint32_t more);
Sym intern(Interner *in, Str name);
/* The id of a name that was interned before, or 0. */
Sym intern_find(const Interner *in, Str name);
Str sym_str(const Interner *in, Sym sym);

#endif
