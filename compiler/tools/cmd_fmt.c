/* cordon fmt: the canonical layout. A file is written only when the new text was proven to mean the same, to hold the same comments
 * and to be final; one with syntax errors is refused as it is. */
#include "tools/tools.h"

#include "syntax/format.h"
#include "syntax/parse.h"

#include <unistd.h>

typedef struct Fmt {
    const Options *options;
    Out out;
} Fmt;

static int write_back(Fmt *f, const char *path, Str result)
{
    if (strcmp(path, "-") == 0) {
        out_str(&f->out, result);
        return EXIT_CLEAN;
    }
    Out file;
    out_file(&file, path);
    out_str(&file, result);
    if (out_close(&file))
        return EXIT_CLEAN;
    say("cannot write `%s`: %s", path, out_why(&file));
    return EXIT_USAGE;
}

/* What to do with a result that was proven. */
static int deliver(Fmt *f, const char *path, Str before, Str result)
{
    const Options *o = f->options;
    bool changed = !str_eq(before, result);
    if (o->given[OPTION_DIFF]) {
        ConsoleStyle style = console_style(o, STDOUT_FILENO);
        diff_texts(str_from(path), before, result, &style, &f->out);
    }
    if (o->given[OPTION_CHECK_ONLY] && changed && !o->given[OPTION_QUIET])
        say("%s is not in the canonical layout; run `cordon fmt %s`", path, path);
    if (o->given[OPTION_DIFF] || o->given[OPTION_CHECK_ONLY])
        return changed ? EXIT_FINDINGS : EXIT_CLEAN;
    return write_back(f, path, result);
}

static int format_session(Fmt *f, Session *s, const char *path)
{
    StrBuf text = {0}, result = {0};
    Tree tree = {0};
    Reader disk = reader_disk();
    ReadStatus status = disk.read(disk.self, path, &text);
    if (status != READ_OK) {
        say("cannot read `%s`: %s", path, read_status_words(status));
        strbuf_free(&text);
        return EXIT_USAGE;
    }
    bool input = strcmp(path, "-") == 0;
    FileId file =
        sources_add(&s->sources, input ? STR("<stdin>") : str_from(path), str_from(path), strbuf_str(&text), false);
    parse_file(&s->sources, file, &s->names, &s->diags, &tree);
    int exit_status = EXIT_INVALID;
    if (s->diags.errors || tree.broken) {
        session_report(s);
    } else {
        format_tree(&tree, &s->sources, &s->names, &result);
        if (format_check(&tree, &s->sources, &s->names, strbuf_str(&result))) {
            exit_status = deliver(f, path, strbuf_str(&text), strbuf_str(&result));
        } else {
            say("%s is left as it is: its new layout could not be proven to mean the same", path);
            exit_status = EXIT_INTERNAL;
        }
    }
    tree_free(&tree);
    strbuf_free(&result);
    strbuf_free(&text);
    return exit_status;
}

int cmd_fmt(const Options *o)
{
    Fmt f = {.options = o};
    if (o->words.n == 0)
        return usage_error(o, "`cordon fmt` needs a file; `-` is standard input");
    if (o->format == FORMAT_JSON)
        return usage_error(o, "`cordon fmt` writes no json");
    out_fd(&f.out, STDOUT_FILENO);
    int status = EXIT_CLEAN;
    for (uint32_t i = 0; i < o->words.n; i++) {
        Session s;
        session_start(&s, o);
        int one = format_session(&f, &s, o->words.at[i]);
        session_end(&s);
        status = one > status ? one : status;
    }
    return finish(&f.out, status);
}
