/* The store suite: taking partitions over. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

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
    assert_int_equal(taken.proven.offset, -1);
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
    draft->partitions[0].proven = (struct sm_anchor){0, {{8}}};
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
    assert_int_equal(second.proven.offset, 0);
    assert_int_equal(second.proven.digest.bytes[0], 8);
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
    struct sm_stop stop = {taken.id, taken.epoch + 1, SM_STOP_FOR_GOOD, "the topic was made anew"};
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

/* What the row of the only position says that it waits for; "" for nothing. */
static void assert_waits(const struct store_rig *rig, const char *expected)
{
    struct sm_log *log = rig->log(rig->context);
    struct sm_log_scan *scan = NULL;
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};

    assert_int_equal(log->ops->open(log, SM_SCAN_POSITIONS, &scan, &err), SM_OK);
    assert_int_equal(log->ops->next(scan, &row, &err), SM_OK);
    if (expected[0] == '\0')
        assert_null(row->position.waits_reason.data);
    else
        assert_true(sm_slice_equal(row->position.waits_reason, sm_slice_of(expected)));
    assert_null(row->position.stopped_reason.data);
    log->ops->close_scan(scan);
    log->ops->close(log);
}

static void what_a_partition_waits_for_is_told_until_it_waits_no_more(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_takeover taken = store_own(rig, store, 0);
    struct sm_stop stop = {taken.id, taken.epoch, SM_STOP_WAITS, "schema 7 cannot be had"};
    struct sm_store_call call = {.kind = SM_STORE_STOP, .stop = &stop};

    assert_waits(rig, "");
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    assert_waits(rig, "schema 7 cannot be had");
    stop.kind = SM_STOP_OVER;
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    assert_waits(rig, "");
    stop.kind = SM_STOP_WAITS;
    (void)snprintf(stop.reason, sizeof(stop.reason), "schema 8 cannot be had");
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    assert_waits(rig, "schema 8 cannot be had");
    taken.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(rig, store, &taken, 1), SM_OK);
    assert_waits(rig, "");
    assert_int_equal(store_call(rig, store, &call, NULL), SM_FENCED);
    assert_waits(rig, "");
    store->ops->close(store);
}

static const struct store_case cases[] = {
    {"a partition that was never seen is unseen", a_partition_that_was_never_seen_is_unseen},
    {"a new partition begins where the broker does", a_new_partition_begins_where_the_broker_does},
    {"what retention took before is lost and booked",
     what_retention_took_before_is_lost_and_booked},
    {"a claim takes it from whoever has it", a_claim_takes_it_from_whoever_has_it},
    {"resuming works at our epoch only", resuming_works_at_our_epoch_only},
    {"creating what exists claims it", creating_what_exists_claims_it},
    {"many partitions are taken in one call", many_partitions_are_taken_in_one_call},
    {"a stop is told until the next take-over", a_stop_is_told_until_the_next_take_over},
    {"what a partition waits for is told until it waits no more",
     what_a_partition_waits_for_is_told_until_it_waits_no_more},
};
const struct store_group store_takeover_group = {cases, SM_ARRAY_COUNT(cases)};
