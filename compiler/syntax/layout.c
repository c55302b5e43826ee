/* The formatter's printing of tokens: the source is read along with the tree, so that a comment comes out between the same two tokens
 * it stood between, whatever happens to lines. Requires a tree without syntax errors. */
#include "syntax/layout.h"

const Node *layout_node(const Layout *f, NodeId n)
{
    return node_at(f->tree, n);
}

/* ---- lines and comments ---- */

unsigned layout_column(const Layout *f)
{
    unsigned n = 0;
    for (size_t i = f->line; i < f->out->n; i++)
        n += ((unsigned char)f->out->s[i] & 0xC0) != 0x80;
    return n;
}

bool layout_source_breaks(const Layout *f, uint32_t lo, uint32_t hi, unsigned least)
{
    for (uint32_t i = lo; i < hi && least; i++)
        least -= f->text.s[i] == '\n';
    return least == 0;
}

static void start_line(Layout *f, uint32_t next)
{
    if (f->out->n) {
        strbuf_char(f->out, '\n');
        if (f->empty && layout_source_breaks(f, f->pos, next, 2))
            strbuf_char(f->out, '\n');
    }
    f->line = f->out->n;
    unsigned indent = f->indent + (f->within ? 2 * FORMAT_INDENT : 0);
    strbuf_format(f->out, "%*s", (int)indent, "");
    f->wrap = false;
}

Str layout_comment_text(const Layout *f, const Comment *c)
{
    Str s = str_slice(f->text, c->lo, c->hi);
    while (s.n && (s.s[s.n - 1] == ' ' || s.s[s.n - 1] == '\t' || s.s[s.n - 1] == '\r'))
        s.n--;
    return s;
}

void layout_comments(Layout *f, uint32_t before)
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
        strbuf_add(f->out, layout_comment_text(f, c));
        f->wrap = true;
        f->empty |= !f->within && c->own_line;
        f->pos = c->hi;
    }
}

bool layout_has_comments(const Layout *f, uint32_t lo, uint32_t hi)
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

uint32_t layout_next_token(const Layout *f, bool comma)
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

void layout_put(Layout *f, Gap gap, Str text, uint32_t lo, uint32_t hi)
{
    if (f->flat && f->failed)
        return;
    layout_comments(f, lo);
    if (f->wrap)
        start_line(f, lo);
    else if (gap == SPACE && f->out->n > f->line)
        strbuf_char(f->out, ' ');
    strbuf_add(f->out, text);
    f->pos = hi;
    f->within = true;
    f->empty = false;
    if (f->flat && layout_column(f) > FORMAT_WIDTH)
        f->failed = true;
}

void layout_word(Layout *f, Gap gap, const char *z)
{
    Str text = str_from(z);
    uint32_t lo = layout_next_token(f, false);
    layout_put(f, gap, text, lo, str_starts(str_slice(f->text, lo, f->text.n), text) ? lo + (uint32_t)text.n : f->pos);
}

void layout_comma(Layout *f)
{
    if (f->flat && f->failed)
        return;
    uint32_t at = layout_next_token(f, true);
    strbuf_char(f->out, ',');
    if (at < f->text.n && f->text.s[at] == ',' && !layout_has_comments(f, f->pos, at))
        f->pos = at + 1;
}

void layout_sym(Layout *f, Gap gap, Sym sym)
{
    Str text = sym_str(f->names, sym);
    uint32_t lo = layout_next_token(f, false);
    layout_put(f, gap, text, lo, lo + (uint32_t)text.n);
}

void layout_copy(Layout *f, Gap gap, uint32_t lo, uint32_t hi)
{
    layout_put(f, gap, str_slice(f->text, lo, hi), lo, hi);
}

void layout_name(Layout *f, Gap gap, NodeId n)
{
    const Node *q = layout_node(f, n);
    if (layout_has_comments(f, q->lo, node_hi(f->tree, n))) {
        layout_copy(f, gap, q->lo, node_hi(f->tree, n));
        while (f->comment < f->tree->comments.n && f->tree->comments.at[f->comment].lo < node_hi(f->tree, n))
            f->comment++;
        f->failed |= f->flat;
        return;
    }
    StrBuf text = {0};
    strbuf_add(&text, sym_str(f->names, q->val));
    strbuf_addz(&text, q->flags & NF_STAR_STAR ? ".**" : q->flags & NF_STAR ? ".*" : "");
    layout_put(f, gap, strbuf_str(&text), q->lo, node_hi(f->tree, n));
    strbuf_free(&text);
}

void layout_undo(Layout *f, const Layout *saved, size_t end)
{
    *f = *saved;
    f->out->n = end;
}
