/* Applies what the library declares of vectors: metrics that follow from facts of the model, and metrics that controls lower. Requires
 * a bound program. Leaves the base metrics of a vector as they are, and a reason for each metric set. */
#include "risk/effects.h"

/* ---- metrics ---- */

const ScoreMetric *effect_base(ScoreMethod m, Str modified)
{
    const ScoreMetric *base =
        modified.n > 1 && modified.s[0] == 'M' ? score_metric_by_name(m, str_slice(modified, 1, modified.n)) : NULL;
    return base && base->group == GROUP_BASE ? base : NULL;
}

/* What a vector gives a metric. It is known to be well formed, so its parts are looked through, not read. */
static Str metric_in(Str vector, Str metric)
{
    for (size_t from = 0, to; from < vector.n; from = to + 1) {
        const char *slash = memchr(vector.s + from, '/', vector.n - from);
        to = slash ? (size_t)(slash - vector.s) : vector.n;
        if (to - from > metric.n && vector.s[from + metric.n] == ':' &&
            memcmp(vector.s + from, metric.s, metric.n) == 0)
            return str_slice(vector, from + metric.n + 1, to);
    }
    return (Str){0};
}

/* "MAV" for "AV". */
static Str modified_name(Str base, char name[16])
{
    size_t n = base.n < 14 ? base.n : 14;
    name[0] = 'M';
    memcpy(name + 1, base.s, n);
    return (Str){name, n + 1};
}

Str metric_in_effect(Str vector, Str base)
{
    char name[16];
    Str modified = metric_in(vector, modified_name(base, name));
    return modified.n && modified.s[0] != 'X' ? modified : metric_in(vector, base);
}

/* Whether one value is more severe than another: CVSS 3.1 multiplies by weights, CVSS 4.0 counts steps below the worst. */
static bool worse(ScoreMethod m, const ScoreMetric *metric, Str a, Str b)
{
    const ScoreValue *x = score_value_by_name(metric, a), *y = score_value_by_name(metric, b);
    if (!x || !y)
        return x != NULL;
    return m == SCORE_CVSS40 ? x->weight < y->weight : x->weight > y->weight;
}

const ScoreMetric *effect_metric(ScoreMethod m, const Str *names, uint32_t n, Str value)
{
    for (uint32_t i = 0; i < n; i++) {
        const ScoreMetric *metric = score_metric_by_name(m, names[i]);
        if (metric && (metric->group == GROUP_ENVIRONMENTAL || metric->group == GROUP_SUPPLEMENTAL) &&
            score_value_by_name(metric, value))
            return metric;
    }
    return NULL;
}

/* Gives the metrics of the reasons from one on their values. */
static Str set_metrics(Str vector, Estimate *out, uint32_t first)
{
    ScoreSetting set[SCORE_METRICS];
    unsigned n = 0;
    for (uint32_t i = first; i < out->reasons.n && n < SCORE_METRICS; i++)
        set[n++] = (ScoreSetting){out->reasons.at[i].metric, out->reasons.at[i].to};
    StrBuf b = {0};
    Str after = n && score_with_all(vector, set, n, &b) ? str_copy(&out->arena, strbuf_str(&b)) : vector;
    strbuf_free(&b);
    return after;
}

static bool lists(const Program *p, Value set, Str text)
{
    const Value *member;
    Range r = value_members(&p->model, &set, &member);
    for (uint32_t i = 0; i < r.n; i++)
        if (str_eq(value_text_of(&p->model, member[i]), text))
            return true;
    return false;
}

static bool is_empty(const Program *p, Value set)
{
    const Value *member;
    return value_members(&p->model, &set, &member).n == 0;
}

/* ---- facts ---- */

/* What a fact is. */
typedef struct Finding {
    Tri holds;
    PropId prop;
    Span span;
} Finding;

static bool says(const Program *p, Value v, Value is)
{
    if (v.tag == V_BOOL)
        return lists(p, is, v.a ? STR("true") : STR("false"));
    return (v.tag & VALUE_TAG) == V_CONST && lists(p, is, sym_str(p->names, p->consts.at[v.a].name));
}

/* Whether the property at the end of the way has one of the values. */
static Finding fact_at(const Program *p, const Prefill *f, ObjId o)
{
    Finding fact = {.holds = TRI_UNKNOWN};
    Value v = {V_REF, o};
    for (uint32_t i = 0; i < f->npath; i++) {
        if ((v.tag & VALUE_TAG) != V_REF || !v.a)
            return fact;
        KindId kind = model_obj(&p->model, v.a)->kind;
        PropId prop = kind_prop(p, kind, f->names[i]);
        const PropVal *written = NULL;
        if (!prop)
            return fact;
        ObjId of = v.a;
        v = obj_value(p, of, prop, &written);
        fact.prop = i ? fact.prop : prop;
        if (written && span_none(fact.span)) /* the place in the model, rather than in the library */
            fact.span = value_place(p, of, written);
    }
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n && fact.holds != TRI_TRUE; i++)
        fact.holds = says(p, member[i], f->is) ? TRI_TRUE : TRI_FALSE;
    if ((v.tag & VALUE_TAG) == V_SET && !set.n)
        fact.holds = TRI_FALSE;
    return fact;
}

static Role role_of(EffectFrom from)
{
    static const Role roles[FROM_COUNT] = {ROLE_FLOW, ROLE_PORT, ROLE_ELEMENT, ROLE_NONE, ROLE_NONE};
    return roles[from];
}

/* The i-th thing to look at; 0 behind the last, and for what is of another role. */
static ObjId looked_at(const Scene *s, EffectFrom from, uint32_t i, bool *last)
{
    const Program *p = s->a->program;
    uint32_t n = from == FROM_ASSET ? s->record->assets.n : from == FROM_HARM ? s->record->chain.steps.n : s->nkeys;
    *last = i >= n;
    if (*last)
        return 0;
    if (from == FROM_ASSET)
        return s->record->assets.at[i].asset;
    ObjId o = from == FROM_HARM ? s->record->chain.steps.at[i].thing : s->keys[i];
    return obj_is(p, o, from == FROM_HARM ? ROLE_HARM : role_of(from)) ? o : 0;
}

/* Whether the fact is there; `because` gets the thing, prop and place of the first that has it. */
static bool fact_holds(const Scene *s, const Prefill *f, MetricReason *because)
{
    bool any = false, last = false;
    for (uint32_t i = 0; !last; i++) {
        ObjId o = looked_at(s, f->from, i, &last);
        if (!o)
            continue;
        Finding fact = fact_at(s->a->program, f, o);
        if (f->every && fact.holds != TRI_TRUE)
            return false;
        if (fact.holds == TRI_TRUE && !any) {
            because->because = o;
            because->prop = fact.prop;
            because->fact = fact.span;
        }
        any |= fact.holds == TRI_TRUE;
        if (any && !f->every)
            return true;
    }
    return any;
}

static bool category_fits(const Scene *s, const Prefill *f)
{
    const Program *p = s->a->program;
    if (is_empty(p, f->stride))
        return true;
    const Value *member;
    Range set = value_members(&p->model, &f->stride, &member);
    ConstId c = 0;
    for (uint32_t i = 0; (c = threat_stride(s->a, s->threat, i)); i++)
        for (uint32_t k = 0; k < set.n; k++)
            if (member[k].a == c)
                return true;
    return false;
}

/* A requirement (CR, IR, AR) of what the vector says is not lost changes nothing. */
static bool is_lost(Str vector, unsigned lost)
{
    static const struct {
        unsigned bit;
        const char *metrics[3];
    } rows[] = {{IMPACT_CONFIDENTIALITY, {"C", "VC", "SC"}},
                {IMPACT_INTEGRITY, {"I", "VI", "SI"}},
                {IMPACT_AVAILABILITY, {"A", "VA", "SA"}}};
    for (unsigned i = 0; i < 3; i++)
        for (unsigned k = 0; k < 3 && lost == rows[i].bit; k++) {
            Str v = metric_in_effect(vector, str_from(rows[i].metrics[k]));
            if (v.n && !str_eq(v, STR("N")))
                return true;
        }
    return lost == 0;
}

/* ---- what the model makes of a vector ---- */

/* The reason for a metric at the stage before controls, or NULL. */
static MetricReason *reason_for(Estimate *out, Str metric)
{
    for (uint32_t i = 0; i < out->reasons.n; i++)
        if (out->reasons.at[i].stage == STAGE_BEFORE && str_eq(out->reasons.at[i].metric, metric))
            return &out->reasons.at[i];
    return NULL;
}

static void try_prefill(const Scene *s, const Prefill *f, ScoreMethod m, Str vector, Estimate *out)
{
    const ScoreMetric *metric = f->by_method[m].metric, *base = f->by_method[m].base;
    if (!metric || (f->lost && !(s->record->impacts & f->lost)) || metric_in(vector, str_from(metric->name)).n ||
        !category_fits(s, f))
        return;
    Str now = base ? metric_in(vector, str_from(base->name)) : (Str){0};
    if (base ? str_eq(now, f->value) ||
                   (!is_empty(s->a->program, f->instead_of) && !lists(s->a->program, f->instead_of, now))
             : !is_lost(vector, f->lost))
        return;
    MetricReason why = {.metric = str_from(metric->name), .from = now, .to = f->value, .data = f->obj};
    MetricReason *before = reason_for(out, why.metric);
    if ((before && !worse(m, metric, why.to, before->to)) || !fact_holds(s, f, &why))
        return;
    if (before)
        *before = why;
    else
        vec_push(&out->reasons, why);
}

Str effects_of_model(const Effects *e, const Scene *s, Str vector, Estimate *out)
{
    ScoreMethod m = score_method(vector);
    for (uint32_t i = 0; i < e->prefills.n; i++)
        try_prefill(s, &e->prefills.at[i], m, vector, out);
    return set_metrics(vector, out, 0);
}

/* ---- what controls make of a vector ---- */

/* "MAC:H" apart. */
static bool split(Str text, Str *metric, Str *value)
{
    long colon = str_rfind(text, ':');
    if (colon <= 0)
        return false;
    *metric = str_slice(text, 0, (size_t)colon);
    *value = str_slice(text, (size_t)colon + 1, text.n);
    return true;
}

/* What is at work while the closers of one stage are gone through. */
typedef struct Lowering {
    const Program *p;
    Str vector;
    uint32_t first; /* reasons from here on belong to the stage */
    Estimate *out;
} Lowering;

/* The value in effect with what the stage has lowered so far. */
static Str value_now(const Lowering *w, const ScoreMetric *metric, const ScoreMetric *base)
{
    for (uint32_t i = w->out->reasons.n; i-- > w->first;)
        if (str_eq(w->out->reasons.at[i].metric, str_from(metric->name)))
            return w->out->reasons.at[i].to;
    return metric_in_effect(w->vector, str_from(base->name));
}

/* Lowers the metric; never raises it. */
static void lower(Lowering *w, Str text, const MetricReason *why)
{
    Str name, value;
    ScoreMethod m = score_method(w->vector);
    const ScoreMetric *metric = split(text, &name, &value) ? effect_metric(m, &name, 1, value) : NULL;
    const ScoreMetric *base = metric ? effect_base(m, name) : NULL;
    if (!base)
        return;
    MetricReason reason = *why;
    reason.metric = str_from(metric->name);
    reason.from = value_now(w, metric, base);
    reason.to = value;
    if (worse(m, base, reason.from, value))
        vec_push(&w->out->reasons, reason);
}

static void lower_all(Lowering *w, Value modifies, const MetricReason *why)
{
    const Value *member;
    Range set = value_members(&w->p->model, &modifies, &member);
    for (uint32_t i = 0; i < set.n; i++)
        lower(w, value_text_of(&w->p->model, member[i]), why);
}

static bool defends(const Program *p, Value protects, ConstId property)
{
    const Value *member;
    Range set = value_members(&p->model, &protects, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if (member[i].a == property)
            return true;
    return property == 0;
}

static void apply_closer(Lowering *w, const Effects *e, const Closer *c, RiskStage stage)
{
    const Program *p = e->p;
    MetricReason why = {.stage = stage,
                        .because = c->by ? c->by : c->thing,
                        .prop = c->prop,
                        .fact = c->fact,
                        .capability = c->capability};
    Value own = c->capability && e->modifies ? obj_value(p, c->capability, e->modifies, NULL) : (Value){0};
    if (!is_empty(p, own)) {
        why.data = c->capability;
        lower_all(w, own, &why);
        return;
    }
    Value protects = c->capability && e->protects ? obj_value(p, c->capability, e->protects, NULL) : (Value){0};
    for (uint32_t i = 0; i < e->countermeasures.n; i++) {
        const Countermeasure *m = &e->countermeasures.at[i];
        if (!defends(p, protects, m->protects))
            continue;
        why.data = m->obj;
        lower_all(w, m->modifies, &why);
    }
}

Str effects_of_controls(const Effects *e, const Closing *closing, CapLevel level, RiskStage stage, Str vector,
                        Estimate *out)
{
    Lowering w = {e->p, vector, out->reasons.n, out};
    for (uint32_t i = 0; i < closing->closers.n; i++)
        if (closing->closers.at[i].level == level)
            apply_closer(&w, e, &closing->closers.at[i], stage);
    return set_metrics(vector, out, w.first);
}

/* ---- what closes a threat ---- */

/* A threat found by people is closed by all its controls together. */
static void close_by_hand(const Program *p, ObjId threat, Closing *out)
{
    Value v = obj_known(p, threat, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    out->closers.n = 0;
    out->level = set.n ? CAP_VERIFIED : CAP_NO;
    for (uint32_t i = 0; i < set.n; i++) {
        ObjId control = (member[i].tag & VALUE_TAG) == V_REF ? member[i].a : 0;
        CapLevel level = control ? control_level(p, control) : CAP_NO;
        level = level == CAP_UNKNOWN ? CAP_NO : level;
        out->level = level < out->level ? level : out->level;
        Value gives = control ? obj_known(p, control, KNOWN_IMPLEMENTS) : (Value){0};
        const Value *capability;
        Range all = value_members(&p->model, &gives, &capability);
        for (uint32_t k = 0; k < all.n; k++)
            if ((capability[k].tag & VALUE_TAG) == V_REF)
                vec_push(&out->closers, (Closer){.capability = capability[k].a, .thing = threat, .by = control});
    }
}

void threat_closing(const Assessment *a, const Threat *t, Weakest *weakest, Closing *out)
{
    const Verdict *v = threat_of_rule(a, t);
    if (!v) {
        close_by_hand(a->program, t->hand, out);
        for (uint32_t i = 0; i < out->closers.n; i++)
            out->closers.at[i].level = out->level;
        return;
    }
    verdict_closing(a->rules, v, out);
    if (v->witnesses < 2 || !out->level)
        return;
    CapLevel least = verdict_weakest(a->rules, a->verdicts, t->verdict, weakest);
    out->level = least < out->level ? least : out->level;
    for (uint32_t i = 0; i < out->closers.n; i++)
        if (out->closers.at[i].level > out->level)
            out->closers.at[i].level = out->level;
}
