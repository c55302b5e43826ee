/* What the emitters of lists share. Requires a Report; leaves nothing behind but what it writes. */
#include "emit/parts.h"

#include "program/stdlib.h"
#include "score/score.h"

/* ---- one threat ---- */

void facts_why(const Report *r, const Threat *t, Facts *f)
{
    const Assessment *a = r->assessment;
    f->threat = t;
    f->verdict = threat_of_rule(a, t);
    f->explained = f->verdict != NULL;
    if (f->verdict)
        verdict_explain(a->rules, f->verdict, &f->why);
    else
        f->why.causes.n = f->why.questions.n = f->why.closers.n = f->why.controls.n = 0;
    threat_involved(a, t, &f->involved);
    f->severity = threat_severity(a, t);
    f->subject = threat_subject(a, t);
    f->id.n = f->title.n = f->message.n = f->fix.n = f->text.n = 0;
    threat_id(a, t, &f->id);
}

void facts_texts(const Report *r, Facts *f)
{
    const Assessment *a = r->assessment;
    threat_title(a, f->threat, &f->title);
    threat_message(a, f->threat, &f->message);
    threat_fix(a, f->threat, &f->fix);
}

void facts_of(const Report *r, const Threat *t, Facts *f)
{
    facts_why(r, t, f);
    facts_texts(r, f);
}

void facts_free(Facts *f)
{
    provenance_free(&f->why);
    involved_free(&f->involved);
    strbuf_free(&f->id);
    strbuf_free(&f->title);
    strbuf_free(&f->message);
    strbuf_free(&f->fix);
    strbuf_free(&f->text);
    *f = (Facts){0};
}

/* ---- names ---- */

Str const_name(const Program *p, ConstId c)
{
    return c ? sym_str(p->names, p->consts.at[c].name) : (Str){0};
}

Str const_title(const Program *p, ConstId c)
{
    return c && p->consts.at[c].title.n ? p->consts.at[c].title : const_name(p, c);
}

Str kind_title(const Program *p, ObjId o)
{
    const Kind *k = &p->kinds.at[model_obj(&p->model, o)->kind];
    return k->title.n ? k->title : sym_str(p->names, k->name);
}

const char *level_name(CapLevel level)
{
    static const char *const names[] = {"none", "planned", "unknown", "implemented", "verified"};
    return names[level];
}

const char *tri_name(Tri t)
{
    static const char *const names[] = {"false", "unknown", "true"};
    return names[t];
}

const char *role_word(CauseRole role)
{
    static const char *const names[] = {"when", "unless", "mitigated", "raised"};
    return names[role];
}

Str category_title(const Program *p, ObjId category, Arena *arena)
{
    Str title = obj_title(p, category), method = prop_text(p, category, "method");
    return method.n ? str_format(arena, "%.*s (%.*s)", STR_FMT(title), STR_FMT(method)) : title;
}

const ReferenceKind reference_kinds[REFERENCE_KINDS] = {
    [CATALOGUE_CWE] = {"cwe", "CWE-"}, [CATALOGUE_CAPEC] = {"capec", "CAPEC-"}, [CATALOGUE_ATTACK] = {"attack", ""}};

static void add_references(const Program *p, Value v, const char *before, StrBuf *out)
{
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++) {
        strbuf_addz(out, out->n ? ", " : "");
        strbuf_addz(out, before);
        value_print(p, member[i], out);
    }
}

void references_text(const Program *p, ObjId source, StrBuf *out)
{
    for (int c = 0; c < REFERENCE_KINDS; c++)
        add_references(p, prop_value(p, source, reference_kinds[c].property), reference_kinds[c].before, out);
    add_references(p, prop_value(p, source, "clauses"), "", out);
}

uint32_t severities(const Report *r, ConstId out[MOST_SEVERITIES])
{
    const Program *p = r->program;
    EnumId e = p->modules.n > 1 ? enum_by_name(p, p->modules.at[1].obj, "Severity") : 0;
    uint32_t n = 0;
    for (uint32_t i = e ? p->enums.at[e].n : 0; i > 0 && n + 1 < MOST_SEVERITIES; i--)
        out[n++] = p->enums.at[e].first + i - 1;
    out[n++] = 0;
    return n;
}

/* The proleptic Gregorian calendar, in years that begin in March, so that the leap day comes last. */
void put_clock(int64_t seconds, StrBuf *out)
{
    int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, day = days - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t in_year = day - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
    int64_t of_month = in_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    year += era * 400 + (month <= 2);
    strbuf_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)of_month, (int)(rest / 3600),
                  (int)(rest / 60 % 60), (int)(rest % 60));
}

ObjId report_system(const Report *r)
{
    ObjList list = objs_of_role(r->program, ROLE_SYSTEM, r->arena);
    return list.n ? list.at[0] : 0;
}

/* ---- JSON ---- */

static void head_model(Json *j, const Report *r)
{
    const Program *p = r->program;
    ObjId whole = report_system(r);
    json_begin_object(j, "model");
    if (whole) {
        json_str(j, "name", obj_name(p, whole));
        json_str(j, "title", obj_title(p, whole));
    } else if (p->modules.n > 1) {
        json_str(j, "name", sym_str(p->names, p->modules.at[1].name));
        json_str(j, "title", sym_str(p->names, p->modules.at[1].name));
    }
    json_value(j, "version", p, prop_value(p, whole, "version"));
    json_str(j, "hash", r->model_hash);
    json_u64(j, "elements", p->model.elements.n);
    json_u64(j, "flows", p->model.flows.n);
    json_u64(j, "boundaries", p->model.boundaries.n);
    json_end(j, '}');
}

static void head_rules(Json *j, const Report *r)
{
    const Program *p = r->program;
    uint32_t n = rules_count(r->assessment->rules), rules = 0;
    Str *names = NEWN(r->arena, Str, n + 1);
    for (RuleId i = 1; i <= n; i++) {
        ObjId obj = rule_info(r->assessment->rules, i)->obj;
        const Module *m = obj ? module_of(p, obj) : NULL;
        if (m && obj_is(p, obj, ROLE_RULE))
            names[rules++] = sym_str(p->names, m->name);
    }
    if (rules)
        qsort(names, rules, sizeof *names, str_order);
    json_begin_object(j, "rules");
    json_str(j, "hash", r->rules_hash);
    json_u64(j, "count", rules);
    json_begin_array(j, "modules");
    for (uint32_t i = 0; i < rules; i++)
        if (i == 0 || !str_eq(names[i], names[i - 1]))
            json_str(j, NULL, names[i]);
    json_end(j, ']');
    json_end(j, '}');
}

void json_tool(Json *j)
{
    json_begin_object(j, "tool");
    json_z(j, "name", "cordon");
    json_z(j, "version", CORDON_VERSION);
    json_end(j, '}');
}

void json_head(Json *j, const Report *r, const char *schema)
{
    json_z(j, "schema", schema);
    if (r->clock >= 0) {
        StrBuf b = {0};
        put_clock(r->clock, &b);
        json_str(j, "generated", strbuf_str(&b));
        strbuf_free(&b);
    }
    json_tool(j);
    head_model(j, r);
    head_rules(j, r);
}

void json_id_any(Json *j, const char *key, const Program *p, ObjId o)
{
    if (!o) {
        json_put_null(j, key);
        return;
    }
    Sym id = model_decl(&p->model, o)->hash_id;
    const PathSlot *path = id ? NULL : obj_short_path(p, o);
    if (id) {
        json_str(j, key, sym_str(p->names, id));
    } else if (path && path->ascii) {
        json_str(j, key, (Str){path->text, path->n});
    } else {
        size_t from = json_direct(j, key);
        obj_id(p, o, &j->out->memory);
        json_direct_end(j, from);
    }
}

void json_ids(Json *j, const char *key, const Program *p, const ObjId *at, uint32_t n)
{
    json_begin_array(j, key);
    for (uint32_t i = 0; i < n; i++)
        json_id(j, NULL, p, at[i]);
    json_end(j, ']');
}

void json_category(Json *j, const Report *r, const Threat *t)
{
    ObjId category;
    json_begin_array(j, "category");
    for (uint32_t i = 0; (category = threat_category(r->assessment, t, i)); i++)
        json_id(j, NULL, r->program, category);
    json_end(j, ']');
}

void json_const(Json *j, const char *key, const Program *p, ConstId c)
{
    if (c)
        json_str(j, key, const_name(p, c));
    else
        json_put_null(j, key);
}

static void json_ref(Json *j, const char *key, const Program *p, Value v)
{
    size_t from = json_direct(j, key);
    StrBuf *b = &j->out->memory;
    if (v.a)
        obj_id(p, v.a, b);
    strbuf_addz(b, !v.a ? "*" : v.tag & VALUE_STAR_STAR ? ".**" : v.tag & VALUE_STAR ? ".*" : "");
    json_direct_end(j, from);
}

static void json_printed(Json *j, const char *key, const Program *p, Value v)
{
    size_t from = json_direct(j, key);
    value_print(p, v, &j->out->memory);
    json_direct_end(j, from);
}

void json_value(Json *j, const char *key, const Program *p, Value v)
{
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT:
    case V_UNKNOWN: json_put_null(j, key); break;
    case V_BOOL: json_bool(j, key, v.a != 0); break;
    case V_NUMBER: json_number(j, key, value_number(&p->model, v)); break;
    case V_TEXT: json_str(j, key, value_text_of(&p->model, v)); break;
    case V_DATE: json_printed(j, key, p, v); break;
    case V_PERSON: json_str(j, key, sym_str(p->names, v.a)); break;
    case V_CONST: json_const(j, key, p, v.a); break;
    case V_REF: json_ref(j, key, p, v); break;
    case V_SET: {
        const Value *member;
        Range set = value_members(&p->model, &v, &member);
        json_begin_array(j, key);
        for (uint32_t i = 0; i < set.n; i++)
            json_value(j, NULL, p, member[i]); /* sets have no sets as members */
        json_end(j, ']');
        break;
    }
    }
}

void json_members(Json *j, const Program *p, ObjId o, const char *property)
{
    Value v = prop_value(p, o, property);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    json_begin_array(j, property);
    for (uint32_t i = 0; i < set.n; i++)
        json_value(j, NULL, p, member[i]);
    json_end(j, ']');
}

void json_cvss(Json *j, Str vector)
{
    Score s = score_cvss(vector);
    json_str_or_null(j, "cvss", vector);
    if (s.method)
        json_number(j, "score", s.overall);
    else
        json_put_null(j, "score");
}

void json_place(Json *j, const char *key, const Report *r, Span at)
{
    if (span_none(at)) {
        json_put_null(j, key);
        return;
    }
    size_t from = json_direct(j, key);
    emit_place(r, at, &j->out->memory);
    json_direct_end(j, from);
}

void json_decision(Json *j, const char *key, const Report *r, const Threat *t)
{
    const Program *p = r->program;
    if (!t->decision) {
        json_put_null(j, key);
        return;
    }
    const Object *o = obj_bound(p, t->decision);
    json_begin_object(j, key);
    json_id(j, "id", p, t->decision);
    json_const(j, "disposition", p, t->disposition);
    StrBuf name = {0};
    for (uint32_t i = 0; i < o->nprops; i++) {
        const PropVal *v = &p->model.props.at[o->props + i];
        if (v->prop == p->known[KNOWN_DECISION_DISPOSITION] || v->prop == p->known[KNOWN_DECISION_AT])
            continue; /* said already */
        name.n = 0;
        strbuf_add(&name, sym_str(p->names, p->props.at[v->prop].name));
        json_value(j, name.s, p, said_value(v));
    }
    strbuf_free(&name);
    json_place(j, "place", r, model_decl(&p->model, t->decision)->span);
    json_end(j, '}');
}
