/* Adding to, searching in and copying the memory database's tables. Searches walk arrays: naive on
 * purpose, and histories are short. */
#include "sim/memory_rows.h"

#include "sim/sim_heap.h"

struct memory_position *memory_rows_add_position(struct memory_rows *rows)
{
    rows->positions = sim_grow(rows->positions, rows->position_count, &rows->position_capacity,
                               sizeof(*rows->positions));
    return memset(&rows->positions[rows->position_count++], 0, sizeof(*rows->positions));
}

struct memory_event *memory_rows_add_event(struct memory_rows *rows)
{
    rows->events =
        sim_grow(rows->events, rows->event_count, &rows->event_capacity, sizeof(*rows->events));
    return memset(&rows->events[rows->event_count++], 0, sizeof(*rows->events));
}

struct memory_head *memory_rows_add_head(struct memory_rows *rows)
{
    rows->heads =
        sim_grow(rows->heads, rows->head_count, &rows->head_capacity, sizeof(*rows->heads));
    return memset(&rows->heads[rows->head_count++], 0, sizeof(*rows->heads));
}

struct sm_client *memory_rows_add_client(struct memory_rows *rows)
{
    rows->clients =
        sim_grow(rows->clients, rows->client_count, &rows->client_capacity, sizeof(*rows->clients));
    return memset(&rows->clients[rows->client_count++], 0, sizeof(*rows->clients));
}

struct memory_dead_letter *memory_rows_add_dead_letter(struct memory_rows *rows)
{
    rows->dead_letters = sim_grow(rows->dead_letters, rows->dead_letter_count,
                                  &rows->dead_letter_capacity, sizeof(*rows->dead_letters));
    return memset(&rows->dead_letters[rows->dead_letter_count++], 0, sizeof(*rows->dead_letters));
}

struct memory_ledger_row *memory_rows_add_ledger(struct memory_rows *rows)
{
    rows->ledger =
        sim_grow(rows->ledger, rows->ledger_count, &rows->ledger_capacity, sizeof(*rows->ledger));
    return memset(&rows->ledger[rows->ledger_count++], 0, sizeof(*rows->ledger));
}

struct memory_row *memory_rows_add_table_row(struct memory_rows *rows)
{
    rows->table_rows = sim_grow(rows->table_rows, rows->table_row_count, &rows->table_row_capacity,
                                sizeof(*rows->table_rows));
    return memset(&rows->table_rows[rows->table_row_count++], 0, sizeof(*rows->table_rows));
}

struct memory_log_line *memory_rows_add_log_line(struct memory_rows *rows)
{
    rows->log_lines = sim_grow(rows->log_lines, rows->log_line_count, &rows->log_line_capacity,
                               sizeof(*rows->log_lines));
    return memset(&rows->log_lines[rows->log_line_count++], 0, sizeof(*rows->log_lines));
}

struct memory_parked *memory_rows_add_parked(struct memory_rows *rows)
{
    rows->parked =
        sim_grow(rows->parked, rows->parked_count, &rows->parked_capacity, sizeof(*rows->parked));
    return memset(&rows->parked[rows->parked_count++], 0, sizeof(*rows->parked));
}

struct memory_due *memory_rows_add_due(struct memory_rows *rows)
{
    rows->due = sim_grow(rows->due, rows->due_count, &rows->due_capacity, sizeof(*rows->due));
    return memset(&rows->due[rows->due_count++], 0, sizeof(*rows->due));
}

struct memory_request *memory_rows_add_request(struct memory_rows *rows)
{
    rows->requests = sim_grow(rows->requests, rows->request_count, &rows->request_capacity,
                              sizeof(*rows->requests));
    return memset(&rows->requests[rows->request_count++], 0, sizeof(*rows->requests));
}

struct memory_command *memory_rows_add_command(struct memory_rows *rows)
{
    rows->commands = sim_grow(rows->commands, rows->command_count, &rows->command_capacity,
                              sizeof(*rows->commands));
    return memset(&rows->commands[rows->command_count++], 0, sizeof(*rows->commands));
}

struct memory_command *memory_rows_command(const struct memory_rows *rows,
                                           const struct sm_uuid *client_id,
                                           const struct sm_uuid *command_id)
{
    for (size_t i = 0; i < rows->command_count; i++) {
        struct memory_command *command = &rows->commands[i];

        if (sm_uuid_equal(&command->row.command_id, command_id) &&
            sm_uuid_equal(&command->row.client_id, client_id))
            return command;
    }
    return NULL;
}

struct memory_row *memory_rows_table_row(const struct memory_rows *rows,
                                         const struct sm_stream_name *name)
{
    for (size_t i = 0; i < rows->table_row_count; i++) {
        const struct sm_stream_name *other = &rows->table_rows[i].name;

        if (sm_uuid_equal(&other->client_id, &name->client_id) && other->kind == name->kind &&
            sm_slice_equal(other->key, name->key))
            return &rows->table_rows[i];
    }
    return NULL;
}

struct memory_log_line *memory_rows_log_line(const struct memory_rows *rows,
                                             const struct sm_uuid *client_id,
                                             const struct sm_uuid *event_id)
{
    for (size_t i = 0; i < rows->log_line_count; i++) {
        struct memory_log_line *line = &rows->log_lines[i];

        if (!line->removed && sm_uuid_equal(&line->event_id, event_id) &&
            sm_uuid_equal(&line->client_id, client_id))
            return line;
    }
    return NULL;
}

struct memory_parked *memory_rows_waiting(const struct memory_rows *rows,
                                          const struct sm_uuid *client_id,
                                          const struct sm_uuid *event_id, int64_t but)
{
    for (size_t i = 0; i < rows->parked_count; i++) {
        struct memory_parked *parked = &rows->parked[i];

        if (parked->row.state == SM_PARKED_WAITING && parked->id != but &&
            sm_uuid_equal(&parked->event_id, event_id) &&
            sm_uuid_equal(&parked->name.client_id, client_id))
            return parked;
    }
    return NULL;
}

struct memory_parked *memory_rows_parked(const struct memory_rows *rows, int64_t id)
{
    for (size_t i = 0; i < rows->parked_count; i++) {
        if (rows->parked[i].id == id)
            return &rows->parked[i];
    }
    return NULL;
}

struct memory_position *memory_rows_position(const struct memory_rows *rows,
                                             struct sm_partition_id id)
{
    for (size_t i = 0; i < rows->position_count; i++) {
        struct memory_position *position = &rows->positions[i];

        if (position->id.topic == id.topic && position->id.partition == id.partition)
            return position;
    }
    return NULL;
}

struct memory_head *memory_rows_head(const struct memory_rows *rows,
                                     const struct sm_stream_name *name)
{
    for (size_t i = 0; i < rows->head_count; i++) {
        const struct sm_stream_name *other = &rows->heads[i].name;

        if (sm_uuid_equal(&other->client_id, &name->client_id) && other->kind == name->kind &&
            sm_slice_equal(other->key, name->key))
            return &rows->heads[i];
    }
    return NULL;
}

struct sm_client *memory_rows_client(const struct memory_rows *rows, const struct sm_uuid *id)
{
    for (size_t i = 0; i < rows->client_count; i++) {
        if (sm_uuid_equal(&rows->clients[i].id, id))
            return &rows->clients[i];
    }
    return NULL;
}

struct memory_event *memory_rows_event(const struct memory_rows *rows,
                                       const struct sm_uuid *client_id,
                                       const struct sm_uuid *event_id)
{
    for (size_t i = 0; i < rows->event_count; i++) {
        const struct sm_event *event = &rows->events[i].row.event;

        if (sm_uuid_equal(&event->id, event_id) && sm_uuid_equal(&event->client_id, client_id))
            return &rows->events[i];
    }
    return NULL;
}

struct sm_client *memory_rows_owner(const struct memory_rows *rows, struct sm_slice organization_id)
{
    for (size_t i = 0; i < rows->client_count; i++) {
        struct sm_client *client = &rows->clients[i];

        if (sm_client_keeps_organization(client) &&
            sm_slice_equal(client->organization_id, organization_id))
            return client;
    }
    return NULL;
}

static void *copy_array(const void *from, size_t count, size_t *capacity, size_t size)
{
    void *to = NULL;

    *capacity = count;
    if (count == 0)
        return NULL;
    to = malloc(count * size);
    SM_ASSERT(to != NULL);
    return memcpy(to, from, count * size);
}

void memory_rows_copy(struct memory_rows *to, const struct memory_rows *from)
{
    *to = *from;
    to->positions = copy_array(from->positions, from->position_count, &to->position_capacity,
                               sizeof(*from->positions));
    to->events =
        copy_array(from->events, from->event_count, &to->event_capacity, sizeof(*from->events));
    to->heads = copy_array(from->heads, from->head_count, &to->head_capacity, sizeof(*from->heads));
    to->clients =
        copy_array(from->clients, from->client_count, &to->client_capacity, sizeof(*from->clients));
    to->dead_letters = copy_array(from->dead_letters, from->dead_letter_count,
                                  &to->dead_letter_capacity, sizeof(*from->dead_letters));
    to->ledger =
        copy_array(from->ledger, from->ledger_count, &to->ledger_capacity, sizeof(*from->ledger));
    to->table_rows = copy_array(from->table_rows, from->table_row_count, &to->table_row_capacity,
                                sizeof(*from->table_rows));
    to->log_lines = copy_array(from->log_lines, from->log_line_count, &to->log_line_capacity,
                               sizeof(*from->log_lines));
    to->parked =
        copy_array(from->parked, from->parked_count, &to->parked_capacity, sizeof(*from->parked));
    to->due = copy_array(from->due, from->due_count, &to->due_capacity, sizeof(*from->due));
    to->commands = copy_array(from->commands, from->command_count, &to->command_capacity,
                              sizeof(*from->commands));
    to->requests = copy_array(from->requests, from->request_count, &to->request_capacity,
                              sizeof(*from->requests));
}

void memory_rows_free(struct memory_rows *rows)
{
    free(rows->positions);
    free(rows->events);
    free(rows->heads);
    free(rows->clients);
    free(rows->dead_letters);
    free(rows->ledger);
    free(rows->table_rows);
    free(rows->log_lines);
    free(rows->parked);
    free(rows->due);
    free(rows->requests);
    free(rows->commands);
    *rows = (struct memory_rows){0};
}
