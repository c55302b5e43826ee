/* What is said about rules before they run: each mistake has its code, and what is right has none. The rule stands on
 * line 3 to 9 of the text; its tests on the lines behind. */
#include "support.h"

#define HEAD                                                                                                           \
    "kind Box : process { property safe : bool; property lvl : Severity; property own : text?; property spare : bool " \
    "}\n"                                                                                                              \
    "external E; boundary Lan { Box B { safe: true; lvl: low } }; flow f : E -> Lan.B { authentication: none; "        \
    "protocol: http }\n"
#define TESTS                                                                                                        \
    "test R \"both ways\" { given { external X; boundary L { Box Y { safe: true; lvl: low } }; flow g : X -> L.Y { " \
    "authentication: none; protocol: http } }\n expect R\n with L.Y.safe: false { expect no R } }\n"
#define TAIL "severity: low; fix: \"x\" }\n"

typedef struct Row {
    const char *rule, *wanted;
} Row;

/* Diagnostics of the model without notes of what the tests of the row would miss. */
static const Row rows[] = {
    {"rule R \"{b}\" { for each Box b; when b.safe\n" TAIL, ""},
    /* patterns */
    {"rule R \"t\" { when true\n" TAIL, "E0401@3"},
    {"rule R \"t\" { for each Box b; for each Box c\n when b.safe\n" TAIL, "E0402@3"},
    {"rule R \"t\" { for each flow f from a to b entering t : boundary; key: q\n when b has firewall\n" TAIL,
     "E0423@3"},
    {"rule R \"t\" { for each flow f entering t : boundary; when f.authentication is none; key: [f, t]\n" TAIL, ""},
    {"rule R \"t\" { for each Bux b\n" TAIL, "E0206@3"},
    {"rule R \"t\" { for each Box b from a\n" TAIL, "E0420@3"},
    {"rule R \"t\" { for each Box b inside t inside u\n" TAIL, "E0420@3"},
    {"rule R \"t\" { for each flow f within 3 steps\n" TAIL, "E0420@3"},
    {"rule R \"t\" { for each flow f inside t\n" TAIL, "E0420@3"},
    {"rule R \"t\" { for each path p from a : external to b : Box within 0 steps\n" TAIL, "E0420@3"},
    {"rule R \"t\" { for each flow f from a : boundary\n" TAIL, "E0218@3"},
    {"rule R \"t\" { for each flow f to Lan.Nothing\n" TAIL, "E0201@3"},
    {"rule R \"t\" { for each flow f from E\n when f.authentication is none\n" TAIL, "W0410@3 W0426@3"},
    {"rule R \"t\" { for each path p from a : external to b : Box along (a.human)\n" TAIL, "E0421@3"},
    /* names */
    {"rule R \"t\" { for each Box b; when x.safe\n" TAIL, "E0405@3"},
    {"rule R \"t\" { for each Box b; when b.saef\n" TAIL, "E0422@3"},
    {"rule R \"t\" { for each process b; when b.safe\n" TAIL, "E0422@3"},
    {"rule R \"t\" { for each Box b; when b.lvl is lo\n" TAIL, "E0214@3"},
    {"rule R \"t\" { for each Box b; when b has firewal\n" TAIL, "E0217@3"},
    {"rule R \"t\" { for each Box b; when b.safe; mitigated by firewal on b\n" TAIL, "E0217@3"},
    {"rule R \"t\" { for each Box b; when b.safe; mitigated by firewall on q\n" TAIL, "E0405@3"},
    {"rule R \"t\" { for each Box b; when b is Nothing\n" TAIL, "E0405@3"},
    {"rule R \"{x}\" { for each Box b; when b.safe\n" TAIL, "E0407@3"},
    {"rule R \"{b.size}\" { for each Box b; when b.safe\n" TAIL, "E0407@3"},
    {"rule R \"t\" { for each Box b; when b.safe; message: \"{\"\n" TAIL, "E0407@3"},
    /* conditions */
    {"rule R \"t\" { for each Box b; when b.safe and b.own is \"x\" or b.lvl is low\n" TAIL, "E0124@3"},
    {"rule R \"t\" { for each Box b; when (b.safe and b.own is \"x\") or b.lvl is low\n" TAIL, ""},
    {"rule R \"t\" { for each Box b; when b.safe > false\n" TAIL, "E0406@3"},
    {"rule R \"t\" { for each Box b; when b carries data\n" TAIL, "E0421@3"},
    {"rule R \"t\" { for each Box b; when b\n" TAIL, "E0421@3"},
    {"rule R \"t\" { for each Box b; when b.lvl\n" TAIL, "E0421@3"},
    {"rule R \"t\" { for each Box b; when b inside Box\n" TAIL, "E0218@3"},
    {"rule R \"t\" { for each Box b; when has firewall\n" TAIL, "E0421@3"},
    {"rule R \"t\" { for each path p from a : external to b : Box; when p carries data\n" TAIL, "E0421@3"},
    {"rule R \"t\" { for each flow f; when f.controls is none\n" TAIL, "E0421@3"},
    {"rule R \"t\" { for each Box b; when b.safe; raise lvl to high when b.own is \"x\"\n" TAIL, "E0422@3"},
    {"rule R \"t\" { for each Box b; when b.safe; raise severity to higher when b.own is \"x\"\n" TAIL, "E0214@3"},
    /* sense */
    {"rule R \"t\" { for each Box b; when b is process and b.safe\n" TAIL, "W0409@3"},
    {"rule R \"t\" { for each Box b; when b is store or b.safe\n" TAIL, "W0409@3"},
    {"rule R \"t\" { for each Box b; when b.lvl >= none and b.safe\n" TAIL, "W0409@3"},
    {"rule R \"t\" { for each Box b; when b.safe and not b.safe\n" TAIL, "W0408@3"},
    {"rule R \"t\" { for each Box b; when b.lvl is low and b.lvl is high\n" TAIL, "W0408@3"},
    {"rule R \"t\" { for each Box b; when b.lvl > low and b.lvl < low\n" TAIL, "W0408@3"},
    {"rule R \"t\" { for each Box b; when b.lvl > low and b.lvl < critical\n" TAIL, ""},
    {"rule R \"t\" { for each flow f from a to b; when f.authentication is none\n" TAIL, "W0410@3 W0410@3"},
    {"rule R \"t\" { for each Box b\n" TAIL, "W0412@3"},
    {"rule R \"t\" { for each Box b; unless b inside Lan\n" TAIL, ""},
    {"rule R \"t\" { for each Box b; when some flow to b where (authentication is none)\n" TAIL, ""},
    {"rule R \"t\" { for each Box b; when b.safe\n fix: \"x\" }\n", "W0424@3"},
    {"rule R \"t\" { for each Box b; when b.safe\n severity: low }\n", "W0416@3"},
    /* references */
    {"rule R \"t\" { for each Box b; when b.safe; cwe: [306]; capec: [151]; attack: [\"T1557\"]\n" TAIL, ""},
    {"rule R \"t\" { for each Box b; when b.safe; cwe: [999999]\n" TAIL, "E0413@3"},
    {"rule R \"t\" { for each Box b; when b.safe; attack: [\"T9999\"]\n" TAIL, "E0413@3"},
    {"rule R \"t\" { for each Box b; when b.safe; cvss: \"CVSS:3.1/AV:N\"\n" TAIL, "E0415@3"},
    {"rule R \"t\" { for each Box b; when b.safe; cvss: "
     "\"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\"\n"
     "fix: \"x\" }\n",
     ""},
};

Test(rules_checks, single_rules)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        StrBuf text = {0};
        Run r;
        strbuf_addz(&text, HEAD);
        strbuf_addz(&text, rows[i].rule);
        strbuf_addz(&text, TESTS);
        run_text(&r, text.s);
        cr_expect_str_eq(run_diags(&r), rows[i].wanted, "%s\n  gives %s\n  not   %s", rows[i].rule, run_diags(&r),
                         rows[i].wanted);
        run_free(&r);
        strbuf_free(&text);
    }
}

#define RULE(name, when) \
    "rule " name " \"t\" { for each Box b; " when "; stride: spoofing; severity: low; fix: \"x\" }\n"
#define TESTED(name)                                                               \
    "test " name " \"t\" { given { Box Y { safe: true; lvl: low } }; expect " name \
    "\n with Y.safe: false, Y.lvl: none { expect no " name " } }\n"

static const Row pairs[] = {
    {RULE("R", "when b.safe and b.lvl is low") RULE("S", "when b.safe") TESTED("R") TESTED("S"), "W0411@3"},
    {RULE("R", "when b.safe") RULE("S", "when b.safe") TESTED("R") TESTED("S"), "W0411@4"},
    {RULE("R", "when b.safe") RULE("S", "when b.lvl is low") TESTED("R") TESTED("S"), ""},
    {RULE("R", "when b.safe and b.lvl is low; mitigated by firewall on b") RULE("S", "when b.safe") TESTED("R")
         TESTED("S"),
     ""},
    {RULE("R", "when b.safe"), "W0417@3 W0418@3"},
    {RULE("R", "when b.safe") "test R \"t\" { given { Box Y }; expect possible R }\n", "W0418@3"},
    {RULE("R", "when b.safe") "test R \"t\" { given { Box Y }; expect no R }\n", "W0417@3"},
};

Test(rules_checks, several_rules)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        StrBuf text = {0};
        Run r;
        strbuf_addz(&text, HEAD);
        strbuf_addz(&text, pairs[i].rule);
        run_text(&r, text.s);
        cr_expect_str_eq(run_diags(&r), pairs[i].wanted, "%s\n  gives %s\n  not   %s", pairs[i].rule, run_diags(&r),
                         pairs[i].wanted);
        run_free(&r);
        strbuf_free(&text);
    }
}

/* `where` inside `where`, at the limit and over it. */
static void check_depth(int depth, const char *wanted)
{
    StrBuf text = {0};
    strbuf_addz(&text, HEAD "rule R \"t\" { for each Box b; when ");
    for (int i = 0; i < depth; i++)
        strbuf_addz(&text, "some external where (");
    strbuf_addz(&text, "human");
    for (int i = 0; i < depth; i++)
        strbuf_char(&text, ')');
    strbuf_addz(&text, "\n" TAIL TESTS);
    Run r;
    run_text(&r, text.s);
    cr_expect_str_eq(run_diags(&r), wanted, "depth %d: %s", depth, run_diags(&r));
    run_free(&r);
    strbuf_free(&text);
}

Test(rules_checks, depth_of_conditions)
{
    check_depth(8, "");
    check_depth(9, "E0425@3");
}

Test(rules_checks, suggestions)
{
    Run r;
    run_text(&r, HEAD "rule R \"t\" { for each process b; when b.safe or b has firewal or bb.safe\n" TAIL TESTS);
    StrBuf helps = {0};
    diags_sort(&r.diags, &r.sources);
    for (uint32_t i = 0; i < r.diags.list.n; i++)
        strbuf_format(&helps, "%.*s\n", STR_FMT(r.diags.list.at[i]->help));
    cr_expect_str_eq(
        helps.s,
        "`Box` has it: narrow the variable's kind in `for each`\ndid you mean `firewall`?\ndid you mean `b`?\n");
    strbuf_free(&helps);
    run_free(&r);
}

/* ---- policies ---- */

static const Row policies[] = {
    {"policy P \"p\" { never flow f to b : Box where (f.authentication is none) }\n", "E0510@2"},
    {"policy P \"p\" { never flow f to b : Box where (f.authentication is token) }\n", ""},
    {"policy P \"p\" { never Box b where (b.spare) }\n", "W0511@2"},
    {"policy P \"p\" { never path p from a : external to b : Box }\n", "E0510@2"},
    {"policy P \"p\" { never flow f }\n", "E0510@2"},
    {"policy P \"p\" { }\n", "E0512@3"},
    {"policy P \"p\" { never Box b where (b.nothing) }\n", "E0422@3"},
};

Test(rules_checks, policies)
{
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        StrBuf text = {0};
        strbuf_addz(&text, HEAD);
        strbuf_addz(&text, policies[i].rule);
        Run r;
        run_text(&r, text.s);
        cr_expect_str_eq(run_diags(&r), policies[i].wanted, "%s\n  gives %s", policies[i].rule, run_diags(&r));
        run_free(&r);
        strbuf_free(&text);
    }
}
