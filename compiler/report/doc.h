#ifndef CORDON_REPORT_DOC_H
#define CORDON_REPORT_DOC_H
/* A document as its writer sees it: headings, tables, facts, lists, cards, pictures; Markdown and HTML behind it
 * (report_md.c, report_html.c). Everything a format must escape, it escapes itself: the writer passes plain text.
 * Ownership: a Doc borrows all of it. */
#include "emit/parts.h"
#include "report/review.h"

typedef enum DocBlock {
    DOC_PARA,
    DOC_LIST, /* of DOC_ITEM */
    DOC_ITEM,
    DOC_FACTS, /* of doc_fact ... DOC_FACT */
    DOC_FACT,
    DOC_TABLE, /* begun by doc_table; of DOC_ROW */
    DOC_ROW,
    DOC_CELL,
    DOC_CARD, /* begun by doc_card */
} DocBlock;

typedef enum DocInline { DOC_PLAIN, DOC_STRONG, DOC_CODE, DOC_MISSING, DOC_SMALL } DocInline;

/* What a filter can ask of a card. */
typedef struct DocCard {
    Str id, title, verdict, severity; /* severity: its title, or empty */
    const char *severity_class;       /* "s0" is the gravest */
    const char *verdict_class;        /* "open", "possible", "planned", "closed" */
    Str categories;                   /* names, parted by blanks */
} DocCard;

typedef struct Doc Doc;
typedef struct DocFormat {
    void (*begin)(Doc *d, Str title);
    void (*end)(Doc *d);
    void (*heading)(Doc *d, unsigned level, Str anchor, Str title); /* 2 to 4 */
    void (*open)(Doc *d, DocBlock block);
    void (*close)(Doc *d, DocBlock block);
    void (*table)(Doc *d, const char *const *columns, unsigned n); /* "#Threats": figures */
    void (*fact)(Doc *d, Str label);
    void (*card)(Doc *d, const DocCard *card);
    void (*text)(Doc *d, DocInline style, Str s);
    void (*link)(Doc *d, Str anchor, Str text);
    void (*file)(Doc *d, Str path, Str text); /* leads to an output beside the document */
    void (*anchor)(Doc *d, Str id);           /* the place that links to `id` lead to */
    void (*divide)(Doc *d);                   /* between the parts of a cell */
    void (*more)(Doc *d,
                 unsigned columns); /* a cell below the row, as wide as the table; NULL if there is no such thing */
    void (*badge)(Doc *d, const char *class, Str text);
    void (*mark)(Doc *d, Str anchor, Str sign,
                 Str meaning);             /* a short sign, told in full on hover; leads to the place if one is given */
    void (*prose)(Doc *d, Str commonmark); /* text of people, as a block of its own */
    void (*picture)(Doc *d, const Picture *picture); /* with its title as a heading of level 4 */
} DocFormat;

struct Doc {
    const DocFormat *f;
    const Report *r;
    const Program *p;
    const Model *m;
    const Pictures *pictures;
    Arena *arena;
    Out *out;
    unsigned depth;         /* of the lists being written */
    bool fresh;             /* at the start of a line */
    bool spans;             /* Markdown: anchors that pandoc keeps as bookmarks */
    const unsigned *widths; /* of the columns of the next table, in parts of their sum; NULL: as they come */
    const char *style;      /* HTML: more of it, or NULL */
    void *state;            /* the format's own */
};

extern const DocFormat doc_markdown, doc_html;

/* ---- shorthands (doc.c) ---- */

void doc_say(Doc *d, const char *text); /* plain text of our own */
void doc_format(Doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doc_str(Doc *d, Str s);
void doc_open(Doc *d, DocBlock block);
void doc_close(Doc *d, DocBlock block);
void doc_para(Doc *d, const char *text);
void doc_heading(Doc *d, unsigned level, const char *anchor, const char *title);
void doc_row(Doc *d);
void doc_end_row(Doc *d);
void doc_cell(Doc *d);
void doc_end_cell(Doc *d);
void doc_cell_str(Doc *d, Str s);
void doc_cell_u32(Doc *d, uint32_t n);
void doc_missing(Doc *d, const char *what);          /* "not stated" */
void doc_link(Doc *d, ObjId o);                      /* its title, leading to where it is described */
void doc_links(Doc *d, const ObjId *at, uint32_t n); /* in obj_order whatever the order given; "none" for none */
/* A value as people read it: titles, yes and no, links; what is unknown or absent is said to be so. */
void doc_value(Doc *d, Value v);
void doc_known(Doc *d, ObjId o, Known k);
void doc_prop(Doc *d, ObjId o, const char *name); /* by name; nothing is said if the kind has no such property */
/* A label and a value as one fact of DOC_FACTS. */
void doc_fact(Doc *d, const char *label);
/* A table whose columns have widths. */
void doc_table(Doc *d, const char *const *columns, const unsigned *widths, unsigned n);
void doc_end_fact(Doc *d);
/* "Intended use" for intended_use. */
Str doc_label(Doc *d, Str name);
/* The class of a severity's badge: "s0" is the gravest, "s3" what is light or not rated. */
const char *doc_severity_class(const Doc *d, ConstId severity);
/* Objects of a role that are analysed, in order. */
ObjList doc_objects(Doc *d, Role role);

/* CommonMark of people, made harmless: no markup but what CommonMark gives, nothing fetched, hidden characters
 * visible. The result is HTML, or CommonMark again. Freed by the caller. */
char *prose_html(Str text);
char *prose_markdown(Str text);

#endif
