#ifndef CORDON_PROGRAM_BUILD_H
#define CORDON_PROGRAM_BUILD_H
/* Between the files that build a program. Private to compiler/program/. */
#include "base/limits.h"
#include "program/program.h"

/* names.c */
uint32_t ref_pack(Ref r);
Ref ref_unpack(uint32_t v);
Ref scope_get(const Program *p, ObjId scope, Sym name);
/* Declares a name in a scope; reports DUPLICATE_NAME and keeps the first. */
bool scope_put(Program *p, ObjId scope, Sym name, Ref r, Span at);
/* The module whose text declares something in scope o, if names looked up from there would end in another one; else 0. */
ObjId foreign_text(const Program *p, uint32_t module, ObjId o);
/* The kind of that name as seen from a module, or 0; reports nothing. */
KindId program_kind(Program *p, ObjId module, Sym qname);

/* load.c -> declare.c: modules are parsed; binding goes library first. */
void program_declare_types(Program *p);                      /* kinds.c: enumerations, kinds, properties */
void program_declare_things(Program *p, bool library_tests); /* declare.c: objects, templates, rules, ... */
void program_bind_types(Program *p);                         /* kinds.c: defaults and capabilities of properties */
void program_bind_things(Program *p, bool late); /* bind.c: property values and flow ends; late: see obj_bound */

/* An object to bind: its properties stand in the children of `node` (a BODY, a RULE, ...). */
typedef struct Pending {
    ObjId obj;
    uint32_t module;
    NodeId node; /* the DECL, RULE, VIEW, ... */
} Pending;
/* More properties for an object, by `extend`. */
typedef struct Extension {
    uint32_t module;
    NodeId body;
    ObjId scope;
    uint32_t next; /* 1 + index of the next, or 0 */
} Extension;
typedef struct UseSite {
    ObjId group, scope;
    uint32_t module, template_id;
    NodeId node;
} UseSite;
struct Declaring {
    Vec(Pending) pending;
    Vec(UseSite) uses;
    Vec(Extension) extensions;
    Vec(uint32_t) active; /* templates being used in each other */
    uint32_t made;        /* objects that templates made */
};
typedef struct Declaring Declaring;

ObjId object_new(Program *p, KindId kind, Sym name, ObjId parent, Span span, unsigned flags);
uint32_t text_new(Program *p, Str text); /* 0 for the empty text */
/* declare.c: the declarations of a body as objects below `scope`. */
void declare_body(Program *p, Declaring *d, uint32_t module, ObjId scope, NodeId body, unsigned flags);
void declare_uses(Program *p, Declaring *d);                 /* arguments of templates */
Type program_type(Program *p, uint32_t module, NodeId type); /* kinds.c */
/* value.c: the set of what stands from `from` on in Model.set_values, or an earlier one with the same members. */
Value set_closed(Model *m, uint32_t from);
/* bind.c */
void bind_pending(Program *p, Declaring *d);
void program_check_model(Program *p); /* check.c: what values say together */
void declaring_free(Declaring *d);
/* A reference to an object, reported and typed against a kind. 0 if it failed. */
ObjId bind_ref(Program *p, ObjId scope, KindId kind, Str what, Sym qname, Span at);

/* derive.c, caps.c */
void caps_derive(Program *p, ObjId first);
void evidence_index(Program *p); /* Model.evidence */

#endif
