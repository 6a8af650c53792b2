/* The catalogue's rules once more, in numbers and loops. */
#include "base/err.h"
#include "sim/oracle_priv.h"

/* Answers that begin so park: what follows is what is waited for. */
#define PARKED "parked: "

/* What is asked about, and of whom. */
struct question {
    struct oracle *oracle;
    const struct sim_record *record;
    const struct sim_content *content;
    const struct sim_type_info *type;
    const struct oracle_client *client;
    const struct oracle_stream *stream; /* NULL of log lines */
    enum sm_cause cause;
    size_t self; /* index among those that wait; theirs count that are before */
    const char *what; /* answer: the code that is waited for */
};

struct oracle_stream *oracle_stream(struct oracle *oracle, const struct sim_content *content)
{
    const struct sim_type_info *type = sim_type_info(content->type);
    int key = type->key == SIM_F_NONE ? 0 : content->field[type->key];

    SM_ASSERT(key < ORACLE_KEYS);
    return &oracle->streams[content->client][type->kind][key];
}

bool oracle_gate_is_open(const struct oracle *oracle, int client)
{
    const struct oracle_client *state = &oracle->clients[client];

    return state->exists && state->status == SIM_STATUS_ACTIVE && state->confirmed;
}

static bool same_content(const struct sim_content *a, const struct sim_content *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static bool same_id(const struct sim_content *a, const struct sim_content *b)
{
    return a->id == b->id && a->client == b->client;
}

/* ---- what is asked, in this order ---- */

static const char *ask_expired(struct question *question)
{
    return question->cause == SM_CAUSE_EXPIRED ? "PARKED_EXPIRED" : NULL;
}

static const char *ask_time(struct question *question)
{
    const struct sim_record *record = question->record;

    if (record->timestamp_us != SM_TIME_NONE &&
        record->content.time_us - record->timestamp_us > question->oracle->input->time_ahead_max_us)
        return "TIME_AHEAD";
    return NULL;
}

/* An id in the log or in the waiting room decides; a dead letter counts only if it is the very same
 * content, and only for what comes from the topic: what waits may have been that dead letter. */
static const char *ask_seen(struct question *question)
{
    const struct oracle *oracle = question->oracle;
    const struct sim_content *content = question->content;
    const char *answer = NULL;

    for (size_t i = 0; i < oracle->waiting_count; i++) {
        const struct oracle_waiting *other = &oracle->waiting[i];

        if (i != question->self && other->waits && same_id(&other->record->content, content))
            return same_content(&other->record->content, content) ? "DUPLICATE"
                                                                  : "EVENT_ID_CONFLICT";
    }
    for (size_t i = 0; i < oracle->seen_count; i++) {
        const struct oracle_seen *seen = &oracle->seen[i];

        if (!same_id(&seen->content, content))
            continue;
        if (seen->in_log)
            return same_content(&seen->content, content) ? "DUPLICATE" : "EVENT_ID_CONFLICT";
        if (question->cause == SM_CAUSE_LIVE && same_content(&seen->content, content))
            answer = "DUPLICATE";
    }
    return answer;
}

static bool reactivates(const struct sim_content *content)
{
    return content->type == SIM_STATUS_CHANGED && content->field[SIM_F_STATUS] == SIM_STATUS_ACTIVE;
}

static const char *ask_client(struct question *question)
{
    const struct oracle_client *client = question->client;

    if (question->type->global)
        return NULL;
    if (question->content->type == SIM_REGISTERED)
        return client->exists ? "CLIENT_EXISTS" : NULL;
    if (!client->exists)
        return PARKED "client";
    return client->status == SIM_STATUS_ARCHIVED && !reactivates(question->content) &&
                   question->content->type != SIM_ERASED
               ? "CLIENT_ARCHIVED"
               : NULL;
}

static const char *ask_rules_of_type(const struct oracle *oracle, int feature)
{
    if (oracle->rules[feature] == SIM_RULES_MISSING)
        return "FIELD_MISSING";
    return oracle->rules[feature] == SIM_RULES_TYPE ? "FIELD_TYPE" : NULL;
}

static const char *ask_references(struct question *question)
{
    const struct oracle *oracle = question->oracle;
    const int *field = question->content->field;
    int type = question->content->type;

    if ((type == SIM_FEATURE_CHANGED || type == SIM_FEATURE_CREATED) &&
        !oracle->feature_known[field[SIM_F_FEATURE]]) {
        question->what = sim_pool_text(SIM_POOL_FEATURE, field[SIM_F_FEATURE])->text;
        return PARKED "feature_type";
    }
    if ((type == SIM_BATCH_STARTED || type == SIM_FEATURE_CREATED) &&
        !oracle->data_known[field[SIM_F_DATA_TYPE]]) {
        question->what = sim_pool_text(SIM_POOL_DATA_TYPE, field[SIM_F_DATA_TYPE])->text;
        return PARKED "data_type";
    }
    if ((type == SIM_SCHEDULE_CHANGED || type == SIM_DEFAULTS_CHANGED) &&
        field[SIM_F_ZONE] == SIM_ZONE_UNKNOWN)
        return "TIME_ZONE_UNKNOWN";
    return type == SIM_FEATURE_CHANGED ? ask_rules_of_type(oracle, field[SIM_F_FEATURE]) : NULL;
}

static const char *ask_gate(struct question *question)
{
    return question->type->gated &&
                   !oracle_gate_is_open(question->oracle, question->content->client)
               ? PARKED "gate"
               : NULL;
}

/* Behind what waits of its own stream; what is gated also behind what is gated of its client and
 * partition. A registration is what the others wait for, and nothing waits of global streams. */
static const char *ask_queue(struct question *question)
{
    const struct oracle *oracle = question->oracle;
    const struct sim_record *record = question->record;

    for (size_t i = 0; i < question->self && record->content.type != SIM_REGISTERED; i++) {
        const struct sim_record *other = oracle->waiting[i].record;
        bool same_stream = oracle_stream(question->oracle, &other->content) == question->stream;
        bool same_queue = question->type->gated && sim_type_info(other->content.type)->gated &&
                          other->content.client == record->content.client &&
                          other->id.topic == record->id.topic &&
                          other->id.partition == record->id.partition;

        if (oracle->waiting[i].waits && (same_stream || same_queue))
            return PARKED "queue";
    }
    return NULL;
}

static bool organization_is_taken(const struct oracle *oracle, int organization, int by_other_than)
{
    for (int i = 0; i < SIM_CLIENTS_MAX; i++) {
        const struct oracle_client *client = &oracle->clients[i];

        if (i != by_other_than && client->exists &&
            (client->status != SIM_STATUS_ARCHIVED || client->has_tables) &&
            client->organization == organization)
            return true;
    }
    return false;
}

static const char *ask_organization(const struct question *question)
{
    const struct sim_content *content = question->content;
    bool registers = content->type == SIM_REGISTERED;
    bool gains =
        registers || (reactivates(content) && question->client->status == SIM_STATUS_ARCHIVED);
    int organization =
        registers ? content->field[SIM_F_ORGANIZATION] : question->client->organization;

    return gains && organization_is_taken(question->oracle, organization, content->client)
               ? "ORGANIZATION_TAKEN"
               : NULL;
}

static const char *ask_rules(struct question *question)
{
    int mode = question->content->field[SIM_F_TENANT_MODE];
    const struct oracle_row *row = &question->stream->row;

    switch (question->content->type) {
    case SIM_REGISTERED:
    case SIM_STATUS_CHANGED:
        return ask_organization(question);
    case SIM_CONFIRMED:
        return mode != 0 && mode != question->client->tenant_mode ? "TENANT_MODE_DIFFERS" : NULL;
    case SIM_FEATURE_DEACTIVATED:
    case SIM_BOM_DEACTIVATED:
    case SIM_SCHEDULE_DEACTIVATED:
        return question->stream->active_at == ORACLE_NEVER ? "NOTHING_ACTIVE" : NULL;
    case SIM_BATCH_STARTED:
        return row->exists ? "BATCH_EXISTS" : NULL;
    case SIM_BATCH_COMPLETED:
    case SIM_BATCH_FAILED:
        if (!row->exists)
            return "BATCH_UNKNOWN";
        return oracle_row_is_running(row, SM_KIND_BATCH) ? NULL : "BATCH_ENDED";
    case SIM_RUN_COMPLETED:
    case SIM_RUN_FAILED:
        return oracle_row_is_running(row, SM_KIND_BOM_EXPLOSION) ? NULL : "RUN_NOT_ACTIVE";
    default:
        return NULL;
    }
}

static const char *ask_version(struct question *question)
{
    int expected = question->content->expected_version;

    return expected >= 0 && expected != question->stream->version ? "VERSION_CONFLICT" : NULL;
}

/* A retry never replaces what came after it. */
static const char *ask_newer(struct question *question)
{
    return question->cause == SM_CAUSE_RETRIED && question->stream->version != 0 &&
                   question->stream->last_at >= question->content->time_us
               ? "STATE_NEWER"
               : NULL;
}

/* The first answer that is not NULL; the database has the last word. Log lines are of no stream and
 * depend on no client. */
static const char *ask(struct question *question)
{
    static const char *(*const questions[])(struct question *) = {
        ask_expired, ask_time,  ask_seen,  ask_client,  ask_references,
        ask_gate,    ask_queue, ask_rules, ask_version, ask_newer};
    size_t count = question->content->type == SIM_LOGGED ? 3 : SM_ARRAY_COUNT(questions);

    for (size_t i = 0; i < count; i++) {
        const char *answer = questions[i](question);

        if (answer != NULL)
            return answer;
    }
    return question->content->source == SIM_SOURCE_POISON ? "STORE_REFUSED" : NULL;
}

static void remember(struct oracle *oracle, const struct sim_content *content, bool in_log)
{
    oracle->seen =
        sim_grow(oracle->seen, oracle->seen_count, &oracle->seen_capacity, sizeof(*oracle->seen));
    memcpy(&oracle->seen[oracle->seen_count].content, content, sizeof(*content));
    oracle->seen[oracle->seen_count++].in_log = in_log;
}

static void accept(struct oracle *oracle, const struct sim_content *content,
                   struct oracle_verdict *out)
{
    remember(oracle, content, true);
    if (content->type == SIM_LOGGED) {
        out->outcome = ORACLE_LINE;
        return;
    }
    out->outcome = ORACLE_FACT;
    oracle_apply(oracle, content, out);
}

void oracle_decide(struct oracle *oracle, const struct sim_record *record, size_t self,
                   enum sm_cause cause, struct oracle_verdict *out)
{
    const struct sim_content *content = &record->content;
    struct question question = {.oracle = oracle,
                                .record = record,
                                .content = content,
                                .type = sim_type_info(content->type),
                                .client = &oracle->clients[content->client],
                                .stream = oracle_stream(oracle, content),
                                .cause = cause,
                                .self = self,
                                .what = ""};

    *out = (struct oracle_verdict){.outcome = ORACLE_REJECTED};
    if (record->defect != SIM_SOUND) {
        out->code = sim_defect_info(record->defect)->code;
        return; /* not understood as a whole, so it may be sent again in order */
    }
    out->code = ask(&question);
    out->what = question.what;
    if (out->code != NULL && strncmp(out->code, PARKED, strlen(PARKED)) == 0) {
        out->outcome = ORACLE_PARKED;
        out->code += strlen(PARKED);
    } else if (out->code == NULL) {
        accept(oracle, content, out);
    } else if (strcmp(out->code, "DUPLICATE") == 0) {
        out->outcome = ORACLE_DUPLICATE;
    } else {
        out->understood = true;
        remember(oracle, content, false);
    }
}
