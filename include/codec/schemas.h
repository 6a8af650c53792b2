#ifndef SM_CODEC_SCHEMAS_H
#define SM_CODEC_SCHEMAS_H
/* The Avro schemas of events that ship with the program: schemas/events, put into it at build.
 *
 * ConfigEvent and ProcessingEvent, one for each topic. A version that was released is never changed
 * or removed: messages of it lie on topics (tests/unit/codec/schemas_test.c holds their
 * fingerprints). The record in `data` says the event's type: "client.registered" is
 * ClientRegistered. */
#include "domain/event.h"

struct sm_schema_text {
    const char *name; /* "ConfigEvent" */
    unsigned version; /* 1, 2, … */
    struct sm_slice text; /* JSON */
};
/* All of them: by name, then version. Static. */
const struct sm_schema_text *sm_schema_texts(size_t *count_out);
/* Those of commands, likewise: schemas/commands. */
const struct sm_schema_text *sm_command_schema_texts(size_t *count_out);
/* The last version of a topic's: what records are read by, and written with. */
const struct sm_schema_text *sm_schema_latest(enum sm_topic topic);

#define SM_RECORD_NAME_SIZE 48
/* The name, terminated, of the record that an event type has in `data`. */
void sm_schema_record_name(enum sm_event_type type, char out[SM_RECORD_NAME_SIZE]);
#endif
