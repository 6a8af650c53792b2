/* Commands back from their bytes, to be shown. */
#include "base/err.h"
#include "codec/command_priv.h"

static bool find_action(struct sm_slice name, enum sm_command_action *out)
{
    for (unsigned i = 0; i < SM_COMMAND_ACTION_COUNT; i++) {
        *out = (enum sm_command_action)i;
        if (sm_slice_equal(sm_slice_of(sm_command_action_name(*out)), name))
            return true;
    }
    return false;
}

bool sm__command_take_words(const struct sm__command_words *words, struct sm_tenant_command *out)
{
    unsigned saga = 0, step = 0;

    if (!sm_uuid_parse(words->id, &out->id) || !sm_uuid_parse(words->client_id, &out->client_id) ||
        !sm_uuid_parse(words->event_id, &out->event_id) ||
        !sm_uuid_parse(words->saga_id, &out->saga_id) ||
        !sm_tenant_mode_find(words->mode, &out->mode) ||
        !sm_tenant_mode_find(words->from_mode, &out->from_mode) ||
        !sm_tenant_find(SM_TENANT_WORD_SAGA, words->saga, &saga) ||
        !sm_tenant_find(SM_TENANT_WORD_STEP, words->step, &step) ||
        !find_action(words->action, &out->action))
        return false;
    out->saga = (enum sm_tenant_saga)saga;
    out->step = (enum sm_tenant_step)step;
    return words->time.data == NULL || sm_timestamp_parse(words->time, &out->time_us);
}

/* ---- JSON ---- */

/* Absent where it is null, or no text. */
static struct sm_slice text_of(const struct sm_json *object, const char *name)
{
    const struct sm_json *member = sm_json_member(object, name);

    return member != NULL && member->type == SM_JSON_STRING ? member->text : SM_SLICE_NONE;
}

static int64_t number_of(const struct sm_json *object, const char *name)
{
    const struct sm_json *member = sm_json_member(object, name);
    int64_t number = 0;

    if (member != NULL && member->type == SM_JSON_NUMBER)
        (void)sm_json_integer(member, &number);
    return number;
}

static struct sm_expectation expectation_of(const struct sm_json *object, const char *name)
{
    const struct sm_json *member = sm_json_member(object, name);

    return (struct sm_expectation){ text_of(member, "query"), text_of(member, "expected") };
}

static void read_statement(const struct sm_json *object, struct sm_statement *out)
{
    const struct sm_json *errors = sm_json_member(object, "ok_errors");

    *out = (struct sm_statement){ .sql = text_of(object, "sql"),
                                  .verify = expectation_of(object, "verify"),
                                  .completed = expectation_of(object, "completed"),
                                  .failed = text_of(object, "failed"),
                                  .rollback = text_of(object, "rollback") };
    for (const struct sm_json *error = errors == NULL ? NULL : errors->first;
         error != NULL && out->ok_error_count < SM_STATEMENT_OK_ERRORS_MAX; error = error->next)
        out->ok_errors[out->ok_error_count++] = error->text;
}

static enum sm_status read_statements(const struct sm_json *list, struct sm_arena *arena,
                                      struct sm_tenant_command *out)
{
    struct sm_statement *statements;

    if (list == NULL || list->type != SM_JSON_ARRAY)
        return SM_REJECT;
    statements = sm_arena_zalloc(arena, list->count, sizeof(*statements));
    if (statements == NULL)
        return SM_LIMIT;
    for (const struct sm_json *item = list->first; item != NULL; item = item->next)
        read_statement(item, &statements[out->statement_count++]);
    out->statements = statements;
    return SM_OK;
}

static enum sm_status read_json(struct sm_slice value, struct sm_arena *arena,
                                struct sm_tenant_command *out)
{
    struct sm_json *root = NULL;
    struct sm_json_fault fault;
    enum sm_status status = sm_json_read(value, arena, &root, &fault);
    const struct sm_json *data = status == SM_OK ? sm_json_member(root, "data") : NULL;
    const struct sm_json *irreversible = sm_json_member(data, "irreversible");
    const struct sm__command_words words = {
        text_of(root, "id"),     text_of(root, "subject"), text_of(root, "causationid"),
        text_of(data, "saga_id"), text_of(root, "time"),    text_of(data, "mode"),
        text_of(data, "from_mode"), text_of(data, "saga"), text_of(data, "step"),
        text_of(data, "action"),
    };

    if (status != SM_OK)
        return status;
    if (data == NULL || !sm__command_take_words(&words, out))
        return SM_REJECT;
    out->organization_id = text_of(data, "organization_id");
    out->sequence = number_of(data, "sequence");
    out->attempt = (int32_t)number_of(data, "attempt");
    out->irreversible = irreversible != NULL && irreversible->boolean;
    out->minimum_version = text_of(data, "minimum_starrocks_version");
    return read_statements(sm_json_member(data, "statements"), arena, out);
}

enum sm_status sm_command_read(struct sm_slice value, struct sm_arena *arena,
                               struct sm_tenant_command *out)
{
    *out = (struct sm_tenant_command){ .storage = SM_STORAGE_NONE };
    if (value.size != 0 && value.data[0] == '{')
        return read_json(value, arena, out);
    return sm__command_read_avro(value, arena, out);
}
