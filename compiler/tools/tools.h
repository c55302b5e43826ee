#ifndef CORDON_TOOLS_TOOLS_H
#define CORDON_TOOLS_TOOLS_H
/* The command line: options, the passes of a run, and the commands. Ownership: main owns the Options; each command owns its
 * sessions, and session_end frees all that a session knows. */
#include "base/version.h"
#include "emit/emit.h"
#include "risk/risks.h"

enum Exit { EXIT_CLEAN, EXIT_FINDINGS, EXIT_INVALID, EXIT_USAGE, EXIT_INTERNAL };

typedef enum CommandId {
    COMMAND_NONE,
#define COMMAND(id, name, args, summary, more) COMMAND_##id,
#include "tools/commands.def"
#undef COMMAND
    COMMAND_COUNT
} CommandId;

typedef enum OptionId {
#define OPTION(id, letter, name, argument, commands, help) OPTION_##id,
#include "tools/options.def"
#undef OPTION
    OPTION_COUNT
} OptionId;

typedef struct CommandRow {
    const char *name, *args, *summary, *more;
} CommandRow;
extern const CommandRow command_rows[COMMAND_COUNT]; /* by CommandId; [0] is empty */

typedef struct OptionRow {
    char letter; /* 0 if it has none */
    const char *name, *argument, *help;
    unsigned commands; /* bit by CommandId */
} OptionRow;
extern const OptionRow option_rows[OPTION_COUNT];

typedef enum Format {
    FORMAT_HUMAN,
    FORMAT_PLAIN,
    FORMAT_JSON,
    FORMAT_SARIF,
    FORMAT_JUNIT,
    FORMAT_MD,
    FORMAT_HTML,
    FORMAT_COUNT
} Format;
typedef enum ColorMode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER, COLOR_COUNT } ColorMode;
typedef enum Dump { DUMP_AST, DUMP_MODEL, DUMP_PLAN, DUMP_VERDICTS, DUMP_COUNT } Dump;
typedef enum Shell { SHELL_BASH, SHELL_ZSH, SHELL_FISH, SHELL_COUNT } Shell;
/* The words that an option takes, for parsing, help and completions; NULL if it takes anything. The list ends with NULL. */
const char *const *option_words(OptionId id);

typedef struct Options {
    CommandId command;
    bool given[OPTION_COUNT];
    const char *value[OPTION_COUNT]; /* of options with an argument: the last one given */
    Vec(const char *) words;         /* what is no option, behind the command */
    Vec(const char *) dirs;          /* -I */
    Format format;
    ColorMode color;
    Dump dump;
    Shell shell;
    int32_t today; /* days since 1970-01-01 */
    int64_t clock; /* SOURCE_DATE_EPOCH in seconds, or -1 */
    Arena arena;
} Options;

/* Reads the command line; the answer is false after a usage error, which has been reported in the format asked for. */
bool options_parse(Options *o, int argc, char **argv);
void options_free(Options *o);
/* Reports misuse on stderr, or as a document on stdout if the format is one for programs. Returns EXIT_USAGE. */
int usage_error(const Options *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* How to print for people on that descriptor. */
ConsoleStyle console_style(const Options *o, int fd);

/* ---- a run (session.c) ---- */

typedef struct Progress Progress; /* progress.c: a line on a terminal when work takes longer than a second */
Progress *progress_start(const Options *o);
void progress_pass(Progress *p, const char *pass); /* NULL p does nothing */
void progress_stop(Progress *p);

/* Everything one model needs. */
typedef struct Session {
    const Options *options;
    Sources sources;
    Interner names;
    Diags diags;
    Program program;
    RuleSet *rules;
    Verdicts verdicts;
    Assessment assessment;
    Arena arena;
    Report report;
    Progress *progress;
    uint32_t policy_errors; /* errors that say that a policy is broken: findings, not faults of the model */
    bool loaded, assessed;
    bool invalid;          /* an error was reported that is no broken policy */
    uint32_t gate_failing; /* items of the completeness gate; of a build */
    char hashes[2][65];
} Session;

/* What a run is for: `root` NULL is the standard library alone. */
typedef struct Plan {
    const char *root;
    bool lint;        /* the rule checks that cost time or need tests */
    bool here;        /* rules are only asked what they find in this model */
    bool tests;       /* keep the tests of the standard library */
    const char *also; /* a module of the library to read whether or not it is imported, or NULL */
} Plan;

void session_start(Session *s, const Options *o);
/* Reads, binds and compiles. True if no error was reported: only then may session_assess follow. */
bool session_load(Session *s, const Plan *plan);
/* Evaluates the rules and the policies and applies the decisions. True if no error but broken policies was reported. */
bool session_assess(Session *s);
/* Fills the hashes of the report; they cost time, so only outputs that hold them ask for them. */
void session_hash(Session *s);
void session_end(Session *s);
/* Compares with --baseline, if it is given, for the report and for --fail-on. EXIT_CLEAN, or what to end with; it has been said. */
int session_baseline(Session *s);
/* EXIT_INVALID, or EXIT_USAGE if the file of the command line could not be read at all; EXIT_CLEAN without errors. */
int session_status(const Session *s);
/* Sorts the diagnostics and prints them for people on stderr. */
void session_report(Session *s);
/* The thing of that name or id (with or without #); 0 and a message with a suggestion if there is none. */
ObjId session_find(Session *s, const char *name);

/* When a threat fails a run; at FAIL_GAP also what is missing in the model. At FAIL_INCOMPLETE an item of the completeness gate does,
 * and nothing else but a broken policy: only a build runs the gate. */
typedef enum FailLevel { FAIL_NONE, FAIL_OPEN, FAIL_POSSIBLE, FAIL_GAP, FAIL_INCOMPLETE, FAIL_SEVERITY } FailLevel;
typedef struct FailOn {
    FailLevel level;
    uint32_t rank; /* of the severity */
} FailOn;
/* Reads --fail-on against the scale of severities of the library; false after a usage error. */
bool fail_on(const Session *s, const char *fallback, FailOn *out);
bool fail_reached(const Session *s, const FailOn *f);

/* The modules of a library in a folder, "std.health.pumps", sorted by bytes; in the arena (library.c). */
const char *const *library_modules(const char *folder, Arena *arena, size_t *n);

/* Standard output, closed at the end of each command: EXIT_USAGE and a message if it could not be written, else `status`. */
int finish(Out *out, int status);
/* A message on stderr, "cordon: ...". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- commands ---- */

int cmd_check(const Options *o);
int cmd_build(const Options *o);
int cmd_test(const Options *o);
int cmd_fmt(const Options *o);
int cmd_explain(const Options *o);
int cmd_why_not(const Options *o);
int cmd_rules(const Options *o);
int cmd_questions(const Options *o);
int cmd_diff(const Options *o);
int cmd_cvss(const Options *o);
int cmd_import(const Options *o);
int cmd_version(const Options *o);
int cmd_help(const Options *o);
/* The manual page and the completions (manual.c). */
void put_manual(Out *out);
void put_completion(Shell shell, Out *out);
/* What `explain` prints for a rule and a threat (explain_rule.c, explain_threat.c). */
void explain_rule(const Session *s, RuleId rule, const ConsoleStyle *style, Out *out);
/* The same as a document; `file` is the model's, NULL for the library. */
void explain_rule_json(const Session *s, RuleId rule, const char *file, Out *out);
void explain_threat(const Session *s, const Threat *t, const ConsoleStyle *style, Out *out);
/* The same for a risk (explain_risk.c); the risk of that id or name, or NULL. */
const Risk *find_risk(const Session *s, const Risks *all, Str name);
void explain_risk(const Session *s, const Risks *all, const Risk *r, const ConsoleStyle *style, Out *out);
/* The same for a kind, or an enumeration or scale (explain_kind.c); found by name, 0 if there is none. */
KindId find_kind(const Program *p, Str name);
EnumId find_enum(const Program *p, Str name);
void explain_kind(const Session *s, KindId kind, const ConsoleStyle *style, Out *out);
void explain_enum(const Session *s, EnumId of, const ConsoleStyle *style, Out *out);
/* `facts: [...]` and `basis: "..."`, ready to paste into a decision. */
void explain_facts(const FactVec *facts, const char *indent, Out *out);

/* The difference of two texts, line by line, with three lines around each change; appends nothing if they are equal (diff.c). */
void diff_texts(Str path, Str before, Str after, const ConsoleStyle *style, Out *out);

#endif
