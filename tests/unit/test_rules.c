/* Rules on one small world: patterns, conditions, the table of verdicts, identity, paths. Each row is the body of a
 * rule and what it finds, as "id:verdict" in the order of things. */
#include "support.h"

#define WORLD                                                                                                        \
    "scale Level { a < b < c }\n"                                                                                    \
    "kind Box : process \"Box\" {\n"                                                                                 \
    "  property lvl : Level\n"                                                                                       \
    "  property top : Level?\n"                                                                                      \
    "  property lim : number?\n"                                                                                     \
    "  property due : date?\n"                                                                                       \
    "  property note : text?\n"                                                                                      \
    "  property safe : bool\n"                                                                                       \
    "  property guard : bool = false provides firewall\n"                                                            \
    "  property peer : process?\n"                                                                                   \
    "  property tags : [DataClass]\n"                                                                                \
    "}\n"                                                                                                            \
    "kind Big : Box \"Big box\" { lvl: c }\n"                                                                        \
    "kind Socket : port \"Socket\" { }\n"                                                                            \
    "data D #D { confidentiality: secret ; integrity: critical ; availability: low ; classes: [phi] }\n"             \
    "data N #N { confidentiality: open ; integrity: unknown ; availability: low ; classes: unknown }\n"              \
    "data U #U { confidentiality: open ; integrity: low ; availability: low ; classes: [log] }\n"                    \
    "software K #K { category: supported ; version: \"1\" ; supplier: \"s\" }\n"                                     \
    "control Done #Done { implements: [authenticates_peer] ; status: implemented\n"                                  \
    "  evidence Ev #Ev { kind_of_test: works ; ref: \"t\" ; result: pending ; date: 2026-01-01 }\n"                  \
    "}\n"                                                                                                            \
    "control Soon #Soon { implements: [authenticates_peer] ; status: planned }\n"                                    \
    "assumption Dry #Dry { about: [Lan.A] }\n"                                                                       \
    "external E #E\n"                                                                                                \
    "kind Person : external \"Person\" { human: true }\nPerson H #H\n"                                               \
    "boundary Lan #Lan { dimension: network\n"                                                                       \
    "  Box A #A { lvl: b ; lim: 5 ; due: 2025-01-01 ; note: \"x y\" ; safe: true ; peer: Lan.B ; tags: [phi, log]\n" \
    "    holds: [D] ; made_of: [K] ; also_inside: [Case]\n"                                                          \
    "    Socket s #s { }\n"                                                                                          \
    "  }\n"                                                                                                          \
    "  Big B #B { safe: unknown ; tags: unknown ; top: c }\n"                                                        \
    "  boundary Cell #Cell { process Mid #Mid }\n"                                                                   \
    "}\n"                                                                                                            \
    "boundary Case #Case { dimension: physical }\n"                                                                  \
    "flow f1 #f1 : E -> Lan.A.s { protocol: http ; authentication: none ; carries: [D, U] }\n"                       \
    "flow f2 #f2 : E <-> Lan.B { protocol: http ; authentication: unknown ; carries: [N] }\n"                        \
    "flow f3 #f3 : H -> Lan.A { protocol: http ; authentication: password ; carries: unknown }\n"                    \
    "flow f4 #f4 : Lan.A -> Lan.Cell.Mid { protocol: unknown ; authentication: none ; controls: [Soon] }\n"          \
    "flow f5 #f5 : Lan.Cell.Mid -> Lan.B { protocol: http ; authentication: mutual ; controls: [Done] }\n"

typedef struct Row {
    const char *rule, *found;
} Row;

static char *verdicts_of(Run *r)
{
    StrBuf all = {0};
    for (uint32_t i = 0; i < r->verdicts.all.n; i++) {
        const Verdict *v = &r->verdicts.all.at[i];
        StrBuf id = {0};
        verdict_id(r->rules, v, &id);
        strbuf_format(&all, "%s%s:%s", i ? " " : "", strchr(id.s, '@') + 1, verdict_name((VerdictKind)v->kind));
        strbuf_free(&id);
    }
    char *text = str_z(&r->arena, strbuf_str(&all));
    strbuf_free(&all);
    return text;
}

static void run_rule(Run *r, const char *rule)
{
    StrBuf text = {0};
    strbuf_addz(&text, WORLD "rule R \"t\" {\n");
    strbuf_addz(&text, rule);
    strbuf_addz(&text, "\nseverity: low\nfix: \"x\"\n}\n");
    run_text(r, text.s);
    strbuf_free(&text);
}

static void check_rows(const Row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Run r;
        run_rule(&r, rows[i].rule);
        cr_assert_eq(r.diags.errors, 0, "%s: %s", rows[i].rule, run_diags(&r));
        cr_expect_str_eq(verdicts_of(&r), rows[i].found, "%s\n  finds %s\n  not   %s", rows[i].rule, verdicts_of(&r),
                         rows[i].found);
        run_free(&r);
    }
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof rows / sizeof *rows)

static const Row patterns[] = {
    {"for each Box x", "A:open B:open"},
    {"for each Big x", "B:open"},
    {"for each thing x; when x is E or x is f1 or x is Lan or x is D or x is Lan.A.s",
     "D:open E:open Lan:open s:open f1:open"},
    {"for each evidence x on c : control", "Ev:open"},
    {"for each evidence x in c : control; key: [x, c]", "Ev,Done:open"},
    {"for each element x", "E:open H:open A:open B:open Mid:open"},
    {"for each external x", "E:open H:open"},
    {"for each port x", "s:open"},
    {"for each port x on e", "s:open"},
    {"for each Socket x on e : Big", ""},
    {"for each Socket x in e : Box", "s:open"},
    {"for each boundary x", "Case:open Lan:open Cell:open"},
    {"for each boundary x inside t : boundary", "Cell:open"},
    {"for each Box x inside t : boundary", "A:open B:open"},
    {"for each Box x in t : boundary; key: [x, t]", "A,Case:open A,Lan:open B,Lan:open"},
    {"for each Box x inside t : boundary; key: t", "Case:open Lan:open"},
    {"for each element x inside Lan.Cell", "Mid:open"},
    {"for each flow f", "f1:open f2:open f3:open f4:open f5:open"},
    {"for each flow f from a : external", "f1:open f2:open f3:open"},
    {"for each flow f from external to b : Big", "f2:open"},
    {"for each flow f from a : Big", "f2:open"},
    {"for each flow f to b : Socket", "f1:open"},
    {"for each flow f to b : Box", "f1:open f2:open f3:open f5:open"},
    {"for each flow f from Lan.A", "f4:open"},
    {"for each flow f to Lan.A.s", "f1:open"},
    {"for each flow f entering t", "f1:open f2:open f3:open f4:open"},
    {"for each flow f leaving t", "f2:open f4:open f5:open"},
    {"for each flow f crossing t; key: [f, t]",
     "f1,Case:open f1,Lan:open f2,Lan:open f3,Case:open f3,Lan:open f4,Case:open f4,Cell:open f5,Cell:open"},
    {"for each flow f crossing boundary", "f1:open f2:open f3:open f4:open f5:open"},
    {"for each flow f entering Lan.Cell", "f4:open"},
    {"for each flow f from a : process to b : process; key: a", "A:open Mid:open"},
    {"for each flow f to b; key: [b]", "E:open A:open B:open Mid:open"},
    {"for each data d", "D:open N:open U:open"},
    {"for each data d in x", "D:open"},
    {"for each data d on f; key: [d, f]", "D,f1:open N,f2:open U,f1:open"},
    {"for each software x", "K:open"},
    {"for each software x in e : Box", "K:open"},
    {"for each control x", "Done:open Soon:open"},
    {"for each control x on f : flow; key: [x, f]", "Done,f5:open Soon,f4:open"},
    {"for each assumption x", "Dry:open"},
    {"for each assumption x on e : Box", "Dry:open"},
};

Test(rules, patterns)
{
    CHECK_ROWS(patterns);
}

#define BOX "for each Box x; when "
#define FLOW "for each flow f from a to b; when "
static const Row conditions[] = {
    /* values */
    {BOX "x.safe", "A:open B:possible"},
    {BOX "not x.safe", "B:possible"},
    {BOX "x.safe is true", "A:open B:possible"},
    {BOX "x.safe is false", "B:possible"},
    {BOX "x.safe is unknown", "B:open"},
    {BOX "x.safe is not unknown", "A:open"},
    {BOX "x.lvl is b", "A:open"},
    {BOX "x.lvl == c", "B:open"},
    {BOX "x.lvl != c", "A:open"},
    {BOX "x.lvl >= b", "A:open B:open"},
    {BOX "x.lvl > b", "B:open"},
    {BOX "c > x.lvl", "A:open"},
    {BOX "x.lvl in [a, b]", "A:open"},
    {BOX "x.lvl >= x.top", "B:open"},
    {BOX "x.lvl is x.top", "B:open"},
    {BOX "x.top is absent", "A:open"},
    {BOX "x.lim > 4.5", "A:open"},
    {BOX "x.lim is 5", "A:open"},
    {BOX "not (x.lim > 4.5)", "B:open"},
    {BOX "x.due < 2025-01-02", "A:open"},
    {BOX "x.due >= 2025-01-02", ""},
    {BOX "x.note is \"x y\"", "A:open"},
    {BOX "x.note in [\"q\", \"x y\"]", "A:open"},
    {BOX "x.tags has phi", "A:open B:possible"},
    {BOX "x.tags has alarm", "B:possible"},
    {BOX "x.peer is Big", "A:open"},
    {BOX "x.peer is Lan.B", "A:open"},
    {BOX "x.peer.out_of_scope is absent", "A:open B:open"},
    {BOX "x.peer is x", ""},
    /* things */
    {BOX "x is Big", "B:open"},
    {BOX "x is not Big", "A:open"},
    {BOX "x is Lan.A", "A:open"},
    {BOX "x in [Lan.A, Big]", "A:open B:open"},
    {BOX "x is Box where (lvl is b and safe)", "A:open"},
    {BOX "x inside Case", "A:open"},
    {BOX "x in Case", "A:open"},
    {BOX "x inside boundary where (dimension is physical)", "A:open"},
    {BOX "x holds D", "A:open"},
    {BOX "x holds data where (integrity >= high)", "A:open"},
    {BOX "x holds N", ""},
    {BOX "x reaches Lan.B", "A:open B:open"},
    {BOX "x reaches external", "A:open B:open"},
    {BOX "x reaches Box where (lvl is b)", "A:open B:open"},
    {BOX "x reaches Box where (safe is unknown)", "A:open B:open"},
    {BOX "x has firewall", ""},
    {"for each external x; when x reaches Box where (safe)", "E:open H:open"},
    {FLOW "a reaches b", "f1:open f2:open f3:open f4:open f5:open"},
    {FLOW "b reaches a", "f1:open f2:open f4:open f5:open"},
    /* flows */
    {FLOW "f.authentication is none", "f1:open f2:possible f4:open"},
    {FLOW "f carries D", "f1:open f3:possible"},
    {FLOW "f carries data where (classes has phi)", "f1:open f2:possible f3:possible"},
    {FLOW "f carries data where (integrity < critical)", "f1:open f2:possible f3:possible"},
    {FLOW "f crosses Case", "f1:open f3:open f4:open"},
    {FLOW "f enters Case", "f1:open f3:open"},
    {FLOW "f leaves boundary where (dimension is network)", "f2:open f5:possible"},
    {FLOW "f crosses boundary", "f1:open f2:open f3:open f4:open f5:open"},
    {FLOW "f inside Lan", "f4:open f5:open"},
    {FLOW "f has authenticates_peer", "f5:open"},
    {FLOW "f has authenticates_server", "f4:possible"},
    {FLOW "a is b", ""},
    {FLOW "a is H and f.authentication is not none", "f3:open"},
    {FLOW "a is H or b is Lan.Cell.Mid", "f3:open f4:open"},
    {FLOW "f.protocol is http", "f1:open f2:open f3:open f4:possible f5:open"},
    {FLOW "f.protocol in [http, https]", "f1:open f2:open f3:open f4:possible f5:open"},
    /* quantifiers */
    {BOX "some flow to x", "A:open B:open"},
    {BOX "some flow from x", "A:open B:open"},
    {BOX "some flow to x where (authentication is none)", "A:open B:possible"},
    {BOX "every flow to x where (authentication is none)", ""},
    {BOX "every flow from external to x where (authentication is none)", "B:possible"},
    {BOX "no flow to x where (authentication is none)", "B:possible"},
    {BOX "some flow from external to x where (authentication is password)", "A:open B:possible"},
    {BOX "some flow on x where (carries D)", "A:open"},
    {BOX "some data in x where (classes has phi)", "A:open"},
    {BOX "every data in x where (classes has phi)", "A:open B:open"},
    {BOX "no software in x", "B:open"},
    {BOX "some port on x", "A:open"},
    {BOX "some assumption on x", "A:open"},
    {BOX "some external where (human)", "A:open B:open"},
    {BOX "some external", "A:open B:open"},
    {"for each boundary t; when some Box inside t where (lvl is c)", "Lan:open"},
    {"for each boundary t; when every element inside t where (has firewall)", ""},
    {"for each boundary t; when some port inside t", "Case:open Lan:open"},
    {"for each boundary t; when some boundary inside t", "Lan:open"},
    {"for each boundary t; when some flow entering t where (authentication is none)", "Case:open Lan:open Cell:open"},
    {"for each boundary t; when no flow crossing t where (authentication is password)", "Cell:open"},
    {"for each boundary t; when some flow leaving t", "Case:open Lan:open Cell:open"},
    {"for each boundary t; when some flow inside t", "Lan:open"},
    {FLOW "some control on f where (status is planned)", "f4:open"},
    {FLOW "some data on f", "f1:open f2:open f3:possible"},
    {FLOW "no data on f where (integrity is low)", "f2:possible f3:possible f4:open f5:open"},
    {"for each data d; when some flow on E where (carries d)", "D:open N:open U:open"},
};

Test(rules, conditions)
{
    CHECK_ROWS(conditions);
}

#define HUMAN "for each path p from a : Person to b : Big"
static const Row paths[] = {
    {"for each path p from a : external to b : Box", "E,A:open E,B:open H,A:open H,B:open"},
    {"for each path p from a : external to b : Box within 1 steps", "E,A:open E,B:open H,A:open"},
    {"for each path p from a : external to b : Box within 2 steps", "E,A:open E,B:open H,A:open"},
    {"for each path p from a : external to b : Box; when b.safe", "E,A:open E,B:possible H,A:open H,B:possible"},
    {"for each path p from a : external to b : Box; when a.human", "E,A:possible E,B:possible H,A:open H,B:open"},
    {"for each path p from a : external to b : Box along (authentication is none)", "E,A:open E,B:possible"},
    {"for each path p from a : external to b : Box along (authentication is not none)", "E,B:possible H,A:open"},
    {"for each path p from a : external to b : Big along (not has authenticates_peer)", "E,B:open"},
    {"for each path p from a : external to b : Big along (not has authenticates_peer) within 2 steps", "E,B:open"},
    {HUMAN " along (not has authenticates_peer)", ""},
    {HUMAN, "H,B:open"},
    {HUMAN " avoiding (dimension is physical)", ""},
    {HUMAN " avoiding (lvl is b)", ""},
    {HUMAN " avoiding (has firewall)", "H,B:open"},
    {HUMAN " avoiding (authentication is password)", ""},
    {HUMAN " avoiding (authentication is token)", "H,B:open"},
    {HUMAN " avoiding (carries D)", "H,B:possible"},
    {HUMAN "; key: b", "B:open"},
    {"for each path p from a : external to Lan.B", "E,B:open H,B:open"},
    {"for each path p from Lan.A to b : external", "A,E:open"},
};

Test(rules, paths)
{
    CHECK_ROWS(paths);
}

/* Long sets are looked up, short ones gone through; two long ones are kept apart. */
Test(rules, long_sets)
{
    enum { ITEMS = 400, FEW = 3, MANY = 150, AGAIN = 100 };
    StrBuf text = {0};
    for (int i = 0; i < ITEMS; i++)
        strbuf_format(&text, "software S%d\n", i);
    static const struct {
        const char *name;
        int from, to;
    } boxes[] = {{"A", 0, FEW}, {"B", FEW, FEW + MANY}, {"C", FEW + MANY, FEW + MANY + AGAIN}};
    for (size_t b = 0; b < sizeof boxes / sizeof *boxes; b++) {
        strbuf_format(&text, "process %s { made_of: [", boxes[b].name);
        for (int i = boxes[b].from; i < boxes[b].to; i++)
            strbuf_format(&text, "%sS%d", i > boxes[b].from ? ", " : "", i);
        strbuf_addz(&text, "] }\n");
    }
    strbuf_addz(&text, "rule R \"t\" { for each software s; when no process where (made_of has s)\n"
                       "severity: low; fix: \"x\" }\n"
                       "rule Q \"t\" { for each process p; when p.made_of has S200; severity: low; fix: \"x\" }\n");
    Run r;
    run_text(&r, text.s);
    cr_assert_eq(r.diags.errors, 0, "%s", run_diags(&r));
    char *found = verdicts_of(&r);
    cr_expect_eq(r.verdicts.all.n, ITEMS - FEW - MANY - AGAIN + 1, "%s", found);
    for (int i = 0; i < ITEMS; i++) {
        char id[32];
        snprintf(id, sizeof id, "S%d:open", i);
        cr_expect_eq(strstr(found, id) != NULL, i >= FEW + MANY + AGAIN, "%s in %s", id, found);
    }
    cr_expect(strstr(found, "C:open") != NULL, "%s", found);
    run_free(&r);
    strbuf_free(&text);
}

/* ---- the table of verdicts ---- */

typedef enum Given { NO, PERHAPS, YES } Given;
typedef enum Closing { NOTHING, PLANNED, OPEN_QUESTION, DONE } Closing;

static VerdictKind by_table(Given when, Given unless, Closing closing)
{
    if (when == NO)
        return VERDICT_NONE;
    if (unless == YES)
        return VERDICT_OUT_OF_SCOPE;
    if (closing == DONE)
        return VERDICT_MITIGATED;
    if (when == PERHAPS || unless == PERHAPS || closing == OPEN_QUESTION)
        return VERDICT_POSSIBLE;
    return closing == PLANNED ? VERDICT_PLANNED : VERDICT_OPEN;
}

Test(rules, table_of_verdicts)
{
    static const char *const bools[] = {"false", "unknown", "true"};
    static const char *const closings[] = {"m: false", "m: false ; controls: [Soon]", "m: unknown", "m: true"};
    for (int i = 0; i < 36; i++) {
        Given when = (Given)(i % 3), unless = (Given)(i / 3 % 3);
        Closing closing = (Closing)(i / 9);
        StrBuf text = {0};
        strbuf_format(
            &text,
            "kind Gate : process { property w : bool; property u : bool; property m : bool provides firewall }\n"
            "control Soon { implements: [firewall] ; status: planned }\n"
            "Gate g { w: %s ; u: %s ; %s }\n"
            "rule R \"t\" { for each Gate x; when x.w; unless x.u; mitigated by firewall on x; severity: low\n"
            "fix: \"x\" }\n",
            bools[when], bools[unless], closings[closing]);
        Run r;
        run_text(&r, text.s);
        cr_assert_eq(r.diags.errors, 0, "%s", run_diags(&r));
        /* A property that says no outweighs a control that is only planned. */
        VerdictKind got = r.verdicts.all.n ? (VerdictKind)r.verdicts.all.at[0].kind : VERDICT_NONE;
        cr_expect_eq(got, by_table(when, unless, closing), "%s: %s", text.s, verdict_name(got));
        run_free(&r);
        strbuf_free(&text);
    }
}

static const Row closings[] = {
    {"for each flow f; mitigated by authenticates_peer on f", "f1:open f2:open f3:open f4:open f5:mitigated"},
    {"for each flow f to b; mitigated by authenticates_peer on f and firewall on b",
     "f1:open f2:open f3:open f4:open f5:open"},
    {"for each flow f to b; mitigated by authenticates_peer on f; mitigated by firewall on b",
     "f1:open f2:open f3:open f4:open f5:mitigated"},
    {"for each flow f to b; mitigated by authenticates_peer on b or f", "f1:open f2:open f3:open f4:open f5:mitigated"},
    {"for each flow f; mitigated by (f.authentication is password)",
     "f1:open f2:possible f3:mitigated f4:open f5:open"},
    {"for each flow f; mitigated by authenticates_peer on f where (authentication is none)",
     "f1:open f2:open f3:open f4:open f5:open"},
    {"for each flow f; mitigated by authenticates_server on f where (authentication is none)",
     "f1:open f2:open f3:open f4:possible f5:open"},
    {"for each flow f; mitigated by authenticates_peer on f and (f.authentication is mutual)",
     "f1:open f2:open f3:open f4:open f5:mitigated"},
    {"for each flow f; when f.authentication is unknown or f.authentication is none; unless f is f2",
     "f1:open f2:out_of_scope f4:open"},
};

Test(rules, mitigations)
{
    CHECK_ROWS(closings);
}

/* ---- identity ---- */

Test(rules, witnesses_are_merged)
{
    Run r;
    run_rule(&r, "for each flow f from a to b; when f.authentication is none or f.authentication is password; key: b\n"
                 "raise severity to critical when a is H");
    cr_assert_eq(r.diags.errors, 0, "%s", run_diags(&r));
    cr_expect_str_eq(verdicts_of(&r), "E:possible A:open B:possible Mid:open");
    const Verdict *a = &r.verdicts.all.at[1], *e = &r.verdicts.all.at[0];
    cr_expect_eq(a->witnesses, 2);
    cr_expect_eq(a->raised, 1, "the witness with the higher severity stands for the threat");
    StrBuf b = {0};
    obj_id(&r.program, a->vars[0], &b);
    cr_expect_str_eq(b.s, "f3");
    cr_expect_eq(e->witnesses, 1);
    cr_expect(str_eq(sym_str(&r.names, r.program.consts.at[verdict_severity(r.rules, a)].name), STR("critical")));
    cr_expect(str_eq(sym_str(&r.names, r.program.consts.at[verdict_severity(r.rules, e)].name), STR("low")));
    strbuf_free(&b);
    run_free(&r);
}

/* The order of declarations leaves no trace. */
Test(rules, order_is_that_of_names)
{
    static const char *const parts[] = {"process b1\n", "process b { process x }\n", "process a\n",
                                        "boundary c { process z }\n", "process b10 #b0\n"};
    static const char *const rule = "rule R \"t\" { for each process x; severity: low; fix: \"x\" }\n"
                                    "rule R1 \"t\" { for each process x; severity: low; fix: \"x\" }\n";
    char *first = NULL;
    for (int turn = 0; turn < 5; turn++) {
        StrBuf text = {0}, ids = {0};
        for (int i = 0; i < 5; i++)
            strbuf_addz(&text, parts[(i * 2 + turn) % 5]);
        strbuf_addz(&text, rule);
        Run r;
        run_text(&r, text.s);
        cr_assert_eq(r.diags.errors, 0, "%s", run_diags(&r));
        for (uint32_t i = 0; i < r.verdicts.all.n; i++) {
            verdict_id(r.rules, &r.verdicts.all.at[i], &ids);
            strbuf_char(&ids, '\n');
        }
        if (!first)
            first = strdup(ids.s);
        cr_expect_str_eq(ids.s, first);
        run_free(&r);
        strbuf_free(&text);
        strbuf_free(&ids);
    }
    cr_expect_str_eq(first, "test.R1@a\ntest.R1@b\ntest.R1@b.x\ntest.R1@b0\ntest.R1@b1\ntest.R1@c.z\n"
                            "test.R@a\ntest.R@b\ntest.R@b.x\ntest.R@b0\ntest.R@b1\ntest.R@c.z\n");
    free(first);
}

Test(rules, out_of_scope)
{
    expect_threats("external Far { out_of_scope: \"another contract\" }\n"
                   "external Away { out_of_scope: \"so is this\" }\n"
                   "process P\n"
                   "flow a : Far -> P\n flow b : Far -> Away\n flow c : P -> Far { out_of_scope: \"tested apart\" }\n"
                   "rule R \"t\" { for each flow f; severity: low; fix: \"x\" }\n"
                   "rule S \"t\" { for each external x; severity: low; fix: \"x\" }\n",
                   "R@a open\nR@b out_of_scope\nR@c out_of_scope\nS@Away out_of_scope\nS@Far out_of_scope\n");
}

Test(rules, what_is_out_of_scope_takes_its_content_along)
{
    expect_threats("boundary Out {\n out_of_scope: \"another project\"\n boundary Deep { process A { UsbPort u } }\n}\n"
                   "process B\nflow f : B -> Out.Deep.A\nflow g : Out.Deep.A -> Out.Deep.A\n"
                   "rule R \"t\" { for each process x; severity: low; fix: \"x\" }\n"
                   "rule S \"t\" { for each port x; severity: low; fix: \"x\" }\n"
                   "rule T \"t\" { for each flow f; severity: low; fix: \"x\" }\n",
                   "R@B open\nR@Out.Deep.A out_of_scope\nS@Out.Deep.A.u out_of_scope\nT@f open\nT@g out_of_scope\n");
}

Test(rules, texts)
{
    Run r;
    run_rule(&r,
             "for each path p from a : external to b : Big\nmessage: \"{a} to {b.lvl} by {p}, {b.peer} {b.safe}\"\n");
    cr_assert_eq(r.diags.errors, 0, "%s", run_diags(&r));
    StrBuf b = {0};
    verdict_message(r.rules, &r.verdicts.all.at[1], &b);
    cr_expect(strstr(b.s, "H to c by H -> A -> Mid -> B, ") == b.s, "%s", b.s);
    b.n = 0;
    verdict_text(r.rules, &r.verdicts.all.at[1], STR("{"), &b);
    verdict_text(r.rules, &r.verdicts.all.at[1], STR("{q}{a"), &b);
    cr_expect_str_eq(b.s, "{{q}{a");
    strbuf_free(&b);
    run_free(&r);
}

/* More than the search may try: an error, and an end. */
Test(rules, search_too_large)
{
    StrBuf text = {0};
    strbuf_addz(&text, "rule R \"t\" { for each flow f to b; when some flow where (protocol is f.protocol and "
                       "authentication is none)\n"
                       "severity: low; fix: \"x\" }\n");
    for (int i = 0; i < 15000; i++)
        strbuf_format(&text, "process p%d\nflow f%d : p%d -> p0 { protocol: http ; authentication: password }\n", i, i,
                      i);
    Run r;
    run_text(&r, text.s);
    cr_expect(strstr(run_diags(&r), "E0419@1") != NULL, "%s", run_diags(&r));
    run_free(&r);
    strbuf_free(&text);
}
