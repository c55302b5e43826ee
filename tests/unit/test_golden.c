/* Golden tests: tests/golden/AREA/SENTENCE.cordon, one idea each. Without a first line of its own a file states its diagnostics in
 * comments, `//! E0214`, on the line each belongs to (`E0122@7`: another line, `E0203@lib/b.cordon:2`: another file) and has no
 * other. With `// cordon: STAGE` in the first line the output of that stage stands in SENTENCE.expect beside it; STAGE is one
 * of ast, fmt, plan, threats, diag (the messages as people see them), or the file name of an emitter, such as threats.json.
 * UPDATE=1 writes the .expect files anew. */
#include "support.h"

#include "ruletest/ruletest.h"
#include "syntax/format.h"
#include "syntax/parse.h"

enum { MOST_FILES = 2000 };

struct golden {
    char path[200];
};

static char found[MOST_FILES][200];

static bool is_case(const char *path)
{
    return !strstr(path, "/lib/");
}

ParameterizedTestParameters(golden, cases)
{
    size_t n = find_files("tests/golden", ".cordon", found, MOST_FILES), kept = 0;
    struct golden *all = cr_calloc(n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++)
        if (is_case(found[i]))
            memcpy(all[kept++].path, found[i], sizeof found[i]);
    return cr_make_param_array(struct golden, all, kept, NULL);
}

/* ---- diagnostics said in comments ---- */

static void add_expected(StrBuf *out, const char *word, size_t n, unsigned line)
{
    strbuf_format(out, "%s%.*s", out->n ? " " : "", (int)n, word);
    if (!memchr(word, '@', n))
        strbuf_format(out, "@%u", line);
}

static void expected_diags(const char *text, StrBuf *out)
{
    unsigned line = 1;
    for (const char *s = text; *s; line++) {
        const char *eol = strchr(s, '\n');
        const char *end = eol ? eol : s + strlen(s), *mark = strstr(s, "//!");
        for (const char *w = mark && mark < end ? mark + 3 : end; w < end;) {
            while (w < end && *w == ' ')
                w++;
            size_t n = strcspn(w, " \r\n");
            if (n)
                add_expected(out, w, n, line);
            w += n ? n : 1;
        }
        s = eol ? eol + 1 : end;
    }
}

static int word_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words of a line in order of bytes, so that two lists are compared as sets. */
static char *sorted_words(Arena *a, const char *text)
{
    char *copy = str_z(a, str_from(text)), *words[500];
    size_t n = 0;
    for (char *w = copy; *w && n < 500;) {
        char *blank = strchr(w, ' ');
        words[n++] = w;
        if (!blank)
            break;
        *blank = '\0';
        w = blank + 1;
    }
    qsort(words, n, sizeof *words, word_order);
    StrBuf out = {0};
    for (size_t i = 0; i < n; i++)
        strbuf_format(&out, "%s%s", i ? " " : "", words[i]);
    char *z = str_z(a, strbuf_str(&out));
    strbuf_free(&out);
    return z;
}

static void drop_word(char *words, const char *code)
{
    for (char *s; (s = strstr(words, code));) {
        size_t n = strcspn(s, " ");
        n += s[n] == ' ';
        memmove(s, s + n, strlen(s + n) + 1);
    }
    size_t n = strlen(words);
    if (n && words[n - 1] == ' ')
        words[n - 1] = '\0';
}

static void shorten_paths(const char *path, char *words)
{
    long slash = str_rfind(str_from(path), '/');
    size_t n = (size_t)slash + 1;
    for (char *s; (s = strstr(words, path)) || (n && (s = strstr(words, "@tests/golden/")));) {
        char *from = s + (*s == '@');
        if (strncmp(from, path, n) != 0)
            break;
        memmove(from, from + n, strlen(from + n) + 1);
    }
}

/* That a rule has no test (W0417, W0418) counts only in files whose first line is `// lint`; `// test` there runs the tests of rules,
 * `// coverage` counts the verdicts that they expect as well, and `// mutate` runs them on changed rules. */
static void check_comments(const char *path, const char *text)
{
    Run r;
    StrBuf wanted = {0};
    bool lint = strncmp(text, "// lint", 7) == 0;
    run_path(&r, path);
    unsigned what = strncmp(text, "// test", 7) == 0        ? TEST_ATOMS
                    : strncmp(text, "// coverage", 11) == 0 ? TEST_ATOMS | TEST_VERDICTS
                    : strncmp(text, "// mutate", 9) == 0    ? TEST_ATOMS | TEST_MUTANTS
                                                            : 0;
    if (what && r.rules) {
        TestReport report;
        rules_test(r.rules, &r.program, false, what, &report);
        test_report_free(&report);
    }
    expected_diags(text, &wanted);
    char *got = run_diags(&r);
    shorten_paths(path, got);
    if (!lint) {
        drop_word(got, "W0417");
        drop_word(got, "W0418");
    }
    got = sorted_words(&r.arena, got);
    char *want = sorted_words(&r.arena, wanted.s ? wanted.s : "");
    cr_expect_str_eq(got, want, "%s: diagnostics are [%s], expected [%s]", path, got, want);
    strbuf_free(&wanted);
    run_free(&r);
}

/* ---- stages with an output ---- */

static void print_tree(const char *path, const char *text, size_t n, bool format, StrBuf *out)
{
    Sources s;
    Interner names;
    Diags diags = {0};
    Tree tree;
    sources_init(&s);
    intern_init(&names);
    parse_init(&names);
    FileId file = sources_add(&s, str_from(path), str_from(path), (Str){text, n}, false);
    parse_file(&s, file, &names, &diags, &tree);
    if (format) {
        cr_assert(diags.errors == 0, "%s has syntax errors", path);
        format_tree(&tree, &s, &names, out);
        cr_expect(format_check(&tree, &s, &names, strbuf_str(out)), "%s: formatting is not safe", path);
    } else {
        tree_dump(&tree, &s, &names, out);
    }
    tree_free(&tree);
    diags_free(&diags);
    intern_free(&names);
    sources_free(&s);
}

/* Where the library declares something is no part of a message under test: `std.base:354` becomes `std.base:_`. */
static void add_masked(StrBuf *out, Str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t name = i;
        if (str_starts(str_slice(text, i, text.n), STR("std.")))
            while (name < text.n &&
                   (text.s[name] == '.' || text.s[name] == '_' || (text.s[name] >= 'a' && text.s[name] <= 'z')))
                name++;
        size_t digits = name + 1;
        while (name > i && name < text.n && text.s[name] == ':' && digits < text.n && text.s[digits] >= '0' &&
               text.s[digits] <= '9')
            digits++;
        if (digits > name + 1) {
            strbuf_format(out, "%.*s:_", (int)(name - i), text.s + i);
            i = digits;
        } else {
            strbuf_char(out, text.s[i++]);
        }
    }
}

static void print_run(const char *path, const char *stage, StrBuf *out)
{
    Run r;
    run_path(&r, path);
    bool known = true;
    if (strcmp(stage, "plan") == 0 && r.rules) {
        rules_dump(r.rules, out);
    } else if (strcmp(stage, "threats") == 0) {
        strbuf_addz(out, run_threats(&r));
    } else if (strcmp(stage, "diag") == 0) {
        Out o;
        ConsoleStyle style = {.color = false, .plain = false, .width = 100};
        out_memory(&o);
        diags_sort(&r.diags, &r.sources);
        emit_diags_text(&r.sources, &r.diags, &style, &o);
        add_masked(out, out_text(&o));
        out_discard(&o);
    } else {
        known = false;
        for (size_t i = 0; i < nemitters; i++)
            if (strcmp(emitters[i].file, stage) == 0) {
                strbuf_addz(out, run_emit(&r, emitters[i].emit));
                known = true;
            }
    }
    cr_expect(known, "%s: there is no stage `%s`", path, stage);
    run_free(&r);
}

static void compare(const char *path, const StrBuf *got)
{
    char expect[220];
    snprintf(expect, sizeof expect, "%.*s.expect", (int)(strlen(path) - strlen(".cordon")), path);
    const char *text = got->s ? got->s : "";
    if (getenv("UPDATE")) {
        FILE *f = fopen(expect, "wb");
        cr_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "cannot write %s", expect);
        return;
    }
    char *want = read_whole(expect, NULL);
    cr_expect_str_eq(text, want, "%s: output differs; `make bless` if that is intended. Got:\n%s", path, text);
    free(want);
}

ParameterizedTest(struct golden *g, golden, cases, .timeout = 20)
{
    size_t n;
    char *text = read_whole(g->path, &n), stage[40] = "";
    sscanf(text, "// cordon: %39s", stage);
    StrBuf got = {0};
    if (!*stage) {
        check_comments(g->path, text);
    } else if (strcmp(stage, "ast") == 0 || strcmp(stage, "fmt") == 0) {
        print_tree(g->path, text, n, strcmp(stage, "fmt") == 0, &got);
        compare(g->path, &got);
    } else {
        print_run(g->path, stage, &got);
        compare(g->path, &got);
    }
    strbuf_free(&got);
    free(text);
}

/* ---- every diagnostic is shown ---- */

/* Those that a file of a few lines cannot show; each has a test of its own in tests/limits or tests/cli. */
static bool tested_elsewhere(DiagId id)
{
    switch (id) {
    case D_NUL_BYTE:
    case D_FILE_TOO_LARGE:
    case D_TEXT_TOO_LONG:
    case D_IMPORT_UNREADABLE:
    case D_IMPORT_TWO_PATHS:
    case D_TOO_MANY_VARS: /* a guard: no pattern of today binds that many */
    case D_IMPORT_ESCAPES:
    case D_BOUNDARY_TOO_DEEP:
    case D_IMPORT_TOO_DEEP:
    case D_TOO_MANY_FILES:
    case D_TEMPLATE_TOO_LARGE:
    case D_SEARCH_TOO_LARGE:
    case D_CANNOT_READ:
    case D_TOO_MANY_CAPABILITIES:
    case D_TOO_MANY_PROPERTIES:
    case D_NO_DOT:
    case D_DOT_FAILED:
    case D_DIAGRAM_WITHHELD:
    case D_UNKNOWN_EVIDENCE: /* in test_clauses.c */
    case D_FOREIGN_UNKNOWN:  /* in test_exchange.c, as those that follow */
    case D_FOREIGN_SYNTAX:
    case D_FOREIGN_TYPE:
    case D_FOREIGN_VERSION:
    case D_FOREIGN_LEFT_OUT:
    case D_AFFECTS_NOTHING:
    case D_ITEM_DIFFERS:
    case D_ANALYSES_DIFFER:
    case D_FOREIGN_TOO_MANY:
    case D_ITEMS_IN_CIRCLE: return true;
    default: return false;
    }
}

Test(golden, every_code_is_shown)
{
    size_t n = find_files("tests/golden/diag", ".cordon", found, MOST_FILES);
    for (int id = 0; id < D_COUNT; id++) {
        char code[6], prefix[40];
        if (tested_elsewhere((DiagId)id))
            continue;
        snprintf(prefix, sizeof prefix, "tests/golden/diag/%s-", diag_code((DiagId)id, code));
        bool shown = false;
        for (size_t i = 0; i < n && !shown; i++)
            if (strncmp(found[i], prefix, strlen(prefix)) == 0) {
                char *text = read_whole(found[i], NULL);
                StrBuf codes = {0};
                expected_diags(text, &codes);
                shown = codes.n && strstr(codes.s, code);
                strbuf_free(&codes);
                free(text);
            }
        cr_expect(shown, "no golden file shows %s %s", code, diag_name((DiagId)id));
    }
}
