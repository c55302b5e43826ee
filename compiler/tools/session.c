/* A run, pass by pass: the list in session_load and session_assess is how a model flows. Each pass reports into one list of
 * diagnostics; success is that no error was reported. Leaves behind all that emitters and commands read. */
#include "tools/tools.h"

#include <unistd.h>

void session_start(Session *s, const Options *o)
{
    *s = (Session){.options = o};
    sources_init(&s->sources);
    program_names(&s->names);
    s->progress = progress_start(o);
}

static Str directory_of(Str path)
{
    long slash = str_rfind(path, '/');
    return slash < 0 ? STR("") : str_slice(path, 0, (size_t)slash);
}

bool session_load(Session *s, const Plan *plan)
{
    const Options *o = s->options;
    LoadOptions load = {.reader = reader_disk(),
                        .dirs = o->dirs.at,
                        .ndirs = o->dirs.n,
                        .stdlib_dir = o->value[OPTION_STDLIB],
                        .tests = plan->tests,
                        .also = plan->also,
                        .today = o->today};
    if (!plan->root && load.stdlib_dir)
        load.library = library_modules(load.stdlib_dir, &s->arena, &load.nlibrary);
    progress_pass(s->progress, "reading");
    program_load(&s->program, &s->sources, &s->names, &s->diags, plan->root, &load);
    s->loaded = true;
    s->invalid = s->diags.errors > 0;
    s->report = (Report){.program = &s->program,
                         .arena = &s->arena,
                         .clock = o->clock,
                         .root_dir = plan->root ? directory_of(str_from(plan->root)) : STR("")};
    if (s->invalid)
        return false;
    progress_pass(s->progress, "compiling rules");
    /* Without its tests the library would seem untested. */
    s->rules = rules_compile(&s->program, plan->lint && plan->tests ? RULES_LINTED
                                          : plan->here              ? RULES_HERE
                                                                    : RULES_ALL);
    s->invalid = s->diags.errors > 0;
    return !s->invalid;
}

bool session_assess(Session *s)
{
    progress_pass(s->progress, "evaluating rules");
    rules_eval(s->rules, &s->verdicts);
    uint32_t before = s->diags.errors;
    policies_check(s->rules, &s->program);
    s->policy_errors = s->diags.errors - before;
    progress_pass(s->progress, "applying decisions");
    assess(&s->program, s->rules, &s->verdicts, s->options->today, &s->assessment);
    s->assessed = true;
    s->report.assessment = &s->assessment;
    s->invalid = s->diags.errors > s->policy_errors;
    progress_pass(s->progress, "writing");
    return !s->invalid;
}

void session_hash(Session *s)
{
    if (s->report.model_hash.n)
        return;
    hash_model(&s->program, s->hashes[0]);
    hash_rules(&s->program, s->hashes[1]);
    s->report.model_hash = str_from(s->hashes[0]);
    s->report.rules_hash = str_from(s->hashes[1]);
}

void session_end(Session *s)
{
    progress_stop(s->progress);
    if (s->assessed)
        assess_free(&s->assessment);
    verdicts_free(&s->verdicts);
    if (s->rules)
        rules_free(s->rules);
    if (s->loaded)
        program_free(&s->program);
    diags_free(&s->diags);
    intern_free(&s->names);
    sources_free(&s->sources);
    arena_free(&s->arena);
}

int session_status(const Session *s)
{
    for (uint32_t i = 0; i < s->diags.list.n; i++) {
        const Diag *d = s->diags.list.at[i];
        if (d->id == D_CANNOT_READ && span_none(d->span))
            return EXIT_USAGE;
    }
    return s->invalid ? EXIT_INVALID : EXIT_CLEAN;
}

void session_report(Session *s)
{
    progress_stop(s->progress);
    s->progress = NULL;
    diags_sort(&s->diags, &s->sources);
    ConsoleStyle style = console_style(s->options, STDERR_FILENO);
    Out err;
    out_fd(&err, STDERR_FILENO);
    emit_diags_text(&s->sources, &s->diags, &style, &err);
    out_close(&err); /* stderr is talk: nobody is left to tell when it fails */
}

/* ---- finding things ---- */

static ObjId find_exactly(Session *s, Str name)
{
    Sym sym = intern_find(&s->names, name);
    if (!sym)
        return 0;
    ObjId by_id = map_get(&s->program.hash_ids, sym);
    if (by_id)
        return by_id;
    Ref r = program_lookup(&s->program, s->program.modules.at[1].obj, sym);
    return r.tag == REF_OBJ ? r.id : 0;
}

static void offer_objects(const Program *p, Suggestion *by_path, Suggestion *by_id)
{
    StrBuf path = {0};
    for (ObjId o = p->library_end; o < p->model.objects.n; o++) {
        const Object *object = model_obj(&p->model, o);
        if (object->flags & OBJ_MODULE || !object->name)
            continue;
        path.n = 0;
        obj_path(p, o, &path);
        suggest_offer(by_path, str_copy(&((Program *)p)->arena, strbuf_str(&path)));
        Sym id = model_decl(&p->model, o)->hash_id;
        if (id)
            suggest_offer(by_id, sym_str(p->names, id));
    }
    strbuf_free(&path);
}

ObjId session_find(Session *s, const char *name)
{
    Str wanted = str_from(name);
    if (str_starts(wanted, STR("#")))
        wanted = str_slice(wanted, 1, wanted.n);
    ObjId found = find_exactly(s, wanted);
    if (found)
        return found;
    Suggestion by_path = suggest_start(wanted), by_id = suggest_start(wanted);
    offer_objects(&s->program, &by_path, &by_id);
    Str best = by_path.best.n ? by_path.best : by_id.best;
    if (best.n)
        usage_error(s->options, "nothing is called `%s`; did you mean `%.*s`?", name, STR_FMT(best));
    else
        usage_error(s->options, "nothing is called `%s` in the model", name);
    return 0;
}

/* ---- --fail-on ---- */

/* The scale that severities are stated in is the type of the rules' property, whatever the library calls it. */
static const Enum *severity_scale(const Program *p)
{
    PropId prop = p->known[KNOWN_RULE_SEVERITY];
    Type t = prop ? prop_type(p, role_kind(p, ROLE_RULE), prop) : (Type){0};
    return t.tag == TYPE_ENUM ? &p->enums.at[t.of] : NULL;
}

bool fail_on(const Session *s, const char *fallback, FailOn *out)
{
    static const char *const words[] = {"none", "open", "possible", "gap", "incomplete"};
    static const FailLevel levels[] = {FAIL_NONE, FAIL_OPEN, FAIL_POSSIBLE, FAIL_GAP, FAIL_INCOMPLETE};
    int nlevels = s->options->command == COMMAND_BUILD ? 5 : 4;
    const Program *p = &s->program;
    const char *level = s->options->value[OPTION_FAIL_ON] ? s->options->value[OPTION_FAIL_ON] : fallback;
    StrBuf list = {0};
    for (int i = 0; i < nlevels; i++) {
        if (strcmp(level, words[i]) == 0) {
            *out = (FailOn){.level = levels[i]};
            strbuf_free(&list);
            return true;
        }
        strbuf_format(&list, "%s%s", i ? ", " : "", words[i]);
    }
    const Enum *scale = severity_scale(p);
    for (uint32_t i = 0; scale && i < scale->n; i++) {
        Str name = sym_str(p->names, p->consts.at[scale->first + i].name);
        if (str_eq(name, str_from(level))) {
            *out = (FailOn){.level = FAIL_SEVERITY, .rank = i};
            strbuf_free(&list);
            return true;
        }
        strbuf_format(&list, ", %.*s", STR_FMT(name));
    }
    usage_error(s->options, "`--fail-on` takes one of %s, not `%s`", list.s, level);
    strbuf_free(&list);
    return false;
}

static bool reaches(const Session *s, uint32_t i, const FailOn *f)
{
    const Threat *t = &s->assessment.threats.at[i];
    if (!threat_pending(&s->assessment, t) || !report_asks(&s->report, &s->assessment.threats, i))
        return false;
    ConstId severity = threat_severity(&s->assessment, t);
    switch (f->level) {
    case FAIL_NONE:
    case FAIL_INCOMPLETE: return false;
    case FAIL_OPEN: return threat_kind(&s->assessment, t) != VERDICT_POSSIBLE;
    case FAIL_POSSIBLE:
    case FAIL_GAP: return true;
    /* What nobody has rated may be as bad as anything. */
    case FAIL_SEVERITY: return !severity || s->program.consts.at[severity].rank >= f->rank;
    }
    return true;
}

static bool gap_asks(const Session *s)
{
    const ThreatVec *gaps = &s->assessment.gaps;
    for (uint32_t i = 0; i < gaps->n; i++)
        if (threat_pending(&s->assessment, &gaps->at[i]) && report_asks(&s->report, gaps, i))
            return true;
    return false;
}

bool fail_reached(const Session *s, const FailOn *f)
{
    if (f->level == FAIL_NONE)
        return false;
    if (s->policy_errors || (f->level == FAIL_GAP && gap_asks(s)))
        return true;
    if (f->level == FAIL_INCOMPLETE)
        return s->gate_failing > 0;
    if (s->report.baseline && s->report.baseline->nstale)
        return true;
    for (uint32_t i = 0; i < s->assessment.threats.n; i++)
        if (reaches(s, i, f))
            return true;
    return false;
}
