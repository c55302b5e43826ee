/* Output: what is remembered of failures, and files that appear whole or not at all. */
#include "support.h"

#include "base/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own for a test, and paths in it. */
typedef struct Folder {
    char dir[64];
    char path[96];
} Folder;

static Folder folder(void)
{
    Folder f;
    snprintf(f.dir, sizeof f.dir, P_tmpdir "/cordon-out-XXXXXX");
    cr_assert(mkdtemp(f.dir));
    snprintf(f.path, sizeof f.path, "%s/file", f.dir);
    return f;
}

static unsigned entries(const char *dir)
{
    unsigned n = 0;
    DIR *d = opendir(dir);
    cr_assert(d);
    for (struct dirent *e; (e = readdir(d));)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void remove_folder(const Folder *f)
{
    unlink(f->path);
    rmdir(f->dir);
}

static bool write_text(const char *path, const char *text, Out *o)
{
    out_file(o, path);
    out_z(o, text);
    return out_close(o);
}

static void expect_text(const char *path, const char *wanted)
{
    size_t n;
    char *got = read_whole(path, &n);
    cr_expect_str_eq(got, wanted);
    free(got);
}

Test(out, memory_holds_what_was_written)
{
    Out o;
    out_memory(&o);
    out_z(&o, "a");
    out_char(&o, 'b');
    out_u64(&o, 18446744073709551615u);
    out_u64(&o, 0);
    out_format(&o, "<%d %s>", -7, "x");
    cr_expect(str_eq(out_text(&o), STR("ab184467440737095516150<-7 x>")));
    cr_expect_eq(o.bytes, out_text(&o).n);
    cr_expect(out_close(&o));
}

Test(out, a_file_is_made_and_replaced)
{
    Folder f = folder();
    Out o;
    cr_expect(write_text(f.path, "first", &o) && o.changed);
    expect_text(f.path, "first");
    cr_expect(write_text(f.path, "second", &o) && o.changed);
    expect_text(f.path, "second");
    cr_expect_eq(entries(f.dir), 1, "nothing else is left in the folder");
    remove_folder(&f);
}

Test(out, a_file_is_not_there_before_it_is_closed)
{
    Folder f = folder();
    Out o;
    out_file(&o, f.path);
    for (int i = 0; i < 20000; i++)
        out_z(&o, "more than is kept in memory\n");
    cr_expect(access(f.path, F_OK) != 0);
    cr_expect(out_ready(&o));
    cr_expect(access(f.path, F_OK) != 0, "ready is not published");
    cr_expect(out_close(&o));
    struct stat st;
    cr_expect(stat(f.path, &st) == 0 && (uint64_t)st.st_size == o.bytes);
    remove_folder(&f);
}

Test(out, an_unchanged_file_is_not_touched)
{
    Folder f = folder();
    Out o;
    write_text(f.path, "same", &o);
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    struct stat st;
    utimensat(AT_FDCWD, f.path, old, 0);
    cr_expect(write_text(f.path, "same", &o));
    cr_expect(!o.changed);
    cr_expect(stat(f.path, &st) == 0 && st.st_mtime == 1000000000);
    cr_expect(write_text(f.path, "size", &o) && o.changed, "same length, other text");
    cr_expect(stat(f.path, &st) == 0 && st.st_mtime != 1000000000);
    remove_folder(&f);
}

Test(out, the_mode_is_that_of_the_file_or_of_the_mask)
{
    Folder f = folder();
    Out o;
    struct stat st;
    umask(027);
    write_text(f.path, "a", &o);
    cr_expect(stat(f.path, &st) == 0 && (st.st_mode & 0777) == 0640, "%o", (unsigned)st.st_mode);
    chmod(f.path, 0604);
    write_text(f.path, "b", &o);
    cr_expect(stat(f.path, &st) == 0 && (st.st_mode & 0777) == 0604, "%o", (unsigned)st.st_mode);
    remove_folder(&f);
}

Test(out, through_a_link_the_file_is_replaced_and_not_the_link)
{
    Folder f = folder();
    char link[96];
    Out o;
    struct stat st;
    snprintf(link, sizeof link, "%s/link", f.dir);
    write_text(f.path, "a", &o);
    cr_assert_eq(symlink("file", link), 0);
    cr_expect(write_text(link, "b", &o));
    cr_expect(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    expect_text(f.path, "b");
    unlink(link);
    remove_folder(&f);
}

Test(out, what_is_discarded_leaves_the_file_as_it_was)
{
    Folder f = folder();
    Out o;
    write_text(f.path, "kept", &o);
    out_file(&o, f.path);
    out_z(&o, "lost");
    cr_expect(out_ready(&o));
    out_discard(&o);
    expect_text(f.path, "kept");
    cr_expect_eq(entries(f.dir), 1);
    remove_folder(&f);
}

Test(out, a_parked_file_needs_no_descriptor)
{
    Folder f = folder();
    Out o;
    out_file(&o, f.path);
    out_z(&o, "parked");
    cr_expect(out_ready(&o));
    out_park(&o);
    cr_expect_eq(o.fd, -1);
    cr_expect(out_close(&o) && o.changed);
    expect_text(f.path, "parked");
    out_file(&o, f.path);
    out_z(&o, "gone");
    out_ready(&o);
    out_park(&o);
    out_discard(&o);
    expect_text(f.path, "parked");
    cr_expect_eq(entries(f.dir), 1);
    remove_folder(&f);
}

Test(out, a_full_disk_is_an_error)
{
    Out o;
    out_file(&o, "/dev/full");
    out_z(&o, "x");
    cr_expect(!out_close(&o));
    cr_expect_eq(o.error, ENOSPC);
}

Test(out, a_device_is_written_directly)
{
    Out o;
    struct stat st;
    cr_expect(write_text("/dev/null", "x", &o));
    cr_expect(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
}

Test(out, a_missing_folder_is_an_error)
{
    Folder f = folder();
    char path[128];
    Out o;
    snprintf(path, sizeof path, "%s/none/file", f.dir);
    cr_expect(!write_text(path, "x", &o));
    cr_expect_eq(o.error, ENOENT);
    remove_folder(&f);
}

Test(out, a_folder_cannot_be_written)
{
    Folder f = folder();
    Out o;
    cr_expect(!write_text(f.dir, "x", &o));
    cr_expect_eq(o.error, EISDIR);
    remove_folder(&f);
}

Test(out, a_closed_pipe_is_an_error_that_stays)
{
    int ends[2];
    Out o;
    signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    out_fd(&o, ends[1]);
    for (int i = 0; i < 10000; i++)
        out_z(&o, "nobody reads this\n");
    cr_expect_not(out_ok(&o));
    uint64_t written = o.bytes;
    out_z(&o, "more");
    cr_expect_eq(o.bytes, written, "nothing is taken after a failure");
    cr_expect(!out_close(&o));
    cr_expect_eq(o.error, EPIPE);
    close(ends[1]);
}
