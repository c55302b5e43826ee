/* Diagnostics for people: with source lines and carets, or one line each. Requires: diags_sort was called. Leaves behind nothing
 * but text; every piece of it that comes from a file goes through put_term, so that no control character reaches a terminal. */
#include "base/limits.h"
#include "emit/snippet.h"

static const char *severity_name(Severity s)
{
    switch (s) {
    case SEV_ERROR: return "error";
    case SEV_WARNING: return "warning";
    case SEV_NOTE: break;
    }
    return "note";
}

static Paint severity_paint(Severity s)
{
    switch (s) {
    case SEV_ERROR: return PAINT_ERROR;
    case SEV_WARNING: return PAINT_WARNING;
    case SEV_NOTE: break;
    }
    return PAINT_NOTE;
}

static void put_place(const Sources *s, Span at, Out *out)
{
    LineCol place = source_linecol(s, at.file, at.lo);
    put_term(out, source_file(s, at.file)->path);
    out_format(out, ":%u:%u", place.line, place.col);
}

static void put_plain(const Sources *s, const Diag *d, Out *out)
{
    char code[6];
    put_place(s, d->span, out);
    out_format(out, ": %s: ", severity_name(d->severity));
    put_term(out, d->message);
    if (d->caret.n) {
        out_z(out, "; ");
        put_term(out, d->caret);
    }
    if (d->help.n) {
        out_z(out, "; ");
        put_term(out, d->help);
    }
    out_format(out, " [%s]\n", diag_code(d->id, code));
}

static void put_heading(const Diag *d, const ConsoleStyle *style, Out *out)
{
    char code[6];
    paint(out, style, severity_paint(d->severity));
    out_format(out, "%s[%s]", severity_name(d->severity), diag_code(d->id, code));
    paint(out, style, PAINT_OFF);
    paint(out, style, PAINT_STRONG);
    out_z(out, ": ");
    put_term(out, d->message);
    paint(out, style, PAINT_OFF);
    out_char(out, '\n');
}

/* "  --> file:line:col" and the lines below it. */
static void put_excerpt(const Sources *s, const Mark *marks, size_t n, const char *arrow, unsigned gutter,
                        const ConsoleStyle *style, Out *out)
{
    paint(out, style, PAINT_FRAME);
    out_format(out, "%*s%s ", (int)gutter, "", arrow);
    paint(out, style, PAINT_OFF);
    put_place(s, marks[0].span, out);
    out_char(out, '\n');
    paint(out, style, PAINT_FRAME);
    out_format(out, "%*s |", (int)gutter, "");
    paint(out, style, PAINT_OFF);
    out_char(out, '\n');
    snippet_draw(s, marks, n, gutter, style, out);
}

static void put_drawn(const Sources *s, const Diag *d, ConsoleStyle style, Out *out)
{
    put_heading(d, &style, out);
    Mark near[1 + DIAG_LABELS] = {{d->span, d->caret, true}}, far[DIAG_LABELS];
    size_t nnear = 1, nfar = 0;
    for (uint32_t i = 0; i < d->nlabels; i++) {
        Mark m = {d->labels[i].span, d->labels[i].text, false};
        if (m.span.file == d->span.file)
            near[nnear++] = m;
        else
            far[nfar++] = m;
    }
    style.mark = (int)severity_paint(d->severity);
    if (!span_none(d->span)) {
        unsigned gutter = snippet_gutter(s, near, nnear);
        for (size_t i = 0; i < nfar; i++) {
            unsigned wide = snippet_gutter(s, &far[i], 1);
            gutter = wide > gutter ? wide : gutter;
        }
        put_excerpt(s, near, nnear, "-->", gutter, &style, out);
        for (size_t i = 0; i < nfar; i++)
            put_excerpt(s, &far[i], 1, ":::", gutter, &style, out);
    } else if (d->caret.n) {
        out_z(out, "  = ");
        put_term(out, d->caret);
        out_char(out, '\n');
    }
    if (d->help.n) {
        paint(out, &style, PAINT_GOOD);
        out_z(out, "help");
        paint(out, &style, PAINT_OFF);
        out_z(out, ": ");
        put_term(out, d->help);
        out_char(out, '\n');
    }
    out_char(out, '\n');
}

static void put_diag(const Sources *s, const Diag *d, const ConsoleStyle *style, Out *out)
{
    if (!style->plain) {
        put_drawn(s, d, *style, out);
    } else if (!span_none(d->span)) {
        put_plain(s, d, out);
    } else {
        char code[6];
        out_format(out, "cordon: %s: ", severity_name(d->severity));
        put_term(out, d->message);
        out_format(out, " [%s]\n", diag_code(d->id, code));
    }
}

void emit_diags_text(const Sources *s, const Diags *d, const ConsoleStyle *style, Out *out)
{
    /* All errors that fit come before any warning is shown: warnings must not push an error out. */
    uint32_t errors = 0, others = 0, shown = 0;
    for (uint32_t i = 0; i < d->list.n; i++)
        errors += d->list.at[i]->severity == SEV_ERROR;
    uint32_t room = errors < LIMIT_DIAGNOSTICS ? LIMIT_DIAGNOSTICS - errors : 0;
    errors = 0;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const Diag *r = d->list.at[i];
        if (style->errors_only && r->severity != SEV_ERROR)
            continue;
        uint32_t *count = r->severity == SEV_ERROR ? &errors : &others;
        if (*count >= (r->severity == SEV_ERROR ? (uint32_t)LIMIT_DIAGNOSTICS : room))
            continue;
        ++*count;
        shown += r->severity != SEV_NOTE;
        put_diag(s, r, style, out);
    }
    uint32_t all = d->errors + (style->errors_only ? 0 : d->warnings);
    if (all > shown)
        out_format(out, "… and %u more\n", all - shown);
}
