#ifndef CORDON_EMIT_MODEL_PARTS_H
#define CORDON_EMIT_MODEL_PARTS_H
/* What a resolved model consists of, as model.json and comparisons see it: sections of things, and the properties of each kind.
 * Ownership: sections live in the arena they were made in; a KindProps owns its lists until kind_props_free. */
#include "emit/emit.h"

/* Things of one sort, in order of printing. */
typedef struct ModelSection {
    const char *key; /* "elements", the key in model.json */
    ObjId *at;
    uint32_t n;
} ModelSection;
enum { MODEL_SECTIONS = 20 };
/* Everything that the model declares, each thing once. Ranks the objects. */
void model_sections(const Report *r, Arena *a, ModelSection out[MODEL_SECTIONS]);

/* Properties of kinds, found once a kind. Zero-initialised is valid. */
typedef struct KindProps {
    Map known;        /* KindId -> 1 + index of its list */
    Vec(Range) lists; /* into `props` */
    Vec(PropId) props;
} KindProps;
/* In order of declaration: those of the root first, so that things of one sort read alike. A range of `props`. */
Range kind_props(KindProps *k, const Program *p, KindId kind);
void kind_props_free(KindProps *k);

/* What encloses a thing, if it has a name: no module. */
ObjId obj_named_parent(const Program *p, ObjId o);

#endif
