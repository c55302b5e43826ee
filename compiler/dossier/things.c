/* What the chapters ask of the model: things of a kind, who names whom, how bad a value of a scale is. Requires a derived model. */
#include "dossier/dossier.h"

static ObjList things_of(Dossier *d, const char *kind, unsigned without)
{
    KindId id = library_kind(d->p, kind);
    ObjVec found = {0};
    for (ObjId o = 1; id && o < d->m->objects.n; o++)
        if (!(model_obj(d->m, o)->flags & without) && kind_is(d->p, model_obj(d->m, o)->kind, id))
            vec_push(&found, o);
    objects_sort(d->p, &found);
    ObjList list = {NEWN(&d->arena, ObjId, found.n + 1), found.n};
    if (found.n)
        memcpy(list.at, found.at, found.n * sizeof *found.at);
    vec_free(&found);
    return list;
}

ObjList dossier_things(Dossier *d, const char *kind)
{
    return things_of(d, kind, OBJ_LIBRARY | OBJ_BACKGROUND);
}

ObjList dossier_declared(Dossier *d, const char *kind)
{
    return things_of(d, kind, OBJ_BACKGROUND);
}

Tone dossier_tone(const Dossier *d, ConstId on_scale)
{
    static const Tone tones[] = {TONE_BAD, TONE_POOR, TONE_FAIR, TONE_GOOD};
    uint32_t below = on_scale ? severity_below_top(d->p, on_scale) : 0;
    return on_scale ? tones[below < 3 ? below : 3] : TONE_PLAIN;
}

Str dossier_words(Dossier *d, Str name)
{
    char *z = str_z(&d->arena, name);
    for (char *c = z; *c; c++)
        if (*c == '_')
            *c = ' ';
    return (Str){z, name.n};
}

int64_t dossier_date(const Dossier *d, ObjId o, const char *property)
{
    Value v = prop_value(d->p, o, property);
    return (v.tag & VALUE_TAG) == V_DATE ? (int32_t)v.a : INT64_MIN;
}

EnumId dossier_enum(const Dossier *d, const char *name)
{
    EnumId e = 0;
    for (uint32_t i = 0; !e && i < d->p->prelude.n; i++)
        e = enum_by_name(d->p, d->p->prelude.at[i], name);
    return e;
}

/* ---- who names whom ---- */

void backrefs_add(const Dossier *d, ObjList who, const char *property, BackRefs *out)
{
    for (uint32_t i = 0; i < who.n; i++) {
        Value v = prop_value(d->p, who.at[i], property);
        const Value *member;
        Range set = value_members(d->m, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            if ((member[k].tag & VALUE_TAG) == V_REF && member[k].a)
                vec_push(out, MAP_KEY(member[k].a, who.at[i]));
    }
}

static int ref_cmp(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

void backrefs_sort(BackRefs *p)
{
    uint32_t kept = 0;
    if (p->n)
        qsort(p->at, p->n, sizeof *p->at, ref_cmp);
    for (uint32_t i = 0; i < p->n; i++)
        if (i == 0 || p->at[i] != p->at[i - 1])
            p->at[kept++] = p->at[i];
    p->n = kept;
}

uint32_t backrefs_of(const BackRefs *p, uint32_t thing, uint32_t *first)
{
    uint32_t lo = 0, hi = p->n, n = 0;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->at[mid] < MAP_KEY(thing, 0))
            lo = mid + 1;
        else
            hi = mid;
    }
    while (lo + n < p->n && p->at[lo + n] >> 32 == thing)
        n++;
    *first = lo;
    return n;
}

void item_backrefs(Table *t, const BackRefs *p, ObjId thing)
{
    uint32_t first, n = backrefs_of(p, thing, &first);
    ObjVec who = {0};
    for (uint32_t i = 0; i < n; i++)
        vec_push(&who, (uint32_t)p->at[first + i]);
    item_links(t, who.at, who.n);
    vec_free(&who);
}

/* ---- lists that may be long ---- */

void item_some(Table *t, const ObjVec *v, uint32_t most)
{
    item_links(t, v->at, v->n < most ? v->n : most);
    if (v->n > most)
        item_format(t, "and %u more", v->n - most);
}

void item_counts(Table *t, const Counts *c)
{
    if (c->open)
        item_level(t, dossier_text(t->dossier, "%u open", c->open), TONE_BAD);
    if (c->planned)
        item_level(t, dossier_text(t->dossier, "%u planned", c->planned), TONE_POOR);
    if (c->possible)
        item_level(t, dossier_text(t->dossier, "%u possible", c->possible), TONE_POOR);
    if (c->decided)
        item_level(t, dossier_text(t->dossier, "%u decided", c->decided), TONE_FAIR);
    if (c->mitigated)
        item_level(t, dossier_text(t->dossier, "%u mitigated", c->mitigated), TONE_GOOD);
    if (c->outside)
        item_format(t, "%u out of scope", c->outside);
}

void row_some(Table *t, const ObjVec *v, uint32_t most)
{
    row_cell(t);
    item_some(t, v, most);
}

void row_counts(Table *t, Counts c)
{
    row_cell(t);
    item_counts(t, &c);
}

void row_backrefs(Table *t, const BackRefs *b, ObjId thing)
{
    row_cell(t);
    item_backrefs(t, b, thing);
}
