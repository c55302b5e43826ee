/* What is settled about conditions before they are asked of each binding: by the kinds of things, by what no thing of a kind says
 * (census.c), by whether a flow crosses anything, by the protocols that a model uses. What remains is kept as asks, without
 * what is settled. Requires: a derived model. */
#include "rules/settle.h"

HalfKinds half_kinds(const Model *m, uint32_t half)
{
    return (HalfKinds){m->objects.at[m->flows.at[half >> 1].obj].kind, m->objects.at[half_from(m, half)].kind,
                       m->objects.at[half_to(m, half)].kind};
}

bool anchor_wants(const Anchor *a, KindId k)
{
    return (a->tag != ANCHOR_VAR && a->tag != ANCHOR_KIND) || a->port || (k >= a->lo && k <= a->hi);
}

bool source_wants(const Source *s, const HalfKinds *kinds)
{
    return kinds->flow >= s->lo && kinds->flow <= s->hi && anchor_wants(&s->from, kinds->from) &&
           anchor_wants(&s->to, kinds->to);
}

uint32_t flow_protocol(const Program *p, ObjId flow)
{
    Value v = obj_known(p, flow, KNOWN_PROTOCOL);
    return v.tag == V_REF ? v.a : UINT32_MAX - v.tag;
}

/* ---- what is known of a binding ---- */

static Foreknown nothing_known(Ev *ev)
{
    return (Foreknown){.ev = ev, .protocol_slot = SLOT_NONE};
}

/* Puts some thing of the kinds into the slot; false if there is none. */
static bool know_kinds(Foreknown *k, uint8_t slot, KindId lo, KindId hi)
{
    ObjId like = census_like(&k->ev->settled->census, lo, hi);
    k->ev->env.obj[slot] = like;
    k->of[slot] = (KindRange){lo, hi};
    return like != 0;
}

static bool know_anchor(Foreknown *k, const Anchor *a)
{
    if (a->tag == ANCHOR_VAR)
        return know_kinds(k, a->slot, a->lo, a->hi);
    return a->tag != ANCHOR_KIND || census_like(&k->ev->settled->census, a->lo, a->hi);
}

bool foreknown_pattern(Foreknown *k, Ev *ev, const Plan *plan)
{
    const Source *s = &plan->seed;
    *k = nothing_known(ev);
    bool thing = plan->info.path || know_kinds(k, 0, s->lo, s->hi);
    return thing && know_anchor(k, &s->from) && know_anchor(k, &s->to) && know_anchor(k, &s->at);
}

void foreknown_bind(Foreknown *k, uint8_t slot, ObjId o)
{
    KindId kind = k->ev->m->objects.at[o].kind;
    k->ev->env.obj[slot] = o;
    k->of[slot] = (KindRange){kind, kind};
}

static void know_end(Foreknown *k, const Anchor *a, KindId kind)
{
    if (a->tag == ANCHOR_VAR && !a->port)
        know_kinds(k, a->slot, kind, kind);
}

Foreknown foreknown_kinds(Ev *ev, const Source *s, const HalfKinds *kinds)
{
    Foreknown k = nothing_known(ev);
    k.of[0] = (KindRange){kinds->flow, kinds->flow};
    know_end(&k, &s->from, kinds->from);
    know_end(&k, &s->to, kinds->to);
    return k;
}

/* ---- one condition ---- */

static bool slot_alike(const Foreknown *k, uint8_t slot, UseId use)
{
    return use && slot < PLAN_SLOTS && k->of[slot].lo &&
           census_alike(&k->ev->settled->census, use, k->of[slot].lo, k->of[slot].hi);
}

/* Whether a term comes to the same for all bindings. */
static bool term_alike(const Foreknown *k, const Term *t)
{
    return t->n && slot_alike(k, t->slot, t->path[0]);
}

static bool asks_only(const Cond *n, uint8_t slot)
{
    return slot < PLAN_SLOTS && n->mask == 1u << slot;
}

static UseId linked_use(const Foreknown *k, const Cond *n)
{
    return n->word == VERB_CARRIES ? k->ev->r->use_carries : k->ev->r->use_holds;
}

/* `no data on f`, where no flow says what it carries. */
static bool related_alike(const Foreknown *k, const Cond *n)
{
    const Source *s = &k->ev->r->sources.at[n->a];
    if (s->at.tag != ANCHOR_SLOT || s->family != FAMILY_OTHER || !asks_only(n, s->at.slot))
        return false;
    KindRange of = k->of[s->at.slot];
    return of.lo && of.lo == of.hi && slot_alike(k, s->at.slot, source_property(k->ev, s, k->ev->env.obj[s->at.slot]));
}

static bool cond_alike(const Foreknown *k, const Cond *n)
{
    switch ((CondOp)n->op) {
    case COND_BOOL:
    case COND_EQUAL:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_ORDER:
    case COND_KIND:
    case COND_OBJ: return term_alike(k, &n->term);
    case COND_EQUAL_TERM:
    case COND_ORDER_TERM: return term_alike(k, &n->term) && term_alike(k, &n->other);
    case COND_MEMBER_NOUN: return term_alike(k, &n->term) && asks_only(n, n->term.slot);
    case COND_LINKED: return !n->term.n && asks_only(n, n->term.slot) && slot_alike(k, n->term.slot, linked_use(k, n));
    case COND_QUANT: return related_alike(k, n);
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_CONST:
    case COND_CAP:
    case COND_INSIDE:
    case COND_CROSS:
    case COND_SAME:
    case COND_NOUN:
    case COND_REACHES:
    case COND_COUNT: break;
    }
    return false;
}

static bool kind_known(const Foreknown *k, const Cond *n, Tri *t)
{
    KindRange of = n->term.slot < PLAN_SLOTS && !n->term.n ? k->of[n->term.slot] : (KindRange){0};
    bool within = of.lo >= n->a && of.hi <= n->b, apart = of.hi < n->a || of.lo > n->b;
    *t = within ? TRI_TRUE : TRI_FALSE;
    return of.lo && (within || apart);
}

static bool cap_known(const Foreknown *k, const Cond *n, Tri *t)
{
    if (n->term.n || !k->of[n->term.slot].lo)
        return false;
    KindRange of = k->of[n->term.slot];
    unsigned levels = census_levels(&k->ev->settled->census, n->a, of.lo, of.hi);
    const unsigned no = 1u << CAP_NO | 1u << CAP_PLANNED, yes = 1u << CAP_IMPLEMENTED | 1u << CAP_VERIFIED;
    *t = levels & no ? TRI_FALSE : levels & yes ? TRI_TRUE : TRI_UNKNOWN;
    return !(levels & ~no) || !(levels & ~yes) || levels == 1u << CAP_UNKNOWN;
}

static bool quantifier_known(const Foreknown *k, const Cond *n, Tri *t)
{
    const uint8_t *barren = k->ev->settled->barren;
    *t = n->word == QUANT_SOME ? TRI_FALSE : TRI_TRUE;
    return barren && barren[n->a] && n->word != QUANT_EVERY;
}

/* What carries nothing unknown, carries nothing that there is not. */
static bool linked_known(const Foreknown *k, const Cond *n, Tri *t)
{
    const Settled *s = k->ev->settled;
    *t = TRI_FALSE;
    return s->of_noun && s->of_noun[n->a] && ask_is(&s->asks.at[s->of_noun[n->a]], TRI_FALSE) && !n->term.n &&
           n->term.slot < PLAN_SLOTS && k->of[n->term.slot].lo &&
           !census_unsure(&s->census, linked_use(k, n), k->of[n->term.slot].lo, k->of[n->term.slot].hi);
}

/* Whether the value of one condition, no logic, is settled. */
static bool cond_known(const Foreknown *k, CondId c, Tri *t)
{
    const Cond *n = cond_at(k->ev->r, c);
    if (n->op == COND_CONST) {
        *t = (Tri)n->a;
        return true;
    }
    if ((n->op == COND_KIND && kind_known(k, n, t)) || (n->op == COND_CAP && cap_known(k, n, t)) ||
        (n->op == COND_QUANT && quantifier_known(k, n, t)) || (n->op == COND_LINKED && linked_known(k, n, t)))
        return true;
    if (n->op == COND_CROSS && k->stays && n->term.slot == 0 && !n->term.n) {
        *t = TRI_FALSE;
        return true;
    }
    if (!(n->of_protocol && n->term.slot == k->protocol_slot) && !cond_alike(k, n))
        return false;
    *t = cond_eval(k->ev, c);
    return true;
}

/* ---- what remains ---- */

static AskId push_const(Asks *out, Tri t)
{
    vec_push(out, (Ask){.op = ASK_CONST, .n = 1, .what = (uint32_t)t});
    return out->n - 1;
}

static Tri end_of(AskOp op)
{
    return op == ASK_ALL ? TRI_FALSE : TRI_TRUE;
}

static AskId group_open(Asks *out, AskOp op)
{
    vec_push(out, (Ask){.op = op, .n = 1});
    return out->n - 1;
}

/* Takes in the part that was appended last; false if the whole is settled by it. */
static bool group_take(Asks *out, AskId group, AskId part)
{
    AskOp op = (AskOp)out->at[group].op;
    if (ask_is(&out->at[part], end_of(op))) {
        out->n = group;
        push_const(out, end_of(op));
        return false;
    }
    if (ask_is(&out->at[part], tri_not(end_of(op))))
        out->n = part;
    return true;
}

/* One part stands for the whole; none is what none can settle. */
static AskId group_close(Asks *out, AskId group)
{
    Ask *whole = &out->at[group];
    uint32_t parts = out->n - group - 1;
    if (parts == 0) {
        *whole = (Ask){.op = ASK_CONST, .n = 1, .what = (uint32_t)tri_not(end_of((AskOp)whole->op))};
    } else if (whole[1].n == parts) {
        memmove(whole, whole + 1, parts * sizeof *whole);
        out->n--;
    } else {
        whole->n = (parts + 1) & 0xFFFFFFF;
    }
    return group;
}

/* The part behind it was appended last. */
static AskId negation_close(Asks *out, AskId not )
{
    Ask *whole = &out->at[not ];
    if (whole[1].op == ASK_CONST) {
        *whole = (Ask){.op = ASK_CONST, .n = 1, .what = (uint32_t)tri_not((Tri)whole[1].what)};
        out->n = not +1;
    } else {
        whole->n = (whole[1].n + 1) & 0xFFFFFFF;
    }
    return not ;
}

static AskId settle_one(const Foreknown *k, CondId c, Asks *out)
{
    Tri t;
    if (cond_known(k, c, &t))
        return push_const(out, t);
    vec_push(out, (Ask){.op = ASK_COND, .n = 1, .what = c});
    return out->n - 1;
}

AskId settle_cond(const Foreknown *k, CondId c, Asks *out)
{
    const RuleSet *r = k->ev->r;
    const Cond *n = cond_at(r, c);
    if (!c)
        return push_const(out, TRI_TRUE);
    if (n->op == COND_NOT) {
        AskId not = group_open(out, ASK_NOT);
        settle_cond(k, n->child, out);
        return negation_close(out, not );
    }
    if (n->op != COND_AND && n->op != COND_OR)
        return settle_one(k, c, out);
    AskId group = group_open(out, n->op == COND_AND ? ASK_ALL : ASK_ANY);
    for (CondId part = n->child; part; part = cond_at(r, part)->next)
        if (!group_take(out, group, settle_cond(k, part, out)))
            return group;
    return group_close(out, group);
}

AskId settle_ask(const Foreknown *k, const Ask *a, Asks *out)
{
    switch ((AskOp)a->op) {
    case ASK_CONST: return push_const(out, (Tri)a->what);
    case ASK_COND: return settle_one(k, a->what, out);
    case ASK_NOT: {
        AskId not = group_open(out, ASK_NOT);
        settle_ask(k, a + 1, out);
        return negation_close(out, not );
    }
    case ASK_ALL:
    case ASK_ANY: break;
    }
    AskId group = group_open(out, (AskOp)a->op);
    for (const Ask *part = a + 1; part < a + a->n; part += part->n)
        if (!group_take(out, group, settle_ask(k, part, out)))
            return group;
    return group_close(out, group);
}

/* What goes through many things is left for later. */
static bool is_early(const RuleSet *r, CondId c)
{
    const Cond *n = cond_at(r, c);
    while (n->op == COND_NOT)
        n = cond_at(r, n->child);
    return n->mask == 1 && n->op != COND_QUANT && n->op != COND_REACHES;
}

AskId settle_demands(const Foreknown *k, CondId c, bool early, Asks *out)
{
    const RuleSet *r = k->ev->r;
    if (!c || cond_at(r, c)->op != COND_AND)
        return settle_cond(k, c && is_early(r, c) == early ? c : 0, out);
    AskId group = group_open(out, ASK_ALL);
    for (CondId part = cond_at(r, c)->child; part; part = cond_at(r, part)->next)
        if (is_early(r, part) == early && !group_take(out, group, settle_cond(k, part, out)))
            return group;
    return group_close(out, group);
}

static Tri logic_eval(Ev *ev, const Ask *a, Tri end)
{
    Tri t = tri_not(end);
    for (const Ask *part = a + 1; part < a + a->n && t != end; part += part->n) {
        Tri of = ask_eval(ev, part);
        t = end == TRI_FALSE ? tri_min(t, of) : tri_max(t, of);
    }
    return t;
}

Tri ask_eval(Ev *ev, const Ask *a)
{
    switch ((AskOp)a->op) {
    case ASK_CONST: return (Tri)a->what;
    case ASK_COND: return cond_eval(ev, a->what);
    case ASK_NOT: return tri_not(ask_eval(ev, a + 1));
    case ASK_ALL: return logic_eval(ev, a, TRI_FALSE);
    case ASK_ANY: return logic_eval(ev, a, TRI_TRUE);
    }
    BUG("ask");
}

Tri foreknown_eval(const Foreknown *k, CondId c)
{
    Asks rest = {0};
    settle_cond(k, c, &rest);
    Ask first = rest.at[0];
    vec_free(&rest);
    return first.op == ASK_CONST ? (Tri)first.what : TRI_UNKNOWN;
}

/* ---- for a whole model ---- */

/* One flow for each protocol in use, and one for each way of not saying it. */
typedef Vec(ObjId) Examples;

static void find_examples(const Ev *ev, Examples *out)
{
    Map known = {0};
    for (uint32_t i = 0; i < ev->m->flows.n; i++) {
        ObjId flow = ev->m->flows.at[i].obj;
        uint64_t key = 1 + (uint64_t)flow_protocol(ev->p, flow);
        if (map_get(&known, key))
            continue;
        map_put(&known, key, 1);
        vec_push(out, flow);
    }
    map_free(&known);
}

/* Whether no flow can be what a source looks for, whatever its protocol. */
static bool no_flow(Foreknown *k, const Source *s, const Examples *flows)
{
    k->protocol_slot = s->slot;
    for (uint32_t i = 0; s->where && i < flows->n; i++) {
        k->ev->env.obj[s->slot] = flows->at[i];
        if (foreknown_eval(k, s->where) != TRI_FALSE)
            return false;
    }
    return s->where && flows->n;
}

static void settle_source(Settled *set, Ev *ev, uint32_t i, const Examples *flows)
{
    const Source *s = &ev->r->sources.at[i];
    Foreknown k = nothing_known(ev);
    bool some = know_kinds(&k, s->slot, s->lo, s->hi) && know_anchor(&k, &s->from) && know_anchor(&k, &s->to);
    set->of_source[i] = settle_cond(&k, s->where, &set->asks);
    bool set_unknown = s->family == FAMILY_OTHER && s->at.tag; /* goes through a set that may be unknown */
    bool none = !some || ask_is(&set->asks.at[set->of_source[i]], TRI_FALSE);
    set->barren[i] = !set_unknown && (none || (s->family == FAMILY_FLOW && no_flow(&k, s, flows)));
}

static void settle_noun(Settled *set, Ev *ev, uint32_t i)
{
    const Noun *n = &ev->r->nouns.at[i];
    Foreknown k = nothing_known(ev);
    if (n->tag == NOUN_KIND && !know_kinds(&k, n->bound, n->lo, n->hi))
        set->of_noun[i] = push_const(&set->asks, TRI_FALSE);
    else
        set->of_noun[i] = settle_cond(&k, n->where, &set->asks);
}

/* Columns for the nouns that ask something of a thing, and of nothing else. */
static void make_columns(Settled *set, const Ev *ev)
{
    const RuleSet *r = ev->r;
    uint32_t columns = 0;
    set->column = mem_resize(NULL, r->nouns.n + 1u, sizeof *set->column);
    for (uint32_t i = 0; i < r->nouns.n; i++) {
        const Noun *n = &r->nouns.at[i];
        bool asks = n->where && !n->mask && set->asks.at[set->of_noun[i]].op != ASK_CONST;
        bool other = n->tag == NOUN_KIND && kind_family(ev->p, n->lo) == FAMILY_OTHER;
        set->column[i] = asks && other ? ++columns : 0;
    }
    set->row = (columns + 3) / 4;
    size_t size = (size_t)set->row * ev->m->others.n + 1;
    set->known = mem_zeroes(size, 1);
}

Tri settled_noun(Ev *ev, uint32_t noun, ObjId o, uint32_t half)
{
    const Settled *set = ev->settled;
    const Model *m = ev->m;
    uint32_t at = m->objects.at[o].index, column = set->column[noun] - 1;
    if (at >= m->others.n || m->others.at[at] != o)
        return noun_where(ev, noun, o, half);
    uint8_t *place = &set->known[(size_t)at * set->row + column / 4];
    unsigned shift = column % 4 * 2, known = *place >> shift & 3;
    if (known)
        return (Tri)(known - 1);
    Tri t = noun_where(ev, noun, o, half);
    *place = (uint8_t)(*place | (1u + t) << shift);
    return t;
}

void settled_make(Settled *s, Ev *ev)
{
    const RuleSet *r = ev->r;
    Examples flows = {0};
    *s = (Settled){0};
    ev->settled = s;
    census_take(&s->census, ev);
    find_examples(ev, &flows);
    s->barren = mem_zeroes(r->sources.n + 1u, 1);
    s->of_source = mem_zeroes(r->sources.n + 1u, sizeof *s->of_source);
    s->of_noun = mem_zeroes(r->nouns.n + 1u, sizeof *s->of_noun);
    push_const(&s->asks, TRI_TRUE);
    for (uint32_t i = 0; i < r->nouns.n; i++)
        settle_noun(s, ev, i);
    make_columns(s, ev);
    for (uint32_t i = 0; i < r->sources.n; i++)
        settle_source(s, ev, i, &flows);
    vec_free(&flows);
}

void settled_free(Settled *s, Ev *ev)
{
    census_free(&s->census);
    free(s->barren);
    free(s->of_source);
    free(s->of_noun);
    free(s->column);
    free(s->known);
    vec_free(&s->asks);
    ev->settled = NULL;
}
