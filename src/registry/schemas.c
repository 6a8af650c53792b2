#include "registry/schemas.h"

#include "registry/answer.h"
#include "registry/multi.h"

#define PAUSE_FIRST_US     100000
#define PAUSE_MAX_US       10000000
#define RETRY_AFTER_MAX_US 60000000 /* what a registry asks for may not be for ever */
#define RANDOM_STEP        UINT64_C(0x9e3779b97f4a7c15)

/* An id that waits for its answer. */
struct question {
    uint32_t id;
    bool flying;
    int64_t due_us; /* when to ask the registry; not while it flies */
    int64_t pause_us; /* until the next try, should this one fail */
};
/* One of the requests that may be under way at once. */
struct flight {
    struct sm__transfer transfer;
    bool used;
    uint32_t id;
};

struct schemas {
    struct sm_schemas port; /* the first member: ops get a pointer to it */
    struct sm__endpoint endpoint;
    struct sm__multi multi;
    struct flight flights[SM_SCHEMAS_FLYING_MAX];
    size_t flying;
    struct question questions[SM_SCHEMAS_ASKED_MAX];
    size_t count;
    struct sm_arena arena; /* one answer at a time */
    uint64_t random;
};

/* ---- questions ---- */

static struct question *find_question(struct schemas *schemas, uint32_t id)
{
    for (size_t i = 0; i < schemas->count; i++) {
        if (schemas->questions[i].id == id)
            return &schemas->questions[i];
    }
    return NULL;
}

static enum sm_status ask(struct sm_schemas *port, uint32_t id)
{
    struct schemas *schemas = (struct schemas *)port;

    if (find_question(schemas, id) != NULL)
        return SM_OK;
    if (schemas->count == SM_SCHEMAS_ASKED_MAX)
        return SM_AGAIN;
    schemas->questions[schemas->count++] =
        (struct question){ .id = id, .due_us = sm_monotonic_us(), .pause_us = PAUSE_FIRST_US };
    return SM_OK;
}

/* The question that has been due longest; NULL: none waits for a flight. */
static struct question *first_due(struct schemas *schemas)
{
    struct question *first = NULL;

    for (size_t i = 0; i < schemas->count; i++) {
        struct question *question = &schemas->questions[i];

        if (!question->flying && (first == NULL || question->due_us < first->due_us))
            first = question;
    }
    return first;
}

/* splitmix64: enough to keep many programs from asking in step. */
static uint64_t draw(struct schemas *schemas)
{
    uint64_t x = schemas->random += RANDOM_STEP;

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Until a random moment in the second half of the pause ("equal jitter": M. Brooker, Exponential
 * Backoff And Jitter), but not before the registry said. */
static void put_off(struct schemas *schemas, struct question *question, int64_t retry_after_us)
{
    int64_t half_us = question->pause_us / 2;
    int64_t wait_us = half_us + (int64_t)(draw(schemas) % (uint64_t)(half_us + 1));

    question->flying = false;
    question->due_us = sm_monotonic_us() + (wait_us > retry_after_us ? wait_us : retry_after_us);
    question->pause_us *= 2;
    if (question->pause_us > PAUSE_MAX_US)
        question->pause_us = PAUSE_MAX_US;
}

/* ---- flights ---- */

static bool launch(struct schemas *schemas, struct flight *flight, uint32_t id)
{
    char path[32];

    (void)snprintf(path, sizeof(path), "/schemas/ids/%u", id);
    flight->id = id;
    flight->used = sm__transfer_prepare(&flight->transfer, &schemas->endpoint, path, NULL, NULL) &&
                   curl_multi_add_handle(schemas->multi.handle, flight->transfer.easy) == CURLM_OK;
    return flight->used;
}

static void launch_due(struct schemas *schemas)
{
    int64_t now_us = sm_monotonic_us();

    for (size_t i = 0; i < SM_SCHEMAS_FLYING_MAX; i++) {
        struct flight *flight = &schemas->flights[i];
        struct question *question;

        if (flight->used)
            continue;
        question = first_due(schemas);
        if (question == NULL || question->due_us > now_us)
            return;
        question->flying = launch(schemas, flight, question->id);
        if (question->flying)
            schemas->flying++;
        else /* no memory just now */
            put_off(schemas, question, 0);
    }
}

/* What the header Retry-After says, in seconds or as a date; 0: nothing. */
static int64_t retry_after_us(CURL *easy)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds <= 0)
        return 0;
    return seconds < RETRY_AFTER_MAX_US / 1000000 ? seconds * 1000000 : RETRY_AFTER_MAX_US;
}

static struct flight *flight_of(struct schemas *schemas, const CURL *easy)
{
    for (size_t i = 0; i < SM_SCHEMAS_FLYING_MAX; i++) {
        if (schemas->flights[i].transfer.easy == easy)
            return &schemas->flights[i];
    }
    return NULL;
}

/* The question ends before its answer is told, so that the sink may ask again. */
static void land(struct schemas *schemas, struct flight *flight, CURLcode code,
                 const struct sm_schemas_sink *sink)
{
    struct question *question = find_question(schemas, flight->id);
    struct sm_schemas_answer answer = { .id = flight->id };
    struct sm_err err = { .status = SM_OK };

    SM_ASSERT(question != NULL);
    (void)curl_multi_remove_handle(schemas->multi.handle, flight->transfer.easy);
    schemas->flying--;
    flight->used = false;
    sm_arena_reset(&schemas->arena);
    sm__answer_judge(&flight->transfer, &schemas->endpoint, code, &schemas->arena, &answer, &err);
    if (answer.outcome == SM_SCHEMAS_AWAY)
        put_off(schemas, question, retry_after_us(flight->transfer.easy));
    else
        *question = schemas->questions[--schemas->count];
    sink->answered(sink->context, &answer);
    sm__transfer_forget(&flight->transfer); /* the text may point into it */
}

static void land_all(struct schemas *schemas, const struct sm_schemas_sink *sink)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(schemas->multi.handle, &left)) != NULL) {
        /* The message is gone with its handle. */
        CURLcode code = message->data.result;
        struct flight *flight = flight_of(schemas, message->easy_handle);

        SM_ASSERT(flight != NULL && message->msg == CURLMSG_DONE);
        land(schemas, flight, code, sink);
    }
}

/* ---- the port ---- */

static void step(struct sm_schemas *port, const struct sm_schemas_sink *sink)
{
    struct schemas *schemas = (struct schemas *)port;

    if (schemas->count == 0)
        return;
    sm__multi_drive(&schemas->multi);
    land_all(schemas, sink);
    launch_due(schemas);
    if (schemas->flying > 0)
        sm__multi_drive(&schemas->multi);
}

static size_t wait_for(struct sm_schemas *port, struct pollfd *fds, int64_t *wake_us)
{
    struct schemas *schemas = (struct schemas *)port;
    const struct question *question = first_due(schemas);

    *wake_us = schemas->flying > 0 ? schemas->multi.timer_us : INT64_MAX;
    if (question != NULL && schemas->flying < SM_SCHEMAS_FLYING_MAX && question->due_us < *wake_us)
        *wake_us = question->due_us;
    if (schemas->flying == 0)
        return 0;
    memcpy(fds, schemas->multi.fds, schemas->multi.fd_count * sizeof(*fds));
    return schemas->multi.fd_count;
}

static void close_schemas(struct sm_schemas *port)
{
    struct schemas *schemas = (struct schemas *)port;

    for (size_t i = 0; i < SM_SCHEMAS_FLYING_MAX; i++) {
        if (schemas->flights[i].used)
            (void)curl_multi_remove_handle(schemas->multi.handle,
                                           schemas->flights[i].transfer.easy);
        sm__transfer_deinit(&schemas->flights[i].transfer);
    }
    sm__multi_deinit(&schemas->multi);
    sm__endpoint_close(&schemas->endpoint);
    sm_arena_deinit(&schemas->arena);
    free(schemas);
    curl_global_cleanup();
}

static const struct sm_schemas_ops ops = {
    .ask = ask,
    .step = step,
    .wait = wait_for,
    .close = close_schemas,
};

static bool make_parts(struct schemas *schemas)
{
    for (size_t i = 0; i < SM_SCHEMAS_FLYING_MAX; i++) {
        if (!sm__transfer_init(&schemas->flights[i].transfer))
            return false;
    }
    return sm__multi_init(&schemas->multi) && sm_arena_init(&schemas->arena, SM__ANSWER_ARENA_SIZE);
}

enum sm_status sm_registry_schemas_open(const struct sm_registry_client *client,
                                        struct sm_schemas **out, struct sm_err *err)
{
    struct schemas *schemas = calloc(1, sizeof(*schemas));
    enum sm_status status;

    if (schemas == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(schemas);
        return sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY, "out of memory");
    }
    schemas->port.ops = &ops;
    schemas->random = (uint64_t)sm_wall_us() ^ (uint64_t)(uintptr_t)schemas;
    status = sm__endpoint_open(&schemas->endpoint, client, err);
    if (status == SM_OK && !make_parts(schemas))
        status = sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY, "out of memory");
    if (status == SM_OK)
        *out = &schemas->port;
    else
        close_schemas(&schemas->port);
    return status;
}
