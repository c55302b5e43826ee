#ifndef CORDON_RISK_PROPOSE_H
#define CORDON_RISK_PROPOSE_H
/* Which risk is proposed for a threat that no declared one gathers. Ownership: a Proposer owns its maps until proposer_free. */
#include "risk/risks.h"

typedef struct Proposer {
    const Assessment *a;
    Map property_of; /* rule or `threat` -> 1 + security property */
    Map about_of;    /* (subject, property) -> 1 + main asset, or the subject */
    ObjVec scratch;
} Proposer;

/* The security property whose loss the threat is, and the main thing at stake. A function of its rule and its subject alone: whatever
 * else is in the model, it stays the same, and the risk is just these rules at just these things. */
ConstId propose_property(Proposer *w, const Threat *t);
ObjId propose_about(Proposer *w, const Threat *t, ConstId property);
void proposer_free(Proposer *w);

#endif
