/* A client's row of `tenants` against what its events make of it. */
#include "domain/client.h"
#include "engine/verify_priv.h"

enum { TEXTS = 14, ID_SIZE = SM_UUID_TEXT_SIZE + 1 };

/* Its columns that are words, ids and texts, as they print. */
struct columns {
    char ids[3][ID_SIZE];
    struct {
        const char *name;
        struct sm_slice text;
    } texts[TEXTS];
    size_t count;
};

static void add(struct columns *columns, const char *name, struct sm_slice text)
{
    SM_ASSERT(columns->count < TEXTS);
    columns->texts[columns->count].name = name;
    columns->texts[columns->count++].text = text;
}

static void add_word(struct columns *columns, const char *name, enum sm_tenant_word word,
                     unsigned value)
{
    add(columns, name, sm_slice_of(sm_tenant_name(word, value)));
}

static void add_mode(struct columns *columns, const char *name, bool is_one,
                     enum sm_tenant_mode mode)
{
    add(columns, name, is_one ? sm_slice_of(sm_tenant_mode_name(mode)) : SM_SLICE_NONE);
}

static void add_id(struct columns *columns, const char *name, const struct sm_uuid *id, char *text)
{
    sm_uuid_format(id, text);
    add(columns, name, sm_uuid_is_nil(id) ? SM_SLICE_NONE : sm_slice_of(text));
}

static void list(const struct sm_tenant *tenant, struct columns *out)
{
    struct sm_slice commands = { tenant->commands[0].bytes,
                                 (size_t)tenant->command_count * sizeof(tenant->commands[0]) };

    out->count = 0;
    add_word(out, "tenants.state", SM_TENANT_WORD_STATE, tenant->state);
    add_word(out, "tenants.storage", SM_TENANT_WORD_STORAGE, tenant->storage);
    add_word(out, "tenants.saga", SM_TENANT_WORD_SAGA, tenant->saga);
    add_word(out, "tenants.step", SM_TENANT_WORD_STEP, tenant->step);
    add_word(out, "tenants.waits_for", SM_TENANT_WORD_WAITS, tenant->waits);
    add_mode(out, "tenants.requested_mode", true, tenant->requested_mode);
    add_mode(out, "tenants.actual_mode", sm_tenant_has_tables(tenant), tenant->actual_mode);
    add_mode(out, "tenants.target_mode", sm_tenant_has_target(tenant), tenant->target_mode);
    add_mode(out, "tenants.source_mode", sm_tenant_has_source(tenant), tenant->source_mode);
    add_id(out, "tenants.saga_id", &tenant->saga_id, out->ids[0]);
    add_id(out, "tenants.command_id", &tenant->command_id, out->ids[1]);
    add_id(out, "tenants.acknowledged_id", &tenant->acknowledged_id, out->ids[2]);
    add(out, "tenants.reason", tenant->reason);
    add(out, "tenants.recent_commands", commands);
}

void sm__verify_add_tenant(struct sm_sha256 *hash, const struct sm_tenant *tenant)
{
    struct columns columns;

    list(tenant, &columns);
    for (size_t i = 0; i < columns.count; i++)
        sm_sha256_add_slice(hash, columns.texts[i].text);
    sm_sha256_add_i64(hash, tenant->held);
    sm_sha256_add_i64(hash, tenant->attempt);
    sm_sha256_add_i64(hash, tenant->acks_ignored);
    sm_sha256_add_i64(hash, tenant->acknowledged_at);
    sm_sha256_add_i64(hash, tenant->since);
}

void sm__verify_tenant(struct sm__verify *verify, const char *row,
                       const struct sm_tenant *expected, const struct sm_tenant *found)
{
    const struct {
        const char *name;
        int64_t expected, found;
    } numbers[] = {
        { "tenants.held", expected->held, found->held },
        { "tenants.attempt", expected->attempt, found->attempt },
        { "tenants.acks_ignored", expected->acks_ignored, found->acks_ignored },
    };
    struct columns wanted, kept;

    list(expected, &wanted);
    list(found, &kept);
    for (size_t i = 0; i < wanted.count; i++)
        sm__verify_text(verify, SM__VERIFY_CLIENTS, row, wanted.texts[i].name,
                        wanted.texts[i].text, kept.texts[i].text);
    for (size_t i = 0; i < SM_ARRAY_COUNT(numbers); i++)
        sm__verify_number(verify, SM__VERIFY_CLIENTS, row, numbers[i].name, numbers[i].expected,
                          numbers[i].found);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, row, "tenants.acknowledged_at",
                    expected->acknowledged_at, found->acknowledged_at);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, row, "tenants.since", expected->since,
                    found->since);
}
