/* Why a rule says nothing of a thing: the first of its demands, in the order pattern, `when`, that the thing does not
 * meet, and where the model says so. Requires: a derived model. */
#include "rules/plan.h"

typedef struct WhyNot {
    ObjId subject;
    bool found;
    Env env; /* of the first match in order of names */
} WhyNot;

static bool env_before(const Ev *ev, const Plan *plan, const Env *a, const Env *b)
{
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (a->obj[i] != b->obj[i])
            return ev->m->rank.at[a->obj[i]] < ev->m->rank.at[b->obj[i]];
    return false;
}

static void whynot_sink(Ev *ev, const Plan *plan)
{
    WhyNot *w = ev->self;
    bool about = false;
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        about |= ev->env.obj[i] == w->subject;
    if (!about || (w->found && !env_before(ev, plan, &ev->env, &w->env)))
        return;
    w->found = true;
    w->env = ev->env;
}

static void line_begin(StrBuf *out)
{
    strbuf_addz(out, "  ");
}

/* "  what is the case (file:line)" */
static void cause_line(const Program *p, const Cause *c, StrBuf *out)
{
    line_begin(out);
    strbuf_add(out, c->text);
    place_words(p, c->fact, out);
    strbuf_char(out, '\n');
}

static void bindings_line(const Ev *ev, const Plan *plan, StrBuf *out)
{
    const char *mark = "  with ";
    for (uint32_t i = 0; i < plan->info.nvars; i++) {
        if (!plan->info.vars[i] || !ev->env.obj[i])
            continue;
        strbuf_addz(out, mark);
        strbuf_add(out, sym_str(ev->p->names, plan->info.vars[i]));
        strbuf_addz(out, " = ");
        obj_path(ev->p, ev->env.obj[i], out);
        mark = ", ";
    }
    strbuf_char(out, '\n');
}

static void when_words(Ev *ev, const Plan *plan, StrBuf *out)
{
    Provenance why = {0};
    CondId demands[LOOK_DEMANDS];
    uint32_t n = plan_demands(ev->r, plan, demands), failed = demand_false(ev, demands, n);
    Span at = cond_at(ev->r, failed < n ? demands[failed] : plan->when)->span;
    strbuf_format(out, "`%.*s` needs `", STR_FMT(plan->info.id));
    source_words(ev->p, at, out);
    strbuf_char(out, '`');
    place_words(ev->p, at, out);
    strbuf_addz(out, ", which is false\n");
    bindings_line(ev, plan, out);
    explain_when(ev, plan, &why);
    for (uint32_t i = 0; i < why.causes.n; i++)
        cause_line(ev->p, &why.causes.at[i], out);
    provenance_free(&why);
}

/* ---- patterns ---- */

static void demand(const Ev *ev, const Plan *plan, const Anchor *a, StrBuf *out)
{
    if (a->tag == ANCHOR_OBJ)
        obj_path(ev->p, a->obj, out);
    else if (a->tag == ANCHOR_SLOT)
        strbuf_add(out, sym_str(ev->p->names, plan->info.vars[a->slot]));
    else
        kind_words(ev->p, a->kind, out);
}

/* One end of a flow against what the pattern wants; true if that is the reason. */
static bool end_words(Ev *ev, const Plan *plan, const Anchor *a, uint32_t half, bool to, StrBuf *out)
{
    ObjId o = half_end(ev->m, a, half, to), flow = ev->m->flows.at[half >> 1].obj;
    if (!a->tag || anchor_fits(ev, a, o))
        return false;
    obj_path(ev->p, flow, out);
    strbuf_addz(out, to ? " goes to " : " comes from ");
    if (o) {
        obj_path(ev->p, o, out);
        strbuf_addz(out, ", which is ");
        kind_words(ev->p, model_obj(ev->m, o)->kind, out);
    } else {
        strbuf_addz(out, "no port");
    }
    strbuf_addz(out, "; the rule wants ");
    demand(ev, plan, a, out);
    place_words(ev->p, model_decl(ev->m, flow)->span, out);
    strbuf_char(out, '\n');
    return true;
}

static void half_words(Ev *ev, const Plan *plan, uint32_t half, StrBuf *out)
{
    static const char *const verbs[] = {"enters", "leaves", "crosses"};
    const Source *s = &plan->seed;
    line_begin(out);
    if (end_words(ev, plan, &s->from, half, false, out) || end_words(ev, plan, &s->to, half, true, out))
        return;
    obj_path(ev->p, ev->m->flows.at[half >> 1].obj, out);
    strbuf_format(out, " %s no boundary that the rule looks for: it wants ",
                  verbs[s->at_mod < MOD_ENTERING || s->at_mod > MOD_CROSSING ? 2 : s->at_mod - MOD_ENTERING]);
    demand(ev, plan, &s->at, out);
    strbuf_char(out, '\n');
}

static void link_words(const Ev *ev, const Plan *plan, ObjId subject, StrBuf *out)
{
    const Anchor *a = &plan->seed.at;
    line_begin(out);
    if (!a->tag) {
        obj_path(ev->p, subject, out);
        strbuf_addz(out, " is not part of what is analysed\n");
        return;
    }
    strbuf_format(out, "the rule wants it %s ", mod_name((ModKind)plan->seed.at_mod));
    demand(ev, plan, a, out);
    strbuf_addz(out, ", and there is none\n");
}

static void path_words(const Ev *ev, const Plan *plan, StrBuf *out)
{
    line_begin(out);
    strbuf_addz(out, "no path leads from ");
    demand(ev, plan, &plan->seed.from, out);
    strbuf_addz(out, " to ");
    demand(ev, plan, &plan->seed.to, out);
    if (plan->within)
        strbuf_format(out, " within %u steps", plan->within);
    if (plan->along || plan->avoid_element)
        strbuf_addz(out, " that keeps to what `along` and `avoiding` allow");
    strbuf_char(out, '\n');
}

static bool kind_of_any_variable(const Ev *ev, const Plan *plan, ObjId subject)
{
    bool any = false;
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        any |= plan->info.var_kinds[i] && kind_is(ev->p, model_obj(ev->m, subject)->kind, plan->info.var_kinds[i]);
    return any;
}

static void pattern_words(Ev *ev, const Plan *plan, ObjId subject, StrBuf *out)
{
    const Object *o = model_obj(ev->m, subject);
    KindId kind = plan->info.var_kinds[0];
    Str each = kind ? sym_str(ev->p->names, ev->p->kinds.at[kind].name) : STR("path");
    strbuf_format(out, "`%.*s` looks at each %.*s\n", STR_FMT(plan->info.id), STR_FMT(each));
    if (plan->info.path) {
        path_words(ev, plan, out);
        return;
    }
    if (!kind_of_any_variable(ev, plan, subject)) {
        line_begin(out);
        obj_path(ev->p, subject, out);
        strbuf_addz(out, " is ");
        kind_words(ev->p, o->kind, out);
        place_words(ev->p, model_decl(ev->m, subject)->span, out);
        strbuf_char(out, '\n');
    } else if (plan_by_half(plan) && obj_is(ev->p, subject, ROLE_FLOW) && o->index < ev->m->flows.n &&
               ev->m->flows.at[o->index].obj == subject) {
        for (uint32_t half = o->index * 2; half < o->index * 2 + 2; half++)
            if (half_exists(ev->m, half))
                half_words(ev, plan, half, out);
    } else {
        link_words(ev, plan, subject, out);
    }
}

static bool has_verdict(const RuleSet *r, RuleId rule, ObjId subject)
{
    Verdicts found;
    bool any = false;
    rules_eval_one(r, rule, &found);
    for (uint32_t i = 0; i < found.all.n; i++)
        for (uint32_t k = 0; k < LIMIT_RULE_VARS; k++)
            any |= found.all.at[i].vars[k] == subject;
    verdicts_free(&found);
    return any;
}

bool rule_why_not(const RuleSet *r, RuleId rule, ObjId subject, StrBuf *out)
{
    const Plan *plan = plan_at(r, rule);
    WhyNot w = {.subject = subject};
    Ev ev;
    if (plan->broken) {
        strbuf_format(out, "`%.*s` has errors and is not evaluated\n", STR_FMT(plan->info.id));
        return true;
    }
    if (has_verdict(r, rule, subject))
        return false;
    program_rank(r->program);
    ev_init(&ev, r, rule);
    ev.sink = whynot_sink;
    ev.self = &w;
    plan_matches(&ev, plan);
    if (w.found)
        ev.env = w.env;
    if (w.found && plan->when)
        when_words(&ev, plan, out);
    else
        pattern_words(&ev, plan, subject, out);
    return true;
}
