#ifndef CORDON_DOSSIER_EVIDENCE_H
#define CORDON_DOSSIER_EVIDENCE_H
/* Between the completeness gate and the table of clauses: what the library and the model declare for them, and what was found. Both
 * are data (std.clauses): things of the kinds `clause_list`, `clause`, `gate_item` and `record`.
 * Ownership: an Evidence owns its arrays until evidence_end; texts live in the dossier. */
#include "dossier/dossier.h"

/* Something that fails, and where it stands. */
typedef struct Finding {
    RowKey key; /* 0 if no row shows it */
    Str text;
} Finding;

typedef enum GateState { GATE_PASS, GATE_FAIL, GATE_NOT_APPLICABLE } GateState;

enum { GATE_SHOWN = 12 }; /* findings of one item that are named; all are counted */

typedef struct GateResult {
    ObjId item, record; /* record: that answers it or says that it does not apply, or 0 */
    GateState state;
    uint32_t checked, failing, shown;
    Finding what[GATE_SHOWN];
} GateResult;

/* A clause with how rules and records cite it: "IEC 81001-5-1 7.2 a". */
typedef struct Clause {
    ObjId obj, list;
    Str cited;
} Clause;

typedef struct Evidence {
    Dossier *d;
    ObjVec lists, records; /* lists by their place, then by name */
    Vec(Clause) clauses;   /* list after list, as declared */
    Map clause_of;         /* ObjId -> 1 + index into clauses */
    Vec(GateResult) gate;  /* by number, then by name */
    Map gate_of;           /* ObjId -> 1 + index into gate */
    ObjVec rules;          /* that look for gaps and are in force */
    BackRefs gaps;         /* (rule, index into Assessment.gaps) of those nobody decided about */
    Map counts;            /* KindId -> 1 + number of things */
} Evidence;

/* Reads what is declared; the tables of the dossier must be made. */
void evidence_start(Evidence *e, Dossier *d);
void evidence_end(Evidence *e);

/* The members of a set of texts, in order of their bytes. In the dossier's arena. */
typedef struct Texts {
    Str *at;
    uint32_t n;
} Texts;
Texts evidence_texts(const Evidence *e, ObjId o, const char *property);
/* Whether what is cited is the broader clause or stands below it: "7.2" covers "7.2 a" and "7.2.1", not "7.20". */
bool clause_covers(Str broad, Str narrow);
/* The record that names the citation or what it stands below, or 0; one that says it does not apply comes first. */
ObjId evidence_record(const Evidence *e, Str cited);
/* Whether the module of the library that a property names is part of the program; true if it names none. */
bool evidence_looked_at(const Evidence *e, ObjId o, Str *module);
/* A key that nothing has: reported where it is written. `what`: "table", "column", "rule", "measure". */
void evidence_unknown(const Evidence *e, ObjId o, const char *property, const char *what, Suggestion nearest);
/* The table that a text names, or NULL, which is reported. */
const Table *evidence_table(const Evidence *e, ObjId o, const char *property, Str key);

/* ---- the gate ---- */

void gate_run(Evidence *e);
/* How records name an item: "Gate 4". */
Str gate_cited(const Evidence *e, ObjId item);
void gate_checked(GateResult *g, uint32_t n);
void gate_fails(GateResult *g, RowKey key, Str text);

typedef struct Measure {
    const char *name, *title;
    void (*count)(Evidence *e, GateResult *g);
} Measure;
extern const Measure measures[];
extern const size_t nmeasures;

/* ---- the clauses ---- */

/* The table of clauses and the one that counts them; the gate has run. */
void clauses_tables(Evidence *e);

#endif
