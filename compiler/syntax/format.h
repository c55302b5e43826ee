#ifndef CORDON_SYNTAX_FORMAT_H
#define CORDON_SYNTAX_FORMAT_H
/* The canonical layout. Ownership: results are the caller's; nothing is kept. */
#include "source/diag.h"
#include "syntax/ast.h"

enum { FORMAT_WIDTH = 100, FORMAT_INDENT = 2 };

/* Appends the file of an unbroken tree in the canonical layout, with every comment at its place. */
void format_tree(const Tree *t, const Sources *s, const Interner *names, StrBuf *out);
/* Whether `result` says the same as the tree: it is read again, gives an equal tree and the same comments in the same order, and
 * formatting it once more changes nothing. Adds the text to the sources. */
bool format_check(const Tree *t, Sources *s, Interner *names, Str result);
/* Appends hostile text as a string of the language: what can hide, break or reorder text is replaced, and what is longer than `most`
 * bytes is cut with a mark. `lines`: ends of lines are kept, as \n. */
void defused_string(StrBuf *out, Str text, size_t most, bool lines);
/* Appends declarations that the program wrote itself in the canonical layout; takes the memory of `plain`. `what`: the name under which
 * they are read again. */
void format_plain(Str what, StrBuf *plain, StrBuf *out);

#endif
