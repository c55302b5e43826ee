/* Threat model: the threats with what became of each, and what rules find missing in the model. Requires an assessment; the facts
 * behind each threat stand in threats.json. */
#include "dossier/dossier.h"

static Tone verdict_tone(const Dossier *d, const Threat *t)
{
    if (t->decision)
        return TONE_FAIR;
    switch (threat_kind(d->a, t)) {
    case VERDICT_OPEN: return TONE_BAD;
    case VERDICT_POSSIBLE:
    case VERDICT_PLANNED: return TONE_POOR;
    case VERDICT_MITIGATED: return TONE_GOOD;
    case VERDICT_OUT_OF_SCOPE:
    case VERDICT_NONE: break;
    }
    return TONE_PLAIN;
}

static void put_categories(Table *t, const Threat *threat)
{
    const Dossier *d = t->dossier;
    ConstId stride;
    ObjId category;
    row_cell(t);
    for (uint32_t i = 0; (stride = threat_stride(d->a, threat, i)); i++)
        item_str(t, const_title(d->p, stride));
    for (uint32_t i = 0; (category = threat_category(d->a, threat, i)); i++)
        item_str(t, obj_title(d->p, category));
}

static void put_references(Table *t, const Threat *threat, StrBuf *text)
{
    Dossier *d = t->dossier;
    text->n = 0;
    references_text(d->p, threat_source(d->a, threat), text);
    row_text(t, str_copy(&d->arena, strbuf_str(text)));
}

static void put_severity(Table *t, const Threat *threat)
{
    Dossier *d = t->dossier;
    ConstId severity = threat_severity(d->a, threat);
    if (severity)
        row_level(t, const_title(d->p, severity), dossier_tone(d, severity));
    else
        row_missing(t, "not rated", threat->hand ? dossier_how(d, threat->hand, "severity") : "give the rule a `cvss`");
}

/* What people decided, or what is due: a threat that applies needs a control or a decision. */
static void put_disposition(Table *t, const Threat *threat)
{
    Dossier *d = t->dossier;
    row_cell(t);
    if (threat->decision)
        item_row(t, MAP_KEY(ROW_THING, threat->decision), dossier_words(d, threat_verdict(d->a, threat)));
    else if (threat_pending(d->a, threat))
        item_missing(t, "no disposition", "answer the threat with a control, or decide about it");
    else
        item_str(t, dossier_words(d, threat_verdict(d->a, threat)));
}

static void put_threat(Table *t, uint32_t index, StrBuf *text)
{
    Dossier *d = t->dossier;
    const Threat *threat = &d->a->threats.at[index];
    text->n = 0;
    threat_id(d->a, threat, text);
    Str id = str_copy(&d->arena, strbuf_str(text));
    row_begin(t, MAP_KEY(ROW_THREAT, index), id);
    row_text(t, id);
    text->n = 0;
    threat_title(d->a, threat, text);
    row_text(t, str_copy(&d->arena, strbuf_str(text)));
    row_link(t, threat_subject(d->a, threat));
    put_categories(t, threat);
    put_severity(t, threat);
    row_threat_level(t, index, STAGE_BEFORE);
    row_threat_level(t, index, STAGE_RESIDUAL);
    row_level(t, dossier_words(d, str_from(verdict_name(threat_kind(d->a, threat)))), verdict_tone(d, threat));
    put_disposition(t, threat);
    row_cell(t);
    item_risk_of(t, index);
    put_references(t, threat, text);
}

static void make_threats(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 34},
                                     {"title", "Threat", COLUMN_TEXT, 50},
                                     {"subject", "At", COLUMN_TEXT, 26},
                                     {"categories", "Categories", COLUMN_LIST, 24},
                                     {"severity", "Severity", COLUMN_TEXT, 12},
                                     {"level_before", "Level before controls", COLUMN_TEXT, 12},
                                     {"level_residual", "Residual level", COLUMN_TEXT, 12},
                                     {"verdict", "Verdict", COLUMN_TEXT, 14},
                                     {"disposition", "Disposition", COLUMN_TEXT, 18},
                                     {"risk", "Risk", COLUMN_TEXT, 34},
                                     {"references", "References", COLUMN_TEXT, 34}};
    Table *t =
        table_begin(d, CHAPTER_MODEL, "threats", "Threats and their dispositions",
                    "Every threat that the rules and the reviewers raise, whether it applies, and what was decided. "
                    "threats.json holds the facts behind each.",
                    "No threat was found.", TABLE_COLUMNS(columns));
    StrBuf text = {0};
    for (uint32_t i = 0; i < d->a->threats.n; i++)
        put_threat(t, i, &text);
    strbuf_free(&text);
}

static void make_gaps(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 34},
                                     {"title", "What is missing", COLUMN_TEXT, 50},
                                     {"subject", "At", COLUMN_TEXT, 26},
                                     {"fix", "What to do", COLUMN_TEXT, 50},
                                     {"disposition", "Disposition", COLUMN_TEXT, 18}};
    Table *t =
        table_begin(d, CHAPTER_MODEL, "gaps", "What the model leaves out",
                    "What rules about models find missing. Nothing here is a threat by itself.",
                    "The rules about models find nothing missing, or none were imported.", TABLE_COLUMNS(columns));
    StrBuf text = {0};
    for (uint32_t i = 0; i < d->a->gaps.n; i++) {
        const Threat *gap = &d->a->gaps.at[i];
        text.n = 0;
        threat_id(d->a, gap, &text);
        Str id = str_copy(&d->arena, strbuf_str(&text));
        row_begin(t, MAP_KEY(ROW_GAP, i), id);
        row_text(t, id);
        text.n = 0;
        threat_title(d->a, gap, &text);
        row_text(t, str_copy(&d->arena, strbuf_str(&text)));
        row_link(t, threat_subject(d->a, gap));
        text.n = 0;
        threat_fix(d->a, gap, &text);
        row_text(t, str_copy(&d->arena, strbuf_str(&text)));
        put_disposition(t, gap);
    }
    strbuf_free(&text);
}

void dossier_threats(Dossier *d)
{
    make_threats(d);
    make_gaps(d);
}
