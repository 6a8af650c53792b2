#ifndef SM_CLI_EMIT_LINE_H
#define SM_CLI_EMIT_LINE_H
/* One line of `emit`: what the producer left out is filled in, then the line is judged by the same
 * decoder that `run` reads records with.
 *
 * Filling in splices text behind the opening brace and touches nothing that was written, so that
 * numbers keep their bytes. An attribute that is there, even as null, is not filled in. */
#include "base/json.h"
#include "codec/avro_event.h"
#include "codec/cloudevents.h"

struct sm__emit_defaults {
    struct sm_uuid id; /* for this line, should it have none */
    int64_t time_us;
    const char *source;
    const char *actor; /* NULL: none */
};

struct sm__emit_event {
    enum sm_topic topic;
    struct sm_uuid id;
    char key[SM_UUID_TEXT_SIZE +
             1];           /* the subject as Kafka's key: canonical, so that a client has one
                                        partition whichever way its id was written */
    struct sm_slice value; /* valid until the next line */
};

struct sm__emit_line {
    struct sm_buf value;     /* the event with what was filled in */
    struct sm_arena arena;   /* of the decoded event */
    struct sm_arena scratch; /* of the parser */
    struct sm_event event;   /* the line that was prepared last */
    struct sm_avro_encoder *encoder; /* NULL: events stay JSON */
    struct sm_buf encoded;
};
/* `avro`: events can be encoded. False: no memory. */
bool sm__emit_line_init(struct sm__emit_line *line, bool avro);
void sm__emit_line_deinit(struct sm__emit_line *line);

/* SM_OK: *out may be sent, as JSON. SM_REJECT: *rejection says why it may not. */
SM_MUST_CHECK enum sm_status sm__emit_line_prepare(struct sm__emit_line *line, struct sm_slice text,
                                                   const struct sm__emit_defaults *defaults,
                                                   struct sm__emit_event *out,
                                                   struct sm_rejection *rejection);
/* Puts the same event as Avro into out->value: in CONFLUENT framing with the id of its topic's
 * schema, or SINGLE_OBJECT. SM_OK, SM_REJECT as above. Only of a line with an encoder. */
SM_MUST_CHECK enum sm_status sm__emit_line_encode(struct sm__emit_line *line,
                                                  enum sm_frame_kind kind, uint32_t schema_id,
                                                  struct sm__emit_event *out,
                                                  struct sm_rejection *rejection);
#endif
