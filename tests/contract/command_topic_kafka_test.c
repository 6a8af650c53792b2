/* The command topic's suite on a real broker, and what only a broker can do. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/command_topic_suite.h"
#include "contract/kafka_rig.h"
#include "kafka/command_topic.h"

#define TIMEOUT_MS 20000

static struct kafka_rig rig;

static struct sm_command_topic *open_with(int timeout_ms)
{
    const struct sm_kafka_command_options options = {.client = {rig.brokers, NULL, 0},
                                                     .topic = rig.topics[SM_TOPIC_CONFIG],
                                                     .transactional_id = rig.group,
                                                     .timeout_ms = timeout_ms};
    struct sm_command_topic *topic = NULL;
    struct sm_err err = {0};

    if (sm_kafka_command_topic_open(&options, &topic, &err) != SM_OK)
        fail_msg("%s", err.text);
    return topic;
}

static void reset(void *context)
{
    (void)context;
    rig.rig.reset(&rig, 3);
}

static struct sm_command_topic *open_topic(void *context)
{
    (void)context;
    return open_with(TIMEOUT_MS);
}

static void intrude(void *context, int32_t partition, const struct sm_command_row *row)
{
    char id[SM_UUID_TEXT_SIZE + 1], client[SM_UUID_TEXT_SIZE + 1], sequence[24];
    struct sm_header headers[SM_COMMAND_HEADERS] = {{.name = SM_SLICE(SM_COMMAND_HEADER_ID)},
                                                    {.name = SM_SLICE(SM_COMMAND_HEADER_CLIENT)},
                                                    {.name = SM_SLICE(SM_COMMAND_HEADER_SEQUENCE)}};
    struct sm_record record = {
        .timestamp_us = 1600000000000000, .key = SM_SLICE("k"), .value = SM_SLICE("v")};

    (void)context;
    if (row != NULL) {
        sm_uuid_format(&row->command_id, id);
        sm_uuid_format(&row->client_id, client);
        (void)snprintf(sequence, sizeof(sequence), "%" PRId64, row->sequence);
        headers[0].value = sm_slice_of(id);
        headers[1].value = sm_slice_of(client);
        headers[2].value = sm_slice_of(sequence);
        record.headers = headers;
        record.header_count = SM_COMMAND_HEADERS;
    }
    rig.rig.produce(&rig, (struct sm_partition_id){SM_TOPIC_CONFIG, partition}, &record, 1);
}

/* ---- what only a broker can do ---- */

static enum sm_status count_one(void *context, const struct sm_command_place *place,
                                struct sm_err *err)
{
    (void)place;
    (void)err;
    ++*(size_t *)context;
    return SM_OK;
}

static void count_foreign(void *context, int32_t partition, int64_t offset)
{
    (void)partition;
    (void)offset;
    ++*(size_t *)context;
}

/* Commands behind the stranger's records are committed, and the first end of the partition that is
 * heard of lies before them. */
static void a_scan_does_not_end_at_a_strangers_open_transaction(void **state)
{
    const struct sm_partition_id id = {SM_TOPIC_CONFIG, 0};
    struct sm_command_topic *topic;
    size_t count = 0;
    const struct sm_command_sink sink = {&count, count_one, count_foreign};
    struct sm_command_scan scan = {.partition = 0, .from = -1};
    struct sm_err err = {0};

    (void)state;
    reset(NULL);
    kafka_rig_begin(&rig, id, 2);
    intrude(NULL, 0, NULL);
    topic = open_with(2000);
    assert_int_equal(topic->ops->fence(topic, &err), SM_OK);
    assert_int_equal(topic->ops->scan(topic, &scan, &sink, &err), SM_RETRY);
    kafka_rig_end(&rig, false);
    topic->ops->close(topic);
    topic = open_with(TIMEOUT_MS);
    assert_int_equal(topic->ops->fence(topic, &err), SM_OK);
    count = 0;
    assert_int_equal(topic->ops->scan(topic, &scan, &sink, &err), SM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(scan.next_offset, 4); /* two aborted, one committed, one mark */
    topic->ops->close(topic);
}

/* 2 MB, where the broker takes 1: known only from its answer, or from the library's limit. */
static void what_the_broker_never_takes_is_rejected(void **state)
{
    static char large[2000000];
    struct sm_command_topic *topic;
    struct sm_command_row row = {.client_id = {{1}},
                                 .command_id = {{2}},
                                 .sequence = 1,
                                 .organization_id = SM_SLICE("o"),
                                 .value = {(const uint8_t *)large, sizeof(large)}};
    struct sm_command_place place;
    struct sm_err err = {0};

    (void)state;
    reset(NULL);
    topic = open_with(TIMEOUT_MS);
    assert_int_equal(topic->ops->fence(topic, &err), SM_OK);
    assert_int_equal(topic->ops->publish(topic, &row, 1, &place, &err), SM_REJECT);
    topic->ops->close(topic);
    /* Nothing is in the way of the next one. */
    topic = open_with(TIMEOUT_MS);
    row.value = SM_SLICE("small");
    assert_int_equal(topic->ops->fence(topic, &err), SM_OK);
    assert_int_equal(topic->ops->publish(topic, &row, 1, &place, &err), SM_OK);
    topic->ops->close(topic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_does_not_end_at_a_strangers_open_transaction),
        cmocka_unit_test(what_the_broker_never_takes_is_rejected),
    };
    const struct command_topic_rig suite = {&rig, reset, open_topic, intrude};
    int failed;

    kafka_rig_open(&rig);
    failed = command_topic_suite_run(&suite);
    failed += cmocka_run_group_tests_name("command_topic_kafka", tests, NULL, NULL);
    kafka_rig_close(&rig);
    return failed;
}
