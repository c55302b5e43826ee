/* The lines of a picture and what is written on them. A number always fits; the text of a flow is written where it
 * covers no element, no other text and as little of other lines as can be had, else it is left to the list of flows
 * below the picture. */
#include "draw/svg.h"

#include <math.h>

enum { SAMPLES = 33, PLACES = 13, TEXT_LINES = 2, TEXT_WIDTH = 118 };

/* ---- lines ---- */

static void head(Svg *s, Point base, Point tip)
{
    double dx = tip.x - base.x, dy = tip.y - base.y, n = sqrt(dx * dx + dy * dy);
    if (n < 0.1)
        return;
    dx *= 3.6 / n, dy *= 3.6 / n;
    out_format(s->out, "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\" fill=\"#3a4654\"/>", tip.x, tip.y, base.x - dy,
               base.y + dx, base.x + dy, base.y - dx);
}

/* The open dot at the end that opens the connection. */
static void initiator(Svg *s, Point at)
{
    out_format(s->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.4\" fill=\"#fff\" stroke=\"#3a4654\"/>", at.x, at.y);
}

static void line(Svg *s, const Spline *path, const char *class)
{
    out_format(s->out, "<path class=\"%s\" d=\"M%.1f %.1fC", class, path->at[0].x, path->at[0].y);
    for (uint32_t i = 1; i < path->n; i++)
        out_format(s->out, "%s%.1f %.1f", i > 1 ? " " : "", path->at[i].x, path->at[i].y);
    out_z(s->out, "\"/>");
}

/* "7 Send dose order: Ward gateway to Pump application". */
static Str flow_tooltip(Svg *s, const DrawEdge *e)
{
    StrBuf b = {0};
    for (uint32_t i = 0; i < e->nflows && i < 12; i++) {
        const Flow *f = &s->p->model.flows.at[e->flows[i]];
        strbuf_format(&b, "%s%u %.*s: %.*s %s %.*s", i ? "; " : "", s->d->view->tally->number[e->flows[i]],
                      STR_FMT(obj_title(s->p, f->obj)), STR_FMT(obj_title(s->p, f->from)), f->two_way ? "and" : "to",
                      STR_FMT(obj_title(s->p, f->to)));
    }
    if (e->nflows > 12)
        strbuf_format(&b, "; and %u more", e->nflows - 12);
    Str text = visible_text(s->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static void draw_flow(Svg *s, const DrawEdge *e, const Spline *path)
{
    ObjId obj = e->nflows == 1 ? s->p->model.flows.at[e->flows[0]].obj : 0;
    Point first = path->at[0], last = path->at[path->n - 1];
    svg_open(s, obj, "cd-flow", flow_tooltip(s, e));
    line(s, path, "cd-w");
    line(s, path, "cd-e");
    if (path->has_end)
        head(s, last, path->end);
    if (path->has_start && e->two_way)
        head(s, first, path->start);
    if (e->initiator < 0)
        initiator(s, first);
    if (e->initiator > 0)
        initiator(s, last);
    svg_close(s, obj);
}

void svg_flows(Svg *s)
{
    for (uint32_t i = 1; i < s->d->nedges; i++) {
        if (s->d->edges[i].attach)
            line(s, &s->g->edges[i], "cd-a");
        else
            draw_flow(s, &s->d->edges[i], &s->g->edges[i]);
    }
}

/* ---- labels ---- */

typedef struct Placer {
    Svg *s;
    Point *samples;   /* SAMPLES an edge */
    Vec(Box) blocked; /* elements, names of boundaries, labels placed */
} Placer;

typedef struct Label {
    const DrawEdge *edge;
    Str lines[TEXT_LINES];
    uint32_t nlines;
    double number, badge, text; /* widths */
    bool left;                  /* the number stands at the right end */
    Box at;
} Label;

static bool meet(const Box *a, const Box *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

static bool on_border(const Box *label, const Box *cluster)
{
    bool within =
        label->x0 > cluster->x0 && label->x1 < cluster->x1 && label->y0 > cluster->y0 && label->y1 < cluster->y1;
    return meet(label, cluster) && !within;
}

static void block_all(Placer *p)
{
    const Drawing *d = p->s->d;
    for (uint32_t i = 1; i < d->nnodes; i++) {
        Box b = p->s->g->nodes[i];
        vec_push(&p->blocked, (Box){b.x0 - 2, b.y0 - 2, b.x1 + 2, b.y1 + 2});
    }
    for (uint32_t i = 1; i < d->nclusters; i++) {
        Box b = p->s->g->clusters[i];
        double w = text_width(d->clusters[i].label, 11, true) + 20 +
                   (d->badges ? svg_badge(p->s, &d->clusters[i].badge, 0, 0, true) : 0);
        vec_push(&p->blocked, (Box){b.x0, b.y0, b.x0 + w, b.y0 + 22});
    }
}

static void sample_all(Placer *p)
{
    const Drawing *d = p->s->d;
    p->samples = NEWN(p->s->arena, Point, (size_t)d->nedges * SAMPLES);
    for (uint32_t i = 1; i < d->nedges; i++)
        for (uint32_t k = 0; k < SAMPLES; k++)
            p->samples[i * SAMPLES + k] = spline_at(&p->s->g->edges[i], (double)k / (SAMPLES - 1));
}

/* What a place costs: covering something is out of the question (1000 each), other
 * lines and borders count, the middle is best. */
static double cost_of(const Placer *p, const Box *box, const DrawEdge *edge, double off_middle)
{
    double cost = off_middle * 4;
    for (uint32_t i = 0; i < p->blocked.n; i++)
        cost += meet(box, &p->blocked.at[i]) ? 1000 : 0;
    for (uint32_t i = 1; i < p->s->d->nedges; i++)
        for (uint32_t k = 0; k < SAMPLES && &p->s->d->edges[i] != edge; k++) {
            cost += box_holds(box, p->samples[i * SAMPLES + k]) ? 3 : 0;
        }
    for (uint32_t i = 1; i < p->s->d->nclusters; i++)
        cost += on_border(box, &p->s->g->clusters[i]) ? 9 : 0;
    return cost + (box->x0 < p->s->g->frame.x0 || box->x1 > p->s->g->frame.x1 ? 1000 : 0);
}

static double label_size(const Label *l, double *height)
{
    double w = l->number + (l->badge > 0 ? l->badge + 3 : 0) + (l->nlines ? l->text + 5 : 0) + 4;
    *height = fmax(19, l->nlines * 11.5 + 4);
    return w;
}

/* Finds the cheapest place along the edge, the number on the line and the rest to the right or to the left of it;
 * returns its cost. */
static double place(const Placer *p, Label *l, uint32_t edge)
{
    double h, w = label_size(l, &h), best = INFINITY;
    for (uint32_t k = 0; k < 2 * PLACES; k++) {
        double off = (double)((k / 2 + 1) / 2) / PLACES, t = 0.5 + (k / 2 % 2 ? off : -off) * 0.85;
        bool left = k % 2;
        Point c = spline_at(&p->s->g->edges[edge], t);
        double lead = l->number > 0 ? l->number / 2 + 2 : w / 2, x0 = left ? c.x + lead - w : c.x - lead;
        Box box = {x0, c.y - h / 2, x0 + w, c.y + h / 2};
        double cost = cost_of(p, &box, l->edge, off) + left * 0.5;
        if (cost >= best)
            continue;
        best = cost;
        l->at = box;
        l->left = left && l->number > 0;
    }
    return best;
}

static void draw_label(Placer *p, const Label *l)
{
    Svg *s = p->s;
    double x = l->at.x0 + 2, y = (l->at.y0 + l->at.y1) / 2;
    svg_open(s, 0, "cd-label", flow_tooltip(s, l->edge));
    if (l->nlines)
        out_format(
            s->out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" fill=\"#fff\" fill-opacity=\".88\"/>",
            l->at.x0, l->at.y0, l->at.x1 - l->at.x0, l->at.y1 - l->at.y0);
    if (l->number > 0 && l->left)
        svg_number(s, l->edge->number, l->at.x1 - 2 - l->number / 2, y);
    else if (l->number > 0)
        svg_number(s, l->edge->number, x + l->number / 2, y);
    x += l->left ? 0 : l->number + (l->nlines ? 3 : 0);
    for (uint32_t i = 0; i < l->nlines; i++)
        svg_text(s, x, y + 3.2 + (i - (l->nlines - 1) / 2.0) * 11.5, "cd-f", l->lines[i]);
    x += l->nlines ? l->text + 2 : 0;
    if (l->badge > 0)
        svg_badge(s, &l->edge->badge, x + (l->left ? 0 : 3) + l->badge / 2, y, false);
    svg_close(s, 0);
}

static void label_edge(Placer *p, uint32_t i)
{
    const DrawEdge *e = &p->s->d->edges[i];
    const View *v = p->s->d->view;
    Label l = {.edge = e, .number = v->show_numbers ? svg_number_width(e->number) : 0};
    l.badge = p->s->d->badges ? svg_badge(p->s, &e->badge, 0, 0, true) : 0;
    Str lines[TEXT_LINES];
    uint32_t n = text_wrap(p->s->arena, e->text, 9.5, false, TEXT_WIDTH, TEXT_LINES, lines);
    for (l.nlines = 0; l.nlines < n; l.nlines++) {
        l.lines[l.nlines] = lines[l.nlines];
        l.text = fmax(l.text, text_width(lines[l.nlines], 9.5, false));
    }
    double cost = l.nlines ? place(p, &l, i) : INFINITY;
    if (cost >= 30 && (l.number > 0 || l.badge > 0 || !l.nlines)) {
        l.nlines = 0; /* the list of flows below has it */
        place(p, &l, i);
    }
    if (l.number <= 0 && l.badge <= 0 && !l.nlines)
        return;
    vec_push(&p->blocked, l.at);
    draw_label(p, &l);
}

void svg_flow_labels(Svg *s)
{
    Placer p = {.s = s};
    block_all(&p);
    sample_all(&p);
    for (uint32_t i = 1; i < s->d->nedges; i++)
        if (!s->d->edges[i].attach)
            label_edge(&p, i);
    vec_free(&p.blocked);
}
