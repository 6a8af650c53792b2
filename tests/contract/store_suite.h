#ifndef SM_CONTRACT_STORE_SUITE_H
#define SM_CONTRACT_STORE_SUITE_H
/* What every store (and the log over what it keeps) must do, whatever is behind it: one suite for
 * PostgreSQL and for the simulator's memory database. */
#include "ports/log.h"
#include "ports/outbox.h"

struct store_rig {
    void *context;
    /* An empty database, with our schema. */
    void (*reset)(void *context);
    /* A new session of the instance `owner`; the test closes it. */
    struct sm_store *(*open)(void *context, const char *owner);
    /* A new session of the relay of that instance; the test closes it. */
    struct sm_outbox *(*outbox)(void *context, const char *owner);
    /* A snapshot of what is kept now; the test closes it. */
    struct sm_log *(*log)(void *context);
    /* Waits as the store asks. */
    void (*wait)(void *context, struct sm_store *store);
    /* From now on the database refuses events whose source is REFUSED_SOURCE. */
    void (*refuse)(void *context);
    /* Ends all sessions of all stores, as a restart of the server would. */
    void (*cut)(void *context);
};
#define REFUSED_SOURCE "/refused"

struct store_case {
    const char *name; /* a sentence */
    void (*run)(const struct store_rig *rig);
};
struct store_group {
    const struct store_case *cases;
    size_t count;
};
extern const struct store_group store_takeover_group;
extern const struct store_group store_commit_group;
extern const struct store_group store_read_group;
extern const struct store_group store_rows_group;
extern const struct store_group store_waiting_group;
extern const struct store_group store_due_group;
extern const struct store_group store_trial_group;
extern const struct store_group store_session_group;
extern const struct store_group store_outbox_group;
extern const struct store_group store_relay_group;
/* Runs all of them as one cmocka group; returns the number that failed. */
int store_suite_run(const struct store_rig *rig);

/* ---- also for tests of one adapter ---- */

/* Runs a call to its end. */
enum sm_status store_call(const struct store_rig *rig, struct sm_store *store,
                          const struct sm_store_call *call, struct sm_err *err);
/* The same of one kind, with any error thrown away. */
enum sm_status store_take(const struct store_rig *rig, struct sm_store *store,
                          struct sm_takeover *list, size_t count);
enum sm_status store_load(const struct store_rig *rig, struct sm_store *store,
                          struct sm_load *load);
/* Takes partition `partition` of the config topic over, from offset 0 if it was never seen. */
struct sm_takeover store_own(const struct store_rig *rig, struct sm_store *store,
                             int32_t partition);

/* A unit of work being put together as the engine would. */
#define DRAFT_EVENTS     400
#define DRAFT_PARTITIONS 4
struct draft {
    struct sm_unit unit;
    struct sm_unit_partition partitions[DRAFT_PARTITIONS];
    struct sm_digest chains[DRAFT_PARTITIONS]; /* of the ledger rows before */
    struct sm_event events[DRAFT_EVENTS];
    char data[DRAFT_EVENTS][160];
    struct sm_append appends[DRAFT_EVENTS];
    struct sm_head_change heads[DRAFT_EVENTS];
    struct sm_head_wanted checks[4];
    struct sm_client_change clients[4];
    struct sm_dead_letter dead_letters[4];
    struct sm_row_change rows[DRAFT_EVENTS];
    struct sm_row kept_rows[DRAFT_EVENTS];
    struct sm_log_line lines[DRAFT_EVENTS];
    struct sm_parked parked[DRAFT_EVENTS];
    struct sm_parked_change changes[DRAFT_EVENTS];
    struct sm_command_row commands[DRAFT_EVENTS];
    struct sm_uuid opened[8];
    struct sm_reference references[4];
    struct sm_due done;
    size_t event_count; /* of `events` used */
    uint64_t generations[SM_BUCKETS];
};
void draft_begin(struct draft *draft);
/* Adds a partition that was taken over; what follows is of it. */
void draft_partition(struct draft *draft, const struct sm_takeover *taken);
/* The next record is this event of a feature config; `id` names the event. Returns it, so that the
 * test can change it before draft_end. */
struct sm_event *draft_event(struct draft *draft, unsigned id, unsigned client, const char *feature,
                             int32_t version);
/* Adds `client`'s registration as the next record, with its row and its head. */
void draft_register(struct draft *draft, unsigned id, const struct sm_client *client);
struct sm_head_change *draft_head(struct draft *draft, unsigned client, const char *feature,
                                  int32_t expected, int32_t version);
/* The next record is a dead letter. */
struct sm_dead_letter *draft_dead_letter(struct draft *draft, const struct sm_rejection *rejection,
                                         const struct sm_event *event);
void draft_duplicates(struct draft *draft, const struct sm_range *range);

/* An event of any type, with its values read from `data`; in no list yet. `key` and `data` must
 * live as long as the draft. */
struct sm_event *draft_make(struct draft *draft, unsigned id, struct sm_uuid client,
                            enum sm_event_type type, const char *data);
/* The next record is this event, applied: log row, head and row as the projection makes them of
 * the stream, which goes on. */
void draft_apply(struct draft *draft, struct sm_event *event, struct sm_stream *stream);
/* The next record is this event, a line for processing_logs. */
void draft_line(struct draft *draft, struct sm_event *event);
/* The next record is this event, which has to wait. */
struct sm_parked *draft_park(struct draft *draft, struct sm_event *event, enum sm_wait_for what,
                             const char *code);
/* The unit is about waiting events, which no offset covers (call after draft_partition). */
void draft_release(struct draft *draft);
/* A waiting event ceases to wait, or (WAITING) waits for something else. */
struct sm_parked_change *draft_resolve(struct draft *draft, int64_t parked_id,
                                       enum sm_parked_state state);
/* Of a release unit: the waiting event, found at this offset, is applied. */
void draft_apply_at(struct draft *draft, int64_t offset, struct sm_event *event,
                    struct sm_stream *stream);
/* The same, but it becomes a dead letter. */
struct sm_dead_letter *draft_reject_at(struct draft *draft, int64_t offset,
                                       const struct sm_rejection *rejection,
                                       const struct sm_event *event);
/* The unit carries this command, caused by event `id`; `text` are its bytes. Returns it, so that
 * the test can change it before draft_end. */
struct sm_command_row *draft_command(struct draft *draft, unsigned id, unsigned client,
                                     int64_t sequence, const char *text);
/* A stream that has no version yet. */
struct sm_stream stream_new(void);
/* Hashes, counts and digests, as the engine makes them. */
void draft_end(struct draft *draft);
/* draft_end, then COMMIT. */
enum sm_status draft_commit(const struct store_rig *rig, struct sm_store *store,
                            struct draft *draft, struct sm_err *err);
/* After a commit: what the next unit of the partition goes on from. */
void draft_follow(const struct draft *draft, size_t partition, struct sm_takeover *taken);

/* The first version of `count` streams of feature configs, with their heads. */
void draft_streams(struct draft *draft, unsigned count);

/* One session, one partition, and a draft on it. */
struct scene {
    struct sm_store *store;
    struct sm_takeover taken;
    struct draft *draft;
    struct sm_err err;
};
void scene_open(const struct store_rig *rig, struct scene *scene);
/* Commits the draft and begins the next one of the same partition. */
enum sm_status scene_commit(const struct store_rig *rig, struct scene *scene);
void scene_close(struct scene *scene);

struct sm_uuid client_uuid(unsigned client);
struct sm_uuid event_uuid(unsigned id);
struct sm_uuid command_uuid(unsigned id);
/* A client of that number with the organization id, active. */
struct sm_client make_client(unsigned client, const char *organization);
int64_t draft_time(int32_t version);

/* How many rows a scan has. */
size_t count_rows(const struct store_rig *rig, enum sm_log_scan_kind kind);
/* The row of that number, from 0; gives every row to `look` until it says true. False: none did. */
bool find_row(const struct store_rig *rig, enum sm_log_scan_kind kind,
              bool (*look)(void *context, const struct sm_log_row *row), void *context);
/* The ledger's and the positions' totals of partition 0. */
struct sm_position_row position_now(const struct store_rig *rig);
/* True when engine/verify.h finds no difference between the log and the rest. */
bool is_verified(const struct store_rig *rig);
#endif
