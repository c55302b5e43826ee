/* Reading the model: values, names, order. Requires: bound. Changes nothing but the ranks. */
#include "program/build.h"

PropId kind_prop(const Program *p, KindId kind, Sym name)
{
    for (KindId k = kind; k; k = p->kinds.at[k].parent) {
        PropId prop = map_get(&p->prop_map, MAP_KEY(k, name));
        if (prop)
            return prop;
    }
    return 0;
}

KindId library_kind(const Program *p, const char *name)
{
    Sym sym = intern_find(p->names, str_from(name));
    for (KindId k = 1; sym && k < p->kinds.n; k++) {
        const Module *m = p->kinds.at[k].name == sym ? module_of(p, p->kinds.at[k].module) : NULL;
        if (m && m->library)
            return k;
    }
    return 0;
}

PropId kind_prop_z(const Program *p, KindId kind, const char *name)
{
    Sym sym = intern_find(p->names, str_from(name));
    return sym ? kind_prop(p, kind, sym) : 0;
}

/* The nearest refinement of the property from the kind upwards that gives what is asked. */
static const Refinement *refined(const Program *p, KindId kind, PropId prop, bool preset)
{
    KindId owner = p->props.at[prop].owner;
    for (KindId k = kind; k && k != owner && p->refinements.n > 1; k = p->kinds.at[k].parent) {
        const Refinement *r = &p->refinements.at[map_get(&p->refine_map, MAP_KEY(k, prop))];
        if (preset ? r->has_preset : r->has_type)
            return r;
    }
    return NULL;
}

Value kind_preset(const Program *p, KindId kind, PropId prop)
{
    const Refinement *r = refined(p, kind, prop, true);
    return r ? r->preset : p->props.at[prop].preset;
}

Type prop_type(const Program *p, KindId kind, PropId prop)
{
    const Refinement *r = refined(p, kind, prop, false);
    return r ? r->type : p->props.at[prop].type;
}

Value obj_value(const Program *p, ObjId o, PropId prop, const PropVal **written)
{
    const Object *obj = obj_bound(p, o);
    const PropVal *v = p->model.props.at + obj->props;
    if (written)
        *written = NULL;
    for (uint32_t i = 0; i < obj->nprops && v[i].prop <= prop; i++)
        if (v[i].prop == prop) {
            if (written)
                *written = &v[i];
            return said_value(&v[i]);
        }
    if (!prop || !kind_is(p, obj->kind, p->props.at[prop].owner))
        return (Value){V_ABSENT, 0};
    return kind_preset(p, obj->kind, prop);
}

static const Tree *tree_of_file(const Program *p, FileId file)
{
    return &p->modules.at[p->module_of.at[file]].tree;
}

Span value_place(const Program *p, ObjId o, const PropVal *written)
{
    const Model *m = &p->model;
    if (!written)
        return (Span){0};
    uint32_t i = (uint32_t)(written - m->props.at);
    FileId file = map_get(&m->elsewhere, i);
    return node_span(tree_of_file(p, file ? file : model_decl(m, o)->span.file), m->places.at[i]);
}

void value_places_foresee(const Program *p, ObjId o)
{
    const Model *m = &p->model;
    const Object *obj = model_obj(m, o);
    if (obj->nprops == 0)
        return;
    enum { NEAR = 4 }; /* nodes that mostly come together */
    const Tree *tree = tree_of_file(p, model_decl(m, o)->span.file);
    for (uint32_t i = 0, last = 0; i < obj->nprops; i++) {
        NodeId node = m->places.at[obj->props + i];
        if (node - last < NEAR || node >= tree->nodes.n) /* fetched, or in another file */
            continue;
        __builtin_prefetch(&tree->nodes.at[node]);
        last = node;
    }
}

Value obj_known(const Program *p, ObjId o, Known k)
{
    return obj_value(p, o, p->known[k], NULL);
}

Value prop_value(const Program *p, ObjId o, const char *name)
{
    PropId prop = o ? kind_prop_z(p, model_obj(&p->model, o)->kind, name) : 0;
    return prop ? obj_value(p, o, prop, NULL) : (Value){0};
}

Value prop_said(const Program *p, ObjId o, const char *name, Span *place)
{
    PropId prop = kind_prop_z(p, model_obj(&p->model, o)->kind, name);
    const PropVal *written = NULL;
    Value v = prop ? obj_value(p, o, prop, &written) : (Value){0};
    *place = written ? value_place(p, o, written) : model_decl(&p->model, o)->span;
    return v;
}

Str prop_text(const Program *p, ObjId o, const char *name)
{
    return value_text_of(&p->model, prop_value(p, o, name));
}

Range value_members(const Model *m, const Value *v, const Value **members)
{
    switch (v->tag & VALUE_TAG) {
    case V_ABSENT:
    case V_UNKNOWN: *members = NULL; return (Range){0, 0};
    case V_SET: *members = m->set_values.at + m->sets.at[v->a].first; return m->sets.at[v->a];
    default: *members = v; return (Range){0, 1};
    }
}

void refs_add(const Program *p, Value v, ObjVec *out)
{
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    for (uint32_t i = 0; i < set.n; i++)
        if ((member[i].tag & VALUE_TAG) == V_REF && member[i].a)
            vec_push(out, member[i].a);
}

bool obj_lists(const Program *p, ObjId o, Known list, ObjId thing)
{
    Value v = obj_known(p, o, list);
    const Value *at;
    Range r = value_members(&p->model, &v, &at);
    for (uint32_t i = 0; i < r.n; i++)
        if (at[i].tag == V_REF && at[i].a == thing)
            return true;
    return false;
}

Str value_text_of(const Model *m, Value v)
{
    return v.tag == V_TEXT ? m->texts.at[v.a] : (Str){"", 0};
}

double value_number(const Model *m, Value v)
{
    return v.tag == V_NUMBER ? m->numbers.at[v.a] : 0;
}

/* The civil date of a day count. Method: years of 365.2425 days counted from a first of March. */
void date_print(int64_t days, StrBuf *out)
{
    int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    strbuf_format(out, "%04d-%02d-%02d", (int)(yoe + era * 400 + (month <= 2)), (int)month, (int)day);
}

void value_print(const Program *p, Value v, StrBuf *out)
{
    const Model *m = &p->model;
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT: strbuf_addz(out, "not given"); break;
    case V_UNKNOWN: strbuf_addz(out, "unknown"); break;
    case V_BOOL: strbuf_addz(out, v.a ? "true" : "false"); break;
    case V_NUMBER: strbuf_format(out, "%.15g", m->numbers.at[v.a]); break;
    case V_DATE: date_print(v.a, out); break;
    case V_TEXT: strbuf_add(out, m->texts.at[v.a]); break;
    case V_PERSON:
        strbuf_char(out, '@');
        strbuf_add(out, sym_str(p->names, v.a));
        break;
    case V_CONST: strbuf_add(out, sym_str(p->names, p->consts.at[v.a].name)); break;
    case V_REF:
        if (v.a)
            obj_path(p, v.a, out);
        strbuf_addz(out, v.tag & VALUE_STAR ? ".*" : v.tag & VALUE_STAR_STAR ? v.a ? ".**" : "*" : "");
        break;
    case V_SET: {
        Range r = m->sets.at[v.a];
        for (uint32_t i = 0; i < r.n; i++) {
            strbuf_addz(out, i ? ", " : "");
            value_print(p, m->set_values.at[r.first + i], out);
        }
        break;
    }
    }
}

Str obj_name(const Program *p, ObjId o)
{
    Sym name = model_obj(&p->model, o)->name;
    return sym_str(p->names, name ? name : model_decl(&p->model, o)->hash_id);
}

Str obj_title(const Program *p, ObjId o)
{
    uint32_t title = model_decl(&p->model, o)->title;
    return title ? p->model.texts.at[title] : obj_name(p, o);
}

/* A run of comments is one text. */
Str obj_doc(const Program *p, ObjId o, Arena *a)
{
    const Decl *decl = model_decl(&p->model, o);
    if (!decl->doc)
        return (Str){"", 0};
    const Tree *t = tree_of_file(p, decl->span.file);
    uint32_t i = decl->doc - 1, target = t->comments.at[i].target;
    StrBuf text = {0};
    for (; i < t->comments.n && t->comments.at[i].target == target; i++) {
        const Comment *c = &t->comments.at[i];
        if (!c->doc || !c->own_line)
            continue;
        Str line = source_text(p->sources, (Span){c->lo + 3, c->hi, t->file});
        if (line.n && line.s[0] == ' ')
            line = str_slice(line, 1, line.n);
        if (text.n)
            strbuf_char(&text, '\n');
        strbuf_add(&text, line);
    }
    Str r = str_copy(a, strbuf_str(&text));
    strbuf_free(&text);
    return r;
}

static void build_path(const Program *p, ObjId o, StrBuf *out)
{
    ObjId chain[LIMIT_NESTING + LIMIT_TEMPLATE_DEPTH + 8];
    uint32_t n = 0;
    for (; o && !(model_obj(&p->model, o)->flags & OBJ_MODULE) && n < sizeof chain / sizeof *chain;
         o = model_obj(&p->model, o)->parent)
        if (model_obj(&p->model, o)->name || model_decl(&p->model, o)->hash_id)
            chain[n++] = o;
    while (n-- > 0) {
        strbuf_add(out, obj_name(p, chain[n]));
        if (n)
            strbuf_char(out, '.');
    }
}

static void path_below(const Program *p, ObjId o, PathCache *cache, StrBuf *out)
{
    ObjId parent = model_obj(&p->model, o)->parent;
    if (cache->parent != parent) {
        cache->parent = parent;
        cache->path.n = 0;
        build_path(p, parent, &cache->path);
    }
    strbuf_add(out, strbuf_str(&cache->path));
    Str name = obj_name(p, o);
    if (cache->path.n && name.n)
        strbuf_char(out, '.');
    strbuf_add(out, name);
}

static void path_print(const Program *p, ObjId o, PathCache *cache, StrBuf *out)
{
    ObjId parent = o ? model_obj(&p->model, o)->parent : 0;
    if (!parent)
        return; /* a module */
    if (model_obj(&p->model, parent)->flags & OBJ_MODULE)
        strbuf_add(out, obj_name(p, o));
    else
        path_below(p, o, cache, out);
}

static bool is_ascii(Str s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++)
        all |= (unsigned char)s.s[i];
    return all < 0x80;
}

/* Behind the path of its parent, which is mostly at hand too. */
static bool fill_slot(const Program *p, ObjId o, PathSlot *slot)
{
    const Object *obj = model_obj(&p->model, o);
    const PathSlot *parent = obj_recent_path(&p->model, obj->parent); /* of a module it is empty */
    bool top = !parent && (!obj->parent || model_obj(&p->model, obj->parent)->flags & OBJ_MODULE);
    if (!parent && !top)
        parent = obj_short_path(p, obj->parent);
    Str name = obj->parent ? obj_name(p, o) : (Str){"", 0};
    size_t n = parent ? parent->n : 0, dot = n && name.n;
    if ((!top && !parent) || n + dot + name.n > PATH_SHORT)
        return false;
    if (parent)
        memmove(slot->text, parent->text, n); /* it may have stood in the same slot */
    slot->ascii = (!parent || parent->ascii) && is_ascii(name);
    if (dot)
        slot->text[n] = '.';
    if (name.n)
        memcpy(slot->text + n + dot, name.s, name.n);
    slot->n = (uint16_t)(n + dot + name.n);
    slot->id = !model_decl(&p->model, o)->hash_id;
    slot->obj = o;
    return true;
}

const PathSlot *obj_short_path(const Program *p, ObjId o)
{
    Model *m = &((Program *)(uintptr_t)p)->model; /* a cache: paths read the same without it */
    if (!m->paths.slots)
        m->paths.slots = NEWN(&m->arena, PathSlot, PATH_SLOTS);
    PathSlot *slot = &m->paths.slots[o % PATH_SLOTS];
    return slot->obj == o || fill_slot(p, o, slot) ? slot : NULL;
}

/* All bytes of a slot are copied, whatever counts of them: a copy of a known length is a few instructions. */
static void add_slot(const PathSlot *slot, StrBuf *out)
{
    if (out->cap - out->n <= PATH_SHORT)
        strbuf_reserve(out, PATH_SHORT);
    memcpy(out->s + out->n, slot->text, PATH_SHORT);
    out->n += slot->n;
    out->s[out->n] = 0;
}

void obj_path(const Program *p, ObjId o, StrBuf *out)
{
    const PathSlot *slot = obj_short_path(p, o);
    if (slot)
        add_slot(slot, out);
    else
        path_print(p, o, &((Program *)(uintptr_t)p)->model.paths, out);
}

void obj_id(const Program *p, ObjId o, StrBuf *out)
{
    const PathSlot *slot = obj_recent_path(&p->model, o);
    if (slot && slot->id) {
        add_slot(slot, out);
        return;
    }
    Sym id = model_decl(&p->model, o)->hash_id;
    if (id)
        strbuf_add(out, sym_str(p->names, id));
    else
        obj_path(p, o, out);
}

/* ---- order ---- */

static Str sort_name(const Program *p, ObjId o)
{
    Sym id = model_decl(&p->model, o)->hash_id;
    return sym_str(p->names, id ? id : model_obj(&p->model, o)->name);
}

static uint32_t depth_of(const Model *m, ObjId o)
{
    uint32_t d = 0;
    while ((o = model_obj(m, o)->parent))
        d++;
    return d;
}

int obj_order(const Program *p, ObjId a, ObjId b)
{
    const Model *m = &p->model;
    if (a == b)
        return 0;
    if (!a || !b)
        return a ? 1 : -1;
    if (m->rank.n == m->objects.n)
        return m->rank.at[a] < m->rank.at[b] ? -1 : 1;
    uint32_t da = depth_of(m, a), db = depth_of(m, b), deep_a = da, deep_b = db;
    while (deep_a > deep_b)
        a = model_obj(m, a)->parent, deep_a--;
    while (deep_b > deep_a)
        b = model_obj(m, b)->parent, deep_b--;
    if (a == b)
        return da < db ? -1 : 1; /* what encloses comes first */
    while (model_obj(m, a)->parent != model_obj(m, b)->parent) {
        a = model_obj(m, a)->parent;
        b = model_obj(m, b)->parent;
    }
    int c = str_cmp(sort_name(p, a), sort_name(p, b));
    return c ? c : (a > b) - (a < b);
}

typedef struct SortKey {
    uint64_t prefix; /* first eight bytes of the name, so that most comparisons need no look at it */
    ObjId obj;
} SortKey;

static int key_order(const Program *p, const SortKey *a, const SortKey *b)
{
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int r = str_cmp(sort_name(p, a->obj), sort_name(p, b->obj));
    return r ? r : (a->obj > b->obj) - (a->obj < b->obj);
}

static void sort_keys(const Program *p, SortKey *v, SortKey *spare, uint32_t n)
{
    if (n < 2)
        return;
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    sort_keys(p, v, spare, half);
    sort_keys(p, v + half, spare + half, n - half);
    if (key_order(p, &v[half - 1], &v[half]) < 0)
        return;
    while (i < half && j < n)
        spare[k++] = key_order(p, &v[j], &v[i]) < 0 ? v[j++] : v[i++];
    while (i < half)
        spare[k++] = v[i++];
    while (j < n)
        spare[k++] = v[j++];
    memcpy(v, spare, n * sizeof *v);
}

static SortKey sort_key(const Program *p, ObjId o)
{
    Str name = sort_name(p, o);
    SortKey k = {0, o};
    for (size_t i = 0; i < 8; i++)
        k.prefix = k.prefix << 8 | (i < name.n ? (unsigned char)name.s[i] : 0);
    return k;
}

/* The children of each object side by side: those of o from start[o] to start[o + 1]. */
typedef struct Siblings {
    uint32_t *start;
    ObjId *at;
    uint32_t most; /* of one object */
} Siblings;

static Siblings find_siblings(const Model *m)
{
    uint32_t n = m->objects.n;
    Siblings s = {mem_resize(NULL, n + 2u, sizeof *s.start), mem_resize(NULL, n, sizeof *s.at), 0};
    memset(s.start, 0, (n + 2u) * sizeof *s.start);
    /* Count, sum up, place: two further on, so that placing moves them back to where they belong. */
    for (ObjId o = 1; o < n; o++)
        s.start[model_obj(m, o)->parent + 2]++;
    for (ObjId o = 0; o <= n; o++) {
        s.most = s.start[o + 1] > s.most ? s.start[o + 1] : s.most;
        s.start[o + 1] += s.start[o];
    }
    for (ObjId o = 1; o < n; o++)
        s.at[s.start[model_obj(m, o)->parent + 1]++] = o;
    return s;
}

static void sort_siblings(const Program *p, const Siblings *s)
{
    SortKey *keys = mem_resize(NULL, 2 * ((size_t)s->most + 1), sizeof *keys), *spare = keys + s->most;
    for (ObjId o = 0; o < p->model.objects.n; o++) {
        ObjId *at = s->at + s->start[o];
        uint32_t n = s->start[o + 1] - s->start[o];
        for (uint32_t i = 0; n > 1 && i < n; i++)
            keys[i] = sort_key(p, at[i]);
        sort_keys(p, keys, spare, n);
        for (uint32_t i = 0; n > 1 && i < n; i++)
            at[i] = keys[i].obj;
    }
    free(keys);
}

/* Siblings sorted by name, then the tree walked in preorder. */
void program_rank(Program *p)
{
    Model *m = &p->model;
    uint32_t n = m->objects.n;
    if (m->rank.n == n)
        return;
    Siblings s = find_siblings(m);
    sort_siblings(p, &s);
    vec_zeroes(&m->rank, n);
    struct {
        uint32_t at, end;
    } stack[LIMIT_NESTING + LIMIT_TEMPLATE_DEPTH * LIMIT_NESTING / 8 + 16];
    uint32_t depth = 1, next = 1;
    stack[0].at = s.start[0], stack[0].end = s.start[1];
    while (depth) {
        if (stack[depth - 1].at == stack[depth - 1].end) {
            depth--;
            continue;
        }
        ObjId o = s.at[stack[depth - 1].at++];
        m->rank.at[o] = next++;
        if (s.start[o] < s.start[o + 1] && depth < sizeof stack / sizeof *stack) {
            stack[depth].at = s.start[o];
            stack[depth++].end = s.start[o + 1];
        }
    }
    free(s.start);
    free(s.at);
}

ObjList objs_of_role(const Program *p, Role role, Arena *a)
{
    const Model *m = &p->model;
    uint32_t n = 0;
    for (ObjId o = 1; o < m->objects.n; o++)
        n += !(model_obj(m, o)->flags & (OBJ_LIBRARY | OBJ_BACKGROUND)) && obj_is(p, o, role);
    ObjList list = {NEWN(a, ObjId, n + 1), 0};
    for (ObjId o = 1; o < m->objects.n; o++)
        if (!(model_obj(m, o)->flags & (OBJ_LIBRARY | OBJ_BACKGROUND)) && obj_is(p, o, role))
            list.at[list.n++] = o;
    program_rank((Program *)(uintptr_t)p); /* the ranks are a cache: the model reads the same with and without them */
    for (uint32_t gap = list.n / 2; gap; gap /= 2)
        for (uint32_t i = gap; i < list.n; i++) {
            ObjId o = list.at[i];
            uint32_t k = i;
            for (; k >= gap && m->rank.at[list.at[k - gap]] > m->rank.at[o]; k -= gap)
                list.at[k] = list.at[k - gap];
            list.at[k] = o;
        }
    return list;
}

/* Order of printing by way of the ranks, for qsort, which takes no context. */
static uint64_t *ranked(const Program *p, const ObjVec *v)
{
    uint64_t *keys = mem_alloc((v->n + 1) * sizeof *keys);
    for (uint32_t i = 0; i < v->n; i++)
        keys[i] = MAP_KEY(v->at[i] < p->model.rank.n ? p->model.rank.at[v->at[i]] : v->at[i], v->at[i]);
    return keys;
}

void objs_tidy(const Program *p, ObjVec *v)
{
    if (v->n < 2)
        return;
    uint64_t *keys = ranked(p, v);
    qsort(keys, v->n, sizeof *keys, u64_order);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n; i++)
        if (i == 0 || keys[i] != keys[i - 1])
            v->at[n++] = (uint32_t)keys[i];
    v->n = n;
    free(keys);
}

ObjId category_of(const Program *p, ObjId rule_or_threat, uint32_t i)
{
    Value v = obj_known(p, rule_or_threat,
                        obj_is(p, rule_or_threat, ROLE_THREAT) ? KNOWN_THREAT_CATEGORY : KNOWN_RULE_CATEGORY);
    const Value *member;
    Range set = value_members(&p->model, &v, &member);
    return i < set.n && (member[i].tag & VALUE_TAG) == V_REF ? member[i].a : 0;
}

bool finds_gaps(const Program *p, ObjId rule_or_threat)
{
    ObjId category = category_of(p, rule_or_threat, 0);
    Value v = category ? obj_known(p, category, KNOWN_CATEGORY_GAP) : (Value){0};
    return v.tag == V_BOOL && v.a;
}

void model_free(Model *m)
{
    vec_free(&m->objects);
    vec_free(&m->decls);
    vec_free(&m->props);
    vec_free(&m->places);
    map_free(&m->elsewhere);
    vec_free(&m->texts);
    vec_free(&m->numbers);
    vec_free(&m->sets);
    vec_free(&m->set_values);
    map_free(&m->shared_sets);
    vec_free(&m->ends);
    vec_free(&m->elements);
    vec_free(&m->ports);
    vec_free(&m->boundaries);
    vec_free(&m->flow_ports);
    vec_free(&m->others);
    vec_free(&m->out_start);
    vec_free(&m->out_half);
    vec_free(&m->in_start);
    vec_free(&m->in_half);
    vec_free(&m->boundary_sets);
    vec_free(&m->boundary_pool);
    vec_free(&m->cap_rows);
    vec_free(&m->any_protocol);
    vec_free(&m->cap_number);
    vec_free(&m->protocols);
    vec_free(&m->evidence);
    strbuf_free(&m->paths.path);
    vec_free(&m->rank);
    arena_free(&m->arena);
}
