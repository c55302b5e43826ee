#ifndef CORDON_SYNTAX_PARSE_H
#define CORDON_SYNTAX_PARSE_H
/* The one door to the generated scanner and parser: one file, one parse, one tree. */
#include "source/diag.h"
#include "syntax/ast.h"

/* Interns the keywords. Call once for an interner, before anything else is interned. */
void parse_init(Interner *names);
/* Reads a file of the set. Always leaves a usable tree, marked broken if it had syntax errors; the errors are in `diags`.
 * Success is that no error was reported, never a return code. */
void parse_file(const Sources *sources, FileId file, Interner *names, Diags *diags, Tree *tree);
/* Whether a name is a keyword somewhere in the language (for the formatter's and editors' tables). */
bool parse_is_keyword(Sym name);
/* The n-th keyword from 0, or NULL: for editor files and completion. */
const char *parse_keyword(unsigned n);

#endif
