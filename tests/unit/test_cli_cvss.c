/* cordon cvss, by running the program: a line for each vector with the overall score last, what it says of bad input, and JSON. */
#include "cli.h"

#include <unistd.h>

/* Every vector of a table on standard input; the last word of each line of output is its score. */
static void expect_table(Cli *c, const char *table)
{
    StrBuf input = {0};
    char *line = strchr(table, '\n') + 1;
    for (char *at = line; *at; at = strchr(at, '\n') + 1)
        strbuf_format(&input, "%.*s\n", (int)strcspn(at, ","), at);
    c->stdin_text = input.s;
    run(c, "cvss -");
    expect_status(c, 0);
    cr_expect_str_eq(c->err, "");
    char *out = c->out;
    for (char *at = line; *at; at = strchr(at, '\n') + 1, out = strchr(out, '\n') + 1) {
        char *end = strchr(out, '\n'), *last = end;
        cr_assert(end, "a line is missing");
        while (last > out && last[-1] != '\t')
            last--;
        size_t n = strcspn(at, ",");
        cr_expect(strncmp(out, at, n) == 0 && out[n] == '\t', "%.*s", (int)(end - out), out);
        cr_expect(strtod(last, NULL) == strtod(at + n + 1, NULL), "%.*s", (int)(end - out), out);
    }
    cr_expect_str_eq(out, "");
    strbuf_free(&input);
}

Test(cli_cvss, every_vector_of_the_tables)
{
    static const char *const names[] = {"tests/data/cvss31-base.csv", "tests/data/cvss40-base.csv",
                                        "tests/data/cvss40-macrovectors.csv"};
    char *tables[3];
    size_t n;
    for (int i = 0; i < 3; i++)
        tables[i] = read_whole(names[i], &n);
    Cli c = cli();
    for (int i = 0; i < 3; i++) {
        expect_table(&c, tables[i]);
        free(tables[i]);
    }
    cli_end(&c);
}

#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V40 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
#define DREAD "DREAD/D:8/R:7/E:9/A:6/DI:8"
#define CWSS "(TI:H/AP:A/AL:A/IC:N/FC:T/RP:L/RL:A/AV:I/AS:N/IN:T/SC:A/BI:C/DI:H/EX:H/EC:N/P:NA)"
#define LINE31 \
    V31 "\tCVSS-3.1\tbase\tbase=9.8\ttemporal=-\tenvironmental=-\texploitability=3.9\timpact=5.9\tCritical\t9.8\n"
#define LINE40 \
    V40 "/E:U/S:P\tCVSS-4.0\tCVSS-BT\tmacro=000220\tbase=9.3\tthreat=8.1\tenvironmental=-\tcombined=-\tHigh\t8.1\n"
#define LINE_DREAD                                                                                                \
    DREAD "\tDREAD\tDREAD\tdamage=8.0\treproducibility=7.0\texploitability=9.0\taffected_users=6.0\tdiscoverabil" \
          "ity=8.0\tHigh\t7.6\n"
#define LINE_CWSS \
    CWSS "\tCWSS-1.0.1\tCWSS\tbase_finding=96.0\tattack_surface=0.965\tenvironmental=1.000\tCritical\t92.6\n"

Test(cli_cvss, a_line_for_each_vector)
{
    Cli c = cli();
    run(&c, "cvss " V31 " " V40 "/E:U/S:P " DREAD " " CWSS);
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, LINE31 LINE40 LINE_DREAD LINE_CWSS);
    run(&c, "cvss --format plain " V31);
    cr_expect_str_eq(c.out, LINE31);
    run(&c, "cvss --quiet " V31);
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, "");
    cli_end(&c);
}

Test(cli_cvss, lines_as_people_write_them)
{
    Cli c = cli();
    c.stdin_text = "\xEF\xBB\xBF# from a table\r\n\r\n  \t\n(" V31 ") \r\n\t" V40 "/E:U/S:P\n# no more\n" CWSS;
    run(&c, "cvss -");
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, LINE31 LINE40 LINE_CWSS);
    c.stdin_text = DREAD;
    run(&c, "cvss " V31 " - " CWSS);
    cr_expect_str_eq(c.out, LINE31 LINE_DREAD LINE_CWSS);
    c.stdin_text = "";
    run(&c, "cvss -");
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, "");
    cli_end(&c);
}

Test(cli_cvss, a_malformed_vector_does_not_stop_the_others)
{
    Cli c = cli();
    c.stdin_text = V31 "/E:Z\n\n" V31 "\n" V31 ",9.8\nCVSS:2.0/AV:N\n";
    run(&c, "cvss -");
    expect_status(&c, 2);
    cr_expect_str_eq(c.out, LINE31);
    expect_in(c.err, "cordon: line 1: E (Exploit code maturity) cannot be `Z`; it is X, H, F, P or U\n");
    expect_in(c.err, "cordon: line 4: A (Availability) cannot be `H,9.8`; it is H, L or N\n");
    expect_in(c.err, "cordon: line 5: `CVSS:2.0` is not how a vector begins");
    run(&c, "cvss " V31 " CVSS:4.0/AV:N " DREAD);
    expect_status(&c, 2);
    cr_expect_str_eq(c.out, LINE31 LINE_DREAD);
    expect_in(c.err, "cordon: argument 2: it lacks AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, which every vector gives\n");
    char *empty[] = {(char *)"cordon", (char *)"cvss", (char *)"", NULL};
    execute(&c, empty);
    expect_status(&c, 2);
    expect_in(c.err, "argument 1: it is empty");
    run(&c, "cvss -q x");
    expect_status(&c, 2);
    expect_in(c.err, "argument 1: `x`");
    run(&c, "cvss");
    expect_status(&c, 3);
    expect_in(c.err, "needs a vector");
    run(&c, "cvss --format sarif " V31);
    expect_status(&c, 3);
    cli_end(&c);
}

/* A line of a million characters, one just over the limit, one at it, and bytes that are no text. */
Test(cli_cvss, lines_that_are_no_vectors)
{
    enum { MANY = 1000000, LIMIT = 1000 };
    Cli c = cli();
    StrBuf input = {0};
    strbuf_addz(&input, "CVSS:3.1/");
    for (int i = 0; i < MANY; i++)
        strbuf_char(&input, 'A');
    strbuf_addz(&input, "\nCVSS:3.1/");
    for (int i = 9; i < LIMIT + 1; i++)
        strbuf_char(&input, 'A');
    strbuf_addz(&input, "\nCVSS:3.1/");
    for (int i = 9; i < LIMIT; i++)
        strbuf_char(&input, 'A');
    strbuf_addz(&input, "\nCVSS:3.1/\xFF\xC3:\x1B[2J\n" V31);
    c.stdin_text = input.s;
    run(&c, "cvss -");
    expect_status(&c, 2);
    cr_expect_str_eq(c.out, LINE31);
    expect_in(c.err, "line 1: it is too long for a vector\n");
    expect_in(c.err, "line 2: it is too long for a vector\n");
    expect_in(c.err, "line 3: `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA...` is not a metric");
    expect_in(c.err, "line 4: CVSS 3.1 has no metric `\\x{FF}\\x{C3}`");
    expect_not_in(c.err, "\x1B");
    c.stdin_text = input.s;
    run(&c, "cvss --format json -");
    expect_status(&c, 2);
    json_decref(cli_json(&c));
    strbuf_free(&input);
    cli_end(&c);
}

static json_t *vector_at(json_t *document, size_t i)
{
    return json_array_get(json_object_get(document, "vectors"), i);
}

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

Test(cli_cvss, json_tells_all)
{
    char *schema = realpath("grammar/schema/cvss.json", NULL), problem[SCHEMA_PROBLEM];
    Cli c = cli();
    c.stdin_text = "# four\n" V31 "/RL:X/E:P\n" V40 "/S:P\nCVSS:3.1/\xFF:N\n" CWSS "\n" DREAD "\n";
    run(&c, "cvss --format json -");
    expect_status(&c, 2);
    cr_expect_str_eq(c.err, "");
    json_t *v = cli_json(&c), *first = vector_at(v, 0), *second = vector_at(v, 1);
    cr_expect(schema_fits(schema, v, problem), "%s\n%s", problem, c.out);
    cr_expect_eq(json_array_size(json_object_get(v, "vectors")), 5);
    cr_expect_eq(json_integer_value(json_object_get(first, "line")), 2);
    cr_expect_str_eq(text_of(first, "vector"), V31 "/RL:X/E:P");
    cr_expect_str_eq(text_of(first, "canonical"), V31 "/E:P");
    cr_expect_str_eq(text_of(first, "nomenclature"), "temporal");
    cr_expect_str_eq(text_of(first, "severity"), "Critical");
    cr_expect(json_number_value(json_object_get(first, "score")) == 9.3);
    json_t *parts = json_object_get(first, "scores");
    cr_expect(json_is_null(json_object_get(json_array_get(parts, 2), "value")));
    cr_expect_float_eq(json_number_value(json_object_get(json_array_get(parts, 3), "value")), 3.887043, 1e-9);
    json_t *metrics = json_object_get(second, "metrics"), *safety = json_array_get(metrics, 11);
    cr_expect_eq(json_array_size(metrics), 12);
    cr_expect_str_eq(text_of(json_array_get(metrics, 0), "title"), "Attack vector");
    cr_expect_str_eq(text_of(json_array_get(metrics, 0), "value_title"), "Network");
    cr_expect_str_eq(text_of(safety, "title"), "Safety");
    cr_expect_str_eq(text_of(safety, "group"), "supplemental");
    cr_expect(json_is_false(json_object_get(safety, "scores")));
    cr_expect_str_eq(text_of(second, "macro_vector"), "000200");
    cr_expect_str_eq(text_of(vector_at(v, 2), "vector"), "CVSS:3.1/\\x{FF}:N");
    cr_expect(strstr(text_of(vector_at(v, 2), "problem"), "has no metric"));
    cr_expect_float_eq(json_number_value(json_object_get(vector_at(v, 3), "score_of_ten")), 9.26, 1e-9);
    cr_expect_eq(json_integer_value(json_object_get(vector_at(v, 3), "out_of")), 100);
    cr_expect_str_eq(text_of(vector_at(v, 4), "nomenclature"), "DREAD");
    json_decref(v);
    run(&c, "cvss --format json " V31);
    expect_status(&c, 0);
    v = cli_json(&c);
    cr_expect_eq(json_integer_value(json_object_get(vector_at(v, 0), "argument")), 1);
    cr_expect(schema_fits(schema, v, problem), "%s\n%s", problem, c.out);
    json_decref(v);
    free(schema);
    cli_end(&c);
}

/* A rule with a vector of 4.0 has a score and a severity, and so has a threat that people found. */
Test(cli_cvss, models_with_vectors_of_40)
{
    Cli c = cli();
    put_file("m.cordon",
             "rule R1 \"{a} is not known\" {\n  for each flow f from a to b\n  when f.authentication is none\n"
             "  stride: spoofing\n  cvss: \"" V40 "\"\n  message: \"m\"\n  fix: \"f\"\n}\n"
             "external A \"A\" #EX-01\nprocess B \"B\" #PR-01\n"
             "flow f \"F\" #FL-01 : A -> B { authentication: none; protocol: http }\n"
             "threat T \"Badge\" #TH-09 { at: [f]; stride: [spoofing]; cvss: \"" V40 "/E:U\" }\n");
    run(&c, "build m.cordon -o out");
    expect_status(&c, 0);
    size_t n;
    char *risks = read_whole("out/risks.csv", &n);
    expect_in(risks, "CVSS 4.0");
    expect_in(risks, "9.3");
    expect_in(risks, "8.1");
    expect_in(risks, "high");
    free(risks);
    run(&c, "explain R1 m.cordon");
    expect_in(c.out, "CVSS-B score 9.3");
    expect_in(c.out, "severity critical");
    cli_end(&c);
}
