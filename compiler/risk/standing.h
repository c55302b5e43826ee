#ifndef CORDON_RISK_STANDING_H
#define CORDON_RISK_STANDING_H
/* How each decision of the model stands: whether it counts, and if not, why. Ownership: what is returned lives in the arena given. */
#include "risk/risk.h"

typedef enum Standing {
    STANDING_COUNTS,
    STANDING_NOT_NEEDED, /* what it is about is closed anyway */
    STANDING_EXPIRED,
    STANDING_LAPSED,
    STANDING_ORPHANED,
    STANDING_INCOMPLETE, /* no rationale or no owner */
    STANDING_REFUSED     /* for another reason, which the diagnostic tells */
} Standing;
const char *standing_name(Standing s); /* "counts", "not_needed", ... */

typedef struct DecisionStanding {
    ObjId decision;
    Standing standing; /* the worst, where a decision is about several threats */
    Str why;           /* what was reported about it; empty if nothing was */
} DecisionStanding;
typedef struct Standings {
    DecisionStanding *at; /* in obj_order */
    uint32_t n;
} Standings;
/* Read off the assessment and off what was reported while decisions were applied. */
Standings decision_standings(const Assessment *a, Arena *arena);

#endif
