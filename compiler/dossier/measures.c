/* What the compiler counts for the completeness gate where no rule and no cell of the file does. Each function says how many things
 * it looked at and which of them fail. */
#include "dossier/evidence.h"

#include "program/stdlib.h"
#include "risk/items.h"

static void threats_disposed(Evidence *e, GateResult *g)
{
    const Assessment *a = e->d->a;
    StrBuf id = {0};
    gate_checked(g, a->threats.n);
    for (uint32_t i = 0; i < a->threats.n; i++) {
        if (!threat_pending(a, &a->threats.at[i]))
            continue;
        id.n = 0;
        if (g->shown < GATE_SHOWN)
            threat_id(a, &a->threats.at[i], &id);
        gate_fails(g, MAP_KEY(ROW_THREAT, i), str_copy(&e->d->arena, strbuf_str(&id)));
    }
    strbuf_free(&id);
}

/* Whether some evidence of that sort has come to a result. */
static bool has_test(const Dossier *d, ObjId control, const char *sort)
{
    Range all = control_evidence(d->m, control);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId evidence = d->m->evidence.at[all.first + i];
        Value kind = prop_value(d->p, evidence, "kind_of_test"), result = obj_known(d->p, evidence, KNOWN_RESULT);
        if ((kind.tag & VALUE_TAG) != V_CONST || (result.tag & VALUE_TAG) != V_CONST)
            continue;
        if (str_eq(const_name(d->p, kind.a), str_from(sort)) && !str_eq(const_name(d->p, result.a), STR("pending")))
            return true;
    }
    return false;
}

/* Whether a control is said to be in place, whatever its evidence says. */
static bool claimed(const Dossier *d, ObjId control)
{
    Value status = obj_known(d->p, control, KNOWN_STATUS);
    Str name = (status.tag & VALUE_TAG) == V_CONST ? const_name(d->p, status.a) : (Str){0};
    return str_eq(name, STR("implemented")) || str_eq(name, STR("verified"));
}

/* A failed test takes a control out of what protects, and must not take it out of what is counted here. */
static void mitigations_tested(Evidence *e, GateResult *g)
{
    Dossier *d = e->d;
    ObjList controls = objs_of_role(d->p, ROLE_CONTROL, &d->arena);
    for (uint32_t i = 0; i < controls.n; i++) {
        ObjId control = controls.at[i];
        bool stands = control_level(d->p, control) >= CAP_IMPLEMENTED;
        if (!stands && !claimed(d, control))
            continue;
        Texts requirements = evidence_texts(e, control, "requirement");
        const char *lacks = !stands                           ? "a test that failed"
                            : !requirements.n                 ? "no requirement"
                            : !has_test(d, control, "works")  ? "no test that it works"
                            : !has_test(d, control, "thwart") ? "no attempt to thwart it"
                                                              : NULL;
        gate_checked(g, 1);
        if (lacks)
            gate_fails(g, MAP_KEY(ROW_THING, control),
                       dossier_text(d, "%.*s: %s", STR_FMT(obj_title(d->p, control)), lacks));
    }
}

/* Whether people let a threat be: accepted or deferred. */
static bool let_be(const Dossier *d, const Threat *t)
{
    Str word = t->decision ? const_name(d->p, t->disposition) : STR("");
    return str_eq(word, STR("accept")) || str_eq(word, STR("defer"));
}

static bool any_exploited(const Rests *r, const Map *exploited)
{
    for (uint32_t i = 0; i < r->items.n; i++)
        if (map_get(exploited, r->items.at[i]))
            return true;
    return false;
}

static void no_exploited_accepted(Evidence *e, GateResult *g)
{
    Dossier *d = e->d;
    Map exploited = {0};
    Rests rests = {0};
    StrBuf id = {0};
    exploited_items(d->p, &exploited);
    for (uint32_t i = 0; i < d->a->threats.n; i++) {
        const Threat *t = &d->a->threats.at[i];
        if (!let_be(d, t))
            continue;
        gate_checked(g, 1);
        rests_on(d->a, t, &rests);
        if (!any_exploited(&rests, &exploited))
            continue;
        id.n = 0;
        threat_id(d->a, t, &id);
        gate_fails(g, MAP_KEY(ROW_THREAT, i), str_copy(&d->arena, strbuf_str(&id)));
    }
    strbuf_free(&id);
    rests_free(&rests);
    map_free(&exploited);
}

static void hashes_present(Evidence *e, GateResult *g)
{
    enum { HEX_DIGITS = 64 };
    gate_checked(g, 2);
    if (e->d->r->model_hash.n != HEX_DIGITS)
        gate_fails(g, 0, STR("the hash of the model is not given"));
    if (e->d->r->rules_hash.n != HEX_DIGITS)
        gate_fails(g, 0, STR("the hash of the rules is not given"));
}

static void check_references(Evidence *e, GateResult *g, ObjId o, RowKey key)
{
    Dossier *d = e->d;
    StrBuf id = {0};
    for (int c = 0; c < REFERENCE_KINDS; c++) {
        const Value *member;
        Value v = prop_value(d->p, o, reference_kinds[c].property);
        Range set = value_members(d->m, &v, &member);
        for (uint32_t i = 0; i < set.n; i++) {
            id.n = 0;
            value_print(d->p, member[i], &id);
            const CatalogueEntry *entry = catalogue_find((CatalogueName)c, strbuf_str(&id));
            gate_checked(g, 1);
            if (!entry || strcmp(entry->state, "live") != 0)
                gate_fails(g, key,
                           dossier_text(d, "%.*s: %s%s is %s", STR_FMT(obj_title(d->p, o)), reference_kinds[c].before,
                                        id.s, entry ? entry->state : "not known"));
        }
    }
    strbuf_free(&id);
}

static void references_resolve(Evidence *e, GateResult *g)
{
    static const char *const kinds[] = {"threat", "vulnerability", "issue"};
    Dossier *d = e->d;
    for (RuleId r = 1; r <= rules_count(d->a->rules); r++)
        check_references(e, g, rule_info(d->a->rules, r)->obj, 0);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        ObjList things = dossier_things(d, kinds[k]);
        for (uint32_t i = 0; i < things.n; i++)
            check_references(e, g, things.at[i], MAP_KEY(ROW_THING, things.at[i]));
    }
}

const Measure measures[] = {
#define MEASURE(name, title) {#name, title, name},
#include "dossier/measures.def"
#undef MEASURE
};
const size_t nmeasures = sizeof measures / sizeof *measures;
