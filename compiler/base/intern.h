#ifndef CORDON_BASE_INTERN_H
#define CORDON_BASE_INTERN_H
/* Names to small integers and back; equal names have equal ids. Ownership: the interner copies and keeps every name, but for
 * those that were known before it began: their table outlives it. */
#include "base/str.h"

typedef uint32_t Sym; /* 0 = no name */

/* Most names are short and stand in their entry: one reach into memory, not two. */
enum { INTERN_NEAR = 14, INTERN_FAR = 255 };
typedef union InternEntry {
    struct {
        char text[INTERN_NEAR + 1]; /* terminated */
        uint8_t n;                  /* or INTERN_FAR */
    } near;
    struct {
        const char *s;
        uint32_t n;
    } far;
} InternEntry;
_Static_assert(sizeof(InternEntry) == 16, "the mark of a far name stands behind what says where it is");

typedef struct InternSlot {
    uint32_t hash;
    Sym sym; /* 0 = empty */
} InternSlot;

typedef struct KnownName {
    uint32_t at, n; /* in the characters */
} KnownName;

/* Names that the build has numbered and laid out for looking up. It holds no addresses, so that a program that starts has
 * nothing to set right in it. */
typedef struct KnownNames {
    const char *chars;
    const KnownName *names; /* by Sym; [0] is the empty name */
    const InternSlot *table;
    uint32_t n, table_cap;
} KnownNames;

typedef struct Interner {
    const KnownNames *known;
    Arena arena;
    InternEntry **blocks; /* by Sym - first; a block never moves, so that a Str stays valid */
    InternSlot *table;    /* open addressing */
    uint32_t first, n;    /* Syms from `first` on are its own, up to n */
    uint32_t cap, table_cap;
} Interner;

void intern_init(Interner *in);
/* Begins with names that are known. */
void intern_init_known(Interner *in, const KnownNames *known);
void intern_free(Interner *in);
/* Makes room for about `more` further names at once. */
void intern_reserve(Interner *in, uint32_t more);
Sym intern(Interner *in, Str name);
/* The id of a name that was interned before, or 0. */
Sym intern_find(const Interner *in, Str name);
/* Has it fetched into the cache of the processor, for who asks for it in a moment. */
void sym_foresee(const Interner *in, Sym sym);
Str sym_str(const Interner *in, Sym sym);

#endif
