/* Lives of tenants in a world where everything goes wrong: histories by seed.
 *
 *   tenant_sim [--seeds N] [--first N]
 *
 * The domain alone: admission, projection and the commands that follow, against a cluster that is
 * played. Producers and operators say whatever comes to their mind; the executor carries commands
 * out in their order, some of them twice, and some fail half-way; acknowledgements are lost, late,
 * doubled, or of commands that nobody knows. Writers write whenever the gate is open.
 *
 * Laws: a command's id is said once; what destroys was approved; nothing is destroyed of which no
 * copy is left; nobody is led to tables that lack data; nobody writes where the writers were
 * stopped, or beside the tables in use; an acknowledgement that is not waited for changes nothing;
 * and when nothing fails any more, every life comes to rest. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "domain/admit.h"
#include "domain/command.h"
#include "domain/data.h"
#include "sim/sim_random.h"

enum { CLIENTS = 3, STEPS = 400, CALM_STEPS = 200, COMMANDS_MAX = 1000, ACKS_MAX = 8,
       DATA_SIZE = 200 };

struct ack {
    struct sm_uuid id;
    enum sm_tenant_step step;
    bool failed;
};
/* What StarRocks holds: versions of the client's data; 0: none. */
struct cluster {
    int64_t tables[3]; /* by mode */
    int64_t archive; /* the copy outside */
    enum sm_tenant_mode current; /* where names lead */
    bool writable;
};
struct life {
    struct sm_stream stream;
    struct cluster cluster;
    int64_t written; /* the last version that a writer was told to be safe */
    bool approved; /* the step at hand was */
    struct sm_tenant_command commands[COMMANDS_MAX];
    size_t command_count, done; /* said, and carried out */
    struct ack acks[ACKS_MAX];
    size_t ack_count;
};
struct world {
    struct sim_random random;
    struct sm_arena arena;
    struct life lives[CLIENTS];
    uint64_t seed, events, destroyed, aborted;
    bool calm, sound;
};

static void broken(struct world *world, const char *law, const char *what)
{
    if (world->sound)
        printf("BROKEN LAW \"%s\": %s; seed %llu\n", law, what, (unsigned long long)world->seed);
    world->sound = false;
}

/* ---- events ---- */

static void make_event(struct world *world, const struct life *life, enum sm_event_type type,
                       const char *data, struct sm_event *out)
{
    struct sm_json_fault fault;
    struct sm_json *root = NULL;
    struct sm_rejection rejection;

    sm_arena_reset(&world->arena);
    world->events++;
    *out = (struct sm_event){ .type = type,
                              .client_id = life->stream.client.id,
                              .expected_version = SM_VERSION_ANY,
                              .time_us = 1700000000000000 + (int64_t)world->events,
                              .source = SM_SLICE("urn:sim"),
                              .actor = SM_SLICE("sim") };
    memcpy(out->id.bytes, &world->events, sizeof(world->events));
    SM_ASSERT(sm_json_read(sm_slice_of(data), &world->arena, &root, &fault) == SM_OK);
    SM_ASSERT(sm_event_read_data(out, root, &world->arena, &rejection) == SM_OK);
    sm_content_hash(out, &out->content_hash);
}

static bool is_fact(struct world *world, const struct life *life, const struct sm_event *event)
{
    static const struct sm_admission_options options = { .time_ahead_max_us = 1 };
    struct sm_verdict verdict;
    const struct sm_admission admission = { .options = &options,
                                            .record_time_us = SM_TIME_NONE,
                                            .stream = &life->stream,
                                            .client = sm_client_brief(&life->stream.client),
                                            .arena = &world->arena };

    sm_admit(&admission, event, &verdict);
    return verdict.kind == SM_VERDICT_FACT;
}

static void take_command(struct world *world, struct life *life,
                         const struct sm_tenant_command *command, enum sm_event_type cause)
{
    SM_ASSERT(life->command_count < COMMANDS_MAX);
    for (size_t i = 0; i < life->command_count; i++) {
        if (sm_uuid_equal(&life->commands[i].id, &command->id))
            broken(world, "once", "a command's id is said twice");
    }
    life->approved = cause == SM_EVENT_TENANT_APPROVED ||
                     (cause == SM_EVENT_TENANT_RETRIED && life->approved);
    if (command->irreversible && !life->approved)
        broken(world, "approved", "a command destroys data that nobody approved");
    world->aborted += command->action == SM_ACTION_ABORT;
    life->commands[life->command_count++] = *command;
}

/* An acknowledgement that is not waited for: all but the count stays as it was. */
static void check_late(struct world *world, const struct sm_tenant *before,
                       const struct sm_tenant *after, const struct ack *ack)
{
    struct sm_tenant same = *after;

    if (sm_tenant_awaits_acknowledgement(before) && sm_uuid_equal(&ack->id, &before->command_id) &&
        ack->step == before->step)
        return;
    same.acks_ignored = before->acks_ignored;
    if (memcmp(&same, before, sizeof(same)) != 0)
        broken(world, "late", "an acknowledgement that nobody waits for has moved a saga");
}

static bool apply(struct world *world, struct life *life, enum sm_event_type type, const char *data)
{
    const struct sm_tenant before = life->stream.client.tenant;
    struct sm_event event;
    struct sm_tenant_command command;
    int64_t created_at;

    make_event(world, life, type, data, &event);
    if (!is_fact(world, life, &event))
        return false;
    created_at = sm_created_at(&life->stream.head, event.time_us);
    sm_project(&life->stream, &event, created_at);
    /* Texts lie in the arena of one event. */
    life->stream.client.name = life->stream.client.organization_id = SM_SLICE("x");
    life->stream.client.features_enabled = SM_SLICE("{}");
    life->stream.client.config_confirmed_by = life->stream.client.tenant.reason = SM_SLICE_NONE;
    if (sm_command_of(&before, &life->stream.client, &event, created_at, &command))
        take_command(world, life, &command, type);
    return true;
}

/* ---- the cluster ---- */

static void undo(struct life *life, const struct sm_tenant_command *command)
{
    struct cluster *cluster = &life->cluster;

    if (command->saga != SM_SAGA_MIGRATE)
        return;
    if (command->step >= SM_STEP_FREEZE && command->action == SM_ACTION_ABORT)
        cluster->writable = true;
    if (command->step == SM_STEP_FREEZE)
        cluster->writable = true;
    if (command->step == SM_STEP_SWITCH) {
        cluster->current = command->from_mode;
        cluster->writable = command->action == SM_ACTION_ABORT;
    }
    if (command->action == SM_ACTION_ABORT || command->step == SM_STEP_COPY)
        cluster->tables[command->mode] = 0;
}

static void destroy(struct world *world, struct life *life, const struct sm_tenant_command *command)
{
    struct cluster *cluster = &life->cluster;
    int64_t kept = command->step == SM_STEP_DROP ? cluster->archive
                                                 : cluster->tables[command->mode];

    world->destroyed++;
    if (kept < life->written)
        broken(world, "kept", "data are destroyed of which no copy is left");
    if (command->step == SM_STEP_DROP) {
        cluster->tables[command->mode] = 0;
        life->written = 0;
    } else {
        cluster->tables[command->from_mode] = 0;
    }
}

static void carry_out(struct world *world, struct life *life,
                      const struct sm_tenant_command *command)
{
    struct cluster *cluster = &life->cluster;

    if (command->action != SM_ACTION_APPLY) {
        undo(life, command);
        return;
    }
    switch ((int)command->step) { /* the others change no data */
    case SM_STEP_CREATE:
        if (command->saga == SM_SAGA_PROVISION) {
            cluster->current = command->mode;
            cluster->writable = true;
        }
        break;
    case SM_STEP_COPY:
    case SM_STEP_DELTA:
        cluster->tables[command->mode] = cluster->tables[command->from_mode];
        break;
    case SM_STEP_FREEZE:
        cluster->writable = false;
        break;
    case SM_STEP_SWITCH:
        if (cluster->tables[command->mode] < life->written)
            broken(world, "whole", "readers are led to tables that lack data");
        cluster->current = command->mode;
        cluster->writable = true;
        break;
    case SM_STEP_ARCHIVE_COPY:
        cluster->archive = cluster->tables[command->mode];
        break;
    case SM_STEP_CLEAN_UP:
    case SM_STEP_DROP:
        destroy(world, life, command);
        break;
    default:
        break;
    }
}

/* ---- executor, writers, producers, operators ---- */

static void execute(struct world *world, struct life *life)
{
    const struct sm_tenant_command *command;
    bool fails = !world->calm && sim_random_chance(&world->random, 150);
    bool half = sim_random_chance(&world->random, 500);

    if (life->done == life->command_count)
        return;
    command = &life->commands[life->done++];
    fails |= command->step == SM_STEP_VERIFY && command->action == SM_ACTION_APPLY &&
             life->cluster.tables[command->mode] != life->cluster.tables[command->from_mode];
    /* What destroys either has, or has not; the rest may have done its work before it fails. */
    if (!fails || (half && !command->irreversible))
        carry_out(world, life, command);
    if (life->ack_count == ACKS_MAX || (!world->calm && sim_random_chance(&world->random, 100)))
        return; /* the acknowledgement is lost */
    life->acks[life->ack_count++] = (struct ack){ command->id, command->step, fails };
}

static void acknowledge(struct world *world, struct life *life)
{
    const struct sm_tenant before = life->stream.client.tenant;
    size_t at = (size_t)sim_random_below(&world->random, life->ack_count);
    bool foreign = !world->calm && sim_random_chance(&world->random, 50);
    struct ack ack = foreign ? (struct ack){ { { 0xFF } }, SM_STEP_COPY, false } : life->acks[at];
    char id[SM_UUID_TEXT_SIZE + 1], data[DATA_SIZE];

    if (!foreign && life->ack_count == 0)
        return;
    sm_uuid_format(&ack.id, id);
    (void)snprintf(data, sizeof(data), "{\"command_id\":\"%s\",\"step\":\"%s\",\"detail\":\"x\"}",
                   id, sm_tenant_name(SM_TENANT_WORD_STEP, ack.step));
    if (apply(world, life,
              ack.failed ? SM_EVENT_TENANT_COMMAND_FAILED : SM_EVENT_TENANT_COMMAND_APPLIED, data))
        check_late(world, &before, &life->stream.client.tenant, &ack);
    if (!foreign && (world->calm || sim_random_chance(&world->random, 800)))
        life->acks[at] = life->acks[--life->ack_count]; /* else it comes once more */
}

static void write(struct world *world, struct life *life)
{
    const struct sm_client *client = &life->stream.client;
    const struct sm_client_brief brief = sm_client_brief(client);
    struct cluster *cluster = &life->cluster;

    if (!sm_client_gate_open(&brief) || client->tenant.storage != SM_STORAGE_OPEN)
        return;
    if (!cluster->writable)
        broken(world, "frozen", "the gate is open where the writers were stopped");
    if (cluster->current != client->tenant.actual_mode)
        broken(world, "routed", "what is written goes beside the tables in use");
    cluster->tables[cluster->current] = ++life->written;
}

static void say(struct world *world, struct life *life)
{
    static const struct {
        enum sm_event_type type;
        const char *data;
    } all[] = {
        { SM_EVENT_CLIENT_CONFIG_CONFIRMED, "{}" },
        { SM_EVENT_CLIENT_CONFIG_CONFIRMED, "{}" },
        { SM_EVENT_CLIENT_CONFIG_REVOKED, "{}" },
        { SM_EVENT_CLIENT_TENANT_MODE_CHANGED, "{\"tenant_mode\":\"prefixed_tables\"}" },
        { SM_EVENT_CLIENT_TENANT_MODE_CHANGED, "{\"tenant_mode\":\"dedicated_db\"}" },
        { SM_EVENT_CLIENT_TENANT_MODE_CHANGED, "{\"tenant_mode\":\"shared\"}" },
        { SM_EVENT_CLIENT_STATUS_CHANGED, "{\"status\":\"active\"}" },
        { SM_EVENT_CLIENT_STATUS_CHANGED, "{\"status\":\"active\"}" },
        { SM_EVENT_CLIENT_STATUS_CHANGED, "{\"status\":\"suspended\"}" },
        { SM_EVENT_CLIENT_STATUS_CHANGED, "{\"status\":\"archived\"}" },
        { SM_EVENT_TENANT_APPROVED, "{}" },
        { SM_EVENT_TENANT_RETRIED, "{}" },
        { SM_EVENT_TENANT_RETRIED, "{}" },
        { SM_EVENT_TENANT_ABORTED, "{}" },
        { SM_EVENT_TENANT_DROP_REQUESTED, "{}" },
    };
    size_t at = (size_t)sim_random_below(&world->random, SM_ARRAY_COUNT(all));

    (void)apply(world, life, all[at].type, all[at].data);
}

/* An operator who does what is waited for. */
static void help(struct world *world, struct life *life)
{
    const struct sm_tenant *tenant = &life->stream.client.tenant;

    if (tenant->waits == SM_TENANT_WAITS_APPROVAL)
        (void)apply(world, life, SM_EVENT_TENANT_APPROVED, "{}");
    else if (tenant->waits == SM_TENANT_WAITS_OPERATOR ||
             (sm_tenant_awaits_acknowledgement(tenant) && life->done == life->command_count &&
              life->ack_count == 0))
        (void)apply(world, life, SM_EVENT_TENANT_RETRIED, "{}");
}

/* ---- the world ---- */

static void step(struct world *world, struct life *life)
{
    uint64_t what = sim_random_below(&world->random, 10);

    if (what < 3)
        execute(world, life);
    else if (what < 6)
        acknowledge(world, life);
    else if (what < 8)
        write(world, life);
    else if (world->calm)
        help(world, life);
    else
        say(world, life);
}

static void run_life(struct world *world, struct life *life, uint8_t number)
{
    life->stream = (struct sm_stream){ .head = SM_HEAD_EMPTY };
    life->stream.client.id = (struct sm_uuid){ { 2, number } };
    SM_ASSERT(apply(world, life, SM_EVENT_CLIENT_REGISTERED,
                    "{\"name\":\"x\",\"organization_id\":\"7\"}"));
    for (int i = 0; i < STEPS && world->sound; i++)
        step(world, life);
    world->calm = true;
    for (int i = 0; i < CALM_STEPS && world->sound; i++)
        step(world, life);
    world->calm = false;
    if (life->stream.client.tenant.saga != SM_SAGA_NONE)
        broken(world, "ends", "a saga goes on though nothing fails any more");
}

static bool run_seed(struct world *world, uint64_t seed)
{
    world->seed = seed;
    world->sound = true;
    sim_random_init(&world->random, seed, 't');
    memset(world->lives, 0, sizeof(world->lives));
    for (uint8_t i = 0; i < CLIENTS && world->sound; i++)
        run_life(world, &world->lives[i], i);
    return world->sound;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 300, first = 1, seed;
    struct world *world = calloc(1, sizeof(*world));
    bool sound = true;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--first") == 0)
            first = strtoull(argv[i + 1], NULL, 10);
    }
    SM_ASSERT(world != NULL && sm_arena_init(&world->arena, 1 << 20));
    for (seed = first; seed < first + seeds && sound; seed++)
        sound = run_seed(world, seed);
    printf("%llu histories, %llu events, %llu destructions, %llu aborts\n",
           (unsigned long long)(seed - first), (unsigned long long)world->events,
           (unsigned long long)world->destroyed, (unsigned long long)world->aborted);
    /* Fewer: nothing was tried. */
    sound = sound && world->destroyed > seeds / 4 && world->aborted > seeds / 4;
    sm_arena_deinit(&world->arena);
    free(world);
    return sound ? 0 : 1;
}
