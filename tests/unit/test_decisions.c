/* Decisions about several threats and about risks, the facts they were made on, and what they are refused for. */
#include "risk/risks.h"
#include "support.h"

#define TESTED                                                                                            \
    "test R { given { external X; process Y; flow g : X -> Y { authentication: none; protocol: tcp } }\n" \
    "  expect R at g\n  with g.authentication: certificate { expect no R at g } }\n"                      \
    "test S { given { software L { known_exploited: true } }\n"                                           \
    "  expect S at L\n  with L.known_exploited: false, L.category: maintained { expect no S } }\n"
/* A decision begins on line 18. */
#define MODEL                                                           \
    "rule R \"{a} is not known on {f}\" {\n"                            \
    "  for each flow f from a\n"                                        \
    "  when f.authentication is none\n"                                 \
    "  mitigated by authenticates_peer on f\n"                          \
    "  stride: spoofing; severity: high; message: \"m\"; fix: \"f\"\n"  \
    "}\n"                                                               \
    "rule S \"{s} is weak\" {\n"                                        \
    "  for each software s\n"                                           \
    "  when s.known_exploited or s.category is not maintained\n"        \
    "  mitigated by tracks_vulnerabilities on s\n"                      \
    "  stride: tampering; severity: high; message: \"m\"; fix: \"f\"\n" \
    "}\n"                                                               \
    "external A; process P { made_of: [Kernel] }\n"                     \
    "flow one #F1 : A -> P { authentication: none; protocol: tcp }\n"   \
    "flow two #F2 : A -> P { authentication: none; protocol: tcp }\n"   \
    "risk Callers #RK1 { rules: [R] }\n"
#define KERNEL "software Kernel #SW1 { category: maintained; known_exploited: false }\n"
#define WHY "{ rationale: \"known\"; owner: @ann; "
#define TOLD "transferred_to: \"the clinic\"; information: \"Keep it apart.\"; document: \"Manual, 3\" "
#define OPEN "R@F1 open\nR@F2 open\n"
#define ACCEPTED "R@F1 accepted\nR@F2 accepted\n"

static const struct {
    const char *decisions, *threats, *diags;
} rows[] = {
    /* several named */
    {"decision #D1 accept R at one, two " WHY "covers: 2 }\n", ACCEPTED, ""},
    {"decision #D1 accept R at one, two " WHY "}\n", OPEN, "E0965@18"},
    {"decision #D1 accept R at one, two " WHY "covers: 3 }\n", OPEN, "W0966@18"},
    {"decision #D1 accept R at one, two, gone " WHY "covers: 3 }\n", OPEN, "W0502@18 W0966@18"},
    {"decision #D1 accept R at one " WHY "covers: 1 }\n", "R@F1 accepted\nR@F2 open\n", ""},
    {"decision #D1 accept R at one " WHY "covers: 2 }\n", OPEN, "W0966@18"},
    {"decision #D1 accept R " WHY "}\n", OPEN, "E0960@18"},
    /* a risk */
    {"decision #D1 accept Callers " WHY "covers: 2 }\n", ACCEPTED, ""},
    {"decision #D1 accept RK1 " WHY "covers: 2 }\n", ACCEPTED, ""},
    {"decision #D1 accept Callers " WHY "}\n", OPEN, "E0965@18"},
    {"decision #D1 accept Callers " WHY "covers: 1 }\n", OPEN, "W0966@18"},
    {"decision #D1 accept Callers at one " WHY "covers: 2 }\n", OPEN, "E0961@18"},
    {"decision #D1 accept Callers " WHY "covers: 2 }\ndecision #D2 defer Callers " WHY "covers: 2 }\n", ACCEPTED,
     "E0507@19"},
    {"decision #D1 accept Callers " WHY "covers: 2 }\ndecision #D2 defer R at one " WHY "}\n", ACCEPTED, "E0507@19"},
    {"control C { implements: [authenticates_peer]; status: implemented }\nextend two { controls: [C] }\n"
     "decision #D1 accept Callers " WHY "covers: 1 }\n",
     "R@F1 accepted\nR@F2 mitigated\n", ""},
    {"control C { implements: [authenticates_peer]; status: implemented }\nextend two { controls: [C] }\n"
     "decision #D1 accept R at two " WHY "}\n",
     "R@F1 open\nR@F2 mitigated\n", "W0967@20"},
    /* terms */
    {"decision #D1 transfer R at one " WHY TOLD "}\n", "R@F1 transferred\nR@F2 open\n", ""},
    {"decision #D1 transfer R at one " WHY "transferred_to: \"the clinic\" }\n", OPEN, "E0963@18"},
    {"decision #D1 accept R at one " WHY "decided: 2026-06-01 }\n", "R@F1 accepted\nR@F2 open\n", ""},
    {"decision #D1 accept R at one " WHY "decided: 2026-06-02 }\n", OPEN, "W0962@18"},
    {"assumption Old { review_by: 2026-05-31 }\ndecision #D1 accept R at one " WHY "relies_on: [Old] }\n",
     "R@F1 accepted\nR@F2 open\n", "W0964@19"},
    {"assumption Old { review_by: 2026-06-01 }\ndecision #D1 accept R at one " WHY "relies_on: [Old] }\n",
     "R@F1 accepted\nR@F2 open\n", ""},
    /* facts */
    {"decision #D1 accept R at one " WHY
     "facts: [\"F1.authentication is none\", \"F1 has authenticates_peer: no\"] }\n",
     "R@F1 accepted\nR@F2 open\n", ""},
    {"decision #D1 accept R at one " WHY "facts: [\"F1.authentication is none\"] }\n", OPEN, "W0970@18"},
    {"decision #D1 accept R at one " WHY
     "facts: [\"F1.authentication is password\", \"F1 has authenticates_peer: no\"] }\n",
     OPEN, "W0970@18"},
};

static char *without_tests(Run *r)
{
    return run_diags(r);
}

static void expect_row(const char *decisions, const char *software, const char *threats, const char *diags)
{
    StrBuf text = {0};
    strbuf_addz(&text, MODEL);
    strbuf_addz(&text, software);
    strbuf_addz(&text, decisions);
    strbuf_addz(&text, TESTED);
    Run r;
    run_text(&r, text.s);
    cr_expect_str_eq(run_threats(&r), threats, "%s gives\n%s", decisions, run_threats(&r));
    cr_expect_str_eq(without_tests(&r), diags, "%s gives %s", decisions, without_tests(&r));
    run_free(&r);
    strbuf_free(&text);
}

Test(decisions, rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_row(rows[i].decisions, KERNEL, rows[i].threats, rows[i].diags);
}

/* ---- software items ---- */

#define LOWERED "software Kernel #SW1 { category: required; former_category: supported; known_exploited: false "
#define S_OPEN OPEN "S@SW1 open\n"

Test(decisions, rest_on_software_items)
{
#define ACCEPT "decision #D1 accept S at Kernel " WHY
    expect_row(ACCEPT "}\n", "software Kernel #SW1 { category: maintained; known_exploited: true }\n", S_OPEN,
               "E0968@18");
    expect_row("decision #D1 defer S at Kernel " WHY "}\n",
               "software Kernel #SW1 { category: maintained; known_exploited: true }\n", S_OPEN, "E0968@18");
    expect_row("decision #D1 avoid S at Kernel " WHY "}\n",
               "software Kernel #SW1 { category: maintained; known_exploited: true }\n", OPEN "S@SW1 avoided\n", "");
    /* The element is made of it, but the threat has nothing to do with it. */
    expect_row("decision #D1 accept R at one " WHY "}\n",
               "software Kernel #SW1 { category: maintained; known_exploited: true }\n",
               "R@F1 accepted\nR@F2 open\nS@SW1 open\n", "");
#define HOLE(state)                                                                                                              \
    "software Kernel #SW1 { category: required; known_exploited: false }; vulnerability V { of: [Kernel]; exploited: true" state \
    " }\n"
    expect_row(ACCEPT "}\n", HOLE(""), S_OPEN, "E0968@18");
    expect_row(ACCEPT "}\n", HOLE("; state: exploitable"), S_OPEN, "E0968@18");
    expect_row(ACCEPT "}\n", HOLE("; state: not_affected"), OPEN "S@SW1 accepted\n", "");
    expect_row(ACCEPT "}\n", HOLE("; state: resolved"), OPEN "S@SW1 accepted\n", "");
    expect_row(ACCEPT "decided: 2026-03-31 }\n", LOWERED "; category_changed: 2026-04-01 }\n", S_OPEN, "W0969@18");
    expect_row(ACCEPT "decided: 2026-04-01 }\n", LOWERED "; category_changed: 2026-04-01 }\n", OPEN "S@SW1 accepted\n",
               "");
    expect_row(ACCEPT "}\n", LOWERED "; category_changed: 2026-04-01 }\n", S_OPEN, "W0969@18");
    expect_row(ACCEPT "decided: 2026-04-01 }\n", LOWERED "}\n", S_OPEN, "W0969@18");
}

/* ---- what the messages say ---- */

static void expect_message(const char *decision, const char *message, const char *help)
{
    StrBuf text = {0};
    strbuf_addz(&text, MODEL KERNEL);
    strbuf_addz(&text, decision);
    strbuf_addz(&text, TESTED);
    Run r;
    run_text(&r, text.s);
    const Diag *d = r.diags.list.n ? r.diags.list.at[r.diags.list.n - 1] : NULL;
    cr_assert(d, "%s: nothing is said", decision);
    cr_expect(str_eq(d->message, str_from(message)), "%s: %.*s", decision, STR_FMT(d->message));
    cr_expect(!help || str_eq(d->help, str_from(help)), "%s: %.*s", decision, STR_FMT(d->help));
    run_free(&r);
    strbuf_free(&text);
}

Test(decisions, messages_name_what_changed)
{
    expect_message("decision #D1 accept R at one " WHY
                   "facts: [\"F1.authentication is password\", \"F1 has authenticates_peer: no\"] }\n",
                   "a fact this decision was made on has changed: `F1.authentication` was `password` and is `none`",
                   NULL);
    expect_message(
        "decision #D1 accept R at one " WHY
        "facts: [\"F1.authentication is none\", \"F1 has authenticates_peer: planned by CT1\"] }\n",
        "a fact this decision was made on has changed: `F1 has authenticates_peer` was `planned by CT1` and is `no`",
        NULL);
    expect_message(
        "decision #D1 accept R at one " WHY
        "facts: [\"F1.authentication is none\", \"F1 has authenticates_peer: no\", \"F9.protocol is tcp\"] }\n",
        "a fact this decision was made on has changed: `F9.protocol is tcp` is no longer so", NULL);
    expect_message("decision #D1 accept R at one " WHY "facts: [\"F1.authentication is none\"] }\n",
                   "a fact this decision was made on has changed: `F1 has authenticates_peer: no` is new", NULL);
    expect_message("decision #D1 accept Callers " WHY "covers: 7 }\n",
                   "this decision was made on 7 threats and is about 2 today", "it covers test.R@F1, test.R@F2");
    expect_message("decision #D1 accept Callers " WHY "}\n", "this decision covers 2 threats and does not say so",
                   "read them, then write `covers: 2`");
}

/* ---- facts and basis say the same ---- */

typedef struct Made {
    char basis[13];
    char *facts; /* one a line */
} Made;

static Made facts_of_run(Run *r, const char *text, uint32_t threat)
{
    Made made;
    FactVec facts = {0};
    StrBuf b = {0};
    run_text(r, text);
    cr_assert(r->assessed && threat < r->assessment.threats.n, "%s", run_diags(r));
    const Threat *t = &r->assessment.threats.at[threat];
    threat_facts(&r->assessment, t, NULL, &r->arena, &facts);
    for (uint32_t i = 0; i < facts.n; i++)
        strbuf_format(&b, "%.*s\n", STR_FMT(facts.at[i].text));
    made.facts = str_z(&r->arena, strbuf_str(&b));
    threat_basis(&r->assessment, t, made.basis);
    strbuf_free(&b);
    vec_free(&facts);
    return made;
}

/* Edits of one model, of which some change what the first threat rests on. */
Test(decisions, basis_and_facts_change_together)
{
    static const struct {
        const char *from, *to;
        bool changes;
    } edits[] = {
        {"flow one #F1", "flow renamed \"Another title\" #F1", false},
        {"external A;", "boundary Moved { external A { human: false } };", false},
        {"authentication: none; protocol: tcp }\nflow two", "authentication: unknown; protocol: tcp }\nflow two", true},
        {"protocol: tcp }\nflow two",
         "protocol: tcp; controls: [C] }\ncontrol C { implements: [authenticates_peer]; status: "
         "planned }\nflow two",
         true},
        {"flow two #F2 : A -> P { authentication: none", "flow two #F2 : A -> P { authentication: password", false},
    };
    Run before;
    Made was = facts_of_run(&before, MODEL KERNEL, 0);
    cr_expect_str_eq(was.facts, "F1 has authenticates_peer: no\nF1.authentication is none\n");
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        const char *at = strstr(MODEL KERNEL, edits[i].from);
        cr_assert(at, "%s", edits[i].from);
        StrBuf b = {0};
        strbuf_add(&b, (Str){MODEL KERNEL, (size_t)(at - MODEL KERNEL)});
        strbuf_addz(&b, edits[i].to);
        strbuf_addz(&b, at + strlen(edits[i].from));
        char *end;
        while (strncmp(edits[i].from, "external A", 10) == 0 && (end = strstr(b.s, " : A -> P"))) { /* it moved */
            StrBuf c = {0};
            strbuf_add(&c, (Str){b.s, (size_t)(end - b.s)});
            strbuf_addz(&c, " : Moved.A -> P");
            strbuf_addz(&c, end + 9);
            strbuf_free(&b);
            b = c;
        }
        Run after;
        Made is = facts_of_run(&after, b.s, 0);
        cr_expect_eq(strcmp(was.facts, is.facts) != 0, edits[i].changes, "%s: %s", edits[i].to, is.facts);
        cr_expect_eq(strcmp(was.basis, is.basis) != 0, edits[i].changes, "%s", edits[i].to);
        run_free(&after);
        strbuf_free(&b);
    }
    run_free(&before);
}

/* In every model at hand: two threats have the same basis if and only if they have the same facts. */
Test(decisions, equal_facts_equal_basis)
{
    Run r;
    run_path(&r, "examples/wearable/wearable.cordon");
    cr_assert(r.assessed);
    Interner seen;
    Map basis_of = {0};
    intern_init(&seen);
    uint32_t several = 0;
    for (uint32_t i = 0; i < r.assessment.threats.n; i++) {
        const Threat *t = &r.assessment.threats.at[i];
        FactVec facts = {0};
        StrBuf b = {0};
        char basis[13];
        threat_facts(&r.assessment, t, NULL, &r.arena, &facts);
        for (uint32_t k = 0; k < facts.n; k++)
            strbuf_format(&b, "%.*s\n", STR_FMT(facts.at[k].text));
        threat_basis(&r.assessment, t, basis);
        Sym text = intern(&seen, strbuf_str(&b)), hash = intern(&seen, str_from(basis));
        uint32_t before = map_get(&basis_of, MAP_KEY(1, text)), other = map_get(&basis_of, MAP_KEY(2, hash));
        cr_expect(!before || before == hash);
        cr_expect(!other || other == text);
        several += !before;
        map_put(&basis_of, MAP_KEY(1, text), hash);
        map_put(&basis_of, MAP_KEY(2, hash), text);
        vec_free(&facts);
        strbuf_free(&b);
    }
    cr_expect(several > 200, "%u", several);
    map_free(&basis_of);
    intern_free(&seen);
    run_free(&r);
}

/* What a build gives can be pasted: a decision with it counts. */
Test(decisions, facts_can_be_pasted)
{
    Run r;
    run_path(&r, "tests/golden/verdict/each_row_of_the_table.cordon");
    cr_assert(r.assessed);
    uint32_t tried = 0;
    size_t n;
    char *model = read_whole("tests/golden/verdict/each_row_of_the_table.cordon", &n);
    for (uint32_t i = 0; i < r.assessment.threats.n; i++) {
        const Threat *t = &r.assessment.threats.at[i];
        if (t->hand || threat_kind(&r.assessment, t) < VERDICT_PLANNED)
            continue;
        FactVec facts = {0};
        StrBuf b = {0};
        char basis[13];
        strbuf_addz(&b, model);
        Str rule = rule_info(r.assessment.rules, threat_of_rule(&r.assessment, t)->rule)->id;
        long dot = str_rfind(rule, '.');
        strbuf_format(&b, "\ndecision Pasted accept %.*s at ", STR_FMT(str_slice(rule, (size_t)dot + 1, rule.n)));
        obj_path(&r.program, threat_subject(&r.assessment, t), &b);
        strbuf_addz(&b, " { rationale: \"r\"; owner: @o; facts: [");
        threat_facts(&r.assessment, t, NULL, &r.arena, &facts);
        facts_basis(&facts, basis);
        for (uint32_t k = 0; k < facts.n; k++)
            strbuf_format(&b, "%s\"%.*s\"", k ? ", " : "", STR_FMT(facts.at[k].text));
        strbuf_format(&b, "]; basis: \"%s\" }\n", basis);
        Run again;
        run_text(&again, b.s);
        cr_assert(again.assessed, "%s", run_diags(&again));
        cr_expect(again.assessment.threats.at[i].decision, "%s: %s", run_diags(&again), b.s + n);
        tried++;
        run_free(&again);
        vec_free(&facts);
        strbuf_free(&b);
    }
    cr_expect(tried >= 3, "%u", tried);
    free(model);
    run_free(&r);
}
