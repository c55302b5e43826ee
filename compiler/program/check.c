/* What a model's values say together: dates in order, vectors that can be scored, controls that claim more than their
 * evidence shows, names that look alike. Each check is one function over the objects of the model's own files. Requires: bound. */
#include "program/build.h"

#include "score/score.h"
#include "syntax/unicode.h"

static bool named(const Program *p, Value v, const char *name)
{
    return v.tag == V_CONST && str_eq(sym_str(p->names, p->consts.at[v.a].name), str_from(name));
}

static char *shown(Program *p, ObjId o)
{
    return str_z(&p->diags->arena, obj_name(p, o));
}

/* The first piece of evidence of a control with that result, or 0. */
static ObjId evidence_with(const Program *p, ObjId control, const char *result)
{
    const Model *m = &p->model;
    Range r = control_evidence(m, control);
    for (uint32_t i = 0; i < r.n; i++)
        if (named(p, obj_known(p, m->evidence.at[r.first + i], KNOWN_RESULT), result))
            return m->evidence.at[r.first + i];
    return 0;
}

static void check_control(Program *p, ObjId o)
{
    const PropVal *written;
    Value status = obj_value(p, o, p->known[KNOWN_STATUS], &written);
    Span at = written ? value_place(p, o, written) : model_decl(&p->model, o)->span;
    ObjId failed = evidence_with(p, o, "fail");
    bool claims = named(p, status, "verified") || named(p, status, "implemented");
    if (failed && claims) {
        Diag *d = diag_add(p->diags, D_EVIDENCE_CONTRADICTS, at, shown(p, o),
                           str_z(&p->diags->arena, sym_str(p->names, p->consts.at[status.a].name)), shown(p, failed));
        diag_label(p->diags, d, model_decl(&p->model, failed)->span, "this evidence");
    } else if (named(p, status, "verified") && !evidence_with(p, o, "pass")) {
        diag_add(p->diags, D_NOT_VERIFIED, at, shown(p, o));
    }
}

static void check_attached(Program *p, ObjId o, const PropVal *written)
{
    Value v = said_value(written);
    const Value *at;
    Range r = value_members(&p->model, &v, &at);
    for (uint32_t i = 0; i < r.n; i++)
        if (at[i].tag == V_REF && named(p, obj_known(p, at[i].a, KNOWN_STATUS), "retired"))
            diag_add(p->diags, D_RETIRED_CONTROL, value_place(p, o, written), shown(p, at[i].a), shown(p, o));
}

static void check_initiator(Program *p, const Flow *f)
{
    const PropVal *written;
    Value v = obj_value(p, f->obj, p->known[KNOWN_INITIATOR], &written);
    if (v.tag != V_REF || !written || v.a == f->from || v.a == f->to || v.a == flow_ports(&p->model, f)->from ||
        v.a == flow_ports(&p->model, f)->to)
        return;
    diag_add(p->diags, D_INITIATOR_NOT_END, value_place(p, f->obj, written), shown(p, v.a));
}

static void check_dates(Program *p, ObjId o)
{
    const PropVal *decided, *expires;
    Value a = obj_value(p, o, p->known[KNOWN_DECISION_DECIDED], &decided);
    Value b = obj_value(p, o, p->known[KNOWN_DECISION_EXPIRES], &expires);
    if (a.tag != V_DATE || b.tag != V_DATE || b.a >= a.a)
        return;
    StrBuf first = {0}, second = {0};
    value_print(p, b, &first);
    value_print(p, a, &second);
    Diag *d = diag_add(p->diags, D_DATE_ORDER, value_place(p, o, expires), "expires", first.s, "decided", second.s);
    diag_label(p->diags, d, value_place(p, o, decided), "decided here");
    strbuf_free(&first);
    strbuf_free(&second);
}

/* Whether a property of the library holds a CVSS vector: `cvss` of threats and vulnerabilities, `vector` of issues. What rules say is
 * checked with them; estimates and risks, which may use another method, are checked where they are read. */
static bool holds_cvss(const Program *p, ObjId o, const Prop *prop)
{
    Str name = sym_str(p->names, prop->name);
    bool named_so = str_eq(name, STR("cvss")) || str_eq(name, STR("vector"));
    const Module *by = named_so ? module_of(p, p->kinds.at[prop->owner].module) : NULL;
    return by && by->library && prop->type.tag == TYPE_TEXT && !obj_is(p, o, ROLE_RULE) && !obj_is(p, o, ROLE_RISK) &&
           !obj_is(p, o, ROLE_ESTIMATE);
}

static void check_vector(Program *p, ObjId o, const PropVal *said)
{
    Score s = score_cvss(value_text_of(&p->model, said_value(said)));
    if (!s.method)
        diag_add(p->diags, D_BAD_CVSS, value_place(p, o, said), str_z(&p->diags->arena, str_from(s.problem)));
}

/* What can be wrong with one value. Says whether some value is an initiator, which only the flow's ends can judge. */
static bool check_values(Program *p, ObjId o)
{
    const Object *obj = model_obj(&p->model, o);
    bool initiator = false;
    for (uint32_t i = 0; i < obj->nprops; i++) {
        const PropVal *said = &p->model.props.at[obj->props + i];
        initiator |= said->prop == p->known[KNOWN_INITIATOR];
        if (said->prop == p->known[KNOWN_CONTROLS])
            check_attached(p, o, said);
        else if (said->tag == V_TEXT && holds_cvss(p, o, &p->props.at[said->prop]))
            check_vector(p, o, said);
    }
    return initiator;
}

/* Two names of the model that look alike. Only names with letters beyond ASCII can. */
static void check_confusables(Program *p)
{
    Map skeletons = {0};
    bool foreign = false;
    for (uint32_t i = 1; i < p->modules.n; i++)
        foreign |= p->modules.at[i].tree.foreign_names;
    for (ObjId o = p->library_end; foreign && o < p->model.objects.n; o++) {
        const Object *obj = model_obj(&p->model, o);
        StrBuf skeleton = {0};
        unicode_skeleton(sym_str(p->names, obj->name), &skeleton);
        Sym key = intern(p->names, strbuf_str(&skeleton));
        uint32_t before = map_get(&skeletons, key);
        if (before && model_obj(&p->model, before)->name != obj->name) {
            Diag *d =
                diag_add(p->diags, D_CONFUSABLE_NAME, model_decl(&p->model, o)->span, shown(p, o), shown(p, before));
            diag_label(p->diags, d, model_decl(&p->model, before)->span, "the other one");
        } else if (!before && key) {
            map_put(&skeletons, key, o);
        }
        strbuf_free(&skeleton);
    }
    map_free(&skeletons);
}

/* Whether a picture can show something of a set: an element or what stands around elements, or a flow between them. */
static bool shows_something(const Program *p, Value v)
{
    const Value *at;
    Range r = value_members(&p->model, &v, &at);
    for (uint32_t i = 0; i < r.n; i++) {
        ObjId o = (at[i].tag & VALUE_TAG) == V_REF ? at[i].a : 0;
        if (!o || obj_is(p, o, ROLE_ELEMENT) || obj_is(p, o, ROLE_BOUNDARY) || obj_is(p, o, ROLE_GROUP) ||
            obj_is(p, o, ROLE_FLOW) || !model_obj(&p->model, o)->kind || obj_is(p, o, ROLE_SYSTEM))
            return true;
    }
    return false;
}

static void check_view(Program *p, ObjId o)
{
    const PropVal *of, *include;
    Value about = obj_value(p, o, p->known[KNOWN_VIEW_OF], &of);
    Value listed = obj_value(p, o, p->known[KNOWN_VIEW_INCLUDE], &include);
    if ((of || include) && !shows_something(p, about) && !shows_something(p, listed))
        diag_add(p->diags, D_VIEW_EMPTY, model_decl(&p->model, o)->span, shown(p, o));
}

void program_check_model(Program *p)
{
    bool initiators = false;
    evidence_index(p);
    for (ObjId o = p->library_end; o < p->model.objects.n; o++) {
        if (!model_obj(&p->model, o)->kind)
            continue;
        if (obj_is(p, o, ROLE_CONTROL))
            check_control(p, o);
        else if (obj_is(p, o, ROLE_DECISION))
            check_dates(p, o);
        else if (obj_is(p, o, ROLE_VIEW))
            check_view(p, o);
        initiators |= check_values(p, o);
    }
    for (uint32_t i = 0; initiators && i < p->model.ends.n; i++)
        check_initiator(p, &p->model.ends.at[i]);
    check_confusables(p);
}
