/* Places in millions of entries: what files are called is made once, and conditions of rules are kept whole. Requires a Report. */
#include "emit/pen_place.h"

#include "emit/escape.h"

enum { KEPT_BITS = 11 };

PenPlaces pen_places(const Report *r, Arena *arena)
{
    return (PenPlaces){.r = r,
                       .files = NEWN(arena, Str, r->program->sources->files.n),
                       .kept = NEWN(arena, PlaceText, (size_t)1 << KEPT_BITS),
                       .arena = arena};
}

void pen_places_free(PenPlaces *w)
{
    strbuf_free(&w->name);
}

static Str name_file(PenPlaces *w, FileId file)
{
    Out out;
    out_memory(&out);
    w->name.n = 0;
    emit_place_file(w->r, file, &w->name);
    put_json(&out, strbuf_str(&w->name));
    out_char(&out, ':');
    Str json = str_copy(w->arena, out_text(&out));
    out_discard(&out);
    return json;
}

void pen_place(Pen *pen, PenPlaces *w, Span at)
{
    if (span_none(at)) {
        pen_z(pen, "null");
        return;
    }
    Str *file = &w->files[at.file];
    if (!file->n)
        *file = name_file(w, at.file);
    LineCol place = source_linecol(w->r->program->sources, at.file, at.lo);
    pen_z(pen, "\"");
    pen_add(pen, *file);
    pen_u32(pen, place.line);
    pen_z(pen, ":");
    pen_u32(pen, place.col);
    pen_z(pen, "\"");
}

static void put_condition(Pen *pen, PenPlaces *w, Span at)
{
    pen_z(pen, ",\"condition\":");
    pen_place(pen, w, at);
}

/* Made in memory of its own, so that it is in one piece. */
static void keep_condition(PenPlaces *w, Span at, PlaceText *kept)
{
    Out out;
    Pen pen;
    out_memory(&out);
    pen_take(&pen, &out);
    put_condition(&pen, w, at);
    pen_leave(&pen);
    Str text = out_text(&out);
    if (text.n <= sizeof kept->text) {
        *kept = (PlaceText){.file = at.file, .lo = at.lo, .n = (uint32_t)text.n};
        memcpy(kept->text, text.s, text.n);
    }
    out_discard(&out);
}

void pen_condition(Pen *pen, PenPlaces *w, Span at)
{
    PlaceText *kept = &w->kept[(at.lo * 2654435761u ^ at.file * 40503u) >> (32 - KEPT_BITS)];
    if ((kept->lo != at.lo || kept->file != at.file) && !span_none(at))
        keep_condition(w, at, kept);
    if (kept->lo != at.lo || kept->file != at.file || !kept->n) { /* no place, or a long one */
        put_condition(pen, w, at);
        return;
    }
    char *to = pen_room(pen, sizeof kept->text);
    memcpy(to, kept->text, sizeof kept->text); /* all of it, whatever counts: a known length is a few instructions */
    pen->at = to + kept->n;
}
