/* `tenants export-sql`: every statement of every command so far. */
#include "cli/operand.h"
#include "cli/tenants_priv.h"

struct export {
    struct sm_buf *out;
    struct sm_arena arena;
    uint64_t count;
    uint64_t unreadable; /* commands of another version, or not ours */
};

static void add_command(void *context, const struct sm_tenant_command_view *view)
{
    struct export *export = context;
    struct sm_tenant_command command;
    char id[SM_UUID_TEXT_SIZE + 1];

    sm_arena_reset(&export->arena);
    sm_uuid_format(&view->command_id, id);
    export->count++;
    sm_buf_printf(export->out, "-- ======== command %s%s\n", id,
                  view->published_at == SM_TIME_NONE ? ", not published yet" : "");
    if (sm_command_read(view->value, &export->arena, &command) != SM_OK) {
        export->unreadable++;
        sm_buf_append_text(export->out, "-- it cannot be read by this version\n\n");
        return;
    }
    sm__tenants_put_command(export->out, &command);
}

enum sm_status sm__tenants_export(struct sm__tenants *tenants, struct sm__wire *wire,
                                  struct sm_err *err)
{
    struct export export = {.out = &tenants->out};
    const struct sm_tenants_sink sink = {&export, NULL, NULL, add_command};
    struct sm_tenants_filter filter;
    struct sm_uuid client_id;
    enum sm_status status = sm__tenants_read_filter(tenants, &client_id, &filter, err);

    if (status == SM_OK && !sm_arena_init(&export.arena, SM__COMMAND_ARENA_SIZE))
        status = sm__out_of_memory(err);
    if (status != SM_OK)
        return status;
    status = sm_postgres_tenants_commands(sm__wire_database(wire), &filter, &sink, err);
    sm_arena_deinit(&export.arena);
    sm_buf_printf(&tenants->out, "-- %llu commands, of which %llu cannot be read by this version\n",
                  (unsigned long long)export.count, (unsigned long long)export.unreadable);
    return status;
}
