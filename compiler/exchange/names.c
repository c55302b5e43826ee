/* Names for what documents call by text. A name says as little as tells things apart: first the name of the component, then its group
 * too, then its version, at last a hash of its key; so it stays while nothing else comes to be called so. Requires joined items.
 * Leaves behind: names that are valid, distinct and not taken. */
#include "exchange/join_parts.h"

#include "syntax/parse.h"

enum { LONGEST = 80, TIERS = 4 };

/* Letters and digits of ASCII; whatever stands between them is one _. */
static void put_word(StrBuf *out, Str text)
{
    bool gap = out->n > 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (plain || c == '+') {
            if (gap && out->n)
                strbuf_char(out, '_');
            strbuf_char(out, plain ? c : 'p'); /* libstdc++ is libstdcpp */
        }
        gap = !plain && c != '+' ? true : false;
    }
}

static void put_hash(StrBuf *out, Str key)
{
    strbuf_format(out, "%s%08x", out->n ? "_" : "item_", (unsigned)(str_hash(key) & 0xFFFFFFFFu));
}

/* What a thing may be called, more of it with each tier. */
typedef struct Call {
    Str key, words[3]; /* name, group, version */
    bool group_first;  /* the group is part of the name: @scope/name */
    Str *ident;
} Call;

typedef struct Namer {
    Joined *j;
    const NameTaken *taken;
    Interner names; /* every name that was thought of */
    Map given;      /* -> 1: given away, or to nobody */
    Interner keywords;
    StrBuf text;
} Namer;

static Str candidate(Namer *n, const Call *c, unsigned tier)
{
    StrBuf *out = &n->text;
    out->n = 0;
    if (tier >= 1 || c->group_first)
        put_word(out, c->words[1]);
    put_word(out, c->words[0]);
    if (tier >= 2)
        put_word(out, c->words[2]);
    if (out->n > LONGEST) {
        out->n = LONGEST;
        put_hash(out, c->key);
    } else if (tier >= 3 || !out->n) {
        put_hash(out, c->key);
    }
    if (out->s[0] >= '0' && out->s[0] <= '9') {
        strbuf_char(out, '_');
        memmove(out->s + 1, out->s, out->n - 1);
        out->s[0] = '_';
    }
    Sym word = intern_find(&n->keywords, strbuf_str(out));
    if (word || n->taken->is(n->taken->self, strbuf_str(out)))
        strbuf_addz(out, "_item");
    return strbuf_str(out);
}

/* One tier: a name that only one of those left would have, and nobody has, is given. */
static void give_tier(Namer *n, Call *calls, uint32_t count, unsigned tier)
{
    Map wanted = {0};
    Sym *syms = mem_resize(NULL, (size_t)count + 1, sizeof *syms);
    for (uint32_t i = 0; i < count; i++) {
        if (calls[i].ident->n)
            continue;
        syms[i] = intern(&n->names, candidate(n, &calls[i], tier));
        map_put(&wanted, syms[i], map_get(&wanted, syms[i]) + 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (calls[i].ident->n || map_get(&wanted, syms[i]) > 1 || map_get(&n->given, syms[i]))
            continue;
        *calls[i].ident = str_copy(&n->j->bom->arena, sym_str(&n->names, syms[i]));
        map_put(&n->given, syms[i], 1);
    }
    for (uint32_t i = 0; i < count; i++) /* what several wanted would mislead if one had it */
        if (!calls[i].ident->n && map_get(&wanted, syms[i]) > 1)
            map_put(&n->given, syms[i], 1);
    free(syms);
    map_free(&wanted);
}

static void give(Namer *n, Call *calls, uint32_t count)
{
    for (unsigned tier = 0; tier < TIERS; tier++)
        give_tier(n, calls, count, tier);
    for (uint32_t i = 0; i < count; i++) /* two hashes that are one: numbers in the order of keys */
        for (uint32_t k = 2; !calls[i].ident->n; k++) {
            candidate(n, &calls[i], TIERS);
            strbuf_format(&n->text, "_%u", k);
            Sym sym = intern(&n->names, strbuf_str(&n->text));
            if (map_get(&n->given, sym) || n->taken->is(n->taken->self, strbuf_str(&n->text)))
                continue;
            *calls[i].ident = str_copy(&n->j->bom->arena, strbuf_str(&n->text));
            map_put(&n->given, sym, 1);
        }
}

void names_give(Joined *j, const NameTaken *taken)
{
    static const char *const values[] = {"true", "false", "unknown", "today"};
    Namer n = {.j = j, .taken = taken};
    Vec(Call) calls = {0};
    intern_init(&n.names);
    intern_init(&n.keywords);
    parse_init(&n.keywords);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        intern(&n.keywords, str_from(values[i]));
    for (uint32_t i = 0; i < j->items.n; i++) {
        Item *item = &j->items.at[i];
        if (!item->known && item_is_written(item))
            vec_push(&calls, (Call){item->key,
                                    {item->name, item->group, item->version},
                                    str_eq(item->type, STR("npm")),
                                    &item->ident});
    }
    give(&n, calls.at, calls.n);
    calls.n = 0;
    for (uint32_t i = 0; i < j->findings.n; i++) {
        Finding *g = &j->findings.at[i];
        Str state = str_from(bom_state_names[g->state]);
        Str key = str_format(&j->bom->arena, "%.*s\n%.*s\n%.*s\n%.*s", STR_FMT(g->id), STR_FMT(state),
                             STR_FMT(g->justification), STR_FMT(g->response));
        vec_push(&calls, (Call){key, {g->id, {"", 0}, {"", 0}}, false, &g->ident});
        if (!g->first)
            vec_last(&calls).words[0] = str_format(&j->bom->arena, "%.*s %.*s", STR_FMT(g->id), STR_FMT(state));
    }
    give(&n, calls.at, calls.n);
    vec_free(&calls);
    map_free(&n.given);
    intern_free(&n.names);
    intern_free(&n.keywords);
    strbuf_free(&n.text);
}
