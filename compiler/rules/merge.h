#ifndef CORDON_RULES_MERGE_H
#define CORDON_RULES_MERGE_H
/* Which verdicts are about the same, and in which order they stand. Private to compiler/rules/. */
#include "rules/plan.h"

typedef Vec(Verdict) Bucket; /* of one rule */

/* Whether two verdicts of a rule have the same key. */
bool verdict_same_key(const Plan *plan, const Verdict *a, const Verdict *b);
/* The worse verdict, else the higher severity: above 0 if that is `a`. */
int verdict_urgency(const RuleSet *r, const Plan *plan, const Verdict *a, const Verdict *b);
/* Whether `a` stands for a threat rather than `b`: the more urgent one, else the first in order of things. */
bool verdict_stands_before(const RuleSet *r, const Plan *plan, const Verdict *a, const Verdict *b);
/* Appends a rule's verdicts in order of their keys, those with one key as one. Frees the bucket. */
void bucket_merge(const RuleSet *r, const Plan *plan, Bucket *b, Verdicts *out);

#endif
