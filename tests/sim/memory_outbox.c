/* The outbox of the memory database: what a unit writes there, and what LOAD tells of it. */
#include "sim/memory_priv.h"

void memory__commands_keep(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_command_row *list =
        sim_heap_copy(&db->heap, unit->commands, unit->command_count * sizeof(*list));

    for (size_t i = 0; i < unit->command_count; i++) {
        list[i].organization_id = sim_heap_keep(&db->heap, list[i].organization_id);
        list[i].value = sim_heap_keep(&db->heap, list[i].value);
        list[i].headers = memory__headers_keep(&db->heap, list[i].headers, list[i].header_count);
    }
    unit->commands = list;
}

/* Another command of the client has this sequence. */
static bool has_sequence(const struct memory_db *db, const struct sm_command_row *command)
{
    for (size_t i = 0; i < db->rows.command_count; i++) {
        const struct sm_command_row *row = &db->rows.commands[i].row;

        if (row->sequence == command->sequence &&
            sm_uuid_equal(&row->client_id, &command->client_id) &&
            !sm_uuid_equal(&row->command_id, &command->command_id))
            return true;
    }
    return false;
}

void memory_db_scanned(struct memory_db *db)
{
    db->rows.lease.scanned_in = db->incarnation;
}

bool memory__commands_allowed(const struct memory_db *db, const struct sm_unit *unit)
{
    return unit->command_count == 0 || db->rows.lease.scanned_in == db->incarnation;
}

bool memory__commands_check(const struct memory_db *db, const struct sm_unit *unit,
                            const char **what)
{
    for (size_t i = 0; i < unit->command_count; i++) {
        const struct sm_command_row *command = &unit->commands[i];
        const struct memory_command *row =
            memory_rows_command(&db->rows, &command->client_id, &command->command_id);

        *what = "a command's sequence is in the outbox already";
        if (has_sequence(db, command) || (row != NULL && row->row.sequence != command->sequence))
            return false;
        *what = "a command is in the outbox already";
        if (row != NULL && !row->found)
            return false;
    }
    return true;
}

void memory__commands_write(struct memory_db *db, const struct sm_unit *unit)
{
    for (size_t i = 0; i < unit->command_count; i++) {
        const struct sm_command_row *command = &unit->commands[i];
        struct memory_command *row =
            memory_rows_command(&db->rows, &command->client_id, &command->command_id);

        if (row != NULL) { /* found on the topic: those bytes win */
            row->found = false;
            row->differs = !sm_digest_equal(&row->row.digest, &command->digest);
            row->row.event_id = command->event_id;
        } else {
            memory_rows_add_command(&db->rows)->row = *command;
        }
    }
}

bool memory__load_outbox(const struct memory_db *db, struct sm_arena *arena,
                         struct sm_outbox_wanted *wanted)
{
    struct sm_command_found *list =
        sm_arena_alloc(arena, (db->rows.command_count + 1) * sizeof(*list));

    *wanted = (struct sm_outbox_wanted){.client_id = wanted->client_id, .found = list};
    if (list == NULL)
        return false;
    for (size_t i = 0; i < db->rows.command_count; i++) {
        const struct memory_command *command = &db->rows.commands[i];

        if (!sm_uuid_equal(&command->row.client_id, &wanted->client_id))
            continue;
        if (command->row.sequence > wanted->sequence_last)
            wanted->sequence_last = command->row.sequence;
        if (command->found)
            list[wanted->found_count++] = (struct sm_command_found){
                command->row.command_id, command->row.sequence, command->row.digest};
    }
    return true;
}
