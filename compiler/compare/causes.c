/* Which changes of the model caused what became of a threat: those of the facts that it rested on before and rests on now. First what
 * the facts name; only if that is unchanged, whatever else is involved; then the decision, the rules and the date. Requires changes;
 * leaves reasons. */
#include "compare/compare.h"

struct Causes {
    Comparison *c;
    Vec(uint32_t) seen; /* by change: the round in which it was given as a reason */
    Map below;          /* 1 + pair -> 1 + the first pair that is declared in it; of what has changes */
    Vec(uint32_t) next; /* by pair: 1 + the next one in the same */
    uint32_t round, first;
    Sym controls, protocol, also_inside;
    Sym controls_section;
};

static uint32_t pair_above(const Comparison *c, uint32_t pair)
{
    const Pair *p = &c->pairs.at[pair];
    return pair_of(c, p->new != 0, any_thing(c, p)->parent);
}

/* Evidence stands in its control, and what happens to it happens to the control. */
static void link_children(Causes *w)
{
    Comparison *c = w->c;
    vec_reserve(&w->next, c->pairs.n);
    w->next.n = c->pairs.n;
    for (uint32_t i = c->pairs.n; i > 0; i--) {
        uint32_t above = c->pairs.at[i - 1].changes.n ? pair_above(c, i - 1) : 0;
        w->next.at[i - 1] = above ? map_get(&w->below, above) : 0;
        if (above)
            map_put(&w->below, above, i);
    }
}

Causes *causes_start(Comparison *c)
{
    Causes *w = mem_alloc(sizeof *w);
    *w = (Causes){.c = c};
    vec_zeroes(&w->seen, c->changes.n + 1);
    w->controls = intern(&c->names, STR("controls"));
    w->controls_section = w->controls; /* the section and the property are called so */
    w->protocol = intern(&c->names, STR("protocol"));
    w->also_inside = intern(&c->names, STR("also_inside"));
    link_children(w);
    return w;
}

void causes_end(Causes *w)
{
    vec_free(&w->seen);
    vec_free(&w->next);
    map_free(&w->below);
    free(w);
}

static void give(Causes *w, uint32_t change)
{
    const Change *of = &w->c->changes.at[change];
    if (of->first)
        change = of->first - 1; /* a default is told at its first thing */
    if (w->seen.at[change] == w->round)
        return;
    w->seen.at[change] = w->round;
    vec_push(&w->c->reasons, (Reason){.kind = REASON_CHANGE, .change = change});
}

/* ---- changes of a thing (1 + pair, or 0 for none) ---- */

static void give_kinds(Causes *w, uint32_t pair, unsigned kinds)
{
    Range r = pair ? w->c->pairs.at[pair - 1].changes : (Range){0, 0};
    for (uint32_t i = r.first; i < r.first + r.n; i++)
        if (kinds >> w->c->changes.at[i].kind & 1)
            give(w, i);
}

#define BIT(kind) (1u << CHANGE_##kind)
enum {
    THERE = BIT(ADDED) | BIT(REMOVED) | BIT(KIND),
    PLACED = BIT(MOVED) | BIT(ENDS),
    VALUES = BIT(PROPERTY) | BIT(PRESET)
};

static void give_prop(Causes *w, uint32_t pair, Sym prop)
{
    Range r = pair ? w->c->pairs.at[pair - 1].changes : (Range){0, 0};
    for (uint32_t i = r.first; i < r.first + r.n; i++)
        if ((VALUES >> w->c->changes.at[i].kind & 1) && w->c->changes.at[i].prop == prop)
            give(w, i);
}

static bool lists(const Comparison *c, bool new, uint32_t prop, uint32_t pair)
{
    const Snapshot *s = new ? &c->new : &c->old;
    const SnapProp *p = prop ? &s->props.at[prop - 1] : NULL;
    const Sym *at = p ? snap_members(s, p) : NULL;
    for (uint32_t i = 0; p && i < p->n; i++)
        if (pair_of(c, new, at[i]) == pair)
            return true;
    return false;
}

/* Properties that began or ceased to name the other thing. */
static void give_naming(Causes *w, uint32_t pair, uint32_t other)
{
    const Comparison *c = w->c;
    Range r = pair && other ? c->pairs.at[pair - 1].changes : (Range){0, 0};
    for (uint32_t i = r.first; i < r.first + r.n; i++) {
        const Change *change = &c->changes.at[i];
        if (change->kind == CHANGE_PROPERTY &&
            lists(c, false, change->old, other) != lists(c, true, change->new, other))
            give(w, i);
    }
}

/* A control is what it says, and what its evidence shows. */
static void give_control(Causes *w, uint32_t pair)
{
    const Comparison *c = w->c;
    if (!pair || any_thing(c, &c->pairs.at[pair - 1])->section != w->controls_section)
        return;
    give_kinds(w, pair, THERE | VALUES);
    for (uint32_t child = map_get(&w->below, pair); child; child = w->next.at[child - 1])
        give_kinds(w, child, THERE | VALUES);
}

/* The move that brought a thing into other boundaries: its own, or that of what it stands in. */
static void give_move(Causes *w, uint32_t pair)
{
    const Comparison *c = w->c;
    for (uint32_t depth = 0; pair && depth < LIMIT_BOUNDARY_DEPTH; depth++) {
        give_kinds(w, pair, BIT(MOVED));
        give_prop(w, pair, w->also_inside);
        pair = pair_above(c, pair - 1);
    }
}

/* Where a flow leads, and where its ends stand. */
static void give_place(Causes *w, uint32_t pair)
{
    const Comparison *c = w->c;
    if (!pair)
        return;
    const Pair *p = &c->pairs.at[pair - 1];
    const SnapThing *o = old_thing(c, p), *n = new_thing(c, p);
    give_kinds(w, pair, BIT(ENDS));
    give_move(w, pair);
    if (o && o->from)
        give_move(w, pair_of(c, false, o->from)), give_move(w, pair_of(c, false, o->to));
    if (n && n->from)
        give_move(w, pair_of(c, true, n->from)), give_move(w, pair_of(c, true, n->to));
}

/* ---- facts ---- */

static void from_fact(Causes *w, bool new, const SnapFact *f)
{
    const Comparison *c = w->c;
    uint32_t about = pair_of(c, new, f->about), by = pair_of(c, new, f->by);
    give_kinds(w, about, THERE);
    give_kinds(w, by, BIT(ADDED) | BIT(REMOVED));
    give_naming(w, about, by);
    give_control(w, by);
    if (f->prop) {
        give_prop(w, about, f->prop);
    } else if (f->capability) {
        give_prop(w, about, w->controls);
        give_prop(w, about, w->protocol);
    } else {
        give_place(w, about);
    }
}

static void from_facts(Causes *w, bool new, const SnapThreat *t)
{
    const Snapshot *s = new ? &w->c->new : &w->c->old;
    for (uint32_t i = 0; t && i < t->facts.n; i++)
        from_fact(w, new, &s->facts.at[t->facts.first + i]);
}

/* Whatever else is involved: for what no fact names, such as a condition that kept a threat away and no longer does. */
static void from_involved(Causes *w, bool new, const SnapThreat *t)
{
    const Comparison *c = w->c;
    const Snapshot *s = new ? &c->new : &c->old;
    for (uint32_t i = 0; t && i < t->things.n; i++) {
        uint32_t pair = pair_of(c, new, s->syms.at[t->things.first + i]);
        const SnapThing *thing = pair ? any_thing(c, &c->pairs.at[pair - 1]) : NULL;
        const Snapshot *of = pair && c->pairs.at[pair - 1].new ? &c->new : &c->old;
        give_kinds(w, pair, THERE | PLACED | VALUES);
        give_place(w, pair);
        const SnapProp *controls = thing ? snap_find_prop(of, thing, w->controls) : NULL;
        for (uint32_t k = 0; controls && k < controls->n; k++)
            give_control(w, pair_of(c, of == &c->new, snap_members(of, controls)[k]));
    }
    if (t)
        give_kinds(w, pair_of(c, new, t->subject), THERE | PLACED | VALUES);
}

/* ---- what is no change of the model ---- */

static void from_decision(Causes *w, const SnapThreat *o, const SnapThreat *n)
{
    Comparison *c = w->c;
    if (!n || (o ? o->decision : 0) == n->decision)
        return;
    Reason r = {.kind = REASON_DECISION};
    r.old = o && o->decision ? map_get(&c->old.decision_by_id, o->decision) : 0;
    r.new = n->decision ? map_get(&c->new.decision_by_id, n->decision) : 0;
    if (r.old || r.new)
        vec_push(&c->reasons, r);
}

static bool is_date(Str s)
{
    if (s.n != 10)
        return false;
    for (size_t i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? s.s[i] != '-' : s.s[i] < '0' || s.s[i] > '9')
            return false;
    return true;
}

/* Whether a fact asks for a date, which time passes without anybody changing the model. */
static bool rests_on_date(const Comparison *c, bool new, const SnapThreat *t)
{
    const Snapshot *s = new ? &c->new : &c->old;
    for (uint32_t i = 0; t && i < t->facts.n; i++) {
        const SnapFact *f = &s->facts.at[t->facts.first + i];
        uint32_t at = f->prop ? map_get(&s->thing_by_id, f->about) : 0;
        const SnapProp *p = at ? snap_find_prop(s, &s->things.at[at - 1], f->prop) : NULL;
        if (p && p->n == 1 && is_date(snap_str(s, p->first)))
            return true;
    }
    return false;
}

static Reason last_resort(const Comparison *c, const SnapThreat *o, const SnapThreat *n)
{
    if (!c->same_rules)
        return (Reason){.kind = REASON_RULES};
    bool date = c->old.model_hash == c->new.model_hash || rests_on_date(c, false, o) || rests_on_date(c, true, n);
    return (Reason){.kind = date ? REASON_DATE : REASON_NONE};
}

/* What it is about came or went: nothing else needs to be said. */
static bool from_subject(Causes *w, const SnapThreat *o, const SnapThreat *n)
{
    const SnapThreat *only = n ? n : o;
    if (!only || (o && n))
        return false;
    uint32_t before = w->c->reasons.n;
    give_kinds(w, pair_of(w->c, n != NULL, only->subject), BIT(ADDED) | BIT(REMOVED));
    return w->c->reasons.n > before;
}

void causes_of(Causes *w, Effect *e)
{
    Comparison *c = w->c;
    const SnapThreat *o = e->old ? &c->old.threats.at[e->old - 1] : NULL;
    const SnapThreat *n = e->new ? &c->new.threats.at[e->new - 1] : NULL;
    uint32_t first = c->reasons.n;
    w->round++;
    from_decision(w, o, n);
    if (!from_subject(w, o, n)) {
        from_facts(w, false, o);
        from_facts(w, true, n);
    }
    e->sure = c->reasons.n > first;
    if (!e->sure) {
        from_involved(w, false, o);
        from_involved(w, true, n);
        if (c->reasons.n > first && !c->same_rules)
            vec_push(&c->reasons, (Reason){.kind = REASON_RULES}); /* it may be either */
    }
    if (c->reasons.n == first) {
        vec_push(&c->reasons, last_resort(c, o, n));
        e->sure = true;
    }
    e->reasons = (Range){first, c->reasons.n - first};
}
