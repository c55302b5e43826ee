/* The hashes by which a report names what it was made from. What is hashed is a canonical form: things in the order of printing,
 * sets sorted, texts as they read, no places, layout, comments or file names. Requires a derived model; ranks it. */
#include "emit/emit.h"

#include <nettle/sha2.h>

typedef struct Hash {
    struct sha256_ctx sha;
    Program *p;
    StrBuf text;      /* not fed yet */
    uint32_t *number; /* by ObjId: 1 + place in the order of printing among the things hashed, or 0 */
    Arena arena;
} Hash;

/* Parts of a text that are put into order before they count. */
typedef Vec(Str) Pieces;

enum { FEED = 1 << 16 };

/* ---- the canonical form: each text with its length before it, so that nothing can pose as something else ---- */

static void put_u32(StrBuf *b, uint32_t n)
{
    char bytes[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    strbuf_add(b, (Str){bytes, 4});
}

static void put_text(StrBuf *b, Str s)
{
    put_u32(b, (uint32_t)s.n);
    strbuf_add(b, s);
}

static void put_sym(const Program *p, StrBuf *b, Sym s)
{
    put_text(b, sym_str(p->names, s));
}

/* A thing that is hashed itself, by its place; another one, of a library, by its id. */
static void put_ref(const Hash *h, StrBuf *b, ObjId o)
{
    if (!o || h->number[o]) {
        put_u32(b, o ? h->number[o] : 0);
        return;
    }
    put_u32(b, UINT32_MAX);
    size_t at = b->n;
    put_u32(b, 0);
    obj_id(h->p, o, b);
    uint32_t n = (uint32_t)(b->n - at - 4);
    for (unsigned i = 0; i < 4; i++)
        b->s[at + i] = (char)(n >> (24 - 8 * i));
}

static int piece_order(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

/* Sorts the pieces that stand in `from` and appends them. */
static void put_sorted(StrBuf *b, Pieces *pieces, const StrBuf *from)
{
    const char *base = strbuf_str(from).s;
    for (uint32_t i = 0; i < pieces->n; i++) /* offsets became addresses once the text stopped growing */
        pieces->at[i].s = base + (size_t)pieces->at[i].s;
    if (pieces->n)
        qsort(pieces->at, pieces->n, sizeof *pieces->at, piece_order);
    put_u32(b, pieces->n);
    for (uint32_t i = 0; i < pieces->n; i++)
        put_text(b, pieces->at[i]);
    vec_free(pieces);
}

static void put_value(const Hash *h, StrBuf *b, Value v);

static void put_set(const Hash *h, StrBuf *b, Value v)
{
    const Value *member;
    Range set = value_members(&h->p->model, &v, &member);
    StrBuf text = {0};
    Pieces pieces = {0};
    for (uint32_t i = 0; i < set.n; i++) {
        size_t from = text.n;
        put_value(h, &text, member[i]); /* sets have no sets as members */
        vec_push(&pieces, (Str){(const char *)from, text.n - from});
    }
    put_sorted(b, &pieces, &text);
    strbuf_free(&text);
}

static void put_value(const Hash *h, StrBuf *b, Value v)
{
    const Program *p = h->p;
    put_u32(b, v.tag);
    switch ((ValueTag)(v.tag & VALUE_TAG)) {
    case V_ABSENT:
    case V_UNKNOWN: break;
    case V_BOOL:
    case V_DATE: put_u32(b, v.a); break;
    case V_NUMBER: {
        char text[32];
        snprintf(text, sizeof text, "%.17g", value_number(&p->model, v));
        put_text(b, str_from(text));
        break;
    }
    case V_TEXT: put_text(b, value_text_of(&p->model, v)); break;
    case V_PERSON: put_sym(p, b, v.a); break;
    case V_CONST: put_sym(p, b, p->consts.at[v.a].name); break;
    case V_REF: put_ref(h, b, v.a); break;
    case V_SET: put_set(h, b, v); break;
    }
}

/* ---- trees: rules, policies, decisions ---- */

static void put_val(Hash *h, const Tree *t, StrBuf *b, NodeId n)
{
    const Node *node = node_at(t, n);
    switch ((NodeKind)node->kind) {
    case N_AND:
    case N_OR: /* a scratch place of the parser */ break;
    case N_MOD:
    case N_CMP:
    case N_VERB:
    case N_QUANT:
    case N_DATE: put_u32(b, node->val); break;
    case N_STRING:
    case N_TITLE:
    case N_DOCSTR: put_text(b, node_text(t, h->p->sources, &h->arena, n)); break;
    case N_NUM:
        put_text(b, source_text(h->p->sources, node_span(t, n)));
        put_sym(h->p, b, node->val);
        break;
    default: put_sym(h->p, b, node->val); break;
    }
}

/* The depth is that of blocks and brackets, which is limited. */
static void put_node(Hash *h, const Tree *t, StrBuf *b, NodeId n)
{
    put_u32(b, (uint32_t)node_at(t, n)->kind << 8 | (node_at(t, n)->flags & ~(uint32_t)NF_PLAIN));
    put_val(h, t, b, n);
    for (NodeId k = node_child(t, n); k; k = node_next(t, k))
        put_node(h, t, b, k);
    put_u32(b, UINT32_MAX);
}

/* The parts of a rule may stand in any order, but the first `raise` that holds counts. */
static void put_stanza(Hash *h, StrBuf *b, const Stanza *s)
{
    const Tree *t = &h->p->modules.at[s->module].tree;
    put_u32(b, node_at(t, s->node)->kind);
    put_val(h, t, b, s->node);
    StrBuf text = {0};
    Pieces pieces = {0};
    uint32_t raises = 0;
    for (NodeId k = node_child(t, s->node); k; k = node_next(t, k)) {
        size_t from = text.n;
        if (node_kind(t, k) == N_RAISE)
            put_u32(&text, ++raises);
        put_node(h, t, &text, k);
        vec_push(&pieces, (Str){(const char *)from, text.n - from});
    }
    if (node_kind(t, s->node) == N_DECISION || node_kind(t, s->node) == N_ESTIMATE)
        put_text(b, strbuf_str(&text)); /* what it decides and where stand in order */
    else
        put_sorted(b, &pieces, &text);
    vec_free(&pieces);
    strbuf_free(&text);
}

/* ---- feeding ---- */

static void feed(Hash *h, bool all)
{
    if (!all && h->text.n < FEED)
        return;
    sha256_update(&h->sha, h->text.n, (const uint8_t *)strbuf_str(&h->text).s);
    h->text.n = 0;
}

/* ---- objects ---- */

static void put_object(Hash *h, ObjId o)
{
    const Program *p = h->p;
    const Model *m = &p->model;
    const Object *obj = obj_bound(p, o);
    const Decl *decl = model_decl(m, o);
    StrBuf *b = &h->text;
    put_sym(p, b, p->kinds.at[obj->kind].name);
    put_sym(p, b, obj->name);
    put_sym(p, b, decl->hash_id);
    put_sym(p, b, decl->was);
    put_ref(h, b,
            obj->flags & OBJ_MODULE || !obj->parent || model_obj(m, obj->parent)->flags & OBJ_MODULE ? 0 : obj->parent);
    put_text(b, m->texts.at[decl->title]);
    put_text(b, obj_doc(p, o, &h->arena));
    put_u32(b, obj->flags & OBJ_TWO_WAY);
    if (obj->index < m->flows.n && m->flows.at[obj->index].obj == o) {
        const Flow *f = &m->flows.at[obj->index];
        const FlowPorts *ports = flow_ports(m, f);
        put_ref(h, b, ports->from ? ports->from : f->from);
        put_ref(h, b, ports->to ? ports->to : f->to);
    }
    put_u32(b, obj->nprops);
    for (uint32_t i = 0; i < obj->nprops; i++) {
        const PropVal *v = &m->props.at[obj->props + i];
        put_sym(p, b, p->props.at[v->prop].name);
        put_value(h, b, said_value(v));
    }
    feed(h, false);
}

static bool of_rules(const Program *p, ObjId o)
{
    return obj_is(p, o, ROLE_RULE) || obj_is(p, o, ROLE_POLICY) || obj_is(p, o, ROLE_TEST);
}

/* Numbers the objects of the library, or of the model, in the order of printing, and returns them in it, ended by 0. Rules and
 * tests are not among them. */
static ObjId *number_objects(Hash *h, bool library)
{
    const Model *m = &h->p->model;
    size_t n = (size_t)m->objects.n + 1;
    ObjId *order = mem_alloc(n * sizeof *order);
    h->number = mem_alloc(n * sizeof *h->number);
    memset(order, 0, n * sizeof *order);
    memset(h->number, 0, n * sizeof *h->number);
    for (ObjId o = 1; o < m->objects.n; o++) {
        const Object *obj = model_obj(m, o);
        bool left_out = obj->flags & (OBJ_MODULE | OBJ_BACKGROUND);
        if (!left_out && library == ((obj->flags & OBJ_LIBRARY) != 0) && !of_rules(h->p, o))
            order[m->rank.at[o]] = o;
    }
    uint32_t found = 0;
    for (size_t i = 0; i < n; i++) {
        ObjId o = order[i];
        if (!o)
            continue;
        order[found++] = o;
        h->number[o] = found;
    }
    order[found] = 0;
    return order;
}

/* ---- kinds and enumerations ---- */

static bool in_library(const Program *p, ObjId module)
{
    const Module *m = module ? module_of(p, module) : NULL;
    return !m || m->library;
}

static void put_type(const Program *p, StrBuf *b, Type t)
{
    put_u32(b, (uint32_t)t.tag << 2 | (uint32_t)t.set << 1 | (uint32_t)t.optional);
    if (t.tag == TYPE_KIND)
        put_sym(p, b, p->kinds.at[t.of].name);
    else if (t.tag == TYPE_ENUM)
        put_sym(p, b, p->enums.at[t.of].name);
}

static void put_kind(const Program *p, StrBuf *b, KindId k)
{
    const Kind *kind = &p->kinds.at[k];
    put_sym(p, b, kind->name);
    put_sym(p, b, kind->parent ? p->kinds.at[kind->parent].name : 0);
    put_text(b, kind->title);
}

static void put_prop(const Hash *h, StrBuf *b, const Prop *prop)
{
    const Program *p = h->p;
    put_sym(p, b, p->kinds.at[prop->owner].name);
    put_sym(p, b, prop->name);
    put_type(p, b, prop->type);
    put_value(h, b, prop->preset);
    for (uint32_t i = 0; i < prop->ncaps; i++)
        put_ref(h, b, p->prop_caps.at[prop->caps + i]);
}

static void put_refinement(const Hash *h, StrBuf *b, const Refinement *r)
{
    const Program *p = h->p;
    put_sym(p, b, p->kinds.at[r->kind].name);
    put_sym(p, b, p->props.at[r->prop].name);
    put_type(p, b, r->type);
    put_value(h, b, r->preset);
}

static void put_enum(const Program *p, StrBuf *b, const Enum *e)
{
    put_sym(p, b, e->name);
    put_u32(b, e->scale);
    for (uint32_t i = 0; i < e->n; i++) {
        put_sym(p, b, p->consts.at[e->first + i].name);
        put_text(b, p->consts.at[e->first + i].title);
    }
}

static void end_piece(Pieces *pieces, const StrBuf *text, size_t from)
{
    if (text->n > from)
        vec_push(pieces, (Str){(const char *)from, text->n - from});
}

/* Kinds with their properties and enumerations: each on its own, then sorted. */
static void put_kinds(Hash *h, bool library)
{
    const Program *p = h->p;
    StrBuf text = {0};
    Pieces pieces = {0};
    for (KindId k = 1; k < p->kinds.n; k++) {
        size_t from = text.n;
        if (in_library(p, p->kinds.at[k].module) == library)
            put_kind(p, &text, k);
        end_piece(&pieces, &text, from);
    }
    for (PropId i = 1; i < p->props.n; i++) {
        size_t from = text.n;
        if (in_library(p, p->kinds.at[p->props.at[i].owner].module) == library)
            put_prop(h, &text, &p->props.at[i]);
        end_piece(&pieces, &text, from);
    }
    for (uint32_t i = 0; i < p->refinements.n; i++) {
        size_t from = text.n;
        if (in_library(p, p->kinds.at[p->refinements.at[i].kind].module) == library)
            put_refinement(h, &text, &p->refinements.at[i]);
        end_piece(&pieces, &text, from);
    }
    for (EnumId e = 1; e < p->enums.n; e++) {
        size_t from = text.n;
        if (in_library(p, p->enums.at[e].module) == library)
            put_enum(p, &text, &p->enums.at[e]);
        end_piece(&pieces, &text, from);
    }
    put_sorted(&h->text, &pieces, &text);
    strbuf_free(&text);
}

/* Kinds and objects of the library or of the model. */
static void hash_start(Hash *h, Program *p, const char *what, bool library)
{
    *h = (Hash){.p = p};
    sha256_init(&h->sha);
    put_text(&h->text, str_from(what));
    program_rank(p);
    ObjId *order = number_objects(h, library);
    put_kinds(h, library);
    for (ObjId *o = order; *o; o++)
        put_object(h, *o);
    free(order);
}

static void hash_end(Hash *h, char out[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    feed(h, true);
    sha256_digest(&h->sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    free(h->number);
    strbuf_free(&h->text);
    arena_free(&h->arena);
}

/* What people decided or estimated, in any order. */
static void put_people(Hash *h, const Stanza *at, uint32_t n)
{
    StrBuf text = {0};
    Pieces pieces = {0};
    for (uint32_t i = 0; i < n; i++) {
        size_t from = text.n;
        put_stanza(h, &text, &at[i]);
        vec_push(&pieces, (Str){(const char *)from, text.n - from});
    }
    put_sorted(&h->text, &pieces, &text);
    strbuf_free(&text);
}

void hash_model(Program *p, char out[65])
{
    Hash h;
    hash_start(&h, p, "cordon model 1", false);
    put_people(&h, p->decisions.at, p->decisions.n);
    put_people(&h, p->estimates.at, p->estimates.n);
    hash_end(&h, out);
}

static void put_rules(Hash *h, const Stanza *at, uint32_t n)
{
    StrBuf text = {0};
    Pieces pieces = {0};
    for (uint32_t i = 0; i < n; i++) {
        size_t from = text.n;
        const Module *m = module_of(h->p, at[i].obj);
        bool own = m == &h->p->modules.at[1]; /* what the file is called is no rule */
        put_text(&text, m && !own ? m->short_name : (Str){0});
        put_stanza(h, &text, &at[i]);
        vec_push(&pieces, (Str){(const char *)from, text.n - from});
    }
    put_sorted(&h->text, &pieces, &text);
    strbuf_free(&text);
}

void hash_rules(Program *p, char out[65])
{
    Hash h;
    hash_start(&h, p, "cordon rules 1", true);
    put_rules(&h, p->rules.at, p->rules.n);
    put_rules(&h, p->policies.at, p->policies.n);
    put_rules(&h, p->risk_policies.at, p->risk_policies.n);
    hash_end(&h, out);
}
