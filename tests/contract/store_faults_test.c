/* What only a real server can do to the store: sessions killed and frozen at every moment, locks of
 * strangers, databases that vanish and come back, plans that have grown old. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"
#include "postgres/log.h"

#define PATIENCE_STEPS 2000 /* of 5 ms */

static struct postgres_rig postgres;

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static struct sm_log *open_log(void *context)
{
    struct sm_postgres_client client = postgres_rig_client(context);
    struct sm_log *log = NULL;
    struct sm_err err = { 0 };

    if (sm_postgres_log_open(&client, &log, &err) != SM_OK)
        fail_msg("%s", err.text);
    return log;
}

static const struct store_rig rig = {
    .context = &postgres, .open = open_store, .log = open_log, .wait = postgres_rig_wait
};

static int new_database(void **state)
{
    (void)state;
    postgres_rig_create(&postgres, true);
    return 0;
}

/* Waits until SQL says true. */
static void await(const char *sql)
{
    for (int i = 0; i < PATIENCE_STEPS; i++) {
        if (strcmp(postgres_rig_ask(&postgres, sql), "t") == 0)
            return;
        (void)usleep(5000);
    }
    fail_msg("never true: %s", sql);
}

static int64_t owner_pid(int32_t partition)
{
    char sql[128];

    (void)snprintf(sql, sizeof(sql),
                   "SELECT owner_pid FROM consumer_offsets WHERE partition_id = %d",
                   (int)partition);
    return postgres_rig_count(&postgres, sql);
}

static bool is_alive(int64_t pid)
{
    char sql[128];

    (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_stat_activity WHERE pid = %lld",
                   (long long)pid);
    return postgres_rig_count(&postgres, sql) == 1;
}

/* Begins the draft's COMMIT and stops stepping when the server has got into its transaction: what a
 * SIGSTOP at that moment does to the program. */
static void freeze_in_commit(struct scene *scene, struct sm_store_call *call)
{
    char sql[256];
    struct sm_err err = { 0 };

    *call = (struct sm_store_call){ .kind = SM_STORE_COMMIT, .unit = &scene->draft->unit };
    (void)snprintf(
        sql, sizeof(sql),
        "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %lld AND locktype = 'transactionid')",
        (long long)owner_pid(scene->taken.id.partition));
    draft_end(scene->draft);
    scene->store->ops->begin(scene->store, call);
    assert_int_equal(scene->store->ops->step(scene->store, &err), SM_AGAIN);
    await(sql);
}

static enum sm_status finish_call(struct sm_store *store, struct sm_err *err)
{
    enum sm_status status;

    while ((status = store->ops->step(store, err)) == SM_AGAIN)
        postgres_rig_wait(&postgres, store);
    return status;
}

/* ---- frozen owners ---- */

static void a_frozen_owner_is_ended_and_no_other(void **state)
{
    struct scene frozen, bystander;
    struct sm_store *successor = postgres_rig_store(&postgres, "successor");
    struct sm_takeover claim = { .id = { SM_TOPIC_CONFIG, 0 }, .mode = SM_TAKEOVER_CLAIM };
    struct sm_store_call calls[2];
    struct sm_err err = { 0 };
    int64_t frozen_pid, bystander_pid;

    (void)state;
    scene_open(&rig, &frozen);
    scene_open(&rig, &bystander);
    bystander.taken = store_own(&rig, bystander.store, 1);
    draft_begin(bystander.draft);
    draft_partition(bystander.draft, &bystander.taken);
    frozen.taken.mode = SM_TAKEOVER_CLAIM; /* the second scene took it meanwhile */
    assert_int_equal(store_take(&rig, frozen.store, &frozen.taken, 1), SM_OK);
    draft_begin(frozen.draft);
    draft_partition(frozen.draft, &frozen.taken);
    for (unsigned i = 0; i < 200; i++) {
        draft_event(frozen.draft, i, i, "ema", 1);
        draft_head(frozen.draft, i, "ema", 0, 1);
        draft_event(bystander.draft, 1000 + i, 1000 + i, "ema", 1);
        draft_head(bystander.draft, 1000 + i, "ema", 0, 1);
    }
    freeze_in_commit(&frozen, &calls[0]);
    freeze_in_commit(&bystander, &calls[1]);
    frozen_pid = owner_pid(0);
    bystander_pid = owner_pid(1);

    assert_int_equal(store_take(&rig, successor, &claim, 1), SM_OK);
    assert_int_equal(claim.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(claim.next_offset, 0);
    assert_false(is_alive(frozen_pid));
    assert_true(is_alive(bystander_pid));
    assert_int_equal(finish_call(frozen.store, &err), SM_RETRY);
    frozen.taken.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(&rig, frozen.store, &frozen.taken, 1), SM_OK);
    assert_int_equal(frozen.taken.outcome, SM_TAKEOVER_FENCED);
    assert_int_equal(finish_call(bystander.store, &err), SM_OK);
    assert_int_equal(count_rows(&rig, SM_SCAN_EVENTS_BY_STREAM), 200);
    assert_true(is_verified(&rig));
    successor->ops->close(successor);
    scene_close(&bystander);
    scene_close(&frozen);
}

static void a_strangers_lock_is_waited_for_and_left_alone(void **state)
{
    struct scene scene;
    PGconn *stranger = PQconnectdb(postgres.conninfo);
    struct sm_store *successor = postgres_rig_store(&postgres, "successor");
    struct sm_takeover claim = { .id = { SM_TOPIC_CONFIG, 0 }, .mode = SM_TAKEOVER_CLAIM };
    struct sm_store_call call = { .kind = SM_STORE_TAKE_OVER, .take_over = { &claim, 1 } };
    struct sm_err err = { 0 };
    int64_t idle_owner;

    (void)state;
    scene_open(&rig, &scene);
    idle_owner = owner_pid(0);
    PQclear(PQexec(stranger, "BEGIN"));
    PQclear(PQexec(stranger, "SELECT * FROM consumer_offsets FOR UPDATE"));
    assert_int_equal(store_call(&rig, successor, &call, &err), SM_RETRY);
    assert_string_equal(err.sqlstate, "55P03");
    assert_true(is_alive(PQbackendPID(stranger)));
    assert_true(is_alive(idle_owner));
    PQclear(PQexec(stranger, "COMMIT"));
    assert_int_equal(store_take(&rig, successor, &claim, 1), SM_OK);
    assert_int_equal(claim.outcome, SM_TAKEOVER_TAKEN);
    PQfinish(stranger);
    successor->ops->close(successor);
    scene_close(&scene);
}

#define ACTIVE                                                                                     \
    "SELECT FROM pg_stat_activity WHERE state = 'active' AND pid = "                               \
    "(SELECT owner_pid FROM consumer_offsets WHERE partition_id = 0)"

/* Freezes it between two statements. When the server was quick it is in the middle of a COPY
 * already, which has no limit of its own: then once more. */
static void freeze_between_statements(struct scene *scene, struct sm_store_call *call)
{
    for (int tries = 0; tries < PATIENCE_STEPS; tries++) {
        draft_begin(scene->draft);
        draft_partition(scene->draft, &scene->taken);
        draft_streams(scene->draft, 200);
        freeze_in_commit(scene, call);
        await("SELECT NOT EXISTS (" ACTIVE " AND query NOT LIKE '%COPY%')");
        if (strcmp(postgres_rig_ask(&postgres, "SELECT EXISTS (" ACTIVE ")"), "f") == 0)
            return;
        scene->store->ops->abandon(scene->store);
        scene->taken.mode = SM_TAKEOVER_RESUME;
        assert_int_equal(store_take(&rig, scene->store, &scene->taken, 1), SM_OK);
    }
    fail_msg("it is always in the middle of a COPY");
}

static void an_owner_that_idles_inside_a_transaction_is_ended_by_the_server(void **state)
{
    struct sm_postgres_store_options options = { .client = postgres_rig_client(&postgres),
                                                 .owner = "idle",
                                                 .topics = { "a", "b" } };
    struct scene scene = { 0 };
    struct sm_store_call call;
    struct sm_err err = { 0 };
    char sql[128];

    (void)state;
    options.client.idle_timeout_ms = 200;
    assert_int_equal(sm_postgres_store_open(&options, &scene.store, &err), SM_OK);
    scene.taken = store_own(&rig, scene.store, 0);
    scene.draft = calloc(1, sizeof(*scene.draft));
    assert_non_null(scene.draft);
    freeze_between_statements(&scene, &call);
    (void)snprintf(sql, sizeof(sql),
                   "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %lld)",
                   (long long)owner_pid(0));
    await(sql);
    assert_int_equal(finish_call(scene.store, &err), SM_RETRY);
    /* Whether PostgreSQL's last words are read before our write meets a closed socket is chance. */
    assert_true(strcmp(err.sqlstate, "25P03") == 0 || strcmp(err.sqlstate, "08006") == 0);
    assert_int_equal(count_rows(&rig, SM_SCAN_EVENTS_BY_STREAM), 0);
    scene_close(&scene);
}

/* ---- sessions killed during COMMIT ---- */

static void a_commit_killed_anywhere_is_decided_by_resuming(void **state)
{
    static const unsigned sizes[] = { 3, 400 };
    struct scene scene;
    unsigned next_id = 0, committed = 0, lost = 0;

    (void)state;
    scene_open(&rig, &scene);
    for (unsigned round = 0; round < 40; round++) {
        struct sm_store_call call = { .kind = SM_STORE_COMMIT, .unit = &scene.draft->unit };
        int64_t before = scene.taken.next_offset, after;
        enum sm_status status = SM_AGAIN;
        struct sm_err err = { 0 };
        char sql[96];

        for (unsigned i = 0; i < sizes[round % 2]; i++, next_id++) {
            draft_event(scene.draft, next_id, next_id, "ema", 1);
            draft_head(scene.draft, next_id, "ema", 0, 1);
        }
        draft_end(scene.draft);
        after = scene.draft->partitions[0].row.next_offset;
        (void)snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%lld)",
                       (long long)owner_pid(0));
        scene.store->ops->begin(scene.store, &call);
        for (unsigned i = 0; i < round / 4 && status == SM_AGAIN; i++) {
            status = scene.store->ops->step(scene.store, &err);
            if (status == SM_AGAIN && i % 2 == 0)
                postgres_rig_wait(&postgres, scene.store);
        }
        (void)postgres_rig_ask(&postgres, sql);
        if (status == SM_AGAIN)
            status = finish_call(scene.store, &err);
        assert_true(status == SM_OK || status == SM_RETRY);
        scene.taken.mode = SM_TAKEOVER_RESUME;
        if (store_take(&rig, scene.store, &scene.taken, 1) != SM_OK) /* the kill came after all */
            assert_int_equal(store_take(&rig, scene.store, &scene.taken, 1), SM_OK);
        assert_int_equal(scene.taken.outcome, SM_TAKEOVER_TAKEN);
        assert_true(scene.taken.next_offset == after || scene.taken.next_offset == before);
        if (status == SM_OK)
            assert_int_equal(scene.taken.next_offset, after);
        *(scene.taken.next_offset == after ? &committed : &lost) += 1;
        draft_begin(scene.draft);
        draft_partition(scene.draft, &scene.taken);
    }
    assert_true(committed > 0 && lost > 0);
    assert_true(is_verified(&rig));
    scene_close(&scene);
}

/* COMMIT is sent, the connection is gone, and the server is still at it. */
static void slow_commit(const char *seconds, bool waits_for_it)
{
    struct scene scene;
    struct sm_store_call call;
    char sql[512];

    (void)snprintf(
        sql, sizeof(sql),
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(%s); RETURN NULL; END $$; "
        "CREATE TRIGGER slow AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION slow()",
        seconds);
    postgres_rig_run(&postgres, sql);
    scene_open(&rig, &scene);
    draft_streams(scene.draft, 1);
    freeze_in_commit(&scene, &call);
    scene.store->ops->abandon(scene.store);
    scene.taken.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(&rig, scene.store, &scene.taken, 1), SM_OK);
    assert_int_equal(scene.taken.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(scene.taken.next_offset, waits_for_it ? 1 : 0);
    assert_int_equal(count_rows(&rig, SM_SCAN_EVENTS_BY_STREAM), waits_for_it ? 1 : 0);
    scene_close(&scene);
}

static void resuming_waits_for_a_commit_that_is_under_way(void **state)
{
    (void)state;
    slow_commit("0.5", true);
}

static void resuming_ends_our_own_old_session_if_it_takes_too_long(void **state)
{
    (void)state;
    slow_commit("60", false);
}

/* ---- databases that are not as they should be ---- */

static enum sm_status try_to_load(struct sm_store *store, struct sm_err *err)
{
    struct sm_arena arena;
    struct sm_load load = { .arena = &arena };
    struct sm_store_call call = { .kind = SM_STORE_LOAD, .load = &load };
    enum sm_status status;

    assert_true(sm_arena_init(&arena, 65536));
    status = store_call(&rig, store, &call, err);
    sm_arena_deinit(&arena);
    return status;
}

static void what_can_never_work_is_fatal_at_first(void **state)
{
    struct sm_err err = { 0 };
    struct sm_store *store;

    (void)state;
    postgres_rig_create(&postgres, false);
    store = postgres_rig_store(&postgres, "one");
    assert_int_equal(try_to_load(store, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "; hint: secretmagic migrate"));
    store->ops->close(store);
    (void)snprintf(postgres.conninfo, sizeof(postgres.conninfo), "%s dbname=nowhere",
                   postgres.server);
    store = postgres_rig_store(&postgres, "one");
    assert_int_equal(try_to_load(store, &err), SM_FATAL);
    assert_string_equal(err.sqlstate, "3D000");
    store->ops->close(store);
}

static void a_server_that_is_away_is_a_retry(void **state)
{
    struct sm_err err = { 0 };
    struct sm_store *store;

    (void)state;
    /* Port 1 is nobody's. */
    (void)snprintf(postgres.conninfo, sizeof(postgres.conninfo),
                   "host=127.0.0.1 port=1 user=a dbname=b");
    store = postgres_rig_store(&postgres, "one");
    assert_int_equal(try_to_load(store, &err), SM_RETRY);
    assert_int_equal(try_to_load(store, &err), SM_RETRY);
    store->ops->close(store);
}

static void a_database_that_vanishes_under_us_is_a_retry(void **state)
{
    struct sm_store *store = postgres_rig_store(&postgres, "one");
    PGconn *server = PQconnectdb(postgres.server);
    struct sm_err err = { 0 };
    char sql[160];

    (void)state;
    assert_int_equal(try_to_load(store, &err), SM_OK);
    /* A restore: gone, empty, half there, whole. */
    (void)snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", postgres.database);
    PQclear(PQexec(server, sql));
    assert_int_equal(try_to_load(store, &err), SM_RETRY);
    assert_int_equal(try_to_load(store, &err), SM_RETRY);
    assert_string_equal(err.sqlstate, "3D000");
    (void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s", postgres.database);
    PQclear(PQexec(server, sql));
    assert_int_equal(try_to_load(store, &err), SM_RETRY);
    PQfinish(server);
    store->ops->close(store);
}

static void nothing_is_touched_while_a_restore_is_under_way(void **state)
{
    struct sm_store *store = postgres_rig_store(&postgres, "one");
    struct sm_err err = { 0 };

    (void)state;
    postgres_rig_run(&postgres,
                     "DROP TRIGGER secretmagic_guard ON topics"); /* made last by a dump */
    assert_int_equal(try_to_load(store, &err), SM_RETRY);
    assert_non_null(strstr(err.text, "restore"));
    store->ops->close(store);
}

static void a_disk_that_is_full_is_a_retry(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&rig, &scene);
    postgres_rig_run(
        &postgres,
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
        "EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$; CREATE TRIGGER "
        "full_disk BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION full_disk()");
    draft_streams(scene.draft, 1);
    assert_int_equal(scene_commit(&rig, &scene), SM_RETRY);
    draft_streams(scene.draft, 200);
    assert_int_equal(scene_commit(&rig, &scene), SM_RETRY);
    postgres_rig_run(&postgres, "DROP TRIGGER full_disk ON events");
    draft_streams(scene.draft, 200);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK); /* on the same session */
    scene_close(&scene);
}

/* ---- dead letters ---- */

static void a_dead_letter_keeps_every_byte(void **state)
{
    static const struct sm_header headers[] = {
        { { (const uint8_t *)"trace", 5 }, { (const uint8_t *)"a\0b", 3 } },
        { { (const uint8_t *)"trace", 5 }, { NULL, 0 } },
        { { (const uint8_t *)"\xff", 1 }, { (const uint8_t *)"", 0 } },
    };
    struct sm_rejection rejection = { .code = SM_CODE_JSON_INVALID,
                                      .field = "data",
                                      .value = "cut \xd0",
                                      .reason = "unexpected byte" };
    struct sm_event event = { .id = event_uuid(5), .client_id = client_uuid(6) };
    struct sm_dead_letter *letter;
    struct scene scene;

    (void)state;
    scene_open(&rig, &scene);
    letter = draft_dead_letter(scene.draft, &rejection, &event);
    letter->known = (struct sm_event_known){ .id = true };
    letter->key = (struct sm_slice){ (const uint8_t *)"k\0\xff", 3 };
    letter->value = SM_SLICE("");
    letter->headers = headers;
    letter->header_count = 3;
    letter->timestamp_us = INT64_MAX - 1; /* a producer can write anything */
    letter = draft_dead_letter(scene.draft, &rejection, NULL);
    letter->value = SM_SLICE_NONE;
    letter->timestamp_us = SM_TIME_NONE;
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    assert_string_equal(
        postgres_rig_ask(&postgres,
                         "SELECT concat_ws('|', code, field, value, record_key, record_value, "
                         "header_names, header_values, event_id, client_id, type, "
                         "content_hash, record_offset, ledger_seq, record_time) "
                         "FROM dead_letters WHERE record_offset = 0"),
        "JSON_INVALID|data|cut ?|\\x6b00ff|\\x|"
        "{\"\\\\x7472616365\",\"\\\\x7472616365\",\"\\\\xff\"}|"
        "{\"\\\\x610062\",NULL,\"\\\\x\"}|e0000000-0500-0000-0000-000000000000|0|1|"
        "9999-12-31 23:59:59.999999+00");
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT record_key IS NULL AND record_value IS NULL AND "
                                    "record_time IS NULL AND header_names = '{}' AND "
                                    "event_id IS NULL FROM dead_letters WHERE record_offset = 1"),
        "t");
    assert_true(is_verified(&rig));
    scene_close(&scene);
}

static void megabytes_of_dead_letters_go_through_a_narrow_pipe(void **state)
{
    static const struct sm_rejection rejection = { .code = SM_CODE_VALUE_TOO_LARGE,
                                                   .reason = "too large" };
    static uint8_t value[SM_VALUE_SIZE_MAX];
    struct scene scene;

    (void)state;
    memset(value, 0xA5, sizeof(value));
    scene_open(&rig, &scene);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            draft_dead_letter(scene.draft, &rejection, NULL)->value =
                (struct sm_slice){ value, sizeof(value) };
        draft_streams(scene.draft, 0);
        assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    }
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT sum(octet_length(record_value)) FROM dead_letters"),
        12 * SM_VALUE_SIZE_MAX);
    assert_true(is_verified(&rig));
    scene_close(&scene);
}

static void a_few_large_events_are_kept_too(void **state)
{
    static char data[3][300000];
    struct scene scene;

    (void)state;
    scene_open(&rig, &scene);
    for (unsigned i = 0; i < 3; i++) {
        int head = snprintf(data[i], sizeof(data[i]), "{\"config\": {\"n\": %u, \"text\": \"", i);
        static const char tail[] = "\"}, \"feature_type\": \"ema\"}";

        memset(data[i] + head, 'a' + (int)i, sizeof(data[i]) - (size_t)head - sizeof(tail));
        memcpy(data[i] + sizeof(data[i]) - sizeof(tail), tail, sizeof(tail));
        draft_event(scene.draft, i, 1, "ema", (int32_t)i + 1)->data = sm_slice_of(data[i]);
    }
    draft_head(scene.draft, 1, "ema", 0, 3);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    assert_int_equal(postgres_rig_count(&postgres, "SELECT sum(length(data::text)) FROM events"),
                     3 * (sizeof(data[0]) - 1));
    assert_true(is_verified(&rig));
    scene_close(&scene);
}

/* ---- plans ---- */

static int64_t index_tuples(const char *table)
{
    char sql[160];

    (void)postgres_rig_ask(&postgres, "SELECT pg_stat_clear_snapshot()");
    (void)snprintf(sql, sizeof(sql),
                   "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = '%s'",
                   table);
    return postgres_rig_count(&postgres, sql);
}

static void plans_made_on_empty_tables_do_not_stay(void **state)
{
    struct scene scene;
    int64_t heads_before = 0, events_before = 0, position;

    (void)state;
    scene_open(&rig, &scene);
    postgres_rig_run(&postgres, "VACUUM ANALYZE heads, events, clients, dead_letters");
    /* All plans are made now. */
    draft_streams(scene.draft, 1);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    draft_event(scene.draft, 1, 0, "ema", 2);
    draft_head(scene.draft, 0, "ema", 1, 2);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    postgres_rig_run(&postgres, "ALTER TABLE heads SET (autovacuum_enabled = off)");
    postgres_rig_run(
        &postgres,
        "INSERT INTO heads (client_id, kind, key, version, last_at) SELECT "
        "md5(i::text)::uuid, 'feature_config', 'ema', 1, now() FROM generate_series(1, 30000) i");
    /* Within two more units the session plans anew. */
    for (int32_t version = 3; version <= 8; version++) {
        draft_event(scene.draft, (unsigned)version, 0, "ema", version);
        draft_head(scene.draft, 0, "ema", version - 1, version);
        if (version == 6) {
            (void)postgres_rig_ask(&postgres, "SELECT pg_sleep(0.1)");
            heads_before = index_tuples("heads");
            events_before = index_tuples("events");
        }
        assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    }
    /* A session tells its counts within a second of idling, or when it ends. */
    position = owner_pid(0);
    scene_close(&scene);
    for (int i = 0; i < PATIENCE_STEPS && is_alive(position); i++)
        (void)usleep(5000);
    assert_true(index_tuples("heads") - heads_before < 1000);
    assert_true(index_tuples("events") - events_before < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_frozen_owner_is_ended_and_no_other, new_database),
        cmocka_unit_test_setup(a_strangers_lock_is_waited_for_and_left_alone, new_database),
        cmocka_unit_test_setup(an_owner_that_idles_inside_a_transaction_is_ended_by_the_server,
                               new_database),
        cmocka_unit_test_setup(a_commit_killed_anywhere_is_decided_by_resuming, new_database),
        cmocka_unit_test_setup(resuming_waits_for_a_commit_that_is_under_way, new_database),
        cmocka_unit_test_setup(resuming_ends_our_own_old_session_if_it_takes_too_long,
                               new_database),
        cmocka_unit_test_setup(what_can_never_work_is_fatal_at_first, new_database),
        cmocka_unit_test_setup(a_server_that_is_away_is_a_retry, new_database),
        cmocka_unit_test_setup(a_database_that_vanishes_under_us_is_a_retry, new_database),
        cmocka_unit_test_setup(nothing_is_touched_while_a_restore_is_under_way, new_database),
        cmocka_unit_test_setup(a_disk_that_is_full_is_a_retry, new_database),
        cmocka_unit_test_setup(a_dead_letter_keeps_every_byte, new_database),
        cmocka_unit_test_setup(megabytes_of_dead_letters_go_through_a_narrow_pipe, new_database),
        cmocka_unit_test_setup(a_few_large_events_are_kept_too, new_database),
        cmocka_unit_test_setup(plans_made_on_empty_tables_do_not_stay, new_database),
    };
    int failed;

    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
