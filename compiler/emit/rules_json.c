/* Rules as JSON; schema in grammar/schema/rules.json. One rule a member, with everything that a reviewer asks about it. Requires a
 * RuleBook. */
#include "emit/rulebook.h"

static void put_texts(Json *j, const char *key, const Str *at, uint32_t n)
{
    json_begin_array(j, key);
    for (uint32_t i = 0; i < n; i++)
        json_str(j, NULL, at[i]);
    json_end(j, ']');
}

static void put_category(Json *j, const RuleBook *b, const RuleRow *row)
{
    json_const(j, "stride", b->p, row->stride);
    if (!row->category) {
        json_put_null(j, "category");
        return;
    }
    json_begin_object(j, "category");
    json_str(j, "name", obj_name(b->p, row->category));
    json_str(j, "title", obj_title(b->p, row->category));
    json_value(j, "method", b->p, prop_value(b->p, row->category, "method"));
    json_value(j, "breaks", b->p, prop_value(b->p, row->category, "breaks"));
    json_value(j, "model_gap", b->p, prop_value(b->p, row->category, "model_gap"));
    json_end(j, '}');
}

static void put_closers(Json *j, const RuleBook *b, const RuleRow *row)
{
    put_texts(j, "mitigated_by", row->sheet.closers.at, row->sheet.closers.n);
    json_begin_array(j, "capabilities");
    for (uint32_t i = 0; i < row->sheet.capabilities.n; i++) {
        ObjId capability = row->sheet.capabilities.at[i];
        json_begin_object(j, NULL);
        json_str(j, "name", obj_name(b->p, capability));
        json_str(j, "title", obj_title(b->p, capability));
        json_members(j, b->p, capability, "cr");
        json_members(j, b->p, capability, "fda");
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_references(Json *j, const RuleBook *b, const RuleRow *row)
{
    RuleReference ref;
    for (int c = 0; c < REFERENCE_KINDS; c++) {
        json_begin_array(j, reference_kinds[c].property);
        for (uint32_t i = 0; rule_reference(b, row, (CatalogueName)c, i, &ref); i++) {
            json_begin_object(j, NULL);
            json_value(j, "id", b->p, ref.value);
            if (ref.title)
                json_z(j, "title", ref.title);
            else
                json_put_null(j, "title");
            json_end(j, '}');
        }
        json_end(j, ']');
    }
}

static void put_tests(Json *j, const RuleBook *b, const RuleRow *row)
{
    json_begin_array(j, "tests");
    for (uint32_t i = 0; i < row->sheet.tests.n; i++) {
        json_begin_object(j, NULL);
        json_str(j, "title", obj_title(b->p, row->sheet.tests.at[i]));
        json_place(j, "place", b->r, model_decl(&b->p->model, row->sheet.tests.at[i])->span);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_begin_array(j, "expected");
    for (unsigned i = VERDICT_NONE; i <= VERDICT_OPEN; i++)
        if (row->sheet.expected >> i & 1)
            json_z(j, NULL, i == VERDICT_NONE ? "no" : verdict_name((VerdictKind)i)); /* as tests write it */
    json_end(j, ']');
}

static void put_rule(Json *j, const RuleBook *b, const RuleRow *row)
{
    static const char *const texts[] = {"message", "fix", "false_positive", "source", "rationale"};
    const RuleInfo *info = rule_info(b->rules, row->rule);
    json_begin_object(j, NULL);
    json_str(j, "id", row->id);
    json_str(j, "name", obj_name(b->p, row->obj));
    json_str(j, "title", obj_title(b->p, row->obj));
    json_str_or_null(j, "doc", obj_doc(b->p, row->obj, b->r->arena));
    json_str(j, "pack", row->pack);
    json_place(j, "place", b->r, model_decl(&b->p->model, row->obj)->span);
    put_category(j, b, row);
    json_const(j, "severity", b->p, row->sheet.severity);
    json_cvss(j, rule_text(b, row, "cvss"));
    json_str(j, "looks_at", row->sheet.looks_at);
    json_str(j, "for_each", row->sheet.for_each);
    put_texts(j, "when", row->sheet.when.at, row->sheet.when.n);
    put_texts(j, "unless", row->sheet.unless.at, row->sheet.unless.n);
    put_closers(j, b, row);
    put_texts(j, "raises", row->sheet.raises.at, row->sheet.raises.n);
    json_begin_array(j, "key");
    for (uint32_t i = 0; i < info->nvars; i++)
        if ((info->keys >> i & 1) && info->vars[i])
            json_str(j, NULL, sym_str(b->p->names, info->vars[i]));
    json_end(j, ']');
    put_references(j, b, row);
    json_members(j, b->p, row->obj, "clauses");
    json_members(j, b->p, row->obj, "phase");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_str_or_null(j, texts[i], rule_text(b, row, texts[i]));
    put_tests(j, b, row);
    json_begin_array(j, "missing");
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (row->missing >> i & 1)
            json_z(j, NULL, rule_parts[i].name);
    json_end(j, ']');
    json_end(j, '}');
}

static void put_packs(Json *j, const RuleBook *b)
{
    json_begin_array(j, "packs");
    for (uint32_t i = 0; i < b->rows.n; i += rulebook_pack(b, i)) {
        json_begin_object(j, NULL);
        json_str(j, "name", b->rows.at[i].pack);
        json_str_or_null(j, "about", rulebook_pack_words(b, i));
        json_u64(j, "rules", rulebook_pack(b, i));
        json_u64(j, "tests", rulebook_pack_tests(b, i));
        json_end(j, '}');
    }
    json_end(j, ']');
}

void json_rules_begin(Json *j, Out *out)
{
    json_start(j, out, true);
    json_begin_object(j, NULL);
    json_z(j, "schema", "urn:cordon:schema:rules:1");
    json_tool(j);
    json_begin_array(j, "lists");
}

void json_rules_end(Json *j)
{
    json_end(j, ']');
    json_end(j, '}');
}

void json_rules(Json *j, RuleBook *b, const char *file)
{
    json_begin_object(j, NULL);
    if (file)
        json_z(j, "file", file);
    else
        json_put_null(j, "file");
    put_packs(j, b);
    json_lists(j, b);
    json_begin_array(j, "rules");
    for (uint32_t i = 0; i < b->rows.n; i++)
        put_rule(j, b, &b->rows.at[i]);
    json_end(j, ']');
    json_end(j, '}');
}
