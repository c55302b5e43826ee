#ifndef CORDON_RISK_CHAIN_H
#define CORDON_RISK_CHAIN_H
/* The safety chain: a lost property of an asset leads to hazards, these to further hazards and hazardous situations, these to harms and
 * harms to harms. Walked in both directions, any number of levels deep, each thing once. Ownership: vectors belong to the caller
 * until chain_free; a ChainIndex until chain_index_free. */
#include "program/program.h"

/* One thing that the chain comes to. */
typedef struct ChainStep {
    ObjId thing;        /* hazard, situation or harm */
    uint32_t from;      /* index of the step it was reached from; UINT32_MAX for the first, which comes from an asset */
    ObjId asset;        /* of the first: the data or asset */
    PropId by;          /* the property that leads here: integrity_loss, leads_to, situations, harm */
    unsigned objective; /* Objective bit of the loss that it follows from */
} ChainStep;

typedef struct Chain {
    Vec(ChainStep) steps; /* breadth first: each thing is reached the shortest way; each list in obj_order */
    Map seen;             /* at work: what many steps have reached */
    uint32_t worst;       /* index of the worst harm, of those the nearest; UINT32_MAX if no harm is reached */
    ConstId severity;     /* of the worst harm; 0 if none is known */
    bool unknown;         /* a harm is reached whose severity nobody knows */
} Chain;

/* From what a threat puts at stake: `assets` in obj_order, with the objectives (Objective bits of risk.h) that are lost. `out` starts
 * zeroed and can be filled again. */
void chain_forward(const Program *p, const ObjId *assets, uint32_t n, unsigned objectives, Chain *out);
/* The things on the way to a step, the asset first. Appends. */
void chain_path(const Chain *c, uint32_t step, ObjVec *out);
/* Everything of a role that was reached, in obj_order, no repetition. Appends. */
void chain_things(const Program *p, const Chain *c, Role role, ObjVec *out);
void chain_free(Chain *c);

/* Backwards: which data and assets, by the loss of what, come to a harm (or hazard, or situation). */
typedef struct ChainSource {
    ObjId asset;
    unsigned objectives; /* Objective bits */
} ChainSource;
typedef Vec(ChainSource) ChainSources;
typedef struct ChainIndex {
    Vec(uint64_t) edges; /* what is led to in the upper half, what leads to it in the lower; sorted */
} ChainIndex;
void chain_index(const Program *p, ChainIndex *out);
/* In obj_order. Appends. */
void chain_backward(const Program *p, const ChainIndex *x, ObjId thing, ChainSources *out);
void chain_index_free(ChainIndex *x);

#endif
