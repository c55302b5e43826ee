/* Which threats the risks that the model declares gather. Requires the list of threats; leaves Threat.risk, and a report of risks
 * that gather nothing and of threats that two of them claim. A risk that names the thing itself comes before one that names what is
 * around it, and one that names the rule before one that takes all: so a whole ward can be one risk, with exceptions; and one can say
 * itself which come first (`besides`). The cost is
 * one look at each threat and at what is around its subject. */
#include "risk/assess.h"

enum { MOST_CLAIMS = 32, MOST_CLOSEST = 3 };

/* A risk names a thing; `thing` 0: anywhere. */
typedef struct Claim {
    ObjId risk, thing;
    uint32_t next; /* of the same thing */
} Claim;

typedef struct Gathering {
    Program *p;
    Assessment *a;
    ObjList risks;
    Vec(Claim) claims; /* [0] unused */
    Map claims_of;     /* 1 + thing -> index into claims */
    Map rules_of;      /* (risk, rule) -> 1 */
    Map hands;         /* (risk, threat found by people) -> 1 */
    Map rules_named;   /* risk -> 1: it names rules, or threats alone */
    Map besides;       /* (risk, risk that comes first) -> 1 */
    Map gathered;      /* risk -> 1 */
    Map quarrels;      /* (risk, risk) -> 1 */
    Map broken;        /* risk -> 1: what is wrong with it is reported */
    Arena arena;
} Gathering;

/* One way in which a risk claims the threat at hand. */
typedef struct Candidate {
    ObjId risk, thing;
    bool named; /* by its rule, or by itself */
} Candidate;

typedef struct Candidates {
    Candidate at[MOST_CLAIMS];
    uint32_t n;
} Candidates;

/* ---- reading ---- */

static Range members_of(const Gathering *g, ObjId risk, Known property, const Value **at, Span *span)
{
    const PropVal *written = NULL;
    Value v = obj_value(g->p, risk, g->p->known[property], &written);
    *span = written ? value_place(g->p, risk, written) : model_decl(&g->p->model, risk)->span;
    if (!written || v.tag != V_SET) /* unknown, or what did not fit: all four are lists */
        v = (Value){V_ABSENT, 0};
    return value_members(&g->p->model, &v, at);
}

/* Where a name stands inside a list: only the list has a place. */
static Span place_in(const Program *p, Span list, Str name)
{
    Str text = source_text(p->sources, list);
    for (size_t i = 0; i + name.n <= text.n; i++)
        if (str_starts(str_slice(text, i, text.n), name))
            return (Span){list.lo + (uint32_t)i, list.lo + (uint32_t)(i + name.n), list.file};
    return list;
}

static void claim(Gathering *g, ObjId risk, ObjId thing)
{
    uint32_t before = map_get(&g->claims_of, (uint64_t)thing + 1);
    vec_push(&g->claims, (Claim){risk, thing, before});
    map_put(&g->claims_of, (uint64_t)thing + 1, g->claims.n - 1);
}

static uint32_t read_rules(Gathering *g, ObjId risk)
{
    const Value *at;
    Span list;
    Range rules = members_of(g, risk, KNOWN_RISK_RULES, &at, &list);
    for (uint32_t i = 0; i < rules.n; i++) {
        Str name = value_text_of(&g->p->model, at[i]);
        RuleId rule = rule_by_name(g->a->rules, name);
        if (rule) {
            map_put(&g->rules_of, MAP_KEY(risk, rule), 1);
        } else {
            rule_unknown(g->a, g->p, place_in(g->p, list, name), name);
            map_put(&g->broken, risk, 1);
        }
    }
    return rules.n;
}

static void read_risk(Gathering *g, ObjId risk)
{
    const Value *at;
    Span list;
    uint32_t rules = read_rules(g, risk);
    Range threats = members_of(g, risk, KNOWN_RISK_THREATS, &at, &list);
    for (uint32_t i = 0; i < threats.n; i++) {
        if ((at[i].tag & VALUE_TAG) != V_REF || !at[i].a)
            continue;
        map_put(&g->hands, MAP_KEY(risk, at[i].a), 1);
        ObjId subjects[THREAT_OBJECTS];
        const Threat hand = {.verdict = UINT32_MAX, .hand = at[i].a};
        claim(g, risk, threat_objects(g->a, &hand, subjects) ? subjects[0] : 0);
    }
    Range first = members_of(g, risk, KNOWN_RISK_BESIDES, &at, &list);
    for (uint32_t i = 0; i < first.n; i++)
        if ((at[i].tag & VALUE_TAG) == V_REF && at[i].a)
            map_put(&g->besides, MAP_KEY(risk, at[i].a), 1);
    Range things = members_of(g, risk, KNOWN_RISK_AT, &at, &list);
    for (uint32_t i = 0; i < things.n; i++)
        if ((at[i].tag & VALUE_TAG) == V_REF && at[i].a)
            claim(g, risk, at[i].a);
    if (rules && !things.n)
        claim(g, risk, 0);
    if (rules || !things.n)
        map_put(&g->rules_named, risk, 1);
}

/* ---- who claims a threat ---- */

/* Whether a risk takes the threat at a thing that it names, and whether it names the threat's rule as well. */
static bool takes(const Gathering *g, ObjId risk, const Threat *t, ObjId thing, bool *named)
{
    *named = t->hand && map_get(&g->hands, MAP_KEY(risk, t->hand));
    if (*named)
        return thing == threat_subject(g->a, t) || thing == 0;
    if (!map_get(&g->rules_named, risk))
        return true;
    const Verdict *v = threat_of_rule(g->a, t);
    *named = v && map_get(&g->rules_of, MAP_KEY(risk, v->rule));
    return *named;
}

static void add_claims(const Gathering *g, const Threat *t, ObjId thing, Candidates *out)
{
    for (uint32_t i = map_get(&g->claims_of, (uint64_t)thing + 1); i && out->n < MOST_CLAIMS;
         i = g->claims.at[i].next) {
        bool named;
        if (takes(g, g->claims.at[i].risk, t, thing, &named))
            out->at[out->n++] = (Candidate){g->claims.at[i].risk, thing, named};
    }
}

/* Whether a thing stands inside another, by nesting or in any of its boundaries. */
static bool inside(const Model *m, ObjId o, ObjId around)
{
    for (ObjId up = model_obj(m, o)->parent; up; up = model_obj(m, up)->parent)
        if (up == around)
            return true;
    return obj_inside(m, o, around);
}

static void add_around(const Gathering *g, const Threat *t, ObjId o, ObjId with, Candidates *out)
{
    const Model *m = &g->p->model;
    for (ObjId up = model_obj(m, o)->parent; up && model_obj(m, up)->kind; up = model_obj(m, up)->parent)
        if (up == with || !with || inside(m, with, up))
            add_claims(g, t, up, out);
    const ObjId *set;
    Range boundaries = model_boundaries(m, o, &set);
    for (uint32_t i = 0; i < boundaries.n; i++) {
        bool nested = false; /* then it was gone through already */
        for (ObjId up = model_obj(m, o)->parent; up && !nested; up = model_obj(m, up)->parent)
            nested = up == set[i];
        if (!nested && (!with || inside(m, with, set[i])))
            add_claims(g, t, set[i], out);
    }
}

/* A flow is inside what is around both its ends. */
static void find_candidates(const Gathering *g, const Threat *t, Candidates *out)
{
    const Model *m = &g->p->model;
    ObjId o = threat_subject(g->a, t);
    out->n = 0;
    if (o)
        add_claims(g, t, o, out);
    add_claims(g, t, 0, out);
    if (!o)
        return;
    uint32_t index = model_obj(m, o)->index;
    bool flow = obj_is(g->p, o, ROLE_FLOW) && index < m->flows.n && m->flows.at[index].obj == o;
    if (flow)
        add_around(g, t, m->flows.at[index].from, m->flows.at[index].to, out);
    else
        add_around(g, t, o, 0, out);
}

/* 1: nearer, 0: the same, -1: not nearer. */
static int nearer(const Gathering *g, ObjId subject, ObjId a, ObjId b)
{
    if (a == b)
        return 0;
    return b == 0 || a == subject || (a && b != subject && inside(&g->p->model, a, b)) ? 1 : -1;
}

static bool beats(const Gathering *g, ObjId subject, const Candidate *a, const Candidate *b)
{
    bool after = map_get(&g->besides, MAP_KEY(a->risk, b->risk)),
         before = map_get(&g->besides, MAP_KEY(b->risk, a->risk));
    if (after != before)
        return before;
    int place = nearer(g, subject, a->thing, b->thing);
    return place >= 0 && a->named >= b->named && (place > 0 || a->named > b->named);
}

/* ---- choosing ---- */

static Span said_at(const Gathering *g, ObjId risk)
{
    return model_decl(&g->p->model, risk)->span;
}

/* Both risks are named once, with the first threat that they quarrel about. */
static void report_quarrel(Gathering *g, const Threat *t, ObjId first, ObjId second)
{
    Program *p = g->p;
    if (map_get(&g->quarrels, MAP_KEY(first, second)))
        return;
    map_put(&g->quarrels, MAP_KEY(first, second), 1);
    StrBuf id = {0};
    threat_id(g->a, t, &id);
    Diag *d = diag_add(p->diags, D_TWO_RISKS, said_at(g, second), id.s, str_z(&g->arena, obj_name(p, first)),
                       str_z(&g->arena, obj_name(p, second)));
    diag_label(p->diags, d, said_at(g, first), "this one gathers it as well");
    diag_help(p->diags, d,
              "name rule and thing more closely in the one that it belongs to, or say `besides: [%.*s]` in the other",
              STR_FMT(obj_name(p, first)));
    strbuf_free(&id);
}

static void choose(Gathering *g, Threat *t, const Candidates *c)
{
    ObjId subject = threat_subject(g->a, t);
    for (uint32_t i = 0; i < c->n; i++) {
        bool beaten = c->at[i].risk == t->risk;
        for (uint32_t k = 0; k < c->n && !beaten; k++)
            beaten = c->at[k].risk != c->at[i].risk && beats(g, subject, &c->at[k], &c->at[i]);
        if (beaten)
            continue;
        ObjId risk = c->at[i].risk;
        map_put(&g->gathered, risk, 1);
        if (!t->risk) {
            t->risk = risk;
            continue;
        }
        bool swap = obj_order(g->p, risk, t->risk) < 0;
        report_quarrel(g, t, swap ? risk : t->risk, swap ? t->risk : risk);
        t->risk = swap ? risk : t->risk;
    }
}

/* ---- risks without threats ---- */

static bool is_close(const Gathering *g, ObjId risk, const Threat *t)
{
    const Verdict *v = threat_of_rule(g->a, t);
    if (v && map_get(&g->rules_of, MAP_KEY(risk, v->rule)))
        return true;
    for (uint32_t i = map_get(&g->claims_of, (uint64_t)threat_subject(g->a, t) + 1); i; i = g->claims.at[i].next)
        if (g->claims.at[i].thing && g->claims.at[i].risk == risk)
            return true;
    return false;
}

static void report_empty(Gathering *g, ObjId risk)
{
    Program *p = g->p;
    Diag *d = diag_add(p->diags, D_RISK_EMPTY, said_at(g, risk), str_z(&g->arena, obj_name(p, risk)));
    StrBuf near = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->a->threats.n && n < MOST_CLOSEST; i++) {
        const Threat *t = &g->a->threats.at[i];
        if (!risk_applies(g->a, t) || !is_close(g, risk, t))
            continue;
        strbuf_addz(&near, n++ ? ", " : "");
        threat_id(g->a, t, &near);
    }
    if (n)
        diag_help(p->diags, d, "threats of the same rules or things are %s", near.s);
    strbuf_free(&near);
}

void risks_gather(Program *p, Assessment *a)
{
    Gathering g = {.p = p, .a = a};
    g.risks = objs_of_role(p, ROLE_RISK, &g.arena);
    vec_push(&g.claims, (Claim){0});
    for (uint32_t i = 0; i < g.risks.n; i++)
        read_risk(&g, g.risks.at[i]);
    for (uint32_t i = 0; i < a->threats.n && g.risks.n; i++) {
        Candidates c;
        if (!risk_applies(a, &a->threats.at[i]))
            continue;
        find_candidates(&g, &a->threats.at[i], &c);
        choose(&g, &a->threats.at[i], &c);
    }
    for (uint32_t i = 0; i < g.risks.n; i++)
        if (!map_get(&g.gathered, g.risks.at[i]) && !map_get(&g.broken, g.risks.at[i]))
            report_empty(&g, g.risks.at[i]);
    vec_free(&g.claims);
    Map *maps[] = {&g.claims_of, &g.rules_of, &g.hands,    &g.rules_named,
                   &g.besides,   &g.gathered, &g.quarrels, &g.broken};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_free(maps[i]);
    arena_free(&g.arena);
}
