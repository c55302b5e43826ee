/* Threat model: what the system consists of, as IEC 81001-5-1, 7.2 a) to h) asks for it: flows of classified information, trust
 * boundaries, processes, stores, external entities, protocols, ports and board connections. Requires a derived model. */
#include "dossier/dossier.h"

static void make_views(Dossier *d)
{
    static const Column columns[] = {{"title", "Diagram", COLUMN_TEXT, 40}, {"file", "File", COLUMN_TEXT, 40}};
    Table *t =
        table_begin(d, CHAPTER_MODEL, "views", "Views of the system",
                    "Each was checked after layout: every element stands inside its own boundaries and no other.",
                    "No diagram was drawn.", TABLE_COLUMNS(columns));
    for (uint32_t i = 0; i < d->npictures; i++) {
        const DossierPicture *p = &d->pictures[i];
        row_begin(t, 0, str_from(p->file));
        row_text(t, p->title);
        row_cell(t);
        item_file(t, p->file, str_from(p->file));
    }
}

static void put_inside(Table *t, ObjId o)
{
    const ObjId *set;
    Range range = model_boundaries(t->dossier->m, o, &set);
    row_cell(t);
    item_links(t, set, range.n);
    if (!range.n && !obj_is(t->dossier->p, o, ROLE_EXTERNAL))
        item_missing(t, "in no trust boundary", "declare it inside a `boundary`");
}

static void put_counts(Table *t, ObjId o)
{
    row_cell(t);
    item_counts(t, &t->dossier->counts[o]);
}

/* The title of a kind that the compiler knows by its role: "Data store". */
static Str role_title(const Dossier *d, Role role)
{
    return d->p->kinds.at[role_kind(d->p, role)].title;
}

static void put_element(Table *t, ObjId o, Role role)
{
    const Dossier *d = t->dossier;
    row_thing(t, o);
    row_text(t, role_title(d, role));
    row_text(t, kind_title(d->p, o));
    put_inside(t, o);
    row_own(t, o);
    if (role == ROLE_PROCESS && !dossier_says(d, o, "made_of"))
        row_prop(t, o, "made_of");
    else
        row_own(t, o);
    for (unsigned k = 7; k < 10; k++)
        row_own(t, o);
    put_counts(t, o);
    row_own(t, o);
}

static void make_elements(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 30},
                                     {"title", "Element", COLUMN_TEXT, 30},
                                     {"sort", "Sort", COLUMN_TEXT, 16},
                                     {"kind", "Kind", COLUMN_TEXT, 20},
                                     {"inside", "Inside", COLUMN_LIST, 26},
                                     {"holds", "Holds", COLUMN_LIST, 26},
                                     {"made_of", "Made of", COLUMN_LIST, 26},
                                     {"safety_related", "Safety-related", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"physically_exposed", "Physically exposed", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"controls", "Controls", COLUMN_LIST, 30},
                                     {"threats", "Threats", COLUMN_LIST, 20},
                                     {"out_of_scope", "Out of scope because", COLUMN_TEXT, 24}};
    static const Role sorts[] = {ROLE_PROCESS, ROLE_STORE, ROLE_EXTERNAL};
    Table *t = table_begin(d, CHAPTER_MODEL, "elements", "Processes, stores and external entities",
                           "What data flows between: code that runs, places where data rests, and people and systems "
                           "outside the system's control.",
                           "The model has no elements.", TABLE_COLUMNS(columns));
    for (size_t s = 0; s < sizeof sorts / sizeof *sorts; s++) {
        ObjList all = objs_of_role(d->p, sorts[s], &d->arena);
        for (uint32_t i = 0; i < all.n; i++)
            put_element(t, all.at[i], sorts[s]);
    }
}

static void make_ports(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 30},
                                     {"title", "Port", COLUMN_TEXT, 28},
                                     {"kind", "Kind", COLUMN_TEXT, 20},
                                     {"part_of", "Part of", COLUMN_TEXT, 24},
                                     {"reach", "Can be reached", COLUMN_TEXT | COLUMN_NEEDED, 24},
                                     {"enabled_in", "Works in", COLUMN_LIST | COLUMN_NEEDED, 20},
                                     {"debug", "Debug access", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"protected", "Asks who uses it", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"tamper_evident", "Use leaves a trace", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"controls", "Controls", COLUMN_LIST, 30},
                                     {"threats", "Threats", COLUMN_LIST, 20}};
    Table *t =
        table_begin(d, CHAPTER_MODEL, "ports", "Ports and board connections",
                    "Connectors that can be reached from outside, behind covers and on circuit boards, with those "
                    "for debugging.",
                    "The model declares no ports.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_PORT, &d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        row_thing(t, o);
        row_text(t, kind_title(d->p, o));
        row_link(t, model_obj(d->m, o)->parent);
        for (unsigned k = 4; k < 10; k++)
            row_own(t, o);
        put_counts(t, o);
    }
}

/* ---- boundaries ---- */

/* The picture of a boundary, or NULL. */
static const DossierPicture *picture_of(const Dossier *d, ObjId o)
{
    for (uint32_t i = 0; i < d->npictures; i++)
        if (d->pictures[i].obj == o)
            return &d->pictures[i];
    return NULL;
}

static void make_boundaries(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 30},
                                     {"title", "Trust boundary", COLUMN_TEXT, 30},
                                     {"dimension", "Dimension", COLUMN_TEXT | COLUMN_NEEDED, 20},
                                     {"trust", "Trust", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                     {"inside", "Inside", COLUMN_LIST, 26},
                                     {"elements", "Elements in it", COLUMN_NUMBER, 10},
                                     {"crossing", "Flows across it", COLUMN_NUMBER, 10},
                                     {"access_restricted", "Access restricted", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"segmented", "Segmented", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"monitored", "Monitored", COLUMN_TEXT | COLUMN_NEEDED, 12},
                                     {"controls", "Controls", COLUMN_LIST, 30},
                                     {"diagram", "Diagram", COLUMN_TEXT, 30}};
    Table *t = table_begin(d, CHAPTER_MODEL, "boundaries", "Trust boundaries",
                           "Lines that separate levels of trust, with what guards them.",
                           "The model draws no trust boundary: no threat that depends on one can be found.",
                           TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_BOUNDARY, &d->arena);
    uint32_t *crossings = model_crossings(d->m, &d->arena);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        const DossierPicture *p = picture_of(d, o);
        const ObjId *set;
        Range range = model_boundaries(d->m, o, &set);
        row_thing(t, o);
        row_own(t, o);
        row_own(t, o);
        row_cell(t);
        for (uint32_t k = 0; k < range.n; k++)
            if (set[k] != o)
                item_link(t, set[k]);
        row_number(t, d->tally->size[o]);
        row_number(t, crossings[o]);
        for (unsigned k = 7; k < 11; k++)
            row_own(t, o);
        row_cell(t);
        if (p)
            item_file(t, p->file, p->title);
    }
}

/* ---- flows ---- */

static void put_end(Table *t, ObjId end, ObjId port)
{
    row_cell(t);
    item_link(t, end);
    if (port)
        item_link(t, port);
}

/* The classes of what a flow carries, each once, in the order of their enumeration. */
static void put_classes(Table *t, ObjId flow)
{
    const Dossier *d = t->dossier;
    EnumId e = dossier_enum(d, "DataClass");
    uint32_t n = e ? d->p->enums.at[e].n : 0, at = 0;
    uint64_t classes = 0;
    Value carries = obj_known(d->p, flow, KNOWN_CARRIES);
    const Value *data, *member;
    Range set = value_members(d->m, &carries, &data);
    bool unknown = false;
    for (uint32_t i = 0; i < set.n; i++) {
        Value v = prop_value(d->p, data[i].a, "classes");
        Range in = value_members(d->m, &v, &member);
        unknown |= v.tag == V_UNKNOWN;
        for (uint32_t k = 0; k < in.n; k++)
            if ((at = d->p->consts.at[member[k].a].rank) < 64)
                classes |= (uint64_t)1 << at;
    }
    row_cell(t);
    for (uint32_t i = 0; i < n && i < 64; i++)
        if (classes >> i & 1)
            item_str(t, const_title(d->p, d->p->enums.at[e].first + i));
    if (unknown || !set.n)
        item_missing(t, set.n ? "class of some data not known" : "not known: no data declared",
                     set.n ? "state `classes` of the data" : NULL);
}

static void put_flow(Table *t, ObjId o, ObjVec *crossed)
{
    Dossier *d = t->dossier;
    uint32_t index = model_obj(d->m, o)->index;
    const Flow *f = &d->m->flows.at[index];
    row_thing(t, o);
    row_number(t, d->tally->number[index]);
    put_end(t, f->from, flow_ports(d->m, f)->from);
    put_end(t, f->to, flow_ports(d->m, f)->to);
    row_z(t, f->two_way ? "both ways" : "one way");
    row_own(t, o);
    row_own(t, o);
    put_classes(t, o);
    row_own(t, o);
    row_own(t, o);
    crossed->n = 0;
    half_leaves(d->m, index * 2, crossed);
    half_enters(d->m, index * 2, crossed);
    row_cell(t);
    item_links(t, crossed->at, crossed->n);
    row_own(t, o);
    put_counts(t, o);
}

static void make_flows(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 30},
                                     {"title", "Flow", COLUMN_TEXT, 30},
                                     {"number", "No.", COLUMN_NUMBER, 6},
                                     {"from", "From", COLUMN_LIST, 24},
                                     {"to", "To", COLUMN_LIST, 24},
                                     {"direction", "Direction", COLUMN_TEXT, 10},
                                     {"initiator", "Opened by", COLUMN_TEXT, 20},
                                     {"carries", "Data", COLUMN_LIST | COLUMN_NEEDED, 26},
                                     {"classification", "Classification", COLUMN_LIST, 30},
                                     {"protocol", "Protocol", COLUMN_TEXT | COLUMN_NEEDED, 18},
                                     {"authentication", "Caller proves itself by", COLUMN_TEXT | COLUMN_NEEDED, 18},
                                     {"crosses", "Crosses", COLUMN_LIST, 26},
                                     {"controls", "Controls", COLUMN_LIST, 30},
                                     {"threats", "Threats", COLUMN_LIST, 20}};
    Table *t = table_begin(d, CHAPTER_MODEL, "flows", "Flows of information",
                           "Each flow with the data it carries, its classification, its protocol and the boundaries it "
                           "crosses. Numbers are those of the diagrams.",
                           "The model has no data flows.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_FLOW, &d->arena);
    ObjVec crossed = {0};
    for (uint32_t i = 0; i < all.n; i++)
        put_flow(t, all.at[i], &crossed);
    vec_free(&crossed);
}

/* ---- what is worth protecting ---- */

static void make_assets(Dossier *d)
{
    static const Column data[] = {{"id", "Id", COLUMN_TEXT, 26},
                                  {"title", "Data", COLUMN_TEXT, 30},
                                  {"classes", "Classes", COLUMN_LIST | COLUMN_NEEDED, 30},
                                  {"confidentiality", "Confidentiality", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                  {"integrity", "Integrity", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                  {"availability", "Availability", COLUMN_TEXT | COLUMN_NEEDED, 14},
                                  {"confidentiality_loss", "Disclosure leads to", COLUMN_LIST, 30},
                                  {"integrity_loss", "Manipulation leads to", COLUMN_LIST, 30},
                                  {"availability_loss", "Loss leads to", COLUMN_LIST, 30}};
    static const Column assets[] = {{"id", "Id", COLUMN_TEXT, 26},
                                    {"title", "Asset", COLUMN_TEXT, 30},
                                    {"realised_by", "Rests on", COLUMN_LIST | COLUMN_NEEDED, 30},
                                    {"confidentiality", "Confidentiality", COLUMN_TEXT, 14},
                                    {"integrity", "Integrity", COLUMN_TEXT, 14},
                                    {"availability", "Availability", COLUMN_TEXT, 14},
                                    {"confidentiality_loss", "Disclosure leads to", COLUMN_LIST, 30},
                                    {"integrity_loss", "Manipulation leads to", COLUMN_LIST, 30},
                                    {"availability_loss", "Loss leads to", COLUMN_LIST, 30}};
    rows_of_things(table_begin(d, CHAPTER_MODEL, "data", "Data",
                               "Information that flows and rests in the system, with what its loss would mean.",
                               "The model declares no data.", TABLE_COLUMNS(data)),
                   objs_of_role(d->p, ROLE_DATA, &d->arena));
    rows_of_things(table_begin(d, CHAPTER_MODEL, "assets", "Other assets",
                               "Functions, services and whatever else is of value, with what their loss would mean.",
                               "The model declares no assets besides data.", TABLE_COLUMNS(assets)),
                   objs_of_role(d->p, ROLE_ASSET, &d->arena));
}

void dossier_model(Dossier *d)
{
    make_views(d);
    make_boundaries(d);
    make_elements(d);
    make_ports(d);
    make_assets(d);
    make_flows(d);
}
