#ifndef CORDON_TOOLS_SIDE_H
#define CORDON_TOOLS_SIDE_H
/* The sides of a comparison, for `diff` and `--baseline`. Ownership: the snapshot is the caller's. */
#include "compare/compare.h"
#include "tools/tools.h"

/* Fills the snapshot with a model, with the folder of a build or with its threats.json. EXIT_CLEAN, or what to end with: the message
 * has been said. */
int side_read(const Options *o, const char *path, Snapshot *out);

#endif
