/* The rules of feature configurations, value by value. */
#include "domain/feature_config.h"

#include "unit/domain/fixture.h"

static struct fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fixture);
    return 0;
}

static enum sm_status read_config(const char *feature_type, const char *config)
{
    static char text[4096];
    struct sm_event event;

    snprintf(text, sizeof(text), "{'feature_type': '%s', 'config': %s}", feature_type, config);
    return fixture_read(&fixture, SM_EVENT_FEATURE_CONFIG_CHANGED, text, &event);
}

static void configurations_within_the_rules_are_taken(void **state)
{
    static const char *const cases[][2] = {
        /* The seed's two. */
        { "ema", "{'window_days': 90, 'alpha': 0.5, 'min_samples': 7, 'nan_strategy': 'decay'}" },
        { "seasonality",
          "{'include_day_of_week': true, 'include_month': true, 'include_holidays': true}" },
        { "ema", "{'window_days': 1, 'alpha': 1}" },
        { "ema", "{'window_days': 2147483647, 'alpha': 1.000}" },
        { "ema", "{'window_days': 9.0e1, 'alpha': 1e-16000}" },
        { "ema", "{'window_days': 1, 'alpha': 0.05}" },
        { "ema", "{'window_days': 1, 'alpha': 0.99999999999999999999999999999999}" },
        { "ema", "{'window_days': 1, 'alpha': 10e-1, 'alphas': 'anything', 'Alpha': null}" },
        { "seasonality", "{}" },
        { "seasonality", "{'include_month': false, 'other': [1, {'a': null}]}" },
        { "ma", "{}" },
        { "ma", "{'window_days': 7}" },
        { "ma", "{'windows': [7, 14, 28], 'min_samples': 3, 'nan_strategy': 'zero'}" },
        { "std", "{'windows': [1]}" },
        { "lags", "{'lags': [1, 7, 365]}" },
        { "weather", "{'source': 'any'}" },
        { "promo", "{'window_days': 3}" },
        { "of_an_operator", "{'window_days': -1, 'alpha': 'x', 'lags': null}" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        if (read_config(cases[i][0], cases[i][1]) != SM_OK)
            fail_msg("%s was refused: %s", cases[i][1], fixture.rejection.reason);
    }
}

static const struct {
    const char *feature_type;
    const char *config;
    enum sm_rejection_code code;
    const char *field;
    const char *value;
} refused[] = {
    { "ema", "{}", SM_CODE_FIELD_MISSING, "data.config.window_days", "" },
    { "ema", "{'window_days': 1}", SM_CODE_FIELD_MISSING, "data.config.alpha", "" },
    { "ema", "{'window_days': 0, 'alpha': 1}", SM_CODE_FIELD_RANGE, "data.config.window_days",
      "0" },
    { "ema", "{'window_days': -5, 'alpha': 1}", SM_CODE_FIELD_RANGE, "data.config.window_days",
      "-5" },
    { "ema", "{'window_days': 1.5, 'alpha': 1}", SM_CODE_FIELD_RANGE, "data.config.window_days",
      "1.5" },
    { "ema", "{'window_days': 2147483648, 'alpha': 1}", SM_CODE_FIELD_RANGE,
      "data.config.window_days", "2147483648" },
    { "ema", "{'window_days': 1e131071, 'alpha': 1}", SM_CODE_FIELD_RANGE,
      "data.config.window_days", "1e131071" },
    { "ema", "{'window_days': '90', 'alpha': 1}", SM_CODE_FIELD_TYPE, "data.config.window_days",
      "90" },
    { "ema", "{'window_days': null, 'alpha': 1}", SM_CODE_FIELD_TYPE, "data.config.window_days",
      "null" },
    { "ema", "{'window_days': 1, 'alpha': 0}", SM_CODE_FIELD_RANGE, "data.config.alpha", "0" },
    { "ema", "{'window_days': 1, 'alpha': -0.0}", SM_CODE_FIELD_RANGE, "data.config.alpha",
      "-0.0" },
    { "ema", "{'window_days': 1, 'alpha': -1e-16000}", SM_CODE_FIELD_RANGE, "data.config.alpha",
      "-1e-16000" },
    /* A double would read this as 1. */
    { "ema", "{'window_days': 1, 'alpha': 1.00000000000000000000000001}", SM_CODE_FIELD_RANGE,
      "data.config.alpha", "1.00000000000000000000000001" },
    { "ema", "{'window_days': 1, 'alpha': true}", SM_CODE_FIELD_TYPE, "data.config.alpha", "true" },
    { "ema", "{'window_days': 1, 'alpha': 1, 'min_samples': 0}", SM_CODE_FIELD_RANGE,
      "data.config.min_samples", "0" },
    { "ema", "{'window_days': 1, 'alpha': 1, 'nan_strategy': 1}", SM_CODE_FIELD_TYPE,
      "data.config.nan_strategy", "1" },
    { "ema", "{'window_days': 1, 'alpha': 1, 'nan_strategy': ''}", SM_CODE_FIELD_RANGE,
      "data.config.nan_strategy", "" },
    { "ema", "{'window_days': 1, 'alpha': 1, 'nan_strategy': 'a\\tb'}", SM_CODE_FIELD_RANGE,
      "data.config.nan_strategy", "a\tb" },
    { "ema",
      "{'window_days': 1, 'alpha': 1, 'nan_strategy': "
      "'012345678901234567890123456789012345678901234567890'}",
      SM_CODE_FIELD_LENGTH, "data.config.nan_strategy",
      "012345678901234567890123456789012345678901234567890" },
    { "seasonality", "{'include_month': 1}", SM_CODE_FIELD_TYPE, "data.config.include_month", "1" },
    { "seasonality", "{'include_day_of_week': 'true'}", SM_CODE_FIELD_TYPE,
      "data.config.include_day_of_week", "true" },
    { "seasonality", "{'include_holidays': null}", SM_CODE_FIELD_TYPE,
      "data.config.include_holidays", "null" },
    { "ma", "{'windows': 7}", SM_CODE_FIELD_TYPE, "data.config.windows", "7" },
    { "ma", "{'windows': []}", SM_CODE_FIELD_RANGE, "data.config.windows", "[]" },
    { "std", "{'windows': [7, 0]}", SM_CODE_FIELD_RANGE, "data.config.windows", "[...]" },
    { "std", "{'window_days': 0}", SM_CODE_FIELD_RANGE, "data.config.window_days", "0" },
    { "lags", "{'lags': [1, '7']}", SM_CODE_FIELD_TYPE, "data.config.lags", "[...]" },
    { "lags", "{'lags': {}}", SM_CODE_FIELD_TYPE, "data.config.lags", "{}" },
    { "weather", "{'window_days': -1}", SM_CODE_FIELD_RANGE, "data.config.window_days", "-1" },
    { "promo", "{'nan_strategy': []}", SM_CODE_FIELD_TYPE, "data.config.nan_strategy", "[]" },
};

static void configurations_outside_the_rules_are_refused_by_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(refused); i++) {
        if (read_config(refused[i].feature_type, refused[i].config) != SM_REJECT)
            fail_msg("was not refused: %s", refused[i].config);
        assert_refused(&fixture.rejection, refused[i].code, refused[i].field, refused[i].value);
    }
}

static void every_feature_type_of_the_seed_has_rules_with_words(void **state)
{
    static const char *const seed[] = { "ema",         "ma",      "std",  "lags",
                                        "seasonality", "weather", "promo" };
    size_t count;
    const struct sm_config_rules *types = sm_config_rules(&count);

    (void)state;
    assert_int_equal(count, SM_ARRAY_COUNT(seed));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(types[i].feature_type, seed[i]);
        assert_true(types[i].count > 0);
        for (size_t j = 0; j < types[i].count; j++)
            assert_true(strlen(sm_config_type_expected(types[i].rules[j].type)) > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations_within_the_rules_are_taken),
        cmocka_unit_test(configurations_outside_the_rules_are_refused_by_key),
        cmocka_unit_test(every_feature_type_of_the_seed_has_rules_with_words),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
