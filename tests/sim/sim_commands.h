#ifndef TESTS_SIM_COMMANDS_H
#define TESTS_SIM_COMMANDS_H
/* How the engines of the simulated world say commands: by the templates that ship, as JSON. Made
 * once, and kept until the end: both are the same in all histories. */
#include "codec/command_wire.h"
#include "codec/templates.h"

const struct sm_templates *sim_templates(void);
struct sm_command_encoder *sim_command_encoder(void);
#endif
