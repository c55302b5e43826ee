#ifndef CORDON_SOURCE_SOURCE_H
#define CORDON_SOURCE_SOURCE_H
/* Source files: their text, places in it, and how they are read. Ownership: the set owns every text until sources_free;
 * spans are byte offsets and stay valid as long as the set. */
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

typedef uint32_t FileId; /* 0 = none */

/* Bytes [lo, hi) of a file. A zero span is "no place". */
typedef struct Span {
    uint32_t lo, hi;
    FileId file;
} Span;

typedef struct SourceFile {
    Str path;     /* as shown in messages */
    Str key;      /* canonical identity */
    Str text;     /* followed by two NUL bytes, as the scanner wants it */
    char *owned;  /* the text's memory, if the file took it over */
    bool library; /* part of the standard library */
    /* Filled when the first place is asked about: the offset of each line; for every 256th byte the line it stands on, from 0; and
     * whether each byte is a character. */
    Vec(uint32_t) lines, blocks;
    bool ascii;
    Vec(uint32_t) marks; /* characters before every 4096th byte; filled when a long line is asked about */
} SourceFile;

typedef struct Sources {
    Arena arena;
    Vec(SourceFile *) files; /* by FileId; [0] is unused */
} Sources;

typedef enum ReadStatus { READ_OK, READ_MISSING, READ_DIRECTORY, READ_DENIED, READ_TOO_LARGE, READ_FAILED } ReadStatus;

/* "there is no such file": why a file was not read. */
const char *read_status_words(ReadStatus s);

/* Where text comes from: the disk, an editor's buffers, a test's table. No other part of the program opens a file to read. */
typedef struct Reader {
    void *self;
    /* Appends the file's bytes to `out`. */
    ReadStatus (*read)(void *self, const char *path, StrBuf *out);
    /* The path's canonical form (links resolved), in the arena; an empty Str if there is no such file. */
    Str (*canonical)(void *self, Arena *a, const char *path);
} Reader;

/* Reads the disk; "-" is standard input. */
Reader reader_disk(void);

void sources_init(Sources *s);
void sources_free(Sources *s);
/* Adds a text (copied). The caller has checked that the key is new. */
FileId sources_add(Sources *s, Str path, Str key, Str text, bool library);
/* The same without a copy: takes over the buffer's memory and leaves it empty. */
FileId sources_adopt(Sources *s, Str path, Str key, StrBuf *text, bool library);
/* The same for a text that outlives the set, with its two NUL bytes behind it. */
FileId sources_lend(Sources *s, Str path, Str key, Str text, bool library);
const SourceFile *source_file(const Sources *s, FileId file);
Str source_text(const Sources *s, Span span);

typedef struct LineCol {
    uint32_t line; /* from 1 */
    uint32_t col;  /* from 1, in characters (code points) */
} LineCol;

LineCol source_linecol(const Sources *s, FileId file, uint32_t offset);
/* Have what that reads fetched into the cache of the processor, for who asks for a place near the offset in a moment: first where its line
 * is looked for, then, once that is there, the line. Nothing before the first place was asked for, or for no file. */
void source_foresee_block(const Sources *s, FileId file, uint32_t offset);
void source_foresee_line(const Sources *s, FileId file, uint32_t offset);
/* The line alone: its cost does not grow with the length of the line. */
uint32_t source_line_number(const Sources *s, FileId file, uint32_t offset);
/* Bytes of one line, without its end. */
Span source_line(const Sources *s, FileId file, uint32_t line);

static inline bool span_none(Span s)
{
    return s.file == 0;
}
/* From the start of one to the end of the other, in one file. */
static inline Span span_join(Span a, Span b)
{
    if (span_none(a))
        return b;
    if (span_none(b) || a.file != b.file)
        return a;
    return (Span){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi, a.file};
}

#endif
