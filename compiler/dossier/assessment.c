/* Risk assessment: each risk with the threats it gathers, what is at stake, the way from a lost property to harm, what it means for
 * safety, effectiveness and security side by side, and its estimate. Requires risks; leaves the table. */
#include "dossier/dossier.h"
#include "risk/chain.h"
#include "score/score.h"

enum { NAMED = 12 };

/* ---- references to risks ---- */

RowKey risk_key(const Dossier *d, uint32_t risk)
{
    ObjId declared = d->risks->at[risk].declared;
    return declared ? MAP_KEY(ROW_THING, declared) : MAP_KEY(ROW_RISK, risk);
}

void item_risk(Table *t, uint32_t risk)
{
    item_row(t, risk_key(t->dossier, risk), t->dossier->risks->at[risk].title);
}

void item_risk_of(Table *t, uint32_t threat)
{
    uint32_t risk = t->dossier->risks->risk_of[threat];
    if (risk)
        item_risk(t, risk - 1);
}

void item_objectives(Table *t, unsigned objectives)
{
    if (objectives & IMPACT_CONFIDENTIALITY)
        item_z(t, "Confidentiality");
    if (objectives & IMPACT_INTEGRITY)
        item_z(t, "Integrity");
    if (objectives & IMPACT_AVAILABILITY)
        item_z(t, "Availability");
}

/* ---- the table ---- */

static Tone state_tone(const char *state)
{
    static const struct {
        const char *state;
        Tone tone;
    } tones[] = {{"open", TONE_BAD},
                 {"possible", TONE_POOR},
                 {"planned", TONE_POOR},
                 {"decided", TONE_FAIR},
                 {"mitigated", TONE_GOOD}};
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
        if (strcmp(tones[i].state, state) == 0)
            return tones[i].tone;
    return TONE_PLAIN;
}

/* What only a declared risk can say. Who takes a proposal over declares it. */
static void put_said(Table *t, const Risk *k, const char *property)
{
    Dossier *d = t->dossier;
    if (k->declared)
        row_prop(t, k->declared, property);
    else
        row_missing(t, "not stated",
                    dossier_text(d, "declare the risk (risks_proposed.cordon) and state `%s`", property).s);
}

static void put_maybe(Table *t, const Risk *k, const char *property)
{
    if (k->declared)
        row_maybe(t, k->declared, property);
    else
        row_nothing(t);
}

static void put_threats(Table *t, const Risk *k)
{
    const Risks *r = t->dossier->risks;
    row_cell(t);
    for (uint32_t i = 0; i < k->n && i < NAMED; i++)
        item_threat(t, r->threats[k->first + i]);
    if (k->n > NAMED)
        item_format(t, "and %u more", k->n - NAMED);
}

static void put_list(Table *t, const ObjList *list)
{
    row_cell(t);
    item_links(t, list->at, list->n);
}

/* The shortest way to the worst harm, thing by thing; and the harm itself. */
static void put_chain(Table *t, const Risk *k, Chain *chain, ObjVec *path)
{
    const Dossier *d = t->dossier;
    chain_forward(d->p, k->assets.at, k->assets.n, k->impacts, chain);
    path->n = 0;
    row_cell(t);
    if (chain->worst != UINT32_MAX)
        chain_path(chain, chain->worst, path);
    for (uint32_t i = 0; i < path->n; i++)
        item_link(t, path->at[i]);
    if (chain->severity)
        row_level(t, const_title(d->p, chain->severity), dossier_tone(d, chain->severity));
    else if (chain->worst != UINT32_MAX)
        row_missing(t, "severity not known", dossier_how(t->dossier, chain->steps.at[chain->worst].thing, "severity"));
    else
        row_nothing(t);
}

/* Where harm can follow, product risk management has to know. */
static void put_safety_ref(Table *t, const Risk *k, bool harmful)
{
    if (harmful && !(k->declared && dossier_says(t->dossier, k->declared, "safety_informed")))
        put_said(t, k, "safety_ref");
    else
        put_maybe(t, k, "safety_ref");
}

/* The estimate before controls of the worst of its threats, and the levels before and after. */
static void put_estimate(Table *t, uint32_t index)
{
    Dossier *d = t->dossier;
    const WorstEstimate *l = &d->worst[index];
    row_z(t, score_method_name(l->method));
    row_text(t, l->vector);
    if (l->ten >= 0)
        row_level(t, dossier_text(d, "%.1f", l->ten), dossier_tone(d, l->severity));
    else
        row_missing(t, "no score", "give its rules or threats a `cvss`, or write an `estimate`");
    row_text(t, const_title(d->p, l->row));
    row_stage(t, index, STAGE_BEFORE);
    row_stage(t, index, STAGE_RESIDUAL);
    row_acceptance(t, index);
    row_link(t, l->by);
}

/* Layers of the controls that stand against it, each once: its defence in depth. */
static void put_layers(Table *t, const Risk *k)
{
    const Dossier *d = t->dossier;
    row_cell(t);
    for (uint32_t i = 0; i < k->controls.n; i++) {
        Str layer = prop_text(d->p, k->controls.at[i], "layer");
        bool told = !layer.n;
        for (uint32_t j = 0; j < i && !told; j++)
            told = str_eq(layer, prop_text(d->p, k->controls.at[j], "layer"));
        if (!told)
            item_str(t, layer);
    }
}

static void put_risk(Table *t, uint32_t index, Chain *chain, ObjVec *path)
{
    const Risk *k = &t->dossier->risks->at[index];
    const char *state = risk_state(k);
    row_begin(t, risk_key(t->dossier, index), k->id);
    row_text(t, k->id);
    row_text(t, k->title);
    row_z(t, k->declared ? "declared" : "proposed");
    row_level(t, str_from(state), state_tone(state));
    row_number(t, k->n);
    row_number(t, k->pending);
    put_threats(t, k);
    put_maybe(t, k, "cause");
    put_list(t, &k->assets);
    row_cell(t);
    item_objectives(t, k->impacts);
    put_chain(t, k, chain, path);
    bool harmful = chain->worst != UINT32_MAX;
    put_safety_ref(t, k, harmful);
    put_maybe(t, k, "safety_informed");
    if (harmful)
        put_said(t, k, "effect_on_safety");
    else
        put_maybe(t, k, "effect_on_safety");
    put_maybe(t, k, "effect_on_effectiveness");
    put_maybe(t, k, "effect_on_security");
    put_estimate(t, index);
    put_maybe(t, k, "rationale");
    put_list(t, &k->controls);
    put_layers(t, k);
    put_list(t, &k->decisions);
    put_said(t, k, "owner");
}

static void make_estimates(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 20},
                                     {"title", "Estimate", COLUMN_TEXT, 30},
                                     {"at", "At", COLUMN_LIST, 30},
                                     {"vector", "Vector before controls", COLUMN_TEXT, 40},
                                     {"after", "Vector with verified controls", COLUMN_TEXT, 40},
                                     {"severity_of_harm", "Severity of harm", COLUMN_TEXT, 14},
                                     {"rationale", "Why", COLUMN_TEXT | COLUMN_NEEDED, 60},
                                     {"owner", "By", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"decided", "Date", COLUMN_DATE | COLUMN_NEEDED, 12}};
    rows_of_things(table_begin(d, CHAPTER_ASSESSMENT, "estimates", "Estimates by people",
                               "Estimates that people made in place of those that rules and model give.",
                               "No estimate was made by people.", TABLE_COLUMNS(columns)),
                   dossier_things(d, "estimate"));
}

void dossier_risks(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 24},
                                     {"title", "Risk", COLUMN_TEXT, 40},
                                     {"origin", "Origin", COLUMN_TEXT, 10},
                                     {"state", "State", COLUMN_TEXT, 12},
                                     {"count", "Threats", COLUMN_NUMBER, 8},
                                     {"pending", "Of them pending", COLUMN_NUMBER, 8},
                                     {"threats", "Which", COLUMN_LIST, 34},
                                     {"cause", "Cause", COLUMN_TEXT, 34},
                                     {"assets", "At stake", COLUMN_LIST, 30},
                                     {"properties", "Lost properties", COLUMN_LIST, 16},
                                     {"chain", "From loss to the worst harm", COLUMN_LIST, 40},
                                     {"harm", "Severity of harm", COLUMN_TEXT, 14},
                                     {"safety_ref", "Number in the safety file", COLUMN_TEXT, 16},
                                     {"safety_informed", "Safety told on", COLUMN_DATE, 12},
                                     {"effect_on_safety", "Effect on safety", COLUMN_TEXT, 34},
                                     {"effect_on_effectiveness", "Effect on effectiveness", COLUMN_TEXT, 34},
                                     {"effect_on_security", "Effect on security", COLUMN_TEXT, 34},
                                     {"method", "Method", COLUMN_TEXT, 10},
                                     {"vector", "Vector before controls", COLUMN_TEXT, 36},
                                     {"score", "Score", COLUMN_TEXT, 8},
                                     {"exploitability", "Estimate", COLUMN_TEXT, 14},
                                     {"level_before", "Level before controls", COLUMN_TEXT, 14},
                                     {"level_residual", "Residual level", COLUMN_TEXT, 14},
                                     {"acceptance", "Acceptability", COLUMN_TEXT, 20},
                                     {"estimated_by", "Estimated by", COLUMN_TEXT, 20},
                                     {"rationale", "Why this estimate", COLUMN_TEXT, 34},
                                     {"controls", "Controls", COLUMN_LIST, 40},
                                     {"layers", "Layers", COLUMN_LIST, 20},
                                     {"decisions", "Decisions", COLUMN_LIST, 20},
                                     {"owner", "Owner", COLUMN_TEXT, 16}};
    Table *t = table_begin(
        d, CHAPTER_ASSESSMENT, "risks", "Risks",
        "What a review decides on: threats that share cause, asset and fix. Every threat that applies belongs "
        "to exactly one; what nobody has declared is proposed.",
        "No threat applies, so there is no risk.", TABLE_COLUMNS(columns));
    Chain chain = {0};
    ObjVec path = {0};
    for (uint32_t i = 0; i < d->risks->n; i++)
        put_risk(t, i, &chain, &path);
    chain_free(&chain);
    vec_free(&path);
    make_estimates(d);
}
