/* Risks that gather threats: declared ones, proposals for the rest, and that every threat that applies belongs to exactly one. */
#include "risk/risks.h"
#include "support.h"

/* ---- every threat in one ---- */

static void expect_one_each(const Run *r, const char *what)
{
    Arena arena = {0};
    const Assessment *a = &r->assessment;
    const Risks *all = risks_make(a, &arena);
    uint32_t *times = mem_alloc((a->threats.n + 1) * sizeof *times);
    memset(times, 0, (a->threats.n + 1) * sizeof *times);
    for (uint32_t i = 0; i < all->n; i++)
        for (uint32_t k = 0; k < all->at[i].n; k++) {
            uint32_t t = all->threats[all->at[i].first + k];
            times[t]++;
            cr_expect_eq(risk_of_threat(all, t), &all->at[i], "%s", what);
            cr_expect_eq(a->threats.at[t].risk, all->at[i].declared, "%s", what);
        }
    for (uint32_t i = 0; i < a->threats.n; i++)
        cr_expect_eq(times[i], risk_applies(a, &a->threats.at[i]) ? 1 : 0, "%s: threat %u is in %u risks", what, i,
                     times[i]);
    for (uint32_t i = 1; i < all->n; i++)
        for (uint32_t k = 0; k < i; k++)
            cr_expect(!str_eq(all->at[i].id, all->at[k].id), "%s: two are called %.*s", what, STR_FMT(all->at[i].id));
    free(times);
    arena_free(&arena);
}

static const char *const examples[] = {"examples/imaging/imaging.cordon", "examples/infusion_pump/infusion_pump.cordon",
                                       "examples/wearable/wearable.cordon"};

/* A review decides on tens of risks, not on hundreds of lines. */
Test(risks, examples_have_tens_of_them)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        Run r;
        run_path(&r, examples[i]);
        cr_assert(r.assessed, "%s: %s", examples[i], run_diags(&r));
        expect_one_each(&r, examples[i]);
        const Risks *all = risks_make(&r.assessment, &r.arena);
        cr_expect(all->nthreats > 250 && all->n >= 30 && all->n <= 80, "%s: %u threats in %u risks", examples[i],
                  all->nthreats, all->n);
        run_free(&r);
    }
}

Test(risks, every_golden_model)
{
    enum { MOST = 400 };
    static char paths[MOST][200];
    size_t n = find_files("tests/golden", ".cordon", paths, MOST);
    cr_assert(n > 100);
    for (size_t i = 0; i < n; i++) {
        Run r;
        run_path(&r, paths[i]);
        if (r.assessed)
            expect_one_each(&r, paths[i]);
        run_free(&r);
    }
}

/* ---- models as text ---- */

#define RULES                                                                                                    \
    "rule In \"{p} takes what comes\" { for each process p; when p.exposed; mitigated by validates_input on p\n" \
    "  stride: tampering; severity: high; message: \"m\"; fix: \"f\" }\n"                                        \
    "rule Who \"{f} is not authenticated\" { for each flow f; when f.authentication is none\n"                   \
    "  mitigated by authenticates_peer on f; stride: spoofing; severity: low; message: \"m\"; fix: \"f\" }\n"
#define THINGS                                                                                 \
    "data Dose #DA1 { integrity: critical }\n"                                                 \
    "data Note #DA2 { integrity: low }\n"                                                      \
    "external User\n"                                                                          \
    "boundary Site {\n"                                                                        \
    "  process App { exposed: true; holds: [Dose]; UsbPort usb }\n"                            \
    "  process Web { exposed: true; holds: [Note] }\n"                                         \
    "  flow inner #F1 : App -> Web { authentication: none; protocol: tcp; carries: [Note] }\n" \
    "}\n"                                                                                      \
    "flow outer #F2 : User -> Site.App { authentication: none; protocol: tcp; carries: [Dose] }\n"

/* "RISK: threat threat", one a line; those that the model declares with a `!`. */
static char *groups(Run *r)
{
    StrBuf b = {0};
    const Risks *all = risks_make(&r->assessment, &r->arena);
    for (uint32_t i = 0; i < all->n; i++) {
        strbuf_addz(&b, all->at[i].declared ? "!" : "");
        strbuf_add(&b, all->at[i].id);
        strbuf_char(&b, ':');
        for (uint32_t k = 0; k < all->at[i].n; k++) {
            StrBuf id = {0};
            threat_id(&r->assessment, &r->assessment.threats.at[all->threats[all->at[i].first + k]], &id);
            strbuf_char(&b, ' ');
            bool rule = str_starts(strbuf_str(&id), STR("test."));
            strbuf_add(&b, str_slice(strbuf_str(&id), rule ? 5 : 0, id.n));
            strbuf_free(&id);
        }
        strbuf_char(&b, '\n');
    }
    char *z = str_z(&r->arena, strbuf_str(&b));
    strbuf_free(&b);
    return z;
}

static void expect_groups(int line, const char *text, const char *wanted, const char *diags)
{
    Run r;
    StrBuf b = {0};
    strbuf_addz(&b, RULES THINGS);
    strbuf_addz(&b, text);
    run_text(&r, b.s);
    /* Rules without tests are not what this is about. */
    StrBuf got = {0};
    for (uint32_t i = 0; i < r.diags.list.n; i++) {
        char code[6];
        if (r.diags.list.at[i]->id != D_NO_TEST && r.diags.list.at[i]->id != D_NO_COUNTER_TEST)
            strbuf_format(&got, "%s%s", got.n ? " " : "", diag_code(r.diags.list.at[i]->id, code));
    }
    cr_expect_str_eq(got.n ? got.s : "", diags, "line %d: %s", line, got.n ? got.s : "");
    cr_assert(r.verdicts.all.n > 0 || *wanted == 0, "line %d: %s", line, run_diags(&r));
    cr_expect_str_eq(groups(&r), wanted, "line %d gives\n%s", line, groups(&r));
    expect_one_each(&r, text);
    strbuf_free(&got);
    strbuf_free(&b);
    run_free(&r);
}

#define PROPOSED                      \
    "Authenticity_of_DA1: Who@F2\n"   \
    "Authenticity_of_DA2: Who@F1\n"   \
    "Integrity_of_DA1: In@Site.App\n" \
    "Integrity_of_DA2: In@Site.Web\n"

Test(risks, proposals_are_by_lost_property_and_worst_asset)
{
    expect_groups(__LINE__, "", PROPOSED, "");
}

/* What has nothing to do with a threat changes neither its risk nor the name of that. */
Test(risks, proposals_survive_edits_elsewhere)
{
    static const char *const edits[] = {
        "data Aaa { integrity: critical }\nprocess Bbb { exposed: false; holds: [Aaa] }\n",
        "assumption Fine { about: [Site.App] }\n",
        "boundary Another { process More { exposed: false } }\nflow zzz : Another.More -> Another.More2 { authentication: "
        "certificate; protocol: tcp }\nextend Another { process More2 { exposed: false } }\n",
        "control Lock { implements: [validates_input]; status: implemented }\nextend Site.App { controls: [Lock] }\n",
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        expect_groups(__LINE__, edits[i], PROPOSED, "");
}

Test(risks, declared_ones_gather_by_rule_and_place)
{
    expect_groups(__LINE__, "risk One #RK1 { rules: [Who] }\n",
                  "!RK1: Who@F2 Who@F1\nIntegrity_of_DA1: In@Site.App\nIntegrity_of_DA2: In@Site.Web\n", "");
    expect_groups(__LINE__, "risk One #RK1 { rules: [test.Who, In]; at: [outer, Site.Web] }\n",
                  "!RK1: In@Site.Web Who@F2\nAuthenticity_of_DA2: Who@F1\nIntegrity_of_DA1: In@Site.App\n", "");
    /* A boundary stands for what is inside, a flow is inside with both its ends. */
    expect_groups(__LINE__, "risk One #RK1 { at: [Site] }\n",
                  "!RK1: In@Site.App In@Site.Web Who@F1\nAuthenticity_of_DA1: Who@F2\n", "");
    expect_groups(__LINE__, "risk One #RK1 { rules: \"Who\"; at: outer }\nrisk Two { at: [Site.App] }\n",
                  "!RK1: Who@F2\n!Two: In@Site.App\nAuthenticity_of_DA2: Who@F1\nIntegrity_of_DA2: In@Site.Web\n", "");
}

Test(risks, the_nearest_and_the_named_come_first)
{
    expect_groups(__LINE__,
                  "risk Ward { at: [Site] }\nrisk App { at: [Site.App] }\nrisk Login { rules: [Who]; at: [Site] }\n",
                  "!App: In@Site.App\n!Login: Who@F1\n!Ward: In@Site.Web\nAuthenticity_of_DA1: Who@F2\n", "");
    expect_groups(__LINE__, "risk All { rules: [Who] }\nrisk One { rules: [Who]; at: [Site.inner] }\n",
                  "!All: Who@F2\n!One: Who@F1\nIntegrity_of_DA1: In@Site.App\nIntegrity_of_DA2: In@Site.Web\n", "");
}

Test(risks, what_stands_besides)
{
    expect_groups(__LINE__, "risk One { rules: [Who]; at: [outer] }\nrisk Two { rules: [Who]; besides: [One] }\n",
                  "!One: Who@F2\n!Two: Who@F1\nIntegrity_of_DA1: In@Site.App\nIntegrity_of_DA2: In@Site.Web\n", "");
    expect_groups(__LINE__, "risk One { rules: [Who]; besides: [Two] }\nrisk Two { rules: [Who]; at: [outer] }\n",
                  "!One: Who@F1\n!Two: Who@F2\nIntegrity_of_DA1: In@Site.App\nIntegrity_of_DA2: In@Site.Web\n", "");
    expect_groups(__LINE__, "risk One { rules: [Who]; at: [outer]; besides: [Two] }\nrisk Two { rules: [Who] }\n",
                  "!One:\n!Two: Who@F2 Who@F1\nIntegrity_of_DA1: In@Site.App\nIntegrity_of_DA2: In@Site.Web\n",
                  "W0972");
}

Test(risks, threats_found_by_people)
{
    expect_groups(__LINE__, "threat Fake #TH1 { at: [outer]; stride: [spoofing] }\nrisk One { threats: [Fake] }\n",
                  "!One: TH1\n" PROPOSED, "");
}

/* ---- proposals as text ---- */

/* What is pasted gathers what was proposed, under the same names, and leaves nothing over. */
static void expect_pasted(const char *text)
{
    Run before, after;
    StrBuf b = {0};
    strbuf_addz(&b, text);
    run_text(&before, text);
    cr_assert(before.assessed, "%s", run_diags(&before));
    expect_one_each(&before, text);
    const Risks *all = risks_make(&before.assessment, &before.arena);
    cr_assert(all->n > all->ndeclared);
    risks_text(all, &b);
    run_text(&after, b.s);
    cr_assert(after.assessed, "%s", run_diags(&after));
    expect_one_each(&after, text);
    const Risks *pasted = risks_make(&after.assessment, &after.arena);
    cr_expect_eq(pasted->n, all->n);
    cr_expect_eq(pasted->ndeclared, all->n, "%u of %u", pasted->ndeclared, all->n);
    for (uint32_t i = 0; i < all->n && all->n == pasted->n; i++) {
        cr_expect(str_eq(all->at[i].id, pasted->at[i].id) && str_eq(all->at[i].title, pasted->at[i].title),
                  "%.*s and %.*s", STR_FMT(all->at[i].id), STR_FMT(pasted->at[i].id));
        cr_expect_eq(all->at[i].n, pasted->at[i].n, "%.*s", STR_FMT(all->at[i].id));
    }
    strbuf_free(&b);
    run_free(&before);
    run_free(&after);
}

Test(risks, what_is_pasted_is_what_was_proposed)
{
    expect_pasted(RULES THINGS);
    expect_pasted(RULES THINGS "threat Fake { at: [Site.App.usb]; stride: [spoofing] }\n");
}

/* A model of any size, in which nothing is like its neighbour. */
static void generate(unsigned services, StrBuf *b)
{
    static const char *const kinds[] = {"Service", "DeviceApp", "WebApp", "Database"};
    static const char *const proofs[] = {"none", "password", "unknown", "mutual"};
    strbuf_addz(b, "import std.stride\nimport std.health\nexternal Someone { human: true }\n");
    for (unsigned i = 0; i < services / 3 + 1; i++)
        strbuf_format(b, "data D%u \"Data %u\" { integrity: %s; confidentiality: %s; classes: [%s] }\n", i, i,
                      i % 2 ? "critical" : "low", i % 3 ? "confidential" : "internal", i % 5 ? "phi" : "credential");
    for (unsigned i = 0; i < services; i++)
        strbuf_format(b, "boundary B%u { dimension: network; %s S%u \"Service \\\"%u\\\"\" { holds: [D%u] } }\n", i,
                      kinds[i % 4], i, i, i / 3);
    for (unsigned i = 0; i < services; i++) {
        if (i % 7)
            strbuf_format(b, "flow f%u : B%u.S%u", i, i - 1, i - 1);
        else
            strbuf_format(b, "flow f%u : Someone", i);
        strbuf_format(b, " -> B%u.S%u { authentication: %s; carries: [D%u]; protocol: %s }\n", i, i, proofs[i % 4],
                      i % (services / 3 + 1), i % 3 ? "mqtt" : "https");
    }
}

Test(risks, generated_models)
{
    static const unsigned sizes[] = {2, 9, 40};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        StrBuf b = {0};
        generate(sizes[i], &b);
        expect_pasted(b.s);
        strbuf_free(&b);
    }
}
