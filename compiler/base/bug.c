/* Ends a run that cannot go on. Nothing here allocates. Leaves behind: one line on stderr and the exit status. */
#include "base/bug.h"

#include <stdio.h>
#include <stdlib.h>

void bug_at(const char *file, int line, const char *what)
{
    fprintf(stderr, "cordon: internal error at %s:%d: %s\n", file, line, what);
    abort();
}

void die_memory(void)
{
    fputs("cordon: out of memory; split the model or give the process more\n", stderr);
    exit(4);
}
