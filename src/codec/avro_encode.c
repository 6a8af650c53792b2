/* Events to Avro, through avro-c: its writer has none of the faults of its reader. */
#include <avro.h>

#include "codec/avro_event.h"
#include "codec/avro_schema.h"
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
/* One event being written. A failure is sticky: avro-c's only ones are of memory. */
struct writing {
    struct sm_arena *scratch;
    bool failed;
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

static void check(struct writing *writing, int error)
{
    writing->failed = writing->failed || error != 0;
}

/* avro-c takes texts with a terminator, which counts. */
static void put_text(struct writing *writing, avro_value_t *value, struct sm_slice text)
{
    char *copy = sm_arena_alloc(writing->scratch, text.size + 1);

    if (copy == NULL) {
        writing->failed = true;
        return;
    }
    if (text.size != 0)
        memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    check(writing, avro_value_set_string_len(value, copy, text.size + 1));
}

static avro_value_t field_of(struct writing *writing, avro_value_t *record, const char *name)
{
    avro_value_t field = { 0 };

    check(writing, avro_value_get_by_name(record, name, &field, NULL));
    return field;
}

/* The field itself, or the branch of its union. */
static avro_value_t branch_of(struct writing *writing, avro_value_t *record, const char *name,
                              int branch)
{
    avro_value_t field = field_of(writing, record, name), chosen = field;

    if (!writing->failed && avro_value_get_type(&field) == AVRO_UNION)
        check(writing, avro_value_set_branch(&field, branch, &chosen));
    return chosen;
}

static void put_optional(struct writing *writing, avro_value_t *root, const char *name,
                         struct sm_slice text)
{
    avro_value_t value = branch_of(writing, root, name, text.data != NULL ? 1 : 0);

    if (!writing->failed && text.data != NULL)
        put_text(writing, &value, text);
}

static void put_uuid(struct writing *writing, avro_value_t *root, const char *name,
                     const struct sm_uuid *uuid)
{
    char text[SM_UUID_TEXT_SIZE + 1];
    avro_value_t value = field_of(writing, root, name);

    sm_uuid_format(uuid, text);
    if (!writing->failed)
        put_text(writing, &value, sm_slice_of(text));
}

static void put_integer(struct writing *writing, avro_value_t *value, int64_t integer)
{
    if (avro_value_get_type(value) == AVRO_INT32)
        check(writing, avro_value_set_int(value, (int32_t)integer));
    else
        check(writing, avro_value_set_long(value, integer));
}

static void put_attributes(struct writing *writing, avro_value_t *root,
                           const struct sm_event *event)
{
    bool any = event->expected_version == SM_VERSION_ANY;
    avro_value_t value;

    put_uuid(writing, root, "id", &event->id);
    put_uuid(writing, root, "client_id", &event->client_id);
    put_optional(writing, root, "source", event->source);
    put_optional(writing, root, "actor", event->actor);
    put_optional(writing, root, "correlation_id", event->correlation_id);
    put_optional(writing, root, "causation_id", event->causation_id);
    put_optional(writing, root, "traceparent", event->traceparent);
    value = field_of(writing, root, "time");
    if (!writing->failed)
        put_integer(writing, &value, event->time_us);
    value = branch_of(writing, root, "expected_version", any ? 0 : 1);
    if (!writing->failed && !any)
        put_integer(writing, &value, event->expected_version);
}

/* The text is canonical JSON of the decoder's, an array of integers. */
static void put_list(struct writing *writing, avro_value_t *array, struct sm_slice text)
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
        check(writing, avro_value_append(array, &element, NULL));
        if (!writing->failed)
            put_integer(writing, &element, number);
    }
}

static void put_value(struct writing *writing, avro_value_t *out, const struct sm_value *value)
{
    switch (value->type) {
    case SM_VALUE_BOOL:
        check(writing, avro_value_set_boolean(out, value->boolean));
        break;
    case SM_VALUE_INTEGER:
    case SM_VALUE_TIME:
        put_integer(writing, out, value->integer);
        break;
    case SM_VALUE_TEXT:
    case SM_VALUE_JSON:
        put_text(writing, out, value->text);
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

static void put_data(struct writing *writing, avro_value_t *root, const struct sm_event *event)
{
    avro_value_t data = field_of(writing, root, "data"), record;
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
        avro_value_t out = branch_of(writing, &record, fields[i].name, branch_for(value->type));

        if (!writing->failed)
            put_value(writing, &out, value);
    }
}

static enum sm_status write_body(avro_value_t *value, struct sm_buf *out)
{
    avro_writer_t writer;
    uint8_t *room;
    size_t size = 0;
    int error;

    if (avro_value_sizeof(value, &size) != 0)
        return SM_LIMIT;
    room = sm_buf_extend(out, size);
    if (room == NULL)
        return SM_LIMIT;
    writer = avro_writer_memory((const char *)room, (int64_t)size);
    if (writer == NULL)
        return SM_LIMIT;
    error = avro_value_write(writer, value);
    avro_writer_free(writer);
    return error == 0 ? SM_OK : SM_LIMIT;
}

enum sm_status sm_avro_event_encode(struct sm_avro_encoder *encoder, const struct sm_event *event,
                                    enum sm_frame_kind kind, uint32_t schema_id,
                                    struct sm_arena *scratch, struct sm_buf *out)
{
    struct kind *its = &encoder->kinds[sm_event_type_topic(event->type)];
    struct writing writing = { .scratch = scratch };
    size_t mark = sm_arena_mark(scratch);
    uint8_t head[SM_FRAME_HEAD_SIZE_MAX];

    check(&writing, avro_value_reset(&its->value));
    put_attributes(&writing, &its->value, event);
    put_data(&writing, &its->value, event);
    sm_arena_rewind(scratch, mark);
    if (writing.failed)
        return SM_LIMIT;
    sm_buf_append(
        out, head,
        sm_frame_head(kind, kind == SM_FRAME_CONFLUENT ? schema_id : its->fingerprint, head));
    return write_body(&its->value, out);
}
