/* Scope of penetration tests: from each way in (external entities that are not relied on, and ports) to what is valuable, the shortest
 * way along the flows, with the boundaries on it. Plain reachability: whether a step can be taken is what the test is to find out. The
 * search is bounded; where it stops short, the table says so. Requires a derived model. */
#include "dossier/dossier.h"

enum { VISITS = 20000000, WAYS = 2000 }; /* flows looked at, and ways listed */

typedef struct Search {
    Dossier *d;
    Table *t;
    BackRefs worth;      /* (element, valuable data or asset that is there), sorted */
    uint32_t *came;      /* by element index: 1 + the half it was reached by; of the round at hand */
    uint32_t *round;     /* by element index: the round it was reached in */
    uint32_t *seen;      /* by ObjId: the round an asset was listed in */
    Vec(uint32_t) queue; /* element indices */
    ObjVec path, crossed;
    uint32_t now;
    uint64_t visits;
    bool cut;
} Search;

/* Whether its loss leads to a hazard, or it is rated in the upper half of a scale. */
static bool is_valuable(const Dossier *d, ObjId o)
{
    static const char *const losses[] = {"confidentiality_loss", "integrity_loss", "availability_loss"};
    static const char *const ratings[] = {"confidentiality", "integrity", "availability"};
    const Value *member;
    for (int i = 0; i < 3; i++) {
        Value loss = prop_value(d->p, o, losses[i]), rating = prop_value(d->p, o, ratings[i]);
        if (value_members(d->m, &loss, &member).n)
            return true;
        if (rating.tag != V_CONST)
            continue;
        const Const *c = &d->p->consts.at[rating.a];
        if (c->rank * 2 >= d->p->enums.at[c->of].n)
            return true;
    }
    return false;
}

static void add_worth(Search *s, ObjId element, ObjId asset)
{
    uint32_t index = model_obj(s->d->m, element)->index;
    if (index < s->d->m->elements.n && s->d->m->elements.at[index] == element)
        vec_push(&s->worth, MAP_KEY(index, asset));
}

static void find_worth(Search *s)
{
    const Dossier *d = s->d;
    ObjList assets = objs_of_role(d->p, ROLE_ASSET, &s->d->arena);
    for (uint32_t i = 0; i < d->m->elements.n; i++) {
        Value v = obj_known(d->p, d->m->elements.at[i], KNOWN_HOLDS);
        const Value *member;
        Range set = value_members(d->m, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            if (is_valuable(d, member[k].a))
                vec_push(&s->worth, MAP_KEY(i, member[k].a));
    }
    for (uint32_t i = 0; i < assets.n; i++) {
        Value v = obj_known(d->p, assets.at[i], KNOWN_REALISED_BY);
        const Value *member;
        Range set = value_members(d->m, &v, &member);
        for (uint32_t k = 0; k < set.n && is_valuable(d, assets.at[i]); k++)
            if (obj_is(d->p, member[k].a, ROLE_ELEMENT))
                add_worth(s, member[k].a, assets.at[i]);
    }
    backrefs_sort(&s->worth);
}

/* The elements on the way to one that was reached, the first first, and the boundaries crossed on it. */
static void trace_back(Search *s, uint32_t element)
{
    const Model *m = s->d->m;
    s->path.n = s->crossed.n = 0;
    vec_push(&s->path, m->elements.at[element]);
    while (s->came[element]) {
        uint32_t half = s->came[element] - 1;
        half_leaves(m, half, &s->crossed);
        half_enters(m, half, &s->crossed);
        vec_push(&s->path, half_from(m, half));
        element = model_obj(m, half_from(m, half))->index;
    }
    for (uint32_t i = 0; i < s->path.n / 2; i++) {
        ObjId o = s->path.at[i];
        s->path.at[i] = s->path.at[s->path.n - 1 - i];
        s->path.at[s->path.n - 1 - i] = o;
    }
    uint32_t kept = 0;
    objects_sort(s->d->p, &s->crossed);
    for (uint32_t i = 0; i < s->crossed.n; i++)
        if (i == 0 || s->crossed.at[i] != s->crossed.at[i - 1])
            s->crossed.at[kept++] = s->crossed.at[i];
    s->crossed.n = kept;
}

static void put_way(Search *s, ObjId entry, ObjId asset, uint32_t element)
{
    Dossier *d = s->d;
    Table *t = s->t;
    Str from = dossier_id(d, entry), to = dossier_id(d, asset);
    trace_back(s, element);
    row_begin(t, 0, dossier_text(d, "%.*s>%.*s", STR_FMT(from), STR_FMT(to)));
    row_link(t, entry);
    row_text(t, kind_title(d->p, entry));
    row_link(t, asset);
    row_link(t, d->m->elements.at[element]);
    row_number(t, s->path.n - 1);
    row_cell(t);
    for (uint32_t i = 0; i < s->path.n; i++)
        item_link(t, s->path.at[i]);
    row_cell(t);
    item_links(t, s->crossed.at, s->crossed.n);
}

static void put_reached(Search *s, ObjId entry, uint32_t element)
{
    uint32_t first, n = backrefs_of(&s->worth, element, &first);
    for (uint32_t i = 0; i < n; i++) {
        ObjId asset = (uint32_t)s->worth.at[first + i];
        if (s->seen[asset] == s->now)
            continue;
        s->seen[asset] = s->now;
        if (s->t->rows.n >= WAYS)
            s->cut = true;
        else
            put_way(s, entry, asset, element);
    }
}

static void reach(Search *s, uint32_t element, uint32_t came)
{
    if (s->round[element] == s->now)
        return;
    s->round[element] = s->now;
    s->came[element] = came;
    vec_push(&s->queue, element);
}

/* Breadth first, halves in the order of the model: the shortest way, and always the same. */
static void search_from(Search *s, ObjId entry, ObjId start)
{
    const Model *m = s->d->m;
    uint32_t index = model_obj(m, start)->index;
    if (index >= m->elements.n || m->elements.at[index] != start)
        return;
    s->now++;
    s->queue.n = 0;
    reach(s, index, 0);
    for (uint32_t at = 0; at < s->queue.n && !s->cut; at++) {
        uint32_t e = s->queue.at[at];
        put_reached(s, entry, e);
        s->visits += m->out_start.at[e + 1] - m->out_start.at[e];
        s->cut |= s->visits > VISITS;
        for (uint32_t i = m->out_start.at[e]; i < m->out_start.at[e + 1]; i++)
            reach(s, model_obj(m, half_to(m, m->out_half.at[i]))->index, m->out_half.at[i] + 1);
    }
}

static void search_all(Search *s)
{
    const Dossier *d = s->d;
    ObjList externals = objs_of_role(d->p, ROLE_EXTERNAL, &s->d->arena);
    ObjList ports = objs_of_role(d->p, ROLE_PORT, &s->d->arena);
    for (uint32_t i = 0; i < externals.n && !s->cut; i++) {
        Value trusted = prop_value(d->p, externals.at[i], "trusted");
        if (!(trusted.tag == V_BOOL && trusted.a))
            search_from(s, externals.at[i], externals.at[i]);
    }
    for (uint32_t i = 0; i < ports.n && !s->cut; i++)
        search_from(s, ports.at[i], model_obj(d->m, ports.at[i])->parent);
}

void dossier_scope(Dossier *d)
{
    static const Column columns[] = {{"entry", "Way in", COLUMN_TEXT, 28},
                                     {"kind", "Kind", COLUMN_TEXT, 18},
                                     {"asset", "To", COLUMN_TEXT, 30},
                                     {"at", "Which is in", COLUMN_TEXT, 28},
                                     {"steps", "Flows on the way", COLUMN_NUMBER, 8},
                                     {"path", "Way", COLUMN_LIST, 70},
                                     {"crosses", "Boundaries crossed", COLUMN_LIST, 40}};
    Search s = {.d = d};
    s.t = table_begin(
        d, CHAPTER_TESTS, "pentest_scope", "Scope of penetration tests",
        "From each external entity that is not relied on, and from each port, the shortest way along the flows to "
        "what is valuable.",
        "No way leads from outside to anything that is rated as valuable.", TABLE_COLUMNS(columns));
    s.came = NEWN(&d->arena, uint32_t, d->m->elements.n + 1);
    s.round = NEWN(&d->arena, uint32_t, d->m->elements.n + 1);
    s.seen = NEWN(&d->arena, uint32_t, d->m->objects.n + 1);
    find_worth(&s);
    search_all(&s);
    if (s.cut)
        s.t->purpose = dossier_text(d, "%s The search stopped after %u ways: the model is too large to list all.",
                                    s.t->purpose, s.t->rows.n)
                           .s;
    vec_free(&s.worth);
    vec_free(&s.queue);
    vec_free(&s.path);
    vec_free(&s.crossed);
}
