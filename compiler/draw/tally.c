/* What pictures say of the whole model, counted once: the number of every flow, the threats each thing is the subject
 * of, and their sums over everything inside a boundary. Requires a derived model and an assessment; leaves tables by
 * flow index and ObjId. */
#include "draw/draw.h"

/* Objects are sorted with their program at hand: qsort has no room for it. */
typedef struct Sorted {
    const Program *p;
    ObjId obj;
} Sorted;

static int sorted_cmp(const void *x, const void *y)
{
    const Sorted *a = x, *b = y;
    return obj_order(a->p, a->obj, b->obj);
}

void objects_sort(const Program *p, ObjVec *v)
{
    Sorted *s = mem_resize(NULL, (size_t)v->n + 1, sizeof *s);
    for (uint32_t i = 0; i < v->n; i++)
        s[i] = (Sorted){p, v->at[i]};
    qsort(s, v->n, sizeof *s, sorted_cmp);
    for (uint32_t i = 0; i < v->n; i++)
        v->at[i] = s[i].obj;
    free(s);
}

/* The innermost of the boundaries around something that is nested in none; of several the first in order. */
static ObjId innermost_around(const Program *p, ObjId o)
{
    const ObjId *set, *around;
    Range range = model_boundaries(&p->model, o, &set);
    ObjId best = 0;
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < range.n; i++) {
        uint32_t depth = set[i] == o ? 0 : model_boundaries(&p->model, set[i], &around).n + 1;
        if (!depth || depth < deepest || (depth == deepest && obj_order(p, set[i], best) > 0))
            continue;
        deepest = depth;
        best = set[i];
    }
    return best;
}

ObjId container_of(const Program *p, ObjId o)
{
    ObjId c = obj_primary_boundary(p, o);
    while (c && !obj_is(p, c, ROLE_BOUNDARY) && !obj_is(p, c, ROLE_GROUP))
        c = obj_primary_boundary(p, c);
    return c ? c : innermost_around(p, o);
}

bool stands_in(const Program *p, ObjId o, ObjId container)
{
    if (o == container)
        return false;
    if (obj_is(p, container, ROLE_BOUNDARY)) {
        const Model *m = &p->model;
        return obj_inside(m, o, container) ||
               (obj_is(p, o, ROLE_PORT) && obj_inside(m, model_obj(m, o)->parent, container));
    }
    for (ObjId c = container_of(p, o); c; c = container_of(p, c))
        if (c == container)
            return true;
    return false;
}

void badge_add(const Program *p, Badge *to, const Badge *more)
{
    to->open += more->open;
    to->possible += more->possible;
    if (!more->severity)
        return;
    if (!to->severity || p->consts.at[more->severity].rank > p->consts.at[to->severity].rank)
        to->severity = more->severity;
}

/* 'H': the first letter of the severity's name as a capital; 0 for none. */
static char severity_letter(const Program *p, ConstId severity)
{
    Str name = severity ? sym_str(p->names, p->consts.at[severity].name) : STR("");
    if (!name.n)
        return 0;
    return name.s[0] >= 'a' && name.s[0] <= 'z' ? (char)(name.s[0] - 'a' + 'A') : name.s[0];
}

uint32_t severity_below_top(const Program *p, ConstId severity)
{
    const Const *c = &p->consts.at[severity];
    return p->enums.at[c->of].n - 1 - c->rank;
}

void badge_text(const Program *p, const Badge *b, StrBuf *out)
{
    if (b->open) {
        strbuf_format(out, "%u", b->open);
        char letter = severity_letter(p, b->severity);
        if (letter)
            strbuf_char(out, letter);
        else
            strbuf_char(out, '!');
    }
    if (b->possible)
        strbuf_format(out, "%s%u?", b->open ? " " : "", b->possible);
}

/* The number at the end of a permanent id, `FL-07` -> 7; 0 if it has none that people would say. */
static uint32_t number_in_id(Str id)
{
    size_t at = id.n;
    while (at > 0 && id.s[at - 1] >= '0' && id.s[at - 1] <= '9')
        at--;
    if (id.n - at == 0 || id.n - at > 6)
        return 0;
    uint32_t n = 0;
    for (; at < id.n; at++)
        n = n * 10 + (uint32_t)(id.s[at] - '0');
    return n;
}

/* A flow keeps the number of its permanent id; where it has none, or two ids end alike, the next free number in order
 * of ids. */
static void number_flows(const Report *r, Tally *t, Arena *arena)
{
    const Program *p = r->program;
    const Model *m = &p->model;
    ObjList flows = objs_of_role(p, ROLE_FLOW, arena);
    Map taken = {0};
    uint32_t last = 0;
    for (uint32_t i = 0; i < flows.n; i++) {
        const Object *o = model_obj(m, flows.at[i]);
        Sym id = model_decl(m, flows.at[i])->hash_id;
        uint32_t n = id ? number_in_id(sym_str(p->names, id)) : 0;
        if (!n || o->index >= m->flows.n || map_get(&taken, n))
            continue;
        map_put(&taken, n, 1);
        t->number[o->index] = n;
        last = n > last ? n : last;
    }
    for (uint32_t i = 0; i < flows.n; i++) {
        uint32_t index = model_obj(m, flows.at[i])->index;
        if (index < m->flows.n && !t->number[index])
            t->number[index] = ++last;
    }
    map_free(&taken);
}

static void count_threats(const Report *r, Tally *t)
{
    const Assessment *a = r->assessment;
    for (uint32_t i = 0; a && i < a->threats.n; i++) {
        const Threat *threat = &a->threats.at[i];
        if (!threat_pending(a, threat))
            continue;
        Badge one = {0};
        if (threat_kind(a, threat) == VERDICT_POSSIBLE)
            one.possible = 1;
        else
            one = (Badge){1, 0, threat_severity(a, threat)};
        badge_add(r->program, &t->badge[threat_subject(a, threat)], &one);
    }
}

/* Adds an object's badge to every boundary it is inside of, in any dimension, and to the groups around it. */
static void add_upwards(const Program *p, Tally *t, ObjId o, bool element)
{
    const ObjId *set;
    Range range = model_boundaries(&p->model, o, &set);
    for (uint32_t i = 0; i < range.n; i++) {
        badge_add(p, &t->inside[set[i]], &t->badge[o]);
        t->size[set[i]] += element;
    }
    for (ObjId c = container_of(p, o); c; c = container_of(p, c)) {
        if (!obj_is(p, c, ROLE_GROUP))
            continue;
        badge_add(p, &t->inside[c], &t->badge[o]);
        t->size[c] += element;
    }
}

/* A flow is hidden in a closed boundary that holds both its ends. */
static void add_flow_upwards(const Program *p, Tally *t, const Flow *f)
{
    const ObjId *set;
    Range range = model_boundaries(&p->model, f->from, &set);
    for (uint32_t i = 0; i < range.n; i++)
        if (obj_inside(&p->model, f->to, set[i]))
            badge_add(p, &t->inside[set[i]], &t->badge[f->obj]);
    for (ObjId c = container_of(p, f->from); c; c = container_of(p, c))
        if (obj_is(p, c, ROLE_GROUP) && stands_in(p, f->to, c))
            badge_add(p, &t->inside[c], &t->badge[f->obj]);
}

static void sum_up(const Program *p, Tally *t, Arena *arena)
{
    const Model *m = &p->model;
    for (uint32_t i = 0; i < m->elements.n; i++)
        add_upwards(p, t, m->elements.at[i], true);
    for (uint32_t i = 0; i < m->ports.n; i++) {
        Badge *b = &t->badge[m->ports.at[i]];
        const ObjId *set;
        Range range = model_boundaries(m, model_obj(m, m->ports.at[i])->parent, &set);
        for (uint32_t k = 0; k < range.n && (b->open || b->possible); k++)
            badge_add(p, &t->inside[set[k]], b);
    }
    for (uint32_t i = 0; i < m->boundaries.n; i++) {
        add_upwards(p, t, m->boundaries.at[i], false);
        badge_add(p, &t->inside[m->boundaries.at[i]], &t->badge[m->boundaries.at[i]]);
    }
    ObjList groups = objs_of_role(p, ROLE_GROUP, arena);
    for (uint32_t i = 0; i < groups.n; i++)
        badge_add(p, &t->inside[groups.at[i]], &t->badge[groups.at[i]]);
    for (uint32_t i = 0; i < m->flows.n; i++) {
        Badge *b = &t->badge[m->flows.at[i].obj];
        if (b->open || b->possible)
            add_flow_upwards(p, t, &m->flows.at[i]);
    }
}

Tally *tally_make(const Report *r, Arena *arena)
{
    const Model *m = &r->program->model;
    Tally *t = NEW(arena, Tally);
    t->number = NEWN(arena, uint32_t, m->flows.n + 1);
    t->badge = NEWN(arena, Badge, m->objects.n + 1);
    t->inside = NEWN(arena, Badge, m->objects.n + 1);
    t->size = NEWN(arena, uint32_t, m->objects.n + 1);
    number_flows(r, t, arena);
    count_threats(r, t);
    sum_up(r->program, t, arena);
    return t;
}
