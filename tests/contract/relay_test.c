/* The relay on a real broker and a real PostgreSQL: killed and frozen at each named point, and with
 * a database that is older than the topic. Whoever reads what is committed sees each command once.
 *
 * The relay is a process of its own: this program, started again as "child". */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "contract/kafka_rig.h"
#include "contract/postgres_rig.h"
#include "contract/store_suite.h"
#include "engine/relay.h"
#include "kafka/command_topic.h"
#include "kafka/reader.h"
#include "postgres/outbox.h"

#define CLIENTS    3
#define PARTITIONS 3
#define LEASE_US   1000000
#define TIMEOUT_US 60000000

static struct postgres_rig postgres;
static struct kafka_rig kafka;

/* ---- the child ---- */

static enum sm_status open_topic(void *context, struct sm_command_topic **out, struct sm_err *err)
{
    return sm_kafka_command_topic_open(context, out, err);
}

static int64_t monotonic(void *context)
{
    (void)context;
    return sm_monotonic_us();
}

/* Relays until nothing is pending. */
static int relay_all(struct sm_relay *relay)
{
    int64_t deadline_us = sm_monotonic_us() + TIMEOUT_US;
    struct sm_err err = {.text = ""};

    while (sm_monotonic_us() < deadline_us) {
        int64_t wake_us = 0;
        enum sm_status status = sm_relay_step(relay, &wake_us, &err);

        if (status == SM_FATAL)
            break;
        if (status == SM_OK && sm_relay_is_idle(relay))
            return EXIT_SUCCESS;
        while (status == SM_AGAIN && sm_monotonic_us() < wake_us)
            (void)poll(NULL, 0, 1 + (int)((wake_us - sm_monotonic_us()) / 1000));
    }
    (void)fprintf(stderr, "the relay has come to no end: %s\n", err.text);
    return EXIT_FAILURE;
}

/* child CONNINFO BROKERS TOPIC ID OWNER */
static int run_child(char **argv)
{
    struct sm_kafka_command_options topic = {
        .client = {argv[1], NULL, 0}, .topic = argv[2], .transactional_id = argv[3]};
    const struct sm_postgres_outbox_options database = {
        .client = {.conninfo = argv[0], .application_name = argv[4]},
        .owner = argv[4],
        .topic = argv[2]};
    struct sm_relay_options options = {.open_topic = open_topic,
                                       .context = &topic,
                                       .clock = {.monotonic_us = monotonic},
                                       .count_max = 4,
                                       .lease_us = LEASE_US,
                                       .idle_us = 1000};
    struct sm_relay *relay = NULL;
    struct sm_err err = {.text = ""};
    int code;

    if (sm_postgres_outbox_open(&database, &options.outbox, &err) != SM_OK ||
        sm_relay_create(&options, &relay, &err) != SM_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    code = relay_all(relay);
    sm_relay_destroy(relay);
    return code;
}

static pid_t start_child(const char *owner, const char *fault)
{
    char self[256], child[] = "child", name[32];
    char *argv[] = {self,           child, postgres.conninfo, kafka.brokers, kafka.topics[0],
                    kafka.group, name,  NULL};
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
    pid_t pid;

    assert_true(size > 0);
    self[size] = '\0';
    (void)snprintf(name, sizeof(name), "%s", owner);
    if (fault != NULL)
        assert_int_equal(setenv("SECRETMAGIC_FAULT", fault, 1), 0);
    else
        assert_int_equal(unsetenv("SECRETMAGIC_FAULT"), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)execv(self, argv);
        _exit(127);
    }
    return pid;
}

static int await_child(pid_t pid)
{
    int state = 0;

    assert_int_equal(waitpid(pid, &state, WUNTRACED), pid);
    return state;
}

static void relay_to_the_end(const char *owner)
{
    int state = await_child(start_child(owner, NULL));

    assert_true(WIFEXITED(state));
    assert_int_equal(WEXITSTATUS(state), EXIT_SUCCESS);
}

/* ---- the rest of the program ---- */

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static const struct store_rig rig = {
    .context = &postgres, .open = open_store, .wait = postgres_rig_wait};

/* Consumes `count` more events of every client: each causes one command, whose id is known by its
 * event; what was found on the topic keeps its sequence. */
static void decide(unsigned count, const char *templates)
{
    static char keys[CLIENTS][8], texts[DRAFT_EVENTS][32];
    struct sm_store *store = postgres_rig_store(&postgres, "lane");
    struct sm_takeover taken = store_own(&rig, store, 0);
    struct draft *draft = calloc(1, sizeof(*draft));
    struct sm_arena arena;
    size_t at = 0;

    assert_non_null(draft);
    assert_true(sm_arena_init(&arena, 1 << 20));
    draft_begin(draft);
    draft_partition(draft, &taken);
    for (unsigned client = 0; client < CLIENTS; client++) {
        struct sm_outbox_wanted wanted = {.client_id = client_uuid(client)};
        struct sm_load load = {.arena = &arena, .outboxes = &wanted, .outbox_count = 1};
        int64_t next, first;

        assert_int_equal(store_load(&rig, store, &load), SM_OK);
        first = wanted.found_count > 0 ? wanted.found[0].sequence : wanted.sequence_last + 1;
        (void)snprintf(keys[client], sizeof(keys[0]), "org%u", client);
        for (next = first; next < first + (int64_t)count; next++, at++) {
            struct sm_command_row *row;

            (void)snprintf(texts[at], sizeof(texts[at]), "%u/%" PRId64 " %s", client, next,
                           templates);
            row = draft_command(draft, client * 1000 + (unsigned)next, client, next, texts[at]);
            row->organization_id = sm_slice_of(keys[client]);
        }
    }
    assert_int_equal(draft_commit(&rig, store, draft, NULL), SM_OK);
    sm_arena_deinit(&arena);
    free(draft);
    store->ops->close(store);
}

/* ---- what a reader sees ---- */

static enum sm_status take(void *context, const struct sm_record *record, struct sm_err *err)
{
    int64_t *last = context;
    unsigned client = 0;
    int64_t sequence = 0;
    char text[32];

    (void)err;
    assert_true(record->value.size < sizeof(text));
    memcpy(text, record->value.data, record->value.size);
    text[record->value.size] = '\0';
    assert_int_equal(sscanf(text, "%u/%" SCNd64, &client, &sequence), 2);
    assert_true(client < CLIENTS);
    assert_int_equal(sequence, ++last[client]); /* none twice, none missing, in order */
    return SM_OK;
}

/* Each client's commands 1 ... `count` are on the topic, each once. */
static void assert_each_once(int64_t count)
{
    const struct sm_kafka_client client = {.brokers = kafka.brokers};
    struct sm_kafka_reader *ends = NULL, *reader = NULL;
    int64_t last[CLIENTS] = {0};
    const struct sm_kafka_visitor visitor = {last, take};
    struct sm_err err = {.text = ""};

    assert_int_equal(sm_kafka_reader_open(&client, true, 20000, &ends, &err), SM_OK);
    assert_int_equal(sm_kafka_reader_open(&client, false, 20000, &reader, &err), SM_OK);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        int64_t low = 0, high = 0;

        assert_int_equal(
            sm_kafka_reader_watermarks(ends, kafka.topics[0], i, &low, &high, &err), SM_OK);
        if (low < high &&
            sm_kafka_reader_walk(reader, kafka.topics[0], i, low, high, &visitor, &err) != SM_OK)
            fail_msg("%s", err.text);
    }
    for (unsigned i = 0; i < CLIENTS; i++)
        assert_int_equal(last[i], count);
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM outbox WHERE published_at IS NULL"), 0);
    sm_kafka_reader_close(reader);
    sm_kafka_reader_close(ends);
}

static void reset(void)
{
    kafka.rig.reset(&kafka, PARTITIONS);
    postgres_rig_create(&postgres, true);
    relay_to_the_end("first"); /* before one has read the topic nothing may be decided */
}

/* ---- cases ---- */

static const char *const points[] = {"relay_begun", "relay_sent", "relay_committed",
                                     "relay_marked"};

static void killed_at_any_point_it_sends_each_command_once(void **state)
{
    (void)state;
    reset();
    for (unsigned i = 0; i < SM_ARRAY_COUNT(points); i++) {
        char fault[32];
        int ended;

        decide(5, "v1");
        (void)snprintf(fault, sizeof(fault), "%s:2", points[i]);
        ended = await_child(start_child("one", fault));
        assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
        relay_to_the_end(i % 2 == 0 ? "one" : "two");
        assert_each_once(5 * (i + 1));
    }
}

static void one_that_was_frozen_sends_nothing_more(void **state)
{
    (void)state;
    reset();
    for (unsigned i = 0; i < SM_ARRAY_COUNT(points); i++) {
        char fault[32];
        pid_t frozen;
        int ended;

        decide(5, "v1");
        (void)snprintf(fault, sizeof(fault), "%s:2:stop", points[i]);
        frozen = start_child("frozen", fault);
        assert_true(WIFSTOPPED(await_child(frozen)));
        relay_to_the_end("other");
        decide(1, "v1");
        assert_int_equal(kill(frozen, SIGCONT), 0);
        ended = await_child(frozen);
        assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == EXIT_SUCCESS);
        relay_to_the_end("other");
        assert_each_once(6 * (i + 1));
    }
}

/* As pg_dump and psql, or a standby that had fallen behind, would have it. */
static void an_older_database_meets_its_own_future(void **state)
{
    char older[72], sql[200];

    (void)state;
    reset();
    decide(3, "v1");
    relay_to_the_end("one");
    decide(2, "v1"); /* not published yet in the backup */
    (void)snprintf(older, sizeof(older), "%s_older", postgres.database);
    (void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", older, postgres.database);
    postgres_rig_run(&postgres, sql);
    relay_to_the_end("one");
    decide(4, "v1");
    relay_to_the_end("one");
    assert_each_once(9);

    postgres_rig_switch(&postgres, older);
    relay_to_the_end("one");
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM outbox WHERE event_id IS NULL"),
        4 * CLIENTS);
    decide(4, "v2"); /* the same events again, with newer templates */
    decide(2, "v2");
    relay_to_the_end("one");
    assert_each_once(11);
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM outbox WHERE differs"), 4 * CLIENTS);
    assert_int_equal(postgres_rig_count(&postgres, "SELECT count(*) FROM outbox WHERE differs AND "
                                                   "convert_from(value, 'UTF8') NOT LIKE '%v1'"),
                     0);
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM outbox WHERE event_id IS NULL"), 0);
}

static void a_broker_that_dies_is_waited_for(void **state)
{
    pid_t pid;
    int ended;

    (void)state;
    reset();
    decide(5, "v1");
    pid = start_child("one", "relay_sent:2:stop");
    assert_true(WIFSTOPPED(await_child(pid)));
    kafka_rig_stack(&kafka, "kill");
    assert_int_equal(kill(pid, SIGCONT), 0);
    kafka_rig_stack(&kafka, "up");
    ended = await_child(pid);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == EXIT_SUCCESS);
    assert_each_once(5);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_point_it_sends_each_command_once),
        cmocka_unit_test(one_that_was_frozen_sends_nothing_more),
        cmocka_unit_test(an_older_database_meets_its_own_future),
        cmocka_unit_test(a_broker_that_dies_is_waited_for),
    };
    int failed;

    if (argc == 7 && strcmp(argv[1], "child") == 0)
        return run_child(argv + 2);
    postgres_rig_open(&postgres);
    kafka_rig_open(&kafka);
    failed = cmocka_run_group_tests_name("relay", tests, NULL, NULL);
    kafka_rig_close(&kafka);
    postgres_rig_close(&postgres);
    return failed;
}
