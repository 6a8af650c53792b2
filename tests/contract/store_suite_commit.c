/* The store suite: units of work. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void units_of_all_sizes_are_kept_whole(const struct store_rig *rig)
{
    static const unsigned sizes[] = {0, 1, 2, 127, 128, 129, 400};
    struct scene scene;

    for (size_t i = 0; i < SM_ARRAY_COUNT(sizes); i++) {
        rig->reset(rig->context);
        scene_open(rig, &scene);
        draft_streams(scene.draft, sizes[i]);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), sizes[i]);
        assert_int_equal(count_rows(rig, SM_SCAN_HEADS), sizes[i]);
        assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 1);
        assert_true(is_verified(rig));
        scene_close(&scene);
    }
}

static void every_column_of_an_event_comes_back(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_event *event;
    struct sm_log *log;
    struct sm_log_scan *scan = NULL;
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};

    scene_open(rig, &scene);
    event = draft_event(scene.draft, 1, 1, "ema", 1);
    event->expected_version = 0;
    event->time_us = draft_time(1) - 5;
    event->actor = SM_SLICE("admin@example.com");
    event->correlation_id = SM_SLICE("c-1");
    event->causation_id = SM_SLICE("");
    event->traceparent = SM_SLICE("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    scene.draft->appends[0].previous = SM_SLICE("{\"name\": \"было\"}");
    draft_head(scene.draft, 1, "ema", 0, 1);
    draft_end(scene.draft);
    assert_int_equal(draft_commit(rig, scene.store, scene.draft, NULL), SM_OK);

    log = rig->log(rig->context);
    assert_int_equal(log->ops->open(log, SM_SCAN_EVENTS_BY_OFFSET, &scan, &err), SM_OK);
    assert_int_equal(log->ops->next(scan, &row, &err), SM_OK);
    assert_true(sm_uuid_equal(&row->event.event.id, &event->id));
    assert_true(sm_uuid_equal(&row->event.event.client_id, &event->client_id));
    assert_int_equal(row->event.event.type, event->type);
    assert_int_equal(row->event.event.expected_version, 0);
    assert_int_equal(row->event.event.time_us, event->time_us);
    assert_true(sm_slice_equal(row->event.event.source, event->source));
    assert_true(sm_slice_equal(row->event.event.actor, event->actor));
    assert_true(sm_slice_equal(row->event.event.correlation_id, event->correlation_id));
    assert_true(sm_slice_equal(row->event.event.causation_id, event->causation_id));
    assert_true(sm_slice_equal(row->event.event.traceparent, event->traceparent));
    assert_true(sm_slice_equal(row->event.event.key, event->key));
    assert_true(sm_slice_equal(row->event.event.data, event->data));
    assert_true(sm_digest_equal(&row->event.event.content_hash, &event->content_hash));
    assert_true(sm_slice_equal(row->event.previous, scene.draft->appends[0].previous));
    assert_int_equal(row->event.version, 1);
    assert_int_equal(row->event.created_at, draft_time(1));
    assert_int_equal(row->event.recorded_at, scene.draft->partitions[0].row.recorded_at);
    assert_int_equal(row->event.cause, SM_CAUSE_LIVE);
    assert_int_equal(row->event.position.topic_id, scene.taken.topic_id);
    assert_int_equal(row->event.position.partition, 0);
    assert_int_equal(row->event.position.offset, 0);
    assert_int_equal(row->event.position.ledger_seq, 1);
    log->ops->close_scan(scan);
    log->ops->close(log);
    scene_close(&scene);
}

static void a_moved_position_fences(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    draft_streams(scene.draft, 1);
    scene.draft->partitions[0].row.first_offset = 1;
    scene.draft->partitions[0].row.next_offset = 2;
    scene.draft->appends[0].offset = 1;
    assert_int_equal(scene_commit(rig, &scene), SM_FENCED);
    draft_streams(scene.draft, 200);
    scene.draft->partitions[0].row.first_offset = 5;
    assert_int_equal(scene_commit(rig, &scene), SM_FENCED);
    assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
    assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 0);
    draft_streams(scene.draft, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK); /* the session lives on */
    scene_close(&scene);
}

static void an_owner_that_lost_its_partition_is_fenced(const struct store_rig *rig)
{
    static const unsigned sizes[] = {1, 200};

    for (size_t i = 0; i < SM_ARRAY_COUNT(sizes); i++) {
        struct sm_store *other = rig->open(rig->context, "two");
        struct sm_takeover claim = {.id = {SM_TOPIC_CONFIG, 0}, .mode = SM_TAKEOVER_CLAIM};
        struct scene scene;

        scene_open(rig, &scene);
        assert_int_equal(store_take(rig, other, &claim, 1), SM_OK);
        draft_streams(scene.draft, sizes[i]);
        assert_int_equal(scene_commit(rig, &scene), SM_FENCED);
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
        assert_int_equal(count_rows(rig, SM_SCAN_HEADS), 0);
        other->ops->close(other);
        scene_close(&scene);
    }
}

static void one_wrong_position_fences_the_whole_unit(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_takeover second;

    scene_open(rig, &scene);
    second = store_own(rig, scene.store, 1);
    second.epoch++;
    draft_streams(scene.draft, 1);
    draft_partition(scene.draft, &second);
    draft_event(scene.draft, 7, 7, "ema", 1);
    draft_head(scene.draft, 7, "ema", 0, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_FENCED);
    assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
    assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 0);
    scene_close(&scene);
}

static void several_partitions_commit_together(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_takeover second;
    const struct sm_range duplicates = {1, 4};

    scene_open(rig, &scene);
    second = store_own(rig, scene.store, 1);
    draft_streams(scene.draft, 1);
    draft_duplicates(scene.draft, &duplicates);
    draft_partition(scene.draft, &second);
    draft_event(scene.draft, 7, 7, "ema", 1);
    draft_head(scene.draft, 7, "ema", 0, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 2);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void an_event_id_that_is_in_the_log_conflicts(const struct store_rig *rig)
{
    static const unsigned sizes[] = {1, 200};
    struct scene scene;

    scene_open(rig, &scene);
    draft_event(scene.draft, 5000, 900, "ema", 1);
    draft_head(scene.draft, 900, "ema", 0, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (size_t i = 0; i < SM_ARRAY_COUNT(sizes); i++) {
        draft_streams(scene.draft, sizes[i] - 1);
        draft_event(scene.draft, 5000, 900, "ma", 1);
        draft_head(scene.draft, 900, "ma", 0, 1);
        assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
        assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 1);
        assert_int_equal(count_rows(rig, SM_SCAN_HEADS), 1);
    }
    draft_event(scene.draft, 5000, 901, "ema", 1); /* an id belongs to its client */
    draft_head(scene.draft, 901, "ema", 0, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    scene_close(&scene);
}

static void an_event_id_twice_in_one_unit_conflicts(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    draft_event(scene.draft, 1, 1, "ema", 1);
    draft_head(scene.draft, 1, "ema", 0, 1);
    draft_event(scene.draft, 1, 1, "ma", 1);
    draft_head(scene.draft, 1, "ma", 0, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
    scene_close(&scene);
}

static void a_head_at_another_version_conflicts(const struct store_rig *rig)
{
    static const struct {
        int32_t expected, version;
        enum sm_status status;
    } steps[] = {{1, 2, SM_CONFLICT}, {0, 1, SM_OK},       {0, 1, SM_CONFLICT}, {2, 3, SM_CONFLICT},
                 {1, 2, SM_OK},       {1, 2, SM_CONFLICT}, {2, 9, SM_OK}};
    struct scene scene;

    scene_open(rig, &scene);
    for (unsigned i = 0; i < SM_ARRAY_COUNT(steps); i++) {
        draft_event(scene.draft, 10 + i, 1, "ema", steps[i].version);
        draft_head(scene.draft, 1, "ema", steps[i].expected, steps[i].version);
        assert_int_equal(scene_commit(rig, &scene), steps[i].status);
        if (steps[i].status == SM_CONFLICT)
            assert_int_equal(scene.err.native, SM_CONFLICT_VERSION);
    }
    scene_close(&scene);
}

static void a_head_that_a_rejection_was_judged_by_is_checked(const struct store_rig *rig)
{
    const struct sm_rejection rejection = {.code = SM_CODE_VERSION_CONFLICT,
                                           .reason = "expected 1"};
    struct scene scene;

    scene_open(rig, &scene);
    draft_streams(scene.draft, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (int32_t version = 0; version <= 2; version++) {
        draft_dead_letter(scene.draft, &rejection, NULL);
        scene.draft->checks[0] = (struct sm_head_wanted){
            .name = {client_uuid(0), SM_KIND_FEATURE_CONFIG, SM_SLICE("ema")},
            .head = {.version = version},
        };
        scene.draft->checks[1] = (struct sm_head_wanted){
            .name = {client_uuid(0), SM_KIND_FEATURE_CONFIG, SM_SLICE("promo")},
        };
        scene.draft->unit.check_count = 2;
        assert_int_equal(scene_commit(rig, &scene), version == 1 ? SM_OK : SM_CONFLICT);
    }
    assert_int_equal(count_rows(rig, SM_SCAN_DEAD_LETTERS), 1);
    scene_close(&scene);
}

static void generations_tell_who_read_too_early(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_load load = {0};
    uint64_t bit = UINT64_C(1) << 5, other = UINT64_C(1) << 6;

    scene_open(rig, &scene);
    scene.draft->unit.buckets_exclusive = bit;
    scene.draft->unit.buckets_shared = other;
    assert_int_equal(scene_commit(rig, &scene), SM_OK); /* bucket 5 goes on by one, 6 does not */
    scene.draft->unit.buckets_shared = bit;
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(scene.err.native, SM_CONFLICT_GENERATION);
    scene.draft->unit.buckets_exclusive = bit;
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    scene.draft->unit.buckets_shared = other;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);

    load.arena = calloc(1, sizeof(*load.arena));
    assert_non_null(load.arena);
    assert_true(sm_arena_init(load.arena, 65536));
    assert_int_equal(store_load(rig, scene.store, &load), SM_OK);
    memcpy(scene.draft->generations, load.generations, sizeof(load.generations));
    scene.draft->unit.buckets_shared = UINT64_MAX;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    sm_arena_deinit(load.arena);
    free(load.arena);
    scene_close(&scene);
}

static void an_organization_has_one_owner_at_a_time(const struct store_rig *rig)
{
    struct sm_client first = make_client(1, "2"), second = make_client(2, "2");
    struct scene scene;

    scene_open(rig, &scene);
    draft_register(scene.draft, 1, &first);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    draft_register(scene.draft, 2, &second);
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
    /* In one unit, in this order: given up, then taken. */
    first.status = SM_CLIENT_STATUS_ARCHIVED;
    scene.draft->clients[0] = (struct sm_client_change){&first, false};
    scene.draft->unit.client_count = 1;
    draft_register(scene.draft, 2, &second);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(count_rows(rig, SM_SCAN_CLIENTS), 2);
    scene_close(&scene);
}

static void a_refused_row_is_told_and_nothing_is_kept(const struct store_rig *rig)
{
    static const unsigned sizes[] = {1, 5, 200};
    struct scene scene;

    rig->refuse(rig->context);
    scene_open(rig, &scene);
    for (size_t i = 0; i < SM_ARRAY_COUNT(sizes); i++) {
        draft_streams(scene.draft, sizes[i]);
        scene.draft->events[sizes[i] / 2].source = SM_SLICE(REFUSED_SOURCE);
        assert_int_equal(scene_commit(rig, &scene), SM_REJECT);
        assert_string_not_equal(scene.err.text, "");
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
    }
    draft_streams(scene.draft, 200);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void two_owners_commit_at_the_same_time(const struct store_rig *rig)
{
    struct sm_store *stores[2] = {rig->open(rig->context, "one"), rig->open(rig->context, "two")};
    struct draft *drafts = calloc(2, sizeof(*drafts));
    struct sm_store_call calls[2];
    enum sm_status statuses[2] = {SM_AGAIN, SM_AGAIN};

    assert_non_null(drafts);
    for (int i = 0; i < 2; i++) {
        struct sm_takeover taken = store_own(rig, stores[i], i);

        draft_begin(&drafts[i]);
        draft_partition(&drafts[i], &taken);
        for (unsigned j = 0; j < 150; j++) {
            draft_event(&drafts[i], j, j + (unsigned)i * 1000, "ema", 1);
            draft_head(&drafts[i], j + (unsigned)i * 1000, "ema", 0, 1);
        }
        drafts[i].unit.buckets_shared = UINT64_MAX;
        draft_end(&drafts[i]);
        calls[i] = (struct sm_store_call){.kind = SM_STORE_COMMIT, .unit = &drafts[i].unit};
        stores[i]->ops->begin(stores[i], &calls[i]);
    }
    for (int i = 0; statuses[0] == SM_AGAIN || statuses[1] == SM_AGAIN; i++) {
        int at = statuses[i % 2] == SM_AGAIN ? i % 2 : 1 - i % 2;
        struct sm_err err = {0};

        statuses[at] = stores[at]->ops->step(stores[at], &err);
        if (statuses[at] == SM_AGAIN)
            rig->wait(rig->context, stores[at]);
    }
    assert_int_equal(statuses[0], SM_OK);
    assert_int_equal(statuses[1], SM_OK);
    assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 300);
    assert_true(is_verified(rig));
    stores[0]->ops->close(stores[0]);
    stores[1]->ops->close(stores[1]);
    free(drafts);
}

static const struct store_case cases[] = {
    {"units of all sizes are kept whole", units_of_all_sizes_are_kept_whole},
    {"every column of an event comes back", every_column_of_an_event_comes_back},
    {"a moved position fences", a_moved_position_fences},
    {"an owner that lost its partition is fenced", an_owner_that_lost_its_partition_is_fenced},
    {"one wrong position fences the whole unit", one_wrong_position_fences_the_whole_unit},
    {"several partitions commit together", several_partitions_commit_together},
    {"an event id that is in the log conflicts", an_event_id_that_is_in_the_log_conflicts},
    {"an event id twice in one unit conflicts", an_event_id_twice_in_one_unit_conflicts},
    {"a head at another version conflicts", a_head_at_another_version_conflicts},
    {"a head that a rejection was judged by is checked",
     a_head_that_a_rejection_was_judged_by_is_checked},
    {"generations tell who read too early", generations_tell_who_read_too_early},
    {"an organization has one owner at a time", an_organization_has_one_owner_at_a_time},
    {"a refused row is told and nothing is kept", a_refused_row_is_told_and_nothing_is_kept},
    {"two owners commit at the same time", two_owners_commit_at_the_same_time},
};
const struct store_group store_commit_group = {cases, SM_ARRAY_COUNT(cases)};
