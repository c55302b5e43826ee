/* Tells estimates. Requires a Report and an estimate of one of its threats; leaves nothing behind. */
#include "emit/estimates.h"

/* ---- words ---- */

static void add_title(const Program *p, ConstId c, StrBuf *out)
{
    strbuf_add(out, const_title(p, c));
}

static void level_text(const Program *p, const StageEstimate *s, StrBuf *out)
{
    add_title(p, s->row, out);
    if (s->column) {
        strbuf_addz(out, " by ");
        add_title(p, s->column, out);
    }
    strbuf_addz(out, ": ");
    add_title(p, s->level, out);
    strbuf_addz(out, ", ");
    strbuf_addz(out, acceptance_words(s->acceptance));
}

void estimate_stage_text(const Report *r, const StageEstimate *s, StrBuf *out)
{
    if (s->score.method) {
        strbuf_addz(out, score_method_name(s->score.method));
        strbuf_char(out, ' ');
        score_put(&s->score, out);
        if (s->exploitability >= 0)
            strbuf_format(out, ", exploitability %.1f", s->exploitability);
        strbuf_addz(out, "; ");
    }
    if (s->level) {
        level_text(r->program, s, out);
    } else {
        strbuf_addz(out, "not estimated: ");
        strbuf_addz(out, estimate_lack_words(s->lack));
    }
}

/* "authentication of login is none" */
static void fact_text(const Program *p, ObjId o, PropId prop, StrBuf *out)
{
    strbuf_add(out, sym_str(p->names, p->props.at[prop].name));
    strbuf_addz(out, " of ");
    obj_path(p, o, out);
    strbuf_addz(out, " is ");
    value_print(p, obj_value(p, o, prop, NULL), out);
}

void metric_reason_text(const Report *r, const MetricReason *m, StrBuf *out)
{
    const Program *p = r->program;
    strbuf_add(out, m->metric);
    strbuf_char(out, ':');
    strbuf_add(out, m->to);
    strbuf_addz(out, m->from.n ? " instead of " : "");
    strbuf_add(out, m->from);
    strbuf_addz(out, ": ");
    if (m->stage == STAGE_BEFORE && m->prop) {
        fact_text(p, m->because, m->prop, out);
    } else if (m->because) {
        obj_path(p, m->because, out);
        if (m->capability)
            strbuf_format(out, " %s %.*s",
                          obj_is(p, m->because, ROLE_CONTROL) || obj_is(p, m->because, ROLE_PROTOCOL) ? "gives" : "has",
                          STR_FMT(obj_name(p, m->capability)));
    } else {
        strbuf_addz(out, "a condition of the rule");
    }
}

void harm_path_text(const Report *r, const RiskRecord *record, StrBuf *out)
{
    const Program *p = r->program;
    ObjVec path = {0};
    if (record->chain.worst == UINT32_MAX)
        return;
    chain_path(&record->chain, record->chain.worst, &path);
    for (uint32_t i = 0; i < path.n; i++) {
        strbuf_addz(out, i ? " -> " : "");
        strbuf_add(out, obj_title(p, path.at[i]));
    }
    strbuf_format(out, " (%.*s)", STR_FMT(const_title(p, record->chain.severity)));
    vec_free(&path);
}

/* ---- JSON ---- */

static void number_or_null(Json *j, const char *key, double value)
{
    if (value >= 0)
        json_number(j, key, value);
    else
        json_put_null(j, key);
}

static void json_stage(Json *j, const Program *p, const StageEstimate *s, const char *key)
{
    json_begin_object(j, key);
    json_str_or_null(j, "method", str_from(score_method_name(s->score.method)));
    json_str_or_null(j, "vector", s->vector);
    number_or_null(j, "score", s->score.method ? s->score.overall : -1);
    number_or_null(j, "exploitability", s->exploitability);
    json_const(j, "severity", p, s->severity);
    json_const(j, "row", p, s->row);
    json_const(j, "column", p, s->column);
    json_const(j, "level", p, s->level);
    json_z(j, "acceptance", acceptance_key(s->acceptance));
    if (s->lack)
        json_z(j, "lacks", estimate_lack_key(s->lack));
    else
        json_put_null(j, "lacks");
    json_z(j, "closed_by", !s->stands ? "nothing" : s->design ? "design" : "controls");
    json_end(j, '}');
}

static void json_reason(Json *j, const Report *r, const MetricReason *m)
{
    const Program *p = r->program;
    json_begin_object(j, NULL);
    json_z(j, "stage", risk_stage_key(m->stage));
    json_str(j, "metric", m->metric);
    json_str_or_null(j, "from", m->from);
    json_str(j, "to", m->to);
    json_id(j, "because", p, m->because);
    json_str_or_null(j, "property", m->prop ? sym_str(p->names, p->props.at[m->prop].name) : (Str){0});
    json_id(j, "capability", p, m->capability);
    json_id(j, "by", p, m->data);
    json_place(j, "place", r, m->fact);
    json_end(j, '}');
}

static void json_harm(Json *j, const Report *r, const RiskRecord *record)
{
    ObjVec path = {0};
    if (record->chain.worst == UINT32_MAX) {
        json_put_null(j, "harm");
        return;
    }
    chain_path(&record->chain, record->chain.worst, &path);
    json_begin_object(j, "harm");
    json_ids(j, "path", r->program, path.at, path.n);
    json_const(j, "severity", r->program, record->chain.severity);
    json_end(j, '}');
    vec_free(&path);
}

void json_estimate(Json *j, const Report *r, const RiskRecord *record, const Estimate *e)
{
    const RiskPolicy *policy = r->assessment->policies.at;
    json_id(j, "policy", r->program, policy ? policy->obj : 0);
    json_id(j, "by", r->program, e->by);
    json_begin_object(j, "stages");
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++)
        json_stage(j, r->program, &e->stages[s], risk_stage_key(s));
    json_end(j, '}');
    json_begin_array(j, "reasons");
    for (uint32_t i = 0; i < e->reasons.n; i++)
        json_reason(j, r, &e->reasons.at[i]);
    json_end(j, ']');
    json_harm(j, r, record);
}
