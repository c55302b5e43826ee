#ifndef CORDON_EXCHANGE_JOIN_H
#define CORDON_EXCHANGE_JOIN_H
/* From what documents list to software items: components that several documents name become one, vulnerabilities find what they
 * affect, and both find what the model declares already. The result does not depend on the order of documents or of their lists.
 * Ownership: a Joined owns its arrays until join_free; texts belong to the list and the model. */
#include "exchange/bom.h"

#include "base/intern.h"

/* A software item that the model declares. */
typedef struct KnownItem {
    uint32_t obj;                   /* its ObjId */
    Str path;                       /* Hospital.Kernel */
    Str name, title, version, purl; /* empty if not stated */
    const Str *found;               /* the vulnerabilities that it states */
    uint32_t nfound;
    bool exploited; /* it states known_exploited: true */
} KnownItem;

/* A software item of the result. */
typedef struct Item {
    Str key;  /* stable: what is written is sorted by it */
    Str base; /* package URL without version; empty if there is none */
    Str type; /* of the package URL */
    Str group, name, version, supplier, purl, licence;
    uint32_t known;         /* 1 + index of the item of the model that it is; 0: a new one */
    uint32_t same_base;     /* 1 + the next item of that package URL */
    uint32_t needs, nneeds; /* into Joined.needs: items it depends on, sorted */
    uint32_t found, nfound; /* into Joined.found: findings about it, sorted by id */
    bool product;           /* what a document is about: an item only if something is said of it */
    bool listed;            /* a document lists it; else only the model does */
    bool looked_up;         /* its vulnerabilities were searched for */
    bool exploited;         /* it has one that is exploited in the field */
    Str ident;              /* the name it is given (names.h); of a known item its path */
} Item;

/* A vulnerability as far as the same is said of some items. */
typedef struct Finding {
    Str id;
    BomState state;
    Str justification, response;
    Str description, cvss, fixed_in, source;
    int32_t published, updated, added, due;
    uint32_t cwes, ncwes;       /* into Joined.cwes, sorted */
    uint32_t aliases, naliases; /* into Joined.aliases: its numbers on other lists, sorted */
    uint32_t members, nmembers; /* into Joined.members: items, sorted */
    bool exploited;
    bool first; /* of its id: the one that is most open */
    Str ident;
} Finding;

typedef struct Joined {
    Bom *bom;
    const KnownItem *known;
    uint32_t nknown;
    Interner keys;
    Vec(Item) items;
    Vec(uint32_t) needs, found, members, cwes;
    Vec(Str) aliases;
    Vec(Finding) findings; /* sorted by id, the most open first */
    uint32_t unresolved;   /* things said to be affected that nothing lists */
} Joined;

/* `searched`: the documents hold all that a search for vulnerabilities found, so that items without one are free of known ones. */
void join_make(Joined *j, Bom *b, const KnownItem *known, uint32_t nknown, bool searched);
void join_free(Joined *j);
/* Whether an item is written down at all. */
bool item_is_written(const Item *i);

/* Gives each new item and each finding a name that the language allows and `taken` does not hold. Names are stable: they depend on the
 * set of components, not on its order, and an item keeps its name from version to version while it is the only one so called. */
typedef struct NameTaken {
    void *self;
    bool (*is)(void *self, Str name);
} NameTaken;
void names_give(Joined *j, const NameTaken *taken);

#endif
