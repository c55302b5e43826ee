#ifndef CORDON_SOURCE_DIAG_H
#define CORDON_SOURCE_DIAG_H
/* Diagnostics: one record, queued by every stage, rendered elsewhere. Ids, severities, formats and explanations stand in
 * diag.def. Ownership: the list owns its records and texts until diags_free; a returned record may be added to at once. */
#include "source/source.h"

typedef enum Severity { SEV_NOTE, SEV_WARNING, SEV_ERROR } Severity;

typedef enum DiagId {
#define DIAG(id, number, severity, format, explain) D_##id,
#include "source/diag.def"
#undef DIAG
    D_COUNT
} DiagId;

typedef struct DiagLabel {
    Span span;
    Str text;
} DiagLabel;

enum { DIAG_LABELS = 4 };

typedef struct Diag {
    DiagId id;
    Severity severity;
    Span span;
    Str message;
    Str caret; /* said behind the carets under the primary place; may be empty */
    Str help;  /* the way out; may be empty */
    DiagLabel labels[DIAG_LABELS];
    uint32_t nlabels, seq;
} Diag;

typedef struct Diags {
    Arena arena;
    Vec(Diag *) list;
    uint32_t errors, warnings; /* all that were reported, kept or not */
    Diag spill;                /* takes what comes after too many were kept */
} Diags;

void diags_free(Diags *d);
/* Queues a record; the arguments are those of the id's format in diag.def. Never NULL. */
Diag *diag_add(Diags *d, DiagId id, Span at, ...);
void diag_caret(Diags *d, Diag *r, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_label(Diags *d, Diag *r, Span at, const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_help(Diags *d, Diag *r, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Sorts by file path, place and code, and drops exact repetitions. */
void diags_sort(Diags *d, const Sources *s);

/* "E0214", "W0313": letter by severity. `out` has room for 6 bytes. */
const char *diag_code(DiagId id, char out[6]);
const char *diag_name(DiagId id);        /* UNKNOWN_VALUE */
const char *diag_format(DiagId id);      /* the message, with printf's places for names */
const char *diag_explanation(DiagId id); /* CommonMark, embedded */
Severity diag_severity(DiagId id);
/* The id of a code in any case, "E0214" or "0214"; -1 if there is none. */
int diag_by_code(Str code);

/* The best of many candidate names for a misspelt one: within max(1, length/3) edits, ties by byte order. Feed
 * candidates with suggest_offer; `best.n` is 0 if none is near. */
typedef struct Suggestion {
    Str wanted, best;
    unsigned distance;
} Suggestion;
Suggestion suggest_start(Str wanted);
void suggest_offer(Suggestion *s, Str candidate);

#endif
