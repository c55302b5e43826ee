/* cordon rules: the rules of the library, or those that apply to a model, as a table, a document or data; narrowed by what people look
 * for. With --incomplete, what rules still lack. */
#include "emit/rulebook.h"
#include "report/rules_doc.h"
#include "tools/tools.h"

#include <unistd.h>

typedef struct Rules {
    const Options *o;
    RuleFilter filter;
    ConsoleStyle style;
    Json j;
    Out out;
    uint32_t listed; /* rules, over all files */
} Rules;

static const OptionId field_options[FIELD_COUNT] = {
    [FIELD_PACK] = OPTION_PACK,           [FIELD_CATEGORY] = OPTION_CATEGORY, [FIELD_CWE] = OPTION_CWE,
    [FIELD_CAPEC] = OPTION_CAPEC,         [FIELD_ATTACK] = OPTION_ATTACK,     [FIELD_CLAUSE] = OPTION_CLAUSE,
    [FIELD_CLOSED_BY] = OPTION_CLOSED_BY, [FIELD_LIST] = OPTION_LIST,
};

static bool is_document(const Options *o)
{
    return o->format == FORMAT_MD || o->format == FORMAT_HTML;
}

/* A field that no rule has is a slip of the pen rather than a finding; says so. */
static bool all_fields_hit(Rules *w, const RuleBook *b)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (!w->filter.want[f] || b->hits[f])
            continue;
        const char *option = option_rows[field_options[f]].name;
        Suggestion s = suggest_start(str_from(w->filter.want[f]));
        rulebook_suggest(b, (RuleField)f, &s);
        if (s.best.n)
            usage_error(w->o, "no rule has `--%s %s`; did you mean `%.*s`?", option, w->filter.want[f],
                        STR_FMT(s.best));
        else
            usage_error(w->o, "no rule has `--%s %s`", option, w->filter.want[f]);
        return false;
    }
    return true;
}

static void put_book(Rules *w, RuleBook *b, const char *file)
{
    Str title = file ? str_format(b->arena, "Rules for %s", file) : STR("Rules of the standard library");
    bool brief = w->o->given[OPTION_BRIEF];
    switch (w->o->format) {
    case FORMAT_JSON: json_rules(&w->j, b, file); break;
    case FORMAT_MD: emit_rules_md(b, title, brief, &w->out); break;
    case FORMAT_HTML: emit_rules_html(b, title, brief, &w->out); break;
    case FORMAT_HUMAN:
    case FORMAT_PLAIN:
        if (w->filter.incomplete)
            emit_incomplete_text(b, &w->style, &w->out);
        else if (b->lists)
            emit_lists_text(b, &w->style, &w->out);
        else
            emit_rules_text(b, &w->style, brief, &w->out);
        break;
    case FORMAT_SARIF:
    case FORMAT_JUNIT:
    case FORMAT_COUNT: break; /* options.c refuses them */
    }
}

/* The rules of one file, or of the library for NULL. */
static int list_rules(Rules *w, const char *file)
{
    Session s;
    int status = EXIT_CLEAN;
    session_start(&s, w->o);
    if (session_load(&s, &(Plan){.root = file, .tests = true, .also = w->o->given[OPTION_LIST] ? "std.lists" : NULL})) {
        RuleBook book;
        progress_stop(s.progress);
        s.progress = NULL;
        rulebook_make(&s.report, s.rules, &w->filter, &book);
        if (all_fields_hit(w, &book))
            put_book(w, &book, file);
        else
            status = EXIT_USAGE;
        w->listed += book.rows.n;
        rulebook_free(&book);
    } else {
        session_report(&s);
        status = session_status(&s);
    }
    session_end(&s);
    return status;
}

int cmd_rules(const Options *o)
{
    if (is_document(o) && o->words.n > 1)
        return usage_error(o, "a document is about one model");
    if (o->given[OPTION_INCOMPLETE] && is_document(o))
        return usage_error(o, "`--incomplete` is printed as human, plain or json");
    Rules w = {.o = o, .style = console_style(o, STDOUT_FILENO)};
    w.filter.incomplete = o->given[OPTION_INCOMPLETE];
    for (int f = 0; f < FIELD_COUNT; f++)
        w.filter.want[f] = o->value[field_options[f]];
    out_fd(&w.out, STDOUT_FILENO);
    if (o->format == FORMAT_JSON)
        json_rules_begin(&w.j, &w.out);
    int status = EXIT_CLEAN;
    for (uint32_t i = 0; i < (o->words.n ? o->words.n : 1); i++) {
        int one = list_rules(&w, o->words.n ? o->words.at[i] : NULL);
        status = one > status ? one : status;
    }
    if (o->format == FORMAT_JSON)
        json_rules_end(&w.j);
    if (status == EXIT_CLEAN && w.filter.incomplete && w.listed)
        status = EXIT_FINDINGS;
    return finish(&w.out, status);
}
