/* A comparison for programs; schema in grammar/schema/diff.json. Requires a comparison; leaves the document. */
#include "compare/output.h"
#include "emit/parts.h"

typedef struct DiffJson {
    const Comparison *c;
    Json j;
    StrBuf words, text;
} DiffJson;

static void add_plain(void *self, Str s)
{
    strbuf_add(&((DiffJson *)self)->text, s);
}

static void add_name(void *self, Str s)
{
    DiffJson *w = self;
    strbuf_char(&w->text, '`');
    strbuf_add(&w->text, s);
    strbuf_char(&w->text, '`');
}

/* The sentence that is in `words`. */
static void put_words(DiffJson *w, const char *key)
{
    w->text.n = 0;
    words_pieces(strbuf_str(&w->words), &(Pieces){w, add_plain, add_name});
    json_str(&w->j, key, strbuf_str(&w->text));
    w->words.n = 0;
}

static void put_sym(DiffJson *w, const char *key, Sym sym)
{
    if (sym)
        json_str(&w->j, key, sym_str(&w->c->names, sym));
    else
        json_put_null(&w->j, key);
}

/* ---- the head ---- */

static void put_side(DiffJson *w, const char *key, const Snapshot *s, const char *source)
{
    Json *j = &w->j;
    json_begin_object(j, key);
    json_z(j, "source", source);
    put_sym(w, "title", s->title);
    put_sym(w, "version", s->version);
    put_sym(w, "model_hash", s->model_hash);
    put_sym(w, "rules_hash", s->rules_hash);
    json_end(j, '}');
}

static void put_effect_counts(DiffJson *w, const char *key, const uint32_t n[EFFECT_KINDS])
{
    json_begin_object(&w->j, key);
    for (EffectKind k = EFFECT_NEW; k < EFFECT_KINDS; k++)
        json_u64(&w->j, effect_name(k), n[k]);
    json_end(&w->j, '}');
}

static void put_summary(DiffJson *w)
{
    const Comparison *c = w->c;
    Json *j = &w->j;
    json_begin_object(j, "summary");
    summary_words(c, &w->words);
    put_words(w, "text");
    json_bool(j, "needs_somebody", comparison_needs_somebody(c));
    json_bool(j, "differs", comparison_differs(c));
    put_effect_counts(w, "threats", c->threats);
    put_effect_counts(w, "gaps", c->gaps);
    json_begin_object(j, "decisions");
    json_u64(j, "stale", c->stale);
    json_u64(j, "revived", c->revived);
    json_end(j, '}');
    json_begin_object(j, "model");
    for (ChangeKind k = CHANGE_ADDED; k < CHANGE_KINDS; k++)
        json_u64(j, change_name(k), c->model[k]);
    json_end(j, '}');
    json_end(j, '}');
}

/* ---- threats ---- */

static void put_reason(DiffJson *w, const Effect *e, const Reason *r)
{
    const Comparison *c = w->c;
    Json *j = &w->j;
    json_begin_object(j, NULL);
    json_z(j, "reason", reason_name(r->kind));
    if (r->kind == REASON_CHANGE) {
        const Change *change = &c->changes.at[r->change];
        json_z(j, "change", change_name(change->kind));
        put_sym(w, "thing", any_thing(c, &c->pairs.at[change->pair])->id);
        if (change->prop)
            put_sym(w, "property", change->prop);
    }
    reason_words(c, e, r, &w->words);
    put_words(w, "text");
    json_end(j, '}');
}

static void put_reasons(DiffJson *w, const Effect *e, Range r)
{
    json_begin_array(&w->j, "because");
    for (uint32_t i = 0; i < r.n; i++)
        put_reason(w, e, &w->c->reasons.at[r.first + i]);
    json_end(&w->j, ']');
}

/* How the threat stands on one side; null if it is not there. */
static void put_threat_side(DiffJson *w, const char *key, const Snapshot *s, uint32_t at)
{
    if (!at) {
        json_put_null(&w->j, key);
        return;
    }
    const SnapThreat *t = &s->threats.at[at - 1];
    json_begin_object(&w->j, key);
    put_sym(w, "id", t->id);
    put_sym(w, "verdict", t->verdict);
    put_sym(w, "severity", t->severity);
    put_sym(w, "decision", t->decision);
    put_sym(w, "basis", t->basis);
    json_end(&w->j, '}');
}

static void put_effects(DiffJson *w, const char *key, bool gaps)
{
    const Comparison *c = w->c;
    Json *j = &w->j;
    json_begin_array(j, key);
    for (uint32_t i = 0; i < c->effects.n; i++) {
        const Effect *e = &c->effects.at[i];
        const SnapThreat *t = effect_threat(c, e, NULL);
        if (e->gap != gaps)
            continue;
        json_begin_object(j, NULL);
        j->pretty = false;
        json_z(j, "change", effect_name(e->kind));
        put_sym(w, "id", t->id);
        put_sym(w, "rule", t->rule);
        json_str(j, "title", snap_str(&c->new, t->title));
        put_sym(w, "subject", t->subject);
        put_threat_side(w, "old", &c->old, e->old);
        put_threat_side(w, "new", &c->new, e->new);
        put_reasons(w, e, e->reasons);
        json_bool(j, "sure", e->sure);
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
}

static void put_decisions(DiffJson *w)
{
    const Comparison *c = w->c;
    Json *j = &w->j;
    json_begin_array(j, "decisions");
    for (uint32_t i = 0; i < c->decisions.n; i++) {
        const DecisionEffect *d = &c->decisions.at[i];
        const SnapDecision *n = &c->new.decisions.at[d->new - 1];
        json_begin_object(j, NULL);
        j->pretty = false;
        json_z(j, "change", d->stale ? "stale" : "revived");
        put_sym(w, "id", n->id);
        put_sym(w, "standing", n->standing);
        put_sym(w, "was", d->old ? c->old.decisions.at[d->old - 1].standing : 0);
        put_sym(w, "why", n->why);
        put_reasons(w, NULL, d->reasons);
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
}

/* ---- the model ---- */

static void put_value(DiffJson *w, const char *key, const Snapshot *s, uint32_t prop)
{
    Json *j = &w->j;
    const SnapProp *p = prop ? &s->props.at[prop - 1] : NULL;
    if (!p) {
        json_put_null(j, key);
        return;
    }
    json_begin_object(j, key);
    json_bool(j, "known", !p->unknown);
    json_begin_array(j, "value");
    for (uint32_t i = 0; i < p->n; i++)
        json_str(j, NULL, snap_str(s, snap_members(s, p)[i]));
    json_end(j, ']');
    json_end(j, '}');
}

/* Boundaries around the thing on one side that are not around it on the other. */
static void put_crossed(DiffJson *w, const char *key, const Pair *p, bool new)
{
    const Comparison *c = w->c;
    const SnapThing *here = new ? new_thing(c, p) : old_thing(c, p), *there = new ? old_thing(c, p) : new_thing(c, p);
    const Snapshot *s = new ? &c->new : &c->old, *t = new ? &c->old : &c->new;
    json_begin_array(&w->j, key);
    for (uint32_t i = 0; i < here->inside.n; i++) {
        Sym one = s->syms.at[here->inside.first + i];
        bool both = false;
        for (uint32_t k = 0; k < there->inside.n && !both; k++)
            both = canonical(c, !new, t->syms.at[there->inside.first + k]) == canonical(c, new, one);
        if (!both)
            put_sym(w, NULL, one);
    }
    json_end(&w->j, ']');
}

static void put_ends(DiffJson *w, const char *key, const SnapThing *t)
{
    json_begin_object(&w->j, key);
    put_sym(w, "from", t->from);
    put_sym(w, "from_port", t->from_port);
    put_sym(w, "to", t->to);
    put_sym(w, "to_port", t->to_port);
    json_bool(&w->j, "two_way", t->two_way);
    json_end(&w->j, '}');
}

static void put_pair_of_syms(DiffJson *w, Sym old, Sym new)
{
    put_sym(w, "old", old);
    put_sym(w, "new", new);
}

static void put_details(DiffJson *w, const Change *change)
{
    const Comparison *c = w->c;
    const Pair *p = &c->pairs.at[change->pair];
    const SnapThing *o = old_thing(c, p), *n = new_thing(c, p);
    switch (change->kind) {
    case CHANGE_ADDED:
    case CHANGE_REMOVED:
        if (change->like)
            put_sym(w, "looks_like", any_thing(c, &c->pairs.at[change->like - 1])->path);
        break;
    case CHANGE_RENAMED: put_pair_of_syms(w, o->path, n->path); break;
    case CHANGE_IDENTIFIED: put_pair_of_syms(w, o->id, n->id); break;
    case CHANGE_MOVED:
        put_pair_of_syms(w, o->parent, n->parent);
        put_crossed(w, "leaves", p, false);
        put_crossed(w, "enters", p, true);
        break;
    case CHANGE_KIND: put_pair_of_syms(w, o->kind, n->kind); break;
    case CHANGE_ENDS:
        put_ends(w, "old", o);
        put_ends(w, "new", n);
        break;
    case CHANGE_TITLE: put_pair_of_syms(w, o->title, n->title); break;
    case CHANGE_DOC: put_pair_of_syms(w, o->doc, n->doc); break;
    case CHANGE_PROPERTY:
    case CHANGE_PRESET:
        put_sym(w, "property", change->prop);
        put_value(w, "old", &c->old, change->old);
        put_value(w, "new", &c->new, change->new);
        break;
    case CHANGE_KINDS: break;
    }
}

static void put_model(DiffJson *w)
{
    const Comparison *c = w->c;
    Json *j = &w->j;
    json_begin_array(j, "model");
    for (uint32_t i = 0; i < c->changes.n; i++) {
        const Change *change = &c->changes.at[i];
        const SnapThing *t = any_thing(c, &c->pairs.at[change->pair]);
        if (!change_told(change))
            continue;
        json_begin_object(j, NULL);
        j->pretty = false;
        json_z(j, "change", change_name(change->kind));
        put_sym(w, "thing", t->id);
        put_sym(w, "path", t->path);
        put_sym(w, "kind", t->kind);
        put_sym(w, "section", t->section);
        put_details(w, change);
        change_words(c, change, &w->words);
        put_words(w, "text");
        json_end(j, '}');
        j->pretty = true;
    }
    json_end(j, ']');
}

void compared_json(const Compared *d, Out *out)
{
    DiffJson w = {.c = d->c};
    Json *j = &w.j;
    json_start(j, out, true);
    json_begin_object(j, NULL);
    json_z(j, "schema", "urn:cordon:schema:diff:1");
    json_tool(j);
    put_side(&w, "old", &d->c->old, d->old);
    put_side(&w, "new", &d->c->new, d->new);
    put_summary(&w);
    put_effects(&w, "threats", false);
    put_effects(&w, "gaps", true);
    put_decisions(&w);
    put_model(&w);
    json_end(j, '}');
    strbuf_free(&w.words);
    strbuf_free(&w.text);
}
