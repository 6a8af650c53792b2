/* The store suite: what is read back, for admission and by the log. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- loading ---- */

struct questions {
    struct sm_arena arena;
    struct sm_load load;
    struct sm_head_wanted heads[3];
    struct sm_client_wanted clients[2];
    struct sm_brief_wanted briefs[3];
    struct sm_organization_wanted organizations[3];
    struct sm_seen_wanted seen[5];
};

static void ask(const struct store_rig *rig, struct sm_store *store, struct questions *all)
{
    all->load.arena = &all->arena;
    all->load.heads = all->heads;
    all->load.clients = all->clients;
    all->load.briefs = all->briefs;
    all->load.organizations = all->organizations;
    all->load.seen = all->seen;
    assert_int_equal(store_load(rig, store, &all->load), SM_OK);
}

static struct sm_head_wanted head_of(unsigned client, enum sm_kind kind, const char *key)
{
    return (struct sm_head_wanted){.name = {client_uuid(client), kind, sm_slice_of(key)}};
}

/* Two clients (one archived), one stream with two versions, one dead letter with content and one
 * without. */
static void fill(const struct store_rig *rig, struct scene *scene, const struct sm_client *first,
                 const struct sm_client *second, const struct sm_event *rejected)
{
    static const struct sm_rejection rejection = {.code = SM_CODE_CLIENT_ARCHIVED,
                                                  .reason = "archived"};
    struct sm_dead_letter *letter;

    draft_register(scene->draft, 1, first);
    draft_register(scene->draft, 2, second);
    draft_event(scene->draft, 3, 1, "ema", 1);
    draft_event(scene->draft, 4, 1, "ema", 2);
    draft_head(scene->draft, 1, "ema", 0, 2);
    draft_dead_letter(scene->draft, &rejection, rejected);
    letter = draft_dead_letter(scene->draft, &rejection, rejected + 1);
    letter->known.content = false;
    assert_int_equal(scene_commit(rig, scene), SM_OK);
}

static void fill_questions(struct questions *all)
{
    all->heads[0] = head_of(1, SM_KIND_FEATURE_CONFIG, "ema");
    all->heads[1] = head_of(1, SM_KIND_FEATURE_CONFIG, "ma");
    all->heads[2] = head_of(2, SM_KIND_CLIENT, "");
    all->load.head_count = 3;
    all->clients[0].id = client_uuid(1);
    all->clients[1].id = client_uuid(3);
    all->load.client_count = 2;
    for (unsigned i = 0; i < 3; i++)
        all->briefs[i].id = client_uuid(i + 1);
    all->load.brief_count = 3;
    all->organizations[0].organization_id = SM_SLICE("2");
    all->organizations[1].organization_id = SM_SLICE("9");
    all->organizations[2].organization_id = SM_SLICE("none");
    all->load.organization_count = 3;
    all->seen[0] = (struct sm_seen_wanted){.client_id = client_uuid(1), .event_id = event_uuid(3)};
    all->seen[1] = (struct sm_seen_wanted){.client_id = client_uuid(2), .event_id = event_uuid(3)};
    all->seen[2] = (struct sm_seen_wanted){.client_id = client_uuid(2), .event_id = event_uuid(77)};
    all->seen[3] = (struct sm_seen_wanted){.client_id = client_uuid(3), .event_id = event_uuid(78)};
    all->seen[4] = (struct sm_seen_wanted){.client_id = client_uuid(1), .event_id = event_uuid(99)};
    all->load.seen_count = 5;
}

static void assert_briefs(const struct sm_brief_wanted *briefs)
{
    assert_true(briefs[0].client.exists);
    assert_int_equal(briefs[0].client.status, SM_CLIENT_STATUS_ACTIVE);
    assert_false(briefs[0].client.config_confirmed);
    assert_false(briefs[0].client.frozen);
    assert_false(briefs[0].has_dead_letters);
    assert_true(briefs[1].client.exists);
    assert_int_equal(briefs[1].client.status, SM_CLIENT_STATUS_ARCHIVED);
    assert_true(briefs[1].client.frozen);
    assert_true(briefs[1].has_dead_letters);
    assert_false(briefs[2].client.exists);
    assert_true(briefs[2].has_dead_letters);
}

static void everything_that_was_asked_for_is_loaded(const struct store_rig *rig)
{
    struct sm_client first = make_client(1, "2"), second = make_client(2, "9");
    struct sm_event rejected[2] = {
        {.id = event_uuid(77), .client_id = client_uuid(2), .content_hash = {{7}}},
        {.id = event_uuid(78), .client_id = client_uuid(3)}};
    struct questions *all = calloc(1, sizeof(*all));
    struct scene scene;

    assert_non_null(all);
    assert_true(sm_arena_init(&all->arena, 65536));
    first.contact_email = SM_SLICE("a@b.ru");
    first.features_enabled = SM_SLICE("{\"bom_explosion\": true}");
    second.status = SM_CLIENT_STATUS_ARCHIVED;
    second.tenant.saga = SM_SAGA_MIGRATE;
    second.tenant.step = SM_STEP_FREEZE;
    second.tenant.saga_id = event_uuid(1);
    second.tenant.attempt = 1;
    scene_open(rig, &scene);
    fill(rig, &scene, &first, &second, rejected);

    fill_questions(all);
    ask(rig, scene.store, all);

    assert_int_equal(all->heads[0].head.version, 2);
    assert_int_equal(all->heads[0].head.last_at, draft_time(2));
    assert_int_equal(all->heads[0].head.active_at, draft_time(2));
    assert_int_equal(all->heads[1].head.version, 0);
    assert_true(all->heads[1].head.last_at == SM_TIME_NONE);
    assert_int_equal(all->heads[2].head.version, 1);
    assert_true(all->heads[2].head.active_at == SM_TIME_NONE);

    assert_true(all->clients[0].client.exists);
    assert_true(sm_slice_equal(all->clients[0].client.name, first.name));
    assert_true(sm_slice_equal(all->clients[0].client.contact_email, first.contact_email));
    assert_null(all->clients[0].client.contact_phone.data);
    assert_true(sm_slice_equal(all->clients[0].client.features_enabled, first.features_enabled));
    assert_int_equal(all->clients[0].client.status, SM_CLIENT_STATUS_ACTIVE);
    assert_int_equal(all->clients[0].client.created_at, draft_time(1));
    assert_true(all->clients[0].client.config_confirmed_at == SM_TIME_NONE);
    assert_int_equal(all->clients[0].head.version, 1);
    assert_false(all->clients[0].has_dead_letters);
    assert_false(all->clients[0].has_waiting);
    assert_false(all->clients[1].client.exists);
    assert_int_equal(all->clients[1].head.version, 0);
    assert_true(all->clients[1].has_dead_letters);

    assert_briefs(all->briefs);

    assert_true(all->organizations[0].owned);
    assert_true(sm_uuid_equal(&all->organizations[0].owner, &first.id));
    /* It is archived, but has a saga under way: its tables may come to be. */
    assert_true(all->organizations[1].owned);
    assert_true(sm_uuid_equal(&all->organizations[1].owner, &second.id));
    assert_false(all->organizations[2].owned);

    assert_int_equal(all->seen[0].seen.where, SM_SEEN_IN_LOG);
    assert_int_equal(all->seen[1].seen.where, SM_SEEN_NOWHERE);
    assert_int_equal(all->seen[2].seen.where, SM_SEEN_IN_DEAD_LETTERS);
    assert_true(sm_digest_equal(&all->seen[2].seen.content_hash, &rejected[0].content_hash));
    assert_int_equal(all->seen[3].seen.where, SM_SEEN_NOWHERE);
    assert_int_equal(all->seen[4].seen.where, SM_SEEN_NOWHERE);

    sm_arena_deinit(&all->arena);
    free(all);
    scene_close(&scene);
}

static void
of_several_dead_letters_the_one_with_the_same_content_counts(const struct store_rig *rig)
{
    static const struct sm_rejection rejection = {.code = SM_CODE_TIME_AHEAD, .reason = "ahead"};
    struct sm_event rejected[3];
    struct questions *all = calloc(1, sizeof(*all));
    struct scene scene;

    assert_non_null(all);
    assert_true(sm_arena_init(&all->arena, 65536));
    scene_open(rig, &scene);
    for (uint8_t i = 0; i < 3; i++) {
        rejected[i] = (struct sm_event){
            .id = event_uuid(1), .client_id = client_uuid(1), .content_hash = {{(uint8_t)(i + 1)}}};
        draft_dead_letter(scene.draft, &rejection, &rejected[i]);
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (uint8_t i = 0; i < 4; i++)
        all->seen[i] = (struct sm_seen_wanted){.client_id = client_uuid(1),
                                               .event_id = event_uuid(1),
                                               .content_hash = {{(uint8_t)(i + 1)}}};
    all->load.seen_count = 4;
    ask(rig, scene.store, all);
    for (uint8_t i = 0; i < 4; i++) {
        assert_int_equal(all->seen[i].seen.where, SM_SEEN_IN_DEAD_LETTERS);
        assert_int_equal(
            sm_digest_equal(&all->seen[i].seen.content_hash, &all->seen[i].content_hash), i < 3);
    }
    sm_arena_deinit(&all->arena);
    free(all);
    scene_close(&scene);
}

static void an_arena_that_is_too_small_is_a_limit(const struct store_rig *rig)
{
    struct sm_store *store = rig->open(rig->context, "one");
    struct sm_client client = make_client(1, "2");
    struct sm_client_wanted wanted = {.id = client.id};
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena, .clients = &wanted, .client_count = 1};
    struct scene scene;

    scene_open(rig, &scene);
    draft_register(scene.draft, 1, &client);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_true(sm_arena_init(&arena, 16));
    assert_int_equal(store_load(rig, store, &load), SM_LIMIT);
    sm_arena_deinit(&arena);
    assert_true(sm_arena_init(&arena, 65536));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    assert_true(wanted.client.exists);
    sm_arena_deinit(&arena);
    store->ops->close(store);
    scene_close(&scene);
}

/* ---- scans ---- */

static int order_of_events(enum sm_log_scan_kind kind, const struct sm_event_row *a,
                           const struct sm_event_row *b)
{
    const struct sm_log_position *x = &a->position, *y = &b->position;
    int order;

    if (kind == SM_SCAN_EVENTS_BY_OFFSET) {
        if (x->topic_id != y->topic_id)
            return x->topic_id < y->topic_id ? -1 : 1;
        if (x->partition != y->partition)
            return x->partition < y->partition ? -1 : 1;
        return (x->offset > y->offset) - (x->offset < y->offset);
    }
    order = sm_uuid_compare(&a->event.client_id, &b->event.client_id);
    if (order == 0)
        order = (int)sm_event_type_kind(a->event.type) - (int)sm_event_type_kind(b->event.type);
    if (order == 0)
        order = sm_slice_compare(a->event.key, b->event.key);
    return order != 0 ? order : (a->version > b->version) - (a->version < b->version);
}

static void scans_come_in_their_order(const struct store_rig *rig)
{
    static const char *const keys[] = {"b", "a", "B", "я", "aa", "a-b", "a_b", "ab"};
    static const enum sm_log_scan_kind kinds[] = {SM_SCAN_EVENTS_BY_STREAM,
                                                  SM_SCAN_EVENTS_BY_OFFSET};
    struct sm_client clients[] = {make_client(3, "3"), make_client(1, "1")};
    struct sm_takeover second;
    struct scene scene;

    scene_open(rig, &scene);
    second = store_own(rig, scene.store, 1);
    for (unsigned i = 0; i < 160; i++) {
        if (i == 80)
            draft_partition(scene.draft, &second);
        draft_event(scene.draft, i, i % 5, keys[(i / 5) % 8], (int32_t)(i / 40) + 1);
        if (i < 40)
            draft_head(scene.draft, i % 5, keys[(i / 5) % 8], 0, 4);
    }
    draft_register(scene.draft, 900, &clients[0]);
    draft_register(scene.draft, 901, &clients[1]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (size_t i = 0; i < SM_ARRAY_COUNT(kinds); i++) {
        struct sm_log *log = rig->log(rig->context);
        struct sm_log_scan *scan = NULL;
        const struct sm_log_row *row = NULL;
        struct sm_event_row last = {0};
        struct sm_err err = {0};
        char key[16];
        size_t count = 0;

        assert_int_equal(log->ops->open(log, kinds[i], &scan, &err), SM_OK);
        while (log->ops->next(scan, &row, &err) == SM_OK) {
            if (count++ > 0)
                assert_true(order_of_events(kinds[i], &last, &row->event) < 0);
            last = row->event;
            memcpy(key, row->event.event.key.data, row->event.event.key.size);
            last.event.key.data = (const uint8_t *)key;
        }
        assert_int_equal(count, 162);
        log->ops->close_scan(scan);
        log->ops->close(log);
    }
    scene_close(&scene);
}

static void several_scans_are_open_at_once(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_log *log;
    struct sm_log_scan *scans[2] = {NULL, NULL};
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};

    scene_open(rig, &scene);
    draft_streams(scene.draft, 300);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    log = rig->log(rig->context);
    assert_int_equal(log->ops->open(log, SM_SCAN_HEADS, &scans[0], &err), SM_OK);
    assert_int_equal(log->ops->open(log, SM_SCAN_EVENTS_BY_STREAM, &scans[1], &err), SM_OK);
    for (int i = 0; i < 300; i++) {
        struct sm_uuid client;

        assert_int_equal(log->ops->next(scans[0], &row, &err), SM_OK);
        client = row->head.name.client_id;
        assert_int_equal(log->ops->next(scans[1], &row, &err), SM_OK);
        assert_true(sm_uuid_equal(&client, &row->event.event.client_id));
    }
    assert_int_equal(log->ops->next(scans[0], &row, &err), SM_STOP);
    assert_int_equal(log->ops->next(scans[0], &row, &err), SM_STOP);
    log->ops->close_scan(scans[0]);
    assert_int_equal(log->ops->next(scans[1], &row, &err), SM_STOP);
    log->ops->close_scan(scans[1]);
    log->ops->close(log);
    scene_close(&scene);
}

/* How many rows a scan has; each of a client not below `from`. */
static int count_from(struct sm_log *log, enum sm_log_scan_kind kind, const struct sm_uuid *from)
{
    struct sm_log_scan *scan = NULL;
    const struct sm_log_row *row = NULL;
    struct sm_err err = {0};
    int count = 0;

    assert_int_equal(log->ops->open(log, kind, &scan, &err), SM_OK);
    for (; log->ops->next(scan, &row, &err) == SM_OK; count++) {
        const struct sm_uuid *client = kind == SM_SCAN_HEADS     ? &row->head.name.client_id
                                       : kind == SM_SCAN_CLIENTS ? &row->client.id
                                       : kind >= SM_SCAN_ROWS    ? &row->table.name.client_id
                                                                 : &row->event.event.client_id;

        assert_true(sm_uuid_compare(client, from) >= 0);
    }
    log->ops->close_scan(scan);
    return count;
}

static void a_new_snapshot_begins_at_a_client_and_sees_what_came_since(const struct store_rig *rig)
{
    struct sm_client first = make_client(1, "1"), second = make_client(2, "2");
    struct sm_client third = make_client(3, "3");
    struct sm_uuid from = client_uuid(2);
    struct scene scene;
    struct sm_log *log;
    struct sm_err err = {0};

    scene_open(rig, &scene);
    draft_register(scene.draft, 1, &first);
    draft_register(scene.draft, 2, &second);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    log = rig->log(rig->context);
    assert_int_equal(count_from(log, SM_SCAN_CLIENTS, &SM_UUID_NIL), 2);
    draft_register(scene.draft, 3, &third);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);

    assert_int_equal(log->ops->refresh(log, &from, &err), SM_OK);
    assert_int_equal(count_from(log, SM_SCAN_EVENTS_BY_STREAM, &from), 2);
    assert_int_equal(count_from(log, SM_SCAN_HEADS, &from), 2);
    assert_int_equal(count_from(log, SM_SCAN_CLIENTS, &from), 2);
    assert_int_equal(count_from(log, SM_SCAN_EVENTS_BY_OFFSET, &SM_UUID_NIL), 3);
    for (int i = 0; i < SM_TABLE_COUNT; i++)
        assert_int_equal(count_from(log, (enum sm_log_scan_kind)((int)SM_SCAN_ROWS + i), &from), 0);
    from = client_uuid(9);
    assert_int_equal(log->ops->refresh(log, &from, &err), SM_OK);
    assert_int_equal(count_from(log, SM_SCAN_HEADS, &from), 0);
    assert_int_equal(log->ops->refresh(log, &SM_UUID_NIL, &err), SM_OK);
    assert_int_equal(count_from(log, SM_SCAN_HEADS, &SM_UUID_NIL), 3);
    log->ops->close(log);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    {"everything that was asked for is loaded", everything_that_was_asked_for_is_loaded},
    {"of several dead letters the one with the same content counts",
     of_several_dead_letters_the_one_with_the_same_content_counts},
    {"an arena that is too small is a limit", an_arena_that_is_too_small_is_a_limit},
    {"scans come in their order", scans_come_in_their_order},
    {"several scans are open at once", several_scans_are_open_at_once},
    {"a new snapshot begins at a client and sees what came since",
     a_new_snapshot_begins_at_a_client_and_sees_what_came_since},
};
const struct store_group store_read_group = {cases, SM_ARRAY_COUNT(cases)};
