/* cordon diff: what changed between two models or builds of them, what follows for threats and decisions, and why. */
#include "compare/output.h"
#include "tools/side.h"

#include <unistd.h>

/* Which differences fail the run. */
typedef enum DiffGate { GATE_NONE, GATE_NEW, GATE_ANY, GATE_COUNT } DiffGate;

static bool read_gate(const Options *o, DiffGate *out)
{
    static const char *const words[GATE_COUNT] = {"none", "new", "any"};
    const char *value = o->value[OPTION_FAIL_ON];
    *out = GATE_NEW;
    for (int i = 0; value && i < GATE_COUNT; i++)
        if (strcmp(value, words[i]) == 0) {
            *out = (DiffGate)i;
            return true;
        }
    if (value)
        usage_error(o, "`--fail-on` of `cordon diff` takes one of none, new, any, not `%s`", value);
    return !value;
}

static bool gate_reached(DiffGate gate, const Comparison *c)
{
    switch (gate) {
    case GATE_NEW: return comparison_needs_somebody(c);
    case GATE_ANY: return comparison_differs(c);
    case GATE_NONE:
    case GATE_COUNT: break;
    }
    return false;
}

static void put(const Options *o, const Compared *d, Out *out)
{
    ConsoleStyle style = console_style(o, STDOUT_FILENO);
    if (o->format == FORMAT_JSON)
        compared_json(d, out);
    else if (o->format == FORMAT_MD)
        compared_md(d, out);
    else if (!o->given[OPTION_QUIET])
        compared_text(d, &style, out);
}

int cmd_diff(const Options *o)
{
    DiffGate gate;
    if (o->words.n != 2)
        return usage_error(o,
                           "`cordon diff` needs two models, or folders that `cordon build` wrote: cordon diff OLD NEW");
    if (!read_gate(o, &gate))
        return EXIT_USAGE;
    Comparison c;
    comparison_start(&c);
    int status = side_read(o, o->words.at[0], &c.old);
    if (status == EXIT_CLEAN)
        status = side_read(o, o->words.at[1], &c.new);
    Out out;
    out_fd(&out, STDOUT_FILENO);
    if (status == EXIT_CLEAN) {
        compare(&c);
        put(o, &(Compared){&c, o->words.at[0], o->words.at[1]}, &out);
        status = gate_reached(gate, &c) ? EXIT_FINDINGS : EXIT_CLEAN;
    }
    comparison_free(&c);
    return finish(&out, status);
}
