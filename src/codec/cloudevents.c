/* CloudEvents in JSON over Kafka, both content modes.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md */
#include "codec/cloudevents.h"

#include <stdio.h>

#include "codec/attributes.h"
#include "domain/digest.h"

enum { KEY_MAX = 1024, HEADERS_SIZE_MAX = 65536 };

/* One record being decoded. */
struct decoding {
    const struct sm_record *record;
    struct sm_arena *arena;
    struct sm_arena *scratch;
    struct sm_rejection *rejection;
    struct sm__attributes attributes;
    const struct sm_json *data; /* NULL: the event has none */
};

/* ---- sizes and format ---- */

static enum sm_status too_large(struct decoding *at, const char *what, size_t size, size_t max)
{
    char number[24];

    snprintf(number, sizeof(number), "%zu", size);
    sm_reject(at->rejection, SM_CODE_VALUE_TOO_LARGE, what, sm_slice_of(number),
              "the record's %s: %zu is more than the limit of %zu", what, size, max);
    return SM_REJECT;
}

static enum sm_status check_sizes(struct decoding *at)
{
    const struct sm_record *record = at->record;
    size_t headers_size = 0;

    if (record->value.data == NULL) {
        sm_reject(at->rejection, SM_CODE_VALUE_MISSING, "value", SM_SLICE_NONE,
                  "the record's value is null; an event is never deleted: emit one that changes "
                  "or ends the state instead");
        return SM_REJECT;
    }
    if (record->value.size > SM_VALUE_SIZE_MAX)
        return too_large(at, "value", record->value.size, SM_VALUE_SIZE_MAX);
    if (record->key.size > KEY_MAX)
        return too_large(at, "key", record->key.size, KEY_MAX);
    if (record->header_count > SM_HEADERS_MAX)
        return too_large(at, "headers", record->header_count, SM_HEADERS_MAX);
    for (size_t i = 0; i < record->header_count; i++)
        headers_size += record->headers[i].name.size + record->headers[i].value.size;
    if (headers_size > HEADERS_SIZE_MAX)
        return too_large(at, "headers", headers_size, HEADERS_SIZE_MAX);
    return SM_OK;
}

static bool is_binary_mode(const struct sm_record *record)
{
    for (size_t i = 0; i < record->header_count; i++) {
        if (sm_slice_equal(record->headers[i].name, SM_SLICE("ce_specversion")))
            return true;
    }
    return false;
}

static bool begins_object(struct sm_slice value)
{
    size_t i = 0;

    while (i < value.size && strchr(" \t\r\n", value.data[i]) != NULL && value.data[i] != '\0')
        i++;
    return i < value.size && value.data[i] == '{';
}

static enum sm_status format_unknown(struct decoding *at)
{
    char hex[3 * 16 + 1] = "";
    struct sm_slice value = at->record->value;

    for (size_t i = 0; i < value.size && i < 16; i++)
        snprintf(hex + 3 * i, 4, "%02x ", value.data[i]);
    sm_reject(at->rejection, SM_CODE_FORMAT_UNKNOWN, "value", sm_slice_of(hex),
              "the value is no CloudEvents JSON: it begins with these bytes (hexadecimal) instead "
              "of {, and there is no ce_specversion header");
    return SM_REJECT;
}

static enum sm_status read_json(struct decoding *at, struct sm_json **out)
{
    struct sm_json_fault fault = { 0 };
    enum sm_status status = sm_json_read(at->record->value, at->scratch, out, &fault);
    struct sm_slice rest = at->record->value;

    if (status != SM_REJECT)
        return status;
    rest.data += fault.offset;
    rest.size -= fault.offset;
    sm_reject(at->rejection, SM_CODE_JSON_INVALID, "value", rest, "at byte %zu: %s", fault.offset,
              fault.reason);
    return SM_REJECT;
}

/* ---- structured mode: the value is the whole event ---- */

static enum sm_status attribute_type(struct decoding *at, const struct sm_json *member)
{
    char name[32];

    snprintf(name, sizeof(name), "%.*s", (int)(member->name.size < 31 ? member->name.size : 31),
             (const char *)member->name.data);
    sm_reject(at->rejection, SM_CODE_ATTRIBUTE_INVALID, name,
              member->type == SM_JSON_NUMBER ? member->text : SM_SLICE_NONE,
              "the attribute %s has a value it cannot have; expected a string", name);
    return SM_REJECT;
}

static enum sm_status take_member(struct decoding *at, const struct sm_json *member)
{
    enum sm__attribute attribute;

    if (sm_slice_equal(member->name, SM_SLICE("data"))) {
        at->data = member;
        return SM_OK;
    }
    if (sm_slice_equal(member->name, SM_SLICE("data_base64"))) {
        sm_reject(at->rejection, SM_CODE_ATTRIBUTE_INVALID, "data_base64", SM_SLICE_NONE,
                  "the event carries its data as base64; expected JSON in data");
        return SM_REJECT;
    }
    attribute = sm__attribute_find(member->name);
    if (attribute == SM__ATTRIBUTE_COUNT || member->type == SM_JSON_NULL)
        return SM_OK; /* an extension that means nothing to us, or one that is not set */
    if (member->type != SM_JSON_STRING &&
        !(member->type == SM_JSON_NUMBER && attribute == SM__ATTRIBUTE_EXPECTEDVERSION))
        return attribute_type(at, member);
    at->attributes.text[attribute] = member->text;
    return SM_OK;
}

static enum sm_status read_structured(struct decoding *at)
{
    struct sm_json *root = NULL;
    enum sm_status status = read_json(at, &root), first = SM_OK;
    struct sm_rejection rejection = { .code = SM_CODE_NONE };

    if (status != SM_OK)
        return status;
    /* All members are taken even past a fault, so that the dead letter can name id and client. */
    for (const struct sm_json *member = root->first; member != NULL; member = member->next) {
        if (take_member(at, member) != SM_OK && first == SM_OK) {
            first = SM_REJECT;
            rejection = *at->rejection;
        }
    }
    if (first != SM_OK)
        *at->rejection = rejection;
    return first;
}

/* ---- binary mode: attributes in headers, the value is the data ---- */

static void read_headers(struct decoding *at)
{
    for (size_t i = 0; i < at->record->header_count; i++) {
        struct sm_slice name = at->record->headers[i].name;
        enum sm__attribute attribute = SM__ATTRIBUTE_COUNT;

        if (name.size > 3 && memcmp(name.data, "ce_", 3) == 0)
            attribute = sm__attribute_find((struct sm_slice){ name.data + 3, name.size - 3 });
        else if (sm_slice_equal(name, SM_SLICE("content-type")))
            attribute = SM__ATTRIBUTE_DATACONTENTTYPE;
        if (attribute != SM__ATTRIBUTE_COUNT)
            at->attributes.text[attribute] = at->record->headers[i].value;
    }
}

static enum sm_status read_binary(struct decoding *at)
{
    struct sm_json *root = NULL;
    enum sm_status status;

    read_headers(at);
    if (at->record->value.size == 0)
        return SM_OK;
    status = read_json(at, &root);
    at->data = root;
    return status;
}

/* ---- the event ---- */

static enum sm_status check_place(struct decoding *at, const struct sm_event *event)
{
    struct sm_uuid key;

    if (sm_event_type_topic(event->type) != at->record->topic) {
        sm_reject(at->rejection, SM_CODE_TOPIC_WRONG, "type",
                  sm_slice_of(sm_event_type_name(event->type)),
                  "the event type belongs on the %s topic",
                  at->record->topic == SM_TOPIC_CONFIG ? "processing" : "config");
        return SM_REJECT;
    }
    if (!sm_uuid_parse(at->record->key, &key) || !sm_uuid_equal(&key, &event->client_id)) {
        sm_reject(at->rejection, SM_CODE_KEY_MISMATCH, "key", at->record->key,
                  "the record's key is not the event's subject, by which its client's events are "
                  "kept in order; expected the same UUID as text");
        return SM_REJECT;
    }
    return SM_OK;
}

/* Text with escapes was decoded into the scratch arena; all else stands in the record itself. */
static bool keep(struct decoding *at, struct sm_slice *text)
{
    if (text->data < at->scratch->base || text->data >= at->scratch->base + at->scratch->capacity)
        return true;
    return sm_arena_copy(at->arena, *text, text);
}

static enum sm_status read_event(struct decoding *at, struct sm_event *event,
                                 struct sm_event_known *known)
{
    enum sm_status status = sm__attributes_read(&at->attributes, event, known, at->rejection);

    if (status == SM_OK)
        status = check_place(at, event);
    if (status != SM_OK)
        return status;
    if (!keep(at, &event->source) || !keep(at, &event->actor) ||
        !keep(at, &event->correlation_id) || !keep(at, &event->causation_id) ||
        !keep(at, &event->traceparent))
        return SM_LIMIT;
    status = sm_event_read_data(event, at->data, at->arena, at->rejection);
    if (status != SM_OK)
        return status;
    sm_content_hash(event, &event->content_hash);
    known->content = true;
    return SM_OK;
}

static enum sm_status decode(struct decoding *at, struct sm_event *event,
                             struct sm_event_known *known)
{
    enum sm_status status = check_sizes(at);
    struct sm_rejection rejection;

    if (status != SM_OK)
        return status;
    if (is_binary_mode(at->record))
        status = read_binary(at);
    else if (begins_object(at->record->value))
        status = read_structured(at);
    else
        return format_unknown(at);
    if (status != SM_REJECT)
        return status == SM_OK ? read_event(at, event, known) : status;
    /* Refused already; what can be known of it is still told. */
    rejection = *at->rejection;
    (void)sm__attributes_read(&at->attributes, event, known, at->rejection);
    *at->rejection = rejection;
    return SM_REJECT;
}

enum sm_status sm_cloudevents_decode(const struct sm_record *record, struct sm_arena *arena,
                                     struct sm_arena *scratch, struct sm_event *event,
                                     struct sm_event_known *known_out,
                                     struct sm_rejection *rejection)
{
    struct decoding at = {
        .record = record, .arena = arena, .scratch = scratch, .rejection = rejection
    };
    size_t mark = sm_arena_mark(scratch);
    enum sm_status status;

    *known_out = (struct sm_event_known){ 0 };
    *event = (struct sm_event){ .expected_version = SM_VERSION_ANY };
    status = decode(&at, event, known_out);
    sm_arena_rewind(scratch, mark);
    return status;
}
