/* The store suite: units with rows, log lines and waiting events, as the engine would make them. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/data.h"

/* Values of events and old values of rows: streams go on over several units, so nothing is given
 * back. Pages that are not used cost nothing. */
#define ARENA_SIZE (64 << 20)

static struct sm_arena *arena_of_suite(void)
{
    static struct sm_arena arena;

    if (arena.base == NULL)
        assert_true(sm_arena_init(&arena, ARENA_SIZE));
    return &arena;
}

static struct sm_ledger_row *row_at_hand(struct draft *draft)
{
    assert_true(draft->unit.partition_count > 0);
    return &draft->partitions[draft->unit.partition_count - 1].row;
}

static uint32_t partition_at_hand(const struct draft *draft)
{
    return (uint32_t)draft->unit.partition_count - 1;
}

struct sm_event *draft_make(struct draft *draft, unsigned id, struct sm_uuid client,
                            enum sm_event_type type, const char *data)
{
    size_t at = draft->event_count++;
    struct sm_event *event = &draft->events[at];

    assert_true(at < DRAFT_EVENTS);
    *event = (struct sm_event){ .id = event_uuid(id),
                                .client_id = client,
                                .type = type,
                                .expected_version = SM_VERSION_ANY,
                                .time_us = draft_time((int32_t)id),
                                .source = SM_SLICE("/contract"),
                                .data = sm_slice_of(data) };
    assert_true(sm_event_replay_data(event, event->data, arena_of_suite()));
    return event;
}

/* The stream's change of this unit, if there is one by now. */
static struct sm_head_change *change_of(struct draft *draft, const struct sm_stream_name *name)
{
    for (size_t i = 0; i < draft->unit.head_count; i++) {
        struct sm_head_change *change = &draft->heads[i];

        if (sm_uuid_equal(&change->name.client_id, &name->client_id) &&
            change->name.kind == name->kind && sm_slice_equal(change->name.key, name->key))
            return change;
    }
    return NULL;
}

static void keep_row(struct draft *draft, const struct sm_stream_name *name,
                     const struct sm_stream *stream)
{
    size_t at = 0;

    while (at < draft->unit.row_count &&
           !(sm_uuid_equal(&draft->rows[at].name.client_id, &name->client_id) &&
             draft->rows[at].name.kind == name->kind &&
             sm_slice_equal(draft->rows[at].name.key, name->key)))
        at++;
    draft->kept_rows[at] = stream->row;
    draft->rows[at] = (struct sm_row_change){ *name, &draft->kept_rows[at] };
    if (at == draft->unit.row_count)
        draft->unit.row_count++;
}

void draft_apply_at(struct draft *draft, int64_t offset, struct sm_event *event,
                    struct sm_stream *stream)
{
    const struct sm_stream_name name = { event->client_id, sm_event_type_kind(event->type),
                                         event->key };
    int64_t created_at = sm_created_at(&stream->head, event->time_us);
    struct sm_head_change *head = change_of(draft, &name);
    struct sm_append *append = &draft->appends[draft->unit.append_count++];
    enum sm_table table;

    *append = (struct sm_append){ .event = event,
                                  .partition_index = partition_at_hand(draft),
                                  .offset = offset,
                                  .created_at = created_at };
    assert_true(sm_previous_values(stream, event, arena_of_suite(), &append->previous));
    if (head == NULL) {
        head = &draft->heads[draft->unit.head_count++];
        *head = (struct sm_head_change){ name, stream->head.version, stream->head };
    }
    sm_project(stream, event, created_at);
    append->version = stream->head.version;
    head->head = stream->head;
    if (sm_kind_table(name.kind, &table))
        keep_row(draft, &name, stream);
    row_at_hand(draft)->appended++;
}

/* The offset of the next record, which is consumed. */
static int64_t consume(struct draft *draft)
{
    struct sm_ledger_row *row = row_at_hand(draft);

    row->consumed++;
    return row->next_offset++;
}

void draft_apply(struct draft *draft, struct sm_event *event, struct sm_stream *stream)
{
    draft_apply_at(draft, consume(draft), event, stream);
}

void draft_line(struct draft *draft, struct sm_event *event)
{
    draft->lines[draft->unit.log_line_count++] =
        (struct sm_log_line){ event, partition_at_hand(draft), consume(draft) };
    row_at_hand(draft)->logged++;
}

struct sm_parked *draft_park(struct draft *draft, struct sm_event *event, enum sm_wait_for what,
                             const char *code)
{
    struct sm_parked *parked = &draft->parked[draft->unit.parked_count++];

    *parked =
        (struct sm_parked){ .partition_index = partition_at_hand(draft),
                            .offset = consume(draft),
                            .timestamp_us = event->time_us,
                            .key = SM_SLICE("key"),
                            .value = event->data,
                            .event = event,
                            .wait = { what, code != NULL ? sm_slice_of(code) : SM_SLICE_NONE } };
    row_at_hand(draft)->parked++;
    return parked;
}

void draft_release(struct draft *draft)
{
    row_at_hand(draft)->cause = SM_CAUSE_RELEASED;
}

struct sm_parked_change *draft_resolve(struct draft *draft, int64_t parked_id,
                                       enum sm_parked_state state)
{
    struct sm_parked_change *change = &draft->changes[draft->unit.parked_change_count++];
    struct sm_ledger_row *row = row_at_hand(draft);

    *change = (struct sm_parked_change){ .parked_id = parked_id,
                                         .partition_index = partition_at_hand(draft),
                                         .state = state };
    if (state != SM_PARKED_WAITING)
        row->resolved++;
    if (state == SM_PARKED_DUPLICATE)
        row->duplicated++;
    return change;
}

struct sm_dead_letter *draft_reject_at(struct draft *draft, int64_t offset,
                                       const struct sm_rejection *rejection,
                                       const struct sm_event *event)
{
    struct sm_dead_letter *letter = draft_dead_letter(draft, rejection, event);
    struct sm_ledger_row *row = row_at_hand(draft);

    letter->offset = offset;
    letter->key = SM_SLICE("key");
    letter->value = event->data;
    row->consumed--; /* no offset covers it */
    row->next_offset--;
    return letter;
}

struct sm_command_row *draft_command(struct draft *draft, unsigned id, unsigned client,
                                     int64_t sequence, const char *text)
{
    size_t at = draft->unit.command_count++;

    assert_true(at < DRAFT_EVENTS);
    draft->commands[at] = (struct sm_command_row){ .client_id = client_uuid(client),
                                                   .command_id = command_uuid(id),
                                                   .sequence = sequence,
                                                   .organization_id = SM_SLICE("2"),
                                                   .value = sm_slice_of(text),
                                                   .event_id = event_uuid(id),
                                                   .partition_index = partition_at_hand(draft) };
    return &draft->commands[at];
}

struct sm_stream stream_new(void)
{
    return (struct sm_stream){ .head = SM_HEAD_EMPTY };
}
