#ifndef CORDON_RISK_ESTIMATE_H
#define CORDON_RISK_ESTIMATE_H
/* Estimates: how bad a threat is without controls and with those that are planned, implemented or verified, each metric with the
 * fact it was taken from. Nothing is invented: where row, column or policy lack, there is no level, and it says why.
 *
 * The vector of the rule stays as it is; what the model shows goes into the environmental metrics (MAV, MPR, CR, ...), and what
 * controls do goes there too. So base scores can be compared between models, and every number can be computed again elsewhere.
 * Ownership: an Estimator and an Estimate own what is in them until freed; both refer to the assessment. */
#include "risk/risk.h"
#include "score/score.h"

typedef enum RiskStage {
    STAGE_BEFORE,      /* nothing that closes the threat stands */
    STAGE_PLANNED,     /* with everything, planned controls too */
    STAGE_IMPLEMENTED, /* with the design, and controls that somebody says are there */
    STAGE_RESIDUAL,    /* with the design, and controls that evidence shows to work */
    STAGE_COUNT
} RiskStage;
/* "before", "planned", "implemented", "residual"; and as people say it. */
const char *risk_stage_key(RiskStage s);
const char *risk_stage_words(RiskStage s);

/* Why there is no level. */
typedef enum EstimateLack {
    LACK_NOTHING,
    LACK_POLICY,   /* no policy is in force, or the one there is has errors */
    LACK_VECTOR,   /* neither rule nor people give one */
    LACK_MEASURE,  /* the method does not know the score that the policy takes rows from */
    LACK_ROW,      /* the policy has no bands: people have to give the row */
    LACK_HARM,     /* safety-related, but no harm follows from what is at stake; or the policy leaves it to people */
    LACK_SEVERITY, /* a harm follows, but nobody knows how severe it is */
    LACK_COUNT
} EstimateLack;
/* "nothing", "policy", "vector", ...; and a sentence that says what to do, "" for LACK_NOTHING. */
const char *estimate_lack_key(EstimateLack l);
const char *estimate_lack_words(EstimateLack l);

/* Why a metric of the vector is what it is. */
typedef struct MetricReason {
    RiskStage
        stage;  /* STAGE_BEFORE: the model shows it. Else what is closed makes it so, up to this stage: what is verified
                       * (STAGE_RESIDUAL) counts at the earlier stages too */
    Str metric; /* "MAV" */
    Str from, to;     /* values; `from` is that in effect before, empty where there was none */
    ObjId because;    /* the flow, port, asset, element, harm, protocol or control that says so */
    PropId prop;      /* the property that says it, or 0 */
    Span fact;        /* where; none for a default */
    ObjId capability; /* what the control or design gives, or 0 */
    ObjId data;       /* the `prefill`, `countermeasure` or capability of the library that makes this of it */
} MetricReason;

typedef struct StageEstimate {
    Str vector; /* with what the model shows and controls do; empty if there is none */
    Score score;
    double exploitability;      /* of CVSS 3.1 with the modified metrics, 0 to 3.9; -1 if the method knows none */
    double measure;             /* the score that the row was taken from; -1 if there is none */
    ConstId severity;           /* band of the score, of the scale Severity; 0 */
    ConstId row, column, level; /* of the policy; 0 */
    Acceptance acceptance;
    EstimateLack lack;
    bool stands; /* at this stage something closes the threat */
    bool design; /* and it is the design alone: protocols and properties, no control */
} StageEstimate;

typedef struct Estimate {
    Arena arena; /* of the texts */
    StageEstimate stages[STAGE_COUNT];
    Vec(MetricReason) reasons; /* by stage: first what the model shows, then what is verified, implemented, planned */
    ObjId by;                  /* the `estimate` or `risk` by which people gave something below, or 0 */
    unsigned after;            /* bit set of the stages whose vector people gave */
    bool own_vector, own_after, own_row, own_harm; /* what they gave in place of rule and model */
} Estimate;

/* What all estimates of a program share. */
typedef struct Estimator Estimator;
Estimator *estimator_new(const Assessment *a);
void estimator_free(Estimator *e);
/* Estimates one threat that applies (risk_applies), with its record at hand. `out` starts zeroed and can be filled again and again. */
void estimate_make(Estimator *e, const Threat *t, const RiskRecord *record, Estimate *out);
void estimate_free(Estimate *e);
/* What counts today. */
static inline const StageEstimate *estimate_now(const Estimate *e)
{
    return &e->stages[STAGE_RESIDUAL];
}
/* A property that an `estimate` or a `risk` may give; absent if it does not. `place` may be NULL. */
Value estimate_says(const Program *p, ObjId by, const char *prop, Span *place);

#endif
