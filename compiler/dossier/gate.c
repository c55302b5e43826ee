/* The completeness gate: each item that the library or the model declares is held against the gaps that rules found, against cells of
 * the file, and against what the compiler counts. Requires an Evidence; leaves its results, and the table of the gate. */
#include "dossier/evidence.h"

void gate_checked(GateResult *g, uint32_t n)
{
    g->checked += n;
}

void gate_fails(GateResult *g, RowKey key, Str text)
{
    if (g->shown < GATE_SHOWN)
        g->what[g->shown++] = (Finding){key, text};
    g->failing++;
}

/* ---- rules ---- */

/* How many things a rule looks at: those of the kind of its first variable. */
static uint32_t things_of(Evidence *e, KindId kind)
{
    uint32_t known = map_get(&e->counts, kind), n = 0;
    if (known)
        return known - 1;
    for (ObjId o = 1; o < e->d->m->objects.n; o++) {
        const Object *object = model_obj(e->d->m, o);
        n += !(object->flags & (OBJ_LIBRARY | OBJ_BACKGROUND | OBJ_MODULE)) && kind_is(e->d->p, object->kind, kind);
    }
    map_put(&e->counts, kind, n + 1);
    return n;
}

static Str gap_id(const Evidence *e, uint32_t gap)
{
    StrBuf b = {0};
    threat_id(e->d->a, &e->d->a->gaps.at[gap], &b);
    Str id = str_copy(&e->d->arena, strbuf_str(&b));
    strbuf_free(&b);
    return id;
}

static void check_rule(Evidence *e, GateResult *g, Str name)
{
    const RuleSet *rules = e->d->a->rules;
    RuleId rule = rule_by_name(rules, name);
    uint32_t first;
    if (!rule) {
        Suggestion nearest = suggest_start(name);
        for (RuleId r = 1; r <= rules_count(rules); r++)
            suggest_offer(&nearest, rule_info(rules, r)->id);
        evidence_unknown(e, g->item, "rules", "rule", nearest);
        gate_checked(g, 1);
        gate_fails(g, 0, dossier_text(e->d, "there is no rule %.*s", STR_FMT(name)));
        return;
    }
    const RuleInfo *info = rule_info(rules, rule);
    uint32_t n = backrefs_of(&e->gaps, info->obj, &first), things = things_of(e, info->nvars ? info->var_kinds[0] : 0);
    gate_checked(g, things > n ? things : n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t gap = (uint32_t)e->gaps.at[first + i];
        gate_fails(g, MAP_KEY(ROW_GAP, gap), gap_id(e, gap));
    }
}

static void check_rules(Evidence *e, GateResult *g)
{
    Str module;
    Texts rules = evidence_texts(e, g->item, "rules");
    if (!evidence_looked_at(e, g->item, &module)) {
        gate_checked(g, 1);
        gate_fails(g, 0, dossier_text(e->d, "nothing looked for it: import %.*s", STR_FMT(module)));
        return;
    }
    for (uint32_t i = 0; i < rules.n; i++)
        check_rule(e, g, rules.at[i]);
}

/* ---- cells ---- */

/* The title of the first column that lacks something in the row; NULL if none does. */
static const char *lacking(const Table *t, uint32_t row, unsigned first, unsigned end)
{
    for (unsigned c = first; c < end; c++) {
        uint32_t n;
        const Item *items = table_cell(t, row, c, &n);
        for (uint32_t i = 0; i < n; i++)
            if (items[i].sort == ITEM_MISSING)
                return t->columns[c].title;
    }
    return NULL;
}

static void check_table(Evidence *e, GateResult *g, const Table *t, unsigned first, unsigned end)
{
    gate_checked(g, t->rows.n);
    for (uint32_t row = 0; row < t->rows.n; row++) {
        const char *column = lacking(t, row, first, end);
        if (column)
            gate_fails(g, t->rows.at[row].key, dossier_text(e->d, "%.*s: %s", STR_FMT(t->rows.at[row].id), column));
    }
}

/* "risks", or "risks.owner" for one column. */
static void check_cells(Evidence *e, GateResult *g, Str cells)
{
    size_t dot = 0;
    while (dot < cells.n && cells.s[dot] != '.')
        dot++;
    const Table *t = evidence_table(e, g->item, "cells", str_slice(cells, 0, dot));
    Suggestion nearest = suggest_start(dot < cells.n ? str_slice(cells, dot + 1, cells.n) : STR(""));
    if (t && dot == cells.n) {
        check_table(e, g, t, 0, t->ncolumns);
        return;
    }
    for (unsigned c = 0; t && c < t->ncolumns; c++) {
        if (str_eq(str_from(t->columns[c].key), nearest.wanted)) {
            check_table(e, g, t, c, c + 1);
            return;
        }
        suggest_offer(&nearest, str_from(t->columns[c].key));
    }
    if (t)
        evidence_unknown(e, g->item, "cells", "column", nearest);
    gate_checked(g, 1);
    gate_fails(g, 0, dossier_text(e->d, "the file has no %.*s", STR_FMT(cells)));
}

static void check_rows(Evidence *e, GateResult *g, Str key)
{
    const Table *t = evidence_table(e, g->item, "rows", key);
    gate_checked(g, 1);
    if (!t)
        gate_fails(g, 0, dossier_text(e->d, "the file has no %.*s", STR_FMT(key)));
    else if (!t->rows.n)
        gate_fails(g, 0, str_from(t->none));
}

/* ---- measures ---- */

static void check_measure(Evidence *e, GateResult *g, Str name)
{
    Suggestion nearest = suggest_start(name);
    for (size_t i = 0; i < nmeasures; i++) {
        if (str_eq(str_from(measures[i].name), name)) {
            measures[i].count(e, g);
            return;
        }
        suggest_offer(&nearest, str_from(measures[i].name));
    }
    evidence_unknown(e, g->item, "measures", "measure", nearest);
    gate_checked(g, 1);
    gate_fails(g, 0, dossier_text(e->d, "there is no measure %.*s", STR_FMT(name)));
}

/* ---- the whole ---- */

static void each_text(Evidence *e, GateResult *g, const char *property, void (*check)(Evidence *, GateResult *, Str))
{
    Texts t = evidence_texts(e, g->item, property);
    for (uint32_t i = 0; i < t.n; i++)
        check(e, g, t.at[i]);
}

Str gate_cited(const Evidence *e, ObjId item)
{
    return dossier_text(e->d, "Gate %.0f", value_number(e->d->m, prop_value(e->d->p, item, "number")));
}

static GateState state_of(Evidence *e, GateResult *g)
{
    Str cited = gate_cited(e, g->item);
    g->record = evidence_record(e, cited);
    if (g->record && prop_text(e->d->p, g->record, "not_applicable").n)
        return GATE_NOT_APPLICABLE;
    if (!g->checked && !g->failing && prop_text(e->d->p, g->item, "record").n) {
        gate_checked(g, 1);
        if (!g->record || !prop_text(e->d->p, g->record, "document").n)
            gate_fails(g, 0, dossier_text(e->d, "no record names `%.*s` and a document", STR_FMT(cited)));
    }
    return g->failing ? GATE_FAIL : GATE_PASS;
}

void gate_run(Evidence *e)
{
    for (uint32_t i = 0; i < e->gate.n; i++) {
        GateResult *g = &e->gate.at[i];
        check_rules(e, g);
        each_text(e, g, "rows", check_rows);
        each_text(e, g, "cells", check_cells);
        each_text(e, g, "measures", check_measure);
        g->state = state_of(e, g);
        e->d->gate_failing += g->state == GATE_FAIL;
    }
}

/* ---- the table ---- */

static const Column columns[] = {
    {"number", "No.", COLUMN_NUMBER, 6},      {"item", "Item", COLUMN_TEXT, 24},
    {"state", "State", COLUMN_TEXT, 12},      {"asks", "What must hold", COLUMN_TEXT, 40},
    {"what", "What fails", COLUMN_LIST, 50},  {"checked", "Checked", COLUMN_NUMBER, 9},
    {"failing", "Failing", COLUMN_NUMBER, 9}, {"clauses", "Clauses", COLUMN_LIST, 26},
    {"record", "Record", COLUMN_TEXT, 20},
};

static void cell_of_state(Table *t, const GateResult *g)
{
    static const char *const words[] = {"pass", "fail", "not applicable"};
    static const Tone tones[] = {TONE_GOOD, TONE_BAD, TONE_PLAIN};
    row_level(t, str_from(words[g->state]), tones[g->state]);
}

static void cell_of_findings(Table *t, const GateResult *g)
{
    Dossier *d = t->dossier;
    row_cell(t);
    if (g->state == GATE_NOT_APPLICABLE)
        item_str(t, prop_text(d->p, g->record, "not_applicable"));
    for (uint32_t i = 0; g->state == GATE_FAIL && i < g->shown; i++) {
        if (g->what[i].key)
            item_row(t, g->what[i].key, g->what[i].text);
        else
            item_missing(t, str_z(&d->arena, g->what[i].text), NULL);
    }
    if (g->state == GATE_FAIL && g->failing > g->shown)
        item_format(t, "and %u more", g->failing - g->shown);
}

static void gate_table(Evidence *e)
{
    Dossier *d = e->d;
    Table *t =
        table_begin(d, CHAPTER_GATE, "gate", "Completeness gate",
                    "What must hold before the file is complete. A checklist for those who sign it; each item says "
                    "how many things were looked at, and what is not as it should be.",
                    "The library declares no gate.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < e->gate.n; i++) {
        const GateResult *g = &e->gate.at[i];
        row_begin(t, MAP_KEY(ROW_THING, g->item), obj_name(d->p, g->item));
        row_number(t, value_number(d->m, prop_value(d->p, g->item, "number")));
        row_text(t, obj_title(d->p, g->item));
        cell_of_state(t, g);
        row_maybe(t, g->item, "asks");
        cell_of_findings(t, g);
        row_number(t, g->checked);
        row_number(t, g->failing);
        row_cell(t);
        Texts clauses = evidence_texts(e, g->item, "clauses");
        for (uint32_t k = 0; k < clauses.n; k++)
            item_str(t, clauses.at[k]);
        row_link(t, g->record);
    }
}

void dossier_evidence(Dossier *d)
{
    Evidence e;
    evidence_start(&e, d);
    gate_run(&e);
    gate_table(&e);
    clauses_tables(&e);
    evidence_end(&e);
}
