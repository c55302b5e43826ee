#ifndef CORDON_RULES_RULES_H
#define CORDON_RULES_RULES_H
/* Rules against a model: compile each rule once to a plan, evaluate all plans in one pass, keep compact verdicts. Why a
 * verdict is what it is is derived again on demand, so that a million verdicts stay small. Ownership: a RuleSet and a
 * Verdicts own their arrays until freed; both refer to the program, which outlives them. */
#include "base/limits.h"
#include "program/program.h"

typedef uint32_t RuleId; /* 0 = none */

typedef enum Tri { TRI_FALSE, TRI_UNKNOWN, TRI_TRUE } Tri;

/* In order of urgency, least first. */
typedef enum VerdictKind {
    VERDICT_NONE,
    VERDICT_OUT_OF_SCOPE,
    VERDICT_MITIGATED,
    VERDICT_PLANNED,
    VERDICT_POSSIBLE,
    VERDICT_OPEN
} VerdictKind;
const char *verdict_name(VerdictKind v); /* "out_of_scope", ... */

typedef struct RuleInfo {
    ObjId obj; /* the rule as an object: its title, stride, cwe, fix ... are its properties */
    Str id;    /* "stride.S03" */
    uint32_t nvars;
    Sym vars[LIMIT_RULE_VARS];
    KindId var_kinds[LIMIT_RULE_VARS];
    uint32_t keys; /* bit set of the variables that identify a threat */
    bool path;     /* for each path */
} RuleInfo;

typedef struct RuleSet RuleSet;

/* What rules are compiled for. */
typedef enum RuleUse {
    RULES_ALL,
    RULES_LINTED, /* and those of the standard library are checked for everything, which needs their tests loaded */
    RULES_HERE /* the model as it is: a rule of the built-in library that looks for what the model has none of can be named,
                     but its conditions are not there */
} RuleUse;

/* Compiles and statically checks every rule and policy of the program. Rules of the model's own files are checked for
 * everything; those of the standard library for what would keep them from running only, and those of the built-in one
 * for nothing: the build has done that. */
RuleSet *rules_compile(Program *p, RuleUse use);
void rules_free(RuleSet *r);
uint32_t rules_count(const RuleSet *r); /* ids are 1..count */
const RuleInfo *rule_info(const RuleSet *r, RuleId rule);
/* By "S03", "stride.S03" or "std.stride.S03"; 0 if none or ambiguous. */
RuleId rule_by_name(const RuleSet *r, Str name);
void rules_dump(const RuleSet *r, StrBuf *out); /* --dump=plan */

/* One threat: the verdict of one rule on one subject. */
typedef struct Verdict {
    RuleId rule;
    ObjId vars[LIMIT_RULE_VARS]; /* of the first witness in order; a path is 0 */
    uint32_t witnesses;          /* matches that share the key */
    uint32_t path;               /* first hop in Verdicts.hops, or 0 */
    uint16_t hops;
    uint8_t kind;   /* VerdictKind */
    uint8_t raised; /* 1 + index of the `raise` that applies, or 0 */
} Verdict;

typedef struct Verdicts {
    Vec(Verdict) all;   /* in order: rule id, then key things by obj_order; whatever the order of declarations */
    Vec(uint32_t) hops; /* flow halves of witnesses, [0] unused */
} Verdicts;

/* A large model does not fit into the processor's caches, and what verdicts are about stands anywhere in it. Who tells of one after
 * the other has what is needed soon fetched meanwhile, each step on time for the one before it: things, what they say, the ends
 * of flows and their names. Changes nothing. */
typedef enum Foresight { /* verdicts ahead */
                         FORESEE_NAMES = 2,
                         FORESEE_ENDS = 4,
                         FORESEE_VALUES = 6,
                         FORESEE_THINGS = 8
} Foresight;
void verdict_foresee(const RuleSet *r, const Verdict *v, Foresight step);

/* Evaluates every rule on the analysed part of the model. Reports SEARCH_TOO_LARGE. */
void rules_eval(const RuleSet *r, Verdicts *out);
/* Only one rule, as tests need it. */
void rules_eval_one(const RuleSet *r, RuleId rule, Verdicts *out);
void verdicts_free(Verdicts *v);

/* The things the threat is about. */
ObjId verdict_subject(const RuleSet *r, const Verdict *v); /* first key variable */
/* "stride.S03@FL-01"; keys joined by a comma. Appends. */
void verdict_id(const RuleSet *r, const Verdict *v, StrBuf *out);
/* Every element, flow and boundary bound, for `elements`, in order of the variables, no repetition. */
uint32_t verdict_objects(const RuleSet *r, const Verdict *v, ObjId out[LIMIT_RULE_VARS]);
/* A title or message with {x} and {x.prop} filled in. Plain text: emitters escape. Appends. */
void verdict_text(const RuleSet *r, const Verdict *v, Str format, StrBuf *out);
void verdict_title(const RuleSet *r, const Verdict *v, StrBuf *out);
void verdict_message(const RuleSet *r, const Verdict *v, StrBuf *out);
void verdict_fix(const RuleSet *r, const Verdict *v, StrBuf *out);
/* The same in parts, for those who keep what is the same for all threats of a rule. The parts live as long as the rules. */
typedef enum RuleText { RULE_TITLE, RULE_MESSAGE, RULE_FIX, RULE_TEXTS } RuleText;
typedef struct TextPart {
    Str before;  /* stands as it is */
    bool fills;  /* behind it stands text_filled */
    bool dotted; /* a property of the thing, not its title */
    uint8_t var;
    Sym prop;
} TextPart;
typedef struct TextParts {
    const TextPart *at;
    uint32_t n;
} TextParts;
TextParts rule_text_parts(const RuleSet *r, RuleId rule, RuleText which);
/* What a verdict fills in behind a part that asks for it: borrowed, or made in the buffer, in place of what that held. */
Str text_filled(const RuleSet *r, const Verdict *v, const TextPart *part, StrBuf *made);
/* The capabilities that `mitigated by` of a rule names, in the order of the text. Appends. */
void rule_closers(const RuleSet *r, RuleId rule, ObjVec *out);
/* Const of the scale Severity: raised, else written, else by the CVSS vector; 0 if the rule says nothing. */
ConstId verdict_severity(const RuleSet *r, const Verdict *v);

/* One fact a verdict rests on. */
typedef enum CauseRole { CAUSE_WHEN, CAUSE_UNLESS, CAUSE_MITIGATED, CAUSE_RAISED } CauseRole;
typedef struct Cause {
    CauseRole role;
    Tri value;        /* what the condition came out as */
    ObjId obj;        /* the thing the fact is about */
    PropId prop;      /* the property asked, or 0 */
    ObjId capability; /* the capability asked, or 0 */
    ObjId by;         /* control, protocol, data or other thing that decided it, or 0 */
    Span fact;        /* where the model says so; none if it says nothing (default or absent) */
    Span condition;   /* the condition in the rule */
    Value said;       /* what the property is, if one is asked */
    Str asked;        /* else the condition as the rule has it, on one line; of what is no condition empty */
    Str text;         /* one line for people: "authentication of login is none" */
} Cause;

/* Zero-initialised is empty. One can be filled again and again, which saves asking the system for memory. */
typedef struct Provenance {
    Arena arena;
    Vec(Cause) causes;    /* why it applies, is possible, out of scope or mitigated */
    Vec(Cause) questions; /* for a possible threat: unknown facts that would decide it; obj and prop are set */
    Vec(Cause) closers;   /* what would close it: capability + obj; for planned: also `by`, the planned control */
    Vec(ObjId) controls;  /* controls that mitigate it, in order */
    StrBuf text;          /* at work: the line being written, and what gives a capability */
    CapSources sources;
} Provenance;

/* Derives why, in place of what `out` held. Free it with provenance_free in the end. */
void verdict_explain(const RuleSet *r, const Verdict *v, Provenance *out);
void provenance_free(Provenance *p);
/* ---- the facts a decision is made on (rules/facts.c) ---- */

/* One fact in words that survive renaming and moving: things by their ids. "FL-01.authentication is none". */
typedef struct Fact {
    Str text;
    uint32_t key; /* bytes of the text that say what it is about, "FL-01.authentication is "; the rest is the value */
    Span at;      /* where the model says so; none if it says nothing */
} Fact;
typedef Vec(Fact) FactVec;
/* Appends what the verdict rests on, and what would have closed it. The texts live in the arena. Of `why` only what is at work changes. */
void provenance_facts(const Program *p, Provenance *why, Arena *arena, FactVec *out);
/* Appends what a property of a thing is; how far a control is. */
void fact_of_property(const Program *p, ObjId o, PropId prop, Arena *arena, FactVec *out);
void fact_of_control(const Program *p, ObjId control, Arena *arena, FactVec *out);
/* Sorts by text and drops repetitions. */
void facts_tidy(FactVec *facts);
/* Hash of tidied facts, 12 hex digits: the `basis` of decisions. It changes if and only if a text does. */
void facts_basis(const FactVec *facts, char out[13]);
/* The same for a verdict, and from a provenance that is at hand, in whose arena it works. */
void verdict_basis(const RuleSet *r, const Verdict *v, char out[13]);
void provenance_basis(const RuleSet *r, Provenance *why, char out[13]);

/* `why-not RULE at X`: the first condition that was false, and where it was set. Appends readable text. False if the
 * rule has a verdict at the subject after all. */
bool rule_why_not(const RuleSet *r, RuleId rule, ObjId subject, StrBuf *out);

/* Policies: each violation is a Verdict of the policy's pseudo-rule; reported as POLICY_BROKEN or POLICY_UNSURE. */
void policies_check(const RuleSet *r, Program *p);

#endif
