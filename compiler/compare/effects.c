/* What became of threats and decisions. Requires pairs and changes; leaves effects with their reasons, in the order in which somebody
 * should read them. */
#include "compare/compare.h"

const char *effect_name(EffectKind k)
{
    static const char *const names[] = {"new",    "reopened", "worse",   "facts_changed", "closed",
                                        "better", "changed",  "settled", "gone"};
    return names[k];
}

const char *reason_name(ReasonKind k)
{
    static const char *const names[] = {"change", "decision", "rules", "date", "unknown"};
    return names[k];
}

/* ---- the same threat on both sides ---- */

typedef struct Effects {
    Comparison *c;
    Causes *causes;
    Map old_by_new_id; /* the id that an old threat has now -> 1 + index */
    bool renamed;      /* some thing has another id now */
    StrBuf text;
} Effects;

/* The id that an old thing has now. */
static Sym id_now(const Comparison *c, Sym id)
{
    uint32_t pair = pair_of(c, false, id);
    const Pair *p = pair ? &c->pairs.at[pair - 1] : NULL;
    return p && p->new ? new_thing(c, p)->id : id;
}

/* A rule of the model's own file begins with the name of that file, which may be another now. Appends. */
static void add_rule(const Comparison *c, Sym rule, StrBuf *out)
{
    Str id = snap_str(&c->old, rule), module = snap_str(&c->old, c->old.module);
    if (module.n && c->new.module &&str_starts(id, module) && id.n > module.n &&id.s[module.n] == '.') {
        strbuf_add(out, snap_str(&c->new, c->new.module));
        id = str_slice(id, module.n, id.n);
    }
    strbuf_add(out, id);
}

/* "stride.S03@Ward.Pump,Nurse": a rule and the things it is about; or the id of a threat that people found. */
static Sym threat_id_now(Effects *w, const SnapThreat *t)
{
    Comparison *c = w->c;
    if (!w->renamed)
        return t->id;
    if (!t->rule)
        return id_now(c, t->id);
    Str id = snap_str(&c->old, t->id);
    size_t at = snap_str(&c->old, t->rule).n;
    w->text.n = 0;
    add_rule(c, t->rule, &w->text);
    strbuf_add(&w->text, str_slice(id, at < id.n ? at : id.n, at < id.n ? at + 1 : id.n));
    for (size_t lo = at + 1; lo < id.n;) {
        size_t hi = lo;
        while (hi < id.n && id.s[hi] != ',')
            hi++;
        Str key = str_slice(id, lo, hi);
        Sym sym = intern_find(&c->names, key);
        strbuf_add(&w->text, sym ? snap_str(&c->new, id_now(c, sym)) : key);
        if (hi < id.n)
            strbuf_char(&w->text, ',');
        lo = hi + 1;
    }
    return intern(&c->names, strbuf_str(&w->text));
}

static void find_renamed(Effects *w)
{
    const Comparison *c = w->c;
    w->renamed = c->old.module != c->new.module;
    for (uint32_t i = 0; i < c->pairs.n && !w->renamed; i++) {
        const Pair *p = &c->pairs.at[i];
        w->renamed = p->old && p->new &&old_thing(c, p)->id != new_thing(c, p)->id;
    }
}

/* ---- one threat ---- */

static void add_effect(Effects *w, EffectKind kind, uint32_t old, uint32_t new)
{
    Comparison *c = w->c;
    Effect e = {.kind = kind, .old = old, .new = new};
    e.gap = new ? c->new.threats.at[new - 1].gap : c->old.threats.at[old - 1].gap;
    causes_of(w->causes, &e);
    /* Facts that changed by nothing but names are the same facts. */
    if (kind == EFFECT_FACTS && (!e.sure || c->reasons.at[e.reasons.first].kind != REASON_CHANGE))
        return;
    (e.gap ? c->gaps : c->threats)[kind]++;
    vec_push(&c->effects, e);
}

static void both_pending(Effects *w, uint32_t old, uint32_t new)
{
    const Comparison *c = w->c;
    const SnapThreat *o = &c->old.threats.at[old - 1], *n = &c->new.threats.at[new - 1];
    unsigned before = snap_urgency(&c->old, o), now = snap_urgency(&c->new, n);
    uint32_t was = snap_severity(&c->old, o), is = snap_severity(&c->new, n);
    if (now > before || (now == before && is > was && o->severity != n->severity) || (now < before && is > was))
        add_effect(w, EFFECT_WORSE, old, new);
    else if (now < before || o->severity != n->severity)
        add_effect(w, is > was ? EFFECT_WORSE : EFFECT_BETTER, old, new);
}

static bool same_decision(const Comparison *c, const SnapThreat *o, const SnapThreat *n)
{
    return o->decision == n->decision || (o->decision && n->decision && id_now(c, o->decision) == n->decision);
}

static void both(Effects *w, uint32_t old, uint32_t new)
{
    Comparison *c = w->c;
    const SnapThreat *o = &c->old.threats.at[old - 1], *n = &c->new.threats.at[new - 1];
    bool was = snap_pending(&c->old, o), is = snap_pending(&c->new, n);
    if (was && is)
        both_pending(w, old, new);
    else if (is)
        add_effect(w, EFFECT_REOPENED, old, new);
    else if (was)
        add_effect(w, EFFECT_CLOSED, old, new);
    else if (o->verdict != n->verdict || !same_decision(c, o, n))
        add_effect(w, EFFECT_CHANGED, old, new);
    else if (n->decision && o->basis != n->basis)
        add_effect(w, EFFECT_FACTS, old, new);
    c->known += was && is && !n->gap;
}

static void join(Effects *w)
{
    Comparison *c = w->c;
    map_reserve(&w->old_by_new_id, c->old.threats.n);
    for (uint32_t i = 0; i < c->old.threats.n; i++)
        map_put(&w->old_by_new_id, threat_id_now(w, &c->old.threats.at[i]), i + 1);
    bool *found = mem_alloc((size_t)c->old.threats.n + 1);
    memset(found, 0, (size_t)c->old.threats.n + 1);
    for (uint32_t i = 0; i < c->new.threats.n; i++) {
        const SnapThreat *t = &c->new.threats.at[i];
        uint32_t old = map_get(&w->old_by_new_id, t->id);
        if (old)
            both(w, old, i + 1);
        else
            add_effect(w, snap_pending(&c->new, t) ? EFFECT_NEW : EFFECT_SETTLED, 0, i + 1);
        found[old ? old - 1 : c->old.threats.n] = true;
    }
    for (uint32_t i = 0; i < c->old.threats.n; i++)
        if (!found[i])
            add_effect(w, snap_pending(&c->old, &c->old.threats.at[i]) ? EFFECT_CLOSED : EFFECT_GONE, i + 1, 0);
    free(found);
}

/* ---- order ---- */

typedef struct Place {
    uint32_t group, severity; /* smaller first */
    Str id;
    uint32_t at;
} Place;

static int by_place(const void *x, const void *y)
{
    const Place *a = x, *b = y;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    int c = str_cmp(a->id, b->id);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

static void sort_effects(Comparison *c)
{
    uint32_t n = c->effects.n;
    Place *places = mem_resize(NULL, (size_t)n + 1, sizeof *places);
    Effect *sorted = mem_resize(NULL, (size_t)n + 1, sizeof *sorted);
    for (uint32_t i = 0; i < n; i++) {
        const Effect *e = &c->effects.at[i];
        const Snapshot *s = e->new ? &c->new : &c->old;
        const SnapThreat *t = &s->threats.at[(e->new ? e->new : e->old) - 1];
        places[i] =
            (Place){e->gap * (uint32_t)EFFECT_KINDS + e->kind, UINT32_MAX - snap_severity(s, t), snap_str(s, t->id), i};
    }
    if (n)
        qsort(places, n, sizeof *places, by_place);
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = c->effects.at[places[i].at];
    free(places);
    free(c->effects.at);
    c->effects.at = sorted;
    c->effects.cap = n + 1;
}

/* ---- decisions ---- */

/* Changes of the model behind the effects on threats that the old decision had settled, each once. */
static Range reasons_of_decision(Comparison *c, const Map *first, const uint32_t *next, uint32_t old)
{
    Range r = {c->reasons.n, 0};
    for (uint32_t e = old ? map_get(first, c->old.decisions.at[old - 1].id) : 0; e; e = next[e - 1]) {
        Range of = c->effects.at[e - 1].reasons;
        for (uint32_t i = 0; i < of.n; i++) {
            Reason reason = c->reasons.at[of.first + i];
            bool known = reason.kind != REASON_CHANGE;
            for (uint32_t k = 0; k < r.n && !known; k++)
                known = c->reasons.at[r.first + k].change == reason.change;
            if (known)
                continue;
            vec_push(&c->reasons, reason);
            r.n++;
        }
    }
    return r;
}

static void add_decision(Comparison *c, uint32_t old, uint32_t new, bool stale, Range reasons)
{
    vec_push(&c->decisions, (DecisionEffect){old, new, stale, reasons});
    *(stale ? &c->stale : &c->revived) += 1;
}

/* The old decision of the same id, or of the id that it had. 1 + index, or 0. */
static uint32_t old_decision(const Comparison *c, Sym id)
{
    uint32_t pair = pair_of(c, true, id), old = map_get(&c->old.decision_by_id, id);
    const Pair *p = pair ? &c->pairs.at[pair - 1] : NULL;
    return p && p->old ? map_get(&c->old.decision_by_id, old_thing(c, p)->id) : old;
}

static void list_decisions(Comparison *c, bool stale, const Map *first, const uint32_t *next)
{
    for (uint32_t i = 0; i < c->new.decisions.n; i++) {
        const SnapDecision *n = &c->new.decisions.at[i];
        uint32_t old = old_decision(c, n->id);
        bool is = snap_stale(&c->new, n), was = old && snap_stale(&c->old, &c->old.decisions.at[old - 1]);
        if (stale ? is && !was : was && !is)
            add_decision(c, old, i + 1, stale, stale ? reasons_of_decision(c, first, next, old) : (Range){0, 0});
    }
}

static void compare_decisions(Comparison *c)
{
    Map first = {0}; /* old decision -> 1 + its first effect */
    uint32_t *next = mem_resize(NULL, (size_t)c->effects.n + 1, sizeof *next);
    for (uint32_t i = c->effects.n; i > 0; i--) {
        const Effect *e = &c->effects.at[i - 1];
        Sym decision = e->old ? c->old.threats.at[e->old - 1].decision : 0;
        next[i - 1] = decision ? map_get(&first, decision) : 0;
        if (decision)
            map_put(&first, decision, i);
    }
    list_decisions(c, true, &first, next);
    list_decisions(c, false, &first, next);
    map_free(&first);
    free(next);
}

void compare_threats(Comparison *c)
{
    Effects w = {.c = c, .causes = causes_start(c)};
    find_renamed(&w);
    join(&w);
    sort_effects(c);
    compare_decisions(c);
    causes_end(w.causes);
    map_free(&w.old_by_new_id);
    strbuf_free(&w.text);
}

/* ---- the whole ---- */

void comparison_start(Comparison *c)
{
    *c = (Comparison){0};
    intern_init(&c->names);
    c->old.names = c->new.names = &c->names;
}

void compare(Comparison *c)
{
    /* A side of which nothing is known of things says nothing about changes of the model. */
    c->same_rules = c->old.rules_hash == c->new.rules_hash;
    compare_match(c);
    if (c->old.has_model && c->new.has_model)
        compare_model(c);
    compare_threats(c);
}

void comparison_free(Comparison *c)
{
    snapshot_free(&c->old);
    snapshot_free(&c->new);
    vec_free(&c->pairs);
    vec_free(&c->old_pair);
    vec_free(&c->new_pair);
    vec_free(&c->changes);
    vec_free(&c->effects);
    vec_free(&c->decisions);
    vec_free(&c->reasons);
    intern_free(&c->names);
}

bool comparison_needs_somebody(const Comparison *c)
{
    return c->threats[EFFECT_NEW] || c->threats[EFFECT_REOPENED] || c->threats[EFFECT_WORSE] || c->stale;
}

bool comparison_differs(const Comparison *c)
{
    return c->changes.n || c->effects.n || c->decisions.n;
}
