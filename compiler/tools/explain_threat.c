/* What `cordon explain` says of a threat: every fact that it follows from, with its place in the model; what it hangs on; what
 * closes it or would; what was decided. Requires an assessment. */
#include "emit/estimates.h"
#include "emit/snippet.h"
#include "tools/tools.h"

typedef struct Explain {
    const Session *s;
    const Program *p;
    const Assessment *a;
    const ConsoleStyle *style;
    Out *out;
    Facts f;
} Explain;

static void put_heading(Explain *e, const char *heading)
{
    paint(e->out, e->style, PAINT_STRONG);
    out_format(e->out, "\n%s\n", heading);
    paint(e->out, e->style, PAINT_OFF);
}

static void put_place(Explain *e, const char *before, Span at)
{
    if (span_none(at))
        return;
    e->f.text.n = 0;
    emit_place(&e->s->report, at, &e->f.text);
    paint(e->out, e->style, PAINT_FRAME);
    out_z(e->out, before);
    put_term(e->out, strbuf_str(&e->f.text));
    paint(e->out, e->style, PAINT_OFF);
}

static void put_line(Explain *e, Str text)
{
    out_z(e->out, "  ");
    put_term(e->out, text);
}

/* The facts of one part of the rule, each with the place of the fact and of the condition. */
static void put_causes(Explain *e, CauseRole role, const char *heading)
{
    bool told = false;
    for (uint32_t i = 0; i < e->f.why.causes.n; i++) {
        const Cause *c = &e->f.why.causes.at[i];
        if (c->role != role)
            continue;
        if (!told)
            put_heading(e, heading);
        told = true;
        put_line(e, c->text);
        if (span_none(c->fact))
            out_z(e->out, "  (not written in the model)");
        put_place(e, "  at ", c->fact);
        put_place(e, "  asked by ", c->condition);
        out_char(e->out, '\n');
    }
}

static void put_questions(Explain *e)
{
    if (!e->f.why.questions.n)
        return;
    put_heading(e, "It hangs on facts that nobody has stated");
    for (uint32_t i = 0; i < e->f.why.questions.n; i++) {
        const Cause *c = &e->f.why.questions.at[i];
        put_line(e, c->text);
        if (c->prop) {
            out_format(e->out, ": set `%.*s`", STR_FMT(sym_str(e->p->names, e->p->props.at[c->prop].name)));
            put_place(e, " in ", model_decl(&e->p->model, c->obj)->span);
        }
        out_char(e->out, '\n');
    }
}

static void put_controls(Explain *e)
{
    if (e->f.why.controls.n)
        put_heading(e, "Closed by");
    for (uint32_t i = 0; i < e->f.why.controls.n; i++) {
        ObjId control = e->f.why.controls.at[i];
        put_line(e, obj_title(e->p, control));
        if (obj_is(e->p, control, ROLE_CONTROL))
            out_format(e->out, ", %s", level_name(control_level(e->p, control)));
        put_place(e, "  at ", model_decl(&e->p->model, control)->span);
        out_char(e->out, '\n');
    }
}

static void put_closers(Explain *e)
{
    if (!threat_pending(e->a, e->f.threat) || (!e->f.why.closers.n && !e->f.fix.n))
        return;
    put_heading(e, "What would close it");
    for (uint32_t i = 0; i < e->f.why.closers.n; i++) {
        put_line(e, e->f.why.closers.at[i].text);
        out_char(e->out, '\n');
    }
    if (e->f.fix.n) {
        put_line(e, strbuf_str(&e->f.fix));
        out_char(e->out, '\n');
    }
}

static void put_path(Explain *e)
{
    const Verdict *v = e->f.verdict;
    if (!v || !v->hops)
        return;
    put_heading(e, "The way");
    for (uint32_t i = 0; i < v->hops; i++) {
        uint32_t half = e->a->verdicts->hops.at[v->path + i];
        const Flow *f = &e->p->model.flows.at[half >> 1];
        put_line(e, obj_title(e->p, half_from(&e->p->model, half)));
        out_z(e->out, " -> ");
        put_term(e->out, obj_title(e->p, half_to(&e->p->model, half)));
        out_z(e->out, " by ");
        put_term(e->out, obj_title(e->p, f->obj));
        put_place(e, "  at ", model_decl(&e->p->model, f->obj)->span);
        out_char(e->out, '\n');
    }
}

static void put_reasons(Explain *e, const Estimate *estimate)
{
    if (estimate->reasons.n)
        put_heading(e, "What model and controls made of the vector");
    for (uint32_t i = 0; i < estimate->reasons.n; i++) {
        e->f.text.n = 0;
        metric_reason_text(&e->s->report, &estimate->reasons.at[i], &e->f.text);
        put_line(e, strbuf_str(&e->f.text));
        put_place(e, "  at ", estimate->reasons.at[i].fact);
        out_char(e->out, '\n');
    }
}

/* How bad it is without controls and with them, and what made the vector what it is. */
static void put_estimate(Explain *e)
{
    if (!risk_applies(e->a, e->f.threat))
        return;
    Estimator *estimator = estimator_new(e->a);
    RiskRecord record = {0};
    Estimate estimate = {0};
    risk_record(e->a, e->f.threat, e->f.explained ? &e->f.why : NULL, &record);
    estimate_make(estimator, e->f.threat, &record, &estimate);
    put_heading(e, "Estimate");
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++) {
        e->f.text.n = 0;
        strbuf_format(&e->f.text, "%s: ", risk_stage_words(s));
        estimate_stage_text(&e->s->report, &estimate.stages[s], &e->f.text);
        put_line(e, strbuf_str(&e->f.text));
        out_char(e->out, '\n');
        if (estimate.stages[s].vector.n &&
            (s == STAGE_BEFORE || !str_eq(estimate.stages[s].vector, estimate.stages[s - 1].vector))) {
            put_line(e, STR("  "));
            put_term(e->out, estimate.stages[s].vector);
            out_char(e->out, '\n');
        }
    }
    put_reasons(e, &estimate);
    e->f.text.n = 0;
    harm_path_text(&e->s->report, &record, &e->f.text);
    if (e->f.text.n) {
        put_heading(e, "The way to harm");
        put_line(e, strbuf_str(&e->f.text));
        out_char(e->out, '\n');
    }
    estimate_free(&estimate);
    risk_record_free(&record);
    estimator_free(estimator);
}

static void put_decision(Explain *e)
{
    ObjId d = e->f.threat->decision;
    if (!d)
        return;
    put_heading(e, "Decided");
    put_line(e, threat_verdict(e->a, e->f.threat));
    put_place(e, "  at ", model_decl(&e->p->model, d)->span);
    out_char(e->out, '\n');
    Str rationale = value_text_of(&e->p->model, obj_known(e->p, d, KNOWN_DECISION_RATIONALE));
    if (rationale.n) {
        put_line(e, rationale);
        out_char(e->out, '\n');
    }
}

static void put_head(Explain *e)
{
    const Threat *t = e->f.threat;
    paint(e->out, e->style, PAINT_STRONG);
    put_term(e->out, strbuf_str(&e->f.id));
    paint(e->out, e->style, PAINT_OFF);
    out_format(e->out, "  %.*s", STR_FMT(threat_verdict(e->a, t)));
    if (e->f.severity)
        out_format(e->out, ", %.*s", STR_FMT(const_name(e->p, e->f.severity)));
    for (uint32_t i = 0; threat_stride(e->a, t, i); i++)
        out_format(e->out, ", %.*s", STR_FMT(const_name(e->p, threat_stride(e->a, t, i))));
    for (uint32_t i = 0; threat_category(e->a, t, i); i++) {
        out_z(e->out, ", ");
        put_term(e->out, obj_title(e->p, threat_category(e->a, t, i)));
    }
    out_z(e->out, "\n\n");
    put_line(e, strbuf_str(&e->f.title));
    if (e->f.subject)
        put_place(e, "  at ", model_decl(&e->p->model, e->f.subject)->span);
    out_char(e->out, '\n');
    if (e->f.message.n && !str_eq(strbuf_str(&e->f.message), strbuf_str(&e->f.title))) {
        put_line(e, strbuf_str(&e->f.message));
        out_char(e->out, '\n');
    }
}

/* What is closed needs no decision. */
static void put_facts(Explain *e)
{
    const Threat *t = e->f.threat;
    if (threat_kind(e->a, t) < VERDICT_PLANNED)
        return;
    FactVec facts = {0};
    threat_facts(e->a, t, e->f.explained ? &e->f.why : NULL, &e->f.why.arena, &facts);
    out_z(
        e->out,
        "\nA decision about it gives these, and lapses when one of them changes; `basis` says the same as `facts`:\n");
    explain_facts(&facts, "  ", e->out);
    vec_free(&facts);
    out_char(e->out, '\n');
}

void explain_threat(const Session *s, const Threat *t, const ConsoleStyle *style, Out *out)
{
    Explain e = {.s = s, .p = &s->program, .a = &s->assessment, .style = style, .out = out};
    facts_of(&s->report, t, &e.f);
    put_head(&e);
    put_path(&e);
    put_causes(&e, CAUSE_WHEN, "It applies because");
    put_causes(&e, CAUSE_UNLESS, "Out of scope?");
    put_causes(&e, CAUSE_MITIGATED, "Mitigated?");
    put_causes(&e, CAUSE_RAISED, "More severe because");
    put_questions(&e);
    put_controls(&e);
    put_closers(&e);
    put_estimate(&e);
    put_decision(&e);
    put_facts(&e);
    if (e.f.verdict)
        out_format(out, "`cordon explain %.*s` explains the rule.\n",
                   STR_FMT(rule_info(s->rules, e.f.verdict->rule)->id));
    facts_free(&e.f);
}
