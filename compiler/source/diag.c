/* The list of diagnostics. Requires nothing; leaves behind records that any renderer can read. */
#include "source/diag.h"

#include "base/bug.h"
#include "base/limits.h"

#include <ctype.h>

enum { KEPT = 10 * LIMIT_DIAGNOSTICS };

typedef struct DiagRow {
    const char *name, *format, *explain;
    unsigned short number;
    Severity severity;
} DiagRow;

static const DiagRow rows[] = {
#define DIAG(id, number, severity, format, explain) {#id, format, explain, number, SEV_##severity},
#include "source/diag.def"
#undef DIAG
};

void diags_free(Diags *d)
{
    vec_free(&d->list);
    arena_free(&d->arena);
    *d = (Diags){0};
}

static Str vformat(Diags *d, const char *format, va_list args)
{
    StrBuf b = {0};
    strbuf_vformat(&b, format, args);
    Str r = str_copy(&d->arena, strbuf_str(&b));
    strbuf_free(&b);
    return r;
}

Diag *diag_add(Diags *d, DiagId id, Span at, ...)
{
    Severity severity = rows[id].severity;
    d->errors += severity == SEV_ERROR;
    d->warnings += severity == SEV_WARNING;
    if (d->list.n >= KEPT)
        return &d->spill;
    Diag *r = NEW(&d->arena, Diag);
    *r = (Diag){.id = id, .severity = severity, .span = at, .seq = d->list.n};
    va_list args;
    va_start(args, at);
    r->message = vformat(d, rows[id].format, args);
    va_end(args);
    vec_push(&d->list, r);
    return r;
}

void diag_caret(Diags *d, Diag *r, const char *format, ...)
{
    if (r == &d->spill)
        return;
    va_list args;
    va_start(args, format);
    r->caret = vformat(d, format, args);
    va_end(args);
}

void diag_label(Diags *d, Diag *r, Span at, const char *format, ...)
{
    if (r == &d->spill || r->nlabels == DIAG_LABELS || span_none(at))
        return;
    va_list args;
    va_start(args, format);
    r->labels[r->nlabels++] = (DiagLabel){at, vformat(d, format, args)};
    va_end(args);
}

void diag_help(Diags *d, Diag *r, const char *format, ...)
{
    if (r == &d->spill)
        return;
    va_list args;
    va_start(args, format);
    r->help = vformat(d, format, args);
    va_end(args);
}

static int by_place(const Sources *s, const Diag *a, const Diag *b)
{
    if (a->span.file != b->span.file) {
        if (!a->span.file || !b->span.file)
            return a->span.file ? 1 : -1;
        int c = str_cmp(source_file(s, a->span.file)->path, source_file(s, b->span.file)->path);
        return c ? c : (a->span.file > b->span.file) - (a->span.file < b->span.file);
    }
    if (a->span.lo != b->span.lo)
        return a->span.lo < b->span.lo ? -1 : 1;
    if (a->id != b->id)
        return rows[a->id].number < rows[b->id].number ? -1 : 1;
    return str_cmp(a->message, b->message);
}

/* qsort has no context argument in C11, so the order is made by a merge sort of our own, stable by sequence. */
static void merge_sort(const Sources *s, Diag **v, Diag **tmp, uint32_t n)
{
    if (n < 2)
        return;
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(s, v, tmp, half);
    merge_sort(s, v + half, tmp, n - half);
    while (i < half && j < n)
        tmp[k++] = by_place(s, v[j], v[i]) < 0 ? v[j++] : v[i++];
    while (i < half)
        tmp[k++] = v[i++];
    while (j < n)
        tmp[k++] = v[j++];
    memcpy(v, tmp, n * sizeof *v);
}

void diags_sort(Diags *d, const Sources *s)
{
    if (d->list.n < 2)
        return;
    Diag **tmp = mem_resize(NULL, d->list.n, sizeof(Diag *));
    merge_sort(s, d->list.at, tmp, d->list.n);
    free(tmp);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < d->list.n; i++) {
        Diag *r = d->list.at[i], *before = d->list.at[kept - 1];
        if (by_place(s, before, r) == 0 && before->span.hi == r->span.hi) {
            d->errors -= r->severity == SEV_ERROR && d->errors > 1;
            d->warnings -= r->severity == SEV_WARNING;
        } else {
            d->list.at[kept++] = r;
        }
    }
    d->list.n = kept;
}

const char *diag_code(DiagId id, char out[6])
{
    static const char letter[] = {'N', 'W', 'E'};
    snprintf(out, 6, "%c%04u", letter[rows[id].severity], rows[id].number % 10000u);
    return out;
}

const char *diag_name(DiagId id)
{
    return rows[id].name;
}

const char *diag_format(DiagId id)
{
    return rows[id].format;
}

const char *diag_explanation(DiagId id)
{
    return rows[id].explain;
}

Severity diag_severity(DiagId id)
{
    return rows[id].severity;
}

int diag_by_code(Str code)
{
    if (code.n == 5)
        code = str_slice(code, 1, 5);
    if (code.n != 4)
        return -1;
    unsigned number = 0;
    for (size_t i = 0; i < 4; i++) {
        if (!isdigit((unsigned char)code.s[i]))
            return -1;
        number = number * 10 + (unsigned)(code.s[i] - '0');
    }
    for (int i = 0; i < D_COUNT; i++)
        if (rows[i].number == number)
            return i;
    return -1;
}

Suggestion suggest_start(Str wanted)
{
    unsigned most = (unsigned)(wanted.n / 3 > 1 ? wanted.n / 3 : 1);
    return (Suggestion){wanted, {"", 0}, most + 1};
}

void suggest_offer(Suggestion *s, Str candidate)
{
    if (s->distance == 0 || candidate.n == 0)
        return;
    unsigned d = str_distance(s->wanted, candidate, s->distance);
    if (d < s->distance || (d == s->distance && s->best.n && str_cmp(candidate, s->best) < 0)) {
        s->distance = d;
        s->best = candidate;
    }
}
