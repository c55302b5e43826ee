/* From matches to threats: those that share a key become one, and each rule's stand in order of their key things. */
#include "rules/merge.h"

bool verdict_same_key(const Plan *plan, const Verdict *a, const Verdict *b)
{
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (plan->info.keys >> i & 1 && a->vars[i] != b->vars[i])
            return false;
    return true;
}

static uint32_t raised_rank(const RuleSet *r, const Plan *plan, const Verdict *v)
{
    return v->raised ? 1 + r->raises.at[plan->raises + v->raised - 1].rank : 0;
}

int verdict_urgency(const RuleSet *r, const Plan *plan, const Verdict *a, const Verdict *b)
{
    uint32_t ra = raised_rank(r, plan, a), rb = raised_rank(r, plan, b);
    if (a->kind != b->kind)
        return a->kind > b->kind ? 1 : -1;
    return (ra > rb) - (ra < rb);
}

bool verdict_stands_before(const RuleSet *r, const Plan *plan, const Verdict *a, const Verdict *b)
{
    int more = verdict_urgency(r, plan, a, b);
    if (more)
        return more > 0;
    const Model *m = &r->program->model;
    for (uint32_t i = 0; i < plan->info.nvars; i++) {
        if (a->vars[i] == b->vars[i])
            continue;
        program_rank(r->program);
        return m->rank.at[a->vars[i]] < m->rank.at[b->vars[i]];
    }
    return false;
}

/* ---- in order ---- */

typedef struct Sorted {
    uint32_t rank[LIMIT_RULE_VARS];
    uint32_t index;
} Sorted;

static int sorted_cmp(const void *a, const void *b)
{
    const Sorted *x = a, *y = b;
    for (int i = 0; i < LIMIT_RULE_VARS; i++)
        if (x->rank[i] != y->rank[i])
            return x->rank[i] < y->rank[i] ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void sort_by_keys(const RuleSet *r, const Plan *plan, const Bucket *b, uint32_t *order)
{
    const uint32_t *rank = r->program->model.rank.at;
    Sorted *keys = mem_resize(NULL, b->n, sizeof *keys);
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t n = 0;
        keys[i] = (Sorted){.index = i};
        for (uint32_t k = 0; k < plan->info.nvars; k++)
            if (plan->info.keys >> k & 1)
                keys[i].rank[n++] = rank[b->at[i].vars[k]];
    }
    qsort(keys, b->n, sizeof *keys, sorted_cmp);
    for (uint32_t i = 0; i < b->n; i++)
        order[i] = keys[i].index;
    free(keys);
}

/* One key, many verdicts: by digits of the rank, stable, in time linear in their number. */
static void sort_by_digits(const uint32_t *ranks, uint32_t n, uint32_t *order)
{
    enum { BITS = 11, DIGITS = 1 << BITS };
    uint32_t *other = mem_resize(NULL, n, sizeof *other), *from = order, *to = other;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    for (unsigned shift = 0; shift < 32; shift += BITS) {
        uint32_t count[DIGITS + 1] = {0};
        for (uint32_t i = 0; i < n; i++)
            count[(ranks[i] >> shift & (DIGITS - 1)) + 1]++;
        for (uint32_t d = 1; d <= DIGITS; d++)
            count[d] += count[d - 1];
        for (uint32_t i = 0; i < n; i++)
            to[count[ranks[from[i]] >> shift & (DIGITS - 1)]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != order)
        memcpy(order, from, n * sizeof *order);
    free(other);
}

static uint32_t *bucket_order(const RuleSet *r, const Plan *plan, const Bucket *b)
{
    uint32_t *order = mem_resize(NULL, (size_t)b->n + 1, sizeof *order), keys = plan->info.keys, slot = 0;
    const uint32_t *rank = r->program->model.rank.at;
    if ((keys & (keys - 1)) || b->n < 256) {
        sort_by_keys(r, plan, b, order);
        return order;
    }
    while (!(keys >> slot & 1))
        slot++;
    uint32_t *ranks = mem_resize(NULL, b->n, sizeof *ranks);
    for (uint32_t i = 0; i < b->n; i++)
        ranks[i] = rank[b->at[i].vars[slot]];
    sort_by_digits(ranks, b->n, order);
    free(ranks);
    return order;
}

void bucket_merge(const RuleSet *r, const Plan *plan, Bucket *b, Verdicts *out)
{
    if (!b->n)
        return;
    program_rank(r->program);
    uint32_t *order = bucket_order(r, plan, b);
    vec_reserve(&out->all, b->n);
    uint32_t first = out->all.n;
    for (uint32_t i = 0; i < b->n; i++) {
        Verdict v = b->at[order[i]], *last = out->all.n > first ? &vec_last(&out->all) : NULL;
        if (!last || !verdict_same_key(plan, last, &v)) {
            vec_push(&out->all, v);
            continue;
        }
        last->witnesses += v.witnesses;
        v.witnesses = last->witnesses;
        if (verdict_stands_before(r, plan, &v, last))
            *last = v;
    }
    free(order);
    vec_free(b);
}
