#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H
/* What producers sent: a history drawn from a seed, in a form of its own that both the simulator
 * and the oracle read. The program under test sees nothing of it but bytes on a topic.
 *
 * Two records have the same content exactly if their `content` is equal byte by byte; how a content
 * is written down (mode, order of members, spaces, defaults sent or not) is drawn separately. */
#include "sim/memory_broker.h"

/* Choices are numbers into small pools; 0 is "not sent", SIM_NULL "sent as null". */
#define SIM_NULL (-1)

enum sim_type {
    SIM_REGISTERED,
    SIM_UPDATED,
    SIM_STATUS_CHANGED,
    SIM_TENANT_MODE_CHANGED,
    SIM_CONFIRMED,
    SIM_REVOKED,
    SIM_FEATURE_CHANGED,
    SIM_FEATURE_DEACTIVATED,
    SIM_TYPE_COUNT
};
struct sim_content {
    int64_t time_us;
    int type;             /* enum sim_type */
    int client;           /* number of the client, from 0 */
    int id;               /* number of the event id, from 0 */
    int expected_version; /* -1: any */
    int source, actor, correlation, causation;
    int name, organization, tenant_mode, features, email, phone, status, reason, feature, config;
    int padding; /* always 0, so that contents can be compared as bytes */
};

/* What is wrong with a record so that it cannot be understood; at most one thing. X(name, code) */
#define SIM_DEFECT_LIST(X)                                                                         \
    X(SIM_SOUND, "")                                                                               \
    X(SIM_NULL_VALUE, "VALUE_MISSING")                                                             \
    X(SIM_GARBAGE, "FORMAT_UNKNOWN")                                                               \
    X(SIM_TRUNCATED, "JSON_INVALID")                                                               \
    X(SIM_NUL_CHARACTER, "JSON_INVALID")                                                           \
    X(SIM_NO_ID, "ATTRIBUTE_MISSING")                                                              \
    X(SIM_NO_SOURCE, "ATTRIBUTE_MISSING")                                                          \
    X(SIM_NO_TYPE, "ATTRIBUTE_MISSING")                                                            \
    X(SIM_NO_SUBJECT, "ATTRIBUTE_MISSING")                                                         \
    X(SIM_NO_TIME, "ATTRIBUTE_MISSING")                                                            \
    X(SIM_BAD_ID, "ATTRIBUTE_INVALID")                                                             \
    X(SIM_BAD_SPECVERSION, "ATTRIBUTE_INVALID")                                                    \
    X(SIM_BAD_TIME, "ATTRIBUTE_INVALID")                                                           \
    X(SIM_BAD_TYPE, "TYPE_UNKNOWN")                                                                \
    X(SIM_WRONG_TOPIC, "TOPIC_WRONG")                                                              \
    X(SIM_OTHER_KEY, "KEY_MISMATCH")                                                               \
    X(SIM_NO_NAME, "FIELD_MISSING")                                                                \
    X(SIM_EXTRA_FIELD, "FIELD_UNKNOWN")                                                            \
    X(SIM_NUMBER_FOR_NAME, "FIELD_TYPE")                                                           \
    X(SIM_BAD_ORGANIZATION, "FIELD_RANGE")                                                         \
    X(SIM_LONG_NAME, "FIELD_LENGTH")                                                               \
    X(SIM_BAD_TENANT_MODE, "FIELD_ENUM")                                                           \
    X(SIM_NOTHING_UPDATED, "DATA_EMPTY")                                                           \
    X(SIM_BAD_ALPHA, "FIELD_RANGE")
enum sim_defect {
#define SIM_DEFECT_ENUM(name, code) name,
    SIM_DEFECT_LIST(SIM_DEFECT_ENUM)
#undef SIM_DEFECT_ENUM
        SIM_DEFECT_COUNT
};
const char *sim_defect_code(enum sim_defect defect);

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
    unsigned expected_permille; /* names an expected version */
    unsigned late_permille;     /* event time long before */
    unsigned ahead_permille;    /* event time too far ahead */
    unsigned poison_permille;   /* the database refuses it */
    unsigned churn_permille;    /* changes of the client rather than of feature configs */
    int64_t time_ahead_max_us;
    int64_t start_us; /* wall time of the first record */
};

struct sim_history {
    struct sim_shape shape;
    struct sim_record *records; /* owned; in the order in which they were sent; tag = index */
    size_t count, capacity;
};
void sim_history_draw(struct sim_history *history, const struct sim_shape *shape, uint64_t seed);
void sim_history_free(struct sim_history *history);

/* Appends record `index` to the broker's topic, written down as drawn from `random`. */
void sim_history_send(const struct sim_history *history, size_t index, struct memory_broker *broker,
                      struct sim_random *random);
#endif
