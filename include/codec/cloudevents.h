#ifndef SM_CODEC_CLOUDEVENTS_H
#define SM_CODEC_CLOUDEVENTS_H
/* A Kafka record to an event: CloudEvents 1.0 JSON, structured mode (the value is the whole event)
 * and binary mode (attributes in ce_* headers, the value is the data), by the CloudEvents Kafka
 * protocol binding. Attributes: specversion 1.0, id (UUID), source, type, subject (client id),
 * time (RFC 3339, required), datacontenttype (absent or JSON), dataschema (ignored), extensions
 * actor, correlationid, causationid, traceparent, expectedversion (integer). Other extensions are
 * ignored, as the specification asks. Lengths: actor 100 characters, source, correlationid and
 * causationid 255, traceparent 255 (PostgreSQL's columns).
 *
 * Bytes from a topic are hostile: time and memory are bounded by the input's size. */
#include "base/json.h"
#include "domain/data.h"
#include "domain/record.h"

/* Decodes and validates everything that can be judged without looking at state.
 * `arena`: where the event's texts go (they may also point into the record, which must live as
 * long); `scratch`: used and rewound, for parsing.
 * SM_OK: *event is whole, with its content hash. SM_REJECT: *rejection says why; event->id,
 * client_id and type are filled as far as *known_out says, so that a dead letter can name them.
 * SM_LIMIT: `arena` is too small (try again with an empty one). An arena of 3 MiB, not counting the
 * record itself, and a scratch of 16 MiB always suffice for SM_VALUE_SIZE_MAX. */
SM_MUST_CHECK enum sm_status sm_cloudevents_decode(const struct sm_record *record,
                                                   struct sm_arena *arena,
                                                   struct sm_arena *scratch,
                                                   struct sm_event *event,
                                                   struct sm_event_known *known_out,
                                                   struct sm_rejection *rejection);
#endif
