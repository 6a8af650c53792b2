/* Events to Avro, through avro-c. */
#include <avro.h>

#include "codec/avro_event.h"
#include "codec/avro_schema.h"
#include "codec/avro_write.h"
#include "codec/schemas.h"
#include "domain/data.h"

/* The schema of one topic. */
struct kind {
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value; /* used for one event after the other */
    uint64_t fingerprint;
};
struct sm_avro_encoder {
    struct kind kinds[SM_TOPIC_COUNT];
};

static bool fingerprint_of(struct sm_slice text, uint64_t *out)
{
    struct sm_avro_schema_fault fault;
    struct sm_arena arena;
    bool good;

    if (!sm_arena_init(&arena, 4 << 20))
        return false;
    good = sm_avro_fingerprint(text, &arena, out, &fault) == SM_OK;
    sm_arena_deinit(&arena);
    return good;
}

static bool open_kind(struct kind *kind, struct sm_slice text)
{
    if (avro_schema_from_json_length((const char *)text.data, text.size, &kind->schema) != 0)
        return false;
    kind->class = avro_generic_class_from_schema(kind->schema);
    return kind->class != NULL && avro_generic_value_new(kind->class, &kind->value) == 0 &&
           fingerprint_of(text, &kind->fingerprint);
}

struct sm_avro_encoder *sm_avro_encoder_create(void)
{
    struct sm_avro_encoder *encoder = calloc(1, sizeof(*encoder));

    for (unsigned topic = 0; encoder != NULL && topic < SM_TOPIC_COUNT; topic++) {
        if (!open_kind(&encoder->kinds[topic], sm_schema_latest((enum sm_topic)topic)->text)) {
            sm_avro_encoder_destroy(encoder);
            return NULL;
        }
    }
    return encoder;
}

void sm_avro_encoder_destroy(struct sm_avro_encoder *encoder)
{
    for (unsigned topic = 0; encoder != NULL && topic < SM_TOPIC_COUNT; topic++) {
        struct kind *kind = &encoder->kinds[topic];

        if (kind->value.self != NULL)
            avro_value_decref(&kind->value);
        if (kind->class != NULL)
            avro_value_iface_decref(kind->class);
        if (kind->schema != NULL)
            avro_schema_decref(kind->schema);
    }
    free(encoder);
}

static void put_attributes(struct sm__avro_writing *writing, avro_value_t *root,
                           const struct sm_event *event)
{
    bool any = event->expected_version == SM_VERSION_ANY;
    avro_value_t value;

    sm__avro_put_uuid(writing, root, "id", &event->id);
    sm__avro_put_uuid(writing, root, "client_id", &event->client_id);
    sm__avro_put_optional(writing, root, "source", event->source);
    sm__avro_put_optional(writing, root, "actor", event->actor);
    sm__avro_put_optional(writing, root, "correlation_id", event->correlation_id);
    sm__avro_put_optional(writing, root, "causation_id", event->causation_id);
    sm__avro_put_optional(writing, root, "traceparent", event->traceparent);
    value = sm__avro_field(writing, root, "time");
    if (!writing->failed)
        sm__avro_put_integer(writing, &value, event->time_us);
    value = sm__avro_branch(writing, root, "expected_version", any ? 0 : 1);
    if (!writing->failed && !any)
        sm__avro_put_integer(writing, &value, event->expected_version);
}

/* The text is canonical JSON of the decoder's, an array of integers. */
static void put_list(struct sm__avro_writing *writing, avro_value_t *array, struct sm_slice text)
{
    struct sm_json_fault fault;
    struct sm_json *root = NULL;

    if (sm_json_read(text, writing->scratch, &root, &fault) != SM_OK) {
        writing->failed = true;
        return;
    }
    for (const struct sm_json *item = root->first; item != NULL && !writing->failed;
         item = item->next) {
        avro_value_t element;
        int64_t number = 0;

        (void)sm_json_integer(item, &number);
        sm__avro_check(writing, avro_value_append(array, &element, NULL));
        if (!writing->failed)
            sm__avro_put_integer(writing, &element, number);
    }
}

static void put_value(struct sm__avro_writing *writing, avro_value_t *out,
                      const struct sm_value *value)
{
    switch (value->type) {
    case SM_VALUE_BOOL:
        sm__avro_check(writing, avro_value_set_boolean(out, value->boolean));
        break;
    case SM_VALUE_INTEGER:
    case SM_VALUE_TIME:
        sm__avro_put_integer(writing, out, value->integer);
        break;
    case SM_VALUE_TEXT:
    case SM_VALUE_JSON:
        sm__avro_put_text(writing, out, value->text);
        break;
    case SM_VALUE_LIST:
        put_list(writing, out, value->text);
        break;
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        break;
    }
}

/* Branches of optional fields: 0 null, 1 the value, 2 Cleared. */
static int branch_for(enum sm_value_type type)
{
    return type == SM_VALUE_ABSENT ? 0 : type == SM_VALUE_NULL ? 2 : 1;
}

static void put_data(struct sm__avro_writing *writing, avro_value_t *root,
                     const struct sm_event *event)
{
    avro_value_t data = sm__avro_field(writing, root, "data"), record;
    avro_schema_t schema = writing->failed ? NULL : avro_value_get_schema(&data);
    char name[SM_RECORD_NAME_SIZE];
    size_t count;
    const struct sm_field *fields = sm_event_fields(event->type, &count);
    int branch = 0;

    sm_schema_record_name(event->type, name);
    if (schema == NULL || avro_schema_union_branch_by_name(schema, &branch, name) == NULL ||
        avro_value_set_branch(&data, branch, &record) != 0) {
        writing->failed = true;
        return;
    }
    for (size_t i = 0; i < count && !writing->failed; i++) {
        const struct sm_value *value = &event->values[i];
        avro_value_t out =
            sm__avro_branch(writing, &record, fields[i].name, branch_for(value->type));

        if (!writing->failed)
            put_value(writing, &out, value);
    }
}

enum sm_status sm_avro_event_encode(struct sm_avro_encoder *encoder, const struct sm_event *event,
                                    enum sm_frame_kind kind, uint32_t schema_id,
                                    struct sm_arena *scratch, struct sm_buf *out)
{
    struct kind *its = &encoder->kinds[sm_event_type_topic(event->type)];
    struct sm__avro_writing writing = { .scratch = scratch };
    size_t mark = sm_arena_mark(scratch);
    uint8_t head[SM_FRAME_HEAD_SIZE_MAX];

    sm__avro_check(&writing, avro_value_reset(&its->value));
    put_attributes(&writing, &its->value, event);
    put_data(&writing, &its->value, event);
    sm_arena_rewind(scratch, mark);
    if (writing.failed)
        return SM_LIMIT;
    sm_buf_append(
        out, head,
        sm_frame_head(kind, kind == SM_FRAME_CONFLUENT ? schema_id : its->fingerprint, head));
    return sm__avro_write_body(&its->value, out);
}
