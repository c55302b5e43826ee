#ifndef CORDON_BASE_DATE_H
#define CORDON_BASE_DATE_H
/* Dates. Ownership: none. */
#include <stdbool.h>
#include <stdint.h>

/* A calendar date, 2026-03-02, as days since 1970-01-01; false if it is none. */
bool date_parse(const char *text, int32_t *days);

#endif
