/* Schedules: which fields each kind takes. */
#include "domain/domain_priv.h"

enum { KIND_INTERVAL, KIND_DAILY, KIND_WEEKLY, KIND_COUNT };

const char *const sm__schedule_kind_names[] = { "interval", "daily", "weekly", NULL };

/* Fields besides kind and timezone, by kind: needed, or out of place. */
static const struct {
    size_t field;
    bool needed[KIND_COUNT];
    const char *expected;
} rules[] = {
    { SM_SCHEDULE_INTERVAL_MINUTES, { true, false, false }, "it with kind interval, and no other" },
    { SM_SCHEDULE_TIME_OF_DAY,
      { false, true, true },
      "it with kind daily or weekly, and no other" },
    { SM_SCHEDULE_DAYS_OF_WEEK, { false, false, true }, "it with kind weekly, and no other" },
};

bool sm__schedule_judge(const struct sm__reading *reading)
{
    struct sm_slice kind = reading->nodes[SM_SCHEDULE_KIND]->text;

    for (size_t i = 0; i < SM_ARRAY_COUNT(rules); i++) {
        bool sent = reading->nodes[rules[i].field] != NULL;
        bool needed = false;

        for (size_t k = 0; k < KIND_COUNT; k++)
            needed |= rules[i].needed[k] && sm_slice_equal(kind,
                                                           sm_slice_of(sm__schedule_kind_names[k]));
        if (sent != needed)
            return sm__field_refuse(reading, sent ? SM_CODE_FIELD_UNKNOWN : SM_CODE_FIELD_MISSING,
                                    rules[i].field, rules[i].expected);
    }
    return true;
}
