/* Arguments and filters that several commands read alike. */
#include "cli/operand.h"

#include <errno.h>
#include <stdlib.h>

#define ACTOR_CHARS_MAX 100 /* as in an event, and in operator_requests */

enum sm_status sm__operand_wrong(struct sm_err *err, const char *what, const char *value,
                                 const char *expected)
{
    return sm_err_set(err, SM_REJECT, SM_FROM_NONE, "%s has the value '%.60s', but takes %s", what,
                      value, expected);
}

bool sm__operand_id(const char *text, int64_t *out)
{
    char *end = NULL;

    errno = 0;
    *out = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : 0;
    return end != NULL && *end == '\0' && errno == 0 && *out > 0;
}

const char *sm__operand_topic(const struct sm_options *options, const struct sm__wire *wire)
{
    const char *text = sm_options_text(options, SM_OPTION_TOPIC);

    /* No topic of ours is called so. */
    if (text != NULL && strcmp(text, "config") == 0)
        return sm__wire_topic(wire, SM_TOPIC_CONFIG);
    if (text != NULL && strcmp(text, "processing") == 0)
        return sm__wire_topic(wire, SM_TOPIC_PROCESSING);
    return text;
}

enum sm_status sm__operand_client(const struct sm_options *options, struct sm_uuid *id,
                                  const struct sm_uuid **out, struct sm_err *err)
{
    const char *text = sm_options_text(options, SM_OPTION_CLIENT);

    *out = text != NULL ? id : NULL;
    if (text != NULL && !sm_uuid_parse(sm_slice_of(text), id))
        return sm__operand_wrong(err, "option --client", text, "a UUID");
    return SM_OK;
}

static size_t count_chars(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80; /* UTF-8: every byte that begins one */
    return count;
}

enum sm_status sm__operand_actor(const struct sm_options *options, const char **out,
                                 struct sm_err *err)
{
    *out = sm_options_text(options, SM_OPTION_ACTOR);
    if (*out == NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "option --actor is missing; hint: who asks is kept with what is done");
    if (count_chars(*out) > ACTOR_CHARS_MAX)
        return sm__operand_wrong(err, "option --actor", *out, "at most 100 characters");
    return SM_OK;
}

enum sm_status sm__operand_reason(const struct sm_options *options, const char **out,
                                  struct sm_err *err)
{
    *out = sm_options_text(options, SM_OPTION_REASON);
    if (*out == NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "option --reason is missing; hint: why is kept with what is done");
    return SM_OK;
}
