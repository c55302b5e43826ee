#ifndef CORDON_RISK_RISK_H
#define CORDON_RISK_RISK_H
/* From verdicts to risk records: decisions applied, threats found by people added, one record a threat that applies. What rules
 * find missing in the model stands apart, so that no list, figure or gate takes it for a threat. Ownership: an Assessment owns its arrays until assess_free; it refers to the program, rules and verdicts, which outlive it. */
#include "risk/chain.h"
#include "risk/policy.h"
#include "rules/rules.h"

/* One threat of the report: found by a rule or by people, with its decision. */
typedef struct Threat {
    uint32_t verdict;    /* index into Verdicts.all, or UINT32_MAX for one found by people */
    ObjId hand;          /* the `threat` declaration, or 0 */
    ObjId decision;      /* the decision that counts, or 0 (an expired, lapsed or incomplete one does not count) */
    ConstId disposition; /* of the enum Disposition, or 0 */
    ObjId risk;          /* the declared `risk` that gathers it, or 0 */
    ObjId estimate;      /* the `estimate` about it that counts, or 0 */
} Threat;
typedef Vec(Threat) ThreatVec;

/* The objectives that an adverse impact is stated for, as bits. */
enum Objective { IMPACT_CONFIDENTIALITY = 1, IMPACT_INTEGRITY = 2, IMPACT_AVAILABILITY = 4 };

/* What a threat of one category hurts, as the library says. */
typedef struct CategoryImpact {
    ConstId category;
    unsigned impacts; /* Objective bits */
    ConstId breaks;   /* the security property that it breaks; 0 */
} CategoryImpact;

typedef struct Assessment {
    const Program *program;
    const RuleSet *rules;
    const Verdicts *verdicts;
    ThreatVec
        threats; /* as reported: rules by id, each rule's threats as in Verdicts; then those found by people, by id */
    ThreatVec gaps;         /* what rules find missing in the model, in the same order */
    int32_t today;          /* days since 1970-01-01 */
    uint32_t by_verdict[8]; /* counts by VerdictKind, of threats without a decision */
    uint32_t decided;
    uint32_t gaps_pending; /* gaps that nobody decided about */
    Vec(CategoryImpact) impacts;
    Policies policies; /* what risks are judged by */
    /* Pairs, sorted: what an asset rests on in the upper half and the asset in the lower; a software item and an element made of it. */
    Vec(uint64_t) realised, users;
} Assessment;

/* Applies decisions. Reports what is wrong with them: orphans (with the closest threat), missing rationale or owner, expiry
 * against `today`, a basis that changed, two for one threat. `verdicts` and `rules` stay the caller's. */
void assess(Program *p, const RuleSet *rules, const Verdicts *verdicts, int32_t today, Assessment *out);
void assess_free(Assessment *a);

/* The verdict of a rule, or NULL for a threat found by people. */
static inline const Verdict *threat_of_rule(const Assessment *a, const Threat *t)
{
    return t->hand ? NULL : &a->verdicts->all.at[t->verdict];
}
void threat_id(const Assessment *a, const Threat *t, StrBuf *out);
/* "open", "possible", "planned", "mitigated", "out_of_scope", or the decision's: "accepted", "transferred", ... */
Str threat_verdict(const Assessment *a, const Threat *t);
/* Whether it still needs somebody: open, possible or planned, and no decision counts. */
bool threat_pending(const Assessment *a, const Threat *t);
VerdictKind threat_kind(const Assessment *a, const Threat *t);           /* without its decision */
ConstId threat_severity(const Assessment *a, const Threat *t);           /* of the scale Severity, or 0 */
ConstId threat_stride(const Assessment *a, const Threat *t, uint32_t i); /* the i-th category of STRIDE, or 0 */
ObjId threat_category(const Assessment *a, const Threat *t, uint32_t i); /* the i-th category of another method, or 0 */
ObjId threat_subject(const Assessment *a, const Threat *t);
enum { THREAT_OBJECTS = 16 };
uint32_t threat_objects(const Assessment *a, const Threat *t, ObjId out[16]);
void threat_title(const Assessment *a, const Threat *t, StrBuf *out);
void threat_message(const Assessment *a, const Threat *t, StrBuf *out);
void threat_fix(const Assessment *a, const Threat *t, StrBuf *out);
/* The rule or the `threat` declaration: whose properties hold references. */
ObjId threat_source(const Assessment *a, const Threat *t);
/* Appends the facts that a decision about it rests on, and tidies the whole list. `why`: its provenance if that is at hand. */
void threat_facts(const Assessment *a, const Threat *t, Provenance *why, Arena *arena, FactVec *out);
/* Their hash, 12 hex digits: what a decision about it gives as `basis`. */
void threat_basis(const Assessment *a, const Threat *t, char out[13]);
/* Objective bits of all its categories; 0 if the library knows none. */
unsigned threat_impacts(const Assessment *a, const Threat *t);

/* Has what the threats behind the one at hand are about fetched meanwhile, for who goes through a whole list. */
void threats_foresee(const Assessment *a, const ThreatVec *all, uint32_t i);

/* What is involved, with what the bound things lead to: the ends of a flow, the boundaries it crosses. Vectors are emptied first, so
 * that one Involved serves many threats. */
typedef struct Involved {
    ObjVec elements, boundaries; /* in order of the variables, no repetition; crossed boundaries sorted behind them */
    ObjId flow;                  /* the first flow bound, or 0 */
    ObjVec crossed;              /* at work */
} Involved;
void threat_involved(const Assessment *a, const Threat *t, Involved *out);
void involved_free(Involved *v);
/* Appends the elements that are made of a software item, in obj_order. */
void software_users(const Assessment *a, ObjId software, ObjVec *out);

/* One risk record. Fields the model cannot fill are empty: emitters show them as missing and invent nothing. */
typedef struct AssetImpact {
    ObjId asset; /* data or asset */
    ConstId confidentiality, integrity,
        availability; /* what is at stake where this threat can hurt it; 0 = not touched or unknown */
} AssetImpact;
typedef struct RiskRecord {
    Vec(AssetImpact) assets; /* in obj_order */
    unsigned impacts;        /* Objective bits: what the threat hurts; 0 = not known */
    Chain chain;             /* from the assets and what is lost of them to harm */
    ObjVec hazards, harms;   /* everything on it, in obj_order */
    Str method, vector;      /* "CVSS 3.1", "CVSS:3.1/AV:..."; empty if the rule gives none */
    double score;            /* of the vector, before controls, or -1 */
    ConstId severity;
    ObjVec controls; /* that mitigate it, or are planned */
    ObjId decision;
    Str residual; /* "mitigated by implemented controls", ...; empty = missing */
} RiskRecord;
/* Appends the data and assets that are at stake where a thing is attacked: what a flow carries, what rests in an element, ... Each
 * once, in obj_order, if `out` was empty. */
void thing_assets(const Assessment *a, ObjId thing, ObjVec *out);
/* Whether a risk record is due: every threat that applies, whatever was decided. */
bool risk_applies(const Assessment *a, const Threat *t);
/* `out` starts zeroed; its vectors are emptied first, so that one record serves many threats. `why`: the threat's provenance (of
 * verdict_explain), or NULL for one found by people. */
void risk_record(const Assessment *a, const Threat *t, const Provenance *why, RiskRecord *out);
void risk_record_free(RiskRecord *r);

#endif
