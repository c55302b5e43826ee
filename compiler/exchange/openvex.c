/* OpenVEX: statements that products, named by package URL, have a vulnerability or do not. Requires the tree of the document. */
#include "exchange/foreign.h"

static BomState state_of(Foreign *f, const At *statement)
{
    static const struct {
        const char *status;
        BomState state;
    } states[] = {{"affected", BOM_EXPLOITABLE},
                  {"under_investigation", BOM_IN_TRIAGE},
                  {"fixed", BOM_RESOLVED},
                  {"not_affected", BOM_NOT_AFFECTED}};
    Str status = foreign_string(f, statement, "status");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (str_eq(status, str_from(states[i].status)))
            return states[i].state;
    At wrong = {.up = statement, .node = json_object_get(statement->node, "status"), .key = "status"};
    foreign_wrong(f, wrong.node ? &wrong : statement, "a statement with one of the four states of OpenVEX");
    return BOM_NONE;
}

static void add_product(Foreign *f, Str id)
{
    if (id.n)
        vec_push(&f->bom->affects, (BomAffect){.ref = id});
}

/* The part inside the product is what has the vulnerability; without one it is the product itself. */
static void read_product(Foreign *f, const At *product)
{
    At parts = foreign_list(f, product, "subcomponents");
    for (size_t i = 0; i < foreign_count(&parts); i++) {
        At one = foreign_item(f, &parts, i), ids = foreign_object(f, &one, "identifiers");
        Str purl = foreign_string(f, &ids, "purl");
        add_product(f, purl.n ? purl : foreign_string(f, &one, "@id"));
    }
    At ids = foreign_object(f, product, "identifiers");
    Str purl = foreign_string(f, &ids, "purl");
    if (!foreign_count(&parts))
        add_product(f, purl.n ? purl : foreign_string(f, product, "@id"));
}

static void read_products(Foreign *f, const At *statement, BomVuln *v)
{
    At list = foreign_list(f, statement, "products");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        if (json_is_string(json_array_get(list.node, i))) { /* as the first edition had it */
            add_product(f, foreign_string_at(f, &list, i));
            continue;
        }
        At one = foreign_item(f, &list, i);
        if (one.node)
            read_product(f, &one);
    }
    v->naffects = f->bom->affects.n - v->affects;
}

static void read_name(Foreign *f, const At *statement, BomVuln *v)
{
    if (json_is_string(json_object_get(statement->node, "vulnerability"))) {
        v->id = foreign_string(f, statement, "vulnerability");
        return;
    }
    At vuln = foreign_object(f, statement, "vulnerability"), aliases = foreign_list(f, &vuln, "aliases");
    v->id = foreign_string(f, &vuln, "name");
    v->description = foreign_string(f, &vuln, "description");
    v->source = foreign_string(f, &vuln, "@id");
    for (size_t i = 0; i < foreign_count(&aliases); i++)
        vec_push(&f->bom->aliases, foreign_string_at(f, &aliases, i));
    v->naliases = f->bom->aliases.n - v->aliases;
}

static void read_statement(Foreign *f, const At *at, int32_t day)
{
    BomVuln v = foreign_vuln(f);
    read_name(f, at, &v);
    if (!v.id.n) {
        foreign_left_out(f, at, "the statement names no vulnerability");
        return;
    }
    v.state = state_of(f, at);
    Str reason = foreign_string(f, at, "justification"), impact = foreign_string(f, at, "impact_statement");
    v.justification =
        str_format(&f->bom->arena, "%.*s%s%.*s", STR_FMT(reason), reason.n && impact.n ? ": " : "", STR_FMT(impact));
    v.response = foreign_string(f, at, "action_statement");
    v.updated = foreign_date(f, at, "timestamp");
    if (v.updated == BOM_NO_DATE)
        v.updated = day;
    read_products(f, at, &v);
    vec_push(&f->bom->vulns, v);
}

void openvex_read(Foreign *f, const At *root)
{
    foreign_begin(f, STR("OpenVEX"), (Str){"", 0});
    At list = foreign_list(f, root, "statements");
    int32_t day = foreign_date(f, root, "timestamp");
    if (!list.node)
        foreign_wrong(f, root, "an OpenVEX document with a list `statements`");
    for (size_t i = 0; i < foreign_count(&list); i++) {
        At one = foreign_item(f, &list, i);
        if (one.node)
            read_statement(f, &one, day);
    }
}
