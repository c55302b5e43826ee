/* Rules in words. Requires compiled rules. The pattern is told from the plan, so that what is said is what is looked for; conditions
 * are quoted from the text, because people who write them want to find them again. */
#include "rules/sheet.h"

#include "rules/lint.h"

typedef struct Sheet {
    const RuleSet *r;
    const Program *p;
    const Plan *plan;
    const Tree *tree;
    RuleSheet *out;
    StrBuf text;
} Sheet;

static Str keep(Sheet *s)
{
    return str_copy(&s->out->arena, strbuf_str(&s->text));
}

/* ---- quoting ---- */

static Str quote(Sheet *s, Span at)
{
    s->text.n = 0;
    source_words(s->p, at, &s->text);
    return keep(s);
}

/* The same without the words that it begins with. */
static Str quote_behind(Sheet *s, NodeId n, const char *words)
{
    Str text = quote(s, node_span(s->tree, n)), lead = str_from(words);
    return str_starts(text, lead) ? str_slice(text, lead.n, text.n) : text;
}

static void quote_parts(Sheet *s)
{
    RuleSheet *out = s->out;
    for (NodeId n = node_child(s->tree, s->plan->node); n; n = node_next(s->tree, n)) {
        NodeKind kind = node_kind(s->tree, n);
        if (kind == N_FOREACH)
            out->for_each = quote_behind(s, n, "for each ");
        if (kind == N_WHEN)
            vec_push(&out->when, quote_behind(s, n, "when "));
        if (kind == N_UNLESS)
            vec_push(&out->unless, quote_behind(s, n, "unless "));
        if (kind == N_MITIGATED)
            vec_push(&out->closers, quote_behind(s, n, "mitigated by "));
        if (kind == N_RAISE)
            vec_push(&out->raises, quote_behind(s, n, "raise "));
    }
}

/* ---- the pattern ---- */

/* What a kind is called within a sentence: "data flow", "JTAG or SWD connection". */
static void kind_noun(const Program *p, KindId kind, StrBuf *out)
{
    const Kind *k = &p->kinds.at[kind];
    Str title = k->title.n ? k->title : sym_str(p->names, k->name);
    bool acronym = title.n > 1 && title.s[1] >= 'A' && title.s[1] <= 'Z';
    char first = title.n ? title.s[0] : ' ';
    strbuf_char(out, !acronym && first >= 'A' && first <= 'Z' ? (char)(first - 'A' + 'a') : first);
    strbuf_add(out, str_slice(title, title.n ? 1 : 0, title.n));
}

static void put_variable(Sheet *s, uint8_t slot)
{
    Sym name = slot < s->plan->info.nvars ? s->plan->info.vars[slot] : 0;
    if (name)
        strbuf_format(&s->text, " {%.*s}", STR_FMT(sym_str(s->p->names, name)));
}

static void put_anchor(Sheet *s, const char *word, const Anchor *a)
{
    if (a->tag == ANCHOR_NONE)
        return;
    strbuf_format(&s->text, " %s", word);
    if (a->tag == ANCHOR_OBJ) {
        strbuf_char(&s->text, ' ');
        obj_path(s->p, a->obj, &s->text);
        return;
    }
    if (a->tag != ANCHOR_SLOT) {
        size_t article = s->text.n;
        strbuf_addz(&s->text, " an ");
        kind_noun(s->p, a->kind, &s->text);
        if (!strchr("aeiouAEIO", s->text.s[article + 4])) { /* "a USB connector" */
            memmove(s->text.s + article + 2, s->text.s + article + 3, s->text.n - article - 2);
            s->text.n--;
        }
    }
    if (a->tag != ANCHOR_KIND)
        put_variable(s, a->slot);
}

static const char *place_words_of(ModKind m)
{
    switch (m) {
    case MOD_ENTERING: return "that enters";
    case MOD_LEAVING: return "that leaves";
    case MOD_CROSSING: return "that crosses";
    case MOD_FROM:
    case MOD_TO:
    case MOD_IN:
    case MOD_ON:
    case MOD_INSIDE:
    case MOD_ALONG:
    case MOD_AVOIDING:
    case MOD_WITHIN: return mod_name(m);
    }
    return "";
}

/* `along (c)` and `avoiding (c)`, quoted. */
static void put_hops(Sheet *s)
{
    NodeId pattern = node_child(s->tree, node_find(s->tree, s->plan->node, N_FOREACH));
    NodeId n = node_find(s->tree, pattern, N_MOD);
    for (; n; n = node_seek(s->tree, node_next(s->tree, n), N_MOD)) {
        ModKind m = (ModKind)node_at(s->tree, n)->val;
        if (m != MOD_ALONG && m != MOD_AVOIDING)
            continue;
        StrBuf before = s->text;
        s->text = (StrBuf){0};
        Str cond = quote(s, node_span(s->tree, node_child(s->tree, n)));
        strbuf_free(&s->text);
        s->text = before;
        strbuf_format(&s->text, ", %s (%.*s)", mod_name(m), STR_FMT(cond));
    }
}

static void put_pattern(Sheet *s)
{
    const Source *seed = &s->plan->seed;
    s->text.n = 0;
    if (seed->family == FAMILY_PATH) {
        strbuf_addz(&s->text, "each chain of flows");
    } else {
        strbuf_addz(&s->text, "each ");
        kind_noun(s->p, seed->lo, &s->text);
        put_variable(s, seed->slot);
    }
    put_anchor(s, "from", &seed->from);
    put_anchor(s, "to", &seed->to);
    put_anchor(s, place_words_of((ModKind)seed->at_mod), &seed->at);
    if (s->plan->within)
        strbuf_format(&s->text, ", at most %u flows long", s->plan->within);
    if (seed->family == FAMILY_PATH)
        put_hops(s);
    s->out->looks_at = keep(s);
}

/* ---- capabilities and tests ---- */

static void find_capabilities(Sheet *s)
{
    for (uint32_t i = 0; i < s->plan->nlines; i++) {
        const MitLine *line = &s->r->lines.at[s->plan->lines + i];
        for (uint32_t k = 0; k < line->n; k++) {
            ObjId capability = s->r->parts.at[line->first + k].capability;
            bool known = !capability;
            for (uint32_t c = 0; c < s->out->capabilities.n; c++)
                known |= s->out->capabilities.at[c] == capability;
            if (!known)
                vec_push(&s->out->capabilities, capability);
        }
    }
}

static void find_expectations(Sheet *s, const Stanza *test, NodeId parent)
{
    const Tree *tree = &s->p->modules.at[test->module].tree;
    for (NodeId n = node_child(tree, parent); n; n = node_next(tree, n)) {
        VerdictKind wanted;
        if (node_kind(tree, n) == N_WITH)
            find_expectations(s, test, n);
        else if (node_kind(tree, n) == N_EXPECT &&
                 rule_info(s->r, expected_rule(s->r, test, n))->obj == s->plan->info.obj &&
                 expected_verdict(s->p, node_at(tree, n), &wanted))
            s->out->expected |= 1u << wanted;
    }
}

static void find_tests(Sheet *s)
{
    Sym name = model_obj(&s->p->model, s->plan->info.obj)->name;
    for (uint32_t i = 0; i < s->p->tests.n; i++) {
        const Stanza *test = &s->p->tests.at[i];
        if (test->module != s->plan->module)
            continue;
        if (model_obj(&s->p->model, test->obj)->name == name)
            vec_push(&s->out->tests, test->obj);
        find_expectations(s, test, test->node);
    }
}

/* ---- the whole ---- */

void rule_sheet(const RuleSet *r, RuleId rule, RuleSheet *out)
{
    const Plan *plan = plan_at(r, rule);
    arena_reset(&out->arena);
    out->when.n = out->unless.n = out->closers.n = out->raises.n = out->capabilities.n = out->tests.n = 0;
    out->looks_at = out->for_each = (Str){0};
    out->expected = 0;
    out->severity = plan_severity(r, rule);
    if (plan->broken)
        return;
    Sheet s = {.r = r, .p = r->program, .plan = plan, .tree = &r->program->modules.at[plan->module].tree, .out = out};
    quote_parts(&s);
    put_pattern(&s);
    find_capabilities(&s);
    find_tests(&s);
    strbuf_free(&s.text);
}

void rule_sheet_free(RuleSheet *s)
{
    vec_free(&s->when);
    vec_free(&s->unless);
    vec_free(&s->closers);
    vec_free(&s->raises);
    vec_free(&s->capabilities);
    vec_free(&s->tests);
    arena_free(&s->arena);
    *s = (RuleSheet){0};
}
