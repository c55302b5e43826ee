/* Reads the things of the kinds `prefill` and `countermeasure`, and reports what is unusable in them: metrics and values that no method
 * has, properties that the kinds looked at do not have. Requires a bound program. */
#include "risk/effects.h"

/* The place of a value among those of its enumeration, by name; `n` if it is none of them. */
static uint32_t word_of(const Program *p, Value v, const char *const *words, uint32_t n)
{
    Str name = (v.tag & VALUE_TAG) == V_CONST ? sym_str(p->names, p->consts.at[v.a].name) : (Str){0};
    uint32_t i = 0;
    while (i < n && !str_eq(name, str_from(words[i])))
        i++;
    return i;
}

static void split_path(Str text, Prefill *f)
{
    while (text.n && f->npath < EFFECT_DEPTH) {
        size_t dot = 0;
        while (dot < text.n && text.s[dot] != '.')
            dot++;
        f->path[f->npath++] = str_slice(text, 0, dot);
        text = str_slice(text, dot < text.n ? dot + 1 : dot, text.n);
    }
}

static Prefill read_prefill(const Program *p, ObjId o)
{
    static const char *const froms[FROM_COUNT] = {"flow", "port", "element", "asset", "harm"};
    static const char *const lost[] = {"confidentiality", "integrity", "availability"};
    const Model *m = &p->model;
    Prefill f = {.obj = o, .value = prop_text(p, o, "value")};
    Value metrics = prop_value(p, o, "metric"), every = prop_value(p, o, "every");
    const Value *member;
    Range set = value_members(m, &metrics, &member);
    for (uint32_t i = 0; i < set.n && f.nmetrics < EFFECT_METRICS; i++)
        f.metrics[f.nmetrics++] = value_text_of(m, member[i]);
    f.instead_of = prop_value(p, o, "instead_of");
    f.is = prop_value(p, o, "is");
    f.stride = prop_value(p, o, "stride");
    f.every = every.tag == V_BOOL && every.a;
    f.from = (EffectFrom)word_of(p, prop_value(p, o, "from"), froms, FROM_COUNT);
    uint32_t bit = word_of(p, prop_value(p, o, "lost"), lost, 3);
    f.lost = bit < 3 ? 1u << bit : 0;
    split_path(prop_text(p, o, "property"), &f);
    for (uint32_t i = 0; i < f.npath; i++)
        f.names[i] = intern_find(p->names, f.path[i]);
    for (ScoreMethod by = SCORE_NONE; by < SCORE_METHODS; by++) {
        const ScoreMetric *metric = effect_metric(by, f.metrics, f.nmetrics, f.value);
        f.by_method[by] = (EffectMetric){metric, metric ? effect_base(by, str_from(metric->name)) : NULL};
    }
    return f;
}

/* All objects of a kind from one on, in the order of printing. */
static void find_all(const Program *p, KindId kind, ObjId first, ObjVec *out)
{
    Vec(uint64_t) keys = {0};
    for (ObjId o = first; kind && o < p->model.objects.n; o++)
        if (kind_is(p, model_obj(&p->model, o)->kind, kind) && !(model_obj(&p->model, o)->flags & OBJ_BACKGROUND))
            vec_push(&keys, MAP_KEY(o < p->model.rank.n ? p->model.rank.at[o] : o, o));
    if (keys.n)
        qsort(keys.at, keys.n, sizeof *keys.at, u64_order);
    for (uint32_t i = 0; i < keys.n; i++)
        vec_push(out, (ObjId)keys.at[i]);
    vec_free(&keys);
}

void effects_read(const Program *p, Effects *out)
{
    ObjVec found = {0};
    *out = (Effects){.p = p};
    find_all(p, library_kind(p, "prefill"), 1, &found);
    for (uint32_t i = 0; i < found.n; i++) {
        Prefill f = read_prefill(p, found.at[i]);
        if (f.from < FROM_COUNT && f.npath)
            vec_push(&out->prefills, f);
    }
    found.n = 0;
    find_all(p, library_kind(p, "countermeasure"), 1, &found);
    for (uint32_t i = 0; i < found.n; i++) {
        Value protects = prop_value(p, found.at[i], "protects");
        vec_push(&out->countermeasures,
                 (Countermeasure){found.at[i], (protects.tag & VALUE_TAG) == V_CONST ? protects.a : 0,
                                  prop_value(p, found.at[i], "modifies")});
    }
    vec_free(&found);
    out->protects = kind_prop_z(p, role_kind(p, ROLE_CAPABILITY), "protects");
    out->modifies = kind_prop_z(p, role_kind(p, ROLE_CAPABILITY), "modifies");
}

void effects_free(Effects *e)
{
    vec_free(&e->prefills);
    vec_free(&e->countermeasures);
}

/* ---- checking ---- */

static void unusable(Program *p, ObjId o, const char *prop, const char *why)
{
    Span at;
    prop_said(p, o, prop, &at);
    diag_add(p->diags, D_RISK_DATA, at, prop, str_z(&p->diags->arena, obj_name(p, o)), why);
}

static const char *const no_metric = "no metric that controls or the environment may change";
static const char *const no_value = "the metric has no such value";

/* Whether some method has the metric in a group that may be changed; `value` empty: any value. */
static bool can_set(Str metric, Str value, bool *known)
{
    for (ScoreMethod m = SCORE_CVSS30; m <= SCORE_CVSS40; m++) {
        const ScoreMetric *at = score_metric_by_name(m, metric);
        if (!at || (at->group != GROUP_ENVIRONMENTAL && at->group != GROUP_SUPPLEMENTAL))
            continue;
        *known = true;
        if (score_value_by_name(at, value))
            return true;
    }
    return false;
}

static void check_modifies(Program *p, ObjId o)
{
    Value v = prop_value(p, o, "modifies");
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++) {
        Str text = value_text_of(&p->model, member[i]);
        long colon = str_rfind(text, ':');
        bool known = false;
        if (colon <= 0)
            unusable(p, o, "modifies", "write a metric and its value, as in `MAC:H`");
        else if (!can_set(str_slice(text, 0, (size_t)colon), str_slice(text, (size_t)colon + 1, text.n), &known))
            unusable(p, o, "modifies", known ? no_value : no_metric);
    }
}

/* The kinds that a prefill looks at. */
static uint32_t kinds_of(const Program *p, EffectFrom from, KindId out[2])
{
    static const Role roles[FROM_COUNT][2] = {{ROLE_FLOW, ROLE_NONE},
                                              {ROLE_PORT, ROLE_NONE},
                                              {ROLE_ELEMENT, ROLE_NONE},
                                              {ROLE_DATA, ROLE_ASSET},
                                              {ROLE_HARM, ROLE_NONE}};
    out[0] = role_kind(p, roles[from][0]);
    out[1] = role_kind(p, roles[from][1]);
    return roles[from][1] ? 2 : 1;
}

/* The property itself or that of a kind below: `authorises` of elements is one of processes. */
static PropId prop_below(const Program *p, KindId kind, Str name)
{
    Sym sym = intern_find(p->names, name);
    PropId found = sym ? kind_prop(p, kind, sym) : 0;
    for (PropId i = 1; sym && !found && i < p->props.n; i++)
        if (p->props.at[i].name == sym && kind_is(p, p->props.at[i].owner, kind))
            found = i;
    return found;
}

static Type type_at(const Program *p, KindId kind, const Prefill *f)
{
    Type t = {.tag = TYPE_KIND, .of = kind};
    for (uint32_t i = 0; i < f->npath; i++) {
        PropId prop = t.tag == TYPE_KIND ? prop_below(p, t.of, f->path[i]) : 0;
        if (!prop)
            return (Type){0};
        t = p->props.at[prop].type;
    }
    return t;
}

static bool type_has(const Program *p, Type t, Str value)
{
    if (t.tag == TYPE_BOOL)
        return str_eq(value, STR("true")) || str_eq(value, STR("false"));
    Sym sym = intern_find(p->names, value);
    return t.tag == TYPE_ENUM && sym && enum_const(p, t.of, sym);
}

static void check_fact(Program *p, const Prefill *f)
{
    KindId kinds[2];
    uint32_t n = kinds_of(p, f->from, kinds);
    Type t = {0};
    for (uint32_t i = 0; i < n && t.tag == TYPE_ERROR; i++)
        t = type_at(p, kinds[i], f);
    if (t.tag == TYPE_ERROR) {
        unusable(p, f->obj, "property", "what is looked at has no such property");
        return;
    }
    const Value *member;
    Range set = value_members(&p->model, &f->is, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if (!type_has(p, t, value_text_of(&p->model, member[i])))
            unusable(p, f->obj, "is", "the property has no such value");
}

static void check_prefill(Program *p, ObjId o)
{
    Prefill f = read_prefill(p, o);
    bool known = false, settable = false;
    for (uint32_t i = 0; i < f.nmetrics; i++)
        settable |= can_set(f.metrics[i], f.value, &known);
    if (!known)
        unusable(p, o, "metric", no_metric);
    else if (!settable)
        unusable(p, o, "value", no_value);
    if (f.from == FROM_COUNT || !f.npath)
        unusable(p, o, f.npath ? "from" : "property", "it is needed to find the fact");
    else
        check_fact(p, &f);
}

void effects_check(Program *p, ObjId first)
{
    KindId prefill = library_kind(p, "prefill"), countermeasure = library_kind(p, "countermeasure");
    for (ObjId o = first; o < p->model.objects.n; o++) {
        KindId kind = model_obj(&p->model, o)->kind;
        if (!kind || model_obj(&p->model, o)->flags & OBJ_BACKGROUND)
            continue;
        if (kind_is(p, kind, prefill))
            check_prefill(p, o);
        else if (kind_is(p, kind, countermeasure) || kind_is(p, kind, role_kind(p, ROLE_CAPABILITY)))
            check_modifies(p, o);
    }
}
