/* The tables of catalogue.h. */
#include "sim/catalogue.h"

#include "base/err.h"

const struct sim_type_info *sim_type_info(int type)
{
    static const struct sim_type_info types[] = {
#define TYPE_ROW(id, its_type, its_name, its_kind, its_topic, its_gate, its_key)                   \
    [id] = {.name = (its_name),                                                                    \
            .type = SM_EVENT_##its_type,                                                           \
            .kind = SM_KIND_##its_kind,                                                            \
            .topic = SM_TOPIC_##its_topic,                                                         \
            .gated = (its_gate),                                                                   \
            .global = SM_KIND_##its_kind == SM_KIND_SCHEDULER_DEFAULTS ||                          \
                      SM_KIND_##its_kind == SM_KIND_DATA_TYPE ||                                   \
                      SM_KIND_##its_kind == SM_KIND_FEATURE_TYPE,                                  \
            .key = SIM_F_##its_key},
        SIM_TYPE_LIST(TYPE_ROW)
#undef TYPE_ROW
    };

    SM_ASSERT(type >= 0 && type < SIM_TYPE_COUNT);
    return &types[type];
}

const struct sim_field_info *sim_field_info(int field)
{
    static const struct sim_field_info fields[] = {
#define FIELD_ROW(suffix, its_name, its_pool) {(its_name), (its_pool)},
        SIM_FIELD_LIST(FIELD_ROW)
#undef FIELD_ROW
    };

    SM_ASSERT(field > 0 && field < SIM_FIELD_COUNT);
    return &fields[field];
}

int sim_field_default(int type, int field)
{
    static const struct {
        int type, field, number;
    } defaults[] = {
        {SIM_REGISTERED, SIM_F_TENANT_MODE, SIM_TENANT_PREFIXED},
        {SIM_REGISTERED, SIM_F_FEATURES, SIM_FEATURES_NONE},
        {SIM_REGISTERED, SIM_F_STATUS, SIM_STATUS_ACTIVE},
        {SIM_BOM_CHANGED, SIM_F_MAX_LEVELS, SIM_LEVELS_DEFAULT},
        {SIM_BOM_CHANGED, SIM_F_INCLUDE, SIM_FLAG_TRUE},
        {SIM_BOM_CHANGED, SIM_F_CYCLES, SIM_FLAG_TRUE},
        {SIM_SCHEDULE_CHANGED, SIM_F_ZONE, SIM_ZONE_UTC},
        {SIM_DEFAULTS_CHANGED, SIM_F_ZONE, SIM_ZONE_UTC},
        {SIM_BATCH_COMPLETED, SIM_F_FAILED, SIM_COUNT_ZERO},
        {SIM_FEATURE_CREATED, SIM_F_NAN, SIM_NAN_MISSING},
        {SIM_LOGGED, SIM_F_CONTEXT, SIM_CONTEXT_EMPTY},
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(defaults); i++) {
        if (defaults[i].type == type && defaults[i].field == field)
            return defaults[i].number;
    }
    return 0;
}
