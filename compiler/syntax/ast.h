#ifndef CORDON_SYNTAX_AST_H
#define CORDON_SYNTAX_AST_H
/* The tree of one file: nodes in one array, siblings side by side, and the comments beside them. A tree knows nothing of any
 * other file. Ownership: a tree owns its arrays until tree_free, unless they are lent; node ids are valid as long. */
#include "base/intern.h"
#include "base/vec.h"
#include "source/source.h"

typedef enum NodeKind {
    N_NONE,
#define NODE(kind, name) N_##kind,
#include "syntax/ast.def"
#undef NODE
    N_COUNT
} NodeKind;

typedef uint32_t NodeId; /* 0 = none */

/* Trees are the most of what a large model takes, so nodes are kept small. */
typedef struct Node {
    uint8_t kind, flags; /* NodeKind, NodeFlags */
    unsigned len : 15;   /* bytes in the file, or NODE_LONG; see node_hi */
    unsigned last : 1;   /* no sibling stands behind it */
    uint32_t lo;         /* where it begins in the file; of texts behind their quotes */
    uint32_t val;        /* mostly a Sym; see ast.def */
    NodeId child;        /* the first one */
} Node;
_Static_assert(N_COUNT <= 256, "a byte holds the kind of a node");

/* The end of a node whose length is more than a node can say. */
enum { NODE_LONG = 0x7FFF };
typedef struct LongNode {
    NodeId node;
    uint32_t hi;
} LongNode;

enum NodeFlags {
    NF_NOT = 1,
    NF_IMPLICIT = 2,   /* the subject is the thing at hand */
    NF_TWO_WAY = 4,    /* <-> */
    NF_OPTIONAL = 8,   /* T? */
    NF_SET = 16,       /* [T] */
    NF_STAR = 32,      /* name.* */
    NF_STAR_STAR = 64, /* name.** */
    NF_CONDITION = 1,  /* MIT: by (condition) */
    NF_HAS_BODY = 1,   /* KIND: written with braces */
    NF_PLAIN = 128,    /* the text holds no surprise: no escape in a STRING or TITLE, one blank before a name */
};

typedef enum ModKind {
    MOD_FROM,
    MOD_TO,
    MOD_IN,
    MOD_ON,
    MOD_INSIDE,
    MOD_ENTERING,
    MOD_LEAVING,
    MOD_CROSSING,
    MOD_ALONG,
    MOD_AVOIDING,
    MOD_WITHIN
} ModKind;
typedef enum CmpOp { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE } CmpOp;
typedef enum VerbKind { VERB_CARRIES, VERB_HOLDS, VERB_CROSSES, VERB_ENTERS, VERB_LEAVES, VERB_REACHES } VerbKind;
typedef enum QuantKind { QUANT_SOME, QUANT_EVERY, QUANT_NO } QuantKind;

/* A comment, in order of place. */
typedef struct Comment {
    uint32_t lo, hi; /* without the line's end */
    uint32_t target; /* where the next token begins */
    bool doc;        /* /// */
    bool own_line;   /* nothing but blanks before it on its line */
} Comment;

typedef struct Tree {
    FileId file;
    Vec(Node) nodes;     /* [0] is unused */
    Vec(LongNode) longs; /* by NodeId */
    Vec(Comment) comments;
    NodeId root;
    uint32_t declarations; /* DECL and RULE nodes, so that later stages can make room at once */
    bool foreign_names;    /* some name has letters beyond ASCII */
    bool broken;           /* had syntax errors */
    bool lent;             /* the arrays are the program's own constants */
    Vec(Sym) lost;         /* names in statements that could not be read: not to be reported as unknown elsewhere */
} Tree;

void tree_free(Tree *t);

static inline const Node *node_at(const Tree *t, NodeId n)
{
    return &t->nodes.at[n];
}
static inline NodeKind node_kind(const Tree *t, NodeId n)
{
    return (NodeKind)t->nodes.at[n].kind;
}
static inline NodeId node_child(const Tree *t, NodeId n)
{
    return t->nodes.at[n].child;
}
static inline NodeId node_next(const Tree *t, NodeId n)
{
    return t->nodes.at[n].last ? 0 : n + 1;
}
/* The end of a node of the length NODE_LONG. */
uint32_t node_long_hi(const Tree *t, NodeId n);
/* Where it ends in the file; of texts before their quotes. */
static inline uint32_t node_hi(const Tree *t, NodeId n)
{
    const Node *node = &t->nodes.at[n];
    return node->len == NODE_LONG ? node_long_hi(t, n) : node->lo + node->len;
}
static inline Span node_span(const Tree *t, NodeId n)
{
    return n ? (Span){t->nodes.at[n].lo, node_hi(t, n), t->file} : (Span){0};
}
/* The first child of a kind, or 0. */
NodeId node_find(const Tree *t, NodeId n, NodeKind kind);
/* The first sibling of a kind at or after n, or 0. */
NodeId node_seek(const Tree *t, NodeId n, NodeKind kind);
/* The name's own place in a node that has one (DECL, KIND, RULE, PROP, ...): a node stores only the name. */
Span node_name_span(const Tree *t, const Sources *s, const Interner *names, NodeId n);
const char *mod_name(ModKind m);
const char *cmp_name(CmpOp op);
const char *verb_name(VerbKind v);
const char *quant_name(QuantKind q);

/* Same shape, names and texts, whatever the places: what formatting must keep. */
bool tree_equal(const Tree *a, const Tree *b, const Sources *s);
/* Readable, one node a line, indented, without places: for --dump=ast and tests. */
void tree_dump(const Tree *t, const Sources *s, const Interner *names, StrBuf *out);
/* The text of a STRING or TITLE with its escapes resolved, or of a DOCSTR with its common indentation removed. Borrows the
 * source where nothing had to change, else lives in the arena. */
Str node_text(const Tree *t, const Sources *s, Arena *a, NodeId n);

#endif
