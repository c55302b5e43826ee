/* CycloneDX 1.2 to 1.6: components, what they depend on, and vulnerabilities with their analysis (VEX), inside a bill of materials
 * or alone. Requires the tree of the document, from JSON or XML. */
#include "exchange/foreign.h"

#include "score/score.h"

static Str supplier_of(Foreign *f, const At *component)
{
    static const char *const makers[] = {"supplier", "manufacturer"};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        At maker = foreign_object(f, component, makers[i]);
        Str name = foreign_string(f, &maker, "name");
        if (name.n)
            return name;
    }
    Str publisher = foreign_string(f, component, "publisher");
    return publisher.n ? publisher : foreign_string(f, component, "author");
}

/* "MIT AND Zlib": every licence that is listed, or the expression. */
static Str licence_of(Foreign *f, const At *component)
{
    At list = foreign_list(f, component, "licenses");
    StrBuf out = {0};
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        if (!one.node)
            continue;
        At licence = foreign_object(f, &one, "license");
        Str text = foreign_string(f, &one, "expression");
        if (!text.n)
            text = foreign_string(f, &licence, "id");
        if (!text.n)
            text = foreign_string(f, &licence, "name");
        if (text.n)
            strbuf_format(&out, "%s%.*s", out.n ? " AND " : "", STR_FMT(text));
    }
    Str r = str_copy(&f->bom->arena, strbuf_str(&out));
    strbuf_free(&out);
    return r;
}

static bool is_software(Str type)
{
    static const char *const others[] = {"file", "data", "device", "cryptographic-asset"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq(type, str_from(others[i])))
            return false;
    return true;
}

static void read_components(Foreign *f, const At *owner, Str owner_ref);

static void read_component(Foreign *f, const At *at, Str owner_ref, bool product)
{
    BomPart p = {.doc = f->doc,
                 .ref = foreign_string(f, at, "bom-ref"),
                 .group = foreign_string(f, at, "group"),
                 .name = foreign_string(f, at, "name"),
                 .version = foreign_string(f, at, "version"),
                 .purl = foreign_string(f, at, "purl"),
                 .supplier = supplier_of(f, at),
                 .licence = licence_of(f, at),
                 .product = product};
    if (!p.name.n)
        foreign_left_out(f, at, "the component has no name");
    else if (!is_software(foreign_string(f, at, "type")))
        f->bom->skipped++;
    else
        vec_push(&f->bom->parts, p);
    if (owner_ref.n && p.ref.n)
        vec_push(&f->bom->links, (BomLink){f->doc, owner_ref, p.ref});
    read_components(f, at, p.ref);
}

static void read_components(Foreign *f, const At *owner, Str owner_ref)
{
    At list = foreign_list(f, owner, "components");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        if (one.node)
            read_component(f, &one, owner_ref, false);
    }
}

static void read_dependencies(Foreign *f, const At *root)
{
    At list = foreign_list(f, root, "dependencies");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i), needs = foreign_list(f, &one, "dependsOn");
        Str from = foreign_string(f, &one, "ref");
        for (size_t k = 0; k < foreign_count(&needs); k++)
            vec_push(&f->bom->links, (BomLink){f->doc, from, foreign_string_at(f, &needs, k)});
    }
}

/* ---- vulnerabilities ---- */

static void read_analysis(Foreign *f, const At *vuln, BomVuln *v)
{
    At analysis = foreign_object(f, vuln, "analysis"), responses = foreign_list(f, &analysis, "response");
    Str state = foreign_string(f, &analysis, "state"), detail = foreign_string(f, &analysis, "detail");
    StrBuf text = {0};
    if (!analysis.node)
        return;
    v->state = BOM_STATE_COUNT;
    for (int i = 0; i < BOM_STATE_COUNT; i++)
        if (str_eq(state, str_from(bom_state_names[i])))
            v->state = (BomState)i;
    if (v->state == BOM_STATE_COUNT) {
        At wrong = {.up = &analysis, .node = json_object_get(analysis.node, "state"), .key = "state"};
        foreign_wrong(f, &wrong, "a state of an analysis, such as exploitable or not_affected");
        v->state = BOM_NONE;
    }
    strbuf_add(&text, foreign_string(f, &analysis, "justification"));
    if (detail.n)
        strbuf_format(&text, "%s%.*s", text.n ? ": " : "", STR_FMT(detail));
    v->justification = str_copy(&f->bom->arena, strbuf_str(&text));
    text.n = 0;
    for (size_t i = 0; i < foreign_count(&responses); i++)
        strbuf_format(&text, "%s%.*s", i ? ", " : "", STR_FMT(foreign_string_at(f, &responses, i)));
    v->response = str_copy(&f->bom->arena, strbuf_str(&text));
    strbuf_free(&text);
}

/* A vector of a rating with the beginning that its method has; none, with a note, if it is malformed: the model would be refused. */
static Str rated(Foreign *f, const At *rating, const char *before)
{
    At at = {.up = rating, .node = json_object_get(rating->node, "vector"), .key = "vector"};
    Str vector = foreign_string(f, rating, "vector");
    bool whole = str_starts(vector, STR("CVSS:"));
    Str cvss = str_format(&f->bom->arena, "%s%.*s", whole ? "" : before, STR_FMT(vector));
    Score score = score_cvss(cvss);
    if (score.method)
        return cvss;
    foreign_left_out(f, &at, str_z(&f->bom->diags->arena, str_from(score.problem)));
    return (Str){0};
}

/* The newest method wins; a vector without its version gets the one that the method names. */
static void read_ratings(Foreign *f, const At *vuln, BomVuln *v)
{
    static const struct {
        const char *method, *before;
    } methods[] = {{"CVSSv4", "CVSS:4.0/"}, {"CVSSv31", "CVSS:3.1/"}, {"CVSSv3", "CVSS:3.0/"}};
    enum { METHODS = sizeof methods / sizeof *methods };
    At list = foreign_list(f, vuln, "ratings");
    size_t best = METHODS;
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        Str method = foreign_string(f, &one, "method"), vector = foreign_string(f, &one, "vector");
        for (size_t m = 0; m < best && vector.n; m++) {
            if (!str_eq(method, str_from(methods[m].method)) && !str_starts(vector, str_from(methods[m].before)))
                continue;
            Str cvss = rated(f, &one, methods[m].before);
            v->cvss = cvss.n ? cvss : v->cvss;
            best = cvss.n ? m : best;
            break;
        }
    }
}

static void read_references(Foreign *f, const At *vuln, BomVuln *v)
{
    At list = foreign_list(f, vuln, "references");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        Str id = foreign_string(f, &one, "id");
        if (id.n && !str_eq(id, v->id))
            vec_push(&f->bom->aliases, id);
    }
    v->naliases = f->bom->aliases.n - v->aliases;
}

/* The versions that do not have it, each with a line end on both sides. */
static Str safe_versions(Foreign *f, const At *affect)
{
    At list = foreign_list(f, affect, "versions");
    StrBuf out = {0};
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        Str version = foreign_string(f, &one, "version");
        if (version.n && str_eq(foreign_string(f, &one, "status"), STR("unaffected")))
            strbuf_format(&out, "%s%.*s\n", out.n ? "" : "\n", STR_FMT(version));
    }
    Str r = str_copy(&f->bom->arena, strbuf_str(&out));
    strbuf_free(&out);
    return r;
}

static void read_affects(Foreign *f, const At *vuln, BomVuln *v)
{
    At list = foreign_list(f, vuln, "affects");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        Str ref = foreign_string(f, &one, "ref");
        if (ref.n)
            vec_push(&f->bom->affects, (BomAffect){ref, safe_versions(f, &one)});
        else if (one.node)
            foreign_left_out(f, &one, "it does not say what is affected");
    }
    v->naffects = f->bom->affects.n - v->affects;
}

static void read_vulnerability(Foreign *f, const At *at)
{
    BomVuln v = foreign_vuln(f);
    At source = foreign_object(f, at, "source"), cwes = foreign_list(f, at, "cwes");
    v.id = foreign_string(f, at, "id");
    if (!v.id.n) {
        foreign_left_out(f, at, "the vulnerability has no id");
        return;
    }
    v.description = foreign_string(f, at, "description");
    v.fixed_in = foreign_string(f, at, "recommendation");
    v.source = foreign_string(f, &source, "url");
    if (!v.source.n)
        v.source = foreign_string(f, &source, "name");
    v.published = foreign_date(f, at, "published");
    if (v.published == BOM_NO_DATE)
        v.published = foreign_date(f, at, "created");
    v.updated = foreign_date(f, at, "updated");
    for (size_t i = 0; i < foreign_count(&cwes); i++) {
        uint32_t number = foreign_number_at(f, &cwes, i);
        if (number)
            vec_push(&f->bom->cwes, number);
    }
    v.ncwes = f->bom->cwes.n - v.cwes;
    read_analysis(f, at, &v);
    read_ratings(f, at, &v);
    read_references(f, at, &v);
    read_affects(f, at, &v);
    vec_push(&f->bom->vulns, v);
}

void cyclonedx_read(Foreign *f, const At *root)
{
    Str version = foreign_string(f, root, "specVersion");
    unsigned major = 0, minor = 0;
    if (sscanf(str_z(&f->bom->arena, version), "%u.%u", &major, &minor) != 2 || major != 1 || minor < 2 || minor > 6) {
        diag_add(f->bom->diags, D_FOREIGN_VERSION, foreign_place(f, root),
                 str_z(&f->bom->arena, str_format(&f->bom->arena, "CycloneDX %.*s", STR_FMT(version))), "1.2 to 1.6");
        return;
    }
    foreign_begin(f, str_format(&f->bom->arena, "CycloneDX %u.%u", major, minor),
                  foreign_string(f, root, "serialNumber"));
    At metadata = foreign_object(f, root, "metadata"), product = foreign_object(f, &metadata, "component");
    if (product.node)
        read_component(f, &product, (Str){"", 0}, true);
    read_components(f, root, (Str){"", 0});
    read_dependencies(f, root);
    At list = foreign_list(f, root, "vulnerabilities");
    BomDoc *doc = &f->bom->docs.at[f->doc];
    doc->listed = json_object_get(root->node, "components") != NULL;
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        if (one.node)
            read_vulnerability(f, &one);
    }
}
