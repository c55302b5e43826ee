#ifndef CORDON_RISK_ABOUT_H
#define CORDON_RISK_ABOUT_H
/* What a decision or an estimate is about, as written: `RULE at x`, `THREAT at x`, or the name of a risk. Ownership: an Abouts owns
 * its vectors until abouts_free; its texts live in the arena given. */
#include "base/limits.h"
#include "risk/risk.h"

typedef enum AboutWhat { ABOUT_NOTHING, ABOUT_RULE, ABOUT_HAND, ABOUT_RISK } AboutWhat;

/* One threat that a declaration is about; for ABOUT_RISK all that the risk gathers. */
typedef struct About {
    ObjId by;        /* the decision or estimate */
    AboutWhat what;  /* ABOUT_NOTHING: reported, matches nothing */
    uint32_t source; /* RuleId; ObjId of a threat found by people; ObjId of a risk */
    uint32_t nkeys;  /* UINT32_MAX: what is named there does not exist */
    ObjId keys[LIMIT_RULE_VARS];
    Span at;           /* where the subject is named; of a risk where its name stands */
    Str rule, subject; /* as written */
    bool found;        /* set by abouts_match: some threat is the one meant */
    bool doubled;      /* set by abouts_sort: one before it is about the same */
} About;

typedef struct Abouts {
    Program *p;
    const Assessment *a;
    Arena *arena;
    Vec(About) all; /* as read; sorted by what they are about after abouts_sort */
    Map former;     /* name given with `was` -> ObjId; made when first needed */
    bool former_made;
} Abouts;

/* Reads what stands behind `name`, the node of the rule, threat or risk: `at` subjects, if any. Appends one About a threat to `all`,
 * reports what is called so and is none of the three. Returns how many were appended. */
uint32_t abouts_read(Abouts *s, const Stanza *stanza, NodeId name);
/* Brings them into the order that abouts_find needs, and marks those that are about the same as one before. */
void abouts_sort(Abouts *s);
/* The one that is about a threat by rule and subject, or NULL; and the one about the risk that a threat belongs to. Of doubles the
 * first in the order of places. */
About *abouts_find(Abouts *s, const Threat *t);
About *abouts_find_risk(Abouts *s, ObjId risk);
/* Says what the closest threat is, behind a diagnostic about one that was not found. It looks at every threat. */
void about_suggest(Abouts *s, const About *about, Diag *d);
void abouts_free(Abouts *s);

#endif
