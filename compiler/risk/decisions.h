#ifndef CORDON_RISK_DECISIONS_H
#define CORDON_RISK_DECISIONS_H
/* Between the files that apply decisions: reading and matching (decisions.c), what one has to say (terms.c), the facts it was made on
 * (lapse.c), the software items it rests on (items.c), what the risk policy forbids (level.c). Ownership: everything lives until decisions_apply ends. */
#include "risk/about.h"
#include "risk/assess.h"

/* One decision of the model. */
typedef struct Decision {
    const Stanza *stanza;
    ObjId obj;
    ConstId disposition;
    Str word;       /* "accept", ... */
    Span at;        /* its id or name */
    uint32_t named; /* threats, or 1 risk */
    bool risk, counts;
    uint32_t first, hits; /* in Decisions.hits */
} Decision;

/* A threat that a decision is about. */
typedef struct Hit {
    uint32_t decision; /* index */
    bool gap;
    uint32_t threat; /* index into Assessment.threats, or .gaps */
    Span at;         /* where it is named */
} Hit;

/* A thing without an id of its own that was called otherwise before. */
typedef struct Renamed {
    Str former, current;
} Renamed;

typedef struct Decisions {
    Program *p;
    Assessment *a;
    Arena arena;
    Abouts abouts;
    Vec(Decision) all;
    Map decision_of;      /* ObjId -> 1 + index into all */
    Vec(Hit) hits;        /* by decision, then threat */
    Map exploited;        /* software item -> the vulnerability, or the item itself */
    ObjVec lowered;       /* software items of which less is promised than before */
    Vec(Renamed) renamed; /* once it was asked for */
    bool renamed_made;
} Decisions;

static inline Threat *hit_threat(const Decisions *d, const Hit *h)
{
    return h->gap ? &d->a->gaps.at[h->threat] : &d->a->threats.at[h->threat];
}
/* Whether a threat still needs somebody, whatever was decided. */
static inline bool threat_due(const Assessment *a, const Threat *t)
{
    return threat_kind(a, t) >= VERDICT_PLANNED;
}
bool value_says(const Program *p, Value v);
char *decision_words(Decisions *d, Value v);

/* Each reports what is wrong. Whether the decision still counts. */
bool decision_terms(Decisions *d, const Decision *x);
bool decision_covers(Decisions *d, const Decision *x);
bool decision_facts(Decisions *d, const Decision *x);
/* A text with the names of today in place of former ones; `back`: the other way round. In the arena of the decisions. */
Str decision_renamed(Decisions *d, Str text, bool back);
void items_find(Decisions *d);
bool decision_items(Decisions *d, const Decision *x);
bool decision_level(Decisions *d, const Decision *x);

#endif
