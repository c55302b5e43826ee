/* What can be said of a rule without looking at a model: the parts of its `when`, what its variables can stand for, and each step that
 * it may come to in words. Requires: compiled rules. */
#include "rules/look.h"

#include "rules/plan.h"

/* ---- the parts of `when` ---- */

/* Returns how many there would be, whether there is room for them or not. */
static uint32_t flatten(const RuleSet *r, CondId c, CondId *out, uint32_t n)
{
    const Cond *cond = cond_at(r, c);
    if (cond->op != COND_AND) {
        if (n < LOOK_DEMANDS)
            out[n] = c;
        return n + 1;
    }
    for (CondId k = cond_child_after(r, cond, 0); k; k = cond_child_after(r, cond, k))
        n = flatten(r, k, out, n);
    return n;
}

uint32_t plan_demands(const RuleSet *r, const Plan *plan, CondId out[LOOK_DEMANDS])
{
    uint32_t n = plan->when ? flatten(r, plan->when, out, 0) : 0;
    if (n <= LOOK_DEMANDS)
        return n;
    out[0] = plan->when; /* too many to be told apart */
    return 1;
}

uint32_t demand_false(Ev *ev, const CondId *demands, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (cond_eval(ev, demands[i]) == TRI_FALSE)
            return i;
    return n;
}

/* ---- about rules ---- */

/* The slot of an end as a bit, if things of the kind can stand there. */
static uint32_t anchor_slot(const Program *p, const Anchor *a, KindId kind, bool ports)
{
    bool fits = a->tag == ANCHOR_VAR && kind >= a->lo && kind <= a->hi;
    if (a->tag == ANCHOR_OBJ)
        fits = model_obj(&p->model, a->obj)->kind == kind;
    return fits && (ports || !kind_is(p, kind, role_kind(p, ROLE_PORT))) ? 1u << a->slot : 0;
}

uint32_t rule_slots(const RuleSet *r, RuleId rule, KindId kind)
{
    const Program *p = r->program;
    const Plan *plan = plan_at(r, rule);
    const Source *s = &plan->seed;
    bool first = kind >= s->lo && kind <= s->hi && !plan->info.path;
    if (s->family == FAMILY_ELEMENT && kind_is(p, kind, role_kind(p, ROLE_PORT)))
        first = false;
    return (uint32_t)first | anchor_slot(p, &s->from, kind, s->from.port) | anchor_slot(p, &s->to, kind, s->to.port) |
           anchor_slot(p, &s->at, kind, s->family == FAMILY_OTHER);
}

uint32_t rule_subject(const RuleSet *r, RuleId rule)
{
    uint32_t i = 0, keys = plan_at(r, rule)->info.keys;
    while (keys && !(keys >> i & 1))
        i++;
    return i;
}

/* ---- words ---- */

static void add_code(const Program *p, Span at, StrBuf *out)
{
    strbuf_char(out, '`');
    source_words(p, at, out);
    strbuf_char(out, '`');
}

static void add_pattern(const RuleSet *r, const Plan *plan, StrBuf *out)
{
    const Tree *t = &r->program->modules.at[plan->module].tree;
    NodeId each = node_find(t, plan->node, N_FOREACH);
    add_code(r->program, node_span(t, node_child(t, each)), out);
}

/* "`b` of `flow f from a to b`", or "part of" it if several variables count. */
static void add_part(const RuleSet *r, const Plan *plan, uint32_t slots, StrBuf *out)
{
    uint32_t i = 0;
    slots &= (1u << plan->info.nvars) - 1;
    while (slots && !(slots >> i & 1))
        i++;
    if (slots == 1u << i && plan->info.vars[i])
        strbuf_format(out, "`%.*s`", STR_FMT(sym_str(r->program->names, plan->info.vars[i])));
    else
        strbuf_addz(out, "part");
    strbuf_addz(out, " of ");
    add_pattern(r, plan, out);
}

void look_words(const RuleSet *r, RuleId rule, uint32_t slots, LookStep step, StrBuf *out)
{
    static const char *const done[] = {"entered", "left", "crossed"};
    const Plan *plan = plan_at(r, rule);
    CondId demands[LOOK_DEMANDS];
    uint32_t n = plan_demands(r, plan, demands);
    switch (step) {
    case LOOK_NOWHERE: return;
    case LOOK_PATTERN:
        strbuf_addz(out, "this is not ");
        add_part(r, plan, slots, out);
        return;
    case LOOK_BOUNDARY:
        strbuf_addz(out, "this is ");
        add_part(r, plan, slots, out);
        strbuf_format(out, " but for the boundary: none of that kind is %s", done[plan->seed.at_mod - MOD_ENTERING]);
        return;
    case LOOK_PATH:
        strbuf_addz(out, "this is at no end of ");
        add_pattern(r, plan, out);
        return;
    }
    if ((uint32_t)(step - LOOK_WHEN) < n)
        add_code(r->program, cond_at(r, demands[step - LOOK_WHEN])->span, out);
    strbuf_addz(out, " is false");
}
