#ifndef SM_CLI_TEMPLATES_H
#define SM_CLI_TEMPLATES_H
/* From options to a set of templates, and to what writes commands. */
#include "cli/options.h"
#include "cli/wire.h"
#include "codec/command_wire.h"
#include "codec/templates.h"

/* Reads the folder of --templates. SM_OK and a set that the caller destroys; SM_REJECT: an option
 * or a file is wrong; SM_FATAL: no memory. */
SM_MUST_CHECK enum sm_status sm__templates_open(const struct sm_options *options,
                                                struct sm_templates **out, struct sm_err *err);
/* By --command-format. SM_OK; SM_RETRY: the registry does not answer; SM_REJECT, SM_FATAL: it
 * refuses, or there is none. */
SM_MUST_CHECK enum sm_status sm__command_encoder_open(const struct sm_options *options,
                                                      const struct sm__wire *wire,
                                                      struct sm_command_encoder **out,
                                                      struct sm_err *err);
#endif
