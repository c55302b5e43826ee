#ifndef CORDON_EXCHANGE_PURL_H
#define CORDON_EXCHANGE_PURL_H
/* Package URLs: scheme:type/namespace/name@version?qualifiers#subpath. Ownership: results live in the arena. */
#include "base/str.h"

typedef struct Purl {
    Str base; /* "pkg:deb/debian/openssl": canonical, without version, qualifiers and subpath; empty: no package URL */
    Str version;    /* decoded */
    Str type, name; /* decoded */
    Str space;      /* the namespace, decoded; may be empty */
    Str whole;      /* canonical, with everything */
} Purl;

/* Takes a package URL apart and brings it into canonical form (lower case where its type asks for it, qualifiers sorted, escapes
 * where they are needed), after the package URL specification. */
Purl purl_parse(Arena *a, Str text);

#endif
