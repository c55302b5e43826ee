/* One hostile model through every emitter: titles and texts that are markup, formulas, escapes of a terminal and marks that turn the
 * direction of writing. None may reach an output as what it poses as. */
#include <jansson.h> /* before emit.h, which has names of its own for some of its functions */

#include "report/review.h"
#include "support.h"

#include <graphviz/cgraph.h>

static const char model[] =
    "process Evil \"<script>alert(1)</script>\" #PR-1 { exposed: true ; out_of_scope: \"=1+1\" }\n"
    "process Dot \"\\\\N \\\"]; evil [label=x\" #PR-2 { exposed: true }\n"
    "process Formula \"=HYPERLINK(1)\" #PR-3 { exposed: true ; controls: [Plus] }\n"
    "process Csv \"a,\\\"b\\\"\\nc\" #PR-4 { exposed: true }\n"
    "process Term \"\x1b[31mred\x1b]0;title\x07\" #PR-5 { exposed: true }\n"
    "process Bidi \"abc\xE2\x80\xAE"
    "fed\" #PR-6 { exposed: true }\n"
    "process Md \"**bold** [link](javascript:1) | cell `code` <b>\" #PR-7 { exposed: true }\n"
    "process Xml \"]]> &amp; <!--\" #PR-8 { exposed: true }\n"
    "control Plus \"+cmd|x\" { implements: [firewall] ; status: implemented }\n"
    "boundary Net \"</svg><script>\" #TB-1 { dimension: network ; process In \"@SUM(A1)\" #PR-9 { exposed: true } }\n"
    "data D \"-2+3\" { confidentiality: secret ; classes: [phi] }\n"
    "flow f \"<img src=x onerror=alert(1)>\" #FL-1 : Evil -> Net.In { carries: [D] }\n"
    "rule R1 \"{p} <script>\" {\n"
    "  for each process p\n  when p.exposed\n  mitigated by firewall on p\n  severity: high\n  stride: spoofing\n"
    "  message: \"=cmd {p} <script> {p.out_of_scope}\"\n  fix: \"<b>hide</b> {p}\"\n}\n"
    "threat T \"<script>hand()</script>\" #TH-1 { at: [Evil] ; stride: [spoofing] ; message: \"\x1b[0m\" }\n"
    "decision #RD-1 accept R1 at Md { rationale: \"\"\" <script>in markdown</script> [x](javascript:alert(1)) \"\"\" ; "
    "owner: @kim }\n";

static void emit_reports(Run *r, Out *out, bool html)
{
    Pictures none = {0};
    if (html)
        emit_report_html(&r->report, &none, out);
    else
        emit_report_md(&r->report, &none, out);
}

static void expect_tame(const char *what, const char *text)
{
    cr_expect(!strchr(text, '\x1b') && !strchr(text, '\x07'), "%s: a control character", what);
    cr_expect(!strstr(text, "\xE2\x80\xAE"), "%s: a mark that turns the direction", what);
}

static void expect_no_markup(const char *what, const char *text)
{
    static const char *const bad[] = {"<script>alert", "<script>hand",  "<script>in",
                                      "<img src=x",    "</svg><script", "href=\"javascript:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(!strstr(text, bad[i]), "%s lets `%s` through", what, bad[i]);
}

static void expect_no_formula(const char *what, const char *text)
{
    for (const char *s = text; *s; s++) {
        bool cell = s == text || s[-1] == ',' || s[-1] == '\n' ||
                    (s[-1] == '"' && (s - 1 == text || s[-2] == ',' || s[-2] == '\n'));
        cr_expect(!cell || !strchr("=+@\t\r", *s) || !*s, "%s: a cell begins with `%c`: %.40s", what, *s, s);
    }
}

Test(hostile, every_table_of_the_list)
{
    Run r;
    run_text(&r, model);
    cr_assert(r.assessed, "%s", run_diags(&r));
    for (size_t i = 0; i < nemitters; i++) {
        const char *file = emitters[i].file, *text = run_emit(&r, emitters[i].emit);
        expect_tame(file, text);
        if (str_ends(str_from(file), STR(".json"))) {
            json_error_t error;
            json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
            cr_expect(json != NULL, "%s line %d: %s", file, error.line, error.text);
            json_decref(json);
        } else if (str_ends(str_from(file), STR(".csv"))) {
            expect_no_formula(file, text);
        } else {
            expect_no_markup(file, text);
        }
    }
    run_free(&r);
}

Test(hostile, reports)
{
    Run r;
    run_text(&r, model);
    cr_assert(r.assessed, "%s", run_diags(&r));
    for (int html = 0; html < 2; html++) {
        Out out;
        out_memory(&out);
        emit_reports(&r, &out, html != 0);
        char *text = str_z(&r.arena, out_text(&out));
        expect_tame(html ? "report.html" : "report.md", text);
        expect_no_markup(html ? "report.html" : "report.md", text);
        out_discard(&out);
    }
    run_free(&r);
}

/* What `check` writes for programs; in the arena of the run. */
static char *checked(Run *r, const CheckWriter *w)
{
    Out out;
    Json j;
    Checked c = {"test.cordon", &r->sources, &r->diags, &r->report};
    out_memory(&out);
    w->begin(&j, &out);
    w->model(&j, &c);
    w->end(&j, 1);
    char *text = str_z(&r->arena, out_text(&out));
    out_discard(&out);
    return text;
}

Test(hostile, findings_and_diagnostics)
{
    Run r;
    run_text(&r, model);
    cr_assert(r.assessed, "%s", run_diags(&r));
    ConsoleStyle style = {.width = 80, .all = true};
    Out text;
    out_memory(&text);
    diags_sort(&r.diags, &r.sources);
    emit_findings_text(&r.report, &style, &text);
    emit_diags_text(&r.sources, &r.diags, &style, &text);
    expect_tame("check", str_z(&r.arena, out_text(&text)));
    out_discard(&text);
    static const CheckWriter *const writers[] = {&check_json, &check_sarif, &check_junit};
    static const char *const names[] = {"JSON", "SARIF", "JUnit"};
    for (size_t i = 0; i < 3; i++) {
        char *document = checked(&r, writers[i]);
        json_t *json = i < 2 ? json_loads(document, JSON_REJECT_DUPLICATES, NULL) : NULL;
        expect_tame(names[i], document);
        cr_expect(i == 2 || json != NULL, "%s is no JSON", names[i]);
        json_decref(json);
        if (i == 2)
            expect_no_markup(names[i], document);
    }
    run_free(&r);
}

Test(hostile, diagrams)
{
    Run r;
    run_text(&r, model);
    cr_assert(r.assessed, "%s", run_diags(&r));
    Views views = views_plan(&r.report, &r.arena);
    cr_expect(views.n >= 1);
    for (uint32_t i = 0; i < views.n; i++) {
        Out out;
        out_memory(&out);
        emit_view_dot(&r.report, &views.at[i], &out);
        char *text = str_z(&r.arena, out_text(&out));
        expect_tame("DOT", text);
        Agraph_t *g = agmemread(text); /* what Graphviz makes of it */
        cr_assert(g != NULL, "no DOT: %s", text);
        char name[] = "evil";
        cr_expect(!agnode(g, name, 0), "a title became a node");
        agclose(g);
        out_discard(&out);
    }
    run_free(&r);
}
