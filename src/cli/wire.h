#ifndef SM_CLI_WIRE_H
#define SM_CLI_WIRE_H
/* From options to opened ports. wire.c is the only file that knows both Kafka and PostgreSQL; the
 * commands see ports, plain data and this header. */
#include "cli/options.h"
#include "ports/publisher.h"

struct sm__wire;
/* Copies nothing that `options` must not outlive. SM_OK; SM_FATAL when memory cannot be had. */
SM_MUST_CHECK enum sm_status sm__wire_open(const struct sm_options *options, struct sm__wire **out,
                                           struct sm_err *err);
void sm__wire_close(struct sm__wire *wire);

/* The topic's name on the broker; valid as long as the wire. */
const char *sm__wire_topic(const struct sm__wire *wire, enum sm_topic topic);

/* SM_OK; SM_FATAL when the topic is missing (err says how to create it); SM_RETRY: no answer. */
SM_MUST_CHECK enum sm_status sm__wire_need_topic(struct sm__wire *wire, enum sm_topic topic,
                                                 struct sm_err *err);
/* A publisher whose topics are indexed by enum sm_topic; the caller closes it. */
SM_MUST_CHECK enum sm_status sm__wire_publisher(struct sm__wire *wire, struct sm_publisher **out,
                                                struct sm_err *err);
#endif
