/* The small changes to the pattern of a rule: kinds, ends, links and the length of paths. What the rule's own conditions
 * make up for is left alone. Requires: a plan without errors. */
#include "ruletest/mutants.h"

/* Slots that some condition or the key asks about. */
static uint32_t slots_asked(const RuleSet *r, const Plan *plan)
{
    uint32_t asked = plan->info.keys | cond_at(r, plan->when)->mask | cond_at(r, plan->unless)->mask;
    for (uint32_t i = plan->lines; i < plan->lines + plan->nlines; i++) {
        const MitLine *line = &r->lines.at[i];
        for (uint32_t k = line->first; k < line->first + line->n; k++) {
            const MitPart *part = &r->parts.at[k];
            asked |= cond_at(r, part->cond)->mask;
            for (uint32_t a = part->first; a < part->first + part->n; a++)
                asked |= 1u << r->alternatives.at[a].term.slot | cond_at(r, r->alternatives.at[a].where)->mask;
        }
    }
    for (uint32_t i = plan->raises; i < plan->raises + plan->nraises; i++)
        asked |= cond_at(r, r->raises.at[i].when)->mask;
    return asked;
}

static bool owned_by(const RuleSet *r, UseId use, KindId lo, KindId hi)
{
    return r->uses.at[use].lo >= lo && r->uses.at[use].hi <= hi;
}

/* Whether the question can be answered with yes only of things of the kinds lo..hi: of others it asks what they cannot
 * have. */
static bool question_needs(const RuleSet *r, const Cond *n, uint8_t slot, KindId lo, KindId hi)
{
    if (n->term.slot != slot)
        return false;
    switch ((CondOp)n->op) {
    case COND_KIND: return n->term.n == 0 && n->a >= lo && n->b <= hi;
    case COND_BOOL:
    case COND_EQUAL:
    case COND_EQUAL_TERM:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_MEMBER_NOUN:
    case COND_ORDER:
    case COND_ORDER_TERM: return n->term.n > 0 && owned_by(r, n->term.path[0], lo, hi);
    case COND_LINKED:
        return n->term.n == 0 && owned_by(r, n->word == VERB_CARRIES ? r->use_carries : r->use_holds, lo, hi);
    case COND_CONST:
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_OBJ:
    case COND_SAME:
    case COND_NOUN:
    case COND_CAP:
    case COND_INSIDE:
    case COND_CROSS:
    case COND_REACHES:
    case COND_QUANT:
    case COND_COUNT: break;
    }
    return false;
}

static bool cond_needs(const RuleSet *r, CondId c, uint8_t slot, KindId lo, KindId hi)
{
    const Cond *n = cond_at(r, c);
    /* `is not absent`: things without the property do not have it either. */
    if (n->op == COND_NOT && cond_at(r, n->child)->op == COND_ABSENT)
        n = cond_at(r, n->child);
    if (n->op != COND_AND && n->op != COND_OR)
        return c && question_needs(r, n, slot, lo, hi);
    bool some = false, every = true;
    for (CondId k = n->child; k; k = cond_at(r, k)->next) {
        bool needs = cond_needs(r, k, slot, lo, hi);
        some |= needs;
        every &= needs;
    }
    return n->op == COND_AND ? some : every;
}

/* The widest kind that a pattern of this sort could go through: the kind known by its role. */
static KindId widest(const Program *p, KindId kind)
{
    switch (kind_family(p, kind)) {
    case FAMILY_FLOW: return role_kind(p, ROLE_FLOW);
    case FAMILY_ELEMENT: return role_kind(p, ROLE_ELEMENT);
    case FAMILY_PORT: return role_kind(p, ROLE_PORT);
    case FAMILY_BOUNDARY: return role_kind(p, ROLE_BOUNDARY);
    case FAMILY_OTHER: break;
    case FAMILY_ANY:
    case FAMILY_PATH: return kind;
    }
    for (; kind; kind = p->kinds.at[kind].parent)
        for (int i = 0; i < ROLE_COUNT; i++)
            if (p->role_kind[i] == kind)
                return kind;
    return 0;
}

/* The kind that stands in the way, or 0 if dropping it could not be noticed. */
static KindId kind_dropped(const Making *m, const Plan *plan, uint8_t slot, KindId kind)
{
    KindId wide = kind ? widest(m->p, kind) : 0;
    if (!wide || wide == kind || cond_needs(m->r, plan->when, slot, kind, m->p->kinds.at[kind].last))
        return 0;
    return wide;
}

static void drop_seed_kind(Making *m, const Plan *plan, Span at)
{
    KindId wide = plan->info.path ? 0 : kind_dropped(m, plan, 0, plan->seed.lo);
    if (!wide)
        return;
    Mutant *one = mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "any kind taken for ", at, ""));
    one->piece.plan = *plan;
    one->piece.plan.seed.lo = wide;
    one->piece.plan.seed.hi = m->p->kinds.at[wide].last;
}

static Anchor *anchor_of(Plan *plan, ModKind mod)
{
    return mod == MOD_FROM ? &plan->seed.from : mod == MOD_TO ? &plan->seed.to : &plan->seed.at;
}

static void drop_link_kind(Making *m, const Plan *plan, ModKind mod, Span at)
{
    Plan changed = *plan;
    Anchor *a = anchor_of(&changed, mod);
    if (a->tag != ANCHOR_VAR && a->tag != ANCHOR_KIND)
        return;
    KindId wide = kind_dropped(m, plan, a->tag == ANCHOR_VAR ? a->slot : SLOT_NONE, a->kind);
    if (!wide)
        return;
    a->kind = a->lo = wide;
    a->hi = m->p->kinds.at[wide].last;
    Mutant *one = mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "any kind taken for ", at, ""));
    one->piece.plan = changed;
}

static bool same_kinds(const Anchor *a, const Anchor *b)
{
    return a->tag == b->tag && a->port == b->port && a->lo == b->lo && a->hi == b->hi && a->obj == b->obj;
}

static void swap_ends(Making *m, const Plan *plan, Span from, Span to)
{
    const Anchor *a = &plan->seed.from, *b = &plan->seed.to;
    uint32_t ends = (a->tag == ANCHOR_VAR ? 1u << a->slot : 0) | (b->tag == ANCHOR_VAR ? 1u << b->slot : 0);
    if (a->tag == ANCHOR_OBJ || b->tag == ANCHOR_OBJ || !kinds_meet(m->p, a->kind, b->kind))
        return;
    if (same_kinds(a, b) && !(slots_asked(m->r, plan) & ends) && !plan->info.path)
        return;
    StrBuf words = {0};
    mutant_quote(m, from, &words);
    strbuf_addz(&words, " and ");
    mutant_quote(m, to, &words);
    strbuf_addz(&words, " swapped");
    Mutant *one = mutant_add(m, PLACE_PLAN, 0, span_join(from, to), str_copy(&m->r->arena, strbuf_str(&words)));
    one->piece.plan = *plan;
    one->piece.plan.seed.from = *b;
    one->piece.plan.seed.to = *a;
    strbuf_free(&words);
}

/* `entering`, `leaving` and `crossing` for each other, and none of them. */
static void change_link(Making *m, const Plan *plan, ModKind mod, Span at)
{
    static const ModKind mods[] = {MOD_ENTERING, MOD_LEAVING, MOD_CROSSING};
    bool crossing = mod == MOD_ENTERING || mod == MOD_LEAVING || mod == MOD_CROSSING;
    for (size_t i = 0; crossing && i < sizeof mods / sizeof *mods; i++) {
        StrBuf b = {0};
        if (mods[i] == mod)
            continue;
        strbuf_format(&b, " read as `%s`", mod_name(mods[i]));
        mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "", at, b.s))->piece.plan = *plan;
        vec_last(m->out).piece.plan.seed.at_mod = (uint8_t)mods[i];
        strbuf_free(&b);
    }
    const Anchor *a = &plan->seed.at;
    bool asked = a->tag == ANCHOR_VAR && slots_asked(m->r, plan) >> a->slot & 1;
    if (asked || (!crossing && mod != MOD_INSIDE))
        return;
    mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "", at, " dropped"))->piece.plan = *plan;
    vec_last(m->out).piece.plan.seed.at = (Anchor){0};
}

static void change_steps(Making *m, const Plan *plan, Span at)
{
    mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "", at, " dropped"))->piece.plan = *plan;
    vec_last(m->out).piece.plan.within = 0;
    if (plan->within < 2)
        return;
    mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "one step less than ", at, ""))->piece.plan = *plan;
    vec_last(m->out).piece.plan.within--;
}

static void mutate_link(Making *m, NodeId node)
{
    Plan plan = *plan_at(m->r, m->rule);
    ModKind mod = (ModKind)node_at(m->tree, node)->val;
    Span at = node_span(m->tree, node);
    switch (mod) {
    case MOD_FROM:
    case MOD_TO: drop_link_kind(m, &plan, mod, at); return;
    case MOD_IN:
    case MOD_ON:
    case MOD_INSIDE:
    case MOD_ENTERING:
    case MOD_LEAVING:
    case MOD_CROSSING:
        drop_link_kind(m, &plan, mod, at);
        change_link(m, &plan, mod, at);
        return;
    case MOD_ALONG: mutate_line(m, plan.along, "along"); return;
    case MOD_AVOIDING:
        m->nroots = 0;
        m->roots[m->nroots++] = plan.avoid_element;
        m->roots[m->nroots++] = plan.avoid_flow;
        m->roots[m->nroots++] = plan.avoid_boundary;
        for (m->root = 0; m->root < m->nroots; m->root++)
            mutate(m, m->roots[m->root], 0);
        return;
    case MOD_WITHIN: change_steps(m, &plan, at); return;
    }
}

void mutate_pattern(Making *m)
{
    Plan plan = *plan_at(m->r, m->rule);
    NodeId pattern = node_child(m->tree, node_find(m->tree, plan.node, N_FOREACH));
    NodeId kind = node_child(m->tree, pattern), from = 0, to = 0;
    drop_seed_kind(m, &plan, node_span(m->tree, kind));
    for (NodeId mod = node_next(m->tree, kind); mod; mod = node_next(m->tree, mod)) {
        mutate_link(m, mod);
        from = node_at(m->tree, mod)->val == MOD_FROM ? mod : from;
        to = node_at(m->tree, mod)->val == MOD_TO ? mod : to;
    }
    if (from && to)
        swap_ends(m, &plan, node_span(m->tree, from), node_span(m->tree, to));
}
