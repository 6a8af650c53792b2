#ifndef SM_POSTGRES_TENANTS_H
#define SM_POSTGRES_TENANTS_H
/* Looks into tenants, their events and their commands, for `tenants`. Each call opens a connection
 * of its own and waits; texts are valid during the sink's call. */
#include "domain/client.h"
#include "postgres/client.h"

struct sm_tenants_filter {
    const struct sm_uuid *client_id; /* NULL: any, as the next ones */
    const char *organization_id;
    const char *state;
};
struct sm_tenant_view {
    struct sm_uuid client_id;
    struct sm_slice organization_id, name, status, state, storage;
    struct sm_slice saga, step; /* absent: none is under way */
    struct sm_slice waits_for, requested_mode;
    struct sm_slice actual_mode, source_mode, target_mode; /* absent: of no meaning */
    int32_t attempt;
    bool held; /* aborted: nothing begins before the next confirmation */
    bool frozen; /* writers stand still */
    int64_t since;
    struct sm_slice reason; /* or absent */
    struct sm_uuid command_id; /* nil: none yet */
    int64_t acknowledged_at; /* SM_TIME_NONE: nothing yet */
    int64_t acks_ignored;
    int64_t age_us; /* since `since` */
    int64_t command_age_us; /* since its last command was published, or decided; 0: none yet */
    int64_t commands, pending; /* in the outbox; of those, not published yet */
};
struct sm_tenant_event_view {
    int32_t version;
    struct sm_uuid event_id;
    struct sm_slice type;
    int64_t created_at;
    struct sm_slice actor; /* or absent */
    struct sm_slice data; /* JSON */
};
struct sm_tenant_command_view {
    struct sm_uuid client_id, command_id;
    int64_t sequence;
    struct sm_uuid event_id; /* nil: found on the topic, while its event has not come again */
    int64_t created_at;
    int64_t published_at; /* SM_TIME_NONE: it is pending */
    int32_t partition; /* of one that is published, as the offset */
    int64_t offset;
    bool differs;
    struct sm_slice value; /* final bytes */
};
struct sm_tenants_sink {
    void *context;
    /* NULL where a call does not tell of it. */
    void (*tenant)(void *context, const struct sm_tenant_view *tenant);
    void (*event)(void *context, const struct sm_tenant_event_view *event);
    void (*command)(void *context, const struct sm_tenant_command_view *command);
};
/* Each: SM_OK, SM_RETRY: PostgreSQL is away, SM_FATAL. */
SM_MUST_CHECK enum sm_status sm_postgres_tenants_list(const struct sm_postgres_client *client,
                                                      const struct sm_tenants_filter *filter,
                                                      const struct sm_tenants_sink *sink,
                                                      struct sm_err *err);
SM_MUST_CHECK enum sm_status sm_postgres_tenants_events(const struct sm_postgres_client *client,
                                                        const struct sm_uuid *client_id,
                                                        const struct sm_tenants_sink *sink,
                                                        struct sm_err *err);
/* The state of the filter does not count. */
SM_MUST_CHECK enum sm_status sm_postgres_tenants_commands(const struct sm_postgres_client *client,
                                                          const struct sm_tenants_filter *filter,
                                                          const struct sm_tenants_sink *sink,
                                                          struct sm_err *err);
#endif
