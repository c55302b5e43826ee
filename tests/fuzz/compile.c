/* Fuzzes the whole compiler: a model from bytes through every stage and emitter that runs no other program. Files it imports do not
 * exist but for the standard library. */
#include "report/review.h"
#include "emit/emit.h"
#include "ruletest/ruletest.h"
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef struct Input {
    const uint8_t *bytes;
    size_t n;
} Input;

static ReadStatus input_read(void *self, const char *path, StrBuf *out)
{
    const Input *in = self;
    if (strcmp(path, "fuzz.cordon") != 0)
        return READ_MISSING;
    strbuf_add(out, (Str){(const char *)in->bytes, in->n});
    return READ_OK;
}

static Str input_canonical(void *self, Arena *a, const char *path)
{
    (void)self;
    return strcmp(path, "fuzz.cordon") == 0 ? str_copy(a, str_from(path)) : (Str){"", 0};
}

static void emit_checked(const Report *report, const Diags *diags)
{
    static const CheckWriter *const writers[] = {&check_json, &check_sarif, &check_junit};
    Checked c = {"fuzz.cordon", report->program->sources, diags, report};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        Json j;
        Out out;
        out_memory(&out);
        writers[i]->begin(&j, &out);
        writers[i]->model(&j, &c);
        writers[i]->end(&j, 0);
        out_discard(&out);
    }
}

static void emit_all(Program *p, const RuleSet *rules, const Verdicts *verdicts, Diags *diags)
{
    Assessment assessment;
    Arena arena = {0};
    char hashes[2][65];
    assess(p, rules, verdicts, 20605, &assessment);
    hash_model(p, hashes[0]);
    hash_rules(p, hashes[1]);
    Report report = {.program = p,
                     .assessment = &assessment,
                     .arena = &arena,
                     .model_hash = str_from(hashes[0]),
                     .rules_hash = str_from(hashes[1]),
                     .clock = -1,
                     .root_dir = STR("")};
    Out out;
    diags_sort(diags, p->sources);
    for (size_t i = 0; i < nemitters; i++) {
        out_memory(&out);
        emitters[i].emit(&report, &out);
        out_discard(&out);
    }
    out_memory(&out);
    Views views = views_plan(&report, &arena);
    for (uint32_t i = 0; i < views.n; i++)
        emit_view_dot(&report, &views.at[i], &out);
    out_discard(&out);
    emit_checked(&report, diags);
    assess_free(&assessment);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Input input = {bytes, n};
    Sources sources;
    Interner names;
    Diags diags = {0};
    Program *p = mem_alloc(sizeof *p);
    Verdicts verdicts = {0};
    sources_init(&sources);
    program_names(&names);
    LoadOptions options = {.reader = {&input, input_read, input_canonical}};
    program_load(p, &sources, &names, &diags, "fuzz.cordon", &options);
    RuleSet *rules = diags.errors ? NULL : rules_compile(p, true);
    if (rules && !diags.errors) {
        TestReport tests = {0};
        rules_eval(rules, &verdicts);
        policies_check(rules, p);
        emit_all(p, rules, &verdicts, &diags);
        rules_test(rules, p, false, TEST_ATOMS | TEST_MUTANTS, &tests);
        test_report_free(&tests);
    }
    Out out;
    ConsoleStyle style = {.color = true, .width = 80};
    out_memory(&out);
    diags_sort(&diags, &sources);
    emit_diags_text(&sources, &diags, &style, &out);
    out_discard(&out);
    verdicts_free(&verdicts);
    if (rules)
        rules_free(rules);
    program_free(p);
    free(p);
    diags_free(&diags);
    intern_free(&names);
    sources_free(&sources);
    return 0;
}
