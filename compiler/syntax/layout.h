#ifndef CORDON_SYNTAX_LAYOUT_H
#define CORDON_SYNTAX_LAYOUT_H
/* The parts of the formatter: lines, comments and tokens (layout.c), values and conditions (layout_value.c); format.c puts statements
 * together. Private to the front end. Ownership: a Layout borrows everything; it lives for one file. */
#include "syntax/format.h"

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
    bool wrap;   /* a new line is due before the next token */
    bool empty;  /* and an empty one before it, if the source has one there */
    bool within; /* inside a statement: its further lines are indented twice more */
    bool flat;   /* everything on one line, or `failed` */
    bool failed;
} Layout;

/* What stands between a token and the one before it on the line. */
typedef enum Gap { TIGHT, SPACE } Gap;
typedef void PrintOne(Layout *f, Gap gap, NodeId n);

/* ---- layout.c ---- */

const Node *layout_node(const Layout *f, NodeId n);
/* Characters on the line at hand. */
unsigned layout_column(const Layout *f);
/* Whether the source has at least so many line ends between two places. */
bool layout_source_breaks(const Layout *f, uint32_t lo, uint32_t hi, unsigned least);
/* A comment without what is invisible at its end. */
Str layout_comment_text(const Layout *f, const Comment *c);
/* Prints the comments that stand before a place of the source. */
void layout_comments(Layout *f, uint32_t before);
bool layout_has_comments(const Layout *f, uint32_t lo, uint32_t hi);
/* Where the next token begins that the layout keeps: blanks, comments, `;` and (unless wanted) `,` are not. */
uint32_t layout_next_token(const Layout *f, bool comma);
/* Prints a token that stands at [lo, hi) of the source, with the comments before it. */
void layout_put(Layout *f, Gap gap, Str text, uint32_t lo, uint32_t hi);
/* A keyword or mark, found in the source where the walk has arrived. */
void layout_word(Layout *f, Gap gap, const char *z);
/* A comma never begins a line: comments before it go behind it. */
void layout_comma(Layout *f);
void layout_sym(Layout *f, Gap gap, Sym sym);
/* A token as it is in the source. */
void layout_copy(Layout *f, Gap gap, uint32_t lo, uint32_t hi);
/* A dotted name. */
void layout_name(Layout *f, Gap gap, NodeId n);
/* Takes back what was printed since `saved`, when the output was `end` long. */
void layout_undo(Layout *f, const Layout *saved, size_t end);

/* ---- layout_value.c ---- */

void layout_scalar(Layout *f, Gap gap, NodeId n);
void layout_value(Layout *f, NodeId n);
/* `{ ... }` with one property a line, whose values are all lists: their members stand below each other where the lines stay short
 * enough. There are no comments in it. */
void layout_rows(Layout *f, NodeId first);
/* Siblings with marks between. `fill`: as many on a line as fit, else one a line. */
void layout_wrapped(Layout *f, NodeId n, const char *mark, bool fill, PrintOne *one);
/* `open a, b, c close` on one line, or wrapped between the two. */
void layout_list(Layout *f, Gap inner, const char *open, NodeId first, const char *close, uint32_t hi);
/* The siblings of one kind (QNAME, or nodes that hold one) with commas between. */
void layout_names(Layout *f, NodeId n, NodeKind kind);
void layout_condition(Layout *f, NodeId n);
/* `word (condition)`. */
void layout_where(Layout *f, const char *word, NodeId condition);
/* `a and b and c`: on one line, or each on its own. */
void layout_chain(Layout *f, NodeId first, const char *word, void (*one)(Layout *, NodeId));
void layout_pattern(Layout *f, NodeId n);
void layout_mitigation(Layout *f, NodeId n);

#endif
