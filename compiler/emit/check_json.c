/* The document of `cordon check --format json`: for each model its diagnostics and, if it could be evaluated, its threats as
 * threats.json has them. Requires sorted diagnostics. */
#include "emit/parts.h"

static void put_span(Json *j, const Sources *s, Span at)
{
    LineCol from = source_linecol(s, at.file, at.lo), to = source_linecol(s, at.file, at.hi);
    json_str(j, "file", source_file(s, at.file)->path);
    json_u64(j, "line", from.line);
    json_u64(j, "column", from.col);
    json_u64(j, "end_line", to.line);
    json_u64(j, "end_column", to.col);
}

static void put_diag(Json *j, const Sources *s, const Diag *d)
{
    static const char *const severities[] = {"note", "warning", "error"};
    char code[6];
    json_begin_object(j, NULL);
    json_z(j, "code", diag_code(d->id, code));
    json_z(j, "name", diag_name(d->id));
    json_z(j, "severity", severities[d->severity]);
    json_str(j, "message", d->message);
    if (!span_none(d->span))
        put_span(j, s, d->span);
    if (d->caret.n)
        json_str(j, "note", d->caret);
    if (d->help.n)
        json_str(j, "help", d->help);
    json_begin_array(j, "labels");
    for (uint32_t i = 0; i < d->nlabels; i++) {
        json_begin_object(j, NULL);
        put_span(j, s, d->labels[i].span);
        json_str(j, "message", d->labels[i].text);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

void json_diags(Json *j, const char *key, const Sources *s, const Diags *d)
{
    json_begin_array(j, key);
    for (uint32_t i = 0; i < d->list.n; i++)
        put_diag(j, s, d->list.at[i]);
    json_end(j, ']');
}

static void put_tool(Json *j)
{
    json_z(j, "schema", "urn:cordon:schema:check:1");
    json_tool(j);
}

static void check_begin(Json *j, Out *out)
{
    json_start(j, out, true);
    json_begin_object(j, NULL);
    put_tool(j);
    json_begin_array(j, "models");
}

/* Ids of what is new since the baseline. */
static void put_new(Json *j, const Report *r, const ThreatVec *all)
{
    StrBuf id = {0};
    for (uint32_t i = 0; i < all->n; i++) {
        if (!threat_pending(r->assessment, &all->at[i]) || !report_asks(r, all, i))
            continue;
        id.n = 0;
        threat_id(r->assessment, &all->at[i], &id);
        json_str(j, NULL, strbuf_str(&id));
    }
    strbuf_free(&id);
}

static void put_baseline(Json *j, const Report *r)
{
    const Baseline *b = r->baseline;
    json_begin_object(j, "baseline");
    json_z(j, "source", b->source);
    json_u64(j, "known", b->known);
    json_begin_array(j, "new");
    put_new(j, r, &r->assessment->threats);
    json_end(j, ']');
    json_begin_array(j, "new_gaps");
    put_new(j, r, &r->assessment->gaps);
    json_end(j, ']');
    json_begin_array(j, "stale_decisions");
    for (uint32_t i = 0; i < b->nstale; i++)
        json_str(j, NULL, b->stale[i]);
    json_end(j, ']');
    json_end(j, '}');
}

static void check_model(Json *j, const Checked *c)
{
    json_begin_object(j, NULL);
    json_z(j, "file", c->file);
    json_u64(j, "errors", c->diags->errors);
    json_u64(j, "warnings", c->diags->warnings);
    json_diags(j, "diagnostics", c->sources, c->diags);
    json_bool(j, "evaluated", c->report != NULL);
    if (c->report) {
        json_str(j, "model_hash", c->report->model_hash);
        json_str(j, "rules_hash", c->report->rules_hash);
        json_summary(j, c->report);
        if (c->report->baseline)
            put_baseline(j, c->report);
        json_threats(j, c->report);
    }
    json_end(j, '}');
}

static void check_end(Json *j, int status)
{
    json_end(j, ']');
    json_u64(j, "exit", (uint64_t)status);
    json_end(j, '}');
}

static void check_failure(Str message, int status, Out *out)
{
    Json j;
    json_start(&j, out, true);
    json_begin_object(&j, NULL);
    put_tool(&j);
    json_str(&j, "error", message);
    json_u64(&j, "exit", (uint64_t)status);
    json_end(&j, '}');
}

const CheckWriter check_json = {check_begin, check_model, check_end, check_failure};
