/* Risk policies: which is in force, and what it says of a row and a column. What is wrong with one is shown in golden/diag. */
#include "../support.h"
#include "risk/policy.h"

#define WARD                                                                                                    \
    "risk_policy Ward \"Ward\" {\n  rows: Exploitability\n  columns: HarmSeverity\n  levels: RiskLevel\n"       \
    "  measure: exploitability\n"                                                                               \
    "  bands { very_low: 0 ; low: 1 ; medium: 2 ; high: 3 ; very_high: 3.5 }\n"                                 \
    "  matrix {\n    columns: [catastrophic, critical, serious, minor, negligible]\n"                           \
    "    very_low: [medium, low, low, negligible, negligible]\n    low: [high, medium, low, low, negligible]\n" \
    "    medium: [critical, high, medium, low, low]\n    high: [critical, critical, high, medium, low]\n"       \
    "    very_high: [critical, critical, critical, high, low]\n  }\n"                                           \
    "  acceptable: low\n  tolerable: high\n"

static ConstId value_named(const Program *p, EnumId scale, const char *name)
{
    return enum_const(p, scale, intern_find(p->names, str_from(name)));
}

static const char *name_of(Run *r, ConstId c)
{
    return c ? str_z(&r->arena, sym_str(r->program.names, r->program.consts.at[c].name)) : "none";
}

/* The level of a cell, and what can be done about it: "high, needs_decision". */
static const char *judged(Run *r, const char *row, const char *column)
{
    const RiskPolicy *at = r->assessment.policies.at;
    const Program *p = &r->program;
    ConstId level =
        policy_level(p, at, value_named(p, at->rows, row), column ? value_named(p, at->columns, column) : 0);
    Str text = str_format(&r->arena, "%s, %s", name_of(r, level), acceptance_key(policy_acceptance(p, at, level)));
    return str_z(&r->arena, text);
}

Test(policy, the_one_of_the_library_stands_where_none_is_named)
{
    Run r;
    run_text(&r, "process P \"P\"\n");
    const RiskPolicy *at = r.assessment.policies.at;
    cr_assert(at && !at->broken);
    cr_expect_str_eq(str_z(&r.arena, obj_name(&r.program, at->obj)), "PatientHarm");
    cr_expect_eq(r.assessment.policies.by, 0);
    cr_expect_str_eq(name_of(&r, policy_row(at, 0)), "very_low");
    cr_expect_str_eq(name_of(&r, policy_row(at, 3.9)), "very_high");
    cr_expect_str_eq(judged(&r, "very_low", "catastrophic"), "low, acceptable");
    cr_expect_str_eq(judged(&r, "medium", "catastrophic"), "critical, unacceptable");
    cr_expect_str_eq(judged(&r, "high", "minor"), "medium, needs_decision");
    cr_expect_str_eq(judged(&r, "high", NULL), "none, not_estimated");
    run_free(&r);
}

Test(policy, columns_may_stand_in_any_order_and_bands_include_their_lower_bound)
{
    Run r;
    run_text(&r, "system S \"S\" { risk_policy: Ward }\n" WARD "}\n");
    const RiskPolicy *at = r.assessment.policies.at;
    cr_assert(at && !at->broken, "%s", run_diags(&r));
    cr_expect(r.assessment.policies.by != 0);
    cr_expect_str_eq(judged(&r, "low", "catastrophic"), "high, needs_decision");
    cr_expect_str_eq(judged(&r, "low", "negligible"), "negligible, acceptable");
    cr_expect_str_eq(judged(&r, "very_high", "minor"), "high, needs_decision");
    cr_expect_str_eq(judged(&r, "high", "critical"), "critical, unacceptable");
    static const struct {
        double score;
        const char *row;
    } rows[] = {{0, "very_low"}, {0.99, "very_low"}, {1, "low"}, {2.99, "medium"}, {3, "high"}, {3.5, "very_high"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(name_of(&r, policy_row(at, rows[i].score)), rows[i].row, "%g", rows[i].score);
    run_free(&r);
}

Test(policy, a_standard_of_the_model_goes_before_that_of_the_library)
{
    Run r;
    run_text(&r, WARD "  standard: true\n}\n");
    cr_assert(r.assessment.policies.at);
    cr_expect_str_eq(str_z(&r.arena, obj_name(&r.program, r.assessment.policies.at->obj)), "Ward");
    cr_expect_str_eq(run_diags(&r), "");
    run_free(&r);
}

Test(policy, the_policies_of_the_library_have_a_level_for_everything)
{
    Run r;
    run_text(&r, "process P \"P\"\n");
    const Policies *all = &r.assessment.policies;
    const Program *p = &r.program;
    cr_expect_eq(all->all.n, 3);
    for (uint32_t i = 0; i < all->all.n; i++) {
        const RiskPolicy *at = &all->all.at[i];
        uint32_t columns = at->columns ? p->enums.at[at->columns].n : 1;
        cr_expect(!at->broken && at->bands.n == p->enums.at[at->rows].n);
        cr_expect_eq(at->cells.n, p->enums.at[at->rows].n * columns);
        for (uint32_t k = 0; k < at->cells.n; k++)
            cr_expect(at->cells.at[k] && p->consts.at[at->cells.at[k]].of == at->levels);
    }
    run_free(&r);
}

Test(policy, one_of_one_dimension_needs_no_column)
{
    Run r;
    run_text(&r, "system S \"S\" { risk_policy: ScoreBands }\n");
    cr_expect_str_eq(judged(&r, "critical", NULL), "critical, unacceptable");
    cr_expect_str_eq(judged(&r, "none", NULL), "negligible, acceptable");
    run_free(&r);
}

Test(policy, a_broken_one_gives_no_level)
{
    Run r;
    run_text(
        &r, "system S \"S\" { risk_policy: Bad }\n"
            "risk_policy Bad \"Bad\" {\n  rows: Severity\n  levels: RiskLevel\n  acceptable: low\n  tolerable: medium\n"
            "  matrix { none: low ; low: low ; medium: low ; high: low }\n}\n");
    cr_assert(r.assessment.policies.at && r.assessment.policies.at->broken);
    cr_expect_str_eq(judged(&r, "none", NULL), "none, not_estimated");
    cr_expect_str_eq(run_diags(&r), "E0942@7");
    run_free(&r);
}
