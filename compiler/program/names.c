/* Names to things. Scopes are objects (modules are objects too). Most names of a model stand for one thing alone: an array by name
 * holds it, and its parent says in which scope. Only for names that are declared again and again there is a map from (scope, name).
 * Requires: everything declared. A name is looked for outwards through the enclosing scopes, then in the imports, then in the
 * prelude, which is std.base and what std.base imports. */
#include "program/build.h"

enum { TAG_SHIFT = 28, ID_MASK = (1 << TAG_SHIFT) - 1 };
/* What stands in Program.declared: 0 for a name that is not declared (any with a dot), an object as ref_pack makes it if it is the
 * only one, or one of these: look into the map. A name that is declared at the top of modules only needs no search through the
 * blocks around a use. */
#define MANY_AT_TOP ((uint32_t)0xE << TAG_SHIFT)
#define MANY_NESTED ((uint32_t)0xF << TAG_SHIFT)

uint32_t ref_pack(Ref r)
{
    if (r.id > ID_MASK)
        die_memory();
    return (uint32_t)r.tag << TAG_SHIFT | r.id;
}

Ref ref_unpack(uint32_t v)
{
    return (Ref){(RefTag)(v >> TAG_SHIFT), v & ID_MASK};
}

static uint32_t declared(const Program *p, Sym name)
{
    return name && name < p->declared.n ? p->declared.at[name] : 0;
}

Ref scope_get(const Program *p, ObjId scope, Sym name)
{
    uint32_t d = declared(p, name);
    if (d >= MANY_AT_TOP)
        return ref_unpack(map_get(&p->scope_map, MAP_KEY(scope, name)));
    Ref sole = ref_unpack(d);
    return sole.tag && model_obj(&p->model, sole.id)->parent == scope ? sole : (Ref){REF_NONE, 0};
}

static bool is_module(const Program *p, ObjId o)
{
    return model_obj(&p->model, o)->flags & OBJ_MODULE;
}

/* The scope around a block. */
static ObjId outwards(const Program *p, ObjId scope)
{
    ObjId home = map_get(&p->group_home, scope);
    return home ? home : model_obj(&p->model, scope)->parent;
}

const Module *module_of(const Program *p, ObjId o)
{
    while (o && !(model_obj(&p->model, o)->flags & OBJ_MODULE))
        o = model_obj(&p->model, o)->parent;
    return o ? &p->modules.at[model_obj(&p->model, o)->index] : NULL;
}

static bool import_offers(const Import *im, const Module *importer, Sym name)
{
    if (im->alias)
        return false;
    if (!im->only)
        return true;
    for (NodeId n = im->only; n; n = node_next(&importer->tree, n))
        if (node_kind(&importer->tree, n) == N_NAME && node_at(&importer->tree, n)->val == name)
            return true;
    return false;
}

/* Where a first part can come from when no enclosing scope has it. `other` gets a second, different source. */
static Ref from_imports(const Program *p, const Module *m, Sym name, ObjId *where, ObjId *other)
{
    Ref found = {REF_NONE, 0};
    for (uint32_t i = 0; i < m->imports.n; i++) {
        const Import *im = &m->imports.at[i];
        if (im->alias == name && im->module) {
            *where = im->module;
            return (Ref){REF_OBJ, im->module};
        }
        Ref r = import_offers(im, m, name) ? scope_get(p, im->module, name) : (Ref){REF_NONE, 0};
        if (!r.tag || (found.tag == r.tag && found.id == r.id))
            continue;
        if (found.tag) {
            *other = im->module;
            return (Ref){REF_ERROR, 0};
        }
        found = r;
        *where = im->module;
    }
    for (uint32_t i = 0; !found.tag && i < p->prelude.n; i++) {
        found = scope_get(p, p->prelude.at[i], name);
        *where = p->prelude.at[i];
    }
    return found;
}

ObjId foreign_text(const Program *p, uint32_t module, ObjId o)
{
    if (!p->extends.n)
        return 0;
    ObjId text = p->modules.at[module].obj;
    while (o && !is_module(p, o))
        o = outwards(p, o);
    return o == text ? 0 : text;
}

/* What the top of a module offers: its own names, then those of its imports. */
static Ref from_module(const Program *p, ObjId module, Sym name, ObjId *where, ObjId *other)
{
    Ref r = scope_get(p, module, name);
    const Module *m = r.tag ? NULL : module_of(p, module);
    return m ? from_imports(p, m, name, where, other) : r;
}

static Ref first_part(const Program *p, ObjId scope, Sym name, ObjId *where, ObjId *other)
{
    ObjId s = scope;
    for (; s && !is_module(p, s); s = outwards(p, s)) {
        Ref r = scope_get(p, s, name);
        if (r.tag)
            return r;
    }
    if (p->lexical && p->lexical != s) {
        Ref r = from_module(p, p->lexical, name, where, other);
        if (r.tag)
            return r;
    }
    return s ? from_module(p, s, name, where, other) : (Ref){REF_NONE, 0};
}

/* Looks up part by part. `failed` gets the part that was not found, `inside` the scope it was looked for in (0 for the first). */
static Ref lookup(const Program *p, ObjId scope, Sym qname, Str *failed, ObjId *inside, ObjId between[2])
{
    Str name = sym_str(p->names, qname);
    Ref r = {REF_NONE, 0};
    for (size_t lo = 0; lo <= name.n;) {
        const char *dot = memchr(name.s + lo, '.', name.n - lo);
        size_t hi = dot ? (size_t)(dot - name.s) : name.n;
        Str part = str_slice(name, lo, hi);
        Sym sym = part.n == name.n ? qname : intern_find(p->names, part);
        *failed = part;
        *inside = lo ? r.id : 0;
        if (lo == 0)
            r = first_part(p, scope, sym, &between[0], &between[1]);
        else
            r = r.tag == REF_OBJ ? scope_get(p, r.id, sym) : (Ref){REF_NONE, 0};
        if (!r.tag || r.tag == REF_ERROR)
            return r;
        lo = hi + 1;
    }
    return r;
}

Ref program_lookup(const Program *p, ObjId scope, Sym qname)
{
    Str failed;
    ObjId inside, between[2] = {0, 0};
    return lookup(p, scope, qname, &failed, &inside, between);
}

/* A kind of the prelude, although a thing of the module has its name: a model may call a flow `record`, and still write records. */
static Ref prelude_kind(const Program *p, Sym name)
{
    for (uint32_t i = 0; i < p->prelude.n; i++) {
        Ref r = scope_get(p, p->prelude.at[i], name);
        if (r.tag == REF_KIND)
            return r;
    }
    return (Ref){REF_NONE, 0};
}

KindId program_kind(Program *p, ObjId module, Sym qname)
{
    KindId k = map_get(&p->kind_cache, MAP_KEY(module, qname));
    if (k)
        return k;
    Ref r = program_lookup(p, module, qname);
    if (r.tag == REF_OBJ)
        r = prelude_kind(p, qname);
    if (r.tag != REF_KIND)
        return 0;
    map_put(&p->kind_cache, MAP_KEY(module, qname), r.id);
    return r.id;
}

/* ---- messages ---- */

static const char *sort_name(const Program *p, Ref r)
{
    switch (r.tag) {
    case REF_KIND: return "kind";
    case REF_ENUM: return p->enums.at[r.id].scale ? "scale" : "enumeration";
    case REF_TEMPLATE: return "template";
    case REF_VALUE: return "template parameter";
    case REF_OBJ: return model_obj(&p->model, r.id)->flags & OBJ_MODULE ? "module" : "thing of the model";
    case REF_NONE:
    case REF_ERROR: break;
    }
    return "name";
}

static const char *wanted_name(RefTag tag)
{
    static const char *const names[] = {"name", "thing of the model", "kind", "enumeration", "template", "value",
                                        "name"};
    return names[tag];
}

/* Offers every visible name of the wanted sort: siblings in all enclosing scopes, imports, prelude. */
static void offer_names(const Program *p, ObjId scope, bool one_scope, RefTag wanted, Suggestion *s)
{
    enum { MOST = 20000 };
    ObjId chain[LIMIT_NESTING + 2];
    uint32_t n = 0;
    for (ObjId o = scope; o && n < LIMIT_NESTING + 2; o = one_scope ? 0 : model_obj(&p->model, o)->parent)
        chain[n++] = o;
    if (wanted == REF_OBJ) {
        uint32_t looked = 0;
        for (ObjId o = 1; o < p->model.objects.n && looked < MOST; o++) {
            const Object *obj = model_obj(&p->model, o);
            bool near = obj->parent == 0;
            for (uint32_t i = 0; i < n; i++)
                near |= obj->parent == chain[i];
            near |= (obj->flags & OBJ_LIBRARY) && !one_scope && obj->parent;
            looked += near;
            if (near && !(obj->flags & OBJ_MODULE) && scope_get(p, obj->parent, obj->name).id == o)
                suggest_offer(s, sym_str(p->names, obj->name));
        }
    } else if (wanted == REF_KIND && !one_scope) {
        for (KindId k = 1; k < p->kinds.n; k++)
            suggest_offer(s, sym_str(p->names, p->kinds.at[k].name));
    } else if (wanted == REF_TEMPLATE && !one_scope) {
        for (uint32_t t = 1; t < p->templates.n; t++)
            suggest_offer(s, sym_str(p->names, p->templates.at[t].name));
    } else if (wanted == REF_ENUM && !one_scope) {
        for (EnumId e = 1; e < p->enums.n; e++)
            suggest_offer(s, sym_str(p->names, p->enums.at[e].name));
    }
}

/* Only the first are looked at: a file with thousands of broken statements has other worries than a few errors that follow. */
static bool was_lost(const Program *p, Sym part)
{
    enum { MOST = 1000 };
    for (uint32_t i = 1; i < p->modules.n; i++) {
        const Tree *t = &p->modules.at[i].tree;
        for (uint32_t k = 0; k < t->lost.n && k < MOST; k++)
            if (t->lost.at[k] == part)
                return true;
    }
    return false;
}

/* A thing of that name that stands deeper in the model: people forget the path. */
static ObjId find_deeper(const Program *p, Sym name)
{
    for (ObjId o = p->library_end; name && o < p->model.objects.n; o++)
        if (model_obj(&p->model, o)->name == name && !(model_obj(&p->model, o)->flags & (OBJ_MODULE | OBJ_LIBRARY)))
            return o;
    return 0;
}

/* A module that was loaded and offers the name, but is not imported where it is used. */
static const Module *find_elsewhere(const Program *p, Sym name, RefTag wanted)
{
    for (uint32_t i = 1; name && i < p->modules.n; i++)
        if (scope_get(p, p->modules.at[i].obj, name).tag == wanted)
            return &p->modules.at[i];
    return NULL;
}

static void report_unknown(Program *p, ObjId scope, Str failed, ObjId inside, Span at, RefTag wanted)
{
    Sym part = intern_find(p->names, failed);
    if (part && was_lost(p, part))
        return;
    char *shown = str_z(&p->diags->arena, failed);
    Diag *d = diag_add(p->diags, wanted == REF_KIND ? D_UNKNOWN_KIND : D_UNKNOWN_NAME, at, shown);
    if (p->diags->errors > LIMIT_DIAGNOSTICS) /* not shown any more: looking for a better name is wasted */
        return;
    const Module *elsewhere = inside ? NULL : find_elsewhere(p, part, wanted);
    if (elsewhere) {
        diag_help(p->diags, d, "`%.*s` declares it: write `import %.*s` at the top of this file",
                  STR_FMT(sym_str(p->names, elsewhere->name)), STR_FMT(sym_str(p->names, elsewhere->name)));
        return;
    }
    Suggestion s = suggest_start(failed);
    offer_names(p, inside ? inside : scope, inside != 0, wanted, &s);
    ObjId deeper = inside ? 0 : find_deeper(p, part);
    if (deeper && wanted == REF_OBJ) {
        StrBuf path = {0};
        obj_path(p, deeper, &path);
        diag_help(p->diags, d, "did you mean `%s`?", path.s);
        strbuf_free(&path);
    } else if (s.best.n) {
        diag_help(p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
    }
    if (inside && !(model_obj(&p->model, inside)->flags & OBJ_LIBRARY))
        diag_label(p->diags, d, model_decl(&p->model, inside)->span, "nothing of that name is declared in here");
}

static bool in_some_block(const Program *p, uint32_t d)
{
    return d >= MANY_AT_TOP ? d == MANY_NESTED : d && !is_module(p, model_obj(&p->model, ref_unpack(d).id)->parent);
}

/* Where the search can begin: a name that is declared in no block is looked for from the top of the module. */
static ObjId search_from(const Program *p, ObjId scope, Sym name)
{
    uint32_t d = declared(p, name);
    if (!d || in_some_block(p, d))
        return scope;
    while (scope && !is_module(p, scope))
        scope = outwards(p, scope);
    return scope;
}

/* The only thing of that name, if it stands in one of the scopes around a use: most names mean one. */
static Ref find_sole(const Program *p, ObjId scope, Sym name)
{
    uint32_t d = declared(p, name);
    Ref none = {REF_NONE, 0}, sole = d < MANY_AT_TOP ? ref_unpack(d) : none;
    if (!sole.tag || p->lexical)
        return none;
    ObjId home = model_obj(&p->model, sole.id)->parent;
    while (scope && scope != home)
        scope = is_module(p, scope) ? 0 : outwards(p, scope);
    return scope ? sole : none;
}

Ref program_find(Program *p, ObjId scope, Sym qname)
{
    ObjId from = search_from(p, scope, qname);
    uint32_t cached = p->lexical ? 0 : map_get(&p->name_cache, MAP_KEY(from, qname));
    if (cached)
        return ref_unpack(cached);
    Ref r = program_lookup(p, from, qname);
    if (!p->lexical && r.tag && r.tag != REF_ERROR)
        map_put(&p->name_cache, MAP_KEY(from, qname), ref_pack(r));
    return r;
}

Ref program_resolve(Program *p, ObjId scope, Sym qname, Span at, RefTag wanted)
{
    Ref near = find_sole(p, scope, qname);
    if (!near.tag && in_some_block(p, declared(p, qname))) /* perhaps in this one */
        near = scope_get(p, scope, qname);
    if (near.tag && near.tag == wanted)
        return near;
    ObjId from = p->lexical ? scope : search_from(p, scope, qname);
    uint32_t cached = p->lexical ? 0 : map_get(&p->name_cache, MAP_KEY(from, qname));
    if (cached && (ref_unpack(cached).tag == wanted || wanted == REF_NONE))
        return ref_unpack(cached);
    Str failed;
    ObjId inside, between[2] = {0, 0};
    Ref r = lookup(p, from, qname, &failed, &inside, between);
    if (r.tag == REF_ERROR) {
        Str a = sym_str(p->names, model_obj(&p->model, between[0])->name);
        Str b = sym_str(p->names, model_obj(&p->model, between[1])->name);
        diag_add(p->diags, D_AMBIGUOUS_NAME, at, str_z(&p->diags->arena, failed), str_z(&p->diags->arena, a),
                 str_z(&p->diags->arena, b));
        return r;
    }
    if (r.tag == REF_NONE) {
        report_unknown(p, scope, failed, inside, at, wanted);
        return (Ref){REF_ERROR, 0};
    }
    if (wanted != REF_NONE && r.tag != wanted) {
        diag_add(p->diags, D_WRONG_SORT, at, str_z(&p->diags->arena, sym_str(p->names, qname)), sort_name(p, r),
                 wanted_name(wanted));
        return (Ref){REF_ERROR, 0};
    }
    if (!p->lexical)
        map_put(&p->name_cache, MAP_KEY(from, qname), ref_pack(r));
    return r;
}

/* ---- declaring ---- */

static Span ref_span(const Program *p, Ref r)
{
    switch (r.tag) {
    case REF_OBJ: return model_decl(&p->model, r.id)->span;
    case REF_KIND: return p->kinds.at[r.id].span;
    case REF_ENUM: return p->enums.at[r.id].span;
    case REF_TEMPLATE: {
        const Template *t = &p->templates.at[r.id];
        return node_name_span(&p->modules.at[t->module].tree, p->sources, p->names, t->node);
    }
    case REF_NONE:
    case REF_VALUE:
    case REF_ERROR: break;
    }
    return (Span){0};
}

static uint32_t *declared_slot(Program *p, Sym name)
{
    if (name >= p->declared.n) {
        uint32_t from = p->declared.n, more = p->names->n - from;
        vec_reserve(&p->declared, more);
        memset(p->declared.at + from, 0, more * sizeof *p->declared.at);
        p->declared.n += more;
    }
    return &p->declared.at[name];
}

bool scope_put(Program *p, ObjId scope, Sym name, Ref r, Span at)
{
    Ref before = scope_get(p, scope, name);
    if (before.tag) {
        Diag *d = diag_add(p->diags, D_DUPLICATE_NAME, at, str_z(&p->diags->arena, sym_str(p->names, name)));
        diag_label(p->diags, d, ref_span(p, before), "first declared here");
        return false;
    }
    uint32_t *d = declared_slot(p, name);
    if (!*d && r.tag == REF_OBJ && model_obj(&p->model, r.id)->parent == scope) {
        *d = ref_pack(r);
        return true;
    }
    bool nested = !is_module(p, scope) || in_some_block(p, *d);
    if (*d && *d < MANY_AT_TOP) /* no longer the only one */
        map_put(&p->scope_map, MAP_KEY(model_obj(&p->model, ref_unpack(*d).id)->parent, name), *d);
    *d = nested ? MANY_NESTED : MANY_AT_TOP;
    map_put(&p->scope_map, MAP_KEY(scope, name), ref_pack(r));
    return true;
}
