/* One side of a comparison: a model, or what `cordon build` made of one. Requires the options of the run; leaves a snapshot, or a
 * message and the status to end with. */
#include "tools/side.h"

#include <sys/stat.h>

static bool is_build(const char *path)
{
    struct stat st;
    return str_ends(str_from(path), STR(".json")) || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static int side_of_build(const Options *o, const char *path, Snapshot *out)
{
    SnapProblem problem = {0};
    Arena scratch = {0};
    int status = EXIT_CLEAN;
    if (!snapshot_of_build(path, out, &scratch, &problem)) {
        status = usage_error(o, "%.*s", STR_FMT(problem.text));
        status = problem.cannot_read ? status : EXIT_INVALID;
    }
    arena_free(&scratch);
    return status;
}

static int side_of_model(const Options *o, const char *path, Snapshot *out)
{
    Session s;
    session_start(&s, o);
    bool sound = session_load(&s, &(Plan){.root = path, .here = true}) && session_assess(&s);
    if (sound) {
        session_hash(&s);
        snapshot_of_report(&s.report, out);
    } else {
        session_report(&s);
        snapshot_finish(out);
    }
    int status = session_status(&s);
    session_end(&s);
    return status;
}

int side_read(const Options *o, const char *path, Snapshot *out)
{
    return is_build(path) ? side_of_build(o, path, out) : side_of_model(o, path, out);
}
