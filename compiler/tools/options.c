/* The command line, read after the tables commands.def and options.def. Requires nothing. Leaves behind: the command, the options
 * that were given, checked against the command, and the remaining words. */
#include "tools/tools.h"

#include "base/date.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define ON(command) (1u << COMMAND_##command)
#define LOADING \
    (ON(CHECK) | ON(BUILD) | ON(TEST) | ON(EXPLAIN) | ON(WHY_NOT) | ON(QUESTIONS) | ON(RULES) | ON(DIFF) | ON(IMPORT))
#define ALL (~0u)

const CommandRow command_rows[COMMAND_COUNT] = {
    {"", "", "", ""},
#define COMMAND(id, name, args, summary, more) {name, args, summary, more},
#include "tools/commands.def"
#undef COMMAND
};

const OptionRow option_rows[OPTION_COUNT] = {
#define OPTION(id, letter, name, argument, commands, help) {letter, name, argument, help, commands},
#include "tools/options.def"
#undef OPTION
};

static const char *const format_words[] = {"human", "plain", "json", "sarif", "junit", "md", "html", NULL};
static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const dump_words[] = {"ast", "model", "plan", "verdicts", NULL};
static const char *const shell_words[] = {"bash", "zsh", "fish", NULL};

const char *const *option_words(OptionId id)
{
    switch ((int)id) {
    case OPTION_FORMAT: return format_words;
    case OPTION_COLOR: return color_words;
    case OPTION_DUMP: return dump_words;
    case OPTION_COMPLETION: return shell_words;
    default: return NULL;
    }
}

/* ---- reading ---- */

static OptionId by_name(Str name)
{
    int id = 0;
    while (id < OPTION_COUNT && !str_eq(str_from(option_rows[id].name), name))
        id++;
    return (OptionId)id;
}

static OptionId by_letter(char letter)
{
    int id = 0;
    while (id < OPTION_COUNT && option_rows[id].letter != letter)
        id++;
    return (OptionId)id;
}

static CommandId command_by_name(Str name)
{
    int id = 1;
    while (id < COMMAND_COUNT && !str_eq(str_from(command_rows[id].name), name))
        id++;
    return (CommandId)id;
}

static int unknown_option(const Options *o, Str name)
{
    Suggestion s = suggest_start(name);
    for (int id = 0; id < OPTION_COUNT; id++)
        if (o->command == COMMAND_NONE || option_rows[id].commands >> o->command & 1)
            suggest_offer(&s, str_from(option_rows[id].name));
    if (s.best.n)
        return usage_error(o, "unknown option `--%.*s`; did you mean `--%.*s`?", STR_FMT(name), STR_FMT(s.best));
    return usage_error(o, "unknown option `--%.*s`; `cordon help` lists the options", STR_FMT(name));
}

/* Takes the option at *i, and the word after it if that is its argument. */
static bool take_option(Options *o, char **argv, int argc, int *i)
{
    const char *word = argv[*i], *equals = NULL, *value = NULL;
    OptionId id;
    if (word[1] == '-') {
        equals = strchr(word, '=');
        Str name = {word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2};
        if ((id = by_name(name)) == OPTION_COUNT)
            return unknown_option(o, name), false;
        value = equals ? equals + 1 : NULL;
    } else {
        if ((id = by_letter(word[1])) == OPTION_COUNT)
            return usage_error(o, "unknown option `-%c`; `cordon help` lists the options", word[1]), false;
        value = word[2] ? word + 2 : NULL;
    }
    o->given[id] = true;
    if (!option_rows[id].argument) {
        if (value)
            return usage_error(o, "`--%s` takes no value", option_rows[id].name), false;
        return true;
    }
    if (!value && *i + 1 < argc)
        value = argv[++*i];
    if (!value)
        return usage_error(o, "`--%s` needs a value: %s", option_rows[id].name, option_rows[id].argument), false;
    o->value[id] = value;
    if (id == OPTION_INCLUDE)
        vec_push(&o->dirs, value);
    return true;
}

static bool take_word(Options *o, const char *word)
{
    if (o->command != COMMAND_NONE) {
        vec_push(&o->words, word);
        return true;
    }
    CommandId id = command_by_name(str_from(word));
    if (id != COMMAND_COUNT) {
        o->command = id;
        return true;
    }
    Suggestion s = suggest_start(str_from(word));
    for (int c = 1; c < COMMAND_COUNT; c++)
        suggest_offer(&s, str_from(command_rows[c].name));
    if (s.best.n)
        usage_error(o, "unknown command `%s`; did you mean `%.*s`?", word, STR_FMT(s.best));
    else
        usage_error(o, "unknown command `%s`; `cordon help` lists the commands", word);
    return false;
}

/* The index of the option's value among its words; -1 and a message if it is none of them. */
static int choose(const Options *o, OptionId id)
{
    const char *const *words = option_words(id);
    StrBuf list = {0};
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], o->value[id]) == 0) {
            strbuf_free(&list);
            return i;
        }
        strbuf_format(&list, "%s%s", i ? ", " : "", words[i]);
    }
    usage_error(o, "`--%s` takes one of %s, not `%s`", option_rows[id].name, list.s, o->value[id]);
    strbuf_free(&list);
    return -1;
}

static bool take_choices(Options *o)
{
    static const OptionId ids[] = {OPTION_FORMAT, OPTION_COLOR, OPTION_DUMP, OPTION_COMPLETION};
    int chosen[4] = {0};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (o->value[ids[i]] && (chosen[i] = choose(o, ids[i])) < 0)
            return false;
    o->format = (Format)chosen[0];
    o->color = (ColorMode)chosen[1];
    o->dump = (Dump)chosen[2];
    o->shell = (Shell)chosen[3];
    return true;
}

/* ---- dates ---- */

static bool take_dates(Options *o)
{
    enum { DAY = 24 * 60 * 60 };
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    o->clock = -1;
    if (epoch && *epoch) {
        long long seconds = strtoll(epoch, &end, 10);
        if (*end || seconds < 0 || seconds > (long long)INT32_MAX * DAY) {
            usage_error(o, "SOURCE_DATE_EPOCH is `%s`; it must be a number of seconds", epoch);
            return false;
        }
        o->clock = seconds;
    }
    o->today = (int32_t)((o->clock >= 0 ? o->clock : (int64_t)time(NULL)) / DAY);
    if (o->value[OPTION_TODAY] && !date_parse(o->value[OPTION_TODAY], &o->today)) {
        usage_error(o, "`--today` takes a date such as 2026-03-02, not `%s`", o->value[OPTION_TODAY]);
        return false;
    }
    return true;
}

/* ---- the whole ---- */

/* The format has to be known before anything can be wrong: a program that asked for JSON reads JSON. */
static void foresee_format(Options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        if (strcmp(argv[i], "--format") == 0 && i + 1 < argc)
            value = argv[i + 1];
        else if (strncmp(argv[i], "--format=", 9) == 0)
            value = argv[i] + 9;
        for (int f = 0; value && f < FORMAT_COUNT; f++)
            if (strcmp(value, format_words[f]) == 0)
                o->format = (Format)f;
    }
}

static bool check_options(const Options *o)
{
    for (int id = 0; id < OPTION_COUNT; id++)
        if (o->given[id] && !(option_rows[id].commands >> o->command & 1))
            return usage_error(o, "`--%s` is no option of `cordon %s`; see `cordon help %s`", option_rows[id].name,
                               command_rows[o->command].name, command_rows[o->command].name),
                   false;
    bool findings = o->format == FORMAT_SARIF || o->format == FORMAT_JUNIT;
    bool document = o->format == FORMAT_MD || o->format == FORMAT_HTML;
    if (findings && o->command != COMMAND_CHECK)
        return usage_error(o, "only `cordon check` writes %s", format_words[o->format]), false;
    bool compared = o->command == COMMAND_DIFF && o->format == FORMAT_MD;
    if (document && !compared && o->command != COMMAND_RULES)
        return usage_error(o,
                           o->format == FORMAT_MD ? "only `cordon rules` and `cordon diff` write %s"
                                                  : "only `cordon rules` writes %s",
                           format_words[o->format]),
               false;
    return true;
}

bool options_parse(Options *o, int argc, char **argv)
{
    *o = (Options){.clock = -1};
    foresee_format(o, argc, argv);
    bool options_end = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!options_end && strcmp(word, "--") == 0)
            options_end = true;
        else if (!options_end && word[0] == '-' && word[1] ? !take_option(o, argv, argc, &i) : !take_word(o, word))
            return false;
    }
    if (o->given[OPTION_VERSION])
        o->command = COMMAND_VERSION;
    if (o->given[OPTION_HELP] && o->command != COMMAND_NONE) {
        o->words.n = 0;
        vec_push(&o->words, command_rows[o->command].name);
    }
    if (o->given[OPTION_HELP])
        o->command = COMMAND_HELP;
    if (o->command == COMMAND_NONE)
        return usage_error(o, "no command; `cordon help` lists them"), false;
    return (o->given[OPTION_HELP] || check_options(o)) && take_choices(o) && take_dates(o);
}

void options_free(Options *o)
{
    vec_free(&o->words);
    vec_free(&o->dirs);
    arena_free(&o->arena);
}

ConsoleStyle console_style(const Options *o, int fd)
{
    enum { USUAL_WIDTH = 120 };
    ConsoleStyle style = {.plain = o->format == FORMAT_PLAIN,
                          .width = USUAL_WIDTH,
                          .errors_only = o->given[OPTION_QUIET],
                          .all = o->given[OPTION_ALL_THREATS]};
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool tty = isatty(fd) == 1, dumb = terminal && strcmp(terminal, "dumb") == 0;
    style.color = !style.plain &&
                  (o->color == COLOR_ALWAYS || (o->color == COLOR_AUTO && tty && !dumb && !(no_color && *no_color)));
    struct winsize size;
    if (tty && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
        style.width = size.ws_col;
    return style;
}
