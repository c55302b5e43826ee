/* Loads the file named on the command line and everything it imports, each file once, and runs the stages that make a program of the
 * trees. Modules of the built-in library come as trees. Leaves behind a program that can always be read, valid if no error was
 * reported. */
#include "program/build.h"
#include "program/stdlib.h"
#include "syntax/parse.h"

typedef enum LoadState { LOADING = 1, LOADED } LoadState;

typedef struct Loader {
    Program *p;
    const LoadOptions *options;
    Map by_key;         /* Sym of a canonical key -> module index */
    Vec(uint8_t) state; /* by module index: LoadState */
    Vec(Sym) name;      /* by module index: the name it was imported by */
    Vec(Str) path;
    Str root_dir;   /* of the file on the command line, with a slash, or empty */
    Vec(Str) roots; /* canonical folders that imports must stay in */
} Loader;

static Str dir_of(Str path)
{
    long slash = str_rfind(path, '/');
    return slash < 0 ? (Str){"", 0} : str_slice(path, 0, (size_t)slash + 1);
}

static Str stem_of(Str path)
{
    long slash = str_rfind(path, '/');
    Str base = slash < 0 ? path : str_slice(path, (size_t)slash + 1, path.n);
    long dot = str_rfind(base, '.');
    return dot > 0 ? str_slice(base, 0, (size_t)dot) : base;
}

/* Rules of std.stride.spoofing are called stride.S03, so that a pack of the library can be split without renaming its rules. */
static Str short_name_of(Str name, bool library)
{
    if (!library) {
        long dot = str_rfind(name, '.');
        return str_slice(name, (size_t)(dot + 1), name.n);
    }
    size_t from = str_starts(name, STR("std.")) ? 4 : 0, to = from;
    while (to < name.n && name.s[to] != '.')
        to++;
    return str_slice(name, from, to);
}

static uint32_t module_add(Loader *l, Sym name, Str path, bool library)
{
    Program *p = l->p;
    Str text = sym_str(p->names, name);
    vec_push(&p->modules, (Module){.name = name, .short_name = short_name_of(text, library), .library = library});
    vec_push(&l->state, LOADING);
    vec_push(&l->name, name);
    vec_push(&l->path, str_copy(&p->arena, path));
    return p->modules.n - 1;
}

static void load_imports(Loader *l, uint32_t module, unsigned depth);

static void file_read(Program *p, uint32_t module)
{
    FileId file = p->modules.at[module].tree.file;
    while (p->module_of.n <= file)
        vec_push(&p->module_of, 0);
    p->module_of.at[file] = module;
}

/* Takes over the text. */
static void parse_module(Loader *l, uint32_t module, Str path, Str key, StrBuf *text, bool library, unsigned depth)
{
    Program *p = l->p;
    FileId file = sources_adopt(p->sources, path, key, text, library);
    parse_file(p->sources, file, p->names, p->diags, &p->modules.at[module].tree);
    file_read(p, module);
    load_imports(l, module, depth);
    l->state.at[module] = LOADED;
}

/* ---- the standard library ---- */

static const EmbeddedModule *embedded(Str name)
{
    for (size_t i = 0; i < stdlib_nmodules; i++)
        if (str_eq(str_from(stdlib_modules[i].name), name))
            return &stdlib_modules[i];
    return NULL;
}

static Str library_path(Loader *l, Str name)
{
    StrBuf path = {0};
    strbuf_format(&path, "%s/", l->options->stdlib_dir);
    size_t start = path.n;
    strbuf_add(&path, str_slice(name, 4, name.n)); /* without "std." */
    for (size_t i = start; i < path.n; i++)
        if (path.s[i] == '.')
            path.s[i] = '/';
    strbuf_addz(&path, ".cordon");
    Str r = str_copy(&l->p->arena, strbuf_str(&path));
    strbuf_free(&path);
    return r;
}

/* The text and the tree are constants of the program: nothing is copied. */
static void lend_module(Loader *l, uint32_t module, Str name, const EmbeddedModule *m, unsigned depth)
{
    Program *p = l->p;
    if (p->names->known != &stdlib_names)
        BUG("a program begins with program_names");
    p->modules.at[module].tree = m->tree;
    p->modules.at[module].tree.file = sources_lend(p->sources, name, name, (Str){m->text, m->n}, true);
    file_read(p, module);
    load_imports(l, module, depth);
    l->state.at[module] = LOADED;
}

/* The module's index, or 0 if there is none. */
static uint32_t load_library(Loader *l, Sym name, unsigned depth)
{
    Program *p = l->p;
    uint32_t known = map_get(&l->by_key, name);
    if (known)
        return known;
    Str text = sym_str(p->names, name), path = text;
    StrBuf read = {0};
    const EmbeddedModule *m = l->options->stdlib_dir ? NULL : embedded(text);
    if (l->options->stdlib_dir) {
        path = library_path(l, text);
        if (l->options->reader.read(l->options->reader.self, str_z(&p->arena, path), &read) != READ_OK) {
            strbuf_free(&read);
            return 0;
        }
    } else if (!m) {
        return 0;
    }
    uint32_t module = module_add(l, name, path, true);
    map_put(&l->by_key, name, module);
    if (m)
        lend_module(l, module, text, m, depth);
    else
        parse_module(l, module, path, path, &read, true, depth);
    return module;
}

/* ---- files ---- */

static bool stays_inside(const Loader *l, Str canonical)
{
    for (uint32_t i = 0; i < l->roots.n; i++) {
        Str root = l->roots.at[i];
        if (!root.n) /* a reader without folders: a table of texts */
            return true;
        if (str_starts(canonical, root) && canonical.n > root.n &&
            (canonical.s[root.n] == '/' || str_ends(root, STR("/"))))
            return true;
    }
    return false;
}

static Str import_path(Loader *l, Str dir, Str name)
{
    StrBuf path = {0};
    strbuf_add(&path, dir);
    if (dir.n && dir.s[dir.n - 1] != '/')
        strbuf_char(&path, '/');
    size_t start = path.n;
    strbuf_add(&path, name);
    for (size_t i = start; i < path.n; i++)
        if (path.s[i] == '.')
            path.s[i] = '/';
    strbuf_addz(&path, ".cordon");
    Str r = str_copy(&l->p->arena, strbuf_str(&path));
    strbuf_free(&path);
    return r;
}

/* The first place that has the file: beside the importer, then the -I folders. */
static bool find_import(Loader *l, uint32_t importer, Str name, Str *path, Str *canonical)
{
    const Reader *r = &l->options->reader;
    Arena *a = &l->p->arena;
    for (size_t i = 0; i <= l->options->ndirs; i++) {
        Str dir = i == 0 ? dir_of(l->path.at[importer]) : str_from(l->options->dirs[i - 1]);
        *path = import_path(l, dir, name);
        *canonical = r->canonical(r->self, a, str_z(a, *path));
        if (canonical->n)
            return true;
    }
    return false;
}

static uint32_t load_user(Loader *l, uint32_t importer, Sym name, Span at, unsigned depth)
{
    Program *p = l->p;
    Diags *d = p->diags;
    Str path, canonical;
    char *shown = str_z(&p->arena, sym_str(p->names, name));
    if (!find_import(l, importer, sym_str(p->names, name), &path, &canonical)) {
        Diag *r = diag_add(d, D_IMPORT_MISSING, at, shown);
        diag_help(d, r, "looked for `%.*s`; folders are given with `-I`",
                  STR_FMT(import_path(l, dir_of(l->path.at[importer]), sym_str(p->names, name))));
        return 0;
    }
    if (!stays_inside(l, canonical)) {
        diag_add(d, D_IMPORT_ESCAPES, at, shown);
        return 0;
    }
    Sym key = intern(p->names, canonical);
    uint32_t known = map_get(&l->by_key, key);
    if (known && l->name.at[known] != name && !str_eq(l->path.at[known], path)) {
        diag_add(d, D_IMPORT_TWO_PATHS, at, str_z(&p->arena, path), str_z(&p->arena, l->path.at[known]));
        return known;
    }
    if (known)
        return known;
    if (p->modules.n > LIMIT_FILES) {
        diag_add(d, D_TOO_MANY_FILES, at, (unsigned)LIMIT_FILES);
        return 0;
    }
    StrBuf text = {0};
    ReadStatus status = l->options->reader.read(l->options->reader.self, str_z(&p->arena, path), &text);
    uint32_t module = 0;
    if (status == READ_TOO_LARGE) {
        diag_add(d, D_FILE_TOO_LARGE, at, str_z(&p->arena, path), (unsigned)LIMIT_FILE_BYTES >> 20);
    } else if (status != READ_OK) {
        diag_add(d, D_IMPORT_UNREADABLE, at, str_z(&p->arena, path), read_status_words(status));
    } else {
        module = module_add(l, name, path, false);
        map_put(&l->by_key, key, module);
        parse_module(l, module, path, canonical, &text, false, depth);
    }
    strbuf_free(&text);
    return module;
}

static uint32_t load_named(Loader *l, uint32_t importer, Sym name, Span at, unsigned depth)
{
    Program *p = l->p;
    Str text = sym_str(p->names, name);
    if (!str_starts(text, STR("std.")))
        return load_user(l, importer, name, at, depth);
    uint32_t module = load_library(l, name, depth);
    if (!module) {
        Diag *d = diag_add(p->diags, D_IMPORT_MISSING, at, str_z(&p->arena, text));
        Suggestion s = suggest_start(text);
        for (size_t i = 0; i < stdlib_nmodules; i++)
            suggest_offer(&s, str_from(stdlib_modules[i].name));
        if (s.best.n)
            diag_help(p->diags, d, "did you mean `%.*s`?", STR_FMT(s.best));
    }
    return module;
}

/* Import.module holds the module's index here; it becomes its scope when the scopes are made. */
static void load_imports(Loader *l, uint32_t module, unsigned depth)
{
    Program *p = l->p;
    NodeId root = p->modules.at[module].tree.root;
    for (NodeId n = node_child(&p->modules.at[module].tree, root); n; n = node_next(&p->modules.at[module].tree, n)) {
        const Tree *t = &p->modules.at[module].tree;
        if (node_kind(t, n) != N_IMPORT)
            continue;
        const Node *node = node_at(t, n);
        Sym name = node_at(t, node->child)->val;
        Span at = node_span(t, node->child);
        if (memchr(sym_str(p->names, name).s, '/', sym_str(p->names, name).n))
            continue; /* a path: the scanner has said so */
        Import im = {.alias = node->val, .only = node_seek(t, node->child, N_NAME), .span = at};
        if (depth >= LIMIT_IMPORT_DEPTH) {
            diag_add(p->diags, D_IMPORT_TOO_DEEP, at, (unsigned)LIMIT_IMPORT_DEPTH);
            return;
        }
        uint32_t target = load_named(l, module, name, at, depth + 1);
        if (target && l->state.at[target] == LOADING)
            diag_add(p->diags, D_IMPORT_CYCLE, at, str_z(&p->arena, sym_str(p->names, name)));
        im.module = target;
        if (target)
            vec_push(&p->modules.at[module].imports, im);
    }
}

static void load_root(Loader *l, const char *root)
{
    Program *p = l->p;
    const Reader *r = &l->options->reader;
    Str path = str_from(root), shown = strcmp(root, "-") == 0 ? STR("<stdin>") : path;
    StrBuf text = {0};
    ReadStatus status = r->read(r->self, root, &text);
    uint32_t module = module_add(l, intern(p->names, stem_of(shown)), path, false);
    Str key = r->canonical(r->self, &p->arena, root);
    if (status != READ_OK) {
        if (status == READ_TOO_LARGE)
            diag_add(p->diags, D_FILE_TOO_LARGE, (Span){0}, root, (unsigned)LIMIT_FILE_BYTES >> 20);
        else
            diag_add(p->diags, D_CANNOT_READ, (Span){0}, root, read_status_words(status));
        strbuf_free(&text);
        parse_module(l, module, shown, key, &text, false, 0);
        return;
    }
    if (key.n)
        map_put(&l->by_key, intern(p->names, key), module);
    Str dir = dir_of(path);
    vec_push(&l->roots, r->canonical(r->self, &p->arena, dir.n ? str_z(&p->arena, dir) : "."));
    for (size_t i = 0; i < l->options->ndirs; i++)
        vec_push(&l->roots, r->canonical(r->self, &p->arena, l->options->dirs[i]));
    uint32_t errors = p->diags->errors;
    parse_module(l, module, shown, key, &text, false, 0);
    const Tree *t = &p->modules.at[module].tree;
    if (!node_child(t, t->root) && p->diags->errors == errors)
        diag_add(p->diags, D_EMPTY_MODEL, (Span){0, 0, t->file}, str_z(&p->arena, shown));
}

/* Scopes for modules, the library's first, so that its objects have the lower ids. */
static void make_scopes(Loader *l)
{
    Program *p = l->p;
    for (int library = 1; library >= 0; library--)
        for (uint32_t i = 1; i < p->modules.n; i++) {
            Module *m = &p->modules.at[i];
            if (m->library != (library == 1))
                continue;
            m->obj =
                object_new(p, 0, m->name, 0, (Span){0, 0, m->tree.file}, OBJ_MODULE | (library ? OBJ_LIBRARY : 0u));
            p->model.objects.at[m->obj].index = i;
        }
    for (uint32_t i = 1; i < p->modules.n; i++)
        for (uint32_t k = 0; k < p->modules.at[i].imports.n; k++) {
            Import *im = &p->modules.at[i].imports.at[k];
            im->module = p->modules.at[im->module].obj;
        }
    uint32_t base = map_get(&l->by_key, intern(p->names, STR("std.base")));
    if (!base)
        return;
    vec_push(&p->prelude, p->modules.at[base].obj);
    for (uint32_t k = 0; k < p->modules.at[base].imports.n; k++)
        vec_push(&p->prelude, p->modules.at[base].imports.at[k].module);
}

/* Names listed in the braces of imports must be there: a thing, or what is named apart from things, such as a rule. */
static void check_import_names(Program *p)
{
    for (uint32_t i = 1; i < p->modules.n; i++)
        for (uint32_t k = 0; k < p->modules.at[i].imports.n; k++) {
            const Import *im = &p->modules.at[i].imports.at[k];
            const Tree *t = &p->modules.at[i].tree;
            for (NodeId n = im->only; n; n = node_next(t, n)) {
                Sym name = node_at(t, n)->val;
                if (scope_get(p, im->module, name).tag ||
                    map_get(&p->scope_map, MAP_KEY(im->module | 0x80000000u, name)))
                    continue;
                Arena *a = &p->diags->arena;
                diag_add(p->diags, D_IMPORT_NO_SUCH_NAME, node_span(t, n), str_z(a, sym_str(p->names, name)),
                         str_z(a, sym_str(p->names, model_obj(&p->model, im->module)->name)));
            }
        }
}

void program_names(Interner *names)
{
    intern_init_known(names, &stdlib_names);
}

void program_load(Program *p, Sources *sources, Interner *names, Diags *diags, const char *root,
                  const LoadOptions *options)
{
    *p = (Program){.sources = sources, .names = names, .diags = diags, .today = options->today};
    p->unknown_sym = intern(names, STR("unknown"));
    p->true_sym = intern(names, STR("true"));
    p->false_sym = intern(names, STR("false"));
    vec_push(&p->modules, (Module){0});
    vec_push(&p->kinds, (Kind){0});
    vec_push(&p->props, (Prop){0});
    vec_push(&p->refinements, (Refinement){0});
    vec_push(&p->enums, (Enum){0});
    vec_push(&p->consts, (Const){0});
    vec_push(&p->templates, (Template){0});
    vec_push(&p->param_values, (ParamValue){0});
    vec_push(&p->model.objects, (Object){0});
    vec_push(&p->model.decls, (Decl){0});
    vec_push(&p->model.texts, (Str){"", 0});
    vec_push(&p->model.flow_ports, (FlowPorts){0});

    Loader l = {.p = p, .options = options};
    vec_push(&l.state, 0);
    vec_push(&l.name, 0);
    vec_push(&l.path, (Str){"", 0});
    if (root)
        load_root(&l, root);
    if (!load_library(&l, intern(names, STR("std.base")), 0))
        diag_add(diags, D_CANNOT_READ, (Span){0}, "std.base", "the standard library has no such module");
    if (options->also && !load_library(&l, intern(names, str_from(options->also)), 0))
        diag_add(diags, D_CANNOT_READ, (Span){0}, options->also, "the standard library has no such module");
    size_t nlibrary = root ? 0 : options->stdlib_dir ? options->nlibrary : stdlib_nmodules;
    for (size_t i = 0; i < nlibrary; i++) {
        const char *name = options->stdlib_dir ? options->library[i] : stdlib_modules[i].name;
        load_library(&l, intern(names, str_from(name)), 0);
    }

    make_scopes(&l);
    program_declare_types(p);
    program_declare_things(p, options->tests);
    check_import_names(p);
    program_bind_types(p);
    program_bind_things(p, !options->tests);
    model_derive(p, p->library_end);

    map_free(&l.by_key);
    vec_free(&l.state);
    vec_free(&l.name);
    vec_free(&l.path);
    vec_free(&l.roots);
}

void program_free(Program *p)
{
    for (uint32_t i = 1; i < p->modules.n; i++) {
        tree_free(&p->modules.at[i].tree);
        vec_free(&p->modules.at[i].imports);
    }
    vec_free(&p->modules);
    vec_free(&p->module_of);
    vec_free(&p->kinds);
    vec_free(&p->props);
    vec_free(&p->prop_caps);
    vec_free(&p->prop_caps_of);
    vec_free(&p->prop_caps_then);
    map_free(&p->last_prop_cap);
    vec_free(&p->refinements);
    vec_free(&p->kind_nodes);
    vec_free(&p->late);
    vec_free(&p->enums);
    vec_free(&p->consts);
    vec_free(&p->prelude);
    vec_free(&p->declared);
    vec_free(&p->templates);
    vec_free(&p->param_values);
    vec_free(&p->capabilities);
    vec_free(&p->rules);
    vec_free(&p->policies);
    vec_free(&p->tests);
    vec_free(&p->decisions);
    vec_free(&p->views);
    vec_free(&p->estimates);
    vec_free(&p->risk_policies);
    map_free(&p->refine_map);
    map_free(&p->prop_map);
    map_free(&p->scope_map);
    map_free(&p->const_map);
    map_free(&p->kind_cache);
    map_free(&p->name_cache);
    map_free(&p->group_home);
    map_free(&p->extends);
    map_free(&p->hash_ids);
    model_free(&p->model);
    arena_free(&p->arena);
    *p = (Program){0};
}
