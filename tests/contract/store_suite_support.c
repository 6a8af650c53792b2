#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/data.h"
#include "engine/verify.h"

#define STEPS_MAX 1000000
#define CASES_MAX 96
#define BASE_TIME INT64_C(1767225600000000) /* 2026-01-01 */

/* ---- calls ---- */

enum sm_status store_call(const struct store_rig *rig, struct sm_store *store,
                          const struct sm_store_call *call, struct sm_err *err)
{
    struct sm_err ignored = {0};
    enum sm_status status = SM_AGAIN;

    store->ops->begin(store, call);
    for (int i = 0; i < STEPS_MAX; i++) {
        status = store->ops->step(store, err != NULL ? err : &ignored);
        if (status != SM_AGAIN)
            return status;
        rig->wait(rig->context, store);
    }
    fail_msg("a call never ends");
    return status;
}

enum sm_status store_take(const struct store_rig *rig, struct sm_store *store,
                          struct sm_takeover *list, size_t count)
{
    struct sm_store_call call = {.kind = SM_STORE_TAKE_OVER, .take_over = {list, count}};

    return store_call(rig, store, &call, NULL);
}

enum sm_status store_load(const struct store_rig *rig, struct sm_store *store, struct sm_load *load)
{
    struct sm_store_call call = {.kind = SM_STORE_LOAD, .load = load};

    return store_call(rig, store, &call, NULL);
}

struct sm_takeover store_own(const struct store_rig *rig, struct sm_store *store, int32_t partition)
{
    struct sm_takeover taken = {.id = {SM_TOPIC_CONFIG, partition}, .mode = SM_TAKEOVER_CREATE};

    assert_int_equal(store_take(rig, store, &taken, 1), SM_OK);
    assert_int_equal(taken.outcome, SM_TAKEOVER_TAKEN);
    return taken;
}

/* ---- names and rows ---- */

struct sm_uuid client_uuid(unsigned client)
{
    return (struct sm_uuid){{0xC1, (uint8_t)(client >> 8), (uint8_t)client}};
}

struct sm_uuid event_uuid(unsigned id)
{
    return (struct sm_uuid){{0xE0, 0, (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id}};
}

struct sm_uuid command_uuid(unsigned id)
{
    return (struct sm_uuid){{0xC0, 0, (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id}};
}

int64_t draft_time(int32_t version)
{
    return BASE_TIME + version * INT64_C(1000000);
}

struct sm_client make_client(unsigned client, const char *organization)
{
    return (struct sm_client){.id = client_uuid(client),
                              .exists = true,
                              .status = SM_CLIENT_STATUS_ACTIVE,
                              .tenant_mode = SM_TENANT_PREFIXED_TABLES,
                              .config_confirmed_at = SM_TIME_NONE,
                              .name = SM_SLICE("ООО \"Гастрономия\""),
                              .organization_id = sm_slice_of(organization),
                              .features_enabled = SM_SLICE("{}"),
                              .created_at = draft_time(1),
                              .updated_at = draft_time(1)};
}

/* ---- drafts ---- */

void draft_begin(struct draft *draft)
{
    *draft = (struct draft){0};
    draft->unit = (struct sm_unit){.partitions = draft->partitions,
                                   .appends = draft->appends,
                                   .heads = draft->heads,
                                   .checks = draft->checks,
                                   .clients = draft->clients,
                                   .dead_letters = draft->dead_letters,
                                   .rows = draft->rows,
                                   .log_lines = draft->lines,
                                   .parked = draft->parked,
                                   .parked_changes = draft->changes,
                                   .commands = draft->commands,
                                   .opened_clients = draft->opened,
                                   .opened_references = draft->references,
                                   .generations = draft->generations};
}

void draft_partition(struct draft *draft, const struct sm_takeover *taken)
{
    size_t at = draft->unit.partition_count++;

    assert_true(at < DRAFT_PARTITIONS);
    draft->chains[at] = taken->chain;
    draft->partitions[at] = (struct sm_unit_partition){
        .id = taken->id,
        .epoch = taken->epoch,
        .row = {.topic_id = taken->topic_id,
                .partition = taken->id.partition,
                .seq = taken->seq + 1,
                .first_offset = taken->next_offset,
                .next_offset = taken->next_offset,
                .recorded_at = draft_time(1000 + (int32_t)taken->seq)},
        .anchor = {.offset = -1},
    };
}

static struct sm_ledger_row *row_at_hand(struct draft *draft)
{
    assert_true(draft->unit.partition_count > 0);
    return &draft->partitions[draft->unit.partition_count - 1].row;
}

static struct sm_event *add_event(struct draft *draft, struct sm_event event, int32_t version,
                                  const char *data)
{
    struct sm_ledger_row *row = row_at_hand(draft);
    size_t at = draft->event_count++;

    assert_true(at < DRAFT_EVENTS);
    (void)snprintf(draft->data[at], sizeof(draft->data[at]), "%s", data);
    event.data = sm_slice_of(draft->data[at]);
    event.expected_version = SM_VERSION_ANY;
    event.time_us = draft_time(version);
    event.source = SM_SLICE("/contract");
    draft->events[at] = event;
    draft->appends[draft->unit.append_count++] =
        (struct sm_append){.event = &draft->events[at],
                           .partition_index = (uint32_t)draft->unit.partition_count - 1,
                           .version = version,
                           .offset = row->next_offset,
                           .created_at = draft_time(version)};
    row->next_offset++;
    row->consumed++;
    row->appended++;
    return &draft->events[at];
}

struct sm_event *draft_event(struct draft *draft, unsigned id, unsigned client, const char *feature,
                             int32_t version)
{
    char data[160];

    (void)snprintf(data, sizeof(data), "{\"config\": {\"n\": %d}, \"feature_type\": \"%s\"}",
                   (int)version, feature);
    return add_event(draft,
                     (struct sm_event){.id = event_uuid(id),
                                       .client_id = client_uuid(client),
                                       .type = SM_EVENT_FEATURE_CONFIG_CHANGED,
                                       .key = sm_slice_of(feature)},
                     version, data);
}

void draft_register(struct draft *draft, unsigned id, const struct sm_client *client)
{
    size_t head = draft->unit.head_count++;
    char data[160];

    (void)snprintf(data, sizeof(data),
                   "{\"name\": \"ООО \\\"Гастрономия\\\"\", \"organization_id\": \"%.*s\"}",
                   (int)client->organization_id.size, (const char *)client->organization_id.data);
    (void)add_event(draft,
                    (struct sm_event){.id = event_uuid(id),
                                      .client_id = client->id,
                                      .type = SM_EVENT_CLIENT_REGISTERED,
                                      .key = SM_SLICE("")},
                    1, data);
    draft->heads[head] = (struct sm_head_change){
        .name = {client->id, SM_KIND_CLIENT, SM_SLICE("")},
        .head = {1, draft_time(1), SM_TIME_NONE},
    };
    draft->clients[draft->unit.client_count++] = (struct sm_client_change){client, true};
}

struct sm_head_change *draft_head(struct draft *draft, unsigned client, const char *feature,
                                  int32_t expected, int32_t version)
{
    size_t at = draft->unit.head_count++;

    assert_true(at < DRAFT_EVENTS);
    draft->heads[at] = (struct sm_head_change){
        .name = {client_uuid(client), SM_KIND_FEATURE_CONFIG, sm_slice_of(feature)},
        .expected_version = expected,
        .head = {version, draft_time(version), draft_time(version)},
    };
    return &draft->heads[at];
}

struct sm_dead_letter *draft_dead_letter(struct draft *draft, const struct sm_rejection *rejection,
                                         const struct sm_event *event)
{
    struct sm_ledger_row *row = row_at_hand(draft);
    struct sm_dead_letter *letter = &draft->dead_letters[draft->unit.dead_letter_count++];

    *letter = (struct sm_dead_letter){
        .partition_index = (uint32_t)draft->unit.partition_count - 1,
        .offset = row->next_offset,
        .timestamp_us = draft_time(0),
        .value = SM_SLICE("not json"),
        .rejection = rejection,
        .event = event,
        .known = {event != NULL, event != NULL, event != NULL, event != NULL},
    };
    row->next_offset++;
    row->consumed++;
    row->rejected++;
    return letter;
}

void draft_duplicates(struct draft *draft, const struct sm_range *range)
{
    struct sm_ledger_row *row = row_at_hand(draft);

    row->duplicates = range;
    row->duplicate_count = 1;
    row->duplicated = (int32_t)(range->next - range->first);
    row->consumed += row->duplicated;
    row->next_offset = range->next;
}

static int compare_heads(const void *a, const void *b)
{
    const struct sm_stream_name *x = &((const struct sm_head_change *)a)->name;
    const struct sm_stream_name *y = &((const struct sm_head_change *)b)->name;
    int order = sm_uuid_compare(&x->client_id, &y->client_id);

    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    return order != 0 ? order : sm_slice_compare(x->key, y->key);
}

static int compare_rows(const void *a, const void *b)
{
    const struct sm_stream_name *x = &((const struct sm_row_change *)a)->name;
    const struct sm_stream_name *y = &((const struct sm_row_change *)b)->name;
    int order = (int)x->kind - (int)y->kind;

    if (order == 0)
        order = sm_uuid_compare(&x->client_id, &y->client_id);
    return order != 0 ? order : sm_slice_compare(x->key, y->key);
}

static void digest_partition(struct draft *draft, uint32_t index)
{
    struct sm_unit_partition *part = &draft->partitions[index];
    struct sm_log_position place = {part->row.topic_id, part->row.partition, 0, part->row.seq};
    struct sm_sha256 hash;

    sm_digest_begin_ledger(&hash, &draft->chains[index], &part->row);
    for (size_t i = 0; i < draft->unit.append_count; i++) {
        const struct sm_append *append = &draft->appends[i];

        place.offset = append->offset;
        if (append->partition_index == index)
            sm_digest_add_event(&hash, append->event, append->version, append->created_at,
                                part->row.recorded_at, part->row.cause, &place);
    }
    for (size_t i = 0; i < draft->unit.dead_letter_count; i++) {
        const struct sm_dead_letter *letter = &draft->dead_letters[i];

        if (letter->partition_index == index)
            sm_digest_add_dead_letter(&hash, letter->offset,
                                      sm_slice_of(sm_rejection_code_name(letter->rejection->code)),
                                      letter->key, &letter->value_hash);
    }
    for (size_t i = 0; i < draft->unit.parked_count; i++) {
        const struct sm_parked *parked = &draft->parked[i];

        if (parked->partition_index == index)
            sm_digest_add_parked(&hash, parked->offset,
                                 sm_slice_of(sm_wait_name(parked->wait.what)), parked->key,
                                 &parked->value_hash);
    }
    sm_sha256_end(&hash, &part->digest);
}

void draft_end(struct draft *draft)
{
    for (size_t i = 0; i < draft->event_count; i++)
        sm_content_hash(&draft->events[i], &draft->events[i].content_hash);
    for (size_t i = 0; i < draft->unit.dead_letter_count; i++)
        sm_value_hash(draft->dead_letters[i].value, &draft->dead_letters[i].value_hash);
    for (size_t i = 0; i < draft->unit.parked_count; i++)
        sm_value_hash(draft->parked[i].value, &draft->parked[i].value_hash);
    for (size_t i = 0; i < draft->unit.command_count; i++)
        sm_value_hash(draft->commands[i].value, &draft->commands[i].digest);
    qsort(draft->heads, draft->unit.head_count, sizeof(draft->heads[0]), compare_heads);
    qsort(draft->rows, draft->unit.row_count, sizeof(draft->rows[0]), compare_rows);
    for (uint32_t i = 0; i < draft->unit.partition_count; i++)
        digest_partition(draft, i);
}

enum sm_status draft_commit(const struct store_rig *rig, struct sm_store *store,
                            struct draft *draft, struct sm_err *err)
{
    struct sm_store_call call = {.kind = SM_STORE_COMMIT, .unit = &draft->unit};

    draft_end(draft);
    return store_call(rig, store, &call, err);
}

void draft_follow(const struct draft *draft, size_t partition, struct sm_takeover *taken)
{
    const struct sm_unit_partition *part = &draft->partitions[partition];

    taken->next_offset = part->row.next_offset;
    taken->seq = part->row.seq;
    taken->chain = part->digest;
    taken->recorded_at = part->row.recorded_at;
}

void draft_streams(struct draft *draft, unsigned count)
{
    static const char *const features[] = {"ema", "ma", "std", "lags", "weather"};

    for (unsigned i = 0; i < count; i++) {
        draft_event(draft, i, i / 5, features[i % 5], 1);
        draft_head(draft, i / 5, features[i % 5], 0, 1);
    }
}

/* ---- scenes ---- */

void scene_open(const struct store_rig *rig, struct scene *scene)
{
    *scene = (struct scene){.store = rig->open(rig->context, "one")};
    scene->taken = store_own(rig, scene->store, 0);
    scene->draft = calloc(1, sizeof(*scene->draft));
    assert_non_null(scene->draft);
    draft_begin(scene->draft);
    draft_partition(scene->draft, &scene->taken);
}

enum sm_status scene_commit(const struct store_rig *rig, struct scene *scene)
{
    enum sm_status status = draft_commit(rig, scene->store, scene->draft, &scene->err);

    if (status == SM_OK)
        draft_follow(scene->draft, 0, &scene->taken);
    draft_begin(scene->draft);
    draft_partition(scene->draft, &scene->taken);
    return status;
}

void scene_close(struct scene *scene)
{
    scene->store->ops->close(scene->store);
    free(scene->draft);
}

/* ---- what is kept ---- */

bool find_row(const struct store_rig *rig, enum sm_log_scan_kind kind,
              bool (*look)(void *context, const struct sm_log_row *row), void *context)
{
    struct sm_log *log = rig->log(rig->context);
    struct sm_log_scan *scan = NULL;
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};
    enum sm_status status;
    bool found = false;

    assert_int_equal(log->ops->open(log, kind, &scan, &err), SM_OK);
    while (!found && (status = log->ops->next(scan, &row, &err)) == SM_OK)
        found = look(context, row);
    if (!found && status != SM_STOP)
        fail_msg("%s", err.text);
    log->ops->close_scan(scan);
    log->ops->close(log);
    return found;
}

static bool count_one(void *context, const struct sm_log_row *row)
{
    (void)row;
    ++*(size_t *)context;
    return false;
}

size_t count_rows(const struct store_rig *rig, enum sm_log_scan_kind kind)
{
    size_t count = 0;

    (void)find_row(rig, kind, count_one, &count);
    return count;
}

static bool take_position(void *context, const struct sm_log_row *row)
{
    if (row->position.partition != 0)
        return false;
    *(struct sm_position_row *)context = row->position;
    return true;
}

struct sm_position_row position_now(const struct store_rig *rig)
{
    struct sm_position_row position = {0};

    assert_true(find_row(rig, SM_SCAN_POSITIONS, take_position, &position));
    return position;
}

static void on_difference(void *context, const struct sm_difference *difference)
{
    (void)context;
    print_message("%s %s %s: expected %s, found %s\n", difference->table, difference->row,
                  difference->column, difference->expected, difference->found);
}

static void on_progress(void *context, const char *stage, uint64_t rows)
{
    (void)context;
    (void)stage;
    (void)rows;
}

bool is_verified(const struct store_rig *rig)
{
    const struct sm_verify_sink sink = {.difference = on_difference, .progress = on_progress};
    struct sm_log *log = rig->log(rig->context);
    struct sm_verify_result result;
    struct sm_err err = {0};
    enum sm_status status = sm_verify(log, &sink, &result, &err);

    log->ops->close(log);
    if (status != SM_OK)
        fail_msg("%s", err.text);
    return result.differences == 0;
}

/* ---- running ---- */

struct selected {
    const struct store_rig *rig;
    const struct store_case *test;
};

static void run_one(void **state)
{
    const struct selected *selected = *state;

    selected->rig->reset(selected->rig->context);
    selected->test->run(selected->rig);
}

int store_suite_run(const struct store_rig *rig)
{
    static const struct store_group *const groups[] = {&store_takeover_group, &store_commit_group,
                                                       &store_read_group, &store_rows_group,
                                                       &store_waiting_group, &store_due_group,
                                                       &store_trial_group, &store_session_group,
                                                       &store_outbox_group, &store_relay_group};
    struct CMUnitTest tests[CASES_MAX];
    struct selected selected[CASES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < SM_ARRAY_COUNT(groups); i++) {
        for (size_t j = 0; j < groups[i]->count; j++, count++) {
            assert_true(count < CASES_MAX);
            selected[count] = (struct selected){rig, &groups[i]->cases[j]};
            tests[count] = (struct CMUnitTest){.name = groups[i]->cases[j].name,
                                               .test_func = run_one,
                                               .initial_state = &selected[count]};
        }
    }
    /* The macro takes arrays of a fixed size only. */
    return _cmocka_run_group_tests("store", tests, count, NULL, NULL);
}
