#ifndef SM_DOMAIN_TENANT_H
#define SM_DOMAIN_TENANT_H
/* The life of a client's tables in StarRocks (design section 9): one row of `tenants`, of the
 * client's own stream.
 *
 * What is wanted is the client's (status, tenant mode, confirmation). What is there is `storage`
 * and `actual_mode`. Where the two differ and nothing is under way, a saga begins: steps, one
 * command each, the next one when the one before was acknowledged. What is wanted may change
 * meanwhile; the saga goes on to its end, or until an operator aborts it, and then it is looked at
 * again. So no event finds a tenant that does not know what to do.
 *
 *   wanted: active, confirmed, no tables           -> provision   create
 *           active, confirmed in another mode      -> migrate     create copy freeze delta verify
 *                                                                 switch clean_up
 *           suspended                              -> suspend     suspend
 *           active again                           -> resume      resume
 *           archived                               -> archive     archive_copy archive
 *           archived, and a drop was asked for     -> drop        drop
 *
 * A step that fails publishes its rollback and waits for an operator. clean_up and drop destroy
 * data: their command is published only after an operator's approval.
 * Pure; times and ids come with the events. */
#include "domain/event.h"

enum sm_tenant_mode { SM_TENANT_PREFIXED_TABLES, SM_TENANT_DEDICATED_DB, SM_TENANT_SHARED };

/* X(enumerator, name in PostgreSQL, in words) */
#define SM_TENANT_STATE_LIST(X) \
    X(SM_TENANT_UNCONFIRMED, "unconfirmed", "no tables yet: the configuration is not confirmed") \
    X(SM_TENANT_PROVISIONING, "provisioning", "its tables are being made") \
    X(SM_TENANT_ACTIVE, "active", "its tables are in use") \
    X(SM_TENANT_MIGRATING, "migrating", "its data are moving to another tenant mode") \
    X(SM_TENANT_SUSPENDING, "suspending", "access to its tables is being withdrawn") \
    X(SM_TENANT_SUSPENDED, "suspended", "nobody may use its tables, or they were never made") \
    X(SM_TENANT_RESUMING, "resuming", "access to its tables is being given back") \
    X(SM_TENANT_ARCHIVING, "archiving", "its data are being copied out and put aside") \
    X(SM_TENANT_ARCHIVED, "archived", "its data are put aside, or there were none") \
    X(SM_TENANT_DROPPING, "dropping", "its data are about to be destroyed") \
    X(SM_TENANT_DROPPED, "dropped", "its data are destroyed") \
    X(SM_TENANT_FAILED, "failed", "a step failed: it waits for an operator")

/* What there is in StarRocks. */
#define SM_TENANT_STORAGE_LIST(X) \
    X(SM_STORAGE_NONE, "none", "no tables") \
    X(SM_STORAGE_OPEN, "open", "tables that may be used") \
    X(SM_STORAGE_SUSPENDED, "suspended", "tables that nobody may use") \
    X(SM_STORAGE_ARCHIVED, "archived", "tables put aside, and a copy outside") \
    X(SM_STORAGE_DROPPED, "dropped", "nothing any more")

#define SM_TENANT_SAGA_LIST(X) \
    X(SM_SAGA_PROVISION, "provision", "make its tables") \
    X(SM_SAGA_MIGRATE, "migrate", "move its data to another mode") \
    X(SM_SAGA_SUSPEND, "suspend", "withdraw access") \
    X(SM_SAGA_RESUME, "resume", "give access back") \
    X(SM_SAGA_ARCHIVE, "archive", "copy out and put aside") \
    X(SM_SAGA_DROP, "drop", "destroy its data")

#define SM_TENANT_STEP_LIST(X) \
    X(SM_STEP_CREATE, "create", "make the tables, roles and quotas") \
    X(SM_STEP_COPY, "copy", "copy the data while writers go on") \
    X(SM_STEP_FREEZE, "freeze", "stop the writers") \
    X(SM_STEP_DELTA, "delta", "copy what was written since") \
    X(SM_STEP_VERIFY, "verify", "compare both sides") \
    X(SM_STEP_SWITCH, "switch", "let readers and writers use the new tables") \
    X(SM_STEP_CLEAN_UP, "clean_up", "destroy the old tables") \
    X(SM_STEP_SUSPEND, "suspend", "withdraw access") \
    X(SM_STEP_RESUME, "resume", "give access back") \
    X(SM_STEP_ARCHIVE_COPY, "archive_copy", "copy the data out, and compare") \
    X(SM_STEP_ARCHIVE, "archive", "put the tables aside") \
    X(SM_STEP_DROP, "drop", "destroy the tables")

/* What is waited for. */
#define SM_TENANT_WAITS_LIST(X) \
    X(SM_TENANT_WAITS_NOTHING, "nothing", "all is as it should be") \
    X(SM_TENANT_WAITS_CONFIRMATION, "confirmation", "client.config_confirmed") \
    X(SM_TENANT_WAITS_APPLIED, "acknowledgement", "the acknowledgement of its step's command") \
    X(SM_TENANT_WAITS_ROLLBACK, "rollback", "the acknowledgement that its step was rolled back") \
    X(SM_TENANT_WAITS_ABORT, "abort", "the acknowledgement that the steps so far were undone") \
    X(SM_TENANT_WAITS_APPROVAL, "approval", "an operator's approval: the step destroys data") \
    X(SM_TENANT_WAITS_OPERATOR, "operator", "an operator: retry or abort")

#define SM_TENANT_ENUM(name, text, words) name,
enum sm_tenant_state { SM_TENANT_STATE_LIST(SM_TENANT_ENUM) SM_TENANT_STATE_COUNT };
enum sm_tenant_storage { SM_TENANT_STORAGE_LIST(SM_TENANT_ENUM) SM_TENANT_STORAGE_COUNT };
enum sm_tenant_saga { SM_SAGA_NONE, SM_TENANT_SAGA_LIST(SM_TENANT_ENUM) SM_TENANT_SAGA_COUNT };
enum sm_tenant_step { SM_STEP_NONE, SM_TENANT_STEP_LIST(SM_TENANT_ENUM) SM_TENANT_STEP_COUNT };
enum sm_tenant_waits { SM_TENANT_WAITS_LIST(SM_TENANT_ENUM) SM_TENANT_WAITS_COUNT };
#undef SM_TENANT_ENUM

/* An acknowledgement of a command before these is taken for one of a command not known yet. */
#define SM_TENANT_COMMANDS_KEPT 16

struct sm_tenant {
    enum sm_tenant_state state; /* follows from the rest; kept because people ask for it */
    enum sm_tenant_storage storage;
    enum sm_tenant_saga saga;
    enum sm_tenant_step step; /* of the saga; NONE without one */
    enum sm_tenant_waits waits;
    enum sm_tenant_mode requested_mode; /* the client's */
    enum sm_tenant_mode actual_mode; /* of the tables in use; of no meaning without storage */
    enum sm_tenant_mode target_mode; /* of PROVISION and MIGRATE, fixed when they begin */
    enum sm_tenant_mode source_mode; /* of MIGRATE, likewise: where the data were */
    bool failed;
    bool held; /* aborted: nothing begins anew before the next confirmation */
    struct sm_uuid saga_id; /* of the event that began it; nil without one */
    int32_t attempt; /* of the step, from 1; 0 without one */
    struct sm_uuid command_id; /* the last one published; nil: none yet */
    struct sm_uuid acknowledged_id; /* of the last acknowledgement that counted; nil: none yet */
    int64_t acknowledged_at; /* SM_TIME_NONE: none yet */
    int64_t since; /* when state, step or what is waited for changed last */
    struct sm_slice reason; /* why it is as it is: what the event that made it so says; or absent */
    int64_t acks_ignored; /* acknowledgements that came late, again, or for another step */
    struct sm_uuid commands[SM_TENANT_COMMANDS_KEPT]; /* the last ones; the newest is last */
    int32_t command_count; /* of them; at most SM_TENANT_COMMANDS_KEPT */
};

/* The name of one of the enumerators; NULL of SM_SAGA_NONE and SM_STEP_NONE. */
enum sm_tenant_word {
    SM_TENANT_WORD_STATE,
    SM_TENANT_WORD_STORAGE,
    SM_TENANT_WORD_SAGA,
    SM_TENANT_WORD_STEP,
    SM_TENANT_WORD_WAITS
};
const char *sm_tenant_name(enum sm_tenant_word word, unsigned value);
/* The other way round; absent text is SM_SAGA_NONE or SM_STEP_NONE. False: no such name. */
bool sm_tenant_find(enum sm_tenant_word word, struct sm_slice name, unsigned *out);

/* A migration has stopped the writers, or the tables are on their way into the archive or out of it
 * for good: the client's gate is closed, also if the client has come back meanwhile, because what
 * were written now would be in no copy. */
bool sm_tenant_is_frozen(const struct sm_tenant *tenant);
/* There are tables of `actual_mode`. */
bool sm_tenant_has_tables(const struct sm_tenant *tenant);
/* It is being provisioned or migrated: `target_mode` has a meaning. */
bool sm_tenant_has_target(const struct sm_tenant *tenant);
/* It is being migrated: `source_mode` has a meaning. */
bool sm_tenant_has_source(const struct sm_tenant *tenant);
/* Its last command is under way. */
bool sm_tenant_awaits_acknowledgement(const struct sm_tenant *tenant);
/* It has published this command: its last one, or one of the last SM_TENANT_COMMANDS_KEPT. */
bool sm_tenant_knows(const struct sm_tenant *tenant, const struct sm_uuid *command_id);
/* The step destroys data: its command is published after an operator's approval, and it has no
 * rollback. */
bool sm_tenant_step_destroys(enum sm_tenant_step step);
/* The id of the command that an event of the client publishes: the same one in every replay. */
struct sm_uuid sm_tenant_command_id(const struct sm_uuid *client_id, const struct sm_uuid *event_id,
                                    enum sm_tenant_step step, int32_t attempt);
/* The next step of a saga behind `step`, its first one behind SM_STEP_NONE; SM_STEP_NONE behind the
 * last. */
enum sm_tenant_step sm_tenant_next_step(enum sm_tenant_saga saga, enum sm_tenant_step step);
/* May an operator's event (tenant.approved, retried, aborted, drop_requested) be applied now? */
bool sm_tenant_allows(const struct sm_tenant *tenant, enum sm_event_type type);
#endif
