/* Fuzzes the import: a document from bytes, in whatever format it looks like, joined and written as a module, which must then be read
 * without an error and in the canonical layout. */
#include "exchange/write.h"

#include "syntax/format.h"
#include "syntax/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool none(void *self, Str name)
{
    (void)self, (void)name;
    return false;
}

static void read_back(Str text)
{
    Sources sources;
    Interner names;
    Diags diags = {0};
    Tree tree = {0};
    sources_init(&sources);
    intern_init(&names);
    parse_init(&names);
    parse_file(&sources, sources_add(&sources, STR("out"), STR("out"), text, false), &names, &diags, &tree);
    if (diags.list.n || tree.broken)
        BUG("an imported module is not clean");
    if (!format_check(&tree, &sources, &names, text))
        BUG("an imported module is not in the canonical layout");
    tree_free(&tree);
    diags_free(&diags);
    intern_free(&names);
    sources_free(&sources);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Sources sources;
    Diags diags = {0};
    Joined joined;
    Written counts;
    StrBuf out = {0};
    NameTaken taken = {NULL, none};
    sources_init(&sources);
    Bom bom = {.sources = &sources, .diags = &diags};
    bom_read(&bom, sources_add(&sources, STR("fuzz"), STR("fuzz"), (Str){(const char *)bytes, n}, false));
    join_make(&joined, &bom, NULL, 0, n % 2 == 0);
    names_give(&joined, &taken);
    bom_write(&joined, NULL, (Str){"", 0}, &out, &counts);
    read_back(strbuf_str(&out));
    strbuf_free(&out);
    join_free(&joined);
    bom_free(&bom);
    diags_free(&diags);
    sources_free(&sources);
    return 0;
}
