/* The lowest layer: arena, strings, interning, vectors, maps. */
#include "base/intern.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

#include <criterion/criterion.h>

Test(base, arena_gives_zeroed_aligned_memory_that_does_not_overlap)
{
    Arena a = {0};
    unsigned char *first = arena_alloc(&a, 3, 1);
    memset(first, 0xAB, 3);
    for (size_t align = 1; align <= 64; align *= 2) {
        unsigned char *p = arena_alloc(&a, 100, align);
        cr_assert_eq((uintptr_t)p % align, 0);
        for (int i = 0; i < 100; i++)
            cr_assert_eq(p[i], 0);
        memset(p, 0xCD, 100);
    }
    for (int i = 0; i < 3; i++)
        cr_assert_eq(first[i], 0xAB);
    arena_free(&a);
    cr_assert_eq(a.total, 0);
}

Test(base, arena_takes_blocks_larger_than_a_chunk)
{
    Arena a = {0};
    char *big = arena_alloc(&a, (size_t)20 << 20, 8);
    big[0] = big[((size_t)20 << 20) - 1] = 1;
    char *small = arena_alloc(&a, 1, 1);
    cr_assert_not_null(small);
    arena_free(&a);
}

Test(base, arena_array_of_an_impossible_size_ends_the_program, .exit_code = 4)
{
    Arena a = {0};
    arena_array(&a, SIZE_MAX / 2, 16, 8);
}

Test(base, strings_compare_by_bytes)
{
    cr_assert(str_eq(STR("a"), STR("a")));
    cr_assert_not(str_eq(STR("a"), STR("ab")));
    cr_assert_lt(str_cmp(STR("a"), STR("ab")), 0);
    cr_assert_gt(str_cmp(STR("\xC3\xA9"), STR("z")), 0);
    cr_assert_eq(str_cmp(STR(""), (Str){NULL, 0}), 0);
    cr_assert(str_starts(STR("abc"), STR("ab")));
    cr_assert_not(str_starts(STR("a"), STR("ab")));
    cr_assert(str_ends(STR("abc"), STR("bc")));
    cr_assert_eq(str_rfind(STR("a/b/c"), '/'), 3);
    cr_assert_eq(str_rfind(STR("abc"), '/'), -1);
}

Test(base, distance_counts_edits_and_swaps_and_stops_at_its_bound)
{
    static const struct {
        const char *a, *b;
        unsigned most, is;
    } rows[] = {
        {"mutal", "mutual", 3, 1},
        {"abc", "abc", 3, 0},
        {"abc", "acb", 3, 1},
        {"", "abc", 3, 3},
        {"kitten", "sitting", 5, 3},
        {"kitten", "sitting", 2, 3},
        {"short", "a much longer text", 3, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(str_distance(str_from(rows[i].a), str_from(rows[i].b), rows[i].most), rows[i].is, "row %zu", i);
}

Test(base, builder_grows_and_stays_terminated)
{
    StrBuf b = {0};
    for (int i = 0; i < 1000; i++)
        strbuf_format(&b, "%d,", i);
    cr_assert_eq(strlen(b.s), b.n);
    cr_assert(str_starts(strbuf_str(&b), STR("0,1,2,")));
    cr_assert(str_ends(strbuf_str(&b), STR("998,999,")));
    strbuf_free(&b);
    cr_assert(str_eq(strbuf_str(&b), STR("")));
}

Test(base, equal_names_have_equal_ids)
{
    Interner in;
    intern_init(&in);
    Sym a = intern(&in, STR("alpha"));
    cr_assert_eq(intern(&in, STR("alpha")), a);
    cr_assert_eq(intern_find(&in, STR("alpha")), a);
    cr_assert_eq(intern_find(&in, STR("beta")), 0);
    cr_assert_eq(intern(&in, STR("")), 0);
    char name[16];
    Sym many[5000];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        many[i] = intern(&in, str_from(name));
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        cr_assert(str_eq(sym_str(&in, many[i]), str_from(name)));
    }
    cr_assert_eq(intern_find(&in, STR("alpha")), a);
    intern_free(&in);
}

/* Every byte counts, wherever it stands in names of any length. */
Test(base, names_that_differ_in_one_byte_are_two)
{
    char name[41];
    Interner in;
    intern_init(&in);
    for (size_t n = 1; n <= 40; n++) {
        memset(name, 'a', n);
        Sym plain = intern(&in, (Str){name, n});
        for (size_t i = 0; i < n; i++) {
            uint32_t before = in.n;
            name[i] = 'b';
            Sym other = intern(&in, (Str){name, n});
            cr_assert_eq(other, before);
            cr_assert_eq(intern_find(&in, (Str){name, n}), other);
            name[i] = 'a';
        }
        cr_assert_eq(intern_find(&in, (Str){name, n}), plain);
    }
    intern_free(&in);
}

/* Names that are known beforehand keep their numbers; others come behind them. */
Test(base, known_names_are_found_first)
{
    Interner before, in;
    char name[16];
    intern_init(&before);
    StrBuf chars = {0};
    KnownName known[3000] = {{0}};
    strbuf_char(&chars, '\0');
    for (uint32_t i = 1; i < 3000; i++) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert_eq(intern(&before, str_from(name)), i);
        known[i] = (KnownName){(uint32_t)chars.n, (uint32_t)strlen(name)};
        strbuf_addz(&chars, name);
    }
    KnownNames names = {chars.s, known, before.table, before.n, before.table_cap};
    intern_init_known(&in, &names);
    cr_assert_eq(intern(&in, STR("")), 0);
    cr_assert_eq(sym_str(&in, 0).n, 0);
    for (uint32_t i = 1; i < 9000; i++) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert_eq(intern_find(&in, str_from(name)), i < 3000 ? i : 0);
        cr_assert_eq(intern(&in, str_from(name)), i);
    }
    for (uint32_t i = 1; i < 9000; i++) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert(str_eq(sym_str(&in, i), str_from(name)));
        cr_assert_eq(intern_find(&in, str_from(name)), i);
    }
    intern_free(&in);
    intern_free(&before);
    strbuf_free(&chars);
}

Test(base, names_that_differ_at_their_ends_have_different_hashes)
{
    enum { N = 20000, BITS = 16 };
    static unsigned char hit[1 << BITS];
    char name[16];
    unsigned slots = 0;
    for (int i = 0; i < N; i++) {
        snprintf(name, sizeof name, "F%07d", i);
        unsigned at = str_hash(str_from(name)) & ((1u << BITS) - 1);
        slots += !hit[at];
        hit[at] = 1;
    }
    cr_assert_gt(slots, N * 8 / 10, "%u slots for %d names", slots, N);
}

Test(base, vectors_keep_what_was_pushed)
{
    Vec(uint64_t) v = {0};
    for (uint64_t i = 0; i < 10000; i++)
        vec_push(&v, i * i);
    for (uint64_t i = 0; i < 10000; i++)
        cr_assert_eq(v.at[i], i * i);
    cr_assert_eq(vec_last(&v), 9999u * 9999u);
    vec_free(&v);
    cr_assert_null(v.at);
}

Test(base, maps_find_what_was_put_and_nothing_else)
{
    Map m = {0};
    cr_assert_eq(map_get(&m, 1), 0);
    for (uint32_t i = 1; i <= 20000; i++)
        map_put(&m, MAP_KEY(i, i * 7), i);
    for (uint32_t i = 1; i <= 20000; i++)
        cr_assert_eq(map_get(&m, MAP_KEY(i, i * 7)), i);
    cr_assert_eq(map_get(&m, MAP_KEY(1, 8)), 0);
    map_put(&m, MAP_KEY(1, 7), 42);
    cr_assert_eq(map_get(&m, MAP_KEY(1, 7)), 42);
    cr_assert_eq(m.n, 20000);
    map_free(&m);
}
