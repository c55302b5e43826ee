#ifndef CORDON_COMPARE_SNAPSHOT_H
#define CORDON_COMPARE_SNAPSHOT_H
/* What one side of a comparison knows: things, threats and decisions as plain arrays in order of their ids, whether it was read from
 * a model or from what `cordon build` wrote. Names are numbers of one interner that both sides share, so that comparing is comparing
 * numbers. Ownership: a Snapshot owns its arrays until snapshot_free; the interner is the caller's and outlives it. */
#include "emit/emit.h"

/* A property that says something; what is absent is not there. */
typedef struct SnapProp {
    Sym name;
    uint32_t n,
        first; /* members: of one `first` is the value itself, else its place in `values`; in the order written */
    bool unknown, list, written; /* written: by the model, not the default of its kind */
} SnapProp;

typedef struct SnapThing {
    Sym id, path, kind, title, doc, was, parent; /* 0 for none */
    Sym section;                                 /* "elements": the key in model.json */
    Sym from, from_port, to, to_port;            /* of a flow */
    bool two_way;
    Range inside, props; /* into `syms` and `props`; properties in order of their names' numbers */
    uint32_t up;         /* 1 + index of what encloses it, or 0 */
} SnapThing;

/* One fact that a threat rests on, or what would close it. */
typedef struct SnapFact {
    Sym about, prop, capability, by; /* 0 for none */
} SnapFact;

typedef struct SnapThreat {
    Sym id, rule, title, verdict, severity, subject, basis, decision; /* 0 for none */
    bool gap;
    Range facts, things; /* into `facts`; elements, boundaries and flow, into `syms` */
} SnapThreat;

typedef struct SnapDecision {
    Sym id, standing, why;
} SnapDecision;

typedef struct Snapshot {
    Interner *names;
    Sym title, version, model_hash, rules_hash;
    Sym module;     /* the prefix of the rules in the model's own file, which follows the name of the file */
    bool has_model; /* false for a lone threats.json: then nothing is known of things */
    Vec(SnapThing) things;
    Vec(SnapThreat) threats; /* gaps among them */
    Vec(SnapDecision) decisions;
    Vec(SnapProp) props;
    Vec(SnapFact) facts;
    Vec(Sym) syms, values;
    Vec(Sym) severities;                           /* the scale, lowest first */
    Map thing_by_id, threat_by_id, decision_by_id; /* Sym -> 1 + index */
} Snapshot;

/* ---- making one (compare/snapshot.c) ---- */

/* Adds to the thing, threat or decision that was added last. */
void snap_value(Snapshot *s, SnapProp *p, Sym value);
void snap_prop(Snapshot *s, SnapThing *t, SnapProp p);
void snap_inside(Snapshot *s, SnapThing *t, Sym boundary);
void snap_fact(Snapshot *s, SnapThreat *t, SnapFact f);
void snap_involved(Snapshot *s, SnapThreat *t, Sym thing); /* once each */
/* Sorts, makes the ids unique and the maps. */
void snapshot_finish(Snapshot *s);
void snapshot_free(Snapshot *s);

/* The snapshot of a model that was assessed (compare/from_model.c); `out` is zeroed but for its interner. The hashes of the report are
 * taken as far as they are there. */
void snapshot_of_report(const Report *r, Snapshot *out);

/* What is wrong with a folder or a file of a build. */
typedef struct SnapProblem {
    bool cannot_read; /* else what was read is damaged or not ours */
    Str text;         /* in the arena given */
} SnapProblem;
/* The snapshot of what `cordon build` left behind: the folder with model.json and threats.json, or threats.json alone
 * (compare/from_json.c). False with a problem. */
bool snapshot_of_build(const char *path, Snapshot *out, Arena *arena, SnapProblem *problem);

/* ---- reading ---- */

static inline Str snap_str(const Snapshot *s, Sym sym)
{
    return sym ? sym_str(s->names, sym) : STR("");
}
/* The property of that name, or NULL. */
const SnapProp *snap_find_prop(const Snapshot *s, const SnapThing *t, Sym name);
static inline const Sym *snap_members(const Snapshot *s, const SnapProp *p)
{
    return p->n == 1 ? (const Sym *)&p->first : s->values.at + p->first;
}
/* Whether somebody has to look at it: open, possible or planned, and no decision counts. */
bool snap_pending(const Snapshot *s, const SnapThreat *t);
/* How urgent a verdict is, from 1; 0 for one that a decision or a control closed. */
unsigned snap_urgency(const Snapshot *s, const SnapThreat *t);
/* Place of the severity on the scale, from 1; the highest of all for none, which may be as bad as anything. */
uint32_t snap_severity(const Snapshot *s, const SnapThreat *t);
/* Whether a decision counts for nothing, or not for all that it names, though it should. */
bool snap_stale(const Snapshot *s, const SnapDecision *d);

#endif
