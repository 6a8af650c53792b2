#ifndef SM_CODEC_DECODER_H
#define SM_CODEC_DECODER_H
/* A Kafka record to an event, whatever its wire format (codec/frame.h): CloudEvents JSON; Avro in
 * single-object encoding, by the schemas that ship; Avro in Confluent framing, by schemas of a
 * registry that were added here.
 *
 *   lacks(record) ──► id ──► somebody asks the registry ──► add(id, text) or add_unknown(id, why)
 *
 * Of one thread. */
#include "domain/data.h"
#include "domain/record.h"
#include "domain/rejection.h"

struct sm_decoder;

#define SM_DECODER_SCHEMAS_MAX 4096 /* of a registry; further ones are refused as unknown */

/* `registry`: somebody answers for what it lacks; without one, Confluent framing is refused as
 * SCHEMA_UNKNOWN. NULL when memory cannot be had. */
struct sm_decoder *sm_decoder_create(bool registry);
void sm_decoder_destroy(struct sm_decoder *decoder);

/* True if the record is in Confluent framing by a schema of which nothing is known yet: then it
 * must not be decoded before that is added. */
bool sm_decoder_lacks(const struct sm_decoder *decoder, const struct sm_record *record,
                      uint32_t *id_out);
/* The registry's answer. A text that is no schema of events is remembered as such. */
void sm_decoder_add(struct sm_decoder *decoder, uint32_t id, struct sm_slice text);
/* The registry does not have it, or it is none that we shall ever read. */
void sm_decoder_add_unknown(struct sm_decoder *decoder, uint32_t id, const char *reason);
/* What was unknown is lacking again: a registry may learn it. */
void sm_decoder_forget_unknown(struct sm_decoder *decoder);

/* Decodes and validates everything that can be judged without looking at state. Texts of the event
 * lie in `arena`, in the record or in the decoder, which must live as long.
 * SM_OK, SM_REJECT and SM_LIMIT with their outputs as sm_cloudevents_decode has them; the same size
 * of `arena` always suffices. */
SM_MUST_CHECK enum sm_status sm_decode(struct sm_decoder *decoder, const struct sm_record *record,
                                       struct sm_arena *arena, struct sm_event *event,
                                       struct sm_event_known *known_out,
                                       struct sm_rejection *rejection);
#endif
