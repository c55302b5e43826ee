/* Why a verdict is what it is, derived again: the atoms that decided each condition, the unknown facts that would
 * decide it, what would close it. Requires: the model as it was evaluated. Of an `or` that holds the first branch in
 * the text that holds is told, of an `and` that does not the first that does not; of what is unknown, whatever is
 * unknown. */
#include "rules/plan.h"

typedef struct Explain {
    Ev ev;
    const Plan *plan;
    Provenance *out;
    CauseRole role;
    bool asks; /* questions are wanted */
    /* What `out->sources` are of: the same is asked two or three times in a row. */
    ObjId sources_of, sources_capability;
} Explain;

static void start(Provenance *out)
{
    arena_reset(&out->arena);
    out->causes.n = out->questions.n = out->closers.n = out->controls.n = 0;
}

static StrBuf *start_text(Explain *x)
{
    x->out->text.n = 0;
    return &x->out->text;
}

static Str keep_text(Explain *x)
{
    return str_copy(&x->out->arena, strbuf_str(&x->out->text));
}

static const CapSources *sources_of(Explain *x, ObjId o, ObjId capability)
{
    if (x->sources_of != o || x->sources_capability != capability) {
        x->out->sources.n = 0;
        cap_sources(x->ev.p, o, capability, &x->out->sources);
        x->sources_of = o;
        x->sources_capability = capability;
    }
    return &x->out->sources;
}

static bool cause_same(const Cause *a, const Cause *b)
{
    return a->role == b->role && a->obj == b->obj && a->prop == b->prop && a->capability == b->capability &&
           a->by == b->by && str_eq(a->text, b->text);
}

static void add_cause(Explain *x, Cause cause)
{
    for (uint32_t i = 0; i < x->out->causes.n; i++)
        if (cause_same(&x->out->causes.at[i], &cause))
            return;
    vec_push(&x->out->causes, cause);
}

static Span fact_span(const Program *p, ObjId o, PropId prop)
{
    const PropVal *written = NULL;
    if (prop)
        obj_value(p, o, prop, &written);
    return value_place(p, o, written);
}

static bool is_asked(const Provenance *out, ObjId o, PropId prop, ObjId capability)
{
    for (uint32_t i = 0; i < out->questions.n; i++)
        if (out->questions.at[i].obj == o && out->questions.at[i].prop == prop &&
            (prop || out->questions.at[i].capability == capability))
            return true;
    return false;
}

static void add_question(Explain *x, ObjId o, PropId prop, ObjId capability, Span condition)
{
    const Program *p = x->ev.p;
    if (!x->asks || is_asked(x->out, o, prop, capability))
        return;
    StrBuf *b = start_text(x);
    if (prop)
        prop_words(p, o, prop, b);
    else
        cap_words(p, o, capability, CAP_UNKNOWN, 0, b);
    Cause q = {.role = x->role, .value = TRI_UNKNOWN, .obj = o, .prop = prop, .capability = capability};
    q.fact = fact_span(p, o, prop);
    q.condition = condition;
    q.text = keep_text(x);
    vec_push(&x->out->questions, q);
}

/* ---- capabilities ---- */

/* The sources that reach the level, best first in order of names; the first of them, or 0. */
static ObjId cap_by(Explain *x, ObjId o, ObjId capability, CapLevel level, Span *fact, PropId *prop)
{
    const CapSources *sources = sources_of(x, o, capability);
    ObjId best = 0;
    bool any = false;
    for (uint32_t i = 0; i < sources->n; i++) {
        const CapSource *s = &sources->at[i];
        if (s->level != level || (any && (!s->by || (best && obj_order(x->ev.p, s->by, best) >= 0))))
            continue;
        any = true;
        best = s->by;
        *fact = s->span;
        *prop = s->prop;
    }
    return best;
}

static void cap_questions(Explain *x, ObjId o, ObjId capability, Span condition)
{
    const CapSources *sources = sources_of(x, o, capability);
    const Program *p = x->ev.p;
    bool any = false;
    for (uint32_t i = 0; i < sources->n; i++) {
        const CapSource *s = &sources->at[i];
        if (s->level != CAP_UNKNOWN)
            continue;
        bool control = s->by && obj_is(p, s->by, ROLE_CONTROL);
        add_question(x, control ? s->by : o, control ? p->known[KNOWN_STATUS] : s->prop, capability, condition);
        any = true;
    }
    if (!any)
        add_question(x, o, 0, capability, condition);
}

static void cap_cause(Explain *x, ObjId o, ObjId capability, CapLevel level, Span condition)
{
    Span fact = {0};
    PropId prop = 0;
    StrBuf *b = start_text(x);
    ObjId by = level == CAP_NO ? 0 : cap_by(x, o, capability, level, &fact, &prop);
    Tri value = level >= CAP_IMPLEMENTED ? TRI_TRUE : (level == CAP_UNKNOWN ? TRI_UNKNOWN : TRI_FALSE);
    cap_words(x->ev.p, o, capability, level, by, b);
    Cause cause = {.role = x->role, .value = value, .obj = o, .capability = capability, .by = by};
    cause.fact = fact;
    cause.condition = condition;
    cause.text = keep_text(x);
    add_cause(x, cause);
    if (level == CAP_UNKNOWN)
        cap_questions(x, o, capability, condition);
}

static void add_controls(Explain *x, ObjId o, ObjId capability)
{
    const CapSources *sources = sources_of(x, o, capability);
    for (uint32_t i = 0; i < sources->n; i++) {
        ObjId by = sources->at[i].by;
        bool known = sources->at[i].level < CAP_IMPLEMENTED || !by || !obj_is(x->ev.p, by, ROLE_CONTROL);
        for (uint32_t k = 0; k < x->out->controls.n; k++)
            known |= x->out->controls.at[k] == by;
        if (!known)
            vec_push(&x->out->controls, by);
    }
    for (uint32_t i = 1; i < x->out->controls.n; i++)
        for (uint32_t k = i; k > 0 && obj_order(x->ev.p, x->out->controls.at[k - 1], x->out->controls.at[k]) > 0; k--) {
            ObjId swap = x->out->controls.at[k];
            x->out->controls.at[k] = x->out->controls.at[k - 1];
            x->out->controls.at[k - 1] = swap;
        }
}

/* ---- conditions ---- */

static void explain(Explain *x, CondId c);
static void explain_as(Explain *x, CondId c, Tri value);

/* The question behind a cause that says what an unknown property is. */
static void ask_cause(Explain *x, const Cause *cause, bool told)
{
    if (!told) {
        add_question(x, cause->obj, cause->prop, 0, cause->condition);
    } else if (!is_asked(x->out, cause->obj, cause->prop, 0)) {
        Cause q = *cause;
        q.by = 0;
        vec_push(&x->out->questions, q);
    }
}

static void atom_cause(Explain *x, CondId c, const Term *term, Tri value, ObjId by)
{
    const Cond *n = cond_at(x->ev.r, c);
    Cause cause = {.role = x->role, .value = value, .by = by, .condition = n->span};
    bool two = n->other.slot != SLOT_NONE; /* each side is a fact of its own */
    if (term->slot != SLOT_NONE)
        term_fact(&x->ev, term, &cause.obj, &cause.prop);
    else
        cause.obj = by;
    UseId said = cause.prop ? x->ev.r->use_of.at[cause.prop] : 0;
    if (!said && n->op == COND_LINKED) /* what is carried or held is listed by a property */
        said = n->word == VERB_CARRIES ? x->ev.r->use_carries : x->ev.r->use_holds;
    const PropVal *written = NULL;
    cause.said = said ? ev_said(&x->ev, cause.obj, said, &written) : (Value){V_ABSENT, 0};
    cause.fact = value_place(x->ev.p, cause.obj, written);
    if (!cause.prop)
        cause.asked = cond_source(x->ev.r, c);
    StrBuf *b = start_text(x);
    bool told = cause.prop && (two || cond_tells_value((CondOp)n->op));
    if (told)
        said_words(x->ev.p, cause.obj, cause.prop, cause.said, b);
    else
        cond_words(&x->ev, c, value, by, b);
    cause.text = keep_text(x);
    add_cause(x, cause);
    if (x->asks && value == TRI_UNKNOWN && cause.prop && cause.said.tag == V_UNKNOWN)
        ask_cause(x, &cause, told);
}

/* What the operation found when it went through several things: a witness that decides, or all that leave it open. */
static void explain_candidates(Explain *x, CondId c, Tri value, Candidates *found)
{
    Ev *ev = &x->ev;
    const Cond *n = cond_at(ev->r, c);
    bool every = n->op == COND_QUANT && n->word == QUANT_EVERY, no = n->op == COND_QUANT && n->word == QUANT_NO;
    Tri wanted = no ? tri_not(value) : value;
    bool witness = wanted == (every ? TRI_FALSE : TRI_TRUE);
    ObjId by = 0;
    for (uint32_t i = 0; i < found->all.n && witness && !by; i++)
        by = found->all.at[i].value == wanted ? found->all.at[i].obj : 0;
    atom_cause(x, c, &n->term, value, by);
    if (value == TRI_UNKNOWN && found->unknown && found->of && found->prop)
        add_question(x, found->of, found->prop, 0, n->span);
    bool done = wanted != TRI_UNKNOWN && !witness;
    for (uint32_t i = 0; i < found->all.n && found->where && !done; i++) {
        if (found->all.at[i].value != wanted)
            continue;
        ev->env.obj[found->bound] = found->all.at[i].obj;
        ev->env.half[found->bound] = found->all.at[i].half;
        explain_as(x, found->where, wanted);
        done = witness;
    }
}

static void explain_children(Explain *x, const Cond *n, Tri value)
{
    const RuleSet *r = x->ev.r;
    bool one = n->op == COND_AND ? value == TRI_FALSE : value == TRI_TRUE;
    for (CondId c = cond_child_after(r, n, 0); c; c = cond_child_after(r, n, c)) {
        Tri t = n->op == COND_AND && value == TRI_TRUE ? TRI_TRUE : cond_eval(&x->ev, c);
        if (t != value && (one || n->op == COND_OR))
            continue;
        explain_as(x, c, t);
        if (one)
            return;
    }
}

/* The parts of an `and` are asked once: all are told, or the first that is false and nothing else. */
static void explain_and(Explain *x, const Cond *n)
{
    const RuleSet *r = x->ev.r;
    uint32_t causes = x->out->causes.n, questions = x->out->questions.n;
    for (CondId c = cond_child_after(r, n, 0); c; c = cond_child_after(r, n, c)) {
        Tri t = cond_eval(&x->ev, c);
        if (t == TRI_FALSE) {
            x->out->causes.n = causes;
            x->out->questions.n = questions;
        }
        explain_as(x, c, t);
        if (t == TRI_FALSE)
            return;
    }
}

static void explain(Explain *x, CondId c)
{
    const Cond *n = cond_at(x->ev.r, c);
    if (n->op == COND_AND)
        explain_and(x, n);
    else
        explain_as(x, c, cond_eval(&x->ev, c));
}

/* A condition whose value is known already. */
static void explain_as(Explain *x, CondId c, Tri value)
{
    const Cond *n = cond_at(x->ev.r, c);
    Candidates found;
    bool unknown = false;
    switch ((CondOp)n->op) {
    case COND_AND:
    case COND_OR: explain_children(x, n, value); return;
    case COND_NOT: explain_as(x, n->child, tri_not(value)); return;
    case COND_CONST: return;
    case COND_CAP: {
        ObjId o = term_thing(&x->ev, &n->term, &unknown);
        if (o)
            cap_cause(x, o, n->b, ev_cap(&x->ev, o, n->a), n->span);
        else
            atom_cause(x, c, &n->term, value, 0);
        return;
    }
    case COND_EQUAL_TERM:
    case COND_ORDER_TERM:
    case COND_SAME:
        atom_cause(x, c, &n->term, value, 0);
        if (n->other.n)
            atom_cause(x, c, &n->other, value, 0);
        return;
    case COND_INSIDE:
    case COND_CROSS:
    case COND_LINKED:
    case COND_MEMBER_NOUN:
    case COND_NOUN:
    case COND_QUANT:
        if (cond_candidates(&x->ev, c, &x->out->arena, &found)) {
            explain_candidates(x, c, value, &found);
            return;
        }
        atom_cause(x, c, &n->term, value, 0);
        return;
    case COND_KIND:
    case COND_OBJ:
    case COND_BOOL:
    case COND_EQUAL:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_ORDER:
    case COND_REACHES: atom_cause(x, c, &n->term, value, 0); return;
    case COND_COUNT: break;
    }
    BUG("condition");
}

/* ---- mitigations ---- */

static void add_closer(Explain *x, const MitPart *part, ObjId o, CapLevel level)
{
    Span fact = {0};
    PropId prop = 0;
    for (uint32_t i = 0; i < x->out->closers.n; i++)
        if (x->out->closers.at[i].obj == o && x->out->closers.at[i].capability == part->capability)
            return;
    Cause cause = {.role = CAUSE_MITIGATED, .value = TRI_FALSE, .obj = o, .capability = part->capability};
    cause.by = level == CAP_PLANNED ? cap_by(x, o, part->capability, level, &fact, &prop) : 0;
    cause.fact = fact;
    cause.condition = part->span;
    StrBuf *b = start_text(x);
    strbuf_add(b, obj_name(x->ev.p, part->capability));
    strbuf_addz(b, " on ");
    obj_path(x->ev.p, o, b);
    if (cause.by) {
        strbuf_addz(b, ", planned as ");
        obj_path(x->ev.p, cause.by, b);
    }
    cause.text = keep_text(x);
    vec_push(&x->out->closers, cause);
}

static void explain_part(Explain *x, const MitPart *part, bool closed)
{
    Ev *ev = &x->ev;
    const MitAlternative *only = part->capability && part->n == 1 ? &ev->r->alternatives.at[part->first] : NULL;
    bool alone = only && !only->where && !only->term.n; /* its level is that of the part, and asked below */
    CapLevel level = alone ? CAP_NO : mit_part_level(ev, part);
    if (!part->capability) {
        if (closed || level == CAP_UNKNOWN)
            explain(x, part->cond);
        return;
    }
    for (uint32_t i = 0; i < part->n; i++) {
        const MitAlternative *a = &ev->r->alternatives.at[part->first + i];
        ObjId o = ev->env.obj[a->term.slot];
        CapLevel own = o ? ev_cap(ev, o, part->number) : CAP_NO;
        level = alone ? own : level;
        if (!o || (closed && own < CAP_IMPLEMENTED))
            continue;
        if (closed) {
            cap_cause(x, o, part->capability, own, part->span);
            add_controls(x, o, part->capability);
            continue;
        }
        if (own == CAP_UNKNOWN)
            cap_cause(x, o, part->capability, own, part->span);
        if (level < CAP_IMPLEMENTED)
            add_closer(x, part, o, own);
        if (a->where && own > CAP_NO && cond_eval(ev, a->where) == TRI_UNKNOWN)
            explain(x, a->where);
    }
}

static void explain_lines(Explain *x, bool closed)
{
    Ev *ev = &x->ev;
    x->role = CAUSE_MITIGATED;
    for (uint32_t i = 0; i < x->plan->nlines; i++) {
        const MitLine *line = &ev->r->lines.at[x->plan->lines + i];
        if (closed && mit_line_level(ev, line) < CAP_IMPLEMENTED)
            continue;
        for (uint32_t k = 0; k < line->n; k++)
            explain_part(x, &ev->r->parts.at[line->first + k], closed);
    }
}

/* ---- the whole ---- */

/* What `along` found, and what leaves open whether `avoiding` holds. */
static void explain_hop(Explain *x, uint32_t half)
{
    Ev *ev = &x->ev;
    const Plan *plan = x->plan;
    uint8_t slot = SLOT_HOP;
    ev->env.obj[slot] = ev->m->flows.at[half >> 1].obj;
    ev->env.half[slot] = half;
    if (plan->along)
        explain(x, plan->along);
    if (plan->avoid_flow && cond_eval(ev, plan->avoid_flow) == TRI_UNKNOWN)
        explain(x, plan->avoid_flow);
    ev->env.obj[slot] = half_to(ev->m, half);
    if (plan->avoid_element && cond_eval(ev, plan->avoid_element) == TRI_UNKNOWN)
        explain(x, plan->avoid_element);
    Crossed c;
    crossed_init(ev, &c, half, VERB_ENTERS);
    while (plan->avoid_boundary && crossed_next(&c, &ev->env.obj[slot]))
        if (cond_eval(ev, plan->avoid_boundary) == TRI_UNKNOWN)
            explain(x, plan->avoid_boundary);
}

static void explain_hops(Explain *x, const Verdict *v)
{
    Ev *ev = &x->ev;
    const Program *p = ev->p;
    for (uint32_t i = 0; i < v->hops; i++) {
        uint32_t half = ev->cache->hops.at[v->path + i];
        ObjId flow = ev->m->flows.at[half >> 1].obj, from = half_from(ev->m, half), to = half_to(ev->m, half);
        StrBuf *b = start_text(x);
        obj_path(p, from, b);
        strbuf_addz(b, " leads to ");
        obj_path(p, to, b);
        strbuf_addz(b, " by ");
        obj_path(p, flow, b);
        Cause hop = {.role = x->role, .value = hop_eval(ev, x->plan, half), .obj = flow, .by = to};
        hop.fact = model_decl(ev->m, flow)->span;
        hop.text = keep_text(x);
        add_cause(x, hop);
        explain_hop(x, half);
    }
}

static void scope_cause(Explain *x, ObjId o)
{
    PropId prop = x->ev.p->known[KNOWN_OUT_OF_SCOPE];
    o = excluded_by(&x->ev, o);
    if (!o)
        return;
    Value v = obj_value(x->ev.p, o, prop, NULL);
    StrBuf *b = start_text(x);
    obj_path(x->ev.p, o, b);
    strbuf_format(b, " is out of scope: %.*s", STR_FMT(value_text_of(x->ev.m, v)));
    Cause cause = {.role = CAUSE_UNLESS, .value = TRI_TRUE, .obj = o, .prop = prop, .said = v};
    cause.fact = fact_span(x->ev.p, o, prop);
    cause.text = keep_text(x);
    add_cause(x, cause);
}

static void explain_scope(Explain *x, ObjId subject)
{
    const Model *m = x->ev.m;
    if (!subject || !obj_out_of_scope(&x->ev, subject))
        return;
    scope_cause(x, subject);
    if (!obj_is(x->ev.p, subject, ROLE_FLOW) || !m->flows.n)
        return;
    const Flow *f = &m->flows.at[m->objects.at[subject].index];
    scope_cause(x, f->from);
    scope_cause(x, f->to);
}

static uint64_t *kept_answers(Cache *cache)
{
    if (!cache->answers)
        cache->answers = mem_zeroes(ANSWERS, sizeof *cache->answers);
    return cache->answers;
}

void verdict_explain(const RuleSet *r, const Verdict *v, Provenance *out)
{
    start(out);
    Explain x = {.plan = plan_at(r, v->rule), .out = out, .role = CAUSE_WHEN, .asks = v->kind == VERDICT_POSSIBLE};
    const Plan *plan = x.plan;
    ev_init(&x.ev, r, v->rule);
    env_of_verdict(&x.ev, plan, v);
    x.ev.answers = kept_answers(r->cache);
    if (plan->info.path)
        explain_hops(&x, v);
    /* What leaves nothing open applies for certain. */
    bool certain = v->kind == VERDICT_OPEN || v->kind == VERDICT_PLANNED;
    if (plan->when && certain)
        explain_as(&x, plan->when, TRI_TRUE);
    else if (plan->when)
        explain(&x, plan->when);
    Tri unless = plan->unless && !certain ? cond_eval(&x.ev, plan->unless) : TRI_FALSE;
    x.role = CAUSE_UNLESS;
    if (unless != TRI_FALSE)
        explain(&x, plan->unless);
    if (v->kind == VERDICT_OUT_OF_SCOPE)
        explain_scope(&x, verdict_subject(r, v));
    else
        explain_lines(&x, v->kind == VERDICT_MITIGATED);
    x.role = CAUSE_RAISED;
    if (v->raised)
        explain(&x, r->raises.at[plan->raises + v->raised - 1].when);
}

void explain_when(const Ev *ev, const Plan *plan, Provenance *out)
{
    start(out);
    Explain x = {.ev = *ev, .plan = plan, .out = out, .role = CAUSE_WHEN, .asks = true};
    x.ev.work = &x.ev.own_work;
    if (plan->when)
        explain(&x, plan->when);
}

void provenance_free(Provenance *p)
{
    vec_free(&p->causes);
    vec_free(&p->questions);
    vec_free(&p->closers);
    vec_free(&p->controls);
    vec_free(&p->sources);
    strbuf_free(&p->text);
    arena_free(&p->arena);
}
