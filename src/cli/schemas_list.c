/* `schemas list`: every version that the registry has, and those that ship and are not there. */
#include <inttypes.h>

#include "cli/schemas.h"
#include "cli/text_table.h"
#include "codec/avro_schema.h"

#define SCRATCH_SIZE     (32u << 20) /* of addresses: what reading any schema takes */
#define FINGERPRINT_SIZE 17

struct list {
    struct sm__schemas *schemas;
    struct sm__text_table table;
    struct sm_arena scratch;
    char subject[SM__SUBJECT_SIZE];
    char rule[SM_REGISTRY_RULE_SIZE];
    struct sm_registry_versions versions; /* of the subject */
    bool *seen; /* owned; by sm_schema_texts: the subject has it */
};

struct row {
    int64_t version; /* 0: the subject does not have it; SM_REPORT_UNKNOWN: no registry is set */
    int64_t id;
    char fingerprint[FINGERPRINT_SIZE]; /* "": the text cannot be read */
    const struct sm_schema_text *schema; /* NULL: it does not ship */
};

static void take_fingerprint(struct list *list, struct sm_slice text, struct row *row)
{
    struct sm_avro_schema_fault fault;
    uint64_t fingerprint;

    row->fingerprint[0] = '\0';
    if (sm_avro_fingerprint(text, &list->scratch, &fingerprint, &fault) == SM_OK)
        (void)snprintf(row->fingerprint, FINGERPRINT_SIZE, "%016" PRIx64, fingerprint);
}

static void add_number(struct sm__text_table *table, int64_t number)
{
    if (number == 0)
        sm__table_heading(table, "none", true);
    else
        sm__table_number(table, number);
}

static void add_row(struct list *list, const struct row *row)
{
    char ships[64] = "no";

    if (row->schema != NULL)
        (void)snprintf(ships, sizeof(ships), "%s v%u", row->schema->name, row->schema->version);
    sm__table_text(&list->table, list->subject);
    add_number(&list->table, row->version);
    add_number(&list->table, row->id);
    sm__table_text(&list->table, row->fingerprint[0] != '\0' ? row->fingerprint : "unknown");
    sm__table_text(&list->table, ships);
    sm__table_text(&list->table, list->rule[0] != '\0'       ? list->rule
                                 : list->schemas->registry == NULL ? "unknown"
                                                                   : "none");
}

static void report_row(struct list *list, const struct row *row)
{
    struct sm_report *report = list->schemas->report;

    sm_report_open_row(report, "schemas");
    sm_report_text(report, "subject", list->subject);
    sm_report_flag(report, "registered", row->version > 0);
    sm_report_number(report, "version", row->version > 0 ? row->version : SM_REPORT_UNKNOWN);
    sm_report_number(report, "id", row->version > 0 ? row->id : SM_REPORT_UNKNOWN);
    sm_report_text(report, "fingerprint", row->fingerprint[0] != '\0' ? row->fingerprint : NULL);
    sm_report_text(report, "name", row->schema != NULL ? row->schema->name : NULL);
    sm_report_number(report, "ships_as",
                     row->schema != NULL ? (int64_t)row->schema->version : SM_REPORT_UNKNOWN);
    sm_report_text(report, "compatibility", list->rule[0] != '\0' ? list->rule : NULL);
    sm_report_close(report);
}

static void tell(struct list *list, const struct row *row)
{
    add_row(list, row);
    report_row(list, row);
}

/* Ours has the same fingerprint: a registry may write the text otherwise. */
static const struct sm_schema_text *find_ours(struct list *list, const struct row *row)
{
    size_t count;
    const struct sm_schema_text *texts = sm_schema_texts(&count);

    for (size_t i = 0; i < count && row->fingerprint[0] != '\0'; i++) {
        struct row ours;

        take_fingerprint(list, texts[i].text, &ours);
        if (strcmp(ours.fingerprint, row->fingerprint) != 0)
            continue;
        list->seen[i] = true;
        return &texts[i];
    }
    return NULL;
}

static enum sm_status list_registered(struct list *list, struct sm_err *err)
{
    struct sm_registry_subjects *registry = list->schemas->registry;
    enum sm_status status =
        sm_registry_compatibility(registry, list->subject, list->rule, err);

    if (status == SM_OK)
        status = sm_registry_list(registry, list->subject, &list->versions, err);
    for (size_t i = 0; status == SM_OK && i < list->versions.count; i++) {
        struct sm_registry_version found;
        struct row row;

        status =
            sm_registry_get(registry, list->subject, list->versions.list[i], &found, err);
        if (status != SM_OK)
            break;
        row = (struct row){.version = found.version, .id = found.id};
        take_fingerprint(list, found.schema, &row);
        row.schema = find_ours(list, &row);
        tell(list, &row);
    }
    return status;
}

static void list_rest(struct list *list, enum sm_topic topic)
{
    const int64_t number = list->schemas->registry != NULL ? 0 : SM_REPORT_UNKNOWN;
    size_t count;
    const struct sm_schema_text *texts = sm_schema_texts(&count);

    for (size_t i = 0; i < count; i++) {
        struct row row = {.version = number, .id = number, .schema = &texts[i]};

        if (list->seen[i] || strcmp(texts[i].name, sm_schema_latest(topic)->name) != 0)
            continue;
        take_fingerprint(list, texts[i].text, &row);
        tell(list, &row);
    }
}

static enum sm_status list_topic(struct list *list, enum sm_topic topic, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    sm__registration_subject(list->schemas->wire, topic, list->subject);
    list->rule[0] = '\0';
    if (list->schemas->registry != NULL)
        status = list_registered(list, err);
    if (status == SM_OK)
        list_rest(list, topic);
    return status;
}

static void add_headings(struct sm__text_table *table)
{
    sm__table_init(table, 6);
    sm__table_text(table, "subject");
    sm__table_heading(table, "version", true);
    sm__table_heading(table, "id", true);
    sm__table_text(table, "fingerprint");
    sm__table_text(table, "ships as");
    sm__table_text(table, "compatibility");
}

enum sm_status sm__schemas_list(struct sm__schemas *schemas, struct sm_err *err)
{
    struct list *list = calloc(1, sizeof(*list));
    size_t count;
    enum sm_status status = SM_OK;

    (void)sm_schema_texts(&count);
    if (list == NULL)
        return sm__out_of_memory(err);
    list->schemas = schemas;
    list->seen = calloc(count, sizeof(*list->seen));
    add_headings(&list->table);
    sm_report_array(schemas->report, "schemas");
    if (list->seen == NULL || !sm_arena_init(&list->scratch, SCRATCH_SIZE))
        status = sm__out_of_memory(err);
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT && status == SM_OK; topic++)
        status = list_topic(list, (enum sm_topic)topic, err);
    if (status == SM_OK && !sm__table_append(&list->table, &schemas->text))
        status = sm__out_of_memory(err);
    sm__table_deinit(&list->table);
    sm_arena_deinit(&list->scratch);
    free(list->seen);
    free(list);
    return status;
}
