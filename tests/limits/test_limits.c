/* Every named limit of base/limits.h, at it and just over it. */
#include "support.h"

#include "base/limits.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether a model with `text` reports the code; the text is freed. */
static bool reports(StrBuf *text, const char *code)
{
    Run r;
    run_text(&r, text->s);
    char *got = run_diags(&r);
    bool found = strstr(got, code) != NULL;
    run_free(&r);
    strbuf_free(text);
    *text = (StrBuf){0};
    return found;
}

static void repeat(StrBuf *b, char c, size_t n)
{
    while (n--)
        strbuf_char(b, c);
}

Test(limits, file_bytes)
{
    char path[] = "out/limit-XXXXXX";
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    StrBuf text = {0};
    Reader disk = reader_disk();
    cr_assert(ftruncate(fd, (off_t)LIMIT_FILE_BYTES + 1) == 0); /* a hole: takes no room on the disk */
    cr_expect(disk.read(disk.self, path, &text) == READ_TOO_LARGE);
    cr_expect(text.n == 0);
    Run r;
    run_path(&r, path);
    cr_expect(r.diags.errors == 1, "%s", run_diags(&r));
    run_free(&r);
    close(fd);
    unlink(path);
    strbuf_free(&text);
}

/* Root: one import a file. The files m0, m1, ... hold one element each, or, as a chain, the import of the next. */
typedef struct Many {
    unsigned files;
    bool chain;
} Many;

static ReadStatus many_read(void *self, const char *path, StrBuf *out)
{
    const Many *m = self;
    unsigned i;
    if (strcmp(path, "root.cordon") == 0) {
        for (i = 0; i < (m->chain ? 1 : m->files); i++)
            strbuf_format(out, "import m%u\n", i);
        strbuf_addz(out, "process Root\n");
    } else if (sscanf(path, "m%u.cordon", &i) == 1) {
        if (m->chain && i + 1 < m->files)
            strbuf_format(out, "import m%u\n", i + 1);
        strbuf_format(out, "process P%u\n", i);
    } else {
        return READ_MISSING;
    }
    return READ_OK;
}

static Str many_canonical(void *self, Arena *a, const char *path)
{
    (void)self;
    return strcmp(path, ".") == 0 ? STR("/m") : str_format(a, "/m/%s", path);
}

static bool many_report(unsigned files, bool chain, const char *code)
{
    Many many = {files, chain};
    Run r;
    run_reader(&r, "root.cordon", (Reader){&many, many_read, many_canonical});
    char *got = run_diags(&r);
    bool found = strstr(got, code) != NULL;
    cr_expect(found || r.diags.errors == 0, "%u files: %.200s", files, got);
    run_free(&r);
    return found;
}

Test(limits, files, .timeout = 60)
{
    cr_expect_not(many_report(LIMIT_FILES - 20, false, "E0236"));
    cr_expect(many_report(LIMIT_FILES + 1, false, "E0236"));
}

Test(limits, import_depth)
{
    cr_expect_not(many_report(LIMIT_IMPORT_DEPTH - 1, true, "E0235"));
    cr_expect(many_report(LIMIT_IMPORT_DEPTH + 1, true, "E0235"));
}

Test(limits, nesting)
{
    for (int over = 0; over < 2; over++) {
        StrBuf b = {0};
        for (int i = 0; i < LIMIT_NESTING + over; i++)
            strbuf_format(&b, "boundary B%d {\n", i);
        repeat(&b, '}', (size_t)(LIMIT_NESTING + over));
        cr_expect_eq(reports(&b, "E0113"), over != 0);
    }
    StrBuf deep = {0};
    for (int i = 0; i < 100000; i++)
        strbuf_addz(&deep, "boundary B {");
    cr_expect(reports(&deep, "E0113"), "a hundred thousand open blocks");
}

Test(limits, name_bytes)
{
    for (size_t over = 0; over < 2; over++) {
        StrBuf b = {0};
        strbuf_addz(&b, "process ");
        repeat(&b, 'n', LIMIT_NAME_BYTES + over);
        cr_expect_eq(reports(&b, "E0112"), over != 0);
    }
}

Test(limits, qname_parts)
{
    for (int over = 0; over < 2; over++) {
        StrBuf b = {0};
        strbuf_addz(&b, "process A { also_inside: [a");
        for (int i = 1; i < LIMIT_QNAME_PARTS + over; i++)
            strbuf_addz(&b, ".a");
        strbuf_addz(&b, "] }");
        cr_expect_eq(reports(&b, "E0119"), over != 0);
    }
}

Test(limits, text_bytes)
{
    for (size_t over = 0; over < 2; over++) {
        StrBuf b = {0};
        strbuf_addz(&b, "process A \"");
        repeat(&b, 't', LIMIT_TEXT_BYTES + over);
        strbuf_addz(&b, "\"\n");
        cr_expect_eq(reports(&b, "E0104"), over != 0);
        strbuf_addz(&b, "process A { out_of_scope: \"\"\"");
        repeat(&b, 't', LIMIT_TEXT_BYTES + over);
        strbuf_addz(&b, "\"\"\" }\n");
        cr_expect_eq(reports(&b, "E0104"), over != 0);
    }
}

/* However many mistakes there are, all are counted and few are kept. */
Test(limits, diagnostics, .timeout = 60)
{
    StrBuf b = {0};
    for (int i = 0; i < 1000000; i++)
        strbuf_addz(&b, "! \n");
    Run r;
    run_text(&r, b.s);
    cr_expect(r.diags.errors == 1000000, "%u errors", (unsigned)r.diags.errors);
    cr_expect(r.diags.list.n < 20000, "%u kept", (unsigned)r.diags.list.n);
    run_free(&r);
    strbuf_free(&b);
}

/* T0 uses T1 uses T2 ... */
Test(limits, template_depth)
{
    for (int over = 0; over < 2; over++) {
        StrBuf b = {0};
        int n = LIMIT_TEMPLATE_DEPTH + over;
        for (int i = 0; i < n; i++) {
            strbuf_format(&b, "template T%d(n: boundary) { process P", i);
            if (i + 1 < n)
                strbuf_format(&b, " ; use T%d as U { n: n }", i + 1);
            strbuf_addz(&b, " }\n");
        }
        strbuf_addz(&b, "boundary B {}\nuse T0 as U { n: B }\n");
        cr_expect_eq(reports(&b, "E0306"), over != 0, "%d templates", n);
    }
}

/* Ten times ten times ten ... things. */
Test(limits, template_objects, .timeout = 120)
{
    StrBuf b = {0};
    for (int i = 0; i < 7; i++) {
        strbuf_format(&b, "template T%d(n: boundary) {\n", i);
        for (int k = 0; k < 10; k++)
            strbuf_format(&b, i == 6 ? "process P%d\n" : "use T%2$d as U%1$d { n: n }\n", k, i + 1);
        strbuf_addz(&b, "}\n");
    }
    strbuf_addz(&b, "boundary B {}\nuse T0 as U { n: B }\n");
    cr_expect(reports(&b, "E0309"));
}

Test(limits, kind_depth)
{
    for (int over = 0; over < 2; over++) {
        StrBuf b = {0};
        strbuf_addz(&b, "kind K0 : process \"K\"\n");
        for (int i = 1; i < LIMIT_KIND_DEPTH - 2 + over; i++) /* process, element, thing stand above K0 */
            strbuf_format(&b, "kind K%d : K%d \"K\"\n", i, i - 1);
        strbuf_addz(&b, "K0 A\n");
        cr_expect_eq(reports(&b, "E0222"), over != 0);
    }
}

Test(limits, boundary_depth)
{
    for (int over = 0; over < 2; over++) {
        StrBuf b = {0};
        for (int i = 0; i < LIMIT_BOUNDARY_DEPTH - 1 + over; i++)
            strbuf_format(&b, "boundary B%d { also_inside: [B%d] }\n", i, i + 1);
        strbuf_format(&b, "boundary B%d {}\nprocess P { also_inside: [B0] }\n", LIMIT_BOUNDARY_DEPTH - 1 + over);
        cr_expect_eq(reports(&b, "E0322"), over != 0);
    }
}

/* ---- sizes that nothing limits: they must only be read in reasonable time ---- */

Test(limits, one_line_of_a_hundred_megabytes, .timeout = 120)
{
    StrBuf b = {0};
    for (int i = 0; b.n < 100000000; i++)
        strbuf_format(&b, "process P%d;", i % 10 ? i : 0);
    Run r;
    run_text(&r, b.s);
    strbuf_free(&b);
    cr_expect(r.diags.errors > 0, "P0 is declared again and again");
    run_free(&r);
}

Test(limits, unclosed_things)
{
    static const char *const texts[] = {"process A \"",
                                        "process A { out_of_scope: \"\"\" x",
                                        "/*",
                                        "process A {",
                                        "flow f : A -> B { carries: [",
                                        "rule R { when (((",
                                        "process A { x: [",
                                        "template T(",
                                        "import",
                                        "\"\"\"",
                                        "\xEF\xBB\xBF",
                                        "}}}}",
                                        "])"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Run r;
        run_text(&r, texts[i]);
        cr_expect(r.diags.errors > 0, "no error for `%s`", texts[i]);
        run_free(&r);
    }
}

Test(limits, nul_byte_and_bad_utf8)
{
    static const struct {
        const char *text;
        size_t n;
        DiagId id;
    } rows[] = {{"process A\0B\n", 12, D_NUL_BYTE},
                {"process \xC3\n", 10, D_NOT_UTF8},
                {"process A \"\xED\xA0\x80\"\n", 16, D_NOT_UTF8},
                {"process A \"\xF5\x80\x80\x80\"\n", 17, D_NOT_UTF8},
                {"process A \"\xC0\xAF\"\n", 15, D_NOT_UTF8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[] = "out/limit-XXXXXX";
        int fd = mkstemp(path);
        cr_assert(fd >= 0 && write(fd, rows[i].text, rows[i].n) == (ssize_t)rows[i].n);
        close(fd);
        Run r;
        run_path(&r, path);
        cr_expect(r.diags.list.n == 1 && r.diags.list.at[0]->id == rows[i].id, "row %zu: %s", i, run_diags(&r));
        run_free(&r);
        unlink(path);
    }
}

/* ---- imports that cannot be read ---- */

static ReadStatus denied_read(void *self, const char *path, StrBuf *out)
{
    const ReadStatus *status = self;
    if (strcmp(path, "root.cordon") != 0)
        return *status;
    strbuf_addz(out, "import other\nprocess App\n");
    return READ_OK;
}

Test(limits, unreadable_imports)
{
    static const ReadStatus all[] = {READ_DENIED, READ_DIRECTORY, READ_FAILED, READ_TOO_LARGE};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        ReadStatus status = all[i];
        Run r;
        run_reader(&r, "root.cordon", (Reader){&status, denied_read, many_canonical});
        cr_expect(r.diags.errors >= 1 && r.diags.list.at[0]->span.lo == 7, "status %d: %s", (int)status, run_diags(&r));
        run_free(&r);
    }
}

static Str one_canonical(void *self, Arena *a, const char *path)
{
    (void)self;
    (void)a;
    return strcmp(path, ".") == 0 ? STR("/m") : strstr(path, "root") ? STR("/m/root.cordon") : STR("/m/same.cordon");
}

static ReadStatus two_paths_read(void *self, const char *path, StrBuf *out)
{
    (void)self;
    strbuf_addz(out, strcmp(path, "root.cordon") == 0 ? "import one\nimport two\nprocess App\n" : "process Shared\n");
    return READ_OK;
}

Test(limits, one_file_by_two_paths)
{
    Run r;
    run_reader(&r, "root.cordon", (Reader){NULL, two_paths_read, one_canonical});
    cr_expect_str_eq(run_diags(&r), "E0234@2");
    run_free(&r);
}

static Str outside_canonical(void *self, Arena *a, const char *path)
{
    (void)self;
    (void)a;
    return strcmp(path, ".") == 0 ? STR("/project")
           : strstr(path, "root") ? STR("/project/root.cordon")
                                  : STR("/projects/x.cordon");
}

Test(limits, link_that_leads_out)
{
    Run r;
    run_reader(&r, "root.cordon", (Reader){NULL, two_paths_read, outside_canonical});
    cr_expect_str_eq(run_diags(&r), "E0232@1 E0232@2");
    run_free(&r);
}

/* Beyond what the library has, so that only the model's own can be too many. */
Test(limits, capabilities)
{
    for (unsigned more = 0; more < 2; more++) {
        StrBuf text = {0};
        Run r;
        run_text(&r, "");
        unsigned known = r.program.model.ncaps;
        run_free(&r);
        for (unsigned i = known; i < LIMIT_CAPABILITIES + more; i++)
            strbuf_format(&text, "capability c%u \"C\"\n", i);
        cr_expect(reports(&text, "E0223") == (more == 1), "%u beyond the limit", more);
    }
}

/* Those of the library count as well. */
Test(limits, properties)
{
    for (unsigned more = 0; more < 2; more++) {
        StrBuf text = {0};
        Run r;
        run_text(&r, "");
        unsigned known = r.program.props.n - 1;
        run_free(&r);
        strbuf_addz(&text, "kind many : process {\n");
        for (unsigned i = known; i < LIMIT_PROPERTIES + more; i++)
            strbuf_format(&text, "  property p%u : bool\n", i);
        strbuf_addz(&text, "}\n");
        cr_expect(reports(&text, "E0224") == (more == 1), "%u beyond the limit", more);
    }
}
