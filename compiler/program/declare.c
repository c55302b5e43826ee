/* Objects from trees: every declaration gets an id, a place in a scope and an entry on the list of what to bind. Requires: kinds
 * numbered. Leaves behind: all names known, so that binding can refer to anything whatever the order. */
#include "program/build.h"

ObjId object_new(Program *p, KindId kind, Sym name, ObjId parent, Span span, unsigned flags)
{
    ObjId id = p->model.objects.n;
    vec_push(&p->model.objects, (Object){.kind = kind, .name = name, .parent = parent, .flags = (uint16_t)flags});
    vec_push(&p->model.decls, (Decl){.span = span});
    return id;
}

uint32_t text_new(Program *p, Str text)
{
    if (!text.n)
        return 0;
    vec_push(&p->model.texts, text);
    return p->model.texts.n - 1;
}

/* The first doc comment before a declaration: 1 + its place among the comments, or 0. They are found by where the next token
 * begins. */
static uint32_t doc_before(const Tree *t, NodeId node)
{
    uint32_t target = node_at(t, node)->lo, lo = 0, hi = t->comments.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (t->comments.at[mid].target < target)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < t->comments.n && t->comments.at[lo].target == target; lo++)
        if (t->comments.at[lo].doc && t->comments.at[lo].own_line)
            return lo + 1;
    return 0;
}

static void give_hash_id(Program *p, ObjId obj, Sym id, Span at)
{
    uint32_t before = map_get(&p->hash_ids, id);
    if (before) {
        Diag *d = diag_add(p->diags, D_DUPLICATE_ID, at, str_z(&p->diags->arena, sym_str(p->names, id)));
        diag_label(p->diags, d, model_decl(&p->model, before)->span, "first given here");
        return;
    }
    map_put(&p->hash_ids, id, obj);
    p->model.decls.at[obj].hash_id = id;
}

static void describe(Program *p, uint32_t module, ObjId obj, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    NodeId title = node_find(t, node, N_TITLE);
    Decl *o = &p->model.decls.at[obj];
    if (title)
        o->title = text_new(p, node_text(t, p->sources, &p->arena, title));
    o->doc = doc_before(t, node);
}

/* ---- declarations of a kind ---- */

/* `exposed true` reads like a declaration of the kind `exposed`; the enclosing kind knows better. */
static bool forgot_colon(Program *p, ObjId parent, Sym name, Span at)
{
    KindId kind = parent ? model_obj(&p->model, parent)->kind : 0;
    if (!kind || !kind_prop(p, kind, name))
        return false;
    Diag *d = diag_add(p->diags, D_FORGOT_COLON, at, str_z(&p->diags->arena, sym_str(p->names, name)));
    diag_help(p->diags, d, "did you forget `:`? write `%.*s: ...`", STR_FMT(sym_str(p->names, name)));
    return true;
}

static bool may_hold(const Program *p, ObjId parent, KindId kind)
{
    const Object *o = model_obj(&p->model, parent);
    if ((o->flags & OBJ_MODULE) || !o->kind || !kind)
        return true;
    bool structure = kind_is(p, kind, role_kind(p, ROLE_ELEMENT)) || kind_is(p, kind, role_kind(p, ROLE_BOUNDARY)) ||
                     kind_is(p, kind, role_kind(p, ROLE_FLOW));
    if (!structure)
        return true;
    return kind_is(p, o->kind, role_kind(p, ROLE_ELEMENT)) || kind_is(p, o->kind, role_kind(p, ROLE_BOUNDARY)) ||
           kind_is(p, o->kind, role_kind(p, ROLE_GROUP)) || kind_is(p, o->kind, role_kind(p, ROLE_SYSTEM)) ||
           kind_is(p, o->kind, role_kind(p, ROLE_TEST));
}

static void check_place(Program *p, ObjId parent, KindId kind, Sym name, Span at)
{
    if (!may_hold(p, parent, kind)) {
        char *inner = str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[kind].name));
        char *outer = str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[model_obj(&p->model, parent)->kind].name));
        diag_add(p->diags, D_WRONG_PLACE, at, inner, outer);
    } else if (kind && kind_is(p, kind, role_kind(p, ROLE_PORT)) && !obj_is(p, parent, ROLE_ELEMENT)) {
        Diag *d = diag_add(p->diags, D_PORT_OUTSIDE, at, str_z(&p->diags->arena, sym_str(p->names, name)));
        diag_help(p->diags, d, "move it into the braces of the element that has it");
    }
}

static KindId declared_kind(Program *p, uint32_t module, ObjId scope, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    NodeId kind = node_child(t, node);
    Sym name = node_at(t, kind)->val;
    KindId k = program_kind(p, p->modules.at[module].obj, name);
    if (!k && !forgot_colon(p, scope, name, node_span(t, kind)))
        program_resolve(p, p->modules.at[module].obj, name, node_span(t, kind), REF_KIND);
    return k;
}

/* Whether the title swallowed the rest of its line: its string was never closed, and the scanner has said so. */
static bool title_is_open(const Program *p, const Tree *t, NodeId node)
{
    NodeId title = node_find(t, node, N_TITLE);
    Str text = source_file(p->sources, t->file)->text;
    return title && (node_hi(t, title) >= text.n || text.s[node_hi(t, title)] != '"');
}

static void declare_ends(Program *p, uint32_t module, ObjId obj, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    NodeId ends = node_find(t, node, N_ENDS);
    KindId kind = model_obj(&p->model, obj)->kind;
    bool is_flow = kind && kind_is(p, kind, role_kind(p, ROLE_FLOW));
    Span at = model_decl(&p->model, obj)->span;
    if (ends && (node_at(t, ends)->flags & NF_TWO_WAY))
        p->model.objects.at[obj].flags |= OBJ_TWO_WAY;
    if (!kind || is_flow == (ends != 0) || title_is_open(p, t, node))
        return;
    char *shown = str_z(&p->diags->arena, sym_str(p->names, node_at(t, node)->val));
    if (is_flow)
        diag_add(p->diags, D_FLOW_WITHOUT_ENDS, at, shown);
    else
        diag_add(p->diags, D_ENDS_NOT_FLOW, node_span(t, ends), shown,
                 str_z(&p->diags->arena, sym_str(p->names, p->kinds.at[kind].name)));
}

static void declare_capability(Program *p, ObjId obj, Span at)
{
    if (p->capabilities.n == LIMIT_CAPABILITIES)
        diag_add(p->diags, D_TOO_MANY_CAPABILITIES, at, (unsigned)LIMIT_CAPABILITIES);
    if (p->capabilities.n <= LIMIT_CAPABILITIES)
        vec_push(&p->capabilities, obj);
}

static ObjId declare_decl(Program *p, Declaring *d, uint32_t module, ObjId scope, NodeId node, unsigned flags)
{
    const Tree *t = &p->modules.at[module].tree;
    KindId kind = declared_kind(p, module, scope, node);
    Sym name = node_at(t, node)->val;
    Span at = node_name_span(t, p->sources, p->names, node);
    ObjId obj = object_new(p, kind, name, scope, at, flags);
    scope_put(p, scope, name, (Ref){REF_OBJ, obj}, at);
    if (kind && kind_is(p, kind, role_kind(p, ROLE_CAPABILITY)))
        declare_capability(p, obj, at);
    describe(p, module, obj, node);
    NodeId id = node_find(t, node, N_HASHID), was = node_find(t, node, N_WAS);
    if (id && !d->active.n && !(flags & OBJ_BACKGROUND)) /* what a template makes many times has no id of its own */
        give_hash_id(p, obj, node_at(t, id)->val, node_span(t, id));
    if (was)
        p->model.decls.at[obj].was = node_at(t, node_child(t, was))->val;
    check_place(p, scope, kind, name, at);
    declare_ends(p, module, obj, node);
    vec_push(&d->pending, (Pending){obj, module, node});
    NodeId body = node_find(t, node, N_BODY);
    if (body)
        declare_body(p, d, module, obj, body, flags);
    return obj;
}

static void declare_use(Program *p, Declaring *d, uint32_t module, ObjId scope, NodeId node, unsigned flags)
{
    const Tree *t = &p->modules.at[module].tree;
    NodeId of = node_child(t, node);
    Span at = node_name_span(t, p->sources, p->names, node);
    ObjId group = object_new(p, role_kind(p, ROLE_GROUP), node_at(t, node)->val, scope, at, flags);
    scope_put(p, scope, node_at(t, node)->val, (Ref){REF_OBJ, group}, at);
    describe(p, module, group, node);
    vec_push(&d->pending, (Pending){group, module, node});
    ObjId home_scope = p->modules.at[module].obj; /* templates stand at the top of modules */
    Ref r = program_lookup(p, home_scope, node_at(t, of)->val);
    if (r.tag != REF_TEMPLATE) {
        if (r.tag)
            diag_add(p->diags, D_NOT_A_TEMPLATE, node_span(t, of),
                     str_z(&p->diags->arena, sym_str(p->names, node_at(t, of)->val)));
        else
            program_resolve(p, home_scope, node_at(t, of)->val, node_span(t, of), REF_TEMPLATE);
        return;
    }
    const Template *template = &p->templates.at[r.id];
    uint32_t depth = 0;
    for (uint32_t i = d->active.n; i-- > 0;)
        depth += d->active.at[i] == r.id;
    if (depth || d->active.n >= LIMIT_TEMPLATE_DEPTH) {
        diag_add(p->diags, D_TEMPLATE_CYCLE, node_span(t, of),
                 str_z(&p->diags->arena, sym_str(p->names, template->name)));
        return;
    }
    if (d->made >= LIMIT_TEMPLATE_OBJECTS) {
        diag_add(p->diags, D_TEMPLATE_TOO_LARGE, node_span(t, of), (unsigned)LIMIT_TEMPLATE_OBJECTS);
        return;
    }
    map_put(&p->group_home, group, p->modules.at[template->module].obj);
    vec_push(&d->uses, (UseSite){group, scope, module, r.id, node});
    vec_push(&d->active, r.id);
    uint32_t before = p->model.objects.n;
    const Tree *home = &p->modules.at[template->module].tree;
    uint32_t from = template->module;
    declare_body(p, d, from, group, node_find(home, template->node, N_BODY), flags);
    d->made += p->model.objects.n - before;
    d->active.n--;
}

/* Recursion goes as deep as blocks are nested (LIMIT_NESTING) and templates used in each other (LIMIT_TEMPLATE_DEPTH). */
void declare_body(Program *p, Declaring *d, uint32_t module, ObjId scope, NodeId body, unsigned flags)
{
    const Tree *t = &p->modules.at[module].tree;
    for (NodeId n = node_child(t, body); n; n = node_next(t, n)) {
        if (node_kind(t, n) == N_DECL)
            declare_decl(p, d, module, scope, n, flags);
        else if (node_kind(t, n) == N_USE)
            declare_use(p, d, module, scope, n, flags);
    }
}

/* ---- statements with a form of their own ---- */

/* Rules, policies and views are named apart from things, so that a view may be called like the boundary it shows. */
static ObjId declare_stanza(Program *p, Declaring *d, uint32_t module, NodeId node, Role role, bool named)
{
    const Module *m = &p->modules.at[module];
    const Tree *t = &m->tree;
    Sym name = node_at(t, node)->val;
    Span at = node_name_span(t, p->sources, p->names, node);
    ObjId obj = object_new(p, role_kind(p, role), name, m->obj, at, m->library ? OBJ_LIBRARY : 0u);
    uint64_t key = MAP_KEY(m->obj | 0x80000000u, name);
    uint32_t before = named ? map_get(&p->scope_map, key) : 0;
    if (before) {
        Diag *r = diag_add(p->diags, D_DUPLICATE_NAME, at, str_z(&p->diags->arena, sym_str(p->names, name)));
        diag_label(p->diags, r, model_decl(&p->model, ref_unpack(before).id)->span, "first declared here");
    } else if (named) {
        map_put(&p->scope_map, key, ref_pack((Ref){REF_OBJ, obj}));
    }
    describe(p, module, obj, node);
    vec_push(&d->pending, (Pending){obj, module, node});
    return obj;
}

/* A decision or an estimate: it may have an id in place of a name. */
static Stanza declare_about(Program *p, Declaring *d, uint32_t module, NodeId node, Role role)
{
    const Tree *t = &p->modules.at[module].tree;
    ObjId obj = declare_stanza(p, d, module, node, role, false);
    NodeId id = node_find(t, node, N_HASHID);
    if (id && id == node_child(t, node))
        give_hash_id(p, obj, node_at(t, id)->val, node_span(t, id));
    return (Stanza){obj, module, node};
}

/* A risk policy is named like a thing: `system.risk_policy` names it. */
static void declare_risk_policy(Program *p, Declaring *d, uint32_t module, NodeId node, unsigned flags)
{
    const Tree *t = &p->modules.at[module].tree;
    const Module *m = &p->modules.at[module];
    Sym name = node_at(t, node)->val;
    Span at = node_name_span(t, p->sources, p->names, node);
    ObjId obj = object_new(p, role_kind(p, ROLE_RISK_POLICY), name, m->obj, at, flags);
    scope_put(p, m->obj, name, (Ref){REF_OBJ, obj}, at);
    describe(p, module, obj, node);
    NodeId id = node_find(t, node, N_HASHID);
    if (id)
        give_hash_id(p, obj, node_at(t, id)->val, node_span(t, id));
    vec_push(&d->pending, (Pending){obj, module, node});
    vec_push(&p->risk_policies, (Stanza){obj, module, node});
}

static void declare_template(Program *p, uint32_t module, NodeId node)
{
    const Tree *t = &p->modules.at[module].tree;
    vec_push(&p->templates, (Template){node_at(t, node)->val, module, node});
    scope_put(p, p->modules.at[module].obj, node_at(t, node)->val, (Ref){REF_TEMPLATE, p->templates.n - 1},
              node_name_span(t, p->sources, p->names, node));
}

static void declare_statement(Program *p, Declaring *d, uint32_t module, NodeId n, bool library_tests)
{
    const Module *m = &p->modules.at[module];
    unsigned flags = m->library ? OBJ_LIBRARY : 0u;
    switch (node_kind(&m->tree, n)) {
    case N_DECL: declare_decl(p, d, module, m->obj, n, flags); break;
    case N_USE: declare_use(p, d, module, m->obj, n, flags); break;
    case N_RULE: vec_push(&p->rules, (Stanza){declare_stanza(p, d, module, n, ROLE_RULE, true), module, n}); break;
    case N_POLICY:
        vec_push(&p->policies, (Stanza){declare_stanza(p, d, module, n, ROLE_POLICY, true), module, n});
        break;
    case N_VIEW: vec_push(&p->views, (Stanza){declare_stanza(p, d, module, n, ROLE_VIEW, true), module, n}); break;
    case N_TEST:
        if (!m->library || library_tests)
            vec_push(&p->tests, (Stanza){declare_stanza(p, d, module, n, ROLE_TEST, false), module, n});
        break;
    case N_DECISION: vec_push(&p->decisions, declare_about(p, d, module, n, ROLE_DECISION)); break;
    case N_ESTIMATE: vec_push(&p->estimates, declare_about(p, d, module, n, ROLE_ESTIMATE)); break;
    case N_RISK_POLICY: declare_risk_policy(p, d, module, n, flags); break;
    default: /* imports, types and templates were taken before, extensions come later */ break;
    }
}

/* ---- extensions and arguments ---- */

static void declare_extension(Program *p, Declaring *d, uint32_t module, NodeId node)
{
    const Module *m = &p->modules.at[module];
    const Tree *t = &m->tree;
    NodeId target = node_child(t, node);
    Ref r = program_resolve(p, m->obj, node_at(t, target)->val, node_span(t, target), REF_NONE);
    if (r.tag == REF_ERROR)
        return;
    bool own = r.tag == REF_OBJ && !(model_obj(&p->model, r.id)->flags & OBJ_MODULE) &&
               (m->library || !(model_obj(&p->model, r.id)->flags & OBJ_LIBRARY));
    if (!own) {
        diag_add(p->diags, D_CANNOT_EXTEND, node_span(t, target),
                 str_z(&p->diags->arena, sym_str(p->names, node_at(t, target)->val)));
        return;
    }
    NodeId body = node_find(t, node, N_BODY);
    vec_push(&d->extensions, (Extension){module, body, m->obj, map_get(&p->extends, r.id)});
    map_put(&p->extends, r.id, d->extensions.n);
    declare_body(p, d, module, r.id, body, m->library ? OBJ_LIBRARY : 0u);
}

static void bind_argument(Program *p, const UseSite *u, NodeId param)
{
    const Tree *home = &p->modules.at[p->templates.at[u->template_id].module].tree, *t = &p->modules.at[u->module].tree;
    uint32_t home_module = p->templates.at[u->template_id].module;
    Sym name = node_at(home, param)->val;
    NodeId body = node_find(t, u->node, N_BODY), given = 0;
    for (NodeId n = body ? node_child(t, body) : 0; n; n = node_next(t, n))
        if (node_kind(t, n) == N_PROP && node_at(t, n)->val == name)
            given = n;
    Str what = sym_str(p->names, name);
    Type type = program_type(p, home_module, node_find(home, param, N_TYPE));
    Span at = node_span(t, given ? given : node_child(t, u->node));
    Value v = {V_ABSENT, 0}; /* in a set: nothing */
    if (given)
        v = program_value(p, u->module, u->scope, type, what, node_child(t, given));
    else if (!type.optional && !type.set)
        diag_add(p->diags, D_TEMPLATE_MISSING, at, str_z(&p->diags->arena, what),
                 str_z(&p->diags->arena, sym_str(p->names, p->templates.at[u->template_id].name)));
    Ref r = {REF_VALUE, p->param_values.n};
    if (v.tag == V_REF)
        r = (Ref){REF_OBJ, v.a};
    else
        vec_push(&p->param_values, (ParamValue){type, v});
    scope_put(p, u->group, name, r, at);
}

void declare_uses(Program *p, Declaring *d)
{
    for (uint32_t i = 0; i < d->uses.n; i++) {
        const UseSite *u = &d->uses.at[i];
        const Template *template = &p->templates.at[u->template_id];
        const Tree *home = &p->modules.at[template->module].tree;
        p->lexical = foreign_text(p, u->module, u->scope);
        for (NodeId n = node_child(home, template->node); n; n = node_next(home, n))
            if (node_kind(home, n) == N_PARAM)
                bind_argument(p, u, n);
        p->lexical = 0;
    }
}

void declaring_free(Declaring *d)
{
    vec_free(&d->pending);
    vec_free(&d->uses);
    vec_free(&d->extensions);
    vec_free(&d->active);
}

/* ---- the passes ---- */

static void check_systems(Program *p)
{
    ObjId first = 0;
    for (ObjId o = p->library_end; o < p->model.objects.n; o++) {
        if (!obj_is(p, o, ROLE_SYSTEM))
            continue;
        if (first) {
            Str name = sym_str(p->names, model_obj(&p->model, o)->name);
            Diag *d = diag_add(p->diags, D_TWO_SYSTEMS, model_decl(&p->model, o)->span, str_z(&p->diags->arena, name));
            diag_label(p->diags, d, model_decl(&p->model, first)->span, "the first one");
        } else {
            first = o;
        }
    }
}

void program_declare_things(Program *p, bool library_tests)
{
    Declaring *d = NEW(&p->arena, Declaring);
    p->declaring = d;
    uint32_t declarations = 0;
    for (uint32_t i = 1; i < p->modules.n; i++)
        declarations += p->modules.at[i].tree.declarations;
    vec_reserve(&p->model.objects, declarations);
    vec_reserve(&p->model.decls, declarations);
    vec_reserve(&d->pending, declarations);
    for (uint32_t i = 1; i < p->modules.n; i++) {
        const Tree *t = &p->modules.at[i].tree;
        for (NodeId n = node_child(t, t->root); n; n = node_next(t, n))
            if (node_kind(t, n) == N_TEMPLATE)
                declare_template(p, i, n);
    }
    for (int library = 1; library >= 0; library--) {
        for (uint32_t i = 1; i < p->modules.n; i++) {
            const Tree *t = &p->modules.at[i].tree;
            if (p->modules.at[i].library != (library == 1))
                continue;
            for (NodeId n = node_child(t, t->root); n; n = node_next(t, n))
                declare_statement(p, d, i, n, library_tests);
        }
        if (library)
            p->library_end = p->model.objects.n;
    }
    for (uint32_t i = 1; i < p->modules.n; i++) {
        const Tree *t = &p->modules.at[i].tree;
        for (NodeId n = node_child(t, t->root); n; n = node_next(t, n))
            if (node_kind(t, n) == N_EXTEND)
                declare_extension(p, d, i, n);
    }
    check_systems(p);
}
