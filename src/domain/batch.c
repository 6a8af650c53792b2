/* Batches: what their counts say together. */
#include "domain/domain_priv.h"

bool sm__batch_judge(const struct sm__reading *reading)
{
    int64_t total = 0, processed = 0, failed = 0;

    /* Each was judged alone: they are integers, and small enough to be added. */
    (void)sm_json_integer(reading->nodes[SM_BATCH_COMPLETED_RECORDS_TOTAL], &total);
    (void)sm_json_integer(reading->nodes[SM_BATCH_COMPLETED_RECORDS_PROCESSED], &processed);
    if (reading->nodes[SM_BATCH_COMPLETED_RECORDS_FAILED] != NULL)
        (void)sm_json_integer(reading->nodes[SM_BATCH_COMPLETED_RECORDS_FAILED], &failed);
    return total == processed + failed ||
           sm__field_refuse(reading, SM_CODE_COUNTS_DISAGREE, SM_BATCH_COMPLETED_RECORDS_TOTAL,
                            "the sum of records_processed and records_failed");
}
