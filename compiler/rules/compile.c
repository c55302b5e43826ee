/* From the trees of rules and policies to plans. Requires: a bound program. Leaves behind: a RuleSet in order of rule
 * ids, in which whatever could not be understood is reported and marked broken, so that it is never evaluated. */
#include "rules/cond.h"

static void name_error(Compiling *c, NodeId node)
{
    Diag *d = COMPILE_ERROR(c, UNKNOWN_VARIABLE, node, compile_z(c, node_source(c, node)));
    suggest_variable(c, d, node_source(c, node));
}

static CondId both(Compiling *c, CondOp op, CondId a, CondId b, NodeId node)
{
    if (!a)
        return b;
    CondId id = cond_new(c, op, node, (Term){.slot = SLOT_NONE});
    Cond *n = &c->r->conds.at[id];
    n->child = a;
    n->mask = (uint16_t)(c->r->conds.at[a].mask | c->r->conds.at[b].mask);
    c->r->conds.at[a].next = b;
    return id;
}

/* ---- mitigated by, raise, key ---- */

static bool alternative(Compiling *c, NodeId var, NodeId where)
{
    uint8_t slot = slot_named(c, node_at(c->tree, var)->val);
    if (slot == SLOT_NONE) {
        name_error(c, var);
        return false;
    }
    if (!c->slots[slot].kind) {
        COMPILE_ERROR(c, BAD_CONDITION, var, "mitigated by", "a `path`");
        return false;
    }
    MitAlternative a = {.term = {.slot = slot}};
    if (where)
        a.where = compile_where(c, where, slot);
    vec_push(&c->r->alternatives, a);
    return true;
}

static void mitigation_part(Compiling *c, NodeId mit)
{
    MitPart part = {.span = node_span(c->tree, mit)};
    NodeId child = node_child(c->tree, mit);
    if (node_at(c->tree, mit)->flags & NF_CONDITION) {
        part.cond = compile_cond(c, child);
        vec_push(&c->r->parts, part);
        return;
    }
    part.capability = compile_capability(c, child, &part.number);
    NodeId last = 0;
    for (NodeId n = node_next(c->tree, child); n; n = node_next(c->tree, n))
        last = n;
    NodeId where = node_kind(c->tree, last) == N_VAR ? 0 : last;
    if (!where) {
        part.atom = c->r->atoms.n;
        vec_push(&c->r->atoms, (Atom){c->rule, part.span});
    }
    /* The alternatives of one part stand together: conditions inside `where` bring none of their own. */
    part.first = c->r->alternatives.n;
    for (NodeId n = node_next(c->tree, child); n && n != where; n = node_next(c->tree, n))
        part.n += alternative(c, n, where);
    vec_push(&c->r->parts, part);
}

static void mitigation_line(Compiling *c, Plan *plan, NodeId node)
{
    MitLine line = {.first = c->r->parts.n, .span = node_span(c->tree, node)};
    for (NodeId n = node_child(c->tree, node); n; n = node_next(c->tree, n))
        mitigation_part(c, n);
    line.n = c->r->parts.n - line.first;
    if (!plan->nlines++)
        plan->lines = c->r->lines.n;
    vec_push(&c->r->lines, line);
}

static void raise_line(Compiling *c, Plan *plan, NodeId node)
{
    PropId severity = c->p->known[KNOWN_RULE_SEVERITY];
    NodeId value = node_child(c->tree, node);
    Str name = sym_str(c->p->names, node_at(c->tree, node)->val);
    if (!severity || node_at(c->tree, node)->val != c->p->props.at[severity].name) {
        Diag *d = COMPILE_ERROR(c, NOT_A_PROPERTY, node, "rule that can be raised", compile_z(c, name));
        diag_help(c->p->diags, d, "only `severity` can be raised");
        return;
    }
    Operand of = {.type = c->p->props.at[severity].type, .prop = severity};
    bool ok = true;
    Value v = operand_constant(c, &of, value, &ok);
    Raise raise = {.when = compile_cond(c, node_next(c->tree, value)), .span = node_span(c->tree, node)};
    if (!ok || v.tag != V_CONST)
        return;
    raise.value = v.a;
    raise.rank = c->p->consts.at[v.a].rank;
    if (!plan->nraises++)
        plan->raises = c->r->raises.n;
    vec_push(&c->r->raises, raise);
}

static void key_name(Compiling *c, Plan *plan, NodeId node)
{
    uint8_t slot = node_kind(c->tree, node) == N_QNAME ? slot_named(c, node_at(c->tree, node)->val) : SLOT_NONE;
    if (slot == SLOT_NONE || !c->slots[slot].kind) {
        COMPILE_ERROR(c, BAD_KEY, node, compile_z(c, node_source(c, node)));
        return;
    }
    plan->info.keys |= 1u << slot;
}

static void key_line(Compiling *c, Plan *plan, NodeId prop)
{
    NodeId value = node_child(c->tree, prop);
    if (node_kind(c->tree, value) != N_LIST) {
        key_name(c, plan, value);
        return;
    }
    for (NodeId n = node_child(c->tree, value); n; n = node_next(c->tree, n))
        key_name(c, plan, n);
}

/* ---- rules ---- */

static void rule_item(Compiling *c, Plan *plan, NodeId n)
{
    const Node *node = node_at(c->tree, n);
    switch ((NodeKind)node->kind) {
    case N_WHEN:
        plan->when = both(c, COND_AND, plan->when, compile_cond(c, node->child), n);
        plan->when_span = node_span(c->tree, n);
        return;
    case N_UNLESS:
        plan->unless = both(c, COND_OR, plan->unless, compile_cond(c, node->child), n);
        plan->unless_span = node_span(c->tree, n);
        return;
    case N_MITIGATED: mitigation_line(c, plan, n); return;
    case N_RAISE: raise_line(c, plan, n); return;
    case N_PROP:
        if (str_eq(sym_str(c->p->names, node->val), STR("key")))
            key_line(c, plan, n);
        return;
    default: return;
    }
}

/* Whether the pattern can find anything in the model. */
static bool finds_any(const RuleSet *r, const Plan *plan)
{
    if (!r->things || !plan->library)
        return true;
    if (plan->info.path)
        return r->program->model.flows.n > 0;
    return r->things[plan->seed.hi] > r->things[plan->seed.lo - 1];
}

static void rule_body(Compiling *c, Plan *plan)
{
    NodeId first = node_find(c->tree, plan->node, N_FOREACH);
    if (!first) {
        if (!c->tree->broken)
            diag_add(c->p->diags, D_NO_PATTERN, model_decl(&c->p->model, plan->info.obj)->span,
                     compile_z(c, obj_name(c->p, plan->info.obj)));
        c->failed = true;
        return;
    }
    NodeId second = node_seek(c->tree, node_next(c->tree, first), N_FOREACH);
    if (second)
        COMPILE_ERROR(c, TWO_PATTERNS, second, "");
    c->atoms = true;
    compile_pattern(c, plan, node_child(c->tree, first));
    if (c->failed)
        return;
    bool here = finds_any(c->r, plan);
    for (NodeId n = node_child(c->tree, plan->node); n; n = node_next(c->tree, n))
        if (here || node_kind(c->tree, n) == N_PROP)
            rule_item(c, plan, n);
    plan->broken = !here;
    if (!plan->info.keys)
        plan->info.keys = plan_usual_keys(plan);
}

static Compiling compiling(RuleSet *r, RuleId rule, const Stanza *s)
{
    Compiling c = {.r = r, .p = r->program, .scope = s->obj, .rule = rule, .implicit = SLOT_NONE};
    c.tree = &r->program->modules.at[s->module].tree;
    return c;
}

static Plan plan_new(RuleSet *r, const Stanza *s, Str id)
{
    Plan plan = {.module = s->module, .node = s->node, .library = r->program->modules.at[s->module].library};
    plan.info.obj = s->obj;
    plan.info.id = id;
    return plan;
}

static void compile_rule(RuleSet *r, const Stanza *s, Str id)
{
    vec_push(&r->plans, plan_new(r, s, id));
    Compiling c = compiling(r, r->plans.n - 1, s);
    Plan plan = vec_last(&r->plans);
    map_put(&r->rule_of, MAP_KEY(s->module, model_obj(&r->program->model, s->obj)->name), c.rule);
    rule_body(&c, &plan);
    if (!c.failed && !c.tree->lent) /* the build has looked at those */
        lint_plan_text(&c, &plan);
    plan.broken |= c.failed;
    vec_last(&r->plans) = plan;
}

static void compile_never(RuleSet *r, const Stanza *s, NodeId never, Str id)
{
    vec_push(&r->plans, plan_new(r, s, id));
    Compiling c = compiling(r, r->plans.n - 1, s);
    Plan plan = vec_last(&r->plans);
    plan.policy = true;
    plan.node = never;
    uint64_t key = MAP_KEY(s->module, model_obj(&r->program->model, s->obj)->name);
    if (!map_get(&r->rule_of, key)) /* tests find the others behind the first */
        map_put(&r->rule_of, key, c.rule);
    NodeId pattern = node_child(c.tree, never), where = node_next(c.tree, pattern);
    compile_pattern(&c, &plan, pattern);
    if (!c.failed && where)
        plan.when = compile_cond(&c, where);
    plan.info.keys = plan.info.path ? 1u << plan.seed.from.slot | 1u << plan.seed.to.slot : 1;
    plan.broken = c.failed;
    vec_last(&r->plans) = plan;
}

static void compile_policy(RuleSet *r, const Stanza *s, Str id)
{
    const Tree *tree = &r->program->modules.at[s->module].tree;
    NodeId never = node_find(tree, s->node, N_NEVER);
    if (!never && !tree->broken)
        diag_add(r->program->diags, D_EMPTY_POLICY, model_decl(&r->program->model, s->obj)->span,
                 str_z(&r->arena, obj_name(r->program, s->obj)));
    for (; never; never = node_seek(tree, node_next(tree, never), N_NEVER))
        compile_never(r, s, never, id);
}

/* ---- the set ---- */

typedef struct Named {
    Str id, sorted; /* sorted: with the @ that follows in the ids of threats */
    Stanza stanza;
} Named;

static bool named_before(const Named *x, const Named *y)
{
    int d = str_cmp(x->sorted, y->sorted);
    return d < 0 || (d == 0 && x->stanza.obj < y->stanza.obj);
}

/* Most rules of a file stand in order already. */
static void sort_named(Named *v, Named *spare, uint32_t n)
{
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    if (n < 2)
        return;
    sort_named(v, spare, half);
    sort_named(v + half, spare, n - half);
    if (named_before(&v[half - 1], &v[half]))
        return;
    while (i < half && j < n)
        spare[k++] = named_before(&v[j], &v[i]) ? v[j++] : v[i++];
    while (i < half)
        spare[k++] = v[i++];
    memcpy(v, spare, k * sizeof *v);
}

static Str rule_id(Arena *a, Str module, Str name)
{
    char *id = arena_bytes(a, module.n + name.n + 2, 1);
    memcpy(id, module.s, module.n);
    id[module.n] = '.';
    memcpy(id + module.n + 1, name.s, name.n);
    id[module.n + name.n + 1] = '@';
    return (Str){id, module.n + name.n + 2};
}

static Named *named_sorted(RuleSet *r, const Stanza *stanzas, uint32_t n)
{
    Program *p = r->program;
    Named *list = NEWN(&r->arena, Named, n);
    for (uint32_t i = 0; i < n; i++) {
        Str module = p->modules.at[stanzas[i].module].short_name, name = obj_name(p, stanzas[i].obj);
        list[i].stanza = stanzas[i];
        list[i].sorted = rule_id(&r->arena, module, name);
        list[i].id = str_slice(list[i].sorted, 0, list[i].sorted.n - 1);
    }
    Named *spare = mem_resize(NULL, n, sizeof *spare);
    sort_named(list, spare, n);
    free(spare);
    return list;
}

/* What each kind has for each property that is asked for when nothing is written: a row for each property, of the kinds that have
 * it. Kinds come behind those they are made of. */
static void fill_presets(RuleSet *r)
{
    enum { INHERITED = UINT8_MAX };
    const Program *p = r->program;
    uint32_t n = 0;
    for (UseId u = 1; u < r->uses.n; u++) {
        UseInfo *use = &r->uses.at[u];
        use->row = n - use->lo;
        n += use->hi - use->lo + 1;
    }
    r->nkinds = p->kinds.n;
    r->presets = NEWN(&r->arena, Value, n);
    for (uint32_t i = 0; i < n; i++)
        r->presets[i].tag = INHERITED;
    for (UseId u = 1; u < r->uses.n; u++)
        r->presets[(uint32_t)(r->uses.at[u].row + r->uses.at[u].lo)] = p->props.at[r->uses.at[u].prop].preset;
    for (uint32_t i = 1; i < p->refinements.n; i++) {
        const Refinement *own = &p->refinements.at[i];
        UseId u = own->prop < r->use_of.n ? r->use_of.at[own->prop] : 0;
        if (u && own->has_preset)
            r->presets[(uint32_t)(r->uses.at[u].row + own->kind)] = own->preset;
    }
    for (UseId u = 1; u < r->uses.n; u++) {
        UseInfo use = r->uses.at[u];
        Value *first = r->presets + (uint32_t)(use.row + use.lo);
        for (KindId k = use.lo + 1; k <= use.hi; k++)
            if (first[k - use.lo].tag == INHERITED)
                first[k - use.lo] = first[p->kinds.at[k].parent - use.lo];
    }
}

static void use_known(RuleSet *r)
{
    const Program *p = r->program;
    r->use_carries = use_property(r, p->known[KNOWN_CARRIES]);
    r->use_holds = use_property(r, p->known[KNOWN_HOLDS]);
    r->use_made_of = use_property(r, p->known[KNOWN_MADE_OF]);
    r->use_controls = use_property(r, p->known[KNOWN_CONTROLS]);
    r->use_out_of_scope = use_property(r, p->known[KNOWN_OUT_OF_SCOPE]);
}

/* Only the library alone can leave rules out: those of the model are compared with all others. */
static void count_things(RuleSet *r)
{
    const Program *p = r->program;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->rules.n; i++)
        if (!p->modules.at[p->rules.at[i].module].tree.lent)
            return;
    r->things = NEWN(&r->arena, uint32_t, p->kinds.n);
    for (uint32_t part = 0; part < 4; part++) {
        const ObjId *list = family_list(&p->model, FAMILY_ANY, part, &n);
        for (uint32_t i = 0; i < n; i++)
            r->things[model_obj(&p->model, list[i])->kind]++;
    }
    for (uint32_t i = 0; i < p->model.flows.n; i++)
        r->things[model_obj(&p->model, p->model.flows.at[i].obj)->kind]++;
    for (KindId k = 1; k < p->kinds.n; k++)
        r->things[k] += r->things[k - 1];
}

RuleSet *rules_compile(Program *p, RuleUse use)
{
    enum { CONDS_OF_A_RULE = 16 }; /* room for most, so that few are moved; what stays unused is never touched */
    RuleSet *r = mem_alloc(sizeof *r);
    *r = (RuleSet){.program = p};
    if (use == RULES_HERE)
        count_things(r);
    r->cache = mem_alloc(sizeof *r->cache);
    *r->cache = (Cache){0};
    vec_push(&r->cache->hops, 0);
    vec_push(&r->plans, (Plan){0});
    vec_push(&r->conds, (Cond){0});
    vec_push(&r->atoms, (Atom){0});
    vec_push(&r->uses, (UseInfo){0});
    use_known(r);
    Named *rules = named_sorted(r, p->rules.at, p->rules.n);
    Named *policies = named_sorted(r, p->policies.at, p->policies.n);
    vec_reserve(&r->plans, p->rules.n + p->policies.n);
    vec_reserve(&r->conds, CONDS_OF_A_RULE * p->rules.n);
    r->severities = NEWN(&r->arena, ConstId, p->rules.n + 1);
    for (uint32_t i = 0; i < p->rules.n; i++)
        compile_rule(r, &rules[i].stanza, rules[i].id);
    r->nrules = r->plans.n - 1;
    for (uint32_t i = 0; i < p->policies.n; i++)
        compile_policy(r, &policies[i].stanza, policies[i].id);
    fill_presets(r);
    memo_assign(r);
    lint_rules(r, use == RULES_LINTED);
    return r;
}

void rules_free(RuleSet *r)
{
    if (!r)
        return;
    cache_free(r);
    map_free(&r->rule_of);
    vec_free(&r->plans);
    vec_free(&r->conds);
    vec_free(&r->nouns);
    vec_free(&r->sources);
    vec_free(&r->values);
    vec_free(&r->lines);
    vec_free(&r->parts);
    vec_free(&r->alternatives);
    vec_free(&r->raises);
    vec_free(&r->atoms);
    vec_free(&r->uses);
    vec_free(&r->use_of);
    arena_free(&r->arena);
    free(r);
}

uint32_t rules_count(const RuleSet *r)
{
    return r->nrules;
}

const RuleInfo *rule_info(const RuleSet *r, RuleId rule)
{
    return &r->plans.at[rule].info;
}

/* Whether a rule is meant by "S03", "stride.S03", "std.stride.S03" or "std.stride.spoofing.S03". */
static bool rule_called(const RuleSet *r, RuleId rule, Str name)
{
    const Plan *plan = plan_at(r, rule);
    Str module = sym_str(r->program->names, r->program->modules.at[plan->module].name);
    Str own = obj_name(r->program, plan->info.obj);
    if (str_eq(name, own) || str_eq(name, plan->info.id))
        return true;
    if (plan->library && str_starts(name, STR("std.")) && str_eq(str_slice(name, 4, name.n), plan->info.id))
        return true;
    return name.n == module.n + own.n + 1 && name.s[module.n] == '.' && str_starts(name, module) && str_ends(name, own);
}

RuleId rule_by_name(const RuleSet *r, Str name)
{
    RuleId found = 0;
    for (RuleId i = 1; i <= r->nrules; i++) {
        if (!rule_called(r, i, name))
            continue;
        if (found)
            return 0;
        found = i;
    }
    return found;
}
