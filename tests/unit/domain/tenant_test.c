/* The life of a tenant, exhaustively: every state that any events can lead to, and every event in
 * it. What is found is also written down for readers, in tenant_life.md beside this file. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "domain/admit.h"
#include "domain/command.h"
#include "unit/domain/fixture.h"

enum { STATES_MAX = 20000, EVENTS = 20, STEPS_TO_REST_MAX = 12, DATA_SIZE = 200,
       WORDS_SIZE = 100 };

enum { /* indexes of `events` that tests name */
    REGISTERED, ACTIVATED, SUSPENDED, ARCHIVED, CONFIRMED, APPLIED = 11, FAILED, APPROVED = 16,
    RETRIED
};

/* Acknowledgements name the last command, one before it, or one that was never published. */
enum about { NOTHING, THE_COMMAND, ANOTHER_STEP, AN_OLD_ONE, NOBODYS };

static const struct {
    const char *name; /* for readers */
    enum sm_event_type type;
    const char *data;
    enum about about;
} events[EVENTS] = {
    { "client.registered", SM_EVENT_CLIENT_REGISTERED, "{'name':'x','organization_id':'7'}", 0 },
    { "client.status_changed to active", SM_EVENT_CLIENT_STATUS_CHANGED, "{'status':'active'}", 0 },
    { "client.status_changed to suspended", SM_EVENT_CLIENT_STATUS_CHANGED,
      "{'status':'suspended'}", 0 },
    { "client.status_changed to archived", SM_EVENT_CLIENT_STATUS_CHANGED, "{'status':'archived'}",
      0 },
    { "client.config_confirmed", SM_EVENT_CLIENT_CONFIG_CONFIRMED, NULL, 0 },
    { "client.config_revoked", SM_EVENT_CLIENT_CONFIG_REVOKED, NULL, 0 },
    { "client.tenant_mode_changed to prefixed_tables", SM_EVENT_CLIENT_TENANT_MODE_CHANGED,
      "{'tenant_mode':'prefixed_tables'}", 0 },
    { "client.tenant_mode_changed to dedicated_db", SM_EVENT_CLIENT_TENANT_MODE_CHANGED,
      "{'tenant_mode':'dedicated_db'}", 0 },
    { "client.tenant_mode_changed to shared", SM_EVENT_CLIENT_TENANT_MODE_CHANGED,
      "{'tenant_mode':'shared'}", 0 },
    { "client.updated", SM_EVENT_CLIENT_UPDATED, "{'name':'y'}", 0 },
    { "client.erased", SM_EVENT_CLIENT_ERASED, NULL, 0 },
    { "tenant.command_applied", SM_EVENT_TENANT_COMMAND_APPLIED, NULL, THE_COMMAND },
    { "tenant.command_failed", SM_EVENT_TENANT_COMMAND_FAILED, NULL, THE_COMMAND },
    { "tenant.command_applied of another step", SM_EVENT_TENANT_COMMAND_APPLIED, NULL,
      ANOTHER_STEP },
    { "tenant.command_applied of a command before", SM_EVENT_TENANT_COMMAND_APPLIED, NULL,
      AN_OLD_ONE },
    { "tenant.command_failed of an unknown command", SM_EVENT_TENANT_COMMAND_FAILED, NULL,
      NOBODYS },
    { "tenant.approved", SM_EVENT_TENANT_APPROVED, NULL, 0 },
    { "tenant.retried", SM_EVENT_TENANT_RETRIED, NULL, 0 },
    { "tenant.aborted", SM_EVENT_TENANT_ABORTED, NULL, 0 },
    { "tenant.drop_requested", SM_EVENT_TENANT_DROP_REQUESTED, NULL, 0 },
};

/* All by which two tenants go on differently. */
struct key {
    uint8_t status, confirmed, wanted, storage, saga, step, waits, actual, target, source;
    uint8_t failed, held;
    uint8_t has_old; /* it has published more than one command */
};
static struct life {
    struct sm_stream stream;
    char situation[WORDS_SIZE];
} lives[STATES_MAX];
static struct key keys[STATES_MAX]; /* of lives: apart, because they are looked through often */
static size_t life_count;
static struct fixture fixture;
static unsigned number;

static struct key key_of(const struct sm_client *client)
{
    const struct sm_tenant *tenant = &client->tenant;

    return (struct key){
        .status = (uint8_t)client->status,
        .confirmed = client->config_confirmed,
        .wanted = (uint8_t)client->tenant_mode,
        .storage = (uint8_t)tenant->storage,
        .saga = (uint8_t)tenant->saga,
        .step = (uint8_t)tenant->step,
        .waits = (uint8_t)tenant->waits,
        .actual = sm_tenant_has_tables(tenant) ? (uint8_t)tenant->actual_mode : 9,
        .target = sm_tenant_has_target(tenant) ? (uint8_t)tenant->target_mode : 9,
        .source = sm_tenant_has_source(tenant) ? (uint8_t)tenant->source_mode : 9,
        .failed = tenant->failed,
        .held = tenant->held,
        .has_old = tenant->command_count > 1,
    };
}

static void acknowledgement(const struct sm_tenant *tenant, enum about about,
                            char out[DATA_SIZE])
{
    struct sm_uuid id = { { 0xEE } };
    char text[SM_UUID_TEXT_SIZE + 1];

    if (about == AN_OLD_ONE && tenant->command_count > 1)
        id = tenant->commands[tenant->command_count - 2];
    else if (about != NOBODYS && about != AN_OLD_ONE && tenant->command_count != 0)
        id = tenant->command_id;
    sm_uuid_format(&id, text);
    (void)snprintf(out, DATA_SIZE, "{'command_id':'%s','detail':'x'%s}", text,
                  about == ANOTHER_STEP && tenant->step != SM_STEP_SUSPEND ? ",'step':'suspend'"
                  : about == ANOTHER_STEP                                  ? ",'step':'drop'"
                                                                           : "");
}

static struct sm_event event_of(const struct sm_stream *before, size_t index)
{
    struct sm_event event;
    char data[DATA_SIZE];

    sm_arena_reset(&fixture.arena);
    if (events[index].about != NOTHING)
        acknowledgement(&before->client.tenant, events[index].about, data);
    event = fixture_event(&fixture, events[index].type,
                          events[index].about != NOTHING ? data : events[index].data, 1);
    number++; /* an id of its own, and a later time */
    memcpy(event.id.bytes + 4, &number, sizeof(number));
    event.time_us += number;
    return event;
}

static void judge(const struct sm_stream *before, const struct sm_event *event,
                  struct sm_verdict *verdict)
{
    static const struct sm_admission_options options = { .time_ahead_max_us = 1 };
    struct sm_admission admission = { .options = &options,
                                      .record_time_us = SM_TIME_NONE,
                                      .stream = before,
                                      .client = sm_client_brief(&before->client),
                                      .arena = &fixture.arena };

    sm_admit(&admission, event, verdict);
}

/* ---- laws of one transition ---- */

static bool published(const struct sm_tenant *before, const struct sm_tenant *after)
{
    return !sm_uuid_equal(&before->command_id, &after->command_id);
}

static void state_fits_what_is_waited_for(const struct sm_client *client)
{
    const struct sm_client_brief brief = sm_client_brief(client);
    const struct sm_tenant *tenant = &client->tenant;
    bool rests = tenant->saga == SM_SAGA_NONE;

    assert_int_equal(rests, tenant->waits == SM_TENANT_WAITS_NOTHING ||
                                tenant->waits == SM_TENANT_WAITS_CONFIRMATION);
    assert_int_equal(rests, tenant->step == SM_STEP_NONE);
    assert_int_equal(rests, tenant->attempt == 0);
    assert_int_equal(rests, sm_uuid_is_nil(&tenant->saga_id));
    assert_int_equal(tenant->failed, tenant->state == SM_TENANT_FAILED);
    assert_int_equal(tenant->requested_mode, client->tenant_mode);
    if (sm_tenant_is_frozen(tenant))
        assert_false(sm_client_gate_open(&brief));
    if (tenant->waits == SM_TENANT_WAITS_APPROVAL)
        assert_true(sm_tenant_step_destroys(tenant->step));
}

/* Data are destroyed only behind an approval of this very step; what was approved may be retried.
 */
static void nothing_is_destroyed_unasked(const struct sm_tenant *before,
                                         const struct sm_tenant *after, enum sm_event_type type)
{
    if (!published(before, after) || !sm_tenant_step_destroys(after->step))
        return;
    assert_int_equal(before->step, after->step);
    if (type == SM_EVENT_TENANT_RETRIED)
        assert_int_not_equal(before->waits, SM_TENANT_WAITS_APPROVAL);
    else
        assert_int_equal(type, SM_EVENT_TENANT_APPROVED);
    assert_int_equal(after->waits, SM_TENANT_WAITS_APPLIED);
}

static void steps_follow_their_order(const struct sm_tenant *before, const struct sm_tenant *after)
{
    if (after->step == SM_STEP_CLEAN_UP && before->step != SM_STEP_CLEAN_UP) {
        assert_int_equal(before->step, SM_STEP_SWITCH);
        assert_int_equal(after->actual_mode, before->target_mode);
        assert_int_equal(after->waits, SM_TENANT_WAITS_APPROVAL);
    }
    if (after->step == SM_STEP_SWITCH && before->step != SM_STEP_SWITCH)
        assert_int_equal(before->step, SM_STEP_VERIFY);
    if (after->storage == SM_STORAGE_DROPPED && before->storage != SM_STORAGE_DROPPED)
        assert_int_equal(before->storage, SM_STORAGE_ARCHIVED);
}

/* What it publishes says whose it is, what is to be done, and between which modes. */
static void command_fits(const struct sm_tenant *before, const struct sm_client *client,
                         const struct sm_event *event)
{
    const struct sm_tenant *tenant = &client->tenant;
    struct sm_tenant_command command;

    assert_int_equal(published(before, tenant),
                     sm_command_of(before, client, event, event->time_us, &command));
    if (!published(before, tenant))
        return;
    assert_true(sm_uuid_equal(&command.id, &tenant->command_id));
    assert_true(sm_uuid_equal(&command.event_id, &event->id));
    assert_int_equal(command.step, tenant->step);
    assert_int_equal(command.irreversible, sm_tenant_step_destroys(tenant->step));
    if (command.irreversible)
        assert_int_equal(command.action, SM_ACTION_APPLY);
    assert_int_equal(command.action == SM_ACTION_ABORT, tenant->waits == SM_TENANT_WAITS_ABORT);
    assert_int_equal(command.mode != command.from_mode, command.saga == SM_SAGA_MIGRATE);
    if (command.step == SM_STEP_CLEAN_UP)
        assert_int_equal(command.mode, tenant->actual_mode);
    else if (command.saga == SM_SAGA_MIGRATE)
        assert_int_equal(command.from_mode, tenant->actual_mode);
}

static bool stays_as_it_was(const struct sm_tenant *before, const struct sm_tenant *after)
{
    struct sm_tenant same = *after;

    same.acks_ignored = before->acks_ignored;
    return memcmp(&same, before, sizeof(same)) == 0;
}

static void check(const struct sm_stream *before, size_t index, const struct sm_event *event,
                  const struct sm_verdict *verdict, const struct sm_stream *after)
{
    const struct sm_tenant *old = &before->client.tenant, *new = &after->client.tenant;
    bool is_decision = sm_event_type_is_of_tenant(event->type) &&
                       !sm_event_type_is_acknowledgement(event->type);
    bool counts = events[index].about == THE_COMMAND && sm_tenant_awaits_acknowledgement(old);

    state_fits_what_is_waited_for(&after->client);
    nothing_is_destroyed_unasked(old, new, event->type);
    steps_follow_their_order(old, new);
    command_fits(old, &after->client, event);
    /* Admission and projection ask the same question. */
    if (is_decision)
        assert_int_equal(verdict->kind == SM_VERDICT_FACT, sm_tenant_allows(old, event->type));
    if (is_decision && verdict->kind != SM_VERDICT_FACT)
        assert_true(stays_as_it_was(old, new));
    if (sm_event_type_is_acknowledgement(event->type)) {
        assert_int_equal(new->acks_ignored, old->acks_ignored + (counts ? 0 : 1));
        assert_int_equal(stays_as_it_was(old, new), !counts);
        assert_int_equal(verdict->kind == SM_VERDICT_PARKED,
                         events[index].about == NOBODYS || old->command_count == 0 ||
                             (events[index].about == AN_OLD_ONE && old->command_count < 2));
    }
    if (published(old, new))
        assert_true(sm_tenant_knows(new, &new->command_id));
}

/* ---- all of them ---- */

static const char *word(enum sm_tenant_word word, unsigned value)
{
    const char *name = sm_tenant_name(word, value);

    return name == NULL ? "-" : name;
}

static void situation(const struct sm_tenant *tenant, char out[WORDS_SIZE])
{
    (void)snprintf(out, WORDS_SIZE, "%s, waits for %s", word(SM_TENANT_WORD_STATE, tenant->state),
                  word(SM_TENANT_WORD_WAITS, tenant->waits));
}

static void add_if_new(const struct sm_stream *stream)
{
    struct key key = key_of(&stream->client);

    for (size_t i = 0; i < life_count; i++) {
        if (memcmp(&keys[i], &key, sizeof(key)) == 0)
            return;
    }
    assert_true(life_count < STATES_MAX);
    keys[life_count] = key;
    lives[life_count].stream = *stream;
    lives[life_count].stream.client.tenant.reason = SM_SLICE_NONE; /* it lies in the arena */
    situation(&stream->client.tenant, lives[life_count++].situation);
}

static struct sm_stream after(const struct sm_stream *before, const struct sm_event *event)
{
    struct sm_stream stream = *before;

    stream.client.name = stream.client.organization_id = SM_SLICE("x");
    sm_project(&stream, event, sm_created_at(&before->head, event->time_us));
    stream.client.config_confirmed_by = SM_SLICE_NONE;
    return stream;
}

static void explore(void)
{
    struct sm_stream stream = { .head = SM_HEAD_EMPTY };
    struct sm_event event = event_of(&stream, REGISTERED);

    life_count = 0;
    stream = after(&stream, &event);
    stream.client.name = stream.client.organization_id = SM_SLICE("x");
    add_if_new(&stream);
    for (size_t at = 0; at < life_count; at++) {
        for (size_t i = REGISTERED + 1; i < EVENTS; i++) {
            struct sm_stream before = lives[at].stream;
            struct sm_verdict verdict;

            event = event_of(&before, i);
            judge(&before, &event, &verdict);
            stream = after(&before, &event);
            check(&before, i, &event, &verdict, &stream);
            if (verdict.kind == SM_VERDICT_FACT)
                add_if_new(&stream);
        }
    }
}

static void every_event_has_its_result_in_every_state(void **state)
{
    bool seen[SM_TENANT_STATE_COUNT] = { false };

    (void)state;
    explore();
    for (size_t i = 0; i < life_count; i++)
        seen[lives[i].stream.client.tenant.state] = true;
    for (unsigned i = 0; i < SM_TENANT_STATE_COUNT; i++) {
        if (!seen[i])
            fail_msg("no events lead to %s", sm_tenant_name(SM_TENANT_WORD_STATE, i));
    }
}

/* What brings it on, whatever it waits for. */
static size_t helpful(const struct sm_tenant *tenant)
{
    if (tenant->waits == SM_TENANT_WAITS_APPROVAL)
        return APPROVED;
    if (tenant->waits == SM_TENANT_WAITS_OPERATOR)
        return RETRIED;
    return tenant->waits == SM_TENANT_WAITS_CONFIRMATION ? CONFIRMED : APPLIED;
}

static void from_every_state_what_is_waited_for_leads_to_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < life_count; i++) {
        struct sm_stream stream = lives[i].stream;
        unsigned steps = 0;

        for (; stream.client.tenant.waits != SM_TENANT_WAITS_NOTHING; steps++) {
            struct sm_event event = event_of(&stream, helpful(&stream.client.tenant));
            struct sm_verdict verdict;

            judge(&stream, &event, &verdict);
            assert_int_equal(verdict.kind, SM_VERDICT_FACT);
            stream = after(&stream, &event);
            stream.client.tenant.reason = SM_SLICE_NONE;
            /* One saga after the other: at most a migration, what the status asks, another one. */
            assert_true(steps < 3 * STEPS_TO_REST_MAX);
        }
        if (stream.client.status == SM_CLIENT_STATUS_ACTIVE)
            assert_int_equal(stream.client.tenant.actual_mode, stream.client.tenant_mode);
    }
}

/* ---- for readers ---- */

/* What an event makes of the states of one situation, in words; the same twice is told once. */
static void result(const struct sm_stream *before, size_t index, char out[WORDS_SIZE])
{
    struct sm_event event = event_of(before, index);
    struct sm_verdict verdict;
    struct sm_stream next;

    judge(before, &event, &verdict);
    if (verdict.kind == SM_VERDICT_REJECTED) {
        (void)snprintf(out, WORDS_SIZE, "refused: `%s`",
                       sm_rejection_code_name(verdict.rejection.code));
        return;
    }
    if (verdict.kind == SM_VERDICT_PARKED) {
        (void)snprintf(out, WORDS_SIZE, "waits for its command");
        return;
    }
    next = after(before, &event);
    if (stays_as_it_was(&before->client.tenant, &next.client.tenant))
        (void)snprintf(out, WORDS_SIZE, "%s",
                       next.client.tenant.acks_ignored != before->client.tenant.acks_ignored
                           ? "counted, no change"
                           : "no change");
    else
        situation(&next.client.tenant, out);
}

static void add_results(struct sm_buf *text, const char *of, size_t index)
{
    char known[16][WORDS_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < life_count; i++) {
        char becomes[WORDS_SIZE];
        size_t at = 0;

        if (strcmp(lives[i].situation, of) != 0)
            continue;
        result(&lives[i].stream, index, becomes);
        while (at < count && strcmp(known[at], becomes) != 0)
            at++;
        if (at < count)
            continue;
        assert_true(count < SM_ARRAY_COUNT(known));
        memcpy(known[count++], becomes, sizeof(becomes));
    }
    sm_buf_printf(text, "| `%s` | ", events[index].name);
    for (size_t i = 0; i < count; i++)
        sm_buf_printf(text, "%s%s", i == 0 ? "" : "; or ", known[i]);
    sm_buf_append_text(text, " |\n");
}

static void write_table(const struct sm_buf *text)
{
    FILE *file = fopen(SM_TENANT_LIFE, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text->data, 1, text->size, file), text->size);
    assert_int_equal(fclose(file), 0);
}

static void compare_table(const struct sm_buf *text)
{
    static char kept[1 << 20];
    FILE *file = fopen(SM_TENANT_LIFE, "r");
    size_t size;

    assert_non_null(file);
    size = fread(kept, 1, sizeof(kept), file);
    (void)fclose(file);
    if (size != text->size || memcmp(kept, text->data, size) != 0)
        fail_msg("%s is not what the program does; hint: run this test with SM_WRITE=1",
                 SM_TENANT_LIFE);
}

static void the_table_for_readers_is_up_to_date(void **state)
{
    char done[64][WORDS_SIZE];
    size_t done_count = 0;
    struct sm_buf text;

    (void)state;
    sm_buf_init(&text, 1 << 20);
    sm_buf_append_text(&text,
                       "# What becomes of a tenant\n\nMade by tests/unit/domain/tenant_test.c out "
                       "of the program itself; run it with `SM_WRITE=1` to write it anew.\n"
                       "Where there is more than one result, it rests on what the client asks for "
                       "and on the step.\n");
    for (size_t i = 0; i < life_count; i++) {
        const char *here = lives[i].situation;
        size_t at = 0;

        while (at < done_count && strcmp(done[at], here) != 0)
            at++;
        if (at < done_count)
            continue;
        assert_true(done_count < SM_ARRAY_COUNT(done));
        memcpy(done[done_count++], here, WORDS_SIZE);
        sm_buf_printf(&text, "\n## %s\n\n| event | becomes |\n|---|---|\n", here);
        for (size_t e = REGISTERED; e < EVENTS; e++)
            add_results(&text, here, e);
    }
    if (getenv("SM_WRITE") != NULL)
        write_table(&text);
    compare_table(&text);
    sm_buf_deinit(&text);
}

/* ---- single rules ---- */

static void command_ids_are_the_same_everywhere(void **state)
{
    struct sm_uuid client = { { 2 } }, event = { { 1, 9 } }, id, expected;

    (void)state;
    id = sm_tenant_command_id(&client, &event, SM_STEP_CREATE, 1);
    /* By Python's uuid.uuid5(client, "01090000-0000-0000-0000-000000000000/create/1"). */
    assert_true(sm_uuid_parse(SM_SLICE("4ebafc6e-62a2-5ed1-9186-93962db6f5ce"), &expected));
    assert_memory_equal(id.bytes, expected.bytes, sizeof(id.bytes));
    id = sm_tenant_command_id(&client, &event, SM_STEP_CREATE, 2);
    assert_memory_not_equal(id.bytes, expected.bytes, sizeof(id.bytes));
}

static void names_are_found_again(void **state)
{
    static const unsigned counts[] = {
        [SM_TENANT_WORD_STATE] = SM_TENANT_STATE_COUNT,
        [SM_TENANT_WORD_STORAGE] = SM_TENANT_STORAGE_COUNT,
        [SM_TENANT_WORD_SAGA] = SM_TENANT_SAGA_COUNT,
        [SM_TENANT_WORD_STEP] = SM_TENANT_STEP_COUNT,
        [SM_TENANT_WORD_WAITS] = SM_TENANT_WAITS_COUNT,
    };
    unsigned found;

    (void)state;
    for (unsigned w = 0; w < SM_ARRAY_COUNT(counts); w++) {
        for (unsigned i = 0; i < counts[w]; i++) {
            struct sm_slice name = sm_slice_of(sm_tenant_name((enum sm_tenant_word)w, i));

            assert_true(sm_tenant_find((enum sm_tenant_word)w, name, &found));
            assert_int_equal(found, i);
        }
        assert_false(sm_tenant_find((enum sm_tenant_word)w, SM_SLICE("nonsense"), &found));
    }
    assert_false(sm_tenant_find(SM_TENANT_WORD_STATE, SM_SLICE_NONE, &found));
}

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_has_its_result_in_every_state),
        cmocka_unit_test(from_every_state_what_is_waited_for_leads_to_rest),
        cmocka_unit_test(the_table_for_readers_is_up_to_date),
        cmocka_unit_test(command_ids_are_the_same_everywhere),
        cmocka_unit_test(names_are_found_again),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
