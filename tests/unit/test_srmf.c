/* The security risk management file as a document: its order, that links lead somewhere, that texts of people stay texts, and that
 * tables are whole in Markdown and stand alone in HTML. */
#include "cli.h" /* before emit.h, for jansson's names */

#include "report/srmf.h"

#define MODEL                                                                                                      \
    "import std.quality\nimport std.clauses\n"                                                                     \
    "system Pump \"Infusion pump\" #SYS { version: \"3.2\"; intended_use: \"Delivers drugs.\"; owner: @ann }\n"    \
    "responsibility Risk \"Risk management\" #RS-1 { person: @ann; duties: [risk_management] }\n"                  \
    "rule R \"{a} is not known on {f}\" {\n"                                                                       \
    "  for each flow f from a to b\n  when f.authentication is none\n  mitigated by authenticates_peer on f\n"     \
    "  stride: spoofing; severity: high; cwe: [306]\n"                                                             \
    "  message: \"Anyone may call {b}.\"; fix: \"Authenticate {a}.\"\n}\n"                                         \
    "external Caller \"Caller\" #EX-01 {}\n"                                                                       \
    "boundary Lan \"Lan\" #TB-01 { process Server \"Server\" #PR-01 {} }\n"                                        \
    "data Order \"Order\" #DA-01 { integrity: critical }\n"                                                        \
    "flow one \"First\" #FL-01 : Caller -> Lan.Server { authentication: none; protocol: tcp; carries: [Order] }\n" \
    "control Tls \"Mutual TLS\" #CT-01 { implements: [authenticates_peer]; status: implemented }\n"

#define HOSTILE                                                                                                              \
    "import std.clauses\n"                                                                                                   \
    "system S \"</title><script>alert(1)</script>\" { version: \"a | b\\nc\"; intended_use: \"](javascript:x) ![i](u)\" }\n" \
    "boundary Net \"|\" #TB-1 { process In \"`x` **b** | <b>\" #PR-1 {} }\n"                                                 \
    "external Evil \"a\x1b[31m\\\"b\\\"\\nc\xE2\x80\xAE\" #EX-1 {}\n"                                                        \
    "flow f \"# no heading\" #FL-1 : Evil -> Net.In {}\n"                                                                    \
    "assumption A \"x^2^ y~3~ $z$ [^1] {#id} @cite\" { rationale: \"- no list\" }\n"                                         \
    "record Rec \"1. no list\" { clauses: [\"IEC 81001-5-1 4.1.1\"]; document: \"\\\" onclick=\\\"x\" }\n"

typedef struct Made {
    Run run;
    Dossier dossier;
} Made;

static void make(Made *m, const char *text)
{
    *m = (Made){0};
    if (strchr(text, '\n'))
        run_text(&m->run, text);
    else
        run_path(&m->run, text);
    cr_assert(m->run.assessed, "%s", run_diags(&m->run));
    dossier_make(&m->dossier, &m->run.report, NULL, 0);
}

static void unmake(Made *m)
{
    dossier_free(&m->dossier);
    run_free(&m->run);
}

static char *document(Made *m, void (*emit)(const Dossier *d, const Pictures *pictures, Out *out))
{
    static Picture drawn;
    Out out;
    Views views = views_plan(&m->run.report, &m->run.arena);
    drawn = (Picture){.view = views.n ? &views.at[0] : NULL,
                      .svg = STR("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"300\">\n</svg>\n")};
    Pictures pictures = {&drawn, views.n ? 1 : 0};
    out_memory(&out);
    emit(&m->dossier, &pictures, &out);
    cr_expect(out_ok(&out));
    char *text = str_z(&m->run.arena, out_text(&out));
    out_discard(&out);
    return text;
}

static void expect_order(const char *text, const char *const *wanted, size_t n)
{
    const char *at = text;
    for (size_t i = 0; i < n; i++) {
        const char *found = strstr(at, wanted[i]);
        cr_assert(found, "`%s` is missing%s", wanted[i], strstr(text, wanted[i]) ? " from its place" : "");
        at = found;
    }
}

Test(srmf, markdown)
{
    static const char *const wanted[] = {
        "# Security risk management file: Infusion pump",
        "**Version:** 3.2",
        "**Manufacturer:** *not stated*",
        "**Owner:** @ann",
        "items fail: [Completeness gate](#table.gate)",
        "**Hash of the model:** ",
        "### <span id=\"approval\"></span>Approval",
        "| Risk management | @ann |",
        "## <span id=\"contents\"></span>Contents",
        "- [Plan and context](#chapter.plan)",
        "## <span id=\"chapter.model\"></span>Threat model",
        "![",
        "### <span id=\"table.boundaries\"></span>Trust boundaries",
        "| <span id=\"boundaries.TB-01\"></span>TB-01 | Lan |",
        "1 row: see [threats.md](threats.md)",
        "## <span id=\"chapter.gate\"></span>Completeness gate",
        "| fail |",
        "## <span id=\"chapter.evidence\"></span>Evidence by clause",
        "#### <span id=\"table.clauses.0\"></span>IEC 81001-5-1",
        "4.1.1 | Quality management system | missing |",
    };
    Made m;
    make(&m, MODEL);
    expect_order(document(&m, emit_srmf_md), wanted, sizeof wanted / sizeof *wanted);
    unmake(&m);
}

Test(srmf, html)
{
    static const char *const wanted[] = {
        "<!DOCTYPE html>",
        "default-src 'none'",
        "@page{size:A4 landscape",
        "<h1>Security risk management file: Infusion pump</h1>",
        "<dt>Version</dt><dd>3.2</dd>",
        "<span class=\"missing\">not stated</span>",
        "id=\"approval\"",
        "href=\"#chapter.evidence\"",
        "<svg ",
        "<col style=\"width:",
        "<thead><tr>",
        "id=\"boundaries.TB-01\"",
        "<span class=\"badge s1\">fail</span>",
        "</html>",
    };
    Made m;
    make(&m, MODEL);
    char *html = document(&m, emit_srmf_html);
    expect_order(html, wanted, sizeof wanted / sizeof *wanted);
    cr_expect(!strstr(html, "src=") && !strstr(html, "@import") && !strstr(html, "url("), "nothing is fetched");
    unmake(&m);
}

/* Every link within a document leads to a place that is there once. */
static void expect_links(Made *m, const char *text, const char *opens, char closes)
{
    size_t links = 0;
    for (const char *at = text; (at = strstr(at, opens)); links++) {
        at += strlen(opens);
        const char *end = strchr(at, closes);
        char *id = str_z(&m->run.arena, str_format(&m->run.arena, " id=\"%.*s\"", (int)(end - at), at));
        const char *place = strstr(text, id);
        cr_expect(place, "nothing has%s", id);
        cr_expect(!place || !strstr(place + 1, id), "two places have%s", id);
    }
    cr_expect(links > 10);
}

static const char *const models[] = {MODEL, HOSTILE, "examples/infusion_pump/infusion_pump.cordon"};

Test(srmf, links_lead_somewhere)
{
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        Made m;
        make(&m, models[i]);
        expect_links(&m, document(&m, emit_srmf_md), "](#", ')');
        expect_links(&m, document(&m, emit_srmf_html), "href=\"#", '"');
        unmake(&m);
    }
}

/* Cells of a line of a Markdown table: what stands between bars that nothing escapes. */
static unsigned bars(const char *line, size_t n)
{
    unsigned found = 0;
    for (size_t i = 0; i < n; i++)
        found += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    return found;
}

/* No text breaks a row, or makes one more cell. */
Test(srmf, tables_are_whole)
{
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        Made m;
        make(&m, models[i]);
        unsigned columns = 0;
        for (const char *at = document(&m, emit_srmf_md); *at;) {
            size_t n = strcspn(at, "\n");
            if (*at != '|')
                columns = 0;
            else if (!columns)
                columns = bars(at, n);
            else
                cr_expect_eq(bars(at, n), columns, "%.*s", (int)n, at);
            at += n + (at[n] == '\n');
        }
        unmake(&m);
    }
}

Test(srmf, texts_of_people_stay_texts)
{
    Made m;
    make(&m, HOSTILE);
    char *html = document(&m, emit_srmf_html), *md = document(&m, emit_srmf_md);
    const char *script = strstr(html, "<script>");
    cr_expect(script && !strstr(script + 1, "<script>"), "the one script is our own");
    cr_expect(strstr(html, "&lt;script&gt;alert(1)"));
    cr_expect(!strstr(html, "\" onclick=\"x"));
    cr_expect(!strstr(html, "\x1b") && !strstr(md, "\x1b"));
    cr_expect(!strstr(md, "<script") && !strstr(md, "\n# no heading"));
    cr_expect(strstr(md, "x\\^2\\^ y\\~3\\~ \\$z\\$ \\[\\^1\\]"));
    cr_expect(strstr(md, "\\](javascript:x) !\\[i\\](u)"));
    unmake(&m);
}

/* The same model gives the same document. */
Test(srmf, is_the_same_each_time)
{
    Made a, b;
    make(&a, MODEL);
    make(&b, MODEL);
    cr_expect_str_eq(document(&a, emit_srmf_md), document(&b, emit_srmf_md));
    cr_expect_str_eq(document(&a, emit_srmf_html), document(&b, emit_srmf_html));
    unmake(&a);
    unmake(&b);
}

/* What rows are known by and levels stand side by side; what is long stands below, or behind in Markdown. */
Test(srmf, long_cells_stand_below)
{
    Made m;
    make(&m, "examples/infusion_pump/infusion_pump.cordon");
    char *html = document(&m, emit_srmf_html), *md = document(&m, emit_srmf_md);
    const char *risks = strstr(html, "id=\"table.risks\"");
    cr_assert(risks);
    const char *head = strstr(risks, "<thead>"), *end = strstr(head, "</thead>");
    cr_expect(strstr(head, ">Residual level<") < end);
    cr_expect(strstr(risks, "<tr class=\"more\"><td colspan="));
    cr_expect(strstr(md, " | Further |\n"));
    unmake(&m);
}

Test(srmf, an_incomplete_file_fails_a_build_that_asks_for_it)
{
    Cli c = cli();
    put_file("bare.cordon", "import std.quality\nsystem Pump \"Pump\" {}\n");
    run(&c, "build bare.cordon -o out");
    expect_status(&c, 0);
    expect_in(c.err, " items of the gate fail");
    run(&c, "build --fail-on incomplete bare.cordon -o out");
    expect_status(&c, 1);
    run(&c, "check --fail-on incomplete bare.cordon");
    expect_status(&c, 3);
    free(read_whole("out/srmf.md", NULL));
    free(read_whole("out/srmf.html", NULL));
    put_file("own.cordon", "import std.clauses\n"
                           "record R \"R\" { clauses: [\"IEC 81001-5-1 4.1.10\"]; document: \"D\" }\n");
    run(&c, "build own.cordon -o out");
    expect_in(c.err, "W0990");
    expect_in(c.err, "did you mean `IEC 81001-5-1 4.1.1`?");
    cli_end(&c);
}
