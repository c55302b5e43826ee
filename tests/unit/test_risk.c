/* Decisions, threats found by people, and risk records. */
#include "program/stdlib.h"
#include "support.h"

/* 13 lines, so that a decision begins on line 14. */
#define MODEL                                                                           \
    "rule R \"{a} is not known on {f}\" {\n"                                            \
    "  for each flow f from a to b\n"                                                   \
    "  when f.authentication is none\n"                                                 \
    "  mitigated by authenticates_peer on f\n"                                          \
    "  stride: spoofing; severity: high\n"                                              \
    "  message: \"Anyone may call {b}.\"; fix: \"Authenticate {a}.\"\n"                 \
    "}\n"                                                                               \
    "external A \"Caller\"\n"                                                           \
    "process P \"Server\"\n"                                                            \
    "flow one \"First\" #FL1 : A -> P { authentication: none; protocol: tcp }\n"        \
    "flow two \"Second\" was second : A -> P { authentication: none; protocol: tcp }\n" \
    "flow three \"Third\" : A -> P { authentication: certificate; protocol: tcp }\n"    \
    "flow four \"Fourth\" : A -> P\n"
/* Behind everything: a rule without a test would be warned about. */
#define TESTED                                                                                     \
    "test R \"on both sides\" {\n"                                                                 \
    "  given { external X; process Y; flow g : X -> Y { authentication: none; protocol: tcp } }\n" \
    "  expect R at g\n"                                                                            \
    "  with g.authentication: certificate { expect no R at g }\n"                                  \
    "}\n"
#define WHY "{ rationale: \"known\"; owner: @ann "
#define TOLD "; transferred_to: \"the clinic\"; information: \"Keep it apart.\"; document: \"Manual, 3\" "

static const struct {
    const char *decisions, *threats, *diags;
} rows[] = {
    {"", "R@FL1 open\nR@four possible\nR@two open\n", ""},
    {"decision #D1 accept R at one " WHY "}\n", "R@FL1 accepted\nR@four possible\nR@two open\n", ""},
    {"decision #D1 accept test.R at one, four " WHY "; covers: 2 }\n", "R@FL1 accepted\nR@four accepted\nR@two open\n",
     ""},
    {"decision D1 defer R at FL1 " WHY "}\n", "R@FL1 deferred\nR@four possible\nR@two open\n", ""},
    {"decision #D1 transfer R at second " WHY TOLD "}\n", "R@FL1 open\nR@four possible\nR@two transferred\n", ""},
    {"decision #D1 accept R at one { owner: @ann }\n", "R@FL1 open\nR@four possible\nR@two open\n", "E0503@14"},
    {"decision #D1 accept R at one { rationale: \" \"; owner: @ann }\n", "R@FL1 open\nR@four possible\nR@two open\n",
     "E0503@14"},
    {"decision #D1 accept R at one { rationale: \"known\" }\n", "R@FL1 open\nR@four possible\nR@two open\n",
     "E0504@14"},
    {"decision #D1 accept R at one " WHY "; expires: 2026-05-31 }\n", "R@FL1 open\nR@four possible\nR@two open\n",
     "W0505@14"},
    {"decision #D1 accept R at one " WHY "; expires: 2026-06-01 }\n", "R@FL1 accepted\nR@four possible\nR@two open\n",
     ""},
    {"decision #D1 accept R at one " WHY "; basis: \"000000000000\" }\n", "R@FL1 open\nR@four possible\nR@two open\n",
     "W0506@14"},
    {"decision #D1 accept R at one " WHY "; basis: \"\" }\n", "R@FL1 accepted\nR@four possible\nR@two open\n", ""},
    {"decision #D1 accept R at three " WHY "}\n", "R@FL1 open\nR@four possible\nR@two open\n", "W0502@14"},
    {"decision #D1 accept R at nothing " WHY "}\n", "R@FL1 open\nR@four possible\nR@two open\n", "W0502@14"},
    {"decision #D1 accept Q at one " WHY "}\n", "R@FL1 open\nR@four possible\nR@two open\n", "E0508@14"},
    {"decision #D1 ignore R at one " WHY "}\n", "R@FL1 open\nR@four possible\nR@two open\n", "E0501@14"},
    {"decision #D1 accept R at one " WHY "}\ndecision #D2 defer R at FL1 " WHY "}\n",
     "R@FL1 accepted\nR@four possible\nR@two open\n", "E0507@15"},
    {"threat Hand \"By hand\" { at: [one, two]; stride: [tampering] }\ndecision #D1 avoid Hand at two " WHY "}\n",
     "R@FL1 open\nR@four possible\nR@two open\nHand avoided\n", ""},
};

ParameterizedTestParameters(risk, decisions)
{
    static int row[sizeof rows / sizeof *rows];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        row[i] = (int)i;
    return cr_make_param_array(int, row, sizeof rows / sizeof *rows);
}

ParameterizedTest(int *i, risk, decisions)
{
    StrBuf text = {0};
    strbuf_addz(&text, MODEL);
    strbuf_addz(&text, rows[*i].decisions);
    strbuf_addz(&text, TESTED);
    Run r;
    run_text(&r, text.s);
    cr_expect_str_eq(run_threats(&r), rows[*i].threats, "%s gives\n%s", rows[*i].decisions, run_threats(&r));
    cr_expect_str_eq(run_diags(&r), rows[*i].diags, "%s gives %s", rows[*i].decisions, run_diags(&r));
    run_free(&r);
    strbuf_free(&text);
}

static const Diag *only_diag(Run *r)
{
    cr_assert_eq(r->diags.list.n, 1, "%s", run_diags(r));
    return r->diags.list.at[0];
}

static void expect_help(const char *decision, const char *help)
{
    StrBuf text = {0};
    strbuf_addz(&text, MODEL);
    strbuf_addz(&text, decision);
    strbuf_addz(&text, TESTED);
    Run r;
    run_text(&r, text.s);
    Str got = only_diag(&r)->help;
    cr_expect(str_eq(got, str_from(help)), "%s: help is `%.*s`", decision, STR_FMT(got));
    run_free(&r);
    strbuf_free(&text);
}

Test(risk, orphan_names_the_closest_threat)
{
    expect_help("decision #D1 accept R at tow " WHY "}\n", "did you mean `R at two`?");
    expect_help("decision #D1 acept R at one " WHY "}\n", "did you mean `accept`?");
    expect_help("decision #D1 accept test.S at one " WHY "}\n", "did you mean `test.R`?");
}

/* The basis that the report prints is the one a decision may give, whole or in part; a changed fact lets it lapse. */
Test(risk, basis)
{
    Run r;
    run_text(&r, MODEL);
    cr_assert(r.assessed, "%s", run_diags(&r));
    char basis[13];
    threat_basis(&r.assessment, &r.assessment.threats.at[0], basis);
    cr_assert_eq(strlen(basis), 12);
    StrBuf text = {0};
    strbuf_addz(&text, MODEL);
    strbuf_format(&text, "decision #D1 accept R at one " WHY "; basis: \"%s\" }\n" TESTED, basis);
    expect_diags(text.s, "");
    text.n = 0;
    strbuf_addz(&text, MODEL);
    strbuf_format(&text, "decision #D1 accept R at one " WHY "; basis: \"%.6s\" }\n" TESTED, basis);
    expect_diags(text.s, "");
    text.n = 0;
    strbuf_addz(&text, MODEL);
    strbuf_format(&text, "decision #D1 accept R at one " WHY "; basis: \"%.5s\" }\n" TESTED, basis);
    expect_diags(text.s, "W0506@14");
    strbuf_free(&text);
    run_free(&r);
}

#define HAND "process P \"Server\"\ncapability cap \"Capability\"\n"
#define CONTROL(name, status) "control " name " { implements: [cap]; status: " status " }\n"

Test(risk, threats_found_by_people)
{
    expect_threats(HAND "threat T { at: [P] }\n", "T open\n");
    expect_threats(HAND CONTROL("C", "implemented") "threat T #TH-1 { at: [P]; controls: [C] }\n", "TH-1 mitigated\n");
    expect_threats(HAND CONTROL("C", "planned") "threat T { at: [P]; controls: [C] }\n", "T planned\n");
    expect_threats(HAND CONTROL("C", "implemented") CONTROL("D", "planned") "threat T { at: [P]; controls: [C, D] }\n",
                   "T planned\n");
    expect_threats(HAND CONTROL("C", "unknown") "threat T { at: [P]; controls: [C] }\n", "T possible\n");
    expect_threats(HAND "threat T { at: [P]; out_of_scope: \"the room is locked\" }\n", "T out_of_scope\n");
}

Test(risk, severity_of_threats_found_by_people)
{
    Run r;
    run_text(&r, HAND "threat A { at: [P]; severity: low }\n"
                      "threat B { at: [P]; cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\" }\n"
                      "threat C { at: [P] }\n");
    cr_assert(r.assessed, "%s", run_diags(&r));
    const char *wanted[] = {"low", "critical", ""};
    for (uint32_t i = 0; i < 3; i++) {
        ConstId c = threat_severity(&r.assessment, &r.assessment.threats.at[i]);
        Str got = c ? sym_str(&r.names, r.program.consts.at[c].name) : STR("");
        cr_expect(str_eq(got, str_from(wanted[i])), "%u: %.*s", i, STR_FMT(got));
    }
    run_free(&r);
}

/* ---- records ---- */

#define SAFETY                                                                                               \
    "harm Overdose { severity: catastrophic }\n"                                                             \
    "hazard Over { harm: Overdose }\nhazard Leak\nhazard Late\n"                                             \
    "data Order { confidentiality: internal; integrity: critical; availability: high; integrity_loss: Over;" \
    " confidentiality_loss: Leak; availability_loss: Late }\n"                                               \
    "asset Therapy { availability: critical; realised_by: [P, Order] }\n"                                    \
    "external A\nprocess P\nstore S { holds: [Order] }\n"                                                    \
    "flow f : A -> P { carries: [Order] }\n"

static RiskRecord record_of(Run *r, const char *text)
{
    RiskRecord record = {0};
    run_text(r, text);
    cr_assert(r->assessed, "%s", run_diags(r));
    cr_assert_geq(r->assessment.threats.n, 1);
    risk_record(&r->assessment, &r->assessment.threats.at[0], NULL, &record);
    return record;
}

static void expect_named(const Run *r, ConstId c, const char *name)
{
    Str got = c ? sym_str(&r->names, r->program.consts.at[c].name) : STR("");
    cr_expect(str_eq(got, str_from(name)), "`%.*s`, not `%s`", STR_FMT(got), name);
}

Test(risk, record_of_a_flow)
{
    Run r;
    RiskRecord k = record_of(&r, SAFETY "threat T { at: [f]; stride: [tampering] }\n");
    cr_expect_eq(k.impacts, IMPACT_INTEGRITY);
    cr_assert_eq(k.assets.n, 2); /* what the flow carries, and what rests on that */
    expect_named(&r, k.assets.at[0].integrity, "critical");
    expect_named(&r, k.assets.at[0].confidentiality, "");
    expect_named(&r, k.assets.at[1].integrity, "");
    cr_assert_eq(k.hazards.n, 1);
    cr_expect(str_eq(obj_name(&r.program, k.hazards.at[0]), STR("Over")));
    cr_assert_eq(k.harms.n, 1);
    cr_expect(str_eq(obj_name(&r.program, k.harms.at[0]), STR("Overdose")));
    cr_expect_eq(k.score, -1);
    cr_expect_eq(k.method.n, 0);
    cr_expect_eq(k.residual.n, 0);
    risk_record_free(&k);
    run_free(&r);
}

Test(risk, record_of_elements)
{
    Run r;
    RiskRecord k = record_of(&r, SAFETY "threat T { at: [S]; stride: [information_disclosure, denial_of_service] }\n");
    cr_expect_eq(k.impacts, IMPACT_CONFIDENTIALITY | IMPACT_AVAILABILITY);
    cr_assert_eq(k.assets.n, 2);
    expect_named(&r, k.assets.at[0].confidentiality, "internal");
    expect_named(&r, k.assets.at[1].availability, "critical");
    cr_expect_eq(k.hazards.n, 2);
    cr_expect_eq(k.harms.n, 0);
    risk_record_free(&k);
    run_free(&r);
    k = record_of(&r, SAFETY "threat T { at: [P] }\n");
    cr_expect_eq(k.impacts, 0); /* no category, so nothing is said about what it hurts */
    cr_expect_eq(k.assets.n, 2);
    cr_expect_eq(k.hazards.n, 0);
    risk_record_free(&k);
    run_free(&r);
}

Test(risk, record_of_a_mitigated_threat)
{
    Run r;
    const char *text =
        SAFETY "capability cap\ncontrol C { implements: [cap]; status: verified; evidence E { result: pass } }\n"
               "threat T { at: [f]; controls: [C]; cvss: \"CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:L/I:H/A:L\" }\n";
    RiskRecord k = record_of(&r, text);
    cr_expect(str_eq(k.residual, STR("mitigated by verified controls")), "%.*s", STR_FMT(k.residual));
    cr_expect(str_eq(k.method, STR("CVSS 3.1")));
    cr_expect_float_eq(k.score, 7.6, 0.01);
    cr_expect_eq(k.controls.n, 1);
    risk_record_free(&k);
    run_free(&r);
}

/* ---- the catalogue ---- */

static void expect_entry(CatalogueName name, const char *id, const char *title, const char *state)
{
    const CatalogueEntry *e = catalogue_find(name, str_from(id));
    cr_assert_not_null(e, "%s", id);
    cr_expect_str_eq(catalogue_title(e), title);
    cr_expect_str_eq(e->state, state);
}

Test(risk, catalogue)
{
    expect_entry(CATALOGUE_CWE, "306", "Missing Authentication for Critical Function", "live");
    expect_entry(CATALOGUE_CWE, "287", "Improper Authentication", "live");
    expect_entry(CATALOGUE_CAPEC, "151", "Identity Spoofing", "live");
    expect_entry(CATALOGUE_ATTACK, "T1557.001", "LLMNR/NBT-NS Poisoning and SMB Relay", "live");
    expect_entry(CATALOGUE_ATTACK, "T0800", "Activate Firmware Update Mode", "live");
    for (int name = 0; name < 3; name++) {
        cr_expect_gt(catalogue_counts[name], 500);
        for (size_t i = 0; i < catalogue_counts[name]; i++) {
            const CatalogueEntry *e = &catalogue_entries[name][i];
            cr_expect_eq(catalogue_find((CatalogueName)name, str_from(e->id)), e, "%s", e->id);
            cr_expect(i == 0 || strcmp(e[-1].id, e->id) < 0, "%s is out of order", e->id);
        }
    }
    static const char *const none[] = {"", "0", "99999", "T", "T9999", "306 "};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_null(catalogue_find(CATALOGUE_CWE, str_from(none[i])), "%s", none[i]);
}

/* ---- subjects ---- */

static void expect_run(const char *text, const char *threats, const char *diags)
{
    Run r;
    run_text(&r, text);
    cr_expect_str_eq(run_threats(&r), threats, "%s gives\n%s", text, run_threats(&r));
    cr_expect_str_eq(run_diags(&r), diags, "%s gives %s", text, run_diags(&r));
    run_free(&r);
}

#define PATH                                                                                      \
    "rule Q \"{b} from {a}\" {\n"                                                                 \
    "  for each path p from a : external to b : store within 4 steps\n"                           \
    "  when b.shared; mitigated by firewall on b; severity: low; message: \"m\"; fix: \"f\"\n}\n" \
    "external A; process P; store S { shared: true }; store U { shared: true }\n"                 \
    "flow f : A -> P; flow g : P -> S; flow h : P -> U\n"
#define PATH_TEST                                                                \
    "test Q { given { external X; store Y { shared: true }; flow k : X -> Y }\n" \
    "  expect Q at X, Y\n  with Y.shared: false { expect no Q at X, Y }\n}\n"

Test(risk, decisions_on_two_keys)
{
    expect_run(PATH "decision #D accept Q at A, U " WHY "}\n" PATH_TEST, "Q@A,S open\nQ@A,U accepted\n", "");
    expect_run(PATH "decision #D accept Q at U, A " WHY "}\n" PATH_TEST, "Q@A,S open\nQ@A,U open\n", "W0502@7");
    expect_run(PATH "decision #D accept Q at A " WHY "}\n" PATH_TEST, "Q@A,S open\nQ@A,U open\n", "W0502@7");
    expect_run(PATH "decision #D accept Q at A, S, A, U " WHY "; covers: 2 }\n" PATH_TEST,
               "Q@A,S accepted\nQ@A,U accepted\n", "");
}

Test(risk, decisions_in_a_file_of_their_own)
{
    static const TestFile files[] = {
        {"main.cordon", "import parts\ndecision #D accept R at one " WHY "}\n"},
        {"parts.cordon", MODEL TESTED},
    };
    Run r;
    run_files(&r, files, 2);
    cr_expect_str_eq(run_threats(&r), "R@FL1 accepted\nR@four possible\nR@two open\n", "%s\n%s", run_threats(&r),
                     run_diags(&r));
    run_free(&r);
}

/* A threat to a software item names the elements made of it, in order of names, and puts at risk what they hold. */
Test(risk, software)
{
    Run r;
    run_text(&r, "data D { confidentiality: secret }\nsoftware L\nsoftware M\n"
                 "process Z { made_of: [L] }\nstore B { made_of: [M, L]; holds: [D] }\n"
                 "threat T { at: [L]; stride: [information_disclosure] }\n");
    cr_assert(r.assessed, "%s", run_diags(&r));
    Involved v = {0};
    threat_involved(&r.assessment, &r.assessment.threats.at[0], &v);
    cr_assert_eq(v.elements.n, 2);
    cr_expect(str_eq(obj_name(&r.program, v.elements.at[0]), STR("B")));
    cr_expect(str_eq(obj_name(&r.program, v.elements.at[1]), STR("Z")));
    involved_free(&v);
    RiskRecord k = {0};
    risk_record(&r.assessment, &r.assessment.threats.at[0], NULL, &k);
    cr_assert_eq(k.assets.n, 1);
    expect_named(&r, k.assets.at[0].confidentiality, "secret");
    risk_record_free(&k);
    run_free(&r);
}

/* Two flows of one threat, a boundary bound and another crossed: each once. */
Test(risk, involved)
{
    Run r;
    run_text(&r, "boundary Out { process A; boundary In { process B } }\nflow f : Out.A -> Out.In.B\nflow g : Out.In.B "
                 "-> Out.A\n"
                 "threat T { at: [Out, f, g, Out.A] }\n");
    cr_assert(r.assessed, "%s", run_diags(&r));
    Involved v = {0};
    const Threat *t = &r.assessment.threats.at[0];
    threat_involved(&r.assessment, t, &v);
    cr_expect_eq(v.elements.n, 2);
    cr_expect_eq(v.boundaries.n, 2);
    cr_expect(str_eq(obj_name(&r.program, v.flow), STR("f")));
    cr_expect(str_eq(obj_name(&r.program, threat_subject(&r.assessment, t)), STR("Out")));
    involved_free(&v);
    run_free(&r);
}
