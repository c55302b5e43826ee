#ifndef CORDON_BASE_VERSION_H
#define CORDON_BASE_VERSION_H
/* The version of the program, as every output names it. Ownership: none. */
#define CORDON_VERSION "0.1.0"
#endif
