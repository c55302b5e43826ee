#ifndef CORDON_EXCHANGE_FOREIGN_H
#define CORDON_EXCHANGE_FOREIGN_H
/* What the readers of foreign formats share: trees of JSON (XML is brought into the same form), with the place of everything that is
 * wrong. Nothing else in the program reads foreign documents. Ownership: a Foreign borrows everything; texts that are handed out live in
 * the arena of the list. */
#include "exchange/bom.h"

#include <jansson.h>

typedef struct Foreign {
    Bom *bom;
    FileId file;
    uint32_t doc; /* index of the document in Bom.docs */
    bool xml;     /* the tree was made of XML: places stand in the nodes */
} Foreign;

/* A node and the way to it. Nodes lead to those above them, which stand on the stack of the callers. */
typedef struct At {
    const struct At *up; /* NULL at the root */
    const json_t *node;  /* NULL: not there */
    const char *key;     /* the member it is, or NULL for an element of a list */
    size_t index;
} At;

/* Members and elements. One that is there but of another type is an error, reported with its place, and as if it were not there. */
At foreign_root(const json_t *root);
At foreign_object(Foreign *f, const At *up, const char *key);
At foreign_list(Foreign *f, const At *up, const char *key);
size_t foreign_count(const At *list);
/* An element that must be an object; node NULL if it is not. */
At foreign_item(Foreign *f, const At *list, size_t i);
/* A text in the arena, without blanks around it; empty if it is not there. */
Str foreign_string(Foreign *f, const At *up, const char *key);
/* The i-th element of a list, as a text. */
Str foreign_string_at(Foreign *f, const At *list, size_t i);
/* A number of at most 32 bits, from a number or a text of digits; 0 if there is none that fits. */
uint32_t foreign_number_at(Foreign *f, const At *list, size_t i);
/* The day of a date or time, BOM_NO_DATE if there is none; what is no date is left out with a warning. */
int32_t foreign_date(Foreign *f, const At *up, const char *key);
/* A day from the beginning of a text; BOM_NO_DATE if it is none. */
int32_t foreign_day(Str text);

/* Where a node stands in the file. */
Span foreign_place(const Foreign *f, const At *at);
/* Reports that the value there is not what it should be: "a list of components". */
void foreign_wrong(Foreign *f, const At *at, const char *wanted);
/* A value that is left out, and why. */
void foreign_left_out(Foreign *f, const At *at, const char *why);

/* Begins a document; readers add to the list behind it. */
void foreign_begin(Foreign *f, Str format, Str serial);
/* Begins a vulnerability of the document at hand, everything unknown. */
BomVuln foreign_vuln(const Foreign *f);

/* ---- trees ---- */

/* The tree of a JSON text, or NULL after an error. Free with json_decref. */
json_t *foreign_parse_json(Bom *b, FileId file);
/* The tree of a CycloneDX document in XML, in the form of its JSON; NULL after an error. */
json_t *foreign_parse_xml(Bom *b, FileId file);

/* ---- formats ---- */

void cyclonedx_read(Foreign *f, const At *root);
void openvex_read(Foreign *f, const At *root);
void spdx_json_read(Foreign *f, const At *root);
void spdx3_read(Foreign *f, const At *root);
void kev_json_read(Foreign *f, const At *root);
/* Line formats: the whole text of the file. */
void spdx_tag_read(Foreign *f);
void kev_csv_read(Foreign *f);

#endif
