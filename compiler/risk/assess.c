/* From verdicts to the list of threats that is reported: those that rules found, those that people found, and what each is about.
 * Requires verdicts of the same program; leaves an Assessment in an order that no declaration can change. */
#include "risk/assess.h"

typedef struct RuleOrder {
    Str id;
    RuleId rule;
    uint32_t first, n; /* its verdicts */
} RuleOrder;

static int rule_order(const void *x, const void *y)
{
    const RuleOrder *a = x, *b = y;
    int c = str_cmp(a->id, b->id);
    return c ? c : (a->rule > b->rule) - (a->rule < b->rule);
}

static void add_verdicts(Assessment *a)
{
    uint32_t nrules = rules_count(a->rules);
    RuleOrder *order = mem_alloc((nrules + 1) * sizeof *order);
    order[0] = (RuleOrder){0};
    for (RuleId i = 1; i <= nrules; i++)
        order[i] = (RuleOrder){.id = rule_info(a->rules, i)->id, .rule = i};
    for (uint32_t i = 0; i < a->verdicts->all.n; i++) {
        RuleOrder *o = &order[a->verdicts->all.at[i].rule];
        if (o->n++ == 0)
            o->first = i;
    }
    qsort(order + 1, nrules, sizeof *order, rule_order);
    vec_reserve(&a->threats, a->verdicts->all.n);
    for (uint32_t i = 1; i <= nrules; i++) {
        ThreatVec *to =
            order[i].n && finds_gaps(a->program, rule_info(a->rules, order[i].rule)->obj) ? &a->gaps : &a->threats;
        for (uint32_t k = 0; k < order[i].n; k++)
            vec_push(to, (Threat){.verdict = order[i].first + k});
    }
    free(order);
}

static void add_hand_found(Assessment *a)
{
    Arena scratch = {0};
    ObjList list = objs_of_role(a->program, ROLE_THREAT, &scratch);
    for (uint32_t i = 0; i < list.n; i++)
        vec_push(finds_gaps(a->program, list.at[i]) ? &a->gaps : &a->threats,
                 (Threat){.verdict = UINT32_MAX, .hand = list.at[i]});
    arena_free(&scratch);
}

unsigned objective_bits(const Program *p, ObjId category)
{
    static const char *const names[] = {"confidentiality", "integrity", "availability"};
    Value v = obj_known(p, category, KNOWN_CATEGORY_IMPACTS);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    unsigned bits = 0;
    for (uint32_t i = 0; i < set.n; i++) {
        if ((member[i].tag & VALUE_TAG) != V_CONST)
            continue;
        Str name = sym_str(p->names, p->consts.at[member[i].a].name);
        for (unsigned k = 0; k < 3; k++)
            if (str_eq(name, str_from(names[k])))
                bits |= 1u << k;
    }
    return bits;
}

ConstId broken_property(const Program *p, ObjId category)
{
    PropId prop = kind_prop_z(p, model_obj(&p->model, category)->kind, "breaks");
    Value v = prop ? obj_value(p, category, prop, NULL) : (Value){0};
    return (v.tag & VALUE_TAG) == V_CONST ? v.a : 0;
}

/* What each category of STRIDE hurts is said by the library: things of the kind `stride_category`. */
static void find_impacts(Assessment *a)
{
    const Program *p = a->program;
    Sym name = intern_find(p->names, STR("stride_category"));
    if (!name || p->modules.n < 2)
        return;
    Ref kind = program_lookup(p, p->modules.at[1].obj, name);
    if (kind.tag != REF_KIND)
        return;
    PropId category = kind_prop_z(p, kind.id, "stride");
    if (!category)
        return;
    for (ObjId o = 1; o < p->model.objects.n; o++) {
        if (!kind_is(p, model_obj(&p->model, o)->kind, kind.id))
            continue;
        Value v = obj_value(p, o, category, NULL);
        if ((v.tag & VALUE_TAG) == V_CONST)
            vec_push(&a->impacts, (CategoryImpact){v.a, objective_bits(p, o), broken_property(p, o)});
    }
}

static void find_realised(Assessment *a)
{
    const Program *p = a->program;
    Arena scratch = {0};
    ObjList assets = objs_of_role(p, ROLE_ASSET, &scratch);
    for (uint32_t i = 0; i < assets.n; i++) {
        Value v = obj_known(p, assets.at[i], KNOWN_REALISED_BY);
        const Value *member;
        Range set = value_members(&p->model, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            if ((member[k].tag & VALUE_TAG) == V_REF && member[k].a)
                vec_push(&a->realised, MAP_KEY(member[k].a, assets.at[i]));
    }
    if (a->realised.n)
        qsort(a->realised.at, a->realised.n, sizeof *a->realised.at, u64_order);
    arena_free(&scratch);
}

/* Behind the software item stands the rank of the element, so that its users come in the order of printing. */
static void find_users(Assessment *a)
{
    const Program *p = a->program;
    const Model *m = &p->model;
    for (uint32_t i = 0; i < m->elements.n; i++) {
        ObjId o = m->elements.at[i];
        Value v = obj_known(p, o, KNOWN_MADE_OF);
        const Value *member;
        Range set = value_members(m, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            if ((member[k].tag & VALUE_TAG) == V_REF && member[k].a)
                vec_push(&a->users, MAP_KEY(member[k].a, m->rank.at[o]));
    }
    if (!a->users.n)
        return;
    qsort(a->users.at, a->users.n, sizeof *a->users.at, u64_order);
    ObjId *by_rank = mem_alloc(((size_t)m->objects.n + 1) * sizeof *by_rank);
    memset(by_rank, 0, ((size_t)m->objects.n + 1) * sizeof *by_rank);
    for (uint32_t i = 0; i < m->elements.n; i++)
        by_rank[m->rank.at[m->elements.at[i]]] = m->elements.at[i];
    for (uint32_t i = 0; i < a->users.n; i++)
        a->users.at[i] = MAP_KEY(a->users.at[i] >> 32, by_rank[(uint32_t)a->users.at[i]]);
    free(by_rank);
}

void assess(Program *p, const RuleSet *rules, const Verdicts *verdicts, int32_t today, Assessment *out)
{
    *out = (Assessment){.program = p, .rules = rules, .verdicts = verdicts, .today = today};
    program_rank(p);
    add_verdicts(out);
    add_hand_found(out);
    find_impacts(out);
    find_realised(out);
    find_users(out);
    risks_gather(p, out);
    policies_read(p, &out->policies);
    estimates_apply(p, out);
    decisions_apply(p, out);
    for (uint32_t i = 0; i < out->threats.n; i++) {
        const Threat *t = &out->threats.at[i];
        if (t->decision)
            out->decided++;
        else
            out->by_verdict[threat_kind(out, t)]++;
    }
    for (uint32_t i = 0; i < out->gaps.n; i++)
        out->gaps_pending += threat_pending(out, &out->gaps.at[i]);
}

void assess_free(Assessment *a)
{
    vec_free(&a->threats);
    vec_free(&a->gaps);
    vec_free(&a->impacts);
    vec_free(&a->realised);
    vec_free(&a->users);
    policies_free(&a->policies);
    *a = (Assessment){0};
}
