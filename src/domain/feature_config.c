/* The rules of feature configurations. */
#include "domain/feature_config.h"

#include "domain/domain_priv.h"

#define COUNT_MAX      INT32_MAX /* what an INTEGER of PostgreSQL can hold */
#define WORD_CHARS_MAX 50

static const struct sm_config_rule ema[] = {
    { "window_days", SM_CONFIG_COUNT, true },
    { "alpha", SM_CONFIG_SHARE, true },
    { "min_samples", SM_CONFIG_COUNT, false },
    { "nan_strategy", SM_CONFIG_WORD, false },
};
static const struct sm_config_rule window[] = {
    { "window_days", SM_CONFIG_COUNT, false },
    { "windows", SM_CONFIG_COUNTS, false },
    { "min_samples", SM_CONFIG_COUNT, false },
    { "nan_strategy", SM_CONFIG_WORD, false },
};
static const struct sm_config_rule lags[] = {
    { "lags", SM_CONFIG_COUNTS, false },
    { "nan_strategy", SM_CONFIG_WORD, false },
};
static const struct sm_config_rule seasonality[] = {
    { "include_day_of_week", SM_CONFIG_FLAG, false },
    { "include_month", SM_CONFIG_FLAG, false },
    { "include_holidays", SM_CONFIG_FLAG, false },
};
/* The seed names these two types and nothing of what they hold. */
static const struct sm_config_rule outside[] = {
    { "window_days", SM_CONFIG_COUNT, false },
    { "nan_strategy", SM_CONFIG_WORD, false },
};

static const struct sm_config_rules types[] = {
    { "ema", ema, SM_ARRAY_COUNT(ema) },
    { "ma", window, SM_ARRAY_COUNT(window) },
    { "std", window, SM_ARRAY_COUNT(window) },
    { "lags", lags, SM_ARRAY_COUNT(lags) },
    { "seasonality", seasonality, SM_ARRAY_COUNT(seasonality) },
    { "weather", outside, SM_ARRAY_COUNT(outside) },
    { "promo", outside, SM_ARRAY_COUNT(outside) },
};

static const char *const expected[] = {
#define EXPECTED_ROW(id, words) [id] = (words),
    SM_CONFIG_TYPE_LIST(EXPECTED_ROW)
#undef EXPECTED_ROW
};

const char *sm_config_type_expected(enum sm_config_type type)
{
    SM_ASSERT((unsigned)type < SM_ARRAY_COUNT(expected));
    return expected[type];
}

const struct sm_config_rules *sm_config_rules(size_t *count_out)
{
    *count_out = SM_ARRAY_COUNT(types);
    return types;
}

static enum sm_rejection_code judge_count(const struct sm_json *value)
{
    int64_t number;

    if (value->type != SM_JSON_NUMBER)
        return SM_CODE_FIELD_TYPE;
    if (!sm_json_integer(value, &number) || number < 1 || number > COUNT_MAX)
        return SM_CODE_FIELD_RANGE;
    return SM_CODE_NONE;
}

static enum sm_rejection_code judge_counts(const struct sm_json *value)
{
    if (value->type != SM_JSON_ARRAY)
        return SM_CODE_FIELD_TYPE;
    if (value->count == 0)
        return SM_CODE_FIELD_RANGE;
    for (const struct sm_json *item = value->first; item != NULL; item = item->next) {
        enum sm_rejection_code code = judge_count(item);

        if (code != SM_CODE_NONE)
            return code;
    }
    return SM_CODE_NONE;
}

static enum sm_rejection_code judge_share(const struct sm_json *value)
{
    if (value->type != SM_JSON_NUMBER)
        return SM_CODE_FIELD_TYPE;
    if (sm_json_number_compare(value, 0) <= 0 || sm_json_number_compare(value, 1) > 0)
        return SM_CODE_FIELD_RANGE;
    return SM_CODE_NONE;
}

static enum sm_rejection_code judge_word(const struct sm_json *value)
{
    if (value->type != SM_JSON_STRING)
        return SM_CODE_FIELD_TYPE;
    if (sm__text_longer_than(value->text, WORD_CHARS_MAX))
        return SM_CODE_FIELD_LENGTH;
    if (value->text.size == 0 || !sm__text_is_plain(value->text, false))
        return SM_CODE_FIELD_RANGE;
    return SM_CODE_NONE;
}

static enum sm_rejection_code judge(enum sm_config_type type, const struct sm_json *value)
{
    switch (type) {
    case SM_CONFIG_COUNT:
        return judge_count(value);
    case SM_CONFIG_COUNTS:
        return judge_counts(value);
    case SM_CONFIG_SHARE:
        return judge_share(value);
    case SM_CONFIG_FLAG:
        return value->type == SM_JSON_BOOL ? SM_CODE_NONE : SM_CODE_FIELD_TYPE;
    case SM_CONFIG_WORD:
        return judge_word(value);
    }
    return SM_CODE_NONE;
}

bool sm__config_rule_check(const struct sm_config_rule *rule, const struct sm_json *config,
                           struct sm_rejection *out)
{
    const struct sm_json *value = sm_json_member(config, rule->key);
    struct sm__words path;
    enum sm_rejection_code code;

    if (value == NULL)
        code = rule->required ? SM_CODE_FIELD_MISSING : SM_CODE_NONE;
    else
        code = judge(rule->type, value);
    if (code == SM_CODE_NONE)
        return true;
    path.size = 0;
    sm__words_add(&path, "data.config.");
    sm__words_add(&path, rule->key);
    sm__reject_node(out, code, &path, value, sm_config_type_expected(rule->type));
    return false;
}

bool sm__feature_config_check(struct sm_slice feature_type, const struct sm_json *config,
                              struct sm_rejection *out)
{
    const struct sm_config_rules *found = NULL;

    for (size_t i = 0; i < SM_ARRAY_COUNT(types) && found == NULL; i++) {
        if (sm_slice_equal(feature_type, sm_slice_of(types[i].feature_type)))
            found = &types[i];
    }
    for (size_t i = 0; found != NULL && i < found->count; i++) {
        if (!sm__config_rule_check(&found->rules[i], config, out))
            return false;
    }
    return true;
}
