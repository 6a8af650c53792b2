/* Templates from the program and from a folder. */
#include "cli/templates.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/output.h"
#include "cli/registration.h"

#define FILES_MAX     64
#define FILE_SIZE_MAX (1 << 20)
#define PATH_SIZE     4352

/* The files of a folder; names and paths lie behind each text. */
struct folder {
    struct sm_template_text files[FILES_MAX];
    struct sm_buf texts[FILES_MAX]; /* owned */
    char *names[FILES_MAX];         /* owned */
    char *paths[FILES_MAX];         /* owned */
    size_t count;
};

static struct sm_slice text_of(const struct sm_options *options, enum sm_option_id id)
{
    return sm_slice_of(sm_options_text(options, id));
}

static struct sm_template_settings settings_of(const struct sm_options *options)
{
    return (struct sm_template_settings){
        .columns = text_of(options, SM_OPTION_STARROCKS_COLUMNS),
        .tables_database = text_of(options, SM_OPTION_STARROCKS_TABLES_DATABASE),
        .shared_database = text_of(options, SM_OPTION_STARROCKS_SHARED_DATABASE),
        .replication = sm_options_number(options, SM_OPTION_STARROCKS_REPLICATION),
        .buckets = sm_options_number(options, SM_OPTION_STARROCKS_BUCKETS),
        .chunks = sm_options_number(options, SM_OPTION_STARROCKS_CHUNKS),
        .data_quota = text_of(options, SM_OPTION_STARROCKS_DATA_QUOTA),
        .replica_quota = sm_options_number(options, SM_OPTION_STARROCKS_REPLICA_QUOTA),
        .cpu_weight = sm_options_number(options, SM_OPTION_STARROCKS_CPU_WEIGHT),
        .memory_limit = text_of(options, SM_OPTION_STARROCKS_MEMORY_LIMIT),
        .concurrency_limit = sm_options_number(options, SM_OPTION_STARROCKS_CONCURRENCY_LIMIT),
        .storage_volume = text_of(options, SM_OPTION_STARROCKS_STORAGE_VOLUME),
        .archive_path = text_of(options, SM_OPTION_STARROCKS_ARCHIVE_PATH),
    };
}

/* ---- the folder ---- */

static enum sm_status read_file(const char *path, struct sm_buf *out, struct sm_err *err)
{
    FILE *file = fopen(path, "r");
    char chunk[4096];
    size_t size;
    bool failed;

    if (file == NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_OS, "cannot read %s: %s", path, strerror(errno));
    while ((size = fread(chunk, 1, sizeof(chunk), file)) > 0)
        sm_buf_append(out, chunk, size);
    sm_buf_append_text(out, "");
    failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed)
        return sm_err_set(err, SM_REJECT, SM_FROM_OS, "cannot read %s", path);
    if (sm_buf_failed(out))
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE, "%s:1: larger than a template can be",
                          path);
    return SM_OK;
}

/* `name` is NAME.sql. */
static enum sm_status add_file(struct folder *folder, const char *directory, const char *name,
                               struct sm_err *err)
{
    size_t at = folder->count;
    char path[PATH_SIZE];
    enum sm_status status;

    if (at == FILES_MAX)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE, "%s has more files than there are steps",
                          directory);
    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    folder->count++;
    sm_buf_init(&folder->texts[at], FILE_SIZE_MAX);
    folder->names[at] = strndup(name, strlen(name) - strlen(".sql"));
    folder->paths[at] = strdup(path);
    if (folder->names[at] == NULL || folder->paths[at] == NULL)
        return sm__out_of_memory(err);
    status = read_file(path, &folder->texts[at], err);
    folder->files[at] = (struct sm_template_text){
        folder->names[at], sm_buf_view(&folder->texts[at]), folder->paths[at]};
    return status;
}

static enum sm_status read_folder(struct folder *folder, const char *path, struct sm_err *err)
{
    DIR *directory = opendir(path);
    enum sm_status status = SM_OK;
    const struct dirent *entry;

    if (directory == NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_OS,
                          "cannot read the folder %s of option --templates: %s", path,
                          strerror(errno));
    while (status == SM_OK && (entry = readdir(directory)) != NULL) {
        size_t size = strlen(entry->d_name);

        if (size > 4 && strcmp(entry->d_name + size - 4, ".sql") == 0)
            status = add_file(folder, path, entry->d_name, err);
    }
    (void)closedir(directory);
    if (status == SM_OK && folder->count == 0)
        status = sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                            "the folder %s of option --templates has no template; hint: they are "
                            "called NAME.sql, as those in sql/starrocks",
                            path);
    return status;
}

static void free_folder(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        sm_buf_deinit(&folder->texts[i]);
        free(folder->names[i]);
        free(folder->paths[i]);
    }
    free(folder);
}

enum sm_status sm__templates_open(const struct sm_options *options, struct sm_templates **out,
                                  struct sm_err *err)
{
    const struct sm_template_settings settings = settings_of(options);
    const char *path = sm_options_text(options, SM_OPTION_TEMPLATES);
    struct folder *folder = calloc(1, sizeof(*folder));
    enum sm_status status = SM_OK;

    *out = NULL;
    if (folder == NULL)
        return sm__out_of_memory(err);
    if (path != NULL)
        status = read_folder(folder, path, err);
    if (status == SM_OK)
        status = sm_templates_create(&settings, folder->files, folder->count, out, err);
    free_folder(folder);
    return status;
}

/* ---- what writes commands ---- */

static enum sm_status schema_id_of(const struct sm_options *options, const struct sm__wire *wire,
                                   uint32_t *id, struct sm_err *err)
{
    struct sm_registry_subjects *registry = NULL;
    enum sm_status status = sm__wire_subjects(wire, &registry, err);

    if (status != SM_OK)
        return status;
    if (registry == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_NONE,
                          "option --command-format avro needs a schema registry, and none is set; "
                          "hint: --registry URL names it");
    status = sm__registration_need_command(registry, options, id, err);
    sm_registry_subjects_close(registry);
    return status;
}

enum sm_status sm__command_encoder_open(const struct sm_options *options,
                                        const struct sm__wire *wire,
                                        struct sm_command_encoder **out, struct sm_err *err)
{
    enum sm_command_format format =
        (enum sm_command_format)sm_options_number(options, SM_OPTION_COMMAND_FORMAT);
    uint32_t schema_id = 0;
    enum sm_status status = SM_OK;

    if (format == SM_COMMAND_AVRO)
        status = schema_id_of(options, wire, &schema_id, err);
    if (status != SM_OK)
        return status;
    *out = sm_command_encoder_create(format, schema_id);
    return *out != NULL ? SM_OK : sm__out_of_memory(err);
}
