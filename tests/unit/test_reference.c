/* The examples of the documents are models that work. Every fenced block marked `cordon` is compiled as a file of its own:
 *   ```cordon               compiles without a word (an example of a rule may lack tests), its rule tests pass
 *   ```cordon NAME.cordon   the same; the other blocks of the document can import it
 *   ```cordon fragment      is read without a syntax error, but means something only in a larger model
 *   ```cordon error E0208   is refused with this code
 * and stands in the canonical layout. What the front page shows of the program's output is what the program prints. */
#include "support.h"

#include "ruletest/ruletest.h"
#include "syntax/format.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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
    rules_test(r->rules, &r->program, false, 0, &report);
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
    cr_expect_not(r.program.modules.at[1].tree.broken && !begins(b->mark, "error"), "%s:%zu: %s", document, b->line,
                  got);
    if (begins(b->mark, "error "))
        cr_expect(begins(got, b->mark + strlen("error ")), "%s:%zu: expected %s, got [%s]", document, b->line, b->mark,
                  got);
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

/* ---- what the front page shows of the program ---- */

/* Runs `$ cordon COMMAND FILE` in a folder of its own, where the first model of the page is the file. The answer is what was
 * printed; free it. */
static char *output_of(char *line, const char *program, const char *model)
{
    char dir[] = P_tmpdir "/cordon-page-XXXXXX";
    cr_assert(mkdtemp(dir) && chdir(dir) == 0);
    char *command = line + strlen("$ cordon "), *file = strchr(command, ' ');
    cr_assert(file != NULL, "%s", line);
    *file++ = '\0';
    FILE *f = fopen(file, "w");
    cr_assert(f && fputs(model, f) >= 0 && fclose(f) == 0);
    posix_spawn_file_actions_t to;
    posix_spawn_file_actions_init(&to);
    posix_spawn_file_actions_addopen(&to, 1, "out", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_addopen(&to, 2, "/dev/null", O_WRONLY, 0);
    char *argv[] = {(char *)"cordon", command, file, NULL};
    pid_t pid;
    int status;
    cr_assert_eq(posix_spawn(&pid, program, &to, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&to);
    cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) <= 1, "cordon %s", command);
    char *text = read_whole("out", NULL);
    cr_assert(unlink("out") == 0 && unlink(file) == 0 && chdir("/") == 0 && rmdir(dir) == 0);
    return text;
}

/* Every line shown is one that is printed, in this order; `…` stands for those left out. */
Test(reference, output_on_the_front_page)
{
    static Block blocks[MOST_BLOCKS];
    size_t n = read_blocks("README.md", blocks), commands = 0;
    char *page = read_whole("README.md", NULL), *program = realpath(cordon_program(), NULL), *output = NULL, *at = NULL;
    cr_assert(program != NULL, "no program at %s", cordon_program());
    for (char *line = page, *next; *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        if (begins(line, "$ cordon ")) {
            free(output);
            at = output = output_of(line, program, blocks[0].text);
            commands++;
        } else if (begins(line, "```")) {
            at = NULL;
        } else if (at && strcmp(line, "…") != 0) {
            char *found = strstr(at, line);
            cr_expect(found != NULL, "README.md shows a line that the program does not print there: %s", line);
            at = found ? found + strlen(line) : at;
        }
    }
    cr_expect(commands >= 2, "only %zu commands", commands);
    free(output);
    free(page);
    free(program);
    for (size_t i = 0; i < n; i++)
        free(blocks[i].text);
}
