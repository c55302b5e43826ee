/* What stands around a drawing: title and scope above it, below it a legend of the symbols in use and the list of its
 * flows. Each part can be measured before it is drawn, so that the page gets its size first. */
#include "draw/svg.h"

#include <math.h>

enum { KEY_FLOWS = 120, COLUMN = 440 };

/* ---- header ---- */

double svg_header(Svg *s, double width, bool measure)
{
    Str lines[4];
    double y = 19;
    uint32_t n = text_wrap(s->arena, s->d->title, 19, true, width, 2, lines);
    for (uint32_t i = 0; i < n; i++, y += 23)
        if (!measure)
            svg_text(s, 0, y, "cd-h", lines[i]);
    StrBuf b = {0};
    strbuf_add(&b, s->d->subtitle);
    strbuf_format(&b, "%sview \xE2\x80\x9C%.*s\xE2\x80\x9D", b.n ? "  \xC2\xB7  " : "", STR_FMT(s->d->view->name));
    y -= 4;
    if (!measure)
        svg_text(s, 0, y, "cd-s", visible_text(s->arena, strbuf_str(&b)));
    strbuf_free(&b);
    y += 15;
    n = text_wrap(s->arena, s->d->scope, 11, false, width, 4, lines);
    for (uint32_t i = 0; i < n; i++, y += 15)
        if (!measure)
            svg_text(s, 0, y, "cd-s", lines[i]);
    return y;
}

/* ---- legend ---- */

typedef enum Symbol {
    SYM_NODE,
    SYM_OUT,
    SYM_NEIGHBOUR,
    SYM_BOUNDARY,
    SYM_GROUP,
    SYM_FLOW,
    SYM_BOTH,
    SYM_INITIATOR,
    SYM_NUMBER,
    SYM_AGGREGATE,
    SYM_OPEN,
    SYM_POSSIBLE,
    SYM_HEAVY
} Symbol;

typedef struct Item {
    Symbol symbol;
    uint32_t detail; /* Shape, dimension, or severity */
    Str text;
} Item;

typedef struct Items {
    Item at[40];
    uint32_t n;
} Items;

static void item(Items *l, Symbol symbol, uint32_t detail, Str text)
{
    if (l->n < sizeof l->at / sizeof *l->at)
        l->at[l->n++] = (Item){symbol, detail, text};
}

static void node_items(const Drawing *d, Items *l)
{
    static const char *const words[] = {
        [SHAPE_PROCESS] = "process",
        [SHAPE_EXTERNAL] = "external entity",
        [SHAPE_STORE] = "data store",
        [SHAPE_PORT] = "port",
        [SHAPE_COLLAPSED] = "boundary closed into a box; badges sum what is inside",
    };
    bool used[SHAPE_COLLAPSED + 1] = {false}, out = false, neighbour = false;
    for (uint32_t i = 1; i < d->nnodes; i++) {
        used[d->nodes[i].shape] = true;
        out |= d->nodes[i].out_of_scope;
        neighbour |= d->nodes[i].neighbour;
    }
    for (uint32_t i = 0; i <= SHAPE_COLLAPSED; i++)
        if (used[i])
            item(l, SYM_NODE, i, str_from(words[i]));
    if (neighbour)
        item(l, SYM_NEIGHBOUR, 0, STR("neighbour outside"));
    if (out)
        item(l, SYM_OUT, 0, STR("out of scope"));
}

static void cluster_items(Svg *s, Items *l)
{
    const Drawing *d = s->d;
    uint64_t seen = 0;
    bool group = false;
    for (uint32_t i = 1; i < d->nclusters; i++) {
        const DrawCluster *c = &d->clusters[i];
        group |= !c->boundary;
        if (!c->boundary || c->dimension > 63 || seen >> c->dimension & 1)
            continue;
        seen |= 1ull << c->dimension;
        Value v = obj_known(s->p, c->obj, KNOWN_DIMENSION);
        Str title = v.tag == V_CONST ? s->p->consts.at[v.a].title : STR("dimension not stated");
        if (!title.n)
            title = dimension_name(s->p, c->obj);
        item(l, SYM_BOUNDARY, c->dimension,
             visible_text(s->arena, str_format(s->arena, "trust boundary: %.*s", STR_FMT(title))));
    }
    if (group)
        item(l, SYM_GROUP, 0, STR("group, no boundary of trust"));
}

static void flow_items(const Drawing *d, Items *l)
{
    bool one = false, both = false, opens = false, many = false, single = false;
    for (uint32_t i = 1; i < d->nedges; i++) {
        const DrawEdge *e = &d->edges[i];
        if (e->attach)
            continue;
        one |= !e->two_way;
        both |= e->two_way;
        opens |= e->initiator != 0;
        many |= e->nflows > 1;
        single |= e->nflows == 1;
    }
    if (one)
        item(l, SYM_FLOW, 0, STR("data flow"));
    if (both)
        item(l, SYM_BOTH, 0, STR("flow both ways"));
    if (opens)
        item(l, SYM_INITIATOR, 0, STR("this end opens the connection"));
    if (single && d->view->show_numbers)
        item(l, SYM_NUMBER, 0, STR("number of the flow"));
    if (many && d->view->show_numbers)
        item(l, SYM_AGGREGATE, 0, STR("several flows in one arrow"));
}

/* The letters of the severities that the badges in the picture show. */
static void badge_items(Svg *s, Items *l)
{
    const Drawing *d = s->d;
    Map seen = {0};
    bool possible = false, open = false;
    Vec(const Badge *) all = {0};
    for (uint32_t i = 1; i < d->nnodes; i++)
        vec_push(&all, &d->nodes[i].badge);
    for (uint32_t i = 1; i < d->nclusters; i++)
        vec_push(&all, &d->clusters[i].badge);
    for (uint32_t i = 1; i < d->nedges; i++)
        vec_push(&all, &d->edges[i].badge);
    ConstId used[16];
    uint32_t n = 0;
    for (uint32_t i = 0; i < all.n; i++) {
        possible |= all.at[i]->possible > 0;
        open |= all.at[i]->open > 0;
        ConstId c = all.at[i]->open ? all.at[i]->severity : 0;
        if (!c || map_get(&seen, c) || n == 16)
            continue;
        map_put(&seen, c, 1);
        uint32_t k = n++;
        for (; k > 0 && s->p->consts.at[used[k - 1]].rank < s->p->consts.at[c].rank; k--)
            used[k] = used[k - 1];
        used[k] = c;
    }
    for (uint32_t i = 0; i < n; i++) {
        const Const *c = &s->p->consts.at[used[i]];
        Str title = c->title.n ? c->title : sym_str(s->p->names, c->name);
        item(l, SYM_OPEN, used[i],
             visible_text(s->arena, str_format(s->arena, "open threats, the gravest: %.*s", STR_FMT(title))));
    }
    if (open)
        item(l, SYM_HEAVY, 0, STR("heavy border: open threats"));
    if (possible)
        item(l, SYM_POSSIBLE, 0, STR("possible threats: facts are unknown"));
    vec_free(&all);
    map_free(&seen);
}

static void small_flow(Svg *s, double y, bool both)
{
    out_format(s->out,
               "<path class=\"cd-e\" d=\"M%d %.1fH21\"/><path d=\"M28 %.1fL20 %.1fL20 %.1fZ\" fill=\"#3a4654\"/>",
               both ? 7 : 0, y, y, y - 3.6, y + 3.6);
    if (both)
        out_format(s->out, "<path d=\"M0 %.1fL8 %.1fL8 %.1fZ\" fill=\"#3a4654\"/>", y, y - 3.6, y + 3.6);
}

static void draw_symbol(Svg *s, const Item *it, double y)
{
    static const char *const classes[] = {
        [SHAPE_PROCESS] = "cd-process", [SHAPE_EXTERNAL] = "cd-external",   [SHAPE_STORE] = "cd-store",
        [SHAPE_PORT] = "cd-port",       [SHAPE_COLLAPSED] = "cd-collapsed",
    };
    Box box = {1, y - 7, 27, y + 7};
    switch (it->symbol) {
    case SYM_NODE:
        out_format(s->out, "<g class=\"%s\">", classes[it->detail]);
        svg_shape(s, (Shape)it->detail, "cd-x", box);
        out_z(s->out, "</g>");
        return;
    case SYM_OUT:
    case SYM_NEIGHBOUR:
    case SYM_HEAVY:
        out_format(s->out, "<g class=\"cd-process %s\">",
                   it->symbol == SYM_OUT     ? "cd-out"
                   : it->symbol == SYM_HEAVY ? "cd-open"
                                             : "cd-neighbour");
        svg_shape(s, SHAPE_PROCESS, "cd-x", box);
        out_z(s->out, "</g>");
        return;
    case SYM_BOUNDARY: svg_boundary(s, it->detail, box); return;
    case SYM_GROUP:
        out_format(s->out,
                   "<rect x=\"1\" y=\"%.1f\" width=\"26\" height=\"14\" rx=\"4\" fill=\"none\" stroke=\"#9aa5b1\"/>",
                   y - 7);
        return;
    case SYM_FLOW:
    case SYM_BOTH: small_flow(s, y, it->symbol == SYM_BOTH); return;
    case SYM_INITIATOR:
        small_flow(s, y, false);
        out_format(s->out, "<circle cx=\"4\" cy=\"%.1f\" r=\"3.4\" fill=\"#fff\" stroke=\"#3a4654\"/>", y);
        return;
    case SYM_NUMBER: svg_number(s, STR("7"), 14, y); return;
    case SYM_AGGREGATE: svg_number(s, STR("1, 4"), 14, y); return;
    case SYM_OPEN: svg_badge(s, &(Badge){2, 0, it->detail}, 14, y, false); return;
    case SYM_POSSIBLE: svg_badge(s, &(Badge){0, 1, 0}, 14, y, false); return;
    }
}

static Items *all_items(Svg *s)
{
    Items *l = NEW(s->arena, Items);
    node_items(s->d, l);
    cluster_items(s, l);
    flow_items(s->d, l);
    if (s->d->badges)
        badge_items(s, l);
    return l;
}

double svg_legend(Svg *s, double y, double width, bool measure)
{
    const Items *l = all_items(s);
    double x = 0, top = y;
    for (uint32_t i = 0; i < l->n; i++) {
        double w = 34 + text_width(l->at[i].text, 9.5, false) + 18;
        if (x > 0 && x + w > width) {
            x = 0;
            y += 21;
        }
        if (!measure) {
            out_format(s->out, "<g transform=\"translate(%.1f 0)\">", x);
            draw_symbol(s, &l->at[i], y + 8);
            svg_text(s, 34, y + 11.3, "cd-p", l->at[i].text);
            out_z(s->out, "</g>\n");
        }
        x += w;
    }
    return l->n ? y + 30 - top : 0;
}

/* ---- list of flows ---- */

static void key_line(Svg *s, const Flow *f, StrBuf *b)
{
    strbuf_add(b, obj_title(s->p, f->obj));
    strbuf_format(b, ": %.*s %s %.*s", STR_FMT(obj_title(s->p, f->from)), f->two_way ? "\xE2\x86\x94" : "\xE2\x86\x92",
                  STR_FMT(obj_title(s->p, f->to)));
    Value protocol = obj_known(s->p, f->obj, KNOWN_PROTOCOL), carries = obj_known(s->p, f->obj, KNOWN_CARRIES);
    if (protocol.tag == V_REF)
        strbuf_format(b, " \xC2\xB7 %.*s", STR_FMT(obj_title(s->p, protocol.a)));
    else
        strbuf_addz(b, protocol.tag == V_UNKNOWN ? " \xC2\xB7 protocol not known" : "");
    const Value *members;
    Range range = value_members(&s->p->model, &carries, &members);
    for (uint32_t i = 0; i < range.n; i++)
        strbuf_format(b, "%s%.*s", i ? ", " : " \xC2\xB7 ", STR_FMT(obj_title(s->p, members[i].a)));
}

typedef struct Numbered {
    uint32_t number, flow;
} Numbered;

static int numbered_cmp(const void *x, const void *y)
{
    const Numbered *a = x, *b = y;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return a->flow < b->flow ? -1 : a->flow > b->flow;
}

double svg_key(Svg *s, double y, double width, bool measure)
{
    const View *v = s->d->view;
    if (!v->nflows || !v->show_numbers)
        return 0;
    if (v->nflows > KEY_FLOWS) {
        if (!measure)
            svg_text(s, 0, y + 12, "cd-s",
                     str_format(s->arena, "%u flows are shown; the review document lists them.", v->nflows));
        return 22;
    }
    Numbered *all = NEWN(s->arena, Numbered, v->nflows);
    for (uint32_t i = 0; i < v->nflows; i++)
        all[i] = (Numbered){v->tally->number[v->flows[i]], v->flows[i]};
    qsort(all, v->nflows, sizeof *all, numbered_cmp);
    uint32_t columns = (uint32_t)fmax(1, floor(width / COLUMN)), rows = (v->nflows + columns - 1) / columns;
    double column = width / columns, deepest = 0, at = 0;
    for (uint32_t i = 0; i < v->nflows; i++) {
        at = i % rows ? at : 0;
        StrBuf b = {0};
        key_line(s, &s->p->model.flows.at[all[i].flow], &b);
        Str lines[3], text = visible_text(s->arena, strbuf_str(&b));
        strbuf_free(&b);
        uint32_t n = text_wrap(s->arena, text, 9.5, false, column - 46, 3, lines);
        double x = (i / rows) * column;
        if (!measure)
            svg_number(s, str_format(s->arena, "%u", all[i].number), x + 14, y + at + 9);
        for (uint32_t k = 0; k < n && !measure; k++)
            svg_text(s, x + 32, y + at + 12.3 + k * 12, "cd-f", lines[k]);
        at += fmax(21, n * 12 + 8);
        deepest = fmax(deepest, at);
    }
    return deepest;
}
