/* The life of one model: nine states, eight edits, each of another sort. After each, `cordon diff` says exactly what follows and why,
 * permanent ids stay what they were, and no threat gets lost between two states. The models are in tests/data/changelog/. */
#include "cli.h"

#include <unistd.h>

#define ITS_FILE "tests/data/changelog/file.expect"
#define BASIS "73c8082a2f6f" /* of the fact `Ward.Relay.exposed is true` */

enum { STATES = 9 };

/* The day that each state is judged on: the first decision expires between the seventh and the eighth. */
static const char *const days[STATES] = {"2026-06-01", "2026-06-01", "2026-06-01", "2026-06-01", "2026-06-01",
                                         "2026-06-01", "2026-06-01", "2026-10-01", "2026-10-01"};

/* What `diff --format plain` says of each edit; 1 if it closes a gate for what is new. */
static const struct {
    int status;
    const char *told;
} edits[STATES - 1] = {
    {0, /* a rename */
     "nothing new needs anybody; in the model 1 renamed\n"
     "model: renamed: `Ward.Relay` is called `Ward.Gateway` now\n"},
    {0, /* a move across a boundary; the connection was encrypted already */
     "nothing new needs anybody; 1 other; in the model 1 moved\n"
     "threat: settled: findings.R2@FL-02: mitigated, medium: Orders is read on its way; because `Centre.Gateway` moved "
     "from `Ward` to `Centre`\n"
     "model: moved: `Centre.Gateway` moved from `Ward` to `Centre`\n"},
    {0, /* stronger authentication */
     "nothing new needs anybody; 1 closed; in the model 1 property changed\n"
     "threat: closed: findings.R1@FL-01: gone, high: Ward nurse can be impersonated on Login at the pump; because "
     "`login.authentication` went from password to certificate\n"
     "model: property: `login.authentication` went from password to certificate\n"},
    {1, /* a control dropped */
     "1 open again; in the model 1 property changed\n"
     "threat: reopened: findings.R2@FL-02: open, medium: Orders is read on its way; because `orders.controls` lost "
     "`Tls`\n"
     "model: property: `orders.controls` lost `Tls`\n"},
    {1, /* evidence failed */
     "1 open again; in the model 1 property changed\n"
     "threat: reopened: findings.R2@FL-01: planned, medium: Login at the pump is read on its way; because "
     "`Vpn.Scan.result` went from pass to fail\n"
     "model: property: `Vpn.Scan.result` went from pass to fail\n"},
    {1, /* a software item at the end of its support */
     "1 new threat; in the model 1 property changed\n"
     "threat: new: findings.R4@SW-01: open, medium: Network stack is out of support; because `Stack.support_ends` went "
     "from 2027-12-31 to 2026-05-31\n"
     "model: property: `Stack.support_ends` went from 2027-12-31 to 2026-05-31\n"},
    {1, /* time passed: a decision expired */
     "1 open again, 1 decision counts no longer; in the model 1 property changed\n"
     "threat: reopened: findings.R1@FL-02: open, high: Relay can be impersonated on Orders; because the decision `RD-01` "
     "counts no longer: this decision expired on 2026-09-30\n"
     "decision: RD-01: expired: this decision expired on 2026-09-30\n"
     "model: property: `Infusion.version` went from 1 to 2\n"},
    {1, /* a fact changed under a decision */
     "1 open again, 1 decision counts no longer; in the model 1 property changed\n"
     "threat: reopened: findings.R1@FL-03: open, high: Ward nurse can be impersonated on Service; because the decision "
     "`RD-02` counts no longer: the facts this decision was made on have changed; `service.authentication` went from "
     "password to none\n"
     "decision: RD-02: lapsed: the facts this decision was made on have changed, because `service.authentication` went "
     "from password to none\n"
     "model: property: `service.authentication` went from password to none\n"},
};

/* Builds every state into a folder named after its number. */
static Cli nine_builds(void)
{
    char *data = realpath("tests/data/changelog", NULL), words[4300];
    Cli c = cli();
    snprintf(words, sizeof words, "cp '%s'/*.cordon .", data);
    run_shell(words);
    for (int i = 0; i < STATES; i++) {
        snprintf(words, sizeof words, "build state_%d.cordon -o %d -q --today %s", i + 1, i + 1, days[i]);
        run(&c, words);
        expect_status(&c, 0);
    }
    free(data);
    return c;
}

Test(changelog, each_edit_says_what_follows)
{
    Cli c = nine_builds();
    for (int i = 0; i + 1 < STATES; i++) {
        char words[100];
        snprintf(words, sizeof words, "diff %d %d --format plain", i + 1, i + 2);
        run(&c, words);
        cr_expect_str_eq(c.out, edits[i].told, "edit %d: told\n%s\nand not\n%s", i + 1, c.out, edits[i].told);
        cr_expect_eq(c.status, edits[i].status, "edit %d: status %d", i + 1, c.status);
        /* The model itself, in place of its build. */
        snprintf(words, sizeof words, "diff %d state_%d.cordon --format plain --today %s", i + 1, i + 2, days[i + 1]);
        run(&c, words);
        cr_expect_str_eq(c.out, edits[i].told, "edit %d of the model: told\n%s", i + 1, c.out);
        /* And what is known of the state before lets only what follows from the edit fail. */
        snprintf(words, sizeof words, "check state_%d.cordon --baseline %d --today %s -q", i + 2, i + 1, days[i + 1]);
        run(&c, words);
        cr_expect_eq(c.status, edits[i].status, "edit %d against its baseline: status %d", i + 1, c.status);
    }
    cli_end(&c);
}

static json_t *output(int state, const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "%d/%s", state, name);
    json_error_t error;
    json_t *v = json_load_file(path, 0, &error);
    cr_assert(v, "%s: %s", path, error.text);
    return v;
}

/* The ids that stand in the first place of their objects, parted by blanks, with a blank at either end. */
static void ids_of(json_t *list, StrBuf *out)
{
    size_t i;
    json_t *one;
    strbuf_char(out, ' ');
    json_array_foreach(list, i, one)
    {
        strbuf_addz(out, json_string_value(json_object_get(one, "id")));
        strbuf_char(out, ' ');
    }
}

Test(changelog, permanent_ids_stay)
{
    static const char *const sections[] = {"elements", "boundaries", "flows",    "data",
                                           "software", "controls",   "evidence", "decisions"};
    Cli c = nine_builds();
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
        StrBuf first = {0};
        for (int i = 1; i <= STATES; i++) {
            StrBuf now = {0};
            json_t *v = output(i, "model.json");
            json_t *list = json_object_get(v, sections[s]);
            for (size_t k = json_array_size(list); k > 0; k--) { /* the relay has no permanent id, on purpose */
                const char *id = json_string_value(json_object_get(json_array_get(list, k - 1), "id"));
                if (strstr(id, "Relay") || strstr(id, "Gateway"))
                    json_array_remove(list, k - 1);
            }
            ids_of(list, &now);
            if (i == 1)
                strbuf_add(&first, strbuf_str(&now));
            cr_expect_str_eq(now.s, first.s, "%s of state %d", sections[s], i);
            strbuf_free(&now);
            json_decref(v);
        }
        strbuf_free(&first);
    }
    cli_end(&c);
}

static bool listed(const StrBuf *ids, const char *id)
{
    char wanted[200];
    snprintf(wanted, sizeof wanted, " %s ", id);
    return strstr(ids->s, wanted) != NULL;
}

/* An old threat is there under its id, or under the new name of the renamed relay, or is told to be gone. */
Test(changelog, no_threat_gets_lost)
{
    Cli c = nine_builds();
    for (int i = 1; i < STATES; i++) {
        char words[100];
        StrBuf now = {0}, gone = {0};
        json_t *old = output(i, "threats.json"), *new = output(i + 1, "threats.json"), *one;
        json_t *threats = json_object_get(old, "threats");
        ids_of(json_object_get(new, "threats"), &now);
        snprintf(words, sizeof words, "diff %d %d --format json", i, i + 1);
        run(&c, words);
        json_t *diff = cli_json(&c), *effects = json_object_get(diff, "threats");
        size_t k, arrived = 0, left = 0;
        json_array_foreach(effects, k, one)
        {
            arrived += json_is_null(json_object_get(one, "old"));
            left += json_is_null(json_object_get(one, "new"));
        }
        ids_of(effects, &gone);
        json_array_foreach(threats, k, one)
        {
            const char *id = json_string_value(json_object_get(one, "id"));
            bool relay = strstr(id, "Ward.Relay") || strstr(id, "Ward.Gateway");
            cr_expect(listed(&now, id) || listed(&gone, id) || relay, "%s of state %d is lost", id, i);
        }
        cr_expect_eq(json_array_size(threats) + arrived - left, json_array_size(json_object_get(new, "threats")),
                     "state %d", i + 1);
        strbuf_free(&now);
        strbuf_free(&gone);
        json_decref(old);
        json_decref(new);
        json_decref(diff);
    }
    cli_end(&c);
}

/* From the first state to the last, everything at once. What has a permanent id is followed all the way; the relay, which was renamed
 * twice and has none, is known by its last former name alone, and is told as another thing. */
Test(changelog, the_whole_way)
{
    Cli c = nine_builds();
    run(&c, "diff 1 9 --format plain");
    expect_status(&c, 1);
    expect_in(c.out, "3 new threats, 3 open again, 2 decisions count no longer; 2 closed;");
    expect_in(c.out, "threat: closed: findings.R1@FL-01: gone, high");
    expect_in(c.out, "threat: reopened: findings.R1@FL-02: open, high");
    expect_in(c.out, "threat: reopened: findings.R1@FL-03: open, high");
    expect_in(c.out, "threat: reopened: findings.R2@FL-01: planned, medium");
    expect_in(c.out, "threat: new: findings.R4@SW-01: open, medium");
    expect_in(c.out, "threat: new: findings.R3@Centre.Gateway: open, low: Relay takes whatever comes; because "
                     "`Centre.Gateway` was added\n");
    expect_in(c.out, "model: removed: `Ward.Relay` was removed\n");
    run(&c, "diff 9 9 --fail-on any");
    expect_status(&c, 0);
    cli_end(&c);
}

/* A thing without an id is named by its path; facts and basis under the former name, also of what stands inside it, still hold. */
Test(changelog, facts_follow_a_rename)
{
    static const char model[] =
        "rule R1 \"{p} is exposed\" {\n  for each process p\n  when p.exposed\n  severity: low\n}\n"
        "boundary Ward { process %s { exposed: %s } ; process Other { exposed: true } }\n"
        "decision #D1 accept R1 at Ward.%s { rationale: \"x\" ; owner: @ada ; %s }\n";
    static const struct {
        const char *declared, *exposed, *name, *made_on;
        size_t decided;
    } rows[] = {
        {"Relay", "true", "Relay", "facts: [\"Ward.Relay.exposed is true\"]", 1},
        {"Gate was Ward.Relay", "true", "Gate", "facts: [\"Ward.Relay.exposed is true\"]", 1},
        {"Gate was Ward.Relay", "true", "Gate", "facts: [\"Ward.Gate.exposed is true\"]", 1},
        {"Gate was Ward.Relay", "true", "Gate", "facts: [\"Ward.Relay2.exposed is true\"]", 0},
        {"Gate was Ward.Relay", "unknown", "Gate", "facts: [\"Ward.Relay.exposed is true\"]", 0},
        {"Gate", "true", "Gate", "facts: [\"Ward.Relay.exposed is true\"]", 0},
        {"Relay", "true", "Relay", "basis: \"" BASIS "\"", 1},
        {"Gate was Ward.Relay", "true", "Gate", "basis: \"" BASIS "\"", 1},
        {"Gate was Ward.Relais", "true", "Gate", "basis: \"" BASIS "\"", 0},
        {"Gate was Ward.Relay", "unknown", "Gate", "basis: \"" BASIS "\"", 0},
    };
    Cli c = cli();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1000];
        snprintf(text, sizeof text, model, rows[i].declared, rows[i].exposed, rows[i].name, rows[i].made_on);
        put_file("a.cordon", text);
        run(&c, "check a.cordon --today 2026-06-01");
        expect_in(c.out, rows[i].decided ? " 1 decided" : " 0 decided");
    }
    cli_end(&c);
}

/* ---- the security risk management file ---- */

/* What of two tables follows from something else that is shown, in words or numbers that say nothing more. */
static bool is_shown(const char *table, const char *column)
{
    static const char *const only[][2] = {{"clauses", "status"}, {"metrics", "value"}};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++)
        if (strcmp(table, only[i][0]) == 0)
            return strcmp(column, only[i][1]) == 0;
    return strcmp(table, "standards") != 0;
}

/* A cell in a few words: where it leads to, or its text; what is missing is only said to be so. */
static void put_cell(json_t *cell, StrBuf *out)
{
    size_t i;
    json_t *one, *row = json_object_get(cell, "row");
    if (json_is_array(cell)) {
        strbuf_char(out, '[');
        json_array_foreach(cell, i, one)
        {
            strbuf_addz(out, i ? "; " : "");
            put_cell(one, out);
        }
        strbuf_char(out, ']');
    } else if (json_is_object(cell)) {
        const char *text = json_string_value(row ? row : json_object_get(cell, "text"));
        strbuf_addz(out, json_object_get(cell, "missing") ? "missing" : text);
    } else if (json_is_string(cell)) {
        strbuf_addz(out, json_string_value(cell));
    } else if (json_is_number(cell)) {
        strbuf_format(out, "%g", json_number_value(cell));
    } else {
        strbuf_addz(out, json_is_true(cell) ? "true" : json_is_false(cell) ? "false" : "none");
    }
}

/* The rows of a file: table -> row -> cells, in the order of the file. */
static json_t *rows_of(int state)
{
    size_t i, k, n;
    json_t *v = output(state, "srmf.json"), *rows = json_object(), *chapter, *table, *row;
    json_array_foreach(json_object_get(v, "chapters"), i, chapter)
    {
        json_array_foreach(json_object_get(chapter, "tables"), k, table)
        {
            json_t *of = json_object();
            json_array_foreach(json_object_get(table, "rows"), n, row)
            {
                json_object_set(of, json_string_value(json_object_get(row, "row")), json_object_get(row, "cells"));
            }
            json_object_set_new(rows, json_string_value(json_object_get(table, "key")), of);
        }
    }
    json_decref(v);
    return rows;
}

static void put_changed(const char *table, const char *row, json_t *old, json_t *new, StrBuf *out)
{
    const char *column;
    json_t *cell;
    json_object_foreach(new, column, cell)
    {
        StrBuf was = {0}, is = {0};
        put_cell(json_object_get(old, column), &was);
        put_cell(cell, &is);
        if (is_shown(table, column) && !str_eq(strbuf_str(&was), strbuf_str(&is)))
            strbuf_format(out, "  %s %s %s: %s -> %s\n", table, row, column, was.s, is.s);
        strbuf_free(&was);
        strbuf_free(&is);
    }
}

static void put_table(const char *table, json_t *old, json_t *new, StrBuf *out)
{
    const char *row;
    json_t *cells;
    json_object_foreach(old, row, cells)
    {
        if (!json_object_get(new, row))
            strbuf_format(out, "- %s %s\n", table, row);
    }
    json_object_foreach(new, row, cells)
    {
        if (!json_object_get(old, row))
            strbuf_format(out, "+ %s %s\n", table, row);
        else
            put_changed(table, row, json_object_get(old, row), cells, out);
    }
}

/* Every cell of the file that an edit changes, and no other, stands in the data beside the models; UPDATE=1 writes it anew. */
Test(changelog, the_file_says_what_follows)
{
    char *wanted = read_whole(ITS_FILE, NULL), *here = realpath(ITS_FILE, NULL);
    Cli c = nine_builds();
    StrBuf out = {0};
    for (int i = 1; i < STATES; i++) {
        const char *table;
        json_t *old = rows_of(i), *new = rows_of(i + 1), *rows;
        strbuf_format(&out, "%sedit %d\n", i > 1 ? "\n" : "", i);
        json_object_foreach(new, table, rows)
        {
            put_table(table, json_object_get(old, table), rows, &out);
        }
        json_decref(old);
        json_decref(new);
    }
    if (getenv("UPDATE"))
        put_file(here, out.s);
    else
        cr_expect_str_eq(out.s, wanted, "the file says\n%s", out.s);
    strbuf_free(&out);
    free(wanted);
    free(here);
    cli_end(&c);
}

/* How many rows of the table of risks list the threat. */
static size_t risks_with(json_t *risks, const char *threat)
{
    const char *id;
    json_t *cells, *one;
    size_t i, n = 0;
    json_object_foreach(risks, id, cells)
    {
        json_array_foreach(json_object_get(cells, "threats"), i, one)
        {
            n += strcmp(json_string_value(json_object_get(one, "row")), threat) == 0;
        }
    }
    return n;
}

Test(changelog, every_threat_is_in_the_file_and_in_one_risk)
{
    Cli c = nine_builds();
    for (int i = 1; i <= STATES; i++) {
        size_t k;
        json_t *rows = rows_of(i), *v = output(i, "threats.json"), *one;
        json_t *threats = json_object_get(rows, "threats"), *risks = json_object_get(rows, "risks");
        cr_expect_eq(json_array_size(json_object_get(v, "threats")), json_object_size(threats), "state %d", i);
        json_array_foreach(json_object_get(v, "threats"), k, one)
        {
            const char *id = json_string_value(json_object_get(one, "id"));
            json_t *risk = json_object_get(json_object_get(json_object_get(threats, id), "risk"), "row");
            cr_assert(risk, "%s of state %d is in no risk", id, i);
            cr_expect(json_object_get(risks, json_string_value(risk)), "%s of state %d", id, i);
            cr_expect_eq(risks_with(risks, id), 1, "%s of state %d", id, i);
            cr_expect(json_object_get(json_object_get(rows, "trace"), id), "%s of state %d is not traced", id, i);
        }
        cr_expect(json_object_get(risks, "RK-01"), "state %d has the declared risk", i);
        cr_expect(json_object_get(risks, "Confidentiality_of_DA_01"), "state %d has the proposed risk", i);
        json_decref(rows);
        json_decref(v);
    }
    cli_end(&c);
}
