/* Entry: guards the process, reads the command line, runs one command. Leaves behind the exit status that tools.h names. */
#include "tools/tools.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* BUG aborts; the status of an internal error is 4 whatever the shell makes of signals. */
static void on_abort(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_INTERNAL);
}

/* Closed standard descriptors would be given to the next file that is opened. Standard output is opened for reading only, so that
 * writing to it fails as it should. */
static bool guard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    static int (*const commands[COMMAND_COUNT])(const Options *o) = {
        [COMMAND_CHECK] = cmd_check, [COMMAND_BUILD] = cmd_build,         [COMMAND_TEST] = cmd_test,
        [COMMAND_FMT] = cmd_fmt,     [COMMAND_EXPLAIN] = cmd_explain,     [COMMAND_WHY_NOT] = cmd_why_not,
        [COMMAND_RULES] = cmd_rules, [COMMAND_QUESTIONS] = cmd_questions, [COMMAND_VERSION] = cmd_version,
        [COMMAND_DIFF] = cmd_diff,   [COMMAND_CVSS] = cmd_cvss,           [COMMAND_IMPORT] = cmd_import,
        [COMMAND_HELP] = cmd_help,
    };
    if (!guard_descriptors())
        return EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that grows beyond a limit */
    signal(SIGABRT, on_abort);
    Options options;
    int status = EXIT_USAGE;
    if (options_parse(&options, argc, argv))
        status = commands[options.command](&options);
    options_free(&options);
    return status;
}
