/* Golden messages (schemas/fixtures, encoded by fastavro): each gives the event that its JSON
 * gives, and so do the bytes that our encoder writes of it, in which JSON is canonical. */
#include <stdio.h>

#include "support/avro_text.h"
#include "unit/codec/avro_event_fixture.h"

static void check_line(enum sm_topic topic, bool latest, char *line)
{
    char *rest = line;
    const char *format = strsep(&rest, "\t"), *hex = strsep(&rest, "\t");
    bool confluent = strcmp(format, "confluent") == 0;
    struct sm_record record = { .topic = topic, .value = sm_slice_of(rest) };
    struct outcome from_json, from_avro;
    struct sm_buf golden;
    char key[SM_UUID_TEXT_SIZE + 1];

    sm_buf_init(&golden, 1 << 20);
    sm_arena_reset(&arena);
    avro_text_unhex(hex, &golden);
    decode_json(&record, &from_json); /* for its client, which is the key */
    sm_uuid_format(&from_json.event.client_id, key);
    record.key = sm_slice_of(key);
    decode_json(&record, &from_json);
    record.value = sm_buf_view(&golden);
    decode_avro(&record, latest, &from_avro);
    assert_same_event(&from_json, &from_avro);
    encode(&from_json.event, confluent ? SM_FRAME_CONFLUENT : SM_FRAME_SINGLE_OBJECT);
    /* Our encoder writes the latest version, whose fingerprint follows the two bytes. */
    assert_memory_equal(bytes.data, golden.data, confluent ? 5 : latest ? 10 : 2);
    record.value = sm_buf_view(&bytes);
    decode_avro(&record, true, &from_avro);
    assert_same_event(&from_json, &from_avro);
    sm_buf_deinit(&golden);
}

static unsigned check_file(enum sm_topic topic, bool latest, const char *name)
{
    unsigned lines = 0;
    char path[4096], *line = NULL;
    size_t capacity = 0;
    FILE *file;

    (void)snprintf(path, sizeof(path), SM_FIXTURES "/%s", name);
    file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    while (getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        check_line(topic, latest, line);
        lines++;
    }
    free(line);
    (void)fclose(file);
    return lines;
}

static void golden_messages_mean_their_json(void **state)
{
    (void)state;
    /* At least one of each type and format; of a later version, of what it added. */
    assert_true(check_file(SM_TOPIC_CONFIG, false, "ConfigEvent.v1.tsv") >= 2 * 16);
    assert_true(check_file(SM_TOPIC_PROCESSING, false, "ProcessingEvent.v1.tsv") >= 2 * 8);
    assert_true(check_file(SM_TOPIC_CONFIG, true, "ConfigEvent.v2.tsv") >= 2 * 4);
    assert_true(check_file(SM_TOPIC_PROCESSING, true, "ProcessingEvent.v2.tsv") >= 2 * 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_mean_their_json),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
