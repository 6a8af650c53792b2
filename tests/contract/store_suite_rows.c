/* The store suite: rows of projected tables, references, log lines. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- rows ---- */

enum { BATCH, BOM, FEATURE, DATA_TYPE, FEATURE_TYPE, STREAMS };

struct rows {
    struct sm_stream streams[STREAMS];
    struct sm_stream_name names[STREAMS];
};

static void apply(struct scene *scene, struct rows *rows, int which, unsigned id,
                  enum sm_event_type type, const char *data)
{
    bool is_global = sm_event_type_is_global(type);
    struct sm_event *event = draft_make(scene->draft, id,
                                        is_global ? SM_UUID_NIL : client_uuid(1), type, data);

    draft_apply(scene->draft, event, &rows->streams[which]);
    rows->names[which] =
        (struct sm_stream_name){event->client_id, sm_event_type_kind(type), event->key};
}

/* A stream of every table, in its first state. */
static void begin_rows(struct scene *scene, struct rows *rows)
{
    for (int i = 0; i < STREAMS; i++)
        rows->streams[i] = stream_new();
    apply(scene, rows, BATCH, 1, SM_EVENT_BATCH_STARTED,
          "{\"batch_id\": \"b-1\", \"data_type\": \"features\", \"records_expected\": 12}");
    apply(scene, rows, BOM, 2, SM_EVENT_BOM_EXPLOSION_STARTED, "{}");
    apply(scene, rows, FEATURE, 3, SM_EVENT_FEATURE_CREATED,
          "{\"name\": \"продажи, среднее\", \"batch_id\": \"b-1\", \"data_type\": \"features\", "
          "\"feature_type\": \"ema\"}");
    apply(scene, rows, DATA_TYPE, 4, SM_EVENT_DATA_TYPE_DEFINED,
          "{\"code\": \"images\", \"description\": \"Pictures\"}");
    apply(scene, rows, FEATURE_TYPE, 5, SM_EVENT_FEATURE_TYPE_DEFINED,
          "{\"code\": \"moon\", \"description\": \"Moon\", \"config_rules\": {\"phase\": "
          "{\"type\": \"count\", \"required\": true}}}");
}

/* A column that had a value and one that had none, the other way round. */
static void go_on_rows(struct scene *scene, struct rows *rows)
{
    apply(scene, rows, BATCH, 6, SM_EVENT_BATCH_FAILED,
          "{\"error\": \"line one\\nline two\", \"batch_id\": \"b-1\"}");
    apply(scene, rows, BOM, 7, SM_EVENT_BOM_EXPLOSION_COMPLETED,
          "{\"records_processed\": 9007199254740991}");
    apply(scene, rows, FEATURE_TYPE, 8, SM_EVENT_FEATURE_TYPE_DEFINED,
          "{\"code\": \"moon\", \"description\": \"The moon\"}");
}

static void assert_rows(const struct store_rig *rig, struct sm_store *store,
                        const struct rows *rows)
{
    struct sm_row_wanted wanted[STREAMS + 1] = {{{{{0}}, 0, {0}}, {0}}};
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena, .rows = wanted, .row_count = STREAMS + 1};
    enum sm_table table;

    assert_true(sm_arena_init(&arena, 65536));
    for (int i = 0; i < STREAMS; i++)
        wanted[i].name = rows->names[i];
    wanted[STREAMS].name =
        (struct sm_stream_name){client_uuid(2), SM_KIND_BATCH, SM_SLICE("b-1")};
    wanted[STREAMS].row.exists = true;
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    for (int i = 0; i < STREAMS; i++) {
        assert_true(sm_kind_table(rows->names[i].kind, &table));
        assert_true(wanted[i].row.exists);
        assert_true(sm_row_equal(&wanted[i].row, &rows->streams[i].row, table));
    }
    assert_false(wanted[STREAMS].row.exists);
    sm_arena_deinit(&arena);
}

static void rows_of_every_table_come_back_as_they_are(const struct store_rig *rig)
{
    struct scene scene;
    struct rows rows;

    scene_open(rig, &scene);
    begin_rows(&scene, &rows);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_rows(rig, scene.store, &rows);
    assert_true(is_verified(rig));
    go_on_rows(&scene, &rows);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_rows(rig, scene.store, &rows);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void a_row_that_changes_twice_in_a_unit_is_written_once(const struct store_rig *rig)
{
    struct scene scene;
    struct rows rows;

    scene_open(rig, &scene);
    begin_rows(&scene, &rows);
    go_on_rows(&scene, &rows);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_rows(rig, scene.store, &rows);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

struct order {
    enum sm_table table;
    size_t count;
    struct sm_uuid client;
    char key[64];
};

static bool comes_after(void *context, const struct sm_log_row *row)
{
    struct order *order = context;
    const struct sm_stream_name *name = &row->table.name;
    int sign = sm_uuid_compare(&order->client, &name->client_id);

    assert_int_equal(name->kind, sm_table_kind(order->table));
    assert_true(row->table.row.exists);
    if (sign == 0)
        sign = sm_slice_compare(sm_slice_of(order->key), name->key);
    assert_true(order->count == 0 || sign < 0);
    order->count++;
    order->client = name->client_id;
    (void)snprintf(order->key, sizeof(order->key), "%.*s", (int)name->key.size,
                   (const char *)name->key.data);
    return false;
}

static void rows_are_scanned_by_client_and_key(const struct store_rig *rig)
{
    static const char *const keys[] = {"b", "a", "B", "aa", "a-b", "a_b", "ab", "0"};
    static char data[40][128];
    struct scene scene;
    struct sm_stream streams[40];
    struct order order = {.table = SM_TABLE_BATCHES};
    struct rows rows;

    scene_open(rig, &scene);
    for (unsigned i = 0; i < 40; i++) {
        streams[i] = stream_new();
        (void)snprintf(data[i], sizeof(data[i]),
                       "{\"batch_id\": \"%s\", \"data_type\": \"bom\"}", keys[i % 8]);
        draft_apply(scene.draft,
                    draft_make(scene.draft, i + 11, client_uuid(9 - i / 8),
                               SM_EVENT_BATCH_STARTED, data[i]),
                    &streams[i]);
    }
    begin_rows(&scene, &rows);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    (void)find_row(rig, SM_SCAN_ROWS + SM_TABLE_BATCHES, comes_after, &order);
    assert_int_equal(order.count, 41);
    order = (struct order){.table = SM_TABLE_FEATURE_TYPES};
    (void)find_row(rig, SM_SCAN_ROWS + SM_TABLE_FEATURE_TYPES, comes_after, &order);
    assert_true(order.count >= 1);
    assert_true(sm_uuid_equal(&order.client, &SM_UUID_NIL));
    assert_int_equal(count_rows(rig, SM_SCAN_ROWS + SM_TABLE_BOM_EXPLOSION_STATUS), 1);
    scene_close(&scene);
}

static void units_with_many_rows_are_kept_whole(const struct store_rig *rig)
{
    static char data[300][128];
    struct scene scene;
    struct sm_stream streams[300];

    scene_open(rig, &scene);
    for (unsigned i = 0; i < 300; i++) {
        streams[i] = stream_new();
        (void)snprintf(data[i], sizeof(data[i]),
                       "{\"batch_id\": \"b-%03u\", \"data_type\": \"bom\"}", i);
        draft_apply(scene.draft,
                    draft_make(scene.draft, i + 1, client_uuid(1), SM_EVENT_BATCH_STARTED,
                               data[i]),
                    &streams[i]);
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(count_rows(rig, SM_SCAN_ROWS + SM_TABLE_BATCHES), 300);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

/* ---- references ---- */

static void ask_references(const struct store_rig *rig, struct sm_store *store,
                           struct sm_arena *arena, struct sm_reference_wanted *list, size_t count)
{
    struct sm_load load = {.arena = arena, .references = list, .reference_count = count};

    assert_int_equal(store_load(rig, store, &load), SM_OK);
}

static void references_are_known_or_not(const struct store_rig *rig)
{
    static const struct {
        enum sm_reference_kind kind;
        const char *code;
        bool known;
    } cases[] = {
        {SM_REFERENCE_FEATURE_TYPE, "ema", true},
        {SM_REFERENCE_FEATURE_TYPE, "features", false},
        {SM_REFERENCE_DATA_TYPE, "features", true},
        {SM_REFERENCE_DATA_TYPE, "ema", false},
        {SM_REFERENCE_FEATURE_TYPE, "EMA", false},
        {SM_REFERENCE_TIME_ZONE, "UTC", true},
        {SM_REFERENCE_TIME_ZONE, "Europe/Moscow", true},
        {SM_REFERENCE_TIME_ZONE, "Mars/Olympus", false},
        {SM_REFERENCE_FEATURE_TYPE, "moon", true},
        {SM_REFERENCE_DATA_TYPE, "images", true},
    };
    struct sm_reference_wanted wanted[SM_ARRAY_COUNT(cases)] = {{{0}, {0}}};
    struct scene scene;
    struct sm_arena arena;
    struct rows rows;

    assert_true(sm_arena_init(&arena, 65536));
    scene_open(rig, &scene);
    begin_rows(&scene, &rows);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++)
        wanted[i].reference = (struct sm_reference){cases[i].kind, sm_slice_of(cases[i].code)};
    ask_references(rig, scene.store, &arena, wanted, SM_ARRAY_COUNT(cases));
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        if (wanted[i].state.known != cases[i].known)
            fail_msg("%s %s", sm_reference_kind_name(cases[i].kind), cases[i].code);
    }
    assert_null(wanted[0].state.config_rules.data);
    assert_true(sm_slice_equal(wanted[8].state.config_rules,
                               SM_SLICE("{\"phase\": {\"type\": \"count\", \"required\": true}}")));
    sm_arena_deinit(&arena);
    scene_close(&scene);
}

/* What a client may send as a time zone: nothing of it may be an error of the session. */
static void no_time_zone_breaks_a_load(const struct store_rig *rig)
{
    static const char *const names[] = {
        "now", "epoch", "infinity", "today", "0", "+", "-", "/", "//", "///etc/passwd", "etc/",
        "posixrules", "localtime", "Factory", "EST5EDT", "UTC+99999", "-99999999999", "A", "_",
        "America/Argentina/ComodRivadavia", "america/new_york", "Europe",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct sm_reference_wanted wanted[SM_ARRAY_COUNT(names) + 1] = {{{0}, {0}}};
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_arena arena;

    assert_true(sm_arena_init(&arena, 65536));
    for (size_t i = 0; i < SM_ARRAY_COUNT(names); i++)
        wanted[i].reference =
            (struct sm_reference){SM_REFERENCE_TIME_ZONE, sm_slice_of(names[i])};
    wanted[SM_ARRAY_COUNT(names)].reference =
        (struct sm_reference){SM_REFERENCE_TIME_ZONE, SM_SLICE("UTC")};
    ask_references(rig, store, &arena, wanted, SM_ARRAY_COUNT(wanted));
    assert_true(wanted[SM_ARRAY_COUNT(names)].state.known);
    sm_arena_deinit(&arena);
    store->ops->close(store);
}

/* ---- log lines ---- */

static enum sm_seen_where where_is(const struct store_rig *rig, struct sm_store *store,
                                   unsigned id, const struct sm_digest *hash)
{
    struct sm_seen_wanted wanted = {.client_id = client_uuid(1), .event_id = event_uuid(id)};
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena, .seen = &wanted, .seen_count = 1};

    assert_true(sm_arena_init(&arena, 4096));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    if (hash != NULL)
        assert_true(sm_digest_equal(&wanted.seen.content_hash, hash));
    sm_arena_deinit(&arena);
    return wanted.seen.where;
}

static struct sm_event *line(struct scene *scene, unsigned id, const char *data)
{
    struct sm_event *event =
        draft_make(scene->draft, id, client_uuid(1), SM_EVENT_LOG_RECORDED, data);

    draft_line(scene->draft, event);
    return event;
}

static void log_lines_are_seen_and_counted(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_digest hash;

    scene_open(rig, &scene);
    (void)line(&scene, 1, "{\"level\": \"warn\", \"message\": \"a\\nb\"}");
    draft_end(scene.draft);
    hash = scene.draft->events[0].content_hash;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(where_is(rig, scene.store, 1, &hash), SM_SEEN_IN_LOG);
    assert_int_equal(where_is(rig, scene.store, 2, NULL), SM_SEEN_NOWHERE);
    (void)line(&scene, 2, "{\"level\": \"info\", \"message\": \"new\"}");
    (void)line(&scene, 1, "{\"level\": \"warn\", \"message\": \"a\\nb\"}");
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
    assert_int_equal(where_is(rig, scene.store, 2, NULL), SM_SEEN_NOWHERE);
    assert_int_equal(position_now(rig).logged, 1);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void many_log_lines_come_beside_many_facts(const struct store_rig *rig)
{
    static const unsigned facts[] = {0, 1, 150};
    struct scene scene;

    for (size_t i = 0; i < SM_ARRAY_COUNT(facts); i++) {
        rig->reset(rig->context);
        scene_open(rig, &scene);
        draft_streams(scene.draft, facts[i]);
        for (unsigned j = 0; j < 240; j++)
            (void)line(&scene, 1000 + j, "{\"level\": \"info\", \"message\": \"m\"}");
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
        assert_int_equal(where_is(rig, scene.store, 1000, NULL), SM_SEEN_IN_LOG);
        assert_int_equal(where_is(rig, scene.store, 1239, NULL), SM_SEEN_IN_LOG);
        assert_int_equal(position_now(rig).logged, 240);
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), facts[i]);
        assert_true(is_verified(rig));
        scene_close(&scene);
    }
}

static void a_line_that_is_there_undoes_a_large_unit(const struct store_rig *rig)
{
    static const unsigned facts[] = {0, 150};
    struct scene scene;

    for (size_t i = 0; i < SM_ARRAY_COUNT(facts); i++) {
        rig->reset(rig->context);
        scene_open(rig, &scene);
        (void)line(&scene, 1100, "{\"level\": \"info\", \"message\": \"m\"}");
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
        draft_streams(scene.draft, facts[i]);
        for (unsigned j = 0; j < 200; j++)
            (void)line(&scene, 1000 + j, "{\"level\": \"info\", \"message\": \"m\"}");
        assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
        assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
        assert_int_equal(where_is(rig, scene.store, 1000, NULL), SM_SEEN_NOWHERE);
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
        assert_int_equal(position_now(rig).logged, 1);
        (void)line(&scene, 1000, "{\"level\": \"info\", \"message\": \"m\"}");
        assert_int_equal(scene_commit(rig, &scene), SM_OK); /* the session lives on */
        assert_true(is_verified(rig));
        scene_close(&scene);
    }
}

static size_t trim(const struct store_rig *rig, struct sm_store *store, int64_t before_us,
                   size_t count_max)
{
    struct sm_trim trim = {.before_us = before_us, .count_max = count_max, .removed = 99};
    struct sm_store_call call = {.kind = SM_STORE_TRIM, .trim = &trim};

    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    return trim.removed;
}

/* Lines 1 … 9 carry a time of their own, one second apart; 10 has that of its event. */
static void old_log_lines_are_removed_a_few_at_a_time(const struct store_rig *rig)
{
    static char data[9][128];
    struct scene scene;

    scene_open(rig, &scene);
    for (unsigned i = 0; i < 9; i++) {
        (void)snprintf(data[i], sizeof(data[i]),
                       "{\"level\": \"info\", \"message\": \"m\", \"timestamp\": "
                       "\"2025-01-01T00:00:%02u.000000Z\"}",
                       9 - i);
        (void)line(&scene, i + 1, data[i]);
    }
    (void)line(&scene, 10, "{\"level\": \"info\", \"message\": \"m\"}");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(trim(rig, scene.store, INT64_C(1735689601000000), 100), 0); /* 00:00:01 */
    assert_int_equal(trim(rig, scene.store, INT64_C(1735689607000000), 4), 4);
    assert_int_equal(trim(rig, scene.store, INT64_C(1735689607000000), 4), 2);
    assert_int_equal(trim(rig, scene.store, INT64_C(1735689607000000), 4), 0);
    assert_int_equal(where_is(rig, scene.store, 3, NULL), SM_SEEN_IN_LOG); /* 00:00:07 */
    assert_int_equal(where_is(rig, scene.store, 4, NULL), SM_SEEN_NOWHERE);
    assert_int_equal(where_is(rig, scene.store, 9, NULL), SM_SEEN_NOWHERE);
    assert_int_equal(trim(rig, scene.store, draft_time(10), 100), 3);
    assert_int_equal(where_is(rig, scene.store, 10, NULL), SM_SEEN_IN_LOG);
    assert_int_equal(position_now(rig).logged, 10); /* the books keep the count */
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static const struct store_case cases[] = {
    {"rows of every table come back as they are", rows_of_every_table_come_back_as_they_are},
    {"a row that changes twice in a unit is written once",
     a_row_that_changes_twice_in_a_unit_is_written_once},
    {"rows are scanned by client and key", rows_are_scanned_by_client_and_key},
    {"units with many rows are kept whole", units_with_many_rows_are_kept_whole},
    {"references are known or not", references_are_known_or_not},
    {"no time zone breaks a load", no_time_zone_breaks_a_load},
    {"log lines are seen and counted", log_lines_are_seen_and_counted},
    {"many log lines come beside many facts", many_log_lines_come_beside_many_facts},
    {"a line that is there undoes a large unit", a_line_that_is_there_undoes_a_large_unit},
    {"old log lines are removed a few at a time", old_log_lines_are_removed_a_few_at_a_time},
};
const struct store_group store_rows_group = {cases, SM_ARRAY_COUNT(cases)};
