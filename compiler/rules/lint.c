/* Static checks of whole rules: what can never match, never close, is said twice, refers to nothing, is not tested.
 * Requires: plans. Leaves the plans as they are. */
#include "program/stdlib.h"
#include "score/score.h"
#include "rules/lint.h"

/* Conditions and sets of rules that are larger are not compared part by part: nobody writes them by hand. */
enum { DEMANDS_MOST = 64, RULES_MOST = 2000 };

typedef struct Lint {
    RuleSet *r;
    Program *p;
    uint8_t *tested; /* by rule: 1 a test expects it, 2 a test expects it not to fire */
} Lint;

static const char *text_z(Lint *l, Str s)
{
    return str_z(&l->r->arena, s);
}

static Span rule_span(const Lint *l, const Plan *plan)
{
    return model_decl(&l->p->model, plan->info.obj)->span;
}

/* ---- conditions ---- */

/* The n-th demand of a condition taken as `and`, or 0. */
static CondId demand(const RuleSet *r, CondId c, uint32_t n)
{
    const Cond *all = cond_at(r, c);
    if (all->op != COND_AND)
        return n == 0 ? c : 0;
    CondId at = all->child;
    while (n-- > 0 && at)
        at = cond_at(r, at)->next;
    return at;
}

static uint32_t demand_count(const RuleSet *r, CondId c)
{
    uint32_t n = c != 0;
    if (cond_at(r, c)->op != COND_AND)
        return n;
    n = 0;
    for (CondId k = cond_at(r, c)->child; k; k = cond_at(r, k)->next)
        n++;
    return n;
}

static bool never_matches(const RuleSet *r, const Plan *plan)
{
    uint32_t n = demand_count(r, plan->when);
    for (uint32_t i = 0; i < n && n <= DEMANDS_MOST; i++) {
        CondId a = demand(r, plan->when, i);
        if (cond_at(r, a)->op == COND_CONST && cond_at(r, a)->a == TRI_FALSE)
            return true;
        for (uint32_t k = 0; k < i; k++)
            if (cond_contradicts(r, a, demand(r, plan->when, k)))
                return true;
    }
    return false;
}

/* ---- subsumption ---- */

static bool demands(const RuleSet *r, CondId all, CondId one)
{
    CondId c;
    for (uint32_t i = 0; all && (c = demand(r, all, i)) != 0; i++)
        if (cond_equal(r, c, one))
            return true;
    return false;
}

/* Whether every demand of `few` is one of `many`. */
static bool demands_all(const RuleSet *r, CondId many, CondId few)
{
    CondId c;
    for (uint32_t i = 0; few && (c = demand(r, few, i)) != 0; i++)
        if (!demands(r, many, c))
            return false;
    return true;
}

static bool parts_equal(const RuleSet *r, const MitPart *a, const MitPart *b)
{
    bool same = a->capability == b->capability && a->n == b->n && cond_equal(r, a->cond, b->cond);
    for (uint32_t i = 0; same && i < a->n; i++) {
        const MitAlternative *x = &r->alternatives.at[a->first + i], *y = &r->alternatives.at[b->first + i];
        same = x->term.slot == y->term.slot && cond_equal(r, x->where, y->where);
    }
    return same;
}

static bool mitigations_equal(const RuleSet *r, const Plan *a, const Plan *b)
{
    bool same = a->nlines == b->nlines;
    for (uint32_t i = 0; same && i < a->nlines; i++) {
        const MitLine *x = &r->lines.at[a->lines + i], *y = &r->lines.at[b->lines + i];
        same = x->n == y->n;
        for (uint32_t k = 0; same && k < x->n; k++)
            same = parts_equal(r, &r->parts.at[x->first + k], &r->parts.at[y->first + k]);
    }
    return same;
}

static bool categories_equal(const Program *p, ObjId a, ObjId b)
{
    static const Known known[] = {KNOWN_RULE_STRIDE, KNOWN_RULE_CATEGORY};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        Value x = obj_known(p, a, known[i]), y = obj_known(p, b, known[i]);
        if (x.tag != y.tag || x.a != y.a)
            return false;
    }
    return true;
}

/* Whether `a` finds nothing that `b` does not. Of two that find the same, the second in order counts as superfluous. */
static bool subsumed(const Lint *l, RuleId ai, RuleId bi)
{
    const RuleSet *r = l->r;
    const Plan *a = plan_at(r, ai), *b = plan_at(r, bi);
    if (a->broken || b->broken || a->info.keys != b->info.keys || a->info.nvars != b->info.nvars)
        return false;
    if (!source_equal(r, &a->seed, &b->seed) || !categories_equal(l->p, a->info.obj, b->info.obj))
        return false;
    if (!cond_equal(r, a->along, b->along) || !cond_equal(r, a->avoid_element, b->avoid_element) ||
        a->within != b->within)
        return false;
    if (demand_count(r, a->when) > DEMANDS_MOST || demand_count(r, b->when) > DEMANDS_MOST)
        return false;
    if (!cond_equal(r, a->unless, b->unless) || !mitigations_equal(r, a, b) || !demands_all(r, a->when, b->when))
        return false;
    return ai > bi || !demands_all(r, b->when, a->when);
}

static void check_subsumed(Lint *l, RuleId rule)
{
    const Plan *plan = plan_at(l->r, rule);
    for (RuleId other = 1; other <= l->r->nrules && l->r->nrules <= RULES_MOST; other++) {
        if (other == rule || !subsumed(l, rule, other))
            continue;
        Diag *d = diag_add(l->p->diags, D_SUBSUMED, rule_span(l, plan), text_z(l, plan->info.id),
                           text_z(l, plan_at(l->r, other)->info.id));
        diag_label(l->p->diags, d, rule_span(l, plan_at(l->r, other)), "the other rule");
        return;
    }
}

/* ---- references ---- */

static void check_reference(Lint *l, CatalogueName catalogue, const char *name, Str id, Span at)
{
    const CatalogueEntry *e = catalogue_find(catalogue, id);
    if (!e)
        diag_add(l->p->diags, D_UNKNOWN_REFERENCE, at, name, text_z(l, id));
    else if (strcmp(e->state, "live") != 0)
        diag_add(l->p->diags, D_DEPRECATED_REFERENCE, at, name, text_z(l, id), e->state);
}

static void check_references(Lint *l, const Plan *plan, Known known, CatalogueName catalogue, const char *name)
{
    const PropVal *written = NULL;
    PropId prop = l->p->known[known];
    if (!prop || !catalogue_counts[catalogue])
        return;
    Value v = obj_value(l->p, plan->info.obj, prop, &written);
    const Value *members;
    Range s = value_members(&l->p->model, &v, &members);
    for (uint32_t i = 0; written && i < s.n; i++) {
        Str id = members[i].tag == V_TEXT ? value_text_of(&l->p->model, members[i])
                                          : str_format(&l->r->arena, "%.0f", value_number(&l->p->model, members[i]));
        check_reference(l, catalogue, name, id, value_place(l->p, plan->info.obj, written));
    }
}

static void check_cvss(Lint *l, const Plan *plan)
{
    const PropVal *written = NULL;
    PropId prop = l->p->known[KNOWN_RULE_CVSS];
    Value v = prop ? obj_value(l->p, plan->info.obj, prop, &written) : (Value){V_ABSENT, 0};
    if (!written || v.tag != V_TEXT)
        return;
    Score s = score_cvss(value_text_of(&l->p->model, v));
    if (!s.method)
        diag_add(l->p->diags, D_BAD_CVSS, value_place(l->p, plan->info.obj, written), text_z(l, str_from(s.problem)));
}

/* ---- tests ---- */

RuleId expected_rule(const RuleSet *r, const Stanza *test, NodeId expect)
{
    const Program *p = r->program;
    const Tree *tree = &p->modules.at[test->module].tree;
    NodeId name = node_find(tree, expect, N_QNAME);
    if (!name)
        return 0;
    RuleId rule = map_get(&r->rule_of, MAP_KEY(test->module, node_at(tree, name)->val));
    if (rule)
        return rule; /* the rule of the same module goes first */
    return rule_by_name(r, sym_str(p->names, node_at(tree, name)->val));
}

bool expected_verdict(const Program *p, const Node *expect, VerdictKind *wanted)
{
    *wanted = expect->flags & NF_NOT ? VERDICT_NONE : VERDICT_OPEN;
    if (!expect->val)
        return true;
    for (int k = VERDICT_OUT_OF_SCOPE; k <= VERDICT_OPEN; k++) {
        *wanted = (VerdictKind)k;
        if (str_eq(sym_str(p->names, expect->val), str_from(verdict_name(*wanted))))
            return true;
    }
    return false;
}

static void note_expectations(Lint *l, const Stanza *test, NodeId parent)
{
    const Tree *tree = &l->p->modules.at[test->module].tree;
    NodeId n = node_find(tree, parent, N_EXPECT);
    for (; n; n = node_seek(tree, node_next(tree, n), N_EXPECT)) {
        RuleId rule = expected_rule(l->r, test, n);
        l->tested[rule] |= node_at(tree, n)->flags & NF_NOT ? 2 : 1;
    }
    n = node_find(tree, parent, N_WITH);
    for (; n; n = node_seek(tree, node_next(tree, n), N_WITH)) {
        NodeId e = node_find(tree, n, N_EXPECT);
        for (; e; e = node_seek(tree, node_next(tree, e), N_EXPECT))
            l->tested[expected_rule(l->r, test, e)] |= node_at(tree, e)->flags & NF_NOT ? 2 : 1;
    }
}

/* ---- all ---- */

static void check_rule(Lint *l, RuleId rule)
{
    const Plan *plan = plan_at(l->r, rule);
    Diags *d = l->p->diags;
    const char *id = text_z(l, plan->info.id);
    Span at = rule_span(l, plan);
    check_references(l, plan, KNOWN_RULE_CWE, CATALOGUE_CWE, "CWE");
    check_references(l, plan, KNOWN_RULE_CAPEC, CATALOGUE_CAPEC, "CAPEC");
    check_references(l, plan, KNOWN_RULE_ATTACK, CATALOGUE_ATTACK, "ATT&CK");
    check_cvss(l, plan);
    if (plan->broken)
        return;
    if (never_matches(l->r, plan))
        diag_add(d, D_NEVER_MATCHES, span_none(plan->when_span) ? at : plan->when_span, id);
    else if (!plan_closable(l->r, plan))
        diag_add(d, D_NEVER_CLOSED, at, id);
    if (obj_known(l->p, plan->info.obj, KNOWN_RULE_FIX).tag != V_TEXT)
        diag_add(d, D_NO_FIX, at, id);
    if (!plan_severity(l->r, rule) && !plan->nraises &&
        !finds_gaps(l->p, plan->info.obj)) /* what is missing has none */
        diag_add(d, D_NO_SEVERITY, at, id);
    if (!(l->tested[rule] & 1))
        diag_add(d, D_NO_TEST, at, id);
    if (!(l->tested[rule] & 2))
        diag_add(d, D_NO_COUNTER_TEST, at, id);
    check_subsumed(l, rule);
}

void lint_rules(RuleSet *r, bool library)
{
    Program *p = r->program;
    Lint l = {.r = r, .p = p, .tested = mem_alloc(r->plans.n)}; /* of policies, too, something can be expected */
    memset(l.tested, 0, r->plans.n);
    for (uint32_t i = 0; i < p->tests.n; i++)
        note_expectations(&l, &p->tests.at[i], p->tests.at[i].node);
    for (RuleId i = 1; i <= r->nrules; i++)
        if (library || !plan_at(r, i)->library)
            check_rule(&l, i);
    free(l.tested);
}
