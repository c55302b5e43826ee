/* Runs scanner and parser over one file. Requires parse_init for the interner. Leaves behind a tree whose root is a FILE node,
 * whatever was read. The only place that starts the generated scanner. */
#include "syntax/parse.h"

#include "syntax/build.h"
#include "syntax/unicode.h"

#include "cordon.lex.h"

enum { KEYWORDS = T_EXPECT - T_IMPORT + 1 };

const char *parse_keyword(unsigned n)
{
    return n < KEYWORDS ? cordon_token_name(T_IMPORT + (int)n) : NULL;
}

void parse_init(Interner *names)
{
    for (unsigned i = 0; i < KEYWORDS; i++)
        if (intern(names, str_from(parse_keyword(i))) != i + 1)
            BUG("keywords must be interned first");
}

bool parse_is_keyword(Sym name)
{
    return name >= 1 && name <= KEYWORDS;
}

void parse_file(const Sources *sources, FileId file, Interner *names, Diags *diags, Tree *tree)
{
    const SourceFile *f = source_file(sources, file);
    *tree = (Tree){.file = file};
    vec_reserve(&tree->nodes, f->text.n / 8 + 16); /* about what models have; only what is used is touched */
    intern_reserve(names, (uint32_t)(f->text.n / 128));
    vec_push(&tree->nodes, (Node){0});
    Tokens p;
    tokens_init(&p, sources, file, names, diags, tree);
    if (!unicode_check_text(diags, f->path, f->text, file)) {
        tree->broken = true;
        build_root(&p, (Range){0, 0}, 0);
        tokens_free(&p);
        return;
    }
    if (cordon_yylex_init_extra(&p, &p.scanner) != 0)
        die_memory();
    /* The scanner works in place, behind a byte order mark: it writes NULs behind the token at hand and takes them back. */
    size_t mark = f->text.n >= 3 && memcmp(f->text.s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (!cordon_yy_scan_buffer((char *)(uintptr_t)f->text.s + mark, f->text.n - mark + 2, p.scanner))
        die_memory();
    if (cordon_parse(&p) != 0)
        tree->broken = true;
    cordon_yylex_destroy(p.scanner);
    if (!tree->root)
        build_root(&p, (Range){0, 0}, 0);
    tokens_free(&p);
}
