/* Plan and context: the risk policy in force, how its matrix turns an estimate and a severity of harm into a level, and which levels are
 * acceptable (IEC 81001-5-1, 4.2). Requires an assessment, which has read the policies. */
#include "dossier/dossier.h"

static Tone acceptance_tone(Acceptance a)
{
    switch (a) {
    case ACCEPT_ACCEPTABLE: return TONE_GOOD;
    case ACCEPT_NEEDS_DECISION: return TONE_POOR;
    case ACCEPT_UNACCEPTABLE: return TONE_BAD;
    case ACCEPT_NOT_ESTIMATED:
    case ACCEPT_COUNT: break;
    }
    return TONE_PLAIN;
}

void row_risk_level(Table *t, ConstId level)
{
    const Dossier *d = t->dossier;
    const RiskPolicy *at = d->a->policies.at;
    row_level(t, const_title(d->p, level),
              acceptance_tone(at ? policy_acceptance(d->p, at, level) : ACCEPT_NOT_ESTIMATED));
}

static void put_fact(Table *t, const char *id, const char *aspect)
{
    row_begin(t, 0, str_from(id));
    row_z(t, aspect);
}

static Str scale_name(const Dossier *d, EnumId e)
{
    return e ? sym_str(d->p->names, d->p->enums.at[e].name) : (Str){0};
}

/* "low from 2, high from 3.1". */
static void put_bands(Table *t, const RiskPolicy *at)
{
    const Dossier *d = t->dossier;
    put_fact(t, "bands", "Bounds of the rows");
    row_cell(t);
    for (uint32_t i = 0; i < at->bands.n; i++)
        item_format(t, "%.*s from %g", STR_FMT(const_title(d->p, at->bands.at[i].row)), at->bands.at[i].from);
    if (!at->bands.n)
        item_z(t, "people say the row");
}

static void make_policy(Dossier *d, const RiskPolicy *at)
{
    static const Column columns[] = {{"aspect", "Aspect", COLUMN_TEXT, 30},
                                     {"statement", "Statement", COLUMN_LIST, 80}};
    static const char *const props[][2] = {{"rationale", "Why these levels are acceptable"},
                                           {"source", "Where it comes from"},
                                           {"clauses", "Clauses that ask for it"},
                                           {"owner", "Owner"}};
    Table *t =
        table_begin(d, CHAPTER_PLAN, "policy", "Risk policy in force",
                    "What risks are judged by: the scales, the score that rows are taken from, and which levels are "
                    "acceptable.",
                    "No risk policy is in force: risks get no level.", TABLE_COLUMNS(columns));
    if (!at)
        return;
    put_fact(t, "policy", "Policy");
    row_text(t, obj_title(d->p, at->obj));
    put_fact(t, "named_by", "Chosen by");
    row_text(t, d->a->policies.by ? obj_title(d->p, d->a->policies.by) : STR("standard; the system names no other"));
    put_fact(t, "rows", "Scale of the estimate");
    row_text(t, scale_name(d, at->rows));
    put_fact(t, "columns", "Scale of the severity of harm");
    row_text(t, at->columns ? scale_name(d, at->columns) : STR("none: a policy of one dimension"));
    put_fact(t, "measure", "Score that rows are taken from");
    row_text(t, at->measure ? const_title(d->p, at->measure) : STR("none: people say the row"));
    put_bands(t, at);
    put_fact(t, "acceptable", "Acceptable as it is, up to");
    row_text(t, const_title(d->p, at->acceptable));
    put_fact(t, "tolerable", "Acceptable by a decision, up to");
    row_text(t, const_title(d->p, at->tolerable));
    for (size_t i = 0; i < sizeof props / sizeof *props; i++) {
        put_fact(t, props[i][0], props[i][1]);
        if (model_obj(d->m, at->obj)->flags & OBJ_LIBRARY) /* who takes it over answers for it */
            row_maybe(t, at->obj, props[i][0]);
        else
            row_prop(t, at->obj, props[i][0]);
    }
}

/* A column a severity of harm; a policy of one dimension has one of levels alone. */
static void make_matrix(Dossier *d, const RiskPolicy *at)
{
    const Enum *rows = at && at->rows ? &d->p->enums.at[at->rows] : NULL;
    const Enum *across = at && at->columns ? &d->p->enums.at[at->columns] : NULL;
    uint32_t n = across ? across->n : 1;
    Column *columns = NEWN(&d->arena, Column, n + 1);
    columns[0] = (Column){"estimate", "Estimate", COLUMN_TEXT, 20};
    for (uint32_t i = 0; across && i < n; i++)
        columns[i + 1] = (Column){str_z(&d->arena, const_name(d->p, across->first + i)),
                                  str_z(&d->arena, const_title(d->p, across->first + i)), COLUMN_TEXT, 16};
    if (!across)
        columns[1] = (Column){"level", "Level", COLUMN_TEXT, 16};
    Table *t = table_begin(
        d, CHAPTER_PLAN, "policy_matrix", "Matrix of the risk policy",
        "The level that follows from an estimate (rows) and the severity of harm (columns). Red: only controls "
        "help; yellow: a decision may accept it; green: acceptable.",
        "No risk policy is in force.", columns, n + 1);
    for (uint32_t i = 0; rows && !at->broken && i < rows->n; i++) {
        ConstId row = rows->first + rows->n - 1 - i; /* the gravest on top */
        row_begin(t, 0, const_name(d->p, row));
        row_text(t, const_title(d->p, row));
        for (uint32_t k = 0; k < n; k++)
            row_risk_level(t, policy_level(d->p, at, row, across ? across->first + k : 0));
    }
}

void dossier_policy(Dossier *d)
{
    const RiskPolicy *at = d->a->policies.at;
    make_policy(d, at);
    make_matrix(d, at);
}
