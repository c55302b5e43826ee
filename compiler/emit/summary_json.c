/* The counts of threats.json and of `check`. Requires a Report; leaves the member. */
#include "emit/parts.h"

typedef struct Counts {
    uint32_t *by_const; /* by ConstId: severities, categories, dispositions */
    uint32_t pending, no_severity, no_stride;
    Map by_category; /* ObjId of a `category` -> number */
    uint32_t by_verdict[8];
} Counts;

/* The categories of n threats of one rule, or of one found by people, that wait for somebody. */
static void count_categories(const Report *r, const Threat *t, uint32_t n, Counts *c)
{
    const Assessment *a = r->assessment;
    ConstId stride;
    ObjId other;
    if (threat_stride(a, t, 0) == 0)
        c->no_stride += n;
    for (uint32_t k = 0; (stride = threat_stride(a, t, k)); k++)
        c->by_const[stride] += n;
    for (uint32_t k = 0; (other = threat_category(a, t, k)); k++)
        map_put(&c->by_category, other, map_get(&c->by_category, other) + n);
}

/* Threats of a rule mostly stand in a row, and their categories are those of the rule. */
static void count(const Report *r, Counts *c)
{
    const Assessment *a = r->assessment;
    c->by_const = NEWN(r->arena, uint32_t, r->program->consts.n + 1);
    const Threat *last = NULL;
    uint32_t row = 0; /* up to `last` */
    for (uint32_t i = 0; i < a->threats.n; i++) {
        const Threat *t = &a->threats.at[i];
        if (t->decision) {
            c->by_const[t->disposition]++;
            continue;
        }
        VerdictKind kind = threat_kind(a, t);
        c->by_verdict[kind]++;
        if (kind < VERDICT_PLANNED)
            continue;
        ConstId severity = threat_severity(a, t);
        c->pending++;
        c->no_severity += severity == 0;
        c->by_const[severity] += severity != 0;
        if (row && threat_source(a, t) != threat_source(a, last)) {
            count_categories(r, last, row, c);
            row = 0;
        }
        last = t;
        row++;
    }
    if (row)
        count_categories(r, last, row, c);
}

static void put_enum_counts(Json *j, const Report *r, const char *name, const Counts *c)
{
    const Program *p = r->program;
    EnumId e = p->modules.n > 1 ? enum_by_name(p, p->modules.at[1].obj, name) : 0;
    for (uint32_t i = 0; e && i < p->enums.at[e].n; i++) {
        StrBuf key = {0};
        ConstId value = p->enums.at[e].first + i;
        strbuf_add(&key, const_name(p, value));
        json_u64(j, key.s, c->by_const[value]);
        strbuf_free(&key);
    }
}

/* Of other methods than STRIDE, those that have any. */
static void put_categories(Json *j, const Report *r, const Counts *c)
{
    const Program *p = r->program;
    StrBuf key = {0};
    json_begin_object(j, "by_category");
    for (ObjId o = 1; o < p->model.objects.n && c->by_category.n; o++) {
        uint32_t n = obj_is(p, o, ROLE_CATEGORY) ? map_get(&c->by_category, o) : 0;
        key.n = 0;
        if (!n)
            continue;
        obj_id(p, o, &key);
        json_u64(j, key.s, n);
    }
    json_end(j, '}');
    strbuf_free(&key);
}

/* By the title, which is the verdict; it is text, and a model may have an enumeration of its own. */
static void put_dispositions(Json *j, const Report *r, const Counts *c)
{
    const Program *p = r->program;
    EnumId e = p->modules.n > 1 ? enum_by_name(p, p->modules.at[1].obj, "Disposition") : 0;
    Out key;
    out_memory(&key);
    for (uint32_t i = 0; e && i < p->enums.at[e].n; i++) {
        ConstId value = p->enums.at[e].first + i;
        if (!c->by_const[value])
            continue;
        key.memory.n = 0;
        put_json(&key, const_title(p, value));
        json_u64(j, key.memory.s, c->by_const[value]);
    }
    out_discard(&key);
}

void json_summary(Json *j, const Report *r)
{
    Counts c = {0};
    count(r, &c);
    json_begin_object(j, "summary");
    json_u64(j, "threats", r->assessment->threats.n);
    json_u64(j, "pending", c.pending);
    json_u64(j, "decided", r->assessment->decided);
    json_begin_object(j, "by_verdict");
    static const VerdictKind kinds[] = {VERDICT_OPEN, VERDICT_POSSIBLE, VERDICT_PLANNED, VERDICT_MITIGATED,
                                        VERDICT_OUT_OF_SCOPE};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        json_u64(j, verdict_name(kinds[i]), c.by_verdict[kinds[i]]);
    put_dispositions(j, r, &c);
    json_end(j, '}');
    json_begin_object(j, "by_severity");
    put_enum_counts(j, r, "Severity", &c);
    json_u64(j, "unrated", c.no_severity);
    json_end(j, '}');
    json_begin_object(j, "by_stride");
    put_enum_counts(j, r, "Stride", &c);
    json_u64(j, "other", c.no_stride);
    json_end(j, '}');
    put_categories(j, r, &c);
    json_u64(j, "gaps", r->assessment->gaps_pending);
    json_end(j, '}');
    map_free(&c.by_category);
}
