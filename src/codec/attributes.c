/* CloudEvents attributes: names, rules, and what they make of an event.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
#include "codec/attributes.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/utf8.h"

static const char *const names[SM__ATTRIBUTE_COUNT] = {
    "specversion",     "id",    "source",        "type",        "subject",     "time",
    "datacontenttype", "actor", "correlationid", "causationid", "traceparent", "expectedversion",
};
static const uint8_t name_sizes[SM__ATTRIBUTE_COUNT] = { 11, 2, 6, 4, 7, 4, 15, 5, 13, 11, 11, 15 };

enum sm__attribute sm__attribute_find(struct sm_slice name)
{
    for (unsigned i = 0; i < SM__ATTRIBUTE_COUNT; i++) {
        if (name.size == name_sizes[i] && memcmp(name.data, names[i], name.size) == 0)
            return (enum sm__attribute)i;
    }
    return SM__ATTRIBUTE_COUNT;
}

const char *sm__attribute_name(enum sm__attribute attribute)
{
    return names[attribute];
}

static bool missing(struct sm_rejection *rejection, enum sm__attribute attribute,
                    const char *expected)
{
    sm_reject(rejection, SM_CODE_ATTRIBUTE_MISSING, names[attribute], SM_SLICE_NONE,
              "the attribute %s is not there; expected %s", names[attribute], expected);
    return false;
}

static bool invalid(struct sm_rejection *rejection, enum sm__attribute attribute,
                    struct sm_slice value, const char *expected)
{
    sm_reject(rejection, SM_CODE_ATTRIBUTE_INVALID, names[attribute], value,
              "the attribute %s has a value it cannot have; expected %s", names[attribute],
              expected);
    return false;
}

static bool read_uuid(struct sm_slice text, enum sm__attribute attribute, struct sm_uuid *out,
                      struct sm_rejection *rejection)
{
    static const char expected[] = "a UUID of 36 characters that is not nil";

    if (text.data == NULL)
        return missing(rejection, attribute, expected);
    if (!sm_uuid_parse(text, out) || sm_uuid_is_nil(out))
        return invalid(rejection, attribute, text, expected);
    return true;
}

static bool read_type(struct sm_slice text, enum sm_event_type *out, struct sm_rejection *rejection)
{
    if (text.data == NULL)
        return missing(rejection, SM__ATTRIBUTE_TYPE, "a name from the catalogue of events");
    if (sm_event_type_find(text, out))
        return true;
    sm_reject(rejection, SM_CODE_TYPE_UNKNOWN, "type", text,
              "this version does not know the event type; hint: secretmagic help events lists "
              "those it knows; retry the dead letter after an upgrade");
    return false;
}

/* A text of 1 to `chars_max` characters, none of them a control character. */
static bool read_text(const struct sm__attributes *attributes, enum sm__attribute attribute,
                      size_t chars_max, struct sm_slice *out, struct sm_rejection *rejection)
{
    struct sm_slice text = attributes->text[attribute];
    size_t chars = 0;

    *out = text;
    if (text.data == NULL)
        return true;
    /* A character has at least one byte, so most texts need not be counted. */
    if (text.size != 0 && sm_utf8_is_plain(text) &&
        (text.size <= chars_max || (sm_utf8_count(text, &chars) && chars <= chars_max)))
        return true;
    return invalid(rejection, attribute, text,
                   chars_max == 100 ? "1 to 100 characters without control characters"
                                    : "1 to 255 characters without control characters");
}

static bool read_texts(const struct sm__attributes *attributes, struct sm_event *event,
                       struct sm_rejection *rejection)
{
    return read_text(attributes, SM__ATTRIBUTE_ACTOR, 100, &event->actor, rejection) &&
           read_text(attributes, SM__ATTRIBUTE_CORRELATIONID, 255, &event->correlation_id,
                     rejection) &&
           read_text(attributes, SM__ATTRIBUTE_CAUSATIONID, 255, &event->causation_id, rejection) &&
           read_text(attributes, SM__ATTRIBUTE_TRACEPARENT, 255, &event->traceparent, rejection);
}

static bool invalid_number(struct sm_rejection *rejection, enum sm__attribute attribute,
                           int64_t value, const char *expected)
{
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, value);
    return invalid(rejection, attribute, sm_slice_of(number), expected);
}

static bool read_time(const struct sm__attributes *attributes, int64_t *out,
                      struct sm_rejection *rejection)
{
    static const char expected[] = "RFC 3339 with an offset, such as 2026-01-31T12:00:00Z";
    struct sm_slice text = attributes->text[SM__ATTRIBUTE_TIME];

    if (attributes->time_us != NULL) {
        *out = *attributes->time_us;
        return (*out >= SM_TIME_MIN && *out <= SM_TIME_MAX) ||
               invalid_number(rejection, SM__ATTRIBUTE_TIME, *out,
                              "microseconds since 1970 within the years 1 to 9999");
    }
    if (text.data == NULL)
        return missing(rejection, SM__ATTRIBUTE_TIME, expected);
    return sm_timestamp_parse(text, out) || invalid(rejection, SM__ATTRIBUTE_TIME, text, expected);
}

static bool read_version(const struct sm__attributes *attributes, int32_t *out,
                         struct sm_rejection *rejection)
{
    static const char expected[] = "an integer from 0 to 2147483647";
    struct sm_slice text = attributes->text[SM__ATTRIBUTE_EXPECTEDVERSION];
    int64_t number = 0;
    bool good = text.size >= 1 && text.size <= 10;

    *out = SM_VERSION_ANY;
    if (attributes->expected_version != NULL) {
        number = *attributes->expected_version;
        *out = (int32_t)number;
        return (number >= 0 && number <= INT32_MAX) ||
               invalid_number(rejection, SM__ATTRIBUTE_EXPECTEDVERSION, number, expected);
    }
    if (text.data == NULL)
        return true;
    for (size_t i = 0; good && i < text.size; i++) {
        good = text.data[i] >= '0' && text.data[i] <= '9';
        number = number * 10 + (text.data[i] - '0');
    }
    if (!good || number > INT32_MAX)
        return invalid(rejection, SM__ATTRIBUTE_EXPECTEDVERSION, text, expected);
    *out = (int32_t)number;
    return true;
}

/* application/json, text/json or anything/…+json in any case, with or without parameters. */
static bool is_json_type(struct sm_slice text)
{
    size_t size = 0;

    while (size < text.size && text.data[size] != ';' && text.data[size] != ' ')
        size++;
    return size >= 5 && strncasecmp((const char *)text.data + size - 4, "json", 4) == 0 &&
           (text.data[size - 5] == '/' || text.data[size - 5] == '+');
}

static bool read_rest(const struct sm__attributes *attributes, struct sm_event *event,
                      struct sm_rejection *rejection)
{
    struct sm_slice content = attributes->text[SM__ATTRIBUTE_DATACONTENTTYPE];

    if (attributes->text[SM__ATTRIBUTE_SOURCE].data == NULL)
        return missing(rejection, SM__ATTRIBUTE_SOURCE, "the name of the producer");
    if (!read_text(attributes, SM__ATTRIBUTE_SOURCE, 255, &event->source, rejection) ||
        !read_time(attributes, &event->time_us, rejection))
        return false;
    if (content.data != NULL && !is_json_type(content))
        return invalid(rejection, SM__ATTRIBUTE_DATACONTENTTYPE, content, "application/json");
    return read_texts(attributes, event, rejection) &&
           read_version(attributes, &event->expected_version, rejection);
}

static bool read_specversion(struct sm_slice text, struct sm_rejection *rejection)
{
    if (text.data == NULL)
        return missing(rejection, SM__ATTRIBUTE_SPECVERSION, "1.0");
    return sm_slice_equal(text, SM_SLICE("1.0")) ||
           invalid(rejection, SM__ATTRIBUTE_SPECVERSION, text, "1.0");
}

static bool read_subject(struct sm_slice text, struct sm_uuid *out, struct sm_rejection *rejection)
{
    static const char expected[] = "the client's UUID of 36 characters";

    if (text.data == NULL)
        return missing(rejection, SM__ATTRIBUTE_SUBJECT, expected);
    return sm_uuid_parse(text, out) || invalid(rejection, SM__ATTRIBUTE_SUBJECT, text, expected);
}

/* Global types are of no client; log lines may be of one. */
static bool judge_subject(const struct sm_event *event, struct sm_slice text,
                          struct sm_rejection *rejection)
{
    bool nil = sm_uuid_is_nil(&event->client_id);

    if (sm_event_type_kind(event->type) == SM_KIND_LOG ||
        nil == sm_event_type_is_global(event->type))
        return true;
    return invalid(rejection, SM__ATTRIBUTE_SUBJECT, text,
                   nil ? "the client's UUID: the nil UUID is for what belongs to no client"
                       : "the nil UUID, since the type belongs to no client");
}

enum sm_status sm__attributes_read(const struct sm__attributes *attributes, struct sm_event *event,
                                   struct sm_event_known *known, struct sm_rejection *rejection)
{
    struct sm_rejection ignored;
    const struct sm_slice *text = attributes->text;
    bool good = read_specversion(text[SM__ATTRIBUTE_SPECVERSION], rejection);

    known->id = read_uuid(text[SM__ATTRIBUTE_ID], SM__ATTRIBUTE_ID, &event->id,
                          good ? rejection : &ignored);
    good = good && known->id;
    known->type = read_type(text[SM__ATTRIBUTE_TYPE], &event->type, good ? rejection : &ignored);
    good = good && known->type;
    known->client_id =
        read_subject(text[SM__ATTRIBUTE_SUBJECT], &event->client_id, good ? rejection : &ignored);
    good = good && known->client_id && judge_subject(event, text[SM__ATTRIBUTE_SUBJECT], rejection);
    return good && read_rest(attributes, event, rejection) ? SM_OK : SM_REJECT;
}
