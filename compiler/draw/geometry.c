/* Reads the layout of Graphviz back, proves that it shows every element inside its own boundaries and no other, and
 * judges how well it reads. Requires what `dot -Tjson0` printed for the drawing; leaves boxes and lines with y
 * growing downwards. */
#include <jansson.h> /* first: emit.h gives names of its own to three functions */

#include "draw/draw.h"

#include <math.h>

/* ---- reading the layout ---- */

static const char *json_text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* Reads up to `most` numbers separated by commas or blanks. Returns how many. */
static unsigned read_numbers(const char **at, double *out, unsigned most)
{
    unsigned n = 0;
    while (n < most) {
        while (**at == ',' || **at == ' ')
            ++*at;
        char *end;
        double value = strtod(*at, &end);
        if (end == *at || !(value > -1e9 && value < 1e9))
            break;
        out[n++] = value;
        *at = end;
    }
    return n;
}

static bool read_box(const char *text, Box *out)
{
    double v[4];
    if (read_numbers(&text, v, 4) != 4)
        return false;
    *out = (Box){v[0], v[1], v[2], v[3]};
    return true;
}

static bool read_node(const json_t *object, Box *out)
{
    const char *pos = json_text(object, "pos"), *width = json_text(object, "width"),
               *height = json_text(object, "height");
    double at[2], w, h;
    if (read_numbers(&pos, at, 2) != 2 || !read_numbers(&width, &w, 1) || !read_numbers(&height, &h, 1))
        return false;
    *out = (Box){at[0] - w * 36, at[1] - h * 36, at[0] + w * 36, at[1] + h * 36};
    return true;
}

/* "s,x,y e,x,y x,y x,y ...": tips of arrow heads, then control points. */
static bool read_spline(const char *pos, Arena *arena, Spline *out)
{
    double v[2];
    while (*pos == 's' || *pos == 'e') {
        bool start = *pos++ == 's';
        if (read_numbers(&pos, v, 2) != 2)
            return false;
        *(start ? &out->start : &out->end) = (Point){v[0], v[1]};
        *(start ? &out->has_start : &out->has_end) = true;
        while (*pos == ' ')
            pos++;
    }
    Vec(Point) points = {0};
    while (read_numbers(&pos, v, 2) == 2)
        vec_push(&points, (Point){v[0], v[1]});
    bool ok = points.n >= 4 && points.n % 3 == 1;
    out->at = NEWN(arena, Point, points.n + 1);
    out->n = ok ? points.n : 0;
    for (uint32_t i = 0; i < points.n; i++)
        out->at[i] = points.at[i];
    vec_free(&points);
    return ok;
}

/* The number behind a prefix, "n12" -> 12, if it is less than `end`; else 0. */
static uint32_t numbered(const char *name, const char *prefix, uint32_t end)
{
    size_t n = strlen(prefix);
    if (strncmp(name, prefix, n) != 0)
        return 0;
    unsigned long v = strtoul(name + n, NULL, 10);
    return v < end ? (uint32_t)v : 0;
}

static void flip_box(Box *b, double height)
{
    *b = (Box){b->x0, height - b->y1, b->x1, height - b->y0};
}

/* Pictures count downwards, Graphviz upwards. */
static void flip(const Drawing *d, Geometry *g)
{
    double height = g->frame.y1;
    for (uint32_t i = 1; i < d->nnodes; i++)
        flip_box(&g->nodes[i], height);
    for (uint32_t i = 1; i < d->nclusters; i++)
        flip_box(&g->clusters[i], height);
    for (uint32_t i = 1; i < d->nedges; i++) {
        Spline *s = &g->edges[i];
        s->start.y = height - s->start.y;
        s->end.y = height - s->end.y;
        for (uint32_t k = 0; k < s->n; k++)
            s->at[k].y = height - s->at[k].y;
    }
    flip_box(&g->frame, height);
}

static void enclose(Box *frame, double x, double y)
{
    *frame = (Box){fmin(frame->x0, x), fmin(frame->y0, y), fmax(frame->x1, x), fmax(frame->y1, y)};
}

/* The frame of what is drawn, without the room Graphviz keeps for a title. */
static void frame_all(const Drawing *d, Geometry *g)
{
    Box frame = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (uint32_t i = 1; i < d->nnodes; i++) {
        enclose(&frame, g->nodes[i].x0, g->nodes[i].y0);
        enclose(&frame, g->nodes[i].x1, g->nodes[i].y1);
    }
    for (uint32_t i = 1; i < d->nclusters; i++) {
        enclose(&frame, g->clusters[i].x0, g->clusters[i].y0);
        enclose(&frame, g->clusters[i].x1, g->clusters[i].y1);
    }
    for (uint32_t i = 1; i < d->nedges; i++)
        for (uint32_t k = 0; k < g->edges[i].n; k++)
            enclose(&frame, g->edges[i].at[k].x, g->edges[i].at[k].y);
    g->frame = d->nnodes > 1 ? (Box){frame.x0 - 4, frame.y0 - 4, frame.x1 + 4, frame.y1 + 4} : (Box){0, 0, 0, 0};
}

static bool read_objects(const Drawing *d, const json_t *objects, Geometry *g, uint32_t *found)
{
    size_t i;
    const json_t *object;
    json_array_foreach(objects, i, object)
    {
        const char *name = json_text(object, "name");
        uint32_t cluster = numbered(name, "cluster_", d->nclusters), node = numbered(name, "n", d->nnodes);
        if (cluster && !read_box(json_text(object, "bb"), &g->clusters[cluster]))
            return false;
        if (node && !read_node(object, &g->nodes[node]))
            return false;
        *found += cluster || node;
    }
    return true;
}

static bool read_edges(const Drawing *d, const json_t *edges, Arena *arena, Geometry *g, uint32_t *found)
{
    size_t i;
    const json_t *edge;
    json_array_foreach(edges, i, edge)
    {
        uint32_t at = numbered(json_text(edge, "comment"), "e", d->nedges);
        if (at && !read_spline(json_text(edge, "pos"), arena, &g->edges[at]))
            return false;
        *found += at != 0;
    }
    return true;
}

bool geometry_read(const Drawing *d, Str json, Arena *arena, Geometry *out, StrBuf *why)
{
    json_error_t error;
    json_t *root = json_loadb(json.n ? json.s : "", json.n, 0, &error);
    *out = (Geometry){{0, 0, 0, 0},
                      NEWN(arena, Box, d->nnodes + 1),
                      NEWN(arena, Box, d->nclusters + 1),
                      NEWN(arena, Spline, d->nedges + 1)};
    uint32_t found = 0, due = d->nnodes + d->nclusters + d->nedges - 3;
    bool ok = root && read_box(json_text(root, "bb"), &out->frame);
    ok = ok && read_objects(d, json_object_get(root, "objects"), out, &found);
    ok = ok && read_edges(d, json_object_get(root, "edges"), arena, out, &found);
    json_decref(root);
    if (ok && found == due) {
        flip(d, out);
        frame_all(d, out);
        return true;
    }
    if (!root)
        strbuf_format(why, "its layout could not be read: %s", error.text);
    else if (ok)
        strbuf_format(why, "its layout holds %u parts, not %u", found, due);
    else
        strbuf_addz(why, "its layout could not be read");
    return false;
}

/* ---- the proof ---- */

/* Half a point: what rounding in the layout can make. */
static const double slack = 0.5;

static bool box_within(const Box *inner, const Box *outer)
{
    return inner->x0 >= outer->x0 - slack && inner->x1 <= outer->x1 + slack && inner->y0 >= outer->y0 - slack &&
           inner->y1 <= outer->y1 + slack;
}

static bool box_apart(const Box *a, const Box *b)
{
    return a->x1 <= b->x0 + slack || b->x1 <= a->x0 + slack || a->y1 <= b->y0 + slack || b->y1 <= a->y0 + slack;
}

static bool misplaced(const Drawing *d, ObjId what, const char *where, uint32_t cluster, StrBuf *why)
{
    const Program *p = d->report->program;
    strbuf_format(why, "`%.*s` came out %s `%.*s`", STR_FMT(obj_title(p, what)), where,
                  STR_FMT(obj_title(p, d->clusters[cluster].obj)));
    return false;
}

bool geometry_prove(const Drawing *d, const Geometry *g, StrBuf *why)
{
    for (uint32_t c = 1; c < d->nclusters; c++) {
        for (uint32_t n = 1; n < d->nnodes; n++) {
            bool inside = drawing_inside(d, d->nodes[n].cluster, c);
            if (inside && !box_within(&g->nodes[n], &g->clusters[c]))
                return misplaced(d, d->nodes[n].obj, "outside", c, why);
            if (!inside && !box_apart(&g->nodes[n], &g->clusters[c]))
                return misplaced(d, d->nodes[n].obj, "inside", c, why);
        }
        for (uint32_t b = 1; b < d->nclusters; b++) {
            if (b != c && drawing_inside(d, b, c) && !box_within(&g->clusters[b], &g->clusters[c]))
                return misplaced(d, d->clusters[b].obj, "outside", c, why);
            if (b != c && !drawing_inside(d, b, c) && !drawing_inside(d, c, b) &&
                !box_apart(&g->clusters[b], &g->clusters[c]))
                return misplaced(d, d->clusters[b].obj, "inside", c, why);
        }
    }
    return true;
}

/* ---- how well it reads ---- */

Point spline_at(const Spline *s, double t)
{
    uint32_t pieces = (s->n - 1) / 3;
    double where = t * pieces;
    uint32_t piece = (uint32_t)where < pieces ? (uint32_t)where : pieces - 1;
    double u = where - piece, v = 1 - u;
    const Point *p = s->at + 3 * (size_t)piece;
    double a = v * v * v, b = 3 * v * v * u, c = 3 * v * u * u, e = u * u * u;
    return (Point){a * p[0].x + b * p[1].x + c * p[2].x + e * p[3].x,
                   a * p[0].y + b * p[1].y + c * p[2].y + e * p[3].y};
}

bool box_holds(const Box *b, Point at)
{
    return at.x > b->x0 && at.x < b->x1 && at.y > b->y0 && at.y < b->y1;
}

enum { STEPS = 16 };

/* How much of a line runs through boxes that its flow has nothing to do with, or out of those that hold both its
 * ends. */
static double strays(const Drawing *d, const Geometry *g, uint32_t edge)
{
    const DrawEdge *e = &d->edges[edge];
    uint32_t from = d->nodes[e->from].cluster, to = d->nodes[e->to].cluster;
    double cost = 0;
    for (uint32_t k = 1; k < STEPS; k++) {
        Point at = spline_at(&g->edges[edge], (double)k / STEPS);
        for (uint32_t c = 1; c < d->nclusters; c++) {
            bool in = box_holds(&g->clusters[c], at), a = drawing_inside(d, from, c), b = drawing_inside(d, to, c);
            cost += in && !a && !b ? 1 : !in && a && b ? 4 : 0;
        }
    }
    return cost / STEPS;
}

double geometry_cost(const Drawing *d, const Geometry *g)
{
    double cost = 0, w = g->frame.x1 - g->frame.x0, h = g->frame.y1 - g->frame.y0;
    for (uint32_t i = 1; i < d->nedges; i++) {
        const Spline *s = &g->edges[i];
        cost += strays(d, g, i) + hypot(s->at[0].x - s->at[s->n - 1].x, s->at[0].y - s->at[s->n - 1].y) / 1500;
    }
    double shape = log(w / fmax(h, 1) / 1.5); /* pages and screens are wider than they are high */
    return cost + shape * shape * 2 + fmax(0, w - 1300) / 150 + fmax(0, h - 1100) / 150;
}
