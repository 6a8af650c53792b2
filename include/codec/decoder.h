#ifndef SM_CODEC_DECODER_H
#define SM_CODEC_DECODER_H
/* A Kafka record to an event, whatever its wire format (codec/frame.h): CloudEvents JSON, and Avro
 * in single-object encoding by one of the schemas that ship. Avro in Confluent framing, whose
 * schemas a registry has, is refused as SCHEMA_UNKNOWN; its dead letters keep their bytes. */
#include "domain/data.h"
#include "domain/record.h"
#include "domain/rejection.h"

/* Plans, compiled when the first is needed, and room for parsing; of one thread. */
struct sm_decoder;

/* NULL when memory cannot be had. */
struct sm_decoder *sm_decoder_create(void);
void sm_decoder_destroy(struct sm_decoder *decoder);

/* Decodes and validates everything that can be judged without looking at state. Texts of the event
 * lie in `arena`, in the record or in the decoder, which must live as long.
 * SM_OK, SM_REJECT and SM_LIMIT with their outputs as sm_cloudevents_decode has them; the same size
 * of `arena` always suffices. */
SM_MUST_CHECK enum sm_status sm_decode(struct sm_decoder *decoder, const struct sm_record *record,
                                       struct sm_arena *arena, struct sm_event *event,
                                       struct sm_event_known *known_out,
                                       struct sm_rejection *rejection);
#endif
