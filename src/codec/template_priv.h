#ifndef SM_CODEC_TEMPLATE_PRIV_H
#define SM_CODEC_TEMPLATE_PRIV_H
/* What the files of the templates share: template_file.c reads a file, template_settings.c checks
 * and prepares what operators set, template_names.c puts values into a text, templates.c has the
 * set and makes statements. */
#include "base/arena.h"
#include "codec/templates.h"

#define SM__OPTION_COLUMNS_MAX 64

/* X(enumerator, name between braces, in words) */
#define SM__PLACEHOLDER_LIST(X) \
    X(SM__OF_ORGANIZATION, "organization", "the client's organization id") \
    X(SM__OF_SOURCE, "source", "the table that the data are in, with its database, quoted") \
    X(SM__OF_TARGET, "target", "the table of the mode that is to be reached, likewise") \
    X(SM__OF_TARGET_VIEW, "target_view", "where the client reads in that mode, likewise") \
    X(SM__OF_TABLES_DATABASE, "tables_database", "--starrocks-tables-database") \
    X(SM__OF_SHARED_DATABASE, "shared_database", "--starrocks-shared-database") \
    X(SM__OF_COLUMN_DEFINITIONS, "column_definitions", "of --starrocks-columns, with commas") \
    X(SM__OF_COLUMNS, "columns", "all columns of a table, quoted") \
    X(SM__OF_S_COLUMNS, "s_columns", "the same, each of the table s") \
    X(SM__OF_COMPARABLE_COLUMNS, "comparable_columns", "the same, JSON as text") \
    X(SM__OF_COLUMN_NAMES, "column_names", "the same as strings") \
    X(SM__OF_COLUMN_COUNT, "column_count", "how many they are") \
    X(SM__OF_REPLICATION, "replication", "--starrocks-replication") \
    X(SM__OF_BUCKETS, "buckets", "--starrocks-buckets") \
    X(SM__OF_CHUNKS, "chunks", "--starrocks-chunks") \
    X(SM__OF_CHUNK, "chunk", "in a statement for each chunk: its number, from 0") \
    X(SM__OF_DATA_QUOTA, "data_quota", "--starrocks-data-quota") \
    X(SM__OF_REPLICA_QUOTA, "replica_quota", "--starrocks-replica-quota") \
    X(SM__OF_CPU_WEIGHT, "cpu_weight", "--starrocks-cpu-weight") \
    X(SM__OF_MEMORY_LIMIT, "memory_limit", "--starrocks-memory-limit") \
    X(SM__OF_CONCURRENCY_LIMIT, "concurrency_limit", "--starrocks-concurrency-limit") \
    X(SM__OF_STORAGE_VOLUME, "storage_volume", "--starrocks-storage-volume") \
    X(SM__OF_ARCHIVE_PATH, "archive_path", "--starrocks-archive-path") \
    X(SM__OF_COMMAND, "command", "the command's id, 32 digits") \
    X(SM__OF_SAGA, "saga", "the saga's id, 32 digits")

enum sm__placeholder {
#define SM__PLACEHOLDER_ENUM(name, text, words) name,
    SM__PLACEHOLDER_LIST(SM__PLACEHOLDER_ENUM)
#undef SM__PLACEHOLDER_ENUM
    SM__PLACEHOLDER_COUNT
};

/* ---- template_settings.c ---- */

/* What is the same in all commands, as text; absent: it depends on the command. */
struct sm__template_values {
    struct sm_slice texts[SM__PLACEHOLDER_COUNT];
    int64_t chunks;
};
/* SM_OK, SM_REJECT or SM_FATAL, as sm_templates_create. */
enum sm_status sm__template_values_make(const struct sm_template_settings *settings,
                                        struct sm_arena *arena, struct sm__template_values *out,
                                        struct sm_err *err);

/* ---- template_file.c ---- */

struct sm__template_query {
    struct sm_slice text; /* with placeholders; absent: none */
    struct sm_slice expected;
};
struct sm__template_statement {
    unsigned line; /* where it begins */
    bool has_condition;
    bool wanted_when_set; /* of a condition: `if`, else `unless` */
    enum sm__placeholder condition; /* set: its value is neither empty nor 0 */
    bool each_chunk;
    struct sm_slice sql;
    struct sm__template_query verify, completed, rollback_verify;
    struct sm_slice failed;
    struct sm_slice rollback;
    struct sm_slice ok_errors[SM_STATEMENT_OK_ERRORS_MAX];
    size_t ok_error_count;
};
struct sm__template {
    struct sm_slice minimum_version;
    struct sm__template_statement *statements;
    size_t count;
};
/* SM_OK: texts point into source->text, the rest lies in the arena. SM_REJECT; SM_FATAL: the arena
 * is too small. */
enum sm_status sm__template_read(const struct sm_template_text *source, struct sm_arena *arena,
                                 struct sm__template *out, struct sm_err *err);

/* ---- template_names.c ---- */

bool sm__placeholder_find(struct sm_slice name, enum sm__placeholder *out);
/* The next placeholder at or behind *at: its name without braces, and *at behind it. False: there
 * is none, and *at is the end. A brace that begins no placeholder is one with an empty name. */
bool sm__placeholder_next(struct sm_slice text, size_t *at, struct sm_slice *before,
                          struct sm_slice *name);
/* What a command says, for one text after the other. */
struct sm__template_context {
    const struct sm__template_values *values;
    const struct sm_tenant_command *command;
    int64_t chunk;
    struct sm_arena *arena;
};
/* Into the arena; an absent text stays absent. False: it is too small. */
bool sm__template_fill(const struct sm__template_context *context, struct sm_slice text,
                       struct sm_slice *out);
#endif
