/* Reading vectors by the metrics of their method. What is wrong is said with the part that offends and with what would be allowed
 * there. Leaves behind a Vector that borrows from the text. */
#include "score/method.h"

const Method *const score_methods[SCORE_METHODS] = {
    [SCORE_CVSS30] = &method_cvss30, [SCORE_CVSS31] = &method_cvss31, [SCORE_CVSS40] = &method_cvss40,
    [SCORE_DREAD] = &method_dread,   [SCORE_CWSS] = &method_cwss,
};

bool vector_gives(const Vector *v, unsigned metric)
{
    return v->at[metric] >= 0 && !str_eq(v->text[metric], STR("X"));
}

bool vector_gives_group(const Vector *v, ScoreGroup g)
{
    for (unsigned i = 0; i < v->method->nmetrics; i++)
        if (v->method->metrics[i].group == g && vector_gives(v, i))
            return true;
    return false;
}

/* ---- problems ---- */

static void add(Problem *p, Str s)
{
    size_t have = strlen(p->text), room = sizeof p->text - 1 - have, n = s.n < room ? s.n : room;
    memcpy(p->text + have, s.s, n);
    p->text[have + n] = 0;
}

static void addz(Problem *p, const char *z)
{
    add(p, str_from(z));
}

/* Quotes a part of the vector, so much of it as helps; characters are not cut in two. */
static void add_part(Problem *p, Str part)
{
    enum { SHOWN = 40 };
    size_t n = part.n;
    if (n > SHOWN)
        for (n = SHOWN; n && ((unsigned char)part.s[n] & 0xC0) == 0x80;)
            n--;
    addz(p, "`");
    for (size_t i = 0; i < n; i++)
        add(p, part.s[i] ? (Str){part.s + i, 1} : STR("\\0"));
    addz(p, n < part.n ? "...`" : "`");
}

/* "N, A, L or P", without "not defined". */
static void add_values(Problem *p, const ScoreMetric *m)
{
    for (unsigned i = 0; i < m->nvalues; i++) {
        addz(p, i == 0 ? "" : i + 1 < m->nvalues ? ", " : " or ");
        addz(p, m->values[i].name);
    }
}

void vector_no_method(Str text, const char *allowed, Problem *p)
{
    size_t end = 0;
    while (end < text.n && text.s[end] != '/')
        end++;
    if (!text.n)
        addz(p, "it is empty");
    else {
        add_part(p, str_slice(text, 0, end));
        addz(p, " is not how a vector begins");
    }
    addz(p, "; a vector begins with ");
    addz(p, allowed);
}

static bool no_such_metric(const Method *m, Str name, Problem *p)
{
    addz(p, m->name);
    addz(p, " has no metric ");
    add_part(p, name);
    addz(p, "; it has ");
    for (unsigned i = 0; i < m->nmetrics; i++) {
        addz(p, i ? ", " : "");
        addz(p, m->metrics[i].name);
    }
    return false;
}

/* ---- reading ---- */

/* CWSS has no prefix. What begins with its first factor is of it, and so is what stands in brackets and begins with another factor and
 * its weight. A bare pair of brackets gives nothing yet. */
static bool names_cwss(const Method *m, Str text)
{
    bool open = str_starts(text, STR("("));
    size_t end = open;
    while (end < text.n && text.s[end] != '/' && text.s[end] != ')')
        end++;
    Str part = str_slice(text, open, end);
    const char *colon = part.n ? memchr(part.s, ':', part.n) : NULL;
    if (!colon)
        return str_eq(text, STR("()"));
    int first = vector_metric(m, -1, str_slice(part, 0, (size_t)(colon - part.s)));
    return first == 0 || (open && first > 0 && memchr(part.s, ',', part.n));
}

static bool names_method(const Method *m, Str text)
{
    if (!*m->prefix)
        return names_cwss(m, text);
    Str prefix = str_from(m->prefix);
    return str_starts(text, prefix) || str_eq(text, str_slice(prefix, 0, prefix.n - 1));
}

const Method *vector_method(Str text)
{
    for (int i = 1; i < SCORE_METHODS; i++)
        if (names_method(score_methods[i], text))
            return score_methods[i];
    return NULL;
}

int vector_metric(const Method *m, int last, Str name)
{
    int n = (int)m->nmetrics;
    for (int i = 0, at = last + 1; i < n; i++, at++) {
        at = at < n ? at : 0;
        if (name_is(name, m->metrics[at].name))
            return at;
    }
    return -1;
}

static bool no_such_value(const ScoreMetric *m, Str value, Problem *p)
{
    addz(p, m->name);
    addz(p, " (");
    addz(p, m->title);
    addz(p, ") cannot be ");
    add_part(p, value);
    addz(p, "; it is ");
    if (m->nvalues)
        add_values(p, m);
    else
        addz(p, "a number from 0 to 10 with at most one decimal");
    return false;
}

/* A number of digits and at most one point; false if it is none or larger than `most`. */
static bool read_number(Str s, size_t decimals, double most, double *out)
{
    char copy[16];
    const char *point = s.n ? memchr(s.s, '.', s.n) : NULL;
    size_t whole = point ? (size_t)(point - s.s) : s.n, behind = point ? s.n - whole - 1 : 0;
    if (!whole || s.n >= sizeof copy || (point && !behind) || behind > decimals)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (i != whole && (s.s[i] < '0' || s.s[i] > '9'))
            return false;
    memcpy(copy, s.s, s.n);
    copy[s.n] = 0;
    *out = strtod(copy, NULL);
    return *out <= most;
}

/* Reads the weight behind a value of CWSS, if there is one: it has to be the one of the table, but for quantified values. */
static bool read_weight(const ScoreMetric *m, const ScoreValue *value, Str weight, double *out, Problem *p)
{
    enum { DECIMALS = 6 };
    double given = 0;
    bool free_choice = value->weight < 0;
    if (!weight.s && !free_choice) {
        *out = value->weight;
        return true;
    }
    bool number = read_number(weight, DECIMALS, 1, &given);
    double off = given - value->weight;
    if (number && (free_choice || (off < 1e-9 && off > -1e-9))) {
        *out = given;
        return true;
    }
    char known[32];
    snprintf(known, sizeof known, " is %g, not ", value->weight);
    addz(p, free_choice ? "" : "the weight of ");
    addz(p, m->name);
    addz(p, ":");
    addz(p, value->name);
    addz(p, free_choice ? " (quantified) needs a weight from 0 to 1 behind a comma" : known);
    if (!free_choice)
        add_part(p, weight);
    return false;
}

bool vector_value(Vector *v, unsigned metric, Str value, Problem *p)
{
    const ScoreMetric *m = &v->method->metrics[metric];
    if (!m->nvalues) {
        if (!read_number(value, 1, 10, &v->number[metric]))
            return no_such_value(m, value, p);
        v->at[metric] = 0;
        v->text[metric] = value;
        return true;
    }
    const char *comma = v->method->weighted && value.n ? memchr(value.s, ',', value.n) : NULL;
    Str name = comma ? str_slice(value, 0, (size_t)(comma - value.s)) : value;
    Str weight = comma ? str_slice(value, name.n + 1, value.n) : (Str){0};
    const ScoreValue *found = score_value_by_name(m, name);
    if (!found)
        return no_such_value(m, name, p);
    v->number[metric] = found->weight;
    if (v->method->weighted && !read_weight(m, found, weight, &v->number[metric], p))
        return false;
    v->at[metric] = (int)(found - m->values);
    v->text[metric] = name;
    return true;
}

/* Reads "AV:N"; `last` is the metric before it and becomes this one. */
static bool read_part(Vector *v, Str part, int *last, Problem *p)
{
    const Method *m = v->method;
    const char *colon = part.n ? memchr(part.s, ':', part.n) : NULL;
    if (!colon) {
        add_part(p, part);
        addz(p, " is not a metric with its value, such as ");
        addz(p, m->metrics[0].name);
        addz(p, m->metrics[0].nvalues ? ":" : ":5");
        addz(p, m->metrics[0].nvalues ? m->metrics[0].values[0].name : "");
        return false;
    }
    size_t name = (size_t)(colon - part.s);
    int found = vector_metric(m, *last, str_slice(part, 0, name));
    if (found < 0)
        return no_such_metric(m, str_slice(part, 0, name), p);
    if (v->at[found] >= 0) {
        addz(p, m->metrics[found].name);
        addz(p, " is given twice");
        return false;
    }
    if (m->ordered && found < *last) {
        addz(p, m->metrics[found].name);
        addz(p, " must stand before ");
        addz(p, m->metrics[*last].name);
        addz(p, ": ");
        addz(p, m->name);
        addz(p, " prescribes the order of the metrics");
        return false;
    }
    *last = found;
    return vector_value(v, (unsigned)found, str_slice(part, name + 1, part.n), p);
}

/* Takes away what stands around the metrics. */
static bool read_frame(const Method *m, Str *text, Problem *p)
{
    size_t prefix = strlen(m->prefix);
    bool open = !prefix && str_starts(*text, STR("(")), close = !prefix && str_ends(*text, STR(")"));
    if (open != close) {
        addz(p, open ? "the bracket at its beginning is not closed" : "it ends with a bracket that was not opened");
        return false;
    }
    *text = text->n > prefix ? str_slice(*text, prefix + open, text->n - close) : (Str){0};
    return true;
}

bool vector_read(const Method *m, Str text, Vector *v, Problem *p)
{
    *v = (Vector){.method = m};
    for (unsigned i = 0; i < m->nmetrics; i++) {
        v->at[i] = -1;
        if (!m->metrics[i].required)
            v->number[i] = m->metrics[i].values[0].weight; /* not defined */
    }
    if (text.n > SCORE_VECTOR_BYTES) {
        addz(p, "it is too long for a vector");
        return false;
    }
    Str rest = text;
    if (!read_frame(m, &rest, p))
        return false;
    int last = -1;
    for (size_t at = 0, end = 0; rest.n && end < rest.n; at = end + 1) {
        for (end = at; end < rest.n && rest.s[end] != '/';)
            end++;
        if (!read_part(v, str_slice(rest, at, end), &last, p))
            return false;
    }
    return true;
}

bool vector_whole(const Vector *v, Problem *p)
{
    const Method *m = v->method;
    unsigned missing = 0;
    for (unsigned i = 0; i < m->nmetrics; i++) {
        if (!m->metrics[i].required || v->at[i] >= 0)
            continue;
        addz(p, missing++ ? ", " : "it lacks ");
        addz(p, m->metrics[i].name);
    }
    if (missing)
        addz(p, ", which every vector gives");
    return !missing;
}

static void put_value(const Vector *v, unsigned metric, StrBuf *out)
{
    strbuf_addz(out, v->method->metrics[metric].name);
    strbuf_char(out, ':');
    strbuf_add(out, v->text[metric]);
    if (v->method->weighted)
        strbuf_format(out, ",%g", v->number[metric]);
}

void vector_put(const Vector *v, StrBuf *out)
{
    bool first = true;
    strbuf_addz(out, *v->method->prefix ? v->method->prefix : "(");
    for (unsigned i = 0; i < v->method->nmetrics; i++) {
        if (!vector_gives(v, i))
            continue;
        strbuf_addz(out, first ? "" : "/");
        put_value(v, i, out);
        first = false;
    }
    if (!*v->method->prefix)
        strbuf_char(out, ')');
    else if (first) /* a prefix alone stands without its slash */
        out->s[--out->n] = 0;
}
