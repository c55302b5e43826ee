/* What `cordon explain` says of a rule: what it looks at, when it applies, what closes it and what that serves, what can happen and what
 * to do, when it is usually wrong, its references with their titles, its tests. Requires a compiled rule set. */
#include "emit/rulebook.h"
#include "emit/snippet.h"
#include "score/score.h"
#include "tools/tools.h"

#include <ctype.h>

typedef struct Explain {
    const Program *p;
    const RuleBook *b;
    const RuleRow *row;
    const ConsoleStyle *style;
    Out *out;
    StrBuf text;
} Explain;

/* ---- lines ---- */

static void put_heading(Explain *e, const char *heading)
{
    paint(e->out, e->style, PAINT_STRONG);
    out_format(e->out, "\n%s\n", heading);
    paint(e->out, e->style, PAINT_OFF);
}

/* Folded behind two blanks; what is folded stands two further in. */
static void put_folded(Explain *e, Str text)
{
    enum { NARROW = 40 };
    size_t width = e->style->width < NARROW ? NARROW : e->style->width;
    for (bool first = true; text.n || first; first = false) {
        size_t indent = first || e->style->plain ? 2 : 4;
        Str line = e->style->plain ? text : term_line(&text, width - indent);
        out_z(e->out, indent == 2 ? "  " : "    ");
        put_term(e->out, line);
        out_char(e->out, '\n');
        if (e->style->plain)
            return;
    }
}

static void put_part(Explain *e, const char *heading, Str text)
{
    if (!text.n)
        return;
    put_heading(e, heading);
    put_folded(e, text);
}

static void put_texts(Explain *e, const char *heading, const Str *at, uint32_t n)
{
    if (n)
        put_heading(e, heading);
    for (uint32_t i = 0; i < n; i++)
        put_folded(e, at[i]);
}

static void put_property(Explain *e, const char *heading, const char *property)
{
    Value v = prop_value(e->p, e->row->obj, property);
    e->text.n = 0;
    if ((v.tag & VALUE_TAG) > V_UNKNOWN)
        value_print(e->p, v, &e->text);
    put_part(e, heading, strbuf_str(&e->text));
}

/* ---- parts ---- */

static void put_head(Explain *e)
{
    const Decl *decl = model_decl(&e->p->model, e->row->obj);
    paint(e->out, e->style, PAINT_STRONG);
    put_term(e->out, e->row->id);
    paint(e->out, e->style, PAINT_OFF);
    out_z(e->out, "  ");
    put_term(e->out, obj_title(e->p, e->row->obj));
    e->text.n = 0;
    emit_place(e->b->r, decl->span, &e->text);
    out_format(e->out, "  (%.*s)\n", STR_FMT(strbuf_str(&e->text)));
    if (!decl->doc)
        return;
    out_char(e->out, '\n');
    put_folded(e, obj_doc(e->p, e->row->obj, e->b->arena));
}

static void put_category(Explain *e)
{
    Str category = rule_category(e->b, e->row), severity = rule_severity(e->b, e->row);
    Str breaks = rule_breaks(e->b, e->row), vector = rule_text(e->b, e->row, "cvss");
    e->text.n = 0;
    strbuf_add(&e->text, category.n ? category : STR("no category"));
    if (breaks.n)
        strbuf_format(&e->text, ", breaks %c%.*s", tolower((unsigned char)breaks.s[0]), (int)breaks.n - 1,
                      breaks.s + 1);
    if (finds_gaps(e->p, e->row->obj))
        strbuf_addz(&e->text, "; what it finds is missing in the model and no threat");
    else
        strbuf_format(&e->text, "; severity %.*s", STR_FMT(severity.n ? severity : STR("not stated")));
    Score score = score_cvss(vector);
    if (vector.n)
        strbuf_format(&e->text, ", %.*s", STR_FMT(vector));
    if (score.method)
        strbuf_format(&e->text, ", %s score %.1f", score.nomenclature, score.overall);
    put_part(e, "Category and severity", strbuf_str(&e->text));
}

static void put_capabilities(Explain *e)
{
    const RuleSheet *s = &e->row->sheet;
    if (s->capabilities.n)
        put_heading(e, "What these capabilities serve");
    for (uint32_t i = 0; i < s->capabilities.n; i++) {
        ObjId capability = s->capabilities.at[i];
        e->text.n = 0;
        strbuf_add(&e->text, obj_name(e->p, capability));
        strbuf_addz(&e->text, "  ");
        strbuf_add(&e->text, obj_title(e->p, capability));
        strbuf_addz(&e->text, ": ");
        capability_serves(e->b, capability, &e->text);
        put_folded(e, strbuf_str(&e->text));
    }
}

static void put_references(Explain *e)
{
    RuleReference ref;
    bool told = false;
    for (int c = 0; c < REFERENCE_KINDS; c++)
        for (uint32_t i = 0; rule_reference(e->b, e->row, (CatalogueName)c, i, &ref); i++) {
            if (!told)
                put_heading(e, "References");
            told = true;
            e->text.n = 0;
            strbuf_format(&e->text, "%.*s  %s", STR_FMT(ref.id), ref.title ? ref.title : "not in the catalogue");
            put_folded(e, strbuf_str(&e->text));
        }
}

/* Properties written in the rule that no part above has shown. */
static void put_others(Explain *e)
{
    static const char *const shown[] = {"stride",  "category", "severity",  "cvss",    "cwe",    "capec",
                                        "attack",  "key",      "message",   "fix",     "source", "false_positive",
                                        "clauses", "phase",    "rationale", "controls"};
    const Object *object = obj_bound(e->p, e->row->obj);
    for (uint32_t i = 0; i < object->nprops; i++) {
        const PropVal *v = &e->p->model.props.at[object->props + i];
        Str name = sym_str(e->p->names, e->p->props.at[v->prop].name);
        bool skip = false;
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            skip |= str_eq(name, str_from(shown[k]));
        if (skip)
            continue;
        e->text.n = 0;
        strbuf_add(&e->text, name);
        e->text.s[0] = (char)toupper((unsigned char)e->text.s[0]);
        put_heading(e, e->text.s);
        e->text.n = 0;
        value_print(e->p, said_value(v), &e->text);
        put_folded(e, strbuf_str(&e->text));
    }
}

static void put_tests(Explain *e)
{
    const RuleSheet *s = &e->row->sheet;
    StrBuf place = {0};
    if (s->tests.n)
        put_heading(e, "Tests");
    for (uint32_t i = 0; i < s->tests.n; i++) {
        place.n = 0;
        emit_place(e->b->r, model_decl(&e->p->model, s->tests.at[i])->span, &place);
        e->text.n = 0;
        strbuf_add(&e->text, obj_title(e->p, s->tests.at[i]));
        strbuf_format(&e->text, "  (%.*s)", STR_FMT(strbuf_str(&place)));
        put_folded(e, strbuf_str(&e->text));
    }
    strbuf_free(&place);
}

void explain_rule(const Session *s, RuleId rule, const ConsoleStyle *style, Out *out)
{
    RuleBook book;
    rulebook_one(&s->report, s->rules, rule, &book);
    Explain e = {.p = &s->program, .b = &book, .row = &book.rows.at[0], .style = style, .out = out};
    const RuleSheet *sheet = &e.row->sheet;
    put_head(&e);
    put_part(&e, "Looks at", sheet->looks_at);
    put_texts(&e, "Applies when", sheet->when.at, sheet->when.n);
    put_texts(&e, "Out of scope when", sheet->unless.at, sheet->unless.n);
    put_texts(&e, "Closed by, any one of", sheet->closers.at, sheet->closers.n);
    put_capabilities(&e);
    put_texts(&e, "Raised", sheet->raises.at, sheet->raises.n);
    put_category(&e);
    put_property(&e, "What can happen", "message");
    put_property(&e, "What to do", "fix");
    put_property(&e, "When it is usually wrong", "false_positive");
    put_references(&e);
    put_property(&e, "Clauses", "clauses");
    put_property(&e, "Phases of life", "phase");
    put_property(&e, "Where it is known from", "source");
    put_property(&e, "Why it is a rule", "rationale");
    put_others(&e);
    put_tests(&e);
    strbuf_free(&e.text);
    rulebook_free(&book);
}

void explain_rule_json(const Session *s, RuleId rule, const char *file, Out *out)
{
    RuleBook book;
    Json j;
    rulebook_one(&s->report, s->rules, rule, &book);
    json_rules_begin(&j, out);
    json_rules(&j, &book, file);
    json_rules_end(&j);
    rulebook_free(&book);
}
