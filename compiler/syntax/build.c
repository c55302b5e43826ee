/* Makes nodes. Requires a tree with its unused first node. Never fails, so error recovery cannot leave half a node behind. Leaves
 * siblings side by side in the tree: they settle there together, when their parent is known. */
#include "syntax/build.h"

/* Moves the topmost nodes into the tree. Returns the first. */
static NodeId settle(Tokens *p, Kids kids)
{
    Tree *t = p->tree;
    vec_reserve(&t->nodes, kids);
    NodeId first = t->nodes.n;
    Node *to = t->nodes.at + first;
    const Pending *from = p->pile.at + p->pile.n - kids;
    for (Kids i = 0; i < kids; i++) {
        const Pending *n = &from[i];
        uint32_t len = n->at.hi - n->at.lo;
        if (len >= NODE_LONG) {
            vec_push(&t->longs, (LongNode){first + i, n->at.hi});
            len = NODE_LONG;
        }
        to[i] = (Node){n->kind, n->flags, len & NODE_LONG, i + 1 == kids, n->at.lo, n->val, n->child};
    }
    t->nodes.n += kids;
    p->pile.n -= kids;
    return first;
}

Kids build_leaf(Tokens *p, NodeKind kind, Range at, uint32_t val, unsigned flags)
{
    vec_push(&p->pile, (Pending){at, val, 0, (uint8_t)kind, (uint8_t)flags});
    return 1;
}

Kids build_node(Tokens *p, NodeKind kind, Range at, uint32_t val, unsigned flags, Kids kids)
{
    p->tree->declarations += kind == N_DECL || kind == N_RULE;
    if (!kids)
        return build_leaf(p, kind, at, val, flags);
    NodeId child = settle(p, kids);
    vec_push(&p->pile, (Pending){at, val, child, (uint8_t)kind, (uint8_t)flags});
    return 1;
}

void build_flags(Tokens *p, unsigned flags, Range at)
{
    Pending *top = &vec_last(&p->pile);
    top->flags |= (uint8_t)flags;
    top->at = at;
}

void build_dotted(Tokens *p, Sym part, Range at)
{
    Pending *top = &vec_last(&p->pile);
    Str head = sym_str(p->names, top->val), tail = sym_str(p->names, part);
    StrBuf whole = {0};
    strbuf_add(&whole, head);
    strbuf_char(&whole, '.');
    strbuf_add(&whole, tail);
    top->val = intern(p->names, strbuf_str(&whole));
    top->at = at;
    strbuf_free(&whole);
}

void build_drop(Tokens *p, Kids kids)
{
    p->pile.n -= kids;
}

void build_root(Tokens *p, Range at, Kids kids)
{
    p->tree->root = settle(p, build_node(p, N_FILE, at, 0, 0, kids));
}
