/* What the things of each kind say: one look at everything before the rules are asked. Most properties that a library asks for
 * are said by no thing of a model, and most capabilities nobody has. Requires: a derived model with its capabilities. */
#include "rules/settle.h"

enum { BITS = 64 };

static uint64_t *row_of(const Census *c, uint64_t *rows, UseId use)
{
    return rows + (size_t)use * c->words;
}

static void set_bit(uint64_t *row, KindId kind)
{
    row[kind / BITS] |= (uint64_t)1 << kind % BITS;
}

/* Whether a bit of lo..hi is set. */
static bool any_bit(const uint64_t *row, KindId lo, KindId hi)
{
    for (KindId at = lo; at <= hi; at = (at / BITS + 1) * BITS) {
        uint64_t word = row[at / BITS] >> at % BITS;
        if (hi / BITS == at / BITS)
            word &= ((uint64_t)2 << (hi - at)) - 1;
        if (word)
            return true;
    }
    return false;
}

static void count_values(Census *c, const Model *m, const Object *obj)
{
    const RuleSet *r = c->r;
    for (uint32_t i = obj->props; i < obj->props + obj->nprops; i++) {
        const PropVal *v = &m->props.at[i];
        UseId use = v->prop < r->use_of.n ? r->use_of.at[v->prop] : 0;
        if (!use)
            continue;
        set_bit(row_of(c, c->says, use), obj->kind);
        if (v->tag == V_UNKNOWN)
            set_bit(row_of(c, c->unsure, use), obj->kind);
    }
}

/* Each row of levels once for each kind that has it. */
static void count_levels(Census *c, const Model *m, Map *seen, KindId kind, uint32_t row)
{
    uint64_t key = MAP_KEY(kind, row);
    if (map_get(seen, key))
        return;
    map_put(seen, key, 1);
    uint8_t *levels = c->levels + (size_t)kind * m->ncaps;
    const uint8_t *have = m->cap_rows.at + (size_t)row * m->ncaps;
    for (uint32_t i = 0; i < m->ncaps; i++)
        levels[i] |= (uint8_t)(1u << have[i]);
}

/* A thing that gets its values when somebody asks may say anything. */
static void count_late(Census *c, const uint64_t *late)
{
    for (UseId use = 1; use < c->r->uses.n; use++)
        for (uint32_t i = 0; i < c->words; i++) {
            row_of(c, c->says, use)[i] |= late[i];
            row_of(c, c->unsure, use)[i] |= late[i];
        }
}

void census_take(Census *c, const Ev *ev)
{
    const RuleSet *r = ev->r;
    const Model *m = ev->m;
    *c = (Census){.r = r, .words = r->nkinds / BITS + 1};
    size_t rows = (size_t)r->uses.n * c->words;
    c->like = mem_zeroes(r->nkinds, sizeof *c->like);
    c->says = mem_zeroes(rows, sizeof *c->says);
    c->unsure = mem_zeroes(rows, sizeof *c->unsure);
    c->changes = mem_zeroes(rows, sizeof *c->changes);
    c->compared = mem_zeroes(r->uses.n, 1);
    c->levels = mem_zeroes((size_t)r->nkinds * m->ncaps, 1);
    uint64_t *late = mem_zeroes(c->words, sizeof *late);
    Map seen = {0};
    for (ObjId o = 1; o < m->objects.n; o++) {
        const Object *obj = &m->objects.at[o];
        if (!obj->kind)
            continue;
        c->like[obj->kind] = o;
        count_levels(c, m, &seen, obj->kind, obj->caps);
        if (obj->flags & OBJ_LATE)
            set_bit(late, obj->kind);
        else
            count_values(c, m, obj);
    }
    /* What gets its values late is the library's, and no part of the model. */
    UseId scope = r->use_out_of_scope;
    c->excludes = scope && any_bit(row_of(c, c->says, scope), 1, r->nkinds - 1);
    count_late(c, late);
    map_free(&seen);
    free(late);
}

void census_free(Census *c)
{
    free(c->like);
    free(c->says);
    free(c->unsure);
    free(c->changes);
    free(c->compared);
    free(c->levels);
    *c = (Census){0};
}

ObjId census_like(const Census *c, KindId lo, KindId hi)
{
    for (KindId kind = lo; kind <= hi; kind++)
        if (c->like[kind])
            return c->like[kind];
    return 0;
}

static Value preset(const RuleSet *r, const UseInfo *u, KindId kind)
{
    return kind >= u->lo && kind <= u->hi ? r->presets[(uint32_t)(u->row + kind)] : (Value){V_ABSENT, 0};
}

static void compare_presets(const Census *c, UseId use)
{
    const RuleSet *r = c->r;
    const UseInfo *u = &r->uses.at[use];
    uint64_t *row = row_of(c, c->changes, use);
    for (KindId kind = u->lo; kind <= u->hi + 1 && kind < r->nkinds; kind++) {
        Value a = preset(r, u, kind - 1), b = preset(r, u, kind);
        if (a.tag != b.tag || a.a != b.a)
            set_bit(row, kind);
    }
    c->compared[use] = 1;
}

bool census_alike(const Census *c, UseId use, KindId lo, KindId hi)
{
    if (any_bit(row_of(c, c->says, use), lo, hi))
        return false;
    if (lo == hi)
        return true;
    if (!c->compared[use])
        compare_presets(c, use);
    return !any_bit(row_of(c, c->changes, use), lo + 1, hi);
}

bool census_unsure(const Census *c, UseId use, KindId lo, KindId hi)
{
    const UseInfo *u = &c->r->uses.at[use];
    if (any_bit(row_of(c, c->unsure, use), lo, hi))
        return true;
    for (KindId kind = lo; kind <= hi; kind++)
        if (c->like[kind] && preset(c->r, u, kind).tag == V_UNKNOWN)
            return true;
    return false;
}

unsigned census_levels(const Census *c, uint32_t capability, KindId lo, KindId hi)
{
    uint32_t ncaps = c->r->program->model.ncaps;
    unsigned levels = 0;
    for (KindId kind = lo; capability < ncaps && kind <= hi; kind++)
        levels |= c->levels[(size_t)kind * ncaps + capability];
    return levels ? levels : 1u << CAP_NO;
}
