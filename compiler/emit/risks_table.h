#ifndef CORDON_EMIT_RISKS_TABLE_H
#define CORDON_EMIT_RISKS_TABLE_H
/* Between the tables of threats (risks_table.c) and of the risks that gather them (risk_groups.c). Ownership: whoever starts a
 * RisksTable ends its walk and frees the text of its cell. */
#include "emit/risks.h"

typedef struct RisksTable {
    RiskWalk k;
    Cell cell;
    Out *out;
} RisksTable;

/* "missing" for an empty text. */
Str or_missing(Str s);
void risks_md_cell(RisksTable *w, Str s); /* and the bar behind it */
/* The record at hand as a row, and as a section of its own. */
void risks_md_row(RisksTable *w);
void risks_md_record(RisksTable *w);

#endif
