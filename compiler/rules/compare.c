/* Comparisons: `is`, `in [...]`, `< <= > >= == !=`. What stands on the right is read by the type of what stands on the
 * left, so that values of enumerations need no prefix. Requires and leaves behind: as cond.c. */
#include "rules/cond.h"

static Sym plain_word(const Compiling *c, NodeId node)
{
    return node_kind(c->tree, node) == N_QNAME ? node_at(c->tree, node)->val : 0;
}

static CondId thing_is_kind(Compiling *c, NodeId node, const Operand *lhs, KindId kind)
{
    const Program *p = c->p;
    if (lhs->term.n == 0 && kind_is(p, lhs->kind, kind))
        constant_condition(c, node, true);
    else if (!kinds_meet(p, lhs->kind, kind))
        constant_condition(c, node, false);
    CondId id = cond_new(c, COND_KIND, node, lhs->term);
    c->r->conds.at[id].a = kind;
    c->r->conds.at[id].b = p->kinds.at[kind].last;
    return id;
}

static CondId two_terms(Compiling *c, CondOp op, NodeId node, const Operand *lhs, const Operand *rhs)
{
    CondId id = cond_new(c, op, node, lhs->term);
    Cond *n = &c->r->conds.at[id];
    n->other = rhs->term;
    n->mask |= (uint16_t)(1u << rhs->term.slot);
    return id;
}

/* `x is NOUN where (...)`. */
static CondId thing_is_described(Compiling *c, NodeId node, const Operand *lhs, NodeId noun)
{
    bool ok;
    uint32_t index = compile_noun(c, noun, lhs->kind, &ok);
    if (!ok)
        return cond_error(c, node);
    CondId id = cond_new(c, COND_NOUN, node, lhs->term);
    c->r->conds.at[id].a = index;
    c->r->conds.at[id].mask |= c->r->nouns.at[index].mask;
    return id;
}

/* Whether a thing is of a kind, or a certain thing. */
static CondId thing_is(Compiling *c, NodeId node, const Operand *lhs, NodeId noun)
{
    if (node_kind(c->tree, noun) == N_NOUN)
        return thing_is_described(c, node, lhs, noun);
    Operand rhs = operand(c, noun);
    switch ((OperandTag)rhs.tag) {
    case OPERAND_KIND: return thing_is_kind(c, node, lhs, rhs.kind);
    case OPERAND_THING: return two_terms(c, COND_SAME, node, lhs, &rhs);
    case OPERAND_OBJ: {
        if (!kinds_meet(c->p, lhs->kind, rhs.kind))
            constant_condition(c, node, false);
        CondId id = cond_new(c, COND_OBJ, node, lhs->term);
        c->r->conds.at[id].a = rhs.obj;
        return id;
    }
    case OPERAND_FALSE: return cond_const(c, TRI_FALSE, node);
    case OPERAND_ERROR:
    case OPERAND_VALUE:
    case OPERAND_PATH:
    case OPERAND_WORD:
    case OPERAND_LITERAL: break;
    }
    if (rhs.tag == OPERAND_ERROR)
        return cond_error(c, node);
    Diag *d = COMPILE_ERROR(c, UNKNOWN_VARIABLE, noun, compile_z(c, node_source(c, noun)));
    if (!c->quiet)
        diag_help(c->p->diags, d, "a thing is of a kind, or is another variable or a thing of the model");
    return cond_error(c, node);
}

static bool same_type(const Type *a, const Type *b)
{
    return a->tag == b->tag && a->set == b->set && a->of == b->of;
}

/* The property on the right, if there is one of the same type; values of the type go first. */
static bool other_property(Compiling *c, const Operand *lhs, NodeId node, Operand *rhs)
{
    Sym word = plain_word(c, node);
    if (!word || (lhs->type.tag == TYPE_ENUM && enum_const(c->p, lhs->type.of, word)) || word == c->p->true_sym ||
        word == c->p->false_sym)
        return false;
    bool failed = c->failed;
    *rhs = operand(c, node);
    if (rhs->tag == OPERAND_VALUE && same_type(&lhs->type, &rhs->type))
        return true;
    c->failed = failed;
    return false;
}

static CondId value_is(Compiling *c, NodeId node, const Operand *lhs, NodeId noun)
{
    if (lhs->type.set) {
        Diag *d = COMPILE_ERROR(c, BAD_CONDITION, node, "is", compile_z(c, node_source(c, lhs->node)));
        if (!c->quiet)
            diag_help(c->p->diags, d, "this is a set: write `has`");
        return cond_error(c, node);
    }
    if (node_kind(c->tree, noun) == N_NOUN)
        return cond_unfit(c, node, "where", lhs);
    Operand rhs;
    if (other_property(c, lhs, noun, &rhs))
        return two_terms(c, COND_EQUAL_TERM, node, lhs, &rhs);
    bool ok = true;
    Value v = operand_constant(c, lhs, noun, &ok);
    if (!ok)
        return cond_error(c, node);
    CondId id = cond_new(c, COND_EQUAL, node, lhs->term);
    c->r->conds.at[id].a = v.tag;
    c->r->conds.at[id].b = v.a;
    return id;
}

/* Whether `lhs` is what `noun` says. */
static CondId equals(Compiling *c, NodeId node, const Operand *lhs, NodeId noun)
{
    Sym word = plain_word(c, noun);
    bool property = lhs->term.n > 0 && (lhs->tag == OPERAND_VALUE || lhs->tag == OPERAND_THING);
    if (property && word == c->p->unknown_sym)
        return cond_new(c, COND_UNKNOWN, node, lhs->term);
    if (property && str_eq(sym_str(c->p->names, word), STR("absent")))
        return cond_new(c, COND_ABSENT, node, lhs->term);
    if (lhs->tag == OPERAND_THING)
        return thing_is(c, node, lhs, noun);
    if (lhs->tag == OPERAND_VALUE)
        return value_is(c, node, lhs, noun);
    return cond_unfit(c, node, "is", lhs);
}

CondId compile_is(Compiling *c, NodeId node)
{
    NodeId lhs = node_child(c->tree, node);
    Operand o = operand(c, lhs);
    return equals(c, node, &o, node_next(c->tree, lhs));
}

/* ---- in ---- */

/* One question for coverage, however long the list. */
static CondId thing_in_list(Compiling *c, NodeId node, const Operand *lhs, NodeId list)
{
    CondId any = cond_new(c, COND_OR, node, (Term){.slot = SLOT_NONE}), last = 0;
    bool atoms = c->atoms;
    if (atoms)
        c->r->conds.at[any].atom = atom_new(c, node_span(c->tree, node));
    c->atoms = false;
    for (NodeId n = node_child(c->tree, list); n; n = node_next(c->tree, n)) {
        CondId one = thing_is(c, n, lhs, n);
        c->r->conds.at[any].mask |= c->r->conds.at[one].mask;
        if (last)
            c->r->conds.at[last].next = one;
        else
            c->r->conds.at[any].child = one;
        last = one;
    }
    c->atoms = atoms;
    return any;
}

static CondId value_in_list(Compiling *c, NodeId node, const Operand *lhs, NodeId list)
{
    uint32_t first = c->r->values.n;
    bool ok = true;
    for (NodeId n = node_child(c->tree, list); n; n = node_next(c->tree, n))
        vec_push(&c->r->values, operand_constant(c, lhs, n, &ok));
    if (!ok)
        return cond_error(c, node);
    CondId id = cond_new(c, COND_IN, node, lhs->term);
    c->r->conds.at[id].a = first;
    c->r->conds.at[id].b = c->r->values.n - first;
    return id;
}

/* `x in NAME`: in a set of things, or inside a boundary. */
static CondId in_named(Compiling *c, NodeId node, const Operand *lhs, NodeId name)
{
    Operand rhs = operand(c, name);
    Noun noun = {.tag = NOUN_SLOT, .slot = lhs->term.slot, .mask = (uint16_t)(1u << lhs->term.slot)};
    if (rhs.tag == OPERAND_VALUE && rhs.type.set && rhs.type.tag == TYPE_KIND && lhs->term.n == 0) {
        vec_push(&c->r->nouns, noun);
        CondId id = cond_new(c, COND_MEMBER_NOUN, node, rhs.term);
        c->r->conds.at[id].a = c->r->nouns.n - 1;
        c->r->conds.at[id].mask |= noun.mask;
        return id;
    }
    bool ok;
    uint32_t boundary = compile_noun(c, name, role_kind(c->p, ROLE_BOUNDARY), &ok);
    if (!ok)
        return cond_error(c, node);
    CondId id = cond_new(c, COND_INSIDE, node, lhs->term);
    c->r->conds.at[id].a = boundary;
    c->r->conds.at[id].mask |= c->r->nouns.at[boundary].mask;
    return id;
}

CondId compile_in(Compiling *c, NodeId node)
{
    NodeId left = node_child(c->tree, node), right = node_next(c->tree, left);
    Operand lhs = operand(c, left);
    bool list = node_kind(c->tree, right) == N_LIST;
    if (list && !node_child(c->tree, right)) {
        constant_condition(c, node, false);
        return cond_const(c, TRI_FALSE, node);
    }
    if (lhs.tag == OPERAND_THING)
        return list ? thing_in_list(c, node, &lhs, right) : in_named(c, node, &lhs, right);
    if (lhs.tag == OPERAND_VALUE && list)
        return value_in_list(c, node, &lhs, right);
    return cond_unfit(c, node, "in", &lhs);
}

/* ---- order ---- */

static bool has_order(const Program *p, const Operand *o)
{
    if (o->tag != OPERAND_VALUE || o->type.set)
        return false;
    return o->type.tag == TYPE_NUMBER || o->type.tag == TYPE_DATE ||
           (o->type.tag == TYPE_ENUM && p->enums.at[o->type.of].scale);
}

static CmpOp mirrored(CmpOp op)
{
    switch (op) {
    case CMP_LT: return CMP_GT;
    case CMP_LE: return CMP_GE;
    case CMP_GT: return CMP_LT;
    case CMP_GE: return CMP_LE;
    case CMP_EQ:
    case CMP_NE: return op;
    }
    BUG("comparison");
}

static double order_number(const Program *p, Value v)
{
    if (v.tag == V_CONST)
        return p->consts.at[v.a].rank;
    return v.tag == V_DATE ? (double)(int32_t)v.a : value_number(&p->model, v);
}

/* A comparison with the lowest or highest value of a scale may say nothing. */
static void lint_order(Compiling *c, NodeId node, const Operand *lhs, CmpOp op, double number)
{
    if (lhs->type.tag != TYPE_ENUM)
        return;
    double top = c->p->enums.at[lhs->type.of].n - 1;
    if ((op == CMP_GE && number <= 0) || (op == CMP_LE && number >= top))
        constant_condition(c, node, true);
    if ((op == CMP_LT && number <= 0) || (op == CMP_GT && number >= top))
        constant_condition(c, node, false);
}

/* The days that a condition can name without a date, counted from `today`. A month and a year are as long as the longest, so that
 * what was done on the same day of the month or year before is within them. */
static const struct {
    const char *word;
    int days;
} named_days[] = {{"today", 0}, {"a_month_ago", -31}, {"a_year_ago", -366}, {"in_a_year", 366}};

/* `x.prop < today`: the day is asked for when the condition is, not kept in the plan. False if it is no such word. */
static bool order_named_day(Compiling *c, NodeId node, NodeId right, const Operand *lhs, CmpOp op, CondId *out)
{
    Str word = sym_str(c->p->names, plain_word(c, right));
    for (size_t i = 0; lhs->type.tag == TYPE_DATE && i < sizeof named_days / sizeof *named_days; i++) {
        if (!str_eq(word, str_from(named_days[i].word)))
            continue;
        *out = cond_new(c, COND_ORDER, node, lhs->term);
        c->r->conds.at[*out].word = (uint8_t)op;
        c->r->conds.at[*out].a = 1;
        c->r->conds.at[*out].number = named_days[i].days;
        return true;
    }
    return false;
}

CondId compile_comparison(Compiling *c, NodeId node)
{
    NodeId left = node_child(c->tree, node), right = node_next(c->tree, left);
    CmpOp op = (CmpOp)node_at(c->tree, node)->val;
    Operand lhs = operand(c, left), rhs;
    if (lhs.tag == OPERAND_WORD || lhs.tag == OPERAND_LITERAL) {
        NodeId swap = left;
        left = right;
        right = swap;
        op = mirrored(op);
        lhs = operand(c, left);
    }
    if (op == CMP_EQ || op == CMP_NE) {
        CondId id = equals(c, node, &lhs, right);
        if (op == CMP_EQ)
            return id;
        CondId not = cond_new(c, COND_NOT, node, (Term){.slot = SLOT_NONE});
        c->r->conds.at[not ].child = id;
        c->r->conds.at[not ].mask = c->r->conds.at[id].mask;
        return not ;
    }
    if (!has_order(c->p, &lhs)) {
        if (lhs.tag != OPERAND_VALUE)
            return cond_unfit(c, node, cmp_name(op), &lhs);
        COMPILE_ERROR(c, BAD_COMPARISON, node, compile_z(c, node_source(c, left)), compile_z(c, node_source(c, right)));
        return cond_error(c, node);
    }
    CondId day;
    if (order_named_day(c, node, right, &lhs, op, &day))
        return day;
    if (other_property(c, &lhs, right, &rhs)) {
        CondId id = two_terms(c, COND_ORDER_TERM, node, &lhs, &rhs);
        c->r->conds.at[id].word = (uint8_t)op;
        return id;
    }
    bool ok = true;
    Value v = operand_constant(c, &lhs, right, &ok);
    if (!ok)
        return cond_error(c, node);
    double number = order_number(c->p, v);
    lint_order(c, node, &lhs, op, number);
    CondId id = cond_new(c, COND_ORDER, node, lhs.term);
    c->r->conds.at[id].word = (uint8_t)op;
    c->r->conds.at[id].number = number;
    return id;
}
