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
static const struct sim_text types[] = {
    {"client.registered", "\"client.registered\"", NULL},
    {"client.updated", "\"client.updated\"", NULL},
    {"client.status_changed", "\"client.status_changed\"", NULL},
    {"client.tenant_mode_changed", "\"client.tenant_mode_changed\"", NULL},
    {"client.config_confirmed", "\"client.config_confirmed\"", NULL},
    {"client.config_revoked", "\"client.config_revoked\"", NULL},
    {"feature_config.changed", "\"feature_config.changed\"", NULL},
    {"feature_config.deactivated", "\"feature_config.deactivated\"", NULL},
};

static const struct {
    const struct sim_text *texts;
    int count;
} pools[] = {
#define POOL(id, list) [id] = {(list), (int)SM_ARRAY_COUNT(list)}
    POOL(SIM_POOL_NAME, names),        POOL(SIM_POOL_TENANT_MODE, tenant_modes),
    POOL(SIM_POOL_FEATURES, features), POOL(SIM_POOL_EMAIL, emails),
    POOL(SIM_POOL_PHONE, phones),      POOL(SIM_POOL_STATUS, statuses),
    POOL(SIM_POOL_REASON, reasons),    POOL(SIM_POOL_FEATURE, feature_types),
    POOL(SIM_POOL_CONFIG, configs),    POOL(SIM_POOL_SOURCE, sources),
    POOL(SIM_POOL_ACTOR, actors),      POOL(SIM_POOL_CORRELATION, correlations),
    POOL(SIM_POOL_TYPE, types),
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
    return numbered_uuid(client, 'c');
}

struct sm_uuid sim_event_uuid(int id)
{
    return numbered_uuid(id, 'e');
}

void sim_organization_text(int organization, char out[SIM_ORGANIZATION_SIZE])
{
    snprintf(out, SIM_ORGANIZATION_SIZE, "org_%d", organization);
}
