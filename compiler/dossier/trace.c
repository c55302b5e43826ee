/* Traceability: from threats to controls, requirements, tests and software items, back again from controls and items, and what hangs
 * in the air. Requires the links of the threats. */
#include "dossier/dossier.h"

enum { NAMED = 12 };

typedef struct Trace {
    Dossier *d;
    Table *t;
    ObjVec controls, list; /* at work */
} Trace;

/* ---- parts of a chain ---- */

static void put_refs(Trace *w, const ObjVec *v)
{
    row_cell(w->t);
    item_links(w->t, v->at, v->n);
}

/* The requirements of controls, each once. */
static void put_requirements(Trace *w)
{
    Dossier *d = w->d;
    Vec(Str) all = {0};
    for (uint32_t i = 0; i < w->controls.n; i++) {
        Value v = prop_value(d->p, w->controls.at[i], "requirement");
        const Value *member;
        Range set = value_members(d->m, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            vec_push(&all, value_text_of(d->m, member[k]));
    }
    if (all.n)
        qsort(all.at, all.n, sizeof *all.at, str_order);
    row_cell(w->t);
    for (uint32_t i = 0; i < all.n; i++)
        if (i == 0 || !str_eq(all.at[i], all.at[i - 1]))
            item_str(w->t, all.at[i]);
    if (w->controls.n && !all.n)
        item_missing(w->t, "no requirement", "state `requirement` of the control");
    vec_free(&all);
}

static void put_tests(Trace *w)
{
    Dossier *d = w->d;
    w->list.n = 0;
    for (uint32_t i = 0; i < w->controls.n; i++) {
        Range range = control_evidence(d->m, w->controls.at[i]);
        for (uint32_t k = 0; k < range.n; k++)
            vec_push(&w->list, d->m->evidence.at[range.first + k]);
    }
    put_refs(w, &w->list);
    if (w->controls.n && !w->list.n)
        item_missing(w->t, "no test", "declare `evidence` inside the control");
}

/* The software items that a thing is, or is made of; the ends of a flow count. */
static void add_items(const Dossier *d, ObjId o, ObjVec *out)
{
    if (obj_is(d->p, o, ROLE_SOFTWARE)) {
        vec_push(out, o);
    } else if (obj_is(d->p, o, ROLE_PORT)) {
        refs_add(d->p, prop_value(d->p, model_obj(d->m, o)->parent, "made_of"), out);
    } else if (obj_is(d->p, o, ROLE_ELEMENT)) {
        refs_add(d->p, prop_value(d->p, o, "made_of"), out);
    } else if (obj_is(d->p, o, ROLE_FLOW)) {
        const Flow *f = &d->m->flows.at[model_obj(d->m, o)->index];
        refs_add(d->p, prop_value(d->p, f->from, "made_of"), out);
        refs_add(d->p, prop_value(d->p, f->to, "made_of"), out);
    }
}

/* ---- from threats ---- */

static void put_threat(Trace *w, uint32_t i)
{
    Dossier *d = w->d;
    const Threat *threat = &d->a->threats.at[i];
    StrBuf id = {0};
    threat_id(d->a, threat, &id);
    row_begin(w->t, 0, str_copy(&d->arena, strbuf_str(&id)));
    strbuf_free(&id);
    row_cell(w->t);
    item_threat(w->t, i);
    row_cell(w->t);
    item_risk_of(w->t, i);
    w->controls.n = w->list.n = 0;
    uint32_t first, n = backrefs_of(&d->links.assets, i, &first);
    for (uint32_t k = 0; k < n; k++)
        vec_push(&w->list, (ObjId)d->links.assets.at[first + k]);
    put_refs(w, &w->list);
    n = backrefs_of(&d->links.controls, i, &first);
    for (uint32_t k = 0; k < n; k++)
        vec_push(&w->controls, (ObjId)d->links.controls.at[first + k]);
    put_refs(w, &w->controls);
    put_requirements(w);
    put_tests(w);
    w->list.n = 0;
    add_items(d, threat_subject(d->a, threat), &w->list);
    objs_tidy(d->p, &w->list);
    put_refs(w, &w->list);
    row_link(w->t, threat->decision);
}

static void make_threats(Trace *w)
{
    static const Column columns[] = {{"threat", "Threat", COLUMN_TEXT, 34},
                                     {"risk", "Risk", COLUMN_TEXT, 34},
                                     {"assets", "Assets at stake", COLUMN_LIST, 30},
                                     {"controls", "Controls", COLUMN_LIST, 40},
                                     {"requirements", "Requirements", COLUMN_LIST, 20},
                                     {"tests", "Tests", COLUMN_LIST, 40},
                                     {"items", "Software items", COLUMN_LIST, 30},
                                     {"decision", "Decision", COLUMN_TEXT, 20}};
    w->t = table_begin(
        w->d, CHAPTER_TRACE, "trace", "From threats to tests",
        "Each threat with the controls that answer it or would, their requirements and tests, and the software "
        "items where it can happen.",
        "No threat was found.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < w->d->a->threats.n; i++)
        put_threat(w, i);
}

/* ---- from controls and items ---- */

static void put_some_threats(Trace *w, const BackRefs *of, ObjId o)
{
    uint32_t first, n = backrefs_of(of, o, &first);
    row_cell(w->t);
    for (uint32_t i = 0; i < n && i < NAMED; i++)
        item_threat(w->t, (uint32_t)of->at[first + i]);
    if (n > NAMED)
        item_format(w->t, "and %u more", n - NAMED);
}

static int risk_cmp(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* The risks of the threats, each once, in the order of the table of risks. */
static void put_risks(Trace *w, const BackRefs *of, ObjId o)
{
    Dossier *d = w->d;
    uint32_t first, n = backrefs_of(of, o, &first), shown = 0;
    w->list.n = 0;
    for (uint32_t i = 0; i < n; i++)
        vec_push(&w->list, d->risks->risk_of[(uint32_t)of->at[first + i]]);
    if (n)
        qsort(w->list.at, n, sizeof *w->list.at, risk_cmp);
    row_cell(w->t);
    for (uint32_t i = 0; i < n && shown < NAMED; i++) {
        if (!w->list.at[i] || (i && w->list.at[i] == w->list.at[i - 1]))
            continue;
        item_risk(w->t, w->list.at[i] - 1);
        shown++;
    }
}

static void make_controls(Trace *w)
{
    static const Column columns[] = {{"control", "Control", COLUMN_TEXT, 36},
                                     {"requirements", "Requirements", COLUMN_LIST, 20},
                                     {"tests", "Tests", COLUMN_LIST, 40},
                                     {"count", "Threats", COLUMN_NUMBER, 8},
                                     {"threats", "Which", COLUMN_LIST, 40},
                                     {"risks", "Risks they belong to", COLUMN_LIST, 40},
                                     {"items", "Software items that it protects", COLUMN_LIST, 34}};
    Dossier *d = w->d;
    w->t = table_begin(d, CHAPTER_TRACE, "trace_controls", "From controls to threats",
                       "Each control with its requirements and tests, and the threats that it answers.",
                       "The model declares no controls.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_CONTROL, &d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        uint32_t first, n;
        row_begin(w->t, 0, dossier_id(d, o));
        row_link(w->t, o);
        w->controls.n = 0;
        vec_push(&w->controls, o);
        put_requirements(w);
        put_tests(w);
        row_number(w->t, backrefs_of(&d->links.threats, o, &first));
        put_some_threats(w, &d->links.threats, o);
        put_risks(w, &d->links.threats, o);
        w->list.n = 0;
        n = backrefs_of(&d->links.attached, o, &first);
        for (uint32_t k = 0; k < n; k++)
            add_items(d, (ObjId)d->links.attached.at[first + k], &w->list);
        objs_tidy(d->p, &w->list);
        put_refs(w, &w->list);
    }
}

/* The controls of what is made of an item, and its own. */
static void controls_of_item(Trace *w, ObjId item, const BackRefs *users)
{
    const Dossier *d = w->d;
    uint32_t first, n = backrefs_of(users, item, &first);
    w->controls.n = 0;
    refs_add(d->p, prop_value(d->p, item, "controls"), &w->controls);
    for (uint32_t i = 0; i < n; i++)
        refs_add(d->p, prop_value(d->p, (ObjId)users->at[first + i], "controls"), &w->controls);
    objs_tidy(d->p, &w->controls);
}

static void make_items(Trace *w)
{
    static const Column columns[] = {{"item", "Software item", COLUMN_TEXT, 34},
                                     {"users", "Elements made of it", COLUMN_LIST, 34},
                                     {"threats", "Threats that come from it", COLUMN_LIST, 36},
                                     {"risks", "Risks they belong to", COLUMN_LIST, 36},
                                     {"vulnerabilities", "Vulnerabilities", COLUMN_LIST, 30},
                                     {"controls", "Controls there", COLUMN_LIST, 40},
                                     {"requirements", "Requirements", COLUMN_LIST, 20}};
    Dossier *d = w->d;
    BackRefs users = {0}, found = {0};
    backrefs_add(d, objs_of_role(d->p, ROLE_ELEMENT, &d->arena), "made_of", &users);
    backrefs_add(d, dossier_things(d, "vulnerability"), "of", &found);
    backrefs_sort(&users);
    backrefs_sort(&found);
    w->t =
        table_begin(d, CHAPTER_TRACE, "trace_software", "From software items to threats",
                    "Each software item with what is made of it, the threats that come from it and the controls there.",
                    "The model declares no software items.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_SOFTWARE, &d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        row_begin(w->t, 0, dossier_id(d, o));
        row_link(w->t, o);
        row_backrefs(w->t, &users, o);
        put_some_threats(w, &d->links.of_thing, o);
        put_risks(w, &d->links.of_thing, o);
        row_backrefs(w->t, &found, o);
        controls_of_item(w, o, &users);
        row_some(w->t, &w->controls, NAMED);
        put_requirements(w);
    }
    vec_free(&users);
    vec_free(&found);
}

/* ---- what hangs in the air ---- */

static void put_orphan(Trace *w, ObjId o, const char *why)
{
    Dossier *d = w->d;
    Str id = dossier_id(d, o);
    row_begin(w->t, 0, id);
    row_text(w->t, id);
    row_link(w->t, o);
    row_text(w->t, kind_title(d->p, o));
    row_z(w->t, why);
}

static const char *why_control(const Dossier *d, ObjId o)
{
    uint32_t first;
    if (!backrefs_of(&d->links.attached, o, &first))
        return "attached to nothing, so it answers no threat";
    return backrefs_of(&d->links.threats, o, &first) ? NULL : "answers no threat";
}

static const char *why_evidence(const Dossier *d, ObjId o)
{
    return obj_is(d->p, model_obj(d->m, o)->parent, ROLE_CONTROL) ? NULL : "belongs to no control";
}

static const char *why_vulnerability(const Dossier *d, ObjId o)
{
    return dossier_says(d, o, "of") ? NULL : "names no software item";
}

static void put_orphans(Trace *w, ObjList all, const char *(*why)(const Dossier *d, ObjId o))
{
    for (uint32_t i = 0; i < all.n; i++) {
        const char *text = why(w->d, all.at[i]);
        if (text)
            put_orphan(w, all.at[i], text);
    }
}

static void put_idle_decisions(Trace *w)
{
    Dossier *d = w->d;
    ObjList all = objs_of_role(d->p, ROLE_DECISION, &d->arena);
    uint8_t *counts = NEWN(&d->arena, uint8_t, d->m->objects.n + 1);
    for (uint32_t i = 0; i < d->a->threats.n; i++)
        counts[d->a->threats.at[i].decision] = 1;
    for (uint32_t i = 0; i < d->a->gaps.n; i++)
        counts[d->a->gaps.at[i].decision] = 1;
    for (uint32_t i = 0; i < all.n; i++)
        if (!counts[all.at[i]])
            put_orphan(w, all.at[i], "counts for no threat");
}

/* Things of a kind that no other names. */
static void put_unnamed(Trace *w, ObjList all, const char *kind, const char *const *properties, const char *why)
{
    BackRefs named = {0};
    ObjList who = dossier_things(w->d, kind);
    for (; *properties; properties++)
        backrefs_add(w->d, who, *properties, &named);
    backrefs_sort(&named);
    for (uint32_t i = 0; i < all.n; i++) {
        uint32_t first;
        if (!backrefs_of(&named, all.at[i], &first))
            put_orphan(w, all.at[i], why);
    }
    vec_free(&named);
}

static void make_orphans(Trace *w)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 26},
                                     {"thing", "Thing", COLUMN_TEXT, 36},
                                     {"kind", "Kind", COLUMN_TEXT, 20},
                                     {"why", "What is wrong", COLUMN_TEXT, 50}};
    static const char *const leads_to_hazard[] = {
        "confidentiality_loss", "integrity_loss", "availability_loss", "creates", "leads_to", NULL};
    static const char *const needs[] = {"made_of", "depends_on", NULL};
    Dossier *d = w->d;
    Arena *a = &d->arena;
    w->t = table_begin(
        d, CHAPTER_TRACE, "orphans", "What hangs in the air",
        "Controls that answer no threat, evidence without a control, decisions that count for nothing, items "
        "and hazards that nothing leads to.",
        "Everything is linked.", TABLE_COLUMNS(columns));
    put_orphans(w, objs_of_role(d->p, ROLE_CONTROL, a), why_control);
    put_orphans(w, objs_of_role(d->p, ROLE_EVIDENCE, a), why_evidence);
    put_idle_decisions(w);
    put_orphans(w, dossier_things(d, "vulnerability"), why_vulnerability);
    put_unnamed(w, objs_of_role(d->p, ROLE_SOFTWARE, a), "thing", needs,
                "no element is made of it, and no item depends on it");
    put_unnamed(w, objs_of_role(d->p, ROLE_HAZARD, a), "thing", leads_to_hazard, "no loss and no control leads to it");
}

void dossier_trace(Dossier *d)
{
    Trace w = {.d = d};
    make_threats(&w);
    make_controls(&w);
    make_items(&w);
    make_orphans(&w);
    vec_free(&w.controls);
    vec_free(&w.list);
}
