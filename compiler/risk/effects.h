#ifndef CORDON_RISK_EFFECTS_H
#define CORDON_RISK_EFFECTS_H
/* What the model and what controls make of a vector, as the library declares it: things of the kinds `prefill` and `countermeasure`.
 * Private to compiler/risk/. Ownership: Effects own their lists until effects_free; texts live in the arena given. */
#include "risk/estimate.h"
#include "rules/closing.h"

typedef enum EffectFrom { FROM_FLOW, FROM_PORT, FROM_ELEMENT, FROM_ASSET, FROM_HARM, FROM_COUNT } EffectFrom;
enum { EFFECT_DEPTH = 4, EFFECT_METRICS = 4 };

/* The metric that one method knows a prefill's by, and the base metric that it stands for; NULL. */
typedef struct EffectMetric {
    const ScoreMetric *metric, *base;
} EffectMetric;

typedef struct Prefill {
    ObjId obj;
    Str metrics[EFFECT_METRICS]; /* the first that a method knows */
    uint32_t nmetrics;
    EffectMetric by_method[SCORE_METHODS];
    Str value;
    Value instead_of, is; /* sets of texts */
    EffectFrom from;
    Str path[EFFECT_DEPTH]; /* names of properties */
    Sym names[EFFECT_DEPTH];
    uint32_t npath;
    bool every;
    unsigned lost; /* Objective bit, or 0 */
    Value stride;  /* set of categories */
} Prefill;

typedef struct Countermeasure {
    ObjId obj;
    ConstId protects; /* 0: all */
    Value modifies;   /* set of texts */
} Countermeasure;

typedef struct Effects {
    const Program *p;
    Vec(Prefill) prefills; /* in obj_order */
    Vec(Countermeasure) countermeasures;
    PropId protects, modifies; /* of capabilities */
} Effects;

/* Reads them. */
void effects_read(const Program *p, Effects *out);
void effects_free(Effects *e);
/* Reports what is unusable in those declared from an object on. */
void effects_check(Program *p, ObjId first);

/* The metric of the first name that the method knows, may be changed and has the value; NULL if there is none. */
const ScoreMetric *effect_metric(ScoreMethod m, const Str *names, uint32_t n, Str value);
/* The base metric that a modified one stands for: AV for MAV; NULL. */
const ScoreMetric *effect_base(ScoreMethod m, Str modified);

/* The things of one threat that facts are looked for at. */
typedef struct Scene {
    const Assessment *a;
    const Threat *threat;
    const RiskRecord *record;
    const ObjId *keys;
    uint32_t nkeys;
} Scene;

/* Sets the metrics that follow from the model, and says why. Returns the vector, in the arena. */
Str effects_of_model(const Effects *e, const Scene *s, Str vector, Estimate *out);
/* Lowers metrics for the closers of one level, and says why. */
Str effects_of_controls(const Effects *e, const Closing *closing, CapLevel level, RiskStage stage, Str vector,
                        Estimate *out);

/* What closes a threat, and how far: of a rule as `mitigated by` says, of all its witnesses; of one found by people, its controls. */
void threat_closing(const Assessment *a, const Threat *t, Weakest *weakest, Closing *out);

/* The value that a metric has in effect: a modified one where it is given, else that of the base metric. */
Str metric_in_effect(Str vector, Str base);

#endif
