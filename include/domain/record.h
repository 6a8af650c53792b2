#ifndef SM_DOMAIN_RECORD_H
#define SM_DOMAIN_RECORD_H
/* One Kafka record as plain data: what a source hands over and a codec reads. */
#include "domain/event.h"

struct sm_header {
    struct sm_slice name;
    struct sm_slice value; /* absent: a null header */
};

/* From a source all slices are valid only during the sink's call. */
struct sm_record {
    enum sm_topic topic;
    int32_t partition;
    int64_t offset;
    uint64_t generation; /* as given to assign */
    int64_t timestamp_us; /* SM_TIME_NONE if the broker has none */
    struct sm_slice key; /* absent: null key */
    struct sm_slice value; /* absent: null value (tombstone) */
    const struct sm_header *headers;
    size_t header_count; /* all of them; the sink judges SM_HEADERS_MAX */
};
#endif
