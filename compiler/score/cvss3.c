/* CVSS 3.1: metrics, weights and equations of the specification document of FIRST (https://www.first.org/cvss/v3.1/specification-document,
 * section 7), rounded up with integers as its appendix A asks. CVSS 3.0 has the same metrics and weights, and another equation for the
 * modified impact where the scope changes. Requires a complete vector. */
#include "score/method.h"

enum { AV, AC, PR, UI, S, C, I, A, E, RL, RC, CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA };

/* Each list begins with "not defined", which only the metrics that may be left out take. */
static const ScoreValue vectors[] = {{"X", "Not defined", 1},
                                     {"N", "Network", 0.85},
                                     {"A", "Adjacent", 0.62},
                                     {"L", "Local", 0.55},
                                     {"P", "Physical", 0.2}};
static const ScoreValue complexities[] = {{"X", "Not defined", 1}, {"L", "Low", 0.77}, {"H", "High", 0.44}};
/* Where the scope changes, low and high weigh more: see `privileges`. */
static const ScoreValue privilege_values[] = {
    {"X", "Not defined", 1}, {"N", "None", 0.85}, {"L", "Low", 0.62}, {"H", "High", 0.27}};
static const ScoreValue interactions[] = {{"X", "Not defined", 1}, {"N", "None", 0.85}, {"R", "Required", 0.62}};
static const ScoreValue scopes[] = {{"X", "Not defined", 1}, {"U", "Unchanged", 0}, {"C", "Changed", 1}};
static const ScoreValue impacts[] = {
    {"X", "Not defined", 1}, {"H", "High", 0.56}, {"L", "Low", 0.22}, {"N", "None", 0}};
static const ScoreValue maturities[] = {{"X", "Not defined", 1},
                                        {"H", "High", 1},
                                        {"F", "Functional", 0.97},
                                        {"P", "Proof of concept", 0.94},
                                        {"U", "Unproven", 0.91}};
static const ScoreValue remediations[] = {{"X", "Not defined", 1},
                                          {"U", "Unavailable", 1},
                                          {"W", "Workaround", 0.97},
                                          {"T", "Temporary fix", 0.96},
                                          {"O", "Official fix", 0.95}};
static const ScoreValue confidences[] = {
    {"X", "Not defined", 1}, {"C", "Confirmed", 1}, {"R", "Reasonable", 0.96}, {"U", "Unknown", 0.92}};
static const ScoreValue requirements[] = {
    {"X", "Not defined", 1}, {"H", "High", 1.5}, {"M", "Medium", 1}, {"L", "Low", 0.5}};

#define REQUIRED(list) true, sizeof(list) / sizeof *(list)-1, (list) + 1
#define OPTIONAL(list) false, VALUES_OF(list)

static const ScoreMetric metrics[] = {
    [AV] = {"AV", "Attack vector", GROUP_BASE, REQUIRED(vectors)},
    [AC] = {"AC", "Attack complexity", GROUP_BASE, REQUIRED(complexities)},
    [PR] = {"PR", "Privileges required", GROUP_BASE, REQUIRED(privilege_values)},
    [UI] = {"UI", "User interaction", GROUP_BASE, REQUIRED(interactions)},
    [S] = {"S", "Scope", GROUP_BASE, REQUIRED(scopes)},
    [C] = {"C", "Confidentiality", GROUP_BASE, REQUIRED(impacts)},
    [I] = {"I", "Integrity", GROUP_BASE, REQUIRED(impacts)},
    [A] = {"A", "Availability", GROUP_BASE, REQUIRED(impacts)},
    [E] = {"E", "Exploit code maturity", GROUP_TEMPORAL, OPTIONAL(maturities)},
    [RL] = {"RL", "Remediation level", GROUP_TEMPORAL, OPTIONAL(remediations)},
    [RC] = {"RC", "Report confidence", GROUP_TEMPORAL, OPTIONAL(confidences)},
    [CR] = {"CR", "Confidentiality requirement", GROUP_ENVIRONMENTAL, OPTIONAL(requirements)},
    [IR] = {"IR", "Integrity requirement", GROUP_ENVIRONMENTAL, OPTIONAL(requirements)},
    [AR] = {"AR", "Availability requirement", GROUP_ENVIRONMENTAL, OPTIONAL(requirements)},
    [MAV] = {"MAV", "Modified attack vector", GROUP_ENVIRONMENTAL, OPTIONAL(vectors)},
    [MAC] = {"MAC", "Modified attack complexity", GROUP_ENVIRONMENTAL, OPTIONAL(complexities)},
    [MPR] = {"MPR", "Modified privileges required", GROUP_ENVIRONMENTAL, OPTIONAL(privilege_values)},
    [MUI] = {"MUI", "Modified user interaction", GROUP_ENVIRONMENTAL, OPTIONAL(interactions)},
    [MS] = {"MS", "Modified scope", GROUP_ENVIRONMENTAL, OPTIONAL(scopes)},
    [MC] = {"MC", "Modified confidentiality", GROUP_ENVIRONMENTAL, OPTIONAL(impacts)},
    [MI] = {"MI", "Modified integrity", GROUP_ENVIRONMENTAL, OPTIONAL(impacts)},
    [MA] = {"MA", "Modified availability", GROUP_ENVIRONMENTAL, OPTIONAL(impacts)},
};

static double power(double x, int n)
{
    double product = 1;
    while (n-- > 0)
        product *= x;
    return product;
}

/* Up to one decimal, in integers so that binary fractions do no harm. */
static double round_up(double x)
{
    long scaled = (long)(x * 100000 + 0.5);
    return scaled % 10000 == 0 ? (double)(scaled / 10000) / 10 : (double)(scaled / 10000 + 1) / 10;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* The metric to look at: the modified one where it is given. `modified` 0 asks for the base metric. */
static unsigned pick(const Vector *v, unsigned base, unsigned modified)
{
    return modified && vector_gives(v, modified) ? modified : base;
}

static double privileges(const Vector *v, unsigned metric, bool changed)
{
    if (changed && v->text[metric].s[0] == 'L')
        return 0.68;
    if (changed && v->text[metric].s[0] == 'H')
        return 0.5;
    return v->number[metric];
}

static double exploitability(const Vector *v, bool modified, bool changed)
{
    return 8.22 * v->number[pick(v, AV, modified ? MAV : 0)] * v->number[pick(v, AC, modified ? MAC : 0)] *
           privileges(v, pick(v, PR, modified ? MPR : 0), changed) * v->number[pick(v, UI, modified ? MUI : 0)];
}

static double base_impact(const Vector *v, bool changed)
{
    double iss = 1 - (1 - v->number[C]) * (1 - v->number[I]) * (1 - v->number[A]);
    double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss;
    return impact > 0 ? impact : 0;
}

/* With the scope changed. */
static double wide_impact(const Vector *v, double miss)
{
    bool old = v->method->id == SCORE_CVSS30;
    return 7.52 * (miss - 0.029) - 3.25 * (old ? power(miss - 0.02, 15) : power(miss * 0.9731 - 0.02, 13));
}

static double modified_impact(const Vector *v, bool changed)
{
    double product = (1 - v->number[pick(v, C, MC)] * v->number[CR]) * (1 - v->number[pick(v, I, MI)] * v->number[IR]) *
                     (1 - v->number[pick(v, A, MA)] * v->number[AR]);
    double miss = smaller(1 - product, 0.915);
    double impact = changed ? wide_impact(v, miss) : 6.42 * miss;
    return impact > 0 ? impact : 0;
}

static double together(double impact, double ease, bool changed)
{
    return impact <= 0 ? 0 : round_up(smaller((changed ? 1.08 : 1) * (impact + ease), 10));
}

static void score3(const Vector *v, Score *out)
{
    bool temporal = vector_gives_group(v, GROUP_TEMPORAL), environmental = vector_gives_group(v, GROUP_ENVIRONMENTAL);
    bool changed = v->text[S].s[0] == 'C', mchanged = v->text[pick(v, S, MS)].s[0] == 'C';
    double ease = exploitability(v, false, changed), impact = base_impact(v, changed);
    double time = v->number[E] * v->number[RL] * v->number[RC];
    double base = together(impact, ease, changed), timely = round_up(base * time);
    double there = round_up(together(modified_impact(v, mchanged), exploitability(v, true, mchanged), mchanged) * time);
    out->parts[0] = (ScorePart){"base", "Base score", base};
    out->parts[1] = (ScorePart){"temporal", "Temporal score", temporal ? timely : -1};
    out->parts[2] = (ScorePart){"environmental", "Environmental score", environmental ? there : -1};
    out->parts[3] = (ScorePart){"exploitability", "Exploitability subscore", ease};
    out->parts[4] = (ScorePart){"impact", "Impact subscore", impact};
    out->nparts = 5;
    out->overall = environmental ? there : temporal ? timely : base;
    out->nomenclature = environmental ? "environmental" : temporal ? "temporal" : "base";
}

const Method method_cvss30 = {SCORE_CVSS30, "CVSS 3.0", "CVSS:3.0/", 10, METRICS_OF(metrics), false, false, score3};
const Method method_cvss31 = {SCORE_CVSS31, "CVSS 3.1", "CVSS:3.1/", 10, METRICS_OF(metrics), false, false, score3};
