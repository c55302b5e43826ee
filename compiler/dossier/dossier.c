/* The core of the security risk management file: tables, rows, cells and items as their writers make them and as renderers read
 * them. Requires a Report; leaves a Dossier whose tables are whole. A writer that fills too few or too many cells of a row is a
 * mistake of the program, and ends it. */
#include "dossier/dossier.h"

#include <stdarg.h>

const char *const chapter_keys[CHAPTER_COUNT] = {
#define CHAPTER(id, key, title) key,
#include "dossier/chapters.def"
#undef CHAPTER
};
const char *const chapter_titles[CHAPTER_COUNT] = {
#define CHAPTER(id, key, title) title,
#include "dossier/chapters.def"
#undef CHAPTER
};

/* ---- reading ---- */

Table *dossier_table(const Dossier *d, const char *key)
{
    for (uint32_t i = 0; i < d->tables.n; i++)
        if (strcmp(d->tables.at[i]->key, key) == 0)
            return d->tables.at[i];
    return NULL;
}

bool dossier_find(const Dossier *d, RowKey key, const Table **table, uint32_t *row)
{
    uint32_t at = map_get(&d->rows, key);
    if (!at)
        return false;
    *table = d->tables.at[d->homes.at[at - 1] >> 32];
    *row = (uint32_t)d->homes.at[at - 1];
    return true;
}

/* ---- rows and cells ---- */

Table *table_begin(Dossier *d, Chapter chapter, const char *key, const char *title, const char *purpose,
                   const char *none, const Column *columns, unsigned ncolumns)
{
    Table *t = NEW(&d->arena, Table);
    t->dossier = d;
    t->chapter = chapter;
    t->key = key;
    t->title = title;
    t->purpose = purpose;
    t->none = none;
    t->columns = columns;
    t->ncolumns = ncolumns;
    vec_push(&d->tables, t);
    return t;
}

void row_begin(Table *t, RowKey key, Str id)
{
    Dossier *d = t->dossier;
    if (t->cells.n != t->rows.n * t->ncolumns)
        BUG("a row of a table has more or fewer cells than there are columns");
    if (key && !map_get(&d->rows, key)) {
        vec_push(&d->homes, MAP_KEY(d->tables.n - 1, t->rows.n));
        map_put(&d->rows, key, d->homes.n);
    }
    vec_push(&t->rows, (Row){key, id});
}

Str dossier_id(Dossier *d, ObjId o)
{
    StrBuf b = {0};
    obj_id(d->p, o, &b);
    Str id = str_copy(&d->arena, strbuf_str(&b));
    strbuf_free(&b);
    return id;
}

void row_thing(Table *t, ObjId o)
{
    Dossier *d = t->dossier;
    Str id = dossier_id(d, o);
    row_begin(t, MAP_KEY(ROW_THING, o), id);
    row_text(t, id);
    row_text(t, obj_title(d->p, o));
}

void row_cell(Table *t)
{
    vec_push(&t->cells, t->items.n);
}

static Item *item_add(Table *t, ItemSort sort, Str s)
{
    vec_push(&t->items, (Item){.s = s.s, .n = (uint32_t)s.n, .sort = sort});
    return &vec_last(&t->items);
}

void item_str(Table *t, Str s)
{
    if (s.n)
        item_add(t, ITEM_TEXT, s);
}

void item_z(Table *t, const char *text)
{
    item_str(t, str_from(text));
}

Str dossier_text(Dossier *d, const char *format, ...)
{
    StrBuf b = {0};
    va_list args;
    va_start(args, format);
    strbuf_vformat(&b, format, args);
    va_end(args);
    Str s = str_copy(&d->arena, strbuf_str(&b));
    strbuf_free(&b);
    return s;
}

void item_format(Table *t, const char *format, ...)
{
    StrBuf b = {0};
    va_list args;
    va_start(args, format);
    strbuf_vformat(&b, format, args);
    va_end(args);
    item_str(t, str_copy(&t->dossier->arena, strbuf_str(&b)));
    strbuf_free(&b);
}

void item_level(Table *t, Str text, Tone tone)
{
    if (text.n)
        item_add(t, ITEM_LEVEL, text)->tone = tone;
}

void item_row(Table *t, RowKey key, Str text)
{
    item_add(t, ITEM_ROW, text)->key = key;
}

void item_link(Table *t, ObjId o)
{
    if (o)
        item_row(t, MAP_KEY(ROW_THING, o), obj_title(t->dossier->p, o));
}

void item_links(Table *t, const ObjId *at, uint32_t n)
{
    ObjVec sorted = {0};
    for (uint32_t i = 0; i < n; i++)
        vec_push(&sorted, at[i]);
    objects_sort(t->dossier->p, &sorted);
    for (uint32_t i = 0; i < sorted.n; i++)
        item_link(t, sorted.at[i]);
    vec_free(&sorted);
}

void item_threat(Table *t, uint32_t threat)
{
    Dossier *d = t->dossier;
    StrBuf b = {0};
    threat_id(d->a, &d->a->threats.at[threat], &b);
    item_row(t, MAP_KEY(ROW_THREAT, threat), str_copy(&d->arena, strbuf_str(&b)));
    strbuf_free(&b);
}

void item_table(Table *t, const char *table, Str text)
{
    item_add(t, ITEM_TABLE, text)->file = table;
}

void item_file(Table *t, const char *file, Str text)
{
    item_add(t, ITEM_FILE, text)->file = file;
}

void item_missing(Table *t, const char *what, const char *how)
{
    item_add(t, ITEM_MISSING, str_from(what))->how = how;
    t->missing++;
}

/* ---- values ---- */

static void item_thing(Table *t, Value v)
{
    if (!v.a || v.tag & (VALUE_STAR | VALUE_STAR_STAR)) {
        StrBuf b = {0};
        value_print(t->dossier->p, v, &b);
        item_str(t, str_copy(&t->dossier->arena, strbuf_str(&b)));
        strbuf_free(&b);
        return;
    }
    item_link(t, v.a);
}

static void item_printed(Table *t, Value v)
{
    Dossier *d = t->dossier;
    StrBuf b = {0};
    value_print(d->p, v, &b);
    Str s = str_copy(&d->arena, strbuf_str(&b));
    strbuf_free(&b);
    if ((v.tag & VALUE_TAG) == V_NUMBER)
        item_add(t, ITEM_NUMBER, s)->number = value_number(d->m, v);
    else if ((v.tag & VALUE_TAG) == V_DATE)
        item_add(t, ITEM_DATE, s)->day = (int32_t)v.a;
    else
        item_str(t, s);
}

void item_value(Table *t, Value v)
{
    const Program *p = t->dossier->p;
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT:
    case V_UNKNOWN: return;
    case V_BOOL: item_z(t, v.a ? "yes" : "no"); return;
    case V_TEXT: item_str(t, value_text_of(&p->model, v)); return;
    case V_CONST: item_str(t, const_title(p, v.a)); return;
    case V_REF: item_thing(t, v); return;
    case V_NUMBER:
    case V_DATE:
    case V_PERSON: item_printed(t, v); return;
    case V_SET: {
        const Value *member;
        Range set = value_members(&p->model, &v, &member);
        for (uint32_t i = 0; i < set.n; i++)
            item_value(t, member[i]); /* sets have no sets as members */
        return;
    }
    }
}

static Value said(const Dossier *d, ObjId o, const char *name, bool *written)
{
    const PropVal *w = NULL;
    PropId id = o ? kind_prop_z(d->p, model_obj(d->m, o)->kind, name) : 0;
    Value v = id ? obj_value(d->p, o, id, &w) : (Value){0};
    *written = w != NULL;
    return v;
}

bool dossier_says(const Dossier *d, ObjId o, const char *property)
{
    bool written;
    const Value *member;
    Value v = said(d, o, property, &written);
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT:
    case V_UNKNOWN: return false;
    case V_TEXT: return value_text_of(d->m, v).n > 0;
    case V_SET: return written || value_members(d->m, &v, &member).n > 0;
    case V_BOOL:
    case V_NUMBER:
    case V_DATE:
    case V_PERSON:
    case V_CONST:
    case V_REF: return true;
    }
    return true;
}

const char *dossier_how(Dossier *d, ObjId o, const char *property)
{
    Str id = dossier_id(d, o);
    return dossier_text(d, "state `%s` of `%.*s`", property, STR_FMT(id)).s; /* str_copy terminates */
}

void row_maybe(Table *t, ObjId o, const char *name)
{
    bool written;
    uint32_t before = t->items.n;
    Value v = said(t->dossier, o, name, &written);
    row_cell(t);
    item_value(t, v);
    if (t->items.n == before && written && (v.tag & VALUE_TAG) == V_SET)
        item_z(t, "none");
}

void row_prop(Table *t, ObjId o, const char *name)
{
    bool written;
    Dossier *d = t->dossier;
    if (dossier_says(d, o, name)) {
        row_maybe(t, o, name);
        return;
    }
    Value v = said(d, o, name, &written);
    row_missing(t, (v.tag & VALUE_TAG) == V_UNKNOWN ? "not known" : "not stated", o ? dossier_how(d, o, name) : NULL);
}

void row_own(Table *t, ObjId o)
{
    const Column *c = &t->columns[t->cells.n % t->ncolumns];
    if (c->type & COLUMN_NEEDED)
        row_prop(t, o, c->key);
    else
        row_maybe(t, o, c->key);
}

void rows_of_things(Table *t, ObjList things)
{
    for (uint32_t i = 0; i < things.n; i++) {
        row_thing(t, things.at[i]);
        for (unsigned k = 2; k < t->ncolumns; k++)
            row_own(t, things.at[i]);
    }
}

void row_due(Table *t, ObjId o, const char *property)
{
    int64_t day = dossier_date(t->dossier, o, property);
    row_cell(t);
    if (day != INT64_MIN && day < t->dossier->a->today)
        item_level(t, STR("overdue"), TONE_BAD);
}

/* ---- whole cells ---- */

void row_text(Table *t, Str s)
{
    row_cell(t);
    item_str(t, s);
}

void row_z(Table *t, const char *text)
{
    row_text(t, str_from(text));
}

void row_number(Table *t, double n)
{
    Dossier *d = t->dossier;
    char text[32];
    snprintf(text, sizeof text, "%.10g", n);
    row_cell(t);
    item_add(t, ITEM_NUMBER, str_copy(&d->arena, str_from(text)))->number = n;
}

void row_level(Table *t, Str text, Tone tone)
{
    row_cell(t);
    item_level(t, text, tone);
}

void row_link(Table *t, ObjId o)
{
    row_cell(t);
    item_link(t, o);
}

void row_missing(Table *t, const char *what, const char *how)
{
    row_cell(t);
    item_missing(t, what, how);
}

void row_nothing(Table *t)
{
    row_cell(t);
}
