#ifndef CORDON_BASE_BUG_H
#define CORDON_BASE_BUG_H
/* The three ways a run can end early that no user of the program causes: a bug, no memory, no descriptor. Ownership: none. */

/* A state that the code rules out. Prints file and line and aborts; never reached by any input. */
#define BUG(what) bug_at(__FILE__, __LINE__, what)
_Noreturn void bug_at(const char *file, int line, const char *what);

/* Memory is exhausted or a size overflows: says so on stderr and exits with status 4 (internal error). */
_Noreturn void die_memory(void);

#endif
