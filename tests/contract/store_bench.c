/* What a unit of work costs in PostgreSQL: events an hour-glass of clients and feature types, drawn
 * evenly, as units of a given size, on one or more connections at once.
 *
 *   contract_store_bench [events] [unit] [connections] [clients]
 *
 * Prints microseconds an event, and beside it bare COPY of the same rows and one-row commits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"

#define FEATURES  7
#define DATA_SIZE 256

static const char *const features[FEATURES] = { "ema",         "lags", "ma",     "promo",
                                                "seasonality", "std",  "weather" };

struct lane {
    struct sm_store *store;
    struct sm_takeover position;
    int32_t *versions; /* of clients × features */
    int64_t *last_at;
    struct sm_event *events;
    char (*data)[DATA_SIZE];
    struct sm_append *appends;
    struct sm_head_change *heads;
    struct sm_unit_partition part;
    struct sm_unit unit;
    uint64_t generations[SM_BUCKETS];
    int64_t offset;
    bool busy;
};

static size_t client_count = 10000;
static int64_t now_us = 1767225600000000;
static uint64_t random_state = 88172645463325252u;

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of a server's process: on a busy machine it says more than the time on the wall. */
static double process_cpu_seconds(long pid)
{
    unsigned long user = 0, system = 0;
    char path[64];
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
    file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        user = system = 0;
    (void)fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double server_cpu_seconds(struct postgres_rig *rig)
{
    char pids[256];
    double total = 0;
    char *next = pids;

    (void)snprintf(
        pids, sizeof(pids), "%s",
        postgres_rig_ask(rig, "SELECT string_agg(owner_pid::text, ' ') FROM consumer_offsets"));
    for (long pid = strtol(next, &next, 10); pid != 0; pid = strtol(next, &next, 10))
        total += process_cpu_seconds(pid);
    return total;
}

static struct sm_uuid client_id(size_t client)
{
    struct sm_uuid id = { { 0 } };
    uint64_t bits = (client + 1) * 0x9E3779B97F4A7C15u;

    memcpy(id.bytes, &bits, sizeof(bits));
    memcpy(id.bytes + 8, &client, sizeof(client));
    return id;
}

static void run(struct lane *lane, const struct sm_store_call *call)
{
    struct sm_err err = { 0 };
    enum sm_status status;

    lane->store->ops->begin(lane->store, call);
    while ((status = lane->store->ops->step(lane->store, &err)) == SM_AGAIN) {
        struct pollfd wait;
        int64_t wake = 0;

        lane->store->ops->wait(lane->store, &wait, &wake);
        (void)poll(&wait, 1, 1000);
    }
    if (status != SM_OK)
        fail_msg("%s", err.text);
}

static void make_event(struct lane *lane, size_t at, size_t stream)
{
    static const struct sm_slice source = { (const uint8_t *)"/configurator/7", 15 };
    struct sm_event *event = &lane->events[at];
    const char *feature = features[stream % FEATURES];
    uint8_t random[10];
    uint64_t bits[2] = { draw(), draw() };

    memcpy(random, bits, sizeof(random));
    now_us += 100;
    *event = (struct sm_event){ .id = sm_uuid_v7((uint64_t)(now_us / 1000), random),
                                .client_id = client_id(stream / FEATURES),
                                .type = SM_EVENT_FEATURE_CONFIG_CHANGED,
                                .expected_version = SM_VERSION_ANY,
                                .time_us = now_us,
                                .source = source,
                                .actor = SM_SLICE("admin@example.com"),
                                .key = sm_slice_of(feature) };
    memcpy(event->content_hash.bytes, bits, sizeof(bits));
    (void)snprintf(lane->data[at], DATA_SIZE,
                   "{\"config\": {\"alpha\": 0.%u, \"min_samples\": 7, \"window_days\": %u, "
                   "\"nan_strategy\": \"decay\"}, \"feature_type\": \"%s\"}",
                   (unsigned)(draw() % 9 + 1), (unsigned)(draw() % 365 + 1), feature);
    event->data = sm_slice_of(lane->data[at]);
    lane->versions[stream]++;
    lane->last_at[stream] = now_us;
    lane->appends[at] = (struct sm_append){ .event = event,
                                            .version = lane->versions[stream],
                                            .offset = lane->offset + (int64_t)at,
                                            .created_at = now_us };
}

static int by_stream(const void *a, const void *b)
{
    const struct sm_head_change *x = a, *y = b;
    int order = sm_uuid_compare(&x->name.client_id, &y->name.client_id);

    return order != 0 ? order : sm_slice_compare(x->name.key, y->name.key);
}

/* Streams of the unit, or those from `first` on when the heads are being made. */
static void make_unit(struct lane *lane, size_t size, size_t lanes, size_t index, bool fresh,
                      size_t first)
{
    size_t streams = client_count * FEATURES, heads = 0;
    static bool *dirty;

    if (dirty == NULL)
        dirty = calloc(streams, 1);
    memset(dirty, 0, streams);
    for (size_t i = 0; i < size; i++) {
        size_t client =
            fresh ? (first + i) / FEATURES : draw() % (client_count / lanes) * lanes + index;
        size_t stream = fresh ? first + i : client * FEATURES + draw() % FEATURES;

        if (!dirty[stream]) {
            dirty[stream] = true;
            lane->heads[heads++] = (struct sm_head_change){
                .name = { client_id(stream / FEATURES), SM_KIND_FEATURE_CONFIG,
                          sm_slice_of(features[stream % FEATURES]) },
                .expected_version = lane->versions[stream],
            };
            /* Found again below: the head's row holds its stream meanwhile. */
            lane->heads[heads - 1].head.last_at = (int64_t)stream;
        }
        make_event(lane, i, stream);
    }
    for (size_t i = 0; i < heads; i++) {
        size_t stream = (size_t)lane->heads[i].head.last_at;

        lane->heads[i].head = (struct sm_head){ lane->versions[stream], lane->last_at[stream],
                                                lane->last_at[stream] };
    }
    qsort(lane->heads, heads, sizeof(*lane->heads), by_stream);
    lane->part = (struct sm_unit_partition){
        .id = lane->position.id,
        .epoch = lane->position.epoch,
        .row = { .topic_id = lane->position.topic_id,
                 .partition = lane->position.id.partition,
                 .seq = ++lane->position.seq,
                 .first_offset = lane->offset,
                 .next_offset = lane->offset + (int64_t)size,
                 .consumed = (int32_t)size,
                 .appended = (int32_t)size,
                 .recorded_at = now_us },
        .anchor = { .offset = lane->offset + (int64_t)size - 1 },
    };
    lane->offset += (int64_t)size;
    lane->unit = (struct sm_unit){ .partitions = &lane->part,
                                   .partition_count = 1,
                                   .appends = lane->appends,
                                   .append_count = size,
                                   .heads = lane->heads,
                                   .head_count = heads,
                                   .buckets_shared = size > 64 ? UINT64_MAX : 1,
                                   .generations = lane->generations };
}

static void commit(struct lane *lane)
{
    struct sm_store_call call = { .kind = SM_STORE_COMMIT, .unit = &lane->unit };

    run(lane, &call);
}

static void open_lane(struct postgres_rig *rig, struct lane *lane, int32_t partition, size_t unit)
{
    size_t streams = client_count * FEATURES;
    struct sm_store_call call = { .kind = SM_STORE_TAKE_OVER, .take_over = { &lane->position, 1 } };

    lane->store = postgres_rig_store(rig, "bench");
    lane->position =
        (struct sm_takeover){ .id = { SM_TOPIC_CONFIG, partition }, .mode = SM_TAKEOVER_CREATE };
    run(lane, &call);
    lane->versions = calloc(streams, sizeof(*lane->versions));
    lane->last_at = calloc(streams, sizeof(*lane->last_at));
    lane->events = calloc(unit, sizeof(*lane->events));
    lane->data = calloc(unit, sizeof(*lane->data));
    lane->appends = calloc(unit, sizeof(*lane->appends));
    lane->heads = calloc(unit, sizeof(*lane->heads));
}

static void fill(struct lane *lanes, size_t count, size_t unit)
{
    /* The first lane makes every stream; all know of it. */
    for (size_t first = 0; first < client_count * FEATURES; first += unit) {
        size_t size =
            client_count * FEATURES - first < unit ? client_count * FEATURES - first : unit;

        make_unit(&lanes[0], size, 1, 0, true, first);
        commit(&lanes[0]);
    }
    for (size_t i = 1; i < count; i++)
        memcpy(lanes[i].versions, lanes[0].versions,
               client_count * FEATURES * sizeof(*lanes[0].versions));
}

/* All lanes at once; a lane that is done gets its next unit. */
static void drain(struct lane *lanes, size_t count, size_t events, size_t unit)
{
    size_t left = events, busy = 0;

    do {
        struct pollfd waits[SM_LANES_MAX];

        for (size_t i = 0; i < count; i++) {
            struct sm_err err = { 0 };
            enum sm_status status = SM_AGAIN;
            int64_t wake = 0;

            if (!lanes[i].busy && left >= unit) {
                struct sm_store_call call = { .kind = SM_STORE_COMMIT, .unit = &lanes[i].unit };

                make_unit(&lanes[i], unit, count, i, false, 0);
                lanes[i].store->ops->begin(lanes[i].store, &call);
                lanes[i].busy = true;
                left -= unit;
                busy++;
            }
            waits[i] = (struct pollfd){ .fd = -1 };
            if (!lanes[i].busy)
                continue;
            status = lanes[i].store->ops->step(lanes[i].store, &err);
            if (status == SM_OK) {
                lanes[i].busy = false;
                busy--;
            } else if (status != SM_AGAIN) {
                fail_msg("%s", err.text);
            }
            if (lanes[i].busy)
                lanes[i].store->ops->wait(lanes[i].store, &waits[i], &wake);
            else
                waits[i].fd = -1;
        }
        if (busy == count)
            (void)poll(waits, count, 1000);
    } while (busy != 0 || left >= unit);
}

static void copy_rows(struct postgres_rig *rig)
{
    double start, cpu, events;

    postgres_rig_run(rig, "CREATE TABLE copied (LIKE events INCLUDING ALL)");
    postgres_rig_run(rig, "COPY events TO '/tmp/secretmagic-bench.copy' (FORMAT binary)");
    postgres_rig_run(rig, "CHECKPOINT");
    start = seconds();
    cpu = process_cpu_seconds(PQbackendPID(rig->admin));
    postgres_rig_run(rig, "COPY copied FROM '/tmp/secretmagic-bench.copy' (FORMAT binary)");
    start = seconds() - start;
    cpu = process_cpu_seconds(PQbackendPID(rig->admin)) - cpu;
    events = (double)postgres_rig_count(rig, "SELECT count(*) FROM copied");
    printf("bare COPY of all rows: %.2f us/event, CPU of PostgreSQL %.2f\n", start * 1e6 / events,
           cpu * 1e6 / events);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    return values[count / 2] * 1e6;
}

static void singles(struct postgres_rig *rig, struct lane *lane, size_t lanes)
{
    enum { ROUNDS = 2000 };
    static double unit_times[ROUNDS], bare_times[ROUNDS];

    postgres_rig_run(rig, "CREATE TABLE bare (id bigserial PRIMARY KEY, client uuid, data jsonb)");
    postgres_rig_run(rig,
                     "PREPARE bare AS INSERT INTO bare (client, data) VALUES "
                     "('6ba7b810-9dad-11d1-80b4-00c04fd430c8', '{\"config\": {\"alpha\": 0.5}}')");
    for (size_t i = 0; i < ROUNDS; i++) {
        double start = seconds();

        postgres_rig_run(rig, "EXECUTE bare");
        bare_times[i] = seconds() - start;
        make_unit(lane, 1, lanes, 0, false, 0);
        start = seconds();
        commit(lane);
        unit_times[i] = seconds() - start;
    }
    printf("one event: unit %.0f us, bare insert %.0f us (medians)\n", median(unit_times, ROUNDS),
           median(bare_times, ROUNDS));
}

/* Where the server's time goes. */
static void print_statements(struct postgres_rig *rig)
{
    printf(
        "%s\n",
        postgres_rig_ask(
            rig,
            "SELECT string_agg(line, E'\\n') FROM (SELECT format('%10s us (least %s) %6s calls  "
            "%s', "
            "(total_exec_time * 1000 / calls)::bigint, round((min_exec_time * 1000)::numeric, "
            "1), calls, left(regexp_replace(query, '(--[^\\n]*\\n|\\s)+', ' ', 'g'), 70)) AS line "
            "FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = "
            "current_database()) "
            "AND calls > 1 ORDER BY total_exec_time DESC LIMIT 8) s"));
    postgres_rig_run(rig, "SELECT pg_stat_statements_reset()");
}

int main(int argc, char **argv)
{
    size_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 500000;
    size_t unit = argc > 2 ? strtoull(argv[2], NULL, 10) : 5000;
    size_t count = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    static struct lane lanes[SM_LANES_MAX];
    struct postgres_rig rig;
    double start, cpu, server;

    if (argc > 4)
        client_count = strtoull(argv[4], NULL, 10);
    postgres_rig_open(&rig);
    postgres_rig_create(&rig, true);
    for (size_t i = 0; i < count; i++)
        open_lane(&rig, &lanes[i], (int32_t)i, unit > 5000 ? unit : 5000);
    fill(lanes, count, 5000);
    postgres_rig_run(&rig, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    postgres_rig_run(&rig, "SELECT pg_stat_statements_reset()");
    postgres_rig_run(
        &rig,
        "CREATE TEMP TABLE wal AS SELECT pg_current_wal_lsn() AS lsn, wal_fpi FROM pg_stat_wal");
    start = seconds();
    cpu = cpu_seconds();
    server = server_cpu_seconds(&rig);
    drain(lanes, count, events, unit);
    printf("%zu events in units of %zu on %zu connections: %.2f us/event, CPU of PostgreSQL %.2f, "
           "own %.2f\n",
           events, unit, count, (seconds() - start) * 1e6 / (double)events,
           (server_cpu_seconds(&rig) - server) * 1e6 / (double)events,
           (cpu_seconds() - cpu) * 1e6 / (double)events);
    print_statements(&rig);
    (void)postgres_rig_ask(&rig, "SELECT pg_sleep(1)");
    printf("WAL: %s\n",
           postgres_rig_ask(
               &rig,
               "SELECT format('%s MB, %s full pages', ((pg_current_wal_lsn() - w.lsn) / 1e6)::int, "
               "s.wal_fpi - w.wal_fpi) FROM wal w, pg_stat_wal s"));
    for (size_t i = 0; i < count; i++)
        lanes[i].store->ops->close(lanes[i].store);
    lanes[0].store = postgres_rig_store(&rig, "bench");
    printf("%s\n",
           postgres_rig_ask(
               &rig,
               "SELECT pg_sleep(0.3)::text || format('heads: %s updates, %s of them HOT, %s', "
               "n_tup_upd, "
               "n_tup_hot_upd, pg_size_pretty(pg_table_size('heads'))) FROM pg_stat_user_tables "
               "WHERE relname = 'heads'"));
    singles(&rig, &lanes[0], count);
    print_statements(&rig);
    copy_rows(&rig);
    lanes[0].store->ops->close(lanes[0].store);
    postgres_rig_close(&rig);
    return 0;
}
