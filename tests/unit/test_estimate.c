/* Estimates: what model, controls and people make of a vector, stage by stage; and the chain to harm. */
#include "../support.h"
#include "risk/estimate.h"

#define RULE                                                                                                          \
    "rule R \"{f}\" {\n  for each flow f\n  when f.protocol.family has nfc\n  mitigated by authenticates_peer on f\n" \
    "  stride: tampering\n  cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N\"\n  cwe: [306]\n"                   \
    "  message: \"m\"\n  fix: \"f\"\n}\n"                                                                             \
    "external Badge \"Badge\" { human: false }\n"                                                                     \
    "DeviceApp Pump \"Pump\" {}\n"                                                                                    \
    "harm Overdose \"Overdose\" { severity: catastrophic }\n"                                                         \
    "harm Scratch \"Scratch\" { severity: minor ; leads_to: [Overdose] }\n"                                           \
    "hazard Wrong \"Wrong rate\" { situations: [Bedside] ; leads_to: [Wrong, Late] }\n"                               \
    "hazard Late \"Late\" { leads_to: [Wrong] }\n"                                                                    \
    "situation Bedside \"At the bedside\" { harm: [Scratch] }\n"                                                      \
    "data Order \"Order\" { integrity: critical ; integrity_loss: [Wrong] }\n"                                        \
    "data Chat \"Chat\" { integrity: low }\n"
#define FLOW(more) "flow login \"Login\" : Badge -> Pump { protocol: rfid ; authentication: none ; " more " }\n"
#define CONTROL(status, evidence) \
    "control Signed \"Signed\" { implements: [authenticates_peer] ; status: " status " ; " evidence " }\n"
#define PASSED "evidence T \"T\" { kind_of_test: thwart ; result: pass ; date: 2026-01-01 }"

typedef struct Estimated {
    Run r;
    Estimator *estimator;
    RiskRecord record;
    Estimate e;
} Estimated;

/* Estimates the only threat of rule R, or the first threat of all. */
static void estimated(Estimated *x, const char *text)
{
    *x = (Estimated){0};
    run_text(&x->r, text);
    const Assessment *a = &x->r.assessment;
    cr_assert(x->r.assessed && a->threats.n, "%s", run_diags(&x->r));
    const Threat *t = &a->threats.at[0];
    Provenance why = {0};
    if (threat_of_rule(a, t))
        verdict_explain(a->rules, threat_of_rule(a, t), &why);
    x->estimator = estimator_new(a);
    risk_record(a, t, &why, &x->record);
    estimate_make(x->estimator, t, &x->record, &x->e);
    provenance_free(&why);
}

static void done(Estimated *x)
{
    estimate_free(&x->e);
    risk_record_free(&x->record);
    estimator_free(x->estimator);
    run_free(&x->r);
}

static const char *vector_at(Estimated *x, RiskStage s)
{
    return str_z(&x->r.arena, x->e.stages[s].vector);
}

/* "low by catastrophic: high, unacceptable", or what lacks. */
static const char *judged(Estimated *x, RiskStage s)
{
    const StageEstimate *at = &x->e.stages[s];
    const Program *p = &x->r.program;
    if (!at->level)
        return estimate_lack_key(at->lack);
    Str row = sym_str(p->names, p->consts.at[at->row].name), level = sym_str(p->names, p->consts.at[at->level].name);
    Str column = at->column ? sym_str(p->names, p->consts.at[at->column].name) : STR("-");
    return str_z(&x->r.arena, str_format(&x->r.arena, "%.*s by %.*s: %.*s, %s", STR_FMT(row), STR_FMT(column),
                                         STR_FMT(level), acceptance_key(at->acceptance)));
}

static const char *reasons(Estimated *x)
{
    StrBuf b = {0};
    for (uint32_t i = 0; i < x->e.reasons.n; i++) {
        const MetricReason *m = &x->e.reasons.at[i];
        strbuf_format(&b, "%s%s %.*s:%.*s>%.*s by %.*s", i ? "; " : "", risk_stage_key(m->stage), STR_FMT(m->metric),
                      STR_FMT(m->from), STR_FMT(m->to), STR_FMT(obj_name(&x->r.program, m->because)));
    }
    const char *text = str_z(&x->r.arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

/* ---- the model ---- */

Test(estimate, the_model_fills_in_what_the_rule_cannot_know)
{
    Estimated x;
    estimated(&x, RULE FLOW("carries: [Order]"));
    cr_expect_str_eq(vector_at(&x, STAGE_BEFORE), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N/IR:H/MAV:A/MI:H");
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "high by catastrophic: critical, unacceptable");
    cr_expect_float_eq(x.e.stages[STAGE_BEFORE].exploitability, 2.8, 0.05);
    for (RiskStage s = STAGE_PLANNED; s < STAGE_COUNT; s++) {
        cr_expect_str_eq(vector_at(&x, s), vector_at(&x, STAGE_BEFORE));
        cr_expect(!x.e.stages[s].stands);
    }
    cr_expect(strstr(reasons(&x), "before MAV:N>A by login"), "%s", reasons(&x));
    cr_expect(strstr(reasons(&x), "before MI:L>H by Order"), "%s", reasons(&x));
    done(&x);
}

Test(estimate, what_matters_little_lowers_the_requirement_and_never_the_impact)
{
    Estimated x;
    estimated(&x, RULE FLOW("carries: [Chat]"));
    cr_expect_str_eq(vector_at(&x, STAGE_BEFORE), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N/IR:L/MAV:A");
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "high by minor: medium, needs_decision");
    done(&x);
}

Test(estimate, an_unknown_fact_lowers_nothing)
{
    Estimated x;
    estimated(&x, RULE "data Odd \"Odd\" { integrity: unknown }\n" FLOW("carries: [Chat, Odd]"));
    cr_expect_str_eq(vector_at(&x, STAGE_BEFORE), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N/MAV:A");
    done(&x);
}

/* ---- controls ---- */

#define LOWERED "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N/IR:H/MAV:A/MAC:H/MPR:H/MI:H"

static void expect_lowered_from(const char *control, RiskStage last)
{
    Estimated x;
    char text[4000];
    snprintf(text, sizeof text, "%s%s", RULE FLOW("carries: [Order] ; controls: [Signed]"), control);
    estimated(&x, text);
    for (RiskStage s = STAGE_PLANNED; s < STAGE_COUNT; s++) {
        bool lower = s <= last;
        cr_expect_eq(x.e.stages[s].stands, lower, "%s: %s", control, risk_stage_key(s));
        cr_expect_str_eq(vector_at(&x, s), lower ? LOWERED : vector_at(&x, STAGE_BEFORE), "%s: %s", control,
                         risk_stage_key(s));
        cr_expect_str_eq(judged(&x, s),
                         lower ? "very_low by catastrophic: low, acceptable"
                               : "high by catastrophic: critical, unacceptable",
                         "%s: %s", control, risk_stage_key(s));
        cr_expect(!x.e.stages[s].design);
    }
    done(&x);
}

Test(estimate, only_what_is_verified_reaches_the_residual)
{
    expect_lowered_from(CONTROL("planned", ""), STAGE_PLANNED);
    expect_lowered_from(CONTROL("implemented", ""), STAGE_IMPLEMENTED);
    expect_lowered_from(CONTROL("verified", ""), STAGE_IMPLEMENTED);
    expect_lowered_from(CONTROL("verified", PASSED), STAGE_RESIDUAL);
    expect_lowered_from(CONTROL("verified", PASSED " ; evidence F \"F\" { result: fail }"), STAGE_PLANNED);
    expect_lowered_from(CONTROL("retired", PASSED), STAGE_BEFORE);
    expect_lowered_from(CONTROL("unknown", PASSED), STAGE_BEFORE);
}

Test(estimate, the_design_is_there_as_soon_as_the_model_says_so)
{
    Estimated x;
    estimated(&x,
              RULE "protocol own \"Own\" { family: [nfc] ; attack_vector: adjacent ; provides: [authenticates_peer] }\n"
                   "flow login \"Login\" : Badge -> Pump { protocol: own ; carries: [Order] }\n");
    cr_expect(x.e.stages[STAGE_RESIDUAL].stands && x.e.stages[STAGE_RESIDUAL].design);
    cr_expect_str_eq(vector_at(&x, STAGE_RESIDUAL), LOWERED);
    done(&x);
}

/* Two witnesses of one threat: what is said of it holds for both. */
Test(estimate, a_threat_is_as_good_as_its_worst_witness)
{
    Estimated x;
    estimated(&x,
              "rule R \"{p}\" {\n  for each flow f to p : process\n  mitigated by authenticates_peer on f\n  key: [p]\n"
              "  stride: spoofing\n  cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N\"\n  cwe: [306]\n"
              "  message: \"m\"\n  fix: \"f\"\n}\n"
              "external Badge \"Badge\" { human: false }\nDeviceApp Pump \"Pump\" {}\n"
              "flow a \"A\" : Badge -> Pump { controls: [Signed] }\nflow b \"B\" : Badge -> Pump { controls: [Said] }\n"
              "control Said \"Said\" { implements: [authenticates_peer] ; status: implemented }\n" CONTROL("verified",
                                                                                                           PASSED));
    cr_expect(x.e.stages[STAGE_IMPLEMENTED].stands);
    cr_expect(!x.e.stages[STAGE_RESIDUAL].stands);
    done(&x);
}

/* ---- harm ---- */

Test(estimate, the_chain_is_walked_to_its_end_and_circles_end)
{
    Estimated x;
    estimated(&x, RULE FLOW("carries: [Order]"));
    const Chain *c = &x.record.chain;
    ObjVec path = {0};
    cr_assert_neq(c->worst, UINT32_MAX);
    chain_path(c, c->worst, &path);
    StrBuf b = {0};
    for (uint32_t i = 0; i < path.n; i++)
        strbuf_format(&b, "%s%.*s", i ? " " : "", STR_FMT(obj_name(&x.r.program, path.at[i])));
    cr_expect_str_eq(str_z(&x.r.arena, strbuf_str(&b)), "Order Wrong Bedside Scratch Overdose");
    cr_expect_eq(x.record.hazards.n, 2);
    cr_expect_eq(x.record.harms.n, 2);
    strbuf_free(&b);
    vec_free(&path);
    ChainIndex index;
    ChainSources sources = {0};
    chain_index(&x.r.program, &index);
    chain_backward(&x.r.program, &index, x.record.harms.at[0], &sources);
    cr_assert_eq(sources.n, 1);
    cr_expect_eq(sources.at[0].objectives, (unsigned)IMPACT_INTEGRITY);
    vec_free(&sources);
    chain_index_free(&index);
    done(&x);
}

Test(estimate, many_hazards_are_each_reached_once)
{
    Estimated x;
    StrBuf b = {0};
    strbuf_addz(&b, RULE FLOW("carries: [Many]") "data Many \"Many\" { integrity_loss: [");
    for (int i = 0; i < 60; i++)
        strbuf_format(&b, "%sH%d", i ? ", " : "", i);
    strbuf_addz(&b, "] }\n");
    for (int i = 0; i < 60; i++)
        strbuf_format(&b, "hazard H%d \"H\" { leads_to: [H%d, H%d] ; harm: [Scratch] }\n", i, (i + 1) % 60,
                      (i + 7) % 60);
    Arena arena = {0};
    estimated(&x, str_z(&arena, strbuf_str(&b)));
    cr_expect_eq(x.record.chain.steps.n, 62);
    strbuf_free(&b);
    arena_free(&arena);
    done(&x);
}

Test(estimate, nothing_is_invented)
{
    static const struct {
        const char *text, *lack;
    } cases[] = {
        {RULE "hazard Idle \"Idle\" {}\ndata D \"D\" { integrity_loss: [Idle] }\n" FLOW("carries: [D]"), "harm"},
        {RULE "harm Vague \"Vague\" { severity: unknown }\nhazard Idle \"Idle\" { harm: [Vague] }\n"
              "data D \"D\" { integrity_loss: [Idle] }\n" FLOW("carries: [D]"),
         "severity"},
        {RULE FLOW("") "extend Pump { safety_related: true }\n", "harm"},
        {"external A \"A\"\nprocess P \"P\"\nthreat T \"T\" { at: [P] ; stride: [tampering] }\n", "vector"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Estimated x;
        estimated(&x, cases[i].text);
        cr_expect_str_eq(judged(&x, STAGE_RESIDUAL), cases[i].lack, "%s", cases[i].text);
        cr_expect_eq(x.e.stages[STAGE_RESIDUAL].acceptance, ACCEPT_NOT_ESTIMATED);
        done(&x);
    }
}

/* ---- people ---- */

#define ESTIMATE(what) "estimate R at login { rationale: \"Looked at.\" ; " what " }\n"

Test(estimate, people_may_give_vector_row_and_harm)
{
    Estimated x;
    estimated(&x, RULE FLOW("carries: [Order]")
                      ESTIMATE("vector: \"CVSS:3.1/AV:P/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:N\" ; severity_of_harm: serious"));
    cr_expect(x.e.own_vector && x.e.own_harm && !x.e.own_row && x.e.by);
    cr_expect_str_eq(vector_at(&x, STAGE_BEFORE), "CVSS:3.1/AV:P/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:N");
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "low by serious: medium, needs_decision");
    done(&x);
    estimated(&x, RULE FLOW("carries: [Order]") ESTIMATE("exploitability: low"));
    cr_expect(x.e.own_row && !x.e.own_vector);
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "low by catastrophic: high, unacceptable");
    done(&x);
    estimated(&x, "system S \"S\" { risk_policy: FiveByFive }\n" RULE FLOW("carries: [Order]")
                      ESTIMATE("likelihood: rare"));
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "rare by catastrophic: medium, needs_decision");
    done(&x);
}

Test(estimate, after_counts_as_far_as_its_controls_have_come)
{
#define AFTER ESTIMATE("after: \"CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:N/I:L/A:N\"")
    Estimated x;
    estimated(&x, RULE FLOW("carries: [Order] ; controls: [Signed]") CONTROL("implemented", "") AFTER);
    cr_expect_str_eq(judged(&x, STAGE_IMPLEMENTED), "medium by catastrophic: critical, unacceptable");
    cr_expect_str_eq(judged(&x, STAGE_RESIDUAL), judged(&x, STAGE_BEFORE));
    cr_expect_str_eq(run_diags(&x.r), "W0417@1 W0418@1 W0956@22");
    done(&x);
    estimated(&x, RULE FLOW("carries: [Order] ; controls: [Signed]") CONTROL("verified", PASSED) AFTER);
    cr_expect_str_eq(vector_at(&x, STAGE_RESIDUAL), "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:N/I:L/A:N");
    done(&x);
}

Test(estimate, other_methods_are_judged_where_the_policy_takes_the_overall_score)
{
    Estimated x;
    estimated(&x, "system S \"S\" { risk_policy: ScoreBands }\n" RULE FLOW("carries: [Order]")
                      ESTIMATE("vector: \"DREAD/D:9/R:8/E:9/A:9/DI:9\""));
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "high by -: high, unacceptable");
    done(&x);
    estimated(&x, RULE FLOW("carries: [Order]") ESTIMATE("vector: \"DREAD/D:9/R:8/E:9/A:9/DI:9\""));
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "measure");
    done(&x);
}

Test(estimate, cvss_4_has_safety_and_the_exploitability_of_the_same_metrics)
{
    Estimated x;
    estimated(&x, RULE FLOW("carries: [Order]")
                      ESTIMATE("vector: \"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:H/VA:N/SC:N/SI:N/SA:N\""));
    cr_expect_float_eq(x.e.stages[STAGE_BEFORE].exploitability, 3.9, 0.05);
    cr_expect_str_eq(judged(&x, STAGE_BEFORE), "very_high by catastrophic: critical, unacceptable");
    done(&x);
    estimated(&x,
              "external A \"A\"\nprocess P \"P\" { holds: [Order] ; safety_related: true }\n"
              "harm Overdose \"O\" { severity: critical }\nhazard Wrong \"W\" { harm: [Overdose] }\n"
              "data Order \"Order\" { integrity: critical ; classes: [therapy_command] ; integrity_loss: [Wrong] }\n"
              "threat T \"T\" { at: [P] ; stride: [tampering] ; cvss: "
              "\"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:L/SA:N\" }\n");
    cr_expect_str_eq(vector_at(&x, STAGE_BEFORE), "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:L/SA:N/"
                                                  "IR:H/MVI:H/MSI:S/S:P");
    done(&x);
}
