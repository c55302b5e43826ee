/* Comparing two models: that a model and its build are the same side, what is told for each sort of change, and how `diff` and
 * `--baseline` behave as commands. */
#include "cli.h"

#include "compare/compare.h"
#include "compare/output.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- the two sources of a snapshot ---- */

static void write_output(Run *r, const char *path, void (*emit)(const Report *, Out *))
{
    Out out;
    out_file(&out, path);
    emit(&r->report, &out);
    cr_assert(out_close(&out), "%s", path);
}

#define SAME(what, a, b) cr_assert_eq((a), (b), "%s: %s differs", of, (what))

static void same_syms(const char *of, const char *what, const Sym *a, const Sym *b, uint32_t n)
{
    SAME(what, n ? memcmp(a, b, n * sizeof *a) : 0, 0);
}

static void same_thing(const Snapshot *a, const Snapshot *b, uint32_t i)
{
    const SnapThing *x = &a->things.at[i], *y = &b->things.at[i];
    char of[300];
    snprintf(of, sizeof of, "%.*s", STR_FMT(snap_str(a, x->id)));
    SAME("id", x->id, y->id);
    SAME("path", x->path, y->path);
    SAME("kind", x->kind, y->kind);
    SAME("title", x->title, y->title);
    SAME("doc", x->doc, y->doc);
    SAME("was", x->was, y->was);
    SAME("parent", x->parent, y->parent);
    SAME("section", x->section, y->section);
    SAME("from", x->from, y->from);
    SAME("from port", x->from_port, y->from_port);
    SAME("to", x->to, y->to);
    SAME("to port", x->to_port, y->to_port);
    SAME("two ways", x->two_way, y->two_way);
    SAME("place", x->up, y->up);
    SAME("boundaries", x->inside.n, y->inside.n);
    same_syms(of, "boundaries", a->syms.at + x->inside.first, b->syms.at + y->inside.first, x->inside.n);
    SAME("number of properties", x->props.n, y->props.n);
    for (uint32_t k = 0; k < x->props.n; k++) {
        const SnapProp *p = &a->props.at[x->props.first + k], *q = &b->props.at[y->props.first + k];
        char what[100];
        snprintf(what, sizeof what, "%.*s", STR_FMT(snap_str(a, p->name)));
        SAME(what, p->name, q->name);
        SAME(what, p->n, q->n);
        SAME(what, p->unknown * 4 + p->list * 2 + p->written, q->unknown * 4 + q->list * 2 + q->written);
        same_syms(of, what, snap_members(a, p), snap_members(b, q), p->n);
    }
}

static void same_threat(const Snapshot *a, const Snapshot *b, uint32_t i)
{
    const SnapThreat *x = &a->threats.at[i], *y = &b->threats.at[i];
    char of[300];
    snprintf(of, sizeof of, "%.*s", STR_FMT(snap_str(a, x->id)));
    SAME("id", x->id, y->id);
    SAME("rule", x->rule, y->rule);
    SAME("title", x->title, y->title);
    SAME("verdict", x->verdict, y->verdict);
    SAME("severity", x->severity, y->severity);
    SAME("subject", x->subject, y->subject);
    SAME("basis", x->basis, y->basis);
    SAME("decision", x->decision, y->decision);
    SAME("gap", x->gap, y->gap);
    SAME("things", x->things.n, y->things.n);
    same_syms(of, "things", a->syms.at + x->things.first, b->syms.at + y->things.first, x->things.n);
    SAME("number of facts", x->facts.n, y->facts.n);
    SAME("facts",
         x->facts.n ? memcmp(a->facts.at + x->facts.first, b->facts.at + y->facts.first, x->facts.n * sizeof(SnapFact))
                    : 0,
         0);
}

static void same_snapshot(const Snapshot *a, const Snapshot *b)
{
    const char *of = "the snapshot";
    SAME("title", a->title, b->title);
    SAME("version", a->version, b->version);
    SAME("hash of the model", a->model_hash, b->model_hash);
    SAME("hash of the rules", a->rules_hash, b->rules_hash);
    SAME("module", a->module, b->module);
    SAME("number of things", a->things.n, b->things.n);
    SAME("number of threats", a->threats.n, b->threats.n);
    SAME("number of decisions", a->decisions.n, b->decisions.n);
    SAME("scale", a->severities.n, b->severities.n);
    same_syms(of, "scale", a->severities.at, b->severities.at, a->severities.n);
    for (uint32_t i = 0; i < a->things.n; i++)
        same_thing(a, b, i);
    for (uint32_t i = 0; i < a->threats.n; i++)
        same_threat(a, b, i);
    for (uint32_t i = 0; i < a->decisions.n; i++) {
        SAME("decision", a->decisions.at[i].id, b->decisions.at[i].id);
        SAME("standing", a->decisions.at[i].standing, b->decisions.at[i].standing);
        SAME("why", a->decisions.at[i].why, b->decisions.at[i].why);
    }
}

/* A model and a build of it say the same, and nothing lies between them. */
static void expect_same_side(const char *path)
{
    Run r;
    Comparison c;
    SnapProblem problem = {0};
    char dir[] = P_tmpdir "/cordon-compare-XXXXXX", file[100];
    run_path(&r, path);
    cr_assert(r.assessed, "%s", path);
    cr_assert(mkdtemp(dir));
    snprintf(file, sizeof file, "%s/threats.json", dir);
    write_output(&r, file, emit_threats_json);
    snprintf(file, sizeof file, "%s/model.json", dir);
    write_output(&r, file, emit_model_json);
    comparison_start(&c);
    snapshot_of_report(&r.report, &c.old);
    cr_assert(snapshot_of_build(dir, &c.new, &r.arena, &problem), "%s: %.*s", path, STR_FMT(problem.text));
    cr_expect_gt(c.old.things.n, 0);
    same_snapshot(&c.old, &c.new);
    compare(&c);
    cr_expect(!comparison_differs(&c), "%s", path);
    comparison_free(&c);
    snprintf(file, sizeof file, "rm -rf '%s'", dir);
    run_shell(file);
    run_free(&r);
}

Test(compare, a_model_and_its_build_are_the_same_side)
{
    expect_same_side("examples/infusion_pump/infusion_pump.cordon");
    expect_same_side("examples/imaging/imaging.cordon");
    expect_same_side("examples/wearable/wearable.cordon");
    expect_same_side("tests/data/bare.cordon");
}

Test(compare, every_golden_model_is_the_same_side)
{
    static char paths[600][200];
    size_t n = find_files("tests/golden", ".cordon", paths, 600), compared = 0;
    for (size_t i = 0; i < n; i++) {
        Run r;
        run_path(&r, paths[i]);
        bool sound = r.assessed;
        run_free(&r);
        if (sound)
            expect_same_side(paths[i]);
        compared += sound;
    }
    cr_expect_gt(compared, 40);
}

/* ---- what is told ---- */

#define RULES                                                                                                  \
    "rule R1 \"Anyone can pose as {a} on {f}\" {\n"                                                            \
    "  for each flow f from a to b\n  when f.authentication is none\n"                                         \
    "  mitigated by authenticates_peer on f\n  severity: high\n}\n"                                            \
    "rule R2 \"{f} is read on its way\" {\n"                                                                   \
    "  for each flow f crossing t : boundary\n  when f carries data where (confidentiality >= confidential)\n" \
    "  mitigated by encrypts_transit on f\n  severity: medium\n}\n"                                            \
    "rule R3 \"{p} takes whatever comes\" {\n"                                                                 \
    "  for each process p\n  when p.input_validated is false\n  unless p.sandboxed\n  severity: low\n}\n"      \
    "rule R4 \"{s} is out of support\" {\n"                                                                    \
    "  for each software s\n  when s.support_ends < today\n  severity: medium\n}\n"
#define MODEL                                                                                              \
    "control Tls \"TLS\" #C-01 {\n  implements: [encrypts_transit]\n  status: verified\n"                  \
    "  evidence Scan \"Scan of the connection\" #EV-01 { result: pass; tester: @ada }\n}\n"                \
    "data Dose \"Dose\" { confidentiality: confidential }\n"                                               \
    "software Lib \"Library\" { support_ends: 2030-01-01 }\n"                                              \
    "external Nurse \"Ward nurse\" #EX-01\n"                                                               \
    "boundary Ward \"Ward\" {\n"                                                                           \
    "  process Pump \"Pump\" #PR-01 { input_validated: true; sandboxed: true }\n"                          \
    "  process Gate \"Gate\" { input_validated: true; sandboxed: false }\n}\n"                             \
    "boundary Lab \"Lab\" {\n  process Server \"Server\" { input_validated: true; sandboxed: false }\n}\n" \
    "flow login \"Badge login\" #FL-01 : Nurse -> Ward.Pump { authentication: mutual; carries: [Dose]; "   \
    "controls: [Tls]; protocol: http }\n"                                                                  \
    "flow relay \"Relay\" : Ward.Pump -> Ward.Gate { authentication: mutual; carries: [Dose]; protocol: http }\n"

/* One replacement: every place of `from` becomes `to`. */
typedef struct Edit {
    const char *from, *to;
} Edit;

static void edit(StrBuf *text, const Edit *e)
{
    StrBuf out = {0};
    size_t n = strlen(e->from), hits = 0;
    for (size_t i = 0; i < text->n;) {
        bool here = i + n <= text->n && memcmp(text->s + i, e->from, n) == 0;
        if (here)
            strbuf_addz(&out, e->to);
        else
            strbuf_char(&out, text->s[i]);
        i += here ? n : 1;
        hits += here;
    }
    cr_assert(hits, "`%s` is not in the model", e->from);
    strbuf_free(text);
    *text = out;
}

static void fill(Run *r, const char *text, Snapshot *s)
{
    run_text(r, text);
    cr_assert(r->assessed, "%s\n%s", run_diags(r), text);
    snapshot_of_report(&r->report, s);
}

/* What `diff --format plain` tells of two texts. Freed by the caller. */
static char *told(const char *old, const char *new, bool md)
{
    Run r;
    Comparison c;
    Out out;
    comparison_start(&c);
    fill(&r, old, &c.old);
    run_free(&r);
    fill(&r, new, &c.new);
    run_free(&r);
    compare(&c);
    out_memory(&out);
    if (md)
        compared_md(&(Compared){&c, "old", "new"}, &out);
    else
        compared_text(&(Compared){&c, "old", "new"}, &(ConsoleStyle){.plain = true, .width = 120}, &out);
    char *text = strdup(out_text(&out).s);
    out_close(&out);
    comparison_free(&c);
    return text;
}

typedef struct Case {
    Edit edits[4];
    const char *wanted; /* without the first line, which sums up */
} Case;

static void expect_told_at(int line, const Case *x)
{
    StrBuf text = {0};
    strbuf_addz(&text, RULES MODEL);
    for (size_t i = 0; i < 4 && x->edits[i].from; i++)
        edit(&text, &x->edits[i]);
    char *is = told(RULES MODEL, text.s, false), *rest = strchr(is, '\n') + 1;
    cr_expect_str_eq(rest, x->wanted, "line %d: told\n%s\nand not\n%s", line, is, x->wanted);
    free(is);
    /* Back again, the same is told in the other direction: as much of the model, as many threats. */
    is = told(text.s, RULES MODEL, false);
    cr_expect(strchr(is, '\n')[1] || !*x->wanted, "line %d: nothing on the way back", line);
    free(is);
    strbuf_free(&text);
}
#define expect_told(...) expect_told_at(__LINE__, &(Case){__VA_ARGS__})

Test(compare, nothing_changed)
{
    char *is = told(RULES MODEL, RULES MODEL, false);
    cr_expect_str_eq(is, "nothing new needs anybody\n");
    free(is);
}

Test(compare, things_come_and_go)
{
    expect_told({{"data Dose", "store Extra \"Extra\" {}\ndata Dose"}}, "model: added: `Extra` was added\n");
    expect_told({{"software Lib \"Library\" { support_ends: 2030-01-01 }\n", ""}},
                "model: removed: `Lib` was removed\n");
    expect_told({{"flow relay",
                  "flow back \"Back\" : Ward.Gate -> Ward.Pump { authentication: none; protocol: http }\nflow relay"}},
                "threat: new: test.R1@back: open, high: Anyone can pose as Gate on Back; because `back` was added\n"
                "model: added: `back` was added\n");
}

Test(compare, a_rename_keeps_threats)
{
    /* By permanent id. */
    expect_told(
        {{"flow login", "flow entry"},
         {"authentication: mutual; carries: [Dose]; controls", "authentication: none; carries: [Dose]; controls"}},
        "threat: new: test.R1@FL-01: open, high: Anyone can pose as Ward nurse on Badge login; because "
        "`entry.authentication` went from mutual to none\n"
        "model: renamed: `login` is called `entry` now\n"
        "model: property: `entry.authentication` went from mutual to none\n");
    /* By `was`, with what is inside and what refers to it. */
    expect_told({{"Ward", "Unit"},
                 {"boundary Unit \"Unit\"", "boundary Unit \"Ward\" was Ward"},
                 {"\"Unit nurse\"", "\"Ward nurse\""}},
                "model: renamed: `Ward` is called `Unit` now\n");
    expect_told(
        {{"data Dose", "data Rate"}, {"[Dose]", "[Rate]"}, {"data Rate \"Dose\"", "data Rate \"Dose\" was Dose"}},
        "model: renamed: `Dose` is called `Rate` now\n");
}

Test(compare, a_rename_that_nobody_marked_is_suggested)
{
    expect_told(
        {{"Gate", "Portal"}},
        "model: removed: `Ward.Gate` was removed\n"
        "model: added: `Ward.Portal` was added; it looks like `Ward.Gate` under another name: if it is, write "
        "`was Ward.Gate` behind its name\n"
        "model: ends: `relay` leads from `Ward.Pump` to `Ward.Portal` now; it led from `Ward.Pump` to `Ward.Gate`\n");
}

Test(compare, a_permanent_id_may_come_and_go)
{
    expect_told({{"process Gate \"Gate\"", "process Gate \"Gate\" #PR-02"}},
                "model: identified: `Ward.Gate` has the permanent id `PR-02` now\n");
    expect_told({{"\"Pump\" #PR-01", "\"Pump\""}},
                "model: identified: `Ward.Pump` has no permanent id any more; it was `PR-01`\n");
    expect_told({{"#PR-01", "#PR-09"}},
                "model: ends: `login` leads from `Nurse` to `Ward.Pump` now; it led from `Nurse` to `Ward.Pump`\n"
                "model: removed: `Ward.Pump` was removed\n"
                "model: added: `Ward.Pump` was added; it looks like `PR-01` under another permanent id: if it is, "
                "keep the id\n"
                "model: ends: `relay` leads from `Ward.Pump` to `Ward.Gate` now; it led from `Ward.Pump` to "
                "`Ward.Gate`\n");
}

Test(compare, a_move_across_boundaries)
{
    expect_told(
        {{"  process Gate \"Gate\" { input_validated: true; sandboxed: false }\n", ""},
         {"boundary Lab \"Lab\" {\n",
          "boundary Lab \"Lab\" {\n  process Gate \"Gate\" was Ward.Gate { input_validated: true; sandboxed: false }\n"},
         {"-> Ward.Gate", "-> Lab.Gate"}},
        "threat: new: test.R2@relay: open, medium: Relay is read on its way; because `Lab.Gate` moved from "
        "`Ward` to `Lab`\n"
        "model: moved: `Lab.Gate` moved from `Ward` to `Lab`\n");
    /* What stands in a boundary moves with it: told once, and still the cause. */
    expect_told(
        {{"boundary Ward \"Ward\"", "boundary House \"House\" {\nboundary Ward \"Ward\" was Ward"},
         {"boundary Lab", "}\nboundary Lab"},
         {"Ward.", "House.Ward."},
         {"authentication: mutual; carries: [Dose]; protocol", "authentication: mutual; carries: [Dose]; protocol"}},
        "model: added: `House` was added\n"
        "model: moved: `House.Ward` moved from the top of the model to `House`\n");
}

Test(compare, other_ends_kinds_and_words)
{
    expect_told({{"-> Ward.Gate", "-> Lab.Server"}},
                "threat: new: test.R2@relay: open, medium: Relay is read on its way; because `relay` leads from "
                "`Ward.Pump` to `Lab.Server` now; it led from `Ward.Pump` to `Ward.Gate`\n"
                "model: ends: `relay` leads from `Ward.Pump` to `Lab.Server` now; it led from `Ward.Pump` to "
                "`Ward.Gate`\n");
    expect_told({{"external Nurse", "process Nurse"}},
                "threat: new: test.R3@EX-01: possible, low: Ward nurse takes whatever comes; because `Nurse` went from "
                "external to process\n"
                "model: kind: `Nurse` went from external to process\n");
    expect_told({{"\"Badge login\"", "\"Login by badge\""}},
                "model: title: the title of `login` went from \"Badge login\" to \"Login by badge\"\n");
    expect_told({{"flow relay", "/// Says more.\nflow relay"}}, "model: doc: `relay` is described otherwise\n");
}

Test(compare, values_and_lists)
{
    expect_told({{"#EX-01", "#EX-01 { human: true }"}}, "model: property: `Nurse.human` went from not known to true\n");
    expect_told({{"carries: [Dose]; protocol", "protocol"}}, "model: property: `relay.carries` lost `Dose`\n");
    expect_told({{"data Dose", "data Name \"Name\" { confidentiality: open }\ndata Dose"}, {"[Dose]", "[Name, Dose]"}},
                "model: property: `login.carries` gained `Name`\n"
                "model: added: `Name` was added\n"
                "model: property: `relay.carries` gained `Name`\n");
    expect_told({{"{ support_ends", "{ no_risk: \"\"\"\n  A long text\n  on two lines.\n\"\"\" ; support_ends"}},
                "model: property: `Lib.no_risk` is given now\n");
}

Test(compare, threats_close_open_again_and_change)
{
    expect_told({{"status: verified", "status: planned"}},
                "threat: reopened: test.R2@FL-01: planned, medium: Badge login is read on its way; because "
                "`Tls.status` went from verified to planned\n"
                "model: property: `Tls.status` went from verified to planned\n");
    expect_told({{"result: pass", "result: fail"}},
                "threat: reopened: test.R2@FL-01: planned, medium: Badge login is read on its way; because "
                "`Tls.Scan.result` went from pass to fail\n"
                "model: property: `Tls.Scan.result` went from pass to fail\n");
    expect_told({{"controls: [Tls]; ", ""}},
                "threat: reopened: test.R2@FL-01: open, medium: Badge login is read on its way; because "
                "`login.controls` lost `Tls`\n"
                "model: property: `login.controls` lost `Tls`\n");
    expect_told({{"confidentiality: confidential }", "confidentiality: open }"}},
                "threat: gone: test.R2@FL-01: gone, medium: Badge login is read on its way; because "
                "`Dose.confidentiality` went from confidential to open\n"
                "model: property: `Dose.confidentiality` went from confidential to open\n");
    expect_told(
        {{"data Dose",
          "flow spare \"Spare\" : Nurse -> Lab.Server { authentication: none; protocol: http }\ndata Dose"},
         {"input_validated: true; sandboxed: false }\n}\nflow", "input_validated: false; sandboxed: false }\n}\nflow"}},
        "threat: new: test.R1@spare: open, high: Anyone can pose as Ward nurse on Spare; because `spare` was added\n"
        "threat: new: test.R3@Lab.Server: open, low: Server takes whatever comes; because "
        "`Lab.Server.input_validated` went from true to false\n"
        "model: property: `Lab.Server.input_validated` went from true to false\n"
        "model: added: `spare` was added\n");
}

Test(compare, worse_and_less)
{
    static const char possible[] = RULES "process P \"P\" { input_validated: false; sandboxed: unknown }\n",
                      open[] = RULES "process P \"P\" { input_validated: false; sandboxed: false }\n";
    char *is = told(possible, open, false);
    expect_in(is, "1 worse;");
    expect_in(
        is,
        "threat: worse: test.R3@P: open, low: P takes whatever comes; because `P.sandboxed` went from not known to false\n");
    free(is);
    is = told(open, possible, false);
    expect_in(is, "nothing new needs anybody; 1 less;");
    expect_in(is, "threat: better: test.R3@P: possible, low");
    free(is);
}

/* A condition that kept a threat away is no fact of anything: then what is involved is told, and that it is a guess. */
Test(compare, what_no_fact_names_is_a_guess)
{
    static const char
        old[] = "rule R \"{p} is asked by nobody\" {\n  for each process p\n  when no flow from external to p\n}\n"
                "external E \"E\"\nprocess P \"P\"\nflow f \"F\" : E -> P\n",
        new[] = "rule R \"{p} is asked by nobody\" {\n  for each process p\n  when no flow from external to p\n}\n"
                "external E \"E\"\nprocess P \"P\"\nprocess Q \"Q\"\nflow f \"F\" : E -> Q\n";
    char *is = told(old, new, false);
    expect_in(is, "threat: new: test.R@P: open, -: P is asked by nobody; ");
    expect_in(is, "model: ends: `f` leads from `E` to `Q` now; it led from `E` to `P`\n");
    free(is);
}

Test(compare, rules_that_changed_are_a_reason)
{
    static const char old[] = RULES "process P \"P\" { input_validated: false; sandboxed: false }\n";
    StrBuf text = {0};
    strbuf_addz(&text, old);
    edit(&text, &(Edit){"severity: low", "severity: critical"});
    char *is = told(old, text.s, false);
    cr_expect_str_eq(
        is, "1 worse\n"
            "threat: worse: test.R3@P: open, critical: P takes whatever comes; because the rules are others\n");
    free(is);
    strbuf_free(&text);
}

#define DECIDED(rest)                                                                             \
    RULES "external E \"E\"\nprocess P \"P\" #PR-01 { input_validated: true; sandboxed: true }\n" \
          "flow f \"F\" #FL-01 : E -> P { authentication: none; protocol: http }\n"               \
          "decision #RD-1 accept R1 at f {\n  rationale: \"Read only.\"\n  owner: @ada\n" rest "}\n"

Test(compare, decisions_come_expire_and_go)
{
    static const char undecided[] =
        RULES "external E \"E\"\nprocess P \"P\" #PR-01 { input_validated: true; sandboxed: true }\n"
              "flow f \"F\" #FL-01 : E -> P { authentication: none; protocol: http }\n";
    char *is = told(undecided, DECIDED(""), false);
    expect_in(is,
              "threat: closed: test.R1@FL-01: accepted, high: Anyone can pose as E on F; because the decision `RD-1` "
              "settles it: accepted\n");
    free(is);
    is = told(DECIDED(""), undecided, false);
    expect_in(
        is,
        "threat: reopened: test.R1@FL-01: open, high: Anyone can pose as E on F; because the decision `RD-1` was removed\n");
    free(is);
    is = told(DECIDED(""), DECIDED("  expires: 2026-05-31\n"), false);
    expect_in(is, "1 open again, 1 decision counts no longer;");
    expect_in(is, "because the decision `RD-1` counts no longer: this decision expired on 2026-05-31\n");
    expect_in(is, "decision: RD-1: expired: this decision expired on 2026-05-31\n");
    free(is);
    is = told(DECIDED("  expires: 2026-05-31\n"), DECIDED("  expires: 2027-05-31\n"), false);
    expect_in(is, "nothing new needs anybody; 1 closed, 1 decision counts again;");
    free(is);
}

/* ---- the order in which things are written, and their layout ---- */

Test(compare, order_and_layout_mean_nothing)
{
    static const char other[] =
        "flow relay \"Relay\" : Ward.Pump->Ward.Gate { protocol: http;carries: [Dose]; authentication: mutual }\n"
        "boundary Ward \"Ward\" {\n"
        "  process Gate \"Gate\" { sandboxed: false; input_validated: true }\n"
        "  process Pump \"Pump\" #PR-01 { input_validated: true\n sandboxed: true }\n}\n"
        "software Lib \"Library\" { support_ends: 2030-01-01 }\n"
        "flow login \"Badge login\" #FL-01 : Nurse -> Ward.Pump { controls: [Tls]; protocol: http; carries: [Dose]; "
        "authentication: mutual }\n"
        "// Said in passing.\n"
        "boundary Lab \"Lab\" {\n  process Server \"Server\" { input_validated: true; sandboxed: false }\n}\n"
        "external Nurse \"Ward nurse\" #EX-01\n"
        "data Dose \"Dose\" { confidentiality: confidential }\n"
        "control Tls \"TLS\" #C-01 {\n  evidence Scan \"Scan of the connection\" #EV-01 { tester: @ada; result: pass }\n"
        "  status: verified\n  implements: [encrypts_transit]\n}\n" RULES;
    char *is = told(RULES MODEL, other, false);
    cr_expect_str_eq(is, "nothing new needs anybody\n");
    free(is);
}

/* ---- hostile names ---- */

Test(compare, markdown_stays_ours)
{
    static const char
        old[] = RULES "external E \"E\"\nprocess P \"P\"\n"
                      "flow f \"F\" : E -> P { authentication: mutual; protocol: http }\n",
        new[] = RULES
        "external E \"<script>alert(1)</script> | **x** [y](http://z) `q`\"\nprocess P \"</code></details>\"\n"
        "flow f \"a | b\" : E -> P { authentication: none; protocol: http }\n"
        "control Safe \"# Heading\" { rationale: \"| x | <img src=y> |\" }\n";
    char *is = told(old, new, true);
    expect_not_in(is, "<script");
    expect_not_in(is, "</code></details>");
    expect_not_in(is, "<img");
    expect_not_in(is, " [y](");
    expect_in(is, "| <code>test.R1@f</code> | Anyone can pose as &lt;script&gt;");
    /* Each row has its five cells and no more. */
    for (char *line = is; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t bars = 0;
        for (char *c = line; *line == '|' && *c && *c != '\n'; c++)
            bars += *c == '|';
        cr_expect(*line != '|' || bars == 6, "%.80s", line);
    }
    free(is);
}

/* ---- the command ---- */

static void put_model(const char *path, const char *from, const char *to)
{
    StrBuf text = {0};
    strbuf_addz(&text, RULES MODEL);
    if (from)
        edit(&text, &(Edit){from, to});
    put_file(path, text.s);
    strbuf_free(&text);
}

static void put_models(void)
{
    put_model("old.cordon", NULL, NULL);
    put_model("worse.cordon", "authentication: mutual", "authentication: none");
    put_model("other.cordon", "\"Badge login\"", "\"Login\"");
}

Test(compare, exit_status_of_diff)
{
    Cli c = cli();
    put_models();
    put_file("broken.cordon", "process P {\n");
    static const struct {
        const char *words;
        int status;
    } runs[] = {
        {"diff old.cordon old.cordon", 0},
        {"diff old.cordon worse.cordon", 1},
        {"diff worse.cordon old.cordon", 0},
        {"diff old.cordon other.cordon", 0},
        {"diff old.cordon other.cordon --fail-on any", 1},
        {"diff old.cordon old.cordon --fail-on any", 0},
        {"diff old.cordon worse.cordon --fail-on none", 0},
        {"diff old.cordon worse.cordon --fail-on new", 1},
        {"diff old.cordon worse.cordon --fail-on high", 3},
        {"diff old.cordon", 3},
        {"diff old.cordon worse.cordon old.cordon", 3},
        {"diff old.cordon missing.cordon", 3},
        {"diff old.cordon broken.cordon", 2},
        {"diff broken.cordon old.cordon", 2},
        {"diff old.cordon worse.cordon --format html", 3},
        {"diff old.cordon worse.cordon --format sarif", 3},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        run(&c, runs[i].words);
        cr_expect_eq(c.status, runs[i].status, "%s: %d\n%s", runs[i].words, c.status, c.err);
    }
    cli_end(&c);
}

static void expect_schema(const Cli *c, const char *schema)
{
    char problem[SCHEMA_PROBLEM];
    json_t *v = cli_json(c);
    cr_expect(schema_fits(schema, v, problem), "%s", problem);
    json_decref(v);
}

Test(compare, models_and_builds_mix)
{
    char *schema = realpath("grammar/schema/diff.json", NULL);
    Cli c = cli();
    put_models();
    run(&c, "build old.cordon -o old -q");
    expect_status(&c, 0);
    run(&c, "build worse.cordon -o worse -q");
    expect_status(&c, 0);
    static const char *const sides[][2] = {
        {"old.cordon", "worse.cordon"}, {"old", "worse.cordon"}, {"old.cordon", "worse"}, {"old", "worse"}};
    char *first = NULL, words[100];
    for (size_t i = 0; i < 4; i++) {
        snprintf(words, sizeof words, "diff %s %s --format md", sides[i][0], sides[i][1]);
        run(&c, words);
        expect_status(&c, 1);
        expect_in(c.out, "2 new threats");
        if (first)
            cr_expect_str_eq(c.out, first, "%s", words);
        else
            first = strdup(c.out);
        snprintf(words, sizeof words, "diff %s %s --format json", sides[i][0], sides[i][1]);
        run(&c, words);
        expect_schema(&c, schema);
    }
    free(first);
    free(schema);
    cli_end(&c);
}

Test(compare, the_document_for_programs)
{
    char *schema = realpath("grammar/schema/diff.json", NULL);
    Cli c = cli();
    put_models();
    run(&c, "diff old.cordon worse.cordon --format json");
    expect_schema(&c, schema);
    json_t *v = cli_json(&c), *threat = json_array_get(json_object_get(v, "threats"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(threat, "change")), "new");
    cr_expect_str_eq(json_string_value(json_object_get(threat, "id")), "worse.R1@FL-01");
    json_t *why = json_array_get(json_object_get(threat, "because"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(why, "thing")), "FL-01");
    cr_expect_str_eq(json_string_value(json_object_get(why, "property")), "authentication");
    cr_expect_str_eq(json_string_value(json_object_get(why, "text")),
                     "`login.authentication` went from mutual to none");
    json_decref(v);
    /* Everything there can be, in one document. */
    put_file("a.cordon", DECIDED("") "boundary B \"B\" {\n  store S \"S\" {}\n}\nstore T \"T\" { shared: true }\n");
    put_file(
        "b.cordon",
        DECIDED("  expires: 2026-01-01\n") "boundary B \"B\"\nboundary D \"D\" {\n  process S \"S2\" was B.S {}\n}\n"
                                           "/// Words.\nstore U \"T\" { shared: true }\n");
    run(&c, "diff a.cordon b.cordon --format json --today 2026-06-01");
    expect_schema(&c, schema);
    expect_in(c.out, "\"looks_like\":\"T\"");
    expect_in(c.out, "\"leaves\":[\"B\"],\"enters\":[\"D\"]");
    expect_in(c.out, "\"standing\":\"expired\"");
    run(&c, "diff b.cordon a.cordon --format json --today 2026-06-01");
    expect_schema(&c, schema);
    expect_in(c.out, "\"change\":\"revived\"");
    free(schema);
    cli_end(&c);
}

Test(compare, formatting_is_no_difference)
{
    char *pump = realpath("examples/wearable", NULL), words[8300];
    Cli c = cli();
    snprintf(words, sizeof words, "cp '%s'/*.cordon . && cp wearable.cordon laid.cordon", pump);
    run_shell(words);
    run(&c, "fmt laid.cordon");
    expect_status(&c, 0);
    run(&c, "diff wearable.cordon laid.cordon --fail-on any");
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, "nothing new needs anybody\n");
    free(pump);
    cli_end(&c);
}

Test(compare, folders_that_are_none_of_ours)
{
    Cli c = cli();
    put_models();
    mkdir("empty", 0777);
    mkdir("foreign", 0777);
    put_file("foreign/threats.json", "{\"threats\": [{\"id\": \"x\", \"verdict\": \"open\"}]}\n");
    put_file("foreign/model.json", "{}\n");
    run(&c, "build old.cordon -o damaged -q");
    run(&c, "build old.cordon -o mixed -q");
    run(&c, "build worse.cordon -o worse -q");
    run_shell((
        char
            *)"head -c 1000 damaged/threats.json > t && mv t damaged/threats.json; cp worse/model.json mixed/model.json; "
              "mkdir later; sed 's/schema:threats:1/schema:threats:9/' worse/threats.json > later/threats.json; "
              "mkdir half; cp worse/threats.json half; mkdir text; echo hello > text/threats.json; "
              "mkdir list; echo '[]' > list/threats.json; mkdir wrong; "
              "sed 's/\"verdict\":\"[a-z]*\"/\"verdict\":7/' worse/threats.json > wrong/threats.json");
    static const struct {
        const char *folder;
        int status;
        const char *message;
    } runs[] = {
        {"empty", 3, "cannot read `empty/threats.json`: there is no such file"},
        {"half", 3, "cannot read `half/model.json`: there is no such file"},
        {"foreign", 2, "`foreign/threats.json` cannot be compared: it was not written by `cordon build`"},
        {"later", 2, "or by another version of it"},
        {"damaged", 2, "`damaged/threats.json` cannot be compared: line "},
        {"text", 2, "line 1: this is no JSON object"},
        {"list", 2, "line 1: this is no JSON object"},
        {"wrong", 2, "a threat lacks its id or its verdict"},
        {"mixed", 2, "are of different models"},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char words[100];
        snprintf(words, sizeof words, "diff %s old.cordon", runs[i].folder);
        run(&c, words);
        cr_expect_eq(c.status, runs[i].status, "%s: %d\n%s", words, c.status, c.err);
        expect_in(c.err, runs[i].message);
        cr_expect_str_empty(c.out);
        snprintf(words, sizeof words, "check old.cordon --baseline %s", runs[i].folder);
        run(&c, words);
        cr_expect_eq(c.status, runs[i].status, "%s: %d\n%s", words, c.status, c.err);
    }
    cli_end(&c);
}

/* ---- --baseline ---- */

Test(compare, a_baseline_lets_only_what_is_new_fail)
{
    Cli c = cli();
    put_models();
    put_model("both.cordon", "authentication: mutual", "authentication: none");
    put_model("more.cordon", "authentication: mutual", "authentication: none");
    run(&c, "build worse.cordon -o known -q");
    run(&c, "check both.cordon -q");
    expect_status(&c, 1);
    static const char *const baselines[] = {"known", "known/threats.json", "worse.cordon"};
    for (size_t i = 0; i < 3; i++) {
        char words[100];
        snprintf(words, sizeof words, "check both.cordon --baseline %s", baselines[i]);
        run(&c, words);
        expect_status(&c, 0);
        expect_not_in(c.out, "R1@FL-01");
        expect_in(c.out, "2 open, 0 possible, 0 planned");
        expect_in(c.out, "2 of them are known from ");
    }
    put_model("more.cordon", "authentication: mutual; carries: [Dose]; controls: [Tls]",
              "authentication: none; carries: [Dose]; controls: []");
    run(&c, "check more.cordon --baseline known --format plain");
    expect_status(&c, 1);
    expect_in(c.out, "[more.R2@FL-01]");
    expect_not_in(c.out, "[more.R1@FL-01]");
    expect_in(c.out, "1 of them is known from known");
    run(&c, "check more.cordon --baseline known --fail-on high -q");
    expect_status(&c, 0); /* what is new is of medium severity */
    run(&c, "check more.cordon --baseline known --fail-on none -q");
    expect_status(&c, 0);
    run(&c, "build more.cordon -o out -q --fail-on open --baseline known");
    expect_status(&c, 1);
    run(&c, "build worse.cordon -o out -q --fail-on open --baseline known");
    expect_status(&c, 0);
    run(&c, "check both.cordon more.cordon --baseline known");
    expect_status(&c, 3);
    run(&c, "check both.cordon --baseline nowhere.cordon");
    expect_status(&c, 3);
    cli_end(&c);
}

Test(compare, a_stale_decision_fails_against_a_baseline)
{
    Cli c = cli();
    put_file("m.cordon", DECIDED("  expires: 2026-05-31\n"));
    run(&c, "build m.cordon -o before -q --today 2026-05-01");
    expect_status(&c, 0);
    run(&c, "check m.cordon --baseline before --today 2026-05-02 -q");
    expect_status(&c, 0);
    run(&c, "check m.cordon --baseline before --today 2026-06-01");
    expect_status(&c, 1);
    expect_in(c.out, "1 decision has ceased to count since then");
    expect_in(c.out, "R1@FL-01");
    run(&c, "diff before m.cordon --today 2026-06-01 --format plain");
    expect_status(&c, 1);
    expect_in(c.out, "decision: RD-1: expired: this decision expired on 2026-05-31\n");
    cli_end(&c);
}

Test(compare, a_baseline_in_every_format)
{
    char *check = realpath("grammar/schema/check.json", NULL),
         *sarif = realpath("tests/data/sarif-schema-2.1.0.json", NULL);
    Cli c = cli();
    put_models();
    put_model("more.cordon", "authentication: mutual; carries: [Dose]; controls: [Tls]",
              "authentication: none; carries: [Dose]; controls: []");
    run(&c, "build worse.cordon -o known -q");
    run(&c, "check more.cordon --baseline known --format json");
    expect_status(&c, 1);
    expect_schema(&c, check);
    json_t *v = cli_json(&c);
    json_t *b = json_object_get(json_array_get(json_object_get(v, "models"), 0), "baseline");
    cr_expect_eq(json_integer_value(json_object_get(b, "known")), 1);
    cr_expect_eq(json_array_size(json_object_get(b, "new")), 1);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(b, "new"), 0)), "more.R2@FL-01");
    json_decref(v);
    run(&c, "check more.cordon --baseline known --format sarif");
    expect_status(&c, 1);
    expect_schema(&c, sarif);
    size_t i, states = 0, news = 0;
    json_t *one;
    v = cli_json(&c);
    json_t *results = json_object_get(json_array_get(json_object_get(v, "runs"), 0), "results");
    json_array_foreach(results, i, one)
    {
        const char *state = json_string_value(json_object_get(one, "baselineState"));
        states += state != NULL;
        news +=
            state && strcmp(state, "new") == 0 && strstr(json_string_value(json_object_get(one, "ruleId")), "more.R");
    }
    cr_expect_eq(states, json_array_size(results));
    cr_expect_eq(news, 1);
    json_decref(v);
    run(&c, "check more.cordon --baseline known --format junit");
    expect_status(&c, 1);
    expect_in(c.out, "failures=\"1\"");
    expect_in(c.out, "more.R2@FL-01 (open)");
    expect_not_in(c.out, "more.R1@FL-01");
    run(&c, "check more.cordon --format sarif");
    expect_not_in(c.out, "baselineState");
    free(check);
    free(sarif);
    cli_end(&c);
}
