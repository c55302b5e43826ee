#ifndef CORDON_SYNTAX_UNICODE_H
#define CORDON_SYNTAX_UNICODE_H
/* What Unicode asks of a language: valid UTF-8, names in normal form C, no invisible controls, no look-alikes. */
#include "source/diag.h"

/* Checks a whole text: UTF-8 and no NUL (errors; false), no invisible direction or control characters (warnings). */
bool unicode_check_text(Diags *diags, Str path, Str text, FileId file);
/* Checks a name with letters beyond ASCII: letters, marks and digits only, NFC (errors; false), one script (a warning). */
bool unicode_check_name(Diags *diags, Str name, Span at);
/* Bytes of the first character of a valid text; 0 if it is empty. */
size_t unicode_width_bytes(Str text);
/* Whether a character can hide or reorder text: bidirectional marks, C0 and C1 controls but tab and line ends, zero-width. */
bool unicode_is_invisible(uint32_t c);
/* Appends the name with look-alike letters of other scripts replaced by Latin ones: equal skeletons look alike. */
void unicode_skeleton(Str name, StrBuf *out);

#endif
