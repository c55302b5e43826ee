#ifndef CORDON_EXCHANGE_SPDX_H
#define CORDON_EXCHANGE_SPDX_H
/* What the readers of SPDX share. Private to them. */
#include "exchange/foreign.h"

/* "Organization: Maker (mail)" without what is around the name; NOASSERTION and NONE are nothing. */
Str spdx_name(Str text);
/* The same for licences and other plain values. */
Str spdx_value(Str text);
/* Adds what a relationship of SPDX 2 says: what depends on what, and what the document is about. */
void spdx_relate(Foreign *f, Str from, Str type, Str to);
/* Whether a package of that purpose is software. */
bool spdx_software(Str purpose);
/* Once all was read: marks the package that the document is about. */
void spdx_finish(Foreign *f);
/* Begins the document, if it is of an edition that can be read. */
bool spdx_begin(Foreign *f, Str version, Span at);

#endif
