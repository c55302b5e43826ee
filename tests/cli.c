/* Running the program; see cli.h. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

Cli cli(void)
{
    Cli c = {.status = -1};
    char *program = realpath(cordon_program(), NULL);
    cr_assert(program, "the program %s is not there", cordon_program());
    snprintf(c.program, sizeof c.program, "%s", program);
    free(program);
    snprintf(c.dir, sizeof c.dir, P_tmpdir "/cordon-cli-XXXXXX");
    cr_assert(mkdtemp(c.dir));
    cr_assert_eq(chdir(c.dir), 0);
    return c;
}

void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert(f, "%s: %s", path, strerror(errno));
    fputs(text, f);
    fclose(f);
}

void execute(Cli *c, char **argv)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    put_file(".in", c->stdin_text ? c->stdin_text : "");
    posix_spawn_file_actions_addopen(&actions, 0, ".in", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, c->stdout_path ? c->stdout_path : ".out",
                                     O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_addopen(&actions, 2, ".err", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    pid_t pid;
    cr_assert_eq(posix_spawn(&pid, c->program, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    size_t n;
    free(c->out);
    free(c->err);
    c->out = c->stdout_path ? NULL : read_whole(".out", &n);
    c->err = read_whole(".err", &n);
    c->stdin_text = c->stdout_path = NULL;
}

void run(Cli *c, const char *words)
{
    char copy[1000], *argv[40] = {(char *)"cordon"};
    size_t n = 1;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *at = copy; *at;) {
        argv[n++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = 0;
    }
    execute(c, argv);
}

void run_shell(char *command)
{
    char *argv[] = {(char *)"sh", (char *)"-c", command, NULL};
    pid_t pid;
    int status;
    cr_assert_eq(posix_spawnp(&pid, "sh", NULL, NULL, argv, environ), 0);
    waitpid(pid, &status, 0);
}

json_t *cli_json(const Cli *c)
{
    json_error_t error;
    json_t *v = json_loads(c->out, JSON_REJECT_DUPLICATES, &error);
    cr_assert(v, "line %d: %s in\n%s", error.line, error.text, c->out);
    return v;
}

void cli_end(Cli *c)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", c->dir);
    run_shell(command);
    free(c->out);
    free(c->err);
}
