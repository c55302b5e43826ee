#ifndef CORDON_RISK_RISKS_H
#define CORDON_RISK_RISKS_H
/* Risks: what a review decides on. Each gathers threats that share cause, asset and fix; declared in the model (kind `risk`) or, for
 * the rest, proposed. Every threat that applies belongs to exactly one. Ownership: Risks lives in the arena it was made in; it
 * refers to the assessment, which outlives it. */
#include "risk/estimate.h"

/* The worst of the estimates of a risk's threats at one stage. */
typedef struct RiskStanding {
    ConstId level;         /* 0: none of them has one */
    Acceptance acceptance; /* of that level; not estimated if there is none */
    uint32_t threat;       /* index into Assessment.threats: the first that has it */
    uint32_t lacking;      /* threats without a level: it may be worse */
} RiskStanding;

typedef struct Risk {
    ObjId declared; /* the `risk` of the model; 0: proposed */
    Str id;         /* of a declared one its id; of a proposed one the name it is declared under when it is pasted */
    Str title;
    ConstId property;  /* proposed: the security property whose loss the threats share; 0 if the library gives none */
    ObjId about;       /* proposed: the main asset that they have at stake, or their subject; 0: none */
    ObjList besides;   /* proposed: declared risks that gather a part of what its rules find at its things */
    uint32_t first, n; /* its threats: in Risks.threats */
    uint32_t by_verdict[8];    /* of those without a decision, by VerdictKind */
    uint32_t pending, decided; /* threats that still need somebody; those that a decision settles */
    uint32_t worst;            /* index into Assessment.threats: the worst of them before controls */
    ObjList subjects, assets, hazards, harms, controls,
        decisions;                    /* all that its threats have, each once, in obj_order */
    unsigned impacts;                 /* Objective bits of all */
    ConstId severity;                 /* the worst; 0 if none is stated */
    double score;                     /* the highest score before controls, or -1 */
    Str method, vector;               /* of that score */
    RiskStanding stages[STAGE_COUNT]; /* by the policy in force */
} Risk;

typedef struct Risks {
    const Assessment *assessment;
    Risk *at; /* declared ones first, each part by id */
    uint32_t n, ndeclared;
    uint32_t *threats; /* indices into Assessment.threats, in their order within each risk */
    uint32_t nthreats;
    uint32_t *risk_of; /* by threat: 1 + index into `at`; 0 for one that does not apply */
} Risks;

/* Explains every threat once: about as much work as writing one list. Reports nothing. */
const Risks *risks_make(const Assessment *a, Arena *arena);
/* The risk that a threat belongs to; NULL for one that does not apply. */
static inline const Risk *risk_of_threat(const Risks *r, uint32_t threat)
{
    return r->risk_of[threat] ? &r->at[r->risk_of[threat] - 1] : NULL;
}
/* "open", "possible", "planned", "decided", "mitigated": what the most urgent of its threats is. */
const char *risk_state(const Risk *r);
/* Appends the declaration that gathers the threats of a proposed risk, in canonical layout. */
void risk_text(const Risks *r, const Risk *risk, StrBuf *out);
/* Appends all proposed risks as a module text that can be appended to the model. */
void risks_text(const Risks *r, StrBuf *out);

#endif
