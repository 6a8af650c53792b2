/* Asking `run` for something, and telling what became of it. */
#include "cli/asking.h"

#include <inttypes.h>

#include "cli/output.h"

#define OUTPUT_SIZE_MAX (256u << 20)

struct asking {
    const struct sm_request *request;
    const char *noun; /* what the numbers count */
    const char *member; /* the same in JSON */
    struct sm_report *report; /* NULL: lines of text */
    int64_t not_made, undone, failed;
};

/* "dead letter 7: discarded" and the like. What a row holds is printed without control characters,
 * for the program wrote it itself: texts of records are escaped where the reason is made. */
static void tell(const struct asking *asking, int64_t id, struct sm_slice text)
{
    (void)printf("%s %" PRId64 ": %.*s", asking->noun, id, (int)text.size,
                 (const char *)text.data);
}

static void report(const struct asking *asking, int64_t id, struct sm_slice outcome,
                   struct sm_slice code, struct sm_slice detail)
{
    sm_report_open_row(asking->report, "results");
    sm_report_number(asking->report, asking->member, id);
    sm_report_slice(asking->report, "outcome", outcome);
    sm_report_slice(asking->report, "code", code);
    sm_report_slice(asking->report, "detail", detail);
    sm_report_close(asking->report);
}

/* Why nothing was asked for. */
static void refuse(const struct asking *asking, const struct sm_request_made *made)
{
    const char *open = asking->request->action == SM_REQUEST_EXPIRE ? "waiting" : "open";
    char why[128];

    if (!sm_slice_equal(made->state, (struct sm_slice){(const uint8_t *)open, strlen(open)}))
        (void)snprintf(why, sizeof(why), "it is %.*s already", (int)made->state.size,
                       (const char *)made->state.data);
    else if (made->erased)
        (void)snprintf(why, sizeof(why),
                       "it is erased, there is nothing left that could be tried");
    else
        (void)snprintf(why, sizeof(why),
                       "request %" PRId64 " stands already, and will be done when run is up",
                       made->standing);
    if (asking->report != NULL) {
        report(asking, made->id, SM_SLICE("refused"), SM_SLICE_NONE,
               (struct sm_slice){(const uint8_t *)why, strlen(why)});
        return;
    }
    tell(asking, made->id, SM_SLICE("refused: "));
    (void)printf("%s\n", why);
}

static void take_made(void *context, const struct sm_request_made *made)
{
    struct asking *asking = context;

    if (made->made == 0) {
        asking->not_made++;
        refuse(asking, made);
    } else if (asking->request->action == SM_REQUEST_DISCARD && asking->report != NULL) {
        report(asking, made->id, SM_SLICE("discarded"), SM_SLICE_NONE, SM_SLICE_NONE);
    } else if (asking->request->action == SM_REQUEST_DISCARD) {
        tell(asking, made->id, SM_SLICE("discarded\n"));
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
    bool is_done = result->outcome.size != 0, succeeded = is_done && is_success(asking, result);
    struct sm_slice outcome = asking->request->action == SM_REQUEST_EXPIRE && succeeded
                                  ? SM_SLICE("expired")
                                  : result->outcome;

    asking->undone += !is_done;
    asking->failed += is_done && !succeeded;
    if (asking->report != NULL) {
        report(asking, result->id, is_done ? outcome : SM_SLICE_NONE, result->code,
               result->detail);
        return;
    }
    if (!is_done)
        return;
    tell(asking, result->id, outcome);
    if (result->code.size != 0)
        (void)printf(": %.*s", (int)result->code.size, (const char *)result->code.data);
    if (result->detail.size != 0)
        (void)printf(": %.*s", (int)result->detail.size, (const char *)result->detail.data);
    (void)printf("\n");
}

static enum sm_status make_and_await(struct asking *asking, const struct sm_options *options,
                                     const struct sm__wire *wire, const struct sm_letter_ids *ids,
                                     struct sm_err *err)
{
    const struct sm_request_sink sink = {asking, take_made, take_result};
    struct sm_letter_ids requests = {0};
    enum sm_status status = sm_postgres_requests_make(sm__wire_database(wire), ids,
                                                      asking->request, &sink, &requests, err);

    if (status != SM_OK)
        return status;
    /* Whoever reads our lines through a pipe sees them before we wait. */
    (void)fflush(stdout);
    if (requests.count != 0 && asking->request->action != SM_REQUEST_DISCARD)
        status = sm_postgres_requests_await(sm__wire_database(wire), &requests,
                                            sm_options_number(options, SM_OPTION_WAIT), &sink, err);
    if (status == SM_OK && asking->undone != 0)
        (void)fprintf(stderr,
                      "secretmagic: %" PRId64 " of %" PRId64 " requests are not done in time: they "
                      "stand, and will be done when run is up; hint: secretmagic status\n",
                      asking->undone, requests.count);
    sm_letter_ids_free(&requests);
    return status;
}

enum sm_status sm__ask(const struct sm_options *options, const struct sm__wire *wire,
                       const struct sm_request *request, const struct sm_letter_ids *ids,
                       bool *all_done, struct sm_err *err)
{
    bool is_parked = request->action == SM_REQUEST_EXPIRE;
    bool is_json = sm_options_flag(options, SM_OPTION_JSON);
    struct asking asking = {.request = request,
                            .noun = is_parked ? "parked event" : "dead letter",
                            .member = is_parked ? "parked_event" : "dead_letter",
                            .report = is_json ? sm_report_create() : NULL};
    enum sm_status status = SM_OK;

    if (is_json && asking.report == NULL)
        return sm__out_of_memory(err);
    sm_report_array(asking.report, "results");
    if (ids->count != 0)
        status = make_and_await(&asking, options, wire, ids, err);
    else if (!is_json)
        (void)fputs(is_parked ? "no such event waits\n" : "there is no such dead letter\n", stdout);
    if (status == SM_OK && is_json)
        status = sm__print_report(asking.report, OUTPUT_SIZE_MAX, err);
    *all_done = asking.not_made + asking.undone + asking.failed == 0;
    sm_report_destroy(asking.report);
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
