#ifndef SM_CODEC_RECORD_H
#define SM_CODEC_RECORD_H
/* What is asked of a record in every wire format. */
#include "domain/record.h"
#include "domain/rejection.h"

/* Value, key and headers are there and within limits. SM_OK or SM_REJECT. */
enum sm_status sm__record_check_sizes(const struct sm_record *record,
                                      struct sm_rejection *rejection);
/* The event is on its topic, under its client's key. SM_OK or SM_REJECT. */
enum sm_status sm__record_check_place(const struct sm_record *record, const struct sm_event *event,
                                      struct sm_rejection *rejection);
#endif
