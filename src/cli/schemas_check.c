/* `schemas check`: may this schema be the next version? By our own resolution, which needs nobody:
 * does it read all that the versions that ship may have written? And by the registry's rule. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/schemas.h"
#include "codec/avro_plan.h"

#define ARENA_SIZE (32u << 20) /* of addresses: what reading and resolving any schemas takes */

struct check {
    struct sm__schemas *schemas;
    struct sm_arena arena;
    struct sm_arena scratch;
    struct sm_buf file;
    const char *input; /* what is checked, for messages */
    struct sm_slice text;
    enum sm_topic topic;
};

/* ---- what comes out ---- */

static void tell(struct check *check, const char *by, const char *question, bool compatible,
                 const char *why)
{
    struct sm__schemas *schemas = check->schemas;

    schemas->different = schemas->different || !compatible;
    sm_buf_printf(&schemas->text, "%s: %s: %s%s%s\n", check->input, question,
                  compatible ? "yes" : "no", why != NULL ? ", " : "", why != NULL ? why : "");
    sm_report_open_row(schemas->report, "checks");
    sm_report_text(schemas->report, "schema", check->input);
    sm_report_text(schemas->report, "by", by);
    sm_report_text(schemas->report, "question", question);
    sm_report_flag(schemas->report, "compatible", compatible);
    sm_report_text(schemas->report, "why", why);
    sm_report_close(schemas->report);
}

/* ---- by our own resolution ---- */

static enum sm_status read_schema(struct check *check, struct sm_slice text,
                                  const struct sm_avro_schema **out, struct sm_err *err)
{
    struct sm_avro_schema_fault fault = {.reason = "it is too large"};

    if (sm_avro_schema_read(text, &check->arena, out, &fault) == SM_OK)
        return SM_OK;
    return sm_err_set(err, SM_REJECT, SM_FROM_NONE, "%.200s is no Avro schema: %s", check->input,
                      fault.reason);
}

/* Whether the schema reads all that one of ours may have written. */
static enum sm_status check_reading(struct check *check, const struct sm_schema_text *ours,
                                    struct sm_err *err)
{
    size_t mark = sm_arena_mark(&check->arena);
    struct sm_avro_schema_fault fault = {.reason = "the two are too large to be resolved"};
    const struct sm_avro_schema *reader, *writer;
    const struct sm_avro_plan *plan;
    char question[96];
    bool compatible;
    enum sm_status status = read_schema(check, check->text, &reader, err);

    if (status == SM_OK)
        status = read_schema(check, ours->text, &writer, err);
    if (status != SM_OK)
        return status;
    compatible = sm_avro_plan_compile(writer, reader, &check->arena, &check->scratch, &plan,
                                      &fault) == SM_OK &&
                 sm_avro_plan_is_whole(plan, &fault);
    (void)snprintf(question, sizeof(question), "reads all that %s v%u writes", ours->name,
                   ours->version);
    tell(check, "resolution", question, compatible, compatible ? NULL : fault.reason);
    sm_arena_rewind(&check->arena, mark);
    return SM_OK;
}

/* ---- by the registry ---- */

static enum sm_status check_subject(struct check *check, struct sm_err *err)
{
    char subject[SM__SUBJECT_SIZE], question[SM__SUBJECT_SIZE + 32];
    struct sm_registry_check answer;
    enum sm_status status;

    if (check->schemas->registry == NULL)
        return SM_OK;
    sm__registration_subject(check->schemas->wire, check->topic, subject);
    status = sm_registry_check(check->schemas->registry, subject, check->text, &answer, err);
    if (status != SM_OK)
        return status;
    (void)snprintf(question, sizeof(question), "may be a version of %s", subject);
    tell(check, "registry", question, answer.compatible,
         !answer.compatible ? "by the registry's rule"
         : answer.exists    ? NULL
                            : "it has none yet");
    return SM_OK;
}

/* ---- what is checked ---- */

static enum sm_status check_text(struct check *check, struct sm_err *err)
{
    size_t count;
    const struct sm_schema_text *texts = sm_schema_texts(&count);
    enum sm_status status = SM_OK;

    for (size_t i = 0; i < count && status == SM_OK; i++) {
        if (strcmp(texts[i].name, sm_schema_latest(check->topic)->name) == 0)
            status = check_reading(check, &texts[i], err);
    }
    return status == SM_OK ? check_subject(check, err) : status;
}

static enum sm_status check_ours(struct check *check, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (unsigned topic = 0; topic < SM_TOPIC_COUNT && status == SM_OK; topic++) {
        const struct sm_schema_text *latest = sm_schema_latest((enum sm_topic)topic);
        char name[64];

        (void)snprintf(name, sizeof(name), "%s v%u", latest->name, latest->version);
        check->input = name;
        check->text = latest->text;
        check->topic = (enum sm_topic)topic;
        status = check_text(check, err);
    }
    return status;
}

static enum sm_status read_all(int fd, struct sm_buf *out)
{
    ssize_t got = 1;

    while (got > 0) {
        char piece[4096];

        got = read(fd, piece, sizeof(piece));
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            sm_buf_append(out, piece, (size_t)got);
        if (sm_buf_failed(out))
            return SM_LIMIT;
    }
    return got == 0 ? SM_OK : SM_REJECT;
}

static enum sm_status read_file(struct check *check, const char *name, struct sm_err *err)
{
    bool standard = strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    enum sm_status status = fd < 0 ? SM_REJECT : read_all(fd, &check->file);
    int error = errno;

    check->input = standard ? "standard input" : name;
    if (fd > STDIN_FILENO)
        (void)close(fd);
    check->text = sm_buf_view(&check->file);
    if (status == SM_LIMIT)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE, "%.200s has more than %d bytes",
                          check->input, SM_AVRO_SCHEMA_SIZE_MAX);
    return status == SM_OK ? SM_OK
                           : sm_err_set(err, SM_REJECT, SM_FROM_NONE, "cannot read %.200s: %s",
                                        check->input, strerror(error));
}

/* The record's name says whose version it would be. */
static enum sm_status choose_topic(struct check *check, struct sm_err *err)
{
    const struct sm_avro_schema *schema = NULL;
    enum sm_status status = read_schema(check, check->text, &schema, err);

    if (status != SM_OK)
        return status;
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        check->topic = (enum sm_topic)topic;
        if (sm_slice_equal(sm_avro_name_base(schema->name),
                           sm_slice_of(sm_schema_latest(check->topic)->name)))
            return SM_OK;
    }
    return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                      "%.200s is the schema of no record ConfigEvent or ProcessingEvent, so it is "
                      "no version of ours",
                      check->input);
}

static enum sm_status check_file(struct check *check, const char *name, struct sm_err *err)
{
    enum sm_status status = read_file(check, name, err);

    if (status == SM_OK)
        status = choose_topic(check, err);
    return status == SM_OK ? check_text(check, err) : status;
}

enum sm_status sm__schemas_check(struct sm__schemas *schemas, struct sm_err *err)
{
    const char *name = schemas->options->operands[1];
    struct check check = {.schemas = schemas};
    enum sm_status status;

    sm_buf_init(&check.file, SM_AVRO_SCHEMA_SIZE_MAX);
    sm_report_array(schemas->report, "checks");
    if (!sm_arena_init(&check.arena, ARENA_SIZE) || !sm_arena_init(&check.scratch, ARENA_SIZE))
        status = sm__out_of_memory(err);
    else
        status = name != NULL ? check_file(&check, name, err) : check_ours(&check, err);
    sm_buf_deinit(&check.file);
    sm_arena_deinit(&check.arena);
    sm_arena_deinit(&check.scratch);
    return status;
}
