#ifndef CORDON_PROGRAM_MODEL_H
#define CORDON_PROGRAM_MODEL_H
/* The model: everything declared, as arrays of plain structures with ids; what rules scan is derived from it once. From here on
 * nobody looks at a tree. Ownership: a Model owns its arrays until model_free; readers take it const. */
#include "program/kinds.h"

enum ObjFlags {
    OBJ_LIBRARY = 1,    /* declared in the standard library: referred to, never analysed */
    OBJ_MODULE = 2,     /* a module itself: a scope without a kind */
    OBJ_TWO_WAY = 4,    /* a flow written with <-> */
    OBJ_BACKGROUND = 8, /* belongs to another test, or to the model while a test runs */
    OBJ_LATE = 16       /* of the built-in library: gets its values when somebody asks for one (obj_bound) */
};

/* Anything declared in the form `kind name`: element, flow, boundary, data, control, evidence, rule, view, decision, ... Half a line
 * of the processor's cache, and all that rules ask of it; what only people ask stands in its Decl. */
typedef struct Object {
    KindId kind;
    ObjId parent;   /* the enclosing object; a module at the top */
    uint32_t props; /* first of its PropVals, in order of PropId; once it is bound */
    uint16_t nprops, flags;
    uint32_t index; /* place in its role's list: flows, elements or boundaries; of a module its number */
    uint32_t set;   /* number of the set of boundaries around it; once derived */
    uint32_t caps;  /* number of its row of capabilities; once derived */
    Sym name;       /* 0 for a decision that has only an id */
} Object;

/* How an object was declared. */
typedef struct Decl {
    Span span;      /* of the name */
    Sym hash_id;    /* without #; 0 if none */
    Sym was;        /* qualified former name; 0 if none */
    uint32_t title; /* index into texts; 0 = none */
    uint32_t doc;   /* 1 + place of its first /// among the comments of its file; 0 = none */
} Decl;

/* A value that is written somewhere. Small, since rules read little else; where it stands is kept apart (value_place). */
typedef struct PropVal {
    uint16_t prop; /* PropId; LIMIT_PROPERTIES sees to it that it fits */
    uint16_t tag;  /* of the value, as in Value */
    uint32_t a;
} PropVal;

typedef struct Range {
    uint32_t first, n;
} Range;

/* A flow's ends. `from` and `to` are never ports: their owners are the ends, and flow_ports says which they are. */
typedef struct Flow {
    ObjId obj, from, to;
    uint32_t two_way : 1, ports : 31; /* ports: index into Model.flow_ports */
} Flow;
typedef struct FlowPorts {
    ObjId from, to; /* 0 if it does not end at a port */
} FlowPorts;

/* How far a capability is there. The order counts. */
typedef enum CapLevel { CAP_NO, CAP_PLANNED, CAP_UNKNOWN, CAP_IMPLEMENTED, CAP_VERIFIED } CapLevel;

/* Paths that were asked for lately (obj_path), by the low bits of the object, as far as they are short; and the path of the last
 * parent of longer ones, since what is asked about in a row mostly stands in one block. */
enum { PATH_SLOTS = 256, PATH_SHORT = 56 };
typedef struct PathSlot {
    ObjId obj; /* 0: empty */
    uint16_t n;
    bool ascii; /* each byte is a letter, a digit, _ or . */
    bool id;    /* the path is what outputs know the thing by: it has no permanent id */
    char text[PATH_SHORT];
} PathSlot;
typedef struct PathCache {
    PathSlot *slots; /* NULL before the first */
    ObjId parent;
    StrBuf path;
} PathCache;

typedef struct Model {
    Vec(Object) objects; /* by ObjId; [0] unused */
    Vec(Decl) decls;     /* of each of them */
    Vec(PropVal) props;
    Vec(uint32_t)
        places;     /* of each of them its node, in the tree of its object's file or of the one that `elsewhere` says */
    Map elsewhere;  /* index into props -> file, of values that stand in another file than their object (`extend`) */
    Vec(Str) texts; /* [0] is "" */
    Vec(double) numbers;
    Vec(Range) sets; /* into set_values */
    Vec(Value) set_values;
    Map shared_sets;           /* hash of the members -> 1 + index into sets: short lists that say the same are one */
    Vec(Flow) ends;            /* written ends, by flow object; sorted by obj */
    Vec(FlowPorts) flow_ports; /* [0]: no ports */
    Arena arena;

    /* Derived by model_derive for the objects that are analysed: */
    Vec(ObjId) elements; /* not ports */
    Vec(ObjId) ports;
    Vec(ObjId) boundaries;
    struct {
        const Flow *at; /* into `ends`: they are a run of it */
        uint32_t n;
    } flows;
    Vec(ObjId) others; /* data, assets, controls, ... everything else that is analysed */
    /* Adjacency by element index: directed halves. A half is flow index * 2, + 1 for the way back of <->. */
    Vec(uint32_t) out_start, out_half, in_start, in_half;
    /* Boundary sets, hash-consed: by Object.set. */
    Vec(Range) boundary_sets; /* into boundary_pool, sorted by ObjId */
    Vec(ObjId) boundary_pool;
    /* Capabilities, hash-consed: by Object.caps a row of ncaps CapLevels. */
    Vec(uint8_t) cap_rows;
    uint32_t ncaps;
    Vec(uint32_t) cap_number;  /* by ObjId: 1 + number of a capability; else 0, or shorter */
    Vec(uint8_t) any_protocol; /* by number of a capability: 1 if some protocol provides it; once that was asked for */
    Vec(ObjId) protocols;
    Vec(ObjId) evidence; /* all evidence, sorted by the control it belongs to, then id */
    ObjId indexed;       /* objects below it have been looked at for these two */
    Vec(uint32_t) rank;  /* by ObjId, once program_rank was called; else shorter than objects */
    PathCache paths;
} Model;

typedef struct Program Program;

static inline const Decl *model_decl(const Model *m, ObjId o)
{
    return &m->decls.at[o];
}

static inline Value said_value(const PropVal *v)
{
    return (Value){v->tag, v->a};
}

static inline const Object *model_obj(const Model *m, ObjId o)
{
    return &m->objects.at[o];
}

/* ---- reading (program/model.c) ---- */

/* kind_is and obj_is stand in program.h, inline: everybody asks them all the time. */
/* The property's value on an object: what was written, else the default of its kind, else V_UNKNOWN or V_ABSENT. If `written` is
 * not NULL it gets the written one, or NULL. Asking for a property the kind does not have gives V_ABSENT. */
Value obj_value(const Program *p, ObjId o, PropId prop, const PropVal **written);
Value obj_known(const Program *p, ObjId o, Known k);
/* Where a value of the object, as obj_value says that it is written, stands; none if it is NULL. */
Span value_place(const Program *p, ObjId o, const PropVal *written);
/* A property by its name, for what only the library knows the kinds of; absent if there is none, or no object. */
/* Has what value_place needs of the object's values fetched into the cache of the processor, for who asks for it in a moment. */
void value_places_foresee(const Program *p, ObjId o);
Value prop_value(const Program *p, ObjId o, const char *name);
Str prop_text(const Program *p, ObjId o, const char *name); /* empty if it is no text */
/* prop_value with the place where it is written, or that of the object. */
Value prop_said(const Program *p, ObjId o, const char *name, Span *place);
/* The property of that name for a kind, or 0. */
PropId kind_prop(const Program *p, KindId kind, Sym name);
PropId kind_prop_z(const Program *p, KindId kind, const char *name);
/* A kind of the library by its name, whatever the model calls its own; 0. */
KindId library_kind(const Program *p, const char *name);
/* The property's type as narrowed for the kind. */
Type prop_type(const Program *p, KindId kind, PropId prop);
/* The default of a property for a kind: the nearest refinement, else what the property was declared with. */
Value kind_preset(const Program *p, KindId kind, PropId prop);
/* Members of a set; one value is a set of one; unknown and absent are empty. */
Range value_members(const Model *m, const Value *v, const Value **members);
typedef Vec(ObjId) ObjVec;
/* Appends the things that a value names. */
void refs_add(const Program *p, Value v, ObjVec *out);
/* Whether a known list of an object names the thing. */
bool obj_lists(const Program *p, ObjId o, Known list, ObjId thing);
Str value_text_of(const Model *m, Value v); /* V_TEXT only, else "" */
double value_number(const Model *m, Value v);
/* Appends the value as people read it: names of things, values of enumerations, 2026-03-02, yes/no as true/false, a, b, c. */
void value_print(const Program *p, Value v, StrBuf *out);

/* Appends a day count since 1970-01-01 as 2026-03-02. */
void date_print(int64_t days, StrBuf *out);

Str obj_title(const Program *p, ObjId o); /* the title, else the name */
Str obj_name(const Program *p, ObjId o);  /* last part only */
/* What the comments `///` before the declaration say, in the arena; empty if there are none. */
Str obj_doc(const Program *p, ObjId o, Arena *a);
/* Appends the qualified name, `Hospital.Ward.PumpApp`; modules are not part of it. */
void obj_path(const Program *p, ObjId o, StrBuf *out);
/* The same where it is short, until the next path is asked for; else NULL. */
const PathSlot *obj_short_path(const Program *p, ObjId o);
/* The same, where it was asked for lately. */
static inline const PathSlot *obj_recent_path(const Model *m, ObjId o)
{
    const PathSlot *slot = m->paths.slots ? m->paths.slots + o % PATH_SLOTS : NULL;
    return slot && o && slot->obj == o ? slot : NULL;
}
/* Appends the id that survives edits: the permanent id without #, else the qualified name. */
void obj_id(const Program *p, ObjId o, StrBuf *out);
/* Order for everything printed: by place in the tree of names, siblings by name (or #id), by bytes. Total, and independent of the
 * order of declarations and files. Fast after program_rank(): then Model.rank holds it by ObjId. */
int obj_order(const Program *p, ObjId a, ObjId b);
/* Objects of one kind (and its subkinds) that are analysed, in obj_order. In the arena. */
typedef struct ObjList {
    ObjId *at;
    uint32_t n;
} ObjList;
ObjList objs_of_role(const Program *p, Role role, Arena *a);
/* Puts a list into obj_order and drops repetitions, after program_rank(). */
void objs_tidy(const Program *p, ObjVec *v);
/* The i-th `category` of a rule, or of a threat found by people; 0 if it has none. */
ObjId category_of(const Program *p, ObjId rule_or_threat, uint32_t i);
/* Whether what it finds is missing in the model, and no threat. */
bool finds_gaps(const Program *p, ObjId rule_or_threat);

/* ---- structure (program/derive.c) ---- */

/* Computes everything derived. `first`: objects before it are background. Reports boundary cycles. Call again after a change. */
void model_derive(Program *p, ObjId first);
/* B(x), sorted by ObjId. */
Range model_boundaries(const Model *m, ObjId o, const ObjId **set);
bool obj_inside(const Model *m, ObjId o, ObjId boundary);
/* The boundaries that the directed half leaves (B(from) \ B(to)) or enters. Appends to `out`. */
void half_leaves(const Model *m, uint32_t half, ObjVec *out);
void half_enters(const Model *m, uint32_t half, ObjVec *out);
/* How many flows cross each boundary, by ObjId. In the arena. */
uint32_t *model_crossings(const Model *m, Arena *a);
static inline const FlowPorts *flow_ports(const Model *m, const Flow *f)
{
    return &m->flow_ports.at[f->ports];
}
static inline ObjId half_from(const Model *m, uint32_t half)
{
    const Flow *f = &m->flows.at[half >> 1];
    return half & 1 ? f->to : f->from;
}
static inline ObjId half_to(const Model *m, uint32_t half)
{
    const Flow *f = &m->flows.at[half >> 1];
    return half & 1 ? f->from : f->to;
}
/* The innermost boundary (or group, or element) that the object stands in by nesting, or 0. */
ObjId obj_primary_boundary(const Program *p, ObjId o);

/* ---- capabilities (program/caps.c) ---- */

/* 1 + the number of a capability; 0 if it is none. */
uint32_t cap_number(const Model *m, ObjId capability);
CapLevel cap_level(const Program *p, ObjId o, ObjId capability);
/* What gives, denies or leaves open a capability on an object. */
typedef struct CapSource {
    CapLevel level;
    ObjId by;    /* control or protocol; 0 if a property of the object says it */
    PropId prop; /* the property that says it: provides-property, `protocol` or `controls` */
    Span span;   /* where it is written; none for a default */
    bool denies; /* the property says no */
} CapSource;
typedef Vec(CapSource) CapSources;
void cap_sources(const Program *p, ObjId o, ObjId capability, CapSources *out);
/* The level a control reaches: by status and evidence; a failed test lowers it to planned, retired is CAP_NO. */
CapLevel control_level(const Program *p, ObjId control);
/* The evidence of a control, in order of declaration. */
Range control_evidence(const Model *m, ObjId control);

void model_free(Model *m);

#endif
