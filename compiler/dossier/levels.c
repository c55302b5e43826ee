/* Levels of risk at the four stages: before controls, and with those that are planned, implemented and verified. A risk is as high as
 * the highest of its threats; what has no level is counted, with the reason. Requires estimates; leaves the worst of each risk. */
#include "dossier/dossier.h"

static bool is_worse(const Program *p, const StageEstimate *e, const RiskLevel *than)
{
    if (!than->known)
        return true;
    uint32_t a = e->level ? p->consts.at[e->level].rank + 1 : 0,
             b = than->level ? p->consts.at[than->level].rank + 1 : 0;
    return a != b ? a > b : e->score.ten > than->ten;
}

void levels_note(Dossier *d, uint32_t threat, const Estimate *e)
{
    uint32_t risk = d->risks->risk_of[threat];
    for (RiskStage s = STAGE_BEFORE; risk && s < STAGE_COUNT; s++) {
        const StageEstimate *at = &e->stages[s];
        RiskLevel *l = &d->levels[(risk - 1) * STAGE_COUNT + s];
        d->threat_levels[threat * STAGE_COUNT + s] = at->level;
        if (!at->level && !l->lacking++)
            l->lack = at->lack;
        if (!is_worse(d->p, at, l))
            continue;
        *l = (RiskLevel){.known = true,
                         .threat = threat,
                         .by = e->by,
                         .vector = str_copy(&d->arena, at->vector),
                         .method = at->score.method,
                         .ten = at->score.ten,
                         .exploitability = at->exploitability,
                         .severity = at->severity,
                         .row = at->row,
                         .column = at->column,
                         .level = at->level,
                         .acceptance = at->acceptance,
                         .lacking = l->lacking,
                         .lack = l->lack};
    }
}

const RiskLevel *risk_level(const Dossier *d, uint32_t risk, RiskStage stage)
{
    return &d->levels[risk * STAGE_COUNT + stage];
}

ConstId risk_level_at(const Dossier *d, uint32_t risk, RiskStage stage)
{
    const RiskLevel *l = risk_level(d, risk, stage);
    bool top = l->level && severity_below_top(d->p, l->level) == 0; /* whatever the others are, it cannot be higher */
    return l->lacking && !top ? 0 : l->level;
}

void row_stage(Table *t, uint32_t risk, RiskStage stage)
{
    Dossier *d = t->dossier;
    const RiskLevel *l = risk_level(d, risk, stage);
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
    row_missing(t, what, estimate_lack_words(l->lack));
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
