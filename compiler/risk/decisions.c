/* Decisions: each names threats by rule and subject, or a risk, and counts only when it says why and who answers for it, has not
 * expired and was made on the facts of today. Requires the list of threats and the risks that they belong to; leaves decisions set
 * on those that are not closed anyway, and a report of everything that is wrong with a decision. The cost is one look at each threat,
 * however many decisions there are. */
#include "risk/decisions.h"

enum { MOST_SUGGESTIONS = 20 };

char *decision_words(Decisions *d, Value v)
{
    StrBuf b = {0};
    value_print(d->p, v, &b);
    char *z = str_z(&d->arena, strbuf_str(&b));
    strbuf_free(&b);
    return z;
}

/* ---- reading ---- */

static ConstId find_disposition(Decisions *d, ObjId o, const Tree *t, NodeId node)
{
    Program *p = d->p;
    EnumId e = enum_by_name(p, o, "Disposition");
    ConstId c = e ? enum_const(p, e, node_at(t, node)->val) : 0;
    if (c || !e)
        return c;
    Str name = sym_str(p->names, node_at(t, node)->val);
    Diag *r = diag_add(p->diags, D_UNKNOWN_DECISION, node_span(t, node), str_z(&d->arena, name));
    Suggestion near = suggest_start(name);
    StrBuf all = {0};
    for (uint32_t i = 0; i < p->enums.at[e].n; i++) {
        Str value = sym_str(p->names, p->consts.at[p->enums.at[e].first + i].name);
        suggest_offer(&near, value);
        strbuf_format(&all, "%s%.*s", i ? ", " : "", STR_FMT(value));
    }
    diag_caret(p->diags, r, "expected one of %.*s", STR_FMT(strbuf_str(&all)));
    strbuf_free(&all);
    if (near.best.n)
        diag_help(p->diags, r, "did you mean `%.*s`?", STR_FMT(near.best));
    return 0;
}

static void read_decision(Decisions *d, const Stanza *s)
{
    Program *p = d->p;
    const Tree *t = &p->modules.at[s->module].tree;
    NodeId word = node_find(t, s->node, N_QNAME), name = word ? node_seek(t, node_next(t, word), N_QNAME) : 0;
    if (!name)
        return; /* the syntax error is reported */
    Decision x = {.stanza = s, .obj = s->obj, .at = node_name_span(t, p->sources, p->names, s->node)};
    x.word = sym_str(p->names, node_at(t, word)->val);
    x.disposition = find_disposition(d, s->obj, t, word);
    uint32_t before = d->abouts.all.n;
    x.named = abouts_read(&d->abouts, s, name);
    x.risk = x.named && d->abouts.all.at[before].what == ABOUT_RISK;
    x.counts = decision_terms(d, &x) && x.disposition;
    vec_push(&d->all, x);
    map_put(&d->decision_of, x.obj, d->all.n);
}

/* ---- matching ---- */

static void twice(Decisions *d, Span at, Span before, Str what, Str where)
{
    Program *p = d->p;
    Diag *r = diag_add(p->diags, D_DECIDED_TWICE, at, str_z(&d->arena, what), str_z(&d->arena, where));
    diag_label(p->diags, r, before, "decided here already");
}

/* Only the first of several decisions about one threat is kept, so that a contradiction cannot hide; it is an error anyway. */
static void report_doubles(Decisions *d)
{
    for (uint32_t i = 1; i < d->abouts.all.n; i++) {
        const About *x = &d->abouts.all.at[i];
        if (x->doubled && x->what == ABOUT_RISK)
            twice(d, x->at, d->abouts.all.at[i - 1].at, STR("the risk"), x->rule);
        else if (x->doubled)
            twice(d, x->at, d->abouts.all.at[i - 1].at, x->rule, x->subject);
    }
}

static void add_hit(Decisions *d, const About *x, uint32_t threat, bool gap)
{
    uint32_t decision = map_get(&d->decision_of, x->by);
    for (uint32_t i = d->hits.n; i-- > 0 && d->hits.at[i].threat == threat && d->hits.at[i].gap == gap;)
        if (d->hits.at[i].decision == decision - 1)
            return;
    vec_push(&d->hits, (Hit){decision - 1, gap, threat, x->at});
}

/* A threat of a risk that was decided alone as well is a contradiction. */
static void match_threat(Decisions *d, uint32_t i, bool gap)
{
    Threat *t = gap ? &d->a->gaps.at[i] : &d->a->threats.at[i];
    const About *own = abouts_find(&d->abouts, t), *risk = abouts_find_risk(&d->abouts, t->risk);
    if (own)
        add_hit(d, own, i, gap);
    if (own && risk && threat_due(d->a, t))
        twice(d, own->at, risk->at, own->rule, own->subject);
    if (risk)
        add_hit(d, risk, i, gap);
}

static void match_all(Decisions *d, const bool *decided, const ThreatVec *all, bool gap)
{
    for (uint32_t i = 0; i < all->n; i++) {
        const Verdict *v = threat_of_rule(d->a, &all->at[i]);
        if (!v || decided[v->rule] || all->at[i].risk)
            match_threat(d, i, gap);
    }
}

static int hit_order(const void *x, const void *y)
{
    const Hit *a = x, *b = y;
    if (a->decision != b->decision)
        return a->decision < b->decision ? -1 : 1;
    if (a->gap != b->gap)
        return a->gap ? 1 : -1;
    return (a->threat > b->threat) - (a->threat < b->threat);
}

static void match(Decisions *d)
{
    uint32_t nrules = rules_count(d->a->rules);
    bool *decided = mem_alloc(nrules + 1);
    memset(decided, 0, nrules + 1);
    for (uint32_t i = 0; i < d->abouts.all.n; i++)
        if (d->abouts.all.at[i].what == ABOUT_RULE)
            decided[d->abouts.all.at[i].source] = true;
    match_all(d, decided, &d->a->threats, false);
    match_all(d, decided, &d->a->gaps, true);
    free(decided);
    if (d->hits.n)
        qsort(d->hits.at, d->hits.n, sizeof *d->hits.at, hit_order);
    for (uint32_t i = d->hits.n; i-- > 0;) {
        Decision *x = &d->all.at[d->hits.at[i].decision];
        x->first = i;
        x->hits++;
    }
}

/* ---- applying ---- */

/* A decision on a risk is about what is due in it; one that names threats is told of each that is closed. */
static void report_closed(Decisions *d, const Decision *x)
{
    bool any = false;
    for (uint32_t i = 0; i < x->hits; i++)
        any |= threat_due(d->a, hit_threat(d, &d->hits.at[x->first + i]));
    for (uint32_t i = 0; i < x->hits && !(x->risk && any); i++) {
        const Hit *h = &d->hits.at[x->first + i];
        const Threat *t = hit_threat(d, h);
        if (threat_due(d->a, t))
            continue;
        StrBuf id = {0};
        threat_id(d->a, t, &id);
        Str kind = str_from(verdict_name(threat_kind(d->a, t)));
        diag_add(d->p->diags, D_NOT_NEEDED, h->at, id.s,
                 str_eq(kind, STR("out_of_scope")) ? "out of scope" : str_z(&d->arena, kind));
        strbuf_free(&id);
        if (x->risk)
            return;
    }
}

static void apply(Decisions *d, Decision *x)
{
    if (!x->hits)
        return;
    x->counts = decision_covers(d, x) && x->counts;
    if (!x->counts)
        return;
    report_closed(d, x);
    if (!decision_facts(d, x) || !decision_items(d, x) || !decision_level(d, x))
        return;
    for (uint32_t i = 0; i < x->hits; i++) {
        Threat *t = hit_threat(d, &d->hits.at[x->first + i]);
        if (!threat_due(d->a, t) || t->decision)
            continue; /* what is closed needs no decision */
        t->decision = x->obj;
        t->disposition = x->disposition;
    }
}

static void report_orphans(Decisions *d)
{
    uint32_t suggested = 0;
    for (uint32_t i = 0; i < d->abouts.all.n; i++) {
        const About *x = &d->abouts.all.at[i];
        if (x->found || x->doubled)
            continue;
        if (x->what == ABOUT_RISK) {
            Diag *r = diag_add(d->p->diags, D_ORPHAN_DECISION, x->at, "of the risk", str_z(&d->arena, x->rule));
            diag_label(d->p->diags, r, model_decl(&d->p->model, x->source)->span, "it gathers nothing");
            continue;
        }
        Diag *r =
            diag_add(d->p->diags, D_ORPHAN_DECISION, x->at, str_z(&d->arena, x->rule), str_z(&d->arena, x->subject));
        if (suggested++ < MOST_SUGGESTIONS) /* each looks at every threat */
            about_suggest(&d->abouts, x, r);
    }
}

void decisions_apply(Program *p, Assessment *a)
{
    Decisions d = {.p = p, .a = a};
    d.abouts = (Abouts){.p = p, .a = a, .arena = &d.arena};
    for (uint32_t i = 0; i < p->decisions.n; i++)
        read_decision(&d, &p->decisions.at[i]);
    if (d.all.n) {
        abouts_sort(&d.abouts);
        report_doubles(&d);
        match(&d);
        items_find(&d);
        for (uint32_t i = 0; i < d.all.n; i++)
            apply(&d, &d.all.at[i]);
        report_orphans(&d);
    }
    abouts_free(&d.abouts);
    vec_free(&d.all);
    vec_free(&d.hits);
    vec_free(&d.lowered);
    vec_free(&d.renamed);
    map_free(&d.decision_of);
    map_free(&d.exploited);
    arena_free(&d.arena);
}
