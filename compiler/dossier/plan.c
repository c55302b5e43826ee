/* Plan and context: the product and its security context (IEC 81001-5-1, 7.1.2), what is in and out of scope, who answers for what,
 * states, assumptions, the rules that were applied and the records of the quality system. Requires a derived model. */
#include "dossier/dossier.h"

/* ---- the product ---- */

/* "Intended use" for intended_use. */
static Str label_of(Dossier *d, Str name)
{
    char *z = str_z(&d->arena, dossier_words(d, name));
    if (*z >= 'a' && *z <= 'z')
        *z = (char)(*z - 'a' + 'A');
    return (Str){z, name.n};
}

/* What need not be said: a product that is not placed on the market has no date, and the library has a policy. */
static bool may_lack(Str property)
{
    return str_eq(property, STR("released")) || str_eq(property, STR("risk_policy"));
}

/* Every property that the kind of the system adds to those of all things, in the order of its declaration. */
static void make_context(Dossier *d)
{
    static const Column columns[] = {{"aspect", "Aspect", COLUMN_TEXT, 24},
                                     {"statement", "What the model says", COLUMN_LIST, 70},
                                     {"meaning", "What is asked", COLUMN_TEXT, 50}};
    Table *t = table_begin(d, CHAPTER_PLAN, "context", "Product and security context",
                           "What the product is, what it is for, and the environment in which its security is judged.",
                           "The library knows no properties of a system.", TABLE_COLUMNS(columns));
    ObjId whole = report_system(d->r);
    KindId kind = whole ? model_obj(d->m, whole)->kind : role_kind(d->p, ROLE_SYSTEM);
    for (PropId i = 1; i < d->p->props.n; i++) {
        const Prop *prop = &d->p->props.at[i];
        if (!kind_is(d->p, kind, prop->owner) || prop->owner == role_kind(d->p, ROLE_THING))
            continue;
        Str name = sym_str(d->p->names, prop->name);
        row_begin(t, 0, name);
        row_text(t, label_of(d, name));
        if (!whole)
            row_missing(t, "the model declares no system", "declare `system NAME \"Title\" { ... }`");
        else if (may_lack(name))
            row_maybe(t, whole, str_z(&d->arena, name));
        else
            row_prop(t, whole, str_z(&d->arena, name));
        row_text(t, prop->title);
    }
}

/* ---- scope and method ---- */

static void make_scope(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 30},
                                     {"title", "Thing", COLUMN_TEXT, 30},
                                     {"kind", "Kind", COLUMN_TEXT, 20},
                                     {"out_of_scope", "Why it is not analysed", COLUMN_TEXT, 60}};
    static const Role roles[] = {ROLE_ELEMENT, ROLE_FLOW, ROLE_BOUNDARY};
    Table *t = table_begin(d, CHAPTER_PLAN, "scope", "Out of scope",
                           "What the analysis leaves out, and why. All else that the model declares is analysed.",
                           "Nothing is declared out of scope.", TABLE_COLUMNS(columns));
    for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
        ObjList all = objs_of_role(d->p, roles[k], &d->arena);
        for (uint32_t i = 0; i < all.n; i++) {
            ObjId o = all.at[i];
            if (obj_known(d->p, o, KNOWN_OUT_OF_SCOPE).tag != V_TEXT)
                continue;
            row_begin(t, 0, dossier_id(d, o));
            row_text(t, dossier_id(d, o));
            row_link(t, o);
            row_text(t, kind_title(d->p, o));
            row_own(t, o);
        }
    }
}

static void make_rule_packs(Dossier *d)
{
    static const Column columns[] = {{"pack", "Rules", COLUMN_TEXT, 30}, {"count", "Number", COLUMN_NUMBER, 10}};
    Table *t =
        table_begin(d, CHAPTER_PLAN, "rule_packs", "Rules applied",
                    "Each rule of these packs was tried on the whole model. The hash of the rules at the head of "
                    "this file names their exact text.",
                    "The model imports no rules: no threat was looked for.", TABLE_COLUMNS(columns));
    uint32_t n = rules_count(d->a->rules), found = 0;
    Str *names = NEWN(&d->arena, Str, n + 1);
    for (RuleId i = 1; i <= n; i++) {
        ObjId o = rule_info(d->a->rules, i)->obj;
        const Module *m = o && obj_is(d->p, o, ROLE_RULE) ? module_of(d->p, o) : NULL;
        if (m) /* the modules of one pack of the library count as one */
            names[found++] =
                m->library ? dossier_text(d, "std.%.*s", STR_FMT(m->short_name)) : sym_str(d->p->names, m->name);
    }
    if (found)
        qsort(names, found, sizeof *names, str_order);
    for (uint32_t i = 0, next; i < found; i = next) {
        for (next = i + 1; next < found && str_eq(names[next], names[i]);)
            next++;
        row_begin(t, 0, names[i]);
        row_text(t, names[i]);
        row_number(t, next - i);
    }
}

/* ---- people, states, assumptions ---- */

static void make_responsibilities(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 24},
                                     {"title", "Responsibility", COLUMN_TEXT, 30},
                                     {"person", "Person", COLUMN_TEXT | COLUMN_NEEDED, 20},
                                     {"duties", "Answers for", COLUMN_LIST | COLUMN_NEEDED, 40},
                                     {"competence", "Competence shown by", COLUMN_TEXT | COLUMN_NEEDED, 40}};
    Table *t = table_begin(d, CHAPTER_PLAN, "responsibilities", "Responsibilities",
                           "Who answers for a part of the work, and what shows that they can.",
                           "The model names nobody who answers for the work: declare `responsibility`.",
                           TABLE_COLUMNS(columns));
    rows_of_things(t, dossier_things(d, "responsibility"));
}

/* Whether a set of constants holds one. */
static bool has_const(const Dossier *d, ObjId o, const char *property, ConstId c)
{
    Value v = prop_value(d->p, o, property);
    const Value *member;
    Range set = value_members(d->m, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_CONST && member[i].a == c)
            return true;
    return false;
}

static void make_duties(Dossier *d)
{
    static const Column columns[] = {{"duty", "Duty", COLUMN_TEXT, 34}, {"held_by", "Held by", COLUMN_LIST, 50}};
    Table *t = table_begin(d, CHAPTER_PLAN, "duties", "Duties and who has them",
                           "The activities of the process, each with those who answer for it.",
                           "The library knows no duties.", TABLE_COLUMNS(columns));
    EnumId e = dossier_enum(d, "Duty");
    ObjList all = dossier_things(d, "responsibility");
    for (uint32_t i = 0; e && i < d->p->enums.at[e].n; i++) {
        ConstId duty = d->p->enums.at[e].first + i;
        row_begin(t, 0, const_name(d->p, duty));
        row_text(t, const_title(d->p, duty));
        row_cell(t);
        uint32_t before = t->items.n;
        for (uint32_t k = 0; k < all.n; k++)
            if (has_const(d, all.at[k], "duties", duty))
                item_link(t, all.at[k]);
        if (t->items.n == before)
            item_missing(
                t, "nobody",
                dossier_text(d, "declare a `responsibility` with duty `%.*s`", STR_FMT(const_name(d->p, duty))).s);
    }
}

static void make_states(Dossier *d)
{
    static const Column columns[] = {
        {"id", "Id", COLUMN_TEXT, 24},
        {"title", "State", COLUMN_TEXT, 28},
        {"sort", "Sort", COLUMN_TEXT, 18},
        {"concerns", "Elements", COLUMN_LIST, 30},
        {"security", "What is different for security", COLUMN_TEXT | COLUMN_NEEDED, 50},
        {"safety_impact", "What degraded security can do to safety", COLUMN_TEXT | COLUMN_NEEDED, 50}};
    Table *t = table_begin(d, CHAPTER_PLAN, "states", "Operating and clinical states",
                           "The states of the product and of the treatment; in each, security may mean something else.",
                           "The model declares no states.", TABLE_COLUMNS(columns));
    rows_of_things(t, dossier_things(d, "state"));
}

static void make_assumptions(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 24},
                                     {"title", "Assumption", COLUMN_TEXT, 50},
                                     {"about", "About", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"rationale", "Why it may be assumed", COLUMN_TEXT | COLUMN_NEEDED, 50},
                                     {"owner", "Owner", COLUMN_TEXT | COLUMN_NEEDED, 16},
                                     {"review_by", "Review by", COLUMN_DATE | COLUMN_NEEDED, 12},
                                     {"due", "Due", COLUMN_TEXT, 12},
                                     {"decisions", "Decisions that rest on it", COLUMN_LIST, 40}};
    Table *t = table_begin(d, CHAPTER_PLAN, "assumptions", "Assumptions",
                           "What the analysis relies on without proving it. A decision falls with its assumptions.",
                           "The model states no assumptions.", TABLE_COLUMNS(columns));
    ObjList all = objs_of_role(d->p, ROLE_ASSUMPTION, &d->arena);
    BackRefs users = {0};
    backrefs_add(d, objs_of_role(d->p, ROLE_DECISION, &d->arena), "relies_on", &users);
    backrefs_sort(&users);
    for (uint32_t i = 0; i < all.n; i++) {
        ObjId o = all.at[i];
        row_thing(t, o);
        for (unsigned k = 2; k < 6; k++)
            row_own(t, o);
        row_due(t, o, "review_by");
        row_cell(t);
        item_backrefs(t, &users, o);
    }
    vec_free(&users);
}

static void make_records(Dossier *d)
{
    static const Column columns[] = {{"id", "Id", COLUMN_TEXT, 24},
                                     {"title", "Record", COLUMN_TEXT, 34},
                                     {"clauses", "Clauses", COLUMN_LIST | COLUMN_NEEDED, 30},
                                     {"document", "Document", COLUMN_TEXT, 40},
                                     {"version", "Version", COLUMN_TEXT, 10},
                                     {"not_applicable", "Why the clauses do not apply", COLUMN_TEXT, 40},
                                     {"owner", "Owner", COLUMN_TEXT | COLUMN_NEEDED, 16}};
    Table *t = table_begin(d, CHAPTER_PLAN, "records", "Records of the quality system",
                           "Procedures, plans and records outside the model that answer clauses.",
                           "The model refers to no records of the quality system.", TABLE_COLUMNS(columns));
    rows_of_things(t, dossier_things(d, "record"));
}

void dossier_plan(Dossier *d)
{
    make_context(d);
    make_scope(d);
    make_rule_packs(d);
    make_responsibilities(d);
    make_duties(d);
    make_states(d);
    make_assumptions(d);
    make_records(d);
}
