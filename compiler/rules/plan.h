#ifndef CORDON_RULES_PLAN_H
#define CORDON_RULES_PLAN_H
/* Plans: what the rules of a program become, as arrays of plain structures, and the state of their evaluation. Private
 * to compiler/rules/. Ownership: a RuleSet owns its arrays; a Cache owns the indexes built from a model on first use.
 */
#include "rules/rules.h"

typedef uint32_t CondId; /* 0 = none: says nothing */
typedef uint32_t UseId;  /* a property that some rule asks for; 0 = none */

enum {
    PLAN_WHERES = 8,                            /* `where` inside `where` */
    PLAN_SLOTS = LIMIT_RULE_VARS + PLAN_WHERES, /* variables, then the things at hand */
    TERM_PATH = 3,                              /* properties one behind the other: f.initiator.runs_as */
    SLOT_HOP = LIMIT_RULE_VARS,                 /* the thing at hand in `along` and `avoiding` */
    SLOT_NONE = 0xFF,
};

/* What a condition asks about: the thing in a slot, or the value its properties lead to. */
typedef struct Term {
    uint8_t slot, n;
    uint16_t path[TERM_PATH]; /* UseIds */
} Term;

typedef enum CondOp {
#define COND(id, name, cost) COND_##id,
#include "rules/cond.def"
#undef COND
    COND_COUNT
} CondOp;

/* One node of a condition. Which fields count depends on the operation; see cond.def. */
typedef struct Cond {
    uint8_t op, word; /* word: CmpOp, VerbKind or QuantKind */
    uint16_t mask;    /* slots it asks, as bits, without those it binds itself */
    Term term, other;
    uint32_t a, b;
    CondId child, next; /* in order of cost */
    CondId first, then; /* the same in order of the text, where that is another */
    double number;
    uint32_t atom;    /* place in RuleSet.atoms, or 0 */
    uint32_t memo;    /* equal questions about one flow share a number; 0 = not shared */
    bool of_protocol; /* asks the protocol of a flow and what that says of itself, nothing else */
    Span span;
} Cond;

/* What stands behind `inside`, `carries`, `enters`, ...: things of a kind, one thing, or the thing in a slot. */
typedef enum NounTag { NOUN_KIND, NOUN_OBJ, NOUN_SLOT } NounTag;
typedef struct Noun {
    uint8_t tag, slot; /* slot: of NOUN_SLOT */
    uint8_t bound;     /* slot of the thing at hand for `where` */
    KindId lo, hi;
    ObjId obj;
    CondId where;
    uint16_t mask; /* slots it asks of those bound outside */
} Noun;

/* The other end of a link. */
typedef enum AnchorTag { ANCHOR_NONE, ANCHOR_VAR, ANCHOR_SLOT, ANCHOR_OBJ, ANCHOR_KIND } AnchorTag;
typedef struct Anchor {
    uint8_t tag, slot; /* VAR binds the slot, SLOT compares with it */
    bool port;         /* means the port of a flow's end, not its owner */
    KindId kind, lo, hi;
    ObjId obj;
} Anchor;

/* How things are laid out in the model; decides where they are looked for. */
typedef enum Family {
    FAMILY_FLOW,
    FAMILY_ELEMENT,
    FAMILY_PORT,
    FAMILY_BOUNDARY,
    FAMILY_OTHER,
    FAMILY_ANY,
    FAMILY_PATH
} Family;

/* What a pattern or a quantifier goes through. */
typedef struct Source {
    uint8_t family; /* Family */
    uint8_t at_mod; /* ModKind of `at` */
    uint8_t slot;   /* bound to each thing found */
    KindId lo, hi;
    Anchor from, to, at;
    CondId where;  /* of a quantifier */
    uint16_t mask; /* slots it asks of those bound outside */
    UseId names;   /* `where` demands that this property names the thing of the noun; 0: no such demand */
    uint32_t named;
} Source;

typedef struct MitAlternative {
    Term term;
    CondId where;
} MitAlternative;

/* One part of a `mitigated by` line. */
typedef struct MitPart {
    ObjId capability; /* 0: only the condition counts */
    uint32_t number;  /* of the capability */
    CondId cond;
    uint32_t first, n; /* MitAlternatives */
    uint32_t atom;
    Span span;
} MitPart;

typedef struct MitLine {
    uint32_t first, n; /* MitParts */
    Span span;
} MitLine;

typedef struct Raise {
    ConstId value;
    uint32_t rank;
    CondId when;
    Span span;
} Raise;

typedef struct Plan {
    RuleInfo info;
    Source seed;
    uint32_t module;
    NodeId node;
    bool broken; /* its errors are reported, or the model has nothing for it (RULES_HERE); never evaluated */
    bool policy, library;
    CondId along, avoid_flow, avoid_element, avoid_boundary;
    uint32_t within; /* steps; 0 = any number */
    CondId when, unless;
    Span when_span, unless_span;
    uint32_t lines, nlines, raises, nraises;
} Plan;

typedef struct Atom {
    RuleId rule;
    Span span;
} Atom;

typedef struct UseInfo {
    PropId prop;
    KindId lo, hi; /* kinds that have it */
    uint32_t row;  /* in RuleSet.presets, less lo */
} UseInfo;

typedef struct Cache Cache;

struct RuleSet {
    Program *program;
    Vec(Plan) plans; /* by RuleId; behind the rules stand the policies' patterns */
    uint32_t nrules;
    Vec(Cond) conds;
    Vec(Noun) nouns;
    Vec(Source) sources;
    Vec(Value) values; /* of `in [...]` */
    Vec(MitLine) lines;
    Vec(MitPart) parts;
    Vec(MitAlternative) alternatives;
    Vec(Raise) raises;
    Vec(Atom) atoms; /* [0] unused */
    uint32_t nmemos;
    Map rule_of;       /* (module, name) -> RuleId; of a policy the first of its plans */
    Vec(UseInfo) uses; /* [0] unused */
    Vec(UseId) use_of; /* by PropId */
    Value *presets;    /* for each use a row by kind */
    uint32_t nkinds;
    UseId use_carries, use_holds, use_made_of, use_controls, use_out_of_scope;
    Arena arena;
    ConstId *severities; /* by RuleId: 1 + its severity, once somebody has asked */
    uint32_t *things;    /* by kind: how many things of the model are of it or of one before it; of RULES_HERE only */
    Cache *cache;
};

static inline const Cond *cond_at(const RuleSet *r, CondId c)
{
    return &r->conds.at[c];
}
static inline const Plan *plan_at(const RuleSet *r, RuleId rule)
{
    return &r->plans.at[rule];
}
/* The key of a rule that names none: the first variable, of paths both ends. As bits. */
static inline uint32_t plan_usual_keys(const Plan *plan)
{
    return plan->info.path ? 1u << plan->seed.from.slot | 1u << plan->seed.to.slot : 1;
}
const char *cond_name(CondOp op);
/* What the rule says of severity, else its CVSS; 0 if neither. */
ConstId plan_severity(const RuleSet *r, RuleId rule);

/* ---- compiling (compile.c, pattern.c, cond.c, operand.c) ---- */

typedef struct SlotInfo {
    Sym name;    /* 0: not named */
    KindId kind; /* 0: a path */
    bool used;
    Span span;
} SlotInfo;

/* The compilation of one rule or policy. */
typedef struct Compiling {
    RuleSet *r;
    Program *p;
    const Tree *tree;
    ObjId scope;
    RuleId rule;
    SlotInfo slots[PLAN_SLOTS];
    uint32_t nslots;  /* in use now */
    uint8_t implicit; /* slot of the thing at hand, or SLOT_NONE */
    bool loose;       /* a property that the thing at hand does not have is no mistake */
    bool quiet;       /* compiled for another sort of thing before: report nothing */
    bool atoms;       /* coverage counts these conditions */
    bool failed;
} Compiling;

typedef enum OperandTag {
    OPERAND_ERROR,
    OPERAND_THING, /* the thing in a slot, or that a property refers to; `term`, `kind` */
    OPERAND_VALUE, /* the value of a property; `term`, `type`, `prop` */
    OPERAND_OBJ,   /* a thing of the model, by name */
    OPERAND_KIND,
    OPERAND_PATH, /* the variable of `for each path` */
    OPERAND_WORD, /* a name that stands for nothing known: perhaps a value */
    OPERAND_LITERAL,
    OPERAND_FALSE, /* a property that the thing at hand cannot have */
} OperandTag;

typedef struct Operand {
    uint8_t tag;
    Term term;
    Type type;
    KindId kind; /* static kind of a THING or OBJ; the KIND */
    PropId prop; /* the last property */
    ObjId obj;
    NodeId node;
} Operand;

CondId compile_cond(Compiling *c, NodeId node);
/* A condition about the thing in a slot, which bare names mean. */
CondId compile_where(Compiling *c, NodeId node, uint8_t slot);
/* Opens a slot for a thing at hand; SLOT_NONE (reported) if there are too many. Close with slot_close. */
uint8_t slot_open(Compiling *c, KindId kind, NodeId node);
void slot_close(Compiling *c);
Operand operand(Compiling *c, NodeId node);
/* A noun, `NAME` or `NAME where (...)`, of things of a kind; 0 (reported) if it cannot be. Index into RuleSet.nouns. */
uint32_t compile_noun(Compiling *c, NodeId node, KindId wanted, bool *ok);
/* A constant for a property's type. `ok` becomes false if it does not fit (reported). */
Value operand_constant(Compiling *c, const Operand *of, NodeId node, bool *ok);
UseId use_property(RuleSet *r, PropId prop);
Str node_source(const Compiling *c, NodeId node);
/* Queues an error at a node, unless this is the second compilation of the same text. At least one argument. */
#define COMPILE_ERROR(c, id, node, ...) \
    ((c)->failed = true,                \
     (c)->quiet ? &(c)->p->diags->spill : diag_add((c)->p->diags, D_##id, node_span((c)->tree, (node)), __VA_ARGS__))
const char *compile_z(Compiling *c, Str s);
const char *kind_z(Compiling *c, KindId kind);
/* Slot of a variable, or SLOT_NONE. Marks it used. */
uint8_t slot_named(Compiling *c, Sym name);
KindId operand_kind(Compiling *c, NodeId qname); /* a kind by name; 0 (reported) */
bool kinds_meet(const Program *p, KindId a, KindId b);
void compile_pattern(Compiling *c, Plan *plan, NodeId pattern);
/* A quantifier's kind and links; false if something was reported. */
bool compile_source(Compiling *c, NodeId quant, Source *out);
Family kind_family(const Program *p, KindId kind);

/* memo.c: finds the questions about flows that several rules ask. */
void memo_assign(RuleSet *r);

/* ---- static checks (lint.c, text.c) ---- */

void lint_rules(RuleSet *r, bool library);
void lint_plan_text(Compiling *c, const Plan *plan);
bool cond_equal(const RuleSet *r, CondId a, CondId b);

/* ---- evaluating (eval.c, iterate.c, match.c, path.c) ---- */

typedef struct Env {
    ObjId obj[PLAN_SLOTS];
    uint32_t half[PLAN_SLOTS]; /* of flows */
} Env;

/* Rows of ids: those of key k are ids[start[k] .. start[k + 1]). */
typedef struct Csr {
    uint32_t *start, *ids;
    uint32_t nkeys;
} Csr;

/* Whose property names a thing: halves of flows, or other things. */
typedef struct Namers {
    UseId use;
    bool halves;
    Csr of;                /* thing -> who names it */
    Vec(uint32_t) unknown; /* of whom nobody knows what they name */
} Namers;

/* The texts of a rule that verdicts fill in (fill.c). */
typedef struct RuleTexts RuleTexts;
void rule_texts_free(RuleTexts *texts, uint32_t n);

/* What is derived from the model for evaluation, when first needed. */
struct Cache {
    Csr members;   /* boundary -> elements and boundaries inside */
    Csr children;  /* object -> what is declared in it */
    Csr referrers; /* object -> other objects whose properties name it */
    Csr halves[3]; /* boundary -> halves that enter, leave, stay inside it; by Row */
    Vec(Namers) namers;
    Map kinds;            /* MAP_KEY(first kind, last kind) -> index into of_kinds */
    Vec(ObjVec) of_kinds; /* things of these kinds in the order of their lists; [0] unused */
    Map in_set;      /* MAP_KEY(number of a long set, thing) -> 1; with 0 for the thing: the set was looked through */
    uint8_t *quant;  /* by source: 0, or 1 + Tri of a quantifier that depends on nothing else */
    uint8_t **reach; /* by condition: by element, 1 + Tri */
    uint32_t *out_half; /* as Model.out_half, each row in order of rank */
    RuleTexts *texts;   /* by RuleId: the texts of rules, split (fill.c) */
    uint64_t *answers;  /* ANSWERS of them, of explanations (Ev.answers) */
    Vec(Str) asked;     /* by condition: its text on one line, once somebody has asked (words.c); in `words` */
    Arena words;
    Vec(uint32_t) hops; /* of every verdict on paths so far; [0] unused. Stays when the rest is dropped */
};

typedef enum Row { ROW_ENTERS, ROW_LEAVES, ROW_STAYS } Row;

/* The answer to a shared question about the half at hand. */
typedef struct Memo {
    uint32_t stamp; /* half + 1 */
    uint32_t value;
} Memo;

/* Answers that hang on a protocol, data or a set of boundaries alone, as its number << 32 | condition << 2 | Tri; 0 = none. By place
 * of both. */
enum { ANSWERS = 1 << 14 };
static inline uint64_t *answer_at(uint64_t *answers, ObjId protocol, CondId c)
{
    return &answers[(protocol * 61 + c) % ANSWERS];
}

typedef struct Ev Ev;
typedef struct Settled Settled;
typedef void (*MatchSink)(Ev *ev, const Plan *plan);
struct Ev {
    const RuleSet *r;
    const Program *p;
    const Model *m;
    Cache *cache;
    RuleId rule;
    Env env;
    Tri at_most;    /* of `when`: unknown for paths found on uncertain hops only */
    uint64_t *work; /* steps of this rule's search so far; past LIMIT_PATH_VISITS it ends */
    uint64_t own_work;
    uint8_t *seen;          /* coverage: by atom, 1 seen false, 2 seen true; or NULL */
    Memo *memo;             /* by Cond.memo while many rules look at one half; or NULL */
    const Settled *settled; /* what is known of the model before its things are looked at (settle.h); or NULL */
    uint64_t *answers;      /* ANSWERS of them while many rules look at many flows; or NULL */
    bool afresh;            /* keep no answers: the conditions may be others next time */
    MatchSink sink;
    void *self;           /* of the sink */
    const uint32_t *hops; /* of the path at hand, last one first */
    uint32_t nhops;
};

void ev_init(Ev *ev, const RuleSet *r, RuleId rule);
Tri cond_eval(Ev *ev, CondId c);
Value term_value(const Ev *ev, const Term *t);
/* The thing a term leads to; `unknown` is set if nobody knows, and 0 returned. */
ObjId term_thing(const Ev *ev, const Term *t, bool *unknown);
/* What is written, else the default of the kind; `written`, if it is not NULL, gets what is written, or NULL. Inline: passes over
 * the model spend their time here. */
static inline Value ev_said(const Ev *ev, ObjId o, UseId use, const PropVal **written)
{
    const Object *obj = obj_bound(ev->p, o);
    const UseInfo *u = &ev->r->uses.at[use];
    const PropVal *v = ev->m->props.at + obj->props, *end = v + obj->nprops;
    while (v < end && v->prop < u->prop)
        v++;
    bool found = v < end && v->prop == u->prop;
    if (written)
        *written = found ? v : NULL;
    if (found)
        return said_value(v);
    bool has = obj->kind >= u->lo && obj->kind <= u->hi;
    return has ? ev->r->presets[(uint32_t)(u->row + obj->kind)] : (Value){V_ABSENT, 0};
}
static inline Value ev_prop(const Ev *ev, ObjId o, UseId use)
{
    return ev_said(ev, o, use, NULL);
}
Tri noun_eval(Ev *ev, uint32_t noun, ObjId o, uint32_t half);
bool noun_base(const Ev *ev, const Noun *n, ObjId o);
/* What the `where` of a noun comes to for a thing. */
Tri noun_where(Ev *ev, uint32_t noun, ObjId o, uint32_t half);
CapLevel ev_cap(const Ev *ev, ObjId o, uint32_t number);
CapLevel mit_part_level(Ev *ev, const MitPart *part);
CapLevel mit_line_level(Ev *ev, const MitLine *line);
/* The level of the best line. */
CapLevel plan_level(Ev *ev, const Plan *plan);
VerdictKind plan_verdict(Ev *ev, const Plan *plan);
/* The same where what `when` comes to is known. */
VerdictKind plan_verdict_when(Ev *ev, const Plan *plan, Tri when);
/* 1 + index of the raise that applies, or 0. */
uint8_t plan_raised(Ev *ev, const Plan *plan);
ObjId excluded_by(const Ev *ev,
                  ObjId o); /* the thing that says why o is out of scope: o or what encloses it; 0 if none */
bool obj_out_of_scope(const Ev *ev, ObjId o);
static inline Tri tri_min(Tri a, Tri b)
{
    return a < b ? a : b;
}
static inline Tri tri_max(Tri a, Tri b)
{
    return a > b ? a : b;
}
static inline Tri tri_not(Tri t)
{
    return (Tri)(TRI_TRUE - t);
}

/* The members of a set-valued property. */
Range ev_members(const Ev *ev, Value v, const Value **members);
/* Whether the half enters (VERB_ENTERS), leaves or crosses a boundary of the noun. */
typedef struct Crossed {
    const ObjId *from, *to; /* boundary sets, sorted */
    uint32_t nfrom, nto, i, j;
    uint8_t verb;
} Crossed;
void crossed_init(const Ev *ev, Crossed *c, uint32_t half, VerbKind verb);
bool crossed_next(Crossed *c, ObjId *boundary);

/* Goes through what a source finds. */
typedef struct Iter {
    const Source *s;
    uint8_t mode;
    uint32_t part, i, n;
    const uint32_t *ids, *more;
    uint32_t nmore;
    const Value *values;
    bool unknown; /* a set that it goes through is not known */
} Iter;
void iter_start(Ev *ev, Iter *it, const Source *s);
/* The same, without those whose `where` is certainly false because they do not name what it demands. */
void iter_start_true(Ev *ev, Iter *it, const Source *s);
bool iter_next(Ev *ev, Iter *it, ObjId *o, uint32_t *half);
/* What belongs to a thing: data that it carries or holds, its software, controls, ports; else what is declared in it or
 * names it. */
void iter_related(Ev *ev, Iter *it, const Source *s, ObjId x);
/* The property that says what of a source belongs to x; 0 if none does. */
UseId source_property(const Ev *ev, const Source *s, ObjId x);
/* The objects of one sort of list: elements, ports, boundaries, others; n = 0 behind the last. */
const ObjId *family_list(const Model *m, Family family, uint32_t part, uint32_t *n);
bool anchor_fits(const Ev *ev, const Anchor *a, ObjId o);
ObjId half_end(const Model *m, const Anchor *a, uint32_t half, bool to);
bool half_exists(const Model *m, uint32_t half);
const uint32_t *csr_row(const Csr *c, uint32_t key, uint32_t *n);

const Csr *cache_members(const Ev *ev);
const Csr *cache_children(const Ev *ev);
const Csr *cache_referrers(const Ev *ev);
const Csr *cache_halves(const Ev *ev, Row row);
const Namers *cache_namers(const Ev *ev, UseId use, bool halves);
/* The things whose kind a source asks for, wherever they are, in the order of their lists. Not for flows. */
const ObjVec *cache_of_kinds(const Ev *ev, const Source *s);
/* Whether a set (its number is Value.a) has the thing; for long ones, that are asked about many. */
bool cache_set_has(const Ev *ev, uint32_t set, ObjId o);
const uint32_t *cache_out_halves(const Ev *ev);
void cache_reset(const RuleSet *r);
void cache_free(RuleSet *r);

/* Every match of the rule, in no particular order, to ev->sink. */
void plan_matches(Ev *ev, const Plan *plan);
/* The matches seeded by one flow half, or by one thing of a list. */
void match_half(Ev *ev, const Plan *plan, uint32_t half);
void match_thing(Ev *ev, const Plan *plan, ObjId o);
void match_paths(Ev *ev, const Plan *plan);
bool plan_by_half(const Plan *plan);  /* seeded by flow halves alone */
bool plan_by_thing(const Plan *plan); /* seeded by things of a list alone */
/* Whether a hop may be part of a path, by `along` and `avoiding`. */
Tri hop_eval(Ev *ev, const Plan *plan, uint32_t half);
Tri reaches_eval(Ev *ev, CondId c, ObjId from);

/* Puts a verdict's things into the environment again, so that its conditions come out as they did. */
void env_of_verdict(Ev *ev, const Plan *plan, const Verdict *v);
/* Evaluates the plans lo..hi. */
void plans_run(const RuleSet *r, RuleId lo, RuleId hi, Verdicts *out);
/* Evaluates one plan on a small model, for tests: merged by key, in no order. `out` is filled anew. What is derived from
 * the model is kept, answers are not: call cache_reset when the model changes. `seen` NULL: conditions are not counted. */
void plan_run(const RuleSet *r, RuleId rule, uint8_t *seen, Verdicts *out);
/* Whether the verdict's key is these things, or has the one thing in it. */
bool verdict_at(const RuleSet *r, const Verdict *v, const ObjId *things, uint32_t n);
Verdict verdict_now(Ev *ev, const Plan *plan, VerdictKind kind);

/* ---- what was demanded (look_rules.c) ---- */

/* The parts of `when` that must all hold, in order of the text. Returns their number. */
enum { LOOK_DEMANDS = 128 };
uint32_t plan_demands(const RuleSet *r, const Plan *plan, CondId out[LOOK_DEMANDS]);
/* The first of them that is false on the binding at hand; n if none is. */
uint32_t demand_false(Ev *ev, const CondId *demands, uint32_t n);

/* ---- words (words.c) ---- */

/* What an atom comes to on the model, in words: "authentication of login is none". `by`: what decided it, or 0. */
void cond_words(Ev *ev, CondId c, Tri value, ObjId by, StrBuf *out);
void cap_words(const Program *p, ObjId o, ObjId capability, CapLevel level, ObjId by, StrBuf *out);
/* " (model.cordon:41)", or nothing. */
void place_words(const Program *p, Span at, StrBuf *out);
void kind_words(const Program *p, KindId kind, StrBuf *out); /* "a Service" */
/* Source text on one line: what is blank becomes one space. */
void source_words(const Program *p, Span at, StrBuf *out);
/* The same of a condition, made once. It stays until the cache is dropped. */
Str cond_source(const RuleSet *r, CondId c);
void prop_words(const Program *p, ObjId o, PropId prop, StrBuf *out);
void said_words(const Program *p, ObjId o, PropId prop, Value v, StrBuf *out); /* the same, its value at hand */
/* Whether cond_words says of a condition only what the property is that it asks. */
bool cond_tells_value(CondOp op);
/* The thing and property that a term's value comes from: where the way ends, at an unknown at the latest. */
void term_fact(const Ev *ev, const Term *t, ObjId *o, PropId *prop);

/* Why `when` is what it is on the binding at hand: causes and questions, in place of what `out` held. */
void explain_when(const Ev *ev, const Plan *plan, Provenance *out);

/* ---- candidates (candidates.c) ---- */

/* What a relation or quantifier looked at, each with what it came to, in order of the model's names. */
enum { CANDIDATES_MOST = 256 }; /* explanations do not list more */
typedef struct Candidate {
    ObjId obj;
    uint32_t half, rank;
    Tri value;
} Candidate;
typedef struct Candidates {
    struct {
        Candidate *at;
        uint32_t n, cap;
    } all;
    CondId where;  /* asked of each, or 0 */
    uint8_t bound; /* slot for it */
    ObjId of;      /* the thing whose set is gone through, and the property; or 0 */
    PropId prop;
    bool unknown; /* the set is not known */
    Arena *arena;
} Candidates;
/* False if the operation has none, or too many to explain. `all` lives in the arena. */
bool cond_candidates(Ev *ev, CondId c, Arena *arena, Candidates *out);
/* The next child in the order of the text; 0 to begin with, 0 at the end. */
CondId cond_child_after(const RuleSet *r, const Cond *parent, CondId child);

#endif
