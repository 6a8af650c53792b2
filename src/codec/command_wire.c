/* A command as bytes, in the form that was chosen. */
#include <stdlib.h>

#include "base/err.h"
#include "codec/command_priv.h"

struct sm_command_encoder {
    enum sm_command_format format;
    uint32_t schema_id;
    struct sm__command_avro *avro; /* owned; NULL unless the format is Avro */
};

const char *sm_command_content_type(enum sm_command_format format)
{
    return format == SM_COMMAND_AVRO ? "avro/binary" : "application/cloudevents+json";
}

struct sm_command_encoder *sm_command_encoder_create(enum sm_command_format format,
                                                     uint32_t schema_id)
{
    struct sm_command_encoder *encoder = calloc(1, sizeof(*encoder));

    if (encoder == NULL)
        return NULL;
    encoder->format = format;
    encoder->schema_id = schema_id;
    encoder->avro = format == SM_COMMAND_AVRO ? sm__command_avro_create() : NULL;
    if (format == SM_COMMAND_AVRO && encoder->avro == NULL) {
        sm_command_encoder_destroy(encoder);
        return NULL;
    }
    return encoder;
}

void sm_command_encoder_destroy(struct sm_command_encoder *encoder)
{
    if (encoder == NULL)
        return;
    sm__command_avro_destroy(encoder->avro);
    free(encoder);
}

enum sm_command_format sm_command_encoder_format(const struct sm_command_encoder *encoder)
{
    return encoder->format;
}

enum sm_status sm_command_encode(struct sm_command_encoder *encoder,
                                 const struct sm_tenant_command *command, struct sm_arena *scratch,
                                 struct sm_buf *out)
{
    size_t mark = sm_arena_mark(scratch);
    enum sm_status status;

    SM_ASSERT(command->sequence > 0);
    if (encoder->format == SM_COMMAND_JSON)
        return sm__command_json(command, out);
    status = sm__command_avro_write(encoder->avro, encoder->schema_id, command, scratch, out);
    sm_arena_rewind(scratch, mark);
    return status;
}
