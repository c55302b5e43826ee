/* Walks the safety chain: from what is lost to the harms it can lead to, and from a harm back to what must not be lost. Requires a
 * bound model whose order of printing is known (program_rank). Each thing is visited once, so circles end. */
#include "risk/chain.h"
#include "risk/assess.h"

/* The properties that lead on, by the role of the thing that has them. Their meaning is the library's; only their names are known. */
typedef struct Link {
    Role role;
    const char *prop;
} Link;
static const Link links[] = {{ROLE_HAZARD, "leads_to"},
                             {ROLE_HAZARD, "situations"},
                             {ROLE_HAZARD, "harm"},
                             {ROLE_NONE, "harm"}, /* situations */
                             {ROLE_HARM, "leads_to"}};
static const struct {
    unsigned objective;
    const char *prop;
} losses[] = {{IMPACT_CONFIDENTIALITY, "confidentiality_loss"},
              {IMPACT_INTEGRITY, "integrity_loss"},
              {IMPACT_AVAILABILITY, "availability_loss"}};

enum { LOSSES = sizeof losses / sizeof *losses, LINKS = sizeof links / sizeof *links };

static PropId prop_of(const Program *p, ObjId o, const char *name)
{
    return kind_prop_z(p, model_obj(&p->model, o)->kind, name);
}

static bool link_fits(const Program *p, const Link *l, ObjId o)
{
    bool other = !obj_is(p, o, ROLE_HAZARD) && !obj_is(p, o, ROLE_HARM);
    return l->role ? obj_is(p, o, l->role) : other;
}

/* ---- forward ---- */

enum { FEW_STEPS = 24 }; /* up to so many, looking through them is faster than a table */

static bool reached(Chain *c, ObjId thing)
{
    if (c->steps.n > FEW_STEPS)
        return map_get(&c->seen, thing) != 0;
    for (uint32_t i = 0; i < c->steps.n; i++)
        if (c->steps.at[i].thing == thing)
            return true;
    return false;
}

static void push_step(Chain *c, ChainStep step)
{
    vec_push(&c->steps, step);
    if (c->steps.n <= FEW_STEPS)
        return;
    for (uint32_t i = c->seen.n ? c->steps.n - 1 : 0; i < c->steps.n; i++)
        map_put(&c->seen, c->steps.at[i].thing, 1);
}

static void add_step(const Program *p, Chain *c, ChainStep from, Value v)
{
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    uint32_t first = c->steps.n;
    for (uint32_t i = 0; i < set.n; i++) {
        if ((member[i].tag & VALUE_TAG) != V_REF || !member[i].a || reached(c, member[i].a))
            continue;
        from.thing = member[i].a;
        push_step(c, from);
        for (uint32_t k = c->steps.n - 1; k > first; k--) { /* lists are short */
            ChainStep *at = &c->steps.at[k];
            if (obj_order(p, at[-1].thing, at->thing) <= 0)
                break;
            ChainStep swap = *at;
            *at = at[-1];
            at[-1] = swap;
        }
    }
}

static void find_worst(const Program *p, Chain *c)
{
    for (uint32_t i = 0; i < c->steps.n; i++) {
        ObjId harm = c->steps.at[i].thing;
        PropId prop = obj_is(p, harm, ROLE_HARM) ? prop_of(p, harm, "severity") : 0;
        if (!prop)
            continue;
        Value v = obj_value(p, harm, prop, NULL);
        bool known = (v.tag & VALUE_TAG) == V_CONST;
        c->unknown |= !known;
        if (known && (!c->severity || p->consts.at[v.a].rank > p->consts.at[c->severity].rank)) {
            c->severity = v.a;
            c->worst = i;
        }
    }
}

void chain_forward(const Program *p, const ObjId *assets, uint32_t n, unsigned objectives, Chain *out)
{
    out->steps.n = 0;
    map_free(&out->seen);
    out->worst = UINT32_MAX;
    out->severity = 0;
    out->unknown = false;
    for (uint32_t i = 0; i < n; i++)
        for (unsigned k = 0; k < LOSSES; k++) {
            PropId prop = objectives & losses[k].objective ? prop_of(p, assets[i], losses[k].prop) : 0;
            if (prop)
                add_step(p, out, (ChainStep){0, UINT32_MAX, assets[i], prop, losses[k].objective},
                         obj_value(p, assets[i], prop, NULL));
        }
    for (uint32_t i = 0; i < out->steps.n; i++)
        for (unsigned k = 0; k < LINKS; k++) {
            ChainStep at = out->steps.at[i];
            PropId prop = link_fits(p, &links[k], at.thing) ? prop_of(p, at.thing, links[k].prop) : 0;
            if (prop)
                add_step(p, out, (ChainStep){0, i, at.asset, prop, at.objective}, obj_value(p, at.thing, prop, NULL));
        }
    find_worst(p, out);
}

void chain_path(const Chain *c, uint32_t step, ObjVec *out)
{
    uint32_t n = 1;
    for (uint32_t i = step; i != UINT32_MAX; i = c->steps.at[i].from)
        n++;
    vec_reserve(out, n);
    out->n += n;
    for (uint32_t i = step, at = out->n; i != UINT32_MAX; i = c->steps.at[i].from)
        out->at[--at] = c->steps.at[i].thing;
    out->at[out->n - n] = c->steps.at[step].asset;
}

void chain_things(const Program *p, const Chain *c, Role role, ObjVec *out)
{
    for (uint32_t i = 0; i < c->steps.n; i++)
        if (obj_is(p, c->steps.at[i].thing, role))
            vec_push(out, c->steps.at[i].thing);
    objs_tidy(p, out);
}

void chain_free(Chain *c)
{
    vec_free(&c->steps);
    map_free(&c->seen);
    *c = (Chain){0};
}

/* ---- backward ---- */

static void add_edges(const Program *p, ObjId from, const char *name, uint32_t lower, ChainIndex *out)
{
    PropId prop = prop_of(p, from, name);
    Value v = prop ? obj_value(p, from, prop, NULL) : (Value){0};
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF && member[i].a)
            vec_push(&out->edges, MAP_KEY(member[i].a, lower));
}

void chain_index(const Program *p, ChainIndex *out)
{
    *out = (ChainIndex){0};
    for (ObjId o = p->library_end; o < p->model.objects.n; o++) {
        const Object *obj = model_obj(&p->model, o);
        if (!obj->kind || obj->flags & (OBJ_MODULE | OBJ_BACKGROUND))
            continue;
        bool asset = obj_is(p, o, ROLE_DATA) || obj_is(p, o, ROLE_ASSET);
        for (unsigned k = 0; k < LOSSES && asset; k++)
            add_edges(p, o, losses[k].prop, o, out);
        for (unsigned k = 0; k < LINKS && !asset; k++)
            if (link_fits(p, &links[k], o))
                add_edges(p, o, links[k].prop, o, out);
    }
    if (out->edges.n)
        qsort(out->edges.at, out->edges.n, sizeof *out->edges.at, u64_order);
}

/* Where the edges to a thing begin. */
static uint32_t edges_to(const ChainIndex *x, ObjId thing)
{
    uint32_t lo = 0, hi = x->edges.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (x->edges.at[mid] >> 32 < thing)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* What the loss of which properties of an asset leads to one of the things. */
static unsigned lost_for(const Program *p, ObjId asset, Map *things)
{
    unsigned objectives = 0;
    for (unsigned k = 0; k < LOSSES; k++) {
        PropId prop = prop_of(p, asset, losses[k].prop);
        Value v = prop ? obj_value(p, asset, prop, NULL) : (Value){0};
        const Value *member;
        Range set = value_members(&p->model, &v, &member);
        for (uint32_t i = 0; i < set.n; i++)
            if ((member[i].tag & VALUE_TAG) == V_REF && map_get(things, member[i].a))
                objectives |= losses[k].objective;
    }
    return objectives;
}

void chain_backward(const Program *p, const ChainIndex *x, ObjId thing, ChainSources *out)
{
    ObjVec queue = {0}, assets = {0};
    Map seen = {0};
    vec_push(&queue, thing);
    map_put(&seen, thing, 1);
    for (uint32_t i = 0; i < queue.n; i++) {
        ObjId to = queue.at[i];
        for (uint32_t e = edges_to(x, to); e < x->edges.n && x->edges.at[e] >> 32 == to; e++) {
            ObjId from = (uint32_t)x->edges.at[e];
            if (map_get(&seen, from))
                continue;
            map_put(&seen, from, 1);
            bool asset = obj_is(p, from, ROLE_DATA) || obj_is(p, from, ROLE_ASSET);
            vec_push(asset ? &assets : &queue, from);
        }
    }
    objs_tidy(p, &assets);
    for (uint32_t i = 0; i < assets.n; i++)
        vec_push(out, (ChainSource){assets.at[i], lost_for(p, assets.at[i], &seen)});
    vec_free(&queue);
    vec_free(&assets);
    map_free(&seen);
}

void chain_index_free(ChainIndex *x)
{
    vec_free(&x->edges);
}
