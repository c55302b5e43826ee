/* The command line, by running the program: exit status, what goes to which stream, and what is left on the disk. */
#include "dossier/xlsx.h" /* first: the library's header uses functions that are banned here */

#include "cli.h"
#include "tools/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- models ---- */

#define RULE                                                                 \
    "rule R1 \"{a} is not known to {b} on {f}\" {\n"                         \
    "  for each flow f from a to b\n"                                        \
    "  when f.authentication is none\n"                                      \
    "  mitigated by authenticates_peer on f\n"                               \
    "  stride: spoofing\n  severity: high\n  cwe: [306]\n  capec: [151]\n"   \
    "  message: \"Anyone may pose as {a}.\"\n  fix: \"Authenticate {a}.\"\n" \
    "}\n"
#define TESTS                                                                                                       \
    "test R1 \"both ways\" {\n"                                                                                     \
    "  given {\n    external X\n    process Y\n    flow f : X -> Y { authentication: none; protocol: http }\n  }\n" \
    "  expect R1 at f\n"                                                                                            \
    "  with f.authentication: certificate {\n    expect no R1\n  }\n"                                               \
    "  with f.controls: Tls {\n    expect mitigated R1 at f\n  }\n"                                                 \
    "}\n"
#define PARTS                                                                         \
    "control Tls \"TLS\" { implements: [authenticates_peer]; status: implemented }\n" \
    "external Nurse \"Ward nurse\" #EX-01\n"                                          \
    "boundary Ward \"Ward\" {\n  process Pump \"Pump\" #PR-01\n}\n"
#define OPEN                                                                                                          \
    RULE TESTS PARTS "flow login \"Badge login\" #FL-01 : Nurse -> Ward.Pump { authentication: none; protocol: http " \
                     "}\n"
#define POSSIBLE RULE TESTS PARTS "flow login \"Badge login\" #FL-01 : Nurse -> Ward.Pump\n"
#define CLEAN RULE TESTS PARTS "flow login \"Badge login\" #FL-01 : Nurse -> Ward.Pump { authentication: mutual }\n"
#define BROKEN OPEN "flow more : Nurse -> Nowhere { authentication: mutal }\n"

#define GAPS                                                                         \
    CLEAN "category Missing \"Missing\" { model_gap: true }\n"                       \
          "rule G1 \"{p} does not say whether it is exposed\" {\n"                   \
          "  for each process p\n  when p.exposed is unknown\n  category: Missing\n" \
          "  message: \"Nobody said who reaches {p}.\"\n  fix: \"Say it.\"\n}\n"     \
          "test G1 \"said\" {\n  given {\n    process Y\n  }\n  expect G1 at Y\n"    \
          "  with Y.exposed: false {\n    expect no G1\n  }\n}\n"
#define SETTLED GAPS "decision #RD-1 accept G1 at Ward.Pump { rationale: \"Prototype.\" ; owner: @x }\n"

#define DATED                                                                                           \
    "rule D1 \"{a} is due\" {\n  for each assumption a\n  when a.review_by < today\n"                   \
    "  severity: low\n  message: \"Look at {a} again.\"\n  fix: \"Do it.\"\n}\n"                        \
    "test D1 \"due\" {\n  given {\n    assumption A { review_by: 2025-12-31 }\n  }\n  expect D1 at A\n" \
    "  with A.review_by: 2026-01-01 {\n    expect no D1\n  }\n}\n"                                      \
    "assumption Locked { review_by: 2026-03-01 }\n"

static Cli with_models(void)
{
    Cli c = cli();
    put_file("open.cordon", OPEN);
    put_file("possible.cordon", POSSIBLE);
    put_file("clean.cordon", CLEAN);
    put_file("gaps.cordon", GAPS);
    put_file("dated.cordon", DATED);
    put_file("settled.cordon", SETTLED);
    put_file("broken.cordon", BROKEN);
    return c;
}

/* ---- use and misuse ---- */

static const struct {
    const char *words;
    int status;
    const char *said; /* on stderr, or on stdout for status 0 */
} uses[] = {
    {"", 3, "no command"},
    {"chekc x", 3, "did you mean `check`?"},
    {"frobnicate", 3, "unknown command `frobnicate`"},
    {"check", 3, "needs a file"},
    {"check --formt json x", 3, "did you mean `--format`?"},
    {"check --format yaml x", 3, "human, plain, json, sarif, junit"},
    {"check --format", 3, "needs a value"},
    {"check --quiet=yes x", 3, "takes no value"},
    {"check -z x", 3, "unknown option `-z`"},
    {"check -o x y", 3, "`--output` is no option of `cordon check`"},
    {"check --today 2026-02-30 clean.cordon", 3, "takes a date"},
    {"check --today yesterday clean.cordon", 3, "takes a date"},
    {"check --today 2026-03-02 dated.cordon", 1, ""},
    {"check --today 2026-03-01 dated.cordon", 0, "0 open"},
    {"check --fail-on sometimes open.cordon", 3, "none, open, possible, gap,"},
    {"check --dump ast open.cordon clean.cordon", 3, "one file"},
    {"build open.cordon", 3, "-o DIR"},
    {"build -o x", 3, "one file"},
    {"explain", 3, "needs a code"},
    {"explain R1@FL-01", 3, "from its model"},
    {"explain NoSuchRule", 3, "no rule, kind or enumeration `NoSuchRule`"},
    {"explain sofware", 3, "did you mean `software`?"},
    {"explain software --format json", 3, ""},
    {"why-not R1 open.cordon", 3, "like this"},
    {"why-not R1 at login", 3, "login"},
    {"questions", 3, "one file"},
    {"rules --pack strid", 3, "did you mean `stride`?"},
    {"rules --cwe 99999", 3, "no rule has `--cwe 99999`"},
    {"rules --format md open.cordon clean.cordon", 3, "one model"},
    {"rules --incomplete --format html", 3, "printed as human"},
    {"check --format md open.cordon", 3, "only `cordon rules` and `cordon diff` write md"},
    {"rules broken.cordon", 2, "E0214"},
    {"rules nowhere.cordon", 3, "E0701"},
    {"rules --pack stride", 0, "{a} can be impersonated on {f}"},
    {"rules --brief", 0, "stride.spoofing"},
    {"rules open.cordon", 0, "1 rule in 1 pack, 1 test"},
    {"rules --category spoofing --format plain open.cordon", 0, "open.R1: S, high: {a} is not known to {b} on {f}"},
    {"rules --closed-by authenticates_peer --clause 5.3 --format md", 0, "# Rules of the standard library"},
    {"rules --format html open.cordon", 0, "<title>Rules for open.cordon</title>"},
    {"rules --list cwe_top_25_2024", 0, "25 entries, 25 answered by rules"},
    {"rules --list cwe_top_25_2024 --format plain open.cordon", 0, "cwe_top_25_2024.R25: Missing authentication"},
    {"rules --list cwe_top_25_2042", 3, "did you mean `cwe_top_25_2024`?"},
    {"rules --format json open.cordon clean.cordon", 0, "\"clean.cordon\""},
    {"fmt", 3, "needs a file"},
    {"help nothing", 3, "unknown command `nothing`"},
    {"help", 0, "Exit status"},
    {"--help", 0, "Exit status"},
    {"--version", 0, "cordon "},
    {"version", 0, "SHA-256"},
    {"version --format json", 0, "\"std.base\""},
    {"explain E0214", 0, "enumeration or scale"},
    {"explain 0214 --format json", 0, "\"UNKNOWN_VALUE\""},
    {"check none.cordon", 3, "E0701"},
    {"check .", 3, "E0701"},
    {"check clean.cordon", 0, "0 open, 0 possible, 0 planned"},
    {"check open.cordon", 1, ""},
    {"check broken.cordon", 2, "did you mean `mutual`?"},
    {"check clean.cordon open.cordon", 1, ""},
    {"check clean.cordon broken.cordon open.cordon", 2, ""},
    {"check possible.cordon", 0, "0 open, 1 possible"},
    {"check --fail-on possible possible.cordon", 1, ""},
    {"check --fail-on none open.cordon", 0, "1 open"},
    {"check --fail-on high open.cordon", 1, ""},
    {"check --fail-on critical open.cordon", 0, "1 open"},
    {"check --fail-on=low possible.cordon", 1, ""},
    {"check gaps.cordon", 0,
     "0 open, 0 possible, 0 planned; 0 mitigated, 0 out of scope, 0 decided; 1 missing in the model"},
    {"check --fail-on low gaps.cordon", 0, "missing"},
    {"check --fail-on possible gaps.cordon", 0, "missing"},
    {"check --fail-on gap gaps.cordon", 1, ""},
    {"check --fail-on gap possible.cordon", 1, ""},
    {"check --fail-on gap clean.cordon", 0, "0 open"},
    {"check --fail-on gap settled.cordon", 0, "0 decided\n"},
    {"check --all settled.cordon", 0, "accepted"},
    {"check --format plain gaps.cordon", 0, ": gap: missing: Nobody said who reaches Pump. [gaps.G1@PR-01]"},
    {"check --format junit gaps.cordon", 0, "<failure type=\"gap\" message=\"1 to settle\">"},
    {"check --format sarif gaps.cordon", 0,
     "\"level\":\"note\",\"message\":{\"text\":\"Nobody said who reaches Pump.\"}"},
    {"check -q clean.cordon", 0, ""},
    {"questions clean.cordon", 0, "no threat hangs on an unknown fact"},
    {"questions possible.cordon", 0, "authentication of login"},
    {"questions possible.cordon", 0, "possible.cordon:"},
    {"questions --format json possible.cordon", 0, "\"authentication\""},
    {"questions broken.cordon", 2, "E0214"},
    {"explain software", 0, "one of maintained, supported, required; unknown until it is said"},
    {"explain software", 0, "\nAs every `thing`\n"},
    {"explain data", 0, "any of phi, "},
    {"explain store", 0, "gives encrypts_storage"},
    {"explain external", 0, "Kinds made of it\n"},
    {"explain HarmSeverity", 0, "  catastrophic             Catastrophic\n"},
    {"explain issue open.cordon", 0, "Security issue, a kind of `thing`"},
    {"explain R1 open.cordon", 0, "CWE-306"},
    {"explain R1 open.cordon", 0, "authenticates_peer on f\n\nWhat these capabilities serve\n"},
    {"explain R1 open.cordon", 0, "IEC 62443-4-2 CR 1.2"},
    {"explain R1 open.cordon", 0, "Spoofing, breaks authenticity; severity high\n"},
    {"explain R1 open.cordon --format json", 0, "\"urn:cordon:schema:rules:1\""},
    {"explain S03 --format json", 0, "\"Missing Authentication for Critical Function\""},
    {"explain R1@FL-01 open.cordon --format json", 3, ""},
    {"explain R1@FL-01 open.cordon", 0, "It applies because"},
    {"explain open.R1@FL-01 open.cordon", 0, "basis:"},
    {"explain R1@login open.cordon", 0, "What would close it"},
    {"explain R1@login possible.cordon", 0, "It hangs on facts"},
    {"explain G1@Ward.Pump gaps.cordon", 0, "exposed of Ward.Pump is not known"},
    {"explain gaps.G1@PR-01 gaps.cordon", 0, "Missing"},
    {"explain G1 gaps.cordon", 0, "missing in the model and no threat"},
    {"explain R1@logn open.cordon", 3, "did you mean `login`?"},
    {"explain R1@login clean.cordon", 3, "why-not"},
    {"explain R1@login broken.cordon", 2, "E0214"},
    {"why-not R1 at login clean.cordon", 0, "authentication"},
    {"why-not R1 at FL-01 clean.cordon", 0, "authentication"},
    {"why-not R1 at login open.cordon", 1, ""},
    {"why-not R2 at login open.cordon", 3, "did you mean `R1`?"},
    {"why-not R1 at lgin open.cordon", 3, "did you mean `login`?"},
    {"test clean.cordon", 0, "0 failed"},
    {"test --today 2000-01-01 dated.cordon", 0, "2 expectations passed, 0 failed"},
    {"test broken.cordon", 2, "E0214"},
    {"check --dump ast broken.cordon", 2, ""},
    {"check --dump plan clean.cordon", 0, "R1"},
    {"check --dump model clean.cordon", 0, "\"FL-01\""},
    {"check --dump verdicts open.cordon", 0, "open.R1@FL-01 open high"},
};

ParameterizedTestParameters(cli, uses)
{
    static int row[sizeof uses / sizeof *uses];
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        row[i] = (int)i;
    return cr_make_param_array(int, row, sizeof uses / sizeof *uses);
}

ParameterizedTest(int *i, cli, uses)
{
    Cli c = with_models();
    run(&c, uses[*i].words);
    cr_expect_eq(c.status, uses[*i].status, "cordon %s: status %d\n%s", uses[*i].words, c.status, c.err);
    const char *said = c.status == 0 ? c.out : c.err;
    cr_expect(strstr(said, uses[*i].said), "cordon %s: `%s` is not in:\n%s", uses[*i].words, uses[*i].said, said);
    cli_end(&c);
}

Test(cli, every_command_explains_each_of_its_options)
{
    Cli c = cli();
    for (int id = 1; id < COMMAND_COUNT; id++) {
        char words[40], option[40];
        snprintf(words, sizeof words, "%s --help", command_rows[id].name);
        run(&c, words);
        expect_status(&c, 0);
        for (int o = 0; o < OPTION_COUNT; o++) {
            snprintf(option, sizeof option, "--%s", option_rows[o].name);
            if (option_rows[o].commands >> id & 1)
                expect_in(c.out, option);
        }
    }
    cli_end(&c);
}

Test(cli, the_manual_and_the_completions_are_those_of_the_tables)
{
    static const char *const files[][2] = {{"help --man", "compiler/tools/cordon.1"},
                                           {"help --completion bash", "compiler/tools/completion.bash"},
                                           {"help --completion zsh", "compiler/tools/completion.zsh"},
                                           {"help --completion fish", "compiler/tools/completion.fish"}};
    char *wanted[4];
    size_t n;
    for (size_t i = 0; i < 4; i++)
        wanted[i] = read_whole(files[i][1], &n);
    Cli c = cli();
    for (size_t i = 0; i < 4; i++) {
        run(&c, files[i][0]);
        expect_status(&c, 0);
        cr_expect_str_eq(c.out, wanted[i], "%s is out of date: out/cordon %s > %s", files[i][1], files[i][0],
                         files[i][1]);
        free(wanted[i]);
    }
    cli_end(&c);
}

/* ---- streams ---- */

Test(cli, findings_go_to_stdout_and_diagnostics_to_stderr)
{
    Cli c = with_models();
    run(&c, "check open.cordon");
    expect_in(c.out, "login \"Badge login\", flow");
    expect_in(c.out, "open.cordon:");
    expect_in(c.out, "open.R1@FL-01");
    expect_in(c.out, "Anyone may pose as Ward nurse.");
    expect_in(c.out, "fix: Authenticate Ward nurse.");
    cr_expect_str_eq(c.err, "");
    run(&c, "check broken.cordon");
    cr_expect_str_eq(c.out, "");
    expect_in(c.err, "error[E0214]");
    expect_in(c.err, "error[E0201]");
    run(&c, "check --format plain open.cordon broken.cordon");
    expect_in(c.out, "threat: open, high: Anyone may pose as Ward nurse. [open.R1@FL-01]\n");
    expect_in(c.err, ": error: unknown value `mutal` for `authentication`");
    cli_end(&c);
}

Test(cli, quiet_says_errors_only)
{
    Cli c = with_models();
    run(&c, "check -q open.cordon");
    expect_status(&c, 1);
    cr_expect_str_eq(c.out, "");
    cr_expect_str_eq(c.err, "");
    run(&c, "build -q open.cordon -o out");
    expect_status(&c, 0);
    cr_expect_str_eq(c.err, "");
    cli_end(&c);
}

/* What is in the folder counts, not what was built in. */
Test(cli, a_library_in_a_folder_has_its_own_modules)
{
    char *stdlib = realpath("stdlib", NULL), words[200];
    Cli c = cli();
    snprintf(words, sizeof words, "cp -r %s mine", stdlib);
    cr_assert_eq(mkdir("empty", 0777), 0);
    run_shell(words);
    cr_assert_eq(mkdir("mine/house", 0777), 0);
    put_file("mine/house/pumps.cordon", "// Pumps of the house.\n" RULE TESTS
                                        "control Tls { implements: [authenticates_peer]; status: implemented }\n");
    run(&c, "rules --stdlib mine --pack house");
    expect_status(&c, 0);
    expect_in(c.out, "house.pumps");
    expect_in(c.out, "1 rule in 1 pack, 1 test");
    run(&c, "rules --pack house");
    expect_status(&c, 3);
    run(&c, "rules --stdlib empty");
    expect_status(&c, 3);
    expect_in(c.err, "std.base");
    free(stdlib);
    cli_end(&c);
}

Test(cli, rules_that_lack_something_are_status_1)
{
    Cli c = with_models();
    run(&c, "rules --incomplete open.cordon");
    expect_status(&c, 1);
    expect_in(c.out, "open.cordon:1:6: open.R1 lacks clauses, false_positive, source\n");
    expect_in(c.out, "  false_positive  when it is usually wrong\n");
    expect_in(c.out, "1 rule lacks something");
    run(&c, "rules --incomplete --format json open.cordon");
    expect_status(&c, 1);
    expect_in(c.out, "\"missing\": [\n            \"clauses\"");
    cli_end(&c);
}

Test(cli, a_model_can_come_from_standard_input)
{
    Cli c = cli();
    c.stdin_text = OPEN;
    run(&c, "check -");
    expect_status(&c, 1);
    expect_in(c.out, "<stdin>:");
    c.stdin_text = "external   A\n";
    run(&c, "fmt -");
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, "external A\n");
    cli_end(&c);
}

Test(cli, a_full_disk_is_status_3)
{
    static const char *const words[] = {"help",
                                        "version",
                                        "check open.cordon",
                                        "check --format json open.cordon",
                                        "check --format sarif open.cordon",
                                        "check --format junit open.cordon",
                                        "explain E0214",
                                        "explain R1 open.cordon",
                                        "questions possible.cordon",
                                        "rules",
                                        "rules --format json",
                                        "rules --format html",
                                        "test clean.cordon",
                                        "check --dump ast clean.cordon",
                                        "fmt -",
                                        "fmt --diff open.cordon"};
    Cli c = with_models();
    put_file("open.cordon", "\n\n" OPEN);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        c.stdin_text = "external A\n";
        c.stdout_path = "/dev/full";
        run(&c, words[i]);
        cr_expect_eq(c.status, 3, "%s: %d", words[i], c.status);
        expect_in(c.err, "cannot write standard output");
    }
    cli_end(&c);
}

Test(cli, colour_only_when_asked_for)
{
    Cli c = with_models();
    run(&c, "check open.cordon broken.cordon");
    expect_not_in(c.out, "\033");
    expect_not_in(c.err, "\033");
    run(&c, "check --color always open.cordon broken.cordon");
    expect_in(c.out, "\033[");
    expect_in(c.err, "\033[");
    run(&c, "check --color=never open.cordon");
    expect_not_in(c.out, "\033");
    cli_end(&c);
}

/* ---- on a terminal ---- */

/* Runs the program on a terminal of its own; what it shows goes to `shown`. Its input comes `wait` microseconds late. */
static void run_on_terminal(Cli *c, const char *words, useconds_t late, char *shown, size_t room)
{
    char command[5000];
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        cr_skip_test("this machine lends no terminals: /dev/pts is missing");
    snprintf(command, sizeof command, "(sleep %u.%06u; cat open.cordon) | '%s' %s > '%s' 2>&1",
             (unsigned)(late / 1000000), (unsigned)(late % 1000000), c->program, words, ptsname(terminal));
    char *argv[] = {(char *)"sh", (char *)"-c", command, NULL};
    int slave = open(ptsname(terminal), O_RDWR | O_NOCTTY); /* keeps what was written until it is read */
    pid_t pid;
    int status;
    cr_assert_eq(posix_spawnp(&pid, "sh", NULL, NULL, argv, environ), 0);
    waitpid(pid, &status, 0);
    fcntl(terminal, F_SETFL, O_NONBLOCK);
    size_t n = 0;
    ssize_t got;
    while (n + 1 < room && (got = read(terminal, shown + n, room - n - 1)) > 0)
        n += (size_t)got;
    shown[n] = 0;
    close(slave);
    close(terminal);
}

Test(cli, a_terminal_gets_colour_and_progress)
{
    Cli c = with_models();
    static char shown[20000];
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    run_on_terminal(&c, "check -", 1400000, shown, sizeof shown);
    expect_in(shown, "\033[1;31mopen");
    expect_in(shown, "cordon: reading, 1 s");
    run_on_terminal(&c, "check -q -", 1400000, shown, sizeof shown);
    cr_expect_str_eq(shown, "");
    setenv("NO_COLOR", "1", 1);
    run_on_terminal(&c, "check -", 0, shown, sizeof shown);
    expect_not_in(shown, "\033[");
    expect_in(shown, "1 open");
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    run_on_terminal(&c, "check -", 0, shown, sizeof shown);
    expect_not_in(shown, "\033[");
    cli_end(&c);
}

/* ---- documents for programs ---- */

Test(cli, json_holds_every_model_and_its_status)
{
    Cli c = with_models();
    run(&c, "check --format json clean.cordon broken.cordon open.cordon");
    expect_status(&c, 2);
    cr_expect_str_eq(c.err, "");
    json_t *v = cli_json(&c), *models = json_object_get(v, "models");
    cr_expect_eq(json_array_size(models), 3);
    json_t *broken = json_array_get(models, 1), *open = json_array_get(models, 2);
    cr_expect_eq(json_integer_value(json_object_get(broken, "errors")), 2);
    cr_expect_eq(json_array_size(json_object_get(broken, "diagnostics")), 2);
    cr_expect(json_is_false(json_object_get(broken, "evaluated")));
    json_t *threat = json_array_get(json_object_get(open, "threats"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(threat, "id")), "open.R1@FL-01");
    cr_expect_eq(json_integer_value(json_object_get(v, "exit")), 2);
    json_decref(v);
    cli_end(&c);
}

Test(cli, misuse_is_a_document_too)
{
    Cli c = with_models();
    run(&c, "check --format json --fail-on sometimes open.cordon");
    expect_status(&c, 3);
    cr_expect_str_eq(c.err, "");
    json_t *v = cli_json(&c);
    cr_expect(json_is_string(json_object_get(v, "error")));
    cr_expect_eq(json_integer_value(json_object_get(v, "exit")), 3);
    json_decref(v);
    run(&c, "build --format sarif open.cordon -o x");
    expect_status(&c, 3);
    expect_in(c.out, "only `cordon check` writes sarif");
    run(&c, "check --format=junit");
    expect_status(&c, 3);
    expect_in(c.out, "<error type=\"usage\"");
    cli_end(&c);
}

static void expect_sarif(Cli *c, const char *schema)
{
    char problem[SCHEMA_PROBLEM];
    json_t *v = cli_json(c);
    cr_expect(schema_fits(schema, v, problem), "%s\n%s", problem, c->out);
    json_decref(v);
}

Test(cli, sarif_fits_its_schema)
{
    char *schema = realpath("tests/data/sarif-schema-2.1.0.json", NULL);
    cr_assert(schema);
    Cli c = with_models();
    put_file("path.cordon",
             "rule P1 \"{a} reaches {b}\" {\n  for each path p from a : external to b : store within 3 steps\n"
             "  when not (b.encrypted_at_rest)\n  stride: information_disclosure\n  severity: low\n}\n" PARTS
             "store Db \"Store\" { encrypted_at_rest: false }\n"
             "flow one : Nurse -> Ward.Pump\nflow two : Ward.Pump -> Db\n"
             "threat Skimming \"Badge can be skimmed\" #TH-09 { at: [one]; stride: [spoofing] }\n"
             "decision #RD-1 accept P1 at Nurse { rationale: \"known\"; owner: @ann }\n");
    run(&c, "check --format sarif open.cordon possible.cordon clean.cordon broken.cordon path.cordon");
    cr_expect_str_eq(c.err, "");
    expect_sarif(&c, schema);
    expect_in(c.out, "\"cordonThreat/v1\"");
    expect_in(c.out, "\"taxa\"");
    expect_in(c.out, "\"codeFlows\"");
    expect_in(c.out, "\"kind\":\"open\"");
    run(&c, "check --format sarif --fail-on sometimes open.cordon");
    expect_status(&c, 3);
    expect_sarif(&c, schema);
    free(schema);
    cli_end(&c);
}

/* Tags that open and close in order: as much of XML as JUnit uses. */
static bool balanced(const char *xml)
{
    char stack[20][40];
    size_t depth = 0;
    for (const char *at = strchr(xml, '<'); at; at = strchr(at + 1, '<')) {
        const char *close = strchr(at, '>');
        if (!close)
            return false;
        size_t n = strcspn(at + 1, " />");
        if (at[1] == '?' || close[-1] == '/')
            continue;
        if (at[1] == '/') {
            n = strcspn(at + 2, ">");
            if (!depth-- || strncmp(stack[depth], at + 2, n) != 0 || stack[depth][n])
                return false;
        } else {
            snprintf(stack[depth++], sizeof stack[0], "%.*s", (int)n, at + 1);
        }
    }
    return depth == 0;
}

Test(cli, junit_has_a_case_for_each_rule)
{
    Cli c = with_models();
    run(&c, "check --format junit open.cordon clean.cordon broken.cordon");
    expect_status(&c, 2);
    cr_expect(balanced(c.out), "%s", c.out);
    expect_in(c.out, "<testsuite name=\"open.cordon\" tests=\"2\" failures=\"1\"");
    expect_in(c.out, "<testsuite name=\"clean.cordon\" tests=\"2\" failures=\"0\"");
    expect_in(c.out, "<testsuite name=\"broken.cordon\" tests=\"1\" failures=\"1\"");
    expect_in(c.out, "open.R1@FL-01 (open): Anyone may pose as Ward nurse.");
    cli_end(&c);
}

/* ---- build ---- */

/* Runs the program behind a shell command that limits it. */
static void run_limited(Cli *c, const char *limit, const char *words)
{
    char command[5000], shell[4096];
    snprintf(command, sizeof command, "%s; exec '%s' %s", limit, c->program, words);
    char *argv[] = {(char *)"sh", (char *)"-c", command, NULL};
    snprintf(shell, sizeof shell, "%s", c->program);
    snprintf(c->program, sizeof c->program, "/bin/sh");
    execute(c, argv);
    snprintf(c->program, sizeof c->program, "%s", shell);
}

static bool there(const char *path)
{
    return access(path, F_OK) == 0;
}

static time_t set_old(const char *path)
{
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    cr_assert_eq(utimensat(AT_FDCWD, path, old, 0), 0, "%s", path);
    return 1000000000;
}

static time_t time_of(const char *path)
{
    struct stat st;
    cr_assert_eq(stat(path, &st), 0, "%s", path);
    return st.st_mtime;
}

/* Places in the library are named after its modules or its files: both become "library". */
static void mask_library(char *s)
{
    static const char *const names[] = {"cordon:std.", "stdlib/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (char *at = s; (at = strstr(at, names[i]));) {
            size_t n = strcspn(at + strlen(names[i]), "\":") + strlen(names[i]);
            memcpy(at, "library", 7);
            at += 7;
            memmove(at, at + n - 7, strlen(at + n - 7) + 1);
        }
}

/* Rules that the model has nothing for are left out of the built-in library, but of none that is read from texts. */
Test(cli, the_built_in_library_finds_what_its_texts_find, .timeout = 60)
{
    static const char *const formats[] = {"human", "plain", "json", "sarif", "junit"};
    static char paths[20][200];
    size_t models = find_files("examples", ".cordon", paths, 20);
    char *top = realpath(".", NULL), path[4200], words[400];
    Cli c = cli();
    snprintf(path, sizeof path, "%s/stdlib", top);
    cr_assert_eq(symlink(path, "stdlib"), 0);
    snprintf(path, sizeof path, "%s/examples", top);
    cr_assert_eq(symlink(path, "examples"), 0);
    for (size_t i = 0; i < models * (sizeof formats / sizeof *formats); i++) {
        const char *model = paths[i % models], *format = formats[i / models];
        snprintf(words, sizeof words, "check --format %s %s", format, model);
        run(&c, words);
        char *built_in = strdup(c.out);
        int status = c.status;
        snprintf(words, sizeof words, "--stdlib stdlib check --format %s %s", format, model);
        run(&c, words);
        mask_library(built_in);
        mask_library(c.out);
        cr_expect(strcmp(built_in, c.out) == 0, "%s differs as %s", model, format);
        cr_expect_eq(status, c.status, "%s", model);
        free(built_in);
    }
    free(top);
    cli_end(&c);
}

Test(cli, build_writes_everything_a_review_needs)
{
    static const char *const files[] = {"threats.json", "threats.csv", "threats.md", "risks.json",
                                        "risks.csv",    "risks.md",    "model.json", "report.md",
                                        "report.html",  "srmf.json",   "srmf.xlsx",  "srmf/controls.csv"};
    Cli c = with_models();
    run(&c, "build open.cordon -o deep/out");
    expect_status(&c, 0);
    cr_expect_str_eq(c.out, "");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[80];
        snprintf(path, sizeof path, "deep/out/%s", files[i]);
        cr_expect(there(path), "%s", path);
    }
    run(&c, "build --fail-on open open.cordon -o deep/out");
    expect_status(&c, 1);
    cli_end(&c);
}

Test(cli, a_second_build_touches_nothing)
{
    static const char *const files[] = {"out/threats.json",     "out/report.html", "out/model.json",
                                        "out/diagrams/.cordon", "out/srmf.xlsx",   "out/srmf/tests.csv"};
    Cli c = with_models();
    run(&c, "build open.cordon -o out");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        set_old(files[i]);
    run(&c, "build open.cordon -o out");
    expect_status(&c, 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        cr_expect_eq(time_of(files[i]), 1000000000, "%s", files[i]);
    put_file("open.cordon", OPEN "external Other\n");
    run(&c, "build open.cordon -o out");
    cr_expect_neq(time_of("out/model.json"), 1000000000);
    cli_end(&c);
}

Test(cli, a_model_with_errors_leaves_earlier_outputs_as_they_are)
{
    Cli c = with_models();
    run(&c, "build open.cordon -o out");
    size_t n, m;
    char *before = read_whole("out/threats.json", &n);
    put_file("open.cordon", BROKEN);
    run(&c, "build open.cordon -o out");
    expect_status(&c, 2);
    char *after = read_whole("out/threats.json", &m);
    cr_expect(n == m && memcmp(before, after, n) == 0);
    free(before);
    free(after);
    cli_end(&c);
}

Test(cli, an_output_that_cannot_be_written_leaves_all_as_they_are)
{
    Cli c = with_models();
    run(&c, "build open.cordon -o out");
    set_old("out/threats.json");
    unlink("out/report.html");
    cr_assert_eq(mkdir("out/report.html", 0777), 0);
    put_file("open.cordon",
             OPEN "external Other\nflow more : Other -> Ward.Pump { authentication: none; protocol: http }\n");
    run(&c, "build open.cordon -o out");
    expect_status(&c, 3);
    expect_in(c.err, "cannot write");
    cr_expect_eq(time_of("out/threats.json"), 1000000000);
    run(&c, "build open.cordon -o open.cordon/out");
    expect_status(&c, 3);
    run(&c, "build open.cordon -o out2 --depfile none/deps");
    expect_status(&c, 3);
    cr_expect(!there("out2/threats.json"));
    cli_end(&c);
}

Test(cli, without_graphviz_diagrams_are_written_as_dot)
{
    Cli c = with_models();
    setenv("PATH", "/nonexistent", 1);
    run(&c, "build open.cordon -o out");
    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    expect_status(&c, 0);
    expect_in(c.err, "W0703");
    cr_expect(there("out/diagrams/context.dot"));
    cr_expect(!there("out/diagrams/context.svg"));
    cr_expect(there("out/report.html"));
    cli_end(&c);
}

/* A broken library in the way has the effect of none. */
Test(cli, without_the_library_of_workbooks_only_a_build_fails_and_says_why)
{
    Cli c = with_models();
    run_shell((char[]){"mkdir lib && : > lib/" XLSX_LIBRARY});
    setenv("LD_LIBRARY_PATH", "lib", 1);
    run(&c, "check open.cordon");
    expect_status(&c, 1); /* its threat is open */
    run(&c, "build open.cordon -o out");
    unsetenv("LD_LIBRARY_PATH");
    expect_status(&c, 3);
    expect_in(c.err, "cannot write `out/srmf.xlsx`: the library " XLSX_LIBRARY " cannot be loaded");
    cr_expect(!there("out/threats.json"));
    cli_end(&c);
}

/* More outputs than a process may have open. */
Test(cli, many_views_need_few_descriptors)
{
    Cli c = cli();
    StrBuf b = {0};
    strbuf_addz(&b, OPEN);
    for (unsigned i = 0; i < 150; i++)
        strbuf_format(&b, "view v%u \"View %u\" { include: [Nurse] }\n", i, i);
    put_file("a.cordon", b.s);
    strbuf_free(&b);
    run_limited(&c, "ulimit -n 250; PATH=/nonexistent", "build a.cordon -o out");
    expect_status(&c, 0);
    cr_expect(there("out/diagrams/v149.dot"));
    cli_end(&c);
}

Test(cli, diagrams_of_views_that_are_gone_are_removed_and_nothing_else)
{
    Cli c = with_models();
    put_file("views.cordon", OPEN "view alone \"Alone\" { include: [Nurse] }\n");
    run(&c, "build views.cordon -o out");
    expect_status(&c, 0);
    cr_expect(there("out/diagrams/alone.dot"), "%s", c.err);
    put_file("out/diagrams/mine.dot", "digraph mine {}\n");
    put_file("keep.dot", "digraph keep {}\n");
    FILE *f = fopen("out/diagrams/.cordon", "a");
    fputs("../../keep.dot\n/etc/none.dot\nmine.txt\n", f);
    fclose(f);
    put_file("views.cordon", OPEN);
    run(&c, "build views.cordon -o out");
    expect_status(&c, 0);
    cr_expect(!there("out/diagrams/alone.dot"));
    cr_expect(!there("out/diagrams/alone.svg"));
    cr_expect(there("out/diagrams/mine.dot"));
    cr_expect(there("keep.dot"));
    cli_end(&c);
}

Test(cli, the_depfile_names_every_file_that_was_read)
{
    Cli c = cli();
    mkdir("lib", 0777);
    put_file("a model.cordon", "import part\nimport other\n" OPEN);
    put_file("part.cordon", "external Part\n");
    put_file("lib/other.cordon", "external Other\n");
    char *argv[] = {(char *)"cordon", (char *)"build",     (char *)"a model.cordon", (char *)"-o", (char *)"out",
                    (char *)"-Ilib",  (char *)"--depfile", (char *)"deps",           NULL};
    execute(&c, argv);
    expect_status(&c, 0);
    size_t n;
    char *deps = read_whole("deps", &n);
    cr_expect_eq(strncmp(deps, "out/report.html:", 16), 0, "%s", deps);
    expect_in(deps, " a\\ model.cordon");
    expect_in(deps, " part.cordon");
    expect_in(deps, " lib/other.cordon");
    expect_not_in(deps, "std");
    free(deps);
    cli_end(&c);
}

static char *many_elements(unsigned n)
{
    StrBuf b = {0};
    strbuf_addz(&b, OPEN);
    for (unsigned i = 0; i < n; i++)
        strbuf_format(&b, "external E%u\nflow f%u : E%u -> Ward.Pump { authentication: none; protocol: http }\n", i, i,
                      i);
    return b.s;
}

Test(cli, a_disk_that_fills_up_leaves_earlier_outputs_as_they_are)
{
    Cli c = with_models();
    run(&c, "build open.cordon -o out");
    set_old("out/threats.json");
    set_old("out/report.md");
    char *model = many_elements(200);
    put_file("open.cordon", model);
    free(model);
    run_limited(&c, "ulimit -f 40", "build open.cordon -o out");
    expect_status(&c, 3);
    expect_in(c.err, "cannot write");
    cr_expect_eq(time_of("out/threats.json"), 1000000000);
    cr_expect_eq(time_of("out/report.md"), 1000000000);
    cli_end(&c);
}

#ifndef __SANITIZE_ADDRESS__ /* which needs more addresses than any limit */
Test(cli, memory_that_runs_out_is_status_4)
{
    Cli c = cli();
    char *model = many_elements(20000);
    put_file("a.cordon", model);
    free(model);
    run_limited(&c, "ulimit -v 20000", "check a.cordon");
    expect_status(&c, 4);
    expect_in(c.err, "out of memory");
    cli_end(&c);
}
#endif

Test(cli, hostile_titles_are_made_visible_in_every_format)
{
    static const char *const formats[] = {"human", "plain", "json", "sarif", "junit"};
    Cli c = cli();
    put_file("a.cordon", RULE "external A \"<b>\033[31m\xE2\x80\xAE]]>&\"\nprocess B\n"
                              "flow f : A -> B { authentication: none; protocol: http }\n");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char words[60];
        snprintf(words, sizeof words, "check --all --format %s a.cordon", formats[i]);
        run(&c, words);
        expect_not_in(c.out, "\033");
        expect_not_in(c.err, "\033");
        expect_not_in(c.out, "\xE2\x80\xAE");
        expect_not_in(c.err, "\xE2\x80\xAE");
        if (i == 4) {
            cr_expect(balanced(c.out), "%s", c.out);
            expect_in(c.out, "&lt;b&gt;");
        }
    }
    cli_end(&c);
}

/* ---- fmt, test, dates ---- */

Test(cli, fmt_writes_only_what_it_can_prove)
{
    Cli c = cli();
    put_file("a.cordon", "external   A // one\n\n\n\nexternal B\n");
    run(&c, "fmt --check a.cordon");
    expect_status(&c, 1);
    run(&c, "fmt --diff a.cordon");
    expect_status(&c, 1);
    expect_in(c.out, "-external   A // one\n");
    expect_in(c.out, "+external A // one\n");
    run(&c, "fmt a.cordon");
    expect_status(&c, 0);
    size_t n;
    char *text = read_whole("a.cordon", &n);
    cr_expect_str_eq(text, "external A // one\n\nexternal B\n");
    free(text);
    run(&c, "fmt --check a.cordon");
    expect_status(&c, 0);
    put_file("b.cordon", "external   A {\n");
    run(&c, "fmt b.cordon a.cordon none.cordon");
    expect_status(&c, 3);
    text = read_whole("b.cordon", &n);
    cr_expect_str_eq(text, "external   A {\n");
    free(text);
    run(&c, "fmt b.cordon");
    expect_status(&c, 2);
    cli_end(&c);
}

Test(cli, fmt_says_what_it_cannot_read_or_write)
{
    Cli c = cli();
    run(&c, "fmt none.cordon");
    expect_status(&c, 3);
    expect_in(c.err, "there is no such file");
    run(&c, "fmt .");
    expect_status(&c, 3);
    expect_in(c.err, "it is a folder");
    run(&c, "fmt --format json none.cordon");
    expect_status(&c, 3);
    expect_in(c.out, "writes no json");
    put_file("a.cordon", "external   A\n");
    run_limited(&c, "ulimit -f 0", "fmt a.cordon");
    expect_status(&c, 3);
    size_t n;
    char *text = read_whole("a.cordon", &n);
    cr_expect_str_eq(text, "external   A\n");
    free(text);
    cli_end(&c);
}

Test(cli, why_not_is_for_people)
{
    Cli c = with_models();
    run(&c, "why-not --format json R1 at login clean.cordon");
    expect_status(&c, 3);
    expect_in(c.out, "tells people");
    cli_end(&c);
}

Test(cli, an_explanation_tells_the_whole_of_a_threat)
{
    Cli c = cli();
    put_file("a.cordon",
             RULE "rule P1 \"{a} reaches {b}\" {\n  for each path p from a : external to b : store within 3 steps\n"
                  "  when not (b.encrypted_at_rest)\n  unless not (b.out_of_scope is absent)\n"
                  "  mitigated by encrypts_storage on b\n  raise severity to critical when not b.encrypted_at_rest\n"
                  "  stride: information_disclosure\n  severity: low\n}\n" PARTS
                  "store Db \"Store\" { encrypted_at_rest: false }\n"
                  "flow one \"One\" : Nurse -> Ward.Pump { authentication: none; protocol: http; controls: [Tls] }\n"
                  "flow two \"Two\" : Ward.Pump -> Db { authentication: none; protocol: http }\n"
                  "decision #RD-1 accept R1 at two { rationale: \"known since long\"; owner: @ann }\n");
    run(&c, "explain R1@one a.cordon");
    expect_status(&c, 0);
    expect_in(c.out, "mitigated, high, spoofing");
    expect_in(c.out, "Closed by\n  TLS, implemented  at a.cordon:");
    run(&c, "explain P1@EX-01,Db a.cordon");
    expect_in(c.out, "The way\n  Ward nurse -> Pump by One");
    expect_in(c.out, "More severe because");
    run(&c, "explain R1@two a.cordon");
    expect_in(c.out, "Decided\n  accepted  at a.cordon:");
    expect_in(c.out, "known since long");
    cli_end(&c);
}

Test(cli, a_test_that_fails_is_status_1)
{
    Cli c = cli();
    put_file("a.cordon",
             RULE TESTS PARTS "test R1 \"wrong\" {\n  given {\n    external X\n    process Y\n"
                              "    flow f : X -> Y { authentication: none; protocol: http }\n  }\n  expect no R1\n}\n");
    run(&c, "test a.cordon");
    expect_status(&c, 1);
    expect_in(c.err, "E0601");
    expect_in(c.out, "1 failed");
    run(&c, "test --format json a.cordon");
    json_t *v = cli_json(&c);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(json_object_get(v, "runs"), 0), "failed")), 1);
    json_decref(v);
    cli_end(&c);
}

Test(cli, what_tests_do_not_show_or_notice_is_status_1)
{
    char *schema = realpath("grammar/schema/test.json", NULL), problem[SCHEMA_PROBLEM];
    Cli c = with_models();
    put_file("weak.cordon", RULE "test R1 \"one way\" {\n  given {\n    external X\n    process Y\n"
                                 "    flow f : X -> Y { authentication: none; protocol: http }\n  }\n  expect R1 at f\n"
                                 "  with f.authentication: certificate {\n    expect no R1\n  }\n}\n");
    run(&c, "test --mutate clean.cordon");
    expect_status(&c, 0);
    expect_in(c.out, "\n4 mutants: 4 killed, 0 survived\n");
    run(&c, "test --coverage clean.cordon");
    expect_status(&c, 1);
    expect_in(c.out, "2 of 2 conditions seen both ways (100 %); 3 of 4 verdicts expected (75 %)\n");
    expect_in(c.err, "no test expects `clean.R1` to be possible");
    run(&c, "test weak.cordon");
    expect_status(&c, 0);
    run(&c, "test --mutate weak.cordon");
    expect_status(&c, 1);
    expect_in(c.out, "\n4 mutants: 3 killed, 1 survived\n");
    expect_in(c.err, "weak.R1: `mitigated by authenticates_peer on f` dropped: no test notices");
    expect_in(c.err, "weak.cordon:4:3");
    run(&c, "test --mutate --coverage --format json weak.cordon");
    expect_status(&c, 1);
    json_t *v = cli_json(&c);
    cr_expect(schema_fits(schema, v, problem), "%s\n%s", problem, c.out);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(json_object_get(v, "runs"), 0), "killed")), 3);
    json_decref(v);
    cli_end(&c);
    free(schema);
}

Test(cli, a_test_with_an_unsound_model_is_status_2)
{
    Cli c = cli();
    put_file("a.cordon",
             RULE "test R1 \"wrong\" {\n  given {\n    external X { human: perhaps }\n  }\n  expect no R1\n}\n");
    run(&c, "test a.cordon");
    expect_status(&c, 2);
    cli_end(&c);
}

Test(cli, a_decision_counts_until_its_last_day)
{
    Cli c = cli();
    put_file("a.cordon",
             OPEN "decision #RD-1 accept R1 at login { rationale: \"known\"; owner: @ann; expires: 2026-10-10 }\n");
    run(&c, "check --today 2026-10-10 a.cordon");
    expect_status(&c, 0);
    expect_in(c.out, "1 decided");
    run(&c, "check --today 2026-10-11 a.cordon");
    expect_status(&c, 1);
    expect_in(c.err, "W0505");
    setenv("SOURCE_DATE_EPOCH", "1767225600", 1); /* 2026-01-01 */
    run(&c, "check a.cordon");
    expect_status(&c, 0);
    setenv("SOURCE_DATE_EPOCH", "soon", 1);
    run(&c, "check a.cordon");
    expect_status(&c, 3);
    cli_end(&c);
}

Test(cli, a_broken_policy_is_a_finding)
{
    Cli c = cli();
    put_file("a.cordon",
             PARTS "flow f : Nurse -> Ward.Pump { authentication: none; protocol: http }\n"
                   "policy Known \"Callers are known\" {\n  never flow f where (f.authentication is none)\n}\n");
    run(&c, "check a.cordon");
    expect_status(&c, 1);
    expect_in(c.err, "E0510");
    run(&c, "check --fail-on none a.cordon");
    expect_status(&c, 0);
    run(&c, "build a.cordon -o out");
    expect_status(&c, 0);
    cli_end(&c);
}
