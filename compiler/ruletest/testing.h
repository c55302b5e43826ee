#ifndef CORDON_RULETEST_TESTING_H
#define CORDON_RULETEST_TESTING_H
/* Between the files that test rules: ruletest.c runs tests, expect.c reads what they expect, mutants.c lists the small
 * changes to a rule that a test must notice, mutant.c makes them, coverage.c says what no test has shown. Ownership: as plan.h; an owner of Mutants frees its
 * array. */
#include "rules/lint.h"
#include "ruletest/ruletest.h"

/* ---- what is expected (expect.c) ---- */

enum { EXPECT_THINGS = 16 };

/* A line `expect` of a test, understood. */
typedef struct Expectation {
    NodeId node;
    RuleId rule;                 /* 0: it was not understood, which is reported */
    VerdictKind wanted;          /* VERDICT_NONE for `expect no` */
    ConstId severity;            /* that the threat must have; 0: any */
    ObjId things[EXPECT_THINGS]; /* at which; none: anywhere */
    uint32_t n;
    bool met; /* on the rule as it is */
} Expectation;

/* What was found where something was expected. */
typedef struct Finding {
    VerdictKind kind;
    ConstId severity;
} Finding;

/* Reads the line `node` of a test whose model stands in `scope`. Reports what cannot be understood. */
Expectation expectation_read(const RuleSet *r, const Stanza *test, ObjId scope, NodeId node);
/* How many questions it comes to: things that are not the key of one threat are asked one by one. */
uint32_t expectation_count(const RuleSet *r, const Expectation *e);
/* Whether question `i` of the expectation is answered as wanted by what the rule found. */
bool expectation_holds(const RuleSet *r, const Expectation *e, uint32_t i, const Verdicts *found, Finding *got);
/* Whether all of it is. */
bool expectation_met(const RuleSet *r, const Expectation *e, const Verdicts *found);
/* Reports what was found instead. */
void expectation_failed(const RuleSet *r, const Stanza *test, const Expectation *e, uint32_t i, Finding got);

/* ---- what tests have shown (coverage.c) ---- */

typedef struct Coverage {
    uint8_t *seen;     /* by atom: 1 seen false, 2 seen true */
    uint8_t *expected; /* by rule: bits by VerdictKind that some test expects, and rightly */
} Coverage;

void coverage_report(RuleSet *r, bool library, unsigned what, const Coverage *c, TestReport *out);

/* ---- mutants (mutants.c, mutant.c) ---- */

typedef enum MutantPlace { PLACE_CONDS, PLACE_PLAN, PLACE_LINE, PLACE_PART, PLACE_ALTERNATIVE } MutantPlace;
/* A condition may stand in as many places as a rule has variables: `avoiding` and `on x or y where` compile it anew. */
enum { MUTANT_CONDS = LIMIT_RULE_VARS };

/* A rule with one small change: the pieces that are different, and where they belong. */
typedef struct Mutant {
    RuleId rule;
    uint8_t place; /* MutantPlace */
    uint8_t n;     /* of conds */
    bool killed;   /* some expectation noticed the change */
    uint32_t at[MUTANT_CONDS];
    union {
        Cond conds[MUTANT_CONDS];
        Plan plan;
        MitLine line;
        MitPart part;
        MitAlternative alternative;
    } piece;
    Span span; /* of what is changed, in the text of the rule */
    Str words; /* the change: "`f.authentication is none` replaced by true" */
} Mutant;
typedef Vec(Mutant) Mutants;

/* The list of a rule's mutants; adds what they are made of to the set. Drops what evaluation had kept. */
void mutants_of(RuleSet *r, RuleId rule, Mutants *out);
/* Puts the changed pieces in; the same again takes them out. */
void mutant_swap(RuleSet *r, Mutant *m);

/* A change to one condition. */
typedef enum Edit { EDIT_TRUE, EDIT_FALSE, EDIT_NEGATE, EDIT_WORD, EDIT_WITHOUT } Edit;
/* The condition, edited; `detail` is the new word, or the place of the value that `in [...]` loses. */
Cond cond_edited(RuleSet *r, CondId c, Edit edit, uint32_t detail);

#endif
