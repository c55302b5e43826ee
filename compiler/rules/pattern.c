/* Patterns: what `for each` and the quantifiers go through, and how the things found hang together. Both become a
 * Source; a pattern binds variables at the other ends of its links, a quantifier refers to what is bound already.
 * Requires: kinds. */
#include "rules/cond.h"

Family kind_family(const Program *p, KindId kind)
{
    if (kind_is(p, kind, role_kind(p, ROLE_FLOW)))
        return FAMILY_FLOW;
    if (kind_is(p, kind, role_kind(p, ROLE_PORT)))
        return FAMILY_PORT;
    if (kind_is(p, kind, role_kind(p, ROLE_ELEMENT)))
        return FAMILY_ELEMENT;
    if (kind_is(p, kind, role_kind(p, ROLE_BOUNDARY)))
        return FAMILY_BOUNDARY;
    return kinds_meet(p, kind, role_kind(p, ROLE_ELEMENT)) ? FAMILY_ANY : FAMILY_OTHER;
}

static const char *family_word(Family f)
{
    static const char *const words[] = {"flow", "element", "port", "boundary", "thing of this kind", "thing", "path"};
    return words[f];
}

static void bad_pattern(Compiling *c, NodeId mod, Family family)
{
    ModKind m = (ModKind)node_at(c->tree, mod)->val;
    Diag *d = COMPILE_ERROR(c, BAD_PATTERN, mod, mod_name(m), family_word(family));
    static const char *const help[] = {
        "a flow has `from`, `to`, `entering`, `leaving` and `crossing`, each once",
        "an element has `inside`, once",
        "a port has `on` an element, once",
        "a boundary has `inside` another, once",
        "it has `in` or `on` what it belongs to, once",
        "it has no links",
        "a path has `from`, `to`, `along`, `avoiding` and `within`, each once",
    };
    if (!c->quiet)
        diag_help(c->p->diags, d, "%s", help[family]);
}

/* What the other end of a link can be: the kind expected, 0 if the word does not fit. */
static KindId link_kind(const Program *p, Family family, KindId kind, ModKind m)
{
    bool data = kinds_meet(p, kind, role_kind(p, ROLE_DATA));
    switch (m) {
    case MOD_FROM:
    case MOD_TO: return family == FAMILY_FLOW || family == FAMILY_PATH ? role_kind(p, ROLE_ELEMENT) : 0;
    case MOD_ENTERING:
    case MOD_LEAVING:
    case MOD_CROSSING: return family == FAMILY_FLOW ? role_kind(p, ROLE_BOUNDARY) : 0;
    case MOD_INSIDE: return family <= FAMILY_BOUNDARY ? role_kind(p, ROLE_BOUNDARY) : 0;
    case MOD_IN:
    case MOD_ON: break;
    case MOD_ALONG:
    case MOD_AVOIDING:
    case MOD_WITHIN: return 0;
    }
    switch (family) {
    case FAMILY_FLOW: return m == MOD_ON ? role_kind(p, ROLE_ELEMENT) : role_kind(p, ROLE_BOUNDARY);
    case FAMILY_ELEMENT:
    case FAMILY_BOUNDARY: return m == MOD_IN ? role_kind(p, ROLE_BOUNDARY) : 0;
    case FAMILY_PORT: return role_kind(p, ROLE_ELEMENT);
    case FAMILY_OTHER:
        if (data)
            return role_kind(p, m == MOD_ON ? ROLE_FLOW : ROLE_ELEMENT);
        if (kinds_meet(p, kind, role_kind(p, ROLE_SOFTWARE)))
            return role_kind(p, m == MOD_ON ? ROLE_SOFTWARE : ROLE_ELEMENT);
        return role_kind(p, ROLE_THING);
    case FAMILY_ANY:
    case FAMILY_PATH: return 0;
    }
    BUG("family");
}

static Anchor *link_place(Source *s, ModKind m)
{
    if (m == MOD_FROM)
        return &s->from;
    if (m == MOD_TO)
        return &s->to;
    s->at_mod = (uint8_t)m;
    return &s->at;
}

static void anchor_kind(const Program *p, Anchor *a, KindId kind)
{
    a->kind = a->lo = kind;
    a->hi = p->kinds.at[kind].last;
    a->port = kind_is(p, kind, role_kind(p, ROLE_PORT));
}

static bool link_fits(Compiling *c, NodeId at, ModKind m, KindId wanted, Str name, KindId kind)
{
    if (kind && kinds_meet(c->p, kind, wanted))
        return true;
    StrBuf b = {0};
    strbuf_format(&b, "%s", mod_name(m));
    COMPILE_ERROR(c, WRONG_KIND_OF_REF, at, compile_z(c, strbuf_str(&b)), kind_z(c, wanted), compile_z(c, name),
                  kind_z(c, kind));
    strbuf_free(&b);
    return false;
}

/* ---- for each ---- */

static bool new_variable(Compiling *c, Plan *plan, Sym name, KindId kind, NodeId at)
{
    if (c->nslots == LIMIT_RULE_VARS) {
        COMPILE_ERROR(c, TOO_MANY_VARS, at, (unsigned)LIMIT_RULE_VARS);
        return false;
    }
    plan->info.vars[c->nslots] = name;
    plan->info.var_kinds[c->nslots] = kind;
    c->slots[c->nslots++] = (SlotInfo){name, kind, false, node_span(c->tree, at)};
    plan->info.nvars = c->nslots;
    return true;
}

/* `from a : K`, `from a`, `from K` or `from Hospital.Gateway`. */
static void pattern_link(Compiling *c, Plan *plan, NodeId mod, KindId wanted)
{
    ModKind m = (ModKind)node_at(c->tree, mod)->val;
    NodeId var = node_child(c->tree, mod), kind_node = node_child(c->tree, var);
    Sym name = node_at(c->tree, var)->val;
    Str text = sym_str(c->p->names, name);
    bool dotted = memchr(text.s, '.', text.n) != NULL;
    Ref r = kind_node ? (Ref){REF_NONE, 0} : program_find(c->p, c->scope, name);
    Anchor *a = link_place(&plan->seed, m);
    uint8_t bound = slot_named(c, name);
    *a = (Anchor){.tag = ANCHOR_VAR, .slot = (uint8_t)c->nslots};
    anchor_kind(c->p, a, wanted);
    if (bound != SLOT_NONE && !kind_node) {
        *a = (Anchor){.tag = ANCHOR_SLOT, .slot = bound};
        a->port = kind_is(c->p, c->slots[bound].kind, role_kind(c->p, ROLE_PORT));
        link_fits(c, var, m, wanted, text, c->slots[bound].kind);
        return;
    }
    if (dotted) {
        if (r.tag != REF_OBJ) {
            program_resolve(c->p, c->scope, name, node_span(c->tree, var), REF_OBJ);
            c->failed = true;
            return;
        }
        KindId kind = model_obj(&c->p->model, r.id)->kind;
        *a = (Anchor){.tag = ANCHOR_OBJ, .obj = r.id, .port = kind_is(c->p, kind, role_kind(c->p, ROLE_PORT))};
        link_fits(c, var, m, wanted, text, kind);
        return;
    }
    KindId kind = kind_node ? operand_kind(c, kind_node) : (r.tag == REF_KIND ? r.id : wanted);
    if (!kind || !link_fits(c, kind_node ? kind_node : var, m, wanted, text, kind))
        return;
    if (kind_is(c->p, kind, wanted))
        anchor_kind(c->p, a, kind);
    if (a->port && plan->info.path) {
        bad_pattern(c, mod, FAMILY_PATH);
        return;
    }
    if (r.tag == REF_KIND) {
        a->tag = ANCHOR_KIND;
        return;
    }
    if (r.tag == REF_OBJ)
        diag_add(c->p->diags, D_VARIABLE_HIDES, node_span(c->tree, var), compile_z(c, text));
    new_variable(c, plan, name, a->kind, var);
}

/* `along`, `avoiding`, `within`: compiled when every variable is known. */
static void path_condition(Compiling *c, NodeId cond, Role role, CondId *out)
{
    uint8_t slot = slot_open(c, role_kind(c->p, role), cond);
    c->implicit = slot;
    *out = compile_cond(c, cond);
    c->implicit = SLOT_NONE;
    slot_close(c);
    if (cond_at(c->r, *out)->mask & ~(1u << slot))
        COMPILE_ERROR(c, BAD_CONDITION, cond, "another variable",
                      "a hop: `along` and `avoiding` are about what is at hand");
}

static void path_modifier(Compiling *c, Plan *plan, NodeId mod)
{
    NodeId child = node_child(c->tree, mod);
    ModKind m = (ModKind)node_at(c->tree, mod)->val;
    if (m == MOD_WITHIN) {
        Str text = node_source(c, child);
        uint32_t steps = 0;
        for (size_t i = 0; i < text.n && text.s[i] >= '0' && text.s[i] <= '9' && steps < 1000000; i++)
            steps = steps * 10 + (uint32_t)(text.s[i] - '0');
        plan->within = steps;
        if (steps == 0)
            COMPILE_ERROR(c, BAD_PATTERN, mod, "within 0 steps", "path");
    } else if (m == MOD_ALONG) {
        path_condition(c, child, ROLE_FLOW, &plan->along);
    } else {
        c->loose = true;
        path_condition(c, child, ROLE_ELEMENT, &plan->avoid_element);
        c->quiet = true;
        path_condition(c, child, ROLE_FLOW, &plan->avoid_flow);
        path_condition(c, child, ROLE_BOUNDARY, &plan->avoid_boundary);
        c->quiet = c->loose = false;
    }
}

static bool is_path_modifier(ModKind m)
{
    return m == MOD_ALONG || m == MOD_AVOIDING || m == MOD_WITHIN;
}

/* A path needs both ends; one that has no variable gets a slot without a name. */
static void path_end(Compiling *c, Plan *plan, Anchor *a)
{
    if (a->tag == ANCHOR_VAR || a->tag == ANCHOR_SLOT || c->failed)
        return;
    if (a->tag == ANCHOR_NONE)
        anchor_kind(c->p, a, role_kind(c->p, ROLE_ELEMENT));
    if (!new_variable(c, plan, 0, a->kind ? a->kind : role_kind(c->p, ROLE_ELEMENT), plan->node))
        return;
    c->slots[c->nslots - 1].used = true;
    a->slot = (uint8_t)(c->nslots - 1);
    if (a->tag != ANCHOR_OBJ)
        a->tag = ANCHOR_VAR;
}

static bool link_allowed(const Plan *plan, ModKind m, KindId wanted)
{
    if (is_path_modifier(m))
        return plan->info.path;
    /* Which flows touch an element or stay inside a boundary is for quantifiers: a pattern has both ends at hand. */
    return wanted && !(plan->seed.family == FAMILY_FLOW && (m == MOD_IN || m == MOD_ON || m == MOD_INSIDE));
}

/* Every modifier once and where it fits. */
static void check_modifiers(Compiling *c, Plan *plan, NodeId first, KindId kind)
{
    uint32_t seen = 0;
    for (NodeId mod = first; mod; mod = node_next(c->tree, mod)) {
        ModKind m = (ModKind)node_at(c->tree, mod)->val;
        KindId wanted = link_kind(c->p, (Family)plan->seed.family, kind, m);
        uint32_t bit = m == MOD_FROM || m == MOD_TO || is_path_modifier(m) ? 1u << m : 1u << MOD_IN;
        if (!link_allowed(plan, m, wanted) || (seen & bit))
            bad_pattern(c, mod, (Family)plan->seed.family);
        seen |= bit;
    }
}

static void compile_links(Compiling *c, Plan *plan, NodeId first, KindId kind, ModKind lo, ModKind hi)
{
    for (NodeId mod = first; mod; mod = node_next(c->tree, mod)) {
        ModKind m = (ModKind)node_at(c->tree, mod)->val;
        if (m >= lo && m <= hi)
            pattern_link(c, plan, mod, link_kind(c->p, (Family)plan->seed.family, kind, m));
    }
}

static void compile_path(Compiling *c, Plan *plan, NodeId first)
{
    compile_links(c, plan, first, 0, MOD_FROM, MOD_FROM);
    path_end(c, plan, &plan->seed.from);
    compile_links(c, plan, first, 0, MOD_TO, MOD_TO);
    path_end(c, plan, &plan->seed.to);
    for (NodeId mod = first; mod && !c->failed; mod = node_next(c->tree, mod))
        if (is_path_modifier((ModKind)node_at(c->tree, mod)->val))
            path_modifier(c, plan, mod);
}

void compile_pattern(Compiling *c, Plan *plan, NodeId pattern)
{
    NodeId kind_node = node_child(c->tree, pattern), first = node_next(c->tree, kind_node);
    Source *seed = &plan->seed;
    KindId kind = 0;
    plan->info.path = str_eq(sym_str(c->p->names, node_at(c->tree, kind_node)->val), STR("path"));
    if (!plan->info.path && !(kind = operand_kind(c, kind_node)))
        return;
    seed->family = (uint8_t)(plan->info.path ? FAMILY_PATH : kind_family(c->p, kind));
    seed->lo = kind;
    seed->hi = c->p->kinds.at[kind].last;
    if (!new_variable(c, plan, node_at(c->tree, pattern)->val, kind, pattern))
        return;
    check_modifiers(c, plan, first, kind);
    if (c->failed)
        return;
    if (plan->info.path)
        compile_path(c, plan, first);
    else
        compile_links(c, plan, first, kind, MOD_FROM, MOD_CROSSING);
}

/* ---- some, every, no ---- */

static bool quantifier_link(Compiling *c, Source *s, NodeId mod, KindId wanted)
{
    ModKind m = (ModKind)node_at(c->tree, mod)->val;
    NodeId name = node_child(c->tree, mod);
    Operand o = operand(c, name);
    Anchor *a = link_place(s, m);
    if (m == MOD_IN && s->family == FAMILY_FLOW)
        s->at_mod = MOD_INSIDE;
    KindId kind = o.kind;
    if (o.tag == OPERAND_THING && o.term.n == 0) {
        *a = (Anchor){.tag = ANCHOR_SLOT, .slot = o.term.slot};
        s->mask |= (uint16_t)(1u << o.term.slot);
        a->port = kind_is(c->p, kind, role_kind(c->p, ROLE_PORT));
    } else if (o.tag == OPERAND_OBJ) {
        *a = (Anchor){.tag = ANCHOR_OBJ, .obj = o.obj, .port = kind_is(c->p, kind, role_kind(c->p, ROLE_PORT))};
    } else if (o.tag == OPERAND_KIND && s->family != FAMILY_OTHER) {
        *a = (Anchor){.tag = ANCHOR_KIND};
        anchor_kind(c->p, a, kind);
    } else {
        cond_unfit(c, name, mod_name(m), &o);
        return false;
    }
    return link_fits(c, name, m, wanted, node_source(c, name), kind);
}

bool compile_source(Compiling *c, NodeId quant, Source *out)
{
    NodeId kind_node = node_child(c->tree, quant);
    KindId kind = operand_kind(c, kind_node);
    if (!kind)
        return false;
    *out = (Source){.family = (uint8_t)kind_family(c->p, kind), .lo = kind, .hi = c->p->kinds.at[kind].last};
    bool ok = true;
    uint32_t seen = 0;
    NodeId n = node_next(c->tree, kind_node);
    for (; n && node_kind(c->tree, n) == N_MOD; n = node_next(c->tree, n)) {
        ModKind m = (ModKind)node_at(c->tree, n)->val;
        KindId wanted = link_kind(c->p, (Family)out->family, kind, m);
        uint32_t bit = m == MOD_FROM || m == MOD_TO ? 1u << m : 1u << MOD_IN;
        if (!wanted || (seen & bit)) {
            bad_pattern(c, n, (Family)out->family);
            ok = false;
        } else {
            ok &= quantifier_link(c, out, n, wanted);
        }
        seen |= bit;
    }
    out->slot = slot_open(c, kind, quant);
    if (out->slot == SLOT_NONE)
        return false;
    if (n)
        out->where = compile_where(c, n, out->slot);
    out->mask |= (uint16_t)(cond_at(c->r, out->where)->mask & ~(1u << out->slot));
    slot_close(c);
    return ok;
}
