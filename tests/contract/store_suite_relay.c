/* The store suite: the relay's side of the outbox. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/digest.h"

#define LONG_US 3600000000

/* A relay with the lease, and a lane that writes commands. */
struct relay_scene {
    struct scene lane;
    struct sm_outbox *outbox;
    struct sm_lease lease;
    struct sm_arena arena;
    struct sm_err err;
};

static void open_relay(const struct store_rig *rig, struct relay_scene *scene)
{
    *scene = (struct relay_scene){.lease = {.duration_us = LONG_US}};
    scene_open(rig, &scene->lane);
    scene->outbox = rig->outbox(rig->context, "relay");
    assert_true(sm_arena_init(&scene->arena, 1 << 20));
    assert_int_equal(scene->outbox->ops->lease(scene->outbox, &scene->lease, &scene->err), SM_OK);
    assert_int_equal(scene->outbox->ops->scanned(scene->outbox, scene->lease.epoch, &scene->err),
                     SM_OK);
}

static void close_relay(struct relay_scene *scene)
{
    scene->outbox->ops->close(scene->outbox);
    sm_arena_deinit(&scene->arena);
    scene_close(&scene->lane);
}

static struct sm_pending pending_now(struct relay_scene *scene, size_t count_max, size_t bytes_max)
{
    struct sm_pending pending = {
        .count_max = count_max, .bytes_max = bytes_max, .arena = &scene->arena};

    if (scene->outbox->ops->pending(scene->outbox, &pending, &scene->err) != SM_OK)
        fail_msg("%s", scene->err.text);
    return pending;
}

/* A command of client 1, as it stands on the topic. */
static struct sm_command_place place_of(unsigned id, int64_t sequence, const char *text,
                                        int64_t offset)
{
    struct sm_command_place place = {.row = {.client_id = client_uuid(1),
                                             .command_id = command_uuid(id),
                                             .sequence = sequence,
                                             .organization_id = SM_SLICE("2"),
                                             .value = sm_slice_of(text)},
                                     .offset = offset};

    sm_value_hash(place.row.value, &place.row.digest);
    return place;
}

/* Partition 0 goes on from `expected` to `next` with these commands. */
static enum sm_status settle(struct relay_scene *scene, int64_t expected, int64_t next,
                             const struct sm_command_place *places, size_t count,
                             struct sm_settlement *out)
{
    const struct sm_relay_cursor cursor = {0, expected, next};
    enum sm_status status;

    *out = (struct sm_settlement){.epoch = scene->lease.epoch,
                                  .cursors = &cursor,
                                  .cursor_count = 1,
                                  .places = places,
                                  .place_count = count};
    status = scene->outbox->ops->settle(scene->outbox, out, &scene->err);
    if (status == SM_RETRY)
        fail_msg("%s", scene->err.text);
    return status;
}

static int64_t cursor_now(struct relay_scene *scene)
{
    int64_t next_offset = -2;

    assert_int_equal(scene->outbox->ops->cursor(scene->outbox, 0, &next_offset, &scene->err),
                     SM_OK);
    return next_offset;
}

/* What LOAD says of client 1, at the most one found command. */
static struct sm_outbox_wanted load_client(const struct store_rig *rig, struct relay_scene *scene,
                                           struct sm_command_found *found)
{
    struct sm_outbox_wanted wanted = {.client_id = client_uuid(1)};
    struct sm_load load = {.arena = &scene->arena, .outboxes = &wanted, .outbox_count = 1};

    assert_int_equal(store_load(rig, scene->lane.store, &load), SM_OK);
    assert_true(wanted.found_count <= 1);
    if (wanted.found_count == 1)
        *found = wanted.found[0];
    return wanted;
}

static void one_relay_at_a_time_has_the_lease(const struct store_rig *rig)
{
    struct sm_outbox *one = rig->outbox(rig->context, "one");
    struct sm_outbox *two = rig->outbox(rig->context, "two");
    struct sm_lease mine = {.duration_us = LONG_US}, other = {.duration_us = LONG_US};
    struct sm_err err = {0};

    assert_int_equal(one->ops->lease(one, &mine, &err), SM_OK);
    assert_true(mine.epoch > 0);
    assert_int_equal(two->ops->lease(two, &other, &err), SM_AGAIN);
    assert_in_range(other.wait_us, 1, LONG_US);
    assert_int_equal(other.epoch, 0);
    mine.duration_us = 0; /* kept, and over at once */
    assert_int_equal(one->ops->lease(one, &mine, &err), SM_OK);
    assert_int_equal(two->ops->lease(two, &other, &err), SM_OK);
    assert_true(other.epoch > mine.epoch);
    assert_int_equal(one->ops->lease(one, &mine, &err), SM_FENCED);
    assert_int_equal(one->ops->release(one, mine.epoch, NULL, &err), SM_OK); /* not ours any more */
    mine.epoch = 0;
    assert_int_equal(one->ops->lease(one, &mine, &err), SM_AGAIN);
    assert_int_equal(two->ops->release(two, other.epoch, "a reason", &err), SM_OK);
    assert_int_equal(one->ops->lease(one, &mine, &err), SM_OK);
    one->ops->close(one);
    /* The same instance, started again, need not wait for itself. */
    one = rig->outbox(rig->context, "one");
    other = mine;
    other.epoch = 0;
    other.duration_us = LONG_US;
    assert_int_equal(one->ops->lease(one, &other, &err), SM_OK);
    assert_int_equal(other.epoch, mine.epoch + 1);
    one->ops->close(one);
    two->ops->close(two);
}

static void no_unit_carries_commands_before_the_topic_was_scanned(const struct store_rig *rig)
{
    struct relay_scene scene = {.lease = {.duration_us = LONG_US}};

    scene_open(rig, &scene.lane);
    scene.outbox = rig->outbox(rig->context, "relay");
    assert_true(sm_arena_init(&scene.arena, 1 << 20));
    draft_command(scene.lane.draft, 1, 1, 1, "x");
    assert_int_equal(scene_commit(rig, &scene.lane), SM_RETRY);
    assert_int_equal(scene.outbox->ops->lease(scene.outbox, &scene.lease, &scene.err), SM_OK);
    assert_false(scene.lease.scanned);
    assert_int_equal(scene.outbox->ops->scanned(scene.outbox, scene.lease.epoch - 1, &scene.err),
                     SM_FENCED);
    assert_int_equal(scene.outbox->ops->scanned(scene.outbox, scene.lease.epoch, &scene.err),
                     SM_OK);
    assert_int_equal(scene.outbox->ops->lease(scene.outbox, &scene.lease, &scene.err), SM_OK);
    assert_true(scene.lease.scanned);
    scene.lane.taken.mode = SM_TAKEOVER_RESUME; /* the failure has cost the lane its session */
    assert_int_equal(store_take(rig, scene.lane.store, &scene.lane.taken, 1), SM_OK);
    draft_begin(scene.lane.draft);
    draft_partition(scene.lane.draft, &scene.lane.taken);
    draft_command(scene.lane.draft, 1, 1, 1, "x");
    assert_int_equal(scene_commit(rig, &scene.lane), SM_OK);
    assert_int_equal(pending_now(&scene, 10, 1000).count, 1);
    close_relay(&scene);
}

static void what_is_pending_comes_in_order_until_it_is_settled(const struct store_rig *rig)
{
    const struct sm_header headers[] = {{SM_SLICE("a"), SM_SLICE("b")},
                                        {SM_SLICE("null"), SM_SLICE_NONE}};
    struct sm_command_place places[2];
    struct sm_settlement settlement;
    struct sm_pending pending;
    struct relay_scene scene;

    open_relay(rig, &scene);
    assert_int_equal(pending_now(&scene, 10, 1000).count, 0);
    assert_int_equal(cursor_now(&scene), -1);
    for (unsigned i = 1; i <= 5; i++) {
        struct sm_command_row *row = draft_command(scene.lane.draft, i, 1, i, "0123456789");

        row->headers = headers;
        row->header_count = SM_ARRAY_COUNT(headers);
    }
    assert_int_equal(scene_commit(rig, &scene.lane), SM_OK);
    assert_int_equal(scene.outbox->ops->wait(scene.outbox, 1000, &scene.err), SM_OK);
    assert_int_equal(pending_now(&scene, 3, 1000).count, 3);
    assert_int_equal(pending_now(&scene, 10, 20).count, 2);
    assert_int_equal(pending_now(&scene, 10, 1).count, 1);
    pending = pending_now(&scene, 10, 1000);
    assert_int_equal(pending.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        struct sm_uuid id = command_uuid(i + 1), client = client_uuid(1);

        assert_true(sm_uuid_equal(&pending.commands[i].command_id, &id));
        assert_true(sm_uuid_equal(&pending.commands[i].client_id, &client));
        assert_int_equal(pending.commands[i].sequence, i + 1);
        assert_true(sm_slice_equal(pending.commands[i].value, SM_SLICE("0123456789")));
        assert_true(sm_slice_equal(pending.commands[i].organization_id, SM_SLICE("2")));
        assert_int_equal(pending.commands[i].header_count, 2);
        assert_true(sm_slice_equal(pending.commands[i].headers[0].value, SM_SLICE("b")));
        assert_null(pending.commands[i].headers[1].value.data);
    }
    for (unsigned i = 0; i < 2; i++) {
        places[i] = (struct sm_command_place){pending.commands[i], 0, i};
        places[i].row.value = SM_SLICE_NONE;
    }
    assert_int_equal(settle(&scene, -1, 2, places, 2, &settlement), SM_OK);
    assert_int_equal(settlement.marked, 2);
    assert_int_equal(settlement.added + settlement.differing + settlement.repeated, 0);
    assert_int_equal(cursor_now(&scene), 2);
    pending = pending_now(&scene, 10, 1000);
    assert_int_equal(pending.count, 3);
    assert_int_equal(pending.commands[0].sequence, 3);
    close_relay(&scene);
}

static void only_the_owner_at_the_cursor_settles(const struct store_rig *rig)
{
    struct sm_command_place place = place_of(1, 1, "x", 0);
    struct sm_settlement settlement;
    struct relay_scene scene;

    open_relay(rig, &scene);
    assert_int_equal(settle(&scene, -1, 5, NULL, 0, &settlement), SM_OK);
    assert_int_equal(settle(&scene, -1, 6, &place, 1, &settlement), SM_FENCED);
    assert_int_equal(settle(&scene, 4, 6, &place, 1, &settlement), SM_FENCED);
    scene.lease.epoch--;
    assert_int_equal(settle(&scene, 5, 6, &place, 1, &settlement), SM_FENCED);
    scene.lease.epoch++;
    assert_int_equal(cursor_now(&scene), 5);
    assert_int_equal(settle(&scene, 5, 6, &place, 1, &settlement), SM_OK);
    assert_int_equal(settlement.added, 1);
    close_relay(&scene);
}

static void a_found_command_becomes_ours_with_the_topics_bytes(const struct store_rig *rig)
{
    struct sm_command_place place = place_of(1, 3, "on the topic", 7);
    struct sm_command_found found = {.sequence = 0};
    struct sm_settlement settlement;
    struct relay_scene scene;

    open_relay(rig, &scene);
    assert_int_equal(settle(&scene, -1, 8, &place, 1, &settlement), SM_OK);
    assert_int_equal(settlement.added, 1);
    assert_int_equal(load_client(rig, &scene, &found).found_count, 1);
    assert_int_equal(found.sequence, 3);
    assert_true(sm_uuid_equal(&found.command_id, &place.row.command_id));
    assert_true(sm_digest_equal(&found.digest, &place.row.digest));
    draft_command(scene.lane.draft, 1, 1, 4, "decided"); /* not where it stands */
    assert_int_equal(scene_commit(rig, &scene.lane), SM_CONFLICT);
    draft_command(scene.lane.draft, 1, 1, 3, "decided");
    draft_command(scene.lane.draft, 2, 1, 4, "another");
    assert_int_equal(scene_commit(rig, &scene.lane), SM_OK);
    assert_int_equal(load_client(rig, &scene, &found).found_count, 0);
    assert_int_equal(load_client(rig, &scene, &found).sequence_last, 4);
    assert_int_equal(pending_now(&scene, 10, 1000).count, 1);
    /* It is the topic's bytes that the row has: they contradict nothing. */
    assert_int_equal(settle(&scene, 8, 9, &place, 1, &settlement), SM_OK);
    assert_int_equal(settlement.marked + settlement.added + settlement.differing +
                         settlement.repeated,
                     0);
    close_relay(&scene);
}

static void the_topics_bytes_win_over_a_pending_command(const struct store_rig *rig)
{
    struct sm_command_place place = place_of(1, 1, "on the topic", 7);
    struct sm_settlement settlement;
    struct relay_scene scene;

    open_relay(rig, &scene);
    draft_command(scene.lane.draft, 1, 1, 1, "decided");
    assert_int_equal(scene_commit(rig, &scene.lane), SM_OK);
    assert_int_equal(settle(&scene, -1, 8, &place, 1, &settlement), SM_OK);
    assert_int_equal(settlement.differing, 1);
    assert_int_equal(pending_now(&scene, 10, 1000).count, 0);
    assert_int_equal(settle(&scene, 8, 9, &place, 1, &settlement), SM_OK);
    assert_int_equal(settlement.differing + settlement.repeated, 0);
    close_relay(&scene);
}

static void a_topic_that_contradicts_itself_is_fatal(const struct store_rig *rig)
{
    struct sm_command_place place = place_of(1, 1, "one", 0), again = place_of(1, 1, "one", 1),
                            other = place_of(1, 1, "two", 2), taken = place_of(2, 1, "three", 3);
    const struct sm_command_place both[] = {place_of(5, 5, "one", 4), place_of(5, 5, "two", 5)};
    struct sm_settlement settlement;
    struct relay_scene scene;

    open_relay(rig, &scene);
    assert_int_equal(settle(&scene, -1, 1, &place, 1, &settlement), SM_OK);
    assert_int_equal(settle(&scene, 1, 2, &again, 1, &settlement), SM_OK);
    assert_int_equal(settlement.repeated, 1);
    assert_int_equal(settle(&scene, 2, 3, &other, 1, &settlement), SM_FATAL);
    assert_int_equal(settle(&scene, 2, 4, &taken, 1, &settlement), SM_FATAL);
    assert_int_equal(settle(&scene, 2, 6, both, 2, &settlement), SM_FATAL);
    assert_int_equal(cursor_now(&scene), 2);
    close_relay(&scene);
}

static const struct store_case cases[] = {
    {"one relay at a time has the lease", one_relay_at_a_time_has_the_lease},
    {"no unit carries commands before the topic was scanned",
     no_unit_carries_commands_before_the_topic_was_scanned},
    {"what is pending comes in order until it is settled",
     what_is_pending_comes_in_order_until_it_is_settled},
    {"only the owner at the cursor settles", only_the_owner_at_the_cursor_settles},
    {"a found command becomes ours with the topic's bytes",
     a_found_command_becomes_ours_with_the_topics_bytes},
    {"the topic's bytes win over a pending command", the_topics_bytes_win_over_a_pending_command},
    {"a topic that contradicts itself is fatal", a_topic_that_contradicts_itself_is_fatal},
};
const struct store_group store_relay_group = {cases, SM_ARRAY_COUNT(cases)};
