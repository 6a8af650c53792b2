/* Admission: the questions, in the order in which they are asked. Each returns true where the next
 * one is to be asked, else the verdict stands. */
#include "domain/admit.h"

#include "domain/data.h"
#include "domain/domain_priv.h"

/* Later versions of a stream are 1 us apart at the least, and must still be times that RFC 3339 can
 * say: so nobody may put an event at the very end of time. */
#define TIME_LAST (SM_TIME_MAX - 86400 * (int64_t)1000000)

static bool refuse(struct sm_verdict *out)
{
    out->kind = SM_VERDICT_REJECTED;
    return false;
}

static struct sm_slice show_time(int64_t time_us, char text[SM_TIMESTAMP_TEXT_SIZE + 1])
{
    /* A broker hands on any timestamp that a producer made up. */
    int64_t known = time_us < SM_TIME_MIN ? SM_TIME_MIN : time_us;

    sm_timestamp_format(known > SM_TIME_MAX ? SM_TIME_MAX : known, text);
    return sm_slice_of(text);
}

static bool ask_time(const struct sm_admission *admission, const struct sm_event *event,
                     struct sm_verdict *out)
{
    char own[SM_TIMESTAMP_TEXT_SIZE + 1];
    char record[SM_TIMESTAMP_TEXT_SIZE + 1];
    int64_t ahead_max_us = admission->options->time_ahead_max_us;
    int64_t latest;

    if (event->time_us > TIME_LAST) {
        sm_reject(&out->rejection, SM_CODE_TIME_AHEAD, "time", show_time(event->time_us, own),
                  "time is %s; expected one that leaves room for later versions", own);
        return refuse(out);
    }
    if (admission->record_time_us == SM_TIME_NONE ||
        __builtin_add_overflow(admission->record_time_us, ahead_max_us, &latest) ||
        event->time_us <= latest)
        return true;
    show_time(admission->record_time_us, record);
    sm_reject(&out->rejection, SM_CODE_TIME_AHEAD, "time", show_time(event->time_us, own),
              "time is %s; expected at most %lld s after the record's timestamp, %s", own,
              (long long)(ahead_max_us / 1000000), record);
    return refuse(out);
}

static bool ask_seen(const struct sm_seen *seen, const struct sm_event *event,
                     struct sm_verdict *out)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    if (seen->where == SM_SEEN_NOWHERE)
        return true;
    if (sm_digest_equal(&seen->content_hash, &event->content_hash)) {
        out->kind = SM_VERDICT_DUPLICATE;
        return false;
    }
    /* What was refused may be sent again, corrected, under its id. */
    if (seen->where == SM_SEEN_IN_DEAD_LETTERS)
        return true;
    sm_uuid_format(&event->id, id);
    sm_reject(&out->rejection, SM_CODE_EVENT_ID_CONFLICT, "id", sm_slice_of(id),
              "id %s is in the log with other content; expected a new id for another event", id);
    return refuse(out);
}

static bool refuse_client(const struct sm_event *event, enum sm_rejection_code code,
                          const char *state, struct sm_verdict *out)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(&event->client_id, id);
    sm_reject(&out->rejection, code, "subject", sm_slice_of(id), "client %s %s", id, state);
    return refuse(out);
}

static bool reactivates(const struct sm_event *event)
{
    const struct sm_value *status = &event->values[SM_STATUS_CHANGED_STATUS];

    return event->type == SM_EVENT_CLIENT_STATUS_CHANGED && status->type == SM_VALUE_TEXT &&
           sm_slice_equal(status->text,
                          sm_slice_of(sm_client_status_name(SM_CLIENT_STATUS_ACTIVE)));
}

static bool ask_client(const struct sm_client *client, const struct sm_event *event,
                       struct sm_verdict *out)
{
    bool registers = event->type == SM_EVENT_CLIENT_REGISTERED;

    if (!client->exists)
        return registers || refuse_client(event, SM_CODE_CLIENT_UNKNOWN,
                                          "is not registered; expected client.registered first",
                                          out);
    if (registers)
        return refuse_client(event, SM_CODE_CLIENT_EXISTS,
                             "is registered already; expected client.updated for a change", out);
    if (client->status != SM_CLIENT_STATUS_ARCHIVED || reactivates(event))
        return true;
    return refuse_client(event, SM_CODE_CLIENT_ARCHIVED,
                         "is archived; expected client.status_changed with status active first",
                         out);
}

/* An organization id becomes part of table names, so two living clients never share one. It is only
 * gained by a registration and by coming back from the archive. */
static bool ask_organization(const struct sm_admission *admission, const struct sm_event *event,
                             struct sm_verdict *out)
{
    const struct sm_client *client = admission->client;
    bool registers = event->type == SM_EVENT_CLIENT_REGISTERED;
    bool returns = client->exists && client->status == SM_CLIENT_STATUS_ARCHIVED;
    struct sm_slice id =
        registers ? event->values[SM_REGISTERED_ORGANIZATION_ID].text : client->organization_id;

    if (!admission->organization_taken || !(registers || returns))
        return true;
    sm_reject(&out->rejection, SM_CODE_ORGANIZATION_TAKEN, "data.organization_id", id,
              "organization id %.*s belongs to another client that is not archived",
              (int)(id.size < 100 ? id.size : 100), (const char *)id.data);
    return refuse(out);
}

static bool ask_tenant_mode(const struct sm_client *client, const struct sm_event *event,
                            struct sm_verdict *out)
{
    const struct sm_value *mode = &event->values[SM_CONFIRMED_TENANT_MODE];
    const char *set = sm_tenant_mode_name(client->tenant_mode);

    if (mode->type != SM_VALUE_TEXT || sm_slice_equal(mode->text, sm_slice_of(set)))
        return true;
    sm_reject(&out->rejection, SM_CODE_TENANT_MODE_DIFFERS, "data.tenant_mode", mode->text,
              "data.tenant_mode is not the one that is set; expected %s", set);
    return refuse(out);
}

static bool refuse_feature(const struct sm_event *event, enum sm_rejection_code code,
                           const char *state, struct sm_verdict *out)
{
    sm_reject(&out->rejection, code, "data.feature_type", event->key, "feature type %.*s %s",
              (int)(event->key.size < 100 ? event->key.size : 100), (const char *)event->key.data,
              state);
    return refuse(out);
}

static bool ask_rules(const struct sm_admission *admission, const struct sm_event *event,
                      struct sm_verdict *out)
{
    switch (event->type) {
    case SM_EVENT_CLIENT_REGISTERED:
    case SM_EVENT_CLIENT_STATUS_CHANGED:
        return ask_organization(admission, event, out);
    case SM_EVENT_CLIENT_CONFIG_CONFIRMED:
        return ask_tenant_mode(admission->client, event, out);
    case SM_EVENT_FEATURE_CONFIG_CHANGED:
        return admission->feature_type_known ||
               refuse_feature(event, SM_CODE_FEATURE_TYPE_UNKNOWN,
                              "is not defined; expected one of feature_types", out);
    case SM_EVENT_FEATURE_CONFIG_DEACTIVATED:
        return admission->stream->head.active_at != SM_TIME_NONE ||
               refuse_feature(event, SM_CODE_NOTHING_ACTIVE,
                              "has no active version; expected feature_config.changed first", out);
    case SM_EVENT_CLIENT_UPDATED:
    case SM_EVENT_CLIENT_TENANT_MODE_CHANGED:
    case SM_EVENT_CLIENT_CONFIG_REVOKED:
    case SM_EVENT_TYPE_COUNT:
        break;
    }
    return true;
}

static bool ask_version(const struct sm_head *head, const struct sm_event *event,
                        struct sm_verdict *out)
{
    struct sm__words sent;

    if (event->expected_version == SM_VERSION_ANY || event->expected_version == head->version)
        return true;
    /* The codec lets only versions from 0 pass. */
    sent.size = 0;
    sm__words_add_number(&sent, (uint64_t)event->expected_version);
    sm_reject(&out->rejection, SM_CODE_VERSION_CONFLICT, "expectedversion", sm_slice_of(sent.text),
              "expectedversion is %d; expected %d, the stream's last version",
              (int)event->expected_version, (int)head->version);
    return refuse(out);
}

void sm_admit(const struct sm_admission *admission, const struct sm_event *event,
              struct sm_verdict *out)
{
    out->rejection.code = SM_CODE_NONE;
    if (!ask_time(admission, event, out) || !ask_seen(&admission->seen, event, out) ||
        !ask_client(admission->client, event, out) || !ask_rules(admission, event, out) ||
        !ask_version(&admission->stream->head, event, out))
        return;
    out->kind = SM_VERDICT_FACT;
}

bool sm_event_touches_gate(enum sm_event_type type)
{
    switch (type) {
    case SM_EVENT_CLIENT_REGISTERED:
    case SM_EVENT_CLIENT_STATUS_CHANGED:
    case SM_EVENT_CLIENT_TENANT_MODE_CHANGED:
    case SM_EVENT_CLIENT_CONFIG_CONFIRMED:
    case SM_EVENT_CLIENT_CONFIG_REVOKED:
        return true;
    case SM_EVENT_CLIENT_UPDATED:
    case SM_EVENT_FEATURE_CONFIG_CHANGED:
    case SM_EVENT_FEATURE_CONFIG_DEACTIVATED:
    case SM_EVENT_TYPE_COUNT:
        break;
    }
    return false;
}
