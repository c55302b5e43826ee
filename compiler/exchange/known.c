/* The model that an import is made for: its software items, its names, and how a module can refer to it. Requires a program that was loaded;
 * it may have errors, such as names that the module will declare. */
#include "exchange/known.h"

#include <stdlib.h>

typedef struct ByPath {
    Str path;
    ObjId obj;
} ByPath;

static int by_path(const void *x, const void *y)
{
    return str_cmp(((const ByPath *)x)->path, ((const ByPath *)y)->path);
}

static KnownItem item_of(const Program *p, ObjId o, Str path, Arena *a)
{
    KnownItem k = {.obj = o,
                   .path = path,
                   .name = obj_name(p, o),
                   .title = obj_title(p, o),
                   .version = prop_text(p, o, "version"),
                   .purl = prop_text(p, o, "purl")};
    KindId kind = model_obj(&p->model, o)->kind;
    PropId found = kind_prop_z(p, kind, "known_vulnerabilities");
    const Value *members;
    Value v = found ? obj_value(p, o, found, NULL) : (Value){0};
    Range r = value_members(&p->model, &v, &members);
    Str *list = NEWN(a, Str, r.n + 1u);
    for (uint32_t i = 0; i < r.n; i++)
        list[i] = value_text_of(&p->model, members[i]);
    k.found = list;
    k.nfound = r.n;
    return k;
}

KnownItem *known_items(const Program *p, Arena *a, uint32_t *n)
{
    ObjList all = objs_of_role(p, ROLE_SOFTWARE, a);
    ByPath *list = NEWN(a, ByPath, all.n + 1u);
    StrBuf path = {0};
    *n = all.n;
    for (uint32_t i = 0; i < all.n; i++) {
        path.n = 0;
        obj_path(p, all.at[i], &path);
        list[i] = (ByPath){str_copy(a, strbuf_str(&path)), all.at[i]};
    }
    strbuf_free(&path);
    qsort(list, all.n, sizeof *list, by_path);
    KnownItem *known = NEWN(a, KnownItem, all.n + 1u);
    for (uint32_t i = 0; i < all.n; i++)
        known[i] = item_of(p, list[i].obj, list[i].path, a);
    return known;
}

static void note_extension(const Program *p, const Tree *t, NodeId n, Map *out)
{
    Str name = sym_str(p->names, node_at(t, node_child(t, n))->val);
    Sym last = intern_find(p->names, str_slice(name, (size_t)(str_rfind(name, '.') + 1), name.n));
    NodeId body = node_find(t, n, N_BODY);
    for (NodeId one = body ? node_child(t, body) : 0; one && last; one = node_next(t, one))
        if (node_kind(t, one) == N_PROP)
            map_put(out, MAP_KEY(last, node_at(t, one)->val), 1);
}

Map known_extensions(const Program *p)
{
    Map out = {0};
    for (uint32_t m = 1; m < p->modules.n; m++) {
        const Tree *t = &p->modules.at[m].tree;
        for (NodeId n = p->modules.at[m].library ? 0 : node_child(t, t->root); n; n = node_next(t, n))
            if (node_kind(t, n) == N_EXTEND)
                note_extension(p, t, n, &out);
    }
    return out;
}

bool known_name(void *self, Str name)
{
    Program *p = self;
    Sym sym = intern_find(p->names, name);
    return sym && program_lookup(p, p->modules.at[1].obj, sym).tag != REF_NONE;
}

/* ---- imports ---- */

/* Whether a module imports one of that name, directly or through others. */
static bool leads_to(const Program *p, uint32_t module, Sym made, uint8_t *seen)
{
    const Module *m = &p->modules.at[module];
    if (seen[module]++)
        return false;
    if (m->name == made && module != 1)
        return true;
    for (uint32_t i = 0; i < m->imports.n; i++)
        if (leads_to(p, model_obj(&p->model, m->imports.at[i].module)->index, made, seen))
            return true;
    return false;
}

static bool plain_path(Str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.s[i] >= '0' && s.s[i] <= '9') || ((s.s[i] | 32) >= 'a' && (s.s[i] | 32) <= 'z') || s.s[i] == '_' ||
              (i && s.s[i] == '/')))
            return false;
    return s.n > 0;
}

/* How a module in the folder calls another one: by its way from there, else as the model does. */
static void put_module(const Program *p, uint32_t module, Str dir, StrBuf *out)
{
    const Module *m = &p->modules.at[module];
    Str key = source_file(p->sources, m->tree.file)->key, end = STR(".cordon");
    bool below = dir.n && str_starts(key, dir) && key.n > dir.n && key.s[dir.n] == '/' && str_ends(key, end);
    Str way = below ? str_slice(key, dir.n + 1, key.n - end.n) : (Str){"", 0};
    if (!plain_path(way)) {
        strbuf_add(out, sym_str(p->names, m->name));
        return;
    }
    for (size_t i = 0; i < way.n; i++)
        strbuf_char(out, way.s[i] == '/' ? '.' : way.s[i]);
}

static Str first_part(Str path)
{
    const char *dot = memchr(path.s, '.', path.n);
    return dot ? str_slice(path, 0, (size_t)(dot - path.s)) : path;
}

/* Items are sorted by their paths, so names of a module come sorted. */
static bool put_names(const Program *p, const Joined *j, uint32_t module, const bool *used, StrBuf *out)
{
    Str last = {"", 0};
    for (uint32_t i = 0; i < j->nknown; i++) {
        Str name = first_part(j->known[i].path);
        bool here = model_obj(&p->model, module_of(p, j->known[i].obj)->obj)->index == module;
        if (!used[i] || !here || str_eq(name, last))
            continue;
        strbuf_format(out, "%s%.*s", last.n ? ", " : " { ", STR_FMT(name));
        last = name;
    }
    strbuf_addz(out, last.n ? " }" : "");
    return last.n > 0;
}

bool known_imports(const Program *p, const Joined *j, Str dir, Str made, StrBuf *out)
{
    bool good = true, *used = mem_resize(NULL, j->nknown + 1u, sizeof *used);
    Sym made_sym = intern_find(p->names, made);
    memset(used, 0, j->nknown * sizeof *used);
    for (uint32_t i = 0; i < j->items.n; i++)
        if (j->items.at[i].known)
            used[j->items.at[i].known - 1] = j->items.at[i].listed || j->items.at[i].nfound || j->items.at[i].exploited;
    for (uint32_t m = 1; m < p->modules.n; m++) {
        StrBuf line = {0};
        uint8_t *seen = mem_resize(NULL, p->modules.n, 1);
        memset(seen, 0, p->modules.n);
        strbuf_addz(&line, "import ");
        put_module(p, m, dir, &line);
        bool some = !p->modules.at[m].library && put_names(p, j, m, used, &line);
        if (some && made_sym && leads_to(p, m, made_sym, seen)) {
            Span at = {0, 0, p->modules.at[m].tree.file};
            Diags *diags = j->bom->diags;
            Diag *d =
                diag_add(diags, D_ITEMS_IN_CIRCLE, at, str_z(&diags->arena, source_file(p->sources, at.file)->path),
                         str_z(&diags->arena, made));
            diag_help(diags, d, "move the software items into a file of their own that both import");
            good = false;
        } else if (some) {
            strbuf_add(out, strbuf_str(&line));
            strbuf_char(out, '\n');
        }
        free(seen);
        strbuf_free(&line);
    }
    free(used);
    return good;
}
