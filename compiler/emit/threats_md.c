/* threats.md: every verdict for reading, the worst first: a table of each severity, then one entry a threat with what caused it,
 * what would close it and what is not known. Requires a Report; leaves the document. */
#include "emit/table.h"

typedef struct ThreatsMd {
    const Report *r;
    Out *out;
    Facts f;
    Cell cell;
    ObjVec controls;
} ThreatsMd;

static void put_counts(ThreatsMd *w)
{
    const Assessment *a = w->r->assessment;
    static const VerdictKind kinds[] = {VERDICT_OPEN, VERDICT_POSSIBLE, VERDICT_PLANNED, VERDICT_MITIGATED,
                                        VERDICT_OUT_OF_SCOPE};
    static const char *const meaning[] = {
        "the threat applies and nothing stands against it",
        "whether it applies hangs on facts that are not known",
        "a control is planned, not there yet",
        "controls that are there close it",
        "considered, and excluded by the rule for the reason shown",
    };
    out_z(w->out, "| Verdict | Threats | Meaning |\n| --- | ---: | --- |\n");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        out_z(w->out, "| ");
        put_md(w->out, str_from(verdict_name(kinds[i])));
        out_format(w->out, " | %u | %s |\n", a->by_verdict[kinds[i]], meaning[i]);
    }
    out_format(w->out, "| decided | %u | a decision of people counts |\n\n", a->decided);
}

static void put_row(ThreatsMd *w, const Threat *t)
{
    const Assessment *a = w->r->assessment;
    StrBuf b = {0};
    out_z(w->out, "| ");
    threat_id(a, t, &b);
    put_md(w->out, strbuf_str(&b));
    out_z(w->out, " | ");
    put_md(w->out, threat_verdict(a, t));
    out_z(w->out, " | ");
    cell_start(&w->cell);
    cell_categories(&w->cell, t);
    put_md(w->out, strbuf_str(&w->cell.text));
    out_z(w->out, " | ");
    b.n = 0;
    threat_title(a, t, &b);
    put_md(w->out, strbuf_str(&b));
    out_z(w->out, " | ");
    ObjId subject = threat_subject(a, t);
    if (subject)
        put_md(w->out, obj_title(w->r->program, subject));
    out_z(w->out, " |\n");
    strbuf_free(&b);
}

static void item_cell(ThreatsMd *w, const char *label)
{
    md_item(w->out, label, strbuf_str(&w->cell.text));
    cell_start(&w->cell);
}

/* A list below its label: one line an entry reads better than a long one. */
static void put_causes(ThreatsMd *w, const char *label, const Cause *at, uint32_t n)
{
    if (!n)
        return;
    out_format(w->out, "- **%s:**\n", label);
    for (uint32_t i = 0; i < n; i++) {
        if (said_before(at, i))
            continue;
        out_z(w->out, "  - ");
        put_md(w->out, at[i].text);
        w->f.text.n = 0;
        emit_place(w->r, at[i].fact, &w->f.text);
        if (w->f.text.n) {
            out_z(w->out, " (");
            put_md(w->out, strbuf_str(&w->f.text));
            out_z(w->out, ")");
        }
        out_char(w->out, '\n');
    }
}

static void put_path(ThreatsMd *w)
{
    const Program *p = w->r->program;
    const Verdict *v = w->f.verdict;
    if (!v || !v->path || !v->hops)
        return;
    const uint32_t *hops = w->r->assessment->verdicts->hops.at + v->path;
    cell_start(&w->cell);
    strbuf_add(&w->cell.text, obj_title(p, half_from(&p->model, hops[0])));
    for (uint32_t i = 0; i < v->hops; i++) {
        strbuf_addz(&w->cell.text, ", then by ");
        strbuf_add(&w->cell.text, obj_title(p, p->model.flows.at[hops[i] >> 1].obj));
        strbuf_addz(&w->cell.text, " to ");
        strbuf_add(&w->cell.text, obj_title(p, half_to(&p->model, hops[i])));
    }
    item_cell(w, "Path");
}

static void put_decision(ThreatsMd *w)
{
    const Program *p = w->r->program;
    ObjId d = w->f.threat->decision;
    if (!d)
        return;
    cell_start(&w->cell);
    obj_id(p, d, &w->cell.text);
    strbuf_addz(&w->cell.text, ": ");
    strbuf_add(&w->cell.text, threat_verdict(w->r->assessment, w->f.threat));
    strbuf_addz(&w->cell.text, " by ");
    value_print(p, obj_known(p, d, KNOWN_DECISION_OWNER), &w->cell.text);
    Value expires = obj_known(p, d, KNOWN_DECISION_EXPIRES);
    if ((expires.tag & VALUE_TAG) == V_DATE) {
        strbuf_addz(&w->cell.text, " until ");
        value_print(p, expires, &w->cell.text);
    }
    Str to = prop_text(p, d, "transferred_to");
    if (to.n)
        strbuf_format(&w->cell.text, ", transferred to %.*s", STR_FMT(to));
    strbuf_addz(&w->cell.text, ". ");
    strbuf_add(&w->cell.text, value_text_of(&p->model, obj_known(p, d, KNOWN_DECISION_RATIONALE)));
    item_cell(w, "Decision");
}

static void put_involved(ThreatsMd *w)
{
    const Facts *f = &w->f;
    cell_start(&w->cell);
    cell_titles(&w->cell, f->involved.elements.at, f->involved.elements.n);
    item_cell(w, "Elements");
    cell_titles(&w->cell, &f->involved.flow, f->involved.flow != 0);
    item_cell(w, "Flow");
    cell_titles(&w->cell, f->involved.boundaries.at, f->involved.boundaries.n);
    item_cell(w, "Boundaries");
}

static void put_entry(ThreatsMd *w, const Threat *t)
{
    facts_of(w->r, t, &w->f);
    Facts *f = &w->f;
    out_z(w->out, "### ");
    put_md(w->out, strbuf_str(&f->id));
    out_z(w->out, ": ");
    put_md(w->out, strbuf_str(&f->title));
    out_z(w->out, "\n\n");
    if (f->message.n) {
        put_md(w->out, strbuf_str(&f->message));
        out_z(w->out, "\n\n");
    }
    md_item(w->out, "Verdict", threat_verdict(w->r->assessment, t));
    cell_start(&w->cell);
    cell_categories(&w->cell, t);
    item_cell(w, "Category");
    put_involved(w);
    put_path(w);
    put_causes(w, "Because", f->why.causes.at, f->why.causes.n);
    put_causes(w, "Not known", f->why.questions.at, f->why.questions.n);
    facts_controls(w->r, f, &w->controls);
    cell_controls(&w->cell, w->controls.at, w->controls.n);
    item_cell(w, "Controls");
    put_causes(w, "Would close it", f->why.closers.at, f->why.closers.n);
    put_decision(w);
    md_item(w->out, "Fix", strbuf_str(&f->fix));
    cell_start(&w->cell);
    cell_references(&w->cell, threat_source(w->r->assessment, t));
    item_cell(w, "References");
    md_item(w->out, "CVSS", prop_text(w->r->program, threat_source(w->r->assessment, t), "cvss"));
    out_char(w->out, '\n');
}

static void put_severity(ThreatsMd *w, ConstId severity, const Threat *const *at, uint32_t n)
{
    if (!n)
        return;
    out_z(w->out, "## ");
    put_md(w->out, severity ? const_title(w->r->program, severity) : STR("Unrated"));
    out_format(w->out, " (%u)\n\n| Threat | Verdict | Category | Title | Subject |\n| --- | --- | --- | --- | --- |\n",
               n);
    for (uint32_t i = 0; i < n; i++)
        put_row(w, at[i]);
    out_char(w->out, '\n');
    for (uint32_t i = 0; i < n && out_ok(w->out); i++)
        put_entry(w, at[i]);
}

/* Behind the threats, since they are none. */
static void put_gaps(ThreatsMd *w)
{
    const ThreatVec *gaps = &w->r->assessment->gaps;
    if (!gaps->n)
        return;
    out_format(w->out,
               "## Missing in the model (%u)\n\n| Gap | Verdict | Category | Title | Subject |\n"
               "| --- | --- | --- | --- | --- |\n",
               gaps->n);
    for (uint32_t i = 0; i < gaps->n; i++)
        put_row(w, &gaps->at[i]);
    out_char(w->out, '\n');
    for (uint32_t i = 0; i < gaps->n && out_ok(w->out); i++)
        put_entry(w, &gaps->at[i]);
}

void emit_threats_md(const Report *r, Out *out)
{
    const Assessment *a = r->assessment;
    ThreatsMd w = {.r = r, .out = out, .cell = {.r = r}};
    ConstId order[MOST_SEVERITIES], *of = mem_alloc((a->threats.n + 1) * sizeof *of);
    const Threat **some = mem_alloc((a->threats.n + 1) * sizeof *some);
    for (uint32_t i = 0; i < a->threats.n; i++)
        of[i] = threat_severity(a, &a->threats.at[i]);
    md_head(out, r, "Threats");
    put_counts(&w);
    uint32_t n = severities(r, order);
    for (uint32_t s = 0; s < n; s++) {
        uint32_t k = 0;
        for (unsigned closed = 0; closed < 2; closed++) /* what waits for somebody comes first */
            for (uint32_t i = 0; i < a->threats.n; i++)
                if (of[i] == order[s] && threat_pending(a, &a->threats.at[i]) == !closed)
                    some[k++] = &a->threats.at[i];
        put_severity(&w, order[s], some, k);
    }
    put_gaps(&w);
    free(of);
    free(some);
    vec_free(&w.controls);
    strbuf_free(&w.cell.text);
    facts_free(&w.f);
}
