#ifndef SIM_ORACLE_PRIV_H
#define SIM_ORACLE_PRIV_H
/* The oracle's own state and rules. */
#include "sim/oracle.h"
#include "sim/pool.h"

#define ORACLE_CLIENTS  64
#define ORACLE_FEATURES 16
#define ORACLE_NEVER    INT64_MIN

struct oracle_stream {
    int32_t version;
    int64_t last_at;
    int64_t active_at; /* ORACLE_NEVER: none */
};
struct oracle_client {
    bool exists;
    int status, tenant_mode; /* numbers in the pools, as all below */
    bool confirmed;
    int64_t confirmed_at;
    int confirmed_by;
    int name, organization, features, email, phone;
    int64_t created_at, updated_at;
    struct oracle_stream stream;
    struct oracle_stream feature_streams[ORACLE_FEATURES];
};
enum oracle_outcome { ORACLE_FACT, ORACLE_DUPLICATE, ORACLE_REJECTED, ORACLE_PARKED };
struct oracle_verdict {
    enum oracle_outcome outcome;
    const char *code; /* of a rejection; of what is parked: for what */
    bool understood;  /* of a rejection: its content is known, so that it counts as seen */
    int32_t version;  /* of a fact, as all below */
    int64_t created_at;
    char previous[1024]; /* JSON; "" for none */
};
struct oracle_seen {
    struct sim_content content;
    bool in_log; /* else a dead letter */
};
struct oracle_waiting {
    const struct sim_record *record;
    const struct memory_parked *parked;
    bool waits;
};
struct oracle {
    const struct sim_oracle_input *input;
    struct sim_oracle_report *report;
    struct oracle_client clients[ORACLE_CLIENTS];
    struct oracle_seen *seen; /* owned */
    size_t seen_count, seen_capacity;
    struct oracle_waiting *waiting; /* owned; in the order of parking */
    size_t waiting_count, waiting_capacity;
};

/* oracle_rules.c: decides, and changes the state accordingly. `self`: of a record that waits, its
 * index among those that do; else waiting_count. What goes on waiting changes nothing. */
void oracle_decide(struct oracle *oracle, const struct sim_record *record, size_t self,
                   struct oracle_verdict *out);
bool oracle_fail(struct oracle *oracle, const char *law, const char *format, ...) SM_PRINTF(3, 4);
/* oracle_tables.c: clients and heads as they must be at the end. */
bool oracle_check_tables(struct oracle *oracle);
bool oracle_same_text(struct sm_slice slice, const char *text);
bool oracle_same_number(struct sm_slice slice, enum sim_pool pool, int number);
/* oracle_text.c */
void oracle_data_text(const struct sim_content *content, char *out, size_t size);
void oracle_previous_text(const struct oracle_client *before, const struct sim_content *content,
                          char *out, size_t size);
#endif
