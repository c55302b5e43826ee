/* Risks that are proposed: threats share cause and fix if they lose the same security property, which what closes them defends; and
 * they share what is at stake if the worst hit asset at their subject is the same. Which capability defends what, and which category
 * breaks what, is said by the library. Requires an Assessment; leaves nothing behind but what is remembered. */
#include "risk/propose.h"
#include "risk/assess.h"

/* ---- cause and fix ---- */

static ConstId property_of_category(const Assessment *a, const Threat *t)
{
    ConstId stride = threat_stride(a, t, 0);
    for (uint32_t i = 0; stride && i < a->impacts.n; i++)
        if (a->impacts.at[i].category == stride)
            return a->impacts.at[i].breaks;
    ObjId category = threat_category(a, t, 0);
    return category ? broken_property(a->program, category) : 0;
}

/* Of the properties that what closes the threat defends: the one that its category breaks, else the first of the enumeration. */
static ConstId work_out(Proposer *w, const Threat *t)
{
    const Program *p = w->a->program;
    ConstId broken = property_of_category(w->a, t), first = 0;
    const Verdict *v = threat_of_rule(w->a, t);
    w->scratch.n = 0;
    if (v)
        rule_closers(w->a->rules, v->rule, &w->scratch);
    for (uint32_t i = 0; i < w->scratch.n; i++) {
        Value defends = prop_value(p, w->scratch.at[i], "protects");
        const Value *at;
        Range set = value_members(&p->model, &defends, &at);
        for (uint32_t k = 0; k < set.n; k++) {
            if ((at[k].tag & VALUE_TAG) != V_CONST)
                continue;
            if (at[k].a == broken)
                return broken;
            first = !first || p->consts.at[at[k].a].rank < p->consts.at[first].rank ? at[k].a : first;
        }
    }
    return first ? first : broken;
}

ConstId propose_property(Proposer *w, const Threat *t)
{
    const Verdict *v = threat_of_rule(w->a, t);
    uint64_t key = v ? v->rule : MAP_KEY(1, t->hand);
    uint32_t known = map_get(&w->property_of, key);
    if (!known) {
        known = work_out(w, t) + 1;
        map_put(&w->property_of, key, known);
    }
    return known - 1;
}

/* ---- what is at stake ---- */

static uint32_t rank_of(const Program *p, ObjId asset, const char *prop)
{
    Value v = prop_value(p, asset, prop);
    return (v.tag & VALUE_TAG) == V_CONST ? p->consts.at[v.a].rank + 1 : 0;
}

/* How much depends on the property that is lost; where an asset states none of that name, on the most that it states. */
static uint32_t worth(const Program *p, ObjId asset, ConstId property)
{
    static const char *const stated[] = {"confidentiality", "integrity", "availability"};
    char name[LIMIT_NAME_BYTES + 1] = "";
    Str lost = property ? sym_str(p->names, p->consts.at[property].name) : (Str){0};
    if (lost.n < sizeof name)
        memcpy(name, lost.s ? lost.s : "", lost.n);
    uint32_t best = 0;
    for (size_t i = 0; i < sizeof stated / sizeof *stated; i++) {
        uint32_t rank = rank_of(p, asset, stated[i]);
        if (strcmp(name, stated[i]) == 0)
            return rank;
        best = rank > best ? rank : best;
    }
    return best;
}

/* A port is a way into what it belongs to. */
static ObjId owner_of(const Program *p, ObjId o)
{
    while (o && obj_is(p, o, ROLE_PORT))
        o = model_obj(&p->model, o)->parent;
    return o && model_obj(&p->model, o)->kind ? o : 0;
}

ObjId propose_about(Proposer *w, const Threat *t, ConstId property)
{
    const Program *p = w->a->program;
    ObjId subject = threat_subject(w->a, t);
    uint64_t key = MAP_KEY(subject, property);
    uint32_t known = map_get(&w->about_of, key);
    if (known)
        return known - 1;
    ObjId best = subject;
    uint32_t most = 0;
    w->scratch.n = 0;
    ObjId owner = owner_of(p, subject);
    if (owner)
        thing_assets(w->a, owner, &w->scratch);
    for (uint32_t i = 0; i < w->scratch.n; i++) {
        uint32_t rank = worth(p, w->scratch.at[i], property);
        if (i > 0 && rank <= most)
            continue; /* the first in the order of printing stands for those that are worth as much */
        best = w->scratch.at[i];
        most = rank;
    }
    map_put(&w->about_of, key, best + 1);
    return best;
}

void proposer_free(Proposer *w)
{
    map_free(&w->property_of);
    map_free(&w->about_of);
    vec_free(&w->scratch);
}
