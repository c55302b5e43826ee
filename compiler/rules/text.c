/* The texts and variables of a rule: that every {placeholder} can be filled, and that no variable stands there for
 * nothing. */
#include "rules/cond.h"
#include "rules/lint.h"

/* Whether {name} or {name.property} can be filled. */
static bool fills(Compiling *c, Str name)
{
    size_t dot = 0;
    while (dot < name.n && name.s[dot] != '.')
        dot++;
    uint8_t slot = slot_named(c, intern_find(c->p->names, str_slice(name, 0, dot)));
    if (slot == SLOT_NONE)
        return false;
    if (dot == name.n)
        return true;
    Sym prop = intern_find(c->p->names, str_slice(name, dot + 1, name.n));
    return c->slots[slot].kind && prop && kind_prop(c->p, c->slots[slot].kind, prop);
}

static void check_text(Compiling *c, Str text, Span at)
{
    for (size_t lo = 0; lo < text.n; lo++) {
        if (text.s[lo] != '{')
            continue;
        const char *close = memchr(text.s + lo, '}', text.n - lo);
        size_t hi = close ? (size_t)(close - text.s) : text.n;
        Str name = str_slice(text, lo + 1, hi);
        if (!close || !fills(c, name)) {
            Diag *d = diag_add(c->p->diags, D_UNBOUND_PLACEHOLDER, at, compile_z(c, name));
            suggest_variable(c, d, name);
            c->failed = true;
        }
        lo = hi;
    }
}

static void check_known(Compiling *c, const Plan *plan, Known known)
{
    const PropVal *written = NULL;
    PropId prop = c->p->known[known];
    if (!prop)
        return;
    Value v = obj_value(c->p, plan->info.obj, prop, &written);
    if (written && v.tag == V_TEXT)
        check_text(c, value_text_of(&c->p->model, v), value_place(c->p, plan->info.obj, written));
}

/* Whether the pattern would mean the same without the variable. */
static bool says_nothing(const Program *p, const Plan *plan, uint8_t slot)
{
    const Anchor *ends[] = {&plan->seed.from, &plan->seed.to};
    for (int i = 0; i < 2; i++)
        if (ends[i]->tag == ANCHOR_VAR && ends[i]->slot == slot)
            return ends[i]->kind == role_kind(p, ROLE_ELEMENT) && !plan->info.path;
    return false;
}

void lint_plan_text(Compiling *c, const Plan *plan)
{
    NodeId title = node_find(c->tree, plan->node, N_TITLE);
    if (title)
        check_text(c, obj_title(c->p, plan->info.obj), node_span(c->tree, title));
    check_known(c, plan, KNOWN_RULE_MESSAGE);
    check_known(c, plan, KNOWN_RULE_FIX);
    for (uint32_t i = 1; i < plan->info.nvars; i++)
        if (!c->slots[i].used && !(plan->info.keys >> i & 1) && says_nothing(c->p, plan, (uint8_t)i))
            diag_add(c->p->diags, D_UNUSED_VARIABLE, c->slots[i].span,
                     compile_z(c, sym_str(c->p->names, c->slots[i].name)));
}
