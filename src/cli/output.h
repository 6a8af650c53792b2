#ifndef SM_CLI_OUTPUT_H
#define SM_CLI_OUTPUT_H
/* What commands put on standard output, and their word for having no memory for it. */
#include "codec/report.h"

/* Fills err; SM_FATAL. */
enum sm_status sm__out_of_memory(struct sm_err *err);
/* Prints the whole document. SM_OK, or SM_FATAL when memory cannot be had or it has more than
 * `size_max` bytes: nothing was printed. */
SM_MUST_CHECK enum sm_status sm__print_report(const struct sm_report *report, size_t size_max,
                                              struct sm_err *err);
#endif
