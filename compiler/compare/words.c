/* A comparison in words. Requires a comparison; leaves sentences whose names are marked, see words.h. */
#include "compare/words.h"

const Chapter chapters[CHAPTERS] = {
    {"New threats", EFFECT_NEW, false, true},
    {"Threats that are open again", EFFECT_REOPENED, false, true},
    {"Threats that became worse", EFFECT_WORSE, false, true},
    {"Decided on facts that have changed", EFFECT_FACTS, false, true},
    {"Closed threats", EFFECT_CLOSED, false, false},
    {"Threats that became less", EFFECT_BETTER, false, false},
    {"Closed in another way", EFFECT_CHANGED, false, false},
    {"New and closed already", EFFECT_SETTLED, false, false},
    {"Were closed and apply no longer", EFFECT_GONE, false, false},
    {"Newly missing in the model", EFFECT_NEW, true, false},
    {"Missing in the model again", EFFECT_REOPENED, true, false},
    {"Missing, and more certain or more severe", EFFECT_WORSE, true, false},
    {"Missing, decided on facts that have changed", EFFECT_FACTS, true, false},
    {"No longer missing in the model", EFFECT_CLOSED, true, false},
    {"Missing, and less certain or less severe", EFFECT_BETTER, true, false},
    {"Missing, settled in another way", EFFECT_CHANGED, true, false},
    {"Newly missing and settled already", EFFECT_SETTLED, true, false},
    {"Was missing and settled, and applies no longer", EFFECT_GONE, true, false},
};

const SnapThreat *effect_threat(const Comparison *c, const Effect *e, const Snapshot **side)
{
    const Snapshot *s = e->new ? &c->new : &c->old;
    if (side)
        *side = s;
    return &s->threats.at[(e->new ? e->new : e->old) - 1];
}

bool change_told(const Change *change)
{
    return change->kind != CHANGE_PRESET || !change->first;
}

void words_pieces(Str sentence, const Pieces *to)
{
    size_t from = 0;
    bool name = false;
    for (size_t i = 0; i <= sentence.n; i++) {
        bool mark = i < sentence.n && (sentence.s[i] == NAME_BEGIN || sentence.s[i] == NAME_END);
        if (i < sentence.n && !mark)
            continue;
        if (i > from)
            (name ? to->name : to->plain)(to->self, str_slice(sentence, from, i));
        name = mark && sentence.s[i] == NAME_BEGIN;
        from = i + 1;
    }
}

/* Texts of people come as they are, but for what would pass for a mark. */
static void add_text(StrBuf *out, Str s)
{
    for (size_t i = 0; i < s.n; i++)
        strbuf_char(out, s.s[i] == NAME_BEGIN || s.s[i] == NAME_END ? '?' : s.s[i]);
}

static void add_name(StrBuf *out, Str a, Str b)
{
    strbuf_char(out, NAME_BEGIN);
    add_text(out, a);
    if (b.n)
        strbuf_char(out, '.');
    add_text(out, b);
    strbuf_char(out, NAME_END);
}

static void add_thing(const Comparison *c, bool new, uint32_t at, StrBuf *out)
{
    const Snapshot *s = new ? &c->new : &c->old;
    add_name(out, snap_str(s, s->things.at[at - 1].path), STR(""));
}

/* The thing of an id; the id itself if it is none that is compared; `nowhere` for none. */
static void add_ref(const Comparison *c, bool new, Sym id, const char *nowhere, StrBuf *out)
{
    const Snapshot *s = new ? &c->new : &c->old;
    uint32_t at = id ? map_get(&s->thing_by_id, id) : 0;
    if (at)
        add_thing(c, new, at, out);
    else if (id)
        add_name(out, snap_str(s, id), STR(""));
    else
        strbuf_addz(out, nowhere);
}

/* ---- values ---- */

void value_words(const Comparison *c, bool new, uint32_t prop, StrBuf *out)
{
    const Snapshot *s = new ? &c->new : &c->old;
    const SnapProp *p = prop ? &s->props.at[prop - 1] : NULL;
    if (!p || p->unknown || !p->n) {
        strbuf_addz(out, !p ? "not given" : p->unknown ? "not known" : "none");
        return;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        Str value = snap_str(s, snap_members(s, p)[i]);
        strbuf_addz(out, i ? ", " : "");
        add_text(out, value.n ? value : STR("\"\""));
    }
}

/* Members of a list that the other side's does not have. */
static uint32_t add_more(const Comparison *c, bool new, uint32_t prop, uint32_t other, const char *verb, StrBuf *out)
{
    const Snapshot *s = new ? &c->new : &c->old, *t = new ? &c->old : &c->new;
    const SnapProp *p = &s->props.at[prop - 1], *q = &t->props.at[other - 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        Sym member = snap_members(s, p)[i];
        bool there = false;
        for (uint32_t k = 0; k < q->n && !there; k++)
            there = canonical(c, !new, snap_members(t, q)[k]) == canonical(c, new, member);
        if (there)
            continue;
        strbuf_addz(out, n++ ? ", " : verb);
        add_ref(c, new, member, "\"\"", out);
    }
    return n;
}

static bool long_text(const Comparison *c, bool new, uint32_t prop)
{
    enum { SHORT = 60 };
    StrBuf b = {0};
    value_words(c, new, prop, &b);
    bool is = b.n > SHORT || memchr(b.s, '\n', b.n);
    strbuf_free(&b);
    return is;
}

/* What a value is compared with: both are there and both are lists. */
static bool both_lists(const Comparison *c, const Change *change)
{
    enum { MOST = 1000 }; /* members are looked for one by one */
    if (!change->old || !change->new)
        return false;
    const SnapProp *o = &c->old.props.at[change->old - 1], *n = &c->new.props.at[change->new - 1];
    return o->list && n->list && o->n < MOST && n->n < MOST;
}

static void property_words(const Comparison *c, const Change *change, StrBuf *out)
{
    if (both_lists(c, change)) {
        uint32_t n = add_more(c, true, change->new, change->old, " gained ", out);
        add_more(c, false, change->old, change->new, n ? " and lost " : " lost ", out);
        return;
    }
    if (long_text(c, false, change->old) || long_text(c, true, change->new)) {
        strbuf_addz(out, !change->old ? " is given now" : !change->new ? " is not given any more" : " reads otherwise");
        return;
    }
    strbuf_addz(out, " went from ");
    value_words(c, false, change->old, out);
    strbuf_addz(out, " to ");
    value_words(c, true, change->new, out);
}

/* ---- changes ---- */

static void moved_words(const Comparison *c, const SnapThing *o, const SnapThing *n, StrBuf *out)
{
    strbuf_addz(out, " moved from ");
    add_ref(c, false, o->parent, "the top of the model", out);
    strbuf_addz(out, " to ");
    add_ref(c, true, n->parent, "the top of the model", out);
}

static void way_words(const Comparison *c, bool new, const SnapThing *t, StrBuf *out)
{
    add_ref(c, new, t->from_port ? t->from_port : t->from, "nothing", out);
    strbuf_addz(out, t->two_way ? " and back to " : " to ");
    add_ref(c, new, t->to_port ? t->to_port : t->to, "nothing", out);
}

static void quoted(StrBuf *out, const char *before, Str s)
{
    strbuf_addz(out, before);
    strbuf_char(out, '"');
    add_text(out, s);
    strbuf_char(out, '"');
}

/* The subject of a sentence: the thing, or its property. */
static void add_subject(const Comparison *c, const Pair *p, Sym prop, StrBuf *out)
{
    const Snapshot *s = p->new ? &c->new : &c->old;
    add_name(out, snap_str(s, any_thing(c, p)->path), snap_str(s, prop));
}

static void identified_words(const Comparison *c, const SnapThing *o, const SnapThing *n, StrBuf *out)
{
    if (n->id == n->path) {
        strbuf_addz(out, " has no permanent id any more; it was ");
        add_name(out, snap_str(&c->old, o->id), STR(""));
        return;
    }
    strbuf_addz(out, " has the permanent id ");
    add_name(out, snap_str(&c->new, n->id), STR(""));
    strbuf_addz(out, " now");
}

/* What became of a thing that stands on both sides. */
static void became_words(const Comparison *c, ChangeKind kind, const SnapThing *o, const SnapThing *n, StrBuf *out)
{
    if (kind == CHANGE_IDENTIFIED) {
        identified_words(c, o, n, out);
    } else if (kind == CHANGE_MOVED) {
        moved_words(c, o, n, out);
    } else if (kind == CHANGE_KIND) {
        strbuf_format(out, " went from %.*s to %.*s", STR_FMT(snap_str(&c->old, o->kind)),
                      STR_FMT(snap_str(&c->new, n->kind)));
    } else if (kind == CHANGE_ENDS) {
        strbuf_addz(out, " leads from ");
        way_words(c, true, n, out);
        strbuf_addz(out, " now; it led from ");
        way_words(c, false, o, out);
    } else if (kind == CHANGE_TITLE) {
        quoted(out, " went from ", snap_str(&c->old, o->title));
        quoted(out, " to ", snap_str(&c->new, n->title));
    }
}

void change_words(const Comparison *c, const Change *change, StrBuf *out)
{
    const Pair *p = &c->pairs.at[change->pair];
    const SnapThing *o = old_thing(c, p), *n = new_thing(c, p);
    if (change->kind == CHANGE_PRESET) {
        strbuf_addz(out, "the default of ");
        add_name(out, snap_str(&c->new, any_thing(c, p)->kind), snap_str(&c->new, change->prop));
    } else if (change->kind == CHANGE_RENAMED) {
        add_thing(c, false, p->old, out);
    } else {
        strbuf_addz(out, change->kind == CHANGE_TITLE ? "the title of " : "");
        add_subject(c, p, change->kind == CHANGE_PROPERTY ? change->prop : 0, out);
    }
    switch (change->kind) {
    case CHANGE_ADDED: strbuf_addz(out, " was added"); break;
    case CHANGE_REMOVED: strbuf_addz(out, " was removed"); break;
    case CHANGE_RENAMED:
        strbuf_addz(out, " is called ");
        add_thing(c, true, p->new, out);
        strbuf_addz(out, " now");
        break;
    case CHANGE_IDENTIFIED:
    case CHANGE_MOVED:
    case CHANGE_KIND:
    case CHANGE_ENDS:
    case CHANGE_TITLE:
        if (o && n)
            became_words(c, change->kind, o, n, out);
        break;
    case CHANGE_DOC: strbuf_addz(out, " is described otherwise"); break;
    case CHANGE_PROPERTY:
    case CHANGE_PRESET: property_words(c, change, out); break;
    case CHANGE_KINDS: break;
    }
}

/* Where only the permanent id is another, keeping that is what tells that it is the same thing. */
void alike_words(const Comparison *c, const Change *change, StrBuf *out)
{
    if (!change->like || change->kind != CHANGE_ADDED)
        return;
    const SnapThing *was = old_thing(c, &c->pairs.at[change->like - 1]);
    const SnapThing *is = new_thing(c, &c->pairs.at[change->pair]);
    strbuf_addz(out, "; it looks like ");
    if (was->path == is->path) {
        add_name(out, snap_str(&c->old, was->id), STR(""));
        strbuf_addz(out, " under another permanent id: if it is, keep the id");
        return;
    }
    add_name(out, snap_str(&c->old, was->path), STR(""));
    strbuf_addz(out, " under another name: if it is, write ");
    StrBuf clause = {0};
    strbuf_format(&clause, "was %.*s", STR_FMT(snap_str(&c->old, was->path)));
    add_name(out, strbuf_str(&clause), STR(""));
    strbuf_addz(out, " behind its name");
    strbuf_free(&clause);
}

/* ---- reasons ---- */

static void decided_words(const Comparison *c, const Effect *e, const Reason *r, StrBuf *out)
{
    const SnapDecision *now = r->new ? &c->new.decisions.at[r->new - 1] : NULL;
    if (now) {
        const SnapThreat *t = effect_threat(c, e, NULL);
        strbuf_addz(out, "the decision ");
        add_name(out, snap_str(&c->new, now->id), STR(""));
        strbuf_format(out, " settles it: %.*s", STR_FMT(snap_str(&c->new, t->verdict)));
        return;
    }
    const SnapDecision *was = &c->old.decisions.at[r->old - 1];
    strbuf_addz(out, "the decision ");
    add_name(out, snap_str(&c->old, was->id), STR(""));
    uint32_t pair = pair_of(c, false, was->id);
    const SnapThing *thing = pair ? new_thing(c, &c->pairs.at[pair - 1]) : NULL;
    uint32_t at = map_get(&c->new.decision_by_id, thing ? thing->id : was->id);
    now = at ? &c->new.decisions.at[at - 1] : NULL;
    if (!now)
        strbuf_addz(out, " was removed");
    else if (now->why)
        strbuf_format(out, " counts no longer: %.*s", STR_FMT(snap_str(&c->new, now->why)));
    else
        strbuf_addz(out, " is not about it any more");
}

void reason_words(const Comparison *c, const Effect *e, const Reason *r, StrBuf *out)
{
    switch (r->kind) {
    case REASON_CHANGE: change_words(c, &c->changes.at[r->change], out); break;
    case REASON_DECISION: decided_words(c, e, r, out); break;
    case REASON_RULES: strbuf_addz(out, "the rules are others"); break;
    case REASON_DATE: strbuf_addz(out, "the date is another"); break;
    case REASON_NONE: strbuf_addz(out, "nothing that was compared explains it"); break;
    }
}

void reasons_words(const Comparison *c, const Effect *e, StrBuf *out)
{
    strbuf_addz(out, e->sure ? "because " : "perhaps because ");
    for (uint32_t i = 0; i < e->reasons.n; i++) {
        strbuf_addz(out, i ? "; " : "");
        reason_words(c, e, &c->reasons.at[e->reasons.first + i], out);
    }
}

void stale_words(const Comparison *c, const DecisionEffect *d, StrBuf *out)
{
    const SnapDecision *n = &c->new.decisions.at[d->new - 1];
    strbuf_add(out, snap_str(&c->new, n->standing));
    if (n->why) {
        strbuf_addz(out, ": ");
        add_text(out, snap_str(&c->new, n->why));
    }
    for (uint32_t i = 0; i < d->reasons.n; i++) {
        strbuf_addz(out, i ? "; " : ", because ");
        change_words(c, &c->changes.at[c->reasons.at[d->reasons.first + i].change], out);
    }
}

void before_words(const Comparison *c, const Effect *e, StrBuf *out)
{
    if (!e->old || !e->new)
        return;
    const SnapThreat *o = &c->old.threats.at[e->old - 1], *n = &c->new.threats.at[e->new - 1];
    if (o->verdict == n->verdict && o->severity == n->severity)
        return;
    strbuf_format(out, "was %.*s", STR_FMT(snap_str(&c->old, o->verdict)));
    if (o->severity != n->severity)
        strbuf_format(out, ", %.*s", STR_FMT(o->severity ? snap_str(&c->old, o->severity) : STR("not rated")));
}

/* ---- the summary ---- */

static void add_count(StrBuf *out, uint32_t n, const char *one, const char *many, size_t *start)
{
    if (!n)
        return;
    strbuf_addz(out, out->n > *start ? ", " : "");
    strbuf_format(out, "%u %s", n, n == 1 ? one : many);
}

static void add_part(StrBuf *out, StrBuf *part, const char *before)
{
    if (part->n) {
        strbuf_addz(out, out->n ? "; " : "");
        strbuf_addz(out, before);
        strbuf_add(out, strbuf_str(part));
    }
    part->n = 0;
}

void summary_words(const Comparison *c, StrBuf *out)
{
    StrBuf part = {0}, whole = {0};
    size_t start = 0;
    const uint32_t *n = c->threats, *g = c->gaps, *m = c->model;
    add_count(&part, n[EFFECT_NEW], "new threat", "new threats", &start);
    add_count(&part, n[EFFECT_REOPENED], "open again", "open again", &start);
    add_count(&part, n[EFFECT_WORSE], "worse", "worse", &start);
    add_count(&part, c->stale, "decision counts no longer", "decisions count no longer", &start);
    add_part(&whole, &part, "");
    if (!whole.n)
        strbuf_addz(&whole, "nothing new needs anybody");
    add_count(&part, n[EFFECT_FACTS], "decided on facts that have changed", "decided on facts that have changed",
              &start);
    add_count(&part, n[EFFECT_CLOSED], "closed", "closed", &start);
    add_count(&part, n[EFFECT_BETTER], "less", "less", &start);
    add_count(&part, n[EFFECT_CHANGED] + n[EFFECT_SETTLED] + n[EFFECT_GONE], "other", "others", &start);
    add_count(&part, c->revived, "decision counts again", "decisions count again", &start);
    add_part(&whole, &part, "");
    add_count(&part, g[EFFECT_NEW] + g[EFFECT_REOPENED], "newly missing", "newly missing", &start);
    add_count(&part, g[EFFECT_CLOSED], "no longer missing", "no longer missing", &start);
    add_part(&whole, &part, "");
    for (ChangeKind k = CHANGE_ADDED; k < CHANGE_KINDS; k++) {
        static const char *const words[CHANGE_KINDS] = {
            "added",         "removed",  "renamed",        "with another id",  "moved",          "of another kind",
            "led otherwise", "retitled", "described anew", "property changed", "default changed"};
        static const char *const many[CHANGE_KINDS] = {
            "added",         "removed",  "renamed",        "with other ids",     "moved",           "of another kind",
            "led otherwise", "retitled", "described anew", "properties changed", "defaults changed"};
        add_count(&part, m[k], words[k], many[k], &start);
    }
    add_part(&whole, &part, "in the model ");
    strbuf_add(out, strbuf_str(&whole));
    strbuf_free(&part);
    strbuf_free(&whole);
}
