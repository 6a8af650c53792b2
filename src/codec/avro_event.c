/* One event out of an Avro body. */
#include "codec/avro_event.h"

#include "codec/avro_event_priv.h"
#include "codec/record.h"
#include "domain/digest.h"

/* One record being decoded. */
struct decoding {
    const struct sm_avro_event_plan *plan;
    const struct sm_record *record;
    struct sm_arena *arena;
    struct sm_arena *scratch;
    struct sm_rejection *rejection;
    struct sm_avro_datum datum;
    struct sm__attributes attributes;
};

static enum sm_status refuse(struct decoding *at, struct sm_slice body,
                             const struct sm_avro_fault *fault)
{
    struct sm_slice rest = { body.data + fault->offset, body.size - fault->offset };

    if (fault->unresolved && strcmp(fault->path, "data") == 0)
        sm_reject(at->rejection, SM_CODE_TYPE_UNKNOWN, "data", sm_slice_of(fault->name),
                  "%s; hint: secretmagic help events lists the event types that this version "
                  "knows; retry the dead letter after an upgrade",
                  fault->reason);
    else if (fault->unresolved)
        sm_reject(at->rejection, SM_CODE_AVRO_INVALID, fault->path, sm_slice_of(fault->name), "%s",
                  fault->reason);
    else
        sm_reject(at->rejection, SM_CODE_AVRO_INVALID, fault->path, rest, "at byte %zu: %s",
                  fault->offset, fault->reason);
    return SM_REJECT;
}

/* What there is of the event's fields; all of it, unless the body was refused half-way. */
static void take_attributes(struct decoding *at)
{
    const struct sm_avro_value *root = &at->datum.value;
    struct sm__attributes *attributes = &at->attributes;

    attributes->text[SM__ATTRIBUTE_SPECVERSION] = SM_SLICE("1.0");
    for (size_t i = 0; root->there && i < SM__AVRO_ATTRIBUTE_COUNT; i++) {
        enum sm__attribute attribute = sm__avro_attributes[i].attribute;
        const struct sm_avro_value *value = &root->items[at->plan->slots[attribute]];

        if (!value->there || value->type == SM_AVRO_NULL)
            continue;
        if (attribute == SM__ATTRIBUTE_TIME)
            attributes->time_us = &value->integer;
        else if (attribute == SM__ATTRIBUTE_EXPECTEDVERSION)
            attributes->expected_version = &value->integer;
        else
            attributes->text[attribute] = value->bytes;
    }
}

static enum sm_status read_event(struct decoding *at, struct sm_event *event,
                                 struct sm_event_known *known)
{
    const struct sm_avro_value *value = &at->datum.value.items[at->plan->data_slot];
    const struct sm__avro_event_record *record = &at->plan->records[value->branch];
    const struct sm_json *data = NULL;
    enum sm_status status;

    at->attributes.text[SM__ATTRIBUTE_TYPE] = sm_slice_of(sm_event_type_name(record->type));
    status = sm__attributes_read(&at->attributes, event, known, at->rejection);
    if (status == SM_OK)
        status = sm__record_check_place(at->record, event, at->rejection);
    if (status == SM_OK)
        status = sm__avro_event_data(record, value, at->scratch, &data, at->rejection);
    if (status == SM_OK)
        status = sm_event_read_data(event, data, at->arena, at->rejection);
    if (status != SM_OK)
        return status;
    sm_content_hash(event, &event->content_hash);
    known->content = true;
    return SM_OK;
}

static enum sm_status decode(struct decoding *at, struct sm_slice body, struct sm_event *event,
                             struct sm_event_known *known)
{
    struct sm_avro_fault fault;
    struct sm_rejection ignored;
    enum sm_status status = sm__record_check_sizes(at->record, at->rejection);

    if (status != SM_OK)
        return status;
    status = sm_avro_decode(at->plan->plan, body, at->scratch, &at->datum, &fault);
    if (status == SM_LIMIT)
        return status;
    take_attributes(at);
    if (status == SM_OK)
        return read_event(at, event, known);
    /* Refused; what can be known of it is still told. */
    (void)sm__attributes_read(&at->attributes, event, known, &ignored);
    return refuse(at, body, &fault);
}

enum sm_status sm_avro_event_decode(const struct sm_avro_event_plan *plan, struct sm_slice body,
                                    const struct sm_record *record, struct sm_arena *arena,
                                    struct sm_arena *scratch, struct sm_event *event,
                                    struct sm_event_known *known_out,
                                    struct sm_rejection *rejection)
{
    struct decoding at = {
        .plan = plan, .record = record, .arena = arena, .scratch = scratch, .rejection = rejection
    };
    size_t mark = sm_arena_mark(scratch);
    enum sm_status status;

    *known_out = (struct sm_event_known){ 0 };
    *event = (struct sm_event){ .expected_version = SM_VERSION_ANY };
    status = decode(&at, body, event, known_out);
    sm_arena_rewind(scratch, mark);
    return status;
}
