/* Plans for events: the decoder's, and where in our schema what is. */
#include "codec/avro_event_priv.h"

#include <stdio.h>

#include "codec/schemas.h"

const struct sm__avro_attribute sm__avro_attributes[SM__AVRO_ATTRIBUTE_COUNT] = {
    { SM__ATTRIBUTE_ID, "id" },
    { SM__ATTRIBUTE_SOURCE, "source" },
    { SM__ATTRIBUTE_SUBJECT, "client_id" },
    { SM__ATTRIBUTE_TIME, "time" },
    { SM__ATTRIBUTE_ACTOR, "actor" },
    { SM__ATTRIBUTE_CORRELATIONID, "correlation_id" },
    { SM__ATTRIBUTE_CAUSATIONID, "causation_id" },
    { SM__ATTRIBUTE_TRACEPARENT, "traceparent" },
    { SM__ATTRIBUTE_EXPECTEDVERSION, "expected_version" },
};

/* Index of a field that our schema has (tests/unit/codec/schemas_test.c). */
static uint16_t slot_of(const struct sm_avro_schema *record, struct sm_slice name)
{
    uint32_t i = 0;

    while (i < record->count && !sm_slice_equal(record->fields[i].name, name))
        i++;
    SM_ASSERT(i < record->count);
    return (uint16_t)i;
}

static enum sm_event_type type_of(const struct sm_avro_schema *record)
{
    unsigned type = 0;
    char name[SM_RECORD_NAME_SIZE];

    for (; type < SM_EVENT_TYPE_COUNT; type++) {
        sm_schema_record_name((enum sm_event_type)type, name);
        if (sm_slice_equal(sm_avro_name_base(record->name), sm_slice_of(name)))
            break;
    }
    SM_ASSERT(type < SM_EVENT_TYPE_COUNT);
    return (enum sm_event_type)type;
}

/* The domain takes members in jsonb's order, so that it is found once, here. */
static bool comes_before(struct sm_slice a, struct sm_slice b)
{
    return a.size != b.size ? a.size < b.size : memcmp(a.data, b.data, a.size) < 0;
}

static void bind_record(const struct sm_avro_schema *schema, struct sm__avro_event_record *record)
{
    size_t count;
    const struct sm_field *fields;

    record->type = type_of(schema);
    fields = sm_event_fields(record->type, &count);
    for (size_t i = 0; i < count; i++) {
        struct sm_slice name = sm_slice_of(fields[i].name);
        uint32_t at = record->count++;

        for (; at > 0 && comes_before(name, record->fields[at - 1].name); at--)
            record->fields[at] = record->fields[at - 1];
        record->fields[at] = (struct sm__avro_event_field){ .slot = slot_of(schema, name),
                                                            .type = fields[i].type,
                                                            .name = name };
    }
}

bool sm__avro_event_bind(const struct sm_avro_schema *reader, struct sm_arena *arena,
                         struct sm_avro_event_plan *plan)
{
    const struct sm_avro_schema *data;

    for (size_t i = 0; i < SM__AVRO_ATTRIBUTE_COUNT; i++)
        plan->slots[sm__avro_attributes[i].attribute] =
            slot_of(reader, sm_slice_of(sm__avro_attributes[i].name));
    plan->data_slot = slot_of(reader, SM_SLICE("data"));
    data = reader->fields[plan->data_slot].schema;
    plan->record_count = data->count;
    plan->records = sm_arena_zalloc(arena, data->count, sizeof(*plan->records));
    if (plan->records == NULL)
        return false;
    for (uint32_t i = 0; i < data->count; i++)
        bind_record(data->branches[i], &plan->records[i]);
    return true;
}

static bool choose_topic(const struct sm_avro_schema *writer, enum sm_topic *out)
{
    struct sm_slice name = sm_avro_name_base(writer->name);

    for (unsigned topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        *out = (enum sm_topic)topic;
        if (sm_slice_equal(name, sm_slice_of(sm_schema_latest(*out)->name)))
            return true;
    }
    return false;
}

static enum sm_status compile(const struct sm_avro_schema *writer, struct sm_arena *arena,
                              struct sm_arena *scratch, const struct sm_avro_event_plan **out,
                              struct sm_avro_schema_fault *fault)
{
    struct sm_avro_event_plan *plan = sm_arena_zalloc(arena, 1, sizeof(*plan));
    const struct sm_avro_schema *reader = NULL;
    enum sm_topic topic;
    enum sm_status status;

    if (plan == NULL)
        return SM_LIMIT;
    if (!choose_topic(writer, &topic)) {
        (void)snprintf(fault->reason, sizeof(fault->reason),
                       "the schema is of no record ConfigEvent or ProcessingEvent");
        return SM_REJECT;
    }
    status = sm_avro_schema_read(sm_schema_latest(topic)->text, scratch, &reader, fault);
    SM_ASSERT(status != SM_REJECT);
    if (status == SM_OK)
        status = sm_avro_plan_compile(writer, reader, arena, scratch, &plan->plan, fault);
    if (status != SM_OK)
        return status;
    *out = plan;
    return sm__avro_event_bind(reader, arena, plan) ? SM_OK : SM_LIMIT;
}

enum sm_status sm_avro_event_plan_compile(struct sm_slice writer, struct sm_arena *arena,
                                          struct sm_arena *scratch,
                                          const struct sm_avro_event_plan **out,
                                          struct sm_avro_schema_fault *fault)
{
    size_t mark = sm_arena_mark(scratch);
    const struct sm_avro_schema *schema = NULL;
    enum sm_status status = sm_avro_schema_read(writer, scratch, &schema, fault);

    if (status == SM_OK)
        status = compile(schema, arena, scratch, out, fault);
    sm_arena_rewind(scratch, mark);
    return status;
}

struct sm_avro_event_plans {
    size_t count;
    struct {
        uint64_t fingerprint;
        const struct sm_avro_event_plan *plan;
    } rows[];
};

static enum sm_status compile_row(const struct sm_schema_text *text,
                                  struct sm_avro_event_plans *plans, struct sm_arena *arena,
                                  struct sm_arena *scratch)
{
    const struct sm_avro_schema *schema = NULL;
    struct sm_avro_schema_fault fault;
    struct sm_slice canonical = SM_SLICE_NONE;
    enum sm_status status = sm_avro_schema_read(text->text, scratch, &schema, &fault);

    if (status == SM_OK)
        status = sm_avro_schema_canonical(schema, scratch, &canonical);
    if (status == SM_OK)
        status = compile(schema, arena, scratch, &plans->rows[plans->count].plan, &fault);
    SM_ASSERT(status != SM_REJECT);
    plans->rows[plans->count++].fingerprint = sm_avro_crc64(canonical);
    return status;
}

enum sm_status sm_avro_event_plans_compile(struct sm_arena *arena, struct sm_arena *scratch,
                                           const struct sm_avro_event_plans **out)
{
    size_t mark = sm_arena_mark(scratch), count;
    const struct sm_schema_text *texts = sm_schema_texts(&count);
    struct sm_avro_event_plans *plans =
        sm_arena_zalloc(arena, 1, sizeof(*plans) + count * sizeof(plans->rows[0]));
    enum sm_status status = plans == NULL ? SM_LIMIT : SM_OK;

    for (size_t i = 0; i < count && status == SM_OK; i++) {
        status = compile_row(&texts[i], plans, arena, scratch);
        sm_arena_rewind(scratch, mark);
    }
    *out = plans;
    return status;
}

const struct sm_avro_event_plan *sm_avro_event_plans_find(const struct sm_avro_event_plans *plans,
                                                          uint64_t fingerprint)
{
    for (size_t i = 0; i < plans->count; i++)
        if (plans->rows[i].fingerprint == fingerprint)
            return plans->rows[i].plan;
    return NULL;
}
