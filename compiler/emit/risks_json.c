/* risks.json: one risk record a threat that applies; schema in grammar/schema/risks.json. What the model does not say is null.
 * Requires a Report; leaves the document. */
#include "emit/risks.h"

static void put_assets(Json *j, const RiskWalk *k)
{
    const Program *p = k->r->program;
    if (!k->record.assets.n) {
        json_put_null(j, "assets");
        return;
    }
    json_begin_array(j, "assets");
    for (uint32_t i = 0; i < k->record.assets.n; i++) {
        const AssetImpact *a = &k->record.assets.at[i];
        json_begin_object(j, NULL);
        json_id(j, "id", p, a->asset);
        json_str(j, "kind", sym_str(p->names, p->kinds.at[model_obj(&p->model, a->asset)->kind].name));
        json_str(j, "title", obj_title(p, a->asset));
        if (k->record.impacts & IMPACT_CONFIDENTIALITY)
            json_const(j, "confidentiality", p, a->confidentiality);
        if (k->record.impacts & IMPACT_INTEGRITY)
            json_const(j, "integrity", p, a->integrity);
        if (k->record.impacts & IMPACT_AVAILABILITY)
            json_const(j, "availability", p, a->availability);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_impact(Json *j, const RiskWalk *k)
{
    if (!k->record.impacts) {
        json_put_null(j, "adverse_impact");
        return;
    }
    json_begin_object(j, "adverse_impact");
    json_bool(j, "confidentiality", (k->record.impacts & IMPACT_CONFIDENTIALITY) != 0);
    json_bool(j, "integrity", (k->record.impacts & IMPACT_INTEGRITY) != 0);
    json_bool(j, "availability", (k->record.impacts & IMPACT_AVAILABILITY) != 0);
    json_end(j, '}');
}

/* Things of the safety process, each with the properties named. */
static void put_linked(Json *j, const char *key, const RiskWalk *k, const ObjVec *list, const char *const *props)
{
    const Program *p = k->r->program;
    if (!list->n) {
        json_put_null(j, key);
        return;
    }
    json_begin_array(j, key);
    for (uint32_t i = 0; i < list->n; i++) {
        json_begin_object(j, NULL);
        json_id(j, "id", p, list->at[i]);
        json_str(j, "title", obj_title(p, list->at[i]));
        for (const char *const *prop = props; *prop; prop++)
            json_value(j, *prop, p, prop_value(p, list->at[i], *prop));
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_estimate(Json *j, const RiskWalk *k)
{
    const RiskRecord *r = &k->record;
    json_begin_object(j, "estimate");
    json_str_or_null(j, "method", r->method);
    json_str_or_null(j, "vector", r->vector);
    if (r->score >= 0)
        json_number(j, "score", r->score);
    else
        json_put_null(j, "score");
    json_const(j, "severity", k->r->program, r->severity);
    json_estimate(j, k->r, r, &k->estimate);
    json_end(j, '}');
}

static void put_evidence(Json *j, const RiskWalk *k, ObjId control)
{
    static const char *const props[] = {"kind_of_test", "ref", "result", "date"};
    const Program *p = k->r->program;
    Range range = risk_evidence(k, control);
    json_begin_array(j, "evidence");
    for (uint32_t i = 0; i < range.n; i++) {
        ObjId o = k->evidence.at[range.first + i];
        json_begin_object(j, NULL);
        json_id(j, "id", p, o);
        json_str(j, "title", obj_title(p, o));
        for (size_t n = 0; n < sizeof props / sizeof *props; n++)
            json_value(j, props[n], p, prop_value(p, o, props[n]));
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_controls(Json *j, const RiskWalk *k)
{
    const Program *p = k->r->program;
    json_begin_array(j, "controls");
    for (uint32_t i = 0; i < k->record.controls.n; i++) {
        ObjId o = k->record.controls.at[i];
        json_begin_object(j, NULL);
        json_id(j, "id", p, o);
        json_str(j, "title", obj_title(p, o));
        if (obj_is(p, o, ROLE_CONTROL)) {
            json_z(j, "level", level_name(control_level(p, o)));
            json_value(j, "requirement", p, prop_value(p, o, "requirement"));
            put_evidence(j, k, o);
        }
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_risk(Json *j, const RiskWalk *k)
{
    static const char *const hazard[] = {"situation", "ref", NULL}, *const harm[] = {"severity", "ref", NULL};
    const Program *p = k->r->program;
    const Assessment *a = k->r->assessment;
    json_begin_object(j, NULL);
    j->pretty = false;
    json_str(j, "threat", strbuf_str(&k->f.id));
    json_str(j, "risk", risk_of_record(k));
    if (k->f.verdict)
        json_str(j, "rule", rule_info(a->rules, k->f.verdict->rule)->id);
    else
        json_put_null(j, "rule");
    json_const(j, "stride", p, threat_stride(a, k->threat, 0));
    json_category(j, k->r, k->threat);
    json_str(j, "title", strbuf_str(&k->f.title));
    json_str(j, "verdict", threat_verdict(a, k->threat));
    json_id(j, "subject", p, k->f.subject);
    put_assets(j, k);
    put_impact(j, k);
    put_linked(j, "hazards", k, &k->record.hazards, hazard);
    put_linked(j, "harms", k, &k->record.harms, harm);
    put_estimate(j, k);
    put_controls(j, k);
    json_decision(j, "decision", k->r, k->threat);
    json_str_or_null(j, "residual", k->record.residual);
    json_end(j, '}');
    j->pretty = true;
}

/* ---- risks that gather threats ---- */

static void put_counts(Json *j, const Risk *g)
{
    static const struct {
        const char *key;
        VerdictKind kind;
    } kinds[] = {{"open", VERDICT_OPEN},
                 {"possible", VERDICT_POSSIBLE},
                 {"planned", VERDICT_PLANNED},
                 {"mitigated", VERDICT_MITIGATED}};
    json_begin_object(j, "verdicts");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        json_u64(j, kinds[i].key, g->by_verdict[kinds[i].kind]);
    json_u64(j, "decided", g->decided);
    json_end(j, '}');
}

/* The worst level of its threats at each stage. */
static void put_stages(Json *j, const Report *r, const Risk *g)
{
    StrBuf id = {0};
    json_begin_object(j, "levels");
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++) {
        const RiskStanding *at = &g->stages[s];
        json_begin_object(j, risk_stage_key(s));
        json_const(j, "level", r->program, at->level);
        json_z(j, "acceptance", acceptance_key(at->acceptance));
        id.n = 0;
        if (at->level)
            threat_id(r->assessment, &r->assessment->threats.at[at->threat], &id);
        json_str_or_null(j, "threat", strbuf_str(&id));
        json_u64(j, "lacking", at->lacking);
        json_end(j, '}');
    }
    json_end(j, '}');
    strbuf_free(&id);
}

static void put_group_threats(Json *j, const Report *r, const Risks *all, const Risk *g)
{
    StrBuf id = {0};
    json_begin_array(j, "threats");
    for (uint32_t i = 0; i < g->n; i++) {
        id.n = 0;
        threat_id(r->assessment, &r->assessment->threats.at[all->threats[g->first + i]], &id);
        json_str(j, NULL, strbuf_str(&id));
    }
    json_end(j, ']');
    strbuf_free(&id);
}

/* What only people can say of a risk. */
static void put_declared(Json *j, const Report *r, const Risk *g)
{
    static const char *const props[] = {"cause",
                                        "rationale",
                                        "owner",
                                        "safety_ref",
                                        "safety_informed",
                                        "effect_on_safety",
                                        "effect_on_effectiveness",
                                        "effect_on_security"};
    if (!g->declared) {
        json_put_null(j, "declared");
        return;
    }
    json_begin_object(j, "declared");
    for (size_t i = 0; i < sizeof props / sizeof *props; i++)
        json_value(j, props[i], r->program, prop_value(r->program, g->declared, props[i]));
    json_place(j, "place", r, model_decl(&r->program->model, g->declared)->span);
    json_end(j, '}');
}

static void put_group(Json *j, const Report *r, const Risks *all, const Risk *g)
{
    const Program *p = r->program;
    json_begin_object(j, NULL);
    j->pretty = false;
    json_str(j, "id", g->id);
    json_str(j, "title", g->title);
    json_bool(j, "proposed", !g->declared);
    json_z(j, "state", risk_state(g));
    json_const(j, "severity", p, g->severity);
    put_counts(j, g);
    put_stages(j, r, g);
    put_group_threats(j, r, all, g);
    json_ids(j, "subjects", p, g->subjects.at, g->subjects.n);
    json_ids(j, "assets", p, g->assets.at, g->assets.n);
    json_ids(j, "hazards", p, g->hazards.at, g->hazards.n);
    json_ids(j, "harms", p, g->harms.at, g->harms.n);
    json_ids(j, "controls", p, g->controls.at, g->controls.n);
    json_ids(j, "decisions", p, g->decisions.at, g->decisions.n);
    put_declared(j, r, g);
    json_end(j, '}');
    j->pretty = true;
}

static void put_groups(Json *j, const Report *r, const Risks *all)
{
    json_begin_array(j, "groups");
    for (uint32_t i = 0; i < all->n && out_ok(j->out); i++)
        put_group(j, r, all, &all->at[i]);
    json_end(j, ']');
}

void emit_risks_json(const Report *r, Out *out)
{
    const Assessment *a = r->assessment;
    RiskWalk k;
    Json j;
    risks_start(&k, r);
    json_start(&j, out, true);
    json_begin_object(&j, NULL);
    json_head(&j, r, "urn:cordon:schema:risks:1");
    json_begin_object(&j, "summary");
    json_u64(&j, "risks", risks_count(r));
    json_u64(&j, "groups", k.risks->n);
    json_u64(&j, "proposed", k.risks->n - k.risks->ndeclared);
    json_end(&j, '}');
    put_groups(&j, r, k.risks);
    json_begin_array(&j, "risks");
    for (uint32_t i = 0; i < a->threats.n && out_ok(out); i++) {
        if (!risk_applies(a, &a->threats.at[i]))
            continue;
        risk_fill(&k, &a->threats.at[i]);
        put_risk(&j, &k);
    }
    json_end(&j, ']');
    json_end(&j, '}');
    risks_end(&k);
}
