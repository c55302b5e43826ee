#ifndef CORDON_BASE_BANNED_H
#define CORDON_BASE_BANNED_H
/* Functions that cannot be used safely become compile errors. Included by base/str.h, so every file has it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__GNUC__)
#pragma GCC poison strcpy strcat strncpy strncat strtok gets sprintf vsprintf
#pragma GCC poison localtime gmtime ctime asctime system popen setlocale alloca
#endif

#endif
