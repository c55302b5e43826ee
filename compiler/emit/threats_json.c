/* threats.json: every verdict with what caused it and what would close it, and apart from them what rules find missing; schema in
 * grammar/schema/threats.json. One threat a line, so that two runs can be compared line by line. A large model has millions of them, so a pen
 * writes them, in the order of the members, and what is the same for all threats of a rule is made once (threats_rule.c). Requires a
 * Report; leaves the document. */
#include "emit/pen.h"
#include "emit/pen_place.h"
#include "emit/threats_rule.h"
#include "risk/standing.h"

typedef struct ThreatsJson {
    const Report *r;
    const Program *p;
    Pen pen;
    Json rare; /* inside of an entry behind its first member, for what few of them have: see begin_rare */
    FactVec facts;
    Facts f;
    const RuleJson *rule; /* of the entry at work */
    RuleJson *rules;      /* by RuleId */
    PenPlaces places;
    Str *properties; /* by PropId: ,"property":"..."; made when it is asked for */
    Str cause_ends[CAUSE_RAISED + 1][TRI_TRUE + 1];
    Str between; /* two entries */
    StrBuf made;
    Arena arena;
} ThreatsJson;

/* ---- what is in several members ---- */

static void begin_rare(ThreatsJson *w)
{
    pen_leave(&w->pen);
}

static void end_rare(ThreatsJson *w)
{
    pen_take(&w->pen, w->rare.out);
}

static void put_ids(ThreatsJson *w, const ObjId *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            pen_z(&w->pen, ",");
        pen_id(&w->pen, w->p, at[i]);
    }
}

static void put_property(ThreatsJson *w, PropId prop)
{
    Str *text = &w->properties[prop];
    if (!text->n) {
        Out out;
        out_memory(&out);
        out_z(&out, ",\"property\":\"");
        put_json(&out, sym_str(w->p->names, w->p->props.at[prop].name));
        out_char(&out, '"');
        *text = str_copy(&w->arena, out_text(&out));
        out_discard(&out);
    }
    pen_add(&w->pen, *text);
}

static void put_const(ThreatsJson *w, ConstId c)
{
    if (c)
        pen_quote(&w->pen, const_name(w->p, c));
    else
        pen_z(&w->pen, "null");
}

/* Of a text of the rule, what is inside of the quotes. */
static void put_text(ThreatsJson *w, RuleText which)
{
    const Pieces *text = &w->rule->texts[which];
    for (uint32_t i = 0; i < text->n; i++) {
        pen_add(&w->pen, text->at[i].json);
        if (text->at[i].fill)
            pen_escape(&w->pen, text_filled(w->r->assessment->rules, w->f.verdict, text->at[i].fill, &w->made));
    }
}

/* ---- the members ---- */

static void put_subject(ThreatsJson *w)
{
    const Program *p = w->p;
    ObjId o = w->f.subject;
    if (!o) {
        pen_z(&w->pen, ",\"subject\":null");
        return;
    }
    pen_z(&w->pen, ",\"subject\":{\"id\":");
    pen_id(&w->pen, p, o);
    pen_z(&w->pen, ",\"kind\":");
    pen_quote(&w->pen, sym_str(p->names, p->kinds.at[model_obj(&p->model, o)->kind].name));
    pen_z(&w->pen, ",\"title\":");
    pen_quote(&w->pen, obj_title(p, o));
    pen_z(&w->pen, "}");
}

static void put_involved(ThreatsJson *w)
{
    pen_z(&w->pen, ",\"elements\":[");
    put_ids(w, w->f.involved.elements.at, w->f.involved.elements.n);
    pen_z(&w->pen, "],\"boundaries\":[");
    put_ids(w, w->f.involved.boundaries.at, w->f.involved.boundaries.n);
    pen_z(&w->pen, "],\"flow\":");
    pen_id(&w->pen, w->p, w->f.involved.flow);
}

static void put_title(ThreatsJson *w)
{
    pen_z(&w->pen, ",\"title\":\"");
    if (w->f.verdict)
        put_text(w, RULE_TITLE);
    else
        pen_escape(&w->pen, strbuf_str(&w->f.title));
    pen_z(&w->pen, "\",\"message\":\"");
    if (w->f.verdict)
        put_text(w, RULE_MESSAGE);
    else
        pen_escape(&w->pen, strbuf_str(&w->f.message));
    pen_z(&w->pen, "\"");
}

/* An empty text is null, which is seen when it is there. */
static void put_fix(ThreatsJson *w)
{
    Pen *pen = &w->pen;
    pen_z(pen, ",\"fix\":\"");
    uint64_t from = pen_written(pen);
    if (w->f.verdict)
        put_text(w, RULE_FIX);
    else
        pen_escape(pen, strbuf_str(&w->f.fix));
    if (pen_written(pen) != from) {
        pen_z(pen, "\"");
        return;
    }
    pen->at--;
    pen_z(pen, "null");
}

/* The last members of a cause and its end: the same few, millions of times. */
static void make_cause_ends(ThreatsJson *w)
{
    for (CauseRole role = CAUSE_WHEN; role <= CAUSE_RAISED; role++)
        for (Tri t = TRI_FALSE; t <= TRI_TRUE; t++)
            w->cause_ends[role][t] =
                str_format(&w->arena, ",\"value\":\"%s\",\"role\":\"%s\"}", tri_name(t), role_word(role));
}

/* What the fact is about, for programs: the thing, and what of it. Only what there is. */
static void put_fact(ThreatsJson *w, const Cause *c)
{
    Pen *pen = &w->pen;
    if (c->obj) {
        pen_z(pen, ",\"about\":");
        pen_id(pen, w->p, c->obj);
    }
    if (c->prop)
        put_property(w, c->prop);
    if (c->capability) {
        pen_z(pen, ",\"capability\":");
        pen_id(pen, w->p, c->capability);
    }
    if (c->by) {
        pen_z(pen, ",\"by\":");
        pen_id(pen, w->p, c->by);
    }
}

static void put_causes(ThreatsJson *w)
{
    Pen *pen = &w->pen;
    pen_z(pen, ",\"because\":[");
    for (uint32_t i = 0; i < w->f.why.causes.n; i++) {
        const Cause *c = &w->f.why.causes.at[i];
        pen_z(pen, i ? ",{\"text\":" : "{\"text\":");
        pen_quote(pen, c->text);
        put_fact(w, c);
        pen_z(pen, ",\"fact\":");
        pen_place(pen, &w->places, c->fact);
        pen_condition(pen, &w->places, c->condition);
        pen_add(pen, w->cause_ends[c->role][c->value]);
    }
    pen_z(pen, "]");
}

static void put_closers(ThreatsJson *w)
{
    Pen *pen = &w->pen;
    pen_z(pen, ",\"closes\":[");
    for (uint32_t i = 0; i < w->f.why.closers.n; i++) {
        const Cause *c = &w->f.why.closers.at[i];
        pen_z(pen, i ? ",{\"text\":" : "{\"text\":");
        pen_quote(pen, c->text);
        pen_z(pen, ",\"capability\":");
        pen_id(pen, w->p, c->capability);
        pen_z(pen, ",\"on\":");
        pen_id(pen, w->p, c->obj);
        pen_z(pen, ",\"by\":");
        pen_id(pen, w->p, c->by);
        pen_z(pen, "}");
    }
    pen_z(pen, "]");
}

static void put_questions(ThreatsJson *w)
{
    Pen *pen = &w->pen;
    pen_z(pen, ",\"questions\":[");
    for (uint32_t i = 0; i < w->f.why.questions.n; i++) {
        const Cause *c = &w->f.why.questions.at[i];
        pen_z(pen, i ? ",{\"about\":" : "{\"about\":");
        pen_id(pen, w->p, c->obj);
        if (c->prop)
            put_property(w, c->prop);
        else
            pen_z(pen, ",\"property\":null");
        pen_z(pen, ",\"text\":");
        pen_quote(pen, c->text);
        pen_z(pen, "}");
    }
    pen_z(pen, "]");
}

/* {id, title, level}, inside an array. */
static void put_control(Json *j, const Program *p, ObjId o)
{
    json_begin_object(j, NULL);
    json_id(j, "id", p, o);
    json_str(j, "title", obj_title(p, o));
    if (obj_is(p, o, ROLE_CONTROL))
        json_z(j, "level", level_name(control_level(p, o)));
    json_end(j, '}');
}

static void put_hand_controls(Json *j, const Program *p, ObjId threat)
{
    Value v = obj_known(p, threat, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF)
            put_control(j, p, member[i].a);
}

static void put_controls(ThreatsJson *w)
{
    ObjId hand = w->f.threat->hand;
    if (!hand && !w->f.why.controls.n) {
        pen_z(&w->pen, ",\"controls\":[]");
        return;
    }
    begin_rare(w);
    json_begin_array(&w->rare, "controls");
    for (uint32_t i = 0; i < w->f.why.controls.n; i++)
        put_control(&w->rare, w->p, w->f.why.controls.at[i]);
    if (hand)
        put_hand_controls(&w->rare, w->p, hand);
    json_end(&w->rare, ']');
    end_rare(w);
}

static void put_decision(ThreatsJson *w)
{
    if (!w->f.threat->decision) {
        pen_z(&w->pen, ",\"decision\":null");
        return;
    }
    begin_rare(w);
    json_decision(&w->rare, "decision", w->r, w->f.threat);
    end_rare(w);
}

/* What a decision about it gives as `facts` and `basis`. Only what one can be about needs them. */
static void put_facts(ThreatsJson *w)
{
    const Assessment *a = w->r->assessment;
    Pen *pen = &w->pen;
    if (threat_kind(a, w->f.threat) < VERDICT_PLANNED) {
        pen_z(pen, ",\"basis\":null,\"facts\":null");
        return;
    }
    char basis[13];
    w->facts.n = 0;
    threat_facts(a, w->f.threat, w->f.explained ? &w->f.why : NULL, &w->f.why.arena, &w->facts);
    facts_basis(&w->facts, basis);
    pen_z(pen, ",\"basis\":\"");
    pen_add(pen, (Str){basis, 12});
    pen_z(pen, "\",\"facts\":[");
    for (uint32_t i = 0; i < w->facts.n; i++) {
        if (i)
            pen_z(pen, ",");
        pen_quote(pen, w->facts.at[i].text);
    }
    pen_z(pen, "]");
}

static void put_path(ThreatsJson *w)
{
    const Program *p = w->p;
    const Verdict *v = w->f.verdict;
    const Verdicts *all = w->r->assessment->verdicts;
    Pen *pen = &w->pen;
    pen_z(pen, ",\"path\":[");
    for (uint32_t i = 0; v && v->path && i < v->hops; i++) {
        uint32_t half = all->hops.at[v->path + i];
        pen_z(pen, i ? ",{\"flow\":" : "{\"flow\":");
        pen_id(pen, p, p->model.flows.at[half >> 1].obj);
        pen_z(pen, ",\"from\":");
        pen_id(pen, p, half_from(&p->model, half));
        pen_z(pen, ",\"to\":");
        pen_id(pen, p, half_to(&p->model, half));
        pen_z(pen, "}");
    }
    pen_z(pen, "]");
}

/* ---- one threat ---- */

static void put_threat(ThreatsJson *w, const Threat *t)
{
    const Assessment *a = w->r->assessment;
    Pen *pen = &w->pen;
    facts_why(w->r, t, &w->f);
    if (t->hand)
        facts_texts(w->r, &w->f);
    RuleJson *rule = &w->rules[w->f.verdict ? w->f.verdict->rule : 0];
    if (!rule->made || t->hand)
        *rule = rule_json(w->r, t, &w->arena);
    w->rule = rule;
    pen_z(pen, "{\"id\":");
    pen_quote(pen, strbuf_str(&w->f.id));
    pen_z(pen, ",");
    pen_add(pen, rule->head);
    pen_z(pen, ",\"verdict\":");
    pen_quote(pen, threat_verdict(a, t));
    pen_z(pen, ",\"severity\":");
    put_const(w, w->f.severity);
    put_subject(w);
    put_involved(w);
    put_title(w);
    put_causes(w);
    put_fix(w);
    put_closers(w);
    put_questions(w);
    put_controls(w);
    put_decision(w);
    put_facts(w);
    pen_z(pen, ",\"witnesses\":");
    pen_u32(pen, w->f.verdict ? w->f.verdict->witnesses : 1);
    put_path(w);
    pen_z(pen, ",");
    pen_add(pen, rule->references);
    pen_z(pen, "}");
}

static void put_all(ThreatsJson *w, Json *j, const char *key, const ThreatVec *all)
{
    json_begin_array(j, key);
    pen_take(&w->pen, j->out);
    for (uint32_t i = 0; i < all->n && out_ok(j->out); i++) {
        threats_foresee(w->r->assessment, all, i);
        pen_add(&w->pen, i ? w->between : str_slice(w->between, 1, w->between.n)); /* no comma before the first */
        put_threat(w, &all->at[i]);
    }
    pen_leave(&w->pen);
    j->first[j->depth] = all->n == 0;
    json_end(j, ']');
}

/* What the Json of the document writes between two members of an array that stands in what it is in now. */
static Str between(Json j, Arena *arena)
{
    Out out;
    out_memory(&out);
    j.out = &out;
    j.first[++j.depth] = false;
    json_lead(&j, NULL);
    Str text = str_copy(arena, out_text(&out));
    out_discard(&out);
    return text;
}

void json_threats(Json *j, const Report *r)
{
    const Assessment *a = r->assessment;
    ThreatsJson w = {.r = r, .p = r->program, .rare = {.out = j->out, .depth = j->depth + 2}};
    w.rules = NEWN(&w.arena, RuleJson, rules_count(a->rules) + 1);
    w.properties = NEWN(&w.arena, Str, r->program->props.n);
    w.places = pen_places(r, &w.arena);
    w.between = between(*j, &w.arena);
    make_cause_ends(&w);
    put_all(&w, j, "threats", &a->threats);
    put_all(&w, j, "gaps", &a->gaps);
    facts_free(&w.f);
    pen_places_free(&w.places);
    strbuf_free(&w.made);
    vec_free(&w.facts);
    arena_free(&w.arena);
}

/* How every decision of the model stands: why one counts for nothing is told nowhere else. */
static void put_decisions(Json *j, const Report *r)
{
    Arena arena = {0};
    Standings all = decision_standings(r->assessment, &arena);
    json_begin_array(j, "decisions");
    for (uint32_t i = 0; i < all.n; i++) {
        json_begin_object(j, NULL);
        j->pretty = false;
        json_id(j, "id", r->program, all.at[i].decision);
        json_z(j, "standing", standing_name(all.at[i].standing));
        json_str_or_null(j, "why", all.at[i].why);
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
    arena_free(&arena);
}

void emit_threats_json(const Report *r, Out *out)
{
    Json j;
    json_start(&j, out, true);
    json_begin_object(&j, NULL);
    json_head(&j, r, "urn:cordon:schema:threats:1");
    json_str(&j, "module", r->program->modules.n > 1 ? r->program->modules.at[1].short_name : STR(""));
    json_summary(&j, r);
    json_threats(&j, r);
    put_decisions(&j, r);
    json_end(&j, '}');
}
