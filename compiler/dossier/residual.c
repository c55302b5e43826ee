/* Residual risk: what remains of each risk, which controls stand against it and how far they have come, what compensates, who accepted
 * it until when, and where users are told (IEC 81001-5-1, 4.2 and 5.8.2). Requires risks and the links of the threats. */
#include "dossier/dossier.h"

typedef struct Residual {
    Dossier *d;
    Table *t;
    BackRefs told; /* (thing, information for users about it) */
} Residual;

/* Controls of a risk that count for as much. */
static void put_level(Residual *s, const Risk *k, CapLevel level)
{
    row_cell(s->t);
    for (uint32_t i = 0; i < k->controls.n; i++)
        if (obj_is(s->d->p, k->controls.at[i], ROLE_CONTROL) && control_level(s->d->p, k->controls.at[i]) == level)
            item_link(s->t, k->controls.at[i]);
}

/* Controls outside of the product, as their `measure` says. */
static void put_compensating(Residual *s, const Risk *k)
{
    const Dossier *d = s->d;
    row_cell(s->t);
    for (uint32_t i = 0; i < k->controls.n; i++) {
        Value v = prop_value(d->p, k->controls.at[i], "measure");
        if (v.tag == V_CONST && str_eq(const_name(d->p, v.a), STR("compensating")))
            item_link(s->t, k->controls.at[i]);
    }
}

static void put_people(Residual *s, const Risk *k, const char *property)
{
    const Dossier *d = s->d;
    row_cell(s->t);
    for (uint32_t i = 0; i < k->decisions.n; i++)
        item_value(s->t, prop_value(d->p, k->decisions.at[i], property));
    if (k->decisions.n && vec_last(&s->t->cells) == s->t->items.n && strcmp(property, "approver") == 0)
        item_missing(s->t, "nobody approved it", "state `approver` of the decision");
}

/* Information about the risk, what it is about, or what its decisions name; what remains has to be told. */
static void put_told(Residual *s, const Risk *k)
{
    const Dossier *d = s->d;
    uint32_t before;
    row_cell(s->t);
    before = s->t->items.n;
    if (k->declared)
        item_backrefs(s->t, &s->told, k->declared);
    for (uint32_t i = 0; i < k->decisions.n; i++)
        item_value(s->t, prop_value(d->p, k->decisions.at[i], "document"));
    if (k->decisions.n && s->t->items.n == before)
        item_missing(s->t, "users are not told",
                     "state `document` of the decision, or declare `information` about the risk");
}

static void put_remains(Residual *s, const Risk *k)
{
    Counts c = {0};
    for (uint32_t i = 0; i < k->n; i++)
        counts_add(s->d, &c, s->d->risks->threats[k->first + i]);
    row_counts(s->t, c);
}

static void put_dispositions(Residual *s, const Risk *k)
{
    row_cell(s->t);
    for (uint32_t i = 0; i < k->decisions.n; i++) {
        Value v = obj_known(s->d->p, k->decisions.at[i], KNOWN_DECISION_DISPOSITION);
        Str id = dossier_id(s->d, k->decisions.at[i]);
        if (v.tag == V_CONST)
            item_row(
                s->t, MAP_KEY(ROW_THING, k->decisions.at[i]),
                dossier_text(s->d, "%.*s (%.*s)", STR_FMT(dossier_words(s->d, const_name(s->d->p, v.a))), STR_FMT(id)));
    }
    if (k->pending)
        item_missing(s->t, "not all is answered", "answer the pending threats with controls, or decide about them");
}

static void put_risk(Residual *s, uint32_t i)
{
    const Risk *k = &s->d->risks->at[i];
    row_begin(s->t, 0, k->id);
    row_cell(s->t);
    item_risk(s->t, i);
    row_stage(s->t, i, STAGE_PLANNED);
    row_stage(s->t, i, STAGE_IMPLEMENTED);
    row_stage(s->t, i, STAGE_RESIDUAL);
    row_acceptance(s->t, i);
    put_remains(s, k);
    put_level(s, k, CAP_VERIFIED);
    put_level(s, k, CAP_IMPLEMENTED);
    put_level(s, k, CAP_PLANNED);
    put_dispositions(s, k);
    put_people(s, k, "approver");
    put_people(s, k, "expires");
    put_compensating(s, k);
    put_told(s, k);
}

void dossier_residual(Dossier *d)
{
    static const Column columns[] = {{"risk", "Risk", COLUMN_TEXT, 40},
                                     {"level_planned", "Level with planned controls", COLUMN_TEXT, 14},
                                     {"level_implemented", "With implemented controls", COLUMN_TEXT, 14},
                                     {"level_residual", "With verified controls: residual", COLUMN_TEXT, 14},
                                     {"acceptance", "Acceptability", COLUMN_TEXT, 20},
                                     {"threats", "What became of its threats", COLUMN_LIST, 20},
                                     {"verified", "Verified controls", COLUMN_LIST, 34},
                                     {"implemented", "Implemented controls", COLUMN_LIST, 34},
                                     {"planned", "Planned controls", COLUMN_LIST, 30},
                                     {"decisions", "Decisions", COLUMN_LIST, 24},
                                     {"approver", "Approved by", COLUMN_LIST, 16},
                                     {"expires", "Until", COLUMN_LIST, 12},
                                     {"compensating", "Compensating controls", COLUMN_LIST, 30},
                                     {"told", "Where users are told", COLUMN_LIST, 34}};
    Residual s = {.d = d};
    s.t = table_begin(
        d, CHAPTER_RESIDUAL, "residual", "Residual risks",
        "What remains of each risk: only verified controls reach it; planned and implemented ones show what is on "
        "the way.",
        "No threat applies, so no risk remains.", TABLE_COLUMNS(columns));
    backrefs_add(d, dossier_things(d, "information"), "about", &s.told);
    backrefs_sort(&s.told);
    for (uint32_t i = 0; i < d->risks->n; i++)
        put_risk(&s, i);
    vec_free(&s.told);
}
