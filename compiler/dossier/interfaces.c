/* Threat model: the ways in. The register of interfaces has the ten columns that IEC 81001-5-1, 5.4.3 a) to j) asks for, for each
 * flow that crosses a boundary or has an external end, and for each port; the table of attack vectors says from where somebody can
 * act on them (7.2 i). Requires a derived model. */
#include "dossier/dossier.h"

enum { NAMED = 10 }; /* things named in one cell; the rest is counted */

/* An interface: a flow with its ends, or a port with its owner. */
typedef struct Way {
    ObjId obj, ends[2], ports[2];
    ObjId flow; /* or 0 */
    bool external;
    ObjVec crossed;
} Way;

typedef struct Register {
    Dossier *d;
    Table *t;
    BackRefs assumptions;
    BackRefs through; /* (port, flow that ends at it) */
    Way way;
    ObjVec list; /* at work */
} Register;

/* a) */
static void put_sort(Register *g)
{
    row_z(g->t, g->way.external ? "external" : "internal");
}

/* b) what the network, the medium and the boundaries around its ends mean for it */
static void put_context(Register *g)
{
    Dossier *d = g->d;
    const Way *w = &g->way;
    row_cell(g->t);
    Value protocol = w->flow ? obj_known(d->p, w->flow, KNOWN_PROTOCOL) : (Value){0};
    if (protocol.tag == V_REF) {
        item_value(g->t, prop_value(d->p, protocol.a, "medium"));
        Value from = prop_value(d->p, protocol.a, "attack_vector");
        if (from.tag == V_CONST)
            item_format(g->t, "attack vector: %.*s", STR_FMT(const_title(d->p, from.a)));
    }
    if (!w->flow)
        item_value(g->t, prop_value(d->p, w->obj, "reach"));
    for (int k = 0; k < 2; k++) {
        ObjId in = w->ends[k] ? obj_primary_boundary(d->p, w->ends[k]) : 0;
        Value trust = prop_value(d->p, in, "trust");
        if (trust.tag == V_CONST)
            item_format(g->t, "%.*s: %.*s", STR_FMT(obj_title(d->p, in)), STR_FMT(const_title(d->p, trust.a)));
    }
    if (w->flow && protocol.tag != V_REF)
        item_missing(g->t, "protocol not known", dossier_how(d, w->flow, "protocol"));
}

/* Who stands at the other ends of the flows through a port, and what they carry. */
static void add_through(Register *g, ObjId port)
{
    const Model *m = g->d->m;
    uint32_t first, n = backrefs_of(&g->through, port, &first);
    for (uint32_t i = 0; i < n; i++) {
        ObjId o = (ObjId)g->through.at[first + i];
        const Flow *f = &m->flows.at[model_obj(m, o)->index];
        vec_push(&g->list, flow_ports(m, f)->from == port ? f->to : f->from);
        refs_add(g->d->p, prop_value(g->d->p, o, "carries"), &g->list);
    }
}

static void find_through(Register *g)
{
    const Model *m = g->d->m;
    for (uint32_t i = 0; i < m->flows.n; i++) {
        const Flow *f = &m->flows.at[i];
        const FlowPorts *ports = flow_ports(m, f);
        if (ports->from)
            vec_push(&g->through, MAP_KEY(ports->from, f->obj));
        if (ports->to)
            vec_push(&g->through, MAP_KEY(ports->to, f->obj));
    }
    backrefs_sort(&g->through);
}

/* c) who uses it and which assets can be reached through it */
static void put_reach(Register *g)
{
    Dossier *d = g->d;
    const Way *w = &g->way;
    g->list.n = 0;
    for (int k = 0; k < 2; k++) {
        if (!w->ends[k])
            continue;
        if (obj_is(d->p, w->ends[k], ROLE_EXTERNAL))
            vec_push(&g->list, w->ends[k]);
        refs_add(d->p, prop_value(d->p, w->ends[k], "holds"), &g->list);
    }
    if (w->flow)
        refs_add(d->p, prop_value(d->p, w->flow, "carries"), &g->list);
    else
        add_through(g, w->obj);
    objs_tidy(d->p, &g->list);
    row_cell(g->t);
    item_some(g->t, &g->list, NAMED);
    if (!g->list.n)
        item_missing(g->t, "no user and no asset",
                     dossier_how(d, w->flow ? w->flow : w->ends[0], w->flow ? "carries" : "holds"));
}

/* d) */
static void put_crosses(Register *g)
{
    row_cell(g->t);
    item_links(g->t, g->way.crossed.at, g->way.crossed.n);
    if (!g->way.crossed.n)
        item_z(g->t, "no");
}

/* e) what is assumed about the interface, its ends, or a place that they stand in */
static void add_assumed(Register *g, ObjId about)
{
    uint32_t first, n = backrefs_of(&g->assumptions, about, &first);
    for (uint32_t i = 0; i < n; i++)
        vec_push(&g->list, (ObjId)g->assumptions.at[first + i]);
}

static void put_assumptions(Register *g)
{
    g->list.n = 0;
    add_assumed(g, g->way.obj);
    for (int k = 0; k < 2; k++) {
        const ObjId *around;
        Range in = model_boundaries(g->d->m, g->way.ends[k], &around);
        add_assumed(g, g->way.ends[k]);
        for (uint32_t i = 0; i < in.n; i++)
            add_assumed(g, around[i]);
    }
    objs_tidy(g->d->p, &g->list);
    row_cell(g->t);
    item_links(g->t, g->list.at, g->list.n);
    if (!g->list.n)
        item_missing(g->t, "no assumption or constraint",
                     "declare an `assumption` about it, its ends or where they stand");
}

/* f) */
static void put_roles(Register *g)
{
    Dossier *d = g->d;
    const Way *w = &g->way;
    row_cell(g->t);
    if (w->flow && dossier_says(d, w->flow, "authentication")) {
        Value v = prop_value(d->p, w->flow, "authentication");
        item_format(g->t, "caller: %.*s", STR_FMT(const_title(d->p, v.a)));
    } else if (w->flow) {
        item_missing(g->t, "authentication not known", dossier_how(d, w->flow, "authentication"));
    }
    for (int k = 0; k < 2; k++) {
        Value v = prop_value(d->p, w->ends[k], "runs_as");
        if (v.tag == V_CONST)
            item_format(g->t, "%.*s: %.*s", STR_FMT(obj_title(d->p, w->ends[k])), STR_FMT(const_title(d->p, v.a)));
        else if (v.tag == V_UNKNOWN)
            item_missing(g->t, dossier_text(d, "privilege of %.*s not known", STR_FMT(obj_title(d->p, w->ends[k]))).s,
                         dossier_how(d, w->ends[k], "runs_as"));
    }
    if (!w->flow && !dossier_says(d, w->obj, "protected"))
        item_missing(g->t, "not known whether it asks who uses it", dossier_how(d, w->obj, "protected"));
    else if (!w->flow)
        item_z(g->t, prop_value(d->p, w->obj, "protected").a ? "asks who uses it" : "open to whoever reaches it");
}

/* g) controls on it and its ends, what its protocol provides, and whether input is validated */
static void put_safeguards(Register *g)
{
    static const char *const checks[] = {"input_validated", "fails_safe"}, *const words[] = {"input validated",
                                                                                             "fails safely"};
    Dossier *d = g->d;
    const Way *w = &g->way;
    g->list.n = 0;
    refs_add(d->p, prop_value(d->p, w->obj, "controls"), &g->list);
    for (int k = 0; k < 2; k++)
        if (w->ends[k])
            refs_add(d->p, prop_value(d->p, w->ends[k], "controls"), &g->list);
    objs_tidy(d->p, &g->list);
    row_cell(g->t);
    uint32_t before = g->t->items.n;
    item_some(g->t, &g->list, NAMED);
    Value protocol = w->flow ? obj_known(d->p, w->flow, KNOWN_PROTOCOL) : (Value){0};
    if (protocol.tag == V_REF)
        item_value(g->t, obj_known(d->p, protocol.a, KNOWN_PROVIDES));
    for (int k = 0; k < 2; k++) {
        for (int c = 0; c < 2; c++) {
            Value v = prop_value(d->p, w->ends[k], checks[c]);
            if (v.tag == V_BOOL)
                item_format(g->t, "%.*s: %s: %s", STR_FMT(obj_title(d->p, w->ends[k])), words[c], v.a ? "yes" : "no");
        }
    }
    if (g->t->items.n == before)
        item_missing(g->t, "no safeguard", "attach a `control`, or state `input_validated` of its ends");
}

/* h) */
static void put_items(Register *g)
{
    Dossier *d = g->d;
    const Way *w = &g->way;
    g->list.n = 0;
    row_cell(g->t);
    for (int k = 0; k < 2; k++) {
        if (!w->ends[k])
            continue;
        refs_add(d->p, prop_value(d->p, w->ends[k], "made_of"), &g->list);
        if (obj_is(d->p, w->ends[k], ROLE_PROCESS) && !dossier_says(d, w->ends[k], "made_of"))
            item_missing(g->t, dossier_text(d, "software items of %.*s", STR_FMT(obj_title(d->p, w->ends[k]))).s,
                         dossier_how(d, w->ends[k], "made_of"));
    }
    objs_tidy(d->p, &g->list);
    item_some(g->t, &g->list, NAMED);
}

/* i) */
static void put_documents(Register *g)
{
    row_maybe(g->t, g->way.obj, "links");
    if (g->way.external && !dossier_says(g->d, g->way.obj, "links"))
        item_missing(g->t, "no document", dossier_how(g->d, g->way.obj, "links"));
}

/* j) */
static void put_answers(Register *g)
{
    row_cell(g->t);
    uint32_t before = g->t->items.n;
    item_counts(g->t, &g->d->counts[g->way.obj]);
    if (g->t->items.n == before)
        item_z(g->t, "no threat found");
}

static void put_way(Register *g)
{
    row_begin(g->t, 0, dossier_id(g->d, g->way.obj));
    row_text(g->t, vec_last(&g->t->rows).id);
    row_link(g->t, g->way.obj);
    put_sort(g);
    put_context(g);
    put_reach(g);
    put_crosses(g);
    put_assumptions(g);
    put_roles(g);
    put_safeguards(g);
    put_items(g);
    put_documents(g);
    put_answers(g);
}

static void put_flow_way(Register *g, ObjId o)
{
    const Model *m = g->d->m;
    uint32_t index = model_obj(m, o)->index;
    const Flow *f = &m->flows.at[index];
    Way *w = &g->way;
    w->obj = w->flow = o;
    w->ends[0] = f->from;
    w->ends[1] = f->to;
    w->crossed.n = 0;
    half_leaves(m, index * 2, &w->crossed);
    half_enters(m, index * 2, &w->crossed);
    w->external = obj_is(g->d->p, f->from, ROLE_EXTERNAL) || obj_is(g->d->p, f->to, ROLE_EXTERNAL);
    if (w->external || w->crossed.n)
        put_way(g);
}

static void put_port_way(Register *g, ObjId o)
{
    Way *w = &g->way;
    w->obj = o;
    w->flow = w->ends[1] = 0;
    w->ends[0] = model_obj(g->d->m, o)->parent;
    w->crossed.n = 0;
    w->external = true;
    put_way(g);
}

static void make_register(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 30},
                                     {"interface", "Interface", COLUMN_TEXT, 30},
                                     {"sort", "a) Internal or external", COLUMN_TEXT, 12},
                                     {"context", "b) Context", COLUMN_LIST, 30},
                                     {"reach", "c) Users and assets", COLUMN_LIST, 30},
                                     {"crosses", "d) Boundaries crossed", COLUMN_LIST, 24},
                                     {"assumptions", "e) Assumptions and constraints", COLUMN_LIST, 30},
                                     {"roles", "f) Roles and privileges", COLUMN_LIST, 30},
                                     {"safeguards", "g) Safeguards", COLUMN_LIST, 40},
                                     {"items", "h) Software items", COLUMN_LIST, 30},
                                     {"documents", "i) Documents", COLUMN_LIST, 24},
                                     {"threats", "j) Threats and what became of them", COLUMN_LIST, 30}};
    Register g = {.d = d};
    g.t = table_begin(
        d, CHAPTER_MODEL, "interfaces", "Register of interfaces",
        "Every flow that crosses a trust boundary or leads to an external entity, and every port, with what "
        "has to be known of an interface.",
        "No flow crosses a boundary or leads outside, and there are no ports.", TABLE_COLUMNS(columns));
    backrefs_add(d, objs_of_role(d->p, ROLE_ASSUMPTION, &d->arena), "about", &g.assumptions);
    backrefs_sort(&g.assumptions);
    find_through(&g);
    ObjList flows = objs_of_role(d->p, ROLE_FLOW, &d->arena), ports = objs_of_role(d->p, ROLE_PORT, &d->arena);
    for (uint32_t i = 0; i < flows.n; i++)
        put_flow_way(&g, flows.at[i]);
    for (uint32_t i = 0; i < ports.n; i++)
        put_port_way(&g, ports.at[i]);
    vec_free(&g.assumptions);
    vec_free(&g.through);
    vec_free(&g.way.crossed);
    vec_free(&g.list);
}

/* ---- attack vectors ---- */

/* The value of an enumeration that says from where a flow or a port can be attacked; 0 if nobody knows. */
static ConstId vector_of(const Dossier *d, ObjId o)
{
    Value v;
    if (obj_is(d->p, o, ROLE_PORT)) {
        v = prop_value(d->p, o, "reach");
    } else {
        v = obj_known(d->p, o, KNOWN_PROTOCOL);
        v = v.tag == V_REF ? prop_value(d->p, v.a, "attack_vector") : (Value){0};
    }
    return v.tag == V_CONST ? v.a : 0;
}

static void add_counts(Counts *to, const Counts *more)
{
    to->open += more->open;
    to->possible += more->possible;
    to->planned += more->planned;
    to->mitigated += more->mitigated;
    to->decided += more->decided;
    to->outside += more->outside;
}

static void put_vector(Table *t, Str id, Str title, const char *by, ObjList all, ConstId vector)
{
    const Dossier *d = t->dossier;
    ObjVec with = {0};
    Counts sum = {0};
    for (uint32_t i = 0; i < all.n; i++) {
        if (vector_of(d, all.at[i]) != vector)
            continue;
        vec_push(&with, all.at[i]);
        add_counts(&sum, &d->counts[all.at[i]]);
    }
    if (vector || with.n) {
        row_begin(t, 0, id);
        row_text(t, title);
        row_z(t, by);
        row_number(t, with.n);
        row_cell(t);
        item_some(t, &with, NAMED);
        row_cell(t);
        item_counts(t, &sum);
    }
    vec_free(&with);
}

static void put_vectors(Table *t, const char *scale, const char *by, ObjList all)
{
    Dossier *d = t->dossier;
    EnumId e = dossier_enum(d, scale);
    for (uint32_t i = 0; e && i < d->p->enums.at[e].n; i++) {
        ConstId c = d->p->enums.at[e].first + i;
        put_vector(t, dossier_text(d, "%s.%.*s", by, STR_FMT(const_name(d->p, c))), const_title(d->p, c), by, all, c);
    }
    put_vector(t, dossier_text(d, "%s.unknown", by), STR("not known"), by, all, 0);
}

static void make_vectors(Dossier *d)
{
    static const Column columns[] = {{"vector", "From where", COLUMN_TEXT, 30},
                                     {"by", "By", COLUMN_TEXT, 10},
                                     {"count", "Number", COLUMN_NUMBER, 8},
                                     {"where", "Where", COLUMN_LIST, 60},
                                     {"threats", "Threats there", COLUMN_LIST, 30}};
    Table *t =
        table_begin(d, CHAPTER_MODEL, "attack_vectors", "Attack vectors",
                    "From where somebody can act on flows, by the protocols they use, and on ports, by where they "
                    "can be reached.",
                    "There are neither flows nor ports.", TABLE_COLUMNS(columns));
    put_vectors(t, "AttackVector", "flows", objs_of_role(d->p, ROLE_FLOW, &d->arena));
    put_vectors(t, "Reach", "ports", objs_of_role(d->p, ROLE_PORT, &d->arena));
}

void dossier_interfaces(Dossier *d)
{
    make_register(d);
    make_vectors(d);
}
