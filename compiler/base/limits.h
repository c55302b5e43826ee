#ifndef CORDON_BASE_LIMITS_H
#define CORDON_BASE_LIMITS_H
/* Every limit of the program, by name. Each has a diagnostic of its own and a test at and just over it. */

enum {
    LIMIT_FILE_BYTES = 1 << 30,       /* one source file */
    LIMIT_FILES = 10000,              /* files in one run */
    LIMIT_NESTING = 100,              /* blocks or brackets open at once */
    LIMIT_IMPORT_DEPTH = 64,          /* imports of imports */
    LIMIT_NAME_BYTES = 255,           /* one part of a name */
    LIMIT_QNAME_PARTS = 32,           /* parts of a dotted name */
    LIMIT_TEXT_BYTES = 1 << 20,       /* one string or text block */
    LIMIT_DIAGNOSTICS = 100,          /* shown in one run; the rest is counted */
    LIMIT_TEMPLATE_DEPTH = 16,        /* templates that use templates */
    LIMIT_TEMPLATE_OBJECTS = 1000000, /* objects that templates may make in all */
    LIMIT_RULE_VARS = 4,              /* variables a rule binds: a flow, its ends and a boundary */
    LIMIT_BOUNDARY_DEPTH = 400,       /* boundaries around a thing, by nesting and `also_inside` */
    LIMIT_KIND_DEPTH = 32,            /* kinds above a kind */
    LIMIT_CAPABILITIES = 512,         /* capabilities in one run */
    LIMIT_PROPERTIES = 65000,         /* properties of all kinds; a PropVal has 16 bits for one */
    LIMIT_PATH_VISITS = 200000000,    /* flows looked at by one path rule */
    LIMIT_IMPORT_PAIRS = 5000000,     /* statements of vulnerabilities about components in one import */
};

#endif
