/* What stands on the command topic: read back to its true end. */
#include "kafka/command_priv.h"

static enum sm_status take(void *context, const struct sm_record *record, struct sm_err *err)
{
    const struct sm_command_sink *sink = context;
    struct sm_command_place place;

    if (sm__command_read(record, &place))
        return sink->found(sink->context, &place, err);
    sink->foreign(sink->context, record->partition, record->offset);
    return SM_OK;
}

/* A partition that begins above where we were has lost commands that nobody has looked at, and one
 * that ends below it is another one of the same name. The one offset behind what we published is
 * our own transaction's mark, which holds no command. */
static enum sm_status judge_range(const struct sm__commands *commands,
                                  const struct sm_command_scan *scan, int64_t low, int64_t high,
                                  struct sm_err *err)
{
    if (scan->from >= 0 && (scan->from > high || scan->from + 1 < low))
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                          "%s[%d] has offsets %lld to %lld, but is known up to %lld: it was made "
                          "anew, or commands were deleted before they were read back; "
                          "hint: give --command-topic another name, or restore the topic",
                          commands->name, (int)scan->partition, (long long)low, (long long)high,
                          (long long)scan->from);
    return SM_OK;
}

static enum sm_status open_readers(struct sm__commands *commands, struct sm_err *err)
{
    if (commands->ends == NULL &&
        sm_kafka_reader_open(&commands->client, true, commands->timeout_ms, &commands->ends, err) !=
            SM_OK)
        return SM_FATAL;
    if (commands->reader == NULL && sm_kafka_reader_open(&commands->client, false,
                                                         commands->timeout_ms, &commands->reader,
                                                         err) != SM_OK)
        return SM_FATAL;
    return SM_OK;
}

void sm__commands_close_readers(struct sm__commands *commands)
{
    sm_kafka_reader_close(commands->ends);
    sm_kafka_reader_close(commands->reader);
    commands->ends = commands->reader = NULL;
}

/* The end is asked for by the one that sees open transactions: what lies below it is committed or
 * aborted since the fence, unless a stranger's transaction is open, whose end is waited for. */
enum sm_status sm__commands_scan(struct sm_command_topic *port, struct sm_command_scan *scan,
                                 const struct sm_command_sink *sink, struct sm_err *err)
{
    struct sm__commands *commands = (struct sm__commands *)port;
    const struct sm_kafka_visitor visitor = { (void *)(uintptr_t)sink, take };
    int64_t low = 0, high = 0, from;
    enum sm_status status = open_readers(commands, err);

    if (status == SM_OK)
        status = sm_kafka_reader_watermarks(commands->ends, commands->name, scan->partition, &low,
                                            &high, err);
    if (status == SM_OK)
        status = judge_range(commands, scan, low, high, err);
    from = scan->from < low ? low : scan->from;
    if (status == SM_OK && from < high)
        status = sm_kafka_reader_walk(commands->reader, commands->name, scan->partition, from, high,
                                      &visitor, err);
    scan->next_offset = high;
    return status;
}
