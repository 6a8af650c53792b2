/* The decoder: which format a record is in, and who reads that. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/avro_event.h"
#include "codec/cloudevents.h"
#include "codec/decoder.h"

enum {
    SCRATCH_SIZE = 16 << 20, /* for parsing one record, see codec/cloudevents.h */
    PLANS_SIZE = 64 << 20, /* addresses; a plan takes about 40 KiB at the most */
    COMPILE_SIZE = 32 << 20, /* the same, see codec/avro_event.h */
    REASON_SIZE = 200
};

/* What is known of a schema of the registry. */
struct schema {
    uint32_t id;
    enum sm_rejection_code refused; /* SM_CODE_NONE: `plan` reads it */
    const struct sm_avro_event_plan *plan;
    char reason[REASON_SIZE];
};

struct sm_decoder {
    struct sm_arena scratch;
    struct sm_arena plans_arena; /* empty before the first plan is needed, as the two below */
    struct sm_arena compile_scratch;
    const struct sm_avro_event_plans *shipped;
    bool registry;
    struct schema *schemas; /* owned */
    size_t count;
};

struct sm_decoder *sm_decoder_create(bool registry)
{
    struct sm_decoder *decoder = calloc(1, sizeof(*decoder));

    if (decoder != NULL && sm_arena_init(&decoder->scratch, SCRATCH_SIZE)) {
        decoder->registry = registry;
        decoder->schemas = calloc(SM_DECODER_SCHEMAS_MAX, sizeof(*decoder->schemas));
        if (decoder->schemas != NULL)
            return decoder;
    }
    sm_decoder_destroy(decoder);
    return NULL;
}

void sm_decoder_destroy(struct sm_decoder *decoder)
{
    if (decoder == NULL)
        return;
    sm_arena_deinit(&decoder->scratch);
    sm_arena_deinit(&decoder->plans_arena);
    sm_arena_deinit(&decoder->compile_scratch);
    free(decoder->schemas);
    free(decoder);
}

/* False: no memory. */
static bool open_plans(struct sm_decoder *decoder)
{
    return (decoder->plans_arena.base != NULL ||
            sm_arena_init(&decoder->plans_arena, PLANS_SIZE)) &&
           (decoder->compile_scratch.base != NULL ||
            sm_arena_init(&decoder->compile_scratch, COMPILE_SIZE));
}

/* ---- schemas of the registry ---- */

/* The last one first: most records are by the newest schemas. */
static const struct schema *find(const struct sm_decoder *decoder, uint32_t id)
{
    for (size_t i = decoder->count; i-- > 0;) {
        if (decoder->schemas[i].id == id)
            return &decoder->schemas[i];
    }
    return NULL;
}

bool sm_decoder_lacks(const struct sm_decoder *decoder, const struct sm_record *record,
                      uint32_t *id_out)
{
    struct sm_frame frame;

    if (!decoder->registry || record->value.size == 0 || record->value.data[0] != 0)
        return false;
    frame = sm_frame_of(record);
    *id_out = frame.schema_id;
    return frame.kind == SM_FRAME_CONFLUENT && decoder->count < SM_DECODER_SCHEMAS_MAX &&
           find(decoder, frame.schema_id) == NULL;
}

static struct schema *add(struct sm_decoder *decoder, uint32_t id)
{
    if (decoder->count == SM_DECODER_SCHEMAS_MAX)
        sm_decoder_forget_unknown(decoder);
    if (decoder->count == SM_DECODER_SCHEMAS_MAX || find(decoder, id) != NULL)
        return NULL;
    decoder->schemas[decoder->count] = (struct schema){ .id = id };
    return &decoder->schemas[decoder->count++];
}

void sm_decoder_add(struct sm_decoder *decoder, uint32_t id, struct sm_slice text)
{
    struct sm_avro_schema_fault fault = { .reason = "it does not fit into memory" };
    struct schema *schema = add(decoder, id);

    if (schema == NULL)
        return;
    if (open_plans(decoder)) {
        size_t mark = sm_arena_mark(&decoder->plans_arena);

        if (sm_avro_event_plan_compile(text, &decoder->plans_arena, &decoder->compile_scratch,
                                       &schema->plan, &fault) == SM_OK)
            return;
        sm_arena_rewind(&decoder->plans_arena, mark);
    }
    schema->refused = SM_CODE_SCHEMA_INCOMPATIBLE;
    (void)snprintf(schema->reason, sizeof(schema->reason), "schema %" PRIu32 " of the registry: %s",
                   id, fault.reason);
}

void sm_decoder_add_unknown(struct sm_decoder *decoder, uint32_t id, const char *reason)
{
    struct schema *schema = add(decoder, id);

    if (schema == NULL)
        return;
    schema->refused = SM_CODE_SCHEMA_UNKNOWN;
    (void)snprintf(schema->reason, sizeof(schema->reason), "%s", reason);
}

void sm_decoder_forget_unknown(struct sm_decoder *decoder)
{
    size_t kept = 0;

    for (size_t i = 0; i < decoder->count; i++) {
        if (decoder->schemas[i].refused != SM_CODE_SCHEMA_UNKNOWN)
            decoder->schemas[kept++] = decoder->schemas[i];
    }
    decoder->count = kept;
}

/* ---- records ---- */

struct decoding {
    struct sm_decoder *decoder;
    const struct sm_record *record;
    struct sm_frame frame;
    struct sm_arena *arena;
    struct sm_event *event;
    struct sm_event_known *known;
    struct sm_rejection *rejection;
};

static enum sm_status refuse(const struct decoding *at)
{
    *at->known = (struct sm_event_known){ 0 };
    *at->event = (struct sm_event){ .expected_version = SM_VERSION_ANY };
    return SM_REJECT;
}

static enum sm_status decode_by(const struct decoding *at, const struct sm_avro_event_plan *plan)
{
    return sm_avro_event_decode(plan, at->frame.body, at->record, at->arena, &at->decoder->scratch,
                                at->event, at->known, at->rejection);
}

static const struct sm_avro_event_plan *find_shipped(struct sm_decoder *decoder,
                                                     uint64_t fingerprint)
{
    if (decoder->shipped == NULL) {
        bool compiled = open_plans(decoder) &&
                        sm_avro_event_plans_compile(&decoder->plans_arena,
                                                    &decoder->compile_scratch,
                                                    &decoder->shipped) == SM_OK;

        SM_ASSERT(compiled); /* they ship with the program, and fit */
    }
    return sm_avro_event_plans_find(decoder->shipped, fingerprint);
}

static enum sm_status decode_single_object(const struct decoding *at)
{
    const struct sm_avro_event_plan *plan = find_shipped(at->decoder, at->frame.fingerprint);

    if (plan != NULL)
        return decode_by(at, plan);
    sm_reject(at->rejection, SM_CODE_SCHEMA_UNKNOWN, "", SM_SLICE_NONE,
              "no schema that ships with this version has the fingerprint %016" PRIx64
              "; hint: retry it with a newer version",
              at->frame.fingerprint);
    return refuse(at);
}

static enum sm_status decode_confluent(const struct decoding *at)
{
    const struct schema *schema = find(at->decoder, at->frame.schema_id);

    if (schema != NULL && schema->refused == SM_CODE_NONE)
        return decode_by(at, schema->plan);
    if (schema != NULL)
        sm_reject(at->rejection, schema->refused, "", SM_SLICE_NONE, "%s", schema->reason);
    else
        sm_reject(at->rejection, SM_CODE_SCHEMA_UNKNOWN, "", SM_SLICE_NONE,
                  "schema %" PRIu32 " is a registry's, and %s; hint: %s, then retry it",
                  at->frame.schema_id,
                  at->decoder->registry ? "too many were seen already" : "none is asked",
                  at->decoder->registry ? "start the program again" : "set --registry");
    return refuse(at);
}

enum sm_status sm_decode(struct sm_decoder *decoder, const struct sm_record *record,
                         struct sm_arena *arena, struct sm_event *event,
                         struct sm_event_known *known_out, struct sm_rejection *rejection)
{
    struct decoding at = { decoder, record, sm_frame_of(record), arena, event, known_out,
                           rejection };

    switch (at.frame.kind) {
    case SM_FRAME_SINGLE_OBJECT:
        return decode_single_object(&at);
    case SM_FRAME_CONFLUENT:
        return decode_confluent(&at);
    case SM_FRAME_STRUCTURED:
    case SM_FRAME_BINARY:
    case SM_FRAME_UNKNOWN:
        break;
    }
    return sm_cloudevents_decode(record, arena, &decoder->scratch, event, known_out, rejection);
}
