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
        to[i] = from[i].node;
        if (to[i].len == NODE_LONG)
            vec_push(&t->longs, (LongNode){first + i, from[i].hi});
    }
    to[kids - 1].last = 1;
    t->nodes.n += kids;
    p->pile.n -= kids;
    return first;
}

static uint16_t length(uint32_t lo, uint32_t hi)
{
    return (uint16_t)(hi - lo < NODE_LONG ? hi - lo : NODE_LONG);
}

Kids build_node(Tokens *p, NodeKind kind, Range at, uint32_t val, unsigned flags, Kids kids)
{
    NodeId child = kids ? settle(p, kids) : 0;
    p->tree->declarations += kind == N_DECL || kind == N_RULE;
    Node node = {.kind = kind & 127,
                 .plain = (flags & BUILD_PLAIN) != 0,
                 .flags = flags & 127,
                 .len = length(at.lo, at.hi),
                 .lo = at.lo,
                 .val = val,
                 .child = child};
    vec_push(&p->pile, (Pending){node, at.hi});
    return 1;
}

void build_flags(Tokens *p, unsigned flags, Range at)
{
    Pending *top = &vec_last(&p->pile);
    top->node.flags |= flags & 127;
    top->node.len = length(top->node.lo, at.hi);
    top->hi = at.hi;
}

void build_dotted(Tokens *p, Sym part, Range at)
{
    Node *n = &vec_last(&p->pile).node;
    Str head = sym_str(p->names, n->val), tail = sym_str(p->names, part);
    StrBuf whole = {0};
    strbuf_add(&whole, head);
    strbuf_char(&whole, '.');
    strbuf_add(&whole, tail);
    n->val = intern(p->names, strbuf_str(&whole));
    strbuf_free(&whole);
    build_flags(p, 0, at);
}

void build_drop(Tokens *p, Kids kids)
{
    p->pile.n -= kids;
}

void build_root(Tokens *p, Range at, Kids kids)
{
    p->tree->root = settle(p, build_node(p, N_FILE, at, 0, 0, kids));
}
