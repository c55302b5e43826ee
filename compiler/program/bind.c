/* Gives objects their property values and flows their ends. Requires: everything declared, kinds bound. Leaves behind: PropVals in one
 * run per object, sorted by property; flows in Model.ends, sorted by object. Objects of the built-in library, of which a model uses
 * few, wait until somebody asks. */
#include "program/build.h"

enum { MOST_PROPS = 256 };

/* A value of the object at hand. */
typedef struct Found {
    PropId prop;
    Value value;
    uint32_t module; /* whose tree has it */
    NodeId node;
} Found;

typedef struct Binder {
    Program *p;
    Declaring *d;
    Found found[MOST_PROPS];
    uint32_t n;
} Binder;

static void label_subject(Program *p, Diag *d, ObjId o)
{
    const Kind *k = &p->kinds.at[model_obj(&p->model, o)->kind];
    const SourceFile *f = source_file(p->sources, k->span.file);
    diag_label(p->diags, d, model_decl(&p->model, o)->span, "this is a `%.*s` (declared in %.*s:%u)",
               STR_FMT(sym_str(p->names, k->name)), STR_FMT(f->path),
               source_linecol(p->sources, k->span.file, k->span.lo).line);
}

/* The `use` that made a group, or NULL. Groups and uses are made in the same order. */
static const UseSite *use_of(const Declaring *d, ObjId group)
{
    uint32_t lo = 0, hi = d->uses.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (d->uses.at[mid].group < group)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < d->uses.n && d->uses.at[lo].group == group ? &d->uses.at[lo] : NULL;
}

/* What the block of a `use` gives is a parameter of its template or a property of the group. */
static void unknown_argument(Program *p, const UseSite *use, Sym name, Span at)
{
    const Template *template = &p->templates.at[use->template_id];
    const Tree *t = &p->modules.at[template->module].tree;
    Arena *a = &p->diags->arena;
    Diag *d = diag_add(p->diags, D_TEMPLATE_ARGUMENT, at, str_z(a, sym_str(p->names, template->name)),
                       str_z(a, sym_str(p->names, name)));
    diag_label(p->diags, d, node_name_span(t, p->sources, p->names, template->node), "the template");
    Suggestion s = suggest_start(sym_str(p->names, name));
    NodeId param = node_find(t, template->node, N_PARAM);
    for (; param; param = node_seek(t, node_next(t, param), N_PARAM))
        suggest_offer(&s, sym_str(p->names, node_at(t, param)->val));
    for (PropId i = 1; i < p->props.n; i++)
        if (kind_is(p, role_kind(p, ROLE_GROUP), p->props.at[i].owner))
            suggest_offer(&s, sym_str(p->names, p->props.at[i].name));
    if (s.best.n)
        diag_help(p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
}

static void unknown_property(Program *p, const Declaring *uses, ObjId o, Sym name, Span at)
{
    const UseSite *use = use_of(uses, o);
    if (use) {
        unknown_argument(p, use, name, at);
        return;
    }
    KindId kind = model_obj(&p->model, o)->kind;
    Arena *a = &p->diags->arena;
    Diag *d = diag_add(p->diags, D_UNKNOWN_PROPERTY, at, str_z(a, sym_str(p->names, name)),
                       str_z(a, sym_str(p->names, p->kinds.at[kind].name)));
    label_subject(p, d, o);
    if (p->diags->errors > LIMIT_DIAGNOSTICS) /* not shown any more */
        return;
    Suggestion s = suggest_start(sym_str(p->names, name));
    for (PropId i = 1; i < p->props.n; i++)
        if (kind_is(p, kind, p->props.at[i].owner))
            suggest_offer(&s, sym_str(p->names, p->props.at[i].name));
    if (s.best.n) {
        diag_help(p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
        return;
    }
    for (PropId i = 1; i < p->props.n; i++)
        if (p->props.at[i].name == name) {
            diag_help(p->diags, d, "the kind `%.*s` has it",
                      STR_FMT(sym_str(p->names, p->kinds.at[p->props.at[i].owner].name)));
            return;
        }
}

/* Keeps the values in the order of their properties. */
static void keep(Binder *b, Found v)
{
    uint32_t i = b->n;
    while (i > 0 && b->found[i - 1].prop > v.prop)
        i--;
    for (uint32_t k = b->n++; k > i; k--)
        b->found[k] = b->found[k - 1];
    b->found[i] = v;
}

/* Names of variables, and of scales and their values, of which the type system knows nothing. */
static bool read_from_tree(const Program *p, PropId prop)
{
    static const Known known[] = {
        KNOWN_RULE_KEY,          KNOWN_POLICY_ROWS,      KNOWN_POLICY_COLUMNS,      KNOWN_POLICY_LEVELS,
        KNOWN_POLICY_ACCEPTABLE, KNOWN_POLICY_TOLERABLE, KNOWN_POLICY_WITHOUT_HARM, KNOWN_POLICY_CLOSED};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (prop == p->known[known[i]])
            return true;
    return false;
}

/* The names of rules as texts, with or without quotes: rules are named apart from things, and are found when there are plans of them. */
static Value rule_names(Program *p, const Tree *t, NodeId value)
{
    Model *m = &p->model;
    bool list = node_kind(t, value) == N_LIST;
    uint32_t from = m->set_values.n;
    for (NodeId n = list ? node_child(t, value) : value; n; n = list ? node_next(t, n) : 0) {
        bool name = node_kind(t, n) == N_QNAME;
        vec_push(&m->texts, name ? sym_str(p->names, node_at(t, n)->val) : node_text(t, p->sources, &p->arena, n));
        vec_push(&m->set_values, (Value){V_TEXT, m->texts.n - 1});
    }
    return set_closed(m, from);
}

/* Whether all that stands there can be the name of a rule. */
static bool are_rule_names(const Tree *t, NodeId value)
{
    bool list = node_kind(t, value) == N_LIST;
    for (NodeId n = list ? node_child(t, value) : value; n; n = list ? node_next(t, n) : 0)
        if (node_kind(t, n) != N_QNAME && node_kind(t, n) != N_STRING)
            return false;
    return true;
}

/* A property of a kind by its name, found by going up the tree of kinds: the same few are asked for again and again. */
enum { PROP_SLOTS = 256 };
typedef struct PropSlot {
    KindId kind; /* 0: empty */
    Sym name;
    PropId prop;
    Type type;
    bool read_from_tree;
} PropSlot;

static const PropSlot *find_property(Program *p, KindId kind, Sym name)
{
    if (!p->prop_slots)
        p->prop_slots = NEWN(&p->arena, PropSlot, PROP_SLOTS);
    PropSlot *slot = &p->prop_slots[(kind * 31 + name) % PROP_SLOTS];
    if (slot->kind == kind && slot->name == name)
        return slot;
    PropId prop = kind_prop(p, kind, name);
    if (!prop)
        return NULL;
    *slot = (PropSlot){kind, name, prop, prop_type(p, kind, prop), read_from_tree(p, prop)};
    return slot;
}

static void bind_property(Binder *b, ObjId o, uint32_t module, ObjId scope, NodeId node)
{
    Program *p = b->p;
    const Tree *t = &p->modules.at[module].tree;
    Sym name = node_at(t, node)->val;
    const PropSlot *slot = find_property(p, model_obj(&p->model, o)->kind, name);
    if (!slot) {
        unknown_property(p, b->d, o, name, node_name_span(t, p->sources, p->names, node));
        return;
    }
    if (slot->read_from_tree)
        return;
    PropId prop = slot->prop;
    Type type = slot->type; /* the slot may hold another one once a value is bound */
    uint32_t i = b->n;
    while (i > 0 && b->found[i - 1].prop >= prop)
        i--;
    if (i < b->n && b->found[i].prop == prop) {
        Span at = node_name_span(t, p->sources, p->names, node);
        Span first = node_span(&p->modules.at[b->found[i].module].tree, b->found[i].node);
        Diag *d = diag_add(p->diags, D_PROPERTY_TWICE, at, str_z(&p->diags->arena, sym_str(p->names, name)));
        diag_label(p->diags, d, first, "first set here");
        return;
    }
    NodeId value = node_child(t, node);
    uint32_t errors = p->diags->errors;
    Value v = prop == p->known[KNOWN_RISK_RULES] && are_rule_names(t, value)
                  ? rule_names(p, t, value)
                  : program_value(p, module, scope, type, sym_str(p->names, name), value);
    if (p->diags->errors > errors && p->diags->list.n)
        label_subject(p, vec_last(&p->diags->list), o);
    if (v.tag == V_ABSENT || b->n == MOST_PROPS)
        return;
    keep(b, (Found){prop, v, module, value});
}

static bool is_parameter(const Program *p, const Tree *t, ObjId group, NodeId prop)
{
    ObjId home = map_get(&p->group_home, group);
    if (!home)
        return true; /* the template is unknown: nothing to say about its arguments */
    return scope_get(p, group, node_at(t, prop)->val).tag != REF_NONE &&
           !kind_prop(p, role_kind(p, ROLE_GROUP), node_at(t, prop)->val);
}

static void bind_props(Binder *b, ObjId o, uint32_t module, ObjId scope, NodeId first, bool use)
{
    const Tree *t = &b->p->modules.at[module].tree;
    for (NodeId n = first; n; n = node_next(t, n))
        if (node_kind(t, n) == N_PROP && !(use && is_parameter(b->p, t, o, n)))
            bind_property(b, o, module, scope, n);
}

/* `view x of y`: the property `of`. */
static void bind_of(Binder *b, uint32_t module, ObjId scope, NodeId of)
{
    Program *p = b->p;
    const Tree *t = &p->modules.at[module].tree;
    PropId prop = p->known[KNOWN_VIEW_OF];
    if (!of || !prop)
        return;
    Model *m = &p->model;
    uint32_t from = m->set_values.n;
    for (NodeId n = node_child(t, of); n; n = node_next(t, n)) {
        ObjId target = bind_ref(p, scope, p->props.at[prop].type.of, STR("of"), node_at(t, n)->val, node_span(t, n));
        if (target)
            vec_push(&m->set_values, (Value){V_REF, target});
    }
    b->found[b->n++] = (Found){prop, set_closed(m, from), module, of};
}

/* `... at x, y`: the things named, as far as they are known. */
static void bind_at(Binder *b, uint32_t module, ObjId scope, NodeId node, PropId prop)
{
    Program *p = b->p;
    Model *m = &p->model;
    const Tree *t = &p->modules.at[module].tree;
    NodeId first = node_find(t, node, N_AT);
    if (!first || !prop)
        return;
    uint32_t from = m->set_values.n;
    for (NodeId n = first; n; n = node_seek(t, node_next(t, n), N_AT)) {
        Sym name = node_at(t, node_child(t, n))->val;
        Ref ref = program_lookup(p, scope, name);
        ObjId o = ref.tag == REF_OBJ ? ref.id : map_get(&p->hash_ids, name);
        if (o)
            vec_push(&m->set_values, (Value){V_REF, o});
    }
    keep(b, (Found){prop, set_closed(m, from), module, first});
}

/* `decision accept R at x`: the properties `disposition` and `at`, so that rules and policies can ask for them. What is wrong with
 * them is said when decisions are applied. */
static void bind_terms(Binder *b, uint32_t module, ObjId scope, NodeId node)
{
    Program *p = b->p;
    const Tree *t = &p->modules.at[module].tree;
    PropId disposition = p->known[KNOWN_DECISION_DISPOSITION];
    NodeId word = node_find(t, node, N_QNAME);
    if (!word || !disposition)
        return;
    ConstId c = enum_const(p, p->props.at[disposition].type.of, node_at(t, word)->val);
    if (c)
        keep(b, (Found){disposition, {V_CONST, c}, module, word});
    bind_at(b, module, scope, node, p->known[KNOWN_DECISION_AT]);
}

/* ---- flows ---- */

/* The element itself, or the port and its owner. */
static ObjId bind_end(Program *p, uint32_t module, ObjId scope, NodeId node, ObjId *port)
{
    const Tree *t = &p->modules.at[module].tree;
    Span at = node_span(t, node);
    ObjId o = bind_ref(p, scope, 0, STR("flow"), node_at(t, node)->val, at);
    KindId kind = o ? model_obj(&p->model, o)->kind : 0;
    if (!kind)
        return 0;
    if (!kind_is(p, kind, role_kind(p, ROLE_ELEMENT))) {
        Arena *a = &p->diags->arena;
        Diag *d = diag_add(p->diags, D_END_NOT_ELEMENT, at, str_z(a, sym_str(p->names, node_at(t, node)->val)),
                           str_z(a, sym_str(p->names, p->kinds.at[kind].name)));
        diag_label(p->diags, d, model_decl(&p->model, o)->span, "declared here");
        return 0;
    }
    if (!kind_is(p, kind, role_kind(p, ROLE_PORT)))
        return o;
    *port = o;
    ObjId owner = model_obj(&p->model, o)->parent;
    while (owner && (!obj_is(p, owner, ROLE_ELEMENT) || obj_is(p, owner, ROLE_PORT)))
        owner = model_obj(&p->model, owner)->parent;
    return owner ? owner : o;
}

static void bind_ends(Program *p, ObjId o, uint32_t module, ObjId scope, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    NodeId ends = node_find(t, node, N_ENDS);
    if (!ends || !obj_is(p, o, ROLE_FLOW))
        return;
    NodeId from = node_child(t, ends), to = node_next(t, from);
    Flow f = {.obj = o, .two_way = (node_at(t, ends)->flags & NF_TWO_WAY) != 0};
    FlowPorts ports = {0, 0};
    f.from = bind_end(p, module, scope, from, &ports.from);
    f.to = bind_end(p, module, scope, to, &ports.to);
    if (!f.from || !f.to)
        return;
    if (ports.from || ports.to) {
        f.ports = p->model.flow_ports.n & INT32_MAX;
        vec_push(&p->model.flow_ports, ports);
    }
    vec_push(&p->model.ends, f);
}

/* ---- one object ---- */

static bool has_children(const Program *p, const Tree *t, NodeId body, ObjId o)
{
    for (NodeId n = body ? node_child(t, body) : 0; n; n = node_next(t, n))
        if (node_kind(t, n) == N_DECL || node_kind(t, n) == N_USE)
            return true;
    return map_get(&p->extends, o) != 0 || map_get(&p->group_home, o) != 0;
}

/* Appends a value of the object with its place. */
static void add_value(Model *m, ObjId o, PropId prop, Value v, FileId file, NodeId node)
{
    if (file != model_decl(m, o)->span.file)
        map_put(&m->elsewhere, m->props.n, file);
    vec_push(&m->props, (PropVal){(uint16_t)prop, (uint16_t)v.tag, v.a});
    vec_push(&m->places, node);
}

static void store(Binder *b, ObjId o)
{
    Model *m = &b->p->model;
    Object *obj = &m->objects.at[o];
    obj->props = m->props.n;
    obj->nprops = (uint16_t)b->n;
    for (uint32_t i = 0; i < b->n; i++)
        add_value(m, o, b->found[i].prop, b->found[i].value, b->p->modules.at[b->found[i].module].tree.file,
                  b->found[i].node);
}

static void bind_object(Binder *b, const Pending *at)
{
    Program *p = b->p;
    const Tree *t = &p->modules.at[at->module].tree;
    NodeKind kind = node_kind(t, at->node);
    NodeId body = node_find(t, at->node, N_BODY);
    b->n = 0;
    /* Names are looked for from the object itself only if it has something inside: so most share their parent's cache. */
    ObjId parent = model_obj(&p->model, at->obj)->parent;
    ObjId scope = has_children(p, t, body, at->obj) && kind != N_USE ? at->obj : parent;
    if (!model_obj(&p->model, at->obj)->kind)
        return;
    p->lexical = foreign_text(p, at->module, parent);
    bool direct = kind == N_RULE || kind == N_POLICY || kind == N_TEST || kind == N_RISK_POLICY;
    if (kind == N_VIEW) /* first: what follows is put in order around it */
        bind_of(b, at->module, scope, node_find(t, at->node, N_OF));
    if (kind == N_DECISION)
        bind_terms(b, at->module, parent, at->node);
    if (kind == N_ESTIMATE)
        bind_at(b, at->module, parent, at->node, p->known[KNOWN_ESTIMATE_AT]);
    bind_props(b, at->obj, at->module, scope,
               direct ? node_child(t, at->node)
               : body ? node_child(t, body)
                      : 0,
               kind == N_USE);
    for (uint32_t e = map_get(&p->extends, at->obj); e; e = b->d->extensions.at[e - 1].next) {
        const Extension *x = &b->d->extensions.at[e - 1];
        p->lexical = foreign_text(p, x->module, at->obj);
        bind_props(b, at->obj, x->module, at->obj, node_child(&p->modules.at[x->module].tree, x->body), false);
    }
    store(b, at->obj);
    p->lexical = foreign_text(p, at->module, parent);
    if (kind == N_DECL)
        bind_ends(p, at->obj, at->module, parent, at->node);
    p->lexical = 0;
}

static void check_was(Program *p, ObjId o)
{
    Sym was = model_decl(&p->model, o)->was;
    const Module *m = was ? module_of(p, o) : NULL;
    if (!m)
        return;
    Ref r = program_lookup(p, m->obj, was);
    if (r.tag == REF_OBJ)
        diag_add(p->diags, D_WAS_EXISTS, model_decl(&p->model, o)->span,
                 str_z(&p->diags->arena, sym_str(p->names, was)));
}

void bind_pending(Program *p, Declaring *d)
{
    Binder *b = NEW(&p->arena, Binder);
    b->p = p;
    b->d = d;
    for (uint32_t i = 0; i < d->pending.n; i++)
        bind_object(b, &d->pending.at[i]);
    for (uint32_t i = 0; i < d->pending.n; i++)
        check_was(p, d->pending.at[i].obj);
}

/* ---- what waits ---- */

/* What the build has checked and nothing but the model refers to. */
static bool can_wait(const Program *p, const Pending *at)
{
    const Tree *t = &p->modules.at[at->module].tree;
    NodeKind kind = node_kind(t, at->node);
    return t->lent && (kind == N_RULE || (kind == N_DECL && !node_find(t, at->node, N_ENDS))) &&
           !map_get(&p->extends, at->obj);
}

/* Takes out of the list what can wait. */
static void put_off(Program *p, Declaring *d)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->pending.n; i++) {
        Pending at = d->pending.at[i];
        if (!can_wait(p, &at)) {
            d->pending.at[kept++] = at;
            continue;
        }
        Object *obj = &p->model.objects.at[at.obj];
        obj->flags |= OBJ_LATE;
        obj->props = p->late.n;
        vec_push(&p->late, (KindNode){at.module, at.node});
    }
    d->pending.n = kept;
}

/* Room for all that may still come, so that nobody who reads a set while another object is bound finds it moved: a node makes one
 * of each at most. What is not used is never touched. */
static void make_room(Program *p)
{
    Model *m = &p->model;
    uint32_t most = 0;
    for (uint32_t i = 1; i < p->modules.n; i++)
        most += p->modules.at[i].tree.lent ? p->modules.at[i].tree.nodes.n : 0;
    vec_reserve(&m->props, most);
    vec_reserve(&m->places, most);
    vec_reserve(&m->texts, most);
    vec_reserve(&m->numbers, most);
    vec_reserve(&m->sets, most);
    vec_reserve(&m->set_values, most);
}

void program_bind_late(Program *p, ObjId o)
{
    Object *obj = &p->model.objects.at[o];
    KindNode at = p->late.at[obj->props];
    Declaring none = {0};
    Binder b;
    b.p = p;
    b.d = &none;
    obj->flags &= (uint16_t)~OBJ_LATE;
    obj->props = obj->nprops = 0;
    ObjId lexical = p->lexical;
    bind_object(&b, &(Pending){o, at.module, at.node});
    p->lexical = lexical;
}

void program_bind_things(Program *p, bool late)
{
    if (late)
        put_off(p, p->declaring);
    declare_uses(p, p->declaring);
    bind_pending(p, p->declaring);
    if (late)
        make_room(p);
    program_check_model(p);
    declaring_free(p->declaring);
    p->declaring = NULL;
}

/* ---- for tests of rules ---- */

ObjId program_bind_given(Program *p, uint32_t module, ObjId parent, NodeId body)
{
    Declaring d = {0};
    Span at = node_span(&p->modules.at[module].tree, body);
    ObjId scope = object_new(p, role_kind(p, ROLE_GROUP), 0, parent, at, OBJ_BACKGROUND);
    declare_body(p, &d, module, scope, body, OBJ_BACKGROUND);
    declare_uses(p, &d);
    bind_pending(p, &d);
    declaring_free(&d);
    return scope;
}

static void put_value(Program *p, ObjId o, PropId prop, Value v, FileId file, NodeId node)
{
    Model *m = &p->model;
    const Object *before = obj_bound(p, o);
    uint32_t from = before->props, n = before->nprops, first = m->props.n;
    bool placed = false;
    for (uint32_t i = from; i < from + n; i++) {
        PropVal old = m->props.at[i];
        if (!placed && old.prop >= prop) {
            add_value(m, o, prop, v, file, node);
            placed = true;
        }
        if (old.prop != prop)
            add_value(m, o, old.prop, said_value(&old), value_place(p, o, &m->props.at[i]).file, m->places.at[i]);
    }
    if (!placed)
        add_value(m, o, prop, v, file, node);
    m->objects.at[o].props = first;
    m->objects.at[o].nprops = (uint16_t)(m->props.n - first);
}

bool program_set_value(Program *p, uint32_t module, ObjId scope, ObjId o, PropId prop, NodeId value)
{
    uint32_t errors = p->diags->errors;
    Type type = prop_type(p, model_obj(&p->model, o)->kind, prop);
    Value v = program_value(p, module, scope, type, sym_str(p->names, p->props.at[prop].name), value);
    if (p->diags->errors > errors)
        return false;
    put_value(p, o, prop, v, p->modules.at[module].tree.file, value);
    return true;
}
