#ifndef TESTS_CLI_H
#define TESTS_CLI_H
/* Running the program as its users do, in a folder of its own: exit status, what goes to which stream, what is left on the disk.
 * Ownership: a Cli owns its folder and the texts of its last run until cli_end. */
#include "schema.h"
#include "support.h"

typedef struct Cli {
    char dir[64]; /* relative paths lead into it */
    char program[4096];
    int status;                           /* of the last run; 128 + signal if it was killed */
    char *out, *err;                      /* of the last run */
    const char *stdin_text, *stdout_path; /* of the next run; NULL: nothing, a file that is read back */
} Cli;

/* Makes the folder and goes there; paths of the tree have to be made absolute before. */
Cli cli(void);
void put_file(const char *path, const char *text);
void execute(Cli *c, char **argv);
/* Runs `cordon` with words parted by single blanks. */
void run(Cli *c, const char *words);
void run_shell(char *command);
/* Its output as JSON; fails the test if it is none. */
json_t *cli_json(const Cli *c);
void cli_end(Cli *c);

#define expect_status(c, wanted)                                                                                       \
    cr_expect_eq((c)->status, (wanted), "line %d: status %d\n%s\n%s", __LINE__, (c)->status, (c)->out ? (c)->out : "", \
                 (c)->err)
#define expect_in(text, piece) \
    cr_expect(strstr((text), (piece)), "line %d: `%s` is not in:\n%s", __LINE__, (piece), (text))
#define expect_not_in(text, piece) \
    cr_expect(!strstr((text), (piece)), "line %d: `%s` is in:\n%s", __LINE__, (piece), (text))

#endif
