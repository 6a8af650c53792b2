#ifndef SM_CODEC_COMMAND_PRIV_H
#define SM_CODEC_COMMAND_PRIV_H
/* The two forms of a command. */
#include "base/json.h"
#include "base/timestamp.h"
#include "codec/command_wire.h"

/* SM_OK or SM_LIMIT. */
enum sm_status sm__command_json(const struct sm_tenant_command *command, struct sm_buf *out);

/* ---- command_read.c, command_read_avro.c ---- */

/* What a command says in words; absent: it is not said. */
struct sm__command_words {
    struct sm_slice id, client_id, event_id, saga_id, time, mode, from_mode, saga, step, action;
};
/* False: one of them is not a word of ours. The time is left alone where it is absent. */
bool sm__command_take_words(const struct sm__command_words *words, struct sm_tenant_command *out);
enum sm_status sm__command_read_avro(struct sm_slice value, struct sm_arena *arena,
                                     struct sm_tenant_command *out);

struct sm__command_avro; /* the schema, and a value that is used for one command after the other */
struct sm__command_avro *sm__command_avro_create(void);
void sm__command_avro_destroy(struct sm__command_avro *avro);
enum sm_status sm__command_avro_write(struct sm__command_avro *avro, uint32_t schema_id,
                                      const struct sm_tenant_command *command,
                                      struct sm_arena *scratch, struct sm_buf *out);
#endif
