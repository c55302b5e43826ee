#ifndef CORDON_EXCHANGE_WRITE_H
#define CORDON_EXCHANGE_WRITE_H
/* A module of the language from joined items. Ownership: the text is the caller's. */
#include "exchange/join.h"
#include "program/program.h"

/* What the summary counts. */
typedef struct Written {
    uint32_t items, added, matched;            /* software items: all, declared, those that the model declares */
    uint32_t vulnerabilities, open, exploited; /* items with one that is open, and with one that is exploited */
    uint32_t unsearched; /* items of which nothing says that their vulnerabilities were looked for */
    uint32_t differences;
} Written;

/* Appends the module, in the canonical layout. `p` and `file` are those of the model, whose values are not repeated, or NULL and none;
 * where they differ from the documents is reported. `imports` are the lines that make the items of the model known. */
void bom_write(const Joined *j, const Program *p, Str imports, StrBuf *out, Written *counts);

#endif
