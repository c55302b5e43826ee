/* Output. Every failure is remembered in the Out and nothing after it is written, so that callers check once, at the end. Files
 * are built under no name or a temporary one, flushed to the disk and renamed; what did not change is not touched. Requires that
 * SIGPIPE is ignored, so that a closed pipe is an error like any other. Leaves behind: the whole file, or what was there before. */
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMPARED = 1 << 14, FD_NAME = 40 };

void out_memory(Out *o)
{
    *o = (Out){.fd = -1};
}

void out_fd(Out *o, int fd)
{
    *o = (Out){.fd = fd};
}

static void out_fail(Out *o, int error)
{
    if (!o->error)
        o->error = error ? error : EIO;
}

static char *copy_z(const char *z)
{
    size_t n = strlen(z) + 1;
    char *r = mem_alloc(n);
    memcpy(r, z, n);
    return r;
}

/* "dir/" + "." + name + suffix, for a file beside `path`; without a name, the directory alone. */
static char *beside(const char *path, const char *suffix)
{
    const char *slash = strrchr(path, '/');
    size_t dir = slash ? (size_t)(slash - path) + 1 : 0;
    StrBuf b = {0};
    strbuf_add(&b, (Str){path, dir});
    if (suffix)
        strbuf_format(&b, ".%s%s", path + dir, suffix);
    else if (dir == 0)
        strbuf_addz(&b, ".");
    return b.s;
}

static const char *fd_name(const Out *o, char name[FD_NAME])
{
    snprintf(name, FD_NAME, "/proc/self/fd/%d", o->fd);
    return name;
}

/* The mode a new file gets, or that of the file it replaces. */
static void keep_mode(Out *o, const struct stat *before)
{
    if (before && fchmod(o->fd, before->st_mode & 0777) != 0)
        out_fail(o, errno);
}

/* A file that has no name yet: a killed run cannot leave it behind. Not every file system has them, and giving the name later
 * needs /proc. (__O_TMPFILE is what the C library offers of O_TMPFILE without further feature macros.) */
static bool begin_unnamed(Out *o)
{
#ifdef __O_TMPFILE
    char *dir = beside(o->path, NULL), name[FD_NAME];
    o->fd = open(dir, __O_TMPFILE | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0666);
    free(dir);
    if (o->fd < 0)
        return false;
    if (access(fd_name(o, name), F_OK) == 0)
        return true;
    close(o->fd);
    o->fd = -1;
#endif
    return false;
}

static void begin_named(Out *o)
{
    o->temp = beside(o->path, ".XXXXXX");
    o->fd = mkstemp(o->temp);
    if (o->fd < 0) {
        out_fail(o, errno);
        free(o->temp);
        o->temp = NULL;
        return;
    }
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(o->fd, 0666 & ~mask) != 0)
        out_fail(o, errno);
}

void out_file(Out *o, const char *path)
{
    *o = (Out){.fd = -1};
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (there && !S_ISREG(st.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (o->fd < 0)
            out_fail(o, errno);
        o->path = copy_z(path);
        o->direct = true;
        return;
    }
    /* Through a link, the file it leads to is replaced, not the link. */
    o->path = there ? realpath(path, NULL) : NULL;
    if (!o->path)
        o->path = copy_z(path);
    if (!begin_unnamed(o))
        begin_named(o);
    if (o->fd >= 0)
        keep_mode(o, there ? &st : NULL);
}

static void out_flush(Out *o)
{
    size_t done = 0;
    while (!o->error && done < o->memory.n) {
        ssize_t n = write(o->fd, o->memory.s + done, o->memory.n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            out_fail(o, errno);
        else
            done += (size_t)n;
    }
    o->memory.n = 0;
}

static bool in_memory(const Out *o)
{
    return o->fd < 0 && !o->path;
}

void out_relieve(Out *o)
{
    if (o->memory.n >= OUT_PENDING && !in_memory(o))
        out_flush(o);
}

/* Counts what was just added behind `before`. */
static void out_added(Out *o, size_t before)
{
    o->bytes += o->memory.n - before;
    out_relieve(o);
}

void out_str(Out *o, Str s)
{
    size_t before = o->memory.n;
    if (o->error)
        return;
    strbuf_add(&o->memory, s);
    out_added(o, before);
}

void out_u64(Out *o, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    out_str(o, (Str){digits + at, sizeof digits - at});
}

void out_format(Out *o, const char *format, ...)
{
    size_t before = o->memory.n;
    va_list args;
    if (o->error)
        return;
    va_start(args, format);
    strbuf_vformat(&o->memory, format, args);
    va_end(args);
    out_added(o, before);
}

Str out_text(const Out *o)
{
    return strbuf_str(&o->memory);
}

void out_refuse(Out *o, const char *why)
{
    if (!o->error)
        o->why = why;
    out_fail(o, EIO);
}

const char *out_why(const Out *o)
{
    return o->why ? o->why : strerror(o->error);
}

bool out_ok(const Out *o)
{
    return o->error == 0;
}

/* Reads until the buffer is full or the file ends, so that equal files give equal pieces. */
static ssize_t read_full(int fd, char *to, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t r = read(fd, to + got, n - got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (ssize_t)got;
}

static bool same_bytes(int a, int b)
{
    char x[COMPARED], y[COMPARED];
    for (;;) {
        ssize_t n = read_full(a, x, sizeof x), m = read_full(b, y, sizeof y);
        if (n < 0 || n != m || memcmp(x, y, (size_t)n) != 0)
            return false;
        if (n == 0)
            return true;
    }
}

/* Gives an unnamed file a temporary name, since a link cannot replace a file but a rename can. */
static void name_temp(Out *o)
{
    char suffix[32], name[FD_NAME];
    for (unsigned i = 0; i < 100; i++) {
        snprintf(suffix, sizeof suffix, ".%ld-%u", (long)getpid(), i);
        char *temp = beside(o->path, suffix);
        if (linkat(AT_FDCWD, fd_name(o, name), AT_FDCWD, temp, AT_SYMLINK_FOLLOW) == 0) {
            o->temp = temp;
            return;
        }
        free(temp);
        if (errno != EEXIST)
            break;
    }
    out_fail(o, errno);
}

void out_park(Out *o)
{
    if (o->error || !o->path || o->direct || o->fd < 0)
        return;
    if (!o->temp)
        name_temp(o);
    if (close(o->fd) != 0)
        out_fail(o, errno);
    o->fd = -1;
}

/* Whether `path` holds what was written already. */
static bool unchanged(Out *o)
{
    if (o->fd < 0 && (o->fd = open(o->temp, O_RDONLY | O_CLOEXEC)) < 0) {
        out_fail(o, errno);
        return false;
    }
    int there = open(o->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (there < 0)
        return false;
    struct stat st;
    bool same = fstat(there, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == o->bytes &&
                lseek(o->fd, 0, SEEK_SET) == 0 && same_bytes(o->fd, there);
    close(there);
    return same;
}

static void publish(Out *o)
{
    if (!o->temp)
        name_temp(o);
    if (!o->error && rename(o->temp, o->path) != 0)
        out_fail(o, errno);
    if (!o->error) {
        free(o->temp);
        o->temp = NULL;
    }
}

bool out_ready(Out *o)
{
    if (in_memory(o) || (o->path && o->fd < 0)) /* nothing to flush, or parked */
        return !o->error;
    out_flush(o);
    if (!o->error && o->path && !o->direct && fsync(o->fd) != 0)
        out_fail(o, errno);
    return !o->error;
}

/* Frees everything; a temporary file that is still there was not wanted. */
static void out_end(Out *o)
{
    if (o->temp)
        unlink(o->temp);
    if (o->path && o->fd >= 0 && close(o->fd) != 0)
        out_fail(o, errno);
    free(o->temp);
    free(o->path);
    strbuf_free(&o->memory);
    o->temp = o->path = NULL;
    o->fd = -1;
}

bool out_close(Out *o)
{
    if (out_ready(o) && o->path && !o->direct && !unchanged(o) && !o->error) {
        publish(o);
        o->changed = !o->error;
    }
    out_end(o);
    return !o->error;
}

void out_discard(Out *o)
{
    out_end(o);
}
