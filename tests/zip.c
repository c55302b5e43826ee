/* As much of ZIP as workbooks use: the central directory, stored and deflated members. Requires an archive of one part. */
#include "zip.h"

#include <zlib.h>

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30 };

static uint32_t number(Str s, size_t at, unsigned bytes)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < bytes && at + i < s.n; i++)
        n |= (uint32_t)(unsigned char)s.s[at + i] << 8 * i;
    return n;
}

/* Where the central directory ends, or SIZE_MAX. */
static size_t find_end(Str s)
{
    for (size_t at = s.n < END_BYTES ? SIZE_MAX : s.n - END_BYTES; at != SIZE_MAX; at--)
        if (number(s, at, 4) == 0x06054b50)
            return at;
    return SIZE_MAX;
}

size_t zip_count(Str archive)
{
    size_t end = find_end(archive);
    return end == SIZE_MAX ? 0 : number(archive, end + 10, 2);
}

static size_t find_entry(Str s, size_t i)
{
    size_t at = number(s, find_end(s) + 16, 4);
    for (; i > 0; i--)
        at += ENTRY_BYTES + number(s, at + 28, 2) + number(s, at + 30, 2) + number(s, at + 32, 2);
    return at;
}

Str zip_name(Str archive, size_t i)
{
    size_t at = find_entry(archive, i);
    return str_slice(archive, at + ENTRY_BYTES, at + ENTRY_BYTES + number(archive, at + 28, 2));
}

char *zip_member(Str archive, size_t i, size_t *n)
{
    size_t at = find_entry(archive, i), local = number(archive, at + 42, 4);
    size_t from = local + LOCAL_BYTES + number(archive, local + 26, 2) + number(archive, local + 28, 2);
    uint32_t packed = number(archive, at + 20, 4), whole = number(archive, at + 24, 4);
    char *out = mem_alloc((size_t)whole + 1);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)(archive.s + from),
                  .avail_in = packed,
                  .next_out = (Bytef *)out,
                  .avail_out = whole};
    bool ok = number(archive, at + 10, 2) == 8 && inflateInit2(&z, -MAX_WBITS) == Z_OK;
    ok = ok && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == whole;
    inflateEnd(&z);
    ok = ok && crc32(0, (const Bytef *)out, whole) == number(archive, at + 16, 4);
    out[whole] = 0;
    *n = whole;
    if (!ok)
        free(out);
    return ok ? out : NULL;
}
