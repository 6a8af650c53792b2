/* Values into avro-c's, and those into bytes. */
#include "codec/avro_write.h"

void sm__avro_check(struct sm__avro_writing *writing, int error)
{
    writing->failed = writing->failed || error != 0;
}

/* avro-c takes texts with a terminator, which counts. */
void sm__avro_put_text(struct sm__avro_writing *writing, avro_value_t *value, struct sm_slice text)
{
    char *copy = sm_arena_alloc(writing->scratch, text.size + 1);

    if (copy == NULL) {
        writing->failed = true;
        return;
    }
    if (text.size != 0)
        memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    sm__avro_check(writing, avro_value_set_string_len(value, copy, text.size + 1));
}

avro_value_t sm__avro_field(struct sm__avro_writing *writing, avro_value_t *record,
                            const char *name)
{
    avro_value_t field = { 0 };

    sm__avro_check(writing, avro_value_get_by_name(record, name, &field, NULL));
    return field;
}

/* The field itself, or the branch of its union. */
avro_value_t sm__avro_branch(struct sm__avro_writing *writing, avro_value_t *record,
                             const char *name, int branch)
{
    avro_value_t field = sm__avro_field(writing, record, name), chosen = field;

    if (!writing->failed && avro_value_get_type(&field) == AVRO_UNION)
        sm__avro_check(writing, avro_value_set_branch(&field, branch, &chosen));
    return chosen;
}

void sm__avro_put_optional(struct sm__avro_writing *writing, avro_value_t *root, const char *name,
                         struct sm_slice text)
{
    avro_value_t value = sm__avro_branch(writing, root, name, text.data != NULL ? 1 : 0);

    if (!writing->failed && text.data != NULL)
        sm__avro_put_text(writing, &value, text);
}

void sm__avro_put_uuid(struct sm__avro_writing *writing, avro_value_t *root, const char *name,
                     const struct sm_uuid *uuid)
{
    char text[SM_UUID_TEXT_SIZE + 1];
    avro_value_t value = sm__avro_field(writing, root, name);

    sm_uuid_format(uuid, text);
    if (!writing->failed)
        sm__avro_put_text(writing, &value, sm_slice_of(text));
}

void sm__avro_put_integer(struct sm__avro_writing *writing, avro_value_t *value, int64_t integer)
{
    if (avro_value_get_type(value) == AVRO_INT32)
        sm__avro_check(writing, avro_value_set_int(value, (int32_t)integer));
    else
        sm__avro_check(writing, avro_value_set_long(value, integer));
}

enum sm_status sm__avro_write_body(avro_value_t *value, struct sm_buf *out)
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
