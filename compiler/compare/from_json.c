/* The snapshot of what `cordon build` left on the disk: model.json and threats.json. Requires the files of this program; anything else
 * is refused with a reason. Leaves the snapshot that the model itself would give. */
#include "compare/json_members.h"

#include "compare/snapshot.h"

#include <sys/stat.h>

typedef struct FromJson {
    Snapshot *s;
    Arena *arena;
    const char *schema; /* that the document must name */
    bool ours;          /* it does */
    StrBuf problem;
    Json json; /* for numbers */
    Out out;
} FromJson;

/* ---- pieces ---- */

static Sym keep(FromJson *w, const json_t *v)
{
    size_t n = json_is_string(v) ? json_string_length(v) : 0;
    return n ? intern(w->s->names, (Str){json_string_value(v), n}) : 0;
}

static Sym member(FromJson *w, const json_t *of, const char *key)
{
    return keep(w, json_object_get(of, key));
}

static Sym word(FromJson *w, const char *z)
{
    return intern(w->s->names, str_from(z));
}

static Sym of_number(FromJson *w, double n)
{
    w->out.memory.n = 0;
    w->json.first[0] = true;
    json_number(&w->json, NULL, n);
    return intern(w->s->names, out_text(&w->out));
}

static Sym value_of(FromJson *w, const json_t *v)
{
    if (json_is_boolean(v))
        return word(w, json_is_true(v) ? "true" : "false");
    return json_is_number(v) ? of_number(w, json_number_value(v)) : keep(w, v);
}

static bool complain(FromJson *w, const char *what)
{
    if (!w->problem.n)
        strbuf_addz(&w->problem, what);
    return false;
}

/* ---- things ---- */

static bool add_prop(FromJson *w, SnapThing *t, const char *name, const json_t *v)
{
    const char *from = json_string_value(json_object_get(v, "from"));
    if (!from)
        return complain(w, "a property does not say where it is from");
    if (strcmp(from, "absent") == 0)
        return true;
    json_t *value = json_object_get(v, "value"), *one;
    size_t i;
    SnapProp p = {.name = word(w, name), .unknown = strcmp(from, "unknown") == 0, .list = json_is_array(value)};
    p.written = json_object_get(v, "place") != NULL; /* `unknown` may be written too */
    if (p.list)
        json_array_foreach(value, i, one) snap_value(w->s, &p, value_of(w, one));
    else if (!p.unknown)
        snap_value(w->s, &p, value_of(w, value));
    snap_prop(w->s, t, p);
    return true;
}

static bool add_thing(FromJson *w, Str section, const json_t *v)
{
    SnapThing t = {.id = member(w, v, "id"), .section = intern(w->s->names, section), .kind = member(w, v, "kind")};
    t.path = member(w, v, "path");
    t.title = member(w, v, "title");
    t.doc = member(w, v, "doc");
    t.was = member(w, v, "was");
    t.parent = member(w, v, "parent");
    t.from = member(w, v, "from");
    t.from_port = member(w, v, "from_port");
    t.to = member(w, v, "to");
    t.to_port = member(w, v, "to_port");
    t.two_way = json_is_true(json_object_get(v, "two_way"));
    json_t *props = json_object_get(v, "properties"), *one;
    if (!json_is_string(json_object_get(v, "id")) || !t.kind || !json_is_object(props))
        return complain(w, "a thing lacks its id, kind or properties");
    if (!t.id)
        t.id = t.path = t.kind; /* it has neither name nor id: it gets a number */
    size_t i;
    json_array_foreach(json_object_get(v, "inside"), i, one) if (json_is_string(one))
        snap_inside(w->s, &t, keep(w, one));
    const char *name;
    json_object_foreach(props, name, one) if (!add_prop(w, &t, name, one)) return false;
    vec_push(&w->s->things, t);
    return true;
}

/* ---- threats ---- */

static void add_facts(FromJson *w, SnapThreat *t, const json_t *v)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(v, "because"), i, one)
        snap_fact(w->s, t,
                  (SnapFact){member(w, one, "about"), member(w, one, "property"), member(w, one, "capability"),
                             member(w, one, "by")});
    json_array_foreach(json_object_get(v, "closes"), i, one)
        snap_fact(w->s, t, (SnapFact){member(w, one, "on"), 0, member(w, one, "capability"), member(w, one, "by")});
    json_array_foreach(json_object_get(v, "controls"), i, one)
        snap_fact(w->s, t, (SnapFact){.by = member(w, one, "id")});
}

static void add_involved(FromJson *w, SnapThreat *t, const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) if (json_is_string(one)) snap_involved(w->s, t, keep(w, one));
}

static bool add_threat(FromJson *w, const json_t *v, bool gap)
{
    SnapThreat t = {.id = member(w, v, "id"), .title = member(w, v, "title"), .gap = gap};
    t.rule = member(w, v, "rule");
    t.verdict = member(w, v, "verdict");
    t.severity = member(w, v, "severity");
    t.subject = member(w, json_object_get(v, "subject"), "id");
    t.decision = member(w, json_object_get(v, "decision"), "id");
    t.basis = member(w, v, "basis");
    if (!t.id || !t.verdict)
        return complain(w, "a threat lacks its id or its verdict");
    add_facts(w, &t, v);
    add_involved(w, &t, json_object_get(v, "elements"));
    add_involved(w, &t, json_object_get(v, "boundaries"));
    if (member(w, v, "flow"))
        snap_involved(w->s, &t, member(w, v, "flow"));
    vec_push(&w->s->threats, t);
    return true;
}

static bool add_decision(FromJson *w, const json_t *v)
{
    SnapDecision d = {member(w, v, "id"), member(w, v, "standing"), member(w, v, "why")};
    if (!d.id || !d.standing)
        return complain(w, "a decision lacks its id or how it stands");
    vec_push(&w->s->decisions, d);
    return true;
}

static void read_scale(FromJson *w, const json_t *summary)
{
    const char *name;
    json_t *one;
    json_object_foreach(json_object_get(summary, "by_severity"), name,
                        one) if (strcmp(name, "unrated") != 0) /* in order of the scale, then what has none */
        vec_push(&w->s->severities, word(w, name));
}

/* ---- the documents ---- */

/* What both documents begin with; the first one that says it counts. */
static void read_head(FromJson *w, Str key, const json_t *v)
{
    if (str_eq(key, STR("schema"))) {
        w->ours = json_is_string(v) && strcmp(json_string_value(v), w->schema) == 0;
    } else if (str_eq(key, STR("model"))) {
        w->s->title = member(w, v, "title");
        w->s->version = member(w, v, "version");
        w->s->model_hash = member(w, v, "hash");
    } else if (str_eq(key, STR("rules"))) {
        w->s->rules_hash = member(w, v, "hash");
    } else if (str_eq(key, STR("module"))) {
        w->s->module = keep(w, v);
    } else if (str_eq(key, STR("summary"))) {
        read_scale(w, v);
    }
}

/* Nothing of a document that is not ours is taken for anything. */
static bool foreign(FromJson *w)
{
    return !w->ours && !complain(w, "it was not written by `cordon build`, or by another version of it");
}

static bool threats_member(void *self, Str key, const json_t *v)
{
    FromJson *w = self;
    bool threat = str_eq(key, STR("threats")), gap = str_eq(key, STR("gaps"));
    bool decision = str_eq(key, STR("decisions"));
    if (!threat && !gap && !decision) {
        read_head(w, key, v);
        return true;
    }
    return !foreign(w) && (decision ? add_decision(w, v) : add_threat(w, v, gap));
}

static bool model_member(void *self, Str key, const json_t *v)
{
    FromJson *w = self;
    static const char *const heads[] = {"schema", "generated", "tool", "model", "rules"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_eq(key, str_from(heads[i]))) {
            read_head(w, key, v);
            return true;
        }
    return !foreign(w) && add_thing(w, key, v);
}

static const char *unreadable(ReadStatus status)
{
    switch (status) {
    case READ_OK: return "";
    case READ_MISSING: return "there is no such file";
    case READ_DIRECTORY: return "it is a folder";
    case READ_DENIED: return "it must not be read";
    case READ_TOO_LARGE: return "it is larger than 1 GiB";
    case READ_FAILED: break;
    }
    return "reading failed";
}

static bool read_document(FromJson *w, const char *path, const char *schema,
                          bool (*each)(void *self, Str key, const json_t *value), SnapProblem *problem)
{
    StrBuf text = {0};
    Reader disk = reader_disk();
    ReadStatus status = disk.read(disk.self, path, &text);
    w->schema = schema;
    w->ours = false;
    w->problem.n = 0;
    if (status != READ_OK) {
        *problem = (SnapProblem){true, str_format(w->arena, "cannot read `%s`: %s", path, unreadable(status))};
        strbuf_free(&text);
        return false;
    }
    bool ok = json_members_read(strbuf_str(&text), &(JsonMembers){w, each}, &w->problem) && !foreign(w);
    strbuf_free(&text);
    if (!ok)
        *problem = (SnapProblem){
            false, str_format(w->arena, "`%s` cannot be compared: %.*s", path, STR_FMT(strbuf_str(&w->problem)))};
    return ok;
}

bool snapshot_of_build(const char *path, Snapshot *out, Arena *arena, SnapProblem *problem)
{
    FromJson w = {.s = out, .arena = arena};
    struct stat st;
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    const char *threats = folder ? str_format(arena, "%s/threats.json", path).s : path;
    out_memory(&w.out);
    json_start(&w.json, &w.out, false);
    bool ok = read_document(&w, threats, "urn:cordon:schema:threats:1", threats_member, problem);
    Sym hash = out->model_hash;
    if (ok && folder) {
        const char *model = str_format(arena, "%s/model.json", path).s;
        out->has_model = true;
        ok = read_document(&w, model, "urn:cordon:schema:model:1", model_member, problem);
        if (ok && out->model_hash != hash) {
            *problem = (SnapProblem){false, str_format(arena, "`%s` and `%s` are of different models", threats, model)};
            ok = false;
        }
    }
    snapshot_finish(out);
    out_discard(&w.out);
    strbuf_free(&w.problem);
    return ok;
}
