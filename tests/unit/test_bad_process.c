/* What a hostile or hasty author can write about the risk management process: malformed vectors, days in the wrong order, decisions
 * about nothing, evidence against itself, texts that pose as something else, disks that fail. Each is told, and nothing is lost. */
#include "cli.h"
#include "dossier/dossier.h"
#include "zip.h"

#include <dirent.h>
#include <expat.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULE                                                                                  \
    "rule R1 \"{p} is exposed\" {\n  for each process p\n  when p.exposed\n  severity: low\n" \
    "  stride: spoofing\n  message: \"m\"\n  fix: \"f\"\n}\n"                                 \
    "test R1 { given { process X { exposed: true } }\n  expect R1 at X\n"                     \
    "  with X.exposed: false { expect no R1 } }\n"
#define MODEL RULE "process P { exposed: true }\n"
#define GOOD "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

/* ---- diagnostics ---- */

static const struct {
    const char *said, *diags;
} said[] = {
    /* vectors, wherever one can be written; line 13 is the first of its own */
    {"vulnerability V { cvss: \"" GOOD "\" }\nissue I { vector: \"" GOOD "\" }\n", ""},
    {"vulnerability V { cvss: \"\" }\n", "E0415@13"},
    {"vulnerability V { cvss: \"high\" }\n", "E0415@13"},
    {"vulnerability V { cvss: \"CVSS:2.0/AV:N\" }\n", "E0415@13"},
    {"vulnerability V { cvss: \"AV:N/AC:L/Au:N/C:P/I:P/A:P\" }\n", "E0415@13"},
    {"issue I { vector: \"CVSS:3.1/AV:N/AC:L\" }\n", "E0415@13"},
    {"issue I { vector: \"" GOOD "/AV:N\" }\n", "E0415@13"},
    {"issue I { vector: \"" GOOD " \" }\n", "E0415@13"},
    {"threat T { at: [P] ; stride: [spoofing] ; cvss: \"CVSS:4.0/AV:N\" }\n", "E0415@13"},
    {"estimate R1 at P { rationale: \"x\" ; vector: \"CVSS:3.1/AV:Q\" }\n", "E0950@13"},
    {"estimate R1 at P { rationale: \"x\" ; vector: \"DREAD/D:11\" }\n", "E0950@13"},
    {"risk K { rules: [R1] ; rationale: \"x\" ; vector: \"worst\" ; after: \"CVSS:4.0/bar\" }\n", "E0950@13 E0950@13"},
    {"kind parasite : thing \"Parasite\" { property vector : text? \"what carries it\" }\n"
     "parasite M { vector: \"a mosquito\" }\n",
     ""}, /* a property of the same name that means something else */
    /* decisions */
    {"decision #D1 accept R1 at P { rationale: \"x\" ; owner: @k ; decided: 2026-05-01 ; expires: 2026-04-30 }\n",
     "E0319@13"},
    {"decision #D1 accept R1 at P { rationale: \"x\" ; owner: @k ; expires: 2026-05-31 }\n", "W0505@13"},
    {"decision #D1 accept R1 at P { rationale: \"x\" ; owner: @k ; decided: 2026-06-02 }\n", "W0962@13"},
    {"decision #D1 accept R1 at P { rationale: \"x\" ; owner: @k ; decided: 2026-02-30 }\n", "E0115@13"},
    {"process Q { exposed: false }\ndecision #D1 accept R1 at Q { rationale: \"x\" ; owner: @k }\n", "W0502@14"},
    {"decision #D1 accept Nowhere { rationale: \"x\" ; owner: @k ; covers: 1 }\n", "E0508@13"},
    /* risks */
    {"risk Empty \"Empty\" {}\n", "W0972@13"},
    {"risk A { rules: [R1] }\nrisk B { rules: [R1] }\n", "E0971@14"},
    /* evidence */
    {"control C { implements: [firewall] ; status: verified\n  evidence A { result: pass }\n"
     "  evidence B { result: fail }\n}\n",
     "W0318@13"},
    {"control C { implements: [firewall] ; status: verified\n  evidence A { result: pending }\n}\n", "W0313@13"},
};

Test(bad_process, is_told)
{
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char text[2000];
        Run r;
        snprintf(text, sizeof text, MODEL "%s", said[i].said);
        run_text(&r, text);
        cr_expect_str_eq(run_diags(&r), said[i].diags, "%sgives %s", said[i].said, run_diags(&r));
        run_free(&r);
    }
}

/* What is no mistake of one declaration is a gap in the model. */
static const struct {
    const char *said, *gap;
} gaps[] = {
    {"issue I { received: 2026-05-02 ; resolved: 2026-05-01 }\n", "Q135@I"},
    {"issue I { received: 2026-06-02 }\n", "Q135@I"},
    {"issue I { received: 2026-05-01 ; fix_available: 2026-05-10 ; fix_deployed: 2026-05-09 }\n", "Q135@I"},
    {"control C { status: verified\n  evidence E { result: pass ; date: 2026-06-02 }\n}\n", "Q106@C.E"},
    {"system S { released: 2026-01-01 ; next_review: 2027-07-01 }\n", "Q82@S"},
    {"system S { next_review: 2026-05-31 }\n", "Q05@S"},
    {"review V { date: 2026-06-02 ; outcome: accepted }\n", "Q75@V"},
};

Test(bad_process, days_in_the_wrong_order_are_gaps)
{
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        char text[1000];
        Run r;
        StrBuf found = {0};
        snprintf(text, sizeof text, "import std.quality\n%s", gaps[i].said);
        run_text(&r, text);
        cr_assert(r.assessed, "%s: %s", gaps[i].said, run_diags(&r));
        for (uint32_t k = 0; k < r.assessment.gaps.n; k++) {
            threat_id(&r.assessment, &r.assessment.gaps.at[k], &found);
            strbuf_char(&found, '\n');
        }
        cr_expect(strstr(found.s, gaps[i].gap), "%s%s", gaps[i].said, found.s);
        strbuf_free(&found);
        run_free(&r);
    }
}

/* ---- what imports leave out ---- */

Test(bad_process, imports_write_no_vector_that_the_checker_refuses)
{
    Cli c = cli();
    put_file("vex.json", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"type\":\"library\","
                         "\"bom-ref\":\"a\",\"name\":\"lib\",\"version\":\"1\"}],\"vulnerabilities\":["
                         "{\"id\":\"CVE-2026-1\",\"ratings\":[{\"method\":\"CVSSv4\",\"vector\":\"AV:broken\"},"
                         "{\"method\":\"CVSSv31\",\"vector\":\"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],"
                         "\"affects\":[{\"ref\":\"a\"}]},"
                         "{\"id\":\"CVE-2026-2\",\"ratings\":[{\"method\":\"CVSSv31\",\"vector\":\"" GOOD "/X:Y\"}],"
                         "\"affects\":[{\"ref\":\"a\"}]}]}");
    run(&c, "import vex.json -o items.cordon");
    expect_status(&c, 0);
    expect_in(c.err, "vulnerabilities[0].ratings[0].vector");
    expect_in(c.err, "vulnerabilities[1].ratings[0].vector");
    expect_in(c.err, "W0924");
    char *items = read_whole("items.cordon", NULL);
    expect_in(items, "CVE-2026-2");
    expect_in(items, "cvss: \"" GOOD "\"\n"); /* the sound one of two stays */
    expect_not_in(items, "X:Y");
    free(items);
    put_file("m.cordon", "import items\nprocess P {}\n");
    run(&c, "check m.cordon");
    expect_not_in(c.err, "error");
    cli_end(&c);
}

/* ---- outputs of little ---- */

static bool there(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && s.st_size > 0;
}

static const char *const files[] = {"srmf.json", "risks.json", "threats.json", "model.json"};
enum { FILES = sizeof files / sizeof *files };

static void expect_outputs(Cli *c, char *const *schemas, const char *model)
{
    char problem[SCHEMA_PROBLEM], path[100];
    put_file("m.cordon", model);
    run(c, "build m.cordon -o out --today 2026-06-01 -q");
    cr_expect_eq(c->status, 0, "%s\n%s", model, c->err);
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "out/%s", files[i]);
        json_t *v = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
        cr_assert(v, "%s of %s", path, model);
        cr_expect(schema_fits(schemas[i], v, problem), "%s of %s: %s", path, model, problem);
        json_decref(v);
    }
    cr_expect(there("out/srmf.xlsx") && there("out/srmf.md") && there("out/srmf.html"), "%s", model);
}

Test(bad_process, a_model_of_little_has_a_whole_file)
{
    static const char *const models[] = {
        "assumption A {}\n",                   /* no threats, no risks */
        "process P { exposed: false }\n" RULE, /* rules that find nothing */
        MODEL "risk K \"Nothing\" {}\n",       /* a risk that gathers nothing */
        RULE
        "process Q {}\ndecision #D1 accept R1 at Q { rationale: \"x\" ; owner: @k ; expires: 2026-01-01 }\n"
        "process S {}\ndecision #D2 defer R1 at S { rationale: \"x\" ; owner: @k ; expires: 2026-01-02 }\n", /* decisions on nothing */
    };
    char *schemas[FILES], path[100];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "grammar/schema/%s", files[i]);
        schemas[i] = realpath(path, NULL);
        cr_assert(schemas[i], "%s", path);
    }
    Cli c = cli();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        expect_outputs(&c, schemas, models[i]);
    cli_end(&c);
    for (int i = 0; i < FILES; i++)
        free(schemas[i]);
}

/* ---- disks ---- */

static const char *const whole[] = {"out/srmf.json",    "out/srmf.md",    "out/srmf.html",
                                    "out/srmf.xlsx",    "out/risks.json", "out/risks_proposed.cordon",
                                    "out/srmf/gate.csv"};
enum { WHOLE = sizeof whole / sizeof *whole };

static void run_limited(Cli *c, const char *limit, const char *words)
{
    char command[5000], program[4096];
    snprintf(command, sizeof command, "%s; exec '%s' %s", limit, c->program, words);
    char *argv[] = {(char *)"sh", (char *)"-c", command, NULL};
    snprintf(program, sizeof program, "%s", c->program);
    snprintf(c->program, sizeof c->program, "/bin/sh");
    execute(c, argv);
    snprintf(c->program, sizeof c->program, "%s", program);
}

static void put_many(unsigned n)
{
    StrBuf b = {0};
    strbuf_addz(&b, RULE);
    for (unsigned i = 0; i < n; i++)
        strbuf_format(&b, "process P%u { exposed: true }\n", i);
    put_file("m.cordon", b.s);
    strbuf_free(&b);
}

static size_t entries(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    cr_assert(d, "%s", folder);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* A build that cannot end leaves every file of the one before as it was, and no half of its own. */
static void expect_all_or_nothing(Cli *c, const char *limit)
{
    char *before[WHOLE];
    size_t n[WHOLE], now;
    put_many(1);
    run(c, "build m.cordon -o out -q");
    expect_status(c, 0);
    size_t folder = entries("out"), tables = entries("out/srmf");
    for (int i = 0; i < WHOLE; i++)
        before[i] = read_whole(whole[i], &n[i]);
    put_many(300);
    run_limited(c, limit, "build m.cordon -o out -q");
    cr_expect_eq(c->status, 3, "%s: status %d: %s", limit, c->status, c->err);
    expect_in(c->err, "cannot write");
    for (int i = 0; i < WHOLE; i++) {
        char *after = read_whole(whole[i], &now);
        cr_expect(now == n[i] && memcmp(before[i], after, now) == 0, "%s: %s is another", limit, whole[i]);
        free(before[i]);
        free(after);
    }
    cr_expect_eq(entries("out"), folder, "%s: something is left in the folder", limit);
    cr_expect_eq(entries("out/srmf"), tables, "%s: something is left in the folder of tables", limit);
}

Test(bad_process, a_disk_that_fills_up_leaves_the_file_as_it_was)
{
    Cli c = cli();
    expect_all_or_nothing(&c, "ulimit -f 200");
    expect_all_or_nothing(&c, "ulimit -f 40");
    cli_end(&c);
}

Test(bad_process, a_folder_that_cannot_be_written_is_told)
{
    Cli c = cli();
    put_many(1);
    put_file("out", "a file where the folder should be\n");
    run(&c, "build m.cordon -o out");
    expect_status(&c, 3);
    expect_in(c.err, "out");
    run_shell((char[]){"rm out; mkdir out; echo mine > out/srmf"});
    run(&c, "build m.cordon -o out");
    expect_status(&c, 3);
    char *mine = read_whole("out/srmf", NULL);
    cr_expect_str_eq(mine, "mine\n");
    cr_expect(!there("out/srmf.json") && !there("out/srmf.xlsx"), "half of the outputs");
    free(mine);
    cli_end(&c);
}

/* ---- texts that pose as something else ---- */

#define EVIL \
    "=HYPERLINK(1) <script>alert(1)</script> | [x](javascript:alert(1)) **b** ![i](http://x) \\\"\\\"\\\" {p} ]]> \x1b[31m\x07 \xE2\x80\xAE"

/* The head of a declaration whose body the test fills; those that the model needs for it to stand in. */
static const struct {
    const char *kind, *head;
} heads[] = {
    {"system", "system S "},
    {"boundary", "boundary B "},
    {"process", "process Inner "},
    {"store", "store St "},

    {"external", "external X "},
    {"data", "data D "},
    {"asset", "asset As "},
    {"hazard", "hazard Hz "},
    {"harm", "harm Hm "},
    {"software", "software So "},
    {"control", "control C "},
    {"assumption", "assumption Ass "},
    {"threat", "threat T "},
    {"risk", "risk K "},
    {"estimate", "estimate R1 at P "},
    {"decision", "decision #D1 accept R1 at P "},
    {"responsibility", "responsibility Re "},
    {"state", "state Sta "},
    {"situation", "situation Si "},
    {"vulnerability", "vulnerability V "},
    {"issue", "issue I "},
    {"review", "review Rv "},
    {"information", "information Inf "},
    {"record", "record Rec "},
};

/* Vectors, and what has to hold for a decision to count, are no free texts. */
static bool is_free(const char *name)
{
    static const char *const bound[] = {"cvss",  "vector", "after",   "modifies", "basis",
                                        "facts", "rules",  "clauses", "clause"};
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++)
        if (strcmp(name, bound[i]) == 0)
            return false;
    return true;
}

/* Every text property of a kind. */
static size_t put_texts(const Program *p, KindId kind, StrBuf *out)
{
    size_t n = 0;
    for (PropId i = 1; i < p->props.n; i++) {
        const Prop *prop = &p->props.at[i];
        bool here = prop->owner <= kind && kind <= p->kinds.at[prop->owner].last;
        char *name = str_z(&p->diags->arena, sym_str(p->names, prop->name));
        if (!here || prop->type.tag != TYPE_TEXT || !is_free(name))
            continue;
        strbuf_format(out, "  %s: %s\"" EVIL "\"%s\n", name, prop->type.set ? "[" : "", prop->type.set ? "]" : "");
        n++;
    }
    return n;
}

static char *hostile_model(Run *bare)
{
    StrBuf b = {0};
    size_t n = 0;
    strbuf_addz(&b, "import std.quality\n" MODEL);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        KindId kind = 0;
        for (KindId k = 1; k < bare->program.kinds.n && !kind; k++)
            kind = str_eq(sym_str(&bare->names, bare->program.kinds.at[k].name), str_from(heads[i].kind)) ? k : 0;
        cr_assert(kind, "no kind %s", heads[i].kind);
        bool titled = heads[i].head[0] != 'e' || heads[i].head[1] != 's';
        strbuf_format(&b, "%s%s{\n", heads[i].head,
                      titled && strncmp(heads[i].head, "decision", 8) != 0 ? "\"" EVIL "\" " : "");
        n += put_texts(&bare->program, kind, &b);
        if (strcmp(heads[i].kind, "threat") == 0)
            strbuf_addz(&b, "  at: [P]\n");
        if (strcmp(heads[i].kind, "decision") == 0)
            strbuf_addz(&b, "  owner: @k\n");
        strbuf_addz(&b, "}\n");
    }
    cr_expect_gt(n, 80, "%zu texts", n);
    char *text = str_z(&bare->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static void expect_tame(const char *what, const char *text)
{
    cr_expect(!strchr(text, '\x1b') && !strchr(text, '\x07'), "%s: a control character", what);
    cr_expect(!strstr(text, "\xE2\x80\xAE"), "%s: a mark that turns the direction", what);
}

static void expect_file_tame(const char *path)
{
    char *text = read_whole(path, NULL);
    bool csv = strstr(path, ".csv") != NULL, doc = strstr(path, ".md") || strstr(path, ".html");
    expect_tame(path, text);
    cr_expect(!doc || !strstr(text, "<script>alert"), "%s: markup", path);
    cr_expect(!strstr(path, ".html") || !strstr(text, "href=\"javascript:"), "%s: a script for a link", path);
    cr_expect(!strstr(path, ".md") || !strstr(text, "[x](javascript:"), "%s: a link", path);
    cr_expect(!csv || (!strstr(text, ",=HYP") && !strstr(text, "\"=HYP") && !strstr(text, "\n=HYP")), "%s: a formula",
              path);
    json_t *json = strstr(path, ".json") ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    cr_expect(!strstr(path, ".json") || json, "%s is no JSON", path);
    json_decref(json);
    free(text);
}

static void expect_workbook_tame(const char *path)
{
    size_t n, size;
    char *all = read_whole(path, &n);
    Str archive = {all, n};
    cr_expect_gt(zip_count(archive), 10);
    for (size_t i = 0; i < zip_count(archive); i++) {
        char *xml = zip_member(archive, i, &size);
        cr_assert(xml, "member %zu", i);
        XML_Parser parser = XML_ParserCreate(NULL);
        cr_expect_eq(XML_Parse(parser, xml, (int)size, 1), XML_STATUS_OK, "%.*s", STR_FMT(zip_name(archive, i)));
        XML_ParserFree(parser);
        expect_tame("the workbook", xml);
        cr_expect(!strstr(xml, "<f>"), "a formula");
        free(xml);
    }
    free(all);
}

Test(bad_process, texts_of_every_property_stay_texts_in_every_output)
{
    static char found[200][200];
    Run bare;
    Cli c = cli();
    run_text(&bare, "import std.quality\nprocess P {}\n");
    cr_assert(bare.assessed, "%s", run_diags(&bare));
    put_file("m.cordon", hostile_model(&bare));
    run_free(&bare);
    run(&c, "build m.cordon -o out --today 2026-06-01");
    cr_assert_eq(c.status, 0, "%s", c.err);
    expect_tame("what build says", c.err);
    static const char *const ends[] = {".json", ".csv", ".md", ".html", ".cordon"};
    size_t files_seen = 0;
    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        size_t n = find_files("out", ends[e], found, 200);
        for (size_t i = 0; i < n; i++)
            expect_file_tame(found[i]);
        files_seen += n;
    }
    cr_expect_gt(files_seen, 50);
    expect_workbook_tame("out/srmf.xlsx");
    put_file("empty.cordon", "process P {}\n");
    static const char *const forms[] = {"md", "json", "plain", "human"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char words[100];
        snprintf(words, sizeof words, "diff empty.cordon m.cordon --fail-on any --format %s", forms[i]);
        run(&c, words);
        cr_expect_eq(c.status, 1, "%s", c.err);
        expect_tame(forms[i], c.out);
        cr_expect(i != 0 || (!strstr(c.out, "<script>") && !strstr(c.out, "[x](javascript:")), "%s", c.out);
    }
    cli_end(&c);
}

/* 100,000 characters in one cell: whole where a format can hold them, else cut with a word where the rest is. */
Test(bad_process, a_very_long_text)
{
    enum { LONG = 100000 };
    Cli c = cli();
    StrBuf b = {0};
    strbuf_addz(&b, "issue I { impact: \"");
    for (int i = 0; i < LONG; i++)
        strbuf_char(&b, 'a');
    strbuf_addz(&b, "\" }\n");
    put_file("m.cordon", b.s);
    strbuf_free(&b);
    run(&c, "build m.cordon -o out -q");
    expect_status(&c, 0);
    static const char *const holds[] = {"out/srmf.json", "out/srmf/issues.csv", "out/srmf.md", "out/srmf.html"};
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
        size_t n;
        char *text = read_whole(holds[i], &n);
        cr_expect(n > LONG, "%s: %zu bytes", holds[i], n);
        free(text);
    }
    expect_workbook_tame("out/srmf.xlsx");
    cli_end(&c);
}
