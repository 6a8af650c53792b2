/* Commands, as LOAD asks for them. */
#include "postgres/load_outbox.h"

#include "postgres/get.h"

void sm__load_outboxes_prepare(struct sm_load *load)
{
    for (size_t i = 0; i < load->outbox_count; i++)
        load->outboxes[i] = (struct sm_outbox_wanted){ .client_id = load->outboxes[i].client_id };
}

void sm__load_put_outboxes(const struct sm_load *load, const struct sm__item *item,
                           struct sm__params *params)
{
    struct sm__out *out = sm__params_array(params, SM__OID_UUID, item->count);

    for (size_t i = item->first; i < item->first + item->count; i++)
        sm__field_bytes(out, load->outboxes[i].client_id.bytes,
                        sizeof(load->outboxes[i].client_id.bytes));
}

enum { ORDINAL, COMMAND_ID, SEQUENCE, DIGEST };

/* Rows come by client, then sequence, so that each client's stand together. */
enum sm_status sm__load_take_found(struct sm_load *load, const struct sm__item *item,
                                   const PGresult *result, struct sm_err *err)
{
    int rows = PQntuples(result);
    struct sm_command_found *list = NULL;

    if (rows > 0) {
        list = sm_arena_alloc(load->arena, (size_t)rows * sizeof(*list));
        if (list == NULL)
            return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                              "the arena is too small for %d commands that were found on the topic",
                              rows);
    }
    for (int row = 0; row < rows; row++) {
        size_t at = item->first + (size_t)sm__get_i32(result, row, ORDINAL) - 1;
        struct sm_outbox_wanted *wanted = &load->outboxes[at];

        sm__get_uuid(result, row, COMMAND_ID, &list[row].command_id);
        list[row].sequence = sm__get_i64(result, row, SEQUENCE);
        (void)sm__get_digest(result, row, DIGEST, &list[row].digest);
        if (wanted->found_count++ == 0)
            wanted->found = &list[row];
    }
    return SM_OK;
}
