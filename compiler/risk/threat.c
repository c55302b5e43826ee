/* Reads one threat, whether a rule found it or people did, so that emitters need not care. Requires an Assessment; leaves nothing
 * behind. */
#include "risk/assess.h"
#include "score/score.h"

ObjId threat_source(const Assessment *a, const Threat *t)
{
    return t->hand ? t->hand : rule_info(a->rules, threat_of_rule(a, t)->rule)->obj;
}

void threat_id(const Assessment *a, const Threat *t, StrBuf *out)
{
    if (t->hand)
        obj_id(a->program, t->hand, out);
    else
        verdict_id(a->rules, threat_of_rule(a, t), out);
}

/* A threat found by people is closed by its own controls: mitigated when each is there, planned when one is only planned. */
static VerdictKind hand_kind(const Assessment *a, ObjId threat)
{
    const Program *p = a->program;
    Value scope = obj_known(p, threat, KNOWN_OUT_OF_SCOPE);
    if ((scope.tag & VALUE_TAG) == V_TEXT)
        return VERDICT_OUT_OF_SCOPE;
    Value v = obj_known(p, threat, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    VerdictKind kind = set.n ? VERDICT_MITIGATED : VERDICT_OPEN;
    for (uint32_t i = 0; i < set.n; i++) {
        CapLevel level = (member[i].tag & VALUE_TAG) == V_REF && member[i].a ? control_level(p, member[i].a) : CAP_NO;
        if (level == CAP_NO)
            return VERDICT_OPEN;
        if (level == CAP_UNKNOWN)
            kind = VERDICT_POSSIBLE;
        else if (level == CAP_PLANNED && kind == VERDICT_MITIGATED)
            kind = VERDICT_PLANNED;
    }
    return kind;
}

VerdictKind threat_kind(const Assessment *a, const Threat *t)
{
    return t->hand ? hand_kind(a, t->hand) : (VerdictKind)threat_of_rule(a, t)->kind;
}

Str threat_verdict(const Assessment *a, const Threat *t)
{
    if (!t->decision || !t->disposition)
        return str_from(verdict_name(threat_kind(a, t)));
    const Const *c = &a->program->consts.at[t->disposition];
    return c->title.n ? c->title : sym_str(a->program->names, c->name);
}

bool threat_pending(const Assessment *a, const Threat *t)
{
    return !t->decision && threat_kind(a, t) >= VERDICT_PLANNED;
}

/* A band of scores in the scale of severity of the library. */
static ConstId band(const Assessment *a, ObjId near, ScoreBand b)
{
    EnumId scale = enum_by_name(a->program, near, "Severity");
    Sym sym = intern_find(a->program->names, str_from(score_band_key(b)));
    return scale && sym ? enum_const(a->program, scale, sym) : 0;
}

static ConstId hand_severity(const Assessment *a, ObjId threat)
{
    Value v = prop_value(a->program, threat, "severity");
    if ((v.tag & VALUE_TAG) == V_CONST)
        return v.a;
    Str vector = prop_text(a->program, threat, "cvss");
    if (!vector.n)
        return 0;
    Score s = score_cvss(vector);
    return s.method ? band(a, threat, s.band) : 0;
}

ConstId threat_severity(const Assessment *a, const Threat *t)
{
    return t->hand ? hand_severity(a, t->hand) : verdict_severity(a->rules, threat_of_rule(a, t));
}

ConstId threat_stride(const Assessment *a, const Threat *t, uint32_t i)
{
    Value v = obj_known(a->program, threat_source(a, t), t->hand ? KNOWN_THREAT_STRIDE : KNOWN_RULE_STRIDE);
    const Value *member;
    Range set = value_members(&a->program->model, &v, &member);
    return i < set.n && (member[i].tag & VALUE_TAG) == V_CONST ? member[i].a : 0;
}

ObjId threat_category(const Assessment *a, const Threat *t, uint32_t i)
{
    return category_of(a->program, threat_source(a, t), i);
}

uint32_t threat_objects(const Assessment *a, const Threat *t, ObjId out[16])
{
    if (!t->hand)
        return verdict_objects(a->rules, threat_of_rule(a, t), out);
    Value v = obj_known(a->program, t->hand, KNOWN_THREAT_AT);
    const Value *member;
    Range set = value_members(&a->program->model, &v, &member);
    uint32_t n = 0;
    for (uint32_t i = 0; i < set.n && n < THREAT_OBJECTS; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF && member[i].a)
            out[n++] = member[i].a;
    return n;
}

ObjId threat_subject(const Assessment *a, const Threat *t)
{
    if (!t->hand)
        return verdict_subject(a->rules, threat_of_rule(a, t));
    ObjId at[THREAT_OBJECTS];
    return threat_objects(a, t, at) ? at[0] : 0;
}

static void add_text(const Assessment *a, ObjId threat, const char *prop, StrBuf *out)
{
    strbuf_add(out, prop_text(a->program, threat, prop));
}

void threat_title(const Assessment *a, const Threat *t, StrBuf *out)
{
    if (t->hand)
        strbuf_add(out, obj_title(a->program, t->hand));
    else
        verdict_title(a->rules, threat_of_rule(a, t), out);
}

void threat_message(const Assessment *a, const Threat *t, StrBuf *out)
{
    if (!t->hand) {
        verdict_message(a->rules, threat_of_rule(a, t), out);
        return;
    }
    size_t before = out->n;
    add_text(a, t->hand, "message", out);
    Arena doc = {0};
    if (out->n == before)
        strbuf_add(out, obj_doc(a->program, t->hand, &doc));
    arena_free(&doc);
}

void threat_fix(const Assessment *a, const Threat *t, StrBuf *out)
{
    if (t->hand)
        add_text(a, t->hand, "fix", out);
    else
        verdict_fix(a->rules, threat_of_rule(a, t), out);
}

/* What people say of the threat that they found, and how far each control of it is. */
static void hand_facts(const Assessment *a, ObjId threat, Arena *arena, FactVec *out)
{
    static const char *const props[] = {"at", "stride", "category", "severity", "cvss", "out_of_scope", "controls"};
    const Program *p = a->program;
    for (size_t i = 0; i < sizeof props / sizeof *props; i++) {
        PropId prop = kind_prop_z(p, model_obj(&p->model, threat)->kind, props[i]);
        const PropVal *written = NULL;
        if (prop)
            obj_value(p, threat, prop, &written);
        if (written)
            fact_of_property(p, threat, prop, arena, out);
    }
    Value v = obj_known(p, threat, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF && member[i].a)
            fact_of_control(p, member[i].a, arena, out);
}

void threat_facts(const Assessment *a, const Threat *t, Provenance *why, Arena *arena, FactVec *out)
{
    if (t->hand) {
        hand_facts(a, t->hand, arena, out);
    } else if (why) {
        provenance_facts(a->program, why, arena, out);
    } else {
        Provenance own = {0};
        verdict_explain(a->rules, threat_of_rule(a, t), &own);
        provenance_facts(a->program, &own, arena, out);
        provenance_free(&own);
    }
    facts_tidy(out);
}

void threat_basis(const Assessment *a, const Threat *t, char out[13])
{
    Arena arena = {0};
    FactVec facts = {0};
    threat_facts(a, t, NULL, &arena, &facts);
    facts_basis(&facts, out);
    vec_free(&facts);
    arena_free(&arena);
}

unsigned threat_impacts(const Assessment *a, const Threat *t)
{
    unsigned bits = 0;
    ConstId c;
    for (uint32_t i = 0; (c = threat_stride(a, t, i)); i++)
        for (uint32_t k = 0; k < a->impacts.n; k++)
            if (a->impacts.at[k].category == c)
                bits |= a->impacts.at[k].impacts;
    ObjId category;
    for (uint32_t i = 0; (category = threat_category(a, t, i)); i++)
        bits |= objective_bits(a->program, category);
    return bits;
}

/* ---- what is involved ---- */

static void add_once(ObjVec *v, uint32_t from, ObjId o)
{
    for (uint32_t i = from; i < v->n; i++)
        if (v->at[i] == o)
            return;
    if (o)
        vec_push(v, o);
}

static void add_flow(const Assessment *a, ObjId o, Involved *out)
{
    const Model *m = &a->program->model;
    const Object *obj = model_obj(m, o);
    if (obj->index >= m->flows.n || m->flows.at[obj->index].obj != o)
        return; /* not analysed */
    const Flow *f = &m->flows.at[obj->index];
    if (!out->flow)
        out->flow = o;
    add_once(&out->elements, 0, f->from);
    add_once(&out->elements, 0, f->to);
}

/* Behind the bound boundaries, those the flow crosses; `half_leaves` and `half_enters` give each once and in an order of ids. */
static void add_crossed(const Assessment *a, Involved *out)
{
    const Model *m = &a->program->model;
    uint32_t half = model_obj(m, out->flow)->index * 2, bound = out->boundaries.n;
    ObjVec *crossed = &out->crossed;
    crossed->n = 0;
    half_leaves(m, half, crossed);
    half_enters(m, half, crossed);
    for (uint32_t i = 1; i < crossed->n; i++) { /* few: insertion sort */
        ObjId o = crossed->at[i];
        uint32_t k = i;
        for (; k > 0 && obj_order(a->program, o, crossed->at[k - 1]) < 0; k--)
            crossed->at[k] = crossed->at[k - 1];
        crossed->at[k] = o;
    }
    for (uint32_t i = 0; i < crossed->n; i++)
        if (bound == 0)
            vec_push(&out->boundaries, crossed->at[i]);
        else
            add_once(&out->boundaries, 0, crossed->at[i]);
}

void software_users(const Assessment *a, ObjId software, ObjVec *out)
{
    uint32_t lo = 0, hi = a->users.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (a->users.at[mid] >> 32 < software)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < a->users.n && a->users.at[lo] >> 32 == software; lo++)
        vec_push(out, (ObjId)a->users.at[lo]);
}

void threat_involved(const Assessment *a, const Threat *t, Involved *out)
{
    const Program *p = a->program;
    out->elements.n = out->boundaries.n = 0;
    out->flow = 0;
    ObjId at[THREAT_OBJECTS];
    uint32_t n = threat_objects(a, t, at);
    for (uint32_t i = 0; i < n; i++) {
        if (obj_is(p, at[i], ROLE_FLOW))
            add_flow(a, at[i], out);
        else if (obj_is(p, at[i], ROLE_BOUNDARY))
            add_once(&out->boundaries, 0, at[i]);
        else if (obj_is(p, at[i], ROLE_ELEMENT))
            add_once(&out->elements, 0, at[i]);
        else if (out->elements.n == 0 && obj_is(p, at[i], ROLE_SOFTWARE))
            software_users(a, at[i], &out->elements);
    }
    if (out->flow)
        add_crossed(a, out);
}

static void foresee(const Assessment *a, const ThreatVec *all, uint32_t i, Foresight step)
{
    const Threat *t = all->n - i > step ? &all->at[i + step] : NULL;
    if (t && !t->hand)
        verdict_foresee(a->rules, threat_of_rule(a, t), step);
}

void threats_foresee(const Assessment *a, const ThreatVec *all, uint32_t i)
{
    foresee(a, all, i, FORESEE_THINGS);
    foresee(a, all, i, FORESEE_VALUES);
    foresee(a, all, i, FORESEE_ENDS);
    foresee(a, all, i, FORESEE_NAMES);
}

void involved_free(Involved *v)
{
    vec_free(&v->elements);
    vec_free(&v->boundaries);
    vec_free(&v->crossed);
    *v = (Involved){0};
}
