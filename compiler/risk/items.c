/* Decisions and the software items that their threats rest on: what is known to be exploited cannot be accepted, and an item of
 * which less is promised than before opens its risks again. A threat rests on an item if it is about it or if one of the facts of
 * its verdict is; an element that is made of the item is not enough. Requires matched decisions; leaves a report. */
#include "risk/items.h"
#include "risk/decisions.h"

/* ---- the items ---- */

static bool is_const(const Program *p, Value v, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && (v.tag & VALUE_TAG) == V_CONST; i++)
        if (str_eq(sym_str(p->names, p->consts.at[v.a].name), str_from(names[i])))
            return true;
    return false;
}

static bool is_true(Value v)
{
    return (v.tag & VALUE_TAG) == V_BOOL && v.a;
}

bool vulnerability_over(const Program *p, ObjId vulnerability)
{
    static const char *const over[] = {"resolved", "resolved_with_pedigree", "not_affected", "false_positive"};
    return is_const(p, prop_value(p, vulnerability, "state"), over, sizeof over / sizeof *over);
}

static void add_exploited(const Program *p, ObjId vulnerability, ObjVec *list, Map *out)
{
    if (!is_true(prop_value(p, vulnerability, "exploited")) || vulnerability_over(p, vulnerability))
        return;
    list->n = 0;
    refs_add(p, prop_value(p, vulnerability, "of"), list);
    for (uint32_t i = 0; i < list->n; i++)
        if (!map_get(out, list->at[i]))
            map_put(out, list->at[i], vulnerability);
}

void exploited_items(const Program *p, Map *out)
{
    KindId vulnerability = library_kind(p, "vulnerability");
    ObjVec list = {0};
    for (ObjId o = p->library_end; vulnerability && o < p->model.objects.n; o++)
        if (kind_is(p, model_obj(&p->model, o)->kind, vulnerability))
            add_exploited(p, o, &list, out);
    for (ObjId o = p->library_end; o < p->model.objects.n; o++)
        if (obj_is(p, o, ROLE_SOFTWARE) && is_true(prop_value(p, o, "known_exploited")) && !map_get(out, o))
            map_put(out, o, o);
    vec_free(&list);
}

/* Maintained, supported, required: each promises less than the one before it. */
static bool is_lowered(const Program *p, ObjId item)
{
    Value before = prop_value(p, item, "former_category"), now = prop_value(p, item, "category");
    return (before.tag & VALUE_TAG) == V_CONST && (now.tag & VALUE_TAG) == V_CONST &&
           p->consts.at[before.a].rank < p->consts.at[now.a].rank;
}

void items_find(Decisions *d)
{
    const Program *p = d->p;
    exploited_items(p, &d->exploited);
    ObjList items = objs_of_role(p, ROLE_SOFTWARE, &d->arena);
    for (uint32_t i = 0; i < items.n; i++)
        if (is_lowered(p, items.at[i]))
            vec_push(&d->lowered, items.at[i]);
}

/* ---- what a threat rests on ---- */

static void rests_add(const Program *p, ObjId o, ObjVec *out)
{
    if (!o || !obj_is(p, o, ROLE_SOFTWARE))
        return;
    for (uint32_t i = 0; i < out->n; i++)
        if (out->at[i] == o)
            return;
    vec_push(out, o);
}

void rests_on(const Assessment *a, const Threat *t, Rests *out)
{
    ObjId at[THREAT_OBJECTS];
    out->items.n = 0;
    uint32_t n = threat_objects(a, t, at);
    for (uint32_t i = 0; i < n; i++)
        rests_add(a->program, at[i], &out->items);
    if (t->hand)
        return;
    verdict_explain(a->rules, threat_of_rule(a, t), &out->why);
    for (uint32_t i = 0; i < out->why.causes.n; i++) {
        rests_add(a->program, out->why.causes.at[i].obj, &out->items);
        rests_add(a->program, out->why.causes.at[i].by, &out->items);
    }
}

void rests_free(Rests *r)
{
    vec_free(&r->items);
    provenance_free(&r->why);
}

/* ---- reports ---- */

/* "CVE-2026-1234 is known to be exploited". */
static Str what_is_exploited(Decisions *d, ObjId item, Span *at)
{
    const Program *p = d->p;
    ObjId o = map_get(&d->exploited, item);
    if (o != item) {
        Str ref = prop_text(p, o, "ref");
        prop_said(p, o, "exploited", at);
        return str_format(&d->arena, "`%.*s` is known to be exploited", STR_FMT(ref.n ? ref : obj_name(p, o)));
    }
    Value known = prop_value(p, item, "known_vulnerabilities");
    prop_said(p, item, "known_exploited", at);
    if ((known.tag & VALUE_TAG) == V_SET && p->model.sets.at[known.a].n)
        return str_format(&d->arena, "one of its vulnerabilities (%s) is known to be exploited",
                          decision_words(d, known));
    return STR("a vulnerability of it is known to be exploited");
}

static bool check_exploited(Decisions *d, const Decision *x, const Hit *h, const Rests *rests)
{
    bool accept = str_eq(x->word, STR("accept")), counts = true;
    if (!accept && !str_eq(x->word, STR("defer")))
        return true;
    for (uint32_t i = 0; i < rests->items.n; i++) {
        ObjId item = rests->items.at[i];
        if (!map_get(&d->exploited, item))
            continue;
        Span at;
        StrBuf id = {0};
        Str what = what_is_exploited(d, item, &at);
        threat_id(d->a, hit_threat(d, h), &id);
        Diag *r = diag_add(d->p->diags, D_KNOWN_EXPLOITED, h->at, id.s, accept ? "accepted" : "deferred",
                           str_z(&d->arena, obj_name(d->p, item)), str_z(&d->arena, what));
        diag_label(d->p->diags, r, at, "said here");
        strbuf_free(&id);
        counts = false;
    }
    return counts;
}

/* Without a date nobody can tell that the decision came later. */
static bool check_lowered(Decisions *d, const Decision *x, ObjId item)
{
    const Program *p = d->p;
    Span at, category;
    Value changed = prop_value(p, item, "category_changed"), decided = prop_said(p, x->obj, "decided", &at);
    bool dated = (changed.tag & VALUE_TAG) == V_DATE;
    if (dated && (decided.tag & VALUE_TAG) == V_DATE && (int32_t)decided.a >= (int32_t)changed.a)
        return true;
    Value now = prop_said(p, item, "category", &category);
    Diag *r = diag_add(p->diags, D_DOWNGRADED, at, str_z(&d->arena, obj_name(p, item)), decision_words(d, now),
                       dated ? decision_words(d, changed) : "a day that is not stated",
                       decision_words(d, prop_value(p, item, "former_category")));
    diag_label(p->diags, r, category, "less is promised here");
    if (!dated)
        diag_help(p->diags, r, "state `category_changed` of `%.*s`", STR_FMT(obj_name(p, item)));
    return false;
}

static bool listed(const ObjVec *v, ObjId o)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (v->at[i] == o)
            return true;
    return false;
}

bool decision_items(Decisions *d, const Decision *x)
{
    if (!d->exploited.n && !d->lowered.n)
        return true;
    Rests rests = {0};
    ObjVec told = {0};
    bool counts = true;
    for (uint32_t i = 0; i < x->hits; i++) {
        const Hit *h = &d->hits.at[x->first + i];
        if (h->gap || !threat_due(d->a, hit_threat(d, h)))
            continue;
        rests_on(d->a, hit_threat(d, h), &rests);
        counts = check_exploited(d, x, h, &rests) && counts;
        for (uint32_t k = 0; k < rests.items.n; k++) {
            ObjId item = rests.items.at[k];
            if (!listed(&d->lowered, item) || listed(&told, item))
                continue;
            vec_push(&told, item);
            counts = check_lowered(d, x, item) && counts;
        }
    }
    vec_free(&told);
    rests_free(&rests);
    return counts;
}
