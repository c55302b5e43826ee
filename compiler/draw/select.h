#ifndef CORDON_DRAW_SELECT_H
#define CORDON_DRAW_SELECT_H
/* Which elements a picture shows one by one and which boundaries it closes into a box. Ownership: a Select owns its
 * vectors until select_free; it refers to the program. */
#include "draw/draw.h"

enum {
    VIEW_READABLE = 16, /* what a generated picture aims at */
    VIEW_NODES = 300,   /* more than that nobody lays out or reads */
};

typedef struct Select {
    const Program *p;
    const Tally *tally;
    ObjVec elements;  /* shown, without ports */
    ObjVec collapsed; /* shown as one box */
    Map shown;        /* ObjId -> 1 for both */
    uint32_t cut;     /* nodes left out because there were too many */
} Select;

void select_start(Select *s, const Program *p, const Tally *tally);
void select_free(Select *s);
/* Shows an element, or a boundary or group as a box, once. */
void select_element(Select *s, ObjId o);
void select_collapsed(Select *s, ObjId o);
/* Shows the members (elements in obj_order), closing boundaries and groups so that at most `budget` nodes come of it,
 * if that can be had. `open` are containers that may not be closed because something else in the picture stands in
 * them, or NULL; `root` is the container that all members are in, or 0. */
void select_members(Select *s, const ObjVec *members, ObjId root, const ObjVec *open, uint32_t budget);
/* Leaves at most `most` nodes, those with the most threats first. */
void select_cut(Select *s, uint32_t most);
/* What stands for an element in the picture: itself, the box around it, or 0. */
ObjId select_shown(const Select *s, ObjId element);

#endif
