/* Chapter 1 of the review document, "What are we working on?": the system and its context, scope, diagrams, and every
 * element, boundary, flow, port, data, software item and hazard of the model. Requires a derived model. */
#include "report/report.h"

/* Every property that the system's kind adds to those of all things, in the order of its declaration. */
static void write_context(Paper *w)
{
    Doc *d = &w->d;
    ObjId whole = report_system(d->r);
    doc_heading(d, 3, "section.context", "System and security context");
    if (!whole) {
        doc_open(d, DOC_PARA);
        doc_missing(d, "The model declares no system: its intended use, environment and version are not stated.");
        doc_close(d, DOC_PARA);
        return;
    }
    KindId kind = model_obj(d->m, whole)->kind;
    doc_open(d, DOC_FACTS);
    for (PropId i = 1; i < d->p->props.n; i++) {
        const Prop *prop = &d->p->props.at[i];
        if (!kind_is(d->p, kind, prop->owner) || prop->owner == role_kind(d->p, ROLE_THING))
            continue;
        d->f->fact(d, doc_label(d, sym_str(d->p->names, prop->name)));
        doc_value(d, obj_value(d->p, whole, i, NULL));
        doc_end_fact(d);
    }
    doc_close(d, DOC_FACTS);
}

/* ---- scope ---- */

static uint32_t write_outside(Paper *w, Role role, uint32_t before)
{
    Doc *d = &w->d;
    ObjList all = doc_objects(d, role);
    for (uint32_t i = 0; i < all.n; i++) {
        Value why = obj_known(d->p, all.at[i], KNOWN_OUT_OF_SCOPE);
        if (why.tag != V_TEXT)
            continue;
        if (!before++)
            doc_open(d, DOC_LIST);
        doc_open(d, DOC_ITEM);
        doc_link(d, all.at[i]);
        doc_say(d, ": ");
        doc_value(d, why);
        doc_close(d, DOC_ITEM);
    }
    return before;
}

static void write_scope(Paper *w)
{
    Doc *d = &w->d;
    doc_heading(d, 3, "section.scope", "Scope");
    doc_open(d, DOC_PARA);
    doc_format(d,
               "Analysed are all %u elements with their %u ports, %u data flows and %u trust boundaries, except what "
               "is named here.",
               d->m->elements.n, d->m->ports.n, d->m->flows.n, d->m->boundaries.n);
    doc_close(d, DOC_PARA);
    uint32_t n = write_outside(w, ROLE_ELEMENT, 0);
    n = write_outside(w, ROLE_FLOW, n);
    n = write_outside(w, ROLE_BOUNDARY, n);
    if (n)
        doc_close(d, DOC_LIST);
    else
        doc_para(d, "Nothing is declared out of scope.");
}

/* ---- diagrams ---- */

static void write_diagrams(Paper *w)
{
    Doc *d = &w->d;
    doc_heading(d, 3, "section.diagrams", "Diagrams");
    doc_para(d, "Flow numbers are the same in every diagram and in the table of flows. A badge such as 2H counts the "
                "open threats and gives "
                "the first letter of the gravest severity; 3? counts possible ones. Each diagram was checked after "
                "layout: every element "
                "stands inside its own boundaries and no other.");
    for (uint32_t i = 0; i < d->pictures->n; i++) {
        const Picture *p = &d->pictures->at[i];
        if (p->svg.n) {
            d->f->picture(d, p);
            continue;
        }
        d->f->heading(d, 4, str_format(d->arena, "diagram.%.*s", STR_FMT(p->view->name)), p->view->title);
        doc_open(d, DOC_PARA);
        doc_missing(d, "This diagram is not shown: ");
        doc_str(d, p->why);
        doc_say(d, ".");
        doc_close(d, DOC_PARA);
    }
    if (!d->pictures->n)
        doc_para(d, "There is nothing to draw: the model has no elements.");
}

/* ---- elements, ports, boundaries ---- */

static void boundaries_cell(Doc *d, ObjId o)
{
    const ObjId *set;
    Range range = model_boundaries(d->m, o, &set);
    doc_cell(d);
    doc_links(d, set, range.n);
    doc_end_cell(d);
}

static void known_cell(Doc *d, ObjId o, Known k)
{
    doc_cell(d);
    doc_known(d, o, k);
    doc_end_cell(d);
}

static void prop_cell(Doc *d, ObjId o, const char *name)
{
    doc_cell(d);
    doc_prop(d, o, name);
    doc_end_cell(d);
}

static void title_cell(Doc *d, ObjId o)
{
    doc_cell(d);
    d->f->text(d, DOC_STRONG, obj_title(d->p, o));
    Str told = obj_doc(d->p, o, d->arena);
    if (told.n) {
        doc_say(d, " ");
        d->f->text(d, DOC_SMALL, told);
    }
    doc_end_cell(d);
}

static void pending_cell(Paper *w, ObjId o)
{
    doc_cell(&w->d);
    report_pending(w, &w->tally->badge[o]);
    doc_end_cell(&w->d);
}

static void write_elements(Paper *w)
{
    static const char *const columns[] = {"Id", "Element", "Kind", "Inside", "Holds", "Made of", "Controls", "Pending"};
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_ELEMENT);
    doc_heading(d, 3, "section.elements", "Elements");
    uint32_t n = report_rows(w, all.n);
    if (!all.n)
        doc_para(d, "The model has no elements.");
    if (all.n)
        d->f->table(d, columns, 8);
    for (uint32_t i = 0; i < n; i++) {
        ObjId o = all.at[i];
        if (obj_is(d->p, o, ROLE_PORT))
            continue;
        doc_row(d);
        report_id_cell(w, o);
        title_cell(d, o);
        doc_cell_str(d, kind_title(d->p, o));
        boundaries_cell(d, o);
        known_cell(d, o, KNOWN_HOLDS);
        known_cell(d, o, KNOWN_MADE_OF);
        known_cell(d, o, KNOWN_CONTROLS);
        pending_cell(w, o);
        doc_end_row(d);
    }
    if (all.n)
        doc_close(d, DOC_TABLE);
}

static void write_ports(Paper *w)
{
    static const char *const columns[] = {"Id",       "Port",  "Kind",         "Part of",
                                          "Works in", "Reach", "Debug access", "Pending"};
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_PORT);
    if (!all.n)
        return;
    doc_heading(d, 3, "section.ports", "Ports");
    uint32_t n = report_rows(w, all.n);
    d->f->table(d, columns, 8);
    for (uint32_t i = 0; i < n; i++) {
        ObjId o = all.at[i];
        doc_row(d);
        report_id_cell(w, o);
        title_cell(d, o);
        doc_cell_str(d, kind_title(d->p, o));
        doc_cell(d);
        doc_link(d, model_obj(d->m, o)->parent);
        doc_end_cell(d);
        prop_cell(d, o, "enabled_in");
        prop_cell(d, o, "reach");
        prop_cell(d, o, "debug");
        pending_cell(w, o);
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

static void write_boundaries(Paper *w)
{
    static const char *const columns[] = {"Id",        "Trust boundary", "Dimension", "Inside", "Trust",
                                          "#Elements", "#Flows across",  "Controls",  "Pending"};
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_BOUNDARY);
    doc_heading(d, 3, "section.boundaries", "Trust boundaries");
    if (!all.n) {
        doc_para(d, "The model draws no trust boundary: no threat that depends on one can be found.");
        return;
    }
    uint32_t n = report_rows(w, all.n), *crossings = model_crossings(d->m, d->arena);
    uint32_t *inside = NEWN(d->arena, uint32_t, d->m->objects.n + 1);
    for (uint32_t i = 0; i < d->m->elements.n; i++) {
        const ObjId *set;
        Range range = model_boundaries(d->m, d->m->elements.at[i], &set);
        for (uint32_t k = 0; k < range.n; k++)
            inside[set[k]]++;
    }
    d->f->table(d, columns, 9);
    for (uint32_t i = 0; i < n; i++) {
        ObjId o = all.at[i];
        doc_row(d);
        report_id_cell(w, o);
        title_cell(d, o);
        known_cell(d, o, KNOWN_DIMENSION);
        boundaries_cell(d, o);
        prop_cell(d, o, "trust");
        doc_cell_u32(d, inside[o]);
        doc_cell_u32(d, crossings[o]);
        known_cell(d, o, KNOWN_CONTROLS);
        pending_cell(w, o);
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

/* ---- flows ---- */

static void end_of(Doc *d, ObjId end, ObjId port)
{
    doc_cell(d);
    doc_link(d, end);
    if (port) {
        doc_say(d, " at ");
        doc_link(d, port);
    }
    doc_end_cell(d);
}

static void crosses_cell(Doc *d, uint32_t flow, ObjVec *crossed)
{
    crossed->n = 0;
    half_leaves(d->m, flow * 2, crossed);
    half_enters(d->m, flow * 2, crossed);
    doc_cell(d);
    doc_links(d, crossed->at, crossed->n);
    doc_end_cell(d);
}

static void write_flow(Paper *w, ObjId o, ObjVec *crossed)
{
    Doc *d = &w->d;
    uint32_t index = model_obj(d->m, o)->index;
    const Flow *f = &d->m->flows.at[index];
    const FlowPorts *ports = flow_ports(d->m, f);
    doc_row(d);
    doc_cell_u32(d, w->tally->number[index]);
    report_id_cell(w, o);
    title_cell(d, o);
    end_of(d, f->from, ports->from);
    doc_cell(d);
    doc_say(d, f->two_way ? "\xE2\x86\x94 " : "\xE2\x86\x92 ");
    doc_link(d, f->to);
    if (ports->to) {
        doc_say(d, " at ");
        doc_link(d, ports->to);
    }
    doc_end_cell(d);
    crosses_cell(d, index, crossed);
    known_cell(d, o, KNOWN_PROTOCOL);
    prop_cell(d, o, "authentication");
    known_cell(d, o, KNOWN_CARRIES);
    known_cell(d, o, KNOWN_CONTROLS);
    pending_cell(w, o);
    doc_end_row(d);
}

static void write_flows(Paper *w)
{
    static const char *const columns[] = {"#No.", "Id",       "Flow",     "From",
                                          "To",   "Crosses",  "Protocol", "Caller proves itself by",
                                          "Data", "Controls", "Pending"};
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_FLOW);
    doc_heading(d, 3, "section.flows", "Data flows");
    if (!all.n) {
        doc_para(d, "The model has no data flows.");
        return;
    }
    uint32_t n = report_rows(w, all.n);
    ObjVec crossed = {0};
    d->f->table(d, columns, 11);
    for (uint32_t i = 0; i < n; i++)
        write_flow(w, all.at[i], &crossed);
    doc_close(d, DOC_TABLE);
    vec_free(&crossed);
}

/* ---- data, software, hazards ---- */

/* What the columns of a table of things show, by the names of properties; a column is left empty where a kind has no
 * such property. */
static void write_things(Paper *w, Role role, const char *anchor, const char *title, const char *const *columns,
                         const char *const *props, unsigned nprops)
{
    Doc *d = &w->d;
    ObjList all = doc_objects(d, role);
    if (!all.n)
        return;
    doc_heading(d, 3, anchor, title);
    uint32_t n = report_rows(w, all.n);
    d->f->table(d, columns, nprops + 2);
    for (uint32_t i = 0; i < n; i++) {
        doc_row(d);
        report_id_cell(w, all.at[i]);
        title_cell(d, all.at[i]);
        for (unsigned k = 0; k < nprops; k++)
            prop_cell(d, all.at[i], props[k]);
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

static void write_assets(Paper *w)
{
    static const char *const data_columns[] = {"Id",
                                               "Data",
                                               "Classes",
                                               "Confidentiality",
                                               "Integrity",
                                               "Availability",
                                               "Disclosure leads to",
                                               "Manipulation leads to",
                                               "Loss leads to"};
    static const char *const data_props[] = {"classes",          "confidentiality",      "integrity",
                                             "availability",     "confidentiality_loss", "integrity_loss",
                                             "availability_loss"};
    static const char *const asset_columns[] = {"Id",
                                                "Asset",
                                                "Rests on",
                                                "Confidentiality",
                                                "Integrity",
                                                "Availability",
                                                "Disclosure leads to",
                                                "Manipulation leads to",
                                                "Loss leads to"};
    static const char *const asset_props[] = {"realised_by",      "confidentiality",      "integrity",
                                              "availability",     "confidentiality_loss", "integrity_loss",
                                              "availability_loss"};
    write_things(w, ROLE_DATA, "section.data", "Data", data_columns, data_props, 7);
    write_things(w, ROLE_ASSET, "section.assets", "Assets", asset_columns, asset_props, 7);
}

static void write_software(Paper *w)
{
    static const char *const columns[] = {"Id",       "Software item", "Category",     "Version",
                                          "Supplier", "Package URL",   "Support ends", "Known vulnerabilities"};
    static const char *const props[] = {"category", "version",      "supplier",
                                        "purl",     "support_ends", "known_vulnerabilities"};
    write_things(w, ROLE_SOFTWARE, "section.software", "Software items", columns, props, 6);
}

static void write_hazards(Paper *w)
{
    static const char *const columns[] = {"Id", "Hazard", "Situation", "Harm", "Safety file"};
    static const char *const props[] = {"situation", "harm", "ref"};
    static const char *const harm_columns[] = {"Id", "Harm", "Severity", "Safety file"};
    static const char *const harm_props[] = {"severity", "ref"};
    write_things(w, ROLE_HAZARD, "section.hazards", "Hazards", columns, props, 3);
    write_things(w, ROLE_HARM, "section.harms", "Harms", harm_columns, harm_props, 2);
}

void report_system_chapter(Paper *w)
{
    doc_heading(&w->d, 2, "section.system", "1 What are we working on?");
    write_context(w);
    write_scope(w);
    write_diagrams(w);
    write_elements(w);
    write_ports(w);
    write_boundaries(w);
    write_flows(w);
    write_assets(w);
    write_software(w);
    write_hazards(w);
}
