#ifndef SM_CLI_PARKED_H
#define SM_CLI_PARKED_H
/* What the files of `parked` share: how parked events are told, as text and as JSON. */
#include "cli/text_table.h"
#include "cli/wire.h"
#include "codec/report.h"
#include "postgres/parked_inspect.h"

/* The filters that the options tell; `client_id` is memory for one of them. SM_OK or SM_REJECT. */
SM_MUST_CHECK enum sm_status sm__parked_read_filter(const struct sm_options *options,
                                                    const struct sm__wire *wire,
                                                    struct sm_uuid *client_id,
                                                    struct sm_parked_filter *out,
                                                    struct sm_err *err);
/* `parked expire`: returns an exit code. */
int sm__parked_expire(const struct sm_options *options);
/* What an event waits for, in words: "the feature type's definition: moon_phase". `name` is of
 * SM_WAIT_LIST, `code` may be absent. */
void sm__parked_append_wait(struct sm_slice name, struct sm_slice code, struct sm_buf *out);
/* The stream within its client: "batch/b-17", "bom_explosion". */
void sm__parked_append_stream(const struct sm_parked_view *event, struct sm_buf *out);
/* The members of the event that `list` and `show` have in common, into the object that is open. */
void sm__parked_report(const struct sm_parked_view *event, struct sm_report *report);

/* The list: events are added one by one, the oldest first. */
struct sm__parked_list {
    struct sm__text_table table;
    struct sm_report *report; /* of --json; else NULL */
    int64_t shown, total;
};
/* False when memory cannot be had. */
SM_MUST_CHECK bool sm__parked_list_init(struct sm__parked_list *list, bool json);
void sm__parked_list_deinit(struct sm__parked_list *list);
void sm__parked_list_add(struct sm__parked_list *list, const struct sm_parked_view *event);
SM_MUST_CHECK bool sm__parked_list_append(struct sm__parked_list *list, struct sm_buf *out);

/* Appends all about one event. False when memory cannot be had. */
SM_MUST_CHECK bool sm__parked_show_text(const struct sm_parked_view *event, struct sm_buf *out);
SM_MUST_CHECK bool sm__parked_show_json(const struct sm_parked_view *event, struct sm_buf *out);
#endif
