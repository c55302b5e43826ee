/* Has Graphviz lay a diagram out and proves the result before anything is published: a picture in which an element stands in a boundary
 * that is not its own is worse than none. `dot` runs as a program of its own, never through a shell, with the text on its standard
 * input, a limit on time and on output; only the process started here is ever killed. Leaves no process and no file behind. */
#include <jansson.h> /* first: emit.h gives names of its own to three functions */

#include "emit/draw.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { LAYOUT_SECONDS = 20, LAYOUT_BYTES = 64 << 20, COMPLAINT_BYTES = 300 };

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
    if (text.n == 0)
        close_fd(&run->in);
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

/* ---- reading the layout ---- */

static const char *json_text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* Reads up to `most` numbers separated by commas or blanks. Returns how many. */
static unsigned read_numbers(const char **at, double *out, unsigned most)
{
    unsigned n = 0;
    while (n < most) {
        while (**at == ',' || **at == ' ')
            ++*at;
        char *end;
        double value = strtod(*at, &end);
        if (end == *at || !(value > -1e9 && value < 1e9))
            break;
        out[n++] = value;
        *at = end;
    }
    return n;
}

static bool read_box(const char *text, Box *out)
{
    double v[4];
    if (read_numbers(&text, v, 4) != 4)
        return false;
    *out = (Box){v[0], v[1], v[2], v[3]};
    return true;
}

static bool read_node(const json_t *object, Box *out)
{
    const char *pos = json_text(object, "pos"), *width = json_text(object, "width"), *height = json_text(object, "height");
    double at[2], w, h;
    if (read_numbers(&pos, at, 2) != 2 || !read_numbers(&width, &w, 1) || !read_numbers(&height, &h, 1))
        return false;
    *out = (Box){at[0] - w * 36, at[1] - h * 36, at[0] + w * 36, at[1] + h * 36};
    return true;
}

/* "s,x,y e,x,y x,y x,y ...": tips of arrow heads, then control points. */
static bool read_spline(const char *pos, Arena *arena, Spline *out)
{
    double v[2];
    while (*pos == 's' || *pos == 'e') {
        bool start = *pos++ == 's';
        if (read_numbers(&pos, v, 2) != 2)
            return false;
        *(start ? &out->start : &out->end) = (Point){v[0], v[1]};
        *(start ? &out->has_start : &out->has_end) = true;
        while (*pos == ' ')
            pos++;
    }
    Vec(Point) points = {0};
    while (read_numbers(&pos, v, 2) == 2)
        vec_push(&points, (Point){v[0], v[1]});
    bool ok = points.n >= 4 && points.n % 3 == 1;
    out->at = NEWN(arena, Point, points.n + 1);
    out->n = ok ? points.n : 0;
    for (uint32_t i = 0; i < points.n; i++)
        out->at[i] = points.at[i];
    vec_free(&points);
    return ok;
}

/* The number behind a prefix, "n12" -> 12, if it is less than `end`; else 0. */
static uint32_t numbered(const char *name, const char *prefix, uint32_t end)
{
    size_t n = strlen(prefix);
    if (strncmp(name, prefix, n) != 0)
        return 0;
    unsigned long v = strtoul(name + n, NULL, 10);
    return v < end ? (uint32_t)v : 0;
}

static void flip_box(Box *b, double height)
{
    *b = (Box){b->x0, height - b->y1, b->x1, height - b->y0};
}

/* Pictures count downwards, Graphviz upwards. */
static void flip(const Drawing *d, Geometry *g)
{
    double height = g->frame.y1;
    for (uint32_t i = 1; i < d->nnodes; i++)
        flip_box(&g->nodes[i], height);
    for (uint32_t i = 1; i < d->nclusters; i++)
        flip_box(&g->clusters[i], height);
    for (uint32_t i = 1; i < d->nedges; i++) {
        Spline *s = &g->edges[i];
        s->start.y = height - s->start.y;
        s->end.y = height - s->end.y;
        for (uint32_t k = 0; k < s->n; k++)
            s->at[k].y = height - s->at[k].y;
    }
    flip_box(&g->frame, height);
}

static bool read_objects(const Drawing *d, const json_t *objects, Geometry *g, uint32_t *found)
{
    size_t i;
    const json_t *object;
    json_array_foreach(objects, i, object) {
        const char *name = json_text(object, "name");
        uint32_t cluster = numbered(name, "cluster_", d->nclusters), node = numbered(name, "n", d->nnodes);
        if (cluster && !read_box(json_text(object, "bb"), &g->clusters[cluster]))
            return false;
        if (node && !read_node(object, &g->nodes[node]))
            return false;
        *found += cluster || node;
    }
    return true;
}

static bool read_edges(const Drawing *d, const json_t *edges, Arena *arena, Geometry *g, uint32_t *found)
{
    size_t i;
    const json_t *edge;
    json_array_foreach(edges, i, edge) {
        uint32_t at = numbered(json_text(edge, "comment"), "e", d->nedges);
        if (at && !read_spline(json_text(edge, "pos"), arena, &g->edges[at]))
            return false;
        *found += at != 0;
    }
    return true;
}

bool geometry_read(const Drawing *d, Str json, Arena *arena, Geometry *out, StrBuf *why)
{
    json_error_t error;
    json_t *root = json_loadb(json.n ? json.s : "", json.n, 0, &error);
    *out = (Geometry){{0, 0, 0, 0}, NEWN(arena, Box, d->nnodes + 1), NEWN(arena, Box, d->nclusters + 1),
                      NEWN(arena, Spline, d->nedges + 1)};
    uint32_t found = 0, due = d->nnodes + d->nclusters + d->nedges - 3;
    bool ok = root && read_box(json_text(root, "bb"), &out->frame);
    ok = ok && read_objects(d, json_object_get(root, "objects"), out, &found);
    ok = ok && read_edges(d, json_object_get(root, "edges"), arena, out, &found);
    json_decref(root);
    if (ok && found == due) {
        flip(d, out);
        return true;
    }
    if (!root)
        strbuf_format(why, "its layout could not be read: %s", error.text);
    else if (ok)
        strbuf_format(why, "its layout holds %u parts, not %u", found, due);
    else
        strbuf_addz(why, "its layout could not be read");
    return false;
}

/* ---- the proof ---- */

/* Half a point: what rounding in the layout can make. */
static const double slack = 0.5;

static bool box_within(const Box *inner, const Box *outer)
{
    return inner->x0 >= outer->x0 - slack && inner->x1 <= outer->x1 + slack && inner->y0 >= outer->y0 - slack &&
           inner->y1 <= outer->y1 + slack;
}

static bool box_apart(const Box *a, const Box *b)
{
    return a->x1 <= b->x0 + slack || b->x1 <= a->x0 + slack || a->y1 <= b->y0 + slack || b->y1 <= a->y0 + slack;
}

static bool misplaced(const Drawing *d, ObjId what, const char *where, uint32_t cluster, StrBuf *why)
{
    const Program *p = d->report->program;
    strbuf_format(why, "`%.*s` came out %s `%.*s`", STR_FMT(obj_title(p, what)), where,
                  STR_FMT(obj_title(p, d->clusters[cluster].obj)));
    return false;
}

bool geometry_prove(const Drawing *d, const Geometry *g, StrBuf *why)
{
    for (uint32_t c = 1; c < d->nclusters; c++) {
        for (uint32_t n = 1; n < d->nnodes; n++) {
            bool inside = drawing_inside(d, d->nodes[n].cluster, c);
            if (inside && !box_within(&g->nodes[n], &g->clusters[c]))
                return misplaced(d, d->nodes[n].obj, "outside", c, why);
            if (!inside && !box_apart(&g->nodes[n], &g->clusters[c]))
                return misplaced(d, d->nodes[n].obj, "inside", c, why);
        }
        for (uint32_t b = 1; b < d->nclusters; b++) {
            if (b != c && drawing_inside(d, b, c) && !box_within(&g->clusters[b], &g->clusters[c]))
                return misplaced(d, d->clusters[b].obj, "outside", c, why);
            if (b != c && !drawing_inside(d, b, c) && !drawing_inside(d, c, b) &&
                !box_apart(&g->clusters[b], &g->clusters[c]))
                return misplaced(d, d->clusters[b].obj, "inside", c, why);
        }
    }
    return true;
}

/* ---- all together ---- */

static LayoutStatus picture(const Drawing *d, Str json, Arena *arena, StrBuf *svg, StrBuf *why)
{
    Geometry g;
    if (!geometry_read(d, json, arena, &g, why))
        return LAYOUT_FAILED;
    if (!geometry_prove(d, &g, why))
        return LAYOUT_WRONG;
    Out out;
    out_memory(&out);
    svg_write(d, &g, &out);
    strbuf_add(svg, out_text(&out));
    out_discard(&out);
    return LAYOUT_OK;
}

LayoutStatus layout_svg(const Report *r, const View *v, Str dot, StrBuf *svg, StrBuf *why)
{
    Run run;
    int problem = start_dot(&run);
    if (problem == ENOENT) {
        strbuf_addz(why, "`dot` was not found");
        return LAYOUT_NO_DOT;
    }
    if (problem) {
        strbuf_format(why, "`dot` could not be started: %s", strerror(problem));
        return LAYOUT_FAILED;
    }
    bool answered = converse(&run, dot, why);
    LayoutStatus status = LAYOUT_FAILED;
    if (finish(&run, !answered, why)) {
        Arena arena = {0};
        Report mine = *r;
        mine.arena = &arena;
        status = picture(drawing_make(&mine, v, &arena), strbuf_str(&run.output), &arena, svg, why);
        arena_free(&arena);
    }
    strbuf_free(&run.output);
    strbuf_free(&run.complaint);
    return status;
}
