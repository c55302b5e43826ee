/* Rules with one small change: which changes are made, and which of them the tests of a rule notice. */
#include "support.h"

#include "ruletest/ruletest.h"

/* What survived, one a line, in order of place. */
static char *survivors(Run *r, const TestReport *report)
{
    StrBuf b = {0};
    uint32_t n = 0;
    diags_sort(&r->diags, &r->sources);
    for (uint32_t i = 0; i < r->diags.list.n; i++) {
        const Diag *d = r->diags.list.at[i];
        Str words = d->message, head = STR("test.R: "), tail = STR(": no test notices");
        if (d->id != D_SURVIVING_MUTANT)
            continue;
        cr_expect(str_starts(words, head) && str_ends(words, tail), "%.*s", STR_FMT(words));
        strbuf_add(&b, str_slice(words, head.n, words.n - tail.n));
        strbuf_char(&b, '\n');
        n++;
    }
    cr_expect_eq(n, report->mutants - report->killed);
    char *text = str_z(&r->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static void expect_survivors(const char *what, const char *text, const char *wanted, TestReport *report)
{
    Run r;
    run_text(&r, text);
    cr_assert_not_null(r.rules, "%s: %s", what, run_diags(&r));
    rules_test(r.rules, &r.program, false, TEST_MUTANTS, report);
    cr_expect_eq(report->failed, 0, "%s: %s", what, run_diags(&r));
    char *got = survivors(&r, report);
    cr_expect_str_eq(got, wanted, "%s\nsurvive:\n%sexpected:\n%s", what, got, wanted);
    test_report_free(report);
    run_free(&r);
}

/* ---- which changes are made ---- */

/* The rules are tested on a model where nothing is: all changes survive. */
static const struct {
    const char *rule, *changes;
} changes[] = {{"for each data d\n"
                "when d.integrity >= high and d.confidentiality < secret and not (d.classes has phi)\n",
                "`>=` read as `>` in `d.integrity >= high`\n"
                "`d.integrity >= high` negated\n"
                "`d.integrity >= high` replaced by false\n"
                "`d.integrity >= high` replaced by true\n"
                "`<` read as `<=` in `d.confidentiality < secret`\n"
                "`d.confidentiality < secret` negated\n"
                "`d.confidentiality < secret` replaced by false\n"
                "`d.confidentiality < secret` replaced by true\n"
                "`not (d.classes has phi)` negated\n"
                "`not (d.classes has phi)` replaced by false\n"
                "`not (d.classes has phi)` replaced by true\n"},
               {"for each process p\n"
                "when p.runs_as in [user, kernel] and (p.exposed or not (p.memory_safe and p.input_validated))\n",
                "`kernel` dropped from `p.runs_as in [user, kernel]`\n"
                "`p.runs_as in [user, kernel]` negated\n"
                "`p.runs_as in [user, kernel]` replaced by false\n"
                "`p.runs_as in [user, kernel]` replaced by true\n"
                "`user` dropped from `p.runs_as in [user, kernel]`\n"
                "`p.exposed or not (p.memory_safe and p.input_validated)` dropped\n"
                "`p.exposed` negated\n"
                "`p.exposed` replaced by false\n"
                "`p.exposed` replaced by true\n"
                "`not (p.memory_safe and p.input_validated)` dropped\n"
                "`p.memory_safe` negated\n"
                "`p.memory_safe` replaced by false\n"
                "`p.memory_safe` replaced by true\n"
                "`p.input_validated` negated\n"
                "`p.input_validated` replaced by false\n"
                "`p.input_validated` replaced by true\n"},
               /* The pattern: ends that nothing asks for, and kinds that a question implies, are left alone. */
               {"for each flow f from a to b\n"
                "when f.remote_access\n",
                "`f.remote_access` negated\n"
                "`f.remote_access` replaced by false\n"
                "`f.remote_access` replaced by true\n"},
               {"for each flow f from a to b\n"
                "when a.safety_related\n",
                "`from a` and `to b` swapped\n"
                "`a.safety_related` negated\n"
                "`a.safety_related` replaced by false\n"
                "`a.safety_related` replaced by true\n"},
               {"for each flow f from a : external to b : process\n"
                "when f.remote_access\n",
                "any kind taken for `from a : external`\n"
                "any kind taken for `to b : process`\n"
                "`f.remote_access` negated\n"
                "`f.remote_access` replaced by false\n"
                "`f.remote_access` replaced by true\n"},
               {"for each Mine m\n"
                "when m.own\n",
                "`m.own` negated\n"
                "`m.own` replaced by false\n"
                "`m.own` replaced by true\n"},
               {"for each Mine m\n"
                "when not m.own\n",
                "any kind taken for `Mine`\n"
                "`not m.own` negated\n"
                "`not m.own` replaced by false\n"
                "`not m.own` replaced by true\n"},
               {"for each Mine m\n"
                "when m.why is absent\n",
                "`m.why is absent` negated\n"
                "`m.why is absent` replaced by false\n"
                "`m.why is absent` replaced by true\n"},
               {"for each flow f to b : Service\n"
                "when b is Service or (b is WebApp and f.remote_access)\n",
                "`b is Service` negated\n"
                "`b is Service` replaced by false\n"
                "`b is Service` replaced by true\n"
                "`b is WebApp and f.remote_access` dropped\n"
                "`b is WebApp` negated\n"
                "`b is WebApp` replaced by false\n"
                "`b is WebApp` replaced by true\n"
                "`f.remote_access` negated\n"
                "`f.remote_access` replaced by false\n"
                "`f.remote_access` replaced by true\n"},
               /* Links. */
               {"for each flow f crossing t\n"
                "when f.remote_access\n",
                "`crossing t` dropped\n"
                "`crossing t` read as `entering`\n"
                "`crossing t` read as `leaving`\n"
                "`f.remote_access` negated\n"
                "`f.remote_access` replaced by false\n"
                "`f.remote_access` replaced by true\n"},
               {"for each flow f entering t : boundary\n"
                "when t.trust is hostile\n",
                "`entering t : boundary` read as `crossing`\n"
                "`entering t : boundary` read as `leaving`\n"
                "`t.trust is hostile` negated\n"
                "`t.trust is hostile` replaced by false\n"
                "`t.trust is hostile` replaced by true\n"},
               {"for each Service s inside t\n"
                "when s.exposed\n",
                "any kind taken for `Service`\n"
                "`inside t` dropped\n"
                "`s.exposed` negated\n"
                "`s.exposed` replaced by false\n"
                "`s.exposed` replaced by true\n"},
               {"for each UsbPort x on e : DeviceApp\n"
                "when x.debug\n",
                "any kind taken for `UsbPort`\n"
                "any kind taken for `on e : DeviceApp`\n"
                "`x.debug` negated\n"
                "`x.debug` replaced by false\n"
                "`x.debug` replaced by true\n"},
               {"for each data d in e : Database\n"
                "when d.integrity is unknown\n",
                "any kind taken for `in e : Database`\n"
                "`d.integrity is unknown` negated\n"
                "`d.integrity is unknown` replaced by false\n"
                "`d.integrity is unknown` replaced by true\n"},
               {"for each path p from a : external to b : DeviceApp along (not has authenticates_peer)"
                " avoiding (has firewall) within 2 steps\n",
                "any kind taken for `from a : external`\n"
                "any kind taken for `to b : DeviceApp`\n"
                "`not has authenticates_peer` negated\n"
                "`not has authenticates_peer` replaced by false\n"
                "`not has authenticates_peer` replaced by true\n"
                "`has firewall` negated\n"
                "`has firewall` replaced by false\n"
                "`has firewall` replaced by true\n"
                "`within 2 steps` dropped\n"
                "one step less than `within 2 steps`\n"},
               /* Questions in questions. */
               {"for each process p\n"
                "when some flow to p where (enters boundary) and p in [A, B]\n",
                "any kind taken for `process`\n"
                "`some flow to p where (enters boundary)` negated\n"
                "`some flow to p where (enters boundary)` replaced by false\n"
                "`some flow to p where (enters boundary)` replaced by true\n"
                "`enters boundary` negated\n"
                "`enters boundary` replaced by false\n"
                "`enters boundary` replaced by true\n"
                "`enters` read as `crosses` in `enters boundary`\n"
                "`enters` read as `leaves` in `enters boundary`\n"
                "`p in [A, B]` negated\n"
                "`p in [A, B]` replaced by false\n"
                "`p in [A, B]` replaced by true\n"
                "`A` dropped from the list\n"
                "`B` dropped from the list\n"},
               {"for each process p\n"
                "when p inside boundary where (trust is hostile) or (every data in p where (has"
                " authenticates_data))\n",
                "any kind taken for `process`\n"
                "`p inside boundary where (trust is hostile)` negated\n"
                "`p inside boundary where (trust is hostile)` replaced by false\n"
                "`p inside boundary where (trust is hostile)` replaced by true\n"
                "`trust is hostile` negated\n"
                "`trust is hostile` replaced by false\n"
                "`trust is hostile` replaced by true\n"
                "`every data in p where (has authenticates_data)` negated\n"
                "`every data in p where (has authenticates_data)` replaced by false\n"
                "`every data in p where (has authenticates_data)` replaced by true\n"
                "`has authenticates_data` negated\n"
                "`has authenticates_data` replaced by false\n"
                "`has authenticates_data` replaced by true\n"},
               /* What closes, and the rest. */
               {"for each process p\n"
                "when p.exposed\n"
                "mitigated by firewall on p\n"
                "mitigated by network_acl on p and (p.memory_safe or p.input_validated)\n"
                "mitigated by (p.runs_as is user)\n"
                "mitigated by allow_list on p where (safety_related)\n",
                "`p.exposed` negated\n"
                "`p.exposed` replaced by false\n"
                "`p.exposed` replaced by true\n"
                "`mitigated by firewall on p` dropped\n"
                "`mitigated by network_acl on p and (p.memory_safe or p.input_validated)` dropped\n"
                "`network_acl on p` dropped\n"
                "`(p.memory_safe or p.input_validated)` dropped\n"
                "`p.memory_safe` negated\n"
                "`p.memory_safe` replaced by false\n"
                "`p.memory_safe` replaced by true\n"
                "`p.input_validated` negated\n"
                "`p.input_validated` replaced by false\n"
                "`p.input_validated` replaced by true\n"
                "`mitigated by (p.runs_as is user)` dropped\n"
                "`p.runs_as is user` negated\n"
                "`p.runs_as is user` replaced by true\n"
                "`mitigated by allow_list on p where (safety_related)` dropped\n"
                "`safety_related` negated\n"
                "`safety_related` replaced by true\n"},
               {"for each flow f to b : process\n"
                "when b.exposed\n"
                "unless f.remote_access and b.memory_safe\n"
                "unless b is PublicService\n"
                "raise severity to high when b.safety_related or b.exposed\n"
                "raise severity to critical when f.authentication is none\n"
                "key: [f, b]\n",
                "`b.exposed` negated\n"
                "`b.exposed` replaced by false\n"
                "`b.exposed` replaced by true\n"
                "`f.remote_access and b.memory_safe` dropped\n"
                "`f.remote_access` negated\n"
                "`f.remote_access` replaced by false\n"
                "`f.remote_access` replaced by true\n"
                "`b.memory_safe` negated\n"
                "`b.memory_safe` replaced by false\n"
                "`b.memory_safe` replaced by true\n"
                "`b is PublicService` negated\n"
                "`b is PublicService` replaced by false\n"
                "`b is PublicService` replaced by true\n"
                "`b.safety_related` negated\n"
                "`b.safety_related` replaced by false\n"
                "`b.safety_related` replaced by true\n"
                "`raise` dropped: `b.safety_related or b.exposed`\n"
                "`b.exposed` negated\n"
                "`b.exposed` replaced by false\n"
                "`b.exposed` replaced by true\n"
                "`f.authentication is none` negated\n"
                "`f.authentication is none` replaced by false\n"
                "`f.authentication is none` replaced by true\n"
                "`key: [f, b]` dropped\n"},
               {"for each flow f to b : process\n"
                "when b.exposed\n"
                "raise severity to low when f.remote_access\n"
                "key: f\n",
                "`b.exposed` negated\n"
                "`b.exposed` replaced by false\n"
                "`b.exposed` replaced by true\n"}};

Test(mutants, every_change_is_listed)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        TestReport report;
        StrBuf b = {0};
        strbuf_format(
            &b,
            "process A\nprocess B\nkind Mine : process \"Mine\" { property own : bool \"own\" ; property why : text? }\n"
            "rule R \"t\" {\n%sseverity: low\nfix: \"x\"\n}\n"
            "test R \"x\" { given { asset D } ; expect no R }\n",
            changes[i].rule);
        expect_survivors(changes[i].rule, b.s, changes[i].changes, &report);
        cr_expect_eq(report.killed, 0);
        strbuf_free(&b);
    }
}

/* ---- which changes are noticed ---- */

static const char tested_rule[] =
    "process Main\n"
    "kind Caller : external \"Caller\" { human: true }\n"
    "rule R \"t\" {\n"
    "  for each flow f from a : Caller to b : process entering t : boundary\n"
    "  when f.authentication in [none, token] and f carries data where (integrity >= high)\n"
    "  unless b is PublicService\n"
    "  mitigated by authenticates_peer on f\n"
    "  mitigated by firewall on b or a and network_acl on t\n"
    "  raise severity to critical when b.safety_related\n"
    "  key: b\n"
    "  severity: low\n"
    "  fix: \"x\"\n"
    "}\n"
    "control Check { implements: [authenticates_peer] ; status: implemented }\n"
    "control Wall { implements: [firewall] ; status: implemented }\n"
    "control List { implements: [network_acl] ; status: implemented }\n"
    "test R \"x\" {\n"
    "  given {\n"
    "    data Order { integrity: high }\n"
    "    Caller Outside\n"
    "    external Other\n"
    "    Service Hall\n"
    "    boundary Zone {\n"
    "      Service Inner { safety_related: false }\n"
    "      Service Back\n"
    "      Database Store\n"
    "      PublicService News\n"
    "      Caller Inside\n"
    "    }\n"
    "    flow f : Outside -> Zone.Inner { authentication: none ; carries: [Order] ; protocol: http }\n"
    "    flow home : Zone.Inside -> Hall { authentication: none ; carries: [Order] ; protocol: http }\n"
    "    flow near : Zone.Inside -> Zone.Back { authentication: none ; carries: [Order] ; protocol: http }\n"
    "    flow kept : Outside -> Zone.Store { authentication: none ; carries: [Order] ; protocol: sql }\n"
    "    flow other : Other -> Zone.Back { authentication: none ; carries: [Order] ; protocol: http }\n"
    "    flow news : Outside -> Zone.News { authentication: none ; carries: [Order] ; protocol: http }\n"
    "  }\n";

/* Each line of its test, and what nobody would notice without it. */
static const struct {
    const char *line, *without;
} test_lines[] = {
    {"expect R at Zone.Inner severity low", "`b.safety_related` replaced by true\n"},
    {"expect no R at Zone.Back", "any kind taken for `from a : Caller`\n"},
    {"expect no R at Zone.Store", "any kind taken for `to b : process`\n"},
    {"expect no R at Hall", "`entering t : boundary` read as `crossing`\n"},
    {"expect out_of_scope R at Zone.News", "`b is PublicService` replaced by false\n"},
    {"with f.authentication: token { expect R }", "`token` dropped from `f.authentication in [none, token]`\n"},
    {"with f.authentication: mutual { expect no R at Zone.Inner }", ""},
    {"with f.authentication: unknown { expect possible R at Zone.Inner }", ""},
    {"with Order.integrity: low { expect no R at Zone.Inner }",
     "`f carries data where (integrity >= high)` replaced by true\n"
     "`integrity >= high` replaced by true\n"},
    {"with f.controls: Check { expect mitigated R at Zone.Inner }", "`mitigated by authenticates_peer on f` dropped\n"},
    {"with Zone.Inner.controls: Wall, Zone.controls: List { expect mitigated R at Zone.Inner }",
     "`b` dropped from `firewall on b or a`\n"},
    {"with Outside.controls: Wall, Zone.controls: List { expect mitigated R at Zone.Inner }",
     "`a` dropped from `firewall on b or a`\n"},
    {"with Zone.Inner.controls: Wall { expect R at Zone.Inner }", "`network_acl on t` dropped\n"},
    {"with Zone.controls: List { expect R at Zone.Inner }", "`firewall on b or a` dropped\n"},
    {"with Zone.Inner.safety_related: true { expect R at Zone.Inner severity critical }",
     "`b.safety_related` replaced by false\n"}};

enum { LINES = sizeof test_lines / sizeof *test_lines };

/* The test but for one line; LINES leaves all of them in. */
static char *test_without(size_t left_out)
{
    StrBuf b = {0};
    strbuf_addz(&b, tested_rule);
    for (size_t i = 0; i < LINES; i++)
        if (i != left_out)
            strbuf_format(&b, "  %s\n", test_lines[i].line);
    strbuf_addz(&b, "}\n");
    return b.s;
}

Test(mutants, a_test_notices_every_change)
{
    TestReport report;
    char *text = test_without(LINES);
    expect_survivors("the whole test", text, "", &report);
    cr_expect_eq(report.mutants, 29);
    cr_expect_eq(report.killed, 29);
    free(text);
}

Test(mutants, without_a_line_what_it_noticed_survives)
{
    for (size_t i = 0; i < LINES; i++) {
        TestReport report;
        char *text = test_without(i);
        expect_survivors(test_lines[i].line, text, test_lines[i].without, &report);
        cr_expect_eq(report.mutants, 29);
        free(text);
    }
}

/* The rules are as they were when their tests have run. */
Test(mutants, rules_are_put_back)
{
    Run r;
    TestReport report;
    StrBuf before = {0}, after = {0};
    char *text = test_without(LINES);
    run_text(&r, text);
    rules_dump(r.rules, &before);
    rules_test(r.rules, &r.program, false, TEST_MUTANTS, &report);
    rules_dump(r.rules, &after);
    cr_expect_str_eq(before.s, after.s);
    strbuf_free(&before);
    strbuf_free(&after);
    test_report_free(&report);
    run_free(&r);
    free(text);
}

/* ---- severity ---- */

Test(mutants, a_severity_is_expected)
{
    static const struct {
        const char *line, *diags;
    } rows[] = {
        {"expect R at Zone.Inner severity low", ""},
        {"expect R at Zone.Inner severity high", "E0601@37"},
        {"expect possible R at Zone.Inner severity low", "E0601@37"},
        {"expect R at Zone.Inner severity lowest", "E0214@37"},
        {"expect R at Zone.Inner severity unknown", "E0214@37"},
        {"expect R at Zone.Inner rating low", "E0422@37"},
        {"with Zone.Inner.safety_related: true { expect R at Zone.Inner severity critical }", ""},
        {"with Zone.Inner.safety_related: true { expect R at Zone.Inner severity low }", "E0601@37"},
        {"with Zone.Inner.safety_related: unknown { expect R at Zone.Inner severity low }", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Run r;
        TestReport report;
        StrBuf b = {0};
        strbuf_format(&b, "%s  %s\n  expect R at Zone.Inner\n  expect no R at Hall\n}\n", tested_rule, rows[i].line);
        run_text(&r, b.s);
        rules_test(r.rules, &r.program, false, 0, &report);
        cr_expect_str_eq(run_diags(&r), rows[i].diags, "%s: %s", rows[i].line, run_diags(&r));
        test_report_free(&report);
        run_free(&r);
        strbuf_free(&b);
    }
}

/* ---- coverage of verdicts ---- */

/* Which verdicts a rule can come to: it is not possible where nothing it asks can be unknown. */
Test(mutants, verdicts_that_a_rule_can_come_to)
{
    static const struct {
        const char *rule;
        uint32_t verdicts;
    } rows[] = {
        {"for each process p\n when p is Service\n", 2},
        {"for each process p\n when p.exposed\n", 3},
        {"for each process p\n when p.exposed\n mitigated by firewall on p\n", 4},
        {"for each process p\n when p.exposed is not unknown and p.exposed\n", 2},
        {"for each process p\n when p.exposed is unknown or p.exposed\n", 2},
        {"for each flow f\n when f.protocol is not unknown and f.protocol.medium is radio\n", 2},
        {"for each flow f\n when f.protocol.medium is not unknown and f.authentication is none\n", 3},
        {"for each process p\n when p.exposed is not unknown and p.exposed\n unless p.exposed\n", 2},
        {"for each process p\n when p.exposed is not unknown and p.exposed\n unless p.memory_safe\n", 3},
        {"for each process p inside t\n when p is Service or p inside boundary where (dimension is physical)\n", 3},
        {"for each flow f\n when f crosses boundary\n", 2},
        {"for each process p\n when some port on p\n", 2},
        {"for each process p\n when p has signs_code\n", 2},
        {"for each flow f\n when f carries data where (integrity is not unknown and integrity >= high)\n", 2},
        {"for each flow f\n when f carries data where (integrity >= high)\n", 3},
        {"for each flow f\n when f has encrypts_transit\n", 3},
        {"for each flow f\n when f.authentication is not unknown and f.authentication is none\n"
         " mitigated by authenticates_peer on f\n",
         3},
        {"for each flow f\n when f.protocol is not unknown and not (f has authenticates_server)\n", 2},
        {"for each process p\n when p has verifies_updates\n", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Run r;
        TestReport report;
        StrBuf b = {0};
        strbuf_format(&b,
                      "process A\ncapability signs_code \"x\" { cr: [\"CR 3.4\"] ; fda: [integrity] }\n"
                      "rule R \"t\" {\n %s severity: low\n fix: \"x\"\n}\n"
                      "test R \"x\" { given { process B } ; expect no R }\n",
                      rows[i].rule);
        run_text(&r, b.s);
        cr_assert_not_null(r.rules, "%s: %s", rows[i].rule, run_diags(&r));
        rules_test(r.rules, &r.program, false, TEST_VERDICTS, &report);
        cr_expect_eq(report.verdicts, rows[i].verdicts, "%s: %u", rows[i].rule, report.verdicts);
        test_report_free(&report);
        run_free(&r);
        strbuf_free(&b);
    }
}
