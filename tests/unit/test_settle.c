/* What is settled beforehand changes no verdict: on every model at hand each rule finds the same in a pass over the whole model, where
 * only what remains is asked, as by itself, where every condition is asked of every binding. */
#include "support.h"

#include "bench/gen.h"
#include "rules/plan.h"

static int by_vars(const void *a, const void *b)
{
    return memcmp(((const Verdict *)a)->vars, ((const Verdict *)b)->vars, sizeof((const Verdict *)a)->vars);
}

/* The things of the key first, and nothing else: of several witnesses one pass may show another. */
static void only_keys(const RuleSet *r, Verdict *v)
{
    const RuleInfo *info = rule_info(r, v->rule);
    for (uint32_t i = 0; i < LIMIT_RULE_VARS; i++)
        if (i >= info->nvars || !(info->keys >> i & 1))
            v->vars[i] = 0;
}

static void expect_same(const char *model, const RuleSet *r, RuleId rule, Verdict *a, uint32_t n, Verdicts *b)
{
    cr_assert_eq(n, b->all.n, "%s: %.*s finds %u, by itself %u", model, STR_FMT(rule_info(r, rule)->id), n, b->all.n);
    for (uint32_t i = 0; i < n; i++) {
        only_keys(r, &a[i]);
        only_keys(r, &b->all.at[i]);
    }
    if (n) {
        qsort(a, n, sizeof *a, by_vars);
        qsort(b->all.at, n, sizeof *a, by_vars);
    }
    for (uint32_t i = 0; i < n; i++) {
        const Verdict *x = &a[i], *y = &b->all.at[i];
        cr_assert_eq(by_vars(x, y), 0, "%s: %.*s is about other things", model, STR_FMT(rule_info(r, rule)->id));
        cr_assert(x->kind == y->kind && x->witnesses == y->witnesses && x->raised == y->raised,
                  "%s: %.*s comes to something else", model, STR_FMT(rule_info(r, rule)->id));
    }
}

/* Returns the number of verdicts compared. */
static uint32_t compare(const char *model, Run *run)
{
    Verdicts alone = {0};
    uint32_t at = 0;
    Verdicts *all = &run->verdicts;
    if (!run->assessed)
        return 0;
    for (RuleId rule = 1; rule <= rules_count(run->rules); rule++) {
        uint32_t first = at;
        while (at < all->all.n && all->all.at[at].rule == rule)
            at++;
        if (!plan_at(run->rules, rule)->broken) {
            plan_run(run->rules, rule, NULL, &alone);
            expect_same(model, run->rules, rule, all->all.at + first, at - first, &alone);
        }
    }
    verdicts_free(&alone);
    return at;
}

static uint32_t compare_path(const char *path)
{
    Run run;
    run_path(&run, path);
    uint32_t n = compare(path, &run);
    run_free(&run);
    return n;
}

Test(settle, every_model_of_the_repository)
{
    static const char *const folders[] = {"examples", "tests/golden"};
    static char paths[512][200];
    uint32_t compared = 0;
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        size_t n = find_files(folders[f], ".cordon", paths, 512);
        for (size_t i = 0; i < n; i++)
            compared += compare_path(paths[i]);
    }
    cr_assert_gt(compared, 1000u);
}

/* Other facts of other kinds are missing in each of them. */
Test(settle, generated_models)
{
    uint32_t compared = 0;
    for (uint32_t size = 1; size < 400; size = size * 2 + 1) {
        StrBuf text = {0};
        Run run;
        gen_model(&text, size);
        run_text(&run, text.s);
        compared += compare("a generated model", &run);
        run_free(&run);
        strbuf_free(&text);
    }
    cr_assert_gt(compared, 500u);
}

/* Each fact that is said or left out, of some things or of all, one at a time. */
Test(settle, facts_of_some_things_only)
{
    static const char *const facts[] = {
        "",
        "exposed: true",
        "exposed: unknown",
        "logs_events: false",
        "safety_related: true",
        "input_validated: unknown",
        "controls: unknown",
        "controls: [C]",
        "out_of_scope: \"sold apart\"",
        "physically_exposed: true",
    };
    static const char *const flow_facts[] = {"",
                                             "carries: [D]",
                                             "carries: unknown",
                                             "carries: [D, E]",
                                             "protocol: https",
                                             "protocol: unknown",
                                             "authentication: none",
                                             "software_update: true",
                                             "controls: [C] ; carries: [E]"};
    enum { FACTS = sizeof facts / sizeof *facts, FLOW_FACTS = sizeof flow_facts / sizeof *flow_facts };
    uint32_t compared = 0;
    for (size_t i = 0; i < FACTS * FLOW_FACTS; i++) {
        StrBuf text = {0};
        Run run;
        const char *fact = facts[i % FACTS], *flow = flow_facts[i / FACTS];
        strbuf_format(
            &text,
            "import std.all\n"
            "data D { confidentiality: confidential ; integrity: high ; classes: [log] }\n"
            "data E { availability: high ; classes: [therapy_command] }\n"
            "control C { implements: [authenticates_peer, logs_security_events] ; status: planned }\n"
            "boundary Net { dimension: network\n"
            "  Service A { %s }\n  DeviceApp B\n  store S { holds: [D] }\n}\n"
            "Person P\nprocess Q { %s }\n"
            "flow f : Net.A -> Net.B { %s }\nflow g : P <-> Q\nflow h : Q -> Net.A { %s }\nflow i : Net.B -> Net.S\n",
            fact, i % 2 ? fact : "", flow, i % 3 ? flow : "");
        run_text(&run, text.s);
        cr_assert(run.assessed, "%s: %s", run_diags(&run), text.s);
        compared += compare(text.s, &run);
        run_free(&run);
        strbuf_free(&text);
    }
    cr_assert_gt(compared, 1000u);
}

#define TAGGED                                                                                  \
    "kind Tagged : data \"Tagged\" {\n property flagged : bool = false \"whether it is\"\n}\n"  \
    "kind Marked : process \"Marked\" {\n property marked : bool = true \"whether it is\"\n}\n" \
    "process P\nprocess Q\n"

/* What is unknown stays so, although nothing that there is could be what is asked for. */
Test(settle, an_unknown_set_of_nothing)
{
    expect_threats(
        TAGGED "Tagged D\nflow f : P -> Q { carries: unknown }\nflow g : P -> Q { carries: [D] }\n"
               "rule R \"t\" { for each flow f; when f carries Tagged where (flagged); severity: low; fix: \"x\" }\n"
               "rule S \"t\" { for each flow f; when no Tagged on f where (flagged); severity: low; fix: \"x\" }\n"
               "rule T \"t\" { for each flow f; when some Tagged on f where (flagged); severity: low; fix: \"x\" }\n",
        "R@f possible\nS@f possible\nS@g open\nT@f possible\n");
}

/* Kinds with other defaults are not alike, and one thing that says something stands for itself alone. */
Test(settle, defaults_of_kinds)
{
    expect_threats(TAGGED
                   "kind Bare : Marked \"Bare\" {\n marked: false\n}\nMarked M\nBare B\nBare C { marked: true }\n"
                   "rule R \"t\" { for each Marked m; when m.marked; severity: low; fix: \"x\" }\n"
                   "rule S \"t\" { for each process p; when p is P and some Marked where (not marked); severity: low; "
                   "fix: \"x\" }\n"
                   "rule T \"t\" { for each process p; when p is P and no Marked where (marked); severity: low; "
                   "fix: \"x\" }\n",
                   "R@C open\nR@M open\nS@P open\n");
}

/* A capability that is planned for all, or unknown of one. */
Test(settle, levels_of_a_capability)
{
    expect_threats(
        TAGGED "control C { implements: [logs_security_events] ; status: planned }\n"
               "Marked M { controls: [C] ; logs_events: false }\nMarked N { controls: [C] ; logs_events: false }\n"
               "rule R \"t\" { for each Marked m; when m has logs_security_events; severity: low; fix: \"x\" }\n"
               "rule S \"t\" { for each Marked m; when not (m has logs_security_events); severity: low; fix: \"x\" }\n",
        "S@M open\nS@N open\n");
    expect_threats(TAGGED
                   "Marked M { logs_events: unknown }\nMarked N { logs_events: unknown }\n"
                   "rule R \"t\" { for each Marked m; when m has logs_security_events; severity: low; fix: \"x\" }\n",
                   "R@M possible\nR@N possible\n");
}
