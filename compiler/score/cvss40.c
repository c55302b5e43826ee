/* CVSS 4.0: metrics and scoring of the specification document of FIRST (https://www.first.org/cvss/v4-0/specification-document,
 * section 8). A vector belongs to one of 270 macro vectors; from the score of that one, as much is taken away as the vector is less
 * severe than the most severe of its kind. Requires a complete vector.
 *
 * Everything is computed in whole numbers. Scores halfway between two tenths are common, and with binary fractions they would fall to
 * either side by chance. */
#include "score/cvss40_table.h"
#include "score/method.h"

enum {
    AV,
    AC,
    AT,
    PR,
    UI,
    VC,
    VI,
    VA,
    SC,
    SI,
    SA,
    E,
    CR,
    IR,
    AR,
    MAV,
    MAC,
    MAT,
    MPR,
    MUI,
    MVC,
    MVI,
    MVA,
    MSC,
    MSI,
    MSA
};
enum { SAFETY = MSA + 1, AUTOMATABLE, RECOVERY, DENSITY, EFFORT, URGENCY };
enum { BASE_METRICS = SA + 1, MODIFIED = MAV - AV };

/* Weights are steps below the most severe value. Each list begins with "not defined", which only the metrics that may be left out
 * take; it counts as the most severe value. */
static const ScoreValue vectors[] = {
    {"X", "Not defined", 0}, {"N", "Network", 0}, {"A", "Adjacent", 1}, {"L", "Local", 2}, {"P", "Physical", 3}};
static const ScoreValue complexities[] = {{"X", "Not defined", 0}, {"L", "Low", 0}, {"H", "High", 1}};
static const ScoreValue attack_requirements[] = {{"X", "Not defined", 0}, {"N", "None", 0}, {"P", "Present", 1}};
static const ScoreValue privileges[] = {{"X", "Not defined", 0}, {"N", "None", 0}, {"L", "Low", 1}, {"H", "High", 2}};
static const ScoreValue interactions[] = {
    {"X", "Not defined", 0}, {"N", "None", 0}, {"P", "Passive", 1}, {"A", "Active", 2}};
static const ScoreValue impacts[] = {{"X", "Not defined", 0}, {"H", "High", 0}, {"L", "Low", 1}, {"N", "None", 2}};
static const ScoreValue beyond[] = {{"X", "Not defined", 0}, {"H", "High", 1}, {"L", "Low", 2}, {"N", "None", 3}};
static const ScoreValue modified_beyond[] = {
    {"X", "Not defined", 0}, {"H", "High", 1}, {"L", "Low", 2}, {"N", "Negligible", 3}};
static const ScoreValue modified_safety[] = {
    {"X", "Not defined", 0}, {"S", "Safety", 0}, {"H", "High", 1}, {"L", "Low", 2}, {"N", "Negligible", 3}};
static const ScoreValue maturities[] = {
    {"X", "Not defined", 0}, {"A", "Attacked", 0}, {"P", "Proof of concept", 1}, {"U", "Unreported", 2}};
static const ScoreValue requirements[] = {
    {"X", "Not defined", 0}, {"H", "High", 0}, {"M", "Medium", 1}, {"L", "Low", 2}};
static const ScoreValue safeties[] = {{"X", "Not defined", 0}, {"N", "Negligible", 0}, {"P", "Present", 0}};
static const ScoreValue automatables[] = {{"X", "Not defined", 0}, {"N", "No", 0}, {"Y", "Yes", 0}};
static const ScoreValue recoveries[] = {
    {"X", "Not defined", 0}, {"A", "Automatic", 0}, {"U", "User", 0}, {"I", "Irrecoverable", 0}};
static const ScoreValue densities[] = {{"X", "Not defined", 0}, {"D", "Diffuse", 0}, {"C", "Concentrated", 0}};
static const ScoreValue efforts[] = {{"X", "Not defined", 0}, {"L", "Low", 0}, {"M", "Moderate", 0}, {"H", "High", 0}};
static const ScoreValue urgencies[] = {
    {"X", "Not defined", 0}, {"Clear", "Clear", 0}, {"Green", "Green", 0}, {"Amber", "Amber", 0}, {"Red", "Red", 0}};

/* In the order that the specification prescribes. */
static const ScoreMetric metrics[] = {
    [AV] = {"AV", "Attack vector", GROUP_BASE, REQUIRED(vectors)},
    [AC] = {"AC", "Attack complexity", GROUP_BASE, REQUIRED(complexities)},
    [AT] = {"AT", "Attack requirements", GROUP_BASE, REQUIRED(attack_requirements)},
    [PR] = {"PR", "Privileges required", GROUP_BASE, REQUIRED(privileges)},
    [UI] = {"UI", "User interaction", GROUP_BASE, REQUIRED(interactions)},
    [VC] = {"VC", "Vulnerable system confidentiality", GROUP_BASE, REQUIRED(impacts)},
    [VI] = {"VI", "Vulnerable system integrity", GROUP_BASE, REQUIRED(impacts)},
    [VA] = {"VA", "Vulnerable system availability", GROUP_BASE, REQUIRED(impacts)},
    [SC] = {"SC", "Subsequent system confidentiality", GROUP_BASE, REQUIRED(beyond)},
    [SI] = {"SI", "Subsequent system integrity", GROUP_BASE, REQUIRED(beyond)},
    [SA] = {"SA", "Subsequent system availability", GROUP_BASE, REQUIRED(beyond)},
    [E] = {"E", "Exploit maturity", GROUP_THREAT, OPTIONAL(maturities)},
    [CR] = {"CR", "Confidentiality requirement", GROUP_ENVIRONMENTAL, OPTIONAL(requirements)},
    [IR] = {"IR", "Integrity requirement", GROUP_ENVIRONMENTAL, OPTIONAL(requirements)},
    [AR] = {"AR", "Availability requirement", GROUP_ENVIRONMENTAL, OPTIONAL(requirements)},
    [MAV] = {"MAV", "Modified attack vector", GROUP_ENVIRONMENTAL, OPTIONAL(vectors)},
    [MAC] = {"MAC", "Modified attack complexity", GROUP_ENVIRONMENTAL, OPTIONAL(complexities)},
    [MAT] = {"MAT", "Modified attack requirements", GROUP_ENVIRONMENTAL, OPTIONAL(attack_requirements)},
    [MPR] = {"MPR", "Modified privileges required", GROUP_ENVIRONMENTAL, OPTIONAL(privileges)},
    [MUI] = {"MUI", "Modified user interaction", GROUP_ENVIRONMENTAL, OPTIONAL(interactions)},
    [MVC] = {"MVC", "Modified vulnerable system confidentiality", GROUP_ENVIRONMENTAL, OPTIONAL(impacts)},
    [MVI] = {"MVI", "Modified vulnerable system integrity", GROUP_ENVIRONMENTAL, OPTIONAL(impacts)},
    [MVA] = {"MVA", "Modified vulnerable system availability", GROUP_ENVIRONMENTAL, OPTIONAL(impacts)},
    [MSC] = {"MSC", "Modified subsequent system confidentiality", GROUP_ENVIRONMENTAL, OPTIONAL(modified_beyond)},
    [MSI] = {"MSI", "Modified subsequent system integrity", GROUP_ENVIRONMENTAL, OPTIONAL(modified_safety)},
    [MSA] = {"MSA", "Modified subsequent system availability", GROUP_ENVIRONMENTAL, OPTIONAL(modified_safety)},
    [SAFETY] = {"S", "Safety", GROUP_SUPPLEMENTAL, OPTIONAL(safeties)},
    [AUTOMATABLE] = {"AU", "Automatable", GROUP_SUPPLEMENTAL, OPTIONAL(automatables)},
    [RECOVERY] = {"R", "Recovery", GROUP_SUPPLEMENTAL, OPTIONAL(recoveries)},
    [DENSITY] = {"V", "Value density", GROUP_SUPPLEMENTAL, OPTIONAL(densities)},
    [EFFORT] = {"RE", "Vulnerability response effort", GROUP_SUPPLEMENTAL, OPTIONAL(efforts)},
    [URGENCY] = {"U", "Provider urgency", GROUP_SUPPLEMENTAL, OPTIONAL(urgencies)},
};

/* ---- what a vector says, modified metrics and defaults applied ---- */

typedef struct Judged {
    char letter[BASE_METRICS];
    int step[BASE_METRICS]; /* below the most severe value */
    int need[3];            /* CR, IR, AR: the same */
    int maturity;           /* E: the same */
} Judged;

static Judged judge(const Vector *v, bool threat, bool environmental)
{
    Judged j = {.maturity = threat ? (int)v->number[E] : 0};
    for (unsigned i = 0; i < BASE_METRICS; i++) {
        unsigned from = environmental && vector_gives(v, i + MODIFIED) ? i + MODIFIED : i;
        j.letter[i] = v->text[from].s[0];
        j.step[i] = (int)v->number[from];
    }
    for (unsigned i = 0; environmental && i < 3; i++)
        j.need[i] = (int)v->number[CR + i];
    return j;
}

/* ---- macro vectors ---- */

typedef struct Macro {
    int eq1, eq2, eq3, eq4, eq5, eq6;
} Macro;

/* EQ3 and EQ6 hang together; these are the pairs that exist, in the order of the table. */
enum { PAIR_00, PAIR_01, PAIR_10, PAIR_11, PAIR_21 };

static int pair_of(Macro m)
{
    return m.eq3 == 2 ? PAIR_21 : m.eq3 * 2 + m.eq6;
}

static bool any_is(const Judged *j, int from, int to, char letter)
{
    for (int i = from; i <= to; i++)
        if (j->letter[i] == letter)
            return true;
    return false;
}

static Macro macro_of(const Judged *j)
{
    Macro m = {.eq1 = 2, .eq2 = 1, .eq3 = 1, .eq4 = 1, .eq5 = j->maturity, .eq6 = 1};
    int open = (j->letter[AV] == 'N') + (j->letter[PR] == 'N') + (j->letter[UI] == 'N');
    if (open == 3)
        m.eq1 = 0;
    else if (open && j->letter[AV] != 'P')
        m.eq1 = 1;
    if (j->letter[AC] == 'L' && j->letter[AT] == 'N')
        m.eq2 = 0;
    if (j->letter[VC] == 'H' && j->letter[VI] == 'H')
        m.eq3 = 0;
    else if (!any_is(j, VC, VA, 'H'))
        m.eq3 = 2;
    if (any_is(j, SI, SA, 'S'))
        m.eq4 = 0;
    else if (!any_is(j, SC, SA, 'H'))
        m.eq4 = 2;
    for (int i = 0; i < 3; i++)
        if (j->letter[VC + i] == 'H' && j->need[i] == 0)
            m.eq6 = 0;
    return m;
}

/* The score in tenths of the macro vector with these classes; -1 if there is none. */
static int tenths(int eq1, int eq2, int pair, int eq4, int eq5)
{
    return eq1 > 2 || eq2 > 1 || pair > PAIR_21 || eq4 > 2 || eq5 > 2 ? -1 : macro_tenths[eq1][eq2][pair][eq4][eq5];
}

/* The next less severe macro vector in EQ3 and EQ6: two of them where both are at their worst, of which the higher one counts. */
static int lower_pair(Macro m)
{
    static const int next[] = {PAIR_01, PAIR_11, PAIR_11, PAIR_21, PAIR_21 + 1};
    int pair = pair_of(m), lower = tenths(m.eq1, m.eq2, next[pair], m.eq4, m.eq5);
    int other = pair == PAIR_00 ? tenths(m.eq1, m.eq2, PAIR_10, m.eq4, m.eq5) : -1;
    return lower > other ? lower : other;
}

/* ---- the score ---- */

/* What one class takes away. `lower`: the score of the next less severe macro vector, -1 if there is none. `steps`: of its metrics
 * below their most severe values. `top`: the same of the most severe vector of the class (several may share the place, and all are as
 * many steps down). `depth`: the steps from there into the next class. */
enum { PARTS_OF_TENTH = 840 }; /* every depth divides it */
typedef struct Step {
    int lower, steps, top, depth;
} Step;

/* The mean of what the classes take away from `worst`, with a half rounded up. */
static int interpolate(int worst, const Step *steps, int n)
{
    int taken = 0, counted = 0;
    for (int i = 0; i < n; i++) {
        if (steps[i].lower < 0)
            continue;
        taken += (worst - steps[i].lower) * (steps[i].steps - steps[i].top) * (PARTS_OF_TENTH / steps[i].depth);
        counted++;
    }
    int whole = PARTS_OF_TENTH * (counted ? counted : 1), left = worst * whole - taken;
    return left > 0 ? (2 * left + whole) / (2 * whole) : 0;
}

static int sum(const int *steps, int n)
{
    int all = 0;
    while (n-- > 0)
        all += steps[n];
    return all;
}

static double score_judged(const Judged *j, Macro m)
{
    static const int top1[] = {0, 1, 3}, top2[] = {0, 1}, top36[] = {0, 3, 1, 3, 3}, top4[] = {1, 3, 6};
    static const int depth1[] = {1, 4, 5}, depth2[] = {1, 2}, depth36[] = {7, 6, 8, 8, 10}, depth4[] = {6, 5, 4};
    if (!any_is(j, VC, SA, 'H') && !any_is(j, VC, SA, 'L') && !any_is(j, SI, SA, 'S'))
        return 0; /* no impact at all */
    int pair = pair_of(m);
    int worst = tenths(m.eq1, m.eq2, pair, m.eq4, m.eq5);
    const Step steps[] = {
        {tenths(m.eq1 + 1, m.eq2, pair, m.eq4, m.eq5), j->step[AV] + j->step[PR] + j->step[UI], top1[m.eq1],
         depth1[m.eq1]},
        {tenths(m.eq1, m.eq2 + 1, pair, m.eq4, m.eq5), j->step[AC] + j->step[AT], top2[m.eq2], depth2[m.eq2]},
        {lower_pair(m), sum(j->step + VC, 3) + sum(j->need, 3), top36[pair], depth36[pair]},
        {tenths(m.eq1, m.eq2, pair, m.eq4 + 1, m.eq5), sum(j->step + SC, 3), top4[m.eq4], depth4[m.eq4]},
        {tenths(m.eq1, m.eq2, pair, m.eq4, m.eq5 + 1), 0, 0,
         1}, /* its class has one value: it only counts in the mean */
    };
    return interpolate(worst, steps, sizeof steps / sizeof *steps) / 10.0;
}

static double score_with_groups(const Vector *v, bool threat, bool environmental, char macro[7])
{
    Judged j = judge(v, threat, environmental);
    Macro m = macro_of(&j);
    if (macro)
        snprintf(macro, 7, "%d%d%d%d%d%d", m.eq1, m.eq2, m.eq3, m.eq4, m.eq5, m.eq6);
    return score_judged(&j, m);
}

static void score40(const Vector *v, Score *out)
{
    bool t = vector_gives_group(v, GROUP_THREAT), e = vector_gives_group(v, GROUP_ENVIRONMENTAL);
    out->parts[0] = (ScorePart){"base", "CVSS-B", score_with_groups(v, false, false, NULL)};
    out->parts[1] = (ScorePart){"threat", "CVSS-BT", t ? score_with_groups(v, true, false, NULL) : -1};
    out->parts[2] = (ScorePart){"environmental", "CVSS-BE", e ? score_with_groups(v, false, true, NULL) : -1};
    out->parts[3] = (ScorePart){"combined", "CVSS-BTE", t && e ? score_with_groups(v, true, true, NULL) : -1};
    out->nparts = 4;
    out->overall = score_with_groups(v, t, e, out->macro);
    out->nomenclature = t && e ? "CVSS-BTE" : t ? "CVSS-BT" : e ? "CVSS-BE" : "CVSS-B";
}

const Method method_cvss40 = {SCORE_CVSS40, "CVSS 4.0", "CVSS:4.0/", 10, METRICS_OF(metrics), true, false, score40};
