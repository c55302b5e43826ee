/* The canonical layout. One walk over the tree prints every token; the source is read along with it, so that a comment comes
 * out between the same two tokens it stood between. Requires a tree without syntax errors. Layout follows the tree alone, but
 * for three things people decide: which blocks stand on one line (if they fit), which text blocks do, and single empty lines. */
#include "syntax/format.h"

#include "syntax/parse.h"

typedef struct Layout {
    const Tree *tree;
    const Sources *sources;
    const Interner *names;
    Str text;
    StrBuf *out;
    uint32_t pos;     /* end of the last token or comment taken from the source */
    uint32_t comment; /* the next one to print */
    size_t line;      /* where the line at hand begins in `out` */
    unsigned indent;
    bool wrap;        /* a new line is due before the next token */
    bool empty;       /* and an empty one before it, if the source has one there */
    bool within;      /* inside a statement: its further lines are indented twice more */
    bool flat;        /* everything on one line, or `failed` */
    bool failed;
} Layout;

static void print_condition(Layout *f, NodeId n);
static void print_items(Layout *f, NodeId n);

static const Node *node(const Layout *f, NodeId n)
{
    return node_at(f->tree, n);
}

/* ---- lines and comments ---- */

static unsigned column(const Layout *f)
{
    unsigned n = 0;
    for (size_t i = f->line; i < f->out->n; i++)
        n += ((unsigned char)f->out->s[i] & 0xC0) != 0x80;
    return n;
}

static bool source_breaks(const Layout *f, uint32_t lo, uint32_t hi, unsigned least)
{
    for (uint32_t i = lo; i < hi && least; i++)
        least -= f->text.s[i] == '\n';
    return least == 0;
}

static void start_line(Layout *f, uint32_t next)
{
    if (f->out->n) {
        strbuf_char(f->out, '\n');
        if (f->empty && source_breaks(f, f->pos, next, 2))
            strbuf_char(f->out, '\n');
    }
    f->line = f->out->n;
    unsigned indent = f->indent + (f->within ? 2 * FORMAT_INDENT : 0);
    strbuf_format(f->out, "%*s", (int)indent, "");
    f->wrap = false;
}

static Str comment_text(const Layout *f, const Comment *c)
{
    Str s = str_slice(f->text, c->lo, c->hi);
    while (s.n && (s.s[s.n - 1] == ' ' || s.s[s.n - 1] == '\t' || s.s[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* Prints the comments that stand before a place of the source. */
static void print_comments(Layout *f, uint32_t before)
{
    for (; f->comment < f->tree->comments.n; f->comment++) {
        const Comment *c = &f->tree->comments.at[f->comment];
        if (c->lo >= before)
            return;
        f->failed |= f->flat;
        if (c->own_line || !f->out->n)
            start_line(f, c->lo);
        else
            strbuf_char(f->out, ' ');
        strbuf_add(f->out, comment_text(f, c));
        f->wrap = true;
        f->empty |= !f->within && c->own_line;
        f->pos = c->hi;
    }
}

static bool has_comments(const Layout *f, uint32_t lo, uint32_t hi)
{
    uint32_t a = f->comment, b = f->tree->comments.n;
    while (a < b) {
        uint32_t mid = a + (b - a) / 2;
        if (f->tree->comments.at[mid].lo < lo)
            a = mid + 1;
        else
            b = mid;
    }
    return a < f->tree->comments.n && f->tree->comments.at[a].lo < hi;
}

/* Where the next token begins that the layout keeps: blanks, comments, `;` and (unless wanted) `,` are not. */
static uint32_t next_token(const Layout *f, bool comma)
{
    uint32_t i = f->pos, c = f->comment;
    for (; i < f->text.n; i++) {
        while (c < f->tree->comments.n && f->tree->comments.at[c].lo < i)
            c++;
        if (c < f->tree->comments.n && f->tree->comments.at[c].lo == i)
            i = f->tree->comments.at[c].hi;
        if (i >= f->text.n || (!strchr(" \t\r\n;", f->text.s[i]) && (comma || f->text.s[i] != ',')))
            break;
    }
    return i;
}

/* ---- tokens ---- */

enum Gap { TIGHT, SPACE };

static void put(Layout *f, enum Gap gap, Str text, uint32_t lo, uint32_t hi)
{
    if (f->flat && f->failed)
        return;
    print_comments(f, lo);
    if (f->wrap)
        start_line(f, lo);
    else if (gap == SPACE && f->out->n > f->line)
        strbuf_char(f->out, ' ');
    strbuf_add(f->out, text);
    f->pos = hi;
    f->within = true;
    f->empty = false;
    if (f->flat && column(f) > FORMAT_WIDTH)
        f->failed = true;
}

/* A keyword or mark, found in the source where the walk has arrived. */
static void put_z(Layout *f, enum Gap gap, const char *z)
{
    Str text = str_from(z);
    uint32_t lo = next_token(f, false);
    put(f, gap, text, lo, str_starts(str_slice(f->text, lo, f->text.n), text) ? lo + (uint32_t)text.n : f->pos);
}

/* A comma never begins a line: comments before it go behind it. */
static void put_comma(Layout *f)
{
    if (f->flat && f->failed)
        return;
    uint32_t at = next_token(f, true);
    strbuf_char(f->out, ',');
    if (at < f->text.n && f->text.s[at] == ',' && !has_comments(f, f->pos, at))
        f->pos = at + 1;
}

static void put_sym(Layout *f, enum Gap gap, Sym sym)
{
    Str text = sym_str(f->names, sym);
    uint32_t lo = next_token(f, false);
    put(f, gap, text, lo, lo + (uint32_t)text.n);
}

static void put_source(Layout *f, enum Gap gap, uint32_t lo, uint32_t hi)
{
    put(f, gap, str_slice(f->text, lo, hi), lo, hi);
}

static void put_name(Layout *f, enum Gap gap, NodeId n)
{
    const Node *q = node(f, n);
    if (has_comments(f, q->lo, q->hi)) {
        put_source(f, gap, q->lo, q->hi);
        while (f->comment < f->tree->comments.n && f->tree->comments.at[f->comment].lo < q->hi)
            f->comment++;
        f->failed |= f->flat;
        return;
    }
    StrBuf text = {0};
    strbuf_add(&text, sym_str(f->names, q->val));
    strbuf_addz(&text, q->flags & NF_STAR_STAR ? ".**" : q->flags & NF_STAR ? ".*" : "");
    put(f, gap, strbuf_str(&text), q->lo, q->hi);
    strbuf_free(&text);
}

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
    const Node *d = node(f, n);
    Arena scratch = {0};
    Str text = node_text(f->tree, f->sources, &scratch, n);
    bool block = source_breaks(f, d->lo, d->hi, 1) || (!f->flat && column(f) + 9 + text.n > FORMAT_WIDTH);
    put(f, SPACE, STR("\"\"\""), d->lo - 3, d->lo);
    if (block && !f->flat) {
        strbuf_char(f->out, '\n');
        put_lines(f, text);
        f->line = f->out->n;
        strbuf_format(f->out, "%*s\"\"\"", (int)f->indent, "");
    } else {
        f->failed |= block;
        strbuf_format(f->out, " %.*s%s\"\"\"", STR_FMT(text), text.n ? " " : "");
    }
    f->pos = d->hi + 3;
    arena_free(&scratch);
}

static void print_scalar(Layout *f, enum Gap gap, NodeId n)
{
    const Node *v = node(f, n);
    switch ((NodeKind)v->kind) {
    case N_STRING: case N_TITLE:
        put_source(f, gap, v->lo - 1, v->hi + 1);
        break;
    case N_DOCSTR:
        put_text_block(f, n);
        break;
    case N_QNAME: case N_NAME:
        put_name(f, gap, n);
        break;
    case N_NUM:
        put_source(f, gap, v->lo, v->hi);
        if (v->val)
            put_sym(f, SPACE, v->val);
        break;
    default: /* dates, people, ids and the lone star are what they are in the source */
        put_source(f, gap, v->lo, v->hi);
    }
}

typedef void PrintOne(Layout *f, enum Gap gap, NodeId n);

/* Siblings with marks between. `fill`: as many on a line as fit, else one a line. */
static void print_wrapped(Layout *f, NodeId n, const char *mark, bool fill, PrintOne *one)
{
    for (NodeId next; n; n = next) {
        next = node(f, n)->next;
        Layout saved = *f;
        size_t end = f->out->n;
        f->flat = fill && !f->wrap;
        one(f, SPACE, n);
        f->flat = false;
        if (fill && !saved.wrap && (f->failed || column(f) + 1 > FORMAT_WIDTH)) {
            *f = saved;
            f->out->n = end;
            f->wrap = true;
            one(f, SPACE, n);
        }
        f->failed = false;
        if (next && *mark == ',')
            put_comma(f);
        else if (next)
            put_z(f, SPACE, mark);
        f->wrap |= !fill;
        f->within = false;
    }
}

/* Takes back what was printed since `saved`. */
static void undo(Layout *f, const Layout *saved, size_t end)
{
    *f = *saved;
    f->out->n = end;
}

/* `open a, b, c close` on one line, or wrapped between the two. */
static void print_list(Layout *f, enum Gap inner, const char *open, NodeId first, const char *close, uint32_t hi)
{
    Layout saved = *f;
    size_t end = f->out->n;
    f->flat = true;
    put_z(f, SPACE, open);
    for (NodeId n = first; n && !f->failed; n = node(f, n)->next) {
        print_scalar(f, n == first ? inner : SPACE, n);
        if (node(f, n)->next)
            put_comma(f);
    }
    put_z(f, first ? inner : TIGHT, close);
    f->flat = saved.flat;
    if (saved.flat || !f->failed)
        return;
    undo(f, &saved, end);
    put_z(f, SPACE, open);
    bool fill = !has_comments(f, f->pos, hi);
    f->indent += FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    print_wrapped(f, first, ",", fill, print_scalar);
    print_comments(f, next_token(f, false));
    f->indent -= FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    put_z(f, SPACE, close);
}

static void print_value(Layout *f, NodeId n)
{
    if (node_kind(f->tree, n) == N_LIST)
        print_list(f, TIGHT, "[", node(f, n)->child, "]", node(f, n)->hi);
    else
        print_scalar(f, SPACE, n);
}

static void print_names(Layout *f, NodeId n, NodeKind kind)
{
    for (; n && node_kind(f->tree, n) == kind; n = node(f, n)->next) {
        NodeId name = kind == N_QNAME ? n : node(f, n)->child;
        put_name(f, SPACE, name);
        NodeId next = node(f, n)->next;
        if (next && node_kind(f->tree, next) == kind)
            put_comma(f);
    }
}

/* ---- conditions ---- */

static void print_modifiers(Layout *f, NodeId n);

static void print_where(Layout *f, const char *word, NodeId condition)
{
    put_z(f, SPACE, word);
    put_z(f, SPACE, "(");
    print_condition(f, condition);
    put_z(f, TIGHT, ")");
}

/* `a and b and c`: on one line, or each on its own. */
static void print_chain(Layout *f, NodeId first, const char *word, void (*one)(Layout *, NodeId))
{
    Layout saved = *f;
    size_t end = f->out->n;
    for (int broken = 0; broken < 2; broken++) {
        f->flat = saved.flat || !broken;
        for (NodeId n = first; n; n = node(f, n)->next) {
            if (n != first) {
                f->wrap |= broken && !saved.flat;
                put_z(f, SPACE, word);
            }
            one(f, n);
        }
        f->flat = saved.flat;
        if (saved.flat || !f->failed)
            return;
        undo(f, &saved, end);
    }
}

/* A condition never begins a line of its own, but behind `(` it is tight. */
static enum Gap gap_here(const Layout *f)
{
    return f->out->n && f->out->s[f->out->n - 1] == '(' ? TIGHT : SPACE;
}

static void print_noun(Layout *f, NodeId n)
{
    if (node_kind(f->tree, n) != N_NOUN) {
        print_scalar(f, gap_here(f), n);
        return;
    }
    NodeId name = node(f, n)->child;
    put_name(f, gap_here(f), name);
    print_where(f, "where", node(f, name)->next);
}

static void print_relation(Layout *f, NodeId n, const char *word)
{
    NodeId a = node(f, n)->child, b = node(f, a)->next;
    if (b)
        print_noun(f, a);
    put_z(f, gap_here(f), word);
    if (node_kind(f->tree, n) == N_IS && node(f, n)->flags & NF_NOT)
        put_z(f, SPACE, "not");
    b = b ? b : a;
    if (node_kind(f->tree, b) == N_LIST)
        print_value(f, b);
    else
        print_noun(f, b);
}

static void print_quantifier(Layout *f, NodeId n)
{
    put_z(f, gap_here(f), quant_name((QuantKind)node(f, n)->val));
    NodeId kid = node(f, n)->child;
    put_name(f, SPACE, kid);
    kid = node(f, kid)->next;
    print_modifiers(f, kid);
    while (kid && node_kind(f->tree, kid) == N_MOD)
        kid = node(f, kid)->next;
    if (kid)
        print_where(f, "where", kid);
}

static void print_condition(Layout *f, NodeId n)
{
    const Node *c = node(f, n);
    switch ((NodeKind)c->kind) {
    case N_AND:
        print_chain(f, c->child, "and", print_condition);
        break;
    case N_OR:
        print_chain(f, c->child, "or", print_condition);
        break;
    case N_NOT:
        put_z(f, gap_here(f), "not");
        print_condition(f, c->child);
        break;
    case N_PAREN:
        put_z(f, gap_here(f), "(");
        f->indent += FORMAT_INDENT;
        print_condition(f, c->child);
        f->indent -= FORMAT_INDENT;
        put_z(f, TIGHT, ")");
        break;
    case N_CMP:
        print_relation(f, n, cmp_name((CmpOp)c->val));
        break;
    case N_IS:
        print_relation(f, n, "is");
        break;
    case N_IN:
        print_relation(f, n, "in");
        break;
    case N_INSIDE:
        print_relation(f, n, "inside");
        break;
    case N_VERB:
        print_relation(f, n, verb_name((VerbKind)c->val));
        break;
    case N_HAS:
        print_relation(f, n, "has");
        break;
    case N_QUANT:
        print_quantifier(f, n);
        break;
    default:
        print_scalar(f, gap_here(f), n);
    }
}

/* ---- rules ---- */

static void print_variable(Layout *f, NodeId n)
{
    const Node *v = node(f, n);
    if (v->kind == N_QNAME || v->kind == N_NUM) {
        print_scalar(f, SPACE, n);
        return;
    }
    put_sym(f, SPACE, v->val);
    if (v->child) {
        put_z(f, SPACE, ":");
        put_name(f, SPACE, v->child);
    }
}

static void print_modifiers(Layout *f, NodeId n)
{
    for (; n && node_kind(f->tree, n) == N_MOD; n = node(f, n)->next) {
        ModKind m = (ModKind)node(f, n)->val;
        NodeId kid = node(f, n)->child;
        if (m == MOD_ALONG || m == MOD_AVOIDING) {
            print_where(f, mod_name(m), kid);
            continue;
        }
        put_z(f, SPACE, mod_name(m));
        print_variable(f, kid);
        if (m == MOD_WITHIN)
            put_z(f, SPACE, "steps");
    }
}

static void print_pattern(Layout *f, NodeId n)
{
    NodeId kind = node(f, n)->child;
    put_name(f, SPACE, kind);
    put_sym(f, SPACE, node(f, n)->val);
    print_modifiers(f, node(f, kind)->next);
}

static void print_mitigation(Layout *f, NodeId n)
{
    NodeId kid = node(f, n)->child;
    if (node(f, n)->flags & NF_CONDITION) {
        put_z(f, SPACE, "(");
        print_condition(f, kid);
        put_z(f, TIGHT, ")");
        return;
    }
    put_name(f, SPACE, kid);
    put_z(f, SPACE, "on");
    bool first = true;
    for (kid = node(f, kid)->next; kid && node_kind(f->tree, kid) == N_VAR; kid = node(f, kid)->next) {
        if (!first)
            put_z(f, SPACE, "or");
        print_variable(f, kid);
        first = false;
    }
    if (kid)
        print_where(f, "where", kid);
}

static void print_property_name(Layout *f, Sym name)
{
    put_sym(f, SPACE, name);
    put_z(f, TIGHT, ":");
}

static void print_raise(Layout *f, NodeId n)
{
    NodeId value = node(f, n)->child;
    put_z(f, SPACE, "raise");
    put_sym(f, SPACE, node(f, n)->val);
    put_z(f, SPACE, "to");
    print_scalar(f, SPACE, value);
    put_z(f, SPACE, "when");
    print_condition(f, node(f, value)->next);
}

static void print_expect(Layout *f, NodeId n)
{
    const Node *e = node(f, n);
    put_z(f, SPACE, "expect");
    if (e->flags & NF_NOT)
        put_z(f, SPACE, "no");
    else if (e->val)
        put_sym(f, SPACE, e->val);
    put_name(f, SPACE, e->child);
    NodeId at = node(f, e->child)->next;
    if (at) {
        put_z(f, SPACE, "at");
        print_names(f, at, N_AT);
    }
}

/* ---- blocks ---- */

/* `{ ... }` with the statements from `first` on. It stays on one line if it was written so and fits. */
static void print_block(Layout *f, NodeId first, uint32_t hi)
{
    uint32_t open = next_token(f, false);
    put_z(f, SPACE, "{");
    if (!first && !has_comments(f, open, hi)) {
        put_z(f, TIGHT, "}");
        return;
    }
    if (first && (f->flat || !source_breaks(f, open, hi, 1))) {
        Layout saved = *f;
        size_t end = f->out->n;
        f->flat = true;
        print_items(f, first);
        put_z(f, SPACE, "}");
        f->flat = saved.flat;
        if (saved.flat || !f->failed)
            return;
        undo(f, &saved, end);
    }
    f->failed |= f->flat;
    f->indent += FORMAT_INDENT;
    f->within = f->empty = false;
    print_items(f, first);
    f->within = false;
    f->empty = first != 0;
    print_comments(f, hi - 1);
    f->indent -= FORMAT_INDENT;
    f->within = f->empty = false;
    f->wrap = true;
    put_z(f, SPACE, "}");
}

static void print_enum_value(Layout *f, enum Gap gap, NodeId n)
{
    put_sym(f, gap, node(f, n)->val);
    if (node(f, n)->child)
        print_scalar(f, SPACE, node(f, n)->child);
}

static void print_enum(Layout *f, NodeId n, const char *word, const char *mark)
{
    const Node *e = node(f, n);
    put_z(f, SPACE, word);
    put_sym(f, SPACE, e->val);
    uint32_t open = next_token(f, false);
    put_z(f, SPACE, "{");
    Layout saved = *f;
    size_t end = f->out->n;
    f->flat = true;
    f->failed |= source_breaks(f, open, e->hi, 1);
    for (NodeId v = e->child; v && !f->failed; v = node(f, v)->next) {
        print_enum_value(f, SPACE, v);
        if (node(f, v)->next && *mark == ',')
            put_comma(f);
        else if (node(f, v)->next)
            put_z(f, SPACE, mark);
    }
    put_z(f, SPACE, "}");
    f->flat = saved.flat;
    if (saved.flat || !f->failed)
        return;
    undo(f, &saved, end);
    f->indent += FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    print_wrapped(f, e->child, mark, false, print_enum_value);
    print_comments(f, e->hi - 1);
    f->indent -= FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    put_z(f, SPACE, "}");
}

/* ---- statements ---- */

static void print_import(Layout *f, NodeId n)
{
    const Node *m = node(f, n);
    put_z(f, SPACE, "import");
    put_name(f, SPACE, m->child);
    NodeId names = node(f, m->child)->next;
    if (m->val) {
        put_z(f, SPACE, "as");
        put_sym(f, SPACE, m->val);
    } else if (names) {
        print_list(f, SPACE, "{", names, "}", m->hi);
    }
}

static NodeId print_title(Layout *f, NodeId n)
{
    if (!n || (node_kind(f->tree, n) != N_TITLE && node_kind(f->tree, n) != N_STRING))
        return n;
    print_scalar(f, SPACE, n);
    return node(f, n)->next;
}

static void print_kind(Layout *f, NodeId n)
{
    const Node *k = node(f, n);
    put_z(f, SPACE, "kind");
    put_sym(f, SPACE, k->val);
    put_z(f, SPACE, ":");
    put_name(f, SPACE, k->child);
    NodeId items = print_title(f, node(f, k->child)->next);
    if (k->flags & NF_HAS_BODY)
        print_block(f, items, k->hi);
}

static void print_type(Layout *f, NodeId n)
{
    const Node *t = node(f, n);
    if (t->flags & NF_SET)
        put_z(f, SPACE, "[");
    put_name(f, t->flags & NF_SET ? TIGHT : SPACE, t->child);
    if (t->flags & NF_SET)
        put_z(f, TIGHT, "]");
    if (t->flags & NF_OPTIONAL)
        put_z(f, TIGHT, "?");
}

static void print_property(Layout *f, NodeId n)
{
    put_z(f, SPACE, "property");
    put_sym(f, SPACE, node(f, n)->val);
    put_z(f, SPACE, ":");
    NodeId kid = node(f, n)->child;
    print_type(f, kid);
    kid = node(f, kid)->next;
    if (kid && node_kind(f->tree, kid) != N_TITLE && node_kind(f->tree, kid) != N_PROVIDES) {
        put_z(f, SPACE, "=");
        print_value(f, kid);
        kid = node(f, kid)->next;
    }
    kid = print_title(f, kid);
    if (kid) {
        put_z(f, SPACE, "provides");
        print_names(f, node(f, kid)->child, N_QNAME);
    }
}

static void print_template(Layout *f, NodeId n)
{
    put_z(f, SPACE, "template");
    put_sym(f, SPACE, node(f, n)->val);
    put_z(f, TIGHT, "(");
    NodeId kid = node(f, n)->child;
    for (bool first = true; kid && node_kind(f->tree, kid) == N_PARAM; kid = node(f, kid)->next, first = false) {
        if (!first)
            put_comma(f);
        put_sym(f, first ? TIGHT : SPACE, node(f, kid)->val);
        put_z(f, TIGHT, ":");
        print_type(f, node(f, kid)->child);
    }
    put_z(f, TIGHT, ")");
    print_block(f, node(f, kid)->child, node(f, kid)->hi);
}

static void print_body(Layout *f, NodeId n)
{
    if (n)
        print_block(f, node(f, n)->child, node(f, n)->hi);
}

static void print_use(Layout *f, NodeId n)
{
    const Node *u = node(f, n);
    put_z(f, SPACE, "use");
    put_name(f, SPACE, u->child);
    put_z(f, SPACE, "as");
    put_sym(f, SPACE, u->val);
    print_body(f, print_title(f, node(f, u->child)->next));
}

static void print_view(Layout *f, NodeId n)
{
    put_z(f, SPACE, "view");
    put_sym(f, SPACE, node(f, n)->val);
    NodeId kid = node(f, n)->child;
    if (node_kind(f->tree, kid) == N_OF) {
        put_z(f, SPACE, "of");
        print_names(f, node(f, kid)->child, N_QNAME);
        kid = node(f, kid)->next;
    }
    print_body(f, print_title(f, kid));
}

/* `word name "title" { ... }` whose statements are children of the node itself. */
static void print_named_block(Layout *f, NodeId n, const char *word)
{
    put_z(f, SPACE, word);
    put_sym(f, SPACE, node(f, n)->val);
    print_block(f, print_title(f, node(f, n)->child), node(f, n)->hi);
}

static void print_decision(Layout *f, NodeId n)
{
    put_z(f, SPACE, "decision");
    NodeId kid = node(f, n)->child;
    if (node_kind(f->tree, kid) == N_HASHID) {
        print_scalar(f, SPACE, kid);
        kid = node(f, kid)->next;
    } else {
        put_sym(f, SPACE, node(f, n)->val);
    }
    put_name(f, SPACE, kid);
    kid = node(f, kid)->next;
    put_name(f, SPACE, kid);
    kid = node(f, kid)->next;
    put_z(f, SPACE, "at");
    print_names(f, kid, N_AT);
    print_body(f, node_seek(f->tree, kid, N_BODY));
}

static void print_declaration(Layout *f, NodeId n)
{
    NodeId kid = node(f, n)->child;
    put_name(f, SPACE, kid);
    put_sym(f, SPACE, node(f, n)->val);
    kid = print_title(f, node(f, kid)->next);
    for (; kid; kid = node(f, kid)->next) {
        const Node *k = node(f, kid);
        if (k->kind == N_HASHID) {
            print_scalar(f, SPACE, kid);
        } else if (k->kind == N_WAS) {
            put_z(f, SPACE, "was");
            put_name(f, SPACE, k->child);
        } else if (k->kind == N_ENDS) {
            put_z(f, SPACE, ":");
            put_name(f, SPACE, k->child);
            put_z(f, SPACE, k->flags & NF_TWO_WAY ? "<->" : "->");
            put_name(f, SPACE, node(f, k->child)->next);
        } else {
            print_body(f, kid);
        }
    }
}

static void print_with(Layout *f, NodeId n)
{
    put_z(f, SPACE, "with");
    NodeId kid = node(f, n)->child;
    for (bool first = true; kid && node_kind(f->tree, kid) == N_ASSIGN; kid = node(f, kid)->next, first = false) {
        if (!first)
            put_comma(f);
        NodeId name = node(f, kid)->child;
        put_name(f, SPACE, name);
        put_z(f, TIGHT, ":");
        print_value(f, node(f, name)->next);
    }
    print_block(f, kid, node(f, n)->hi);
}

static void print_never(Layout *f, NodeId n)
{
    NodeId pattern = node(f, n)->child;
    put_z(f, SPACE, "never");
    print_pattern(f, pattern);
    if (node(f, pattern)->next)
        print_where(f, "where", node(f, pattern)->next);
}

static void print_statement(Layout *f, NodeId n)
{
    const Node *s = node(f, n);
    switch ((NodeKind)s->kind) {
    case N_IMPORT: print_import(f, n); break;
    case N_ENUM: print_enum(f, n, "enum", ","); break;
    case N_SCALE: print_enum(f, n, "scale", "<"); break;
    case N_KIND: print_kind(f, n); break;
    case N_PROPERTY: print_property(f, n); break;
    case N_TEMPLATE: print_template(f, n); break;
    case N_USE: print_use(f, n); break;
    case N_EXTEND:
        put_z(f, SPACE, "extend");
        put_name(f, SPACE, s->child);
        print_body(f, node(f, s->child)->next);
        break;
    case N_VIEW: print_view(f, n); break;
    case N_RULE: print_named_block(f, n, "rule"); break;
    case N_POLICY: print_named_block(f, n, "policy"); break;
    case N_TEST: print_named_block(f, n, "test"); break;
    case N_DECISION: print_decision(f, n); break;
    case N_DECL: print_declaration(f, n); break;
    case N_PROP:
        print_property_name(f, s->val);
        print_value(f, s->child);
        break;
    case N_FOREACH:
        put_z(f, SPACE, "for");
        put_z(f, SPACE, "each");
        print_pattern(f, s->child);
        break;
    case N_WHEN:
    case N_UNLESS:
        put_z(f, SPACE, s->kind == N_WHEN ? "when" : "unless");
        print_condition(f, s->child);
        break;
    case N_MITIGATED:
        put_z(f, SPACE, "mitigated");
        put_z(f, SPACE, "by");
        print_chain(f, s->child, "and", print_mitigation);
        break;
    case N_RAISE: print_raise(f, n); break;
    case N_NEVER: print_never(f, n); break;
    case N_GIVEN:
        put_z(f, SPACE, "given");
        print_body(f, s->child);
        break;
    case N_WITH: print_with(f, n); break;
    case N_EXPECT: print_expect(f, n); break;
    default: BUG("a statement of this kind cannot be");
    }
}

/* The statements of a block: one a line, or behind each other with `;` if the block is flat. */
static void print_items(Layout *f, NodeId n)
{
    for (bool first = true; n && !(f->flat && f->failed); n = node(f, n)->next, first = false) {
        if (f->flat) {
            if (!first)
                strbuf_addz(f->out, " ;");
        } else {
            f->within = false;
            f->wrap = true;
            f->empty = !first;
        }
        print_statement(f, n);
    }
}

void format_tree(const Tree *t, const Sources *s, const Interner *names, StrBuf *out)
{
    StrBuf text = {0};
    Layout f = {.tree = t, .sources = s, .names = names, .text = source_file(s, t->file)->text, .out = &text};
    if (str_starts(f.text, STR("\xEF\xBB\xBF")))
        f.pos = 3;
    print_items(&f, node_at(t, t->root)->child);
    f.within = false;
    f.empty = f.out->n != 0;
    print_comments(&f, (uint32_t)f.text.n);
    if (text.n)
        strbuf_char(&text, '\n');
    strbuf_add(out, strbuf_str(&text));
    strbuf_free(&text);
}

static bool same_comments(const Tree *a, const Tree *b, const Sources *s)
{
    if (a->comments.n != b->comments.n)
        return false;
    Layout x = {.text = source_file(s, a->file)->text}, y = {.text = source_file(s, b->file)->text};
    for (uint32_t i = 0; i < a->comments.n; i++)
        if (!str_eq(comment_text(&x, &a->comments.at[i]), comment_text(&y, &b->comments.at[i])))
            return false;
    return true;
}

bool format_check(const Tree *t, Sources *s, Interner *names, Str result)
{
    Diags diags = {0};
    Tree again = {0};
    StrBuf twice = {0};
    FileId file = sources_add(s, STR("formatted"), STR("formatted"), result, false);
    parse_file(s, file, names, &diags, &again);
    bool same = !diags.errors && !again.broken && tree_equal(t, &again, s) && same_comments(t, &again, s);
    if (same) {
        format_tree(&again, s, names, &twice);
        same = str_eq(strbuf_str(&twice), result);
    }
    strbuf_free(&twice);
    tree_free(&again);
    diags_free(&diags);
    return same;
}
