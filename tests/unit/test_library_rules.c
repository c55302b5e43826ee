/* What must be true of the rules of the standard library, whatever packs are added: each says all that a reviewer asks, static
 * checks find nothing wrong with them, their tests prove them, a name means one rule, controls close what they find, and the guide
 * lists them. */
#include "support.h"

#include "emit/rulebook.h"
#include "report/rules_doc.h"
#include "ruletest/ruletest.h"

/* The library alone, with its tests. */
static void load_library(Run *r, bool lint)
{
    *r = (Run){0};
    sources_init(&r->sources);
    program_names(&r->names);
    LoadOptions options = {.reader = reader_disk(), .tests = true};
    program_load(&r->program, &r->sources, &r->names, &r->diags, NULL, &options);
    cr_assert_eq(r->diags.errors, 0, "%s", run_diags(r));
    r->rules = rules_compile(&r->program, lint);
    r->report = (Report){.program = &r->program, .arena = &r->arena, .clock = -1, .root_dir = STR("")};
}

static const char *text_of(Run *r, Out *out)
{
    const char *z = str_z(&r->arena, out_text(out));
    out_discard(out);
    return z;
}

Test(library_rules, each_says_all_that_a_reviewer_asks)
{
    Run r;
    RuleBook book;
    Out out;
    ConsoleStyle style = {.plain = true, .width = 100};
    load_library(&r, false);
    rulebook_make(&r.report, r.rules, &(RuleFilter){.incomplete = true}, &book);
    out_memory(&out);
    emit_incomplete_text(&book, &style, &out);
    cr_expect_eq(book.rows.n, 0, "%u rules lack something (cordon rules --incomplete):\n%s", book.rows.n,
                 text_of(&r, &out));
    rulebook_free(&book);
    run_free(&r);
}

/* Rules that nothing could close, that another one makes superfluous, that can never match, ... */
Test(library_rules, the_static_checks_find_nothing)
{
    Run r;
    Out out;
    ConsoleStyle style = {.plain = true, .width = 100};
    load_library(&r, true);
    out_memory(&out);
    diags_sort(&r.diags, &r.sources);
    emit_diags_text(&r.sources, &r.diags, &style, &out);
    cr_expect_eq(r.diags.list.n, 0, "%s", text_of(&r, &out));
    run_free(&r);
}

/* The tests of the library pass, show each rule with every verdict it can come to and each condition both ways, and notice
 * every small change to a rule. What they lack is listed as `cordon test --coverage --mutate` lists it. */
Test(library_rules, their_tests_prove_them)
{
    Run r;
    Out out;
    TestReport report;
    ConsoleStyle style = {.plain = true, .width = 100};
    load_library(&r, false);
    rules_test(r.rules, &r.program, true, TEST_ATOMS | TEST_VERDICTS | TEST_MUTANTS, &report);
    out_memory(&out);
    diags_sort(&r.diags, &r.sources);
    emit_diags_text(&r.sources, &r.diags, &style, &out);
    cr_expect_eq(r.diags.list.n, 0, "%s", text_of(&r, &out));
    cr_expect_eq(report.failed, 0);
    cr_expect_eq(report.covered, report.atoms, "%u of %u conditions seen both ways", report.covered, report.atoms);
    cr_expect_eq(report.expected, report.verdicts, "%u of %u verdicts expected", report.expected, report.verdicts);
    cr_expect_eq(report.killed, report.mutants, "%u of %u mutants survived", report.mutants - report.killed,
                 report.mutants);
    cr_expect(report.mutants > 5000 && report.tests.n > 300, "only %u mutants of %u tests", report.mutants,
              report.tests.n);
    test_report_free(&report);
    run_free(&r);
}

/* `cordon explain H01` and decisions name a rule without its module. */
Test(library_rules, no_name_means_two_rules)
{
    Run r;
    load_library(&r, false);
    for (RuleId i = 1; i <= rules_count(r.rules); i++) {
        const RuleInfo *info = rule_info(r.rules, i);
        cr_expect_eq(rule_by_name(r.rules, obj_name(&r.program, info->obj)), i, "%.*s shares its name",
                     STR_FMT(info->id));
    }
    run_free(&r);
}

/* Whatever an example leaves open, some control closes: nobody is told of a threat that no measure can do anything about. */
Test(library_rules, controls_close_every_threat_of_the_examples)
{
    static char paths[50][200];
    size_t n = find_files("examples", ".cordon", paths, 50);
    for (size_t i = 0; i < n; i++) {
        Run r;
        Assessment a = {0};
        Verdicts verdicts = {0};
        run_path(&r, paths[i]);
        cr_assert(r.assessed, "%s: %s", paths[i], run_diags(&r));
        Model *m = &r.program.model;
        memset(m->cap_rows.at, CAP_IMPLEMENTED, m->cap_rows.n);
        rules_eval(r.rules, &verdicts);
        assess(&r.program, r.rules, &verdicts, TEST_TODAY, &a);
        for (uint32_t t = 0; t < a.threats.n; t++) {
            StrBuf id = {0};
            threat_id(&a, &a.threats.at[t], &id);
            cr_expect(a.threats.at[t].hand || !threat_pending(&a, &a.threats.at[t]), "%s: %s is pending", paths[i],
                      id.s);
            strbuf_free(&id);
        }
        assess_free(&a);
        verdicts_free(&verdicts);
        run_free(&r);
    }
}

/* Elements and flows, and nothing said of the process: each topic is asked about once, of the system, and no element is asked. */
Test(library_rules, a_bare_model_is_asked_once_a_topic_about_the_process)
{
    static const char *const packs[] = {"std.quality.process",     "std.quality.reviews",    "std.quality.chain",
                                        "std.quality.items",       "std.quality.monitoring", "std.quality.users",
                                        "std.quality.verification"};
    Run r;
    unsigned asked = 0;
    run_path(&r, "tests/data/bare.cordon");
    cr_assert(r.assessed, "%s", run_diags(&r));
    for (uint32_t t = 0; t < r.assessment.gaps.n; t++) {
        const Threat *gap = &r.assessment.gaps.at[t];
        const RuleInfo *info = rule_info(r.rules, r.verdicts.all.at[gap->verdict].rule);
        Str name = sym_str(r.program.names, module_of(&r.program, info->obj)->name);
        bool process = false;
        for (size_t i = 0; i < sizeof packs / sizeof *packs; i++)
            process |= str_eq(name, str_from(packs[i]));
        if (!process)
            continue;
        asked++;
        cr_expect(obj_is(&r.program, threat_subject(&r.assessment, gap), ROLE_SYSTEM), "%.*s asks %.*s",
                  STR_FMT(info->id), STR_FMT(obj_name(&r.program, threat_subject(&r.assessment, gap))));
    }
    cr_expect_eq(asked, 5, "%u gaps: scope, states, duties, reviews, information for users are one each", asked);
    run_free(&r);
}

Test(library_rules, the_guide_lists_them)
{
    Run r;
    RuleBook book;
    Out out;
    load_library(&r, false);
    rulebook_make(&r.report, r.rules, &(RuleFilter){0}, &book);
    out_memory(&out);
    emit_rules_md(&book, STR(""), true, &out);
    const char *tables = strstr(text_of(&r, &out), "\n\n") + 2;
    char *guide = read_whole("stdlib/README.md", NULL), *intro = read_whole("stdlib/intro.md", NULL);
    char *begins = strstr(guide, "-->\n");
    size_t n = strlen(intro);
    cr_assert_not_null(begins);
    begins += strlen("-->\n");
    bool same = strncmp(begins, intro, n) == 0 && begins[n] == '\n' && strcmp(begins + n + 1, tables) == 0;
    cr_expect(same, "stdlib/README.md is out of date: make library-readme");
    free(guide);
    free(intro);
    rulebook_free(&book);
    run_free(&r);
}
