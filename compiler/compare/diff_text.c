/* A comparison on a terminal: the summary, what needs somebody, what was closed, what changed in the model. Or one line each. Requires
 * a comparison. All text of the models goes through put_term. */
#include "compare/output.h"
#include "emit/snippet.h"

typedef struct Text {
    const Compared *d;
    const Comparison *c;
    const ConsoleStyle *style;
    Out *out;
    StrBuf words;
} Text;

static void put_plain(void *self, Str s)
{
    put_term(((Text *)self)->out, s);
}

static void put_name(void *self, Str s)
{
    Text *w = self;
    out_char(w->out, '`');
    put_term(w->out, s);
    out_char(w->out, '`');
}

/* The sentence that is in `words`. */
static void put_words(Text *w)
{
    words_pieces(strbuf_str(&w->words), &(Pieces){w, put_plain, put_name});
    w->words.n = 0;
}

static void put_padded(Text *w, Str s, size_t width)
{
    put_term(w->out, s);
    for (size_t i = term_width(s); i < width; i++)
        out_char(w->out, ' ');
    out_char(w->out, ' ');
}

static void put_heading(Text *w, const char *title, uint32_t n, Paint p)
{
    out_char(w->out, '\n');
    paint(w->out, w->style, p);
    out_format(w->out, "%s (%u)", title, n);
    paint(w->out, w->style, PAINT_OFF);
    out_char(w->out, '\n');
}

/* ---- threats ---- */

static void put_standing(Text *w, const Effect *e)
{
    enum { VERDICT_WIDTH = 13, SEVERITY_WIDTH = 9 };
    const Snapshot *s;
    const SnapThreat *t = effect_threat(w->c, e, &s);
    put_padded(w, e->new ? snap_str(s, t->verdict) : STR("gone"), VERDICT_WIDTH);
    put_padded(w, t->severity ? snap_str(s, t->severity) : STR("-"), SEVERITY_WIDTH);
}

static void put_effect(Text *w, const Effect *e)
{
    const Snapshot *s;
    const SnapThreat *t = effect_threat(w->c, e, &s);
    out_z(w->out, "  ");
    put_standing(w, e);
    put_term(w->out, snap_str(s, t->id));
    out_z(w->out, "  ");
    put_term(w->out, snap_str(s, t->title));
    before_words(w->c, e, &w->words);
    if (w->words.n) {
        out_z(w->out, " (");
        put_words(w);
        out_char(w->out, ')');
    }
    out_z(w->out, "\n    ");
    reasons_words(w->c, e, &w->words);
    put_words(w);
    out_char(w->out, '\n');
}

static void put_effect_line(Text *w, const Effect *e)
{
    const Snapshot *s;
    const SnapThreat *t = effect_threat(w->c, e, &s);
    out_format(w->out, "%s: %s: ", e->gap ? "gap" : "threat", effect_name(e->kind));
    put_term(w->out, snap_str(s, t->id));
    out_z(w->out, ": ");
    put_term(w->out, e->new ? snap_str(s, t->verdict) : STR("gone"));
    out_z(w->out, ", ");
    put_term(w->out, t->severity ? snap_str(s, t->severity) : STR("-"));
    out_z(w->out, ": ");
    put_term(w->out, snap_str(s, t->title));
    out_z(w->out, "; ");
    reasons_words(w->c, e, &w->words);
    put_words(w);
    out_char(w->out, '\n');
}

static void put_chapter(Text *w, const Chapter *chapter)
{
    const Comparison *c = w->c;
    uint32_t n = (chapter->gaps ? c->gaps : c->threats)[chapter->kind];
    if (n && !w->style->plain)
        put_heading(w, chapter->title, n, chapter->needs_somebody ? PAINT_ERROR : PAINT_STRONG);
    for (uint32_t i = 0; i < c->effects.n && n; i++) {
        const Effect *e = &c->effects.at[i];
        if (e->kind != chapter->kind || e->gap != chapter->gaps)
            continue;
        if (w->style->plain)
            put_effect_line(w, e);
        else
            put_effect(w, e);
    }
}

static void put_decisions(Text *w, bool stale)
{
    const Comparison *c = w->c;
    uint32_t n = stale ? c->stale : c->revived;
    if (n && !w->style->plain)
        put_heading(w, stale ? "Decisions that count no longer" : "Decisions that count again", n,
                    stale ? PAINT_ERROR : PAINT_STRONG);
    for (uint32_t i = 0; i < c->decisions.n; i++) {
        const DecisionEffect *d = &c->decisions.at[i];
        if (d->stale != stale)
            continue;
        out_z(w->out, w->style->plain ? "decision: " : "  ");
        put_term(w->out, snap_str(&c->new, c->new.decisions.at[d->new - 1].id));
        out_z(w->out, w->style->plain ? ": " : "  ");
        stale_words(c, d, &w->words);
        put_words(w);
        out_char(w->out, '\n');
    }
}

/* ---- the model ---- */

static void put_model(Text *w)
{
    const Comparison *c = w->c;
    uint32_t told = 0;
    for (ChangeKind k = CHANGE_ADDED; k < CHANGE_KINDS; k++)
        told += c->model[k];
    if (told && !w->style->plain)
        put_heading(w, "Changes of the model", told, PAINT_STRONG);
    for (uint32_t i = 0; i < c->changes.n; i++) {
        const Change *change = &c->changes.at[i];
        if (!change_told(change))
            continue;
        if (w->style->plain)
            out_format(w->out, "model: %s: ", change_name(change->kind));
        else
            out_z(w->out, "  ");
        change_words(c, change, &w->words);
        alike_words(c, change, &w->words);
        put_words(w);
        out_char(w->out, '\n');
    }
}

void compared_text(const Compared *d, const ConsoleStyle *style, Out *out)
{
    Text w = {.d = d, .c = d->c, .style = style, .out = out};
    summary_words(d->c, &w.words);
    paint(out, style, comparison_needs_somebody(d->c) ? PAINT_ERROR : PAINT_GOOD);
    put_words(&w);
    paint(out, style, PAINT_OFF);
    out_char(out, '\n');
    for (size_t i = 0; i < CHAPTERS; i++)
        if (chapters[i].needs_somebody)
            put_chapter(&w, &chapters[i]);
    put_decisions(&w, true);
    for (size_t i = 0; i < CHAPTERS; i++)
        if (!chapters[i].needs_somebody)
            put_chapter(&w, &chapters[i]);
    put_decisions(&w, false);
    put_model(&w);
    strbuf_free(&w.words);
}
