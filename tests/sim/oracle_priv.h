#ifndef SIM_ORACLE_PRIV_H
#define SIM_ORACLE_PRIV_H
/* The oracle's own state and rules. */
#include "sim/oracle.h"

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
enum oracle_outcome { ORACLE_FACT, ORACLE_DUPLICATE, ORACLE_REJECTED };
struct oracle_verdict {
    enum oracle_outcome outcome;
    const char *code; /* of a rejection */
    bool understood;  /* of a rejection: its content is known, so that it counts as seen */
    int32_t version;  /* of a fact, as all below */
    int64_t created_at;
    char previous[1024]; /* JSON; "" for none */
};
struct oracle_seen {
    struct sim_content content;
    bool in_log; /* else a dead letter */
};
struct oracle {
    const struct sim_oracle_input *input;
    struct sim_oracle_report *report;
    struct oracle_client clients[ORACLE_CLIENTS];
    struct oracle_seen *seen; /* owned */
    size_t seen_count, seen_capacity;
};

/* oracle_rules.c: decides, and changes the state accordingly. */
void oracle_decide(struct oracle *oracle, const struct sim_record *record,
                   struct oracle_verdict *out);
/* oracle_text.c */
void oracle_data_text(const struct sim_content *content, char *out, size_t size);
void oracle_previous_text(const struct oracle_client *before, const struct sim_content *content,
                          char *out, size_t size);
#endif
