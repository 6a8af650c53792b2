/* The first half: folds the log stream by stream and holds heads and clients against it.
 *
 * Scans in one order, merged: events group by stream; where a group ends its head is compared, and
 * where it was a client's own stream, the client's row, or the stream's row in a table of its own
 * (verify_rows.c). Rows that no group claims are extra. */
#include "engine/verify_priv.h"

#include <stdio.h>

#include "domain/data.h"
#include "domain/erasure.h"

enum { STATE_SIZE = 4 << 20 }; /* bytes: one client's row and one event's values, see limits.h */

struct fold {
    struct sm__verify *verify;
    struct sm__cursor events, heads, clients;
    struct sm__row_walk rows;
    struct sm_arena states[2]; /* the stream's state lies in one, the next is built in the other */
    unsigned current;
    struct sm_stream stream;
    struct sm_stream_name name;
    uint8_t key[SM_KEY_SIZE_MAX];
    char label[160]; /* names the stream in differences */
};

static int compare_names(const struct sm_stream_name *a, const struct sm_stream_name *b)
{
    int order = sm_uuid_compare(&a->client_id, &b->client_id);

    if (order != 0)
        return order;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return sm_slice_compare(a->key, b->key);
}

static void label_stream(const struct sm_stream_name *name, char *out, size_t size)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(&name->client_id, id);
    snprintf(out, size, "client %s %s%s%.*s", id, sm_kind_name(name->kind),
             name->key.size != 0 ? "/" : "", (int)name->key.size,
             name->key.size != 0 ? (const char *)name->key.data : "");
}

/* ---- digests of rows ---- */

static void add_head(struct sm_sha256 *hash, const struct sm_stream_name *name,
                     const struct sm_head *head)
{
    sm_sha256_add(hash, name->client_id.bytes, sizeof(name->client_id.bytes));
    sm_sha256_add_slice(hash, sm_slice_of(sm_kind_name(name->kind)));
    sm_sha256_add_slice(hash, name->key);
    sm_sha256_add_i64(hash, head->version);
    sm_sha256_add_i64(hash, head->last_at);
    sm_sha256_add_i64(hash, head->active_at);
}

static void add_client(struct sm_sha256 *hash, const struct sm_client *client)
{
    sm_sha256_add(hash, client->id.bytes, sizeof(client->id.bytes));
    sm_sha256_add_slice(hash, client->name);
    sm_sha256_add_slice(hash, client->organization_id);
    sm_sha256_add_slice(hash, sm_slice_of(sm_tenant_mode_name(client->tenant_mode)));
    sm_sha256_add_slice(hash, client->features_enabled);
    sm_sha256_add_i64(hash, client->config_confirmed);
    sm_sha256_add_i64(hash, client->config_confirmed_at);
    sm_sha256_add_slice(hash, client->config_confirmed_by);
    sm_sha256_add_slice(hash, client->contact_email);
    sm_sha256_add_slice(hash, client->contact_phone);
    sm_sha256_add_slice(hash, sm_slice_of(sm_client_status_name(client->status)));
    sm_sha256_add_i64(hash, client->created_at);
    sm_sha256_add_i64(hash, client->updated_at);
    sm__verify_add_tenant(hash, &client->tenant);
}

/* ---- the fold ---- */

static bool copy_row(struct sm_arena *arena, struct sm_row *row)
{
    for (size_t i = 0; row->exists && i < SM_COLUMNS_MAX; i++) {
        if (!sm_arena_copy(arena, row->columns[i].text, &row->columns[i].text))
            return false;
    }
    return true;
}

static void begin_stream(struct fold *fold, const struct sm_stream_name *name)
{
    struct sm_sha256 *content = &fold->verify->content;

    sm_sha256_add(content, name->client_id.bytes, sizeof(name->client_id.bytes));
    sm_sha256_add_slice(content, sm_slice_of(sm_kind_name(name->kind)));
    sm_sha256_add_slice(content, name->key);
    fold->name = *name;
    if (name->key.size != 0)
        memcpy(fold->key, name->key.data, name->key.size);
    fold->name.key.data = fold->key;
    fold->stream = (struct sm_stream){ .head = SM_HEAD_EMPTY, .client = { .id = name->client_id } };
    label_stream(name, fold->label, sizeof(fold->label));
}

/* What the row says of itself: version, order, content. The content of an erased one is not there
 * any
 * more; its hash is still a part of the chain. */
static void check_event(struct fold *fold, const struct sm_event_row *row, bool erased)
{
    struct sm__verify *verify = fold->verify;
    const struct sm_head *head = &fold->stream.head;
    char label[200];
    struct sm_event expected = row->event;

    snprintf(label, sizeof(label), "%s version %d", fold->label, (int)row->version);
    sm__verify_number(verify, SM__VERIFY_EVENTS, label, "version", (int64_t)head->version + 1,
                      row->version);
    if (row->created_at <= head->last_at)
        sm__verify_differ(verify, SM__VERIFY_EVENTS, SM_DIFFERENCE_LOG, label, "created_at",
                          "later than the version before", "not later");
    sm__verify_time(verify, SM__VERIFY_EVENTS, label, "created_at",
                    sm_created_at(head, row->event.time_us), row->created_at);
    if (!erased)
        sm_content_hash(&row->event, &expected.content_hash);
    sm_sha256_add(&verify->content, expected.content_hash.bytes, SM_DIGEST_SIZE);
    sm_sha256_add_i64(&verify->content, row->version);
    sm_sha256_add_i64(&verify->content, row->created_at);
    sm__verify_digest(verify, SM__VERIFY_EVENTS, label, "content_hash", &expected.content_hash,
                      &row->event.content_hash);
    sm_digest_add_event(&verify->found[SM__VERIFY_EVENTS], &row->event, row->version,
                        row->created_at, row->recorded_at, row->cause, &row->position);
    sm_digest_add_event(&verify->expected[SM__VERIFY_EVENTS], &expected, head->version + 1,
                        sm_created_at(head, row->event.time_us), row->recorded_at, row->cause,
                        &row->position);
}

static enum sm_status fold_event(struct fold *fold, struct sm_err *err)
{
    const struct sm_event_row *row = &fold->events.row->event;
    struct sm_arena *arena = &fold->states[1 - fold->current];
    struct sm_event event = row->event;
    struct sm_slice previous = SM_SLICE_NONE;
    bool readable;

    sm_arena_reset(arena);
    readable = sm_event_replay_data(&event, row->event.data, arena);
    check_event(fold, row, readable && sm_event_is_erased(&event));
    if (!readable) {
        sm__verify_differ(fold->verify, SM__VERIFY_EVENTS, SM_DIFFERENCE_LOG, fold->label, "data",
                          "an object as it was admitted", "something else");
    } else if (!sm_slice_equal(event.key, row->event.key)) {
        sm__verify_text(fold->verify, SM__VERIFY_EVENTS, fold->label, "key", event.key,
                        row->event.key);
    } else {
        if (!sm_previous_values(&fold->stream, &event, arena, &previous))
            return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "%s: old values need over %d bytes",
                              fold->label, STATE_SIZE);
        sm__verify_text(fold->verify, SM__VERIFY_EVENTS, fold->label, "previous", previous,
                        row->previous);
    }
    sm_project(&fold->stream, &event, row->created_at);
    if (!sm_client_keep(&fold->stream.client, arena) || !copy_row(arena, &fold->stream.row))
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "%s: its row needs over %d bytes",
                          fold->label, STATE_SIZE);
    fold->current = 1 - fold->current;
    fold->verify->result->tables[SM__VERIFY_EVENTS].rows++;
    return sm__cursor_next(fold->verify, &fold->events, err);
}

/* ---- comparing ---- */

static void extra_head(struct fold *fold)
{
    const struct sm_head_wanted *head = &fold->heads.row->head;
    char label[160];

    label_stream(&head->name, label, sizeof(label));
    sm__verify_differ(fold->verify, SM__VERIFY_HEADS, SM_DIFFERENCE_ROW_EXTRA, label, "", "no row",
                      "a row");
    add_head(&fold->verify->found[SM__VERIFY_HEADS], &head->name, &head->head);
    fold->verify->result->tables[SM__VERIFY_HEADS].rows++;
}

/* Passes over heads below `name` (all if NULL), which the log knows nothing of. */
static enum sm_status skip_heads(struct fold *fold, const struct sm_stream_name *name,
                                 struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && fold->heads.row != NULL &&
           (name == NULL || compare_names(&fold->heads.row->head.name, name) < 0)) {
        extra_head(fold);
        status = sm__cursor_next(fold->verify, &fold->heads, err);
    }
    return status;
}

static enum sm_status compare_head(struct fold *fold, struct sm_err *err)
{
    struct sm__verify *verify = fold->verify;
    const struct sm_head *expected = &fold->stream.head;
    const struct sm_head *found;
    enum sm_status status = skip_heads(fold, &fold->name, err);

    if (status != SM_OK)
        return status;
    add_head(&verify->expected[SM__VERIFY_HEADS], &fold->name, expected);
    if (fold->heads.row == NULL || compare_names(&fold->heads.row->head.name, &fold->name) != 0) {
        sm__verify_differ(verify, SM__VERIFY_HEADS, SM_DIFFERENCE_ROW_MISSING, fold->label, "",
                          "a row", "no row");
        return SM_OK;
    }
    found = &fold->heads.row->head.head;
    sm__verify_number(verify, SM__VERIFY_HEADS, fold->label, "version", expected->version,
                      found->version);
    sm__verify_time(verify, SM__VERIFY_HEADS, fold->label, "last_at", expected->last_at,
                    found->last_at);
    sm__verify_time(verify, SM__VERIFY_HEADS, fold->label, "active_at", expected->active_at,
                    found->active_at);
    add_head(&verify->found[SM__VERIFY_HEADS], &fold->name, found);
    verify->result->tables[SM__VERIFY_HEADS].rows++;
    return sm__cursor_next(verify, &fold->heads, err);
}

static void compare_client_columns(struct fold *fold, const struct sm_client *found)
{
    struct sm__verify *verify = fold->verify;
    const struct sm_client *expected = &fold->stream.client;
    const struct {
        const char *column;
        struct sm_slice expected, found;
    } texts[] = {
        { "name", expected->name, found->name },
        { "organization_id", expected->organization_id, found->organization_id },
        { "tenant_mode", sm_slice_of(sm_tenant_mode_name(expected->tenant_mode)),
          sm_slice_of(sm_tenant_mode_name(found->tenant_mode)) },
        { "features_enabled", expected->features_enabled, found->features_enabled },
        { "config_confirmed_by", expected->config_confirmed_by, found->config_confirmed_by },
        { "contact_email", expected->contact_email, found->contact_email },
        { "contact_phone", expected->contact_phone, found->contact_phone },
        { "status", sm_slice_of(sm_client_status_name(expected->status)),
          sm_slice_of(sm_client_status_name(found->status)) },
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++)
        sm__verify_text(verify, SM__VERIFY_CLIENTS, fold->label, texts[i].column,
                        texts[i].expected, texts[i].found);
    sm__verify_number(verify, SM__VERIFY_CLIENTS, fold->label, "config_confirmed",
                      expected->config_confirmed, found->config_confirmed);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, fold->label, "config_confirmed_at",
                    expected->config_confirmed_at, found->config_confirmed_at);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, fold->label, "created_at", expected->created_at,
                    found->created_at);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, fold->label, "updated_at", expected->updated_at,
                    found->updated_at);
    sm__verify_tenant(verify, fold->label, &expected->tenant, &found->tenant);
}

static enum sm_status skip_clients(struct fold *fold, const struct sm_uuid *id, struct sm_err *err)
{
    struct sm__verify *verify = fold->verify;
    enum sm_status status = SM_OK;

    while (status == SM_OK && fold->clients.row != NULL &&
           (id == NULL || sm_uuid_compare(&fold->clients.row->client.id, id) < 0)) {
        char label[SM_UUID_TEXT_SIZE + 1];

        sm_uuid_format(&fold->clients.row->client.id, label);
        sm__verify_differ(verify, SM__VERIFY_CLIENTS, SM_DIFFERENCE_ROW_EXTRA, label, "", "no row",
                          "a row");
        add_client(&verify->found[SM__VERIFY_CLIENTS], &fold->clients.row->client);
        verify->result->tables[SM__VERIFY_CLIENTS].rows++;
        status = sm__cursor_next(verify, &fold->clients, err);
    }
    return status;
}

static enum sm_status compare_client(struct fold *fold, struct sm_err *err)
{
    struct sm__verify *verify = fold->verify;
    enum sm_status status = skip_clients(fold, &fold->name.client_id, err);

    if (status != SM_OK || !fold->stream.client.exists)
        return status;
    add_client(&verify->expected[SM__VERIFY_CLIENTS], &fold->stream.client);
    if (fold->clients.row == NULL ||
        !sm_uuid_equal(&fold->clients.row->client.id, &fold->name.client_id)) {
        sm__verify_differ(verify, SM__VERIFY_CLIENTS, SM_DIFFERENCE_ROW_MISSING, fold->label, "",
                          "a row", "no row");
        return SM_OK;
    }
    compare_client_columns(fold, &fold->clients.row->client);
    add_client(&verify->found[SM__VERIFY_CLIENTS], &fold->clients.row->client);
    verify->result->tables[SM__VERIFY_CLIENTS].rows++;
    return sm__cursor_next(verify, &fold->clients, err);
}

/* One stream, from its first event to its head. */
static enum sm_status verify_stream(struct fold *fold, struct sm_err *err)
{
    const struct sm_event *first = &fold->events.row->event.event;
    struct sm_stream_name name = { first->client_id, sm_event_type_kind(first->type), first->key };
    enum sm_status status = SM_OK;

    if (name.key.size > SM_KEY_SIZE_MAX)
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "a stream's key has %zu bytes",
                          name.key.size);
    begin_stream(fold, &name);
    while (status == SM_OK && fold->events.row != NULL) {
        const struct sm_event *event = &fold->events.row->event.event;

        name = (struct sm_stream_name){ event->client_id, sm_event_type_kind(event->type),
                                        event->key };
        if (compare_names(&name, &fold->name) != 0)
            break;
        status = fold_event(fold, err);
    }
    if (status == SM_OK)
        status = compare_head(fold, err);
    if (status == SM_OK && fold->name.kind == SM_KIND_CLIENT)
        status = compare_client(fold, err);
    if (status == SM_OK)
        status = sm__row_walk_compare(fold->verify, &fold->rows, &fold->name, &fold->stream.row,
                                      fold->label, err);
    return status;
}

enum sm_status sm__verify_streams(struct sm__verify *verify, struct sm_err *err)
{
    struct fold fold = { .verify = verify };
    enum sm_status status = SM_FATAL;

    if (!sm_arena_init(&fold.states[0], STATE_SIZE) || !sm_arena_init(&fold.states[1], STATE_SIZE))
        sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for two states of %d bytes", STATE_SIZE);
    else
        status = sm__cursor_open(verify, SM_SCAN_EVENTS_BY_STREAM, &fold.events, err);
    if (status == SM_OK)
        status = sm__cursor_open(verify, SM_SCAN_HEADS, &fold.heads, err);
    if (status == SM_OK)
        status = sm__cursor_open(verify, SM_SCAN_CLIENTS, &fold.clients, err);
    if (status == SM_OK)
        status = sm__row_walk_open(verify, &fold.rows, err);
    while (status == SM_OK && fold.events.row != NULL)
        status = verify_stream(&fold, err);
    if (status == SM_OK)
        status = skip_heads(&fold, NULL, err);
    if (status == SM_OK)
        status = skip_clients(&fold, NULL, err);
    if (status == SM_OK)
        status = sm__row_walk_end(verify, &fold.rows, err);
    sm__row_walk_close(verify, &fold.rows);
    sm__cursor_close(verify, &fold.events);
    sm__cursor_close(verify, &fold.heads);
    sm__cursor_close(verify, &fold.clients);
    sm_arena_deinit(&fold.states[0]);
    sm_arena_deinit(&fold.states[1]);
    return status;
}
