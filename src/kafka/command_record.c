/* A command as a record: who it is about stands in headers before its own. */
#include <inttypes.h>

#include "domain/digest.h"
#include "kafka/command_priv.h"

#define NUMBER_SIZE 24

/* ---- to the topic ---- */

/* NULL: no memory. */
static rd_kafka_headers_t *make_headers(const struct sm_command_row *row)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(SM_COMMAND_HEADERS + row->header_count);
    char id[SM_UUID_TEXT_SIZE + 1], client[SM_UUID_TEXT_SIZE + 1], sequence[NUMBER_SIZE];

    if (headers == NULL)
        return NULL;
    sm_uuid_format(&row->command_id, id);
    sm_uuid_format(&row->client_id, client);
    (void)snprintf(sequence, sizeof(sequence), "%" PRId64, row->sequence);
    (void)rd_kafka_header_add(headers, SM_COMMAND_HEADER_ID, -1, id, -1);
    (void)rd_kafka_header_add(headers, SM_COMMAND_HEADER_CLIENT, -1, client, -1);
    (void)rd_kafka_header_add(headers, SM_COMMAND_HEADER_SEQUENCE, -1, sequence, -1);
    for (size_t i = 0; i < row->header_count; i++) {
        const struct sm_header *header = &row->headers[i];

        (void)rd_kafka_header_add(headers, (const char *)header->name.data,
                                  (ssize_t)header->name.size, header->value.data,
                                  (ssize_t)header->value.size);
    }
    return headers;
}

rd_kafka_resp_err_t sm__commands_produce(struct sm__commands *commands,
                                         const struct sm_command_row *row,
                                         struct sm_command_place *place)
{
    rd_kafka_headers_t *headers = make_headers(row);
    rd_kafka_vu_t fields[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = commands->topic },
        { .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = RD_KAFKA_PARTITION_UA },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_KEY,
          .u.mem = { (void *)(uintptr_t)row->organization_id.data, row->organization_id.size } },
        { .vtype = RD_KAFKA_VTYPE_VALUE,
          .u.mem = { (void *)(uintptr_t)row->value.data, row->value.size } },
        { .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = place },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
    };
    rd_kafka_error_t *error;
    rd_kafka_resp_err_t code;

    if (headers == NULL)
        return RD_KAFKA_RESP_ERR__TIMED_OUT; /* no memory: as if there were no room for ever */
    error = rd_kafka_produceva(commands->producer, fields, SM_ARRAY_COUNT(fields));
    code = rd_kafka_error_code(error); /* of NULL: no error */
    if (error != NULL) {
        rd_kafka_error_destroy(error);
        rd_kafka_headers_destroy(headers); /* the library adopts them only when it succeeds */
    }
    return code;
}

/* ---- from the topic ---- */

/* The value of the header of that name in its place; absent if another one stands there. */
static struct sm_slice value_at(const struct sm_record *record, size_t at, const char *name)
{
    const struct sm_header *header = &record->headers[at];

    return sm_slice_equal(header->name, sm_slice_of(name)) ? header->value : SM_SLICE_NONE;
}

/* A number from 1 on, in digits and nothing else. */
static bool read_sequence(struct sm_slice text, int64_t *out)
{
    *out = 0;
    if (text.size == 0 || text.size > 18 || text.data[0] == '0')
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *out = *out * 10 + (text.data[i] - '0');
    }
    return true;
}

bool sm__command_read(const struct sm_record *record, struct sm_command_place *out)
{
    struct sm_command_row *row = &out->row;

    *out = (struct sm_command_place){ .partition = record->partition, .offset = record->offset };
    if (record->headers == NULL || record->header_count < SM_COMMAND_HEADERS ||
        record->key.data == NULL || record->value.data == NULL ||
        !sm_uuid_parse(value_at(record, 0, SM_COMMAND_HEADER_ID), &row->command_id) ||
        !sm_uuid_parse(value_at(record, 1, SM_COMMAND_HEADER_CLIENT), &row->client_id) ||
        !read_sequence(value_at(record, 2, SM_COMMAND_HEADER_SEQUENCE), &row->sequence))
        return false;
    row->organization_id = record->key;
    row->value = record->value;
    row->headers = record->headers + SM_COMMAND_HEADERS;
    row->header_count = record->header_count - SM_COMMAND_HEADERS;
    sm_value_hash(row->value, &row->digest);
    return true;
}
