/* Laws of the outbox: each client's commands are numbered from 1 without a gap, and the last of
 * them is the one that its tenant says it has published last. */
#include <inttypes.h>

#include "sim/memory_priv.h"

static bool audit_client(struct memory_db *db, const struct sm_client *client)
{
    const struct sm_command_row *last = NULL;
    int64_t count = 0;

    for (size_t i = 0; i < db->rows.command_count; i++) {
        const struct sm_command_row *row = &db->rows.commands[i].row;

        if (!sm_uuid_equal(&row->client_id, &client->id))
            continue;
        if (row->sequence < 1)
            return memory_db_fail(db, "commands", "a command has the number %" PRId64,
                                  row->sequence);
        count++;
        if (last == NULL || row->sequence > last->sequence)
            last = row;
    }
    if (last != NULL && last->sequence != count)
        return memory_db_fail(db, "commands",
                              "organization %.*s has %" PRId64 " commands, the last is %" PRId64,
                              (int)client->organization_id.size,
                              (const char *)client->organization_id.data, count, last->sequence);
    if (last == NULL ? !sm_uuid_is_nil(&client->tenant.command_id)
                     : !sm_uuid_equal(&last->command_id, &client->tenant.command_id))
        return memory_db_fail(db, "commands",
                              "organization %.*s: its tenant has published another command than "
                              "the last of %" PRId64,
                              (int)client->organization_id.size,
                              (const char *)client->organization_id.data, count);
    return true;
}

bool memory__audit_commands(struct memory_db *db)
{
    for (size_t i = 0; i < db->rows.client_count; i++) {
        if (!audit_client(db, &db->rows.clients[i]))
            return false;
    }
    return true;
}
