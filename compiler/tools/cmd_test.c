/* cordon test: runs the tests of rules, of the standard library or of the files given. Failures are diagnostics, and with them
 * every condition that no test sees both ways. */
#include "tools/tools.h"

#include "ruletest/ruletest.h"

#include <unistd.h>

typedef struct Totals {
    uint32_t tests;
    TestReport of; /* its counts */
} Totals;

static void put_outcomes(const Session *s, const TestReport *t, Json *j)
{
    for (uint32_t i = 0; i < t->tests.n; i++) {
        const TestOutcome *o = &t->tests.at[i];
        json_begin_object(j, NULL);
        json_str(j, "rule", obj_name(&s->program, o->test));
        json_str(j, "title", obj_title(&s->program, o->test));
        json_u64(j, "expectations", o->expectations);
        json_u64(j, "failed", o->failed);
        json_end(j, '}');
    }
}

static void put_document(Session *s, const TestReport *t, unsigned what, const char *file, Json *j)
{
    json_begin_object(j, NULL);
    if (file)
        json_z(j, "file", file);
    else
        json_put_null(j, "file");
    diags_sort(&s->diags, &s->sources);
    json_diags(j, "diagnostics", &s->sources, &s->diags);
    json_begin_array(j, "tests");
    put_outcomes(s, t, j);
    json_end(j, ']');
    json_u64(j, "passed", t->passed);
    json_u64(j, "failed", t->failed);
    json_u64(j, "conditions", t->atoms);
    json_u64(j, "covered", t->covered);
    json_u64(j, "verdicts", t->verdicts);
    json_u64(j, "expected", t->expected);
    if (what & TEST_MUTANTS) {
        json_u64(j, "mutants", t->mutants);
        json_u64(j, "killed", t->killed);
    }
    json_end(j, '}');
}

static bool shows_all(const TestReport *t)
{
    return t->covered == t->atoms && t->expected == t->verdicts;
}

/* Failed expectations are what tests are for; any other error makes the rules or their tests invalid. */
static int test_status(const Session *s, const TestReport *t, unsigned what)
{
    int status = session_status(s);
    bool found = t->failed || t->killed < t->mutants || (what & TEST_VERDICTS && !shows_all(t));
    for (uint32_t i = 0; i < s->diags.list.n; i++) {
        const Diag *d = s->diags.list.at[i];
        if (status == EXIT_CLEAN && d->severity == SEV_ERROR && d->id != D_EXPECTATION_FAILED)
            status = EXIT_INVALID;
    }
    return status == EXIT_CLEAN && found ? EXIT_FINDINGS : status;
}

static void add_counts(Totals *sum, const TestReport *t)
{
    sum->tests += t->tests.n;
    sum->of.passed += t->passed;
    sum->of.failed += t->failed;
    sum->of.atoms += t->atoms;
    sum->of.covered += t->covered;
    sum->of.verdicts += t->verdicts;
    sum->of.expected += t->expected;
    sum->of.mutants += t->mutants;
    sum->of.killed += t->killed;
}

static int test_one(const Options *o, const char *file, unsigned what, Json *j, Totals *sum)
{
    Session s;
    TestReport report = {0};
    session_start(&s, o);
    if (session_load(&s, &(Plan){.root = file, .lint = true, .tests = file == NULL})) {
        progress_pass(s.progress, "testing rules");
        rules_test(s.rules, &s.program, file == NULL, what, &report);
    }
    int status = test_status(&s, &report, what);
    if (j)
        put_document(&s, &report, what, file, j);
    else
        session_report(&s);
    add_counts(sum, &report);
    test_report_free(&report);
    session_end(&s);
    return status;
}

static unsigned percent(uint32_t part, uint32_t whole)
{
    return whole ? (unsigned)((uint64_t)part * 100 / whole) : 100;
}

static void put_totals(const Totals *t, unsigned what, Out *out)
{
    const TestReport *n = &t->of;
    out_format(out, "%u test%s: %u expectation%s passed, %u failed", t->tests, t->tests == 1 ? "" : "s", n->passed,
               n->passed == 1 ? "" : "s", n->failed);
    if (n->atoms)
        out_format(out, "; %u of %u conditions seen both ways (%u %%)", n->covered, n->atoms,
                   percent(n->covered, n->atoms));
    if (what & TEST_VERDICTS && n->verdicts)
        out_format(out, "; %u of %u verdicts expected (%u %%)", n->expected, n->verdicts,
                   percent(n->expected, n->verdicts));
    out_char(out, '\n');
    if (what & TEST_MUTANTS)
        out_format(out, "%u mutant%s: %u killed, %u survived\n", n->mutants, n->mutants == 1 ? "" : "s", n->killed,
                   n->mutants - n->killed);
}

int cmd_test(const Options *o)
{
    unsigned what =
        TEST_ATOMS | (o->given[OPTION_COVERAGE] ? TEST_VERDICTS : 0u) | (o->given[OPTION_MUTATE] ? TEST_MUTANTS : 0u);
    Totals sum = {0};
    Out out;
    Json json = {0}, *j = o->format == FORMAT_JSON ? &json : NULL;
    out_fd(&out, STDOUT_FILENO);
    if (j) {
        json_start(j, &out, true);
        json_begin_object(j, NULL);
        json_z(j, "schema", "urn:cordon:schema:test:1");
        json_begin_array(j, "runs");
    }
    int status = EXIT_CLEAN;
    for (uint32_t i = 0; i < (o->words.n ? o->words.n : 1); i++) {
        int one = test_one(o, o->words.n ? o->words.at[i] : NULL, what, j, &sum);
        status = one > status ? one : status;
    }
    if (j) {
        json_end(j, ']');
        json_end(j, '}');
    } else if (!o->given[OPTION_QUIET]) {
        put_totals(&sum, what, &out);
    }
    return finish(&out, status);
}
