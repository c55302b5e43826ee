#ifndef CORDON_EMIT_PEN_PLACE_H
#define CORDON_EMIT_PEN_PLACE_H
/* Places as the pen writes them. Ownership: everything lives in the arena that pen_places was given. */
#include "emit/emit.h"
#include "emit/pen.h"

/* A place with what stands around it; at the slot that its offset leads to. */
typedef struct PlaceText {
    FileId file; /* 0: none */
    uint32_t lo, n;
    char text[84];
} PlaceText;

typedef struct PenPlaces {
    const Report *r;
    Str *files;      /* by FileId: what stands before the line, as JSON; made when it is asked for */
    PlaceText *kept; /* conditions, which are few and asked for again and again */
    StrBuf name;
    Arena *arena;
} PenPlaces;

PenPlaces pen_places(const Report *r, Arena *arena);
void pen_places_free(PenPlaces *w);
/* "pump.cordon:41:19", or null for no place. */
void pen_place(Pen *pen, PenPlaces *w, Span at);
/* A member with the place of a condition: ,"condition":"std.stride:12:3" */
void pen_condition(Pen *pen, PenPlaces *w, Span at);

#endif
