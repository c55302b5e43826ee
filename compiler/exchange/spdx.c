/* SPDX 2.2 and 2.3 as JSON, and what the readers of its other forms share: packages, their package URLs and relationships. Requires
 * the tree of the document. */
#include "exchange/spdx.h"

Str spdx_value(Str text)
{
    return str_eq(text, STR("NOASSERTION")) || str_eq(text, STR("NONE")) ? (Str){"", 0} : text;
}

Str spdx_name(Str text)
{
    static const char *const before[] = {"Organization:", "Person:", "Tool:"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (str_starts(text, str_from(before[i])))
            text = str_slice(text, strlen(before[i]), text.n);
    while (text.n && text.s[0] == ' ')
        text = str_slice(text, 1, text.n);
    if (text.n && text.s[text.n - 1] == ')') { /* the mail address */
        long open = str_rfind(text, '(');
        if (open > 0)
            text.n = (size_t)open;
    }
    while (text.n && text.s[text.n - 1] == ' ')
        text.n--;
    return spdx_value(text);
}

bool spdx_software(Str purpose)
{
    static const char *const others[] = {"FILE", "DEVICE", "file", "device", "data", "documentation", "evidence"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq(purpose, str_from(others[i])))
            return false;
    return true;
}

void spdx_relate(Foreign *f, Str from, Str type, Str to)
{
    static const struct {
        const char *type;
        bool back;
    } needs[] = {{"DEPENDS_ON", false},  {"CONTAINS", false},         {"DYNAMIC_LINK", false},
                 {"STATIC_LINK", false}, {"HAS_PREREQUISITE", false}, {"DEPENDENCY_OF", true},
                 {"CONTAINED_BY", true}, {"PREREQUISITE_FOR", true},  {"RUNTIME_DEPENDENCY_OF", true}};
    if (str_eq(type, STR("DESCRIBES")))
        vec_push(&f->bom->links, (BomLink){f->doc, {"", 0}, to});
    if (str_eq(type, STR("DESCRIBED_BY")))
        vec_push(&f->bom->links, (BomLink){f->doc, {"", 0}, from});
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (str_eq(type, str_from(needs[i].type)))
            vec_push(&f->bom->links, needs[i].back ? (BomLink){f->doc, to, from} : (BomLink){f->doc, from, to});
}

/* Links from nowhere say what the document is about. Where that is one package of several, it is the product. */
void spdx_finish(Foreign *f)
{
    Bom *b = f->bom;
    uint32_t described = 0, packages = 0;
    Str product = {"", 0};
    for (uint32_t i = 0; i < b->links.n; i++)
        if (b->links.at[i].doc == f->doc && !b->links.at[i].from.n && !str_eq(b->links.at[i].to, product)) {
            product = b->links.at[i].to;
            described++;
        }
    for (uint32_t i = 0; i < b->parts.n; i++)
        packages += b->parts.at[i].doc == f->doc;
    for (uint32_t i = 0; i < b->parts.n && described == 1 && packages > 1; i++)
        if (b->parts.at[i].doc == f->doc && str_eq(b->parts.at[i].ref, product))
            b->parts.at[i].product = true;
}

bool spdx_begin(Foreign *f, Str version, Span at)
{
    Str number = str_starts(version, STR("SPDX-")) ? str_slice(version, 5, version.n) : version;
    Arena *a = &f->bom->arena;
    if (number.n != 3 || !str_starts(number, STR("2.")) || number.s[2] < '0' || number.s[2] > '3') {
        diag_add(f->bom->diags, D_FOREIGN_VERSION, at, str_z(a, str_format(a, "SPDX %.*s", STR_FMT(number))),
                 "2.0 to 2.3 and 3.0");
        return false;
    }
    foreign_begin(f, str_format(a, "SPDX %.*s", STR_FMT(number)), (Str){"", 0});
    f->bom->docs.at[f->doc].listed = true;
    return true;
}

static Str purl_of(Foreign *f, const At *package)
{
    At refs = foreign_list(f, package, "externalRefs");
    for (size_t i = 0; i < foreign_count(&refs); i++) {
        At one = foreign_item(f, &refs, i);
        if (str_eq(foreign_string(f, &one, "referenceType"), STR("purl")))
            return foreign_string(f, &one, "referenceLocator");
    }
    return (Str){"", 0};
}

static void read_package(Foreign *f, const At *at)
{
    BomPart p = {.doc = f->doc,
                 .ref = foreign_string(f, at, "SPDXID"),
                 .name = foreign_string(f, at, "name"),
                 .version = spdx_value(foreign_string(f, at, "versionInfo")),
                 .supplier = spdx_name(foreign_string(f, at, "supplier")),
                 .licence = spdx_value(foreign_string(f, at, "licenseConcluded")),
                 .purl = purl_of(f, at)};
    if (!p.supplier.n)
        p.supplier = spdx_name(foreign_string(f, at, "originator"));
    if (!p.licence.n)
        p.licence = spdx_value(foreign_string(f, at, "licenseDeclared"));
    if (!p.name.n)
        foreign_left_out(f, at, "the package has no name");
    else if (!spdx_software(foreign_string(f, at, "primaryPackagePurpose")))
        f->bom->skipped++;
    else
        vec_push(&f->bom->parts, p);
}

void spdx_json_read(Foreign *f, const At *root)
{
    if (!spdx_begin(f, foreign_string(f, root, "spdxVersion"), foreign_place(f, root)))
        return;
    At packages = foreign_list(f, root, "packages"), relations = foreign_list(f, root, "relationships"),
       about = foreign_list(f, root, "documentDescribes");
    for (size_t i = 0; i < foreign_count(&packages); i++) {
        At one = foreign_item(f, &packages, i);
        if (one.node)
            read_package(f, &one);
    }
    for (size_t i = 0; i < foreign_count(&relations); i++) {
        At one = foreign_item(f, &relations, i);
        spdx_relate(f, foreign_string(f, &one, "spdxElementId"), foreign_string(f, &one, "relationshipType"),
                    foreign_string(f, &one, "relatedSpdxElement"));
    }
    for (size_t i = 0; i < foreign_count(&about); i++)
        spdx_relate(f, (Str){"", 0}, STR("DESCRIBES"), foreign_string_at(f, &about, i));
    spdx_finish(f);
}
