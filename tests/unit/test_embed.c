/* The built-in library: that it is what stands in stdlib/, and that a library with mistakes is not built in. */
#include "support.h"

#include "program/stdlib.h"
#include "syntax/parse.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- its trees ---- */

static bool has_name(NodeKind k)
{
    static const NodeKind kinds[] = {N_DECL, N_ENUM, N_SCALE, N_KIND, N_TEMPLATE, N_RULE,  N_POLICY,
                                     N_TEST, N_VIEW, N_USE,   N_PROP, N_PROPERTY, N_RAISE, N_PATTERN};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i] == k)
            return true;
    return false;
}

static void expect_same_node(const Run *r, const Tree *built, NodeId a, const Tree *read, NodeId b)
{
    const Node *x = node_at(built, a), *y = node_at(read, b);
    cr_assert(x->kind == y->kind && x->flags == y->flags && x->lo == y->lo && node_hi(built, a) == node_hi(read, b));
    cr_assert_eq(x->val, y->val);
    if (has_name((NodeKind)x->kind)) {
        Span m = node_name_span(built, &r->sources, &r->names, a), n = node_name_span(read, &r->sources, &r->names, b);
        cr_assert(m.lo == n.lo && m.hi == n.hi, "a name is at %u, not %u", m.lo, n.lo);
        cr_assert(str_eq(source_text(&r->sources, n), sym_str(&r->names, y->val)));
    }
    if (x->kind == N_STRING || x->kind == N_TITLE || x->kind == N_DOCSTR) {
        Arena arena = {0};
        cr_assert(str_eq(node_text(built, &r->sources, &arena, a), node_text(read, &r->sources, &arena, b)));
        arena_free(&arena);
    }
}

static uint32_t expect_same_nodes(const Run *r, const Tree *built, NodeId a, const Tree *read, NodeId b)
{
    uint32_t n = 0;
    for (; a && b; a = node_next(built, a), b = node_next(read, b)) {
        expect_same_node(r, built, a, read, b);
        n += 1 + expect_same_nodes(r, built, node_child(built, a), read, node_child(read, b));
    }
    cr_assert(!a && !b);
    return n;
}

/* std.health.pumps is stdlib/health/pumps.cordon. */
static void module_path(const char *name, char path[200])
{
    snprintf(path, 200, "stdlib/%s", name + strlen("std."));
    for (char *c = path + strlen("stdlib/"); *c; c++)
        *c = *c == '.' ? '/' : *c;
    snprintf(path + strlen(path), 200 - strlen(path), ".cordon");
}

static void expect_same_comments(const Tree *built, const Tree *read)
{
    cr_assert_eq(built->comments.n, read->comments.n);
    for (uint32_t k = 0; k < read->comments.n; k++) {
        const Comment *x = &built->comments.at[k], *y = &read->comments.at[k];
        cr_assert(x->lo == y->lo && x->hi == y->hi && x->target == y->target && x->doc == y->doc &&
                  x->own_line == y->own_line);
    }
}

/* Whether what is built in is what stands in stdlib/: every file of it, with its comments. */
Test(embed, the_built_in_trees_are_those_of_the_texts)
{
    static char paths[500][200];
    size_t n = find_files("stdlib", ".cordon", paths, 500);
    cr_assert_eq(n, stdlib_nmodules);
    Run r = {0};
    sources_init(&r.sources);
    program_names(&r.names);
    for (size_t i = 0; i < stdlib_nmodules; i++) {
        const EmbeddedModule *m = &stdlib_modules[i];
        Tree built = m->tree, read;
        char path[200];
        size_t length;
        module_path(m->name, path);
        char *text = read_whole(path, &length);
        cr_assert(length == m->n && memcmp(text, m->text, m->n) == 0, "%s", m->name);
        built.file = sources_lend(&r.sources, str_from(m->name), str_from(m->name), (Str){m->text, m->n}, true);
        FileId file = sources_add(&r.sources, str_from(path), str_from(path), (Str){text, length}, true);
        uint32_t known = r.names.n;
        parse_file(&r.sources, file, &r.names, &r.diags, &read);
        cr_assert_eq(r.names.n, known, "%s has names that are not known", m->name);
        cr_assert_gt(expect_same_nodes(&r, &built, built.root, &read, read.root), 1);
        expect_same_comments(&built, &read);
        tree_free(&read);
        tree_free(&built);
        free(text);
    }
    diags_free(&r.diags);
    intern_free(&r.names);
    sources_free(&r.sources);
}

/* ---- the program that makes it ---- */

/* A library in a folder of its own: base modules of the real one, and one more. */
static const char *const modules[] = {"base.cordon",      "capabilities.cordon", "process.cordon",
                                      "protocols.cordon", "risk.cordon",         "more.cordon"};
enum { MODULES = sizeof modules / sizeof *modules };

static void path_in(const char *dir, const char *name, char path[300])
{
    snprintf(path, 300, "%s/%s", dir, name);
}

static void make_library(char *dir, const char *more)
{
    char from[300], to[300];
    cr_assert_not_null(mkdtemp(dir));
    for (size_t i = 0; i < MODULES - 1; i++) {
        path_in("stdlib", modules[i], from);
        path_in(dir, modules[i], to);
        char *real = realpath(from, NULL);
        cr_assert_eq(symlink(real, to), 0);
        free(real);
    }
    path_in(dir, modules[MODULES - 1], to);
    FILE *f = fopen(to, "w");
    fputs(more, f);
    fclose(f);
}

static void remove_library(const char *dir)
{
    char path[300];
    for (size_t i = 0; i < MODULES; i++) {
        path_in(dir, modules[i], path);
        unlink(path);
    }
    path_in(dir, "made", path);
    unlink(path);
    path_in(dir, "said", path);
    unlink(path);
    cr_expect_eq(rmdir(dir), 0);
}

static void send_to(const char *path, int fd)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, fd);
    close(file);
}

/* Runs the program, which lies beside this one, and gives its status. What it makes and what it says are files in the folder. */
static int embed(const char *dir)
{
    char self[200], paths[MODULES][300], made[300], said[300], *argv[MODULES + 3] = {self, (char *)(uintptr_t)dir};
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 10);
    cr_assert(n > 0);
    self[n] = '\0';
    snprintf(strrchr(self, '/'), 10, "/embed");
    for (size_t i = 0; i < MODULES; i++) {
        path_in(dir, modules[i], paths[i]);
        argv[i + 2] = paths[i];
    }
    path_in(dir, "made", made);
    path_in(dir, "said", said);
    pid_t child = fork();
    if (child == 0) {
        send_to(made, STDOUT_FILENO);
        send_to(said, STDERR_FILENO);
        execv(self, argv);
        _exit(127);
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Makes a library with one more module, and expects a status and a word of what is said about it. */
static void expect_embed(const char *more, int status, const char *word)
{
    char dir[] = P_tmpdir "/cordon-embed-XXXXXX", path[300];
    size_t made;
    make_library(dir, more);
    int got = embed(dir);
    path_in(dir, "said", path);
    char *said = read_whole(path, NULL);
    path_in(dir, "made", path);
    free(read_whole(path, &made));
    cr_expect_eq(got, status, "%s gives %d: %s", more, got, said);
    cr_expect((made > 0) == (status == 0), "%s: %zu bytes were made", more, made);
    cr_expect(*word ? strstr(said, word) && strstr(said, "more.cordon") : !*said, "%s: %s", more, said);
    free(said);
    remove_library(dir);
}

Test(embed, a_library_with_a_mistake_is_not_built_in)
{
    expect_embed("kind Box : process \"Box\"\n", 0, "");
    expect_embed("kind Box : nothing \"Box\"\n", 1, "E0206");
    expect_embed("rule W \"w\" {\n", 1, "E0122");
    expect_embed("rule W \"w\" { for each process b ; when b.exposed ; message: \"{c}\" }\n", 1, "E0407");
    expect_embed("rule W \"w\" { for each process b ; when b.exposed ; cwe: [99999] }\n", 1, "E0413");
    expect_embed("risk_policy P { rows: Severity ; levels: RiskLevel ; matrix { none: low } }\n", 1, "E0942");
    expect_embed("capability sees \"Sees\" { fda: [nowhere] }\n", 1, "E0214");
}
