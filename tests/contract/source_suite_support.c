/* Collecting and waiting, for the suite and for tests of one adapter. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/hash.h"
#include "contract/source_suite.h"

bool same_id(struct sm_partition_id a, struct sm_partition_id b)
{
    return a.topic == b.topic && a.partition == b.partition;
}

static uint64_t hash_slice(struct sm_slice slice, uint64_t seed)
{
    uint64_t hash =
        sm_hash(slice.data != NULL ? slice.data : (const uint8_t *)"", slice.size, seed);

    return slice.data == NULL ? hash ^ 0x5555 : hash;
}

uint64_t record_content(const struct sm_record *record)
{
    uint64_t hash = hash_slice(record->value, hash_slice(record->key, record->header_count));

    for (size_t i = 0; i < record->header_count; i++) {
        hash = hash_slice(record->headers[i].name, hash);
        hash = hash_slice(record->headers[i].value, hash);
    }
    return hash;
}

static bool take_record(void *context, const struct sm_record *record)
{
    struct collector *collector = context;

    if (collector->room == 0) {
        collector->refusals++;
        return false;
    }
    if (collector->room != SIZE_MAX)
        collector->room--;
    if (collector->count == collector->capacity) {
        collector->capacity = collector->capacity * 2 + 1024;
        collector->records =
            realloc(collector->records, collector->capacity * sizeof(*collector->records));
        assert_non_null(collector->records);
    }
    collector->records[collector->count++] =
        (struct seen_record){ { record->topic, record->partition },
                              record->offset,
                              record->generation,
                              record->timestamp_us,
                              record_content(record) };
    return true;
}

static void take_event(void *context, const struct sm_source_event *event)
{
    struct collector *collector = context;
    struct seen_event *seen;

    assert_true(collector->event_count < SEEN_EVENTS_MAX);
    seen = &collector->events[collector->event_count++];
    *seen = (struct seen_event){ .kind = event->kind,
                                 .count = event->count,
                                 .offset = event->offset,
                                 .generation = event->generation,
                                 .lost = event->lost,
                                 .records_before = collector->count };
    if (event->record != NULL) {
        seen->has_record = true;
        seen->record_offset = event->record->offset;
        seen->content = record_content(event->record);
        assert_int_equal(event->record->header_count, 0);
    }
    assert_non_null(event->text);
    (void)snprintf(seen->text, sizeof(seen->text), "%s", event->text);
    if (event->count > 0)
        seen->id = event->partitions[0];
    if (event->kind != SM_SOURCE_ASSIGNED)
        return;
    assert_true(event->count <= SEEN_PARTITIONS_MAX);
    collector->partition_count = event->count;
    for (size_t i = 0; i < event->count; i++)
        collector->partitions[i] = event->partitions[i];
}

void collector_init(struct collector *collector)
{
    *collector = (struct collector){ .room = SIZE_MAX };
    collector->sink =
        (struct sm_source_sink){ .context = collector, .record = take_record, .event = take_event };
}

void collector_deinit(struct collector *collector)
{
    free(collector->records);
    collector->records = NULL;
}

size_t collector_count(const struct collector *collector, enum sm_source_event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < collector->event_count; i++)
        count += collector->events[i].kind == kind;
    return count;
}

const struct seen_event *collector_last(const struct collector *collector,
                                        enum sm_source_event_kind kind)
{
    for (size_t i = collector->event_count; i > 0; i--) {
        if (collector->events[i - 1].kind == kind)
            return &collector->events[i - 1];
    }
    fail_msg("there is no event of kind %d", (int)kind);
    return NULL;
}

void poll_source_once(struct sm_source *source, struct collector *collector)
{
    struct sm_err err;

    if (source->ops->poll(source, &collector->sink, 500, &err) != SM_OK)
        fail_msg("poll failed: %s", err.text);
}

/* Only what the source promises to say wakes us: no wait when its descriptor is readable. */
static void poll_and_wait(const struct source_rig *rig, struct sm_source *source,
                          struct collector *collector)
{
    poll_source_once(source, collector);
    rig->wait(rig->context, source);
}

void poll_records(const struct source_rig *rig, struct sm_source *source,
                  struct collector *collector, size_t records)
{
    /* Rounds are counted while nothing comes, so that much may take long. */
    for (int round = 0; collector->count < records; round++) {
        size_t before = collector->count;

        if (round == rig->rounds_max)
            fail_msg("%zu of %zu records came", collector->count, records);
        poll_and_wait(rig, source, collector);
        if (collector->count > before)
            round = 0;
    }
}

void poll_events(const struct source_rig *rig, struct sm_source *source,
                 struct collector *collector, enum sm_source_event_kind kind, size_t count)
{
    for (int round = 0; collector_count(collector, kind) < count; round++) {
        size_t before = collector->count;

        if (round == rig->rounds_max)
            fail_msg("%zu of %zu events of kind %d came", collector_count(collector, kind), count,
                     (int)kind);
        poll_and_wait(rig, source, collector);
        if (collector->count > before)
            round = 0;
    }
}

void poll_quiet(const struct source_rig *rig, struct sm_source *source, struct collector *collector)
{
    for (int round = 0; round < rig->rounds_quiet; round++)
        poll_and_wait(rig, source, collector);
}

struct sm_source *join_and_assign(const struct source_rig *rig, struct collector *collector,
                                  int64_t offset, uint64_t generation)
{
    struct sm_source *source = rig->join(rig->context);
    struct sm_fetch_from list[SEEN_PARTITIONS_MAX];
    struct sm_err err;

    poll_events(rig, source, collector, SM_SOURCE_ASSIGNED, 1);
    for (size_t i = 0; i < collector->partition_count; i++)
        list[i] = (struct sm_fetch_from){ collector->partitions[i], offset };
    assert_int_equal(
        source->ops->assign(source, list, collector->partition_count, generation, &err), SM_OK);
    return source;
}

void produce_numbered(const struct source_rig *rig, struct sm_partition_id id, size_t count)
{
    enum { CHUNK = 1000 };
    static char keys[CHUNK][24], values[CHUNK][48];
    struct sm_record records[CHUNK];

    for (size_t done = 0; done < count;) {
        size_t chunk = count - done < CHUNK ? count - done : CHUNK;

        for (size_t i = 0; i < chunk; i++) {
            (void)snprintf(keys[i], sizeof(keys[i]), "key %zu", done + i);
            (void)snprintf(values[i], sizeof(values[i]), "value %zu of %d[%d]", done + i,
                           (int)id.topic, (int)id.partition);
            records[i] = (struct sm_record){ .timestamp_us = SM_TIME_NONE,
                                             .key = sm_slice_of(keys[i]),
                                             .value = sm_slice_of(values[i]) };
        }
        rig->produce(rig->context, id, records, chunk);
        done += chunk;
    }
}

void produce_everywhere(const struct source_rig *rig, int32_t partitions, size_t each)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        for (int32_t i = 0; i < partitions; i++)
            produce_numbered(rig, (struct sm_partition_id){ (enum sm_topic)topic, i }, each);
    }
}

/* ---- members ---- */

int64_t positions[SM_TOPIC_COUNT][SEEN_PARTITIONS_MAX];
static uint64_t last_generation;

void member_join(const struct source_rig *rig, struct member *member)
{
    memset(member, 0, sizeof(*member));
    collector_init(&member->collector);
    member->source = rig->join(rig->context);
}

void member_leave(struct member *member)
{
    member->source->ops->close(member->source);
    collector_deinit(&member->collector);
}

/* Partitions are taken over at what all members together have seen. */
static void member_take_over(struct member *member)
{
    struct sm_fetch_from list[SEEN_PARTITIONS_MAX];
    const struct collector *collector = &member->collector;
    struct sm_err err;

    for (size_t i = 0; i < collector->partition_count; i++) {
        struct sm_partition_id id = collector->partitions[i];

        list[i] = (struct sm_fetch_from){ id, positions[id.topic][id.partition] };
        member->holds[id.topic][id.partition] = true;
    }
    assert_int_equal(member->source->ops->assign(member->source, list, collector->partition_count,
                                                 ++last_generation, &err),
                     SM_OK);
}

void member_step(struct member *member, size_t records_max)
{
    struct collector *collector = &member->collector;
    struct sm_err err;

    assert_int_equal(member->source->ops->poll(member->source, &collector->sink, records_max, &err),
                     SM_OK);
    for (; member->records_done < collector->count; member->records_done++) {
        const struct seen_record *seen = &collector->records[member->records_done];

        assert_true(member->holds[seen->id.topic][seen->id.partition]);
        assert_int_equal(seen->offset, positions[seen->id.topic][seen->id.partition]);
        positions[seen->id.topic][seen->id.partition]++;
    }
    for (; member->events_done < collector->event_count; member->events_done++) {
        const struct seen_event *event = &collector->events[member->events_done];

        if (event->kind == SM_SOURCE_REVOKED) {
            member->revocations++;
            member->lost += event->lost;
            memset(member->holds, 0, sizeof(member->holds));
            member->source->ops->release(member->source);
        } else if (event->kind == SM_SOURCE_ASSIGNED) {
            member_take_over(member);
        }
    }
}

size_t held_count(const struct member *member)
{
    size_t count = 0;

    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        for (size_t i = 0; i < SEEN_PARTITIONS_MAX; i++)
            count += member->holds[topic][i];
    }
    return count;
}

int64_t seen_count(void)
{
    int64_t count = 0;

    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        for (size_t i = 0; i < SEEN_PARTITIONS_MAX; i++)
            count += positions[topic][i];
    }
    return count;
}
