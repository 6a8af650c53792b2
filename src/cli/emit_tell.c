/* What `emit` tells: refused lines, events without an answer, progress, summary. */
#include <inttypes.h>

#include "cli/emit_priv.h"

/* The reason names field and value itself. */
void sm__emit_tell_refused(struct sm__emit *emit, const struct sm_rejection *rejection)
{
    emit->refused++;
    sm__progress_wipe(&emit->progress);
    (void)fprintf(stderr, "secretmagic: %s:%" PRIu64 ": refused: %s: %s\n", emit->input,
                  emit->lines.number, sm_rejection_code_name(rejection->code), rejection->reason);
}

void sm__emit_tell_failed(struct sm__emit *emit, const struct sm__sent *sent, const char *text)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    emit->failed++;
    sm_uuid_format(&sent->id, id);
    sm__progress_wipe(&emit->progress);
    (void)fprintf(stderr, "secretmagic: %s:%" PRIu64 ": event %s was not acknowledged: %s\n",
                  emit->input, sent->line, id, text);
}

void sm__emit_tell_progress(struct sm__emit *emit)
{
    char text[128];
    uint64_t acknowledged = 0;

    for (size_t i = 0; i < SM_TOPIC_COUNT; i++)
        acknowledged += emit->acknowledged[i];
    (void)snprintf(text, sizeof(text),
                   "%" PRIu64 " sent, %" PRIu64 " acknowledged, %" PRIu64 " refused", emit->sent,
                   acknowledged, emit->refused);
    sm__progress_show(&emit->progress, emit->lines.bytes, text);
}

/* "avro, schema 3", "json". */
static void format_words(const struct sm__emit *emit, unsigned topic, char out[64])
{
    const char *name = sm_option_table[SM_OPTION_FORMAT].choices[emit->format];

    if (emit->format == SM_FORMAT_AVRO)
        (void)snprintf(out, 64, "%s, schema %" PRIu32, name, emit->schema_ids[topic]);
    else
        (void)snprintf(out, 64, "%s", name);
}

/* With a line for each event on standard output the summary is talk, else it is the result. */
void sm__emit_tell_summary(struct sm__emit *emit)
{
    bool lines = sm_options_flag(emit->options, SM_OPTION_VERBOSE) || emit->publisher == NULL;
    bool none = true;
    FILE *out = lines ? stderr : stdout;

    sm__progress_wipe(&emit->progress);
    for (unsigned i = 0; i < SM_TOPIC_COUNT; i++) {
        char format[64];

        format_words(emit, i, format);
        if (emit->acknowledged[i] > 0)
            (void)fprintf(out, "%s: %" PRIu64 " acknowledged (%s)\n",
                          sm__wire_topic(emit->wire, (enum sm_topic)i), emit->acknowledged[i],
                          format);
        none = none && emit->acknowledged[i] == 0;
    }
    if (emit->publisher == NULL)
        (void)fprintf(out, "%" PRIu64 " could be sent\n", emit->sent);
    else if (none)
        (void)fprintf(out, "0 acknowledged\n");
    if (emit->failed > 0)
        (void)fprintf(out, "%" PRIu64 " not acknowledged\n", emit->failed);
    if (emit->refused > 0)
        (void)fprintf(out, "%" PRIu64 " refused\n", emit->refused);
}
