/* One line of `emit`: fill in what is missing, then judge it as `run` would. */
#include "cli/emit_line.h"

/* What belongs to no client. */
#define NIL_SUBJECT "00000000-0000-0000-0000-000000000000"

/* What the decoder says always suffices for a value of the greatest size. */
#define ARENA_SIZE (16u << 20)

bool sm__emit_line_init(struct sm__emit_line *line, bool avro)
{
    memset(line, 0, sizeof(*line));
    sm_buf_init(&line->value, SM_VALUE_SIZE_MAX);
    sm_buf_init(&line->encoded, SM_VALUE_SIZE_MAX);
    line->encoder = avro ? sm_avro_encoder_create() : NULL;
    if (sm_arena_init(&line->arena, ARENA_SIZE) && sm_arena_init(&line->scratch, ARENA_SIZE) &&
        (line->encoder != NULL || !avro))
        return true;
    sm__emit_line_deinit(line);
    return false;
}

void sm__emit_line_deinit(struct sm__emit_line *line)
{
    sm_buf_deinit(&line->value);
    sm_buf_deinit(&line->encoded);
    sm_avro_encoder_destroy(line->encoder);
    sm_arena_deinit(&line->arena);
    sm_arena_deinit(&line->scratch);
}

static void fill(struct sm_buf *value, const struct sm_json *event, const char *name,
                 const char *text)
{
    if (text == NULL || sm_json_member(event, name) != NULL)
        return;
    sm_json_append_string(sm_slice_of(name), value);
    sm_buf_append_byte(value, ':');
    sm_json_append_string(sm_slice_of(text), value);
    sm_buf_append_byte(value, ',');
}

static bool is_global(const struct sm_json *event)
{
    const struct sm_json *type = sm_json_member(event, "type");
    enum sm_event_type found;

    return type != NULL && type->type == SM_JSON_STRING &&
           sm_event_type_find(type->text, &found) && sm_event_type_is_global(found);
}

/* `text` is a valid JSON object, so its first brace opens it. */
static void splice(struct sm_buf *value, struct sm_slice text, const struct sm_json *event,
                   const struct sm__emit_defaults *defaults)
{
    const uint8_t *brace = memchr(text.data, '{', text.size);
    size_t before = (size_t)(brace - text.data) + 1;
    char id[SM_UUID_TEXT_SIZE + 1], time[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_uuid_format(&defaults->id, id);
    sm_timestamp_format(defaults->time_us, time);
    sm_buf_append(value, text.data, before);
    fill(value, event, "specversion", "1.0");
    fill(value, event, "id", id);
    fill(value, event, "time", time);
    fill(value, event, "source", defaults->source);
    fill(value, event, "actor", defaults->actor);
    if (is_global(event))
        fill(value, event, "subject", NIL_SUBJECT);
    /* An object without members has no place for the last comma. */
    if (event->count == 0 && value->size > before)
        value->data[--value->size] = '\0';
    sm_buf_append(value, text.data + before, text.size - before);
}

/* Where the event goes, as far as it says; what it does not say the decoder then refuses. */
static void address(const struct sm_json *event, struct sm__emit_event *out)
{
    const struct sm_json *subject = sm_json_member(event, "subject");
    const struct sm_json *type = sm_json_member(event, "type");
    enum sm_event_type found;
    struct sm_uuid client;

    out->topic = SM_TOPIC_CONFIG;
    if (type != NULL && type->type == SM_JSON_STRING && sm_event_type_find(type->text, &found))
        out->topic = sm_event_type_topic(found);
    out->key[0] = '\0';
    if (subject != NULL && subject->type == SM_JSON_STRING && sm_uuid_parse(subject->text, &client))
        sm_uuid_format(&client, out->key);
    else if (subject == NULL && is_global(event))
        (void)snprintf(out->key, sizeof(out->key), "%s", NIL_SUBJECT);
}

/* What is too large in JSON is refused before: this is the bound that comes after. */
static enum sm_status too_large(struct sm_rejection *rejection, unsigned size, const char *what)
{
    sm_reject(rejection, SM_CODE_VALUE_TOO_LARGE, "", SM_SLICE_NONE,
              "the event does not fit into %u bytes once it is %s", size, what);
    return SM_REJECT;
}

enum sm_status sm__emit_line_encode(struct sm__emit_line *line, enum sm_frame_kind kind,
                                    uint32_t schema_id, struct sm__emit_event *out,
                                    struct sm_rejection *rejection)
{
    sm_buf_reset(&line->encoded);
    if (sm_avro_event_encode(line->encoder, &line->event, kind, schema_id, &line->scratch,
                             &line->encoded) != SM_OK)
        return too_large(rejection, SM_VALUE_SIZE_MAX, "encoded");
    out->value = sm_buf_view(&line->encoded);
    return SM_OK;
}

static enum sm_status judge(struct sm__emit_line *line, int64_t now_us, struct sm__emit_event *out,
                            struct sm_rejection *rejection)
{
    struct sm_record record = {.topic = out->topic,
                               .timestamp_us = now_us,
                               .value = out->value,
                               .key = sm_slice_of(out->key)};
    struct sm_event_known known;
    enum sm_status status = sm_cloudevents_decode(&record, &line->arena, &line->scratch,
                                                  &line->event, &known, rejection);

    if (status == SM_LIMIT)
        return too_large(rejection, ARENA_SIZE, "decoded");
    out->id = line->event.id;
    return status;
}

static enum sm_status read_object(struct sm__emit_line *line, struct sm_slice text,
                                  struct sm_json **out, struct sm_rejection *rejection)
{
    struct sm_json_fault fault = {.reason = "too large"};
    enum sm_status status = sm_json_read(text, &line->scratch, out, &fault);

    if (status != SM_OK) {
        sm_reject(rejection, SM_CODE_JSON_INVALID, "", text, "%s at byte %zu of the line",
                  fault.reason, fault.offset + 1);
        return SM_REJECT;
    }
    if ((*out)->type != SM_JSON_OBJECT) {
        sm_reject(rejection, SM_CODE_FORMAT_UNKNOWN, "", text, "the line is JSON, but no object");
        return SM_REJECT;
    }
    return SM_OK;
}

enum sm_status sm__emit_line_prepare(struct sm__emit_line *line, struct sm_slice text,
                                     const struct sm__emit_defaults *defaults,
                                     struct sm__emit_event *out, struct sm_rejection *rejection)
{
    struct sm_json *event;

    sm_arena_reset(&line->arena);
    sm_arena_reset(&line->scratch);
    sm_buf_reset(&line->value);
    if (read_object(line, text, &event, rejection) != SM_OK)
        return SM_REJECT;
    address(event, out);
    splice(&line->value, text, event, defaults);
    sm_arena_reset(&line->scratch);
    if (sm_buf_failed(&line->value)) {
        sm_reject(rejection, SM_CODE_VALUE_TOO_LARGE, "", SM_SLICE_NONE,
                  "the event has more than %d bytes", SM_VALUE_SIZE_MAX);
        return SM_REJECT;
    }
    out->value = sm_buf_view(&line->value);
    return judge(line, defaults->time_us, out, rejection);
}
