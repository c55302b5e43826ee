/* The rules as a document: a table of packs, for each pack a table of its rules, then every rule in full. Written once for Markdown and
 * HTML. Requires a RuleBook; every text passes the escaper of the format. */
#include "report/rules_doc.h"

#include "report/doc.h"
#include "score/score.h"

typedef struct RulesDoc {
    Doc d;
    RuleBook *b;
    bool brief;
} RulesDoc;

/* ---- shorthands ---- */

/* Text of which `this` is code. */
static void put_words(Doc *d, Str text)
{
    while (text.n) {
        const char *from = memchr(text.s, '`', text.n);
        size_t before = from ? (size_t)(from - text.s) : text.n;
        const char *to = from ? memchr(from + 1, '`', text.n - before - 1) : NULL;
        if (!to)
            before = text.n;
        doc_str(d, str_slice(text, 0, before));
        if (to)
            d->f->text(d, DOC_CODE, (Str){from + 1, (size_t)(to - from) - 1});
        text = str_slice(text, to ? (size_t)(to - text.s) + 1 : text.n, text.n);
    }
}

static void fact_str(Doc *d, const char *label, Str text)
{
    if (!text.n)
        return;
    doc_fact(d, label);
    put_words(d, text);
    doc_end_fact(d);
}

/* Texts of the language itself, one below the other. */
static void fact_code(Doc *d, const char *label, const Str *at, uint32_t n)
{
    if (!n)
        return;
    doc_fact(d, label);
    if (n > 1)
        doc_open(d, DOC_LIST);
    for (uint32_t i = 0; i < n; i++) {
        if (n > 1)
            doc_open(d, DOC_ITEM);
        d->f->text(d, DOC_CODE, at[i]);
        if (n > 1)
            doc_close(d, DOC_ITEM);
    }
    if (n > 1)
        doc_close(d, DOC_LIST);
    doc_end_fact(d);
}

static void fact_prop(Doc *d, const char *label, ObjId o, const char *property)
{
    Value v = prop_value(d->p, o, property);
    const Value *at;
    if ((v.tag & VALUE_TAG) <= V_UNKNOWN || ((v.tag & VALUE_TAG) == V_SET && !value_members(d->m, &v, &at).n))
        return;
    doc_fact(d, label);
    doc_prop(d, o, property);
    doc_end_fact(d);
}

static Str anchor_of(RulesDoc *w, const RuleRow *row)
{
    return str_format(w->d.arena, "rules.%.*s", STR_FMT(row->pack));
}

/* ---- tables ---- */

static void pack_row(RulesDoc *w, uint32_t first)
{
    Doc *d = &w->d;
    const RuleRow *row = &w->b->rows.at[first];
    doc_row(d);
    doc_cell(d);
    d->f->link(d, str_format(d->arena, "pack.%.*s", STR_FMT(row->pack)), row->pack);
    doc_end_cell(d);
    doc_cell_str(d, rulebook_pack_words(w->b, first));
    doc_cell_u32(d, rulebook_pack(w->b, first));
    doc_cell_u32(d, rulebook_pack_tests(w->b, first));
    doc_end_row(d);
}

static void packs_table(RulesDoc *w)
{
    static const char *const columns[] = {"Pack", "About", "#Rules", "#Tests"};
    Doc *d = &w->d;
    doc_heading(d, 2, "section.packs", "Packs");
    doc_open(d, DOC_PARA);
    doc_format(d, "%u rule%s in %u pack%s, with %u test%s.", w->b->rows.n, w->b->rows.n == 1 ? "" : "s", w->b->npacks,
               w->b->npacks == 1 ? "" : "s", w->b->ntests, w->b->ntests == 1 ? "" : "s");
    doc_close(d, DOC_PARA);
    d->f->table(d, columns, 4);
    for (uint32_t i = 0; i < w->b->rows.n; i += rulebook_pack(w->b, i))
        pack_row(w, i);
    doc_close(d, DOC_TABLE);
}

static void closers_cell(RulesDoc *w, const RuleRow *row)
{
    Doc *d = &w->d;
    doc_cell(d);
    for (uint32_t i = 0; i < row->sheet.capabilities.n; i++) {
        doc_say(d, i ? ", " : "");
        d->f->text(d, DOC_CODE, obj_name(d->p, row->sheet.capabilities.at[i]));
    }
    if (!row->sheet.capabilities.n)
        doc_say(d, "\xE2\x80\x93");
    doc_end_cell(d);
}

static void rule_row(RulesDoc *w, const RuleRow *row)
{
    Doc *d = &w->d;
    Str severity = rule_severity(w->b, row);
    doc_row(d);
    doc_cell(d);
    if (w->brief)
        d->f->text(d, DOC_CODE, row->id);
    else
        d->f->link(d, row->id, row->id);
    doc_end_cell(d);
    doc_cell_str(d, obj_title(d->p, row->obj));
    doc_cell_str(d, rule_category(w->b, row));
    doc_cell_str(d, severity.n ? severity : STR("\xE2\x80\x93"));
    closers_cell(w, row);
    doc_end_row(d);
}

static void rules_tables(RulesDoc *w)
{
    static const char *const columns[] = {"Rule", "What it finds", "Category", "Severity", "Closed by"};
    Doc *d = &w->d;
    doc_heading(d, 2, "section.tables", "Rules by pack");
    for (uint32_t i = 0; i < w->b->rows.n; i += rulebook_pack(w->b, i)) {
        Str pack = w->b->rows.at[i].pack;
        d->f->heading(d, 3, str_format(d->arena, "pack.%.*s", STR_FMT(pack)), pack);
        d->f->table(d, columns, 5);
        for (uint32_t k = 0; k < rulebook_pack(w->b, i); k++)
            rule_row(w, &w->b->rows.at[i + k]);
        doc_close(d, DOC_TABLE);
    }
}

/* ---- published lists ---- */

static void answers_cell(RulesDoc *w, ObjId entry)
{
    Doc *d = &w->d;
    bool any = false;
    doc_cell(d);
    for (uint32_t i = 0; i < w->b->rows.n; i++) {
        const RuleRow *row = &w->b->rows.at[i];
        if (!rule_answers(w->b, row, entry))
            continue;
        doc_say(d, any ? ", " : "");
        any = true;
        if (w->brief)
            d->f->text(d, DOC_CODE, row->id);
        else
            d->f->link(d, row->id, row->id);
    }
    if (!any)
        doc_say(d, "no rule");
    doc_end_cell(d);
}

static void lists_tables(RulesDoc *w)
{
    static const char *const columns[] = {"Entry", "What it warns of", "Rules"};
    Doc *d = &w->d;
    for (ObjId list = 0; (list = wanted_list(w->b, list));) {
        Str name = obj_name(d->p, list);
        d->f->heading(d, 2, str_format(d->arena, "list.%.*s", STR_FMT(name)), obj_title(d->p, list));
        d->f->table(d, columns, 3);
        for (ObjId e = 0; (e = published_entry(w->b, list, e));) {
            doc_row(d);
            doc_cell_str(d, obj_name(d->p, e));
            doc_cell_str(d, obj_title(d->p, e));
            answers_cell(w, e);
            doc_end_row(d);
        }
        doc_close(d, DOC_TABLE);
    }
}

/* ---- one rule in full ---- */

static void fact_category(RulesDoc *w, const RuleRow *row)
{
    Doc *d = &w->d;
    Str category = rule_category(w->b, row), breaks = rule_breaks(w->b, row);
    Str vector = rule_text(w->b, row, "cvss");
    fact_str(d, "Category", category);
    fact_str(d, "Breaks", breaks);
    if (!vector.n)
        return;
    Score s = score_cvss(vector);
    doc_fact(d, "CVSS");
    d->f->text(d, DOC_CODE, vector);
    if (s.method)
        doc_format(d, ", %s score %.1f", s.nomenclature, s.overall);
    doc_end_fact(d);
}

static void fact_capabilities(RulesDoc *w, const RuleRow *row)
{
    Doc *d = &w->d;
    StrBuf serves = {0};
    if (!row->sheet.capabilities.n)
        return;
    doc_fact(d, "Capabilities");
    doc_open(d, DOC_LIST);
    for (uint32_t i = 0; i < row->sheet.capabilities.n; i++) {
        ObjId capability = row->sheet.capabilities.at[i];
        serves.n = 0;
        capability_serves(w->b, capability, &serves);
        doc_open(d, DOC_ITEM);
        d->f->text(d, DOC_CODE, obj_name(d->p, capability));
        doc_say(d, " ");
        doc_str(d, obj_title(d->p, capability));
        if (serves.n) {
            doc_say(d, " ");
            d->f->text(d, DOC_SMALL, strbuf_str(&serves));
        }
        doc_close(d, DOC_ITEM);
    }
    doc_close(d, DOC_LIST);
    doc_end_fact(d);
    strbuf_free(&serves);
}

static void fact_references(RulesDoc *w, const RuleRow *row)
{
    Doc *d = &w->d;
    RuleReference ref;
    bool any = false;
    for (int c = 0; c < REFERENCE_KINDS; c++)
        for (uint32_t i = 0; rule_reference(w->b, row, (CatalogueName)c, i, &ref); i++) {
            if (!any) {
                doc_fact(d, "References");
                doc_open(d, DOC_LIST);
            }
            any = true;
            doc_open(d, DOC_ITEM);
            d->f->text(d, DOC_CODE, ref.id);
            if (ref.title)
                doc_format(d, " %s", ref.title);
            doc_close(d, DOC_ITEM);
        }
    if (!any)
        return;
    doc_close(d, DOC_LIST);
    doc_end_fact(d);
}

static void rule_card(RulesDoc *w, const RuleRow *row)
{
    Doc *d = &w->d;
    const RuleSheet *s = &row->sheet;
    Str severity = const_title(d->p, s->severity);
    DocCard card = {.id = row->id,
                    .title = obj_title(d->p, row->obj),
                    .verdict = row->category ? rule_category(w->b, row) : STR("no category"),
                    .severity = severity,
                    .severity_class = doc_severity_class(d, s->severity),
                    .verdict_class = "",
                    .categories = row->stride ? const_name(d->p, row->stride) : rule_mark(w->b, row)};
    Str doc = obj_doc(d->p, row->obj, d->arena);
    d->f->card(d, &card);
    if (doc.n) {
        doc_open(d, DOC_PARA);
        put_words(d, doc);
        doc_close(d, DOC_PARA);
    }
    doc_open(d, DOC_FACTS);
    fact_str(d, "Looks at", s->looks_at);
    fact_code(d, "Applies when", s->when.at, s->when.n);
    fact_code(d, "Out of scope when", s->unless.at, s->unless.n);
    fact_code(d, "Mitigated by", s->closers.at, s->closers.n);
    fact_capabilities(w, row);
    fact_code(d, "Raises", s->raises.at, s->raises.n);
    fact_str(d, "What can happen", rule_text(w->b, row, "message"));
    fact_str(d, "What to do", rule_text(w->b, row, "fix"));
    fact_str(d, "Usually wrong", rule_text(w->b, row, "false_positive"));
    fact_category(w, row);
    fact_references(w, row);
    fact_prop(d, "Clauses", row->obj, "clauses");
    fact_prop(d, "Phase", row->obj, "phase");
    fact_str(d, "Source", rule_text(w->b, row, "source"));
    fact_str(d, "Why", rule_text(w->b, row, "rationale"));
    doc_fact(d, "Tests");
    doc_format(d, "%u", s->tests.n);
    doc_end_fact(d);
    doc_close(d, DOC_FACTS);
    doc_close(d, DOC_CARD);
}

static void rules_in_full(RulesDoc *w)
{
    Doc *d = &w->d;
    doc_heading(d, 2, "section.rules", "Every rule");
    for (uint32_t i = 0; i < w->b->rows.n; i++) {
        const RuleRow *row = &w->b->rows.at[i];
        if (i == 0 || !str_eq(row->pack, w->b->rows.at[i - 1].pack))
            d->f->heading(d, 3, anchor_of(w, row), row->pack);
        rule_card(w, row);
    }
}

/* ---- the whole ---- */

static void write_rules(RuleBook *b, Str title, bool brief, const DocFormat *format, Out *out)
{
    RulesDoc w = {.b = b, .brief = brief};
    w.d = (Doc){.f = format, .r = b->r, .p = b->p, .m = &b->p->model, .arena = b->arena, .out = out, .fresh = true};
    format->begin(&w.d, title);
    lists_tables(&w);
    packs_table(&w);
    rules_tables(&w);
    if (!brief)
        rules_in_full(&w);
    format->end(&w.d);
}

void emit_rules_md(RuleBook *b, Str title, bool brief, Out *out)
{
    write_rules(b, title, brief, &doc_markdown, out);
}

void emit_rules_html(RuleBook *b, Str title, bool brief, Out *out)
{
    write_rules(b, title, brief, &doc_html, out);
}
