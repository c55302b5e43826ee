/* Measures how much a model has to answer: threats for each flow, facts that are asked, and threats that say the same twice. Each
 * model is looked at four times: as it is written; controlled, as if everything had every capability; with its structure alone
 * (things, and what they carry, hold and consist of, but no fact and no control); and bare, with elements, boundaries and flows only.
 * What is left of a controlled model can be closed by facts alone.
 *
 *     noise [--stdlib DIR] [--with std.PACK]... [--brief] MODEL...
 *
 * `--with` adds a pack that the model does not import; `--brief` leaves the lists below the table out.
 *
 * Two threats are duplicates if both still need somebody, are about one subject, rest on the same facts of the model and are
 * closed by the same capabilities of the same things. They are similar if they are about one subject and have the capabilities in
 * common but only some of the facts, or the facts but only some of the capabilities. */
#include "emit/emit.h"
#include <unistd.h>

enum { MOST_PACKS = 64 };

typedef enum Variant { AS_WRITTEN, CONTROLLED, STRUCTURE, BARE, VARIANTS } Variant;
static const char *const variant_names[] = {"as written", "controlled", "structure", "bare"};

typedef struct Settings {
    const char *stdlib, *packs[MOST_PACKS];
    uint32_t npacks;
    bool brief;
} Settings;

/* One run of all stages on one variant of a model. Large; owned by load_variant's caller until end_variant. */
typedef struct Noise {
    Sources sources;
    Interner names;
    Diags diags;
    Program program;
    RuleSet *rules;
    Verdicts verdicts;
    Assessment assessment;
} Noise;

/* A fact that possible threats ask for. */
typedef struct Fact {
    uint64_t key;
    uint32_t first, asked; /* the threat that asked first; how many do */
    Str text;
} Fact;

/* What makes two threats the same: sorted sets of facts. */
typedef struct Mark {
    const Threat *threat;
    uint64_t *facts, *closers;
    uint32_t nfacts, nclosers;
} Mark;

typedef enum Likeness { DIFFERENT, SIMILAR, DUPLICATE } Likeness;

typedef struct Figures {
    uint32_t flows, open, planned, possible, often, pairs[3];
    Vec(Fact) facts;
    Vec(Mark) marks;
    Arena arena;
} Figures;

/* ---- a root file that imports the model and the packs ---- */

typedef struct Root {
    Reader disk;
    StrBuf path, text;
} Root;

static ReadStatus root_read(void *self, const char *path, StrBuf *out)
{
    Root *r = self;
    if (strcmp(path, r->path.s) != 0)
        return r->disk.read(r->disk.self, path, out);
    strbuf_add(out, strbuf_str(&r->text));
    return READ_OK;
}

static Str root_canonical(void *self, Arena *a, const char *path)
{
    Root *r = self;
    return strcmp(path, r->path.s) == 0 ? strbuf_str(&r->path) : r->disk.canonical(r->disk.self, a, path);
}

static void root_make(Root *r, const char *model, const Settings *set)
{
    Str whole = str_from(model);
    long slash = str_rfind(whole, '/');
    Str stem = str_slice(whole, (size_t)(slash + 1), whole.n);
    if (str_ends(stem, STR(".cordon")))
        stem.n -= strlen(".cordon");
    r->disk = reader_disk();
    strbuf_add(&r->path, str_slice(whole, 0, (size_t)(slash + 1)));
    strbuf_addz(&r->path, "model_with_packs.cordon");
    strbuf_format(&r->text, "import %.*s\n", STR_FMT(stem));
    for (uint32_t i = 0; i < set->npacks; i++)
        strbuf_format(&r->text, "import %s\n", set->packs[i]);
}

/* ---- taking facts away ---- */

static bool stays(const Program *p, ObjId o, Variant v)
{
    static const Role gone[] = {ROLE_CONTROL, ROLE_EVIDENCE, ROLE_ASSUMPTION, ROLE_THREAT, ROLE_DECISION, ROLE_VIEW};
    if (v == BARE)
        return obj_is(p, o, ROLE_ELEMENT) || obj_is(p, o, ROLE_PORT) || obj_is(p, o, ROLE_BOUNDARY) ||
               obj_is(p, o, ROLE_FLOW);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (obj_is(p, o, gone[i]))
            return false;
    return true;
}

/* Structure is what refers to other things and is there or not, never unknown. */
static bool structural(const Program *p, PropId prop, Variant v)
{
    const Prop *row = &p->props.at[prop];
    if (row->type.tag != TYPE_KIND || row->preset.tag == V_UNKNOWN || prop == p->known[KNOWN_CONTROLS])
        return false;
    return v != BARE || kind_is(p, row->type.of, role_kind(p, ROLE_ELEMENT)) ||
           kind_is(p, row->type.of, role_kind(p, ROLE_BOUNDARY));
}

static void strip_object(Program *p, Object *o, Variant v)
{
    PropVal *at = p->model.props.at + o->props;
    uint32_t *place = p->model.places.at + o->props;
    uint16_t kept = 0;
    for (uint16_t i = 0; i < o->nprops; i++)
        if (structural(p, at[i].prop, v))
            place[kept] = place[i], at[kept++] = at[i];
    o->nprops = kept;
}

/* What does not stay is put into the background, where nothing looks. */
static void strip(Program *p, Variant v)
{
    ObjId first = 0;
    for (ObjId o = p->library_end; o < p->model.objects.n; o++) {
        Object *object = &p->model.objects.at[o];
        if (!object->kind || object->flags & (OBJ_MODULE | OBJ_LIBRARY) || obj_is(p, o, ROLE_RULE))
            continue;
        if (stays(p, o, v)) {
            strip_object(p, object, v);
            first = first ? first : o;
        } else if (!obj_is(p, o, ROLE_GROUP)) {
            object->flags |= OBJ_BACKGROUND;
        }
    }
    p->decisions.n = 0;
    if (first)
        model_derive(p, first);
}

static void control_everything(Program *p)
{
    Model *m = &p->model;
    for (uint32_t i = 0; i < m->cap_rows.n; i++)
        m->cap_rows.at[i] = CAP_IMPLEMENTED;
}

/* ---- running ---- */

static bool load_variant(Noise *n, const char *model, const Settings *set, Variant v)
{
    Root root = {0};
    root_make(&root, model, set);
    LoadOptions options = {.reader = reader_disk(), .stdlib_dir = set->stdlib};
    if (set->npacks)
        options.reader = (Reader){&root, root_read, root_canonical};
    sources_init(&n->sources);
    program_names(&n->names);
    program_load(&n->program, &n->sources, &n->names, &n->diags, set->npacks ? root.path.s : model, &options);
    if (!n->diags.errors && v >= STRUCTURE)
        strip(&n->program, v);
    if (!n->diags.errors && v == CONTROLLED)
        control_everything(&n->program);
    if (!n->diags.errors)
        n->rules = rules_compile(&n->program, false);
    strbuf_free(&root.path);
    strbuf_free(&root.text);
    if (n->diags.errors)
        return false;
    rules_eval(n->rules, &n->verdicts);
    assess(&n->program, n->rules, &n->verdicts, 20605, &n->assessment);
    return true;
}

static void end_variant(Noise *n)
{
    if (n->rules) {
        assess_free(&n->assessment);
        verdicts_free(&n->verdicts);
        rules_free(n->rules);
    }
    program_free(&n->program);
    diags_free(&n->diags);
    intern_free(&n->names);
    sources_free(&n->sources);
}

static void print_errors(Noise *n)
{
    Out out;
    ConsoleStyle style = {.plain = true, .width = 120};
    out_fd(&out, STDERR_FILENO);
    diags_sort(&n->diags, &n->sources);
    emit_diags_text(&n->sources, &n->diags, &style, &out);
    out_close(&out);
}

/* ---- counting ---- */

/* Properties and capabilities are numbered apart; the highest bit keeps them so. */
static uint64_t fact_key(const Cause *c)
{
    return MAP_KEY(c->obj, c->prop ? c->prop : c->capability | 0x80000000u);
}

static int key_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint32_t sort_set(uint64_t *at, uint32_t n)
{
    uint32_t kept = 0;
    if (n)
        qsort(at, n, sizeof *at, key_order);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || at[i] != at[i - 1])
            place[kept] = place[i], at[kept++] = at[i];
    return kept;
}

static void ask(Figures *f, const Cause *question, uint32_t threat)
{
    uint64_t key = fact_key(question);
    for (uint32_t i = 0; i < f->facts.n; i++)
        if (f->facts.at[i].key == key) {
            f->often += f->facts.at[i].asked++ == 1;
            return;
        }
    vec_push(&f->facts, (Fact){key, threat, 1, str_copy(&f->arena, question->text)});
}

static void mark(Figures *f, const Threat *t, const Provenance *why)
{
    Mark m = {.threat = t,
              .facts = NEWN(&f->arena, uint64_t, why->causes.n + 1u),
              .closers = NEWN(&f->arena, uint64_t, why->closers.n + 1u)};
    for (uint32_t i = 0; i < why->causes.n; i++) {
        const Cause *c = &why->causes.at[i];
        if (c->role == CAUSE_WHEN && (c->prop || c->capability))
            m.facts[m.nfacts++] = fact_key(c);
    }
    for (uint32_t i = 0; i < why->closers.n; i++)
        m.closers[m.nclosers++] = fact_key(&why->closers.at[i]);
    m.nfacts = sort_set(m.facts, m.nfacts);
    m.nclosers = sort_set(m.closers, m.nclosers);
    vec_push(&f->marks, m);
}

static uint32_t common(const uint64_t *a, uint32_t na, const uint64_t *b, uint32_t nb)
{
    uint32_t n = 0;
    for (uint32_t i = 0, k = 0; i < na && k < nb;) {
        n += a[i] == b[k];
        uint64_t x = a[i], y = b[k];
        i += x <= y;
        k += y <= x;
    }
    return n;
}

static Likeness likeness(const Assessment *a, const Mark *x, const Mark *y)
{
    if (threat_subject(a, x->threat) != threat_subject(a, y->threat))
        return DIFFERENT;
    uint32_t facts = common(x->facts, x->nfacts, y->facts, y->nfacts);
    uint32_t closers = common(x->closers, x->nclosers, y->closers, y->nclosers);
    bool same_facts = facts == x->nfacts && facts == y->nfacts;
    bool same_closers = closers == x->nclosers && closers == y->nclosers;
    if (same_facts && same_closers)
        return x->nfacts + x->nclosers ? DUPLICATE : DIFFERENT;
    bool alike = (same_facts && facts && closers) || (same_closers && closers && facts);
    return alike ? SIMILAR : DIFFERENT;
}

static int fact_order(const void *a, const void *b)
{
    const Fact *x = a, *y = b;
    if (x->asked != y->asked)
        return x->asked > y->asked ? -1 : 1;
    return str_cmp(x->text, y->text);
}

static void count(Noise *n, Figures *f)
{
    const Assessment *a = &n->assessment;
    Provenance why = {0};
    f->flows = n->program.model.flows.n;
    for (uint32_t i = 0; i < a->threats.n; i++) {
        const Threat *t = &a->threats.at[i];
        const Verdict *v = threat_of_rule(a, t);
        if (!v || !threat_pending(a, t))
            continue;
        VerdictKind kind = threat_kind(a, t);
        f->open += kind == VERDICT_OPEN;
        f->planned += kind == VERDICT_PLANNED;
        f->possible += kind == VERDICT_POSSIBLE;
        verdict_explain(n->rules, v, &why);
        for (uint32_t k = 0; k < why.questions.n; k++)
            ask(f, &why.questions.at[k], i);
        mark(f, t, &why);
    }
    provenance_free(&why);
    if (f->facts.n)
        qsort(f->facts.at, f->facts.n, sizeof *f->facts.at, fact_order);
    for (uint32_t i = 0; i < f->marks.n; i++)
        for (uint32_t k = i + 1; k < f->marks.n; k++)
            f->pairs[likeness(a, &f->marks.at[i], &f->marks.at[k])]++;
}

static void figures_free(Figures *f)
{
    vec_free(&f->facts);
    vec_free(&f->marks);
    arena_free(&f->arena);
}

/* ---- printing ---- */

static const char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_head(void)
{
    printf("| %-24s | %-10s | %5s | %5s | %7s | %8s | %9s | %13s | %5s | %11s | %10s | %7s |\n", "model", "variant",
           "flows", "open", "planned", "possible", "open/flow", "possible/flow", "facts", "asked often", "duplicates",
           "similar");
    printf("| ------------------------ | ---------- | ----: | ----: | ------: | -------: | --------: | ------------: | "
           "----: | ----------: | ---------: | ------: |\n");
}

static void put_row(const char *model, Variant v, const Figures *f)
{
    double flows = f->flows ? f->flows : 1;
    printf("| %-24.24s | %-10s | %5u | %5u | %7u | %8u | %9.2f | %13.2f | %5u | %11u | %10u | %7u |\n", stem_of(model),
           variant_names[v], (unsigned)f->flows, (unsigned)f->open, (unsigned)f->planned, (unsigned)f->possible,
           f->open / flows, f->possible / flows, (unsigned)f->facts.n, (unsigned)f->often,
           (unsigned)f->pairs[DUPLICATE], (unsigned)f->pairs[SIMILAR]);
}

static void put_threat(const Noise *n, const Threat *t)
{
    StrBuf b = {0};
    threat_id(&n->assessment, t, &b);
    strbuf_addz(&b, " ");
    strbuf_add(&b, threat_verdict(&n->assessment, t));
    strbuf_addz(&b, ": ");
    threat_title(&n->assessment, t, &b);
    printf("      %.*s\n", STR_FMT(strbuf_str(&b)));
    strbuf_free(&b);
}

static void put_pairs(const Noise *n, const Figures *f, Likeness wanted, const char *heading)
{
    if (f->pairs[wanted])
        printf("  %s\n", heading);
    for (uint32_t i = 0; i < f->marks.n; i++)
        for (uint32_t k = i + 1; k < f->marks.n; k++) {
            if (likeness(&n->assessment, &f->marks.at[i], &f->marks.at[k]) != wanted)
                continue;
            put_threat(n, f->marks.at[i].threat);
            put_threat(n, f->marks.at[k].threat);
            printf("\n");
        }
}

static void put_often(const Noise *n, const Figures *f)
{
    if (f->often)
        printf("  facts that several possible threats ask for, and the first of them\n");
    for (uint32_t i = 0; i < f->facts.n; i++) {
        const Fact *fact = &f->facts.at[i];
        StrBuf b = {0};
        if (fact->asked < 2)
            continue;
        threat_id(&n->assessment, &n->assessment.threats.at[fact->first], &b);
        printf("  %4u  %.*s  (%s)\n", (unsigned)fact->asked, STR_FMT(fact->text), b.s);
        strbuf_free(&b);
    }
}

/* Nothing can be certain where nothing is stated, but for what the kinds of things say; and controls should close all but what
 * facts decide. */
static void put_pending(const Noise *n, Variant v, const Figures *f)
{
    bool any = v == CONTROLLED ? f->marks.n > 0 : f->open > 0;
    if (any)
        printf(v == CONTROLLED ? "  pending although everything has every capability\n"
                               : "  open although no fact is stated\n");
    for (uint32_t i = 0; i < f->marks.n; i++)
        if (v == CONTROLLED || threat_kind(&n->assessment, f->marks.at[i].threat) == VERDICT_OPEN)
            put_threat(n, f->marks.at[i].threat);
}

static void put_lists(const char *model, Variant v, const Noise *n, const Figures *f)
{
    if (!f->pairs[DUPLICATE] && !f->pairs[SIMILAR] && !f->often && (v == AS_WRITTEN || !f->marks.n))
        return;
    printf("\n%s, %s\n", stem_of(model), variant_names[v]);
    put_pairs(n, f, DUPLICATE, "duplicates: same subject, facts and capabilities");
    if (v == AS_WRITTEN)
        put_pairs(n, f, SIMILAR, "similar: same subject, and the same capabilities or facts");
    if (v != AS_WRITTEN)
        put_pending(n, v, f);
    if (v != CONTROLLED)
        put_often(n, f);
}

/* ---- all ---- */

static bool measure(const char *model, Variant v, const Settings *set, bool lists)
{
    Noise *n = mem_alloc(sizeof *n);
    memset(n, 0, sizeof *n);
    Figures f = {0};
    bool ok = load_variant(n, model, set, v);
    if (ok)
        count(n, &f);
    else
        print_errors(n);
    if (ok && lists)
        put_lists(model, v, n, &f);
    else if (ok)
        put_row(model, v, &f);
    figures_free(&f);
    end_variant(n);
    free(n);
    return ok;
}

/* The options at the front; the answer is the place of the first model, or -1. */
static int read_settings(int argc, char **argv, Settings *set)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--brief") == 0)
            set->brief = true;
        else if (strcmp(argv[i], "--stdlib") == 0 && i + 1 < argc)
            set->stdlib = argv[++i];
        else if (strcmp(argv[i], "--with") == 0 && i + 1 < argc && set->npacks < MOST_PACKS)
            set->packs[set->npacks++] = argv[++i];
        else
            return -1;
    }
    return i < argc ? i : -1;
}

int main(int argc, char **argv)
{
    Settings set = {0};
    int first = read_settings(argc, argv, &set);
    if (first < 0) {
        fprintf(stderr, "like this: noise [--stdlib DIR] [--with std.PACK]... [--brief] MODEL...\n");
        return 3;
    }
    bool ok = true;
    put_head();
    for (int i = first; i < argc; i++)
        for (int v = AS_WRITTEN; v < VARIANTS; v++)
            ok &= measure(argv[i], (Variant)v, &set, false);
    for (int i = first; i < argc && !set.brief && ok; i++)
        for (int v = AS_WRITTEN; v < VARIANTS; v++)
            measure(argv[i], (Variant)v, &set, true);
    return ok ? 0 : 1;
}
