/* Residual risk and transfer: what people decided about threats and whether it still counts, what passes to others, and what users
 * are told (IEC 81001-5-1, 4.2 and 5.8.2). Requires an assessment. */
#include "dossier/dossier.h"
#include "risk/standing.h"

enum { NAMED = 12 };

/* ---- decisions ---- */

/* (decision, threat) of all that a decision settles. */
static void settled(const Dossier *d, BackRefs *out)
{
    for (uint32_t i = 0; i < d->a->threats.n; i++)
        if (d->a->threats.at[i].decision)
            vec_push(out, MAP_KEY(d->a->threats.at[i].decision, i));
    backrefs_sort(out);
}

static void put_threats(Table *t, const BackRefs *of, ObjId decision)
{
    uint32_t first, n = backrefs_of(of, decision, &first);
    row_cell(t);
    for (uint32_t i = 0; i < n && i < NAMED; i++)
        item_threat(t, (uint32_t)of->at[first + i]);
    if (n > NAMED)
        item_format(t, "and %u more", n - NAMED);
}

static void put_standing(Table *t, const DecisionStanding *s)
{
    Tone tone = s->standing == STANDING_COUNTS ? TONE_GOOD : s->standing == STANDING_NOT_NEEDED ? TONE_FAIR : TONE_BAD;
    row_level(t, dossier_words(t->dossier, str_from(standing_name(s->standing))), tone);
    row_text(t, s->why);
}

static void put_decision(Table *t, const DecisionStanding *s, const BackRefs *of)
{
    ObjId o = s->decision;
    uint32_t first;
    row_thing(t, o);
    row_own(t, o);
    put_standing(t, s);
    row_number(t, backrefs_of(of, o, &first));
    put_threats(t, of, o);
    for (unsigned k = 7; k < 12; k++)
        row_own(t, o);
    row_due(t, o, "expires");
    for (unsigned k = 13; k < 16; k++)
        row_own(t, o);
}

static void make_decisions(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 20},
                                     {"title", "Decision", COLUMN_TEXT, 30},
                                     {"disposition", "Disposition", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"standing", "Stands", COLUMN_TEXT, 12},
                                     {"why", "Why not", COLUMN_TEXT, 40},
                                     {"covers", "Threats it settles", COLUMN_NUMBER, 10},
                                     {"threats", "Which", COLUMN_LIST, 36},
                                     {"rationale", "Rationale", COLUMN_TEXT | COLUMN_NEEDED, 60},
                                     {"owner", "Owner", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"approver", "Approved by", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"decided", "Decided", COLUMN_DATE | COLUMN_NEEDED, 12},
                                     {"expires", "Expires", COLUMN_DATE, 12},
                                     {"due", "Due", COLUMN_TEXT, 10},
                                     {"relies_on", "Rests on", COLUMN_LIST, 30},
                                     {"facts", "Facts it was made on", COLUMN_LIST, 50},
                                     {"document", "Where users are told", COLUMN_TEXT, 30}};
    Table *t =
        table_begin(d, CHAPTER_RESIDUAL, "decisions", "Decisions",
                    "What people decided about threats, on which grounds, by whom and until when; and whether each "
                    "decision still counts.",
                    "Nothing was decided.", TABLE_COLUMNS(columns));
    Standings all = decision_standings(d->a, &d->arena);
    BackRefs of = {0};
    settled(d, &of);
    for (uint32_t i = 0; i < all.n; i++)
        put_decision(t, &all.at[i], &of);
    vec_free(&of);
}

void dossier_decisions(Dossier *d)
{
    make_decisions(d);
}

/* ---- transfer ---- */

static bool is_transfer(const Dossier *d, ObjId decision)
{
    Value v = obj_known(d->p, decision, KNOWN_DECISION_DISPOSITION);
    return v.tag == V_CONST && str_eq(const_name(d->p, v.a), STR("transfer"));
}

static void make_transfer(Dossier *d)
{
    static const Column columns[] = {
        {"id", "Id", COLUMN_TEXT, 20},
        {"decision", "Decision", COLUMN_TEXT, 30},
        {"threats", "Threats", COLUMN_LIST, 36},
        {"transferred_to", "To whom", COLUMN_TEXT | COLUMN_NEEDED, 24},
        {"information", "Text for the accompanying documents", COLUMN_TEXT | COLUMN_NEEDED, 70},
        {"document", "Document", COLUMN_TEXT | COLUMN_NEEDED, 30},
        {"owner", "Owner", COLUMN_TEXT | COLUMN_NEEDED, 16}};
    Table *t = table_begin(d, CHAPTER_TRANSFER, "transfer", "Transfer of risk",
                           "Risks that somebody else takes over, with the role that does so and what the accompanying "
                           "documents say of it.",
                           "No risk is transferred.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_DECISION, &d->arena);
    BackRefs of = {0};
    settled(d, &of);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        if (!is_transfer(d, o))
            continue;
        row_begin(t, 0, dossier_id(d, o));
        row_text(t, vec_last(&t->rows).id);
        row_link(t, o);
        put_threats(t, &of, o);
        for (unsigned k = 3; k < 7; k++)
            row_own(t, o);
    }
    vec_free(&of);
}

static void make_information(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 16},
                                     {"title", "Information", COLUMN_TEXT, 34},
                                     {"purpose", "What for", COLUMN_LIST | COLUMN_NEEDED, 26},
                                     {"about", "About", COLUMN_LIST, 30},
                                     {"text", "What is said", COLUMN_TEXT | COLUMN_NEEDED, 60},
                                     {"document", "Where", COLUMN_TEXT | COLUMN_NEEDED, 34},
                                     {"audience", "For whom", COLUMN_TEXT | COLUMN_NEEDED, 24}};
    rows_of_things(
        table_begin(d, CHAPTER_TRANSFER, "information", "Information for users",
                    "What users are told about security: operation, settings, accounts, updates, what remains, and "
                    "the end of use.",
                    "The model says nothing of what users are told.", TABLE_COLUMNS(columns)),
        dossier_things(d, "information"));
}

void dossier_transfer(Dossier *d)
{
    make_transfer(d);
    make_information(d);
}
