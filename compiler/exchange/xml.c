/* CycloneDX in XML, brought into the form of its JSON with expat: an element is an object of its attributes and children, one that
 * holds only text is that text, and the elements that the format uses as lists are lists. Elements of other namespaces are left out.
 * Hardened: a document type declaration is refused, so there are no entities but those of XML, and depth is limited. Requires: the text.
 * Leaves behind: a tree whose objects note their place. */
#include "base/limits.h"
#include "exchange/foreign.h"

#include <expat.h>

typedef struct Element {
    json_t *node; /* of its attributes and children; a list if it is one */
    const char *name;
    StrBuf text;
    bool list, children;
} Element;

typedef struct Xml {
    Bom *bom;
    FileId file;
    XML_Parser parser;
    Vec(Element) open;
    unsigned foreign; /* elements of other namespaces that are open */
    json_t *root;
    const char *refused;
    XML_Index refused_at;
} Xml;

static const char space_of_bom[] = "http://cyclonedx.org/schema/bom/";

/* Elements that are lists in JSON. Where the name is another thing elsewhere, `in` says what it stands in. */
static bool is_list(const char *name, const char *in)
{
    static const struct {
        const char *name, *in;
    } lists[] = {{"components", NULL}, {"licenses", NULL},    {"dependencies", NULL}, {"vulnerabilities", NULL},
                 {"affects", NULL},    {"cwes", NULL},        {"ratings", NULL},      {"references", NULL},
                 {"responses", NULL},  {"versions", "target"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i].name, name) == 0 && (!lists[i].in || (in && strcmp(lists[i].in, in) == 0)))
            return true;
    return false;
}

static void refuse(Xml *x, const char *why)
{
    x->refused = why;
    x->refused_at = XML_GetCurrentByteIndex(x->parser);
    XML_StopParser(x->parser, XML_FALSE);
}

static void on_doctype(void *self, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
                       int internal)
{
    (void)name, (void)system_id, (void)public_id, (void)internal;
    refuse(self, "it declares a document type, which CycloneDX has none of and attacks need");
}

/* The name without its namespace; NULL if it is of another one. */
static const char *own_name(const char *name)
{
    const char *mark = strrchr(name, '|');
    if (!mark)
        return name;
    return strncmp(name, space_of_bom, sizeof space_of_bom - 1) == 0 ? mark + 1 : NULL;
}

/* "1.6" of the namespace http://cyclonedx.org/schema/bom/1.6 */
static void note_version(const char *name, json_t *node)
{
    const char *mark = strrchr(name, '|');
    if (!mark || strncmp(name, space_of_bom, sizeof space_of_bom - 1) != 0)
        return;
    const char *version = name + sizeof space_of_bom - 1;
    json_object_set_new_nocheck(node, "specVersion", json_stringn_nocheck(version, (size_t)(mark - version)));
}

static void on_start(void *self, const XML_Char *name, const XML_Char **attributes)
{
    Xml *x = self;
    const char *own = own_name(name), *in = x->open.n ? vec_last(&x->open).name : NULL;
    if (x->refused)
        return;
    if (x->foreign || !own) {
        x->foreign++;
        return;
    }
    if (x->open.n >= LIMIT_NESTING) {
        refuse(x, "its elements are nested too deep");
        return;
    }
    if (!x->open.n && strcmp(own, "bom") != 0) {
        refuse(x, "it is no CycloneDX document: its root is not `bom`");
        return;
    }
    Element e = {.name = str_z(&x->bom->arena, str_from(own)), .list = is_list(own, in)};
    e.node = e.list ? json_array() : json_object();
    if (!e.list) {
        XML_Index place = XML_GetCurrentByteIndex(x->parser);
        json_object_set_new_nocheck(e.node, "\x01", json_integer(place < 0 ? 0 : (json_int_t)place));
        for (size_t i = 0; attributes[i]; i += 2) {
            const char *mark = strrchr(attributes[i], '|');
            json_object_set_new_nocheck(e.node, mark ? mark + 1 : attributes[i],
                                        json_string_nocheck(attributes[i + 1]));
            e.children = true;
        }
        if (!x->open.n) {
            note_version(name, e.node);
            e.children = true;
        }
    }
    if (x->open.n)
        vec_last(&x->open).children = true;
    vec_push(&x->open, e);
}

static void on_text(void *self, const XML_Char *text, int n)
{
    Xml *x = self;
    if (!x->foreign && x->open.n && !vec_last(&x->open).list)
        strbuf_add(&vec_last(&x->open).text, (Str){text, (size_t)n});
}

/* Where JSON has other words: a dependency inside another is one of what it depends on, a license beside others is wrapped. */
static void attach(Element *parent, const char *name, json_t *value)
{
    if (parent->list) {
        bool wrapped = strcmp(parent->name, "licenses") == 0;
        json_t *item = wrapped ? json_object() : value;
        if (wrapped)
            json_object_set_new_nocheck(item, name, value);
        json_array_append_new(parent->node, item);
        return;
    }
    if (strcmp(parent->name, "dependency") == 0 && strcmp(name, "dependency") == 0) {
        json_t *list = json_object_get(parent->node, "dependsOn");
        if (!list) {
            list = json_array();
            json_object_set_new_nocheck(parent->node, "dependsOn", list);
        }
        json_t *ref = json_object_get(value, "ref");
        if (ref)
            json_array_append(list, ref);
        json_decref(value);
        return;
    }
    bool responses = strcmp(name, "responses") == 0;
    json_object_set_new_nocheck(parent->node, responses ? "response" : name, value);
}

static void on_end(void *self, const XML_Char *name)
{
    Xml *x = self;
    (void)name;
    if (x->refused) /* the end of an empty element is told even then */
        return;
    if (x->foreign) {
        x->foreign--;
        return;
    }
    Element e = vec_last(&x->open);
    x->open.n--;
    if (!e.list && !e.children) {
        json_decref(e.node);
        e.node = json_stringn_nocheck(e.text.n ? e.text.s : "", e.text.n);
    }
    strbuf_free(&e.text);
    if (x->open.n)
        attach(&vec_last(&x->open), e.name, e.node);
    else
        x->root = e.node;
}

json_t *foreign_parse_xml(Bom *b, FileId file)
{
    const SourceFile *source = source_file(b->sources, file);
    Xml x = {.bom = b, .file = file, .parser = XML_ParserCreateNS(NULL, '|')};
    if (!x.parser)
        die_memory();
    XML_SetUserData(x.parser, &x);
    XML_SetElementHandler(x.parser, on_start, on_end);
    XML_SetCharacterDataHandler(x.parser, on_text);
    XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
    bool good = XML_Parse(x.parser, source->text.s, (int)source->text.n, XML_TRUE) == XML_STATUS_OK;
    if (!good || !json_is_object(x.root)) {
        XML_Index place = x.refused ? x.refused_at : XML_GetCurrentByteIndex(x.parser);
        uint32_t at = place < 0 || (size_t)place > source->text.n ? 0 : (uint32_t)place;
        Span span = {at, at + (at < source->text.n), file};
        diag_add(b->diags, D_FOREIGN_SYNTAX, span, "XML",
                 x.refused ? x.refused
                 : good    ? "it is empty"
                           : XML_ErrorString(XML_GetErrorCode(x.parser)));
        json_decref(x.root);
        x.root = NULL;
    }
    for (uint32_t i = 0; i < x.open.n; i++) {
        json_decref(x.open.at[i].node);
        strbuf_free(&x.open.at[i].text);
    }
    vec_free(&x.open);
    XML_ParserFree(x.parser);
    return x.root;
}
