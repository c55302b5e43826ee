/* The file table and the line map. Requires: texts under LIMIT_FILE_BYTES (the loader rejects larger ones). */
#include "source/source.h"

enum { MARK_BYTES = 4096, BLOCK_SHIFT = 8 };

void sources_init(Sources *s)
{
    *s = (Sources){0};
    vec_push(&s->files, NULL);
}

void sources_free(Sources *s)
{
    for (uint32_t i = 1; i < s->files.n; i++) {
        vec_free(&s->files.at[i]->lines);
        vec_free(&s->files.at[i]->blocks);
        vec_free(&s->files.at[i]->marks);
        free(s->files.at[i]->owned);
    }
    vec_free(&s->files);
    arena_free(&s->arena);
}

static FileId add(Sources *s, Str path, Str key, Str text, bool library)
{
    SourceFile *f = NEW(&s->arena, SourceFile);
    f->path = str_copy(&s->arena, path);
    f->key = str_copy(&s->arena, key);
    f->text = text;
    f->library = library;
    vec_push(&s->files, f);
    return s->files.n - 1;
}

FileId sources_add(Sources *s, Str path, Str key, Str text, bool library)
{
    char *copy = arena_alloc(&s->arena, text.n + 2, 1);
    if (text.n)
        memcpy(copy, text.s, text.n);
    return add(s, path, key, (Str){copy, text.n}, library);
}

FileId sources_adopt(Sources *s, Str path, Str key, StrBuf *text, bool library)
{
    size_t n = text->n;
    strbuf_add(text, (Str){"\0", 2});
    FileId id = add(s, path, key, (Str){text->s, n}, library);
    s->files.at[id]->owned = text->s;
    *text = (StrBuf){0};
    return id;
}

FileId sources_lend(Sources *s, Str path, Str key, Str text, bool library)
{
    return add(s, path, key, text, library);
}

const SourceFile *source_file(const Sources *s, FileId file)
{
    if (file == 0 || file >= s->files.n)
        BUG("no such file");
    return s->files.at[file];
}

Str source_text(const Sources *s, Span span)
{
    return span_none(span) ? (Str){"", 0} : str_slice(source_file(s, span.file)->text, span.lo, span.hi);
}

static bool is_ascii(Str text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.n; i++)
        all |= (unsigned char)text.s[i];
    return all < 0x80;
}

static void find_lines(SourceFile *f)
{
    vec_push(&f->lines, 0);
    for (size_t at = 0; at < f->text.n;) {
        const char *end = memchr(f->text.s + at, '\n', f->text.n - at);
        if (!end)
            break;
        at = (size_t)(end - f->text.s) + 1;
        vec_push(&f->lines, (uint32_t)at);
    }
    uint32_t line = 0;
    for (size_t at = 0; at <= f->text.n; at += 1 << BLOCK_SHIFT) {
        while (line + 1 < f->lines.n && f->lines.at[line + 1] <= at)
            line++;
        vec_push(&f->blocks, line);
    }
    f->ascii = is_ascii(f->text);
}

static SourceFile *with_lines(const Sources *s, FileId file)
{
    if (file == 0 || file >= s->files.n)
        BUG("no such file");
    SourceFile *f = s->files.at[file];
    if (!f->lines.n)
        find_lines(f);
    return f;
}

uint32_t source_line_number(const Sources *s, FileId file, uint32_t offset)
{
    const SourceFile *f = with_lines(s, file);
    uint32_t block = offset >> BLOCK_SHIFT;
    if (block >= f->blocks.n)
        block = f->blocks.n - 1;
    uint32_t lo = f->blocks.at[block], hi = block + 1 < f->blocks.n ? f->blocks.at[block + 1] + 1 : f->lines.n;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (f->lines.at[mid] <= offset)
            lo = mid;
        else
            hi = mid;
    }
    return lo + 1;
}

void source_foresee_block(const Sources *s, FileId file, uint32_t offset)
{
    const SourceFile *f = s->files.at[file];
    uint32_t block = offset >> BLOCK_SHIFT;
    if (f && block < f->blocks.n)
        __builtin_prefetch(&f->blocks.at[block]);
}

void source_foresee_line(const Sources *s, FileId file, uint32_t offset)
{
    const SourceFile *f = s->files.at[file];
    uint32_t block = offset >> BLOCK_SHIFT;
    if (f && block < f->blocks.n)
        __builtin_prefetch(&f->lines.at[f->blocks.at[block]]);
}

static uint32_t count_chars(const SourceFile *f, uint32_t lo, uint32_t hi)
{
    uint32_t n = 0;
    for (uint32_t i = lo; i < hi && i < f->text.n; i++)
        n += ((unsigned char)f->text.s[i] & 0xC0) != 0x80;
    return n;
}

/* Characters before an offset, from the nearest mark: without marks, every place on a line of megabytes would cost its length. */
static uint32_t chars_before(SourceFile *f, uint32_t offset)
{
    if (!f->marks.n)
        vec_push(&f->marks, 0);
    while ((size_t)f->marks.n * MARK_BYTES <= offset) {
        uint32_t lo = (f->marks.n - 1) * MARK_BYTES;
        uint32_t chars = vec_last(&f->marks) + count_chars(f, lo, lo + MARK_BYTES);
        vec_push(&f->marks, chars);
    }
    uint32_t mark = offset / MARK_BYTES;
    return f->marks.at[mark] + count_chars(f, mark * MARK_BYTES, offset);
}

LineCol source_linecol(const Sources *s, FileId file, uint32_t offset)
{
    LineCol at = {source_line_number(s, file, offset), 1};
    SourceFile *f = s->files.at[file];
    uint32_t start = f->lines.at[at.line - 1];
    if (f->ascii && offset <= f->text.n)
        at.col += offset - start;
    else if (offset - start <= MARK_BYTES)
        at.col += count_chars(f, start, offset);
    else
        at.col += chars_before(f, offset) - chars_before(f, start);
    return at;
}

Span source_line(const Sources *s, FileId file, uint32_t line)
{
    const SourceFile *f = with_lines(s, file);
    if (line == 0 || line > f->lines.n)
        return (Span){0};
    uint32_t lo = f->lines.at[line - 1];
    uint32_t hi = line < f->lines.n ? f->lines.at[line] - 1 : (uint32_t)f->text.n;
    if (hi > lo && f->text.s[hi - 1] == '\r')
        hi--;
    return (Span){lo, hi, file};
}
