#ifndef CORDON_EXCHANGE_KNOWN_H
#define CORDON_EXCHANGE_KNOWN_H
/* What a model holds already when a module is made for it. Ownership: lists and texts live in the arena given. */
#include "exchange/join.h"
#include "program/program.h"

/* The software items that the model declares, sorted by name. */
KnownItem *known_items(const Program *p, Arena *a, uint32_t *n);
/* What the model adds with `extend` to things of that name, which need not be there yet: (name, property) -> 1, by the names of the
 * program. Free with map_free. */
Map known_extensions(const Program *p);
/* Whether a plain name means something in the model or is of the library: `self` is the Program. */
bool known_name(void *self, Str name);
/* Appends the imports that make the matched items known to a module in the folder `dir` (canonical, "" if it is not known). False after
 * an error: an item stands in a file that imports the module `made`, which would be a circle. */
bool known_imports(const Program *p, const Joined *j, Str dir, Str made, StrBuf *out);

#endif
