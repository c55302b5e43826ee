/* What a verdict says of itself: its id, the things it is about, its severity; and the way back from a verdict to the binding it was found with. */
#include "rules/plan.h"
#include "score/score.h"

const char *verdict_name(VerdictKind v)
{
    static const char *const names[] = {"none", "out_of_scope", "mitigated", "planned", "possible", "open"};
    return names[v];
}

ObjId verdict_subject(const RuleSet *r, const Verdict *v)
{
    const RuleInfo *info = rule_info(r, v->rule);
    for (uint32_t i = 0; i < info->nvars; i++)
        if (info->keys >> i & 1)
            return v->vars[i];
    return 0;
}

void verdict_id(const RuleSet *r, const Verdict *v, StrBuf *out)
{
    const RuleInfo *info = rule_info(r, v->rule);
    char mark = '@';
    strbuf_add(out, info->id);
    for (uint32_t i = 0; i < info->nvars; i++) {
        if (!(info->keys >> i & 1))
            continue;
        strbuf_char(out, mark);
        obj_id(r->program, v->vars[i], out);
        mark = ',';
    }
}

uint32_t verdict_objects(const RuleSet *r, const Verdict *v, ObjId out[LIMIT_RULE_VARS])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rule_info(r, v->rule)->nvars; i++) {
        bool known = !v->vars[i];
        for (uint32_t k = 0; k < n; k++)
            known |= out[k] == v->vars[i];
        if (!known)
            out[n++] = v->vars[i];
    }
    return n;
}

bool verdict_at(const RuleSet *r, const Verdict *v, const ObjId *things, uint32_t n)
{
    const RuleInfo *info = rule_info(r, v->rule);
    uint32_t keys = 0, matched = 0;
    bool any = false;
    for (uint32_t i = 0; i < info->nvars; i++) {
        if (!(info->keys >> i & 1))
            continue;
        matched += keys < n && v->vars[i] == things[keys];
        any |= v->vars[i] == things[0];
        keys++;
    }
    return n == 1 ? any : keys == n && matched == n;
}

/* ---- severity ---- */

/* The constant of the scale of severity that the score of a vector falls into; 0 for a malformed one. */
static ConstId severity_band(const Program *p, Str vector)
{
    PropId severity = p->known[KNOWN_RULE_SEVERITY];
    Score s = score_cvss(vector);
    if (!s.method || !severity || p->props.at[severity].type.tag != TYPE_ENUM)
        return 0;
    return enum_const(p, p->props.at[severity].type.of, intern_find(p->names, str_from(score_band_key(s.band))));
}

static ConstId written_severity(const Program *p, ObjId rule)
{
    Value written = obj_known(p, rule, KNOWN_RULE_SEVERITY), vector = obj_known(p, rule, KNOWN_RULE_CVSS);
    if (written.tag == V_CONST)
        return written.a;
    return vector.tag == V_TEXT ? severity_band(p, value_text_of(&p->model, vector)) : 0;
}

/* Most rules find nothing: reading them all would cost more than evaluating them on a small model. */
ConstId plan_severity(const RuleSet *r, RuleId rule)
{
    if (rule > r->nrules) /* a policy */
        return 0;
    ConstId *known = &r->severities[rule];
    if (!*known)
        *known = 1 + written_severity(r->program, plan_at(r, rule)->info.obj);
    return *known - 1;
}

ConstId verdict_severity(const RuleSet *r, const Verdict *v)
{
    return v->raised ? r->raises.at[plan_at(r, v->rule)->raises + v->raised - 1].value : plan_severity(r, v->rule);
}

/* ---- back to the binding ---- */

typedef struct Again {
    const Verdict *v;
    Env env;
    bool found;
} Again;

static void again_sink(Ev *ev, const Plan *plan)
{
    Again *again = ev->self;
    Env env = ev->env;
    if (again->found)
        return;
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (env.obj[i] != again->v->vars[i])
            return;
    if (plan_verdict(ev, plan) != (VerdictKind)again->v->kind)
        return;
    again->env = env;
    again->found = true;
}

static Tri path_certainty(Ev *ev, const Plan *plan, const Verdict *v)
{
    Tri t = TRI_TRUE;
    for (uint32_t i = 0; i < v->hops; i++)
        t = tri_min(t, hop_eval(ev, plan, ev->cache->hops.at[v->path + i]));
    return t;
}

void env_of_verdict(Ev *ev, const Plan *plan, const Verdict *v)
{
    Again again = {.v = v};
    for (uint32_t i = 0; i < plan->info.nvars; i++) {
        const Object *o = &ev->m->objects.at[v->vars[i]];
        ev->env.obj[i] = v->vars[i];
        ev->env.half[i] = o->index * 2; /* read of flows only */
    }
    if (plan->info.path)
        ev->at_most = path_certainty(ev, plan, v);
    if (!plan_by_half(plan) || !half_exists(ev->m, ev->env.half[0] + 1))
        return; /* only a flow of two ways leaves open which way was matched */
    again.env = ev->env;
    ev->sink = again_sink;
    ev->self = &again;
    uint32_t half = ev->env.half[0];
    match_half(ev, plan, half);
    if (!again.found && half_exists(ev->m, half + 1))
        match_half(ev, plan, half + 1);
    ev->env = again.env;
}

/* ---- what comes next ---- */

static void foresee_thing(const Model *m, ObjId o)
{
    __builtin_prefetch(model_obj(m, o));
    __builtin_prefetch(model_decl(m, o));
}

static void foresee_values(const Program *p, ObjId o)
{
    const Model *m = &p->model;
    const Object *obj = model_obj(m, o);
    Span at = model_decl(m, o)->span;
    source_foresee_block(p->sources, at.file, at.lo);
    foresee_thing(m, obj->parent); /* the name stands behind its */
    if (obj->nprops) {
        __builtin_prefetch(&m->props.at[obj->props]);
        __builtin_prefetch(&m->places.at[obj->props]);
    }
    if (obj->index < m->flows.n)
        __builtin_prefetch(&m->flows.at[obj->index]);
    sym_foresee(p->names, obj->name);
}

static void foresee_ends(const Program *p, ObjId o)
{
    const Model *m = &p->model;
    uint32_t index = model_obj(m, o)->index;
    Span at = model_decl(m, o)->span;
    source_foresee_line(p->sources, at.file, at.lo);
    __builtin_prefetch(sym_str(p->names, model_obj(m, o)->name).s);
    if (!obj_is(p, o, ROLE_FLOW) || index >= m->flows.n)
        return;
    foresee_thing(m, m->flows.at[index].from);
    foresee_thing(m, m->flows.at[index].to);
}

static void foresee_name(const Program *p, ObjId o)
{
    const Object *obj = model_obj(&p->model, o);
    sym_foresee(p->names, obj->name);
    foresee_thing(&p->model, obj->parent);
}

static void foresee_names(const Program *p, ObjId o)
{
    const Model *m = &p->model;
    uint32_t index = model_obj(m, o)->index;
    value_places_foresee(p, o);
    if (!obj_is(p, o, ROLE_FLOW) || index >= m->flows.n)
        return;
    foresee_name(p, m->flows.at[index].from);
    foresee_name(p, m->flows.at[index].to);
}

void verdict_foresee(const RuleSet *r, const Verdict *v, Foresight step)
{
    const RuleInfo *info = rule_info(r, v->rule);
    for (uint32_t i = 0; i < info->nvars; i++)
        switch (step) {
        case FORESEE_THINGS: foresee_thing(&r->program->model, v->vars[i]); break;
        case FORESEE_VALUES: foresee_values(r->program, v->vars[i]); break;
        case FORESEE_ENDS: foresee_ends(r->program, v->vars[i]); break;
        case FORESEE_NAMES: foresee_names(r->program, v->vars[i]); break;
        }
}
