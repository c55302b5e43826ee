#ifndef CORDON_COMPARE_WORDS_H
#define CORDON_COMPARE_WORDS_H
/* A comparison in words: sentences, counts and the order of chapters, the same for every form of output. In sentences, names of the
 * model stand between NAME_BEGIN and NAME_END, so that each output can set them apart in its own way. Ownership: none. */
#include "compare/compare.h"

enum { NAME_BEGIN = 1, NAME_END = 2 };
/* Hands the pieces of a sentence to an output: names, and what stands between them. */
typedef struct Pieces {
    void *self;
    void (*plain)(void *self, Str s);
    void (*name)(void *self, Str s);
} Pieces;
void words_pieces(Str sentence, const Pieces *to);

/* One change, as a sentence without its end: "`login.authentication` went from password to certificate". Appends. */
void change_words(const Comparison *c, const Change *change, StrBuf *out);
/* Of what was added and looks like what was removed: what to write if it is the same. Nothing else. Appends. */
void alike_words(const Comparison *c, const Change *change, StrBuf *out);
/* Why: the same, or what a decision, the rules or the date did. Appends. */
void reason_words(const Comparison *c, const Effect *e, const Reason *r, StrBuf *out);
/* All reasons of an effect: "because ...; ...", or "perhaps because". Appends. */
void reasons_words(const Comparison *c, const Effect *e, StrBuf *out);
/* What became of a decision and why: "expired: this decision expired on 2026-05-31; `x` went ...". Appends. */
void stale_words(const Comparison *c, const DecisionEffect *d, StrBuf *out);
/* "was possible, low": how the threat stood before, if it stands otherwise. Appends. */
void before_words(const Comparison *c, const Effect *e, StrBuf *out);
/* "2 new threats, 1 open again; 3 closed; the model: 1 renamed, 2 properties changed". Appends. */
void summary_words(const Comparison *c, StrBuf *out);

/* The value of a property as people read it, whole: a list parted by commas. Appends; `prop` is 1 + index, 0 for none. */
void value_words(const Comparison *c, bool new, uint32_t prop, StrBuf *out);

/* The chapters of a comparison, in order. */
typedef struct Chapter {
    const char *title;
    EffectKind kind;
    bool gaps, needs_somebody;
} Chapter;
enum { CHAPTERS = 2 * EFFECT_KINDS };
extern const Chapter chapters[CHAPTERS];

/* The threat of an effect as it is now; as it was, if it is gone. */
const SnapThreat *effect_threat(const Comparison *c, const Effect *e, const Snapshot **side);
/* Whether a change is told by itself: not one that another change tells already. */
bool change_told(const Change *change);

#endif
