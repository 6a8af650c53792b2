/* `help events`: the catalogue for a terminal. */
#include "cli/command.h"
#include "cli/help_words.h"
#include "domain/feature_config.h"

#define WORDS_SIZE_MAX 4096
#define INDENT         4

static void append_heading(struct sm_buf *out, const char *text)
{
    sm_buf_printf(out, "\n%s\n\n", text);
}

/* "  name: words", continued below the name. */
static void append_item(struct sm_buf *out, const char *name, const char *words)
{
    struct sm_buf line;

    sm_buf_init(&line, WORDS_SIZE_MAX);
    sm_buf_printf(&line, "%s: %s", name, words);
    sm__help_wrap(out, INDENT, INDENT + 4, line.data);
    sm_buf_deinit(&line);
}

static void append_event(struct sm_buf *out, enum sm_event_type type)
{
    size_t count = 0;
    const struct sm_field *fields = sm_event_fields(type, &count);
    struct sm_buf words;

    sm_buf_init(&words, WORDS_SIZE_MAX);
    sm_buf_printf(out, "  %s  (", sm_event_type_name(type));
    sm__words_of_type(type, out);
    sm_buf_append_text(out, ")\n");
    for (size_t i = 0; i < count; i++) {
        sm_buf_reset(&words);
        sm_buf_append_text(&words, fields[i].required ? "required, " : "");
        sm__words_of_field(type, &fields[i], "", &words);
        append_item(out, fields[i].name, words.data);
    }
    sm_buf_deinit(&words);
}

static void append_references(struct sm_buf *out)
{
    struct sm_buf words;

    sm_buf_init(&words, WORDS_SIZE_MAX);
    for (unsigned i = 0; i < SM_REFERENCE_KIND_COUNT; i++) {
        enum sm_reference_kind kind = (enum sm_reference_kind)i;

        sm_buf_reset(&words);
        sm_buf_append_text(&words, "in ");
        sm__words_of_referring(kind, "", &words);
        sm_buf_append_text(&words, "; defined by ");
        sm__words_of_defining(kind, "", &words);
        sm_buf_append_text(&words, "; of an event that refers to one that is not known: ");
        sm__words_of_unknown(kind, "", &words);
        append_item(out, sm_reference_kind_name(kind), words.data);
    }
    sm_buf_deinit(&words);
}

static void append_waits(struct sm_buf *out)
{
    struct sm_buf words;

    sm_buf_init(&words, WORDS_SIZE_MAX);
    for (unsigned i = 0; i < SM_WAIT_COUNT; i++) {
        enum sm_wait_for what = (enum sm_wait_for)i;

        sm_buf_reset(&words);
        sm_buf_printf(&words, "%s; events: ", sm_wait_words(what));
        sm__words_of_waiting(what, "", &words);
        sm_buf_append_text(&words, "; let go by ");
        sm__words_of_opening(what, "", &words);
        append_item(out, sm_wait_name(what), words.data);
    }
    sm_buf_deinit(&words);
}

static void append_configs(struct sm_buf *out)
{
    size_t count = 0;
    const struct sm_config_rules *types = sm_config_rules(&count);

    for (size_t i = 0; i < count; i++) {
        sm_buf_printf(out, "  %s\n", types[i].feature_type);
        for (size_t k = 0; k < types[i].count; k++) {
            const struct sm_config_rule *rule = &types[i].rules[k];

            sm_buf_printf(out, "    %s: %s%s\n", rule->key, rule->required ? "required, " : "",
                          sm_config_type_expected(rule->type));
        }
    }
}

static void append_codes(struct sm_buf *out)
{
    for (unsigned i = SM_CODE_NONE + 1; i < SM_REJECTION_COUNT; i++)
        sm_buf_printf(out, "  %-20s %s\n", sm_rejection_code_name((enum sm_rejection_code)i),
                      sm_rejection_code_meaning((enum sm_rejection_code)i));
}

void sm_help_events(struct sm_buf *out)
{
    sm__help_wrap(out, 0, 0,
                  "An event is a CloudEvents 1.0 event in JSON: specversion, id (UUID), source, "
                  "type, subject (the client's id, a UUID), time and data; actor, correlationid, "
                  "causationid, traceparent and expectedversion may be there. Below are the types "
                  "with their topic and the fields of their data. Gated ones are applied only "
                  "while the client is active and its configuration confirmed; of global ones the "
                  "subject is the nil UUID.");
    append_heading(out, "types");
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++)
        append_event(out, (enum sm_event_type)i);
    sm_buf_append_byte(out, '\n');
    sm__help_wrap(out, 2, 2,
                  "Of a schedule, kind interval needs interval_minutes, daily needs time_of_day, "
                  "weekly needs time_of_day and days_of_week (Monday is 1), and none takes what it "
                  "does not need. The counts of a completed batch add up: total = processed + "
                  "failed.");
    append_heading(out, "fields that refer to what must be known");
    append_references(out);
    append_heading(out, "what events wait for");
    append_waits(out);
    append_heading(out, "keys of a feature configuration, by feature type; others are kept");
    append_configs(out);
    append_heading(out, "codes of what is refused");
    append_codes(out);
}
