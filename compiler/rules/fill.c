/* The texts of a rule, with {x} and {x.prop} filled in for one verdict. Each is split at its placeholders once, since a large model
 * asks for it again and again. Requires verdicts of the model as it is; leaves the parts in the cache. */
#include "rules/plan.h"

struct RuleTexts {
    Vec(TextPart) parts[RULE_TEXTS];
    bool split;
};

/* ---- splitting ---- */

/* The placeholder {name}; false if it stands for nothing. */
static bool placeholder(const RuleSet *r, RuleId rule, Str name, TextPart *part)
{
    const RuleInfo *info = rule_info(r, rule);
    Interner *names = r->program->names;
    size_t dot = 0;
    while (dot < name.n && name.s[dot] != '.')
        dot++;
    for (uint32_t i = 0; i < info->nvars; i++) {
        if (!str_eq(sym_str(names, info->vars[i]), str_slice(name, 0, dot)))
            continue;
        part->fills = true;
        part->var = (uint8_t)i;
        part->dotted = dot < name.n;
        part->prop = part->dotted ? intern_find(names, str_slice(name, dot + 1, name.n)) : 0;
        return true;
    }
    return false;
}

/* The next part from `*at` on, which it moves behind it. What stands for nothing remains as it is. */
static TextPart next_part(const RuleSet *r, RuleId rule, Str format, size_t *at)
{
    TextPart part = {0};
    size_t from = *at;
    const char *open = memchr(format.s + from, '{', format.n - from);
    size_t lo = open ? (size_t)(open - format.s) : format.n;
    const char *close = open ? memchr(open, '}', format.n - lo) : NULL;
    size_t hi = close ? (size_t)(close - format.s) + 1 : format.n;
    bool fills = close && placeholder(r, rule, str_slice(format, lo + 1, hi - 1), &part);
    part.before = str_slice(format, from, fills ? lo : hi);
    *at = hi;
    return part;
}

static void split_all(const RuleSet *r, RuleId rule, RuleTexts *t)
{
    const Program *p = r->program;
    ObjId obj = rule_info(r, rule)->obj;
    Value message = obj_known(p, obj, KNOWN_RULE_MESSAGE), fix = obj_known(p, obj, KNOWN_RULE_FIX);
    const Str formats[RULE_TEXTS] = {[RULE_TITLE] = obj_title(p, obj),
                                     [RULE_MESSAGE] =
                                         message.tag == V_TEXT ? value_text_of(&p->model, message) : obj_title(p, obj),
                                     [RULE_FIX] = value_text_of(&p->model, fix)};
    for (int i = 0; i < RULE_TEXTS; i++)
        for (size_t at = 0; at < formats[i].n;)
            vec_push(&t->parts[i], next_part(r, rule, formats[i], &at));
    t->split = true;
}

void rule_texts_free(RuleTexts *texts, uint32_t n)
{
    for (uint32_t k = 0; texts && k < n; k++)
        for (int i = 0; i < RULE_TEXTS; i++)
            vec_free(&texts[k].parts[i]);
    free(texts);
}

/* ---- filling ---- */

/* The way of a path: "Attacker -> Gateway -> Pump". */
static void path_text(const RuleSet *r, const Verdict *v, StrBuf *out)
{
    const Model *m = &r->program->model;
    for (uint32_t i = 0; i < v->hops; i++) {
        uint32_t half = r->cache->hops.at[v->path + i];
        if (i == 0)
            strbuf_add(out, obj_title(r->program, half_from(m, half)));
        strbuf_addz(out, " -> ");
        strbuf_add(out, obj_title(r->program, half_to(m, half)));
    }
}

Str text_filled(const RuleSet *r, const Verdict *v, const TextPart *part, StrBuf *made)
{
    const Program *p = r->program;
    ObjId o = v->vars[part->var];
    if (o && !part->dotted)
        return obj_title(p, o);
    made->n = 0;
    if (o)
        value_print(p, obj_value(p, o, kind_prop(p, model_obj(&p->model, o)->kind, part->prop), NULL), made);
    else
        path_text(r, v, made);
    return strbuf_str(made);
}

static void put_part(const RuleSet *r, const Verdict *v, const TextPart *part, StrBuf *made, StrBuf *out)
{
    strbuf_add(out, part->before);
    if (part->fills)
        strbuf_add(out, text_filled(r, v, part, made));
}

void verdict_text(const RuleSet *r, const Verdict *v, Str format, StrBuf *out)
{
    StrBuf made = {0};
    for (size_t at = 0; at < format.n;) {
        TextPart part = next_part(r, v->rule, format, &at);
        put_part(r, v, &part, &made, out);
    }
    strbuf_free(&made);
}

TextParts rule_text_parts(const RuleSet *r, RuleId rule, RuleText which)
{
    Cache *cache = r->cache;
    if (!cache->texts) {
        cache->texts = mem_resize(NULL, r->plans.n, sizeof *cache->texts);
        memset(cache->texts, 0, r->plans.n * sizeof *cache->texts);
    }
    RuleTexts *t = &cache->texts[rule];
    if (!t->split)
        split_all(r, rule, t);
    return (TextParts){t->parts[which].at, t->parts[which].n};
}

static void fill(const RuleSet *r, const Verdict *v, RuleText which, StrBuf *out)
{
    TextParts parts = rule_text_parts(r, v->rule, which);
    StrBuf made = {0};
    for (uint32_t i = 0; i < parts.n; i++)
        put_part(r, v, &parts.at[i], &made, out);
    strbuf_free(&made);
}

void verdict_title(const RuleSet *r, const Verdict *v, StrBuf *out)
{
    fill(r, v, RULE_TITLE, out);
}

void verdict_message(const RuleSet *r, const Verdict *v, StrBuf *out)
{
    fill(r, v, RULE_MESSAGE, out);
}

void verdict_fix(const RuleSet *r, const Verdict *v, StrBuf *out)
{
    fill(r, v, RULE_FIX, out);
}
