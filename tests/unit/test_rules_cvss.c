/* CVSS: base scores against a table of known ones, and what is refused. */
#include "rules/cvss.h"

#include <criterion/criterion.h>

Test(rules_cvss, known_scores)
{
    FILE *f = fopen("tests/unit/data/cvss31.csv", "r");
    cr_assert_not_null(f, "run from the top of the tree");
    char line[256];
    int rows = 0;
    cr_assert_not_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        char *comma = strchr(line, ',');
        cr_assert_not_null(comma);
        Cvss c = cvss_base((Str){line, (size_t)(comma - line)});
        char got[16];
        snprintf(got, sizeof got, "%.1f", c.score);
        comma[strcspn(comma, "\r\n")] = 0;
        cr_expect_str_eq(got, comma + 1, "%s: got %s", line, got);
        rows++;
    }
    fclose(f);
    cr_expect_gt(rows, 200);
}

static const struct {
    const char *vector;
    unsigned version;
} vectors[] = {
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 31},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:F/RL:X", 31},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 40},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Amber", 40},
    {"CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 0},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 0},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", 0},
    {"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 0},
    {"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 0},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", 0},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:", 0},
    {"CVSS:3.1/", 0},
    {"", 0},
};

Test(rules_cvss, syntax)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        Cvss c = cvss_base(str_from(vectors[i].vector));
        cr_expect_eq(c.version, vectors[i].version, "%s", vectors[i].vector);
        cr_expect_eq(c.problem.n == 0, c.version != 0, "%s", vectors[i].vector);
    }
}
