#ifndef CORDON_PROGRAM_PROGRAM_H
#define CORDON_PROGRAM_PROGRAM_H
/* A program is everything one run knows: modules with their trees, kinds, enumerations, names and the model. Built by loading
 * (load.c), declaring (declare.c, kinds.c) and binding (bind.c). Ownership: owns all of it until program_free; the sources,
 * interner and diagnostics belong to the caller and outlive it. */
#include "program/model.h"
#include "source/diag.h"
#include "syntax/ast.h"

typedef struct Import {
    ObjId module;
    Sym alias;   /* 0 if none: then its names are visible plainly */
    NodeId only; /* first NAME node if names were listed, else 0 */
    Span span;
} Import;

typedef struct Module {
    ObjId obj;      /* its scope */
    Sym name;       /* "std.stride"; the root is its file's stem */
    Str short_name; /* "stride", the prefix of rule ids: of the library the part behind `std`, else the last part */
    Tree tree;
    bool library;
    Vec(Import) imports; /* in order of appearance */
} Module;

/* What a name stands for. */
typedef enum RefTag { REF_NONE, REF_OBJ, REF_KIND, REF_ENUM, REF_TEMPLATE, REF_VALUE, REF_ERROR } RefTag;
typedef struct Ref {
    RefTag tag;
    uint32_t id;
} Ref;

/* A template, and what its parameters of other types than things stand for in one use. */
typedef struct Template {
    Sym name;
    uint32_t module;
    NodeId node;
} Template;
typedef struct KindNode {
    uint32_t module;
    NodeId node;
} KindNode;
typedef struct ParamValue {
    Type type;
    Value value;
} ParamValue;

/* A declaration whose meaning later stages read from its tree: rule, policy, test, decision, view, estimate, risk policy. */
typedef struct Stanza {
    ObjId obj;
    uint32_t module; /* index into Program.modules */
    NodeId node;
} Stanza;

struct Program {
    Sources *sources;
    Interner *names;
    Diags *diags;
    Arena arena;
    Vec(Module) modules;     /* [0] unused; [1] is the file named on the command line */
    Vec(uint32_t) module_of; /* by FileId: the module that a file was read for; 0 if none, or shorter */
    Vec(Kind) kinds;         /* [0] unused */
    Vec(Prop) props;         /* [0] unused */
    Vec(ObjId) prop_caps;
    Vec(PropId) prop_caps_of;     /* for each of them the property */
    Vec(uint32_t) prop_caps_then; /* and the next of the same capability; behind the last the first */
    Map last_prop_cap;            /* capability -> 1 + the last of them */
    Vec(Refinement) refinements;  /* [0] unused */
    Map refine_map;               /* (kind, prop) -> index into refinements */
    Vec(Enum) enums;              /* [0] unused */
    Vec(Const) consts;            /* [0] unused */
    Vec(ObjId) prelude;           /* module scopes visible everywhere: std.base and what it imports */
    KindId role_kind[ROLE_COUNT];
    PropId known[KNOWN_COUNT];
    Map prop_map;                 /* (kind, name) -> PropId, own declarations only */
    Vec(uint32_t) declared;       /* by Sym: what is declared by that name, as names.c packs it */
    Map scope_map;                /* (scope ObjId, name) -> Ref, packed: of names that are declared more than once */
    Vec(KindNode) kind_nodes;     /* by KindId - 1 */
    Map const_map;                /* (EnumId, name) -> ConstId */
    Map kind_cache;               /* (module ObjId, name) -> KindId: kinds stand at the top of modules only */
    Map name_cache;               /* (scope, dotted name) -> Ref, packed; names only grow until binding begins */
    Map group_home;               /* what `use` made -> module scope of its template: where its names go on */
    Map extends;                  /* ObjId -> 1 + index of its first Extension */
    Vec(Template) templates;      /* [0] unused */
    Vec(ParamValue) param_values; /* [0] unused */
    Map hash_ids;                 /* Sym of an #ID -> ObjId */
    Vec(ObjId) capabilities;      /* by capability number (row index in cap_rows) */
    Vec(Stanza) rules, policies, tests, decisions, views, estimates, risk_policies;
    Model model;
    ObjId lexical; /* the module whose text is being bound, where it is not that of the enclosing scope (`extend`) */
    struct Declaring *declaring; /* while a program is being built */
    struct PropSlot *prop_slots; /* properties that were looked for lately, by kind and name (bind.c) */
    ObjId library_end;           /* objects below it are the standard library's */
    Vec(KindNode) late;          /* where objects with OBJ_LATE stand; their `props` is an index of it */
    Sym unknown_sym, true_sym, false_sym;
    int32_t today; /* days since 1970-01-01: what `today` means in conditions */
};

/* Where modules come from. */
typedef struct LoadOptions {
    Reader reader;
    const char *const *dirs; /* -I folders */
    size_t ndirs;
    const char *stdlib_dir; /* --stdlib, or NULL for the embedded one */
    const char *const
        *library; /* its modules, sorted by bytes, for a run without a root; not needed for the embedded one */
    size_t nlibrary;
    const char *also; /* a module of the library that is read whether or not it is imported, or NULL */
    bool tests;       /* declare the tests of the standard library */
    int32_t today;
} LoadOptions;

/* Begins the interner of a program: with the keywords and the names of the built-in library. */
void program_names(Interner *names);
/* Loads the root file and everything it imports, declares, binds and derives. Always leaves a usable (perhaps empty) program;
 * whether it is valid is said by diags->errors. `root` may be NULL: the standard library alone (all of it: `cordon test`). */
void program_load(Program *p, Sources *sources, Interner *names, Diags *diags, const char *root,
                  const LoadOptions *options);
void program_free(Program *p);

/* Looks a dotted name up from a scope outwards, then in the imports. Reports nothing. If it is ambiguous, REF_ERROR. */
Ref program_lookup(const Program *p, ObjId scope, Sym qname);
/* The same, remembered for the next time. */
Ref program_find(Program *p, ObjId scope, Sym qname);
/* As program_lookup, but reports UNKNOWN_NAME (with a suggestion among names of the wanted sort) or AMBIGUOUS_NAME. */
Ref program_resolve(Program *p, ObjId scope, Sym qname, Span at, RefTag wanted);
/* The value of an enumeration by name, or 0. */
ConstId enum_const(const Program *p, EnumId e, Sym name);
EnumId enum_by_name(const Program *p, ObjId scope, const char *name);
const Module *module_of(const Program *p, ObjId o);
/* Numbers every object by its place in the order of printing (see obj_order); cheap to call again. Needed before many
 * comparisons; obj_order works without. */
void program_rank(Program *p);

/* Binds the declarations of a BODY as new objects under a fresh scope below `parent`; for the `given` of tests. Returns the scope. */
ObjId program_bind_given(Program *p, uint32_t module, ObjId parent, NodeId body);
/* Sets one property from a value node, as `with` does: any earlier value of it is replaced. False if it did not fit (reported).
 * The old values stay in Model.props, so that an object's former props and nprops can be put back. */
bool program_set_value(Program *p, uint32_t module, ObjId scope, ObjId o, PropId prop, NodeId value);
/* A value node typed against a type; V_ABSENT with a report if it does not fit. */
Value program_value(Program *p, uint32_t module, ObjId scope, Type type, Str what, NodeId value);

/* Gives an object with OBJ_LATE its values. Nothing that was read of the model before moves. */
void program_bind_late(Program *p, ObjId o);
/* The object, with its values: for those who go through them. Who asks for one value has obj_value. */
static inline const Object *obj_bound(const Program *p, ObjId o)
{
    if (model_obj(&p->model, o)->flags & OBJ_LATE)
        program_bind_late((Program *)(uintptr_t)p, o); /* a cache: the model reads the same before and after */
    return model_obj(&p->model, o);
}

static inline KindId role_kind(const Program *p, Role r)
{
    return p->role_kind[r];
}

/* Whether a kind is another or below it. */
static inline bool kind_is(const Program *p, KindId kind, KindId ancestor)
{
    return ancestor && kind >= ancestor && kind <= p->kinds.at[ancestor].last;
}

static inline bool obj_is(const Program *p, ObjId o, Role role)
{
    return o && kind_is(p, model_obj(&p->model, o)->kind, p->role_kind[role]);
}

#endif
