#ifndef CORDON_EMIT_PEN_H
#define CORDON_EMIT_PEN_H
/* JSON of those who write millions of entries: a cursor in the pending bytes of an output. Commas, keys and brackets are part of what the
 * caller writes; everybody else has the Json of emit/json.h for them. From pen_take to pen_leave nothing but the pen writes to the
 * output. Each call sees to its own room. Ownership: a Pen borrows the output. */
#include "base/out.h"
#include "program/program.h"

typedef struct Pen {
    Out *out;
    char *at, *end; /* what is written next stands here; the room ends there */
} Pen;

void pen_take(Pen *pen, Out *out);
void pen_leave(Pen *pen);
void pen_grow(Pen *pen, size_t n);
/* Room for n bytes; who uses it moves `at`. */
static inline char *pen_room(Pen *pen, size_t n)
{
    if ((size_t)(pen->end - pen->at) < n)
        pen_grow(pen, n);
    return pen->at;
}
/* Bytes so far, to be compared. */
static inline uint64_t pen_written(const Pen *pen)
{
    return pen->out->bytes + (uint64_t)(pen->at - pen->out->memory.s) - pen->out->memory.n;
}

/* Text that is JSON already. */
static inline void pen_add(Pen *pen, Str json)
{
    char *to = pen_room(pen, json.n);
    if (json.n)
        memcpy(to, json.s, json.n);
    pen->at = to + json.n;
}
/* The same, for literals: their lengths are known to the compiler. */
static inline void pen_z(Pen *pen, const char *json)
{
    pen_add(pen, (Str){json, strlen(json)});
}
/* Any text, inside a string. */
void pen_escape(Pen *pen, Str s);
/* Any text, in quotes. */
void pen_quote(Pen *pen, Str s);
void pen_u32(Pen *pen, uint32_t n);

/* The id of a thing as a string; null for 0. */
void pen_id_any(Pen *pen, const Program *p, ObjId o);
static inline void pen_id(Pen *pen, const Program *p, ObjId o)
{
    const PathSlot *path = obj_recent_path(&p->model, o);
    if (!path || !path->ascii || !path->id) {
        pen_id_any(pen, p, o);
        return;
    }
    char *to = pen_room(pen, PATH_SHORT + 2);
    to[0] = '"'; /* nothing to escape, and a copy of a known length is a few instructions */
    memcpy(to + 1, path->text, PATH_SHORT);
    to[1 + path->n] = '"';
    pen->at = to + path->n + 2;
}

#endif
