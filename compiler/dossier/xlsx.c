/* Loads libxlsxwriter and finds its functions. Requires the library where the system looks for shared ones; leaves a table of
 * functions, all of them or none. */
#include "dossier/xlsx.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t at; /* in Xlsx */
} functions[] = {
#define FUNCTION(name) {#name, offsetof(Xlsx, name)},
#include "dossier/xlsx.def"
#undef FUNCTION
};

bool xlsx_open(Xlsx *x)
{
    x->handle = dlopen(XLSX_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; x->handle && i < sizeof functions / sizeof *functions; i++) {
        void *found = dlsym(x->handle, functions[i].name);
        if (!found) {
            xlsx_close(x);
            return false;
        }
        /* POSIX keeps functions in such pointers, C has no conversion between the two. */
        memcpy((char *)x + functions[i].at, &found, sizeof found);
    }
    return x->handle;
}

void xlsx_close(Xlsx *x)
{
    dlclose(x->handle);
    x->handle = NULL;
}
