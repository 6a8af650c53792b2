#ifndef SM_CODEC_COMMAND_WIRE_H
#define SM_CODEC_COMMAND_WIRE_H
/* Commands as bytes for the topic: CloudEvents JSON, or Avro by schemas/commands in Confluent
 * framing. The same command gives the same bytes, always: what is sent again is recognised. */
#include "base/arena.h"
#include "base/buf.h"
#include "codec/avro_plan.h"
#include "codec/schemas.h"
#include "domain/command.h"

enum sm_command_format { SM_COMMAND_JSON, SM_COMMAND_AVRO };

#define SM_COMMAND_TYPE   "tenant.command"
#define SM_COMMAND_SOURCE "urn:secretmagic:run"

/* The schema by which commands are written. Static. */
const struct sm_schema_text *sm_command_schema(void);
/* "application/cloudevents+json" or "avro/binary": the record's header content-type. */
const char *sm_command_content_type(enum sm_command_format format);

/* Writes commands. One per thread. */
struct sm_command_encoder;
/* `schema_id` is the registry's for sm_command_schema, of no meaning to JSON. NULL when memory
 * cannot be had. */
struct sm_command_encoder *sm_command_encoder_create(enum sm_command_format format,
                                                     uint32_t schema_id);
void sm_command_encoder_destroy(struct sm_command_encoder *encoder);
enum sm_command_format sm_command_encoder_format(const struct sm_command_encoder *encoder);
/* Appends the value of the record. `scratch` is used and rewound. SM_OK; SM_LIMIT: `out` or
 * `scratch` is too small, or memory cannot be had. */
SM_MUST_CHECK enum sm_status sm_command_encode(struct sm_command_encoder *encoder,
                                               const struct sm_tenant_command *command,
                                               struct sm_arena *scratch, struct sm_buf *out);
/* Reads what was written so, in either form; of Avro by our schema, whatever the id in its frame
 * is. Texts point into the arena or the value, which must live as long.
 * SM_OK. SM_REJECT: it is no command that this version can read. SM_LIMIT: the arena is too small;
 * SM_AVRO_VALUE_ARENA_SIZE and 8 MiB suffice. */
SM_MUST_CHECK enum sm_status sm_command_read(struct sm_slice value, struct sm_arena *arena,
                                             struct sm_tenant_command *out);
/* Appends the object that CloudEvents' `data` is: for whoever shows a command. */
void sm_command_append_json(const struct sm_tenant_command *command, struct sm_buf *out);
#endif
