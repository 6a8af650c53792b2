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
    X(SM__SQL_LOAD_CLIENTS, "load_clients")                                                        \
    X(SM__SQL_LOAD_ORGANIZATIONS, "load_organizations")                                            \
    X(SM__SQL_LOAD_SEEN, "load_seen")                                                              \
    X(SM__SQL_LOAD_GENERATIONS, "load_generations")                                                \
    X(SM__SQL_LOAD_FEATURE_TYPES, "load_feature_types")                                            \
    X(SM__SQL_DISCARD_PLANS, "discard_plans")                                                      \
    X(SM__SQL_UNIT, "unit")                                                                        \
    X(SM__SQL_UNIT_HEADS_CHECK, "unit_heads_check")                                                \
    X(SM__SQL_UNIT_HEADS_UPDATE, "unit_heads_update")                                              \
    X(SM__SQL_UNIT_HEADS_INSERT, "unit_heads_insert")                                              \
    X(SM__SQL_UNIT_CLIENTS, "unit_clients")                                                        \
    X(SM__SQL_UNIT_DEAD_LETTER, "unit_dead_letter")

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
