/* The facts of a verdict in words, and their hash: what a decision says that it was made on. Things stand with their ids, so that
 * neither a new name nor another place is a new fact. Requires a Provenance; leaves texts in the caller's arena. */
#include "rules/plan.h"

/* FNV-1a in 64 bits: it notices that a fact changed, on every machine alike. Nobody is kept from anything by it: who can change
 * the facts can change the decision. */
static const uint64_t HASH_START = 0xCBF29CE484222325u, HASH_PRIME = 0x100000001B3u;

static uint64_t hash_bytes(uint64_t h, Str s)
{
    const unsigned char *at = (const unsigned char *)s.s, *end = at + s.n;
    for (; end - at >= 4; at += 4) { /* byte by byte, since each waits for the one before it; in fours, to count less */
        h = (h ^ at[0]) * HASH_PRIME;
        h = (h ^ at[1]) * HASH_PRIME;
        h = (h ^ at[2]) * HASH_PRIME;
        h = (h ^ at[3]) * HASH_PRIME;
    }
    for (; at < end; at++)
        h = (h ^ *at) * HASH_PRIME;
    return h;
}

static uint64_t hash_line(uint64_t h, Str s)
{
    return (hash_bytes(h, s) ^ '\n') * HASH_PRIME;
}

/* Spreads a hash over all bits. */
static uint64_t hash_mix(uint64_t h)
{
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
    return h ^ (h >> 33);
}

/* ---- values ---- */

/* A text on one line. What does not fit is told apart by its hash. */
static void put_text(Str text, StrBuf *out)
{
    enum { SHOWN = 60 };
    size_t n = text.n <= SHOWN + 20 ? text.n : SHOWN;
    while (n < text.n && n > 0 && ((unsigned char)text.s[n] & 0xC0) == 0x80)
        n--;
    bool whole = n == text.n;
    for (size_t i = 0; i < n; i++) {
        bool plain = (unsigned char)text.s[i] >= ' ';
        strbuf_char(out, plain ? text.s[i] : ' ');
        whole &= plain;
    }
    if (!whole)
        strbuf_format(out, "... [%08x]", (unsigned)(hash_mix(hash_bytes(HASH_START, text)) >> 32));
}

static void put_one(const Program *p, Value v, StrBuf *out)
{
    if ((v.tag & VALUE_TAG) == V_TEXT)
        put_text(value_text_of(&p->model, v), out);
    else if ((v.tag & VALUE_TAG) == V_REF && v.a && v.tag == V_REF)
        obj_id(p, v.a, out);
    else
        value_print(p, v, out);
}

/* The order of a set means nothing, so it is sorted. */
static void put_set(const Program *p, Range r, Arena *arena, StrBuf *out)
{
    if (r.n == 1) {
        put_one(p, p->model.set_values.at[r.first], out);
        return;
    }
    Str *members = NEWN(arena, Str, r.n);
    size_t end = out->n;
    for (uint32_t i = 0; i < r.n; i++) {
        put_one(p, p->model.set_values.at[r.first + i], out);
        members[i] = str_copy(arena, str_slice(strbuf_str(out), end, out->n));
        out->n = end;
    }
    qsort(members, r.n, sizeof *members, str_order);
    bool some = false;
    for (uint32_t i = 0; i < r.n; i++) {
        if (i > 0 && str_eq(members[i], members[i - 1]))
            continue;
        strbuf_addz(out, some ? ", " : "");
        strbuf_add(out, members[i]);
        some = true;
    }
}

static void put_value(const Program *p, Value v, Arena *arena, StrBuf *out)
{
    if ((v.tag & VALUE_TAG) != V_SET)
        put_one(p, v, out);
    else if (p->model.sets.at[v.a].n == 0)
        strbuf_addz(out, "empty");
    else
        put_set(p, p->model.sets.at[v.a], arena, out);
}

/* ---- facts ---- */

/* Where facts are written to: their texts one behind the other, which are copied together in the end. */
typedef struct FactWriter {
    const Program *p;
    Arena *arena;
    FactVec *out;
    StrBuf *text;
    uint32_t first; /* of those that it adds */
    size_t start;   /* of the text at hand */
} FactWriter;

static FactWriter writer_start(const Program *p, Arena *arena, FactVec *out, StrBuf *text)
{
    text->n = 0;
    return (FactWriter){p, arena, out, text, out->n, 0};
}

static void add(FactWriter *w, size_t key, Span at)
{
    vec_push(w->out, (Fact){{NULL, w->text->n - w->start}, (uint32_t)(key - w->start), at});
    w->start = w->text->n;
}

static void writer_end(FactWriter *w)
{
    const char *text = str_copy(w->arena, strbuf_str(w->text)).s;
    for (uint32_t i = w->first; i < w->out->n; i++) {
        w->out->at[i].text.s = text;
        text += w->out->at[i].text.n;
    }
}

static void property_fact(FactWriter *w, ObjId o, PropId prop, Value v, Span at)
{
    StrBuf *b = w->text;
    obj_id(w->p, o, b);
    strbuf_char(b, '.');
    strbuf_add(b, sym_str(w->p->names, w->p->props.at[prop].name));
    strbuf_addz(b, " is ");
    size_t key = b->n;
    put_value(w->p, v, w->arena, b);
    add(w, key, at);
}

void fact_of_property(const Program *p, ObjId o, PropId prop, Arena *arena, FactVec *out)
{
    StrBuf text = {0};
    FactWriter w = writer_start(p, arena, out, &text);
    const PropVal *written = NULL;
    Value v = obj_value(p, o, prop, &written);
    property_fact(&w, o, prop, v, value_place(p, o, written));
    writer_end(&w);
    strbuf_free(&text);
}

void fact_of_control(const Program *p, ObjId control, Arena *arena, FactVec *out)
{
    static const char *const levels[] = {"no", "planned", "unknown", "yes", "yes"};
    StrBuf text = {0};
    FactWriter w = writer_start(p, arena, out, &text);
    obj_id(p, control, &text);
    strbuf_addz(&text, " is in place: ");
    size_t key = text.n;
    strbuf_addz(&text, levels[control_level(p, control)]);
    add(&w, key, model_decl(&p->model, control)->span);
    writer_end(&w);
    strbuf_free(&text);
}

/* Implemented or verified is one fact: evidence that comes later takes nothing from a decision, and where it fails the control counts
 * as planned. */
static void capability_fact(FactWriter *w, const Cause *c)
{
    static const char *const plain[] = {"no", "unknown", "yes"}, *const by[] = {"planned by ", "unknown, by ",
                                                                                "yes, by "};
    const Program *p = w->p;
    StrBuf *b = w->text;
    obj_id(p, c->obj, b);
    strbuf_addz(b, " has ");
    strbuf_add(b, obj_name(p, c->capability));
    strbuf_addz(b, ": ");
    size_t key = b->n;
    strbuf_addz(b, c->by ? by[c->value] : plain[c->value]);
    if (c->by)
        obj_id(p, c->by, b);
    add(w, key, span_none(c->fact) ? model_decl(&p->model, c->obj)->span : c->fact);
}

/* A step on a path. */
static void hop_fact(FactWriter *w, const Cause *c)
{
    StrBuf *b = w->text;
    obj_id(w->p, c->obj, b);
    strbuf_addz(b, " leads to ");
    size_t key = b->n;
    if (c->by)
        obj_id(w->p, c->by, b);
    strbuf_addz(b, c->value == TRI_UNKNOWN ? ", perhaps" : "");
    add(w, key, c->fact);
}

/* What is asked of the structure stands as the rule asks it. */
static void condition_fact(FactWriter *w, const Cause *c)
{
    static const char *const values[] = {"false", "unknown", "true"};
    StrBuf *b = w->text;
    if (c->obj) {
        obj_id(w->p, c->obj, b);
        strbuf_addz(b, ": ");
    }
    strbuf_add(b, c->asked);
    strbuf_addz(b, " is ");
    size_t key = b->n;
    strbuf_addz(b, values[c->value]);
    if (c->by && c->by != c->obj) {
        strbuf_addz(b, ", by ");
        obj_id(w->p, c->by, b);
    }
    add(w, key, c->fact);
}

static void cause_fact(FactWriter *w, const Cause *c)
{
    if (c->obj && c->prop)
        property_fact(w, c->obj, c->prop, c->said, c->fact);
    else if (c->obj && c->capability)
        capability_fact(w, c);
    else if (span_none(c->condition) && c->obj)
        hop_fact(w, c);
    else
        condition_fact(w, c);
}

static bool told(const Provenance *why, const Cause *closer)
{
    for (uint32_t i = 0; i < why->causes.n; i++)
        if (why->causes.at[i].obj == closer->obj && why->causes.at[i].capability == closer->capability)
            return true;
    return false;
}

void provenance_facts(const Program *p, Provenance *why, Arena *arena, FactVec *out)
{
    FactWriter w = writer_start(p, arena, out, &why->text);
    for (uint32_t i = 0; i < why->causes.n; i++)
        cause_fact(&w, &why->causes.at[i]);
    /* A control that is planned and then dropped leaves what applies as it was, and is a reason to decide anew. */
    for (uint32_t i = 0; i < why->closers.n; i++)
        if (!told(why, &why->closers.at[i]))
            cause_fact(&w, &why->closers.at[i]);
    writer_end(&w);
}

/* ---- together ---- */

static int by_text(const void *x, const void *y)
{
    const Fact *a = x, *b = y;
    return str_cmp(a->text, b->text);
}

/* Mostly there are a handful of them, millions of times, and mostly a fact stands behind the one before it. */
static void sort_facts(FactVec *facts)
{
    enum { FEW = 16 };
    if (facts->n > FEW) {
        qsort(facts->at, facts->n, sizeof *facts->at, by_text);
        return;
    }
    for (uint32_t i = 1; i < facts->n; i++) {
        if (str_cmp(facts->at[i].text, facts->at[i - 1].text) >= 0)
            continue;
        Fact moved = facts->at[i];
        uint32_t k = i;
        do
            facts->at[k] = facts->at[k - 1];
        while (--k > 0 && str_cmp(moved.text, facts->at[k - 1].text) < 0);
        facts->at[k] = moved;
    }
}

void facts_tidy(FactVec *facts)
{
    if (facts->n < 2)
        return;
    sort_facts(facts);
    uint32_t n = 1;
    for (uint32_t i = 1; i < facts->n; i++)
        if (!str_eq(facts->at[i].text, facts->at[n - 1].text))
            facts->at[n++] = facts->at[i];
    facts->n = n;
}

void facts_basis(const FactVec *facts, char out[13])
{
    uint64_t sum = HASH_START;
    for (uint32_t i = 0; i < facts->n; i++)
        sum = hash_mix(hash_line(sum, facts->at[i].text));
    static const char hex[] = "0123456789abcdef";
    for (unsigned i = 0; i < 12; i++)
        out[i] = hex[sum >> (60 - 4 * i) & 15];
    out[12] = 0;
}

void provenance_basis(const RuleSet *r, Provenance *why, char out[13])
{
    FactVec facts = {0};
    provenance_facts(r->program, why, &why->arena, &facts);
    facts_tidy(&facts);
    facts_basis(&facts, out);
    vec_free(&facts);
}

void verdict_basis(const RuleSet *r, const Verdict *v, char out[13])
{
    Provenance why = {0};
    verdict_explain(r, v, &why);
    provenance_basis(r, &why, out);
    provenance_free(&why);
}
