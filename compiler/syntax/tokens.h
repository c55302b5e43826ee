#ifndef CORDON_SYNTAX_TOKENS_H
#define CORDON_SYNTAX_TOKENS_H
/* Between scanner and parser: decides where statements end, when a keyword is a name, what closes a bracket left open, and how
 * far to skip after a mistake. Private to the front end. Ownership: one Tokens lives for one parse. */
#include "base/limits.h"
#include "source/diag.h"
#include "syntax/ast.h"

#include "cordon.tab.h"

#ifndef YY_TYPEDEF_YY_SCANNER_T
#define YY_TYPEDEF_YY_SCANNER_T
typedef void *yyscan_t;
#endif

typedef struct Token {
    int kind;
    Range at;
    uint32_t value; /* of a name its Sym, of a text NF_PLAIN or 0 */
} Token;

/* A node that has no parent yet. */
typedef struct Pending {
    Range at;
    uint32_t val;
    NodeId child;
    uint8_t kind, flags;
} Pending;

typedef struct Tokens {
    const Sources *sources;
    Interner *names;
    Diags *diags;
    Tree *tree;
    yyscan_t scanner;
    const char *text;
    uint32_t end;
    FileId file;

    char held; /* the byte at held_at, where the text shows a NUL */
    uint32_t held_at;
    bool newline;     /* seen since the last raw token */
    uint32_t value;   /* of the last raw token */
    uint32_t skip_to; /* raw tokens before this place are dropped */
    uint32_t bad_at;  /* end of the last bad character, so that a run is one mistake */
    uint32_t waiting; /* first comment that does not know its next token yet */
    bool stopped;     /* the rest of the file cannot be read */

    Token open[LIMIT_NESTING + 1]; /* braces and brackets, outermost first */
    uint32_t nopen, brackets;      /* brackets: those open inside the innermost brace */
    Token queue[LIMIT_NESTING + 4];
    uint32_t head, queued;
    int prev; /* kind of the last token that was let through */

    uint32_t level; /* braces open, as the parser has seen them */
    bool recovering;
    uint32_t recover_level;
    int taken, before; /* kinds of the last two tokens the parser took */
    Sym recent[16];    /* names of the statement at hand */
    uint32_t nrecent;

    Vec(Pending) pile; /* syntax/build.h */
} Tokens;

void tokens_init(Tokens *p, const Sources *sources, FileId file, Interner *names, Diags *diags, Tree *tree);
void tokens_free(Tokens *p);
/* What bison calls. */
int cordon_lex(CORDON_STYPE *value, Range *at, struct Tokens *p);
/* What flex provides. */
int cordon_scan(Range *at, yyscan_t scanner);
/* The token's alias as users write it. */
const char *cordon_token_name(int token);

static inline Span tokens_span(const Tokens *p, Range at)
{
    return (Span){at.lo, at.hi, p->file};
}

/* Called by the scanner. */
/* Where a token stands. `held` is the byte behind it: flex keeps a NUL in its place while the token is looked at. */
static inline void tokens_place(Tokens *p, Range *at, const char *text, int n, char held)
{
    at->lo = (uint32_t)(text - p->text);
    at->hi = at->lo + (uint32_t)n;
    p->held = held;
    p->held_at = at->hi;
}
void tokens_comment(Tokens *p, Range at);
void tokens_lexical(Tokens *p, DiagId id, Range at);
void tokens_block_comment(Tokens *p, Range at);
void tokens_bad_character(Tokens *p, Range at);
int tokens_name(Tokens *p, const char *text, size_t n);
int tokens_dotted(Tokens *p, Range at, const char *text, size_t n);
int tokens_hyphen(Tokens *p, Range at, const char *text, size_t n);
int tokens_path(Tokens *p, Range at, const char *text, size_t n); /* a/b: no way to name a module */
int tokens_text(Tokens *p, Range *at, unsigned quotes);

/* Called by the grammar. */
uint32_t tokens_hash(Tokens *p, Range at); /* of #ID or @person: the name without its mark */
uint32_t tokens_date(Tokens *p, Range at); /* days since 1970-01-01; reports dates that do not exist */
/* Reports a token that the grammar does not know here, with what it does know (unexpected.c), and begins to skip. */
void tokens_unexpected(Tokens *p, Range at, int token, const int *expected, int n);
void tokens_too_deep(Tokens *p, Range at);

#endif
