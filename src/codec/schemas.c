/* Which schema is whose. The texts are in a file that schemas/embed.cmake makes. */
#include "codec/schemas.h"

#include "base/err.h"
#include "codec/command_wire.h"

const struct sm_schema_text *sm_schema_latest(enum sm_topic topic)
{
    const char *name = topic == SM_TOPIC_CONFIG ? "ConfigEvent" : "ProcessingEvent";
    const struct sm_schema_text *latest = NULL;
    size_t count;
    const struct sm_schema_text *texts = sm_schema_texts(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i].name, name) == 0 &&
            (latest == NULL || latest->version < texts[i].version))
            latest = &texts[i];
    SM_ASSERT(latest != NULL);
    return latest;
}

const struct sm_schema_text *sm_command_schema(void)
{
    size_t count;
    const struct sm_schema_text *texts = sm_command_schema_texts(&count);

    return &texts[count - 1]; /* one name, by version */
}

/* Each word begins with a capital letter; dots and underscores are left out. */
void sm_schema_record_name(enum sm_event_type type, char out[SM_RECORD_NAME_SIZE])
{
    const char *name = sm_event_type_name(type);
    bool begins = true;

    SM_ASSERT(strlen(name) < SM_RECORD_NAME_SIZE);
    for (; *name != '\0'; name++) {
        bool is_letter = *name >= 'a' && *name <= 'z';

        if (is_letter)
            *out++ = (char)(begins ? *name - 'a' + 'A' : *name);
        begins = !is_letter;
    }
    *out = '\0';
}
