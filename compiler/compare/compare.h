#ifndef CORDON_COMPARE_COMPARE_H
#define CORDON_COMPARE_COMPARE_H
/* Two snapshots compared: which things are the same, what changed in the model, what follows for threats and decisions, and which
 * change caused it. Everything is joined by ids, so the cost grows with what the two sides hold. Ownership: a Comparison owns both
 * snapshots and all that follows until comparison_free. */
#include "compare/snapshot.h"

/* One thing of the old side, the new side or both; 1 + index into the things of a side, or 0. In order of ids. */
typedef struct Pair {
    uint32_t old, new;
    Range changes;
} Pair;

typedef enum ChangeKind {
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_RENAMED,
    CHANGE_IDENTIFIED, /* the permanent id came, went or is another */
    CHANGE_MOVED,
    CHANGE_KIND,
    CHANGE_ENDS,
    CHANGE_TITLE,
    CHANGE_DOC,
    CHANGE_PROPERTY,
    CHANGE_PRESET, /* the default of a property for a kind; told once, at the first thing that has it */
    CHANGE_KINDS
} ChangeKind;
const char *change_name(ChangeKind k); /* "added", ... */

typedef struct Change {
    ChangeKind kind;
    uint32_t pair;     /* index */
    uint32_t old, new; /* a property: 1 + index into the props of a side; 0 if it says nothing there */
    Sym prop;
    uint32_t like;  /* of what was added: 1 + the pair that was removed and looks the same; and the other way round */
    uint32_t first; /* of a preset: the change that tells it for all things of the kind */
} Change;

typedef enum EffectKind {
    EFFECT_NEW,
    EFFECT_REOPENED, /* was closed or decided */
    EFFECT_WORSE,    /* more certain or more severe */
    EFFECT_FACTS,    /* decided, and the facts are others */
    EFFECT_CLOSED,   /* was open, possible or planned */
    EFFECT_BETTER,   /* less certain or less severe, and still there */
    EFFECT_CHANGED,  /* closed in another way */
    EFFECT_SETTLED,  /* new, and closed from the start */
    EFFECT_GONE,     /* was closed, and applies no longer */
    EFFECT_KINDS
} EffectKind;
const char *effect_name(EffectKind k); /* "new", "reopened", ... */

typedef enum ReasonKind {
    REASON_CHANGE,   /* a change of the model */
    REASON_DECISION, /* a decision that came, went or stands otherwise */
    REASON_RULES,    /* the rules are others */
    REASON_DATE,     /* only the date is another */
    REASON_NONE      /* nothing that was compared explains it */
} ReasonKind;
const char *reason_name(ReasonKind k);

typedef struct Reason {
    ReasonKind kind;
    uint32_t change;   /* index */
    uint32_t old, new; /* the decision: 1 + index into a side's decisions */
} Reason;

/* What became of one threat or gap. */
typedef struct Effect {
    EffectKind kind;
    bool gap;
    bool sure; /* the reasons are what the facts of the threat name; else they are changes of what is involved */
    uint32_t old, new; /* 1 + index into a side's threats */
    Range reasons;
} Effect;

/* A decision that stopped or began to count. */
typedef struct DecisionEffect {
    uint32_t old, new; /* 1 + index into a side's decisions */
    bool stale;        /* it counts no longer; else it counts again */
    Range reasons;     /* changes of the model alone */
} DecisionEffect;

typedef struct Comparison {
    Interner names;
    Snapshot old, new;
    Vec(Pair) pairs;
    Vec(uint32_t) old_pair, new_pair; /* by index of a thing: the index of its pair */
    Vec(Change) changes;              /* in order of pairs */
    Vec(Effect) effects;              /* what needs somebody first, the severe first, by id */
    Vec(DecisionEffect) decisions;    /* by id; the stale first */
    Vec(Reason) reasons;
    uint32_t threats[EFFECT_KINDS], gaps[EFFECT_KINDS], model[CHANGE_KINDS];
    uint32_t stale, revived;
    uint32_t known; /* threats of the new side that wait for somebody as they did before */
    bool same_rules;
} Comparison;

/* Makes it ready for its two snapshots to be filled. */
void comparison_start(Comparison *c);
/* Compares the snapshots. */
void compare(Comparison *c);
void comparison_free(Comparison *c);

/* Whether a gate that looks for what is new has to close: a threat that is new, open again or worse, or a decision gone stale. */
bool comparison_needs_somebody(const Comparison *c);
/* Whether anything at all is different. */
bool comparison_differs(const Comparison *c);

/* ---- between the parts ---- */

void compare_match(Comparison *c);   /* match.c: pairs */
void compare_model(Comparison *c);   /* changes.c: changes */
void compare_threats(Comparison *c); /* effects.c: effects and decisions */
/* causes.c: fills the reasons of an effect. */
typedef struct Causes Causes;
Causes *causes_start(Comparison *c);
void causes_of(Causes *w, Effect *e);
void causes_end(Causes *w);

/* 1 + index of the pair that an id stands for on a side; 0 if it is no thing that is compared. */
static inline uint32_t pair_of(const Comparison *c, bool new, Sym id)
{
    uint32_t at = id ? map_get(new ? &c->new.thing_by_id : &c->old.thing_by_id, id) : 0;
    return at ? 1 + (new ? c->new_pair.at[at - 1] : c->old_pair.at[at - 1]) : 0;
}
/* The same for both sides where it means the same. */
static inline uint64_t canonical(const Comparison *c, bool new, Sym sym)
{
    uint32_t pair = pair_of(c, new, sym);
    return pair ? MAP_KEY(1, pair) : sym;
}
static inline const SnapThing *old_thing(const Comparison *c, const Pair *p)
{
    return p->old ? &c->old.things.at[p->old - 1] : NULL;
}
static inline const SnapThing *new_thing(const Comparison *c, const Pair *p)
{
    return p->new ? &c->new.things.at[p->new - 1] : NULL;
}
/* As it is now; as it was, if it is gone. */
static inline const SnapThing *any_thing(const Comparison *c, const Pair *p)
{
    return p->new ? &c->new.things.at[p->new - 1] : &c->old.things.at[p->old - 1];
}
/* The last part of its path. */
Str snap_name(const Snapshot *s, const SnapThing *t);

#endif
