/* The sections of a resolved model and the properties of its kinds. Requires a model that is bound; leaves nothing behind but what
 * it returns. */
#include "emit/model_parts.h"

static int by_number(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

Range kind_props(KindProps *k, const Program *p, KindId kind)
{
    uint32_t known = map_get(&k->known, kind);
    if (known)
        return k->lists.at[known - 1];
    KindId chain[LIMIT_KIND_DEPTH + 1];
    uint32_t depth = 0;
    for (KindId of = kind; of && depth < LIMIT_KIND_DEPTH + 1; of = p->kinds.at[of].parent)
        chain[depth++] = of;
    Vec(uint64_t) keys = {0};
    for (PropId i = 1; i < p->props.n; i++)
        for (uint32_t d = 0; d < depth; d++)
            if (p->props.at[i].owner == chain[d])
                vec_push(&keys, MAP_KEY(depth - d, i));
    if (keys.n)
        qsort(keys.at, keys.n, sizeof *keys.at, by_number);
    Range range = {k->props.n, keys.n};
    for (uint32_t i = 0; i < keys.n; i++)
        vec_push(&k->props, (PropId)keys.at[i]);
    vec_free(&keys);
    vec_push(&k->lists, range);
    map_put(&k->known, kind, k->lists.n);
    return range;
}

void kind_props_free(KindProps *k)
{
    map_free(&k->known);
    vec_free(&k->lists);
    vec_free(&k->props);
}

ObjId obj_named_parent(const Program *p, ObjId o)
{
    ObjId parent = model_obj(&p->model, o)->parent;
    return parent && !(model_obj(&p->model, parent)->flags & OBJ_MODULE) ? parent : 0;
}

/* ---- sections ---- */

static ModelSection section(const Program *p, Arena *a, const char *key, const ObjId *at, uint32_t n)
{
    ModelSection s = {key, NEWN(a, ObjId, n + 1), n};
    uint64_t *keys = mem_alloc((n + 1) * sizeof *keys);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = MAP_KEY(p->model.rank.at[at[i]], at[i]);
    if (n)
        qsort(keys, n, sizeof *keys, by_number);
    for (uint32_t i = 0; i < n; i++)
        s.at[i] = (ObjId)keys[i];
    free(keys);
    return s;
}

static const struct {
    const char *key;
    Role role;
} roles[] = {
    {"data", ROLE_DATA},          {"assets", ROLE_ASSET},
    {"hazards", ROLE_HAZARD},     {"harms", ROLE_HARM},
    {"software", ROLE_SOFTWARE},  {"controls", ROLE_CONTROL},
    {"evidence", ROLE_EVIDENCE},  {"assumptions", ROLE_ASSUMPTION},
    {"threats", ROLE_THREAT},     {"decisions", ROLE_DECISION},
    {"groups", ROLE_GROUP},       {"views", ROLE_VIEW},
    {"protocols", ROLE_PROTOCOL}, {"capabilities", ROLE_CAPABILITY},
    {"systems", ROLE_SYSTEM},
};
enum { ROLES = sizeof roles / sizeof *roles };
_Static_assert(ROLES + 5 == MODEL_SECTIONS, "elements, ports, boundaries, flows and the rest have sections too");

/* What is neither structure nor of the roles that have a section of their own. */
static ModelSection rest(const Program *p, Arena *a)
{
    static const Role others[] = {ROLE_RULE, ROLE_POLICY, ROLE_TEST, ROLE_FLOW, ROLE_ELEMENT, ROLE_BOUNDARY};
    ObjVec found = {0};
    for (uint32_t i = 0; i < p->model.others.n; i++) {
        ObjId o = p->model.others.at[i];
        bool has_place = false;
        for (size_t k = 0; k < sizeof others / sizeof *others && !has_place; k++)
            has_place = obj_is(p, o, others[k]);
        for (size_t k = 0; k < ROLES && !has_place; k++)
            has_place = obj_is(p, o, roles[k].role);
        if (!has_place)
            vec_push(&found, o);
    }
    ModelSection s = section(p, a, "other", found.at, found.n);
    vec_free(&found);
    return s;
}

void model_sections(const Report *r, Arena *a, ModelSection out[MODEL_SECTIONS])
{
    const Program *p = r->program;
    const Model *m = &p->model;
    uint32_t n = 0;
    program_rank((Program *)(uintptr_t)p); /* a cache: the model reads the same before and after */
    out[n++] = section(p, a, "elements", m->elements.at, m->elements.n);
    out[n++] = section(p, a, "ports", m->ports.at, m->ports.n);
    out[n++] = section(p, a, "boundaries", m->boundaries.at, m->boundaries.n);
    ObjId *flows = mem_alloc((m->flows.n + 1) * sizeof *flows);
    for (uint32_t i = 0; i < m->flows.n; i++)
        flows[i] = m->flows.at[i].obj;
    out[n++] = section(p, a, "flows", flows, m->flows.n);
    free(flows);
    for (size_t i = 0; i < ROLES; i++) {
        Arena scratch = {0};
        ObjList list = objs_of_role(p, roles[i].role, &scratch);
        out[n++] = section(p, a, roles[i].key, list.at, list.n);
        arena_free(&scratch);
    }
    out[n++] = rest(p, a);
}
