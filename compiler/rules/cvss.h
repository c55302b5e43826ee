#ifndef CORDON_RULES_CVSS_H
#define CORDON_RULES_CVSS_H
/* CVSS vectors: whether they are well formed, and the base score of version 3.1. Ownership: texts are static. */
#include "base/str.h"

typedef struct Cvss {
    unsigned version; /* 31 or 40; 0 if the vector is malformed */
    double score;     /* base score; -1 for 4.0, which is not scored yet, and for malformed vectors */
    Str problem;      /* why the vector is malformed; empty if it is not */
} Cvss;

Cvss cvss_base(Str vector);

#endif
