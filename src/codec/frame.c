/* Wire formats told apart. */
#include "codec/frame.h"

#include <strings.h>

#include "base/err.h"

enum { CONFLUENT_SIZE = 5, SINGLE_OBJECT_SIZE = 10 };

static uint64_t big_endian(const uint8_t *bytes, size_t count)
{
    uint64_t number = 0;

    for (size_t i = 0; i < count; i++)
        number = number << 8 | bytes[i];
    return number;
}

static uint64_t little_endian(const uint8_t *bytes, size_t count)
{
    uint64_t number = 0;

    for (size_t i = count; i > 0; i--)
        number = number << 8 | bytes[i - 1];
    return number;
}

static bool begins_object(struct sm_slice value)
{
    size_t i = 0;

    while (i < value.size && (value.data[i] == ' ' || value.data[i] == '\t' ||
                              value.data[i] == '\r' || value.data[i] == '\n'))
        i++;
    return i < value.size && value.data[i] == '{';
}

static bool is_cloudevents(struct sm_slice content_type)
{
    static const char prefix[] = "application/cloudevents";

    return content_type.size >= sizeof(prefix) - 1 &&
           strncasecmp((const char *)content_type.data, prefix, sizeof(prefix) - 1) == 0;
}

static bool is_binary_mode(const struct sm_record *record)
{
    bool binary = false, structured = false;

    for (size_t i = 0; i < record->header_count; i++) {
        const struct sm_header *header = &record->headers[i];

        binary = binary || sm_slice_equal(header->name, SM_SLICE("ce_specversion"));
        if (sm_slice_equal(header->name, SM_SLICE("content-type")))
            structured = is_cloudevents(header->value);
    }
    return binary && !structured;
}

struct sm_frame sm_frame_of(const struct sm_record *record)
{
    struct sm_slice value = record->value;
    struct sm_frame frame = { .kind = SM_FRAME_UNKNOWN, .body = value };
    size_t head = 0;

    if (value.size >= CONFLUENT_SIZE && value.data[0] == 0) {
        frame.kind = SM_FRAME_CONFLUENT;
        frame.schema_id = (uint32_t)big_endian(value.data + 1, 4);
        head = CONFLUENT_SIZE;
    } else if (value.size >= SINGLE_OBJECT_SIZE && value.data[0] == 0xc3 && value.data[1] == 1) {
        frame.kind = SM_FRAME_SINGLE_OBJECT;
        frame.fingerprint = little_endian(value.data + 2, 8);
        head = SINGLE_OBJECT_SIZE;
    } else if (is_binary_mode(record)) {
        frame.kind = SM_FRAME_BINARY;
    } else if (begins_object(value)) {
        frame.kind = SM_FRAME_STRUCTURED;
    }
    if (head != 0)
        frame.body = (struct sm_slice){ value.data + head, value.size - head };
    return frame;
}

size_t sm_frame_head(enum sm_frame_kind kind, uint64_t number, uint8_t out[SM_FRAME_HEAD_SIZE_MAX])
{
    if (kind == SM_FRAME_CONFLUENT) {
        out[0] = 0;
        for (unsigned i = 0; i < 4; i++)
            out[1 + i] = (uint8_t)(number >> (24 - 8 * i));
        return CONFLUENT_SIZE;
    }
    SM_ASSERT(kind == SM_FRAME_SINGLE_OBJECT);
    out[0] = 0xc3;
    out[1] = 1;
    for (unsigned i = 0; i < 8; i++)
        out[2 + i] = (uint8_t)(number >> (8 * i));
    return SINGLE_OBJECT_SIZE;
}
