/* The interface of scoring: finds the method that a vector names, has the vector read and lets the method compute. Keeps nothing. */
#include "score/method.h"

/* ---- names ---- */

const char *score_method_name(ScoreMethod m)
{
    return score_methods[m] ? score_methods[m]->name : "";
}

double score_most(ScoreMethod m)
{
    return score_methods[m] ? score_methods[m]->most : 10;
}

ScoreBand score_band(double ten)
{
    return ten <= 0 ? BAND_NONE : ten < 4 ? BAND_LOW : ten < 7 ? BAND_MEDIUM : ten < 9 ? BAND_HIGH : BAND_CRITICAL;
}

const char *score_band_name(ScoreBand b)
{
    static const char *const names[BAND_COUNT] = {"None", "Low", "Medium", "High", "Critical"};
    return names[b];
}

const char *score_band_key(ScoreBand b)
{
    static const char *const keys[BAND_COUNT] = {"none", "low", "medium", "high", "critical"};
    return keys[b];
}

const char *score_group_name(ScoreGroup g)
{
    static const char *const names[GROUP_COUNT] = {"base",           "threat",        "temporal",
                                                   "attack surface", "environmental", "supplemental"};
    return names[g];
}

double score_part(const Score *s, const char *key)
{
    for (unsigned i = 0; i < s->nparts; i++)
        if (strcmp(s->parts[i].key, key) == 0)
            return s->parts[i].value;
    return -1;
}

void score_put(const Score *s, StrBuf *out)
{
    strbuf_format(out, "%.1f", s->overall);
}

/* ---- metrics ---- */

const ScoreMetric *score_metrics(ScoreMethod m, unsigned *n)
{
    *n = score_methods[m] ? score_methods[m]->nmetrics : 0;
    return score_methods[m] ? score_methods[m]->metrics : NULL;
}

const ScoreMetric *score_metric_by_name(ScoreMethod m, Str name)
{
    int at = score_methods[m] ? vector_metric(score_methods[m], -1, name) : -1;
    return at < 0 ? NULL : &score_methods[m]->metrics[at];
}

const ScoreValue *score_value_by_name(const ScoreMetric *m, Str name)
{
    for (unsigned i = 0; i < m->nvalues; i++)
        if (name_is(name, m->values[i].name))
            return &m->values[i];
    return NULL;
}

/* ---- scoring ---- */

static Score malformed(const Problem *p)
{
    Score s = {.nomenclature = "", .overall = -1, .ten = -1};
    memcpy(s.problem, p->text, sizeof s.problem);
    return s;
}

ScoreMethod score_method(Str vector)
{
    const Method *m = vector_method(vector);
    return m ? m->id : SCORE_NONE;
}

static Score score_by(const Method *m, Str vector, Problem *p)
{
    Vector v;
    if (!vector_read(m, vector, &v, p) || !vector_whole(&v, p))
        return malformed(p);
    Score s = {.method = m->id};
    m->score(&v, &s);
    s.ten = s.overall * 10 / m->most;
    s.band = score_band(s.ten);
    return s;
}

Score score_vector(Str vector)
{
    Problem p = {{0}};
    const Method *m = vector_method(vector);
    if (m)
        return score_by(m, vector, &p);
    vector_no_method(vector, "`CVSS:4.0/`, `CVSS:3.1/`, `CVSS:3.0/`, `DREAD/` or `(TI:` for CWSS", &p);
    return malformed(&p);
}

Score score_cvss(Str vector)
{
    Problem p = {{0}};
    const Method *m = vector_method(vector);
    if (m && m->id <= SCORE_CVSS40)
        return score_by(m, vector, &p);
    vector_no_method(vector, "`CVSS:4.0/`, `CVSS:3.1/` or `CVSS:3.0/`", &p);
    return malformed(&p);
}

/* Whether the metric is named at all. Most questions end here. */
static bool mentions(Str vector, Str metric)
{
    for (size_t i = 0; i + metric.n < vector.n; i++)
        if (vector.s[i + metric.n] == ':' && (i == 0 || vector.s[i - 1] == '/' || vector.s[i - 1] == '(') &&
            memcmp(vector.s + i, metric.s, metric.n) == 0)
            return true;
    return false;
}

Str score_metric(Str vector, Str metric)
{
    if (!metric.n || !mentions(vector, metric))
        return (Str){0};
    const Method *m = vector_method(vector);
    Vector v;
    Problem p = {{0}};
    int at = m ? vector_metric(m, -1, metric) : -1;
    return at >= 0 && vector_read(m, vector, &v, &p) && v.at[at] >= 0 ? v.text[at] : (Str){0};
}

bool score_canonical(Str vector, StrBuf *out)
{
    const Method *m = vector_method(vector);
    Vector v;
    Problem p = {{0}};
    if (!m || !vector_read(m, vector, &v, &p) || !vector_whole(&v, &p))
        return false;
    vector_put(&v, out);
    return true;
}

bool score_with_all(Str vector, const ScoreSetting *set, unsigned n, StrBuf *out)
{
    const Method *m = vector_method(vector);
    Vector v;
    Problem p = {{0}};
    if (!m || !vector_read(m, vector, &v, &p))
        return false;
    for (unsigned i = 0; i < n; i++) {
        int at = vector_metric(m, -1, set[i].metric);
        if (at < 0)
            return false;
        v.at[at] = -1;
        if (set[i].value.n ? !vector_value(&v, (unsigned)at, set[i].value, &p) : m->metrics[at].required)
            return false;
    }
    vector_put(&v, out);
    return true;
}

bool score_with(Str vector, Str metric, Str value, StrBuf *out)
{
    return score_with_all(vector, &(ScoreSetting){metric, value}, 1, out);
}
