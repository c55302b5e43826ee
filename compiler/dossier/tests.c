/* Test plan: for each control the two tests of IEC 81001-5-1, 5.7.2, that it works and that it withstands attempts to thwart it, with
 * the threats it stands against and what to try, taken from the attack patterns that their rules name; and what to fuzz. What has been
 * tested is linked; the rest is said to be written yet. Requires the links of the threats. */
#include "dossier/dossier.h"
#include "program/stdlib.h"

enum { NAMED = 12, ATTACKS = 16 };

/* ---- what to try ---- */

/* The rules or threats behind what a control answers, each once. */
static void sources_of(const Dossier *d, ObjId control, ObjVec *out)
{
    uint32_t first, n = backrefs_of(&d->links.threats, control, &first);
    out->n = 0;
    for (uint32_t i = 0; i < n; i++)
        vec_push(out, threat_source(d->a, &d->a->threats.at[(uint32_t)d->links.threats.at[first + i]]));
    objs_tidy(d->p, out);
}

static int entry_cmp(const void *x, const void *y)
{
    const CatalogueEntry *const *a = x, *const *b = y;
    return strcmp((*a)->id, (*b)->id);
}

/* Attack patterns or techniques that the sources name: "CAPEC-94 Adversary in the Middle". */
static void put_attacks(Table *t, const ObjVec *sources, CatalogueName catalogue)
{
    const Dossier *d = t->dossier;
    const CatalogueEntry *found[256];
    uint32_t n = 0;
    StrBuf id = {0};
    for (uint32_t i = 0; i < sources->n; i++) {
        Value v = prop_value(d->p, sources->at[i], reference_kinds[catalogue].property);
        const Value *member;
        Range set = value_members(d->m, &v, &member);
        for (uint32_t k = 0; k < set.n && n < 256; k++) {
            id.n = 0;
            value_print(d->p, member[k], &id);
            const CatalogueEntry *e = catalogue_find(catalogue, strbuf_str(&id));
            if (e)
                found[n++] = e;
        }
    }
    strbuf_free(&id);
    qsort(found, n, sizeof *found, entry_cmp);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < n && shown < ATTACKS; i++) {
        if (i && found[i] == found[i - 1])
            continue;
        item_format(t, "%s%s %s", reference_kinds[catalogue].before, found[i]->id, catalogue_title(found[i]));
        shown++;
    }
}

/* ---- the two tests ---- */

/* Evidence of a control for one sort of test, and the worst of its results; UINT32_MAX if there is none. */
static uint32_t put_evidence(Table *t, ObjId control, ConstId sort)
{
    const Dossier *d = t->dossier;
    Range range = control_evidence(d->m, control);
    uint32_t worst = UINT32_MAX;
    row_cell(t);
    for (uint32_t i = 0; i < range.n; i++) {
        ObjId o = d->m->evidence.at[range.first + i];
        Value of = prop_value(d->p, o, "kind_of_test"), result = obj_known(d->p, o, KNOWN_RESULT);
        if (of.tag != V_CONST || of.a != sort)
            continue;
        uint32_t rank = result.tag == V_CONST ? d->p->consts.at[result.a].rank : 2;
        item_link(t, o);
        if (worst == UINT32_MAX || rank == 1 || (rank == 2 && worst == 0))
            worst = rank; /* a failure outweighs what is pending, and that a pass */
    }
    return worst;
}

static void put_result(Table *t, uint32_t worst)
{
    static const char *const words[] = {"passed", "failed", "pending"};
    static const Tone tones[] = {TONE_GOOD, TONE_BAD, TONE_POOR};
    if (worst < 3)
        row_level(t, str_from(words[worst]), tones[worst]);
    else
        row_missing(t, "to be written", "declare `evidence` with this `kind_of_test` inside the control");
}

/* Some of the threats that the control answers, in words. */
static void put_against(Table *t, ObjId control)
{
    Dossier *d = t->dossier;
    uint32_t first, n = backrefs_of(&d->links.threats, control, &first);
    StrBuf title = {0};
    row_cell(t);
    for (uint32_t i = 0; i < n && i < NAMED; i++) {
        uint32_t threat = (uint32_t)d->links.threats.at[first + i];
        title.n = 0;
        threat_title(d->a, &d->a->threats.at[threat], &title);
        item_row(t, MAP_KEY(ROW_THREAT, threat), str_copy(&d->arena, strbuf_str(&title)));
    }
    if (n > NAMED)
        item_format(t, "and %u more", n - NAMED);
    strbuf_free(&title);
}

static void put_test(Table *t, ObjId control, ConstId sort, const ObjVec *sources)
{
    Dossier *d = t->dossier;
    uint32_t rank = d->p->consts.at[sort].rank;
    Str name = const_name(d->p, sort), id = dossier_id(d, control);
    row_begin(t, MAP_KEY(ROW_TEST, control * 2 + (rank & 1)), dossier_text(d, "%.*s.%.*s", STR_FMT(id), STR_FMT(name)));
    row_text(t, vec_last(&t->rows).id);
    row_link(t, control);
    row_text(t, const_title(d->p, sort));
    row_cell(t);
    if (rank == 0)
        item_value(t, obj_known(d->p, control, KNOWN_IMPLEMENTS));
    else
        put_attacks(t, sources, CATALOGUE_CAPEC);
    if (rank)
        put_attacks(t, sources, CATALOGUE_ATTACK);
    row_counts(t, counts_of(d, &d->links.threats, control));
    put_against(t, control);
    row_cell(t);
    item_value(t, prop_value(d->p, control, "requirement"));
    put_result(t, put_evidence(t, control, sort));
}

static void make_tests(Dossier *d)
{
    static const Column columns[] = {{"id", "Test", COLUMN_TEXT, 28},
                                     {"control", "Of", COLUMN_TEXT, 34},
                                     {"sort", "Sort of test", COLUMN_TEXT, 20},
                                     {"try", "What to show, or what to try", COLUMN_LIST, 46},
                                     {"threats", "Threats the control answers", COLUMN_LIST, 20},
                                     {"against", "What they are", COLUMN_LIST, 46},
                                     {"requirements", "Requirements", COLUMN_LIST, 18},
                                     {"evidence", "Evidence", COLUMN_LIST, 34},
                                     {"result", "Result", COLUMN_TEXT, 14}};
    Table *t = table_begin(d, CHAPTER_TESTS, "tests", "Tests of mitigations",
                           "Two tests for each control: that it works as designed, and an attempt to thwart it.",
                           "The model declares no controls.", TABLE_COLUMNS(columns));
    EnumId e = dossier_enum(d, "TestKind");
    ObjList all = objs_of_role(d->p, ROLE_CONTROL, &d->arena);
    ObjVec sources = {0};
    for (uint32_t i = 0; i < all.n; i++) {
        sources_of(d, all.at[i], &sources);
        for (uint32_t k = 0; e && k < d->p->enums.at[e].n; k++)
            put_test(t, all.at[i], d->p->enums.at[e].first + k, &sources);
    }
    vec_free(&sources);
}

/* ---- fuzzing ---- */

static void put_target(Table *t, ObjId flow, ObjId target, ObjId from, const ObjVec *crossed)
{
    Dossier *d = t->dossier;
    Str id = dossier_id(d, flow), at = dossier_id(d, target);
    row_begin(t, 0, dossier_text(d, "%.*s>%.*s", STR_FMT(id), STR_FMT(at)));
    row_link(t, flow);
    row_link(t, from);
    row_link(t, target);
    row_prop(t, flow, "protocol");
    row_prop(t, target, "parses");
    row_prop(t, target, "language");
    row_prop(t, target, "memory_safe");
    row_prop(t, target, "input_validated");
    row_prop(t, flow, "carries");
    row_cell(t);
    item_links(t, crossed->at, crossed->n);
}

/* One target for each process that takes in what comes over a boundary or from outside. */
static void put_targets(Table *t, ObjId o, ObjVec *crossed)
{
    const Dossier *d = t->dossier;
    uint32_t index = model_obj(d->m, o)->index;
    const Flow *f = &d->m->flows.at[index];
    crossed->n = 0;
    half_leaves(d->m, index * 2, crossed);
    half_enters(d->m, index * 2, crossed);
    bool outside = crossed->n || obj_is(d->p, f->from, ROLE_EXTERNAL) || obj_is(d->p, f->to, ROLE_EXTERNAL);
    if (outside && obj_is(d->p, f->to, ROLE_PROCESS))
        put_target(t, o, f->to, f->from, crossed);
    if (outside && f->two_way && obj_is(d->p, f->from, ROLE_PROCESS))
        put_target(t, o, f->from, f->to, crossed);
}

static void make_targets(Dossier *d)
{
    static const Column columns[] = {{"interface", "Interface", COLUMN_TEXT, 30},
                                     {"from", "Fed by", COLUMN_TEXT, 26},
                                     {"target", "Target", COLUMN_TEXT, 26},
                                     {"protocol", "Protocol", COLUMN_TEXT, 18},
                                     {"parses", "Formats it takes apart", COLUMN_LIST, 26},
                                     {"language", "Language", COLUMN_TEXT, 12},
                                     {"memory_safe", "Memory-safe", COLUMN_TEXT, 10},
                                     {"input_validated", "Input validated", COLUMN_TEXT, 10},
                                     {"carries", "Data", COLUMN_LIST, 26},
                                     {"crosses", "Boundaries crossed", COLUMN_LIST, 26}};
    Table *t =
        table_begin(d, CHAPTER_TESTS, "fuzz_targets", "Targets for fuzzing",
                    "Each process that takes in what comes over a trust boundary or from an external entity, with the "
                    "protocol and the formats to malform.",
                    "No process takes in anything from outside.", TABLE_COLUMNS(columns));
    ObjList flows = objs_of_role(d->p, ROLE_FLOW, &d->arena);
    ObjVec crossed = {0};
    for (uint32_t i = 0; i < flows.n; i++)
        put_targets(t, flows.at[i], &crossed);
    vec_free(&crossed);
}

void dossier_tests(Dossier *d)
{
    make_tests(d);
    make_targets(d);
    dossier_scope(d);
}
