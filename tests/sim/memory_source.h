#ifndef MEMORY_SOURCE_H
#define MEMORY_SOURCE_H
/* ports/source.h on a memory broker: one member of its group. */
#include "sim/memory_broker.h"

struct sm_source *memory_source_open(struct memory_broker *broker);
/* As a killed process leaves: the group finds out when the session times out. */
void memory_source_die(struct sm_source *source);
/* Its process is frozen: the group hears nothing of it. */
void memory_source_set_silent(struct sm_source *source, bool silent);
/* When poll would hand something over; INT64_MAX: nothing to come by itself. */
int64_t memory_source_next_us(const struct sm_source *source);
/* The topic was deleted: told with the next poll, before anything else. */
void memory_source_topic_gone(struct sm_source *source, enum sm_topic topic);
#endif
