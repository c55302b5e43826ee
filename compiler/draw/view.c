/* Which pictures a model gets: a context view of the whole, the views it declares, one per boundary with content.
 * Each keeps to what people can read by closing boundaries into boxes (select.c). Requires a derived model; leaves
 * views in a stable order with names that are safe as file names. */
#include "draw/select.h"

enum {
    VIEWS_GENERATED = 100, /* boundary views at most, the outermost first */
    VIEWS_OF_HUGE = 24,    /* the same for models that no one reads as pictures */
    HUGE_ELEMENTS = 20000,
    NEIGHBOURS_APART = 10, /* neighbours drawn one by one; more are drawn as the boundaries they stand in */
    NAME_BYTES = 100,
};

typedef struct Planner {
    const Report *r;
    const Program *p;
    const Model *m;
    Arena *arena;
    const Tally *tally;
    Map names; /* hash of a view name -> 1, to keep them unique */
    Vec(View) views;
} Planner;

static int index_cmp(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* ---- names ---- */

static void add_slug(StrBuf *out, Str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        if (c >= 'A' && c <= 'Z')
            strbuf_char(out, (char)(c - 'A' + 'a'));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.')
            strbuf_char(out, (char)c);
        else if (c >= 0x80)
            strbuf_format(out, "%02x", c);
        else
            strbuf_char(out, '-');
    }
}

/* A file stem from a prefix and an object's path; a long or taken one gets a number behind it. */
static Str unique_name(Planner *pl, const char *prefix, ObjId o)
{
    StrBuf path = {0}, name = {0};
    strbuf_addz(&name, prefix);
    if (o)
        obj_path(pl->p, o, &path);
    add_slug(&name, strbuf_str(&path));
    if (!name.n || name.s[0] == '.')
        strbuf_addz(&name, "view");
    if (name.n > NAME_BYTES)
        name.n = NAME_BYTES;
    Str base = str_copy(pl->arena, strbuf_str(&name)), unique = base;
    for (uint32_t n = 2; map_get(&pl->names, str_hash(unique)); n++)
        unique = str_format(pl->arena, "%.*s-%u", STR_FMT(base), n);
    map_put(&pl->names, str_hash(unique), 1);
    strbuf_free(&path);
    strbuf_free(&name);
    return unique;
}

/* ---- what a view holds ---- */

static ObjId *keep_objects(Planner *pl, ObjVec *v, uint32_t *n)
{
    objects_sort(pl->p, v);
    ObjId *at = NEWN(pl->arena, ObjId, v->n + 1);
    for (uint32_t i = 0; i < v->n; i++)
        at[i] = v->at[i];
    *n = v->n;
    return at;
}

/* Boundaries and groups around one node, each once. */
static void add_around(const Program *p, ObjId node, Map *seen, ObjVec *out)
{
    const ObjId *set;
    ObjId of = obj_is(p, node, ROLE_PORT) ? model_obj(&p->model, node)->parent : node;
    Range range = model_boundaries(&p->model, of, &set);
    for (uint32_t i = 0; i < range.n; i++) {
        if (set[i] == node || map_get(seen, set[i]))
            continue;
        map_put(seen, set[i], 1);
        vec_push(out, set[i]);
    }
    for (ObjId c = container_of(p, node); c; c = container_of(p, c)) {
        if (map_get(seen, c))
            continue;
        map_put(seen, c, 1);
        vec_push(out, c);
    }
}

static void keep_boundaries(Planner *pl, const Select *s, View *v)
{
    ObjVec around = {0};
    Map seen = {0};
    for (uint32_t i = 0; i < s->elements.n; i++)
        add_around(pl->p, s->elements.at[i], &seen, &around);
    for (uint32_t i = 0; i < s->collapsed.n; i++)
        add_around(pl->p, s->collapsed.at[i], &seen, &around);
    v->boundaries = keep_objects(pl, &around, &v->nboundaries);
    vec_free(&around);
    map_free(&seen);
}

/* Ports are shown with their elements: an unused one is part of the attack surface too. */
static void keep_elements(Planner *pl, Select *s, View *v)
{
    ObjVec shown = {0};
    for (uint32_t i = 0; i < s->elements.n; i++)
        vec_push(&shown, s->elements.at[i]);
    for (uint32_t i = 0; i < pl->m->ports.n; i++)
        if (map_get(&s->shown, model_obj(pl->m, pl->m->ports.at[i])->parent) && shown.n < 2 * VIEW_NODES)
            vec_push(&shown, pl->m->ports.at[i]);
    v->elements = keep_objects(pl, &shown, &v->nelements);
    vec_free(&shown);
}

/* The flows at some elements, by index, each once. */
typedef Vec(uint32_t) FlowVec;
static void flows_at(const Model *m, const ObjVec *elements, FlowVec *out)
{
    for (uint32_t i = 0; i < elements->n; i++) {
        uint32_t e = model_obj(m, elements->at[i])->index;
        for (uint32_t k = m->out_start.at[e]; k < m->out_start.at[e + 1]; k++)
            vec_push(out, m->out_half.at[k] >> 1);
        for (uint32_t k = m->in_start.at[e]; k < m->in_start.at[e + 1]; k++)
            vec_push(out, m->in_half.at[k] >> 1);
    }
    if (out->n)
        qsort(out->at, out->n, sizeof *out->at, index_cmp);
    uint32_t n = 0;
    for (uint32_t i = 0; i < out->n; i++)
        if (!i || out->at[i] != out->at[i - 1])
            out->at[n++] = out->at[i];
    out->n = n;
}

/* Keeps the flows whose ends are shown and apart. `inner`: only those with an end in it; NULL for all. */
static void keep_flows(Planner *pl, const Select *s, const FlowVec *flows, const Map *inner, const Map *excluded,
                       View *v)
{
    v->flows = NEWN(pl->arena, uint32_t, flows->n + 1);
    for (uint32_t i = 0; i < flows->n; i++) {
        const Flow *f = &pl->m->flows.at[flows->at[i]];
        ObjId from = select_shown(s, f->from), to = select_shown(s, f->to);
        bool hidden = !from || !to || (from == to && from != f->from) || map_get(excluded, f->obj);
        if (!hidden && (!inner || map_get(inner, f->from) || map_get(inner, f->to)))
            v->flows[v->nflows++] = flows->at[i];
    }
}

static void all_flows(const Model *m, FlowVec *out)
{
    for (uint32_t i = 0; i < m->flows.n; i++)
        vec_push(out, i);
}

static void add_view(Planner *pl, View *v, Select *s)
{
    keep_elements(pl, s, v);
    keep_boundaries(pl, s, v);
    uint32_t n;
    v->collapsed = keep_objects(pl, &s->collapsed, &n);
    v->ncollapsed = n;
    v->tally = pl->tally;
    vec_push(&pl->views, *v);
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- the context view ---- */

static ObjId the_system(Planner *pl)
{
    ObjList systems = objs_of_role(pl->p, ROLE_SYSTEM, pl->arena);
    return systems.n ? systems.at[0] : 0;
}

static Str cut_note(Planner *pl, const Select *s)
{
    return s->cut ? str_format(pl->arena, " %u more did not fit; those with the most threats are shown.", s->cut)
                  : STR("");
}

static void plan_context(Planner *pl)
{
    ObjList elements = objs_of_role(pl->p, ROLE_ELEMENT, pl->arena);
    ObjVec members = {0};
    for (uint32_t i = 0; i < elements.n; i++)
        if (!obj_is(pl->p, elements.at[i], ROLE_PORT))
            vec_push(&members, elements.at[i]);
    if (!members.n)
        return;
    Select s;
    select_start(&s, pl->p, pl->tally);
    select_members(&s, &members, 0, NULL, VIEW_READABLE);
    select_cut(&s, VIEW_NODES);
    ObjId about = the_system(pl);
    View v = {.show_numbers = true, .show_threats = true};
    v.name = unique_name(pl, "context", 0);
    v.title = about ? str_format(pl->arena, "%.*s in context", STR_FMT(obj_title(pl->p, about))) : STR("Context");
    v.scope =
        s.collapsed.n == 0 && !s.cut
            ? str_format(pl->arena, "The whole system: all %u element%s.", members.n, plural(members.n))
            : str_format(pl->arena,
                         "The whole system at level 0: %u element%s one by one, %u boundar%s closed into a box with "
                         "the sum of the threats inside.%.*s",
                         s.elements.n, plural(s.elements.n), s.collapsed.n, s.collapsed.n == 1 ? "y" : "ies",
                         STR_FMT(cut_note(pl, &s)));
    FlowVec flows = {0};
    all_flows(pl->m, &flows);
    Map nothing = {0};
    keep_flows(pl, &s, &flows, NULL, &nothing, &v);
    add_view(pl, &v, &s);
    vec_free(&flows);
    vec_free(&members);
    select_free(&s);
}

/* ---- a boundary, an element or a few of them, with their neighbours ---- */

static void mark_all(Map *map, const ObjVec *v)
{
    for (uint32_t i = 0; i < v->n; i++)
        map_put(map, v->at[i], 1);
}

/* The other ends of the flows at the members. */
static void neighbours_of(Planner *pl, const FlowVec *flows, const Map *members, const Map *excluded, ObjVec *out)
{
    Map seen = {0};
    for (uint32_t i = 0; i < flows->n; i++) {
        const Flow *f = &pl->m->flows.at[flows->at[i]];
        ObjId ends[2] = {f->from, f->to};
        for (int k = 0; k < 2; k++) {
            if (map_get(members, ends[k]) || map_get(&seen, ends[k]) || map_get(excluded, ends[k]))
                continue;
            map_put(&seen, ends[k], 1);
            vec_push(out, ends[k]);
        }
    }
    map_free(&seen);
    objects_sort(pl->p, out);
}

/* Neighbours one by one if they are few; else the boundaries they stand in, but none that holds a member. */
static void select_neighbours(Planner *pl, Select *s, const ObjVec *members, const ObjVec *neighbours)
{
    if (neighbours->n <= NEIGHBOURS_APART) {
        for (uint32_t i = 0; i < neighbours->n; i++)
            select_element(s, neighbours->at[i]);
        return;
    }
    Map seen = {0};
    ObjVec around = {0};
    for (uint32_t i = 0; i < members->n; i++)
        add_around(pl->p, members->at[i], &seen, &around);
    select_members(s, neighbours, 0, &around, NEIGHBOURS_APART);
    map_free(&seen);
    vec_free(&around);
}

static Str surroundings_scope(Planner *pl, const Select *s, const char *what, const ObjVec *members,
                              uint32_t inner_boxes, uint32_t outer)
{
    StrBuf b = {0};
    strbuf_format(&b, "%s: %u element%s", what, members->n, plural(members->n));
    if (inner_boxes)
        strbuf_format(&b, ", %u boundar%s closed into a box", inner_boxes, inner_boxes == 1 ? "y" : "ies");
    if (outer)
        strbuf_format(
            &b, ", with the %u neighbour%s outside that exchange%s flows with %s; flows among neighbours are left out",
            outer, plural(outer), outer == 1 ? "s" : "", members->n == 1 ? "it" : "them");
    strbuf_char(&b, '.');
    strbuf_add(&b, cut_note(pl, s));
    Str scope = str_copy(pl->arena, strbuf_str(&b));
    strbuf_free(&b);
    return scope;
}

/* Fills a view with members and their neighbours. */
static void plan_surroundings(Planner *pl, View *v, const ObjVec *members, ObjId root, const char *what,
                              const Map *excluded)
{
    Select s;
    FlowVec flows = {0};
    ObjVec neighbours = {0};
    Map inner = {0};
    select_start(&s, pl->p, pl->tally);
    select_members(&s, members, root, NULL, members->n <= VIEW_READABLE + 4 ? VIEW_READABLE + 4 : VIEW_READABLE);
    uint32_t boxes = s.collapsed.n;
    mark_all(&inner, members);
    flows_at(pl->m, members, &flows);
    neighbours_of(pl, &flows, &inner, excluded, &neighbours);
    select_neighbours(pl, &s, members, &neighbours);
    select_cut(&s, VIEW_NODES);
    v->scope = surroundings_scope(pl, &s, what, members, boxes, neighbours.n);
    keep_flows(pl, &s, &flows, &inner, excluded, v);
    add_view(pl, v, &s);
    map_free(&inner);
    vec_free(&flows);
    vec_free(&neighbours);
    select_free(&s);
}

/* The boundaries that get a view: those with content, the outermost first where there are too many. */
static void boundaries_with_views(Planner *pl, ObjVec *out)
{
    ObjList all = objs_of_role(pl->p, ROLE_BOUNDARY, pl->arena);
    uint32_t most = pl->m->elements.n > HUGE_ELEMENTS ? VIEWS_OF_HUGE : VIEWS_GENERATED;
    for (uint32_t depth = 0; out->n < most && depth < LIMIT_NESTING; depth++) {
        uint32_t deeper = 0;
        for (uint32_t i = 0; i < all.n && out->n < most; i++) {
            uint32_t above = 0;
            for (ObjId c = container_of(pl->p, all.at[i]); c && above <= depth; c = container_of(pl->p, c))
                above++;
            if (above == depth)
                vec_push(out, all.at[i]);
            deeper += above > depth;
        }
        if (!deeper)
            break;
    }
    objects_sort(pl->p, out);
}

/* Members of many boundaries in one pass over the elements: a list each, in obj_order. */
static void plan_boundaries(Planner *pl)
{
    ObjVec chosen = {0};
    boundaries_with_views(pl, &chosen);
    Map place = {0}, nothing = {0};
    ObjVec *members = mem_resize(NULL, chosen.n + 1, sizeof *members);
    for (uint32_t i = 0; i < chosen.n; i++) {
        map_put(&place, chosen.at[i], i + 1);
        members[i] = (ObjVec){0};
    }
    ObjList elements = objs_of_role(pl->p, ROLE_ELEMENT, pl->arena);
    for (uint32_t i = 0; i < elements.n; i++) {
        const ObjId *set;
        Range range =
            obj_is(pl->p, elements.at[i], ROLE_PORT) ? (Range){0, 0} : model_boundaries(pl->m, elements.at[i], &set);
        for (uint32_t k = 0; k < range.n; k++) {
            uint32_t at = map_get(&place, set[k]);
            if (at)
                vec_push(&members[at - 1], elements.at[i]);
        }
    }
    for (uint32_t i = 0; i < chosen.n; i++) {
        View v = {.obj = chosen.at[i], .show_numbers = true, .show_threats = true, .show_protocols = true};
        if (members[i].n) {
            v.name = unique_name(pl, "boundary-", chosen.at[i]);
            v.title = obj_title(pl->p, chosen.at[i]);
            plan_surroundings(pl, &v, &members[i], chosen.at[i], "Everything inside", &nothing);
        }
        vec_free(&members[i]);
    }
    free(members);
    map_free(&place);
    vec_free(&chosen);
}

/* ---- the views of the model ---- */

/* Whether `e` stands somewhere below `o`: in a boundary of any dimension, or nested in a group, element or system. */
static bool stands_below(const Program *p, ObjId e, ObjId o)
{
    if (obj_is(p, o, ROLE_SYSTEM) || model_obj(&p->model, o)->flags & OBJ_MODULE)
        return true;
    if (obj_is(p, o, ROLE_BOUNDARY) || obj_is(p, o, ROLE_GROUP))
        return stands_in(p, e, o);
    for (ObjId up = model_obj(&p->model, e)->parent; up; up = model_obj(&p->model, up)->parent)
        if (up == o)
            return true;
    return false;
}

/* What the author of a view asked for: elements, boxes, and flows by name. */
typedef struct Wanted {
    Map elements, boxes, flows;
} Wanted;

static void want_below(Planner *pl, ObjList all, ObjId o, bool deep, Wanted *w)
{
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId e = all.at[i];
        if (obj_is(pl->p, e, ROLE_PORT) || !stands_below(pl->p, e, o))
            continue;
        ObjId up = container_of(pl->p, e), box = 0;
        while (!deep && up && up != o && stands_below(pl->p, up, o)) {
            box = up;
            up = container_of(pl->p, up);
        }
        map_put(box ? &w->boxes : &w->elements, box ? box : e, 1);
    }
}

/* Data stands for the flows that carry it and the elements that hold it. */
static void want_data(Planner *pl, ObjList all, ObjId data, Wanted *w)
{
    const Value *members;
    for (uint32_t i = 0; i < pl->m->flows.n; i++) {
        const Flow *f = &pl->m->flows.at[i];
        Value carried = obj_known(pl->p, f->obj, KNOWN_CARRIES);
        Range range = value_members(pl->m, &carried, &members);
        for (uint32_t k = 0; k < range.n; k++) {
            if (members[k].a != data)
                continue;
            map_put(&w->elements, f->from, 1);
            map_put(&w->elements, f->to, 1);
        }
    }
    for (uint32_t i = 0; i < all.n; i++) {
        Value held = obj_known(pl->p, all.at[i], KNOWN_HOLDS);
        Range range = value_members(pl->m, &held, &members);
        for (uint32_t k = 0; k < range.n; k++)
            if (members[k].a == data && !obj_is(pl->p, all.at[i], ROLE_PORT))
                map_put(&w->elements, all.at[i], 1);
    }
}

static void want(Planner *pl, ObjList all, Value v, bool whole, Wanted *w)
{
    ObjId o = v.a;
    if ((v.tag & VALUE_TAG) != V_REF)
        return;
    if (!o) { /* `*`: everything */
        for (uint32_t i = 0; i < all.n; i++)
            map_put(&w->elements, all.at[i], 1);
        return;
    }
    bool element = obj_is(pl->p, o, ROLE_ELEMENT);
    if (v.tag & (VALUE_STAR | VALUE_STAR_STAR) || (whole && !element)) {
        want_below(pl, all, o, whole || v.tag & VALUE_STAR_STAR, w);
        if (element)
            map_put(&w->elements, o, 1);
    } else if (obj_is(pl->p, o, ROLE_PORT)) {
        map_put(&w->elements, model_obj(pl->m, o)->parent, 1);
    } else if (element) {
        map_put(&w->elements, o, 1);
    } else if (obj_is(pl->p, o, ROLE_BOUNDARY) || obj_is(pl->p, o, ROLE_GROUP)) {
        map_put(&w->boxes, o, 1);
    } else if (obj_is(pl->p, o, ROLE_FLOW)) {
        const Flow *f = &pl->m->flows.at[model_obj(pl->m, o)->index];
        map_put(&w->elements, f->from, 1);
        map_put(&w->elements, f->to, 1);
        map_put(&w->flows, o, 1);
    } else if (obj_is(pl->p, o, ROLE_DATA)) {
        want_data(pl, all, o, w);
    }
}

/* Adds what a property of the view names. Returns how many there are. */
static uint32_t want_property(Planner *pl, ObjList all, ObjId view, Known known, Wanted *w)
{
    const Value *members;
    Value value = obj_known(pl->p, view, known);
    Range range = value_members(pl->m, &value, &members);
    for (uint32_t i = 0; i < range.n; i++) {
        if (known == KNOWN_VIEW_EXCLUDE && members[i].a && obj_is(pl->p, members[i].a, ROLE_FLOW))
            map_put(&w->flows, members[i].a, 1); /* the flow, not its ends */
        else
            want(pl, all, members[i], known == KNOWN_VIEW_OF || known == KNOWN_VIEW_EXCLUDE, w);
    }
    return range.n;
}

static void read_show(Planner *pl, ObjId view, View *v)
{
    const Value *members;
    Value value = obj_known(pl->p, view, KNOWN_VIEW_SHOW);
    Range range = value_members(pl->m, &value, &members);
    for (uint32_t i = 0; i < range.n; i++) {
        Str name = sym_str(pl->p->names, pl->p->consts.at[members[i].a].name);
        v->show_numbers |= str_eq(name, STR("flow_numbers"));
        v->show_data |= str_eq(name, STR("data"));
        v->show_threats |= str_eq(name, STR("threats"));
        v->show_protocols |= str_eq(name, STR("protocols"));
    }
}

/* A view that lists what it includes shows that and nothing else. A box that something shown stands in is opened. */
static void plan_listed(Planner *pl, View *v, const ObjVec *members, const Wanted *wanted, const Wanted *excluded)
{
    Select s;
    select_start(&s, pl->p, pl->tally);
    if (members->n > VIEW_NODES)
        select_members(&s, members, 0, NULL, VIEW_NODES);
    else
        for (uint32_t i = 0; i < members->n; i++)
            select_element(&s, members->at[i]);
    ObjList boxes = objs_of_role(pl->p, ROLE_BOUNDARY, pl->arena), groups = objs_of_role(pl->p, ROLE_GROUP, pl->arena);
    for (uint32_t i = 0; i < boxes.n + groups.n; i++) {
        ObjId box = i < boxes.n ? boxes.at[i] : groups.at[i - boxes.n];
        bool holds_shown = !map_get(&wanted->boxes, box) || map_get(&excluded->boxes, box) || select_shown(&s, box);
        for (uint32_t k = 0; k < members->n && !holds_shown; k++)
            holds_shown = stands_in(pl->p, members->at[k], box);
        if (!holds_shown)
            select_collapsed(&s, box);
    }
    select_cut(&s, VIEW_NODES);
    FlowVec flows = {0};
    all_flows(pl->m, &flows);
    keep_flows(pl, &s, &flows, NULL, &excluded->flows, v);
    v->scope = str_format(pl->arena, "What the view lists: %u of %u elements%s, and the flows between them.%.*s",
                          s.elements.n, pl->m->elements.n, s.collapsed.n ? " and boundaries closed into boxes" : "",
                          STR_FMT(cut_note(pl, &s)));
    add_view(pl, v, &s);
    vec_free(&flows);
    select_free(&s);
}

static void plan_declared(Planner *pl, ObjId view, ObjList all)
{
    Wanted wanted = {0}, excluded = {0};
    uint32_t of = want_property(pl, all, view, KNOWN_VIEW_OF, &wanted);
    uint32_t listed = want_property(pl, all, view, KNOWN_VIEW_INCLUDE, &wanted);
    want_property(pl, all, view, KNOWN_VIEW_EXCLUDE, &excluded);
    View v = {.obj = view, .title = obj_title(pl->p, view), .name = unique_name(pl, "", view)};
    read_show(pl, view, &v);
    ObjVec members = {0};
    for (uint32_t i = 0; i < all.n; i++) {
        bool in = map_get(&wanted.elements, all.at[i]) || (!of && !listed);
        if (in && !map_get(&excluded.elements, all.at[i]) && !obj_is(pl->p, all.at[i], ROLE_PORT))
            vec_push(&members, all.at[i]);
    }
    Value value = obj_known(pl->p, view, KNOWN_VIEW_OF);
    const Value *subjects;
    bool one = value_members(pl->m, &value, &subjects).n == 1 && obj_is(pl->p, subjects[0].a, ROLE_BOUNDARY);
    if (of && !listed && members.n && members.n < pl->m->elements.n) {
        for (uint32_t i = 0; i < all.n; i++)
            if (map_get(&excluded.elements, all.at[i]))
                map_put(&excluded.flows, all.at[i], 1); /* no neighbours either */
        plan_surroundings(pl, &v, &members, one ? subjects[0].a : 0, "What the view is of", &excluded.flows);
    } else {
        plan_listed(pl, &v, &members, &wanted, &excluded);
    }
    Map *maps[] = {&wanted.elements,   &wanted.boxes,   &wanted.flows,
                   &excluded.elements, &excluded.boxes, &excluded.flows};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_free(maps[i]);
    vec_free(&members);
}

Views views_plan(const Report *r, Arena *arena)
{
    Planner pl = {.r = r, .p = r->program, .m = &r->program->model, .arena = arena};
    pl.tally = tally_make(r, arena);
    plan_context(&pl);
    ObjList declared = objs_of_role(pl.p, ROLE_VIEW, arena), elements = objs_of_role(pl.p, ROLE_ELEMENT, arena);
    for (uint32_t i = 0; i < declared.n; i++)
        plan_declared(&pl, declared.at[i], elements);
    plan_boundaries(&pl);
    Views views = {NEWN(arena, View, pl.views.n + 1), pl.views.n};
    for (uint32_t i = 0; i < pl.views.n; i++)
        views.at[i] = pl.views.at[i];
    vec_free(&pl.views);
    map_free(&pl.names);
    return views;
}
