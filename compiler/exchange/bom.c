/* The list of what documents say: recognises the format of a file by its content and lets the reader of that format fill it in.
 * Requires the file in the sources. Leaves behind: what the file says, or a diagnostic that says why not. */
#include "exchange/foreign.h"

#include "syntax/unicode.h"

const char *const bom_state_names[BOM_STATE_COUNT] = {
#define STATE(id, name) name,
    BOM_STATES(STATE)
#undef STATE
};

bool bom_state_open(BomState s)
{
    return s == BOM_EXPLOITABLE || s == BOM_IN_TRIAGE || s == BOM_NONE;
}

void bom_free(Bom *b)
{
    vec_free(&b->docs);
    vec_free(&b->parts);
    vec_free(&b->links);
    vec_free(&b->vulns);
    vec_free(&b->affects);
    vec_free(&b->aliases);
    vec_free(&b->cwes);
    vec_free(&b->exploited);
    arena_free(&b->arena);
}

static Str without_mark(Str text)
{
    return str_starts(text, STR("\xEF\xBB\xBF")) ? str_slice(text, 3, text.n) : text;
}

static Str without_blanks(Str text)
{
    size_t i = 0;
    while (i < text.n && strchr(" \t\r\n", text.s[i]) && text.s[i])
        i++;
    return str_slice(text, i, text.n);
}

static void unknown_format(Bom *b, FileId file, Span at)
{
    Diag *d = diag_add(b->diags, D_FOREIGN_UNKNOWN, at, str_z(&b->arena, source_file(b->sources, file)->path));
    diag_help(
        b->diags, d,
        "what can be imported: CycloneDX (JSON, XML), SPDX (JSON, tag-value), OpenVEX, and the catalogue of known "
        "exploited vulnerabilities (JSON, CSV)");
}

static bool has_text(const json_t *root, const char *key, const char *wanted)
{
    const char *text = json_string_value(json_object_get(root, key));
    return text && strstr(text, wanted);
}

static void read_json(Foreign *f)
{
    json_t *root = foreign_parse_json(f->bom, f->file);
    if (!root)
        return;
    At at = foreign_root(root);
    if (has_text(root, "bomFormat", "CycloneDX"))
        cyclonedx_read(f, &at);
    else if (json_object_get(root, "spdxVersion"))
        spdx_json_read(f, &at);
    else if (has_text(root, "@context", "openvex"))
        openvex_read(f, &at);
    else if (has_text(root, "@context", "spdx.org/rdf/3"))
        spdx3_read(f, &at);
    else if (json_object_get(root, "catalogVersion") && json_object_get(root, "vulnerabilities"))
        kev_json_read(f, &at);
    else
        unknown_format(f->bom, f->file, (Span){0, 0, f->file});
    json_decref(root);
}

static void read_xml(Foreign *f)
{
    json_t *root = foreign_parse_xml(f->bom, f->file);
    if (!root)
        return;
    At at = foreign_root(root);
    f->xml = true;
    cyclonedx_read(f, &at);
    json_decref(root);
}

void bom_read(Bom *b, FileId file)
{
    const SourceFile *source = source_file(b->sources, file);
    Foreign f = {.bom = b, .file = file};
    Str text = without_blanks(without_mark(source->text));
    if (str_starts(text, STR("<"))) /* says itself how it is encoded */
        read_xml(&f);
    else if (str_starts(text, STR("\xFE\xFF")) || str_starts(text, STR("\xFF\xFE")))
        read_xml(&f);
    else if (!unicode_check_text(b->diags, source->path, source->text, file))
        return;
    else if (str_starts(text, STR("{")) || str_starts(text, STR("[")))
        read_json(&f);
    else if (str_starts(text, STR("SPDXVersion:")) || strstr(source->text.s, "\nSPDXVersion:"))
        spdx_tag_read(&f);
    else if (str_starts(text, STR("cveID,")) || str_starts(text, STR("\"cveID\",")))
        kev_csv_read(&f);
    else
        unknown_format(b, file, (Span){0, 0, file});
}
