/* cordon help: everything the program says of its own use, for people. All of it is made of commands.def and options.def; the
 * manual page and the completions (manual.c) too. */
#include "tools/tools.h"

#include <unistd.h>

enum { WIDTH = 80, SUMMARY_AT = 13, HELP_AT = 26 };

static void put_blanks(Out *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out_char(out, ' ');
}

/* Folds a text at WIDTH, behind `indent` blanks; the cursor is at column `at`. */
static void put_folded(Out *out, const char *text, size_t at, size_t indent)
{
    Str rest = str_from(text);
    while (rest.n) {
        const char *blank = memchr(rest.s, ' ', rest.n);
        size_t n = blank ? (size_t)(blank - rest.s) : rest.n;
        if (at > indent && at + 1 + n > WIDTH) {
            out_char(out, '\n');
            at = 0;
        } else if (at > indent) {
            out_char(out, ' ');
            at++;
        }
        if (at < indent) {
            put_blanks(out, indent - at);
            at = indent;
        }
        out_str(out, str_slice(rest, 0, n));
        at += n;
        rest = str_slice(rest, blank ? n + 1 : n, rest.n);
    }
    out_char(out, '\n');
}

static void put_option(Out *out, const OptionRow *o)
{
    StrBuf name = {0};
    if (o->letter)
        strbuf_format(&name, "  -%c, --%s", o->letter, o->name);
    else
        strbuf_format(&name, "      --%s", o->name);
    if (o->argument)
        strbuf_format(&name, " %s", o->argument);
    out_str(out, strbuf_str(&name));
    size_t at = name.n;
    if (at + 2 > HELP_AT) {
        out_char(out, '\n');
        at = 0;
    }
    put_blanks(out, HELP_AT - at);
    put_folded(out, o->help, HELP_AT, HELP_AT);
    strbuf_free(&name);
}

static void put_overview(Out *out)
{
    out_z(out, "cordon " CORDON_VERSION
               ": threat models in text, checked like code\n\nUsage: cordon COMMAND [OPTION]... [FILE]...\n\n");
    for (int c = 1; c < COMMAND_COUNT; c++) {
        out_format(out, "  %-*s", SUMMARY_AT - 2, command_rows[c].name);
        put_folded(out, command_rows[c].summary, SUMMARY_AT, SUMMARY_AT);
    }
    out_z(out, "\n`cordon help COMMAND` tells more. Data goes to standard output, talk to\n"
               "standard error; `-` is standard input.\n\n"
               "Exit status: 0 clean, 1 threats or failures found, 2 the model, a rule or a\n"
               "vector is invalid, 3 wrong use or a file that cannot be read or written, 4 an\n"
               "error of the program itself.\n");
}

static void put_command(Out *out, CommandId c)
{
    const CommandRow *row = &command_rows[c];
    out_format(out, "Usage: cordon %s%s%s\n\n", row->name, *row->args ? " " : "", row->args);
    out_char(out, (char)(row->summary[0] - 'a' + 'A'));
    out_format(out, "%s.\n\n", row->summary + 1);
    if (*row->more) {
        put_folded(out, row->more, 0, 0);
        out_char(out, '\n');
    }
    for (int o = 0; o < OPTION_COUNT; o++)
        if (option_rows[o].commands >> c & 1)
            put_option(out, &option_rows[o]);
}

static CommandId topic(const char *name)
{
    int c = 1;
    while (c < COMMAND_COUNT && strcmp(command_rows[c].name, name) != 0)
        c++;
    return (CommandId)c;
}

int cmd_help(const Options *o)
{
    if (o->words.n > 1)
        return usage_error(o, "`cordon help` explains one command at a time");
    CommandId c = o->words.n ? topic(o->words.at[0]) : COMMAND_NONE;
    if (c == COMMAND_COUNT)
        return usage_error(o, "unknown command `%s`; `cordon help` lists the commands", o->words.at[0]);
    Out out;
    out_fd(&out, STDOUT_FILENO);
    if (o->given[OPTION_MAN])
        put_manual(&out);
    else if (o->given[OPTION_COMPLETION])
        put_completion(o->shell, &out);
    else if (c == COMMAND_NONE)
        put_overview(&out);
    else
        put_command(&out, c);
    return finish(&out, EXIT_CLEAN);
}
