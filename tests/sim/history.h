#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H
/* What producers sent: a history drawn from a seed, in a form of its own that both the simulator
 * and the oracle read. The program under test sees nothing of it but bytes on a topic.
 *
 * Two records have the same content exactly if their `content` is equal byte by byte; how a content
 * is written down (mode, order of members, spaces, defaults sent or not) is drawn separately. */
#include "sim/catalogue.h"
#include "sim/memory_broker.h"

/* Choices are numbers into small pools; 0 is "not sent", SIM_NULL "sent as null". */
#define SIM_NULL (-1)

struct sim_content {
    int64_t time_us;
    int type;             /* enum sim_type */
    int client;           /* number of the client, from 0; or SIM_NIL_CLIENT */
    int id;               /* number of the event id, from 0 */
    int expected_version; /* -1: any */
    int source, actor, correlation, causation;
    int field[SIM_FIELD_COUNT]; /* by enum sim_field; what counts as not sent is 0 */
};
_Static_assert(sizeof(struct sim_content) % sizeof(int64_t) == 0,
               "contents are compared as bytes, so they have no padding");

enum { SIM_ANY = -1 };
/* What is wrong with a record so that it cannot be understood; at most one thing. X(name, code,
 * type that it needs, field at fault, its JSON instead; NULL: it is left out) */
#define SIM_DEFECT_LIST(X)                                                                         \
    X(SIM_SOUND, "", SIM_ANY, NULL, NULL)                                                          \
    X(SIM_NULL_VALUE, "VALUE_MISSING", SIM_ANY, NULL, NULL)                                        \
    X(SIM_GARBAGE, "FORMAT_UNKNOWN", SIM_ANY, NULL, NULL)                                          \
    X(SIM_TRUNCATED, "JSON_INVALID", SIM_ANY, NULL, NULL)                                          \
    X(SIM_NUL_CHARACTER, "JSON_INVALID", SIM_ANY, NULL, NULL)                                      \
    X(SIM_NO_ID, "ATTRIBUTE_MISSING", SIM_ANY, NULL, NULL)                                         \
    X(SIM_NO_SOURCE, "ATTRIBUTE_MISSING", SIM_ANY, NULL, NULL)                                     \
    X(SIM_NO_TYPE, "ATTRIBUTE_MISSING", SIM_ANY, NULL, NULL)                                       \
    X(SIM_NO_SUBJECT, "ATTRIBUTE_MISSING", SIM_ANY, NULL, NULL)                                    \
    X(SIM_NO_TIME, "ATTRIBUTE_MISSING", SIM_ANY, NULL, NULL)                                       \
    X(SIM_BAD_ID, "ATTRIBUTE_INVALID", SIM_ANY, NULL, NULL)                                        \
    X(SIM_BAD_SPECVERSION, "ATTRIBUTE_INVALID", SIM_ANY, NULL, NULL)                               \
    X(SIM_BAD_TIME, "ATTRIBUTE_INVALID", SIM_ANY, NULL, NULL)                                      \
    X(SIM_NIL_SUBJECT, "ATTRIBUTE_INVALID", SIM_BATCH_STARTED, NULL, NULL)                         \
    X(SIM_OWN_SUBJECT, "ATTRIBUTE_INVALID", SIM_DATA_DEFINED, NULL, NULL)                          \
    X(SIM_BAD_TYPE, "TYPE_UNKNOWN", SIM_ANY, NULL, NULL)                                           \
    X(SIM_WRONG_TOPIC, "TOPIC_WRONG", SIM_ANY, NULL, NULL)                                         \
    X(SIM_OTHER_KEY, "KEY_MISMATCH", SIM_ANY, NULL, NULL)                                          \
    X(SIM_NOTHING_UPDATED, "DATA_EMPTY", SIM_UPDATED, NULL, NULL)                                  \
    X(SIM_NO_NAME, "FIELD_MISSING", SIM_REGISTERED, "name", NULL)                                  \
    X(SIM_EXTRA_FIELD, "FIELD_UNKNOWN", SIM_REGISTERED, "colour", "\"red\"")                       \
    X(SIM_NUMBER_FOR_NAME, "FIELD_TYPE", SIM_REGISTERED, "name", "5")                              \
    X(SIM_BAD_ORGANIZATION, "FIELD_RANGE", SIM_REGISTERED, "organization_id", "\"Bad-Org\"")       \
    X(SIM_LONG_NAME, "FIELD_LENGTH", SIM_REGISTERED, "name", SIM_LONG("300"))                      \
    X(SIM_BAD_TENANT_MODE, "FIELD_ENUM", SIM_REGISTERED, "tenant_mode", "\"cloud\"")               \
    X(SIM_BAD_ALPHA, "FIELD_RANGE", SIM_FEATURE_CHANGED, "config",                                 \
      "{\"alpha\": 1.5, \"window_days\": 3}")                                                      \
    X(SIM_NO_CONFIG, "FIELD_MISSING", SIM_FEATURE_CHANGED, "config", NULL)                         \
    X(SIM_DEEP_BOM, "FIELD_RANGE", SIM_BOM_CHANGED, "max_levels", "101")                           \
    X(SIM_BOM_FLAG, "FIELD_TYPE", SIM_BOM_CHANGED, "cycle_detection", "\"yes\"")                   \
    X(SIM_NO_KIND, "FIELD_MISSING", SIM_SCHEDULE_CHANGED, "kind", NULL)                            \
    X(SIM_BAD_KIND, "FIELD_ENUM", SIM_DEFAULTS_CHANGED, "kind", "\"hourly\"")                      \
    X(SIM_NO_INTERVAL, "FIELD_MISSING", SIM_SCHEDULE_CHANGED, "interval_minutes", NULL)            \
    X(SIM_OTHER_KINDS_FIELD, "FIELD_UNKNOWN", SIM_SCHEDULE_CHANGED, "time_of_day", "\"12:00\"")    \
    X(SIM_DAY_EIGHT, "FIELD_RANGE", SIM_DEFAULTS_CHANGED, "days_of_week", "[1, 8]")                \
    X(SIM_DAY_TWICE, "FIELD_RANGE", SIM_DEFAULTS_CHANGED, "days_of_week", "[1, 1]")                \
    X(SIM_HOUR_24, "FIELD_RANGE", SIM_DEFAULTS_CHANGED, "time_of_day", "\"24:00\"")                \
    X(SIM_BAD_ZONE, "FIELD_RANGE", SIM_SCHEDULE_CHANGED, "timezone", "\"no zone\"")                \
    X(SIM_BAD_CODE, "FIELD_RANGE", SIM_DATA_DEFINED, "code", "\"Upper\"")                          \
    X(SIM_BAD_RULES, "FIELD_TYPE", SIM_FEATURE_DEFINED, "config_rules",                            \
      "{\"alpha\": {\"type\": \"colour\"}}")                                                       \
    X(SIM_NO_BATCH, "FIELD_MISSING", SIM_BATCH_STARTED, "batch_id", NULL)                          \
    X(SIM_BAD_BATCH, "FIELD_RANGE", SIM_BATCH_FAILED, "batch_id", "\"b 1\"")                       \
    X(SIM_COUNTS_DISAGREE, "COUNTS_DISAGREE", SIM_BATCH_COMPLETED, "records_total", "999")         \
    X(SIM_HALF_A_RECORD, "FIELD_RANGE", SIM_BATCH_COMPLETED, "records_processed", "1.5")           \
    X(SIM_NO_ERROR, "FIELD_MISSING", SIM_RUN_FAILED, "error", NULL)                                \
    X(SIM_LONG_ERROR, "FIELD_LENGTH", SIM_BATCH_FAILED, "error", SIM_LONG("4001"))                 \
    X(SIM_NO_PROCESSED, "FIELD_MISSING", SIM_RUN_COMPLETED, "records_processed", NULL)             \
    X(SIM_WIDE_TITLE, "FIELD_LENGTH", SIM_FEATURE_CREATED, "name", SIM_LONG("wide"))               \
    X(SIM_BAD_LEVEL, "FIELD_ENUM", SIM_LOGGED, "level", "\"fatal\"")                               \
    X(SIM_BAD_TIMESTAMP, "FIELD_RANGE", SIM_LOGGED, "timestamp", "\"noon\"")                       \
    X(SIM_LIST_FOR_CONTEXT, "FIELD_TYPE", SIM_LOGGED, "context", "[]")
/* Stands for a JSON string that is too long: of so many letters, or of few that are wide. */
#define SIM_LONG(letters) ("long:" letters)
enum sim_defect {
#define SIM_DEFECT_ENUM(name, code, type, field, json) name,
    SIM_DEFECT_LIST(SIM_DEFECT_ENUM)
#undef SIM_DEFECT_ENUM
        SIM_DEFECT_COUNT
};
struct sim_defect_info {
    const char *code;
    int type; /* SIM_ANY, or the one that it needs */
    const char *field;
    const char *json;
};
const struct sim_defect_info *sim_defect_info(enum sim_defect defect);

struct sim_record {
    struct sm_partition_id id;
    bool control; /* only takes an offset */
    enum sim_defect defect;
    struct sim_content content;
    int64_t timestamp_us; /* of the record; SM_TIME_NONE: none */
};

/* How much of what; drawn per seed, so that each history is of another kind. */
struct sim_shape {
    int32_t config_partitions, processing_partitions;
    int records;
    int clients;
    int organizations;
    unsigned resend_permille;   /* a content of before, once more */
    unsigned conflict_permille; /* an id of before with another content */
    unsigned defect_permille;
    unsigned misplaced_permille; /* on another partition than the client's */
    unsigned control_permille;
    unsigned expected_permille;   /* names an expected version */
    unsigned late_permille;       /* event time long before */
    unsigned ahead_permille;      /* event time too far ahead */
    unsigned poison_permille;     /* the database refuses it */
    unsigned churn_permille;      /* changes of the client */
    unsigned processing_permille; /* of the rest: batches, runs, features, log lines */
    unsigned global_permille;     /* of the rest: definitions, defaults; else feature configs … */
    unsigned others_permille;     /* … of which so many are of BOMs and schedules instead */
    unsigned eager_permille;      /* of a client that is not registered: the registration */
    unsigned undefined_permille;  /* names a feature type or data type that nobody has seeded */
    /* Nothing is ever taken back (no revocation, archive, change of mode, second meaning of a
     * type), each client keeps to its partitions, and no id has two contents: whatever comes of the
     * topics comes of any interleaving of them. */
    bool steady;
    int64_t time_ahead_max_us;
    int64_t start_us; /* wall time of the first record */
};

struct sim_history {
    struct sim_shape shape;
    struct sim_record *records; /* owned; tag = index */
    size_t count, capacity;
};
void sim_history_draw(struct sim_history *history, const struct sim_shape *shape, uint64_t seed);
void sim_history_free(struct sim_history *history);

/* history_data.c: draws what the data of the content's type holds; fields must be 0. */
void sim_history_draw_data(const struct sim_shape *shape, struct sim_random *random,
                           struct sim_content *content);

/* Appends record `index` to the broker's topic, written down as drawn from `random`. */
void sim_history_send(const struct sim_history *history, size_t index, struct memory_broker *broker,
                      struct sim_random *random);
#endif
