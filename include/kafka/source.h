#ifndef SM_KAFKA_SOURCE_H
#define SM_KAFKA_SOURCE_H
/* The source port on librdkafka (2.0.2 or newer): a member of a consumer group, eager assignment.
 *
 * What this adapter adds to ports/source.h:
 * - A record that the sink refuses, and up to a thousand behind it, are held here, and offered
 *   first at the next poll. They are dropped when their assignment ends (REVOKED, assign, release).
 * - The library keeps records and rebalances in one queue. With no room for records (refused,
 *   paused, records_max 0) poll looks a little further into it each time, so that a rebalance is
 *   seen; when that stops helping for a second, fetching is suspended, which empties the queue, and
 *   taken up again by itself. So membership lives on however long the sink has no room, if poll is
 *   called at least every few hundred milliseconds.
 * - wait_fd is readable when poll would hand something over. After a refusal or while paused it
 *   tells of new events only: who refused polls again when there is room.
 * - watermarks and look are asked by a second, read_uncommitted handle that is made when it is
 *   first needed. `high` is the true high watermark. It is reached by records and END (which
 *   carries the offset past control records), but not before transactions that are open below it
 *   have ended.
 * - An ASSIGNED of no partitions is answered here as well; assign may still be called.
 * - The sink's `event` may call the source (but not poll or close), its `record` must not.
 * - A batch that fails its checksum, and whatever else librdkafka would step over, is FAILED: a new
 *   source reads it again.
 * - Looking reads one partition after another, one batch each; what is not answered after two
 *   seconds is given up.
 * - Not told: a topic that is deleted and made anew between two looks at metadata, 100 ms apart.
 *   Looking at a record shows it.
 * - Closing takes five seconds at the most: what librdkafka does not let go of by then is left
 *   behind, with a line in the log, until the process ends. */
#include "kafka/client.h"
#include "ports/source.h"

struct sm_kafka_source_options {
    struct sm_kafka_client client;
    const char *group;
    const char *topics[SM_TOPIC_COUNT]; /* names on the broker, by enum sm_topic; all different */
    const char *instance_id; /* static membership under this name; NULL: dynamic */
    int session_timeout_ms; /* 0: librdkafka's default, 45 s */
};

/* Subscribes at once, does not wait for a broker. Copies what it needs of the options.
 * SM_OK and a source that the caller closes; SM_FATAL when a property is refused (err names it and
 * says why) or memory cannot be had. */
SM_MUST_CHECK enum sm_status sm_kafka_source_open(const struct sm_kafka_source_options *options,
                                                  struct sm_source **out, struct sm_err *err);
#endif
