/* CloudEvents in JSON over Kafka, both content modes.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md */
#include "codec/cloudevents.h"

#include <stdio.h>

#include "codec/attributes.h"
#include "codec/frame.h"
#include "codec/record.h"
#include "domain/digest.h"

/* One record being decoded. */
struct decoding {
    const struct sm_record *record;
    struct sm_arena *arena;
    struct sm_arena *scratch;
    struct sm_rejection *rejection;
    struct sm__attributes attributes;
    const struct sm_json *data; /* NULL: the event has none */
};

/* ---- format ---- */

static enum sm_status format_unknown(struct decoding *at)
{
    char hex[3 * 16 + 1] = "";
    struct sm_slice value = at->record->value;

    for (size_t i = 0; i < value.size && i < 16; i++)
        snprintf(hex + 3 * i, 4, "%02x ", value.data[i]);
    sm_reject(at->rejection, SM_CODE_FORMAT_UNKNOWN, "value", sm_slice_of(hex),
              "the value is neither CloudEvents JSON nor framed Avro: it begins with these bytes "
              "(hexadecimal), and there is no ce_specversion header");
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
        status = sm__record_check_place(at->record, event, at->rejection);
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
    enum sm_status status = sm__record_check_sizes(at->record, at->rejection);
    enum sm_frame_kind kind = SM_FRAME_UNKNOWN;
    struct sm_rejection rejection;

    if (status != SM_OK)
        return status;
    kind = sm_frame_of(at->record).kind;
    if (kind != SM_FRAME_BINARY && kind != SM_FRAME_STRUCTURED)
        return format_unknown(at);
    status = kind == SM_FRAME_BINARY ? read_binary(at) : read_structured(at);
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
