/* cordon import: bills of materials, statements about vulnerabilities and lists of exploited ones, from the disk into one module. The
 * model is read as if the module were empty, so that an import can be repeated, and made before there is any. Nothing is written after
 * an error. */
#include "tools/tools.h"

#include "exchange/known.h"
#include "exchange/write.h"

#include <unistd.h>

typedef struct Importing {
    Session *s;
    Bom bom;
    Joined joined;
    Diags model; /* what loading the model reported; mostly names that are not there yet */
    Reader disk;
    Str dir, made; /* the folder of the module, canonical, and its path in it */
    bool alone;    /* no model was given */
} Importing;

/* ---- the model, without the module that is to be made ---- */

static const char nothing[] = "<import>";

/* The canonical path of a file that need not exist: that of its folder, and its name. */
static Str canonical_of(Importing *m, Arena *a, const char *path)
{
    Str whole = str_from(path);
    long slash = str_rfind(whole, '/');
    Str dir = slash < 0 ? STR(".") : slash == 0 ? STR("/") : str_slice(whole, 0, (size_t)slash);
    Str real = m->disk.canonical(m->disk.self, a, str_z(a, dir));
    if (!real.n)
        return (Str){"", 0};
    return str_format(a, "%.*s%s%s", STR_FMT(real), str_ends(real, STR("/")) ? "" : "/", path + slash + 1);
}

static Str model_canonical(void *self, Arena *a, const char *path)
{
    Importing *m = self;
    if (strcmp(path, nothing) == 0)
        return STR(nothing);
    Str own = m->made.n ? canonical_of(m, a, path) : (Str){"", 0};
    return own.n && str_eq(own, m->made) ? own : m->disk.canonical(m->disk.self, a, path);
}

static ReadStatus model_read(void *self, const char *path, StrBuf *out)
{
    Importing *m = self;
    Arena scratch = {0};
    bool empty = strcmp(path, nothing) == 0;
    if (!empty && m->made.n)
        empty = str_eq(canonical_of(m, &scratch, path), m->made);
    arena_free(&scratch);
    if (!empty)
        return m->disk.read(m->disk.self, path, out);
    strbuf_reserve(out, 1);
    return READ_OK;
}

/* Whether the model could not be read as text. What its names mean is for `cordon check` to say, once the module is there. */
static bool is_fatal(const Diag *d)
{
    char code[6];
    return d->severity == SEV_ERROR && (d->id == D_CANNOT_READ || strncmp(diag_code(d->id, code), "E01", 3) == 0);
}

static bool load_model(Importing *m)
{
    Session *s = m->s;
    const Options *o = s->options;
    LoadOptions load = {.reader = {m, model_read, model_canonical},
                        .dirs = o->dirs.at,
                        .ndirs = o->dirs.n,
                        .stdlib_dir = o->value[OPTION_STDLIB],
                        .today = o->today};
    const char *root = m->alone ? nothing : o->value[OPTION_MODEL];
    program_load(&s->program, &s->sources, &s->names, &m->model, root, &load);
    s->loaded = true;
    for (uint32_t i = 0; i < m->model.list.n && !m->alone; i++) {
        if (!is_fatal(m->model.list.at[i]))
            continue;
        Diags swap = s->diags; /* the model's are what is to be told */
        s->diags = m->model;
        m->model = swap;
        return false;
    }
    return true;
}

/* ---- the documents ---- */

static bool read_documents(Importing *m)
{
    Session *s = m->s;
    const Options *o = s->options;
    for (uint32_t i = 0; i < o->words.n; i++) {
        const char *path = o->words.at[i];
        StrBuf text = {0};
        ReadStatus status = m->disk.read(m->disk.self, path, &text);
        if (status != READ_OK) {
            diag_add(&s->diags, D_CANNOT_READ, (Span){0}, path, read_status_words(status));
            strbuf_free(&text);
            continue;
        }
        Str shown = strcmp(path, "-") == 0 ? STR("<stdin>") : str_from(path);
        bom_read(&m->bom, sources_adopt(&s->sources, shown, str_from(path), &text, false));
    }
    return !s->diags.errors;
}

/* ---- the module ---- */

static bool write_module(Importing *m, Str text)
{
    const char *path = m->s->options->value[OPTION_OUTPUT];
    Out out;
    if (path)
        out_file(&out, path);
    else
        out_fd(&out, STDOUT_FILENO);
    out_str(&out, text);
    if (out_close(&out))
        return true;
    say("cannot write `%s`: %s", path ? path : "standard output", out_why(&out));
    return false;
}

static void put_summary(const Importing *m, const Written *w)
{
    const char *path = m->s->options->value[OPTION_OUTPUT];
    StrBuf text = {0};
    strbuf_format(&text, "%u software items", w->items);
    if (!m->alone)
        strbuf_format(&text, " (%u new, %u of the model)", w->added, w->matched);
    strbuf_format(&text, ", %u vulnerabilities; items with open ones: %u, with exploited ones: %u", w->vulnerabilities,
                  w->open, w->exploited);
    if (w->unsearched)
        strbuf_format(&text, ", not searched: %u", w->unsearched);
    if (m->bom.skipped)
        strbuf_format(&text, "; left out, since no software: %u", m->bom.skipped);
    if (m->joined.unresolved)
        strbuf_format(&text, "; vulnerabilities of what nothing lists: %u", m->joined.unresolved);
    say("%s: %s", path ? path : "import", text.s);
    strbuf_free(&text);
}

static int run(Importing *m)
{
    Session *s = m->s;
    const Options *o = s->options;
    StrBuf imports = {0}, text = {0};
    Written written;
    uint32_t nknown = 0;
    progress_pass(s->progress, "reading");
    s->invalid = !read_documents(m) || !load_model(m);
    if (s->invalid)
        return session_status(s);
    progress_pass(s->progress, "joining");
    KnownItem *known = m->alone ? NULL : known_items(&s->program, &s->arena, &nknown);
    join_make(&m->joined, &m->bom, known, nknown, o->given[OPTION_SEARCHED]);
    NameTaken taken = {&s->program, known_name};
    names_give(&m->joined, &taken);
    Str file = m->made.n ? str_slice(m->made, m->dir.n + 1, m->made.n) : (Str){"", 0};
    Str module = str_ends(file, STR(".cordon")) ? str_slice(file, 0, file.n - strlen(".cordon")) : file;
    int status = EXIT_INVALID;
    bool good = !s->diags.errors && (m->alone || known_imports(&s->program, &m->joined, m->dir, module, &imports));
    if (good) {
        progress_pass(s->progress, "writing");
        bom_write(&m->joined, m->alone ? NULL : &s->program, strbuf_str(&imports), &text, &written);
        status = write_module(m, strbuf_str(&text)) ? EXIT_CLEAN : EXIT_USAGE;
    }
    progress_stop(s->progress);
    s->progress = NULL;
    if (status == EXIT_CLEAN && !o->given[OPTION_QUIET])
        put_summary(m, &written);
    strbuf_free(&imports);
    strbuf_free(&text);
    join_free(&m->joined);
    return status;
}

int cmd_import(const Options *o)
{
    if (o->words.n == 0)
        return usage_error(o, "`cordon import` needs a file: a bill of materials, or a list of vulnerabilities");
    if (o->format == FORMAT_JSON)
        return usage_error(o, "`cordon import` writes no json");
    Session s;
    session_start(&s, o);
    Importing m = {.s = &s, .disk = reader_disk(), .alone = !o->value[OPTION_MODEL]};
    m.bom = (Bom){.sources = &s.sources, .diags = &s.diags};
    m.dir = m.disk.canonical(m.disk.self, &s.arena, ".");
    if (o->value[OPTION_OUTPUT]) {
        m.made = canonical_of(&m, &s.arena, o->value[OPTION_OUTPUT]);
        m.dir = str_slice(m.made, 0, m.made.n ? (size_t)str_rfind(m.made, '/') : 0);
    }
    int status = run(&m);
    session_report(&s);
    bom_free(&m.bom);
    session_end(&s);
    diags_free(&m.model);
    return status;
}
