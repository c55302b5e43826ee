/* What `cordon explain` prints for a risk: its threats, and what a decision on it says, ready to paste. Requires an assessed session;
 * leaves nothing behind. */
#include "emit/risks.h"
#include "emit/snippet.h"
#include "syntax/format.h"
#include "tools/tools.h"

void explain_facts(const FactVec *facts, const char *indent, Out *out)
{
    char basis[13];
    facts_basis(facts, basis);
    if (facts->n)
        out_format(out, "%sfacts: [\n", indent);
    for (uint32_t i = 0; i < facts->n; i++) {
        StrBuf quoted = {0};
        defused_string(&quoted, facts->at[i].text, facts->at[i].text.n, false);
        out_format(out, "%s  ", indent);
        put_term(out, strbuf_str(&quoted));
        out_z(out, i + 1 < facts->n ? ",\n" : "\n");
        strbuf_free(&quoted);
    }
    if (facts->n)
        out_format(out, "%s]\n", indent);
    out_format(out, "%sbasis: \"%s\"\n", indent, basis);
}

static const Threat *threat_in(const Risks *all, const Risk *r, uint32_t i)
{
    return &all->assessment->threats.at[all->threats[r->first + i]];
}

static void put_threats(const Session *s, const Risks *all, const Risk *r, Out *out)
{
    const Assessment *a = all->assessment;
    StrBuf text = {0};
    for (uint32_t i = 0; i < r->n; i++) {
        const Threat *t = threat_in(all, r, i);
        ConstId severity = threat_severity(a, t);
        text.n = 0;
        threat_id(a, t, &text);
        out_format(out, "  %-12.*s %-9.*s", STR_FMT(threat_verdict(a, t)),
                   STR_FMT(severity ? const_name(&s->program, severity) : STR("-")));
        put_term(out, strbuf_str(&text));
        out_z(out, "  ");
        text.n = 0;
        threat_title(a, t, &text);
        put_term(out, strbuf_str(&text));
        out_char(out, '\n');
    }
    strbuf_free(&text);
}

static void put_decision(const Session *s, const Risks *all, const Risk *r, Out *out)
{
    const Assessment *a = all->assessment;
    Arena arena = {0};
    FactVec facts = {0};
    uint32_t due = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const Threat *t = threat_in(all, r, i);
        if (threat_kind(a, t) < VERDICT_PLANNED)
            continue;
        due++;
        threat_facts(a, t, NULL, &arena, &facts);
    }
    if (!due) {
        out_z(out, "\nAll of them are closed: there is nothing to decide.\n");
    } else if (!r->declared) {
        StrBuf text = {0};
        risk_text(all, r, &text);
        out_z(out, "\nIt is proposed. To decide on it, declare it:\n\n");
        put_term_lines(out, strbuf_str(&text));
        strbuf_free(&text);
    } else {
        out_z(out, "\nA decision about it, such as `decision accept ");
        put_term(out, obj_name(&s->program, r->declared));
        out_format(out, " { ... }`, gives:\n\n  covers: %u\n", due);
        explain_facts(&facts, "  ", out);
    }
    vec_free(&facts);
    arena_free(&arena);
}

const Risk *find_risk(const Session *s, const Risks *all, Str name)
{
    for (uint32_t i = 0; i < all->n; i++) {
        const Risk *r = &all->at[i];
        if (str_eq(r->id, name) || (r->declared && str_eq(obj_name(&s->program, r->declared), name)))
            return r;
    }
    return NULL;
}

void explain_risk(const Session *s, const Risks *all, const Risk *r, const ConsoleStyle *style, Out *out)
{
    paint(out, style, PAINT_STRONG);
    put_term(out, r->id);
    paint(out, style, PAINT_OFF);
    out_format(out, "  %s, %u threat%s\n\n  ", risk_state(r), r->n, r->n == 1 ? "" : "s");
    put_term(out, r->title);
    out_z(out, "\n\n");
    put_threats(s, all, r, out);
    put_decision(s, all, r, out);
}
