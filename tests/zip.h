#ifndef TESTS_ZIP_H
#define TESTS_ZIP_H
/* Members of a ZIP archive in memory, as workbooks are. Ownership: what zip_member returns is the caller's to free. */
#include "base/str.h"

/* How many members the archive lists; 0 if it is none. */
size_t zip_count(Str archive);
/* The name of a member. Borrows from the archive. */
Str zip_name(Str archive, size_t i);
/* Its content, terminated; NULL if it cannot be unpacked or its checksum is wrong. */
char *zip_member(Str archive, size_t i, size_t *n);

#endif
