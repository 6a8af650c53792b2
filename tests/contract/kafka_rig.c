#include "contract/kafka_rig.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TIMEOUT_MS 20000

int64_t monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t process_cpu_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

size_t resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long total = 0, resident = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &total, &resident), 2);
    (void)fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

/* ---- the broker ---- */

static void run_stack(struct kafka_rig *rig, const char *arguments, char *out, size_t size)
{
    char command[512];
    FILE *pipe;
    size_t read;

    (void)snprintf(command, sizeof(command), "%s/scripts/stack %s --dir %s 2>&1", SM_SOURCE_DIR,
                   arguments, rig->folder);
    pipe = popen(command, "r");
    if (pipe == NULL)
        abort();
    read = fread(out, 1, size - 1, pipe);
    out[read] = '\0';
    if (pclose(pipe) != 0) {
        (void)fprintf(stderr, "%s failed: %s\n", command, out);
        exit(EXIT_FAILURE);
    }
}

void kafka_rig_stack(struct kafka_rig *rig, const char *command)
{
    char arguments[64], out[4096];

    (void)snprintf(arguments, sizeof(arguments), "%s kafka%s", command,
                   strcmp(command, "up") == 0 ? " --small" : "");
    run_stack(rig, arguments, out, sizeof(out));
}

/* Ends the broker when this program is gone, however it went: a process of its own, nobody's child
 * and of no group, waits for the other end of a pipe to close. */
static void guard_broker(const struct kafka_rig *rig)
{
    char command[512];
    int ends[2];
    pid_t child;

    (void)snprintf(command, sizeof(command),
                   "exec >/dev/null 2>&1; read line; exec %s/scripts/stack destroy --dir %s",
                   SM_SOURCE_DIR, rig->folder);
    if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0)
        abort();
    if (child == 0) {
        if (setsid() < 0 || fork() != 0)
            _exit(0);
        (void)dup2(ends[0], STDIN_FILENO);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(1);
    }
    (void)waitpid(child, NULL, 0);
    (void)close(ends[0]); /* the other one stays open as long as we live */
}

static void start_broker(struct kafka_rig *rig)
{
    const char *folder = getenv("SECRETMAGIC_TEST_STACK");
    char out[4096];
    const char *found;

    rig->ours = folder == NULL;
    if (rig->ours)
        (void)snprintf(rig->folder, sizeof(rig->folder), "/tmp/secretmagic-test-kafka-%ld",
                       (long)getpid());
    else
        (void)snprintf(rig->folder, sizeof(rig->folder), "%s", folder);
    if (rig->ours)
        guard_broker(rig);
    kafka_rig_stack(rig, "up");
    run_stack(rig, "env kafka", out, sizeof(out));
    found = strstr(out, "SECRETMAGIC_BROKERS=");
    if (found == NULL || sscanf(found, "SECRETMAGIC_BROKERS=%63s", rig->brokers) != 1)
        abort();
}

/* ---- topics ---- */

static rd_kafka_event_t *await(rd_kafka_queue_t *queue)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, TIMEOUT_MS);

    assert_non_null(event);
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail_msg("%s", rd_kafka_event_error_string(event));
    return event;
}

static void await_topics(rd_kafka_queue_t *queue, bool created)
{
    rd_kafka_event_t *event = await(queue);
    size_t count;
    const rd_kafka_topic_result_t **results =
        created
            ? rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            : rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event),
                                                  &count);

    for (size_t i = 0; i < count; i++) {
        if (rd_kafka_topic_result_error(results[i]) != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail_msg("%s", rd_kafka_topic_result_error_string(results[i]));
    }
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
}

/* The controller's answer comes before the broker's own view of it. */
static void await_known(struct kafka_rig *rig, const char *name)
{
    for (int round = 0;; round++) {
        const struct rd_kafka_metadata *metadata;
        rd_kafka_topic_t *topic = rd_kafka_topic_new(rig->plain, name, NULL);
        bool known;

        assert_int_equal(rd_kafka_metadata(rig->plain, 0, topic, &metadata, TIMEOUT_MS), 0);
        known = metadata->topics[0].err == 0 && metadata->topics[0].partition_cnt > 0 &&
                metadata->topics[0].partitions[0].leader >= 0;
        rd_kafka_metadata_destroy(metadata);
        rd_kafka_topic_destroy(topic);
        if (known)
            return;
        assert_true(round < 1000);
        (void)usleep(10000);
    }
}

void kafka_rig_create_topic(struct kafka_rig *rig, const char *name, int32_t partitions,
                            const char *setting, const char *value)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rig->plain);
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, partitions, 1, NULL, 0);

    if (setting != NULL)
        assert_int_equal(rd_kafka_NewTopic_set_config(topic, setting, value), 0);
    rd_kafka_CreateTopics(rig->plain, &topic, 1, NULL, queue);
    await_topics(queue, true);
    rd_kafka_NewTopic_destroy(topic);
    await_known(rig, name);
}

void kafka_rig_delete_topic(struct kafka_rig *rig, const char *name)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rig->plain);
    rd_kafka_DeleteTopic_t *topic = rd_kafka_DeleteTopic_new(name);

    rd_kafka_DeleteTopics(rig->plain, &topic, 1, NULL, queue);
    await_topics(queue, false);
    rd_kafka_DeleteTopic_destroy(topic);
}

static void reset(void *context, int32_t partitions)
{
    static const char *const kinds[SM_TOPIC_COUNT] = { "config", "processing" };
    struct kafka_rig *rig = context;

    rig->resets++;
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        (void)snprintf(rig->topics[topic], sizeof(rig->topics[topic]), "test%ld.%u.%s.events",
                       (long)getpid(), rig->resets, kinds[topic]);
        kafka_rig_create_topic(rig, rig->topics[topic], partitions, NULL, NULL);
    }
    (void)snprintf(rig->group, sizeof(rig->group), "test%ld.%u", (long)getpid(), rig->resets);
}

/* ---- records ---- */

static rd_kafka_t *make_producer(struct kafka_rig *rig, const char *transactional_id)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char reason[256];
    rd_kafka_t *handle;

    (void)rd_kafka_conf_set(conf, "bootstrap.servers", rig->brokers, reason, sizeof(reason));
    (void)rd_kafka_conf_set(conf, "linger.ms", "1", reason, sizeof(reason));
    (void)rd_kafka_conf_set(conf, "reconnect.backoff.max.ms", "500", reason, sizeof(reason));
    rd_kafka_conf_set_log_cb(conf, NULL);
    if (transactional_id != NULL)
        (void)rd_kafka_conf_set(conf, "transactional.id", transactional_id, reason, sizeof(reason));
    handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    if (handle == NULL)
        fail_msg("%s", reason);
    return handle;
}

static rd_kafka_headers_t *headers_of(const struct sm_record *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);

    for (size_t i = 0; i < record->header_count; i++)
        (void)rd_kafka_header_add(headers, (const char *)record->headers[i].name.data,
                                  (ssize_t)record->headers[i].name.size,
                                  record->headers[i].value.data,
                                  (ssize_t)record->headers[i].value.size);
    return headers;
}

static void send_to(rd_kafka_t *handle, rd_kafka_topic_t *topic, int32_t partition,
                    const struct sm_record *record)
{
    rd_kafka_vu_t fields[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic },
        { .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK },
        { .vtype = RD_KAFKA_VTYPE_KEY,
          .u.mem = { (void *)(uintptr_t)record->key.data, record->key.size } },
        { .vtype = RD_KAFKA_VTYPE_VALUE,
          .u.mem = { (void *)(uintptr_t)record->value.data, record->value.size } },
        { .vtype = RD_KAFKA_VTYPE_TIMESTAMP,
          .u.i64 = record->timestamp_us == SM_TIME_NONE ? 0 : record->timestamp_us / 1000 },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers_of(record) },
    };
    rd_kafka_error_t *error = rd_kafka_produceva(handle, fields, SM_ARRAY_COUNT(fields));

    if (error != NULL)
        fail_msg("%s", rd_kafka_error_string(error));
}

static void produce(void *context, struct sm_partition_id id, const struct sm_record *records,
                    size_t count)
{
    struct kafka_rig *rig = context;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rig->plain, rig->topics[id.topic], NULL);

    for (size_t i = 0; i < count; i++)
        send_to(rig->plain, topic, id.partition, &records[i]);
    assert_int_equal(rd_kafka_flush(rig->plain, TIMEOUT_MS), 0);
    rd_kafka_topic_destroy(topic);
}

static void expect_none(rd_kafka_error_t *error)
{
    if (error != NULL)
        fail_msg("%s", rd_kafka_error_string(error));
}

void kafka_rig_begin(struct kafka_rig *rig, struct sm_partition_id id, size_t count)
{
    rd_kafka_topic_t *topic;

    if (rig->transactional == NULL) {
        char id_text[64];

        (void)snprintf(id_text, sizeof(id_text), "test%ld", (long)getpid());
        rig->transactional = make_producer(rig, id_text);
        expect_none(rd_kafka_init_transactions(rig->transactional, TIMEOUT_MS));
    }
    topic = rd_kafka_topic_new(rig->transactional, rig->topics[id.topic], NULL);
    expect_none(rd_kafka_begin_transaction(rig->transactional));
    for (size_t i = 0; i < count; i++)
        send_to(rig->transactional, topic, id.partition,
                &(struct sm_record){ .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("in doubt") });
    /* Without it an abort right away is refused by librdkafka 2.0.2 (its issue 4849). */
    assert_int_equal(rd_kafka_flush(rig->transactional, TIMEOUT_MS), 0);
    rd_kafka_topic_destroy(topic);
}

void kafka_rig_end(struct kafka_rig *rig, bool commit)
{
    expect_none(commit ? rd_kafka_commit_transaction(rig->transactional, TIMEOUT_MS)
                       : rd_kafka_abort_transaction(rig->transactional, TIMEOUT_MS));
}

static void produce_aborted(void *context, struct sm_partition_id id, size_t count)
{
    kafka_rig_begin(context, id, count);
    kafka_rig_end(context, false);
}

static void truncate_before(void *context, struct sm_partition_id id, int64_t before)
{
    struct kafka_rig *rig = context;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rig->plain);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_DeleteRecords_t *request;

    rd_kafka_topic_partition_list_add(list, rig->topics[id.topic], id.partition)->offset = before;
    request = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(rig->plain, &request, 1, NULL, queue);
    rd_kafka_event_destroy(await(queue));
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_destroy(queue);
}

/* ---- members ---- */

static struct sm_source *join(void *context)
{
    struct kafka_rig *rig = context;
    struct sm_kafka_source_options options = {
        .client = { rig->brokers, rig->properties, rig->property_count },
        .group = rig->group,
        .topics = { rig->topics[SM_TOPIC_CONFIG], rig->topics[SM_TOPIC_PROCESSING] },
        .instance_id = rig->instance_id,
        .session_timeout_ms = rig->session_timeout_ms,
    };
    struct sm_source *source;
    struct sm_err err;

    if (sm_kafka_source_open(&options, &source, &err) != SM_OK)
        fail_msg("%s", err.text);
    return source;
}

static void wait_readable(void *context, struct sm_source *source)
{
    struct pollfd fd = { source->ops->wait_fd(source), POLLIN, 0 };

    (void)context;
    (void)poll(&fd, 1, 20);
}

void kafka_rig_open(struct kafka_rig *rig)
{
    *rig = (struct kafka_rig){ .session_timeout_ms = 1000 };
    rig->rig = (struct source_rig){ .context = rig,
                                    .reset = reset,
                                    .join = join,
                                    .produce = produce,
                                    .produce_aborted = produce_aborted,
                                    .truncate = truncate_before,
                                    .wait = wait_readable,
                                    .rounds_max = 1000,
                                    .rounds_quiet = 25 };
    start_broker(rig);
    rig->plain = make_producer(rig, NULL);
}

/* The guard does the rest once the program has ended. */
void kafka_rig_close(struct kafka_rig *rig)
{
    if (rig->transactional != NULL)
        rd_kafka_destroy(rig->transactional);
    rd_kafka_destroy(rig->plain);
}
