/* From trees to the model: modules, names, kinds, values, templates, structure, capabilities, order. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

static ObjId find(Run *r, const char *path)
{
    Ref ref = program_lookup(&r->program, r->program.modules.at[1].obj, intern(&r->names, str_from(path)));
    cr_assert_eq(ref.tag, REF_OBJ, "no `%s`; %s", path, run_diags(r));
    return ref.id;
}

static const char *value(Run *r, const char *path, const char *prop)
{
    ObjId o = find(r, path);
    StrBuf out = {0};
    value_print(&r->program,
                obj_value(&r->program, o, kind_prop_z(&r->program, model_obj(&r->program.model, o)->kind, prop), NULL),
                &out);
    const char *z = str_z(&r->arena, strbuf_str(&out));
    strbuf_free(&out);
    return z;
}

static CapLevel level(Run *r, const char *path, const char *capability)
{
    return cap_level(&r->program, find(r, path), find(r, capability));
}

/* ---- names and modules ---- */

Test(program, names_resolve_outwards_and_the_nearest_wins)
{
    Run r;
    run_text(
        &r,
        "data D \"outer\"\nboundary N {\n data D \"inner\"\n process A { holds: [D] }\n process B { holds: [N.D] }\n}\n"
        "process C { holds: [D] }\n");
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "N.A", "holds"), "N.D");
    cr_expect_str_eq(value(&r, "N.B", "holds"), "N.D");
    cr_expect_str_eq(value(&r, "C", "holds"), "D");
    run_free(&r);
}

Test(program, imports_can_be_renamed_and_narrowed)
{
    static const TestFile files[] = {
        {"root.cordon", "import lib as l\nimport other { X }\nprocess P { holds: [l.D, X] }\n"},
        {"lib.cordon", "data D\n"},
        {"other.cordon", "data X\ndata D\n"},
    };
    Run r;
    run_files(&r, files, 3);
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "P", "holds"), "D, X");
    run_free(&r);
}

Test(program, a_name_from_two_imports_is_ambiguous_where_it_is_used)
{
    static const TestFile files[] = {
        {"root.cordon", "import a\nimport b\nprocess P {\n  holds: [D]\n}\n"},
        {"a.cordon", "data D\n"},
        {"b.cordon", "data D\n"},
    };
    Run r;
    run_files(&r, files, 3);
    cr_expect_str_eq(run_diags(&r), "E0205@4");
    run_free(&r);
}

Test(program, own_names_hide_those_of_the_library)
{
    expect_diags(
        "import std.stride\nkind Service : process \"mine\" { property colour : text }\nService S { colour: \"red\" }\n",
        "");
}

/* The library may learn new kinds: a model that has used the word for a thing goes on to compile. */
Test(program, a_thing_may_have_the_name_of_a_kind)
{
    Run r;
    run_text(&r, "external A\nprocess B\nflow record : A -> B\nflow control : B -> A { controls: [C] }\n"
                 "record R { document: \"Q-1\" }\ncontrol C { status: planned }\n");
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "R", "document"), "Q-1");
    cr_expect_str_eq(value(&r, "control", "controls"), "C");
    run_free(&r);
}

Test(program, import_mistakes_are_said_at_the_import)
{
    static const TestFile cycle[] = {
        {"root.cordon", "import a\nprocess P\n"}, {"a.cordon", "import b\n"}, {"b.cordon", "import a\n"}};
    Run r;
    run_files(&r, cycle, 3);
    cr_expect_str_eq(run_diags(&r), "E0233@b.cordon:1");
    run_free(&r);
    expect_diags("process P\nimport nowhere\n", "E0230@2");
    expect_diags("process P\nimport std.strid\n", "E0230@2");
    expect_diags("process P\nimport test\n", "E0233@2");
}

Test(program, links_do_not_lead_out_of_the_project_or_name_a_file_twice)
{
    char dir[] = "/tmp/cordon-test-XXXXXX";
    cr_assert_not_null(mkdtemp(dir));
    char path[5][64];
    static const char *const names[] = {"root", "a", "b", "c", "d"};
    for (int i = 0; i < 5; i++)
        snprintf(path[i], sizeof path[i], "%s/%s.cordon", dir, names[i]);
    FILE *f = fopen(path[0], "w");
    fputs("process P\nimport a\nimport b\nimport c\nimport d\n", f);
    fclose(f);
    f = fopen(path[1], "w");
    fputs("process A\n", f);
    fclose(f);
    cr_assert_eq(symlink(path[1], path[2]), 0);       /* b is a again */
    cr_assert_eq(symlink("/etc/passwd", path[3]), 0); /* c is outside */
    cr_assert_eq(mkdir(path[4], 0700), 0);            /* d is a folder */
    Run r;
    run_path(&r, path[0]);
    const char *codes = run_diags(&r);
    for (int i = 0; i < 4; i++)
        unlink(path[i]);
    rmdir(path[4]);
    rmdir(dir);
    cr_expect_str_eq(codes, "E0234@3 E0232@4 E0231@5");
    run_free(&r);
}

Test(program, what_a_broken_statement_declared_is_not_reported_as_unknown)
{
    expect_diags("process A {\nprocess B 1 2\nflow f : A -> B { carries: [C] }\ndata 3 C\n}\n", "E0120@2 E0120@4");
}

/* ---- kinds and values ---- */

Test(program, kinds_inherit_refine_and_narrow)
{
    Run r;
    run_text(
        &r,
        "enum Colour { red, green }\nscale Size { small < large }\n"
        "kind Base : process \"base\" { property colour : Colour = red ; property size : Size ; property where_ : boundary? }\n"
        "kind Sub : Base \"sub\" { colour: green ; property size : Size = large }\n"
        "Base A\nSub B\nSub C { colour: red ; size: small }\n");
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "A", "colour"), "red");
    cr_expect_str_eq(value(&r, "A", "size"), "unknown");
    cr_expect_str_eq(value(&r, "A", "where_"), "not given");
    cr_expect_str_eq(value(&r, "B", "colour"), "green");
    cr_expect_str_eq(value(&r, "B", "size"), "large");
    cr_expect_str_eq(value(&r, "C", "colour"), "red");
    cr_expect_str_eq(value(&r, "C", "size"), "small");
    cr_expect(
        kind_is(&r.program, model_obj(&r.program.model, find(&r, "B"))->kind, role_kind(&r.program, ROLE_PROCESS)));
    cr_expect_not(obj_is(&r.program, find(&r, "B"), ROLE_STORE));
    run_free(&r);
}

Test(program, every_type_takes_its_values_and_no_others)
{
    static const char kind[] =
        "enum E { a, b }\nkind K : process \"k\" { property x : %s }\nprocess Q\nK k { x: %s }\n";
    static const struct {
        const char *type, *value, *diags;
    } rows[] = {
        {"bool", "true", ""},
        {"bool", "unknown", ""},
        {"bool", "yes", "E0210@4"},
        {"text", "\"t\"", ""},
        {"text", "t", "E0219@4"},
        {"text", "3", "E0210@4"},
        {"number", "3.25", ""},
        {"number", "\"3\"", "E0210@4"},
        {"number", "12345678901234567", "E0116@4"},
        {"date", "2024-02-29", ""},
        {"date", "2023-02-29", "E0115@4"},
        {"date", "5", "E0210@4"},
        {"person", "@a.b", ""},
        {"person", "a", "E0210@4"},
        {"E", "a", ""},
        {"E", "c", "E0214@4"},
        {"E", "[a]", "E0211@4"},
        {"[E]", "[a, b]", ""},
        {"[E]", "a", ""},
        {"[E]", "[]", ""},
        {"[E]", "unknown", ""},
        {"[E]", "[a, unknown]", "E0220@4"},
        {"[E]", "[a, a]", "W0213@4"},
        {"process", "Q", ""},
        {"process", "k", ""},
        {"boundary", "Q", "E0218@4"},
        {"process", "Z", "E0201@4"},
        {"process", "E", "E0202@4"},
        {"nonsense", "1", "E0221@2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[400];
        snprintf(text, sizeof text, kind, rows[i].type, rows[i].value);
        expect_diags(text, rows[i].diags);
    }
}

Test(program, permanent_ids_are_unique)
{
    expect_diags("process A #P1\nprocess B #P1\n", "E0204@2");
}

/* ---- templates and extensions ---- */

Test(program, templates_make_groups_with_things_and_values_for_parameters)
{
    Run r;
    run_text(
        &r,
        "boundary N\ntemplate T(net: boundary, open: bool) {\n  Service s { exposed: open ; also_inside: [net] }\n"
        "  flow f : s -> s\n}\nuse T as A { net: N ; open: true ; count: 3 }\nuse T as B { net: N ; open: false }\n");
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "A.s", "exposed"), "true");
    cr_expect_str_eq(value(&r, "B.s", "exposed"), "false");
    cr_expect_str_eq(value(&r, "A", "count"), "3");
    cr_expect(obj_inside(&r.program.model, find(&r, "A.s"), find(&r, "N")));
    cr_expect_eq(r.program.model.flows.n, 2);
    run_free(&r);
}

Test(program, parameters_that_are_left_out_say_nothing)
{
    Run r;
    run_text(&r,
             "boundary N\nboundary M\ntemplate T(nets: [boundary], why: text?, modes: [Mode]) {\n"
             "  Service s { also_inside: nets ; out_of_scope: why ; UsbPort u { enabled_in: [modes, factory] } }\n}\n"
             "use T as A\nuse T as B { nets: [N, M] ; why: \"theirs\" ; modes: [normal, service] }\n");
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "A.s", "also_inside"), "");
    cr_expect_str_eq(value(&r, "A.s.u", "enabled_in"), "factory");
    cr_expect_str_eq(value(&r, "B.s", "out_of_scope"), "theirs");
    cr_expect_str_eq(value(&r, "B.s.u", "enabled_in"), "normal, service, factory");
    cr_expect(obj_inside(&r.program.model, find(&r, "B.s"), find(&r, "M")));
    run_free(&r);
    expect_diags("template T(x: bool) { Service s { exposed: x } }\nuse T as A\n", "E0308@2");
    expect_diags("template T(x: [Mode]) { Service s { exposed: x } }\nuse T as A\n", "E0210@1");
}

Test(program, templates_cannot_use_themselves_or_multiply_without_end)
{
    expect_diags("template T() { use T as x {} }\nuse T as A {}\n", "E0306@1");
    expect_diags("template T() { use U as x {} }\ntemplate U() { use T as y {} }\nuse T as A {}\n", "E0306@2");
    StrBuf text = {0};
    strbuf_addz(&text, "template T0() { process p }\n");
    for (int i = 1; i < 15; i++) {
        strbuf_format(&text, "template T%d() {\n", i);
        for (int k = 0; k < 4; k++)
            strbuf_format(&text, "use T%d as u%d {}\n", i - 1, k);
        strbuf_addz(&text, "}\n");
    }
    strbuf_addz(&text, "use T14 as A {}\n");
    Run r;
    run_text(&r, text.s);
    cr_expect(strstr(run_diags(&r), "E0309"), "%.200s", run_diags(&r));
    cr_expect_lt(r.program.model.objects.n, 4000000);
    run_free(&r);
    strbuf_free(&text);
}

Test(program, extensions_add_members_and_set_nothing_twice)
{
    Run r;
    run_text(&r, "process A { exposed_: 1 }\n");
    run_free(&r);
    run_text(
        &r,
        "Service A { exposed: true }\nextend A {\n  input_validated: true\n  UsbPort u\n}\nprocess B\nflow f : B -> A.u\n");
    cr_expect_str_eq(run_diags(&r), "");
    cr_expect_str_eq(value(&r, "A", "input_validated"), "true");
    cr_expect_eq(r.program.model.flows.at[0].to, find(&r, "A"));
    cr_expect_eq(flow_ports(&r.program.model, &r.program.model.flows.at[0])->to, find(&r, "A.u"));
    run_free(&r);
    expect_diags("Service A { exposed: true }\nextend A { exposed: true }\n", "E0209@2");
    expect_diags("Service A\nextend https { }\n", "E0317@2");
}

Test(program, names_in_an_extension_are_those_of_its_own_file)
{
    static const TestFile files[] = {
        {"root.cordon",
         "import part\nimport lib\nextend Site {\n  use Bed as bed { data_: Extra }\n  process Q { holds: [Extra, D] }\n"
         "  flow f : Q -> P\n}\ndata Extra\n"},
        {"part.cordon", "boundary Site {\n  process P\n  data D\n}\n"},
        {"lib.cordon", "template Bed(data_: data) { store s { holds: [data_] } }\n"},
    };
    Run r;
    run_files(&r, files, 3);
    cr_expect_str_eq(run_diags(&r), "");
    run_free(&r);
}

Test(program, what_a_template_makes_twice_has_no_permanent_id)
{
    expect_diags("template T() { process a #A ; boundary b { process c #C } }\nuse T as x {}\nuse T as y {}\n", "");
}

/* ---- structure ---- */

static const char overlapping[] =
    "boundary Net {\n  boundary Ward {\n    process Pump { also_inside: [Case] }\n  }\n  process Gate\n}\n"
    "boundary Case { dimension: physical }\nexternal Nurse\n"
    "flow in_ : Nurse -> Net.Ward.Pump\nflow out : Net.Ward.Pump -> Net.Gate\nflow both : Net.Gate <-> Nurse\n";

static const char *crossing(Run *r, uint32_t half, bool enters)
{
    ObjVec set = {0};
    StrBuf out = {0};
    if (enters)
        half_enters(&r->program.model, half, &set);
    else
        half_leaves(&r->program.model, half, &set);
    for (uint32_t i = 0; i < set.n; i++) {
        strbuf_addz(&out, i ? " " : "");
        obj_path(&r->program, set.at[i], &out);
    }
    const char *z = str_z(&r->arena, strbuf_str(&out));
    vec_free(&set);
    strbuf_free(&out);
    return z;
}

Test(program, flows_leave_and_enter_the_boundaries_that_differ)
{
    Run r;
    run_text(&r, overlapping);
    cr_assert_str_eq(run_diags(&r), "");
    cr_expect_str_eq(crossing(&r, 0, true), "Net Net.Ward Case");
    cr_expect_str_eq(crossing(&r, 0, false), "");
    cr_expect_str_eq(crossing(&r, 2, false), "Net.Ward Case");
    cr_expect_str_eq(crossing(&r, 2, true), "");
    cr_expect_str_eq(crossing(&r, 4, false), "Net");
    cr_expect_str_eq(crossing(&r, 5, true), "Net"); /* the way back */
    cr_expect_eq(obj_primary_boundary(&r.program, find(&r, "Net.Ward.Pump")), find(&r, "Net.Ward"));
    run_free(&r);
}

Test(program, adjacency_lists_each_half_once)
{
    Run r;
    run_text(&r, overlapping);
    const Model *m = &r.program.model;
    uint32_t gate = model_obj(m, find(&r, "Net.Gate"))->index;
    cr_assert_eq(m->out_start.at[gate + 1] - m->out_start.at[gate], 1);
    cr_expect_eq(m->out_half.at[m->out_start.at[gate]], 4);
    cr_assert_eq(m->in_start.at[gate + 1] - m->in_start.at[gate], 2);
    cr_expect_eq(m->out_half.n, 4);
    cr_expect_eq(m->in_half.n, 4);
    run_free(&r);
}

Test(program, boundaries_inside_themselves_are_refused)
{
    expect_diags(
        "boundary A { also_inside: [B] }\nboundary B { also_inside: [C] }\nboundary C { also_inside: [A] }\nprocess P\n",
        "E0304@1");
    expect_diags("boundary A {\n boundary B\n also_inside: [A.B]\n}\nprocess P\n", "E0304@1");
}

Test(program, depth_of_kinds_and_boundaries_is_limited)
{
    StrBuf text = {0};
    strbuf_addz(&text, "process P { also_inside: [b0] }\n");
    for (int i = 0; i < LIMIT_BOUNDARY_DEPTH + 100; i++)
        strbuf_format(&text, "boundary b%d { also_inside: [b%d] }\n", i, i + 1);
    strbuf_format(&text, "boundary b%d\n", LIMIT_BOUNDARY_DEPTH + 100);
    expect_diags(text.s, "E0322@401");
    text.n = 0;
    strbuf_addz(&text, "kind k0 : process \"k\"\n");
    for (int i = 1; i < 40; i++)
        strbuf_format(&text, "kind k%d : k%d \"k\"\n", i, i - 1);
    strbuf_addz(&text, "k39 P\n");
    Run r;
    run_text(&r, text.s);
    cr_expect_eq(r.diags.errors, 1);
    cr_expect(strstr(run_diags(&r), "E0222@"), "%s", run_diags(&r));
    run_free(&r);
    strbuf_free(&text);
}

/* ---- capabilities ---- */

static const char protected_[] =
    "control Planned { implements: [encrypts_transit] ; status: planned }\n"
    "control Done { implements: [encrypts_transit] ; status: implemented }\n"
    "control Gone { implements: [encrypts_transit] ; status: retired }\n"
    "control Proven { implements: [encrypts_transit] ; status: verified\n  evidence E { kind_of_test: works ; result: pass } }\n"
    "control Failed { implements: [encrypts_transit] ; status: implemented\n  evidence E { kind_of_test: works ; result: fail } }\n"
    "control Claimed { implements: [encrypts_transit] ; status: verified }\n"
    "process A\nprocess B\n"
    "flow none_ : A -> B { protocol: http }\nflow planned : A -> B { protocol: http ; controls: [Planned] }\n"
    "flow done : A -> B { protocol: http ; controls: [Planned, Done] }\nflow gone : A -> B { protocol: http ; controls: [Gone] }\n"
    "flow proven : A -> B { protocol: http ; controls: [Proven] }\nflow failed : A -> B { protocol: http ; controls: [Failed] }\n"
    "flow claimed : A -> B { protocol: http ; controls: [Claimed] }\nflow open : A -> B\nflow secure : A -> B { protocol: https }\n"
    "flow both : A -> B { controls: [Planned] }\n";

Test(program, capabilities_come_from_controls_and_protocols_as_far_as_proven)
{
    Run r;
    run_text(&r, protected_);
    cr_expect_eq(level(&r, "none_", "encrypts_transit"), CAP_NO);
    cr_expect_eq(level(&r, "planned", "encrypts_transit"), CAP_PLANNED);
    cr_expect_eq(level(&r, "done", "encrypts_transit"), CAP_IMPLEMENTED);
    cr_expect_eq(level(&r, "gone", "encrypts_transit"), CAP_NO);
    cr_expect_eq(level(&r, "proven", "encrypts_transit"), CAP_VERIFIED);
    cr_expect_eq(level(&r, "failed", "encrypts_transit"), CAP_PLANNED);
    cr_expect_eq(level(&r, "claimed", "encrypts_transit"), CAP_IMPLEMENTED);
    cr_expect_eq(level(&r, "open", "encrypts_transit"), CAP_UNKNOWN);
    cr_expect_eq(level(&r, "secure", "encrypts_transit"), CAP_IMPLEMENTED);
    cr_expect_eq(level(&r, "both", "encrypts_transit"), CAP_UNKNOWN);
    cr_expect_str_eq(run_diags(&r), "W0318@6 W0313@8 W0321@14");
    run_free(&r);
}

Test(program, properties_give_deny_or_leave_open)
{
    Run r;
    run_text(&r, "Service Yes { input_validated: true }\nService No { input_validated: false }\nService Open\n");
    cr_expect_eq(level(&r, "Yes", "validates_input"), CAP_IMPLEMENTED);
    cr_expect_eq(level(&r, "No", "validates_input"), CAP_NO);
    cr_expect_eq(level(&r, "Open", "validates_input"), CAP_UNKNOWN);
    CapSources why = {0};
    cap_sources(&r.program, find(&r, "No"), find(&r, "validates_input"), &why);
    cr_assert_eq(why.n, 1);
    cr_expect(why.at[0].denies);
    cr_expect(str_eq(source_text(&r.sources, why.at[0].span), STR("false")));
    vec_free(&why);
    run_free(&r);
}

/* ---- order ---- */

Test(program, order_follows_names_not_declarations)
{
    static const char *const texts[] = {
        "boundary B {\n process b\n process a\n}\nboundary A {\n process c\n}\nprocess C #Z\n",
        "process C #Z\nboundary A {\n process c\n}\nboundary B {\n process a\n process b\n}\n",
    };
    static const char wanted[] = "A.c B.a B.b Z ";
    for (int i = 0; i < 2; i++) {
        Run r;
        run_text(&r, texts[i]);
        ObjList list = objs_of_role(&r.program, ROLE_PROCESS, &r.arena);
        StrBuf got = {0};
        for (uint32_t k = 0; k < list.n; k++) {
            obj_id(&r.program, list.at[k], &got);
            strbuf_char(&got, ' ');
        }
        cr_expect_str_eq(got.s, wanted);
        strbuf_free(&got);
        /* The comparison without ranks agrees with the ranks. */
        Vec(uint32_t) ranks = {0};
        for (ObjId o = 0; o < r.program.model.objects.n; o++)
            vec_push(&ranks, r.program.model.rank.at[o]);
        r.program.model.rank.n = 0;
        for (ObjId a = r.program.library_end; a < r.program.model.objects.n; a++)
            for (ObjId b = r.program.library_end; b < r.program.model.objects.n; b++)
                cr_expect_eq(obj_order(&r.program, a, b) < 0, ranks.at[a] < ranks.at[b]);
        vec_free(&ranks);
        run_free(&r);
    }
}

Test(program, things_stand_where_they_mean_something)
{
    expect_diags("UsbPort p\n", "E0305@1");
    expect_diags("process A\nprocess B\nflow f : A -> B {\n process C\n}\n", "E0314@4");
    expect_diags("process A\nflow f : A -> Nowhere\n", "E0201@2");
    expect_diags("process A : A -> A\n", "E0303@1");
    expect_diags("process A\nflow f\n", "E0302@2");
    expect_diags("process A\nprocess B\nprocess C\nflow f : A -> B { initiator: C }\n", "E0315@4");
    expect_diags("system A\nsystem B\n", "E0316@2");
    expect_diags("process A was B\nprocess B\n", "E0312@1");
    expect_diags("", "E0311@1");
    expect_diags("// only a comment", "E0311@1");
}
