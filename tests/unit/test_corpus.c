/* What the fuzzers start from, and what they once stumbled over: every file of tests/fuzz/corpus through all stages and emitters. That no
 * sanitizer complains is the test; whether a file is a model does not matter. */
#include "support.h"

enum { MOST = 1000 };

Test(corpus, every_file_through_every_stage, .timeout = 120)
{
    static char paths[MOST][200];
    size_t n = find_files("tests/fuzz/corpus", "", paths, MOST), models = 0;
    cr_assert(n > 5, "the corpus is missing");
    for (size_t i = 0; i < n; i++) {
        Run r;
        run_path(&r, paths[i]);
        diags_sort(&r.diags, &r.sources);
        for (size_t k = 0; k < nemitters && r.assessed; k++)
            run_emit(&r, emitters[k].emit);
        models += r.assessed;
        run_free(&r);
    }
    cr_log_info("%zu files, %zu of them models", n, models);
}
