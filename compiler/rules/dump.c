/* Plans as text: what each rule became. For people who write rules, and for tests. */
#include "rules/plan.h"

typedef struct Dump {
    const RuleSet *r;
    const Program *p;
    const Plan *plan;
    StrBuf *out;
} Dump;

static void indent(Dump *d, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        strbuf_addz(d->out, "  ");
}

static void dump_slot(Dump *d, uint8_t slot)
{
    Sym name = slot < d->plan->info.nvars ? d->plan->info.vars[slot] : 0;
    if (name)
        strbuf_add(d->out, sym_str(d->p->names, name));
    else
        strbuf_format(d->out, "$%u", slot);
}

static void dump_term(Dump *d, const Term *t)
{
    if (t->slot == SLOT_NONE)
        return;
    strbuf_char(d->out, ' ');
    dump_slot(d, t->slot);
    for (unsigned i = 0; i < t->n; i++) {
        PropId prop = d->r->uses.at[t->path[i]].prop;
        strbuf_format(d->out, ".%.*s", STR_FMT(sym_str(d->p->names, d->p->props.at[prop].name)));
    }
}

static void dump_kind(Dump *d, KindId kind)
{
    strbuf_add(d->out, sym_str(d->p->names, d->p->kinds.at[kind].name));
}

static void dump_cond(Dump *d, CondId c, unsigned depth);

static void dump_where(Dump *d, CondId where, uint8_t bound, unsigned depth)
{
    if (!where)
        return;
    indent(d, depth);
    strbuf_format(d->out, "where $%u\n", bound);
    dump_cond(d, where, depth + 1);
}

static void dump_noun(Dump *d, uint32_t index)
{
    const Noun *n = &d->r->nouns.at[index];
    strbuf_char(d->out, ' ');
    if (n->tag == NOUN_KIND)
        dump_kind(d, n->lo);
    else if (n->tag == NOUN_OBJ)
        obj_path(d->p, n->obj, d->out);
    else
        dump_slot(d, n->slot);
}

static void dump_anchor(Dump *d, const char *word, const Anchor *a)
{
    if (!a->tag)
        return;
    strbuf_format(d->out, " %s ", word);
    if (a->tag == ANCHOR_OBJ)
        obj_path(d->p, a->obj, d->out);
    else if (a->tag == ANCHOR_KIND)
        dump_kind(d, a->kind);
    else
        dump_slot(d, a->slot);
    if (a->tag == ANCHOR_VAR) {
        strbuf_addz(d->out, " : ");
        dump_kind(d, a->kind);
    }
}

static void dump_source(Dump *d, const Source *s)
{
    strbuf_char(d->out, ' ');
    if (s->family == FAMILY_PATH)
        strbuf_addz(d->out, "path");
    else
        dump_kind(d, s->lo);
    strbuf_char(d->out, ' ');
    dump_slot(d, s->slot);
    dump_anchor(d, "from", &s->from);
    dump_anchor(d, "to", &s->to);
    dump_anchor(d, mod_name((ModKind)s->at_mod), &s->at);
}

static void dump_operands(Dump *d, const Cond *n)
{
    static const char *const tri[] = {" false", " unknown", " true"};
    switch ((CondOp)n->op) {
    case COND_CONST: strbuf_addz(d->out, tri[n->a]); break;
    case COND_KIND:
        strbuf_char(d->out, ' ');
        dump_kind(d, n->a);
        break;
    case COND_OBJ:
        strbuf_char(d->out, ' ');
        obj_path(d->p, n->a, d->out);
        break;
    case COND_EQUAL:
    case COND_MEMBER:
        strbuf_char(d->out, ' ');
        value_print(d->p, (Value){n->a, n->b}, d->out);
        break;
    case COND_IN:
        for (uint32_t i = 0; i < n->b; i++) {
            strbuf_char(d->out, ' ');
            value_print(d->p, d->r->values.at[n->a + i], d->out);
        }
        break;
    case COND_ORDER:
        strbuf_format(d->out, " %s ", cmp_name((CmpOp)n->word));
        if (n->a)
            strbuf_addz(d->out, "today");
        if (!n->a)
            strbuf_format(d->out, "%g", n->number);
        else if (n->number < 0 || n->number > 0)
            strbuf_format(d->out, "%+g", n->number);
        break;
    case COND_ORDER_TERM: strbuf_format(d->out, " %s", cmp_name((CmpOp)n->word)); break;
    case COND_CAP: strbuf_format(d->out, " %.*s", STR_FMT(obj_name(d->p, n->b))); break;
    case COND_CROSS:
    case COND_LINKED:
    case COND_REACHES:
        strbuf_format(d->out, " %s", verb_name((VerbKind)n->word));
        dump_noun(d, n->a);
        break;
    case COND_INSIDE:
    case COND_NOUN:
    case COND_MEMBER_NOUN: dump_noun(d, n->a); break;
    case COND_QUANT:
        strbuf_format(d->out, " %s", quant_name((QuantKind)n->word));
        dump_source(d, &d->r->sources.at[n->a]);
        break;
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_SAME:
    case COND_BOOL:
    case COND_EQUAL_TERM:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_COUNT: break;
    }
}

static void dump_cond(Dump *d, CondId c, unsigned depth)
{
    const Cond *n = cond_at(d->r, c);
    indent(d, depth);
    strbuf_addz(d->out, cond_name((CondOp)n->op));
    dump_term(d, &n->term);
    dump_operands(d, n);
    dump_term(d, &n->other);
    strbuf_char(d->out, '\n');
    if (n->op == COND_QUANT)
        dump_where(d, d->r->sources.at[n->a].where, d->r->sources.at[n->a].slot, depth + 1);
    if (n->op == COND_CROSS || n->op == COND_LINKED || n->op == COND_INSIDE || n->op == COND_NOUN ||
        n->op == COND_MEMBER_NOUN || n->op == COND_REACHES)
        dump_where(d, d->r->nouns.at[n->a].where, d->r->nouns.at[n->a].bound, depth + 1);
    for (CondId k = n->child; k; k = cond_at(d->r, k)->next)
        dump_cond(d, k, depth + 1);
}

static void dump_named(Dump *d, const char *name, CondId c)
{
    if (!c)
        return;
    strbuf_format(d->out, "  %s\n", name);
    dump_cond(d, c, 2);
}

static void dump_part(Dump *d, const MitPart *part)
{
    if (!part->capability) {
        dump_cond(d, part->cond, 2);
        return;
    }
    indent(d, 2);
    strbuf_format(d->out, "%.*s on", STR_FMT(obj_name(d->p, part->capability)));
    for (uint32_t i = 0; i < part->n; i++) {
        strbuf_addz(d->out, i ? " or" : "");
        dump_term(d, &d->r->alternatives.at[part->first + i].term);
    }
    strbuf_char(d->out, '\n');
    for (uint32_t i = 0; i < part->n; i++) {
        const MitAlternative *a = &d->r->alternatives.at[part->first + i];
        dump_where(d, a->where, a->term.slot, 3);
    }
}

static void dump_plan(Dump *d)
{
    const Plan *plan = d->plan;
    strbuf_format(d->out, "%s %.*s%s\n  each", plan->policy ? "policy" : "rule", STR_FMT(plan->info.id),
                  plan->broken ? " (has errors)" : "");
    if (plan->broken) {
        strbuf_char(d->out, '\n');
        return;
    }
    dump_source(d, &plan->seed);
    if (plan->within)
        strbuf_format(d->out, " within %u", plan->within);
    strbuf_addz(d->out, "\n  key");
    for (uint32_t i = 0; i < plan->info.nvars; i++)
        if (plan->info.keys >> i & 1)
            dump_term(d, &(Term){.slot = (uint8_t)i});
    strbuf_char(d->out, '\n');
    dump_named(d, "along", plan->along);
    dump_named(d, "avoiding flow", plan->avoid_flow);
    dump_named(d, "avoiding element", plan->avoid_element);
    dump_named(d, "avoiding boundary", plan->avoid_boundary);
    dump_named(d, "when", plan->when);
    dump_named(d, "unless", plan->unless);
    for (uint32_t i = 0; i < plan->nlines; i++) {
        const MitLine *line = &d->r->lines.at[plan->lines + i];
        strbuf_addz(d->out, "  mitigated by\n");
        for (uint32_t k = 0; k < line->n; k++)
            dump_part(d, &d->r->parts.at[line->first + k]);
    }
    for (uint32_t i = 0; i < plan->nraises; i++) {
        const Raise *raise = &d->r->raises.at[plan->raises + i];
        strbuf_format(d->out, "  raise to %.*s when\n",
                      STR_FMT(sym_str(d->p->names, d->p->consts.at[raise->value].name)));
        dump_cond(d, raise->when, 2);
    }
}

void rules_dump(const RuleSet *r, StrBuf *out)
{
    Dump d = {.r = r, .p = r->program, .out = out};
    for (RuleId i = 1; i < r->plans.n; i++) {
        d.plan = plan_at(r, i);
        dump_plan(&d);
    }
}
