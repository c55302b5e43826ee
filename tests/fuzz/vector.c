/* Fuzzes scoring: whatever the bytes, a vector is scored or refused with a reason; what is scored lies on its scale, and its canonical
 * form gives the same score and is its own. */
#include "base/bug.h"
#include "score/score.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_refused(const Score *s)
{
    if (!s->problem[0] || strlen(s->problem) >= SCORE_PROBLEM_BYTES || s->overall != -1)
        BUG("a refused vector has a reason and no score");
}

static void check_scored(Str vector, const Score *s)
{
    StrBuf once = {0}, twice = {0};
    if (s->overall < 0 || s->overall > score_most(s->method) || s->ten < 0 || s->ten > 10)
        BUG("a score lies outside its scale");
    if (!score_canonical(vector, &once) || !score_canonical(strbuf_str(&once), &twice))
        BUG("a well-formed vector has a canonical form");
    if (!str_eq(strbuf_str(&once), strbuf_str(&twice)) || score_vector(strbuf_str(&once)).overall != s->overall)
        BUG("the canonical form says something else");
    strbuf_free(&once);
    strbuf_free(&twice);
}

/* Sets every metric to each of its values: what comes out can be read again. */
static void check_metrics(Str vector)
{
    unsigned n;
    ScoreMethod method = score_method(vector);
    const ScoreMetric *m = score_metrics(method, &n);
    StrBuf out = {0};
    for (unsigned i = 0; i < n; i++) {
        score_metric(vector, str_from(m[i].name));
        for (unsigned k = 0; k < m[i].nvalues; k++) {
            out.n = 0;
            if (score_with(vector, str_from(m[i].name), str_from(m[i].values[k].name), &out) &&
                score_method(strbuf_str(&out)) != method)
                BUG("a metric changed the method");
        }
    }
    strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Str vector = {(const char *)bytes, n};
    Score s = score_vector(vector);
    if (s.method)
        check_scored(vector, &s);
    else
        check_refused(&s);
    check_metrics(vector);
    return 0;
}
