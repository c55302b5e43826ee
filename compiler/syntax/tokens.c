/* The token filter. The grammar sees a clean stream: statements end in SEMI, brackets and blocks are balanced, keywords stand
 * only where they are keywords. Requires: UTF-8 without NUL. Leaves behind: comments in the tree, lexical errors reported. */
#include "syntax/tokens.h"

#include "syntax/unicode.h"

#include <ctype.h>

enum { FIRST_KEYWORD = T_IMPORT, LAST_KEYWORD = T_EXPECT };

void tokens_init(Tokens *p, const Sources *sources, FileId file, Interner *names, Diags *diags, Tree *tree)
{
    Str text = source_file(sources, file)->text;
    *p = (Tokens){.sources = sources,
                  .names = names,
                  .diags = diags,
                  .tree = tree,
                  .text = text.s,
                  .end = (uint32_t)text.n,
                  .file = file,
                  .prev = T_SEMI};
}

void tokens_free(Tokens *p)
{
    vec_free(&p->pile);
}

static bool is_keyword(int kind)
{
    return kind >= FIRST_KEYWORD && kind <= LAST_KEYWORD;
}

/* Whether a statement can end behind this token. */
static bool can_end(int kind)
{
    switch (kind) {
    case T_NAME:
    case T_QNAME:
    case T_NUM:
    case T_DATE:
    case T_STRING:
    case T_DOCSTR:
    case T_PERSON:
    case T_HASHID:
    case T_DOT_STAR:
    case T_DOT_STAR_STAR:
    case T_STAR:
    case T_QUESTION:
    case T_RBRACE:
    case T_RBRACKET:
    case T_RPAREN:
    case T_IMPORT:
    case T_ENUM:
    case T_SCALE:
    case T_KIND:
    case T_PROPERTY:
    case T_PROVIDES:
    case T_TEMPLATE:
    case T_USE:
    case T_EXTEND:
    case T_VIEW:
    case T_OF:
    case T_RULE:
    case T_POLICY:
    case T_TEST:
    case T_DECISION:
    case T_WAS:
    case T_EACH:
    case T_STEPS:
    case T_RAISE:
    case T_NEVER:
    case T_GIVEN:
    case T_EXPECT:
    case T_WITH:
    case T_ESTIMATE:
    case T_RISK_POLICY: return true;
    default: return false;
    }
}

/* Whether a line that begins with this token goes on with the statement before it. */
static bool goes_on(int kind)
{
    return kind == T_AND || kind == T_OR || kind == T_COMMA || kind == T_DOT || kind == T_ARROW || kind == T_BOTH;
}

/* ---- called by the scanner ---- */

static char byte_at(const Tokens *p, uint32_t i)
{
    return i >= p->end ? 0 : i == p->held_at ? p->held : p->text[i];
}

void tokens_comment(Tokens *p, Range at)
{
    if (at.lo < p->skip_to)
        return;
    uint32_t line = at.lo;
    while (line > 0 && (p->text[line - 1] == ' ' || p->text[line - 1] == '\t'))
        line--;
    bool doc = at.hi - at.lo >= 3 && p->text[at.lo + 2] == '/' && !(at.hi - at.lo >= 4 && p->text[at.lo + 3] == '/');
    if (at.hi > at.lo && p->text[at.hi - 1] == '\r')
        at.hi--;
    vec_push(&p->tree->comments, (Comment){at.lo, at.hi, p->end, doc, line == 0 || p->text[line - 1] == '\n'});
}

void tokens_lexical(Tokens *p, DiagId id, Range at)
{
    if (at.lo < p->skip_to)
        return;
    p->tree->broken = true;
    diag_add(p->diags, id, tokens_span(p, at));
}

/* Skips to the end of the comment, or of the line if it has none, so that its words are not read as a model. */
void tokens_block_comment(Tokens *p, Range at)
{
    if (at.lo < p->skip_to)
        return;
    tokens_lexical(p, D_BLOCK_COMMENT, at);
    uint32_t i = at.hi;
    while (i + 1 < p->end && !(byte_at(p, i) == '*' && byte_at(p, i + 1) == '/'))
        i++;
    uint32_t eol = at.hi;
    while (eol < p->end && byte_at(p, eol) != '\n')
        eol++;
    p->skip_to = i + 1 < p->end ? i + 2 : eol;
}

void tokens_bad_character(Tokens *p, Range at)
{
    bool run = p->bad_at == at.lo && at.lo > 0;
    p->bad_at = at.hi;
    if (run || at.lo < p->skip_to)
        return;
    unsigned char c = (unsigned char)p->text[at.lo];
    char shown[16];
    if (isprint(c))
        snprintf(shown, sizeof shown, "`%c`", c);
    else
        snprintf(shown, sizeof shown, "U+%04X", c);
    p->tree->broken = true;
    diag_add(p->diags, D_BAD_CHARACTER, tokens_span(p, at), shown);
}

static void check_part(Tokens *p, Str name, uint32_t lo)
{
    Range at = {lo, lo + (uint32_t)name.n};
    if (name.n > LIMIT_NAME_BYTES && lo >= p->skip_to) {
        p->tree->broken = true;
        diag_add(p->diags, D_NAME_TOO_LONG, tokens_span(p, at), (unsigned)LIMIT_NAME_BYTES);
    }
}

static void check_unicode(Tokens *p, Str name, Range at)
{
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.s[i] >= 0x80) {
            p->tree->foreign_names = true;
            if (!unicode_check_name(p->diags, name, tokens_span(p, at)))
                p->tree->broken = true;
            return;
        }
}

/* A name as a symbol, checked the first time it is seen. */
static Sym name_symbol(Tokens *p, const char *text, size_t n)
{
    uint32_t before = p->names->n, lo = (uint32_t)(text - p->text);
    Sym sym = intern(p->names, (Str){text, n});
    if (p->names->n > before)
        check_unicode(p, (Str){text, n}, (Range){lo, lo + (uint32_t)n});
    return sym;
}

int tokens_name(Tokens *p, const char *text, size_t n)
{
    if (n > LIMIT_NAME_BYTES) {
        check_part(p, (Str){text, n}, (uint32_t)(text - p->text));
        n = LIMIT_NAME_BYTES;
    }
    Sym sym = p->value = name_symbol(p, text, n);
    return sym <= LAST_KEYWORD - FIRST_KEYWORD + 1 ? (int)sym - 1 + FIRST_KEYWORD : T_NAME;
}

int tokens_dotted(Tokens *p, Range at, const char *text, size_t n)
{
    size_t from = 0, parts = 1;
    for (size_t i = 0; i < n; i++)
        if (text[i] == '.') {
            check_part(p, (Str){text + from, i - from}, at.lo + (uint32_t)from);
            from = i + 1;
            parts++;
        }
    check_part(p, (Str){text + from, n - from}, at.lo + (uint32_t)from);
    if (parts > LIMIT_QNAME_PARTS && at.lo >= p->skip_to) {
        p->tree->broken = true;
        diag_add(p->diags, D_NAME_TOO_DEEP, tokens_span(p, at), (unsigned)LIMIT_QNAME_PARTS);
    }
    p->value = name_symbol(p, text, n);
    return T_QNAME;
}

int tokens_hyphen(Tokens *p, Range at, const char *text, size_t n)
{
    if (at.lo >= p->skip_to) {
        StrBuf fixed = {0};
        strbuf_add(&fixed, (Str){text, n});
        for (size_t i = 0; i < fixed.n; i++)
            if (fixed.s[i] == '-')
                fixed.s[i] = '_';
        p->tree->broken = true;
        Diag *d = diag_add(p->diags, D_HYPHEN_IN_NAME, tokens_span(p, at),
                           str_z(&p->diags->arena, (Str){text, n < 64 ? n : 64}));
        diag_help(p->diags, d, "write `%.*s`", STR_FMT(strbuf_str(&fixed)));
        p->value = intern(p->names, strbuf_str(&fixed));
        strbuf_free(&fixed);
    }
    return T_NAME;
}

int tokens_path(Tokens *p, Range at, const char *text, size_t n)
{
    if (at.lo < p->skip_to)
        return T_NAME;
    Str path = {text, n < 200 ? n : 200};
    bool escapes = text[0] == '/';
    for (size_t i = 0; i + 1 < n; i++)
        escapes |= text[i] == '.' && text[i + 1] == '.';
    p->tree->broken = true;
    p->value = intern(p->names, path);
    char *shown = str_z(&p->diags->arena, path);
    Diag *d = escapes ? diag_add(p->diags, D_IMPORT_ESCAPES, tokens_span(p, at), shown)
                      : diag_add(p->diags, D_BAD_CHARACTER, tokens_span(p, at), "`/`");
    if (!escapes)
        diag_help(p->diags, d, "modules are named with dots, as in `ward.pumps`");
    return T_NAME;
}

int tokens_text(Tokens *p, Range *at, unsigned quotes)
{
    Range whole = *at;
    at->lo += quotes;
    at->hi -= quotes;
    if (whole.lo < p->skip_to)
        return quotes == 1 ? T_STRING : T_DOCSTR;
    if (at->hi - at->lo > LIMIT_TEXT_BYTES) {
        p->tree->broken = true;
        diag_add(p->diags, D_TEXT_TOO_LONG, tokens_span(p, whole), (unsigned)LIMIT_TEXT_BYTES);
    }
    if (quotes == 3)
        return T_DOCSTR;
    p->value = NF_PLAIN;
    for (const char *s = p->text + at->lo, *end = p->text + at->hi; (s = memchr(s, '\\', (size_t)(end - s))); s += 2) {
        p->value = 0;
        if (s[1] == '"' || s[1] == '\\' || s[1] == 'n' || s[1] == 't')
            continue;
        uint32_t lo = (uint32_t)(s - p->text);
        size_t width = unicode_width_bytes((Str){s + 1, (size_t)(end - s) - 1});
        p->tree->broken = true;
        diag_add(p->diags, D_BAD_ESCAPE, tokens_span(p, (Range){lo, lo + 1 + (uint32_t)width}),
                 str_z(&p->diags->arena, (Str){s + 1, width}));
    }
    return T_STRING;
}

/* ---- the filter ---- */

static void enqueue(Tokens *p, Token t)
{
    if (p->queued == sizeof p->queue / sizeof *p->queue)
        BUG("token queue");
    uint32_t most = sizeof p->queue / sizeof *p->queue, at = p->head + p->queued++;
    p->queue[at < most ? at : at - most] = t;
    p->prev = t.kind;
}

static Token semi_behind(const Tokens *p, Token next)
{
    uint32_t i = next.at.lo;
    while (i > 0 && isspace((unsigned char)p->text[i - 1]))
        i--;
    return (Token){T_SEMI, {i, i}, 0};
}

/* A keyword stands for a name directly before a colon and directly after `: , [ . = <`. */
static bool used_as_name(const Tokens *p, Token t)
{
    if (p->prev == T_COLON || p->prev == T_COMMA || p->prev == T_LBRACKET || p->prev == T_DOT || p->prev == T_ASSIGN ||
        p->prev == T_LT)
        return true;
    uint32_t i = t.at.hi;
    while (byte_at(p, i) == ' ' || byte_at(p, i) == '\t')
        i++;
    return byte_at(p, i) == ':';
}

static Token raw_token(Tokens *p)
{
    Token t;
    p->newline = false;
    do {
        p->value = 0;
        t.kind = p->stopped ? 0 : cordon_scan(&t.at, p->scanner);
    } while (t.kind != 0 && t.at.lo < p->skip_to);
    if (t.kind == 0)
        t.at = (Range){p->end, p->end};
    if (is_keyword(t.kind) && used_as_name(p, t))
        t.kind = T_NAME;
    t.value = p->value;
    return t;
}

/* Closes the brackets that are open inside the innermost brace, as if they had been written. */
static void close_brackets(Tokens *p, Token next)
{
    const Token *innermost = &p->open[p->nopen - 1];
    p->tree->broken = true;
    if (!p->stopped)
        diag_add(p->diags, D_UNCLOSED_BRACKET, tokens_span(p, innermost->at), innermost->kind == T_LPAREN ? "(" : "[");
    for (; p->brackets; p->brackets--) {
        int kind = p->open[--p->nopen].kind == T_LPAREN ? T_RPAREN : T_RBRACKET;
        enqueue(p, (Token){kind, semi_behind(p, next).at, 0});
    }
}

static bool begins_anew(const Tokens *p, Token t, bool newline)
{
    bool column0 = t.at.lo == 0 || p->text[t.at.lo - 1] == '\n';
    return t.kind == 0 || t.kind == T_LBRACE || t.kind == T_RBRACE ||
           (newline && column0 && (t.kind == T_NAME || t.kind == T_QNAME || is_keyword(t.kind)));
}

static void count_brackets(Tokens *p)
{
    p->brackets = 0;
    while (p->brackets < p->nopen && p->open[p->nopen - 1 - p->brackets].kind != T_LBRACE)
        p->brackets++;
}

/* Tracks what is open. False if the token is to be dropped. */
static bool balance(Tokens *p, Token t)
{
    if (t.kind == T_LBRACE || t.kind == T_LPAREN || t.kind == T_LBRACKET) {
        if (p->nopen == LIMIT_NESTING) {
            tokens_too_deep(p, t.at);
            return false;
        }
        p->open[p->nopen++] = t;
        p->brackets = t.kind == T_LBRACE ? 0 : p->brackets + 1;
    } else if (t.kind == T_RPAREN || t.kind == T_RBRACKET) {
        if (p->brackets) {
            p->nopen--;
            p->brackets--;
        }
    } else if (t.kind == T_RBRACE) {
        if (!p->nopen) {
            p->tree->broken = true;
            diag_add(p->diags, D_STRAY_BRACE, tokens_span(p, t.at));
            return false;
        }
        p->nopen--;
        count_brackets(p);
    }
    return true;
}

static void close_blocks(Tokens *p, Token eof)
{
    p->tree->broken = true;
    if (!p->stopped) {
        const Token *innermost = &p->open[p->nopen - 1];
        Diag *d = diag_add(p->diags, D_UNCLOSED_BRACE, tokens_span(p, innermost->at));
        if (p->nopen > 1)
            diag_label(p->diags, d, tokens_span(p, p->open[0].at), "the outermost open block begins here");
    }
    p->stopped = true;
    for (; p->nopen; p->nopen--) {
        enqueue(p, (Token){T_RBRACE, eof.at, 0});
        enqueue(p, (Token){T_SEMI, eof.at, 0});
        if (p->queued + 4 >= sizeof p->queue / sizeof *p->queue) {
            p->nopen--;
            return; /* the rest when these were taken */
        }
    }
}

/* Fills the queue with a raw token and what belongs before it. Comments end with their line: it is the token behind them. */
static void fill(Tokens *p, Token t)
{
    for (; p->waiting < p->tree->comments.n; p->waiting++)
        p->tree->comments.at[p->waiting].target = t.at.lo;
    if (p->brackets && begins_anew(p, t, p->newline))
        close_brackets(p, t);
    bool line_ends = (p->newline || t.kind == 0) && can_end(p->prev) && !goes_on(t.kind);
    bool block_ends = t.kind == T_RBRACE && p->prev != T_LBRACE && p->prev != T_SEMI && p->nopen;
    if (!p->brackets && (line_ends || block_ends))
        enqueue(p, semi_behind(p, t));
    if (t.kind == 0 && p->nopen) {
        close_blocks(p, t);
        return;
    }
    if (balance(p, t))
        enqueue(p, t);
}

/* Braces as the parser sees them: what is queued it has not seen yet. */
static void count_level(Tokens *p, int kind)
{
    if (kind == T_LBRACE)
        p->level++;
    else if (kind == T_RBRACE && p->level)
        p->level--;
}

static Token dequeue(Tokens *p)
{
    Token t = p->queue[p->head];
    p->head = p->head + 1 == sizeof p->queue / sizeof *p->queue ? 0 : p->head + 1;
    p->queued--;
    count_level(p, t.kind);
    return t;
}

/* Most tokens need no thought: nothing ends before them, and they open and close nothing. */
static bool is_plain(const Tokens *p, int kind)
{
    return !p->newline && (kind > T_RPAREN || kind == T_SEMI);
}

/* Whether a token that is not plain goes through at once. If not, it is queued with what belongs before it, or dropped. */
static bool goes_through(Tokens *p, Token t)
{
    if (p->newline || t.kind == 0 || t.kind == T_RBRACE || (t.kind == T_LBRACE && p->brackets)) {
        fill(p, t);
        return false;
    }
    if (!balance(p, t))
        return false;
    count_level(p, t.kind);
    return true;
}

/* The next token of the clean stream. */
static Token next_token(Tokens *p)
{
    while (!p->queued) {
        Token t = raw_token(p);
        if (is_plain(p, t.kind) || goes_through(p, t)) {
            p->prev = t.kind;
            return t;
        }
    }
    return dequeue(p);
}

/* Names of a statement that cannot be read are kept, so that nobody reports them as unknown. */
static void remember_name(Tokens *p, Token t)
{
    if (t.kind == T_NAME)
        p->recent[p->nrecent++ % 16] = t.value;
    else if (t.kind == T_SEMI)
        p->nrecent = 0;
}

/* Behind a mistake: whether the token still belongs to the statement that has it. */
static bool goes_wrong(Tokens *p, Token t)
{
    enum { MOST_LOST = 10000 };
    if (t.kind == 0 || (t.kind == T_SEMI && p->level <= p->recover_level)) {
        p->recovering = false;
        return false;
    }
    if (t.kind == T_SEMI)
        p->nrecent = 0;
    if (t.kind == T_NAME && p->tree->lost.n < MOST_LOST)
        vec_push(&p->tree->lost, t.value);
    return true;
}

int cordon_lex(CORDON_STYPE *value, Range *at, struct Tokens *p)
{
    Token t;
    do {
        t = next_token(p);
    } while (p->recovering && goes_wrong(p, t));
    remember_name(p, t);
    p->before = p->taken;
    p->taken = t.kind;
    *at = t.at;
    value->T_NAME = t.value;
    return t.kind;
}

/* ---- called by the grammar ---- */

uint32_t tokens_hash(Tokens *p, Range at)
{
    Str s = {p->text + at.lo + 1, at.hi - at.lo - 1};
    if (s.n > LIMIT_NAME_BYTES) {
        check_part(p, s, at.lo + 1);
        s.n = LIMIT_NAME_BYTES;
    }
    return intern(p->names, s);
}

uint32_t tokens_date(Tokens *p, Range at)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const char *s = p->text + at.lo;
    int y = (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0');
    int m = (s[5] - '0') * 10 + (s[6] - '0'), d = (s[8] - '0') * 10 + (s[9] - '0');
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (y < 1970 || m < 1 || m > 12 || d < 1 || d > length[m - 1] + (m == 2 && leap)) {
        p->tree->broken = true;
        diag_add(p->diags, D_BAD_DATE, tokens_span(p, at), str_z(&p->diags->arena, (Str){s, 10}));
        return 0;
    }
    int days = (y - 1970) * 365 + (y - 1969) / 4 - (y - 1901) / 100 + (y - 1601) / 400;
    for (int i = 0; i < m - 1; i++)
        days += length[i] + (i == 1 && leap);
    return (uint32_t)(days + d - 1);
}

void tokens_too_deep(Tokens *p, Range at)
{
    if (!p->stopped)
        diag_add(p->diags, D_NESTED_TOO_DEEP, tokens_span(p, at), (unsigned)LIMIT_NESTING);
    p->stopped = p->tree->broken = true;
}
