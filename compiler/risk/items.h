#ifndef CORDON_RISK_ITEMS_H
#define CORDON_RISK_ITEMS_H
/* Which software items are known to be exploited, and which a threat rests on. Ownership: the caller frees what is filled. */
#include "risk/risk.h"

/* Software item -> the `vulnerability` that is known to be exploited, or the item itself if it says so. Vulnerabilities that are
 * done with do not count. */
void exploited_items(const Program *p, Map *out);

/* The software items that a threat rests on: it is about them, or one of the facts of its verdict is. */
typedef struct Rests {
    ObjVec items; /* each once */
    Provenance why;
} Rests;
/* Empties `out` first, so that one serves many threats. */
void rests_on(const Assessment *a, const Threat *t, Rests *out);
void rests_free(Rests *r);

#endif
