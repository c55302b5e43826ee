/* The risks of a model: declared ones, and proposals for every threat that none of them gathers, with all that their threats have at
 * stake. Requires an Assessment; leaves the risks in an order and under names that only depend on what they are about. */
#include "risk/risks.h"
#include "risk/assess.h"
#include "risk/propose.h"

typedef struct Sums {
    Estimator *estimator;
    Estimate estimate;
    ObjVec subjects, assets, hazards, harms, controls, decisions;
} Sums;

typedef struct Making {
    const Assessment *a;
    const Program *p;
    Arena *arena;
    Risks *out;
    Proposer proposer;
    Vec(Risk) risks;
    Map risk_of_key; /* a declared risk, or (property, about) -> 1 + index into risks */
} Making;

/* ---- which ---- */

static ObjList kept(Making *m, ObjVec *v)
{
    objs_tidy(m->p, v);
    ObjList list = {NEWN(m->arena, ObjId, v->n + 1), v->n};
    if (v->n)
        memcpy(list.at, v->at, v->n * sizeof *v->at);
    v->n = 0;
    return list;
}

static uint32_t risk_for(Making *m, const Threat *t)
{
    Risk risk = {.declared = t->risk, .score = -1};
    uint64_t key = MAP_KEY(UINT32_MAX, t->risk);
    if (!t->risk) {
        risk.property = propose_property(&m->proposer, t);
        risk.about = propose_about(&m->proposer, t, risk.property);
        key = MAP_KEY(risk.property, risk.about);
    }
    uint32_t known = map_get(&m->risk_of_key, key);
    if (!known) {
        vec_push(&m->risks, risk);
        known = m->risks.n;
        map_put(&m->risk_of_key, key, known);
    }
    return known;
}

/* A proposal names rules and things; what they have together with a declared risk is left to that. */
static void find_besides(Making *m)
{
    ObjVec *of = mem_alloc((m->risks.n + 1) * sizeof *of);
    memset(of, 0, (m->risks.n + 1) * sizeof *of);
    for (uint32_t i = 0; i < m->a->threats.n; i++) {
        const Threat *t = &m->a->threats.at[i];
        if (!t->risk || !risk_applies(m->a, t))
            continue;
        ConstId property = propose_property(&m->proposer, t);
        uint32_t group = map_get(&m->risk_of_key, MAP_KEY(property, propose_about(&m->proposer, t, property)));
        if (group && !(of[group - 1].n && vec_last(&of[group - 1]) == t->risk))
            vec_push(&of[group - 1], t->risk);
    }
    for (uint32_t i = 0; i < m->risks.n; i++) {
        m->risks.at[i].besides = kept(m, &of[i]);
        vec_free(&of[i]);
    }
    free(of);
}

/* A declared risk is there even if it gathers nothing. */
static void add_declared(Making *m)
{
    Arena scratch = {0};
    ObjList list = objs_of_role(m->p, ROLE_RISK, &scratch);
    for (uint32_t i = 0; i < list.n; i++) {
        vec_push(&m->risks, (Risk){.declared = list.at[i], .score = -1});
        map_put(&m->risk_of_key, MAP_KEY(UINT32_MAX, list.at[i]), m->risks.n);
    }
    arena_free(&scratch);
}

/* ---- names ---- */

/* "Authenticity_of_DA_01": the property and what it is the property of, as one word. */
static void put_name(const Program *p, const Risk *r, StrBuf *out)
{
    size_t from = out->n;
    if (r->property)
        strbuf_add(out, sym_str(p->names, p->consts.at[r->property].name));
    else
        strbuf_addz(out, "threats");
    out->s[from] = (char)(out->s[from] >= 'a' && out->s[from] <= 'z' ? out->s[from] - 'a' + 'A' : out->s[from]);
    strbuf_addz(out, "_of_");
    from = out->n;
    if (r->about)
        obj_id(p, r->about, out);
    else
        strbuf_addz(out, "the_system");
    for (size_t i = from; i < out->n; i++)
        if (out->s[i] == '.' || out->s[i] == '-')
            out->s[i] = '_';
}

/* A thing of the model may be called so, or another risk: `A.B` and `A-B` become the same word. */
static void name_risk(Making *m, Risk *r, Map *taken)
{
    StrBuf name = {0};
    put_name(m->p, r, &name);
    ObjId root = m->p->modules.at[1].obj; /* where they are pasted */
    for (;;) {
        Sym sym = intern(m->p->names, strbuf_str(&name));
        if (!map_get(taken, sym) && program_lookup(m->p, root, sym).tag == REF_NONE) {
            map_put(taken, sym, 1);
            break;
        }
        strbuf_addz(&name, "_more");
    }
    r->id = str_copy(m->arena, strbuf_str(&name));
    strbuf_free(&name);
}

static Str title_of_const(const Program *p, ConstId c)
{
    return p->consts.at[c].title.n ? p->consts.at[c].title : sym_str(p->names, p->consts.at[c].name);
}

static void put_lower(Str s, StrBuf *out)
{
    size_t from = out->n;
    strbuf_add(out, s);
    if (s.n && s.s[0] >= 'A' && s.s[0] <= 'Z' && !(s.n > 1 && s.s[1] >= 'A' && s.s[1] <= 'Z'))
        out->s[from] = (char)(out->s[from] - 'A' + 'a');
}

static Str category_of_threat(const Assessment *a, const Threat *t)
{
    ConstId stride = threat_stride(a, t, 0);
    ObjId category = threat_category(a, t, 0);
    return stride ? title_of_const(a->program, stride) : category ? obj_title(a->program, category) : (Str){0};
}

/* "Loss of authenticity: Dose order (spoofing, tampering)", the categories in the order of its threats. */
static void title_risk(Making *m, Risk *r)
{
    enum { MOST = 3 };
    const Assessment *a = m->a;
    StrBuf title = {0};
    Str said[MOST];
    uint32_t n = 0;
    if (r->property) {
        strbuf_addz(&title, "Loss of ");
        put_lower(title_of_const(m->p, r->property), &title);
    } else {
        strbuf_addz(&title, "Threats");
    }
    strbuf_addz(&title, ": ");
    strbuf_add(&title, r->about ? obj_title(m->p, r->about) : STR("the system"));
    for (uint32_t i = 0; i < r->n && n < MOST; i++) {
        Str category = category_of_threat(a, &a->threats.at[m->out->threats[r->first + i]]);
        bool again = !category.n;
        for (uint32_t k = 0; k < n; k++)
            again |= str_eq(said[k], category);
        if (again)
            continue;
        said[n++] = category;
        strbuf_addz(&title, n == 1 ? " (" : ", ");
        put_lower(category, &title);
    }
    strbuf_addz(&title, n ? ")" : "");
    r->title = str_copy(m->arena, strbuf_str(&title));
    strbuf_free(&title);
}

/* ---- order ---- */

typedef struct RiskOrder {
    const Risk *risk;
    uint32_t rank, index; /* of a declared risk its place in the order of printing */
} RiskOrder;

static int risk_order(const void *x, const void *y)
{
    const RiskOrder *a = x, *b = y;
    if (!a->risk->declared != !b->risk->declared)
        return a->risk->declared ? -1 : 1;
    if (a->risk->declared)
        return (a->rank > b->rank) - (a->rank < b->rank);
    int c = str_cmp(a->risk->id, b->risk->id);
    return c ? c : (a->index > b->index) - (a->index < b->index);
}

static int by_about(const void *x, const void *y)
{
    const RiskOrder *a = x, *b = y;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->risk->property > b->risk->property) - (a->risk->property < b->risk->property);
}

/* Names are given in an order of their own, since which of two gets the plain one must not hang on the order of threats. */
static void name_all(Making *m)
{
    RiskOrder *order = mem_alloc((m->risks.n + 1) * sizeof *order);
    const Model *model = &m->p->model;
    Map taken = {0};
    for (uint32_t i = 0; i < m->risks.n; i++) {
        ObjId o = m->risks.at[i].declared ? m->risks.at[i].declared : m->risks.at[i].about;
        order[i] = (RiskOrder){&m->risks.at[i], o ? model->rank.at[o] : 0, i};
    }
    if (m->risks.n)
        qsort(order, m->risks.n, sizeof *order, by_about);
    for (uint32_t i = 0; i < m->risks.n; i++) {
        Risk *r = &m->risks.at[order[i].index];
        if (!r->declared) {
            name_risk(m, r, &taken);
            continue;
        }
        StrBuf id = {0};
        obj_id(m->p, r->declared, &id);
        r->id = str_copy(m->arena, strbuf_str(&id));
        strbuf_free(&id);
    }
    if (m->risks.n)
        qsort(order, m->risks.n, sizeof *order, risk_order);
    m->out->at = NEWN(m->arena, Risk, m->risks.n + 1);
    uint32_t *place = mem_alloc((m->risks.n + 1) * sizeof *place);
    for (uint32_t i = 0; i < m->risks.n; i++) {
        m->out->at[i] = *order[i].risk;
        m->out->ndeclared += m->out->at[i].declared != 0;
        place[order[i].index] = i + 1;
    }
    m->out->n = m->risks.n;
    for (uint32_t i = 0; i < m->a->threats.n; i++)
        if (m->out->risk_of[i])
            m->out->risk_of[i] = place[m->out->risk_of[i] - 1];
    free(place);
    free(order);
    map_free(&taken);
}

static void place_threats(Making *m)
{
    Risks *out = m->out;
    for (uint32_t i = 0; i < m->a->threats.n; i++)
        if (out->risk_of[i])
            out->at[out->risk_of[i] - 1].n++;
    for (uint32_t i = 0, first = 0; i < out->n; i++) {
        out->at[i].first = first;
        first += out->at[i].n;
        out->at[i].n = 0;
    }
    for (uint32_t i = 0; i < m->a->threats.n; i++) {
        if (!out->risk_of[i])
            continue;
        Risk *r = &out->at[out->risk_of[i] - 1];
        out->threats[r->first + r->n++] = i;
    }
}

/* ---- what they have at stake ---- */

static void add_all(ObjVec *to, const ObjVec *from)
{
    for (uint32_t i = 0; i < from->n; i++)
        vec_push(to, from->at[i]);
}

static uint32_t severity_rank(const Program *p, ConstId c)
{
    return c ? p->consts.at[c].rank + 1 : 0;
}

static void count_state(const Assessment *a, const Threat *t, Risk *r)
{
    r->pending += threat_pending(a, t);
    if (t->decision)
        r->decided++;
    else
        r->by_verdict[threat_kind(a, t)]++;
}

/* The worst is that of the highest severity, of these that of the highest score, of these the first. */
static void add_estimate(Making *m, const RiskRecord *record, uint32_t threat, bool first, Risk *r)
{
    uint32_t now = severity_rank(m->p, record->severity), before = severity_rank(m->p, r->severity);
    if (first || now > before || (now == before && record->score > r->score)) {
        r->worst = threat;
        r->severity = record->severity;
        r->method = record->method;
        r->vector = record->vector;
        r->score = record->score;
    }
}

static void add_stages(const Program *p, const Estimate *e, uint32_t threat, Risk *r)
{
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++) {
        const StageEstimate *at = &e->stages[s];
        RiskStanding *worst = &r->stages[s];
        worst->lacking += at->level == 0;
        if (!at->level || (worst->level && p->consts.at[at->level].rank <= p->consts.at[worst->level].rank))
            continue;
        worst->level = at->level;
        worst->acceptance = at->acceptance;
        worst->threat = threat;
    }
}

static void sum_risk(Making *m, Risk *r, Sums *s, RiskRecord *record, Provenance *why)
{
    const Assessment *a = m->a;
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t at = m->out->threats[r->first + i];
        const Threat *t = &a->threats.at[at];
        if (!t->hand)
            verdict_explain(a->rules, threat_of_rule(a, t), why);
        risk_record(a, t, t->hand ? NULL : why, record);
        for (uint32_t k = 0; k < record->assets.n; k++)
            vec_push(&s->assets, record->assets.at[k].asset);
        add_all(&s->hazards, &record->hazards);
        add_all(&s->harms, &record->harms);
        add_all(&s->controls, &record->controls);
        if (threat_subject(a, t))
            vec_push(&s->subjects, threat_subject(a, t));
        if (t->decision)
            vec_push(&s->decisions, t->decision);
        r->impacts |= record->impacts;
        count_state(a, t, r);
        add_estimate(m, record, at, i == 0, r);
        estimate_make(s->estimator, t, record, &s->estimate);
        add_stages(m->p, &s->estimate, at, r);
    }
    r->subjects = kept(m, &s->subjects);
    r->assets = kept(m, &s->assets);
    r->hazards = kept(m, &s->hazards);
    r->harms = kept(m, &s->harms);
    r->controls = kept(m, &s->controls);
    r->decisions = kept(m, &s->decisions);
}

static void sum_all(Making *m)
{
    Sums s = {.estimator = estimator_new(m->a)};
    RiskRecord record = {0};
    Provenance why = {0};
    for (uint32_t i = 0; i < m->out->n; i++) {
        Risk *r = &m->out->at[i];
        sum_risk(m, r, &s, &record, &why);
        if (r->declared)
            r->title = obj_title(m->p, r->declared);
        else
            title_risk(m, r);
    }
    ObjVec *all[] = {&s.subjects, &s.assets, &s.hazards, &s.harms, &s.controls, &s.decisions};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        vec_free(all[i]);
    estimator_free(s.estimator);
    estimate_free(&s.estimate);
    risk_record_free(&record);
    provenance_free(&why);
}

const Risks *risks_make(const Assessment *a, Arena *arena)
{
    Risks *out = NEW(arena, Risks);
    Making m = {.a = a, .p = a->program, .arena = arena, .out = out, .proposer = {.a = a}};
    out->assessment = a;
    out->threats = NEWN(arena, uint32_t, a->threats.n + 1);
    out->risk_of = NEWN(arena, uint32_t, a->threats.n + 1);
    add_declared(&m);
    for (uint32_t i = 0; i < a->threats.n; i++) {
        if (!risk_applies(a, &a->threats.at[i]))
            continue;
        out->risk_of[i] = risk_for(&m, &a->threats.at[i]);
        out->nthreats++;
    }
    find_besides(&m);
    name_all(&m);
    place_threats(&m);
    sum_all(&m);
    proposer_free(&m.proposer);
    vec_free(&m.risks);
    map_free(&m.risk_of_key);
    return out;
}

const char *risk_state(const Risk *r)
{
    return r->by_verdict[VERDICT_OPEN]       ? "open"
           : r->by_verdict[VERDICT_POSSIBLE] ? "possible"
           : r->by_verdict[VERDICT_PLANNED]  ? "planned"
           : r->decided                      ? "decided"
           : r->n                            ? "mitigated"
                                             : "empty";
}
