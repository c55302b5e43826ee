/* Places in files, reading, and the list of diagnostics. */
#include "source/diag.h"

#include <criterion/criterion.h>
#include <unistd.h>

static FileId add(Sources *s, const char *name, const char *text)
{
    return sources_add(s, str_from(name), str_from(name), str_from(text), false);
}

Test(source, lines_and_columns_count_from_one_and_characters_not_bytes)
{
    Sources s;
    sources_init(&s);
    FileId f = add(&s, "a", "one\r\nt\xC3\xA4o x\n\nend");
    LineCol at = source_linecol(&s, f, 0);
    cr_assert(at.line == 1 && at.col == 1);
    at = source_linecol(&s, f, 9); /* behind the umlaut and the o */
    cr_assert(at.line == 2 && at.col == 4, "%u:%u", at.line, at.col);
    at = source_linecol(&s, f, 12);
    cr_assert(at.line == 3 && at.col == 1, "%u:%u", at.line, at.col);
    at = source_linecol(&s, f, 1000);
    cr_assert_eq(at.line, 4);
    cr_assert(str_eq(source_text(&s, source_line(&s, f, 1)), STR("one")));
    cr_assert(str_eq(source_text(&s, source_line(&s, f, 3)), STR("")));
    cr_assert(str_eq(source_text(&s, source_line(&s, f, 4)), STR("end")));
    cr_assert(span_none(source_line(&s, f, 5)));
    sources_free(&s);
}

Test(source, columns_of_a_line_of_many_bytes)
{
    Sources s;
    StrBuf text = {0};
    sources_init(&s);
    strbuf_addz(&text, "first\n");
    for (unsigned i = 0; i < 10000; i++)
        strbuf_addz(&text, "\xC3\xA4-");
    strbuf_addz(&text, "\nlast");
    FileId f = add(&s, "a", text.s);
    for (uint32_t i = 20000; i > 0; i -= 2000) { /* in any order: marks are made as they are needed */
        LineCol at = source_linecol(&s, f, 6 + i / 2 * 3);
        cr_expect(at.line == 2 && at.col == i + 1, "%u: %u:%u", i, at.line, at.col);
        at = source_linecol(&s, f, 6 + (20000 - i) / 2 * 3 + 2);
        cr_expect(at.line == 2 && at.col == 20000 - i + 2, "%u: %u:%u", i, at.line, at.col);
    }
    LineCol at = source_linecol(&s, f, (uint32_t)text.n);
    cr_expect(at.line == 3 && at.col == 5, "%u:%u", at.line, at.col);
    strbuf_free(&text);
    sources_free(&s);
}

Test(source, spans_join_within_a_file_only)
{
    Span a = {5, 7, 1}, b = {1, 3, 1}, c = {1, 3, 2};
    Span j = span_join(a, b);
    cr_assert(j.lo == 1 && j.hi == 7 && j.file == 1);
    cr_assert_eq(span_join(a, c).hi, 7);
    cr_assert_eq(span_join((Span){0}, a).lo, 5);
}

Test(source, the_disk_reader_says_why_it_cannot_read)
{
    Reader r = reader_disk();
    StrBuf text = {0};
    cr_assert_eq(r.read(r.self, "tests", &text), READ_DIRECTORY);
    cr_assert_eq(r.read(r.self, "tests/no/such/file", &text), READ_MISSING);
    cr_assert_eq(r.read(r.self, "/dev/null", &text), READ_DENIED);
    cr_assert_eq(text.n, 0);
    cr_assert_eq(r.read(r.self, "README.md", &text), READ_OK);
    cr_assert_gt(text.n, 0);
    strbuf_free(&text);
    Arena a = {0};
    cr_assert_eq(r.canonical(r.self, &a, "tests/no/such/file").n, 0);
    cr_assert(str_eq(r.canonical(r.self, &a, "tests/../README.md"), r.canonical(r.self, &a, "./README.md")));
    arena_free(&a);
}

Test(source, diagnostics_are_sorted_by_place_and_said_once)
{
    Sources s;
    sources_init(&s);
    FileId b = add(&s, "b", "text"), a = add(&s, "a", "text");
    Diags d = {0};
    diag_add(&d, D_UNKNOWN_NAME, (Span){0, 1, b}, "late");
    diag_add(&d, D_UNKNOWN_NAME, (Span){2, 3, a}, "middle");
    diag_add(&d, D_NUL_BYTE, (Span){0, 1, a}, "first");
    diag_add(&d, D_UNKNOWN_NAME, (Span){2, 3, a}, "middle");
    cr_assert_eq(d.errors, 4);
    diags_sort(&d, &s);
    cr_assert_eq(d.list.n, 3);
    cr_assert_eq(d.errors, 3);
    cr_assert(str_eq(d.list.at[0]->message, STR("`first` contains a NUL byte")));
    cr_assert(str_eq(d.list.at[1]->message, STR("unknown name `middle`")));
    cr_assert(str_eq(d.list.at[2]->message, STR("unknown name `late`")));
    diags_free(&d);
    sources_free(&s);
}

Test(source, a_flood_of_diagnostics_is_counted_but_not_kept)
{
    Diags d = {0};
    for (int i = 0; i < 1000000; i++) {
        Diag *r = diag_add(&d, D_UNKNOWN_NAME, (Span){0}, "x");
        diag_help(&d, r, "help %d", i);
        diag_label(&d, r, (Span){0, 1, 1}, "label");
    }
    cr_assert_eq(d.errors, 1000000);
    cr_assert_leq(d.list.n, 1000);
    diags_free(&d);
}

Test(source, every_code_is_unique_has_an_explanation_and_is_found_again)
{
    for (int i = 0; i < D_COUNT; i++) {
        char code[6];
        diag_code((DiagId)i, code);
        cr_expect_eq(diag_by_code(str_from(code)), i, "%s is used twice", code);
        cr_expect_eq(diag_by_code(str_from(code + 1)), i);
        cr_expect_gt(strlen(diag_explanation((DiagId)i)), 40, "%s says too little", code);
    }
    cr_assert_eq(diag_by_code(STR("E9999")), -1);
    cr_assert_eq(diag_by_code(STR("nonsense")), -1);
    cr_assert_eq(diag_by_code(STR("E02x1")), -1);
}

Test(source, suggestions_are_near_and_do_not_depend_on_order)
{
    Suggestion s = suggest_start(STR("cat"));
    suggest_offer(&s, STR("elephant"));
    cr_assert_eq(s.best.n, 0);
    suggest_offer(&s, STR("cut"));
    suggest_offer(&s, STR("car"));
    cr_assert(str_eq(s.best, STR("car")));
    s = suggest_start(STR("cat"));
    suggest_offer(&s, STR("car"));
    suggest_offer(&s, STR("cut"));
    cr_assert(str_eq(s.best, STR("car")));
}
