/* What a name in a rule stands for: a variable, a property of a variable or of the thing at hand, a thing of the model,
 * a kind, or a word that only the type of the other side can explain. Requires: kinds and names declared. Reports what
 * it cannot place. */
#include "rules/plan.h"

const char *compile_z(Compiling *c, Str s)
{
    return str_z(&c->r->arena, s);
}

const char *kind_z(Compiling *c, KindId kind)
{
    return kind ? compile_z(c, sym_str(c->p->names, c->p->kinds.at[kind].name)) : "path";
}

Str node_source(const Compiling *c, NodeId node)
{
    return source_text(c->p->sources, node_span(c->tree, node));
}

UseId use_property(RuleSet *r, PropId prop)
{
    if (!prop)
        return 0;
    while (r->use_of.n <= prop)
        vec_push(&r->use_of, 0);
    if (r->use_of.at[prop])
        return r->use_of.at[prop];
    KindId owner = r->program->props.at[prop].owner;
    vec_push(&r->uses, (UseInfo){.prop = prop, .lo = owner, .hi = r->program->kinds.at[owner].last});
    return r->use_of.at[prop] = r->uses.n - 1;
}

uint8_t slot_named(Compiling *c, Sym name)
{
    for (uint32_t i = 0; name && i < c->nslots; i++) {
        if (c->slots[i].name != name)
            continue;
        c->slots[i].used = true;
        return (uint8_t)i;
    }
    return SLOT_NONE;
}

uint8_t slot_open(Compiling *c, KindId kind, NodeId node)
{
    /* Behind the places of all variables, used or not, so that equal questions of different rules are equal nodes. */
    if (c->nslots < LIMIT_RULE_VARS)
        c->nslots = LIMIT_RULE_VARS;
    if (c->nslots == PLAN_SLOTS) {
        COMPILE_ERROR(c, CONDITION_TOO_DEEP, node, (unsigned)PLAN_WHERES);
        return SLOT_NONE;
    }
    c->slots[c->nslots] = (SlotInfo){0, kind, true, {0}};
    return (uint8_t)c->nslots++;
}

void slot_close(Compiling *c)
{
    c->nslots--;
}

bool kinds_meet(const Program *p, KindId a, KindId b)
{
    return kind_is(p, a, b) || kind_is(p, b, a);
}

KindId operand_kind(Compiling *c, NodeId qname)
{
    Sym name = node_at(c->tree, qname)->val;
    Ref r = program_find(c->p, c->scope, name);
    if (r.tag == REF_KIND)
        return r.id;
    if (!c->quiet)
        program_resolve(c->p, c->scope, name, node_span(c->tree, qname), REF_KIND);
    c->failed = true;
    return 0;
}

static bool property_exists(const Program *p, Sym name)
{
    for (PropId i = 1; i < p->props.n; i++)
        if (p->props.at[i].name == name)
            return true;
    return false;
}

/* A property that a kind below this one declares: enough where a missing property is no mistake. */
static PropId property_below(const Program *p, KindId kind, Sym name)
{
    for (PropId i = 1; i < p->props.n; i++)
        if (p->props.at[i].name == name && kind_is(p, p->props.at[i].owner, kind))
            return i;
    return 0;
}

static void suggest_property(Compiling *c, Diag *d, KindId kind, Str wanted)
{
    Suggestion s = suggest_start(wanted);
    for (PropId i = 1; i < c->p->props.n; i++)
        if (kind_is(c->p, kind, c->p->props.at[i].owner))
            suggest_offer(&s, sym_str(c->p->names, c->p->props.at[i].name));
    if (s.best.n) {
        diag_help(c->p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
        return;
    }
    PropId below = property_below(c->p, kind, intern_find(c->p->names, wanted));
    if (below)
        diag_help(c->p->diags, d, "`%s` has it: narrow the variable's kind in `for each`",
                  kind_z(c, c->p->props.at[below].owner));
}

static Operand no_property(Compiling *c, NodeId node, KindId kind, Str part)
{
    Diag *d = COMPILE_ERROR(c, NOT_A_PROPERTY, node, kind_z(c, kind), compile_z(c, part));
    if (!c->quiet && kind)
        suggest_property(c, d, kind, part);
    return (Operand){.tag = OPERAND_ERROR, .node = node};
}

/* Follows one more property. */
static bool follow(Compiling *c, Operand *o, PropId prop, KindId kind)
{
    if (o->term.n == TERM_PATH) {
        COMPILE_ERROR(c, CONDITION_TOO_DEEP, o->node, (unsigned)TERM_PATH);
        return false;
    }
    o->term.path[o->term.n++] = (uint16_t)use_property(c->r, prop);
    o->type = prop_type(c->p, kind, prop);
    o->prop = prop;
    o->kind = o->type.tag == TYPE_KIND && !o->type.set ? o->type.of : 0;
    o->tag = o->kind ? OPERAND_THING : OPERAND_VALUE;
    if (o->type.tag == TYPE_ERROR) {
        c->failed = true;
        return false;
    }
    return true;
}

/* Follows the parts of a dotted name from `lo` on. */
static Operand follow_parts(Compiling *c, Operand o, Str name, size_t lo)
{
    while (lo < name.n) {
        size_t hi = lo;
        while (hi < name.n && name.s[hi] != '.')
            hi++;
        Str part = str_slice(name, lo, hi);
        if (o.tag == OPERAND_PATH || !o.kind)
            return no_property(c, o.node, o.tag == OPERAND_PATH ? 0 : role_kind(c->p, ROLE_THING), part);
        PropId prop = kind_prop(c->p, o.kind, intern_find(c->p->names, part));
        if (!prop)
            return no_property(c, o.node, o.kind, part);
        if (!follow(c, &o, prop, o.kind))
            return (Operand){.tag = OPERAND_ERROR, .node = o.node};
        lo = hi + 1;
    }
    return o;
}

/* A property of the thing at hand, if the first part is one. */
static bool of_implicit(Compiling *c, Operand *o, Str name, Sym first, size_t rest)
{
    if (c->implicit == SLOT_NONE)
        return false;
    KindId kind = c->slots[c->implicit].kind;
    PropId prop = kind ? kind_prop(c->p, kind, first) : 0;
    if (!prop && kind && c->loose)
        prop = property_below(c->p, kind, first);
    if (!prop)
        return false;
    o->term = (Term){.slot = c->implicit};
    if (!follow(c, o, prop, kind_is(c->p, kind, c->p->props.at[prop].owner) ? kind : c->p->props.at[prop].owner))
        o->tag = OPERAND_ERROR;
    else
        *o = follow_parts(c, *o, name, rest);
    return true;
}

static Operand named(Compiling *c, NodeId node)
{
    Operand o = {.tag = OPERAND_WORD, .node = node};
    Sym sym = node_at(c->tree, node)->val;
    Str name = sym_str(c->p->names, sym);
    size_t dot = 0;
    while (dot < name.n && name.s[dot] != '.')
        dot++;
    Sym first = intern_find(c->p->names, str_slice(name, 0, dot));
    if (of_implicit(c, &o, name, first, dot + 1))
        return o;
    uint8_t slot = slot_named(c, first);
    if (slot != SLOT_NONE) {
        o.term = (Term){.slot = slot};
        o.kind = c->slots[slot].kind;
        o.tag = o.kind ? OPERAND_THING : OPERAND_PATH;
        return follow_parts(c, o, name, dot + 1);
    }
    Ref r = program_find(c->p, c->scope, sym);
    if (r.tag == REF_OBJ) {
        o.tag = OPERAND_OBJ;
        o.obj = r.id;
        o.kind = model_obj(&c->p->model, r.id)->kind;
    } else if (r.tag == REF_KIND) {
        o.tag = OPERAND_KIND;
        o.kind = r.id;
    } else if (c->loose && c->implicit != SLOT_NONE && property_exists(c->p, first)) {
        o.tag = OPERAND_FALSE;
    }
    return o;
}

Operand operand(Compiling *c, NodeId node)
{
    switch (node_kind(c->tree, node)) {
    case N_QNAME: return named(c, node);
    case N_STRING:
    case N_DOCSTR:
    case N_NUM:
    case N_DATE:
    case N_PERSON:
    case N_HASHID: return (Operand){.tag = OPERAND_LITERAL, .node = node};
    default:
        c->failed = true; /* was reported by the parser */
        return (Operand){.tag = OPERAND_ERROR, .node = node};
    }
}

Value operand_constant(Compiling *c, const Operand *of, NodeId node, bool *ok)
{
    Type type = of->type;
    type.set = false;
    type.optional = false;
    Str what = sym_str(c->p->names, c->p->props.at[of->prop].name);
    Value v = program_value(c->p, plan_at(c->r, c->rule)->module, c->scope, type, what, node);
    if (v.tag == V_ABSENT || v.tag == V_UNKNOWN) {
        c->failed = true;
        *ok = false;
    }
    return v;
}

static uint16_t slot_bit(uint8_t slot)
{
    return (uint16_t)(1u << slot);
}

static bool noun_name(Compiling *c, NodeId name, KindId wanted, Noun *n, KindId *kind)
{
    Sym sym = node_at(c->tree, name)->val;
    uint8_t slot = slot_named(c, sym);
    Ref r = slot == SLOT_NONE ? program_find(c->p, c->scope, sym) : (Ref){REF_NONE, 0};
    if (slot != SLOT_NONE) {
        *n = (Noun){.tag = NOUN_SLOT, .slot = slot, .mask = slot_bit(slot)};
        *kind = c->slots[slot].kind;
    } else if (r.tag == REF_OBJ) {
        *n = (Noun){.tag = NOUN_OBJ, .obj = r.id};
        *kind = model_obj(&c->p->model, r.id)->kind;
    } else if (r.tag == REF_KIND) {
        *n = (Noun){.tag = NOUN_KIND, .lo = r.id, .hi = c->p->kinds.at[r.id].last};
        *kind = r.id;
    } else {
        Diag *d = COMPILE_ERROR(c, UNKNOWN_VARIABLE, name, compile_z(c, node_source(c, name)));
        if (!c->quiet)
            diag_help(c->p->diags, d, "a kind, a variable of the rule or a thing of the model can stand here");
        return false;
    }
    if (*kind && kinds_meet(c->p, *kind, wanted))
        return true;
    COMPILE_ERROR(c, WRONG_KIND_OF_REF, name, "this condition", kind_z(c, wanted), compile_z(c, node_source(c, name)),
                  kind_z(c, *kind));
    return false;
}

uint32_t compile_noun(Compiling *c, NodeId node, KindId wanted, bool *ok)
{
    bool where = node_kind(c->tree, node) == N_NOUN;
    NodeId name = where ? node_child(c->tree, node) : node;
    Noun n = {0};
    KindId kind = 0;
    *ok = node_kind(c->tree, name) == N_QNAME && noun_name(c, name, wanted, &n, &kind);
    c->failed |= !*ok;
    if (*ok && where) {
        n.bound = slot_open(c, kind_is(c->p, wanted, kind) ? wanted : kind, node);
        if (n.bound == SLOT_NONE)
            return 0;
        n.where = compile_where(c, node_next(c->tree, name), n.bound);
        n.mask |= (uint16_t)(cond_at(c->r, n.where)->mask & ~slot_bit(n.bound));
        slot_close(c);
    }
    vec_push(&c->r->nouns, n);
    return c->r->nouns.n - 1;
}
