#ifndef SM_CLI_EMIT_PRIV_H
#define SM_CLI_EMIT_PRIV_H
/* What the files of `emit` share.
 *
 *   lines ──► prepare ──► publish ──► window of unanswered events ──► acknowledged
 *                └─ refused: named, the next line goes on    └─ full: wait for answers first
 */
#include "base/log.h"
#include "cli/emit_line.h"
#include "cli/lines.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/wire.h"
#include "registry/subjects.h"

#define SM__EMIT_WINDOW 65536 /* events that may be unanswered at once */

/* What an acknowledgement is about; its token is the event's place in the order of sending. */
struct sm__sent {
    struct sm_uuid id;
    uint64_t line;
    enum sm_topic topic;
    bool waiting;
};

struct sm__emit {
    const struct sm_options *options;
    struct sm__wire *wire;
    struct sm_publisher *publisher; /* NULL with --dry-run */
    enum sm_format format;          /* how events are sent */
    struct sm_registry_subjects *registry; /* owned; NULL unless the format needs it */
    uint32_t schema_ids[SM_TOPIC_COUNT];   /* of SM_FORMAT_AVRO, where topic_there */
    struct sm__lines lines;
    struct sm__emit_line line;
    struct sm__progress progress;
    struct sm_log_limit trouble_limit;
    const char *input;       /* its name, for messages */
    struct sm__sent *window; /* owned, SM__EMIT_WINDOW entries, by token */
    uint64_t sent;           /* events handed to the publisher; the next token */
    uint64_t acknowledged[SM_TOPIC_COUNT];
    uint64_t refused; /* lines that may not be sent */
    uint64_t failed;  /* events that were not acknowledged */
    bool topic_there[SM_TOPIC_COUNT]; /* and its schema in the registry, if that is needed */
};

/* For the options, wire and format that are set: what is sent with, nothing with --dry-run. SM_OK;
 * a failure tells why. sm__emit_close in any case. */
SM_MUST_CHECK enum sm_status sm__emit_open(struct sm__emit *emit, struct sm_err *err);
/* Opens, sends one event, a line as `emit` takes it, and waits for its answer. */
SM_MUST_CHECK enum sm_status sm__emit_one(struct sm__emit *emit, struct sm_slice event,
                                          struct sm_err *err);
/* Waits until every event has its answer. */
SM_MUST_CHECK enum sm_status sm__emit_finish(struct sm__emit *emit, struct sm_err *err);
/* Tells the failure, if there is one. SM_STOP: an option or argument is at fault. */
int sm__emit_exit_code(const struct sm__emit *emit, enum sm_status status,
                       const struct sm_err *err);
/* Closes the wire as well. */
void sm__emit_close(struct sm__emit *emit);

/* What is told of a line that may not be sent, of an event without an answer, of how far it is, and
 * at the end. The first two count as well. */
void sm__emit_tell_refused(struct sm__emit *emit, const struct sm_rejection *rejection);
void sm__emit_tell_failed(struct sm__emit *emit, const struct sm__sent *sent, const char *text);
void sm__emit_tell_progress(struct sm__emit *emit);
void sm__emit_tell_summary(struct sm__emit *emit);

/* Judges the line that was read last and sends it, or names it. Waits while the window is full.
 * SM_OK also for a line that was refused; else nothing more can be sent. */
enum sm_status sm__emit_line_send(struct sm__emit *emit, struct sm_slice text, struct sm_err *err);
/* Takes the answers that have arrived; waits for some first, or for `input_fd` (-1: for answers
 * alone). *input_ready may be NULL. */
enum sm_status sm__emit_take_answers(struct sm__emit *emit, int input_fd, bool *input_ready,
                                     struct sm_err *err);
#endif
