/* Values from trees, typed. Requires: everything declared. What does not fit is reported once, with what would fit, and becomes
 * V_ABSENT, which nothing complains about later. */
#include "program/build.h"

typedef struct Site {
    Program *p;
    const Tree *t;
    ObjId scope;
    Type type;
    Str what; /* the property's name */
} Site;

static void describe_consts(const Program *p, EnumId e, StrBuf *out)
{
    enum { MOST = 24 };
    const Enum *en = &p->enums.at[e];
    for (uint32_t i = 0; i < en->n && i < MOST; i++)
        strbuf_format(out, "%s%.*s", i ? ", " : "", STR_FMT(sym_str(p->names, p->consts.at[en->first + i].name)));
    if (en->n > MOST)
        strbuf_format(out, " and %u more", en->n - MOST);
}

/* What the type takes, as in "takes a date". */
static Str describe_type(const Program *p, Type type)
{
    StrBuf b = {0};
    switch ((TypeTag)type.tag) {
    case TYPE_BOOL: strbuf_addz(&b, "true or false"); break;
    case TYPE_TEXT: strbuf_addz(&b, "text in quotes"); break;
    case TYPE_NUMBER: strbuf_addz(&b, "a number"); break;
    case TYPE_DATE: strbuf_addz(&b, "a date such as 2026-03-02"); break;
    case TYPE_PERSON: strbuf_addz(&b, "a person such as @name"); break;
    case TYPE_ENUM:
        strbuf_addz(&b, "one of ");
        describe_consts(p, type.of, &b);
        break;
    case TYPE_KIND:
        strbuf_format(&b, "the name of a `%.*s`", STR_FMT(sym_str(p->names, p->kinds.at[type.of].name)));
        break;
    case TYPE_ERROR: strbuf_addz(&b, "another value"); break;
    }
    Str r = str_copy(&p->diags->arena, strbuf_str(&b));
    strbuf_free(&b);
    return r;
}

static const char *describe_node(NodeKind kind)
{
    switch (kind) {
    case N_STRING:
    case N_DOCSTR: return "text";
    case N_NUM: return "a number";
    case N_DATE: return "a date";
    case N_PERSON: return "a person";
    case N_HASHID: return "an id";
    case N_STAR: return "everything";
    default: return "a name";
    }
}

static Value wrong_type(const Site *s, NodeId node)
{
    Program *p = s->p;
    NodeKind kind = node_kind(s->t, node);
    char *what = str_z(&p->diags->arena, s->what);
    if (s->type.tag == TYPE_TEXT && kind == N_QNAME)
        diag_add(p->diags, D_NO_TEXT, node_span(s->t, node), what);
    else
        diag_add(p->diags, D_WRONG_TYPE, node_span(s->t, node), what, describe_type(p, s->type).s, describe_node(kind));
    return (Value){V_ABSENT, 0};
}

static Value number_value(const Site *s, NodeId node)
{
    Program *p = s->p;
    Str text = source_text(p->sources, node_span(s->t, node));
    size_t n = 0;
    char z[24];
    while (n < text.n && n < sizeof z - 1 && ((text.s[n] >= '0' && text.s[n] <= '9') || text.s[n] == '.'))
        n++;
    if (n > 16) {
        diag_add(p->diags, D_BAD_NUMBER, node_span(s->t, node), str_z(&p->diags->arena, str_slice(text, 0, n)));
        return (Value){V_ABSENT, 0};
    }
    memcpy(z, text.s, n);
    z[n] = 0;
    double whole = 0; /* most are whole, and fifteen digits are exact */
    size_t digits = 0;
    for (; digits < n && z[digits] != '.'; digits++)
        whole = whole * 10 + (z[digits] - '0');
    vec_push(&p->model.numbers, digits == n && n < 16 ? whole : strtod(z, NULL));
    return (Value){V_NUMBER, p->model.numbers.n - 1};
}

static Value const_value(const Site *s, NodeId node, Sym name)
{
    Program *p = s->p;
    ConstId c = enum_const(p, s->type.of, name);
    if (c)
        return (Value){V_CONST, c};
    Str text = sym_str(p->names, name);
    Diag *d = diag_add(p->diags, D_UNKNOWN_VALUE, node_span(s->t, node), str_z(&p->diags->arena, text),
                       str_z(&p->diags->arena, s->what));
    StrBuf allowed = {0};
    describe_consts(p, s->type.of, &allowed);
    diag_caret(p->diags, d, "expected one of %s", allowed.s ? allowed.s : "");
    strbuf_free(&allowed);
    Suggestion near = suggest_start(text);
    const Enum *en = &p->enums.at[s->type.of];
    for (uint32_t i = 0; i < en->n; i++)
        suggest_offer(&near, sym_str(p->names, p->consts.at[en->first + i].name));
    if (near.best.n)
        diag_help(p->diags, d, "did you mean `%.*s`?", STR_FMT(near.best));
    return (Value){V_ABSENT, 0};
}

ObjId bind_ref(Program *p, ObjId scope, KindId kind, Str what, Sym qname, Span at)
{
    Ref r = program_resolve(p, scope, qname, at, REF_OBJ);
    if (r.tag != REF_OBJ)
        return 0;
    KindId is = model_obj(&p->model, r.id)->kind;
    if (!is || !kind || kind_is(p, is, kind))
        return r.id;
    Arena *a = &p->diags->arena;
    Diag *d =
        diag_add(p->diags, D_WRONG_KIND_OF_REF, at, str_z(a, what), str_z(a, sym_str(p->names, p->kinds.at[kind].name)),
                 str_z(a, sym_str(p->names, qname)), str_z(a, sym_str(p->names, p->kinds.at[is].name)));
    diag_label(p->diags, d, model_decl(&p->model, r.id)->span, "`%.*s` is declared here",
               STR_FMT(sym_str(p->names, qname)));
    return 0;
}

/* A template's parameter that does not stand for one thing: its value, if the type fits. */
static bool parameter_value(const Site *s, Sym name, Value *out)
{
    if (s->p->param_values.n <= 1)
        return false;
    Ref r = program_lookup(s->p, s->scope, name);
    if (r.tag != REF_VALUE)
        return false;
    const ParamValue *v = &s->p->param_values.at[r.id];
    bool same = v->type.of == s->type.of || (v->type.tag == TYPE_KIND && kind_is(s->p, v->type.of, s->type.of));
    if (v->type.tag != s->type.tag || !same || (v->type.set && !s->type.set))
        return false;
    *out = v->value;
    return true;
}

static Value scalar(const Site *s, NodeId node)
{
    Program *p = s->p;
    const Node *n = node_at(s->t, node);
    Value parameter;
    if (n->kind == N_QNAME && n->val == p->unknown_sym)
        return (Value){V_UNKNOWN, 0};
    if (n->kind == N_QNAME && parameter_value(s, n->val, &parameter))
        return parameter;
    switch ((TypeTag)s->type.tag) {
    case TYPE_BOOL:
        if (n->kind == N_QNAME && (n->val == p->true_sym || n->val == p->false_sym))
            return (Value){V_BOOL, n->val == p->true_sym};
        break;
    case TYPE_TEXT:
        if (n->kind == N_STRING || n->kind == N_DOCSTR) {
            vec_push(&p->model.texts, node_text(s->t, p->sources, &p->arena, node));
            return (Value){V_TEXT, p->model.texts.n - 1};
        }
        break;
    case TYPE_NUMBER:
        if (n->kind == N_NUM)
            return number_value(s, node);
        break;
    case TYPE_DATE:
        if (n->kind == N_DATE)
            return (Value){V_DATE, n->val};
        break;
    case TYPE_PERSON:
        if (n->kind == N_PERSON)
            return (Value){V_PERSON, n->val};
        break;
    case TYPE_ENUM:
        if (n->kind == N_QNAME)
            return const_value(s, node, n->val);
        break;
    case TYPE_KIND: {
        if (n->kind == N_STAR)
            return (Value){V_REF | VALUE_STAR_STAR, 0};
        if (n->kind != N_QNAME)
            break;
        bool wild = (n->flags & (NF_STAR | NF_STAR_STAR)) != 0;
        ObjId o = bind_ref(p, s->scope, wild ? 0 : s->type.of, s->what, n->val, node_span(s->t, node));
        uint32_t star = n->flags & NF_STAR ? VALUE_STAR : n->flags & NF_STAR_STAR ? VALUE_STAR_STAR : 0;
        return o ? (Value){V_REF | star, o} : (Value){V_ABSENT, 0};
    }
    case TYPE_ERROR: return (Value){V_ABSENT, 0};
    }
    return wrong_type(s, node);
}

static void warn_twice(const Site *s, NodeId node, const Value *before, uint32_t n, Value v)
{
    enum { MOST = 200 }; /* longer lists are generated; there a repetition hurts nobody */
    for (uint32_t i = 0; i < n && i < MOST; i++)
        if (before[i].tag == v.tag && before[i].a == v.a && v.tag != V_TEXT && v.tag != V_NUMBER) {
            Str text = source_text(s->p->sources, node_span(s->t, node));
            diag_add(s->p->diags, D_LISTED_TWICE, node_span(s->t, node), str_z(&s->p->diags->arena, text));
            return;
        }
}

/* Lists of many things are seldom written twice, and texts and numbers never have the same index. */
static bool may_be_shared(const Value *at, uint32_t n)
{
    enum { MOST = 16 };
    for (uint32_t i = 0; i < n && n <= MOST; i++)
        if (at[i].tag == V_TEXT || at[i].tag == V_NUMBER)
            return false;
    return n <= MOST;
}

Value set_closed(Model *m, uint32_t from)
{
    uint32_t n = m->set_values.n - from;
    const Value *at = n ? &m->set_values.at[from] : NULL;
    bool shared = may_be_shared(at, n);
    uint64_t hash = 1;
    for (uint32_t i = 0; shared && i < n; i++)
        hash = (hash ^ MAP_KEY(at[i].tag, at[i].a)) * 0x9E3779B97F4A7C15u;
    for (uint32_t known; shared && (known = map_get(&m->shared_sets, hash)) != 0; hash++) {
        Range r = m->sets.at[known - 1];
        if (r.n != n || (n && memcmp(&m->set_values.at[r.first], at, n * sizeof *at) != 0))
            continue;
        m->set_values.n = from;
        return (Value){V_SET, known - 1};
    }
    vec_push(&m->sets, (Range){from, n});
    if (shared)
        map_put(&m->shared_sets, hash, m->sets.n);
    return (Value){V_SET, m->sets.n - 1};
}

static Value set_value(const Site *s, NodeId first)
{
    Program *p = s->p;
    Model *m = &p->model;
    uint32_t from = m->set_values.n;
    for (NodeId n = first; n; n = node_next(s->t, n)) {
        Value v = scalar(s, n);
        if (v.tag == V_UNKNOWN) {
            diag_add(p->diags, D_UNKNOWN_NOT_HERE, node_span(s->t, n));
        } else if (v.tag == V_SET) { /* a parameter: its members are meant */
            Range all = m->sets.at[v.a];
            for (uint32_t i = 0; i < all.n; i++) {
                Value member = m->set_values.at[all.first + i];
                vec_push(&m->set_values, member);
            }
        } else if (v.tag != V_ABSENT) {
            uint32_t so_far = m->set_values.n - from;
            warn_twice(s, n, so_far ? &m->set_values.at[from] : NULL, so_far, v);
            vec_push(&m->set_values, v);
        }
    }
    return set_closed(m, from);
}

/* One value where a set is wanted is a set of one, unless it stands for the whole: unknown, or a parameter. */
static Value as_set(const Site *s, NodeId node)
{
    Program *p = s->p;
    uint32_t from = p->model.set_values.n;
    Value v = scalar(s, node);
    if (v.tag == V_UNKNOWN || v.tag == V_SET)
        return v;
    if (v.tag != V_ABSENT)
        vec_push(&p->model.set_values, v);
    return set_closed(&p->model, from);
}

Value program_value(Program *p, uint32_t module, ObjId scope, Type type, Str what, NodeId value)
{
    Site s = {p, &p->modules.at[module].tree, scope, type, what};
    if (node_kind(s.t, value) != N_LIST)
        return type.set ? as_set(&s, value) : scalar(&s, value);
    if (type.set)
        return set_value(&s, node_child(s.t, value));
    if (type.tag != TYPE_ERROR)
        diag_add(p->diags, D_NOT_A_SET, node_span(s.t, value), str_z(&p->diags->arena, what));
    return (Value){V_ABSENT, 0};
}
