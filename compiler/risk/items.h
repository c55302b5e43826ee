#ifndef CORDON_RISK_ITEMS_H
#define CORDON_RISK_ITEMS_H
/* Which software items are known to be exploited, and which a threat rests on. Ownership: the caller frees what is filled. */
#include "risk/risk.h"

/* Whether nothing need be done about a `vulnerability` any more, by its state. */
bool vulnerability_over(const Program *p, ObjId vulnerability);
/* Software item -> the `vulnerability` that is known to be exploited, or the item itself if it says so. Vulnerabilities that are
 * over do not count. */
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
