/* One value of an option: from text to what it means, within its range. */
#include <errno.h>
#include <limits.h>

#include "cli/cli_priv.h"

struct unit {
    const char *name;
    int64_t factor;
};
/* Largest first, so that the first that divides a number is the one to print it with. */
static const struct unit durations[] = {
    {"d", INT64_C(86400000000)},
    {"h", INT64_C(3600000000)},
    {"m", 60000000},
    {"s", 1000000},
    {"ms", 1000},
};
static const struct unit sizes[] = {
    {"GiB", INT64_C(1) << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}};

static const struct unit *units_of(enum sm_option_type type, size_t *count)
{
    if (type == SM_OPTION_DURATION) {
        *count = SM_ARRAY_COUNT(durations);
        return durations;
    }
    *count = SM_ARRAY_COUNT(sizes);
    return sizes;
}

void sm__option_append_number(enum sm_option_type type, int64_t number, struct sm_buf *out)
{
    size_t count = 0;
    const struct unit *units = units_of(type, &count);

    if (type == SM_OPTION_INTEGER || number == 0) {
        sm_buf_printf(out, "%lld", (long long)number);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (number % units[i].factor == 0) {
            sm_buf_printf(out, "%lld%s", (long long)(number / units[i].factor), units[i].name);
            return;
        }
    }
}

void sm_option_append_range(const struct sm_option *option, struct sm_buf *out)
{
    switch (option->type) {
    case SM_OPTION_INTEGER:
    case SM_OPTION_SIZE:
    case SM_OPTION_DURATION:
        sm__option_append_number(option->type, option->min, out);
        sm_buf_append_text(out, " to ");
        sm__option_append_number(option->type, option->max, out);
        return;
    case SM_OPTION_CHOICE:
        for (size_t i = 0; option->choices[i] != NULL; i++) {
            const char *before = i == 0 ? "" : option->choices[i + 1] == NULL ? " or " : ", ";

            sm_buf_printf(out, "%s%s", before, option->choices[i]);
        }
        return;
    case SM_OPTION_BOOLEAN:
        sm_buf_append_text(out, "true or false");
        return;
    case SM_OPTION_PROPERTY:
        sm_buf_append_text(out, "name=value");
        return;
    case SM_OPTION_TEXT:
        sm_buf_printf(out, "%lld to %lld bytes", (long long)option->min, (long long)option->max);
        if (option->alphabet != NULL)
            sm_buf_printf(out, " of %s", option->alphabet_words);
        return;
    }
}

/* Digits, then one of the units: "30s", "4MiB", "5000". No sign, no spaces, no fraction. */
static bool parse_number(enum sm_option_type type, const char *text, int64_t *out)
{
    size_t count = 0;
    const struct unit *units = units_of(type, &count);
    const char *rest = text + strspn(text, "0123456789");
    long long number;

    if (rest == text)
        return false;
    errno = 0;
    number = strtoll(text, NULL, 10);
    if (errno != 0)
        return false;
    *out = number;
    if (type == SM_OPTION_INTEGER || (number == 0 && *rest == '\0'))
        return *rest == '\0';
    for (size_t i = 0; i < count; i++) {
        if (strcmp(units[i].name, rest) == 0)
            return !__builtin_mul_overflow(number, units[i].factor, out);
    }
    return false;
}

static bool parse_boolean(const char *text, int64_t *out)
{
    static const char *const names[2][4] = {{"false", "no", "off", "0"},
                                            {"true", "yes", "on", "1"}};

    for (int value = 0; value < 2; value++) {
        for (size_t i = 0; i < 4; i++) {
            if (strcmp(names[value][i], text) == 0) {
                *out = value;
                return true;
            }
        }
    }
    return false;
}

static bool parse_choice(const struct sm_option *option, const char *text, int64_t *out)
{
    for (size_t i = 0; option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            *out = (int64_t)i;
            return true;
        }
    }
    return false;
}

static bool parse(const struct sm_option *option, const char *text, int64_t *out)
{
    size_t size = strlen(text);

    *out = 0;
    switch (option->type) {
    case SM_OPTION_INTEGER:
    case SM_OPTION_SIZE:
    case SM_OPTION_DURATION:
        return parse_number(option->type, text, out) && *out >= option->min && *out <= option->max;
    case SM_OPTION_BOOLEAN:
        return parse_boolean(text, out);
    case SM_OPTION_CHOICE:
        return parse_choice(option, text, out);
    case SM_OPTION_PROPERTY:
        return text[0] != '=' && strchr(text, '=') != NULL;
    case SM_OPTION_TEXT:
        return size >= (size_t)option->min && size <= (size_t)option->max &&
               (option->alphabet == NULL || strspn(text, option->alphabet) == size);
    }
    return false;
}

static void append_place(const struct sm_option *option, const struct sm__place *place,
                         struct sm_buf *out)
{
    char name[SM_ENVIRONMENT_NAME_SIZE];

    switch (place->origin) {
    case SM_BY_DEFAULT:
        sm_buf_printf(out, "the default of --%s", option->name);
        return;
    case SM_BY_FILE:
        sm_buf_printf(out, "%s:%u: key %s", place->file, place->line, option->name);
        return;
    case SM_BY_ENVIRONMENT:
        sm_option_environment_name(option, name);
        sm_buf_printf(out, "environment variable %s", name);
        return;
    case SM_BY_FLAG:
        sm_buf_printf(out, "option --%s", option->name);
        return;
    }
}

static enum sm_status refuse(const struct sm_option *option, const char *text,
                             const struct sm__place *place, struct sm_err *err)
{
    struct sm_buf where, range;
    enum sm_status status;

    sm_buf_init(&where, SM_ERR_TEXT_SIZE);
    sm_buf_init(&range, SM_ERR_TEXT_SIZE);
    append_place(option, place, &where);
    sm_option_append_range(option, &range);
    status = sm_err_set(err, SM_FATAL, SM_FROM_NONE, "%s has the value '%.100s', but takes %s%s",
                        where.data, option->secret ? "(hidden)" : text, range.data,
                        option->type == SM_OPTION_DURATION ? " (units: ms, s, m, h, d)" : "");
    sm_buf_deinit(&where);
    sm_buf_deinit(&range);
    return status;
}

/* Properties add up, weakest origin first: librdkafka lets the last of one name win. */
static enum sm_status add_property(struct sm_options *options, const char *text, struct sm_err *err)
{
    if (options->property_count == SM_PROPERTIES_MAX)
        return sm_err_set(err, SM_FATAL, SM_FROM_NONE,
                          "more than %d Kafka properties: %.*s is one too many", SM_PROPERTIES_MAX,
                          (int)strcspn(text, "="), text);
    options->properties[options->property_count++] = text;
    return SM_OK;
}

enum sm_status sm__option_set(struct sm_options *options, const struct sm_option *option,
                              const char *text, const struct sm__place *place, struct sm_err *err)
{
    struct sm_option_value *value = &options->values[option - sm_option_table];
    int64_t number;

    if (!parse(option, text, &number))
        return refuse(option, text, place, err);
    if (option->type == SM_OPTION_PROPERTY && add_property(options, text, err) != SM_OK)
        return SM_FATAL;
    *value = (struct sm_option_value){place->origin, text, number};
    return SM_OK;
}

const char *sm_options_text(const struct sm_options *options, enum sm_option_id id)
{
    return options->values[id].text;
}

int64_t sm_options_number(const struct sm_options *options, enum sm_option_id id)
{
    return options->values[id].number;
}

bool sm_options_flag(const struct sm_options *options, enum sm_option_id id)
{
    return options->values[id].number != 0;
}

int sm_options_ms(const struct sm_options *options, enum sm_option_id id)
{
    int64_t ms = options->values[id].number / 1000;

    return ms > INT_MAX ? INT_MAX : (int)ms;
}
