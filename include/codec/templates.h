#ifndef SM_CODEC_TEMPLATES_H
#define SM_CODEC_TEMPLATES_H
/* Commands' statements in StarRocks SQL, from templates: sql/starrocks, put into the program at
 * build, a file for each step. sql/starrocks/README.md has what a file may say.
 *
 * There is no escaping: what goes into a template is the client's organization id, which admission
 * holds to [a-z0-9_], ids of ours, and settings, which are checked when the set is made. So no
 * event can say SQL. A set is immutable once made, and may be used by many threads. */
#include "base/buf.h"
#include "domain/command.h"

/* What operators set; texts must live as long as the set. Checked by sm_templates_create. */
struct sm_template_settings {
    struct sm_slice columns; /* "name VARCHAR(255), payload JSON": besides keys, version, time */
    struct sm_slice tables_database; /* of prefixed_tables */
    struct sm_slice shared_database; /* of shared */
    int64_t replication; /* copies of each tablet */
    int64_t buckets; /* of each partition */
    int64_t chunks; /* tasks into which the copy of a migration is cut */
    struct sm_slice data_quota; /* of a dedicated database, "100GB"; empty: none */
    int64_t replica_quota; /* likewise; 0: none */
    int64_t cpu_weight; /* of a dedicated database's resource group; 0: no group */
    struct sm_slice memory_limit; /* of that group, "20%" */
    int64_t concurrency_limit; /* queries at once of that group */
    struct sm_slice storage_volume; /* of a dedicated database, in shared-data clusters; empty */
    struct sm_slice archive_path; /* where archived data are copied to, "s3://bucket/folder" */
};

/* A file. Of those that ship `path` is "sql/starrocks/NAME.sql". */
struct sm_template_text {
    const char *name; /* "create_shared" */
    struct sm_slice text;
    const char *path; /* for messages */
};
/* Those that ship, by name. Static. */
const struct sm_template_text *sm_template_texts(size_t *count_out);

struct sm_templates;
/* Reads those that ship, each replaced by the one of `own` that has its name. Copies what it keeps
 * of them. SM_OK and a set that the caller destroys; SM_REJECT: a setting or a file is wrong, err
 * says which, with file and line; SM_FATAL: no memory. */
SM_MUST_CHECK enum sm_status sm_templates_create(const struct sm_template_settings *settings,
                                                 const struct sm_template_text *own,
                                                 size_t own_count, struct sm_templates **out,
                                                 struct sm_err *err);
void sm_templates_destroy(struct sm_templates *templates);

/* Bytes of an arena in which any command of the templates that ship can be rendered. */
#define SM_TEMPLATES_ARENA_SIZE (1u << 20)

/* Fills in the command's statements and version; they lie in the arena. False: it is too small. */
SM_MUST_CHECK bool sm_templates_render(const struct sm_templates *templates,
                                       struct sm_tenant_command *command, struct sm_arena *arena);

/* The id that StarRocks' names hold of a command or saga: its 32 hexadecimal digits. */
#define SM_TEMPLATE_ID_SIZE 32
void sm_template_id(const struct sm_uuid *id, char out[SM_TEMPLATE_ID_SIZE + 1]);
#endif
