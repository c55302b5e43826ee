/* Says what stands where it cannot, and what could have stood there. Requires bison's account of both. Leaves behind a message, the
 * names of the statement that is lost, and a token filter that skips to its end. */
#include "syntax/tokens.h"

static void describe(StrBuf *out, int token)
{
    switch (token) {
    case 0: strbuf_addz(out, "end of file"); break;
    case T_NAME:
    case T_QNAME:
    case T_NUM:
    case T_DATE:
    case T_PERSON:
    case T_HASHID:
    case T_STRING:
    case T_DOCSTR:
    case T_SEMI: strbuf_addz(out, cordon_token_name(token)); break;
    default: strbuf_format(out, "`%s`", cordon_token_name(token));
    }
}

/* Where bison would list too much: what the token before asks for. */
static const char *wanted_behind(int token)
{
    switch (token) {
    case T_COLON:
    case T_ASSIGN: return "expected a value";
    case T_ARROW:
    case T_BOTH: return "expected the name of an element";
    case T_LBRACE:
    case T_SEMI: return "expected a declaration or a property";
    case T_LBRACKET:
    case T_COMMA: return "expected a value or `]`";
    case T_AT: return "expected the name of a thing; several stand without brackets, with commas between";
    case T_WHEN:
    case T_UNLESS:
    case T_WHERE:
    case T_AND:
    case T_OR:
    case T_NOT:
    case T_LPAREN: return "expected a condition";
    case T_IS:
    case T_HAS:
    case T_IN:
    case T_INSIDE:
    case T_CARRIES:
    case T_HOLDS:
    case T_CROSSES:
    case T_ENTERS:
    case T_LEAVES:
    case T_REACHES: return "expected a name or a value";
    default: return "";
    }
}

void tokens_unexpected(Tokens *p, Range at, int token, const int *expected, int n)
{
    p->tree->broken = true;
    for (uint32_t i = 0; i < p->nrecent && i < 16; i++)
        vec_push(&p->tree->lost, p->recent[i]);
    if (token != T_SEMI) {
        p->recovering = true;
        p->recover_level = p->level - (token == T_LBRACE);
    }
    if (p->stopped)
        return;
    StrBuf said = {0}, wanted = {0};
    describe(&said, token);
    if ((token == T_NAME || token == T_QNAME) && at.hi - at.lo < 64)
        strbuf_format(&said, " `%.*s`", (int)(at.hi - at.lo), p->text + at.lo);
    Diag *d = diag_add(p->diags, D_SYNTAX, tokens_span(p, at), said.s);
    bool dotted = false;
    for (int i = 0; i < n; i++)
        dotted |= expected[i] == T_NAME;
    for (int i = 0, shown = 0; i < n; i++) {
        if (expected[i] == T_QNAME && dotted)
            continue; /* "a name" says it */
        strbuf_addz(&wanted, shown++ == 0 ? "expected " : i == n - 1 ? " or " : ", ");
        describe(&wanted, expected[i]);
    }
    if (!wanted.n)
        strbuf_addz(&wanted, wanted_behind(p->before));
    if (wanted.n)
        diag_caret(p->diags, d, "%s", wanted.s);
    if (token == T_DOT && p->before == T_NUM)
        diag_help(p->diags, d, "a date is written year, month, day: 2026-03-02");
    strbuf_free(&said);
    strbuf_free(&wanted);
}
