/* Proposed risks as text of the language, ready to paste: naming them is editing. Requires risks; leaves declarations that gather just
 * the threats of the proposal, in the canonical layout. */
#include "risk/risks.h"
#include "syntax/format.h"

enum { MOST_TITLE = 200 };

enum { SOLE_UNASKED, SOLE_NO, SOLE_YES };

typedef struct Names {
    Vec(Str) all;
    Arena arena;
    uint8_t *sole; /* by RuleId: SOLE_, whether the id is of one rule alone */
} Names;

static bool is_sole(const RuleSet *rules, RuleId rule, Names *n)
{
    if (!n->sole)
        n->sole = NEWN(&n->arena, uint8_t, rules_count(rules) + 1);
    if (n->sole[rule] == SOLE_UNASKED)
        n->sole[rule] = rule_by_name(rules, rule_info(rules, rule)->id) == rule ? SOLE_YES : SOLE_NO;
    return n->sole[rule] == SOLE_YES;
}

static void put_list(Names *n, const char *property, StrBuf *out)
{
    if (n->all.n)
        qsort(n->all.at, n->all.n, sizeof *n->all.at, str_order);
    uint32_t some = 0;
    for (uint32_t i = 0; i < n->all.n; i++) {
        if (i > 0 && str_eq(n->all.at[i], n->all.at[i - 1]))
            continue;
        if (some++ == 0)
            strbuf_format(out, "  %s: [", property);
        else
            strbuf_addz(out, ", ");
        strbuf_add(out, n->all.at[i]);
    }
    strbuf_addz(out, some ? "]\n" : "");
    n->all.n = 0;
}

/* How the root file names a thing; empty if it cannot, since the thing's module is imported under another name or not at all. */
static Str name_from_root(const Program *p, ObjId o, Arena *arena)
{
    StrBuf b = {0};
    obj_path(p, o, &b);
    Sym sym = intern(p->names, strbuf_str(&b));
    Ref ref = program_lookup(p, p->modules.at[1].obj, sym);
    Str name = ref.tag == REF_OBJ && ref.id == o ? str_copy(arena, strbuf_str(&b)) : (Str){0};
    strbuf_free(&b);
    return name;
}

static void add_thing(const Program *p, ObjId o, Names *n)
{
    Str name = o ? name_from_root(p, o, &n->arena) : (Str){0};
    if (name.n)
        vec_push(&n->all, name);
}

/* A module may be called what no name can be: then in quotes. One that shares its short name with another cannot be told apart. */
static void add_rule(const RuleSet *rules, RuleId rule, Names *n)
{
    Str id = rule_info(rules, rule)->id;
    bool plain = true;
    for (size_t i = 0; i < id.n; i++)
        plain &= id.s[i] == '.' || id.s[i] == '_' || (unsigned char)id.s[i] >= 0x80 ||
                 (id.s[i] >= '0' && id.s[i] <= '9') || (id.s[i] >= 'A' && id.s[i] <= 'Z') ||
                 (id.s[i] >= 'a' && id.s[i] <= 'z');
    if (!plain || (id.n && id.s[0] >= '0' && id.s[0] <= '9')) {
        StrBuf b = {0};
        defused_string(&b, id, id.n, false);
        id = str_copy(&n->arena, strbuf_str(&b));
        strbuf_free(&b);
    }
    if (is_sole(rules, rule, n))
        vec_push(&n->all, id);
}

static void put_risk(const Risks *r, const Risk *risk, Names *n, StrBuf *out)
{
    const Assessment *a = r->assessment;
    strbuf_format(out, "risk %.*s ", STR_FMT(risk->id));
    defused_string(out, risk->title, MOST_TITLE, false);
    strbuf_addz(out, " {\n");
    for (uint32_t i = 0; i < risk->n; i++) {
        const Verdict *v = threat_of_rule(a, &a->threats.at[r->threats[risk->first + i]]);
        if (v)
            add_rule(a->rules, v->rule, n);
    }
    put_list(n, "rules", out);
    for (uint32_t i = 0; i < risk->n; i++) {
        const Threat *t = &a->threats.at[r->threats[risk->first + i]];
        if (!t->hand)
            add_thing(a->program, threat_subject(a, t), n);
    }
    put_list(n, "at", out);
    for (uint32_t i = 0; i < risk->n; i++)
        add_thing(a->program, a->threats.at[r->threats[risk->first + i]].hand, n);
    put_list(n, "threats", out);
    for (uint32_t i = 0; i < risk->besides.n; i++)
        add_thing(a->program, risk->besides.at[i], n);
    put_list(n, "besides", out);
    strbuf_addz(out, "}\n\n");
}

static void lay_out(StrBuf *plain, StrBuf *out)
{
    if (plain->n)
        format_plain(STR("risks"), plain, out);
    strbuf_free(plain);
}

void risk_text(const Risks *r, const Risk *risk, StrBuf *out)
{
    Names n = {0};
    StrBuf plain = {0};
    put_risk(r, risk, &n, &plain);
    lay_out(&plain, out);
    vec_free(&n.all);
    arena_free(&n.arena);
}

void risks_text(const Risks *r, StrBuf *out)
{
    Names n = {0};
    StrBuf plain = {0};
    for (uint32_t i = r->ndeclared; i < r->n; i++)
        put_risk(r, &r->at[i], &n, &plain);
    lay_out(&plain, out);
    vec_free(&n.all);
    arena_free(&n.arena);
}
