#ifndef SM_CODEC_REPORT_H
#define SM_CODEC_REPORT_H
/* Builds the JSON documents that commands print with --json, by jansson.
 *
 * Like a pen: values go into the object that was opened last. Failure (memory) is sticky, and told
 * by sm_report_print. What is not known is null, never 0. */
#include "base/buf.h"

#define SM_REPORT_UNKNOWN INT64_MIN /* a number that cannot be told at the moment */

struct sm_report;
/* An empty object. NULL when memory cannot be had; all functions then do nothing. */
struct sm_report *sm_report_create(void);
void sm_report_destroy(struct sm_report *report);

void sm_report_text(struct sm_report *report, const char *name, const char *text); /* NULL: null */
/* Bytes that are no UTF-8 become '?'. An absent slice is null. */
void sm_report_slice(struct sm_report *report, const char *name, struct sm_slice text);
void sm_report_number(struct sm_report *report, const char *name, int64_t number);
/* A document as it is; NULL, or text that is no JSON: null. */
void sm_report_json(struct sm_report *report, const char *name, const char *json);
void sm_report_flag(struct sm_report *report, const char *name, bool value);

/* Opens a member that is an object, or a new object at the end of a member that is an array (made
 * empty by sm_report_array, so that an array without rows is there, too). */
void sm_report_open(struct sm_report *report, const char *name);
void sm_report_array(struct sm_report *report, const char *name);
void sm_report_open_row(struct sm_report *report, const char *name);
void sm_report_close(struct sm_report *report);

/* Appends the document, indented, with members in the order they were given, and a line's end.
 * False when anything failed on the way. */
SM_MUST_CHECK bool sm_report_print(const struct sm_report *report, struct sm_buf *out);
/* The same on one line, without the line's end. */
SM_MUST_CHECK bool sm_report_print_line(const struct sm_report *report, struct sm_buf *out);

/* jansson's, at run time. Static text. */
const char *sm_report_library_version(void);
#endif
