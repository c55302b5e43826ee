/* The safety chain as tables: hazards, hazardous situations and harms, each with what leads to it, the risks behind it, and its number
 * in the safety risk management file (ISO 14971). Requires risks. */
#include "dossier/dossier.h"
#include "risk/chain.h"

enum { NAMED = 12 };

typedef struct Safety {
    Dossier *d;
    Table *t;
    ChainIndex index;
    BackRefs risks;    /* (hazard, situation or harm, risk that leads there) */
    BackRefs creators; /* (hazard, control that can lead to it) */
    ChainSources sources;
} Safety;

/* Everything that each risk leads to. */
static void link_risks(Safety *s)
{
    const Dossier *d = s->d;
    Chain chain = {0};
    for (uint32_t i = 0; i < d->risks->n; i++) {
        const Risk *k = &d->risks->at[i];
        chain_forward(d->p, k->assets.at, k->assets.n, k->impacts, &chain);
        for (uint32_t n = 0; n < chain.steps.n; n++)
            vec_push(&s->risks, MAP_KEY(chain.steps.at[n].thing, i));
    }
    chain_free(&chain);
    backrefs_sort(&s->risks);
}

/* "Dose (Integrity)", for each loss that comes to the thing. */
static void put_sources(Safety *s, ObjId o)
{
    static const struct {
        unsigned objective;
        const char *loss;
    } losses[] = {
        {IMPACT_CONFIDENTIALITY, "disclosure"}, {IMPACT_INTEGRITY, "manipulation"}, {IMPACT_AVAILABILITY, "loss"}};
    const Program *p = s->d->p;
    s->sources.n = 0;
    chain_backward(p, &s->index, o, &s->sources);
    row_cell(s->t);
    for (uint32_t i = 0; i < s->sources.n; i++) {
        const ChainSource *from = &s->sources.at[i];
        for (size_t k = 0; k < sizeof losses / sizeof *losses; k++)
            if (from->objectives & losses[k].objective)
                item_row(s->t, MAP_KEY(ROW_THING, from->asset),
                         dossier_text(s->d, "%s of %.*s", losses[k].loss, STR_FMT(obj_title(p, from->asset))));
    }
}

static void put_risks(Safety *s, ObjId o)
{
    uint32_t first, n = backrefs_of(&s->risks, o, &first);
    row_cell(s->t);
    for (uint32_t i = 0; i < n && i < NAMED; i++)
        item_risk(s->t, (uint32_t)s->risks.at[first + i]);
    if (n > NAMED)
        item_format(s->t, "and %u more", n - NAMED);
}

static void put_severity(Table *t, ObjId o)
{
    const Dossier *d = t->dossier;
    Value v = prop_value(d->p, o, "severity");
    if (v.tag == V_CONST)
        row_level(t, const_title(d->p, v.a), dossier_tone(d, v.a));
    else
        row_prop(t, o, "severity");
}

static void make_hazards(Safety *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 16},
                                     {"title", "Hazard", COLUMN_TEXT, 36},
                                     {"sources", "Comes from", COLUMN_LIST, 40},
                                     {"creators", "Controls that can lead to it", COLUMN_LIST, 34},
                                     {"leads_to", "Leads to further hazards", COLUMN_LIST, 30},
                                     {"situations", "Hazardous situations", COLUMN_LIST, 34},
                                     {"situation", "How people are exposed", COLUMN_TEXT, 40},
                                     {"harm", "Harms", COLUMN_LIST, 30},
                                     {"ref", "Number in the safety file", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"risks", "Risks that lead to it", COLUMN_LIST, 44}};
    s->t = table_begin(
        s->d, CHAPTER_ASSESSMENT, "hazards", "Hazards",
        "Potential sources of harm that security can lead to, with what they come from and where they lead.",
        "The model declares no hazard.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(s->d->p, ROLE_HAZARD, &s->d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        row_thing(s->t, all.at[i]);
        put_sources(s, all.at[i]);
        row_backrefs(s->t, &s->creators, all.at[i]);
        for (unsigned k = 4; k < 9; k++)
            row_own(s->t, all.at[i]);
        put_risks(s, all.at[i]);
    }
}

static void make_situations(Safety *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 16},
                                     {"title", "Hazardous situation", COLUMN_TEXT, 40},
                                     {"sequence", "Events that lead to it", COLUMN_TEXT | COLUMN_NEEDED, 50},
                                     {"states", "States it can come up in", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"sources", "Comes from", COLUMN_LIST, 40},
                                     {"harm", "Harms", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"ref", "Number in the safety file", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"risks", "Risks that lead to it", COLUMN_LIST, 44}};
    s->t = table_begin(s->d, CHAPTER_ASSESSMENT, "situations", "Hazardous situations",
                       "How people, property or the environment come to be exposed to a hazard.",
                       "The model declares no hazardous situation.", TABLE_COLUMNS(columns));
    ObjList all = dossier_things(s->d, "situation");
    for (uint32_t i = 0; i < all.n; i++) {
        row_thing(s->t, all.at[i]);
        row_own(s->t, all.at[i]);
        row_own(s->t, all.at[i]);
        put_sources(s, all.at[i]);
        row_own(s->t, all.at[i]);
        row_own(s->t, all.at[i]);
        put_risks(s, all.at[i]);
    }
}

static void make_harms(Safety *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 16},
                                     {"title", "Harm", COLUMN_TEXT, 40},
                                     {"severity", "Severity", COLUMN_TEXT, 14},
                                     {"leads_to", "Leads to further harms", COLUMN_LIST, 30},
                                     {"sources", "Comes from", COLUMN_LIST, 44},
                                     {"ref", "Number in the safety file", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"risks", "Risks that lead to it", COLUMN_LIST, 50}};
    s->t = table_begin(s->d, CHAPTER_ASSESSMENT, "harms", "Harms, and the risks that lead to them",
                       "The same chain seen from its end: which losses and which risks come to each harm.",
                       "The model declares no harm.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(s->d->p, ROLE_HARM, &s->d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        row_thing(s->t, all.at[i]);
        put_severity(s->t, all.at[i]);
        row_own(s->t, all.at[i]);
        put_sources(s, all.at[i]);
        row_own(s->t, all.at[i]);
        put_risks(s, all.at[i]);
    }
}

void dossier_safety(Dossier *d)
{
    Safety s = {.d = d};
    chain_index(d->p, &s.index);
    link_risks(&s);
    backrefs_add(d, objs_of_role(d->p, ROLE_CONTROL, &d->arena), "creates", &s.creators);
    backrefs_sort(&s.creators);
    make_hazards(&s);
    make_situations(&s);
    make_harms(&s);
    chain_index_free(&s.index);
    vec_free(&s.risks);
    vec_free(&s.creators);
    vec_free(&s.sources);
}
