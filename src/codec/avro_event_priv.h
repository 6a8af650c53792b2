#ifndef SM_CODEC_AVRO_EVENT_PRIV_H
#define SM_CODEC_AVRO_EVENT_PRIV_H
/* Where in the reader's schema an event's parts are. */
#include "codec/attributes.h"
#include "codec/avro_event.h"
#include "domain/data.h"

/* A field of a record in `data`. */
struct sm__avro_event_field {
    uint16_t slot; /* index in the record */
    enum sm_value_type type; /* the domain's */
    struct sm_slice name;
};
struct sm__avro_event_record {
    enum sm_event_type type;
    uint32_t count;
    struct sm__avro_event_field fields[SM_VALUES_MAX]; /* in jsonb's order of names */
};
struct sm_avro_event_plan {
    const struct sm_avro_plan *plan;
    uint16_t slots[SM__ATTRIBUTE_COUNT]; /* of the attributes that the schema has as fields */
    uint16_t data_slot;
    uint32_t record_count;
    struct sm__avro_event_record *records; /* by the branch of `data` */
};
/* The attributes that the schema has as fields, and their names there. */
#define SM__AVRO_ATTRIBUTE_COUNT 9
struct sm__avro_attribute {
    enum sm__attribute attribute;
    const char *name;
};
extern const struct sm__avro_attribute sm__avro_attributes[SM__AVRO_ATTRIBUTE_COUNT];

/* Finds the parts in one of our schemas. False when the arena is too small. */
bool sm__avro_event_bind(const struct sm_avro_schema *reader, struct sm_arena *arena,
                         struct sm_avro_event_plan *plan);
/* The `data` of an event as the JSON it means, in the scratch arena.
 * SM_OK; SM_REJECT with *rejection; SM_LIMIT. */
enum sm_status sm__avro_event_data(const struct sm__avro_event_record *record,
                                   const struct sm_avro_value *value, struct sm_arena *scratch,
                                   const struct sm_json **out, struct sm_rejection *rejection);
#endif
