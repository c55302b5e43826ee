#ifndef CORDON_SYNTAX_BUILD_H
#define CORDON_SYNTAX_BUILD_H
/* Node constructors for the grammar's actions. Private to the front end. What has no parent yet waits on a pile, in the order of
 * the text: so the children of a node are always the topmost nodes of the pile, and `Kids` is how many they are. */
#include "syntax/tokens.h"

/* Puts a new node on the pile in the place of its `kids` children. Returns 1: what has become one node. */
Kids build_node(Tokens *p, NodeKind kind, Range at, uint32_t val, unsigned flags, Kids kids);
/* The same without children. */
Kids build_leaf(Tokens *p, NodeKind kind, Range at, uint32_t val, unsigned flags);
/* Adds to the topmost node. */
void build_flags(Tokens *p, unsigned flags, Range at);
/* The topmost node and '.' part, written with blanks between. */
void build_dotted(Tokens *p, Sym part, Range at);
/* Takes the topmost nodes away: what they stood for cannot be read. */
void build_drop(Tokens *p, Kids kids);
/* Makes the topmost nodes the children of the tree's root. */
void build_root(Tokens *p, Range at, Kids kids);

#endif
