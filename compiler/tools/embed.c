/* Makes library.c, the standard library as constants of the program (program/stdlib.h), from its texts. Run by the build, of
 * which it is the only other program: everything that is checked of a library is checked here, so that what is wrong is not
 * built in and no run has to look again. Leaves behind C on standard output, or messages and the status 1.
 *
 *     embed FOLDER FILE...      the files of a library and their folder */
#include "emit/emit.h"
#include "program/stdlib.h"
#include "risk/effects.h"
#include "syntax/parse.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <unistd.h>

/* What this program is linked with in the place of what it makes. */
const EmbeddedModule stdlib_modules[] = {{0}};
const size_t stdlib_nmodules = 0;
const KnownNames stdlib_names = {0};
const char stdlib_hash[65] = "";

typedef struct Embed {
    Vec(Str) modules; /* "std.base", sorted by bytes */
    StrBuf root;      /* a text that imports them all */
    Sources sources;
    Interner names;
    Diags diags;
    Program program;
    Arena arena;
    Out out;
} Embed;

/* ---- reading and checking ---- */

/* stdlib/health/pumps.cordon is std.health.pumps. */
static void take_files(Embed *e, const char *folder, char **files, int n)
{
    for (int i = 0; i < n; i++) {
        Str path = str_from(files[i]), end = STR(".cordon");
        char *name = str_z(&e->arena, str_slice(path, strlen(folder) + 1, path.n - end.n));
        for (char *c = name; *c; c++)
            *c = *c == '/' ? '.' : *c;
        vec_push(&e->modules, str_format(&e->arena, "std.%s", name));
    }
    qsort(e->modules.at, e->modules.n, sizeof *e->modules.at, str_order);
    for (uint32_t i = 0; i < e->modules.n; i++)
        strbuf_format(&e->root, "import %.*s\n", STR_FMT(e->modules.at[i]));
}

static ReadStatus read_file(void *self, const char *path, StrBuf *out)
{
    Embed *e = self;
    Reader disk = reader_disk();
    if (strcmp(path, "-") != 0)
        return disk.read(disk.self, path, out);
    strbuf_add(out, strbuf_str(&e->root));
    return READ_OK;
}

static Str no_canonical(void *self, Arena *a, const char *path)
{
    (void)self;
    (void)a;
    (void)path;
    return (Str){"", 0};
}

static void print_problems(Embed *e)
{
    ConsoleStyle style = {.plain = true, .width = 120};
    Out err;
    out_fd(&err, STDERR_FILENO);
    diags_sort(&e->diags, &e->sources);
    emit_diags_text(&e->sources, &e->diags, &style, &err);
    out_close(&err);
}

static bool check(Embed *e, const char *folder)
{
    LoadOptions options = {.reader = {e, read_file, no_canonical}, .stdlib_dir = folder, .tests = true};
    sources_init(&e->sources);
    intern_init(&e->names);
    parse_init(&e->names);
    program_load(&e->program, &e->sources, &e->names, &e->diags, "-", &options);
    if (!e->diags.errors)
        rules_free(rules_compile(&e->program, true));
    Policies policies;
    policies_read(&e->program, &policies);
    policies_free(&policies);
    effects_check(&e->program, 1);
    if (e->diags.errors)
        print_problems(e);
    return e->diags.errors == 0;
}

/* ---- writing ---- */

/* One literal for each line of the text. What could mean something to C, or to trigraphs, is written in octal. */
static void put_text(Out *out, Str text)
{
    out_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.s[i];
        if (c == '\n')
            out_str(out, i + 1 < text.n ? STR("\\n\"\n\"") : STR("\\n"));
        else if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?')
            out_format(out, "\\%03o", c);
        else
            out_char(out, (char)c);
    }
    out_char(out, '"');
}

static void put_names(Out *out, const Interner *in)
{
    uint32_t at = 0;
    out_str(out, STR("static const char chars[] =\n"));
    for (Sym s = 0; s < in->n; s++) {
        put_text(out, sym_str(in, s));
        out_str(out, STR("\"\\0\"\n"));
    }
    out_str(out, STR(";\nstatic const KnownName names[] = {\n"));
    for (Sym s = 0; s < in->n; s++) {
        Str name = sym_str(in, s);
        out_format(out, "{%u,%zu},\n", at, name.n);
        at += (uint32_t)name.n + 1;
    }
    out_str(out, STR("};\nstatic const InternSlot slots[] = {\n"));
    for (uint32_t i = 0; i < in->table_cap; i++)
        out_format(out, "{%uu,%u},\n", in->table[i].hash, in->table[i].sym);
    out_format(out, "};\nconst KnownNames stdlib_names = {chars, names, slots, %u, %u};\n", in->n, in->table_cap);
}

/* Nodes in the order in which they are read: the statements of the file, then what each of them holds, that of tests last. */
typedef struct Layout {
    const Tree *t;
    Vec(NodeId) order; /* [0] unused */
    NodeId *place;     /* by NodeId: index in `order` */
} Layout;

/* Siblings stand side by side. */
static void lay(Layout *l, NodeId first)
{
    for (NodeId n = first; n; n = node_next(l->t, n)) {
        l->place[n] = l->order.n;
        vec_push(&l->order, n);
    }
}

/* The depth is that of blocks and brackets, which is limited. */
static void lay_below(Layout *l, NodeId n)
{
    lay(l, node_child(l->t, n));
    for (NodeId k = node_child(l->t, n); k; k = node_next(l->t, k))
        lay_below(l, k);
}

static void lay_tree(Layout *l)
{
    const Tree *t = l->t;
    vec_push(&l->order, 0);
    lay(l, t->root);
    NodeId first = node_child(t, t->root);
    lay(l, first);
    for (int tests = 0; tests <= 1; tests++)
        for (NodeId n = first; n; n = node_next(t, n))
            if ((node_kind(t, n) == N_TEST) == (tests == 1))
                lay_below(l, n);
}

static void put_tree(Embed *e, const Tree *t, uint32_t number)
{
    Out *out = &e->out;
    Layout l = {.t = t, .place = mem_alloc(t->nodes.n * sizeof *l.place)};
    memset(l.place, 0, t->nodes.n * sizeof *l.place);
    lay_tree(&l);
    out_format(out, "static const Node nodes%u[] = {\n", number);
    for (uint32_t i = 0; i < l.order.n; i++) {
        const Node *n = node_at(t, l.order.at[i]);
        out_format(out, "{%u,%u,%u,%u,%u,%u,%u},\n", n->kind, n->flags, n->len, n->last, n->lo, n->val,
                   l.place[n->child]);
    }
    out_format(out, "};\nstatic const LongNode longs%u[] = {\n", number);
    for (uint32_t i = 0; i < l.order.n; i++)
        if (node_at(t, l.order.at[i])->len == NODE_LONG)
            out_format(out, "{%u,%u},\n", i, node_hi(t, l.order.at[i]));
    out_format(out, "{0}};\nstatic const Comment comments%u[] = {\n", number);
    for (uint32_t i = 0; i < t->comments.n; i++) {
        const Comment *c = &t->comments.at[i];
        out_format(out, "{%u,%u,%u,%d,%d},\n", c->lo, c->hi, c->target, c->doc, c->own_line);
    }
    out_str(out, STR("{0}};\n"));
    vec_free(&l.order);
    free(l.place);
}

/* What a run declares: not the models of tests. */
static uint32_t declarations_in(const Tree *t, NodeId n)
{
    uint32_t found = 0;
    for (; n; n = node_next(t, n)) {
        NodeKind kind = node_kind(t, n);
        found += kind == N_DECL || kind == N_RULE;
        found += kind == N_TEST ? 0 : declarations_in(t, node_child(t, n));
    }
    return found;
}

static const Module *module_named(const Program *p, Sym name)
{
    const Module *m = &p->modules.at[1];
    while (m->name != name)
        m++;
    return m;
}

static void put_modules(Embed *e)
{
    Out *out = &e->out;
    for (uint32_t i = 0; i < e->modules.n; i++) {
        const Tree *t = &module_named(&e->program, intern(&e->names, e->modules.at[i]))->tree;
        put_tree(e, t, i);
        out_format(out, "static const char text%u[] =\n", i);
        put_text(out, source_file(&e->sources, t->file)->text);
        out_str(out, STR("\n\"\\0\";\n"));
    }
    out_str(out, STR("const EmbeddedModule stdlib_modules[] = {\n"));
    for (uint32_t i = 0; i < e->modules.n; i++) {
        const Tree *t = &module_named(&e->program, intern(&e->names, e->modules.at[i]))->tree;
        out_format(out, "{\"%.*s\", text%u, sizeof text%u - 2,\n", STR_FMT(e->modules.at[i]), i, i);
        out_format(out, " {.nodes = {(Node *)nodes%u, sizeof nodes%u / sizeof *nodes%u, 0},\n", i, i, i);
        out_format(out, "  .longs = {(LongNode *)longs%u, %u, 0},\n", i, t->longs.n);
        out_format(out, "  .comments = {(Comment *)comments%u, %u, 0},\n", i, t->comments.n);
        out_format(out, "  .root = 1, .declarations = %u, .foreign_names = %d, .lent = true}},\n",
                   declarations_in(t, t->root), t->foreign_names);
    }
    out_format(out, "};\nconst size_t stdlib_nmodules = %u;\n", e->modules.n);
}

static void put_hash(Embed *e)
{
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    for (uint32_t i = 0; i < e->modules.n; i++) {
        Str name = e->modules.at[i];
        const Tree *t = &module_named(&e->program, intern(&e->names, name))->tree;
        Str text = source_file(&e->sources, t->file)->text;
        sha256_update(&sha, name.n + 1, (const uint8_t *)str_z(&e->arena, name));
        sha256_update(&sha, text.n, (const uint8_t *)text.s);
    }
    sha256_digest(&sha, sizeof digest, digest);
    out_str(&e->out, STR("const char stdlib_hash[65] = \""));
    for (size_t i = 0; i < sizeof digest; i++)
        out_format(&e->out, "%02x", digest[i]);
    out_str(&e->out, STR("\";\n"));
}

/* Slots are found by hashes, and those of names depend on the order of bytes. */
static void put_all(Embed *e)
{
    out_fd(&e->out, STDOUT_FILENO);
    out_str(&e->out, STR("#include \"program/stdlib.h\"\n"));
    out_format(&e->out, "#if __BYTE_ORDER__ != %d\n#error \"made by a machine of another byte order\"\n#endif\n",
               __BYTE_ORDER__);
    put_names(&e->out, &e->names);
    put_modules(e);
    put_hash(e);
}

int main(int argc, char **argv)
{
    Embed *e = mem_alloc(sizeof *e);
    *e = (Embed){0};
    if (argc > 2)
        take_files(e, argv[1], argv + 2, argc - 2);
    bool ok = argc > 2 && check(e, argv[1]);
    if (ok) {
        put_all(e);
        ok = out_close(&e->out);
    }
    program_free(&e->program);
    diags_free(&e->diags);
    intern_free(&e->names);
    sources_free(&e->sources);
    strbuf_free(&e->root);
    vec_free(&e->modules);
    arena_free(&e->arena);
    free(e);
    return ok ? 0 : 1;
}
