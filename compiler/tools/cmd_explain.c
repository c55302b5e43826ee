/* cordon explain and cordon why-not: what a code, a kind, a rule or a threat means, and why a threat is not there. Codes need nothing
 * but the program; kinds and rules the library or a model; threats a model. */
#include "emit/risks.h"
#include "emit/snippet.h"
#include "tools/tools.h"

#include <ctype.h>
#include <unistd.h>

/* ---- codes ---- */

/* "E0214", "e0214" or "0214"; -1 if it has not that form. */
static int code_of(const char *word)
{
    Str s = str_from(word);
    if (s.n == 5 && strchr("EWNewn", s.s[0]))
        return diag_by_code(s);
    return s.n == 4 && isdigit((unsigned char)s.s[0]) ? diag_by_code(s) : -1;
}

/* The message of a code, with an ellipsis for what differs from case to case. */
static void put_form(const char *format, StrBuf *out)
{
    for (const char *c = format; *c; c++) {
        if (*c != '%') {
            strbuf_char(out, *c);
        } else if (c[1] == '%') {
            strbuf_char(out, *c++);
        } else {
            strbuf_addz(out, "…");
            c += strspn(c + 1, "0123456789.lz") + 1;
        }
    }
}

static int explain_code(const Options *o, DiagId id)
{
    static const char *const severities[] = {"note", "warning", "error"};
    char code[6];
    StrBuf form = {0};
    Out out;
    out_fd(&out, STDOUT_FILENO);
    put_form(diag_format(id), &form);
    if (o->format == FORMAT_JSON) {
        Json j;
        json_start(&j, &out, true);
        json_begin_object(&j, NULL);
        json_z(&j, "code", diag_code(id, code));
        json_z(&j, "name", diag_name(id));
        json_z(&j, "severity", severities[diag_severity(id)]);
        json_str(&j, "message", strbuf_str(&form));
        json_z(&j, "explanation", diag_explanation(id));
        json_end(&j, '}');
        out_char(&out, '\n');
    } else {
        out_format(&out, "%s[%s]: %s\n\n%s\n", severities[diag_severity(id)], diag_code(id, code), form.s,
                   diag_explanation(id));
    }
    strbuf_free(&form);
    return finish(&out, EXIT_CLEAN);
}

/* ---- finding rules and threats ---- */

/* With `words`, kinds and enumerations are looked for as well, and are suggested. */
static RuleId find_rule(const Session *s, const char *name, bool words)
{
    RuleId rule = rule_by_name(s->rules, str_from(name));
    if (rule)
        return rule;
    Suggestion best = suggest_start(str_from(name));
    for (RuleId r = 1; r <= rules_count(s->rules); r++) {
        suggest_offer(&best, rule_info(s->rules, r)->id);
        suggest_offer(&best, obj_name(&s->program, rule_info(s->rules, r)->obj));
    }
    for (KindId k = 1; words && k < s->program.kinds.n; k++)
        suggest_offer(&best, sym_str(s->program.names, s->program.kinds.at[k].name));
    for (EnumId e = 1; words && e < s->program.enums.n; e++)
        suggest_offer(&best, sym_str(s->program.names, s->program.enums.at[e].name));
    const char *sort = words ? "rule, kind or enumeration" : "rule";
    if (best.best.n)
        usage_error(s->options, "no %s `%s`; did you mean `%.*s`?", sort, name, STR_FMT(best.best));
    else
        usage_error(s->options, "no %s `%s`", sort, name);
    return 0;
}

/* The threat of that id; with a rule, of an id whose part behind the `@` is `things`. */
static const Threat *threat_by_id(const Assessment *a, const ThreatVec *all, Str name, RuleId rule, Str things)
{
    StrBuf id = {0};
    const Threat *found = NULL;
    for (uint32_t i = 0; i < all->n && !found; i++) {
        const Threat *t = &all->at[i];
        const Verdict *v = threat_of_rule(a, t);
        id.n = 0;
        threat_id(a, t, &id);
        Str whole = strbuf_str(&id);
        long at = str_rfind(whole, '@');
        bool short_form = rule && v && v->rule == rule && at >= 0;
        if (str_eq(whole, name) || (short_form && str_eq(str_slice(whole, (size_t)at + 1, whole.n), things)))
            found = t;
    }
    strbuf_free(&id);
    return found;
}

static const Threat *threat_at(const Assessment *a, const ThreatVec *all, RuleId rule, ObjId thing)
{
    for (uint32_t i = 0; i < all->n && thing; i++) {
        const Verdict *v = threat_of_rule(a, &all->at[i]);
        if (v && v->rule == rule && threat_subject(a, &all->at[i]) == thing)
            return &all->at[i];
    }
    return NULL;
}

/* By its whole id, or by rule and thing, each as people shorten them: S03@login for stride.S03@FL-01. */
static const Threat *find_threat(Session *s, const char *name, bool *told)
{
    const Assessment *a = &s->assessment;
    const char *at = strrchr(name, '@');
    RuleId rule = at ? rule_by_name(s->rules, (Str){name, (size_t)(at - name)}) : 0;
    Str things = str_from(rule ? at + 1 : "");
    const Threat *found = threat_by_id(a, &a->threats, str_from(name), rule, things);
    if (!found)
        found = threat_by_id(a, &a->gaps, str_from(name), rule, things);
    if (found || !rule)
        return found;
    ObjId thing = session_find(s, at + 1);
    *told = !thing;
    found = threat_at(a, &a->threats, rule, thing);
    return found ? found : threat_at(a, &a->gaps, rule, thing);
}

static int no_threat(Session *s, const char *name)
{
    const char *at = strrchr(name, '@');
    if (at && at[1])
        return usage_error(s->options, "no threat `%s`; `cordon why-not %.*s at %s %s` may say why", name,
                           (int)(at - name), name, at + 1, s->options->words.at[1]);
    return usage_error(s->options, "`%s` is no code, kind, rule, threat or risk of the model", name);
}

/* A kind or an enumeration, if there is one of that name; `told` says so. */
static int explain_word(Session *s, const char *what, const ConsoleStyle *style, Out *out, bool *told)
{
    KindId kind = find_kind(&s->program, str_from(what));
    EnumId of = kind ? 0 : find_enum(&s->program, str_from(what));
    *told = kind || of;
    if (*told && s->options->format == FORMAT_JSON)
        return usage_error(s->options, "kinds are explained for people; leave out `--format json`");
    if (kind)
        explain_kind(s, kind, style, out);
    if (of)
        explain_enum(s, of, style, out);
    return *told ? finish(out, EXIT_CLEAN) : EXIT_CLEAN;
}

static int explain_loaded(Session *s, const char *what, bool library)
{
    RuleId rule = strchr(what, '@') ? 0 : rule_by_name(s->rules, str_from(what));
    Out out;
    out_fd(&out, STDOUT_FILENO);
    ConsoleStyle style = console_style(s->options, STDOUT_FILENO);
    bool told = false;
    int status = rule ? EXIT_CLEAN : explain_word(s, what, &style, &out, &told);
    if (told)
        return status;
    if (!rule && library) {
        find_rule(s, what, true); /* for its message */
        return EXIT_USAGE;
    }
    if (rule && s->options->format == FORMAT_JSON)
        explain_rule_json(s, rule, library ? NULL : s->options->words.at[1], &out);
    else if (rule)
        explain_rule(s, rule, &style, &out);
    if (rule)
        return finish(&out, EXIT_CLEAN);
    if (!session_assess(s)) {
        session_report(s);
        return session_status(s);
    }
    /* `told`: that there is no such thing. */
    const Threat *t = find_threat(s, what, &told);
    const Risks *risks = t || told ? NULL : report_risks(&s->report);
    const Risk *risk = risks ? find_risk(s, risks, str_from(what)) : NULL;
    if (risk) {
        explain_risk(s, risks, risk, &style, &out);
        return finish(&out, EXIT_CLEAN);
    }
    if (!t)
        return told ? EXIT_USAGE : no_threat(s, what);
    explain_threat(s, t, &style, &out);
    return finish(&out, EXIT_CLEAN);
}

int cmd_explain(const Options *o)
{
    if (o->words.n < 1 || o->words.n > 2)
        return usage_error(
            o,
            "`cordon explain` needs a code, a kind, a rule, a threat or a risk; for a threat or a risk also the model");
    const char *what = o->words.at[0];
    int code = code_of(what);
    if (code >= 0)
        return explain_code(o, (DiagId)code);
    bool library = o->words.n == 1;
    if (library && strchr(what, '@'))
        return usage_error(o, "a threat is explained from its model: cordon explain %s FILE", what);
    if (o->format == FORMAT_JSON && strchr(what, '@'))
        return usage_error(o, "threats are explained for people; threats.json of `cordon build` holds the same facts");
    Session s;
    session_start(&s, o);
    int status;
    if (session_load(&s, &(Plan){.root = library ? NULL : o->words.at[1], .tests = true})) {
        status = explain_loaded(&s, what, library);
    } else {
        session_report(&s);
        status = session_status(&s);
    }
    session_end(&s);
    return status;
}

/* ---- why-not ---- */

static int why_not(Session *s, const char *rule_name, const char *thing_name)
{
    RuleId rule = find_rule(s, rule_name, false);
    ObjId thing = rule ? session_find(s, thing_name) : 0;
    if (!thing)
        return EXIT_USAGE;
    StrBuf text = {0};
    Out out;
    out_fd(&out, STDOUT_FILENO);
    int status = EXIT_CLEAN;
    if (rule_why_not(s->rules, rule, thing, &text)) {
        put_term_lines(&out, strbuf_str(&text));
    } else {
        out_format(&out, "%.*s does find a threat at ", STR_FMT(rule_info(s->rules, rule)->id));
        put_term(&out, obj_title(&s->program, thing));
        out_format(&out, ": see `cordon explain %s@%s %s`\n", rule_name, thing_name, vec_last(&s->options->words));
        status = EXIT_FINDINGS;
    }
    strbuf_free(&text);
    return finish(&out, status);
}

int cmd_why_not(const Options *o)
{
    const char *const *w = o->words.at;
    bool has_at = o->words.n == 4 && strcmp(w[1], "at") == 0;
    if (!has_at && o->words.n != 3)
        return usage_error(o, "like this: cordon why-not RULE at THING FILE");
    if (o->format == FORMAT_JSON)
        return usage_error(o, "why-not tells people, not programs; leave out `--format json`");
    Session s;
    session_start(&s, o);
    int status;
    if (session_load(&s, &(Plan){.root = vec_last(&o->words)})) {
        rules_eval(s.rules, &s.verdicts);
        status = why_not(&s, w[0], w[has_at ? 2 : 1]);
    } else {
        session_report(&s);
        status = session_status(&s);
    }
    session_end(&s);
    return status;
}
