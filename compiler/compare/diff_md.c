/* A comparison as Markdown for a merge request: a verdict, what needs somebody in tables, the rest folded away. Requires a comparison.
 * All text of the models goes through put_md, so that no name can pass for markup. */
#include "compare/output.h"

typedef struct Md {
    const Comparison *c;
    Out *out;
    StrBuf words;
} Md;

static void put_plain(void *self, Str s)
{
    Md *w = self;
    /* put_md takes blanks at both ends for layout; here they part words. */
    if (s.n && s.s[0] == ' ')
        out_char(w->out, ' ');
    put_md(w->out, s);
    if (s.n > 1 && s.s[s.n - 1] == ' ')
        out_char(w->out, ' ');
}

static void put_name(void *self, Str s)
{
    Md *w = self;
    out_z(w->out, "<code>");
    put_md(w->out, s);
    out_z(w->out, "</code>");
}

static void put_words(Md *w)
{
    words_pieces(strbuf_str(&w->words), &(Pieces){w, put_plain, put_name});
    w->words.n = 0;
}

/* Words of our own in front of a folded part. */
static void begin_folded(Md *w, const char *title, uint32_t n)
{
    out_format(w->out, "\n<details>\n<summary>%s (%u)</summary>\n\n", title, n);
}

static void end_folded(Md *w)
{
    out_z(w->out, "\n</details>\n");
}

/* ---- threats ---- */

static void put_row(Md *w, const Effect *e)
{
    const Snapshot *s;
    const SnapThreat *t = effect_threat(w->c, e, &s);
    out_z(w->out, "| ");
    put_name(w, snap_str(s, t->id));
    out_z(w->out, " | ");
    put_md(w->out, snap_str(s, t->title));
    out_z(w->out, " | ");
    put_md(w->out, e->new ? snap_str(s, t->verdict) : STR("gone"));
    before_words(w->c, e, &w->words);
    if (w->words.n) {
        out_z(w->out, " (");
        put_words(w);
        out_char(w->out, ')');
    }
    out_z(w->out, " | ");
    put_md(w->out, t->severity ? snap_str(s, t->severity) : STR("not rated"));
    out_z(w->out, " | ");
    reasons_words(w->c, e, &w->words);
    put_words(w);
    out_z(w->out, " |\n");
}

static void put_table(Md *w, const Chapter *chapter)
{
    out_z(w->out, "| Threat | What | Verdict | Severity | Why |\n| --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; i < w->c->effects.n; i++) {
        const Effect *e = &w->c->effects.at[i];
        if (e->kind == chapter->kind && e->gap == chapter->gaps)
            put_row(w, e);
    }
}

static void put_chapter(Md *w, const Chapter *chapter)
{
    uint32_t n = (chapter->gaps ? w->c->gaps : w->c->threats)[chapter->kind];
    if (!n)
        return;
    if (chapter->needs_somebody)
        out_format(w->out, "\n### %s (%u)\n\n", chapter->title, n);
    else
        begin_folded(w, chapter->title, n);
    put_table(w, chapter);
    if (!chapter->needs_somebody)
        end_folded(w);
}

static void put_decisions(Md *w, bool stale)
{
    const Comparison *c = w->c;
    if (!(stale ? c->stale : c->revived))
        return;
    out_format(w->out, "\n### %s (%u)\n\n", stale ? "Decisions that count no longer" : "Decisions that count again",
               stale ? c->stale : c->revived);
    for (uint32_t i = 0; i < c->decisions.n; i++) {
        const DecisionEffect *d = &c->decisions.at[i];
        if (d->stale != stale)
            continue;
        out_z(w->out, "- ");
        put_name(w, snap_str(&c->new, c->new.decisions.at[d->new - 1].id));
        out_char(w->out, ' ');
        stale_words(c, d, &w->words);
        put_words(w);
        out_char(w->out, '\n');
    }
}

/* ---- the model ---- */

static void put_model(Md *w)
{
    const Comparison *c = w->c;
    uint32_t told = 0;
    for (ChangeKind k = CHANGE_ADDED; k < CHANGE_KINDS; k++)
        told += c->model[k];
    if (!told)
        return;
    begin_folded(w, "Changes of the model", told);
    for (uint32_t i = 0; i < c->changes.n; i++) {
        const Change *change = &c->changes.at[i];
        if (!change_told(change))
            continue;
        out_z(w->out, "- ");
        change_words(c, change, &w->words);
        alike_words(c, change, &w->words);
        put_words(w);
        out_char(w->out, '\n');
    }
    end_folded(w);
}

void compared_md(const Compared *d, Out *out)
{
    Md w = {.c = d->c, .out = out};
    const Snapshot *s = &d->c->new;
    out_z(out, "## Threat model: ");
    put_md(out, s->title ? snap_str(s, s->title) : str_from(d->new));
    out_format(out, "\n\n**%s** ", comparison_needs_somebody(d->c) ? "This needs somebody:" : "Nothing new:");
    summary_words(d->c, &w.words);
    put_words(&w);
    out_z(out, ".\n");
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
