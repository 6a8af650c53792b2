/* Schemas of the registry: a partition whose next record is by one that is not known yet waits, and
 * the others go on.
 *
 *   record ──► lacks ──► ask ──► FOUND, UNKNOWN ──► the partition is fetched again from there
 *                          └──► AWAY: told now and then; it waits
 *
 * While it waits nothing of it is fetched: what came behind would only be thrown away. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/engine_priv.h"

enum {
    WARN_INTERVAL_US = 30000000,
    FORGET_US = 60000000 /* how long the registry is believed that it does not have a schema */
};

/* With too many questions open it is put again by the next step. */
static void ask(struct sm_engine *engine, uint32_t id)
{
    (void)engine->options.schemas->ops->ask(engine->options.schemas, id);
}

/* False: it was asked for. */
static bool is_known(struct sm_engine *engine, const struct sm_record *record, uint32_t *id)
{
    if (!sm_decoder_lacks(engine->decoder, record, id))
        return true;
    ask(engine, *id);
    return false;
}

bool sm__schemas_admit(struct sm_engine *engine, struct sm__partition *partition,
                       const struct sm_record *record)
{
    if (is_known(engine, record, &partition->schema_id))
        return true;
    partition->lacks_schema = true;
    partition->fetch_due = true;
    engine->assign_due = true;
    return false;
}

bool sm__schemas_ready(struct sm_engine *engine, const struct sm_record *record)
{
    uint32_t id;

    return is_known(engine, record, &id);
}

static void go_on(struct sm_engine *engine, uint32_t id)
{
    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (!partition->lacks_schema || partition->schema_id != id)
            continue;
        partition->lacks_schema = false;
        partition->wait_reason[0] = '\0';
        partition->wait_pending = partition->wait_noted;
        engine->assign_due = true;
    }
    engine->had_progress = true;
}

/* Whoever asks the database sees what a partition waits for. */
static void note_away(struct sm_engine *engine, const struct sm_schemas_answer *answer)
{
    char reason[SM_ERR_TEXT_SIZE];

    (void)snprintf(reason, sizeof(reason), "schema %" PRIu32 " cannot be had: %.400s", answer->id,
                   answer->err->text);
    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (!partition->lacks_schema || partition->schema_id != answer->id ||
            strcmp(partition->wait_reason, reason) == 0)
            continue;
        partition->wait_pending = true;
        engine->had_progress = true;
        memcpy(partition->wait_reason, reason, sizeof(reason));
    }
}

static void warn_away(struct sm_engine *engine, const struct sm_schemas_answer *answer)
{
    unsigned suppressed = 0;

    engine->schemas.away = true;
    if (sm_log_limit_pass(&engine->schemas.limit, sm_clock_monotonic(engine->clock),
                          WARN_INTERVAL_US, &suppressed))
        sm_log(SM_LOG_WARN, "engine", NULL,
               "schema %" PRIu32 " cannot be had, and what is written by it waits (%u more like "
               "this): %s",
               answer->id, suppressed, answer->err->text);
}

static void take_answer(void *context, const struct sm_schemas_answer *answer)
{
    struct sm_engine *engine = context;

    if (answer->outcome == SM_SCHEMAS_AWAY) {
        warn_away(engine, answer);
        note_away(engine, answer);
        return;
    }
    if (engine->schemas.away)
        sm_log(SM_LOG_INFO, "engine", NULL, "the schema registry answers again");
    engine->schemas.away = false;
    if (answer->outcome == SM_SCHEMAS_FOUND)
        sm_decoder_add(engine->decoder, answer->id, answer->text);
    else
        sm_decoder_add_unknown(engine->decoder, answer->id, answer->err->text);
    go_on(engine, answer->id);
}

void sm__schemas_step(struct sm_engine *engine)
{
    const struct sm_schemas_sink sink = { engine, take_answer };
    struct sm_schemas *schemas = engine->options.schemas;
    int64_t now;

    if (schemas == NULL)
        return;
    for (size_t i = 0; i < engine->partition_count; i++) {
        if (engine->partitions[i].lacks_schema)
            ask(engine, engine->partitions[i].schema_id);
    }
    schemas->ops->step(schemas, &sink);
    now = sm_clock_monotonic(engine->clock);
    if (now < engine->schemas.forget_us)
        return;
    sm_decoder_forget_unknown(engine->decoder);
    engine->schemas.forget_us = now + FORGET_US;
}

void sm__schemas_wait(const struct sm_engine *engine, struct pollfd *fds, size_t *count,
                      int64_t *wake_us)
{
    struct sm_schemas *schemas = engine->options.schemas;
    int64_t at_us = INT64_MAX;

    if (schemas == NULL)
        return;
    *count += schemas->ops->wait(schemas, fds + *count, &at_us);
    if (at_us < *wake_us)
        *wake_us = at_us;
}
