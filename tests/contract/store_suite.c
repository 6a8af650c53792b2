#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- taking over ---- */

static void a_partition_that_was_never_seen_is_unseen(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken[] = {{.id = {SM_TOPIC_CONFIG, 3}, .mode = SM_TAKEOVER_CLAIM},
                                  {.id = {SM_TOPIC_PROCESSING, 3}, .mode = SM_TAKEOVER_RESUME}};

    assert_int_equal(store_take(rig, store, taken, 2), SM_OK);
    assert_int_equal(taken[0].outcome, SM_TAKEOVER_UNSEEN);
    assert_int_equal(taken[1].outcome, SM_TAKEOVER_UNSEEN);
    assert_int_equal(count_rows(rig, SM_SCAN_POSITIONS), 0);
    store->ops->close(store);
}

static void a_new_partition_begins_where_the_broker_does(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken = {.id = {SM_TOPIC_CONFIG, 0}, .mode = SM_TAKEOVER_CREATE};
    const struct sm_digest none = {{0}};

    assert_int_equal(store_take(rig, store, &taken, 1), SM_OK);
    assert_int_equal(taken.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(taken.epoch, 1);
    assert_int_equal(taken.next_offset, 0);
    assert_int_equal(taken.seq, 0);
    assert_true(taken.recorded_at == SM_TIME_NONE);
    assert_true(sm_digest_equal(&taken.chain, &none));
    assert_int_equal(taken.anchor.offset, -1);
    assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 0);
    store->ops->close(store);
}

static void what_retention_took_before_is_lost_and_booked(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken = {.id = {SM_TOPIC_CONFIG, 0}, .mode = SM_TAKEOVER_CREATE, .low = 17};
    struct sm_log *log;
    struct sm_log_scan *scan = NULL;
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};

    assert_int_equal(store_take(rig, store, &taken, 1), SM_OK);
    assert_int_equal(taken.next_offset, 17);
    assert_int_equal(taken.seq, 1);
    assert_false(taken.recorded_at == SM_TIME_NONE);
    log = rig->log(rig->context);
    assert_int_equal(log->ops->open(log, SM_SCAN_LEDGER, &scan, &err), SM_OK);
    assert_int_equal(log->ops->next(scan, &row, &err), SM_OK);
    assert_int_equal(row->ledger.row.seq, 1);
    assert_int_equal(row->ledger.row.lost.first, 0);
    assert_int_equal(row->ledger.row.lost.next, 17);
    assert_int_equal(row->ledger.row.consumed, 0);
    assert_true(sm_digest_equal(&row->ledger.digest, &taken.chain));
    assert_int_equal(log->ops->next(scan, &row, &err), SM_STOP);
    log->ops->close_scan(scan);
    log->ops->close(log);
    assert_true(is_verified(rig));
    store->ops->close(store);
}

static void a_claim_takes_it_from_whoever_has_it(const struct store_rig *rig)
{
    struct sm_store *one = rig->open(rig->context, "one"), *two = rig->open(rig->context, "two");
    struct sm_takeover first = store_own(rig, one, 0);
    struct sm_takeover second = {.id = {SM_TOPIC_CONFIG, 0}, .mode = SM_TAKEOVER_CLAIM};
    struct draft *draft = calloc(1, sizeof(*draft));

    assert_non_null(draft);
    draft_begin(draft);
    draft_partition(draft, &first);
    draft_event(draft, 1, 1, "ema", 1);
    draft_head(draft, 1, "ema", 0, 1);
    draft->partitions[0].anchor = (struct sm_anchor){0, {{7}}};
    assert_int_equal(draft_commit(rig, one, draft, NULL), SM_OK);

    assert_int_equal(store_take(rig, two, &second, 1), SM_OK);
    assert_int_equal(second.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(second.epoch, 2);
    assert_int_equal(second.topic_id, first.topic_id);
    assert_int_equal(second.next_offset, 1);
    assert_int_equal(second.seq, 1);
    assert_true(sm_digest_equal(&second.chain, &draft->partitions[0].digest));
    assert_true(second.recorded_at == draft->partitions[0].row.recorded_at);
    assert_int_equal(second.anchor.offset, 0);
    assert_int_equal(second.anchor.digest.bytes[0], 7);
    free(draft);
    one->ops->close(one);
    two->ops->close(two);
}

static void resuming_works_at_our_epoch_only(const struct store_rig *rig)
{
    struct sm_store *one = rig->open(rig->context, "one"), *two = rig->open(rig->context, "two");
    struct sm_takeover mine = store_own(rig, one, 0);
    struct sm_takeover other = {.id = {SM_TOPIC_CONFIG, 0}, .mode = SM_TAKEOVER_CLAIM};

    mine.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(rig, one, &mine, 1), SM_OK);
    assert_int_equal(mine.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(mine.epoch, 2);
    assert_int_equal(store_take(rig, two, &other, 1), SM_OK);
    assert_int_equal(other.epoch, 3);
    assert_int_equal(store_take(rig, one, &mine, 1), SM_OK);
    assert_int_equal(mine.outcome, SM_TAKEOVER_FENCED);
    other.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(rig, two, &other, 1), SM_OK);
    assert_int_equal(other.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(other.epoch, 4);
    one->ops->close(one);
    two->ops->close(two);
}

static void creating_what_exists_claims_it(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken = store_own(rig, store, 0);

    taken = (struct sm_takeover){.id = taken.id, .mode = SM_TAKEOVER_CREATE, .low = 99};
    assert_int_equal(store_take(rig, store, &taken, 1), SM_OK);
    assert_int_equal(taken.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(taken.epoch, 2);
    assert_int_equal(taken.next_offset, 0);
    assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 0);
    store->ops->close(store);
}

static void many_partitions_are_taken_in_one_call(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken[24] = {0};

    for (int i = 0; i < 24; i++) { /* not in order, and of both topics */
        taken[i].id = (struct sm_partition_id){i % 2 == 0 ? SM_TOPIC_PROCESSING : SM_TOPIC_CONFIG,
                                               (i / 2 * 5) % 12};
        taken[i].mode = SM_TAKEOVER_CREATE;
        taken[i].low = i;
    }
    assert_int_equal(store_take(rig, store, taken, 24), SM_OK);
    for (int i = 0; i < 24; i++) {
        assert_int_equal(taken[i].outcome, SM_TAKEOVER_TAKEN);
        assert_int_equal(taken[i].next_offset, i);
        assert_int_equal(taken[i].seq, i > 0 ? 1 : 0);
    }
    assert_int_not_equal(taken[0].topic_id, taken[1].topic_id);
    for (int i = 0; i < 24; i++) {
        taken[i].mode = i % 3 == 0 ? SM_TAKEOVER_CLAIM : SM_TAKEOVER_RESUME;
        taken[i].epoch = i % 3 == 2 ? 7 : 1;
    }
    assert_int_equal(store_take(rig, store, taken, 24), SM_OK);
    for (int i = 0; i < 24; i++)
        assert_int_equal(taken[i].outcome, i % 3 == 2 ? SM_TAKEOVER_FENCED : SM_TAKEOVER_TAKEN);
    assert_int_equal(count_rows(rig, SM_SCAN_POSITIONS), 24);
    store->ops->close(store);
}

static void a_stop_is_told_until_the_next_take_over(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken = store_own(rig, store, 0);
    struct sm_stop stop = {taken.id, taken.epoch + 1, "the topic was made anew"};
    struct sm_store_call call = {.kind = SM_STORE_STOP, .stop = &stop};

    assert_int_equal(store_call(rig, store, &call, NULL), SM_FENCED);
    stop.epoch = taken.epoch;
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    for (int i = 0; i < 2; i++) {
        struct sm_log *log = rig->log(rig->context);
        struct sm_log_scan *scan = NULL;
        const struct sm_log_row *row = NULL;
        struct sm_err err = {0};

        assert_int_equal(log->ops->open(log, SM_SCAN_POSITIONS, &scan, &err), SM_OK);
        assert_int_equal(log->ops->next(scan, &row, &err), SM_OK);
        assert_int_equal(row->position.stopped_reason.data == NULL, i == 1);
        log->ops->close_scan(scan);
        log->ops->close(log);
        taken.mode = SM_TAKEOVER_RESUME;
        assert_int_equal(store_take(rig, store, &taken, 1), SM_OK);
    }
    store->ops->close(store);
}

/* ---- committing ---- */

/* One session, one partition, and a draft on it. */
struct scene {
    struct sm_store *store;
    struct sm_takeover taken;
    struct draft *draft;
    struct sm_err err;
};

static void scene_open(const struct store_rig *rig, struct scene *scene)
{
    *scene = (struct scene){.store = rig->open(rig->context, "one")};
    scene->taken = store_own(rig, scene->store, 0);
    scene->draft = calloc(1, sizeof(*scene->draft));
    assert_non_null(scene->draft);
    draft_begin(scene->draft);
    draft_partition(scene->draft, &scene->taken);
}

/* Commits the draft and begins the next one of the same partition. */
static enum sm_status scene_commit(const struct store_rig *rig, struct scene *scene)
{
    enum sm_status status = draft_commit(rig, scene->store, scene->draft, &scene->err);

    if (status == SM_OK)
        draft_follow(scene->draft, 0, &scene->taken);
    draft_begin(scene->draft);
    draft_partition(scene->draft, &scene->taken);
    return status;
}

static void scene_close(struct scene *scene)
{
    scene->store->ops->close(scene->store);
    free(scene->draft);
}

/* The first version of `count` streams of feature configs. */
static void add_streams(struct draft *draft, unsigned count)
{
    static const char *const features[] = {"ema", "ma", "std", "lags", "weather"};

    for (unsigned i = 0; i < count; i++) {
        draft_event(draft, i, i / 5, features[i % 5], 1);
        draft_head(draft, i / 5, features[i % 5], 0, 1);
    }
}

static void units_of_all_sizes_are_kept_whole(const struct store_rig *rig)
{
    static const unsigned sizes[] = {0, 1, 2, 63, 64, 65, 400};
    struct scene scene;

    for (size_t i = 0; i < SM_ARRAY_COUNT(sizes); i++) {
        rig->reset(rig->context);
        scene_open(rig, &scene);
        add_streams(scene.draft, sizes[i]);
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
    add_streams(scene.draft, 1);
    scene.draft->partitions[0].row.first_offset = 1;
    scene.draft->partitions[0].row.next_offset = 2;
    scene.draft->appends[0].offset = 1;
    assert_int_equal(scene_commit(rig, &scene), SM_FENCED);
    add_streams(scene.draft, 100);
    scene.draft->partitions[0].row.first_offset = 5;
    assert_int_equal(scene_commit(rig, &scene), SM_FENCED);
    assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
    assert_int_equal(count_rows(rig, SM_SCAN_LEDGER), 0);
    add_streams(scene.draft, 1);
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
        add_streams(scene.draft, sizes[i]);
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
    add_streams(scene.draft, 1);
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
    add_streams(scene.draft, 1);
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
    static const unsigned sizes[] = {1, 100};
    struct scene scene;

    scene_open(rig, &scene);
    draft_event(scene.draft, 5000, 900, "ema", 1);
    draft_head(scene.draft, 900, "ema", 0, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (size_t i = 0; i < SM_ARRAY_COUNT(sizes); i++) {
        add_streams(scene.draft, sizes[i] - 1);
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
    add_streams(scene.draft, 1);
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
        add_streams(scene.draft, sizes[i]);
        scene.draft->events[sizes[i] / 2].source = SM_SLICE(REFUSED_SOURCE);
        assert_int_equal(scene_commit(rig, &scene), SM_REJECT);
        assert_string_not_equal(scene.err.text, "");
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
    }
    add_streams(scene.draft, 200);
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

/* ---- loading ---- */

struct questions {
    struct sm_arena arena;
    struct sm_load load;
    struct sm_head_wanted heads[3];
    struct sm_client_wanted clients[2];
    struct sm_organization_wanted organizations[3];
    struct sm_seen_wanted seen[5];
};

static void ask(const struct store_rig *rig, struct sm_store *store, struct questions *all)
{
    all->load.arena = &all->arena;
    all->load.heads = all->heads;
    all->load.clients = all->clients;
    all->load.organizations = all->organizations;
    all->load.seen = all->seen;
    assert_int_equal(store_load(rig, store, &all->load), SM_OK);
}

static struct sm_head_wanted head_of(unsigned client, enum sm_kind kind, const char *key)
{
    return (struct sm_head_wanted){.name = {client_uuid(client), kind, sm_slice_of(key)}};
}

/* Two clients (one archived), one stream with two versions, one dead letter with content and one
 * without. */
static void fill(const struct store_rig *rig, struct scene *scene, const struct sm_client *first,
                 const struct sm_client *second, const struct sm_event *rejected)
{
    static const struct sm_rejection rejection = {.code = SM_CODE_CLIENT_ARCHIVED,
                                                  .reason = "archived"};
    struct sm_dead_letter *letter;

    draft_register(scene->draft, 1, first);
    draft_register(scene->draft, 2, second);
    draft_event(scene->draft, 3, 1, "ema", 1);
    draft_event(scene->draft, 4, 1, "ema", 2);
    draft_head(scene->draft, 1, "ema", 0, 2);
    draft_dead_letter(scene->draft, &rejection, rejected);
    letter = draft_dead_letter(scene->draft, &rejection, rejected + 1);
    letter->known.content = false;
    assert_int_equal(scene_commit(rig, scene), SM_OK);
}

static void everything_that_was_asked_for_is_loaded(const struct store_rig *rig)
{
    struct sm_client first = make_client(1, "2"), second = make_client(2, "9");
    struct sm_event rejected[2] = {
        {.id = event_uuid(77), .client_id = client_uuid(2), .content_hash = {{7}}},
        {.id = event_uuid(78), .client_id = client_uuid(3)}};
    struct questions *all = calloc(1, sizeof(*all));
    struct scene scene;

    assert_non_null(all);
    assert_true(sm_arena_init(&all->arena, 65536));
    first.contact_email = SM_SLICE("a@b.ru");
    first.features_enabled = SM_SLICE("{\"bom_explosion\": true}");
    second.status = SM_CLIENT_STATUS_ARCHIVED;
    scene_open(rig, &scene);
    fill(rig, &scene, &first, &second, rejected);

    all->heads[0] = head_of(1, SM_KIND_FEATURE_CONFIG, "ema");
    all->heads[1] = head_of(1, SM_KIND_FEATURE_CONFIG, "ma");
    all->heads[2] = head_of(2, SM_KIND_CLIENT, "");
    all->load.head_count = 3;
    all->clients[0].id = client_uuid(1);
    all->clients[1].id = client_uuid(3);
    all->load.client_count = 2;
    all->organizations[0].organization_id = SM_SLICE("2");
    all->organizations[1].organization_id = SM_SLICE("9");
    all->organizations[2].organization_id = SM_SLICE("none");
    all->load.organization_count = 3;
    all->seen[0] = (struct sm_seen_wanted){.client_id = client_uuid(1), .event_id = event_uuid(3)};
    all->seen[1] = (struct sm_seen_wanted){.client_id = client_uuid(2), .event_id = event_uuid(3)};
    all->seen[2] = (struct sm_seen_wanted){.client_id = client_uuid(2), .event_id = event_uuid(77)};
    all->seen[3] = (struct sm_seen_wanted){.client_id = client_uuid(3), .event_id = event_uuid(78)};
    all->seen[4] = (struct sm_seen_wanted){.client_id = client_uuid(1), .event_id = event_uuid(99)};
    all->load.seen_count = 5;
    ask(rig, scene.store, all);

    assert_int_equal(all->heads[0].head.version, 2);
    assert_int_equal(all->heads[0].head.last_at, draft_time(2));
    assert_int_equal(all->heads[0].head.active_at, draft_time(2));
    assert_int_equal(all->heads[1].head.version, 0);
    assert_true(all->heads[1].head.last_at == SM_TIME_NONE);
    assert_int_equal(all->heads[2].head.version, 1);
    assert_true(all->heads[2].head.active_at == SM_TIME_NONE);

    assert_true(all->clients[0].client.exists);
    assert_true(sm_slice_equal(all->clients[0].client.name, first.name));
    assert_true(sm_slice_equal(all->clients[0].client.contact_email, first.contact_email));
    assert_null(all->clients[0].client.contact_phone.data);
    assert_true(sm_slice_equal(all->clients[0].client.features_enabled, first.features_enabled));
    assert_int_equal(all->clients[0].client.status, SM_CLIENT_STATUS_ACTIVE);
    assert_int_equal(all->clients[0].client.created_at, draft_time(1));
    assert_true(all->clients[0].client.config_confirmed_at == SM_TIME_NONE);
    assert_int_equal(all->clients[0].head.version, 1);
    assert_false(all->clients[0].has_dead_letters);
    assert_false(all->clients[1].client.exists);
    assert_int_equal(all->clients[1].head.version, 0);
    assert_true(all->clients[1].has_dead_letters);

    assert_true(all->organizations[0].owned);
    assert_true(sm_uuid_equal(&all->organizations[0].owner, &first.id));
    assert_false(all->organizations[1].owned);
    assert_false(all->organizations[2].owned);

    assert_int_equal(all->seen[0].seen.where, SM_SEEN_IN_LOG);
    assert_int_equal(all->seen[1].seen.where, SM_SEEN_NOWHERE);
    assert_int_equal(all->seen[2].seen.where, SM_SEEN_IN_DEAD_LETTERS);
    assert_true(sm_digest_equal(&all->seen[2].seen.content_hash, &rejected[0].content_hash));
    assert_int_equal(all->seen[3].seen.where, SM_SEEN_NOWHERE);
    assert_int_equal(all->seen[4].seen.where, SM_SEEN_NOWHERE);
    assert_true(all->load.feature_type_count >= 7);

    sm_arena_deinit(&all->arena);
    free(all);
    scene_close(&scene);
}

static void
of_several_dead_letters_the_one_with_the_same_content_counts(const struct store_rig *rig)
{
    static const struct sm_rejection rejection = {.code = SM_CODE_TIME_AHEAD, .reason = "ahead"};
    struct sm_event rejected[3];
    struct questions *all = calloc(1, sizeof(*all));
    struct scene scene;

    assert_non_null(all);
    assert_true(sm_arena_init(&all->arena, 65536));
    scene_open(rig, &scene);
    for (uint8_t i = 0; i < 3; i++) {
        rejected[i] = (struct sm_event){
            .id = event_uuid(1), .client_id = client_uuid(1), .content_hash = {{(uint8_t)(i + 1)}}};
        draft_dead_letter(scene.draft, &rejection, &rejected[i]);
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (uint8_t i = 0; i < 4; i++)
        all->seen[i] = (struct sm_seen_wanted){.client_id = client_uuid(1),
                                               .event_id = event_uuid(1),
                                               .content_hash = {{(uint8_t)(i + 1)}}};
    all->load.seen_count = 4;
    ask(rig, scene.store, all);
    for (uint8_t i = 0; i < 4; i++) {
        assert_int_equal(all->seen[i].seen.where, SM_SEEN_IN_DEAD_LETTERS);
        assert_int_equal(
            sm_digest_equal(&all->seen[i].seen.content_hash, &all->seen[i].content_hash), i < 3);
    }
    sm_arena_deinit(&all->arena);
    free(all);
    scene_close(&scene);
}

static void an_arena_that_is_too_small_is_a_limit(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena};

    assert_true(sm_arena_init(&arena, 16));
    assert_int_equal(store_load(rig, store, &load), SM_LIMIT);
    sm_arena_deinit(&arena);
    assert_true(sm_arena_init(&arena, 65536));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    sm_arena_deinit(&arena);
    store->ops->close(store);
}

/* ---- scans ---- */

static int order_of_events(enum sm_log_scan_kind kind, const struct sm_event_row *a,
                           const struct sm_event_row *b)
{
    const struct sm_log_position *x = &a->position, *y = &b->position;
    int order;

    if (kind == SM_SCAN_EVENTS_BY_OFFSET) {
        if (x->topic_id != y->topic_id)
            return x->topic_id < y->topic_id ? -1 : 1;
        if (x->partition != y->partition)
            return x->partition < y->partition ? -1 : 1;
        return (x->offset > y->offset) - (x->offset < y->offset);
    }
    order = sm_uuid_compare(&a->event.client_id, &b->event.client_id);
    if (order == 0)
        order = (int)sm_event_type_kind(a->event.type) - (int)sm_event_type_kind(b->event.type);
    if (order == 0)
        order = sm_slice_compare(a->event.key, b->event.key);
    return order != 0 ? order : (a->version > b->version) - (a->version < b->version);
}

static void scans_come_in_their_order(const struct store_rig *rig)
{
    static const char *const keys[] = {"b", "a", "B", "я", "aa", "a-b", "a_b", "ab"};
    static const enum sm_log_scan_kind kinds[] = {SM_SCAN_EVENTS_BY_STREAM,
                                                  SM_SCAN_EVENTS_BY_OFFSET};
    struct sm_client clients[] = {make_client(3, "3"), make_client(1, "1")};
    struct sm_takeover second;
    struct scene scene;

    scene_open(rig, &scene);
    second = store_own(rig, scene.store, 1);
    for (unsigned i = 0; i < 160; i++) {
        if (i == 80)
            draft_partition(scene.draft, &second);
        draft_event(scene.draft, i, i % 5, keys[(i / 5) % 8], (int32_t)(i / 40) + 1);
        if (i < 40)
            draft_head(scene.draft, i % 5, keys[(i / 5) % 8], 0, 4);
    }
    draft_register(scene.draft, 900, &clients[0]);
    draft_register(scene.draft, 901, &clients[1]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (size_t i = 0; i < SM_ARRAY_COUNT(kinds); i++) {
        struct sm_log *log = rig->log(rig->context);
        struct sm_log_scan *scan = NULL;
        const struct sm_log_row *row = NULL;
        struct sm_event_row last = {0};
        struct sm_err err = {0};
        char key[16];
        size_t count = 0;

        assert_int_equal(log->ops->open(log, kinds[i], &scan, &err), SM_OK);
        while (log->ops->next(scan, &row, &err) == SM_OK) {
            if (count++ > 0)
                assert_true(order_of_events(kinds[i], &last, &row->event) < 0);
            last = row->event;
            memcpy(key, row->event.event.key.data, row->event.event.key.size);
            last.event.key.data = (const uint8_t *)key;
        }
        assert_int_equal(count, 162);
        log->ops->close_scan(scan);
        log->ops->close(log);
    }
    scene_close(&scene);
}

static void several_scans_are_open_at_once(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_log *log;
    struct sm_log_scan *scans[2] = {NULL, NULL};
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};

    scene_open(rig, &scene);
    add_streams(scene.draft, 300);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    log = rig->log(rig->context);
    assert_int_equal(log->ops->open(log, SM_SCAN_HEADS, &scans[0], &err), SM_OK);
    assert_int_equal(log->ops->open(log, SM_SCAN_EVENTS_BY_STREAM, &scans[1], &err), SM_OK);
    for (int i = 0; i < 300; i++) {
        struct sm_uuid client;

        assert_int_equal(log->ops->next(scans[0], &row, &err), SM_OK);
        client = row->head.name.client_id;
        assert_int_equal(log->ops->next(scans[1], &row, &err), SM_OK);
        assert_true(sm_uuid_equal(&client, &row->event.event.client_id));
    }
    assert_int_equal(log->ops->next(scans[0], &row, &err), SM_STOP);
    assert_int_equal(log->ops->next(scans[0], &row, &err), SM_STOP);
    log->ops->close_scan(scans[0]);
    assert_int_equal(log->ops->next(scans[1], &row, &err), SM_STOP);
    log->ops->close_scan(scans[1]);
    log->ops->close(log);
    scene_close(&scene);
}

/* ---- sessions that end ---- */

static void a_lost_session_is_a_retry_then_all_works_again(const struct store_rig *rig)
{
    struct scene scene;
    enum sm_status status;

    scene_open(rig, &scene);
    rig->cut(rig->context);
    add_streams(scene.draft, 100);
    status = scene_commit(rig, &scene);
    assert_int_equal(status, SM_RETRY);
    scene.taken.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(rig, scene.store, &scene.taken, 1), SM_OK);
    assert_int_equal(scene.taken.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(scene.taken.next_offset, 0);
    draft_begin(scene.draft);
    draft_partition(scene.draft, &scene.taken);
    add_streams(scene.draft, 100);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void a_commit_that_was_abandoned_is_decided_by_resuming(const struct store_rig *rig)
{
    static const unsigned sizes[] = {3, 400};
    struct scene scene;
    unsigned next_id = 0;

    scene_open(rig, &scene);
    /* Thrown away after 0, 1, 2, … steps: before it is sent, on its way, or when it is done. */
    for (unsigned i = 0; i < 40; i++) {
        struct sm_store_call call = {.kind = SM_STORE_COMMIT, .unit = &scene.draft->unit};
        int64_t before = scene.taken.next_offset, after;
        enum sm_status status = SM_AGAIN;

        for (unsigned j = 0; j < sizes[i % 2]; j++, next_id++) {
            draft_event(scene.draft, next_id, next_id, "ema", 1);
            draft_head(scene.draft, next_id, "ema", 0, 1);
        }
        draft_end(scene.draft);
        after = scene.draft->partitions[0].row.next_offset;
        scene.store->ops->begin(scene.store, &call);
        for (unsigned step = 0; step < i / 2 && status == SM_AGAIN; step++) {
            status = scene.store->ops->step(scene.store, &scene.err);
            if (status == SM_AGAIN)
                rig->wait(rig->context, scene.store);
        }
        scene.store->ops->abandon(scene.store);
        scene.taken.mode = SM_TAKEOVER_RESUME;
        assert_int_equal(store_take(rig, scene.store, &scene.taken, 1), SM_OK);
        assert_int_equal(scene.taken.outcome, SM_TAKEOVER_TAKEN);
        assert_true(scene.taken.next_offset == after || scene.taken.next_offset == before);
        if (status == SM_OK)
            assert_int_equal(scene.taken.next_offset, after);
        draft_begin(scene.draft);
        draft_partition(scene.draft, &scene.taken);
    }
    assert_true(is_verified(rig));
    scene_close(&scene);
}

const struct store_case store_cases[] = {
    {"a partition that was never seen is unseen", a_partition_that_was_never_seen_is_unseen},
    {"a new partition begins where the broker does", a_new_partition_begins_where_the_broker_does},
    {"what retention took before is lost and booked",
     what_retention_took_before_is_lost_and_booked},
    {"a claim takes it from whoever has it", a_claim_takes_it_from_whoever_has_it},
    {"resuming works at our epoch only", resuming_works_at_our_epoch_only},
    {"creating what exists claims it", creating_what_exists_claims_it},
    {"many partitions are taken in one call", many_partitions_are_taken_in_one_call},
    {"a stop is told until the next take-over", a_stop_is_told_until_the_next_take_over},
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
    {"everything that was asked for is loaded", everything_that_was_asked_for_is_loaded},
    {"of several dead letters the one with the same content counts",
     of_several_dead_letters_the_one_with_the_same_content_counts},
    {"an arena that is too small is a limit", an_arena_that_is_too_small_is_a_limit},
    {"scans come in their order", scans_come_in_their_order},
    {"several scans are open at once", several_scans_are_open_at_once},
    {"a lost session is a retry, then all works again",
     a_lost_session_is_a_retry_then_all_works_again},
    {"a commit that was abandoned is decided by resuming",
     a_commit_that_was_abandoned_is_decided_by_resuming},
};
const size_t store_case_count = SM_ARRAY_COUNT(store_cases);
