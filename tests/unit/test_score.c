/* Scoring: every vector of the tables in tests/data exactly, what follows from the equations by hand, what is refused with its reason,
 * and what holds for all vectors. */
#include "score/score.h"

#include <criterion/criterion.h>

static Score score_z(const char *vector)
{
    return score_vector(str_from(vector));
}

/* ---- tables ---- */

/* Each row is a vector, its score and whatever else; the first one is a heading. */
static void expect_table(const char *path, int rows, ScoreMethod method)
{
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f, "run from the top of the tree");
    char line[400];
    int n = 0;
    cr_assert_not_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        char *comma = strchr(line, ','), band[16] = "";
        double wanted;
        cr_assert_not_null(comma);
        *comma = 0;
        cr_assert_geq(sscanf(comma + 1, "%lf,%15[A-Za-z]", &wanted, band), 1);
        Score s = score_z(line);
        cr_expect_eq(s.method, method, "%s: %s", line, s.problem);
        cr_expect(s.overall == wanted, "%s: %f and not %f", line, s.overall, wanted);
        cr_expect(!band[0] || strcmp(band, score_band_name(s.band)) == 0, "%s: %s", line, score_band_name(s.band));
        n++;
    }
    fclose(f);
    cr_expect_eq(n, rows, "%s: %d rows", path, n);
}

Test(score, tables)
{
    expect_table("tests/data/cvss31-base.csv", 288, SCORE_CVSS31);
    expect_table("tests/data/cvss40-base.csv", 106, SCORE_CVSS40);
    expect_table("tests/data/cvss40-macrovectors.csv", 270, SCORE_CVSS40);
}

/* ---- by hand ---- */

static const struct {
    const char *vector;
    double base, temporal, environmental, overall;
    const char *nomenclature;
} cvss3[] = {
    /* 2.5 * 0.92 is 2.3, though not with binary fractions, which make it more */
    {"CVSS:3.1/AV:L/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N/RC:U", 2.5, 2.3, -1, 2.3, "temporal"},
    /* 9.8 * 0.91 * 0.95 * 0.92 = 7.794; * 0.97 * 0.97 * 0.96 = 8.852 */
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", 9.8, 7.8, -1, 7.8, "temporal"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:F/RL:W/RC:R", 9.8, 8.9, -1, 8.9, "temporal"},
    /* what is not defined is as if it were absent */
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:X/RC:X/CR:X/MAV:X/MS:X/MC:X", 9.8, -1, -1, 9.8, "base"},
    /* impact 5.177, exploitability 8.22 * 0.55 * 0.77 * 0.27 * 0.62 = 0.583; without privileges 1.835 */
    {"CVSS:3.1/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:N/A:H/MPR:N", 5.8, -1, 7.1, 7.1, "environmental"},
    /* 1 - 0.72^3 = 0.627, impact 4.024 + 3.887 */
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/CR:L/IR:L/AR:L", 9.8, -1, 8.0, 8.0, "environmental"},
    /* 1 - 0.16^3 is more than 0.915, and so that is taken: 5.874 + 3.887 */
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/CR:H/IR:H/AR:H", 9.8, -1, 9.8, 9.8, "environmental"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MC:N/MI:N/MA:N", 9.8, -1, 0, 0, "environmental"},
    /* 0.56 * 1.5 = 0.84: 5.393 + 3.887 */
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N/MA:H/AR:H", 0, -1, 9.3, 9.3, "environmental"},
    /* the scope changes: low privileges weigh 0.68 in place of 0.62; and back */
    {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/MS:C", 8.8, -1, 10, 10, "environmental"},
    {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H/MS:U", 9.9, -1, 8.8, 8.8, "environmental"},
    /* the changed scope of 3.1, with 0.9731 and the power of 13; 3.0 would give 8.4, 7.1, 6.7 and 9.1 */
    {"CVSS:3.1/AV:A/AC:L/PR:H/UI:N/S:C/C:H/I:N/A:H/MI:H", 8.1, -1, 8.5, 8.5, "environmental"},
    {"CVSS:3.1/AV:P/AC:H/PR:N/UI:N/S:C/C:H/I:L/A:H/AR:H/MI:L", 7.1, -1, 7.2, 7.2, "environmental"},
    {"CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:C/C:H/I:L/A:L/RC:R/CR:H", 6.1, 5.9, 6.8, 6.8, "environmental"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H/E:P/CR:M", 9.6, 9.1, 9.2, 9.2, "environmental"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N/CR:H/IR:H/E:P", 6.1, 5.8, 7.0, 7.0, "environmental"},
    /* and 3.0 gives them */
    {"CVSS:3.0/AV:A/AC:L/PR:H/UI:N/S:C/C:H/I:N/A:H/MI:H", 8.1, -1, 8.4, 8.4, "environmental"},
    {"CVSS:3.0/AV:P/AC:H/PR:N/UI:N/S:C/C:H/I:L/A:H/AR:H/MI:L", 7.1, -1, 7.1, 7.1, "environmental"},
    {"CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:C/C:H/I:L/A:L/RC:R/CR:H", 6.1, 5.9, 6.7, 6.7, "environmental"},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H/E:P/CR:M", 9.6, 9.1, 9.1, 9.1, "environmental"},
    {"CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:L/E:U/RL:U/RC:R/CR:M/MPR:L/MUI:R/MI:N/MA:H", 7.7, 6.8, 6.3, 6.3,
     "environmental"},
    {"CVSS:3.0/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:N/A:H/E:H/RL:W/RC:U/CR:H/IR:H/AR:M/MAV:L/MAC:L/MPR:H/MUI:N/MS:C/MC:N/MI:H/MA:L",
     5.8, 5.2, 7.4, 7.4, "environmental"},
    {"CVSS:3.0/AV:L/AC:H/PR:H/UI:N/S:C/C:N/I:H/A:N/E:P/RL:U/RC:U/CR:H/IR:L/AR:H/MAV:L/MUI:R/MS:C/MC:N/MI:L/MA:N", 5.3,
     4.6, 1.3, 1.3, "environmental"},
    {"CVSS:3.0/AV:L/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N/MAV:A/MAC:L/MPR:N/MUI:N/MS:U/MC:L/MI:N/MA:N", 4.6, -1, 4.3, 4.3,
     "environmental"},
};

static void expect_score(const char *vector, double got, double wanted, const char *what)
{
    cr_expect(got == wanted, "%s: %s is %f and not %f", vector, what, got, wanted);
}

Test(score, cvss3_by_hand)
{
    for (size_t i = 0; i < sizeof cvss3 / sizeof *cvss3; i++) {
        const char *vector = cvss3[i].vector;
        Score s = score_z(vector);
        cr_expect_str_eq(s.problem, "", "%s", vector);
        expect_score(vector, score_part(&s, "base"), cvss3[i].base, "base");
        expect_score(vector, score_part(&s, "temporal"), cvss3[i].temporal, "temporal");
        expect_score(vector, score_part(&s, "environmental"), cvss3[i].environmental, "environmental");
        expect_score(vector, s.overall, cvss3[i].overall, "overall");
        cr_expect_str_eq(s.nomenclature, cvss3[i].nomenclature, "%s", vector);
    }
    Score s = score_z("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    cr_expect_float_eq(score_part(&s, "exploitability"), 3.887, 0.0005);
    cr_expect_float_eq(score_part(&s, "impact"), 5.873, 0.0005);
    cr_expect(score_part(&s, "no_such_part") == -1);
}

#define ALL_HIGH "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
#define HARDEST "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"
#define HARMLESS "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N"

static const struct {
    const char *vector;
    double base, threat, environmental, combined;
    const char *nomenclature, *macro; /* of the overall score */
} cvss40[] = {
    {ALL_HIGH, 9.3, -1, -1, -1, "CVSS-B", "000200"},
    {ALL_HIGH "/E:X/CR:X/MAV:X/MSA:X/S:X", 9.3, -1, -1, -1, "CVSS-B", "000200"},
    {ALL_HIGH "/E:A", 9.3, 9.3, -1, -1, "CVSS-BT", "000200"},
    {ALL_HIGH "/E:P", 9.3, 8.9, -1, -1, "CVSS-BT", "000210"},
    {ALL_HIGH "/E:U", 9.3, 8.1, -1, -1, "CVSS-BT", "000220"},
    {ALL_HIGH "/MAV:P", 9.3, -1, 7.0, -1, "CVSS-BE", "200200"},
    /* safety of people in the systems behind it */
    {ALL_HIGH "/MSI:S", 9.3, -1, 10, -1, "CVSS-BE", "000000"},
    {ALL_HIGH "/E:U/MSA:S", 9.3, 8.1, 10, 9.4, "CVSS-BTE", "000020"},
    {HARDEST "/E:A", 7.3, 7.3, -1, -1, "CVSS-BT", "210100"},
    {HARDEST "/E:P", 7.3, 5.9, -1, -1, "CVSS-BT", "210110"},
    {HARDEST "/E:U", 7.3, 4.1, -1, -1, "CVSS-BT", "210120"},
    {HARDEST "/CR:H/IR:H/AR:M", 7.3, -1, 7.2, -1, "CVSS-BE", "210100"},
    {HARDEST "/CR:H/IR:L/AR:L", 7.3, -1, 7.1, -1, "CVSS-BE", "210100"},
    {HARDEST "/CR:M/IR:M/AR:M", 7.3, -1, 5.5, -1, "CVSS-BE", "210101"},
    {HARDEST "/CR:L/IR:L/AR:L", 7.3, -1, 5.4, -1, "CVSS-BE", "210101"},
    {HARMLESS, 0, -1, -1, -1, "CVSS-B", "002201"},
    {HARMLESS "/E:U/CR:H", 0, 0, 0, 0, "CVSS-BTE", "002221"},
    {HARMLESS "/MSI:H", 0, -1, 7.7, -1, "CVSS-BE", "002101"},
    {ALL_HIGH "/MVC:N/MVI:N/MVA:N", 9.3, -1, 0, -1, "CVSS-BE", "002201"},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/AR:L", 8.7, -1, 7.9, -1, "CVSS-BE", "001201"},
    /* exactly between two tenths, which binary fractions put below */
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H", 8.6, -1, -1, -1, "CVSS-B", "101100"},
    {"CVSS:4.0/AV:N/AC:H/AT:N/PR:H/UI:A/VC:L/VI:H/VA:N/SC:N/SI:N/SA:L", 5.7, -1, -1, -1, "CVSS-B", "111200"},
    {"CVSS:4.0/AV:L/AC:L/AT:P/PR:H/UI:N/VC:L/VI:N/VA:H/SC:L/SI:N/SA:L", 5.7, -1, -1, -1, "CVSS-B", "111200"},
    {"CVSS:4.0/AV:L/AC:H/AT:P/PR:N/UI:A/VC:N/VI:H/VA:L/SC:N/SI:L/SA:L", 5.7, -1, -1, -1, "CVSS-B", "111200"},
};

Test(score, cvss40_by_hand)
{
    for (size_t i = 0; i < sizeof cvss40 / sizeof *cvss40; i++) {
        const char *vector = cvss40[i].vector;
        Score s = score_z(vector);
        double wanted = cvss40[i].combined >= 0        ? cvss40[i].combined
                        : cvss40[i].environmental >= 0 ? cvss40[i].environmental
                        : cvss40[i].threat >= 0        ? cvss40[i].threat
                                                       : cvss40[i].base;
        cr_expect_str_eq(s.problem, "", "%s", vector);
        expect_score(vector, score_part(&s, "base"), cvss40[i].base, "base");
        expect_score(vector, score_part(&s, "threat"), cvss40[i].threat, "threat");
        expect_score(vector, score_part(&s, "environmental"), cvss40[i].environmental, "environmental");
        expect_score(vector, score_part(&s, "combined"), cvss40[i].combined, "combined");
        expect_score(vector, s.overall, wanted, "overall");
        cr_expect_str_eq(s.nomenclature, cvss40[i].nomenclature, "%s", vector);
        cr_expect_str_eq(s.macro, cvss40[i].macro, "%s", vector);
    }
}

Test(score, supplemental_metrics_do_not_score)
{
    Score plain = score_z(ALL_HIGH), more = score_z(ALL_HIGH "/S:P/AU:Y/R:I/V:C/RE:H/U:Red");
    cr_expect(more.overall == plain.overall && strcmp(more.nomenclature, "CVSS-B") == 0);
    cr_expect(str_eq(score_metric(STR(ALL_HIGH "/S:P/AU:Y/U:Red"), STR("U")), STR("Red")));
}

#define CWSS_FIRST                                                                        \
    "TI:H,0.9/AP:A,1.0/AL:A,1.0/IC:N,1.0/FC:T,1.0/RP:L,0.9/RL:A,1.0/AV:I,1.0/AS:N,1.0/IN" \
    ":T,0.9/SC:A,1.0/BI:C,1.0/DI:H,1.0/EX:H,1.0/EC:N,1.0/P:NA,1.0"
#define CWSS_BARE "TI:H/AP:A/AL:A/IC:N/FC:T/RP:L/RL:A/AV:I/AS:N/IN:T/SC:A/BI:C/DI:H/EX:H/EC:N/P:NA"

Test(score, dread_and_cwss)
{
    Score s = score_z("DREAD/D:8/R:7/E:9/A:6/DI:8");
    cr_expect(s.method == SCORE_DREAD && s.overall == 7.6 && s.ten == 7.6 && s.band == BAND_HIGH);
    cr_expect(score_part(&s, "affected_users") == 6);
    expect_score("0", score_z("DREAD/D:0/R:0/E:0/A:0/DI:0").overall, 0, "the least");
    expect_score("10", score_z("DREAD/D:10/R:10/E:10/A:10/DI:10.0").overall, 10, "the most");
    expect_score("half", score_z("DREAD/D:0.5/R:0/E:0/A:0/DI:0").overall, 0.1, "half a tenth, up");
    /* (9 + 10 + 5) * 4 = 96; (20 * 2.9 + 20 + 13.5 + 5) / 100 = 0.965; (10 + 3 + 4 + 3) / 20 = 1 */
    static const char *const same[] = {"(" CWSS_FIRST ")", CWSS_FIRST, "(" CWSS_BARE ")", CWSS_BARE};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        s = score_z(same[i]);
        cr_expect_str_eq(s.problem, "", "%s", same[i]);
        cr_expect(s.overall == 92.6 && s.band == BAND_CRITICAL, "%s: %f", same[i], s.overall);
        cr_expect_float_eq(s.ten, 9.26, 1e-9);
        cr_expect_float_eq(score_part(&s, "base_finding"), 96, 1e-9);
        cr_expect_float_eq(score_part(&s, "attack_surface"), 0.965, 1e-9);
        cr_expect_float_eq(score_part(&s, "environmental"), 1, 1e-9);
    }
    /* no technical impact, or none on the business: no score */
    expect_score("TI:N",
                 score_z("(TI:N/AP:A/AL:A/IC:N/FC:T/RP:L/RL:A/AV:I/AS:N/IN:T/SC:A/BI:C/DI:H/EX:H/EC:N/P:NA)").overall,
                 0, "CWSS");
    expect_score("BI:N",
                 score_z("(TI:C/AP:A/AL:A/IC:N/FC:T/RP:N/RL:A/AV:I/AS:N/IN:A/SC:A/BI:N/DI:H/EX:H/EC:N/P:W)").overall, 0,
                 "CWSS");
    expect_score("most",
                 score_z("(TI:C/AP:A/AL:A/IC:N/FC:T/RP:N/RL:A/AV:I/AS:N/IN:A/SC:A/BI:C/DI:H/EX:H/EC:N/P:W)").overall,
                 100, "CWSS");
    /* a weight of one's own: half of 100 */
    expect_score(
        "Q", score_z("(TI:C/AP:A/AL:A/IC:Q,0.5/FC:T/RP:N/RL:A/AV:I/AS:N/IN:A/SC:A/BI:C/DI:H/EX:H/EC:N/P:W)").overall,
        50, "CWSS");
    /* both codes for an unknown access vector: 20 * 0.5 less of 100 */
    expect_score("U",
                 score_z("(TI:C/AP:A/AL:A/IC:N/FC:T/RP:N/RL:A/AV:U/AS:N/IN:A/SC:A/BI:C/DI:H/EX:H/EC:N/P:W)").overall,
                 90, "CWSS");
    expect_score("UK",
                 score_z("(TI:C/AP:A/AL:A/IC:N/FC:T/RP:N/RL:A/AV:UK/AS:N/IN:A/SC:A/BI:C/DI:H/EX:H/EC:N/P:W)").overall,
                 90, "CWSS");
}

/* ---- malformed ---- */

#define BASE31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define BEGINNINGS "; a vector begins with `CVSS:4.0/`, `CVSS:3.1/`, `CVSS:3.0/`, `DREAD/` or `(TI:` for CWSS"
#define METRICS31 "AV, AC, PR, UI, S, C, I, A, E, RL, RC, CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA"

static const struct {
    const char *vector, *problem;
} malformed[] = {
    {"", "it is empty" BEGINNINGS},
    {"high", "`high` is not how a vector begins" BEGINNINGS},
    {"AV:N/AC:L/Au:N/C:P/I:P/A:P", "`AV:N` is not how a vector begins" BEGINNINGS},
    {"(AV:N/AC:L/Au:N/C:P/I:P/A:P)", "`(AV:N` is not how a vector begins" BEGINNINGS},
    {"cvss:3.1/AV:N", "`cvss:3.1` is not how a vector begins" BEGINNINGS},
    {"CVSS:3.1AV:N", "`CVSS:3.1AV:N` is not how a vector begins" BEGINNINGS},
    {"CVSS:5.0/AV:N", "`CVSS:5.0` is not how a vector begins" BEGINNINGS},
    {" " BASE31, "` CVSS:3.1` is not how a vector begins" BEGINNINGS},
    {"CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", "`CVSS:2.0` is not how a vector begins" BEGINNINGS},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:P", "A (Availability) cannot be `P`; it is H, L or N"},
    {"CVSS:3.1", "it lacks AV, AC, PR, UI, S, C, I, A, which every vector gives"},
    {"CVSS:3.1/", "it lacks AV, AC, PR, UI, S, C, I, A, which every vector gives"},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "it lacks A, which every vector gives"},
    {BASE31 "/", "`` is not a metric with its value, such as AV:N"},
    {"CVSS:3.1//AV:N", "`` is not a metric with its value, such as AV:N"},
    {BASE31 "/E", "`E` is not a metric with its value, such as AV:N"},
    {BASE31 "/E:", "E (Exploit code maturity) cannot be ``; it is X, H, F, P or U"},
    {BASE31 "/E:A", "E (Exploit code maturity) cannot be `A`; it is X, H, F, P or U"},
    {BASE31 "/E:HF", "E (Exploit code maturity) cannot be `HF`; it is X, H, F, P or U"},
    {BASE31 " ", "A (Availability) cannot be `H `; it is H, L or N"},
    {"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV (Attack vector) cannot be `X`; it is N, A, L or P"},
    {"CVSS:3.1/AV:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV (Attack vector) cannot be `n`; it is N, A, L or P"},
    {"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV is given twice"},
    {"CVSS:3.1/AV:N/AT:N", "CVSS 3.1 has no metric `AT`; it has " METRICS31},
    {"CVSS:3.1/:N", "CVSS 3.1 has no metric ``; it has " METRICS31},
    {"CVSS:3.1/aaaaaaaaaabbbbbbbbbbccccccccccddddddddd\303\251\303\251:N",
     "CVSS 3.1 has no metric `aaaaaaaaaabbbbbbbbbbccccccccccddddddddd...`; it has " METRICS31},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N",
     "SI (Subsequent system integrity) cannot be `S`; it is H, L or N"},
    {ALL_HIGH "/U:red", "U (Provider urgency) cannot be `red`; it is X, Clear, Green, Amber or Red"},
    {"CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
     "AV must stand before AC: CVSS 4.0 prescribes the order of the metrics"},
    {ALL_HIGH "/S:P/E:A", "E must stand before S: CVSS 4.0 prescribes the order of the metrics"},
    {"CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "S (Safety) cannot be `U`; it is X, N or P"},
    {"DREAD/D:8/R:7/E:9/A:6", "it lacks DI, which every vector gives"},
    {"DREAD/D:11/R:7/E:9/A:6/DI:8", "D (Damage) cannot be `11`; it is a number from 0 to 10 with at most one decimal"},
    {"DREAD/D:-1/R:7/E:9/A:6/DI:8", "D (Damage) cannot be `-1`; it is a number from 0 to 10 with at most one decimal"},
    {"DREAD/D:1.25/R:7/E:9/A:6/DI:8",
     "D (Damage) cannot be `1.25`; it is a number from 0 to 10 with at most one decimal"},
    {"DREAD/D:1./R:7/E:9/A:6/DI:8", "D (Damage) cannot be `1.`; it is a number from 0 to 10 with at most one decimal"},
    {"DREAD/D:nan/R:7/E:9/A:6/DI:8",
     "D (Damage) cannot be `nan`; it is a number from 0 to 10 with at most one decimal"},
    {"DREAD/D/R:7", "`D` is not a metric with its value, such as D:5"},
    {"(" CWSS_BARE, "the bracket at its beginning is not closed"},
    {CWSS_BARE ")", "it ends with a bracket that was not opened"},
    {"()", "it lacks TI, AP, AL, IC, FC, RP, RL, AV, AS, IN, SC, BI, DI, EX, EC, P, which every vector gives"},
    {"(TI:H,0.8)", "the weight of TI:H is 0.9, not `0.8`"},
    {"(TI:H,)", "the weight of TI:H is 0.9, not ``"},
    {"(TI:H,0.9,1)", "the weight of TI:H is 0.9, not `0.9,1`"},
    {"(TI:Q)", "TI:Q (quantified) needs a weight from 0 to 1 behind a comma"},
    {"(TI:Q,1.1)", "TI:Q (quantified) needs a weight from 0 to 1 behind a comma"},
    {"(TI:Z)", "TI (Technical impact) cannot be `Z`; it is C, H, M, L, N, D, UK, NA or Q"},
};

Test(score, malformed)
{
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        Score s = score_z(malformed[i].vector);
        cr_expect_str_eq(s.problem, malformed[i].problem, "%s\n%s", malformed[i].vector, s.problem);
        cr_expect(s.method == SCORE_NONE && s.overall == -1 && s.ten == -1 && !s.nparts && !*s.nomenclature);
    }
    char longer[SCORE_VECTOR_BYTES + 2];
    memset(longer, 'A', sizeof longer);
    memcpy(longer, "CVSS:3.1/", 9);
    Score s = score_vector((Str){longer, SCORE_VECTOR_BYTES + 1});
    cr_expect_str_eq(s.problem, "it is too long for a vector");
    s = score_vector((Str){"CVSS:3.1/A\0V:N", 14});
    cr_expect_str_eq(s.problem, "CVSS 3.1 has no metric `A\\0V`; it has " METRICS31);
    s = score_cvss(STR("DREAD/D:8/R:7/E:9/A:6/DI:8"));
    cr_expect_str_eq(s.problem, "`DREAD` is not how a vector begins; a vector begins with `CVSS:4.0/`, "
                                "`CVSS:3.1/` or `CVSS:3.0/`");
    cr_expect_eq(score_cvss(STR(ALL_HIGH)).method, SCORE_CVSS40);
}

/* ---- metrics ---- */

static void expect_with(const char *vector, const char *metric, const char *value, const char *wanted)
{
    StrBuf out = {0};
    bool ok = score_with(str_from(vector), str_from(metric), str_from(value), &out);
    cr_expect_eq(ok, wanted != NULL, "%s %s:%s", vector, metric, value);
    if (wanted && ok)
        cr_expect_str_eq(out.s, wanted);
    else
        cr_expect_eq(out.n, 0);
    strbuf_free(&out);
}

Test(score, one_metric_anew)
{
    expect_with(BASE31, "AV", "P", "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    expect_with(BASE31, "MAV", "P", BASE31 "/MAV:P");
    expect_with(BASE31 "/MAV:P", "MAV", "X", BASE31);
    expect_with(BASE31 "/MAV:P", "MAV", "", BASE31);
    expect_with("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:X", "RL", "O", BASE31 "/RL:O");
    expect_with(ALL_HIGH "/S:P", "E", "P", ALL_HIGH "/E:P/S:P");
    expect_with("CVSS:4.0", "AV", "A", "CVSS:4.0/AV:A");
    expect_with("CVSS:4.0/AV:A", "SC", "N", "CVSS:4.0/AV:A/SC:N");
    expect_with("DREAD", "DI", "7.5", "DREAD/DI:7.5");
    expect_with("()", "IN", "O", "(IN:O,0.3)");
    expect_with("(IN:O,0.3)", "AV", "R", "(AV:R,0.8/IN:O,0.3)");
    expect_with("(AV:R,0.8/IN:O,0.3)", "TI", "H", "(TI:H,0.9/AV:R,0.8/IN:O,0.3)");
    expect_with("(TI:H)", "IC", "Q,0.25", "(TI:H,0.9/IC:Q,0.25)");
    expect_with(BASE31, "AV", "X", NULL);
    expect_with(BASE31, "AV", "", NULL);
    expect_with(BASE31, "AT", "N", NULL);
    expect_with(BASE31 "/E:Z", "AV", "P", NULL);
    expect_with("nothing", "AV", "P", NULL);
    expect_with("(TI:H)", "IC", "Q", NULL);
    StrBuf out = {0};
    cr_expect(!score_canonical(STR("CVSS:4.0/AV:N"), &out) && !score_canonical(STR("x"), &out) && out.n == 0);
    cr_expect(score_canonical(STR("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:X"), &out));
    cr_expect_str_eq(out.s, BASE31);
    strbuf_free(&out);
}

Test(score, what_a_vector_says)
{
    cr_expect(str_eq(score_metric(STR(BASE31), STR("AV")), STR("N")));
    cr_expect_eq(score_metric(STR(BASE31), STR("E")).n, 0);
    cr_expect_eq(score_metric(STR(BASE31 "/E:Z"), STR("AV")).n, 0);
    cr_expect_eq(score_metric(STR(BASE31), STR("AT")).n, 0);
    cr_expect_eq(score_metric(STR("x"), STR("AV")).n, 0);
    cr_expect(str_eq(score_metric(STR("(TI:H,0.9)"), STR("TI")), STR("H")));
    cr_expect(str_eq(score_metric(STR("DREAD/D:8"), STR("D")), STR("8")));
    cr_expect_eq(score_method(STR("CVSS:4.0/AV:Z")), SCORE_CVSS40);
    cr_expect_eq(score_method(STR("CVSS:2.0/AV:N")), SCORE_NONE);
    const ScoreMetric *m = score_metric_by_name(SCORE_CVSS31, STR("AV"));
    cr_assert(m);
    cr_expect_str_eq(m->title, "Attack vector");
    cr_expect_str_eq(score_value_by_name(m, STR("A"))->title, "Adjacent");
    cr_expect_null(score_value_by_name(m, STR("X")));
    cr_expect_null(score_metric_by_name(SCORE_CVSS31, STR("VC")));
    cr_expect_null(score_metric_by_name(SCORE_NONE, STR("AV")));
}

Test(score, tables_of_metrics)
{
    static const unsigned count[SCORE_METHODS] = {0, 22, 22, 32, 5, 16};
    for (int method = 0; method < SCORE_METHODS; method++) {
        unsigned n;
        const ScoreMetric *m = score_metrics((ScoreMethod)method, &n);
        cr_expect_eq(n, count[method]);
        for (unsigned i = 0; i < n; i++) {
            cr_expect(*m[i].name && *m[i].title && *score_group_name(m[i].group));
            cr_expect(score_metric_by_name((ScoreMethod)method, str_from(m[i].name)) == &m[i]);
            for (unsigned v = 0; v < m[i].nvalues; v++) {
                cr_expect(*m[i].values[v].title);
                cr_expect(score_value_by_name(&m[i], str_from(m[i].values[v].name)) == &m[i].values[v], "%s:%s",
                          m[i].name, m[i].values[v].name);
                bool undefined = strcmp(m[i].values[v].name, "X") == 0;
                cr_expect_eq(undefined, !m[i].required && v == 0, "%s:%s", m[i].name, m[i].values[v].name);
            }
        }
    }
    cr_expect_str_eq(score_method_name(SCORE_CVSS40), "CVSS 4.0");
    cr_expect_str_eq(score_method_name(SCORE_NONE), "");
    cr_expect(score_most(SCORE_CWSS) == 100 && score_most(SCORE_CVSS31) == 10);
    cr_expect_str_eq(score_band_key(score_band(6.9)), "medium");
    cr_expect_str_eq(score_band_key(score_band(7.0)), "high");
}

/* ---- what holds for every vector ---- */

/* Goes through every combination of base metrics as an odometer does. */
typedef struct Odometer {
    ScoreMethod method;
    const char *prefix;
    const ScoreMetric *metrics;
    unsigned n; /* required ones, which come first */
    unsigned at[SCORE_METRICS];
} Odometer;

static Odometer odometer(ScoreMethod method, const char *prefix)
{
    Odometer o = {.method = method, .prefix = prefix};
    unsigned all;
    o.metrics = score_metrics(method, &all);
    while (o.n < all && o.metrics[o.n].required)
        o.n++;
    return o;
}

static bool odometer_step(Odometer *o)
{
    for (unsigned i = o->n; i-- > 0; o->at[i] = 0)
        if (++o->at[i] < o->metrics[i].nvalues)
            return true;
    return false;
}

/* The vector, with its metrics in reverse order if asked for. */
static Str odometer_vector(const Odometer *o, bool backwards, StrBuf *out)
{
    out->n = 0;
    strbuf_addz(out, o->prefix);
    for (unsigned k = 0; k < o->n; k++) {
        unsigned i = backwards ? o->n - 1 - k : k;
        strbuf_format(out, "/%s:%s", o->metrics[i].name, o->metrics[i].values[o->at[i]].name);
    }
    return strbuf_str(out);
}

static bool is_tenth(double x)
{
    return x >= 0 && x <= 10 && x * 10 - (double)(int)(x * 10 + 0.5) < 1e-9 &&
           x * 10 - (double)(int)(x * 10 + 0.5) > -1e-9;
}

/* One step down in one metric never makes the score higher. Values stand worst first, but for the scope. */
static void expect_no_higher(Odometer *o, double score, StrBuf *text)
{
    for (unsigned i = 0; i < o->n; i++) {
        bool scope = strcmp(o->metrics[i].name, "S") == 0;
        if (o->at[i] + 1 >= o->metrics[i].nvalues)
            continue;
        o->at[i]++;
        double next = score_vector(odometer_vector(o, false, text)).overall;
        cr_expect(scope ? next >= score : next <= score, "%s: %f and %f", text->s, next, score);
        o->at[i]--;
    }
}

Test(score, every_base_vector_of_31)
{
    Odometer o = odometer(SCORE_CVSS31, "CVSS:3.1");
    StrBuf text = {0};
    unsigned n = 0;
    do {
        Score s = score_vector(odometer_vector(&o, false, &text));
        cr_expect(is_tenth(s.overall) && s.overall == s.ten, "%s: %f", text.s, s.overall);
        cr_expect(score_vector(odometer_vector(&o, true, &text)).overall == s.overall, "%s", text.s);
        expect_no_higher(&o, s.overall, &text);
        n++;
    } while (odometer_step(&o));
    cr_expect_eq(n, 2592);
    strbuf_free(&text);
}

Test(score, every_base_vector_of_40)
{
    Odometer o = odometer(SCORE_CVSS40, "CVSS:4.0");
    StrBuf text = {0};
    unsigned n = 0, bands[BAND_COUNT] = {0};
    do {
        Score s = score_vector(odometer_vector(&o, false, &text));
        cr_expect(is_tenth(s.overall), "%s: %f", text.s, s.overall);
        bool impact = strstr(text.s, ":H") != NULL || strstr(strstr(text.s, "/VC"), ":L") != NULL;
        cr_expect(impact || s.overall == 0, "%s: %f", text.s, s.overall);
        bands[s.band]++;
        n++;
    } while (odometer_step(&o));
    cr_expect_eq(n, 104976);
    cr_expect_eq(bands[BAND_NONE], 144, "%u without any impact",
                 bands[BAND_NONE]); /* 4 * 2 * 2 * 3 * 3 ways to reach nothing */
    strbuf_free(&text);
}

/* Every optional metric written out as not defined. */
Test(score, not_defined_is_absent)
{
    static const struct {
        ScoreMethod method;
        const char *vector;
    } given[] = {{SCORE_CVSS31, BASE31}, {SCORE_CVSS40, ALL_HIGH}, {SCORE_CVSS40, HARDEST}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        unsigned n;
        const ScoreMetric *m = score_metrics(given[i].method, &n);
        StrBuf text = {0}, canonical = {0};
        strbuf_addz(&text, given[i].vector);
        for (unsigned k = 0; k < n; k++)
            if (!m[k].required)
                strbuf_format(&text, "/%s:X", m[k].name);
        Score bare = score_z(given[i].vector), full = score_vector(strbuf_str(&text));
        cr_expect(full.overall == bare.overall, "%s: %s", text.s, full.problem);
        cr_expect_str_eq(full.nomenclature, bare.nomenclature);
        cr_expect(score_canonical(strbuf_str(&text), &canonical));
        cr_expect_str_eq(canonical.s, given[i].vector);
        strbuf_free(&text);
        strbuf_free(&canonical);
    }
}
