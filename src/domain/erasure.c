/* The mark that stands where personal data was. */
#include "domain/erasure.h"

#include "domain/data.h"

void sm_erasure_mark(const struct sm_uuid *event_id, char out[SM_ERASED_MARK_SIZE + 1])
{
    memcpy(out, SM_ERASED_PREFIX, sizeof(SM_ERASED_PREFIX) - 1);
    sm_uuid_format(event_id, out + sizeof(SM_ERASED_PREFIX) - 1);
}

bool sm_text_is_erasure_mark(struct sm_slice text)
{
    struct sm_uuid id;
    size_t prefix = sizeof(SM_ERASED_PREFIX) - 1;

    return text.size == SM_ERASED_MARK_SIZE && memcmp(text.data, SM_ERASED_PREFIX, prefix) == 0 &&
           sm_uuid_parse((struct sm_slice){ text.data + prefix, text.size - prefix }, &id);
}

static bool is_mark(const struct sm_value *value)
{
    return value->type == SM_VALUE_TEXT && sm_text_is_erasure_mark(value->text);
}

bool sm_event_is_erased(const struct sm_event *event)
{
    if (event->type == SM_EVENT_CLIENT_REGISTERED)
        return is_mark(&event->values[SM_REGISTERED_CONTACT_EMAIL]) ||
               is_mark(&event->values[SM_REGISTERED_CONTACT_PHONE]);
    return event->type == SM_EVENT_CLIENT_UPDATED &&
           (is_mark(&event->values[SM_UPDATED_CONTACT_EMAIL]) ||
            is_mark(&event->values[SM_UPDATED_CONTACT_PHONE]));
}
