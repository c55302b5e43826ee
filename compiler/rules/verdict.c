/* From conditions to the verdict on one match: the table of the language reference. Requires: ev->env holds the match.
 * A `when` or `unless` that is unknown makes a possible threat, unless what mitigates it is there: then no answer could
 * make it open. */
#include "rules/settle.h"

static CapLevel alternative_level(Ev *ev, const MitPart *part, const MitAlternative *a)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &a->term, &unknown);
    CapLevel level = o ? ev_cap(ev, o, part->number) : CAP_NO;
    if (!a->where || level == CAP_NO)
        return level;
    ev->env.obj[a->term.slot] = o;
    Tri t = cond_eval(ev, a->where);
    if (t == TRI_FALSE)
        return CAP_NO;
    return t == TRI_UNKNOWN && level > CAP_UNKNOWN ? CAP_UNKNOWN : level;
}

CapLevel mit_part_level(Ev *ev, const MitPart *part)
{
    if (!part->capability) {
        Tri t = part->cond ? cond_eval(ev, part->cond) : TRI_FALSE;
        return t == TRI_TRUE ? CAP_IMPLEMENTED : (t == TRI_UNKNOWN ? CAP_UNKNOWN : CAP_NO);
    }
    CapLevel best = CAP_NO;
    for (uint32_t i = 0; i < part->n; i++) {
        CapLevel level = alternative_level(ev, part, &ev->r->alternatives.at[part->first + i]);
        best = level > best ? level : best;
    }
    if (ev->seen && part->atom && best != CAP_UNKNOWN)
        ev->seen[part->atom] |= best >= CAP_IMPLEMENTED ? 2 : 1;
    return best;
}

CapLevel mit_line_level(Ev *ev, const MitLine *line)
{
    CapLevel least = CAP_VERIFIED;
    for (uint32_t i = 0; i < line->n; i++) {
        CapLevel level = mit_part_level(ev, &ev->r->parts.at[line->first + i]);
        least = level < least ? level : least;
    }
    return least;
}

void rule_closers(const RuleSet *r, RuleId rule, ObjVec *out)
{
    const Plan *plan = plan_at(r, rule);
    for (uint32_t i = 0; i < plan->nlines; i++) {
        const MitLine *line = &r->lines.at[plan->lines + i];
        for (uint32_t k = 0; k < line->n; k++)
            if (r->parts.at[line->first + k].capability)
                vec_push(out, r->parts.at[line->first + k].capability);
    }
}

CapLevel plan_level(Ev *ev, const Plan *plan)
{
    CapLevel best = CAP_NO;
    for (uint32_t i = 0; i < plan->nlines && (best < CAP_IMPLEMENTED || ev->seen); i++) {
        CapLevel level = mit_line_level(ev, &ev->r->lines.at[plan->lines + i]);
        best = level > best ? level : best;
    }
    return best;
}

static bool is_flow(const Ev *ev, ObjId o)
{
    return obj_is(ev->p, o, ROLE_FLOW);
}

/* A flow is excluded by what it says itself; anything else also by what encloses it: a boundary that is out of scope takes its
 * content along, a device its ports. */
ObjId excluded_by(const Ev *ev, ObjId o)
{
    if (!ev->r->use_out_of_scope || (ev->settled && !ev->settled->census.excludes))
        return 0;
    bool alone = is_flow(ev, o);
    for (; o && !(model_obj(ev->m, o)->flags & OBJ_MODULE); o = alone ? 0 : model_obj(ev->m, o)->parent)
        if (model_obj(ev->m, o)->kind && ev_prop(ev, o, ev->r->use_out_of_scope).tag == V_TEXT)
            return o;
    return 0;
}

bool obj_out_of_scope(const Ev *ev, ObjId o)
{
    if (excluded_by(ev, o))
        return true;
    if (!ev->r->use_out_of_scope || !is_flow(ev, o))
        return false;
    const Flow *f = &ev->m->flows.at[ev->m->objects.at[o].index];
    return excluded_by(ev, f->from) && excluded_by(ev, f->to);
}

static ObjId subject_of(const Ev *ev, const Plan *plan)
{
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (plan->info.keys >> i & 1)
            return ev->env.obj[i];
    return 0;
}

VerdictKind plan_verdict(Ev *ev, const Plan *plan)
{
    return plan_verdict_when(ev, plan, plan->when ? cond_eval(ev, plan->when) : TRI_TRUE);
}

VerdictKind plan_verdict_when(Ev *ev, const Plan *plan, Tri when)
{
    when = tri_min(ev->at_most, when);
    if (when == TRI_FALSE)
        return VERDICT_NONE;
    Tri unless = plan->unless ? cond_eval(ev, plan->unless) : TRI_FALSE;
    CapLevel level = unless == TRI_TRUE && !ev->seen ? CAP_NO : plan_level(ev, plan);
    if (unless == TRI_TRUE || obj_out_of_scope(ev, subject_of(ev, plan)))
        return VERDICT_OUT_OF_SCOPE;
    if (level >= CAP_IMPLEMENTED)
        return VERDICT_MITIGATED;
    if (when == TRI_UNKNOWN || unless == TRI_UNKNOWN || level == CAP_UNKNOWN)
        return VERDICT_POSSIBLE;
    return level == CAP_PLANNED ? VERDICT_PLANNED : VERDICT_OPEN;
}

uint8_t plan_raised(Ev *ev, const Plan *plan)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < plan->nraises && i < UINT8_MAX - 1; i++) {
        const Raise *raise = &ev->r->raises.at[plan->raises + i];
        bool higher = !best || raise->rank > ev->r->raises.at[plan->raises + best - 1].rank;
        if ((higher || ev->seen) && cond_eval(ev, raise->when) == TRI_TRUE && higher)
            best = i + 1;
    }
    return (uint8_t)best;
}

Verdict verdict_now(Ev *ev, const Plan *plan, VerdictKind kind)
{
    Verdict v = {.rule = ev->rule, .witnesses = 1, .kind = (uint8_t)kind};
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        v.vars[i] = ev->env.obj[i];
    if (plan->nraises && kind > VERDICT_OUT_OF_SCOPE)
        v.raised = plan_raised(ev, plan);
    return v;
}
