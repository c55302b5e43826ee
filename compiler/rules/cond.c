/* Conditions to nodes: each form of the grammar is checked against kinds and types and becomes one operation of
 * cond.def. Requires: the variables it may speak of stand in the slots. Children of `and` and `or` are put in order of
 * cost; the order in the text stays in their spans. */
#include "rules/cond.h"

static const struct {
    const char *name;
    uint8_t cost;
} operations[] = {
#define COND(id, name, cost) {name, cost},
#include "rules/cond.def"
#undef COND
};

const char *cond_name(CondOp op)
{
    return operations[op].name;
}

static uint16_t term_mask(Term t)
{
    return (uint16_t)(t.slot == SLOT_NONE ? 0 : 1u << t.slot);
}

/* What is compiled again for another sort of thing stays one question. */
uint32_t atom_new(Compiling *c, Span span)
{
    RuleSet *r = c->r;
    for (uint32_t i = r->atoms.n; c->quiet && i-- > 1 && r->atoms.at[i].rule == c->rule;)
        if (r->atoms.at[i].span.lo == span.lo && r->atoms.at[i].span.hi == span.hi)
            return i;
    vec_push(&r->atoms, (Atom){c->rule, span});
    return r->atoms.n - 1;
}

CondId cond_new(Compiling *c, CondOp op, NodeId node, Term term)
{
    RuleSet *r = c->r;
    bool logic = op == COND_AND || op == COND_OR || op == COND_NOT;
    Cond n = {.op = (uint8_t)op, .mask = term_mask(term), .term = term, .other = {.slot = SLOT_NONE}};
    n.span = node_span(c->tree, node);
    if (c->atoms && !logic)
        n.atom = atom_new(c, n.span);
    vec_push(&r->conds, n);
    return r->conds.n - 1;
}

CondId cond_const(Compiling *c, Tri value, NodeId node)
{
    CondId id = cond_new(c, COND_CONST, node, (Term){.slot = SLOT_NONE});
    c->r->conds.at[id].a = value;
    return id;
}

CondId cond_error(Compiling *c, NodeId node)
{
    c->failed = true;
    return cond_const(c, TRI_UNKNOWN, node);
}

/* An atom with a `where` is covered through what stands inside. */
static void atom_drop(Compiling *c, CondId id)
{
    Cond *n = &c->r->conds.at[id];
    if (n->atom && n->atom == c->r->atoms.n - 1)
        c->r->atoms.n--;
    n->atom = 0;
}

static CondId negate(Compiling *c, CondId id, bool yes, NodeId node)
{
    if (!yes)
        return id;
    if (c->r->conds.at[id].op == COND_NOT)
        return c->r->conds.at[id].child;
    CondId not = cond_new(c, COND_NOT, node, (Term){.slot = SLOT_NONE});
    Cond *n = &c->r->conds.at[not ];
    n->child = id;
    n->mask = c->r->conds.at[id].mask;
    return not ;
}

CondId cond_unfit(Compiling *c, NodeId node, const char *what, const Operand *o)
{
    if (c->loose && (o->tag == OPERAND_FALSE || (o->tag == OPERAND_THING && o->term.slot == c->implicit)))
        return cond_const(c, TRI_FALSE, node);
    if (o->tag == OPERAND_ERROR)
        return cond_error(c, node);
    if (o->tag == OPERAND_THING || o->tag == OPERAND_PATH) {
        StrBuf b = {0};
        strbuf_format(&b, "a `%s`", o->tag == OPERAND_PATH ? "path" : kind_z(c, o->kind));
        COMPILE_ERROR(c, BAD_CONDITION, node, what, compile_z(c, strbuf_str(&b)));
        strbuf_free(&b);
    } else if (o->tag == OPERAND_VALUE) {
        StrBuf b = {0};
        strbuf_format(&b, "the property `%.*s`", STR_FMT(sym_str(c->p->names, c->p->props.at[o->prop].name)));
        COMPILE_ERROR(c, BAD_CONDITION, node, what, compile_z(c, strbuf_str(&b)));
        strbuf_free(&b);
    } else {
        Diag *d = COMPILE_ERROR(c, UNKNOWN_VARIABLE, o->node, compile_z(c, node_source(c, o->node)));
        suggest_variable(c, d, node_source(c, o->node));
    }
    return cond_error(c, node);
}

void suggest_variable(Compiling *c, Diag *d, Str wanted)
{
    if (c->quiet)
        return;
    size_t dot = 0;
    while (dot < wanted.n && wanted.s[dot] != '.')
        dot++;
    Suggestion s = suggest_start(str_slice(wanted, 0, dot));
    for (uint32_t i = 0; i < c->nslots; i++)
        if (c->slots[i].name)
            suggest_offer(&s, sym_str(c->p->names, c->slots[i].name));
    KindId kind = c->implicit == SLOT_NONE ? 0 : c->slots[c->implicit].kind;
    for (PropId i = 1; kind && i < c->p->props.n; i++)
        if (kind_is(c->p, kind, c->p->props.at[i].owner))
            suggest_offer(&s, sym_str(c->p->names, c->p->props.at[i].name));
    if (s.best.n)
        diag_help(c->p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
}

void constant_condition(Compiling *c, NodeId node, bool value)
{
    if (!c->quiet && !c->loose)
        diag_add(c->p->diags, D_CONSTANT_CONDITION, node_span(c->tree, node), value ? "true" : "false");
}

/* The thing a relation is about: the term before the verb, or the thing at hand. `noun` gets the node behind the verb.
 */
static Operand relation_subject(Compiling *c, NodeId node, NodeId *noun)
{
    const Node *n = node_at(c->tree, node);
    if (!(n->flags & NF_IMPLICIT)) {
        *noun = node_next(c->tree, n->child);
        return operand(c, n->child);
    }
    *noun = n->child;
    if (c->implicit != SLOT_NONE)
        return (Operand){
            .tag = OPERAND_THING, .term = {.slot = c->implicit}, .kind = c->slots[c->implicit].kind, .node = node};
    COMPILE_ERROR(c, BAD_CONDITION, node, compile_z(c, node_source(c, node)), "nothing: name what it is asked of");
    return (Operand){.tag = OPERAND_ERROR, .node = node};
}

static bool noun_has_where(const Compiling *c, NodeId noun)
{
    return node_kind(c->tree, noun) == N_NOUN;
}

/* A relation between a thing and a noun. */
static CondId relation(Compiling *c, CondOp op, NodeId node, const Operand *subject, NodeId noun, KindId wanted,
                       unsigned word)
{
    CondId id = cond_new(c, op, node, subject->term);
    bool ok;
    if (noun_has_where(c, noun))
        atom_drop(c, id);
    uint32_t index = compile_noun(c, noun, wanted, &ok);
    Cond *n = &c->r->conds.at[id];
    n->word = (uint8_t)word;
    n->a = index;
    n->mask |= c->r->nouns.at[index].mask;
    return ok ? id : cond_error(c, node);
}

static CondId compile_inside(Compiling *c, NodeId node)
{
    NodeId noun;
    Operand s = relation_subject(c, node, &noun);
    const Program *p = c->p;
    bool fits = s.tag == OPERAND_THING &&
                (kinds_meet(p, s.kind, role_kind(p, ROLE_ELEMENT)) ||
                 kinds_meet(p, s.kind, role_kind(p, ROLE_BOUNDARY)) || kinds_meet(p, s.kind, role_kind(p, ROLE_FLOW)));
    if (!fits)
        return cond_unfit(c, node, "inside", &s);
    return relation(c, COND_INSIDE, node, &s, noun, role_kind(p, ROLE_BOUNDARY), 0);
}

static CondId compile_verb(Compiling *c, NodeId node)
{
    static const Role subjects[] = {ROLE_FLOW, ROLE_ELEMENT, ROLE_FLOW, ROLE_FLOW, ROLE_FLOW, ROLE_ELEMENT};
    static const Role nouns[] = {ROLE_DATA, ROLE_DATA, ROLE_BOUNDARY, ROLE_BOUNDARY, ROLE_BOUNDARY, ROLE_ELEMENT};
    VerbKind verb = (VerbKind)node_at(c->tree, node)->val;
    NodeId noun;
    Operand s = relation_subject(c, node, &noun);
    if (s.tag != OPERAND_THING || !kinds_meet(c->p, s.kind, role_kind(c->p, subjects[verb])))
        return cond_unfit(c, node, verb_name(verb), &s);
    CondOp op = COND_CROSS;
    if (verb == VERB_CARRIES || verb == VERB_HOLDS)
        op = COND_LINKED;
    else if (verb == VERB_REACHES)
        op = COND_REACHES;
    return relation(c, op, node, &s, noun, role_kind(c->p, nouns[verb]), verb);
}

static void suggest_capability(Compiling *c, Diag *d, Str wanted)
{
    if (c->quiet)
        return;
    Suggestion s = suggest_start(wanted);
    for (uint32_t i = 0; i < c->p->capabilities.n; i++)
        suggest_offer(&s, obj_name(c->p, c->p->capabilities.at[i]));
    if (s.best.n)
        diag_help(c->p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
}

ObjId compile_capability(Compiling *c, NodeId name, uint32_t *number)
{
    Ref r = node_kind(c->tree, name) == N_QNAME ? program_find(c->p, c->scope, node_at(c->tree, name)->val)
                                                : (Ref){REF_NONE, 0};
    uint32_t n = r.tag == REF_OBJ ? cap_number(&c->p->model, r.id) : 0;
    if (n) {
        *number = n - 1;
        return r.id;
    }
    Str wanted = node_source(c, name);
    Diag *d = COMPILE_ERROR(c, UNKNOWN_CAPABILITY, name, compile_z(c, wanted));
    suggest_capability(c, d, wanted);
    return 0;
}

/* `x has CAP` of a thing, `x.classes has phi` of a set. */
static CondId compile_has(Compiling *c, NodeId node)
{
    NodeId noun;
    Operand s = relation_subject(c, node, &noun);
    if (s.tag == OPERAND_VALUE && s.type.set && s.type.tag == TYPE_KIND)
        return relation(c, COND_MEMBER_NOUN, node, &s, noun, s.type.of, 0);
    if (s.tag == OPERAND_VALUE && s.type.set && !noun_has_where(c, noun)) {
        CondId id = cond_new(c, COND_MEMBER, node, s.term);
        bool ok = true;
        Value v = operand_constant(c, &s, noun, &ok);
        c->r->conds.at[id].a = v.tag;
        c->r->conds.at[id].b = v.a;
        return ok ? id : cond_error(c, node);
    }
    if (s.tag != OPERAND_THING || noun_has_where(c, noun))
        return cond_unfit(c, node, "has", &s);
    uint32_t number = 0;
    ObjId capability = compile_capability(c, noun, &number);
    if (!capability)
        return cond_error(c, node);
    CondId id = cond_new(c, COND_CAP, node, s.term);
    c->r->conds.at[id].a = number;
    c->r->conds.at[id].b = capability;
    return id;
}

static CondId compile_quantifier(Compiling *c, NodeId node)
{
    Source s;
    CondId id = cond_new(c, COND_QUANT, node, (Term){.slot = SLOT_NONE});
    NodeId last = 0;
    for (NodeId n = node_child(c->tree, node); n; n = node_next(c->tree, n))
        last = n;
    if (node_kind(c->tree, last) != N_MOD && last != node_child(c->tree, node))
        atom_drop(c, id);
    if (!compile_source(c, node, &s))
        return cond_error(c, node);
    vec_push(&c->r->sources, s);
    Cond *n = &c->r->conds.at[id];
    n->word = (uint8_t)node_at(c->tree, node)->val;
    n->a = c->r->sources.n - 1;
    n->mask = s.mask;
    return id;
}

static CondId compile_bare(Compiling *c, NodeId node)
{
    Operand o = operand(c, node);
    Sym word = node_kind(c->tree, node) == N_QNAME ? node_at(c->tree, node)->val : 0;
    if (o.tag == OPERAND_WORD && (word == c->p->true_sym || word == c->p->false_sym)) {
        constant_condition(c, node, word == c->p->true_sym);
        return cond_const(c, word == c->p->true_sym ? TRI_TRUE : TRI_FALSE, node);
    }
    if (o.tag == OPERAND_VALUE && o.type.tag == TYPE_BOOL && !o.type.set)
        return cond_new(c, COND_BOOL, node, o.term);
    if (o.tag == OPERAND_FALSE)
        return cond_const(c, TRI_FALSE, node);
    if (o.tag == OPERAND_THING) {
        COMPILE_ERROR(c, BAD_CONDITION, node, "true or false", compile_z(c, node_source(c, node)));
        return cond_error(c, node);
    }
    return cond_unfit(c, node, "true or false", &o);
}

enum { COSTS = 10 }; /* 0 to 9 in cond.def */

static unsigned cost_of(const RuleSet *r, CondId id)
{
    const Cond *n = cond_at(r, id);
    while (n->op == COND_NOT)
        n = cond_at(r, n->child);
    bool each = n->op == COND_INSIDE && r->nouns.at[n->a].where; /* asked of each boundary around */
    return operations[each ? COND_QUANT : n->op].cost;
}

/* Appends to a list of siblings that is kept by its last member. */
static void append(RuleSet *r, CondId *first, CondId *last, CondId child)
{
    if (*last)
        r->conds.at[*last].next = child;
    else
        *first = child;
    *last = child;
}

/* Links the children a second time, by cost; equal ones stay in the order of the text. */
static void order_by_cost(RuleSet *r, CondId parent)
{
    CondId firsts[COSTS] = {0}, lasts[COSTS] = {0}, last = 0;
    for (CondId c = r->conds.at[parent].first; c; c = r->conds.at[c].then)
        append(r, &firsts[cost_of(r, c)], &lasts[cost_of(r, c)], c);
    for (unsigned i = 0; i < COSTS; i++) {
        if (!firsts[i])
            continue;
        append(r, &r->conds.at[parent].child, &last, firsts[i]);
        last = lasts[i];
    }
}

static CondId compile_chain(Compiling *c, NodeId node, CondOp op)
{
    CondId id = cond_new(c, op, node, (Term){.slot = SLOT_NONE}), last = 0;
    bool mixed = false;
    for (NodeId n = node_child(c->tree, node); n; n = node_next(c->tree, n)) {
        NodeKind k = node_kind(c->tree, n);
        mixed |= (op == COND_OR && k == N_AND) || (op == COND_AND && k == N_OR);
        CondId child = compile_cond(c, n);
        if (last)
            c->r->conds.at[last].then = child;
        else
            c->r->conds.at[id].first = child;
        c->r->conds.at[id].mask |= c->r->conds.at[child].mask;
        last = child;
    }
    order_by_cost(c->r, id);
    if (mixed) {
        Diag *d = COMPILE_ERROR(c, MIXED_AND_OR, node, "");
        if (!c->quiet)
            diag_help(c->p->diags, d, "put brackets around what belongs together");
    }
    return id;
}

/* `not not x` is x, however often. */
static CondId compile_not(Compiling *c, NodeId node)
{
    NodeId inner = node;
    bool yes = false;
    for (; node_kind(c->tree, inner) == N_NOT; inner = node_child(c->tree, inner))
        yes = !yes;
    return negate(c, compile_cond(c, inner), yes, node);
}

CondId compile_cond(Compiling *c, NodeId node)
{
    const Node *n = node_at(c->tree, node);
    switch ((NodeKind)n->kind) {
    case N_AND: return compile_chain(c, node, COND_AND);
    case N_OR: return compile_chain(c, node, COND_OR);
    case N_NOT: return compile_not(c, node);
    case N_PAREN: return compile_cond(c, n->child);
    case N_CMP: return compile_comparison(c, node);
    case N_IS: return negate(c, compile_is(c, node), n->flags & NF_NOT, node);
    case N_IN: return compile_in(c, node);
    case N_INSIDE: return compile_inside(c, node);
    case N_VERB: return compile_verb(c, node);
    case N_HAS: return compile_has(c, node);
    case N_QUANT: return compile_quantifier(c, node);
    case N_QNAME:
    case N_STRING:
    case N_NUM:
    case N_DATE: return compile_bare(c, node);
    default: return cond_error(c, node); /* reported by the parser */
    }
}

CondId compile_where(Compiling *c, NodeId node, uint8_t slot)
{
    uint8_t outer = c->implicit;
    bool loose = c->loose;
    c->implicit = slot;
    c->loose = false;
    CondId id = compile_cond(c, node);
    c->implicit = outer;
    c->loose = loose;
    return id;
}
