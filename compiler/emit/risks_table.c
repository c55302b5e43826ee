/* The risk records for spreadsheets (risks.csv) and, beneath their risks, for reading. What the model does not say is shown as
 * "missing". Requires a Report; leaves the document. */
#include "emit/risks_table.h"

static const Str missing = {"missing", 7};

Str or_missing(Str s)
{
    return s.n ? s : missing;
}

/* What is at stake for one objective: "Dose order: Critical; Log: missing". */
static Str stake(RisksTable *w, unsigned objective)
{
    const RiskRecord *r = &w->k.record;
    const Program *p = w->k.r->program;
    if (!r->impacts)
        return missing;
    if (!(r->impacts & objective))
        return STR("not affected");
    cell_start(&w->cell);
    for (uint32_t i = 0; i < r->assets.n; i++) {
        const AssetImpact *a = &r->assets.at[i];
        ConstId c = objective == IMPACT_CONFIDENTIALITY ? a->confidentiality
                    : objective == IMPACT_INTEGRITY     ? a->integrity
                                                        : a->availability;
        cell_str(&w->cell, obj_title(p, a->asset));
        strbuf_addz(&w->cell.text, ": ");
        strbuf_add(&w->cell.text, or_missing(const_title(p, c)));
    }
    return or_missing(strbuf_str(&w->cell.text));
}

static Str titles(RisksTable *w, const ObjVec *list)
{
    cell_start(&w->cell);
    cell_titles(&w->cell, list->at, list->n);
    return or_missing(strbuf_str(&w->cell.text));
}

static Str assets(RisksTable *w)
{
    cell_start(&w->cell);
    for (uint32_t i = 0; i < w->k.record.assets.n; i++)
        cell_str(&w->cell, obj_title(w->k.r->program, w->k.record.assets.at[i].asset));
    return or_missing(strbuf_str(&w->cell.text));
}

/* Harms with their severity: "Overdose (Catastrophic)". */
static Str harms(RisksTable *w)
{
    const Program *p = w->k.r->program;
    cell_start(&w->cell);
    for (uint32_t i = 0; i < w->k.record.harms.n; i++) {
        ObjId o = w->k.record.harms.at[i];
        Value v = prop_value(p, o, "severity");
        cell_str(&w->cell, obj_title(p, o));
        if ((v.tag & VALUE_TAG) == V_CONST) {
            strbuf_addz(&w->cell.text, " (");
            strbuf_add(&w->cell.text, const_title(p, v.a));
            strbuf_addz(&w->cell.text, ")");
        }
    }
    return or_missing(strbuf_str(&w->cell.text));
}

static Str score(RisksTable *w)
{
    cell_start(&w->cell);
    if (w->k.record.score >= 0)
        strbuf_format(&w->cell.text, "%.1f", w->k.record.score);
    return or_missing(strbuf_str(&w->cell.text));
}

static Str stage(RisksTable *w, RiskStage s)
{
    cell_start(&w->cell);
    estimate_stage_text(w->k.r, &w->k.estimate.stages[s], &w->cell.text);
    return strbuf_str(&w->cell.text);
}

static Str level(RisksTable *w, RiskStage s)
{
    const StageEstimate *at = &w->k.estimate.stages[s];
    return or_missing(const_title(w->k.r->program, at->level));
}

/* Why the vector is another one than the rule's, a line a metric. */
static Str reasons(RisksTable *w)
{
    cell_start(&w->cell);
    for (uint32_t i = 0; i < w->k.estimate.reasons.n; i++) {
        strbuf_addz(&w->cell.text, i ? "; " : "");
        metric_reason_text(w->k.r, &w->k.estimate.reasons.at[i], &w->cell.text);
    }
    return w->cell.text.n ? strbuf_str(&w->cell.text) : STR("nothing");
}

static Str harm_path(RisksTable *w)
{
    cell_start(&w->cell);
    harm_path_text(w->k.r, &w->k.record, &w->cell.text);
    return or_missing(strbuf_str(&w->cell.text));
}

static Str controls(RisksTable *w)
{
    cell_start(&w->cell);
    cell_controls(&w->cell, w->k.record.controls.at, w->k.record.controls.n);
    return w->cell.text.n ? strbuf_str(&w->cell.text) : STR("none");
}

/* "TLS handshake test (TC-204): pass". */
static Str evidence(RisksTable *w)
{
    const Program *p = w->k.r->program;
    cell_start(&w->cell);
    for (uint32_t i = 0; i < w->k.record.controls.n; i++) {
        Range range = risk_evidence(&w->k, w->k.record.controls.at[i]);
        for (uint32_t n = 0; n < range.n; n++) {
            ObjId o = w->k.evidence.at[range.first + n];
            Str ref = prop_text(p, o, "ref");
            Value result = prop_value(p, o, "result");
            cell_str(&w->cell, obj_title(p, o));
            if (ref.n)
                strbuf_format(&w->cell.text, " (%.*s)", STR_FMT(ref));
            strbuf_addz(&w->cell.text, ": ");
            strbuf_add(&w->cell.text,
                       or_missing((result.tag & VALUE_TAG) == V_CONST ? const_name(p, result.a) : (Str){0}));
        }
    }
    return or_missing(strbuf_str(&w->cell.text));
}

/* What the decision says of something; empty if it does not. */
static Str decided(RisksTable *w, const char *property)
{
    ObjId d = w->k.record.decision;
    cell_start(&w->cell);
    Value v = d ? prop_value(w->k.r->program, d, property) : (Value){0};
    if ((v.tag & VALUE_TAG) > V_UNKNOWN)
        value_print(w->k.r->program, v, &w->cell.text);
    return strbuf_str(&w->cell.text);
}

static Str decision(RisksTable *w)
{
    cell_start(&w->cell);
    if (w->k.record.decision) {
        cell_id(&w->cell, w->k.record.decision);
        strbuf_addz(&w->cell.text, ": ");
        strbuf_add(&w->cell.text, threat_verdict(w->k.r->assessment, w->k.threat));
    }
    return or_missing(strbuf_str(&w->cell.text));
}

static Str categories(RisksTable *w)
{
    cell_start(&w->cell);
    cell_categories(&w->cell, w->k.threat);
    return or_missing(strbuf_str(&w->cell.text));
}

/* ---- CSV ---- */

static const char *const columns[] = {"threat",          "risk",
                                      "title",           "verdict",
                                      "category",        "assets",
                                      "confidentiality", "integrity",
                                      "availability",    "hazards",
                                      "harms",           "method",
                                      "vector",          "score",
                                      "severity",        "level_before",
                                      "level_planned",   "level_implemented",
                                      "level_residual",  "residual_vector",
                                      "acceptance",      "controls",
                                      "evidence",        "decision"};

/* What a decision says of itself, in CSV and Markdown. */
static const struct {
    const char *property, *label;
} terms[] = {{"rationale", "Rationale"},
             {"owner", "Owner"},
             {"approver", "Approver"},
             {"decided", "Decided"},
             {"expires", "Expires"},
             {"relies_on", "Relies on"},
             {"covers", "Covers"},
             {"transferred_to", "Transferred to"},
             {"information", "Told to users"},
             {"document", "Told in"}};
enum { TERMS = sizeof terms / sizeof *terms, ALWAYS = 2 /* are missing where there is no decision */ };

static void csv_risk(RisksTable *w, Csv *csv)
{
    const RiskRecord *r = &w->k.record;
    csv_cell(csv, strbuf_str(&w->k.f.id));
    csv_cell(csv, risk_of_record(&w->k));
    csv_cell(csv, strbuf_str(&w->k.f.title));
    csv_cell(csv, threat_verdict(w->k.r->assessment, w->k.threat));
    csv_cell(csv, categories(w));
    csv_cell(csv, assets(w));
    csv_cell(csv, stake(w, IMPACT_CONFIDENTIALITY));
    csv_cell(csv, stake(w, IMPACT_INTEGRITY));
    csv_cell(csv, stake(w, IMPACT_AVAILABILITY));
    csv_cell(csv, titles(w, &r->hazards));
    csv_cell(csv, harms(w));
    csv_cell(csv, or_missing(r->method));
    csv_cell(csv, or_missing(r->vector));
    csv_cell(csv, score(w));
    csv_cell(csv, or_missing(const_name(w->k.r->program, r->severity)));
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++)
        csv_cell(csv, or_missing(const_name(w->k.r->program, w->k.estimate.stages[s].level)));
    csv_cell(csv, or_missing(estimate_now(&w->k.estimate)->vector));
    csv_cell(csv, str_from(acceptance_words(estimate_now(&w->k.estimate)->acceptance)));
    csv_cell(csv, controls(w));
    csv_cell(csv, evidence(w));
    csv_cell(csv, decision(w));
    for (size_t i = 0; i < TERMS; i++)
        csv_cell(csv, i < ALWAYS ? or_missing(decided(w, terms[i].property)) : decided(w, terms[i].property));
    csv_cell(csv, or_missing(r->residual));
    csv_end(csv);
}

void emit_risks_csv(const Report *r, Out *out)
{
    const Assessment *a = r->assessment;
    RisksTable w = {.cell = {.r = r}, .out = out};
    Csv csv = {.out = out};
    risks_start(&w.k, r);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_cell(&csv, str_from(columns[i]));
    for (size_t i = 0; i < TERMS; i++)
        csv_cell(&csv, str_from(terms[i].property));
    csv_cell(&csv, STR("residual"));
    csv_end(&csv);
    for (uint32_t i = 0; i < a->threats.n && out_ok(out); i++) {
        if (!risk_applies(a, &a->threats.at[i]))
            continue;
        risk_fill(&w.k, &a->threats.at[i]);
        csv_risk(&w, &csv);
    }
    risks_end(&w.k);
    strbuf_free(&w.cell.text);
}

/* ---- Markdown ---- */

static void md_field(RisksTable *w, const char *label, Str text)
{
    md_item(w->out, label, text);
}

void risks_md_record(RisksTable *w)
{
    const RiskRecord *r = &w->k.record;
    Out *out = w->out;
    out_z(out, "### ");
    put_md(out, strbuf_str(&w->k.f.id));
    out_z(out, ": ");
    put_md(out, strbuf_str(&w->k.f.title));
    out_z(out, "\n\n");
    md_field(w, "Verdict", threat_verdict(w->k.r->assessment, w->k.threat));
    md_field(w, "Category", categories(w));
    md_field(w, "Assets", assets(w));
    md_field(w, "Confidentiality", stake(w, IMPACT_CONFIDENTIALITY));
    md_field(w, "Integrity", stake(w, IMPACT_INTEGRITY));
    md_field(w, "Availability", stake(w, IMPACT_AVAILABILITY));
    md_field(w, "Hazards", titles(w, &r->hazards));
    md_field(w, "Harms", harms(w));
    md_field(w, "Method", or_missing(r->method));
    md_field(w, "Vector", or_missing(r->vector));
    md_field(w, "Base score", score(w));
    md_field(w, "Way to harm", harm_path(w));
    md_field(w, "Before controls", stage(w, STAGE_BEFORE));
    md_field(w, "With planned controls", stage(w, STAGE_PLANNED));
    md_field(w, "With implemented controls", stage(w, STAGE_IMPLEMENTED));
    md_field(w, "Residual, verified", stage(w, STAGE_RESIDUAL));
    md_field(w, "Residual vector", or_missing(estimate_now(&w->k.estimate)->vector));
    md_field(w, "Changed in the vector", reasons(w));
    md_field(w, "Controls", controls(w));
    md_field(w, "Evidence", evidence(w));
    md_field(w, "Decision", decision(w));
    for (size_t i = 0; i < TERMS && r->decision; i++)
        md_field(w, terms[i].label, decided(w, terms[i].property));
    md_field(w, "Residual", or_missing(r->residual));
    out_char(out, '\n');
}

void risks_md_cell(RisksTable *w, Str s)
{
    put_md(w->out, s);
    out_z(w->out, " | ");
}

void risks_md_row(RisksTable *w)
{
    out_z(w->out, "| ");
    risks_md_cell(w, strbuf_str(&w->k.f.id));
    risks_md_cell(w, threat_verdict(w->k.r->assessment, w->k.threat));
    risks_md_cell(w, assets(w));
    risks_md_cell(w, harms(w));
    risks_md_cell(w, score(w));
    risks_md_cell(w, level(w, STAGE_BEFORE));
    risks_md_cell(w, level(w, STAGE_RESIDUAL));
    risks_md_cell(w, str_from(acceptance_words(estimate_now(&w->k.estimate)->acceptance)));
    put_md(w->out, or_missing(w->k.record.residual));
    out_z(w->out, " |\n");
}
