#ifndef CORDON_COMPARE_JSON_MEMBERS_H
#define CORDON_COMPARE_JSON_MEMBERS_H
/* A JSON document read piece by piece: the members of its one object, and of those that are arrays each element, so that a document of
 * any size takes the memory of one element. Ownership: the value is freed when `member` returns. Include before emit/. */
#include <jansson.h>

#include "base/str.h"

typedef struct JsonMembers {
    void *self;
    /* One value: of a member, or one element of it if that is an array. False stops the reading. */
    bool (*member)(void *self, Str key, const json_t *value);
} JsonMembers;

/* False if the text is no JSON object, or `member` said so; `problem` tells the first fault with its line, or is left as it was. */
bool json_members_read(Str text, const JsonMembers *to, StrBuf *problem);

#endif
