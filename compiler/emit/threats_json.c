/* threats.json: every verdict with what caused it and what would close it, and apart from them what rules find missing; schema in grammar/schema/threats.json. One threat a
 * line, so that two runs can be compared line by line. What is the same for all threats of a rule is made once and copied, because
 * a large model has millions of them. Requires a Report; leaves the document. */
#include "emit/parts.h"
#include "risk/standing.h"

/* What is the same for each threat of a rule, as JSON text. */
typedef struct RuleJson {
    Str head;       /* "rule":...,"stride":... */
    Str references; /* {...} */
    bool made;
} RuleJson;

enum { PLACE_BITS = 11 };

/* Which place a PlaceText is of, apart from it, so that looking for it touches little. */
typedef struct PlaceKey {
    FileId file; /* 0: none */
    uint32_t lo;
    bool kept; /* else it was asked for once, and the text is of another */
} PlaceKey;
typedef struct PlaceText { /* a place as JSON */
    uint32_t n;
    char text[60];
} PlaceText;

typedef struct ThreatsJson {
    const Report *r;
    FactVec facts;
    Json j;
    Facts f;
    RuleJson *rules;      /* by RuleId */
    PlaceKey *place_keys; /* 1 << PLACE_BITS of them, by place */
    PlaceText *places;
    Str cause_ends[CAUSE_RAISED + 1][TRI_TRUE + 1];
    StrBuf place;
    Arena arena;
} ThreatsJson;

/* ---- references ---- */

/* What the other fields of a threat show already, and what is for the file itself. */
static bool shown_elsewhere(const Program *p, PropId prop)
{
    static const Known known[] = {KNOWN_RULE_STRIDE,   KNOWN_RULE_SEVERITY, KNOWN_RULE_CWE,       KNOWN_RULE_CAPEC,
                                  KNOWN_RULE_ATTACK,   KNOWN_RULE_CVSS,     KNOWN_RULE_KEY,       KNOWN_RULE_MESSAGE,
                                  KNOWN_RULE_FIX,      KNOWN_CONTROLS,      KNOWN_OUT_OF_SCOPE,   KNOWN_THREAT_AT,
                                  KNOWN_THREAT_STRIDE, KNOWN_RULE_CATEGORY, KNOWN_THREAT_CATEGORY};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (p->known[known[i]] == prop)
            return true;
    /* Of a `threat`; and what is about a rule, not about the threat: `cordon explain RULE` tells it. */
    static const char *const names[] = {"severity", "cwe", "capec",  "attack",        "cvss",
                                        "message",  "fix", "source", "false_positive"};
    Str name = sym_str(p->names, p->props.at[prop].name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_from(names[i])))
            return true;
    return false;
}

/* What the rule or the threat refers to: cwe, capec, attack, cvss, score and whatever else is written in it. */
static void put_references(Json *j, const char *key, const Program *p, ObjId source)
{
    json_begin_object(j, key);
    json_members(j, p, source, "cwe");
    json_members(j, p, source, "capec");
    json_members(j, p, source, "attack");
    json_cvss(j, prop_text(p, source, "cvss"));
    const Object *o = obj_bound(p, source);
    StrBuf name = {0};
    for (uint32_t i = 0; i < o->nprops; i++) {
        const PropVal *v = &p->model.props.at[o->props + i];
        if (shown_elsewhere(p, v->prop))
            continue;
        name.n = 0;
        strbuf_add(&name, sym_str(p->names, p->props.at[v->prop].name));
        json_value(j, name.s, p, said_value(v));
    }
    strbuf_free(&name);
    json_end(j, '}');
}

/* ---- what is the same for all threats of a rule ---- */

static void put_categories_of(Json *j, const Report *r, const Threat *t)
{
    const Program *p = r->program;
    ConstId first = threat_stride(r->assessment, t, 0), c;
    json_const(j, "stride", p, first);
    if (threat_stride(r->assessment, t, 1)) {
        json_begin_array(j, "stride_all");
        for (uint32_t i = 0; (c = threat_stride(r->assessment, t, i)); i++)
            json_const(j, NULL, p, c);
        json_end(j, ']');
    }
    json_category(j, r, t);
}

/* The members that `write` adds to an object, as text to be copied. */
static Str members(const Report *r, Arena *arena, const Threat *t,
                   void (*write)(Json *, const Report *, const Threat *))
{
    Out out;
    Json j;
    out_memory(&out);
    json_start(&j, &out, false);
    json_begin_object(&j, NULL);
    write(&j, r, t);
    Str text = out_text(&out);
    text = str_copy(arena, str_slice(text, 1, text.n));
    out_discard(&out);
    return text;
}

static void write_head(Json *j, const Report *r, const Threat *t)
{
    if (t->hand)
        json_put_null(j, "rule");
    else
        json_str(j, "rule", rule_info(r->assessment->rules, threat_of_rule(r->assessment, t)->rule)->id);
    put_categories_of(j, r, t);
}

static void write_references(Json *j, const Report *r, const Threat *t)
{
    put_references(j, "references", r->program, threat_source(r->assessment, t));
}

static RuleJson make_rule(const Report *r, Arena *arena, const Threat *t)
{
    return (RuleJson){members(r, arena, t, write_head), members(r, arena, t, write_references), true};
}

/* ---- one threat ---- */

static void put_subject(ThreatsJson *w, const char *key, ObjId o)
{
    const Program *p = w->r->program;
    if (!o) {
        json_put_null(&w->j, key);
        return;
    }
    json_begin_object(&w->j, key);
    json_id(&w->j, "id", p, o);
    json_str(&w->j, "kind", sym_str(p->names, p->kinds.at[model_obj(&p->model, o)->kind].name));
    json_str(&w->j, "title", obj_title(p, o));
    json_end(&w->j, '}');
}

static void quote_place(ThreatsJson *w, Span at)
{
    w->place.n = 0;
    emit_place(w->r, at, &w->place);
    json_quote(&w->j, strbuf_str(&w->place));
}

/* Keeps it where it is short; false where it cannot. */
static bool keep_place(ThreatsJson *w, const char *key, Span at, PlaceText *kept)
{
    json_lead(&w->j, key);
    size_t from = w->j.out->memory.n;
    quote_place(w, at);
    size_t end = w->j.out->memory.n;
    if (end < from || end - from > sizeof kept->text) /* written out, or long */
        return false;
    kept->n = (uint32_t)(end - from);
    memcpy(kept->text, w->j.out->memory.s + from, kept->n);
    return true;
}

/* Places of conditions, and of what the library and shared data say, are asked for again and again: those that were asked for twice
 * are kept. */
static void put_place(ThreatsJson *w, const char *key, Span at)
{
    if (span_none(at)) {
        json_put_null(&w->j, key);
        return;
    }
    uint32_t i = (at.lo * 2654435761u ^ at.file * 40503u) >> (32 - PLACE_BITS);
    PlaceKey *slot = &w->place_keys[i];
    if (slot->lo != at.lo || slot->file != at.file) {
        *slot = (PlaceKey){.file = at.file, .lo = at.lo};
        json_lead(&w->j, key);
        quote_place(w, at);
        return;
    }
    PlaceText *kept = &w->places[i];
    char *to = slot->kept ? json_room(&w->j, key, sizeof kept->text) : NULL;
    if (!to) {
        slot->kept = keep_place(w, key, at, kept);
        return;
    }
    memcpy(to, kept->text, sizeof kept->text); /* all of it, whatever counts: a known length is a few instructions */
    out_filled(w->j.out, to + kept->n);
}

/* The last members of a cause and its end: the same few, millions of times. */
static void make_cause_ends(ThreatsJson *w)
{
    for (CauseRole role = CAUSE_WHEN; role <= CAUSE_RAISED; role++)
        for (Tri t = TRI_FALSE; t <= TRI_TRUE; t++)
            w->cause_ends[role][t] =
                str_format(&w->arena, ",\"value\":\"%s\",\"role\":\"%s\"}", tri_name(t), role_word(role));
}

static void put_cause_end(ThreatsJson *w, const Cause *c)
{
    Str end = w->cause_ends[c->role][c->value];
    out_put(w->j.out, end.s, end.n);
    w->j.depth--;
}

/* What the fact is about, for programs: the thing, and what of it. Only what there is. */
static void put_fact(ThreatsJson *w, const Cause *c)
{
    const Program *p = w->r->program;
    if (c->obj)
        json_id(&w->j, "about", p, c->obj);
    if (c->prop)
        json_str(&w->j, "property", sym_str(p->names, p->props.at[c->prop].name));
    if (c->capability)
        json_id(&w->j, "capability", p, c->capability);
    if (c->by)
        json_id(&w->j, "by", p, c->by);
}

static void put_causes(ThreatsJson *w)
{
    Json *j = &w->j;
    json_begin_array(j, "because");
    for (uint32_t i = 0; i < w->f.why.causes.n; i++) {
        const Cause *c = &w->f.why.causes.at[i];
        json_begin_object(j, NULL);
        json_str(j, "text", c->text);
        put_fact(w, c);
        put_place(w, "fact", c->fact);
        put_place(w, "condition", c->condition);
        put_cause_end(w, c);
    }
    json_end(j, ']');
}

static void put_closers(ThreatsJson *w)
{
    const Program *p = w->r->program;
    Json *j = &w->j;
    json_begin_array(j, "closes");
    for (uint32_t i = 0; i < w->f.why.closers.n; i++) {
        const Cause *c = &w->f.why.closers.at[i];
        json_begin_object(j, NULL);
        json_str(j, "text", c->text);
        json_id(j, "capability", p, c->capability);
        json_id(j, "on", p, c->obj);
        json_id(j, "by", p, c->by);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_questions(ThreatsJson *w)
{
    const Program *p = w->r->program;
    Json *j = &w->j;
    json_begin_array(j, "questions");
    for (uint32_t i = 0; i < w->f.why.questions.n; i++) {
        const Cause *c = &w->f.why.questions.at[i];
        json_begin_object(j, NULL);
        json_id(j, "about", p, c->obj);
        if (c->prop)
            json_str(j, "property", sym_str(p->names, p->props.at[c->prop].name));
        else
            json_put_null(j, "property");
        json_str(j, "text", c->text);
        json_end(j, '}');
    }
    json_end(j, ']');
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

static void put_controls(ThreatsJson *w)
{
    const Program *p = w->r->program;
    json_begin_array(&w->j, "controls");
    for (uint32_t i = 0; i < w->f.why.controls.n; i++)
        put_control(&w->j, p, w->f.why.controls.at[i]);
    if (w->f.threat->hand) {
        Value v = obj_known(p, w->f.threat->hand, KNOWN_CONTROLS);
        const Value *member;
        Range set = value_members(&p->model, &v, &member);
        for (uint32_t i = 0; i < set.n; i++)
            if ((member[i].tag & VALUE_TAG) == V_REF)
                put_control(&w->j, p, member[i].a);
    }
    json_end(&w->j, ']');
}

static void put_path(ThreatsJson *w)
{
    const Program *p = w->r->program;
    const Verdict *v = w->f.verdict;
    const Verdicts *all = w->r->assessment->verdicts;
    json_begin_array(&w->j, "path");
    for (uint32_t i = 0; v && v->path && i < v->hops; i++) {
        uint32_t half = all->hops.at[v->path + i];
        json_begin_object(&w->j, NULL);
        json_id(&w->j, "flow", p, p->model.flows.at[half >> 1].obj);
        json_id(&w->j, "from", p, half_from(&p->model, half));
        json_id(&w->j, "to", p, half_to(&p->model, half));
        json_end(&w->j, '}');
    }
    json_end(&w->j, ']');
}

/* What a decision about it gives as `facts` and `basis`. Only what one can be about needs them. */
static void put_facts(ThreatsJson *w)
{
    const Assessment *a = w->r->assessment;
    if (threat_kind(a, w->f.threat) < VERDICT_PLANNED) {
        json_put_null(&w->j, "basis");
        json_put_null(&w->j, "facts");
        return;
    }
    char basis[13];
    w->facts.n = 0;
    threat_facts(a, w->f.threat, w->f.explained ? &w->f.why : NULL, &w->f.why.arena, &w->facts);
    facts_basis(&w->facts, basis);
    json_str(&w->j, "basis", (Str){basis, 12});
    json_begin_array(&w->j, "facts");
    for (uint32_t i = 0; i < w->facts.n; i++)
        json_str(&w->j, NULL, w->facts.at[i].text);
    json_end(&w->j, ']');
}

static void put_members(Json *j, Str text)
{
    if (!j->first[j->depth])
        out_char(j->out, ',');
    j->first[j->depth] = false;
    out_str(j->out, text);
}

static void put_threat(ThreatsJson *w, const Threat *t)
{
    const Program *p = w->r->program;
    const Assessment *a = w->r->assessment;
    Json *j = &w->j;
    facts_of(w->r, t, &w->f);
    RuleJson *rule = &w->rules[w->f.verdict ? w->f.verdict->rule : 0];
    if (!rule->made || t->hand)
        *rule = make_rule(w->r, &w->arena, t);
    json_begin_object(j, NULL);
    j->pretty = false;
    json_str(j, "id", strbuf_str(&w->f.id));
    put_members(j, rule->head);
    json_str(j, "verdict", threat_verdict(a, t));
    json_const(j, "severity", p, w->f.severity);
    put_subject(w, "subject", w->f.subject);
    json_ids(j, "elements", p, w->f.involved.elements.at, w->f.involved.elements.n);
    json_ids(j, "boundaries", p, w->f.involved.boundaries.at, w->f.involved.boundaries.n);
    json_id(j, "flow", p, w->f.involved.flow);
    json_str(j, "title", strbuf_str(&w->f.title));
    json_str(j, "message", strbuf_str(&w->f.message));
    put_causes(w);
    json_str_or_null(j, "fix", strbuf_str(&w->f.fix));
    put_closers(w);
    put_questions(w);
    put_controls(w);
    json_decision(j, "decision", w->r, t);
    put_facts(w);
    json_u64(j, "witnesses", w->f.verdict ? w->f.verdict->witnesses : 1);
    put_path(w);
    put_members(j, rule->references);
    json_end(j, '}');
    j->pretty = true;
}

/* ---- the counts ---- */

typedef struct Counts {
    uint32_t *by_const; /* by ConstId: severities, categories, dispositions */
    uint32_t pending, no_severity, no_stride;
    Map by_category; /* ObjId of a `category` -> number */
    uint32_t by_verdict[8];
} Counts;

static void count(const Report *r, Counts *c)
{
    const Assessment *a = r->assessment;
    c->by_const = NEWN(r->arena, uint32_t, r->program->consts.n + 1);
    for (uint32_t i = 0; i < a->threats.n; i++) {
        const Threat *t = &a->threats.at[i];
        if (t->decision)
            c->by_const[t->disposition]++;
        else
            c->by_verdict[threat_kind(a, t)]++;
        if (!threat_pending(a, t))
            continue;
        ConstId severity = threat_severity(a, t), category;
        c->pending++;
        c->no_severity += severity == 0;
        c->no_stride += threat_stride(a, t, 0) == 0;
        c->by_const[severity] += severity != 0;
        for (uint32_t k = 0; (category = threat_stride(a, t, k)); k++)
            c->by_const[category]++;
        ObjId other;
        for (uint32_t k = 0; (other = threat_category(a, t, k)); k++)
            map_put(&c->by_category, other, map_get(&c->by_category, other) + 1);
    }
}

static void put_enum_counts(Json *j, const Report *r, const char *name, const Counts *c)
{
    const Program *p = r->program;
    EnumId e = p->modules.n > 1 ? enum_by_name(p, p->modules.at[1].obj, name) : 0;
    for (uint32_t i = 0; e && i < p->enums.at[e].n; i++) {
        StrBuf key = {0};
        ConstId value = p->enums.at[e].first + i;
        strbuf_add(&key, const_name(p, value));
        json_u64(j, key.s, c->by_const[value]);
        strbuf_free(&key);
    }
}

/* Of other methods than STRIDE, those that have any. */
static void put_categories(Json *j, const Report *r, const Counts *c)
{
    const Program *p = r->program;
    StrBuf key = {0};
    json_begin_object(j, "by_category");
    for (ObjId o = 1; o < p->model.objects.n && c->by_category.n; o++) {
        uint32_t n = obj_is(p, o, ROLE_CATEGORY) ? map_get(&c->by_category, o) : 0;
        key.n = 0;
        if (!n)
            continue;
        obj_id(p, o, &key);
        json_u64(j, key.s, n);
    }
    json_end(j, '}');
    strbuf_free(&key);
}

/* By the title, which is the verdict; it is text, and a model may have an enumeration of its own. */
static void put_dispositions(Json *j, const Report *r, const Counts *c)
{
    const Program *p = r->program;
    EnumId e = p->modules.n > 1 ? enum_by_name(p, p->modules.at[1].obj, "Disposition") : 0;
    Out key;
    out_memory(&key);
    for (uint32_t i = 0; e && i < p->enums.at[e].n; i++) {
        ConstId value = p->enums.at[e].first + i;
        if (!c->by_const[value])
            continue;
        key.memory.n = 0;
        put_json(&key, const_title(p, value));
        json_u64(j, key.memory.s, c->by_const[value]);
    }
    out_discard(&key);
}

void json_summary(Json *j, const Report *r)
{
    Counts c = {0};
    count(r, &c);
    json_begin_object(j, "summary");
    json_u64(j, "threats", r->assessment->threats.n);
    json_u64(j, "pending", c.pending);
    json_u64(j, "decided", r->assessment->decided);
    json_begin_object(j, "by_verdict");
    static const VerdictKind kinds[] = {VERDICT_OPEN, VERDICT_POSSIBLE, VERDICT_PLANNED, VERDICT_MITIGATED,
                                        VERDICT_OUT_OF_SCOPE};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        json_u64(j, verdict_name(kinds[i]), c.by_verdict[kinds[i]]);
    put_dispositions(j, r, &c);
    json_end(j, '}');
    json_begin_object(j, "by_severity");
    put_enum_counts(j, r, "Severity", &c);
    json_u64(j, "unrated", c.no_severity);
    json_end(j, '}');
    json_begin_object(j, "by_stride");
    put_enum_counts(j, r, "Stride", &c);
    json_u64(j, "other", c.no_stride);
    json_end(j, '}');
    put_categories(j, r, &c);
    json_u64(j, "gaps", r->assessment->gaps_pending);
    json_end(j, '}');
    map_free(&c.by_category);
}

static void put_all(ThreatsJson *w, const char *key, const ThreatVec *all)
{
    json_begin_array(&w->j, key);
    for (uint32_t i = 0; i < all->n && out_ok(w->j.out); i++) {
        threats_foresee(w->r->assessment, all, i);
        put_threat(w, &all->at[i]);
    }
    json_end(&w->j, ']');
}

void json_threats(Json *j, const Report *r)
{
    const Assessment *a = r->assessment;
    ThreatsJson w = {.r = r, .j = *j};
    w.rules = NEWN(&w.arena, RuleJson, rules_count(a->rules) + 1);
    w.place_keys = NEWN(&w.arena, PlaceKey, (size_t)1 << PLACE_BITS);
    w.places = NEWN(&w.arena, PlaceText, (size_t)1 << PLACE_BITS);
    make_cause_ends(&w);
    put_all(&w, "threats", &a->threats);
    put_all(&w, "gaps", &a->gaps);
    *j = w.j;
    facts_free(&w.f);
    strbuf_free(&w.place);
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
