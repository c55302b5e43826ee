/* Conditions in three values on one binding of the variables. Requires: ev->env holds what the slots stand for. Unknown
 * properties are unknown; what is not written in the structure does not exist. With coverage every atom is asked, else
 * as few as decide. */
#include "rules/settle.h"

void ev_init(Ev *ev, const RuleSet *r, RuleId rule)
{
    *ev = (Ev){.r = r, .p = r->program, .m = &r->program->model, .cache = r->cache, .rule = rule, .at_most = TRI_TRUE};
    ev->work = &ev->own_work;
}

/* Along several properties; one is the usual case. */
static Value term_follow(const Ev *ev, const Term *t)
{
    Value v = {V_REF, ev->env.obj[t->slot]};
    for (unsigned i = 0; i < t->n; i++) {
        if (v.tag != V_REF)
            return v.tag == V_UNKNOWN ? v : (Value){V_ABSENT, 0};
        v = ev_prop(ev, v.a, t->path[i]);
    }
    return v;
}

Value term_value(const Ev *ev, const Term *t)
{
    return t->n == 1 ? ev_prop(ev, ev->env.obj[t->slot], t->path[0]) : term_follow(ev, t);
}

ObjId term_thing(const Ev *ev, const Term *t, bool *unknown)
{
    if (t->n == 0)
        return ev->env.obj[t->slot];
    Value v = term_value(ev, t);
    *unknown = v.tag == V_UNKNOWN;
    return v.tag == V_REF ? v.a : 0;
}

/* The half that a term's flow stands for. */
static uint32_t term_half(const Ev *ev, const Term *t, ObjId o)
{
    return t->n == 0 ? ev->env.half[t->slot] : ev->m->objects.at[o].index * 2;
}

Range ev_members(const Ev *ev, Value v, const Value **members)
{
    if (v.tag != V_SET) {
        *members = NULL;
        return (Range){0, 0};
    }
    Range s = ev->m->sets.at[v.a];
    *members = ev->m->set_values.at + s.first;
    return s;
}

CapLevel ev_cap(const Ev *ev, ObjId o, uint32_t number)
{
    const Model *m = ev->m;
    if (number >= m->ncaps)
        return CAP_NO;
    return (CapLevel)m->cap_rows.at[(size_t)model_obj(m, o)->caps * m->ncaps + number];
}

/* ---- values ---- */

static bool value_equal(const Model *m, Value a, Value b)
{
    if ((a.tag & VALUE_TAG) != (b.tag & VALUE_TAG))
        return false;
    if (a.a == b.a)
        return true;
    if (a.tag == V_NUMBER)
        return !(value_number(m, a) < value_number(m, b)) && !(value_number(m, b) < value_number(m, a));
    return a.tag == V_TEXT && str_eq(value_text_of(m, a), value_text_of(m, b));
}

static Tri member_eval(const Ev *ev, Value set, Value wanted)
{
    if (set.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    const Value *v;
    Range s = ev_members(ev, set, &v);
    for (uint32_t i = 0; i < s.n; i++)
        if (value_equal(ev->m, v[i], wanted))
            return TRI_TRUE;
    return TRI_FALSE;
}

static Tri in_eval(const Ev *ev, const Cond *n)
{
    Value v = term_value(ev, &n->term);
    if (v.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    for (uint32_t i = n->a; i < n->a + n->b; i++) {
        Value one = ev->r->values.at[i];
        if (v.tag == V_SET ? member_eval(ev, v, one) == TRI_TRUE : value_equal(ev->m, v, one))
            return TRI_TRUE;
    }
    return TRI_FALSE;
}

static Tri equal_eval(const Ev *ev, const Cond *n)
{
    Value v = term_value(ev, &n->term), w = {n->a, n->b};
    if (v.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    if (v.tag == V_CONST || v.tag == V_BOOL || v.tag == V_ABSENT)
        return v.tag == w.tag && v.a == w.a ? TRI_TRUE : TRI_FALSE;
    return value_equal(ev->m, v, w) ? TRI_TRUE : TRI_FALSE;
}

static Tri equal_terms(const Ev *ev, const Cond *n)
{
    Value v = term_value(ev, &n->term), w = term_value(ev, &n->other);
    if (v.tag == V_ABSENT || w.tag == V_ABSENT)
        return TRI_FALSE;
    if (v.tag == V_UNKNOWN || w.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    return value_equal(ev->m, v, w) ? TRI_TRUE : TRI_FALSE;
}

static double order_of(const Ev *ev, Value v)
{
    if (v.tag == V_CONST)
        return ev->p->consts.at[v.a].rank;
    return v.tag == V_DATE ? (double)(int32_t)v.a : value_number(ev->m, v);
}

static Tri compare(double a, CmpOp op, double b)
{
    bool yes = false;
    switch (op) {
    case CMP_LT: yes = a < b; break;
    case CMP_LE: yes = a <= b; break;
    case CMP_GT: yes = a > b; break;
    case CMP_GE: yes = a >= b; break;
    case CMP_EQ:
    case CMP_NE: break; /* compiled to other operations */
    }
    return yes ? TRI_TRUE : TRI_FALSE;
}

static Tri order_eval(const Ev *ev, const Cond *n)
{
    Value v = term_value(ev, &n->term), w = n->op == COND_ORDER_TERM ? term_value(ev, &n->other) : (Value){V_BOOL, 0};
    if (v.tag == V_ABSENT || w.tag == V_ABSENT)
        return TRI_FALSE;
    if (v.tag == V_UNKNOWN || w.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    double right = n->op == COND_ORDER_TERM ? order_of(ev, w) : (n->a ? ev->p->today : 0) + n->number;
    return compare(order_of(ev, v), (CmpOp)n->word, right);
}

static Tri presence_eval(const Ev *ev, const Cond *n)
{
    Value v = term_value(ev, &n->term);
    if (n->op == COND_UNKNOWN)
        return v.tag == V_UNKNOWN ? TRI_TRUE : TRI_FALSE;
    if (v.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    return v.tag == V_ABSENT || (v.tag == V_SET && ev->m->sets.at[v.a].n == 0) ? TRI_TRUE : TRI_FALSE;
}

/* ---- things ---- */

bool noun_base(const Ev *ev, const Noun *n, ObjId o)
{
    switch ((NounTag)n->tag) {
    case NOUN_KIND: {
        KindId k = ev->m->objects.at[o].kind;
        return k >= n->lo && k <= n->hi;
    }
    case NOUN_OBJ: return o == n->obj;
    case NOUN_SLOT: return o == ev->env.obj[n->slot];
    }
    BUG("noun");
}

/* What a `where` comes to, asked without what is settled of it if that is known. */
static Tri where_eval(Ev *ev, CondId where, AskId rest)
{
    return rest ? ask_eval(ev, &ev->settled->asks.at[rest]) : cond_eval(ev, where);
}

Tri noun_where(Ev *ev, uint32_t noun, ObjId o, uint32_t half)
{
    const Noun *n = &ev->r->nouns.at[noun];
    ev->env.obj[n->bound] = o;
    ev->env.half[n->bound] = half;
    return where_eval(ev, n->where, ev->settled ? ev->settled->of_noun[noun] : 0);
}

/* What is asked of data alone is answered once. */
static Tri noun_of_data(Ev *ev, uint32_t noun, ObjId o)
{
    CondId c = ev->r->nouns.at[noun].where;
    uint64_t *answer = answer_at(ev->answers, o, c), key = (uint64_t)o << 32 | (uint64_t)c << 2;
    if ((*answer & ~(uint64_t)3) != key) {
        Tri t = noun_where(ev, noun, o, 0); /* may use the place itself */
        *answer = key | (uint64_t)t;
    }
    return (Tri)(*answer & 3);
}

Tri noun_eval(Ev *ev, uint32_t noun, ObjId o, uint32_t half)
{
    const Noun *n = &ev->r->nouns.at[noun];
    if (!o || !noun_base(ev, n, o))
        return TRI_FALSE;
    if (!n->where)
        return TRI_TRUE;
    bool kept = ev->settled && ev->settled->column && ev->settled->column[noun];
    if (kept)
        return settled_noun(ev, noun, o, half);
    bool of_data = ev->answers && !ev->settled && !n->mask && obj_is(ev->p, o, ROLE_DATA);
    return of_data ? noun_of_data(ev, noun, o) : noun_where(ev, noun, o, half);
}

/* The noun among the boundaries that contain a thing. */
static Tri inside_set(Ev *ev, const Cond *n, ObjId o)
{
    const Noun *noun = &ev->r->nouns.at[n->a];
    const ObjId *set;
    Range s = model_boundaries(ev->m, o, &set);
    Tri best = TRI_FALSE;
    for (uint32_t i = 0; i < s.n && (best != TRI_TRUE || ev->seen); i++)
        if (noun->where || noun_base(ev, noun, set[i]))
            best = tri_max(best, noun_eval(ev, n->a, set[i], 0));
    return best;
}

/* What is asked of the boundaries alone is answered once for all things that stand in the same ones. */
static Tri inside_one(Ev *ev, const Cond *n, ObjId o)
{
    if (!ev->answers || ev->r->nouns.at[n->a].mask)
        return inside_set(ev, n, o);
    const ObjId sets = 1u << 31; /* apart from protocols */
    CondId c = (CondId)(n - ev->r->conds.at);
    ObjId set = sets | model_obj(ev->m, o)->set;
    uint64_t *answer = answer_at(ev->answers, set, c), key = (uint64_t)set << 32 | (uint64_t)c << 2;
    if ((*answer & ~(uint64_t)3) != key) {
        Tri t = inside_set(ev, n, o); /* may use the place itself */
        *answer = key | (uint64_t)t;
    }
    return (Tri)(*answer & 3);
}

static Tri inside_eval(Ev *ev, const Cond *n)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown);
    if (!o)
        return unknown ? TRI_UNKNOWN : TRI_FALSE;
    KindId flow = role_kind(ev->p, ROLE_FLOW), kind = ev->m->objects.at[o].kind;
    if (kind < flow || kind > ev->p->kinds.at[flow].last)
        return inside_one(ev, n, o);
    uint32_t half = term_half(ev, &n->term, o);
    return tri_min(inside_one(ev, n, half_from(ev->m, half)), inside_one(ev, n, half_to(ev->m, half)));
}

void crossed_init(const Ev *ev, Crossed *c, uint32_t half, VerbKind verb)
{
    const Model *m = ev->m;
    ObjId from = half_from(m, half), to = half_to(m, half);
    *c = (Crossed){.verb = (uint8_t)verb};
    if (model_obj(m, from)->set == model_obj(m, to)->set)
        return;
    c->nfrom = model_boundaries(m, from, &c->from).n;
    c->nto = model_boundaries(m, to, &c->to).n;
}

bool crossed_next(Crossed *c, ObjId *boundary)
{
    while (c->i < c->nfrom || c->j < c->nto) {
        bool left = c->j == c->nto || (c->i < c->nfrom && c->from[c->i] < c->to[c->j]);
        bool both = !left && c->i < c->nfrom && c->from[c->i] == c->to[c->j];
        *boundary = left ? c->from[c->i] : c->to[c->j];
        c->i += left || both;
        c->j += !left;
        if (!both && c->verb != (left ? VERB_ENTERS : VERB_LEAVES))
            return true;
    }
    return false;
}

static Tri cross_eval(Ev *ev, const Cond *n)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown), boundary;
    if (!o)
        return unknown ? TRI_UNKNOWN : TRI_FALSE;
    Crossed c;
    Tri best = TRI_FALSE;
    crossed_init(ev, &c, term_half(ev, &n->term, o), (VerbKind)n->word);
    while ((best != TRI_TRUE || ev->seen) && crossed_next(&c, &boundary))
        best = tri_max(best, noun_eval(ev, n->a, boundary, 0));
    return best;
}

/* The noun among the members of a set of things. */
static Tri members_eval(Ev *ev, Value set, uint32_t noun)
{
    enum { LONG = 64 };
    if (set.tag == V_UNKNOWN)
        return TRI_UNKNOWN;
    const Noun *n = &ev->r->nouns.at[noun];
    const Value *v;
    Range s = ev_members(ev, set, &v);
    if (s.n >= LONG && n->tag != NOUN_KIND && !n->where)
        return cache_set_has(ev, set.a, n->tag == NOUN_OBJ ? n->obj : ev->env.obj[n->slot]) ? TRI_TRUE : TRI_FALSE;
    Tri best = TRI_FALSE;
    for (uint32_t i = 0; i < s.n && (best != TRI_TRUE || ev->seen); i++)
        if ((v[i].tag & VALUE_TAG) == V_REF)
            best = tri_max(best, noun_eval(ev, noun, v[i].a, 0));
    return best;
}

static Tri linked_eval(Ev *ev, const Cond *n)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown);
    if (!o)
        return unknown ? TRI_UNKNOWN : TRI_FALSE;
    return members_eval(ev, ev_prop(ev, o, n->word == VERB_CARRIES ? ev->r->use_carries : ev->r->use_holds), n->a);
}

static Tri quantify(Ev *ev, const Source *s, QuantKind q)
{
    Iter it;
    ObjId o;
    uint32_t half;
    Tri some = TRI_FALSE, every = TRI_TRUE;
    ptrdiff_t number = s - ev->r->sources.at;
    if (ev->settled && ev->settled->barren[number] && q != QUANT_EVERY)
        return q == QUANT_SOME ? TRI_FALSE : TRI_TRUE;
    if (q == QUANT_EVERY || ev->seen || ev->afresh)
        iter_start(ev, &it, s);
    else
        iter_start_true(ev, &it, s);
    while (iter_next(ev, &it, &o, &half)) {
        ev->env.obj[s->slot] = o;
        ev->env.half[s->slot] = half;
        Tri t = s->where ? where_eval(ev, s->where, ev->settled ? ev->settled->of_source[number] : 0) : TRI_TRUE;
        some = tri_max(some, t);
        every = tri_min(every, t);
        if ((q == QUANT_EVERY ? every == TRI_FALSE : some == TRI_TRUE) && !ev->seen)
            break;
    }
    if (it.unknown) {
        some = tri_max(some, TRI_UNKNOWN);
        every = tri_min(every, TRI_UNKNOWN);
    }
    if (q == QUANT_EVERY)
        return every;
    return q == QUANT_SOME ? some : tri_not(some);
}

/* One that asks nothing of the variables is the same for all matches. */
static Tri quant_eval(Ev *ev, const Cond *n)
{
    const Source *s = &ev->r->sources.at[n->a];
    if (s->mask || ev->seen || ev->afresh)
        return quantify(ev, s, (QuantKind)n->word);
    if (!ev->cache->quant) {
        ev->cache->quant = mem_zeroes(ev->r->sources.n + 1u, 1);
    }
    if (!ev->cache->quant[n->a])
        ev->cache->quant[n->a] = (uint8_t)(1 + quantify(ev, s, (QuantKind)n->word));
    return (Tri)(ev->cache->quant[n->a] - 1);
}

static Tri thing_eval(Ev *ev, const Cond *n, CondId c)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown);
    if (!o)
        return unknown ? TRI_UNKNOWN : TRI_FALSE;
    switch ((CondOp)n->op) {
    case COND_KIND: {
        KindId k = ev->m->objects.at[o].kind;
        return k >= n->a && k <= n->b ? TRI_TRUE : TRI_FALSE;
    }
    case COND_OBJ: return o == n->a ? TRI_TRUE : TRI_FALSE;
    case COND_SAME: {
        ObjId other = term_thing(ev, &n->other, &unknown);
        return unknown ? TRI_UNKNOWN : (o == other ? TRI_TRUE : TRI_FALSE);
    }
    case COND_NOUN: return noun_eval(ev, n->a, o, term_half(ev, &n->term, o));
    case COND_CAP: {
        CapLevel level = ev_cap(ev, o, n->a);
        return level >= CAP_IMPLEMENTED ? TRI_TRUE : (level == CAP_UNKNOWN ? TRI_UNKNOWN : TRI_FALSE);
    }
    case COND_REACHES: return reaches_eval(ev, c, o);
    default: BUG("condition on a thing");
    }
}

/* ---- logic ---- */

static Tri and_eval(Ev *ev, const Cond *n)
{
    Tri t = TRI_TRUE;
    for (CondId c = n->child; c && (t != TRI_FALSE || ev->seen); c = cond_at(ev->r, c)->next)
        t = tri_min(t, cond_eval(ev, c));
    return t;
}

static Tri or_eval(Ev *ev, const Cond *n)
{
    Tri t = TRI_FALSE;
    for (CondId c = n->child; c && (t != TRI_TRUE || ev->seen); c = cond_at(ev->r, c)->next)
        t = tri_max(t, cond_eval(ev, c));
    return t;
}

static Tri op_eval(Ev *ev, const Cond *n, CondId c)
{
    switch ((CondOp)n->op) {
    case COND_CONST: return (Tri)n->a;
    case COND_AND: return and_eval(ev, n);
    case COND_OR: return or_eval(ev, n);
    case COND_NOT: {
        const Cond *k = cond_at(ev->r, n->child); /* `is not unknown` stands before very many conditions */
        return tri_not(k->op == COND_UNKNOWN && !ev->seen ? presence_eval(ev, k) : cond_eval(ev, n->child));
    }
    case COND_BOOL: {
        Value v = term_value(ev, &n->term);
        return v.tag == V_UNKNOWN ? TRI_UNKNOWN : (v.tag == V_BOOL && v.a ? TRI_TRUE : TRI_FALSE);
    }
    case COND_EQUAL: return equal_eval(ev, n);
    case COND_EQUAL_TERM: return equal_terms(ev, n);
    case COND_UNKNOWN:
    case COND_ABSENT: return presence_eval(ev, n);
    case COND_IN: return in_eval(ev, n);
    case COND_MEMBER: return member_eval(ev, term_value(ev, &n->term), (Value){n->a, n->b});
    case COND_MEMBER_NOUN: return members_eval(ev, term_value(ev, &n->term), n->a);
    case COND_ORDER:
    case COND_ORDER_TERM: return order_eval(ev, n);
    case COND_INSIDE: return inside_eval(ev, n);
    case COND_CROSS: return cross_eval(ev, n);
    case COND_LINKED: return linked_eval(ev, n);
    case COND_QUANT: return quant_eval(ev, n);
    case COND_KIND:
    case COND_OBJ:
    case COND_SAME:
    case COND_NOUN:
    case COND_CAP:
    case COND_REACHES: return thing_eval(ev, n, c);
    case COND_COUNT: break;
    }
    BUG("condition");
}

/* What a protocol says of itself is asked once a protocol. */
static Tri protocol_eval(Ev *ev, const Cond *n, CondId c)
{
    Value v = ev_prop(ev, ev->env.obj[n->term.slot], n->term.path[0]);
    if (v.tag != V_REF)
        return op_eval(ev, n, c);
    uint64_t *answer = answer_at(ev->answers, v.a, c), key = (uint64_t)v.a << 32 | (uint64_t)c << 2;
    if ((*answer & ~(uint64_t)3) != key) {
        Tri t = op_eval(ev, n, c);
        *answer = key | (uint64_t)t;
    }
    return (Tri)(*answer & 3);
}

static Tri plain_eval(Ev *ev, const Cond *n, CondId c)
{
    return n->of_protocol && ev->answers ? protocol_eval(ev, n, c) : op_eval(ev, n, c);
}

/* What several rules ask of the flow at hand is answered once. */
static Tri memo_eval(Ev *ev, const Cond *n, CondId c)
{
    Memo *memo = &ev->memo[n->memo];
    uint32_t stamp = ev->env.half[0] + 1;
    if (memo->stamp != stamp) {
        memo->value = (uint32_t)plain_eval(ev, n, c);
        memo->stamp = stamp;
    }
    return (Tri)memo->value;
}

Tri cond_eval(Ev *ev, CondId c)
{
    const Cond *n = cond_at(ev->r, c);
    if (n->memo && ev->memo)
        return memo_eval(ev, n, c);
    Tri t = plain_eval(ev, n, c);
    if (ev->seen && n->atom && t != TRI_UNKNOWN)
        ev->seen[n->atom] |= t == TRI_TRUE ? 2 : 1;
    return t;
}
