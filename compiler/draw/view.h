#ifndef CORDON_DRAW_VIEW_H
#define CORDON_DRAW_VIEW_H
/* Diagrams: which pictures there are, their DOT, and their layout, proven before it is published. Ownership: what is planned lives in
 * the arena it was planned in. */
#include "emit/emit.h"

/* One picture: which elements and flows it shows. The views of the model, one context view, one per boundary with content. */
typedef struct View {
    Str name; /* file stem: [a-z0-9_.-] only, unique, stable */
    Str title;
    Str scope; /* one sentence: what is shown and what is not */
    ObjId obj; /* the `view`, the boundary, or 0 for the context */
    ObjId *elements;
    uint32_t nelements; /* with ports; in obj_order; neighbours that exchange flows are included */
    ObjId *collapsed;
    uint32_t ncollapsed; /* boundaries and groups drawn as one box each, their content hidden */
    ObjId *boundaries;
    uint32_t nboundaries; /* boundaries and groups around what is shown */
    uint32_t *flows;
    uint32_t nflows; /* indices into Model.flows */
    bool show_numbers, show_data, show_threats, show_protocols;
    const struct Tally *tally; /* numbers and badges, made once for all views (draw/draw.h) */
} View;
typedef struct Views {
    View *at;
    uint32_t n;
} Views;
Views views_plan(const Report *r, Arena *arena);
void emit_view_dot(const Report *r, const View *v, Out *out);
/* Runs Graphviz on a DOT text and checks the laid-out geometry. On success appends the SVG to `svg`. Else `why` says why the picture
 * is not published: "dot was not found", "...". Never runs a shell; stops after a time limit. */
typedef enum LayoutStatus { LAYOUT_OK, LAYOUT_NO_DOT, LAYOUT_FAILED, LAYOUT_WRONG } LayoutStatus;
LayoutStatus layout_svg(const Report *r, const View *v, Str dot, StrBuf *svg, StrBuf *why);

#endif
