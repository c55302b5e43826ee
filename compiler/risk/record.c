/* Risk records: what a threat puts at stake and what stands against it, put together from what the model links. Requires an
 * Assessment; leaves every field that the model cannot fill empty. */
#include "risk/assess.h"
#include "score/score.h"

bool risk_applies(const Assessment *a, const Threat *t)
{
    return threat_kind(a, t) >= VERDICT_MITIGATED;
}

/* ---- assets ---- */

static void add_realised(const Assessment *a, ObjId o, ObjVec *out)
{
    uint32_t lo = 0, hi = a->realised.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (a->realised.at[mid] >> 32 < o)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < a->realised.n && a->realised.at[lo] >> 32 == o; lo++)
        vec_push(out, (uint32_t)a->realised.at[lo]);
}

/* What runs through a process is at its mercy, though it rests elsewhere. */
static void add_passing(const Program *p, ObjId element, ObjVec *out)
{
    const Model *m = &p->model;
    uint32_t e = model_obj(m, element)->index;
    if (e >= m->elements.n || m->elements.at[e] != element)
        return;
    for (uint32_t i = m->out_start.at[e]; i < m->out_start.at[e + 1]; i++)
        refs_add(p, obj_known(p, m->flows.at[m->out_half.at[i] >> 1].obj, KNOWN_CARRIES), out);
    for (uint32_t i = m->in_start.at[e]; i < m->in_start.at[e + 1]; i++)
        refs_add(p, obj_known(p, m->flows.at[m->in_half.at[i] >> 1].obj, KNOWN_CARRIES), out);
}

static void add_of_element(const Assessment *a, ObjId o, ObjVec *out)
{
    refs_add(a->program, obj_known(a->program, o, KNOWN_HOLDS), out);
    if (obj_is(a->program, o, ROLE_PROCESS))
        add_passing(a->program, o, out);
}

/* Whatever is made of a software item is hurt with it. */
static void add_of_software(const Assessment *a, ObjId software, ObjVec *out)
{
    ObjVec users = {0};
    software_users(a, software, &users);
    for (uint32_t i = 0; i < users.n; i++) {
        add_of_element(a, users.at[i], out);
        add_realised(a, users.at[i], out);
    }
    vec_free(&users);
}

/* A threat to a flow touches what it carries; one to an element what rests in it or, for a process, runs through it; and each
 * touches the assets that the model says rest on the thing. */
static void find_assets(const Assessment *a, const Threat *t, ObjVec *out)
{
    const Program *p = a->program;
    ObjId at[THREAT_OBJECTS];
    uint32_t n = threat_objects(a, t, at);
    bool flow = false;
    for (uint32_t i = 0; i < n; i++)
        flow |= obj_is(p, at[i], ROLE_FLOW);
    for (uint32_t i = 0; i < n; i++) {
        if (obj_is(p, at[i], ROLE_DATA) || obj_is(p, at[i], ROLE_ASSET))
            vec_push(out, at[i]);
        else if (obj_is(p, at[i], ROLE_FLOW))
            refs_add(p, obj_known(p, at[i], KNOWN_CARRIES), out);
        else if (!flow && obj_is(p, at[i], ROLE_ELEMENT))
            add_of_element(a, at[i], out);
        else if (obj_is(p, at[i], ROLE_SOFTWARE))
            add_of_software(a, at[i], out);
        add_realised(a, at[i], out);
    }
    objs_tidy(p, out);
    for (uint32_t i = 0, direct = out->n; i < direct; i++)
        add_realised(a, out->at[i], out); /* an asset may rest on data */
    objs_tidy(p, out);
}

void thing_assets(const Assessment *a, ObjId o, ObjVec *out)
{
    const Program *p = a->program;
    if (obj_is(p, o, ROLE_DATA) || obj_is(p, o, ROLE_ASSET))
        vec_push(out, o);
    else if (obj_is(p, o, ROLE_FLOW))
        refs_add(p, obj_known(p, o, KNOWN_CARRIES), out);
    else if (obj_is(p, o, ROLE_ELEMENT))
        add_of_element(a, o, out);
    else if (obj_is(p, o, ROLE_SOFTWARE))
        add_of_software(a, o, out);
    add_realised(a, o, out);
    objs_tidy(p, out);
}

static ConstId const_of(const Program *p, ObjId o, const char *prop)
{
    Value v = prop_value(p, o, prop);
    return (v.tag & VALUE_TAG) == V_CONST ? v.a : 0;
}

static void add_impact(const Program *p, ObjId asset, RiskRecord *out)
{
    AssetImpact impact = {.asset = asset};
    if (out->impacts & IMPACT_CONFIDENTIALITY)
        impact.confidentiality = const_of(p, asset, "confidentiality");
    if (out->impacts & IMPACT_INTEGRITY)
        impact.integrity = const_of(p, asset, "integrity");
    if (out->impacts & IMPACT_AVAILABILITY)
        impact.availability = const_of(p, asset, "availability");
    vec_push(&out->assets, impact);
}

/* ---- estimate, controls, residual ---- */

static void find_estimate(const Assessment *a, const Threat *t, RiskRecord *out)
{
    const Program *p = a->program;
    out->severity = threat_severity(a, t);
    out->vector = prop_text(p, threat_source(a, t), "cvss");
    if (!out->vector.n)
        return;
    Score s = score_cvss(out->vector);
    if (!s.method) {
        out->vector = (Str){0}; /* reported by the checks of rules */
        return;
    }
    out->method = str_from(score_method_name(s.method));
    out->score = s.overall;
}

static void find_controls(const Assessment *a, const Threat *t, const Provenance *why, RiskRecord *out)
{
    if (t->hand)
        refs_add(a->program, obj_known(a->program, t->hand, KNOWN_CONTROLS), &out->controls);
    if (why) {
        for (uint32_t i = 0; i < why->controls.n; i++)
            vec_push(&out->controls, why->controls.at[i]);
        for (uint32_t i = 0; i < why->closers.n; i++) {
            ObjId by = why->closers.at[i].by;
            if (by && obj_is(a->program, by, ROLE_CONTROL))
                vec_push(&out->controls, by);
        }
    }
    objs_tidy(a->program, &out->controls);
}

/* Only what the model shows is said: a mitigated threat is as good as its weakest control; the rest is for people to judge. */
static Str find_residual(const Assessment *a, const Threat *t, const RiskRecord *r)
{
    if (t->decision || threat_kind(a, t) != VERDICT_MITIGATED)
        return (Str){0};
    for (uint32_t i = 0; i < r->controls.n; i++)
        if (control_level(a->program, r->controls.at[i]) < CAP_VERIFIED)
            return STR("mitigated by implemented controls");
    return r->controls.n ? STR("mitigated by verified controls") : STR("mitigated by properties of the design");
}

void risk_record(const Assessment *a, const Threat *t, const Provenance *why, RiskRecord *out)
{
    const Program *p = a->program;
    out->assets.n = out->hazards.n = out->harms.n = out->controls.n = 0;
    out->impacts = threat_impacts(a, t);
    out->method = out->vector = (Str){0};
    out->score = -1;
    out->decision = t->decision;
    ObjVec assets = {0};
    find_assets(a, t, &assets);
    for (uint32_t i = 0; i < assets.n; i++)
        add_impact(p, assets.at[i], out);
    chain_forward(p, assets.at, assets.n, out->impacts, &out->chain);
    chain_things(p, &out->chain, ROLE_HAZARD, &out->hazards);
    chain_things(p, &out->chain, ROLE_HARM, &out->harms);
    vec_free(&assets);
    find_estimate(a, t, out);
    find_controls(a, t, why, out);
    out->residual = find_residual(a, t, out);
}

void risk_record_free(RiskRecord *r)
{
    vec_free(&r->assets);
    chain_free(&r->chain);
    vec_free(&r->hazards);
    vec_free(&r->harms);
    vec_free(&r->controls);
    *r = (RiskRecord){0};
}
