/* Risks, by running the program: proposals of a build appended to the model, and what `explain` gives for a decision. */
#include "cli.h"

enum { MOST_FILES = 20 };

typedef struct Example {
    char paths[MOST_FILES][200], *texts[MOST_FILES];
    size_t n;
} Example;

static Example read_example(const char *folder)
{
    Example e = {0};
    e.n = find_files(folder, ".cordon", e.paths, MOST_FILES);
    cr_assert(e.n > 0);
    for (size_t i = 0; i < e.n; i++) {
        size_t n;
        e.texts[i] = read_whole(e.paths[i], &n);
    }
    return e;
}

/* Puts its files beside each other; `more` is appended to the one of that name. */
static void put_example(const Example *e, const char *root, const char *more)
{
    for (size_t i = 0; i < e->n; i++) {
        StrBuf b = {0};
        const char *name = strrchr(e->paths[i], '/') + 1;
        strbuf_addz(&b, e->texts[i]);
        if (strcmp(name, root) == 0)
            strbuf_addz(&b, more);
        put_file(name, b.s);
        strbuf_free(&b);
    }
}

static void free_example(Example *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->texts[i]);
}

static long long figure(Cli *c, const char *name)
{
    char command[200];
    size_t n;
    snprintf(command, sizeof command, "build %s --today 2026-11-01 -o out", name);
    run(c, command);
    expect_status(c, 0);
    char *text = read_whole("out/risks.json", &n);
    json_t *all = json_loads(text, 0, NULL);
    cr_assert(all);
    long long proposed = json_integer_value(json_object_get(json_object_get(all, "summary"), "proposed"));
    json_decref(all);
    free(text);
    return proposed;
}

/* In the folder of a Cli. */
static void expect_appended(Cli *c, const Example *e, const char *root)
{
    size_t n;
    put_example(e, root, "");
    cr_expect(figure(c, root) > 10, "%s", root);
    char *proposed = read_whole("out/risks_proposed.cordon", &n);
    run(c, "fmt --check out/risks_proposed.cordon");
    expect_status(c, 0);
    put_example(e, root, proposed);
    cr_expect_eq(figure(c, root), 0, "%s: something is left over", root);
    free(proposed);
}

/* With the risks that they declare, and whose decisions go on counting. */
Test(cli_risks, proposals_are_appended_to_the_examples)
{
    static const char *const names[] = {"imaging", "wearable"};
    Example all[2];
    for (size_t i = 0; i < 2; i++) {
        char folder[100];
        snprintf(folder, sizeof folder, "examples/%s", names[i]);
        all[i] = read_example(folder);
    }
    Cli c = cli();
    for (size_t i = 0; i < 2; i++) {
        char root[100];
        snprintf(root, sizeof root, "%s.cordon", names[i]);
        expect_appended(&c, &all[i], root);
        expect_not_in(c.err, "W0966");
        free_example(&all[i]);
    }
    cli_end(&c);
}

#define MODEL                                                                                    \
    "import std.stride\nexternal Badge { human: false }\nboundary Ward { DeviceApp Pump }\n"     \
    "flow login \"Login\" #FL1 : Badge -> Ward.Pump { protocol: rfid ; authentication: none }\n" \
    "risk False \"False badge\" #RK1 { rules: [stride.S03] ; at: [login] }\n"

/* What explain gives for a risk makes a decision that counts, and lapses with the fact it names. */
Test(cli_risks, what_explain_gives_can_be_pasted)
{
    Cli c = cli();
    put_file("m.cordon", MODEL);
    run(&c, "explain RK1 m.cordon");
    expect_status(&c, 0);
    expect_in(c.out, "stride.S03@FL1");
    expect_in(c.out, "\"FL1.authentication is none\"");
    char *covers = strstr(c.out, "  covers: 1\n");
    cr_assert(covers);
    StrBuf b = {0};
    strbuf_format(&b, MODEL "decision #RD1 accept False {\n  rationale: \"r\"\n  owner: @o\n%s}\n", covers);
    put_file("m.cordon", b.s);
    run(&c, "explain stride.S03@FL1 m.cordon");
    expect_in(c.out, "stride.S03@FL1  accepted");
    cr_expect_str_eq(c.err, "");
    char *none = strstr(b.s, "authentication: none");
    StrBuf changed = {0};
    strbuf_add(&changed, (Str){b.s, (size_t)(none - b.s)});
    strbuf_addz(&changed, "authentication: unknown");
    strbuf_addz(&changed, none + strlen("authentication: none"));
    put_file("m.cordon", changed.s);
    run(&c, "check m.cordon --fail-on none");
    expect_in(c.err, "`FL1.authentication` was `none` and is `unknown`");
    run(&c, "explain Nothing m.cordon");
    expect_status(&c, 3);
    strbuf_free(&b);
    strbuf_free(&changed);
    cli_end(&c);
}
