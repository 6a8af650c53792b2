#ifndef SIM_ORACLE_PRIV_H
#define SIM_ORACLE_PRIV_H
/* The oracle's own state and rules. */
#include "sim/oracle.h"

#define ORACLE_CLIENTS (SIM_CLIENTS_MAX + 1) /* the last is no client: global streams */
#define ORACLE_KEYS    8
#define ORACLE_NEVER   INT64_MIN
#define ORACLE_TEXT    2048

enum oracle_type { ORACLE_NULL, ORACLE_IS_TEXT, ORACLE_IS_JSON, ORACLE_IS_NUMBER, ORACLE_IS_TIME };
struct oracle_value {
    enum oracle_type type;
    const struct sim_text *text; /* of TEXT and JSON */
    int64_t number;              /* of NUMBER and TIME */
};
struct oracle_row {
    bool exists;
    struct oracle_value columns[SM_COLUMNS_MAX];
};
struct oracle_stream {
    int32_t version;
    int64_t last_at;
    int64_t active_at; /* ORACLE_NEVER: none */
    struct oracle_row row;
};
struct oracle_client {
    bool exists;
    int status, tenant_mode; /* numbers in the pools, as all below */
    bool confirmed;
    bool has_tables; /* or is about to: they are made of its organization id */
    int64_t confirmed_at;
    int confirmed_by;
    int name, organization, features, email, phone;
    int64_t created_at, updated_at;
};
enum oracle_outcome {
    ORACLE_FACT,
    ORACLE_LINE, /* in processing_logs */
    ORACLE_DUPLICATE,
    ORACLE_REJECTED,
    ORACLE_PARKED
};
struct oracle_verdict {
    enum oracle_outcome outcome;
    const char *code; /* of a rejection; of what is parked: for what */
    const char *what; /* of what is parked for a definition: its code; else "" */
    bool understood;  /* of a rejection: its content is known, so that it counts as seen */
    int32_t version;  /* of a fact, as all below */
    int64_t created_at;
    char previous[ORACLE_TEXT]; /* JSON; "" for none */
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
struct oracle_kept { /* an event of a client's own stream: its data may be erased later */
    const struct memory_event *event;
    int client;
    char where[64];
    char data[ORACLE_TEXT], previous[ORACLE_TEXT]; /* as they must be by now */
};
struct oracle {
    const struct sim_oracle_input *input;
    struct sim_oracle_report *report;
    struct oracle_client clients[ORACLE_CLIENTS];
    struct oracle_stream streams[ORACLE_CLIENTS][SM_KIND_COUNT][ORACLE_KEYS];
    bool feature_known[ORACLE_KEYS], data_known[ORACLE_KEYS]; /* by number in the pools */
    int rules[ORACLE_KEYS];                                   /* of feature types */
    struct oracle_seen *seen;                                 /* owned */
    size_t seen_count, seen_capacity;
    struct oracle_kept *kept; /* owned */
    size_t kept_count, kept_capacity;
    bool *letters_walked, *letters_erased; /* owned; by index in the table; what must be erased */
    bool *parked_erased, *lines_erased;    /* owned; the same */
    const struct memory_log_line **lines;  /* owned; those that were walked */
    size_t line_count, line_capacity;
    struct oracle_waiting *waiting; /* owned; in the order of parking */
    size_t waiting_count, waiting_capacity;
};

/* oracle_rules.c: decides, and changes the state accordingly. `self`: of a record that waits, its
 * index among those that do; else waiting_count. What goes on waiting changes nothing. */
void oracle_decide(struct oracle *oracle, const struct sim_record *record, size_t self,
                   enum sm_cause cause, struct oracle_verdict *out);
bool oracle_gate_is_open(const struct oracle *oracle, int client);
struct oracle_stream *oracle_stream(struct oracle *oracle, const struct sim_content *content);
/* oracle_erase.c: what is kept is replaced, and must have been at the end. */
void oracle_erase_begin(struct oracle *oracle);
void oracle_erase_end(struct oracle *oracle);
void oracle_erase_keep(struct oracle *oracle, const struct memory_event *event,
                       const struct sim_content *content, const char *previous, const char *where);
void oracle_erase(struct oracle *oracle, const struct sim_content *content);
bool oracle_check_erased(struct oracle *oracle);
void oracle_mark_text(int event_id, char *out, size_t size);

/* oracle_project.c */
void oracle_apply(struct oracle *oracle, const struct sim_content *content,
                  struct oracle_verdict *out);

/* oracle_row.c: rows of the tables besides clients. */
bool oracle_kind_has_row(enum sm_kind kind);
void oracle_row_project(struct oracle_row *row, const struct sim_content *content, int64_t at);
bool oracle_row_is_running(const struct oracle_row *row, enum sm_kind kind);
/* What differs, as JSON of the values before. */
void oracle_row_previous(enum sm_kind kind, const struct oracle_row *before,
                         const struct oracle_row *after, char *out, size_t size);
/* NULL, or the name of a column that differs. */
const char *oracle_row_compare(enum sm_kind kind, const struct oracle_row *expected,
                               const struct sm_row *row);

bool oracle_fail(struct oracle *oracle, const char *law, const char *format, ...) SM_PRINTF(3, 4);
/* oracle_tables.c: clients, heads and rows as they must be at the end. */
bool oracle_check_tables(struct oracle *oracle);
bool oracle_same_text(struct sm_slice slice, const char *text);
bool oracle_same_number(struct sm_slice slice, enum sim_pool pool, int number);
/* oracle_record.c: one record as it is kept against what it must have become. */
struct oracle_found { /* what the database has for one offset */
    const struct memory_event *event;
    const struct memory_log_line *line;
    const struct memory_dead_letter *letter;
    const struct memory_parked *parked;
    const struct memory_request *again; /* a dead letter that stays one */
    bool duplicate, gap, lost;
};
struct oracle_case {
    const struct sim_record *record;
    const struct memory_message *message;
    struct oracle_found found;
    size_t self;         /* as oracle_decide has it */
    enum sm_cause cause; /* of the ledger row */
    char where[64];
};
bool oracle_check_record(struct oracle *oracle, const struct oracle_case *at);

/* oracle_text.c */
void oracle_data_text(const struct sim_content *content, char *out, size_t size);
void oracle_previous_text(const struct oracle_client *before, const struct sim_content *content,
                          char *out, size_t size);
void oracle_time_text(int64_t time_us, char *out, size_t size); /* in quotes, or null */
struct oracle_member {
    const char *name;
    char json[512];
};
/* As PostgreSQL prints jsonb: shorter names first, then by bytes. */
void oracle_object_text(struct oracle_member *members, size_t count, char *out, size_t size);
#endif
