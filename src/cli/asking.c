/* Asking `run` for something, and telling what became of it. */
#include "cli/asking.h"

#include <inttypes.h>

struct asking {
    const struct sm_request *request;
    const char *noun; /* what the numbers count */
    int64_t not_made, undone, failed;
};

/* "dead letter 7: discarded" and the like. What a row holds is printed without control characters,
 * for the program wrote it itself: texts of records are escaped where the reason is made. */
static void tell(const struct asking *asking, int64_t id, struct sm_slice text)
{
    (void)printf("%s %" PRId64 ": %.*s", asking->noun, id, (int)text.size,
                 (const char *)text.data);
}

static void take_made(void *context, const struct sm_request_made *made)
{
    struct asking *asking = context;
    bool is_parked = asking->request->action == SM_REQUEST_EXPIRE;
    bool is_ours = made->made != 0;

    if (is_ours && asking->request->action == SM_REQUEST_DISCARD) {
        tell(asking, made->id, SM_SLICE("discarded\n"));
        return;
    }
    if (is_ours)
        return;
    asking->not_made++;
    if (!sm_slice_equal(made->state, is_parked ? SM_SLICE("waiting") : SM_SLICE("open"))) {
        tell(asking, made->id, SM_SLICE("refused: it is "));
        (void)printf("%.*s already\n", (int)made->state.size, (const char *)made->state.data);
    } else if (made->erased)
        tell(asking, made->id,
             SM_SLICE("refused: it is erased, there is nothing left that could be tried\n"));
    else {
        tell(asking, made->id, SM_SLICE("refused: request "));
        (void)printf("%" PRId64 " stands already, and will be done when run is up\n",
                     made->standing);
    }
}

static bool is_success(const struct asking *asking, const struct sm_request_result *result)
{
    if (asking->request->action == SM_REQUEST_EXPIRE)
        return sm_slice_equal(result->code, SM_SLICE("PARKED_EXPIRED"));
    return sm_slice_equal(result->outcome, SM_SLICE("applied")) ||
           sm_slice_equal(result->outcome, SM_SLICE("duplicate")) ||
           sm_slice_equal(result->outcome, SM_SLICE("parked"));
}

static void take_result(void *context, const struct sm_request_result *result)
{
    struct asking *asking = context;

    if (result->outcome.size == 0) {
        asking->undone++;
        return;
    }
    asking->failed += !is_success(asking, result);
    tell(asking, result->id,
         asking->request->action == SM_REQUEST_EXPIRE && is_success(asking, result)
             ? SM_SLICE("expired")
             : result->outcome);
    if (result->code.size != 0)
        (void)printf(": %.*s", (int)result->code.size, (const char *)result->code.data);
    if (result->detail.size != 0)
        (void)printf(": %.*s", (int)result->detail.size, (const char *)result->detail.data);
    (void)printf("\n");
}

enum sm_status sm__ask(const struct sm_options *options, const struct sm__wire *wire,
                       const struct sm_request *request, const struct sm_letter_ids *ids,
                       bool *all_done, struct sm_err *err)
{
    struct asking asking = {
        .request = request,
        .noun = request->action == SM_REQUEST_EXPIRE ? "parked event" : "dead letter"};
    const struct sm_request_sink sink = {&asking, take_made, take_result};
    struct sm_letter_ids requests = {0};
    enum sm_status status;

    status = sm_postgres_requests_make(sm__wire_database(wire), ids, request, &sink, &requests,
                                       err);
    if (status != SM_OK)
        return status;
    /* Whoever reads our lines through a pipe sees them before we wait. */
    (void)fflush(stdout);
    if (requests.count != 0 && request->action != SM_REQUEST_DISCARD)
        status = sm_postgres_requests_await(sm__wire_database(wire), &requests,
                                            sm_options_number(options, SM_OPTION_WAIT), &sink, err);
    if (status == SM_OK && asking.undone != 0)
        (void)fprintf(stderr,
                      "secretmagic: %" PRId64 " of %" PRId64 " requests are not done in time: they "
                      "stand, and will be done when run is up; hint: secretmagic status\n",
                      asking.undone, requests.count);
    *all_done = asking.not_made + asking.undone + asking.failed == 0;
    sm_letter_ids_free(&requests);
    return status;
}

enum sm_status sm__ask_meant(const struct sm_options *options, struct sm_err *err)
{
    static const enum sm_option_id filters[] = {SM_OPTION_CLIENT, SM_OPTION_TYPE, SM_OPTION_CODE,
                                                SM_OPTION_WAITS_FOR, SM_OPTION_TOPIC};
    bool chosen = options->operands[1] != NULL || sm_options_flag(options, SM_OPTION_ALL) ||
                  sm_options_number(options, SM_OPTION_OLDER_THAN) != 0;

    for (size_t i = 0; i < SM_ARRAY_COUNT(filters); i++)
        chosen = chosen || sm_options_text(options, filters[i]) != NULL;
    if (chosen)
        return SM_OK;
    return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                      "%s needs the number of one, a filter, or --all", options->operands[0]);
}
