#ifndef CORDON_SYNTAX_BUILD_H
#define CORDON_SYNTAX_BUILD_H
/* Node constructors for the grammar's actions. Private to the front end. A chain is zero or more siblings. */
#include "syntax/tokens.h"

/* A new node with the children of `n` chains, in order. */
Chain build_node(Tokens *p, NodeKind kind, Span at, uint32_t val, unsigned flags, const Chain *kids, size_t n);
Chain build_join(Tokens *p, Chain a, Chain b);
/* `a and b and c` as one node: joins b to a if a is such a node already. */
Chain build_chain_of(Tokens *p, NodeKind kind, Span at, Chain a, Chain b);
Chain build_flags(Tokens *p, Chain node, unsigned flags, Span at);
/* name '.' part, written with blanks between. */
Chain build_dotted(Tokens *p, Chain name, Sym part, Span at);
void tokens_root(Tokens *p, Chain file);

#endif
