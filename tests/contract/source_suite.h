#ifndef SM_CONTRACT_SOURCE_SUITE_H
#define SM_CONTRACT_SOURCE_SUITE_H
/* What every source must do, whatever is behind it: one suite for Kafka and for the simulator's
 * memory source. A rig says how to put records where the source will find them. */
#include "ports/source.h"

struct source_rig {
    void *context;
    /* Two empty topics of that many partitions each, and a group that nobody is in. */
    void (*reset)(void *context, int32_t partitions);
    /* A new member of the group; the test closes it. */
    struct sm_source *(*join)(void *context);
    /* Appends to the partition; offset, generation, topic and partition of the records are not
     * looked at. A timestamp of SM_TIME_NONE: now. */
    void (*produce)(void *context, struct sm_partition_id id, const struct sm_record *records,
                    size_t count);
    /* Appends `count` records that a reader of committed data never sees, and their end mark. */
    void (*produce_aborted)(void *context, struct sm_partition_id id, size_t count);
    /* Removes what lies before the offset, as retention does. */
    void (*truncate)(void *context, struct sm_partition_id id, int64_t before);
    /* Waits until the source's descriptor is readable, or a moment (20 ms, or a step of virtual
     * time) has passed. */
    void (*wait)(void *context, struct sm_source *source);
    int rounds_max; /* waits after which what should come has not come */
    int rounds_quiet; /* waits after which what should not come will not come */
};

struct source_case {
    const char *name; /* a sentence */
    void (*run)(const struct source_rig *rig);
};
#define SOURCE_LOOK_CASES 3
extern const struct source_case source_look_cases[SOURCE_LOOK_CASES]; /* source_suite_look.c */
/* Runs all cases as one cmocka group; returns the number that failed. */
int source_suite_run(const struct source_rig *rig);

/* ---- also for tests of one adapter ---- */

struct seen_record {
    struct sm_partition_id id;
    int64_t offset;
    uint64_t generation;
    int64_t timestamp_us;
    uint64_t content; /* hash of key, value and headers, telling null from empty */
};
struct seen_event {
    enum sm_source_event_kind kind;
    struct sm_partition_id id; /* the first of its partitions */
    size_t count;
    int64_t offset;
    uint64_t generation;
    bool lost;
    bool has_record; /* of LOOKED; the next two are of that record */
    int64_t record_offset;
    uint64_t content;
    size_t records_before; /* number of records that were seen when it came */
    char text[256];
};
#define SEEN_EVENTS_MAX     4096
#define SEEN_PARTITIONS_MAX 64
/* Collects what a source hands over. */
struct collector {
    struct sm_source_sink sink;
    struct seen_record *records; /* owned */
    size_t count;
    size_t capacity;
    size_t room; /* records it takes before it refuses; SIZE_MAX: any number */
    size_t refusals;
    struct seen_event events[SEEN_EVENTS_MAX];
    size_t event_count;
    struct sm_partition_id partitions[SEEN_PARTITIONS_MAX]; /* of the last ASSIGNED */
    size_t partition_count;
};
void collector_init(struct collector *collector);
void collector_deinit(struct collector *collector);
size_t collector_count(const struct collector *collector, enum sm_source_event_kind kind);
/* The last event of that kind; fails the test if there is none. */
const struct seen_event *collector_last(const struct collector *collector,
                                        enum sm_source_event_kind kind);
uint64_t record_content(const struct sm_record *record);

bool same_id(struct sm_partition_id a, struct sm_partition_id b);
/* Asks to look at a record, and waits for the answer to just this question. */
const struct seen_event *look_again(const struct source_rig *rig, struct sm_source *source,
                                    struct collector *collector, struct sm_partition_id id,
                                    int64_t offset);

void poll_source_once(struct sm_source *source, struct collector *collector);
/* Polls until there are `records` records or more; fails the test if they do not come. */
void poll_records(const struct source_rig *rig, struct sm_source *source,
                  struct collector *collector, size_t records);
/* Polls until there are `count` events of the kind or more. */
void poll_events(const struct source_rig *rig, struct sm_source *source,
                 struct collector *collector, enum sm_source_event_kind kind, size_t count);
/* Polls on for the quiet rounds. */
void poll_quiet(const struct source_rig *rig, struct sm_source *source,
                struct collector *collector);
/* Joins, waits for ASSIGNED, assigns all its partitions from `offset` under `generation`. */
struct sm_source *join_and_assign(const struct source_rig *rig, struct collector *collector,
                                  int64_t offset, uint64_t generation);
/* `each` such records on every partition of both topics. */
void produce_everywhere(const struct source_rig *rig, int32_t partitions, size_t each);
/* `count` small records on one partition, numbered in key and value. */
void produce_numbered(const struct source_rig *rig, struct sm_partition_id id, size_t count);

/* ---- members of a group, as an engine would lead them; positions are kept outside them ---- */

struct member {
    struct sm_source *source;
    struct collector collector;
    size_t events_done;
    size_t records_done;
    bool holds[SM_TOPIC_COUNT][SEEN_PARTITIONS_MAX];
    int revocations;
    int lost;
};
/* Where the members together have got to, as the database would keep it. */
extern int64_t positions[SM_TOPIC_COUNT][SEEN_PARTITIONS_MAX];
void member_join(const struct source_rig *rig, struct member *member);
void member_leave(struct member *member);
/* Polls, checks that each record is the next one of a partition that the member holds, answers
 * revocations, and takes assigned partitions over at the common positions. */
void member_step(struct member *member, size_t records_max);
size_t held_count(const struct member *member); /* partitions of one member */
int64_t seen_count(void); /* records of all members */
#endif
