/* Reading back data that was admitted before, by whatever rules were in force then. */
#include "domain/data.h"

#include "domain/domain_priv.h"

static bool replay_value(struct sm_value *value, const struct sm_field *field,
                         const struct sm_json *node, struct sm_arena *arena)
{
    static const enum sm_json_type types[] = {
        [SM_VALUE_ABSENT] = SM_JSON_NULL,    [SM_VALUE_NULL] = SM_JSON_NULL,
        [SM_VALUE_BOOL] = SM_JSON_BOOL,      [SM_VALUE_INTEGER] = SM_JSON_NUMBER,
        [SM_VALUE_TIME] = SM_JSON_STRING,    [SM_VALUE_TEXT] = SM_JSON_STRING,
        [SM_VALUE_JSON] = SM_JSON_OBJECT,    [SM_VALUE_LIST] = SM_JSON_ARRAY,
    };

    if (node->type == SM_JSON_NULL) {
        value->type = SM_VALUE_NULL;
        return true;
    }
    if (node->type != types[field->type])
        return false;
    value->type = field->type;
    value->text = node->text;
    value->boolean = node->boolean;
    if (field->type == SM_VALUE_INTEGER)
        return sm_json_integer(node, &value->integer);
    if (field->type == SM_VALUE_TIME)
        return sm_timestamp_parse(node->text, &value->integer);
    if (field->type == SM_VALUE_JSON || field->type == SM_VALUE_LIST)
        return sm_json_canonical(node, arena, &value->text) == SM_OK;
    return true;
}

bool sm_event_replay_data(struct sm_event *event, struct sm_slice data, struct sm_arena *arena)
{
    struct sm__reading reading = { .event = event };
    struct sm_json_fault fault;
    struct sm_json *root;

    reading.fields = sm_event_fields(event->type, &reading.count);
    memset(event->values, 0, sizeof(event->values));
    event->key = SM_SLICE("");
    event->data = data;
    if (sm_json_read(data, arena, &root, &fault) != SM_OK || root->type != SM_JSON_OBJECT)
        return false;
    for (const struct sm_json *node = root->first; node != NULL; node = node->next) {
        size_t index = sm__data_find_field(&reading, node->name);

        if (index < reading.count &&
            !replay_value(&event->values[index], &reading.fields[index], node, arena))
            return false;
    }
    event->key = sm__data_key(event);
    return true;
}
