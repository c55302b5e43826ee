#ifndef CORDON_RULES_LISTS_H
#define CORDON_RULES_LISTS_H
/* Which rules can concern a flow or thing, and what remains to be asked then: worked out once for all that are alike, in kind, in the
 * kinds of their ends, in protocol. Models have few sorts of things. Ownership: Lists own their arrays until lists_free; what they
 * are made with outlives them. Private to compiler/rules/. */
#include "rules/settle.h"

/* A rule to look at, and what remains of its `when`: what is asked before anything is bound but slot 0, and the rest. */
typedef struct Todo {
    RuleId rule; /* 0: it finds nothing in this model */
    AskId early, rest;
} Todo;

/* What remains of a rule for the model as a whole. */
typedef struct Base {
    Todo todo;
    uint16_t slots; /* that it still asks, as bits */
    bool protocol;  /* it asks for that of a flow */
} Base;

typedef struct Lists {
    Ev *ev;
    Settled *settled; /* has the asks of `base` too */
    RuleId lo;
    Vec(Base) base; /* by rule - lo: by what is known of the model as a whole */
    Asks asks;      /* of `todos` */
    Vec(Todo) todos;
    Vec(Range) lists;   /* into todos */
    Map kinds;          /* kind of a thing -> 1 + place in lists */
    Map shapes;         /* kinds of a flow and its ends -> 1 + number */
    Map list_of;        /* that number and the protocol -> 1 + place in lists */
    Map row_of;         /* facet and its value -> 1 + place in rows */
    Vec(uint64_t) rows; /* bits by rule - lo: rules that find nothing where a facet has that value */
    uint32_t nshapes;
} Lists;

/* For the rules lo..hi. Works with ev->env. */
void lists_init(Lists *l, Ev *ev, Settled *settled, RuleId lo, RuleId hi);
void lists_free(Lists *l);
/* What there is to do for a half, or for a thing in a list of its family: places in `todos`. */
Range lists_half(Lists *l, uint32_t half);
Range lists_thing(Lists *l, Family family, ObjId thing);

#endif
