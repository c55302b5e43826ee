#ifndef CORDON_RULETEST_MUTANTS_H
#define CORDON_RULETEST_MUTANTS_H
/* Between the files that list the mutants of a rule (mutants.c, mutants_pattern.c). Ownership: as testing.h. */
#include "ruletest/testing.h"

typedef struct Making {
    RuleSet *r;
    const Program *p;
    const Tree *tree;
    RuleId rule;
    CondId roots[MUTANT_CONDS]; /* one text, compiled as many times */
    uint32_t nroots, root;      /* root: the one at hand */
    CondId yes;                 /* a condition that always holds */
    uint32_t never;             /* a part that never closes anything */
    Mutants *out;
} Making;

/* A new mutant of the rule at hand; the caller fills in the changed piece before the next one. */
Mutant *mutant_add(Making *m, MutantPlace place, uint32_t at, Span span, Str words);
/* "`text` done to it": a piece of the rule's text with what stands around it. In the arena of the set. */
Str mutant_words(Making *m, const char *before, Span span, const char *after);
/* A piece of the rule's text on one line, in backquotes. Appends. */
void mutant_quote(const Making *m, Span at, StrBuf *out);

/* Changes that come to the same as another one, and are left out. */
enum { SPARE_TRUE = 1, SPARE_FALSE = 2 };
/* All changes inside a condition, which is the root at hand or stands in it. */
void mutate(Making *m, CondId c, unsigned spare);
/* A condition with a line of its own, which may be dropped whole. */
void mutate_line(Making *m, CondId c, const char *word);
void mutate_pattern(Making *m);

#endif
