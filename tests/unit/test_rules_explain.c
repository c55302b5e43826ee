/* Why a verdict is what it is, why there is none, what a decision rests on; and tests of rules. */
#include "support.h"

#include "ruletest/ruletest.h"

#define MODEL                                                                                                        \
    "kind Box : process { property safe : bool; property lvl : Severity; property wall : bool provides firewall }\n" \
    "data D #D { confidentiality: secret; integrity: unknown; availability: low; classes: [phi] }\n"                 \
    "control Good #Good { implements: [authenticates_peer]; status: implemented }\n"                                 \
    "control Soon #Soon { implements: [authenticates_peer]; status: planned }\n"                                     \
    "external E #E\n"                                                                                                \
    "boundary Lan #Lan { Box B #B { safe: true; lvl: unknown; wall: unknown }; Box C #C { safe: false; lvl: low; "   \
    "wall: false } }\n"                                                                                              \
    "flow f #f : E -> Lan.B { authentication: none; protocol: http; carries: [D] }\n"                                \
    "flow g #g : Lan.B -> Lan.C { authentication: token; protocol: http; controls: [Soon] }\n"                       \
    "flow h #h : E -> Lan.C { authentication: unknown; protocol: http; controls: [Good] }\n"
#define TAIL "; severity: low; fix: \"x\" }\n"

static void add_texts(StrBuf *b, const char *name, const Cause *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        strbuf_format(b, "%s: %.*s\n", name, STR_FMT(list[i].text));
}

/* Everything an explanation says of the verdict at a thing. */
static char *explained(Run *r, const char *subject)
{
    StrBuf b = {0};
    for (uint32_t i = 0; i < r->verdicts.all.n; i++) {
        const Verdict *v = &r->verdicts.all.at[i];
        StrBuf id = {0};
        Provenance why = {0};
        verdict_id(r->rules, v, &id);
        if (strcmp(strchr(id.s, '@') + 1, subject) == 0) {
            verdict_explain(r->rules, v, &why);
            strbuf_format(&b, "%s\n", verdict_name((VerdictKind)v->kind));
            add_texts(&b, "cause", why.causes.at, why.causes.n);
            add_texts(&b, "question", why.questions.at, why.questions.n);
            add_texts(&b, "closer", why.closers.at, why.closers.n);
            for (uint32_t k = 0; k < why.controls.n; k++)
                strbuf_format(&b, "control: %.*s\n", STR_FMT(obj_name(&r->program, why.controls.at[k])));
            provenance_free(&why);
        }
        strbuf_free(&id);
    }
    char *text = str_z(&r->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static const struct {
    const char *rule, *subject, *wanted;
} rows[] = {
    {"for each flow f; when f.authentication is none", "f", "open\ncause: authentication of f is none\n"},
    {"for each flow f; when f.authentication is token and f.protocol is http; mitigated by authenticates_peer on f",
     "g",
     "planned\ncause: authentication of g is token\ncause: protocol of g is http\n"
     "closer: authenticates_peer on g, planned as Soon\n"},
    {"for each flow f; when f.protocol is http; mitigated by authenticates_peer on f", "h",
     "mitigated\ncause: protocol of h is http\ncause: h has authenticates_peer by Good\ncontrol: Good\n"},
    {"for each flow f; when f.authentication is none; mitigated by authenticates_peer on f", "h",
     "mitigated\ncause: authentication of h is not known\ncause: h has authenticates_peer by Good\ncontrol: Good\n"},
    {"for each Box b; when b.lvl >= high or b.safe is unknown", "B",
     "possible\ncause: lvl of Lan.B is not known\nquestion: lvl of Lan.B is not known\n"},
    {"for each Box b; mitigated by firewall on b", "B",
     "possible\ncause: whether Lan.B has firewall is not known\nquestion: wall of Lan.B is not known\n"
     "closer: firewall on Lan.B\n"},
    {"for each flow f to b : Box; unless b.lvl is low", "g", "out_of_scope\ncause: lvl of Lan.C is low\n"},
    {"for each flow f; when f carries data where (classes has phi)", "f",
     "open\ncause: f carries D\ncause: classes of D is phi\n"},
    {"for each flow f; when f carries data where (integrity is high)", "f",
     "possible\ncause: whether f carries a data where (integrity is high) is not known\ncause: integrity of D is not "
     "known\n"
     "question: integrity of D is not known\n"},
    {"for each flow f entering t; when f.authentication is none; raise severity to high when f carries D", "f",
     "open\ncause: authentication of f is none\ncause: f carries D\n"},
    {"for each flow f from a to b; when a is external and b is not store and f enters Lan", "f",
     "open\ncause: E is an external\ncause: Lan.B is a Box, not a store\ncause: f enters Lan\n"},
    {"for each Box b; when no flow to b where (authentication is token) and b inside Lan", "B",
     "open\ncause: `no flow to b where (authentication is token)` holds\ncause: Lan.B is inside Lan\n"},
    {"for each path p from a : external to b : Box along (authentication is none) within 1 steps", "E,C",
     "possible\ncause: E leads to Lan.C by h\ncause: authentication of h is not known\n"
     "question: authentication of h is not known\n"},
};

Test(rules_explain, causes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        StrBuf text = {0};
        strbuf_format(&text, "%srule R \"t\" { %s%s", MODEL, rows[i].rule, TAIL);
        Run r;
        run_text(&r, text.s);
        cr_assert_eq(r.diags.errors, 0, "%s: %s", rows[i].rule, run_diags(&r));
        const char *got = explained(&r, rows[i].subject);
        cr_expect_str_eq(got, rows[i].wanted, "%s\n%s-- not\n%s", rows[i].rule, got, rows[i].wanted);
        run_free(&r);
        strbuf_free(&text);
    }
}

/* More kinds of facts, on a model where sets are empty or unknown, flows go both ways and controls are several. */
#define MORE                                                                                                           \
    "kind Box : process { property safe : bool; property lvl : Severity; property top : Severity?\n"                   \
    "  property peer : process?; property peers : [process]; property tags : [DataClass] }\n"                          \
    "data D #D { confidentiality: secret; integrity: low; availability: low; classes: [phi] }\n"                       \
    "data L #L { confidentiality: open; integrity: high; availability: low; classes: [log] }\n"                        \
    "control Z #Z { implements: [firewall]; status: implemented }\n"                                                   \
    "control Y #Y { implements: [firewall, authenticates_peer]; status: verified\n"                                    \
    "  evidence T { kind_of_test: works; ref: \"t\"; result: pass; date: 2026-01-01 } }\n"                             \
    "external E #E\nexternal Far #Far { out_of_scope: \"not ours\" }\n"                                                \
    "boundary Lan #Lan { Box B #B { safe: true; lvl: low; top: low; peer: Lan.C; peers: [Lan.C]; tags: []; controls: " \
    "[Z, Y] }\n"                                                                                                       \
    "  Box C #C { safe: unknown; lvl: high; peers: unknown; holds: unknown } }\n"                                      \
    "flow f #f : E <-> Lan.B { authentication: none; protocol: http; carries: [L, D] }\n"                              \
    "flow g #g : Lan.B -> Lan.C { authentication: token; protocol: unknown; carries: unknown; controls: [Y] }\n"       \
    "flow h #h : Far -> Lan.C { authentication: none; protocol: http }\n"
static const struct {
    const char *rule, *subject, *wanted;
} more[] = {
    {"for each flow f from a to b; when b is external and not (f has encrypts_transit)", "f",
     "open\ncause: E is an external\ncause: f does not have encrypts_transit\n"},
    {"for each flow f; when f has authenticates_peer", "g", "open\ncause: g has authenticates_peer by Y, verified\n"},
    {"for each flow f; when f has encrypts_transit", "g",
     "possible\ncause: whether g has encrypts_transit is not known\nquestion: protocol of g is not known\n"},
    {"for each Box b; when b is Lan.B and b.peer is not b", "B",
     "open\ncause: Lan.B is Lan.B\ncause: peer of Lan.B is Lan.C\n"},
    {"for each Box b; when b is not Lan.B", "C", "open\ncause: Lan.C is not Lan.B\n"},
    {"for each Box b; when b.peer is Box", "B", "open\ncause: peer of Lan.B is Lan.C, a Box\n"},
    {"for each Box b; when b.lvl is b.top", "B", "open\ncause: lvl of Lan.B is low\ncause: top of Lan.B is low\n"},
    {"for each Box b; when b.peer.out_of_scope is absent and b.top is absent", "C",
     "open\ncause: peer of Lan.C is not given\ncause: top of Lan.C is not given\n"},
    {"for each Box b; when not (b.tags has phi) and b.peers has Box", "B",
     "open\ncause: tags of Lan.B is empty\ncause: peers of Lan.B is Lan.C\n"},
    {"for each Box b; when b.peers has Box where (safe)", "B",
     "possible\ncause: peers of Lan.B is Lan.C\ncause: safe of Lan.C is not known\nquestion: safe of Lan.C is not "
     "known\n"},
    {"for each Box b; when b.peers has Lan.B", "C",
     "possible\ncause: peers of Lan.C is not known\nquestion: peers of Lan.C is not known\n"},
    {"for each Box b; when b is Box where (lvl is low)", "B",
     "open\ncause: Lan.B is a Box where (lvl is low)\ncause: lvl of Lan.B is low\n"},
    {"for each flow f; when f carries D", "g",
     "possible\ncause: whether g carries D is not known\nquestion: carries of g is not known\n"},
    {"for each flow f; when some data on f where (integrity is low)", "f",
     "open\ncause: `some data on f where (integrity is low)` holds: D\ncause: integrity of D is low\n"},
    {"for each flow f; when some data on f where (integrity is low or\n      integrity is unknown)", "f",
     "open\ncause: `some data on f where (integrity is low or integrity is unknown)` holds: D\ncause: integrity of D is "
     "low\n"},
    {"for each flow f; when every data on f where (confidentiality is secret or integrity is high)", "f",
     "open\ncause: `every data on f where (confidentiality is secret or integrity is high)` holds\n"},
    {"for each flow f; when not (every data on f where (integrity is low))", "f",
     "open\ncause: `every data on f where (integrity is low)` does not hold: L\ncause: integrity of L is high\n"},
    {"for each Box b; when some data in b", "C",
     "possible\ncause: `some data in b` hangs on unknown facts\nquestion: holds of Lan.C is not known\n"},
    {"for each flow f; when f inside Lan", "g", "open\ncause: g is inside Lan\n"},
    {"for each Box b; when b reaches external", "B", "open\ncause: Lan.B reaches an external\n"},
    {"for each Box b; mitigated by firewall on b", "B",
     "mitigated\ncause: Lan.B has firewall by Y, verified\ncontrol: Y\ncontrol: Z\n"},
    {"for each flow f; mitigated by (f.authentication is token)", "g",
     "mitigated\ncause: authentication of g is token\n"},
    {"for each Box b; mitigated by firewall on b where (safe)\nmitigated by firewall on b where (lvl is high)", "C",
     "open\ncloser: firewall on Lan.C\n"},
    {"for each external x", "Far", "out_of_scope\ncause: Far is out of scope: not ours\n"},
    {"for each path p from a : external to b : Box avoiding (safe) within 2 steps", "E,C", ""},
    {"for each path p from a : external to b : Box avoiding (safe)", "Far,C",
     "out_of_scope\ncause: Far leads to Lan.C by h\ncause: safe of Lan.C is not known\ncause: Far is out of scope: not "
     "ours\n"},
    {"for each path p from a : Box to b : Box avoiding (safe); when a.lvl is low", "B,C",
     "possible\ncause: Lan.B leads to Lan.C by g\ncause: safe of Lan.C is not known\ncause: lvl of Lan.B is low\n"
     "question: safe of Lan.C is not known\n"},
};

Test(rules_explain, more_causes)
{
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        StrBuf text = {0};
        strbuf_format(&text, "%srule R \"t\" { %s%s", MORE, more[i].rule, TAIL);
        Run r;
        run_text(&r, text.s);
        cr_assert_eq(r.diags.errors, 0, "%s: %s", more[i].rule, run_diags(&r));
        const char *got = explained(&r, more[i].subject);
        cr_expect_str_eq(got, more[i].wanted, "%s\n%s-- not\n%s", more[i].rule, got, more[i].wanted);
        run_free(&r);
        strbuf_free(&text);
    }
}

/* ---- basis ---- */

static void basis_of(const char *model, const char *rule, char out[13])
{
    StrBuf text = {0};
    strbuf_format(&text, "%srule R \"t\" { %s%s", model, rule, TAIL);
    Run r;
    run_text(&r, text.s);
    cr_assert_eq(r.diags.errors, 0, "%s", run_diags(&r));
    cr_assert(r.verdicts.all.n > 0);
    verdict_basis(r.rules, &r.verdicts.all.at[0], out);
    run_free(&r);
    strbuf_free(&text);
}

Test(rules_explain, basis)
{
    static const char *const rule = "for each flow f from a to b : Q; when b.x and f carries D and b.tags has phi";
    static const char *const models[] = {
        "kind Q : process { property x : bool; property y : bool; property tags : [DataClass] }\n"
        "data D\nexternal E\nQ P #P { x: true; y: true; tags: [phi, log] }\nflow f : E -> P { carries: [D] }\n",
        /* order, places and what the rule does not ask leave it as it is; so does a new name under the same id */
        "kind Q : process { property x : bool; property y : bool; property tags : [DataClass] }\n\n"
        "data D\nQ New #P { y: false; tags: [log, phi]; x: true }\nexternal E\nflow f : E -> New { carries: [D] }\n",
        /* a fact that it asks changes it */
        "kind Q : process { property x : bool; property y : bool; property tags : [DataClass] }\n"
        "data D\nexternal E\nQ P #P { x: unknown; y: true; tags: [phi, log] }\nflow f : E -> P { carries: [D] }\n",
    };
    char a[13], b[13], c[13];
    basis_of(models[0], rule, a);
    basis_of(models[1], rule, b);
    basis_of(models[2], rule, c);
    cr_expect_eq(strlen(a), 12);
    cr_expect_str_eq(a, b);
    cr_expect_str_neq(a, c);
}

/* ---- why not ---- */

static const struct {
    const char *rule, *subject, *wanted; /* NULL: there is a verdict */
} why_not[] = {
    {"for each flow f; when f.authentication is none", "f", NULL},
    {"for each flow f; when f.authentication is token and f.protocol is http", "f",
     "`test.R` needs `f.authentication is token` (test.cordon:10), which is false\n  with f = f\n"
     "  authentication of f is none (test.cordon:7)\n"},
    {"for each flow f to b : Box; when not b.safe", "f",
     "`test.R` needs `not b.safe` (test.cordon:10), which is false\n  with f = f, b = Lan.B\n"
     "  safe of Lan.B is true (test.cordon:6)\n"},
    {"for each flow f from a : Box", "f",
     "`test.R` looks at each flow\n  f comes from E, which is an external; the rule wants a Box (test.cordon:7)\n"},
    {"for each flow f leaving t", "f",
     "`test.R` looks at each flow\n  f leaves no boundary that the rule looks for: it wants a boundary\n"},
    {"for each Box b", "f", "`test.R` looks at each Box\n  f is a flow (test.cordon:7)\n"},
    {"for each Box b inside Lan", "Lan.B", NULL},
    {"for each external b inside t", "E",
     "`test.R` looks at each external\n  the rule wants it inside a boundary, and there is none\n"},
    {"for each path p from a : Box to b : external within 3 steps", "E",
     "`test.R` looks at each path\n  no path leads from a Box to an external within 3 steps\n"},
    {"for each data d on x", "g", "`test.R` looks at each data\n  the rule wants it on a flow, and there is none\n"},
};

Test(rules_explain, why_not)
{
    for (size_t i = 0; i < sizeof why_not / sizeof *why_not; i++) {
        StrBuf text = {0}, got = {0};
        strbuf_format(&text, "%srule R \"t\" { %s%s", MODEL, why_not[i].rule, TAIL);
        Run r;
        run_text(&r, text.s);
        cr_assert_eq(r.diags.errors, 0, "%s: %s", why_not[i].rule, run_diags(&r));
        Ref ref =
            program_lookup(&r.program, r.program.modules.at[1].obj, intern(&r.names, str_from(why_not[i].subject)));
        RuleId rule = rule_by_name(r.rules, STR("R"));
        cr_assert(rule && ref.tag == REF_OBJ);
        bool silent = rule_why_not(r.rules, rule, ref.id, &got);
        cr_expect_eq(silent, why_not[i].wanted != NULL, "%s", why_not[i].rule);
        if (silent && why_not[i].wanted)
            cr_expect_str_eq(got.s, why_not[i].wanted, "%s\n%s-- not\n%s", why_not[i].rule, got.s, why_not[i].wanted);
        run_free(&r);
        strbuf_free(&text);
        strbuf_free(&got);
    }
}

/* ---- names and dumps ---- */

Test(rules_explain, names_of_rules)
{
    Run r;
    run_text(&r, "import std.stride\nprocess P\nrule S03 \"t\" { for each process p; unless p is external; severity: "
                 "low; fix: \"x\" }\n");
    cr_expect_eq(rule_by_name(r.rules, STR("S03")), 0, "two rules have this name");
    cr_expect_neq(rule_by_name(r.rules, STR("test.S03")), 0);
    cr_expect_neq(rule_by_name(r.rules, STR("stride.S03")), 0);
    cr_expect_eq(rule_by_name(r.rules, STR("std.stride.S03")), rule_by_name(r.rules, STR("stride.S03")));
    cr_expect_eq(rule_by_name(r.rules, STR("std.stride.spoofing.S03")), rule_by_name(r.rules, STR("stride.S03")));
    cr_expect_str_eq(str_z(&r.arena, rule_info(r.rules, rule_by_name(r.rules, STR("S04")))->id), "stride.S04");
    cr_expect_eq(rule_by_name(r.rules, STR("spoofing.S03")), 0);
    cr_expect_eq(rule_by_name(r.rules, STR("std.test.S03")), 0);
    cr_expect_eq(rule_by_name(r.rules, STR("S0")), 0);
    cr_expect_eq(rule_by_name(r.rules, STR("")), 0);
    run_free(&r);
}

Test(rules_explain, dump)
{
    Run r;
    run_text(&r, "process P\nrule R \"t\" { for each flow f from a to b : process entering t\n"
                 "when (f.authentication in [none, password] or a is not external) and f carries data where (integrity "
                 ">= high)\n"
                 "unless b is P; mitigated by authenticates_peer on f or b and (b inside t); key: [f, t]\n"
                 "raise severity to high when some flow from b where (protocol is http); severity: low; fix: \"x\" }\n"
                 "policy Q \"q\" { never path p from a to b : process along (has firewall) within 3 steps }\n");
    StrBuf b = {0};
    rules_dump(r.rules, &b);
    cr_expect_str_eq(
        b.s,
        "rule test.R\n  each flow f from a : element to b : process entering t : boundary\n  key f t\n  when\n"
        "    and\n      or\n        not\n          kind a external\n        in f.authentication none password\n"
        "      linked f carries data\n        where $4\n          order $4.integrity >= 2\n"
        "  unless\n    thing b P\n  mitigated by\n    authenticates_peer on f or b\n    inside b t\n"
        "  raise to high when\n    quantifier some flow $4 from b\n      where $4\n"
        "        thing $4.protocol http\n"
        "policy test.Q\n  each path p from a : element to b : process within 3\n  key a b\n  along\n    has $4 "
        "firewall\n",
        "%s", b.s);
    strbuf_free(&b);
    run_free(&r);
}

/* Days counted from `today`: the same day of the month or year before is still within the month or year. */
Test(rules_explain, days_counted_from_today)
{
    Run r;
    TestReport report;
    StrBuf b = {0};
    run_text(&r, "rule M \"t\" { for each review x; when x.date < a_month_ago; severity: low; fix: \"x\" }\n"
                 "rule Y \"t\" { for each review x; when a_year_ago > x.date; severity: low; fix: \"x\" }\n"
                 "rule N \"t\" { for each review x; when x.date > in_a_year; severity: low; fix: \"x\" }\n"
                 "test M \"x\" { given { review Q { date: 2025-12-01 } }; expect no M; expect no Y; expect no N\n"
                 "with Q.date: 2025-11-30 { expect M at Q; expect no Y }\n"
                 "with Q.date: 2024-12-31 { expect M at Q; expect no Y }\n"
                 "with Q.date: 2024-12-30 { expect Y at Q }\n"
                 "with Q.date: 2027-01-02 { expect no N }\n"
                 "with Q.date: 2027-01-03 { expect N at Q } }\n");
    rules_dump(r.rules, &b);
    cr_expect(strstr(b.s, "order x.date < today-31") && strstr(b.s, "order x.date < today-366") &&
                  strstr(b.s, "order x.date > today+366"),
              "%s", b.s);
    rules_test(r.rules, &r.program, false, TEST_ATOMS, &report);
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_eq(report.passed, 10);
    test_report_free(&report);
    strbuf_free(&b);
    run_free(&r);
}

/* `today` is the day of the program, and in tests a day that no clock changes. */
Test(rules_explain, today)
{
    static const char *const text =
        "rule R \"t\" { for each assumption a; when a.review_by < today; severity: low; fix: \"x\" }\n"
        "rule S \"t\" { for each assumption a; when today >= a.review_by; severity: low; fix: \"x\" }\n"
        "assumption A { review_by: 2026-05-01 }\nassumption B\nassumption C { review_by: unknown }\n"
        "test R \"x\" { given { assumption Q { review_by: 2025-12-31 } }; expect R at Q; expect S at Q\n"
        "with Q.review_by: 2026-01-01 { expect no R; expect S at Q }\n"
        "with Q.review_by: 2026-01-02 { expect no R; expect no S }\n"
        "with Q.review_by: unknown { expect possible R at Q } }\n";
    static const struct {
        int32_t today;
        uint32_t before, until; /* threats of R and of S, with the possible one */
    } days[] = {{0, 1, 1}, {20573, 1, 1}, {20574, 1, 2}, {20575, 2, 2}}; /* 20574: 2026-05-01 */
    Run r;
    TestReport report;
    StrBuf b = {0};
    run_text(&r, text);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        Verdicts v;
        uint32_t n[3] = {0};
        r.program.today = days[i].today;
        rules_eval(r.rules, &v);
        for (uint32_t k = 0; k < v.all.n; k++)
            n[v.all.at[k].rule]++;
        cr_expect_eq(n[1], days[i].before, "day %d: %u", days[i].today, n[1]);
        cr_expect_eq(n[2], days[i].until, "day %d: %u", days[i].today, n[2]);
        verdicts_free(&v);
    }
    rules_dump(r.rules, &b);
    cr_expect(strstr(b.s, "order a.review_by < today") && strstr(b.s, "order a.review_by <= today"), "%s", b.s);
    rules_test(r.rules, &r.program, false, TEST_ATOMS, &report);
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_eq(report.passed, 7);
    cr_expect_eq(r.program.today, 20575, "put back");
    test_report_free(&report);
    strbuf_free(&b);
    run_free(&r);
    run_text(&r, "rule R \"t\" { for each assumption a; when a.review_by < today and a.review_by >= today\n"
                 "severity: low; fix: \"x\" }\nrule S \"t\" { for each assumption a\n"
                 "when a.review_by < today and a.review_by > 2026-01-01; severity: low; fix: \"x\" }\nassumption A\n");
    rules_free(r.rules);
    r.rules = rules_compile(&r.program, true);
    cr_expect(strstr(run_diags(&r), "W0408@1") && !strstr(run_diags(&r), "W0408@4"), "%s", run_diags(&r));
    run_free(&r);
}

/* ---- tests of rules ---- */

/* A test means the rule of its own module, whatever others are called. */
Test(rules_explain, tests_mean_their_own_module)
{
    Run r;
    TestReport report;
    run_text(&r, "import std.stride\nprocess P\n"
                 "rule S03 \"t\" { for each process p; when p.input_validated; severity: low; fix: \"x\" }\n"
                 "test S03 \"x\" { given { process Q { input_validated: true } }; expect S03 at Q\n"
                 "with Q.input_validated: false { expect no S03; expect no stride.S03; expect no std.stride.S03 } }\n");
    cr_assert_not_null(r.rules, "%s", run_diags(&r));
    rules_test(r.rules, &r.program, false, TEST_ATOMS, &report);
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_eq(report.passed, 4);
    test_report_free(&report);
    run_free(&r);
}

/* A test may expect a policy of its file to be broken; each `never` counts. */
Test(rules_explain, tests_of_policies)
{
    Run r;
    TestReport report;
    run_text(&r, "policy P \"t\" { never port x where (x.debug); never process p where (p.default_credentials) }\n"
                 "policy Q \"t\" { never process p where (p.exposed) }\n"
                 "process Main { exposed: false; default_credentials: false }\n"
                 "test P \"x\" { given { process Y { default_credentials: false; port plug { debug: true } } }\n"
                 "expect P at Y.plug; expect no P at Y\n"
                 "with Y.plug.debug: false { expect no P }\n"
                 "with Y.plug.debug: false, Y.default_credentials: true { expect P at Y; expect no P at Y.plug }\n"
                 "with Y.default_credentials: unknown { expect possible P at Y } }\n"
                 "test Q \"x\" { given { process Y { exposed: false }; process Z { exposed: true } }\n"
                 "expect Q at Z; expect no Q at Y; expect no Q }\n");
    cr_assert_not_null(r.rules, "%s", run_diags(&r));
    rules_test(r.rules, &r.program, false, TEST_ATOMS | TEST_MUTANTS, &report);
    cr_expect_eq(report.passed, 8, "%u", report.passed);
    cr_expect_eq(report.failed, 1);
    cr_expect_eq(report.atoms, 0, "conditions of policies are nobody's duty to cover");
    cr_expect_gt(report.mutants, 0);
    cr_expect_eq(report.killed, report.mutants, "%s", run_diags(&r));
    cr_expect_str_eq(run_diags(&r), "E0601@10");
    test_report_free(&report);
    run_free(&r);
}

#define TESTED(body)                                                                                          \
    "rule R \"t\" { for each flow f to b : process; when f.authentication is none\n unless f.remote_access\n" \
    "mitigated by authenticates_peer on f; severity: low; fix: \"x\" }\nprocess Main\n"                       \
    "test R \"x\" {\n" body "}\n"
#define GIVEN                                                                                              \
    "given { external X; process Y; control C { implements: [authenticates_peer]; status: implemented }\n" \
    "flow f : X -> Y { authentication: none; protocol: http } }\n"

static const struct {
    const char *text, *diags;
    uint32_t passed, failed, atoms, covered;
} tests[] = {
    {TESTED(GIVEN
            "expect R at f\n expect R\n with f.authentication: token { expect no R at f; expect no R }\n"
            "with f.controls: C { expect mitigated R at f }\n with f.authentication: unknown { expect possible R }\n"
            "with f.remote_access: true { expect no R; expect out_of_scope R at f }\n"),
     "", 8, 0, 3, 3},
    /* facts are put back behind each `with` */
    {TESTED(GIVEN
            "with f.authentication: token { expect no R }\n with f.protocol: http { expect R at f }\n expect R at f\n"),
     "W0603@2 W0603@3", 3, 0, 3, 1},
    {TESTED(GIVEN "expect no R at f\n with f.authentication: token { expect R at f }\n"),
     "W0603@2 W0603@3 E0601@8 E0601@9", 0, 2, 3, 1},
    {TESTED(GIVEN "expect mitigated R at f\n expect no R\n"), "W0603@1 W0603@2 W0603@3 E0601@8 E0601@9", 0, 2, 3, 0},
    {TESTED(GIVEN "expect R at nothing\n expect no R at f\n"), "W0603@1 W0603@2 W0603@3 E0201@8 E0601@9", 0, 2, 3, 0},
    {TESTED(GIVEN "expect R at Main\n expect no R at f\n"), "W0603@1 W0603@2 W0603@3 E0601@8 E0601@9", 0, 2, 3, 0},
    {TESTED(GIVEN "expect Q at f\n expect R\n expect no R\n"), "W0603@1 W0603@2 W0603@3 E0508@8 E0601@10", 1, 2, 3, 0},
    {TESTED(GIVEN "expect silly R at f\n expect R\n expect no R\n"), "W0603@1 W0603@2 W0603@3 E0214@8 E0601@10", 1, 2,
     3, 0},
    {TESTED(GIVEN "with authentication: token { expect no R }\n expect R\n"), "W0603@1 W0603@2 W0603@3 E0605@8", 1, 1,
     3, 0},
    {TESTED(GIVEN "with f.size: token { expect no R }\n expect R\n"), "W0603@1 W0603@2 W0603@3 E0208@8", 1, 1, 3, 0},
    {TESTED(GIVEN "with f.authentication: tokn { expect no R }\n expect R\n"), "W0603@1 W0603@2 W0603@3 E0214@8", 1, 1,
     3, 0},
    {TESTED("expect R; expect no R\n"), "E0604@5", 0, 1, 3, 0},
    {TESTED(GIVEN), "W0417@1 W0418@1 W0602@5", 0, 0, 3, 0},
};

Test(rules_explain, tests_of_rules)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        Run r;
        TestReport report;
        run_text(&r, tests[i].text);
        cr_assert_not_null(r.rules, "%s: %s", tests[i].text, run_diags(&r));
        rules_test(r.rules, &r.program, false, TEST_ATOMS, &report);
        const char *got = run_diags(&r);
        cr_expect_str_eq(got, tests[i].diags, "%s\n  gives %s\n  not   %s", tests[i].text, got, tests[i].diags);
        cr_expect(report.passed == tests[i].passed && report.failed == tests[i].failed, "%s: passed %u failed %u",
                  tests[i].text, report.passed, report.failed);
        cr_expect(report.atoms == tests[i].atoms && report.covered == tests[i].covered, "%s: %u of %u", tests[i].text,
                  report.covered, report.atoms);
        /* The model is as it was. */
        cr_expect_eq(r.program.model.elements.n, 1);
        cr_expect_eq(r.program.model.flows.n, 0);
        test_report_free(&report);
        run_free(&r);
    }
}
