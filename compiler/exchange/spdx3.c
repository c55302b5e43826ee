/* SPDX 3.0 as JSON-LD in its compact form: packages, who supplied them, what they depend on and contain. Licences and assessments of
 * vulnerabilities of that edition are not read. Requires the tree of the document. */
#include "exchange/spdx.h"

#include "base/intern.h"
#include "base/map.h"

typedef struct Graph {
    Foreign *f;
    Interner ids;
    Map names; /* id of whoever supplies -> place of the element in the graph + 1 */
} Graph;

static bool is_type(Foreign *f, const At *one, const char *wanted)
{
    Str type = foreign_string(f, one, "type");
    long mark = str_rfind(type, '_'), slash = str_rfind(type, '/');
    size_t lo = (size_t)((mark > slash ? mark : slash) + 1);
    return str_eq(str_slice(type, lo, type.n), str_from(wanted));
}

static Str id_of(Foreign *f, const At *one)
{
    Str id = foreign_string(f, one, "spdxId");
    return id.n ? id : foreign_string(f, one, "@id");
}

static void note_agents(Graph *g, const At *list)
{
    static const char *const agents[] = {"Organization", "Person", "Agent", "SoftwareAgent"};
    for (size_t i = 0; i < foreign_count(list); i++) {
        At one = foreign_item(g->f, list, i);
        for (size_t k = 0; k < sizeof agents / sizeof *agents && one.node; k++)
            if (is_type(g->f, &one, agents[k]))
                map_put(&g->names, intern(&g->ids, id_of(g->f, &one)), (uint32_t)i + 1);
    }
}

static Str purl_of(Foreign *f, const At *package)
{
    Str purl = foreign_string(f, package, "software_packageUrl");
    At ids = foreign_list(f, package, "externalIdentifier");
    for (size_t i = 0; i < foreign_count(&ids) && !purl.n; i++) {
        At one = foreign_item(f, &ids, i);
        Str type = foreign_string(f, &one, "externalIdentifierType");
        if (str_eq(type, STR("packageUrl")) || str_eq(type, STR("packageURL")))
            purl = foreign_string(f, &one, "identifier");
    }
    return purl;
}

static void read_package(Graph *g, const At *list, const At *at)
{
    Foreign *f = g->f;
    BomPart p = {.doc = f->doc,
                 .ref = id_of(f, at),
                 .name = foreign_string(f, at, "name"),
                 .version = foreign_string(f, at, "software_packageVersion"),
                 .purl = purl_of(f, at)};
    uint32_t agent = map_get(&g->names, intern(&g->ids, foreign_string(f, at, "suppliedBy")));
    if (agent) {
        At supplier = foreign_item(f, list, agent - 1);
        p.supplier = foreign_string(f, &supplier, "name");
    }
    if (!p.name.n)
        foreign_left_out(f, at, "the package has no name");
    else if (!spdx_software(foreign_string(f, at, "software_primaryPurpose")))
        f->bom->skipped++;
    else
        vec_push(&f->bom->parts, p);
}

static void read_relation(Foreign *f, const At *at)
{
    static const struct {
        const char *type, *old;
    } types[] = {{"dependsOn", "DEPENDS_ON"}, {"contains", "CONTAINS"}, {"describes", "DESCRIBES"}};
    At to = foreign_list(f, at, "to");
    Str type = foreign_string(f, at, "relationshipType"), from = foreign_string(f, at, "from");
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (size_t i = 0; i < foreign_count(&to) && str_eq(type, str_from(types[k].type)); i++)
            spdx_relate(f, from, str_from(types[k].old), foreign_string_at(f, &to, i));
}

void spdx3_read(Foreign *f, const At *root)
{
    Graph g = {.f = f};
    foreign_begin(f, STR("SPDX 3.0"), (Str){"", 0});
    f->bom->docs.at[f->doc].listed = true;
    intern_init(&g.ids);
    At list = foreign_list(f, root, "@graph");
    if (!list.node)
        foreign_wrong(f, root, "an SPDX 3 document with a list `@graph`");
    note_agents(&g, &list);
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        if (one.node && is_type(f, &one, "Package"))
            read_package(&g, &list, &one);
        else if (one.node && (is_type(f, &one, "Relationship") || is_type(f, &one, "LifecycleScopedRelationship")))
            read_relation(f, &one);
    }
    /* The SBOM element names what it is about; the document is about the SBOM. */
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        if (!one.node || !is_type(f, &one, "Sbom"))
            continue;
        At about = foreign_list(f, &one, "rootElement");
        for (size_t k = 0; k < foreign_count(&about); k++)
            spdx_relate(f, (Str){"", 0}, STR("DESCRIBES"), foreign_string_at(f, &about, k));
    }
    spdx_finish(f);
    intern_free(&g.ids);
    map_free(&g.names);
}
