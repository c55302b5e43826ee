/* Facts name things, those without an id of their own by path. Where `was` says what a thing was called before, a fact that was written
 * under the former name still says the same. Requires a bound program; looks the renamed things up once. */
#include "risk/decisions.h"

static int longest_first(const void *a, const void *b)
{
    const Renamed *x = a, *y = b;
    int order = (x->former.n < y->former.n) - (x->former.n > y->former.n);
    return order ? order : str_cmp(x->former, y->former);
}

static void look_up(Decisions *d)
{
    const Program *p = d->p;
    d->renamed_made = true;
    for (ObjId o = p->library_end; o < p->model.objects.n; o++) {
        const Decl *decl = model_decl(&p->model, o);
        StrBuf path = {0};
        if (!decl->was || decl->hash_id)
            continue;
        obj_id(p, o, &path);
        Renamed r = {sym_str(p->names, decl->was), str_copy(&d->arena, strbuf_str(&path))};
        vec_push(&d->renamed, r);
        strbuf_free(&path);
    }
    if (d->renamed.n)
        qsort(d->renamed.at, d->renamed.n, sizeof *d->renamed.at, longest_first);
}

static bool in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* Whether a whole name, or the beginning of a path, stands there. */
static bool stands_at(Str text, size_t i, Str name)
{
    if (!str_starts(str_slice(text, i, text.n), name) || (i && (in_name(text.s[i - 1]) || text.s[i - 1] == '.')))
        return false;
    return i + name.n == text.n || !in_name(text.s[i + name.n]);
}

Str decision_renamed(Decisions *d, Str text, bool back)
{
    StrBuf b = {0};
    if (!d->renamed_made)
        look_up(d);
    if (!d->renamed.n)
        return text;
    for (size_t i = 0; i < text.n;) {
        const Renamed *r = d->renamed.at, *end = r + d->renamed.n;
        while (r < end && !stands_at(text, i, back ? r->current : r->former))
            r++;
        if (r == end) {
            strbuf_char(&b, text.s[i++]);
            continue;
        }
        strbuf_add(&b, back ? r->former : r->current);
        i += back ? r->current.n : r->former.n;
    }
    Str renamed = str_copy(&d->arena, strbuf_str(&b));
    strbuf_free(&b);
    return renamed;
}
