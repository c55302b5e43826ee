/* Software items: what the manufacturer promises for each and which duties follow (IEC 81001-5-1, 4.3 and 6), the vulnerabilities
 * known, and what a change for the worse sets off. Requires the links of the threats. */
#include "dossier/dossier.h"
#include "risk/items.h"

enum { NAMED = 20 };

typedef struct Items {
    Dossier *d;
    ObjList all, duties, findings;
    BackRefs users; /* (item, element made of it) */
    BackRefs found; /* (item, vulnerability) */
    BackRefs told;  /* (thing, information for users about it) */
} Items;

/* The place of a constant that a property holds; UINT32_MAX if it holds none. */
static uint32_t rank_of(const Dossier *d, ObjId o, const char *property)
{
    Value v = prop_value(d->p, o, property);
    return v.tag == V_CONST ? d->p->consts.at[v.a].rank : UINT32_MAX;
}

/* ---- items ---- */

/* Categories are declared from the most that is promised to the least, and each includes the duties of those behind it. */
static bool has_duty(const Items *s, ObjId item, ObjId duty)
{
    uint32_t category = rank_of(s->d, item, "category");
    return category != UINT32_MAX && category <= rank_of(s->d, duty, "comes_with");
}

/* Whether one of the properties that can show it says something. */
static bool is_shown(const Items *s, ObjId item, ObjId duty)
{
    Dossier *d = s->d;
    Value v = prop_value(d->p, duty, "shown_by");
    const Value *member;
    Range set = value_members(d->m, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if (dossier_says(d, item, str_z(&d->arena, value_text_of(d->m, member[i]))))
            return true;
    return !set.n;
}

static const char *how_to_show(const Items *s, ObjId item, ObjId duty)
{
    Dossier *d = s->d;
    Value v = prop_value(d->p, duty, "shown_by");
    const Value *member;
    Range set = value_members(d->m, &v, &member);
    return set.n ? dossier_how(d, item, str_z(&d->arena, value_text_of(d->m, member[0]))) : NULL;
}

static void put_duties(const Items *s, Table *t, ObjId o)
{
    Dossier *d = s->d;
    row_cell(t);
    for (uint32_t i = 0; i < s->duties.n; i++) {
        ObjId duty = s->duties.at[i];
        if (!has_duty(s, o, duty))
            continue;
        Str clause = prop_text(d->p, duty, "clause"), title = obj_title(d->p, duty);
        if (is_shown(s, o, duty))
            item_format(t, "%.*s %.*s", STR_FMT(clause), STR_FMT(title));
        else
            item_missing(t, dossier_text(d, "%.*s %.*s: not shown", STR_FMT(clause), STR_FMT(title)).s,
                         how_to_show(s, o, duty));
    }
}

/* The vulnerabilities declared for it, and those that are only named. */
static void put_vulnerabilities(const Items *s, Table *t, ObjId o)
{
    Dossier *d = s->d;
    row_cell(t);
    uint32_t before = t->items.n;
    item_backrefs(t, &s->found, o);
    if (dossier_says(d, o, "known_vulnerabilities"))
        item_value(t, prop_value(d->p, o, "known_vulnerabilities"));
    else
        item_missing(t, "not searched for", dossier_how(d, o, "known_vulnerabilities"));
    if (t->items.n == before)
        item_z(t, "none known");
}

static void put_exploited(Table *t, ObjId o)
{
    Value v = prop_value(t->dossier->p, o, "known_exploited");
    if (v.tag == V_BOOL)
        row_level(t, v.a ? STR("yes") : STR("no"), v.a ? TONE_BAD : TONE_GOOD);
    else
        row_prop(t, o, "known_exploited");
}

/* 5.2.3: each item has an assessed risk, or it is said why there is none. */
static void put_risks(Table *t, ObjId o)
{
    Dossier *d = t->dossier;
    Counts c = counts_of(d, &d->links.of_thing, o);
    row_cell(t);
    uint32_t before = t->items.n;
    item_counts(t, &c);
    item_str(t, prop_text(d->p, o, "no_risk"));
    if (t->items.n == before)
        item_missing(t, "no risk assessed", dossier_how(d, o, "no_risk"));
}

static void put_item(const Items *s, Table *t, ObjId o)
{
    row_thing(t, o);
    for (unsigned k = 2; k < 6; k++)
        row_own(t, o);
    put_duties(s, t, o);
    row_own(t, o);
    row_due(t, o, "support_ends");
    row_own(t, o);
    row_own(t, o);
    put_vulnerabilities(s, t, o);
    put_exploited(t, o);
    put_risks(t, o);
    row_backrefs(t, &s->users, o);
    row_own(t, o);
    row_own(t, o);
    row_own(t, o);
}

static void make_items(const Items *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 26},
                                     {"title", "Software item", COLUMN_TEXT, 32},
                                     {"version", "Version", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                     {"supplier", "Supplier", COLUMN_TEXT | COLUMN_NEEDED, 20},
                                     {"category", "Category", COLUMN_TEXT | COLUMN_NEEDED, 20},
                                     {"category_rationale", "Why this category", COLUMN_TEXT, 30},
                                     {"duties", "Duties that follow", COLUMN_LIST, 40},
                                     {"support_ends", "Support ends", COLUMN_DATE, 12},
                                     {"due", "Due", COLUMN_TEXT, 10},
                                     {"updatable", "Can be replaced in the field", COLUMN_TEXT, 12},
                                     {"updates_told", "How users learn of updates", COLUMN_TEXT, 30},
                                     {"vulnerabilities", "Known vulnerabilities", COLUMN_LIST, 34},
                                     {"known_exploited", "One is exploited", COLUMN_TEXT, 12},
                                     {"risks", "Threats that come from it", COLUMN_LIST, 30},
                                     {"used_by", "Used by", COLUMN_LIST, 30},
                                     {"purl", "Package URL", COLUMN_TEXT, 30},
                                     {"licence", "Licence", COLUMN_TEXT, 14},
                                     {"controls", "Controls", COLUMN_LIST, 30}};
    Table *t =
        table_begin(s->d, CHAPTER_SOFTWARE, "software", "Software items",
                    "Everything that the elements are made of, with what is promised about it. A category brings its "
                    "own duties and those of the categories that promise less.",
                    "The model declares no software items.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < s->all.n; i++)
        put_item(s, t, s->all.at[i]);
}

/* ---- vulnerabilities ---- */

static Tone state_tone(const Dossier *d, ObjId o)
{
    Value v = prop_value(d->p, o, "state");
    Str state = v.tag == V_CONST ? const_name(d->p, v.a) : (Str){0};
    if (vulnerability_over(d->p, o))
        return TONE_GOOD;
    return str_eq(state, STR("exploitable")) ? TONE_BAD : TONE_POOR;
}

static void put_state(Table *t, ObjId o)
{
    Dossier *d = t->dossier;
    Value v = prop_value(d->p, o, "state");
    if (v.tag == V_CONST)
        row_level(t, const_title(d->p, v.a), state_tone(d, o));
    else
        row_prop(t, o, "state");
}

static void make_vulnerabilities(const Items *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 24},
                                     {"title", "Vulnerability", COLUMN_TEXT, 40},
                                     {"ref", "Number", COLUMN_TEXT | COLUMN_NEEDED, 18},
                                     {"of", "In", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"state", "Analysis", COLUMN_TEXT, 22},
                                     {"justification", "Why", COLUMN_TEXT | COLUMN_NEEDED, 40},
                                     {"response", "What is done", COLUMN_TEXT | COLUMN_NEEDED, 36},
                                     {"cvss", "CVSS vector", COLUMN_TEXT, 36},
                                     {"exploited", "Exploited in the field", COLUMN_TEXT, 12},
                                     {"known_since", "Known since", COLUMN_DATE, 12},
                                     {"fixed_in", "Version without it", COLUMN_TEXT, 14},
                                     {"cwe", "CWE", COLUMN_LIST, 10},
                                     {"source", "Known from", COLUMN_TEXT, 24}};
    Table *t = table_begin(s->d, CHAPTER_SOFTWARE, "vulnerabilities", "Known vulnerabilities",
                           "What is known of the software items, and what its analysis in this product came to.",
                           "The model declares no known vulnerability.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < s->findings.n; i++) {
        ObjId o = s->findings.at[i];
        row_thing(t, o);
        row_own(t, o);
        row_own(t, o);
        put_state(t, o);
        row_own(t, o);
        if (state_tone(s->d, o) == TONE_GOOD) /* nothing need be done */
            row_maybe(t, o, "response");
        else
            row_own(t, o);
        for (unsigned k = 7; k < sizeof columns / sizeof *columns; k++)
            row_own(t, o);
    }
}

/* ---- what follows from categories ---- */

/* Items whose category became a lesser promise. */
static void make_downgrades(const Items *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 26},
                                     {"item", "Software item", COLUMN_TEXT, 32},
                                     {"former_category", "Was", COLUMN_TEXT, 20},
                                     {"category", "Is", COLUMN_TEXT, 20},
                                     {"category_changed", "Since", COLUMN_DATE | COLUMN_NEEDED, 12},
                                     {"category_rationale", "Why", COLUMN_TEXT | COLUMN_NEEDED, 36},
                                     {"risks", "Risks to be evaluated again", COLUMN_LIST, 30},
                                     {"told", "What users are told", COLUMN_LIST, 36}};
    Table *t =
        table_begin(s->d, CHAPTER_SOFTWARE, "downgrades", "Promises that were lowered",
                    "Software items whose category promises less than before: their risks are evaluated again, and "
                    "what passes to users is told to them.",
                    "No software item promises less than before.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < s->all.n; i++) {
        ObjId o = s->all.at[i];
        uint32_t was = rank_of(s->d, o, "former_category"), is = rank_of(s->d, o, "category");
        if (was == UINT32_MAX || is == UINT32_MAX || is <= was)
            continue;
        row_begin(t, 0, dossier_id(s->d, o));
        row_text(t, vec_last(&t->rows).id);
        row_link(t, o);
        for (unsigned k = 2; k < 6; k++)
            row_own(t, o);
        row_counts(t, counts_of(s->d, &s->d->links.of_thing, o));
        row_backrefs(t, &s->told, o);
        if (vec_last(&t->cells) == t->items.n)
            item_missing(t, "users are not told", "declare `information` about the item");
    }
}

/* Who carries the risk of each item: for the accompanying documents. */
static void make_item_transfer(const Items *s)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 26},
                                     {"item", "Software item", COLUMN_TEXT, 32},
                                     {"version", "Version", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                     {"category", "Promise of the manufacturer", COLUMN_TEXT | COLUMN_NEEDED, 28},
                                     {"support_ends", "Until", COLUMN_DATE, 12},
                                     {"updates_told", "How users learn of updates", COLUMN_TEXT, 36},
                                     {"told", "Where it is said", COLUMN_LIST, 36}};
    Table *t =
        table_begin(s->d, CHAPTER_TRANSFER, "item_transfer", "Transfer of risk by software item",
                    "What the manufacturer takes care of for each software item, and what passes to those who operate "
                    "the product. A part of the accompanying documents.",
                    "The model declares no software items.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < s->all.n; i++) {
        ObjId o = s->all.at[i];
        row_begin(t, 0, dossier_id(s->d, o));
        row_text(t, vec_last(&t->rows).id);
        row_link(t, o);
        for (unsigned k = 2; k < 6; k++)
            row_own(t, o);
        row_backrefs(t, &s->told, o);
    }
}

/* In the order of their clauses. */
static void sort_duties(Items *s)
{
    const Program *p = s->d->p;
    for (uint32_t i = 1; i < s->duties.n; i++) {
        ObjId o = s->duties.at[i];
        uint32_t k = i;
        for (; k > 0 && str_cmp(prop_text(p, s->duties.at[k - 1], "clause"), prop_text(p, o, "clause")) > 0; k--)
            s->duties.at[k] = s->duties.at[k - 1];
        s->duties.at[k] = o;
    }
}

static void items_start(Items *s, Dossier *d)
{
    *s = (Items){.d = d};
    s->all = objs_of_role(d->p, ROLE_SOFTWARE, &d->arena);
    s->duties = dossier_declared(d, "support_duty");
    sort_duties(s);
    s->findings = dossier_things(d, "vulnerability");
    backrefs_add(d, objs_of_role(d->p, ROLE_ELEMENT, &d->arena), "made_of", &s->users);
    backrefs_add(d, s->findings, "of", &s->found);
    backrefs_add(d, dossier_things(d, "information"), "about", &s->told);
    backrefs_sort(&s->users);
    backrefs_sort(&s->found);
    backrefs_sort(&s->told);
}

static void items_end(Items *s)
{
    vec_free(&s->users);
    vec_free(&s->found);
    vec_free(&s->told);
}

void dossier_software(Dossier *d)
{
    Items s;
    items_start(&s, d);
    make_items(&s);
    make_vulnerabilities(&s);
    make_downgrades(&s);
    items_end(&s);
}

void dossier_item_transfer(Dossier *d)
{
    Items s;
    items_start(&s, d);
    make_item_transfer(&s);
    items_end(&s);
}
