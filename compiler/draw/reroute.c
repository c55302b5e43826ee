/* Mends lines that leave a boundary which holds both their ends: drawn so, a flow would seem to cross a line of trust that it never
 * crosses. Such a line is drawn anew as one curve, bent as little as keeps it inside and off other elements, if that is better than
 * what the layout gave. Requires a proven geometry. */
#include "draw/draw.h"

#include <math.h>

enum { STEPS = 48, HEAD = 8 };

/* What makes a line read wrongly, along its whole length. */
static double cost_of(const Drawing *d, const Geometry *g, uint32_t edge, const Spline *s)
{
    const DrawEdge *e = &d->edges[edge];
    uint32_t from = d->nodes[e->from].cluster, to = d->nodes[e->to].cluster;
    double cost = 0;
    for (uint32_t k = 1; k < STEPS; k++) {
        Point at = spline_at(s, (double)k / STEPS);
        for (uint32_t c = 1; c < d->nclusters; c++) {
            bool in = box_holds(&g->clusters[c], at);
            bool a = drawing_inside(d, from, c), b = drawing_inside(d, to, c);
            cost += in && !a && !b ? 1 : !in && a && b ? 10 : 0;
        }
        for (uint32_t n = 1; n < d->nnodes; n++)
            cost += n != e->from && n != e->to && box_holds(&g->nodes[n], at) ? 8 : 0;
    }
    return cost;
}

/* Whether some of the line is outside a box that holds both its ends. */
static bool leaves_home(const Drawing *d, const Geometry *g, uint32_t edge)
{
    const DrawEdge *e = &d->edges[edge];
    for (uint32_t c = d->nodes[e->from].cluster; c; c = d->clusters[c].parent) {
        if (!drawing_inside(d, d->nodes[e->to].cluster, c))
            continue;
        for (uint32_t k = 1; k < STEPS; k++)
            if (!box_holds(&g->clusters[c], spline_at(&g->edges[edge], (double)k / STEPS)))
                return true;
    }
    return false;
}

static Point middle(const Box *b)
{
    return (Point){(b->x0 + b->x1) / 2, (b->y0 + b->y1) / 2};
}

static Point between(Point a, Point b, double t)
{
    return (Point){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

/* The part of a cubic from `t0` to `t1`, into four control points. */
static void part_of(const Point p[4], double t0, double t1, Point out[4])
{
    Point q[4];
    for (int side = 0; side < 2; side++) {
        const Point *in = side ? q : p;
        double t = side ? (t1 - t0) / (1 - t0) : t0;
        Point a = between(in[0], in[1], t), b = between(in[1], in[2], t), c = between(in[2], in[3], t);
        Point ab = between(a, b, t), bc = between(b, c, t), m = between(ab, bc, t);
        Point head[4] = {in[0], a, ab, m}, tail[4] = {m, bc, c, in[3]};
        memcpy(side ? out : q, side ? head : tail, sizeof head);
    }
}

/* The parameter where the curve leaves the box around its start (or, from the other end, the one around its end), and `further` along. */
static double leaves_at(const Spline *s, const Box *box, bool from_end, double further)
{
    Point border = {0, 0};
    bool out = false;
    for (uint32_t k = 0; k <= 400; k++) {
        double t = from_end ? 1 - k / 400.0 : k / 400.0;
        Point at = spline_at(s, t);
        if (!out && box_holds(box, at))
            continue;
        border = out ? border : at;
        out = true;
        if (hypot(at.x - border.x, at.y - border.y) >= further)
            return t;
    }
    return from_end ? 1 : 0;
}

/* A curve from box to box, bent to the side by `bend` points; heads are left out of it as layouts do. */
static bool draw_curve(const Drawing *d, const Geometry *g, uint32_t edge, double bend, Point out[4], Spline *made)
{
    const DrawEdge *e = &d->edges[edge];
    const Box *a = &g->nodes[e->from], *b = &g->nodes[e->to];
    Point from = middle(a), to = middle(b);
    double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);
    if (length < 1)
        return false;
    Point side = {-dy / length * bend, dx / length * bend}, near = between(from, to, 0.3), far = between(from, to, 0.7);
    Point whole[4] = {from, {near.x + side.x, near.y + side.y}, {far.x + side.x, far.y + side.y}, to};
    Spline all = {.at = whole, .n = 4};
    const Spline *old = &g->edges[edge];
    double tip0 = leaves_at(&all, a, false, 0), tip1 = leaves_at(&all, b, true, 0);
    double t0 = leaves_at(&all, a, false, old->has_start ? HEAD : 0),
           t1 = leaves_at(&all, b, true, old->has_end ? HEAD : 0);
    if (t0 >= t1 || t1 <= 0 || t0 >= 1)
        return false;
    *made = (Spline){.at = out, .n = 4, .has_start = old->has_start, .has_end = old->has_end};
    made->start = spline_at(&all, tip0);
    made->end = spline_at(&all, tip1);
    part_of(whole, t0, t1, out);
    return true;
}

void geometry_mend(const Drawing *d, Geometry *g, Arena *arena)
{
    static const double bends[] = {0, 25, -25, 50, -50, 85, -85, 130, -130, 190, -190, 260, -260};
    for (uint32_t i = 1; i < d->nedges; i++) {
        if (d->edges[i].attach || d->edges[i].from == d->edges[i].to || !leaves_home(d, g, i))
            continue;
        double best = cost_of(d, g, i, &g->edges[i]);
        Point *points = NEWN(arena, Point, 4);
        for (size_t k = 0; k < sizeof bends / sizeof *bends; k++) {
            Point four[4];
            Spline s;
            /* Two flows between the same elements must not lie upon each other. */
            double bend = bends[k] + 9 * (double)(i % 3);
            if (!draw_curve(d, g, i, bend, four, &s))
                continue;
            double cost = cost_of(d, g, i, &s) + fabs(bends[k]) / 60;
            if (cost >= best)
                continue;
            best = cost;
            memcpy(points, four, sizeof four);
            s.at = points;
            g->edges[i] = s;
        }
    }
}
