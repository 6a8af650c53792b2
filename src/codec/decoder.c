/* The decoder: which format a record is in, and who reads that. */
#include <inttypes.h>
#include <stdlib.h>

#include "codec/avro_event.h"
#include "codec/cloudevents.h"
#include "codec/decoder.h"

enum {
    PLANS_SIZE = 1 << 20, /* of the schemas that ship; each takes about 40 KiB */
    SCRATCH_SIZE = 32 << 20 /* addresses; pages that are not touched cost nothing */
};

struct sm_decoder {
    struct sm_arena plans_arena;
    struct sm_arena scratch;
    const struct sm_avro_event_plans *plans;
};

struct sm_decoder *sm_decoder_create(void)
{
    struct sm_decoder *decoder = calloc(1, sizeof(*decoder));

    if (decoder != NULL && sm_arena_init(&decoder->plans_arena, PLANS_SIZE) &&
        sm_arena_init(&decoder->scratch, SCRATCH_SIZE))
        return decoder;
    sm_decoder_destroy(decoder);
    return NULL;
}

void sm_decoder_destroy(struct sm_decoder *decoder)
{
    if (decoder == NULL)
        return;
    sm_arena_deinit(&decoder->plans_arena);
    sm_arena_deinit(&decoder->scratch);
    free(decoder);
}

static enum sm_status refuse(struct sm_event *event, struct sm_event_known *known)
{
    *known = (struct sm_event_known){ 0 };
    *event = (struct sm_event){ .expected_version = SM_VERSION_ANY };
    return SM_REJECT;
}

static enum sm_status decode_single_object(struct sm_decoder *decoder,
                                           const struct sm_record *record,
                                           const struct sm_frame *frame, struct sm_arena *arena,
                                           struct sm_event *event, struct sm_event_known *known,
                                           struct sm_rejection *rejection)
{
    const struct sm_avro_event_plan *plan;

    if (decoder->plans == NULL) {
        enum sm_status status = sm_avro_event_plans_compile(&decoder->plans_arena,
                                                            &decoder->scratch, &decoder->plans);

        SM_ASSERT(status == SM_OK); /* they ship with the program, and fit */
    }
    plan = sm_avro_event_plans_find(decoder->plans, frame->fingerprint);
    if (plan != NULL)
        return sm_avro_event_decode(plan, frame->body, record, arena, &decoder->scratch, event,
                                    known, rejection);
    sm_reject(rejection, SM_CODE_SCHEMA_UNKNOWN, "", SM_SLICE_NONE,
              "no schema that ships with this version has the fingerprint %016" PRIx64
              "; hint: retry it with a newer version",
              frame->fingerprint);
    return refuse(event, known);
}

enum sm_status sm_decode(struct sm_decoder *decoder, const struct sm_record *record,
                         struct sm_arena *arena, struct sm_event *event,
                         struct sm_event_known *known_out, struct sm_rejection *rejection)
{
    struct sm_frame frame = sm_frame_of(record);

    switch (frame.kind) {
    case SM_FRAME_SINGLE_OBJECT:
        return decode_single_object(decoder, record, &frame, arena, event, known_out, rejection);
    case SM_FRAME_CONFLUENT:
        sm_reject(rejection, SM_CODE_SCHEMA_UNKNOWN, "", SM_SLICE_NONE,
                  "schema %" PRIu32 " is a registry's, and this version asks none; hint: send "
                  "single-object encoding or JSON, or retry it with a newer version",
                  frame.schema_id);
        return refuse(event, known_out);
    case SM_FRAME_STRUCTURED:
    case SM_FRAME_BINARY:
    case SM_FRAME_UNKNOWN:
        break;
    }
    return sm_cloudevents_decode(record, arena, &decoder->scratch, event, known_out, rejection);
}
