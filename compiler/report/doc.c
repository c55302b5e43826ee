/* Shorthands for writing a document, whatever its format. Requires a derived model; says what is missing rather than
 * leaving a gap. */
#include "report/doc.h"

#include "draw/draw.h"

void doc_str(Doc *d, Str s)
{
    d->f->text(d, DOC_PLAIN, s);
}

void doc_say(Doc *d, const char *text)
{
    doc_str(d, str_from(text));
}

void doc_format(Doc *d, const char *format, ...)
{
    StrBuf b = {0};
    va_list args;
    va_start(args, format);
    strbuf_vformat(&b, format, args);
    va_end(args);
    doc_str(d, strbuf_str(&b));
    strbuf_free(&b);
}

void doc_open(Doc *d, DocBlock block)
{
    d->f->open(d, block);
}

void doc_close(Doc *d, DocBlock block)
{
    d->f->close(d, block);
}

void doc_para(Doc *d, const char *text)
{
    doc_open(d, DOC_PARA);
    doc_say(d, text);
    doc_close(d, DOC_PARA);
}

void doc_heading(Doc *d, unsigned level, const char *anchor, const char *title)
{
    d->f->heading(d, level, str_from(anchor), str_from(title));
}

void doc_row(Doc *d)
{
    doc_open(d, DOC_ROW);
}

void doc_end_row(Doc *d)
{
    doc_close(d, DOC_ROW);
}

void doc_cell(Doc *d)
{
    doc_open(d, DOC_CELL);
}

void doc_end_cell(Doc *d)
{
    doc_close(d, DOC_CELL);
}

void doc_cell_str(Doc *d, Str s)
{
    doc_cell(d);
    doc_str(d, s);
    doc_end_cell(d);
}

void doc_cell_u32(Doc *d, uint32_t n)
{
    doc_cell(d);
    doc_format(d, "%u", n);
    doc_end_cell(d);
}

void doc_missing(Doc *d, const char *what)
{
    d->f->text(d, DOC_MISSING, str_from(what));
}

void doc_table(Doc *d, const char *const *columns, const unsigned *widths, unsigned n)
{
    d->widths = widths;
    d->f->table(d, columns, n);
    d->widths = NULL;
}

void doc_fact(Doc *d, const char *label)
{
    d->f->fact(d, str_from(label));
}

void doc_end_fact(Doc *d)
{
    doc_close(d, DOC_FACT);
}

/* Whether the document describes the thing somewhere, so that a link has a place to lead to. */
static bool is_described(const Doc *d, ObjId o)
{
    static const Role roles[] = {ROLE_ELEMENT, ROLE_BOUNDARY,   ROLE_FLOW,     ROLE_DATA,
                                 ROLE_ASSET,   ROLE_HAZARD,     ROLE_HARM,     ROLE_SOFTWARE,
                                 ROLE_CONTROL, ROLE_ASSUMPTION, ROLE_DECISION, ROLE_EVIDENCE};
    if (model_obj(d->m, o)->flags & OBJ_LIBRARY)
        return false;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (obj_is(d->p, o, roles[i]))
            return true;
    return false;
}

void doc_link(Doc *d, ObjId o)
{
    if (!is_described(d, o)) {
        doc_str(d, obj_title(d->p, o));
        return;
    }
    StrBuf id = {0};
    obj_id(d->p, o, &id);
    d->f->link(d, strbuf_str(&id), obj_title(d->p, o));
    strbuf_free(&id);
}

void doc_links(Doc *d, const ObjId *at, uint32_t n)
{
    ObjVec sorted = {0};
    for (uint32_t i = 0; i < n; i++)
        vec_push(&sorted, at[i]);
    objects_sort(d->p, &sorted);
    for (uint32_t i = 0; i < n; i++) {
        doc_say(d, i ? ", " : "");
        doc_link(d, sorted.at[i]);
    }
    if (!n)
        doc_say(d, "none");
    vec_free(&sorted);
}

static void one_value(Doc *d, Value v)
{
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT: doc_missing(d, "not stated"); return;
    case V_UNKNOWN: doc_missing(d, "not known"); return;
    case V_BOOL: doc_say(d, v.a ? "yes" : "no"); return;
    case V_CONST: doc_str(d, const_title(d->p, v.a)); return;
    case V_REF: doc_link(d, v.a); return;
    case V_TEXT:
        if (value_text_of(d->m, v).n)
            doc_str(d, value_text_of(d->m, v));
        else
            doc_missing(d, "empty");
        return;
    case V_SET:
    case V_NUMBER:
    case V_DATE:
    case V_PERSON: {
        StrBuf b = {0};
        value_print(d->p, v, &b);
        doc_str(d, strbuf_str(&b));
        strbuf_free(&b);
        return;
    }
    }
}

void doc_value(Doc *d, Value v)
{
    if ((v.tag & VALUE_TAG) != V_SET) {
        one_value(d, v);
        return;
    }
    const Value *members;
    Range range = value_members(d->m, &v, &members);
    bool things = range.n > 0 && (members[0].tag & VALUE_TAG) == V_REF;
    if (things) {
        ObjVec all = {0};
        for (uint32_t i = 0; i < range.n; i++)
            vec_push(&all, members[i].a);
        doc_links(d, all.at, all.n);
        vec_free(&all);
        return;
    }
    for (uint32_t i = 0; i < range.n; i++) {
        doc_say(d, i ? ", " : "");
        one_value(d, members[i]);
    }
    if (!range.n)
        doc_say(d, "none");
}

void doc_known(Doc *d, ObjId o, Known k)
{
    doc_value(d, obj_known(d->p, o, k));
}

void doc_prop(Doc *d, ObjId o, const char *name)
{
    PropId id = kind_prop_z(d->p, model_obj(d->m, o)->kind, name);
    if (id)
        doc_value(d, obj_value(d->p, o, id, NULL));
}

Str doc_label(Doc *d, Str name)
{
    char *z = str_z(d->arena, name);
    for (char *c = z; *c; c++)
        if (*c == '_')
            *c = ' ';
    if (*z >= 'a' && *z <= 'z')
        *z = (char)(*z - 'a' + 'A');
    return str_from(z);
}

const char *doc_severity_class(const Doc *d, ConstId severity)
{
    static const char *const classes[] = {"s0", "s1", "s2", "s3"};
    uint32_t below = severity ? severity_below_top(d->p, severity) : 3;
    return classes[below < 3 ? below : 3];
}

ObjList doc_objects(Doc *d, Role role)
{
    return objs_of_role(d->p, role, d->arena);
}
