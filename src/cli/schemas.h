#ifndef SM_CLI_SCHEMAS_H
#define SM_CLI_SCHEMAS_H
/* What the files of `schemas` share: one that lists, one that registers, one that checks.
 *
 * Each returns SM_OK and puts what it found into `out`; SM_REJECT with SM_FROM_NONE when the
 * argument makes no sense, else what the registry's answer came to. */
#include "cli/output.h"
#include "cli/registration.h"

struct sm__schemas {
    const struct sm_options *options;
    const struct sm__wire *wire;
    struct sm_registry_subjects *registry; /* NULL: none is set */
    struct sm_report *report;              /* NULL: text is asked for */
    struct sm_buf text;
    bool different; /* of check: something is not compatible */
};

SM_MUST_CHECK enum sm_status sm__schemas_list(struct sm__schemas *schemas, struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__schemas_register(struct sm__schemas *schemas, struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__schemas_check(struct sm__schemas *schemas, struct sm_err *err);
#endif
