#ifndef CORDON_RISK_POLICY_H
#define CORDON_RISK_POLICY_H
/* Risk policies: how a row (what an estimate gives: exploitability, likelihood, a band of scores) and a column (severity of harm)
 * become a level of risk, and which level is acceptable. All of it is declared in the language; here it is read, checked and looked
 * up. Ownership: Policies belong to whoever reads them, until policies_free; they refer to the program. */
#include "program/program.h"

/* What can be done about a risk of some level. */
typedef enum Acceptance {
    ACCEPT_NOT_ESTIMATED,  /* no level: something is lacking */
    ACCEPT_ACCEPTABLE,     /* as it is */
    ACCEPT_NEEDS_DECISION, /* a decision with a rationale may accept it */
    ACCEPT_UNACCEPTABLE,   /* only controls help */
    ACCEPT_COUNT
} Acceptance;
/* "not_estimated", "acceptable", "needs_decision", "unacceptable"; and as people say it. */
const char *acceptance_key(Acceptance a);
const char *acceptance_words(Acceptance a);

typedef struct RiskBand {
    ConstId row;
    double from; /* lower bound */
} RiskBand;

typedef struct RiskPolicy {
    ObjId obj;
    EnumId rows, columns, levels; /* scales; columns 0 for a policy of one dimension */
    ConstId measure;              /* of the enumeration RiskMeasure: which score rows come from; 0: none */
    Vec(RiskBand) bands;          /* lowest first; empty: rows are given by people */
    Vec(ConstId) cells;           /* levels, by rank of the row * columns + rank of the column */
    ConstId acceptable, tolerable;
    ConstId without_harm; /* the column where no harm follows from what is at stake; 0: then there is no level */
    ConstId closed;       /* the highest row of a threat while what closes it stands; 0: what the vector gives */
    bool broken;          /* what is wrong with it is reported; it gives no level */
} RiskPolicy;

typedef struct Policies {
    Vec(RiskPolicy) all;  /* in order of declaration */
    const RiskPolicy *at; /* the one in force, or NULL */
    ObjId by;             /* the system that names it, or 0 */
} Policies;

/* Reads and checks every risk policy of the program and finds the one in force: the one that a system names; else the standard one of
 * the model's own files; else that of the library. */
void policies_read(Program *p, Policies *out);
void policies_free(Policies *r);

/* The row that a measured score falls into, or 0. */
ConstId policy_row(const RiskPolicy *r, double score);
/* The level of a cell, or 0 where row or column (of a policy that has columns) is 0. */
ConstId policy_level(const Program *p, const RiskPolicy *r, ConstId row, ConstId column);
Acceptance policy_acceptance(const Program *p, const RiskPolicy *r, ConstId level);

/* Reads one from its tree (policy_read.c). Reports what is wrong with it. */
void policy_read(Program *p, const Stanza *s, RiskPolicy *out);

#endif
