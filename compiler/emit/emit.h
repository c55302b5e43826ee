#ifndef CORDON_EMIT_EMIT_H
#define CORDON_EMIT_EMIT_H
/* Everything that leaves the compiler. One file a format; each owns the only way to print user text in its format. Emitters read
 * and never evaluate: what they need is derived by rules/ and risk/. Ownership: an emitter owns nothing beyond its call. */
#include "emit/json.h"
#include "base/out.h"
#include "base/version.h"
#include "risk/risk.h"

typedef struct Coverage Coverage;
typedef struct Risks Risks;

/* How a threat or a gap stands to what an earlier state of the model knew (`check --baseline`). */
typedef enum BaselineState {
    BASELINE_UNCHANGED,
    BASELINE_UPDATED, /* otherwise, and nothing that needs somebody */
    BASELINE_WORSE,   /* more certain or more severe */
    BASELINE_NEW      /* was not there, or was closed */
} BaselineState;
typedef struct Baseline {
    const char *source;            /* as on the command line */
    const uint8_t *threats, *gaps; /* BaselineState by index in the assessment's lists */
    uint32_t known;                /* threats that wait for somebody as they did before */
    const Str *stale;              /* ids of decisions that counted then and do not any more */
    uint32_t nstale;
} Baseline;

typedef struct Report {
    const Program *program;
    const Assessment *assessment;
    const Coverage *coverage;   /* the ledger, if it is kept for several outputs; see report_coverage */
    const Baseline *baseline;   /* NULL if nothing is compared */
    const Risks *risks;         /* likewise; see report_risks */
    Arena *arena;               /* scratch of this run */
    Str model_hash, rules_hash; /* 64 hex digits, SHA-256 */
    int64_t clock;              /* SOURCE_DATE_EPOCH in seconds, or -1: then no output holds a time */
    Str root_dir;               /* places in outputs are shown relative to it */
} Report;

/* Whether the threat or gap at that place of its list asks for somebody who has not been asked before: all do without a baseline. */
static inline bool report_asks(const Report *r, const ThreatVec *all, uint32_t i)
{
    const Baseline *b = r->baseline;
    return !b || (all == &r->assessment->gaps ? b->gaps : b->threats)[i] >= BASELINE_WORSE;
}

/* The table of files that `cordon build` writes (emit/emit.c). */
typedef struct Emitter {
    const char *file; /* "threats.json" */
    void (*emit)(const Report *r, Out *out);
} Emitter;
extern const Emitter emitters[];
extern const size_t nemitters;

void emit_threats_json(const Report *r, Out *out);
void emit_threats_csv(const Report *r, Out *out);
void emit_threats_md(const Report *r, Out *out);
void emit_risks_json(const Report *r, Out *out);
void emit_risks_csv(const Report *r, Out *out);
void emit_risks_md(const Report *r, Out *out);
void emit_risk_groups_csv(const Report *r, Out *out);
void emit_risks_proposed(const Report *r, Out *out);
void emit_coverage_json(const Report *r, Out *out);
void emit_coverage_md(const Report *r, Out *out);
void emit_model_json(const Report *r, Out *out);

/* ---- findings and diagnostics of `check` (emit/console.c, emit/sarif.c, emit/junit.c) ---- */
typedef struct ConsoleStyle {
    bool color, plain; /* plain: one line each, no drawing */
    unsigned width;    /* columns; longer source lines are cut around the mark */
    bool errors_only;  /* --quiet */
    bool all;          /* findings: those that are closed too */
    int mark;          /* Paint of the carets; set while a diagnostic is drawn */
} ConsoleStyle;
void emit_diags_text(const Sources *s, const Diags *d, const ConsoleStyle *style, Out *out);
/* Threats grouped by what they are about, the urgent first, and a line that counts them (emit/findings.c). */
void emit_findings_text(const Report *r, const ConsoleStyle *style, Out *out);

/* One model of a `check`. `report` is NULL if the model has errors and was not evaluated. The diagnostics are sorted. */
typedef struct Checked {
    const char *file; /* as on the command line */
    const Sources *sources;
    const Diags *diags;
    const Report *report;
} Checked;
/* A document for programs: begin, each model, end; or failure alone, when the command line was wrong. The Json is the writer's. */
typedef struct CheckWriter {
    void (*begin)(Json *j, Out *out);
    void (*model)(Json *j, const Checked *c);
    void (*end)(Json *j, int status);
    void (*failure)(Str message, int status, Out *out);
} CheckWriter;
/* The member `key`: every diagnostic with its place, its labels and its help. */
void json_diags(Json *j, const char *key, const Sources *s, const Diags *d);
extern const CheckWriter check_json, check_sarif, check_junit; /* emit/check_json.c, sarif.c, junit.c */

/* SHA-256 in 64 hex digits (emit/hash.c). The model's: over its own kinds and everything it declares, whatever the places, the
 * layout, the files and the order. The rules': over rules and policies and over the libraries they speak of. */
void hash_model(Program *p, char out[65]);
void hash_rules(Program *p, char out[65]);

/* Appends "pump.cordon:41:19": a place relative to root_dir; "std.stride:12:3" for the library. Nothing for no place. */
void emit_place(const Report *r, Span at, StrBuf *out);
/* What stands there before the line: "pump.cordon", "std.stride". Appends. */
void emit_place_file(const Report *r, FileId file, StrBuf *out);
/* The text escapers, one a format. Every control and direction character is made visible, whatever the format. */
void put_md(Out *out, Str s);   /* inside a line or table cell; blanks are folded */
void put_html(Out *out, Str s); /* text and attribute values */
void put_csv(Out *out, Str s);  /* one cell, quoted; formulas are defused, a newline becomes a blank */
void put_xml(Out *out, Str s);
void put_term(Out *out, Str s); /* no control characters reach the terminal; a newline becomes a blank */

#endif
