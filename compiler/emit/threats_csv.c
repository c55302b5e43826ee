/* threats.csv: one line a verdict, for spreadsheets. RFC 4180 with a header line; formulas are defused by put_csv. Requires a
 * Report; leaves the document. */
#include "emit/table.h"

static const char *const columns[] = {"id",      "rule",          "stride",   "category",  "verdict",    "severity",
                                      "subject", "subject_title", "elements", "flow",      "boundaries", "title",
                                      "message", "because",       "closes",   "questions", "controls",   "decision",
                                      "basis",   "fix",           "cwe",      "capec",     "attack",     "cvss"};

static void put_involved(Csv *csv, Cell *c, const Facts *f)
{
    cell_start(c);
    cell_ids(c, f->involved.elements.at, f->involved.elements.n);
    csv_cell(csv, strbuf_str(&c->text));
    cell_start(c);
    cell_ids(c, &f->involved.flow, f->involved.flow != 0);
    csv_cell(csv, strbuf_str(&c->text));
    cell_start(c);
    cell_ids(c, f->involved.boundaries.at, f->involved.boundaries.n);
    csv_cell(csv, strbuf_str(&c->text));
}

static void put_why(Csv *csv, Cell *c, Facts *f, ObjVec *controls)
{
    cell_start(c);
    cell_causes(c, f);
    csv_cell(csv, strbuf_str(&c->text));
    cell_start(c);
    cell_closers(c, f);
    csv_cell(csv, strbuf_str(&c->text));
    cell_start(c);
    cell_questions(c, f);
    csv_cell(csv, strbuf_str(&c->text));
    facts_controls(c->r, f, controls);
    cell_start(c);
    cell_controls(c, controls->at, controls->n);
    csv_cell(csv, strbuf_str(&c->text));
}

static void put_references(Csv *csv, Cell *c, ObjId source)
{
    static const char *const names[] = {"cwe", "capec", "attack"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cell_start(c);
        cell_numbers(c, source, names[i]);
        csv_cell(csv, strbuf_str(&c->text));
    }
    csv_cell(csv, prop_text(c->r->program, source, "cvss"));
}

static void put_threat(Csv *csv, Cell *c, Facts *f, ObjVec *controls)
{
    const Program *p = c->r->program;
    const Assessment *a = c->r->assessment;
    const Threat *t = f->threat;
    csv_cell(csv, strbuf_str(&f->id));
    csv_cell(csv, f->verdict ? rule_info(a->rules, f->verdict->rule)->id : (Str){0});
    cell_start(c);
    cell_stride(c, t);
    csv_cell(csv, strbuf_str(&c->text));
    cell_start(c);
    cell_category(c, t);
    csv_cell(csv, strbuf_str(&c->text));
    csv_cell(csv, threat_verdict(a, t));
    csv_cell(csv, const_name(p, f->severity));
    cell_start(c);
    cell_ids(c, &f->subject, f->subject != 0);
    csv_cell(csv, strbuf_str(&c->text));
    csv_cell(csv, f->subject ? obj_title(p, f->subject) : (Str){0});
    put_involved(csv, c, f);
    csv_cell(csv, strbuf_str(&f->title));
    csv_cell(csv, strbuf_str(&f->message));
    put_why(csv, c, f, controls);
    cell_start(c);
    cell_ids(c, &t->decision, t->decision != 0);
    csv_cell(csv, strbuf_str(&c->text));
    char basis[13] = "";
    if (f->explained && threat_kind(a, t) >= VERDICT_PLANNED)
        provenance_basis(a->rules, &f->why, basis);
    else if (t->hand && threat_kind(a, t) >= VERDICT_PLANNED)
        threat_basis(a, t, basis);
    csv_cell(csv, str_from(basis));
    csv_cell(csv, strbuf_str(&f->fix));
    put_references(csv, c, threat_source(a, t));
    csv_end(csv);
}

void emit_threats_csv(const Report *r, Out *out)
{
    const Assessment *a = r->assessment;
    Csv csv = {.out = out};
    Cell cell = {.r = r};
    Facts f = {0};
    ObjVec controls = {0};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_cell(&csv, str_from(columns[i]));
    csv_end(&csv);
    for (uint32_t i = 0; i < a->threats.n && out_ok(out); i++) {
        facts_of(r, &a->threats.at[i], &f);
        put_threat(&csv, &cell, &f, &controls);
    }
    vec_free(&controls);
    facts_free(&f);
    strbuf_free(&cell.text);
}
