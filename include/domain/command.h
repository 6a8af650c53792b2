#ifndef SM_DOMAIN_COMMAND_H
#define SM_DOMAIN_COMMAND_H
/* A command for whoever carries out StarRocks SQL: what an event of a client's stream causes, and
 * the statements that say it. Plain data.
 *
 * Which commands an event causes follows from the tenant before and after it alone; so a replay,
 * which never asks, would find the same ones, whatever templates and options there are by then.
 * The statements come from templates (codec/template.h), once, when the event is admitted.
 * Pure; an executor's contract is in the README. */
#include "domain/client.h"

/* X(enumerator, name on the wire, in words) */
#define SM_COMMAND_ACTION_LIST(X) \
    X(SM_ACTION_APPLY, "apply", "do the step") \
    X(SM_ACTION_ROLL_BACK, "roll_back", "the step failed: undo what there is of it") \
    X(SM_ACTION_ABORT, "abort", "undo all steps of the saga so far")

enum sm_command_action {
#define SM_COMMAND_ACTION_ENUM(name, text, words) name,
    SM_COMMAND_ACTION_LIST(SM_COMMAND_ACTION_ENUM)
#undef SM_COMMAND_ACTION_ENUM
    SM_COMMAND_ACTION_COUNT
};

#define SM_STATEMENT_OK_ERRORS_MAX 4 /* texts that mean "already done", of one statement */

/* A query, and what its first row shows when all is well: columns as MySQL's protocol prints them,
 * separated by one space. */
struct sm_expectation {
    struct sm_slice query; /* absent: none */
    struct sm_slice expected; /* of a query: never absent */
};

/* One statement, in the words of an executor: look whether `verify` is met already, and then it is
 * done; else run `sql`; an error that has one of `ok_errors` in it is none; if it is asynchronous
 * ask `completed` until it is met; then `verify` must be. */
struct sm_statement {
    struct sm_slice sql;
    struct sm_expectation verify;
    struct sm_expectation completed; /* of an asynchronous one; else absent */
    struct sm_slice failed; /* what `completed` shows once it never will be met; or absent */
    struct sm_slice ok_errors[SM_STATEMENT_OK_ERRORS_MAX];
    size_t ok_error_count;
    struct sm_slice rollback; /* undoes it; absent: there is nothing to undo, or no way to */
};

struct sm_tenant_command {
    struct sm_uuid id;
    struct sm_uuid client_id; /* the tenant */
    struct sm_slice organization_id;
    struct sm_uuid event_id; /* which caused it */
    int64_t time_us; /* that event's created_at */
    enum sm_command_action action;
    enum sm_tenant_saga saga;
    struct sm_uuid saga_id;
    enum sm_tenant_step step;
    int32_t attempt; /* of the step, from 1 */
    enum sm_tenant_mode mode; /* the one to be reached; of a saga that does not move data, the one
                                 that the tables are of */
    enum sm_tenant_mode from_mode; /* of a migration: where the data are; else as `mode` */
    enum sm_tenant_storage storage; /* what there is before it */
    bool irreversible; /* it destroys data, and was approved */
    int64_t sequence; /* within the tenant, from 1, without gaps; whoever numbers it fills it in */
    struct sm_slice minimum_version; /* of StarRocks, "3.3"; filled in with the statements */
    const struct sm_statement *statements; /* in order */
    size_t statement_count;
};

const char *sm_command_action_name(enum sm_command_action action);

/* May an event of this type cause a command? What says no never does, whatever its tenant is. */
bool sm_command_may_follow(enum sm_event_type type);

/* The command that `event` caused, which made `after` of `before`; at most one. False: none. Its
 * sequence, version and statements are left empty. Texts point into `after`. */
bool sm_command_of(const struct sm_tenant *before, const struct sm_client *after,
                   const struct sm_event *event, int64_t created_at, struct sm_tenant_command *out);
#endif
