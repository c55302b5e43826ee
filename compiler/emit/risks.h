#ifndef CORDON_EMIT_RISKS_H
#define CORDON_EMIT_RISKS_H
/* What the three risk lists share: the walk over the records, and what a cell of each shows. Ownership: risks_walk owns what it
 * hands out; it is valid during the call. */
#include "emit/estimates.h"
#include "emit/table.h"
#include "risk/risks.h"

typedef struct RiskWalk {
    const Report *r;
    const Threat *threat;
    Facts f;
    RiskRecord record;
    const Risks *risks;
    Estimator *estimator;
    Estimate estimate;
    ObjVec evidence; /* all of the model, sorted by the control they belong to, then in obj_order */
} RiskWalk;

/* Readies and ends a walk; risk_fill works one record out. */
void risks_start(RiskWalk *k, const Report *r);
void risk_fill(RiskWalk *k, const Threat *t);
void risks_end(RiskWalk *k);
/* The risks that the threats belong to: those that are kept for several outputs, else made in the arena of the run. */
const Risks *report_risks(const Report *r);
/* The id of the risk that the threat at hand belongs to. */
Str risk_of_record(const RiskWalk *k);
/* How many threats get a record. */
uint32_t risks_count(const Report *r);
/* The evidence of a control. */
Range risk_evidence(const RiskWalk *k, ObjId control);

#endif
