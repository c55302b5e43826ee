/* The canonical layout: one walk over the tree prints every statement. Requires a tree without syntax errors. Layout follows the tree
 * alone, but for three things people decide: which blocks stand on one line (if they fit), which text blocks do, and single empty
 * lines. Leaves behind a text that parses to an equal tree; format_check proves it. */
#include "syntax/layout.h"
#include "syntax/parse.h"

static void print_items(Layout *f, NodeId n);

static void print_property_name(Layout *f, Sym name)
{
    layout_sym(f, SPACE, name);
    layout_word(f, TIGHT, ":");
}

static void print_raise(Layout *f, NodeId n)
{
    NodeId value = node_child(f->tree, n);
    layout_word(f, SPACE, "raise");
    layout_sym(f, SPACE, layout_node(f, n)->val);
    layout_word(f, SPACE, "to");
    layout_scalar(f, SPACE, value);
    layout_word(f, SPACE, "when");
    layout_condition(f, node_next(f->tree, value));
}

static void print_expect(Layout *f, NodeId n)
{
    const Node *e = layout_node(f, n);
    layout_word(f, SPACE, "expect");
    if (e->flags & NF_NOT)
        layout_word(f, SPACE, "no");
    else if (e->val)
        layout_sym(f, SPACE, e->val);
    layout_name(f, SPACE, e->child);
    NodeId at = node_next(f->tree, e->child);
    if (at) {
        layout_word(f, SPACE, "at");
        layout_names(f, at, N_AT);
    }
    NodeId severity = node_seek(f->tree, at, N_PROP);
    if (severity) {
        layout_sym(f, SPACE, layout_node(f, severity)->val);
        layout_scalar(f, SPACE, node_child(f->tree, severity));
    }
}

/* ---- blocks ---- */

/* `{ ... }` with the statements from `first` on. It stays on one line if it was written so and fits. */
static void print_block(Layout *f, NodeId first, uint32_t hi)
{
    uint32_t open = layout_next_token(f, false);
    layout_word(f, SPACE, "{");
    if (!first && !layout_has_comments(f, open, hi)) {
        layout_word(f, TIGHT, "}");
        return;
    }
    if (first && (f->flat || !layout_source_breaks(f, open, hi, 1))) {
        Layout saved = *f;
        size_t end = f->out->n;
        f->flat = true;
        print_items(f, first);
        layout_word(f, SPACE, "}");
        f->flat = saved.flat;
        if (saved.flat || !f->failed)
            return;
        layout_undo(f, &saved, end);
    }
    f->failed |= f->flat;
    f->indent += FORMAT_INDENT;
    f->within = f->empty = false;
    print_items(f, first);
    f->within = false;
    f->empty = first != 0;
    layout_comments(f, hi - 1);
    f->indent -= FORMAT_INDENT;
    f->within = f->empty = false;
    f->wrap = true;
    layout_word(f, SPACE, "}");
}

static void print_enum_value(Layout *f, Gap gap, NodeId n)
{
    layout_sym(f, gap, layout_node(f, n)->val);
    if (node_child(f->tree, n))
        layout_scalar(f, SPACE, node_child(f->tree, n));
}

static void print_enum(Layout *f, NodeId n, const char *word, const char *mark)
{
    const Node *e = layout_node(f, n);
    layout_word(f, SPACE, word);
    layout_sym(f, SPACE, e->val);
    uint32_t open = layout_next_token(f, false);
    layout_word(f, SPACE, "{");
    Layout saved = *f;
    size_t end = f->out->n;
    f->flat = true;
    f->failed |= layout_source_breaks(f, open, node_hi(f->tree, n), 1);
    for (NodeId v = e->child; v && !f->failed; v = node_next(f->tree, v)) {
        print_enum_value(f, SPACE, v);
        if (node_next(f->tree, v) && *mark == ',')
            layout_comma(f);
        else if (node_next(f->tree, v))
            layout_word(f, SPACE, mark);
    }
    layout_word(f, SPACE, "}");
    f->flat = saved.flat;
    if (saved.flat || !f->failed)
        return;
    layout_undo(f, &saved, end);
    f->indent += FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    layout_wrapped(f, e->child, mark, false, print_enum_value);
    layout_comments(f, node_hi(f->tree, n) - 1);
    f->indent -= FORMAT_INDENT;
    f->within = false;
    f->wrap = true;
    layout_word(f, SPACE, "}");
}

/* ---- statements ---- */

static void print_import(Layout *f, NodeId n)
{
    const Node *m = layout_node(f, n);
    layout_word(f, SPACE, "import");
    layout_name(f, SPACE, m->child);
    NodeId names = node_next(f->tree, m->child);
    if (m->val) {
        layout_word(f, SPACE, "as");
        layout_sym(f, SPACE, m->val);
    } else if (names) {
        layout_list(f, SPACE, "{", names, "}", node_hi(f->tree, n));
    }
}

static NodeId print_title(Layout *f, NodeId n)
{
    if (!n || (node_kind(f->tree, n) != N_TITLE && node_kind(f->tree, n) != N_STRING))
        return n;
    layout_scalar(f, SPACE, n);
    return node_next(f->tree, n);
}

static void print_kind(Layout *f, NodeId n)
{
    const Node *k = layout_node(f, n);
    layout_word(f, SPACE, "kind");
    layout_sym(f, SPACE, k->val);
    layout_word(f, SPACE, ":");
    layout_name(f, SPACE, k->child);
    NodeId items = print_title(f, node_next(f->tree, k->child));
    if (k->flags & NF_HAS_BODY)
        print_block(f, items, node_hi(f->tree, n));
}

static void print_type(Layout *f, NodeId n)
{
    const Node *t = layout_node(f, n);
    if (t->flags & NF_SET)
        layout_word(f, SPACE, "[");
    layout_name(f, t->flags & NF_SET ? TIGHT : SPACE, t->child);
    if (t->flags & NF_SET)
        layout_word(f, TIGHT, "]");
    if (t->flags & NF_OPTIONAL)
        layout_word(f, TIGHT, "?");
}

static void print_property(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "property");
    layout_sym(f, SPACE, layout_node(f, n)->val);
    layout_word(f, SPACE, ":");
    NodeId kid = node_child(f->tree, n);
    print_type(f, kid);
    kid = node_next(f->tree, kid);
    if (kid && node_kind(f->tree, kid) != N_TITLE && node_kind(f->tree, kid) != N_PROVIDES) {
        layout_word(f, SPACE, "=");
        layout_value(f, kid);
        kid = node_next(f->tree, kid);
    }
    kid = print_title(f, kid);
    if (kid) {
        layout_word(f, SPACE, "provides");
        layout_names(f, node_child(f->tree, kid), N_QNAME);
    }
}

static void print_template(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "template");
    layout_sym(f, SPACE, layout_node(f, n)->val);
    layout_word(f, TIGHT, "(");
    NodeId kid = node_child(f->tree, n);
    for (bool first = true; kid && node_kind(f->tree, kid) == N_PARAM; kid = node_next(f->tree, kid), first = false) {
        if (!first)
            layout_comma(f);
        layout_sym(f, first ? TIGHT : SPACE, layout_node(f, kid)->val);
        layout_word(f, TIGHT, ":");
        print_type(f, node_child(f->tree, kid));
    }
    layout_word(f, TIGHT, ")");
    print_block(f, node_child(f->tree, kid), node_hi(f->tree, kid));
}

static void print_body(Layout *f, NodeId n)
{
    if (n)
        print_block(f, node_child(f->tree, n), node_hi(f->tree, n));
}

static void print_use(Layout *f, NodeId n)
{
    const Node *u = layout_node(f, n);
    layout_word(f, SPACE, "use");
    layout_name(f, SPACE, u->child);
    layout_word(f, SPACE, "as");
    layout_sym(f, SPACE, u->val);
    print_body(f, print_title(f, node_next(f->tree, u->child)));
}

static void print_view(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "view");
    layout_sym(f, SPACE, layout_node(f, n)->val);
    NodeId kid = node_child(f->tree, n);
    if (node_kind(f->tree, kid) == N_OF) {
        layout_word(f, SPACE, "of");
        layout_names(f, node_child(f->tree, kid), N_QNAME);
        kid = node_next(f->tree, kid);
    }
    print_body(f, print_title(f, kid));
}

/* `word name "title" { ... }` whose statements are children of the node itself. */
static void print_named_block(Layout *f, NodeId n, const char *word)
{
    layout_word(f, SPACE, word);
    layout_sym(f, SPACE, layout_node(f, n)->val);
    print_block(f, print_title(f, node_child(f->tree, n)), node_hi(f->tree, n));
}

/* `at x, y { ... }`, from the first AT on; of a risk, which needs none, the block. */
static void print_about(Layout *f, NodeId at)
{
    if (node_kind(f->tree, at) == N_AT) {
        layout_word(f, SPACE, "at");
        layout_names(f, at, N_AT);
    }
    print_body(f, node_seek(f->tree, at, N_BODY));
}

static void print_decision(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "decision");
    NodeId kid = node_child(f->tree, n);
    if (node_kind(f->tree, kid) == N_HASHID) {
        layout_scalar(f, SPACE, kid);
        kid = node_next(f->tree, kid);
    } else {
        layout_sym(f, SPACE, layout_node(f, n)->val);
    }
    layout_name(f, SPACE, kid);
    kid = node_next(f->tree, kid);
    layout_name(f, SPACE, kid);
    kid = node_next(f->tree, kid);
    print_about(f, kid);
}

static void print_estimate(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "estimate");
    NodeId kid = node_child(f->tree, n);
    if (node_kind(f->tree, kid) == N_HASHID) {
        layout_scalar(f, SPACE, kid);
        kid = node_next(f->tree, kid);
    } else if (layout_node(f, n)->val) {
        layout_sym(f, SPACE, layout_node(f, n)->val);
    }
    layout_name(f, SPACE, kid);
    print_about(f, node_next(f->tree, kid));
}

static void print_declaration(Layout *f, NodeId n)
{
    NodeId kid = node_child(f->tree, n);
    layout_name(f, SPACE, kid);
    layout_sym(f, SPACE, layout_node(f, n)->val);
    kid = print_title(f, node_next(f->tree, kid));
    for (; kid; kid = node_next(f->tree, kid)) {
        const Node *k = layout_node(f, kid);
        if (k->kind == N_HASHID) {
            layout_scalar(f, SPACE, kid);
        } else if (k->kind == N_WAS) {
            layout_word(f, SPACE, "was");
            layout_name(f, SPACE, k->child);
        } else if (k->kind == N_ENDS) {
            layout_word(f, SPACE, ":");
            layout_name(f, SPACE, k->child);
            layout_word(f, SPACE, k->flags & NF_TWO_WAY ? "<->" : "->");
            layout_name(f, SPACE, node_next(f->tree, k->child));
        } else {
            print_body(f, kid);
        }
    }
}

static void print_risk_policy(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "risk_policy");
    layout_sym(f, SPACE, layout_node(f, n)->val);
    NodeId kid = print_title(f, node_child(f->tree, n));
    if (kid && node_kind(f->tree, kid) == N_HASHID) {
        layout_scalar(f, SPACE, kid);
        kid = node_next(f->tree, kid);
    }
    print_block(f, kid, node_hi(f->tree, n));
}

/* A table whose rows are all lists gets one row a line with its columns below each other. */
static void print_table(Layout *f, NodeId n)
{
    const Node *table = layout_node(f, n);
    layout_sym(f, SPACE, table->val);
    bool rows = table->child != 0 && !layout_has_comments(f, table->lo, node_hi(f->tree, n));
    for (NodeId row = table->child; row && rows; row = node_next(f->tree, row))
        rows = node_kind(f->tree, node_child(f->tree, row)) == N_LIST;
    if (rows)
        layout_rows(f, table->child);
    else
        print_block(f, table->child, node_hi(f->tree, n));
}

static void print_with(Layout *f, NodeId n)
{
    layout_word(f, SPACE, "with");
    NodeId kid = node_child(f->tree, n);
    for (bool first = true; kid && node_kind(f->tree, kid) == N_ASSIGN; kid = node_next(f->tree, kid), first = false) {
        if (!first)
            layout_comma(f);
        NodeId name = node_child(f->tree, kid);
        layout_name(f, SPACE, name);
        layout_word(f, TIGHT, ":");
        layout_value(f, node_next(f->tree, name));
    }
    print_block(f, kid, node_hi(f->tree, n));
}

static void print_never(Layout *f, NodeId n)
{
    NodeId pattern = node_child(f->tree, n);
    layout_word(f, SPACE, "never");
    layout_pattern(f, pattern);
    if (node_next(f->tree, pattern))
        layout_where(f, "where", node_next(f->tree, pattern));
}

static void print_statement(Layout *f, NodeId n)
{
    const Node *s = layout_node(f, n);
    switch ((NodeKind)s->kind) {
    case N_IMPORT: print_import(f, n); break;
    case N_ENUM: print_enum(f, n, "enum", ","); break;
    case N_SCALE: print_enum(f, n, "scale", "<"); break;
    case N_KIND: print_kind(f, n); break;
    case N_PROPERTY: print_property(f, n); break;
    case N_TEMPLATE: print_template(f, n); break;
    case N_USE: print_use(f, n); break;
    case N_EXTEND:
        layout_word(f, SPACE, "extend");
        layout_name(f, SPACE, s->child);
        print_body(f, node_next(f->tree, s->child));
        break;
    case N_VIEW: print_view(f, n); break;
    case N_RULE: print_named_block(f, n, "rule"); break;
    case N_POLICY: print_named_block(f, n, "policy"); break;
    case N_TEST: print_named_block(f, n, "test"); break;
    case N_DECISION: print_decision(f, n); break;
    case N_ESTIMATE: print_estimate(f, n); break;
    case N_RISK_POLICY: print_risk_policy(f, n); break;
    case N_TABLE: print_table(f, n); break;
    case N_DECL: print_declaration(f, n); break;
    case N_PROP:
        print_property_name(f, s->val);
        layout_value(f, s->child);
        break;
    case N_FOREACH:
        layout_word(f, SPACE, "for");
        layout_word(f, SPACE, "each");
        layout_pattern(f, s->child);
        break;
    case N_WHEN:
    case N_UNLESS:
        layout_word(f, SPACE, s->kind == N_WHEN ? "when" : "unless");
        layout_condition(f, s->child);
        break;
    case N_MITIGATED:
        layout_word(f, SPACE, "mitigated");
        layout_word(f, SPACE, "by");
        layout_chain(f, s->child, "and", layout_mitigation);
        break;
    case N_RAISE: print_raise(f, n); break;
    case N_NEVER: print_never(f, n); break;
    case N_GIVEN:
        layout_word(f, SPACE, "given");
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
    for (bool first = true; n && !(f->flat && f->failed); n = node_next(f->tree, n), first = false) {
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
    print_items(&f, node_child(t, t->root));
    f.within = false;
    f.empty = f.out->n != 0;
    layout_comments(&f, (uint32_t)f.text.n);
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
        if (!str_eq(layout_comment_text(&x, &a->comments.at[i]), layout_comment_text(&y, &b->comments.at[i])))
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
