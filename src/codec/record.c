/* Checks of a record that do not depend on its wire format. */
#include "codec/record.h"

#include <stdio.h>

enum { KEY_MAX = 1024, HEADERS_SIZE_MAX = 65536 };

static enum sm_status too_large(struct sm_rejection *rejection, const char *what, size_t size,
                                size_t max)
{
    char number[24];

    snprintf(number, sizeof(number), "%zu", size);
    sm_reject(rejection, SM_CODE_VALUE_TOO_LARGE, what, sm_slice_of(number),
              "the record's %s: %zu is more than the limit of %zu", what, size, max);
    return SM_REJECT;
}

enum sm_status sm__record_check_sizes(const struct sm_record *record,
                                      struct sm_rejection *rejection)
{
    size_t headers_size = 0;

    if (record->value.data == NULL) {
        sm_reject(rejection, SM_CODE_VALUE_MISSING, "value", SM_SLICE_NONE,
                  "the record's value is null; an event is never deleted: emit one that changes "
                  "or ends the state instead");
        return SM_REJECT;
    }
    if (record->value.size > SM_VALUE_SIZE_MAX)
        return too_large(rejection, "value", record->value.size, SM_VALUE_SIZE_MAX);
    if (record->key.size > KEY_MAX)
        return too_large(rejection, "key", record->key.size, KEY_MAX);
    if (record->header_count > SM_HEADERS_MAX)
        return too_large(rejection, "headers", record->header_count, SM_HEADERS_MAX);
    for (size_t i = 0; i < record->header_count; i++)
        headers_size += record->headers[i].name.size + record->headers[i].value.size;
    if (headers_size > HEADERS_SIZE_MAX)
        return too_large(rejection, "headers", headers_size, HEADERS_SIZE_MAX);
    return SM_OK;
}

enum sm_status sm__record_check_place(const struct sm_record *record, const struct sm_event *event,
                                      struct sm_rejection *rejection)
{
    struct sm_uuid key;

    if (sm_event_type_topic(event->type) != record->topic) {
        sm_reject(rejection, SM_CODE_TOPIC_WRONG, "type",
                  sm_slice_of(sm_event_type_name(event->type)),
                  "the event type belongs on the %s topic",
                  record->topic == SM_TOPIC_CONFIG ? "processing" : "config");
        return SM_REJECT;
    }
    if (!sm_uuid_parse(record->key, &key) || !sm_uuid_equal(&key, &event->client_id)) {
        sm_reject(rejection, SM_CODE_KEY_MISMATCH, "key", record->key,
                  "the record's key is not the event's subject, by which its client's events are "
                  "kept in order; expected the same UUID as text");
        return SM_REJECT;
    }
    return SM_OK;
}
