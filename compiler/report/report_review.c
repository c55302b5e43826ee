/* Chapter 4 of the review document, "Did we do a good job?": the questions that decide the most, the assumptions
 * everything rests on, what the model leaves out, and the rules it was held against. Requires chapter 2 to have been
 * written. */
#include "report/report.h"

enum { NAMED = 12 };

/* ---- questions ---- */

static int question_cmp(const void *x, const void *y)
{
    const Question *a = x, *b = y;
    if (a->threats != b->threats)
        return a->threats > b->threats ? -1 : 1;
    return str_cmp(a->text, b->text);
}

static void write_questions(Paper *w)
{
    static const char *const columns[] = {"Unknown fact", "About", "#Possible threats", "Among them"};
    Doc *d = &w->d;
    doc_heading(d, 3, "section.questions", "Questions");
    if (!w->questions.n) {
        doc_para(d, "No threat hangs on an unknown fact.");
        return;
    }
    doc_para(d, "Facts that nobody has stated. Each possible threat hangs on one or more of them; those that decide "
                "the most come first.");
    qsort(w->questions.at, w->questions.n, sizeof *w->questions.at, question_cmp);
    uint32_t n = report_rows(w, w->questions.n);
    d->f->table(d, columns, 4);
    for (uint32_t i = 0; i < n; i++) {
        const Question *q = &w->questions.at[i];
        doc_row(d);
        doc_cell_str(d, q->text);
        doc_cell(d);
        if (q->obj)
            doc_link(d, q->obj);
        doc_end_cell(d);
        doc_cell_u32(d, q->threats);
        doc_cell(d);
        d->f->text(d, DOC_SMALL, q->first);
        doc_end_cell(d);
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

/* ---- assumptions ---- */

static void write_assumptions(Paper *w)
{
    static const char *const columns[] = {"Id",    "Assumption", "About",
                                          "Owner", "Review by",  "Decisions that rest on it"};
    Doc *d = &w->d;
    ObjList all = doc_objects(d, ROLE_ASSUMPTION), decisions = doc_objects(d, ROLE_DECISION);
    doc_heading(d, 3, "section.assumptions", "Assumptions");
    if (!all.n) {
        doc_para(d, "The model states no assumptions.");
        return;
    }
    Map users = {0}; /* (assumption, n-th) -> decision + 1, and (assumption, UINT32_MAX) -> count */
    for (uint32_t i = 0; i < decisions.n; i++) {
        Value v = prop_value(d->p, decisions.at[i], "relies_on");
        const Value *members;
        Range range = value_members(d->m, &v, &members);
        for (uint32_t k = 0; k < range.n; k++) {
            uint32_t n = map_get(&users, MAP_KEY(members[k].a, UINT32_MAX));
            map_put(&users, MAP_KEY(members[k].a, n), decisions.at[i]);
            map_put(&users, MAP_KEY(members[k].a, UINT32_MAX), n + 1);
        }
    }
    d->f->table(d, columns, 6);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        ObjVec rests = {0};
        uint32_t n = map_get(&users, MAP_KEY(o, UINT32_MAX));
        for (uint32_t k = 0; k < n; k++)
            vec_push(&rests, map_get(&users, MAP_KEY(o, k)));
        doc_row(d);
        report_id_cell(w, o);
        doc_cell_str(d, obj_title(d->p, o));
        doc_cell(d);
        doc_prop(d, o, "about");
        doc_end_cell(d);
        doc_cell(d);
        doc_prop(d, o, "owner");
        doc_end_cell(d);
        doc_cell(d);
        doc_prop(d, o, "review_by");
        doc_end_cell(d);
        doc_cell(d);
        doc_links(d, rests.at, rests.n);
        doc_end_cell(d);
        doc_end_row(d);
        vec_free(&rests);
    }
    doc_close(d, DOC_TABLE);
    map_free(&users);
}

/* ---- completeness ---- */

/* One line of the list: what is missing, how often, and where. */
static void gap(Paper *w, const char *what, const ObjVec *where, uint32_t of)
{
    Doc *d = &w->d;
    doc_row(d);
    doc_cell_str(d, str_from(what));
    doc_cell(d);
    doc_format(d, "%u of %u", where->n, of);
    doc_end_cell(d);
    doc_cell(d);
    doc_links(d, where->at, where->n < NAMED ? where->n : NAMED);
    if (where->n > NAMED)
        doc_format(d, " and %u more", where->n - NAMED);
    doc_end_cell(d);
    doc_end_row(d);
}

static bool says(Paper *w, ObjId o, const char *prop)
{
    Value v = prop_value(w->d.p, o, prop);
    const Value *members;
    if (v.tag == V_SET)
        return value_members(w->d.m, &v, &members).n > 0;
    return v.tag != V_ABSENT && v.tag != V_UNKNOWN;
}

/* Things of a role that leave a property unsaid. */
static void property_gap(Paper *w, Role role, const char *prop, const char *what)
{
    ObjList all = doc_objects(&w->d, role);
    ObjVec missing = {0};
    for (uint32_t i = 0; i < all.n; i++)
        if (!says(w, all.at[i], prop))
            vec_push(&missing, all.at[i]);
    if (all.n)
        gap(w, what, &missing, all.n);
    vec_free(&missing);
}

static void boundary_gap(Paper *w)
{
    ObjVec outside = {0};
    ObjList all = doc_objects(&w->d, ROLE_ELEMENT);
    uint32_t of = 0;
    for (uint32_t i = 0; i < all.n; i++) {
        const ObjId *set;
        if (obj_is(w->d.p, all.at[i], ROLE_EXTERNAL) || obj_is(w->d.p, all.at[i], ROLE_PORT))
            continue;
        of++;
        if (!model_boundaries(w->d.m, all.at[i], &set).n)
            vec_push(&outside, all.at[i]);
    }
    if (of)
        gap(w, "Element in no trust boundary", &outside, of);
    vec_free(&outside);
}

static void lonely_gap(Paper *w)
{
    const Model *m = w->d.m;
    ObjVec lonely = {0};
    ObjList all = doc_objects(&w->d, ROLE_ELEMENT);
    for (uint32_t i = 0; i < all.n; i++) {
        uint32_t e = model_obj(m, all.at[i])->index;
        if (obj_is(w->d.p, all.at[i], ROLE_PORT))
            continue;
        if (m->out_start.at[e] == m->out_start.at[e + 1] && m->in_start.at[e] == m->in_start.at[e + 1])
            vec_push(&lonely, all.at[i]);
    }
    if (m->elements.n)
        gap(w, "Element without any flow", &lonely, m->elements.n);
    vec_free(&lonely);
}

static void evidence_gap(Paper *w)
{
    ObjList all = doc_objects(&w->d, ROLE_CONTROL);
    ObjVec missing = {0};
    for (uint32_t i = 0; i < all.n; i++)
        if (control_level(w->d.p, all.at[i]) != CAP_VERIFIED)
            vec_push(&missing, all.at[i]);
    if (all.n)
        gap(w, "Control not verified by evidence", &missing, all.n);
    vec_free(&missing);
}

static void context_gap(Paper *w)
{
    static const char *const props[] = {"network_location", "environment", "isolation", "safety_impact",
                                        "hardware_controls"};
    ObjId whole = report_system(w->d.r);
    Doc *d = &w->d;
    doc_row(d);
    doc_cell_str(d, STR("Security context of the system (IEC 81001-5-1, 7.1.2)"));
    uint32_t missing = 0;
    for (size_t i = 0; i < 5; i++)
        missing += !whole || !says(w, whole, props[i]);
    doc_cell(d);
    doc_format(d, "%u of 5", missing);
    doc_end_cell(d);
    doc_cell(d);
    bool begun = false;
    for (size_t i = 0; i < 5; i++) {
        if (whole && says(w, whole, props[i]))
            continue;
        doc_say(d, begun ? ", " : "");
        Str label = doc_label(d, str_from(props[i]));
        doc_str(d, label);
        begun = true;
    }
    doc_say(d, begun ? "" : "none");
    doc_end_cell(d);
    doc_end_row(d);
}

static bool any_gap_rule(const Paper *w)
{
    for (RuleId i = 1; i <= rules_count(w->a->rules); i++)
        if (finds_gaps(w->d.p, rule_info(w->a->rules, i)->obj))
            return true;
    return false;
}

/* How many gaps from the first on are told in one row: those of one rule, with one title, that are all decided or all not. */
static uint32_t alike(Paper *w, uint32_t first)
{
    const Threat *t = w->a->gaps.at;
    Str title = STR("");
    uint32_t n = 0;
    for (uint32_t i = first; i < w->a->gaps.n; i++, n++) {
        StrBuf b = {0};
        threat_title(w->a, &t[i], &b);
        bool same = threat_source(w->a, &t[i]) == threat_source(w->a, &t[first]) &&
                    t[i].decision == t[first].decision && (i == first || str_eq(strbuf_str(&b), title));
        if (i == first)
            title = str_copy(w->d.arena, strbuf_str(&b));
        strbuf_free(&b);
        if (!same)
            break;
    }
    return n;
}

static void write_found_gap(Paper *w, uint32_t first, uint32_t n)
{
    Doc *d = &w->d;
    Facts *f = &w->facts;
    const Threat *t = &w->a->gaps.at[first];
    doc_row(d);
    doc_cell(d);
    StrBuf id = {0};
    for (uint32_t i = 0; i < n && t->decision; i++) { /* decisions lead here */
        id.n = 0;
        threat_id(w->a, &t[i], &id);
        d->f->anchor(d, strbuf_str(&id));
    }
    strbuf_free(&id);
    facts_of(d->r, t, f);
    doc_str(d, strbuf_str(&f->title));
    doc_end_cell(d);
    doc_cell_u32(d, n);
    doc_cell(d);
    for (uint32_t i = 0; i < n && i < NAMED; i++) {
        doc_say(d, i ? ", " : "");
        ObjId subject = threat_subject(w->a, &t[i]);
        if (subject)
            doc_link(d, subject);
    }
    if (n > NAMED)
        doc_format(d, " and %u more", n - NAMED);
    doc_end_cell(d);
    doc_cell_str(d, threat_pending(w->a, t) ? strbuf_str(&f->fix) : threat_verdict(w->a, t));
    doc_end_row(d);
}

/* What the rules about models found; they look at more than the table below them. */
static void write_found_gaps(Paper *w)
{
    static const char *const columns[] = {"What is missing", "#Times", "Where", "What to do"};
    Doc *d = &w->d;
    if (!w->a->gaps.n) {
        doc_para(d, "The rules about models find nothing missing.");
        return;
    }
    doc_para(d,
             "What the rules about models find missing. Nothing here is a threat by itself; threats.json lists each.");
    d->f->table(d, columns, 4);
    for (uint32_t i = 0, n; i < w->a->gaps.n; i += n) {
        n = alike(w, i);
        write_found_gap(w, i, n);
    }
    doc_close(d, DOC_TABLE);
}

static void write_gaps(Paper *w)
{
    static const char *const columns[] = {"What the model leaves out", "#Missing", "Where"};
    Doc *d = &w->d;
    doc_heading(d, 3, "section.gaps", "Completeness");
    if (any_gap_rule(w)) {
        write_found_gaps(w);
        return;
    }
    doc_para(d, "What a reviewer looks for and the model may not say. Nothing here is a threat by itself.");
    d->f->table(d, columns, 3);
    context_gap(w);
    boundary_gap(w);
    lonely_gap(w);
    property_gap(w, ROLE_FLOW, "protocol", "Flow without a protocol");
    property_gap(w, ROLE_FLOW, "carries", "Flow that carries no declared data");
    property_gap(w, ROLE_DATA, "confidentiality", "Data whose confidentiality is not rated");
    property_gap(w, ROLE_DATA, "integrity", "Data whose integrity is not rated");
    property_gap(w, ROLE_DATA, "availability", "Data whose availability is not rated");
    property_gap(w, ROLE_PROCESS, "made_of", "Process not linked to a software item");
    property_gap(w, ROLE_SOFTWARE, "category", "Software item without a support category");
    property_gap(w, ROLE_SOFTWARE, "version", "Software item without a version");
    property_gap(w, ROLE_CONTROL, "requirement", "Control without a requirement");
    evidence_gap(w);
    property_gap(w, ROLE_ASSUMPTION, "owner", "Assumption without an owner");
    property_gap(w, ROLE_ASSUMPTION, "review_by", "Assumption without a review date");
    doc_close(d, DOC_TABLE);
}

/* ---- rules ---- */

static void write_rules(Paper *w)
{
    static const char *const columns[] = {"Rule pack", "#Rules"};
    Doc *d = &w->d;
    uint32_t n = rules_count(w->a->rules), rules = 0;
    Str *names = NEWN(d->arena, Str, n + 1);
    for (RuleId i = 1; i <= n; i++) {
        ObjId o = rule_info(w->a->rules, i)->obj;
        const Module *m = o && obj_is(d->p, o, ROLE_RULE) ? module_of(d->p, o) : NULL;
        if (m) /* the modules of one pack of the library count as one */
            names[rules++] =
                m->library ? str_format(d->arena, "std.%.*s", STR_FMT(m->short_name)) : sym_str(d->p->names, m->name);
    }
    doc_heading(d, 3, "section.rules", "Rules");
    if (!rules) {
        doc_para(d, "No rules were applied: the model imports no rule pack.");
        return;
    }
    qsort(names, rules, sizeof *names, str_order);
    doc_para(d, "Every rule of these packs was tried on the whole model. What was applied is named by the hash of the "
                "rules at the head of "
                "this document.");
    d->f->table(d, columns, 2);
    for (uint32_t i = 0, next; i < rules; i = next) {
        for (next = i + 1; next < rules && str_eq(names[next], names[i]);)
            next++;
        doc_row(d);
        doc_cell(d);
        d->f->text(d, DOC_CODE, names[i]);
        doc_end_cell(d);
        doc_cell_u32(d, next - i);
        doc_end_row(d);
    }
    doc_close(d, DOC_TABLE);
}

void report_review_chapter(Paper *w)
{
    doc_heading(&w->d, 2, "section.review", "4 Did we do a good job?");
    report_ledger(w);
    write_questions(w);
    write_assumptions(w);
    write_gaps(w);
    write_rules(w);
}
