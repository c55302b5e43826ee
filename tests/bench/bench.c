/* Measures what starting costs, and seconds and peak memory of three stages on generated models: reading and parsing alone; everything but output; and
 * with threats.json written to the null device. Each stage runs in a process of its own, started anew, so that its memory is
 * what it alone needed.
 *
 *     bench SIZE...          the table
 *     bench --print SIZE     the generated model on standard output
 *     bench --stage S FILE   one stage in this process (what the table calls)
 *     bench --rules FILE     what each rule alone costs on a model, the dearest first; ten times the median is worth a look */
#include "gen.h"

#include "emit/emit.h"
#include "syntax/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STAGE_PARSE, STAGE_ANALYSE, STAGE_WRITE, STAGES };

typedef struct Figures {
    double seconds, whole; /* of the stage; of the process from its start */
    long kilobytes;
    uint32_t threats, errors;
} Figures;

/* Seconds that one core has worked for this process: what else the machine does counts as little as possible. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- one stage ---- */

static void parse_only(const char *path, Figures *f)
{
    Sources sources;
    Interner names;
    Diags diags = {0};
    Tree tree;
    StrBuf text = {0};
    Reader reader = reader_disk();
    sources_init(&sources);
    intern_init(&names);
    parse_init(&names);
    reader.read(reader.self, path, &text);
    FileId file = sources_adopt(&sources, str_from(path), str_from(path), &text, false);
    parse_file(&sources, file, &names, &diags, &tree);
    f->errors = diags.errors;
}

static void print_errors(const Sources *s, Diags *d)
{
    Out out;
    ConsoleStyle style = {.plain = true, .width = 120};
    out_fd(&out, STDERR_FILENO);
    diags_sort(d, s);
    emit_diags_text(s, d, &style, &out);
    out_close(&out);
}

static void whole_run(const char *path, bool write, Figures *f)
{
    static Program program; /* large */
    Sources sources;
    Interner names;
    Diags diags = {0};
    Verdicts verdicts = {0};
    Assessment assessment = {0};
    Arena arena = {0};
    char model[65] = "", rules[65] = "";
    sources_init(&sources);
    program_names(&names);
    LoadOptions options = {.reader = reader_disk()};
    program_load(&program, &sources, &names, &diags, path, &options);
    f->errors = diags.errors;
    RuleSet *set = f->errors ? NULL : rules_compile(&program, write ? RULES_ALL : RULES_HERE);
    f->errors = diags.errors;
    if (f->errors) {
        print_errors(&sources, &diags);
        return;
    }
    rules_eval(set, &verdicts);
    policies_check(set, &program);
    assess(&program, set, &verdicts, 20605, &assessment);
    f->threats = assessment.threats.n;
    f->errors = diags.errors;
    if (!write)
        return;
    hash_model(&program, model);
    hash_rules(&program, rules);
    Report report = {.program = &program,
                     .assessment = &assessment,
                     .arena = &arena,
                     .model_hash = str_from(model),
                     .rules_hash = str_from(rules),
                     .clock = -1,
                     .root_dir = STR("")};
    Out out;
    int null = open("/dev/null", O_WRONLY);
    out_fd(&out, null);
    emit_threats_json(&report, &out);
    out_close(&out);
    close(null);
}

static int run_stage(int stage, const char *path)
{
    Figures f = {0};
    double start = now();
    if (stage == STAGE_PARSE)
        parse_only(path, &f);
    else
        whole_run(path, stage == STAGE_WRITE, &f);
    f.whole = now();
    f.seconds = f.whole - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    f.kilobytes = usage.ru_maxrss;
    /* The memory is the system's again in a moment: giving it back piece by piece is not what a run of the program does. */
    return write(STDOUT_FILENO, &f, sizeof f) == (ssize_t)sizeof f ? 0 : 1;
}

/* ---- each rule alone ---- */

typedef struct Cost {
    RuleId rule;
    double seconds;
    uint32_t found;
} Cost;

static int by_cost(const void *a, const void *b)
{
    const Cost *x = a, *y = b;
    if (x->seconds < y->seconds || x->seconds > y->seconds)
        return x->seconds > y->seconds ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static Cost cost_of(const RuleSet *set, RuleId rule)
{
    enum { RUNS = 5 };
    Cost c = {.rule = rule};
    for (int i = 0; i < RUNS; i++) {
        Verdicts found = {0};
        double start = now();
        rules_eval_one(set, rule, &found);
        double seconds = now() - start;
        c.seconds = i == 0 || seconds < c.seconds ? seconds : c.seconds;
        c.found = found.all.n;
        verdicts_free(&found);
    }
    return c;
}

static int print_costs(const char *path)
{
    static Program program; /* large */
    Sources sources;
    Interner names;
    Diags diags = {0};
    sources_init(&sources);
    program_names(&names);
    LoadOptions options = {.reader = reader_disk()};
    program_load(&program, &sources, &names, &diags, path, &options);
    RuleSet *set = diags.errors ? NULL : rules_compile(&program, false);
    if (diags.errors) {
        print_errors(&sources, &diags);
        return 1;
    }
    uint32_t n = rules_count(set);
    Cost *costs = mem_resize(NULL, n + 1u, sizeof *costs);
    for (RuleId rule = 1; rule <= n; rule++)
        costs[rule - 1] = cost_of(set, rule);
    qsort(costs, n, sizeof *costs, by_cost);
    double median = n ? costs[n / 2].seconds : 0;
    printf("| rule | ms | threats | times the median |\n| :--- | ---: | ---: | ---: |\n");
    for (uint32_t i = 0; i < n; i++)
        printf("| %.*s | %.3f | %u | %.1f |\n", STR_FMT(rule_info(set, costs[i].rule)->id), 1e3 * costs[i].seconds,
               (unsigned)costs[i].found, costs[i].seconds / median);
    free(costs);
    return 0;
}

/* ---- the table ---- */

static bool spawn(const char *self, int stage, const char *path, Figures *f)
{
    int ends[2];
    char digit[] = {(char)('0' + stage), '\0'};
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(self, self, "--stage", digit, path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t n = child > 0 ? read(ends[0], f, sizeof *f) : -1;
    close(ends[0]);
    int status = 0;
    if (child > 0)
        waitpid(child, &status, 0);
    return n == (ssize_t)sizeof *f && status == 0;
}

/* The fastest of a few runs: what disturbs a run only ever makes it slower. */
static bool measure(const char *self, int stage, const char *path, Figures *best)
{
    int runs = 1;
    for (int i = 0; i < runs; i++) {
        Figures f;
        if (!spawn(self, stage, path, &f))
            return false;
        if (i == 0)
            runs = f.seconds < 0.1 ? 9 : f.seconds < 2 ? 3 : 1;
        if (i == 0 || f.whole < best->whole)
            *best = f;
    }
    return true;
}

static bool write_text(const char *path, const StrBuf *text)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    bool ok = fwrite(text->s, 1, text->n, f) == text->n;
    return (fclose(f) == 0) & ok;
}

/* What a run costs before the model does: one element, from the start of the process, without and with everything imported. */
static bool start_up(const char *self)
{
    static const char path[] = "out/bench-start.cordon";
    StrBuf text = {0};
    Figures f[2];
    bool ok = true;
    for (int all = 0; all <= 1 && ok; all++) {
        text.n = 0;
        if (all)
            gen_imports(&text);
        strbuf_addz(&text, "process Only\n");
        ok = write_text(path, &text) && measure(self, STAGE_ANALYSE, path, &f[all]);
    }
    unlink(path);
    strbuf_free(&text);
    if (ok)
        printf("start-up: %.1f ms, with every module imported %.1f ms\n\n", 1e3 * f[0].whole, 1e3 * f[1].whole);
    return ok;
}

static bool row(const char *self, uint32_t size)
{
    char path[64];
    snprintf(path, sizeof path, "out/bench-%u.cordon", (unsigned)size);
    StrBuf text = {0};
    gen_model(&text, size);
    bool ok = write_text(path, &text);
    double megabytes = (double)text.n / 1e6;
    strbuf_free(&text);
    Figures f[STAGES];
    for (int stage = 0; stage < STAGES && ok; stage++)
        ok = measure(self, stage, path, &f[stage]);
    unlink(path);
    if (!ok) {
        fprintf(stderr, "bench: the run with %u elements failed\n", (unsigned)size);
        return false;
    }
    printf("| %9u | %8.2f |", (unsigned)size, megabytes);
    for (int stage = 0; stage < STAGES; stage++)
        printf(" %8.4f | %8.1f |", f[stage].seconds, (double)f[stage].kilobytes / 1024);
    printf(" %9u | %8.2f |\n", (unsigned)f[STAGE_ANALYSE].threats, f[STAGE_ANALYSE].seconds * 1e6 / size);
    fflush(stdout);
    if (f[STAGE_ANALYSE].errors)
        fprintf(stderr, "bench: the generated model has %u errors\n", (unsigned)f[STAGE_ANALYSE].errors);
    return f[STAGE_ANALYSE].errors == 0;
}

static bool number(const char *text, uint32_t *n)
{
    char *end;
    errno = 0;
    unsigned long v = strtoul(text, &end, 10);
    *n = (uint32_t)v;
    return errno == 0 && *text && !*end && v >= 1 && v <= 100000000;
}

int main(int argc, char **argv)
{
    uint32_t n;
    if (argc == 4 && strcmp(argv[1], "--stage") == 0)
        return run_stage(argv[2][0] - '0', argv[3]);
    if (argc == 3 && strcmp(argv[1], "--rules") == 0)
        return print_costs(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--print") == 0 && number(argv[2], &n)) {
        StrBuf text = {0};
        gen_model(&text, n);
        fwrite(text.s, 1, text.n, stdout);
        strbuf_free(&text);
        return 0;
    }
    bool ok = start_up("/proc/self/exe");
    printf("| %9s | %8s | %8s | %8s | %8s | %8s | %8s | %8s | %9s | %8s |\n", "elements", "MB", "parse s", "MiB",
           "no out s", "MiB", "json s", "MiB", "threats", "us/elem");
    printf("| --------: | -------: | -------: | -------: | -------: | -------: | -------: | -------: | --------: | "
           "-------: |\n");
    for (int i = 1; i < argc && ok; i++)
        ok = number(argv[i], &n) && row("/proc/self/exe", n);
    return ok ? 0 : 1;
}
