/* cordon check: reads, evaluates and prints what is wrong and what threatens. Each file is a model of its own; the status is the
 * worst of theirs. */
#include "tools/tools.h"

#include <unistd.h>

/* One run of the command over its files. */
typedef struct Check {
    const Options *options;
    const CheckWriter *writer; /* NULL for people */
    Json json;
    Out out;
} Check;

static const CheckWriter *writer_of(Format f)
{
    switch (f) {
    case FORMAT_JSON: return &check_json;
    case FORMAT_SARIF: return &check_sarif;
    case FORMAT_JUNIT: return &check_junit;
    case FORMAT_HUMAN:
    case FORMAT_PLAIN:
    case FORMAT_MD:
    case FORMAT_HTML:
    case FORMAT_COUNT: break;
    }
    return NULL;
}

static void say_refused(const Session *s, const char *file)
{
    const Diags *d = &s->diags;
    char code[6] = "";
    for (uint32_t i = 0; i < d->list.n && !code[0]; i++)
        if (d->list.at[i]->severity == SEV_ERROR)
            diag_code(d->list.at[i]->id, code);
    say("%s: %u error%s, %u warning%s; no rule was applied (`cordon explain %s` says more)", file, d->errors,
        d->errors == 1 ? "" : "s", d->warnings, d->warnings == 1 ? "" : "s", code);
}

/* Progress goes on while results are written to a file; on a terminal it would stand between them. */
static void progress_of_writing(Session *s)
{
    if (!s->progress && isatty(STDOUT_FILENO) != 1)
        s->progress = progress_start(s->options);
    progress_pass(s->progress, "writing");
}

static void put_model(Check *c, Session *s, const char *file)
{
    if (isatty(STDOUT_FILENO) == 1) {
        progress_stop(s->progress);
        s->progress = NULL;
    }
    if (c->writer) {
        diags_sort(&s->diags, &s->sources);
        if (s->assessed)
            session_hash(s);
        Checked checked = {file, &s->sources, &s->diags, s->assessed ? &s->report : NULL};
        c->writer->model(&c->json, &checked);
        return;
    }
    session_report(s);
    if (s->diags.errors && !s->assessed && session_status(s) == EXIT_INVALID)
        say_refused(s, file);
    if (!s->assessed || c->options->given[OPTION_QUIET])
        return;
    if (rules_count(s->rules) == 0)
        say("%s imports no rules, so nothing can be found; for example `import std.stride`", file);
    ConsoleStyle style = console_style(c->options, STDOUT_FILENO);
    progress_of_writing(s);
    emit_findings_text(&s->report, &style, &c->out);
}

static int check_file(Check *c, const char *file)
{
    Session s;
    FailOn fail;
    session_start(&s, c->options);
    if (session_load(&s, &(Plan){.root = file, .lint = true, .here = true}))
        session_assess(&s);
    int status = session_status(&s);
    int baseline = s.assessed && status == EXIT_CLEAN ? session_baseline(&s) : EXIT_CLEAN;
    if (baseline != EXIT_CLEAN) {
        status = -baseline;
    } else if (!s.rules || fail_on(&s, "open", &fail)) {
        if (status == EXIT_CLEAN && fail_reached(&s, &fail))
            status = EXIT_FINDINGS;
        put_model(c, &s, file);
    } else {
        status = -EXIT_USAGE;
    }
    session_end(&s);
    return status;
}

/* ---- --dump, for the tests of the compiler ---- */

static void dump_verdicts(const Session *s, const ThreatVec *all, StrBuf *out)
{
    const Assessment *a = &s->assessment;
    for (uint32_t i = 0; i < all->n; i++) {
        const Threat *t = &all->at[i];
        ConstId severity = threat_severity(a, t);
        threat_id(a, t, out);
        strbuf_format(out, " %.*s", STR_FMT(threat_verdict(a, t)));
        if (severity)
            strbuf_format(out, " %.*s", STR_FMT(sym_str(&s->names, s->program.consts.at[severity].name)));
        strbuf_char(out, '\n');
    }
}

static int dump(const Options *o, Out *out)
{
    Session s;
    StrBuf text = {0};
    session_start(&s, o);
    bool sound = session_load(&s, &(Plan){.root = o->words.at[0]});
    if (o->dump == DUMP_AST)
        tree_dump(&s.program.modules.at[1].tree, &s.sources, &s.names, &text);
    else if (sound && o->dump == DUMP_PLAN)
        rules_dump(s.rules, &text);
    else if (sound && session_assess(&s) && o->dump == DUMP_VERDICTS) {
        dump_verdicts(&s, &s.assessment.threats, &text);
        dump_verdicts(&s, &s.assessment.gaps, &text);
    } else if (s.assessed && o->dump == DUMP_MODEL)
        emit_model_json(&s.report, out);
    out_str(out, strbuf_str(&text));
    session_report(&s);
    int status = session_status(&s);
    strbuf_free(&text);
    session_end(&s);
    return status;
}

int cmd_check(const Options *o)
{
    Check c = {.options = o, .writer = writer_of(o->format)};
    if (o->words.n == 0)
        return usage_error(o, "`cordon check` needs a file; `-` is standard input");
    if (o->given[OPTION_BASELINE] && o->words.n > 1)
        return usage_error(o, "`--baseline` takes one file");
    if (o->given[OPTION_DUMP] && o->words.n > 1)
        return usage_error(o, "`--dump` takes one file");
    out_fd(&c.out, STDOUT_FILENO);
    if (o->given[OPTION_DUMP])
        return finish(&c.out, dump(o, &c.out));
    int status = EXIT_CLEAN;
    if (c.writer)
        c.writer->begin(&c.json, &c.out);
    for (uint32_t i = 0; i < o->words.n; i++) {
        int one = check_file(&c, o->words.at[i]);
        if (one < 0) { /* the command line or the baseline is wrong, and that has been said */
            out_discard(&c.out);
            return -one;
        }
        status = one > status ? one : status;
    }
    if (c.writer)
        c.writer->end(&c.json, status);
    return finish(&c.out, status);
}
