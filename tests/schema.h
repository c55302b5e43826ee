#ifndef TESTS_SCHEMA_H
#define TESTS_SCHEMA_H
/* Checks JSON against a schema. Ownership: the document stays the caller's. Include before emit.h: jansson's names come first. */
#include <jansson.h>
#include <stdbool.h>

enum { SCHEMA_PROBLEM = 600 };

/* False, with the first problem, if the document does not fit the schema of that file. */
bool schema_fits(const char *schema_path, json_t *document, char problem[SCHEMA_PROBLEM]);

#endif
