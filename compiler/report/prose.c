/* CommonMark written by people, through libcmark: raw HTML becomes text, pictures become links, links lead to
 * pages and mail boxes only, so that a document shows what was written, fetches nothing and runs nothing. Requires UTF-8; leaves HTML or CommonMark in memory of its own. */
#include "report/doc.h"
#include "emit/escape.h"

#include <cmark.h>
#include <strings.h>

/* Hidden characters in their visible form; line ends and tabs stay, for they have a meaning here. */
static void visible_lines(Str s, StrBuf *out)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c;
        size_t n = escape_next(s, i, &c);
        char shown[20];
        if (escape_hidden(c) && c != '\r') {
            strbuf_char(out, '\\'); /* of \u{...} */
            escape_show(c, shown);
            strbuf_addz(out, shown);
        } else if (c != '\r') {
            strbuf_add(out, str_slice(s, i, i + n));
        }
        i += n;
    }
}

/* A text node, or a paragraph of one, with the markup as its text. */
static cmark_node *as_text(cmark_node *html, bool block)
{
    cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node_set_literal(text, cmark_node_get_literal(html));
    if (!block)
        return text;
    cmark_node *paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);
    cmark_node_append_child(paragraph, text);
    return paragraph;
}

static cmark_node *as_link(cmark_node *image)
{
    cmark_node *link = cmark_node_new(CMARK_NODE_LINK), *child;
    cmark_node_set_url(link, cmark_node_get_url(image));
    cmark_node_set_title(link, cmark_node_get_title(image));
    while ((child = cmark_node_first_child(image)))
        cmark_node_append_child(link, child);
    return link;
}

/* Links of documents lead to pages and mail boxes: a scheme that runs something, or reads the reader's disk, leads nowhere. */
static void tame_link(cmark_node *link)
{
    static const Str known[] = {{"http", 4}, {"https", 5}, {"mailto", 6}};
    Str url = str_from(cmark_node_get_url(link));
    size_t n = 0;
    while (n < url.n && !strchr(":/?#", url.s[n]))
        n++;
    bool good = n == url.n || url.s[n] != ':';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        good |= n == known[i].n && strncasecmp(url.s, known[i].s, n) == 0;
    if (!good)
        cmark_node_set_url(link, "");
}

/* Nodes that have to be replaced, in one walk: texts are long enough for a walk each to hurt. */
typedef Vec(cmark_node *) Nodes;
static void find_unwanted(cmark_node *root, Nodes *out)
{
    cmark_iter *walk = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        cmark_node *at = cmark_iter_get_node(walk);
        cmark_node_type type = cmark_node_get_type(at);
        bool unwanted = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE || type == CMARK_NODE_IMAGE;
        if (event == CMARK_EVENT_ENTER && (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE))
            tame_link(at);
        if (event == CMARK_EVENT_ENTER && unwanted)
            vec_push(out, at);
    }
    cmark_iter_free(walk);
}

static cmark_node *parse_harmless(Str text)
{
    StrBuf b = {0};
    visible_lines(text, &b);
    cmark_node *root = cmark_parse_document(b.n ? b.s : "", b.n, CMARK_OPT_DEFAULT);
    strbuf_free(&b);
    if (!root)
        die_memory();
    Nodes unwanted = {0};
    find_unwanted(root, &unwanted);
    for (uint32_t i = 0; i < unwanted.n; i++) {
        cmark_node *at = unwanted.at[i];
        cmark_node_type type = cmark_node_get_type(at);
        cmark_node *instead = type == CMARK_NODE_IMAGE ? as_link(at) : as_text(at, type == CMARK_NODE_HTML_BLOCK);
        if (!cmark_node_replace(at, instead))
            BUG("a node of a text cannot be replaced");
        cmark_node_free(at);
    }
    vec_free(&unwanted);
    return root;
}

char *prose_html(Str text)
{
    cmark_node *root = parse_harmless(text);
    char *html = cmark_render_html(root, CMARK_OPT_DEFAULT);
    cmark_node_free(root);
    return html;
}

char *prose_markdown(Str text)
{
    cmark_node *root = parse_harmless(text);
    char *markdown = cmark_render_commonmark(root, CMARK_OPT_DEFAULT, 0);
    cmark_node_free(root);
    return markdown;
}
