/* The snapshot of a model at hand: what model.json and threats.json would say, without writing them. Requires an assessed model.
 * Leaves a snapshot that is the same as that of a build of the same model. */
#include "compare/snapshot.h"

#include "emit/model_parts.h"
#include "emit/parts.h"
#include "risk/standing.h"

typedef struct FromModel {
    const Report *r;
    const Program *p;
    Snapshot *s;
    Vec(Sym) ids;   /* by ObjId; 0: not asked yet */
    Vec(Sym) words; /* by Sym of the program */
    KindProps kinds;
    StrBuf text;
    Json json; /* for numbers */
    Out out;
} FromModel;

static Sym keep(FromModel *w, Str s)
{
    return s.n ? intern(w->s->names, s) : 0;
}

static Sym id_of(FromModel *w, ObjId o)
{
    if (!o)
        return 0;
    Sym *id = &w->ids.at[o];
    if (!*id) {
        w->text.n = 0;
        obj_id(w->p, o, &w->text);
        *id = keep(w, strbuf_str(&w->text));
    }
    return *id;
}

static Sym word(FromModel *w, Sym name)
{
    if (!name)
        return 0;
    if (name >= w->words.n) {
        uint32_t more = name + 1 - w->words.n;
        vec_reserve(&w->words, more);
        memset(w->words.at + w->words.n, 0, more * sizeof *w->words.at);
        w->words.n += more;
    }
    if (!w->words.at[name])
        w->words.at[name] = keep(w, sym_str(w->p->names, name));
    return w->words.at[name];
}

/* ---- values ---- */

static Sym of_number(FromModel *w, double n)
{
    w->out.memory.n = 0;
    w->json.first[0] = true;
    json_number(&w->json, NULL, n);
    return keep(w, out_text(&w->out));
}

static Sym of_ref(FromModel *w, Value v)
{
    if (v.a && !(v.tag & (VALUE_STAR | VALUE_STAR_STAR)))
        return id_of(w, v.a);
    w->text.n = 0;
    if (v.a)
        obj_id(w->p, v.a, &w->text);
    strbuf_addz(&w->text, !v.a ? "*" : v.tag & VALUE_STAR_STAR ? ".**" : ".*");
    return keep(w, strbuf_str(&w->text));
}

/* A value as model.json writes it; empty texts are values too. */
static Sym value_of(FromModel *w, Value v)
{
    const Program *p = w->p;
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT:
    case V_UNKNOWN:
    case V_SET: return 0; /* sets have no sets as members */
    case V_BOOL: return keep(w, v.a ? STR("true") : STR("false"));
    case V_NUMBER: return of_number(w, value_number(&p->model, v));
    case V_DATE:
        w->text.n = 0;
        value_print(p, v, &w->text);
        return keep(w, strbuf_str(&w->text));
    case V_TEXT: return keep(w, value_text_of(&p->model, v));
    case V_PERSON: return word(w, v.a);
    case V_CONST: return word(w, p->consts.at[v.a].name);
    case V_REF: return of_ref(w, v);
    }
    return 0;
}

static void add_prop(FromModel *w, SnapThing *t, ObjId o, PropId prop)
{
    const PropVal *written = NULL;
    Value v = obj_value(w->p, o, prop, &written);
    ValueTag tag = (ValueTag)(v.tag & VALUE_TAG);
    if (tag == V_ABSENT)
        return;
    SnapProp p = {.name = word(w, w->p->props.at[prop].name), .unknown = tag == V_UNKNOWN, .list = tag == V_SET};
    p.written = written != NULL;
    const Value *member;
    Range set = value_members(&w->p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        snap_value(w->s, &p, value_of(w, member[i]));
    snap_prop(w->s, t, p);
}

/* ---- things ---- */

static void add_flow(FromModel *w, SnapThing *t, ObjId o)
{
    const Flow *f = &w->p->model.flows.at[model_obj(&w->p->model, o)->index];
    t->from = id_of(w, f->from);
    t->from_port = id_of(w, flow_ports(&w->p->model, f)->from);
    t->to = id_of(w, f->to);
    t->to_port = id_of(w, flow_ports(&w->p->model, f)->to);
    t->two_way = f->two_way;
}

static void add_thing(FromModel *w, Sym section, ObjId o)
{
    const Program *p = w->p;
    const Object *object = model_obj(&p->model, o);
    const Decl *decl = model_decl(&p->model, o);
    SnapThing t = {.id = id_of(w, o), .section = section, .kind = word(w, p->kinds.at[object->kind].name)};
    t.path = t.id;
    if (decl->hash_id) {
        w->text.n = 0;
        obj_path(p, o, &w->text);
        t.path = keep(w, strbuf_str(&w->text));
    }
    if (!t.id)
        t.id = t.path = t.kind; /* it has neither name nor id: it gets a number */
    t.title = keep(w, obj_title(p, o));
    t.doc = decl->doc ? keep(w, obj_doc(p, o, w->r->arena)) : 0;
    t.was = word(w, decl->was);
    t.parent = id_of(w, obj_named_parent(p, o));
    if (obj_is(p, o, ROLE_ELEMENT) || obj_is(p, o, ROLE_BOUNDARY)) {
        const ObjId *set;
        Range range = model_boundaries(&p->model, o, &set);
        for (uint32_t i = 0; i < range.n; i++)
            snap_inside(w->s, &t, id_of(w, set[i]));
    }
    if (obj_is(p, o, ROLE_FLOW))
        add_flow(w, &t, o);
    Range range = kind_props(&w->kinds, p, object->kind);
    for (uint32_t i = 0; i < range.n; i++)
        add_prop(w, &t, o, w->kinds.props.at[range.first + i]);
    vec_push(&w->s->things, t);
}

static void add_things(FromModel *w)
{
    Arena scratch = {0};
    ModelSection sections[MODEL_SECTIONS];
    model_sections(w->r, &scratch, sections);
    for (size_t i = 0; i < MODEL_SECTIONS; i++) {
        Sym key = keep(w, str_from(sections[i].key));
        for (uint32_t k = 0; k < sections[i].n; k++)
            add_thing(w, key, sections[i].at[k]);
    }
    arena_free(&scratch);
}

/* ---- threats ---- */

static void add_facts(FromModel *w, SnapThreat *t, const Provenance *why)
{
    const Program *p = w->p;
    for (uint32_t i = 0; i < why->causes.n; i++) {
        const Cause *c = &why->causes.at[i];
        SnapFact f = {id_of(w, c->obj), c->prop ? word(w, p->props.at[c->prop].name) : 0, id_of(w, c->capability),
                      id_of(w, c->by)};
        snap_fact(w->s, t, f);
    }
    for (uint32_t i = 0; i < why->closers.n; i++) {
        const Cause *c = &why->closers.at[i];
        snap_fact(w->s, t, (SnapFact){id_of(w, c->obj), 0, id_of(w, c->capability), id_of(w, c->by)});
    }
}

static void add_hand_controls(FromModel *w, SnapThreat *t, ObjId hand)
{
    Value v = obj_known(w->p, hand, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&w->p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF)
            snap_fact(w->s, t, (SnapFact){.by = id_of(w, member[i].a)});
}

static void add_threat(FromModel *w, Facts *f, const Threat *threat, bool gap)
{
    const Assessment *a = w->r->assessment;
    facts_of(w->r, threat, f);
    SnapThreat t = {.id = keep(w, strbuf_str(&f->id)), .title = keep(w, strbuf_str(&f->title)), .gap = gap};
    if (f->verdict)
        t.rule = keep(w, rule_info(a->rules, f->verdict->rule)->id);
    t.verdict = keep(w, threat_verdict(a, threat));
    t.severity = f->severity ? word(w, w->p->consts.at[f->severity].name) : 0;
    t.subject = id_of(w, f->subject);
    t.decision = id_of(w, threat->decision);
    if (threat_kind(a, threat) >= VERDICT_PLANNED) {
        char basis[13];
        if (f->explained)
            provenance_basis(a->rules, &f->why, basis);
        else
            threat_basis(a, threat, basis);
        t.basis = keep(w, (Str){basis, 12});
    }
    add_facts(w, &t, &f->why);
    for (uint32_t i = 0; i < f->why.controls.n; i++)
        snap_fact(w->s, &t, (SnapFact){.by = id_of(w, f->why.controls.at[i])});
    if (threat->hand)
        add_hand_controls(w, &t, threat->hand);
    for (uint32_t i = 0; i < f->involved.elements.n; i++)
        snap_involved(w->s, &t, id_of(w, f->involved.elements.at[i]));
    for (uint32_t i = 0; i < f->involved.boundaries.n; i++)
        snap_involved(w->s, &t, id_of(w, f->involved.boundaries.at[i]));
    if (f->involved.flow)
        snap_involved(w->s, &t, id_of(w, f->involved.flow));
    vec_push(&w->s->threats, t);
}

static void add_threats(FromModel *w)
{
    const Assessment *a = w->r->assessment;
    Facts f = {0};
    for (uint32_t i = 0; i < a->threats.n; i++)
        add_threat(w, &f, &a->threats.at[i], false);
    for (uint32_t i = 0; i < a->gaps.n; i++)
        add_threat(w, &f, &a->gaps.at[i], true);
    facts_free(&f);
}

static void add_decisions(FromModel *w)
{
    Arena scratch = {0};
    Standings all = decision_standings(w->r->assessment, &scratch);
    for (uint32_t i = 0; i < all.n; i++)
        vec_push(&w->s->decisions,
                 (SnapDecision){id_of(w, all.at[i].decision), keep(w, str_from(standing_name(all.at[i].standing))),
                                keep(w, all.at[i].why)});
    arena_free(&scratch);
}

static void add_head(FromModel *w)
{
    const Program *p = w->p;
    ObjId whole = report_system(w->r);
    if (whole)
        w->s->title = keep(w, obj_title(p, whole));
    else if (p->modules.n > 1)
        w->s->title = word(w, p->modules.at[1].name);
    if (p->modules.n > 1)
        w->s->module = keep(w, p->modules.at[1].short_name);
    w->s->version = value_of(w, prop_value(p, whole, "version"));
    w->s->model_hash = keep(w, w->r->model_hash);
    w->s->rules_hash = keep(w, w->r->rules_hash);
    ConstId scale[MOST_SEVERITIES];
    for (uint32_t i = severities(w->r, scale); i > 0; i--)
        if (scale[i - 1])
            vec_push(&w->s->severities, word(w, p->consts.at[scale[i - 1]].name));
}

void snapshot_of_report(const Report *r, Snapshot *out)
{
    FromModel w = {.r = r, .p = r->program, .s = out};
    out->has_model = true;
    vec_zeroes(&w.ids, w.p->model.objects.n);
    out_memory(&w.out);
    json_start(&w.json, &w.out, false);
    add_head(&w);
    add_things(&w);
    add_threats(&w);
    add_decisions(&w);
    snapshot_finish(out);
    out_discard(&w.out);
    vec_free(&w.ids);
    vec_free(&w.words);
    kind_props_free(&w.kinds);
    strbuf_free(&w.text);
}
