/* RFC 3339 on any bytes. Law: what was read, written and read again is the same moment. */
#include "base/timestamp.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];
    int64_t time_us, again;

    if (!sm_timestamp_parse((struct sm_slice){ data, size }, &time_us))
        return 0;
    SM_ASSERT(time_us >= SM_TIME_MIN && time_us <= SM_TIME_MAX);
    sm_timestamp_format(time_us, text);
    SM_ASSERT(strlen(text) == SM_TIMESTAMP_TEXT_SIZE);
    SM_ASSERT(sm_timestamp_parse(sm_slice_of(text), &again) && again == time_us);
    return 0;
}
