/* The pen writes what the Json of everybody else writes, whatever has to be escaped and wherever a block or the room ends. */
#include "emit/json.h"
#include "emit/pen.h"
#include "support.h"

#include <stdlib.h>
#include <unistd.h>

static void expect_same(Str text)
{
    Out by_pen, by_json;
    Pen pen;
    out_memory(&by_pen);
    out_memory(&by_json);
    pen_take(&pen, &by_pen);
    pen_quote(&pen, text);
    pen_leave(&pen);
    out_char(&by_json, '"');
    put_json(&by_json, text);
    out_char(&by_json, '"');
    Str got = out_text(&by_pen), wanted = out_text(&by_json);
    cr_assert(str_eq(got, wanted), "%.*s instead of %.*s", STR_FMT(got), STR_FMT(wanted));
    cr_assert_eq(by_pen.bytes, by_json.bytes);
    out_discard(&by_pen);
    out_discard(&by_json);
}

Test(pen, each_byte_at_each_place)
{
    char text[40];
    for (size_t n = 1; n <= sizeof text; n++)
        for (size_t at = 0; at < n; at++)
            for (unsigned byte = 0; byte < 256; byte++) {
                memset(text, 'a', sizeof text);
                text[at] = (char)byte;
                expect_same((Str){text, n});
            }
}

Test(pen, nothing_and_numbers)
{
    static const uint32_t numbers[] = {0, 9, 10, 99, 100, 4294967295u};
    Out out;
    Pen pen;
    out_memory(&out);
    pen_take(&pen, &out);
    pen_quote(&pen, (Str){0});
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pen_z(&pen, " ");
        pen_u32(&pen, numbers[i]);
    }
    pen_leave(&pen);
    cr_assert(str_eq(out_text(&out), STR("\"\" 0 9 10 99 100 4294967295")));
    out_discard(&out);
}

Test(pen, much_is_handed_on_whole)
{
    enum { TIMES = 30000 };
    char path[] = "/tmp/cordon-pen-XXXXXX", line[16];
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    unlink(path);
    Out out;
    Pen pen;
    out_fd(&out, fd);
    pen_take(&pen, &out);
    for (int i = 0; i < TIMES; i++)
        pen_z(&pen, "0123456789\n");
    pen_leave(&pen);
    cr_assert_eq(out.bytes, 11 * TIMES);
    cr_assert(out_close(&out));
    cr_assert_eq(lseek(fd, 0, SEEK_CUR), 11 * TIMES);
    for (int i = 0; i < TIMES; i++) {
        cr_assert_eq(pread(fd, line, 11, 11 * i), 11);
        cr_assert_eq(memcmp(line, "0123456789\n", 11), 0);
    }
    close(fd);
}
