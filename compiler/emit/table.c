/* Cells of CSV and Markdown lists: several entries in one cell are parted by "; ". Requires a Report; the escapers of each format
 * see the finished text. */
#include "emit/table.h"

void cell_start(Cell *c)
{
    c->text.n = 0;
}

void cell_next(Cell *c)
{
    if (c->text.n)
        strbuf_addz(&c->text, "; ");
}

void cell_str(Cell *c, Str s)
{
    cell_next(c);
    strbuf_add(&c->text, s);
}

void cell_id(Cell *c, ObjId o)
{
    cell_next(c);
    obj_id(c->r->program, o, &c->text);
}

void cell_ids(Cell *c, const ObjId *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        cell_id(c, at[i]);
}

void cell_titles(Cell *c, const ObjId *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        cell_str(c, obj_title(c->r->program, at[i]));
}

/* One fact may bear on several conditions; readers need it once. */
bool said_before(const Cause *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(at[i].text, at[n].text))
            return true;
    return false;
}

void cell_causes(Cell *c, const Facts *f)
{
    for (uint32_t i = 0; i < f->why.causes.n; i++) {
        const Cause *cause = &f->why.causes.at[i];
        if (said_before(f->why.causes.at, i))
            continue;
        cell_str(c, cause->text);
        if (span_none(cause->fact))
            continue;
        strbuf_addz(&c->text, " (");
        emit_place(c->r, cause->fact, &c->text);
        strbuf_addz(&c->text, ")");
    }
}

void cell_closers(Cell *c, const Facts *f)
{
    for (uint32_t i = 0; i < f->why.closers.n; i++)
        cell_str(c, f->why.closers.at[i].text);
}

void cell_questions(Cell *c, const Facts *f)
{
    for (uint32_t i = 0; i < f->why.questions.n; i++)
        cell_str(c, f->why.questions.at[i].text);
}

void cell_controls(Cell *c, const ObjId *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        cell_str(c, obj_title(c->r->program, at[i]));
        if (obj_is(c->r->program, at[i], ROLE_CONTROL))
            strbuf_format(&c->text, " (%s)", level_name(control_level(c->r->program, at[i])));
    }
}

void cell_stride(Cell *c, const Threat *t)
{
    ConstId category;
    for (uint32_t i = 0; (category = threat_stride(c->r->assessment, t, i)); i++)
        cell_str(c, const_name(c->r->program, category));
}

void cell_category(Cell *c, const Threat *t)
{
    ObjId category;
    for (uint32_t i = 0; (category = threat_category(c->r->assessment, t, i)); i++)
        cell_id(c, category);
}

void cell_categories(Cell *c, const Threat *t)
{
    ConstId stride;
    ObjId category;
    for (uint32_t i = 0; (stride = threat_stride(c->r->assessment, t, i)); i++)
        cell_str(c, const_title(c->r->program, stride));
    for (uint32_t i = 0; (category = threat_category(c->r->assessment, t, i)); i++)
        cell_str(c, obj_title(c->r->program, category));
}

void cell_numbers(Cell *c, ObjId source, const char *prop)
{
    const Program *p = c->r->program;
    Value v = prop_value(p, source, prop);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++) {
        cell_next(c);
        value_print(p, member[i], &c->text);
    }
}

void cell_references(Cell *c, ObjId source)
{
    references_text(c->r->program, source, &c->text);
}

void facts_controls(const Report *r, const Facts *f, ObjVec *out)
{
    out->n = 0;
    for (uint32_t i = 0; i < f->why.controls.n; i++)
        vec_push(out, f->why.controls.at[i]);
    if (!f->threat->hand)
        return;
    Value v = obj_known(r->program, f->threat->hand, KNOWN_CONTROLS);
    const Value *member;
    Range set = value_members(&r->program->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF)
            vec_push(out, member[i].a);
}

void csv_cell(Csv *c, Str s)
{
    if (c->begun)
        out_char(c->out, ',');
    c->begun = true;
    put_csv(c->out, s);
}

void csv_end(Csv *c)
{
    out_z(c->out, "\r\n"); /* as RFC 4180 has it */
    c->begun = false;
}

void md_head(Out *out, const Report *r, const char *title)
{
    const Program *p = r->program;
    ObjId whole = report_system(r);
    out_format(out, "# %s", title);
    if (whole) {
        out_z(out, ": ");
        put_md(out, obj_title(p, whole));
    }
    out_z(out, "\n\n");
    Str version = prop_text(p, whole, "version");
    md_item(out, "Version", version);
    if (r->clock >= 0) {
        StrBuf b = {0};
        put_clock(r->clock, &b);
        md_item(out, "Generated", strbuf_str(&b));
        strbuf_free(&b);
    }
    out_format(out, "- **Model:** %u elements, %u flows, %u boundaries; SHA-256 `%.*s`\n", p->model.elements.n,
               p->model.flows.n, p->model.boundaries.n, STR_FMT(r->model_hash));
    out_format(out, "- **Rules:** SHA-256 `%.*s`\n", STR_FMT(r->rules_hash));
    out_z(out, "- **Tool:** cordon " CORDON_VERSION "\n\n");
}

void md_item(Out *out, const char *label, Str text)
{
    if (!text.n)
        return;
    out_z(out, "- **");
    out_z(out, label);
    out_z(out, ":** ");
    put_md(out, text);
    out_char(out, '\n');
}
