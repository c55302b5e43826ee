/* The reader that reads the disk. Leaves behind: the whole file in the buffer, or a status that says why not. */
#include "base/limits.h"
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static ReadStatus status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR: return READ_MISSING;
    case EISDIR: return READ_DIRECTORY;
    case EACCES:
    case EPERM:
    case ELOOP: return READ_DENIED;
    default: return READ_FAILED;
    }
}

const char *read_status_words(ReadStatus s)
{
    switch (s) {
    case READ_MISSING: return "there is no such file";
    case READ_DIRECTORY: return "it is a folder";
    case READ_DENIED: return "access is denied, or it is no regular file";
    case READ_TOO_LARGE: return "it is too large";
    case READ_OK:
    case READ_FAILED: break;
    }
    return "reading failed";
}

static ReadStatus read_all(int fd, StrBuf *out)
{
    for (size_t total = 0;;) {
        strbuf_reserve(out, 1 << 12);
        ssize_t n = read(fd, out->s + out->n, out->cap - out->n - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_of(errno);
        if (n == 0)
            return READ_OK;
        total += (size_t)n;
        if (total > LIMIT_FILE_BYTES)
            return READ_TOO_LARGE;
        out->n += (size_t)n;
    }
}

static ReadStatus disk_read(void *self, const char *path, StrBuf *out)
{
    (void)self;
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, out);
    /* Not blocking, so that a pipe without a writer cannot hang us; devices and pipes are refused below. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return status_of(errno);
    struct stat st;
    ReadStatus r = READ_FAILED;
    if (fstat(fd, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            r = READ_DIRECTORY;
        else if (!S_ISREG(st.st_mode))
            r = READ_DENIED;
        else if (st.st_size > LIMIT_FILE_BYTES)
            r = READ_TOO_LARGE;
        else {
            strbuf_reserve(out, (size_t)st.st_size + 4); /* and the NULs the scanner wants */
            r = read_all(fd, out);
        }
    }
    close(fd);
    return r;
}

static Str disk_canonical(void *self, Arena *a, const char *path)
{
    (void)self;
    if (strcmp(path, "-") == 0)
        return STR("-");
    char *real = realpath(path, NULL);
    if (!real)
        return (Str){"", 0};
    Str r = str_copy(a, str_from(real));
    free(real);
    return r;
}

Reader reader_disk(void)
{
    return (Reader){NULL, disk_read, disk_canonical};
}
