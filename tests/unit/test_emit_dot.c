/* Diagrams: which views there are, what each shows, the DOT that comes of it, and above all that no picture is
 * published in which an element stands in a boundary that is not its own. */
#include "report/review.h"
#include "draw/draw.h"
#include "support.h"

#include <cgraph.h>

#define WARD                                                                                         \
    "system Pump \"Pump\" { version: \"1.0\" }\n"                                                    \
    "external Nurse \"Nurse\" #EX-01 { human: true }\n"                                              \
    "external Old \"Old record\" #EX-02 { out_of_scope: \"Not ours\" }\n"                            \
    "data Order \"Order\" { integrity: high }\n"                                                     \
    "boundary Hospital \"Hospital\" #TB-01 { dimension: network\n"                                   \
    "  process Gateway \"Gateway\" #PR-01 {}\n"                                                      \
    "  store Db \"Orders\" #ST-01 {}\n"                                                              \
    "  boundary Ward \"Ward\" #TB-02 { dimension: network\n"                                         \
    "    process App \"App\" #PR-02 { port usb \"USB\" #PT-01 { } }\n"                               \
    "  }\n"                                                                                          \
    "}\n"                                                                                            \
    "flow login \"Log in\" #FL-07 : Nurse -> Hospital.Ward.App { carries: [Order] }\n"               \
    "flow order \"Send order\" #FL-02 : Hospital.Gateway -> Hospital.Ward.App { protocol: mqtts }\n" \
    "flow keep \"Keep\" : Hospital.Gateway <-> Hospital.Db { }\n"                                    \
    "flow read \"Read\" #X-07 : Old -> Hospital.Gateway { initiator: Hospital.Gateway }\n"           \
    "flow serve \"Serve\" #FL-09 : Nurse -> Hospital.Ward.App.usb { }\n"                             \
    "threat T1 \"One\" { at: [Hospital.Ward.App]; severity: high }\n"                                \
    "threat T2 \"Two\" { at: [Hospital.Ward.App]; severity: critical }\n"                            \
    "threat T3 \"Three\" { at: [login]; severity: low }\n"

static const View *view_named(const Views *views, const char *name)
{
    for (uint32_t i = 0; i < views->n; i++)
        if (str_eq(views->at[i].name, str_from(name)))
            return &views->at[i];
    cr_assert(false, "no view is called %s", name);
    return NULL;
}

/* Names of views with what they show: "context 6+0 5, ...": elements + closed boxes, flows. */
static char *views_text(Run *r)
{
    cr_assert(r->assessed, "%s", run_diags(r));
    Views views = views_plan(&r->report, &r->arena);
    StrBuf b = {0};
    for (uint32_t i = 0; i < views.n; i++)
        strbuf_format(&b, "%s%.*s %u+%u %u", i ? ", " : "", STR_FMT(views.at[i].name), views.at[i].nelements,
                      views.at[i].ncollapsed, views.at[i].nflows);
    char *text = str_z(&r->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static void expect_views(const char *more, const char *wanted)
{
    Run r;
    StrBuf b = {0};
    strbuf_format(&b, "%s%s", WARD, more);
    run_text(&r, b.s);
    cr_expect_str_eq(views_text(&r), wanted, "%s", more);
    run_free(&r);
    strbuf_free(&b);
}

Test(emit_dot, views)
{
    expect_views("", "context 6+0 5, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view v of Hospital.Ward \"V\" { }",
                 "context 6+0 5, v 4+0 3, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view v \"V\" { include: [Hospital.*] }",
                 "context 6+0 5, v 2+1 2, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view v \"V\" { include: [Hospital.**, Nurse]; exclude: [Hospital.Db, order] }",
                 "context 6+0 5, v 4+0 2, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view v \"V\" { include: [Hospital.Ward, Nurse, Old] }",
                 "context 6+0 5, v 2+1 2, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view v \"V\" { include: [login] }",
                 "context 6+0 5, v 3+0 2, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view v \"V\" { include: [Order] }",
                 "context 6+0 5, v 3+0 2, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
    expect_views("view Context \"V\" { include: [Nurse] }",
                 "context 6+0 5, context-2 1+0 0, boundary-hospital 6+0 5, boundary-hospital.ward 4+0 3");
}

Test(emit_dot, a_model_without_elements_has_no_view)
{
    Run r;
    run_text(&r, "data D \"D\" { integrity: high }\n");
    cr_expect_str_eq(views_text(&r), "");
    run_free(&r);
}

static char *dot_of(Run *r, const char *view)
{
    Out out;
    Views views = views_plan(&r->report, &r->arena);
    out_memory(&out);
    emit_view_dot(&r->report, view_named(&views, view), &out);
    char *text = str_z(&r->arena, out_text(&out));
    out_discard(&out);
    return text;
}

static const char *attribute(void *of, const char *name)
{
    char text[32];
    snprintf(text, sizeof text, "%s", name);
    const char *value = agget(of, text);
    return value ? value : "";
}

/* The node whose id is given. */
static Agnode_t *node_with(Agraph_t *g, const char *id)
{
    for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n))
        if (strcmp(attribute(n, "id"), id) == 0)
            return n;
    cr_assert(false, "no node has the id %s", id);
    return NULL;
}

static Agraph_t *cluster_with(Agraph_t *g, const char *id)
{
    for (Agraph_t *s = agfstsubg(g); s; s = agnxtsubg(s)) {
        if (strcmp(attribute(s, "id"), id) == 0)
            return s;
        for (Agraph_t *t = agfstsubg(s); t; t = agnxtsubg(t))
            if (strcmp(attribute(t, "id"), id) == 0)
                return t;
    }
    cr_assert(false, "no box has the id %s", id);
    return NULL;
}

Test(emit_dot, the_file_reads_back)
{
    Run r;
    run_text(&r, WARD);
    char *text = dot_of(&r, "context");
    Agraph_t *g = agmemread(text);
    cr_assert(g, "%s", text);
    cr_expect_eq(agnnodes(g), 6);
    cr_expect_eq(agnedges(g), 6, "five flows and the line from the port to its element");
    cr_expect_str_eq(attribute(node_with(g, "EX-01"), "shape"), "box");
    cr_expect_str_eq(attribute(node_with(g, "EX-01"), "class"), "external");
    cr_expect_str_eq(attribute(node_with(g, "EX-02"), "class"), "out_of_scope");
    cr_expect_str_eq(attribute(node_with(g, "ST-01"), "shape"), "cylinder");
    cr_expect_str_eq(attribute(node_with(g, "PR-02"), "style"), "rounded");
    cr_expect(strstr(attribute(node_with(g, "PR-02"), "label"), "[2C]"), "%s",
              attribute(node_with(g, "PR-02"), "label"));
    cr_expect_str_eq(attribute(node_with(g, "PR-02"), "URL"), "../report.html#PR-02");
    Agraph_t *ward = cluster_with(g, "TB-02"), *hospital = cluster_with(g, "TB-01");
    cr_expect(agsubnode(ward, node_with(g, "PR-02"), 0) && agsubnode(ward, node_with(g, "PT-01"), 0));
    cr_expect(!agsubnode(ward, node_with(g, "PR-01"), 0) && agsubnode(hospital, node_with(g, "PR-01"), 0));
    cr_expect(!agsubnode(hospital, node_with(g, "EX-01"), 0));
    cr_expect(!strstr(text, " label=\"7"), "flow text is never a label");
    cr_expect(strstr(text, "xlabel=\"7 Log in [1L]\""), "%s", text);
    agclose(g);
    run_free(&r);
}

/* The number of a flow is that of its permanent id; a second 7 and a flow without one get the next free numbers. */
Test(emit_dot, numbers_of_flows)
{
    Run r;
    run_text(&r, WARD);
    char *text = dot_of(&r, "context");
    cr_expect(strstr(text, "xlabel=\"7 Log in") && strstr(text, "xlabel=\"2 Send order\"") &&
              strstr(text, "xlabel=\"9 Serve\""));
    cr_expect(strstr(text, "xlabel=\"10 Read\"") && strstr(text, "xlabel=\"11 Keep\""), "%s", text);
    run_free(&r);
}

#define OVERLAP                                             \
    "boundary Net \"Net\" #TB-01 { dimension: network\n"    \
    "  process A \"A\" #PR-01 { also_inside: [Case] }\n"    \
    "  process B \"B\" #PR-02 { }\n"                        \
    "}\n"                                                   \
    "boundary Case \"Case\" #TB-02 { dimension: physical\n" \
    "  process C \"C\" #PR-03 { }\n"                        \
    "}\n"                                                   \
    "flow f \"F\" : Net.A -> Case.C\n"                      \
    "flow g \"G\" : Net.B -> Case.C\n"

/* Sets that overlap cannot be nested boxes: one is drawn, the other is named on its members. */
Test(emit_dot, overlapping_boundaries_are_named)
{
    Run r;
    run_text(&r, OVERLAP);
    Agraph_t *g = agmemread(dot_of(&r, "context"));
    cr_assert(g);
    Agraph_t *net = cluster_with(g, "TB-01");
    cr_expect(agsubnode(net, node_with(g, "PR-01"), 0) && agsubnode(net, node_with(g, "PR-02"), 0));
    cr_expect(strstr(attribute(node_with(g, "PR-01"), "label"), "also in: Case"));
    cr_expect(strstr(attribute(node_with(g, "PR-03"), "label"), "also in: Case"));
    cr_expect(!strstr(attribute(node_with(g, "PR-02"), "label"), "also in"));
    agclose(g);
    run_free(&r);
}

/* A second dimension whose members all stand in one box is drawn as a box inside it. */
Test(emit_dot, boundaries_of_two_dimensions_nest_where_they_can)
{
    Run r;
    run_text(
        &r,
        "boundary Net \"Net\" #TB-01 { process A \"A\" #PR-01 { also_inside: [Case] }; process B \"B\" #PR-02 {} }\n"
        "boundary Case \"Case\" #TB-02 { dimension: physical }\nflow f : Net.A -> Net.B\n");
    Agraph_t *g = agmemread(dot_of(&r, "context"));
    cr_assert(g);
    Agraph_t *box = cluster_with(g, "TB-02");
    cr_expect(agsubnode(box, node_with(g, "PR-01"), 0) && !agsubnode(box, node_with(g, "PR-02"), 0));
    cr_expect(agsubg(cluster_with(g, "TB-01"), agnameof(box), 0) != NULL, "the one is inside the other");
    agclose(g);
    run_free(&r);
}

/* A layout like that of dot, from boxes: nodes in a grid, with one moved. */
static char *layout_text(Run *r, const Drawing *d, const double (*nodes)[2], const double (*clusters)[4])
{
    StrBuf b = {0};
    strbuf_addz(&b, "{\"bb\":\"0,0,1000,1000\",\"objects\":[");
    for (uint32_t i = 1; i < d->nclusters; i++)
        strbuf_format(&b, "{\"name\":\"cluster_%u\",\"bb\":\"%g,%g,%g,%g\"},", i, clusters[i][0], clusters[i][1],
                      clusters[i][2], clusters[i][3]);
    for (uint32_t i = 1; i < d->nnodes; i++)
        strbuf_format(&b, "%s{\"name\":\"n%u\",\"pos\":\"%g,%g\",\"width\":\"0.5\",\"height\":\"0.5\"}",
                      i > 1 ? "," : "", i, nodes[i][0], nodes[i][1]);
    strbuf_addz(&b, "],\"edges\":[");
    for (uint32_t i = 1; i < d->nedges; i++)
        strbuf_format(&b, "%s{\"comment\":\"e%u\",\"pos\":\"e,5,5 1,1 2,2 3,3 4,4\"}", i > 1 ? "," : "", i);
    strbuf_addz(&b, "]}");
    char *text = str_z(&r->arena, strbuf_str(&b));
    strbuf_free(&b);
    return text;
}

static bool proven(Run *r, const Drawing *d, const double (*nodes)[2], const double (*clusters)[4])
{
    Geometry g;
    StrBuf why = {0};
    cr_assert(geometry_read(d, str_from(layout_text(r, d, nodes, clusters)), &r->arena, &g, &why), "%s", why.s);
    bool ok = geometry_prove(d, &g, &why);
    cr_expect(ok || why.n, "it says why");
    strbuf_free(&why);
    return ok;
}

/* Net holds A and B, C stands outside it. */
Test(emit_dot, a_picture_that_lies_is_refused)
{
    Run r;
    run_text(&r, "boundary Net \"Net\" { process A \"A\" #P-1 {}; process B \"B\" #P-2 {} }\nprocess C \"C\" #P-3 "
                 "{}\nflow f : Net.A -> C\n");
    Views views = views_plan(&r.report, &r.arena);
    Drawing *d = drawing_make(&r.report, view_named(&views, "context"), &r.arena);
    cr_assert_eq(d->nnodes, 4u);
    cr_assert_eq(d->nclusters, 2u);
    uint32_t c = d->nodes[1].cluster ? d->nodes[2].cluster ? 3 : 2 : 1, a = c == 1 ? 2 : 1;
    double nodes[4][2] = {{0, 0}, {100, 100}, {160, 100}, {220, 100}};
    nodes[c][0] = 500;
    const double box[2][4] = {{0, 0, 0, 0}, {50, 50, 300, 150}};
    cr_expect(proven(&r, d, (const double(*)[2])nodes, box));
    nodes[c][0] = 290;
    cr_expect(!proven(&r, d, (const double(*)[2])nodes, box), "C inside a boundary that is not its own");
    nodes[c][0] = 310;
    cr_expect(!proven(&r, d, (const double(*)[2])nodes, box), "C across the line");
    nodes[c][0] = 500;
    nodes[a][0] = 290;
    cr_expect(!proven(&r, d, (const double(*)[2])nodes, box), "a member across the line");
    nodes[a][0] = 400;
    cr_expect(!proven(&r, d, (const double(*)[2])nodes, box), "a member outside");
    run_free(&r);
}

/* A line between two members that runs outside their boundary would show a crossing that is none. */
Test(emit_dot, lines_stay_in_the_boundary_of_both_ends)
{
    Run r;
    run_text(&r,
             "boundary Net \"Net\" { process A \"A\" #P-1 {}; process B \"B\" #P-2 {} }\nflow f : Net.A -> Net.B\n");
    Views views = views_plan(&r.report, &r.arena);
    Drawing *d = drawing_make(&r.report, view_named(&views, "context"), &r.arena);
    const double nodes[3][2] = {{0, 0}, {100, 100}, {260, 100}}, box[2][4] = {{0, 0, 0, 0}, {50, 50, 300, 150}};
    Geometry g;
    StrBuf why = {0};
    cr_assert(geometry_read(d, str_from(layout_text(&r, d, nodes, box)), &r.arena, &g, &why));
    cr_expect(!box_holds(&g.clusters[1], spline_at(&g.edges[1], 0.5)), "the layout of the test runs outside");
    geometry_mend(d, &g, &r.arena);
    for (int k = 0; k <= 10; k++)
        cr_expect(box_holds(&g.clusters[1], spline_at(&g.edges[1], k / 10.0)), "at %d tenths", k);
    cr_expect(g.edges[1].has_end && !box_holds(&g.nodes[d->edges[1].to], spline_at(&g.edges[1], 1)),
              "room for the head");
    run_free(&r);
}

static const char *const broken[] = {
    "",
    "{",
    "[]",
    "{\"bb\":\"0,0,1,1\"}",
    "{\"bb\":\"x\",\"objects\":[]}",
    "{\"bb\":\"0,0,1,1\",\"objects\":[{\"name\":\"n1\",\"pos\":\"1\"}]}",
    "{\"bb\":\"0,0,1,1\",\"objects\":[{\"name\":\"n1\",\"pos\":\"1,nan\",\"width\":\"1\",\"height\":\"1\"}]}",
    "{\"bb\":\"0,0,1,1\",\"objects\":7,\"edges\":[{\"comment\":\"e1\",\"pos\":\"e,1,1 2,2\"}]}",
};

Test(emit_dot, a_broken_layout_is_refused)
{
    Run r;
    run_text(&r, WARD);
    Views views = views_plan(&r.report, &r.arena);
    Drawing *d = drawing_make(&r.report, view_named(&views, "context"), &r.arena);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        Geometry g;
        StrBuf why = {0};
        cr_expect(!geometry_read(d, str_from(broken[i]), &r.arena, &g, &why), "row %zu", i);
        cr_expect(why.n > 0, "row %zu", i);
        strbuf_free(&why);
    }
    run_free(&r);
}

Test(emit_dot, pictures)
{
    Run r;
    run_text(&r, WARD);
    Views views = views_plan(&r.report, &r.arena);
    for (uint32_t i = 0; i < views.n; i++) {
        Out dot;
        StrBuf svg = {0}, why = {0};
        out_memory(&dot);
        emit_view_dot(&r.report, &views.at[i], &dot);
        LayoutStatus status = layout_svg(&r.report, &views.at[i], out_text(&dot), &svg, &why);
        cr_expect_eq(status, LAYOUT_OK, "%s", why.s);
        cr_expect(str_starts(strbuf_str(&svg), STR("<svg xmlns=\"http://www.w3.org/2000/svg\"")));
        cr_expect(str_ends(strbuf_str(&svg), STR("</svg>\n")));
        cr_expect(strstr(svg.s, "href=\"../report.html#PR-02\"") && strstr(svg.s, "<title>"));
        out_discard(&dot);
        strbuf_free(&svg);
        strbuf_free(&why);
    }
    run_free(&r);
}

/* No dot in the path: said so, and nothing else happens. */
Test(emit_dot, without_graphviz)
{
    Run r;
    run_text(&r, WARD);
    Views views = views_plan(&r.report, &r.arena);
    StrBuf svg = {0}, why = {0};
    setenv("PATH", "/nonexistent", 1);
    cr_expect_eq(layout_svg(&r.report, &views.at[0], STR("digraph {}"), &svg, &why), LAYOUT_NO_DOT);
    cr_expect(svg.n == 0 && strstr(why.s, "not found"));
    strbuf_free(&svg);
    strbuf_free(&why);
    run_free(&r);
}

/* A text that dot refuses for a view too large to be tried twice. */
Test(emit_dot, dot_that_fails)
{
    Run r;
    StrBuf b = {0}, svg = {0}, why = {0};
    for (int i = 0; i < 100; i++)
        strbuf_format(&b, "process P%d \"P\" {}\n", i);
    run_text(&r, b.s);
    Views views = views_plan(&r.report, &r.arena);
    cr_expect_eq(layout_svg(&r.report, &views.at[0], STR("digraph { a ["), &svg, &why), LAYOUT_FAILED);
    cr_expect(svg.n == 0 && why.n > 0);
    strbuf_free(&b);
    strbuf_free(&svg);
    strbuf_free(&why);
    run_free(&r);
}

/* Four hundred elements in forty boundaries: the context closes boundaries, a flat boundary shows those that matter
 * and says so. */
Test(emit_dot, large_models_are_drawn_by_level)
{
    Run r;
    StrBuf b = {0};
    for (int i = 0; i < 40; i++) {
        strbuf_format(&b, "boundary B%02d \"B\" {\n", i);
        for (int k = 0; k < 10; k++)
            strbuf_format(&b, "  process P%d \"P\" {}\n", k);
        strbuf_addz(&b, "}\n");
    }
    for (int i = 0; i < 40; i++)
        strbuf_format(&b, "flow f%d : B%02d.P0 -> B%02d.P1\nflow g%d : B%02d.P2 -> B%02d.P3\n", i, i, (i + 1) % 40, i,
                      i, (i + 1) % 40);
    strbuf_addz(&b, "boundary Flat \"Flat\" {\n");
    for (int k = 0; k < 400; k++)
        strbuf_format(&b, "  process Q%d \"Q\" {}\n", k);
    strbuf_addz(&b, "}\n");
    run_text(&r, b.s);
    Views views = views_plan(&r.report, &r.arena);
    const View *context = view_named(&views, "context"), *flat = view_named(&views, "boundary-flat");
    cr_expect_eq(context->nelements, 0u);
    cr_expect_eq(context->ncollapsed, 41u);
    cr_expect_eq(context->nflows, 80u);
    cr_expect_eq(flat->nelements, 300u);
    cr_expect(strstr(str_z(&r.arena, flat->scope), "100 more did not fit"));
    Drawing *d = drawing_make(&r.report, context, &r.arena);
    cr_expect_eq(d->nedges - 1, 40u, "two flows between the same boxes are one arrow");
    run_free(&r);
    strbuf_free(&b);
}

/* A closed box hides nothing that the picture shows elsewhere. */
Test(emit_dot, closed_boundaries_do_not_overlap)
{
    Run r;
    StrBuf b = {0};
    for (int i = 0; i < 3; i++) {
        strbuf_format(&b, "boundary N%d \"N\" { dimension: network\n", i);
        for (int k = 0; k < 12; k++)
            strbuf_format(&b, "  process P%d \"P\" { %s }\n", k, k < 4 ? "also_inside: [Room]" : "");
        strbuf_addz(&b, "}\n");
    }
    strbuf_addz(&b, "boundary Room \"Room\" { dimension: physical; process Z \"Z\" {} ; process Y \"Y\" {} }\n");
    run_text(&r, b.s);
    Views views = views_plan(&r.report, &r.arena);
    for (uint32_t i = 0; i < views.n; i++) {
        const View *v = &views.at[i];
        for (uint32_t c = 0; c < v->ncollapsed; c++)
            for (uint32_t e = 0; e < v->nelements; e++)
                cr_expect(!obj_inside(&r.program.model, v->elements[e], v->collapsed[c]), "%.*s", STR_FMT(v->name));
        for (uint32_t c = 0; c < v->ncollapsed; c++)
            for (uint32_t o = 0; o < v->nboundaries; o++)
                cr_expect_neq(v->boundaries[o], v->collapsed[c]);
    }
    run_free(&r);
    strbuf_free(&b);
}

Test(emit_dot, text_is_broken_and_measured)
{
    Arena a = {0};
    Str lines[3];
    cr_expect_eq(text_wrap(&a, STR("one two three"), 10, false, 1000, 3, lines), 1u);
    cr_expect_eq(text_wrap(&a, STR("one two three four five"), 10, false, 50, 3, lines), 3u);
    cr_expect(text_width(lines[0], 10, false) <= 50);
    cr_expect_eq(
        text_wrap(&a, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 10, false, 50, 2, lines),
        2u);
    cr_expect(str_ends(lines[1], STR("\xE2\x80\xA6")));
    cr_expect_eq(text_wrap(&a, STR("  "), 10, false, 50, 2, lines), 0u);
    arena_free(&a);
}
