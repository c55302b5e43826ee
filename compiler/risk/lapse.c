/* Whether a decision was made on the facts of today: `facts` lists them and `basis` is their hash. Requires matched decisions; where
 * they differ, reports which fact changed, from what to what, and where the new value stands. */
#include "risk/decisions.h"

enum { LEAST_BASIS = 6, MOST_TOLD = 6 };

/* A fact as the decision gives it. */
typedef struct Written {
    Str text;
    Span at;
    bool holds;
} Written;

typedef struct Lapse {
    Decisions *d;
    const Decision *x;
    FactVec now;
    Vec(Written) written;
    bool *known; /* by fact of today: the decision gives it, or its former value */
} Lapse;

/* ---- both sides ---- */

static void facts_today(Lapse *l)
{
    const Assessment *a = l->d->a;
    Provenance why = {0};
    for (uint32_t i = 0; i < l->x->hits; i++) {
        const Hit *h = &l->d->hits.at[l->x->first + i];
        const Threat *t = hit_threat(l->d, h);
        if (l->x->risk && !threat_due(a, t))
            continue;
        if (!t->hand)
            verdict_explain(a->rules, threat_of_rule(a, t), &why);
        threat_facts(a, t, t->hand ? NULL : &why, &l->d->arena, &l->now);
    }
    provenance_free(&why);
    l->known = NEWN(&l->d->arena, bool, l->now.n + 1);
}

static void add_written(Lapse *l, const Tree *t, NodeId n)
{
    if (node_kind(t, n) == N_STRING || node_kind(t, n) == N_DOCSTR)
        vec_push(&l->written, (Written){node_text(t, l->d->p->sources, &l->d->arena, n), node_span(t, n), false});
}

/* Read from the tree, since each has a place of its own. */
static void facts_written(Lapse *l)
{
    const Program *p = l->d->p;
    const Stanza *s = l->x->stanza;
    const Tree *t = &p->modules.at[s->module].tree;
    NodeId body = node_find(t, s->node, N_BODY);
    Sym name = intern_find(p->names, STR("facts"));
    for (NodeId n = body ? node_child(t, body) : 0; n; n = node_next(t, n)) {
        if (node_kind(t, n) != N_PROP || node_at(t, n)->val != name)
            continue;
        NodeId value = node_child(t, n);
        bool list = node_kind(t, value) == N_LIST;
        for (NodeId k = list ? node_child(t, value) : value; k; k = list ? node_next(t, k) : 0)
            add_written(l, t, k);
    }
}

/* ---- differences ---- */

static int fact_order(const void *key, const void *fact)
{
    return str_cmp(*(const Str *)key, ((const Fact *)fact)->text);
}

static const Fact *fact_now(const Lapse *l, Str text)
{
    return l->now.n ? bsearch(&text, l->now.at, l->now.n, sizeof(Fact), fact_order) : NULL;
}

static uint32_t match_facts(Lapse *l)
{
    uint32_t differ = l->now.n;
    for (uint32_t i = 0; i < l->written.n; i++) {
        Written *w = &l->written.at[i];
        const Fact *f = fact_now(l, w->text);
        if (!f) {
            w->text = decision_renamed(l->d, w->text, false);
            f = fact_now(l, w->text);
        }
        w->holds = f != NULL;
        if (!f) {
            differ++;
        } else if (!l->known[f - l->now.at]) {
            l->known[f - l->now.at] = true;
            differ--;
        }
    }
    return differ;
}

/* The fact of today about the same, that the decision does not give. */
static Fact *same_key(Lapse *l, Str written)
{
    for (uint32_t i = 0; i < l->now.n; i++) {
        Fact *f = &l->now.at[i];
        if (!l->known[i] && str_starts(written, str_slice(f->text, 0, f->key))) {
            l->known[i] = true;
            return f;
        }
    }
    return NULL;
}

static Str key_of(const Fact *f)
{
    Str key = str_slice(f->text, 0, f->key);
    static const Str ends[] = {{" is ", 4}, {": ", 2}, {" leads to ", 10}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(key, ends[i]))
            return str_slice(key, 0, key.n - ends[i].n);
    return key;
}

/* One difference: in the message if it is the first, else as a label. */
static Diag *tell(Lapse *l, Diag *r, Span at, Span now, const char *words)
{
    Program *p = l->d->p;
    if (!r)
        r = diag_add(p->diags, D_FACT_CHANGED, at, words);
    else if (span_none(now))
        diag_label(p->diags, r, at, "%s", words);
    if (!span_none(now))
        diag_label(p->diags, r, now, "%s", words);
    return r;
}

static Diag *tell_changed(Lapse *l, Diag *r, const Written *w)
{
    Fact *f = same_key(l, w->text);
    if (!f)
        return tell(l, r, w->at, (Span){0},
                    str_z(&l->d->arena, str_format(&l->d->arena, "`%.*s` is no longer so", STR_FMT(w->text))));
    Str was = str_slice(w->text, f->key, w->text.n), is = str_slice(f->text, f->key, f->text.n), key = key_of(f);
    Str words = str_format(&l->d->arena, "`%.*s` was `%.*s` and is `%.*s`", STR_FMT(key), STR_FMT(was), STR_FMT(is));
    return tell(l, r, w->at, f->at, str_z(&l->d->arena, words));
}

static void report_changes(Lapse *l)
{
    Decisions *d = l->d;
    Diag *r = NULL;
    uint32_t told = 0;
    Span list;
    prop_said(d->p, l->x->obj, "facts", &list);
    for (uint32_t i = 0; i < l->written.n; i++)
        if (!l->written.at[i].holds && told++ < MOST_TOLD)
            r = tell_changed(l, r, &l->written.at[i]);
    for (uint32_t i = 0; i < l->now.n; i++) {
        if (l->known[i] || told++ >= MOST_TOLD)
            continue;
        Str words = str_format(&d->arena, "`%.*s` is new", STR_FMT(l->now.at[i].text));
        r = tell(l, r, list, l->now.at[i].at, str_z(&d->arena, words));
    }
    char basis[13];
    facts_basis(&l->now, basis);
    if (r)
        diag_help(d->p->diags, r, "read it and decide anew; the basis today is \"%s\"", basis);
}

/* The basis as it was before things were renamed. */
static void former_basis(const Lapse *l, char out[13])
{
    FactVec former = {0};
    for (uint32_t i = 0; i < l->now.n; i++) {
        Fact f = l->now.at[i];
        f.text = decision_renamed(l->d, f.text, true);
        vec_push(&former, f);
    }
    facts_tidy(&former);
    facts_basis(&former, out);
    vec_free(&former);
}

/* A hash cannot say what changed: the facts of today are named, and nothing is guessed. */
static bool basis_holds(Lapse *l)
{
    Program *p = l->d->p;
    Span at;
    Str basis = value_text_of(&p->model, prop_said(p, l->x->obj, "basis", &at));
    char now[13], former[13];
    facts_basis(&l->now, now);
    former_basis(l, former);
    bool whole = basis.n >= LEAST_BASIS && basis.n <= 12;
    if (!basis.n || (whole && (str_starts(str_from(now), basis) || str_starts(str_from(former), basis))))
        return true;
    Diag *r = diag_add(p->diags, D_LAPSED, at);
    StrBuf facts = {0};
    for (uint32_t i = 0; i < l->now.n && i < MOST_TOLD; i++) {
        strbuf_addz(&facts, i ? "; " : "");
        strbuf_add(&facts, l->now.at[i].text);
    }
    if (l->now.n > MOST_TOLD)
        strbuf_format(&facts, "; and %u more", l->now.n - MOST_TOLD);
    diag_help(p->diags, r, "the basis today is \"%s\"%s%s", now, facts.n ? ", of these facts: " : "",
              facts.n ? facts.s : "");
    strbuf_free(&facts);
    return false;
}

bool decision_facts(Decisions *d, const Decision *x)
{
    Span at;
    Value facts = prop_said(d->p, x->obj, "facts", &at), basis = prop_value(d->p, x->obj, "basis");
    bool lists = (facts.tag & VALUE_TAG) == V_SET && d->p->model.sets.at[facts.a].n;
    if (!lists && !value_says(d->p, basis))
        return true;
    Lapse l = {.d = d, .x = x};
    facts_today(&l);
    bool holds = true;
    if (lists) {
        facts_written(&l);
        holds = match_facts(&l) == 0;
    }
    if (!holds)
        report_changes(&l);
    else
        holds = basis_holds(&l);
    vec_free(&l.now);
    vec_free(&l.written);
    return holds;
}
