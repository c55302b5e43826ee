#ifndef CORDON_DOSSIER_XLSX_H
#define CORDON_DOSSIER_XLSX_H
/* libxlsxwriter, loaded when a workbook is written. It needs a large library of cryptography in turn; linked to the program, the
 * two would cost every command more than checking a small model does. Ownership: xlsx_open and xlsx_close go together, and
 * nothing that the library made outlives xlsx_close. */
#include <stdbool.h>
#include <xlsxwriter.h>

/* The version whose header this is compiled with: another one may lay its structures out differently. */
#define XLSX_LIBRARY "libxlsxwriter.so." LXW_SOVERSION

typedef struct Xlsx {
    void *handle;
/* Each has the type that xlsxwriter.h declares. */
#define FUNCTION(name) __typeof__(name) *name;
#include "dossier/xlsx.def"
#undef FUNCTION
} Xlsx;

/* False if the library or one of its functions is not there; then there is nothing to close. */
bool xlsx_open(Xlsx *x);
void xlsx_close(Xlsx *x);

#endif
