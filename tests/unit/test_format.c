/* The canonical layout: single properties of it as table rows; the whole of it on every model of the repository. */
#include "support.h"

#include "syntax/format.h"
#include "syntax/parse.h"

typedef struct Parsed {
    Sources sources;
    Interner names;
    Diags diags;
    Tree tree;
} Parsed;

static void parse_text(Parsed *p, const char *text, size_t n)
{
    *p = (Parsed){0};
    sources_init(&p->sources);
    intern_init(&p->names);
    parse_init(&p->names);
    FileId file = sources_add(&p->sources, STR("t.cordon"), STR("t.cordon"), (Str){text, n}, false);
    parse_file(&p->sources, file, &p->names, &p->diags, &p->tree);
}

static void parsed_free(Parsed *p)
{
    tree_free(&p->tree);
    diags_free(&p->diags);
    intern_free(&p->names);
    sources_free(&p->sources);
}

/* What formatting makes of a text, proven safe; the caller frees it. */
static char *formatted(const char *text, size_t n, const char *what)
{
    Parsed p;
    StrBuf out = {0};
    parse_text(&p, text, n);
    cr_assert(p.diags.errors == 0 && !p.tree.broken, "%s has syntax errors", what);
    format_tree(&p.tree, &p.sources, &p.names, &out);
    strbuf_addz(&out, "");
    cr_expect(format_check(&p.tree, &p.sources, &p.names, strbuf_str(&out)), "formatting is not safe for: %s", what);
    parsed_free(&p);
    if (!out.s)
        strbuf_char(&out, '\0');
    return out.s;
}

static const struct {
    const char *before, *after;
} rows[] = {
    /* spaces and separators */
    {"process   A   \"a\"{exposed:true;sandboxed:false}", "process A \"a\" { exposed: true ; sandboxed: false }\n"},
    {"flow f:A->B", "flow f : A -> B\n"},
    {"flow f : A\n  <-> B . C", "flow f : A <-> B.C\n"},
    {"kind K:process{property p:[X]?=[a,b,]\"t\"provides c,d}",
     "kind K : process { property p : [X]? = [a, b] \"t\" provides c, d }\n"},
    {"enum E{a,b,}", "enum E { a, b }\n"},
    {"scale S{a<b<c}", "scale S { a < b < c }\n"},
    {"import a.b as c\nimport d{E,F,}", "import a.b as c\nimport d { E, F }\n"},
    {"process A {}\nprocess B{ }", "process A {}\nprocess B {}\n"},
    {"template T(a:b,c:[d]?,){process P}", "template T(a: b, c: [d]?) { process P }\n"},
    {"process A { x: 3 kg;d: 2026-01-02;o: @kim;i: #X-1;s: B.**;t: * }",
     "process A { x: 3 kg ; d: 2026-01-02 ; o: @kim ; i: #X-1 ; s: B.** ; t: * }\n"},
    /* blocks keep their form, unless they do not fit */
    {"process A {\n exposed: true }", "process A {\n  exposed: true\n}\n"},
    {"process A \"a title that is fairly long so that the block behind it is out of room\" { exposed: true ; "
     "sandboxed: false }",
     "process A \"a title that is fairly long so that the block behind it is out of room\" {\n  exposed: true\n"
     "  sandboxed: false\n}\n"},
    /* empty lines */
    {"\n\n\nprocess A\n\n\n\nprocess B\nprocess C\n\n\n", "process A\n\nprocess B\nprocess C\n"},
    {"process A {\n\n\n exposed: true\n\n\n}", "process A {\n  exposed: true\n}\n"},
    /* comments */
    {"// one\n\n\n//two   \nprocess A//three\n", "// one\n\n//two\nprocess A //three\n"},
    {"process A { // in\n exposed: true // out\n // last\n}",
     "process A { // in\n  exposed: true // out\n  // last\n}\n"},
    {"process A {\n// alone\n}", "process A {\n  // alone\n}\n"},
    {"process A { x: [a, // first\n b\n , c] }", "process A {\n  x: [\n    a, // first\n    b,\n    c\n  ]\n}\n"},
    {"flow f : A // from\n -> B // to", "flow f : A // from\n    -> B // to\n"},
    {"///doc\nprocess A", "///doc\nprocess A\n"},
    {"// only a comment", "// only a comment\n"},
    {"", ""},
    {"\xEF\xBB\xBFprocess A", "process A\n"},
    {"process A\r\nprocess B // c\r\n", "process A\nprocess B // c\n"},
    /* text blocks */
    {"system S { a: \"\"\"x y\"\"\" }", "system S { a: \"\"\" x y \"\"\" }\n"},
    {"system S {\n a: \"\"\"x\n      y\n    \"\"\"\n}", "system S {\n  a: \"\"\"\n    x\n    y\n  \"\"\"\n}\n"},
    {"system S {\n a: \"\"\"\n      x\n\n        y\n    \"\"\"\n}",
     "system S {\n  a: \"\"\"\n    x\n\n      y\n  \"\"\"\n}\n"},
    /* rules */
    {"rule R\"t\"{for each flow f from a to b:K entering t:boundary\nwhen(f.x is none or f.y>=3)and not f has c}",
     "rule R \"t\" {\n  for each flow f from a to b : K entering t : boundary\n  when (f.x is none or f.y >= 3) and "
     "not f has c\n}\n"},
    {"rule R { when a and\n b // c\n and d }", "rule R {\n  when a\n      and b // c\n      and d\n}\n"},
    {"rule R { mitigated by a on f or g where(x),b on h }", NULL},
    {"rule R { mitigated by a on f or g where(x)and(not y) }",
     "rule R { mitigated by a on f or g where (x) and (not y) }\n"},
    {"rule R { unless x in[a,b]or y in C }", "rule R { unless x in [a, b] or y in C }\n"},
    {"rule R { raise severity to high when some flow from a to b where(carries d where(x is not y)) }",
     "rule R { raise severity to high when some flow from a to b where (carries d where (x is not y)) }\n"},
    {"test R { given { process A }\nwith A.x:true,A.y:[a]{expect no R\nexpect possible R at A,B} }",
     "test R {\n  given { process A }\n  with A.x: true, A.y: [a] {\n    expect no R\n    expect possible R at A, B\n  "
     "}\n}\n"},
    {"policy P{never flow f to b:external where(x)}", "policy P { never flow f to b : external where (x) }\n"},
    {"decision #D-1 accept m.R at a,b{owner:@k}", "decision #D-1 accept m.R at a, b { owner: @k }\n"},
    {"view v of A,B\"t\"{show:[x]}", "view v of A, B \"t\" { show: [x] }\n"},
    {"extend A{x:y}\nuse T as B\"t\"{a:b}\nuse T as C", "extend A { x: y }\nuse T as B \"t\" { a: b }\nuse T as C\n"},
    /* words of the language as names */
    {"flow test:flow->rule", "flow test : flow -> rule\n"},
    {"process import{when:with}", "process import { when: with }\n"},
};

ParameterizedTestParameters(format, layout)
{
    enum { N = sizeof rows / sizeof *rows };
    static int index[N];
    for (int i = 0; i < N; i++)
        index[i] = i;
    return cr_make_param_array(int, index, N);
}

ParameterizedTest(int *i, format, layout)
{
    const char *before = rows[*i].before;
    if (!rows[*i].after) { /* a syntax error: nothing to format */
        Parsed p;
        parse_text(&p, before, strlen(before));
        cr_expect(p.tree.broken && p.diags.errors, "row %d: %s", *i, before);
        parsed_free(&p);
        return;
    }
    char *after = formatted(before, strlen(before), before);
    cr_expect_str_eq(after, rows[*i].after, "row %d: %s\ngives\n%s\nnot\n%s", *i, before, after, rows[*i].after);
    free(after);
}

Test(format, long_lists_are_filled)
{
    StrBuf in = {0};
    strbuf_addz(&in, "process A { parses: [");
    for (int i = 0; i < 60; i++)
        strbuf_format(&in, "name_%d, ", i);
    strbuf_addz(&in, "last] }");
    char *out = formatted(in.s, in.n, "a long list");
    unsigned lines = 0;
    for (char *s = out, *eol; *s; s = eol + 1, lines++) {
        eol = strchr(s, '\n');
        cr_assert(eol != NULL);
        cr_expect(eol - s <= FORMAT_WIDTH, "a line of %d columns", (int)(eol - s));
    }
    cr_expect(lines > 8 && lines < 14, "%u lines", lines);
    free(out);
    strbuf_free(&in);
}

/* Every model of the repository can be formatted safely; what the project publishes is in the layout. */
Test(format, every_model_of_the_repository, .timeout = 60)
{
    static const struct {
        const char *folder;
        bool laid_out;
    } folders[] = {{"stdlib", true}, {"examples", true}, {"tests", false}};
    static char paths[2000][200];
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
        size_t n = find_files(folders[k].folder, ".cordon", paths, 2000);
        for (size_t i = 0; i < n; i++) {
            size_t length;
            char *text = read_whole(paths[i], &length);
            Parsed p;
            parse_text(&p, text, length);
            bool sound = p.diags.errors == 0;
            parsed_free(&p);
            if (sound) {
                char *out = formatted(text, length, paths[i]);
                cr_expect(!folders[k].laid_out || strcmp(out, text) == 0, "%s is not in the canonical layout",
                          paths[i]);
                free(out);
            }
            cr_expect(sound || !folders[k].laid_out, "%s has syntax errors", paths[i]);
            free(text);
        }
    }
}

/* A result that says something else, or has another comment, is refused. */
Test(format, check_finds_differences)
{
    Parsed p;
    parse_text(&p, "process A // c\n", 15);
    cr_expect(format_check(&p.tree, &p.sources, &p.names, STR("process A // c\n")));
    cr_expect_not(format_check(&p.tree, &p.sources, &p.names, STR("process B // c\n")), "another name");
    cr_expect_not(format_check(&p.tree, &p.sources, &p.names, STR("process A // d\n")), "another comment");
    cr_expect_not(format_check(&p.tree, &p.sources, &p.names, STR("process A\n")), "no comment");
    cr_expect_not(format_check(&p.tree, &p.sources, &p.names, STR("process  A // c\n")), "not stable");
    cr_expect_not(format_check(&p.tree, &p.sources, &p.names, STR("process A {")), "broken");
    parsed_free(&p);
}
