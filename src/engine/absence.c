/* A topic that the broker does not know any more. Where it comes back it may be another one under
 * the same name, so its partitions are claimed again, which reads their anchors first; as long as
 * it does not, each claim ends here again, so they come ever more seldom. */
#include <inttypes.h>

#include "engine/engine_priv.h"

static int64_t next_pause(const struct sm_engine *engine, int64_t pause_us)
{
    int64_t max = engine->options.retry_max_us;

    if (pause_us == 0)
        return engine->options.retry_min_us;
    return pause_us < max / 2 ? pause_us * 2 : max;
}

void sm__absence_begin(struct sm_engine *engine, const struct sm_source_event *event)
{
    struct sm_partition_id gone = event->partitions[0];
    struct sm__absence *absence = &engine->absences[gone.topic];
    int64_t now = sm_clock_monotonic(engine->clock);

    if (absence->pause_us == 0)
        sm_log(SM_LOG_WARN, "engine", NULL, "the %s topic is not there: %s",
               sm__topic_word(gone.topic), event->text);
    absence->pause_us = next_pause(engine, absence->pause_us);
    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (partition->id.topic != gone.topic || partition->phase == SM_PARTITION_STOPPED ||
            (gone.partition >= 0 && gone.partition != partition->id.partition))
            continue;
        sm__partition_retake(partition, SM_TAKEOVER_CLAIM, now + absence->pause_us);
    }
}

void sm__absence_end(struct sm_engine *engine, enum sm_topic topic)
{
    if (engine->absences[topic].pause_us == 0)
        return;
    engine->absences[topic].pause_us = 0;
    sm_log(SM_LOG_INFO, "engine", NULL, "the %s topic is there again", sm__topic_word(topic));
}
