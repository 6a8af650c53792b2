/* `replay`: the log projected again. */
#include "cli/replay.h"

#include "cli/command.h"
#include "cli/operand.h"

int sm_command_replay(const struct sm_options *options)
{
    static const struct {
        const char *verb;
        int (*run)(const struct sm_options *options);
    } verbs[] = {{"rebuild", sm__replay_rebuild}, {"clean", sm__replay_clean}};
    const char *what = options->operands[0] != NULL ? options->operands[0] : "";
    struct sm_err err;

    for (size_t i = 0; i < SM_ARRAY_COUNT(verbs); i++) {
        if (strcmp(what, verbs[i].verb) == 0)
            return verbs[i].run(options);
    }
    (void)sm__operand_wrong(&err, "the argument of replay", what,
                            "rebuild or clean; hint: secretmagic help replay");
    return sm__wire_refused(&err);
}
