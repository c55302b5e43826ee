/* Facts in words, for people who did not write the rule: one line each, naming the thing, what was asked and what the
 * model says. */
#include "rules/plan.h"

void place_words(const Program *p, Span at, StrBuf *out)
{
    if (span_none(at))
        return;
    LineCol place = source_linecol(p->sources, at.file, at.lo);
    strbuf_format(out, " (%.*s:%u)", STR_FMT(source_file(p->sources, at.file)->path), place.line);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void source_words(const Program *p, Span at, StrBuf *out)
{
    Str text = source_text(p->sources, at);
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        while (i < text.n && !is_blank(text.s[i]))
            i++;
        strbuf_add(out, str_slice(text, from, i));
        from = i;
        while (i < text.n && is_blank(text.s[i]))
            i++;
        if (i > from && i < text.n)
            strbuf_char(out, ' ');
    }
}

Str cond_source(const RuleSet *r, CondId c)
{
    Cache *cache = r->cache;
    if (c >= cache->asked.n)
        vec_zeroes(&cache->asked, r->conds.n);
    Str *text = &cache->asked.at[c];
    if (!text->s) {
        StrBuf b = {0};
        source_words(r->program, cond_at(r, c)->span, &b);
        *text = str_copy(&cache->words, strbuf_str(&b));
        strbuf_free(&b);
    }
    return *text;
}

void kind_words(const Program *p, KindId kind, StrBuf *out)
{
    Str name = sym_str(p->names, p->kinds.at[kind].name);
    bool vowel = name.n && strchr("aeiouAEIOU", name.s[0]);
    strbuf_addz(out, vowel ? "an " : "a ");
    strbuf_add(out, name);
}

static void value_words(const Program *p, Value v, StrBuf *out)
{
    if (v.tag == V_UNKNOWN)
        strbuf_addz(out, "not known");
    else if (v.tag == V_ABSENT)
        strbuf_addz(out, "not given");
    else if (v.tag == V_SET && p->model.sets.at[v.a].n == 0)
        strbuf_addz(out, "empty");
    else
        value_print(p, v, out);
}

void said_words(const Program *p, ObjId o, PropId prop, Value v, StrBuf *out)
{
    strbuf_add(out, sym_str(p->names, p->props.at[prop].name));
    strbuf_addz(out, " of ");
    obj_path(p, o, out);
    strbuf_addz(out, " is ");
    value_words(p, v, out);
}

void prop_words(const Program *p, ObjId o, PropId prop, StrBuf *out)
{
    said_words(p, o, prop, obj_value(p, o, prop, NULL), out);
}

void term_fact(const Ev *ev, const Term *t, ObjId *o, PropId *prop)
{
    *o = ev->env.obj[t->slot];
    *prop = 0;
    for (unsigned i = 0; i < t->n; i++) {
        *prop = ev->r->uses.at[t->path[i]].prop;
        Value v = i + 1u < t->n ? ev_prop(ev, *o, t->path[i]) : (Value){V_ABSENT, 0};
        if (v.tag != V_REF)
            return;
        *o = v.a;
    }
}

static void term_words(const Ev *ev, const Term *t, StrBuf *out)
{
    ObjId o;
    PropId prop;
    term_fact(ev, t, &o, &prop);
    if (prop)
        prop_words(ev->p, o, prop, out);
    else
        obj_path(ev->p, o, out);
}

static void noun_words(const Ev *ev, const Noun *n, ObjId by, StrBuf *out)
{
    const Program *p = ev->p;
    if (by) {
        obj_path(p, by, out);
        return;
    }
    if (n->tag == NOUN_KIND)
        kind_words(p, n->lo, out);
    else
        obj_path(p, n->tag == NOUN_OBJ ? n->obj : ev->env.obj[n->slot], out);
    if (!n->where)
        return;
    strbuf_addz(out, " where (");
    strbuf_add(out, cond_source(ev->r, n->where));
    strbuf_char(out, ')');
}

void cap_words(const Program *p, ObjId o, ObjId capability, CapLevel level, ObjId by, StrBuf *out)
{
    Str cap = obj_name(p, capability);
    if (level == CAP_UNKNOWN)
        strbuf_addz(out, "whether ");
    obj_path(p, o, out);
    static const char *const verbs[] = {" does not have ", " is to have ", " has ", " has ", " has "};
    strbuf_addz(out, verbs[level]);
    strbuf_add(out, cap);
    if (level == CAP_UNKNOWN)
        strbuf_addz(out, " is not known");
    if (!by)
        return;
    strbuf_addz(out, level == CAP_UNKNOWN ? "; it depends on " : " by ");
    obj_path(p, by, out);
    if (level == CAP_VERIFIED)
        strbuf_addz(out, ", verified");
    if (level == CAP_PLANNED)
        strbuf_addz(out, ", planned");
}

/* "f carries X", "f does not carry data where (...)", "what f carries is not known". */
static void relation_words(const Ev *ev, const Cond *n, Tri value, ObjId by, const char *yes, const char *no,
                           StrBuf *out)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown);
    if (!o) {
        term_words(ev, &n->term, out);
        return;
    }
    if (value == TRI_UNKNOWN)
        strbuf_addz(out, "whether ");
    obj_path(ev->p, o, out);
    strbuf_addz(out, value == TRI_FALSE ? no : yes);
    noun_words(ev, &ev->r->nouns.at[n->a], by, out);
    if (value == TRI_UNKNOWN)
        strbuf_addz(out, " is not known");
}

static void is_kind_words(const Ev *ev, const Cond *n, Tri value, StrBuf *out)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown);
    if (!o) {
        term_words(ev, &n->term, out);
        return;
    }
    if (n->term.n)
        term_words(ev, &n->term, out);
    else
        obj_path(ev->p, o, out);
    strbuf_addz(out, n->term.n ? ", " : " is ");
    kind_words(ev->p, model_obj(ev->m, o)->kind, out);
    if (value == TRI_TRUE)
        return;
    strbuf_addz(out, ", not ");
    kind_words(ev->p, n->a, out);
}

static void is_thing_words(const Ev *ev, const Cond *n, Tri value, StrBuf *out)
{
    bool unknown = false;
    ObjId o = term_thing(ev, &n->term, &unknown),
          other = n->op == COND_OBJ ? n->a : term_thing(ev, &n->other, &unknown);
    if (n->term.n || n->other.n) {
        term_words(ev, n->term.n ? &n->term : &n->other, out);
        return;
    }
    obj_path(ev->p, o, out);
    strbuf_addz(out, value == TRI_TRUE ? " is " : " is not ");
    obj_path(ev->p, other, out);
}

static void quoted_words(const Ev *ev, CondId c, Tri value, ObjId by, StrBuf *out)
{
    static const char *const verdicts[] = {"` does not hold", "` hangs on unknown facts", "` holds"};
    strbuf_char(out, '`');
    strbuf_add(out, cond_source(ev->r, c));
    strbuf_addz(out, verdicts[value]);
    if (!by)
        return;
    strbuf_addz(out, ": ");
    obj_path(ev->p, by, out);
}

bool cond_tells_value(CondOp op)
{
    static const bool tells[COND_COUNT] = {
        [COND_BOOL] = true, [COND_EQUAL] = true,  [COND_UNKNOWN] = true,     [COND_ABSENT] = true,
        [COND_IN] = true,   [COND_MEMBER] = true, [COND_MEMBER_NOUN] = true, [COND_ORDER] = true};
    return tells[op];
}

void cond_words(Ev *ev, CondId c, Tri value, ObjId by, StrBuf *out)
{
    static const char *const verbs[][2] = {
        {" carries ", " does not carry "}, {" holds ", " does not hold "},   {" crosses ", " does not cross "},
        {" enters ", " does not enter "},  {" leaves ", " does not leave "}, {" reaches ", " does not reach "},
    };
    const Cond *n = cond_at(ev->r, c);
    switch ((CondOp)n->op) {
    case COND_BOOL:
    case COND_EQUAL:
    case COND_UNKNOWN:
    case COND_ABSENT:
    case COND_IN:
    case COND_MEMBER:
    case COND_ORDER: term_words(ev, &n->term, out); return;
    case COND_EQUAL_TERM:
    case COND_ORDER_TERM:
        term_words(ev, &n->term, out);
        strbuf_addz(out, ", ");
        term_words(ev, &n->other, out);
        return;
    case COND_KIND: is_kind_words(ev, n, value, out); return;
    case COND_OBJ:
    case COND_SAME: is_thing_words(ev, n, value, out); return;
    case COND_NOUN: relation_words(ev, n, value, 0, " is ", " is not ", out); return;
    case COND_MEMBER_NOUN: term_words(ev, &n->term, out); return;
    case COND_INSIDE: relation_words(ev, n, value, by, " is inside ", " is not inside ", out); return;
    case COND_CROSS:
    case COND_LINKED:
    case COND_REACHES: relation_words(ev, n, value, by, verbs[n->word][0], verbs[n->word][1], out); return;
    case COND_CAP:
    case COND_CONST:
    case COND_AND:
    case COND_OR:
    case COND_NOT:
    case COND_QUANT:
    case COND_COUNT: quoted_words(ev, c, value, by, out); return;
    }
}
