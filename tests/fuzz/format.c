/* Fuzzes the formatter: what parses keeps its tree and its comments, and formatting twice is formatting once. */
#include "syntax/format.h"
#include "syntax/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Sources sources;
    Interner names;
    Diags diags = {0};
    Tree tree;
    StrBuf text = {0};
    sources_init(&sources);
    intern_init(&names);
    parse_init(&names);
    FileId file = sources_add(&sources, STR("fuzz"), STR("fuzz"), (Str){(const char *)bytes, n}, false);
    parse_file(&sources, file, &names, &diags, &tree);
    if (!diags.errors) {
        format_tree(&tree, &sources, &names, &text);
        if (!format_check(&tree, &sources, &names, strbuf_str(&text)))
            BUG("formatting changed the meaning");
    }
    strbuf_free(&text);
    tree_free(&tree);
    diags_free(&diags);
    intern_free(&names);
    sources_free(&sources);
    return 0;
}
