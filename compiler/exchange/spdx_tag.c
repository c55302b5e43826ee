/* SPDX 2.2 and 2.3 as lines `Tag: value`; a value between <text> and </text> may go over several lines. Requires UTF-8 text. */
#include "exchange/spdx.h"

typedef struct Tags {
    Foreign *f;
    Str text;
    size_t at;
    BomPart package; /* the one at hand */
    bool in_package, software;
} Tags;

static Str copy(const Tags *t, Str s)
{
    return str_copy(&t->f->bom->arena, s);
}

static Str trim(Str s)
{
    while (s.n && strchr(" \t\r", s.s[0]))
        s = str_slice(s, 1, s.n);
    while (s.n && strchr(" \t\r", s.s[s.n - 1]))
        s.n--;
    return s;
}

static void end_package(Tags *t)
{
    Bom *b = t->f->bom;
    if (t->in_package && t->software)
        vec_push(&b->parts, t->package);
    else if (t->in_package)
        b->skipped++;
    t->in_package = false;
}

/* "PACKAGE-MANAGER purl pkg:deb/debian/zlib@1.3" */
static void take_reference(Tags *t, Str value)
{
    const char *purl = value.n ? memchr(value.s, ' ', value.n) : NULL;
    if (!purl)
        return;
    Str rest = trim(str_slice(value, (size_t)(purl - value.s), value.n));
    if (str_starts(rest, STR("purl ")))
        t->package.purl = copy(t, trim(str_slice(rest, 5, rest.n)));
}

/* "SPDXRef-A DEPENDS_ON SPDXRef-B" */
static void take_relation(Tags *t, Str value)
{
    Str words[3] = {{"", 0}, {"", 0}, {"", 0}};
    for (int i = 0; i < 3 && value.n; i++) {
        const char *blank = memchr(value.s, ' ', value.n);
        size_t n = blank ? (size_t)(blank - value.s) : value.n;
        words[i] = copy(t, str_slice(value, 0, n));
        value = trim(str_slice(value, n, value.n));
    }
    spdx_relate(t->f, words[0], words[1], words[2]);
}

static void take_in_package(Tags *t, Str tag, Str value)
{
    BomPart *p = &t->package;
    if (str_eq(tag, STR("SPDXID")))
        p->ref = copy(t, value);
    else if (str_eq(tag, STR("PackageVersion")))
        p->version = copy(t, spdx_value(value));
    else if (str_eq(tag, STR("PackageSupplier")) && spdx_name(value).n)
        p->supplier = copy(t, spdx_name(value));
    else if (str_eq(tag, STR("PackageOriginator")) && !p->supplier.n)
        p->supplier = copy(t, spdx_name(value));
    else if (str_eq(tag, STR("PackageLicenseConcluded")) && spdx_value(value).n)
        p->licence = copy(t, value);
    else if (str_eq(tag, STR("PackageLicenseDeclared")) && !p->licence.n)
        p->licence = copy(t, spdx_value(value));
    else if (str_eq(tag, STR("PrimaryPackagePurpose")))
        t->software = spdx_software(value);
    else if (str_eq(tag, STR("ExternalRef")))
        take_reference(t, value);
}

static void take(Tags *t, Str tag, Str value)
{
    if (str_eq(tag, STR("PackageName"))) {
        end_package(t);
        t->package = (BomPart){.doc = t->f->doc, .name = copy(t, value)};
        t->in_package = value.n > 0;
        t->software = true;
    } else if (str_eq(tag, STR("FileName")) || str_eq(tag, STR("SnippetSPDXID")) || str_eq(tag, STR("LicenseID"))) {
        end_package(t);
    } else if (str_eq(tag, STR("Relationship"))) {
        take_relation(t, value);
    } else if (t->in_package) {
        take_in_package(t, tag, value);
    }
}

static void report(const Tags *t, size_t lo, size_t hi, const char *why)
{
    diag_add(t->f->bom->diags, D_FOREIGN_SYNTAX, (Span){(uint32_t)lo, (uint32_t)hi, t->f->file}, "SPDX tag-value", why);
}

/* The value that begins at `lo`, up to the end of its line or of its <text>. False if that is not closed. */
static bool take_value(Tags *t, size_t lo, size_t end, Str *value)
{
    Str open = STR("<text>"), close = STR("</text>");
    *value = trim(str_slice(t->text, lo, end));
    if (!str_starts(*value, open))
        return true;
    size_t from = (size_t)(value->s - t->text.s) + open.n;
    for (size_t i = from; i + close.n <= t->text.n; i++)
        if (t->text.s[i] == '<' && memcmp(t->text.s + i, close.s, close.n) == 0) {
            *value = str_slice(t->text, from, i);
            const char *eol = memchr(t->text.s + i, '\n', t->text.n - i);
            t->at = eol ? (size_t)(eol - t->text.s) + 1 : t->text.n;
            return true;
        }
    return false;
}

static bool take_line(Tags *t)
{
    size_t lo = t->at;
    const char *eol = memchr(t->text.s + lo, '\n', t->text.n - lo);
    size_t hi = eol ? (size_t)(eol - t->text.s) : t->text.n;
    t->at = hi + (eol != NULL);
    Str line = trim(str_slice(t->text, lo, hi)), value;
    if (!line.n || line.s[0] == '#')
        return true;
    const char *colon = memchr(line.s, ':', line.n);
    if (!colon) {
        report(t, lo, hi, "this line is no `Tag: value`");
        return false;
    }
    if (!take_value(t, (size_t)(colon - t->text.s) + 1, hi, &value)) {
        report(t, lo, hi, "its `<text>` is not closed");
        return false;
    }
    take(t, str_slice(line, 0, (size_t)(colon - line.s)), value);
    return true;
}

void spdx_tag_read(Foreign *f)
{
    Str text = source_file(f->bom->sources, f->file)->text, tag = STR("SPDXVersion:");
    Tags t = {.f = f, .text = text};
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        t.at = 3;
    const char *at = strstr(text.s, tag.s);
    size_t lo = (size_t)(at - text.s);
    const char *eol = memchr(at, '\n', text.n - lo);
    size_t hi = eol ? (size_t)(eol - text.s) : text.n;
    if (!spdx_begin(f, trim(str_slice(text, lo + tag.n, hi)), (Span){(uint32_t)lo, (uint32_t)hi, f->file}))
        return;
    while (t.at < text.n && take_line(&t))
        continue;
    end_package(&t);
    spdx_finish(f);
}
