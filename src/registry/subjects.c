#include "registry/subjects.h"

#include <inttypes.h>

#include "registry/transfer.h"

#define SUBJECT_NOT_FOUND 40401
#define VERSION_NOT_FOUND 40402
#define SCHEMA_NOT_FOUND  40403
#define RULE_NOT_FOUND    40408
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

static bool make_request(struct sm_registry_subjects *subjects, const char *name,
                         struct sm_slice text)
{
    sm_buf_reset(&subjects->request);
    sm_buf_printf(&subjects->request, "{\"%s\":", name);
    sm_json_append_string(text, &subjects->request);
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

/* ---- answers ---- */

/* A member that is a number of 32 bits. */
static bool read_number(const struct sm_json *json, const char *name, uint32_t *out)
{
    const struct sm_json *member = sm_json_member(json, name);
    int64_t number;

    if (member == NULL || member->type != SM_JSON_NUMBER || !sm_json_integer(member, &number) ||
        number < 0 || number > UINT32_MAX)
        return false;
    *out = (uint32_t)number;
    return true;
}

/* The registry does not have what was asked for, and says so. */
static bool is_missing(const struct answer *answer)
{
    int64_t code = sm__registry_code(answer->json);

    return answer->status == 404 && (code == SUBJECT_NOT_FOUND || code == VERSION_NOT_FOUND ||
                                     code == SCHEMA_NOT_FOUND || code == RULE_NOT_FOUND);
}

/* Asks for what may be missing; *there says whether it is. */
static enum sm_status look_for(struct sm_registry_subjects *subjects, const char *method,
                               const char *subject, struct answer *answer, bool *there,
                               struct sm_err *err)
{
    enum sm_status status = ask(subjects, method, answer, err);

    if (status != SM_OK)
        return status;
    *there = answer->status == 200;
    return *there || is_missing(answer) ? SM_OK : refused(subjects, subject, answer, err);
}

static enum sm_status read_version(const struct sm_registry_subjects *subjects,
                                   const struct answer *answer, struct sm_registry_version *out,
                                   struct sm_err *err)
{
    const struct sm_json *schema = sm_json_member(answer->json, "schema");

    if (!read_number(answer->json, "id", &out->id) ||
        !read_number(answer->json, "version", &out->version) || out->version == 0)
        return misunderstood(subjects, "an id and a version", err);
    if (schema != NULL && schema->type == SM_JSON_STRING)
        out->schema = schema->text;
    return SM_OK;
}

/* ---- looking ---- */

enum sm_status sm_registry_find(struct sm_registry_subjects *subjects, const char *subject,
                                struct sm_slice schema, struct sm_registry_version *out,
                                struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    enum sm_status status;
    bool there = false;

    *out = (struct sm_registry_version){ .schema = SM_SLICE_NONE };
    if (!make_path(subjects, "/subjects/", subject, "") ||
        !make_request(subjects, "schema", schema))
        return too_long(err);
    status = look_for(subjects, "POST", subject, &answer, &there, err);
    return status == SM_OK && there ? read_version(subjects, &answer, out, err) : status;
}

static enum sm_status read_list(const struct sm_registry_subjects *subjects,
                                const struct answer *answer, struct sm_registry_versions *out,
                                struct sm_err *err)
{
    if (answer->json->type != SM_JSON_ARRAY)
        return misunderstood(subjects, "a list of versions", err);
    for (const struct sm_json *item = answer->json->first; item != NULL; item = item->next) {
        int64_t number;

        if (item->type != SM_JSON_NUMBER || !sm_json_integer(item, &number) || number < 1 ||
            number > UINT32_MAX)
            return misunderstood(subjects, "a list of versions", err);
        if (out->count == SM_REGISTRY_VERSIONS_MAX)
            return sm_err_set(err, SM_REJECT, SM_FROM_REGISTRY,
                              "the schema registry at %.300s has a subject with more than %d "
                              "versions, which is not read",
                              subjects->endpoint.url, SM_REGISTRY_VERSIONS_MAX);
        out->list[out->count++] = (uint32_t)number;
    }
    return SM_OK;
}

enum sm_status sm_registry_list(struct sm_registry_subjects *subjects, const char *subject,
                                struct sm_registry_versions *out, struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    enum sm_status status;
    bool there = false;

    out->count = 0;
    if (!make_path(subjects, "/subjects/", subject, "/versions"))
        return too_long(err);
    status = look_for(subjects, "GET", subject, &answer, &there, err);
    return status == SM_OK && there ? read_list(subjects, &answer, out, err) : status;
}

enum sm_status sm_registry_get(struct sm_registry_subjects *subjects, const char *subject,
                               uint32_t version, struct sm_registry_version *out,
                               struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    char after[32];
    enum sm_status status;

    *out = (struct sm_registry_version){ .schema = SM_SLICE_NONE };
    (void)snprintf(after, sizeof(after), "/versions/%" PRIu32, version);
    if (!make_path(subjects, "/subjects/", subject, after))
        return too_long(err);
    status = ask_for(subjects, "GET", subject, &answer, err);
    if (status == SM_OK)
        status = read_version(subjects, &answer, out, err);
    if (status == SM_OK && out->schema.data == NULL)
        status = misunderstood(subjects, "a schema", err);
    return status;
}

/* Asked for by itself, since Apicurio finds all compatible with a subject that it has not. */
static enum sm_status find_subject(struct sm_registry_subjects *subjects, const char *subject,
                                   bool *exists, struct sm_err *err)
{
    struct answer answer = { .status = 0 };

    *exists = false;
    if (!make_path(subjects, "/subjects/", subject, "/versions/latest"))
        return too_long(err);
    return look_for(subjects, "GET", subject, &answer, exists, err);
}

/* The rule at the path that was made; "" if there is none. */
static enum sm_status read_rule(struct sm_registry_subjects *subjects, const char *subject,
                                char out[SM_REGISTRY_RULE_SIZE], struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    const struct sm_json *member;
    bool there = false;
    enum sm_status status = look_for(subjects, "GET", subject, &answer, &there, err);

    out[0] = '\0';
    if (status != SM_OK || !there)
        return status;
    member = sm_json_member(answer.json, "compatibilityLevel");
    if (member == NULL || member->type != SM_JSON_STRING)
        return misunderstood(subjects, "compatibilityLevel", err);
    if (!sm_slice_equal(member->text, SM_SLICE("NONE")))
        sm__copy_printable(out, SM_REGISTRY_RULE_SIZE, member->text);
    return SM_OK;
}

enum sm_status sm_registry_compatibility(struct sm_registry_subjects *subjects, const char *subject,
                                         char out[SM_REGISTRY_RULE_SIZE], struct sm_err *err)
{
    return make_path(subjects, "/config/", subject, "") ? read_rule(subjects, subject, out, err)
                                                        : too_long(err);
}

/* What a new schema has to be compatible with, by the subject's rule or else the registry's: all
 * versions, or the last one. Apicurio looks at all unless told otherwise. */
static enum sm_status choose_versions(struct sm_registry_subjects *subjects, const char *subject,
                                      const char **out, struct sm_err *err)
{
    char rule[SM_REGISTRY_RULE_SIZE] = "";
    enum sm_status status = sm_registry_compatibility(subjects, subject, rule, err);

    if (status == SM_OK && rule[0] == '\0' && make_path(subjects, "/config", "", ""))
        status = read_rule(subjects, subject, rule, err);
    *out = strstr(rule, "_TRANSITIVE") != NULL ? "/versions" : "/versions/latest";
    return status;
}

enum sm_status sm_registry_check(struct sm_registry_subjects *subjects, const char *subject,
                                 struct sm_slice schema, struct sm_registry_check *out,
                                 struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    const struct sm_json *member;
    const char *versions = "";
    enum sm_status status = find_subject(subjects, subject, &out->exists, err);

    out->compatible = true;
    if (status == SM_OK && out->exists)
        status = choose_versions(subjects, subject, &versions, err);
    if (status != SM_OK || !out->exists)
        return status;
    if (!make_path(subjects, "/compatibility/subjects/", subject, versions) ||
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

/* ---- changing ---- */

enum sm_status sm_registry_register(struct sm_registry_subjects *subjects, const char *subject,
                                    struct sm_slice schema, uint32_t *id, struct sm_err *err)
{
    struct answer answer = { .status = 0 };
    enum sm_status status;

    if (!make_path(subjects, "/subjects/", subject, "/versions") ||
        !make_request(subjects, "schema", schema))
        return too_long(err);
    status = ask_for(subjects, "POST", subject, &answer, err);
    if (status == SM_OK && !read_number(answer.json, "id", id))
        status = misunderstood(subjects, "an id", err);
    return status;
}

enum sm_status sm_registry_set_compatibility(struct sm_registry_subjects *subjects,
                                             const char *subject, const char *level,
                                             struct sm_err *err)
{
    struct answer answer = { .status = 0 };

    if (!make_path(subjects, "/config/", subject, "") ||
        !make_request(subjects, "compatibility", sm_slice_of(level)))
        return too_long(err);
    return ask_for(subjects, "PUT", subject, &answer, err);
}
