/* SARIF 2.1.0: the rules with their references as taxa, a result for every threat and every diagnostic. What is mitigated passes,
 * what is out of scope does not apply, what a decision settled is a suppressed failure, what hangs on unknown facts is open; so a
 * viewer shows what still needs somebody, and an auditor finds the rest. What is missing in the model is a note. Requires sorted diagnostics. */
#include "base/version.h"
#include "emit/emit.h"
#include "program/stdlib.h"
#include "score/score.h"

#include <ctype.h>

enum { CATALOGUES = 3 };

/* One model's run while it is written. */
typedef struct Sarif {
    Json *j;
    const Checked *checked;
    const Program *p; /* NULL if the model was not evaluated */
    const Assessment *a;
    StrBuf text;                 /* scratch */
    uint32_t nrules;             /* of the rule set; then the threats found by people, then diagnostics */
    uint32_t *taxon[CATALOGUES]; /* by entry of the catalogue: 1 + index among the taxa of the run, or 0 */
    uint32_t diag[D_COUNT];      /* 1 + index among the rules of the run, or 0 */
} Sarif;

static const struct {
    const char *name, *owner, *title;
    Known property;
} catalogues[CATALOGUES] = {
    {"CWE", "MITRE", "Common Weakness Enumeration", KNOWN_RULE_CWE},
    {"CAPEC", "MITRE", "Common Attack Pattern Enumeration and Classification", KNOWN_RULE_CAPEC},
    {"ATT&CK", "MITRE", "Adversarial Tactics, Techniques and Common Knowledge", KNOWN_RULE_ATTACK},
};

static void put_message(Json *j, const char *key, Str text)
{
    json_begin_object(j, key);
    json_str(j, "text", text);
    json_end(j, '}');
}

/* ---- places ---- */

static void put_uri(Sarif *w, const SourceFile *f)
{
    StrBuf *b = &w->text;
    b->n = 0;
    strbuf_addz(b, f->library && memchr(f->path.s, '/', f->path.n) == NULL ? "cordon:" : "");
    for (size_t i = 0; i < f->path.n; i++) {
        unsigned char c = (unsigned char)f->path.s[i];
        if (isalnum(c) || strchr("/._-~", c))
            strbuf_char(b, (char)c);
        else
            strbuf_format(b, "%%%02X", c);
    }
    json_str(w->j, "uri", strbuf_str(b));
}

static void put_physical(Sarif *w, Span at)
{
    const Sources *s = w->checked->sources;
    Json *j = w->j;
    LineCol from = source_linecol(s, at.file, at.lo), to = source_linecol(s, at.file, at.hi);
    json_begin_object(j, "physicalLocation");
    json_begin_object(j, "artifactLocation");
    put_uri(w, source_file(s, at.file));
    json_end(j, '}');
    json_begin_object(j, "region");
    json_u64(j, "startLine", from.line);
    json_u64(j, "startColumn", from.col);
    json_u64(j, "endLine", to.line);
    json_u64(j, "endColumn", to.col);
    json_end(j, '}');
    json_end(j, '}');
}

/* One thing of the model: where it stands, and what it is called. */
static void put_thing(Sarif *w, const char *key, ObjId o)
{
    Json *j = w->j;
    Span at = model_decl(&w->p->model, o)->span;
    json_begin_object(j, key);
    if (!span_none(at))
        put_physical(w, at);
    json_begin_array(j, "logicalLocations");
    json_begin_object(j, NULL);
    json_str(j, "name", obj_name(w->p, o));
    w->text.n = 0;
    obj_path(w->p, o, &w->text);
    json_str(j, "fullyQualifiedName", strbuf_str(&w->text));
    json_str(j, "kind", sym_str(w->p->names, w->p->kinds.at[model_obj(&w->p->model, o)->kind].name));
    json_end(j, '}');
    json_end(j, ']');
    put_message(j, "message", obj_title(w->p, o));
    json_end(j, '}');
}

static void put_span(Sarif *w, Span at, Str message)
{
    json_begin_object(w->j, NULL);
    put_physical(w, at);
    if (message.n)
        put_message(w->j, "message", message);
    json_end(w->j, '}');
}

/* ---- references ---- */

static const CatalogueEntry *entry_of(const Sarif *w, int catalogue, Value v)
{
    char number[24];
    Str id = value_text_of(&w->p->model, v);
    if ((v.tag & VALUE_TAG) == V_NUMBER) {
        snprintf(number, sizeof number, "%.0f", value_number(&w->p->model, v));
        id = str_from(number);
    }
    return id.n ? catalogue_find((CatalogueName)catalogue, id) : NULL;
}

/* The catalogue's entries that a rule (or a threat found by people) refers to; `n` is set, at most 32. */
static size_t references(const Sarif *w, ObjId source, int catalogue, const CatalogueEntry *out[32])
{
    size_t n = 0;
    const Value *member;
    Value v = obj_known(w->p, source, catalogues[catalogue].property);
    Range set = value_members(&w->p->model, &v, &member);
    for (uint32_t i = 0; i < set.n && n < 32; i++) {
        const CatalogueEntry *e = entry_of(w, catalogue, member[i]);
        if (e)
            out[n++] = e;
    }
    return n;
}

static uint32_t *taxon_of(const Sarif *w, int catalogue, const CatalogueEntry *e)
{
    return &w->taxon[catalogue][e - catalogue_entries[catalogue]];
}

static void find_taxa(Sarif *w)
{
    for (int c = 0; c < CATALOGUES; c++) {
        w->taxon[c] = mem_resize(NULL, catalogue_counts[c] + 1, sizeof(uint32_t));
        memset(w->taxon[c], 0, (catalogue_counts[c] + 1) * sizeof(uint32_t));
        const CatalogueEntry *used[32];
        for (RuleId r = 1; r <= w->nrules; r++)
            for (size_t i = references(w, rule_info(w->a->rules, r)->obj, c, used); i > 0; i--)
                *taxon_of(w, c, used[i - 1]) = 1;
        uint32_t n = 0;
        for (size_t i = 0; i < catalogue_counts[c]; i++)
            if (w->taxon[c][i])
                w->taxon[c][i] = ++n;
    }
}

static void put_taxonomies(const Sarif *w)
{
    Json *j = w->j;
    json_begin_array(j, "taxonomies");
    for (int c = 0; c < CATALOGUES; c++) {
        json_begin_object(j, NULL);
        json_z(j, "name", catalogues[c].name);
        json_z(j, "organization", catalogues[c].owner);
        put_message(j, "shortDescription", str_from(catalogues[c].title));
        json_begin_array(j, "taxa");
        for (size_t i = 0; i < catalogue_counts[c]; i++) {
            if (!w->taxon[c][i])
                continue;
            json_begin_object(j, NULL);
            json_z(j, "id", catalogue_entries[c][i].id);
            json_z(j, "name", catalogue_title(&catalogue_entries[c][i]));
            json_end(j, '}');
        }
        json_end(j, ']');
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_taxon(const Sarif *w, int catalogue, const CatalogueEntry *e)
{
    Json *j = w->j;
    json_z(j, "id", e->id);
    json_u64(j, "index", *taxon_of(w, catalogue, e) - 1u);
    json_begin_object(j, "toolComponent");
    json_z(j, "name", catalogues[catalogue].name);
    json_u64(j, "index", (uint64_t)catalogue);
    json_end(j, '}');
}

static void put_relationships(const Sarif *w, ObjId rule)
{
    Json *j = w->j;
    json_begin_array(j, "relationships");
    for (int c = 0; c < CATALOGUES; c++) {
        const CatalogueEntry *used[32];
        size_t n = references(w, rule, c, used);
        for (size_t i = 0; i < n; i++) {
            json_begin_object(j, NULL);
            json_begin_object(j, "target");
            put_taxon(w, c, used[i]);
            json_end(j, '}');
            json_begin_array(j, "kinds");
            json_z(j, NULL, "relevant");
            json_end(j, ']');
            json_end(j, '}');
        }
    }
    json_end(j, ']');
}

static void put_taxa(const Sarif *w, ObjId source)
{
    json_begin_array(w->j, "taxa");
    for (int c = 0; c < CATALOGUES; c++) {
        const CatalogueEntry *used[32];
        size_t n = references(w, source, c, used);
        for (size_t i = 0; i < n; i++) {
            if (!*taxon_of(w, c, used[i]))
                continue;
            json_begin_object(w->j, NULL);
            put_taxon(w, c, used[i]);
            json_end(w->j, '}');
        }
    }
    json_end(w->j, ']');
}

/* ---- rules ---- */

/* The upper two steps of the scale of severities are errors, the next is a warning, the rest are notes. */
static const char *level_of(const Program *p, ObjId source, ConstId severity)
{
    if (finds_gaps(p, source))
        return "note";
    if (!severity)
        return "warning";
    const Const *c = &p->consts.at[severity];
    uint32_t below_top = p->enums.at[c->of].n - 1 - c->rank;
    return below_top < 2 ? "error" : below_top == 2 ? "warning" : "note";
}

static Str rule_text(const Sarif *w, const RuleInfo *rule, Known k)
{
    return value_text_of(&w->p->model, obj_known(w->p, rule->obj, k));
}

static void put_rule_properties(Sarif *w, const RuleInfo *rule)
{
    Json *j = w->j;
    json_begin_object(j, "properties");
    Str vector = rule_text(w, rule, KNOWN_RULE_CVSS);
    Score score = score_cvss(vector);
    if (score.method) {
        w->text.n = 0;
        score_put(&score, &w->text);
        json_str(j, "security-severity", strbuf_str(&w->text));
    }
    if (vector.n)
        json_str(j, "cvss", vector);
    json_begin_array(j, "tags");
    json_z(j, NULL, finds_gaps(w->p, rule->obj) ? "model" : "security");
    Value stride = obj_known(w->p, rule->obj, KNOWN_RULE_STRIDE);
    if ((stride.tag & VALUE_TAG) == V_CONST)
        json_str(j, NULL, sym_str(w->p->names, w->p->consts.at[stride.a].name));
    Value category = obj_known(w->p, rule->obj, KNOWN_RULE_CATEGORY);
    if ((category.tag & VALUE_TAG) == V_REF)
        json_str(j, NULL, obj_name(w->p, category.a));
    json_end(j, ']');
    json_end(j, '}');
}

static void put_rule(Sarif *w, const RuleInfo *rule)
{
    Json *j = w->j;
    Str message = rule_text(w, rule, KNOWN_RULE_MESSAGE), fix = rule_text(w, rule, KNOWN_RULE_FIX);
    Value severity = obj_known(w->p, rule->obj, KNOWN_RULE_SEVERITY);
    json_begin_object(j, NULL);
    json_str(j, "id", rule->id);
    json_str(j, "name", obj_name(w->p, rule->obj));
    put_message(j, "shortDescription", obj_title(w->p, rule->obj));
    if (message.n)
        put_message(j, "fullDescription", message);
    if (fix.n)
        put_message(j, "help", fix);
    json_begin_object(j, "defaultConfiguration");
    json_z(j, "level", level_of(w->p, rule->obj, (severity.tag & VALUE_TAG) == V_CONST ? severity.a : 0));
    json_end(j, '}');
    put_relationships(w, rule->obj);
    put_rule_properties(w, rule);
    json_end(j, '}');
}

static void put_diag_rule(Json *j, DiagId id)
{
    static const char *const levels[] = {"note", "warning", "error"};
    char code[6];
    json_begin_object(j, NULL);
    json_z(j, "id", diag_code(id, code));
    json_z(j, "name", diag_name(id));
    put_message(j, "fullDescription", str_from(diag_explanation(id)));
    json_begin_object(j, "defaultConfiguration");
    json_z(j, "level", levels[diag_severity(id)]);
    json_end(j, '}');
    json_end(j, '}');
}

static void put_rules(Sarif *w)
{
    Json *j = w->j;
    json_begin_array(j, "rules");
    for (RuleId r = 1; r <= w->nrules; r++)
        put_rule(w, rule_info(w->a->rules, r));
    json_begin_object(j, NULL);
    json_z(j, "id", "threat");
    put_message(j, "shortDescription", STR("A threat found by people and declared in the model"));
    json_end(j, '}');
    uint32_t index = w->nrules + 1;
    for (uint32_t i = 0; i < w->checked->diags->list.n; i++) {
        DiagId id = w->checked->diags->list.at[i]->id;
        if (w->diag[id])
            continue;
        w->diag[id] = ++index;
        put_diag_rule(j, id);
    }
    json_end(j, ']');
}

/* ---- results ---- */

static void put_kind(const Sarif *w, const Threat *t)
{
    const char *level = level_of(w->p, threat_source(w->a, t), threat_severity(w->a, t));
    switch (threat_kind(w->a, t)) {
    case VERDICT_MITIGATED: json_z(w->j, "kind", "pass"); break;
    case VERDICT_NONE:
    case VERDICT_OUT_OF_SCOPE: json_z(w->j, "kind", "notApplicable"); break;
    case VERDICT_POSSIBLE: json_z(w->j, "kind", "open"); break;
    case VERDICT_PLANNED:
    case VERDICT_OPEN:
        json_z(w->j, "kind", "fail");
        json_z(w->j, "level", level);
        return;
    }
    json_z(w->j, "level", "none");
}

static void put_suppression(Sarif *w, ObjId decision)
{
    Json *j = w->j;
    Span at = model_decl(&w->p->model, decision)->span;
    json_begin_array(j, "suppressions");
    json_begin_object(j, NULL);
    json_z(j, "kind", "inSource");
    json_z(j, "status", "accepted");
    Str rationale = value_text_of(&w->p->model, obj_known(w->p, decision, KNOWN_DECISION_RATIONALE));
    if (rationale.n)
        json_str(j, "justification", rationale);
    if (!span_none(at)) {
        json_begin_object(j, "location");
        put_physical(w, at);
        json_end(j, '}');
    }
    json_end(j, '}');
    json_end(j, ']');
}

static void put_path(Sarif *w, const Verdict *v)
{
    const Model *m = &w->p->model;
    Json *j = w->j;
    json_begin_array(j, "codeFlows");
    json_begin_object(j, NULL);
    json_begin_array(j, "threadFlows");
    json_begin_object(j, NULL);
    json_begin_array(j, "locations");
    for (uint32_t i = 0; i < v->hops; i++) {
        json_begin_object(j, NULL);
        put_thing(w, "location", m->flows.at[w->a->verdicts->hops.at[v->path + i] >> 1].obj);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    json_end(j, ']');
    json_end(j, '}');
    json_end(j, ']');
}

/* Locations must not repeat, and several conditions may rest on one fact. */
static bool told_before(const Provenance *why, uint32_t i)
{
    const Cause *c = &why->causes.at[i];
    for (uint32_t k = 0; k < i; k++) {
        const Cause *b = &why->causes.at[k];
        if (b->fact.file == c->fact.file && b->fact.lo == c->fact.lo && b->fact.hi == c->fact.hi &&
            str_eq(b->text, c->text))
            return true;
    }
    return false;
}

/* Everything else the threat involves, and the facts that cause it. */
static void put_related(Sarif *w, const Threat *t, const Provenance *why)
{
    ObjId objects[THREAT_OBJECTS], subject = threat_subject(w->a, t);
    uint32_t n = threat_objects(w->a, t, objects);
    json_begin_array(w->j, "relatedLocations");
    for (uint32_t i = 0; i < n; i++)
        if (objects[i] != subject)
            put_thing(w, NULL, objects[i]);
    for (uint32_t i = 0; i < why->causes.n; i++)
        if (!span_none(why->causes.at[i].fact) && !told_before(why, i))
            put_span(w, why->causes.at[i].fact, why->causes.at[i].text);
    json_end(w->j, ']');
}

static void put_result_properties(Sarif *w, const Threat *t, const Provenance *why)
{
    Json *j = w->j;
    ConstId severity = threat_severity(w->a, t), category;
    json_begin_object(j, "properties");
    json_str(j, "verdict", threat_verdict(w->a, t));
    if (severity)
        json_str(j, "severity", sym_str(w->p->names, w->p->consts.at[severity].name));
    json_begin_array(j, "stride");
    for (uint32_t i = 0; (category = threat_stride(w->a, t, i)) != 0; i++)
        json_str(j, NULL, sym_str(w->p->names, w->p->consts.at[category].name));
    json_end(j, ']');
    json_begin_array(j, "category");
    ObjId other;
    for (uint32_t i = 0; (other = threat_category(w->a, t, i)) != 0; i++)
        json_str(j, NULL, obj_name(w->p, other));
    json_end(j, ']');
    w->text.n = 0;
    threat_fix(w->a, t, &w->text);
    if (w->text.n)
        json_str(j, "fix", strbuf_str(&w->text));
    json_begin_array(j, "questions");
    for (uint32_t i = 0; i < why->questions.n; i++)
        json_str(j, NULL, why->questions.at[i].text);
    json_end(j, ']');
    json_end(j, '}');
}

static void put_fingerprints(Sarif *w, const Threat *t)
{
    char basis[13] = "";
    json_begin_object(w->j, "partialFingerprints");
    w->text.n = 0;
    threat_id(w->a, t, &w->text);
    json_str(w->j, "cordonThreat/v1", strbuf_str(&w->text));
    threat_basis(w->a, t, basis);
    if (basis[0])
        json_z(w->j, "cordonFacts/v1", basis);
    json_end(w->j, '}');
}

/* Once one result says how it stands to the baseline, each has to. */
static void put_state(Sarif *w, BaselineState state)
{
    static const char *const words[] = {"unchanged", "updated", "updated", "new"};
    const Report *r = w->checked->report;
    if (r && r->baseline)
        json_z(w->j, "baselineState", words[state]);
}

static void put_threat(Sarif *w, const Threat *t, BaselineState state)
{
    Json *j = w->j;
    const Verdict *v = threat_of_rule(w->a, t);
    Provenance why = {0};
    if (v)
        verdict_explain(w->a->rules, v, &why);
    json_begin_object(j, NULL);
    j->pretty = false; /* one result a line */
    json_str(j, "ruleId", v ? rule_info(w->a->rules, v->rule)->id : STR("threat"));
    json_u64(j, "ruleIndex", v ? v->rule - 1 : w->nrules);
    put_kind(w, t);
    put_state(w, state);
    w->text.n = 0;
    threat_message(w->a, t, &w->text);
    if (!w->text.n)
        threat_title(w->a, t, &w->text);
    put_message(j, "message", strbuf_str(&w->text));
    json_begin_array(j, "locations");
    if (threat_subject(w->a, t))
        put_thing(w, NULL, threat_subject(w->a, t));
    json_end(j, ']');
    put_related(w, t, &why);
    if (v && v->hops)
        put_path(w, v);
    put_fingerprints(w, t);
    if (t->decision)
        put_suppression(w, t->decision);
    put_taxa(w, threat_source(w->a, t));
    put_result_properties(w, t, &why);
    json_end(j, '}');
    j->pretty = true;
    provenance_free(&why);
}

static void put_diag(Sarif *w, const Diag *d)
{
    static const char *const levels[] = {"note", "warning", "error"};
    Json *j = w->j;
    char code[6];
    json_begin_object(j, NULL);
    j->pretty = false;
    json_z(j, "ruleId", diag_code(d->id, code));
    json_u64(j, "ruleIndex", w->diag[d->id] - 1u);
    json_z(j, "level", levels[d->severity]);
    put_state(w, BASELINE_NEW); /* baselines know nothing of messages */
    w->text.n = 0;
    strbuf_add(&w->text, d->message);
    if (d->caret.n)
        strbuf_format(&w->text, ": %.*s", STR_FMT(d->caret));
    if (d->help.n)
        strbuf_format(&w->text, "; %.*s", STR_FMT(d->help));
    put_message(j, "message", strbuf_str(&w->text));
    json_begin_array(j, "locations");
    if (!span_none(d->span))
        put_span(w, d->span, STR(""));
    json_end(j, ']');
    json_begin_array(j, "relatedLocations");
    for (uint32_t i = 0; i < d->nlabels; i++)
        put_span(w, d->labels[i].span, d->labels[i].text);
    json_end(j, ']');
    json_end(j, '}');
    j->pretty = true;
}

/* ---- the document ---- */

static void put_driver(Json *j)
{
    json_z(j, "name", "cordon");
    json_z(j, "fullName", "Cordon threat modelling engine");
    json_z(j, "semanticVersion", CORDON_VERSION);
}

static void sarif_begin(Json *j, Out *out)
{
    json_start(j, out, true);
    json_begin_object(j, NULL);
    json_z(j, "$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
    json_z(j, "version", "2.1.0");
    json_begin_array(j, "runs");
}

static void put_run_properties(Sarif *w)
{
    const Report *r = w->checked->report;
    json_begin_object(w->j, "properties");
    json_z(w->j, "file", w->checked->file);
    if (r) {
        json_str(w->j, "modelHash", r->model_hash);
        json_str(w->j, "rulesHash", r->rules_hash);
    }
    json_end(w->j, '}');
}

static void put_results(Sarif *w)
{
    Json *j = w->j;
    json_begin_array(j, "results");
    for (uint32_t i = 0; i < w->checked->diags->list.n; i++)
        put_diag(w, w->checked->diags->list.at[i]);
    const Baseline *b = w->checked->report ? w->checked->report->baseline : NULL;
    for (uint32_t i = 0; w->a && i < w->a->threats.n; i++)
        put_threat(w, &w->a->threats.at[i], b ? (BaselineState)b->threats[i] : BASELINE_NEW);
    for (uint32_t i = 0; w->a && i < w->a->gaps.n; i++)
        put_threat(w, &w->a->gaps.at[i], b ? (BaselineState)b->gaps[i] : BASELINE_NEW);
    json_end(j, ']');
}

static void sarif_model(Json *j, const Checked *c)
{
    Sarif w = {.j = j, .checked = c};
    if (c->report) {
        w.p = c->report->program;
        w.a = c->report->assessment;
        w.nrules = rules_count(w.a->rules);
        find_taxa(&w);
    }
    json_begin_object(j, NULL);
    json_begin_object(j, "tool");
    json_begin_object(j, "driver");
    put_driver(j);
    put_rules(&w);
    json_end(j, '}');
    json_end(j, '}');
    if (c->report)
        put_taxonomies(&w);
    json_begin_array(j, "invocations");
    json_begin_object(j, NULL);
    json_bool(j, "executionSuccessful", c->report != NULL);
    json_end(j, '}');
    json_end(j, ']');
    json_z(j, "columnKind", "unicodeCodePoints");
    put_results(&w);
    put_run_properties(&w);
    json_end(j, '}');
    for (int i = 0; i < CATALOGUES; i++)
        free(w.taxon[i]);
    strbuf_free(&w.text);
}

static void sarif_end(Json *j, int status)
{
    (void)status;
    json_end(j, ']');
    json_end(j, '}');
    out_char(j->out, '\n');
}

static void sarif_failure(Str message, int status, Out *out)
{
    Json j;
    sarif_begin(&j, out);
    json_begin_object(&j, NULL);
    json_begin_object(&j, "tool");
    json_begin_object(&j, "driver");
    put_driver(&j);
    json_end(&j, '}');
    json_end(&j, '}');
    json_begin_array(&j, "invocations");
    json_begin_object(&j, NULL);
    json_bool(&j, "executionSuccessful", false);
    json_u64(&j, "exitCode", (uint64_t)status);
    json_begin_array(&j, "toolExecutionNotifications");
    json_begin_object(&j, NULL);
    json_z(&j, "level", "error");
    put_message(&j, "message", message);
    json_end(&j, '}');
    json_end(&j, ']');
    json_end(&j, '}');
    json_end(&j, ']');
    json_begin_array(&j, "results");
    json_end(&j, ']');
    json_end(&j, '}');
    sarif_end(&j, status);
}

const CheckWriter check_sarif = {sarif_begin, sarif_model, sarif_end, sarif_failure};
