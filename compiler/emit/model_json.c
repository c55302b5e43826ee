/* model.json: the resolved model for other programs; schema in grammar/schema/model.json. Each thing with its kinds, its place and
 * the value of every property, told apart by where it comes from: written, the default of the kind, unknown or absent. Requires a
 * Report; leaves the document. */
#include "emit/model_parts.h"
#include "emit/parts.h"

typedef struct ModelJson {
    const Report *r;
    Json j;
    StrBuf text;
    KindProps kinds;
    Vec(uint32_t) capabilities;
} ModelJson;

static int by_rank(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* ---- one thing ---- */

static const char *origin(Value v, const PropVal *written)
{
    ValueTag tag = (ValueTag)(v.tag & VALUE_TAG);
    return tag == V_UNKNOWN ? "unknown" : tag == V_ABSENT ? "absent" : written ? "written" : "default";
}

static void put_props(ModelJson *w, ObjId o)
{
    const Program *p = w->r->program;
    Range range = kind_props(&w->kinds, p, model_obj(&p->model, o)->kind);
    json_begin_object(&w->j, "properties");
    for (uint32_t i = 0; i < range.n; i++) {
        PropId prop = w->kinds.props.at[range.first + i];
        const PropVal *written = NULL;
        Value v = obj_value(p, o, prop, &written);
        w->text.n = 0;
        strbuf_add(&w->text, sym_str(p->names, p->props.at[prop].name));
        json_begin_object(&w->j, w->text.s);
        json_value(&w->j, "value", p, v);
        json_z(&w->j, "from", origin(v, written));
        if (written)
            json_place(&w->j, "place", w->r, value_place(p, o, written));
        json_end(&w->j, '}');
    }
    json_end(&w->j, '}');
}

static void put_kinds(ModelJson *w, KindId kind)
{
    const Program *p = w->r->program;
    json_str(&w->j, "kind", sym_str(p->names, p->kinds.at[kind].name));
    json_begin_array(&w->j, "kinds");
    for (KindId k = p->kinds.at[kind].parent; k && k != role_kind(p, ROLE_THING); k = p->kinds.at[k].parent)
        json_str(&w->j, NULL, sym_str(p->names, p->kinds.at[k].name));
    json_end(&w->j, ']');
}

static void put_common(ModelJson *w, ObjId o)
{
    const Program *p = w->r->program;
    const Decl *decl = model_decl(&p->model, o);
    json_id(&w->j, "id", p, o);
    w->text.n = 0;
    obj_path(p, o, &w->text);
    json_str(&w->j, "path", strbuf_str(&w->text));
    put_kinds(w, model_obj(&p->model, o)->kind);
    json_str(&w->j, "title", obj_title(p, o));
    if (decl->doc)
        json_str(&w->j, "doc", obj_doc(p, o, w->r->arena));
    else
        json_put_null(&w->j, "doc");
    if (decl->was)
        json_str(&w->j, "was", sym_str(p->names, decl->was));
    json_id(&w->j, "parent", p, obj_named_parent(p, o));
    json_place(&w->j, "place", w->r, decl->span);
}

/* B(x) in the order of printing. */
static void put_boundaries(ModelJson *w, const char *key, const ObjId *at, uint32_t n)
{
    const Program *p = w->r->program;
    ObjId *sorted = mem_alloc((n + 1) * sizeof *sorted);
    uint64_t *keys = mem_alloc((n + 1) * sizeof *keys);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = MAP_KEY(p->model.rank.at[at[i]], at[i]);
    if (n)
        qsort(keys, n, sizeof *keys, by_rank);
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = (ObjId)keys[i];
    json_ids(&w->j, key, p, sorted, n);
    free(keys);
    free(sorted);
}

static void put_inside(ModelJson *w, ObjId o)
{
    const ObjId *set;
    Range range = model_boundaries(&w->r->program->model, o, &set);
    put_boundaries(w, "inside", set, range.n);
}

static void put_flow(ModelJson *w, ObjId o)
{
    const Program *p = w->r->program;
    const Model *m = &p->model;
    uint32_t index = model_obj(m, o)->index;
    const Flow *f = &m->flows.at[index];
    ObjVec leaves = {0}, enters = {0};
    half_leaves(m, index * 2, &leaves);
    half_enters(m, index * 2, &enters);
    json_id(&w->j, "from", p, f->from);
    json_id(&w->j, "from_port", p, flow_ports(m, f)->from);
    json_id(&w->j, "to", p, f->to);
    json_id(&w->j, "to_port", p, flow_ports(m, f)->to);
    json_bool(&w->j, "two_way", f->two_way);
    put_boundaries(w, "leaves", leaves.at, leaves.n);
    put_boundaries(w, "enters", enters.at, enters.n);
    Value v = obj_known(p, o, KNOWN_PROTOCOL);
    json_value(&w->j, "protocol", p, v);
    vec_free(&leaves);
    vec_free(&enters);
}

/* Capability numbers in the order of their names. */
static void order_capabilities(ModelJson *w)
{
    const Program *p = w->r->program;
    Vec(uint64_t) keys = {0};
    for (uint32_t i = 0; i < p->capabilities.n; i++)
        vec_push(&keys, MAP_KEY(p->model.rank.at[p->capabilities.at[i]], i));
    if (keys.n)
        qsort(keys.at, keys.n, sizeof *keys.at, by_rank);
    for (uint32_t i = 0; i < keys.n; i++)
        vec_push(&w->capabilities, (uint32_t)keys.at[i]);
    vec_free(&keys);
}

/* Only those of which something is known. */
static void put_capabilities(ModelJson *w, ObjId o)
{
    const Program *p = w->r->program;
    const Model *m = &p->model;
    json_begin_object(&w->j, "capabilities");
    for (uint32_t i = 0; i < w->capabilities.n && i < m->ncaps; i++) {
        uint32_t number = w->capabilities.at[i];
        CapLevel level = (CapLevel)m->cap_rows.at[(size_t)model_obj(m, o)->caps * m->ncaps + number];
        if (level == CAP_NO)
            continue;
        w->text.n = 0;
        obj_id(p, p->capabilities.at[number], &w->text);
        json_z(&w->j, w->text.s, level_name(level));
    }
    json_end(&w->j, '}');
}

static void put_thing(ModelJson *w, ObjId o)
{
    const Program *p = w->r->program;
    json_begin_object(&w->j, NULL);
    w->j.pretty = false;
    put_common(w, o);
    bool structure = obj_is(p, o, ROLE_ELEMENT) || obj_is(p, o, ROLE_BOUNDARY);
    if (structure)
        put_inside(w, o);
    if (obj_is(p, o, ROLE_FLOW))
        put_flow(w, o);
    if (structure || obj_is(p, o, ROLE_FLOW) || obj_is(p, o, ROLE_SOFTWARE))
        put_capabilities(w, o);
    if (obj_is(p, o, ROLE_CONTROL))
        json_z(&w->j, "level", level_name(control_level(p, o)));
    put_props(w, o);
    json_end(&w->j, '}');
    w->j.pretty = true;
}

/* ---- the whole ---- */

static void put_section(ModelJson *w, const ModelSection *s)
{
    json_begin_array(&w->j, s->key);
    for (uint32_t i = 0; i < s->n && out_ok(w->j.out); i++)
        put_thing(w, s->at[i]);
    json_end(&w->j, ']');
}

void emit_model_json(const Report *r, Out *out)
{
    ModelJson w = {.r = r};
    Arena scratch = {0};
    ModelSection sections[MODEL_SECTIONS];
    order_capabilities(&w);
    model_sections(r, &scratch, sections);
    json_start(&w.j, out, true);
    json_begin_object(&w.j, NULL);
    json_head(&w.j, r, "urn:cordon:schema:model:1");
    for (size_t i = 0; i < MODEL_SECTIONS; i++)
        put_section(&w, &sections[i]);
    json_end(&w.j, '}');
    arena_free(&scratch);
    kind_props_free(&w.kinds);
    strbuf_free(&w.text);
    vec_free(&w.capabilities);
}
