#ifndef CORDON_EMIT_THREATS_RULE_H
#define CORDON_EMIT_THREATS_RULE_H
/* What is the same for all threats of a rule, as JSON. Ownership: texts live in the arena that rule_json was given, parts as long as the
 * rules. */
#include "emit/parts.h"

/* Inside of a string: `json` as it stands, and what `fill` says, if there is one, behind it. */
typedef struct Piece {
    Str json;
    const TextPart *fill;
} Piece;
typedef struct Pieces {
    Piece *at;
    uint32_t n; /* the last has no `fill` */
} Pieces;

/* Zero-initialised is not made yet. */
typedef struct RuleJson {
    Str head;                 /* "rule":...,"stride":...,"category":[...] */
    Str references;           /* "references":{...} */
    Pieces texts[RULE_TEXTS]; /* none for a threat found by people */
    bool made;
} RuleJson;
RuleJson rule_json(const Report *r, const Threat *t, Arena *arena);

#endif
