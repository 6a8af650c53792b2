#ifndef SM_BASE_TIMESTAMP_H
#define SM_BASE_TIMESTAMP_H
/* Points in time as microseconds since 1970-01-01 UTC (int64_t, suffix _us or _at).
 *
 * The range is that of the years 0001 to 9999, which both RFC 3339 and PostgreSQL can say. */
#include "base/slice.h"

#define SM_TIME_NONE INT64_MIN /* no point in time; -infinity in PostgreSQL */
#define SM_TIME_MIN (-62135596800000000) /* 0001-01-01T00:00:00Z */
#define SM_TIME_MAX 253402300799999999 /* 9999-12-31T23:59:59.999999Z */

/* RFC 3339 with an offset or Z; digits past the microsecond are cut off. False if it is not one or
 * lies outside the range. A leap second (:60) is taken as the first moment of the next minute. */
bool sm_timestamp_parse(struct sm_slice text, int64_t *out_us);
#define SM_TIMESTAMP_TEXT_SIZE 27
/* Writes YYYY-MM-DDTHH:MM:SS.ffffffZ and a terminator. A time outside the range (a record's own
 * timestamp is whatever its producer said) is written as the nearest end of it. */
void sm_timestamp_format(int64_t time_us, char out[SM_TIMESTAMP_TEXT_SIZE + 1]);
#endif
