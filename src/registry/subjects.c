#include "registry/subjects.h"

#include "registry/transfer.h"

#define SUBJECT_NOT_FOUND 40401
#define VERSION_NOT_FOUND 40402
#define PATH_SIZE         1000 /* bytes; a subject is a name, if a long one */
#define REQUEST_SIZE_MAX  (4 << 20) /* bytes; escapes make a schema longer */

struct sm_registry_subjects {
    struct sm__endpoint endpoint;
    struct sm__transfer transfer;
    struct sm_arena arena; /* of the last answer */
    char path[PATH_SIZE]; /* of the next request */
    struct sm_buf request; /* its body, if its method has one */
};
/* An answer that is JSON. */
struct answer {
    long status; /* HTTP's */
    const struct sm_json *json; /* in the arena */
};

/* ---- life cycle ---- */

void sm_registry_subjects_close(struct sm_registry_subjects *subjects)
{
    if (subjects == NULL)
        return;
    sm__transfer_deinit(&subjects->transfer);
    sm__endpoint_close(&subjects->endpoint);
    sm_arena_deinit(&subjects->arena);
    sm_buf_deinit(&subjects->request);
    free(subjects);
    curl_global_cleanup();
}

enum sm_status sm_registry_subjects_open(const struct sm_registry_client *client,
                                         struct sm_registry_subjects **out, struct sm_err *err)
{
    struct sm_registry_subjects *subjects = calloc(1, sizeof(*subjects));
    enum sm_status status;

    if (subjects == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(subjects);
        return sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY, "out of memory");
    }
    sm_buf_init(&subjects->request, REQUEST_SIZE_MAX);
    status = sm__endpoint_open(&subjects->endpoint, client, err);
    if (status == SM_OK && (!sm__transfer_init(&subjects->transfer) ||
                            !sm_arena_init(&subjects->arena, SM__ANSWER_ARENA_SIZE)))
        status = sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY, "out of memory");
    if (status == SM_OK)
        *out = subjects;
    else
        sm_registry_subjects_close(subjects);
    return status;
}

/* ---- requests ---- */

/* before + the subject, escaped + after; false when it is too long. */
static bool make_path(struct sm_registry_subjects *subjects, const char *before,
                      const char *subject, const char *after)
{
    char *escaped = curl_easy_escape(subjects->transfer.easy, subject, 0);
    int size = escaped != NULL
                   ? snprintf(subjects->path, PATH_SIZE, "%s%s%s", before, escaped, after)
                   : -1;

    curl_free(escaped);
    return size >= 0 && size < PATH_SIZE;
}

static bool make_request(struct sm_registry_subjects *subjects, const char *name, const char *text)
{
    sm_buf_reset(&subjects->request);
    sm_buf_printf(&subjects->request, "{\"%s\":", name);
    sm_json_append_string(sm_slice_of(text), &subjects->request);
    sm_buf_append_text(&subjects->request, "}");
    return !sm_buf_failed(&subjects->request);
}

/* Asks, and waits. */
static enum sm_status ask(struct sm_registry_subjects *subjects, const char *method,
                          struct answer *answer, struct sm_err *err)
{
    const char *request = strcmp(method, "GET") != 0 ? subjects->request.data : NULL;
    CURLcode code;

    if (!sm__transfer_prepare(&subjects->transfer, &subjects->endpoint, subjects->path, method,
                              request))
        return sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY, "out of memory");
    code = curl_easy_perform(subjects->transfer.easy);
    answer->status = sm__transfer_status(&subjects->transfer, &subjects->endpoint, code, err);
    if (answer->status == 0)
        return SM_RETRY;
    sm_arena_reset(&subjects->arena);
    answer->json =
        sm__transfer_json(&subjects->transfer, &subjects->endpoint, &subjects->arena, err);
    return answer->json != NULL ? SM_OK : SM_RETRY;
}

/* An answer that is a refusal: with the registry's own sentence. */
static enum sm_status refused(const struct sm_registry_subjects *subjects, const char *subject,
                              const struct answer *answer, struct sm_err *err)
{
    const struct sm_json *message = sm_json_member(answer->json, "message");
    struct sm_slice text = message != NULL && message->type == SM_JSON_STRING
                               ? message->text
                               : SM_SLICE("it does not say why");
    char printable[161];

    sm__copy_printable(printable, sizeof(printable), text);
    (void)sm_err_set(err, SM_REJECT, SM_FROM_REGISTRY,
                     "the schema registry at %.200s refuses subject %.100s (HTTP status %ld): %s",
                     subjects->endpoint.url, subject, answer->status, printable);
    err->native = (int)answer->status;
    return SM_REJECT;
}

static enum sm_status misunderstood(const struct sm_registry_subjects *subjects, const char *what,
                                    struct sm_err *err)
{
    return sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                      "the schema registry at %.300s answers without %s; hint: is it a schema "
                      "registry that listens there?",
                      subjects->endpoint.url, what);
}

static enum sm_status too_long(struct sm_err *err)
{
    return sm_err_set(err, SM_REJECT, SM_FROM_REGISTRY,
                      "the name of a subject or the schema is too long for a schema registry");
}

/* Asks; SM_REJECT unless the answer is a plain yes. */
static enum sm_status ask_for(struct sm_registry_subjects *subjects, const char *method,
                              const char *subject, struct answer *answer, struct sm_err *err)
{
    enum sm_status status = ask(subjects, method, answer, err);

    if (status == SM_OK && answer->status != 200)
        status = refused(subjects, subject, answer, err);
    return status;
}

/* ---- what commands ask for ---- */

enum sm_status sm_registry_register(struct sm_registry_subjects *subjects, const char *subject,
                                    const char *schema, uint32_t *id, struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    const struct sm_json *member;
    enum sm_status status;
    int64_t number;

    if (!make_path(subjects, "/subjects/", subject, "/versions") ||
        !make_request(subjects, "schema", schema))
        return too_long(err);
    status = ask_for(subjects, "POST", subject, &answer, err);
    if (status != SM_OK)
        return status;
    member = sm_json_member(answer.json, "id");
    if (member == NULL || member->type != SM_JSON_NUMBER || !sm_json_integer(member, &number) ||
        number < 0 || number > UINT32_MAX)
        return misunderstood(subjects, "an id", err);
    *id = (uint32_t)number;
    return SM_OK;
}

/* Asked for by itself, since Apicurio finds all compatible with a subject that it has not. */
static enum sm_status find_subject(struct sm_registry_subjects *subjects, const char *subject,
                                   bool *exists, struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    enum sm_status status;
    int64_t code;

    if (!make_path(subjects, "/subjects/", subject, "/versions/latest"))
        return too_long(err);
    status = ask(subjects, "GET", &answer, err);
    if (status != SM_OK)
        return status;
    *exists = answer.status == 200;
    code = sm__registry_code(answer.json);
    if (*exists ||
        (answer.status == 404 && (code == SUBJECT_NOT_FOUND || code == VERSION_NOT_FOUND)))
        return SM_OK;
    return refused(subjects, subject, &answer, err);
}

enum sm_status sm_registry_check(struct sm_registry_subjects *subjects, const char *subject,
                                 const char *schema, struct sm_registry_check *out,
                                 struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    const struct sm_json *member;
    enum sm_status status = find_subject(subjects, subject, &out->exists, err);

    out->compatible = true;
    if (status != SM_OK || !out->exists)
        return status;
    if (!make_path(subjects, "/compatibility/subjects/", subject, "/versions/latest") ||
        !make_request(subjects, "schema", schema))
        return too_long(err);
    status = ask_for(subjects, "POST", subject, &answer, err);
    if (status != SM_OK)
        return status;
    member = sm_json_member(answer.json, "is_compatible");
    if (member == NULL || member->type != SM_JSON_BOOL)
        return misunderstood(subjects, "is_compatible", err);
    out->compatible = member->boolean;
    return SM_OK;
}

enum sm_status sm_registry_set_compatibility(struct sm_registry_subjects *subjects,
                                             const char *subject, const char *level,
                                             struct sm_err *err)
{
    struct answer answer = { .status = 0 };

    if (!make_path(subjects, "/config/", subject, "") ||
        !make_request(subjects, "compatibility", level))
        return too_long(err);
    return ask_for(subjects, "PUT", subject, &answer, err);
}
