#ifndef CORDON_SCORE_SCORE_H
#define CORDON_SCORE_SCORE_H
/* How bad something is, by a published method: CVSS 3.0, 3.1 and 4.0, DREAD and CWSS 1.0.1 behind one interface. A vector says what
 * was judged; all that can be known follows from it alone. Ownership: a Score is a plain value; its texts but `problem` are static,
 * and nothing points into the vector. */
#include "base/str.h"

typedef enum ScoreMethod {
    SCORE_NONE,   /* no vector, or a malformed one */
    SCORE_CVSS30, /* older vulnerabilities and the rubric for medical devices are written in it */
    SCORE_CVSS31,
    SCORE_CVSS40,
    SCORE_DREAD,
    SCORE_CWSS,
    SCORE_METHODS
} ScoreMethod;

/* The bands of severity of CVSS 3.1 section 5 and CVSS 4.0 section 6: 0; to 3.9; to 6.9; to 8.9; above. */
typedef enum ScoreBand { BAND_NONE, BAND_LOW, BAND_MEDIUM, BAND_HIGH, BAND_CRITICAL, BAND_COUNT } ScoreBand;

enum {
    SCORE_PARTS = 5,           /* at most */
    SCORE_METRICS = 32,        /* at most */
    SCORE_VECTOR_BYTES = 1000, /* a longer text is no vector */
    SCORE_PROBLEM_BYTES = 240,
};

/* One score among those that a method knows. CVSS 3: base, temporal, environmental, exploitability, impact. CVSS 4.0: base,
 * threat, environmental, combined (the four scores that its nomenclature names). DREAD: its five ratings. CWSS: base_finding (0 to
 * 100), attack_surface and environmental (0 to 1). */
typedef struct ScorePart {
    const char *key, *title; /* "temporal", "Temporal score" */
    double value;            /* -1: no metric of it was given, so it does not apply */
} ScorePart;

typedef struct Score {
    ScoreMethod method;
    ScoreBand band; /* of `ten` */
    const char
        *nomenclature; /* what the overall score takes in: "base", "temporal", "environmental"; "CVSS-B", "CVSS-BT",
                               * "CVSS-BE", "CVSS-BTE"; "DREAD"; "CWSS". "" if malformed */
    double overall;    /* 0 to 10, for CWSS 0 to 100; -1 if malformed */
    double ten;        /* the same from 0 to 10 for every method; -1 if malformed */
    unsigned nparts;
    ScorePart parts[SCORE_PARTS]; /* in a fixed order for each method */
    char macro[7];                /* CVSS 4.0: the macro vector, "000200"; else "" */
    char problem
        [SCORE_PROBLEM_BYTES]; /* why the vector is malformed, naming the offending part and what is allowed; else "" */
} Score;

/* Scores a vector of any method. Blanks around it are not taken away. */
Score score_vector(Str vector);
/* The same for places that take CVSS alone: a vector of another method is a problem there. */
Score score_cvss(Str vector);

/* The method that the beginning of a vector names, well formed or not. */
ScoreMethod score_method(Str vector);
/* "CVSS 3.1"; "" for SCORE_NONE. */
const char *score_method_name(ScoreMethod m);
/* The highest overall score: 10, or 100 for CWSS. */
double score_most(ScoreMethod m);
/* The value of a part by its key; -1 if it does not apply. */
double score_part(const Score *s, const char *key);
/* Appends the overall score as people write it: one decimal. */
void score_put(const Score *s, StrBuf *out);
ScoreBand score_band(double ten);
/* "None", "Low", "Medium", "High", "Critical". */
const char *score_band_name(ScoreBand b);
/* The same in lower case, as the constants of the scale of severity in the language are named. */
const char *score_band_key(ScoreBand b);

/* ---- metrics ---- */

typedef enum ScoreGroup {
    GROUP_BASE,
    GROUP_THREAT,        /* CVSS 4.0 */
    GROUP_TEMPORAL,      /* CVSS 3 */
    GROUP_SURFACE,       /* CWSS: attack surface */
    GROUP_ENVIRONMENTAL, /* requirements and modified base metrics; CWSS: environmental */
    GROUP_SUPPLEMENTAL,  /* CVSS 4.0: shown, do not score */
    GROUP_COUNT
} ScoreGroup;

typedef struct ScoreValue {
    const char *name, *title; /* "A", "Adjacent" */
    double weight; /* what the method computes with: a factor, for CVSS 4.0 steps below the most severe value */
} ScoreValue;

typedef struct ScoreMetric {
    const char *name, *title; /* "AV", "Attack vector" */
    ScoreGroup group;
    bool required;            /* a vector without it is malformed */
    unsigned nvalues;         /* 0: a number from 0 to 10 (DREAD) */
    const ScoreValue *values; /* "X" (not defined), where there is one, comes first */
} ScoreMetric;

/* "base", "threat", ... */
const char *score_group_name(ScoreGroup g);
/* The metrics of a method in canonical order; NULL and 0 for SCORE_NONE. */
const ScoreMetric *score_metrics(ScoreMethod m, unsigned *n);
const ScoreMetric *score_metric_by_name(ScoreMethod m, Str name);
/* The value of that name; NULL if the metric does not have it. */
const ScoreValue *score_value_by_name(const ScoreMetric *m, Str name);
/* The value that a vector gives a metric ("A" for "AV"); empty if it gives none, or is malformed. Borrows from the vector. */
Str score_metric(Str vector, Str metric);
/* Appends a well-formed vector in canonical order and without what is not defined; false, and nothing, for another one. */
bool score_canonical(Str vector, StrBuf *out);
/* Appends the vector with one metric set anew, in canonical order and without what is not defined. "X" or nothing takes an optional
 * metric away. The vector may lack metrics (a bare "CVSS:4.0" will do), so that one can be put together step by step. False, and
 * nothing appended, if the vector is malformed otherwise or has no such metric or value. */
bool score_with(Str vector, Str metric, Str value, StrBuf *out);
/* The same for several metrics at once. */
typedef struct ScoreSetting {
    Str metric, value;
} ScoreSetting;
bool score_with_all(Str vector, const ScoreSetting *set, unsigned n, StrBuf *out);

#endif
