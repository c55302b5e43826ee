/* Monitoring in figures: issues by age, what became of known vulnerabilities, how long mending took (as the FDA asks for in V.A.6),
 * decisions by their state, and what is pending. A figure without anything to count is missing. Requires an assessment. */
#include "dossier/dossier.h"
#include "risk/standing.h"

static void put_metric(Table *t, Str id, Str title, const char *unit)
{
    row_begin(t, 0, id);
    row_text(t, title);
    row_z(t, unit);
}

static void put_count(Table *t, const char *id, const char *title, uint32_t n, const char *basis)
{
    put_metric(t, str_from(id), str_from(title), "number");
    row_number(t, n);
    row_z(t, basis);
}

/* ---- issues ---- */

static bool is_open(const Dossier *d, ObjId issue)
{
    return dossier_date(d, issue, "resolved") == INT64_MIN;
}

static void put_ages(Table *t, ObjList issues)
{
    static const struct {
        const char *id, *title;
        int64_t from, to;
    } ages[] = {{"issues_open_30", "Open issues, up to 30 days old", INT64_MIN, 30},
                {"issues_open_90", "Open issues, 31 to 90 days old", 31, 90},
                {"issues_open_365", "Open issues, 91 to 365 days old", 91, 365},
                {"issues_open_older", "Open issues, older than a year", 366, INT64_MAX}};
    const Dossier *d = t->dossier;
    uint32_t undated = 0;
    for (size_t k = 0; k < sizeof ages / sizeof *ages; k++) {
        uint32_t n = 0;
        undated = 0;
        for (uint32_t i = 0; i < issues.n; i++) {
            int64_t from = dossier_date(d, issues.at[i], "received"), age = d->a->today - from;
            if (!is_open(d, issues.at[i]))
                continue;
            if (from == INT64_MIN)
                undated++;
            else
                n += age >= ages[k].from && age <= ages[k].to;
        }
        put_count(t, ages[k].id, ages[k].title, n, "issues that are not closed");
    }
    put_count(t, "issues_open_undated", "Open issues without a date", undated, "issues that are not closed");
}

/* The mean of the days between two dates of the things that state both. */
static void put_days(Table *t, const char *id, const char *title, ObjList things, const char *from, const char *to)
{
    Dossier *d = t->dossier;
    int64_t days = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < things.n; i++) {
        int64_t lo = dossier_date(d, things.at[i], from), hi = dossier_date(d, things.at[i], to);
        if (lo == INT64_MIN || hi == INT64_MIN)
            continue;
        days += hi - lo;
        n++;
    }
    put_metric(t, str_from(id), str_from(title), "days, mean");
    if (n)
        row_number(t, (double)((days * 10 + n / 2) / n) / 10);
    else
        row_missing(t, "nothing to count", dossier_text(d, "state `%s` and `%s` of issues", from, to).s);
    row_text(t, dossier_text(d, "%u of %u issues", n, things.n));
}

static void put_issues(Table *t)
{
    ObjList all = dossier_things(t->dossier, "issue");
    put_count(t, "issues", "Issues recorded", all.n, "all issues");
    put_ages(t, all);
    put_days(t, "days_to_fix", "From the report of an issue to a fix that could be had", all, "received",
             "fix_available");
    put_days(t, "days_to_field", "From a fix that could be had to the field", all, "fix_available", "fix_deployed");
    put_days(t, "days_to_close", "From the report of an issue to its end", all, "received", "resolved");
}

/* ---- vulnerabilities ---- */

static void put_vulnerabilities(Table *t)
{
    Dossier *d = t->dossier;
    ObjList all = dossier_things(d, "vulnerability");
    EnumId e = dossier_enum(d, "VulnerabilityState");
    uint32_t unknown = all.n, settled = 0;
    put_count(t, "vulnerabilities", "Known vulnerabilities", all.n, "declared ones");
    for (uint32_t k = 0; e && k < d->p->enums.at[e].n; k++) {
        ConstId c = d->p->enums.at[e].first + k;
        Str name = const_name(d->p, c);
        uint32_t n = 0;
        for (uint32_t i = 0; i < all.n; i++)
            n += prop_value(d->p, all.at[i], "state").a == c && prop_value(d->p, all.at[i], "state").tag == V_CONST;
        unknown -= n;
        settled += str_starts(name, STR("resolved")) ? n : 0;
        put_metric(t, dossier_text(d, "vulnerabilities_%.*s", STR_FMT(name)),
                   dossier_text(d, "Known vulnerabilities: %.*s", STR_FMT(const_title(d->p, c))), "number");
        row_number(t, n);
        row_text(t, dossier_text(d, "of %u", all.n));
    }
    put_count(t, "vulnerabilities_unknown", "Known vulnerabilities without an analysis", unknown, "declared ones");
    put_metric(t, STR("vulnerabilities_resolved_share"), STR("Known vulnerabilities that were mended"), "percent");
    if (all.n)
        row_number(t, (double)(settled * 1000 / all.n) / 10);
    else
        row_missing(t, "nothing to count", "declare each known `vulnerability`, or import a list of them");
    row_text(t, dossier_text(d, "%u of %u", settled, all.n));
}

/* ---- what was decided, what is pending, what is due ---- */

static void put_decisions(Table *t)
{
    Dossier *d = t->dossier;
    Standings s = decision_standings(d->a, &d->arena);
    for (Standing k = STANDING_COUNTS; k <= STANDING_REFUSED; k++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < s.n; i++)
            n += s.at[i].standing == k;
        Str words = dossier_words(d, str_from(standing_name(k)));
        put_metric(t, dossier_text(d, "decisions_%s", standing_name(k)),
                   dossier_text(d, "Decisions: %.*s", STR_FMT(words)), "number");
        row_number(t, n);
        row_text(t, dossier_text(d, "of %u", s.n));
    }
}

static void put_pending(Table *t)
{
    Dossier *d = t->dossier;
    ConstId order[MOST_SEVERITIES];
    uint32_t n = severities(d->r, order);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t pending = 0;
        for (uint32_t i = 0; i < d->a->threats.n; i++) {
            const Threat *threat = &d->a->threats.at[i];
            pending += threat_pending(d->a, threat) && threat_severity(d->a, threat) == order[k];
        }
        Str name = order[k] ? const_name(d->p, order[k]) : STR("unrated");
        put_metric(t, dossier_text(d, "threats_pending_%.*s", STR_FMT(name)),
                   dossier_text(d, "Threats that wait for an answer: %.*s",
                                STR_FMT(order[k] ? const_title(d->p, order[k]) : STR("not rated"))),
                   "number");
        row_number(t, pending);
        row_text(t, dossier_text(d, "of %u threats", d->a->threats.n));
    }
}

static void put_controls(Table *t)
{
    Dossier *d = t->dossier;
    ObjList all = objs_of_role(d->p, ROLE_CONTROL, &d->arena);
    for (int level = CAP_VERIFIED; level >= CAP_NO; level--) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < all.n; i++)
            n += control_level(d->p, all.at[i]) == (CapLevel)level;
        const char *name = level_name((CapLevel)level);
        put_metric(t, dossier_text(d, "controls_%s", name), dossier_text(d, "Controls that count as %s", name),
                   "number");
        row_number(t, n);
        row_text(t, dossier_text(d, "of %u", all.n));
    }
}

static void put_next_review(Table *t)
{
    Dossier *d = t->dossier;
    ObjId whole = report_system(d->r);
    int64_t next = dossier_date(d, whole, "next_review");
    put_metric(t, STR("days_to_review"), STR("Until the next review of the model"), "days");
    if (next == INT64_MIN)
        row_missing(t, "not stated", whole ? dossier_how(d, whole, "next_review") : "declare a `system`");
    else
        row_number(t, (double)(next - d->a->today));
    row_cell(t);
    if (next != INT64_MIN && next < d->a->today)
        item_level(t, STR("overdue"), TONE_BAD);
}

void dossier_metrics(Dossier *d)
{
    static const Column columns[] = {{"metric", "Metric", COLUMN_TEXT, 54},
                                     {"unit", "Unit", COLUMN_TEXT, 12},
                                     {"value", "Value", COLUMN_NUMBER, 10},
                                     {"basis", "Counted over", COLUMN_TEXT, 34}};
    Table *t =
        table_begin(d, CHAPTER_MONITORING, "metrics", "Metrics",
                    "How the process goes: issues and their age, how long mending took, decisions, controls and what "
                    "is pending.",
                    "There is nothing to count.", TABLE_COLUMNS(columns));
    put_issues(t);
    put_vulnerabilities(t);
    put_decisions(t);
    put_pending(t);
    put_controls(t);
    put_next_review(t);
}
