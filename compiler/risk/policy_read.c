/* Reads a risk policy from its tree and proves it: every pair of row and column has a level, and a worse row or column never a better
 * one; every score falls into one row. Requires that scales are declared; leaves reports, each with its place and a way out. */
#include "risk/policy.h"

#include <stdarg.h>
#include <stdlib.h>

typedef struct PolicyText {
    Program *p;
    const Stanza *s;
    const Tree *t;
    RiskPolicy *r;
    Arena *text; /* of diagnostics */
    uint32_t nrows, ncolumns;
    Vec(NodeId) places; /* of cells */
} PolicyText;

static const char *name_of(const PolicyText *r, Sym name)
{
    return str_z(r->text, sym_str(r->p->names, name));
}

/* A text that lives as long as the diagnostics. */
static const char *said(const PolicyText *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *said(const PolicyText *r, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return str_z(r->text, str_from(text));
}

static const char *policy_name(const PolicyText *r)
{
    return name_of(r, node_at(r->t, r->s->node)->val);
}

static const char *const_name(const PolicyText *r, ConstId c)
{
    return name_of(r, r->p->consts.at[c].name);
}

static Span here(const PolicyText *r)
{
    return node_name_span(r->t, r->p->sources, r->p->names, r->s->node);
}

/* ---- names of scales and values ---- */

/* The node that a property gives, or 0. */
static NodeId given(const PolicyText *r, Known known)
{
    Sym name = r->p->props.at[r->p->known[known]].name;
    for (NodeId n = node_find(r->t, r->s->node, N_PROP); n; n = node_seek(r->t, node_next(r->t, n), N_PROP))
        if (node_at(r->t, n)->val == name)
            return node_child(r->t, n);
    return 0;
}

/* A property that is read here is not bound, so nobody else notices that it is given twice. */
static void check_twice(PolicyText *r, Known known)
{
    Sym name = r->p->props.at[r->p->known[known]].name;
    NodeId first = 0;
    for (NodeId n = node_find(r->t, r->s->node, N_PROP); n; n = node_seek(r->t, node_next(r->t, n), N_PROP)) {
        if (node_at(r->t, n)->val != name)
            continue;
        if (first) {
            Diag *d = diag_add(r->p->diags, D_PROPERTY_TWICE, node_span(r->t, n), name_of(r, name));
            diag_label(r->p->diags, d, node_span(r->t, first), "first set here");
        } else {
            first = n;
        }
    }
}

static EnumId read_scale(PolicyText *r, Known known, bool wanted)
{
    NodeId n = given(r, known);
    const char *what = name_of(r, r->p->props.at[r->p->known[known]].name);
    check_twice(r, known);
    if (!n && wanted) {
        Diag *d = diag_add(r->p->diags, D_RISK_INCOMPLETE, here(r), policy_name(r), said(r, "`%s`", what));
        diag_help(r->p->diags, d, "name a scale with `%s: NAME`", what);
        r->r->broken = true;
    }
    if (!n)
        return 0;
    Str text = source_text(r->p->sources, node_span(r->t, n));
    Ref ref = node_kind(r->t, n) == N_QNAME
                  ? program_lookup(r->p, model_obj(&r->p->model, r->s->obj)->parent, node_at(r->t, n)->val)
                  : (Ref){0};
    if (ref.tag == REF_ENUM && r->p->enums.at[ref.id].scale)
        return ref.id;
    Diag *d = diag_add(r->p->diags, D_RISK_SCALE, node_span(r->t, n), str_z(r->text, text));
    Suggestion near = suggest_start(text);
    for (EnumId e = 1; e < r->p->enums.n; e++)
        if (r->p->enums.at[e].scale)
            suggest_offer(&near, sym_str(r->p->names, r->p->enums.at[e].name));
    if (ref.tag == REF_ENUM)
        diag_help(r->p->diags, d, "it is an enumeration, whose values have no order: declare it with `scale`");
    else if (near.best.n)
        diag_help(r->p->diags, d, "did you mean `%.*s`?", STR_FMT(near.best));
    r->r->broken = true;
    return 0;
}

static ConstId read_const(PolicyText *r, EnumId scale, Sym name, Span at)
{
    ConstId c = name ? enum_const(r->p, scale, name) : 0;
    if (c)
        return c;
    const Enum *e = &r->p->enums.at[scale];
    Str text = source_text(r->p->sources, at);
    Diag *d = diag_add(r->p->diags, D_RISK_VALUE, at, str_z(r->text, text), name_of(r, e->name));
    Suggestion near = suggest_start(text);
    StrBuf all = {0};
    for (uint32_t i = 0; i < e->n; i++) {
        Str value = sym_str(r->p->names, r->p->consts.at[e->first + i].name);
        suggest_offer(&near, value);
        strbuf_format(&all, "%s%.*s", i ? " < " : "", STR_FMT(value));
    }
    diag_caret(r->p->diags, d, "expected one of %.*s", STR_FMT(strbuf_str(&all)));
    strbuf_free(&all);
    if (near.best.n)
        diag_help(r->p->diags, d, "did you mean `%.*s`?", STR_FMT(near.best));
    r->r->broken = true;
    return 0;
}

static ConstId read_value(PolicyText *r, EnumId scale, NodeId n)
{
    return read_const(r, scale, node_kind(r->t, n) == N_QNAME ? node_at(r->t, n)->val : 0, node_span(r->t, n));
}

/* The value that a property gives. */
static ConstId read_level(PolicyText *r, Known known, EnumId scale, bool wanted)
{
    NodeId n = given(r, known);
    check_twice(r, known);
    if (n && scale)
        return read_value(r, scale, n);
    if (!n && wanted) {
        const char *what = name_of(r, r->p->props.at[r->p->known[known]].name);
        Diag *d = diag_add(r->p->diags, D_RISK_INCOMPLETE, here(r), policy_name(r), said(r, "`%s`", what));
        diag_help(r->p->diags, d, "name the highest level of this sort with `%s: LEVEL`", what);
        r->r->broken = true;
    }
    return 0;
}

/* ---- tables ---- */

static NodeId find_table(PolicyText *r, const char *name)
{
    NodeId found = 0;
    for (NodeId n = node_find(r->t, r->s->node, N_TABLE); n; n = node_seek(r->t, node_next(r->t, n), N_TABLE)) {
        Sym sym = node_at(r->t, n)->val;
        if (!str_eq(sym_str(r->p->names, sym), str_from(name)))
            continue;
        if (found) {
            Diag *d = diag_add(r->p->diags, D_RISK_TWICE, node_span(r->t, n), name, policy_name(r));
            diag_label(r->p->diags, d, node_span(r->t, found), "first given here");
        } else {
            found = n;
        }
    }
    return found;
}

static void check_tables(PolicyText *r)
{
    static const char *const known[] = {"bands", "matrix"};
    for (NodeId n = node_find(r->t, r->s->node, N_TABLE); n; n = node_seek(r->t, node_next(r->t, n), N_TABLE)) {
        Str name = sym_str(r->p->names, node_at(r->t, n)->val);
        Suggestion near = suggest_start(name);
        bool fits = false;
        for (int i = 0; i < 2; i++) {
            fits |= str_eq(name, str_from(known[i]));
            suggest_offer(&near, str_from(known[i]));
        }
        if (fits)
            continue;
        Diag *d = diag_add(r->p->diags, D_RISK_TABLE,
                           (Span){node_at(r->t, n)->lo, node_at(r->t, n)->lo + (uint32_t)name.n, r->t->file},
                           str_z(r->text, name));
        if (near.best.n)
            diag_help(r->p->diags, d, "did you mean `%.*s`?", STR_FMT(near.best));
        r->r->broken = true;
    }
}

/* The place of a row's name. */
static Span row_span(const PolicyText *r, NodeId row)
{
    uint32_t lo = node_at(r->t, row)->lo;
    return (Span){lo, lo + (uint32_t)sym_str(r->p->names, node_at(r->t, row)->val).n, r->t->file};
}

static void report_twice(PolicyText *r, Span at, ConstId c, Span before)
{
    Diag *d = diag_add(r->p->diags, D_RISK_TWICE, at, const_name(r, c), policy_name(r));
    diag_label(r->p->diags, d, before, "first given here");
    r->r->broken = true;
}

/* ---- bands ---- */

static double number_of(const PolicyText *r, NodeId n)
{
    char text[64];
    Str s = source_text(r->p->sources, node_span(r->t, n));
    snprintf(text, sizeof text, "%.*s", s.n < sizeof text ? (int)s.n : 0, s.s);
    return strtod(text, NULL);
}

static Diag *report_bands(PolicyText *r, Span at, const char *problem)
{
    r->r->broken = true;
    return diag_add(r->p->diags, D_RISK_BANDS, at, policy_name(r), problem);
}

/* The lowest begins at 0, each further one higher. `places`: of the numbers, by rank. */
static void check_bands(PolicyText *r, NodeId table, const NodeId *places)
{
    const Enum *e = &r->p->enums.at[r->r->rows];
    for (uint32_t i = 0; i < e->n; i++) {
        if (!places[i]) {
            report_bands(r, node_span(r->t, table), said(r, "leave out `%s`", const_name(r, e->first + i)));
            continue;
        }
        double from = number_of(r, places[i]);
        vec_push(&r->r->bands, (RiskBand){e->first + i, from});
        if (i == 0 && from > 0)
            report_bands(r, node_span(r->t, places[i]), "begin above 0, so that lower scores have no row");
        if (i == 0 || !places[i - 1] || from > number_of(r, places[i - 1]))
            continue;
        Diag *d = report_bands(r, node_span(r->t, places[i]), "are not in order");
        diag_label(r->p->diags, d, node_span(r->t, places[i - 1]), "the row below it begins here");
    }
}

static void read_bands(PolicyText *r)
{
    NodeId table = find_table(r, "bands");
    Value measure = obj_known(r->p, r->s->obj, KNOWN_POLICY_MEASURE);
    r->r->measure = (measure.tag & VALUE_TAG) == V_CONST ? measure.a : 0;
    if ((table != 0) != (r->r->measure != 0)) {
        Diag *d = diag_add(r->p->diags, D_RISK_INCOMPLETE, here(r), policy_name(r), table ? "`measure`" : "`bands`");
        diag_help(r->p->diags, d,
                  table ? "say which score the bands are of, as in `measure: exploitability`"
                        : "say with `bands { ... }` from which score on each row begins");
        r->r->broken = true;
    }
    if (!table || !r->r->rows)
        return;
    NodeId *places = NEWN(r->text, NodeId, r->p->enums.at[r->r->rows].n);
    for (NodeId n = node_child(r->t, table); n; n = node_next(r->t, n)) {
        if (node_kind(r->t, n) != N_PROP)
            continue;
        ConstId row = read_const(r, r->r->rows, node_at(r->t, n)->val, row_span(r, n));
        NodeId value = node_child(r->t, n), *place = row ? &places[r->p->consts.at[row].rank] : NULL;
        if (place && *place)
            report_twice(r, row_span(r, n), row, node_span(r->t, *place));
        else if (place && node_kind(r->t, value) != N_NUM)
            report_bands(r, node_span(r->t, value), "want a number for each row");
        if (place && !*place)
            *place = value;
    }
    if (!r->r->broken)
        check_bands(r, table, places);
}

/* ---- matrix ---- */

static Diag *hole(PolicyText *r, Span at, const char *what)
{
    r->r->broken = true;
    return diag_add(r->p->diags, D_RISK_HOLE, at, policy_name(r), what);
}

/* The first line: which column stands where. False if it cannot be used. */
static bool read_columns(PolicyText *r, NodeId table, ConstId *order)
{
    Sym word = r->p->props.at[r->p->known[KNOWN_POLICY_COLUMNS]].name;
    NodeId line = 0;
    for (NodeId n = node_child(r->t, table); n && !line; n = node_next(r->t, n))
        if (node_kind(r->t, n) == N_PROP && node_at(r->t, n)->val == word)
            line = n;
    if (!line) {
        Diag *d = hole(r, node_span(r->t, table), "it has no line `columns`");
        diag_help(r->p->diags, d, "begin it with the values of the scale, `columns: [...]`");
        return false;
    }
    const Enum *e = &r->p->enums.at[r->r->columns];
    Span *seen = NEWN(r->text, Span, e->n);
    uint32_t n = 0;
    bool good = true;
    NodeId list = node_child(r->t, line), first = node_kind(r->t, list) == N_LIST ? node_child(r->t, list) : list;
    for (NodeId at = first; at; at = list == first ? 0 : node_next(r->t, at)) {
        ConstId c = read_value(r, r->r->columns, at);
        uint32_t rank = c ? r->p->consts.at[c].rank : 0;
        good &= c != 0;
        if (c && seen[rank].hi) {
            report_twice(r, node_span(r->t, at), c, seen[rank]);
            good = false;
        } else if (c) {
            seen[rank] = node_span(r->t, at);
            order[n++] = c;
        }
    }
    for (uint32_t i = 0; i < e->n && good; i++)
        if (!seen[i].hi)
            hole(r, node_span(r->t, list), said(r, "it has no column `%s`", const_name(r, e->first + i)));
    return good && n == e->n;
}

static void put_cell(PolicyText *r, uint32_t row, uint32_t column, NodeId n)
{
    r->r->cells.at[row * r->ncolumns + column] = read_value(r, r->r->levels, n);
    r->places.at[row * r->ncolumns + column] = n;
}

static void read_row(PolicyText *r, NodeId row, ConstId value, const ConstId *order)
{
    NodeId list = node_child(r->t, row);
    uint32_t rank = r->p->consts.at[value].rank, n = 0;
    bool is_list = node_kind(r->t, list) == N_LIST;
    for (NodeId at = is_list ? node_child(r->t, list) : list; at; at = is_list ? node_next(r->t, at) : 0, n++)
        if (n < r->ncolumns)
            put_cell(r, rank, order ? r->p->consts.at[order[n]].rank : 0, at);
    if (n == r->ncolumns)
        return;
    if (n < r->ncolumns)
        hole(r, node_span(r->t, list),
             said(r, "`%s` has nothing for %s", const_name(r, value),
                  order ? said(r, "`%s`", const_name(r, order[n])) : "its level"));
    else
        hole(r, node_span(r->t, list),
             said(r, "`%s` has %u cells for %u column%s", const_name(r, value), n, r->ncolumns,
                  r->ncolumns == 1 ? "" : "s"));
}

static void report_fall(PolicyText *r, uint32_t row, uint32_t column, uint32_t row0, uint32_t column0)
{
    const Enum *rows = &r->p->enums.at[r->r->rows];
    const Enum *columns = r->r->columns ? &r->p->enums.at[r->r->columns] : NULL;
    const char *names[2];
    uint32_t at[2][2] = {{row, column}, {row0, column0}};
    for (int i = 0; i < 2; i++)
        names[i] =
            columns ? said(r, "%s, %s", const_name(r, rows->first + at[i][0]), const_name(r, columns->first + at[i][1]))
                    : const_name(r, rows->first + at[i][0]);
    uint32_t bad = row * r->ncolumns + column, good = row0 * r->ncolumns + column0;
    Diag *d = diag_add(r->p->diags, D_RISK_NOT_MONOTONIC, node_span(r->t, r->places.at[bad]), names[0], names[1]);
    diag_caret(r->p->diags, d, "`%s`", const_name(r, r->r->cells.at[bad]));
    diag_label(r->p->diags, d, node_span(r->t, r->places.at[good]), "`%s` here", const_name(r, r->r->cells.at[good]));
    diag_help(r->p->diags, d, "raise the one to `%s`, or lower the other to `%s`", const_name(r, r->r->cells.at[good]),
              const_name(r, r->r->cells.at[bad]));
    r->r->broken = true;
}

static uint32_t level_rank(const PolicyText *r, uint32_t row, uint32_t column)
{
    return r->p->consts.at[r->r->cells.at[row * r->ncolumns + column]].rank;
}

static void check_monotonic(PolicyText *r)
{
    for (uint32_t row = 0; row < r->nrows; row++)
        for (uint32_t column = 0; column < r->ncolumns; column++) {
            uint32_t level = level_rank(r, row, column);
            if (row && level < level_rank(r, row - 1, column))
                report_fall(r, row, column, row - 1, column);
            if (column && level < level_rank(r, row, column - 1))
                report_fall(r, row, column, row, column - 1);
        }
}

static void read_rows(PolicyText *r, NodeId table, const ConstId *order)
{
    Sym word = r->p->props.at[r->p->known[KNOWN_POLICY_COLUMNS]].name;
    Span *seen = NEWN(r->text, Span, r->nrows);
    for (NodeId n = node_child(r->t, table); n; n = node_next(r->t, n)) {
        if (node_kind(r->t, n) != N_PROP || (order && node_at(r->t, n)->val == word))
            continue;
        ConstId row = read_const(r, r->r->rows, node_at(r->t, n)->val, row_span(r, n));
        Span *before = row ? &seen[r->p->consts.at[row].rank] : NULL;
        if (before && before->hi) {
            report_twice(r, row_span(r, n), row, *before);
        } else if (before) {
            *before = row_span(r, n);
            read_row(r, n, row, order);
        }
    }
    const Enum *e = &r->p->enums.at[r->r->rows];
    for (uint32_t i = 0; i < e->n; i++)
        if (!seen[i].hi)
            hole(r, node_span(r->t, table), said(r, "it has no row `%s`", const_name(r, e->first + i)));
}

static void read_matrix(PolicyText *r)
{
    NodeId table = find_table(r, "matrix");
    if (!table) {
        Diag *d = diag_add(r->p->diags, D_RISK_INCOMPLETE, here(r), policy_name(r), "`matrix`");
        diag_help(r->p->diags, d, "give each row its levels with `matrix { ... }`");
        r->r->broken = true;
    }
    if (!table || !r->r->rows || !r->r->levels || (given(r, KNOWN_POLICY_COLUMNS) && !r->r->columns))
        return;
    r->nrows = r->p->enums.at[r->r->rows].n;
    r->ncolumns = r->r->columns ? r->p->enums.at[r->r->columns].n : 1;
    for (uint32_t i = 0; i < r->nrows * r->ncolumns; i++) {
        vec_push(&r->r->cells, 0);
        vec_push(&r->places, 0);
    }
    ConstId *order = r->r->columns ? NEWN(r->text, ConstId, r->ncolumns) : NULL;
    if (order && !read_columns(r, table, order))
        return;
    read_rows(r, table, order);
    bool whole = true;
    for (uint32_t i = 0; i < r->r->cells.n; i++)
        whole &= r->r->cells.at[i] != 0;
    if (whole)
        check_monotonic(r);
}

/* ---- the whole ---- */

static void check_acceptance(PolicyText *r)
{
    RiskPolicy *at = r->r;
    if (!at->acceptable || !at->tolerable ||
        r->p->consts.at[at->acceptable].rank <= r->p->consts.at[at->tolerable].rank)
        return;
    Diag *d = diag_add(r->p->diags, D_RISK_ACCEPTANCE, node_span(r->t, given(r, KNOWN_POLICY_ACCEPTABLE)),
                       const_name(r, at->acceptable), const_name(r, at->tolerable));
    diag_label(r->p->diags, d, node_span(r->t, given(r, KNOWN_POLICY_TOLERABLE)), "tolerable up to here");
    at->broken = true;
}

/* Columns come from harms and from nothing else, so they are values of the scale that harms have. */
static EnumId read_columns_scale(PolicyText *r)
{
    EnumId scale = read_scale(r, KNOWN_POLICY_COLUMNS, false);
    EnumId harm = r->p->props.at[r->p->known[KNOWN_ESTIMATE_HARM]].type.of;
    if (!scale || scale == harm)
        return scale;
    const char *wanted = name_of(r, r->p->enums.at[harm].name);
    Diag *d = diag_add(r->p->diags, D_RISK_COLUMNS, node_span(r->t, given(r, KNOWN_POLICY_COLUMNS)), policy_name(r),
                       name_of(r, r->p->enums.at[scale].name), wanted);
    diag_help(r->p->diags, d, "write `columns: %s`", wanted);
    r->r->broken = true;
    return 0;
}

void policy_read(Program *p, const Stanza *s, RiskPolicy *out)
{
    PolicyText r = {.p = p, .s = s, .t = &p->modules.at[s->module].tree, .r = out, .text = &p->diags->arena};
    uint32_t errors = p->diags->errors;
    out->obj = s->obj;
    out->rows = read_scale(&r, KNOWN_POLICY_ROWS, true);
    out->columns = read_columns_scale(&r);
    out->levels = read_scale(&r, KNOWN_POLICY_LEVELS, true);
    check_tables(&r);
    read_bands(&r);
    read_matrix(&r);
    out->acceptable = read_level(&r, KNOWN_POLICY_ACCEPTABLE, out->levels, true);
    out->tolerable = read_level(&r, KNOWN_POLICY_TOLERABLE, out->levels, true);
    out->without_harm = out->columns ? read_level(&r, KNOWN_POLICY_WITHOUT_HARM, out->columns, false) : 0;
    out->closed = read_level(&r, KNOWN_POLICY_CLOSED, out->rows, false);
    check_acceptance(&r);
    out->broken |= p->diags->errors > errors;
    vec_free(&r.places);
}
