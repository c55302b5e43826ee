/* The evidence table: each clause of each list with what answers it. A clause is answered by tables of the file that hold something,
 * by items of the gate that hold, and by records; it is not while a rule that serves it finds something missing. Requires the gate's
 * results; leaves the tables, and at each table of the file the clauses that it is evidence for. */
#include "dossier/evidence.h"

typedef enum Status { STATUS_PRODUCED, STATUS_SUPPORTED, STATUS_MISSING, STATUS_NOT_APPLICABLE, STATUS_COUNT } Status;

static const char *const status_words[STATUS_COUNT] = {"produced", "supported", "missing", "not applicable"};
static const Tone status_tones[STATUS_COUNT] = {TONE_GOOD, TONE_GOOD, TONE_BAD, TONE_PLAIN};

enum { GAPS_NAMED = 3 };

/* What was found about one clause. */
typedef struct Answer {
    const Clause *clause;
    Str role;      /* produced, supported, organisational */
    Str unlooked;  /* the module whose rules did not look, or empty */
    BackRefs gaps; /* (place among Evidence.rules, gap) */
    ObjId record;
    Texts shown, empty; /* tables and outputs that hold something; those that should and do not */
    Status status;
} Answer;

/* ---- gaps ---- */

/* The i-th citation that answers a clause: its own, then those it is like. Empty at the end. */
static Str citation(const Evidence *e, const Clause *c, uint32_t i)
{
    const Value *member;
    Value v = prop_value(e->d->p, c->obj, "like");
    Range like = value_members(e->d->m, &v, &member);
    if (i == 0)
        return c->cited;
    uint32_t at = i <= like.n ? map_get(&e->clause_of, member[i - 1].a) : 0;
    return at ? e->clauses.at[at - 1].cited : STR("");
}

static bool rule_serves(const Evidence *e, ObjId rule, const Clause *c)
{
    const Value *member;
    Value v = prop_value(e->d->p, rule, "clauses");
    Range cited = value_members(e->d->m, &v, &member);
    Str broad;
    for (uint32_t i = 0; (broad = citation(e, c, i)).n; i++)
        for (uint32_t k = 0; k < cited.n; k++)
            if (clause_covers(broad, value_text_of(e->d->m, member[k])))
                return true;
    return false;
}

static void find_missing(const Evidence *e, Answer *a)
{
    for (uint32_t i = 0; i < e->rules.n; i++) {
        uint32_t first, n = backrefs_of(&e->gaps, e->rules.at[i], &first);
        if (!n || !rule_serves(e, e->rules.at[i], a->clause))
            continue;
        for (uint32_t k = 0; k < n; k++)
            vec_push(&a->gaps, MAP_KEY(i, e->gaps.at[first + k]));
    }
}

/* ---- tables, outputs and records ---- */

static const char *output_called(Str name)
{
    static const char *const documents[] = {"report.html", "report.md"};
    for (size_t i = 0; i < nemitters; i++)
        if (str_eq(str_from(emitters[i].file), name))
            return emitters[i].file;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (str_eq(str_from(documents[i]), name))
            return documents[i];
    return NULL;
}

/* Whether the table or output holds something. Outputs are always written. */
static bool holds_something(const Evidence *e, ObjId clause, const char *property, Str key)
{
    if (output_called(key))
        return true;
    const Table *t = evidence_table(e, clause, property, key);
    return t && t->rows.n > 0;
}

static void find_tables(const Evidence *e, Answer *a)
{
    Texts shown = evidence_texts(e, a->clause->obj, "shown_in"), beside = evidence_texts(e, a->clause->obj, "beside");
    a->shown = a->empty = (Texts){NULL, 0};
    a->shown.at = NEWN(&e->d->arena, Str, shown.n + beside.n + 1);
    a->empty.at = NEWN(&e->d->arena, Str, shown.n + 1);
    for (uint32_t i = 0; i < shown.n; i++) {
        Texts *into = holds_something(e, a->clause->obj, "shown_in", shown.at[i]) ? &a->shown : &a->empty;
        into->at[into->n++] = shown.at[i];
    }
    for (uint32_t i = 0; i < beside.n; i++)
        if (holds_something(e, a->clause->obj, "beside", beside.at[i]))
            a->shown.at[a->shown.n++] = beside.at[i];
}

static void find_record(const Evidence *e, Answer *a)
{
    Str cited;
    for (uint32_t i = 0; !a->record && (cited = citation(e, a->clause, i)).n; i++)
        a->record = evidence_record(e, cited);
}

static bool waits_for(const Evidence *e, ObjId clause, ObjId item)
{
    const Value *member;
    Value v = prop_value(e->d->p, clause, "complete_when");
    Range items = value_members(e->d->m, &v, &member);
    for (uint32_t i = 0; i < items.n; i++)
        if (member[i].a == item)
            return true;
    return false;
}

static bool gate_holds(const Evidence *e, const Answer *a)
{
    for (uint32_t i = 0; i < e->gate.n; i++)
        if (e->gate.at[i].state == GATE_FAIL && waits_for(e, a->clause->obj, e->gate.at[i].item))
            return false;
    return true;
}

static bool is_documented(const Evidence *e, ObjId record)
{
    return record && prop_text(e->d->p, record, "document").n > 0;
}

static Status status_of(const Evidence *e, const Answer *a)
{
    bool produced = str_eq(a->role, STR("produced")), recorded = is_documented(e, a->record);
    bool by_model = a->shown.n > 0 && !a->empty.n;
    if (a->record && prop_text(e->d->p, a->record, "not_applicable").n)
        return STATUS_NOT_APPLICABLE;
    if (a->gaps.n || !gate_holds(e, a))
        return STATUS_MISSING;
    if (produced)
        return by_model && !a->unlooked.n ? STATUS_PRODUCED : STATUS_MISSING;
    if (str_eq(a->role, STR("organisational")))
        return recorded ? STATUS_SUPPORTED : STATUS_MISSING;
    bool needs_table = evidence_texts(e, a->clause->obj, "shown_in").n > 0;
    return recorded || (needs_table && by_model && !a->unlooked.n) ? STATUS_SUPPORTED : STATUS_MISSING;
}

static Answer answer(const Evidence *e, const Clause *c)
{
    Answer a = {.clause = c};
    Str module;
    a.role = const_name(e->d->p, prop_value(e->d->p, c->obj, "role").a);
    if (!evidence_looked_at(e, c->list, &module) || !evidence_looked_at(e, c->obj, &module))
        a.unlooked = module;
    find_missing(e, &a);
    find_tables(e, &a);
    find_record(e, &a);
    a.status = status_of(e, &a);
    return a;
}

/* ---- the cell that says why ---- */

static void say_gaps(const Evidence *e, Table *t, const Answer *a)
{
    if (!a->gaps.n)
        return;
    StrBuf id = {0};
    item_missing(t, dossier_text(e->d, "missing in the model: %u", a->gaps.n).s, NULL);
    for (uint32_t i = 0; i < a->gaps.n && i < GAPS_NAMED; i++) {
        uint32_t gap = (uint32_t)a->gaps.at[i];
        id.n = 0;
        threat_id(e->d->a, &e->d->a->gaps.at[gap], &id);
        item_row(t, MAP_KEY(ROW_GAP, gap), str_copy(&e->d->arena, strbuf_str(&id)));
    }
    if (a->gaps.n > GAPS_NAMED)
        item_format(t, "and %u more", a->gaps.n - GAPS_NAMED);
    strbuf_free(&id);
}

static void say_gate(const Evidence *e, Table *t, const Answer *a)
{
    for (uint32_t i = 0; i < e->gate.n; i++) {
        const GateResult *g = &e->gate.at[i];
        if (g->state != GATE_FAIL || !waits_for(e, a->clause->obj, g->item))
            continue;
        item_missing(
            t, dossier_text(e->d, "%.*s fails (%u of %u)", STR_FMT(gate_cited(e, g->item)), g->failing, g->checked).s,
            NULL);
        item_row(t, MAP_KEY(ROW_THING, g->item), obj_title(e->d->p, g->item));
    }
}

static void say_tables(const Evidence *e, Table *t, const Answer *a)
{
    for (uint32_t i = 0; i < a->empty.n; i++) {
        const Table *table = dossier_table(e->d, str_z(&e->d->arena, a->empty.at[i]));
        item_missing(t, table ? table->none : dossier_text(e->d, "the file has no %.*s", STR_FMT(a->empty.at[i])).s,
                     NULL);
    }
    if (a->unlooked.n)
        item_missing(t, dossier_text(e->d, "nothing looked for gaps: import %.*s", STR_FMT(a->unlooked)).s, NULL);
}

static void say_record(const Evidence *e, Table *t, const Answer *a)
{
    Dossier *d = e->d;
    Str wanted = prop_text(d->p, a->clause->obj, "record");
    const char *how =
        dossier_text(d, "declare a `record` with `clauses: [\"%.*s\"]` and its document", STR_FMT(a->clause->cited)).s;
    if (a->record && !is_documented(e, a->record))
        item_missing(t, dossier_text(d, "%.*s names no document", STR_FMT(obj_title(d->p, a->record))).s,
                     dossier_how(d, a->record, "document"));
    else if (!a->record && wanted.n && a->status == STATUS_MISSING)
        item_missing(t, dossier_text(d, "no record names %.*s", STR_FMT(wanted)).s, how);
    else if (!a->record && wanted.n)
        item_format(t, "the organisation adds %.*s", STR_FMT(wanted));
}

static void cell_of_reasons(const Evidence *e, Table *t, const Answer *a)
{
    row_cell(t);
    if (a->status == STATUS_NOT_APPLICABLE) {
        item_str(t, prop_text(e->d->p, a->record, "not_applicable"));
        return;
    }
    say_gaps(e, t, a);
    say_gate(e, t, a);
    if (a->status == STATUS_MISSING && !is_documented(e, a->record))
        say_tables(e, t, a);
    say_record(e, t, a);
}

/* ---- the tables ---- */

static void cell_of_tables(const Evidence *e, Table *t, const Answer *a)
{
    row_cell(t);
    for (uint32_t i = 0; i < a->shown.n; i++) {
        const char *file = output_called(a->shown.at[i]);
        const Table *table = file ? NULL : dossier_table(e->d, str_z(&e->d->arena, a->shown.at[i]));
        if (file)
            item_file(t, file, str_from(file));
        else
            item_table(t, table->key, dossier_text(e->d, "%s (%u)", table->title, table->rows.n));
    }
}

/* Tells the tables of the file what they are evidence for. */
static void mark_tables(const Evidence *e, const Answer *a)
{
    Str standard = prop_text(e->d->p, a->clause->list, "standard"),
        number = prop_text(e->d->p, a->clause->obj, "number");
    for (uint32_t i = 0; i < a->shown.n; i++) {
        Table *table = dossier_table(e->d, str_z(&e->d->arena, a->shown.at[i]));
        if (table)
            vec_push(&table->clauses, (TableClause){standard, number});
    }
}

static const Column columns[] = {
    {"standard", "Standard", COLUMN_TEXT, 14},   {"clause", "Clause", COLUMN_TEXT, 10},
    {"title", "Title", COLUMN_TEXT, 24},         {"status", "Status", COLUMN_TEXT, 14},
    {"shown_in", "Shown in", COLUMN_LIST, 26},   {"why", "Why, and what is left", COLUMN_LIST, 40},
    {"record", "Record", COLUMN_TEXT, 20},       {"asks", "What it asks", COLUMN_TEXT, 44},
    {"role", "Who can answer", COLUMN_TEXT, 16}, {"unverified", "Not verified", COLUMN_TEXT, 18},
};

static void row_of(const Evidence *e, Table *t, const Answer *a)
{
    const Program *p = e->d->p;
    ObjId clause = a->clause->obj;
    row_begin(t, MAP_KEY(ROW_CLAUSE, clause), a->clause->cited);
    row_text(t, prop_text(p, a->clause->list, "standard"));
    row_text(t, prop_text(p, clause, "number"));
    row_text(t, obj_title(p, clause));
    row_level(t, str_from(status_words[a->status]), status_tones[a->status]);
    cell_of_tables(e, t, a);
    cell_of_reasons(e, t, a);
    row_link(t, a->record);
    row_maybe(t, clause, "asks");
    row_maybe(t, clause, "role");
    row_maybe(t, clause, "unverified");
}

static const Column sum_columns[] = {
    {"list", "Standard", COLUMN_TEXT, 24},
    {"edition", "Edition", COLUMN_TEXT, 20},
    {"clauses", "Clauses", COLUMN_NUMBER, 9},
    {"produced", "Produced", COLUMN_NUMBER, 9},
    {"supported", "Supported", COLUMN_NUMBER, 9},
    {"missing", "Missing", COLUMN_NUMBER, 9},
    {"not_applicable", "Not applicable", COLUMN_NUMBER, 14},
    {"note", "To know", COLUMN_TEXT, 50},
};

static void sum_row(const Evidence *e, Table *t, ObjId list, const uint32_t n[STATUS_COUNT])
{
    const Program *p = e->d->p;
    row_begin(t, MAP_KEY(ROW_THING, list), obj_name(p, list));
    row_text(t, obj_title(p, list));
    row_maybe(t, list, "edition");
    row_number(t, n[STATUS_PRODUCED] + n[STATUS_SUPPORTED] + n[STATUS_MISSING] + n[STATUS_NOT_APPLICABLE]);
    for (int s = 0; s < STATUS_COUNT; s++)
        row_number(t, n[s]);
    row_maybe(t, list, "note");
}

static void check_named(const Evidence *e, ObjId record, Str named)
{
    Suggestion nearest = suggest_start(named);
    for (uint32_t i = 0; i < e->clauses.n; i++) {
        if (clause_covers(named, e->clauses.at[i].cited) || clause_covers(e->clauses.at[i].cited, named))
            return;
        suggest_offer(&nearest, e->clauses.at[i].cited);
    }
    for (uint32_t i = 0; i < e->gate.n; i++) {
        Str item = gate_cited(e, e->gate.at[i].item);
        if (clause_covers(named, item))
            return;
        suggest_offer(&nearest, item);
    }
    evidence_unknown(e, record, "clauses", "clause", nearest);
}

/* A record that names what no list has answers nothing. */
static void check_records(const Evidence *e)
{
    for (uint32_t i = 0; i < e->records.n; i++) {
        Texts named = evidence_texts(e, e->records.at[i], "clauses");
        for (uint32_t k = 0; k < named.n; k++)
            check_named(e, e->records.at[i], named.at[k]);
    }
}

void clauses_tables(Evidence *e)
{
    Dossier *d = e->d;
    Answer *answers = NEWN(&d->arena, Answer, e->clauses.n + 1);
    for (uint32_t i = 0; i < e->clauses.n; i++) {
        answers[i] = answer(e, &e->clauses.at[i]);
        mark_tables(e, &answers[i]);
    }
    check_records(e);
    Table *sums = table_begin(d, CHAPTER_EVIDENCE, "standards", "Standards",
                              "The lists of clauses that this file is held against, and how many are answered.",
                              "The library declares no list of clauses.", TABLE_COLUMNS(sum_columns));
    for (uint32_t i = 0; i < e->lists.n; i++) {
        uint32_t n[STATUS_COUNT] = {0};
        for (uint32_t k = 0; k < e->clauses.n; k++)
            n[answers[k].status] += e->clauses.at[k].list == e->lists.at[i];
        sum_row(e, sums, e->lists.at[i], n);
    }
    Table *t = table_begin(
        d, CHAPTER_EVIDENCE, "clauses", "Clauses",
        "Each clause with what answers it: produced here, supported by what stands here or by a record, or "
        "missing, with the reason. What a clause asks is told in our words; the standard's own text counts.",
        "The library declares no clauses.", TABLE_COLUMNS(columns));
    t->grouped = true;
    for (uint32_t i = 0; i < e->clauses.n; i++) {
        row_of(e, t, &answers[i]);
        vec_free(&answers[i].gaps);
    }
}
