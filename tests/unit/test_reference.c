/* The examples of the documents are models that work. Every fenced block marked `cordon` is compiled as a file of its own:
 *   ```cordon               compiles without a word (an example of a rule may lack tests), its rule tests pass
 *   ```cordon NAME.cordon   the same; the other blocks of the document can import it
 *   ```cordon fragment      is read without a syntax error, but means something only in a larger model
 *   ```cordon error E0208   is refused with this code
 * and stands in the canonical layout. */
#include "support.h"

#include "syntax/format.h"

enum { MOST_BLOCKS = 100 };

typedef struct Block {
    size_t line; /* of the opening fence */
    char mark[64];
    char *text;
} Block;

static const char *line_end(const char *s)
{
    const char *end = strchr(s, '\n');
    return end ? end + 1 : s + strlen(s);
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static size_t read_blocks(const char *document, Block *blocks)
{
    char *text = read_whole(document, NULL);
    size_t n = 0, line = 0;
    for (const char *s = text; *s;) {
        const char *end = line_end(s);
        line++;
        if (!begins(s, "```cordon")) {
            s = end;
            continue;
        }
        cr_assert(n < MOST_BLOCKS, "%s: more than %d blocks", document, MOST_BLOCKS);
        Block *b = &blocks[n++];
        *b = (Block){.line = line};
        sscanf(s + strlen("```cordon"), "%*[ ]%63[^\n]", b->mark);
        StrBuf body = {0};
        for (s = end; *s && !begins(s, "```"); s = end, line++) {
            end = line_end(s);
            strbuf_add(&body, (Str){s, (size_t)(end - s)});
        }
        cr_assert(*s && body.n, "%s:%zu: the block is empty or not closed", document, b->line);
        b->text = body.s;
        s = line_end(s);
        line++;
    }
    free(text);
    return n;
}

static void expect_layout(const char *document, const Block *b, Run *r)
{
    const Tree *tree = &r->program.modules.at[1].tree;
    StrBuf out = {0};
    format_tree(tree, &r->sources, &r->names, &out);
    cr_expect_str_eq(out.s, b->text, "%s:%zu: the canonical layout is\n%s", document, b->line, out.s);
    strbuf_free(&out);
}

static void expect_tests_pass(const char *document, const Block *b, Run *r)
{
    TestReport report = {0};
    rules_test(r->rules, &r->program, false, false, &report);
    cr_expect_eq(report.failed, 0, "%s:%zu: tests fail: %s", document, b->line, run_diags(r));
    test_report_free(&report);
}

/* What is said of an example that is no whole model: that it declares no element, or that its rules have no tests. */
static bool harmless(const char *diags)
{
    static const char *const codes[] = {"E0311", "W0417", "W0418"};
    for (const char *s = diags; *s; s += strcspn(s, " "), s += *s == ' ') {
        bool known = false;
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            known |= begins(s, codes[i]);
        if (!known)
            return false;
    }
    return true;
}

static void check_block(const char *document, const Block *b, const TestFile *files, size_t nfiles)
{
    Run r;
    run_files(&r, files, nfiles);
    const char *got = run_diags(&r);
    bool fragment = strcmp(b->mark, "fragment") == 0;
    cr_expect_not(r.program.modules.at[1].tree.broken && !begins(b->mark, "error"), "%s:%zu: %s", document, b->line, got);
    if (begins(b->mark, "error "))
        cr_expect(begins(got, b->mark + strlen("error ")), "%s:%zu: expected %s, got [%s]", document, b->line, b->mark, got);
    else if (!fragment)
        cr_expect(harmless(got), "%s:%zu: [%s]", document, b->line, got);
    if (r.rules && !fragment)
        expect_tests_pass(document, b, &r);
    if (!r.program.modules.at[1].tree.broken)
        expect_layout(document, b, &r);
    run_free(&r);
}

static void check_document(const char *document, size_t least)
{
    static Block blocks[MOST_BLOCKS];
    static TestFile files[MOST_BLOCKS + 1];
    size_t n = read_blocks(document, blocks), nfiles = 1;
    cr_expect(n >= least, "%s: only %zu examples", document, n);
    for (size_t i = 0; i < n; i++)
        if (str_ends(str_from(blocks[i].mark), STR(".cordon")))
            files[nfiles++] = (TestFile){blocks[i].mark, blocks[i].text};
    for (size_t i = 0; i < n; i++) {
        files[0] = (TestFile){"example.cordon", blocks[i].text};
        check_block(document, &blocks[i], files, nfiles);
    }
    for (size_t i = 0; i < n; i++)
        free(blocks[i].text);
}

Test(reference, language)
{
    check_document("grammar/README.md", 20);
}

Test(reference, front_page)
{
    check_document("README.md", 1);
}

Test(reference, library)
{
    check_document("stdlib/README.md", 2);
}
