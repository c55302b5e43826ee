/* The table of the files that a build writes, and places as outputs show them. */
#include "emit/emit.h"

const Emitter emitters[] = {
    {"threats.json", emit_threats_json},
    {"threats.csv", emit_threats_csv},
    {"threats.md", emit_threats_md},
    {"risks.json", emit_risks_json},
    {"risks.csv", emit_risks_csv},
    {"risks.md", emit_risks_md},
    {"risk_groups.csv", emit_risk_groups_csv},
    {"risks_proposed.cordon", emit_risks_proposed},
    {"coverage.json", emit_coverage_json},
    {"coverage.md", emit_coverage_md},
    {"model.json", emit_model_json},
};
const size_t nemitters = sizeof emitters / sizeof *emitters;

/* A module of the library is known by its name, "std.health.pumps", wherever it was read. */
static void put_module(const Program *p, FileId file, StrBuf *out)
{
    uint32_t module = file < p->module_of.n ? p->module_of.at[file] : 0;
    strbuf_add(out, module ? sym_str(p->names, p->modules.at[module].name) : source_file(p->sources, file)->path);
}

/* ":41"; there are millions of places in a large report, and printf is slow. */
static void put_number(uint32_t n, StrBuf *out)
{
    char digits[11];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    digits[--at] = ':';
    strbuf_add(out, (Str){digits + at, sizeof digits - at});
}

void emit_place_file(const Report *r, FileId file, StrBuf *out)
{
    const SourceFile *f = source_file(r->program->sources, file);
    Str path = f->path, root = r->root_dir;
    if (f->library) {
        put_module(r->program, file, out);
        return;
    }
    while (root.n > 1 && root.s[root.n - 1] == '/')
        root.n--;
    if (root.n && path.n > root.n + 1 && str_starts(path, root) && path.s[root.n] == '/')
        path = str_slice(path, root.n, path.n);
    else if (str_starts(path, STR("./")))
        path = str_slice(path, 2, path.n);
    while (path.n > 1 && path.s[0] == '/' && path.n < f->path.n) /* what was between folder and name */
        path = str_slice(path, 1, path.n);
    strbuf_add(out, path);
}

void emit_place(const Report *r, Span at, StrBuf *out)
{
    if (span_none(at))
        return;
    emit_place_file(r, at.file, out);
    LineCol lc = source_linecol(r->program->sources, at.file, at.lo);
    put_number(lc.line, out);
    put_number(lc.col, out);
}
