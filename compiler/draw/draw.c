/* From a view to a drawing: nodes with their lines and sizes, the boundaries that can be drawn as nested boxes, edges
 * with their texts. Boundaries of several dimensions may overlap, and overlapping sets cannot be nested boxes: a
 * boundary is drawn as a box only if everything in the picture that is inside it can be drawn inside it; the others
 * are named on their members. */
#include "draw/draw.h"
#include "emit/escape.h"

#include <math.h>

enum { TITLE_WIDTH = 150, REMARK_WIDTH = 170, NUMBERS_SHOWN = 6, BOXES = 1000 };

Str visible_text(Arena *arena, Str s)
{
    StrBuf b = {0};
    for (size_t i = 0; i < s.n;) {
        uint32_t c;
        size_t n = escape_next(s, i, &c);
        char shown[16];
        if (c == '\n' || c == '\t')
            strbuf_char(&b, ' ');
        else if (escape_hidden(c))
            escape_show(c, shown), strbuf_addz(&b, shown);
        else
            strbuf_add(&b, str_slice(s, i, i + n));
        i += n;
    }
    Str visible = str_copy(arena, strbuf_str(&b));
    strbuf_free(&b);
    return visible;
}

/* ---- which boundaries become boxes ---- */

/* A boundary or group: the nodes of the picture that are inside it, and how many elements of the whole model are. */
typedef struct Candidate {
    ObjId obj;
    uint64_t *set;
    uint32_t index;        /* row and column in Maker.shared */
    uint32_t size, nested; /* elements inside, and those by nesting alone */
    uint32_t depth, preference;
    bool drawn;
} Candidate;

typedef struct Maker {
    const Report *r;
    const Program *p;
    const Model *m;
    const View *v;
    Arena *arena;
    Drawing *d;
    Map node_of; /* ObjId -> node */
    Candidate *sets;
    uint32_t nsets, words;
    Map set_of;       /* ObjId -> 1 + index */
    uint32_t *shared; /* elements of the model that two candidates have in common */
    uint32_t *partly; /* elements that a closed box and a candidate have in common: row by place in View.collapsed */
    Map closed;       /* ObjId -> 1 + place in View.collapsed */
} Maker;

typedef enum Relation { SETS_APART, SETS_EQUAL, SETS_WITHIN, SETS_AROUND, SETS_OVERLAP } Relation;

/* By the whole model, not by the picture alone: a box inside a box says that the one boundary is inside the other. */
static Relation relation(const Maker *k, const Candidate *a, const Candidate *b)
{
    uint32_t both = k->shared[a->index * k->nsets + b->index];
    if (!both)
        return SETS_APART;
    if (both < a->size && both < b->size)
        return SETS_OVERLAP;
    return both < a->size ? SETS_AROUND : both < b->size ? SETS_WITHIN : SETS_EQUAL;
}

static bool in_set(const Candidate *c, uint32_t node)
{
    return c->set[node / 64] >> (node % 64) & 1;
}

/* Rank of a boundary's dimension, 1 for the first; 0 if it has none. */
static uint32_t dimension_rank(const Program *p, ObjId boundary)
{
    Value d = obj_known(p, boundary, KNOWN_DIMENSION);
    return d.tag == V_CONST ? p->consts.at[d.a].rank + 1 : 0;
}

Str dimension_name(const Program *p, ObjId boundary)
{
    Value d = obj_known(p, boundary, KNOWN_DIMENSION);
    return d.tag == V_CONST ? sym_str(p->names, p->consts.at[d.a].name) : STR("");
}

static int candidate_cmp(const void *x, const void *y)
{
    const Candidate *a = x, *b = y;
    if (a->preference != b->preference)
        return a->preference < b->preference ? -1 : 1;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->depth < b->depth ? -1 : a->depth > b->depth;
}

static int drawn_cmp(const void *x, const void *y)
{
    const Candidate *a = x, *b = y;
    if (a->drawn != b->drawn)
        return a->drawn ? -1 : 1;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    return a->preference < b->preference ? -1 : a->preference > b->preference;
}

/* What is preferred as a box: what nests everything in it; then whatever nests more; groups last; then the order of
 * ids. */
static void set_preferences(Maker *k)
{
    for (uint32_t i = 0; i < k->nsets; i++) {
        Candidate *c = &k->sets[i];
        bool boundary = obj_is(k->p, c->obj, ROLE_BOUNDARY);
        c->preference = (boundary ? 0 : 2u << 20) + (c->nested == c->size ? 0 : 1u << 20) + i;
        const ObjId *around;
        c->depth = boundary ? model_boundaries(k->m, c->obj, &around).n : 0;
        for (ObjId up = container_of(k->p, c->obj); up && !boundary; up = container_of(k->p, up))
            c->depth++;
    }
}

/* Counts an element of the model in all candidates that it is inside of, and in each pair of them. */
static void count_element(Maker *k, ObjId element)
{
    enum { MOST = 64 };
    uint32_t in[MOST], n = 0;
    const ObjId *set;
    Range range = model_boundaries(k->m, element, &set);
    for (uint32_t i = 0; i < range.n && n < MOST; i++) {
        uint32_t at = map_get(&k->set_of, set[i]);
        if (at)
            in[n++] = at - 1;
    }
    for (uint32_t i = 0; i < range.n; i++) {
        uint32_t box = map_get(&k->closed, set[i]);
        for (uint32_t j = 0; box && j < n; j++)
            k->partly[(box - 1) * k->nsets + in[j]]++;
    }
    for (ObjId c = container_of(k->p, element); c; c = container_of(k->p, c)) {
        uint32_t at = map_get(&k->set_of, c);
        if (!at)
            continue;
        k->sets[at - 1].nested++;
        if (n < MOST && !obj_is(k->p, c, ROLE_BOUNDARY))
            in[n++] = at - 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        k->sets[in[i]].size++;
        for (uint32_t j = 0; j < n; j++)
            k->shared[in[i] * k->nsets + in[j]]++;
    }
}

static void collect_sets(Maker *k)
{
    k->nsets = k->v->nboundaries < BOXES ? k->v->nboundaries : BOXES;
    k->words = k->d->nnodes / 64 + 1;
    k->sets = NEWN(k->arena, Candidate, k->nsets + 1);
    k->shared = NEWN(k->arena, uint32_t, (size_t)k->nsets * k->nsets + 1);
    k->partly = NEWN(k->arena, uint32_t, (size_t)k->nsets * k->v->ncollapsed + 1);
    for (uint32_t i = 0; i < k->v->ncollapsed; i++)
        map_put(&k->closed, k->v->collapsed[i], i + 1);
    for (uint32_t i = 0; i < k->nsets; i++) {
        Candidate *c = &k->sets[i];
        c->index = i;
        c->obj = k->v->boundaries[i];
        c->set = NEWN(k->arena, uint64_t, k->words);
        map_put(&k->set_of, c->obj, i + 1);
        for (uint32_t n = 1; n < k->d->nnodes; n++)
            if (stands_in(k->p, k->d->nodes[n].obj, c->obj))
                c->set[n / 64] |= 1ull << (n % 64);
    }
    for (uint32_t i = 0; i < k->m->elements.n; i++)
        count_element(k, k->m->elements.at[i]);
    map_free(&k->set_of);
    map_free(&k->closed);
}

/* Draws as many as nest; what is left overlaps one that is drawn. */
static void choose_boxes(Maker *k)
{
    collect_sets(k);
    set_preferences(k);
    qsort(k->sets, k->nsets, sizeof *k->sets, candidate_cmp);
    for (uint32_t i = 0; i < k->nsets; i++) {
        bool nests = k->sets[i].size > 0;
        for (uint32_t j = 0; j < i && nests; j++)
            nests = !k->sets[j].drawn || relation(k, &k->sets[i], &k->sets[j]) != SETS_OVERLAP;
        k->sets[i].drawn = nests;
    }
    qsort(k->sets, k->nsets, sizeof *k->sets, drawn_cmp);
}

static Str cluster_label(Maker *k, const Candidate *c)
{
    StrBuf b = {0};
    Sym id = model_decl(k->m, c->obj)->hash_id;
    strbuf_add(&b, visible_text(k->arena, obj_title(k->p, c->obj)));
    if (obj_is(k->p, c->obj, ROLE_GROUP)) {
        Value count = obj_known(k->p, c->obj, KNOWN_GROUP_COUNT);
        if (count.tag == V_NUMBER) {
            strbuf_addz(&b, " \xC3\x97 ");
            value_print(k->p, count, &b);
        }
    }
    if (id) {
        strbuf_addz(&b, "  ");
        strbuf_add(&b, sym_str(k->p->names, id));
    }
    Str label = str_copy(k->arena, strbuf_str(&b));
    strbuf_free(&b);
    return label;
}

static void make_clusters(Maker *k)
{
    choose_boxes(k);
    Drawing *d = k->d;
    d->clusters = NEWN(k->arena, DrawCluster, k->nsets + 1);
    d->nclusters = 1;
    for (uint32_t i = 0; i < k->nsets && k->sets[i].drawn; i++) {
        const Candidate *c = &k->sets[i];
        DrawCluster *box = &d->clusters[d->nclusters++];
        box->obj = c->obj;
        box->boundary = obj_is(k->p, c->obj, ROLE_BOUNDARY);
        box->dimension = box->boundary ? dimension_rank(k->p, c->obj) : 0;
        box->label = cluster_label(k, c);
        box->badge = k->v->tally->badge[c->obj];
        for (uint32_t j = 0; j < i; j++) {
            Relation is = relation(k, c, &k->sets[j]);
            if (is == SETS_WITHIN || is == SETS_EQUAL)
                box->parent = j + 1; /* the last is the smallest */
        }
        for (uint32_t n = 1; n < d->nnodes; n++)
            if (in_set(c, n))
                d->nodes[n].cluster = d->nclusters - 1;
    }
}

bool drawing_inside(const Drawing *d, uint32_t cluster, uint32_t ancestor)
{
    while (cluster && cluster != ancestor)
        cluster = d->clusters[cluster].parent;
    return cluster == ancestor;
}

/* ---- nodes ---- */

static Shape shape_of(const Program *p, ObjId o)
{
    if (obj_is(p, o, ROLE_BOUNDARY) || obj_is(p, o, ROLE_GROUP))
        return SHAPE_COLLAPSED;
    if (obj_is(p, o, ROLE_PORT))
        return SHAPE_PORT;
    if (obj_is(p, o, ROLE_EXTERNAL))
        return SHAPE_EXTERNAL;
    return obj_is(p, o, ROLE_STORE) ? SHAPE_STORE : SHAPE_PROCESS;
}

static void add_lines(Maker *k, DrawNode *n, Str text, LineStyle style, uint32_t most)
{
    static const struct {
        double size, width;
        bool bold;
    } faces[] = {
        [LINE_TITLE] = {12, TITLE_WIDTH, true},
        [LINE_KIND] = {9.5, REMARK_WIDTH, false},
        [LINE_REMARK] = {9.5, REMARK_WIDTH, false},
    };
    Str lines[4];
    uint32_t room = (uint32_t)(sizeof n->lines / sizeof *n->lines) - n->nlines;
    most = most < room ? most : room;
    uint32_t got =
        text_wrap(k->arena, text, faces[style].size, faces[style].bold, faces[style].width, most < 4 ? most : 4, lines);
    for (uint32_t i = 0; i < got; i++)
        n->lines[n->nlines++] = (DrawLine){lines[i], style};
}

/* "PR-04 - Device application". */
static void add_kind_line(Maker *k, DrawNode *n)
{
    const Kind *kind = &k->p->kinds.at[model_obj(k->m, n->obj)->kind];
    Sym id = model_decl(k->m, n->obj)->hash_id;
    Str what = kind->title.n ? kind->title : sym_str(k->p->names, kind->name);
    StrBuf b = {0};
    if (id)
        strbuf_format(&b, "%.*s \xC2\xB7 ", STR_FMT(sym_str(k->p->names, id)));
    if (n->shape == SHAPE_COLLAPSED) {
        uint32_t inside = k->v->tally->size[n->obj];
        strbuf_format(&b, "%u element%s inside", inside, inside == 1 ? "" : "s");
    } else {
        strbuf_add(&b, what);
    }
    add_lines(k, n, visible_text(k->arena, str_copy(k->arena, strbuf_str(&b))), LINE_KIND, 2);
    strbuf_free(&b);
}

/* An element that is nested in another one says so. */
static void add_owner_line(Maker *k, DrawNode *n)
{
    ObjId up = model_obj(k->m, n->obj)->parent;
    if (n->shape == SHAPE_PORT || n->shape == SHAPE_COLLAPSED || !up || !obj_is(k->p, up, ROLE_ELEMENT))
        return;
    add_lines(k, n, visible_text(k->arena, str_format(k->arena, "part of %.*s", STR_FMT(obj_title(k->p, up)))),
              LINE_REMARK, 1);
}

/* Boundaries that contain it but could not be drawn as boxes. */
static void add_overlap_lines(Maker *k)
{
    for (uint32_t i = 0; i < k->nsets; i++) {
        if (k->sets[i].drawn)
            continue;
        Str line = str_format(k->arena, "also in: %.*s", STR_FMT(obj_title(k->p, k->sets[i].obj)));
        for (uint32_t n = 1; n < k->d->nnodes; n++)
            if (in_set(&k->sets[i], n))
                add_lines(k, &k->d->nodes[n], visible_text(k->arena, line), LINE_REMARK, 2);
    }
}

/* Boundaries that a closed box is inside of only in part: some of what it hides is in them. */
static void add_partial_lines(Maker *k)
{
    for (uint32_t b = 0; b < k->v->ncollapsed; b++) {
        ObjId box = k->v->collapsed[b];
        DrawNode *n = &k->d->nodes[map_get(&k->node_of, box)];
        for (uint32_t i = 0; i < k->nsets; i++) {
            uint32_t both = k->partly[b * k->nsets + k->sets[i].index];
            if (!both || stands_in(k->p, box, k->sets[i].obj))
                continue;
            Str line = str_format(k->arena, "partly in: %.*s", STR_FMT(obj_title(k->p, k->sets[i].obj)));
            add_lines(k, n, visible_text(k->arena, line), LINE_REMARK, 2);
        }
    }
}

static void make_node(Maker *k, ObjId obj)
{
    Drawing *d = k->d;
    DrawNode *n = &d->nodes[d->nnodes];
    map_put(&k->node_of, obj, d->nnodes++);
    n->obj = obj;
    n->shape = shape_of(k->p, obj);
    ObjId owner = n->shape == SHAPE_PORT ? model_obj(k->m, obj)->parent : obj;
    n->out_of_scope = obj_known(k->p, obj, KNOWN_OUT_OF_SCOPE).tag == V_TEXT ||
                      obj_known(k->p, owner, KNOWN_OUT_OF_SCOPE).tag == V_TEXT;
    n->neighbour = k->v->obj && obj_is(k->p, k->v->obj, ROLE_BOUNDARY) && !stands_in(k->p, obj, k->v->obj);
    n->badge = n->shape == SHAPE_COLLAPSED ? k->v->tally->inside[obj] : k->v->tally->badge[obj];
    Str title = visible_text(k->arena, obj_title(k->p, obj));
    if (n->shape == SHAPE_PORT) {
        Str line[1];
        if (text_wrap(k->arena, title, 9.5, false, TITLE_WIDTH, 1, line))
            n->lines[n->nlines++] = (DrawLine){line[0], LINE_KIND};
        return;
    }
    add_lines(k, n, title, LINE_TITLE, 3);
    add_kind_line(k, n);
    add_owner_line(k, n);
    if (n->out_of_scope)
        add_lines(k, n, STR("out of scope"), LINE_REMARK, 1);
}

static double badge_width(const Maker *k, const Badge *b)
{
    StrBuf text = {0};
    badge_text(k->p, b, &text);
    double w = text.n ? text_width(strbuf_str(&text), 10, true) + 26 : 0;
    strbuf_free(&text);
    return w;
}

/* Room for the lines, and a last one for the badges. */
static void size_node(Maker *k, DrawNode *n)
{
    if (n->shape == SHAPE_PORT) {
        n->w = 20 + (n->nlines ? text_width(n->lines[0].text, 9.5, false) : 0) +
               (k->d->badges ? badge_width(k, &n->badge) : 0);
        n->h = 18;
        return;
    }
    double w = 60, h = 0;
    for (uint32_t i = 0; i < n->nlines; i++) {
        bool bold = n->lines[i].style == LINE_TITLE;
        w = fmax(w, text_width(n->lines[i].text, bold ? 12 : 9.5, bold));
        h += bold ? 15 : 12.5;
    }
    double badges = k->d->badges ? badge_width(k, &n->badge) : 0;
    n->w = ceil(fmax(w, badges) + 24);
    n->h = ceil(h + (badges > 0 ? 19 : 0) + (n->shape == SHAPE_STORE ? 26 : 16));
}

/* ---- edges ---- */

/* The node for an end of a flow: its port if that is shown, the element, or the box around it. */
static uint32_t node_for(const Maker *k, ObjId element, ObjId port)
{
    uint32_t n = port ? map_get(&k->node_of, port) : 0;
    if (!n)
        n = map_get(&k->node_of, element);
    for (ObjId c = container_of(k->p, element); c && !n; c = container_of(k->p, c))
        n = map_get(&k->node_of, c);
    return n;
}

static void add_names(Maker *k, ObjId flow, Known what, StrBuf *out)
{
    const Value *members;
    Value value = obj_known(k->p, flow, what);
    Range range = value_members(k->m, &value, &members);
    for (uint32_t i = 0; i < range.n && i < 3; i++) {
        strbuf_addz(out, i ? ", " : "");
        strbuf_add(out, obj_title(k->p, members[i].a));
    }
    if (range.n > 3)
        strbuf_format(out, " and %u more", range.n - 3);
}

static Str flow_text(Maker *k, ObjId flow)
{
    StrBuf b = {0};
    strbuf_add(&b, obj_title(k->p, flow));
    Value carried = obj_known(k->p, flow, KNOWN_CARRIES);
    const Value *members;
    if (k->v->show_data && value_members(k->m, &carried, &members).n) {
        strbuf_addz(&b, ": ");
        add_names(k, flow, KNOWN_CARRIES, &b);
    }
    if (k->v->show_protocols && obj_known(k->p, flow, KNOWN_PROTOCOL).tag == V_REF) {
        strbuf_addz(&b, " (");
        strbuf_add(&b, obj_name(k->p, obj_known(k->p, flow, KNOWN_PROTOCOL).a));
        strbuf_char(&b, ')');
    }
    Str text = visible_text(k->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static int initiator_of(const Maker *k, const Flow *f)
{
    Value v = obj_known(k->p, f->obj, KNOWN_INITIATOR);
    if (v.tag != V_REF || f->from == f->to)
        return 0;
    const FlowPorts *ports = flow_ports(k->m, f);
    return v.a == f->from || v.a == ports->from ? -1 : v.a == f->to || v.a == ports->to ? 1 : 0;
}

/* One flow with its ends, for sorting flows that share an edge together. */
typedef struct Drawn {
    uint32_t from, to, way, number, flow;
} Drawn;

static int drawn_flow_cmp(const void *x, const void *y)
{
    const Drawn *a = x, *b = y;
    const uint32_t *u = &a->from, *w = &b->from;
    for (int i = 0; i < 5; i++)
        if (u[i] != w[i])
            return u[i] < w[i] ? -1 : 1;
    return 0;
}

static void add_edge(Maker *k, const Drawn *first, uint32_t n)
{
    Drawing *d = k->d;
    DrawEdge *e = &d->edges[d->nedges++];
    const Flow *f = &k->m->flows.at[first->flow];
    uint32_t *flows = NEWN(k->arena, uint32_t, n);
    StrBuf number = {0};
    *e = (DrawEdge){.from = first->from, .to = first->to, .two_way = first->way, .flows = flows, .nflows = n};
    for (uint32_t i = 0; i < n; i++) {
        flows[i] = first[i].flow;
        badge_add(k->p, &e->badge, &k->v->tally->badge[k->m->flows.at[flows[i]].obj]);
        if (i < NUMBERS_SHOWN || n == NUMBERS_SHOWN + 1)
            strbuf_format(&number, "%s%u", i ? ", " : "", first[i].number);
    }
    if (n > NUMBERS_SHOWN + 1)
        strbuf_format(&number, ", \xE2\x80\xA6 (%u flows)", n);
    e->number = str_copy(k->arena, strbuf_str(&number));
    strbuf_free(&number);
    if (n == 1) {
        e->initiator = initiator_of(k, f);
        e->text = flow_text(k, f->obj);
    }
}

static void make_edges(Maker *k)
{
    Drawing *d = k->d;
    Drawn *all = NEWN(k->arena, Drawn, k->v->nflows + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->v->nflows; i++) {
        const Flow *f = &k->m->flows.at[k->v->flows[i]];
        const FlowPorts *ports = flow_ports(k->m, f);
        uint32_t from = node_for(k, f->from, ports->from), to = node_for(k, f->to, ports->to);
        if (from && to)
            all[n++] = (Drawn){from, to, f->two_way, k->v->tally->number[k->v->flows[i]], k->v->flows[i]};
    }
    qsort(all, n, sizeof *all, drawn_flow_cmp);
    d->edges = NEWN(k->arena, DrawEdge, n + d->nnodes + 1);
    d->nedges = 1;
    for (uint32_t i = 0, next; i < n; i = next) {
        bool box = d->nodes[all[i].from].shape == SHAPE_COLLAPSED || d->nodes[all[i].to].shape == SHAPE_COLLAPSED;
        next = i + 1;
        while (box && next < n && all[next].from == all[i].from && all[next].to == all[i].to &&
               all[next].way == all[i].way)
            next++;
        add_edge(k, &all[i], next - i);
    }
    for (uint32_t i = 1; i < d->nnodes; i++) {
        uint32_t owner =
            d->nodes[i].shape == SHAPE_PORT ? map_get(&k->node_of, model_obj(k->m, d->nodes[i].obj)->parent) : 0;
        if (owner)
            d->edges[d->nedges++] = (DrawEdge){.from = i, .to = owner, .attach = true};
    }
}

/* ---- the whole ---- */

/* "Infusion pump system, version 3.2". */
static Str system_line(Maker *k)
{
    ObjList systems = objs_of_role(k->p, ROLE_SYSTEM, k->arena);
    if (!systems.n)
        return STR("");
    ObjId o = systems.at[0];
    PropId version = kind_prop_z(k->p, model_obj(k->m, o)->kind, "version");
    Value v = version ? obj_value(k->p, o, version, NULL) : (Value){V_ABSENT, 0};
    Str title = obj_title(k->p, o);
    Str line = v.tag == V_TEXT
                   ? str_format(k->arena, "%.*s, version %.*s", STR_FMT(title), STR_FMT(value_text_of(k->m, v)))
                   : str_format(k->arena, "%.*s, version not stated", STR_FMT(title));
    return visible_text(k->arena, line);
}

Drawing *drawing_make(const Report *r, const View *v, Arena *arena)
{
    Maker k = {.r = r, .p = r->program, .m = &r->program->model, .v = v, .arena = arena};
    Drawing *d = k.d = NEW(arena, Drawing);
    *d = (Drawing){.report = r, .view = v, .nnodes = 1, .badges = v->show_threats};
    d->nodes = NEWN(arena, DrawNode, v->nelements + v->ncollapsed + 1);
    for (uint32_t i = 0; i < v->nelements; i++)
        make_node(&k, v->elements[i]);
    for (uint32_t i = 0; i < v->ncollapsed; i++)
        make_node(&k, v->collapsed[i]);
    make_clusters(&k);
    add_overlap_lines(&k);
    add_partial_lines(&k);
    for (uint32_t i = 1; i < d->nnodes; i++)
        size_node(&k, &d->nodes[i]);
    make_edges(&k);
    d->title = visible_text(arena, v->title);
    d->subtitle = system_line(&k);
    d->scope = visible_text(arena, v->scope);
    map_free(&k.node_of);
    return d;
}
