/* What a test expects of a rule: reads the lines `expect`, compares them with what was found, words what differs.
 * Requires: the test's model is bound. */
#include "ruletest/testing.h"

static bool wanted_verdict(const RuleSet *r, const Tree *tree, NodeId expect, VerdictKind *wanted)
{
    const Program *p = r->program;
    if (expected_verdict(p, node_at(tree, expect), wanted))
        return true;
    Str word = sym_str(p->names, node_at(tree, expect)->val);
    Diag *d = diag_add(p->diags, D_UNKNOWN_VALUE, node_span(tree, expect), str_z(&p->diags->arena, word), "expect");
    diag_help(p->diags, d, "expect nothing, `no`, `possible`, `planned`, `mitigated` or `out_of_scope`");
    return false;
}

static bool wanted_severity(const RuleSet *r, const Stanza *test, ObjId scope, NodeId prop, ConstId *severity)
{
    Program *p = r->program;
    const Tree *tree = &p->modules.at[test->module].tree;
    PropId known = p->known[KNOWN_RULE_SEVERITY];
    Sym name = node_at(tree, prop)->val;
    if (!known || name != p->props.at[known].name) {
        Diag *d = diag_add(p->diags, D_NOT_A_PROPERTY, node_span(tree, prop), "threat that can be expected",
                           str_z(&p->diags->arena, sym_str(p->names, name)));
        diag_help(p->diags, d, "only its `severity` can be expected");
        return false;
    }
    Type type = p->props.at[known].type;
    type.optional = false;
    Value v = program_value(p, test->module, scope, type, sym_str(p->names, name), node_child(tree, prop));
    *severity = v.tag == V_CONST ? v.a : 0;
    if (v.tag == V_UNKNOWN)
        diag_add(p->diags, D_UNKNOWN_VALUE, node_span(tree, node_child(tree, prop)), "unknown", "expect");
    return v.tag == V_CONST;
}

static bool read_things(const RuleSet *r, const Tree *tree, ObjId scope, Expectation *e)
{
    Program *p = r->program;
    bool ok = true;
    NodeId at = node_find(tree, e->node, N_AT);
    for (; at; at = node_seek(tree, node_next(tree, at), N_AT)) {
        NodeId name = node_child(tree, at);
        Ref ref = program_resolve(p, scope, node_at(tree, name)->val, node_span(tree, name), REF_OBJ);
        if (ref.tag != REF_OBJ)
            ok = false;
        else if (e->n < EXPECT_THINGS)
            e->things[e->n++] = ref.id;
    }
    return ok;
}

Expectation expectation_read(const RuleSet *r, const Stanza *test, ObjId scope, NodeId node)
{
    Program *p = r->program;
    const Tree *tree = &p->modules.at[test->module].tree;
    NodeId name = node_find(tree, node, N_QNAME), severity = node_find(tree, node, N_PROP);
    Expectation e = {.node = node};
    RuleId rule = expected_rule(r, test, node);
    if (!rule && name)
        diag_add(p->diags, D_UNKNOWN_RULE, node_span(tree, name),
                 str_z(&p->diags->arena, source_text(p->sources, node_span(tree, name))));
    bool ok = rule && !plan_at(r, rule)->broken;
    ok &= wanted_verdict(r, tree, node, &e.wanted);
    ok &= read_things(r, tree, scope, &e);
    if (severity)
        ok &= wanted_severity(r, test, scope, severity, &e.severity);
    e.rule = ok ? rule : 0;
    return e;
}

/* ---- comparing ---- */

uint32_t expectation_count(const RuleSet *r, const Expectation *e)
{
    uint32_t keys = 0;
    for (uint32_t i = 0; i < LIMIT_RULE_VARS; i++)
        keys += rule_info(r, e->rule)->keys >> i & 1;
    return e->n <= 1 || e->n == keys ? 1 : e->n;
}

/* The things that question `i` is about. */
static const ObjId *things_asked(const RuleSet *r, const Expectation *e, uint32_t i, uint32_t *n)
{
    bool together = expectation_count(r, e) == 1;
    *n = together ? e->n : 1;
    return e->things + (together ? 0 : i);
}

static uint32_t severity_rank(const RuleSet *r, ConstId severity)
{
    return severity ? 1 + r->program->consts.at[severity].rank : 0;
}

/* The worst verdict of the rule at the things, and the highest severity with it; with none given, anywhere. `wanted` is
 * preferred there, so that it is found among many. */
static Finding find(const RuleSet *r, const Verdicts *found, const ObjId *things, uint32_t n, VerdictKind wanted)
{
    Finding worst = {VERDICT_NONE, 0};
    for (uint32_t i = 0; i < found->all.n; i++) {
        const Verdict *v = &found->all.at[i];
        if (n && !verdict_at(r, v, things, n))
            continue;
        Finding one = {(VerdictKind)v->kind, verdict_severity(r, v)};
        if (one.kind == wanted && !n)
            return one;
        bool worse = one.kind == worst.kind ? severity_rank(r, one.severity) > severity_rank(r, worst.severity)
                                            : one.kind > worst.kind;
        worst = worse ? one : worst;
    }
    return worst;
}

bool expectation_holds(const RuleSet *r, const Expectation *e, uint32_t i, const Verdicts *found, Finding *got)
{
    uint32_t n;
    const ObjId *things = things_asked(r, e, i, &n);
    *got = find(r, found, things, n, e->wanted);
    if (e->wanted == VERDICT_NONE && got->kind == VERDICT_OUT_OF_SCOPE)
        return true;
    return got->kind == e->wanted && (!e->severity || e->severity == got->severity);
}

bool expectation_met(const RuleSet *r, const Expectation *e, const Verdicts *found)
{
    Finding got;
    for (uint32_t i = 0; i < expectation_count(r, e); i++)
        if (!expectation_holds(r, e, i, found, &got))
            return false;
    return true;
}

/* ---- words ---- */

static void severity_words(const RuleSet *r, ConstId severity, StrBuf *out)
{
    const Program *p = r->program;
    strbuf_addz(out, " of severity ");
    strbuf_add(out, severity ? sym_str(p->names, p->consts.at[severity].name) : STR("unknown"));
}

static void wanted_words(const RuleSet *r, const Expectation *e, const ObjId *things, uint32_t n, StrBuf *out)
{
    if (e->wanted == VERDICT_NONE)
        strbuf_addz(out, "no ");
    else if (e->wanted != VERDICT_OPEN)
        strbuf_format(out, "%s ", verdict_name(e->wanted));
    strbuf_add(out, rule_info(r, e->rule)->id);
    for (uint32_t i = 0; i < n; i++) {
        strbuf_addz(out, i ? ", " : " at ");
        obj_path(r->program, things[i], out);
    }
    if (e->severity)
        severity_words(r, e->severity, out);
}

static void got_words(const RuleSet *r, const Expectation *e, Finding got, StrBuf *out)
{
    strbuf_addz(out, got.kind == VERDICT_NONE ? "nothing" : verdict_name(got.kind));
    if (e->severity && got.kind == e->wanted)
        severity_words(r, got.severity, out);
}

void expectation_failed(const RuleSet *r, const Stanza *test, const Expectation *e, uint32_t i, Finding got)
{
    Program *p = r->program;
    const Tree *tree = &p->modules.at[test->module].tree;
    uint32_t n;
    const ObjId *things = things_asked(r, e, i, &n);
    StrBuf wanted = {0}, found = {0};
    wanted_words(r, e, things, n, &wanted);
    got_words(r, e, got, &found);
    Diag *d = diag_add(p->diags, D_EXPECTATION_FAILED, node_span(tree, e->node),
                       str_z(&p->diags->arena, strbuf_str(&wanted)), str_z(&p->diags->arena, strbuf_str(&found)));
    found.n = 0;
    if (got.kind == VERDICT_NONE && n && rule_why_not(r, e->rule, things[0], &found) && found.n)
        diag_help(p->diags, d, "%.*s", (int)found.n - 1, found.s);
    strbuf_free(&wanted);
    strbuf_free(&found);
}
