/* The threats of a model on a terminal: grouped by the thing they are about, the urgent first; then what is missing in the model,
 * once for each rule that finds it in many places; then a line that counts them. Or one line each. Requires an assessment. All text
 * of the model goes through put_term. */
#include "emit/snippet.h"

/* One threat to list, with what it is sorted by. */
typedef struct Entry {
    uint32_t subject; /* rank of the subject in the order of printing */
    uint32_t urgency; /* smaller is more urgent */
    uint32_t threat;
} Entry;

typedef struct Findings {
    const Report *r;
    const Program *p;
    const Assessment *a;
    const ConsoleStyle *style;
    Out *out;
    const ThreatVec *all; /* threats, then gaps */
    Vec(Entry) entries;
    Map places; /* how often a rule finds something missing, by RuleId */
    StrBuf text;
} Findings;

static int by_entry(const void *x, const void *y)
{
    const Entry *a = x, *b = y;
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    if (a->urgency != b->urgency)
        return a->urgency < b->urgency ? -1 : 1;
    return (a->threat > b->threat) - (a->threat < b->threat);
}

/* Pending before closed; then the severe; then the certain. */
static uint32_t urgency(const Findings *f, const Threat *t)
{
    enum { KINDS = 16, RANKS = 1024 };
    ConstId severity = threat_severity(f->a, t);
    uint32_t rank = severity ? f->p->consts.at[severity].rank + 1 : 0;
    uint32_t kind = (uint32_t)threat_kind(f->a, t), closed = !threat_pending(f->a, t);
    return (closed * RANKS + (RANKS - 1 - (rank < RANKS ? rank : RANKS - 1))) * KINDS + (KINDS - 1 - kind);
}

/* Whether its rule finds the same missing in so many places that it is told once. */
static bool told_once(const Findings *f, const Threat *t)
{
    enum { PLACES = 3 };
    const Verdict *v = threat_of_rule(f->a, t);
    return v && map_get(&f->places, v->rule) > PLACES;
}

static void count_places(Findings *f)
{
    for (uint32_t i = 0; i < f->all->n; i++) {
        const Verdict *v = threat_of_rule(f->a, &f->all->at[i]);
        if (v && threat_pending(f->a, &f->all->at[i]) && report_asks(f->r, f->all, i))
            map_put(&f->places, v->rule, map_get(&f->places, v->rule) + 1);
    }
}

static void collect(Findings *f, const ThreatVec *all)
{
    const Model *m = &f->p->model;
    f->all = all;
    f->entries.n = 0;
    if (all == &f->a->gaps && !f->style->plain && !f->style->all)
        count_places(f);
    for (uint32_t i = 0; i < all->n; i++) {
        const Threat *t = &all->at[i];
        bool asks = threat_pending(f->a, t) && report_asks(f->r, all, i);
        if ((!f->style->all && !asks) || told_once(f, t))
            continue;
        ObjId subject = threat_subject(f->a, t);
        uint32_t rank = subject < m->rank.n ? m->rank.at[subject] : subject;
        vec_push(&f->entries, (Entry){rank, urgency(f, t), i});
    }
    if (f->entries.n)
        qsort(f->entries.at, f->entries.n, sizeof *f->entries.at, by_entry);
}

static Str severity_word(const Findings *f, const Threat *t)
{
    ConstId severity = threat_severity(f->a, t);
    return severity ? sym_str(f->p->names, f->p->consts.at[severity].name) : STR("-");
}

/* What is missing is neither open nor severe. */
static Str gap_word(const Findings *f, const Threat *t)
{
    return threat_pending(f->a, t) ? STR("missing") : threat_verdict(f->a, t);
}

static Paint severity_paint(const Findings *f, const Threat *t)
{
    if (!threat_pending(f->a, t))
        return PAINT_GOOD;
    ConstId severity = threat_severity(f->a, t);
    if (!severity)
        return PAINT_WARNING;
    const Const *c = &f->p->consts.at[severity];
    return f->p->enums.at[c->of].n - 1 - c->rank < 2 ? PAINT_ERROR : PAINT_WARNING;
}

static Str place_of(Findings *f, Span at)
{
    f->text.n = 0;
    emit_place(f->r, at, &f->text);
    return strbuf_str(&f->text);
}

/* ---- grouped ---- */

static void put_padded(Out *out, Str s, size_t width)
{
    put_term(out, s);
    size_t w = term_width(s);
    do
        out_char(out, ' ');
    while (++w < width);
}

static void put_subject(Findings *f, ObjId o)
{
    const Object *object = model_obj(&f->p->model, o);
    const Decl *decl = model_decl(&f->p->model, o);
    paint(f->out, f->style, PAINT_STRONG);
    f->text.n = 0;
    obj_path(f->p, o, &f->text);
    put_term(f->out, strbuf_str(&f->text));
    paint(f->out, f->style, PAINT_OFF);
    if (decl->title) {
        out_z(f->out, " \"");
        put_term(f->out, obj_title(f->p, o));
        out_char(f->out, '"');
    }
    out_format(f->out, ", %.*s", STR_FMT(sym_str(f->p->names, f->p->kinds.at[object->kind].name)));
    Str place = place_of(f, decl->span);
    if (place.n) {
        paint(f->out, f->style, PAINT_FRAME);
        out_z(f->out, "  ");
        put_term(f->out, place);
        paint(f->out, f->style, PAINT_OFF);
    }
    out_char(f->out, '\n');
}

/* Words of a text, folded at the width, each line behind `indent` blanks; the first begins where the cursor is. */
static void put_folded(Findings *f, Str text, size_t indent)
{
    size_t width = f->style->width > indent + 40 ? f->style->width : indent + 40, at = indent;
    bool first = true;
    for (size_t i = 0; i < text.n;) {
        size_t end = i;
        while (end < text.n && text.s[end] != ' ' && text.s[end] != '\n')
            end++;
        Str word = str_slice(text, i, end);
        size_t columns = term_width(word);
        if (!first && word.n && at + 1 + columns > width) {
            out_format(f->out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first && word.n) {
            out_char(f->out, ' ');
            at++;
        }
        put_term(f->out, word);
        at += columns;
        first = first && !word.n;
        i = end + 1;
    }
    out_char(f->out, '\n');
}

static void put_threat(Findings *f, const Threat *t)
{
    enum { VERDICT_WIDTH = 13, SEVERITY_WIDTH = 9, INDENT = 4 };
    bool pending = threat_pending(f->a, t);
    out_z(f->out, "  ");
    paint(f->out, f->style, severity_paint(f, t));
    if (f->all == &f->a->gaps) {
        put_padded(f->out, gap_word(f, t), VERDICT_WIDTH);
    } else {
        put_padded(f->out, threat_verdict(f->a, t), VERDICT_WIDTH);
        put_padded(f->out, severity_word(f, t), SEVERITY_WIDTH);
    }
    paint(f->out, f->style, PAINT_OFF);
    f->text.n = 0;
    threat_id(f->a, t, &f->text);
    put_term(f->out, strbuf_str(&f->text));
    out_z(f->out, "  ");
    f->text.n = 0;
    threat_title(f->a, t, &f->text);
    put_term(f->out, strbuf_str(&f->text));
    out_char(f->out, '\n');
    size_t title = f->text.n;
    threat_message(f->a, t, &f->text);
    Str message = str_slice(strbuf_str(&f->text), title, f->text.n);
    if (message.n && pending && !str_eq(message, str_slice(strbuf_str(&f->text), 0, title))) {
        out_format(f->out, "%*s", INDENT, "");
        put_folded(f, message, INDENT);
    }
    f->text.n = 0;
    strbuf_addz(&f->text, "fix: ");
    size_t before = f->text.n;
    threat_fix(f->a, t, &f->text);
    if (f->text.n > before && pending) {
        out_format(f->out, "%*s", INDENT, "");
        put_folded(f, strbuf_str(&f->text), INDENT + 5);
    }
}

static void put_groups(Findings *f)
{
    ObjId before = 0;
    for (uint32_t i = 0; i < f->entries.n; i++) {
        const Threat *t = &f->all->at[f->entries.at[i].threat];
        ObjId subject = threat_subject(f->a, t);
        if (subject != before || i == 0) {
            if (i > 0)
                out_char(f->out, '\n');
            if (subject)
                put_subject(f, subject);
        }
        before = subject;
        put_threat(f, t);
    }
    if (f->entries.n)
        out_char(f->out, '\n');
}

/* ---- what is missing in many places ---- */

/* The places, by their ids, after the first of them in full. */
static void put_places(Findings *f, uint32_t first)
{
    enum { INDENT = 4 };
    const Threat *t = &f->all->at[first];
    RuleId rule = threat_of_rule(f->a, t)->rule;
    StrBuf places = {0};
    for (uint32_t i = first; i < f->all->n; i++) {
        const Verdict *v = threat_of_rule(f->a, &f->all->at[i]);
        if (!v || v->rule != rule || !threat_pending(f->a, &f->all->at[i]) || !report_asks(f->r, f->all, i))
            continue;
        ObjId subject = threat_subject(f->a, &f->all->at[i]);
        strbuf_addz(&places, places.n ? ", " : "at ");
        if (subject)
            obj_id(f->p, subject, &places);
    }
    out_format(f->out, "Missing in %u places\n", map_get(&f->places, rule));
    put_threat(f, t);
    out_format(f->out, "%*s", INDENT, "");
    put_folded(f, strbuf_str(&places), INDENT + 3);
    out_char(f->out, '\n');
    strbuf_free(&places);
}

static void put_many(Findings *f)
{
    RuleId last = 0;
    for (uint32_t i = 0; i < f->all->n; i++) {
        const Threat *t = &f->all->at[i];
        if (!told_once(f, t) || !threat_pending(f->a, t) || !report_asks(f->r, f->all, i) ||
            threat_of_rule(f->a, t)->rule == last)
            continue;
        last = threat_of_rule(f->a, t)->rule;
        put_places(f, i);
    }
}

/* ---- one line each ---- */

static void put_lines(Findings *f)
{
    for (uint32_t i = 0; i < f->entries.n; i++) {
        const Threat *t = &f->all->at[f->entries.at[i].threat];
        ObjId subject = threat_subject(f->a, t);
        if (subject)
            put_term(f->out, place_of(f, model_decl(&f->p->model, subject)->span));
        if (f->all == &f->a->gaps)
            out_format(f->out, ": gap: %.*s: ", STR_FMT(gap_word(f, t)));
        else
            out_format(f->out, ": threat: %.*s, %.*s: ", STR_FMT(threat_verdict(f->a, t)),
                       STR_FMT(severity_word(f, t)));
        f->text.n = 0;
        threat_message(f->a, t, &f->text);
        if (!f->text.n)
            threat_title(f->a, t, &f->text);
        put_term(f->out, strbuf_str(&f->text));
        f->text.n = 0;
        threat_id(f->a, t, &f->text);
        out_z(f->out, " [");
        put_term(f->out, strbuf_str(&f->text));
        out_z(f->out, "]\n");
    }
}

/* What the baseline knows is not listed, but nobody shall think it were gone. */
static void put_known(Findings *f)
{
    const Baseline *b = f->r->baseline;
    if (!b)
        return;
    out_format(f->out, "%u of them %s known from ", b->known, b->known == 1 ? "is" : "are");
    put_term(f->out, str_from(b->source));
    if (b->nstale)
        out_format(f->out, "; %u decision%s since then", b->nstale,
                   b->nstale == 1 ? " has ceased to count" : "s have ceased to count");
    out_char(f->out, '\n');
}

static void put_counts(Findings *f)
{
    const uint32_t *n = f->a->by_verdict;
    uint32_t pending = n[VERDICT_OPEN] + n[VERDICT_POSSIBLE] + n[VERDICT_PLANNED];
    paint(f->out, f->style, pending ? PAINT_STRONG : PAINT_GOOD);
    out_format(f->out, "%u open, %u possible, %u planned", n[VERDICT_OPEN], n[VERDICT_POSSIBLE], n[VERDICT_PLANNED]);
    paint(f->out, f->style, PAINT_OFF);
    out_format(f->out, "; %u mitigated, %u out of scope, %u decided", n[VERDICT_MITIGATED], n[VERDICT_OUT_OF_SCOPE],
               f->a->decided);
    if (f->a->gaps_pending)
        out_format(f->out, "; %u missing in the model", f->a->gaps_pending);
    out_char(f->out, '\n');
    put_known(f);
}

static void put_all(Findings *f, const ThreatVec *all)
{
    collect(f, all);
    if (f->style->plain)
        put_lines(f);
    else {
        put_groups(f);
        put_many(f);
    }
}

void emit_findings_text(const Report *r, const ConsoleStyle *style, Out *out)
{
    Findings f = {.r = r, .p = r->program, .a = r->assessment, .style = style, .out = out};
    put_all(&f, &f.a->threats);
    put_all(&f, &f.a->gaps);
    put_counts(&f);
    vec_free(&f.entries);
    map_free(&f.places);
    strbuf_free(&f.text);
}
