/* Enumerations, kinds and properties. Requires: modules parsed and scopes made. Leaves behind: kinds numbered in preorder, roles and
 * known properties found, every property typed. Defaults and `provides` wait until objects exist (program_bind_types). */
#include "program/build.h"

#include "syntax/parse.h"

typedef struct RawKind {
    Sym name;
    uint32_t module;
    NodeId node;
    uint32_t parent;         /* index of a raw kind, or 0 */
    uint32_t child, sibling; /* tree of raw kinds */
    KindId id;
} RawKind;

typedef struct Kinds {
    Program *p;
    Vec(RawKind) raw; /* [0] unused */
    Map by_scope;     /* (module scope, name) -> raw index */
} Kinds;

static Str title_text(Program *p, const Tree *t, NodeId node)
{
    NodeId title = node_find(t, node, N_TITLE);
    return title ? node_text(t, p->sources, &p->arena, title) : (Str){"", 0};
}

/* ---- enumerations ---- */

static void declare_enum(Program *p, uint32_t module, NodeId node)
{
    const Module *m = &p->modules.at[module];
    const Tree *t = &m->tree;
    EnumId id = p->enums.n;
    Span at = node_name_span(t, p->sources, p->names, node);
    vec_push(&p->enums, (Enum){.name = node_at(t, node)->val,
                               .scale = node_kind(t, node) == N_SCALE,
                               .first = p->consts.n,
                               .module = m->obj,
                               .span = at});
    scope_put(p, m->obj, node_at(t, node)->val, (Ref){REF_ENUM, id}, at);
    uint32_t rank = 0;
    for (NodeId n = node_child(t, node); n; n = node_next(t, n)) {
        Sym name = node_at(t, n)->val;
        Span here = node_span(t, n);
        if (map_get(&p->const_map, MAP_KEY(id, name))) {
            diag_add(p->diags, D_DUPLICATE_VALUE, here, str_z(&p->diags->arena, sym_str(p->names, name)));
            continue;
        }
        NodeId title = node_find(t, n, N_STRING);
        Str text = title ? node_text(t, p->sources, &p->arena, title) : (Str){"", 0};
        map_put(&p->const_map, MAP_KEY(id, name), p->consts.n);
        vec_push(&p->consts, (Const){name, id, rank++, text, here});
    }
    p->enums.at[id].n = rank;
}

ConstId enum_const(const Program *p, EnumId e, Sym name)
{
    return map_get(&p->const_map, MAP_KEY(e, name));
}

EnumId enum_by_name(const Program *p, ObjId scope, const char *name)
{
    Sym sym = intern_find(p->names, str_from(name));
    Ref r = sym ? program_lookup(p, scope, sym) : (Ref){REF_NONE, 0};
    return r.tag == REF_ENUM ? r.id : 0;
}

/* ---- kinds ---- */

static void collect(Kinds *k, uint32_t module)
{
    Program *p = k->p;
    const Tree *t = &p->modules.at[module].tree;
    ObjId scope = p->modules.at[module].obj;
    for (NodeId n = node_child(t, t->root); n; n = node_next(t, n)) {
        if (node_kind(t, n) == N_ENUM || node_kind(t, n) == N_SCALE)
            declare_enum(p, module, n);
        if (node_kind(t, n) != N_KIND)
            continue;
        Sym name = node_at(t, n)->val;
        uint32_t raw = k->raw.n;
        /* A provisional id; numbering replaces it. */
        if (!scope_put(p, scope, name, (Ref){REF_KIND, raw}, node_name_span(t, p->sources, p->names, n)))
            continue;
        vec_push(&k->raw, (RawKind){.name = name, .module = module, .node = n});
        vec_push(&p->kinds, (Kind){.name = name, .span = node_name_span(t, p->sources, p->names, n), .module = scope});
        map_put(&k->by_scope, MAP_KEY(scope, name), raw);
    }
}

static void find_parent(Kinds *k, uint32_t raw, uint32_t root)
{
    Program *p = k->p;
    RawKind *r = &k->raw.at[raw];
    const Tree *t = &p->modules.at[r->module].tree;
    NodeId parent = node_child(t, r->node);
    if (raw == root)
        return;
    Ref ref = program_resolve(p, p->modules.at[r->module].obj, node_at(t, parent)->val, node_span(t, parent), REF_KIND);
    r->parent = ref.tag == REF_KIND ? ref.id : root;
}

/* Steps from a kind up to the root, or more than `most` if there are more or it is never reached. */
static uint32_t steps_to_root(const Kinds *k, uint32_t from, uint32_t root, uint32_t most)
{
    uint32_t steps = 0;
    for (uint32_t at = from; at && at != root && steps <= most; at = k->raw.at[at].parent)
        steps++;
    return steps;
}

/* Cuts cycles and chains that are too long: such a kind is reported and hung below the root. */
static void cut_cycles(Kinds *k, uint32_t root)
{
    Program *p = k->p;
    for (uint32_t i = 1; i < k->raw.n; i++) {
        if (steps_to_root(k, i, root, LIMIT_KIND_DEPTH) <= LIMIT_KIND_DEPTH)
            continue;
        RawKind *r = &k->raw.at[i];
        Span at = node_name_span(&p->modules.at[r->module].tree, p->sources, p->names, r->node);
        char *shown = str_z(&p->diags->arena, sym_str(p->names, r->name));
        if (steps_to_root(k, i, root, k->raw.n) > k->raw.n)
            diag_add(p->diags, D_KIND_CYCLE, at, shown);
        else
            diag_add(p->diags, D_KIND_TOO_DEEP, at, shown, (unsigned)LIMIT_KIND_DEPTH);
        r->parent = root;
    }
}

/* Children in order of declaration; numbering walks the tree without recursion. */
static void number(Kinds *k, uint32_t root)
{
    for (uint32_t i = k->raw.n; i-- > 1;) {
        RawKind *r = &k->raw.at[i];
        if (i == root)
            continue;
        r->sibling = k->raw.at[r->parent].child;
        k->raw.at[r->parent].child = i;
    }
    KindId next = 1;
    for (uint32_t at = root; at;) {
        k->raw.at[at].id = next++;
        if (k->raw.at[at].child) {
            at = k->raw.at[at].child;
            continue;
        }
        while (at && at != root && !k->raw.at[at].sibling)
            at = k->raw.at[at].parent;
        at = at == root ? 0 : k->raw.at[at].sibling;
    }
}

static void build_kinds(Kinds *k)
{
    Program *p = k->p;
    for (uint32_t i = 1; i < k->raw.n; i++) {
        RawKind *r = &k->raw.at[i];
        const Module *m = &p->modules.at[r->module];
        Kind *kind = &p->kinds.at[r->id];
        *kind = (Kind){.name = r->name,
                       .parent = r->parent ? k->raw.at[r->parent].id : 0,
                       .last = r->id,
                       .module = m->obj,
                       .span = node_name_span(&m->tree, p->sources, p->names, r->node),
                       .title = title_text(p, &m->tree, r->node)};
        map_put(&p->scope_map, MAP_KEY(m->obj, r->name), ref_pack((Ref){REF_KIND, r->id}));
    }
    for (KindId id = p->kinds.n; id-- > 1;) {
        Kind *kind = &p->kinds.at[id], *parent = &p->kinds.at[kind->parent];
        if (kind->parent && parent->last < kind->last)
            parent->last = kind->last;
    }
}

static void find_roles(Program *p, ObjId base)
{
    static const char *const names[] = {
        "",
#define ROLE(id, name) name,
#include "program/roles.def"
#undef ROLE
    };
    for (Role r = 1; r < ROLE_COUNT; r++) {
        Ref ref = scope_get(p, base, intern(p->names, str_from(names[r])));
        if (ref.tag == REF_KIND) {
            p->role_kind[r] = ref.id;
            p->kinds.at[ref.id].role = r;
        } else {
            diag_add(p->diags, D_UNKNOWN_KIND, (Span){0}, names[r]);
        }
    }
}

/* ---- properties ---- */

Type program_type(Program *p, uint32_t module, NodeId node)
{
    static const struct {
        const char *name;
        TypeTag tag;
    } plain[] = {{"bool", TYPE_BOOL},
                 {"text", TYPE_TEXT},
                 {"number", TYPE_NUMBER},
                 {"date", TYPE_DATE},
                 {"person", TYPE_PERSON}};
    const Tree *t = &p->modules.at[module].tree;
    const Node *n = node_at(t, node);
    Type type = {.set = (n->flags & NF_SET) != 0, .optional = (n->flags & NF_OPTIONAL) != 0};
    Sym name = node_at(t, n->child)->val;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_eq(sym_str(p->names, name), str_from(plain[i].name)))
            type.tag = (uint8_t)plain[i].tag;
    if (type.tag)
        return type;
    Ref r = program_find(p, p->modules.at[module].obj, name);
    if (r.tag == REF_KIND || r.tag == REF_ENUM) {
        type.tag = r.tag == REF_KIND ? TYPE_KIND : TYPE_ENUM;
        type.of = r.id;
        return type;
    }
    Diag *d =
        diag_add(p->diags, D_UNKNOWN_TYPE, node_span(t, n->child), str_z(&p->diags->arena, sym_str(p->names, name)));
    Suggestion s = suggest_start(sym_str(p->names, name));
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        suggest_offer(&s, str_from(plain[i].name));
    for (EnumId e = 1; e < p->enums.n; e++)
        suggest_offer(&s, sym_str(p->names, p->enums.at[e].name));
    for (KindId k = 1; k < p->kinds.n; k++)
        suggest_offer(&s, sym_str(p->names, p->kinds.at[k].name));
    if (s.best.n)
        diag_help(p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
    return type;
}

/* A narrower type keeps the shape; a kind may become one of its subkinds, an optional property a required one. */
static bool narrows(const Program *p, Type sub, Type super)
{
    if (sub.tag == TYPE_ERROR || super.tag == TYPE_ERROR)
        return true;
    if (sub.tag != super.tag || sub.set != super.set || (sub.optional && !super.optional))
        return false;
    return sub.tag == TYPE_KIND ? kind_is(p, sub.of, super.of) : sub.of == super.of;
}

/* The row for what a kind changes about a property, made if it is new. */
static Refinement *refinement(Program *p, KindId kind, PropId prop)
{
    uint32_t at = map_get(&p->refine_map, MAP_KEY(kind, prop));
    if (!at) {
        at = p->refinements.n;
        vec_push(&p->refinements, (Refinement){.kind = kind, .prop = prop});
        map_put(&p->refine_map, MAP_KEY(kind, prop), at);
    }
    return &p->refinements.at[at];
}

static void declare_property(Kinds *k, const RawKind *r, NodeId node)
{
    Program *p = k->p;
    const Tree *t = &p->modules.at[r->module].tree;
    Sym name = node_at(t, node)->val;
    Type type = program_type(p, r->module, node_find(t, node, N_TYPE));
    Span at = node_name_span(t, p->sources, p->names, node);
    char *shown = str_z(&p->diags->arena, sym_str(p->names, name));
    if (map_get(&p->prop_map, MAP_KEY(r->id, name))) {
        diag_add(p->diags, D_PROPERTY_TWICE, at, shown);
        return;
    }
    PropId above = kind_prop(p, r->id, name);
    if (above) {
        char *parent = str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[p->props.at[above].owner].name));
        if (!narrows(p, type, prop_type(p, r->id, above)))
            diag_add(p->diags, D_BAD_NARROWING, at, shown, parent);
        Refinement *refined = refinement(p, r->id, above);
        refined->type = type;
        refined->has_type = true;
        return;
    }
    if (p->props.n == LIMIT_PROPERTIES + 1)
        diag_add(p->diags, D_TOO_MANY_PROPERTIES, at, (unsigned)LIMIT_PROPERTIES);
    if (p->props.n > LIMIT_PROPERTIES + 1)
        return;
    map_put(&p->prop_map, MAP_KEY(r->id, name), p->props.n);
    vec_push(&p->props, (Prop){.name = name,
                               .owner = r->id,
                               .type = type,
                               .span = at,
                               .title = title_text(p, t, node),
                               .preset = {type.optional ? V_ABSENT : V_UNKNOWN, 0}});
}

static void find_known(Program *p)
{
    static const struct {
        Role role;
        const char *name;
    } rows[] = {
        {ROLE_NONE, ""},
#define KNOWN(id, role, name) {ROLE_##role, name},
#include "program/known.def"
#undef KNOWN
    };
    for (Known k = 1; k < KNOWN_COUNT; k++) {
        p->known[k] = kind_prop_z(p, p->role_kind[rows[k].role], rows[k].name);
        if (!p->known[k])
            diag_add(p->diags, D_UNKNOWN_PROPERTY, (Span){0}, rows[k].name,
                     str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[p->role_kind[rows[k].role]].name)));
    }
}

void program_declare_types(Program *p)
{
    Kinds k = {.p = p};
    vec_push(&k.raw, (RawKind){0});
    for (int library = 1; library >= 0; library--)
        for (uint32_t i = 1; i < p->modules.n; i++)
            if (p->modules.at[i].library == (library == 1))
                collect(&k, i);
    ObjId base = p->prelude.n ? p->prelude.at[0] : 0;
    uint32_t root = map_get(&k.by_scope, MAP_KEY(base, intern(p->names, STR("thing"))));
    if (root) {
        for (uint32_t i = 1; i < k.raw.n; i++)
            find_parent(&k, i, root);
        cut_cycles(&k, root);
        number(&k, root);
        map_free(&p->name_cache); /* it holds provisional ids */
        build_kinds(&k);
    }
    find_roles(p, base);
    /* Properties from the top of the kind tree down, so that narrowing finds what it narrows. */
    uint32_t *order = mem_resize(NULL, p->kinds.n + 1, sizeof *order);
    memset(order, 0, (p->kinds.n + 1) * sizeof *order);
    for (uint32_t i = 1; root && i < k.raw.n; i++)
        order[k.raw.at[i].id] = i;
    for (KindId id = 1; root && id < p->kinds.n; id++) {
        const RawKind *r = &k.raw.at[order[id]];
        const Tree *t = &p->modules.at[r->module].tree;
        for (NodeId n = node_child(t, r->node); n; n = node_next(t, n))
            if (node_kind(t, n) == N_PROPERTY)
                declare_property(&k, r, n);
    }
    if (root)
        find_known(p);
    for (KindId id = 1; root && id < p->kinds.n; id++)
        vec_push(&p->kind_nodes, (KindNode){k.raw.at[order[id]].module, k.raw.at[order[id]].node});
    free(order);
    vec_free(&k.raw);
    map_free(&k.by_scope);
}

/* ---- defaults ---- */

static void refine(Program *p, KindId kind, PropId prop, Value preset)
{
    Refinement *r = refinement(p, kind, prop);
    r->preset = preset;
    r->has_preset = true;
}

/* A bool says yes or no; an enumeration with the value `none` can say no. */
static bool may_provide(Program *p, Type type)
{
    return !type.set &&
           (type.tag == TYPE_BOOL || (type.tag == TYPE_ENUM && enum_const(p, type.of, intern(p->names, STR("none")))));
}

static void add_provided(Program *p, ObjId capability, PropId prop)
{
    uint32_t i = p->prop_caps.n, last = map_get(&p->last_prop_cap, capability);
    vec_push(&p->prop_caps, capability);
    vec_push(&p->prop_caps_of, prop);
    vec_push(&p->prop_caps_then, last ? p->prop_caps_then.at[last - 1] : i);
    if (last)
        p->prop_caps_then.at[last - 1] = i;
    map_put(&p->last_prop_cap, capability, i + 1);
}

static void bind_provides(Program *p, uint32_t module, PropId prop, NodeId provides)
{
    const Tree *t = &p->modules.at[module].tree;
    Prop *row = &p->props.at[prop];
    if (!may_provide(p, row->type))
        diag_add(p->diags, D_PROVIDES_NOT_BOOL, node_span(t, provides),
                 str_z(&p->diags->arena, sym_str(p->names, row->name)));
    row->caps = p->prop_caps.n;
    for (NodeId n = node_child(t, provides); n; n = node_next(t, n)) {
        Ref r = program_find(p, p->modules.at[module].obj, node_at(t, n)->val);
        if (r.tag == REF_OBJ && obj_is(p, r.id, ROLE_CAPABILITY)) {
            add_provided(p, r.id, prop);
            row->ncaps++;
        } else {
            diag_add(p->diags, D_UNKNOWN_CAPABILITY, node_span(t, n),
                     str_z(&p->diags->arena, sym_str(p->names, node_at(t, n)->val)));
        }
    }
}

static bool is_value(NodeKind k)
{
    return k != N_TYPE && k != N_TITLE && k != N_PROVIDES;
}

static void bind_property(Program *p, KindId kind, uint32_t module, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    PropId prop = kind_prop(p, kind, node_at(t, node)->val);
    if (!prop)
        return;
    Str what = sym_str(p->names, p->props.at[prop].name);
    bool own = p->props.at[prop].owner == kind;
    for (NodeId n = node_child(t, node); n; n = node_next(t, n))
        if (is_value(node_kind(t, n))) {
            Value v = program_value(p, module, p->modules.at[module].obj, prop_type(p, kind, prop), what, n);
            if (own)
                p->props.at[prop].preset = v;
            else
                refine(p, kind, prop, v);
        }
    NodeId provides = node_find(t, node, N_PROVIDES);
    if (provides && own)
        bind_provides(p, module, prop, provides);
}

/* `name: value` in a kind sets the default of an inherited property. */
static void bind_kind_default(Program *p, KindId kind, uint32_t module, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    Sym name = node_at(t, node)->val;
    PropId prop = kind_prop(p, kind, name);
    if (!prop) {
        diag_add(p->diags, D_UNKNOWN_PROPERTY, node_name_span(t, p->sources, p->names, node),
                 str_z(&p->diags->arena, sym_str(p->names, name)),
                 str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[kind].name)));
        return;
    }
    refine(p, kind, prop,
           program_value(p, module, p->modules.at[module].obj, prop_type(p, kind, prop), sym_str(p->names, name),
                         node_child(t, node)));
}

void program_bind_types(Program *p)
{
    for (KindId id = 1; id <= p->kind_nodes.n; id++) {
        KindNode at = p->kind_nodes.at[id - 1];
        const Tree *t = &p->modules.at[at.module].tree;
        for (NodeId n = node_child(t, at.node); n; n = node_next(t, n)) {
            if (node_kind(t, n) == N_PROPERTY)
                bind_property(p, id, at.module, n);
            else if (node_kind(t, n) == N_PROP)
                bind_kind_default(p, id, at.module, n);
        }
    }
}
