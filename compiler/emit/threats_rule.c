/* What is the same for all threats of a rule, as JSON text that is made once and copied: a large model has millions of them. Of texts with
 * names in them, what stands between the names. Requires a Report; leaves texts in the caller's arena. */
#include "emit/threats_rule.h"

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

/* ---- pieces ---- */

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

/* Where pieces are made; `text` holds the one at work. */
typedef struct Maker {
    const Report *r;
    Arena *arena;
    Out text;
} Maker;

static Str cut(Maker *m)
{
    Str text = str_copy(m->arena, out_text(&m->text));
    m->text.memory.n = 0;
    return text;
}

static void make_text(Maker *m, RuleId rule, RuleText which, Pieces *out)
{
    TextParts parts = rule_text_parts(m->r->assessment->rules, rule, which);
    out->at = NEWN(m->arena, Piece, parts.n + 1);
    for (uint32_t i = 0; i < parts.n; i++) {
        put_json(&m->text, parts.at[i].before);
        if (parts.at[i].fills)
            out->at[out->n++] = (Piece){cut(m), &parts.at[i]};
    }
    out->at[out->n++] = (Piece){cut(m), NULL};
}

RuleJson rule_json(const Report *r, const Threat *t, Arena *arena)
{
    RuleJson json = {.head = members(r, arena, t, write_head), .references = members(r, arena, t, write_references)};
    Maker m = {.r = r, .arena = arena};
    const Verdict *v = threat_of_rule(r->assessment, t);
    json.made = true;
    if (!v)
        return json;
    out_memory(&m.text);
    for (int i = 0; i < RULE_TEXTS; i++)
        make_text(&m, v->rule, (RuleText)i, &json.texts[i]);
    out_discard(&m.text);
    return json;
}
