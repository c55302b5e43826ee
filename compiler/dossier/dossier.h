#ifndef CORDON_DOSSIER_DOSSIER_H
#define CORDON_DOSSIER_DOSSIER_H
/* The security risk management file as one structure: chapters of tables, made once and rendered as JSON, CSV, a workbook, Markdown
 * and HTML. A cell is a list of items; what the model does not say is an item of its own that tells how to say it, and is never made
 * up. Whoever makes a table writes row by row, cell by cell; whoever renders reads the arrays.
 * Ownership: a Dossier owns its tables until dossier_free. Texts given to it are borrowed, from the program or from its arena. */
#include "draw/draw.h"
#include "emit/risks.h"
#include "risk/estimate.h"

typedef enum Chapter {
#define CHAPTER(id, key, title) CHAPTER_##id,
#include "dossier/chapters.def"
#undef CHAPTER
    CHAPTER_COUNT
} Chapter;
extern const char *const chapter_keys[CHAPTER_COUNT], *const chapter_titles[CHAPTER_COUNT];

/* ---- what a table is made of ---- */

typedef enum ItemSort {
    ITEM_TEXT,
    ITEM_NUMBER,  /* `number`; the text is how people write it */
    ITEM_DATE,    /* `day`; the text is 2026-03-02 */
    ITEM_LEVEL,   /* a text on a scale, with its `tone` */
    ITEM_ROW,     /* leads to the row with `key`, if there is one: see dossier_find */
    ITEM_TABLE,   /* leads to the table that `file` gives the key of */
    ITEM_FILE,    /* leads to an output: `file` is its name in the folder, perhaps with a fragment */
    ITEM_MISSING, /* the text says what is missing; `how` tells how to state it */
} ItemSort;

/* How good or bad something is; formats give it a colour. */
typedef enum Tone { TONE_PLAIN, TONE_GOOD, TONE_FAIR, TONE_POOR, TONE_BAD } Tone;

/* What a row is about: MAP_KEY(RowSpace, number). */
typedef uint64_t RowKey;
typedef enum RowSpace {
    ROW_NONE,   /* nothing leads there */
    ROW_THING,  /* an ObjId */
    ROW_THREAT, /* an index into Assessment.threats */
    ROW_GAP,    /* an index into Assessment.gaps */
    ROW_RISK,   /* a number of a risk */
    ROW_TEST,   /* a stub of the test plan */
    ROW_CLAUSE, /* a clause of a standard */
    ROW_SPACES
} RowSpace;

/* 24 bytes: there may be millions. */
typedef struct Item {
    const char *s; /* not terminated */
    uint32_t n, sort;
    union {
        double number;
        int64_t day; /* since 1970-01-01 */
        Tone tone;
        RowKey key;
        const char *file, *how; /* terminated */
    };
} Item;
static inline Str item_text(const Item *i)
{
    return (Str){i->s, i->n};
}

/* What the cells of a column hold; all but lists have one item at most. With COLUMN_NEEDED, what row_own finds unsaid is missing. */
typedef enum ColumnType {
    COLUMN_TEXT,
    COLUMN_NUMBER,
    COLUMN_DATE,
    COLUMN_LIST,
    COLUMN_TYPES,
    COLUMN_NEEDED = 8
} ColumnType;

typedef struct Column {
    const char *key, *title; /* "residual_level", "Residual level"; row_own takes the key for a property */
    unsigned type;           /* ColumnType, perhaps | COLUMN_NEEDED */
    unsigned width;          /* hint, in characters */
} Column;
static inline ColumnType column_type(const Column *c)
{
    return (ColumnType)(c->type & ~(unsigned)COLUMN_NEEDED);
}

typedef struct Row {
    RowKey key;
    Str id; /* unique in its table, the same in every run */
} Row;

/* A clause that the table is evidence for, as the library's lists of clauses say. */
typedef struct TableClause {
    Str standard, clause; /* "IEC 81001-5-1", "7.1.2" */
} TableClause;

typedef struct Dossier Dossier;
typedef struct Table {
    Dossier *dossier;
    const char *key, *title; /* "controls", "Controls"; the key is at most 31 bytes of a-z and _ */
    const char *purpose;     /* one or two sentences: what it is for */
    const char *none;        /* what to say if it has no rows */
    Chapter chapter;
    const Column *columns;
    unsigned ncolumns;
    Vec(Row) rows;       /* in the order in which they are shown */
    Vec(uint32_t) cells; /* where the items of each cell begin, row after row; the last ends with the items */
    Vec(Item) items;
    uint32_t missing; /* items that are ITEM_MISSING */
    bool grouped;     /* rows with the same first cell stand together: documents make it a heading */
    Vec(TableClause) clauses;
} Table;

/* A diagram that was published. */
typedef struct DossierPicture {
    const char *file; /* "diagrams/context.svg" */
    Str title;
    ObjId obj; /* the view, the boundary, or 0 */
} DossierPicture;

/* Who names whom, the other way round: pairs (thing, who names it), sorted; freed with vec_free. */
typedef Vec(uint64_t) BackRefs;

/* What the threats have to do with the rest, worked out once. Threats are indices into Assessment.threats. */
typedef struct Links {
    BackRefs controls; /* (threat, control that answers it or would) */
    BackRefs threats;  /* (control, threat) */
    BackRefs assets;   /* (threat, data or asset at stake) */
    BackRefs of_thing; /* (thing, threat it is bound in) */
    BackRefs attached; /* (control, thing that it protects) */
} Links;

/* Threats by what became of them. */
typedef struct Counts {
    uint32_t open, possible, planned, mitigated, decided, outside;
} Counts;

/* Of the threats of a risk the worst estimate before controls; and why the first that has no level at a stage has none. */
typedef struct WorstEstimate {
    bool known; /* it has a threat */
    ObjId by;   /* where people gave something of it, or 0 */
    Str vector;
    ScoreMethod method;
    double ten; /* -1: none */
    ConstId severity, row, level;
    EstimateLack lacks[STAGE_COUNT];
} WorstEstimate;

struct Dossier {
    const Report *r;
    const Program *p;
    const Model *m;
    const Assessment *a;
    Arena arena;
    const Tally *tally;    /* numbers of flows, pending threats by thing */
    Vec(Table *) tables;   /* in the order of chapters */
    Map rows;              /* RowKey -> 1 + index into `homes` */
    Vec(uint64_t) homes;   /* MAP_KEY(index of table, index of row) */
    uint32_t gate_failing; /* items of the completeness gate */
    const DossierPicture *pictures;
    uint32_t npictures;
    Counts *counts; /* by ObjId: threats whose subject it is */
    Links links;
    const Risks *risks;
    WorstEstimate *worst;   /* by risk */
    ConstId *threat_levels; /* by threat and stage */
};

/* Rows that formats for people show of one table; those for programs hold all. */
enum { DOSSIER_ROWS = 5000 };

/* Makes the whole file. `pictures` are borrowed. */
void dossier_make(Dossier *d, const Report *r, const DossierPicture *pictures, uint32_t npictures);
void dossier_free(Dossier *d);

/* ---- reading ---- */

/* The items of a cell; `n` may be 0: there is nothing to say. */
static inline const Item *table_cell(const Table *t, uint32_t row, unsigned column, uint32_t *n)
{
    uint32_t at = row * t->ncolumns + column, from = t->cells.at[at];
    *n = (at + 1 < t->cells.n ? t->cells.at[at + 1] : t->items.n) - from;
    return t->items.at + from;
}
/* The table with that key, or NULL. */
Table *dossier_table(const Dossier *d, const char *key);
/* Where the row stands that an ITEM_ROW leads to: false if no table has one, then it is plain text. */
bool dossier_find(const Dossier *d, RowKey key, const Table **table, uint32_t *row);

/* ---- writing a table: each row_* call fills the next cell ---- */

/* Begins a table. `columns` is an array of constant size that outlives the dossier. */
Table *table_begin(Dossier *d, Chapter chapter, const char *key, const char *title, const char *purpose,
                   const char *none, const Column *columns, unsigned ncolumns);
#define TABLE_COLUMNS(list) (list), (unsigned)(sizeof(list) / sizeof *(list))
/* Begins a row. Links to `key` lead to the first row that has it, in whatever table. */
void row_begin(Table *t, RowKey key, Str id);
/* Begins a row about a thing, with its id (stable) and its title in the first two cells. */
void row_thing(Table *t, ObjId o);

void row_text(Table *t, Str s); /* nothing if it is empty */
void row_z(Table *t, const char *text);
void row_number(Table *t, double n);
void row_level(Table *t, Str text, Tone tone);
/* A level of risk in the colour of what the policy in force says of it; nothing for 0. */
void row_risk_level(Table *t, ConstId level);
void row_link(Table *t, ObjId o); /* nothing for 0 */
/* What is missing ("no rationale"), and how to state it; the latter may be NULL. */
void row_missing(Table *t, const char *what, const char *how);
/* What a property holds, of whatever type; if nothing is said, that is missing. */
void row_prop(Table *t, ObjId o, const char *name);
/* "overdue" if the property holds a date before today, else nothing. */
void row_due(Table *t, ObjId o, const char *property);
/* The same as row_prop where nothing need be said. */
void row_maybe(Table *t, ObjId o, const char *name);
/* The property that the next column is named after, needed or not as the column says. */
void row_own(Table *t, ObjId o);
/* One row a thing: its id, its title, then the properties that the other columns are named after. */
void rows_of_things(Table *t, ObjList things);
void row_nothing(Table *t);
/* A list of links to things, at most `most` of them; the rest is counted. */
void row_some(Table *t, const ObjVec *v, uint32_t most);
void row_counts(Table *t, Counts c);
void row_backrefs(Table *t, const BackRefs *b, ObjId thing);

/* A cell of several items, each added by item_*. */
void row_cell(Table *t);
void item_str(Table *t, Str s);
void item_z(Table *t, const char *text);
void item_format(Table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void item_level(Table *t, Str text, Tone tone);
void item_link(Table *t, ObjId o);
void item_links(Table *t, const ObjId *at, uint32_t n); /* in obj_order whatever the order given */
void item_row(Table *t, RowKey key, Str text);
void item_threat(Table *t, uint32_t threat); /* by its id */
void item_table(Table *t, const char *table, Str text);
void item_file(Table *t, const char *file, Str text);
void item_missing(Table *t, const char *what, const char *how);
void item_value(Table *t, Value v); /* nothing for what is not said */

/* ---- helpers for tables ---- */

/* The row of a risk, by its place in Dossier.risks. */
RowKey risk_key(const Dossier *d, uint32_t risk);
/* Takes the estimate of a threat into account. */
void levels_note(Dossier *d, uint32_t threat, const Estimate *e);
/* Its level by Risk.stages; 0 if a threat without a level could be higher than those that have one. */
ConstId risk_level_at(const Dossier *d, uint32_t risk, RiskStage stage);
void row_stage(Table *t, uint32_t risk, RiskStage stage);
void row_acceptance(Table *t, uint32_t risk);                      /* of its residual level */
void row_threat_level(Table *t, uint32_t threat, RiskStage stage); /* nothing if it has none */
void item_risk(Table *t, uint32_t risk);                           /* by its title */
/* The risk that a threat belongs to; nothing if it does not apply. */
void item_risk_of(Table *t, uint32_t threat);
void item_objectives(Table *t, unsigned objectives); /* "Integrity" and so on */

void links_make(Dossier *d);
void links_free(Links *l);
void counts_add(const Dossier *d, Counts *c, uint32_t threat);
/* The threats of the range of a BackRefs whose lower halves are threats. */
Counts counts_of(const Dossier *d, const BackRefs *b, uint32_t thing);

/* Things of a kind of the library, by its name, that are analysed, in obj_order. Empty if there is no such kind. */
ObjList dossier_things(Dossier *d, const char *kind);
/* The same with those that the library declares. */
ObjList dossier_declared(Dossier *d, const char *kind);
/* "not applicable" for not_applicable. */
Str dossier_words(Dossier *d, Str name);
/* The id of a thing that survives edits, in the arena. */
Str dossier_id(Dossier *d, ObjId o);
/* What a property holds if it is a date, else INT64_MIN. */
int64_t dossier_date(const Dossier *d, ObjId o, const char *property);
/* An enumeration of the library, or 0. */
EnumId dossier_enum(const Dossier *d, const char *name);
/* "state `supplier` of `Pump.Linux`". */
const char *dossier_how(Dossier *d, ObjId o, const char *property);
/* Whether the model says something there; an empty set is something. */
bool dossier_says(const Dossier *d, ObjId o, const char *property);
/* The tone of a value of a scale: the worst, one below it, ..., by its place from the top. */
Tone dossier_tone(const Dossier *d, ConstId on_scale);
void backrefs_add(const Dossier *d, ObjList who, const char *property, BackRefs *out);
void backrefs_sort(BackRefs *p);
/* Those who name the thing: their number, and the place of the first. */
uint32_t backrefs_of(const BackRefs *p, uint32_t thing, uint32_t *first);
/* At most `most` of them one by one; the rest is counted. */
void item_some(Table *t, const ObjVec *v, uint32_t most);
/* "2 open, 5 mitigated"; nothing if there are none. */
void item_counts(Table *t, const Counts *c);
void item_backrefs(Table *t, const BackRefs *p, ObjId thing);
Str dossier_text(Dossier *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the chapters, in the order in which they are made; each in a file of its name ---- */

void dossier_plan(Dossier *d);
void dossier_policy(Dossier *d);        /* what risks are judged by */
void dossier_model(Dossier *d);         /* what the system consists of */
void dossier_interfaces(Dossier *d);    /* ways in: interfaces and attack vectors */
void dossier_threats(Dossier *d);       /* what can go wrong there */
void dossier_risks(Dossier *d);         /* what a review decides on */
void dossier_safety(Dossier *d);        /* hazards, situations and harms, with the risks that lead to them */
void dossier_controls(Dossier *d);      /* measures and what they are worth */
void dossier_requirements(Dossier *d);  /* what asks for them, and the layers and categories they stand in */
void dossier_levels(Dossier *d);        /* the overall figure */
void dossier_residual(Dossier *d);      /* what remains of each risk */
void dossier_decisions(Dossier *d);     /* what people decided */
void dossier_transfer(Dossier *d);      /* what passes to others, and what users are told */
void dossier_software(Dossier *d);      /* items, vulnerabilities, lowered promises */
void dossier_item_transfer(Dossier *d); /* what of them passes to users */
void dossier_monitoring(Dossier *d);    /* what is found in the field and reviewed */
void dossier_metrics(Dossier *d);       /* and how it goes */
void dossier_tests(Dossier *d);         /* what is to be tested */
void dossier_scope(Dossier *d);         /* and attacked */
void dossier_evidence(Dossier *d);      /* gate.c: the gate, then the clauses */

void dossier_trace(Dossier *d); /* threats, controls, requirements, tests and items, both ways */

/* ---- renderers ---- */

void emit_srmf_json(const Dossier *d, Out *out); /* schema in grammar/schema/srmf.json */
void emit_table_csv(const Table *t, Out *out);
/* Made under a temporary name, then copied; what fails on the way is an error of `out`. */
void emit_srmf_xlsx(const Dossier *d, Out *out);

#endif
