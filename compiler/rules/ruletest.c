/* Rule tests: the small model of `given` is bound as a model of its own behind the others, the rules named are
 * evaluated on it, and each `with` changes some facts, looks again and puts them back. Requires: a bound program.
 * Leaves behind: the main model derived as before. Coverage asks every condition, so that a rule's atoms are seen even
 * where one of them would have decided. */
#include "rules/lint.h"

typedef struct Outcome {
    RuleId rule;
    Verdicts found;
} Outcome;

/* A property list before `with` changed it. */
typedef struct Before {
    ObjId obj;
    uint32_t props, nprops, first; /* first: of the copies */
} Before;

typedef struct Testing {
    RuleSet *r;
    Program *p;
    const Stanza *test;
    const Tree *tree;
    ObjId scope, first;
    uint8_t *seen;
    Vec(Outcome) outcomes; /* of the facts as they are now */
    Vec(Before) before;
    Vec(PropVal) copies;
    TestOutcome result;
} Testing;

enum { SUBJECTS = 16 };

static void forget_outcomes(Testing *t)
{
    for (uint32_t i = 0; i < t->outcomes.n; i++)
        verdicts_free(&t->outcomes.at[i].found);
    t->outcomes.n = 0;
}

static const Verdicts *outcome(Testing *t, RuleId rule)
{
    for (uint32_t i = 0; i < t->outcomes.n; i++)
        if (t->outcomes.at[i].rule == rule)
            return &t->outcomes.at[i].found;
    Outcome o = {.rule = rule};
    plans_run(t->r, rule, rule, t->seen, &o.found);
    vec_push(&t->outcomes, o);
    return &vec_last(&t->outcomes).found;
}

/* ---- expect ---- */

/* The worst verdict of the rule at the things; with none given, anywhere. `wanted` is preferred, so that it is found
 * among many. */
static VerdictKind verdict_of(const Testing *t, const Verdicts *found, const ObjId *things, uint32_t n,
                              VerdictKind wanted)
{
    VerdictKind worst = VERDICT_NONE;
    for (uint32_t i = 0; i < found->all.n; i++) {
        const Verdict *v = &found->all.at[i];
        if (n && !verdict_at(t->r, v, things, n))
            continue;
        if (v->kind == wanted && !n)
            return wanted;
        worst = v->kind > worst ? (VerdictKind)v->kind : worst;
    }
    return worst;
}

static bool wanted_verdict(Testing *t, NodeId expect, VerdictKind *wanted)
{
    const Node *n = node_at(t->tree, expect);
    *wanted = n->flags & NF_NOT ? VERDICT_NONE : VERDICT_OPEN;
    if (!n->val)
        return true;
    Str word = sym_str(t->p->names, n->val);
    for (int k = VERDICT_OUT_OF_SCOPE; k <= VERDICT_OPEN; k++) {
        *wanted = (VerdictKind)k;
        if (str_eq(word, str_from(verdict_name(*wanted))))
            return true;
    }
    Diag *d =
        diag_add(t->p->diags, D_UNKNOWN_VALUE, node_span(t->tree, expect), str_z(&t->p->diags->arena, word), "expect");
    diag_help(t->p->diags, d, "expect nothing, `no`, `possible`, `planned`, `mitigated` or `out_of_scope`");
    return false;
}

static bool subjects(Testing *t, NodeId expect, ObjId *out, uint32_t *n)
{
    bool ok = true;
    *n = 0;
    for (NodeId at = node_find(t->tree, expect, N_AT); at; at = node_seek(t->tree, node_at(t->tree, at)->next, N_AT)) {
        NodeId name = node_at(t->tree, at)->child;
        Ref ref = program_resolve(t->p, t->scope, node_at(t->tree, name)->val, node_span(t->tree, name), REF_OBJ);
        if (ref.tag != REF_OBJ)
            ok = false;
        else if (*n < SUBJECTS)
            out[(*n)++] = ref.id;
    }
    return ok;
}

static void expect_words(const Testing *t, VerdictKind kind, RuleId rule, const ObjId *things, uint32_t n, StrBuf *out)
{
    if (kind == VERDICT_NONE)
        strbuf_addz(out, "no ");
    else if (kind != VERDICT_OPEN)
        strbuf_format(out, "%s ", verdict_name(kind));
    strbuf_add(out, rule_info(t->r, rule)->id);
    for (uint32_t i = 0; i < n; i++) {
        strbuf_addz(out, i ? ", " : " at ");
        obj_path(t->p, things[i], out);
    }
}

/* What was found instead, with what one needs to see why. */
static void report_failure(Testing *t, NodeId expect, RuleId rule, VerdictKind wanted, VerdictKind got,
                           const ObjId *things, uint32_t n)
{
    Program *p = t->p;
    StrBuf b = {0};
    expect_words(t, wanted, rule, things, n, &b);
    const char *expected = str_z(&p->diags->arena, strbuf_str(&b));
    Diag *d = diag_add(p->diags, D_EXPECTATION_FAILED, node_span(t->tree, expect), expected,
                       got == VERDICT_NONE ? "nothing" : verdict_name(got));
    b.n = 0;
    if (got == VERDICT_NONE && n && rule_why_not(t->r, rule, things[0], &b) && b.n)
        diag_help(p->diags, d, "%.*s", (int)b.n - 1, b.s);
    strbuf_free(&b);
}

static void check_at(Testing *t, NodeId expect, RuleId rule, VerdictKind wanted, const ObjId *things, uint32_t n)
{
    VerdictKind got = verdict_of(t, outcome(t, rule), things, n, wanted);
    bool none = wanted == VERDICT_NONE && got == VERDICT_OUT_OF_SCOPE;
    t->result.expectations++;
    if (got == wanted || none)
        return;
    t->result.failed++;
    report_failure(t, expect, rule, wanted, got, things, n);
}

static void check_expectation(Testing *t, NodeId expect)
{
    Program *p = t->p;
    NodeId name = node_find(t->tree, expect, N_QNAME);
    RuleId rule = expected_rule(t->r, t->test, expect);
    ObjId things[SUBJECTS];
    uint32_t n, keys = 0;
    VerdictKind wanted;
    if (!rule && name)
        diag_add(p->diags, D_UNKNOWN_RULE, node_span(t->tree, name),
                 str_z(&p->diags->arena, source_text(p->sources, node_span(t->tree, name))));
    bool ok = rule != 0;
    ok &= wanted_verdict(t, expect, &wanted);
    ok &= subjects(t, expect, things, &n);
    if (!ok || plan_at(t->r, rule)->broken) {
        t->result.expectations++;
        t->result.failed++;
        return;
    }
    for (uint32_t i = 0; i < LIMIT_RULE_VARS; i++)
        keys += rule_info(t->r, rule)->keys >> i & 1;
    if (n <= 1 || n == keys) {
        check_at(t, expect, rule, wanted, things, n);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        check_at(t, expect, rule, wanted, things + i, 1);
}

static uint32_t check_expectations(Testing *t, NodeId parent)
{
    uint32_t n = 0;
    NodeId e = node_find(t->tree, parent, N_EXPECT);
    for (; e; e = node_seek(t->tree, node_at(t->tree, e)->next, N_EXPECT), n++)
        check_expectation(t, e);
    return n;
}

/* ---- with ---- */

static void remember(Testing *t, ObjId o)
{
    const Object *obj = model_obj(&t->p->model, o);
    Before b = {o, obj->props, obj->nprops, t->copies.n};
    for (uint32_t i = 0; i < obj->nprops; i++)
        vec_push(&t->copies, t->p->model.props.at[obj->props + i]);
    vec_push(&t->before, b);
}

static void put_back(Testing *t)
{
    Model *m = &t->p->model;
    while (t->before.n) {
        Before b = t->before.at[--t->before.n];
        m->objects.at[b.obj].props = b.props;
        m->objects.at[b.obj].nprops = (uint16_t)b.nprops;
        for (uint32_t i = 0; i < b.nprops; i++)
            m->props.at[b.props + i] = t->copies.at[b.first + i];
    }
    t->copies.n = 0;
}

/* `thing.property: value` */
static bool assign(Testing *t, NodeId node)
{
    Program *p = t->p;
    NodeId name = node_at(t->tree, node)->child, value = node_at(t->tree, name)->next;
    Str text = sym_str(p->names, node_at(t->tree, name)->val);
    long dot = str_rfind(text, '.');
    Span at = node_span(t->tree, name);
    if (dot < 0) {
        diag_add(p->diags, D_WITH_NOT_PROPERTY, at);
        return false;
    }
    Ref ref = program_resolve(p, t->scope, intern(p->names, str_slice(text, 0, (size_t)dot)), at, REF_OBJ);
    if (ref.tag != REF_OBJ)
        return false;
    Str prop_name = str_slice(text, (size_t)dot + 1, text.n);
    KindId kind = model_obj(&p->model, ref.id)->kind;
    PropId prop = kind_prop(p, kind, intern_find(p->names, prop_name));
    if (!prop) {
        diag_add(p->diags, D_UNKNOWN_PROPERTY, at, str_z(&p->diags->arena, prop_name),
                 str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[kind].name)));
        return false;
    }
    remember(t, ref.id);
    return program_set_value(p, t->test->module, t->scope, ref.id, prop, value);
}

static uint32_t check_with(Testing *t, NodeId with)
{
    bool ok = true;
    uint32_t n = 0;
    forget_outcomes(t);
    NodeId a = node_find(t->tree, with, N_ASSIGN);
    for (; a; a = node_seek(t->tree, node_at(t->tree, a)->next, N_ASSIGN))
        ok &= assign(t, a);
    model_derive(t->p, t->first);
    if (ok)
        n = check_expectations(t, with);
    else
        t->result.failed++, t->result.expectations++, n = 1;
    forget_outcomes(t);
    put_back(t);
    model_derive(t->p, t->first);
    return n;
}

/* ---- tests ---- */

static void run_test(RuleSet *r, Program *p, const Stanza *test, uint8_t *seen, TestReport *out)
{
    Testing t = {.r = r, .p = p, .test = test, .seen = seen, .result = {.test = test->obj}};
    t.tree = &p->modules.at[test->module].tree;
    NodeId given = node_find(t.tree, test->node, N_GIVEN);
    NodeId body = given ? node_find(t.tree, given, N_BODY) : 0;
    Span at = model_obj(&p->model, test->obj)->span;
    uint32_t n = 0;
    if (!given) {
        diag_add(p->diags, D_TEST_NO_MODEL, at);
        t.result.failed = t.result.expectations = 1;
        vec_push(&out->tests, t.result);
        return;
    }
    t.first = p->model.objects.n;
    t.scope = program_bind_given(p, test->module, test->obj, body);
    model_derive(p, t.first);
    n += check_expectations(&t, test->node);
    NodeId with = node_find(t.tree, test->node, N_WITH);
    for (; with; with = node_seek(t.tree, node_at(t.tree, with)->next, N_WITH))
        n += check_with(&t, with);
    if (n == 0 && !t.tree->broken)
        diag_add(p->diags, D_TEST_WITHOUT_EXPECT, at);
    forget_outcomes(&t);
    vec_free(&t.outcomes);
    vec_free(&t.before);
    vec_free(&t.copies);
    vec_push(&out->tests, t.result);
}

typedef struct Placed {
    Stanza stanza;
    Str module;
} Placed;

static int placed_cmp(const void *a, const void *b)
{
    const Placed *x = a, *y = b;
    int d = str_cmp(x->module, y->module);
    return d ? d : (x->stanza.node > y->stanza.node) - (x->stanza.node < y->stanza.node);
}

static Placed *placed_tests(Program *p, bool library, uint32_t *n)
{
    Placed *list = mem_resize(NULL, (size_t)p->tests.n + 1, sizeof *list);
    *n = 0;
    for (uint32_t i = 0; i < p->tests.n; i++) {
        const Module *m = &p->modules.at[p->tests.at[i].module];
        if (m->library == library)
            list[(*n)++] = (Placed){p->tests.at[i], sym_str(p->names, m->name)};
    }
    qsort(list, *n, sizeof *list, placed_cmp);
    return list;
}

/* ---- coverage ---- */

/* Whether some test looked at the rule whose atoms begin here; a rule without any has a message of its own. */
static bool rule_seen(const RuleSet *r, const uint8_t *seen, uint32_t first)
{
    for (uint32_t i = first; i < r->atoms.n && r->atoms.at[i].rule == r->atoms.at[first].rule; i++)
        if (seen[i])
            return true;
    return false;
}

static void report_coverage(RuleSet *r, Program *p, bool library, bool report, const uint8_t *seen, TestReport *out)
{
    static const char *const missing[] = {"decided", "true", "false", ""};
    RuleId current = 0;
    bool tested = false;
    for (uint32_t i = 1; i < r->atoms.n; i++) {
        const Atom *a = &r->atoms.at[i];
        const Plan *plan = plan_at(r, a->rule);
        if (plan->library != library || plan->broken || plan->policy)
            continue;
        if (a->rule != current)
            tested = rule_seen(r, seen, i);
        current = a->rule;
        out->atoms++;
        out->covered += seen[i] == 3;
        if (report && tested && seen[i] != 3)
            diag_add(p->diags, D_UNCOVERED_ATOM, a->span, str_z(&p->diags->arena, plan->info.id), missing[seen[i]]);
    }
}

void rules_test(RuleSet *r, Program *p, bool library, bool coverage, TestReport *out)
{
    uint32_t n;
    *out = (TestReport){0};
    Placed *tests = placed_tests(p, library, &n);
    uint8_t *seen = mem_alloc((size_t)r->atoms.n + 1);
    memset(seen, 0, (size_t)r->atoms.n + 1);
    for (uint32_t i = 0; i < n; i++) {
        run_test(r, p, &tests[i].stanza, seen, out);
        const TestOutcome *t = &vec_last(&out->tests);
        out->failed += t->failed;
        out->passed += t->expectations - t->failed;
    }
    report_coverage(r, p, library, coverage, seen, out);
    model_derive(p, p->library_end);
    cache_reset(r);
    free(tests);
    free(seen);
}

void test_report_free(TestReport *t)
{
    vec_free(&t->tests);
}
