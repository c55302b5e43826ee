/* What clauses and gate are held against: lists of clauses, records and gaps, read once. Requires the assessment; leaves an Evidence
 * whose lists are in the order in which they are shown. */
#include "dossier/evidence.h"

/* ---- texts ---- */

Texts evidence_texts(const Evidence *e, ObjId o, const char *property)
{
    const Value *member;
    Value v = prop_value(e->d->p, o, property);
    Range set = value_members(e->d->m, &v, &member);
    Texts t = {NEWN(&e->d->arena, Str, set.n + 1), set.n};
    for (uint32_t i = 0; i < set.n; i++)
        t.at[i] = value_text_of(e->d->m, member[i]);
    qsort(t.at, t.n, sizeof *t.at, str_order);
    return t;
}

bool clause_covers(Str broad, Str narrow)
{
    if (!broad.n || !str_starts(narrow, broad))
        return false;
    return narrow.n == broad.n || narrow.s[broad.n] == '.' || narrow.s[broad.n] == ' ';
}

/* ---- what is declared ---- */

/* A kind of the library by name, whatever the model calls its own. */
static KindId kind_called(const Program *p, const char *name)
{
    Sym sym = intern_find(p->names, str_from(name));
    for (KindId k = 1; sym && k < p->kinds.n; k++)
        if (p->kinds.at[k].name == sym && module_of(p, p->kinds.at[k].module)->library)
            return k;
    return 0;
}

static void find(const Evidence *e, const char *kind, ObjVec *out)
{
    KindId id = kind_called(e->d->p, kind);
    for (ObjId o = 1; id && o < e->d->m->objects.n; o++) {
        const Object *object = model_obj(e->d->m, o);
        if (!(object->flags & OBJ_BACKGROUND) && kind_is(e->d->p, object->kind, id))
            vec_push(out, o);
    }
}

/* A thing with the number that sorts it. */
typedef struct Placed {
    double place;
    Str name;
    ObjId obj;
} Placed;

static int placed_cmp(const void *x, const void *y)
{
    const Placed *a = x, *b = y;
    if (a->place < b->place || a->place > b->place)
        return a->place < b->place ? -1 : 1;
    int c = str_cmp(a->name, b->name);
    return c ? c : a->obj < b->obj ? -1 : a->obj > b->obj;
}

static void sort_by(const Evidence *e, const char *property, ObjVec *all)
{
    Placed *placed = NEWN(&e->d->arena, Placed, all->n + 1);
    for (uint32_t i = 0; i < all->n; i++) {
        double place = value_number(e->d->m, prop_value(e->d->p, all->at[i], property));
        placed[i] = (Placed){place, obj_name(e->d->p, all->at[i]), all->at[i]};
    }
    qsort(placed, all->n, sizeof *placed, placed_cmp);
    for (uint32_t i = 0; i < all->n; i++)
        all->at[i] = placed[i].obj;
}

/* Whether a list that stands instead of it is there. */
static bool is_replaced(const Evidence *e, ObjId list, const ObjVec *all)
{
    for (uint32_t i = 0; i < all->n; i++) {
        const Value *member;
        Value v = prop_value(e->d->p, all->at[i], "replaces");
        Range set = value_members(e->d->m, &v, &member);
        for (uint32_t k = 0; k < set.n; k++)
            if (member[k].a == list && all->at[i] != list)
                return true;
    }
    return false;
}

static void read_lists(Evidence *e)
{
    ObjVec all = {0}, clauses = {0};
    find(e, "clause_list", &all);
    find(e, "clause", &clauses);
    for (uint32_t i = 0; i < all.n; i++)
        if (!is_replaced(e, all.at[i], &all))
            vec_push(&e->lists, all.at[i]);
    sort_by(e, "place", &e->lists);
    for (uint32_t i = 0; i < e->lists.n; i++) {
        ObjId list = e->lists.at[i];
        Str standard = prop_text(e->d->p, list, "standard");
        for (uint32_t k = 0; k < clauses.n; k++) {
            if (model_obj(e->d->m, clauses.at[k])->parent != list)
                continue;
            Str number = prop_text(e->d->p, clauses.at[k], "number");
            Str cited = dossier_text(e->d, "%.*s%s%.*s", STR_FMT(standard), number.n ? " " : "", STR_FMT(number));
            vec_push(&e->clauses, (Clause){clauses.at[k], list, cited});
            map_put(&e->clause_of, clauses.at[k], e->clauses.n);
        }
    }
    vec_free(&all);
    vec_free(&clauses);
}

static void read_gate(Evidence *e)
{
    ObjVec items = {0};
    find(e, "gate_item", &items);
    sort_by(e, "number", &items);
    for (uint32_t i = 0; i < items.n; i++) {
        vec_push(&e->gate, (GateResult){.item = items.at[i]});
        map_put(&e->gate_of, items.at[i], e->gate.n);
    }
    vec_free(&items);
}

/* Rules that look for gaps, and what they found that nobody has decided about. */
static void read_gaps(Evidence *e)
{
    const Assessment *a = e->d->a;
    for (RuleId r = 1; r <= rules_count(a->rules); r++)
        if (finds_gaps(e->d->p, rule_info(a->rules, r)->obj))
            vec_push(&e->rules, rule_info(a->rules, r)->obj);
    for (uint32_t i = 0; i < a->gaps.n; i++)
        if (threat_pending(a, &a->gaps.at[i]))
            vec_push(&e->gaps, MAP_KEY(threat_source(a, &a->gaps.at[i]), i));
    backrefs_sort(&e->gaps);
}

void evidence_start(Evidence *e, Dossier *d)
{
    *e = (Evidence){.d = d};
    read_lists(e);
    read_gate(e);
    read_gaps(e);
    find(e, "record", &e->records);
    objects_sort(d->p, &e->records);
}

void evidence_end(Evidence *e)
{
    vec_free(&e->lists);
    vec_free(&e->records);
    vec_free(&e->clauses);
    vec_free(&e->gate);
    vec_free(&e->rules);
    vec_free(&e->gaps);
    map_free(&e->clause_of);
    map_free(&e->gate_of);
    map_free(&e->counts);
}

/* ---- reading ---- */

/* What a record says of a clause is said of what stands below it; a document for a part answers the whole too, but a part that does not
 * apply says nothing of the whole. */
static bool record_names(const Evidence *e, ObjId record, Str cited)
{
    bool applies = prop_text(e->d->p, record, "not_applicable").n == 0;
    Texts named = evidence_texts(e, record, "clauses");
    for (uint32_t i = 0; i < named.n; i++)
        if (clause_covers(named.at[i], cited) || (applies && clause_covers(cited, named.at[i])))
            return true;
    return false;
}

ObjId evidence_record(const Evidence *e, Str cited)
{
    ObjId first = 0;
    for (uint32_t i = 0; i < e->records.n; i++) {
        ObjId record = e->records.at[i];
        if (!record_names(e, record, cited))
            continue;
        if (prop_text(e->d->p, record, "not_applicable").n)
            return record;
        first = first ? first : record;
    }
    return first;
}

bool evidence_looked_at(const Evidence *e, ObjId o, Str *module)
{
    const Program *p = e->d->p;
    *module = prop_text(p, o, "looked_at_by");
    for (uint32_t i = 1; i < p->modules.n; i++)
        if (str_eq(sym_str(p->names, p->modules.at[i].name), *module))
            return true;
    return module->n == 0;
}

void evidence_unknown(const Evidence *e, ObjId o, const char *property, const char *what, Suggestion nearest)
{
    const Program *p = e->d->p;
    const PropVal *written = NULL;
    PropId id = kind_prop_z(p, model_obj(e->d->m, o)->kind, property);
    if (model_obj(e->d->m, o)->flags & OBJ_LIBRARY)
        return; /* nothing that its user can mend; a test sees to it */
    if (id)
        obj_value(p, o, id, &written);
    Span at = written ? value_place(p, o, written) : model_decl(e->d->m, o)->span;
    Diag *diag = diag_add(p->diags, D_UNKNOWN_EVIDENCE, at, what, str_z(&e->d->arena, nearest.wanted));
    if (nearest.best.n)
        diag_help(p->diags, diag, "did you mean `%.*s`?", STR_FMT(nearest.best));
}

const Table *evidence_table(const Evidence *e, ObjId o, const char *property, Str key)
{
    Suggestion nearest = suggest_start(key);
    for (uint32_t i = 0; i < e->d->tables.n; i++) {
        const Table *t = e->d->tables.at[i];
        if (str_eq(str_from(t->key), key))
            return t;
        suggest_offer(&nearest, str_from(t->key));
    }
    evidence_unknown(e, o, property, "table", nearest);
    return NULL;
}
