/* Fuzzes scanner and parser: whatever the bytes, a tree comes out, and a broken one was reported. */
#include "syntax/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Sources sources;
    Interner names;
    Diags diags = {0};
    Tree tree;
    StrBuf dump = {0};
    sources_init(&sources);
    intern_init(&names);
    parse_init(&names);
    FileId file = sources_add(&sources, STR("fuzz"), STR("fuzz"), (Str){(const char *)bytes, n}, false);
    parse_file(&sources, file, &names, &diags, &tree);
    if (tree.broken != (diags.errors != 0))
        BUG("a broken tree and an error go together");
    tree_dump(&tree, &sources, &names, &dump);
    diags_sort(&diags, &sources);
    strbuf_free(&dump);
    tree_free(&tree);
    diags_free(&diags);
    intern_free(&names);
    sources_free(&sources);
    return 0;
}
