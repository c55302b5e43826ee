/* cordon cvss: scores vectors from the command line or, a line each, from standard input. A vector makes one line whose last column is
 * the overall score, so that scripts can read it; JSON tells all. One that is malformed is reported with its place, and the others are
 * scored all the same. */
#include "emit/escape.h"
#include "emit/parts.h"
#include "score/score.h"
#include "tools/tools.h"

#include <errno.h>
#include <unistd.h>

typedef struct Scoring {
    const Options *o;
    Out out;
    Json j;
    StrBuf text; /* of one value */
    unsigned
        width; /* of the first column on a terminal, where vectors are known beforehand; 0: columns are parted by tabs */
    uint64_t number; /* of the argument or the line */
    bool input;      /* it is a line of standard input */
    bool malformed;  /* any of them */
} Scoring;

/* ---- a line for each vector ---- */

static void column(Scoring *w, const char *name, const char *value)
{
    out_format(&w->out, "%s%s%s%s", w->width ? "  " : "\t", name, *name ? "=" : "", value);
}

/* CWSS has factors from 0 to 1 among its parts, where one decimal would say little. */
static const char *part_text(const Score *s, const ScorePart *p, char text[16])
{
    bool factor = s->method == SCORE_CWSS && strcmp(p->key, "base_finding") != 0;
    snprintf(text, 16, factor ? "%.3f" : "%.1f", p->value);
    return p->value < 0 ? "-" : text;
}

/* "CVSS-3.1": columns hold no blanks. */
static void put_method(Scoring *w, ScoreMethod m)
{
    char name[24];
    snprintf(name, sizeof name, "%s", score_method_name(m));
    for (char *c = name; *c; c++)
        *c = *c == ' ' ? '-' : *c;
    column(w, "", name);
}

static void put_line(Scoring *w, Str vector, const Score *s)
{
    char text[16];
    out_str(&w->out, vector);
    for (size_t n = vector.n; n < w->width; n++)
        out_char(&w->out, ' ');
    put_method(w, s->method);
    column(w, "", s->nomenclature);
    if (s->macro[0])
        column(w, "macro", s->macro);
    for (unsigned i = 0; i < s->nparts; i++)
        column(w, s->parts[i].key, part_text(s, &s->parts[i], text));
    column(w, "", score_band_name(s->band));
    w->text.n = 0;
    score_put(s, &w->text);
    column(w, "", w->text.s);
    out_char(&w->out, '\n');
}

/* ---- JSON ---- */

/* What stands on a line may be no text at all; JSON must be. */
static void put_visible(Scoring *w, const char *key, Str text)
{
    uint32_t c;
    char shown[16];
    w->text.n = 0;
    strbuf_reserve(&w->text, text.n);
    for (size_t i = 0, n; i < text.n; i += n) {
        n = escape_next(text, i, &c);
        escape_show(c, shown);
        strbuf_add(&w->text, escape_hidden(c) || c >= ESCAPE_BAD ? str_from(shown) : str_slice(text, i, i + n));
    }
    json_str(&w->j, key, strbuf_str(&w->text));
}

static void put_metric(Scoring *w, const ScoreMetric *m, Str value)
{
    const ScoreValue *v = score_value_by_name(m, value);
    Json *j = &w->j;
    json_begin_object(j, NULL);
    json_z(j, "name", m->name);
    json_z(j, "title", m->title);
    json_z(j, "group", score_group_name(m->group));
    json_str(j, "value", value);
    json_str(j, "value_title", v ? str_from(v->title) : value);
    json_bool(j, "scores", m->group != GROUP_SUPPLEMENTAL);
    json_end(j, '}');
}

static void put_metrics(Scoring *w, Str vector, const Score *s)
{
    unsigned n;
    const ScoreMetric *metrics = score_metrics(s->method, &n);
    json_begin_array(&w->j, "metrics");
    for (unsigned i = 0; i < n; i++) {
        Str value = score_metric(vector, str_from(metrics[i].name));
        if (value.n && !str_eq(value, STR("X")))
            put_metric(w, &metrics[i], value);
    }
    json_end(&w->j, ']');
}

/* Without the noise of binary fractions. */
static double millionths(double x)
{
    return (double)(long)(x * 1e6 + 0.5) / 1e6;
}

static void put_parts(Scoring *w, const Score *s)
{
    json_begin_array(&w->j, "scores");
    for (unsigned i = 0; i < s->nparts; i++) {
        json_begin_object(&w->j, NULL);
        json_z(&w->j, "name", s->parts[i].key);
        json_z(&w->j, "title", s->parts[i].title);
        if (s->parts[i].value < 0)
            json_put_null(&w->j, "value");
        else
            json_number(&w->j, "value", millionths(s->parts[i].value));
        json_end(&w->j, '}');
    }
    json_end(&w->j, ']');
}

static void put_object(Scoring *w, Str vector, const Score *s)
{
    Json *j = &w->j;
    json_begin_object(j, NULL);
    json_u64(j, w->input ? "line" : "argument", w->number);
    put_visible(w, "vector", vector);
    if (!s->method) {
        put_visible(w, "problem", str_from(s->problem));
        json_end(j, '}');
        return;
    }
    w->text.n = 0;
    score_canonical(vector, &w->text);
    json_str(j, "canonical", strbuf_str(&w->text));
    json_z(j, "method", score_method_name(s->method));
    json_z(j, "nomenclature", s->nomenclature);
    json_number(j, "score", s->overall);
    json_number(j, "out_of", score_most(s->method));
    json_number(j, "score_of_ten", millionths(s->ten));
    json_z(j, "severity", score_band_name(s->band));
    if (s->macro[0])
        json_z(j, "macro_vector", s->macro);
    put_parts(w, s);
    put_metrics(w, vector, s);
    json_end(j, '}');
}

/* ---- reading ---- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Takes away blanks, and brackets around vectors that have none by themselves, as texts like to write them. */
static Str trim(Str s)
{
    while (s.n && blank(s.s[0]))
        s = str_slice(s, 1, s.n);
    while (s.n && blank(s.s[s.n - 1]))
        s.n--;
    bool bracketed = str_starts(s, STR("(CVSS")) || str_starts(s, STR("(DREAD"));
    return bracketed && str_ends(s, STR(")")) ? str_slice(s, 1, s.n - 1) : s;
}

static void one_vector(Scoring *w, Str vector)
{
    Score s = score_vector(vector);
    w->malformed |= !s.method;
    if (w->o->format == FORMAT_JSON)
        put_object(w, vector, &s);
    else if (!s.method)
        say("%s %llu: %s", w->input ? "line" : "argument", (unsigned long long)w->number, s.problem);
    else if (!w->o->given[OPTION_QUIET])
        put_line(w, vector, &s);
}

/* Reads one line, of which no more is kept than a vector can have and one byte, so that a longer one is seen to be too long. */
static bool read_line(char *line, size_t room, size_t *n)
{
    int c = getchar();
    *n = 0;
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getchar())
        if (*n < room)
            line[(*n)++] = (char)c;
    return true;
}

static bool read_input(Scoring *w)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* some editors begin files with it */
    char line[2 * SCORE_VECTOR_BYTES];
    size_t n;
    w->input = true;
    for (w->number = 1; read_line(line, sizeof line, &n); w->number++) {
        Str text = {line, n};
        if (w->number == 1 && str_starts(text, (Str){mark, 3}))
            text = str_slice(text, 3, n);
        text = trim(text);
        if (text.n && text.s[0] != '#')
            one_vector(w, text);
    }
    w->input = false;
    if (!ferror(stdin))
        return true;
    say("cannot read standard input: %s", strerror(errno));
    return false;
}

static bool read_words(Scoring *w)
{
    bool ok = true;
    for (uint32_t i = 0; i < w->o->words.n && ok; i++) {
        const char *word = w->o->words.at[i];
        w->number = i + 1;
        if (strcmp(word, "-") == 0)
            ok = read_input(w);
        else
            one_vector(w, trim(str_from(word)));
    }
    return ok;
}

/* On a terminal the columns of a few vectors stand below each other. */
static unsigned first_width(const Options *o)
{
    size_t width = 0;
    if (o->format != FORMAT_HUMAN || !isatty(STDOUT_FILENO))
        return 0;
    for (uint32_t i = 0; i < o->words.n; i++)
        width = strlen(o->words.at[i]) > width ? strlen(o->words.at[i]) : width;
    return (unsigned)(width < SCORE_VECTOR_BYTES ? width : SCORE_VECTOR_BYTES);
}

int cmd_cvss(const Options *o)
{
    if (!o->words.n)
        return usage_error(o, "`cordon cvss` needs a vector; `-` reads them from standard input, one a line");
    Scoring w = {.o = o, .width = first_width(o)};
    out_fd(&w.out, STDOUT_FILENO);
    if (o->format == FORMAT_JSON) {
        json_start(&w.j, &w.out, true);
        json_begin_object(&w.j, NULL);
        json_z(&w.j, "schema", "urn:cordon:schema:cvss:1");
        json_tool(&w.j);
        json_begin_array(&w.j, "vectors");
    }
    bool read = read_words(&w);
    if (o->format == FORMAT_JSON) {
        json_end(&w.j, ']');
        json_end(&w.j, '}');
    }
    strbuf_free(&w.text);
    return finish(&w.out, !read ? EXIT_USAGE : w.malformed ? EXIT_INVALID : EXIT_CLEAN);
}
