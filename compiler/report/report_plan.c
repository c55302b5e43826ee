/* Chapter 3 of the review document, "What are we going to do about it?": what would close the most threats, controls
 * with their evidence, decisions with their reasons, and one risk record a threat that applies. Requires chapter 2 to
 * have been written. */
#include "report/report.h"
#include "emit/risks.h"

/* ---- what would close the most ---- */

enum { CLOSERS_SHOWN = 15, ASSETS_SHOWN = 4 };

/* Sorted through the program: two capabilities that close as many stand in order of their names. */
typedef struct RankedCloser {
    const Program *p;
    Closer closer;
} RankedCloser;

static int closer_cmp(const void *x, const void *y)
{
    const RankedCloser *a = x, *b = y;
    if (a->closer.threats != b->closer.threats)
        return a->closer.threats > b->closer.threats ? -1 : 1;
    return str_cmp(obj_name(a->p, a->closer.capability), obj_name(b->p, b->closer.capability));
}

static void write_closers(Paper *w)
{
    static const char *const columns[] = {"What is missing", "#Open or planned threats it takes part in closing",
                                          "#Places", "Component requirements", "Control categories"};
    Doc *d = &w->d;
    if (!w->closers.n)
        return;
    RankedCloser *ranked = NEWN(d->arena, RankedCloser, w->closers.n);
    for (uint32_t i = 0; i < w->closers.n; i++)
        ranked[i] = (RankedCloser){d->p, w->closers.at[i]};
    qsort(ranked, w->closers.n, sizeof *ranked, closer_cmp);
    doc_heading(d, 3, "section.closers", "What would close the most");
    doc_para(d, "Capabilities that open or planned threats wait for; those that help with the most come first.");
    d->f->table(d, columns, 5);
    for (uint32_t i = 0; i < w->closers.n && i < CLOSERS_SHOWN; i++) {
        const Closer *c = &ranked[i].closer;
        doc_row(d);
        doc_cell_str(d, obj_title(d->p, c->capability));
        doc_cell_u32(d, c->threats);
        doc_cell_u32(d, c->places);
        doc_cell(d);
        doc_prop(d, c->capability, "cr");
        doc_end_cell(d);
        doc_cell(d);
        doc_prop(d, c->capability, "fda");
        doc_end_cell(d);
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

/* ---- controls and evidence ---- */

static void write_evidence(Doc *d, const RiskWalk *k, ObjId control)
{
    Range range = risk_evidence(k, control);
    doc_cell(d);
    for (uint32_t i = 0; i < range.n; i++) {
        ObjId e = k->evidence.at[range.first + i];
        doc_say(d, i ? "; " : "");
        StrBuf id = {0};
        obj_id(d->p, e, &id);
        d->f->anchor(d, strbuf_str(&id));
        strbuf_free(&id);
        doc_str(d, obj_title(d->p, e));
        doc_say(d, ": ");
        doc_known(d, e, KNOWN_RESULT);
        Value ref = prop_value(d->p, e, "ref");
        if (ref.tag == V_TEXT) {
            doc_say(d, " (");
            doc_value(d, ref);
            doc_say(d, ")");
        }
    }
    if (!range.n)
        doc_missing(d, "no evidence");
    doc_end_cell(d);
}

static void write_control(Paper *w, const RiskWalk *k, ObjId o)
{
    static const char *const props[] = {"implements", "requirement", "owner"};
    Doc *d = &w->d;
    doc_row(d);
    report_id_cell(w, o);
    doc_cell(d);
    d->f->text(d, DOC_STRONG, obj_title(d->p, o));
    doc_end_cell(d);
    doc_cell(d);
    doc_known(d, o, KNOWN_STATUS);
    CapLevel level = control_level(d->p, o);
    doc_format(d, ", counts as %s", level_name(level));
    doc_end_cell(d);
    for (size_t i = 0; i < sizeof props / sizeof *props; i++) {
        doc_cell(d);
        doc_prop(d, o, props[i]);
        doc_end_cell(d);
    }
    write_evidence(d, k, o);
    doc_end_row(d);
}

static void write_controls(Paper *w)
{
    static const char *const columns[] = {"Id", "Control", "Status", "Gives", "Requirements", "Owner", "Evidence"};
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_CONTROL);
    doc_heading(d, 3, "section.controls", "Controls and evidence");
    if (!all.n) {
        doc_para(d, "The model declares no controls.");
        return;
    }
    doc_para(d, "A control counts as verified only with evidence that passed, and closes nothing while it is planned.");
    RiskWalk k;
    risks_start(&k, d->r);
    uint32_t n = report_rows(w, all.n);
    d->f->table(d, columns, 7);
    for (uint32_t i = 0; i < n; i++)
        write_control(w, &k, all.at[i]);
    doc_close(d, DOC_TABLE);
    risks_end(&k);
}

/* ---- decisions ---- */

static uint32_t first_decided(const Paper *w, ObjId decision)
{
    uint32_t lo = 0, hi = w->decided.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (w->decided.at[mid] < MAP_KEY(decision, 0))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The threats that a decision counts for. */
static void write_decided(Paper *w, ObjId decision)
{
    Doc *d = &w->d;
    bool any = false;
    doc_fact(d, "Threats");
    StrBuf id = {0};
    for (uint32_t i = first_decided(w, decision); i < w->decided.n && w->decided.at[i] >> 32 == decision; i++) {
        uint32_t n = (uint32_t)w->decided.at[i], threats = w->a->threats.n;
        const Threat *t = n < threats ? &w->a->threats.at[n] : &w->a->gaps.at[n - threats];
        id.n = 0;
        threat_id(w->a, t, &id);
        doc_say(d, any ? ", " : "");
        d->f->link(d, strbuf_str(&id), strbuf_str(&id));
        doc_say(d, ": ");
        doc_str(d, threat_verdict(w->a, t));
        any = true;
    }
    if (!any)
        doc_missing(d, "none: the decision does not count (see the warnings of the compiler)");
    doc_end_fact(d);
    strbuf_free(&id);
}

static void write_one_decision(Paper *w, ObjId o)
{
    static const char *const props[] = {"owner",  "approver",       "decided",     "expires",  "relies_on",
                                        "covers", "transferred_to", "information", "document", "facts"};
    Doc *d = &w->d;
    StrBuf id = {0};
    obj_id(d->p, o, &id);
    Str title = model_decl(d->m, o)->title ? obj_title(d->p, o) : strbuf_str(&id);
    d->f->heading(d, 4, strbuf_str(&id), title);
    doc_open(d, DOC_FACTS);
    write_decided(w, o);
    for (size_t i = 0; i < sizeof props / sizeof *props; i++) {
        Value v = prop_value(d->p, o, props[i]);
        bool always = i == 0 || i == 2 || i == 3;
        bool none = i > 4 && v.tag == V_SET && d->m->sets.at[v.a].n == 0;
        if (none || (v.tag == V_ABSENT && !always))
            continue;
        d->f->fact(d, doc_label(d, str_from(props[i])));
        doc_value(d, v);
        doc_end_fact(d);
    }
    doc_close(d, DOC_FACTS);
    Str why = value_text_of(d->m, obj_known(d->p, o, KNOWN_DECISION_RATIONALE));
    if (why.n) {
        d->f->prose(d, why);
    } else {
        doc_open(d, DOC_PARA);
        doc_missing(d, "No rationale is given.");
        doc_close(d, DOC_PARA);
    }
    strbuf_free(&id);
}

static void write_decisions(Paper *w)
{
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_DECISION);
    doc_heading(d, 3, "section.decisions", "Decisions");
    if (!all.n)
        doc_para(d, "Nothing has been decided yet: every pending threat still waits for somebody.");
    uint32_t n = all.n < REPORT_CARDS ? all.n : REPORT_CARDS;
    for (uint32_t i = 0; i < n; i++)
        write_one_decision(w, all.at[i]);
    if (n < all.n) {
        doc_open(d, DOC_PARA);
        doc_format(d, "%u further decisions are in model.json.", all.n - n);
        doc_close(d, DOC_PARA);
    }
}

/* ---- risks ---- */

static void impact(Doc *d, const char *letter, ConstId stake, bool *begun)
{
    if (!stake)
        return;
    doc_format(d, "%s%s ", *begun ? ", " : " (", letter);
    doc_str(d, const_title(d->p, stake));
    *begun = true;
}

static void write_assets(Doc *d, const RiskRecord *r)
{
    doc_cell(d);
    for (uint32_t i = 0; i < r->assets.n && i < ASSETS_SHOWN; i++) {
        const AssetImpact *a = &r->assets.at[i];
        bool begun = false;
        doc_say(d, i ? "; " : "");
        doc_link(d, a->asset);
        impact(d, "C", a->confidentiality, &begun);
        impact(d, "I", a->integrity, &begun);
        impact(d, "A", a->availability, &begun);
        doc_say(d, begun ? ")" : "");
    }
    if (r->assets.n > ASSETS_SHOWN)
        doc_format(d, " and %u more", r->assets.n - ASSETS_SHOWN);
    if (!r->assets.n)
        doc_missing(d, "no asset linked");
    doc_end_cell(d);
}

static void write_harms(Doc *d, const RiskRecord *r)
{
    doc_cell(d);
    if (r->hazards.n)
        doc_links(d, r->hazards.at, r->hazards.n);
    else
        doc_missing(d, "none linked");
    if (r->harms.n) {
        doc_say(d, " \xE2\x86\x92 ");
        doc_links(d, r->harms.at, r->harms.n);
    }
    doc_end_cell(d);
}

static void write_estimate(Paper *w, const RiskRecord *r)
{
    Doc *d = &w->d;
    doc_cell(d);
    if (r->severity)
        d->f->badge(d, doc_severity_class(d, r->severity), const_title(d->p, r->severity));
    if (r->score >= 0)
        doc_format(d, " %.1f", r->score);
    if (r->vector.n) {
        doc_say(d, " ");
        d->f->text(d, DOC_SMALL, r->vector);
    } else if (!r->severity) {
        doc_missing(d, "not estimated");
    }
    doc_end_cell(d);
}

static void write_risk(Paper *w, RiskWalk *k, const Threat *t)
{
    Doc *d = &w->d;
    const RiskRecord *r = &k->record;
    risk_fill(k, t);
    doc_row(d);
    doc_cell(d);
    d->f->link(d, strbuf_str(&k->f.id), strbuf_str(&k->f.id));
    doc_say(d, " ");
    doc_str(d, strbuf_str(&k->f.title));
    doc_end_cell(d);
    doc_cell_str(d, threat_verdict(w->a, t));
    write_assets(d, r);
    write_harms(d, r);
    write_estimate(w, r);
    doc_cell(d);
    doc_links(d, r->controls.at, r->controls.n);
    doc_end_cell(d);
    doc_cell(d);
    if (r->decision)
        doc_link(d, r->decision);
    else
        doc_missing(d, "none");
    doc_end_cell(d);
    doc_cell(d);
    if (r->residual.n)
        doc_str(d, r->residual);
    else
        doc_missing(d, "not stated");
    doc_end_cell(d);
    doc_end_row(d);
}

static void write_risks(Paper *w)
{
    static const char *const columns[] = {"Threat",
                                          "Verdict",
                                          "Assets, with what is at stake in C, I and A",
                                          "Hazards and harms",
                                          "Before controls",
                                          "Controls",
                                          "Decision",
                                          "Residual"};
    Doc *d = &w->d;
    uint32_t all = risks_count(d->r), n = 0;
    doc_heading(d, 3, "section.risks", "Risks");
    if (!all) {
        doc_para(d, "No threat applies, so there is no risk to record.");
        return;
    }
    doc_para(d, "One record a threat that applies, in short; risks.md and risks.json hold them in full. C, I and A are "
                "confidentiality, "
                "integrity and availability. Scores estimate a threat before controls; after controls a new estimate "
                "is for people to make, "
                "and is not invented here. What the model does not link is said to be missing.");
    RiskWalk k;
    risks_start(&k, d->r);
    d->f->table(d, columns, 8);
    for (uint32_t i = 0; i < w->entries.n && n < REPORT_CARDS; i++) {
        const Threat *t = &w->a->threats.at[w->entries.at[i].threat];
        if (!risk_applies(w->a, t))
            continue;
        write_risk(w, &k, t);
        n++;
    }
    doc_close(d, DOC_TABLE);
    risks_end(&k);
    if (n < all) {
        doc_open(d, DOC_PARA);
        doc_format(d, "%u further records are in risks.md and risks.json.", all - n);
        doc_close(d, DOC_PARA);
    }
}

void report_plan_chapter(Paper *w)
{
    doc_heading(&w->d, 2, "section.plan", "3 What are we going to do about it?");
    write_closers(w);
    write_controls(w);
    write_decisions(w);
    write_risks(w);
}
