#ifndef CORDON_RULES_SHEET_H
#define CORDON_RULES_SHEET_H
/* A rule as people read it: what it looks at in words, its conditions as written, what can close it, its tests. For lists and
 * explanations of rules. Ownership: a RuleSheet owns its texts until rule_sheet_free; its objects are the program's. */
#include "rules/rules.h"

typedef struct RuleSheet {
    Arena arena;
    Str looks_at;  /* "each data flow {f} from an element {a} to a process {b} that enters a trust boundary {t}" */
    Str for_each;  /* as written, on one line: "flow f from a to b : process entering t : boundary" */
    Vec(Str) when; /* each as written, on one line and without its first words; of several lines all must hold */
    Vec(Str) unless, closers;
    Vec(Str) raises;         /* "severity to critical when ..." */
    Vec(ObjId) capabilities; /* that can close it, each once, in order of the text */
    Vec(ObjId) tests;        /* of the rule, if tests were loaded; in order of declaration */
    unsigned expected;       /* bits by VerdictKind of what tests expect of it; VERDICT_NONE for `expect no` */
    ConstId severity;        /* written, else by the CVSS vector; 0 if the rule says nothing */
} RuleSheet;

/* `out` starts zeroed; it is emptied first, so that one sheet serves many rules. */
void rule_sheet(const RuleSet *r, RuleId rule, RuleSheet *out);
void rule_sheet_free(RuleSheet *s);

#endif
