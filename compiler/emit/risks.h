#ifndef CORDON_EMIT_RISKS_H
#define CORDON_EMIT_RISKS_H
/* What the three risk lists share: the walk over the records, and what a cell of each shows. Ownership: risks_walk owns what it
 * hands out; it is valid during the call. */
#include "emit/table.h"

typedef struct Risk {
    const Report *r;
    const Threat *threat;
    Facts f;
    RiskRecord record;
    ObjVec evidence; /* all of the model, sorted by the control they belong to, then in obj_order */
} Risk;

/* Readies and ends a walk; risk_fill works one record out. */
void risks_start(Risk *k, const Report *r);
void risk_fill(Risk *k, const Threat *t);
void risks_end(Risk *k);
/* How many threats get a record. */
uint32_t risks_count(const Report *r);
/* The evidence of a control. */
Range risk_evidence(const Risk *k, ObjId control);

#endif
