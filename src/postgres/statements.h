#ifndef SM_POSTGRES_STATEMENTS_H
#define SM_POSTGRES_STATEMENTS_H
/* Every statement of the store: its text is sql/queries/<name>.sql, prepared once per session. */

/* X(enumerator, file in sql/queries without .sql) */
#define SM__STATEMENT_LIST(X)                                                                      \
    X(SM__SQL_BEGIN, "begin")                                                                      \
    X(SM__SQL_BEGIN_SNAPSHOT, "begin_snapshot")                                                    \
    X(SM__SQL_COMMIT, "commit")                                                                    \
    X(SM__SQL_TAKE_OVER_BEGIN, "take_over_begin")                                                  \
    X(SM__SQL_TAKE_OVER_LOCK, "take_over_lock")                                                    \
    X(SM__SQL_TAKE_OVER, "take_over")                                                              \
    X(SM__SQL_TAKE_OVER_TERMINATE, "take_over_terminate")                                          \
    X(SM__SQL_STOP, "stop")                                                                        \
    X(SM__SQL_LOAD_HEADS, "load_heads")                                                            \
    X(SM__SQL_LOAD_BRIEFS, "load_briefs")                                                          \
    X(SM__SQL_LOAD_CLIENTS, "load_clients")                                                        \
    X(SM__SQL_LOAD_ORGANIZATIONS, "load_organizations")                                            \
    X(SM__SQL_LOAD_SEEN, "load_seen")                                                              \
    X(SM__SQL_LOAD_GENERATIONS, "load_generations")                                                \
    X(SM__SQL_LOAD_REFERENCES, "load_references")                                                  \
    X(SM__SQL_LOAD_OUTBOXES, "load_outboxes")                                                      \
    X(SM__SQL_LOAD_FOUND, "load_found")                                                            \
    X(SM__SQL_LOAD_QUEUES, "load_queues")                                                          \
    /* One of each table, in the order of enum sm_table. */                                        \
    X(SM__SQL_LOAD_ROWS, "load_batches")                                                           \
    X(SM__SQL_LOAD_BOM_EXPLOSION_STATUS, "load_bom_explosion_status")                              \
    X(SM__SQL_LOAD_FEATURE_METADATA, "load_feature_metadata")                                      \
    X(SM__SQL_LOAD_DATA_TYPES, "load_data_types")                                                  \
    X(SM__SQL_LOAD_FEATURE_TYPES, "load_feature_types")                                            \
    X(SM__SQL_DISCARD_PLANS, "discard_plans")                                                      \
    X(SM__SQL_UNIT, "unit")                                                                        \
    X(SM__SQL_UNIT_HEADS_CHECK, "unit_heads_check")                                                \
    X(SM__SQL_UNIT_HEADS_UPDATE, "unit_heads_update")                                              \
    X(SM__SQL_UNIT_HEADS_INSERT, "unit_heads_insert")                                              \
    X(SM__SQL_UNIT_CLIENTS, "unit_clients")                                                        \
    X(SM__SQL_UNIT_TENANTS, "unit_tenants")                                                        \
    /* One of each table, in the order of enum sm_table. */                                        \
    X(SM__SQL_UNIT_ROWS, "unit_batches")                                                           \
    X(SM__SQL_UNIT_BOM_EXPLOSION_STATUS, "unit_bom_explosion_status")                              \
    X(SM__SQL_UNIT_FEATURE_METADATA, "unit_feature_metadata")                                      \
    X(SM__SQL_UNIT_DATA_TYPES, "unit_data_types")                                                  \
    X(SM__SQL_UNIT_FEATURE_TYPES, "unit_feature_types")                                            \
    X(SM__SQL_UNIT_DEAD_LETTER, "unit_dead_letter")                                                \
    X(SM__SQL_UNIT_LOG_LINES, "unit_log_lines")                                                    \
    X(SM__SQL_UNIT_COMMANDS, "unit_commands")                                                      \
    X(SM__SQL_UNIT_PARKED, "unit_parked")                                                          \
    X(SM__SQL_UNIT_PARKED_CHANGES, "unit_parked_changes")                                          \
    X(SM__SQL_UNIT_OUTCOMES, "unit_outcomes")                                                      \
    X(SM__SQL_UNIT_DONE, "unit_done")                                                              \
    X(SM__SQL_UNIT_OPEN_CLIENTS, "unit_open_clients")                                              \
    X(SM__SQL_UNIT_OPEN_REFERENCES, "unit_open_references")                                        \
    X(SM__SQL_UNIT_ERASE, "unit_erase")                                                            \
    X(SM__SQL_WATCH, "watch")                                                                      \
    X(SM__SQL_WAITING, "waiting")                                                                  \
    X(SM__SQL_REQUESTS, "requests")                                                                \
    X(SM__SQL_TRIM, "trim")                                                                        \
    X(SM__SQL_TRIAL, "trial")

enum sm__statement {
#define SM__STATEMENT_ENUM(name, file) name,
    SM__STATEMENT_LIST(SM__STATEMENT_ENUM)
#undef SM__STATEMENT_ENUM
        SM__STATEMENT_COUNT
};

/* The name under which it is prepared: that of its file. */
const char *sm__statement_name(enum sm__statement statement);
/* The text of a file in sql/queries; there must be one. Valid for ever. */
const char *sm__query_text(const char *name);
#endif
