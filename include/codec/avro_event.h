#ifndef SM_CODEC_AVRO_EVENT_H
#define SM_CODEC_AVRO_EVENT_H
/* Events in Avro: from the body of a frame (codec/frame.h) to the same event that CloudEvents JSON
 * would have given, and back.
 *
 * Whatever the writer's schema, it is read as the latest of ours (codec/schemas.h): attributes by
 * their names, `data` by the record that is chosen. The rest is what codec/cloudevents.h does: the
 * same rules of attributes, the same table of the domain, the same canonical data and hash; so an
 * event that comes in both formats is a duplicate, not a conflict. JSON inside of texts keeps its
 * numbers as they are written. Null is as not sent; in client.updated the record Cleared is null.
 */
#include "base/buf.h"
#include "codec/avro_plan.h"
#include "codec/frame.h"
#include "domain/record.h"
#include "domain/rejection.h"

struct sm_avro_event_plan; /* immutable; lies in the arena it was compiled into */

/* Compiles the plan for messages of a writer's schema, given by its JSON. Which of our schemas
 * reads them, its record's name says: ConfigEvent or ProcessingEvent, in any namespace. `scratch`
 * is used and rewound.
 * SM_OK. SM_REJECT: *fault says why no event can be read by it (a dead letter
 * SCHEMA_INCOMPATIBLE). SM_LIMIT: an arena is too small; a scratch of 32 MiB suffices, and of the
 * arena our own schemas take 8 KiB each. Unless SM_OK, rewind `arena`: it holds remains. */
SM_MUST_CHECK enum sm_status sm_avro_event_plan_compile(struct sm_slice writer,
                                                        struct sm_arena *arena,
                                                        struct sm_arena *scratch,
                                                        const struct sm_avro_event_plan **out,
                                                        struct sm_avro_schema_fault *fault);

/* The plans of all schemas that ship, by fingerprint: no registry is asked for them. Both as above,
 * with a faulty schema of ours as an assertion. */
struct sm_avro_event_plans;
SM_MUST_CHECK enum sm_status sm_avro_event_plans_compile(struct sm_arena *arena,
                                                         struct sm_arena *scratch,
                                                         const struct sm_avro_event_plans **out);
/* NULL: no schema of ours has that fingerprint (a dead letter SCHEMA_UNKNOWN). */
const struct sm_avro_event_plan *
sm_avro_event_plans_find(const struct sm_avro_event_plans *plans, uint64_t fingerprint);

/* Decodes and validates `body`, the Avro part of record->value, as sm_cloudevents_decode does.
 * Texts of the event may point into the record or the plan, which must live as long.
 * SM_OK, SM_REJECT and SM_LIMIT as there; refusals of its own are AVRO_INVALID, with the path of
 * the field and the byte within `body`, and TYPE_UNKNOWN for a record of `data` that this version
 * does not have. The same sizes of arenas suffice. */
SM_MUST_CHECK enum sm_status
sm_avro_event_decode(const struct sm_avro_event_plan *plan, struct sm_slice body,
                     const struct sm_record *record, struct sm_arena *arena,
                     struct sm_arena *scratch, struct sm_event *event,
                     struct sm_event_known *known_out, struct sm_rejection *rejection);

/* Writes events by the latest schemas, through avro-c. One per thread. */
struct sm_avro_encoder;
/* NULL when memory cannot be had. */
struct sm_avro_encoder *sm_avro_encoder_create(void);
void sm_avro_encoder_destroy(struct sm_avro_encoder *encoder);
/* Appends the frame (CONFLUENT with the id that the registry gave the latest schema of the event's
 * topic; SINGLE_OBJECT, `schema_id` is not looked at) of an event that a decoder made. `scratch` is
 * used and rewound. SM_OK; SM_LIMIT: `out` or `scratch` is too small, or memory cannot be had. */
SM_MUST_CHECK enum sm_status sm_avro_event_encode(struct sm_avro_encoder *encoder,
                                                  const struct sm_event *event,
                                                  enum sm_frame_kind kind, uint32_t schema_id,
                                                  struct sm_arena *scratch, struct sm_buf *out);
#endif
