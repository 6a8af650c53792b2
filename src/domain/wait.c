/* The waiting room's names and rules. */
#include "domain/wait.h"

#include "base/err.h"

static const struct {
    const char *name;
    const char *words;
} waits[SM_WAIT_COUNT] = {
#define WAIT_ROW(id, text, its_words) [id] = { (text), (its_words) },
    SM_WAIT_LIST(WAIT_ROW)
#undef WAIT_ROW
};

static const char *const states[SM_PARKED_STATE_COUNT] = {
#define STATE_ROW(id, text) [id] = (text),
    SM_PARKED_LIST(STATE_ROW)
#undef STATE_ROW
};

const char *sm_wait_name(enum sm_wait_for what)
{
    SM_ASSERT((unsigned)what < SM_WAIT_COUNT);
    return waits[what].name;
}

const char *sm_wait_words(enum sm_wait_for what)
{
    SM_ASSERT((unsigned)what < SM_WAIT_COUNT);
    return waits[what].words;
}

bool sm_wait_find(struct sm_slice name, enum sm_wait_for *out)
{
    for (unsigned i = 0; i < SM_WAIT_COUNT; i++) {
        if (sm_slice_equal(name, sm_slice_of(waits[i].name))) {
            *out = (enum sm_wait_for)i;
            return true;
        }
    }
    return false;
}

const char *sm_parked_state_name(enum sm_parked_state state)
{
    SM_ASSERT((unsigned)state < SM_PARKED_STATE_COUNT);
    return states[state];
}

/* Who waits for the registration must not hold it up. Of global streams nothing ever waits. */
bool sm_event_type_queues(enum sm_event_type type)
{
    return type != SM_EVENT_CLIENT_REGISTERED && type != SM_EVENT_LOG_RECORDED &&
           !sm_event_type_is_acknowledgement(type) && !sm_event_type_is_global(type);
}

bool sm_event_type_opens_client(enum sm_event_type type)
{
    return type == SM_EVENT_CLIENT_REGISTERED || type == SM_EVENT_CLIENT_STATUS_CHANGED ||
           type == SM_EVENT_CLIENT_CONFIG_CONFIRMED || sm_event_type_is_of_tenant(type);
}

bool sm_event_type_defines(enum sm_event_type type, enum sm_reference_kind *out)
{
    if (type == SM_EVENT_FEATURE_TYPE_DEFINED)
        *out = SM_REFERENCE_FEATURE_TYPE;
    else if (type == SM_EVENT_DATA_TYPE_DEFINED)
        *out = SM_REFERENCE_DATA_TYPE;
    else
        return false;
    return true;
}
