#ifndef CORDON_REPORT_REVIEW_H
#define CORDON_REPORT_REVIEW_H
/* The review document, as Markdown and as one HTML file. Ownership: the pictures stay the caller's. */
#include "draw/view.h"

/* A picture that was drawn, for the report. */
typedef struct Picture {
    const View *view;
    Str svg; /* empty if it was not published */
    Str why; /* then: why not */
} Picture;
typedef struct Pictures {
    Picture *at;
    uint32_t n;
} Pictures;
void emit_report_md(const Report *r, const Pictures *pictures, Out *out);
void emit_report_html(const Report *r, const Pictures *pictures, Out *out);

#endif
