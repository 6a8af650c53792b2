/* Texts of the generator. JSON is canonical as PostgreSQL prints jsonb: shorter names first. */
#include "sim/pool.h"

#include "base/err.h"
#include "sim/sim_random.h"

static const struct sim_text names[] = {
    {0},
    {"Gastronomia", "\"Gastronomia\"", NULL},
    {"ООО \"Гастрономия\"", "\"ООО \\\"Гастрономия\\\"\"",
     "\"\\u041e\\u041e\\u041e \\\"Гастрономия\\\"\""},
    {"back\\slash / tab", "\"back\\\\slash / tab\"", "\"back\\\\slash \\/ tab\""},
    {"N", "\"N\"", NULL},
};
static const struct sim_text tenant_modes[] = {
    {0},
    {"prefixed_tables", "\"prefixed_tables\"", NULL},
    {"dedicated_db", "\"dedicated_db\"", NULL},
    {"shared", "\"shared\"", NULL},
};
static const struct sim_text features[] = {
    {0},
    {"{}", "{}", "{ }"},
    {"{\"bom_explosion\": true, \"feature_engineering\": true}",
     "{\"bom_explosion\": true, \"feature_engineering\": true}",
     "{\"feature_engineering\":true,\"bom_explosion\":false,\"bom_explosion\":true}"},
    {"{\"bom_explosion\": false}", "{\"bom_explosion\": false}", NULL},
};
static const struct sim_text emails[] = {
    {0},
    {"admin@example.com", "\"admin@example.com\"", NULL},
    {"второй@пример.рф", "\"второй@пример.рф\"", NULL},
};
static const struct sim_text phones[] = {
    {0},
    {"+7 495 000-00-00", "\"+7 495 000-00-00\"", NULL},
    {"112", "\"112\"", NULL},
};
static const struct sim_text statuses[] = {
    {0},
    {"active", "\"active\"", NULL},
    {"suspended", "\"suspended\"", NULL},
    {"archived", "\"archived\"", NULL},
};
static const struct sim_text reasons[] = {
    {0},
    {"by request", "\"by request\"", NULL},
    {"two\nlines", "\"two\\nlines\"", "\"two\\u000alines\""},
};
static const struct sim_text feature_types[] = {
    {0},
    {"ema", "\"ema\"", NULL},
    {"seasonality", "\"seasonality\"", "\"seasonal\\u0069ty\""},
    {"lags", "\"lags\"", NULL},
    {"weather", "\"weather\"", NULL},
    {"mystery", "\"mystery\"", NULL},
    {"riddle", "\"riddle\"", NULL},
};
/* Right for every feature type: keys that a type does not know are kept. */
#define SEED_CONFIG                                                                                \
    "{\"alpha\": 0.5, \"min_samples\": 7, \"window_days\": 90, \"nan_strategy\": \"decay\"}"
#define OTHER_CONFIG                                                                               \
    "{\"note\": \"привет\", \"alpha\": 1, \"extra\": [1, 2.50, null], \"window_days\": 7}"
static const struct sim_text configs[] = {
    {0},
    {SEED_CONFIG, SEED_CONFIG,
     "{ \"window_days\":90,\"alpha\":0.5,\n\"nan_strategy\":\"decay\",\"min_samples\":7 }"},
    {OTHER_CONFIG, OTHER_CONFIG,
     "{\"extra\":[1,2.50,null],\"window_days\":7,\"note\":\"привет\",\"alpha\":1}"},
    {"{\"alpha\": 0.25, \"window_days\": 30}", "{\"alpha\": 0.25, \"window_days\": 30}", NULL},
    {"{\"alpha\": 0.1, \"window_days\": 1, \"include_month\": true}",
     "{\"alpha\": 0.1, \"window_days\": 1, \"include_month\": true}", NULL},
};
static const struct sim_text sources[] = {
    {0},
    {"/sim/one", "\"/sim/one\"", NULL},
    {"urn:sim:two", "\"urn:sim:two\"", NULL},
    {"/sim/poison", "\"/sim/poison\"", NULL},
};
static const struct sim_text actors[] = {
    {0},
    {"admin@example.com", "\"admin@example.com\"", NULL},
    {"робот", "\"робот\"", NULL},
};
static const struct sim_text correlations[] = {
    {0},
    {"c-1", "\"c-1\"", NULL},
    {"c-2", "\"c-2\"", NULL},
};
static const struct sim_text organizations[] = {
    {0},
    {"org_1", "\"org_1\"", NULL},
    {"org_2", "\"org_2\"", NULL},
    {"org_3", "\"org_3\"", NULL},
    {"org_4", "\"org_4\"", NULL},
    {"org_5", "\"org_5\"", NULL},
    {"org_6", "\"org_6\"", NULL},
    {"org_7", "\"org_7\"", NULL},
    {"org_8", "\"org_8\"", NULL},
    {"org_9", "\"org_9\"", NULL},
    {"org_10", "\"org_10\"", NULL},
};
static const struct sim_text levels_max[] = {
    {0},
    {"5", "5", "5.0"},
    {"1", "1", "1e0"},
    {"100", "100", NULL},
};
static const struct sim_text flags[] = {
    {0},
    {"true", "true", NULL},
    {"false", "false", NULL},
};
static const struct sim_text schedules[] = {
    {0},
    {"interval", "\"interval\"", NULL},
    {"daily", "\"daily\"", NULL},
    {"weekly", "\"weekly\"", "\"week\\u006cy\""},
};
static const struct sim_text intervals[] = {
    {0},
    {"15", "15", NULL},
    {"525600", "525600", "5256e2"},
    {"1", "1", NULL},
};
static const struct sim_text times_of_day[] = {
    {0},
    {"00:00", "\"00:00\"", NULL},
    {"23:59", "\"23:59\"", NULL},
    {"06:30", "\"06:30\"", NULL},
};
static const struct sim_text days[] = {
    {0},
    {"[1, 3, 5]", "[1, 3, 5]", "[1,3,5]"},
    {"[7]", "[7]", "[ 7 ]"},
    {"[7, 1, 2, 3, 4, 5, 6]", "[7, 1, 2, 3, 4, 5, 6]", NULL},
};
static const struct sim_text zones[] = {
    {0},
    {"UTC", "\"UTC\"", NULL},
    {"Europe/Moscow", "\"Europe/Moscow\"", "\"Europe\\/Moscow\""},
    {"Mars/Olympus_Mons", "\"Mars/Olympus_Mons\"", NULL},
};
static const struct sim_text data_types[] = {
    {0},
    {"features", "\"features\"", NULL},
    {"bom", "\"bom\"", NULL},
    {"timeseries", "\"timeseries\"", NULL},
    {"aggregations", "\"aggregations\"", NULL},
    {"rumours", "\"rumours\"", NULL},
};
static const struct sim_text descriptions[] = {
    {0},
    {"what it is", "\"what it is\"", NULL},
    {"что это", "\"что это\"", "\"\\u0447то это\""},
};
static const struct sim_text rules[] = {
    {0},
    {"{\"window_days\": {\"type\": \"count\", \"required\": true}}",
     "{\"window_days\": {\"type\": \"count\", \"required\": true}}",
     "{\"window_days\":{\"required\":true,\"type\":\"count\"}}"},
    {"{\"depth\": {\"type\": \"count\", \"required\": true}}",
     "{\"depth\": {\"type\": \"count\", \"required\": true}}", NULL},
    {"{\"alpha\": {\"type\": \"flag\"}}", "{\"alpha\": {\"type\": \"flag\"}}", NULL},
    {"{}", "{}", "{ }"},
};
static const struct sim_text batches[] = {
    {0},
    {"b-1", "\"b-1\"", NULL},
    {"b-2", "\"b-2\"", NULL},
    {"2024-01-01T00:00:00", "\"2024-01-01T00:00:00\"", NULL},
    {"nightly_4.1", "\"nightly_4.1\"", NULL},
};
#define NUMBER(digits)                                                                             \
    {                                                                                              \
        digits, digits, NULL                                                                       \
    }
static const struct sim_text counts[] = {
    {0},          NUMBER("0"),  NUMBER("1"),  NUMBER("2"),  NUMBER("3"),
    NUMBER("4"),  NUMBER("5"),  NUMBER("6"),  NUMBER("7"),  NUMBER("8"),
    NUMBER("9"),  NUMBER("10"), NUMBER("11"), NUMBER("12"), NUMBER("13"),
    NUMBER("14"), NUMBER("15"), NUMBER("16"), NUMBER("17"), NUMBER("18"),
};
#undef NUMBER
static const struct sim_text errors[] = {
    {0},
    {"disk full", "\"disk full\"", NULL},
    {"two\nlines", "\"two\\nlines\"", "\"two\\u000alines\""},
    {"обрыв", "\"обрыв\"", NULL},
};
static const struct sim_text titles[] = {
    {0},
    {"sku_ema_90", "\"sku_ema_90\"", NULL},
    {"доля \"A\"", "\"доля \\\"A\\\"\"", NULL},
    {"x", "\"x\"", "\"\\u0078\""},
};
static const struct sim_text nans[] = {
    {0},
    {"missing", "\"missing\"", NULL},
    {"zero", "\"zero\"", NULL},
    {"not_sold", "\"not_sold\"", NULL},
};
static const struct sim_text timestamps[] = {
    {0},
    {"2024-01-01T00:00:00.000000Z", "\"2024-01-01T00:00:00.000000Z\"",
     "\"2024-01-01T02:00:00+02:00\""},
    {"2023-12-31T23:59:59.500000Z", "\"2023-12-31T23:59:59.500000Z\"",
     "\"2023-12-31T23:59:59.5Z\""},
};
static const struct sim_text log_levels[] = {
    {0},
    {"debug", "\"debug\"", NULL},
    {"info", "\"info\"", NULL},
    {"warn", "\"warn\"", NULL},
    {"error", "\"error\"", NULL},
};
static const struct sim_text contexts[] = {
    {0},
    {"{}", "{}", "{ }"},
    {"{\"step\": 2}", "{\"step\": 2}", "{\"step\":2}"},
    {"{\"step\": 1, \"client_id\": \"somebody\"}", "{\"step\": 1, \"client_id\": \"somebody\"}",
     "{\"client_id\":\"somebody\",\"step\":1}"},
};

static const struct {
    const struct sim_text *texts;
    int count;
} pools[] = {
#define POOL(id, list) [id] = {(list), (int)SM_ARRAY_COUNT(list)}
    POOL(SIM_POOL_NAME, names),
    POOL(SIM_POOL_ORGANIZATION, organizations),
    POOL(SIM_POOL_TENANT_MODE, tenant_modes),
    POOL(SIM_POOL_FEATURES, features),
    POOL(SIM_POOL_EMAIL, emails),
    POOL(SIM_POOL_PHONE, phones),
    POOL(SIM_POOL_STATUS, statuses),
    POOL(SIM_POOL_REASON, reasons),
    POOL(SIM_POOL_FEATURE, feature_types),
    POOL(SIM_POOL_CONFIG, configs),
    POOL(SIM_POOL_LEVELS, levels_max),
    POOL(SIM_POOL_FLAG, flags),
    POOL(SIM_POOL_SCHEDULE, schedules),
    POOL(SIM_POOL_INTERVAL, intervals),
    POOL(SIM_POOL_TIME_OF_DAY, times_of_day),
    POOL(SIM_POOL_DAYS, days),
    POOL(SIM_POOL_ZONE, zones),
    POOL(SIM_POOL_DATA_TYPE, data_types),
    POOL(SIM_POOL_DESCRIPTION, descriptions),
    POOL(SIM_POOL_RULES, rules),
    POOL(SIM_POOL_BATCH, batches),
    POOL(SIM_POOL_COUNT, counts),
    POOL(SIM_POOL_ERROR, errors),
    POOL(SIM_POOL_TITLE, titles),
    POOL(SIM_POOL_NAN, nans),
    POOL(SIM_POOL_TIMESTAMP, timestamps),
    POOL(SIM_POOL_LEVEL, log_levels),
    POOL(SIM_POOL_CONTEXT, contexts),
    POOL(SIM_POOL_SOURCE, sources),
    POOL(SIM_POOL_ACTOR, actors),
    POOL(SIM_POOL_CORRELATION, correlations),
#undef POOL
};

const struct sim_text *sim_pool_text(enum sim_pool pool, int number)
{
    SM_ASSERT(number >= 0 && number < pools[pool].count);
    return &pools[pool].texts[number];
}

int sim_pool_count(enum sim_pool pool)
{
    return pools[pool].count - 1;
}

/* The same number is the same id in every history: no seed goes in. */
static struct sm_uuid numbered_uuid(int number, uint64_t stream)
{
    struct sim_random random;
    struct sm_uuid uuid;
    uint64_t words[2];

    sim_random_init(&random, (uint64_t)number, stream);
    words[0] = sim_random_next(&random);
    words[1] = sim_random_next(&random);
    memcpy(uuid.bytes, words, sizeof(uuid.bytes));
    return uuid;
}

struct sm_uuid sim_client_uuid(int client)
{
    return client == SIM_NIL_CLIENT ? SM_UUID_NIL : numbered_uuid(client, 'c');
}

struct sm_uuid sim_event_uuid(int id)
{
    return numbered_uuid(id, 'e');
}
