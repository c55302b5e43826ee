/* What the tests of rules never showed: conditions that were not seen both true and false, and verdicts that a rule can
 * come to and no test expects. Requires: the tests have run. */
#include "ruletest/testing.h"

enum { GUARDS = 64 };

/* Facts that a condition takes as known where it asks more about them: `x is not unknown and x is none`. */
typedef struct Guards {
    const RuleSet *r;
    const Plan *plan;
    Term known[GUARDS];
    uint32_t n;
} Guards;

/* ---- can a rule leave its answer open ---- */

static bool is_known(const Guards *g, const Term *t)
{
    for (uint32_t i = 0; i < g->n; i++) {
        const Term *k = &g->known[i];
        bool same = k->slot == t->slot && k->n <= t->n;
        for (unsigned p = 0; same && p < k->n; p++)
            same = k->path[p] == t->path[p];
        if (same)
            return true;
    }
    return false;
}

/* Notes what the siblings may rely on: in an `and` what must be known, in an `or` what would do if it were unknown. */
static void add_guards(Guards *g, CondId logic)
{
    const RuleSet *r = g->r;
    for (CondId c = cond_at(r, logic)->child; c && g->n < GUARDS; c = cond_at(r, c)->next) {
        const Cond *n = cond_at(r, c);
        if (cond_at(r, logic)->op == COND_AND)
            n = n->op == COND_NOT ? cond_at(r, n->child) : cond_at(r, 0);
        if (n->op == COND_UNKNOWN)
            g->known[g->n++] = n->term;
    }
}

/* Whether a fact starts as unknown where nobody states it. What is structure, has a default or may be absent does not:
 * nobody meets it unknown without having written so. */
static bool starts_unknown(const Program *p, PropId prop, KindId kind)
{
    KindId owner = p->props.at[prop].owner;
    return kind_preset(p, kind_is(p, kind, owner) ? kind : owner, prop).tag == V_UNKNOWN;
}

/* The kind of what stands in a slot; 0 for the thing at hand, of which little is known here. */
static KindId slot_kind(const Guards *g, uint8_t slot)
{
    return slot < g->plan->info.nvars ? g->plan->info.var_kinds[slot] : 0;
}

/* Whether a fact on the way to the term's value may be unknown. */
static bool term_open(const Guards *g, const Term *t)
{
    KindId kind = slot_kind(g, t->slot);
    for (unsigned i = 0; t->slot != SLOT_NONE && i < t->n; i++, kind = 0)
        if (starts_unknown(g->r->program, g->r->uses.at[t->path[i]].prop, kind))
            return !is_known(g, t);
    return false;
}

static bool fact_open(const Guards *g, uint8_t slot, PropId prop)
{
    const RuleSet *r = g->r;
    KindId owner = r->program->props.at[prop].owner, kind = slot_kind(g, slot);
    Term t = {.slot = slot, .n = 1};
    if (!prop || (kind && !kind_is(r->program, kind, owner)))
        return false;
    if (prop < r->use_of.n && r->use_of.at[prop]) {
        t.path[0] = (uint16_t)r->use_of.at[prop];
        if (is_known(g, &t))
            return false;
    }
    return starts_unknown(r->program, prop, kind);
}

static bool property_provides(const Program *p, PropId prop, ObjId capability)
{
    for (uint32_t i = 0; i < p->prop_caps.n; i++)
        if (p->prop_caps.at[i] == capability && p->prop_caps_of.at[i] == prop)
            return true;
    return false;
}

/* Whether the condition can only hold where a property says that the capability is not there. */
static bool denies(const RuleSet *r, const Cond *n, uint8_t slot, ObjId capability)
{
    const Program *p = r->program;
    const Cond *asked = n->op == COND_NOT ? cond_at(r, n->child) : n;
    bool no = n->op == COND_NOT ? asked->op == COND_BOOL
                                : asked->op == COND_EQUAL && asked->a == V_CONST &&
                                      str_eq(sym_str(p->names, p->consts.at[asked->b].name), STR("none"));
    return no && asked->term.slot == slot && asked->term.n == 1 &&
           property_provides(p, r->uses.at[asked->term.path[0]].prop, capability);
}

static bool when_denies(const Guards *g, uint8_t slot, ObjId capability)
{
    const Cond *when = cond_at(g->r, g->plan->when);
    if (when->op != COND_AND)
        return denies(g->r, when, slot, capability);
    for (CondId c = when->child; c; c = cond_at(g->r, c)->next)
        if (denies(g->r, cond_at(g->r, c), slot, capability))
            return true;
    return false;
}

/* Whether an unknown fact about the thing in a slot, or its unknown protocol, leaves open if it has the capability. */
static bool cap_open(const Guards *g, uint8_t slot, ObjId capability)
{
    const Program *p = g->r->program;
    if (when_denies(g, slot, capability))
        return false;
    for (uint32_t i = 0; i < p->prop_caps.n; i++)
        if (p->prop_caps.at[i] == capability && fact_open(g, slot, p->prop_caps_of.at[i]))
            return true;
    if (!fact_open(g, slot, p->known[KNOWN_PROTOCOL]))
        return false;
    for (uint32_t i = 0; i < p->model.protocols.n; i++)
        if (obj_lists(p, p->model.protocols.at[i], KNOWN_PROVIDES, capability))
            return true;
    return false;
}

static bool cond_open(Guards *g, CondId c);

static bool logic_open(Guards *g, CondId c)
{
    uint32_t before = g->n;
    bool open = false;
    add_guards(g, c);
    for (CondId k = cond_at(g->r, c)->child; k && !open; k = cond_at(g->r, k)->next)
        open = cond_open(g, k);
    g->n = before;
    return open;
}

static bool cond_open(Guards *g, CondId c)
{
    const Cond *n = cond_at(g->r, c);
    bool asked = term_open(g, &n->term);
    if (!c)
        return false;
    switch ((CondOp)n->op) {
    case COND_AND:
    case COND_OR:
    case COND_NOT: return logic_open(g, c);
    case COND_CONST:
    case COND_UNKNOWN: return false;
    case COND_KIND:
    case COND_OBJ:
    case COND_BOOL:
    case COND_EQUAL:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_ORDER: return asked;
    case COND_SAME:
    case COND_EQUAL_TERM:
    case COND_ORDER_TERM: return asked || term_open(g, &n->other);
    case COND_CAP: return asked || (n->term.n == 0 && cap_open(g, n->term.slot, n->b));
    case COND_LINKED:
    case COND_MEMBER_NOUN:
    case COND_NOUN:
    case COND_INSIDE:
    case COND_CROSS:
    case COND_REACHES: return asked || cond_open(g, g->r->nouns.at[n->a].where);
    case COND_QUANT: return cond_open(g, g->r->sources.at[n->a].where);
    case COND_COUNT: break;
    }
    BUG("condition");
}

static bool part_open(Guards *g, const MitPart *part)
{
    if (!part->capability)
        return cond_open(g, part->cond);
    for (uint32_t i = part->first; i < part->first + part->n; i++) {
        const MitAlternative *a = &g->r->alternatives.at[i];
        if (cap_open(g, a->term.slot, part->capability) || cond_open(g, a->where))
            return true;
    }
    return false;
}

/* Whether unknown facts can leave open if the threat is there. */
static bool plan_open(const RuleSet *r, const Plan *plan)
{
    Guards g = {.r = r, .plan = plan};
    bool open = cond_open(&g, plan->when) || cond_open(&g, plan->along) || cond_open(&g, plan->avoid_element) ||
                cond_open(&g, plan->avoid_flow) || cond_open(&g, plan->avoid_boundary);
    if (cond_at(r, plan->when)->op == COND_AND || cond_at(r, plan->when)->op == COND_NOT)
        add_guards(&g, plan->when);
    open = open || cond_open(&g, plan->unless);
    for (uint32_t i = plan->lines; i < plan->lines + plan->nlines; i++)
        for (uint32_t k = 0; k < r->lines.at[i].n && !open; k++)
            open = part_open(&g, &r->parts.at[r->lines.at[i].first + k]);
    return open;
}

/* ---- verdicts ---- */

static void report_verdicts(RuleSet *r, RuleId rule, uint8_t expected, bool report, TestReport *out)
{
    static const struct {
        VerdictKind kind;
        const char *words;
    } rows[] = {{VERDICT_OPEN, "to be open"},
                {VERDICT_NONE, "not to apply"},
                {VERDICT_POSSIBLE, "to be possible"},
                {VERDICT_MITIGATED, "to be mitigated"}};
    const Plan *plan = plan_at(r, rule);
    Diags *diags = r->program->diags;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool can = rows[i].kind == VERDICT_MITIGATED  ? plan->nlines > 0
                   : rows[i].kind == VERDICT_POSSIBLE ? plan_open(r, plan)
                                                      : true;
        bool shown = expected >> rows[i].kind & 1;
        out->verdicts += can;
        out->expected += can && shown;
        if (can && !shown && report && expected)
            diag_add(diags, D_VERDICT_NOT_EXPECTED, model_decl(&r->program->model, plan->info.obj)->span,
                     str_z(&diags->arena, plan->info.id), rows[i].words);
    }
}

/* ---- conditions ---- */

/* Whether some test looked at the rule whose atoms begin here; a rule without any has a message of its own. */
static bool rule_seen(const RuleSet *r, const uint8_t *seen, uint32_t first)
{
    for (uint32_t i = first; i < r->atoms.n && r->atoms.at[i].rule == r->atoms.at[first].rule; i++)
        if (seen[i])
            return true;
    return false;
}

static void report_atoms(RuleSet *r, bool library, bool report, const uint8_t *seen, TestReport *out)
{
    static const char *const missing[] = {"decided", "true", "false", ""};
    Diags *diags = r->program->diags;
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
            diag_add(diags, D_UNCOVERED_ATOM, a->span, str_z(&diags->arena, plan->info.id), missing[seen[i]]);
    }
}

void coverage_report(RuleSet *r, bool library, unsigned what, const Coverage *c, TestReport *out)
{
    report_atoms(r, library, what & TEST_ATOMS, c->seen, out);
    for (RuleId rule = 1; rule <= r->nrules; rule++)
        if (plan_at(r, rule)->library == library && !plan_at(r, rule)->broken)
            report_verdicts(r, rule, c->expected[rule], what & TEST_VERDICTS, out);
}
