#ifndef CORDON_EMIT_PARTS_H
#define CORDON_EMIT_PARTS_H
/* What the emitters of lists share: the facts of one threat, names for values, and the head of every JSON output. Ownership: a
 * Facts owns its buffers until facts_free; it is filled again for each threat. */
#include "emit/emit.h"

/* One threat, as every list shows it. Zero-initialised is valid. */
typedef struct Facts {
    const Threat *threat;
    const Verdict *verdict; /* NULL for a threat found by people */
    Provenance why;         /* empty for a threat found by people */
    bool explained;
    Involved involved;
    ConstId severity;
    ObjId subject;
    StrBuf id, title, message, fix, text; /* text: for the caller */
} Facts;
void facts_of(const Report *r, const Threat *t, Facts *f);
/* The same in two steps: everything but title, message and fix, which are empty then; and these. */
void facts_why(const Report *r, const Threat *t, Facts *f);
void facts_texts(const Report *r, Facts *f);
void facts_free(Facts *f);

/* Names of things for outputs; each empty for 0. */
Str const_name(const Program *p, ConstId c);  /* information_disclosure */
Str const_title(const Program *p, ConstId c); /* Information disclosure; its name if it has no title */
Str kind_title(const Program *p, ObjId o);    /* of its kind: "Network service" */
const char *level_name(CapLevel level);       /* "implemented" */
const char *tri_name(Tri t);
const char *role_word(CauseRole role); /* "when", "unless", "mitigated", "raised" */
/* A category as people name it: "Linking (LINDDUN)". */
Str category_title(const Program *p, ObjId category, Arena *arena);
/* What refers into a catalogue, by CatalogueName. */
typedef struct ReferenceKind {
    const char *property, *before; /* "cwe", "CWE-" */
} ReferenceKind;
enum { REFERENCE_KINDS = 3 };
extern const ReferenceKind reference_kinds[REFERENCE_KINDS];
/* Appends what a rule or a threat refers to: "CWE-306, CAPEC-151, T1557, IEC 81001-5-1 5.7.4". */
void references_text(const Program *p, ObjId source, StrBuf *out);
/* The constants of the scale Severity, worst first, with 0 (not said) behind them. Returns their number. */
enum { MOST_SEVERITIES = 16 };
uint32_t severities(const Report *r, ConstId out[MOST_SEVERITIES]);
/* Appends 2026-03-02T10:00:00Z. */
void put_clock(int64_t seconds, StrBuf *out);
/* The model's system, or 0. */
ObjId report_system(const Report *r);

/* ---- JSON ---- */

/* The key `tool`. */
void json_tool(Json *j);
/* The keys that every JSON output begins with: schema, generated, tool, model, rules. */
void json_head(Json *j, const Report *r, const char *schema);
void json_id_any(Json *j, const char *key, const Program *p, ObjId o);
static inline void json_id(Json *j, const char *key, const Program *p, ObjId o) /* null for 0 */
{
    const PathSlot *path = obj_recent_path(&p->model, o);
    char *to = path && path->ascii && path->id ? json_room(j, key, PATH_SHORT + 2) : NULL;
    if (!to) {
        json_id_any(j, key, p, o);
        return;
    }
    to[0] = '"'; /* nothing to escape, and millions of them */
    memcpy(to + 1, path->text, PATH_SHORT);
    to[1 + path->n] = '"';
    out_filled(j->out, to + path->n + 2);
}
void json_ids(Json *j, const char *key, const Program *p, const ObjId *at, uint32_t n);
void json_const(Json *j, const char *key, const Program *p, ConstId c); /* its name; null for 0 */
/* The key `category`: ids of the categories of other methods than STRIDE. */
void json_category(Json *j, const Report *r, const Threat *t);
/* What a property holds: null if unknown or absent; things by id. */
void json_value(Json *j, const char *key, const Program *p, Value v);
/* The members of a set as an array under its own name; of anything else that is known, the one. */
void json_members(Json *j, const Program *p, ObjId o, const char *property);
/* The keys `cvss` and `score`; null for what there is not. */
void json_cvss(Json *j, Str vector);
void json_place(Json *j, const char *key, const Report *r, Span at); /* null for no place */
/* The decision that counts, with everything written in it; null for none. */
void json_decision(Json *j, const char *key, const Report *r, const Threat *t);
/* The key `summary`: counts by verdict; by severity and category of what is pending. */
void json_summary(Json *j, const Report *r);
/* The key `threats`, as threats.json has it. */
void json_threats(Json *j, const Report *r);

#endif
