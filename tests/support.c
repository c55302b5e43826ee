/* Runs on models given as text. Requires the working directory to be the top of the project. */
#include "support.h"

#include <dirent.h>

static const TestFile *find_file(const Run *r, const char *path)
{
    if (strncmp(path, "./", 2) == 0)
        path += 2;
    for (size_t i = 0; i < r->nfiles; i++)
        if (strcmp(r->files[i].name, path) == 0)
            return &r->files[i];
    return NULL;
}

static ReadStatus table_read(void *self, const char *path, StrBuf *out)
{
    const Run *r = self;
    const TestFile *f = find_file(r, path);
    Reader disk = reader_disk();
    if (!f && r->stdlib && str_starts(str_from(path), str_from(r->stdlib)))
        return disk.read(disk.self, path, out);
    if (!f)
        return READ_MISSING;
    strbuf_addz(out, f->text);
    return READ_OK;
}

static Str table_canonical(void *self, Arena *a, const char *path)
{
    const TestFile *f = find_file(self, path);
    size_t n = strlen(path);
    if (f)
        return str_format(a, "/memory/%s", f->name);
    if (strcmp(path, ".") == 0)
        return STR("/memory");
    return n && path[n - 1] == '/' ? str_format(a, "/memory/%.*s", (int)n - 1, path) : (Str){"", 0};
}

/* Whatever the reader, every stage as far as it is sound. */
static void run(Run *r, const char *root, Reader reader)
{
    sources_init(&r->sources);
    program_names(&r->names);
    LoadOptions options = {.reader = reader, .stdlib_dir = r->stdlib, .today = TEST_TODAY};
    program_load(&r->program, &r->sources, &r->names, &r->diags, root, &options);
    if (r->diags.errors)
        return;
    r->rules = rules_compile(&r->program, r->use);
    if (r->diags.errors)
        return;
    rules_eval(r->rules, &r->verdicts);
    policies_check(r->rules, &r->program);
    assess(&r->program, r->rules, &r->verdicts, TEST_TODAY, &r->assessment);
    hash_model(&r->program, r->hashes[0]);
    hash_rules(&r->program, r->hashes[1]);
    long slash = str_rfind(str_from(root), '/');
    r->report = (Report){.program = &r->program,
                         .assessment = &r->assessment,
                         .arena = &r->arena,
                         .model_hash = str_from(r->hashes[0]),
                         .rules_hash = str_from(r->hashes[1]),
                         .clock = -1,
                         .root_dir = slash < 0 ? STR("") : str_slice(str_from(root), 0, (size_t)slash)};
    r->assessed = true;
}

static void run_table(Run *r, const TestFile *files, size_t n)
{
    r->files = files;
    r->nfiles = n;
    run(r, files[0].name, (Reader){r, table_read, table_canonical});
}

void run_files(Run *r, const TestFile *files, size_t n)
{
    *r = (Run){0};
    run_table(r, files, n);
}

void run_from_texts(Run *r, const TestFile *files, size_t n)
{
    *r = (Run){.stdlib = "stdlib"};
    run_table(r, files, n);
}

void run_here(Run *r, const TestFile *files, size_t n)
{
    *r = (Run){.use = RULES_HERE};
    run_table(r, files, n);
}

void run_text(Run *r, const char *text)
{
    run_files(r, &(TestFile){"test.cordon", text}, 1);
    r->files = NULL;
    r->nfiles = 0;
}

void run_reader(Run *r, const char *root, Reader reader)
{
    *r = (Run){0};
    run(r, root, reader);
}

void run_path(Run *r, const char *path)
{
    *r = (Run){0};
    run(r, path, reader_disk());
}

void run_free(Run *r)
{
    if (r->assessed)
        assess_free(&r->assessment);
    verdicts_free(&r->verdicts);
    if (r->rules)
        rules_free(r->rules);
    program_free(&r->program);
    diags_free(&r->diags);
    intern_free(&r->names);
    sources_free(&r->sources);
    arena_free(&r->arena);
}

static char *take(Run *r, StrBuf *b)
{
    char *z = str_z(&r->arena, strbuf_str(b));
    strbuf_free(b);
    return z;
}

char *run_diags(Run *r)
{
    StrBuf out = {0};
    FileId root = r->program.modules.n > 1 ? r->program.modules.at[1].tree.file : 0;
    diags_sort(&r->diags, &r->sources);
    for (uint32_t i = 0; i < r->diags.list.n; i++) {
        const Diag *d = r->diags.list.at[i];
        char code[6];
        strbuf_format(&out, "%s%s", out.n ? " " : "", diag_code(d->id, code));
        if (span_none(d->span))
            continue;
        const SourceFile *f = source_file(&r->sources, d->span.file);
        unsigned line = source_linecol(&r->sources, d->span.file, d->span.lo).line;
        if (d->span.file == root)
            strbuf_format(&out, "@%u", line);
        else
            strbuf_format(&out, "@%.*s:%u", STR_FMT(f->path), line);
    }
    return take(r, &out);
}

char *run_threats(Run *r)
{
    StrBuf out = {0};
    for (uint32_t i = 0; r->assessed && i < r->assessment.threats.n; i++) {
        const Threat *t = &r->assessment.threats.at[i];
        StrBuf id = {0};
        threat_id(&r->assessment, t, &id);
        const char *at = id.n ? strchr(id.s, '@') : NULL, *dot = id.n ? strchr(id.s, '.') : NULL;
        strbuf_addz(&out, at && dot && dot < at ? dot + 1 : id.s);
        strbuf_format(&out, " %.*s\n", STR_FMT(threat_verdict(&r->assessment, t)));
        strbuf_free(&id);
    }
    return take(r, &out);
}

char *run_emit(Run *r, void (*emit)(const Report *r, Out *out))
{
    cr_assert(r->assessed, "the model has errors: %s", run_diags(r));
    Out out;
    out_memory(&out);
    emit(&r->report, &out);
    cr_assert(out_ok(&out));
    char *text = str_z(&r->arena, out_text(&out));
    out_discard(&out);
    return text;
}

void expect_diags_at(int line, const char *text, const char *wanted)
{
    Run r;
    run_text(&r, text);
    cr_expect_str_eq(run_diags(&r), wanted, "line %d: `%s` gives [%s], not [%s]", line, text, run_diags(&r), wanted);
    run_free(&r);
}

void expect_threats_at(int line, const char *text, const char *wanted)
{
    Run r;
    run_text(&r, text);
    cr_expect(r.diags.errors == 0, "line %d: the model has errors: %s", line, run_diags(&r));
    cr_expect_str_eq(run_threats(&r), wanted, "line %d: got\n%s\nnot\n%s", line, run_threats(&r), wanted);
    run_free(&r);
}

char *read_whole(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f != NULL, "cannot open %s", path);
    StrBuf b = {0};
    char chunk[4096];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;)
        strbuf_add(&b, (Str){chunk, got});
    fclose(f);
    strbuf_addz(&b, "");
    if (!b.s)
        strbuf_char(&b, '\0'), b.n = 0;
    if (n)
        *n = b.n;
    return b.s;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(a, b);
}

static size_t walk(const char *folder, const char *ending, char (*paths)[200], size_t n, size_t most)
{
    DIR *d = opendir(folder);
    if (!d)
        return n;
    for (struct dirent *e; (e = readdir(d)) && n < most;) {
        if (e->d_name[0] == '.')
            continue;
        int length = snprintf(paths[n], 200, "%s/%s", folder, e->d_name);
        if (length < 0 || length >= 200)
            continue;
        char path[200];
        memcpy(path, paths[n], sizeof path);
        DIR *sub = opendir(path);
        if (sub) {
            closedir(sub);
            n = walk(path, ending, paths, n, most);
        } else if (str_ends(str_from(path), str_from(ending))) {
            n++;
        }
    }
    closedir(d);
    return n;
}

size_t find_files(const char *folder, const char *ending, char (*paths)[200], size_t most)
{
    size_t n = walk(folder, ending, paths, 0, most);
    qsort(paths, n, 200, by_bytes);
    return n;
}

const char *cordon_program(void)
{
    const char *program = getenv("CORDON");
    return program ? program : "out/cordon";
}
