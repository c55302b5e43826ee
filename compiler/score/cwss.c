/* CWSS 1.0.1, the Common Weakness Scoring System of MITRE (https://cwe.mitre.org/cwss/cwss_v1.0.1.html): factors, their weights and the
 * three subscores. Vectors are written as there, (TI:H,0.9/AP:A,1/...), the weights may be left out. Requires a complete vector. */
#include "score/method.h"

enum { TI, AP, AL, IC, FC, RP, RL, AV, AS, IN, SC, BI, DI, EX, EC, P };

/* What every factor can be besides its own values. The weight of a quantified one stands in the vector. */
#define COMMON(default_weight)                                                             \
    {"D", "Default", default_weight}, {"UK", "Unknown", 0.5}, {"NA", "Not applicable", 1}, \
    {                                                                                      \
        "Q", "Quantified", -1                                                              \
    }

static const ScoreValue impacts[] = {{"C", "Critical", 1}, {"H", "High", 0.9}, {"M", "Medium", 0.6},
                                     {"L", "Low", 0.3},    {"N", "None", 0},   COMMON(0.6)};
static const ScoreValue gained[] = {{"A", "Administrator", 1},   {"P", "Partially privileged user", 0.9},
                                    {"RU", "Regular user", 0.7}, {"L", "Limited or guest", 0.6},
                                    {"N", "None", 0.1},          COMMON(0.7)};
static const ScoreValue layers[] = {{"A", "Application", 1},
                                    {"S", "System", 0.9},
                                    {"N", "Network", 0.7},
                                    {"E", "Enterprise infrastructure", 1},
                                    COMMON(0.9)};
static const ScoreValue internal_controls[] = {{"N", "None", 1},
                                               {"L", "Limited", 0.9},
                                               {"M", "Moderate", 0.7},
                                               {"I", "Indirect", 0.5},
                                               {"B", "Best available", 0.3},
                                               {"C", "Complete", 0},
                                               COMMON(0.6)};
static const ScoreValue confidences[] = {
    {"T", "Proven true", 1}, {"LT", "Proven locally true", 0.8}, {"F", "Proven false", 0}, COMMON(0.8)};
static const ScoreValue needed[] = {{"N", "None", 1},
                                    {"L", "Limited or guest", 0.9},
                                    {"RU", "Regular user", 0.7},
                                    {"P", "Partially privileged user", 0.6},
                                    {"A", "Administrator", 0.1},
                                    COMMON(0.7)};
/* The document gives "unknown" the code U here and UK everywhere else; both are taken. */
static const ScoreValue access[] = {
    {"I", "Internet", 1}, {"R", "Intranet", 0.8}, {"V", "Private network", 0.8}, {"A", "Adjacent network", 0.7},
    {"L", "Local", 0.5},  {"P", "Physical", 0.2}, {"U", "Unknown", 0.5},         COMMON(0.75)};
static const ScoreValue authentications[] = {
    {"S", "Strong", 0.7}, {"M", "Moderate", 0.8}, {"W", "Weak", 0.9}, {"N", "None", 1}, COMMON(0.85)};
static const ScoreValue interactions[] = {{"A", "Automated", 1},
                                          {"T", "Typical or limited", 0.9},
                                          {"M", "Moderate", 0.8},
                                          {"O", "Opportunistic", 0.3},
                                          {"H", "High", 0.1},
                                          {"NI", "No interaction", 0},
                                          COMMON(0.55)};
static const ScoreValue deployments[] = {
    {"A", "All", 1}, {"M", "Moderate", 0.9}, {"R", "Rare", 0.5}, {"P", "Potentially reachable", 0.1}, COMMON(0.7)};
static const ScoreValue discoveries[] = {{"H", "High", 1}, {"M", "Medium", 0.6}, {"L", "Low", 0.2}, COMMON(0.6)};
static const ScoreValue exploits[] = {
    {"H", "High", 1}, {"M", "Medium", 0.6}, {"L", "Low", 0.2}, {"N", "None", 0}, COMMON(0.6)};
static const ScoreValue external_controls[] = {{"N", "None", 1},
                                               {"L", "Limited", 0.9},
                                               {"M", "Moderate", 0.7},
                                               {"I", "Indirect", 0.5},
                                               {"B", "Best available", 0.3},
                                               {"C", "Complete", 0.1},
                                               COMMON(0.6)};
static const ScoreValue prevalences[] = {
    {"W", "Widespread", 1}, {"H", "High", 0.9}, {"C", "Common", 0.8}, {"L", "Limited", 0.7}, COMMON(0.85)};

#define FACTOR(list) true, VALUES_OF(list)

static const ScoreMetric metrics[] = {
    [TI] = {"TI", "Technical impact", GROUP_BASE, FACTOR(impacts)},
    [AP] = {"AP", "Acquired privilege", GROUP_BASE, FACTOR(gained)},
    [AL] = {"AL", "Acquired privilege layer", GROUP_BASE, FACTOR(layers)},
    [IC] = {"IC", "Internal control effectiveness", GROUP_BASE, FACTOR(internal_controls)},
    [FC] = {"FC", "Finding confidence", GROUP_BASE, FACTOR(confidences)},
    [RP] = {"RP", "Required privilege", GROUP_SURFACE, FACTOR(needed)},
    [RL] = {"RL", "Required privilege layer", GROUP_SURFACE, FACTOR(layers)},
    [AV] = {"AV", "Access vector", GROUP_SURFACE, FACTOR(access)},
    [AS] = {"AS", "Authentication strength", GROUP_SURFACE, FACTOR(authentications)},
    [IN] = {"IN", "Level of interaction", GROUP_SURFACE, FACTOR(interactions)},
    [SC] = {"SC", "Deployment scope", GROUP_SURFACE, FACTOR(deployments)},
    [BI] = {"BI", "Business impact", GROUP_ENVIRONMENTAL, FACTOR(impacts)},
    [DI] = {"DI", "Likelihood of discovery", GROUP_ENVIRONMENTAL, FACTOR(discoveries)},
    [EX] = {"EX", "Likelihood of exploit", GROUP_ENVIRONMENTAL, FACTOR(exploits)},
    [EC] = {"EC", "External control effectiveness", GROUP_ENVIRONMENTAL, FACTOR(external_controls)},
    [P] = {"P", "Prevalence", GROUP_ENVIRONMENTAL, FACTOR(prevalences)},
};

/* The document rounds in its examples to one decimal and says nothing more; half a tenth is rounded up, whatever binary fractions do. */
static double one_decimal(double x)
{
    return (double)(long)(x * 10 + 0.5 + 1e-6) / 10;
}

static void score_cwss(const Vector *v, Score *out)
{
    const double *w = v->number;
    double base = w[TI] > 0 ? (10 * w[TI] + 5 * (w[AP] + w[AL]) + 5 * w[FC]) * w[IC] * 4 : 0;
    double surface = (20 * (w[RP] + w[RL] + w[AV]) + 20 * w[SC] + 15 * w[IN] + 5 * w[AS]) / 100;
    double there = w[BI] > 0 ? (10 * w[BI] + 3 * w[DI] + 4 * w[EX] + 3 * w[P]) * w[EC] / 20 : 0;
    out->parts[0] = (ScorePart){"base_finding", "Base finding subscore", base};
    out->parts[1] = (ScorePart){"attack_surface", "Attack surface subscore", surface};
    out->parts[2] = (ScorePart){"environmental", "Environmental subscore", there};
    out->nparts = 3;
    out->overall = one_decimal(base * surface * there);
    out->nomenclature = "CWSS";
}

const Method method_cwss = {SCORE_CWSS, "CWSS 1.0.1", "", 100, METRICS_OF(metrics), false, true, score_cwss};
