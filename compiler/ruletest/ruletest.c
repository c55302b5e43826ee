/* Rule tests: the small model of `given` is bound as a model of its own behind the others, the rules named are
 * evaluated on it, and each `with` changes some facts, looks again and puts them back. Requires: a bound program.
 * Leaves behind: the main model derived as before. Every condition is asked, so that a rule's
 * atoms are seen even where one of them would have decided. */
#include "ruletest/testing.h"

typedef struct Outcome {
    RuleId rule;
    Verdicts found;
} Outcome;

/* A property list before `with` changed it. */
typedef struct Before {
    ObjId obj;
    uint32_t props, nprops, first; /* first: of the copies */
} Before;

/* The mutants of the rules whose tests run. */
typedef struct Mutation {
    Mutants all;
    Range *of; /* by rule; made when first asked for */
    uint8_t *made;
    Verdicts found; /* by the mutant at hand */
} Mutation;

typedef struct Testing {
    RuleSet *r;
    Program *p;
    const Stanza *test;
    const Tree *tree;
    ObjId scope, first;
    Coverage *coverage;
    Mutation *mutation;    /* or NULL */
    Vec(Outcome) outcomes; /* of the facts as they are now */
    Vec(Expectation) expected;
    Vec(Before) before;
    Vec(PropVal) copies;
    TestOutcome result;
} Testing;

static void forget_outcomes(Testing *t)
{
    for (uint32_t i = 0; i < t->outcomes.n; i++)
        verdicts_free(&t->outcomes.at[i].found);
    t->outcomes.n = 0;
    cache_reset(t->r);
}

/* How many plans a rule has: one, or for each `never` of a policy one. */
static uint32_t plans_of(const RuleSet *r, RuleId rule)
{
    uint32_t n = 1;
    while (rule + n < r->plans.n && plan_at(r, rule + n)->info.obj == plan_at(r, rule)->info.obj)
        n++;
    return n;
}

/* What a rule finds, or all that a policy finds broken. */
static void run_plans(RuleSet *r, RuleId rule, uint8_t *seen, Verdicts *out)
{
    plan_run(r, rule, seen, out);
    for (uint32_t i = 1, n = plans_of(r, rule); i < n; i++) {
        Verdicts more = {0};
        plan_run(r, rule + i, seen, &more);
        for (uint32_t k = 0; k < more.all.n; k++)
            vec_push(&out->all, more.all.at[k]);
        verdicts_free(&more);
    }
}

static const Verdicts *outcome(Testing *t, RuleId rule)
{
    for (uint32_t i = 0; i < t->outcomes.n; i++)
        if (t->outcomes.at[i].rule == rule)
            return &t->outcomes.at[i].found;
    Outcome o = {.rule = rule};
    run_plans(t->r, rule, t->coverage->seen, &o.found);
    vec_push(&t->outcomes, o);
    return &vec_last(&t->outcomes).found;
}

/* ---- mutants ---- */

static Range mutants_for(RuleSet *r, Mutation *m, RuleId rule)
{
    if (!m->made[rule]) {
        uint32_t first = m->all.n;
        mutants_of(r, rule, &m->all);
        m->of[rule] = (Range){first, m->all.n - first};
        m->made[rule] = 1;
    }
    return m->of[rule];
}

/* Whether some line notices that the rule is another one; `rule` is the mutant's, or the first of the policy's. */
static bool noticed(Testing *t, RuleId rule, Mutant *mutant)
{
    Verdicts *found = &t->mutation->found;
    bool met = true;
    mutant_swap(t->r, mutant);
    run_plans(t->r, rule, NULL, found);
    for (uint32_t i = 0; met && i < t->expected.n; i++) {
        const Expectation *e = &t->expected.at[i];
        if (e->rule == rule && e->met)
            met = expectation_met(t->r, e, found);
    }
    mutant_swap(t->r, mutant);
    return !met;
}

static void try_mutants(Testing *t, RuleId rule)
{
    for (uint32_t k = 0, n = plans_of(t->r, rule); k < n; k++) {
        Range all = mutants_for(t->r, t->mutation, rule + k);
        for (uint32_t i = all.first; i < all.first + all.n; i++)
            if (!t->mutation->all.at[i].killed)
                t->mutation->all.at[i].killed = noticed(t, rule, &t->mutation->all.at[i]);
    }
}

/* On the model at hand, the mutants of every rule that something is expected of. */
static void mutate(Testing *t)
{
    bool library = t->p->modules.at[t->test->module].library;
    for (uint32_t i = 0; i < t->expected.n; i++) {
        RuleId rule = t->expected.at[i].rule;
        bool first = rule && plan_at(t->r, rule)->library == library;
        for (uint32_t k = 0; first && k < i; k++)
            first = t->expected.at[k].rule != rule;
        if (first)
            try_mutants(t, rule);
    }
}

/* ---- expect ---- */

static void check_expectation(Testing *t, NodeId node)
{
    Expectation e = expectation_read(t->r, t->test, t->scope, node);
    uint32_t n = e.rule ? expectation_count(t->r, &e) : 1, failed = e.rule ? 0 : 1;
    for (uint32_t i = 0; e.rule && i < n; i++) {
        Finding got;
        if (expectation_holds(t->r, &e, i, outcome(t, e.rule), &got))
            continue;
        expectation_failed(t->r, t->test, &e, i, got);
        failed++;
    }
    e.met = failed == 0;
    if (e.met)
        t->coverage->expected[e.rule] |= (uint8_t)(1u << e.wanted);
    t->result.expectations += n;
    t->result.failed += failed;
    vec_push(&t->expected, e);
}

static uint32_t check_expectations(Testing *t, NodeId parent)
{
    t->expected.n = 0;
    NodeId e = node_find(t->tree, parent, N_EXPECT);
    for (; e; e = node_seek(t->tree, node_next(t->tree, e), N_EXPECT))
        check_expectation(t, e);
    if (t->mutation)
        mutate(t);
    return t->expected.n;
}

/* ---- with ---- */

static void remember(Testing *t, ObjId o)
{
    const Object *obj = obj_bound(t->p, o);
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
    NodeId name = node_child(t->tree, node), value = node_next(t->tree, name);
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
    for (; a; a = node_seek(t->tree, node_next(t->tree, a), N_ASSIGN))
        ok &= assign(t, a);
    model_derive(t->p, t->first);
    if (ok)
        n = check_expectations(t, with);
    else
        t->result.failed++, t->result.expectations++, n = 1;
    forget_outcomes(t);
    put_back(t); /* what was derived is so no more: the next one derives again */
    return n;
}

/* ---- tests ---- */

static void run_test(RuleSet *r, const Stanza *test, Coverage *coverage, Mutation *mutation, TestReport *out)
{
    Program *p = r->program;
    Testing t = {
        .r = r, .p = p, .test = test, .coverage = coverage, .mutation = mutation, .result = {.test = test->obj}};
    t.tree = &p->modules.at[test->module].tree;
    NodeId given = node_find(t.tree, test->node, N_GIVEN);
    NodeId body = given ? node_find(t.tree, given, N_BODY) : 0;
    Span at = model_decl(&p->model, test->obj)->span;
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
    for (; with; with = node_seek(t.tree, node_next(t.tree, with), N_WITH))
        n += check_with(&t, with);
    if (n == 0 && !t.tree->broken)
        diag_add(p->diags, D_TEST_WITHOUT_EXPECT, at);
    forget_outcomes(&t);
    vec_free(&t.outcomes);
    vec_free(&t.expected);
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

/* ---- all ---- */

/* What no test noticed becomes a diagnostic, in the order of rules. */
static void report_survivors(RuleSet *r, bool library, Mutation *m, TestReport *out)
{
    Program *p = r->program;
    for (RuleId rule = 1; rule < r->plans.n; rule++) {
        const Plan *plan = plan_at(r, rule);
        if (plan->library != library || plan->broken)
            continue;
        Range all = mutants_for(r, m, rule);
        for (uint32_t i = all.first; i < all.first + all.n; i++) {
            const Mutant *one = &m->all.at[i];
            out->mutants++;
            out->killed += one->killed;
            if (!one->killed)
                diag_add(p->diags, D_SURVIVING_MUTANT, one->span, str_z(&p->diags->arena, plan_at(r, rule)->info.id),
                         str_z(&p->diags->arena, one->words));
        }
    }
}

static uint8_t *marks(uint32_t n)
{
    uint8_t *at = mem_alloc((size_t)n + 1);
    memset(at, 0, (size_t)n + 1);
    return at;
}

void rules_test(RuleSet *r, Program *p, bool library, unsigned what, TestReport *out)
{
    uint32_t n;
    int32_t today = p->today;
    *out = (TestReport){0};
    p->today = RULE_TEST_TODAY;
    Placed *tests = placed_tests(p, library, &n);
    Coverage coverage = {.seen = marks(r->atoms.n), .expected = marks(r->plans.n)};
    Mutation m = {.made = marks(r->plans.n), .of = mem_resize(NULL, r->plans.n, sizeof *m.of)};
    for (uint32_t i = 0; i < n; i++) {
        run_test(r, &tests[i].stanza, &coverage, what & TEST_MUTANTS ? &m : NULL, out);
        const TestOutcome *t = &vec_last(&out->tests);
        out->failed += t->failed;
        out->passed += t->expectations - t->failed;
    }
    coverage_report(r, library, what, &coverage, out);
    if (what & TEST_MUTANTS)
        report_survivors(r, library, &m, out);
    p->today = today;
    model_derive(p, p->library_end);
    cache_reset(r);
    verdicts_free(&m.found);
    vec_free(&m.all);
    free(m.of);
    free(m.made);
    free(tests);
    free(coverage.seen);
    free(coverage.expected);
}

void test_report_free(TestReport *t)
{
    vec_free(&t->tests);
}
