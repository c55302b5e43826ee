/* cordon build: everything a review needs, into one folder. Every output is rendered and flushed to the disk before the first is
 * published, so that a full disk or a fault leaves the folder as it was. Leaves behind the outputs, and a list of the diagrams, so
 * that the next run can take away those whose view is gone, and no others. */
#include "dossier/dossier.h"
#include "emit/coverage.h"
#include "emit/risks.h"
#include "report/review.h"
#include "report/srmf.h"
#include "tools/tools.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIAGRAMS "diagrams/"
#define MANIFEST "diagrams/.cordon"
#define TABLES "srmf/" /* the tables of the security risk management file as CSV */

/* One run of the command. */
typedef struct Build {
    Session s;
    const char *dir;
    Vec(Out) outs; /* rendered, not yet published */
    StrBuf list;   /* names of the diagrams, one a line, for the manifest */
    bool failed;   /* an output could not be made; it has been said */
} Build;

static char *path_in(Build *b, const char *name)
{
    return str_z(&b->s.arena, str_format(&b->s.arena, "%s/%s", b->dir, name));
}

/* The next output. Ended by out_rendered. */
static Out *out_begin(Build *b, const char *path)
{
    vec_push(&b->outs, (Out){0});
    out_file(&vec_last(&b->outs), path);
    return &vec_last(&b->outs);
}

static void out_rendered(Build *b, const char *path)
{
    enum { HELD = 200 }; /* descriptors; what is parked has a temporary name that a killed run would leave behind */
    Out *o = &vec_last(&b->outs);
    if (out_ready(o)) {
        if (b->outs.n > HELD)
            out_park(o);
        return;
    }
    if (!b->failed)
        say("cannot write `%s`: %s", path, out_why(o));
    b->failed = true;
}

/* Makes the folder and those above it. */
static bool make_dirs(const char *path)
{
    char *copy = mem_alloc(strlen(path) + 1);
    memcpy(copy, path, strlen(path) + 1);
    bool ok = true;
    for (char *c = copy + 1; ok && *c; c++) {
        if (*c != '/')
            continue;
        *c = 0;
        ok = mkdir(copy, 0777) == 0 || errno == EEXIST;
        *c = '/';
    }
    ok = ok && (mkdir(copy, 0777) == 0 || errno == EEXIST);
    struct stat st;
    if (ok && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
        errno = ENOTDIR;
        ok = false;
    }
    int error = errno;
    free(copy);
    if (!ok)
        say("cannot make the folder `%s`: %s", path, strerror(error));
    return ok;
}

/* ---- diagrams ---- */

static void put_text(Build *b, const char *name, Str text)
{
    char *path = path_in(b, name);
    out_str(out_begin(b, path), text);
    out_rendered(b, path);
}

static void put_diagram(Build *b, const View *v, const char *suffix, Str text)
{
    Str name = str_format(&b->s.arena, DIAGRAMS "%.*s%s", STR_FMT(v->name), suffix);
    strbuf_add(&b->list, str_slice(name, sizeof DIAGRAMS - 1, name.n));
    strbuf_char(&b->list, '\n');
    put_text(b, name.s, text);
}

static void layout_failed(Build *b, const View *v, LayoutStatus status, const StrBuf *why, bool *told)
{
    Diags *d = &b->s.diags;
    char *name = str_z(&b->s.arena, v->name);
    const char *reason = why->s ? why->s : "no reason is known";
    switch (status) {
    case LAYOUT_OK: break;
    case LAYOUT_NO_DOT:
        if (!*told)
            diag_add(d, D_NO_DOT, (Span){0});
        *told = true;
        break;
    case LAYOUT_FAILED: diag_add(d, D_DOT_FAILED, (Span){0}, name, reason); break;
    case LAYOUT_WRONG: diag_add(d, D_DIAGRAM_WITHHELD, (Span){0}, name, reason); break;
    }
}

static Picture draw(Build *b, const View *v, bool *told)
{
    Arena *a = &b->s.arena;
    Picture picture = {.view = v};
    Out dot;
    StrBuf svg = {0}, why = {0};
    out_memory(&dot);
    emit_view_dot(&b->s.report, v, &dot);
    put_diagram(b, v, ".dot", out_text(&dot));
    LayoutStatus status = *told ? LAYOUT_NO_DOT : layout_svg(&b->s.report, v, out_text(&dot), &svg, &why);
    if (status == LAYOUT_OK) {
        picture.svg = str_copy(a, strbuf_str(&svg));
        put_diagram(b, v, ".svg", picture.svg);
    } else {
        layout_failed(b, v, status, &why, told);
        picture.why = str_copy(a, why.n ? strbuf_str(&why) : STR("the program `dot` was not found"));
    }
    out_close(&dot);
    strbuf_free(&svg);
    strbuf_free(&why);
    return picture;
}

static Pictures draw_all(Build *b)
{
    Views views = views_plan(&b->s.report, &b->s.arena);
    Pictures pictures = {NEWN(&b->s.arena, Picture, views.n ? views.n : 1), views.n};
    bool told = false; /* that there is no dot */
    progress_pass(b->s.progress, "drawing");
    for (uint32_t i = 0; i < views.n; i++)
        pictures.at[i] = draw(b, &views.at[i], &told);
    return pictures;
}

/* ---- what an earlier run drew ---- */

/* Names that this program gives to diagrams: nothing else is ever removed, whatever the manifest says. */
static bool is_diagram_name(Str name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (name.n < 5 || name.s[0] == '.' || !(str_ends(name, STR(".dot")) || str_ends(name, STR(".svg"))))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!name.s[i] || !strchr(letters, name.s[i]))
            return false;
    return true;
}

/* The next line of a text, without its end. */
static bool next_line(Str text, size_t *at, Str *line)
{
    if (*at >= text.n)
        return false;
    size_t lo = *at, hi = lo;
    while (hi < text.n && text.s[hi] != '\n')
        hi++;
    *line = str_slice(text, lo, hi);
    *at = hi + 1;
    return true;
}

static void remove_stale(Build *b, Str before)
{
    Map now = {0};
    Interner names;
    Str line;
    intern_init(&names);
    for (size_t at = 0; next_line(strbuf_str(&b->list), &at, &line);)
        map_put(&now, intern(&names, line), 1);
    for (size_t at = 0; next_line(before, &at, &line);)
        if (is_diagram_name(line) && !map_get(&now, intern(&names, line)))
            unlink(path_in(b, str_z(&b->s.arena, str_format(&b->s.arena, DIAGRAMS "%.*s", STR_FMT(line)))));
    map_free(&now);
    intern_free(&names);
}

/* ---- the depfile ---- */

static void put_make_name(StrBuf *out, Str path)
{
    for (size_t i = 0; i < path.n; i++) {
        char c = path.s[i];
        if (c == ' ' || c == '\t' || c == '#' || c == ':' || c == '\\' || c == '%')
            strbuf_char(out, '\\');
        strbuf_char(out, c);
        if (c == '$')
            strbuf_char(out, c);
    }
}

/* "REPORT: FILE ...", and an empty rule for each file, so that make does not stop when an import is gone. */
static void put_depfile(Build *b, const char *path)
{
    StrBuf rule = {0}, rest = {0};
    put_make_name(&rule, str_from(path_in(b, "report.html")));
    strbuf_char(&rule, ':');
    for (FileId f = 1; f < b->s.sources.files.n; f++) {
        const SourceFile *file = source_file(&b->s.sources, f);
        bool built_in = file->library && !b->s.options->value[OPTION_STDLIB];
        if (built_in || str_eq(file->key, STR("-")))
            continue;
        strbuf_addz(&rule, " \\\n  ");
        put_make_name(&rule, file->path);
        put_make_name(&rest, file->path);
        strbuf_addz(&rest, ":\n");
    }
    strbuf_char(&rule, '\n');
    strbuf_add(&rule, strbuf_str(&rest));
    out_str(out_begin(b, path), strbuf_str(&rule));
    out_rendered(b, path);
    strbuf_free(&rule);
    strbuf_free(&rest);
}

/* ---- the security risk management file ---- */

/* The pictures that were published, as the file refers to them. */
static DossierPicture *pictures_of(Build *b, const Pictures *from, uint32_t *n)
{
    DossierPicture *to = NEWN(&b->s.arena, DossierPicture, from->n + 1);
    *n = 0;
    for (uint32_t i = 0; i < from->n; i++) {
        const View *v = from->at[i].view;
        if (from->at[i].svg.n)
            to[(*n)++] =
                (DossierPicture){str_format(&b->s.arena, DIAGRAMS "%.*s.svg", STR_FMT(v->name)).s, v->title, v->obj};
    }
    return to;
}

static void put_file(Build *b, const char *name, const Dossier *d, void (*emit)(const Dossier *d, Out *out))
{
    char *path = path_in(b, name);
    emit(d, out_begin(b, path));
    out_rendered(b, path);
}

static void put_dossier(Build *b, const Pictures *pictures)
{
    Dossier d;
    uint32_t n;
    DossierPicture *drawn = pictures_of(b, pictures, &n);
    dossier_make(&d, &b->s.report, drawn, n);
    put_file(b, "srmf.json", &d, emit_srmf_json);
    put_file(b, "srmf.xlsx", &d, emit_srmf_xlsx);
    char *md = path_in(b, "srmf.md"), *html = path_in(b, "srmf.html");
    emit_srmf_md(&d, pictures, out_begin(b, md));
    out_rendered(b, md);
    emit_srmf_html(&d, pictures, out_begin(b, html));
    out_rendered(b, html);
    for (uint32_t i = 0; i < d.tables.n && !b->failed; i++) {
        char *path = path_in(b, str_format(&b->s.arena, TABLES "%s.csv", d.tables.at[i]->key).s);
        emit_table_csv(d.tables.at[i], out_begin(b, path));
        out_rendered(b, path);
    }
    b->s.gate_failing = d.gate_failing;
    dossier_free(&d);
}

/* ---- the whole ---- */

static void render(Build *b)
{
    Session *s = &b->s;
    session_hash(s);
    s->report.coverage = report_coverage(&s->report);
    s->report.risks = report_risks(&s->report);
    for (size_t i = 0; i < nemitters && !b->failed; i++) {
        char *path = path_in(b, emitters[i].file);
        emitters[i].emit(&s->report, out_begin(b, path));
        out_rendered(b, path);
    }
    if (b->failed)
        return;
    Pictures pictures = draw_all(b);
    progress_pass(s->progress, "writing");
    char *md = path_in(b, "report.md"), *html = path_in(b, "report.html");
    emit_report_md(&s->report, &pictures, out_begin(b, md));
    out_rendered(b, md);
    emit_report_html(&s->report, &pictures, out_begin(b, html));
    out_rendered(b, html);
    put_dossier(b, &pictures);
    put_text(b, MANIFEST, strbuf_str(&b->list));
    if (s->options->value[OPTION_DEPFILE])
        put_depfile(b, s->options->value[OPTION_DEPFILE]);
}

/* Publishes all or nothing; from here on only the naming of finished files can fail. */
static bool publish(Build *b)
{
    StrBuf before = {0};
    Reader disk = reader_disk();
    if (disk.read(disk.self, path_in(b, MANIFEST), &before) != READ_OK)
        before.n = 0;
    for (uint32_t i = 0; i < b->outs.n; i++) {
        if (b->failed) {
            out_discard(&b->outs.at[i]);
        } else if (!out_close(&b->outs.at[i])) {
            say("cannot write into `%s`: %s", b->dir, out_why(&b->outs.at[i]));
            b->failed = true;
        }
    }
    if (!b->failed)
        remove_stale(b, strbuf_str(&before));
    strbuf_free(&before);
    return !b->failed;
}

static void put_summary(const Build *b, uint32_t files)
{
    const uint32_t *n = b->s.assessment.by_verdict;
    char gaps[48] = "", gate[48] = "";
    if (b->s.assessment.gaps_pending)
        snprintf(gaps, sizeof gaps, "; %u missing in the model", b->s.assessment.gaps_pending);
    if (b->s.gate_failing)
        snprintf(gate, sizeof gate, "; %u items of the gate fail", b->s.gate_failing);
    if (!b->s.options->given[OPTION_QUIET])
        say("%s: %u files; %u open, %u possible, %u planned, %u mitigated, %u out of scope, %u decided%s%s", b->dir,
            files, n[VERDICT_OPEN], n[VERDICT_POSSIBLE], n[VERDICT_PLANNED], n[VERDICT_MITIGATED],
            n[VERDICT_OUT_OF_SCOPE], b->s.assessment.decided, gaps, gate);
}

static int build(Build *b)
{
    FailOn fail;
    Session *s = &b->s;
    if (!session_load(s, &(Plan){.root = s->options->words.at[0], .lint = true, .also = "std.clauses"}) ||
        !session_assess(s))
        return session_status(s);
    if (!fail_on(s, "none", &fail))
        return EXIT_USAGE;
    int baseline = session_baseline(s);
    if (baseline != EXIT_CLEAN)
        return baseline;
    if (!make_dirs(b->dir) || !make_dirs(path_in(b, "diagrams")) || !make_dirs(path_in(b, "srmf")))
        return EXIT_USAGE;
    render(b);
    uint32_t files = b->outs.n;
    if (!publish(b))
        return EXIT_USAGE;
    progress_stop(s->progress);
    s->progress = NULL;
    put_summary(b, files);
    return fail_reached(s, &fail) ? EXIT_FINDINGS : EXIT_CLEAN;
}

int cmd_build(const Options *o)
{
    if (o->words.n != 1)
        return usage_error(o, "`cordon build` needs one file, and a folder: cordon build MODEL -o DIR");
    if (!o->value[OPTION_OUTPUT] || !*o->value[OPTION_OUTPUT])
        return usage_error(o, "`cordon build` needs a folder to write into: -o DIR");
    Build b = {.dir = o->value[OPTION_OUTPUT]};
    session_start(&b.s, o);
    int status = build(&b);
    session_report(&b.s);
    vec_free(&b.outs);
    strbuf_free(&b.list);
    session_end(&b.s);
    return status;
}
