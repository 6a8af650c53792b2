#ifndef SM_DOMAIN_FEATURE_CONFIG_H
#define SM_DOMAIN_FEATURE_CONFIG_H
/* What the `config` of feature_config.changed must look like, by feature type.
 *
 * Strict where the seed gives an example (ema, seasonality), else only types and ranges of the keys
 * that are known. A key that no rule names is kept as it is, and a feature type without rules (one
 * that an operator defined) takes any object. Numbers are compared as exact decimals. */
#include <stdbool.h>
#include <stddef.h>

/* X(enumerator, what is expected) */
#define SM_CONFIG_TYPE_LIST(X) \
    X(SM_CONFIG_COUNT, "an integer from 1 to 2147483647") \
    X(SM_CONFIG_COUNTS, "a list of at least one integer, each from 1 to 2147483647") \
    X(SM_CONFIG_SHARE, "a number above 0 and at most 1") \
    X(SM_CONFIG_FLAG, "true or false") \
    X(SM_CONFIG_WORD, "text of 1 to 50 characters without control characters")

enum sm_config_type {
#define SM_CONFIG_ENUM(name, expected) name,
    SM_CONFIG_TYPE_LIST(SM_CONFIG_ENUM)
#undef SM_CONFIG_ENUM
};

struct sm_config_rule {
    const char *key; /* of `config` */
    enum sm_config_type type;
    bool required;
};
struct sm_config_rules {
    const char *feature_type;
    const struct sm_config_rule *rules;
    size_t count;
};

/* The words of the list above. */
const char *sm_config_type_expected(enum sm_config_type type);
/* All feature types that have rules; *count_out of them. Static. */
const struct sm_config_rules *sm_config_rules(size_t *count_out);
#endif
