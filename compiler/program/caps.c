/* Capabilities: what controls, protocols and properties give to a thing, and how far it is proven. Requires: bound. Rows of levels
 * are hash-consed: things protected alike share one. A control that is planned closes nothing; verified needs passed evidence. */
#include "program/build.h"

static bool const_named(const Program *p, Value v, const char *name)
{
    return v.tag == V_CONST && str_eq(sym_str(p->names, p->consts.at[v.a].name), str_from(name));
}

/* Goes on where it stopped last time: a test of rules adds a few things to thousands. */
void evidence_index(Program *p)
{
    Model *m = &p->model;
    bool sorted = true;
    for (; m->indexed < m->objects.n; m->indexed++) {
        ObjId o = m->indexed;
        if (obj_is(p, o, ROLE_PROTOCOL))
            vec_push(&m->protocols, o);
        if (!obj_is(p, o, ROLE_EVIDENCE))
            continue;
        sorted &= !m->evidence.n || model_obj(m, vec_last(&m->evidence))->parent <= model_obj(m, o)->parent;
        vec_push(&m->evidence, o);
    }
    /* Only evidence added by `extend` is out of order, and there is little of it. */
    for (uint32_t i = 1; !sorted && i < m->evidence.n; i++) {
        ObjId o = m->evidence.at[i];
        uint32_t k = i;
        for (; k > 0 && model_obj(m, m->evidence.at[k - 1])->parent > model_obj(m, o)->parent; k--)
            m->evidence.at[k] = m->evidence.at[k - 1];
        m->evidence.at[k] = o;
    }
}

Range control_evidence(const Model *m, ObjId control)
{
    uint32_t lo = 0, hi = m->evidence.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (model_obj(m, m->evidence.at[mid])->parent < control)
            lo = mid + 1;
        else
            hi = mid;
    }
    Range r = {lo, 0};
    while (lo + r.n < m->evidence.n && model_obj(m, m->evidence.at[lo + r.n])->parent == control)
        r.n++;
    return r;
}

CapLevel control_level(const Program *p, ObjId control)
{
    const Model *m = &p->model;
    Value status = obj_known(p, control, KNOWN_STATUS);
    Range evidence = control_evidence(m, control);
    bool passed = false, failed = false;
    for (uint32_t i = 0; i < evidence.n; i++) {
        Value result = obj_known(p, m->evidence.at[evidence.first + i], KNOWN_RESULT);
        passed |= const_named(p, result, "pass");
        failed |= const_named(p, result, "fail");
    }
    if (const_named(p, status, "retired"))
        return CAP_NO;
    if (status.tag == V_UNKNOWN)
        return CAP_UNKNOWN;
    if (const_named(p, status, "planned") || failed)
        return CAP_PLANNED;
    return const_named(p, status, "verified") && passed ? CAP_VERIFIED : CAP_IMPLEMENTED;
}

typedef struct Seen {
    Range key; /* into Caps.keys */
    uint32_t row;
} Seen;

/* A property with `provides` and its default for a kind. */
typedef struct Giving {
    PropId prop;
    Value preset;
} Giving;

typedef struct Caps {
    Program *p;
    ObjId first;           /* objects before it are background */
    uint32_t asked;        /* protocols that any_protocol has looked at */
    Vec(uint8_t) row;      /* of the object at hand */
    Vec(uint8_t) deny;     /* a property says no */
    Map by_hash;           /* hash of a row -> 1 + row number */
    Vec(PropId) providing; /* properties with `provides` */
    Vec(Giving) givings;   /* those of each kind that was met, in order of PropId, */
    Vec(Range) of_kind;    /* and by KindId where they are, */
    Vec(uint8_t) met;      /* if it was met */
    Vec(uint8_t) relevant; /* by PropId: 1 for what a row depends on */
    Vec(uint8_t) may_have; /* by KindId: 0, or 1 + whether things of it have capabilities whatever they say */
    Vec(uint32_t) plain;   /* by KindId: 1 + row of the things that say nothing of relevant properties */
    Vec(uint32_t) key;     /* of the object at hand: its kind and what it says of relevant properties */
    Vec(uint32_t) keys;    /* of all different ones, */
    Vec(Seen) seen;        /* each with its row: things that say the same have the same row */
    Map by_key;            /* hash of a key -> 1 + index into seen */
    Map control_levels;    /* control -> 1 + level */
    Map control_rows;      /* tag and number of a list of controls -> 1 + row of what they give alone */
} Caps;

uint32_t cap_number(const Model *m, ObjId capability)
{
    return capability < m->cap_number.n ? m->cap_number.at[capability] : 0;
}

static void raise_level(Caps *c, ObjId capability, CapLevel level)
{
    uint32_t n = cap_number(&c->p->model, capability);
    if (n && c->row.at[n - 1] < level)
        c->row.at[n - 1] = (uint8_t)level;
}

static CapLevel level_of_control(Caps *c, ObjId control)
{
    uint32_t known = map_get(&c->control_levels, control);
    if (!known) {
        known = (uint32_t)control_level(c->p, control) + 1;
        map_put(&c->control_levels, control, known);
    }
    return (CapLevel)(known - 1);
}

static void from_list(Caps *c, ObjId provider, Known list, CapLevel level)
{
    Value v = obj_known(c->p, provider, list);
    const Value *at;
    Range r = value_members(&c->p->model, &v, &at);
    for (uint32_t i = 0; i < r.n; i++)
        if (at[i].tag == V_REF)
            raise_level(c, at[i].a, level);
}

static void from_controls(Caps *c, Value v)
{
    const Value *at;
    Range r = value_members(&c->p->model, &v, &at);
    for (uint32_t i = 0; i < r.n; i++)
        if (at[i].tag == V_REF)
            from_list(c, at[i].a, KNOWN_IMPLEMENTS, level_of_control(c, at[i].a));
}

/* What the protocols that could be meant provide; those of other tests of rules cannot. Found when first asked for. */
static const uint8_t *any_protocol(Caps *c)
{
    const Program *p = c->p;
    Model *m = &c->p->model;
    while (m->any_protocol.n < m->ncaps)
        vec_push(&m->any_protocol, 0);
    for (; c->asked < m->protocols.n; c->asked++) {
        ObjId o = m->protocols.at[c->asked];
        const Value *at;
        Value v = obj_known(p, o, KNOWN_PROVIDES);
        Range r = value_members(m, &v, &at);
        bool other_test = o < c->first && (model_obj(m, o)->flags & OBJ_BACKGROUND);
        for (uint32_t k = 0; k < r.n && !other_test; k++)
            if (at[k].tag == V_REF && cap_number(m, at[k].a))
                m->any_protocol.at[cap_number(m, at[k].a) - 1] = 1;
    }
    return m->any_protocol.at;
}

static void from_protocol(Caps *c, ObjId o)
{
    Value v = obj_known(c->p, o, KNOWN_PROTOCOL);
    if (v.tag == V_REF)
        from_list(c, v.a, KNOWN_PROVIDES, CAP_IMPLEMENTED);
    const uint8_t *provided = v.tag == V_UNKNOWN ? any_protocol(c) : NULL;
    for (uint32_t i = 0; provided && i < c->row.n; i++)
        if (provided[i] && c->row.at[i] < CAP_UNKNOWN)
            c->row.at[i] = CAP_UNKNOWN;
}

typedef enum Says { SAYS_NOTHING, SAYS_NO, SAYS_UNKNOWN, SAYS_YES } Says;

/* What a property with `provides` says of its capabilities. Of an enumeration only the value `none` says something: that they
 * are not there. */
static Says property_says(const Program *p, const Prop *prop, Value v)
{
    if (prop->type.tag != TYPE_BOOL)
        return const_named(p, v, "none") ? SAYS_NO : SAYS_NOTHING;
    if (v.tag == V_UNKNOWN)
        return SAYS_UNKNOWN;
    if (v.tag != V_BOOL)
        return SAYS_NOTHING;
    return v.a ? SAYS_YES : SAYS_NO;
}

static Range givings_of(Caps *c, KindId kind)
{
    const Program *p = c->p;
    if (c->met.at[kind])
        return c->of_kind.at[kind];
    uint32_t first = c->givings.n;
    for (uint32_t i = 0; i < c->providing.n; i++)
        if (kind_is(p, kind, p->props.at[c->providing.at[i]].owner))
            vec_push(&c->givings, (Giving){c->providing.at[i], kind_preset(p, kind, c->providing.at[i])});
    c->met.at[kind] = 1;
    return c->of_kind.at[kind] = (Range){first, c->givings.n - first};
}

/* True gives the capability, false denies what is merely open, unknown leaves it open. */
static void from_properties(Caps *c, ObjId o)
{
    const Program *p = c->p;
    const Object *obj = obj_bound(p, o);
    const PropVal *said = p->model.props.at + obj->props, *end = said + obj->nprops;
    Range all = givings_of(c, obj->kind);
    for (uint32_t i = all.first; i < all.first + all.n; i++) {
        Giving g = c->givings.at[i];
        while (said < end && said->prop < g.prop)
            said++;
        const Prop *prop = &p->props.at[g.prop];
        Says says = property_says(p, prop, said < end && said->prop == g.prop ? said_value(said) : g.preset);
        for (uint32_t k = 0; says != SAYS_NOTHING && k < prop->ncaps; k++) {
            ObjId capability = p->prop_caps.at[prop->caps + k];
            if (says == SAYS_YES)
                raise_level(c, capability, CAP_IMPLEMENTED);
            else if (says == SAYS_UNKNOWN)
                raise_level(c, capability, CAP_UNKNOWN);
            else if (cap_number(&p->model, capability))
                c->deny.at[cap_number(&p->model, capability) - 1] = 1;
        }
    }
    for (uint32_t i = 0; i < c->row.n; i++) {
        if (c->deny.at[i] && c->row.at[i] == CAP_UNKNOWN)
            c->row.at[i] = CAP_NO;
        c->deny.at[i] = 0;
    }
}

static void clear_row(Caps *c)
{
    if (c->row.n)
        memset(c->row.at, 0, c->row.n);
}

static uint32_t intern_row(Caps *c)
{
    Model *m = &c->p->model;
    uint64_t hash = str_hash((Str){(const char *)c->row.at, c->row.n});
    for (;; hash++) {
        uint32_t found = map_get(&c->by_hash, hash);
        if (!found)
            break;
        if (memcmp(m->cap_rows.at + (size_t)(found - 1) * m->ncaps, c->row.at, m->ncaps) == 0)
            return found - 1;
    }
    uint32_t row = m->ncaps ? m->cap_rows.n / m->ncaps : 0;
    for (uint32_t i = 0; i < m->ncaps; i++)
        vec_push(&m->cap_rows, c->row.at[i]);
    if (m->ncaps)
        map_put(&c->by_hash, hash, row + 1);
    return row;
}

static void number_capabilities(Caps *c)
{
    Program *p = c->p;
    Model *m = &p->model;
    for (; m->ncaps < p->capabilities.n; m->ncaps++) {
        while (m->cap_number.n <= p->capabilities.at[m->ncaps])
            vec_push(&m->cap_number, 0);
        m->cap_number.at[p->capabilities.at[m->ncaps]] = m->ncaps + 1;
    }
    for (uint32_t i = 0; i < m->ncaps; i++) {
        vec_push(&c->row, 0);
        vec_push(&c->deny, 0);
    }
    for (PropId i = 1; i < p->props.n; i++)
        if (p->props.at[i].ncaps)
            vec_push(&c->providing, i);
}

/* Whatever else controls are attached to, such as a known vulnerability. */
static bool has_controls(const Program *p, ObjId o)
{
    const Object *obj = obj_bound(p, o);
    for (uint32_t i = 0; i < obj->nprops; i++)
        if (p->model.props.at[obj->props + i].prop == p->known[KNOWN_CONTROLS])
            return true;
    return false;
}

static bool may_have_capabilities(Caps *c, ObjId o)
{
    static const Role roles[] = {ROLE_ELEMENT, ROLE_FLOW,     ROLE_BOUNDARY, ROLE_DATA,
                                 ROLE_ASSET,   ROLE_SOFTWARE, ROLE_SYSTEM,   ROLE_THREAT};
    uint8_t *known = &c->may_have.at[model_obj(&c->p->model, o)->kind];
    for (size_t i = 0; !*known && i < sizeof roles / sizeof *roles; i++)
        *known = obj_is(c->p, o, roles[i]) ? 2 : 0;
    *known = *known ? *known : 1;
    return *known == 2 || has_controls(c->p, o);
}

/* The row of what a list of controls gives alone. There are many lists and few such rows. */
static uint32_t row_of_controls(Caps *c, Value controls)
{
    uint64_t key = MAP_KEY(controls.tag, controls.a);
    uint32_t known = map_get(&c->control_rows, key);
    if (known)
        return known - 1;
    clear_row(c);
    from_controls(c, controls);
    uint32_t row = intern_row(c);
    map_put(&c->control_rows, key, row + 1);
    return row;
}

static void make_key(Caps *c, ObjId o)
{
    const Model *m = &c->p->model;
    const Object *obj = obj_bound(c->p, o);
    c->key.n = 0;
    for (uint32_t i = 0; i < obj->nprops; i++) {
        const PropVal *v = &m->props.at[obj->props + i];
        if (!c->relevant.at[v->prop])
            continue;
        bool controls = v->prop == c->p->known[KNOWN_CONTROLS];
        vec_push(&c->key, (uint32_t)v->prop << 16 | v->tag);
        vec_push(&c->key, controls ? row_of_controls(c, said_value(v)) : v->a);
    }
}

static uint32_t compute_row(Caps *c, ObjId o)
{
    clear_row(c);
    from_controls(c, obj_known(c->p, o, KNOWN_CONTROLS));
    if (obj_is(c->p, o, ROLE_FLOW))
        from_protocol(c, o);
    from_properties(c, o);
    return intern_row(c);
}

static uint32_t row_of(Caps *c, ObjId o)
{
    KindId kind = model_obj(&c->p->model, o)->kind;
    make_key(c, o);
    if (!c->key.n) {
        uint32_t *plain = &c->plain.at[kind];
        *plain = *plain ? *plain : compute_row(c, o) + 1;
        return *plain - 1;
    }
    vec_push(&c->key, kind);
    size_t bytes = c->key.n * sizeof *c->key.at;
    uint64_t hash = 0;
    for (uint32_t i = 0; i < c->key.n; i++)
        hash = (hash ^ c->key.at[i]) * 0x9E3779B97F4A7C15u;
    for (uint32_t found; (found = map_get(&c->by_key, hash)) != 0; hash++) {
        const Seen *s = &c->seen.at[found - 1];
        if (s->key.n == c->key.n && memcmp(c->keys.at + s->key.first, c->key.at, bytes) == 0)
            return s->row;
    }
    uint32_t first = c->keys.n, row = compute_row(c, o);
    vec_reserve(&c->keys, c->key.n);
    memcpy(c->keys.at + first, c->key.at, bytes);
    c->keys.n += c->key.n;
    vec_push(&c->seen, (Seen){{first, c->key.n}, row});
    map_put(&c->by_key, hash, c->seen.n);
    return row;
}

static void mark_relevant(Caps *c)
{
    const Program *p = c->p;
    for (PropId i = 0; i < p->props.n; i++)
        vec_push(&c->relevant,
                 i == p->known[KNOWN_CONTROLS] || i == p->known[KNOWN_PROTOCOL] || p->props.at[i].ncaps > 0);
}

void caps_derive(Program *p, ObjId first)
{
    Model *m = &p->model;
    Caps c = {.p = p, .first = first};
    evidence_index(p);
    m->cap_rows.n = m->any_protocol.n = 0;
    number_capabilities(&c);
    mark_relevant(&c);
    vec_zeroes(&c.may_have, p->kinds.n);
    vec_zeroes(&c.plain, p->kinds.n);
    vec_zeroes(&c.of_kind, p->kinds.n);
    vec_zeroes(&c.met, p->kinds.n);
    intern_row(&c); /* row 0: nothing */
    for (ObjId o = 1; o < m->objects.n; o++) {
        Object *obj = &m->objects.at[o];
        obj->caps = o >= first && obj->kind && may_have_capabilities(&c, o) ? row_of(&c, o) : 0;
    }
    vec_free(&c.row);
    vec_free(&c.deny);
    vec_free(&c.providing);
    vec_free(&c.relevant);
    vec_free(&c.givings);
    vec_free(&c.of_kind);
    vec_free(&c.met);
    vec_free(&c.may_have);
    vec_free(&c.plain);
    vec_free(&c.key);
    vec_free(&c.keys);
    vec_free(&c.seen);
    map_free(&c.by_key);
    map_free(&c.by_hash);
    map_free(&c.control_levels);
    map_free(&c.control_rows);
}

CapLevel cap_level(const Program *p, ObjId o, ObjId capability)
{
    const Model *m = &p->model;
    uint32_t n = cap_number(m, capability);
    return n ? (CapLevel)m->cap_rows.at[(size_t)model_obj(m, o)->caps * m->ncaps + n - 1] : CAP_NO;
}

/* ---- why ---- */

static bool some_protocol_provides(const Program *p, ObjId capability)
{
    uint32_t n = cap_number(&p->model, capability);
    return n && n <= p->model.any_protocol.n && p->model.any_protocol.at[n - 1];
}

static void protocol_source(const Program *p, ObjId o, ObjId capability, CapSources *out)
{
    const PropVal *written;
    PropId prop = p->known[KNOWN_PROTOCOL];
    Value v = obj_value(p, o, prop, &written);
    if (v.tag == V_REF && obj_lists(p, v.a, KNOWN_PROVIDES, capability))
        vec_push(out, (CapSource){CAP_IMPLEMENTED, v.a, prop, value_place(p, o, written), false});
    else if (v.tag == V_UNKNOWN && some_protocol_provides(p, capability))
        vec_push(out, (CapSource){CAP_UNKNOWN, 0, prop, value_place(p, o, written), false});
}

static void property_source(const Program *p, ObjId o, PropId prop, CapSources *out)
{
    if (!kind_is(p, model_obj(&p->model, o)->kind, p->props.at[prop].owner))
        return;
    const PropVal *written;
    Value v = obj_value(p, o, prop, &written);
    Says says = property_says(p, &p->props.at[prop], v);
    CapLevel level = says == SAYS_YES ? CAP_IMPLEMENTED : says == SAYS_UNKNOWN ? CAP_UNKNOWN : CAP_NO;
    if (says != SAYS_NOTHING)
        vec_push(out, (CapSource){level, 0, prop, value_place(p, o, written), says == SAYS_NO});
}

void cap_sources(const Program *p, ObjId o, ObjId capability, CapSources *out)
{
    const PropVal *written;
    Value controls = obj_value(p, o, p->known[KNOWN_CONTROLS], &written);
    const Value *at;
    Range r = value_members(&p->model, &controls, &at);
    for (uint32_t i = 0; i < r.n; i++)
        if (at[i].tag == V_REF && obj_lists(p, at[i].a, KNOWN_IMPLEMENTS, capability))
            vec_push(out, (CapSource){control_level(p, at[i].a), at[i].a, p->known[KNOWN_CONTROLS],
                                      value_place(p, o, written), false});
    if (obj_is(p, o, ROLE_FLOW))
        protocol_source(p, o, capability, out);
    uint32_t last = map_get(&p->last_prop_cap, capability);
    if (!last)
        return;
    uint32_t i = last - 1;
    do {
        i = p->prop_caps_then.at[i];
        property_source(p, o, p->prop_caps_of.at[i], out);
    } while (i != last - 1);
}
