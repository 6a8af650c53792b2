/* The command topic's suite. */
#include "contract/command_topic_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/digest.h"

#define PARTITIONS 3
#define FOUND_MAX  64
#define MANY       40

struct found {
    struct sm_command_place places[FOUND_MAX]; /* slices are copied into `texts` */
    char texts[FOUND_MAX][3][64];
    size_t count;
    size_t foreign;
};

static struct sm_slice copy(struct sm_slice from, char to[64])
{
    assert_true(from.size < 64);
    if (from.data == NULL)
        return from;
    memcpy(to, from.data, from.size);
    return (struct sm_slice){(const uint8_t *)to, from.size};
}

static enum sm_status take(void *context, const struct sm_command_place *place, struct sm_err *err)
{
    struct found *found = context;
    struct sm_command_place *to = &found->places[found->count];

    (void)err;
    assert_true(found->count < FOUND_MAX);
    *to = *place;
    to->row.value = copy(place->row.value, found->texts[found->count][0]);
    to->row.organization_id = copy(place->row.organization_id, found->texts[found->count][1]);
    if (place->row.header_count == 1)
        (void)copy(place->row.headers[0].value, found->texts[found->count][2]);
    found->count++;
    return SM_OK;
}

static void take_foreign(void *context, int32_t partition, int64_t offset)
{
    (void)partition;
    (void)offset;
    ((struct found *)context)->foreign++;
}

static void scan_from(struct sm_command_topic *topic, const int64_t from[PARTITIONS],
                      int64_t ends[PARTITIONS], struct found *out)
{
    const struct sm_command_sink sink = {out, take, take_foreign};
    struct sm_err err = {0};

    *out = (struct found){.count = 0};
    for (int32_t i = 0; i < PARTITIONS; i++) {
        struct sm_command_scan scan = {.partition = i, .from = from[i]};

        if (topic->ops->scan(topic, &scan, &sink, &err) != SM_OK)
            fail_msg("%s", err.text);
        ends[i] = scan.next_offset;
    }
}

static void scan_all(struct sm_command_topic *topic, struct found *out)
{
    static const int64_t start[PARTITIONS] = {-1, -1, -1};
    int64_t ends[PARTITIONS];

    scan_from(topic, start, ends, out);
}

static struct sm_command_topic *open_fenced(const struct command_topic_rig *rig)
{
    struct sm_command_topic *topic = rig->open(rig->context);
    struct sm_err err = {0};

    if (topic->ops->fence(topic, &err) != SM_OK)
        fail_msg("%s", err.text);
    return topic;
}

struct command {
    char key[16], value[32];
    struct sm_header header;
    struct sm_command_row row;
};

static void make(struct command *out, unsigned client, int64_t sequence)
{
    (void)snprintf(out->key, sizeof(out->key), "org%u", client % 100);
    (void)snprintf(out->value, sizeof(out->value), "%u/%d", client % 1000,
                   (int)(sequence % 100000));
    out->header = (struct sm_header){SM_SLICE("ce_type"), SM_SLICE("tenant.command")};
    out->row = (struct sm_command_row){
        .client_id = {{0xC1, (uint8_t)client}},
        .command_id = {{0xC0, (uint8_t)client, (uint8_t)sequence}},
        .sequence = sequence,
        .organization_id = sm_slice_of(out->key),
        .value = sm_slice_of(out->value),
        .headers = &out->header,
        .header_count = 1,
    };
    sm_value_hash(out->row.value, &out->row.digest);
}

static enum sm_status publish(struct sm_command_topic *topic, const struct command *commands,
                              size_t count, struct sm_command_place *places, struct sm_err *err)
{
    struct sm_command_row rows[MANY];

    assert_true(count <= MANY);
    for (size_t i = 0; i < count; i++)
        rows[i] = commands[i].row;
    return topic->ops->publish(topic, rows, count, places, err);
}

static void must_publish(struct sm_command_topic *topic, const struct command *commands,
                         size_t count, struct sm_command_place *places)
{
    struct sm_err err = {0};

    if (publish(topic, commands, count, places, &err) != SM_OK)
        fail_msg("%s", err.text);
}

static void what_is_published_is_found_at_its_place(const struct command_topic_rig *rig)
{
    struct sm_command_topic *topic = open_fenced(rig);
    struct command commands[MANY];
    struct sm_command_place places[MANY];
    struct found *found = calloc(1, sizeof(*found));
    int32_t partitions = 0;
    struct sm_err err = {0};

    assert_non_null(found);
    assert_int_equal(topic->ops->partitions(topic, &partitions, &err), SM_OK);
    assert_int_equal(partitions, PARTITIONS);
    for (unsigned i = 0; i < MANY; i++)
        make(&commands[i], i % 5, i / 5 + 1);
    must_publish(topic, commands, MANY, places);
    scan_all(topic, found);
    assert_int_equal(found->count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        size_t at = 0;

        assert_null(places[i].row.value.data);
        while (at < MANY && (found->places[at].partition != places[i].partition ||
                             found->places[at].offset != places[i].offset))
            at++;
        assert_true(at < MANY);
        assert_true(sm_uuid_equal(&found->places[at].row.command_id, &commands[i].row.command_id));
        assert_true(sm_uuid_equal(&found->places[at].row.client_id, &commands[i].row.client_id));
        assert_int_equal(found->places[at].row.sequence, commands[i].row.sequence);
        assert_true(sm_slice_equal(found->places[at].row.value, commands[i].row.value));
        assert_true(
            sm_slice_equal(found->places[at].row.organization_id, commands[i].row.organization_id));
        assert_true(sm_digest_equal(&found->places[at].row.digest, &commands[i].row.digest));
        assert_int_equal(found->places[at].row.header_count, 1);
        assert_string_equal(found->texts[at][2], "tenant.command");
        /* One key, one partition, in order. */
        assert_int_equal(places[i].partition, places[i % 5].partition);
        assert_true(i < 5 || places[i].offset > places[i - 5].offset);
    }
    free(found);
    topic->ops->close(topic);
}

static void a_scan_goes_on_where_the_last_one_ended(const struct command_topic_rig *rig)
{
    static const int64_t start[PARTITIONS] = {-1, -1, -1};
    struct sm_command_topic *topic = open_fenced(rig);
    struct command commands[2];
    struct sm_command_place places[2];
    struct found *found = calloc(1, sizeof(*found));
    int64_t ends[PARTITIONS], again[PARTITIONS];

    assert_non_null(found);
    scan_from(topic, start, ends, found);
    assert_int_equal(found->count, 0);
    make(&commands[0], 1, 1);
    must_publish(topic, commands, 1, places);
    topic->ops->close(topic);
    topic = open_fenced(rig);
    scan_from(topic, ends, again, found);
    assert_int_equal(found->count, 1);
    assert_int_equal(again[places[0].partition], ends[places[0].partition] + 2); /* and its mark */
    /* From behind the record: only the mark is there. */
    again[places[0].partition]--;
    scan_from(topic, again, ends, found);
    assert_int_equal(found->count, 0);
    scan_from(topic, ends, again, found);
    assert_int_equal(found->count, 0);
    free(found);
    topic->ops->close(topic);
}

static void who_is_fenced_publishes_nothing_more(const struct command_topic_rig *rig)
{
    struct sm_command_topic *first = open_fenced(rig), *second;
    struct command commands[2];
    struct sm_command_place places[2];
    struct found *found = calloc(1, sizeof(*found));
    struct sm_err err = {0};

    assert_non_null(found);
    make(&commands[0], 1, 1);
    make(&commands[1], 1, 2);
    must_publish(first, commands, 1, places);
    second = open_fenced(rig);
    assert_int_equal(publish(first, &commands[1], 1, places, &err), SM_FENCED);
    first->ops->close(first);
    scan_all(second, found);
    assert_int_equal(found->count, 1);
    must_publish(second, &commands[1], 1, places);
    scan_all(second, found);
    assert_int_equal(found->count, 2);
    free(found);
    second->ops->close(second);
}

static void a_strangers_records_are_told(const struct command_topic_rig *rig)
{
    struct sm_command_topic *topic = open_fenced(rig);
    struct command command;
    struct sm_command_place place;
    struct found *found = calloc(1, sizeof(*found));

    assert_non_null(found);
    make(&command, 1, 1);
    must_publish(topic, &command, 1, &place);
    rig->intrude(rig->context, 0, NULL);
    rig->intrude(rig->context, place.partition, &command.row);
    scan_all(topic, found);
    assert_int_equal(found->count, 2);
    assert_int_equal(found->foreign, 1);
    free(found);
    topic->ops->close(topic);
}

static void a_topic_that_ends_below_the_cursor_is_another_one(const struct command_topic_rig *rig)
{
    struct sm_command_topic *topic = open_fenced(rig);
    struct found found = {.count = 0};
    const struct sm_command_sink sink = {&found, take, take_foreign};
    struct sm_command_scan scan = {.partition = 0, .from = 7};
    struct sm_err err = {0};

    assert_int_equal(topic->ops->scan(topic, &scan, &sink, &err), SM_FATAL);
    assert_true(err.text[0] != '\0');
    topic->ops->close(topic);
}

static const struct {
    const char *name;
    void (*run)(const struct command_topic_rig *rig);
} cases[] = {
    {"what is published is found at its place", what_is_published_is_found_at_its_place},
    {"a scan goes on where the last one ended", a_scan_goes_on_where_the_last_one_ended},
    {"who is fenced publishes nothing more", who_is_fenced_publishes_nothing_more},
    {"a stranger's records are told", a_strangers_records_are_told},
    {"a topic that ends below the cursor is another one",
     a_topic_that_ends_below_the_cursor_is_another_one},
};

struct selected {
    const struct command_topic_rig *rig;
    size_t at;
};

static void run_one(void **state)
{
    const struct selected *selected = *state;

    selected->rig->reset(selected->rig->context);
    cases[selected->at].run(selected->rig);
}

int command_topic_suite_run(const struct command_topic_rig *rig)
{
    struct CMUnitTest tests[SM_ARRAY_COUNT(cases)];
    struct selected selected[SM_ARRAY_COUNT(cases)];

    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        selected[i] = (struct selected){rig, i};
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = run_one, .initial_state = &selected[i]};
    }
    return _cmocka_run_group_tests("command_topic", tests, SM_ARRAY_COUNT(cases), NULL, NULL);
}
