/* The estimates that people make: read, matched to threats, checked. Requires an assessment whose threats and risk policies are known;
 * leaves those that count set on their threats, and a report of everything that is wrong with the others. Costs nothing where
 * nobody made one. */
#include "risk/about.h"
#include "risk/assess.h"
#include "risk/effects.h"

typedef struct Own {
    Program *p;
    Assessment *a;
    Arena arena;
    Abouts abouts;
    Map counts; /* ObjId of an estimate -> 1 */
    Weakest weakest;
    Closing closing;
} Own;

enum { MOST_SUGGESTIONS = 20 };

/* ---- one estimate alone ---- */

static bool says_text(const Program *p, ObjId by, const char *prop)
{
    Str s = value_text_of(&p->model, estimate_says(p, by, prop, NULL));
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] > ' ' || s.s[i] < 0)
            return true;
    return false;
}

/* Whether what stands before a `/` can be the beginning of a vector. */
static bool begins_vector(Str text)
{
    unsigned n = 0;
    const ScoreMetric *metrics = score_metrics(score_method(text), &n);
    StrBuf b = {0};
    Str value = n && metrics[0].nvalues ? str_from(metrics[0].values[0].name) : STR("5");
    bool good = n && score_with(text, str_from(metrics[0].name), value, &b);
    strbuf_free(&b);
    return good;
}

/* The first part that makes a vector malformed; the whole where it is only too short, or written in another way than it means. */
static Span offending(const Program *p, Str vector, Span whole)
{
    Str source = source_text(p->sources, whole);
    ScoreMethod m = score_method(vector);
    if (!str_eq(source, vector) || m == SCORE_NONE || m == SCORE_CWSS || begins_vector(vector))
        return whole;
    size_t from = 0, to = 0;
    for (to = 0; to <= vector.n; to++) {
        if (to < vector.n && vector.s[to] != '/')
            continue;
        if (from && !begins_vector(str_slice(vector, 0, to)))
            return (Span){whole.lo + (uint32_t)from, whole.lo + (uint32_t)to, whole.file};
        from = to + 1;
    }
    return whole;
}

static void check_vector(Own *w, ObjId by, const char *prop)
{
    Program *p = w->p;
    Span at;
    Value v = estimate_says(p, by, prop, &at);
    Str vector = v.tag == V_TEXT ? value_text_of(&p->model, v) : (Str){0};
    Score score = vector.n ? score_vector(vector) : (Score){.method = SCORE_CVSS31};
    if (!score.method)
        diag_add(p->diags, D_ESTIMATE_VECTOR, offending(p, vector, at),
                 str_z(&p->diags->arena, str_from(score.problem)));
}

/* Says that a vector gives no row under the policy in force. */
static void check_measure(Own *w, ObjId by)
{
    Program *p = w->p;
    const RiskPolicy *policy = w->a->policies.at;
    Span at;
    Value v = estimate_says(p, by, "vector", &at);
    Score score = v.tag == V_TEXT ? score_vector(value_text_of(&p->model, v)) : (Score){0};
    if (!score.method || !policy || !policy->measure)
        return;
    Arena *text = &p->diags->arena;
    Str name = sym_str(p->names, p->consts.at[policy->measure].name);
    bool cvss = score.method >= SCORE_CVSS30 && score.method <= SCORE_CVSS40;
    bool known = str_eq(name, STR("overall")) || (cvss && str_eq(name, STR("exploitability"))) ||
                 (cvss && score.method != SCORE_CVSS40);
    const Object *o = obj_bound(p, by);
    for (uint32_t i = 0; i < o->nprops && !known; i++) {
        Value row = said_value(&p->model.props.at[o->props + i]);
        known = (row.tag & VALUE_TAG) == V_CONST && p->consts.at[row.a].of == policy->rows;
    }
    if (!known)
        diag_add(p->diags, D_ESTIMATE_MEASURE, at, score_method_name(score.method), str_z(text, name),
                 str_z(text, obj_name(p, policy->obj)));
}

/* Reports what is missing or wrong. Whether the estimate counts. */
static bool check_own(Own *w, ObjId by, Span at)
{
    Program *p = w->p;
    uint32_t errors = p->diags->errors;
    if (!says_text(p, by, "rationale")) {
        Diag *d = diag_add(p->diags, D_ESTIMATE_NO_RATIONALE, at);
        diag_help(p->diags, d, "say why with `rationale: \"...\"`");
    }
    check_vector(w, by, "vector");
    check_vector(w, by, "after");
    check_measure(w, by);
    Span place;
    Value decided = estimate_says(p, by, "decided", &place);
    bool early = decided.tag == V_DATE && (int32_t)decided.a > w->a->today;
    if (early) {
        StrBuf b = {0};
        date_print((int32_t)decided.a, &b);
        diag_add(p->diags, D_ESTIMATE_FUTURE, place, str_z(&w->arena, strbuf_str(&b)));
        strbuf_free(&b);
    }
    return p->diags->errors == errors && !early;
}

static void read_estimate(Own *w, const Stanza *s)
{
    const Tree *t = &w->p->modules.at[s->module].tree;
    NodeId rule = node_find(t, s->node, N_QNAME);
    if (!rule)
        return; /* the syntax error is reported */
    if (check_own(w, s->obj, node_name_span(t, w->p->sources, w->p->names, s->node)))
        map_put(&w->counts, s->obj, 1);
    abouts_read(&w->abouts, s, rule);
}

/* A risk may carry an estimate for all that it gathers. */
static void check_risks(Own *w)
{
    const Program *p = w->p;
    ObjList risks = objs_of_role(p, ROLE_RISK, &w->arena);
    for (uint32_t i = 0; i < risks.n; i++) {
        ObjId o = risks.at[i];
        bool estimates = says_text(p, o, "vector") || says_text(p, o, "after") ||
                         (estimate_says(p, o, "severity_of_harm", NULL).tag & VALUE_TAG) == V_CONST;
        if (estimates)
            check_own(w, o, model_decl(&p->model, o)->span);
    }
}

/* ---- against the threats ---- */

static void match(Own *w)
{
    for (uint32_t i = 0; i < w->a->threats.n; i++) {
        Threat *t = &w->a->threats.at[i];
        const About *about = abouts_find(&w->abouts, t);
        if (about && map_get(&w->counts, about->by))
            t->estimate = about->by;
    }
}

static void report_doubles(Own *w)
{
    Program *p = w->p;
    for (uint32_t i = 1; i < w->abouts.all.n; i++) {
        const About *b = &w->abouts.all.at[i];
        if (!b->doubled)
            continue;
        Diag *d = diag_add(p->diags, D_ESTIMATE_TWICE, b->at, str_z(&w->arena, b->rule), str_z(&w->arena, b->subject));
        diag_label(p->diags, d, b[-1].at, "estimated here already");
    }
}

static void report_orphans(Own *w)
{
    uint32_t suggested = 0;
    for (uint32_t i = 0; i < w->abouts.all.n; i++) {
        const About *b = &w->abouts.all.at[i];
        if (b->found || b->doubled || b->what == ABOUT_NOTHING)
            continue;
        Diag *d =
            diag_add(w->p->diags, D_ESTIMATE_ORPHAN, b->at, str_z(&w->arena, b->rule), str_z(&w->arena, b->subject));
        if (suggested++ < MOST_SUGGESTIONS) /* each looks at every threat */
            about_suggest(&w->abouts, b, d);
    }
}

/* ---- what `after` rests on ---- */

/* The controls that an estimate names, else those that close the threat. */
static void controls_of(Own *w, const Threat *t, ObjVec *out)
{
    const Program *p = w->p;
    Value v = obj_known(p, t->estimate, KNOWN_CONTROLS);
    uint32_t before = out->n;
    refs_add(p, v, out);
    if (out->n > before)
        return;
    threat_closing(w->a, t, &w->weakest, &w->closing);
    for (uint32_t i = 0; i < w->closing.closers.n; i++)
        if (w->closing.closers.at[i].by && obj_is(p, w->closing.closers.at[i].by, ROLE_CONTROL))
            vec_push(out, w->closing.closers.at[i].by);
    objs_tidy(p, out);
}

static const char *level_words(CapLevel l)
{
    switch (l) {
    case CAP_NO: return "retired";
    case CAP_PLANNED: return "only planned, or its test failed";
    case CAP_UNKNOWN: return "of unknown status";
    case CAP_IMPLEMENTED: return "implemented, but not verified";
    case CAP_VERIFIED: return "verified";
    }
    return "";
}

/* Evidence that came after the estimate: it was made without knowing what the test showed. */
static void check_evidence(Own *w, ObjId by, ObjId control)
{
    Program *p = w->p;
    Span at;
    Value decided = estimate_says(p, by, "decided", &at);
    Range evidence = control_evidence(&p->model, control);
    for (uint32_t i = 0; i < evidence.n && decided.tag == V_DATE; i++) {
        ObjId o = p->model.evidence.at[evidence.first + i];
        Span tested;
        Value date = estimate_says(p, o, "date", &tested);
        if (date.tag != V_DATE || (int32_t)date.a <= (int32_t)decided.a)
            continue;
        StrBuf b = {0};
        date_print((int32_t)date.a, &b);
        Diag *d = diag_add(p->diags, D_ESTIMATE_TOO_EARLY, at, str_z(&w->arena, obj_name(p, control)),
                           str_z(&w->arena, strbuf_str(&b)));
        diag_label(p->diags, d, tested, "the test");
        strbuf_free(&b);
        return;
    }
}

static void check_after(Own *w, const Threat *t)
{
    Program *p = w->p;
    Span at;
    ObjVec controls = {0};
    if (estimate_says(p, t->estimate, "after", &at).tag != V_TEXT)
        return;
    controls_of(w, t, &controls);
    bool design = !controls.n && w->closing.level == CAP_VERIFIED;
    if (!controls.n && !design)
        diag_add(p->diags, D_ESTIMATE_UNPROVEN, at, "nothing closes the threat, and no `controls` are named");
    for (uint32_t i = 0; i < controls.n; i++) {
        CapLevel level = control_level(p, controls.at[i]);
        if (level == CAP_VERIFIED) {
            check_evidence(w, t->estimate, controls.at[i]);
            continue;
        }
        Str why = str_format(&w->arena, "`%.*s` is %s", STR_FMT(obj_name(p, controls.at[i])), level_words(level));
        Diag *d = diag_add(p->diags, D_ESTIMATE_UNPROVEN, at, str_z(&w->arena, why));
        diag_label(p->diags, d, model_decl(&p->model, controls.at[i])->span, "the control");
        break;
    }
    vec_free(&controls);
}

void estimates_apply(Program *p, Assessment *a)
{
    Own w = {.p = p, .a = a};
    w.abouts = (Abouts){.p = p, .a = a, .arena = &w.arena};
    effects_check(p, p->library_end);
    check_risks(&w);
    for (uint32_t i = 0; i < p->estimates.n; i++)
        read_estimate(&w, &p->estimates.at[i]);
    if (w.abouts.all.n) {
        abouts_sort(&w.abouts);
        report_doubles(&w);
        match(&w);
        report_orphans(&w);
    }
    for (uint32_t i = 0; i < a->threats.n && w.abouts.all.n; i++)
        if (a->threats.at[i].estimate)
            check_after(&w, &a->threats.at[i]);
    abouts_free(&w.abouts);
    map_free(&w.counts);
    weakest_free(&w.weakest);
    closing_free(&w.closing);
    arena_free(&w.arena);
}
