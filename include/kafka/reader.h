#ifndef SM_KAFKA_READER_H
#define SM_KAFKA_READER_H
/* Looks at partitions from outside any group: where they begin and end, and which offsets of a
 * range hold a record. For `status`, `lag` and `verify --gaps`.
 *
 * A handle of its own, never the one that consumed: a fault of that one would otherwise repeat
 * itself. Blocking, each call up to its time-out. Not thread-safe. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/record.h"
#include "kafka/client.h"

struct sm_kafka_reader;
/* `uncommitted`: sees records of open and of aborted transactions, too; and watermarks then tell
 * the true end instead of the last stable offset. Does not wait for a broker. SM_OK; SM_FATAL when
 * a property is refused. */
SM_MUST_CHECK enum sm_status sm_kafka_reader_open(const struct sm_kafka_client *client,
                                                  bool uncommitted, int timeout_ms,
                                                  struct sm_kafka_reader **out, struct sm_err *err);
void sm_kafka_reader_close(struct sm_kafka_reader *reader);

/* The first offset there is, and the one after the last. SM_OK; SM_RETRY: no answer in time;
 * SM_FATAL: the connection is refused (certificate, credentials). */
SM_MUST_CHECK enum sm_status sm_kafka_reader_watermarks(struct sm_kafka_reader *reader,
                                                        const char *topic, int32_t partition,
                                                        int64_t *low, int64_t *high,
                                                        struct sm_err *err);

struct sm_kafka_visitor {
    void *context;
    /* The record is valid during the call; its topic is not told. One with more headers than
     * SM_HEADERS_MAX has their number and no list. SM_OK: go on; SM_STOP: enough, the walk ends
     * with that, and with whatever else it says. */
    enum sm_status (*record)(void *context, const struct sm_record *record, struct sm_err *err);
};
/* Gives every record in offsets [first, next), in order, and returns when all that lies below
 * `next` has been seen, control records and aborted ones included. The time-out runs from the last
 * one that was seen. A reader of committed records waits at an open transaction for its end.
 * SM_OK; SM_REJECT: the broker no longer has the range, or not yet; SM_RETRY: no answer in time;
 * SM_FATAL: not permitted; or what the visitor says. */
SM_MUST_CHECK enum sm_status sm_kafka_reader_walk(struct sm_kafka_reader *reader, const char *topic,
                                                  int32_t partition, int64_t first, int64_t next,
                                                  const struct sm_kafka_visitor *visitor,
                                                  struct sm_err *err);

struct sm_kafka_range_view {
    uint64_t records; /* in the range, as this reader sees it */
    int64_t first;    /* offset of the first of them; -1: none */
    int64_t first_us; /* its timestamp, microseconds since 1970; SM_TIME_NONE: it has none */
};
/* Counts them. Ranges in ascending order of one partition are cheapest. Returns as walk does. */
SM_MUST_CHECK enum sm_status sm_kafka_reader_count(struct sm_kafka_reader *reader,
                                                   const char *topic, int32_t partition,
                                                   int64_t first, int64_t next,
                                                   struct sm_kafka_range_view *out,
                                                   struct sm_err *err);
/* The same, but looks no further than to the first record: out->records is 0 or 1. */
SM_MUST_CHECK enum sm_status sm_kafka_reader_first(struct sm_kafka_reader *reader,
                                                   const char *topic, int32_t partition,
                                                   int64_t first, int64_t next,
                                                   struct sm_kafka_range_view *out,
                                                   struct sm_err *err);
#endif
