/* Looks ids of CWE, CAPEC and ATT&CK up in the tables that the build embeds. Requires tables sorted by bytes, as the build makes
 * them; leaves nothing behind. */
#include "program/stdlib.h"

const CatalogueEntry *catalogue_find(CatalogueName name, Str id)
{
    const CatalogueEntry *table = catalogue_entries[name];
    size_t lo = 0, hi = catalogue_counts[name];
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = str_cmp(id, str_from(table[mid].id));
        if (c == 0)
            return &table[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}
