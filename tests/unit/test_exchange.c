/* Imports: what documents of each format come to, how they are joined, and that nothing hostile in them reaches a model. */
#include <jansson.h> /* first: emit.h gives names of its own to some functions */

#include "cli.h"

#include "base/limits.h"
#include "exchange/known.h"
#include "exchange/purl.h"
#include "exchange/write.h"
#include "tools/tools.h"
#include "syntax/format.h"
#include "syntax/parse.h"

#include <time.h>
#include <unistd.h>

#define DATA "tests/data/sbom/"

/* ---- whole imports in memory ---- */

typedef struct Case {
    Sources sources;
    Diags diags;
    Bom bom;
    Joined joined;
    Written counts;
    StrBuf out;
} Case;

static bool none(void *self, Str name)
{
    (void)self, (void)name;
    return false;
}

static void case_start(Case *c)
{
    *c = (Case){0};
    sources_init(&c->sources);
    c->bom = (Bom){.sources = &c->sources, .diags = &c->diags};
}

static void case_add(Case *c, const char *name, const char *text, size_t n)
{
    bom_read(&c->bom, sources_add(&c->sources, str_from(name), str_from(name), (Str){text, n}, false));
}

static void case_file(Case *c, const char *name)
{
    char path[300];
    size_t n;
    snprintf(path, sizeof path, DATA "%s", name);
    char *text = read_whole(path, &n);
    case_add(c, name, text, n);
    free(text);
}

/* What was written must be read without a word, and be in the canonical layout. */
static void case_check(Case *c)
{
    Interner names;
    Diags diags = {0};
    Tree tree = {0};
    intern_init(&names);
    parse_init(&names);
    parse_file(&c->sources, sources_add(&c->sources, STR("out"), STR("out"), strbuf_str(&c->out), false), &names,
               &diags, &tree);
    cr_expect_eq(diags.list.n, 0, "%.*s\n%s", STR_FMT(diags.list.n ? diags.list.at[0]->message : STR("")), c->out.s);
    cr_expect(format_check(&tree, &c->sources, &names, strbuf_str(&c->out)), "not in the canonical layout:\n%s",
              c->out.s);
    tree_free(&tree);
    diags_free(&diags);
    intern_free(&names);
}

static const char *case_write(Case *c, bool searched)
{
    NameTaken taken = {NULL, none};
    join_make(&c->joined, &c->bom, NULL, 0, searched);
    names_give(&c->joined, &taken);
    bom_write(&c->joined, NULL, (Str){"", 0}, &c->out, &c->counts);
    join_free(&c->joined);
    case_check(c);
    return c->out.s;
}

/* Codes and places, one after the other: "E0921@2:3". */
static const char *case_codes(Case *c)
{
    static char codes[600];
    char code[6];
    codes[0] = 0;
    diags_sort(&c->diags, &c->sources);
    for (uint32_t i = 0; i < c->diags.list.n; i++) {
        const Diag *d = c->diags.list.at[i];
        LineCol at = source_linecol(&c->sources, d->span.file, d->span.lo);
        size_t n = strlen(codes);
        snprintf(codes + n, sizeof codes - n, "%s%s@%u:%u", n ? " " : "", diag_code(d->id, code), at.line, at.col);
    }
    return codes;
}

static void case_end(Case *c)
{
    strbuf_free(&c->out);
    bom_free(&c->bom);
    diags_free(&c->diags);
    sources_free(&c->sources);
}

/* The module of some files without its first lines, which name them. Free with free(). */
static char *module_of_files(const char *const *files, size_t n, bool searched)
{
    Case c;
    case_start(&c);
    for (size_t i = 0; i < n; i++)
        case_file(&c, files[i]);
    const char *text = strstr(case_write(&c, searched), "\n// ----");
    char *r = strdup(text ? text : "");
    cr_expect_eq(c.diags.errors, 0);
    case_end(&c);
    return r;
}
#define MODULE(searched, ...)                                                                                        \
    module_of_files((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
                    (searched))

/* ---- formats ---- */

Test(exchange, json_and_xml_say_the_same)
{
    char *json = MODULE(true, "pump.cdx.json"), *xml = MODULE(true, "pump.cdx.xml");
    cr_expect_str_eq(json, xml);
    expect_in(json, "software babel_core \"core\" {\n  version: \"7.23.0\"\n  purl: \"pkg:npm/%40babel/core@7.23.0\"\n"
                    "  known_vulnerabilities: []\n  known_exploited: false\n  depends_on: [zlib]\n}\n");
    expect_in(json, "software libstdcpp \"libstdc++\"");
    expect_in(json, "  licence: \"GPL-3.0-or-later WITH GCC-exception-3.1\"\n");
    expect_in(json, "  purl: \"pkg:deb/debian/openssl@3.0.13?arch=armhf&distro=bookworm\"\n"); /* sorted */
    expect_in(json, "  depends_on: [libstdcpp, openssl]\n");
    expect_not_in(json, "Infusion pump"); /* the product is no item of itself */
    expect_not_in(json, "logo");
    expect_in(json, "/// A buffer is read beyond its end when an empty list of protocols is given.\n"
                    "vulnerability CVE_2024_5535 \"CVE-2024-5535\" #CVE-2024-5535 {\n");
    expect_in(json,
              "  state: not_affected\n  justification: \"code_not_reachable: The function is not called.\"\n"
              "  response: \"update\"\n  cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:H\"\n  cwe: [125, 200]\n"
              "  known_since: 2024-06-27\n  updated: 2025-10-14\n  fixed_in: \"3.0.15\"\n");
    free(json);
    free(xml);
}

Test(exchange, editions_of_spdx_say_the_same)
{
    char *json = MODULE(false, "gateway.spdx.json"), *tag = MODULE(false, "gateway.spdx");
    char *three = MODULE(false, "gateway.spdx3.json");
    cr_expect_str_eq(json, tag);
    cr_expect_str_eq(json, "\n// ---- Software items ----\n\n"
                           "software log4j_core \"log4j-core\" {\n  version: \"2.24.1\"\n"
                           "  supplier: \"Apache Software Foundation\"\n"
                           "  purl: \"pkg:maven/org.apache.logging.log4j/log4j-core@2.24.1\"\n"
                           "  licence: \"Apache-2.0\"\n  depends_on: [openssl]\n}\n"
                           "software openssl \"openssl\" {\n  version: \"3.0.13\"\n  supplier: \"Debian\"\n"
                           "  purl: \"pkg:deb/debian/openssl@3.0.13?arch=amd64\"\n  licence: \"Apache-2.0\"\n}\n");
    expect_in(
        three,
        "software log4j_core \"log4j-core\" {\n  version: \"2.24.1\"\n  supplier: \"Apache Software Foundation\"\n"
        "  purl: \"pkg:maven/org.apache.logging.log4j/log4j-core@2.24.1\"\n  depends_on: [openssl]\n}\n");
    free(json);
    free(tag);
    free(three);
}

Test(exchange, catalogues_in_both_forms_say_the_same)
{
    char *json = MODULE(false, "pump.cdx.json", "kev.json"), *csv = MODULE(false, "pump.cdx.json", "kev.csv");
    cr_expect_str_eq(json, csv);
    /* Listed under its CVE, which the bill of materials names as another number of it. */
    expect_in(json, "software lodash_4_17_20 \"lodash\" {\n  version: \"4.17.20\"\n  purl: \"pkg:npm/lodash@4.17.20\"\n"
                    "  known_vulnerabilities: [\"CVE-2021-23337\"]\n  known_exploited: true\n}\n");
    expect_in(json, "  aliases: [\"GHSA-35jh-r3h4-6jhm\"]\n  of: [lodash_4_17_20]\n  cwe: [94]\n  exploited: true\n"
                    "  exploited_since: 2026-01-12\n  remedy_due: 2026-02-02\n");
    free(json);
    free(csv);
}

/* ---- joining ---- */

Test(exchange, what_was_not_searched_stays_unknown)
{
    char *alone = MODULE(false, "gateway.spdx"), *searched = MODULE(true, "gateway.spdx");
    char *with_vex = MODULE(false, "gateway.spdx", "product.openvex.json");
    expect_not_in(alone, "known_vulnerabilities");
    expect_in(searched, "known_vulnerabilities: []\n  known_exploited: false\n");
    /* A statement about one item is no search of the others; without the catalogue nobody knows what is exploited. */
    expect_in(with_vex, "known_vulnerabilities: [\"CVE-2024-0727\"]\n}\n");
    cr_expect_null(strstr(strstr(with_vex, "known_vulnerabilities") + 1, "known_vulnerabilities"));
    expect_not_in(with_vex, "known_exploited");
    free(alone);
    free(searched);
    free(with_vex);
}

Test(exchange, without_the_catalogue_exploitation_is_open)
{
    char *text = MODULE(true, "pump.cdx.json");
    expect_in(text, "known_vulnerabilities: [\"CVE-2021-23337\"]\n}\n");
    expect_in(text, "known_vulnerabilities: []\n  known_exploited: false\n");
    free(text);
}

Test(exchange, documents_are_joined_in_any_order)
{
    char *one = MODULE(false, "pump.cdx.json", "gateway.spdx", "vex.cdx.json", "product.openvex.json", "kev.json");
    char *two = MODULE(false, "kev.json", "product.openvex.json", "vex.cdx.json", "gateway.spdx", "pump.cdx.json");
    cr_expect_str_eq(one, two);
    /* One openssl of two documents, a link into another document, and statements weighed against each other. */
    cr_expect_null(strstr(strstr(one, "software openssl") + 1, "software openssl"));
    expect_in(one, "known_vulnerabilities: [\"CVE-2023-0286\", \"CVE-2024-0727\"]");
    expect_in(one, "  of: [lodash_4_17_20]\n  state: exploitable\n  response: \"update, workaround_available\"\n");
    expect_in(one, "vulnerability CVE_2023_0286 \"CVE-2023-0286\" #CVE-2023-0286 {\n  ref: \"CVE-2023-0286\"\n"
                   "  aliases: [\"GHSA-x4qr-2fvf-3mr5\"]\n  of: [openssl]\n  state: in_triage\n");
    free(one);
    free(two);
}

Test(exchange, what_nothing_lists_and_what_disagrees_is_told)
{
    Case c;
    case_start(&c);
    case_file(&c, "pump.cdx.json");
    case_file(&c, "vex.cdx.json");
    case_file(&c, "product.openvex.json");
    case_write(&c, false);
    cr_expect_str_eq(case_codes(&c), "W0928@1:1 W0925@1:1");
    cr_expect_eq(c.counts.vulnerabilities, 4);
    cr_expect_eq(c.counts.items, 7);
    cr_expect_eq(c.counts.open, 2);
    case_end(&c);
}

/* A component of a CycloneDX document; `more` is what follows its name. */
#define CDX(members) "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\"," members "}"
#define NAMED(name, more) "{\"type\":\"library\",\"name\":\"" name "\"" more "}"

static void expect_module(int line, const char *document, const char *const *pieces)
{
    Case c;
    case_start(&c);
    case_add(&c, "bom.json", document, strlen(document));
    const char *text = case_write(&c, false);
    for (; *pieces; pieces++)
        cr_expect(**pieces == '!' ? !strstr(text, *pieces + 1) : strstr(text, *pieces) != NULL, "line %d: %s in:\n%s",
                  line, *pieces, text);
    case_end(&c);
}
#define HOLDS(document, ...) expect_module(__LINE__, document, (const char *const[]){__VA_ARGS__, NULL})

Test(exchange, names)
{
    HOLDS(CDX("\"components\":[" NAMED("zlib", "") "," NAMED("7-zip", "") "," NAMED("flow", "") "," NAMED(
              "g++", "") "," NAMED("\\u6771\\u4eac", "") "," NAMED("unknown", "") "," NAMED("a.b-c_d", "") "]"),
          "software zlib \"zlib\"", "software _7_zip \"7-zip\"", "software flow \"flow\"", "software gpp \"g++\"",
          "software item_", "software unknown_item \"unknown\"", "software a_b_c_d \"a.b-c_d\"");
    /* Told apart by as little as it takes: the group, the version, at last a hash. */
    HOLDS(
        CDX("\"components\":[" NAMED("core", ",\"group\":\"org.a\"") "," NAMED("core", ",\"group\":\"org.b\"") "," NAMED("x", ",\"version\":\"1.0\"") "," NAMED(
            "x",
            ",\"version\":\"2.0\"") "," NAMED("y",
                                              ",\"supplier\":{\"name\":\"A\"}") "," NAMED("y",
                                                                                          ",\"supplier\":{\"name\":\"B\"}") "]"),
        "software org_a_core \"core\"", "software org_b_core \"core\"", "software x_1_0 \"x\"", "software x_2_0 \"x\"",
        "software y_", "!software y \"y\"");
    /* The only one of its name keeps it from version to version. */
    HOLDS(CDX("\"components\":[" NAMED("x", ",\"version\":\"3.0\"") "]"), "software x \"x\" {\n  version: \"3.0\"");
}

Test(exchange, one_component_of_two_mentions)
{
    HOLDS(
        CDX("\"components\":[" NAMED("zlib", ",\"version\":\"1.3\",\"purl\":\"pkg:deb/debian/zlib@1.3?arch=arm\"") "," NAMED(
            "zlib",
            ",\"version\":\"1.3\",\"purl\":\"PKG:DEB/Debian/ZLIB@1.3\"") "," NAMED("zlib",
                                                                                   ",\"version\":\"1.3\"") "," NAMED("zlib",
                                                                                                                     ",\"version\":\"1.2\"") "]"),
        "software debian_zlib \"zlib\"", "software zlib_1_2 \"zlib\"", "!software zlib \"zlib\"");
}

Test(exchange, one_vulnerability_with_several_analyses)
{
    HOLDS(
        CDX("\"components\":[" NAMED("a", ",\"bom-ref\":\"a\"") "," NAMED("b", ",\"bom-ref\":\"b\"") "," NAMED(
            "c",
            ",\"bom-ref\":\"c\"") "],"
                                  "\"vulnerabilities\":["
                                  "{\"id\":\"CVE-2026-1\",\"analysis\":{\"state\":\"not_affected\",\"justification\":\"code_not_present\"},"
                                  "\"affects\":[{\"ref\":\"a\"},{\"ref\":\"c\"}]},"
                                  "{\"id\":\"CVE-2026-1\",\"analysis\":{\"state\":\"exploitable\"},\"affects\":[{\"ref\":\"b\"}]}]"),
        "vulnerability CVE_2026_1 \"CVE-2026-1\" #CVE-2026-1 {\n  ref: \"CVE-2026-1\"\n  of: [b]\n  state: exploitable\n",
        "vulnerability CVE_2026_1_not_affected \"CVE-2026-1\" {\n  ref: \"CVE-2026-1\"\n  of: [a, c]\n"
        "  state: not_affected\n  justification: \"code_not_present\"\n",
        "!known_vulnerabilities: []", /* what does not affect it says nothing of others */
        "software b \"b\" {\n  known_vulnerabilities: [\"CVE-2026-1\"]");
}

Test(exchange, package_urls)
{
    static const struct {
        const char *text, *base, *version, *whole;
    } rows[] = {
        {"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "pkg:deb/debian/curl", "7.50.3-1",
         "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
        {"pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation", "12.3.1",
         "pkg:npm/%40angular/animation@12.3.1"},
        {"pkg:npm/@angular/animation", "pkg:npm/%40angular/animation", "", "pkg:npm/%40angular/animation"},
        {"pkg:PyPI/Django_allauth@0.5", "pkg:pypi/django-allauth", "0.5", "pkg:pypi/django-allauth@0.5"},
        {"pkg:maven/org.apache/Batik@1.9.1?type=zip&classifier=dist#/a/b", "pkg:maven/org.apache/Batik", "1.9.1",
         "pkg:maven/org.apache/Batik@1.9.1?classifier=dist&type=zip#a/b"},
        {"pkg://golang//github.com/Foo/bar@v1%2B2", "pkg:golang/github.com/foo/bar", "v1+2",
         "pkg:golang/github.com/foo/bar@v1%2B2"},
        {"pkg:generic/a b", "pkg:generic/a%20b", "", "pkg:generic/a%20b"},
        {"pkg:", "", "", ""},
        {"pkg:deb", "", "", ""},
        {"pkg:deb/", "", "", ""},
        {"http://example.org", "", "", ""},
        {"", "", "", ""},
    };
    Arena a = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Purl p = purl_parse(&a, str_from(rows[i].text));
        cr_expect(str_eq(p.base, str_from(rows[i].base)) && str_eq(p.version, str_from(rows[i].version)) &&
                      str_eq(p.whole, str_from(rows[i].whole)),
                  "%s: %.*s, %.*s, %.*s", rows[i].text, STR_FMT(p.base), STR_FMT(p.version), STR_FMT(p.whole));
        Purl again = purl_parse(&a, p.whole);
        cr_expect(str_eq(again.whole, p.whole), "%s: again %.*s", rows[i].text, STR_FMT(again.whole));
    }
    arena_free(&a);
}

/* ---- what is wrong ---- */

Test(exchange, mistakes_have_places)
{
    static const struct {
        const char *text, *codes;
    } rows[] = {
        {"", "E0920@1:1"},
        {"hello", "E0920@1:1"},
        {"{}", "E0920@1:1"},
        {"[]", "E0921@1:1"},
        {"{\n  \"bomFormat\": \"CycloneDX\",\n  oops\n}", "E0921@3:6"},
        {"{\"bomFormat\":\"CycloneDX\",\"bomFormat\":\"CycloneDX\"}", "E0921@1:36"},
        {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.7\"}", "E0923@1:1"},
        {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":16}", "E0923@1:1 E0922@1:40"},
        {"{\"spdxVersion\":\"SPDX-1.2\"}", "E0923@1:1"},
        {CDX("\"components\":{}"), "E0922@1:59"},
        {CDX("\"components\":[\n7]"), "E0922@2:1"},
        {CDX("\"components\":[{\"name\":\"a\"},\n  {\"name\":\n   5}]"), "W0924@2:3 E0922@3:4"},
        {CDX("\"components\":[{\"version\":\"1\"}]"), "W0924@1:60"},
        {CDX("\"vulnerabilities\":[{\"id\":\"CVE-1\",\"published\":\"yesterday\",\"cwes\":[-1,\"x\",99999999999]}]"),
         "W0924@1:91 W0924@1:111 W0924@1:114 W0924@1:118"},
        {CDX("\"vulnerabilities\":[{\"id\":\"CVE-1\",\"analysis\":{\"state\":\"fine\"}}]"), "E0922@1:99"},
        {CDX("\"vulnerabilities\":[{\"affects\":[]}]"), "W0924@1:65"},
        {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":\"a\\u0000b\"}]}",
         "E0921@1:77"},
        {"{\"catalogVersion\":\"1\",\"vulnerabilities\":[{\"cveID\":\"CVE-1\",\"dateAdded\":\"2026-02-30\"},{}]}",
         "W0924@1:71 E0922@1:85"},
        {"cveID,dateAdded\nCVE-1,2026-01-01\n,2026-01-01\n", "E0921@3:1"},
        {"cveID,dateAdded\nCVE-1,\"2026", "E0921@2:1"},
        {"SPDXVersion: SPDX-2.3\nPackageName: a\nno tag\n", "E0921@3:1"},
        {"SPDXVersion: SPDX-2.3\nPackageComment: <text>never closed\n", "E0921@2:1"},
        {"SPDXVersion: SPDX-4.0\n", "E0923@1:1"},
        {"SPDXVersion: SPDX-2.3\x1B[31m\n", "E0923@1:1 W0109@1:22"},
        {"{\"@context\":\"https://openvex.dev/ns/v0.2.0\"}", "E0922@1:1"},
        {"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[{\"vulnerability\":{\"name\":\"CVE-1\"},"
         "\"status\":\"bad\"}]}",
         "E0922@1:102"},
        {"{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}", "E0922@1:1"},
        {"<bom", "E0921@1:1"},
        {"<html/>", "E0921@1:1"},
        {"<bom xmlns='http://cyclonedx.org/schema/bom/1.5'>\n<components>\n</bom>", "E0921@3:3"},
        {"<bom xmlns='http://cyclonedx.org/schema/bom/1.9'/>", "E0923@1:1"},
        {"<bom xmlns='http://cyclonedx.org/schema/bom/1.5'><components><component>\n<version>1</version>"
         "</component></components></bom>",
         "W0924@1:62"},
        {"<?xml version='1.0'?>\n<!DOCTYPE bom [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<bom>&b;</bom>",
         "E0921@2:15"},
        {"<!DOCTYPE bom SYSTEM \"file:///etc/passwd\"><bom/>", "E0921@1:42"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Case c;
        case_start(&c);
        case_add(&c, "bad", rows[i].text, strlen(rows[i].text));
        cr_expect_str_eq(case_codes(&c), rows[i].codes, "row %zu: %s\n%s instead of %s", i, rows[i].text,
                         case_codes(&c), rows[i].codes);
        case_write(&c, false); /* what there is can be written all the same */
        case_end(&c);
    }
}

Test(exchange, bytes_that_are_no_text)
{
    static const struct {
        const char *text;
        size_t n;
        const char *codes;
    } rows[] = {
        {"{\"a\":\"\xFF\"}", 9, "E0101@1:7"},
        {"{\"a\":\"b\0\"}", 10, "E0102@1:8"},
        {"\xFF\xFE{\0", 4, "E0921@1:1"},
        {"<a>\xFF</a>", 8, "E0921@1:1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Case c;
        case_start(&c);
        case_add(&c, "bad", rows[i].text, rows[i].n);
        const char *codes = case_codes(&c);
        cr_expect(strncmp(codes, rows[i].codes, 5) == 0, "row %zu: %s", i, codes);
        case_end(&c);
    }
}

/* Brackets within brackets, more than any reader should follow. */
Test(exchange, bombs)
{
    static const struct {
        const char *begin, *again;
    } rows[] = {{"{\"bomFormat\":", "["},
                {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":", "[{\"components\":"},
                {"", "<bom>"}};
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        StrBuf text = {0};
        Case c;
        strbuf_addz(&text, rows[row].begin);
        for (int i = 0; i < 300000; i++)
            strbuf_addz(&text, rows[row].again);
        case_start(&c);
        case_add(&c, "bomb", text.s, text.n);
        cr_expect(strncmp(case_codes(&c), "E0921", 5) == 0, "%s", case_codes(&c));
        case_end(&c);
        strbuf_free(&text);
    }
}

/* Every text of a document at once: quotes, ends of text blocks, line ends, direction marks, comments, and very much of it. */
Test(exchange, hostile_texts_are_defused)
{
    static const char evil[] = "x\\\" } software evil { \\\"\\\"\\\" // \\n /* \\u202e \\u0007 \\u2028 {a} \\\\";
    StrBuf text = {0};
    Case c;
    strbuf_addz(&text, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"type\":\"library\"");
    static const char *const members[] = {"bom-ref", "group", "name", "version", "purl", "publisher"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        strbuf_format(&text, ",\"%s\":\"%s\"", members[i], evil);
    strbuf_format(&text, ",\"licenses\":[{\"license\":{\"name\":\"%s\"}}]},{\"type\":\"library\",\"name\":\"", evil);
    for (int i = 0; i < 100000; i++)
        strbuf_addz(&text, "long \xF0\x9F\x92\x89");
    strbuf_format(&text, "\"}],\"vulnerabilities\":[{\"id\":\"%s\",\"description\":\"%s\",\"recommendation\":\"%s\",",
                  evil, evil, evil);
    strbuf_format(&text, "\"source\":{\"url\":\"%s\"},\"references\":[{\"id\":\"%s2\"}],", evil, evil);
    strbuf_format(&text, "\"ratings\":[{\"method\":\"CVSSv31\",\"vector\":\"%s\"}],", evil);
    strbuf_format(&text, "\"analysis\":{\"state\":\"exploitable\",\"detail\":\"%s\",\"response\":[\"%s\"]},", evil,
                  evil);
    strbuf_format(&text, "\"affects\":[{\"ref\":\"%s\"}]}]}", evil);
    case_start(&c);
    case_add(&c, "ev\"il\n.json", text.s, text.n);
    const char *out = case_write(&c, false);
    cr_expect_eq(c.diags.list.n, 1, "%s", case_codes(&c));
    cr_expect_eq(c.diags.list.at[0]->id, D_FOREIGN_LEFT_OUT, "a vector that the model would be refused for");
    expect_not_in(out, "cvss:");
    cr_expect_eq(c.counts.items, 2);
    cr_expect_eq(c.counts.vulnerabilities, 1);
    expect_in(
        out,
        "supplier: \"x\\\" } software evil { \\\"\\\"\\\" //   /* \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD {a} \\\\\"\n");
    expect_in(out, "  justification: \"x\\\" } software evil { \\\"\\\"\\\" // \\n /* ");
    expect_in(out, " [...]\"");
    expect_not_in(out, "#x");
    cr_expect_lt(c.out.n, 20000);
    strbuf_free(&text);
    case_end(&c);
}

/* ---- many ---- */

static void put_many(StrBuf *out, unsigned n)
{
    strbuf_addz(out, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[");
    for (unsigned i = 0; i < n; i++)
        strbuf_format(out,
                      "%s{\"type\":\"library\",\"bom-ref\":\"r%u\",\"name\":\"part-%u\",\"version\":\"%u.%u\","
                      "\"purl\":\"pkg:npm/part-%u@%u.%u\",\"licenses\":[{\"license\":{\"id\":\"MIT\"}}]}",
                      i ? "," : "", i, i % (n - 100), i % 7, i % 5, i % (n - 100), i % 7, i % 5);
    strbuf_addz(out, "],\"dependencies\":[");
    for (unsigned i = 0; i < n; i++)
        strbuf_format(out, "%s{\"ref\":\"r%u\",\"dependsOn\":[\"r%u\",\"r%u\"]}", i ? "," : "", i, i * 7 % n,
                      i * 13 % n);
    strbuf_addz(out, "],\"vulnerabilities\":[");
    for (unsigned i = 0; i < n / 10; i++)
        strbuf_format(out, "%s{\"id\":\"CVE-2026-%u\",\"affects\":[{\"ref\":\"r%u\"}]}", i ? "," : "", 10000 + i,
                      i * 3 % n);
    strbuf_addz(out, "]}");
}

Test(exchange, fifty_thousand_components, .timeout = 60)
{
    StrBuf text = {0};
    Case c;
    put_many(&text, 50000);
    case_start(&c);
    clock_t start = clock();
    case_add(&c, "many.json", text.s, text.n);
    NameTaken taken = {NULL, none};
    join_make(&c.joined, &c.bom, NULL, 0, false);
    names_give(&c.joined, &taken);
    bom_write(&c.joined, NULL, (Str){"", 0}, &c.out, &c.counts);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    join_free(&c.joined);
    cr_expect_eq(c.counts.items, 50000);
    cr_expect_eq(c.counts.vulnerabilities, 5000);
    cr_expect_eq(c.diags.list.n, 0);
    cr_expect_lt(seconds, 20, "%f s", seconds); /* about one second; far more would be no longer linear */
    case_end(&c);
    strbuf_free(&text);
}

/* Each of the vulnerabilities is about each version of one component. */
static void put_square(StrBuf *out, unsigned items, unsigned vulns)
{
    strbuf_addz(out, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[");
    for (unsigned i = 0; i < items; i++)
        strbuf_format(out, "%s{\"name\":\"a\",\"purl\":\"pkg:deb/a@%u\"}", i ? "," : "", i);
    strbuf_addz(out, "],\"vulnerabilities\":[");
    for (unsigned i = 0; i < vulns; i++)
        strbuf_format(out, "%s{\"id\":\"CVE-1-%u\",\"affects\":[{\"ref\":\"pkg:deb/a\"}]}", i ? "," : "", i);
    strbuf_addz(out, "]}");
}

Test(exchange, statements_without_end_are_refused, .timeout = 60)
{
    static const struct {
        unsigned items, vulns;
    } rows[] = {{LIMIT_IMPORT_PAIRS / 1000, 1000}, {LIMIT_IMPORT_PAIRS / 1000, 1001}};
    for (size_t i = 0; i < 2; i++) {
        StrBuf text = {0};
        Case c;
        put_square(&text, rows[i].items, rows[i].vulns);
        case_start(&c);
        case_add(&c, "square.json", text.s, text.n);
        join_make(&c.joined, &c.bom, NULL, 0, false);
        cr_expect_eq(c.diags.list.n, i);
        cr_expect_eq(c.joined.findings.n, i ? 0 : 1000);
        cr_expect(!i || c.diags.list.at[0]->id == D_FOREIGN_TOO_MANY);
        join_free(&c.joined);
        case_end(&c);
        strbuf_free(&text);
    }
}

/* ---- the program ---- */

static char *data_path(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, DATA "%s", name);
    char *real = realpath(path, NULL);
    cr_assert(real, "%s is not there", path);
    return real;
}

static void import(Cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void import(Cli *c, const char *format, ...)
{
    char words[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    run(c, words);
}

Test(exchange, a_module_is_written_and_compiles)
{
    char *bom = data_path("pump.cdx.json"), *kev = data_path("kev.json");
    Cli c = cli();
    import(&c, "import %s %s --searched -o sbom.cordon", bom, kev);
    expect_status(&c, EXIT_CLEAN);
    cr_expect_str_eq(
        c.err, "cordon: sbom.cordon: 7 software items, 2 vulnerabilities; items with open ones: 1, with exploited "
               "ones: 1; left out, since no software: 1\n");
    run(&c, "fmt --check sbom.cordon");
    expect_status(&c, EXIT_CLEAN);
    put_file("pump.cordon", "import sbom\nimport std.stride\nimport std.tech\nsystem Pump \"Pump\" {}\n"
                            "process App \"App\" { made_of: [openssl, mqtt_item, lodash_4_17_20] ; parses: [json] }\n"
                            "extend openssl { category: supported }\n");
    run(&c, "check pump.cordon --fail-on none");
    expect_status(&c, EXIT_CLEAN);
    expect_in(c.out, "E07@lodash_4_17_20");
    expect_in(c.out, "T15@openssl");
    /* Standard output, from standard input. */
    c.stdin_text = "SPDXVersion: SPDX-2.3\nPackageName: zlib\nSPDXID: SPDXRef-1\n";
    run(&c, "import - -q");
    expect_status(&c, EXIT_CLEAN);
    expect_in(c.out, "//   <stdin> (SPDX 2.3)\n");
    expect_in(c.out, "software zlib \"zlib\" {}\n");
    cr_expect_str_eq(c.err, "");
    cli_end(&c);
    free(bom);
    free(kev);
}

Test(exchange, bad_input_writes_nothing)
{
    char *bom = data_path("pump.cdx.json");
    Cli c = cli();
    put_file("sbom.cordon", "// as it was\n");
    put_file("bad.json", "{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.6\",\n  \"components\": 5\n}\n");
    import(&c, "import %s bad.json -o sbom.cordon", bom);
    expect_status(&c, EXIT_INVALID);
    expect_in(c.err, "error[E0922]: components should be a list\n --> bad.json:4:17\n");
    import(&c, "import %s gone.json -o sbom.cordon", bom);
    expect_status(&c, EXIT_USAGE);
    expect_in(c.err, "cannot read `gone.json`");
    import(&c, "import %s -o no/such/folder/sbom.cordon", bom);
    expect_status(&c, EXIT_USAGE);
    run(&c, "import");
    expect_status(&c, EXIT_USAGE);
    import(&c, "import %s --model gone.cordon -o sbom.cordon", bom);
    expect_status(&c, EXIT_USAGE);
    put_file("broken.cordon", "software {\n");
    import(&c, "import %s --model broken.cordon -o sbom.cordon", bom);
    expect_status(&c, EXIT_INVALID);
    expect_in(c.err, "broken.cordon:1");
    size_t n;
    char *text = read_whole("sbom.cordon", &n);
    cr_expect_str_eq(text, "// as it was\n");
    free(text);
    cli_end(&c);
    free(bom);
}

static const char items[] =
    "software Tls \"TLS library\" {\n  version: \"3.0.11\"\n  purl: \"pkg:deb/debian/openssl\"\n"
    "  category: supported\n}\n"
    "software zlib \"zlib\" {\n  version: \"1.3.1\"\n  known_vulnerabilities: [\"CVE-2014-0160\"]\n}\n"
    "software Other \"other\" { version: \"1\" }\n";

Test(exchange, a_model_keeps_what_it_states)
{
    char *bom = data_path("pump.cdx.json"), *vex = data_path("vex.cdx.json"), *kev = data_path("kev.json");
    Cli c = cli();
    put_file("items.cordon", items);
    put_file("pump.cordon", "import items\nimport sbom\nimport std.stride\nsystem Pump \"Pump\" {}\n"
                            "process App \"App\" { made_of: [Tls, zlib, mqtt_item] }\n"
                            "extend babel_core { supplier: \"Babel\" ; category: supported }\n");
    import(&c, "import %s %s %s --searched --model pump.cordon -o sbom.cordon", bom, vex, kev);
    expect_status(&c, EXIT_CLEAN);
    expect_in(c.err, "7 software items (5 new, 2 of the model)");
    expect_in(c.err, "warning[W0926]: `version` of `Tls` is `3.0.11` in the model and `3.0.13` in the documents\n"
                     " --> items.cordon:2:13\n");
    expect_in(c.err, "`known_vulnerabilities` of `zlib` is `CVE-2014-0160` in the model and `none` in the documents");
    size_t n;
    char *text = read_whole("sbom.cordon", &n);
    expect_in(text, "import items { Tls, zlib }\n");
    expect_in(text, "extend Tls {\n  supplier: \"Debian\"\n  licence: \"Apache-2.0\"\n"
                    "  known_vulnerabilities: [\"CVE-2023-0286\"]\n  known_exploited: false\n}\n");
    expect_in(text, "extend zlib {\n  known_exploited: true\n}\n"); /* the catalogue knows what the model states */
    expect_not_in(text, "software zlib");
    expect_not_in(text, "Other");
    expect_in(text, "  of: [Tls]\n");
    run(&c, "check pump.cordon --fail-on none");
    expect_status(&c, EXIT_CLEAN);
    /* Again, with the module in place: the same bytes. */
    import(&c, "import %s %s %s --searched --model pump.cordon -o sbom.cordon", kev, vex, bom);
    char *again = read_whole("sbom.cordon", &n);
    cr_expect_str_eq(again, text);
    free(text);
    free(again);
    cli_end(&c);
    free(bom);
    free(vex);
    free(kev);
}

Test(exchange, items_of_the_importing_file_would_be_a_circle)
{
    char *bom = data_path("pump.cdx.json");
    StrBuf model = {0};
    Cli c = cli();
    strbuf_format(&model, "import sbom\n%ssystem Pump \"Pump\" {}\n", items);
    put_file("pump.cordon", model.s);
    import(&c, "import %s --model pump.cordon -o sbom.cordon", bom);
    expect_status(&c, EXIT_INVALID);
    expect_in(c.err, "E0927");
    expect_in(c.err, "move the software items into a file of their own");
    cr_expect_neq(access("sbom.cordon", F_OK), 0);
    /* A file that does not import it can be extended: the module leads. */
    put_file("pump.cordon", model.s + strlen("import sbom\n"));
    import(&c, "import %s --model pump.cordon -o sbom.cordon", bom);
    expect_status(&c, EXIT_CLEAN);
    run(&c, "check sbom.cordon");
    expect_status(&c, EXIT_CLEAN);
    strbuf_free(&model);
    cli_end(&c);
    free(bom);
}

/* ---- rules about what is imported ---- */

Test(exchange, items_that_others_depend_on)
{
    expect_threats("software A { depends_on: [B] }\nsoftware B\nsoftware C\nprocess P { made_of: [C] }\n"
                   "rule R \"{s}\" {\n  for each software s\n  when some software on s\n  stride: tampering\n"
                   "  severity: low\n  message: \"m\"\n  fix: \"f\"\n}\n",
                   "R@B open\n");
}
