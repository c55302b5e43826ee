/* The difference of two texts by lines, as patch tools print it. Myers' algorithm with a bound: texts that differ in more than
 * MOST lines are shown as one change of everything between their common beginning and end, so that cost stays small. */
#include "base/bug.h"
#include "emit/snippet.h"
#include "tools/tools.h"

enum { CONTEXT = 3, MOST = 2000 };

typedef Vec(Str) Lines;

static void split(Str text, Lines *out)
{
    for (size_t lo = 0; lo < text.n;) {
        const char *end = memchr(text.s + lo, '\n', text.n - lo);
        size_t hi = end ? (size_t)(end - text.s) : text.n;
        vec_push(out, str_slice(text, lo, hi));
        lo = hi + 1;
    }
}

/* A line of the result: from the old text, from the new one, or from both. */
typedef struct Edit {
    char mark; /* ' ', '-', '+' */
    uint32_t a, b;
} Edit;

typedef struct Diff {
    Lines a, b;
    Vec(Edit) edits;
    Vec(int32_t) trace; /* the furthest places of each round, row by row */
} Diff;

static bool same(const Diff *d, int32_t x, int32_t y)
{
    return str_eq(d->a.at[x], d->b.at[y]);
}

/* Furthest x on diagonal k after a round, from the round before; rows are 2 * MOST + 1 wide at most. */
static int32_t *row_of(Diff *d, int32_t round)
{
    return d->trace.at +
           (size_t)round * ((size_t)round + 1) / 2; /* round r has r + 1 diagonals, k = -r, -r + 2, ..., r */
}

static int32_t furthest(Diff *d, int32_t round, int32_t k)
{
    return row_of(d, round)[(k + round) / 2];
}

/* Where a path on diagonal k comes from: down (an insertion) or from the left (a deletion). */
static bool comes_down(Diff *d, int32_t round, int32_t k)
{
    return k == -round || (k != round && furthest(d, round - 1, k - 1) < furthest(d, round - 1, k + 1));
}

/* The number of rounds that join [lo, ...) of both texts, or -1 if that takes more than MOST. */
static int32_t search(Diff *d, int32_t na, int32_t nb, int32_t lo)
{
    for (int32_t round = 0; round <= MOST; round++) {
        vec_reserve(&d->trace, (uint32_t)round + 1);
        for (int32_t k = -round; k <= round; k += 2) {
            int32_t x = 0;
            if (round > 0)
                x = comes_down(d, round, k) ? furthest(d, round - 1, k + 1) : furthest(d, round - 1, k - 1) + 1;
            while (x < na && x - k < nb && x - k >= 0 && same(d, lo + x, lo + x - k))
                x++;
            d->trace.at[d->trace.n++] = x;
            if (x >= na && x - k >= nb)
                return round;
        }
    }
    return -1;
}

/* Follows the rounds back; edits come out in reverse. */
static void backtrack(Diff *d, int32_t na, int32_t nb, int32_t lo, int32_t rounds)
{
    int32_t x = na, y = nb;
    for (int32_t round = rounds; round > 0; round--) {
        int32_t k = x - y;
        bool down = comes_down(d, round, k);
        int32_t from_k = down ? k + 1 : k - 1, from_x = furthest(d, round - 1, from_k), from_y = from_x - from_k;
        for (; x > from_x + !down && y > from_y + down; x--, y--)
            vec_push(&d->edits, (Edit){' ', (uint32_t)(lo + x - 1), (uint32_t)(lo + y - 1)});
        vec_push(&d->edits, (Edit){down ? '+' : '-', (uint32_t)(lo + from_x), (uint32_t)(lo + from_y)});
        x = from_x;
        y = from_y;
    }
    for (; x > 0; x--, y--)
        vec_push(&d->edits, (Edit){' ', (uint32_t)(lo + x - 1), (uint32_t)(lo + y - 1)});
    for (uint32_t i = 0, j = d->edits.n; i + 1 < j; i++) {
        Edit e = d->edits.at[i];
        d->edits.at[i] = d->edits.at[--j];
        d->edits.at[j] = e;
    }
}

static void replace_all(Diff *d, int32_t na, int32_t nb, int32_t lo)
{
    for (int32_t i = 0; i < na; i++)
        vec_push(&d->edits, (Edit){'-', (uint32_t)(lo + i), (uint32_t)lo});
    for (int32_t i = 0; i < nb; i++)
        vec_push(&d->edits, (Edit){'+', (uint32_t)(lo + na), (uint32_t)(lo + i)});
}

static void compare(Diff *d)
{
    int32_t na = (int32_t)d->a.n, nb = (int32_t)d->b.n, lo = 0;
    while (lo < na && lo < nb && same(d, lo, lo))
        lo++;
    while (na > lo && nb > lo && same(d, na - 1, nb - 1)) {
        na--;
        nb--;
    }
    int32_t end_a = na, end_b = nb;
    int32_t rounds = search(d, na - lo, nb - lo, lo);
    if (rounds >= 0)
        backtrack(d, na - lo, nb - lo, lo, rounds);
    else
        replace_all(d, na - lo, nb - lo, lo);
    /* Lines around the change, for context; the beginning is put in front. */
    int32_t before = lo < CONTEXT ? lo : CONTEXT;
    vec_reserve(&d->edits, (uint32_t)before);
    if (d->edits.n)
        memmove(d->edits.at + before, d->edits.at, d->edits.n * sizeof *d->edits.at);
    d->edits.n += (uint32_t)before;
    for (int32_t i = 0; i < before; i++)
        d->edits.at[i] = (Edit){' ', (uint32_t)(lo - before + i), (uint32_t)(lo - before + i)};
    for (int32_t i = 0; i < CONTEXT && end_a + i < (int32_t)d->a.n; i++)
        vec_push(&d->edits, (Edit){' ', (uint32_t)(end_a + i), (uint32_t)(end_b + i)});
}

/* The end of the hunk that begins at `i`: behind it come more than 2 * CONTEXT lines without a change. */
static uint32_t hunk_end(const Diff *d, uint32_t i)
{
    uint32_t calm = 0, end = i;
    for (uint32_t k = i; k < d->edits.n && calm <= 2 * CONTEXT; k++) {
        calm = d->edits.at[k].mark == ' ' ? calm + 1 : 0;
        if (!calm)
            end = k + 1;
    }
    end += CONTEXT;
    return end < d->edits.n ? end : d->edits.n;
}

static void put_hunk(const Diff *d, uint32_t lo, uint32_t hi, const ConsoleStyle *style, Out *out)
{
    uint32_t na = 0, nb = 0;
    for (uint32_t i = lo; i < hi; i++) {
        na += d->edits.at[i].mark != '+';
        nb += d->edits.at[i].mark != '-';
    }
    const Edit *first = &d->edits.at[lo];
    paint(out, style, PAINT_NOTE);
    out_format(out, "@@ -%u,%u +%u,%u @@", first->a + (na > 0), na, first->b + (nb > 0), nb);
    paint(out, style, PAINT_OFF);
    out_char(out, '\n');
    for (uint32_t i = lo; i < hi; i++) {
        const Edit *e = &d->edits.at[i];
        paint(out, style, e->mark == '+' ? PAINT_GOOD : e->mark == '-' ? PAINT_ERROR : PAINT_OFF);
        out_char(out, e->mark);
        put_term(out, e->mark == '+' ? d->b.at[e->b] : d->a.at[e->a]);
        paint(out, style, PAINT_OFF);
        out_char(out, '\n');
    }
}

void diff_texts(Str path, Str before, Str after, const ConsoleStyle *style, Out *out)
{
    Diff d = {0};
    if (str_eq(before, after))
        return;
    split(before, &d.a);
    split(after, &d.b);
    compare(&d);
    paint(out, style, PAINT_STRONG);
    out_z(out, "--- ");
    put_term(out, path);
    out_z(out, "\n+++ ");
    put_term(out, path);
    paint(out, style, PAINT_OFF);
    out_char(out, '\n');
    for (uint32_t i = 0; i < d.edits.n;) {
        while (i < d.edits.n && d.edits.at[i].mark == ' ')
            i++;
        if (i == d.edits.n)
            break;
        uint32_t lo = i < CONTEXT ? 0 : i - CONTEXT, hi = hunk_end(&d, i);
        put_hunk(&d, lo, hi, style, out);
        i = hi;
    }
    vec_free(&d.a);
    vec_free(&d.b);
    vec_free(&d.edits);
    vec_free(&d.trace);
}
