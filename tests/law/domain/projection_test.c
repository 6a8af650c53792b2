/* Laws of admission and projection, over random histories of one client's streams. */
#include <stdio.h>

#include "domain/admit.h"
#include "law/domain/random.h"

#define HISTORIES  300
#define EVENTS_MAX 40

/* One admitted event as the log keeps it. */
struct row {
    struct sm_event event;
    int32_t version;
    int64_t created_at;
    struct sm_slice previous;
    struct sm_stream after; /* the live state */
};

struct history {
    struct fixture fixture;
    struct random random;
    uint64_t seed;
    struct row rows[EVENTS_MAX];
    size_t count;
};
static struct history history;

/* Most clients begin with a registration; what comes later is drawn from the stream's kind. */
static enum sm_event_type draw_type(struct random *random, enum sm_kind kind, size_t index)
{
    if (kind == SM_KIND_FEATURE_CONFIG)
        return random_below(random, 3) == 0 ? SM_EVENT_FEATURE_CONFIG_DEACTIVATED
                                            : SM_EVENT_FEATURE_CONFIG_CHANGED;
    if (index == 0 && random_below(random, 8) != 0)
        return SM_EVENT_CLIENT_REGISTERED;
    if (random_below(random, 4) == 0)
        return random_below(random, 4) == 0 ? SM_EVENT_TENANT_COMMAND_FAILED
                                            : SM_EVENT_TENANT_COMMAND_APPLIED;
    return (enum sm_event_type)random_below(random, random_below(random, 4) == 0
                                                        ? SM_EVENT_TENANT_DROP_REQUESTED + 1
                                                        : SM_EVENT_CLIENT_CONFIG_REVOKED + 1);
}

/* Mostly one that counts: of the tenant's last command. */
static struct sm_event random_acknowledgement(const struct sm_tenant *tenant,
                                              enum sm_event_type type, size_t index)
{
    char data[128], id[SM_UUID_TEXT_SIZE + 1];
    struct sm_event event;

    sm_uuid_format(&tenant->command_id, id);
    (void)snprintf(data, sizeof(data), "{'command_id':'%s','detail':'%zu'}", id, index);
    event = fixture_event(&history.fixture, type, data, (uint8_t)index);
    event.id.bytes[8] = 7; /* no other event has it */
    sm_content_hash(&event, &event.content_hash);
    return event;
}

static const struct sm_client other_client = { .exists = true };

/* What the engine does with one event, without batches and without a database. */
static bool admit_and_append(struct sm_stream *stream, const struct sm_event *event)
{
    static const struct sm_admission_options options = { .time_ahead_max_us = 1000000 };
    bool is_client = sm_event_type_kind(event->type) == SM_KIND_CLIENT;
    struct sm_admission admission = {
        .options = &options,
        .record_time_us = SM_TIME_NONE,
        .stream = stream,
        .client = sm_client_brief(is_client ? &stream->client : &other_client),
        .references = { { .known = true }, { .known = true } },
        .arena = &history.fixture.arena,
    };
    struct row *row = &history.rows[history.count];
    struct sm_verdict verdict;

    sm_admit(&admission, event, &verdict);
    if (verdict.kind != SM_VERDICT_FACT)
        return false;
    row->event = *event;
    row->created_at = sm_created_at(&stream->head, event->time_us);
    assert_true(sm_previous_values(stream, event, &history.fixture.arena, &row->previous));
    sm_project(stream, event, row->created_at);
    row->version = stream->head.version;
    row->after = *stream;
    history.count++;
    return true;
}

static void draw_history(uint64_t seed)
{
    enum sm_kind kind = (enum sm_kind)(seed % SM_KIND_COUNT);
    struct sm_stream stream = { .head = SM_HEAD_EMPTY, .client = { .id = { { 2 } } } };
    size_t count;

    history.random.state = history.seed = seed;
    history.count = 0;
    sm_arena_reset(&history.fixture.arena);
    count = 1 + random_below(&history.random, EVENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        enum sm_event_type type = draw_type(&history.random, kind, i);
        bool counts = sm_event_type_is_acknowledgement(type) && kind != SM_KIND_FEATURE_CONFIG &&
                      random_below(&history.random, 8) != 0;
        struct sm_event event = counts ? random_acknowledgement(&stream.client.tenant, type, i)
                                       : random_event(&history.random, &history.fixture, type);

        (void)admit_and_append(&stream, &event);
    }
}

static bool client_equal(const struct sm_client *a, const struct sm_client *b)
{
    if (a->exists != b->exists)
        return false;
    return !a->exists ||
           (sm_uuid_equal(&a->id, &b->id) && a->status == b->status &&
            a->tenant_mode == b->tenant_mode && a->config_confirmed == b->config_confirmed &&
            a->config_confirmed_at == b->config_confirmed_at &&
            sm_slice_equal(a->config_confirmed_by, b->config_confirmed_by) &&
            sm_slice_equal(a->name, b->name) &&
            sm_slice_equal(a->organization_id, b->organization_id) &&
            sm_slice_equal(a->features_enabled, b->features_enabled) &&
            sm_slice_equal(a->contact_email, b->contact_email) &&
            sm_slice_equal(a->contact_phone, b->contact_phone) && a->created_at == b->created_at &&
            a->updated_at == b->updated_at);
}

static bool tenant_equal(const struct sm_tenant *a, const struct sm_tenant *b)
{
    return a->state == b->state && a->storage == b->storage && a->saga == b->saga &&
           a->step == b->step && a->waits == b->waits && a->requested_mode == b->requested_mode &&
           a->actual_mode == b->actual_mode && a->target_mode == b->target_mode &&
           a->source_mode == b->source_mode &&
           a->failed == b->failed && a->held == b->held &&
           sm_uuid_equal(&a->saga_id, &b->saga_id) && a->attempt == b->attempt &&
           sm_uuid_equal(&a->command_id, &b->command_id) &&
           sm_uuid_equal(&a->acknowledged_id, &b->acknowledged_id) &&
           a->acknowledged_at == b->acknowledged_at && a->since == b->since &&
           sm_slice_equal(a->reason, b->reason) && a->acks_ignored == b->acks_ignored &&
           a->command_count == b->command_count &&
           memcmp(a->commands, b->commands,
                  (size_t)a->command_count * sizeof(a->commands[0])) == 0;
}

static bool stream_equal(const struct sm_stream *a, const struct sm_stream *b)
{
    return a->head.version == b->head.version && a->head.last_at == b->head.last_at &&
           a->head.active_at == b->head.active_at && client_equal(&a->client, &b->client) &&
           (!a->client.exists || tenant_equal(&a->client.tenant, &b->client.tenant));
}

static void check(bool holds, const char *law, size_t index)
{
    if (!holds)
        fail_msg("%s: broken at event %zu of %zu; again with SM_LAW_SEED=%llu", law, index,
                 history.count, (unsigned long long)history.seed);
}

static void for_all_histories(void (*law)(void))
{
    uint64_t seed = random_seed();
    size_t events = 0;

    fixture_init(&history.fixture);
    for (uint64_t i = 0; i < HISTORIES; i++) {
        draw_history(seed + i);
        law();
        events += history.count;
    }
    fixture_deinit(&history.fixture);
    assert_true(events > 10 * HISTORIES); /* else the laws hold of nothing */
}

/* ---- the laws ---- */

static void check_order(void)
{
    for (size_t i = 0; i < history.count; i++) {
        const struct row *row = &history.rows[i];

        check(row->version == (int32_t)i + 1, "versions have no gaps", i);
        check(row->created_at >= row->event.time_us, "created_at is never before its event", i);
        check(i == 0 || row->created_at > history.rows[i - 1].created_at,
              "created_at strictly increases", i);
        check(row->after.head.last_at == row->created_at, "a head ends at its last version", i);
    }
}

static void versions_have_no_gaps_and_created_at_orders_them(void **state)
{
    (void)state;
    for_all_histories(check_order);
}

/* The event as verify reads it from the log: attributes and the text of its data. */
static struct sm_event read_back(const struct sm_event *live, struct sm_arena *arena)
{
    struct sm_event event = *live;

    memset(event.values, 0xA5, sizeof(event.values));
    event.key = SM_SLICE_NONE;
    assert_true(sm_event_replay_data(&event, live->data, arena));
    return event;
}

static void check_replay(void)
{
    struct sm_stream stream = { .head = SM_HEAD_EMPTY, .client = { .id = { { 2 } } } };

    for (size_t i = 0; i < history.count; i++) {
        const struct row *row = &history.rows[i];
        struct sm_event event = read_back(&row->event, &history.fixture.arena);
        struct sm_slice previous;
        struct sm_digest content;

        check(sm_slice_equal(event.key, row->event.key), "the key comes back", i);
        sm_content_hash(&event, &content);
        check(sm_digest_equal(&content, &row->event.content_hash), "the content hash comes back",
              i);
        check(sm_created_at(&stream.head, event.time_us) == row->created_at,
              "created_at comes back", i);
        assert_true(sm_previous_values(&stream, &event, &history.fixture.arena, &previous));
        check(sm_slice_equal(previous, row->previous), "old values come back", i);
        sm_project(&stream, &event, row->created_at);
        check(stream_equal(&stream, &row->after), "replay gives the live state", i);
    }
}

static void replaying_the_stored_data_gives_the_live_state(void **state)
{
    (void)state;
    for_all_histories(check_replay);
}

/* A state that went through a table: nothing of it points at the events any more. */
static struct sm_stream stored(const struct sm_stream *stream, struct sm_arena *arena)
{
    struct sm_stream copy = *stream;

    assert_true(sm_client_keep(&copy.client, arena));
    return copy;
}

static void check_cut(void)
{
    size_t cut = history.count == 0 ? 0 : random_below(&history.random, (unsigned)history.count);
    struct sm_stream stream;

    if (history.count == 0)
        return;
    stream = stored(&history.rows[cut].after, &history.fixture.arena);
    for (size_t i = cut + 1; i < history.count; i++)
        sm_project(&stream, &history.rows[i].event, history.rows[i].created_at);
    check(stream_equal(&stream, &history.rows[history.count - 1].after),
          "project(a + b) = project(project(a), b)", cut);
}

static void a_history_may_be_cut_anywhere_and_go_on_from_what_was_stored(void **state)
{
    (void)state;
    for_all_histories(check_cut);
}

static struct sm_slice old_text(const struct sm_json *value)
{
    return value->type == SM_JSON_NULL ? SM_SLICE_NONE : value->text;
}

/* Puts one old value back where it came from. */
static void put_back(struct sm_client *client, const struct sm_json *member)
{
    struct sm_arena *arena = &history.fixture.arena;
    struct sm_slice name = member->name;

    if (sm_slice_equal(name, SM_SLICE("name")))
        client->name = old_text(member);
    else if (sm_slice_equal(name, SM_SLICE("contact_email")))
        client->contact_email = old_text(member);
    else if (sm_slice_equal(name, SM_SLICE("contact_phone")))
        client->contact_phone = old_text(member);
    else if (sm_slice_equal(name, SM_SLICE("features_enabled")))
        assert_int_equal(sm_json_canonical(member, arena, &client->features_enabled), SM_OK);
    else if (sm_slice_equal(name, SM_SLICE("status")))
        assert_true(sm_client_status_find(member->text, &client->status));
    else if (sm_slice_equal(name, SM_SLICE("tenant_mode")))
        assert_true(sm_tenant_mode_find(member->text, &client->tenant_mode));
    else if (sm_slice_equal(name, SM_SLICE("config_confirmed")))
        client->config_confirmed = member->boolean;
    else if (sm_slice_equal(name, SM_SLICE("config_confirmed_by")))
        client->config_confirmed_by = old_text(member);
    else if (member->type == SM_JSON_NULL)
        client->config_confirmed_at = SM_TIME_NONE;
    else
        assert_true(sm_timestamp_parse(member->text, &client->config_confirmed_at));
}

static void check_old_values(void)
{
    struct sm_json *previous;
    struct sm_json_fault fault;
    struct sm_slice canonical;

    for (size_t i = 1; i < history.count; i++) {
        const struct row *row = &history.rows[i];
        const struct sm_client *before = &history.rows[i - 1].after.client;
        struct sm_client client = row->after.client;

        if (sm_event_type_kind(row->event.type) != SM_KIND_CLIENT) {
            check(row->previous.data == NULL, "a versioned kind has no old values", i);
            continue;
        }
        if (row->event.type == SM_EVENT_CLIENT_ERASED)
            continue; /* the mark stands for what must not be kept */
        assert_int_equal(sm_json_read(row->previous, &history.fixture.arena, &previous, &fault),
                         SM_OK);
        assert_int_equal(sm_json_canonical(previous, &history.fixture.arena, &canonical), SM_OK);
        check(sm_slice_equal(canonical, row->previous), "old values are canonical", i);
        /* A tenant's are no columns of `clients`: state, step and what is waited for. */
        for (const struct sm_json *member = previous->first;
             member != NULL && !sm_event_type_is_of_tenant(row->event.type); member = member->next)
            put_back(&client, member);
        client.updated_at = before->updated_at;
        check(client_equal(&client, before), "old values put back give the old state", i);
    }
}

static void old_values_put_back_into_the_new_state_give_the_old_one(void **state)
{
    (void)state;
    for_all_histories(check_old_values);
}

static void check_again(void)
{
    static const struct sm_admission_options options = { .time_ahead_max_us = 1000000 };
    for (size_t i = 0; i < history.count; i++) {
        const struct row *last = &history.rows[history.count - 1];
        struct sm_event event = history.rows[i].event;
        struct sm_admission admission = {
            .options = &options,
            .record_time_us = SM_TIME_NONE,
            .seen = { SM_SEEN_IN_LOG, event.content_hash },
            .stream = &last->after,
            .client = sm_client_brief(&last->after.client),
        };
        struct sm_verdict verdict;

        sm_admit(&admission, &event, &verdict);
        check(verdict.kind == SM_VERDICT_DUPLICATE, "an event again is a duplicate in any state",
              i);
        event.time_us--;
        sm_content_hash(&event, &event.content_hash);
        sm_admit(&admission, &event, &verdict);
        check(verdict.kind == SM_VERDICT_REJECTED &&
                  verdict.rejection.code == SM_CODE_EVENT_ID_CONFLICT,
              "other content under its id is a conflict in any state", i);
    }
}

static void an_event_again_is_a_duplicate_in_any_later_state(void **state)
{
    (void)state;
    for_all_histories(check_again);
}

/* Values that no rule would admit, in any field of any type. */
static struct sm_event wild_event(struct random *random)
{
    static const struct sm_value values[] = {
        { .type = SM_VALUE_ABSENT },
        { .type = SM_VALUE_NULL },
        { .type = SM_VALUE_BOOL, .boolean = true },
        { .type = SM_VALUE_INTEGER, .integer = -1 },
        { .type = SM_VALUE_TEXT, .text = { (const uint8_t *)"", 0 } },
        { .type = SM_VALUE_TEXT, .text = { (const uint8_t *)"archived", 8 } },
        { .type = SM_VALUE_TEXT, .text = { (const uint8_t *)"\xff\xfe", 2 } },
        { .type = SM_VALUE_JSON, .text = { (const uint8_t *)"{}", 2 } },
    };
    static const int64_t times[] = { INT64_MIN, SM_TIME_MIN, -1, 0, SM_TIME_MAX, INT64_MAX };
    struct sm_event event = { .type = (enum sm_event_type)random_below(random, SM_EVENT_TYPE_COUNT),
                              .time_us = times[random_below(random, SM_ARRAY_COUNT(times))] };

    for (size_t i = 0; i < SM_VALUES_MAX; i++)
        event.values[i] = values[random_below(random, SM_ARRAY_COUNT(values))];
    return event;
}

static void projection_takes_any_event_in_any_state(void **state)
{
    struct random random = { random_seed() };
    struct sm_stream stream = { .head = SM_HEAD_EMPTY };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    for (int32_t i = 1; i <= 20000; i++) {
        struct sm_event event = wild_event(&random);
        struct sm_slice previous;

        assert_true(sm_previous_values(&stream, &event, &fixture.arena, &previous));
        sm_project(&stream, &event, sm_created_at(&stream.head, event.time_us));
        assert_int_equal(stream.head.version, i);
        sm_arena_reset(&fixture.arena);
    }
    stream.head.version = INT32_MAX;
    sm_project_head(&stream.head, SM_EVENT_CLIENT_UPDATED, 1);
    assert_int_equal(stream.head.version, INT32_MAX);
    fixture_deinit(&fixture);
}

/* A canary: laws that compare states must see every member of them. */
static void the_comparison_of_states_sees_every_member(void **state)
{
    struct sm_stream base = { .head = { 1, 2, 3 },
                              .client = { .exists = true, .name = SM_SLICE("") } };
    struct sm_stream other[17];

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(other); i++)
        other[i] = base;
    other[0].head.version++;
    other[1].head.last_at++;
    other[2].head.active_at++;
    other[3].client.exists = false;
    other[4].client.id.bytes[15]++;
    other[5].client.status = SM_CLIENT_STATUS_ARCHIVED;
    other[6].client.tenant_mode = SM_TENANT_SHARED;
    other[7].client.config_confirmed = true;
    other[8].client.config_confirmed_at++;
    other[9].client.config_confirmed_by = SM_SLICE("x");
    other[10].client.name = SM_SLICE_NONE;
    other[11].client.organization_id = SM_SLICE("x");
    other[12].client.features_enabled = SM_SLICE("{}");
    other[13].client.contact_email = SM_SLICE("x");
    other[14].client.contact_phone = SM_SLICE("x");
    other[15].client.created_at++;
    other[16].client.updated_at++;
    assert_true(stream_equal(&base, &base));
    for (size_t i = 0; i < SM_ARRAY_COUNT(other); i++)
        assert_false(stream_equal(&base, &other[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_have_no_gaps_and_created_at_orders_them),
        cmocka_unit_test(replaying_the_stored_data_gives_the_live_state),
        cmocka_unit_test(a_history_may_be_cut_anywhere_and_go_on_from_what_was_stored),
        cmocka_unit_test(old_values_put_back_into_the_new_state_give_the_old_one),
        cmocka_unit_test(an_event_again_is_a_duplicate_in_any_later_state),
        cmocka_unit_test(projection_takes_any_event_in_any_state),
        cmocka_unit_test(the_comparison_of_states_sees_every_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
