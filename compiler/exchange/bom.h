#ifndef CORDON_EXCHANGE_BOM_H
#define CORDON_EXCHANGE_BOM_H
/* What bills of materials, statements about vulnerabilities and lists of exploited ones say, whatever format they came in: one list
 * of components, one of vulnerabilities, as they stand in the documents. Readers of formats fill it (read.h), join.h makes software
 * items of it. Texts are as they were written, hostile ones too; who writes them out defuses them. Ownership: a Bom owns
 * everything in it until bom_free. */
#include "source/diag.h"

/* A document that was read. */
typedef struct BomDoc {
    FileId file;
    Str name;    /* the file's, without folders */
    Str format;  /* "CycloneDX 1.6" */
    Str serial;  /* "urn:uuid:..." of a CycloneDX document; empty else */
    bool listed; /* it has components */
} BomDoc;

/* A component, as one document lists it. */
typedef struct BomPart {
    uint32_t doc;
    Str ref;   /* how the document refers to it */
    Str group; /* namespace, such as org.apache.logging */
    Str name, version, supplier, purl, licence;
    bool product; /* what the document is about, not a part of it */
} BomPart;

/* One component needs or contains another: references of one document. */
typedef struct BomLink {
    uint32_t doc;
    Str from, to;
} BomLink;

/* The states of an analysis; the names are those of CycloneDX and of std.process. */
#define BOM_STATES(STATE)                                   \
    STATE(EXPLOITABLE, "exploitable")                       \
    STATE(IN_TRIAGE, "in_triage")                           \
    STATE(NONE, "")                                         \
    STATE(RESOLVED, "resolved")                             \
    STATE(RESOLVED_WITH_PEDIGREE, "resolved_with_pedigree") \
    STATE(NOT_AFFECTED, "not_affected")                     \
    STATE(FALSE_POSITIVE, "false_positive")
typedef enum BomState {
#define STATE(id, name) BOM_##id,
    BOM_STATES(STATE)
#undef STATE
        BOM_STATE_COUNT
} BomState;
extern const char *const bom_state_names[BOM_STATE_COUNT];
/* Whether a product in that state has the vulnerability, as far as anybody knows. */
bool bom_state_open(BomState s);

enum { BOM_NO_DATE = INT32_MIN };

/* A vulnerability, as one document states it for some components. */
typedef struct BomVuln {
    uint32_t doc;
    Str id; /* CVE-2026-1234 */
    BomState state;
    Str justification, response, description, cvss, fixed_in, source;
    int32_t published, updated; /* days since 1970-01-01, or BOM_NO_DATE */
    uint32_t aliases, naliases; /* into Bom.aliases: other numbers of the same */
    uint32_t cwes, ncwes;       /* into Bom.cwes */
    uint32_t affects, naffects; /* into Bom.affects */
} BomVuln;

/* What a vulnerability is about: a reference of its document, a link into another one, or a package URL. */
typedef struct BomAffect {
    Str ref;
    Str safe; /* versions that do not have it, with line ends around each; empty if none is named */
} BomAffect;

/* An entry of the catalogue of known exploited vulnerabilities. */
typedef struct BomExploited {
    Str id;
    int32_t added, due; /* BOM_NO_DATE if not said */
} BomExploited;

typedef struct Bom {
    Sources *sources;
    Diags *diags;
    Arena arena;
    Vec(BomDoc) docs;
    Vec(BomPart) parts;
    Vec(BomLink) links;
    Vec(BomVuln) vulns;
    Vec(BomAffect) affects;
    Vec(Str) aliases;
    Vec(uint32_t) cwes;
    Vec(BomExploited) exploited;
    uint32_t skipped;   /* components that are no software: files, data, devices */
    bool has_catalogue; /* a list of exploited vulnerabilities was read */
} Bom;

void bom_free(Bom *b);

/* Reads a file of the sources, whatever format it is in, and adds it to the list; what is wrong goes to the diagnostics. */
void bom_read(Bom *b, FileId file);

#endif
