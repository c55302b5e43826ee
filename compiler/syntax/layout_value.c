/* The formatter's printing of values, lists, conditions and patterns. What is longer than a line is wrapped: lists are filled,
 * conditions broken before each `and` or `or`. Layout follows the tree alone, but for text blocks, which stay blocks. */
#include "syntax/layout.h"

static void print_modifiers(Layout *f, NodeId n);

/* ---- values ---- */

static void put_lines(Layout *f, Str text)
{
    while (text.n) {
        const char *eol = memchr(text.s, '\n', text.n);
        size_t n = eol ? (size_t)(eol - text.s) : text.n;
        if (n)
            strbuf_format(f->out, "%*s%.*s", (int)f->indent + FORMAT_INDENT, "", (int)n, text.s);
        strbuf_char(f->out, '\n');
        text = str_slice(text, n + (eol != NULL), text.n);
    }
}

static void put_text_block(Layout *f, NodeId n)
{
    const Node *d = layout_node(f, n);
    Arena scratch = {0};
    Str text = node_text(f->tree, f->sources, &scratch, n);
    bool block = layout_source_breaks(f, d->lo, node_hi(f->tree, n), 1) ||
                 (!f->flat && layout_column(f) + 9 + text.n > FORMAT_WIDTH);
    layout_put(f, SPACE, STR("\"\"\""), d->lo - 3, d->lo);
    if (block && !f->flat) {
        strbuf_char(f->out, '\n');
        put_lines(f, text);
        f->line = f->out->n;
        strbuf_format(f->out, "%*s\"\"\"", (int)f->indent, "");
    } else {
        f->failed |= block;
        strbuf_format(f->out, " %.*s%s\"\"\"", STR_FMT(text), text.n ? " " : "");
    }
    f->pos = node_hi(f->tree, n) + 3;
    arena_free(&scratch);
}

void layout_scalar(Layout *f, Gap gap, NodeId n)
{
    const Node *v = layout_node(f, n);
    switch ((NodeKind)v->kind) {
    case N_STRING:
    case N_TITLE: layout_copy(f, gap, v->lo - 1, node_hi(f->tree, n) + 1); break;
    case N_DOCSTR: put_text_block(f, n); break;
    case N_QNAME:
    case N_NAME: layout_name(f, gap, n); break;
    case N_NUM:
        layout_copy(f, gap, v->lo, node_hi(f->tree, n));
        if (v->val)
            layout_sym(f, SPACE, v->val);
        break;
    default: /* dates, people, ids and the lone star are what they are in the source */
        layout_copy(f, gap, v->lo, node_hi(f->tree, n));
    }
}

void layout_wrapped(Layout *f, NodeId n, const char *mark, bool fill, PrintOne *one)
{
    for (NodeId next; n; n = next) {
        next = node_next(f->tree, n);
        Layout saved = *f;
        size_t end = f->out->n;
        f->flat = fill && !f->wrap;
        one(f, SPACE, n);
        f->flat = false;
        if (fill && !saved.wrap && (f->failed || layout_column(f) + 1 > FORMAT_WIDTH)) {
            *f = saved;
            f->out->n = end;
            f->wrap = true;
            one(f, SPACE, n);
        }
        f->failed = false;
        if (next && *mark == ',')
            layout_comma(f);
        else if (next)
            layout_word(f, SPACE, mark);
        f->wrap |= !fill;
        f->within = false;
    }
}

void layout_list(Layout *f, Gap inner, const char *open, NodeId first, const char *close, uint32_t hi)
{
    Layout saved = *f;
    size_t end = f->out->n;
    f->flat = true;
    layout_word(f, SPACE, open);
    for (NodeId n = first; n && !f->failed; n = node_next(f->tree, n)) {
        layout_scalar(f, n == first ? inner : SPACE, n);
        if (node_next(f->tree, n))
            layout_comma(f);
    }
    layout_word(f, first ? inner : TIGHT, close);
    f->flat = saved.flat;
    if (saved.flat || !f->failed)
        return;
    layout_undo(f, &saved, end);
    layout_word(f, SPACE, open);
    bool fill = !layout_has_comments(f, f->pos, hi);
    f->indent += FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    layout_wrapped(f, first, ",", fill, layout_scalar);
    layout_comments(f, layout_next_token(f, false));
    f->indent -= FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    layout_word(f, SPACE, close);
}

/* ---- tables ---- */

enum { TABLE_COLUMNS = 32 };

/* Characters of a text on the line. */
static unsigned width_of(Str s)
{
    unsigned n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.s[i] & 0xC0) != 0x80;
    return n;
}

/* How wide each column is, the names of the rows first. False if the table is too wide or too odd to be aligned. */
static bool table_widths(const Layout *f, NodeId first, unsigned widths[TABLE_COLUMNS + 1])
{
    memset(widths, 0, (TABLE_COLUMNS + 1) * sizeof *widths);
    for (NodeId row = first; row; row = node_next(f->tree, row)) {
        unsigned at = 0, w = width_of(sym_str(f->names, layout_node(f, row)->val));
        widths[0] = w > widths[0] ? w : widths[0];
        for (NodeId cell = node_child(f->tree, node_child(f->tree, row)); cell; cell = node_next(f->tree, cell)) {
            if (at == TABLE_COLUMNS || node_kind(f->tree, cell) != N_QNAME || layout_node(f, cell)->flags)
                return false;
            w = width_of(sym_str(f->names, layout_node(f, cell)->val));
            at++;
            widths[at] = w > widths[at] ? w : widths[at];
        }
    }
    unsigned all = f->indent + FORMAT_INDENT + 4; /* colon, blank and brackets */
    for (unsigned i = 0; i <= TABLE_COLUMNS; i++)
        all += widths[i] + (widths[i] ? 2 : 0);
    return all <= FORMAT_WIDTH;
}

static void put_padded(Layout *f, unsigned pad)
{
    strbuf_format(f->out, "%*s", (int)pad, "");
}

static void put_row(Layout *f, NodeId row, const unsigned *widths)
{
    NodeId list = node_child(f->tree, row), cell = node_child(f->tree, list);
    Sym name = layout_node(f, row)->val;
    layout_sym(f, SPACE, name);
    layout_word(f, TIGHT, ":");
    put_padded(f, widths[0] - width_of(sym_str(f->names, name)));
    layout_word(f, SPACE, "[");
    for (unsigned at = 1; cell; at++, cell = node_next(f->tree, cell)) {
        layout_name(f, at == 1 ? TIGHT : SPACE, cell);
        if (!node_next(f->tree, cell))
            break;
        layout_comma(f);
        put_padded(f, widths[at] - width_of(sym_str(f->names, layout_node(f, cell)->val)));
    }
    layout_word(f, TIGHT, "]");
}

void layout_rows(Layout *f, NodeId first)
{
    unsigned widths[TABLE_COLUMNS + 1];
    layout_word(f, SPACE, "{");
    f->failed |= f->flat;
    f->indent += FORMAT_INDENT;
    bool aligned = table_widths(f, first, widths);
    for (NodeId row = first; row && !f->failed; row = node_next(f->tree, row)) {
        f->within = f->empty = false;
        f->wrap = true;
        if (aligned) {
            put_row(f, row, widths);
        } else {
            layout_sym(f, SPACE, layout_node(f, row)->val);
            layout_word(f, TIGHT, ":");
            layout_value(f, node_child(f->tree, row));
        }
    }
    f->indent -= FORMAT_INDENT;
    f->within = f->empty = false;
    f->wrap = true;
    layout_word(f, SPACE, "}");
}

void layout_value(Layout *f, NodeId n)
{
    if (node_kind(f->tree, n) == N_LIST)
        layout_list(f, TIGHT, "[", node_child(f->tree, n), "]", node_hi(f->tree, n));
    else
        layout_scalar(f, SPACE, n);
}

void layout_names(Layout *f, NodeId n, NodeKind kind)
{
    for (; n && node_kind(f->tree, n) == kind; n = node_next(f->tree, n)) {
        NodeId name = kind == N_QNAME ? n : node_child(f->tree, n);
        layout_name(f, SPACE, name);
        NodeId next = node_next(f->tree, n);
        if (next && node_kind(f->tree, next) == kind)
            layout_comma(f);
    }
}

/* ---- conditions ---- */

void layout_where(Layout *f, const char *word, NodeId condition)
{
    layout_word(f, SPACE, word);
    layout_word(f, SPACE, "(");
    layout_condition(f, condition);
    layout_word(f, TIGHT, ")");
}

void layout_chain(Layout *f, NodeId first, const char *word, void (*one)(Layout *, NodeId))
{
    Layout saved = *f;
    size_t end = f->out->n;
    for (int broken = 0; broken < 2; broken++) {
        f->flat = saved.flat || !broken;
        for (NodeId n = first; n; n = node_next(f->tree, n)) {
            if (n != first) {
                f->wrap |= broken && !saved.flat;
                layout_word(f, SPACE, word);
            }
            one(f, n);
        }
        f->flat = saved.flat;
        if (saved.flat || !f->failed)
            return;
        layout_undo(f, &saved, end);
    }
}

/* A condition never begins a line of its own, but behind `(` it is tight. */
static Gap gap_here(const Layout *f)
{
    return f->out->n && f->out->s[f->out->n - 1] == '(' ? TIGHT : SPACE;
}

static void print_noun(Layout *f, NodeId n)
{
    if (node_kind(f->tree, n) != N_NOUN) {
        layout_scalar(f, gap_here(f), n);
        return;
    }
    NodeId name = node_child(f->tree, n);
    layout_name(f, gap_here(f), name);
    layout_where(f, "where", node_next(f->tree, name));
}

static void print_relation(Layout *f, NodeId n, const char *word)
{
    NodeId a = node_child(f->tree, n), b = node_next(f->tree, a);
    if (b)
        print_noun(f, a);
    layout_word(f, gap_here(f), word);
    if (node_kind(f->tree, n) == N_IS && layout_node(f, n)->flags & NF_NOT)
        layout_word(f, SPACE, "not");
    b = b ? b : a;
    if (node_kind(f->tree, b) == N_LIST)
        layout_value(f, b);
    else
        print_noun(f, b);
}

static void print_quantifier(Layout *f, NodeId n)
{
    layout_word(f, gap_here(f), quant_name((QuantKind)layout_node(f, n)->val));
    NodeId kid = node_child(f->tree, n);
    layout_name(f, SPACE, kid);
    kid = node_next(f->tree, kid);
    print_modifiers(f, kid);
    while (kid && node_kind(f->tree, kid) == N_MOD)
        kid = node_next(f->tree, kid);
    if (kid)
        layout_where(f, "where", kid);
}

void layout_condition(Layout *f, NodeId n)
{
    const Node *c = layout_node(f, n);
    switch ((NodeKind)c->kind) {
    case N_AND: layout_chain(f, c->child, "and", layout_condition); break;
    case N_OR: layout_chain(f, c->child, "or", layout_condition); break;
    case N_NOT:
        layout_word(f, gap_here(f), "not");
        layout_condition(f, c->child);
        break;
    case N_PAREN:
        layout_word(f, gap_here(f), "(");
        f->indent += FORMAT_INDENT;
        layout_condition(f, c->child);
        f->indent -= FORMAT_INDENT;
        layout_word(f, TIGHT, ")");
        break;
    case N_CMP: print_relation(f, n, cmp_name((CmpOp)c->val)); break;
    case N_IS: print_relation(f, n, "is"); break;
    case N_IN: print_relation(f, n, "in"); break;
    case N_INSIDE: print_relation(f, n, "inside"); break;
    case N_VERB: print_relation(f, n, verb_name((VerbKind)c->val)); break;
    case N_HAS: print_relation(f, n, "has"); break;
    case N_QUANT: print_quantifier(f, n); break;
    default: layout_scalar(f, gap_here(f), n);
    }
}

/* ---- rules ---- */

static void print_variable(Layout *f, NodeId n)
{
    const Node *v = layout_node(f, n);
    if (v->kind == N_QNAME || v->kind == N_NUM) {
        layout_scalar(f, SPACE, n);
        return;
    }
    layout_sym(f, SPACE, v->val);
    if (v->child) {
        layout_word(f, SPACE, ":");
        layout_name(f, SPACE, v->child);
    }
}

static void print_modifiers(Layout *f, NodeId n)
{
    for (; n && node_kind(f->tree, n) == N_MOD; n = node_next(f->tree, n)) {
        ModKind m = (ModKind)layout_node(f, n)->val;
        NodeId kid = node_child(f->tree, n);
        if (m == MOD_ALONG || m == MOD_AVOIDING) {
            layout_where(f, mod_name(m), kid);
            continue;
        }
        layout_word(f, SPACE, mod_name(m));
        print_variable(f, kid);
        if (m == MOD_WITHIN)
            layout_word(f, SPACE, "steps");
    }
}

void layout_pattern(Layout *f, NodeId n)
{
    NodeId kind = node_child(f->tree, n);
    layout_name(f, SPACE, kind);
    layout_sym(f, SPACE, layout_node(f, n)->val);
    print_modifiers(f, node_next(f->tree, kind));
}

void layout_mitigation(Layout *f, NodeId n)
{
    NodeId kid = node_child(f->tree, n);
    if (layout_node(f, n)->flags & NF_CONDITION) {
        layout_word(f, SPACE, "(");
        layout_condition(f, kid);
        layout_word(f, TIGHT, ")");
        return;
    }
    layout_name(f, SPACE, kid);
    layout_word(f, SPACE, "on");
    bool first = true;
    for (kid = node_next(f->tree, kid); kid && node_kind(f->tree, kid) == N_VAR; kid = node_next(f->tree, kid)) {
        if (!first)
            layout_word(f, SPACE, "or");
        print_variable(f, kid);
        first = false;
    }
    if (kid)
        layout_where(f, "where", kid);
}
