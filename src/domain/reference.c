/* What events refer to. */
#include "domain/reference.h"

#include "base/err.h"
#include "domain/data.h"

static const char *const names[SM_REFERENCE_KIND_COUNT] = {
#define NAME_ROW(id, text) [id] = (text),
    SM_REFERENCE_LIST(NAME_ROW)
#undef NAME_ROW
};

const char *sm_reference_kind_name(enum sm_reference_kind kind)
{
    SM_ASSERT((unsigned)kind < SM_REFERENCE_KIND_COUNT);
    return names[kind];
}

size_t sm_event_references(const struct sm_event *event, struct sm_reference out[SM_REFERENCES_MAX])
{
    const struct sm_value *values = event->values;

    if (event->type == SM_EVENT_FEATURE_CONFIG_CHANGED) {
        out[0] = (struct sm_reference){ SM_REFERENCE_FEATURE_TYPE,
                                        values[SM_FEATURE_CHANGED_FEATURE_TYPE].text };
        return 1;
    }
    if (event->type == SM_EVENT_BATCH_STARTED) {
        out[0] = (struct sm_reference){ SM_REFERENCE_DATA_TYPE,
                                        values[SM_BATCH_STARTED_DATA_TYPE].text };
        return 1;
    }
    if (event->type == SM_EVENT_FEATURE_CREATED) {
        out[0] = (struct sm_reference){ SM_REFERENCE_FEATURE_TYPE,
                                        values[SM_CREATED_FEATURE_TYPE].text };
        out[1] =
            (struct sm_reference){ SM_REFERENCE_DATA_TYPE, values[SM_CREATED_DATA_TYPE].text };
        return 2;
    }
    if ((event->type == SM_EVENT_CLIENT_SCHEDULE_CHANGED ||
         event->type == SM_EVENT_SCHEDULER_DEFAULTS_CHANGED) &&
        values[SM_SCHEDULE_TIMEZONE].type == SM_VALUE_TEXT) {
        out[0] = (struct sm_reference){ SM_REFERENCE_TIME_ZONE, values[SM_SCHEDULE_TIMEZONE].text };
        return 1;
    }
    return 0;
}
