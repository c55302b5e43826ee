#ifndef CORDON_SCORE_METHOD_H
#define CORDON_SCORE_METHOD_H
/* What a method of scoring brings to the interface of score.h: its metrics and its equations. Reading vectors is the same for all.
 * Ownership: a Vector borrows from the text it was read from. */
#include "score/score.h"

/* A vector as read: for each metric of its method which value it gives. */
typedef struct Vector {
    const struct Method *method;
    int at[SCORE_METRICS];        /* index of the value, -1 if none is given */
    double number[SCORE_METRICS]; /* what to compute with: the value's weight, or the number given */
    Str text[SCORE_METRICS];      /* as it is written */
} Vector;

typedef struct Method {
    ScoreMethod id;
    const char *name, *prefix; /* "CVSS 3.1", "CVSS:3.1/"; "" for CWSS, whose vectors stand in brackets */
    double most;               /* the highest overall score */
    const ScoreMetric *metrics;
    unsigned nmetrics;
    bool ordered;  /* the order of the metrics is prescribed */
    bool weighted; /* a value may be followed by a comma and its weight, "Q" must be: CWSS */
    /* Fills what follows from a vector that gives every required metric. */
    void (*score)(const Vector *v, Score *out);
} Method;

extern const Method method_cvss30, method_cvss31, method_cvss40, method_dread, method_cwss;
/* By ScoreMethod; NULL for SCORE_NONE. */
extern const Method *const score_methods[SCORE_METHODS];

/* Whether a metric is given and says something else than "not defined". */
bool vector_gives(const Vector *v, unsigned metric);
/* Whether it gives any metric of the group. */
bool vector_gives_group(const Vector *v, ScoreGroup g);

/* ---- reading (vector.c) ---- */

/* Why a vector is malformed: empty, or the first thing that was found. */
typedef struct Problem {
    char text[SCORE_PROBLEM_BYTES];
} Problem;

/* The method that the beginning of a text names, or NULL. */
const Method *vector_method(Str text);
/* Says that a text names no method, or none of those that may stand there; `allowed` lists these. */
void vector_no_method(Str text, const char *allowed, Problem *p);
/* The place of a metric, or -1; the one behind `last` is looked at first. */
int vector_metric(const Method *m, int last, Str name);
/* Reads as many metrics as are given. False and a problem if what is given is wrong. */
bool vector_read(const Method *m, Str text, Vector *v, Problem *p);
/* Gives a metric a value. */
bool vector_value(Vector *v, unsigned metric, Str value, Problem *p);
/* Whether every required metric is given. */
bool vector_whole(const Vector *v, Problem *p);
/* Appends the vector in canonical form. */
void vector_put(const Vector *v, StrBuf *out);

/* The values of a metric as a ScoreMetric holds them. Lists of metrics that may be left out begin with "not defined". */
#define REQUIRED(list) true, sizeof(list) / sizeof *(list)-1, (list) + 1
#define OPTIONAL(list) false, VALUES_OF(list)
#define METRICS_OF(table) (table), sizeof(table) / sizeof *(table)
#define VALUES_OF(list) sizeof(list) / sizeof *(list), (list)

/* Names are short and compared very often: without measuring the one in the table first. */
static inline bool name_is(Str name, const char *z)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.s[i] != z[i] || !z[i])
            return false;
    return !z[name.n];
}

#endif
