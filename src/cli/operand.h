#ifndef SM_CLI_OPERAND_H
#define SM_CLI_OPERAND_H
/* Arguments and filters that `parked`, `dead-letters` and `erase-client` read alike. */
#include "cli/options.h"
#include "cli/wire.h"

/* "option --client has the value 'x', but takes a UUID": always SM_REJECT, which these commands
 * end with SM_EXIT_USAGE. */
enum sm_status sm__operand_wrong(struct sm_err *err, const char *what, const char *value,
                                 const char *expected);
/* A number of a row, from 1. */
SM_MUST_CHECK bool sm__operand_id(const char *text, int64_t *out);
/* The topic that --topic names; "config" and "processing" stand for our own. NULL: none is named.
 */
const char *sm__operand_topic(const struct sm_options *options, const struct sm__wire *wire);
/* --client; *out points to `id`, or is NULL where none is named. SM_OK or SM_REJECT. */
SM_MUST_CHECK enum sm_status sm__operand_client(const struct sm_options *options,
                                                struct sm_uuid *id, const struct sm_uuid **out,
                                                struct sm_err *err);
/* --actor, which whoever asks for something must give. SM_OK or SM_REJECT. */
SM_MUST_CHECK enum sm_status sm__operand_actor(const struct sm_options *options, const char **out,
                                               struct sm_err *err);
/* --reason, likewise where a command needs one. */
SM_MUST_CHECK enum sm_status sm__operand_reason(const struct sm_options *options, const char **out,
                                                struct sm_err *err);
#endif
