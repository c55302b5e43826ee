#ifndef CORDON_RULES_SETTLE_H
#define CORDON_RULES_SETTLE_H
/* What is settled about conditions before they are asked of each binding, and what remains to be asked. A library has rules for
 * all technologies and asks for hundreds of properties; a model uses few of them. Ownership: a Settled owns its arrays until
 * settled_free; it holds for one model as it is. Private to compiler/rules/. */
#include "rules/plan.h"

/* ---- what the things of each kind say (census.c) ---- */

/* What no thing of some kinds says is the same for all of them, so that one may be asked for all. */
typedef struct Census {
    const RuleSet *r;
    uint32_t words;    /* of 64 kinds, in each row of bits by kind */
    ObjId *like;       /* by kind: one thing of it; 0 if the program has none */
    uint64_t *says;    /* by use, a row: kinds of which a thing says something for it */
    uint64_t *unsure;  /* by use, a row: kinds of which a thing says for it that it is unknown */
    uint64_t *changes; /* by use, a row: kinds whose default is another than that of the kind before; once asked for */
    uint8_t *compared; /* by use: whether its row of `changes` is made */
    bool excludes;     /* something says that it is out of scope */
    uint8_t *levels;   /* by kind and capability: 1 << CapLevel for each level that occurs */
} Census;
void census_take(Census *c, const Ev *ev);
void census_free(Census *c);
/* Some thing of the kinds lo..hi; 0 if there is none. */
ObjId census_like(const Census *c, KindId lo, KindId hi);
/* Whether a property comes to the same for all things of these kinds. */
bool census_alike(const Census *c, UseId use, KindId lo, KindId hi);
/* Whether it may be unknown for some of them. */
bool census_unsure(const Census *c, UseId use, KindId lo, KindId hi);
/* Levels at which they have a capability, as 1 << CapLevel each. */
unsigned census_levels(const Census *c, uint32_t capability, KindId lo, KindId hi);

/* ---- what is known of a binding (settle.c) ---- */

typedef struct KindRange {
    KindId lo, hi; /* 0: not known */
} KindRange;

typedef struct Foreknown {
    Ev *ev;                   /* its env holds a thing of these kinds in each slot whose kinds are known */
    KindRange of[PLAN_SLOTS]; /* by slot */
    bool stays;               /* the flow in slot 0 crosses no boundary */
    uint8_t protocol_slot;    /* the slot of a flow whose protocol is that of the one in env; SLOT_NONE: none */
} Foreknown;
/* Nothing is known but the kinds that a pattern asks for. False: nothing in the program is what it looks for. */
bool foreknown_pattern(Foreknown *k, Ev *ev, const Plan *plan);
/* Makes the kind of a slot known by the thing in it. */
void foreknown_bind(Foreknown *k, uint8_t slot, ObjId o);
/* What the kinds of a flow and its ends say of the variables of a pattern. Binds only the flow. */
typedef struct HalfKinds {
    KindId flow, from, to;
} HalfKinds;
HalfKinds half_kinds(const Model *m, uint32_t half);
Foreknown foreknown_kinds(Ev *ev, const Source *s, const HalfKinds *kinds);
/* Whether an end of this kind is what an anchor asks for, as far as kinds say. */
bool anchor_wants(const Anchor *a, KindId k);
/* Whether a pattern looks for flows of these kinds. */
bool source_wants(const Source *s, const HalfKinds *kinds);
/* The protocol of a flow as a number, or one for each way of not saying it. */
uint32_t flow_protocol(const Program *p, ObjId flow);
/* The value of a condition as far as it is known already; TRI_UNKNOWN where it is not, or hangs on a fact nobody stated. */
Tri foreknown_eval(const Foreknown *k, CondId c);

/* ---- what remains to be asked ---- */

/* A condition without what is settled: logic around conditions. Parts stand behind their whole. */
typedef enum AskOp { ASK_CONST, ASK_COND, ASK_NOT, ASK_ALL, ASK_ANY } AskOp;
typedef struct Ask {
    uint32_t op : 4, n : 28; /* n: it and its parts */
    uint32_t what;           /* Tri or CondId */
} Ask;
typedef Vec(Ask) Asks;
typedef uint32_t AskId; /* place in Asks */

/* Appends what remains of a condition (0: none) or of what remained. Returns its place. */
AskId settle_cond(const Foreknown *k, CondId c, Asks *out);
AskId settle_ask(const Foreknown *k, const Ask *a, Asks *out);
/* Appends what remains of those demands of a condition that `early` says: what is asked of the thing in slot 0 alone and does not
 * go through others; or of the rest. */
AskId settle_demands(const Foreknown *k, CondId c, bool early, Asks *out);
static inline bool ask_is(const Ask *a, Tri t)
{
    return a->op == ASK_CONST && a->what == (uint32_t)t;
}
Tri ask_eval(Ev *ev, const Ask *a);

struct Settled {
    Census census;
    uint8_t *barren; /* by source: 1 where nothing can be what it looks for */
    Asks asks;
    AskId *of_source, *of_noun; /* what remains of their `where` */
    /* What nouns come to for data and other things that many flows and elements refer to: by place in Model.others a row, in it two
     * bits for each noun that has a column, 0 or 1 + Tri. */
    uint32_t *column; /* by noun: 1 + its column, or 0 */
    uint8_t *known;
    uint32_t row; /* bytes */
};
/* For a derived model. Sets ev->settled. */
void settled_make(Settled *s, Ev *ev);
/* noun_where for a noun with a column, answered once for each thing. */
Tri settled_noun(Ev *ev, uint32_t noun, ObjId o, uint32_t half);
void settled_free(Settled *s, Ev *ev);

#endif
