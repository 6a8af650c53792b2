/* The catalogue in words. Lists of types are asked from the domain, type by type. */
#include "cli/help_words.h"

#include <inttypes.h>

#include "domain/rejection.h"

/* ---- fields ---- */

static void append_allowed(const struct sm_field *field, const char *quote, struct sm_buf *out)
{
    for (size_t i = 0; field->allowed[i] != NULL; i++)
        sm_buf_printf(out, "%s%s%s%s", i == 0 ? "" : " or ", quote, field->allowed[i], quote);
}

static void append_text(const struct sm_field *field, const char *quote, struct sm_buf *out)
{
    if (field->allowed != NULL) {
        append_allowed(field, quote, out);
        return;
    }
    sm_buf_append_text(out, field->multiline ? "text, also of several lines, " : "text, ");
    if (field->chars_min != field->chars_max)
        sm_buf_printf(out, "%u to ", field->chars_min);
    sm_buf_printf(out, "%u characters", field->chars_max);
    if (field->pattern != NULL)
        sm_buf_printf(out, ": %s", field->pattern);
}

static void append_range(const struct sm_field *field, const char *what, struct sm_buf *out)
{
    sm_buf_printf(out, "%s, %" PRId64 " to %" PRId64, what, field->integer_min,
                  field->integer_max);
}

static void append_type(const struct sm_field *field, const char *quote, struct sm_buf *out)
{
    switch (field->type) {
    case SM_VALUE_BOOL:
        sm_buf_printf(out, "%strue%s or %sfalse%s", quote, quote, quote, quote);
        return;
    case SM_VALUE_INTEGER:
        append_range(field, "integer", out);
        return;
    case SM_VALUE_LIST:
        append_range(field, "list of different integers", out);
        return;
    case SM_VALUE_TIME:
        sm_buf_append_text(out, "time (RFC 3339)");
        return;
    case SM_VALUE_JSON:
        sm_buf_append_text(out, field->flags ? "object of booleans" : "object");
        return;
    case SM_VALUE_TEXT:
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        append_text(field, quote, out);
        return;
    }
}

void sm__words_of_field(enum sm_event_type type, const struct sm_field *field, const char *quote,
                        struct sm_buf *out)
{
    append_type(field, quote, out);
    if (field->fallback != NULL)
        sm_buf_printf(out, "; default %s%s%s", quote, field->fallback, quote);
    else if (field->type == SM_VALUE_TIME)
        sm_buf_append_text(out, "; default the event's time");
    /* An update is the one type in which not sent and null are two things. */
    if (field->nullable)
        sm_buf_append_text(out, type == SM_EVENT_CLIENT_UPDATED ? "; null clears it"
                                                                : "; null is as not sent");
}

void sm__words_of_type(enum sm_event_type type, struct sm_buf *out)
{
    sm_buf_append_text(out, sm_event_type_topic(type) == SM_TOPIC_CONFIG ? "config" : "processing");
    if (sm_event_type_is_gated(type))
        sm_buf_append_text(out, ", gated");
    if (sm_event_type_is_global(type))
        sm_buf_append_text(out, ", global");
}

/* ---- lists of types ---- */

static void append_listed(const char *name, const char *quote, size_t *count, struct sm_buf *out)
{
    sm_buf_printf(out, "%s%s%s%s", *count == 0 ? "" : ", ", quote, name, quote);
    (*count)++;
}

/* As sm_event_references says of an event of which every field is there. */
static bool refers(enum sm_event_type type, enum sm_reference_kind kind)
{
    struct sm_event event = {.type = type};
    struct sm_reference references[SM_REFERENCES_MAX];
    size_t count;

    for (size_t i = 0; i < SM_VALUES_MAX; i++)
        event.values[i] = (struct sm_value){.type = SM_VALUE_TEXT, .text = SM_SLICE("x")};
    count = sm_event_references(&event, references);
    for (size_t i = 0; i < count; i++) {
        if (references[i].kind == kind)
            return true;
    }
    return false;
}

void sm__words_of_referring(enum sm_reference_kind kind, const char *quote, struct sm_buf *out)
{
    size_t count = 0;

    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        if (refers((enum sm_event_type)i, kind))
            append_listed(sm_event_type_name((enum sm_event_type)i), quote, &count, out);
    }
}

static bool defines(enum sm_event_type type, enum sm_reference_kind kind)
{
    enum sm_reference_kind defined;

    return sm_event_type_defines(type, &defined) && defined == kind;
}

static bool is_defined_by_events(enum sm_reference_kind kind)
{
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        if (defines((enum sm_event_type)i, kind))
            return true;
    }
    return false;
}

void sm__words_of_defining(enum sm_reference_kind kind, const char *quote, struct sm_buf *out)
{
    size_t count = 0;

    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        if (defines((enum sm_event_type)i, kind))
            append_listed(sm_event_type_name((enum sm_event_type)i), quote, &count, out);
    }
    if (count == 0)
        sm_buf_printf(out, "PostgreSQL (%spg_timezone_names%s)", quote, quote);
}

void sm__words_of_unknown(enum sm_reference_kind kind, const char *quote, struct sm_buf *out)
{
    if (is_defined_by_events(kind))
        sm_buf_append_text(out, "it waits");
    else
        sm_buf_printf(out, "it is refused: %s%s%s", quote,
                      sm_rejection_code_name(SM_CODE_TIME_ZONE_UNKNOWN), quote);
}

/* ---- the waiting room ---- */

static void append_gated(const char *quote, struct sm_buf *out)
{
    size_t count = 0;

    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        if (sm_event_type_is_gated((enum sm_event_type)i))
            append_listed(sm_event_type_name((enum sm_event_type)i), quote, &count, out);
    }
}

static const enum sm_reference_kind reference_of[SM_WAIT_COUNT] = {
    [SM_WAIT_FEATURE_TYPE] = SM_REFERENCE_FEATURE_TYPE,
    [SM_WAIT_DATA_TYPE] = SM_REFERENCE_DATA_TYPE,
};

void sm__words_of_waiting(enum sm_wait_for what, const char *quote, struct sm_buf *out)
{
    switch (what) {
    case SM_WAIT_CLIENT:
        sm_buf_printf(out,
                      "all of a client but %sclient.registered%s, acknowledgements and "
                      "%slog.recorded%s",
                      quote, quote, quote, quote);
        return;
    case SM_WAIT_GATE:
        append_gated(quote, out);
        return;
    case SM_WAIT_FEATURE_TYPE:
    case SM_WAIT_DATA_TYPE:
        sm__words_of_referring(reference_of[what], quote, out);
        return;
    case SM_WAIT_COMMAND:
        sm_buf_printf(out, "%stenant.command_applied%s and %stenant.command_failed%s", quote,
                      quote, quote, quote);
        return;
    case SM_WAIT_QUEUE:
        sm_buf_append_text(out, "those behind a waiting one of their stream; gated ones also "
                                "behind a gated one of their client and partition");
        return;
    case SM_WAIT_COUNT:
        return;
    }
}

/* A client that is there is not registered again, so of what opens it that is left to the first.
 * Of a tenant's events only the end of a migration's freeze opens the gate; all may publish a
 * command. */
static bool opens(enum sm_event_type type, enum sm_wait_for what)
{
    bool is_registration = type == SM_EVENT_CLIENT_REGISTERED;

    if (!sm_event_type_opens_client(type) || is_registration != (what == SM_WAIT_CLIENT))
        return false;
    return what == SM_WAIT_COMMAND || !sm_event_type_is_of_tenant(type) ||
           type == SM_EVENT_TENANT_COMMAND_APPLIED;
}

void sm__words_of_opening(enum sm_wait_for what, const char *quote, struct sm_buf *out)
{
    size_t count = 0;

    switch (what) {
    case SM_WAIT_CLIENT:
    case SM_WAIT_GATE:
    case SM_WAIT_COMMAND:
        for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
            if (opens((enum sm_event_type)i, what))
                append_listed(sm_event_type_name((enum sm_event_type)i), quote, &count, out);
        }
        return;
    case SM_WAIT_FEATURE_TYPE:
    case SM_WAIT_DATA_TYPE:
        sm__words_of_defining(reference_of[what], quote, out);
        return;
    case SM_WAIT_QUEUE:
        sm_buf_append_text(out, "whatever lets the one before them go");
        return;
    case SM_WAIT_COUNT:
        return;
    }
}
