/* Writes a record down as a producer would: CloudEvents 1.0 JSON, structured or binary, in one of
 * many ways that all mean the same, and with the one defect that was drawn. */
#include "base/buf.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "sim/history.h"
#include "sim/pool.h"

enum { MEMBERS_MAX = 16, TEXT_SIZE = 96, HEADERS_MAX = MEMBERS_MAX + 1, VALUE_MAX = 1 << 16 };

struct member {
    const char *name;
    char text[TEXT_SIZE]; /* as a header says it */
    const char *json; /* as JSON says it; NULL: `text` in quotes, or bare if `bare` */
    bool bare;
};
struct writer {
    const struct sim_record *record;
    struct sim_random *random;
    struct member members[MEMBERS_MAX]; /* attributes, or fields of data */
    size_t count;
    struct sm_buf value;
};

static bool coin(struct writer *writer)
{
    return sim_random_chance(writer->random, 500);
}

static struct member *add(struct writer *writer, const char *name, const char *text)
{
    struct member *member = &writer->members[writer->count++];

    *member = (struct member){.name = name};
    snprintf(member->text, sizeof(member->text), "%s", text);
    return member;
}

static void add_json(struct writer *writer, const char *name, const char *text, const char *json)
{
    add(writer, name, text)->json = json;
}

/* ---- data ---- */

static void add_text(struct writer *writer, const char *name, const struct sim_text *text)
{
    add_json(writer, name, "", text->written != NULL && coin(writer) ? text->written : text->json);
}

/* Null counts as not sent where it does not clear anything. */
static bool may_be_null(const struct sim_content *content, int field)
{
    return (content->type == SIM_REGISTERED && (field == SIM_F_EMAIL || field == SIM_F_PHONE)) ||
           (content->type == SIM_LOGGED && field == SIM_F_ERROR);
}

static void add_field(struct writer *writer, int field)
{
    const struct sim_content *content = &writer->record->content;
    const struct sim_field_info *info = sim_field_info(field);
    int number = content->field[field], otherwise = sim_field_default(content->type, field);

    if (number == SIM_NULL)
        add_json(writer, info->name, "", "null");
    else if (number != 0)
        add_text(writer, info->name, sim_pool_text(info->pool, number));
    else if (otherwise != 0 && coin(writer)) /* a default may be sent or not */
        add_text(writer, info->name, sim_pool_text(info->pool, otherwise));
    else if (may_be_null(content, field) && coin(writer))
        add_json(writer, info->name, "", "null");
}

/* A JSON string that is longer than any field may be. */
static const char *long_text(const char *letters)
{
    static char text[4096];
    bool wide = strcmp(letters, "wide") == 0; /* 200 letters of two bytes each */
    size_t size = wide ? 400 : (size_t)strtoul(letters, NULL, 10);

    for (size_t i = 0; i < size; i++)
        text[1 + i] = wide ? (i % 2 == 0 ? '\xd0' : '\xb0') : 'x';
    text[0] = text[size + 1] = '"';
    text[size + 2] = '\0';
    return text;
}

static void spoil_field(struct writer *writer, const struct sim_defect_info *defect)
{
    const char *json = defect->json;
    size_t at = 0;

    if (defect->field == NULL)
        return;
    if (json != NULL && strncmp(json, "long:", 5) == 0)
        json = long_text(json + 5);
    while (at < writer->count && strcmp(writer->members[at].name, defect->field) != 0)
        at++;
    if (json == NULL)
        writer->members[at] = writer->members[--writer->count];
    else if (at < writer->count)
        writer->members[at].json = json;
    else
        add_json(writer, defect->field, "", json);
}

static void add_data(struct writer *writer)
{
    if (writer->record->defect == SIM_NOTHING_UPDATED)
        return;
    for (int field = 1; field < SIM_FIELD_COUNT; field++)
        add_field(writer, field);
    spoil_field(writer, sim_defect_info(writer->record->defect));
}

/* ---- attributes ---- */

static void time_text(struct writer *writer, int64_t time_us, char out[TEXT_SIZE])
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (coin(writer)) {
        sm_timestamp_format(time_us, text);
        snprintf(out, TEXT_SIZE, "%s", text);
        return;
    }
    /* The same moment, two hours east; a fraction that is nothing may be left out. */
    sm_timestamp_format(time_us + INT64_C(7200000000), text);
    if (time_us % 1000000 == 0 && coin(writer))
        snprintf(out, TEXT_SIZE, "%.19s+02:00", text);
    else
        snprintf(out, TEXT_SIZE, "%.26s+02:00", text);
}

static void add_optional(struct writer *writer, const char *name, enum sim_pool pool, int number)
{
    const struct sim_text *text = sim_pool_text(pool, number);

    if (number != 0)
        add_json(writer, name, text->text, text->json);
}

static struct sm_uuid subject(const struct sim_record *record)
{
    int client = record->content.client;

    if (record->defect == SIM_NIL_SUBJECT)
        client = SIM_NIL_CLIENT;
    else if (record->defect == SIM_OWN_SUBJECT)
        client = 0;
    return sim_client_uuid(client);
}

static void add_required(struct writer *writer)
{
    const struct sim_content *content = &writer->record->content;
    enum sim_defect defect = writer->record->defect;
    struct sm_uuid client = subject(writer->record), id = sim_event_uuid(content->id);
    char text[TEXT_SIZE];

    add(writer, "specversion", defect == SIM_BAD_SPECVERSION ? "0.3" : "1.0");
    sm_uuid_format(&id, text);
    if (defect != SIM_NO_ID)
        add(writer, "id", defect == SIM_BAD_ID ? "not-a-uuid" : text);
    if (defect != SIM_NO_SOURCE)
        add(writer, "source", sim_pool_text(SIM_POOL_SOURCE, content->source)->text);
    if (defect != SIM_NO_TYPE)
        add(writer, "type",
            defect == SIM_BAD_TYPE ? "client.vanished" : sim_type_info(content->type)->name);
    sm_uuid_format(&client, text);
    if (defect != SIM_NO_SUBJECT)
        add(writer, "subject", text);
    time_text(writer, content->time_us, text);
    if (defect != SIM_NO_TIME)
        add(writer, "time", defect == SIM_BAD_TIME ? "yesterday" : text);
}

static void add_attributes(struct writer *writer)
{
    const struct sim_content *content = &writer->record->content;
    char text[TEXT_SIZE];

    add_required(writer);
    add_optional(writer, "actor", SIM_POOL_ACTOR, content->actor);
    add_optional(writer, "correlationid", SIM_POOL_CORRELATION, content->correlation);
    add_optional(writer, "causationid", SIM_POOL_CORRELATION, content->causation);
    if (content->expected_version >= 0) {
        snprintf(text, sizeof(text), "%d", content->expected_version);
        add(writer, "expectedversion", text)->bare = true;
    }
    if (sim_random_chance(writer->random, 100)) /* no part of the content */
        add(writer, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

/* ---- bytes ---- */

static void shuffle(struct writer *writer)
{
    for (size_t i = writer->count; i > 1; i--) {
        size_t other = sim_random_below(writer->random, i);
        struct member moved = writer->members[i - 1];

        writer->members[i - 1] = writer->members[other];
        writer->members[other] = moved;
    }
}

static void put_members(struct writer *writer)
{
    const char *space = coin(writer) ? " " : "";

    shuffle(writer);
    for (size_t i = 0; i < writer->count; i++) {
        const struct member *member = &writer->members[i];

        sm_buf_printf(&writer->value, "%s\"%s\":%s", i == 0 ? "" : ",", member->name, space);
        if (member->json != NULL)
            sm_buf_append_text(&writer->value, member->json);
        else
            sm_buf_printf(&writer->value, member->bare ? "%s" : "\"%s\"", member->text);
    }
}

static void put_data(struct writer *writer)
{
    writer->count = 0;
    add_data(writer);
    sm_buf_append_byte(&writer->value, '{');
    put_members(writer);
    if (writer->record->defect == SIM_NUL_CHARACTER)
        sm_buf_printf(&writer->value, "%s\"note\":\"a\\u0000b\"", writer->count == 0 ? "" : ",");
    sm_buf_append_byte(&writer->value, '}');
}

static void put_structured(struct writer *writer)
{
    add_attributes(writer);
    sm_buf_append_byte(&writer->value, '{');
    put_members(writer);
    sm_buf_append_text(&writer->value, ",\"data\":");
    put_data(writer);
    sm_buf_append_byte(&writer->value, '}');
}

static struct sm_slice keep_text(struct memory_broker *broker, const char *text)
{
    return sim_heap_keep(&broker->heap, sm_slice_of(text));
}

static size_t put_binary(struct writer *writer, struct memory_broker *broker,
                         struct sm_header *headers)
{
    size_t count = 0;
    char name[TEXT_SIZE];

    add_attributes(writer);
    shuffle(writer);
    for (size_t i = 0; i < writer->count; i++) {
        snprintf(name, sizeof(name), "ce_%s", writer->members[i].name);
        headers[count++] =
            (struct sm_header){keep_text(broker, name), keep_text(broker, writer->members[i].text)};
    }
    if (coin(writer))
        headers[count++] =
            (struct sm_header){SM_SLICE("content-type"), SM_SLICE("application/json")};
    put_data(writer);
    return count;
}

static void spoil(struct writer *writer)
{
    if (writer->record->defect == SIM_GARBAGE) {
        sm_buf_reset(&writer->value);
        sm_buf_append_text(&writer->value, "hello");
    } else if (writer->record->defect == SIM_TRUNCATED) {
        writer->value.size /= 2;
    }
}

void sim_history_send(const struct sim_history *history, size_t index, struct memory_broker *broker,
                      struct sim_random *random)
{
    const struct sim_record *record = &history->records[index];
    struct memory_message message = {
        .control = record->control, .timestamp_us = record->timestamp_us, .tag = (uint32_t)index};
    struct writer writer = {.record = record, .random = random};
    struct sm_header headers[HEADERS_MAX];
    struct sm_uuid key = record->defect == SIM_OTHER_KEY
                             ? sim_client_uuid((record->content.client + 1) % SIM_CLIENTS_MAX)
                             : subject(record);
    char key_text[SM_UUID_TEXT_SIZE + 1];
    bool binary = record->defect != SIM_GARBAGE && coin(&writer);

    sm_buf_init(&writer.value, VALUE_MAX);
    sm_uuid_format(&key, key_text);
    message.key = sm_slice_of(key_text);
    if (binary)
        message.header_count = put_binary(&writer, broker, headers);
    else
        put_structured(&writer);
    message.headers = headers;
    spoil(&writer);
    if (record->defect != SIM_NULL_VALUE)
        message.value = sm_buf_view(&writer.value);
    memory_broker_append(broker, record->id, &message);
    sm_buf_deinit(&writer.value);
}
