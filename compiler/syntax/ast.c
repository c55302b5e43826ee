/* Looking at trees. Requires nothing; changes nothing. */
#include "syntax/ast.h"

static const char *const kind_names[] = {
    "none",
#define NODE(kind, name) name,
#include "syntax/ast.def"
#undef NODE
};
static const char *const mod_names[] = {"from",    "to",       "in",    "on",       "inside", "entering",
                                        "leaving", "crossing", "along", "avoiding", "within"};
static const char *const cmp_names[] = {"==", "!=", "<", "<=", ">", ">="};
static const char *const verb_names[] = {"carries", "holds", "crosses", "enters", "leaves", "reaches"};
static const char *const quant_names[] = {"some", "every", "no"};

const char *mod_name(ModKind m)
{
    return mod_names[m];
}
const char *cmp_name(CmpOp op)
{
    return cmp_names[op];
}
const char *verb_name(VerbKind v)
{
    return verb_names[v];
}
const char *quant_name(QuantKind q)
{
    return quant_names[q];
}

void tree_free(Tree *t)
{
    if (!t->lent) {
        vec_free(&t->nodes);
        vec_free(&t->longs);
        vec_free(&t->comments);
        vec_free(&t->lost);
    }
    *t = (Tree){0};
}

uint32_t node_long_hi(const Tree *t, NodeId n)
{
    uint32_t lo = 0, hi = t->longs.n;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (t->longs.at[mid].node <= n)
            lo = mid;
        else
            hi = mid;
    }
    return t->longs.at[lo].hi;
}

NodeId node_seek(const Tree *t, NodeId n, NodeKind kind)
{
    while (n && t->nodes.at[n].kind != kind)
        n = node_next(t, n);
    return n;
}

NodeId node_find(const Tree *t, NodeId n, NodeKind kind)
{
    return n ? node_seek(t, node_child(t, n), kind) : 0;
}

static uint32_t skip_blanks(Str text, uint32_t i)
{
    while (i < text.n && (text.s[i] == ' ' || text.s[i] == '\t' || text.s[i] == '\r' || text.s[i] == '\n'))
        i++;
    return i;
}

static uint32_t skip_word(Str text, uint32_t i)
{
    while (i < text.n && text.s[i] != ' ' && text.s[i] != '\t' && text.s[i] != '\n')
        i++;
    return i;
}

/* The end of what stands before the name of a node. */
static uint32_t before_name(const Tree *t, Str text, NodeId n)
{
    const Node *node = node_at(t, n);
    switch (node_kind(t, n)) {
    case N_DECL:
    case N_PATTERN: return node_hi(t, node->child);
    case N_ENUM:
    case N_SCALE:
    case N_KIND:
    case N_TEMPLATE:
    case N_RULE:
    case N_POLICY:
    case N_TEST:
    case N_VIEW:
    case N_DECISION:
    case N_ESTIMATE:
    case N_RISK_POLICY:
    case N_PROPERTY:
    case N_RAISE: return node->lo + (uint32_t)strlen(kind_names[node->kind]); /* the keyword */
    case N_USE: {
        uint32_t kind = node_hi(t, node->child);
        return (node->flags & NF_PLAIN ? kind + 1 : skip_blanks(text, kind)) + (uint32_t)strlen("as");
    }
    default: return node->lo;
    }
}

Span node_name_span(const Tree *t, const Sources *s, const Interner *names, NodeId n)
{
    const Node *node = node_at(t, n);
    Str text = source_file(s, t->file)->text;
    uint32_t before = before_name(t, text, n), lo = node->flags & NF_PLAIN ? before + 1 : skip_blanks(text, before);
    if (node->kind == N_DECISION || node->kind == N_ESTIMATE) /* perhaps an id, of which less is interned */
        return (Span){lo, skip_word(text, lo), t->file};
    return (Span){lo, lo + (uint32_t)sym_str(names, node->val).n, t->file};
}

static bool has_text(NodeKind kind)
{
    return kind == N_STRING || kind == N_TITLE || kind == N_DOCSTR || kind == N_NUM;
}

/* Recursion goes down children only, so its depth is that of the blocks and brackets, which is limited. */
static bool equal_chain(const Tree *a, NodeId x, const Tree *b, NodeId y, const Sources *s)
{
    for (; x && y; x = node_next(a, x), y = node_next(b, y)) {
        const Node *m = node_at(a, x), *n = node_at(b, y);
        if (m->kind != n->kind || ((m->flags ^ n->flags) & ~NF_PLAIN) != 0 || m->val != n->val)
            return false;
        if (m->kind == N_DOCSTR) {
            Arena scratch = {0};
            bool same = str_eq(node_text(a, s, &scratch, x), node_text(b, s, &scratch, y));
            arena_free(&scratch);
            if (!same)
                return false;
        } else if (has_text((NodeKind)m->kind) &&
                   !str_eq(source_text(s, node_span(a, x)), source_text(s, node_span(b, y)))) {
            return false;
        }
        if (!equal_chain(a, m->child, b, n->child, s))
            return false;
    }
    return !x && !y;
}

bool tree_equal(const Tree *a, const Tree *b, const Sources *s)
{
    return equal_chain(a, a->root, b, b->root, s);
}

static void dump_flags(const Node *n, StrBuf *out)
{
    switch ((NodeKind)n->kind) {
    case N_ENDS: strbuf_addz(out, n->flags & NF_TWO_WAY ? " <->" : " ->"); break;
    case N_TYPE:
        strbuf_addz(out, n->flags & NF_SET ? " set" : "");
        strbuf_addz(out, n->flags & NF_OPTIONAL ? " optional" : "");
        break;
    case N_QNAME: strbuf_addz(out, n->flags & NF_STAR ? " .*" : n->flags & NF_STAR_STAR ? " .**" : ""); break;
    case N_IS:
    case N_EXPECT: strbuf_addz(out, n->flags & NF_NOT ? " not" : ""); break;
    default: break;
    }
}

static void dump(const Tree *t, const Sources *s, const Interner *names, NodeId n, unsigned depth, StrBuf *out)
{
    for (; n; n = node_next(t, n)) {
        const Node *node = node_at(t, n);
        NodeKind kind = (NodeKind)node->kind;
        strbuf_format(out, "%*s%s", (int)depth * 2, "", kind_names[kind]);
        if (has_text(kind))
            strbuf_format(out, " \"%.*s\"", STR_FMT(source_text(s, node_span(t, n))));
        if (kind == N_MOD)
            strbuf_format(out, " %s", mod_names[node->val]);
        else if (kind == N_CMP)
            strbuf_format(out, " %s", cmp_names[node->val]);
        else if (kind == N_VERB)
            strbuf_format(out, " %s", verb_names[node->val]);
        else if (kind == N_QUANT)
            strbuf_format(out, " %s", quant_names[node->val]);
        else if (kind == N_DATE)
            strbuf_format(out, " %.*s", STR_FMT(source_text(s, node_span(t, n))));
        else if (node->val)
            strbuf_format(out, " %.*s", STR_FMT(sym_str(names, node->val)));
        dump_flags(node, out);
        strbuf_char(out, '\n');
        dump(t, s, names, node->child, depth + 1, out);
    }
}

void tree_dump(const Tree *t, const Sources *s, const Interner *names, StrBuf *out)
{
    dump(t, s, names, t->root, 0, out);
}

static Str unescape(Arena *a, Str raw)
{
    if (!raw.n || !memchr(raw.s, '\\', raw.n))
        return raw;
    char *out = arena_alloc(a, raw.n, 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.s[i];
        if (c == '\\' && i + 1 < raw.n) {
            c = raw.s[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        out[n++] = c;
    }
    return (Str){out, n};
}

/* A text block without the blanks its lines have in common and without its first and last empty lines. */
static Str undent(Arena *a, Str raw)
{
    size_t common = SIZE_MAX, start = 0;
    for (size_t i = 0; i < raw.n; start = 0) {
        const char *eol = memchr(raw.s + i, '\n', raw.n - i);
        size_t end = eol ? (size_t)(eol - raw.s) : raw.n;
        while (i + start < end && (raw.s[i + start] == ' ' || raw.s[i + start] == '\t'))
            start++;
        if (i > 0 && i + start < end && start < common)
            common = start; /* the first line begins behind the quotes and does not count */
        i = end + 1;
    }
    char *out = arena_alloc(a, raw.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        const char *eol = memchr(raw.s + i, '\n', raw.n - i);
        size_t end = eol ? (size_t)(eol - raw.s) : raw.n, from = i, drop = i == 0 ? SIZE_MAX : common;
        while (from < end && (raw.s[from] == ' ' || raw.s[from] == '\t') && from - i < drop)
            from++;
        size_t to = end;
        while (to > from && (raw.s[to - 1] == ' ' || raw.s[to - 1] == '\t' || raw.s[to - 1] == '\r'))
            to--;
        if (n || to > from) {
            memcpy(out + n, raw.s + from, to - from);
            n += to - from;
            out[n++] = '\n';
        }
        i = end + 1;
    }
    while (n && out[n - 1] == '\n')
        n--;
    return (Str){out, n};
}

Str node_text(const Tree *t, const Sources *s, Arena *a, NodeId n)
{
    Str raw = source_text(s, node_span(t, n));
    if (node_at(t, n)->flags & NF_PLAIN)
        return raw;
    return node_kind(t, n) == N_DOCSTR ? undent(a, raw) : unescape(a, raw);
}
