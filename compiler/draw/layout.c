/* Has Graphviz lay a diagram out, and publishes nothing that was not proven (geometry.c): a picture in which an
 * element stands in a boundary that is not its own is worse than none. `dot` runs as a program of its own, never
 * through a shell, with the text on its standard input, a limit on time and on output; only the process started here
 * is ever killed. Leaves no process and no file behind. */
#include "draw/draw.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { LAYOUT_SECONDS = 20, LAYOUT_BYTES = 64 << 20, COMPLAINT_BYTES = 300, SECOND_NODES = 80 };

/* ---- running dot ---- */

typedef struct Run {
    pid_t pid;
    int in, out, err; /* ours: we write to `in` and read from the others; -1 when closed */
    StrBuf output, complaint;
} Run;

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Descriptors above the standard three that a started program does not inherit. */
static bool raise_fds(int fds[2])
{
    for (int i = 0; i < 2; i++) {
        int high = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
        close_fd(&fds[i]);
        fds[i] = high;
    }
    return fds[0] >= 0 && fds[1] >= 0;
}

/* Standard input is a socket, for a write to a reader that has gone then fails without a signal. */
static bool open_channels(int in[2], int out[2], int err[2])
{
    bool ok = socketpair(AF_UNIX, SOCK_STREAM, 0, in) == 0 && raise_fds(in);
    ok = ok && pipe(out) == 0 && raise_fds(out);
    return ok && pipe(err) == 0 && raise_fds(err);
}

/* 0, or the error number. */
static int start_dot(Run *run)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, problem = 0;
    *run = (Run){.in = -1, .out = -1, .err = -1};
    char program[] = "dot", format[] = "-Tjson0", quiet[] = "-q1";
    char *const argv[] = {program, format, quiet, NULL};
    posix_spawn_file_actions_t actions;
    if (!open_channels(in, out, err))
        problem = errno ? errno : EMFILE;
    if (!problem && (problem = posix_spawn_file_actions_init(&actions)) == 0) {
        posix_spawn_file_actions_adddup2(&actions, in[1], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        posix_spawn_file_actions_adddup2(&actions, err[1], 2);
        problem = posix_spawnp(&run->pid, "dot", &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close_fd(&in[1]);
    close_fd(&out[1]);
    close_fd(&err[1]);
    if (problem) {
        close_fd(&in[0]);
        close_fd(&out[0]);
        close_fd(&err[0]);
        return problem;
    }
    run->in = in[0], run->out = out[0], run->err = err[0];
    return 0;
}

static int milliseconds_left(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long gone = (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
    return gone >= LAYOUT_SECONDS * 1000 ? 0 : (int)(LAYOUT_SECONDS * 1000 - gone);
}

static void feed(Run *run, Str *rest)
{
    ssize_t n = send(run->in, rest->s, rest->n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
        *rest = str_slice(*rest, (size_t)n, rest->n);
    if ((n < 0 && errno != EAGAIN && errno != EINTR) || rest->n == 0)
        close_fd(&run->in);
}

static void drain(int *fd, StrBuf *into, size_t most)
{
    char chunk[16384];
    ssize_t n = read(*fd, chunk, sizeof chunk);
    if (n > 0 && into->n < most)
        strbuf_add(into, (Str){chunk, (size_t)n});
    if (n == 0 || (n < 0 && errno != EINTR))
        close_fd(fd);
}

/* Feeds and reads until the program has closed its outputs. False if it takes too long or prints too much. */
static bool converse(Run *run, Str text, StrBuf *why)
{
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (run->out >= 0 || run->err >= 0) {
        struct pollfd fds[3] = {{run->in, POLLOUT, 0}, {run->out, POLLIN, 0}, {run->err, POLLIN, 0}};
        int left = milliseconds_left(&start), ready = poll(fds, 3, left);
        if (left == 0 || ready == 0) {
            strbuf_format(why, "it could not be laid out within %d seconds", LAYOUT_SECONDS);
            return false;
        }
        if (ready < 0)
            continue; /* interrupted */
        if (fds[0].revents)
            feed(run, &text);
        if (fds[1].revents)
            drain(&run->out, &run->output, LAYOUT_BYTES);
        if (fds[2].revents)
            drain(&run->err, &run->complaint, COMPLAINT_BYTES);
        if (run->output.n >= LAYOUT_BYTES) {
            strbuf_addz(why, "its layout is too large");
            return false;
        }
    }
    return true;
}

/* Ends the run. True if the program said that all went well. */
static bool finish(Run *run, bool kill_it, StrBuf *why)
{
    int status = 0;
    close_fd(&run->in);
    close_fd(&run->out);
    close_fd(&run->err);
    if (kill_it)
        kill(run->pid, SIGKILL);
    while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (kill_it)
        return false;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    size_t line = 0;
    Str said = strbuf_str(&run->complaint);
    while (line < said.n && said.s[line] != '\n' && line < COMPLAINT_BYTES)
        line++;
    if (WIFEXITED(status))
        strbuf_format(why, "`dot` ended with status %d", WEXITSTATUS(status));
    else
        strbuf_format(why, "`dot` was ended by signal %d", WTERMSIG(status));
    strbuf_format(why, "%s%.*s", line ? ": " : "", (int)line, said.n ? said.s : "");
    return false;
}

/* ---- all together ---- */

/* One layout of a drawing. */
typedef struct Attempt {
    Run run;
    Str dot;
    int problem; /* why the program could not be started */
    LayoutStatus status;
    Geometry geometry;
    double cost;
} Attempt;

static void begin(Attempt *a, Str dot)
{
    *a = (Attempt){.dot = dot, .cost = 0};
    a->problem = start_dot(&a->run);
    if (!a->problem)
        feed(&a->run, &a->dot); /* so that it can work while another one is waited for */
}

static LayoutStatus run_to_end(Attempt *a, StrBuf *why)
{
    if (a->problem == ENOENT) {
        strbuf_addz(why, "`dot` was not found");
        return LAYOUT_NO_DOT;
    }
    if (a->problem) {
        strbuf_format(why, "`dot` could not be started: %s", strerror(a->problem));
        return LAYOUT_FAILED;
    }
    bool answered = converse(&a->run, a->dot, why);
    return finish(&a->run, !answered, why) ? LAYOUT_OK : LAYOUT_FAILED;
}

static void complete(Attempt *a, const Drawing *d, Arena *arena, StrBuf *why)
{
    a->status = run_to_end(a, why);
    if (a->status == LAYOUT_OK && !geometry_read(d, strbuf_str(&a->run.output), arena, &a->geometry, why))
        a->status = LAYOUT_FAILED;
    if (a->status == LAYOUT_OK && !geometry_prove(d, &a->geometry, why))
        a->status = LAYOUT_WRONG;
    if (a->status == LAYOUT_OK) {
        geometry_mend(d, &a->geometry, arena);
        a->cost = geometry_cost(d, &a->geometry);
    }
    strbuf_free(&a->run.output);
    strbuf_free(&a->run.complaint);
}

/* Lays it out from left to right and from top to bottom at the same time, and takes what reads better; so a layout
 * that fails the proof has a second chance. */
static Attempt best_attempt(Drawing *d, Str dot, Arena *arena, StrBuf *why)
{
    Attempt across, down;
    begin(&across, dot);
    if (across.problem || d->nnodes > SECOND_NODES) {
        complete(&across, d, arena, why);
        return across;
    }
    StrBuf ignored = {0};
    Out out;
    out_memory(&out);
    d->downwards = true;
    dot_write(d, &out);
    begin(&down, out_text(&out));
    complete(&across, d, arena, why);
    complete(&down, d, arena, &ignored);
    out_discard(&out);
    strbuf_free(&ignored);
    return down.status != LAYOUT_OK || (across.status == LAYOUT_OK && across.cost <= down.cost) ? across : down;
}

LayoutStatus layout_svg(const Report *r, const View *v, Str dot, StrBuf *svg, StrBuf *why)
{
    Arena arena = {0};
    Report mine = *r;
    mine.arena = &arena;
    Drawing *d = drawing_make(&mine, v, &arena);
    StrBuf problem = {0};
    Attempt best = best_attempt(d, dot, &arena, &problem);
    if (best.status == LAYOUT_OK) {
        Out out;
        out_memory(&out);
        svg_write(d, &best.geometry, &out);
        strbuf_add(svg, out_text(&out));
        out_discard(&out);
    } else {
        strbuf_add(why, strbuf_str(&problem));
    }
    strbuf_free(&problem);
    arena_free(&arena);
    return best.status;
}
