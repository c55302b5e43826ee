/* Policies: a pattern that must never be. Each match is reported where the model has it. Requires: a derived model. */
#include "rules/plan.h"

static void report(const RuleSet *r, Program *p, const Verdict *v)
{
    const RuleInfo *info = rule_info(r, v->rule);
    ObjId subject = verdict_subject(r, v);
    StrBuf b = {0};
    obj_path(p, subject, &b);
    const char *path = str_z(&p->diags->arena, strbuf_str(&b)),
               *policy = str_z(&p->diags->arena, obj_title(p, info->obj));
    strbuf_free(&b);
    bool open = v->kind == VERDICT_OPEN;
    Span at = model_decl(&p->model, subject)->span;
    Diag *d = open ? diag_add(p->diags, D_POLICY_BROKEN, at, policy, path)
                   : diag_add(p->diags, D_POLICY_UNSURE, at, path, policy);
    diag_label(p->diags, d, model_decl(&p->model, info->obj)->span, "the policy");
    Provenance why = {0};
    verdict_explain(r, v, &why);
    for (uint32_t i = 0; i < (open ? why.causes.n : why.questions.n); i++) {
        const Cause *c = open ? &why.causes.at[i] : &why.questions.at[i];
        strbuf_format(&b, "%s%.*s", i ? "; " : "", STR_FMT(c->text));
    }
    if (b.n)
        diag_help(p->diags, d, "%.*s", STR_FMT(strbuf_str(&b)));
    strbuf_free(&b);
    provenance_free(&why);
}

void policies_check(const RuleSet *r, Program *p)
{
    Verdicts found;
    plans_run(r, r->nrules + 1, r->plans.n - 1, &found);
    for (uint32_t i = 0; i < found.all.n; i++)
        if (found.all.at[i].kind == VERDICT_OPEN || found.all.at[i].kind == VERDICT_POSSIBLE)
            report(r, p, &found.all.at[i]);
    verdicts_free(&found);
}
