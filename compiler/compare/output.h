#ifndef CORDON_COMPARE_OUTPUT_H
#define CORDON_COMPARE_OUTPUT_H
/* The forms in which a comparison is shown: for people, for a merge request, for programs. Each says the same. Ownership: none. */
#include "compare/words.h"

/* A comparison with the names of its two sides, as on the command line. */
typedef struct Compared {
    const Comparison *c;
    const char *old, *new;
} Compared;

void compared_text(const Compared *d, const ConsoleStyle *style, Out *out); /* what needs somebody first */
void compared_md(const Compared *d, Out *out);
void compared_json(const Compared *d, Out *out); /* schema in grammar/schema/diff.json */

#endif
