/* Which small changes to a rule its tests must notice. Each comparison, each question, each operand, each line that closes
 * the threat, each restriction of the pattern: changed alone. What cannot matter is left out where that is plain from the
 * rule itself; the list is in the language reference. Requires: a plan without errors. */
#include "ruletest/mutants.h"

/* ---- words ---- */

enum { QUOTED_MOST = 90 };

void mutant_quote(const Making *m, Span at, StrBuf *out)
{
    strbuf_char(out, '`');
    size_t end = out->n + QUOTED_MOST;
    source_words(m->p, at, out);
    while (end < out->n && ((unsigned char)out->s[end] & 0xC0) == 0x80) /* inside a letter beyond ASCII */
        end++;
    if (end < out->n) {
        out->n = end;
        strbuf_addz(out, " ...");
    }
    strbuf_char(out, '`');
}

Mutant *mutant_add(Making *m, MutantPlace place, uint32_t at, Span span, Str words)
{
    Mutant one = {.rule = m->rule, .place = (uint8_t)place, .span = span, .n = 1};
    one.at[0] = at;
    one.words = words;
    vec_push(m->out, one);
    return &vec_last(m->out);
}

Str mutant_words(Making *m, const char *before, Span span, const char *after)
{
    StrBuf b = {0};
    strbuf_addz(&b, before);
    mutant_quote(m, span, &b);
    strbuf_addz(&b, after);
    Str words = str_copy(&m->r->arena, strbuf_str(&b));
    strbuf_free(&b);
    return words;
}

/* ---- conditions ---- */

static bool is_list(const Cond *n)
{
    return n->op == COND_OR && n->atom; /* `x in [A, B]` */
}

static bool is_logic(const Cond *n)
{
    return (n->op == COND_AND || n->op == COND_OR) && !is_list(n);
}

/* What is asked, without its `not`. */
static CondId bare(const RuleSet *r, CondId c)
{
    return cond_at(r, c)->op == COND_NOT ? cond_at(r, c)->child : c;
}

static bool compound(const RuleSet *r, CondId c)
{
    return is_logic(cond_at(r, bare(r, c)));
}

/* The condition on each thing that a relation or quantifier looks at, or 0. */
static CondId where_of(const RuleSet *r, const Cond *n)
{
    switch ((CondOp)n->op) {
    case COND_MEMBER_NOUN:
    case COND_NOUN:
    case COND_INSIDE:
    case COND_CROSS:
    case COND_LINKED:
    case COND_REACHES: return r->nouns.at[n->a].where;
    case COND_QUANT: return r->sources.at[n->a].where;
    case COND_CONST:
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_KIND:
    case COND_OBJ:
    case COND_SAME:
    case COND_BOOL:
    case COND_EQUAL:
    case COND_EQUAL_TERM:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_ORDER:
    case COND_ORDER_TERM:
    case COND_CAP:
    case COND_COUNT: break;
    }
    return 0;
}

/* The same piece of text in another compilation of it; 0 if it means nothing there. */
static CondId twin(const RuleSet *r, CondId root, Span span)
{
    const Cond *n = cond_at(r, root);
    if (!root || (n->op != COND_CONST && n->span.lo == span.lo && n->span.hi == span.hi))
        return root;
    CondId found = twin(r, where_of(r, n), span);
    for (CondId c = n->child; c && !found; c = cond_at(r, c)->next)
        found = twin(r, c, span);
    return found;
}

static void change(Making *m, CondId c, Edit edit, uint32_t detail, Str words)
{
    RuleSet *r = m->r;
    Span span = cond_at(r, c)->span;
    for (uint32_t i = 0; i < m->root; i++)
        if (twin(r, m->roots[i], span))
            return; /* done there */
    Cond edited = cond_edited(r, c, edit, detail);
    Mutant *one = mutant_add(m, PLACE_CONDS, c, span, words);
    one->piece.conds[0] = edited;
    for (uint32_t i = m->root + 1; i < m->nroots; i++) {
        CondId other = twin(r, m->roots[i], span);
        if (!other)
            continue;
        one->at[one->n] = other;
        one->piece.conds[one->n++] = cond_edited(r, other, edit, detail);
    }
}

/* A comparison one step wider or narrower. */
static void change_order(Making *m, CondId c)
{
    static const CmpOp other[] = {
        [CMP_EQ] = CMP_EQ, [CMP_NE] = CMP_NE, [CMP_LT] = CMP_LE,
        [CMP_LE] = CMP_LT, [CMP_GT] = CMP_GE, [CMP_GE] = CMP_GT,
    };
    const Cond *n = cond_at(m->r, c);
    StrBuf b = {0};
    strbuf_format(&b, "`%s` read as `%s` in ", cmp_name((CmpOp)n->word), cmp_name(other[n->word]));
    change(m, c, EDIT_WORD, other[n->word], mutant_words(m, b.s, n->span, ""));
    strbuf_free(&b);
}

static void change_crossing(Making *m, CondId c)
{
    static const VerbKind verbs[] = {VERB_CROSSES, VERB_ENTERS, VERB_LEAVES};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        const Cond *n = cond_at(m->r, c);
        StrBuf b = {0};
        if (n->word == verbs[i])
            continue;
        strbuf_format(&b, "`%s` read as `%s` in ", verb_name((VerbKind)n->word), verb_name(verbs[i]));
        change(m, c, EDIT_WORD, verbs[i], mutant_words(m, b.s, n->span, ""));
        strbuf_free(&b);
    }
}

/* `in [...]` without one of its values. */
static void change_values(Making *m, CondId c)
{
    for (uint32_t i = 0; cond_at(m->r, c)->b > 1 && i < cond_at(m->r, c)->b; i++) {
        const Cond *n = cond_at(m->r, c);
        StrBuf b = {0};
        strbuf_char(&b, '`');
        value_print(m->p, m->r->values.at[n->a + i], &b);
        strbuf_addz(&b, "` dropped from ");
        change(m, c, EDIT_WITHOUT, i, mutant_words(m, b.s, n->span, ""));
        strbuf_free(&b);
    }
}

static void change_list(Making *m, CondId list)
{
    CondId first = cond_at(m->r, list)->child;
    for (CondId c = first; c && cond_at(m->r, first)->next; c = cond_at(m->r, c)->next) {
        Span at = cond_at(m->r, c)->span;
        change(m, c, EDIT_FALSE, 0, mutant_words(m, "", at, " dropped from the list"));
    }
}

/* A question, perhaps with `not` before it. */
static void mutate_question(Making *m, CondId c, unsigned spare)
{
    Span span = cond_at(m->r, c)->span;
    CondId asked = bare(m->r, c);
    if (!(spare & SPARE_TRUE))
        change(m, c, EDIT_TRUE, 0, mutant_words(m, "", span, " replaced by true"));
    if (!(spare & SPARE_FALSE))
        change(m, c, EDIT_FALSE, 0, mutant_words(m, "", span, " replaced by false"));
    change(m, c, EDIT_NEGATE, 0, mutant_words(m, "", span, " negated"));
    Cond n = *cond_at(m->r, asked);
    if (n.op == COND_ORDER || n.op == COND_ORDER_TERM)
        change_order(m, asked);
    else if (n.op == COND_CROSS)
        change_crossing(m, asked);
    else if (n.op == COND_IN)
        change_values(m, asked);
    else if (is_list(&n))
        change_list(m, asked);
    mutate(m, where_of(m->r, &n), 0);
}

static void mutate_operands(Making *m, CondId logic)
{
    bool all = cond_at(m->r, logic)->op == COND_AND;
    for (CondId c = cond_at(m->r, logic)->child; c; c = cond_at(m->r, c)->next) {
        Span span = cond_at(m->r, c)->span;
        if (compound(m->r, c))
            change(m, c, all ? EDIT_TRUE : EDIT_FALSE, 0, mutant_words(m, "", span, " dropped"));
        mutate(m, c, 0);
    }
}

void mutate(Making *m, CondId c, unsigned spare)
{
    if (!c || cond_at(m->r, c)->op == COND_CONST)
        return;
    if (compound(m->r, c))
        mutate_operands(m, bare(m->r, c));
    else
        mutate_question(m, c, spare);
}

/* Several lines `unless` made one: each is dropped by itself. */
static bool is_joined(const RuleSet *r, CondId c)
{
    return is_logic(cond_at(r, c)) && !cond_at(r, c)->first;
}

void mutate_line(Making *m, CondId c, const char *word)
{
    m->roots[0] = c;
    m->nroots = 1;
    m->root = 0;
    if (c && compound(m->r, c) && !is_joined(m->r, c)) {
        StrBuf b = {0};
        strbuf_format(&b, "`%s` dropped: ", word);
        change(m, c, EDIT_FALSE, 0, mutant_words(m, b.s, cond_at(m->r, c)->span, ""));
        strbuf_free(&b);
    }
    mutate(m, c, 0);
}

/* ---- mitigated by ---- */

static void drop_alternatives(Making *m, const MitPart *part)
{
    const Plan *plan = plan_at(m->r, m->rule);
    for (uint32_t i = 0; part->n > 1 && i < part->n; i++) {
        const MitAlternative *a = &m->r->alternatives.at[part->first + i];
        StrBuf b = {0};
        strbuf_format(&b, "`%.*s` dropped from ", STR_FMT(sym_str(m->p->names, plan->info.vars[a->term.slot])));
        Mutant *one =
            mutant_add(m, PLACE_ALTERNATIVE, part->first + i, part->span, mutant_words(m, b.s, part->span, ""));
        one->piece.alternative = m->r->alternatives.at[part->first + (i == 0)]; /* another one said twice */
        strbuf_free(&b);
    }
}

static void mutate_part(Making *m, const MitPart *part, bool alone)
{
    m->nroots = 0;
    for (uint32_t i = 0; i < part->n && m->nroots < MUTANT_CONDS; i++)
        m->roots[m->nroots++] = m->r->alternatives.at[part->first + i].where;
    if (!part->capability)
        m->roots[m->nroots++] = part->cond;
    /* False is the line dropped, true of a condition in a conjunction is the part dropped. */
    unsigned spare = part->capability || alone ? SPARE_FALSE : SPARE_TRUE | SPARE_FALSE;
    for (m->root = 0; m->root < m->nroots; m->root++)
        mutate(m, m->roots[m->root], spare);
    drop_alternatives(m, part);
}

static void mutate_mitigation(Making *m, uint32_t index)
{
    MitLine line = m->r->lines.at[index];
    Mutant *one = mutant_add(m, PLACE_LINE, index, line.span, mutant_words(m, "", line.span, " dropped"));
    one->piece.line = (MitLine){.first = m->never, .n = 1, .span = line.span};
    for (uint32_t i = line.first; i < line.first + line.n; i++) {
        MitPart part = m->r->parts.at[i];
        if (line.n > 1) {
            one = mutant_add(m, PLACE_PART, i, part.span, mutant_words(m, "", part.span, " dropped"));
            one->piece.part = (MitPart){.cond = m->yes, .span = part.span};
        }
        mutate_part(m, &part, line.n == 1);
    }
}

/* The identity of the threat, where it is not what it would be anyway. */
static void drop_key(Making *m)
{
    const Plan *plan = plan_at(m->r, m->rule);
    uint32_t usual = plan_usual_keys(plan);
    if (plan->info.keys == usual)
        return;
    NodeId prop = node_find(m->tree, plan->node, N_PROP);
    while (prop && !str_eq(sym_str(m->p->names, node_at(m->tree, prop)->val), STR("key")))
        prop = node_seek(m->tree, node_next(m->tree, prop), N_PROP);
    Span at = node_span(m->tree, prop);
    mutant_add(m, PLACE_PLAN, 0, at, mutant_words(m, "", at, " dropped"))->piece.plan = *plan_at(m->r, m->rule);
    vec_last(m->out).piece.plan.info.keys = usual;
}

/* ---- all ---- */

static void make_constants(Making *m)
{
    RuleSet *r = m->r;
    vec_push(&r->conds, (Cond){.op = COND_CONST, .a = TRI_TRUE, .term.slot = SLOT_NONE});
    m->yes = r->conds.n - 1;
    vec_push(&r->parts, (MitPart){0});
    m->never = r->parts.n - 1;
}

void mutants_of(RuleSet *r, RuleId rule, Mutants *out)
{
    Plan plan = *plan_at(r, rule);
    Making m = {.r = r, .p = r->program, .rule = rule, .out = out};
    m.tree = &r->program->modules.at[plan.module].tree;
    cache_reset(r);
    make_constants(&m);
    mutate_pattern(&m);
    m.roots[0] = plan.when;
    m.nroots = 1;
    m.root = 0;
    mutate(&m, plan.when, 0);
    mutate_line(&m, plan.unless, "unless");
    for (uint32_t i = plan.lines; i < plan.lines + plan.nlines; i++)
        mutate_mitigation(&m, i);
    for (uint32_t i = plan.raises; i < plan.raises + plan.nraises; i++)
        if (r->raises.at[i].value != plan_severity(r, rule) || plan.nraises > 1)
            mutate_line(&m, r->raises.at[i].when, "raise");
    drop_key(&m);
}
