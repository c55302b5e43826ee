#ifndef CORDON_PROGRAM_STDLIB_H
#define CORDON_PROGRAM_STDLIB_H
/* The standard library and its catalogues as the build embeds them (out/build/stdlib.c, catalogue.c, made from stdlib/). */
#include "base/str.h"

typedef struct EmbeddedModule {
    const char *name; /* "std.base", "std.health.pumps": the path below stdlib/ with dots, sorted by bytes */
    const unsigned char *text;
    size_t n;
} EmbeddedModule;
extern const EmbeddedModule stdlib_modules[];
extern const size_t stdlib_nmodules;

/* Ids of CWE, CAPEC and ATT&CK, from stdlib/catalogue/NAME.csv. */
typedef struct CatalogueEntry {
    const char *id; /* "306", "T1557.001"; sorted by bytes within a catalogue */
    const char *title;
    const char *state; /* "live", or why it should not be used: "deprecated", "prohibited", ... */
} CatalogueEntry;
typedef enum CatalogueName { CATALOGUE_CWE, CATALOGUE_CAPEC, CATALOGUE_ATTACK } CatalogueName;
extern const CatalogueEntry *const catalogue_entries[3];
extern const size_t catalogue_counts[3];
/* The entry, or NULL (compiler/program/catalogue.c). */
const CatalogueEntry *catalogue_find(CatalogueName name, Str id);

#endif
