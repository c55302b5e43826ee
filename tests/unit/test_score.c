/* Scoring: every vector of the tables in tests/data exactly, what follows from the equations by hand, what is refused with its reason,
 * and what holds for all vectors. */
#include "score/score.h"

#include <criterion/criterion.h>

static Score score_z(const char *vector)
{
    return score_vector(str_from(vector));
}


/* ---- tables ---- */

/* Each row is a vector, its score and whatever else; the first one is a heading. */
static void expect_table(const char *path, int rows, ScoreMethod method)
{
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f, "run from the top of the tree");
    char line[400];
    int n = 0;
    cr_assert_not_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        char *comma = strchr(line, ','), band[16] = "";
        double wanted;
        cr_assert_not_null(comma);
        *comma = 0;
        cr_assert_geq(sscanf(comma + 1, "%lf,%15[A-Za-z]", &wanted, band), 1);
        Score s = score_z(line);
        cr_expect_eq(s.method, method, "%s: %s", line, s.problem);
        cr_expect(s.overall == wanted, "%s: %f and not %f", line, s.overall, wanted);
        cr_expect(!band[0] || strcmp(band, score_band_name(s.band)) == 0, "%s: %s", line, score_band_name(s.band));
        n++;
    }
    fclose(f);
    cr_expect_eq(n, rows, "%s: %d rows", path, n);
}

Test(score, tables)
{
    expect_table("tests/data/cvss31-base.csv", 288, SCORE_CVSS31);
    expect_table("tests/data/cvss40-base.csv", 106, SCORE_CVSS40);
    expect_table("tests/data/cvss40-macrovectors.csv", 270, SCORE_CVSS40);
}
