#ifndef CORDON_REPORT_SRMF_H
#define CORDON_REPORT_SRMF_H
/* The security risk management file as a document for people: Markdown that pandoc turns into DOCX, and one HTML file that prints.
 * Ownership: dossier and pictures stay the caller's. */
#include "dossier/dossier.h"
#include "report/review.h"

/* `pictures`: the diagrams, for those that are shown in the document itself; NULL for none. */
void emit_srmf_md(const Dossier *d, const Pictures *pictures, Out *out);
void emit_srmf_html(const Dossier *d, const Pictures *pictures, Out *out);

#endif
