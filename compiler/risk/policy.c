/* Which risk policy is in force, and what it says of a row and a column. Requires a program; the policies themselves are read by
 * policy_read.c. Leaves reports of two policies in force, and of one that nobody uses. */
#include "risk/policy.h"

const char *acceptance_key(Acceptance a)
{
    static const char *const keys[ACCEPT_COUNT] = {"not_estimated", "acceptable", "needs_decision", "unacceptable"};
    return keys[a];
}

const char *acceptance_words(Acceptance a)
{
    static const char *const words[ACCEPT_COUNT] = {"not estimated", "acceptable", "needs a decision", "unacceptable"};
    return words[a];
}

/* ---- looking up ---- */

ConstId policy_row(const RiskPolicy *r, double score)
{
    ConstId row = 0;
    for (uint32_t i = 0; i < r->bands.n; i++)
        if (score >= r->bands.at[i].from)
            row = r->bands.at[i].row;
    return row;
}

ConstId policy_level(const Program *p, const RiskPolicy *r, ConstId row, ConstId column)
{
    if (!row || r->broken || (r->columns && !column))
        return 0;
    uint32_t width = r->columns ? p->enums.at[r->columns].n : 1;
    return r->cells.at[p->consts.at[row].rank * width + (r->columns ? p->consts.at[column].rank : 0)];
}

Acceptance policy_acceptance(const Program *p, const RiskPolicy *r, ConstId level)
{
    if (!level)
        return ACCEPT_NOT_ESTIMATED;
    uint32_t rank = p->consts.at[level].rank;
    if (rank <= p->consts.at[r->acceptable].rank)
        return ACCEPT_ACCEPTABLE;
    return rank <= p->consts.at[r->tolerable].rank ? ACCEPT_NEEDS_DECISION : ACCEPT_UNACCEPTABLE;
}

/* ---- which is in force ---- */

static const RiskPolicy *policy_of(const Policies *all, ObjId o)
{
    for (uint32_t i = 0; i < all->all.n; i++)
        if (all->all.at[i].obj == o)
            return &all->all.at[i];
    return NULL;
}

static void report_two(Program *p, ObjId first, Span first_at, ObjId second, Span second_at)
{
    Arena *a = &p->diags->arena;
    Diag *d =
        diag_add(p->diags, D_RISK_TWO_POLICIES, second_at, str_z(a, obj_name(p, first)), str_z(a, obj_name(p, second)));
    diag_label(p->diags, d, first_at, "`%.*s` is put in force here", STR_FMT(obj_name(p, first)));
}

/* The policy that systems name; the first in the order of names, if they name several. */
static void named_by_system(Program *p, Policies *out)
{
    Arena scratch = {0};
    ObjList systems = objs_of_role(p, ROLE_SYSTEM, &scratch);
    const PropVal *first = NULL, *written = NULL;
    Value named = {0};
    for (uint32_t i = 0; i < systems.n; i++) {
        Value v = obj_value(p, systems.at[i], p->known[KNOWN_SYSTEM_RISK_POLICY], &written);
        if ((v.tag & VALUE_TAG) != V_REF)
            continue;
        if (!first) {
            first = written;
            named = v;
            out->at = policy_of(out, v.a);
            out->by = systems.at[i];
        } else if (written && v.a != named.a) {
            report_two(p, named.a, value_place(p, out->by, first), v.a, value_place(p, systems.at[i], written));
        }
    }
    arena_free(&scratch);
}

static bool is_standard(const Program *p, ObjId o)
{
    Value v = obj_known(p, o, KNOWN_POLICY_STANDARD);
    return v.tag == V_BOOL && v.a;
}

static void take_standard(Program *p, Policies *out, bool library)
{
    for (uint32_t i = 0; i < out->all.n; i++) {
        const RiskPolicy *r = &out->all.at[i];
        const Object *o = model_obj(&p->model, r->obj);
        if (((o->flags & OBJ_LIBRARY) != 0) != library || !is_standard(p, r->obj))
            continue;
        if (out->at)
            report_two(p, out->at->obj, model_decl(&p->model, out->at->obj)->span, r->obj,
                       model_decl(&p->model, r->obj)->span);
        else
            out->at = r;
    }
}

/* A policy of the file at hand that is not in force was most likely meant to be. What other modules offer is there to choose from. */
static void report_unused(Program *p, const Policies *out)
{
    for (uint32_t i = 0; i < out->all.n; i++) {
        ObjId o = out->all.at[i].obj;
        if (p->modules.n > 1 && model_obj(&p->model, o)->parent == p->modules.at[1].obj && out->at != &out->all.at[i] &&
            !p->modules.at[1].library && !is_standard(p, o))
            diag_add(p->diags, D_RISK_UNUSED, model_decl(&p->model, o)->span, str_z(&p->diags->arena, obj_name(p, o)));
    }
}

void policies_read(Program *p, Policies *out)
{
    *out = (Policies){0};
    vec_reserve(&out->all, p->risk_policies.n); /* `at` points into it */
    for (uint32_t i = 0; i < p->risk_policies.n; i++) {
        RiskPolicy r = {0};
        policy_read(p, &p->risk_policies.at[i], &r);
        vec_push(&out->all, r);
    }
    named_by_system(p, out);
    for (int library = 0; library < 2 && !out->at; library++)
        take_standard(p, out, library != 0);
    report_unused(p, out);
}

void policies_free(Policies *r)
{
    for (uint32_t i = 0; i < r->all.n; i++) {
        vec_free(&r->all.at[i].bands);
        vec_free(&r->all.at[i].cells);
    }
    vec_free(&r->all);
    *r = (Policies){0};
}
