#ifndef CORDON_RISK_ASSESS_H
#define CORDON_RISK_ASSESS_H
/* What the files of risk/ share and nobody else needs. Ownership: none. */
#include "risk/risk.h"

/* Objective bits of a thing of the kind `category`. */
unsigned objective_bits(const Program *p, ObjId category);
/* The security property that a thing of the kind `category` breaks, or 0. */
ConstId broken_property(const Program *p, ObjId category);
/* Reads the estimates of the program, reports what is wrong with them and sets those that count (estimate_own.c). */
void estimates_apply(Program *p, Assessment *a);
/* Sets the declared risk that each threat belongs to (gather.c). */
void risks_gather(Program *p, Assessment *a);
/* Says that no rule is called so, and which one may be meant (about.c). */
void rule_unknown(const Assessment *a, Program *p, Span at, Str name);
/* Reads the decisions of the program and applies them to the threats of an assessment (decisions.c). */
void decisions_apply(Program *p, Assessment *a);

#endif
