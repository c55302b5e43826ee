/* A laid-out and proven drawing as SVG, drawn here rather than by Graphviz: badges, legend and list of flows belong
 * to the picture, and the file depends on the geometry alone. Everything reads in black and white: shape, border
 * weight and letters carry the meaning, colour only repeats it; red dashes are for boundaries alone. Requires a
 * proven geometry. */
#include "draw/svg.h"
#include "emit/escape.h"

#include <math.h>

enum { MARGIN = 26, LEAST_WIDTH = 760 };

static const char svg_style[] =
    ".cd{font-family:Helvetica,Arial,'Liberation Sans',sans-serif}"
    ".cd text{fill:#1f2933}"
    ".cd a{text-decoration:none}"
    ".cd-h{font-size:19px;font-weight:bold}"
    ".cd-s{font-size:11px}.cd .cd-s{fill:#52606d}"
    ".cd-t{font-size:12px;font-weight:bold;text-anchor:middle}"
    ".cd-k{font-size:9.5px;text-anchor:middle}.cd .cd-k{fill:#52606d}"
    ".cd-r{font-size:9.5px;font-style:italic;text-anchor:middle}.cd .cd-r{fill:#52606d}"
    ".cd-p{font-size:9.5px}"
    ".cd-b{font-size:10px;font-weight:bold;text-anchor:middle}"
    ".cd-n{font-size:9px;font-weight:bold;text-anchor:middle}"
    ".cd-f{font-size:9.5px}"
    ".cd-c{font-size:11px;font-weight:bold}.cd .cd-c{fill:#a61c1c}"
    ".cd .cd-g{fill:#52606d}"
    ".cd-process>.cd-x{fill:#f2f7fd;stroke:#2b4c7e}"
    ".cd-external>.cd-x{fill:#fff;stroke:#1f2933}"
    ".cd-store>.cd-x{fill:#f5f2fb;stroke:#54428e}"
    ".cd-port>.cd-x{fill:#fff;stroke:#1f2933}.cd-pin{fill:#fff;stroke:#9aa5b1;stroke-width:.8}"
    ".cd-collapsed>.cd-x{fill:#fff7f6;stroke:#c62828;stroke-dasharray:6 3}"
    ".cd-neighbour>.cd-x{fill:#fff;stroke-opacity:.55}"
    ".cd-out>.cd-x{fill:url(#cd-hatch);stroke:#7b8794}"
    ".cd-x{stroke-width:1.2}.cd-open>.cd-x{stroke-width:2.6}.cd-collapsed.cd-open>.cd-x{stroke-width:2}"
    ".cd-e{fill:none;stroke:#3a4654;stroke-width:1.2}.cd-a{fill:none;stroke:#7b8794;stroke-width:1}"
    ".cd-w{fill:none;stroke:#000;stroke-opacity:0;stroke-width:12}"
    ".cd-flow:hover .cd-e,.cd-flow:target .cd-e{stroke-width:2.6}";

/* ---- symbols ---- */

void svg_text(Svg *s, double x, double y, const char *class, Str text)
{
    out_format(s->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
    put_xml(s->out, text);
    out_z(s->out, "</text>");
}

static void cylinder(Svg *s, const char *class, Box b)
{
    double rx = (b.x1 - b.x0) / 2, ry = fmin(7, (b.y1 - b.y0) / 5), top = b.y0 + ry, low = b.y1 - ry;
    out_format(s->out,
               "<path class=\"%s\" d=\"M%.1f %.1fA%.1f %.1f 0 0 1 %.1f %.1fV%.1fA%.1f %.1f 0 0 1 %.1f %.1fZ\"/>", class,
               b.x0, top, rx, ry, b.x1, top, low, rx, ry, b.x0, low);
    out_format(s->out, "<path class=\"%s\" style=\"fill:none\" d=\"M%.1f %.1fA%.1f %.1f 0 0 0 %.1f %.1f\"/>", class,
               b.x0, top, rx, ry, b.x1, top);
}

static void rectangle(Svg *s, const char *class, Box b, double radius)
{
    out_format(s->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", class, b.x0, b.y0,
               b.x1 - b.x0, b.y1 - b.y0);
    if (radius > 0)
        out_format(s->out, " rx=\"%.0f\"", radius);
    out_z(s->out, "/>");
}

void svg_shape(Svg *s, Shape shape, const char *class, Box at)
{
    switch (shape) {
    case SHAPE_STORE: cylinder(s, class, at); return;
    case SHAPE_PORT: {
        double middle = (at.y0 + at.y1) / 2;
        rectangle(s, class, (Box){at.x0 + 3, middle - 5, at.x0 + 13, middle + 5}, 0);
        return;
    }
    case SHAPE_EXTERNAL: rectangle(s, class, at, 0); return;
    case SHAPE_PROCESS: rectangle(s, class, at, 10); return;
    case SHAPE_COLLAPSED: rectangle(s, class, at, 4); return;
    }
}

void svg_boundary(Svg *s, uint32_t dimension, Box at)
{
    static const char *const dashes[] = {"8 4", "8 4", "2 3", "12 3 2 3", "3 3 8 3", "14 6"};
    out_format(s->out,
               "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#c62828\" fill-opacity=\".025\" "
               "stroke=\"#c62828\" stroke-width=\"1.3\" stroke-dasharray=\"%s\"/>",
               at.x0, at.y0, at.x1 - at.x0, at.y1 - at.y0,
               dashes[dimension < sizeof dashes / sizeof *dashes ? dimension : 0]);
}

double svg_number_width(Str number)
{
    return fmax(17, text_width(number, 9, true) + 10);
}

void svg_number(Svg *s, Str number, double cx, double cy)
{
    double w = svg_number_width(number);
    out_format(s->out,
               "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"17\" rx=\"8.5\" fill=\"#fff\" stroke=\"#1f2933\"/>",
               cx - w / 2, cy - 8.5, w);
    svg_text(s, cx, cy + 3.2, "cd-n", number);
}

static const char *severity_colour(const Program *p, ConstId severity)
{
    static const char *const ramp[] = {"#7f1d1d", "#b42318", "#a04708", "#475467"};
    uint32_t below = severity ? severity_below_top(p, severity) : 3;
    return ramp[below < 3 ? below : 3];
}

static double pill(Svg *s, Str text, double x, double cy, const char *fill, bool hollow, bool measure)
{
    double w = text_width(text, 10, true) + 11;
    if (measure)
        return w;
    out_format(s->out,
               "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"15\" rx=\"7.5\" fill=\"%s\" stroke=\"%s\"/>", x,
               cy - 7.5, w, hollow ? "#fff" : fill, fill);
    out_format(s->out, "<text class=\"cd-b\" x=\"%.1f\" y=\"%.1f\" style=\"fill:%s\">", x + w / 2, cy + 3.6,
               hollow ? fill : "#fff");
    put_xml(s->out, text);
    out_z(s->out, "</text>");
    return w;
}

double svg_badge(Svg *s, const Badge *b, double cx, double cy, bool measure)
{
    StrBuf open = {0}, possible = {0};
    badge_text(s->p, &(Badge){b->open, 0, b->severity}, &open);
    badge_text(s->p, &(Badge){0, b->possible, 0}, &possible);
    double x = 0, gap = open.n && possible.n ? 4 : 0;
    double w = (open.n ? pill(s, strbuf_str(&open), 0, 0, "", false, true) : 0) + gap +
               (possible.n ? pill(s, strbuf_str(&possible), 0, 0, "", true, true) : 0);
    if (!measure) {
        x = cx - w / 2;
        if (open.n)
            x += pill(s, strbuf_str(&open), x, cy, severity_colour(s->p, b->severity), false, false) + gap;
        if (possible.n)
            pill(s, strbuf_str(&possible), x, cy, "#3a4654", true, false);
    }
    strbuf_free(&open);
    strbuf_free(&possible);
    return w;
}

void svg_open(Svg *s, ObjId obj, const char *class, Str tooltip)
{
    StrBuf id = {0};
    if (obj) {
        obj_id(s->p, obj, &id);
        out_z(s->out, "<a href=\"../report.html#");
        put_fragment(s->out, strbuf_str(&id));
        out_z(s->out, "\">");
    }
    out_format(s->out, "<g class=\"%s\"", class);
    if (obj) {
        out_z(s->out, " id=\"");
        put_xml(s->out, s->d->view->name);
        out_char(s->out, ':');
        put_xml(s->out, strbuf_str(&id));
        out_char(s->out, '"');
    }
    out_z(s->out, "><title>");
    put_xml(s->out, tooltip);
    out_z(s->out, "</title>");
    strbuf_free(&id);
}

void svg_close(Svg *s, ObjId obj)
{
    out_z(s->out, obj ? "</g></a>\n" : "</g>\n");
}

/* ---- what stands in the picture ---- */

/* "Pump application (PR-04), Device application: 2 open threats, 1 possible". */
static Str tooltip_of(Svg *s, ObjId obj, const Badge *b)
{
    StrBuf t = {0};
    const Kind *kind = &s->p->kinds.at[model_obj(&s->p->model, obj)->kind];
    strbuf_add(&t, obj_title(s->p, obj));
    strbuf_addz(&t, " (");
    obj_id(s->p, obj, &t);
    strbuf_addz(&t, "), ");
    strbuf_add(&t, kind->title.n ? kind->title : sym_str(s->p->names, kind->name));
    if (s->d->badges && (b->open || b->possible))
        strbuf_format(&t, ": %u open threat%s, %u possible", b->open, b->open == 1 ? "" : "s", b->possible);
    Str text = visible_text(s->arena, strbuf_str(&t));
    strbuf_free(&t);
    return text;
}

static void draw_clusters(Svg *s)
{
    for (uint32_t i = 1; i < s->d->nclusters; i++) {
        const DrawCluster *c = &s->d->clusters[i];
        Box b = s->g->clusters[i];
        svg_open(s, c->obj, c->boundary ? "cd-boundary" : "cd-group", tooltip_of(s, c->obj, &c->badge));
        if (c->boundary)
            svg_boundary(s, c->dimension, b);
        else
            out_format(s->out,
                       "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\" fill=\"none\" "
                       "stroke=\"#9aa5b1\"/>",
                       b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0);
        svg_text(s, b.x0 + 9, b.y0 + 16, c->boundary ? "cd-c" : "cd-c cd-g", c->label);
        if (s->d->badges) {
            double w = svg_badge(s, &c->badge, 0, 0, true);
            svg_badge(s, &c->badge, b.x0 + 15 + text_width(c->label, 11, true) + w / 2, b.y0 + 12.5, false);
        }
        svg_close(s, c->obj);
    }
}

static void draw_lines(Svg *s, const DrawNode *n, Box b)
{
    static const char *const classes[] = {[LINE_TITLE] = "cd-t", [LINE_KIND] = "cd-k", [LINE_REMARK] = "cd-r"};
    bool badge = s->d->badges && (n->badge.open || n->badge.possible);
    double x = (b.x0 + b.x1) / 2, h = badge ? 19 : 0;
    for (uint32_t i = 0; i < n->nlines; i++)
        h += n->lines[i].style == LINE_TITLE ? 15 : 12.5;
    double y = (b.y0 + b.y1 - h) / 2 + (n->shape == SHAPE_STORE ? 4 : 0);
    for (uint32_t i = 0; i < n->nlines; i++) {
        bool title = n->lines[i].style == LINE_TITLE;
        svg_text(s, x, y + (title ? 11.5 : 9.5), classes[n->lines[i].style], n->lines[i].text);
        y += title ? 15 : 12.5;
    }
    if (badge)
        svg_badge(s, &n->badge, x, y + 11, false);
}

static void draw_node(Svg *s, uint32_t i)
{
    static const char *const classes[] = {
        [SHAPE_PROCESS] = "cd-process", [SHAPE_EXTERNAL] = "cd-external",   [SHAPE_STORE] = "cd-store",
        [SHAPE_PORT] = "cd-port",       [SHAPE_COLLAPSED] = "cd-collapsed",
    };
    const DrawNode *n = &s->d->nodes[i];
    Box b = s->g->nodes[i];
    char class[80];
    snprintf(class, sizeof class, "%s%s%s%s", classes[n->shape], n->neighbour ? " cd-neighbour" : "",
             s->d->badges && n->badge.open ? " cd-open" : "", n->out_of_scope ? " cd-out" : "");
    svg_open(s, n->obj, class, tooltip_of(s, n->obj, &n->badge));
    if (n->shape == SHAPE_PORT) /* flows end at the room that the text takes */
        rectangle(s, "cd-pin", b, 5);
    svg_shape(s, n->shape, "cd-x", b);
    if (n->shape == SHAPE_PORT) {
        double middle = (b.y0 + b.y1) / 2, x = b.x0 + 17;
        if (n->nlines)
            svg_text(s, x, middle + 3.3, "cd-p", n->lines[0].text);
        x += (n->nlines ? text_width(n->lines[0].text, 9.5, false) : 0) + 4;
        if (s->d->badges)
            svg_badge(s, &n->badge, x + svg_badge(s, &n->badge, 0, 0, true) / 2, middle, false);
    } else {
        draw_lines(s, n, b);
    }
    svg_close(s, n->obj);
}

static void write_start(Svg *s, double width, double height)
{
    out_format(s->out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cd\" width=\"%.0f\" height=\"%.0f\" "
               "viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"",
               width, height, width, height);
    put_xml(s->out, s->d->title);
    out_z(s->out, "\">\n<desc>");
    put_xml(s->out, s->d->scope);
    out_format(s->out, "</desc>\n<style>%s</style>\n", svg_style);
    out_z(s->out, "<defs><pattern id=\"cd-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
                  "patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#eceff2\"/>"
                  "<path d=\"M0 0V6\" stroke=\"#c3cad1\" stroke-width=\"2\"/></pattern></defs>\n");
    out_format(s->out, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", width, height);
}

void svg_write(const Drawing *d, const Geometry *g, Out *out)
{
    Svg s = {.d = d, .g = g, .p = d->report->program, .arena = d->report->arena, .out = out};
    double drawn = g->frame.x1 - g->frame.x0, tall = g->frame.y1 - g->frame.y0;
    double inner = ceil(fmax(drawn, LEAST_WIDTH)), header = svg_header(&s, inner, true);
    double legend = svg_legend(&s, 0, inner, true), key = svg_key(&s, 0, inner, true);
    double top = MARGIN + header + 10, below = top + tall + 22;
    write_start(&s, inner + 2 * MARGIN, ceil(below + legend + key + MARGIN));
    out_format(out, "<g transform=\"translate(%d %d)\">\n", MARGIN, MARGIN);
    svg_header(&s, inner, false);
    out_z(out, "</g>\n");
    out_format(out, "<g transform=\"translate(%.1f %.1f)\">\n", MARGIN + (inner - drawn) / 2 - g->frame.x0,
               top - g->frame.y0);
    draw_clusters(&s);
    svg_flows(&s);
    for (uint32_t i = 1; i < d->nnodes; i++)
        draw_node(&s, i);
    svg_flow_labels(&s);
    out_z(out, "</g>\n");
    out_format(out, "<g transform=\"translate(%d 0)\">\n", MARGIN);
    svg_legend(&s, below, inner, false);
    svg_key(&s, below + legend, inner, false);
    out_z(out, "</g>\n</svg>\n");
}
