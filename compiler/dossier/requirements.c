/* Control and verification, seen from outside the controls: the requirements that ask for them, the layers of the defence in depth,
 * and the categories of controls that a regulator looks for. Requires the links of the threats. */
#include "dossier/dossier.h"

/* A text that some control states, and the control. */
typedef struct Stated {
    const Program *p;
    Str text;
    ObjId control;
} Stated;
typedef Vec(Stated) StatedVec;

static int stated_cmp(const void *x, const void *y)
{
    const Stated *a = x, *b = y;
    int c = str_cmp(a->text, b->text);
    return c ? c : obj_order(a->p, a->control, b->control);
}

/* The texts of a property of all controls, sorted: one control after the other for each text. */
static void collect(const Dossier *d, ObjList controls, const char *property, StatedVec *out)
{
    for (uint32_t i = 0; i < controls.n; i++) {
        Value v = prop_value(d->p, controls.at[i], property);
        const Value *member;
        Range set = value_members(d->m, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            if (value_text_of(d->m, member[k]).n)
                vec_push(out, (Stated){d->p, value_text_of(d->m, member[k]), controls.at[i]});
    }
    if (out->n)
        qsort(out->at, out->n, sizeof *out->at, stated_cmp);
}

static uint32_t same_text(const StatedVec *v, uint32_t first)
{
    uint32_t n = first;
    while (n < v->n && str_eq(v->at[n].text, v->at[first].text))
        n++;
    return n - first;
}

static void put_controls(Table *t, const Stated *at, uint32_t n)
{
    row_cell(t);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || at[i].control != at[i - 1].control)
            item_link(t, at[i].control);
}

/* The evidence of the controls; a control without any is missing some. */
static void put_evidence(Table *t, const Stated *at, uint32_t n)
{
    Dossier *d = t->dossier;
    row_cell(t);
    for (uint32_t i = 0; i < n; i++) {
        Range range = control_evidence(d->m, at[i].control);
        item_links(t, d->m->evidence.at + range.first, range.n);
        if (!range.n)
            item_missing(t, dossier_text(d, "none for %.*s", STR_FMT(obj_title(d->p, at[i].control))).s,
                         "declare `evidence` inside the control");
    }
}

static Counts counts_of_all(const Dossier *d, const Stated *at, uint32_t n)
{
    Counts sum = {0};
    BackRefs threats = {0};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t first, of = backrefs_of(&d->links.threats, at[i].control, &first);
        for (uint32_t k = 0; k < of; k++)
            vec_push(&threats, (uint32_t)d->links.threats.at[first + k]);
    }
    backrefs_sort(&threats);
    for (uint32_t i = 0; i < threats.n; i++)
        counts_add(d, &sum, (uint32_t)threats.at[i]);
    vec_free(&threats);
    return sum;
}

static void make_requirements(Dossier *d, ObjList controls)
{
    static const Column columns[] = {{"id", "Requirement", COLUMN_TEXT, 24},
                                     {"controls", "Controls that meet it", COLUMN_LIST, 50},
                                     {"threats", "Threats they answer", COLUMN_LIST, 24},
                                     {"tests", "Tests", COLUMN_LIST, 50}};
    Table *t = table_begin(d, CHAPTER_CONTROL, "requirements", "Security requirements",
                           "The requirements that controls name, with what meets them and what tests them.",
                           "No control names a requirement.", TABLE_COLUMNS(columns));
    StatedVec all = {0};
    collect(d, controls, "requirement", &all);
    for (uint32_t i = 0, n; i < all.n; i += n) {
        n = same_text(&all, i);
        Counts counts = counts_of_all(d, &all.at[i], n);
        row_begin(t, 0, all.at[i].text);
        row_text(t, all.at[i].text);
        put_controls(t, &all.at[i], n);
        row_cell(t);
        item_counts(t, &counts);
        put_evidence(t, &all.at[i], n);
    }
    vec_free(&all);
}

static void make_layers(Dossier *d, ObjList controls)
{
    static const Column columns[] = {{"layer", "Layer", COLUMN_TEXT, 24},
                                     {"controls", "Controls", COLUMN_LIST, 60},
                                     {"verified", "Of them verified", COLUMN_NUMBER, 10},
                                     {"threats", "Threats they answer", COLUMN_LIST, 24}};
    Table *t = table_begin(d, CHAPTER_CONTROL, "layers", "Layers of the defence in depth",
                           "Controls by the layer that they belong to.", "No control names its layer.",
                           TABLE_COLUMNS(columns));
    StatedVec all = {0};
    collect(d, controls, "layer", &all);
    for (uint32_t i = 0, n; i < all.n; i += n) {
        n = same_text(&all, i);
        uint32_t verified = 0;
        for (uint32_t k = 0; k < n; k++)
            verified += control_level(d->p, all.at[i + k].control) == CAP_VERIFIED;
        Counts counts = counts_of_all(d, &all.at[i], n);
        row_begin(t, 0, all.at[i].text);
        row_text(t, all.at[i].text);
        put_controls(t, &all.at[i], n);
        row_number(t, verified);
        row_cell(t);
        item_counts(t, &counts);
    }
    vec_free(&all);
}

/* Whether a control gives a capability that belongs to the category. */
static bool in_category(const Dossier *d, ObjId control, ConstId category)
{
    Value v = obj_known(d->p, control, KNOWN_IMPLEMENTS);
    const Value *caps, *in;
    Range set = value_members(d->m, &v, &caps);
    for (uint32_t i = 0; i < set.n; i++) {
        Value of = prop_value(d->p, caps[i].a, "fda");
        Range n = value_members(d->m, &of, &in);
        for (uint32_t k = 0; k < n.n; k++)
            if (in[k].a == category)
                return true;
    }
    return false;
}

static void make_categories(Dossier *d, ObjList controls)
{
    static const Column columns[] = {{"category", "Category", COLUMN_TEXT, 36},
                                     {"controls", "Controls", COLUMN_LIST, 70}};
    Table *t =
        table_begin(d, CHAPTER_CONTROL, "control_categories", "Controls by category",
                    "The categories that the guidance on premarket submissions in the United States looks for, each "
                    "with the controls of the model that belong to it. Protocols and properties of the design count "
                    "besides.",
                    "The library knows no categories of controls.", TABLE_COLUMNS(columns));
    EnumId e = dossier_enum(d, "FdaCategory");
    for (uint32_t i = 0; e && i < d->p->enums.at[e].n; i++) {
        ConstId c = d->p->enums.at[e].first + i;
        row_begin(t, 0, const_name(d->p, c));
        row_text(t, const_title(d->p, c));
        row_cell(t);
        uint32_t before = t->items.n;
        for (uint32_t k = 0; k < controls.n; k++)
            if (in_category(d, controls.at[k], c))
                item_link(t, controls.at[k]);
        if (t->items.n == before)
            item_missing(t, "no control", "declare a `control` that implements a capability of this category");
    }
}

void dossier_requirements(Dossier *d)
{
    ObjList controls = objs_of_role(d->p, ROLE_CONTROL, &d->arena);
    make_requirements(d, controls);
    make_layers(d, controls);
    make_categories(d, controls);
}
