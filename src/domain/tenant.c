/* A tenant's words, and what can be asked of it. */
#include "domain/tenant.h"

#include "base/err.h"
#include "domain/domain_priv.h"

#define NAME_ROW(id, text, words) (text),
static const char *const states[] = { SM_TENANT_STATE_LIST(NAME_ROW) NULL };
static const char *const storages[] = { SM_TENANT_STORAGE_LIST(NAME_ROW) NULL };
static const char *const sagas[] = { SM_TENANT_SAGA_LIST(NAME_ROW) NULL };
const char *const sm__tenant_step_names[] = { SM_TENANT_STEP_LIST(NAME_ROW) NULL };
static const char *const waits[] = { SM_TENANT_WAITS_LIST(NAME_ROW) NULL };
#undef NAME_ROW

static const struct {
    const char *const *names;
    unsigned first; /* the enumerator of the first name: those before it have none */
    unsigned count; /* of the enumerators */
} words[] = {
    [SM_TENANT_WORD_STATE] = { states, 0, SM_TENANT_STATE_COUNT },
    [SM_TENANT_WORD_STORAGE] = { storages, 0, SM_TENANT_STORAGE_COUNT },
    [SM_TENANT_WORD_SAGA] = { sagas, 1, SM_TENANT_SAGA_COUNT },
    [SM_TENANT_WORD_STEP] = { sm__tenant_step_names, 1, SM_TENANT_STEP_COUNT },
    [SM_TENANT_WORD_WAITS] = { waits, 0, SM_TENANT_WAITS_COUNT },
};

const char *sm_tenant_name(enum sm_tenant_word word, unsigned value)
{
    SM_ASSERT(value < words[word].count);
    return value < words[word].first ? NULL : words[word].names[value - words[word].first];
}

bool sm_tenant_find(enum sm_tenant_word word, struct sm_slice name, unsigned *out)
{
    *out = 0;
    if (name.data == NULL)
        return words[word].first == 1;
    if (!sm__name_find(words[word].names, name, out))
        return false;
    *out += words[word].first;
    return true;
}

bool sm_tenant_is_frozen(const struct sm_tenant *tenant)
{
    bool is_put_aside = tenant->saga == SM_SAGA_ARCHIVE || tenant->saga == SM_SAGA_DROP;

    return is_put_aside || (tenant->saga == SM_SAGA_MIGRATE && tenant->step >= SM_STEP_FREEZE &&
                            tenant->step <= SM_STEP_SWITCH);
}

bool sm_tenant_has_tables(const struct sm_tenant *tenant)
{
    return tenant->storage != SM_STORAGE_NONE && tenant->storage != SM_STORAGE_DROPPED;
}

bool sm_tenant_has_target(const struct sm_tenant *tenant)
{
    return tenant->saga == SM_SAGA_PROVISION || tenant->saga == SM_SAGA_MIGRATE;
}

bool sm_tenant_has_source(const struct sm_tenant *tenant)
{
    return tenant->saga == SM_SAGA_MIGRATE;
}

bool sm_tenant_knows(const struct sm_tenant *tenant, const struct sm_uuid *command_id)
{
    for (int32_t i = 0; i < tenant->command_count; i++) {
        if (sm_uuid_equal(&tenant->commands[i], command_id))
            return true;
    }
    return false;
}

bool sm_tenant_step_destroys(enum sm_tenant_step step)
{
    return step == SM_STEP_CLEAN_UP || step == SM_STEP_DROP;
}

struct sm_uuid sm_tenant_command_id(const struct sm_uuid *client_id, const struct sm_uuid *event_id,
                                    enum sm_tenant_step step, int32_t attempt)
{
    struct sm__words name = { .size = 0 };
    char id[SM_UUID_TEXT_SIZE + 1];
    const char *step_name = sm_tenant_name(SM_TENANT_WORD_STEP, step);

    SM_ASSERT(step_name != NULL && attempt > 0);
    sm_uuid_format(event_id, id);
    sm__words_add(&name, id);
    sm__words_add(&name, "/");
    sm__words_add(&name, step_name);
    sm__words_add(&name, "/");
    sm__words_add_number(&name, (uint64_t)attempt);
    return sm_uuid_v5(client_id, sm_slice_of(name.text));
}

bool sm_tenant_awaits_acknowledgement(const struct sm_tenant *tenant)
{
    return tenant->waits == SM_TENANT_WAITS_APPLIED || tenant->waits == SM_TENANT_WAITS_ROLLBACK ||
           tenant->waits == SM_TENANT_WAITS_ABORT;
}

/* What moves data can be undone until the old copy's destruction has been ordered; what only takes
 * or gives access is set right by a change of the client's status. */
static bool may_abort(const struct sm_tenant *tenant)
{
    if (tenant->waits == SM_TENANT_WAITS_APPROVAL)
        return true;
    return sm_tenant_has_target(tenant) && tenant->step != SM_STEP_CLEAN_UP;
}

bool sm_tenant_allows(const struct sm_tenant *tenant, enum sm_event_type type)
{
    if (type == SM_EVENT_TENANT_APPROVED)
        return tenant->waits == SM_TENANT_WAITS_APPROVAL;
    if (type == SM_EVENT_TENANT_RETRIED)
        /* A command that is under way may be sent again, in case it or its answer got lost. */
        return sm_tenant_awaits_acknowledgement(tenant) ||
               tenant->waits == SM_TENANT_WAITS_OPERATOR;
    if (type == SM_EVENT_TENANT_ABORTED)
        return may_abort(tenant);
    SM_ASSERT(type == SM_EVENT_TENANT_DROP_REQUESTED);
    return tenant->saga == SM_SAGA_NONE && tenant->storage == SM_STORAGE_ARCHIVED &&
           tenant->state == SM_TENANT_ARCHIVED;
}
