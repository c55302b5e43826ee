/* A drawing as DOT, through cgraph; the only file that includes it. Names of nodes and boxes are generated; user text
 * goes into plain labels and tooltips alone, backslashes doubled, so that neither Graphviz's escapes nor its markup
 * see it. Text of flows is an xlabel: with labels on edges inside nested boxes `dot` can misplace elements. Inserted
 * in sorted order, for cgraph writes in that order. */
#include "draw/draw.h"

#include <cgraph.h>

/* Ids of graphs, nodes and edges, counted as they are made. By default cgraph takes the address of a name for the id
 * of what is named and writes boxes in the order of their ids, so that one drawing would come out in another order
 * each time. Names are unique here, hence each is asked for once. */
typedef struct Ids {
    Arena arena;
    Vec(char *) names; /* by id, from 1 */
} Ids;

static void *ids_open(Agraph_t *g, Agdisc_t *disc)
{
    (void)g;
    (void)disc;
    Ids *ids = mem_alloc(sizeof *ids);
    *ids = (Ids){0};
    vec_push(&ids->names, NULL);
    return ids;
}

static long ids_map(void *state, int type, char *name, IDTYPE *id, int create)
{
    (void)type;
    Ids *ids = state;
    if (!create)
        return 0;
    *id = ids->names.n;
    vec_push(&ids->names, name ? str_z(&ids->arena, str_from(name)) : NULL);
    return 1;
}

static long ids_alloc(void *state, int type, IDTYPE id)
{
    (void)state;
    (void)type;
    (void)id;
    return 0;
}

static void ids_free(void *state, int type, IDTYPE id)
{
    (void)ids_alloc(state, type, id);
}

static char *ids_print(void *state, int type, IDTYPE id)
{
    (void)type;
    const Ids *ids = state;
    return id < ids->names.n ? ids->names.at[id] : NULL;
}

static void ids_close(void *state)
{
    Ids *ids = state;
    vec_free(&ids->names);
    arena_free(&ids->arena);
    free(ids);
}

static void ids_register(void *state, int type, void *obj)
{
    (void)state;
    (void)type;
    (void)obj;
}

typedef struct Writer {
    const Drawing *d;
    const Program *p;
    Agraph_t *g;
    Agraph_t **clusters; /* by cluster of the drawing; [0] is the graph itself */
    Agnode_t **nodes;
    StrBuf scratch;
} Writer;

/* cgraph takes char * where it means const char *. */
static char *plain(const char *z)
{
    union {
        const char *in;
        char *out;
    } u = {z};
    return u.out;
}

static void set(void *on, const char *name, const char *value)
{
    if (agsafeset(on, plain(name), plain(value), plain("")) != 0)
        BUG("an attribute of a diagram cannot be set");
}

/* Sets user text: backslashes doubled, newlines as DOT writes them: `\n` for centred lines, `\l` for lines set to the
 * left. */
static void set_lines(Writer *w, void *on, const char *name, Str text, const char *newline)
{
    w->scratch.n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] == '\\')
            strbuf_addz(&w->scratch, "\\\\");
        else if (text.s[i] == '\n')
            strbuf_addz(&w->scratch, newline);
        else
            strbuf_char(&w->scratch, text.s[i]);
    }
    strbuf_addz(&w->scratch, "");
    set(on, name, w->scratch.n ? w->scratch.s : "");
}

static void set_text(Writer *w, void *on, const char *name, Str text)
{
    set_lines(w, on, name, text, "\\n");
}

static void set_number(void *on, const char *name, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.3f", value);
    set(on, name, text);
}

/* id for the thing in this picture, class, tooltip with the full title and a link to the review document. */
static void set_identity(Writer *w, void *on, ObjId obj, const char *class)
{
    StrBuf id = {0};
    obj_id(w->p, obj, &id);
    Str text = visible_text(w->d->report->arena, strbuf_str(&id));
    set_text(w, on, "id", text);
    set(on, "class", class);
    set_text(w, on, "URL", str_format(w->d->report->arena, "../report.html#%.*s", STR_FMT(text)));
    Str title = visible_text(w->d->report->arena, obj_title(w->p, obj));
    set_text(w, on, "tooltip", str_format(w->d->report->arena, "%.*s (%.*s)", STR_FMT(title), STR_FMT(text)));
    strbuf_free(&id);
}

static void declare_defaults(Writer *w)
{
    static const struct {
        int sort;
        const char *name, *value;
    } presets[] = {
        {AGRAPH, "linelength", "0"},
        {AGRAPH, "charset", "UTF-8"},
        {AGRAPH, "rankdir", "LR"},
        {AGRAPH, "nodesep", "0.45"},
        {AGRAPH, "ranksep", "1.15"},
        {AGRAPH, "fontname", "Helvetica"},
        {AGRAPH, "fontsize", "11"},
        {AGRAPH, "labeljust", "l"},
        {AGRAPH, "labelloc", "t"},
        {AGRAPH, "forcelabels", "true"},
        {AGRAPH, "margin", "14"},
        {AGRAPH, "color", "black"},
        {AGRAPH, "fontcolor", "black"},
        {AGRAPH, "penwidth", "1"},
        {AGRAPH, "style", ""},
        {AGRAPH, "label", ""},
        {AGNODE, "fontname", "Helvetica"},
        {AGNODE, "fontsize", "10"},
        {AGNODE, "shape", "box"},
        {AGNODE, "style", ""},
        {AGNODE, "width", "0.75"},
        {AGNODE, "height", "0.5"},
        {AGNODE, "margin", "0.05,0.03"},
        {AGNODE, "label", ""},
        {AGEDGE, "fontname", "Helvetica"},
        {AGEDGE, "fontsize", "9"},
        {AGEDGE, "color", "#3A4654"},
        {AGEDGE, "dir", "forward"},
        {AGEDGE, "arrowsize", "0.8"},
        {AGEDGE, "weight", "1"},
        {AGEDGE, "xlabel", ""},
    };
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        if (!agattr(w->g, presets[i].sort, plain(presets[i].name), plain(presets[i].value)))
            BUG("an attribute of a diagram cannot be declared");
    if (w->d->downwards)
        set(w->g, "rankdir", "TB");
}

/* One dash pattern a dimension; red dashes are for boundaries alone. */
static const char *boundary_style(uint32_t dimension)
{
    static const char *const styles[] = {"dashed", "dashed", "dotted", "dashed,bold", "dotted,bold", "dashed,rounded"};
    return styles[dimension < sizeof styles / sizeof *styles ? dimension : 0];
}

static void write_clusters(Writer *w)
{
    const Drawing *d = w->d;
    for (uint32_t i = 1; i < d->nclusters; i++) {
        const DrawCluster *c = &d->clusters[i];
        char name[32];
        snprintf(name, sizeof name, "cluster_%u", i);
        Agraph_t *box = w->clusters[i] = agsubg(w->clusters[c->parent], name, 1);
        if (!box)
            BUG("a box of a diagram cannot be made");
        StrBuf label = {0};
        strbuf_add(&label, c->label);
        if (d->badges && (c->badge.open || c->badge.possible)) {
            strbuf_addz(&label, "  [");
            badge_text(w->p, &c->badge, &label);
            strbuf_char(&label, ']');
        }
        set_text(w, box, "label", strbuf_str(&label));
        strbuf_free(&label);
        set(box, "style", c->boundary ? boundary_style(c->dimension) : "rounded");
        set(box, "color", c->boundary ? "#C62828" : "#9AA5B1");
        set(box, "fontcolor", c->boundary ? "#A61C1C" : "#52606D");
        set_identity(w, box, c->obj, c->boundary ? "boundary" : "group");
    }
}

static void node_label(Writer *w, const DrawNode *n, StrBuf *out)
{
    for (uint32_t i = 0; i < n->nlines; i++) {
        strbuf_addz(out, i ? "\n" : "");
        strbuf_add(out, n->lines[i].text);
    }
    if (w->d->badges && (n->badge.open || n->badge.possible)) {
        strbuf_addz(out, n->shape == SHAPE_PORT ? " [" : "\n[");
        badge_text(w->p, &n->badge, out);
        strbuf_char(out, ']');
    }
}

static void write_node(Writer *w, uint32_t i)
{
    static const struct {
        const char *shape, *style, *class;
    } looks[] = {
        [SHAPE_PROCESS] = {"box", "rounded", "process"},
        [SHAPE_EXTERNAL] = {"box", "solid", "external"},
        [SHAPE_STORE] = {"cylinder", "solid", "store"},
        [SHAPE_PORT] = {"square", "solid", "port"},
        [SHAPE_COLLAPSED] = {"box", "rounded,dashed", "collapsed"},
    };
    const DrawNode *n = &w->d->nodes[i];
    char name[32];
    snprintf(name, sizeof name, "n%u", i);
    Agnode_t *node = w->nodes[i] = agnode(w->g, name, 1);
    if (!node)
        BUG("a node of a diagram cannot be made");
    for (uint32_t c = n->cluster; c; c = w->d->clusters[c].parent)
        agsubnode(w->clusters[c], node, 1);
    StrBuf label = {0};
    node_label(w, n, &label);
    set_text(w, node, "label", strbuf_str(&label));
    strbuf_free(&label);
    set(node, "shape", looks[n->shape].shape);
    if (n->shape == SHAPE_PORT) { /* a small square cannot hold its text; the room for it is kept all the same */
        set(node, "shape", "box");
        set(node, "fontsize", "8");
    }
    StrBuf style = {0};
    strbuf_addz(&style, looks[n->shape].style);
    strbuf_addz(&style, n->out_of_scope ? ",filled" : "");
    set(node, "style", style.s);
    strbuf_free(&style);
    if (n->out_of_scope)
        set(node, "fillcolor", "#E4E7EB");
    if (n->shape == SHAPE_COLLAPSED)
        set(node, "color", "#C62828");
    set_number(node, "width", n->w / 72);
    set_number(node, "height", n->h / 72);
    set_identity(w, node, n->obj, n->out_of_scope ? "out_of_scope" : looks[n->shape].class);
}

static void edge_label(Writer *w, const DrawEdge *e, StrBuf *out)
{
    const View *v = w->d->view;
    if (v->show_numbers)
        strbuf_add(out, e->number);
    if (e->text.n) {
        strbuf_addz(out, v->show_numbers ? " " : "");
        strbuf_add(out, e->text);
    }
    if (w->d->badges && (e->badge.open || e->badge.possible)) {
        strbuf_addz(out, " [");
        badge_text(w->p, &e->badge, out);
        strbuf_char(out, ']');
    }
}

static void write_edge(Writer *w, uint32_t i)
{
    const DrawEdge *e = &w->d->edges[i];
    char name[32];
    snprintf(name, sizeof name, "e%u", i);
    Agedge_t *edge = agedge(w->g, w->nodes[e->from], w->nodes[e->to], name, 1);
    if (!edge)
        BUG("an edge of a diagram cannot be made");
    set(edge, "comment", name); /* how the layout is read back */
    if (e->attach) {
        set(edge, "dir", "none");
        set(edge, "weight", "8");
        set(edge, "class", "attach");
        return;
    }
    StrBuf label = {0};
    edge_label(w, e, &label);
    set_text(w, edge, "xlabel", strbuf_str(&label));
    strbuf_free(&label);
    if (e->two_way || e->initiator)
        set(edge, "dir", "both");
    if (e->initiator && !e->two_way)
        set(edge, "arrowtail", e->initiator < 0 ? "odot" : "none");
    else if (e->initiator < 0)
        set(edge, "arrowtail", "normalodot");
    if (e->initiator > 0)
        set(edge, "arrowhead", "normalodot");
    if (e->nflows == 1)
        set_identity(w, edge, w->p->model.flows.at[e->flows[0]].obj, "flow");
    else
        set(edge, "class", "flows");
}

/* What the symbols mean that are in use, for those who draw the file themselves. */
static void legend_text(const Drawing *d, StrBuf *out)
{
    static const char *const words[] = {
        [SHAPE_PROCESS] = "rounded box = process",
        [SHAPE_EXTERNAL] = "sharp box = external entity",
        [SHAPE_STORE] = "cylinder = data store",
        [SHAPE_PORT] = "small box = port",
        [SHAPE_COLLAPSED] = "dashed box = closed boundary",
    };
    bool used[SHAPE_COLLAPSED + 1] = {false}, grey = false;
    for (uint32_t i = 1; i < d->nnodes; i++) {
        used[d->nodes[i].shape] = true;
        grey |= d->nodes[i].out_of_scope;
    }
    const char *before = "Legend: ";
    for (size_t i = 0; i <= SHAPE_COLLAPSED; i++) {
        if (!used[i])
            continue;
        strbuf_format(out, "%s%s", before, words[i]);
        before = ", ";
    }
    for (uint32_t i = 1; i < d->nclusters; i++) {
        if (!d->clusters[i].boundary)
            continue;
        strbuf_addz(out, ", red dashes = trust boundary");
        break;
    }
    strbuf_addz(out, grey ? ", grey = out of scope" : "");
    if (d->badges)
        strbuf_addz(out, ", [2H 1?] = open threats with the first letter of the highest severity, and possible ones");
}

static void write_title(Writer *w)
{
    const Drawing *d = w->d;
    StrBuf b = {0};
    strbuf_add(&b, d->title);
    strbuf_format(&b, "\n%.*s%sview %.*s\n%.*s\n", STR_FMT(d->subtitle), d->subtitle.n ? " \xC2\xB7 " : "",
                  STR_FMT(d->view->name), STR_FMT(d->scope));
    legend_text(d, &b);
    strbuf_char(&b, '\n');
    set_lines(w, w->g, "label", strbuf_str(&b), "\\l");
    strbuf_free(&b);
    set_text(w, w->g, "id", d->view->name);
}

void dot_write(const Drawing *d, Out *out)
{
    Arena arena = {0};
    Agiddisc_t ids = {.open = ids_open,
                      .map = ids_map,
                      .alloc = ids_alloc,
                      .free = ids_free,
                      .print = ids_print,
                      .close = ids_close,
                      .idregister = ids_register};
    Agdisc_t disc = {.id = &ids};
    Writer w = {.d = d, .p = d->report->program, .g = agopen(plain("view"), Agdirected, &disc)};
    if (!w.g)
        die_memory();
    w.clusters = NEWN(&arena, Agraph_t *, d->nclusters + 1);
    w.nodes = NEWN(&arena, Agnode_t *, d->nnodes + 1);
    w.clusters[0] = w.g;
    declare_defaults(&w);
    write_title(&w);
    write_clusters(&w);
    for (uint32_t i = 1; i < d->nnodes; i++)
        write_node(&w, i);
    for (uint32_t i = 1; i < d->nedges; i++)
        write_edge(&w, i);
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f || agwrite(w.g, f) != 0 || fclose(f) != 0)
        die_memory();
    out_str(out, (Str){text, n});
    free(text);
    agclose(w.g);
    strbuf_free(&w.scratch);
    arena_free(&arena);
}

void emit_view_dot(const Report *r, const View *v, Out *out)
{
    Arena arena = {0};
    Report mine = *r;
    mine.arena = &arena;
    dot_write(drawing_make(&mine, v, &arena), out);
    arena_free(&arena);
}
