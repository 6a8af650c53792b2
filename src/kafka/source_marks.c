/* Watermarks. */
#include "kafka/source_priv.h"

enum sm_status sm__source_watermarks(struct sm_source *port, struct sm_partition_id id,
                                     int timeout_ms, int64_t *low, int64_t *high,
                                     struct sm_err *err)
{
    struct sm__source *source = (struct sm__source *)port;
    rd_kafka_t *handle = sm__source_side(source, err);
    const char *topic = source->topics[id.topic];
    const char *trouble = source->side_talk.trouble;
    rd_kafka_resp_err_t code;

    if (handle == NULL)
        return SM_RETRY;
    code = rd_kafka_query_watermark_offsets(handle, topic, id.partition, low, high, timeout_ms);
    (void)rd_kafka_poll(handle, 0);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        source->side_talk.trouble[0] = '\0';
        return SM_OK;
    }
    (void)sm__kafka_err_set(err, code, "cannot ask for the watermarks of %s[%d]%s%s", topic,
                            (int)id.partition, trouble[0] != '\0' ? ": " : "", trouble);
    return SM_RETRY;
}
