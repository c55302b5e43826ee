/* What must be true of the standard library whatever it grows to: documented, complete against its catalogues, and consistent
 * with itself. The rules have tests of their own in the library. */
#include "support.h"

static void run_library(Run *r)
{
    run_text(r, "process App \"Application\"\n");
    cr_assert_str_empty(run_diags(r), "%s", run_diags(r));
}

static Value value_of(const Program *p, ObjId o, const char *property)
{
    PropId id = kind_prop_z(p, model_obj(&p->model, o)->kind, property);
    cr_assert(id != 0, "no property %s", property);
    return obj_value(p, o, id, NULL);
}

static Range members_of(const Program *p, ObjId o, const char *property, const Value **at)
{
    Value v = value_of(p, o, property);
    return value_members(&p->model, &v, at);
}

static bool provides(const Program *p, ObjId o, ObjId capability)
{
    const Value *at;
    Range all = members_of(p, o, "provides", &at);
    for (uint32_t i = 0; i < all.n; i++)
        if (at[i].a == capability)
            return true;
    return false;
}

Test(library, everything_is_explained)
{
    Run r;
    run_library(&r);
    const Program *p = &r.program;
    for (KindId k = 1; k < p->kinds.n; k++)
        cr_expect(p->kinds.at[k].title.n > 0, "the kind %.*s has no title",
                  STR_FMT(sym_str(p->names, p->kinds.at[k].name)));
    for (PropId i = 1; i < p->props.n; i++)
        cr_expect(p->props.at[i].title.n > 0, "the property %.*s says nothing",
                  STR_FMT(sym_str(p->names, p->props.at[i].name)));
    for (ObjId o = 1; o < p->library_end; o++)
        if (obj_is(p, o, ROLE_CAPABILITY) || obj_is(p, o, ROLE_PROTOCOL))
            cr_expect(model_decl(&p->model, o)->title != 0, "%.*s has no title", STR_FMT(obj_name(p, o)));
    for (uint32_t i = 0; i < p->capabilities.n; i++)
        cr_expect(model_decl(&p->model, p->capabilities.at[i])->doc != 0, "%.*s is not explained",
                  STR_FMT(obj_name(p, p->capabilities.at[i])));
    run_free(&r);
}

/* Every component requirement of IEC 62443-4-2 is answered by a capability, and no other number is named. */
Test(library, capabilities_cover_the_component_requirements)
{
    static const unsigned count[8] = {0, 14, 13, 14, 3, 3, 2, 8};
    bool seen[8][16] = {{false}};
    Run r;
    run_library(&r);
    const Program *p = &r.program;
    for (uint32_t i = 0; i < p->capabilities.n; i++) {
        const Value *at;
        Range all = members_of(p, p->capabilities.at[i], "cr", &at);
        for (uint32_t k = 0; k < all.n; k++) {
            unsigned family = 0, number = 0;
            char text[16] = "";
            Str s = value_text_of(&p->model, at[k]);
            snprintf(text, sizeof text, "%.*s", STR_FMT(s));
            bool known = sscanf(text, "CR %u.%u", &family, &number) == 2 && family >= 1 && family <= 7 && number >= 1 &&
                         number <= count[family];
            cr_expect(known, "%.*s: %s", STR_FMT(obj_name(p, p->capabilities.at[i])), text);
            if (known)
                seen[family][number] = true;
        }
    }
    for (unsigned f = 1; f <= 7; f++)
        for (unsigned n = 1; n <= count[f]; n++)
            cr_expect(seen[f][n], "no capability serves CR %u.%u", f, n);
    run_free(&r);
}

Test(library, capabilities_cover_the_control_categories)
{
    Run r;
    run_library(&r);
    const Program *p = &r.program;
    const Enum *e = &p->enums.at[enum_by_name(p, p->prelude.at[0], "FdaCategory")];
    cr_expect_eq(e->n, 8);
    for (uint32_t c = 0; c < e->n; c++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < p->capabilities.n; i++) {
            const Value *at;
            Range all = members_of(p, p->capabilities.at[i], "fda", &at);
            cr_expect(all.n > 0, "%.*s belongs to no category", STR_FMT(obj_name(p, p->capabilities.at[i])));
            for (uint32_t k = 0; k < all.n; k++)
                n += at[k].a == e->first + c;
        }
        cr_expect(n > 0, "nothing in the category %.*s", STR_FMT(sym_str(p->names, p->consts.at[e->first + c].name)));
    }
    run_free(&r);
}

/* Whoever follows `secure_variant` loses nothing; only the plain checksum is told by something stronger. */
Test(library, protocols_are_consistent)
{
    Run r;
    run_library(&r);
    const Program *p = &r.program;
    ObjId checksum = program_lookup(p, p->prelude.at[0], intern(&r.names, STR("detects_corruption"))).id;
    uint32_t n = 0;
    for (ObjId o = 1; o < p->library_end; o++) {
        if (!obj_is(p, o, ROLE_PROTOCOL))
            continue;
        n++;
        Str name = obj_name(p, o);
        cr_expect_eq(value_of(p, o, "medium").tag, V_CONST, "%.*s: which medium?", STR_FMT(name));
        cr_expect_eq(value_of(p, o, "attack_vector").tag, V_CONST, "%.*s: which attack vector?", STR_FMT(name));
        const Value *families;
        cr_expect(members_of(p, o, "family", &families).n > 0, "%.*s: which family?", STR_FMT(name));
        Value better = value_of(p, o, "secure_variant"), obsolete = value_of(p, o, "obsolete");
        cr_expect(obsolete.a == 0 || better.tag == V_REF, "%.*s is obsolete, but what is better?", STR_FMT(name));
        const Value *at;
        Range all = members_of(p, o, "provides", &at);
        for (uint32_t i = 0; better.tag == V_REF && i < all.n; i++)
            cr_expect(at[i].a == checksum || provides(p, better.a, at[i].a), "%.*s lacks what %.*s provides",
                      STR_FMT(obj_name(p, better.a)), STR_FMT(name));
    }
    cr_expect(n >= 60, "only %u protocols", n);
    run_free(&r);
}

Test(library, six_categories)
{
    Run r;
    run_library(&r);
    const Program *p = &r.program;
    const Enum *e = &p->enums.at[enum_by_name(p, p->prelude.at[0], "Stride")];
    cr_expect_eq(e->n, 6);
    KindId kind = program_lookup(p, p->prelude.at[0], intern(&r.names, STR("stride_category"))).id;
    uint32_t seen = 0;
    for (ObjId o = 1; o < p->library_end; o++)
        if (kind_is(p, model_obj(&p->model, o)->kind, kind)) {
            const Value *at;
            seen |= 1u << (value_of(p, o, "stride").a - e->first);
            cr_expect(members_of(p, o, "impacts", &at).n > 0, "%.*s hurts nothing", STR_FMT(obj_name(p, o)));
        }
    cr_expect_eq(seen, 0x3Fu);
    run_free(&r);
}
