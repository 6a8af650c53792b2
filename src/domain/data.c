/* Reading the data of an event: first everything is judged, then what was sent is written down in
 * canonical form. */
#include "domain/data.h"

#include "domain/domain_priv.h"

/* `name` is the field's; "" means the data as a whole. */
static enum sm_status refuse_size(const struct sm__reading *reading, const char *name)
{
    struct sm__words path;

    path.size = 0;
    sm__words_add(&path, name[0] == '\0' ? "data" : "data.");
    sm__words_add(&path, name);
    sm_reject(reading->rejection, SM_CODE_VALUE_TOO_LARGE, path.text, SM_SLICE_NONE,
              "%s is too large; expected at most %d bytes with its numbers written out", path.text,
              SM_VALUE_SIZE_MAX);
    return SM_REJECT;
}

/* The canonical text of one value. Few bytes can stand for very many (1e131071), so the writer gets
 * a window of the arena no larger than what may be kept: that ends such a number early, and tells
 * an endless value from a full arena. (Alignment costs the window fewer bytes than the names around
 * the value take, so it refuses nothing that would have fitted.) */
static enum sm_status write_value(const struct sm__reading *reading, const struct sm_json *node,
                                  const char *name, struct sm_slice *out)
{
    struct sm_arena *arena = reading->arena;
    struct sm_arena window = *arena;
    bool narrowed = sm_arena_free_size(arena) > SM_VALUE_SIZE_MAX;
    enum sm_status status;

    if (narrowed)
        window.capacity = arena->used + SM_VALUE_SIZE_MAX;
    status = sm_json_canonical(node, &window, out);
    if (status != SM_OK)
        return status == SM_LIMIT && narrowed ? refuse_size(reading, name) : status;
    window.capacity = arena->capacity;
    *arena = window;
    return SM_OK;
}

/* Numbers and times have more than one spelling; the canonical text is the shortest integer, and
 * the time in UTC. */
static bool fill_scalar(struct sm_value *value, const struct sm_json *node, struct sm_slice *text,
                        struct sm_arena *arena)
{
    char time[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (value->type == SM_VALUE_BOOL) {
        value->boolean = node->boolean;
        return true;
    }
    if (value->type == SM_VALUE_INTEGER)
        return sm_json_integer(node, &value->integer) &&
               sm__integer_text(value->integer, arena, text);
    if (!sm_timestamp_parse(node->text, &value->integer))
        return false;
    sm_timestamp_format(value->integer, time);
    return sm__string_text(sm_slice_of(time), arena, text);
}

/* Elements of lists are integers, all different and of a small range, so the text is short. Written
 * like 1.0 one would be a number to jsonb, but none that PostgreSQL takes for an integer. */
static bool fill_list(struct sm_value *value, const struct sm_json *node, struct sm_slice *text,
                      struct sm_arena *arena)
{
    struct sm__words list;

    list.size = 0;
    for (const struct sm_json *item = node->first; item != NULL; item = item->next) {
        int64_t number = 0;

        (void)sm_json_integer(item, &number);
        sm__words_add(&list, item == node->first ? "[" : ", ");
        sm__words_add_number(&list, (uint64_t)number);
    }
    sm__words_add(&list, "]");
    SM_ASSERT(list.size < sizeof(list.text) - 1);
    if (!sm_arena_copy(arena, (struct sm_slice){ (const uint8_t *)list.text, list.size }, text))
        return false;
    value->text = *text;
    return true;
}

/* Fills `value` with what `node` says; `text` is its canonical form. */
static bool fill(struct sm_value *value, const struct sm_field *field, const struct sm_json *node,
                 struct sm_slice *canonical, struct sm_arena *arena)
{
    struct sm_slice text = *canonical;

    value->type = node->type == SM_JSON_NULL ? SM_VALUE_NULL : field->type;
    switch (value->type) {
    case SM_VALUE_BOOL:
    case SM_VALUE_INTEGER:
    case SM_VALUE_TIME:
        return fill_scalar(value, node, canonical, arena);
    case SM_VALUE_LIST:
        return fill_list(value, node, canonical, arena);
    case SM_VALUE_JSON:
        value->text = text;
        return true;
    case SM_VALUE_TEXT:
        break;
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        return true;
    }
    /* Without escapes the text stands between the quotes already. */
    value->text = (struct sm_slice){ text.data + 1, node->text.size };
    return text.size == node->text.size + 2 || sm_arena_copy(arena, node->text, &value->text);
}

static bool is_default(const struct sm__reading *reading, const struct sm_field *field,
                       const struct sm_value *value, struct sm_slice canonical)
{
    if (value->type == SM_VALUE_NULL)
        return !sm__data_is_patch(reading->event->type);
    return field->fallback != NULL &&
           sm_slice_equal(value->type == SM_VALUE_TEXT ? value->text : canonical,
                          sm_slice_of(field->fallback));
}

static enum sm_status write_down(struct sm__reading *reading)
{
    struct sm_event *event = reading->event;
    struct sm__member members[SM_VALUES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < reading->sent; i++) {
        const struct sm_field *field = &reading->fields[reading->order[i]];
        const struct sm_json *node = reading->nodes[reading->order[i]];
        struct sm_value *value = &event->values[reading->order[i]];
        struct sm__member *member = &members[count];
        enum sm_status status = write_value(reading, node, field->name, &member->text);

        if (status != SM_OK)
            return status;
        if (!fill(value, field, node, &member->text, reading->arena))
            return SM_LIMIT;
        if (is_default(reading, field, value, member->text)) {
            *value = (struct sm_value){ .type = SM_VALUE_ABSENT };
            continue;
        }
        member->name = sm_slice_of(field->name);
        count++;
    }
    if (!sm__object_join(members, count, reading->arena, &event->data))
        return SM_LIMIT;
    return event->data.size > SM_VALUE_SIZE_MAX ? refuse_size(reading, "") : SM_OK;
}

/* Where a kind's streams have keys, the key is the first field of all its types. */
static bool has_key(enum sm_kind kind)
{
    _Static_assert((int)SM_FEATURE_CHANGED_FEATURE_TYPE == 0 &&
                       (int)SM_FEATURE_DEACTIVATED_FEATURE_TYPE == 0 && (int)SM_DEFINED_CODE == 0 &&
                       (int)SM_BATCH_STARTED_BATCH_ID == 0 &&
                       (int)SM_BATCH_COMPLETED_BATCH_ID == 0 &&
                       (int)SM_BATCH_FAILED_BATCH_ID == 0 && (int)SM_CREATED_NAME == 0,
                   "keys come first");
    return kind == SM_KIND_FEATURE_CONFIG || kind == SM_KIND_DATA_TYPE ||
           kind == SM_KIND_FEATURE_TYPE || kind == SM_KIND_BATCH || kind == SM_KIND_FEATURE;
}

struct sm_slice sm__data_key(const struct sm_event *event)
{
    const struct sm_value *key = &event->values[0];

    return has_key(sm_event_type_kind(event->type)) && key->type == SM_VALUE_TEXT ? key->text
                                                                                  : SM_SLICE("");
}

enum sm_status sm_event_read_data(struct sm_event *event, const struct sm_json *data,
                                  struct sm_arena *arena, struct sm_rejection *rejection)
{
    struct sm__reading reading = { .event = event, .arena = arena, .rejection = rejection };
    enum sm_status status;

    reading.fields = sm_event_fields(event->type, &reading.count);
    memset(event->values, 0, sizeof(event->values)); /* all SM_VALUE_ABSENT */
    if (data != NULL && data->type == SM_JSON_NULL)
        data = NULL;
    if (!sm__data_judge(&reading, data))
        return SM_REJECT;
    status = write_down(&reading);
    if (status == SM_OK)
        event->key = sm__data_key(event);
    return status;
}
