#ifndef CORDON_EXCHANGE_JOIN_PARTS_H
#define CORDON_EXCHANGE_JOIN_PARTS_H
/* What join.c and join_found.c share while they join. Private to them. */
#include "exchange/join.h"

#include "base/map.h"

/* Two numbers in one, the first in the upper half. */
typedef Vec(uint64_t) Pairs;

/* Items are numbered from 1 in the maps. */
enum { MANY = INT32_MAX };
typedef struct Joiner {
    Joined *j;
    Map by_ref;   /* (document, reference) -> item */
    Map anywhere; /* reference -> item, or MANY */
    Map by_base;  /* package URL without version -> its last item; the others through same_base */
    Map by_full;  /* the same with its version -> item */
    Map by_name;  /* name and version of items with a package URL -> item, or MANY */
    Map names;    /* the same of all items, for the model */
    StrBuf text;  /* scratch */
} Joiner;

/* Adds an item to those of its package URL. */
void join_note_base(Joiner *w, uint32_t item);
/* The item of a package URL and version; 0 if there is none. */
uint32_t join_find_full(Joiner *w, Str base, Str version);
/* Sorts, and drops repetitions. */
void pairs_sort(Pairs *p);
/* Finds what vulnerabilities affect, and makes one finding of what is said alike. */
void join_findings(Joiner *w);

#endif
