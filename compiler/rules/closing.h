#ifndef CORDON_RULES_CLOSING_H
#define CORDON_RULES_CLOSING_H
/* How far what closes a threat stands, line by line of `mitigated by`: whether controls are planned, implemented or verified. What the
 * design gives (protocols, properties, conditions of the rule) is there as soon as the model says so, and counts as verified.
 * Ownership: a Closing owns its list until closing_free; Weakest too. */
#include "rules/rules.h"

/* One part of a line that stands. */
typedef struct Closer {
    ObjId capability; /* 0: a condition of the rule */
    ObjId thing;      /* what has it */
    ObjId by;         /* the control or protocol that gives it; 0: a property */
    PropId prop;      /* the property that says so, or 0 */
    Span fact;        /* where; none for a default or a condition */
    CapLevel level;   /* of its line: CAP_PLANNED, CAP_IMPLEMENTED or CAP_VERIFIED */
} Closer;

typedef struct Closing {
    CapLevel level;      /* of the best line; CAP_NO if none stands */
    Vec(Closer) closers; /* of every line that stands at least as planned, in order of the text */
} Closing;
/* Of the witness that a verdict was kept for. `out` starts zeroed and is filled anew. */
void verdict_closing(const RuleSet *r, const Verdict *v, Closing *out);
void closing_free(Closing *c);

/* A verdict may stand for several witnesses, of which others may be closed less well. */
typedef struct Weakest {
    Vec(uint8_t) done; /* by RuleId: whether the rule was gone through */
    Vec(uint8_t)
        levels; /* by index of the verdict: 1 + CapLevel of the witness that is closed least; 0: not looked at */
} Weakest;
/* The level of the witness that is closed least. A rule is gone through once, when first asked for. */
CapLevel verdict_weakest(const RuleSet *r, const Verdicts *all, uint32_t verdict, Weakest *w);
void weakest_free(Weakest *w);

#endif
