/* Risks, each with its threats: risks.md, risk_groups.csv, and what is proposed as text of the language. Requires a Report; leaves the
 * document. */
#include "emit/risks_table.h"

/* ---- risks, each with its threats ---- */

static Str objects(RisksTable *w, ObjList list)
{
    cell_start(&w->cell);
    cell_titles(&w->cell, list.at, list.n);
    return or_missing(strbuf_str(&w->cell.text));
}

/* "3 open, 1 decided". */
static Str state(RisksTable *w, const Risk *g)
{
    static const struct {
        VerdictKind kind;
        const char *word;
    } kinds[] = {{VERDICT_OPEN, "open"},
                 {VERDICT_POSSIBLE, "possible"},
                 {VERDICT_PLANNED, "planned"},
                 {VERDICT_MITIGATED, "mitigated"}};
    cell_start(&w->cell);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!g->by_verdict[kinds[i].kind])
            continue;
        strbuf_format(&w->cell.text, "%s%u %s", w->cell.text.n ? ", " : "", g->by_verdict[kinds[i].kind],
                      kinds[i].word);
    }
    if (g->decided)
        strbuf_format(&w->cell.text, "%s%u decided", w->cell.text.n ? ", " : "", g->decided);
    return w->cell.text.n ? strbuf_str(&w->cell.text) : STR("no threats");
}

static void md_group_row(RisksTable *w, const Risk *g)
{
    const Program *p = w->k.r->program;
    out_z(w->out, "| ");
    risks_md_cell(w, g->id);
    risks_md_cell(w, g->title);
    risks_md_cell(w, g->severity ? const_title(p, g->severity) : or_missing((Str){0}));
    risks_md_cell(w, state(w, g));
    risks_md_cell(w, objects(w, g->assets));
    put_md(w->out, objects(w, g->harms));
    out_z(w->out, " |\n");
}

static const Threat *threat_in(const RisksTable *w, const Risk *g, uint32_t i)
{
    return &w->k.r->assessment->threats.at[w->k.risks->threats[g->first + i]];
}

static void md_group(RisksTable *w, const Risk *g)
{
    Out *out = w->out;
    out_z(out, "## ");
    put_md(out, g->id);
    out_z(out, ": ");
    put_md(out, g->title);
    out_z(out, "\n\n");
    if (!g->declared)
        out_z(out, "*Proposed; `risks_proposed.cordon` has it ready to be declared.*\n\n");
    md_item(w->out, "Threats", state(w, g));
    md_item(w->out, "Level before controls", or_missing(const_title(w->k.r->program, g->stages[STAGE_BEFORE].level)));
    md_item(w->out, "Residual level", or_missing(const_title(w->k.r->program, g->stages[STAGE_RESIDUAL].level)));
    md_item(w->out, "Acceptance", str_from(acceptance_words(g->stages[STAGE_RESIDUAL].acceptance)));
    md_item(w->out, "Assets", objects(w, g->assets));
    md_item(w->out, "Hazards", objects(w, g->hazards));
    md_item(w->out, "Harms", objects(w, g->harms));
    md_item(w->out, "Controls", g->controls.n ? objects(w, g->controls) : STR("none"));
    out_z(out, "\n");
    if (!g->n)
        return;
    out_z(out, "| Threat | Verdict | Assets | Harms | Score | Before | Residual | Acceptance | Closed by |\n");
    out_z(out, "| --- | --- | --- | --- | ---: | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < g->n && out_ok(out); i++) {
        risk_fill(&w->k, threat_in(w, g, i));
        risks_md_row(w);
    }
    out_char(out, '\n');
    for (uint32_t i = 0; i < g->n && out_ok(out); i++) {
        risk_fill(&w->k, threat_in(w, g, i));
        risks_md_record(w);
    }
}

void emit_risks_md(const Report *r, Out *out)
{
    RisksTable w = {.cell = {.r = r}, .out = out};
    ConstId order[MOST_SEVERITIES];
    risks_start(&w.k, r);
    const Risks *all = w.k.risks;
    md_head(out, r, "Risk records");
    out_format(
        out,
        "%u threats apply, in %u risks; %u of these are proposed. Fields that the model does not fill are shown as "
        "missing.\n\n",
        risks_count(r), all->n, all->n - all->ndeclared);
    uint32_t n = severities(r, order);
    out_z(out, "| Risk | Title | Severity | Threats | Assets | Harms |\n| --- | --- | --- | --- | --- | --- |\n");
    for (uint32_t s = 0; s < n; s++)
        for (uint32_t i = 0; i < all->n && out_ok(out); i++)
            if (all->at[i].severity == order[s])
                md_group_row(&w, &all->at[i]);
    out_char(out, '\n');
    for (uint32_t s = 0; s < n; s++)
        for (uint32_t i = 0; i < all->n && out_ok(out); i++)
            if (all->at[i].severity == order[s])
                md_group(&w, &all->at[i]);
    risks_end(&w.k);
    strbuf_free(&w.cell.text);
}

/* ---- risks in CSV ---- */

static const char *const group_columns[] = {"risk",
                                            "title",
                                            "proposed",
                                            "state",
                                            "severity",
                                            "score",
                                            "method",
                                            "vector",
                                            "level_before",
                                            "level_planned",
                                            "level_implemented",
                                            "level_residual",
                                            "acceptance",
                                            "threats",
                                            "open",
                                            "possible",
                                            "planned",
                                            "mitigated",
                                            "decided",
                                            "subjects",
                                            "assets",
                                            "hazards",
                                            "harms",
                                            "controls",
                                            "decisions",
                                            "owner",
                                            "list"};

static Str number(RisksTable *w, uint32_t n)
{
    cell_start(&w->cell);
    strbuf_format(&w->cell.text, "%u", n);
    return strbuf_str(&w->cell.text);
}

static Str ids(RisksTable *w, ObjList list)
{
    cell_start(&w->cell);
    cell_ids(&w->cell, list.at, list.n);
    return strbuf_str(&w->cell.text);
}

static Str group_threats(RisksTable *w, const Risk *g)
{
    cell_start(&w->cell);
    for (uint32_t i = 0; i < g->n; i++) {
        cell_next(&w->cell);
        threat_id(w->k.r->assessment, threat_in(w, g, i), &w->cell.text);
    }
    return strbuf_str(&w->cell.text);
}

static Str group_owner(RisksTable *w, const Risk *g)
{
    cell_start(&w->cell);
    Value v = g->declared ? prop_value(w->k.r->program, g->declared, "owner") : (Value){0};
    if ((v.tag & VALUE_TAG) > V_UNKNOWN)
        value_print(w->k.r->program, v, &w->cell.text);
    return or_missing(strbuf_str(&w->cell.text));
}

static Str group_score(RisksTable *w, const Risk *g)
{
    cell_start(&w->cell);
    if (g->score >= 0)
        strbuf_format(&w->cell.text, "%.1f", g->score);
    return or_missing(strbuf_str(&w->cell.text));
}

static void csv_group(RisksTable *w, Csv *csv, const Risk *g)
{
    static const VerdictKind kinds[] = {VERDICT_OPEN, VERDICT_POSSIBLE, VERDICT_PLANNED, VERDICT_MITIGATED};
    const ObjList *lists[] = {&g->subjects, &g->assets, &g->hazards, &g->harms, &g->controls, &g->decisions};
    csv_cell(csv, g->id);
    csv_cell(csv, g->title);
    csv_cell(csv, g->declared ? STR("false") : STR("true"));
    csv_cell(csv, str_from(risk_state(g)));
    csv_cell(csv, or_missing(const_name(w->k.r->program, g->severity)));
    csv_cell(csv, group_score(w, g));
    csv_cell(csv, or_missing(g->method));
    csv_cell(csv, or_missing(g->vector));
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++)
        csv_cell(csv, or_missing(const_title(w->k.r->program, g->stages[s].level)));
    csv_cell(csv, str_from(acceptance_words(g->stages[STAGE_RESIDUAL].acceptance)));
    csv_cell(csv, number(w, g->n));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        csv_cell(csv, number(w, g->by_verdict[kinds[i]]));
    csv_cell(csv, number(w, g->decided));
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        csv_cell(csv, ids(w, *lists[i]));
    csv_cell(csv, group_owner(w, g));
    csv_cell(csv, group_threats(w, g));
    csv_end(csv);
}

void emit_risk_groups_csv(const Report *r, Out *out)
{
    RisksTable w = {.cell = {.r = r}, .out = out};
    Csv csv = {.out = out};
    risks_start(&w.k, r);
    for (size_t i = 0; i < sizeof group_columns / sizeof *group_columns; i++)
        csv_cell(&csv, str_from(group_columns[i]));
    csv_end(&csv);
    for (uint32_t i = 0; i < w.k.risks->n && out_ok(out); i++)
        csv_group(&w, &csv, &w.k.risks->at[i]);
    risks_end(&w.k);
    strbuf_free(&w.cell.text);
}

void emit_risks_proposed(const Report *r, Out *out)
{
    const Risks *all = report_risks(r);
    StrBuf text = {0};
    risks_text(all, &text);
    out_format(
        out,
        "// %u proposed risks: threats that lose the same security property of the same asset. Take what fits into the "
        "model,\n// give it a name, a title and an owner; what is left over is proposed again.\n",
        all->n - all->ndeclared);
    if (text.n)
        out_char(out, '\n');
    out_str(out, strbuf_str(&text));
    strbuf_free(&text);
}
