#ifndef SM_CODEC_ATTRIBUTES_H
#define SM_CODEC_ATTRIBUTES_H
/* The CloudEvents attributes of one event, gathered from either content mode, and their rules. */
#include "codec/cloudevents.h"

enum sm__attribute {
    SM__ATTRIBUTE_SPECVERSION,
    SM__ATTRIBUTE_ID,
    SM__ATTRIBUTE_SOURCE,
    SM__ATTRIBUTE_TYPE,
    SM__ATTRIBUTE_SUBJECT,
    SM__ATTRIBUTE_TIME,
    SM__ATTRIBUTE_DATACONTENTTYPE,
    SM__ATTRIBUTE_ACTOR,
    SM__ATTRIBUTE_CORRELATIONID,
    SM__ATTRIBUTE_CAUSATIONID,
    SM__ATTRIBUTE_TRACEPARENT,
    SM__ATTRIBUTE_EXPECTEDVERSION,
    SM__ATTRIBUTE_COUNT /* also: none of these */
};
struct sm__attributes {
    struct sm_slice text[SM__ATTRIBUTE_COUNT]; /* absent: not sent */
    const int64_t *time_us; /* of a wire format that has numbers: instead of the text; else NULL */
    const int64_t *expected_version; /* likewise */
};

enum sm__attribute sm__attribute_find(struct sm_slice name);
const char *sm__attribute_name(enum sm__attribute attribute);

/* Fills the event's own members (not its data) and *known. SM_OK or SM_REJECT; the first fault in
 * the order of the enumeration is the one reported, but id, client and type are filled wherever
 * they can be, so that the dead letter names them. */
enum sm_status sm__attributes_read(const struct sm__attributes *attributes, struct sm_event *event,
                                   struct sm_event_known *known, struct sm_rejection *rejection);
#endif
