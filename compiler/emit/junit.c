/* JUnit XML, as continuous integration reads it: a suite for each model, in it one case for the model's own soundness and one for
 * every rule, failed while a threat or a gap of that rule still needs somebody. Requires sorted diagnostics. All text goes through put_xml. */
#include "base/version.h"
#include "emit/emit.h"

static void put_attribute(Out *out, const char *name, Str value)
{
    out_format(out, " %s=\"", name);
    put_xml(out, value);
    out_char(out, '"');
}

static void junit_begin(Json *j, Out *out)
{
    json_start(j, out, false); /* only to carry the output */
    out_z(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cordon " CORDON_VERSION "\">\n");
}

static void put_diag_lines(const Checked *c, Severity severity, Out *out)
{
    for (uint32_t i = 0; i < c->diags->list.n; i++) {
        const Diag *d = c->diags->list.at[i];
        char code[6];
        if (d->severity != severity)
            continue;
        if (!span_none(d->span)) {
            LineCol at = source_linecol(c->sources, d->span.file, d->span.lo);
            put_xml(out, source_file(c->sources, d->span.file)->path);
            out_format(out, ":%u:%u: ", at.line, at.col);
        }
        put_xml(out, d->message);
        if (d->help.n) {
            out_z(out, "; ");
            put_xml(out, d->help);
        }
        out_format(out, " [%s]\n", diag_code(d->id, code));
    }
}

static void put_model_case(const Checked *c, Out *out)
{
    out_z(out, "    <testcase classname=\"cordon\" name=\"the model is valid\">");
    if (c->diags->errors) {
        out_format(out, "\n      <failure type=\"model\" message=\"%u errors\">", c->diags->errors);
        put_diag_lines(c, SEV_ERROR, out);
        out_z(out, "</failure>");
    }
    if (c->diags->warnings) {
        out_z(out, "\n      <system-out>");
        put_diag_lines(c, SEV_WARNING, out);
        out_z(out, "</system-out>");
    }
    out_z(out, "\n    </testcase>\n");
}

/* The threats of one rule that are pending, one line each; the text is empty if there is none. Threats come grouped by rule. */
static uint32_t put_rule_lines(const Report *r, const ThreatVec *all, uint32_t *next, RuleId rule, Out *lines)
{
    const Assessment *a = r->assessment;
    uint32_t pending = 0;
    StrBuf text = {0};
    for (; *next < all->n; ++*next) {
        const Threat *t = &all->at[*next];
        const Verdict *v = threat_of_rule(a, t);
        if (rule ? !v || v->rule != rule : v != NULL)
            break;
        if (!threat_pending(a, t) || !report_asks(r, all, *next))
            continue;
        pending++;
        text.n = 0;
        threat_id(a, t, &text);
        strbuf_format(&text, " (%.*s): ", STR_FMT(threat_verdict(a, t)));
        threat_message(a, t, &text);
        put_xml(lines, strbuf_str(&text));
        out_char(lines, '\n');
    }
    strbuf_free(&text);
    return pending;
}

/* How far the threats and the gaps have been written. */
typedef struct Next {
    uint32_t threat, gap;
} Next;

static uint32_t put_rule_case(const Report *r, RuleId rule, Next *next, Out *out)
{
    const Assessment *a = r->assessment;
    bool gaps = rule && finds_gaps(r->program, rule_info(a->rules, rule)->obj);
    Out lines;
    out_memory(&lines);
    uint32_t pending = gaps ? put_rule_lines(r, &a->gaps, &next->gap, rule, &lines)
                            : put_rule_lines(r, &a->threats, &next->threat, rule, &lines);
    Str id = rule ? rule_info(r->assessment->rules, rule)->id : STR("threats found by people");
    out_z(out, "    <testcase classname=\"cordon.rules\"");
    put_attribute(out, "name", id);
    if (pending) {
        out_format(out, ">\n      <failure type=\"%s\" message=\"%u to settle\">", gaps ? "gap" : "threat", pending);
        out_str(out, out_text(&lines));
        out_z(out, "</failure>\n    </testcase>\n");
    } else {
        out_z(out, "/>\n");
    }
    out_close(&lines);
    return pending > 0;
}

static void junit_model(Json *j, const Checked *c)
{
    Out cases;
    out_memory(&cases);
    put_model_case(c, &cases);
    uint32_t tests = 1, failures = c->diags->errors > 0;
    Next next = {0, 0};
    RuleId nrules = c->report ? rules_count(c->report->assessment->rules) : 0;
    for (RuleId rule = 1; rule <= nrules; rule++, tests++)
        failures += put_rule_case(c->report, rule, &next, &cases);
    if (c->report && next.threat < c->report->assessment->threats.n) {
        failures += put_rule_case(c->report, 0, &next, &cases);
        tests++;
    }
    out_z(j->out, "  <testsuite");
    put_attribute(j->out, "name", str_from(c->file));
    out_format(j->out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\">\n", tests, failures);
    out_str(j->out, out_text(&cases));
    out_z(j->out, "  </testsuite>\n");
    out_close(&cases);
}

static void junit_end(Json *j, int status)
{
    (void)status;
    out_z(j->out, "</testsuites>\n");
}

static void junit_failure(Str message, int status, Out *out)
{
    Json j;
    junit_begin(&j, out);
    out_z(out, "  <testsuite name=\"cordon\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
               "    <testcase classname=\"cordon\" name=\"command line\">\n      <error type=\"usage\"");
    put_attribute(out, "message", message);
    out_z(out, "/>\n    </testcase>\n  </testsuite>\n");
    junit_end(&j, status);
}

const CheckWriter check_junit = {junit_begin, junit_model, junit_end, junit_failure};
