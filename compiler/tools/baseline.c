/* --baseline: what an earlier state of the model knew already. Requires an assessed session; leaves in its report how each threat and
 * gap stands to the baseline. */
#include "tools/side.h"

static uint8_t state_of(const Comparison *c, const uint8_t *states, Str id)
{
    Sym sym = intern_find(&c->names, id);
    uint32_t at = sym ? map_get(&c->new.threat_by_id, sym) : 0;
    return at ? states[at - 1] : BASELINE_NEW;
}

/* By threat of the new side, in the order of its snapshot. */
static uint8_t *states_of(const Comparison *c)
{
    uint8_t *states = mem_alloc((size_t)c->new.threats.n + 1);
    memset(states, BASELINE_UNCHANGED, (size_t)c->new.threats.n + 1);
    for (uint32_t i = 0; i < c->effects.n; i++) {
        const Effect *e = &c->effects.at[i];
        if (!e->new)
            continue;
        switch (e->kind) {
        case EFFECT_NEW:
        case EFFECT_REOPENED:
        case EFFECT_SETTLED: states[e->new - 1] = BASELINE_NEW; break;
        case EFFECT_WORSE: states[e->new - 1] = BASELINE_WORSE; break;
        case EFFECT_FACTS:
        case EFFECT_CLOSED:
        case EFFECT_BETTER:
        case EFFECT_CHANGED: states[e->new - 1] = BASELINE_UPDATED; break;
        case EFFECT_GONE:
        case EFFECT_KINDS: break;
        }
    }
    return states;
}

static const uint8_t *list_states(Session *s, const Comparison *c, const uint8_t *states, const ThreatVec *all)
{
    uint8_t *out = arena_alloc(&s->arena, (size_t)all->n + 1, 1);
    StrBuf id = {0};
    for (uint32_t i = 0; i < all->n; i++) {
        id.n = 0;
        threat_id(&s->assessment, &all->at[i], &id);
        out[i] = state_of(c, states, strbuf_str(&id));
    }
    strbuf_free(&id);
    return out;
}

static void keep(Session *s, const Comparison *c, const char *source)
{
    Baseline *b = NEW(&s->arena, Baseline);
    uint8_t *states = states_of(c);
    *b = (Baseline){.source = source, .known = c->known};
    b->threats = list_states(s, c, states, &s->assessment.threats);
    b->gaps = list_states(s, c, states, &s->assessment.gaps);
    free(states);
    Str *stale = NEWN(&s->arena, Str, c->stale + 1);
    for (uint32_t i = 0; i < c->decisions.n; i++)
        if (c->decisions.at[i].stale)
            stale[b->nstale++] =
                str_copy(&s->arena, snap_str(&c->new, c->new.decisions.at[c->decisions.at[i].new - 1].id));
    b->stale = stale;
    s->report.baseline = b;
}

int session_baseline(Session *s)
{
    const char *path = s->options->value[OPTION_BASELINE];
    if (!path)
        return EXIT_CLEAN;
    Comparison c;
    comparison_start(&c);
    int status = side_read(s->options, path, &c.old);
    if (status == EXIT_CLEAN) {
        session_hash(s);
        snapshot_of_report(&s->report, &c.new);
        compare(&c);
        keep(s, &c, path);
    }
    comparison_free(&c);
    return status;
}
