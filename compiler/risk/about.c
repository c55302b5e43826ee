/* What decisions and estimates are about: rule, threat or risk by name, and the things behind `at`. Requires a bound program and
 * compiled rules; leaves a list in which each threat finds its own by binary search, so that the cost is one look at each threat. */
#include "risk/about.h"
#include "risk/assess.h"

/* ---- reading ---- */

static char *words(Abouts *s, Str text)
{
    return str_z(s->arena, text);
}

/* The thing that was called so before. */
static ObjId former_name(Abouts *s, Sym name)
{
    const Model *m = &s->p->model;
    if (!s->former_made) {
        s->former_made = true;
        for (ObjId o = s->p->library_end; o < m->objects.n; o++)
            if (model_decl(m, o)->was)
                map_put(&s->former, model_decl(m, o)->was, o);
    }
    return map_get(&s->former, name);
}

static ObjId find_thing(Abouts *s, ObjId scope, Sym name)
{
    Ref ref = program_lookup(s->p, scope, name);
    if (ref.tag == REF_OBJ)
        return ref.id;
    ObjId o = map_get(&s->p->hash_ids, name);
    return o ? o : former_name(s, name);
}

void rule_unknown(const Assessment *a, Program *p, Span at, Str name)
{
    Diag *r = diag_add(p->diags, D_UNKNOWN_RULE, at, str_z(&p->diags->arena, name));
    Suggestion near = suggest_start(name);
    for (RuleId i = 1; i <= rules_count(a->rules); i++) {
        Str id = rule_info(a->rules, i)->id;
        suggest_offer(&near, id);
        long dot = str_rfind(id, '.');
        if (dot >= 0)
            suggest_offer(&near, str_slice(id, (size_t)dot + 1, id.n));
    }
    Arena scratch = {0};
    static const Role named[] = {ROLE_RISK, ROLE_THREAT};
    for (size_t k = 0; k < sizeof named / sizeof *named; k++) {
        ObjList list = objs_of_role(p, named[k], &scratch);
        for (uint32_t i = 0; i < list.n; i++)
            suggest_offer(&near, obj_name(p, list.at[i]));
    }
    arena_free(&scratch);
    if (near.best.n)
        diag_help(p->diags, r, "did you mean `%.*s`?", STR_FMT(near.best));
}

static About name_source(Abouts *s, const Stanza *stanza, const Tree *t, NodeId name)
{
    About about = {.by = stanza->obj, .at = node_span(t, name), .rule = sym_str(s->p->names, node_at(t, name)->val)};
    about.source = rule_by_name(s->a->rules, about.rule);
    if (about.source) {
        about.what = ABOUT_RULE;
        return about;
    }
    ObjId o = find_thing(s, model_obj(&s->p->model, stanza->obj)->parent, node_at(t, name)->val);
    if (o && obj_is(s->p, o, ROLE_THREAT))
        about.what = ABOUT_HAND;
    else if (o && obj_is(s->p, o, ROLE_RISK))
        about.what = ABOUT_RISK;
    else
        rule_unknown(s->a, s->p, about.at, about.rule);
    about.source = about.what ? o : 0;
    return about;
}

static uint32_t keys_of(const Abouts *s, const About *about)
{
    if (about->what != ABOUT_RULE)
        return 1;
    const RuleInfo *info = rule_info(s->a->rules, about->source);
    uint32_t n = 0;
    for (uint32_t i = 0; i < info->nvars; i++)
        n += info->keys >> i & 1;
    return n;
}

/* `at a, b` names both keys of a threat that has two; of a rule with one key, it names two threats. */
static void read_subjects(Abouts *s, About about, const Tree *t, NodeId first, ObjId scope)
{
    uint32_t keys = keys_of(s, &about);
    bool missing = false;
    for (NodeId n = first; n; n = node_seek(t, node_next(t, n), N_AT)) {
        NodeId name = node_child(t, n);
        bool last = !node_seek(t, node_next(t, n), N_AT);
        ObjId o = find_thing(s, scope, node_at(t, name)->val);
        Str text = sym_str(s->p->names, node_at(t, name)->val);
        if (about.nkeys == 0) {
            about.at = node_span(t, name);
            about.subject = text;
        } else {
            about.subject = str_format(s->arena, "%.*s, %.*s", STR_FMT(about.subject), STR_FMT(text));
        }
        missing |= o == 0;
        if (about.nkeys < LIMIT_RULE_VARS)
            about.keys[about.nkeys] = o;
        if (++about.nkeys < keys && !last)
            continue;
        if (missing || about.nkeys != keys)
            about.nkeys = UINT32_MAX; /* matches nothing */
        vec_push(&s->all, about);
        about.nkeys = 0;
        missing = false;
    }
}

uint32_t abouts_read(Abouts *s, const Stanza *stanza, NodeId name)
{
    const Tree *t = &s->p->modules.at[stanza->module].tree;
    About about = name_source(s, stanza, t, name);
    NodeId first = node_seek(t, node_next(t, name), N_AT);
    uint32_t before = s->all.n;
    if (about.what == ABOUT_RISK && first) {
        diag_add(s->p->diags, D_RISK_WITH_PLACE, node_span(t, node_child(t, first)), words(s, about.rule));
    } else if (about.what == ABOUT_RISK || (about.what == ABOUT_HAND && !first)) {
        if (about.what == ABOUT_HAND) {
            ObjId at[THREAT_OBJECTS];
            Threat t_hand = {.verdict = UINT32_MAX, .hand = about.source};
            about.nkeys = 1;
            about.keys[0] = threat_objects(s->a, &t_hand, at) ? at[0] : 0;
        }
        vec_push(&s->all, about);
    } else if (about.what && !first) {
        Diag *d = diag_add(s->p->diags, D_NO_PLACE, about.at, words(s, about.rule));
        diag_help(s->p->diags, d, "name what the threat is about: `%.*s at ...`", STR_FMT(about.rule));
    } else if (about.what) {
        read_subjects(s, about, t, first, model_obj(&s->p->model, stanza->obj)->parent);
    }
    return s->all.n - before;
}

/* ---- finding ---- */

static int same_threat(const About *a, const About *b)
{
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->nkeys != b->nkeys)
        return a->nkeys < b->nkeys ? -1 : 1;
    for (uint32_t i = 0; i < a->nkeys && i < LIMIT_RULE_VARS; i++)
        if (a->keys[i] != b->keys[i])
            return a->keys[i] < b->keys[i] ? -1 : 1;
    return 0;
}

static int about_order(const void *x, const void *y)
{
    const About *a = x, *b = y;
    int c = same_threat(a, b);
    if (c)
        return c;
    if (a->at.file != b->at.file)
        return a->at.file < b->at.file ? -1 : 1;
    return (a->at.lo > b->at.lo) - (a->at.lo < b->at.lo);
}

void abouts_sort(Abouts *s)
{
    if (s->all.n)
        qsort(s->all.at, s->all.n, sizeof *s->all.at, about_order);
    for (uint32_t i = 1; i < s->all.n; i++)
        s->all.at[i].doubled = s->all.at[i].nkeys != UINT32_MAX && same_threat(&s->all.at[i - 1], &s->all.at[i]) == 0;
}

static About *find(Abouts *s, const About *key)
{
    uint32_t lo = 0, hi = s->all.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (same_threat(&s->all.at[mid], key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    About *found = lo < s->all.n ? &s->all.at[lo] : NULL;
    if (!found || same_threat(found, key) != 0)
        return NULL;
    found->found = true;
    return found;
}

About *abouts_find_risk(Abouts *s, ObjId risk)
{
    return risk ? find(s, &(About){.what = ABOUT_RISK, .source = risk}) : NULL;
}

static About *find_hand(Abouts *s, const Threat *t)
{
    About key = {.what = ABOUT_HAND, .source = t->hand, .nkeys = 1};
    ObjId at[THREAT_OBJECTS];
    uint32_t n = threat_objects(s->a, t, at);
    at[0] = n ? at[0] : 0;
    About *found = NULL;
    for (uint32_t i = 0; i < (n ? n : 1) && !found; i++) {
        key.keys[0] = at[i];
        found = find(s, &key);
    }
    return found;
}

About *abouts_find(Abouts *s, const Threat *t)
{
    const Verdict *v = threat_of_rule(s->a, t);
    if (!v)
        return find_hand(s, t);
    const RuleInfo *info = rule_info(s->a->rules, v->rule);
    About key = {.what = ABOUT_RULE, .source = v->rule};
    for (uint32_t i = 0; i < info->nvars; i++)
        if (info->keys >> i & 1)
            key.keys[key.nkeys++] = v->vars[i];
    return find(s, &key);
}

/* ---- the closest threat ---- */

/* Whether a path is the wanted one with something before it: people forget the blocks around a thing. */
static bool ends_in(Str path, Str wanted)
{
    return path.n > wanted.n && str_ends(path, wanted) && path.s[path.n - wanted.n - 1] == '.';
}

static void offer_threats(Abouts *s, const About *about, const ThreatVec *all, Suggestion *near)
{
    const Assessment *a = s->a;
    for (uint32_t i = 0; i < all->n; i++) {
        const Threat *t = &all->at[i];
        const Verdict *v = threat_of_rule(a, t);
        bool same_rule = v ? about->what == ABOUT_RULE && v->rule == about->source
                           : about->what == ABOUT_HAND && t->hand == about->source;
        bool same_thing = about->nkeys != UINT32_MAX && threat_subject(a, t) == about->keys[0];
        if (!same_rule && !same_thing)
            continue;
        StrBuf id = {0};
        if (v)
            strbuf_add(&id, about->source && same_rule ? about->rule : rule_info(a->rules, v->rule)->id);
        else
            obj_path(s->p, t->hand, &id);
        strbuf_char(&id, '@');
        size_t path = id.n;
        obj_path(s->p, threat_subject(a, t), &id);
        Str whole = str_copy(s->arena, strbuf_str(&id));
        strbuf_free(&id);
        suggest_offer(near, whole);
        if (same_rule && ends_in(str_slice(whole, path, whole.n), about->subject)) {
            near->best = whole;
            return;
        }
    }
}

/* Of the same rule elsewhere, or of another rule at the same thing. */
void about_suggest(Abouts *s, const About *about, Diag *d)
{
    Str wanted = str_format(s->arena, "%.*s@%.*s", STR_FMT(about->rule), STR_FMT(about->subject));
    Suggestion near = suggest_start(wanted);
    bool gap = about->what == ABOUT_RULE && finds_gaps(s->p, rule_info(s->a->rules, about->source)->obj);
    offer_threats(s, about, gap ? &s->a->gaps : &s->a->threats, &near);
    long at = str_rfind(near.best, '@');
    if (at > 0)
        diag_help(s->p->diags, d, "did you mean `%.*s at %.*s`?", (int)at, near.best.s,
                  STR_FMT(str_slice(near.best, (size_t)at + 1, near.best.n)));
}

void abouts_free(Abouts *s)
{
    vec_free(&s->all);
    map_free(&s->former);
}
