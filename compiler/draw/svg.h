#ifndef CORDON_DRAW_SVG_H
#define CORDON_DRAW_SVG_H
/* The parts of an SVG picture: symbols that nodes and the legend share (svg.c), labels of flows (svg_flows.c), title,
 * legend and list of flows (svg_frame.c). Ownership: none beyond a call. */
#include "draw/draw.h"

typedef struct Svg {
    const Drawing *d;
    const Geometry *g;
    const Program *p;
    Arena *arena;
    Out *out;
    double dx, dy; /* where the drawing begins on the page */
} Svg;

void svg_text(Svg *s, double x, double y, const char *class, Str text);
/* The symbol of a shape, without text. */
void svg_shape(Svg *s, Shape shape, const char *class, Box at);
/* The pills of a badge, centred; returns their width. With `measure`, draws nothing. */
double svg_badge(Svg *s, const Badge *b, double cx, double cy, bool measure);
/* A red box in the dash pattern of its dimension. */
void svg_boundary(Svg *s, uint32_t dimension, Box at);
void svg_number(Svg *s, Str number, double cx, double cy);
double svg_number_width(Str number);
/* Opens a group with id, class, link to the review document and tooltip; svg_close ends it. */
void svg_open(Svg *s, ObjId obj, const char *class, Str tooltip);
void svg_close(Svg *s, ObjId obj);

void svg_flows(Svg *s);       /* lines and heads */
void svg_flow_labels(Svg *s); /* numbers, texts and badges, where nothing is covered */

/* The title above, the legend and the list of flows below. Each returns its height; with `measure`, draws nothing. */
double svg_header(Svg *s, double width, bool measure);
double svg_legend(Svg *s, double y, double width, bool measure);
double svg_key(Svg *s, double y, double width, bool measure);

#endif
