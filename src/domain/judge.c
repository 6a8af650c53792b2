/* Judging the data of an event by its type's table. */
#include "domain/domain_priv.h"

bool sm__data_is_patch(enum sm_event_type type)
{
    return type == SM_EVENT_CLIENT_UPDATED;
}

static struct sm__words path_of(struct sm_slice name)
{
    struct sm__words path;

    path.size = 0;
    sm__words_add(&path, "data.");
    sm__words_add_slice(&path, name);
    return path;
}

static bool refuse_field(const struct sm__reading *reading, enum sm_rejection_code code,
                         const struct sm_field *field, const struct sm_json *node)
{
    struct sm__words path = path_of(sm_slice_of(field->name));
    struct sm__words expected;

    expected.size = 0;
    sm__field_expected(field, &expected);
    sm__reject_node(reading->rejection, code, &path, node, expected.text);
    return false;
}

static bool refuse_unknown(const struct sm__reading *reading, const struct sm_json *node)
{
    struct sm__words path = path_of(node->name);
    struct sm__words expected;

    expected.size = 0;
    sm__words_add(&expected, "only the fields of ");
    sm__words_add(&expected, sm_event_type_name(reading->event->type));
    sm__words_add(&expected, ":");
    for (size_t i = 0; i < reading->count; i++) {
        sm__words_add(&expected, i == 0 ? " " : ", ");
        sm__words_add(&expected, reading->fields[i].name);
    }
    sm__reject_node(reading->rejection, SM_CODE_FIELD_UNKNOWN, &path, node, expected.text);
    return false;
}

static bool is_allowed(const struct sm_field *field, struct sm_slice text)
{
    for (size_t i = 0; field->allowed[i] != NULL; i++) {
        if (sm_slice_equal(text, sm_slice_of(field->allowed[i])))
            return true;
    }
    return false;
}

static enum sm_rejection_code judge_text(const struct sm_field *field, const struct sm_json *node)
{
    if (node->type != SM_JSON_STRING)
        return SM_CODE_FIELD_TYPE;
    if (field->allowed != NULL)
        return is_allowed(field, node->text) ? SM_CODE_NONE : SM_CODE_FIELD_ENUM;
    if (sm__text_longer_than(node->text, field->chars_max))
        return SM_CODE_FIELD_LENGTH;
    /* Of a lower bound above 1 the pattern is what tells. */
    if (field->chars_min != 0 && node->text.size == 0)
        return SM_CODE_FIELD_RANGE;
    if (!sm__text_is_plain(node->text, field->multiline))
        return SM_CODE_FIELD_RANGE;
    if (field->matches != NULL && !field->matches(node->text))
        return SM_CODE_FIELD_RANGE;
    return SM_CODE_NONE;
}

static enum sm_rejection_code judge_integer(const struct sm_field *field,
                                            const struct sm_json *node)
{
    int64_t number;

    if (node->type != SM_JSON_NUMBER)
        return SM_CODE_FIELD_TYPE;
    return sm_json_integer(node, &number) && number >= field->integer_min &&
                   number <= field->integer_max
               ? SM_CODE_NONE
               : SM_CODE_FIELD_RANGE;
}

static enum sm_rejection_code judge_time(const struct sm_json *node)
{
    int64_t time_us;

    if (node->type != SM_JSON_STRING)
        return SM_CODE_FIELD_TYPE;
    return sm_timestamp_parse(node->text, &time_us) ? SM_CODE_NONE : SM_CODE_FIELD_RANGE;
}

/* Ranges of lists are small, so what was there is a mask. */
static enum sm_rejection_code judge_list(const struct sm_field *field, const struct sm_json *node)
{
    uint64_t seen = 0;

    if (node->type != SM_JSON_ARRAY)
        return SM_CODE_FIELD_TYPE;
    if (node->count == 0)
        return SM_CODE_FIELD_RANGE;
    for (const struct sm_json *item = node->first; item != NULL; item = item->next) {
        enum sm_rejection_code code = judge_integer(field, item);
        int64_t number = 0;

        if (code != SM_CODE_NONE)
            return code;
        (void)sm_json_integer(item, &number);
        if ((seen >> number & 1) != 0)
            return SM_CODE_FIELD_RANGE;
        seen |= UINT64_C(1) << number;
    }
    return SM_CODE_NONE;
}

static enum sm_rejection_code judge_value(const struct sm_field *field, const struct sm_json *node)
{
    switch (field->type) {
    case SM_VALUE_BOOL:
        return node->type == SM_JSON_BOOL ? SM_CODE_NONE : SM_CODE_FIELD_TYPE;
    case SM_VALUE_INTEGER:
        return judge_integer(field, node);
    case SM_VALUE_TIME:
        return judge_time(node);
    case SM_VALUE_TEXT:
        return judge_text(field, node);
    case SM_VALUE_JSON:
        return node->type == SM_JSON_OBJECT ? SM_CODE_NONE : SM_CODE_FIELD_TYPE;
    case SM_VALUE_LIST:
        return judge_list(field, node);
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        break;
    }
    return SM_CODE_FIELD_TYPE;
}

static bool judge_flags(const struct sm__reading *reading, const struct sm_field *field,
                        const struct sm_json *object)
{
    for (const struct sm_json *flag = object->first; flag != NULL; flag = flag->next) {
        if (flag->type != SM_JSON_BOOL) {
            struct sm__words path = path_of(sm_slice_of(field->name));

            sm__words_add(&path, ".");
            sm__words_add_slice(&path, flag->name);
            sm__reject_node(reading->rejection, SM_CODE_FIELD_TYPE, &path, flag, "true or false");
            return false;
        }
    }
    return true;
}

static bool judge_field(const struct sm__reading *reading, const struct sm_field *field,
                        const struct sm_json *node)
{
    enum sm_rejection_code code;

    if (node->type == SM_JSON_NULL && field->nullable)
        return true;
    code = judge_value(field, node);
    if (code != SM_CODE_NONE)
        return refuse_field(reading, code, field, node);
    return !field->flags || judge_flags(reading, field, node);
}

size_t sm__data_find_field(const struct sm__reading *reading, struct sm_slice name)
{
    size_t i = 0;

    while (i < reading->count && !sm_slice_equal(name, sm_slice_of(reading->fields[i].name)))
        i++;
    return i;
}

static bool judge_members(struct sm__reading *reading, const struct sm_json *data)
{
    const struct sm_json *node = data == NULL ? NULL : data->first;

    for (; node != NULL; node = node->next) {
        size_t index = sm__data_find_field(reading, node->name);

        if (index == reading->count)
            return refuse_unknown(reading, node);
        if (!judge_field(reading, &reading->fields[index], node))
            return false;
        reading->nodes[index] = node;
        reading->order[reading->sent++] = (uint8_t)index;
    }
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->fields[i].required && reading->nodes[i] == NULL)
            return refuse_field(reading, SM_CODE_FIELD_MISSING, &reading->fields[i], NULL);
    }
    return true;
}

bool sm__field_refuse(const struct sm__reading *reading, enum sm_rejection_code code, size_t index,
                      const char *expected)
{
    struct sm__words path = path_of(sm_slice_of(reading->fields[index].name));

    sm__reject_node(reading->rejection, code, &path, reading->nodes[index], expected);
    return false;
}

/* The stream's key is a part of an index row, so it is bounded in bytes too. */
static bool judge_key(const struct sm__reading *reading)
{
    if (reading->event->type != SM_EVENT_FEATURE_CREATED ||
        reading->nodes[SM_CREATED_NAME]->text.size <= SM_KEY_SIZE_MAX)
        return true;
    return sm__field_refuse(reading, SM_CODE_FIELD_LENGTH, SM_CREATED_NAME,
                            "text of at most 255 bytes of UTF-8");
}

/* What fields say together; each was judged alone. */
static bool judge_whole(const struct sm__reading *reading)
{
    enum sm_event_type type = reading->event->type;

    if (type == SM_EVENT_FEATURE_CONFIG_CHANGED)
        return sm__feature_config_check(reading->nodes[SM_FEATURE_CHANGED_FEATURE_TYPE]->text,
                                        reading->nodes[SM_FEATURE_CHANGED_CONFIG],
                                        reading->rejection);
    if (type == SM_EVENT_CLIENT_SCHEDULE_CHANGED || type == SM_EVENT_SCHEDULER_DEFAULTS_CHANGED)
        return sm__schedule_judge(reading);
    if (type == SM_EVENT_BATCH_COMPLETED)
        return sm__batch_judge(reading);
    if (type == SM_EVENT_FEATURE_TYPE_DEFINED && reading->nodes[SM_DEFINED_CONFIG_RULES] != NULL)
        return sm__config_rules_judge(reading->nodes[SM_DEFINED_CONFIG_RULES], reading->rejection);
    return judge_key(reading);
}

bool sm__data_judge(struct sm__reading *reading, const struct sm_json *data)
{
    enum sm_event_type type = reading->event->type;

    if (data != NULL && data->type != SM_JSON_OBJECT) {
        struct sm__words path;

        path.size = 0;
        sm__words_add(&path, "data");
        sm__reject_node(reading->rejection, SM_CODE_FIELD_TYPE, &path, data, "an object");
        return false;
    }
    if (!judge_members(reading, data))
        return false;
    if (sm__data_is_patch(type) && reading->sent == 0) {
        sm_reject(reading->rejection, SM_CODE_DATA_EMPTY, "data", SM_SLICE_NONE,
                  "%s names no field to change", sm_event_type_name(type));
        return false;
    }
    return judge_whole(reading);
}
