/* DREAD, as threat modelling at Microsoft introduced it: five ratings from 0 to 10, of which the mean is the score. There is no
 * published form of a vector; this one is ours, made like those of CVSS: DREAD/D:8/R:7/E:9/A:6/DI:8. Requires a complete vector. */
#include "score/method.h"

static const ScoreMetric metrics[] = {
    {"D", "Damage", GROUP_BASE, true, 0, NULL},           {"R", "Reproducibility", GROUP_BASE, true, 0, NULL},
    {"E", "Exploitability", GROUP_BASE, true, 0, NULL},   {"A", "Affected users", GROUP_BASE, true, 0, NULL},
    {"DI", "Discoverability", GROUP_BASE, true, 0, NULL},
};

enum { RATINGS = sizeof metrics / sizeof *metrics };
_Static_assert((int)RATINGS <= (int)SCORE_PARTS, "a part for each rating");

static void score_dread(const Vector *v, Score *out)
{
    static const char *const keys[RATINGS] = {"damage", "reproducibility", "exploitability", "affected_users",
                                              "discoverability"};
    int tenths = 0; /* ratings have one decimal at most */
    for (unsigned i = 0; i < RATINGS; i++) {
        out->parts[i] = (ScorePart){keys[i], metrics[i].title, v->number[i]};
        tenths += (int)(v->number[i] * 10 + 0.5);
    }
    out->nparts = RATINGS;
    out->overall = (2 * tenths + RATINGS) / (2 * RATINGS) / 10.0; /* the mean, half a tenth rounded up */
    out->nomenclature = "DREAD";
}

const Method method_dread = {SCORE_DREAD, "DREAD", "DREAD/", 10, METRICS_OF(metrics), false, false, score_dread};
