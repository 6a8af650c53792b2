/* Commands back from Avro, by our own schema. */
#include "base/err.h"
#include "codec/avro_schema.h"
#include "codec/command_priv.h"

#define FRAME_SIZE 5 /* Confluent's: a zero, and the schema's id */

/* Fields in the order of schemas/commands/TenantCommand.v1.avsc. */
enum { ID, SOURCE, TIME, CLIENT_ID, CAUSATION_ID, ORGANIZATION_ID, SEQUENCE, MODE, FROM_MODE, SAGA,
       SAGA_ID, STEP, ACTION, ATTEMPT, IRREVERSIBLE, MINIMUM_VERSION, STATEMENTS };
enum { SQL, VERIFY, COMPLETED, FAILED, OK_ERRORS, ROLLBACK };
enum { QUERY, EXPECTED };

static struct sm_slice text_of(const struct sm_avro_value *value)
{
    return value->type == SM_AVRO_STRING ? value->bytes : SM_SLICE_NONE;
}

static struct sm_expectation expectation_of(const struct sm_avro_value *value)
{
    if (value->type != SM_AVRO_RECORD)
        return (struct sm_expectation){ SM_SLICE_NONE, SM_SLICE_NONE };
    return (struct sm_expectation){ text_of(&value->items[QUERY]),
                                    text_of(&value->items[EXPECTED]) };
}

static void read_statement(const struct sm_avro_value *fields, struct sm_statement *out)
{
    *out = (struct sm_statement){ .sql = text_of(&fields[SQL]),
                                  .verify = expectation_of(&fields[VERIFY]),
                                  .completed = expectation_of(&fields[COMPLETED]),
                                  .failed = text_of(&fields[FAILED]),
                                  .rollback = text_of(&fields[ROLLBACK]) };
    for (const struct sm_avro_value *error = fields[OK_ERRORS].items;
         error != NULL && out->ok_error_count < SM_STATEMENT_OK_ERRORS_MAX; error = error->next)
        out->ok_errors[out->ok_error_count++] = text_of(error);
}

static enum sm_status take(const struct sm_avro_value *fields, struct sm_arena *arena,
                           struct sm_tenant_command *out)
{
    const struct sm__command_words words = {
        text_of(&fields[ID]),        text_of(&fields[CLIENT_ID]), text_of(&fields[CAUSATION_ID]),
        text_of(&fields[SAGA_ID]),   SM_SLICE_NONE,               text_of(&fields[MODE]),
        text_of(&fields[FROM_MODE]), text_of(&fields[SAGA]),      text_of(&fields[STEP]),
        text_of(&fields[ACTION]),
    };
    struct sm_statement *statements =
        sm_arena_zalloc(arena, fields[STATEMENTS].count, sizeof(*statements));

    if (statements == NULL)
        return SM_LIMIT;
    if (!sm__command_take_words(&words, out))
        return SM_REJECT;
    out->time_us = fields[TIME].integer;
    out->organization_id = text_of(&fields[ORGANIZATION_ID]);
    out->sequence = fields[SEQUENCE].integer;
    out->attempt = (int32_t)fields[ATTEMPT].integer;
    out->irreversible = fields[IRREVERSIBLE].boolean;
    out->minimum_version = text_of(&fields[MINIMUM_VERSION]);
    for (const struct sm_avro_value *item = fields[STATEMENTS].items; item != NULL;
         item = item->next)
        read_statement(item->items, &statements[out->statement_count++]);
    out->statements = statements;
    return SM_OK;
}

enum sm_status sm__command_read_avro(struct sm_slice value, struct sm_arena *arena,
                                     struct sm_tenant_command *out)
{
    const struct sm_avro_schema *schema = NULL;
    const struct sm_avro_plan *plan = NULL;
    struct sm_avro_schema_fault schema_fault;
    struct sm_avro_fault fault;
    struct sm_avro_datum datum;
    struct sm_arena scratch;
    enum sm_status status;

    if (value.size < FRAME_SIZE || value.data[0] != 0)
        return SM_REJECT;
    if (!sm_arena_init(&scratch, 32 << 20))
        return SM_LIMIT;
    status = sm_avro_schema_read(sm_command_schema()->text, arena, &schema, &schema_fault);
    if (status == SM_OK)
        status = sm_avro_plan_compile(schema, schema, arena, &scratch, &plan, &schema_fault);
    sm_arena_deinit(&scratch);
    if (status == SM_OK)
        status = sm_avro_decode(
            plan, (struct sm_slice){ value.data + FRAME_SIZE, value.size - FRAME_SIZE }, arena,
            &datum, &fault);
    return status == SM_OK ? take(datum.value.items, arena, out) : status;
}
