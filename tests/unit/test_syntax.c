/* Scanner, token filter, grammar and tree: what is read, what is recovered from, what is said. */
#include "base/limits.h"
#include "syntax/parse.h"

#include <criterion/criterion.h>

typedef struct Parsed {
    Sources sources;
    Interner names;
    Diags diags;
    Tree tree;
} Parsed;

static void parse_n(Parsed *p, const char *text, size_t n)
{
    *p = (Parsed){0};
    sources_init(&p->sources);
    intern_init(&p->names);
    parse_init(&p->names);
    FileId f = sources_add(&p->sources, STR("t.cordon"), STR("t.cordon"), (Str){text, n}, false);
    parse_file(&p->sources, f, &p->names, &p->diags, &p->tree);
    diags_sort(&p->diags, &p->sources);
}

static void finish(Parsed *p)
{
    tree_free(&p->tree);
    diags_free(&p->diags);
    intern_free(&p->names);
    sources_free(&p->sources);
}

/* Codes with their lines: "E0120@2 E0105@3". */
static void expect_at(int line, const char *text, size_t n, const char *codes)
{
    Parsed p;
    StrBuf got = {0};
    parse_n(&p, text, n);
    for (uint32_t i = 0; i < p.diags.list.n; i++) {
        char code[6];
        const Diag *d = p.diags.list.at[i];
        strbuf_format(&got, "%s%s@%u", i ? " " : "", diag_code(d->id, code),
                      source_linecol(&p.sources, d->span.file, d->span.lo).line);
    }
    cr_expect_str_eq(got.s ? got.s : "", codes, "line %d: got %s", line, got.s ? got.s : "nothing");
    cr_expect_eq(p.tree.broken, p.diags.errors > 0, "line %d: a tree is broken if and only if an error was reported",
                 line);
    cr_expect_eq(node_kind(&p.tree, p.tree.root), N_FILE);
    strbuf_free(&got);
    finish(&p);
}
#define expect(text, codes) expect_at(__LINE__, text, strlen(text), codes)

static void dumps_at(int line, const char *text, const char *wanted)
{
    Parsed p;
    StrBuf got = {0};
    parse_n(&p, text, strlen(text));
    tree_dump(&p.tree, &p.sources, &p.names, &got);
    cr_expect_str_eq(got.s, wanted, "line %d", line);
    cr_expect_eq(p.diags.list.n, 0, "line %d", line);
    strbuf_free(&got);
    finish(&p);
}
#define dumps(text, wanted) dumps_at(__LINE__, text, wanted)

Test(syntax, statements_end_with_their_line_or_a_semicolon)
{
    dumps("process A ; process B\nprocess C",
          "file\n  declaration A\n    name process\n  declaration B\n    name process\n"
          "  declaration C\n    name process\n");
    dumps("flow f : A\n  -> B", "file\n  declaration f\n    name flow\n    ends ->\n      name A\n      name B\n");
    dumps(
        "process A {\n  x: [\n    a,\n    b,\n  ]\n}",
        "file\n  declaration A\n    name process\n    body\n      prop x\n        list\n          name a\n          name b\n");
    dumps("process A { x: 1 }",
          "file\n  declaration A\n    name process\n    body\n      prop x\n        number \"1\"\n");
}

Test(syntax, any_word_may_be_a_name_where_no_keyword_can_stand)
{
    dumps(
        "process rule { when: [in, not] ; for: where }",
        "file\n  declaration rule\n    name process\n    body\n      prop when\n        list\n          name in\n          name not\n"
        "      prop for\n        name where\n");
    dumps("enum E { import, view }", "file\n  enum E\n    value import\n    value view\n");
}

Test(syntax, conditions_are_flat_and_brackets_are_kept)
{
    dumps(
        "rule R { when a is b and c is d and (e or f) }",
        "file\n  rule R\n    when\n      and\n        is\n          name a\n          name b\n        is\n          name c\n"
        "          name d\n        brackets\n          or\n            name e\n            name f\n");
}

Test(syntax, each_mistake_is_said_once)
{
    expect("process A {\n  x:;\n process B {\n y 1 2\n z: 1 }\n q-r: 1\n}\n", "E0120@2 E0120@4 E0117@6");
    expect("external A \"x\nexternal B\n", "E0105@1");
    expect("process A { x: \"\"\"open\n", "E0106@1");
    expect("/* a\n b */ process A\n", "E0107@1");
    expect("/* never closed\nprocess A\n", "E0107@1");
    expect("process $$$ A\n", "E0108@1");
    expect("process A { x: \"\\q\" }", "E0114@1");
    expect("process A { x: 2026-02-30 }", "E0115@1");
    expect("process A }\nprocess B", "E0125@1");
    expect("process A {\n process B {\n", "E0122@2");
    expect("process A {\n  x: [a, b\n}\nprocess B { x: [ }\n", "E0121@2 E0121@4");
    expect("process A {\n  carries: [D1,\nprocess B {\n}\n}", "E0121@2");
    expect("view \"x\" {}\n process : -> B\nprocess C", "E0120@1 E0120@2");
    expect("import ../../etc/passwd\n", "E0232@1");
    expect("import ward/pumps\n", "E0108@1");
}

Test(syntax, text_that_is_not_text_is_refused)
{
    expect_at(__LINE__, "process A\0B", 11, "E0102@1");
    expect("process A // \xFF\n", "E0101@1");
    expect("\xFF\xFEp", "E0101@1");
    expect("process A // \xE2\x80\xAE reversed\n", "W0109@1");
    expect("process \xE2\x80\xAE"
           "A\n",
           "E0108@1 W0109@1");
    expect("process e\xCC\x81\n", "E0118@1");
    expect("process \xD0\xB0"
           "bc\n",
           "W0110@1");
    expect("\xEF\xBB\xBFprocess A\n", "");
    expect("process Gr\xC3\xB6\xC3\x9F"
           "e\n",
           "");
}

Test(syntax, nesting_is_limited_with_a_message_of_its_own)
{
    StrBuf deep = {0};
    for (int i = 0; i < LIMIT_NESTING; i++)
        strbuf_addz(&deep, "boundary b {\n");
    for (int i = 0; i < LIMIT_NESTING; i++)
        strbuf_addz(&deep, "}\n");
    expect(deep.s, "");
    deep.n = 0;
    for (int i = 0; i < 10000; i++)
        strbuf_addz(&deep, "boundary b {\n");
    expect(deep.s, "E0113@101");
    deep.n = 0;
    for (int i = 0; i < 10000; i++)
        strbuf_addz(&deep, "(");
    expect(deep.s, "E0120@1 E0113@1");
    deep.n = 0;
    strbuf_addz(&deep, "rule R { when ");
    for (int i = 0; i < 20000; i++)
        strbuf_addz(&deep, "not ");
    strbuf_addz(&deep, "a }");
    expect(deep.s, "E0113@1");
    strbuf_free(&deep);
}

Test(syntax, names_and_texts_are_limited)
{
    StrBuf b = {0};
    strbuf_addz(&b, "process ");
    for (int i = 0; i < LIMIT_NAME_BYTES; i++)
        strbuf_char(&b, 'a');
    expect(b.s, "");
    strbuf_char(&b, 'a');
    expect(b.s, "E0112@1");
    b.n = 0;
    strbuf_addz(&b, "process A \"");
    for (int i = 0; i < LIMIT_TEXT_BYTES; i++)
        strbuf_char(&b, 'a');
    size_t at = b.n;
    strbuf_addz(&b, "\"");
    expect(b.s, "");
    b.n = at;
    strbuf_addz(&b, "a\"");
    expect(b.s, "E0104@1");
    strbuf_free(&b);
}

Test(syntax, comments_stand_beside_the_tree)
{
    Parsed p;
    const char *text = "/// documented\nprocess A // behind\n//// no doc\nprocess B\n";
    parse_n(&p, text, strlen(text));
    cr_assert_eq(p.tree.comments.n, 3);
    cr_assert(p.tree.comments.at[0].doc && p.tree.comments.at[0].own_line);
    cr_assert_eq(p.tree.comments.at[0].target, 15);
    cr_assert(!p.tree.comments.at[1].own_line);
    cr_assert(!p.tree.comments.at[2].doc);
    finish(&p);
}

Test(syntax, texts_resolve_escapes_and_lose_their_indentation)
{
    Parsed p;
    const char *text = "process A \"say \\\"hi\\\"\\n\" {\n  x: \"\"\"\n    one\n      two\n\n    three\n  \"\"\"\n}\n";
    Arena a = {0};
    parse_n(&p, text, strlen(text));
    NodeId title = 0, block = 0;
    for (NodeId n = 1; n < p.tree.nodes.n; n++) {
        title = node_kind(&p.tree, n) == N_TITLE ? n : title;
        block = node_kind(&p.tree, n) == N_DOCSTR ? n : block;
    }
    cr_assert(str_eq(node_text(&p.tree, &p.sources, &a, title), STR("say \"hi\"\n")));
    cr_assert(str_eq(node_text(&p.tree, &p.sources, &a, block), STR("one\n  two\n\nthree")));
    arena_free(&a);
    finish(&p);
}

Test(syntax, keywords_have_one_list)
{
    Interner in;
    intern_init(&in);
    parse_init(&in);
    unsigned n = 0;
    for (; parse_keyword(n); n++)
        cr_assert(parse_is_keyword(intern_find(&in, str_from(parse_keyword(n)))));
    cr_assert_gt(n, 40);
    cr_assert_not(parse_is_keyword(intern(&in, STR("boundary"))));
    intern_free(&in);
}

/* A node says lengths of its own up to a bound; beyond it the tree does. */
Test(syntax, long_nodes_know_where_they_end)
{
    for (uint32_t n = NODE_LONG - 3; n < NODE_LONG + 3; n++) {
        Parsed p;
        StrBuf text = {0};
        strbuf_addz(&text, "process A {\n  x: \"");
        for (uint32_t i = 0; i < n; i++)
            strbuf_char(&text, 'x');
        strbuf_addz(&text, "\"\n}\nprocess B\n");
        parse_n(&p, text.s, text.n);
        NodeId a = node_child(&p.tree, p.tree.root), b = node_next(&p.tree, a);
        NodeId prop = node_child(&p.tree, node_find(&p.tree, a, N_BODY)), value = node_child(&p.tree, prop);
        Span at = node_span(&p.tree, value);
        cr_expect_eq(at.hi - at.lo, n);
        cr_expect_eq(text.s[at.hi], '"');
        cr_expect_eq(node_hi(&p.tree, prop), at.hi);
        cr_expect_eq(node_hi(&p.tree, a), at.hi + 3);
        cr_expect_eq(node_hi(&p.tree, b), node_hi(&p.tree, p.tree.root));
        strbuf_free(&text);
        finish(&p);
    }
}

/* Half a statement takes its nodes along, and the next one is whole. */
Test(syntax, what_cannot_be_read_leaves_no_nodes_behind)
{
    Parsed p;
    StrBuf got = {0};
    const char *text =
        "process A {\n  x: [one, two, ]]\n  y: three\n}\nflow F: a -> b c { z: [d, e }\nprocess B { x: [f] }\n";
    parse_n(&p, text, strlen(text));
    tree_dump(&p.tree, &p.sources, &p.names, &got);
    cr_expect_str_eq(got.s,
                     "file\n"
                     "  declaration A\n    name process\n    body\n      prop y\n        name three\n"
                     "  declaration B\n    name process\n    body\n      prop x\n        list\n          name f\n");
    strbuf_free(&got);
    finish(&p);
}
