/* Two relays in a world where everything goes wrong: histories by seed.
 *
 *   relay_sim [--seeds N] [--first N]
 *
 * The rest of the program is played: each client has an endless list of events, and each event
 * causes one command, whose bytes depend on the templates of the day. How many events of a client
 * are consumed is what the database says, so a restored one consumes them again, and it takes no
 * command before a relay has scanned the topic since then.
 *
 * What may happen before any call of a relay's: it fails before, during or after it took effect;
 * the relay is frozen while the other one takes over and works; the database is restored from a
 * backup; the relay dies. Laws: whoever reads what is committed sees every command once and each
 * client's sequence without a gap, in order; and when nothing fails any more, everything that was
 * decided stands there. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "domain/digest.h"
#include "engine/relay.h"
#include "sim/memory_priv.h"
#include "sim/memory_relay.h"

#define CLIENTS      4
#define STEPS        400
#define CALM_STEPS   400
#define COMMANDS_MAX 4096
#define RELAYS       2

struct world {
    struct sim_clock clock;
    struct sim_random random;
    struct memory_db db;
    struct memory_topic topic;
    struct sm_relay *relays[RELAYS];
    struct memory_rows backup;
    bool has_backup;
    bool calm; /* nothing goes wrong any more */
    bool frozen; /* one relay is, while the other one works */
    int now; /* whose step it is */
};

static bool broken(uint64_t seed, const char *law, const char *what, int client, int64_t number)
{
    printf("BROKEN LAW \"%s\": %s, client %d, %lld; seed %llu\n", law, what, client,
           (long long)number, (unsigned long long)seed);
    return false;
}

/* ---- the relays ---- */

static enum sm_status open_topic(void *context, struct sm_command_topic **out, struct sm_err *err)
{
    (void)err;
    *out = memory_topic_open(&((struct world *)context)->topic);
    return SM_OK;
}

static void start(struct world *world, int index)
{
    const struct sm_relay_options options = {
        .outbox = memory_outbox_open(&world->db, &world->topic, index == 0 ? "a" : "b"),
        .open_topic = open_topic,
        .context = world,
        .clock = sim_clock_port(&world->clock),
        .count_max = 3,
        .bytes_max = 200,
    };
    struct sm_err err = {0};

    SM_ASSERT(sm_relay_create(&options, &world->relays[index], &err) == SM_OK);
}

/* False: it has stopped for good. */
static bool step(struct world *world, int index)
{
    struct sm_err err = {0};
    int64_t wake_us = 0;
    int before = world->now;
    enum sm_status status;

    world->now = index;
    status = sm_relay_step(world->relays[index], &wake_us, &err);
    world->now = before;
    if (status == SM_AGAIN && !world->frozen && wake_us > world->clock.now_us)
        world->clock.now_us = wake_us;
    if (status == SM_FATAL)
        printf("stopped: %s\n", err.text);
    return status != SM_FATAL;
}

/* As by SIGKILL: it gives nothing back. */
static void kill_relay(struct world *world, int index)
{
    world->topic.away = world->db.away = true;
    sm_relay_destroy(world->relays[index]);
    world->topic.away = world->db.away = false;
    start(world, index);
}

/* ---- the rest of the program ---- */

static struct sm_uuid uuid_of(int kind, int client, int64_t number)
{
    return (struct sm_uuid){{(uint8_t)kind, (uint8_t)client, (uint8_t)(number >> 8),
                             (uint8_t)number}};
}

static int64_t consumed(const struct world *world, int client)
{
    struct sm_uuid id = uuid_of(1, client, 0);
    int64_t count = 0;

    for (size_t i = 0; i < world->db.rows.command_count; i++)
        count += sm_uuid_equal(&world->db.rows.commands[i].row.client_id, &id) &&
                 !world->db.rows.commands[i].found;
    return count;
}

/* Consumes the client's next event, as a lane would. */
static void decide(struct world *world, int client)
{
    int64_t number = consumed(world, client) + 1;
    char key[16], text[80];
    struct sm_arena arena;
    struct sm_outbox_wanted wanted = {.client_id = uuid_of(1, client, 0)};
    struct sm_command_row row = {.client_id = wanted.client_id,
                                 .command_id = uuid_of(2, client, number),
                                 .event_id = uuid_of(3, client, number)};
    struct sm_unit unit = {.commands = &row, .command_count = 1};
    const char *what = "";

    if (!memory__commands_allowed(&world->db, &unit))
        return; /* it is tried again */
    SM_ASSERT(sm_arena_init(&arena, 1 << 20));
    SM_ASSERT(memory__load_outbox(&world->db, &arena, &wanted));
    row.sequence = wanted.sequence_last + 1;
    for (size_t i = 0; i < wanted.found_count; i++) {
        if (sm_uuid_equal(&wanted.found[i].command_id, &row.command_id))
            row.sequence = wanted.found[i].sequence;
    }
    (void)snprintf(key, sizeof(key), "o%d", client);
    (void)snprintf(text, sizeof(text), "%d/%lld by templates %llu", client, (long long)number,
                   (unsigned long long)sim_random_below(&world->random, 2));
    row.organization_id = sm_slice_of(key);
    row.value = sm_slice_of(text);
    sm_value_hash(row.value, &row.digest);
    SM_ASSERT(memory__commands_check(&world->db, &unit, &what));
    memory__commands_keep(&world->db, &unit);
    memory__commands_write(&world->db, &unit);
    sm_arena_deinit(&arena);
}

static void restore(struct world *world)
{
    memory_db_restore(&world->db, &world->backup);
    world->topic.sessions++;
}

/* ---- what goes wrong ---- */

static enum memory_relay_fault meanwhile(void *context, const char *call)
{
    struct world *world = context;

    (void)call;
    if (world->calm)
        return MEMORY_RELAY_SOUND;
    if (!world->frozen && sim_random_chance(&world->random, 40)) {
        uint64_t steps = sim_random_below(&world->random, 12);

        world->frozen = true; /* whose step it is; the other one goes on */
        world->clock.now_us += sim_random_between(&world->random, 0, 20000000);
        for (uint64_t i = 0; i < steps; i++)
            (void)step(world, 1 - world->now);
        world->frozen = false;
    }
    if (world->has_backup && sim_random_chance(&world->random, 8))
        restore(world);
    if (sim_random_chance(&world->random, 900))
        return MEMORY_RELAY_SOUND;
    return (enum memory_relay_fault)sim_random_between(&world->random, MEMORY_RELAY_BEFORE,
                                                       MEMORY_RELAY_AFTER);
}

static bool live(struct world *world)
{
    int index = (int)sim_random_below(&world->random, RELAYS);

    if (sim_random_chance(&world->random, 500))
        decide(world, (int)sim_random_below(&world->random, CLIENTS));
    if (sim_random_chance(&world->random, 20))
        kill_relay(world, index);
    if (sim_random_chance(&world->random, 20)) {
        memory_rows_free(&world->backup);
        memory_rows_copy(&world->backup, &world->db.rows);
        world->has_backup = true;
    }
    return step(world, index);
}

/* ---- laws ---- */

static bool check_topic(const struct world *world, uint64_t seed)
{
    int64_t last[CLIENTS] = {0};

    for (int32_t i = 0; i < MEMORY_COMMAND_PARTITIONS; i++) {
        for (const struct memory_topic_record *record = world->topic.partitions[i].first;
             record != NULL; record = record->next) {
            int client = record->row.client_id.bytes[1];

            if (record->state != MEMORY_COMMITTED)
                continue;
            if (record->row.sequence <= last[client])
                return broken(seed, "once", "a sequence stands there twice, or late", client,
                              record->row.sequence);
            if (record->row.sequence != ++last[client])
                return broken(seed, "no gap", "a sequence is missing", client, last[client]);
        }
    }
    return true;
}

static bool check_rows(const struct world *world, uint64_t seed)
{
    for (size_t i = 0; i < world->db.rows.command_count; i++) {
        const struct memory_command *command = &world->db.rows.commands[i];
        const struct memory_topic_record *record;
        int client = command->row.client_id.bytes[1];

        if (!command->published)
            return broken(seed, "all", "a command was not published", client,
                          command->row.sequence);
        record = world->topic.partitions[command->partition].first;
        while (record != NULL && record->offset != command->offset)
            record = record->next;
        if (record == NULL || record->state != MEMORY_COMMITTED ||
            !sm_uuid_equal(&record->row.command_id, &command->row.command_id) ||
            !sm_slice_equal(record->row.value, command->row.value))
            return broken(seed, "where", "a row's place on the topic holds something else", client,
                          command->row.sequence);
    }
    return true;
}

static bool is_settled(const struct world *world)
{
    for (size_t i = 0; i < world->db.rows.command_count; i++) {
        if (!world->db.rows.commands[i].published)
            return false;
    }
    return true;
}

static bool run_world(struct world *world, uint64_t seed)
{
    bool alive = true;

    for (int i = 0; alive && i < STEPS; i++)
        alive = live(world) && check_topic(world, seed);
    world->calm = true;
    for (int i = 0; alive && i < CALM_STEPS && !is_settled(world); i++)
        alive = step(world, i % RELAYS);
    if (!alive)
        return check_topic(world, seed) && broken(seed, "goes on", "a relay has stopped", 0, 0);
    return check_topic(world, seed) && check_rows(world, seed);
}

static bool run_seed(uint64_t seed, uint64_t *published)
{
    struct world *world = calloc(1, sizeof(*world));
    const struct memory_db_options options = {.lock_timeout_us = 1};
    bool sound;

    SM_ASSERT(world != NULL);
    world->clock = (struct sim_clock){.now_us = 1000000};
    sim_random_init(&world->random, seed, 'r');
    memory_db_init(&world->db, &options, &world->clock, seed);
    world->topic.meanwhile = meanwhile;
    world->topic.context = world;
    for (int i = 0; i < RELAYS; i++)
        start(world, i);
    sound = run_world(world, seed);
    for (int32_t i = 0; i < MEMORY_COMMAND_PARTITIONS; i++)
        *published += (uint64_t)world->topic.partitions[i].end;
    world->calm = true;
    for (int i = 0; i < RELAYS; i++)
        sm_relay_destroy(world->relays[i]);
    memory_rows_free(&world->backup);
    memory_topic_deinit(&world->topic);
    memory_db_deinit(&world->db);
    free(world);
    return sound;
}

int main(int argc, char **argv)
{
    uint64_t seeds = 300, first = 1, published = 0;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--first") == 0)
            first = strtoull(argv[i + 1], NULL, 10);
    }
    sm_log_level_set(SM_LOG_ERROR);
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        if (!run_seed(seed, &published))
            return 1;
    }
    printf("%llu histories, %llu offsets on the topic\n", (unsigned long long)seeds,
           (unsigned long long)published);
    return published > seeds * 50 ? 0 : 1; /* fewer: nothing was tried */
}
