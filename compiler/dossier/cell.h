#ifndef CORDON_DOSSIER_CELL_H
#define CORDON_DOSSIER_CELL_H
/* What formats of flat cells share: the words of a cell, and texts as a workbook takes them. Ownership: texts are appended to the
 * caller's buffer. */
#include "dossier/dossier.h"

/* The most that a cell of a workbook holds, in units of UTF-16. */
enum { CELL_UNITS = 32767 };

/* Appends the items of a cell, parted by `between`. What is missing stands in brackets, with how to state it if that is asked for. */
void cell_words(const Item *items, uint32_t n, const char *between, bool how, StrBuf *out);
/* Appends a text that a workbook shows as it is: hidden characters made visible, its own escapes defused, cut with a note where it is
 * longer than a cell can be. Line ends stay. */
void cell_text(Str s, StrBuf *out);
/* The gravest tone of the items. */
Tone cell_tone(const Item *items, uint32_t n);
bool cell_lacks(const Item *items, uint32_t n);

#endif
