/* Makes the small changes that mutants.c lists, and takes them back. A changed condition keeps its place among its
 * siblings. Requires: no plan is being evaluated. */
#include "ruletest/testing.h"

static CondId cond_copy(RuleSet *r, CondId c)
{
    Cond copy = *cond_at(r, c);
    copy.next = copy.then = 0;
    vec_push(&r->conds, copy);
    return r->conds.n - 1;
}

/* Without its `not`, or with one. */
static Cond negated(RuleSet *r, CondId c)
{
    Cond n = *cond_at(r, c);
    if (n.op == COND_NOT) {
        Cond inner = *cond_at(r, n.child);
        inner.next = n.next;
        inner.then = n.then;
        return inner;
    }
    n.child = cond_copy(r, c);
    n.op = COND_NOT;
    return n;
}

/* `in [...]` with one value less. */
static Cond shortened(RuleSet *r, CondId c, uint32_t without)
{
    Cond n = *cond_at(r, c);
    uint32_t first = r->values.n;
    for (uint32_t i = 0; i < n.b; i++)
        if (i != without)
            vec_push(&r->values, r->values.at[n.a + i]);
    n.a = first;
    n.b--;
    return n;
}

Cond cond_edited(RuleSet *r, CondId c, Edit edit, uint32_t detail)
{
    Cond n = *cond_at(r, c);
    switch (edit) {
    case EDIT_TRUE:
    case EDIT_FALSE:
        n.op = COND_CONST;
        n.a = edit == EDIT_TRUE ? TRI_TRUE : TRI_FALSE;
        return n;
    case EDIT_NEGATE: return negated(r, c);
    case EDIT_WORD: n.word = (uint8_t)detail; return n;
    case EDIT_WITHOUT: return shortened(r, c, detail);
    }
    BUG("edit");
}

void mutant_swap(RuleSet *r, Mutant *m)
{
    for (uint32_t i = 0; m->place == PLACE_CONDS && i < m->n; i++) {
        Cond before = r->conds.at[m->at[i]];
        r->conds.at[m->at[i]] = m->piece.conds[i];
        m->piece.conds[i] = before;
    }
    if (m->place == PLACE_PLAN) {
        Plan before = r->plans.at[m->rule];
        r->plans.at[m->rule] = m->piece.plan;
        m->piece.plan = before;
    } else if (m->place == PLACE_LINE) {
        MitLine before = r->lines.at[m->at[0]];
        r->lines.at[m->at[0]] = m->piece.line;
        m->piece.line = before;
    } else if (m->place == PLACE_PART) {
        MitPart before = r->parts.at[m->at[0]];
        r->parts.at[m->at[0]] = m->piece.part;
        m->piece.part = before;
    } else if (m->place == PLACE_ALTERNATIVE) {
        MitAlternative before = r->alternatives.at[m->at[0]];
        r->alternatives.at[m->at[0]] = m->piece.alternative;
        m->piece.alternative = before;
    }
}
