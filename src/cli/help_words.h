#ifndef SM_CLI_HELP_WORDS_H
#define SM_CLI_HELP_WORDS_H
/* The catalogue in words, from the domain's tables, for `help events` and for the README. `quote`
 * goes around names and values: "`" in Markdown, "" in a terminal. */
#include "base/buf.h"
#include "domain/data.h"
#include "domain/wait.h"

/* "text, 1 to 40 characters, lower-case letters, digits and _; default …; null clears it". */
void sm__words_of_field(enum sm_event_type type, const struct sm_field *field, const char *quote,
                        struct sm_buf *out);
/* "config", "processing, gated", "config, global". */
void sm__words_of_type(enum sm_event_type type, struct sm_buf *out);

/* The types whose events refer to something of this kind, and the one that defines it. */
void sm__words_of_referring(enum sm_reference_kind kind, const char *quote, struct sm_buf *out);
void sm__words_of_defining(enum sm_reference_kind kind, const char *quote, struct sm_buf *out);
/* What becomes of an event that refers to what is not known. */
void sm__words_of_unknown(enum sm_reference_kind kind, const char *quote, struct sm_buf *out);

/* Which events may wait for this, and what lets them go. */
void sm__words_of_waiting(enum sm_wait_for what, const char *quote, struct sm_buf *out);
void sm__words_of_opening(enum sm_wait_for what, const char *quote, struct sm_buf *out);

/* Appends `text` in lines of at most 96 bytes, broken at spaces and indented. */
void sm__help_wrap(struct sm_buf *out, size_t first, size_t rest, const char *text);
#endif
