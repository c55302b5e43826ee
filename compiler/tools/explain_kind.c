/* What `cordon explain` prints for a kind or an enumeration: how it is written, what it can say, which values that takes. Requires
 * that kinds are declared, of the library or of a model; leaves nothing behind. */
#include "emit/snippet.h"
#include "tools/tools.h"

typedef struct Sheet {
    const Program *p;
    const ConsoleStyle *style;
    Out *out;
    StrBuf text;
} Sheet;

KindId find_kind(const Program *p, Str name)
{
    for (KindId k = 1; k < p->kinds.n; k++)
        if (str_eq(sym_str(p->names, p->kinds.at[k].name), name))
            return k;
    return 0;
}

EnumId find_enum(const Program *p, Str name)
{
    for (EnumId e = 1; e < p->enums.n; e++)
        if (str_eq(sym_str(p->names, p->enums.at[e].name), name))
            return e;
    return 0;
}

static Str kind_word(const Sheet *s, KindId k)
{
    return sym_str(s->p->names, s->p->kinds.at[k].name);
}

static void put_strong(Sheet *s, Str text)
{
    paint(s->out, s->style, PAINT_STRONG);
    put_term(s->out, text);
    paint(s->out, s->style, PAINT_OFF);
}

/* What was gathered in `text`, folded behind `indent` blanks; leaves `text` empty. */
static void put_text(Sheet *s, size_t indent)
{
    enum { NARROW = 40 };
    size_t width = s->style->width < NARROW ? NARROW : s->style->width;
    for (Str rest = strbuf_str(&s->text); rest.n;) {
        Str line = s->style->plain ? rest : term_line(&rest, width - indent);
        out_format(s->out, "%*s", (int)indent, "");
        put_term(s->out, line);
        out_char(s->out, '\n');
        if (s->style->plain)
            break;
    }
    s->text.n = 0;
}

/* ---- properties ---- */

static void add_values(Sheet *s, EnumId of)
{
    const Enum *e = &s->p->enums.at[of];
    for (uint32_t i = 0; i < e->n; i++)
        strbuf_format(&s->text, "%s%.*s", i ? e->scale ? " < " : ", " : "",
                      STR_FMT(sym_str(s->p->names, s->p->consts.at[e->first + i].name)));
}

static void add_type(Sheet *s, Type type)
{
    switch ((TypeTag)type.tag) {
    case TYPE_BOOL: strbuf_addz(&s->text, "true or false"); break;
    case TYPE_TEXT: strbuf_addz(&s->text, "text in quotes"); break;
    case TYPE_NUMBER: strbuf_addz(&s->text, "number"); break;
    case TYPE_DATE: strbuf_addz(&s->text, "date such as 2026-03-02"); break;
    case TYPE_PERSON: strbuf_addz(&s->text, "person such as @name"); break;
    case TYPE_ENUM:
        strbuf_addz(&s->text, type.set ? "any of " : "one of ");
        add_values(s, type.of);
        return;
    case TYPE_KIND: strbuf_format(&s->text, "name of a `%.*s`", STR_FMT(kind_word(s, type.of))); break;
    case TYPE_ERROR: return;
    }
    if (type.set)
        strbuf_addz(&s->text, ", or several in [ ]");
}

/* What holds while nothing is written. */
static void add_preset(Sheet *s, Value preset)
{
    const Value *members;
    switch ((ValueTag)(preset.tag & VALUE_TAG)) {
    case V_UNKNOWN: strbuf_addz(&s->text, "; unknown until it is said"); return;
    case V_ABSENT: strbuf_addz(&s->text, "; may be left out"); return;
    case V_SET:
        if (!value_members(&s->p->model, &preset, &members).n) {
            strbuf_addz(&s->text, "; none if it is left out");
            return;
        }
        break;
    case V_BOOL:
    case V_NUMBER:
    case V_DATE:
    case V_TEXT:
    case V_PERSON:
    case V_CONST:
    case V_REF: break;
    }
    strbuf_addz(&s->text, "; if it is left out: ");
    value_print(s->p, preset, &s->text);
}

static void put_property(Sheet *s, KindId kind, PropId prop)
{
    const Prop *at = &s->p->props.at[prop];
    out_z(s->out, "  ");
    put_strong(s, sym_str(s->p->names, at->name));
    out_char(s->out, '\n');
    strbuf_add(&s->text, at->title);
    put_text(s, 6);
    add_type(s, prop_type(s->p, kind, prop));
    add_preset(s, kind_preset(s->p, kind, prop));
    for (uint32_t i = 0; i < at->ncaps; i++)
        strbuf_format(&s->text, "%s%.*s", i ? ", " : "; gives ",
                      STR_FMT(obj_name(s->p, s->p->prop_caps.at[at->caps + i])));
    put_text(s, 6);
}

/* Its own properties first, then those of the kinds that it is made of. */
static void put_properties(Sheet *s, KindId kind)
{
    for (KindId owner = kind; owner; owner = s->p->kinds.at[owner].parent == owner ? 0 : s->p->kinds.at[owner].parent) {
        bool any = false;
        for (PropId prop = 1; prop < s->p->props.n; prop++) {
            if (s->p->props.at[prop].owner != owner)
                continue;
            if (!any && owner == kind)
                out_z(s->out, "\nWhat it can say\n");
            else if (!any)
                out_format(s->out, "\nAs every `%.*s`\n", STR_FMT(kind_word(s, owner)));
            any = true;
            put_property(s, kind, prop);
        }
    }
}

static void put_subkinds(Sheet *s, KindId kind)
{
    for (KindId k = kind + 1; k <= s->p->kinds.at[kind].last; k++)
        strbuf_format(&s->text, "%s%.*s", s->text.n ? ", " : "", STR_FMT(kind_word(s, k)));
    if (s->text.n)
        out_z(s->out, "\nKinds made of it\n");
    put_text(s, 2);
}

void explain_kind(const Session *session, KindId kind, const ConsoleStyle *style, Out *out)
{
    Sheet s = {.p = &session->program, .style = style, .out = out};
    const Kind *k = &s.p->kinds.at[kind];
    put_strong(&s, kind_word(&s, kind));
    out_z(out, "  ");
    put_term(out, k->title);
    if (k->parent && k->parent != kind)
        out_format(out, ", a kind of `%.*s`", STR_FMT(kind_word(&s, k->parent)));
    out_char(out, '\n');
    put_properties(&s, kind);
    put_subkinds(&s, kind);
    strbuf_free(&s.text);
}

void explain_enum(const Session *session, EnumId of, const ConsoleStyle *style, Out *out)
{
    Sheet s = {.p = &session->program, .style = style, .out = out};
    const Enum *e = &s.p->enums.at[of];
    put_strong(&s, sym_str(s.p->names, e->name));
    out_z(out, e->scale ? "  scale, lowest first\n\n" : "  enumeration\n\n");
    for (uint32_t i = 0; i < e->n; i++) {
        const Const *c = &s.p->consts.at[e->first + i];
        out_format(out, "  %-24.*s ", STR_FMT(sym_str(s.p->names, c->name)));
        put_term(out, c->title);
        out_char(out, '\n');
    }
    strbuf_free(&s.text);
}
