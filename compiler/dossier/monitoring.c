/* Monitoring: issues as IEC 81001-5-1, 9 follows them from their report to their end, and what was reviewed (7.2, 7.5). Requires a
 * derived model. */
#include "dossier/dossier.h"
#include "score/score.h"

static void put_issue_score(Table *t, ObjId o)
{
    Dossier *d = t->dossier;
    Str vector = prop_text(d->p, o, "vector");
    Score score = score_vector(vector);
    if (!vector.n || score.ten < 0)
        row_missing(t, vector.n ? "vector is malformed" : "no score", dossier_how(d, o, "vector"));
    else
        row_level(t, dossier_text(d, "%.1f", score.ten),
                  score.band >= BAND_HIGH     ? TONE_BAD
                  : score.band == BAND_MEDIUM ? TONE_POOR
                                              : TONE_FAIR);
}

/* What is asked only of issues that concern the product: whether this is not one. */
static bool is_foreign(const Dossier *d, ObjId o)
{
    Value v = prop_value(d->p, o, "applicability");
    return v.tag == V_CONST && str_eq(const_name(d->p, v.a), STR("not_applicable"));
}

/* "open since N days", by the days of report and end. */
static void put_age(Table *t, ObjId o)
{
    Dossier *d = t->dossier;
    int64_t from = dossier_date(d, o, "received"), to = dossier_date(d, o, "resolved");
    if (from == INT64_MIN)
        row_nothing(t);
    else
        row_number(t, (double)((to == INT64_MIN ? d->a->today : to) - from));
}

static void make_issues(Dossier *d)
{
    static const Column columns[] = {
        {"id", "Id", COLUMN_TEXT, 16},
        {"title", "Issue", COLUMN_TEXT, 36},
        {"source", "Source", COLUMN_TEXT | COLUMN_NEEDED, 24},
        {"received", "Received", COLUMN_DATE | COLUMN_NEEDED, 12},
        {"applicability", "Applicability", COLUMN_TEXT | COLUMN_NEEDED, 14},
        {"verified", "How verified", COLUMN_TEXT | COLUMN_NEEDED, 36},
        {"about", "About", COLUMN_LIST | COLUMN_NEEDED, 28},
        {"vulnerabilities", "Vulnerabilities", COLUMN_LIST, 24},
        {"vector", "CVSS vector", COLUMN_TEXT, 34},
        {"score", "Score", COLUMN_TEXT, 8},
        {"affected_versions", "Versions that have it", COLUMN_LIST | COLUMN_NEEDED, 16},
        {"root_cause", "Root cause", COLUMN_TEXT | COLUMN_NEEDED, 34},
        {"related", "Related issues", COLUMN_LIST, 20},
        {"impact", "Impact in context", COLUMN_TEXT | COLUMN_NEEDED, 36},
        {"safety_impact", "Safety and effectiveness", COLUMN_TEXT | COLUMN_NEEDED, 36},
        {"update_impact", "What an update does", COLUMN_TEXT | COLUMN_NEEDED, 30},
        {"public", "Publicly known", COLUMN_TEXT, 10},
        {"exploit_published", "Exploit published", COLUMN_TEXT, 10},
        {"deployed", "Units in use", COLUMN_NUMBER | COLUMN_NEEDED, 10},
        {"external_controls", "Controls in the environment", COLUMN_TEXT | COLUMN_NEEDED, 30},
        {"disposition", "Disposition", COLUMN_TEXT | COLUMN_NEEDED, 22},
        {"resolution", "Resolution", COLUMN_TEXT | COLUMN_NEEDED, 34},
        {"fixed_in", "Version without it", COLUMN_TEXT, 12},
        {"fix_available", "Fix available", COLUMN_DATE, 12},
        {"fix_deployed", "Fix in the field", COLUMN_DATE, 12},
        {"resolved", "Closed", COLUMN_DATE, 12},
        {"age", "Days open", COLUMN_NUMBER, 10},
        {"disclosed", "Disclosed", COLUMN_DATE, 12},
        {"cwe", "CWE", COLUMN_LIST, 10},
        {"owner", "Owner", COLUMN_TEXT | COLUMN_NEEDED, 16}};
    enum { FOREIGN_FROM = 7, FOREIGN_TO = 20 }; /* columns that an issue of others need not fill */
    Table *t =
        table_begin(d, CHAPTER_MONITORING, "issues", "Security issues",
                    "Reports of what may be wrong with security, from arrival to end: applicability, verification, "
                    "analysis, what was done, and who was told.",
                    "The model records no security issue.", TABLE_COLUMNS(columns));
    ObjList all = dossier_things(d, "issue");
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        bool foreign = is_foreign(d, o);
        row_thing(t, o);
        for (unsigned k = 2; k < t->ncolumns; k++) {
            const char *key = columns[k].key;
            bool spared = foreign && k >= FOREIGN_FROM && k < FOREIGN_TO;
            if (strcmp(key, "age") == 0)
                put_age(t, o);
            else if (strcmp(key, "score") == 0 && (!spared || dossier_says(d, o, "vector")))
                put_issue_score(t, o);
            else if (spared || strcmp(key, "score") == 0)
                row_maybe(t, o, key);
            else
                row_own(t, o);
        }
    }
}

static void put_outcome(Table *t, ObjId o)
{
    static const Tone tones[] = {TONE_GOOD, TONE_FAIR, TONE_BAD}; /* accepted, with findings, rejected */
    Dossier *d = t->dossier;
    Value v = prop_value(d->p, o, "outcome");
    uint32_t rank = v.tag == V_CONST ? d->p->consts.at[v.a].rank : 3;
    if (v.tag == V_CONST)
        row_level(t, const_title(d->p, v.a), rank < 3 ? tones[rank] : TONE_PLAIN);
    else
        row_prop(t, o, "outcome");
}

static void make_reviews(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 16},
                                     {"title", "Review", COLUMN_TEXT, 40},
                                     {"of", "Of", COLUMN_LIST | COLUMN_NEEDED, 26},
                                     {"date", "Date", COLUMN_DATE | COLUMN_NEEDED, 12},
                                     {"version", "Version", COLUMN_TEXT, 10},
                                     {"by", "By", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"disciplines", "Disciplines", COLUMN_LIST | COLUMN_NEEDED, 34},
                                     {"independence", "Independence", COLUMN_TEXT | COLUMN_NEEDED, 20},
                                     {"findings", "Findings", COLUMN_TEXT | COLUMN_NEEDED, 44},
                                     {"outcome", "Outcome", COLUMN_TEXT, 20},
                                     {"ref", "Record", COLUMN_TEXT | COLUMN_NEEDED, 18}};
    Table *t = table_begin(d, CHAPTER_MONITORING, "reviews", "Reviews",
                           "What was reviewed, by whom, how far they stand from the developers, and how it ended.",
                           "The model records no review.", TABLE_COLUMNS(columns));
    ObjList all = dossier_things(d, "review");
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        row_thing(t, o);
        for (unsigned k = 2; k < 9; k++)
            row_own(t, o);
        put_outcome(t, o);
        row_own(t, o);
    }
}

void dossier_monitoring(Dossier *d)
{
    make_issues(d);
    make_reviews(d);
}
