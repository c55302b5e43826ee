#ifndef CORDON_RISK_RISK_H
#define CORDON_RISK_RISK_H
/* From verdicts to risk records: decisions applied, threats found by people added, one record a threat that applies. Ownership: an
 * Assessment owns its arrays until assess_free; it refers to the program, rules and verdicts, which outlive it. */
#include "rules/rules.h"

/* One threat of the report: found by a rule or by people, with its decision. */
typedef struct Threat {
    uint32_t verdict;   /* index into Verdicts.all, or UINT32_MAX for one found by people */
    ObjId hand;         /* the `threat` declaration, or 0 */
    ObjId decision;     /* the decision that counts, or 0 (an expired, lapsed or incomplete one does not count) */
    ConstId disposition; /* of the enum Disposition, or 0 */
} Threat;

typedef struct Assessment {
    const Program *program;
    const RuleSet *rules;
    const Verdicts *verdicts;
    Vec(Threat) threats; /* in the order they are reported: by id, by bytes; hand-found ones in the same order */
    int32_t today;       /* days since 1970-01-01 */
    uint32_t by_verdict[8]; /* counts by VerdictKind, of threats without a decision */
    uint32_t decided;
} Assessment;

/* Applies decisions. Reports what is wrong with them: orphans (with the closest threat), missing rationale or owner, expiry
 * against `today`, a basis that changed, two for one threat. `verdicts` and `rules` stay the caller's. */
void assess(Program *p, const RuleSet *rules, const Verdicts *verdicts, int32_t today, Assessment *out);
void assess_free(Assessment *a);

void threat_id(const Assessment *a, const Threat *t, StrBuf *out);
/* "open", "possible", "planned", "mitigated", "out_of_scope", or the decision's: "accepted", "transferred", ... */
Str threat_verdict(const Assessment *a, const Threat *t);
/* Whether it still needs somebody: open, possible or planned, and no decision counts. */
bool threat_pending(const Assessment *a, const Threat *t);
VerdictKind threat_kind(const Assessment *a, const Threat *t); /* without its decision */
ConstId threat_severity(const Assessment *a, const Threat *t); /* of the scale Severity, or 0 */
ConstId threat_stride(const Assessment *a, const Threat *t, uint32_t i); /* the i-th category, or 0 */
ObjId threat_subject(const Assessment *a, const Threat *t);
uint32_t threat_objects(const Assessment *a, const Threat *t, ObjId out[16]);
void threat_title(const Assessment *a, const Threat *t, StrBuf *out);
void threat_message(const Assessment *a, const Threat *t, StrBuf *out);
void threat_fix(const Assessment *a, const Threat *t, StrBuf *out);

/* One risk record. Fields the model cannot fill are empty: emitters show them as missing and invent nothing. */
typedef struct AssetImpact {
    ObjId asset;                       /* data or asset */
    ConstId confidentiality, integrity, availability; /* what is at stake where this threat can hurt it; 0 = not touched or unknown */
} AssetImpact;
typedef struct RiskRecord {
    Arena arena;
    Vec(AssetImpact) assets;
    Vec(ObjId) hazards, harms;         /* through integrity_loss, confidentiality_loss, availability_loss of the assets */
    Str method, vector;                /* "CVSS 3.1", "CVSS:3.1/AV:..."; empty if the rule gives none */
    double score;                      /* base score before controls, or -1 */
    ConstId severity;
    Vec(ObjId) controls;               /* that mitigate it, or are planned */
    ObjId decision;
    Str residual;                      /* "mitigated by implemented controls", ...; empty = missing */
} RiskRecord;
void risk_record(const Assessment *a, const Threat *t, RiskRecord *out);
void risk_record_free(RiskRecord *r);

/* ---- CVSS (risk/cvss.c) ---- */
typedef struct Cvss {
    unsigned version; /* 31 or 40 */
    double score;     /* base score; -1 for 4.0, which is not scored yet */
    Str problem;      /* why the vector is malformed; empty if it is not */
} Cvss;
Cvss cvss_base(Str vector);

#endif
