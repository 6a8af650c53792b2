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

static bool ask_seen(const struct sm_admission *admission, const struct sm_event *event,
                     struct sm_verdict *out)
{
    const struct sm_seen *seen = &admission->seen;
    char id[SM_UUID_TEXT_SIZE + 1];

    if (seen->where == SM_SEEN_NOWHERE ||
        (seen->where == SM_SEEN_IN_DEAD_LETTERS && admission->cause != SM_CAUSE_LIVE))
        return true; /* what waits may have come from a dead letter that was retried: itself */
    if (sm_digest_equal(&seen->content_hash, &event->content_hash)) {
        out->kind = SM_VERDICT_DUPLICATE;
        return false;
    }
    /* What was refused may be sent again, corrected, under its id. */
    if (seen->where == SM_SEEN_IN_DEAD_LETTERS)
        return true;
    sm_uuid_format(&event->id, id);
    sm_reject(&out->rejection, SM_CODE_EVENT_ID_CONFLICT, "id", sm_slice_of(id),
              "id %s is %s with other content; expected a new id for another event", id,
              seen->where == SM_SEEN_PARKED ? "in the waiting room" : "in the log");
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

static bool park(enum sm_wait_for what, struct sm_slice code, struct sm_verdict *out)
{
    out->kind = SM_VERDICT_PARKED;
    out->wait = (struct sm_wait){ what, code };
    return false;
}

static bool ask_client(const struct sm_client_brief *client, const struct sm_event *event,
                       struct sm_verdict *out)
{
    bool registers = event->type == SM_EVENT_CLIENT_REGISTERED;

    /* Nothing may wait behind an acknowledgement, so it waits for its command from the start. */
    if (!client->exists && sm_event_type_is_acknowledgement(event->type))
        return park(SM_WAIT_COMMAND, SM_SLICE_NONE, out);
    if (!client->exists)
        return registers || park(SM_WAIT_CLIENT, SM_SLICE_NONE, out);
    if (registers)
        return refuse_client(event, SM_CODE_CLIENT_EXISTS,
                             "is registered already; expected client.updated for a change", out);
    /* Whoever is gone may still ask for what is known of him to be erased, and his tables are still
     * to be put aside. */
    if (client->status != SM_CLIENT_STATUS_ARCHIVED || reactivates(event) ||
        event->type == SM_EVENT_CLIENT_ERASED || sm_event_type_is_of_tenant(event->type))
        return true;
    return refuse_client(event, SM_CODE_CLIENT_ARCHIVED,
                         "is archived; expected client.status_changed with status active first",
                         out);
}

static bool ask_command(const struct sm_tenant *tenant, const struct sm_event *event,
                        struct sm_verdict *out)
{
    struct sm_uuid id = SM_UUID_NIL;

    if (!sm_event_type_is_acknowledgement(event->type))
        return true;
    (void)sm_uuid_parse(event->values[SM_ACKNOWLEDGED_COMMAND_ID].text, &id);
    return sm_tenant_knows(tenant, &id) || park(SM_WAIT_COMMAND, SM_SLICE_NONE, out);
}

static bool ask_reference(const struct sm_reference *reference,
                          const struct sm_reference_state *state, const struct sm_event *event,
                          struct sm_arena *arena, struct sm_verdict *out)
{
    if (!state->known && reference->kind == SM_REFERENCE_FEATURE_TYPE)
        return park(SM_WAIT_FEATURE_TYPE, reference->code, out);
    if (!state->known && reference->kind == SM_REFERENCE_DATA_TYPE)
        return park(SM_WAIT_DATA_TYPE, reference->code, out);
    if (!state->known) {
        sm_reject(
            &out->rejection, SM_CODE_TIME_ZONE_UNKNOWN, "data.timezone", reference->code,
            "PostgreSQL does not know the time zone %.*s; expected a name that is in its view "
            "pg_timezone_names",
            (int)reference->code.size, (const char *)reference->code.data);
        return refuse(out);
    }
    if (event->type != SM_EVENT_FEATURE_CONFIG_CHANGED || state->config_rules.data == NULL ||
        sm__config_rules_check(state->config_rules, event->values[SM_FEATURE_CHANGED_CONFIG].text,
                               arena, &out->rejection))
        return true;
    return refuse(out);
}

static bool ask_references(const struct sm_admission *admission, const struct sm_event *event,
                           struct sm_verdict *out)
{
    struct sm_reference references[SM_REFERENCES_MAX];
    size_t count = sm_event_references(event, references);

    for (size_t i = 0; i < count; i++) {
        if (!ask_reference(&references[i], &admission->references[i], event, admission->arena,
                           out))
            return false;
    }
    return true;
}

static bool ask_gate_and_queue(const struct sm_admission *admission, const struct sm_event *event,
                               struct sm_verdict *out)
{
    if (sm_event_type_is_gated(event->type) && !sm_client_gate_open(&admission->client))
        return park(SM_WAIT_GATE, SM_SLICE_NONE, out);
    return !(sm_event_type_queues(event->type) &&
             (admission->stream_waits || admission->gated_waits)) ||
           park(SM_WAIT_QUEUE, SM_SLICE_NONE, out);
}

/* An organization id becomes part of table names, so two clients with tables never share one. It is
 * only gained by a registration and by coming back from the archive. */
static bool ask_organization(const struct sm_admission *admission, const struct sm_event *event,
                             struct sm_verdict *out)
{
    const struct sm_client *client = &admission->stream->client;
    bool registers = event->type == SM_EVENT_CLIENT_REGISTERED;
    bool returns = client->exists && client->status == SM_CLIENT_STATUS_ARCHIVED;
    struct sm_slice id =
        registers ? event->values[SM_REGISTERED_ORGANIZATION_ID].text : client->organization_id;

    if (!admission->organization_taken || !(registers || returns))
        return true;
    sm_reject(&out->rejection, SM_CODE_ORGANIZATION_TAKEN, "data.organization_id", id,
              "organization id %.*s belongs to another client, or to its tables",
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

/* What an operator decides by what he has seen must still be so. */
static bool ask_step(const struct sm_tenant *tenant, const struct sm_event *event,
                     struct sm_verdict *out)
{
    const struct sm_value *step = &event->values[SM_DECISION_STEP];
    const struct sm_value *command = &event->values[SM_DECISION_COMMAND_ID];
    const char *name = sm_tenant_name(SM_TENANT_WORD_STEP, tenant->step);
    char id[SM_UUID_TEXT_SIZE + 1];
    struct sm_uuid sent;

    if (step->type == SM_VALUE_TEXT && !sm_slice_equal(step->text, sm_slice_of(name))) {
        sm_reject(&out->rejection, SM_CODE_TENANT_STEP_DIFFERS, "data.step", step->text,
                  "data.step is not the step that the tenant is at; expected %s", name);
        return refuse(out);
    }
    if (command->type != SM_VALUE_TEXT || !sm_uuid_parse(command->text, &sent) ||
        sm_uuid_equal(&sent, &tenant->command_id))
        return true;
    sm_uuid_format(&tenant->command_id, id);
    sm_reject(&out->rejection, SM_CODE_TENANT_STEP_DIFFERS, "data.command_id", command->text,
              "data.command_id is not the tenant's last command; expected %s", id);
    return refuse(out);
}

static bool ask_tenant(const struct sm_tenant *tenant, const struct sm_event *event,
                       struct sm_verdict *out)
{
    static const struct {
        enum sm_event_type type;
        enum sm_rejection_code code;
        const char *expected;
    } refusals[] = {
        { SM_EVENT_TENANT_APPROVED, SM_CODE_TENANT_NOT_WAITING, "one that waits for approval" },
        { SM_EVENT_TENANT_RETRIED, SM_CODE_TENANT_NOT_WAITING,
          "one with a step under way, or failed" },
        { SM_EVENT_TENANT_ABORTED, SM_CODE_TENANT_NOT_ABORTABLE,
          "one that is provisioned or migrated, before clean_up, or that waits for approval" },
        { SM_EVENT_TENANT_DROP_REQUESTED, SM_CODE_TENANT_NOT_ARCHIVED,
          "an archived client, its tables put aside" },
    };
    const char *state = sm_tenant_name(SM_TENANT_WORD_STATE, tenant->state);
    size_t at = 0;

    if (sm_tenant_allows(tenant, event->type))
        return event->type == SM_EVENT_TENANT_DROP_REQUESTED || ask_step(tenant, event, out);
    while (refusals[at].type != event->type)
        at++;
    sm_reject(&out->rejection, refusals[at].code, "subject", sm_slice_of(state),
              "the tenant is %s and waits for %s; expected %s", state,
              sm_tenant_name(SM_TENANT_WORD_WAITS, tenant->waits), refusals[at].expected);
    return refuse(out);
}

static bool refuse_key(const struct sm_event *event, enum sm_rejection_code code, const char *field,
                       const char *what, const char *state, struct sm_verdict *out)
{
    sm_reject(&out->rejection, code, field, event->key, "%s %.*s %s", what,
              (int)(event->key.size < 100 ? event->key.size : 100), (const char *)event->key.data,
              state);
    return refuse(out);
}

static bool is_running(const struct sm_row *row, size_t column)
{
    return row->exists && row->columns[column].type == SM_VALUE_TEXT &&
           sm_slice_equal(row->columns[column].text, SM_SLICE("running"));
}

static bool ask_batch(const struct sm_row *row, const struct sm_event *event,
                      struct sm_verdict *out)
{
    if (event->type == SM_EVENT_BATCH_STARTED)
        return !row->exists ||
               refuse_key(event, SM_CODE_BATCH_EXISTS, "data.batch_id", "batch",
                          "was started before; expected a new id for another batch", out);
    if (!row->exists)
        return refuse_key(event, SM_CODE_BATCH_UNKNOWN, "data.batch_id", "batch",
                          "was never started; expected batch.started first", out);
    return is_running(row, SM_BATCH_STATUS) ||
           refuse_key(event, SM_CODE_BATCH_ENDED, "data.batch_id", "batch",
                      "has ended before; expected one end of each batch", out);
}

static bool ask_bom(const struct sm_row *row, const struct sm_event *event, struct sm_verdict *out)
{
    if (event->type == SM_EVENT_BOM_EXPLOSION_STARTED || is_running(row, SM_BOM_STATUS))
        return true;
    return refuse_client(event, SM_CODE_RUN_NOT_ACTIVE,
                         "has no BOM explosion running; expected bom_explosion.started first", out);
}

static bool ask_active(const struct sm_head *head, const struct sm_event *event,
                       struct sm_verdict *out)
{
    if (head->active_at != SM_TIME_NONE)
        return true;
    if (event->type == SM_EVENT_FEATURE_CONFIG_DEACTIVATED)
        return refuse_key(event, SM_CODE_NOTHING_ACTIVE, "data.feature_type", "feature type",
                          "has no active version; expected feature_config.changed first", out);
    return refuse_client(event, SM_CODE_NOTHING_ACTIVE,
                         event->type == SM_EVENT_BOM_CONFIG_DEACTIVATED
                             ? "has no active BOM configuration; expected bom_config.changed first"
                             : "has no active schedule; expected client_schedule.changed first",
                         out);
}

static bool ask_rules(const struct sm_admission *admission, const struct sm_event *event,
                      struct sm_verdict *out)
{
    enum sm_event_type type = event->type;
    enum sm_kind kind = sm_event_type_kind(type);

    if (type == SM_EVENT_CLIENT_REGISTERED || type == SM_EVENT_CLIENT_STATUS_CHANGED)
        return ask_organization(admission, event, out);
    if (type == SM_EVENT_CLIENT_CONFIG_CONFIRMED)
        return ask_tenant_mode(&admission->stream->client, event, out);
    if (sm_event_type_is_of_tenant(type))
        return sm_event_type_is_acknowledgement(type) ||
               ask_tenant(&admission->stream->client.tenant, event, out);
    if (type == SM_EVENT_FEATURE_CONFIG_DEACTIVATED || type == SM_EVENT_BOM_CONFIG_DEACTIVATED ||
        type == SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED)
        return ask_active(&admission->stream->head, event, out);
    if (kind == SM_KIND_BATCH)
        return ask_batch(&admission->stream->row, event, out);
    return kind != SM_KIND_BOM_EXPLOSION || ask_bom(&admission->stream->row, event, out);
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

/* What was refused must not, by a retry, replace what came after it. */
static bool ask_newer(const struct sm_admission *admission, const struct sm_event *event,
                      struct sm_verdict *out)
{
    const struct sm_head *head = &admission->stream->head;
    char own[SM_TIMESTAMP_TEXT_SIZE + 1];
    char last[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (admission->cause != SM_CAUSE_RETRIED || head->version == 0 ||
        head->last_at < event->time_us)
        return true;
    show_time(head->last_at, last);
    sm_reject(&out->rejection, SM_CODE_STATE_NEWER, "time", show_time(event->time_us, own),
              "time is %s, and its stream has version %d of %s; hint: --force applies it "
              "nevertheless",
              own, (int)head->version, last);
    return refuse(out);
}

static bool ask_expired(const struct sm_admission *admission, struct sm_verdict *out)
{
    if (admission->cause != SM_CAUSE_EXPIRED)
        return true;
    sm_reject(&out->rejection, SM_CODE_PARKED_EXPIRED, "", SM_SLICE_NONE,
              "what it waited for did not happen in time; hint: retry it when it has");
    return refuse(out);
}

/* Of global types and log lines there is no client to ask, and no version of a log line. */
static bool ask_state(const struct sm_admission *admission, const struct sm_event *event,
                      struct sm_verdict *out)
{
    if (sm_event_type_kind(event->type) == SM_KIND_LOG)
        return true;
    return (sm_event_type_is_global(event->type) ||
            ask_client(&admission->client, event, out)) &&
           ask_command(&admission->stream->client.tenant, event, out) &&
           ask_references(admission, event, out) && ask_gate_and_queue(admission, event, out) &&
           ask_rules(admission, event, out) &&
           ask_version(&admission->stream->head, event, out) &&
           ask_newer(admission, event, out);
}

void sm_admit(const struct sm_admission *admission, const struct sm_event *event,
              struct sm_verdict *out)
{
    out->rejection.code = SM_CODE_NONE;
    if (ask_expired(admission, out) && ask_time(admission, event, out) &&
        ask_seen(admission, event, out) && ask_state(admission, event, out))
        out->kind = SM_VERDICT_FACT;
}

bool sm_event_touches_gate(enum sm_event_type type)
{
    enum sm_reference_kind defined;

    return (sm_event_type_kind(type) == SM_KIND_CLIENT && type != SM_EVENT_CLIENT_UPDATED) ||
           sm_event_type_defines(type, &defined);
}
