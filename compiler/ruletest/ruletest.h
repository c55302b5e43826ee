#ifndef CORDON_RULETEST_RULETEST_H
#define CORDON_RULETEST_RULETEST_H
/* Tests of rules, in the language itself: what a rule finds in a small model that is given with the test. Ownership: the caller frees a
 * report. */
#include "rules/rules.h"

typedef struct TestOutcome {
    ObjId test; /* the test as an object; its name is the rule's */
    uint32_t expectations, failed;
} TestOutcome;
typedef struct TestReport {
    Vec(TestOutcome) tests;      /* in order of module name and place */
    uint32_t atoms, covered;     /* conditions, and those seen both true and false */
    uint32_t verdicts, expected; /* that the rules can come to, and those that some test expects */
    uint32_t passed, failed;     /* expectations */
    uint32_t mutants, killed;    /* small changes to rules, and those that some expectation noticed */
} TestReport;
/* What else is looked at while the tests run. */
enum TestWhat {
    TEST_ATOMS = 1,    /* reports conditions that no test sees both ways (UNCOVERED_ATOM) */
    TEST_VERDICTS = 2, /* reports verdicts that a rule can come to and no test expects (VERDICT_NOT_EXPECTED) */
    TEST_MUTANTS = 4,  /* changes the rules in small ways and reports what no test notices (SURVIVING_MUTANT) */
};
/* What `today` is while they run, whatever the clock says: 2026-01-01. */
enum { RULE_TEST_TODAY = 20454 };
/* Runs the tests of the given modules (library: those of the standard library; else of the program's own files).
 * Failures are diagnostics. `what`: bits of TestWhat. */
void rules_test(RuleSet *r, Program *p, bool library, unsigned what, TestReport *out);
void test_report_free(TestReport *t);

#endif
