#ifndef SM_CLI_TENANTS_H
#define SM_CLI_TENANTS_H
/* What the files of `tenants` share.
 *
 * Each verb returns SM_OK with its text in `out`; SM_REJECT when what is asked for makes no sense,
 * else what the answer of Kafka or PostgreSQL came to. */
#include "cli/output.h"
#include "cli/wire.h"
#include "domain/command.h"

struct sm__tenants {
    const struct sm_options *options;
    struct sm_buf out;
};

/* tenants_plan.c: asks nobody. */
SM_MUST_CHECK enum sm_status sm__tenants_plan(struct sm__tenants *tenants, struct sm_err *err);
/* tenants_list.c, tenants_show.c, tenants_export.c. */
SM_MUST_CHECK enum sm_status sm__tenants_list(struct sm__tenants *tenants, struct sm__wire *wire,
                                              struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__tenants_show(struct sm__tenants *tenants, struct sm__wire *wire,
                                              struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__tenants_export(struct sm__tenants *tenants, struct sm__wire *wire,
                                                struct sm_err *err);
/* tenants_decide.c: sends `type`; an exit code. */
int sm__tenants_decide(const struct sm_options *options, enum sm_event_type type);

/* tenants_text.c: a command as SQL that a reviewer reads, with what belongs to each statement as
 * comments. */
void sm__tenants_put_command(struct sm_buf *out, const struct sm_tenant_command *command);
#endif
