/* What a decision has to say to count: why, who answers for it, until when, how many threats it covers, and where a transferred risk
 * goes. Requires its threats; leaves a report of what is missing or out of date. */
#include "risk/decisions.h"

bool value_says(const Program *p, Value v)
{
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT:
    case V_UNKNOWN: return false;
    case V_TEXT: {
        Str s = value_text_of(&p->model, v);
        for (size_t i = 0; i < s.n; i++)
            if (s.s[i] > ' ' || s.s[i] < 0)
                return true;
        return false;
    }
    default: return true;
    }
}

/* ---- why, who, when ---- */

static bool check_reason(Decisions *d, const Decision *x)
{
    Program *p = d->p;
    bool counts = true;
    if (!value_says(p, obj_known(p, x->obj, KNOWN_DECISION_RATIONALE))) {
        Diag *r = diag_add(p->diags, D_NO_RATIONALE, x->at);
        diag_help(p->diags, r, "say why with `rationale: \"...\"`");
        counts = false;
    }
    if (!value_says(p, obj_known(p, x->obj, KNOWN_DECISION_OWNER))) {
        Diag *r = diag_add(p->diags, D_NO_OWNER, x->at);
        diag_help(p->diags, r, "name who answers for it with `owner: @name`");
        counts = false;
    }
    return counts;
}

static bool check_dates(Decisions *d, const Decision *x)
{
    Program *p = d->p;
    Span at;
    bool counts = true;
    Value expires = prop_said(p, x->obj, "expires", &at);
    if ((expires.tag & VALUE_TAG) == V_DATE && (int32_t)expires.a < d->a->today) {
        diag_add(p->diags, D_EXPIRED, at, decision_words(d, expires));
        counts = false;
    }
    Value decided = prop_said(p, x->obj, "decided", &at);
    if ((decided.tag & VALUE_TAG) == V_DATE && (int32_t)decided.a > d->a->today) {
        diag_add(p->diags, D_DECIDED_LATER, at, decision_words(d, decided));
        counts = false;
    }
    return counts;
}

/* An assumption that nobody has looked at in time takes nothing away yet. */
static void check_assumptions(Decisions *d, const Decision *x)
{
    Program *p = d->p;
    Span at, due;
    Value v = prop_said(p, x->obj, "relies_on", &at);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++) {
        if ((member[i].tag & VALUE_TAG) != V_REF || !member[i].a)
            continue;
        Value by = prop_said(p, member[i].a, "review_by", &due);
        if ((by.tag & VALUE_TAG) != V_DATE || (int32_t)by.a >= d->a->today)
            continue;
        Diag *r = diag_add(p->diags, D_ASSUMPTION_STALE, at, str_z(&d->arena, obj_name(p, member[i].a)),
                           decision_words(d, by));
        diag_label(p->diags, r, due, "to be reviewed by then");
    }
}

static bool check_transfer(Decisions *d, const Decision *x)
{
    static const char *const props[][2] = {{"transferred_to", "to whom"},
                                           {"information", "what the accompanying documents say"},
                                           {"document", "in which document"}};
    Program *p = d->p;
    StrBuf missing = {0}, help = {0};
    for (size_t i = 0; i < sizeof props / sizeof *props; i++) {
        if (value_says(p, prop_value(p, x->obj, props[i][0])))
            continue;
        strbuf_format(&missing, "%s%s", missing.n ? ", " : "", props[i][1]);
        strbuf_format(&help, "%s`%s: \"...\"`", help.n ? ", " : "", props[i][0]);
    }
    bool counts = missing.n == 0;
    if (!counts) {
        Diag *r = diag_add(p->diags, D_TRANSFER_INCOMPLETE, x->at, missing.s);
        diag_help(p->diags, r, "say it with %s", help.s);
    }
    strbuf_free(&missing);
    strbuf_free(&help);
    return counts;
}

bool decision_terms(Decisions *d, const Decision *x)
{
    bool counts = check_reason(d, x);
    counts = check_dates(d, x) && counts;
    if (str_eq(x->word, STR("transfer")))
        counts = check_transfer(d, x) && counts;
    check_assumptions(d, x);
    return counts;
}

/* ---- covers ---- */

static uint32_t covered(const Decisions *d, const Decision *x)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->hits; i++)
        n += !x->risk || threat_due(d->a, hit_threat(d, &d->hits.at[x->first + i]));
    return n;
}

/* The threats that a decision on a risk would cover today, as far as a line holds them. */
static void list_covered(Decisions *d, const Decision *x, Diag *r)
{
    enum { MOST = 8 };
    StrBuf ids = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->hits; i++) {
        const Threat *t = hit_threat(d, &d->hits.at[x->first + i]);
        if ((x->risk && !threat_due(d->a, t)) || n++ >= MOST)
            continue;
        strbuf_addz(&ids, ids.n ? ", " : "");
        threat_id(d->a, t, &ids);
    }
    if (n > MOST)
        strbuf_format(&ids, " and %u more", n - MOST);
    if (n)
        diag_help(d->p->diags, r, "it covers %s", ids.s);
    strbuf_free(&ids);
}

/* What is named and not found, as labels; that some came can only be said of what is named. */
static void label_gone(Decisions *d, const Decision *x, Diag *r)
{
    for (uint32_t i = 0; i < d->abouts.all.n && !x->risk; i++) {
        const About *about = &d->abouts.all.at[i];
        if (about->by == x->obj && !about->found)
            diag_label(d->p->diags, r, about->at, "no such threat any more");
    }
}

bool decision_covers(Decisions *d, const Decision *x)
{
    Program *p = d->p;
    Span at;
    uint32_t n = covered(d, x);
    Value v = prop_said(p, x->obj, "covers", &at);
    bool stated = (v.tag & VALUE_TAG) == V_NUMBER;
    double figure = stated ? value_number(&p->model, v) : 0;
    if (!stated && (x->risk ? n == 0 : x->named <= 1))
        return true;
    if (!stated) {
        Diag *r = diag_add(p->diags, D_COVERS_MISSING, x->at, n, n == 1 ? "" : "s");
        diag_help(p->diags, r, "read them, then write `covers: %u`", n);
        return false;
    }
    if (figure == (double)n)
        return true;
    char was[40], is[40];
    snprintf(was, sizeof was, "%.15g threat%s", figure, figure == 1 ? "" : "s");
    snprintf(is, sizeof is, "%u", n);
    Diag *r = diag_add(p->diags, D_COVERS_CHANGED, at, was, is);
    label_gone(d, x, r);
    list_covered(d, x, r);
    return false;
}
