/* Control and verification: every measure with its place in the order of options (7.4), what it protects, the threats it answers and
 * what it brings with it; and the records of tests that show what it is worth. Requires the links of the threats. */
#include "dossier/dossier.h"

enum { NAMED = 20 };

static Tone level_tone(CapLevel level)
{
    switch (level) {
    case CAP_VERIFIED: return TONE_GOOD;
    case CAP_IMPLEMENTED: return TONE_FAIR;
    case CAP_PLANNED:
    case CAP_UNKNOWN: return TONE_POOR;
    case CAP_NO: break;
    }
    return TONE_BAD;
}

/* Options are preferred in the order of their enumeration: who takes another than the first says why. */
static void put_option_rationale(Table *t, ObjId o)
{
    const Dossier *d = t->dossier;
    Value v = prop_value(d->p, o, "measure");
    bool lower = v.tag == V_CONST && d->p->consts.at[v.a].rank > 0;
    if (lower)
        row_prop(t, o, "option_rationale");
    else
        row_maybe(t, o, "option_rationale");
}

/* Hazards that the control can lead to itself have to be assessed. */
static void put_safety_assessment(Table *t, ObjId o)
{
    const Dossier *d = t->dossier;
    Value creates = prop_value(d->p, o, "creates");
    const Value *member;
    if (value_members(d->m, &creates, &member).n)
        row_prop(t, o, "safety_assessment");
    else
        row_maybe(t, o, "safety_assessment");
}

static void put_protects(Table *t, ObjId o)
{
    const Dossier *d = t->dossier;
    uint32_t first, n = backrefs_of(&d->links.attached, o, &first);
    ObjVec things = {0};
    for (uint32_t i = 0; i < n; i++)
        vec_push(&things, (ObjId)d->links.attached.at[first + i]);
    row_cell(t);
    item_some(t, &things, NAMED);
    if (!n)
        item_missing(t, "attached to nothing", "name it in `controls` of what it protects");
    vec_free(&things);
}

static void put_control(Table *t, ObjId o)
{
    Dossier *d = t->dossier;
    CapLevel level = control_level(d->p, o);
    Counts counts = counts_of(d, &d->links.threats, o);
    row_thing(t, o);
    row_own(t, o);
    put_option_rationale(t, o);
    row_own(t, o);
    row_own(t, o);
    row_level(t, str_from(level_name(level)), level_tone(level));
    row_own(t, o);
    row_own(t, o);
    put_protects(t, o);
    row_cell(t);
    item_counts(t, &counts);
    for (unsigned k = 11; k < 14; k++)
        row_own(t, o);
    put_safety_assessment(t, o);
    row_own(t, o);
    row_own(t, o);
}

static void make_controls(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 26},
                                     {"title", "Control", COLUMN_TEXT, 36},
                                     {"measure", "Option", COLUMN_TEXT | COLUMN_NEEDED, 18},
                                     {"option_rationale", "Why no option of a higher order", COLUMN_TEXT, 36},
                                     {"layer", "Layer", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"status", "Status", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                     {"level", "Counts as", COLUMN_TEXT, 12},
                                     {"implements", "Gives", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"requirement", "Requirements", COLUMN_LIST | COLUMN_NEEDED, 18},
                                     {"protects", "Protects", COLUMN_LIST, 30},
                                     {"threats", "Threats it answers", COLUMN_LIST, 20},
                                     {"new_risks", "Check for new risks", COLUMN_TEXT | COLUMN_NEEDED, 36},
                                     {"affects_safety", "Can affect safety", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"creates", "Hazards it creates", COLUMN_LIST, 26},
                                     {"safety_assessment", "Their assessment", COLUMN_TEXT, 36},
                                     {"rationale", "Why it is appropriate", COLUMN_TEXT, 36},
                                     {"owner", "Owner", COLUMN_TEXT | COLUMN_NEEDED, 16}};
    Table *t =
        table_begin(d, CHAPTER_CONTROL, "controls", "Controls",
                    "Measures against threats, how far each has come and what it brings with it. A control counts "
                    "as verified only with evidence that passed, and closes nothing while it is planned.",
                    "The model declares no controls.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_CONTROL, &d->arena);
    for (uint32_t i = 0; i < all.n; i++)
        put_control(t, all.at[i]);
}

/* ---- verification ---- */

static void put_result(Table *t, ObjId o)
{
    static const Tone tones[] = {TONE_GOOD, TONE_BAD, TONE_POOR}; /* pass, fail, pending */
    const Dossier *d = t->dossier;
    Value v = obj_known(d->p, o, KNOWN_RESULT);
    uint32_t rank = v.tag == V_CONST ? d->p->consts.at[v.a].rank : 3;
    if (v.tag == V_CONST)
        row_level(t, const_title(d->p, v.a), rank < 3 ? tones[rank] : TONE_PLAIN);
    else
        row_prop(t, o, "result");
}

static void make_verification(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 26},
                                     {"title", "Evidence", COLUMN_TEXT, 40},
                                     {"control", "Of", COLUMN_TEXT, 30},
                                     {"kind_of_test", "Sort of test", COLUMN_TEXT | COLUMN_NEEDED, 20},
                                     {"ref", "Record", COLUMN_TEXT | COLUMN_NEEDED, 18},
                                     {"result", "Result", COLUMN_TEXT, 12},
                                     {"date", "Date", COLUMN_DATE | COLUMN_NEEDED, 12},
                                     {"tester", "Tester", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"independence", "Independence of the tester", COLUMN_TEXT | COLUMN_NEEDED, 22},
                                     {"links", "Documents", COLUMN_LIST, 24}};
    Table *t = table_begin(d, CHAPTER_CONTROL, "verification", "Verification records",
                           "Tests, reviews and analyses of controls: that they work, and attempts to thwart them.",
                           "There is no evidence for any control.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_EVIDENCE, &d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        row_thing(t, o);
        row_link(t, model_obj(d->m, o)->parent);
        row_own(t, o);
        row_own(t, o);
        put_result(t, o);
        for (unsigned k = 6; k < 10; k++)
            row_own(t, o);
    }
}

void dossier_controls(Dossier *d)
{
    make_controls(d);
    make_verification(d);
}
