/* The security risk management file: its tables hold together on every sort of model, all formats are well formed and tell the same,
 * and what the model does not say is missing, never made up. */
#include "schema.h" /* before emit.h, for jansson's names */

#include "dossier/cell.h"
#include "support.h"
#include "zip.h"

#include <expat.h>

#define HOSTILE                                                                                                       \
    "system S \"=1+1\" { intended_use: \"<script>_x0041_\" }\n"                                                       \
    "boundary Net \"'!A1\" #TB-1 { process In \"@SUM(A1)\" #PR-1 { holds: [D] ; controls: [Plus] } }\n"               \
    "external Evil \"a\x1b[31m\\\"b\\\"\\nc\xE2\x80\xAE\" #EX-1 {}\n"                                                 \
    "data D \"-2+3 & <x> ]]>\" { integrity: critical }\n"                                                             \
    "flow f \"http://x\" #FL-1 : Evil -> Net.In { carries: [D] }\n"                                                   \
    "control Plus \"+cmd|x\" { implements: [firewall] ; status: implemented ; requirement: [\"=R1\"] ;"               \
    " evidence E \"mailto:x\" { result: pass } }\n"                                                                   \
    "software So \"http://y#z\" { version: \"=v\" }\n"                                                                \
    "rule R1 \"{p} <script>\" {\n  for each process p\n  when p.exposed is not false\n  mitigated by firewall on p\n" \
    "  severity: high\n  stride: spoofing\n}\n"

static const char *const models[] = {"examples/infusion_pump/infusion_pump.cordon", "examples/imaging/imaging.cordon",
                                     "examples/wearable/wearable.cordon", NULL};
static const char *const texts[] = {"assumption A\n", "process Lonely\n", HOSTILE, NULL};

typedef struct Made {
    Run r;
    Dossier d;
} Made;

static void make(Made *m, const char *path, const char *text)
{
    if (path)
        run_path(&m->r, path);
    else
        run_text(&m->r, text);
    cr_assert(m->r.assessed, "%s", run_diags(&m->r));
    static const DossierPicture picture = {"diagrams/context.svg", {"Context", 7}, 0};
    dossier_make(&m->d, &m->r.report, &picture, 1);
}

static void unmake(Made *m)
{
    dossier_free(&m->d);
    run_free(&m->r);
}

static void each_model(void (*expect)(Made *m))
{
    Made m;
    for (size_t i = 0; models[i]; i++) {
        make(&m, models[i], NULL);
        expect(&m);
        unmake(&m);
    }
    for (size_t i = 0; texts[i]; i++) {
        make(&m, NULL, texts[i]);
        expect(&m);
        unmake(&m);
    }
}

static char *text_of(Made *m, void (*emit)(const Dossier *d, Out *out))
{
    Out out;
    out_memory(&out);
    emit(&m->d, &out);
    cr_assert(out_ok(&out));
    char *text = str_z(&m->r.arena, out_text(&out));
    out_close(&out);
    return text;
}

static Str xlsx_of(Made *m)
{
    Out out;
    out_memory(&out);
    emit_srmf_xlsx(&m->d, &out);
    cr_assert(out_ok(&out));
    Str s = str_copy(&m->r.arena, out_text(&out));
    out_close(&out);
    return s;
}

/* ---- tables ---- */

static void expect_key(const char *key)
{
    cr_expect(*key >= 'a' && *key <= 'z' && strlen(key) < 32, "%s", key);
    cr_expect_eq(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(key), "%s", key);
}

static void expect_item(const Made *m, const Table *t, const Item *i)
{
    const Table *to;
    uint32_t row;
    cr_expect(i->n || i->sort == ITEM_ROW, "an empty item in %s", t->key);
    switch ((ItemSort)i->sort) {
    case ITEM_ROW:
        if (dossier_find(&m->d, i->key, &to, &row))
            cr_expect(row < to->rows.n && to->rows.at[row].key == i->key, "%s", t->key);
        break;
    case ITEM_TABLE: cr_expect(dossier_table(&m->d, i->file), "%s", i->file); break;
    case ITEM_FILE: cr_expect(*i->file && *i->file != '/', "%s", i->file); break;
    case ITEM_LEVEL: cr_expect(i->tone <= TONE_BAD); break;
    case ITEM_TEXT:
    case ITEM_NUMBER:
    case ITEM_DATE:
    case ITEM_MISSING: break;
    }
}

static void expect_rows(const Made *m, const Table *t)
{
    Interner ids;
    Map seen = {0};
    uint32_t missing = 0;
    intern_init(&ids);
    cr_assert_eq(t->cells.n, t->rows.n * t->ncolumns, "%s", t->key);
    for (uint32_t row = 0; row < t->rows.n; row++) {
        Sym id = intern(&ids, t->rows.at[row].id);
        cr_expect(t->rows.at[row].id.n, "%s", t->key);
        cr_expect(!map_get(&seen, id), "`%.*s` twice in %s", STR_FMT(t->rows.at[row].id), t->key);
        map_put(&seen, id, 1);
        for (unsigned c = 0; c < t->ncolumns; c++) {
            uint32_t n;
            const Item *items = table_cell(t, row, c, &n);
            cr_expect(n <= 1 || column_type(&t->columns[c]) == COLUMN_LIST, "%s.%s", t->key, t->columns[c].key);
            for (uint32_t i = 0; i < n; i++) {
                expect_item(m, t, &items[i]);
                missing += items[i].sort == ITEM_MISSING;
            }
        }
    }
    cr_expect_eq(missing, t->missing, "%s", t->key);
    map_free(&seen);
    intern_free(&ids);
}

static void expect_tables(Made *m)
{
    for (uint32_t i = 0; i < m->d.tables.n; i++) {
        const Table *t = m->d.tables.at[i];
        expect_key(t->key);
        cr_expect_eq(dossier_table(&m->d, t->key), t, "%s twice", t->key);
        cr_expect(*t->title && *t->purpose && *t->none, "%s", t->key);
        for (unsigned c = 0; c < t->ncolumns; c++) {
            expect_key(t->columns[c].key);
            for (unsigned k = 0; k < c; k++)
                cr_expect(strcmp(t->columns[c].key, t->columns[k].key), "%s.%s", t->key, t->columns[c].key);
        }
        expect_rows(m, t);
    }
}

Test(dossier, tables_hold_together)
{
    each_model(expect_tables);
}

/* What the file describes somewhere, links lead to. */
static void expect_links(Made *m)
{
    static const Role roles[] = {ROLE_PROCESS,  ROLE_STORE,      ROLE_EXTERNAL, ROLE_PORT,     ROLE_BOUNDARY,
                                 ROLE_FLOW,     ROLE_DATA,       ROLE_ASSET,    ROLE_SOFTWARE, ROLE_CONTROL,
                                 ROLE_EVIDENCE, ROLE_ASSUMPTION, ROLE_DECISION};
    for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
        ObjList all = objs_of_role(&m->r.program, roles[k], &m->r.arena);
        for (uint32_t i = 0; i < all.n; i++) {
            const Table *t;
            uint32_t row;
            cr_assert(dossier_find(&m->d, MAP_KEY(ROW_THING, all.at[i]), &t, &row), "%.*s",
                      STR_FMT(obj_title(&m->r.program, all.at[i])));
            cr_expect(str_eq(t->rows.at[row].id, dossier_id(&m->d, all.at[i])));
        }
    }
}

Test(dossier, every_thing_has_a_row_to_lead_to)
{
    each_model(expect_links);
}

/* ---- JSON and CSV ---- */

static void expect_json(Made *m)
{
    char problem[SCHEMA_PROBLEM];
    json_error_t error;
    json_t *v = json_loads(text_of(m, emit_srmf_json), JSON_REJECT_DUPLICATES, &error);
    cr_assert(v, "%s", error.text);
    cr_expect(schema_fits("grammar/schema/srmf.json", v, problem), "%s", problem);
    json_decref(v);
}

Test(dossier, json_fits_its_schema)
{
    each_model(expect_json);
}

/* Reads one record of RFC 4180; the number of its cells. */
static size_t read_record(const char **at)
{
    size_t cells = 1;
    bool quoted = false;
    for (; **at && (quoted || **at != '\r'); ++*at) {
        quoted ^= **at == '"';
        cells += !quoted && **at == ',';
    }
    cr_assert(!quoted && (*at)[0] == '\r' && (*at)[1] == '\n');
    *at += 2;
    return cells;
}

static void expect_csv(Made *m)
{
    for (uint32_t i = 0; i < m->d.tables.n; i++) {
        const Table *t = m->d.tables.at[i];
        Out out;
        out_memory(&out);
        emit_table_csv(t, &out);
        const char *at = str_z(&m->r.arena, out_text(&out));
        out_close(&out);
        size_t records = 0;
        for (; *at; records++)
            cr_expect_eq(read_record(&at), t->ncolumns + 1, "%s", t->key);
        cr_expect_eq(records, t->rows.n + 1, "%s", t->key);
    }
}

Test(dossier, csv_has_a_record_a_row)
{
    each_model(expect_csv);
}

/* ---- the workbook ---- */

typedef struct SheetSeen {
    size_t rows, formulas, filters;
    char bad_link[200];
    const Made *m;
} SheetSeen;

/* "internal" links name a sheet and a cell of it: 'Threats'!A12. */
static bool leads_somewhere(const Made *m, const char *location)
{
    char key[40] = "";
    unsigned row = 0;
    if (sscanf(location, "'%39[^']'!A%u", key, &row) != 2)
        return false;
    for (char *c = key; *c; c++)
        *c = (char)(*c == ' ' ? '_' : *c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    const Table *t = dossier_table(&m->d, key);
    return t && row >= 1 && row <= t->rows.n + 1;
}

static void on_element(void *self, const char *name, const char **attributes)
{
    SheetSeen *s = self;
    s->rows += strcmp(name, "row") == 0;
    s->formulas += strcmp(name, "f") == 0;
    s->filters += strcmp(name, "autoFilter") == 0;
    for (; strcmp(name, "hyperlink") == 0 && *attributes; attributes += 2)
        if (strcmp(attributes[0], "location") == 0 && strchr(attributes[1], '!') &&
            !leads_somewhere(s->m, attributes[1]))
            snprintf(s->bad_link, sizeof s->bad_link, "%s", attributes[1]);
}

static SheetSeen read_sheet(const Made *m, Str name, const char *text, size_t n)
{
    SheetSeen s = {.m = m};
    XML_Parser x = XML_ParserCreate(NULL);
    XML_SetUserData(x, &s);
    XML_SetStartElementHandler(x, on_element);
    cr_expect(XML_Parse(x, text, (int)n, 1) == XML_STATUS_OK, "%.*s", STR_FMT(name));
    XML_ParserFree(x);
    return s;
}

static void expect_xlsx(Made *m)
{
    Str book = xlsx_of(m), again = xlsx_of(m);
    size_t n, sheets = 0, rows = 0, wanted = 0;
    cr_expect(str_eq(book, again), "a workbook made twice differs");
    for (size_t i = 0; i < zip_count(book); i++) {
        char *text = zip_member(book, i, &n);
        Str name = zip_name(book, i);
        cr_assert(text, "%.*s", STR_FMT(name));
        SheetSeen s = read_sheet(m, name, text, n);
        free(text);
        cr_expect_eq(s.formulas, 0);
        cr_expect(!s.bad_link[0], "%s", s.bad_link);
        if (!str_starts(name, STR("xl/worksheets/sheet")))
            continue;
        rows += s.rows;
        sheets++;
    }
    cr_expect_eq(sheets, m->d.tables.n + 1);
    for (uint32_t i = 0; i < m->d.tables.n; i++)
        wanted += m->d.tables.at[i]->rows.n;
    cr_expect(rows > wanted, "%zu of %zu rows", rows, wanted);
}

Test(dossier, workbooks_are_well_formed_and_the_same_each_time)
{
    each_model(expect_xlsx);
}

Test(dossier, texts_of_workbooks)
{
    StrBuf b = {0};
    cell_text(STR("a\tb\x1b\n_x0041_ _x00"), &b);
    cr_expect_str_eq(b.s, "a b\\u{1B}\n_x005F_x0041_ _x00");
    b.n = 0;
    for (int i = 0; i < CELL_UNITS; i++)
        strbuf_char(&b, 'x');
    StrBuf cut = {0};
    cell_text(strbuf_str(&b), &cut);
    cr_expect_eq(cut.n, CELL_UNITS);
    strbuf_char(&b, 'x');
    cut.n = 0;
    cell_text(strbuf_str(&b), &cut);
    cr_expect(cut.n <= CELL_UNITS && str_ends(strbuf_str(&cut), STR("srmf.json holds all)")));
    strbuf_free(&b);
    strbuf_free(&cut);
}

/* ---- what they say ---- */

/* The words of a cell, by the keys of table and column and the id of the row. */
static char *cell_of(Made *m, const char *table, const char *row, const char *column)
{
    const Table *t = dossier_table(&m->d, table);
    cr_assert(t, "no table %s", table);
    for (uint32_t i = 0; i < t->rows.n; i++) {
        if (!str_eq(t->rows.at[i].id, str_from(row)))
            continue;
        for (unsigned c = 0; c < t->ncolumns; c++) {
            uint32_t n;
            const Item *items = table_cell(t, i, c, &n);
            StrBuf b = {0};
            if (strcmp(t->columns[c].key, column) != 0)
                continue;
            cell_words(items, n, "; ", true, &b);
            char *z = str_z(&m->r.arena, strbuf_str(&b));
            strbuf_free(&b);
            return z;
        }
        cr_assert(false, "no column %s in %s", column, table);
    }
    return (char *)(uintptr_t) "(no row)";
}

#define expect_cell(m, table, row, column, wanted) \
    cr_expect_str_eq(cell_of((m), (table), (row), (column)), (wanted), "%s.%s of %s", (table), (column), (row))

Test(dossier, what_is_not_said_is_missing)
{
    Made m;
    make(&m, NULL, "software Kernel { version: \"6.1\" }\nprocess P { made_of: [Kernel] }\n");
    expect_cell(&m, "context", "intended_use", "statement",
                "[missing: the model declares no system; declare `system NAME \"Title\" { ... }`]");
    expect_cell(&m, "software", "Kernel", "version", "6.1");
    expect_cell(&m, "software", "Kernel", "supplier", "[missing: not stated; state `supplier` of `Kernel`]");
    expect_cell(&m, "software", "Kernel", "vulnerabilities",
                "[missing: not searched for; state `known_vulnerabilities` of `Kernel`]");
    expect_cell(&m, "software", "Kernel", "support_ends", "");
    expect_cell(&m, "elements", "P", "inside", "[missing: in no trust boundary; declare it inside a `boundary`]");
    expect_cell(&m, "duties", "release", "held_by",
                "[missing: nobody; declare a `responsibility` with duty `release`]");
    unmake(&m);
}

#define PATHS                                                                                                \
    "external Caller\nboundary Outer { process Front\n boundary Inner { store Vault { holds: [Dose] } } }\n" \
    "process Detour\ndata Dose { integrity: critical }\ndata Weather { integrity: low }\n"                   \
    "flow a : Caller -> Outer.Front { protocol: https ; carries: [Dose] }\n"                                 \
    "flow b : Outer.Front -> Outer.Inner.Vault { carries: [Dose] }\n"                                        \
    "flow c : Caller -> Detour\nflow d : Detour -> Outer.Front\n"

Test(dossier, the_scope_of_penetration_tests_takes_the_shortest_way)
{
    Made m;
    make(&m, NULL, PATHS);
    expect_cell(&m, "pentest_scope", "Caller>Dose", "path", "Caller; Front; Vault");
    expect_cell(&m, "pentest_scope", "Caller>Dose", "crosses", "Outer; Inner");
    expect_cell(&m, "pentest_scope", "Caller>Dose", "steps", "2");
    expect_cell(&m, "pentest_scope", "Caller>Weather", "steps", "(no row)");
    expect_cell(&m, "fuzz_targets", "a>Outer.Front", "from", "Caller");
    expect_cell(&m, "fuzz_targets", "a>Outer.Front", "protocol", "HTTPS");
    expect_cell(&m, "fuzz_targets", "b>Outer.Inner.Vault", "from", "(no row)");
    unmake(&m);
    make(&m, NULL, PATHS "external Friend { trusted: true }\nflow e : Friend -> Outer.Front\n");
    expect_cell(&m, "pentest_scope", "Friend>Dose", "steps", "(no row)");
    unmake(&m);
}

#define CONTROLLED                                                                                               \
    "rule R1 \"{p} is exposed\" {\n  for each process p\n  when p.exposed\n  mitigated by firewall on p\n"       \
    "  severity: high\n  stride: spoofing\n  capec: [94]\n}\n"                                                   \
    "process A { exposed: true ; controls: [Wall] }\nprocess B { exposed: true }\n"                              \
    "control Idle { implements: [firewall] ; status: implemented }\n"                                            \
    "control Wall { implements: [firewall] ; status: verified ; requirement: [\"SRS-1\"] ; layer: \"network\"\n" \
    "  evidence Works { kind_of_test: works ; result: pass ; ref: \"TC-1\" }\n"                                  \
    "  evidence Broken { kind_of_test: thwart ; result: fail }\n}\n"

Test(dossier, each_control_has_two_tests_and_a_trace)
{
    Made m;
    make(&m, NULL, CONTROLLED);
    expect_cell(&m, "tests", "Wall.works", "result", "passed");
    expect_cell(&m, "tests", "Wall.works", "evidence", "Works");
    expect_cell(&m, "tests", "Wall.thwart", "result", "failed");
    cr_expect(strstr(cell_of(&m, "tests", "Wall.thwart", "try"), "CAPEC-94 "));
    cr_expect(strstr(cell_of(&m, "tests", "Idle.works", "result"), "[missing: to be written"));
    expect_cell(&m, "trace", "test.R1@A", "controls", "Wall");
    expect_cell(&m, "trace", "test.R1@A", "requirements", "SRS-1");
    expect_cell(&m, "trace", "test.R1@A", "tests", "Broken; Works");
    expect_cell(&m, "trace_controls", "Wall", "threats", "test.R1@A");
    expect_cell(&m, "requirements", "SRS-1", "controls", "Wall");
    expect_cell(&m, "layers", "network", "controls", "Wall");
    expect_cell(&m, "orphans", "Idle", "why", "attached to nothing, so it answers no threat");
    expect_cell(&m, "orphans", "Wall", "why", "(no row)");
    expect_cell(&m, "threats", "test.R1@B", "verdict", "open");
    unmake(&m);
}

#define FIELD                                                                                                            \
    "system S { next_review: 2026-05-02 }\n"                                                                             \
    "issue Old { received: 2026-01-01 ; fix_available: 2026-01-11 ; fix_deployed: 2026-02-10 ; resolved: 2026-03-02 }\n" \
    "issue Young { received: 2026-05-31 }\n"                                                                             \
    "software Lib { category: required ; former_category: maintained ; version: \"1\" }\n"                               \
    "vulnerability V { ref: \"CVE-2026-1\" ; of: [Lib] ; state: resolved }\nvulnerability W { of: [Lib] }\n"

Test(dossier, monitoring_counts)
{
    Made m;
    make(&m, NULL, FIELD);
    expect_cell(&m, "metrics", "issues_open_30", "value", "1");
    expect_cell(&m, "metrics", "days_to_fix", "value", "10");
    expect_cell(&m, "metrics", "days_to_field", "value", "30");
    expect_cell(&m, "metrics", "vulnerabilities_resolved_share", "value", "50");
    expect_cell(&m, "metrics", "vulnerabilities_unknown", "value", "1");
    expect_cell(&m, "metrics", "days_to_review", "value", "-30");
    expect_cell(&m, "metrics", "days_to_review", "basis", "overdue");
    expect_cell(&m, "issues", "Old", "age", "60");
    expect_cell(&m, "downgrades", "Lib", "category", "Required software");
    expect_cell(&m, "downgrades", "Lib", "told", "[missing: users are not told; declare `information` about the item]");
    unmake(&m);
    make(&m, NULL, "software Lib { category: maintained ; former_category: required }\n");
    expect_cell(&m, "downgrades", "Lib", "category", "(no row)");
    unmake(&m);
}

Test(dossier, categories_bring_duties_by_nesting)
{
    Made m;
    make(
        &m, NULL,
        "software Most { category: maintained ; updates_told: \"mail\" ; known_vulnerabilities: [] ; updatable: true }\n"
        "software Some { category: supported ; known_vulnerabilities: [] }\nsoftware Least { category: required }\n");
    expect_cell(
        &m, "software", "Most", "duties",
        "5.2.3 Known risks are identified and managed; 6.3.1 Users are told of updates, and what to do until then; "
        "6.3.2 Updates are delivered; 6.3.3 Integrity of updates can be verified");
    expect_cell(
        &m, "software", "Some", "duties",
        "5.2.3 Known risks are identified and managed; [missing: 6.3.1 Users are told of updates, and what to do until "
        "then: not shown; state `updates_told` of `Some`]");
    expect_cell(
        &m, "software", "Least", "duties",
        "[missing: 5.2.3 Known risks are identified and managed: not shown; state `known_vulnerabilities` of `Least`]");
    unmake(&m);
}

#define HARMFUL                                                                                                  \
    "rule R1 \"{p} is exposed\" {\n  for each process p\n  when p.exposed\n  mitigated by firewall on p\n"       \
    "  severity: high\n  stride: tampering\n}\n"                                                                 \
    "data Dose { integrity: critical ; integrity_loss: [Over] }\n"                                               \
    "hazard Over { leads_to: [Worse] ; ref: \"Z-1\" }\nhazard Worse { harm: [Death] }\n"                         \
    "harm Death { severity: catastrophic }\nharm Itch { severity: minor }\n"                                     \
    "process A { exposed: true ; holds: [Dose] }\nprocess B { exposed: true }\n"                                 \
    "risk Rk \"Wrong dose\" { rules: [R1] ; at: [A] ; owner: @kim }\n"                                           \
    "information Told { about: [Rk] ; text: \"Look twice.\" ; document: \"Manual 3\" ; audience: \"nurses\" }\n" \
    "decision #RD-1 accept Rk { covers: 1 ; rationale: \"Rare.\" ; owner: @kim ; approver: @ann ; expires: 2027-01-01 }\n"

Test(dossier, risks_lead_to_harm_and_back)
{
    Made m;
    make(&m, NULL, HARMFUL);
    expect_cell(&m, "risks", "Rk", "threats", "test.R1@A");
    expect_cell(&m, "risks", "Rk", "chain", "Dose; Over; Worse; Death");
    expect_cell(&m, "risks", "Rk", "harm", "Catastrophic");
    expect_cell(&m, "risks", "Rk", "properties", "Integrity");
    cr_expect(strstr(cell_of(&m, "risks", "Rk", "safety_ref"), "[missing: not stated; state `safety_ref` of `Rk`]"));
    expect_cell(&m, "hazards", "Over", "sources", "manipulation of Dose");
    expect_cell(&m, "hazards", "Over", "risks", "Wrong dose");
    expect_cell(&m, "harms", "Death", "sources", "manipulation of Dose");
    expect_cell(&m, "harms", "Death", "risks", "Wrong dose");
    expect_cell(&m, "harms", "Itch", "risks", "");
    expect_cell(&m, "orphans", "Over", "why", "(no row)");
    expect_cell(&m, "threats", "test.R1@A", "risk", "Wrong dose");
    expect_cell(&m, "residual", "Rk", "approver", "@ann");
    expect_cell(&m, "residual", "Rk", "expires", "2027-01-01");
    expect_cell(&m, "residual", "Rk", "told", "Told");
    unmake(&m);
}

Test(dossier, the_matrix_of_the_policy_is_whole)
{
    Made m;
    make(&m, NULL, "assumption A\n");
    const Table *t = dossier_table(&m.d, "policy_matrix");
    cr_assert(t && t->rows.n && m.d.a->policies.at);
    cr_expect_eq(t->rows.n * (t->ncolumns - 1), m.d.a->policies.at->cells.n);
    for (uint32_t i = 0; i < t->cells.n; i++) {
        uint32_t n;
        cr_expect(table_cell(t, i / t->ncolumns, i % t->ncolumns, &n)->n && n == 1);
    }
    unmake(&m);
}

#define LEVELLED(evidence)                                                                                          \
    "rule R1 \"{p} is exposed\" {\n  for each process p\n  when p.exposed\n  mitigated by firewall on p\n"          \
    "  cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n  stride: tampering\n}\n"                            \
    "rule R2 \"{p} has no vector\" {\n  for each process p\n  when p.exposed\n  mitigated by firewall on p\n"       \
    "  severity: low\n  stride: tampering\n}\n"                                                                     \
    "data Dose { confidentiality: internal ; integrity: high ; availability: high ; integrity_loss: [Over] }\n"     \
    "hazard Over { harm: [Hurt] }\nharm Hurt { severity: serious }\n"                                               \
    "process A { exposed: true ; holds: [Dose] ; controls: [Wall] }\nprocess B { exposed: true ; holds: [Dose] }\n" \
    "control Wall { implements: [firewall] ; status: verified " evidence " }\n"                                     \
    "risk One { rules: [R1] ; at: [A] }\nrisk Both { rules: [R1, R2] ; at: [B] }\n"

Test(dossier, only_verified_controls_reach_the_residual_level)
{
    Made m;
    make(&m, NULL, LEVELLED(""));
    char *before = cell_of(&m, "risks", "One", "level_before");
    cr_expect(*before && *before != '[', "%s", before);
    expect_cell(&m, "residual", "One", "level_residual", before);
    cr_expect_str_neq(cell_of(&m, "residual", "One", "level_implemented"), before);
    cr_expect(strstr(cell_of(&m, "residual", "Both", "level_residual"), "threats without a level: 1"));
    expect_cell(&m, "residual", "Both", "acceptance", "");
    unmake(&m);
    make(&m, NULL, LEVELLED("; evidence E { result: pass }"));
    char *implemented = cell_of(&m, "residual", "One", "level_implemented");
    expect_cell(&m, "residual", "One", "level_residual", implemented);
    expect_cell(&m, "threats", "test.R1@A", "level_residual", implemented);
    expect_cell(&m, "risk_levels", "not_estimated", "before", "2");
    unmake(&m);
}
