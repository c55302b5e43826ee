#ifndef CORDON_EMIT_ESTIMATES_H
#define CORDON_EMIT_ESTIMATES_H
/* How an estimate is told: in JSON, in a line for each stage, and in words for each metric that rule or people did not give. Ownership:
 * nothing is kept. */
#include "emit/parts.h"
#include "risk/estimate.h"

/* The keys `policy`, `by`, `stages`, `reasons` and `harm` of an estimate, within the object at hand. */
void json_estimate(Json *j, const Report *r, const RiskRecord *record, const Estimate *e);
/* Appends "CVSS 3.1 7.5, exploitability 3.9 (Very high) by Serious: High, unacceptable"; or what lacks. */
void estimate_stage_text(const Report *r, const StageEstimate *s, StrBuf *out);
/* Appends "MAV:A instead of N: protocol of login is rfid"; or "MAC:H instead of L: MutualTls gives encrypts_transit". */
void metric_reason_text(const Report *r, const MetricReason *m, StrBuf *out);
/* Appends "Dose order -> Over-infusion -> Overdose (Catastrophic)": the way to the worst harm. Nothing if none follows. */
void harm_path_text(const Report *r, const RiskRecord *record, StrBuf *out);

#endif
