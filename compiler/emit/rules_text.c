/* Rules on a terminal: a table grouped by pack, of at most a hundred columns with long texts folded inside their column; or one line a
 * rule. Requires a RuleBook. All text goes through put_term. */
#include "emit/rulebook.h"
#include "emit/snippet.h"

enum { WIDEST = 100, NARROWEST = 60, COLUMNS = 5 };

typedef struct Table {
    RuleBook *b;
    const ConsoleStyle *style;
    Out *out;
    size_t width[COLUMNS];
    StrBuf text;
} Table;

static Str name_of(const RuleRow *row)
{
    long dot = str_rfind(row->id, '.');
    return str_slice(row->id, (size_t)(dot + 1), row->id.n);
}

static void put_blanks(Out *out, size_t n)
{
    while (n-- > 0)
        out_char(out, ' ');
}

static Str closers_of(Table *t, const RuleRow *row)
{
    t->text.n = 0;
    for (uint32_t i = 0; i < row->sheet.capabilities.n; i++) {
        strbuf_addz(&t->text, i ? ", " : "");
        strbuf_add(&t->text, obj_name(t->b->p, row->sheet.capabilities.at[i]));
    }
    if (!t->text.n)
        strbuf_addz(&t->text, "-");
    return strbuf_str(&t->text);
}

/* The narrow columns take what they need, title and closers share the rest. */
static void set_widths(Table *t)
{
    size_t total = t->style->width < WIDEST ? t->style->width : WIDEST;
    total = total < NARROWEST ? NARROWEST : total;
    for (uint32_t i = 0; i < t->b->rows.n; i++) {
        const RuleRow *row = &t->b->rows.at[i];
        const Str narrow[] = {name_of(row), rule_mark(t->b, row), rule_severity(t->b, row)};
        for (int c = 0; c < 3; c++) {
            size_t w = term_width(narrow[c]), most = total / 5;
            w = w < most ? w : most;
            t->width[c] = w > t->width[c] ? w : t->width[c];
        }
    }
    size_t used = CELLS_INDENT + (COLUMNS - 1) * CELLS_GAP + t->width[0] + t->width[1] + t->width[2];
    t->width[3] = (total - used) * 3 / 5;
    t->width[4] = total - used - t->width[3];
}

static void put_pack(Table *t, uint32_t first)
{
    uint32_t n = rulebook_pack(t->b, first), tests = rulebook_pack_tests(t->b, first);
    paint(t->out, t->style, PAINT_STRONG);
    put_term(t->out, t->b->rows.at[first].pack);
    paint(t->out, t->style, PAINT_OFF);
    out_format(t->out, "  %u rule%s, %u test%s\n", n, n == 1 ? "" : "s", tests, tests == 1 ? "" : "s");
    for (uint32_t i = first; i < first + n; i++) {
        const RuleRow *row = &t->b->rows.at[i];
        Str cells[COLUMNS] = {name_of(row), rule_mark(t->b, row), rule_severity(t->b, row),
                              obj_title(t->b->p, row->obj), closers_of(t, row)};
        put_cells(cells, t->width, COLUMNS, t->out);
    }
    out_char(t->out, '\n');
}

static void put_line(Table *t, const RuleRow *row)
{
    Str severity = rule_severity(t->b, row);
    put_term(t->out, row->id);
    out_z(t->out, ": ");
    put_term(t->out, rule_mark(t->b, row));
    out_z(t->out, severity.n ? ", " : "");
    put_term(t->out, severity);
    out_z(t->out, ": ");
    put_term(t->out, obj_title(t->b->p, row->obj));
    out_z(t->out, "; closed by ");
    put_term(t->out, closers_of(t, row));
    out_char(t->out, '\n');
}

/* One line a pack: what it is about. */
static void put_packs(Table *t)
{
    size_t width = 0;
    for (uint32_t i = 0; i < t->b->rows.n; i++)
        width = t->b->rows.at[i].pack.n > width ? t->b->rows.at[i].pack.n : width;
    for (uint32_t i = 0; i < t->b->rows.n; i += rulebook_pack(t->b, i)) {
        Str pack = t->b->rows.at[i].pack, words = rulebook_pack_words(t->b, i);
        size_t indent = width + 8;
        put_term(t->out, pack);
        put_blanks(t->out, width - pack.n);
        out_format(t->out, "%6u  ", rulebook_pack(t->b, i));
        for (bool first = true; words.n || first; first = false) {
            put_blanks(t->out, first ? 0 : indent);
            put_term(t->out, term_line(&words, indent + 20 < WIDEST ? WIDEST - indent : 20));
            out_char(t->out, '\n');
        }
    }
}

static void put_total(const RuleBook *b, Out *out)
{
    out_format(out, "%u rule%s in %u pack%s, %u test%s\n", b->rows.n, b->rows.n == 1 ? "" : "s", b->npacks,
               b->npacks == 1 ? "" : "s", b->ntests, b->ntests == 1 ? "" : "s");
}

void emit_rules_text(RuleBook *b, const ConsoleStyle *style, bool brief, Out *out)
{
    Table t = {.b = b, .style = style, .out = out};
    set_widths(&t);
    for (uint32_t i = 0; i < b->rows.n && style->plain && !brief; i++)
        put_line(&t, &b->rows.at[i]);
    for (uint32_t i = 0; i < b->rows.n && !style->plain && !brief; i += rulebook_pack(b, i))
        put_pack(&t, i);
    if (brief)
        put_packs(&t);
    if (!style->plain)
        put_total(b, out);
    strbuf_free(&t.text);
}

/* What the words of the list mean. */
static void put_meanings(unsigned missing, Out *out)
{
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (missing >> i & 1)
            out_format(out, "  %-14s  %s\n", rule_parts[i].name, rule_parts[i].words);
}

void emit_incomplete_text(RuleBook *b, const ConsoleStyle *style, Out *out)
{
    StrBuf place = {0};
    unsigned missing = 0;
    for (uint32_t i = 0; i < b->rows.n; i++) {
        const RuleRow *row = &b->rows.at[i];
        place.n = 0;
        emit_place(b->r, model_decl(&b->p->model, row->obj)->span, &place);
        put_term(out, strbuf_str(&place));
        out_z(out, ": ");
        paint(out, style, PAINT_STRONG);
        put_term(out, row->id);
        paint(out, style, PAINT_OFF);
        out_z(out, " lacks");
        const char *before = " ";
        for (unsigned k = 0; k < PART_COUNT; k++) {
            if (!(row->missing >> k & 1))
                continue;
            out_format(out, "%s%s", before, rule_parts[k].name);
            before = ", ";
        }
        missing |= row->missing;
        out_char(out, '\n');
    }
    if (!style->plain)
        put_meanings(missing, out);
    if (!style->plain)
        out_format(out, "%u rule%s something\n", b->rows.n, b->rows.n == 1 ? " lacks" : "s lack");
    strbuf_free(&place);
}
