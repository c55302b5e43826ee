/* The identity of the built-in standard library: SHA-256 over the names and texts of its modules, which the build sorts. */
#include "program/stdlib.h"
#include "tools/tools.h"

#include <nettle/sha2.h>

void hash_library(char out[65])
{
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    for (size_t i = 0; i < stdlib_nmodules; i++) {
        sha256_update(&sha, strlen(stdlib_modules[i].name) + 1, (const uint8_t *)stdlib_modules[i].name);
        sha256_update(&sha, stdlib_modules[i].n, stdlib_modules[i].text);
    }
    sha256_digest(&sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
