/* Rules of one library ask the same things of a flow again and again: what it carries, what its protocol travels on.
 * Equal conditions about the flow alone get one number, so that a pass over the flows asks each once a flow; those about
 * its protocol alone are marked, so that they are asked once a protocol. Requires: compiled plans. */
#include "rules/plan.h"

enum { TRIES = 32 }; /* candidates with one hash that are compared */

typedef struct Memos {
    RuleSet *r;
    Map last;      /* hash of the outside of a condition -> last one with it */
    CondId *other; /* by condition: the one before it with the same hash */
} Memos;

static uint64_t outside_hash(const Cond *n)
{
    uint64_t h = n->op;
    h = h * 1000003 + n->word;
    h = h * 1000003 + n->term.n;
    for (unsigned i = 0; i < n->term.n; i++)
        h = h * 1000003 + n->term.path[i];
    return h;
}

/* Whether remembering the answer costs less than finding it again. */
static bool worth(const Cond *n)
{
    switch ((CondOp)n->op) {
    case COND_EQUAL:
    case COND_BOOL:
    case COND_IN:
    case COND_MEMBER:
    case COND_MEMBER_NOUN:
    case COND_ORDER:
    case COND_LINKED:
    case COND_CROSS:
    case COND_INSIDE:
    case COND_QUANT:
    case COND_KIND:
    case COND_OBJ: return (n->term.slot == 0 && n->term.n > 0) || n->op >= COND_INSIDE;
    case COND_CONST:
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_SAME:
    case COND_EQUAL_TERM:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_NOUN:
    case COND_ORDER_TERM:
    case COND_CAP:
    case COND_REACHES:
    case COND_COUNT: break;
    }
    return false;
}

static void share(Memos *s, CondId c)
{
    RuleSet *r = s->r;
    Cond *n = &r->conds.at[c];
    uint64_t hash = outside_hash(n);
    CondId before = map_get(&s->last, hash);
    map_put(&s->last, hash, c);
    s->other[c] = before;
    uint32_t tries = 0;
    while (before && !cond_equal(r, before, c))
        before = ++tries < TRIES ? s->other[before] : 0;
    if (!before)
        return;
    if (!r->conds.at[before].memo)
        r->conds.at[before].memo = ++r->nmemos;
    n->memo = r->conds.at[before].memo;
}

static void walk(Memos *s, CondId c)
{
    const Cond *n = cond_at(s->r, c);
    bool logic = n->op == COND_AND || n->op == COND_OR || n->op == COND_NOT;
    if (c && !logic && n->mask == 1 && worth(n))
        share(s, c);
    for (CondId k = n->child; k; k = cond_at(s->r, k)->next)
        walk(s, k);
}

static bool of_protocol(const RuleSet *r, const Cond *n)
{
    switch ((CondOp)n->op) {
    case COND_BOOL:
    case COND_EQUAL:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_KIND:
    case COND_OBJ:
        return n->term.slot != SLOT_NONE && n->term.n &&
               r->uses.at[n->term.path[0]].prop == r->program->known[KNOWN_PROTOCOL];
    case COND_ORDER: /* may ask for the day */
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_CONST:
    case COND_EQUAL_TERM:
    case COND_ORDER_TERM:
    case COND_MEMBER_NOUN:
    case COND_INSIDE:
    case COND_CROSS:
    case COND_LINKED:
    case COND_QUANT:
    case COND_SAME:
    case COND_NOUN:
    case COND_CAP:
    case COND_REACHES:
    case COND_COUNT: break;
    }
    return false;
}

static void mark(RuleSet *r, CondId c)
{
    Cond *n = &r->conds.at[c];
    n->of_protocol = of_protocol(r, n);
    for (CondId k = n->child; k; k = cond_at(r, k)->next)
        mark(r, k);
}

/* The property by which a condition about the thing at hand demands that it names another thing; 0 if it does not. */
static UseId demands_name(const RuleSet *r, const Source *s, const Cond *n)
{
    bool linked = n->op == COND_LINKED && n->term.n == 0, member = n->op == COND_MEMBER_NOUN && n->term.n == 1;
    if ((!linked && !member) || n->term.slot != s->slot)
        return 0;
    const Noun *noun = &r->nouns.at[n->a];
    if (noun->where || noun->tag == NOUN_KIND || (noun->tag == NOUN_SLOT && noun->slot == s->slot))
        return 0;
    return member ? n->term.path[0] : n->word == VERB_CARRIES ? r->use_carries : r->use_holds;
}

static void find_names(const RuleSet *r, Source *s)
{
    const Cond *where = cond_at(r, s->where);
    for (CondId c = where->op == COND_AND ? where->child : s->where; c && !s->names;
         c = c == s->where ? 0 : cond_at(r, c)->next) {
        s->names = demands_name(r, s, cond_at(r, c));
        s->named = cond_at(r, c)->a;
    }
}

static void mark_all(RuleSet *r)
{
    for (RuleId i = 1; i < r->plans.n; i++)
        if (plan_at(r, i)->when)
            mark(r, plan_at(r, i)->when);
    for (uint32_t i = 0; i < r->sources.n; i++)
        if (r->sources.at[i].where) {
            mark(r, r->sources.at[i].where);
            find_names(r, &r->sources.at[i]);
        }
}

void memo_assign(RuleSet *r)
{
    mark_all(r);
    Memos s = {.r = r, .other = mem_resize(NULL, r->conds.n, sizeof *s.other)};
    for (RuleId i = 1; i < r->plans.n; i++) {
        const Plan *plan = plan_at(r, i);
        if (plan->broken || !plan_by_half(plan))
            continue;
        walk(&s, plan->when);
        walk(&s, plan->unless);
        for (uint32_t k = 0; k < plan->nlines; k++) {
            const MitLine *line = &r->lines.at[plan->lines + k];
            for (uint32_t m = line->first; m < line->first + line->n; m++)
                walk(&s, r->parts.at[m].cond);
        }
    }
    map_free(&s.last);
    free(s.other);
}
