/* Estimates a threat stage by stage: vector, score, row, column, level. Requires an assessment; what the vector becomes is effects.c's
 * to say, what row and column mean the policy's. Leaves a level where everything is known, and else what lacks. */
#include "risk/estimate.h"
#include "risk/effects.h"

/* Scores that were worked out lately, by a hash of the vector: a model has few different vectors. */
enum { SCORED = 256, SCORED_BYTES = 160 };
typedef struct Scored {
    uint32_t n; /* 0: empty */
    char vector[SCORED_BYTES];
    Score score;
    double exploitability, impact;
} Scored;

struct Estimator {
    const Assessment *a;
    Effects effects;
    Weakest weakest;
    Closing closing;
    ConstId severities[BAND_COUNT]; /* of the scale Severity */
    Scored scored[SCORED];
};

/* ---- names ---- */

const char *risk_stage_key(RiskStage s)
{
    static const char *const keys[STAGE_COUNT] = {"before", "planned", "implemented", "residual"};
    return keys[s];
}

const char *risk_stage_words(RiskStage s)
{
    static const char *const words[STAGE_COUNT] = {"before controls", "with planned controls",
                                                   "with implemented controls", "residual"};
    return words[s];
}

const char *estimate_lack_key(EstimateLack l)
{
    static const char *const keys[LACK_COUNT] = {"nothing", "policy", "vector", "measure", "row", "harm", "severity"};
    return keys[l];
}

const char *estimate_lack_words(EstimateLack l)
{
    static const char *const words[LACK_COUNT] = {
        "",
        "no risk policy is in force",
        "no vector: give one in an estimate",
        "the method does not know the score that the policy takes rows from: give the row in an estimate",
        "the policy takes rows from people: give the row in an estimate",
        "no harm follows from what is at stake: link hazards to the data and assets, or give severity_of_harm in an estimate",
        "a harm follows whose severity nobody knows: give its severity"};
    return words[l];
}

/* ---- beginning and end ---- */

Estimator *estimator_new(const Assessment *a)
{
    const Program *p = a->program;
    Estimator *e = mem_alloc(sizeof *e);
    memset(e, 0, sizeof *e);
    e->a = a;
    effects_read(p, &e->effects);
    Type t = p->known[KNOWN_RULE_SEVERITY] ? p->props.at[p->known[KNOWN_RULE_SEVERITY]].type : (Type){0};
    for (ScoreBand b = BAND_NONE; b < BAND_COUNT && t.tag == TYPE_ENUM; b++) {
        Sym sym = intern_find(p->names, str_from(score_band_key(b)));
        e->severities[b] = sym ? enum_const(p, t.of, sym) : 0;
    }
    return e;
}

void estimator_free(Estimator *e)
{
    effects_free(&e->effects);
    weakest_free(&e->weakest);
    closing_free(&e->closing);
    free(e);
}

void estimate_free(Estimate *e)
{
    arena_free(&e->arena);
    vec_free(&e->reasons);
    *e = (Estimate){0};
}

/* ---- what people gave ---- */

Value estimate_says(const Program *p, ObjId by, const char *prop, Span *place)
{
    const PropVal *written = NULL;
    PropId id = by ? kind_prop_z(p, model_obj(&p->model, by)->kind, prop) : 0;
    Value v = id ? obj_value(p, by, id, &written) : (Value){0};
    if (place)
        *place = value_place(p, by, written);
    return v;
}

static Str text_given(const Program *p, ObjId by, const char *prop)
{
    Value v = estimate_says(p, by, prop, NULL);
    return v.tag == V_TEXT ? value_text_of(&p->model, v) : (Str){0};
}

/* An estimate about the threat itself, else the one of the risk it belongs to. */
static ObjId given_by(const Estimator *e, const Threat *t)
{
    if (t->estimate)
        return t->estimate;
    return t->risk && text_given(e->a->program, t->risk, "rationale").n ? t->risk : 0;
}

/* The row that an estimate names: a property of its whose values are the policy's rows. */
static ConstId row_given(const Program *p, const RiskPolicy *policy, ObjId by)
{
    const Object *o = by ? obj_bound(p, by) : NULL;
    for (uint32_t i = 0; o && i < o->nprops; i++) {
        const PropVal *v = &p->model.props.at[o->props + i];
        bool harm = v->prop == p->known[KNOWN_ESTIMATE_HARM];
        if ((v->tag & VALUE_TAG) == V_CONST && !harm && p->consts.at[v->a].of == policy->rows)
            return v->a;
    }
    return 0;
}

/* ---- what follows from a vector ---- */

static bool is_cvss(ScoreMethod m)
{
    return m == SCORE_CVSS30 || m == SCORE_CVSS31 || m == SCORE_CVSS40;
}

/* A vector of CVSS 3.1 whose base metrics are those in effect; of 4.0, which publishes no exploitability score, with the same
 * metrics as far as both have them: attack requirements count as complexity, any interaction as required. */
static Score score_in_effect(Str vector)
{
    char text[SCORE_VECTOR_BYTES];
    Str av = metric_in_effect(vector, STR("AV")), ac = metric_in_effect(vector, STR("AC"));
    Str pr = metric_in_effect(vector, STR("PR")), ui = metric_in_effect(vector, STR("UI"));
    if (score_method(vector) != SCORE_CVSS40) {
        Str scope = metric_in_effect(vector, STR("S")), c = metric_in_effect(vector, STR("C"));
        Str i = metric_in_effect(vector, STR("I")), a = metric_in_effect(vector, STR("A"));
        snprintf(text, sizeof text, "CVSS:3.1/AV:%.*s/AC:%.*s/PR:%.*s/UI:%.*s/S:%.*s/C:%.*s/I:%.*s/A:%.*s", STR_FMT(av),
                 STR_FMT(ac), STR_FMT(pr), STR_FMT(ui), STR_FMT(scope), STR_FMT(c), STR_FMT(i), STR_FMT(a));
    } else {
        bool hard = str_eq(ac, STR("H")) || str_eq(metric_in_effect(vector, STR("AT")), STR("P"));
        snprintf(text, sizeof text, "CVSS:3.1/AV:%.*s/AC:%c/PR:%.*s/UI:%c/S:U/C:H/I:H/A:H", STR_FMT(av),
                 hard ? 'H' : 'L', STR_FMT(pr), str_eq(ui, STR("N")) ? 'N' : 'R');
    }
    return score_vector(str_from(text));
}

static Scored score_afresh(Str vector)
{
    Scored s = {.score = score_vector(vector), .exploitability = -1, .impact = -1};
    if (!is_cvss(s.score.method))
        return s;
    Score in_effect = score_in_effect(vector);
    s.exploitability = score_part(&in_effect, "exploitability");
    s.impact = s.score.method == SCORE_CVSS40 ? -1 : score_part(&in_effect, "impact");
    return s;
}

/* What follows from a vector; valid until the next one is asked for. */
static const Scored *scored(Estimator *e, Str vector)
{
    Scored *s = &e->scored[str_hash(vector) % SCORED];
    if (s->n && s->n == vector.n && memcmp(s->vector, vector.s, vector.n) == 0)
        return s;
    *s = score_afresh(vector);
    s->n = vector.n <= SCORED_BYTES ? (uint32_t)vector.n : 0;
    memcpy(s->vector, vector.s, s->n);
    return s;
}

/* ---- vectors ---- */

/* The things that the threat is about: the key of its rule, or `at`. */
static uint32_t keys_of(const Assessment *a, const Threat *t, ObjId out[THREAT_OBJECTS])
{
    const Verdict *v = threat_of_rule(a, t);
    if (!v)
        return threat_objects(a, t, out);
    const RuleInfo *info = rule_info(a->rules, v->rule);
    uint32_t n = 0;
    for (uint32_t i = 0; i < info->nvars; i++)
        if (info->keys >> i & 1 && v->vars[i])
            out[n++] = v->vars[i];
    return n;
}

static Str vector_before(Estimator *e, const Scene *s, Estimate *out)
{
    const Program *p = e->a->program;
    Str own = text_given(p, out->by, "vector");
    if (own.n && score_vector(own).method) {
        out->own_vector = true;
        return own;
    }
    Str vector = text_given(p, threat_source(e->a, s->threat), "cvss");
    return vector.n && is_cvss(scored(e, vector)->score.method) ? effects_of_model(&e->effects, s, vector, out)
                                                                : (Str){0};
}

/* How far the controls stand that `after` rests on: those that the estimate names, else what closes the threat. */
static CapLevel after_level(const Estimator *e, ObjId by)
{
    const Program *p = e->a->program;
    Value v = obj_known(p, by, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    CapLevel least = set.n ? CAP_VERIFIED : e->closing.level;
    for (uint32_t i = 0; i < set.n; i++) {
        CapLevel level = (member[i].tag & VALUE_TAG) == V_REF && member[i].a ? control_level(p, member[i].a) : CAP_NO;
        level = level == CAP_UNKNOWN ? CAP_NO : level;
        least = level < least ? level : least;
    }
    return least;
}

static const CapLevel needed[STAGE_COUNT] = {[STAGE_BEFORE] = CAP_NO,
                                             [STAGE_PLANNED] = CAP_PLANNED,
                                             [STAGE_IMPLEMENTED] = CAP_IMPLEMENTED,
                                             [STAGE_RESIDUAL] = CAP_VERIFIED};

static bool by_design(const Estimator *e, CapLevel least)
{
    for (uint32_t i = 0; i < e->closing.closers.n; i++) {
        const Closer *c = &e->closing.closers.at[i];
        if (c->level >= least && c->by && obj_is(e->a->program, c->by, ROLE_CONTROL))
            return false;
    }
    return true;
}

static void fill_vectors(Estimator *e, const Scene *s, Estimate *out)
{
    Str vector = vector_before(e, s, out);
    out->stages[STAGE_BEFORE].vector = vector;
    for (RiskStage stage = STAGE_RESIDUAL; stage > STAGE_BEFORE; stage--) {
        StageEstimate *at = &out->stages[stage];
        if (vector.n)
            vector = effects_of_controls(&e->effects, &e->closing, needed[stage], stage, vector, out);
        at->vector = vector;
        at->stands = e->closing.level >= needed[stage];
        at->design = at->stands && by_design(e, needed[stage]);
    }
    Str after = text_given(e->a->program, out->by, "after");
    if (!after.n || !score_vector(after).method)
        return;
    out->own_after = true;
    CapLevel level = after_level(e, out->by);
    for (RiskStage stage = STAGE_PLANNED; stage < STAGE_COUNT; stage++) {
        if (level < needed[stage])
            continue;
        out->stages[stage].vector = after;
        out->stages[stage].design = out->stages[stage].design && out->stages[stage].stands;
        out->stages[stage].stands = true;
        out->after |= 1u << stage;
    }
}

/* ---- scores ---- */

/* The score that the policy takes rows from; -1 if the method does not know it. */
static double measure_of(const Program *p, const RiskPolicy *policy, const Scored *s)
{
    Str name = sym_str(p->names, p->consts.at[policy->measure].name);
    if (str_eq(name, STR("overall")))
        return s->score.ten;
    return str_eq(name, STR("exploitability")) ? s->exploitability : s->impact;
}

static void fill_scores(Estimator *e, StageEstimate *at)
{
    const RiskPolicy *policy = e->a->policies.at;
    if (!at->vector.n)
        return;
    const Scored *s = scored(e, at->vector);
    at->score = s->score;
    at->severity = s->score.method ? e->severities[s->score.band] : 0;
    at->exploitability = s->exploitability;
    if (policy && policy->measure && s->score.method)
        at->measure = measure_of(e->a->program, policy, s);
}

/* ---- rows, columns, levels ---- */

static ConstId same_name(const Program *p, EnumId scale, ConstId c)
{
    return !c || p->consts.at[c].of == scale ? c : enum_const(p, scale, p->consts.at[c].name);
}

/* Whether people can be hurt by something that the threat is about, or by an end of its flow. */
static bool hurts_people(const Estimator *e, const Scene *s)
{
    const Program *p = e->a->program;
    for (uint32_t i = 0; i < s->nkeys; i++) {
        ObjId at[3] = {s->keys[i], 0, 0};
        const Object *o = model_obj(&p->model, at[0]);
        if (obj_is(p, at[0], ROLE_FLOW) && o->index < p->model.flows.n) {
            at[1] = p->model.flows.at[o->index].from;
            at[2] = p->model.flows.at[o->index].to;
        }
        for (int k = 0; k < 3; k++) {
            Value v = estimate_says(p, at[k], "safety_related", NULL);
            if (v.tag == V_BOOL && v.a)
                return true;
        }
    }
    return false;
}

/* The column: what people say, else the worst harm that follows, else what the policy says of a threat without harm. */
static ConstId find_column(const Estimator *e, const Scene *s, Estimate *out, EstimateLack *lack)
{
    const Chain *chain = &s->record->chain;
    const Program *p = e->a->program;
    const RiskPolicy *policy = e->a->policies.at;
    Value own = estimate_says(p, out->by, "severity_of_harm", NULL);
    *lack = LACK_SEVERITY;
    if ((own.tag & VALUE_TAG) == V_CONST) {
        out->own_harm = true;
        return same_name(p, policy->columns, own.a);
    }
    ConstId worst = chain->severity;
    uint32_t top = p->enums.at[policy->columns].n - 1;
    if (worst && (!chain->unknown || p->consts.at[worst].rank == top))
        return same_name(p, policy->columns, worst);
    if (worst || chain->unknown)
        return 0;
    *lack = LACK_HARM;
    return chain->steps.n || hurts_people(e, s) ? 0 : policy->without_harm;
}

/* The row. People may give the one before controls; what closes the threat can only lower it. A vector that people give for the time
 * after controls stands as it is. */
static ConstId find_row(const Estimator *e, const StageEstimate *at, ConstId own, bool after, EstimateLack *lack)
{
    const Program *p = e->a->program;
    const RiskPolicy *policy = e->a->policies.at;
    ConstId row = policy->measure && at->measure >= 0 ? policy_row(policy, at->measure) : 0;
    if (own && (!at->stands || !row || p->consts.at[own].rank < p->consts.at[row].rank))
        row = own;
    bool lower = policy->closed && (!row || p->consts.at[policy->closed].rank < p->consts.at[row].rank);
    if (lower && at->stands && !after)
        row = policy->closed;
    *lack = !policy->measure ? LACK_ROW : !at->vector.n ? LACK_VECTOR : LACK_MEASURE;
    return row;
}

static void judge(const Estimator *e, StageEstimate *at, ConstId own_row, bool after, ConstId column,
                  EstimateLack no_column)
{
    const RiskPolicy *policy = e->a->policies.at;
    EstimateLack no_row = LACK_NOTHING;
    at->row = find_row(e, at, own_row, after, &no_row);
    at->column = column;
    at->level = policy_level(e->a->program, policy, at->row, at->column);
    at->acceptance = policy_acceptance(e->a->program, policy, at->level);
    at->lack = at->level ? LACK_NOTHING : !at->row ? no_row : no_column;
}

void estimate_make(Estimator *e, const Threat *t, const RiskRecord *record, Estimate *out)
{
    const Program *p = e->a->program;
    const RiskPolicy *policy = e->a->policies.at;
    ObjId keys[THREAT_OBJECTS];
    arena_reset(&out->arena);
    out->reasons.n = 0;
    out->after = 0;
    out->own_vector = out->own_after = out->own_row = out->own_harm = false;
    out->by = given_by(e, t);
    memset(out->stages, 0, sizeof out->stages);
    Scene s = {.a = e->a, .threat = t, .record = record, .keys = keys, .nkeys = keys_of(e->a, t, keys)};
    threat_closing(e->a, t, &e->weakest, &e->closing);
    fill_vectors(e, &s, out);
    bool usable = policy && !policy->broken;
    ConstId row = usable ? row_given(p, policy, out->by) : 0;
    EstimateLack no_column = LACK_NOTHING;
    ConstId column = usable && policy->columns ? find_column(e, &s, out, &no_column) : 0;
    out->own_row = row != 0;
    for (RiskStage stage = STAGE_BEFORE; stage < STAGE_COUNT; stage++) {
        StageEstimate *at = &out->stages[stage];
        at->exploitability = at->measure = -1;
        if (stage && str_eq(at->vector, out->stages[stage - 1].vector)) {
            bool stands = at->stands, design = at->design;
            *at = out->stages[stage - 1];
            at->stands = stands;
            at->design = design;
        } else {
            fill_scores(e, at);
        }
        at->lack = LACK_POLICY;
        if (usable)
            judge(e, at, row, stage && (out->after & 1u << stage), column, no_column);
    }
}
