/* The pen. Requires that whoever takes it leaves it before the output is used otherwise; leaves what was written in the output. */
#include "emit/pen.h"

#include "emit/escape.h"
#include "emit/json.h"

static void pen_set(Pen *pen)
{
    StrBuf *b = &pen->out->memory;
    pen->at = b->s + b->n;
    pen->end = b->s + b->cap - 1; /* a terminator has room */
}

void pen_take(Pen *pen, Out *out)
{
    strbuf_reserve(&out->memory, 1);
    pen->out = out;
    pen_set(pen);
}

void pen_leave(Pen *pen)
{
    out_filled(pen->out, pen->at);
    out_relieve(pen->out);
}

void pen_grow(Pen *pen, size_t n)
{
    pen_leave(pen);
    strbuf_reserve(&pen->out->memory, n > OUT_PENDING ? n : OUT_PENDING);
    pen_set(pen);
}

void pen_escape(Pen *pen, Str s)
{
    if (escape_copy(pen_room(pen, s.n), s.s, s.n)) {
        pen->at += s.n;
        return;
    }
    pen_leave(pen);
    put_json(pen->out, s);
    pen_take(pen, pen->out);
}

void pen_quote(Pen *pen, Str s)
{
    char *to = pen_room(pen, s.n + 2);
    to[0] = '"';
    if (escape_copy(to + 1, s.s, s.n)) {
        to[s.n + 1] = '"';
        pen->at = to + s.n + 2;
        return;
    }
    pen->at = to + 1;
    pen_escape(pen, s);
    pen_z(pen, "\"");
}

void pen_u32(Pen *pen, uint32_t n)
{
    uint32_t digits = 1;
    for (uint32_t rest = n; rest >= 10; rest /= 10)
        digits++;
    char *to = pen_room(pen, digits);
    for (uint32_t i = digits; i > 0; n /= 10)
        to[--i] = (char)('0' + n % 10);
    pen->at = to + digits;
}

void pen_id_any(Pen *pen, const Program *p, ObjId o)
{
    if (!o) {
        pen_z(pen, "null");
        return;
    }
    Sym permanent = model_decl(&p->model, o)->hash_id;
    if (permanent) {
        pen_quote(pen, sym_str(p->names, permanent));
        return;
    }
    const PathSlot *path = obj_short_path(p, o);
    if (path) {
        pen_quote(pen, (Str){path->text, path->n});
        return;
    }
    StrBuf id = {0};
    obj_id(p, o, &id);
    pen_quote(pen, strbuf_str(&id));
    strbuf_free(&id);
}
