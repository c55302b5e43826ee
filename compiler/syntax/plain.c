/* Text of the language that the program writes itself: put together plainly, then brought into the canonical layout by reading it
 * again, so that what cannot be read never leaves the program. Requires nothing; leaves nothing behind. */
#include "base/bug.h"
#include "syntax/format.h"
#include "syntax/parse.h"

void format_plain(Str what, StrBuf *plain, StrBuf *out)
{
    Sources sources;
    Interner names;
    Diags diags = {0};
    Tree tree = {0};
    sources_init(&sources);
    intern_init(&names);
    parse_init(&names);
    FileId file = sources_adopt(&sources, what, what, plain, false);
    parse_file(&sources, file, &names, &diags, &tree);
    if (diags.errors || tree.broken)
        BUG("what was written cannot be read");
    format_tree(&tree, &sources, &names, out);
    tree_free(&tree);
    diags_free(&diags);
    intern_free(&names);
    sources_free(&sources);
}
