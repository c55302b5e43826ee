/* cordon questions: the facts that nobody has stated, each with the number of possible threats that hang on it. What decides most
 * comes first, so that an hour with the right person is spent well. */
#include "emit/parts.h"
#include "emit/snippet.h"
#include "tools/tools.h"

#include <unistd.h>

typedef struct Question {
    ObjId obj;
    PropId prop;
    ObjId capability;
    uint32_t threats; /* possible threats that hang on it */
    uint32_t last;    /* 1 + the threat that counted it last: one threat counts once */
    uint32_t rank;    /* of the thing in the order of printing */
    Str name;         /* of the property */
    Str text;         /* as the first threat asks it */
} Question;

typedef struct Questions {
    Session *s;
    Map by_fact;
    Vec(Question) list;
} Questions;

static int by_weight(const void *x, const void *y)
{
    const Question *a = x, *b = y;
    if (a->threats != b->threats)
        return a->threats > b->threats ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    int c = str_cmp(a->name, b->name);
    return c ? c : (a->capability > b->capability) - (a->capability < b->capability);
}

static void ask(Questions *q, const Cause *c, uint32_t threat)
{
    const Model *m = &q->s->program.model;
    /* Properties and capabilities are numbered apart; the highest bit keeps them so. */
    uint64_t key = MAP_KEY(c->obj, c->prop ? c->prop : c->capability | 0x80000000u);
    uint32_t known = map_get(&q->by_fact, key);
    if (!known) {
        Question made = {.obj = c->obj,
                         .prop = c->prop,
                         .capability = c->prop ? 0 : c->capability,
                         .rank = c->obj < m->rank.n ? m->rank.at[c->obj] : c->obj,
                         .text = str_copy(&q->s->arena, c->text)};
        if (c->prop)
            made.name = sym_str(&q->s->names, q->s->program.props.at[c->prop].name);
        vec_push(&q->list, made);
        known = q->list.n;
        map_put(&q->by_fact, key, known);
    }
    Question *found = &q->list.at[known - 1];
    found->threats += found->last != threat + 1;
    found->last = threat + 1;
}

static void collect(Questions *q)
{
    const Assessment *a = &q->s->assessment;
    Provenance why = {0};
    for (uint32_t i = 0; i < a->threats.n; i++) {
        const Threat *t = &a->threats.at[i];
        const Verdict *v = threat_of_rule(a, t);
        if (!v || threat_kind(a, t) != VERDICT_POSSIBLE || !threat_pending(a, t))
            continue;
        verdict_explain(q->s->rules, v, &why);
        for (uint32_t k = 0; k < why.questions.n; k++)
            ask(q, &why.questions.at[k], i);
    }
    provenance_free(&why);
    if (q->list.n)
        qsort(q->list.at, q->list.n, sizeof *q->list.at, by_weight);
}

/* What may be answered: "true or false", the values of the enumeration, else nothing. */
static void put_answers(const Program *p, const Question *q, StrBuf *out)
{
    Type t = q->prop ? prop_type(p, model_obj(&p->model, q->obj)->kind, q->prop) : (Type){0};
    if (t.tag == TYPE_BOOL)
        strbuf_addz(out, "true or false");
    for (uint32_t i = 0; t.tag == TYPE_ENUM && i < p->enums.at[t.of].n; i++) {
        Str name = sym_str(p->names, p->consts.at[p->enums.at[t.of].first + i].name);
        strbuf_format(out, "%s%.*s", i ? ", " : "", STR_FMT(name));
    }
}

static void put_question(Questions *w, const Question *q, const ConsoleStyle *style, Out *out)
{
    const Program *p = &w->s->program;
    StrBuf text = {0};
    paint(out, style, PAINT_STRONG);
    out_format(out, "%5u  ", q->threats);
    paint(out, style, PAINT_OFF);
    obj_path(p, q->obj, &text);
    if (q->prop) {
        put_term(out, q->name);
        out_z(out, " of ");
        put_term(out, strbuf_str(&text));
        if (p->props.at[q->prop].title.n) {
            out_z(out, ": ");
            put_term(out, p->props.at[q->prop].title);
        }
        text.n = 0;
        put_answers(p, q, &text);
        if (text.n)
            out_z(out, "\n       answer ");
        put_term(out, strbuf_str(&text));
        out_format(out, "; set `%.*s` in ", STR_FMT(q->name));
    } else {
        put_term(out, q->text);
        out_z(out, "\n       see ");
    }
    text.n = 0;
    emit_place(&w->s->report, model_decl(&p->model, q->obj)->span, &text);
    put_term(out, strbuf_str(&text));
    out_char(out, '\n');
    strbuf_free(&text);
}

static void put_text(Questions *q, Out *out)
{
    ConsoleStyle style = console_style(q->s->options, STDOUT_FILENO);
    uint32_t possible = q->s->assessment.by_verdict[VERDICT_POSSIBLE];
    for (uint32_t i = 0; i < q->list.n; i++)
        put_question(q, &q->list.at[i], &style, out);
    if (q->list.n)
        out_format(out, "%u facts decide %u possible threats\n", q->list.n, possible);
    else
        out_z(out, "no threat hangs on an unknown fact\n");
}

static void put_json_document(Questions *q, Out *out)
{
    const Program *p = &q->s->program;
    Json j;
    session_hash(q->s);
    json_start(&j, out, true);
    json_begin_object(&j, NULL);
    json_head(&j, &q->s->report, "urn:cordon:schema:questions:1");
    json_begin_array(&j, "questions");
    for (uint32_t i = 0; i < q->list.n; i++) {
        const Question *one = &q->list.at[i];
        StrBuf answers = {0};
        put_answers(p, one, &answers);
        json_begin_object(&j, NULL);
        json_id(&j, "about", p, one->obj);
        if (one->prop)
            json_str(&j, "property", one->name);
        else
            json_id(&j, "capability", p, one->capability);
        json_str(&j, "text", one->text);
        json_str(&j, "answers", strbuf_str(&answers));
        json_u64(&j, "threats", one->threats);
        json_place(&j, "place", &q->s->report, model_decl(&p->model, one->obj)->span);
        json_end(&j, '}');
        strbuf_free(&answers);
    }
    json_end(&j, ']');
    json_end(&j, '}');
}

int cmd_questions(const Options *o)
{
    if (o->words.n != 1)
        return usage_error(o, "`cordon questions` needs one file");
    Session s;
    session_start(&s, o);
    if (!session_load(&s, &(Plan){.root = o->words.at[0]}) || !session_assess(&s)) {
        int status = session_status(&s);
        session_report(&s);
        session_end(&s);
        return status;
    }
    Questions q = {.s = &s};
    Out out;
    out_fd(&out, STDOUT_FILENO);
    collect(&q);
    progress_stop(s.progress);
    s.progress = NULL;
    if (o->format == FORMAT_JSON)
        put_json_document(&q, &out);
    else if (!o->given[OPTION_QUIET])
        put_text(&q, &out);
    map_free(&q.by_fact);
    vec_free(&q.list);
    session_end(&s);
    return finish(&out, EXIT_CLEAN);
}
