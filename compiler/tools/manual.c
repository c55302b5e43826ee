/* The manual page and the completions of shells, made of commands.def and options.def. cordon.1 and completion.* beside this file
 * hold what they print; a test compares them. */
#include "tools/tools.h"

/* ---- the manual page ---- */

static void put_roff(Out *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (c == text && (*c == '.' || *c == '\''))
            out_z(out, "\\&");
        if (*c == '-')
            out_char(out, '\\');
        if (*c == '`') { /* `word` is set in bold */
            const char *end = strchr(c + 1, '`');
            if (end) {
                out_z(out, "\\fB");
                for (c++; c < end; c++)
                    out_format(out, *c == '-' ? "\\%c" : "%c", *c);
                out_z(out, "\\fR");
                continue;
            }
        }
        if (*c == '\\')
            out_z(out, "\\e");
        else
            out_char(out, *c);
    }
}

static void put_man_option(Out *out, const OptionRow *o)
{
    out_z(out, ".TP\n");
    if (o->letter)
        out_format(out, "\\fB\\-%c\\fR, ", o->letter);
    out_z(out, "\\fB\\-\\-");
    put_roff(out, o->name);
    out_z(out, "\\fR");
    if (o->argument)
        out_format(out, " \\fI%s\\fR", o->argument);
    out_char(out, '\n');
    put_roff(out, o->help);
    if (o->commands != ~0u) {
        const char *before = " (";
        for (int c = 1; c < COMMAND_COUNT; c++)
            if (o->commands >> c & 1) {
                out_z(out, before);
                put_roff(out, command_rows[c].name);
                before = ", ";
            }
        out_char(out, ')');
    }
    out_z(out, ".\n");
}

void put_manual(Out *out)
{
    out_z(out, ".TH CORDON 1 \"\" \"cordon " CORDON_VERSION "\" \"User Commands\"\n"
               ".SH NAME\ncordon \\- threat models in text, checked like code\n"
               ".SH SYNOPSIS\n.B cordon\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n"
               ".SH DESCRIPTION\n"
               "Cordon reads the description of a system: its elements, boundaries, data flows, data and controls. It "
               "applies rules "
               "to it and says which threats are open, which hang on facts nobody has stated, and which are closed, by "
               "what and why. "
               "Rules and vocabulary are files in the same language.\n"
               ".SH COMMANDS\n");
    for (int c = 1; c < COMMAND_COUNT; c++) {
        const CommandRow *row = &command_rows[c];
        out_z(out, ".TP\n\\fBcordon ");
        put_roff(out, row->name);
        out_z(out, "\\fR");
        if (*row->args) {
            out_char(out, ' ');
            put_roff(out, row->args);
        }
        out_char(out, '\n');
        out_char(out, (char)(row->summary[0] - 'a' + 'A'));
        put_roff(out, row->summary + 1);
        out_z(out, ".\n");
        put_roff(out, row->more);
        if (*row->more)
            out_char(out, '\n');
    }
    out_z(out, ".SH OPTIONS\n");
    for (int o = 0; o < OPTION_COUNT; o++)
        put_man_option(out, &option_rows[o]);
    out_z(
        out,
        ".SH EXIT STATUS\n"
        ".TP\n.B 0\nNothing that the command is asked to fail on.\n"
        ".TP\n.B 1\nA threat or a difference reached \\fB\\-\\-fail\\-on\\fR, a policy is broken, a test of rules fails or proves too "
        "little, a rule lacks something, a file is not in the canonical layout, or a rule does find the threat that "
        "why\\-not asks about.\n"
        ".TP\n.B 2\nThe model, a rule or a vector is invalid.\n"
        ".TP\n.B 3\nThe command line is wrong, or a file cannot be read or written.\n"
        ".TP\n.B 4\nAn error of the program itself, or not enough memory.\n"
        ".SH ENVIRONMENT\n"
        ".TP\n.B NO_COLOR\nIf set and not empty, no colour is used unless \\fB\\-\\-color=always\\fR asks for it.\n"
        ".TP\n.B SOURCE_DATE_EPOCH\nSeconds since 1970. If set, outputs hold this time, and expiry is judged by it; "
        "else no "
        "output holds a time.\n"
        ".SH EXAMPLES\n.nf\n"
        "cordon check pump.cordon\n"
        "cordon build pump.cordon \\-o out/pump \\-\\-depfile out/pump.d\n"
        "cordon check pump.cordon \\-\\-baseline out/pump\n"
        "cordon diff out/pump pump.cordon \\-\\-format md\n"
        "cordon explain stride.S03@FL\\-01 pump.cordon\n"
        "cordon why\\-not stride.S03 at login pump.cordon\n"
        ".fi\n");
}

/* ---- completions ---- */

/* The first clause of an option's help, without anything that shells would read. */
static void put_brief(Out *out, const char *help)
{
    for (const char *c = help; *c && *c != ';' && *c != ',' && *c != '(' && *c != ':'; c++)
        if (!strchr("'\"`[]$\\", *c) && !(*c == ' ' && (c[1] == '(' || !c[1])))
            out_char(out, *c);
}

static void put_words(Out *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        out_format(out, "%s%s", i ? " " : "", words[i]);
}

static bool takes_folder(OptionId o)
{
    return o == OPTION_INCLUDE || o == OPTION_STDLIB || o == OPTION_OUTPUT;
}

static void put_bash(Out *out)
{
    out_z(
        out,
        "# bash completion for cordon; made by `cordon help --completion bash`\n_cordon()\n{\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} options\n"
        "    COMPREPLY=()\n    case $before in\n");
    for (int o = 0; o < OPTION_COUNT; o++) {
        const char *const *words = option_words((OptionId)o);
        if (!words && !takes_folder((OptionId)o))
            continue;
        out_z(out, "    ");
        if (option_rows[o].letter)
            out_format(out, "-%c | ", option_rows[o].letter);
        out_format(out, "--%s) COMPREPLY=($(compgen ", option_rows[o].name);
        if (words) {
            out_z(out, "-W '");
            put_words(out, words);
            out_z(out, "' -- \"$word\")); return ;;\n");
        } else {
            out_z(out, "-d -- \"$word\")); return ;;\n");
        }
    }
    out_z(out, "    esac\n    if [ \"$COMP_CWORD\" = 1 ]; then\n        COMPREPLY=($(compgen -W '");
    for (int c = 1; c < COMMAND_COUNT; c++)
        out_format(out, "%s%s", c > 1 ? " " : "", command_rows[c].name);
    out_z(out, "' -- \"$word\"))\n        return\n    fi\n    case $command in\n");
    for (int c = 1; c < COMMAND_COUNT; c++) {
        out_format(out, "    %s) options='", command_rows[c].name);
        const char *before = "";
        for (int o = 0; o < OPTION_COUNT; o++)
            if (option_rows[o].commands >> c & 1) {
                out_format(out, "%s--%s", before, option_rows[o].name);
                before = " ";
            }
        out_z(out, "' ;;\n");
    }
    out_z(out, "    esac\n    case $word in\n    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
               "    *) COMPREPLY=($(compgen -f -X '!*.cordon' -- \"$word\") $(compgen -d -S / -- \"$word\")) ;;\n"
               "    esac\n}\ncomplete -o filenames -F _cordon cordon\n");
}

static void put_zsh_option(Out *out, OptionId o)
{
    const OptionRow *row = &option_rows[o];
    const char *const *words = option_words(o);
    out_format(out, "            '--%s[", row->name);
    put_brief(out, row->help);
    out_char(out, ']');
    if (row->argument) {
        out_format(out, ":%s:", row->argument);
        if (words) {
            out_char(out, '(');
            put_words(out, words);
            out_char(out, ')');
        } else {
            out_z(out, takes_folder(o) ? "_files -/" : o == OPTION_DEPFILE ? "_files" : "");
        }
    }
    out_z(out, "' \\\n");
}

static void put_zsh(Out *out)
{
    out_z(out, "#compdef cordon\n# zsh completion for cordon; made by `cordon help --completion zsh`\n_cordon() {\n"
               "    if (( CURRENT == 2 )); then\n        local -a commands=(\n");
    for (int c = 1; c < COMMAND_COUNT; c++)
        out_format(out, "            '%s:%s'\n", command_rows[c].name, command_rows[c].summary);
    out_z(out, "        )\n        _describe command commands\n        return\n    fi\n    case $words[2] in\n");
    for (int c = 1; c < COMMAND_COUNT; c++) {
        out_format(out, "    %s)\n        _arguments \\\n", command_rows[c].name);
        for (int o = 0; o < OPTION_COUNT; o++)
            if (option_rows[o].commands >> c & 1)
                put_zsh_option(out, (OptionId)o);
        out_z(out, "            '*:model:_files -g \"*.cordon\"' ;;\n");
    }
    out_z(out, "    esac\n}\n_cordon \"$@\"\n");
}

static void put_fish(Out *out)
{
    out_z(out, "# fish completion for cordon; made by `cordon help --completion fish`\n");
    for (int c = 1; c < COMMAND_COUNT; c++)
        out_format(out, "complete -c cordon -n __fish_use_subcommand -f -a %s -d '%s'\n", command_rows[c].name,
                   command_rows[c].summary);
    for (int o = 0; o < OPTION_COUNT; o++) {
        const OptionRow *row = &option_rows[o];
        const char *const *words = option_words((OptionId)o);
        out_z(out, "complete -c cordon");
        if (row->commands != ~0u) {
            out_z(out, " -n '__fish_seen_subcommand_from");
            for (int c = 1; c < COMMAND_COUNT; c++)
                if (row->commands >> c & 1)
                    out_format(out, " %s", command_rows[c].name);
            out_char(out, '\'');
        }
        if (row->letter)
            out_format(out, " -s %c", row->letter);
        out_format(out, " -l %s%s", row->name, row->argument ? " -r" : "");
        if (words) {
            out_z(out, " -f -a '");
            put_words(out, words);
            out_char(out, '\'');
        } else if (takes_folder((OptionId)o)) {
            out_z(out, " -f -a '(__fish_complete_directories)'");
        }
        out_z(out, " -d '");
        put_brief(out, row->help);
        out_z(out, "'\n");
    }
}

void put_completion(Shell shell, Out *out)
{
    switch (shell) {
    case SHELL_BASH: put_bash(out); break;
    case SHELL_ZSH: put_zsh(out); break;
    case SHELL_FISH: put_fish(out); break;
    case SHELL_COUNT: break;
    }
}
