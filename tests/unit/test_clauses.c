/* Clauses and the completeness gate: every clause has a status, what answers one, and that each missing fact turns exactly the rows
 * that it serves. */
#include "dossier/evidence.h"
#include "support.h"

typedef struct File {
    Run run;
    Dossier dossier;
} File;

/* Reads a model beside the library's clauses, and makes its file. */
static void file_of(File *f, const char *text)
{
    StrBuf all = {0};
    strbuf_addz(&all, "import std.clauses\n");
    strbuf_addz(&all, text);
    strbuf_char(&all, 0);
    run_text(&f->run, all.s);
    cr_assert(f->run.assessed, "%s", run_diags(&f->run));
    f->run.report.model_hash = f->run.report.rules_hash =
        STR("0123456789012345678901234567890123456789012345678901234567890123");
    dossier_make(&f->dossier, &f->run.report, NULL, 0);
    strbuf_free(&all);
}

static void file_end(File *f)
{
    dossier_free(&f->dossier);
    run_free(&f->run);
}

/* The items of a cell with "; " between them; what is missing in brackets. */
static const char *cell(File *f, const char *table, const char *id, const char *column)
{
    StrBuf b = {0};
    const Table *t = dossier_table(&f->dossier, table);
    cr_assert(t, "no table `%s`", table);
    for (uint32_t r = 0; r < t->rows.n; r++) {
        if (!str_eq(t->rows.at[r].id, str_from(id)))
            continue;
        for (unsigned c = 0; c < t->ncolumns; c++) {
            if (strcmp(t->columns[c].key, column) != 0)
                continue;
            uint32_t n;
            const Item *items = table_cell(t, r, c, &n);
            for (uint32_t i = 0; i < n; i++)
                strbuf_format(&b, "%s%s%.*s%s", i ? "; " : "", items[i].sort == ITEM_MISSING ? "[" : "",
                              STR_FMT(item_text(&items[i])), items[i].sort == ITEM_MISSING ? "]" : "");
            Str s = str_copy(&f->run.arena, strbuf_str(&b));
            strbuf_free(&b);
            return s.s ? s.s : "";
        }
    }
    cr_assert_fail("no %s of %s in %s", column, id, table);
    return "";
}

static const char *status(File *f, const char *clause)
{
    return cell(f, "clauses", clause, "status");
}

/* Every row of a table whose cell differs between two files, as "id id". */
static const char *differing(File *a, File *b, const char *table, const char *column)
{
    StrBuf out = {0};
    const Table *t = dossier_table(&a->dossier, table);
    for (uint32_t r = 0; r < t->rows.n; r++) {
        const char *id = str_z(&a->run.arena, t->rows.at[r].id);
        if (strcmp(cell(a, table, id, column), cell(b, table, id, column)) != 0)
            strbuf_format(&out, "%s%s", out.n ? ", " : "", id);
    }
    Str s = str_copy(&a->run.arena, strbuf_str(&out));
    strbuf_free(&out);
    return s.n ? s.s : "";
}

#define CONTEXT                                                                                                    \
    "import std.quality\n"                                                                                         \
    "system Pump \"Pump\" { version: \"1\"; manufacturer: \"Maker\"; intended_use: \"Infusion\"; scope: \"All\"; " \
    "method: \"STRIDE\"; essential_function: \"Dose\"; network_location: \"Ward\"; environment: \"Ward\"; "        \
    "isolation: \"VLAN\"; safety_impact: \"Dose\"; hardware_controls: \"None\" }\n"                                \
    "state Running \"Running\" { sort: operating; security: \"Locked\"; safety_impact: \"Dose\" }\n"               \
    "state Therapy \"Therapy\" { sort: clinical; security: \"Locked\"; safety_impact: \"Dose\" }\n"
#define BOARD                                                          \
    "boundary Ward \"Ward\" { dimension: network; trust: controlled\n" \
    "  process App \"App\" #P-1 { port P \"Port\" {}\n } }\n"

/* Each is a table, or an output beside the file. */
static void expect_tables(File *f, ObjId clause, const char *property)
{
    const Value *member;
    Value v = prop_value(&f->run.program, clause, property);
    Range keys = value_members(&f->run.program.model, &v, &member);
    for (uint32_t i = 0; i < keys.n; i++) {
        Str key = value_text_of(&f->run.program.model, member[i]);
        bool found = dossier_table(&f->dossier, str_z(&f->run.arena, key)) != NULL;
        for (size_t k = 0; k < nemitters; k++)
            found |= str_eq(str_from(emitters[k].file), key);
        cr_expect(found, "%.*s of %.*s", STR_FMT(key), STR_FMT(obj_name(&f->run.program, clause)));
    }
}

/* Whatever is declared by the library can be held against a file: no table, column, rule or measure is misspelt. */
Test(clauses, library_names_what_there_is)
{
    File f = {0};
    file_of(&f, "import std.quality\nimport std.fda\nsystem Pump \"Pump\" {}\n");
    const Table *gate = dossier_table(&f.dossier, "gate"), *clauses = dossier_table(&f.dossier, "clauses");
    cr_assert(gate->rows.n >= 18 && clauses->rows.n > 120);
    for (uint32_t r = 0; r < gate->rows.n; r++) {
        const char *what = cell(&f, "gate", str_z(&f.run.arena, gate->rows.at[r].id), "what");
        cr_expect(!strstr(what, "the file has no ") && !strstr(what, "there is no rule") &&
                      !strstr(what, "there is no measure"),
                  "%s", what);
    }
    for (uint32_t r = 0; r < clauses->rows.n; r++) {
        ObjId clause = (ObjId)clauses->rows.at[r].key;
        expect_tables(&f, clause, "shown_in");
        expect_tables(&f, clause, "beside");
    }
    file_end(&f);
}

Test(clauses, each_has_a_status_and_a_missing_one_its_reason)
{
    static const char *const known[] = {"produced", "supported", "missing", "not applicable"};
    File f = {0};
    file_of(&f, CONTEXT);
    const Table *t = dossier_table(&f.dossier, "clauses");
    for (uint32_t r = 0; r < t->rows.n; r++) {
        const char *id = str_z(&f.run.arena, t->rows.at[r].id), *is = status(&f, id);
        bool found = false;
        for (size_t i = 0; i < 4; i++)
            found |= strcmp(known[i], is) == 0;
        cr_expect(found, "%s: %s", id, is);
        cr_expect(strcmp(is, "missing") != 0 || cell(&f, "clauses", id, "why")[0] == '[', "%s has no reason", id);
    }
    file_end(&f);
}

Test(clauses, a_missing_fact_turns_the_rows_that_it_serves)
{
    File whole = {0}, less = {0};
    file_of(&whole, CONTEXT);
    cr_expect_str_eq(status(&whole, "IEC 81001-5-1 7.1.2"), "produced");
    cr_expect_str_eq(cell(&whole, "gate", "Context", "state"), "pass");
    char *text = strdup(CONTEXT), *at = strstr(text, "isolation: \"VLAN\"; ");
    memset(at, ' ', strlen("isolation: \"VLAN\"; "));
    file_of(&less, text);
    cr_expect_str_eq(status(&less, "IEC 81001-5-1 7.1.2"), "missing");
    cr_expect_str_eq(cell(&less, "clauses", "IEC 81001-5-1 7.1.2", "why"),
                     "[missing in the model: 1]; quality.Q01@Pump; [Gate 1 fails (1 of 1)]; Security context");
    cr_expect_str_eq(differing(&whole, &less, "gate", "state"), "Context");
    cr_expect_str_eq(differing(&whole, &less, "clauses", "status"), "IEC 81001-5-1 7.1.2, IEC 62443-4-1 SR-1");
    free(text);
    file_end(&whole);
    file_end(&less);
}

Test(clauses, a_record_answers_what_no_model_can)
{
    File f = {0};
    file_of(&f, CONTEXT "record Manual \"Manual\" { clauses: [\"IEC 81001-5-1 5.1.2\", \"IEC 81001-5-1 5.5.1\"]; "
                        "document: \"QM-1\" }\n"
                        "record Other \"Other\" { clauses: [\"IEC 62443-4-1\", \"Gate 18\"]; not_applicable: "
                        "\"Not claimed\" }\n"
                        "record Loose \"Loose\" { clauses: [\"IEC 81001-5-1 4.1.4\"] }\n"
                        "record Part \"Part\" { clauses: [\"IEC 81001-5-1 7.2 h\"]; not_applicable: \"No boards\" }\n");
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 5.1.2"), "supported");
    cr_expect_str_eq(cell(&f, "clauses", "IEC 81001-5-1 5.1.2", "record"), "Manual");
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 5.5"), "supported", "a document for a part answers the whole");
    cr_expect_str_eq(status(&f, "IEC 62443-4-1 SR-2 a"), "not applicable");
    cr_expect_str_eq(cell(&f, "clauses", "IEC 62443-4-1 SVV-4", "why"), "Not claimed");
    cr_expect_str_eq(cell(&f, "gate", "Compared", "state"), "not applicable");
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 4.1.4"), "missing");
    cr_expect(strstr(cell(&f, "clauses", "IEC 81001-5-1 4.1.4", "why"), "Loose names no document"));
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 7.2 h"), "not applicable");
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 7.2"), "missing",
                     "a part that does not apply says nothing of the whole");
    file_end(&f);
}

Test(clauses, nothing_is_complete_that_nobody_looked_for)
{
    File f = {0};
    file_of(&f, "system Pump \"Pump\" {}\n" BOARD);
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 7.2 b"), "missing");
    cr_expect_str_eq(cell(&f, "clauses", "IEC 81001-5-1 7.2 b", "why"),
                     "[nothing looked for gaps: import std.quality]");
    cr_expect_str_eq(cell(&f, "gate", "Context", "what"), "[nothing looked for it: import std.quality]");
    file_end(&f);
}

Test(clauses, a_decision_closes_what_does_not_apply)
{
    File f = {0}, g = {0};
    file_of(&f, "import std.quality\nsystem Pump \"Pump\" {}\n");
    file_of(&g, "import std.quality\nsystem Pump \"Pump\" {}\n"
                "decision #D-1 not_applicable quality.Q01 at Pump { rationale: \"A study\"; owner: @ann }\n");
    cr_expect_str_eq(cell(&f, "gate", "Context", "state"), "fail");
    cr_expect_str_eq(cell(&g, "gate", "Context", "state"), "pass");
    file_end(&f);
    file_end(&g);
}

#define EDITION                                                                                                  \
    "import std.clauses.kinds\nimport std.clauses.iec_81001_5_1\n"                                               \
    "clause_list second \"Second edition\" { standard: \"IEC 81001-5-1\"; place: 1; replaces: [iec_81001_5_1]\n" \
    "  clause s7_1_2 \"Context\" { number: \"7.1.2\"; role: produced; shown_in: [\"context\"] }\n"               \
    "  clause s10 \"New\" { number: \"10\"; role: produced; shown_in: [\"contest\"]; complete_when: [Own] }\n"   \
    "}\n"                                                                                                        \
    "gate_item Own \"Own item\" { number: 19; cells: [\"context.nothing\", \"context.statement\"]; rows: "       \
    "[\"boundary\"]; rules: [\"quality.Q1\"]; measures: [\"hashes\"] }\n"                                        \
    "record Typo \"Typo\" { clauses: [\"IEC 81001-5-1 7.1.3\"]; document: \"D\" }\n"

Test(clauses, an_edition_of_your_own_replaces_the_one_of_the_library)
{
    File f = {0};
    file_of(&f, CONTEXT EDITION);
    const Table *t = dossier_table(&f.dossier, "standards");
    cr_expect(str_eq(t->rows.at[0].id, STR("second")));
    cr_expect_eq(t->rows.n, 3);
    cr_expect_str_eq(cell(&f, "standards", "second", "clauses"), "2");
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 7.1.2"), "produced");
    cr_expect_str_eq(status(&f, "IEC 81001-5-1 10"), "missing");
    cr_expect_str_eq(cell(&f, "gate", "Own", "state"), "fail");
    file_end(&f);
}

/* W0990 */
Test(clauses, a_key_that_nothing_has_is_reported)
{
    File f = {0};
    StrBuf said = {0};
    file_of(&f, CONTEXT EDITION);
    for (uint32_t i = 0; i < f.run.diags.list.n; i++)
        if (f.run.diags.list.at[i]->id == D_UNKNOWN_EVIDENCE)
            strbuf_format(&said, "%.*s (%.*s)\n", STR_FMT(f.run.diags.list.at[i]->message),
                          STR_FMT(f.run.diags.list.at[i]->help));
    strbuf_char(&said, 0);
    cr_expect_str_eq(said.s, "there is no rule `quality.Q1` (did you mean `quality.Q01`?)\n"
                             "there is no table `boundary` ()\n"
                             "there is no column `nothing` ()\n"
                             "there is no measure `hashes` ()\n"
                             "there is no table `contest` (did you mean `context`?)\n"
                             "there is no clause `IEC 81001-5-1 7.1.3` (did you mean `IEC 81001-5-1 7.1.2`?)\n");
    strbuf_free(&said);
    file_end(&f);
}

#define TESTED(evidence)                                                                                    \
    "import std.stride\nprocess App \"App\" #P-1 { controls: [Tls] }\n"                                     \
    "control Tls \"TLS\" #C-1 { implements: [encrypts_transit]; status: verified; requirement: [\"R-1\"]\n" \
    "  evidence Works \"Works\" #E-1 { kind_of_test: works; result: pass }\n" evidence "}\n"

Test(clauses, mitigations_need_both_tests_with_results)
{
    File with = {0}, without = {0}, pending = {0};
    file_of(&with, TESTED("  evidence Thwart \"Thwart\" #E-2 { kind_of_test: thwart; result: fail }\n"));
    file_of(&without, TESTED(""));
    file_of(&pending, TESTED("  evidence Thwart \"Thwart\" #E-2 { kind_of_test: thwart; result: pending }\n"));
    cr_expect_str_eq(cell(&without, "gate", "Tested", "what"), "TLS: no attempt to thwart it");
    cr_expect_str_eq(cell(&pending, "gate", "Tested", "what"), "TLS: no attempt to thwart it");
    cr_expect_str_eq(cell(&without, "gate", "Tested", "checked"), "1");
    cr_expect_str_eq(cell(&with, "gate", "Tested", "checked"), "1", "a failed test must not take it out of the count");
    cr_expect_str_eq(cell(&with, "gate", "Tested", "what"), "TLS: a test that failed");
    file_end(&with);
    file_end(&without);
    file_end(&pending);
}

Test(clauses, citations)
{
    cr_expect(clause_covers(STR("IEC 81001-5-1 7.2"), STR("IEC 81001-5-1 7.2 a")));
    cr_expect(clause_covers(STR("IEC 81001-5-1 5.8"), STR("IEC 81001-5-1 5.8.1")));
    cr_expect(clause_covers(STR("IEC 81001-5-1"), STR("IEC 81001-5-1 8")));
    cr_expect(clause_covers(STR("FDA premarket V.A"), STR("FDA premarket V.A")));
    cr_expect(!clause_covers(STR("IEC 81001-5-1 7.2"), STR("IEC 81001-5-1 7.20")));
    cr_expect(!clause_covers(STR("IEC 81001-5-1 7.2 a"), STR("IEC 81001-5-1 7.2")));
    cr_expect(!clause_covers(STR(""), STR("IEC 81001-5-1 7.2")));
}
