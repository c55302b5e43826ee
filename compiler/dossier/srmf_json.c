/* The security risk management file as JSON, whole: chapters of tables, each cell typed; schema in grammar/schema/srmf.json. And a table
 * as CSV, for spreadsheets and scripts. Requires a Dossier; leaves the documents. */
#include "dossier/cell.h"
#include "emit/table.h"

/* ---- JSON ---- */

/* The table and row that an item leads to. */
static void put_target(Json *j, const Dossier *d, const Item *i)
{
    const Table *t;
    uint32_t row;
    if (!dossier_find(d, i->key, &t, &row))
        return;
    json_z(j, "table", t->key);
    json_str(j, "row", t->rows.at[row].id);
}

static void put_item(Json *j, const char *key, const Dossier *d, const Item *i)
{
    const Table *t;
    uint32_t row;
    switch ((ItemSort)i->sort) {
    case ITEM_TEXT:
    case ITEM_DATE:
    case ITEM_LEVEL: json_str(j, key, item_text(i)); return;
    case ITEM_NUMBER: json_number(j, key, i->number); return;
    case ITEM_ROW:
        if (!dossier_find(d, i->key, &t, &row)) {
            json_str(j, key, item_text(i));
            return;
        }
        break;
    case ITEM_TABLE:
    case ITEM_FILE:
    case ITEM_MISSING: break;
    }
    json_begin_object(j, key);
    json_str(j, i->sort == ITEM_MISSING ? "missing" : "text", item_text(i));
    if (i->sort == ITEM_MISSING)
        json_str_or_null(j, "how", i->how ? str_from(i->how) : (Str){0});
    else if (i->sort == ITEM_ROW)
        put_target(j, d, i);
    else
        json_z(j, i->sort == ITEM_FILE ? "file" : "table", i->file);
    json_end(j, '}');
}

static void put_cell(Json *j, const Table *t, uint32_t row, unsigned column)
{
    uint32_t n;
    const Item *items = table_cell(t, row, column, &n);
    const Column *c = &t->columns[column];
    if (column_type(c) != COLUMN_LIST) {
        if (n)
            put_item(j, c->key, t->dossier, items);
        else
            json_put_null(j, c->key);
        return;
    }
    json_begin_array(j, c->key);
    for (uint32_t i = 0; i < n; i++)
        put_item(j, NULL, t->dossier, &items[i]);
    json_end(j, ']');
}

static void put_columns(Json *j, const Table *t)
{
    static const char *const types[] = {"text", "number", "date", "list"};
    json_begin_array(j, "columns");
    for (unsigned i = 0; i < t->ncolumns; i++) {
        json_begin_object(j, NULL);
        j->pretty = false;
        json_z(j, "key", t->columns[i].key);
        json_z(j, "title", t->columns[i].title);
        json_z(j, "type", types[column_type(&t->columns[i])]);
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
}

static void put_clauses(Json *j, const Table *t)
{
    json_begin_array(j, "clauses");
    for (uint32_t i = 0; i < t->clauses.n; i++) {
        json_begin_object(j, NULL);
        j->pretty = false;
        json_str(j, "standard", t->clauses.at[i].standard);
        json_str(j, "clause", t->clauses.at[i].clause);
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
}

static void put_table(Json *j, const Table *t)
{
    json_begin_object(j, NULL);
    json_z(j, "key", t->key);
    json_z(j, "title", t->title);
    json_z(j, "purpose", t->purpose);
    put_clauses(j, t);
    json_u64(j, "missing", t->missing);
    put_columns(j, t);
    json_begin_array(j, "rows");
    for (uint32_t row = 0; row < t->rows.n && out_ok(j->out); row++) {
        json_begin_object(j, NULL);
        j->pretty = false;
        json_str(j, "row", t->rows.at[row].id);
        json_begin_object(j, "cells");
        for (unsigned c = 0; c < t->ncolumns; c++)
            put_cell(j, t, row, c);
        json_end(j, '}');
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
    json_end(j, '}');
}

static void put_chapter(Json *j, const Dossier *d, Chapter chapter)
{
    json_begin_object(j, NULL);
    json_z(j, "key", chapter_keys[chapter]);
    json_z(j, "title", chapter_titles[chapter]);
    json_begin_array(j, "tables");
    for (uint32_t i = 0; i < d->tables.n; i++)
        if (d->tables.at[i]->chapter == chapter)
            put_table(j, d->tables.at[i]);
    json_end(j, ']');
    json_end(j, '}');
}

void emit_srmf_json(const Dossier *d, Out *out)
{
    Json j;
    json_start(&j, out, true);
    json_begin_object(&j, NULL);
    json_head(&j, d->r, "urn:cordon:schema:srmf:1");
    json_begin_array(&j, "chapters");
    for (Chapter c = 0; c < CHAPTER_COUNT; c++)
        put_chapter(&j, d, c);
    json_end(&j, ']');
    json_end(&j, '}');
}

/* ---- CSV ---- */

void emit_table_csv(const Table *t, Out *out)
{
    Csv csv = {.out = out};
    StrBuf text = {0};
    csv_cell(&csv, STR("row"));
    for (unsigned c = 0; c < t->ncolumns; c++)
        csv_cell(&csv, str_from(t->columns[c].key));
    csv_end(&csv);
    for (uint32_t row = 0; row < t->rows.n && out_ok(out); row++) {
        csv_cell(&csv, t->rows.at[row].id);
        for (unsigned c = 0; c < t->ncolumns; c++) {
            uint32_t n;
            const Item *items = table_cell(t, row, c, &n);
            text.n = 0;
            cell_words(items, n, "; ", false, &text);
            csv_cell(&csv, strbuf_str(&text));
        }
        csv_end(&csv);
    }
    strbuf_free(&text);
}
