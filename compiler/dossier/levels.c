/* Levels of risk at the four stages: before controls, and with those that are planned, implemented and verified. A risk is as high as
 * the highest of its threats; what has no level is counted, with the reason. Requires risks and the estimates of their
 * threats; leaves the worst estimate of each risk. */
#include "dossier/dossier.h"

static bool is_worse(const Program *p, const StageEstimate *e, const WorstEstimate *than)
{
    if (!than->known)
        return true;
    uint32_t a = e->level ? p->consts.at[e->level].rank + 1 : 0,
             b = than->level ? p->consts.at[than->level].rank + 1 : 0;
    return a != b ? a > b : e->score.ten > than->ten;
}

static void note_worst(Dossier *d, const Estimate *e, WorstEstimate *w)
{
    const StageEstimate *at = &e->stages[STAGE_BEFORE];
    if (!is_worse(d->p, at, w))
        return;
    w->known = true;
    w->by = e->by;
    w->vector = str_copy(&d->arena, at->vector);
    w->method = at->score.method;
    w->ten = at->score.ten;
    w->severity = at->severity;
    w->row = at->row;
    w->level = at->level;
}

void levels_note(Dossier *d, uint32_t threat, const Estimate *e)
{
    uint32_t risk = d->risks->risk_of[threat];
    if (!risk)
        return;
    WorstEstimate *w = &d->worst[risk - 1];
    note_worst(d, e, w);
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++) {
        const StageEstimate *at = &e->stages[s];
        d->threat_levels[threat * STAGE_COUNT + s] = at->level;
        if (!at->level && w->lacks[s] == LACK_NOTHING)
            w->lacks[s] = at->lack;
    }
}

ConstId risk_level_at(const Dossier *d, uint32_t risk, RiskStage stage)
{
    const RiskStanding *l = &d->risks->at[risk].stages[stage];
    bool top = l->level && severity_below_top(d->p, l->level) == 0; /* whatever the others are, it cannot be higher */
    return l->lacking && !top ? 0 : l->level;
}

void row_stage(Table *t, uint32_t risk, RiskStage stage)
{
    Dossier *d = t->dossier;
    const RiskStanding *l = &d->risks->at[risk].stages[stage];
    ConstId level = risk_level_at(d, risk, stage);
    if (level) {
        row_risk_level(t, level);
        return;
    }
    const char *what = "no level";
    if (l->level) /* a threat without a level may be the worst: the risk has none either */
        what = dossier_text(d, "at least %.*s; threats without a level: %u", STR_FMT(const_title(d->p, l->level)),
                            l->lacking)
                   .s;
    row_missing(t, what, estimate_lack_words(d->worst[risk].lacks[stage]));
}

void row_acceptance(Table *t, uint32_t risk)
{
    const Dossier *d = t->dossier;
    Acceptance says = d->risks->at[risk].stages[STAGE_RESIDUAL].acceptance;
    row_z(t, risk_level_at(d, risk, STAGE_RESIDUAL) ? acceptance_words(says) : "");
}

void row_threat_level(Table *t, uint32_t threat, RiskStage stage)
{
    row_risk_level(t, t->dossier->threat_levels[threat * STAGE_COUNT + stage]);
}

/* ---- the overall figure ---- */

static void put_count(Table *t, ConstId level)
{
    const Dossier *d = t->dossier;
    for (RiskStage s = STAGE_BEFORE; s < STAGE_COUNT; s++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < d->risks->n; i++)
            n += risk_level_at(d, i, s) == level;
        row_number(t, n);
    }
}

void dossier_levels(Dossier *d)
{
    static const Column columns[] = {{"level", "Level", COLUMN_TEXT, 20},
                                     {"before", "Before controls", COLUMN_NUMBER, 14},
                                     {"planned", "With planned controls", COLUMN_NUMBER, 14},
                                     {"implemented", "With implemented controls", COLUMN_NUMBER, 14},
                                     {"residual", "Residual: with verified controls", COLUMN_NUMBER, 14}};
    Table *t =
        table_begin(d, CHAPTER_RESIDUAL, "risk_levels", "Overall residual risk",
                    "How many risks have which level, before controls and with those that are planned, implemented and "
                    "verified. Only the last column counts.",
                    "No risk policy is in force: risks get no level.", TABLE_COLUMNS(columns));
    const RiskPolicy *at = d->a->policies.at;
    EnumId e = at ? at->levels : 0;
    for (uint32_t i = e ? d->p->enums.at[e].n : 0; i > 0; i--) {
        ConstId level = d->p->enums.at[e].first + i - 1;
        row_begin(t, 0, const_name(d->p, level));
        row_risk_level(t, level);
        put_count(t, level);
    }
    if (!e)
        return;
    row_begin(t, 0, STR("not_estimated"));
    row_z(t, "Not estimated");
    put_count(t, 0);
}
